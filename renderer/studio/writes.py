"""What a move would write → the files, all or none; and the studio's own writes back, while nobody else wrote there.

The studio writes numbers of style sheets and of ``layout.toml``, of the layout's folder and the common parts beside it;
where it moves what other layouts beside it share, their ``layout.toml``. Never a template, never what is installed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from renderer.layout.load import SHARED, Layout
from renderer.studio.refusals import Refusal, Why

_INSTALLED = Path(str(files("renderer"))).resolve()


def may_be_written(layout: Layout, path: Path) -> bool:
    """Whether the studio may write a file for a layout."""
    folder, found = layout.folder.resolve(), path.resolve()
    if found.is_relative_to(_INSTALLED):
        return False
    if found.name == "layout.toml":
        return found.parent == folder or found.parent.parent == folder.parent
    inside = any(found.is_relative_to(place) for place in (folder, folder.parent / SHARED))
    return found.suffix == ".css" and inside


@dataclass(frozen=True, slots=True)
class Written:
    """One write: each file before and after."""

    write_id: int
    before: Mapping[Path, bytes]
    after: Mapping[Path, bytes]


class Writes:
    """The writes of one sitting, the last one last."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._done: list[Written] = []
        self._last_id = 0

    def write(self, before: Mapping[Path, bytes], after: Mapping[Path, bytes]) -> Written:
        """Write files that are still as they were read.

        :raises Refusal: where one is not, or may not or cannot be written; then none was.
        """
        for path in after:
            if not may_be_written(self._layout, path):
                raise Refusal(Why.NOT_OURS, file=_said(path))
        _replace(before, after, Why.CHANGED)
        self._last_id += 1
        written = Written(self._last_id, before, after)
        self._done.append(written)
        return written

    def undo(self, write_id: int) -> Written:
        """Take a write back: each of its files is as before.

        :raises Refusal: where there is no such write, or a file is not as it was written any more.
        """
        written = next((one for one in self._done if one.write_id == write_id), None)
        if written is None:
            raise Refusal(Why.NO_WRITE)
        _replace(written.after, written.before, Why.UNDONE_SINCE)
        self._done.remove(written)
        return written


def _replace(before: Mapping[Path, bytes], after: Mapping[Path, bytes], otherwise: Why) -> None:
    """Write new files beside the old ones, and put them in their places when all of them are there.

    ``otherwise`` is told of a file that is not as ``before`` says.
    """
    fresh: dict[Path, Path] = {}
    replaced: list[Path] = []
    path = next(iter(after), Path())
    try:
        for path, data in after.items():
            fresh[path] = _beside(path, data)
        for path in after:
            if path.read_bytes() != before[path]:
                raise Refusal(otherwise, file=_said(path))
        for path in after:
            fresh[path].replace(path)
            replaced.append(path)
    except (OSError, Refusal) as error:
        for done in replaced:
            _beside(done, before[done]).replace(done)
        if isinstance(error, Refusal):
            raise
        raise Refusal(Why.NOT_WRITTEN, file=_said(path), said=error.strerror or str(error)) from None
    finally:
        for left in fresh.values():
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)


def _beside(path: Path, data: bytes) -> Path:
    """Write what a file is to be under a name beside it, with its rights, and make sure that it is on the disk."""
    fresh = path.with_name(f".{path.name}.studio")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    shutil.copymode(path, fresh)
    return fresh


def _said(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
