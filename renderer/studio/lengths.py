"""A number as a person wrote it, and some mm → the number to write in its place, in the same unit and manner.

Decimals, not floats: 0.2 and 0.1 are 0.3. A unit has a round number of itself in a mm, right to two in 100,000, so that
to go there in steps or at once, and to come back, ends at the same signs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

PER_MM: Mapping[str, Decimal] = {
    unit: Decimal(of_a_mm)
    for unit, of_a_mm in {
        "mm": "1", "cm": "0.1", "q": "4", "in": "0.03937", "pt": "2.8346", "pc": "0.23622", "px": "3.7795",
    }.items()
}  # fmt: skip
"""A unit of length, small letters → how many of it are a mm."""
STEP = Decimal("0.001")
"""mm: finer moves are not meant."""


@dataclass(frozen=True, slots=True)
class Length:
    """A plain length: ``233mm``, ``0``."""

    number: str
    unit: str
    """As it is written; "" of a nought alone."""

    def __str__(self) -> str:
        return self.number + self.unit

    @property
    def mm(self) -> Decimal:
        """It in mm."""
        return Decimal(self.number) / PER_MM[self.unit.lower() or "mm"]

    def moved(self, mm: Decimal) -> Length:
        """Return it with some mm more. Nought mm are written 0, and 0 becomes mm."""
        unit = self.unit or "mm"
        number = respelled(self.number, Decimal(self.number) + mm * PER_MM[unit.lower()])
        return Length(number, "" if number == "0" and unit == "mm" else unit)


def respelled(like: str, value: Decimal) -> str:
    """Write a number as another is written: as many noughts at its end, and one before the point or none."""
    digits = format(value.normalize(), "f") if value else "0"
    decimals = like.partition(".")[2]
    noughts = "0" * (len(decimals) - len(decimals.rstrip("0")))
    if noughts:
        digits = f"{digits if '.' in digits else f'{digits}.'}{noughts}"
    bare = like.lstrip("+-").startswith(".") and digits.removeprefix("-").startswith("0.")
    return digits.replace("0.", ".", 1) if bare else digits


def in_steps(mm: float) -> Decimal:
    """Return a move in thousandths of a mm, whatever a float makes of 0.1 + 0.2."""
    return Decimal(repr(mm)).quantize(STEP).normalize()
