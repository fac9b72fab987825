"""The boxes of a sheet can be named, nest, stand in reading order, and say where they are written."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest
from moved_boxes import box, job_of, sheet_of
from small_layouts import FIXED, SLOT, rules, small_layout

from renderer.layout.load import load_layout
from renderer.model.paper import Edges
from renderer.studio.boxes import Placed, Sheet
from renderer.studio.deciding import Cascade
from renderer.studio.inspected import inspected
from renderer.studio.parts import Box, BoxId

FONT = "body { font-family: 'BIZ UDPGothic'; margin: 0 }"
TWO = ["eligibility_notice", "eligibility_certificate"]


@lru_cache
def real(name: str, number: int = 0) -> Sheet:
    layout = load_layout(name)
    return sheet_of(layout, job_of(layout), number)


@lru_cache
def told(name: str) -> tuple[Box, ...]:
    sheet = real(name)
    return inspected(sheet, Cascade(sheet.layout.sources))


def small(tmp_path: Path, body: str, css: str = "", **keys: str) -> Sheet:
    return sheet_of(small_layout(tmp_path, SLOT + body, FONT + rules("name") + css, **keys), FIXED)


def names(sheet: Sheet) -> list[tuple[str, str]]:
    return [(one.id.kind, one.id.name) for one in sheet.placed]


@pytest.mark.parametrize("name", TWO)
def test_every_box_has_a_name_of_its_own_and_is_found_by_it(name: str) -> None:
    sheet = real(name)
    assert max(Counter(one.id for one in sheet.placed).values()) == 1
    assert all(sheet.find(one.id) is one for one in sheet.placed)
    assert sheet.find(BoxId(page=1, kind="slot", name="nobody")) is None


@pytest.mark.parametrize("name", TWO)
def test_the_box_around_a_box_is_there_and_comes_before_it(name: str) -> None:
    before: set[BoxId] = set()
    for one in real(name).placed:
        assert one.parent is None or (one.parent in before and one.parent.page == one.id.page)
        before.add(one.id)


def test_slots_and_regions_of_the_notice_are_there() -> None:
    sheet = real("eligibility_notice")
    card, number = box(sheet, "region", "card"), box(sheet, "slot", "number", 1)
    region = sheet.layout.file.regions["card"]
    assert card.edges == pytest.approx(region.edges)
    assert (card.parent, number.parent) == (None, card.id)
    assert number.edges.beyond(card.edges) < 0
    assert box(sheet, "slot", "number").parent != card.id
    assert box(sheet, "slot", "born_on").label == "生年月日"
    assert ("region", "card_left") not in names(sheet)


def test_a_region_without_an_element_stands_before_what_it_holds() -> None:
    sheet = real("eligibility_notice")
    facts = names(sheet).index(("region", "facts"))
    region, inside = sheet.placed[facts : facts + 2]
    assert inside.parent == region.id
    assert inside.edges.beyond(region.edges) <= 0.01


def test_the_boxes_of_a_sheet_go_page_by_page() -> None:
    pages = [one.id.page for one in real("eligibility_certificate").placed]
    assert pages == sorted(pages)
    assert set(pages) == {1, 2}


def test_neither_runs_of_text_nor_the_whole_page_are_boxes(tmp_path: Path) -> None:
    page = '<div class="page"><p class="a">山<b>川</b></p></div>'
    sheet = small(tmp_path, page, ".page { width: 210mm; height: 297mm; position: absolute; left: 0; top: 0 }")
    assert names(sheet) == [("slot", "name"), ("fixed", "p.a")]


def test_boxes_of_one_name_are_numbered_as_the_template_has_them(tmp_path: Path) -> None:
    sheet = small(tmp_path, "<p>一</p><p>二</p>")
    assert [(one.id.ordinal, one.label) for one in sheet.placed if one.id.name == "p"] == [(0, "一"), (1, "二")]


def test_a_box_keeps_its_name_in_another_variant() -> None:
    one, other = real("eligibility_notice"), real("eligibility_notice", 11)
    for name in ("window", "card", "sender", "title"):
        assert box(one, "region", name).id == box(other, "region", name).id
    assert {found.id for found in one.placed} != {found.id for found in other.placed}


@pytest.mark.parametrize("name", TWO)
def test_every_box_says_the_line_that_writes_it(name: str) -> None:
    lines: dict[str, list[str]] = {}
    for one in told(name):
        assert one.template is not None
        path = one.template.path
        line = lines.setdefault(path, Path(path).read_text("utf-8").splitlines())[one.template.line - 1]
        if one.id.kind == "region":
            assert line == f"[regions.{one.id.name}]" or line.startswith(f"[regions.{one.id.name}] ")
        elif one.id.kind == "slot":
            assert f'slot("{one.id.name}")' in line
        elif one.id.name != "svg.qr":
            assert f"<{one.id.name.partition('.')[0]}" in line
    assert {Path(path).name for path in lines} >= {"layout.toml", "sheet.html.j2", "window.html.j2"}


def test_what_the_program_draws_is_written_where_it_is_called() -> None:
    (code,) = [one for one in told("eligibility_notice") if one.id.name == "svg.qr"]
    (around,) = [one for one in told("eligibility_notice") if one.id == code.parent]
    assert code.template == around.template


def test_a_box_tells_its_rules_the_strongest_first_with_the_sides_that_they_decide(tmp_path: Path) -> None:
    css = ".a { position: absolute; left: 9mm; top: 50mm }\np.a { left: 8mm !important }\np { left: 7mm; width: 20mm }"
    sheet = small(tmp_path, "<p class=a>x</p>", css)
    (found,) = [one for one in inspected(sheet, Cascade(sheet.layout.sources)) if one.id.name == "p.a"]
    assert [(rule.selector, rule.name, rule.value, rule.decides) for rule in found.rules] == [
        ("p.a", "left", "8mm", ("left",)), (".a", "top", "50mm", ("top",)), (".a", "left", "9mm", ()),
        (".a", "position", "absolute", ()), ("p", "width", "20mm", ("width",)), ("p", "left", "7mm", ()),
    ]  # fmt: skip
    for rule in found.rules:
        assert (
            f"{rule.name}: {rule.value}" in Path(rule.source.path).read_text("utf-8").splitlines()[rule.source.line - 1]
        )


def test_a_region_without_an_element_is_placed_by_its_own_numbers() -> None:
    (region,) = [one for one in told("eligibility_notice") if one.id.name == "inserter"]
    found = [(rule.selector, rule.name, rule.value, rule.decides) for rule in region.rules]
    assert found[:2] == [("[regions.inserter]", "x", "6", ("left",)), ("[regions.inserter]", "y", "51", ("top",))]


def test_an_element_on_two_pages_is_a_box_on_each(tmp_path: Path) -> None:
    page = '<div class="p" style="position: relative; height: 297mm; width: 200mm"><p>山</p></div>'
    sheet = small(tmp_path, page + page, pages=2)  # type: ignore[arg-type]
    found: list[Placed] = [one for one in sheet.placed if one.id.name == "p"]
    assert [(one.id.page, one.id.ordinal) for one in found] == [(1, 0), (2, 0)]


def test_sizes_are_those_of_the_border_box(tmp_path: Path) -> None:
    css = ".a { position: absolute; left: 10mm; top: 50mm; width: 20mm; height: 5mm; padding: 1mm; border: 1mm solid }"
    found = box(small(tmp_path, "<p class=a>x</p>", css + "p { margin: 0 }"), "fixed", "p.a")
    assert found.edges == pytest.approx(Edges(10, 50, 34, 59))
