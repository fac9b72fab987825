"""Set one sheet with WeasyPrint alone, exactly as its HTML and CSS say: plate's places + values → PDF.

The reference is what the press is measured against. A value arrives as HTML: each run names its font, a condensed or
shrunk value says so in CSS, a code is an inline SVG. Position, alignment and drawing are WeasyPrint's own.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import pypdf
from markupsafe import Markup

from renderer.layout.engine import lay_out, one_thread, write_pdf
from renderer.layout.load import Fixed, Layout
from renderer.layout.templates import code_html, run_html
from renderer.model.insurer import UNMOVED, Offset
from renderer.model.paper import moved_box
from renderer.press.fitting import UNITS
from renderer.press.fonts import Chain, Face
from renderer.press.plates import Place, Plate
from renderer.press.press import Values
from renderer.press.ruler import Ruler


@one_thread()
def reference_pdf(layout: Layout, plate: Plate, fixed: Fixed, values: Values, ruler: Ruler) -> bytes:
    """Return one sheet as a PDF that WeasyPrint laid out and drew, with the values fitted into its places.

    :raises Unprintable, DoesNotFit: as ``Ruler.fit``.
    """
    places = plate.calls
    document = lay_out(
        layout, plate.variant, fixed, lambda name, number: value_html(places[number], values[name], ruler)
    )
    return write_pdf(layout, document)


def moved(pdf: bytes, offset: Offset) -> bytes:
    """Return a sheet with all that each side draws moved as the press moves it; the very same where nothing is."""
    if offset == UNMOVED:
        return pdf
    writer = pypdf.PdfWriter(io.BytesIO(pdf))
    for at, page in enumerate(writer.pages):
        box = page.mediabox
        edges = (float(box.left), float(box.bottom), float(box.right), float(box.top))
        page.mediabox = pypdf.generic.RectangleObject(moved_box(edges, *offset.of_page(at)))
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def value_html(place: Place, text: str, ruler: Ruler) -> Markup:
    """Return the HTML that sets ``text`` at ``place``."""
    if not text:
        return Markup("")
    if place.kind != "text":
        return code_html(place.kind, text)
    fitted = ruler.fit(place, text)
    chain = ruler.chain(place)
    lines = [_line_html(place, "".join(line), chain, fitted.size) for line in fitted.lines]
    html = Markup("<br>").join([Markup("")] * place.rule.first_line(len(lines)) + lines)
    if fitted.condense != 1.0:
        return Markup('<slot-condensed style="transform:scaleX({})">{}</slot-condensed>').format(fitted.condense, html)
    return html


def _line_html(place: Place, text: str, chain: Chain, size: int) -> Markup:
    shrunk = f";font-size:{(size + 0.5) / UNITS}px" if size != place.size else ""
    html = Markup("")
    for face, run in chain.runs(text):
        for part in _apart(face, run):
            html += run_html("".join(part), f"font-family:'{face.family}'{shrunk}")
    return html


def _apart(face: Face, run: list[str]) -> Iterator[list[str]]:
    """Keep clusters apart that the font would draw differently side by side than each alone.

    A person's characters are printed each as it is registered: never a contextual form.
    """
    alone = [glyph[:2] for cluster in run for glyph in face.shape(cluster)]
    if [glyph[:2] for glyph in face.shape("".join(run))] == alone:
        yield run
    else:
        yield from ([cluster] for cluster in run)
