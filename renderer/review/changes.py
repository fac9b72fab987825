"""What two pages say and draw → what changed, in words: each thing, or what moved or was coloured together."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from renderer.proof.pixels import Box
from renderer.review.shapes import Mark, Paint
from renderer.review.texts import Text

SAME_PLACE = 0.02
"""Two places of a text nearer than this (mm) are one: a quarter of a pixel of the finest proof (300 dpi)."""
SAME_LENGTH = 0.049
"""Two lengths or places of what is drawn nearer than this (mm) are one: 0.05 mm is told, what is less is not."""
REPLACED_WITHIN = 3.0
"""What goes and what comes within this gap (mm) of each other: the one became the other."""
MOST_NAMED = 5
"""Texts of many that are quoted."""

Thing = Text | Mark
AnyThing = TypeVar("AnyThing", Text, Mark)
Paints = tuple[Paint | None, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """What a page says and draws."""

    texts: tuple[Text, ...]
    marks: tuple[Mark, ...]


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
                return f"{after} is new: {after.box}" if after else ""
            case before, None:
                return f"{before} is gone: {before.box}"
            case Text() as before, Text() as after:
                if before.text != after.text:
                    return f"{before} became {after}: {after.box}"
                return f"{after} moved {_by(self.vector)}"
            case Mark() as before, Mark() as after:
                return f"{after} {', '.join(_reshaped(before, after))}: {after.box}"
        raise AssertionError

    @property
    def vector(self) -> tuple[float, float]:
        """How far it moved, in mm to the right and down."""
        if self.before is None or self.after is None:
            return 0.0, 0.0
        return self.after.box.x - self.before.box.x, self.after.box.y - self.before.box.y

    @property
    def is_move(self) -> bool:
        """Whether it is what it was, elsewhere."""
        if isinstance(self.before, Text) and isinstance(self.after, Text):
            return self.before.text == self.after.text
        return isinstance(self.before, Mark) and isinstance(self.after, Mark) and _same_shape(self.before, self.after)

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
        around = max(frames, key=lambda box: box.w * box.h, default=None) or _around(thing.box for thing in things)
        return f"{_counted(things)} moved together {_by(self.changes[0].vector)}, now {around}{_named(things)}"


class Several(Together):
    """Marks that came, are gone, or became thicker or longer, each as the others."""

    __slots__ = ()

    def __str__(self) -> str:
        things = self._things()
        how = _how(self.changes[0]).replace("is ", "are ")
        return f"{_counted(things)} {how}: {_around(thing.box for thing in things)}"


@dataclass(frozen=True, slots=True)
class Repaint:
    """Things that were drawn in one paint and are drawn in another."""

    before: Paints
    after: Paints
    things: tuple[Thing, ...]

    def __str__(self) -> str:
        before, after = (
            " and ".join(str(paint or "no ink") for paint in paints) for paints in (self.before, self.after)
        )
        around = _around(thing.box for thing in self.things)
        return f"{before} became {after}: {_counted(self.things)}, {around}{_named(self.things)}"

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
    return [area for area in areas if all(_gap(area, box) > 0 for box in shown)]


def text_pairs(before: Iterable[Text], after: Iterable[Text]) -> list[Change]:
    """Pair the texts of two pages: those unchanged, the moved, the replaced; the rest came or went."""
    return _paired(
        before,
        after,
        lambda old, new: old.text == new.text and _distance(old, new) < SAME_PLACE,
        lambda old, new: old.text == new.text,
        lambda old, new: _gap(old.box, new.box) < REPLACED_WITHIN,
    )


def _mark_pairs(before: Iterable[Mark], after: Iterable[Mark], vectors: Iterable[tuple[float, float]]) -> list[Change]:
    """Pair marks likewise; one of many that are alike belongs to the texts that moved as it did."""

    def with_texts(old: Mark, new: Mark) -> bool:
        shift = Change(old, new).vector
        return _same_shape(old, new) and any(math.dist(shift, vector) < SAME_LENGTH for vector in vectors)

    return _paired(
        before,
        after,
        lambda old, new: _same_shape(old, new) and old.paint == new.paint and not _shifted(old, new),
        lambda old, new: _same_shape(old, new) and not _shifted(old, new),
        with_texts,
        _same_shape,
        lambda old, new: _alike(old, new) and _gap(old.box, new.box) < REPLACED_WITHIN,
    )


def _paired(
    before: Iterable[AnyThing], after: Iterable[AnyThing], *rules: Callable[[AnyThing, AnyThing], bool]
) -> list[Change]:
    """Pair things by one rule after the other, each time the nearest first; whatever is left came or went."""
    olds: list[AnyThing] = list(before)
    news: list[AnyThing] = list(after)
    found: list[Change] = []
    for fits in rules:
        pairs = _nearest(olds, news, fits)
        found += [Change(olds[i], news[j]) for i, j in pairs.items()]
        given = set(pairs.values())
        olds = [old for i, old in enumerate(olds) if i not in pairs]
        news = [new for j, new in enumerate(news) if j not in given]
    return [*found, *(Change(old, None) for old in olds), *(Change(None, new) for new in news)]


def _nearest(
    olds: Sequence[AnyThing], news: Sequence[AnyThing], fits: Callable[[AnyThing, AnyThing], bool]
) -> dict[int, int]:
    possible = sorted(
        (_distance(old, new), i, j) for i, old in enumerate(olds) for j, new in enumerate(news) if fits(old, new)
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
            return before.text != after.text or _distance(before, after) >= SAME_PLACE
        case Mark() as before, Mark() as after:
            return not _same_shape(before, after) or _shifted(before, after)
    return True


def _grouped(told: Iterable[Change]) -> Iterator[Change | Group | Several]:
    """Join the moves by one vector, and the marks that changed alike."""
    groups: list[list[Change]] = []
    alike: dict[tuple[str, str], list[Change]] = {}
    for change in told:
        mark = change.after or change.before
        fitting = (group for group in groups if math.dist(group[0].vector, change.vector) < SAME_LENGTH)
        if isinstance(mark, Mark) and not change.is_move:
            alike.setdefault((mark.kind, _how(change)), []).append(change)
        elif not change.is_move:
            yield change
        elif group := next(fitting, None):
            group.append(change)
        else:
            groups.append([change])
    yield from (Group(tuple(group)) if len(group) > 1 else group[0] for group in groups)
    yield from (Several(tuple(each)) if len(each) > 1 else each[0] for each in alike.values())


def _how(change: Change) -> str:
    """Say the first thing of how a mark changed: that it is thicker makes it longer, and moves others."""
    match change.before, change.after:
        case Mark() as before, Mark() as after:
            return next(_reshaped(before, after))
    return "is new" if change.after else "is gone"


def _repaints(pairs: Iterable[Change]) -> Iterator[Repaint]:
    """Join the pairs that had one paint and have another."""
    found: dict[tuple[Paints, Paints], list[Thing]] = {}
    for pair in pairs:
        if pair.before and pair.after:
            before, after = _paints(pair.before), _paints(pair.after)
            if before and after and before != after:
                found.setdefault((before, after), []).append(pair.after)
    yield from (Repaint(before, after, tuple(things)) for (before, after), things in found.items())


def _paints(thing: Thing) -> Paints:
    return thing.paints if isinstance(thing, Text) else (thing.paint,)


def _alike(old: Mark, new: Mark) -> bool:
    return old.kind == new.kind and (old.kind != "rule" or (old.box.w > old.box.h) == (new.box.w > new.box.h))


def _same_shape(old: Mark, new: Mark) -> bool:
    lengths = (old.box.w, new.box.w), (old.box.h, new.box.h), (old.thickness, new.thickness)
    return _alike(old, new) and all(abs(a - b) < SAME_LENGTH for a, b in lengths)


def _shifted(old: Mark, new: Mark) -> bool:
    return max(map(abs, Change(old, new).vector)) >= SAME_LENGTH


def _reshaped(old: Mark, new: Mark) -> Iterator[str]:
    """Say how a mark changed: thicker or thinner, longer or shorter, moved."""
    across = old.box.w, new.box.w, "wider", "narrower"
    down = old.box.h, new.box.h, "higher", "lower"
    # The length of a rule is its longer side; the other one is its thickness.
    along = (max(old.box.w, old.box.h), max(new.box.w, new.box.h), "longer", "shorter")
    sides = [along] if new.kind == "rule" else [across, down]
    thicker = new.thickness - old.thickness
    if abs(thicker) >= SAME_LENGTH:
        yield _became(old.thickness, new.thickness, "thicker", "thinner")
        # That may make it as much longer at either end.
        sides = [side for side in sides if abs(side[1] - side[0] - 2 * thicker) >= SAME_LENGTH]
    yield from (_became(*side) for side in sides if abs(side[1] - side[0]) >= SAME_LENGTH)
    shift = _shift(old.box.x, old.box.w, new.box.x, new.box.w), _shift(old.box.y, old.box.h, new.box.y, new.box.h)
    if any(shift):
        yield f"moved {_by(shift)}"


def _became(before: float, after: float, more: str, less: str) -> str:
    how = more if after > before else less
    return f"became {abs(after - before):.2f} mm {how} ({before:.2f} → {after:.2f} mm)"


def _shift(start: float, length: float, new_start: float, new_length: float) -> float:
    """How far something moved along an axis; 0 where an edge of it or its middle stayed."""
    first, last = new_start - start, new_start + new_length - start - length
    least = min((first, last, (first + last) / 2), key=abs)
    return least if abs(least) >= SAME_LENGTH else 0.0


def _distance(old: Thing, new: Thing) -> float:
    return math.hypot(new.box.x - old.box.x, new.box.y - old.box.y)


def _gap(old: Box, new: Box) -> float:
    """Blank between two boxes, 0 where they touch or overlap."""
    across = max(new.x - (old.x + old.w), old.x - (new.x + new.w), 0.0)
    down = max(new.y - (old.y + old.h), old.y - (new.y + new.h), 0.0)
    return math.hypot(across, down)


def _by(vector: tuple[float, float]) -> str:
    """Say a move by its parts: ``1.00 mm right, 0.25 mm up``."""
    parts = [
        f"{abs(length):.2f} mm {positive if length > 0 else negative}"
        for length, positive, negative in ((vector[0], "right", "left"), (vector[1], "down", "up"))
        if abs(length) >= SAME_PLACE / 2
    ]
    return ", ".join(parts)


def _areas(things: Iterable[Thing]) -> tuple[Box, ...]:
    """Where things have their ink."""
    return tuple(box for thing in things for box in ([thing.box] if isinstance(thing, Text) else thing.sides))


def _around(boxes: Iterable[Box]) -> Box:
    edges = [(box.x, box.y, box.x + box.w, box.y + box.h) for box in boxes]
    lefts, tops, rights, bottoms = zip(*edges, strict=True)
    return Box(min(lefts), min(tops), max(rights) - min(lefts), max(bottoms) - min(tops))


def _counted(things: Sequence[Thing]) -> str:
    """Count by kind: ``3 texts and a frame``."""
    counts = Counter("text" if isinstance(thing, Text) else thing.kind for thing in things)
    *most, last = (f"{n} {kind}s" if n > 1 else f"a{'n' * (kind == 'area')} {kind}" for kind, n in counts.items())
    return f"{', '.join(most)} and {last}" if most else last


def _named(things: Iterable[Thing]) -> str:
    """Quote the first texts, after a colon."""
    texts = [str(thing) for thing in things if isinstance(thing, Text)]
    more = f" and {len(texts) - MOST_NAMED} more" if len(texts) > MOST_NAMED else ""
    return f": {', '.join(texts[:MOST_NAMED])}{more}" if texts else ""
