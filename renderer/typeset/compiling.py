"""Compile a layout: layout + variant + job constants → a Plate, by way of WeasyPrint, once.

WeasyPrint lays the sheet out with a probe character in each slot. Each slot's box, baseline, font, size, colour and
alignment are read from WeasyPrint's own page boxes; then the probes are taken out and the rest is drawn: that is the
fixed part. What cannot be compiled is refused with its reason; nothing falls back to another path.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pypdf
from markupsafe import Markup
from pypdf.generic import DictionaryObject

from renderer.errors import BadLayout
from renderer.typeset import fonts
from renderer.typeset.engine import lay_out, write_pdf
from renderer.typeset.fitting import pango_size
from renderer.typeset.layouts import Fixed, Layout, Variant
from renderer.typeset.marks import number
from renderer.typeset.pdfobjects import Graph
from renderer.typeset.plates import Place, Plate, PlatePage

PROBE = "国"


def compile_plate(layout: Layout, variant: Variant, fixed: Fixed) -> Plate:
    """Compile one variant of a layout.

    :raises BadLayout: naming what cannot be compiled and why.
    """
    layout.check_variant(variant)
    document = lay_out(layout, variant, fixed, lambda name, _: _probe(layout, name))
    boxes = [list(_slot_boxes(page._page_box)) for page in document.pages]
    places = [
        tuple(_place(layout, number, box, ancestors) for box, ancestors in found) for number, found in enumerate(boxes)
    ]
    for page in document.pages:
        _check_families(layout, page._page_box)
    for found in boxes:
        for box, _ in found:
            box.children = ()
    return _plate_of(layout, variant, document, places)


def _probe(layout: Layout, name: str) -> Markup:
    if layout.slots[name].kind == "text":
        return Markup('<span class="run">{}</span>').format(PROBE)
    return Markup("")


def _slot_boxes(box: Any, ancestors: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Yield (box, its ancestors) of each slot's own box, in drawing order."""
    element = getattr(box, "element", None)
    if element is not None and element.get("data-slot"):
        yield box, ancestors
        return
    for child in getattr(box, "children", ()):
        yield from _slot_boxes(child, (*ancestors, box))


def _texts(box: Any) -> Iterator[Any]:
    if hasattr(box, "text"):
        yield box
    for child in getattr(box, "children", ()):
        yield from _texts(child)


_ALIGN = {
    "start": "left",
    "left": "left",
    "justify": "left",
    "center": "center",
    "right": "right",
    "end": "right",
}
_CLIPS_OR_MOVES = {"transform": (), "opacity": 1, "overflow": "visible"}


def _place(layout: Layout, page: int, box: Any, ancestors: tuple[Any, ...]) -> Place:
    name = box.element.get("data-slot")
    style = box.style

    def refuse(why: str) -> BadLayout:
        return BadLayout(f"{layout.name}: slot '{name}' cannot be compiled: {why}")

    if style["height"] == "auto":
        raise refuse("its height depends on its value; give it a height in mm")
    for ancestor in (box, *(a for a in ancestors if not hasattr(a, "page_type"))):
        for prop, plain in _CLIPS_OR_MOVES.items():
            if ancestor.style[prop] != plain:
                raise refuse(f"{prop} is not supported on a slot or around it; take it off")
    if style["text_decoration_line"] != "none":
        raise refuse("text-decoration is not supported on a slot; draw a border on its parent")
    families = tuple(style["font_family"])
    bold = style["font_weight"] >= 600
    kind = layout.slots[name].kind
    if kind == "text":
        fonts.Chain(families, bold)
    baseline, line_height = _baseline(box) if kind == "text" else (0.0, 0.0)
    spacing = style["letter_spacing"]
    return Place(
        number=int(box.element.get("data-place")), slot=name, kind=kind, rule=layout.slots[name].rule, page=page,
        x=box.content_box_x(), y=box.content_box_y(), width=box.width, height=box.height,
        baseline=baseline, line_height=line_height, size=pango_size(style["font_size"]),
        families=families, bold=bold,
        align=_ALIGN[style["text_align_all"]],
        color=_color(style["color"], refuse), letter_spacing=0.0 if spacing == "normal" else float(spacing),
    )  # fmt: skip


def _baseline(box: Any) -> tuple[float, float]:
    line = box.children[0]
    text = next(_texts(line))
    return text.position_y + text.baseline, line.height


def _color(color: Any, refuse: Any) -> bytes:
    if color.space == "device-cmyk":
        return " ".join(map(number, color.coordinates)).encode() + b" k"
    if color.space not in ("srgb", "hsl", "hwb"):
        raise refuse(f"colour space {color.space} is not supported; use #rrggbb or device-cmyk()")
    red, green, blue = color.to("srgb").coordinates
    if red == green == blue:
        return f"{number(red)} g".encode()
    return f"{number(red)} {number(green)} {number(blue)} rg".encode()


def _check_families(layout: Layout, page_box: Any) -> None:
    """Every family of every text must be ours: WeasyPrint would put another font in its place in silence."""
    ours = {family for family, _ in fonts.FILES}
    for box in _texts(page_box):
        for family in box.style["font_family"]:
            if family not in ours:
                raise BadLayout(
                    f"{layout.name}: font-family '{family}' is not one of the project's fonts; "
                    f"use one of: {', '.join(sorted(ours))}"
                )


def _plate_of(layout: Layout, variant: Variant, document: Any, places: list[tuple[Place, ...]]) -> Plate:
    reader = pypdf.PdfReader(io.BytesIO(write_pdf(layout, document)))
    used = {font.hash: font for font in document.fonts.values()}
    faces = {name: _face_of(layout, font) for name, font in used.items()}
    graph = Graph()
    pages = tuple(_plate_page(layout, reader.pages[n], faces, graph, found) for n, found in enumerate(places))
    glyphs = tuple(
        (faces[name], tuple(sorted(font.to_unicode.items()))) for name, font in sorted(used.items()) if font.to_unicode
    )
    return Plate(layout.name, tuple(variant.items()), pages, glyphs, tuple(graph.objects))


def _face_of(layout: Layout, font: Any) -> fonts.Face:
    """Return the face WeasyPrint used, having checked that the widths it wrote are the font's own."""
    ours = fonts.face(font.family, font.weight >= 600)
    for gid, width in font.widths.items():
        if gid >= ours.glyph_count or width != width_of(ours, gid):
            raise BadLayout(
                f"{layout.name}: a glyph of '{font.family}' has not the width its font gives; use our fonts"
            )
    return ours


def width_of(face: fonts.Face, gid: int) -> int:
    """Return a glyph's advance in thousandths of an em, as PDF's /W holds it."""
    return round(int(face.hb_font.get_glyph_h_advance(gid)) * 1000 / face.upem)


def _plate_page(
    layout: Layout, page: Any, faces: dict[str, fonts.Face], graph: Graph, places: tuple[Place, ...]
) -> PlatePage:
    resources = page["/Resources"].get_object()
    content = page.get_contents().get_data()
    box = page.mediabox

    def used(kind: str) -> list[str]:
        return [name for name in resources.get(kind, {}) if re.search(rb"%b\b" % re.escape(name.encode()), content)]

    if used("/Pattern") or used("/Shading"):
        raise BadLayout(f"{layout.name}: gradients and repeated pictures are not printed; draw with rules instead")
    for name in used("/XObject"):
        if resources["/XObject"][name]["/Subtype"] != "/Image":
            raise BadLayout(f"{layout.name}: opacity and blending are not printed; use plain colours instead")
    images = tuple((name, graph.add(resources["/XObject"].raw_get(name))) for name in used("/XObject"))
    named = tuple((f"/{name}", face) for name, face in sorted(faces.items()) if b"/%b " % name.encode() in content)
    states = graph.parts(resources.get("/ExtGState", DictionaryObject()))
    if any(isinstance(part, int) for part in states):
        raise BadLayout(f"{layout.name}: transparency masks are not printed; use plain colours instead")
    return PlatePage(
        media_box=(float(box.left), float(box.bottom), float(box.right), float(box.top)),
        content=gray_for_black(content),
        fonts=named,
        states=b"".join(part for part in states if isinstance(part, bytes)),
        images=images,
        places=places,
    )


_RGB = re.compile(rb"^(\d*\.?\d+) \1 \1 (rg|RG)$", re.MULTILINE)


def gray_for_black(content: bytes) -> bytes:
    """Write equal parts of red, green and blue as DeviceGray: black ink alone, the same pixels."""
    return _RGB.sub(lambda m: m[1] + (b" g" if m[2] == b"rg" else b" G"), content)
