"""compare.toml and options → rules that pass changes over; changes → the same, each with the rule that does.

    [[ignore]]
    why = "the date of the proof"        what a person reads in the answer
    regions = ["issued"]                 of the layout; or boxes = [[x, y, w, h]] in mm from the top left corner
    pages = [1]                          without them, all
    kinds = ["text-changed"]             without them, all

    [shift]
    most = 0.05                          mm by which a thing may lie elsewhere
    kinds = ["text-moved"]               without them, all that say how far something moved

    [ink]
    most = 0.02                          parts of 1 by which an ink, or a pixel, may differ

    [placement]
    estimate = true                      take out by how much the whole file lies elsewhere, and is larger
    most_offset = 2.0                    mm; beyond that it stays
    most_scale = 0.01                    parts of 1, likewise

Without a rule nothing is passed over, and what is passed over stands in the answer with its rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import AfterValidator, Field

from renderer.intake.keys import Line
from renderer.model.errors import BadJob
from renderer.model.toml import Strict, check_table, parse_toml, read_text
from renderer.proof.pixels import EDGE, Box
from renderer.review.records import ChangeRecord

SLACK = 0.005
"""mm by which a thing may reach over the edge of what is ignored: a place is no truer than that."""


class Rule(Protocol):
    """What may pass a change over."""

    @property
    def name(self) -> str:
        """As the answer calls it."""

    def passes(self, change: ChangeRecord) -> bool:
        """Whether it passes a change over."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """Passes over what lies wholly inside some places, before and after; without places, by page and kind alone."""

    name: str
    regions: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    pages: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()

    def passes(self, change: ChangeRecord) -> bool:
        """Whether page, kind and place are of the rule's."""
        page = change.page or change.golden_page
        of_page = not self.pages or page in self.pages
        of_kind = not self.kinds or change.kind in self.kinds
        anywhere = not (self.regions or self.boxes)
        inside = change.region in self.regions or any(_holds(box, _places(change)) for box in self.boxes)
        return of_page and of_kind and (anywhere or inside)


@dataclass(frozen=True, slots=True)
class MostShift:
    """Passes over what moved by no more than so many mm."""

    name: str
    most: float
    kinds: tuple[str, ...] = ()

    def passes(self, change: ChangeRecord) -> bool:
        """Whether a thing moved, and not too far in either direction."""
        moved = change.kind.endswith("-moved") and (not self.kinds or change.kind in self.kinds)
        return moved and change.vector is not None and max(map(abs, change.vector)) <= self.most + SLACK


@dataclass(frozen=True, slots=True)
class MostInk:
    """Passes over inks that differ by no more than such a part of 1; other inks are never passed over."""

    name: str
    most: float

    def passes(self, change: ChangeRecord) -> bool:
        """Whether an ink or a pixel differs by so little."""
        return change.ink is not None and change.ink <= self.most


@dataclass(frozen=True, slots=True)
class Placement:
    """How far a file may lie elsewhere as a whole, and be larger or smaller, for that to be taken out."""

    most_offset: float
    """mm, in either direction."""
    most_scale: float
    """Parts of 1, of width and height."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """All rules of a comparison; the first that passes a change over is named."""

    rules: tuple[Rule, ...] = ()
    placement: Placement | None = None

    def applied(self, changes: Iterable[ChangeRecord]) -> tuple[ChangeRecord, ...]:
        """Name in each change the rule that passes it over.

        Pixels that differ where a most shift or a most ink passes something over differ for that reason, and follow it.
        """
        judged = [replace(change, ignored_by=self._rule_of(change)) for change in changes]
        reasons = [change for change in judged if change.ignored_by and change.kind != "pixels"]
        return tuple(_following(change, reasons) for change in judged)

    def told(self, judged: Sequence[ChangeRecord]) -> Iterator[str]:
        """Count by rule what was passed over, and name each rule that passed nothing over: it may be misspelt."""
        counts = Counter(change.ignored_by for change in judged if change.ignored_by)
        for rule in self.rules:
            count = counts[rule.name]
            yield f"{_count(count)} ignored by {rule.name}" if count else f"nothing was ignored by {rule.name}"

    def _rule_of(self, change: ChangeRecord) -> str | None:
        return next((rule.name for rule in self.rules if rule.passes(change)), None)


def load_tolerance(path: Path) -> Tolerance:
    """Read compare.toml. Raises BadJob with everything that is wrong in it, by line and key."""
    text = read_text(path)
    checked = check_table(_ToleranceFile, path, text, parse_toml(path, text))
    ignores = [
        Ignore(
            f"[ignore] {number}: {table.why}",
            tuple(table.regions),
            tuple(Box(*box) for box in table.boxes),
            tuple(table.pages),
            tuple(table.kinds),
        )
        for number, table in enumerate(checked.ignore, start=1)
    ]
    rules: list[Rule] = [*ignores]
    if shift := checked.shift:
        rules.append(MostShift(f"[shift]: at most {shift.most:g} mm", shift.most, tuple(shift.kinds)))
    if checked.ink:
        rules.append(MostInk(f"[ink]: at most {checked.ink.most:g}", checked.ink.most))
    place = checked.placement
    return Tolerance(tuple(rules), Placement(place.most_offset, place.most_scale) if place and place.estimate else None)


def tolerance_of(
    path: Path | None, ignore: Iterable[str], most_shift: float | None, most_ink: float | None
) -> Tolerance:
    """Read compare.toml, where there is one, and add the rules of the command line.

    :param ignore: each ``REGION`` of the layout, ``X,Y,W,H`` in mm on every page, or ``PAGE:X,Y,W,H``
    :raises BadJob: for what is wrong in the file, or with a box
    """
    own = load_tolerance(path) if path else Tolerance()
    more: list[Rule] = [*map(_ignored, ignore)]
    if most_shift is not None:
        more.append(MostShift(f"--most-shift {most_shift:g}", most_shift))
    if most_ink is not None:
        more.append(MostInk(f"--most-ink {most_ink:g}", most_ink))
    return replace(own, rules=(*own.rules, *more))


def _ignored(words: str) -> Ignore:
    name = f"--ignore {words}"
    if "," not in words:
        return Ignore(name, regions=(words,))
    page, _, place = words.rpartition(":")
    try:
        numbers = [float(number) for number in place.split(",")]
        return Ignore(name, boxes=(Box(*_box(numbers)),), pages=(int(page),) if page else ())
    except (ValueError, TypeError):
        raise BadJob(f"{name}: give a region, X,Y,W,H in mm, or PAGE:X,Y,W,H") from None


def _following(change: ChangeRecord, reasons: Iterable[ChangeRecord]) -> ChangeRecord:
    """Let pixels follow the reason that they differ for."""
    if change.kind != "pixels" or change.ignored_by or not change.box:
        return change
    for reason in reasons:
        near = [Box(box.x - EDGE, box.y - EDGE, box.w + 2 * EDGE, box.h + 2 * EDGE) for box in _places(reason)]
        if reason.page == change.page and any(_holds(box, [change.box]) for box in near):
            return replace(change, ignored_by=reason.ignored_by)
    return change


def _places(change: ChangeRecord) -> list[Box]:
    """Where a thing is, and where it was."""
    if change.box is None:
        return []
    x, y = change.vector or (0.0, 0.0)
    return [change.box, replace(change.box, x=change.box.x - x, y=change.box.y - y)]


def _holds(outer: Box, boxes: Sequence[Box]) -> bool:
    """Whether all boxes lie inside another, and there is one."""
    return bool(boxes) and all(
        min(box.x - outer.x, box.y - outer.y) >= -SLACK
        and outer.x + outer.w - box.x - box.w >= -SLACK
        and outer.y + outer.h - box.y - box.h >= -SLACK
        for box in boxes
    )


def _count(count: int) -> str:
    return f"{count} change{'s' * (count > 1)}"


def _box(value: list[float]) -> list[float]:
    if len(value) != 4 or min(value[2:]) <= 0:
        raise ValueError("must be [x, y, w, h] in mm, w and h above 0")
    return value


Length = Annotated[float, Field(ge=0, le=10, strict=False)]
"""mm."""
Part = Annotated[float, Field(ge=0, le=1, strict=False)]


class _IgnoreTable(Strict):
    why: Line
    regions: list[Line] = Field(default=[])
    boxes: list[Annotated[list[Annotated[float, Field(strict=False)]], AfterValidator(_box)]] = Field(default=[])
    pages: list[Annotated[int, Field(ge=1)]] = Field(default=[])
    kinds: list[Line] = Field(default=[])


class _ShiftTable(Strict):
    most: Length
    kinds: list[Line] = Field(default=[])


class _InkTable(Strict):
    most: Part


class _PlacementTable(Strict):
    estimate: bool
    most_offset: Length = 2.0
    most_scale: Part = 0.01


class _ToleranceFile(Strict):
    ignore: list[_IgnoreTable] = Field(default=[])
    shift: _ShiftTable | None = None
    ink: _InkTable | None = None
    placement: _PlacementTable | None = None
