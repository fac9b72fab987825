"""A layout → the regions and slots of its pages by name; a box → the region and the slot that it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from renderer.layout.load import Layout
from renderer.model.paper import Edges
from renderer.press.plates import Plate
from renderer.proof.pixels import Box
from renderer.review.sameness import Thing
from renderer.review.shapes import Mark

SLACK = 0.5
"""mm by which a thing may reach over the edge of what it stands in: half a thick rule."""

GOOD_PART = 0.2
"""Of a text that stands in a slot."""


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A rectangle of a page that the layout names."""

    name: str
    is_slot: bool
    page: int
    """From 1."""
    box: Box

    def holds(self, box: Box) -> bool:
        """Whether a box stands in it."""
        return (
            box.x >= self.box.x - SLACK
            and box.y >= self.box.y - SLACK
            and box.x + box.w <= self.box.x + self.box.w + SLACK
            and box.y + box.h <= self.box.y + self.box.h + SLACK
        )


def named_places(layout: Layout, plates: Iterable[Plate] = ()) -> tuple[NamedPlace, ...]:
    """Name the regions of a layout, and the slots of its plates."""
    regions = (NamedPlace(name, False, region.page, _box(region.edges)) for name, region in layout.file.regions.items())
    slots = (
        NamedPlace(place.slot, True, place.page + 1, _box(place.edges)) for plate in plates for place in plate.places
    )
    return tuple(dict.fromkeys((*regions, *slots)))


def region_of(box: Box, places: Sequence[NamedPlace]) -> NamedPlace | None:
    """Find the smallest region that a box stands in."""
    return _smallest(place for place in places if not place.is_slot and place.holds(box))


def slot_of(thing: Thing, places: Sequence[NamedPlace]) -> NamedPlace | None:
    """Find the slot that a mark stands in, or a text to a good part: its label may be of one piece with it."""
    slots = [place for place in places if place.is_slot]
    if isinstance(thing, Mark):
        return _smallest(slot for slot in slots if slot.holds(thing.box))
    shared = {slot: _shared(slot.box, thing.box) / (thing.box.w * thing.box.h) for slot in slots}
    return max((slot for slot in slots if shared[slot] > GOOD_PART), key=lambda slot: shared[slot], default=None)


def _smallest(holding: Iterable[NamedPlace]) -> NamedPlace | None:
    return min(holding, key=lambda place: (place.box.w * place.box.h, place.name), default=None)


def _shared(one: Box, other: Box) -> float:
    across = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    down = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    return max(across, 0.0) * max(down, 0.0)


def _box(edges: Edges) -> Box:
    return Box(edges.left, edges.top, edges.right - edges.left, edges.bottom - edges.top)
