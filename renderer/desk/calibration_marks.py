"""The places of a sheet that must meet the paper → rules and words of the two sides of a calibration sheet.

Pure geometry in mm from the upper left corner. A ladder has a rung each half millimetre beside the line that it is for.
Where the true line (a perforation, the cross of the other side seen against the light) goes through it, its number says
what to add to the offset: how far the print must go to the right or down.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import copysign
from typing import Literal

from renderer.desk.overlays import WINDOW, travel
from renderer.layout.schema import LayoutFile
from renderer.model.insurer import Offset
from renderer.model.paper import A4, Edges, EnvelopeSize

HAIR, LINE = 0.12, 0.25
"""mm: how thick a rung and a line are."""
INSET = 5
"""mm: where the rulers stand; nearer to the edge many a printer prints nothing."""
REACH = 3
"""mm: how far a ladder goes to both sides, as far as an offset may."""
ARM = 9.0
"""mm: how far from the middle of a cross its ladders stand."""
CROSSES = tuple((x, y) for y in (84.0, 182.0) for x in (32.0, A4[0] - 32.0))
"""Where front and back are held against one another: as far from the left edge as from the right."""
CARDS = {"card": ("カード 右", 17.0), "card_left": ("カード 左", 40.0)}
"""Region of a card → what it is called on the sheet, and how far from its lower edge its ladders stand, mm."""


@dataclass(frozen=True, slots=True)
class Words:
    """A line of words or a number, whose middle stands at a height."""

    x: float
    """Where it begins, or its middle, or its end."""
    y: float
    text: str
    size: float
    """pt."""
    align: Literal["left", "center", "right"] = "left"


@dataclass(frozen=True, slots=True)
class Side:
    """What stands on one side of the sheet."""

    rules: tuple[Edges, ...]
    words: tuple[Words, ...]


def sides(file: LayoutFile, offset: Offset, envelope: EnvelopeSize) -> tuple[Side, Side]:
    """Return front and back for the places that a layout declares, and for an insurer's offset and envelope."""
    front = [*_rulers(), *_folds(file), *_window(file, envelope), *_cards(file), *_front_crosses(), *_how(offset)]
    back = [*_rulers(), *_folds(file), *_back_crosses(), *_how_behind(offset)]
    return _side(front), _side(back)


Mark = Edges | Words


def _side(marks: Sequence[Mark]) -> Side:
    return Side(
        tuple(mark for mark in marks if isinstance(mark, Edges)),
        tuple(mark for mark in marks if isinstance(mark, Words)),
    )


def _across(start: float, end: float, y: float, thick: float = LINE) -> Edges:
    return Edges(min(start, end), y - thick / 2, max(start, end), y + thick / 2)


def _down(x: float, start: float, end: float, thick: float = LINE) -> Edges:
    return Edges(x - thick / 2, min(start, end), x + thick / 2, max(start, end))


def _dashed(start: float, end: float, dash: float, gap: float) -> Iterator[tuple[float, float]]:
    at = start
    while at < end:
        yield at, min(at + dash, end)
        at += dash + gap


def _rulers() -> Iterator[Mark]:
    """Yield a ruler along each edge, ``INSET`` from it, that counts from the edge of the paper."""
    right, bottom = A4[0] - INSET, A4[1] - INSET
    for y in (INSET, bottom):
        yield _across(INSET, right, y)
    for x in (INSET, right):
        yield _down(x, INSET, bottom)
    for mm in range(INSET, int(right) + 1):
        long = _rung(mm)
        yield _down(mm, INSET, INSET + long, HAIR)
        yield _down(mm, bottom - long, bottom, HAIR)
        if mm % 10 == 0 and 20 <= mm <= right - 10:
            yield Words(mm, INSET + 3.8, str(mm), 5.5, "center")
            yield Words(mm, bottom - 3.8, str(mm), 5.5, "center")
    for mm in range(INSET, int(bottom) + 1):
        long = _rung(mm)
        yield _across(INSET, INSET + long, mm, HAIR)
        yield _across(right - long, right, mm, HAIR)
        if mm % 20 == 0 and 20 <= mm <= bottom - 10:
            yield Words(INSET + 3.4, mm, str(mm), 5.5)
            yield Words(right - 3.4, mm, str(mm), 5.5, "right")


def _rung(mm: int) -> float:
    return 2.8 if mm % 10 == 0 else 2.0 if mm % 5 == 0 else 1.2


def _ladder(
    x: float, y: float, measures: Literal["x", "y"], *, turned: bool = False, on_left: bool = False
) -> Iterator[Mark]:
    """Yield a ladder around a point.

    ``turned``: its numbers grow upwards, for the side behind; ``on_left``: they stand on its left.
    """
    for half in range(-2 * REACH, 2 * REACH + 1):
        mm, long = half / 2, (4.0 if half == 0 else 2.5 if half % 2 == 0 else 1.5)
        if measures == "x":
            yield _down(x + mm, y - long, y + long, HAIR)
        else:
            yield _across(x - long, x + long, y + mm, HAIR)
    for mm in (-REACH, 0, REACH):
        said = f"{-mm if turned else mm:+d}" if mm else "0"
        if measures == "x":
            yield Words(x + mm, y + 5.4, said, 6, "center")
        else:
            yield Words(x - 4.8, y + mm, said, 6, "right") if on_left else Words(x + 4.8, y + mm, said, 6)


def _folds(file: LayoutFile) -> Iterator[Mark]:
    for fold in file.fold_lines:
        for x, end in _dashed(20, A4[0] - 20, 4, 2):
            yield _across(x, end, fold, HAIR)
        yield from _ladder(45, fold, "y")
        yield from _ladder(A4[0] - 45, fold, "y")
        yield Words(A4[0] / 2, fold - 2.2, f"折り {fold:g} mm", 8, "center")


def _window(file: LayoutFile, envelope: EnvelopeSize) -> Iterator[Mark]:
    window = file.regions.get(WINDOW)
    if window is None:
        return
    across, down = travel(file, envelope)
    yield from _frame(window.edges, 3, 1)
    for sign in (-1, 1):
        yield from _frame(window.edges.grown(sign * across, sign * down), 0.6, 1.2)
    left, top, _, bottom = window.edges
    yield Words(left + 14, top + 13, "窓", 10)
    yield Words(left + 14, (top + bottom) / 2 + 1, f"{envelope.name}　点線は可動域", 8)
    yield Words(left + 14, (top + bottom) / 2 + 6, f"左右 ±{across:g} mm、上下 ±{down:g} mm", 8)


def _frame(edges: Edges, dash: float, gap: float) -> Iterator[Edges]:
    left, top, right, bottom = edges
    for y in (top, bottom):
        yield from (_across(x, end, y, HAIR) for x, end in _dashed(left, right, dash, gap))
    for x in (left, right):
        yield from (_down(x, y, end, HAIR) for y, end in _dashed(top, bottom, dash, gap))


def _cards(file: LayoutFile) -> Iterator[Mark]:
    """Yield the corners of each place of the card, and ladders across the middle of its edges."""
    for name, (called, height) in CARDS.items():
        if name in file.regions:
            left, top, right, bottom = file.regions[name].edges
            for x, inwards in ((left, 6), (right, -6)):
                for y, downwards in ((top, 6), (bottom, -6)):
                    yield _across(x - copysign(LINE / 2, inwards), x + inwards, y)  # the corner is closed
                    yield _down(x, y, y + downwards)
            middle = (left + right) / 2
            yield from _ladder(middle - 18, top, "y")
            yield from _ladder(middle + 18, top, "y")
            yield from _ladder(left, bottom - height, "x")
            yield from _ladder(right, bottom - height, "x")
            yield Words(middle, top + 22, called, 10, "center")
            yield Words(middle, top + 28, f"{right - left:g} × {bottom - top:g} mm", 8, "center")


def _front_crosses() -> Iterator[Mark]:
    """Yield the ladders that the arms of the crosses behind go through."""
    for x, y in CROSSES:
        yield from _ladder(x, y - ARM, "x")
        if x < A4[0] / 2:
            yield from _ladder(x + ARM, y, "y", turned=True)
        else:
            yield from _ladder(x - ARM, y, "y", turned=True, on_left=True)


def _back_crosses() -> Iterator[Mark]:
    long = ARM + 5
    for x, y in CROSSES:
        yield _across(x - long, x + long, y)
        yield _down(x, y - long, y + long)


_STEPS = (
    "1. 等倍（100 %）の両面、長辺とじで刷ります。「用紙に合わせる」などの拡大・縮小は使いません。",
    "2. カードのミシン目が通る目盛りの数を読み、横の数を front の一つ目に、縦の数を二つ目に足します。",
    f"　 ミシン目のない用紙では、左と上の {INSET} mm の線を紙の端から測り、{INSET} から引いた数を足します。",
    "3. 書き直してもう一度刷ります。ミシン目が 0 を通れば、表は合っています。",
    "4. 光に透かして、裏の十字が表の目盛りのどこを通るかを読みます。",
    "　 横の数を back の一つ目に、縦の数を二つ目に足します。",
    "5. 折って封筒に入れ、折り目が 0 にあり、窓が点線の間に収まることを確かめます。",
)
_EXAMPLE = ("保険者ファイルへの書き方", "[print.offset]", "front = [0.3, -0.5]", "back = [0.0, 0.0]")
_STEPS_BEHIND = ("表に書かれた手順で、表を先に合わせます。", "この面の十字は、光に透かして表の目盛りで読みます。")


def _how(offset: Offset) -> Iterator[Words]:
    yield from _head("表（1ページ目）", "front", offset.front)
    yield from (Words(24, 110 + 7 * n, line, 9) for n, line in enumerate(_STEPS))
    yield from (Words(60, 164 + 5.4 * n, line, 9) for n, line in enumerate(_EXAMPLE))


def _how_behind(offset: Offset) -> Iterator[Words]:
    yield from _head("裏（2ページ目）", "back", offset.back)
    yield from (Words(24, 110 + 7 * n, line, 9) for n, line in enumerate(_STEPS_BEHIND))


def _head(side: str, key: str, moved: tuple[float, float]) -> Iterator[Words]:
    yield Words(134, 24, "位置合わせシート", 15)
    yield Words(134, 32, side, 11)
    yield Words(134, 42, "この面を刷ったときの値（mm、右へ・下へ）", 8)
    yield Words(134, 48, f"{key} = [{moved[0]:g}, {moved[1]:g}]", 10)
