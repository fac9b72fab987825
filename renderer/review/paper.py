"""Two pages → what changed of their paper: its size, its turn, its boxes.

Clauses are of ISO 32000-1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from renderer.proof.pixels import Box
from renderer.review.records import ChangeRecord
from renderer.review.told import SAME_LENGTH, Both, exactly, near, placed
from renderer.review.view import View, view

_WAYS = {90: "by 90° clockwise", 180: "by 180°", 270: "by 90° counterclockwise"}
_BOXES = ("/TrimBox", "/BleedBox", "/ArtBox")


def paper_changed(both: Both) -> Iterator[ChangeRecord]:
    """Tell a page that is turned or of another size, and boxes that stand elsewhere on it (14.11.2)."""
    if _written(both.golden) == _written(both.new):
        return
    before, after = view(both.golden), view(both.new)
    if turned := (after.turn - before.turn) % 360:
        yield both.told("page-turned", f"is turned {_WAYS[turned]}", f"{before.turn}°", f"{after.turn}°")
    if abs(before.width - after.width) > SAME_LENGTH or abs(before.height - after.height) > SAME_LENGTH:
        was, now = (f"{seen.width:.3f} × {seen.height:.3f} mm" for seen in (before, after))
        yield both.told("page-resized", f"{was} became {now}", was, now)
    olds, news = (_edges(page, seen) for page, seen in zip((both.golden, both.new), both.views, strict=True))
    for name, old in olds.items():
        new = news[name]
        if not near(old.box, new.box) and not (old.is_whole and new.is_whole):
            words = name.removeprefix("/").removesuffix("Box").lower()
            yield both.told("box-changed", f"the {words} box was {old} and is {new}", str(old), str(new), new.box)


def _written(page: Any) -> list[object]:
    """Take the paper as the file has it: most pages of two files are written alike."""
    edges = [*page.mediabox, *page.cropbox]
    return [*edges, page.rotation, page.obj.get("/UserUnit"), *(_own(page, name) for name in _BOXES)]


def _own(page: Any, name: str) -> list[object] | None:
    return [*page.obj[name]] if name in page.obj else None


@dataclass(frozen=True, slots=True)
class _Edge:
    """A box of a page, in mm from the upper left corner of what is seen of it, before it is turned."""

    box: Box
    is_whole: bool
    """Whether it is all that is seen."""

    def __str__(self) -> str:
        return exactly(self.box)


def _edges(page: Any, seen: View) -> Mapping[str, _Edge]:
    found = {name: placed(page.obj.get(name, list(page.cropbox)), seen) for name in _BOXES}
    whole = Box(0.0, 0.0, seen.width, seen.height)
    return {name: _Edge(box, near(box, whole)) for name, box in found.items()}
