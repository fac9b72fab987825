"""A laid-out page → the boxes on it, in mm: those of its slots, its texts and whatever a CSS selector names.

They are WeasyPrint's own boxes: read, never measured anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cssselect2

from renderer.model.paper import PX_PER_MM, Edges
from renderer.press.fonts import ASCENT, DESCENT
from renderer.press.plates import Place

TOLD = 20
"""Characters of a text that a message quotes."""
Ancestors = tuple[Any, ...]
"""The boxes around a box, from the page down."""


@dataclass(frozen=True, slots=True)
class Element:
    """An element of the template on one page, with all that is in it."""

    name: str
    """As a style sheet would call it: ``p.name``; of a slot its name."""
    page: int
    """From 1."""
    edges: Edges
    """Of its border box; of a slot, the box that a value is fitted into."""
    baseline: float | None
    """Of its first line, mm from the top of the page; None where it has no text."""
    line_height: float
    """Of a slot, mm; 0 of anything else."""


class Boxes:
    """The boxes of a sheet that was compiled: its slots have been emptied."""

    def __init__(self, pages: Sequence[Any], calls: Mapping[int, Place]) -> None:
        self.pages = pages
        """As WeasyPrint has laid them out."""
        self._calls = calls
        root = cssselect2.ElementWrapper.from_html_root(pages[0].children[0].element)
        self._nodes = list(root.iter_subtree())
        """Every element, in the order of the template."""
        self._named: dict[str, list[int]] = {}
        self._of_element: dict[Any, dict[int, list[Any]]] = {}
        self._measured: dict[tuple[Any, int], Element] = {}
        for number, page in enumerate(pages, 1):
            for box in _own_boxes(page):
                self._of_element.setdefault(box.element, {}).setdefault(number, []).append(box)
        self.texts = [
            (number, text.text, ink_of(text))
            for number, page in enumerate(pages, 1)
            for text, _ in texts_of(page)
            if text.text.strip()
        ]
        """Each run of fixed text: its page from 1, what it says, and where its letters stand."""

    def select(self, selector: str) -> list[Element]:
        """Return the elements that a selector names, in the order of the template."""
        return self._elements(range(len(self._nodes)), selector)

    def each(self) -> Iterator[tuple[Any, Any, Element]]:
        """Yield each element that has a box on a page, that box, and what ``select`` says, as the template goes."""
        for node in self._nodes:
            for page, boxes in sorted(self._of_element.get(node.etree_element, {}).items()):
                yield node.etree_element, boxes[0], self._element(node.etree_element, page, boxes)

    def select_in_each(self, scope: str, selectors: Sequence[str]) -> Iterator[list[Element]]:
        """Yield what the selectors name within each element that ``scope`` names; "" is the whole sheet."""
        for top in self._numbers(scope) if scope else (0,):
            within = range(top, top + sum(1 for _ in self._nodes[top].iter_subtree()))
            yield [found for selector in selectors for found in self._elements(within, selector)]

    def _numbers(self, selector: str) -> list[int]:
        """Say which nodes of the tree a selector names; a layout declares much of the same few."""
        if selector not in self._named:
            tests = [compiled.test for compiled in _compiled(selector)]
            self._named[selector] = [n for n, node in enumerate(self._nodes) if any(test(node) for test in tests)]
        return self._named[selector]

    def _elements(self, within: range, selector: str) -> list[Element]:
        nodes = (self._nodes[number].etree_element for number in self._numbers(selector) if number in within)
        return [
            self._element(node, page, boxes)
            for node in nodes
            for page, boxes in sorted(self._of_element.get(node, {}).items())
        ]

    def _element(self, node: Any, page: int, boxes: list[Any]) -> Element:
        if (node, page) not in self._measured:
            self._measured[node, page] = self._measure(node, page, boxes)
        return self._measured[node, page]

    def _measure(self, node: Any, page: int, boxes: list[Any]) -> Element:
        if call := node.get("data-place"):
            place = self._calls[int(call)]
            baseline = place.baseline / PX_PER_MM if place.kind == "text" else None
            return Element(place.slot, page, place.edges, baseline, place.line_height / PX_PER_MM)
        lefts, tops, rights, bottoms = zip(*map(border_box, boxes), strict=True)
        texts = (text for box in boxes for text, _ in texts_of(box) if text.text.strip())
        first = next(((text.position_y + text.baseline) / PX_PER_MM for text in texts), None)
        return Element(
            called(boxes[0]), page, Edges(min(lefts), min(tops), max(rights), max(bottoms)), first, line_height=0.0
        )


def has_element(page: Any, selector: str) -> bool:
    """Whether an element that a selector names stands in the template of a laid-out page."""
    root = cssselect2.ElementWrapper.from_html_root(page.children[0].element)
    return root.query(*_compiled(selector)) is not None


@lru_cache(maxsize=256)
def _compiled(selector: str) -> Any:
    return cssselect2.compile_selector_list(selector)


def _own_boxes(box: Any, parent: Any = None) -> Iterator[Any]:
    """Yield the outermost boxes of each element below a box, without those of its ``::before`` and ``::after``."""
    element = getattr(box, "element", None)
    if element is not None and element is not parent and "::" not in box.element_tag:
        yield box
    for child in getattr(box, "children", ()):
        yield from _own_boxes(child, element)


def slot_boxes(box: Any, ancestors: Ancestors = ()) -> Iterator[tuple[Any, Ancestors]]:
    """Yield (box, its ancestors) of each slot's own box, in drawing order."""
    element = getattr(box, "element", None)
    if element is not None and element.get("data-slot"):
        yield box, ancestors
        return
    for child in getattr(box, "children", ()):
        yield from slot_boxes(child, (*ancestors, box))


def texts_of(box: Any, ancestors: Ancestors = ()) -> Iterator[tuple[Any, Ancestors]]:
    """Yield (text box, its ancestors) of everything below a box."""
    if hasattr(box, "text"):
        yield box, ancestors
    for child in getattr(box, "children", ()):
        yield from texts_of(child, (*ancestors, box))


def ink_of(text: Any) -> Edges:
    """Return a text's box, one em high, without the blanks at its end and the letter spacing after its last letter."""
    left, size, spacing = text.position_x, text.style["font_size"], text.style["letter_spacing"]
    blanks = len(text.text) - len(text.text.rstrip())
    # All our fonts make a full-width blank one em wide; a narrower one counts for more, and nothing is refused for it.
    width = max(0.0, text.width - blanks * size - (0 if spacing == "normal" else spacing))
    baseline = text.position_y + text.baseline
    return _in_mm(left, baseline - ASCENT * size, left + width, baseline + DESCENT * size)


def border_box(box: Any) -> Edges:
    """Return where the border of a box ends."""
    left, top = box.border_box_x(), box.border_box_y()
    return _in_mm(left, top, left + box.border_width(), top + box.border_height())


def _in_mm(*px: float) -> Edges:
    return Edges(*(length / PX_PER_MM for length in px))


def quoted(text: str) -> str:
    """Quote a fixed text as a message does: not more of it than is needed to find it."""
    return f"「{text if len(text) <= TOLD else text[:TOLD] + '…'}」"


def called(box: Any) -> str:
    """Name a box as a style sheet would: ``p.name``."""
    classes = (box.element.get("class") or "").split() if box.element is not None else []
    return ".".join([box.element_tag.rpartition("}")[2], *classes])
