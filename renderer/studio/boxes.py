"""A compiled sheet → the boxes that can be selected: slots, regions and fixed boxes, in mm, nested, in reading order.

Reading order is that of the template. A region with an element is that element's box; one without is a rectangle of the
paper, and stands before the first box inside it.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from renderer.layout.boxes import Boxes, Element
from renderer.layout.elements import elements, outside_slots, upwards
from renderer.layout.load import Fixed, Layout
from renderer.layout.schema import Region
from renderer.model.paper import PAGE, Edges
from renderer.model.variant import Variant
from renderer.press.plates import Plate
from renderer.studio.parts import BoxId, BoxKind, Side

FIRST_WORDS = 12
"""Characters of its text by which a fixed box is called."""
_SLACK = 0.01
SIZES: tuple[Side, ...] = ("width", "height")


@dataclass(frozen=True, slots=True)
class Laid:
    """How WeasyPrint laid out a box."""

    position: str
    computed: Mapping[Side, float | None]
    """Of left, top, right, bottom, width, height: px; None where it is ``auto``, a percentage or a sum."""
    used: Mapping[Side, float]
    """Width and height in px, measured as ``box-sizing`` says."""
    centred: frozenset[Side]
    """Left, where margins that are ``auto`` share the room between left and right; top likewise."""

    @property
    def is_out_of_flow(self) -> bool:
        """Whether nothing else moves when the box does."""
        return self.position in ("absolute", "fixed")


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """One box of a sheet."""

    id: BoxId
    label: str
    """What people call it: 氏名; of a fixed box its first words, of a region its name."""
    edges: Edges
    baseline: float | None
    line_height: float
    parent: BoxId | None
    node: Any
    """Its element in the filled template (cssselect2's); None of a region without one."""
    laid: Laid | None
    """None of a region without an element."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """The boxes of one variant under one job, as it was compiled."""

    layout: Layout
    variant: Variant
    fixed: Fixed
    made_of: str
    """The layout's digest."""
    placed: tuple[Placed, ...]

    def find(self, box: BoxId) -> Placed | None:
        """Return a box by its name, None where the sheet has none such."""
        return self._by_id.get(box)

    @cached_property
    def _by_id(self) -> Mapping[BoxId, Placed]:
        return {found.id: found for found in self.placed}


def boxes_of(
    layout: Layout, made_of: str, variant: Variant, fixed: Fixed, compiled: tuple[Plate, Sequence[Any]]
) -> Sheet:
    """Return the boxes of a sheet; ``compiled`` is what ``compile_sheet`` gave for it.

    None of WeasyPrint's own boxes is kept.
    """
    plate, pages = compiled
    written = elements(layout, variant, fixed)
    drawn = outside_slots(pages[0].children[0].element)
    nodes = dict(zip(drawn, written.nodes, strict=True))
    names = Names(layout, written.select)
    found = [
        _placed(layout, names, nodes[element], box, seen)
        for element, box, seen in Boxes(pages, plate.calls).each()
        if element in nodes and _may_be_selected(box, seen, names.of(nodes[element])[0])
    ]
    found.sort(key=lambda one: one.id.page)
    for name, region in layout.file.regions.items():
        if not region.element:
            _put_in(found, name, region)
    return Sheet(layout, variant, fixed, made_of, tuple(_nested(_numbered(found))))


class Names:
    """What the elements of a sheet are called: kind and name of their boxes."""

    def __init__(self, layout: Layout, select: Callable[[str], Iterable[Any]]) -> None:
        self._regions: dict[Any, str] = {}
        for name, region in layout.file.regions.items():
            for node in select(region.element) if region.element else ():
                self._regions.setdefault(node.etree_element, name)

    def of(self, node: Any) -> tuple[BoxKind, str]:
        """Return what the box of an element is called: a slot by its slot, a region's element by the region."""
        element = node.etree_element
        if slot := element.get("data-slot"):
            return "slot", slot
        if region := self._regions.get(element):
            return "region", region
        return "fixed", ".".join([node.local_name, *(element.get("class") or "").split()])


def _may_be_selected(box: Any, seen: Element, kind: BoxKind) -> bool:
    """Whether a box is one to take hold of: no run of text in a line, and not the page itself."""
    if kind != "fixed":
        return True
    in_a_line = box.style["display"][0] == "inline"
    is_root = box.element_tag in ("html", "body")
    return not in_a_line and not is_root and PAGE.beyond(seen.edges) > _SLACK


def _placed(layout: Layout, names: Names, node: Any, box: Any, seen: Element) -> Placed:
    kind, name = names.of(node)
    label = layout.document.fields[name].label or name if kind == "slot" else name
    if kind == "fixed":
        words = " ".join("".join(node.etree_element.itertext()).split())
        label = words if len(words) <= FIRST_WORDS else f"{words[:FIRST_WORDS]}…"
    where = BoxId(page=seen.page, kind=kind, name=name)
    return Placed(where, label or name, seen.edges, seen.baseline, seen.line_height, None, node, _laid(box))


def _laid(box: Any) -> Laid:
    computed = {side: _px(box.style[side]) for side in ("left", "top", "right", "bottom", *SIZES)}
    used = {"content-box": (box.width, box.height), "padding-box": (box.padding_width(), box.padding_height())}
    size = used.get(box.style["box_sizing"], (box.border_width(), box.border_height()))
    between: tuple[tuple[Side, Side], ...] = (("left", "right"), ("top", "bottom"))
    centred = frozenset(start for start, end in between if _is_centred(box.style, start, end))
    return Laid(box.style["position"], computed, dict(zip(SIZES, size, strict=True)), centred)


def _is_centred(style: Any, start: Side, end: Side) -> bool:
    """Whether a box stands in the middle between two sides that are both set (CSS 2.1, 10.3.7)."""
    margins = (style[f"margin_{start}"], style[f"margin_{end}"])
    return "auto" in margins and "auto" not in (style[start], style[end])


def _px(value: Any) -> float | None:
    return float(value.value) if getattr(value, "unit", None) == "px" else None


def _put_in(found: list[Placed], name: str, region: Region) -> None:
    """Put a region without an element before the first box inside it, or behind all of its page."""
    where = BoxId(page=region.page, kind="region", name=name)
    box = Placed(where, name, region.edges, None, 0.0, None, None, None)
    behind = (n for n, one in enumerate(found) if one.id.page > region.page)
    inside = (n for n, one in enumerate(found) if one.id.page == region.page and _holds(region.edges, one.edges))
    found.insert(next(inside, next(behind, len(found))), box)


def _holds(outer: Edges, inner: Edges) -> bool:
    return inner.beyond(outer) <= _SLACK


def _numbered(found: Iterable[Placed]) -> Iterator[Placed]:
    """Yield boxes with the number that each has among those of its name on its page."""
    seen: Counter[BoxId] = Counter()
    for one in found:
        yield replace(one, id=one.id.model_copy(update={"ordinal": seen[one.id]}))
        seen[one.id] += 1


def _nested(found: Iterable[Placed]) -> Iterator[Placed]:
    """Yield boxes with the one around each: that of an element around it, else the smallest region that holds it."""
    boxes = tuple(found)
    of_node = {(one.node.etree_element, one.id.page): one.id for one in boxes if one.node is not None}
    rectangles = sorted((one for one in boxes if one.node is None), key=_area)
    for one in boxes:
        around = itertools.islice(upwards(one.node), 1, None)
        chain = (of_node.get((node.etree_element, one.id.page)) for node in around)
        holding = (
            rectangle.id
            for rectangle in rectangles
            if rectangle is not one and rectangle.id.page == one.id.page and _holds(rectangle.edges, one.edges)
        )
        parent = next((found for found in chain if found), None) or next(holding, None)
        yield replace(one, parent=parent)


def _area(box: Placed) -> float:
    left, top, right, bottom = box.edges
    return (right - left) * (bottom - top)
