"""The drawn page → its QR codes and barcodes as a machine reads them; two pages → whose payload changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import zxingcpp
from PIL.Image import Image

from renderer.model.paper import MM_PER_INCH
from renderer.proof.pixels import Box
from renderer.review.bars import customer_barcodes
from renderer.review.records import ChangeRecord
from renderer.review.told import Both

REPLACED_WITHIN = 5.0
"""mm between the middles of two codes of which the one became the other."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code that can be read."""

    kind: str
    """As its standard calls it, such as QR Code."""
    payload: str
    box: Box

    @property
    def middle(self) -> complex:
        """In mm, down as the imaginary part."""
        return complex(self.box.x + self.box.w / 2, self.box.y + self.box.h / 2)


def codes(page: Image, dpi: int) -> tuple[Code, ...]:
    """Read every code of a drawn page."""
    found = [_code(each, MM_PER_INCH / dpi) for each in zxingcpp.read_barcodes(page.convert("L"))]
    return *found, *(Code("customer barcode", said, box) for said, box in customer_barcodes(page, dpi))


def _code(found: zxingcpp.Barcode, mm: float) -> Code:
    corners = found.position
    points = corners.top_left, corners.top_right, corners.bottom_right, corners.bottom_left
    xs, ys = [point.x * mm for point in points], [point.y * mm for point in points]
    box = Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    return Code(str(found.format), found.text, box)


def codes_changed(both: Both, before: Iterable[Code], after: Iterable[Code]) -> Iterator[ChangeRecord]:
    """Tell codes that say something else, went or came."""
    olds, news = list(before), list(after)
    for new in news.copy():
        if found := next((old for old in olds if (old.kind, old.payload) == (new.kind, new.payload)), None):
            olds.remove(found)
            news.remove(new)
    for new in news:
        old = min(olds, key=lambda old: abs(old.middle - new.middle), default=None)
        if old and abs(old.middle - new.middle) < REPLACED_WITHIN:
            olds.remove(old)
            sentence = f"the {new.kind} says 「{new.payload}」 instead of 「{old.payload}」"
            yield both.told("code-changed", sentence, old.payload, new.payload, new.box)
        else:
            yield both.told("code-new", f"a {new.kind} is new: 「{new.payload}」", None, new.payload, new.box)
    for old in olds:
        sentence = f"a {old.kind} is gone or cannot be read any more: 「{old.payload}」"
        yield both.told("code-gone", sentence, old.payload, None, old.box)
