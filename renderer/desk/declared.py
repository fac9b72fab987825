"""The boxes of a compiled sheet → what ``layout.toml`` declares of them and is not so, in mm and with what to do."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from renderer.desk.faults import Fault
from renderer.layout.boxes import Boxes, Element, quoted
from renderer.layout.schema import NEAR, Aligned, Distance, End, LayoutFile, Region
from renderer.model.paper import PAGE
from renderer.press.plates import Plate

SLACK = 0.01
"""mm: less is rounding."""

Position = tuple[int | None, float]
"""Page from 1, None for all of them; mm from its left or its top."""


class Declared:
    """What one layout declares; remembers what was there to be measured on some sheet."""

    def __init__(self, file: LayoutFile) -> None:
        self._file = file
        self.measured: frozenset[str] = frozenset()
        """What of it was on some sheet."""

    def faults(self, plate: Plate, boxes: Boxes) -> Iterator[Fault]:
        """Measure one sheet."""
        regions = self.regions_of(boxes)
        for name, region in regions.items():
            if region.element:
                yield from self._moved(name, region, boxes)
            yield from _in_inner_margin(name, region, plate, boxes)
        for distance in self._file.distances:
            yield from self._wrong_distances(distance, regions, boxes)
        for aligned in self._file.aligned:
            yield from self._apart(aligned, boxes)

    def never_measured(self) -> Iterator[Fault]:
        """Tell what was declared and was on no sheet: it promises nothing."""
        declared = {region.element: "its element is on no sheet" for region in self._file.regions.values()}
        declared |= {_between(distance): "no sheet has both on one page" for distance in self._file.distances}
        declared |= {_together(aligned): "no sheet has two of them on one page" for aligned in self._file.aligned}
        for where, why in declared.items():
            if where and where not in self.measured:
                told = f"it is declared, and {why}"
                yield Fault("never-measured", where, told, "correct what it names, or take it out")

    def regions_of(self, boxes: Boxes) -> dict[str, Region]:
        """Return the regions that a sheet has: one with an element is there where the element is."""
        regions = self._file.regions
        return {name: region for name, region in regions.items() if not region.element or boxes.select(region.element)}

    def _moved(self, name: str, region: Region, boxes: Boxes) -> Iterator[Fault]:
        self.measured |= {region.element}
        for found in boxes.select(region.element):
            apart = max(abs(has - says) for has, says in zip(found.edges, region.edges, strict=True))
            if apart > NEAR or found.page != region.page:
                x, y, right, bottom = found.edges
                numbers = zip("xywh", (x, y, right - x, bottom - y), strict=True)
                yield Fault(
                    "region-moved", name,
                    f"its element {region.element} is {found.edges} of page {found.page}, "
                    f"and the region says {region.edges} of page {region.page}",
                    f"write {', '.join(f'{key} = {round(mm, 2):g}' for key, mm in numbers)} into the region, "
                    "or mend the style of the element",
                )  # fmt: skip

    def _wrong_distances(self, distance: Distance, regions: dict[str, Region], boxes: Boxes) -> Iterator[Fault]:
        starts, ends = (list(_positions(end, regions, boxes)) for end in (distance.start, distance.end))
        for (page, start), (other, end) in itertools.product(starts, ends):
            if None not in (page, other) and page != other:
                continue
            self.measured |= {_between(distance)}
            far, slack = end - start, distance.tolerance
            over = max(distance.least - far, far - distance.most)
            if over > slack:
                yield Fault(
                    "wrong-distance", _between(distance),
                    f"from {start:.2f} to {end:.2f} mm it is {far:.2f} mm, and {_bounds(distance)} declared",
                    f"move one of them by {over:.2f} mm, or change the distance that layout.toml declares",
                )  # fmt: skip

    def _apart(self, aligned: Aligned, boxes: Boxes) -> Iterator[Fault]:
        for group in boxes.select_in_each(aligned.in_each, aligned.of):
            for page in sorted({found.page for found in group}):
                found_here = [(_at(found, aligned), found.name) for found in group if found.page == page]
                places = [(at, name) for at, name in found_here if at is not None]
                if len(places) < 2:
                    continue
                self.measured |= {_together(aligned)}
                (least, first), (most, last) = min(places), max(places)
                if most - least > aligned.tolerance:
                    yield Fault(
                        "not-aligned", _together(aligned),
                        f"on page {page} the {aligned.on} of {first} is at {least:.2f} mm and that of {last} at "
                        f"{most:.2f} mm, {most - least:.2f} mm apart",
                        f"bring them together, or allow more than tolerance = {aligned.tolerance:g}",
                    )  # fmt: skip


def _in_inner_margin(name: str, region: Region, plate: Plate, boxes: Boxes) -> Iterator[Fault]:
    if not region.inner_margin:
        return
    slots = [(place.page + 1, place.slot, place.edges) for place in plate.places]
    texts = [(page, quoted(text), ink) for page, text, ink in boxes.texts]
    for page, what, edges in (*slots, *texts):
        near = -edges.beyond(region.edges)
        if page == region.page and region.edges.has_centre_of(edges) and near < region.inner_margin - SLACK:
            yield Fault(
                "in-inner-margin", f"{what} of {name}",
                f"it comes within {near:.2f} mm of the edge of the region",
                f"keep it {region.inner_margin:g} mm away, or make it smaller",
            )  # fmt: skip


def _positions(end: End, regions: dict[str, Region], boxes: Boxes) -> Iterator[Position]:
    """Yield the page and the place of each edge that is meant."""
    if end.fold is not None:
        yield None, end.fold
    elif end.page is not None:
        yield None, getattr(PAGE, end.page)
    elif end.region is not None:
        if region := regions.get(end.region):
            yield region.page, getattr(region.edges, end.side)
    else:
        for found in boxes.select(end.element or ""):
            of_line = found.edges.top + end.line * found.line_height if end.line else None
            yield found.page, getattr(found.edges, end.side) if of_line is None else of_line


def _at(found: Element, aligned: Aligned) -> float | None:
    return found.baseline if aligned.on == "baseline" else float(getattr(found.edges, aligned.on))


def _between(distance: Distance) -> str:
    return f"{distance.start} to {distance.end}"


def _bounds(distance: Distance) -> str:
    if distance.exactly is not None:
        return f"{distance.exactly:g} mm is"
    least = f"{distance.at_least:g} mm or more" if distance.at_least is not None else ""
    most = f"{distance.at_most:g} mm or less" if distance.at_most is not None else ""
    return " and ".join(filter(None, (least, most))) + " is"


def _together(aligned: Aligned) -> str:
    return f"{aligned.on} of {', '.join(aligned.of)}" + (f" in each {aligned.in_each}" if aligned.in_each else "")
