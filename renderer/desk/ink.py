"""The drawn pages of a sheet → ink where its ``layout.toml`` wants none, and cut lines that are not where it says."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from PIL import Image

from renderer.desk.faults import Fault
from renderer.layout.boxes import slot_boxes
from renderer.layout.contrast import LEAST_SEEN, contrast
from renderer.layout.schema import Edge, Ink, LayoutFile, Region
from renderer.layout.visible import colour_of, letters_of
from renderer.model.paper import MM_PER_INCH, PAGE, PROOF_DPI, Edges
from renderer.press.plates import Plate

PX = MM_PER_INCH / PROOF_DPI
"""mm in a pixel: what is nearer than this was perhaps only drawn so."""
PAPER = 250
"""Lighter than this is no ink."""
SIDES: tuple[Edge, ...] = ("left", "top", "right", "bottom")
ALONG = 0.3
"""The share of an edge that a line to cut along has ink on, dashed or not."""
REACH = 0.75
"""mm on both sides of an edge in which its line is looked for."""
NEAR = 0.15
"""mm: a cut line may be off by this, about a pixel."""


def misplaced_ink(file: LayoutFile, regions: Mapping[str, Region], pages: Sequence[Image.Image]) -> Iterator[Fault]:
    """Look at the drawn pages of one sheet, at PROOF_DPI; ``regions`` are those that it has."""
    pages = [image.convert("L") for image in pages]
    masks = [image.point([255 if grey < PAPER else 0 for grey in range(256)]) for image in pages]
    for page, mask in enumerate(masks, 1):
        yield from _in_safe_margin(file, page, mask)
        for line in file.fold_lines if file.fold_clearance else ():
            yield from _on_fold(file, page, mask, line)
    for area in file.ink:
        yield from _elsewhere(area, file.regions, masks[area.page - 1])
    for name, region in regions.items():
        for side in SIDES if region.cut_line else ():
            yield from _wrong_cut_line(name, region, side, pages[region.page - 1])


def _in_safe_margin(file: LayoutFile, page: int, mask: Image.Image) -> Iterator[Fault]:
    inked = _inked(mask)
    for side in SIDES if inked else ():
        near = abs(getattr(inked, side) - getattr(PAGE, side))
        if near < file.safe_margin - PX:
            yield Fault(
                "ink-in-safe-margin", f"{side} of page {page}", f"ink comes within {near:.1f} mm of the edge",
                f"keep it {file.safe_margin:g} mm away",
            )  # fmt: skip


def _on_fold(file: LayoutFile, page: int, mask: Image.Image, line: float) -> Iterator[Fault]:
    clear = file.fold_clearance
    if found := _inked(mask, Edges(0, line - clear, PAGE.right, line + clear)):
        yield Fault(
            "ink-on-fold", f"fold at {line:g} mm of page {page}",
            f"there is ink at {found}, and the fold keeps {clear:g} mm clear on both sides", "move it",
        )  # fmt: skip


def _elsewhere(area: Ink, regions: Mapping[str, Region], mask: Image.Image) -> Iterator[Fault]:
    rest = mask.copy()
    for region in (regions[name] for name in area.regions):
        if region.page == area.page:
            left, top, right, bottom = region.edges
            rest.paste(0, _pixels(Edges(left - PX, top - PX, right + PX, bottom + PX)))
    if found := _inked(rest, area.edges):
        where = ", ".join(area.regions) or f"{area.edges}"
        yield Fault(
            "ink-elsewhere", where, f"there is ink at {found} of page {area.page}, which is in none of them",
            "move it, or make the region larger",
        )  # fmt: skip


def _wrong_cut_line(name: str, region: Region, side: Edge, image: Image.Image) -> Iterator[Fault]:
    off = _line_beside(region, side, image)
    where, told = f"{side} of {name}", f"at {getattr(region.edges, side):g} mm"
    if off is None:
        yield Fault("cut-line-missing", where, f"no line is drawn along its edge {told}", "draw it there")
    elif abs(off) > NEAR:
        yield Fault(
            "cut-line-moved", where, f"the line along its edge {told} is {abs(off):.2f} mm beside it",
            "draw it on the edge of the region",
        )  # fmt: skip


def _line_beside(region: Region, side: Edge, image: Image.Image) -> float | None:
    """Return how far the line along an edge is from it, in mm to the right or downwards; None where there is none."""
    left, top, right, bottom = region.edges
    edge: float = getattr(region.edges, side)
    if side in ("left", "right"):
        strip = image.crop(_pixels(Edges(edge - REACH, top, edge + REACH, bottom))).transpose(Image.Transpose.TRANSPOSE)
    else:
        strip = image.crop(_pixels(Edges(left, edge - REACH, right, edge + REACH)))
    rows = [strip.crop((0, row, strip.width, row + 1)).histogram() for row in range(strip.height)]
    # Which rows the line is on, and how dark it is there: it may be thinner than a pixel.
    darkness = {
        row: sum((255 - grey) * count for grey, count in enumerate(greys))
        for row, greys in enumerate(rows)
        if sum(greys[:PAPER]) >= ALONG * strip.width
    }
    if not darkness:
        return None
    middle = sum((row + 0.5) * dark for row, dark in darkness.items()) / sum(darkness.values())
    return (math.floor((edge - REACH) / PX) + middle) * PX - edge


def ink_under_slots(plate: Plate, pages: Sequence[Any], drawn: Sequence[Image.Image]) -> Iterator[Fault]:
    """Look at the laid-out pages of one sheet, and at how they are drawn without values and without a ground.

    Compiling refuses what it can tell from boxes; here is seen the rest, such as a drawing or what lies at an angle.
    """
    for number, (page, image) in enumerate(zip(pages, drawn, strict=True), 1):
        for box, _ in slot_boxes(page):
            place = plate.calls[int(box.element.get("data-place"))]
            left, top, right, bottom = _pixels(letters_of(place))
            area = image.crop((left + 1, top + 1, right - 1, bottom - 1)).convert("RGB")
            colours = cast("list[tuple[int, tuple[int, int, int]]]", area.getcolors(area.width * area.height))
            seen = ((red / 255, green / 255, blue / 255) for _, (red, green, blue) in colours)
            least = min((contrast(one, colour_of(box, place)) for one in seen), default=LEAST_SEEN)
            if least < LEAST_SEEN:
                yield Fault(
                    "ink-under-slot", place.slot,
                    f"something is drawn where its value stands on page {number}, with a contrast of {least:.1f} to 1 "
                    "to it", f"move it, or make it lighter: {LEAST_SEEN:g} to 1",
                )  # fmt: skip


def _inked(mask: Image.Image, within: Edges = PAGE) -> Edges | None:
    """Return where ink begins and ends inside a rectangle, without the pixels that reach over its edges."""
    left, top = math.ceil(within.left / PX), math.ceil(within.top / PX)
    box = mask.crop((left, top, math.floor(within.right / PX), math.floor(within.bottom / PX))).getbbox()
    if box is None:
        return None
    return Edges((left + box[0]) * PX, (top + box[1]) * PX, (left + box[2]) * PX, (top + box[3]) * PX)


def _pixels(edges: Edges) -> tuple[int, int, int, int]:
    """Return the pixels that a rectangle touches."""
    return (
        math.floor(edges.left / PX), math.floor(edges.top / PX),
        math.ceil(edges.right / PX), math.ceil(edges.bottom / PX),
    )  # fmt: skip
