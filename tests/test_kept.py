"""What pages share is read once, and as much of it is remembered as memory allows."""

from __future__ import annotations

import pikepdf

from renderer.review.kept import MOST_KEPT, Kept


def test_what_is_asked_for_again_is_read_once_and_what_is_not_is_forgotten() -> None:
    kept, read = Kept(), list[int]()
    with pikepdf.new() as pdf:
        forms = [pdf.make_stream(b"") for _ in range(MOST_KEPT["forms"])]
        first = forms[0]
        for number, form in enumerate([*forms, first, pdf.make_stream(b""), first, forms[1]]):
            kept.once("forms", form, lambda number=number: read.append(number))
    assert read == [*range(len(forms)), len(forms) + 1, len(forms) + 3]


def test_an_object_is_read_for_each_way_and_one_that_stands_in_its_place_each_time() -> None:
    kept, read = Kept(), list[str]()
    with pikepdf.new() as pdf:
        form = pdf.make_stream(b"")
        for how in ("red", "blue", "red"):
            kept.once("forms", form, lambda how=how: read.append(how), how)
        for _ in range(2):
            kept.once("forms", pikepdf.Dictionary(), lambda: read.append("none"))
    assert read == ["red", "blue", "none", "none"]
