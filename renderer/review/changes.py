"""What two pages say and draw → what changed, in words: each thing, or what moved or was coloured together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from renderer.proof.pixels import Box
from renderer.review.content import Content
from renderer.review.sameness import (
    SAME_PLACE,
    Paints,
    Thing,
    alike,
    distance,
    gap,
    same_lengths,
    same_paints,
    same_shape,
    same_text,
    shifted,
    vector,
)
from renderer.review.shapes import Mark
from renderer.review.texts import Text
from renderer.review.wording import around, by, counted, inks, named, reset, reshaped

SAME_VECTOR = 0.015
"""Two moves nearer than this (mm) are one: each of two places may be off by a third of it."""
REPLACED_WITHIN = 3.0
"""What goes and what comes within this gap (mm) of each other: the one became the other."""

AnyThing = TypeVar("AnyThing", Text, Mark)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not what or where it was."""

    before: Thing | None
    """In the golden; None for what came."""
    after: Thing | None
    """In the new file; None for what is gone."""

    def __str__(self) -> str:
        match self.before, self.after:
            case None, after:
                return f"{after} is new{_unseen(after)}: {after.box}" if after else ""
            case before, None:
                return f"{before} is gone: {before.box}"
            case Text() as before, Text() as after:
                if before.text != after.text:
                    return f"{before} became {after}: {after.box}"
                return f"{after} {', '.join(reset(before, after))}"
            case Mark() as before, Mark() as after:
                return f"{after} {', '.join(reshaped(before, after))}: {after.box}"
        raise AssertionError

    @property
    def kind(self) -> str:
        """A stable word, such as ``text-changed``, ``rule-moved``, ``frame-resized`` or ``line-reshaped``."""
        match self.before, self.after:
            case before, None:
                return f"{_sort(before)}-gone"
            case None, after:
                return f"{_sort(after)}-new"
            case Text() as before, Text() as after if before.text != after.text:
                return "text-changed"
            case Mark() as before, Mark() as after if same_lengths(before, after) and not self.is_move:
                return f"{after.kind}-reshaped"
        return f"{_sort(self.after)}-{'moved' if self.is_move else 'resized'}"

    @property
    def vector(self) -> tuple[float, float]:
        """How far it moved, in mm to the right and down."""
        if self.before is None or self.after is None:
            return 0.0, 0.0
        return vector(self.before, self.after)

    @property
    def is_move(self) -> bool:
        """Whether it is what it was, elsewhere."""
        if isinstance(self.before, Text) and isinstance(self.after, Text):
            return same_text(self.before, self.after)
        return isinstance(self.before, Mark) and isinstance(self.after, Mark) and same_shape(self.before, self.after)

    @property
    def areas(self) -> tuple[Box, ...]:
        """Where pixels differ for no other reason than this."""
        things = [thing for thing in (self.before, self.after) if thing]
        return _areas(thing for thing in things if self.is_move or (isinstance(thing, Mark) and thing.kind != "area"))

    @property
    def place(self) -> tuple[float, float]:
        """By which changes are put in order: from the top, and from the left."""
        thing = self.after or self.before
        return (thing.box.y, thing.box.x) if thing else (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Together:
    """Changes that are told as one."""

    changes: tuple[Change, ...]

    @property
    def areas(self) -> tuple[Box, ...]:
        """Where pixels differ for no other reason than this."""
        return tuple(area for change in self.changes for area in change.areas)

    @property
    def place(self) -> tuple[float, float]:
        """By which changes are put in order."""
        return min(change.place for change in self.changes)

    def _things(self) -> list[Thing]:
        things = [change.after or change.before for change in sorted(self.changes, key=lambda change: change.place)]
        return [thing for thing in things if thing]


class Group(Together):
    """Things that moved by one vector, such as a card with its frame."""

    __slots__ = ()

    def __str__(self) -> str:
        things = self._things()
        frames = [thing.box for thing in things if isinstance(thing, Mark) and thing.kind in ("frame", "area")]
        where = max(frames, key=lambda box: box.w * box.h, default=None) or around(thing.box for thing in things)
        return f"{counted(things)} moved together {by(self.changes[0].vector)}, now {where}{named(things)}"


class Several(Together):
    """Marks that came or are gone, and what became thicker, longer or larger, each as the others."""

    __slots__ = ()

    def __str__(self) -> str:
        things = self._things()
        how = _how(self.changes[0]).replace("is ", "are ")
        return f"{counted(things)} {how}: {around(thing.box for thing in things)}{named(things)}"


@dataclass(frozen=True, slots=True)
class Repaint:
    """Things that were drawn in one paint and are drawn in another."""

    before: Paints
    after: Paints
    pairs: tuple[Change, ...]

    def __str__(self) -> str:
        things = self.things
        where = around(thing.box for thing in things)
        return f"{inks(self.before)} became {inks(self.after)}: {counted(things)}, {where}{named(things)}"

    @property
    def things(self) -> tuple[Thing, ...]:
        """As they are drawn now."""
        return tuple(pair.after for pair in self.pairs if pair.after)

    @property
    def kind(self) -> str:
        """``ink-changed``, or where the inks are the same ``overprint-changed`` or ``transparency-changed``."""
        plain_before, plain_after = (tuple(paint and paint.plain() for paint in each) for each in self._sides)
        if not same_paints(plain_before, plain_after):
            return "ink-changed"
        overprints = [tuple(paint and paint.overprint for paint in each) for each in self._sides]
        return "transparency-changed" if overprints[0] == overprints[1] else "overprint-changed"

    @property
    def _sides(self) -> tuple[Paints, Paints]:
        return self.before, self.after

    @property
    def areas(self) -> tuple[Box, ...]:
        """Where pixels differ for no other reason than this."""
        return _areas(thing for thing in self.things if isinstance(thing, Text) or thing.kind != "area")

    @property
    def place(self) -> tuple[float, float]:
        """By which changes are put in order."""
        return min((thing.box.y, thing.box.x) for thing in self.things)


AnyChange = Change | Group | Several | Repaint


def changes(before: Content, after: Content) -> tuple[AnyChange, ...]:
    """Compare what two pages say and draw; from the top down."""
    texts = text_pairs(before.texts, after.texts)
    vectors = {change.vector for change in texts if _is_told(change)}
    pairs: list[Change] = [*texts, *_mark_pairs(before.marks, after.marks, vectors)]
    found = [*_grouped(filter(_is_told, pairs)), *_repaints(pairs)]
    return tuple(sorted(found, key=lambda change: change.place))


def explained(before: Content, after: Content, told: Iterable[AnyChange]) -> list[Box]:
    """Where pixels differ for what is told and nothing else; what a drawing or a picture shows, only pixels tell."""
    shown = [mark.box for mark in (*before.marks, *after.marks) if mark.kind in ("drawing", "picture")]
    areas = (area for change in told for area in change.areas)
    return [area for area in areas if all(gap(area, box) > 0 for box in shown)]


def text_pairs(before: Iterable[Text], after: Iterable[Text]) -> list[Change]:
    """Pair the texts of two pages: those unchanged, the moved, the replaced; the rest came or went."""
    return _paired(
        before,
        after,
        lambda old, new: old.text == new.text and distance(old, new) < SAME_PLACE,
        lambda old, new: old.text == new.text,
        lambda old, new: gap(old.box, new.box) < REPLACED_WITHIN,
    )


def _mark_pairs(before: Iterable[Mark], after: Iterable[Mark], vectors: Iterable[tuple[float, float]]) -> list[Change]:
    """Pair marks likewise; one of many that are alike belongs to the texts that moved as it did."""

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
) -> list[Change]:
    """Pair equal things, then by one rule after the other, each time the nearest first; the rest came or went."""
    olds: list[AnyThing]
    news: list[AnyThing]
    found: list[Change]
    found, olds, news = _equal(before, after)
    for fits in rules:
        pairs = _nearest(olds, news, fits)
        found += [Change(olds[i], news[j]) for i, j in pairs.items()]
        given = set(pairs.values())
        olds = [old for i, old in enumerate(olds) if i not in pairs]
        news = [new for j, new in enumerate(news) if j not in given]
    return [*found, *(Change(old, None) for old in olds), *(Change(None, new) for new in news)]


def _equal(
    before: Iterable[AnyThing], after: Iterable[AnyThing]
) -> tuple[list[Change], list[AnyThing], list[AnyThing]]:
    """Pair what is the same to the last digit, and hand on the rest: most of two pages, and quickly found."""
    news: dict[AnyThing, list[AnyThing]] = {}
    for new in after:
        news.setdefault(new, []).append(new)
    pairs: list[Change] = []
    rest: list[AnyThing] = []
    for old in before:
        if same := news.get(old):
            pairs.append(Change(old, same.pop()))
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


def _is_told(change: Change) -> bool:
    """Whether a pair differs, paint apart."""
    match change.before, change.after:
        case Text() as before, Text() as after:
            return not same_text(before, after) or distance(before, after) >= SAME_PLACE
        case Mark() as before, Mark() as after:
            return not same_shape(before, after) or shifted(before, after)
    return True


def _grouped(told: Iterable[Change]) -> Iterator[Change | Group | Several]:
    """Join the moves by one vector, and what changed alike."""
    groups: list[list[Change]] = []
    same: dict[tuple[str, str], list[Change]] = {}
    for change in told:
        fitting = (group for group in groups if math.dist(group[0].vector, change.vector) < SAME_VECTOR)
        if change.kind in ("text-new", "text-gone", "text-changed"):
            yield change
        elif not change.is_move:
            same.setdefault((change.kind, _how(change)), []).append(change)
        elif group := next(fitting, None):
            group.append(change)
        else:
            groups.append([change])
    yield from (Group(tuple(group)) if len(group) > 1 else group[0] for group in groups)
    yield from (Several(tuple(each)) if len(each) > 1 else each[0] for each in same.values())


def _how(change: Change) -> str:
    """Say the first thing of how something changed: that it is thicker makes it longer, and moves others."""
    match change.before, change.after:
        case Mark() as before, Mark() as after:
            return next(reshaped(before, after))
        case Text() as before, Text() as after:
            return next(reset(before, after))
    return "is new" if change.after else "is gone"


def _repaints(pairs: Iterable[Change]) -> Iterator[Repaint]:
    """Join the pairs that had one paint and have another."""
    found: dict[tuple[Paints, Paints], list[Change]] = {}
    for pair in pairs:
        if pair.before and pair.after:
            before, after = pair.before.paints, pair.after.paints
            if before and after and not same_paints(before, after):
                found.setdefault((before, after), []).append(pair)
    yield from (Repaint(before, after, tuple(each)) for (before, after), each in found.items())


def _areas(things: Iterable[Thing]) -> tuple[Box, ...]:
    """Where things have their ink."""
    return tuple(box for thing in things for box in ([thing.box] if isinstance(thing, Text) else thing.sides))


def _sort(thing: Thing | None) -> str:
    return thing.kind if isinstance(thing, Mark) else "text"


def _unseen(thing: Thing) -> str:
    """Say of a thing that nobody sees it, or what it hides."""
    seen = not thing.paints or any(paint and not paint.blank for paint in thing.paints)
    return "" if seen else f", in {inks(thing.paints)}"
