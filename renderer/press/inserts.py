"""A PDF that is enclosed with a piece, as forms that the press writes once and shows many times."""

from __future__ import annotations

from dataclasses import dataclass

from renderer.press.pdffile import PdfFile
from renderer.press.pdfobjects import Parts, join, put_objects


@dataclass(frozen=True, slots=True)
class InsertPage:
    """One page of an insert as a form's parts."""

    box: bytes
    """What a reader shows of it (``shown_box``), four numbers in pt."""
    content: bytes
    """Content stream, unfiltered."""
    resources: Parts


@dataclass(frozen=True, slots=True)
class Insert:
    """A PDF to enclose."""

    name: str
    sha256: str
    pages: tuple[InsertPage, ...]
    objects: tuple[Parts, ...]
    fonts: frozenset[str]
    """Names of its fonts (/BaseFont), tags included: they are its author's, not ours to prove."""


def put_insert(pdf: PdfFile, insert: Insert, written: dict[str, int]) -> list[tuple[int, bytes]]:
    """Write an insert's pages as forms; return (object number, page box) of each. ``written``: ``put_objects``."""
    numbers = put_objects(pdf, insert.objects, written)
    return [
        (
            pdf.put_stream(
                page.content,
                b"/Type/XObject/Subtype/Form/BBox[%b]/Resources %b" % (page.box, join(page.resources, numbers)),
            ),
            page.box,
        )
        for page in insert.pages
    ]
