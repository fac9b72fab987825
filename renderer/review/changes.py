"""What two pages say and draw → what changed, in words: each thing, or what moved or was coloured together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from renderer.proof.pixels import Box
from renderer.review.content import Content
from renderer.review.pairing import paired_marks, paired_texts
from renderer.review.sameness import (
    SAME_PLACE,
    SAME_VECTOR,
    Paints,
    Thing,
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
    def members(self) -> tuple[Change, ...]:
        """What is told as one: itself."""
        return (self,)

    @property
    def was(self) -> Thing:
        """What it was in the golden; of what came, what it is."""
        return self.before or self.now

    @property
    def now(self) -> Thing:
        """What it is; of what is gone, what it was."""
        thing = self.after or self.before
        assert thing  # noqa: S101 - one of them is there
        return thing

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
        return self.now.box.y, self.now.box.x


@dataclass(frozen=True, slots=True)
class Together:
    """Changes that are told as one."""

    members: tuple[Change, ...]

    @property
    def areas(self) -> tuple[Box, ...]:
        """Where pixels differ for no other reason than this."""
        return tuple(area for change in self.members for area in change.areas)

    @property
    def place(self) -> tuple[float, float]:
        """By which changes are put in order."""
        return min(change.place for change in self.members)

    @property
    def things(self) -> list[Thing]:
        """As they are drawn now, from the top down; those that are gone as they were."""
        return [change.now for change in sorted(self.members, key=lambda change: change.place)]


class Group(Together):
    """Things that moved by one vector, such as a card with its frame."""

    __slots__ = ()

    def __str__(self) -> str:
        things = self.things
        frames = [thing.box for thing in things if isinstance(thing, Mark) and thing.kind in ("frame", "area")]
        where = max(frames, key=lambda box: box.w * box.h, default=None) or around(thing.box for thing in things)
        return f"{counted(things)} moved together {by(self.members[0].vector)}, now {where}{named(things)}"


class Several(Together):
    """Marks that came or are gone, and what became thicker, longer or larger, each as the others."""

    __slots__ = ()

    def __str__(self) -> str:
        things = self.things
        how = _how(self.members[0]).replace("is ", "are ")
        return f"{counted(things)} {how}: {around(thing.box for thing in things)}{named(things)}"


class Doubled(Together):
    """What is drawn once more on itself: nobody may see it, but a press lays its ink twice."""

    __slots__ = ()

    def __str__(self) -> str:
        things = self.things
        verb = "is" if len(things) == 1 else "are"
        return f"{counted(things)} {verb} drawn once more: {around(thing.box for thing in things)}{named(things)}"


@dataclass(frozen=True, slots=True)
class Repaint:
    """Things that were drawn in one paint and are drawn in another."""

    before: Paints
    after: Paints
    members: tuple[Change, ...]

    def __str__(self) -> str:
        things = self.things
        where = around(thing.box for thing in things)
        return f"{inks(self.before)} became {inks(self.after)}: {counted(things)}, {where}{named(things)}"

    @property
    def things(self) -> tuple[Thing, ...]:
        """As they are drawn now."""
        return tuple(pair.after for pair in self.members if pair.after)

    @property
    def kind(self) -> str:
        """Return ``ink-changed``; where the inks are the same ``overprint-changed``, ``transparency-changed``.

        Of another halftone, intent, profile or the like it is ``screening-changed``.
        """
        plain_before, plain_after = (tuple(paint and paint.plain() for paint in each) for each in self._sides)
        if not same_paints(plain_before, plain_after):
            return "ink-changed"
        for name, kind in (("overprint", "overprint-changed"), ("ways", "screening-changed")):
            before, after = (tuple(paint and getattr(paint, name) for paint in each) for each in self._sides)
            if before != after:
                return kind
        return "transparency-changed"

    @property
    def difference(self) -> float | None:
        """By how much an ink differs at the most, from 0 to 1; None where they are other inks, or the same."""
        if self.kind != "ink-changed" or len(self.before) != len(self.after):
            return None
        parts: list[float] = []
        for before, after in zip(self.before, self.after, strict=True):
            if before is None or after is None or before.space != after.space or len(before.parts) != len(after.parts):
                return None
            parts += (abs(a - b) for a, b in zip(before.parts, after.parts, strict=True))
        return max(parts, default=None)

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


AnyChange = Change | Group | Several | Doubled | Repaint


def changes(before: Content, after: Content) -> tuple[AnyChange, ...]:
    """Compare what two pages say and draw; from the top down."""
    texts = text_pairs(before.texts, after.texts)
    vectors = {change.vector for change in texts if _is_told(change)}
    pairs = [*texts, *(Change(*pair) for pair in paired_marks(before.marks, after.marks, vectors))]
    # What came and is the same as what was there, to the last digit, was drawn twice.
    there = {*before.texts, *before.marks}
    told = [pair for pair in pairs if _is_told(pair)]
    doubles = [pair for pair in told if pair.before is None and pair.after in there]
    doubled = [Doubled(tuple(doubles))] if doubles else []
    rest = (pair for pair in told if pair not in doubles)
    found = [*_grouped(rest), *doubled, *_repaints(pairs)]
    return tuple(sorted(found, key=lambda change: change.place))


def explained(before: Content, after: Content, told: Iterable[AnyChange]) -> list[Box]:
    """Where pixels differ for what is told and nothing else; what a drawing or a picture shows, only pixels tell."""
    shown = [mark.box for mark in (*before.marks, *after.marks) if mark.kind in ("drawing", "picture")]
    areas = (area for change in told for area in change.areas)
    return [area for area in areas if all(gap(area, box) > 0 for box in shown)]


def text_pairs(before: Iterable[Text], after: Iterable[Text]) -> list[Change]:
    """Pair the texts of two pages: those unchanged, the moved, the replaced; the rest came or went."""
    return [Change(*pair) for pair in paired_texts(before, after)]


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
