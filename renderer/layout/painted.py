"""A laid-out page → what is painted on it, and in which order: texts, grounds of boxes, borders, outlines, pictures.

The order is that of CSS 2.2, appendix E, as WeasyPrint keeps it: a later one covers an earlier one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count
from math import hypot
from typing import Any, NamedTuple
from unicodedata import east_asian_width

from renderer.layout.boxes import border_box, ink_of
from renderer.model.paper import PX_PER_MM, Edges

Order = tuple[int, ...]
"""Of what is painted: less is earlier. Of each box around it how it stands in its layer, from the page down."""
OWN, BELOW, BLOCK, FLOAT, INLINE, PLACED, ABOVE, OUTLINE = range(8)
"""What a box that is a layer by itself paints, one after the other: ``BELOW`` and ``ABOVE`` have a z-index."""
DRAWING = "{http://www.w3.org/2000/svg}svg"
SIDES = ("top", "right", "bottom", "left")
_WORDS = re.compile(r"\S+(?:[ \u00a0]\S+)*")
"""What stands without a wide blank in it."""


class Painted(NamedTuple):
    """One thing that is painted."""

    order: Order
    edges: Edges
    """Around it, also where it is turned."""
    box: Any
    prop: str
    """The property that asks for it; "" of a text, of a picture and of a drawing."""
    colour: Any
    """tinycss2's; None of a picture and of a drawing."""
    matrix: Any
    """WeasyPrint's, of the transforms around it; None where there are none."""

    @property
    def is_text(self) -> bool:
        """Whether it is letters."""
        return hasattr(self.box, "text")

    @property
    def is_picture(self) -> bool:
        """Whether it is an ``<img>``."""
        return not self.prop and not self.is_text and self.box.element_tag == "img"

    @property
    def is_drawing(self) -> bool:
        """Whether it is an ``<svg>``."""
        return not self.prop and self.box.element_tag == DRAWING

    @property
    def is_turned(self) -> bool:
        """Whether it lies at an angle, so that its edges reach further than it does."""
        return self.matrix is not None and bool(self.matrix[0][1] or self.matrix[1][0])

    @property
    def scale(self) -> float:
        """By how much it is drawn larger than its style says, on its smaller side."""
        if self.matrix is None:
            return 1.0
        (a, b, _), (c, d, _), _ = self.matrix
        return min(hypot(a, b), hypot(c, d))


def painted(page: Any) -> list[Painted]:
    """Return all that a page paints, from below upwards; background pictures, the ground among them, are left out."""
    found, numbers = [*_of_box(page, (), None)], count()
    if page.canvas_background is not None and page.canvas_background.color.alpha:
        root = page.children[0]
        found.append(Painted((), border_box(page), root, "background-color", page.canvas_background.color, None))
    for child in page.children:
        found += _below(child, (), (), None, numbers)
    return sorted(found, key=lambda one: one.order)


def _below(box: Any, root: Order, layer: Order, matrix: Any, numbers: Iterator[int]) -> Iterator[Painted]:
    """Yield what a box and all in it paint; ``root`` is the layer that boxes with a position are sorted in."""
    number = next(numbers)
    own, root, layer = _order(box, number, root, layer)
    if box.transformation_matrix is not None:
        matrix = box.transformation_matrix if matrix is None else box.transformation_matrix @ matrix
    if box.style["visibility"] == "visible":
        yield from (*_of_box(box, own, matrix), *_outline(box, (*layer, OUTLINE, 0, number), matrix))
    for child in getattr(box, "children", ()):
        yield from _below(child, root, layer, matrix, numbers)


def _order(box: Any, number: int, root: Order, layer: Order) -> tuple[Order, Order, Order]:
    """Return when a box paints itself, and the layers of what is in it: of what has a position, and of the rest."""
    if not layer:
        layer = (*root, PLACED, 0, number)
        return (*layer, OWN), layer, layer
    if hasattr(box, "text"):
        return (*layer, INLINE, 0, number), root, layer
    style = box.style
    is_placed, z = style["position"] != "static", style["z_index"]
    level = z if z != "auto" and (is_placed or box.is_grid_item) else None
    if level is not None or style["opacity"] < 1 or style["transform"] or style["overflow"] != "visible":
        layer = (*root, BELOW if (level or 0) < 0 else ABOVE if (level or 0) > 0 else PLACED, level or 0, number)
        return (*layer, OWN), layer, layer
    if is_placed:
        layer = (*root, PLACED, 0, number)
    elif box.is_floated():
        layer = (*layer, FLOAT, 0, number)
    elif style["display"] == ("inline", "flow-root"):
        layer = (*layer, INLINE, 0, number)
    else:
        stage = INLINE if style["display"] == ("inline", "flow") else BLOCK
        return (*layer, stage, 0, number), root, layer
    return (*layer, OWN), root, layer


def _of_box(box: Any, order: Order, matrix: Any) -> Iterator[Painted]:
    """Yield what a box paints of itself, but its outline."""

    def thing(edges: Edges, prop: str = "", colour: Any = None) -> Painted:
        return _painted(box, order, matrix, edges, prop, colour)

    if hasattr(box, "text"):
        yield from (thing(edges, colour=box.style["color"]) for edges in _inks(box))
        return
    background = getattr(box, "background", None)
    if background is not None and background.color.alpha:
        yield thing(border_box(box), "background-color", background.color)
    widths = [getattr(box, f"border_{side}_width", 0) / PX_PER_MM for side in SIDES]
    for side, edges in _sides(border_box(box), widths) if any(widths) else ():
        prop = f"border-{side}-color"
        if (colour := _colour(box, prop)).alpha:
            yield thing(edges, prop, colour)
    if box.element_tag in ("img", DRAWING) and hasattr(box, "replacement"):
        yield thing(border_box(box))


def _outline(box: Any, order: Order, matrix: Any) -> Iterator[Painted]:
    """Yield the four sides of a box's outline, which is painted after all that is in its layer."""
    width, offset = (box.style[f"outline_{what}"] / PX_PER_MM for what in ("width", "offset"))
    if width and not hasattr(box, "text") and (colour := _colour(box, "outline-color")).alpha:
        for _, edges in _sides(border_box(box).grown(width + offset, width + offset), [width] * 4):
            yield _painted(box, order, matrix, edges, "outline-color", colour)


def _painted(box: Any, order: Order, matrix: Any, edges: Edges, prop: str, colour: Any) -> Painted:
    return Painted(order, edges if matrix is None else _moved(edges, matrix), box, prop, colour, matrix)


def _colour(box: Any, prop: str) -> Any:
    colour = box.style[prop.replace("-", "_")]
    return box.style["color"] if colour == "currentcolor" else colour


def _inks(text: Any) -> Iterator[Edges]:
    """Yield where the words of a text stand: the blanks of 令和　年　月 are there for values to stand in."""
    whole, words = ink_of(text), list(_WORDS.finditer(text.text))
    if len(words) < 2 and words[:1] == [word for word in words if not word.start()]:
        yield from (whole for _ in words)
        return
    widths = [1.0 if east_asian_width(character) in "WFA" else 0.5 for character in text.text.rstrip()]
    em = (whole.right - whole.left) / sum(widths)
    for word in words:
        left, right = (whole.left + em * sum(widths[:end]) for end in word.span())
        yield Edges(left, whole.top, right, whole.bottom)


def _sides(around: Edges, widths: Sequence[float]) -> Iterator[tuple[str, Edges]]:
    """Yield the sides of a frame that have a width, from the top clockwise."""
    left, top, right, bottom = around
    above, after, below, before = widths
    strips = (
        Edges(left, top, right, top + above), Edges(right - after, top, right, bottom),
        Edges(left, bottom - below, right, bottom), Edges(left, top, left + before, bottom),
    )  # fmt: skip
    yield from ((side, strip) for side, strip, width in zip(SIDES, strips, widths, strict=True) if width)


def _moved(edges: Edges, matrix: Any) -> Edges:
    """Return what lies around a rectangle that is moved, drawn larger or turned."""
    left, top, right, bottom = (mm * PX_PER_MM for mm in edges)
    corners = (matrix.transform_point(x, y) for x in (left, right) for y in (top, bottom))
    across, down = zip(*corners, strict=True)
    return Edges(*(px / PX_PER_MM for px in (min(across), min(down), max(across), max(down))))
