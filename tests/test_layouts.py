"""What the project's own layouts say and promise: their words and sizes, and that what they declare finds mistakes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sheets_at_random import SETTINGS, Setting

from renderer.desk.declared import Declared
from renderer.desk.examples import REALISTIC
from renderer.desk.ink import drawn_pages, misplaced_ink
from renderer.documents.registry import DOCUMENTS
from renderer.layout.boxes import Boxes
from renderer.layout.compiling import compile_sheet
from renderer.layout.load import LAYOUTS, Fixed, load_layout
from renderer.layout.widths import load_realistic, measure
from renderer.model.insurer import CardCorner
from renderer.press.plates import Place
from renderer.press.ruler import Ruler

NOTICE, CERTIFICATE = "eligibility_notice", "eligibility_certificate"


def laid_out(document: str, fixed: Fixed) -> Boxes:
    """The boxes of a document's first variant."""
    layout = load_layout(document)
    plate, pages = compile_sheet(layout, next(layout.variants()), fixed)
    return Boxes(pages, plate.calls)


def lines_in(sheet: Boxes, selector: str) -> list[str]:
    """What stands in an element, line by line."""
    (found,) = sheet.select(selector)
    lines: dict[float, str] = {}
    for page, text, edges in sheet.texts:
        if page == found.page and found.edges.has_centre_of(edges):
            bottom = round(edges.bottom, 1)
            lines[bottom] = lines.get(bottom, "") + text
    return [lines[bottom] for bottom in sorted(lines)]


def lines_of_name(name: str) -> list[str]:
    """The lines on which an insurer's name stands in the sender."""
    usual = SETTINGS[0].fixed("資格情報通知書")
    return lines_in(laid_out(NOTICE, replace(usual, insurer=replace(usual.insurer, name=name))), ".sender .name")


def test_the_name_of_an_insurer_breaks_before_its_kind_and_not_inside_a_word() -> None:
    assert lines_of_name("架空県情報サービス産業健康保険組合") == ["架空県情報サービス産業", "健康保険組合"]
    assert lines_of_name("架空県情報サービス技術者国民健康保険組合") == ["架空県情報サービス技術者", "国民健康保険組合"]
    assert lines_of_name("架空電機健康保険組合") == ["架空電機健康保険組合"]
    # Too long for one line: two of one length, no character alone.
    first, second, kind = lines_of_name("架空町地域自動車整備販売関連産業連合会北健康保険組合")
    assert (first + second, kind) == ("架空町地域自動車整備販売関連産業連合会北", "健康保険組合")
    assert len(first) - len(second) <= 2


@pytest.mark.parametrize(
    ("title", "itself"),
    [
        ("資格情報通知書", "資格情報通知書"),
        ("資格情報通知書（資格情報のお知らせ）", "資格情報通知書"),
        ("資格情報のお知らせ及び加入者情報", "資格情報のお知らせ"),
    ],
)
def test_a_notice_calls_itself_by_its_title_throughout(title: str, itself: str) -> None:
    sheet = laid_out(NOTICE, SETTINGS[0].fixed(title))
    assert f"{itself}だけでは受診できません。" in "".join(lines_in(sheet, ".notes"))
    assert lines_in(sheet, ".card .head") == [itself]


def test_the_caption_of_the_code_promises_nothing_about_the_page_it_leads_to() -> None:
    said = "".join(lines_in(laid_out(NOTICE, SETTINGS[0].fixed("資格情報通知書")), ".caption"))
    assert "ご案内" in said
    assert "マイナポータル" not in said


@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_nothing_a_holder_must_read_shrinks_under_nine_points(document: str) -> None:
    wrapped = {name: rule for name, rule in load_layout(document).slots.items() if rule.fit == "wrap"}
    assert "address" in wrapped
    assert all(rule.floor >= 9 for rule in wrapped.values())


@cache
def window(document: str, route: str) -> dict[str, Place]:
    """What stands in the address window of a job: slot → place."""
    layout = load_layout(document)
    fixed = Setting(True, "none", CardCorner.RIGHT, route).fixed(layout.file.titles[0])
    plate, _ = compile_sheet(layout, next(layout.variants()), fixed)
    edges = layout.file.regions["window"].edges
    return {place.slot: place for place in plate.pages[0].places if edges.has_centre_of(place.edges)}


@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_the_workplace_has_a_place_only_on_its_route(document: str) -> None:
    assert "workplace" not in window(document, "home")
    assert "workplace" in window(document, "workplace")


@pytest.mark.parametrize("route", ["home", "workplace"])
@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_the_widest_realistic_addresses_are_printed_as_large_as_all_others(document: str, route: str) -> None:
    (found,) = measure([window(document, route)["address"]], load_realistic(REALISTIC, DOCUMENTS[document]))
    assert found.as_is == found.values > 0


# What the layouts declare finds what somebody breaks.


def broken(folder: Path, document: str, old: str, new: str, **setting: Any) -> list[tuple[str, str, str]]:
    """Change a layout's own style sheet, or one of the common parts, and say what lint finds on one sheet."""
    copy = Path(shutil.copytree(LAYOUTS / document, folder / document))
    shutil.copytree(LAYOUTS / "_shared", copy / "_shared")
    texts = {path: path.read_text("utf-8") for path in (copy / "sheet.css", copy / "_shared" / "base.css")}
    (changed,) = (path for path, text in texts.items() if text.count(old) == 1)
    changed.write_text(texts[changed].replace(old, new), "utf-8")
    layout = load_layout(copy)
    fixed = Setting(**({"barcode": True, "marks": "none", "corner": CardCorner.RIGHT} | setting))
    plate, pages = compile_sheet(layout, next(layout.variants()), fixed.fixed(layout.file.titles[0]))
    boxes, declared = Boxes(pages, plate.calls), Declared(layout.file)
    images = drawn_pages(plate, {place.slot: "" for place in plate.places}, Ruler())
    found = (*declared.faults(plate, boxes), *misplaced_ink(layout.file, declared.regions_of(boxes), images))
    return [(fault.code, fault.where, fault.sentence) for fault in found]


@pytest.mark.parametrize(
    ("document", "old", "new", "code", "said"),
    [
        (NOTICE, ".card { top: 233mm;", ".card { top: 233.5mm;", "region-moved", "at 114.40, 233.50"),
        (NOTICE, ".cut { left: 0; top: 0;", ".cut { left: 0; top: 1mm;", "cut-line-missing", "233 mm"),
        (NOTICE, ".card .label { left: 3mm;", ".card .label { left: 1.5mm;", "in-inner-margin", "within 1.50 mm"),
        (NOTICE, "margin-top: 0.27mm; line-height", "margin-top: 0.6mm; line-height", "not-aligned", "mm apart"),
        (NOTICE, ".title { left: 20mm; top: 103mm;", ".title { left: 20mm; top: 96mm;", "ink-on-fold", "0.5 mm clear"),
        (NOTICE, "top: 0.6mm; width: 40mm;", "top: 1mm; width: 40mm;", "not-aligned", "the baseline of"),
        (
            NOTICE,
            "=number] { left: 74mm; width: 24mm }",
            "=number] { left: 74mm; width: 25mm }",
            "wrong-distance",
            "it is 1.00 mm",
        ),
        (
            CERTIFICATE,
            "left: 175mm; top: 14mm; width: 20mm;",
            "left: 175mm; top: 14mm; width: 19mm;",
            "not-aligned",
            "1.00 mm apart",
        ),
        (CERTIFICATE, ".window { left: 20mm;", ".window { left: 19mm;", "region-moved", "at 19.00, 15.00"),
        (CERTIFICATE, "top: 28.8mm; height: 7.4mm;", "top: 30mm; height: 7.4mm;", "wrong-distance", "12.5 mm or less"),
        (
            CERTIFICATE,
            "left: 68.4mm; text-align: right",
            "left: 67mm; text-align: right",
            "wrong-distance",
            "2 mm or more",
        ),
    ],
)
def test_what_a_layout_declares_tells_a_box_that_was_moved(
    tmp_path: Path, document: str, old: str, new: str, code: str, said: str
) -> None:
    found = broken(tmp_path, document, old, new)
    assert code in {kind for kind, _, _ in found}
    assert any(said in sentence for kind, _, sentence in found if kind == code), found


@pytest.mark.parametrize("corner", CardCorner)
@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_a_layout_as_it_is_keeps_what_it_declares(tmp_path: Path, document: str, corner: CardCorner) -> None:
    assert broken(tmp_path, document, "people's texts", "people's  texts", corner=corner) == []
