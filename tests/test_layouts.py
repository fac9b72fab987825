"""What the project's own layouts say and promise: their words and sizes, and that what they declare finds mistakes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sheets_at_random import SETTINGS, Setting
from trial_runs import ended, renderer

from renderer.desk.declared import Declared
from renderer.desk.examples import REALISTIC, lay_down_job
from renderer.desk.ink import misplaced_ink
from renderer.desk.press_difference import printed_pages
from renderer.documents.registry import DOCUMENTS
from renderer.layout.boxes import Boxes, texts_of
from renderer.layout.compiling import compile_sheet
from renderer.layout.load import LAYOUTS, Fixed, load_layout
from renderer.layout.widths import load_realistic, measure, points
from renderer.model.insurer import CardCorner
from renderer.press.plates import Place
from renderer.press.ruler import Ruler
from renderer.proof import pixels

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
    assert lines_of_name("架空県情報サービス関連技術者国民健康保険組合") == [
        "架空県情報サービス関連技術者",
        "国民健康保険組合",
    ]
    assert lines_of_name("架空電機健康保険組合") == ["架空電機健康保険組合"]
    # Longer than a line without a place to part it at: two of one length, no character alone.
    first, second = lines_of_name("架空町地域自動車整備販売関連産業連合会東海北陸健康保険組合")
    assert first + second == "架空町地域自動車整備販売関連産業連合会東海北陸健康保険組合"
    assert abs(len(first) - len(second)) <= 2


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
    assert "address_block" in wrapped
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
    (found,) = measure([window(document, route)["address_block"]], load_realistic(REALISTIC, DOCUMENTS[document]))
    assert found.as_is == found.values > 0


# What the layouts declare finds what somebody breaks.


def broken(folder: Path, document: str, old: str, new: str, **setting: Any) -> list[tuple[str, str, str]]:
    """Change a layout's own style sheet, or one of the common parts, and say what lint finds on one sheet."""
    copy = Path(shutil.copytree(LAYOUTS / document, folder / document))
    shutil.copytree(LAYOUTS / "_shared", copy / "_shared")
    texts = {path: path.read_text("utf-8") for path in (copy / "sheet.css", *(copy / "_shared").glob("*.css"))}
    (changed,) = (path for path, text in texts.items() if text.count(old) == 1)
    changed.write_text(texts[changed].replace(old, new), "utf-8")
    layout = load_layout(copy)
    fixed = Setting(**({"barcode": True, "marks": "none", "corner": CardCorner.RIGHT} | setting))
    plate, pages = compile_sheet(layout, next(layout.variants()), fixed.fixed(layout.file.titles[0]))
    boxes, declared = Boxes(pages, plate.calls), Declared(layout.file)
    images = printed_pages(plate, {place.slot: "" for place in plate.places}, Ruler())
    found = (*declared.faults(plate, boxes), *misplaced_ink(layout.file, declared.regions_of(boxes), images))
    return [(fault.code, fault.where, fault.sentence) for fault in found]


@pytest.mark.parametrize(
    ("document", "old", "new", "code", "said"),
    [
        (NOTICE, ".card { top: 233mm;", ".card { top: 233.5mm;", "region-moved", "at 109.40, 233.50"),
        (NOTICE, ".cut { left: 0; top: 0;", ".cut { left: 0; top: 1mm;", "cut-line-missing", "233 mm"),
        (NOTICE, ".legend { left: 3mm;", ".legend { left: 1.5mm;", "in-inner-margin", "within 1.50 mm"),
        (NOTICE, ".legend { left: 3mm;", ".legend { left: 3.5mm;", "not-aligned", "that of p.legend"),
        (NOTICE, "top: 33.1mm; width: 37.8mm;", "top: 33.5mm; width: 37.8mm;", "wrong-distance", "0.1 mm is declared"),
        (NOTICE, "left: -6mm; top: -1.9mm;", "left: -5.5mm; top: -1.9mm;", "wrong-distance", "0.2 mm or more"),
        (NOTICE, "left: 57mm; top: 1mm;", "left: 57mm; top: 3mm;", "wrong-distance", "1 mm is declared"),
        (NOTICE, ".title { top: 71mm }", ".title { top: 72mm }", "region-moved", "at 20.00, 72.00"),
        (
            NOTICE,
            ".facts { left: 20mm; top: 104mm;",
            ".facts { left: 20mm; top: 103mm;",
            "ink-elsewhere",
            "none of them",
        ),
        (
            NOTICE,
            ".row .right { left: 89.4mm }",
            ".row .right { left: 90mm }",
            "wrong-distance",
            "109.4 mm is declared",
        ),
        (
            NOTICE,
            "=number] { left: 122.4mm; width: 49.6mm }",
            "=number] { left: 123mm; width: 49.6mm }",
            "wrong-distance",
            "it is 3.60 mm",
        ),
        (
            CERTIFICATE,
            "left: 175mm; top: 14mm; width: 20mm;",
            "left: 175mm; top: 14mm; width: 19mm;",
            "not-aligned",
            "1.00 mm apart",
        ),
        (CERTIFICATE, ".window { left: 20mm;", ".window { left: 19mm;", "region-moved", "at 19.00, 15.00"),
        (CERTIFICATE, "top: 28.6mm; height: 8mm;", "top: 30mm; height: 8mm;", "wrong-distance", "2 mm is declared"),
        (
            CERTIFICATE,
            "left: 69mm; text-align: right",
            "left: 67mm; text-align: right",
            "wrong-distance",
            "2 mm or more",
        ),
        (CERTIFICATE, "left: 65.6mm; top: 18mm;", "left: 66mm; top: 18mm;", "wrong-distance", "2 mm or more"),
        (
            CERTIFICATE,
            ".w3, .donation .w4 { top: 79mm }",
            ".w3, .donation .w4 { top: 78mm }",
            "wrong-distance",
            "9 mm is",
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


# Large print.

LARGE = f"{NOTICE}_large"
READ = frozenset({"greeting", "ask", "notes", "caption", "carry", "cautions"})
"""Classes of what is read as sentences."""


@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_large_print_sets_every_sentence_in_14_points_and_every_value_in_14_to_20(document: str) -> None:
    layout = load_layout(f"{document}_large")
    plate, pages = compile_sheet(layout, next(layout.variants()), SETTINGS[0].fixed(layout.file.titles[0]))
    sizes = [
        text.style["font_size"] * 0.75
        for page in pages
        for text, ancestors in texts_of(page)
        if any(READ & set((box.element.get("class") or "").split()) for box in ancestors if box.element is not None)
    ]
    assert len(sizes) > 20
    assert min(sizes) == pytest.approx(14)
    facts = layout.file.regions["facts"].edges
    values = {place.slot: points(place.size) for place in plate.pages[0].places if facts.has_centre_of(place.edges)}
    assert {slot: round(size) for slot, size in values.items() if size < 13.9} == {"kana": 12}
    assert max(values.values()) == pytest.approx(20, abs=0.1)


def test_a_job_prints_its_document_in_large_print(tmp_path: Path) -> None:
    job = lay_down_job(tmp_path / "job", NOTICE)
    job.write_text(f'layout = "{LARGE}"\n' + job.read_text("utf-8"), "utf-8")
    code, _, err = ended(renderer("run", job))
    assert code in (0, 3), err
    (file,) = (tmp_path / "job" / "outbox").glob("*/batch-*.pdf")
    with pixels.opened(file) as printed:
        assert "この書面だけでは受診できません。" in printed.text(0)
