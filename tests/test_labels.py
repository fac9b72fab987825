"""What pages are called is what PDFium calls them, by every style and from every start."""

from __future__ import annotations

from contextlib import closing
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from pikepdf import Dictionary, Name

from renderer.review.labels import labels_of


def labelled(*ranges: tuple[int, Dictionary]) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    for _ in range(60):
        pdf.add_blank_page()
    numbers = [part for first, rule in ranges for part in (first, rule)]
    pdf.Root.PageLabels = Dictionary(Nums=pikepdf.Array(numbers))
    return pdf


@pytest.mark.parametrize("style", ["/D", "/R", "/r", "/A", "/a"])
@pytest.mark.parametrize("start", [1, 3, 88])
def test_labels_are_those_of_another_reader(style: str, start: int) -> None:
    pdf = labelled(
        (0, Dictionary(S=Name(style), St=start)), (55, Dictionary(P="8573-", S=Name.D)), (58, Dictionary(P="X"))
    )
    assert labels_of(pdf) == called_by_pdfium(pdf)


def called_by_pdfium(pdf: pikepdf.Pdf) -> list[str]:
    written = BytesIO()
    pdf.save(written)
    with closing(pypdfium2.PdfDocument(written.getvalue())) as document:
        return [document.get_page_label(page) for page in range(len(document))]


def test_without_labels_pages_are_called_by_their_number() -> None:
    pdf = labelled()
    del pdf.Root.PageLabels
    assert labels_of(pdf) == [str(page + 1) for page in range(60)]
