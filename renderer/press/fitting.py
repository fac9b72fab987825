"""Fit a value into a box: clusters and a rule → lines, size and condensing, or a refusal with the numbers.

Pure functions on advances. Reference and press both ask here, so that they cannot disagree. All lengths are in
Pango units (1/1024 CSS px) unless a name says otherwise; a fitted value never leaves its box and is never cut.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from renderer.model.paper import PX_PER_MM, PX_PER_PT
from renderer.press.breaking import Advance, break_lines

UNITS = 1024
"""Pango units in a CSS px."""
SHRINK_STEP_PT = 0.25
CONDENSE_STEP = 1000
"""長体 is set in thousandths: the largest n/1000 that fits."""


class Fit(StrEnum):
    """What may be done with a value that is wider than its box."""

    REFUSE = "refuse"
    CONDENSE = "condense"
    SHRINK = "shrink"
    WRAP = "wrap"


class Valign(StrEnum):
    """On which lines of its box a value stands that needs fewer than there are."""

    TOP = "top"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class FitRule:
    """The promise of ``layout.toml`` for one slot."""

    kind: Fit
    floor: float
    """condense: percent of the width; shrink and wrap: pt. Narrower or smaller is refused."""
    lines: int
    """The most lines; 1 unless the kind is wrap."""
    valign: Valign = Valign.TOP

    def first_line(self, count: int) -> int:
        """Return on which line of the box, from 0, the first of so many stands."""
        return self.lines - count if self.valign is Valign.BOTTOM else 0


@dataclass(frozen=True, slots=True)
class Fitted:
    """A value as it will be set."""

    lines: tuple[tuple[str, ...], ...]
    """The clusters of each line."""
    size: int
    """Font size in Pango units."""
    condense: float
    """Horizontal scale, 1.0 when not condensed."""


Advances = Callable[[int], Advance]
"""Font size in Pango units → the advances at that size."""


class DoesNotFit(Exception):  # noqa: N818
    """The value is too long even at the floor. Form and numbers are those of the finding, in mm, and no text."""

    def __init__(self, form: str, **numbers: str | int) -> None:
        self.form = form
        self.numbers = tuple(numbers.items())
        super().__init__(" ".join([form, *(f"{name}={number}" for name, number in self.numbers)]))


def pango_size(px: float) -> int:
    """Return a CSS px size as Pango holds it: whole 1/1024 px, cut off (13.3333 → 13.333008)."""
    return int(px * UNITS)


def fit(clusters: Sequence[str], width: int, size: int, rule: FitRule, advances: Advances) -> Fitted:
    """Set ``clusters`` into a box of ``width`` at font size ``size`` by ``rule``. A newline forces a line end.

    :raises DoesNotFit: when it cannot be done above the floor.
    """
    if rule.kind is Fit.WRAP:
        return _fit_wrapped(clusters, width, size, rule, advances)
    natural = sum(map(advances(size), clusters))
    line = (tuple(clusters),)
    if natural <= width:
        return Fitted(line, size, 1.0)
    if rule.kind is Fit.CONDENSE:
        thousandths = width * CONDENSE_STEP // natural
        if thousandths >= rule.floor * CONDENSE_STEP / 100:
            return Fitted(line, size, thousandths / CONDENSE_STEP)
        raise DoesNotFit("condensed", **_numbers(natural * rule.floor / 100, width), floor=f"{rule.floor:g}")
    if rule.kind is Fit.SHRINK:
        for smaller in _sizes(size, rule.floor):
            natural = sum(map(advances(smaller), clusters))
            if natural <= width:
                return Fitted(line, smaller, 1.0)
        raise DoesNotFit("shrunk", **_numbers(natural, width), floor=f"{rule.floor:g}")
    raise DoesNotFit("plain", **_numbers(natural, width))


def _fit_wrapped(clusters: Sequence[str], width: int, size: int, rule: FitRule, advances: Advances) -> Fitted:
    """Break into lines, the words whole, smaller if need be; where none is small enough, with torn ones."""
    for whole in (True, False):
        for smaller in (size, *_sizes(size, rule.floor)):
            lines = break_lines(clusters, width, advances(smaller), whole=whole)
            if lines is not None and len(lines) <= rule.lines:
                return Fitted(lines, smaller, 1.0)
    if lines is None:
        raise DoesNotFit("character", given=f"{_mm(width):.1f}", floor=f"{rule.floor:g}")
    raise DoesNotFit("lines", needed=len(lines), given=rule.lines, floor=f"{rule.floor:g}")


def _sizes(size: int, floor_pt: float) -> list[int]:
    """Return the sizes below ``size`` down to the floor, largest first."""
    floor = pango_size(floor_pt * PX_PER_PT)
    count = int((size - floor) / (SHRINK_STEP_PT * PX_PER_PT * UNITS)) + 1
    steps = (pango_size(size / UNITS - n * SHRINK_STEP_PT * PX_PER_PT) for n in range(1, count))
    return [*(step for step in steps if step > floor), *([floor] if floor < size else [])]


def _numbers(needed: float, given: int) -> dict[str, str]:
    # Rounded up: what needs a hair more than it has must not read as if it fitted.
    return {"needed": f"{math.ceil(_mm(needed) * 10) / 10:.1f}", "given": f"{_mm(given):.1f}"}


def _mm(units: float) -> float:
    return units / UNITS / PX_PER_MM
