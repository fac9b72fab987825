"""What the cells of a column look like → a few words, in which no cell stands."""

from __future__ import annotations

from renderer.intake.shapes import ColumnShapes, Shape
from renderer.running.words import Words

_MOST = 3
"""Shapes that are named of a column."""
_LEAST = 0.005
"""Share of cells of a shape that is named."""
_ORDER = (
    *(Shape.MY_NUMBER, Shape.POSTAL_ADDRESS, Shape.TRIPLE, Shape.PAIR, Shape.ADDRESS, Shape.KANA, Shape.HALF_KANA),
    *(Shape.HIRAGANA, Shape.DATE, Shape.ERA_DATE, Shape.DAY_FIRST, Shape.MONTH_FIRST, Shape.DAY_OR_MONTH_FIRST),
    *(Shape.SHORT_DATE, Shape.POSTAL_CODE, Shape.DIGITS, Shape.NAME, Shape.TEXT, Shape.CODE, Shape.LATIN, Shape.OTHER),
)
"""Shapes by how much they say: of those that a cell has, the first is the one that is named."""


def shares_of(shapes: ColumnShapes) -> dict[str, float]:
    """Return which share of the filled cells has each shape, the most frequent first; of 0 to 1, in thousandths."""
    found = {shape: shapes.share(shape) for shape in _ORDER}
    told: dict[str, float] = {}
    left = 1.0
    for shape, share in found.items():
        counted = min(share, left)
        if counted >= _LEAST:
            told[shape.value] = round(counted, 3)
            left -= counted
    return dict(sorted(told.items(), key=lambda one: -one[1]))


def describe(shapes: ColumnShapes, said: Words) -> str:
    """Say what the cells look like, how long they are, and how many are blank."""
    if not shapes.filled:
        return said.say("looks_blank")
    told = [said.say(f"shape_{shape}") for shape in list(shares_of(shapes))[:_MOST]]
    shares = list(shares_of(shapes).values())
    if shares and shares[0] < 0.995:
        told = [said.say("looks_share", what=what, share=share) for what, share in zip(told, shares, strict=False)]
    least, most = min(shapes.lengths), max(shapes.lengths)
    key = "looks_length" if least == most else "looks_lengths"
    told.append(said.say(key, least=least, most=most))
    if shapes.filled < shapes.cells:
        told.append(said.say("looks_filled", share=shapes.filled / shapes.cells))
    return said.join(tuple(told))
