"""The things of two pages → which of the one became which of the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeVar

from renderer.review.sameness import (
    SAME_PLACE,
    SAME_VECTOR,
    alike,
    distance,
    gap,
    same_paints,
    same_shape,
    shifted,
    vector,
)
from renderer.review.shapes import Mark
from renderer.review.texts import Text

REPLACED_WITHIN = 3.0
"""What goes and what comes within this gap (mm) of each other: the one became the other."""

AnyThing = TypeVar("AnyThing", Text, Mark)
Pair = tuple[AnyThing | None, AnyThing | None]
"""What was and what became of it; None where it came or is gone."""


def paired_texts(before: Iterable[Text], after: Iterable[Text]) -> list[Pair[Text]]:
    """Pair the texts of two pages: those unchanged, the moved, the replaced; the rest came or went."""
    return _paired(
        before,
        after,
        lambda old, new: old.text == new.text and distance(old, new) < SAME_PLACE,
        lambda old, new: old.text == new.text,
        lambda old, new: gap(old.box, new.box) < REPLACED_WITHIN,
    )


def paired_marks(
    before: Iterable[Mark], after: Iterable[Mark], vectors: Collection[tuple[float, float]]
) -> list[Pair[Mark]]:
    """Pair the marks of two pages likewise; one of many that are alike belongs to the texts that moved as it did."""

    def with_texts(old: Mark, new: Mark) -> bool:
        shift = vector(old, new)
        return any(math.dist(shift, moved) < SAME_VECTOR for moved in vectors) and same_shape(old, new)

    return _paired(
        before,
        after,
        lambda old, new: not shifted(old, new) and same_shape(old, new) and same_paints(old.paints, new.paints),
        lambda old, new: not shifted(old, new) and same_shape(old, new),
        with_texts,
        same_shape,
        lambda old, new: alike(old, new) and gap(old.box, new.box) < REPLACED_WITHIN,
    )


def _paired(
    before: Iterable[AnyThing], after: Iterable[AnyThing], *rules: Callable[[AnyThing, AnyThing], bool]
) -> list[Pair[AnyThing]]:
    """Pair equal things, then by one rule after the other, each time the nearest first; the rest came or went."""
    olds: list[AnyThing]
    news: list[AnyThing]
    found: list[Pair[AnyThing]]
    found, olds, news = _equal(before, after)
    for fits in rules:
        pairs = _nearest(olds, news, fits)
        found += [(olds[i], news[j]) for i, j in pairs.items()]
        given = set(pairs.values())
        olds = [old for i, old in enumerate(olds) if i not in pairs]
        news = [new for j, new in enumerate(news) if j not in given]
    found += [(old, None) for old in olds]
    found += [(None, new) for new in news]
    return found


def _equal(
    before: Iterable[AnyThing], after: Iterable[AnyThing]
) -> tuple[list[Pair[AnyThing]], list[AnyThing], list[AnyThing]]:
    """Pair what is the same to the last digit, and hand on the rest: most of two pages, and quickly found."""
    news: dict[AnyThing, list[AnyThing]] = {}
    for new in after:
        news.setdefault(new, []).append(new)
    pairs: list[Pair[AnyThing]] = []
    rest: list[AnyThing] = []
    for old in before:
        if same := news.get(old):
            pairs.append((old, same.pop()))
        else:
            rest.append(old)
    return pairs, rest, [new for left in news.values() for new in left]


def _nearest(
    olds: Sequence[AnyThing], news: Sequence[AnyThing], fits: Callable[[AnyThing, AnyThing], bool]
) -> dict[int, int]:
    possible = sorted(
        (distance(old, new), i, j) for i, old in enumerate(olds) for j, new in enumerate(news) if fits(old, new)
    )
    taken: dict[int, int] = {}
    given: set[int] = set()
    for _, i, j in possible:
        if i not in taken and j not in given:
            taken[i] = j
            given.add(j)
    return taken
