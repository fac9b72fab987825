"""Paper and its measures: the sheet, a card cut out of it, and how mm, pt, px and dots go into one another."""

from __future__ import annotations

from typing import NamedTuple

A4 = (210.0, 297.0)
"""Width and height of a sheet in mm, upright (ISO 216)."""
A3 = (420.0, 297.0)
"""Width and height of a contact sheet in mm, across (ISO 216)."""
CARD_FORMATS = {"ID-1": (85.6, 54.0)}
"""Name of a card's format → its width and height in mm (ISO/IEC 7810; ID-1 is that of マイナンバーカード, rounded)."""

MM_PER_INCH = 25.4
PT_PER_INCH = 72
"""Points as PDF and CSS count them."""
MM_PER_PT = MM_PER_INCH / PT_PER_INCH
PX_PER_MM = 96 / MM_PER_INCH
"""CSS px, in which WeasyPrint lays out."""
PX_PER_PT = 96 / PT_PER_INCH

PROOF_DPI = 200
"""Dots in an inch at which sheets are drawn to be looked at and compared."""


class EnvelopeSize(NamedTuple):
    """What a folded sheet is put into, the address upright."""

    name: str
    width: float
    height: float
    """mm."""


LONG_3 = EnvelopeSize("長3", 235.0, 120.0)
"""長形3号 (domain 6.3)."""
ENVELOPES = {
    name: LONG_3._replace(name=short)
    for short, names in {"長3": ("長3", "長形3号"), "洋長3": ("洋長3", "洋長形3号", "洋0")}.items()
    for name in names
}
"""What people call an envelope → it. 洋長3 is of one size with 長3, and opens on its long side."""


class Edges(NamedTuple):
    """Where a rectangle on a page ends on each side, in mm from the top left corner of the page."""

    left: float
    top: float
    right: float
    bottom: float

    def __str__(self) -> str:
        """Say its size and its place."""
        left, top, right, bottom = self
        return f"{right - left:.2f} × {bottom - top:.2f} mm at {left:.2f}, {top:.2f}"

    def beyond(self, outer: Edges) -> float:
        """Return how far it reaches over the edges of another, in mm; nought or less where it lies inside."""
        left, top, right, bottom = self
        return max(outer.left - left, outer.top - top, right - outer.right, bottom - outer.bottom)

    def grown(self, across: float, down: float) -> Edges:
        """Return it with that much more on each side, in mm; less where it is negative."""
        return Edges(self.left - across, self.top - down, self.right + across, self.bottom + down)

    def overlap(self, other: Edges) -> tuple[float, float]:
        """Return by how much it overlaps another across and down, in mm; negative is a gap."""
        left, top, right, bottom = self
        return min(right, other.right) - max(left, other.left), min(bottom, other.bottom) - max(top, other.top)

    def has_centre_of(self, other: Edges) -> bool:
        """Whether the middle of another lies inside."""
        across, down = (other.left + other.right) / 2, (other.top + other.bottom) / 2
        return self.left <= across <= self.right and self.top <= down <= self.bottom


def moved_box(box: tuple[float, float, float, float], right: float, down: float) -> tuple[float, float, float, float]:
    """Return the page box (pt, from the lower left) in which what stood in another stands so many mm elsewhere."""
    left, bottom, across, up = box
    x, y = right / MM_PER_PT, down / MM_PER_PT
    return left - x, bottom + y, across - x, up + y


PAGE = Edges(0.0, 0.0, *A4)
