"""What the cells of a column look like → a few words, in which no cell stands."""

from __future__ import annotations

from renderer.intake.shapes import ColumnShapes, Shape
from renderer.running.words import Words

_MOST = 3
"""Shapes that are named of a column."""
_LEAST = 0.005
"""Share of cells of a shape that is named."""
_ORDER = (
    *(Shape.MY_NUMBER, Shape.POSTAL_ADDRESS, Shape.DATE, Shape.ERA_DATE, Shape.DAY_FIRST, Shape.MONTH_FIRST),
    *(Shape.DAY_OR_MONTH_FIRST, Shape.SHORT_DATE, Shape.ADDRESS, Shape.KANA, Shape.HALF_KANA),
    *(
        Shape.HIRAGANA,
        Shape.DIGITS,
        Shape.POSTAL_CODE,
        Shape.TRIPLE,
        Shape.PAIR,
        Shape.NAME,
        Shape.TEXT,
        Shape.CODE,
        Shape.LATIN,
        Shape.OTHER,
    ),
)
"""Shapes by how much they say, where as many cells have them."""


def shares_of(shapes: ColumnShapes) -> dict[str, float]:
    """Return which share of the filled cells has each shape, 0 to 1 in thousandths, the most frequent first.

    A cell may have several; what is told of a column is the shape that most have, and of the others as much as is left.
    """
    told: dict[str, float] = {}
    left = 1.0
    for shape in sorted(_ORDER, key=lambda one: -shapes.share(one)):
        share = min(shapes.share(shape), left)
        if share >= _LEAST:
            told[shape.value] = round(share, 3)
            left -= share
    return told


def describe(shapes: ColumnShapes, said: Words) -> str:
    """Say what the cells look like, how long they are, and how many are blank."""
    if not shapes.filled:
        return said.say("looks_blank")
    shares = shares_of(shapes)
    told = [said.say(f"shape_{shape}") for shape in list(shares)[:_MOST]]
    if len(shares) > 1:
        told = [
            said.say("looks_share", what=what, share=share) for what, share in zip(told, shares.values(), strict=False)
        ]
    least, most = min(shapes.lengths), max(shapes.lengths)
    key = "looks_length" if least == most else "looks_lengths"
    told.append(said.say(key, least=least, most=most))
    if shapes.filled < shapes.cells:
        told.append(said.say("looks_filled", share=shapes.filled / shapes.cells))
    return said.join(tuple(told))
