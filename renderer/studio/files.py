"""The files of a layout and a job → word that what is in them has changed.

What counts is content, not times: an editor that saves the same bytes changes nothing. A folder may go and come again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from watchfiles import awatch

from renderer.layout.load import SHARED
from renderer.model.packaged import packaged
from renderer.model.sums import sum_of_all, sum_of_bytes

SETTLE = 0.04
"""Seconds without another event before what was saved counts as whole."""
_STEP, _LOOK_AGAIN = 5, 1000
"""ms: how soon events are told, at the price of 200 looks a second; how often is looked whether a folder came again."""
GONE = "gone"


def folders_of(layout: Path, pack: Path | None) -> tuple[Path, ...]:
    """Return the folders that a layout's files lie in, also where they are not there now."""
    own = (pack / "layouts" / SHARED,) if pack else ()
    return (layout, layout.parent / SHARED, *own, packaged("layouts") / SHARED)


def content_of(folders: Iterable[Path], files: Iterable[Path]) -> str:
    """Sum up what is in folders and files; what is not there, or goes meanwhile, counts as gone."""
    found = {path for folder in folders for path in folder.rglob("*") if not path.is_dir()} | set(files)
    return sum_of_all(word for path in sorted(found) for word in (str(path), _sum(path)))


def _sum(path: Path) -> str:
    try:
        return sum_of_bytes(path.read_bytes())
    except OSError:
        return GONE


def last_saved(folders: Iterable[Path], files: Iterable[Path]) -> float | None:
    """Return when the newest of the files was saved, s since 1970."""
    found = {path for folder in folders for path in folder.rglob("*")} | set(files)
    times = [time for path in found if (time := _time(path)) is not None]
    return max(times, default=None)


def _time(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except OSError:
        return None


async def events(folders: Iterable[Path], files: Iterable[Path], stop: asyncio.Event) -> AsyncIterator[None]:
    """Yield whenever something may have changed, and each second: who is told looks at the content."""
    places = {*folders, *(file.parent for file in files)}
    while not stop.is_set():
        there = _there(places)
        if not there:
            await asyncio.sleep(_LOOK_AGAIN / 1000)
            yield
            continue
        watched = awatch(
            *there, step=_STEP, debounce=_STEP, stop_event=stop, recursive=True,
            rust_timeout=_LOOK_AGAIN, yield_on_timeout=True, raise_interrupt=False,
        )  # fmt: skip
        async for _ in watched:
            yield
            if _there(places) != there:  # a folder went or came, perhaps another of the same name
                break


def _there(places: Iterable[Path]) -> dict[Path, int]:
    found = {}
    for place in places:
        try:
            found[place] = place.stat().st_ino
        except OSError:
            continue
    return found
