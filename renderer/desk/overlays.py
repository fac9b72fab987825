"""What a layout declares, and how values are set on one of its sheets → the shapes of its overlays.

Pure functions: a layout file, the regions that a sheet has, a plate with values → rectangles and lines in mm from the
top left corner of their page. How they are drawn, ``overlay_svg`` says; whoever draws them elsewhere asks here, too.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from renderer.layout.schema import LayoutFile, Region
from renderer.layout.widths import points
from renderer.model.paper import A4, PAGE, Edges, EnvelopeSize
from renderer.press.fitting import DoesNotFit
from renderer.press.fonts import Unprintable
from renderer.press.plates import Place, Plate
from renderer.press.ruler import Ruler

WINDOW = "window"
"""The region that is seen through the window of the envelope."""


class Overlay(StrEnum):
    """What can be shown or left out, each by itself."""

    REGIONS = "regions"
    SLOTS = "slots"
    WINDOW = "window"
    FOLDS = "folds"
    MARGIN = "margin"
    CUT = "cut"


class Look(StrEnum):
    """How a shape is drawn."""

    REGION = "region"
    FULL_SIZE = "full-size"
    """原寸."""
    CONDENSED = "condensed"
    """長体."""
    SHRUNK = "shrunk"
    """縮小, or more lines than one."""
    HELD = "held"
    """差し止め."""
    WINDOW = "window"
    TRAVEL = "travel"
    """What may be seen of the sheet as it slides in its envelope, and what always is."""
    FOLD = "fold"
    MARGIN = "margin"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Setting:
    """How a value is set in its place."""

    condense: float
    """1.0 where it is not condensed."""
    size: float
    """pt."""
    lines: int


@dataclass(frozen=True, slots=True)
class Shape:
    """A rectangle on a page, or a line where it has no width or no height."""

    overlay: Overlay
    look: Look
    page: int
    """From 1."""
    edges: Edges
    name: str
    """Of a region, of a slot as people call it, of the envelope; of fold and margin their mm."""
    setting: Setting | None = None
    """Of a slot whose value fits."""


def declared_shapes(file: LayoutFile, regions: Mapping[str, Region], envelope: EnvelopeSize) -> tuple[Shape, ...]:
    """Return what a layout declares of its sheets, what lies beneath first; ``regions`` are those that a sheet has.

    ``envelope`` is the insurer's.
    """
    return (
        *margins(file),
        *region_shapes(regions),
        *window_shapes(file, regions, envelope),
        *folds(file),
        *cut_lines(regions),
    )


def margins(file: LayoutFile) -> Iterator[Shape]:
    """Yield the safe margin of every page."""
    edges = PAGE.grown(-file.safe_margin, -file.safe_margin)
    return (Shape(Overlay.MARGIN, Look.MARGIN, page, edges, f"{file.safe_margin:g}") for page in _pages(file))


def folds(file: LayoutFile) -> Iterator[Shape]:
    """Yield the fold lines of every page."""
    for page in _pages(file):
        for fold in file.fold_lines:
            yield Shape(Overlay.FOLDS, Look.FOLD, page, Edges(PAGE.left, fold, PAGE.right, fold), f"{fold:g}")


def region_shapes(regions: Mapping[str, Region]) -> Iterator[Shape]:
    """Yield the regions of a sheet, but for the window."""
    for name, region in regions.items():
        if name != WINDOW:
            yield Shape(Overlay.REGIONS, Look.REGION, region.page, region.edges, name)


def cut_lines(regions: Mapping[str, Region]) -> Iterator[Shape]:
    """Yield what is cut out of a sheet."""
    for name, region in regions.items():
        if region.cut_line:
            yield Shape(Overlay.CUT, Look.CUT, region.page, region.edges, name)


def window_shapes(file: LayoutFile, regions: Mapping[str, Region], envelope: EnvelopeSize) -> Iterator[Shape]:
    """Yield the window, and what may be seen and what always is as the sheet slides in its envelope."""
    window = regions.get(WINDOW)
    if window is None:
        return
    yield Shape(Overlay.WINDOW, Look.WINDOW, window.page, window.edges, envelope.name)
    across, down = travel(file, envelope)
    for sign in (1, -1):
        edges = window.edges.grown(sign * across, sign * down)
        if (across or down) and edges.left < edges.right and edges.top < edges.bottom:
            yield Shape(Overlay.WINDOW, Look.TRAVEL, window.page, edges, envelope.name)


def travel(file: LayoutFile, envelope: EnvelopeSize) -> tuple[float, float]:
    """Return by how much a folded sheet slides from the middle of its envelope, across and down, in mm (domain 6.3)."""
    ends = (PAGE.top, *sorted(file.fold_lines), PAGE.bottom)
    panel = max(lower - upper for upper, lower in itertools.pairwise(ends))
    return max(0.0, (envelope.width - A4[0]) / 2), max(0.0, (envelope.height - panel) / 2)


def slot_shapes(plate: Plate, values: Mapping[str, str], labels: Mapping[str, str], ruler: Ruler) -> Iterator[Shape]:
    """Yield the slots of a sheet that have a value, each as it is set; ``labels`` says what people call a slot."""
    for place in plate.places:
        if text := values[place.slot]:
            setting = _set(place, text, ruler)
            label = labels.get(place.slot) or place.slot
            yield Shape(Overlay.SLOTS, _look(setting, place), place.page + 1, place.edges, label, setting)


def _set(place: Place, text: str, ruler: Ruler) -> Setting | None:
    """Set a value; None where it cannot be."""
    if place.kind != "text":
        return Setting(1.0, points(place.size), 1)
    try:
        fitted = ruler.fit(place, text)
    except (DoesNotFit, Unprintable):
        return None
    return Setting(fitted.condense, points(fitted.size), len(fitted.lines))


def _look(setting: Setting | None, place: Place) -> Look:
    if setting is None:
        return Look.HELD
    if setting.condense < 1:
        return Look.CONDENSED
    return Look.SHRUNK if setting.size < points(place.size) else Look.FULL_SIZE


def on_page(shapes: Iterable[Shape], page: int) -> list[Shape]:
    """Return the shapes of one page, from 1."""
    return [shape for shape in shapes if shape.page == page]


def _pages(file: LayoutFile) -> range:
    return range(1, file.pages + 1)
