"""What a page is read aloud as is told where nobody sees that it is otherwise."""

from __future__ import annotations

import pikepdf
from two_files import edited, sheet, told

GOLDEN = sheet("<p>資格情報</p><p>見本　花子</p>")


def saying_otherwise(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    page.Contents = pdf.make_stream(b"/Span <</ActualText (X)>> BDC " + page.Contents.read_bytes() + b" EMC")


def test_a_text_that_is_said_instead_of_what_is_shown_is_told() -> None:
    other = edited(GOLDEN, saying_otherwise)
    (came,) = told(GOLDEN, other)
    assert (came.kind, came.sentence) == ("said-new", "page 1: 「X」 is said in the place of what is shown")
    (gone,) = told(other, GOLDEN)
    assert (gone.kind, gone.sentence) == ("said-gone", "page 1: 「X」 is said no more in the place of what is shown")


def test_a_text_that_is_shown_otherwise_is_told_by_others() -> None:
    assert told(GOLDEN, sheet("<p>別人</p>")) == []
