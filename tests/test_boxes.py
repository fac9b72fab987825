"""Boxes of a laid-out page are found by CSS selectors, in mm, with the baselines of what stands in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_layouts import FIXED, SLOT, rules, small_layout

from renderer.layout.boxes import Boxes, Element
from renderer.layout.compiling import compile_sheet

TEXT = "p { position: absolute; left: 20mm; top: 50mm; width: 20mm; margin: 0; font: 12pt/6mm 'BIZ UDPGothic' }"
EM = 12 * 25.4 / 72


def boxes(tmp_path: Path, body: str, css: str = "", **keys: Any) -> Boxes:
    layout = small_layout(tmp_path, SLOT + body, rules("name") + TEXT + css, **keys)
    plate, pages = compile_sheet(layout, (), FIXED)
    return Boxes(pages, plate.calls)


def only(sheet: Boxes, selector: str) -> Element:
    (found,) = sheet.select(selector)
    return found


def test_a_slot_is_the_box_that_a_value_is_fitted_into(tmp_path: Path) -> None:
    found = only(boxes(tmp_path, ""), "body > [data-slot=name]")
    assert (found.name, found.page, found.line_height) == ("name", 1, pytest.approx(6))
    assert found.edges == pytest.approx((20, 20, 80, 26))
    assert found.baseline == pytest.approx(23 + 0.38 * EM, abs=0.02)


def test_an_element_is_its_border_box_and_its_first_line(tmp_path: Path) -> None:
    found = only(boxes(tmp_path, "<p class=a>山川山川山川</p>", ".a { padding: 2mm; border: 1mm solid }"), "p.a")
    assert found.name == "p.a"
    assert found.edges == pytest.approx((20, 50, 46, 68))
    assert found.baseline == pytest.approx(56 + 0.38 * EM, abs=0.02)
    assert only(boxes(tmp_path, "<p class=a></p>"), ".a").baseline is None


def test_an_element_that_goes_on_in_another_line_reaches_over_both(tmp_path: Path) -> None:
    found = only(boxes(tmp_path, "<p>山川<b>山川山川</b></p>", "b { font-weight: 400 }"), "b")
    left, top, right, bottom = found.edges
    assert (left, right) == pytest.approx((20, 20 + 4 * EM))
    assert 50 < top < 56 < bottom < 62


def test_what_stands_before_an_element_is_not_the_element(tmp_path: Path) -> None:
    css = "b { position: absolute; left: 8mm } b::before { content: '山'; position: absolute; left: -5mm }"
    found = only(boxes(tmp_path, "<p><b>川</b></p>", css + "b { font-weight: 400 }"), "b")
    assert found.edges.left == pytest.approx(28)


def test_an_element_of_the_second_page_is_there(tmp_path: Path) -> None:
    page = '<div style="position: relative; height: 297mm"><p class="{}">山</p></div>'
    sheet = boxes(tmp_path, page.format("a") + page.format("b"), pages=2)
    assert [(found.name, found.page) for found in sheet.select("p")] == [("p.a", 1), ("p.b", 2)]
    assert [(page, text) for page, text, _ in sheet.texts] == [(1, "山"), (2, "山")]
    assert only(sheet, ".b").edges.top == pytest.approx(50)


def test_elements_are_found_in_each_of_those_around_them(tmp_path: Path) -> None:
    row = "<div class=row><p>{}</p></div>"
    sheet = boxes(tmp_path, row.format("一") + row.format("二"), ".row + .row p { top: 90mm }")
    assert [len(group) for group in sheet.select_in_each(".row", ["p", "b"])] == [1, 1]
    assert [len(group) for group in sheet.select_in_each("", ["p", ".slot"])] == [3]


def test_a_text_is_where_its_letters_are_without_the_blanks_at_its_end(tmp_path: Path) -> None:
    ((_, said, edges),) = boxes(tmp_path, "<p>山川　</p><p> </p>", "p { font-family: 'BIZ UDGothic' }").texts
    assert said.rstrip() == "山川"
    assert (edges.left, edges.right) == pytest.approx((20, 20 + 2 * EM))
    assert edges.bottom - edges.top == pytest.approx(EM)
