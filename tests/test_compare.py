"""What changed between two PDFs, in mm and in words; each kind of change is shown and must be told."""

from __future__ import annotations

from pathlib import Path

import pytest
import weasyprint
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from renderer.desk.choice import load_member
from renderer.desk.draw import draw_sheet
from renderer.desk.examples import LONGEST, load_example
from renderer.layout.load import load_layout
from renderer.proof.compare import Comparison, Text, compare, text_changes
from renderer.proof.pixels import Box

STYLE = """@page { size: A4; margin: 0 } html { font: 12pt "BIZ UDMincho"; line-height: 5mm }
p { position: absolute; margin: 0; width: 80mm; left: 20mm }"""
SHEET = """<p style="top: 30mm">山田　太郎　様</p><p style="top: 50mm">ヤマダ　タカシ</p>
<p style="top: 70mm">この通知書は大切に保管してください。</p>"""


def written(path: Path, *bodies: str, size: str = "A4") -> Path:
    style = STYLE.replace("A4", size)
    pages = '<div style="break-after: page"></div>'.join(f"<div>{body}</div>" for body in bodies)
    weasyprint.HTML(string=f"<html lang=ja><style>{style}</style>{pages}").write_pdf(path)
    return path


def compared(folder: Path, before: str, after: str) -> Comparison:
    return compare(written(folder / "golden.pdf", before), written(folder / "new.pdf", after))


def test_same_sheet_made_twice_is_the_same(tmp_path: Path) -> None:
    comparison = compared(tmp_path, SHEET, SHEET)
    assert comparison.same
    assert list(comparison.sentences()) == []


def test_the_same_sheet_drawn_in_another_order_is_the_same(tmp_path: Path) -> None:
    cells = [f'<p style="top: {y}mm; left: {x}mm">{text}</p>' for y, x, text in ((30, 20, "記号"), (30, 29, "番号"))]
    rows = [*cells, '<p style="top: 36mm">氏名</p>', '<p style="top: 36mm; left: 40mm">見本</p>']
    comparison = compared(tmp_path, "".join(rows), "".join(reversed(rows)))
    assert list(comparison.sentences()) == []


@pytest.mark.parametrize("layout", ["eligibility_notice", "eligibility_certificate"])
def test_press_and_reference_of_one_sheet_are_the_same(tmp_path: Path, layout: str) -> None:
    job = load_example(layout)
    for name in ("press", "weasyprint"):
        member = load_member(LONGEST, job)
        draw_sheet(job, load_layout(layout), member, tmp_path / f"{name}.pdf", reference=name == "weasyprint")
    comparison = compare(tmp_path / "press.pdf", tmp_path / "weasyprint.pdf")
    assert list(comparison.sentences()) == []


def test_a_colour_that_is_the_same_in_grey_is_told(tmp_path: Path) -> None:
    red = "<p style='left: 100mm; top: 100mm; width: 40mm; height: 9mm; background: #cc0000'></p>"
    comparison = compared(tmp_path, red, red.replace("#cc0000", "#3d3d3d"))
    (sentence,) = comparison.sentences()
    assert "pixels differ in colour: 40.1 × 9.0 mm at 99.9, 99.9" in sentence
    index = comparison.report(tmp_path / "report")
    with Image.open(index.parent / "page-1-golden.png") as golden:
        assert (204, 0, 0) in {color for _, color in golden.getcolors(1 << 24) or []}


def test_ka_that_became_ga_is_told_in_words(tmp_path: Path) -> None:
    comparison = compared(tmp_path, SHEET, SHEET.replace("タカシ", "タガシ"))
    words, ink = comparison.sentences()
    assert words.startswith("page 1: 「ヤマダ　タカシ」 became 「ヤマダ　タガシ」: ")
    assert "at 20.0, 50" in words
    assert "pixels differ" in ink


def test_lost_paragraph_is_told(tmp_path: Path) -> None:
    comparison = compared(tmp_path, SHEET, SHEET[: SHEET.index('<p style="top: 70mm')])
    (change,) = comparison.pages[0].changes
    assert change.after is None
    assert str(change).startswith("「この通知書は大切に保管してください。」 is gone")


def test_added_paragraph_is_told(tmp_path: Path) -> None:
    comparison = compared(tmp_path, SHEET, SHEET + "<p style='top: 200mm'>見本</p>")
    (change,) = comparison.pages[0].changes
    assert str(change).startswith("「見本」 is new")


def test_moved_text_is_told_in_mm(tmp_path: Path) -> None:
    moved = SHEET.replace("top: 50mm", "top: 49.75mm; left: 21mm")
    comparison = compared(tmp_path, SHEET, moved)
    (change,) = comparison.pages[0].changes
    assert str(change) == "「ヤマダ　タカシ」 moved 1.00 mm right, 0.25 mm up"


def test_smallest_move_that_a_pixel_shows_is_not_the_same(tmp_path: Path) -> None:
    comparison = compared(tmp_path, SHEET, SHEET.replace("top: 50mm", "top: 50.05mm"))
    assert not comparison.same
    assert [str(change) for change in comparison.pages[0].changes] == ["「ヤマダ　タカシ」 moved 0.05 mm down"]


def test_ink_without_text_is_told_in_pixels_and_mm(tmp_path: Path) -> None:
    rule = "<p style='left: 100mm; top: 100mm; width: 40mm; height: 0.2mm; background: #000'></p>"
    (sentence,) = compared(tmp_path, SHEET, SHEET + rule).sentences()
    assert "pixels differ" in sentence
    assert sentence.endswith("40.1 × 0.3 mm at 99.9, 99.9")  # whole pixels of 0.127 mm that the rule touches


def test_texts_far_apart_on_one_line_are_told_apart(tmp_path: Path) -> None:
    row = "<p style='top: 90mm'>記号</p><p style='top: 90mm; left: 60mm'>番号</p>"
    comparison = compared(tmp_path, row, row.replace("番号", "枝番"))
    (change,) = comparison.pages[0].changes
    assert change.before is not None
    assert change.before.text == "番号"


def test_number_of_pages_is_told(tmp_path: Path) -> None:
    golden = written(tmp_path / "golden.pdf", SHEET, SHEET)
    comparison = compare(golden, written(tmp_path / "new.pdf", SHEET))
    assert not comparison.same
    assert list(comparison.sentences()) == ["2 pages became 1"]


def test_size_of_page_is_told(tmp_path: Path) -> None:
    golden = written(tmp_path / "golden.pdf", SHEET)
    comparison = compare(golden, written(tmp_path / "new.pdf", SHEET, size="210mm 297.1mm"))
    assert "page 1: 210.000 × 297.000 mm became 210.000 × 297.100 mm" in list(comparison.sentences())


def test_report_has_three_pictures_of_each_changed_page_and_the_words(tmp_path: Path) -> None:
    golden = written(tmp_path / "golden.pdf", SHEET, SHEET)
    changed = SHEET.replace("太郎", "&lt;次郎&gt;")
    index = compare(golden, written(tmp_path / "new.pdf", SHEET, changed)).report(tmp_path / "report")
    assert sorted(path.name for path in index.parent.iterdir()) == [
        "index.html",
        "page-2-difference.png",
        "page-2-golden.png",
        "page-2-new.png",
    ]
    page = index.read_text(encoding="utf-8")
    assert "「山田　太郎　様」 became 「山田　&lt;次郎&gt;　様」" in page
    assert "page-2-difference.png" in page
    with Image.open(index.parent / "page-2-difference.png") as marked:
        assert (255, 0, 0) in {color for _, color in marked.getcolors(1 << 24) or []}


def test_report_of_the_same_files_says_so(tmp_path: Path) -> None:
    index = compared(tmp_path, SHEET, SHEET).report(tmp_path / "report")
    assert [path.name for path in index.parent.iterdir()] == ["index.html"]
    assert "Nothing changed" in index.read_text(encoding="utf-8")


PLACED = st.builds(
    Text,
    st.sampled_from(["記号", "番号", "氏名", "山田"]),
    st.builds(Box, st.floats(0, 200), st.floats(0, 290), st.just(8.0), st.just(4.0)),
)


@given(st.lists(PLACED, max_size=8), st.lists(PLACED, max_size=8))
def test_every_text_is_the_same_or_in_one_change(before: list[Text], after: list[Text]) -> None:
    changes = text_changes(before, after)
    told_before = [change.before for change in changes if change.before]
    told_after = [change.after for change in changes if change.after]
    assert len(before) - len(told_before) == len(after) - len(told_after)
    assert all(told_before.count(text) <= before.count(text) for text in told_before)
    assert all(told_after.count(text) <= after.count(text) for text in told_after)


@pytest.mark.parametrize("count", [1, 3])
def test_same_text_twice_and_then_once_is_one_gone(count: int) -> None:
    here = Text("山田", Box(10, 10, 8, 4))
    changes = text_changes([here] * (count + 1), [here] * count)
    assert [(change.before, change.after) for change in changes] == [(here, None)]
