"""Two PDFs → the records of what changed between them beside texts, rules and inks; and faults put into a PDF."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection

import pikepdf
import weasyprint

from renderer.review.facts import facts_changed
from renderer.review.pages import Pair
from renderer.review.records import ChangeRecord

STYLE = """@page { size: 210mm 297mm; margin: 20mm } html { font: 12pt "BIZ UDMincho" } body { margin: 0 }
p { margin: 0 0 5mm } h1 { font: 14pt "BIZ UDGothic"; bookmark-level: none }"""


def sheet(body: str, head: str = "") -> bytes:
    """Draw a page by WeasyPrint."""
    html = f"<html lang=ja><head><style>{STYLE}</style>{head}</head><body>{body}</body></html>"
    pdf: bytes = weasyprint.HTML(string=html).write_pdf()
    return pdf


def edited(pdf: bytes, edit: Callable[[pikepdf.Pdf], object]) -> bytes:
    """Put a fault into a PDF."""
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        edit(opened)
        opened.save(written, deterministic_id=True)
    return written.getvalue()


def told(golden: bytes, new: bytes, pairs: Collection[Pair] | None = None) -> list[ChangeRecord]:
    """Compare two PDFs; without pairs, page by page."""
    with pikepdf.open(io.BytesIO(golden)) as before, pikepdf.open(io.BytesIO(new)) as after:
        count = min(len(before.pages), len(after.pages))
        return list(facts_changed(before, after, [(at, at) for at in range(count)] if pairs is None else pairs))


def font_named(pdf: pikepdf.Pdf, name: str) -> pikepdf.Object:
    """Find a composite font by its name."""
    return next(
        found
        for found in pdf.objects
        if isinstance(found, pikepdf.Dictionary)
        and found.get("/Subtype") == "/Type0"
        and str(found["/BaseFont"]).endswith(name)
    )
