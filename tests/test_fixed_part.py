"""checks: a fixed text that leaves its box, region or page, or lies on a picture, is named with the millimetres."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_layouts import FIXED, INSURER, PNG, SLOT, refusal, rules, small_layout, small_plate

from renderer.layout.compiling import compile_plate
from renderer.model.errors import BadLayout

FONT = "body { margin: 0; font: 10mm/10mm 'BIZ UDGothic' } [data-slot] { font-size: 12pt }"
BOX = "position: absolute; left: 20mm; top: 40mm; width: 60mm; height: 10mm"
CARD = "{ card = { x = 20, y = 40, w = 60, h = 20 } }"


def body(style: str, text: str, more: str = "") -> str:
    return f'{SLOT}<div class="who" style="{style}">{text}{more}</div>'


def refused(tmp_path: Path, html: str, **more: Any) -> str:
    return refusal(tmp_path, html, FONT + rules("name"), **more)


def taken(tmp_path: Path, html: str, **more: Any) -> None:
    assert small_plate(tmp_path, html, FONT + rules("name"), **more).pages


@pytest.mark.parametrize(
    ("style", "said"),
    [
        ("position: absolute; left: 160mm; top: 40mm; white-space: nowrap", "leaves page 1 by 10.0 mm"),
        ("position: absolute; right: 160mm; top: 40mm; white-space: nowrap", "leaves page 1 by 10.0 mm"),
        ("position: absolute; left: 20mm; top: 288mm", "leaves page 1 by 1.0 mm"),
        ("position: absolute; left: 20mm; top: -1mm", "leaves page 1 by 1.0 mm"),
    ],
)
def test_a_text_that_leaves_its_page_is_named(tmp_path: Path, style: str, said: str) -> None:
    told = refused(tmp_path, body(style, "健康保険組合"))
    assert told.startswith(f"small: 「健康保険組合」 {said}; shorten it")


@pytest.mark.parametrize(
    ("text", "over"),
    [("健康保険組合", None), ("健康保険組合　", None), ("健康保険組合 ", None), ("健康保険組合会", "10.0")],
)
@pytest.mark.parametrize("inner", ["{}", "<b>{}</b>", '<span style="display: inline-block">{}</span>'])
def test_a_line_wider_than_its_box_is_named(tmp_path: Path, text: str, over: str | None, inner: str) -> None:
    html = body(f"{BOX}; white-space: nowrap", inner.format(text))
    if over is None:
        taken(tmp_path, html)
    else:
        assert f"「{text}」 sticks out of its box (div.who) by {over} mm" in refused(tmp_path, html)


def test_a_placed_text_must_end_in_the_box_it_begins_in(tmp_path: Path) -> None:
    at = '<p style="position: absolute; left: {}; top: 0; margin: 0; white-space: nowrap">保険組合</p>'
    taken(tmp_path, body(BOX, "", at.format("20mm")))
    taken(tmp_path, body(BOX, "", at.format("60mm")))
    assert "「保険組合」 sticks out of its box (div.who) by 5.0 mm" in refused(
        tmp_path, body(BOX, "", at.format("25mm"))
    )
    assert "sticks out of its box (div.who) by 5.0 mm" in refused(tmp_path, body(BOX, "", at.format("-5mm")))


def test_lines_that_run_over_the_foot_of_their_box_are_named(tmp_path: Path) -> None:
    taken(tmp_path, body(BOX, "健康保険組合"))
    assert "「会」 sticks out of its box (div.who) by 10.0 mm" in refused(tmp_path, body(BOX, "健康保険組合会"))
    placed = '<p style="position: absolute; left: 0; top: 20mm; margin: 0">会</p>'
    taken(tmp_path, body(BOX, "健康保険組合", placed))


@pytest.mark.parametrize("text", ["健康保険組合" * 2, "健康"])
def test_a_text_that_stays_in_its_region_is_taken(tmp_path: Path, text: str) -> None:
    taken(tmp_path, body("position: absolute; left: 20mm; top: 40mm; width: 60mm", text), regions=CARD)


@pytest.mark.parametrize(
    ("style", "text", "said"),
    [
        (
            "left: 20mm; top: 40mm; width: 60mm",
            "健康保険組合" * 3,
            "「健康保険組合」 leaves its region 'card' by 10.0 mm",
        ),
        ("left: 30mm; top: 55mm; width: 40mm", "健康", "「健康」 leaves its region 'card' by 5.0 mm"),
        ("left: 20mm; top: 40mm; width: 60mm; letter-spacing: 4mm", "健康" * 5, "leaves its region 'card' by 10.0 mm"),
    ],
)
def test_what_begins_in_a_region_must_end_there(tmp_path: Path, style: str, text: str, said: str) -> None:
    assert said in refused(tmp_path, body(f"position: absolute; {style}", text), regions=CARD)


def test_a_region_whose_element_the_sheet_does_not_have_holds_nothing(tmp_path: Path) -> None:
    style = "position: absolute; left: 30mm; top: 55mm; width: 40mm"
    there, elsewhere = (CARD.replace("h = 20", f'h = 20, element = "{name}"') for name in (".who", ".other"))
    taken(tmp_path, body(style, "健康"), regions=elsewhere)
    assert "leaves its region 'card' by 5.0 mm" in refused(tmp_path, body(style, "健康"), regions=there)


def test_a_region_of_another_page_holds_nothing(tmp_path: Path) -> None:
    other = CARD.replace("h = 20", "h = 5, page = 2")
    second = '<p style="margin: 0">一</p><p style="margin: 0; break-before: page">二</p>'
    taken(tmp_path, body(BOX, "健康") + second, regions=other, pages=2)


@pytest.mark.parametrize(("left", "said"), [("30mm", None), ("28mm", "lies on a picture (img.seal) by 2.0 mm")])
def test_a_text_under_a_picture_is_named(tmp_path: Path, left: str, said: str | None) -> None:
    seal = '<img class="seal" src="dot.png" style="position: absolute; left: {}; top: 2mm; width: 9mm; height: 9mm">'
    html = body(BOX, "健康保", seal.format(left))
    if said is None:
        taken(tmp_path, html, files={"dot.png": PNG})
    else:
        assert said in refused(tmp_path, html, files={"dot.png": PNG})


def test_a_text_that_is_turned_is_left_to_the_eye(tmp_path: Path) -> None:
    taken(tmp_path, body(f"{BOX}; white-space: nowrap; transform: rotate(90deg)", "健康保険組合会"))


def test_an_insurer_of_a_long_name_is_told_to_shorten_it(tmp_path: Path) -> None:
    layout = small_layout(tmp_path, body(f"{BOX}; white-space: nowrap", "{{ insurer.name }}"), FONT + rules("name"))
    short, long = (replace(FIXED, insurer=replace(INSURER, name="健" * n)) for n in (6, 30))
    assert compile_plate(layout, (), short)
    with pytest.raises(BadLayout, match=f"「{'健' * 20}…」 .* mm; shorten it .*insurer file.*, or give it more room"):
        compile_plate(layout, (), long)


@pytest.mark.parametrize(
    ("style", "said"),
    [
        ("font-weight: 500", "「組合」 has font-weight 500, and 'BIZ UDGothic' has 400 and 700 only"),
        ("font-weight: 900", "「組合」 has font-weight 900, and 'BIZ UDGothic' has 400 and 700 only"),
        ("font-weight: 300", "「組合」 has font-weight 300, and 'BIZ UDGothic' has 400 and 700 only"),
        ("font-weight: bold; font-family: 'BIZ UDMincho'", "「組合」 has font-weight 700, and 'BIZ UDMincho' has 400"),
        ("font-style: italic", "「組合」 is italic, and no font of the project is"),
        ("font-style: oblique", "「組合」 is oblique, and no font of the project is"),
    ],
)
def test_a_cut_that_a_font_does_not_have_is_refused(tmp_path: Path, style: str, said: str) -> None:
    assert said in refused(tmp_path, body(f"{BOX}; {style}", "組合"))


@pytest.mark.parametrize("columns", ["columns: 2", "column-count: 2", "column-width: 20mm"])
def test_columns_of_a_positioned_box_are_refused_and_those_within_it_taken(tmp_path: Path, columns: str) -> None:
    told = refused(tmp_path, body(f"{BOX}; height: 30mm; {columns}", "組合"))
    assert "div.who has columns, and a box with a position is laid out in one" in told
    taken(tmp_path, body(f"{BOX}; height: 30mm", f'<div style="{columns}">組合</div>'))


@pytest.mark.parametrize("style", ["font-weight: 700", "font-weight: 400", "font-family: 'BIZ UDMincho'"])
def test_a_cut_that_a_font_has_is_taken(tmp_path: Path, style: str) -> None:
    taken(tmp_path, body(f"{BOX}; {style}", "組合"))


@pytest.mark.parametrize("field", ["<input value=x>", "<textarea>x</textarea>", "<select><option>x</select>"])
def test_a_form_field_is_refused(tmp_path: Path, field: str) -> None:
    assert "form fields are not printed" in refused(tmp_path, SLOT + field)


@pytest.mark.parametrize(
    ("css", "at"),
    [
        ("li::before { content: counter(note, circled-decimal) }", "content: counter(note, circled-decimal)"),
        ('li::after { content: "第" counters(note, ".", maru) }', 'content: "第" counters(note, ".", maru)'),
        ("ol { list-style-type: fullwidth-decimal }", "list-style-type: fullwidth-decimal"),
        ("li { list-style: inside maru }", "list-style: inside maru"),
    ],
)
def test_a_counter_style_that_there_is_not_is_named_with_its_declaration(tmp_path: Path, css: str, at: str) -> None:
    told = refusal(tmp_path, SLOT + "<ol><li>見本</li></ol>", FONT + rules("name") + css)
    assert told.startswith("small/sheet.css, line 2, ")
    assert f"{{ {at} }}: there is no counter style '" in told


@pytest.mark.parametrize(
    "css",
    [
        "li::before { content: counter(note, cjk-decimal) }",
        "ol { list-style-type: katakana }",
        "ol { list-style-type: none }",
        "li { list-style: inside '・' }",
        "p { list-style-type: maru }",
    ],
)
def test_a_list_is_counted_in_any_style_that_there_is(tmp_path: Path, css: str) -> None:
    css = "ol { padding-left: 20mm; font-size: 5mm } li { line-height: 9mm } " + css
    assert small_plate(tmp_path, SLOT + "<ol><li>見本</li></ol>", FONT + rules("name", top="60mm") + css).pages


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("{ insurer.name }", "'{'"),
        ("{ {insurer.name} }", "'{'"),
        ("&lt;%= insurer.name %>", "'<%'"),
        ("電話&nbps;番号", "'&nbps;'"),
        ("電話\ufffd番号", "U+FFFD"),
        ("電話\u202e番号", "U+202E"),
        ("電話\ufeff番号", "U+FEFF"),
    ],
)
def test_what_was_meant_for_a_program_is_no_text(tmp_path: Path, text: str, sign: str) -> None:
    said = refused(tmp_path, body(BOX, f"{{% raw %}}{text}{{% endraw %}}"))
    assert f"has {sign}, left over of a template, an entity, another encoding or direction; " in said


@pytest.mark.parametrize("text", ["R&amp;D", "A &amp; B; C", "100% <b>注</b>", "葛\U000e0100城", "電話\u200b番号"])
def test_signs_that_a_paper_may_say_are_taken(tmp_path: Path, text: str) -> None:
    taken(tmp_path, body(BOX, text))
