"""Check the fixed part of a laid-out page: every text in our fonts and in its place, or BadLayout that names it.

The texts of an insurer (name, address) are part of the plate, and longer with one insurer than with another: no fit
rule holds them. What leaves its box, its region or its page, or lies under a picture, is refused. Fixed texts are not
personal and may be told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from renderer.layout.boxes import border_box, called, has_element, ink_of, quoted, texts_of
from renderer.layout.complaints import line_with
from renderer.layout.declarations import declared_at
from renderer.layout.elements import own_text
from renderer.layout.engine import COUNTER_STYLES
from renderer.layout.ground import ground_ids
from renderer.layout.load import Layout
from renderer.layout.refusing import Refusals
from renderer.layout.schema import Region
from renderer.model.errors import BadLayout
from renderer.model.paper import PAGE, Edges
from renderer.press import fonts

SLACK = 0.1
"""mm: less is no fault that could be seen."""
CUTS = {"max_lines": "none", "continue": "auto", "block_ellipsis": "none", "text_overflow": "clip", "clip": ()}
"""What would leave a text out that does not fit, or a part of it → what does not."""
FORM_FIELDS = frozenset({"input", "textarea", "select", "button"})
LEFT_OVER = re.compile(r"[{}]|<%|%>|&#?\w+;|[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]")
"""What no paper says: a template, an entity or an encoding that was mistaken, or a sign that turns the text."""
WHAT_TO_DO = "shorten it (the insurer's own: in the insurer file), or give it more room"


def check_fixed_part(layout: Layout, number: int, page: Any) -> None:
    """Check all that stands on a page (``number``, from 1) whose slots were emptied.

    :raises BadLayout: naming each text and picture that cannot be printed, or would be printed wrong.
    """
    texts, refusals = list(texts_of(page)), Refusals()
    for text, _ in texts:
        with refusals.collected():
            _check_fonts(layout, page, text)
        with refusals.collected():
            _check_signs(layout, text.text)
    for box in _all_boxes(page):
        with refusals.collected():
            _check_drawn(layout, page, box)
    grounds = ground_ids(layout)
    pictures = [box for box in _pictures(page) if getattr(box.replacement, "id", "") not in grounds]
    looked_at = _Page(layout, number, page, pictures, cache(border_box))
    for text, ancestors in texts:
        if text.style["visibility"] == "visible" and all(box.style["transform"] == () for box in ancestors):
            with refusals.collected():
                _check_place(looked_at, text, ancestors)
    refusals.end()


@dataclass(frozen=True, slots=True)
class _Page:
    """A page whose texts are looked at."""

    layout: Layout
    number: int
    """From 1."""
    page: Any
    pictures: Sequence[Any]
    """That no text may lie on."""
    edges_of: Callable[[Any], Edges]
    """A box → where its border ends: many texts stand in the same few boxes."""


def _check_place(on: _Page, text: Any, ancestors: tuple[Any, ...]) -> None:
    layout, number, edges_of = on.layout, on.number, on.edges_of
    ink = ink_of(text)
    if ink.left == ink.right:
        return

    def refuse(where: str, over: float) -> BadLayout:
        return BadLayout(f"{layout.name}: {quoted(text.text)} {where} by {over:.1f} mm; {WHAT_TO_DO}")

    blocks = [box for box in ancestors[1:] if _is_block(box)]
    out = [n for n, block in enumerate(blocks) if block.style["position"] in ("absolute", "fixed")]
    flow = blocks[out[-1] if out else 0 :]
    over = ink.beyond(PAGE)
    if over > SLACK:
        raise refuse(f"leaves page {number}", over)
    for block in blocks:
        edges = edges_of(block)
        over = max(_sticks_out(ink, edges), _runs_over(ink, block, edges) if block in flow else 0.0)
        if over > SLACK:
            raise refuse(f"sticks out of its box ({called(block)})", over)
    for name, region in layout.file.regions.items():
        over = ink.beyond(region.edges)
        stands_in = over > SLACK and any(_stands_in(box, region, number) for box in (ink, *map(edges_of, blocks)))
        # A region whose element this sheet does not have, such as the card's other corner, is not on it.
        if stands_in and (not region.element or has_element(on.page, region.element)):
            raise refuse(f"leaves its region '{name}'", over)
    for picture in on.pictures:
        across, down = ink.overlap(edges_of(picture))
        if min(across, down) > SLACK:
            raise refuse(f"lies on a picture ({called(picture)})", min(across, down))


def _is_block(box: Any) -> bool:
    """Whether a box has a width of its own: no line, and nothing that goes on from line to line."""
    return (
        box.element_tag not in ("html", "body")
        and hasattr(box, "children")
        and box.style["display"] != ("inline", "flow")
    )


def _sticks_out(ink: Edges, edges: Edges) -> float:
    """Return how far a text reaches over the sides of a box it stands in; what stands beside it is placed there."""
    across, _ = ink.overlap(edges)
    return max(edges.left - ink.left, ink.right - edges.right) if across > SLACK else 0.0


def _runs_over(ink: Edges, block: Any, edges: Edges) -> float:
    """Return how far a text reaches over the lower edge of a box whose height does not follow its texts."""
    follows = block.style["height"] == "auto" and block.style["overflow"] == "visible"
    return 0.0 if follows else ink.bottom - edges.bottom


def _stands_in(box: Edges, region: Region, number: int) -> bool:
    """Whether a box begins in a region and is no wider: whatever is in it belongs there."""
    left, top, right, _ = box
    return (
        region.page == number
        and region.x - SLACK <= left
        and right <= region.x + region.w + SLACK
        and region.y - SLACK <= top < region.y + region.h
    )


def _pictures(box: Any) -> Iterator[Any]:
    if box.element_tag == "img" and hasattr(box, "replacement"):
        yield box
    for child in getattr(box, "children", ()):
        yield from _pictures(child)


def _all_boxes(box: Any) -> Iterator[Any]:
    yield box
    for child in getattr(box, "children", ()):
        yield from _all_boxes(child)


def _check_fonts(layout: Layout, page: Any, box: Any) -> None:
    """Every family must be known, every selector drawn: WeasyPrint would put something else there in silence."""
    known = layout.own_fonts.families
    for family in box.style["font_family"]:
        if family not in known:
            where = _where(layout, page, box, "font-family")
            raise BadLayout(
                f"{where}: font-family '{family}' is not one of the project's fonts; "
                f"use one of: {', '.join(sorted(known))}"
            )
    _check_cut(layout, page, box)
    for cluster in fonts.clusters(box.text):
        if len(cluster) > 1 and not _is_drawn(cluster, [known[family] for family in box.style["font_family"]]):
            raise BadLayout(
                f"{layout.name}: {fonts.code_points(cluster)} in the fixed text would be drawn as another "
                "character; name a font first that has it"
            )


def _check_signs(layout: Layout, text: str) -> None:
    """No text may have what was meant for a program: WeasyPrint prints it as it stands."""
    if found := LEFT_OVER.search(text):
        sign = f"'{found[0]}'" if found[0].isascii() else fonts.code_points(found[0])
        raise BadLayout(
            f"{line_with(layout.sources, text) or layout.name}: {quoted(text)} has {sign}, left over of a template, an "
            "entity, another encoding or direction; correct it, or take it out"
        )


def _check_cut(layout: Layout, page: Any, box: Any) -> None:
    """Every text must have a cut that its font has: Pango would slant or embolden another, or take the nearest."""
    style = box.style
    family, weight, slant = style["font_family"][0], style["font_weight"], style["font_style"]
    if not box.text.strip():
        return
    if slant != "normal":
        where = _where(layout, page, box, "font-style")
        raise BadLayout(
            f"{where}: {quoted(box.text)} is {slant}, and no font of the project is: leave font-style, <i> and "
            "<em> out; make it bold, or larger"
        )
    weights = [weight for weight, bold in ((400, False), (700, True)) if layout.own_fonts.has(family, bold)]
    if weight not in weights:
        where = _where(layout, page, box, "font-weight")
        raise BadLayout(
            f"{where}: {quoted(box.text)} has font-weight {weight}, and '{family}' has "
            f"{' and '.join(map(str, weights))} only; write one that it has, or take another font"
        )


def _where(layout: Layout, page: Any, box: Any, prop: str) -> str:
    """Say which declaration sets a property of a box, or else the layout's name."""
    return str(declared_at(layout.sources, page, box, prop) or layout.name)


def _is_drawn(cluster: str, families: Sequence[str]) -> bool:
    """Whether the font WeasyPrint takes, the first that has the base character, prints the whole cluster."""
    faces = (fonts.face(family) for family in families)
    chosen = next((face for face in faces if face.glyph_of(cluster[0])), None)
    return chosen is not None and chosen.glyph_of(cluster) is not None


def _check_drawn(layout: Layout, page: Any, box: Any) -> None:
    """Check that WeasyPrint draws each box as it is written: no text in a picture, no form fields, no lost columns."""
    svg = getattr(getattr(box, "replacement", None), "_svg", None)
    if svg and any(str(node.tag).endswith("text") for node in svg.tree._wrapper.etree_element.iter()):
        raise BadLayout(f"{layout.name}: an SVG picture holds text; turn it into outlines")
    if box.element_tag in FORM_FIELDS:
        raise BadLayout(f"{layout.name}: form fields are not printed; draw <{box.element_tag}> with rules and text")
    for prop, plain in CUTS.items():
        if box.style[prop] != plain:
            raise BadLayout(
                f"{_where(layout, page, box, prop)}: {prop.replace('_', '-')} would leave a part of {called(box)} out "
                "in silence; take it off, and give its text the room it needs"
            )
    if box.style["font_size"] == 0 and box.element is not None and (said := own_text(box.element)):
        raise BadLayout(
            f"{_where(layout, page, box, 'font-size')}: {quoted(said)} has no size and would not be printed; give it "
            "one, or take it out of the template"
        )
    for prop, name in _counted_in(box):
        if name not in COUNTER_STYLES and name != "none":
            raise BadLayout(
                f"{_where(layout, page, box, prop)}: there is no counter style '{name}', and 1, 2, 3 would be printed; "
                "write the signs as text, or name decimal, cjk-decimal, katakana or another that there is"
            )
    columns = {box.style["column_count"], box.style["column_width"]} - {"auto"}
    if columns and box.style["position"] in ("absolute", "fixed"):
        where = _where(layout, page, box, "column-count" if box.style["column_count"] != "auto" else "column-width")
        raise BadLayout(
            f"{where}: {called(box)} has columns, and a box with a position is laid out in one; put a <div> with "
            "the columns into it"
        )


def _counted_in(box: Any) -> Iterator[tuple[str, str]]:
    """Yield each counter style that a box names, with the property that names it."""
    style = box.style
    if "list-item" in style["display"]:
        yield from (("list-style-type", name) for name in [style["list_style_type"]] if isinstance(name, str))
    parts = () if isinstance(style["content"], str) else style["content"]
    for kind, *given in parts:
        if kind in ("counter()", "counters()") and isinstance(name := given[0][-1], str):
            yield "content", name
