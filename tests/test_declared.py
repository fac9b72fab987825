"""What a layout declares of its boxes is measured on every sheet, and told in mm where it is not so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from small_layouts import FIXED, rules, small_layout

from renderer.desk.declared import Declared
from renderer.desk.faults import Fault
from renderer.desk.lint import lint
from renderer.layout.boxes import Boxes
from renderer.layout.compiling import compile_sheet
from renderer.model.errors import BadLayout

TWO = '{{ slot("name") }}{{ slot("kana") }}'
SLOTS = "{ name = {}, kana = {} }"
BESIDE = rules("name", width="30mm") + rules("kana", left="52mm", width="30mm")
"""Two slots from 20 to 50 and from 52 to 82 mm, both from 20 to 26 mm."""
LABEL = '<p class="label">氏名</p>'
FONT = "p { position: absolute; margin: 0; font-family: 'BIZ UDPGothic' }"


def faults(tmp_path: Path, body: str = TWO, css: str = BESIDE, slots: str = SLOTS, **keys: Any) -> tuple[Fault, ...]:
    return lint(small_layout(tmp_path, body, css, slots=slots, **keys), FIXED, {}).faults


def told(found: tuple[Fault, ...]) -> tuple[str, str, str, str]:
    (fault,) = found
    return fault.code, fault.where, fault.sentence, fault.action


def element(selector: str, edge: str, more: str = "") -> str:
    return f"{{ element = '{selector}', edge = '{edge}'{more} }}"


NAME_ENDS = element("[data-slot=name]", "right")


def distance(start: str, end: str, bounds: str) -> str:
    return f"[{{ from = {start}, to = {end}, {bounds} }}]"


# Distances.


@pytest.mark.parametrize(
    ("start", "end", "is_"),
    [
        (NAME_ENDS, element("[data-slot=kana]", "left"), 2),
        (element("[data-slot=kana]", "left"), NAME_ENDS, -2),
        ("{ page = 'left' }", element("[data-slot=name]", "left"), 20),
        (NAME_ENDS, "{ page = 'right' }", 160),
        (element("[data-slot=kana]", "bottom"), "{ fold = 99 }", 73),
        ("{ region = 'box', edge = 'top' }", element("[data-slot=name]", "bottom"), 16),
        ("{ page = 'top' }", element("[data-slot=name]", "bottom", ", line = 1"), 26),
    ],
)
def test_a_distance_is_measured_to_the_right_and_downwards(tmp_path: Path, start: str, end: str, is_: float) -> None:
    right = (f"exactly = {is_}", f"at_least = {is_}", f"at_most = {is_}", f"exactly = {is_ + 1}, tolerance = 1")
    over, under = is_ + 0.1, is_ - 0.1
    wrong = (f"exactly = {over}", f"exactly = {under}", f"at_least = {over}", f"at_most = {under}")
    tables = ", ".join(distance(start, end, bounds).strip("[]") for bounds in (*right, *wrong))
    keys = {"regions": "{ box = { x = 10, y = 10, w = 9, h = 9 } }", "fold_lines": "[99]"}
    layout = small_layout(tmp_path, TWO, BESIDE, slots=SLOTS, distances=f"[{tables}]", **keys)
    plate, pages = compile_sheet(layout, (), FIXED)
    found = list(Declared(layout.file).faults(plate, Boxes(pages, plate.calls)))
    assert [fault.code for fault in found] == ["wrong-distance"] * len(wrong)
    for fault, bounds in zip(found, wrong, strict=True):
        assert f"it is {is_:.2f} mm, and {float(bounds.split()[-1]):g} mm " in fault.sentence


def test_a_wrong_distance_is_told_with_what_is_declared_and_what_to_do(tmp_path: Path) -> None:
    table = distance(NAME_ENDS, element("[data-slot=kana]", "left"), "at_least = 3.5")
    assert told(faults(tmp_path, distances=table)) == (
        "wrong-distance",
        "the right edge of [data-slot=name] to the left edge of [data-slot=kana]",
        "from 50.00 to 52.00 mm it is 2.00 mm, and 3.5 mm or more is declared",
        "move one of them by 1.50 mm, or change the distance that layout.toml declares",
    )
    table = distance(NAME_ENDS, element("[data-slot=kana]", "left"), "at_least = 0, at_most = 1")
    assert "0 mm or more and 1 mm or less is declared" in told(faults(tmp_path, distances=table))[2]


def test_a_distance_holds_for_every_element_that_is_meant_and_in_every_variant(tmp_path: Path) -> None:
    body = f'<div class="{{{{ variant.size }}}}">{TWO}</div>'
    css = BESIDE + ".large [data-slot=kana] { left: 51mm }"
    table = distance(NAME_ENDS, element("[data-slot=kana]", "left"), "at_least = 2")
    variants = {"size": ["small", "large"]}
    (fault,) = faults(tmp_path, body, css, distances=table, variants=variants)
    assert (fault.code, fault.variants) == ("wrong-distance", ("size=large",))
    table = distance("{ page = 'left' }", element(".slot", "left"), "at_most = 51.5")
    (fault,) = faults(tmp_path, body, css, distances=table, variants=variants)
    assert (fault.sentence, fault.variants) == (
        "from 0.00 to 52.00 mm it is 52.00 mm, and 51.5 mm or less is declared", ("size=small",),
    )  # fmt: skip


def test_a_distance_of_one_card_corner_is_measured_there(tmp_path: Path) -> None:
    body = '<div class="{{ insurer.card_corner }}">{{ slot("name") }}</div>'
    css = rules("name") + ".left [data-slot=name] { left: 21mm }"
    table = distance("{ page = 'left' }", element("[data-slot=name]", "left"), "exactly = 20")
    (fault,) = faults(tmp_path, body, css, "{ name = {} }", distances=table)
    assert "it is 21.00 mm, and 20 mm is declared" in fault.sentence


def test_the_end_of_a_line_is_that_of_a_slot_that_wraps(tmp_path: Path) -> None:
    slots = '{ name = { fit = "wrap", floor = 9, lines = 3 }, kana = {} }'
    css = rules("name", height="18mm") + rules("kana", top="40mm")
    table = distance(
        element("[data-slot=name]", "bottom", ", line = 2"), element("[data-slot=kana]", "top"), "exactly = 8"
    )
    assert faults(tmp_path, css=css, slots=slots, distances=table) == ()


def test_what_stands_on_two_pages_has_no_distance(tmp_path: Path) -> None:
    page = '<div style="position: relative; height: 297mm">{}</div>'
    body = page.format('{{ slot("name") }}') + page.format('{{ slot("kana") }}')
    table = distance(NAME_ENDS, element("[data-slot=kana]", "left"), "at_least = 0")
    assert told(faults(tmp_path, body, pages=2, distances=table)) == (
        "never-measured",
        "the right edge of [data-slot=name] to the left edge of [data-slot=kana]",
        "it is declared, and no sheet has both on one page",
        "correct what it names, or take it out",
    )


def test_what_one_variant_alone_has_is_measured_there(tmp_path: Path) -> None:
    body = '{{ slot("name") }}{% if variant.size == "large" %}{{ slot("kana") }}{% endif %}'
    table = distance(NAME_ENDS, element("[data-slot=kana]", "left"), "exactly = 2")
    assert faults(tmp_path, body, distances=table, variants={"size": ["small", "large"]}) == ()


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ({"regions": "{ a = { x = 1, y = 1, w = 9, h = 9, element = 'p[' } }"}, "regions.a.element"),
        ({"distances": distance("{ page = 'left' }", element("p[", "left"), "at_least = 0")}, "distances.0.to.element"),
        ({"aligned": "[{ on = 'left', of = ['p', 'p['] }]"}, "aligned.0.of.1"),
        ({"aligned": "[{ on = 'left', of = ['p'], in_each = 'p[' }]"}, "aligned.0.in_each"),
        ({"regions": "{ a = { x = 1, y = 1, w = 9, h = 9, element = '' } }"}, "regions.a.element"),
    ],
)
def test_what_is_no_selector_is_refused_with_its_line(tmp_path: Path, keys: dict[str, str], place: str) -> None:
    wrong = re.escape(place) + r": '(p\[)?' is no CSS selector; write it as in a style sheet: \.facts"
    with pytest.raises(BadLayout, match=r"^small/layout\.toml, line \d+: " + wrong):
        faults(tmp_path, **keys)


# What is aligned.


def labelled(top: float, more: str = "") -> str:
    return BESIDE + FONT + f".label {{ left: 10mm; top: {top}mm; font-size: 9pt; line-height: 6mm{more} }}"


ON_BASELINE = "[{ on = 'baseline', of = ['.label', '.slot'], tolerance = 0.2 }]"


def test_a_label_stands_on_the_baseline_of_its_value(tmp_path: Path) -> None:
    # 3 pt smaller, and so 0.38 × 3 pt lower: the baseline of our fonts is 0.38 em under the middle of their line.
    good = 20 + 0.38 * 3 * 25.4 / 72
    assert faults(tmp_path, LABEL + TWO, labelled(good), aligned=ON_BASELINE) == ()
    code, where, sentence, action = told(faults(tmp_path, LABEL + TWO, labelled(good + 0.5), aligned=ON_BASELINE))
    assert (code, where) == ("not-aligned", "baseline of .label, .slot")
    assert sentence == "on page 1 the baseline of kana is at 24.61 mm and that of p.label at 25.11 mm, 0.50 mm apart"
    assert action == "bring them together, or allow more than tolerance = 0.2"


@pytest.mark.parametrize(("on", "is_"), [("left", 32), ("right", 32), ("top", 0), ("bottom", 0)])
def test_edges_that_are_not_on_one_line_are_told(tmp_path: Path, on: str, is_: float) -> None:
    found = faults(tmp_path, aligned=f"[{{ on = '{on}', of = ['.slot'] }}]")
    assert [fault.code for fault in found] == (["not-aligned"] if is_ else [])
    assert all(f"{is_:.2f} mm apart" in fault.sentence for fault in found)


def test_elements_are_aligned_in_each_of_what_they_stand_in(tmp_path: Path) -> None:
    row = '<div class="row"><p class="label">氏名</p>{}</div>'
    body = row.format('{{ slot("name") }}') + row.format('{{ slot("kana") }}')
    css = labelled(20.4) + "[data-slot=kana] { top: 40mm } .row + .row .label { top: 40.4mm }"
    table = "[{{ on = 'baseline', in_each = '{}', of = ['.label', '.slot'], tolerance = 0.2 }}]"
    assert faults(tmp_path, body, css, aligned=table.format(".row")) == ()
    (fault,) = faults(tmp_path, body, css, aligned=table.format("body"))
    assert fault.where == "baseline of .label, .slot in each body"
    assert "20.00 mm apart" in fault.sentence


def test_one_alone_is_aligned_with_nothing(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, aligned="[{ on = 'left', of = ['[data-slot=name]', '.nowhere'] }]")
    assert (fault.code, fault.where) == ("never-measured", "left of [data-slot=name], .nowhere")


# Regions.

CARD = '<div class="card"><p class="legend">見本</p></div>{{ slot("name") }}{{ slot("kana") }}'
CARD_CSS = BESIDE + FONT + ".card { position: absolute; left: 100mm; top: 200mm; width: 85.6mm; height: 54mm }"


def region(more: str, x: float = 100, y: float = 200) -> str:
    return f"{{ card = {{ x = {x}, y = {y}, w = 85.6, h = 54, {more} }} }}"


def test_a_region_is_where_its_element_is(tmp_path: Path) -> None:
    assert faults(tmp_path, CARD, CARD_CSS, regions=region("element = '.card'")) == ()
    assert told(faults(tmp_path, CARD, CARD_CSS, regions=region("element = '.card'", y=199.5))) == (
        "region-moved",
        "card",
        "its element .card is 85.60 × 54.00 mm at 100.00, 200.00 of page 1, "
        "and the region says 85.60 × 54.00 mm at 100.00, 199.50 of page 1",
        "write x = 100, y = 200, w = 85.6, h = 54 into the region, or mend the style of the element",
    )


def test_a_region_whose_element_is_on_another_page_is_told(tmp_path: Path) -> None:
    page = '<div style="position: relative; height: 297mm">{}</div>'
    found = faults(
        tmp_path, page.format(CARD) + page.format(""), CARD_CSS, pages=2, regions=region("page = 2, element = '.card'")
    )
    assert [fault.code for fault in found] == ["region-moved"]


def test_an_element_that_is_on_no_sheet_is_told(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, CARD, CARD_CSS, regions=region("element = '.crad'"))
    assert (fault.code, fault.where) == ("never-measured", ".crad")


@pytest.mark.parametrize(("left", "near"), [("2mm", ""), ("1.5mm", "1.50")])
def test_text_in_the_inner_margin_of_a_region_is_told_in_millimetres(tmp_path: Path, left: str, near: str) -> None:
    css = CARD_CSS + f".legend {{ left: {left}; top: 9mm }}"
    found = faults(tmp_path, CARD, css, regions=region("element = '.card', inner_margin = 2"))
    assert [fault.code for fault in found] == (["in-inner-margin"] if near else [])
    for fault in found:
        assert fault.where == "「見本」 of card"
        assert fault.sentence == "it comes within 1.50 mm of the edge of the region"
        assert fault.action == "keep it 2 mm away, or make it smaller"


def test_a_slot_in_the_inner_margin_of_a_region_is_told(tmp_path: Path) -> None:
    css = CARD_CSS + ".legend { left: 9mm; top: 9mm }" + rules("kana", left="101mm", top="220mm", width="30mm")
    (fault,) = faults(tmp_path, CARD, css, regions=region("inner_margin = 2"))
    assert (fault.code, fault.where) == ("in-inner-margin", "kana of card")


def test_a_sheet_without_the_element_of_a_region_does_not_have_the_region(tmp_path: Path) -> None:
    body = '<div class="{{ variant.size }}"><div class="card"></div></div><p class="legend">見本</p>' + TWO
    css = CARD_CSS + ".legend { left: 101mm; top: 209mm }"
    regions = region("element = '.large .card', inner_margin = 2")
    (fault,) = faults(tmp_path, body, css, regions=regions, variants={"size": ["small", "large"]})
    assert fault.variants == ("size=large",)
    table = distance("{ page = 'left' }", "{ region = 'card', edge = 'left' }", "exactly = 99")
    regions = region("element = '.large .card'")
    found = faults(tmp_path, body, css, regions=regions, variants={"size": ["small", "large"]}, distances=table)
    assert [fault.variants for fault in found] == [("size=large",)]
