"""A laid-out document → its plate: the fixed part of each page as WeasyPrint draws it, if a press prints that."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

import pypdf
from pypdf.generic import DictionaryObject

from renderer.layout.engine import write_pdf
from renderer.layout.ground import check_under_everything, drawn_grounds, ground_names
from renderer.layout.load import Layout
from renderer.layout.refusing import refusal
from renderer.layout.unprintable import unprintable
from renderer.model.variant import Variant
from renderer.press import fonts
from renderer.press.pdfgraph import Graph
from renderer.press.plates import Place, Plate, PlatePage


class _NotPrinted(Exception):  # noqa: N818
    """WeasyPrint draws what the press does not print."""


def drawn_plate(layout: Layout, variant: Variant, document: Any, places: Sequence[dict[int, Place]]) -> Plate:
    """Draw the fixed part of a laid-out document whose slots were emptied; ``places`` are those of each page.

    :raises BadLayout: naming what WeasyPrint draws and the press does not print.
    """
    reader = pypdf.PdfReader(io.BytesIO(write_pdf(layout, document)))
    used = {font.hash: font for font in document.fonts.values()}
    keys = layout.own_fonts.families
    faces = {name: fonts.face(keys.get(font.family, font.family), font.weight >= 600) for name, font in used.items()}
    graph = Graph()
    try:
        pages = tuple(_plate_page(reader.pages[n], faces, graph, found, layout) for n, found in enumerate(places))
    except _NotPrinted as drawn:
        raise refusal(unprintable(layout, [page._page_box for page in document.pages], str(drawn))) from None
    glyphs = tuple(
        (faces[name], tuple(sorted(font.to_unicode.items()))) for name, font in sorted(used.items()) if font.to_unicode
    )
    ground = _check_ground(layout, reader, graph)
    placed = {place.slot for found in places for place in found.values()}
    left_out = tuple(sorted(layout.slots.keys() - placed))
    return Plate(layout.name, variant, pages, glyphs, tuple(graph.objects), ground, left_out)


def _check_ground(layout: Layout, reader: pypdf.PdfReader, graph: Graph) -> int | None:
    """Check that the ground lies under everything on each page; return its index in the graph, if it is there."""
    found = None
    for number, page in enumerate(reader.pages, 1):
        for name, picture in drawn_grounds(page["/Resources"].get_object(), ground_names(layout)):
            check_under_everything(layout, number, _content(page), name)
            found = graph.add(picture)
    return found


def _plate_page(
    page: Any, faces: dict[str, fonts.Face], graph: Graph, calls: dict[int, Place], layout: Layout
) -> PlatePage:
    resources = page["/Resources"].get_object()
    content = _content(page)
    box = page.mediabox
    grounds = {name for name, _ in drawn_grounds(resources, ground_names(layout))}

    def used(kind: str) -> list[str]:
        return [name for name in resources.get(kind, {}) if re.search(rb"%b\b" % re.escape(name.encode()), content)]

    if used("/Shading") or set(used("/Pattern")) - grounds:
        raise _NotPrinted("gradients and repeated pictures are not printed; draw with rules, or declare a [ground]")
    for name in used("/XObject"):
        if resources["/XObject"][name]["/Subtype"] != "/Image" and name not in grounds:
            raise _NotPrinted(
                "opacity, blending and background pictures are not printed; use plain colours and <img>, or declare "
                "a [ground]"
            )
    inks = [resources["/ExtGState"][name] for name in used("/ExtGState")]
    if any(ink.get(key, 1) != 1 for ink in inks for key in ("/ca", "/CA")):
        raise _NotPrinted("colours that let the paper through are not printed; use plain colours instead")

    def added(kind: str) -> tuple[tuple[str, int], ...]:
        return tuple((name, graph.add(resources[kind].raw_get(name))) for name in used(kind))

    images, patterns = added("/XObject"), added("/Pattern")
    named = tuple((f"/{name}", face) for name, face in sorted(faces.items()) if b"/%b " % name.encode() in content)
    states = graph.parts(resources.get("/ExtGState", DictionaryObject()))
    if any(isinstance(part, int) for part in states):
        raise _NotPrinted("transparency masks are not printed; use plain colours instead")
    return PlatePage(
        media_box=(float(box.left), float(box.bottom), float(box.right), float(box.top)),
        content=gray_for_black(content),
        fonts=named,
        states=b"".join(part for part in states if isinstance(part, bytes)),
        images=images,
        patterns=patterns,
        calls=calls,
    )


def contents_of(pdf: bytes) -> list[bytes]:
    """Return what WeasyPrint draws on each page of a PDF, as a plate has it."""
    return [gray_for_black(_content(page)) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def _content(page: pypdf.PageObject) -> bytes:
    content = page.get_contents()
    return content.get_data() if content is not None else b""


_RGB = re.compile(rb"^(\d*\.?\d+) \1 \1 (rg|RG)$", re.MULTILINE)


def gray_for_black(content: bytes) -> bytes:
    """Write equal parts of red, green and blue as DeviceGray: black ink alone, the same pixels."""
    return _RGB.sub(lambda m: m[1] + (b" g" if m[2] == b"rg" else b" G"), content)
