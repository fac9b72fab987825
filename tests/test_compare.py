"""What changed between two PDFs, in mm and in words; each kind of change is shown and must be told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pikepdf
import pypdf
import pytest
import weasyprint
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from renderer.desk.choice import load_member
from renderer.desk.draw import draw_sheet
from renderer.desk.examples import LONGEST, load_example
from renderer.layout.load import load_layout
from renderer.model.errors import Unreadable
from renderer.proof.pixels import Box
from renderer.review.changes import text_pairs
from renderer.review.compare import Comparison, compare
from renderer.review.comparison_report import report_on
from renderer.review.records import ChangeRecord
from renderer.review.texts import Text

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


def beside_pixels(comparison: Comparison) -> list[ChangeRecord]:
    return [record for record in comparison.records if record.kind != "pixels"]


@pytest.mark.parametrize("layout", ["eligibility_notice", "eligibility_certificate"])
def test_press_and_reference_of_one_sheet_are_the_same(tmp_path: Path, layout: str) -> None:
    job = load_example(layout)
    for name in ("press", "weasyprint"):
        member = load_member(LONGEST, job)
        draw_sheet(job, load_layout(layout), member, tmp_path / f"{name}.pdf", reference=name == "weasyprint")
    comparison = compare(tmp_path / "press.pdf", tmp_path / "weasyprint.pdf")
    # WeasyPrint writes every grey in RGB, the press in black alone: that is told, and nothing else.
    of_the_file = {"font-renamed", "label-changed", "outline-changed", "outline-new", "metadata-changed", "use-changed"}
    drawn = [record for record in comparison.records if record.kind not in of_the_file]
    assert {record.kind for record in drawn} == {"ink-changed"}
    assert all("black" in (record.before or "") or "grey" in (record.before or "") for record in drawn)


def test_a_colour_that_is_the_same_in_grey_is_told(tmp_path: Path) -> None:
    red = "<p style='left: 100mm; top: 100mm; width: 40mm; height: 9mm; background: #cc0000'></p>"
    comparison = compared(tmp_path, red, red.replace("#cc0000", "#3d3d3d"))
    words, sentence = comparison.sentences()
    assert words.startswith("page 1: R 204 G 0 B 0 became R 61 G 61 B 61: an area, 40.0 × 9.0 mm at 100.0, 100.0")
    assert "pixels differ in colour: 40.1 × 9.0 mm at 99.9, 99.9" in sentence
    report_on(comparison, tmp_path / "report")
    with Image.open(tmp_path / "report/pictures/00001-golden.png") as golden:
        assert (204, 0, 0) in {color for _, color in golden.getcolors(1 << 24) or []}


def test_ka_that_became_ga_is_told_in_words(tmp_path: Path) -> None:
    comparison = compared(tmp_path, SHEET, SHEET.replace("タカシ", "タガシ"))
    words, ink = comparison.sentences()
    assert words.startswith("page 1: 「ヤマダ　タカシ」 became 「ヤマダ　タガシ」: ")
    assert "at 20.0, 50" in words
    assert "pixels differ" in ink


def test_lost_paragraph_is_told(tmp_path: Path) -> None:
    comparison = compared(tmp_path, SHEET, SHEET[: SHEET.index('<p style="top: 70mm')])
    (change,) = beside_pixels(comparison)
    assert change.kind == "text-gone"
    assert change.sentence.startswith("page 1: 「この通知書は大切に保管してください。」 is gone")


def test_added_paragraph_is_told(tmp_path: Path) -> None:
    comparison = compared(tmp_path, SHEET, SHEET + "<p style='top: 200mm'>見本</p>")
    (change,) = beside_pixels(comparison)
    assert change.sentence.startswith("page 1: 「見本」 is new")


def test_moved_text_is_told_in_mm(tmp_path: Path) -> None:
    moved = SHEET.replace("top: 50mm", "top: 49.75mm; left: 21mm")
    comparison = compared(tmp_path, SHEET, moved)
    (change,) = beside_pixels(comparison)
    assert change.sentence == "page 1: 「ヤマダ　タカシ」 moved 1.00 mm right, 0.25 mm up"


def test_smallest_move_that_a_pixel_shows_is_not_the_same(tmp_path: Path) -> None:
    comparison = compared(tmp_path, SHEET, SHEET.replace("top: 50mm", "top: 50.05mm"))
    assert not comparison.same
    (change,) = beside_pixels(comparison)
    assert change.sentence == "page 1: 「ヤマダ　タカシ」 moved 0.05 mm down"


def test_a_rule_that_came_is_told_in_mm(tmp_path: Path) -> None:
    rule = "<p style='left: 100mm; top: 100mm; width: 40mm; height: 0.2mm; background: #000'></p>"
    (sentence,) = compared(tmp_path, SHEET, SHEET + rule).sentences()
    assert sentence == "page 1: a rule is new: 40.0 × 0.2 mm at 100.0, 100.0"


def test_ink_that_is_no_rule_is_told_by_its_outline_and_in_pixels(tmp_path: Path) -> None:
    letter = (
        "<svg style='position: absolute; left: 100mm; top: 100mm' width='40mm' height='9mm' viewBox='0 0 40 9'>{}</svg>"
    )
    one, other = (letter.format(f"<path d='M0 0L40 0L40 9L{x} 9Z'/>") for x in (0, 20))
    words, ink = compared(tmp_path, one, other).sentences()
    assert words == "page 1: an area became another shape: 40.0 × 9.0 mm at 100.0, 100.0"
    assert "pixels differ" in ink
    assert ink.endswith("40.1 × 9.1 mm at 99.9, 99.9")


def test_texts_far_apart_on_one_line_are_told_apart(tmp_path: Path) -> None:
    row = "<p style='top: 90mm'>記号</p><p style='top: 90mm; left: 60mm'>番号</p>"
    comparison = compared(tmp_path, row, row.replace("番号", "枝番"))
    (change,) = beside_pixels(comparison)
    assert (change.before, change.after) == ("番号", "枝番")


def test_a_label_near_its_value_is_told_apart(tmp_path: Path) -> None:
    row = "<p style='top: 90mm'>１２３<span style='font-size: 8pt; margin-left: 3mm'>番号</span></p>"
    (change,) = beside_pixels(compared(tmp_path, row, row.replace("１２３", "１２４")))
    assert change.sentence.startswith("page 1: 「１２３」 became 「１２４」")


def test_page_that_is_gone_is_told(tmp_path: Path) -> None:
    golden = written(tmp_path / "golden.pdf", SHEET, SHEET)
    comparison = compare(golden, written(tmp_path / "new.pdf", SHEET))
    assert not comparison.same
    assert list(comparison.sentences()) == ["2 pages became 1", "page 2 is gone: 「山田　太郎　様」"]


def test_size_of_page_is_told(tmp_path: Path) -> None:
    golden = written(tmp_path / "golden.pdf", SHEET)
    comparison = compare(golden, written(tmp_path / "new.pdf", SHEET, size="210mm 297.1mm"))
    assert "page 1: 210.000 × 297.000 mm became 210.000 × 297.100 mm" in list(comparison.sentences())


PLACE = "position: absolute; background: #000"
RULE = f"<div style='{PLACE}; left: 20mm; top: 95mm; width: 120mm; height: 0.17mm'></div>"
CARD = """<div style="position: absolute; left: LEFT; top: 200mm; width: 85.6mm; height: 54mm; BORDER">
<p style="left: 3mm; top: 3mm">資格情報</p><p style="left: 3mm; top: 15mm">見本　花子</p></div>"""


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("top: 95mm", "top: 95.1mm", "moved 0.10 mm down: 120.0 × 0.2 mm at 20.0, 95.1"),
        ("left: 20mm", "left: 18mm", "moved 2.00 mm left: 120.0 × 0.2 mm at 18.0, 95.0"),
        ("0.17mm", "0.25mm", "became 0.08 mm thicker (0.17 → 0.25 mm): 120.0 × 0.3 mm at 20.0, 95.0"),
        ("120mm", "118mm", "became 2.00 mm shorter (120.00 → 118.00 mm): 118.0 × 0.2 mm at 20.0, 95.0"),
    ],
)
def test_rule_that_moved_or_changed_is_told_in_mm(tmp_path: Path, was: str, now: str, told: str) -> None:
    comparison = compared(tmp_path, SHEET + RULE, SHEET + RULE.replace(was, now))
    assert list(comparison.sentences()) == [f"page 1: a rule {told}"]


def test_what_is_less_than_a_hundredth_of_a_millimetre_is_nothing(tmp_path: Path) -> None:
    assert compared(tmp_path, SHEET + RULE, SHEET + RULE.replace("0.17mm", "0.177mm")).same


@pytest.mark.parametrize(
    "border", ["0.2mm dashed #000", "0.5mm solid #000", "1mm dotted #000", "0.3mm solid #000; border-radius: 3mm"]
)
def test_card_that_moved_is_one_group_with_its_frame(tmp_path: Path, border: str) -> None:
    card = SHEET + CARD.replace("BORDER", f"border: {border}")
    comparison = compared(tmp_path, card.replace("LEFT", "100mm"), card.replace("LEFT", "102mm"))
    (sentence,) = comparison.sentences()
    assert sentence.startswith("page 1: a frame and 2 texts moved together 2.00 mm right, now 8")
    assert sentence.endswith("mm at 102.0, 200.0: 「資格情報」, 「見本　花子」")


def test_picture_that_became_another_in_a_card_that_moved_is_told_by_its_outline_and_in_pixels(tmp_path: Path) -> None:
    picture = (
        "<svg style='position: absolute; top: 20mm' width='20mm' height='20mm' viewBox='0 0 20 20'><path d='{}'/></svg>"
    )
    one, other = (
        CARD.replace("BORDER", "background: #eee").replace("</div>", picture.format(code) + "</div>")
        for code in ("".join(f"M{n} {n * k % 19}h1v1h-1z" for n in range(20)) for k in (1, 7))
    )
    words, code, ink = compared(tmp_path, one.replace("LEFT", "100mm"), other.replace("LEFT", "102mm")).sentences()
    assert words.startswith("page 1: an area and 2 texts moved together 2.00 mm right")
    assert code.startswith("page 1: a drawing moved 2.00 mm right, became another shape")
    assert "pixels differ" in ink


def test_rules_that_changed_alike_are_one_line(tmp_path: Path) -> None:
    rules = SHEET + "".join(RULE.replace("95mm", f"{y}mm") for y in (95, 105, 115))
    (thicker,) = compared(tmp_path, rules, rules.replace("0.17mm", "0.3mm")).sentences()
    assert thicker == "page 1: 3 rules became 0.13 mm thicker (0.17 → 0.30 mm): 120.0 × 20.3 mm at 20.0, 95.0"
    (gone,) = compared(tmp_path, rules, SHEET).sentences()
    assert gone == "page 1: 3 rules are gone: 120.0 × 20.2 mm at 20.0, 95.0"


def test_frame_that_became_thicker_is_told_once(tmp_path: Path) -> None:
    thin, thick = (
        f"<p style='left: 50mm; top: 50mm; width: 40mm; height: 20mm; border: {width} solid'></p>"
        for width in ("0.2mm", "0.5mm")
    )
    (sentence,) = compared(tmp_path, thin, thick).sentences()
    assert sentence == "page 1: a frame became 0.30 mm thicker (0.20 → 0.50 mm): 41.0 × 21.0 mm at 50.0, 50.0"


@pytest.mark.parametrize(("black", "was"), [("device-cmyk(0 0 0 1)", "black of 1 ink"), ("#000", "R 0 G 0 B 0")])
def test_black_of_more_inks_is_told_though_no_pixel_may_differ(tmp_path: Path, black: str, was: str) -> None:
    sheet = f"<div style='color: {black}'>{SHEET}</div>"
    comparison = compared(tmp_path, sheet, sheet.replace(black, "device-cmyk(1 1 1 1)"))
    (sentence,) = comparison.sentences()
    assert was in sentence
    assert "became black of 4 inks (C 100 M 100 Y 100 K 100): 3 texts, " in sentence
    assert not comparison.same


def test_where_a_page_has_its_zero_is_no_difference(tmp_path: Path) -> None:
    golden = written(tmp_path / "golden.pdf", SHEET + RULE)
    shifted = pypdf.PdfWriter(golden)
    page = shifted.pages[0]
    page.add_transformation(pypdf.Transformation().translate(36, 72))
    shift = pypdf.generic.RectangleObject((36, 72, page.mediabox.right + 36, page.mediabox.top + 72))
    page.mediabox = page.trimbox = page.bleedbox = shift
    shifted.write(tmp_path / "new.pdf")
    assert list(compare(golden, tmp_path / "new.pdf").sentences()) == []


def test_file_that_is_no_pdf_is_refused(tmp_path: Path) -> None:
    golden = written(tmp_path / "golden.pdf", SHEET)
    (tmp_path / "new.pdf").write_bytes(b"nothing")
    with pytest.raises(Unreadable, match="cannot be read"):
        compare(golden, tmp_path / "new.pdf")


def numbered(path: Path, *numbers: int) -> Path:
    return written(path, *(SHEET + f"<p style='top: 100mm'>第{number}号</p>" for number in numbers))


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ((1, 2, 4, 5, 6), ["6 pages became 5", "page 3 is gone: 「山田　太郎　様」"]),
        ((1, 2, 9, 3, 4, 5, 6), ["6 pages became 7", "page 3 is new: 「山田　太郎　様」"]),
        ((1, 2, 4, 3, 5, 6), ["pages 3 and 4 changed places"]),
        ((6, 2, 3, 4, 5, 1), ["pages 1 and 6 changed places"]),
        ((2, 3, 4, 5, 1, 6), ["page 1 is page 5 now"]),
        ((1, 3, 5, 4, 6), ["6 pages became 5", "page 2 is gone: 「山田　太郎　様」", "pages 3 and 4 changed places"]),
    ],
)
def test_pages_are_told_that_are_gone_new_or_elsewhere(tmp_path: Path, now: tuple[int, ...], told: list[str]) -> None:
    golden = numbered(tmp_path / "golden.pdf", 1, 2, 3, 4, 5, 6)
    comparison = compare(golden, numbered(tmp_path / "new.pdf", *now))
    assert list(comparison.sentences()) == told
    assert not comparison.same


def test_page_that_changed_behind_one_that_is_gone_is_told_against_its_own(tmp_path: Path) -> None:
    golden = numbered(tmp_path / "golden.pdf", 1, 2, 3, 4)
    count, gone, change, _ = compare(golden, numbered(tmp_path / "new.pdf", 1, 3, 9)).sentences()
    assert (count, gone) == ("4 pages became 3", "page 2 is gone: 「山田　太郎　様」")
    assert change.startswith("page 3: 「第4号」 became 「第9号」")


@pytest.mark.parametrize(
    ("degrees", "way"), [(90, "by 90° clockwise"), (180, "by 180°"), (270, "by 90° counterclockwise")]
)
def test_page_that_is_turned_is_told_and_nothing_else_of_it(tmp_path: Path, degrees: int, way: str) -> None:
    golden = written(tmp_path / "golden.pdf", SHEET + RULE)
    turned = pypdf.PdfWriter(golden)
    turned.pages[0].rotate(degrees)
    turned.write(tmp_path / "new.pdf")
    comparison = compare(golden, tmp_path / "new.pdf")
    assert list(comparison.sentences()) == [f"page 1 is turned {way}"]


PLACED = st.builds(
    Text,
    st.sampled_from(["記号", "番号", "氏名", "山田"]),
    st.builds(Box, st.floats(0, 200), st.floats(0, 290), st.just(8.0), st.just(4.0)),
)


@given(st.lists(PLACED, max_size=8), st.lists(PLACED, max_size=8))
def test_every_text_is_in_one_pair(before: list[Text], after: list[Text]) -> None:
    pairs = text_pairs(before, after)
    assert Counter(pair.before for pair in pairs if pair.before) == Counter(before)
    assert Counter(pair.after for pair in pairs if pair.after) == Counter(after)


@pytest.mark.parametrize("count", [1, 3])
def test_same_text_twice_and_then_once_is_one_gone(count: int) -> None:
    here = Text("山田", Box(10, 10, 8, 4))
    pairs = text_pairs([here] * (count + 1), [here] * count)
    assert [(pair.before, pair.after) for pair in pairs] == [(here, here)] * count + [(here, None)]


@pytest.mark.parametrize(
    "told", [{"MediaBox": [0, 0, 14400, 14400]}, {"UserUnit": 0}, {"UserUnit": 1e-9}, {"UserUnit": 99}]
)
def test_a_page_of_a_size_that_nobody_can_draw_is_refused(tmp_path: Path, told: dict[str, object]) -> None:
    a4, odd = tmp_path / "a4.pdf", tmp_path / "odd.pdf"
    for path, own in ((a4, {}), (odd, told)):
        with pikepdf.new() as pdf:
            page = pdf.add_blank_page(page_size=(595.276, 841.89))
            page.obj.update({f"/{key}": value for key, value in own.items()})
            pdf.save(path)
    with pytest.raises(Unreadable, match=r"^page 1 of odd\.pdf is .* mm, and cannot be drawn at .* dpi; make it again"):
        compare(a4, odd)


def test_a_file_that_is_locked_is_called_that(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "open.pdf")
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(Unreadable, match=r"locked\.pdf is locked with a password; save it without one"):
        compare(tmp_path / "open.pdf", tmp_path / "locked.pdf")
