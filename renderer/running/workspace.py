"""Where a run reads and writes: an address → objects by name, written once and whole, or not at all.

Nothing is changed in place: who comes second to a name finds it taken. What a name stands for is the caller's business;
no name may carry personal data, and none may go on where another ends (``a`` and ``a/b``).
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from renderer.model.errors import BadJob, RunStopped
from renderer.model.sums import sum_of_bytes, sum_of_file, sum_of_pieces

if TYPE_CHECKING:
    from obstore.store import ClientConfig, MemoryStore, ObjectStore

OBJECTS = "objects/"
"""Where objects lie that are named by their content."""
PATIENCE = 600.0
"""Seconds that a request to a bucket may take: a print file goes up in one, and a large one takes minutes."""

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_SCRATCH = ".scratch"
"""Where a folder has what is not finished; no name leads there."""


class Workspace(ABC):
    """What a run asks of the place it works in. What is pickled of it is its address: another process opens it again.

    What a method has returned for lasts: a folder has it on the disk, a bucket has acknowledged it. Files are for
    nobody else's eyes (0600, folders 0700).
    """

    @abstractmethod
    def put(self, name: str, data: bytes) -> bool:
        """Give some bytes a name that nobody has taken; return False, and change nothing, where it is taken.

        A bucket may answer False to the very one who took it, when its first answer was lost: a claim has to say whose
        it is.
        """

    @abstractmethod
    def get(self, name: str) -> bytes | None:
        """Return what has a name, or None."""

    @abstractmethod
    def sum(self, name: str) -> str:
        """Return the sum of what has a name, read piece by piece, or "" where nothing has it."""

    @abstractmethod
    def keep(self, path: Path, name: str) -> bool:
        """Give a finished file a name as ``put`` does; it must lie in ``scratch()``, and is no longer the caller's."""

    @abstractmethod
    def fetch(self, name: str) -> Path:
        """Return a local file with what has a name; nobody may write to it, and it may be gone after ``close``.

        :raises RunStopped: when nothing has it.
        """

    @abstractmethod
    def copy(self, name: str, path: Path) -> None:
        """Write what has a name into a new file of the caller's own.

        :raises RunStopped: when nothing has it.
        """

    @abstractmethod
    def names(self, prefix: str) -> list[str]:
        """List the names that begin so, in order."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Take a name away; no matter if it is gone already."""

    def clear(self) -> None:
        """Take all names away."""
        for name in self.names(""):
            self.delete(name)

    @abstractmethod
    def scratch(self) -> AbstractContextManager[Path]:
        """Give a local folder for what is not finished; it goes with all that is in it."""

    @abstractmethod
    def close(self) -> None:
        """Take away what was fetched to this machine."""

    def add(self, data: bytes) -> str:
        """Keep some bytes under the sum of their content, and return it."""
        total = sum_of_bytes(data)
        self.put(OBJECTS + total, data)
        return total

    def object(self, total: str) -> bytes:
        """Return the bytes with this sum.

        :raises RunStopped: when they are not there, or no longer what they were.
        """
        data = self.get(OBJECTS + total)
        if data is None or sum_of_bytes(data) != total:
            raise RunStopped("an object of the workspace was damaged; start the run again with the same command")
        return data


class Folder(Workspace):
    """A workspace in a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

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

    def sum(self, name: str) -> str:
        """Return the sum of what has a name, or ""."""
        try:
            return sum_of_file(self._path(name))
        except FileNotFoundError:
            return ""

    def keep(self, path: Path, name: str) -> bool:
        """Give a finished file a name that nobody has taken, without copying it."""
        target = self._path(name)
        path.chmod(0o600)
        to_disk(path)
        self._make(target.parent)
        try:
            os.link(path, target)
        except FileExistsError:
            return False
        to_disk(target.parent)
        return True

    def fetch(self, name: str) -> Path:
        """Return the file with a name."""
        path = self._path(name)
        if not path.is_file():
            raise _gone(name)
        return path

    def copy(self, name: str, path: Path) -> None:
        """Copy what has a name."""
        shutil.copyfile(self.fetch(name), path)
        path.chmod(0o600)

    def names(self, prefix: str) -> list[str]:
        """List the names that begin so, in order."""
        found = []
        for folder, folders, files in os.walk(self.root / _folder_of(prefix)):
            folders[:] = [name for name in folders if name != _SCRATCH]
            found += [(Path(folder) / name).relative_to(self.root).as_posix() for name in files]
        return sorted(name for name in found if name.startswith(prefix))

    def delete(self, name: str) -> None:
        """Take a name away."""
        self._path(name).unlink(missing_ok=True)

    def scratch(self) -> AbstractContextManager[Path]:
        """Give a folder for what is not finished, on the same disk."""
        self._make(self.root / _SCRATCH)
        return _temporary(self.root / _SCRATCH)

    def close(self) -> None:
        """Do nothing: what is fetched is the workspace's own."""

    def _path(self, name: str) -> Path:
        return self.root / _checked(name)

    def _make(self, folder: Path) -> None:
        """Make a folder of the workspace, and those above it that are missing, lasting."""
        if folder.is_dir():
            return
        if folder == self.root:
            folder.parent.mkdir(parents=True, exist_ok=True)  # who may look in there is not ours to say
        else:
            self._make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        to_disk(folder.parent)


class Bucket(Workspace):
    """A workspace in object storage, ``s3://bucket/prefix``, or in the memory of this process, ``memory://name``.

    Who may use a bucket, and where it is, says the environment (``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL``, …).
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._store = _object_store(address)

    def __reduce__(self) -> tuple[Callable[[str], Bucket], tuple[str]]:
        return Bucket, (self.address,)

    def put(self, name: str, data: bytes) -> bool:
        """Give some bytes a name that nobody has taken."""
        return self._create(name, data)

    def get(self, name: str) -> bytes | None:
        """Return what has a name, or None."""
        with self._answers(), suppress(FileNotFoundError):
            return bytes(self._store.get(_checked(name)).bytes())
        return None

    def sum(self, name: str) -> str:
        """Return the sum of what has a name, or ""."""
        with self._answers(), suppress(FileNotFoundError):
            return sum_of_pieces(map(bytes, self._store.get(_checked(name)).stream()))
        return ""

    def keep(self, path: Path, name: str) -> bool:
        """Upload a finished file, whole, under a name that nobody has taken."""
        return self._create(name, path)

    def fetch(self, name: str) -> Path:
        """Download what has a name."""
        target = self._local / _checked(name)
        with self.scratch() as folder:
            self.copy(name, folder / "half")
            target.parent.mkdir(parents=True, exist_ok=True)
            return (folder / "half").replace(target)

    def copy(self, name: str, path: Path) -> None:
        """Download what has a name."""
        with self._answers():
            try:
                data = self._store.get(_checked(name))
            except FileNotFoundError:
                raise _gone(name) from None
            path.touch(mode=0o600)
            with path.open("wb") as file:
                file.writelines(data.stream())

    def names(self, prefix: str) -> list[str]:
        """List the names that begin so, in order."""
        with self._answers():
            listed = self._store.list(_folder_of(prefix) or None)
            return sorted(found["path"] for part in listed for found in part if found["path"].startswith(prefix))

    def delete(self, name: str) -> None:
        """Take a name away."""
        with self._answers(), suppress(FileNotFoundError):
            self._store.delete(_checked(name))

    def clear(self) -> None:
        """Take all names away, a thousand at a time."""
        with self._answers():
            for part in self._store.list():
                self._store.delete([found["path"] for found in part])

    def scratch(self) -> AbstractContextManager[Path]:
        """Give a folder for what is not finished, of this machine."""
        return _temporary(self._local)

    def close(self) -> None:
        """Take away what was fetched."""
        if local := self.__dict__.pop("_local", None):
            shutil.rmtree(local)

    def _create(self, name: str, data: bytes | Path) -> bool:
        from obstore.exceptions import AlreadyExistsError

        with self._answers():
            try:
                self._store.put(_checked(name), data, mode="create")
            except AlreadyExistsError:
                return False
            except FileNotFoundError:
                raise BadJob(f"{self.address}: there is no such bucket; make it, or give another address") from None
        return True

    @contextmanager
    def _answers(self) -> Iterator[None]:
        from obstore.exceptions import BaseError

        try:
            yield
        except BaseError as error:
            raise RunStopped(
                f"{self.address} cannot be read or written ({type(error).__name__}); see whether it can be reached and "
                "what it permits, then start the run again with the same command"
            ) from error

    @cached_property
    def _local(self) -> Path:
        """What this process has of it on the disk; it goes with this object at the latest."""
        folder = Path(tempfile.mkdtemp(prefix="renderer-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return folder


def open_workspace(address: str | Path) -> Workspace:
    """Open the workspace at an address: a folder's path, ``s3://bucket/prefix`` or ``memory://name``.

    :raises BadJob: for any other address, or where what it takes to use it is not installed.
    """
    return Bucket(address) if isinstance(address, str) and "://" in address else Folder(Path(address))


def _object_store(address: str) -> ObjectStore:
    scheme, _, place = address.partition("://")
    try:
        from obstore.store import S3Store
    except ImportError:
        raise BadJob(f"{address}: obstore is not installed; install renderer[bucket]") from None
    if not place or scheme not in ("s3", "memory"):
        raise BadJob(f"{address} is no workspace; give a folder, or s3://bucket/prefix")
    return S3Store.from_url(address, client_options=s3_client(PATIENCE)) if scheme == "s3" else _memory(place)


def s3_client(patience: float) -> ClientConfig:
    """Return how S3 is asked: for how many seconds at most, and as the environment says, which this replaces."""
    allow_http = os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true", "on", "yes", "y")
    return {"timeout": timedelta(seconds=patience), "allow_http": allow_http}


@cache
def _memory(_name: str) -> MemoryStore:
    from obstore.store import MemoryStore

    return MemoryStore()


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("a name in a workspace is made of A-Z a-z 0-9 . _ - / and no part begins with a dot")
    return name


def _folder_of(prefix: str) -> str:
    return _checked(prefix.rpartition("/")[0]) if "/" in prefix else ""


def _gone(name: str) -> RunStopped:
    return RunStopped(f"{name} is no longer there; start the run again with the same command")


@contextmanager
def _temporary(parent: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def to_disk(path: Path) -> None:
    """Wait until the disk has what was written to a file, or which names a folder has."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
