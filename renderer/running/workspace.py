"""Where a run reads and writes: objects by name, written once and whole, or not at all.

Nothing is changed in place: who comes second to a name finds it taken. What a name stands for is the caller's business;
no name may carry personal data. A folder keeps what it has been given on the disk before it says so.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from renderer.model.errors import RunStopped
from renderer.model.sums import sum_of_bytes

OBJECTS = "objects/"
"""Where objects lie that are named by their content."""

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")


class Workspace(Protocol):
    """What a run asks of the place it works in. It can be pickled, and opened elsewhere."""

    def put(self, name: str, data: bytes) -> bool:
        """Give some bytes a name that nobody has taken; return False, and change nothing, where it is taken."""

    def get(self, name: str) -> bytes | None:
        """Return what has a name, or None."""

    def keep(self, path: Path, name: str) -> bool:
        """Give a finished file a name that nobody has taken; the file itself may be gone afterwards."""

    def fetch(self, name: str) -> Path:
        """Return a local file with what has a name.

        :raises RunStopped: when nothing has it.
        """

    def names(self, prefix: str) -> list[str]:
        """List the names that begin so, in order."""

    def delete(self, name: str) -> None:
        """Take a name away; no matter if it is gone already."""

    def add(self, data: bytes) -> str:
        """Keep some bytes under the sum of their content, and return it."""

    def object(self, total: str) -> bytes:
        """Return the bytes with this sum.

        :raises RunStopped: when they are not there, or no longer what they were.
        """

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give a folder for what is not finished; it goes with all that is in it."""
        yield Path()


class Folder:
    """A workspace in a local folder, for nobody else's eyes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, name: str, data: bytes) -> bool:
        """Give some bytes a name that nobody has taken."""
        with self.scratch() as folder:
            half = folder / "half"
            half.write_bytes(data)
            return self.keep(half, name)

    def get(self, name: str) -> bytes | None:
        """Return what has a name, or None."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None

    def keep(self, path: Path, name: str) -> bool:
        """Give a finished file a name that nobody has taken."""
        path.chmod(0o600)
        _to_disk(path)
        target = self._path(name)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.link(path, target)
        except FileExistsError:
            return False
        _to_disk(target.parent)
        return True

    def fetch(self, name: str) -> Path:
        """Return the file with a name."""
        path = self._path(name)
        if not path.is_file():
            raise RunStopped(f"{name} is no longer there; start the run again with the same command")
        return path

    def names(self, prefix: str) -> list[str]:
        """List the names that begin so, in order."""
        folder = self.root / prefix.rpartition("/")[0]
        found = (path.relative_to(self.root).as_posix() for path in folder.rglob("*") if path.is_file())
        return sorted(name for name in found if name.startswith(prefix))

    def delete(self, name: str) -> None:
        """Take a name away."""
        self._path(name).unlink(missing_ok=True)

    def add(self, data: bytes) -> str:
        """Keep some bytes under the sum of their content."""
        total = sum_of_bytes(data)
        self.put(OBJECTS + total, data)
        return total

    def object(self, total: str) -> bytes:
        """Return the bytes with this sum."""
        data = self.get(OBJECTS + total)
        if data is None or sum_of_bytes(data) != total:
            raise RunStopped("an object of the workspace was damaged; start the run again with the same command")
        return data

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give a folder for what is not finished, on the same disk."""
        parent = self.root / "scratch"
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=parent))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("a name in a workspace is made of A-Z a-z 0-9 . _ - / and no part begins with a dot")
        return self.root / name


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_workspace(address: Path) -> Workspace:
    """Open the workspace at an address."""
    return Folder(address)
