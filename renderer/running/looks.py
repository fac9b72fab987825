"""What the cells of a column look like → a few words, in which no cell stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from renderer.intake.shapes import ColumnShapes
from renderer.running.profile import ColumnProfile, Profile, Shift, shares_of
from renderer.running.words import Words

_MOST = 3
"""Shapes that are named of a column."""


def describe(shapes: ColumnShapes, said: Words) -> str:
    """Say what the cells look like, how long they are, and how many are filled."""
    if not shapes.filled:
        return said.say("looks_blank")
    told = [_shapes(shares_of(shapes), said), _lengths(min(shapes.lengths), max(shapes.lengths), said)]
    if shapes.filled < shapes.cells:
        told.append(said.say("looks_filled", share=shapes.filled / shapes.cells))
    return said.join(tuple(told))


def profile_rows(profile: Profile, said: Words) -> Iterable[Sequence[str]]:
    """Write a profile as rows of a table."""
    return (
        (
            column.name,
            said.say("share", share=column.filled),
            said.say("share", share=column.distinct),
            _shapes(column.shapes, said),
            _lengths(column.shortest, column.longest, said),
            _outside(column, said),
        )
        for column in profile.columns
    )


def shift_rows(shifts: Iterable[Shift], said: Words) -> Iterable[Sequence[str]]:
    """Write what shifted as rows of a table."""
    for shift in shifts:
        what = said.say("filled" if shift.what == "filled" else f"shape_{shift.what}")
        yield shift.column, what, said.say("share", share=shift.before), said.say("share", share=shift.now)


def _shapes(shares: Mapping[str, float], said: Words) -> str:
    names = [said.say(f"shape_{shape}") for shape in shares]
    if len(names) == 1:
        return names[0]
    told = (said.say("looks_share", what=name, share=share) for name, share in zip(names, shares.values(), strict=True))
    return said.join(tuple(told)[:_MOST])


def _lengths(least: int, most: int, said: Words) -> str:
    return said.say("looks_length" if least == most else "looks_lengths", least=least, most=most)


def _outside(column: ColumnProfile, said: Words) -> str:
    shown = said.join(column.outside[:_MOST])
    return said.say("others_outside", shown=shown, count=len(column.outside)) if column.outside else ""
