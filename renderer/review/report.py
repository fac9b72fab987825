"""Compared files → a folder with one page in which a person looks at what changed, and judges it.

    index.html                          opens from a file; script, style, words and data stand in it
    pictures/<item>-golden.png, -new    both pages, in colour, 200 dpi, or 100 where there are many
    pictures/<item>-heat.png            where they differ
    pictures/<item>-<change>-golden.png, -new    the place of a change, 600 dpi

What the person judged is saved by the browser as ``review.json``; nothing is kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, groupby
from pathlib import Path

from renderer.model.paper import PROOF_DPI
from renderer.proof import pixels
from renderer.review import pictures
from renderer.review.judged import FilePair, Item, groups, items
from renderer.review.pictures import Drawn
from renderer.review.viewer_page import Shown, Summary, viewer_page

MOST_DRAWN = 1000
"""Items that have pictures: those of the smallest groups first. The others are named, and cannot be approved."""

MANY, MANY_DPI = 100, 100
"""Of more items than this, whole pages are drawn in so many dots an inch: the places of the changes stay at 600."""


def write_report(pairs: Iterable[FilePair], summary: Summary, folder: Path) -> Path:
    """Write the pictures and ``index.html``; return the latter. An earlier report in the folder is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for stale in (folder / "pictures").glob("[0-9]*-*.png"):
        stale.unlink()
    pairs = list(pairs)
    found = list(items(pairs))
    with_pictures = set(list(chain.from_iterable(groups(found)))[:MOST_DRAWN])
    drawn = _drawn(found, with_pictures, folder)
    shown = [Shown(item, each) for item, each in zip(found, drawn, strict=True)]
    index = folder / "index.html"
    index.write_text(viewer_page(shown, pairs, summary), encoding="utf-8", newline="\n")
    return index


def _drawn(found: Sequence[Item], with_pictures: set[int], folder: Path) -> Iterator[Drawn | None]:
    """Draw the items that get pictures, file after file."""
    dpi = PROOF_DPI if len(with_pictures) <= MANY else MANY_DPI
    for pair, each in groupby(enumerate(found), key=lambda entry: entry[1].pair):
        with ExitStack() as files:
            golden = files.enter_context(pixels.opened(pair.golden)) if pair.golden else None
            new = files.enter_context(pixels.opened(pair.new))
            for at, item in each:
                is_drawn = at in with_pictures
                yield pictures.draw(item, golden, new, dpi, folder, f"{at + 1:05}") if is_drawn else None
