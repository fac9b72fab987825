"""What a run and its workers hand one another: in its work folder or, where they share none, in a place of a store.

Such a place is the run's own. Members lie there while it works; it is emptied when the run ends, however it does, and
by the next run of the job where one was killed. A worker that is at something still finds out that the run is over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from renderer.running.names import DELIVERY
from renderer.running.worker import DIFFERENCES
from renderer.running.workspace import Folder, Workspace, open_workspace

PLACE = "place"
"""File of a work folder: the address of the place that its run has in a store."""
_IS_OF_A_RUN = re.compile(r"\w+://.+/runs/[0-9a-f]{32}")
"""Such addresses a cluster gives; whatever else stands in a work folder, nothing is emptied for it."""
_OPEN = "open"
"""What has this name in a place as long as its run goes on."""


def empty(place: Workspace) -> None:
    """Empty a place whose run is over."""
    place.delete(_OPEN)
    place.clear()


def empty_if_over(place: Workspace) -> None:
    """Empty a place, when something was left there, if its run was over by then."""
    if place.get(_OPEN) is None:
        place.clear()


def empty_noted(folder: Path) -> None:
    """Empty the place of a run that was killed, which its work folder names."""
    here = Folder(folder)
    address = (here.get(PLACE) or b"").decode("utf-8", "replace")
    if _IS_OF_A_RUN.fullmatch(address):
        empty(open_workspace(address))
    here.delete(PLACE)


class Exchange:
    """Both sides of it: ``here`` is the work folder of the run, ``there`` what its workers see."""

    def __init__(self, folder: Path, address: Path | str) -> None:
        """Take a run's work folder, and the address its workers use: that folder, or its place in a store."""
        self.address = address
        self.here = Folder(folder)
        self.there: Workspace = self.here if address == folder else open_workspace(address)

    @property
    def _is_one(self) -> bool:
        return self.there is self.here

    def __enter__(self) -> Exchange:
        empty_noted(self.here.root)
        if not self._is_one:
            self.there.put(_OPEN, b"")  # a store that cannot be used is none to be emptied by the next run
            self.here.put(PLACE, str(self.address).encode())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._is_one:
            self._bring(self.there.names(f"{DIFFERENCES}/"))
            empty(self.there)
            self.there.close()
            self.here.delete(PLACE)

    def bring(self, files: Iterable[str]) -> None:
        """Bring files of the delivery that a worker has left."""
        if not self._is_one:
            self._bring(f"{DELIVERY}/{file}" for file in files)

    def send(self, files: Iterable[str]) -> None:
        """Let workers see files of the delivery that an earlier run has printed."""
        if not self._is_one:
            for name in (f"{DELIVERY}/{file}" for file in files):
                self.there.put(name, self.here.fetch(name).read_bytes())

    def _bring(self, names: Iterable[str]) -> None:
        for name in names:
            with self.here.scratch() as scratch:
                self.there.copy(name, scratch / "copy")
                self.here.keep(scratch / "copy", name)
