"""Places of a compiled sheet → what is wrong with each, and with each two of them, whatever is filled in."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from renderer.desk.faults import Fault
from renderer.layout.load import Layout
from renderer.layout.schema import Region
from renderer.layout.widths import points
from renderer.model.paper import PAGE
from renderer.press.codes import BARCODE_QUIET, BARCODE_SIZES, customer_barcode_size
from renderer.press.fonts import Chain, Unprintable, code_points
from renderer.press.plates import Place

SLACK = 0.01
"""mm and pt: less is not a fault of a layout."""
LEAST_SIZE = 6.0
"""pt: nothing smaller can be read."""
LEAST_CONDENSE = 50.0
"""Percent: narrower, a character is no longer itself."""
WITNESSES = (
    ("\U00020bb7", "a kanji outside JIS X 0213's own"),
    ("\u8fbb\U000e0100", "a selector of Adobe-Japan1"),
    ("\u8fbb\U000e0102", "a selector of Moji_Joho"),
)
"""Clusters that stand for the repertoire a name may need."""


def wrong_places(layout: Layout, places: Sequence[Place]) -> Iterator[Fault]:
    """Look at all places of one sheet."""
    for place in places:
        yield from _near_edges_and_folds(layout, place)
        yield from _outside_its_regions(layout, place)
        if place.kind == "customer_barcode":
            yield from _wrong_barcode(place)
        if place.kind == "text":
            yield from _wrong_size(place)
            if layout.document.fields[place.slot].carries_name:
                yield from _too_few_characters(place)
    for one, other in itertools.combinations(places, 2):
        if one.page == other.page:
            yield from _wrong_pair(one, other)


def wrong_floors(places: Sequence[Place]) -> Iterator[Fault]:
    """Look at how far the values of places may be condensed or shrunk: what is wrong there is so in every variant."""
    for place in places:
        kind, floor = place.rule.kind, place.rule.floor
        if place.kind == "text" and kind == "condense" and floor < LEAST_CONDENSE:
            yield Fault(
                "floor-too-low", place.slot, f"it may be condensed to {floor:g} %",
                f"set its floor to {LEAST_CONDENSE:g} or more",
            )  # fmt: skip
        if place.kind == "text" and kind in ("shrink", "wrap") and floor < LEAST_SIZE:
            yield Fault(
                "floor-too-low", place.slot, f"it may shrink to {floor:g} pt",
                f"set its floor to {LEAST_SIZE:g} or more",
            )  # fmt: skip


def holds(region: Region, place: Place) -> bool:
    """Tell whether a place is in a region: its centre is."""
    return place.page + 1 == region.page and region.edges.has_centre_of(place.edges)


def _near_edges_and_folds(layout: Layout, place: Place) -> Iterator[Fault]:
    _, y, _, h = place.millimetres
    margin, nearest = layout.file.safe_margin, -place.edges.beyond(PAGE)
    if nearest < margin - SLACK:
        yield Fault(
            "outside-safe-margin", place.slot, f"its box comes within {nearest:.2f} mm of the edge",
            f"keep it {margin:g} mm away",
        )  # fmt: skip
    for line in layout.file.fold_lines:
        if y + SLACK < line < y + h - SLACK:
            yield Fault("crosses-fold", place.slot, f"its box lies across the fold at {line:g} mm", "move it")


def _outside_its_regions(layout: Layout, place: Place) -> Iterator[Fault]:
    regions = {name: region for name, region in layout.file.regions.items() if place.slot in region.slots}
    holding = {name: region for name, region in regions.items() if holds(region, place)}
    if regions and not holding:
        x, y, _, _ = place.millimetres
        yield Fault(
            "outside-regions", place.slot, f"its box at {x:.1f}, {y:.1f} mm is in none of {', '.join(regions)}",
            "move it, or name it in the region it belongs to",
        )  # fmt: skip
    for name, region in holding.items():
        over = place.edges.beyond(region.edges)
        if over > SLACK:
            yield Fault(
                "leaves-region", f"{place.slot} of {name}", f"its box leaves the region by {over:.2f} mm",
                "make it smaller, or the region larger",
            )  # fmt: skip


def _wrong_size(place: Place) -> Iterator[Fault]:
    rule, size = place.rule, points(place.size)
    if size < LEAST_SIZE - SLACK:
        yield Fault(
            "too-small-to-read", place.slot, f"it is set in {size:.2f} pt", f"set it in {LEAST_SIZE:g} pt or more"
        )
    if rule.kind in ("shrink", "wrap") and rule.floor > size + SLACK:
        yield Fault(
            "floor-too-high", place.slot, f"it is set in {size:.2f} pt and may shrink to {rule.floor:g} pt",
            "set its floor below its size",
        )  # fmt: skip


def _wrong_barcode(place: Place) -> Iterator[Fault]:
    _, _, w, h = place.millimetres
    # A code is drawn as large as its box allows.
    least, most = BARCODE_SIZES
    (width, height), (widest, highest) = map(customer_barcode_size, BARCODE_SIZES)
    size = min(w / width, h / height) * least
    if not least - SLACK / 10 <= size <= most + SLACK / 10:
        yield Fault(
            "barcode-size", place.slot, f"its box of {w:.2f} × {h:.2f} mm draws the barcode at {size:.2f} pt",
            f"give it {width:g} × {height:g} mm ({least:g} pt) to {widest:g} × {highest:g} mm ({most:g} pt)",
        )  # fmt: skip


def _too_few_characters(place: Place) -> Iterator[Fault]:
    chain = Chain(place.families, place.bold)
    for cluster, what in WITNESSES:
        try:
            chain[cluster]
        except Unprintable:
            yield Fault(
                "repertoire-too-small", place.slot,
                f"its fonts ({', '.join(place.families)}) do not print {code_points(cluster)}, {what}",
                'set it in "BIZ UDMincho", "IPAmjMincho"',
            )  # fmt: skip


def _wrong_pair(one: Place, other: Place) -> Iterator[Fault]:
    where = " and ".join(sorted((one.slot, other.slot)))
    overlap = one.edges.overlap(other.edges)
    if min(overlap) > SLACK:
        yield Fault(
            "boxes-overlap", where, f"they overlap by {overlap[0]:.2f} × {overlap[1]:.2f} mm", "move one of them"
        )
    elif "customer_barcode" in (one.kind, other.kind) and min(overlap) > SLACK - BARCODE_QUIET:
        yield Fault(
            "barcode-quiet-zone", where, f"there are {-min(overlap):.2f} mm between them",
            f"leave {BARCODE_QUIET:g} mm of white around the barcode",
        )  # fmt: skip
