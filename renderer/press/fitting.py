"""Fit a value into a box: clusters and a rule → lines, size and condensing, or a refusal with the numbers.

Pure functions on advances. Reference and press both ask here, so that they cannot disagree. All lengths are in
Pango units (1/1024 CSS px) unless a name says otherwise; a fitted value never leaves its box and is never cut.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from renderer.model.paper import PX_PER_MM, PX_PER_PT
from renderer.model.widths import HYPHENS

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


@dataclass(frozen=True, slots=True)
class FitRule:
    """The promise of ``layout.toml`` for one slot."""

    kind: Fit
    floor: float
    """condense: percent of the width; shrink and wrap: pt. Narrower or smaller is refused."""
    lines: int
    """The most lines; 1 unless the kind is wrap."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A value as it will be set."""

    lines: tuple[tuple[str, ...], ...]
    """The clusters of each line."""
    size: int
    """Font size in Pango units."""
    condense: float
    """Horizontal scale, 1.0 when not condensed."""


Advance = Callable[[str], int]
"""Cluster → the room it takes in Pango units, letter spacing included."""
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
    for smaller in (size, *_sizes(size, rule.floor)):
        lines = break_lines(clusters, width, advances(smaller))
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


# Line breaking after JIS X 4051: which characters may not begin a line (行頭禁則) or end one (行末禁則).
_NOT_FIRST = frozenset(
    "）〕］｝〉》」』】｠〙〗»’”)]}｣"  # closing brackets
    "、。，．,.､｡"  # full stops and commas
    "・：；:;･？！?!‼⁇⁈⁉"  # middle dots, colons, dividing punctuation
    "ー々〻ゝゞヽヾ〆ｰ゛゜ﾞﾟ"  # iteration and prolonged sound marks
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿｧｨｩｪｫｬｭｮｯ"
    "〜～‐゠–％%℃°′″"
)
_NOT_LAST = frozenset("（〔［｛〈《「『【｟〘〖«‘“([{｢〒￥¥＄$№")
_WORD = re.compile(r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚÀ-ɏ'’\-－.,/&]")


_DIGITS = frozenset("0123456789０１２３４５６７８９")
_JOINTS = frozenset(HYPHENS + "のノ")
"""What joins the digits beside it to one house number: 3‐8‐1235, 3の8の1235."""


@cache
def _in_word(cluster: str) -> bool:
    return bool(_WORD.match(cluster))


def break_lines(clusters: Sequence[str], width: int, advance: Advance) -> tuple[tuple[str, ...], ...] | None:
    """Break into lines no wider than ``width``; None when a single cluster is wider.

    Lines are filled from the front. A word or a number is only broken where the line has no other break. The blank
    at which a line is broken is not set. A last line of one lone character takes its neighbour along if it may.
    """
    lines: list[tuple[str, ...]] = []
    for paragraph in _paragraphs(clusters):
        spans = _break_paragraph(paragraph, width, advance)
        if spans is None:
            return None
        lines += [tuple(paragraph[span]) for span in _without_widow(paragraph, spans, width, advance)]
    return tuple(lines)


def _paragraphs(clusters: Sequence[str]) -> list[list[str]]:
    paragraphs: list[list[str]] = [[]]
    for cluster in clusters:
        if cluster == "\n":
            paragraphs.append([])
        else:
            paragraphs[-1].append(cluster)
    return paragraphs


def _break_paragraph(clusters: Sequence[str], width: int, advance: Advance) -> list[slice] | None:
    """Return what of ``clusters`` stands in each line, without the blanks at the breaks."""
    spans: list[slice] = []
    start = 0
    while start < len(clusters):
        end = start + _fits(clusters[start:], width, advance)
        if end == start:
            return None
        if end < len(clusters):
            end = next((at for at in range(end, start, -1) if _may_end_line(clusters, at)), end)
        spans.append(slice(start, _blanks_before(clusters, end, start)))
        start = _blanks_after(clusters, end)
    return spans or [slice(0, 0)]


def _may_end_line(clusters: Sequence[str], at: int) -> bool:
    """Whether a line may end before ``clusters[at]``: the blanks there will not be set, so look past them."""
    before, after = _blanks_before(clusters, at, 0), _blanks_after(clusters, at)
    if before == 0 or after == len(clusters):
        return True
    last, first = clusters[before - 1], clusters[after]
    if first[0] in _NOT_FIRST or last[0] in _NOT_LAST:
        return False
    return before < after or not ((_in_word(last) and _in_word(first)) or _in_number(clusters, at))


def _in_number(clusters: Sequence[str], at: int) -> bool:
    """Whether one of the two clusters at ``at`` joins digits, so that a break would tear a house number."""
    joint = at if clusters[at] in _JOINTS else at - 1
    beside = (clusters[joint - 1 : joint], clusters[joint + 1 : joint + 2])
    return clusters[joint] in _JOINTS and all(one and one[0] in _DIGITS for one in beside)


def _blanks_before(clusters: Sequence[str], at: int, start: int) -> int:
    while at > start and clusters[at - 1].isspace():
        at -= 1
    return at


def _blanks_after(clusters: Sequence[str], at: int) -> int:
    while at < len(clusters) and clusters[at].isspace():
        at += 1
    return at


def _fits(clusters: Sequence[str], width: int, advance: Advance) -> int:
    """Return how many of the clusters fit."""
    used = 0
    for count, cluster in enumerate(clusters):
        used += advance(cluster)
        if used > width:
            return count
    return len(clusters)


def _without_widow(clusters: Sequence[str], spans: list[slice], width: int, advance: Advance) -> list[slice]:
    if len(spans) < 2 or spans[-1].stop - spans[-1].start != 1:
        return spans
    above, last = spans[-2:]
    # Two characters stay above, or the widow has only moved.
    cut = next((at for at in range(above.stop - 1, above.start + 1, -1) if _may_end_line(clusters, at)), 0)
    moved = slice(_blanks_after(clusters, cut), last.stop)
    if not cut or sum(map(advance, clusters[moved])) > width:
        return spans
    return [*spans[:-2], slice(above.start, _blanks_before(clusters, cut, above.start)), moved]
