"""Check the fixed part of a laid-out page: every text in our fonts and in its place, or BadLayout that names it.

The texts of an insurer (name, address) are part of the plate, and longer with one insurer than with another: no fit
rule holds them. What leaves its box, its region or its page, or lies under a picture, is refused. Fixed texts are not
personal and may be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from renderer.layout.boxes import border_box, called, ink_of, quoted, texts_of
from renderer.layout.load import Layout
from renderer.layout.schema import Region
from renderer.model.errors import BadLayout
from renderer.model.paper import PAGE, Edges
from renderer.press import fonts

SLACK = 0.1
"""mm: less is no fault that could be seen."""
FORM_FIELDS = frozenset({"input", "textarea", "select", "button"})
WHAT_TO_DO = "shorten it (the insurer's own: in the insurer file), or give it more room"


def check_fixed_part(layout: Layout, number: int, page: Any) -> None:
    """Check all that stands on a page (``number``, from 1) whose slots were emptied.

    :raises BadLayout: naming the first text or picture that cannot be printed, or would be printed wrong.
    """
    texts = list(texts_of(page))
    for text, _ in texts:
        _check_fonts(layout, text)
    _check_drawn(layout, page)
    pictures = list(_pictures(page))
    for text, ancestors in texts:
        if text.style["visibility"] == "visible" and all(box.style["transform"] == () for box in ancestors):
            _check_place(layout, number, text, ancestors, pictures)


def _check_place(layout: Layout, number: int, text: Any, ancestors: tuple[Any, ...], pictures: Sequence[Any]) -> None:
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
        over = max(_sticks_out(ink, border_box(block)), _runs_over(ink, block) if block in flow else 0.0)
        if over > SLACK:
            raise refuse(f"sticks out of its box ({called(block)})", over)
    for name, region in layout.file.regions.items():
        over = ink.beyond(region.edges)
        if over > SLACK and any(_stands_in(box, region, number) for box in (ink, *map(border_box, blocks))):
            raise refuse(f"leaves its region '{name}'", over)
    for picture in pictures:
        across, down = ink.overlap(border_box(picture))
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


def _runs_over(ink: Edges, block: Any) -> float:
    """Return how far a text reaches over the lower edge of a box whose height does not follow its texts."""
    return 0.0 if block.style["height"] == "auto" else ink.bottom - border_box(block).bottom


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


def _check_fonts(layout: Layout, box: Any) -> None:
    """Every family must be ours, every selector drawn: WeasyPrint would put something else there in silence."""
    ours = {family for family, _ in fonts.FILES}
    for family in box.style["font_family"]:
        if family not in ours:
            raise BadLayout(
                f"{layout.name}: font-family '{family}' is not one of the project's fonts; "
                f"use one of: {', '.join(sorted(ours))}"
            )
    _check_cut(layout, box)
    for cluster in fonts.clusters(box.text):
        if len(cluster) > 1 and not _is_drawn(cluster, box.style["font_family"]):
            raise BadLayout(
                f"{layout.name}: {fonts.code_points(cluster)} in the fixed text would be drawn as another "
                "character; name a font first that has it"
            )


def _check_cut(layout: Layout, box: Any) -> None:
    """Every text must have a cut that its font has: Pango would slant or embolden another, or take the nearest."""
    style = box.style
    family, weight, slant = style["font_family"][0], style["font_weight"], style["font_style"]
    if not box.text.strip():
        return
    if slant != "normal":
        raise BadLayout(
            f"{layout.name}: {quoted(box.text)} is {slant}, and no font of the project is: leave font-style, <i> and "
            "<em> out; make it bold, or larger"
        )
    weights = [400, 700] if (family, True) in fonts.FILES else [400]
    if weight not in weights:
        raise BadLayout(
            f"{layout.name}: {quoted(box.text)} has font-weight {weight}, and '{family}' has "
            f"{' and '.join(map(str, weights))} only; write one that it has, or take another font"
        )


def _is_drawn(cluster: str, families: Sequence[str]) -> bool:
    """Whether the font WeasyPrint takes, the first that has the base character, prints the whole cluster."""
    faces = (fonts.face(family) for family in families)
    chosen = next((face for face in faces if face.glyph_of(cluster[0])), None)
    return chosen is not None and chosen.glyph_of(cluster) is not None


def _check_drawn(layout: Layout, box: Any) -> None:
    """Check that WeasyPrint draws each box as it is written: no text in a picture, no form fields, no lost columns."""
    svg = getattr(getattr(box, "replacement", None), "_svg", None)
    if svg and any(str(node.tag).endswith("text") for node in svg.tree._wrapper.etree_element.iter()):
        raise BadLayout(f"{layout.name}: an SVG picture holds text; turn it into outlines")
    if box.element_tag in FORM_FIELDS:
        raise BadLayout(f"{layout.name}: form fields are not printed; draw <{box.element_tag}> with rules and text")
    columns = {box.style["column_count"], box.style["column_width"]} - {"auto"}
    if columns and box.style["position"] in ("absolute", "fixed"):
        raise BadLayout(
            f"{layout.name}: {called(box)} has columns, and a box with a position is laid out in one; put a <div> with "
            "the columns into it"
        )
    for child in getattr(box, "children", ()):
        _check_drawn(layout, child)
