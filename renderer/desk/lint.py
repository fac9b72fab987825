"""A layout → what would go wrong with it, before it does: every variant compiled, its boxes checked, values tried.

Geometry is that of the compiled plates, in mm from the top left of the page. A layout without a fault prints every
realistic member; what may still be held is a value longer than its floor allows, and says so in held.csv.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from markupsafe import Markup

from renderer.desk.covering import JobLike, Look, looks, part_of
from renderer.desk.declared import Declared
from renderer.desk.faults import Fault
from renderer.desk.fixed_codes import wrong_codes
from renderer.desk.grounds import wrong_grounds
from renderer.desk.ink import ink_under_slots, misplaced_ink
from renderer.desk.places import SLACK, holds, wrong_floors, wrong_places
from renderer.desk.press_difference import drawn_otherwise, empty_drawn_otherwise, printed_pages, slots_at
from renderer.desk.unanswered import unanswered
from renderer.desk.value_moves import changed_by_long_values, changed_on, may_follow_values
from renderer.desk.window import title_in_window
from renderer.layout.boxes import Boxes
from renderer.layout.compiling import compile_sheet
from renderer.layout.engine import lay_out, one_thread
from renderer.layout.load import Fixed, Layout
from renderer.layout.widths import Measured, longest, measure
from renderer.model.errors import BadLayout
from renderer.model.insurer import CardCorner
from renderer.model.variant import Variant, spelled
from renderer.press.plates import Place, Plate, without_ground
from renderer.press.ruler import Ruler
from renderer.proof.pixels import Box

NOT_BY_VALUES = "let no style depend on a value, and lay nothing over a slot"


@dataclass(frozen=True, slots=True)
class Linted:
    """What was found in a layout."""

    layout: str
    variants: int
    """How many there are."""
    looked_at: int
    """How many were compiled: all of them, or one at a quick look."""
    faults: tuple[Fault, ...]
    measured: tuple[Measured, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found on some sheets of a layout."""

    faults: tuple[Fault, ...]
    places: frozenset[Place]
    measured: frozenset[str]
    """What is declared and was there to be measured."""
    has_ground: bool
    placed: tuple[tuple[JobLike, Variant, frozenset[str]], ...]
    """The slots that have a place on each of the sheets."""


Says = Callable[[Variant], Mapping[str, str]]
"""A variant → what the sheet of some member says on it, slot by slot."""
Spread = Callable[[Layout, Fixed], Iterable[Seen]]
"""Looks at all sheets of a layout, in parts."""


def lint(
    layout: Layout,
    fixed: Fixed,
    realistic: Mapping[str, Sequence[str]],
    says: Says | None = None,
    spread: Spread | None = None,
) -> Linted:
    """Look for everything that would go wrong with a layout under a job like ``fixed``.

    ``says`` tells what a sheet of that job says; without it, nobody knows which slots a variant must have. ``spread``
    looks at the sheets elsewhere than in this process.
    """
    inspection = _Inspection(layout, realistic, Declared(layout.file))
    variants = list(layout.variants())
    for seen in spread(layout, fixed) if spread else [look_at_part(layout, fixed, realistic)]:
        inspection.take(seen)
    if not inspection.cannot_compile:  # what is missing may stand in a variant that could not be seen
        inspection.look_at_regions()
        inspection.look_at_what_is_left_out(says or (lambda _: {}))
        inspection.look_at_what_was_never_there()
    return _told(inspection, realistic, len(variants))


def look_at_part(
    layout: Layout, fixed: Fixed, realistic: Mapping[str, Sequence[str]], part: int = 0, parts: int = 1
) -> Seen:
    """Look at one part of a layout's sheets (from 0) of so many: of those that have the most in common."""
    inspection = _Inspection(layout, realistic, Declared(layout.file))
    jobs = switches(layout, fixed)
    for look in part_of(looks(list(layout.variants())), part, parts):
        inspection.look_at(look, jobs[look.job])
    inspection.try_no_values_in_all_slots(jobs)
    found = inspection.result(), frozenset(inspection.places), inspection.declared.measured, inspection.has_ground
    return Seen(*found, tuple(inspection.placed))


def lint_quickly(layout: Layout, fixed: Fixed, realistic: Mapping[str, Sequence[str]]) -> Linted:
    """Look at the boxes of the first variant alone: nothing is drawn, and nothing asked that all variants answer."""
    inspection = _Inspection(layout, realistic, Declared(layout.file))
    usual = switches(layout, fixed)["usual"]
    variant = next(layout.variants())
    if seen := inspection.look_at_boxes(variant, usual):
        plate, _, following = seen
        inspection.try_long_values(plate, following, variant, usual)
    return _told(inspection, realistic, looked_at=1)


def _told(inspection: _Inspection, realistic: Mapping[str, Sequence[str]], looked_at: int) -> Linted:
    measured = measure(inspection.places, realistic)
    inspection.look_at_widths(measured)
    layout = inspection.layout
    for where, sentence, action in unanswered(layout):
        inspection.fault("matches-nothing", where, sentence, action)
    return Linted(layout.name, len(list(layout.variants())), looked_at, inspection.result(), measured)


def switches(layout: Layout, fixed: Fixed) -> Mapping[JobLike, Fixed]:
    """Return jobs that between them show everything a layout may have to show."""
    insurer, titles = fixed.insurer, layout.file.titles
    right, left = (replace(insurer, card_corner=corner) for corner in (CardCorner.RIGHT, CardCorner.LEFT))
    full = replace(fixed, customer_barcode=True)
    bare = replace(right, seal=None, portal_url="")
    return {
        "usual": replace(full, title=titles[0], inserter_marks="omr", insurer=right, route="home"),
        "turned": replace(full, title=max(titles, key=len), inserter_marks="qr", insurer=left, route="workplace"),
        "bare": replace(fixed, title=titles[-1], customer_barcode=False, inserter_marks="none", insurer=bare),
    }


@dataclass
class _Inspection:
    """Goes over a layout variant by variant and remembers what it finds."""

    layout: Layout
    realistic: Mapping[str, Sequence[str]]
    declared: Declared
    ruler: Ruler = field(default_factory=Ruler)
    faults: dict[tuple[str, str], Fault] = field(default_factory=dict)
    places: set[Place] = field(default_factory=set)
    """Every place of every variant, once."""
    placed: list[tuple[JobLike, Variant, frozenset[str]]] = field(default_factory=list)
    """Of each sheet that was looked at whole, the slots that have a place on it."""
    has_ground: bool = False
    """Whether the declared ground lies under a sheet."""
    tried: set[Place] = field(default_factory=set)
    """Places in which long values were tried, wherever on the sheet."""
    plates: list[tuple[Look, Plate]] = field(default_factory=list)
    """What was looked at whole."""

    @property
    def cannot_compile(self) -> bool:
        """Whether a variant could not be seen."""
        return any(code == "cannot-compile" for code, _ in self.faults)

    def take(self, seen: Seen) -> None:
        """Take in what was found on other sheets."""
        order = list(map(spelled, self.layout.variants()))
        for fault in seen.faults:
            known = self.faults.setdefault((fault.code, fault.where), fault)
            variants = sorted({*known.variants, *fault.variants}, key=order.index)
            self.faults[fault.code, fault.where] = replace(known, variants=tuple(variants))
        self.places |= seen.places
        self.declared.measured |= seen.measured
        self.placed += seen.placed
        self.has_ground |= seen.has_ground

    def result(self) -> tuple[Fault, ...]:
        return tuple(sorted(self.faults.values(), key=lambda fault: (fault.code, fault.where)))

    def fault(self, code: str, where: str, sentence: str, action: str, variant: Variant | None = None) -> None:
        """Remember a fault; the same one in another variant only adds that variant."""
        self.remember(Fault(code, where, sentence, action), variant)

    def remember(self, fault: Fault, variant: Variant | None = None) -> None:
        """Remember a fault that was found elsewhere, as ``fault`` does."""
        known = self.faults.setdefault((fault.code, fault.where), fault)
        name = spelled(variant) if variant else ""
        if name and name not in known.variants:
            self.faults[fault.code, fault.where] = replace(known, variants=(*known.variants, name))

    @one_thread()
    def look_at(self, look: Look, fixed: Fixed) -> None:
        """Compile one variant under one job, check what is on it, and try values in places that are new."""
        seen = self.look_at_boxes(look.variant, fixed)
        if seen is None:
            return
        plate, boxes, following = seen
        long = longest(plate, self.realistic, self.ruler)
        bare = printed = printed_pages(plate, long, self.ruler)
        if self.layout.file.ground and plate.ground is not None:
            self.has_ground = True
            bare = printed_pages(without_ground(plate), long, self.ruler)
            for fault in wrong_grounds(self.layout.file.ground, plate, boxes.pages, printed, bare):
                self.remember(fault, look.variant)
        for fault in misplaced_ink(self.layout.file, self.declared.regions_of(boxes), bare):
            self.remember(fault, look.variant)
        empty = printed_pages(without_ground(plate), {place.slot: "" for place in plate.places}, self.ruler)
        for fault in ink_under_slots(plate, boxes.pages, empty):
            self.remember(fault, look.variant)
        if look.is_drawn:
            for fault in wrong_codes(boxes.pages, bare):
                self.remember(fault, look.variant)
            with self._drawing(look.variant, "the longest values") as filling:
                found = drawn_otherwise(self.layout, plate, fixed, long, self.ruler, printed)
                self._remember_drawing(plate, look.variant, filling, found)
        if self._are_new(replace(place, page=0, x=0, y=0, baseline=0) for place in following):
            self.try_long_values(plate, following, look.variant, fixed)
        self.plates.append((look, plate))
        self.placed.append((look.job, look.variant, frozenset(place.slot for place in plate.places)))

    def _are_new(self, places: Iterable[Place]) -> bool:
        """Whether any of these was not tried yet; from now on all of them are."""
        known = len(self.tried)
        self.tried.update(places)
        return len(self.tried) > known

    @one_thread()
    def look_at_boxes(self, variant: Variant, fixed: Fixed) -> tuple[Plate, Boxes, list[Place]] | None:
        """Compile one variant under one job, and check its boxes and what ``layout.toml`` declares of them.

        Return its plate, its boxes, and the places whose size a value might change; None where it cannot be compiled.
        """
        try:
            plate, pages = compile_sheet(self.layout, variant, fixed)
        except BadLayout as refused:
            self.fault("cannot-compile", self.layout.name, str(refused), "mend what it names", variant)
            return None
        places = list(plate.places)
        self.places.update(places)
        for fault in wrong_floors(places):
            self.remember(fault)
        boxes = Boxes(pages, plate.calls)
        in_window = title_in_window(self.layout.file, boxes, fixed.insurer.envelope)
        found = wrong_places(self.layout, places), self.declared.faults(plate, boxes), in_window
        for fault in itertools.chain.from_iterable(found):
            self.remember(fault, variant)
        return plate, boxes, may_follow_values(pages, plate.calls)

    def try_long_values(self, plate: Plate, following: Sequence[Place], variant: Variant, fixed: Fixed) -> None:
        """Fill a variant to overflowing, where a place of it may follow, and compare its boxes with the plate."""
        if following:
            self.remember_moves(changed_by_long_values(self.layout, variant, fixed, plate.calls), variant)

    def try_no_values_in_all_slots(self, jobs: Mapping[JobLike, Fixed]) -> None:
        """Leave each slot empty on as few of the sheets as have all of them."""
        slots = [{place.slot for place in plate.places} for _, plate in self.plates]
        missing = set[str]().union(*slots)
        while missing:
            best = max(range(len(slots)), key=lambda number: len(slots[number] & missing))
            look, plate = self.plates[best]
            self.try_no_values(plate, look.variant, jobs[look.job])
            missing -= slots[best]

    @one_thread()
    def try_no_values(self, plate: Plate, variant: Variant, fixed: Fixed) -> None:
        """Fill a variant with nothing, and compare what WeasyPrint makes of it with its plate."""
        with self._drawing(variant, "no values") as filling:
            empty = lay_out(self.layout, variant, fixed, lambda *_: Markup(""))
            self.remember_moves(changed_on(empty.pages, plate.calls, "no value"), variant)
            self._remember_drawing(
                plate, variant, filling, empty_drawn_otherwise(self.layout, plate, empty, self.ruler)
            )

    def remember_moves(self, changes: Iterable[tuple[str, str]], variant: Variant) -> None:
        """Remember which slots' values change the layout around them."""
        for slot, change in changes:
            self.fault("value-moves-layout", slot, change, "give it a width and a height of its own", variant)

    @contextmanager
    def _drawing(self, variant: Variant, filling: str) -> Iterator[str]:
        """Let the press and WeasyPrint draw one sheet with ``filling``: where one cannot, that is the fault."""
        try:
            yield filling
        except BadLayout as refused:
            self.fault("drawn-otherwise", self.layout.name, f"with {filling}: {refused}", NOT_BY_VALUES, variant)

    def _remember_drawing(
        self, plate: Plate, variant: Variant, filling: str, places: Iterable[tuple[int, Box]]
    ) -> None:
        for page, box in places:
            where = ", ".join(dict.fromkeys(slots_at(plate, page, box))) or f"fixed part of page {page}"
            sentence = f"with {filling} WeasyPrint draws page {page} otherwise than it is printed: {box}"
            self.fault("drawn-otherwise", where, sentence, NOT_BY_VALUES, variant)

    def look_at_what_was_never_there(self) -> None:
        """Tell what is declared and was on no sheet."""
        for fault in self.declared.never_measured():
            self.remember(fault)
        if self.layout.file.ground and not self.has_ground:
            action = "make it the background of @page, or take [ground] out"
            self.fault("never-placed", "ground", "it is declared and under no sheet", action)

    def look_at_what_is_left_out(self, says: Says) -> None:
        """Tell which slots have no place in a variant that has a value for them, and in others a place."""
        elsewhere: dict[JobLike, set[str]] = {}
        for job, _, slots in self.placed:
            elsewhere.setdefault(job, set()).update(slots)
        for job, variant, slots in self.placed:
            for slot in sorted(elsewhere[job] - slots):
                if says(variant).get(slot):
                    self.fault(
                        "absent-from-variant", slot, "it has a place in other variants, and here a value and none",
                        "place it there, too: look for a condition around it", variant,
                    )  # fmt: skip

    def look_at_regions(self) -> None:
        """Check the promises of ``layout.toml`` against everything that was placed."""
        placed = {place.slot for place in self.places}
        for slot in sorted(self.layout.slots.keys() - placed):
            self.fault(
                "never-placed", slot, "it is declared and in no variant placed", f"take [slots.{slot}] out or place it"
            )
        for name, region in self.layout.file.regions.items():
            for slot in region.slots:
                if slot in placed and not any(p.slot == slot and holds(region, p) for p in self.places):
                    self.fault(
                        "absent-from-region", f"{slot} of {name}", "the region names it, and it is never there",
                        "place it there, or take it out of the region",
                    )  # fmt: skip
            for line in self.layout.file.fold_lines:
                if region.clear_of_folds and region.y + SLACK < line < region.y + region.h - SLACK:
                    self.fault("region-on-fold", name, f"it is promised clear of the fold at {line:g} mm", "move it")

    def look_at_widths(self, measured: Sequence[Measured]) -> None:
        """Count realistic values that would be held as a fault of their box."""
        for found in measured:
            if found.held:
                self.fault(
                    "realistic-value-held", found.slot,
                    f"{found.held} of the {found.values} widest realistic values do not fit {found.width:g} mm "
                    f"at {found.size:g} pt ({found.fit})", "give it more room, or a lower floor",
                )  # fmt: skip
