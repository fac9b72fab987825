"""A layout → what would go wrong with it, before it does: every variant compiled, its boxes checked, values tried.

Geometry is that of the compiled plates, in mm from the top left of the page. A layout without a fault prints every
realistic member; what may still be held is a value longer than its floor allows, and says so in held.csv.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from markupsafe import Markup

from renderer.desk.declared import Declared
from renderer.desk.faults import Fault
from renderer.desk.ink import drawn_pages, misplaced_ink
from renderer.desk.press_difference import drawn_otherwise, empty_drawn_otherwise, slots_at
from renderer.desk.value_moves import changed_by_long_values, changed_on
from renderer.layout.boxes import Boxes
from renderer.layout.compiling import compile_sheet
from renderer.layout.engine import lay_out, one_thread
from renderer.layout.load import Fixed, Layout
from renderer.layout.schema import Region
from renderer.layout.widths import Measured, longest, measure, points
from renderer.model.errors import BadLayout
from renderer.model.insurer import CardCorner
from renderer.model.paper import PAGE
from renderer.model.variant import Variant, spelled
from renderer.press.codes import BARCODE_QUIET, BARCODE_SIZES, customer_barcode_size
from renderer.press.fonts import Chain, Unprintable, code_points
from renderer.press.plates import Place, Plate
from renderer.press.ruler import Ruler
from renderer.proof.pixels import Box

SLACK = 0.01
"""mm: less is not a fault of a layout."""
LEAST_SIZE = 6.0
"""pt: nothing smaller can be read."""
LEAST_CONDENSE = 50.0
"""Percent: narrower, a character is no longer itself."""
NOT_BY_VALUES = "let no style depend on a value, and lay nothing over a slot"
WITNESSES = (
    ("\U00020bb7", "a kanji outside JIS X 0213's own"),
    ("\u8fbb\U000e0100", "a selector of Adobe-Japan1"),
    ("\u8fbb\U000e0102", "a selector of Moji_Joho"),
)
"""Clusters that stand for the repertoire a name may need."""


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


def lint(layout: Layout, fixed: Fixed, realistic: Mapping[str, Sequence[str]]) -> Linted:
    """Look for everything that would go wrong with a layout under a job like ``fixed``."""
    inspection = _Inspection(layout, realistic, Declared(layout.file))
    variants = list(layout.variants())
    for variant in variants:
        usual, turned, bare = _switches(layout, fixed)
        # A bare job is looked at where variants differ most.
        for job in (usual, turned, bare) if variant in (variants[0], variants[-1]) else (usual, turned):
            seen = inspection.look_at(variant, job)
            if seen and job is usual:
                inspection.try_values(*seen, variant, job)
    if not inspection.cannot_compile:  # what is missing may stand in a variant that could not be seen
        inspection.look_at_regions()
        inspection.look_at_what_was_never_there()
    return _told(inspection, realistic, len(variants))


def lint_quickly(layout: Layout, fixed: Fixed, realistic: Mapping[str, Sequence[str]]) -> Linted:
    """Look at the boxes of the first variant alone: nothing is drawn, and nothing asked that all variants answer."""
    inspection = _Inspection(layout, realistic, Declared(layout.file))
    usual, *_ = _switches(layout, fixed)
    variant = next(layout.variants())
    if seen := inspection.look_at_boxes(variant, usual):
        plate, _ = seen
        inspection.remember_moves(changed_by_long_values(layout, variant, usual, plate.calls), variant)
    return _told(inspection, realistic, looked_at=1)


def _told(inspection: _Inspection, realistic: Mapping[str, Sequence[str]], looked_at: int) -> Linted:
    measured = measure(inspection.places, realistic)
    inspection.look_at_widths(measured)
    layout = inspection.layout
    return Linted(layout.name, len(list(layout.variants())), looked_at, inspection.result(), measured)


def _switches(layout: Layout, fixed: Fixed) -> Iterator[Fixed]:
    """Yield jobs that between them show everything a layout may have to show."""
    insurer, titles = fixed.insurer, layout.file.titles
    right, left = (replace(insurer, card_corner=corner) for corner in (CardCorner.RIGHT, CardCorner.LEFT))
    yield replace(fixed, title=titles[0], customer_barcode=True, inserter_marks="omr", insurer=right, route="home")
    longest = max(titles, key=len)
    yield replace(fixed, title=longest, customer_barcode=True, inserter_marks="qr", insurer=left, route="workplace")
    bare = replace(right, seal=None, portal_url="")
    yield replace(fixed, title=titles[-1], customer_barcode=False, inserter_marks="none", insurer=bare)


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

    @property
    def cannot_compile(self) -> bool:
        """Whether a variant could not be seen."""
        return any(code == "cannot-compile" for code, _ in self.faults)

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
    def look_at(self, variant: Variant, fixed: Fixed) -> tuple[Plate, dict[str, str]] | None:
        """Compile one variant under one job and check what is on it; return its plate and the longest values it takes.

        None where it cannot be compiled.
        """
        seen = self.look_at_boxes(variant, fixed)
        if seen is None:
            return None
        plate, boxes = seen
        long = longest(plate, self.realistic, self.ruler)
        drawn = drawn_pages(plate, long, self.ruler)
        for fault in misplaced_ink(self.layout.file, self.declared.regions_of(boxes), drawn):
            self.remember(fault, variant)
        return plate, long

    @one_thread()
    def look_at_boxes(self, variant: Variant, fixed: Fixed) -> tuple[Plate, Boxes] | None:
        """Compile one variant under one job, and check its boxes and what ``layout.toml`` declares of them.

        None where it cannot be compiled.
        """
        try:
            plate, pages = compile_sheet(self.layout, variant, fixed)
        except BadLayout as refused:
            self.fault("cannot-compile", self.layout.name, str(refused), "mend what it names", variant)
            return None
        places = list(plate.places)
        self.places.update(places)
        for place in places:
            self._look_at_place(place, variant)
        for one, other in itertools.combinations(places, 2):
            self._look_at_pair(one, other, variant)
        boxes = Boxes(pages, plate.calls)
        for fault in self.declared.faults(plate, boxes):
            self.remember(fault, variant)
        return plate, boxes

    @one_thread()
    def try_values(self, plate: Plate, long: dict[str, str], variant: Variant, fixed: Fixed) -> None:
        """Fill a variant to overflowing, or with nothing, and compare what WeasyPrint makes of it with its plate."""
        self.remember_moves(changed_by_long_values(self.layout, variant, fixed, plate.calls), variant)
        with self._drawing(variant, "the longest values") as filling:
            self._remember_drawing(
                plate, variant, filling, drawn_otherwise(self.layout, plate, fixed, long, self.ruler)
            )
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

    def _look_at_place(self, place: Place, variant: Variant) -> None:
        where, (_, y, _, h) = place.slot, place.millimetres
        margin, nearest = self.layout.file.safe_margin, -place.edges.beyond(PAGE)
        if nearest < margin - SLACK:
            self.fault(
                "outside-safe-margin", where, f"its box comes within {nearest:.2f} mm of the edge",
                f"keep it {margin:g} mm away", variant,
            )  # fmt: skip
        for line in self.layout.file.fold_lines:
            if y + SLACK < line < y + h - SLACK:
                self.fault("crosses-fold", where, f"its box lies across the fold at {line:g} mm", "move it", variant)
        self._look_at_regions_of(place, variant)
        self._look_at_size(place, variant)
        if place.kind == "customer_barcode":
            self._look_at_barcode(place, variant)
        if self.layout.document.fields[place.slot].carries_name and place.kind == "text":
            self._look_at_repertoire(place, variant)

    def _look_at_regions_of(self, place: Place, variant: Variant) -> None:
        regions = {n: r for n, r in self.layout.file.regions.items() if place.slot in r.slots}
        holding = [(n, r) for n, r in regions.items() if _holds(r, place)]
        x, y, _, _ = place.millimetres
        if regions and not holding:
            self.fault(
                "outside-regions", place.slot, f"its box at {x:.1f}, {y:.1f} mm is in none of {', '.join(regions)}",
                "move it, or name it in the region it belongs to", variant,
            )  # fmt: skip
        for name, region in holding:
            over = place.edges.beyond(region.edges)
            if over > SLACK:
                self.fault(
                    "leaves-region", f"{place.slot} of {name}", f"its box leaves the region by {over:.2f} mm",
                    "make it smaller, or the region larger", variant,
                )  # fmt: skip

    def _look_at_size(self, place: Place, variant: Variant) -> None:
        rule, size = place.rule, points(place.size)
        if place.kind != "text":
            return
        if size < LEAST_SIZE - SLACK:
            self.fault(
                "too-small-to-read", place.slot, f"it is set in {size:.2f} pt", f"set it in {LEAST_SIZE:g} pt or more",
                variant,
            )  # fmt: skip
        if rule.kind == "condense" and rule.floor < LEAST_CONDENSE:
            self.fault(
                "floor-too-low", place.slot, f"it may be condensed to {rule.floor:g} %",
                f"set its floor to {LEAST_CONDENSE:g} or more",
            )  # fmt: skip
        if rule.kind in ("shrink", "wrap") and rule.floor > size + SLACK:
            self.fault(
                "floor-too-high", place.slot, f"it is set in {size:.2f} pt and may shrink to {rule.floor:g} pt",
                "set its floor below its size", variant,
            )  # fmt: skip
        if rule.kind in ("shrink", "wrap") and rule.floor < LEAST_SIZE:
            self.fault(
                "floor-too-low", place.slot, f"it may shrink to {rule.floor:g} pt",
                f"set its floor to {LEAST_SIZE:g} or more",
            )  # fmt: skip

    def _look_at_barcode(self, place: Place, variant: Variant) -> None:
        _, _, w, h = place.millimetres
        # A code is drawn as large as its box allows.
        least, most = BARCODE_SIZES
        (width, height), (widest, highest) = map(customer_barcode_size, BARCODE_SIZES)
        size = min(w / width, h / height) * least
        if not least - SLACK / 10 <= size <= most + SLACK / 10:
            self.fault(
                "barcode-size", place.slot, f"its box of {w:.2f} × {h:.2f} mm draws the barcode at {size:.2f} pt",
                f"give it {width:g} × {height:g} mm ({least:g} pt) to {widest:g} × {highest:g} mm ({most:g} pt)",
                variant,
            )  # fmt: skip

    def _look_at_repertoire(self, place: Place, variant: Variant) -> None:
        chain = Chain(place.families, place.bold)
        for cluster, what in WITNESSES:
            try:
                chain[cluster]
            except Unprintable:
                self.fault(
                    "repertoire-too-small", place.slot,
                    f"its fonts ({', '.join(place.families)}) do not print {code_points(cluster)}, {what}",
                    'set it in "BIZ UDMincho", "IPAmjMincho"', variant,
                )  # fmt: skip

    def _look_at_pair(self, one: Place, other: Place, variant: Variant) -> None:
        if one.page != other.page:
            return
        where = " and ".join(sorted((one.slot, other.slot)))
        overlap = one.edges.overlap(other.edges)
        if min(overlap) > SLACK:
            self.fault(
                "boxes-overlap", where, f"they overlap by {overlap[0]:.2f} × {overlap[1]:.2f} mm", "move one of them",
                variant,
            )  # fmt: skip
        elif "customer_barcode" in (one.kind, other.kind) and min(overlap) > SLACK - BARCODE_QUIET:
            self.fault(
                "barcode-quiet-zone", where, f"there are {-min(overlap):.2f} mm between them",
                f"leave {BARCODE_QUIET:g} mm of white around the barcode", variant,
            )  # fmt: skip

    def look_at_what_was_never_there(self) -> None:
        """Tell what is declared and was on no sheet."""
        for fault in self.declared.never_measured():
            self.remember(fault)

    def look_at_regions(self) -> None:
        """Check the promises of ``layout.toml`` against everything that was placed."""
        placed = {place.slot for place in self.places}
        for slot in sorted(self.layout.slots.keys() - placed):
            self.fault(
                "never-placed", slot, "it is declared and in no variant placed", f"take [slots.{slot}] out or place it"
            )
        for name, region in self.layout.file.regions.items():
            for slot in region.slots:
                if slot in placed and not any(p.slot == slot and _holds(region, p) for p in self.places):
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


def _holds(region: Region, place: Place) -> bool:
    return place.page + 1 == region.page and region.edges.has_centre_of(place.edges)
