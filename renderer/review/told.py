"""What changed about a page or a file → its record."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from renderer.model.paper import MM_PER_PT
from renderer.proof.pixels import Box
from renderer.review.records import ChangeRecord
from renderer.review.view import View, at, view

MOST_QUOTED = 5
"""Of many texts or pages."""
SAME_LENGTH = 0.005
"""mm; two lengths nearer than this are one."""


@dataclass(frozen=True, slots=True)
class Both:
    """A page of the golden and the one of the new file that it became."""

    golden_number: int
    """Counted from 1."""
    number: int
    golden: Any
    """A page of pikepdf."""
    new: Any

    @property
    def views(self) -> tuple[View, View]:
        """How each is seen before it is turned: a page that is turned is told as that, and not as all that is on it."""
        return view(self.golden, 0), view(self.new, 0)

    def told(
        self, kind: str, sentence: str, before: str | None, after: str | None, box: Box | None = None
    ) -> ChangeRecord:
        """Record what changed on this page.

        :param box: in mm on the page before it is turned; on the golden's for what is gone
        """
        seen = view(self.golden if kind.endswith("-gone") else self.new)
        upright = None if box is None else _turned(box, seen)
        place = "" if upright is None else f": {exactly(upright)}"
        whole = f"page {self.number}{' ' if sentence.startswith('is ') else ': '}{sentence}{place}"
        return _record(kind, whole, before, after, self.number, self.golden_number, upright)


def _turned(box: Box, seen: View) -> Box:
    unit = seen.unit / MM_PER_PT
    return seen.seen(Box(box.x / unit, box.y / unit, box.w / unit, box.h / unit))


def told_of_file(kind: str, sentence: str, before: str | None, after: str | None) -> ChangeRecord:
    """Record what changed about the file as a whole."""
    return _record(kind, sentence, before, after)


def _record(
    kind: str,
    sentence: str,
    before: str | None,
    after: str | None,
    page: int | None = None,
    golden_page: int | None = None,
    box: Box | None = None,
) -> ChangeRecord:
    return ChangeRecord(
        kind=kind,
        page=page,
        golden_page=golden_page,
        record=None,
        box=box,
        before=before,
        after=after,
        vector=None,
        region=None,
        slot=None,
        group=None,
        ignored_by=None,
        sentence=sentence,
    )


def quoted(texts: Collection[str]) -> str:
    """Quote texts, and say how many more there are."""
    first = " ".join(f"「{text}」" for text in list(texts)[:MOST_QUOTED])
    return f"{first} and {len(texts) - MOST_QUOTED} more" if len(texts) > MOST_QUOTED else first


def around(boxes: Collection[Box]) -> Box:
    """Draw one box around all."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.w for box in boxes), max(box.y + box.h for box in boxes)
    return Box(left, top, right - left, bottom - top)


def placed(rectangle: Any, seen: View) -> Box:
    """Place a rectangle of the file on a page."""
    left, bottom, right, top = map(float, rectangle)
    (x, y), (other_x, other_y) = at((left, bottom), seen.matrix), at((right, top), seen.matrix)
    return Box(min(x, other_x), min(y, other_y), abs(other_x - x), abs(other_y - y))


def near(one: Box, other: Box) -> bool:
    """Whether two boxes are one."""
    edges = zip((one.x, one.y, one.w, one.h), (other.x, other.y, other.w, other.h), strict=True)
    return all(abs(a - b) < SAME_LENGTH for a, b in edges)


def exactly(box: Box) -> str:
    """Say where a box is, to a hundredth of a mm."""
    return f"{box.w:.2f} × {box.h:.2f} mm at {box.x:.2f}, {box.y:.2f}"
