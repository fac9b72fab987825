"""The contract of the press: a printed page and WeasyPrint's own rendering of it differ in no pixel.

``bench/pixel_contract.py`` does the same with hundreds of members and says how many pixels differ.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

import pikepdf
import pytest
from readers import complaints, page_counts, text_by_poppler
from sheets_at_random import SETTINGS, Setting, hard_members, in_every_variant, random_members
from small_layouts import FIXED, print_sheets, rules, small_plate
from trial_runs import demo, demo_plates, rows_of

from renderer.documents.document import Content
from renderer.layout.compiling import compile_plate
from renderer.layout.load import Fixed, Layout, load_layout
from renderer.layout.reference import reference_pdf
from renderer.model.member import Member
from renderer.press.plates import Plate, PlatePage
from renderer.press.press import PrintFile
from renderer.press.ruler import Ruler
from renderer.proof import pixels
from renderer.running.manifest import MANIFEST_HEADER

NOTICE, CERTIFICATE = "eligibility_notice", "eligibility_certificate"

TITLES = {NOTICE: "資格情報通知書", CERTIFICATE: "健康保険資格確認書"}
Plates = Mapping[tuple[tuple[str, str], ...], Plate]


def print_all(path: Path, plates: Plates, contents: list[Content]) -> Path:
    file = PrintFile(path, plates.values())
    for number, content in enumerate(contents):
        file.begin_piece(content.values["record"], f"{number}-")
        file.add_sheet(plates[content.variant], content.values)
    file.finish("x")
    return path


def differences(folder: Path, layout: Layout, fixed: Fixed, plates: Plates, contents: list[Content]) -> list[str]:
    """Print sheets, set them again with WeasyPrint, and tell where they differ at 200 dpi, every third also at 300."""
    found = []
    reference = folder / "reference.pdf"
    with pixels.opened(print_all(folder / "printed.pdf", plates, contents)) as ours:
        for number, content in enumerate(contents):
            reference.write_bytes(reference_pdf(layout, plates[content.variant], fixed, content.values, Ruler()))
            with pixels.opened(reference) as theirs:
                for page in range(layout.file.pages):
                    for dpi in (200, 300) if number % 3 == 0 else (200,):
                        golden, new = theirs.pixels(page, dpi), ours.pixels(number * layout.file.pages + page, dpi)
                        if golden != new:
                            found.append(f"{content.variant} {dpi} dpi: {pixels.difference(golden, new, dpi)}")
    return found


def printable(plates: Plates, contents: list[Content]) -> list[Content]:
    ruler = Ruler()
    return [content for content in contents if not ruler.examine(plates[content.variant], content.values)[0]]


def sheets(layout: Layout, plates: Plates, setting: Setting, members: list[Member], seed: int) -> list[Content]:
    """One sheet for each member, the variants in turn."""
    variants = list(plates)
    return printable(plates, list(in_every_variant(layout.name, members, variants, setting, Random(seed))))


@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_every_variant_is_printed_without_a_differing_pixel(tmp_path: Path, document: str) -> None:
    layout, fixed, plates = demo_plates(document)
    setting = Setting(fixed.customer_barcode, fixed.inserter_marks, fixed.insurer.card_corner)
    # The hard members print the notice: they are enough to meet each of its variants.
    members = hard_members() if document == NOTICE else random_members(len(plates), seed=31)
    contents = sheets(layout, plates, setting, members, seed=7)
    assert {content.variant for content in contents} == set(plates)
    assert differences(tmp_path, layout, fixed, plates, contents) == []


@pytest.mark.parametrize("setting", SETTINGS[1:], ids=lambda setting: setting.marks)
@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_marks_and_corners_are_printed_without_a_differing_pixel(
    tmp_path: Path, document: str, setting: Setting
) -> None:
    layout, fixed = load_layout(document), setting.fixed(TITLES[document])
    variant = next(iter(layout.variants()))
    plates = {variant: compile_plate(layout, variant, fixed)}
    contents = sheets(layout, plates, setting, [*random_members(1, seed=5), *hard_members()[8:9]], seed=3)
    assert len(contents) == 2
    assert any(content.values[f"inserter_{setting.marks}"] for content in contents)
    assert differences(tmp_path, layout, fixed, plates, contents) == []


# The instrument: what it must notice.


def moved(plate: Plate, right: float, down: float) -> Plate:
    def page(before: PlatePage) -> PlatePage:
        shifted = {n: replace(p, x=p.x + right, baseline=p.baseline + down) for n, p in before.calls.items()}
        return replace(before, calls=shifted)

    return replace(plate, pages=tuple(map(page, plate.pages)))


def noticed(folder: Path, changed: Plate, says: dict[str, str]) -> bool:
    """Whether a sheet of another plate, or with other values, differs from the reference of the right one."""
    layout, fixed, plates = demo_plates(NOTICE)
    plate = next(iter(plates.values()))
    content = next(in_every_variant(NOTICE, random_members(1, 9), [plate.variant], SETTINGS[0], Random(1)))
    values = content.values | {"name": "辻\U000e0102　土太郎"}
    (folder / "reference.pdf").write_bytes(reference_pdf(layout, plate, fixed, values, Ruler()))
    printed = print_all(folder / "x.pdf", {content.variant: changed}, [content._replace(values=values | says)])
    with pixels.opened(printed) as ours, pixels.opened(folder / "reference.pdf") as theirs:
        return pixels.difference(theirs.pixels(0, 200), ours.pixels(0, 200), 200) is not None


def test_the_instrument_notices_a_tenth_of_a_pixel_a_wrong_glyph_and_a_dropped_selector(tmp_path: Path) -> None:
    plate = next(iter(demo_plates(NOTICE)[2].values()))
    assert not noticed(tmp_path, plate, {})
    assert noticed(tmp_path, moved(plate, 0.1, 0), {})
    assert noticed(tmp_path, moved(plate, 0, -0.1), {})
    assert noticed(tmp_path, plate, {"name": "辻\U000e0102　士太郎"})
    assert noticed(tmp_path, plate, {"name": "辻　土太郎"})
    assert noticed(tmp_path, plate, {"customer_barcode": ""})


# The file.


def batches(fixture: str) -> list[Path]:
    return sorted(demo(fixture)[0].folder.glob("batch-*.pdf"))


@pytest.mark.parametrize("fixture", ["notice", "certificate"])
def test_no_reader_finds_anything_wrong_with_a_print_file(fixture: str) -> None:
    job, report = demo(fixture)
    assert sum(len(pikepdf.open(path).pages) for path in batches(fixture)) == sum(file.pages for file in report.files)
    for path, file in zip(batches(fixture), report.files, strict=True):
        assert complaints(path) == []
        assert page_counts(path) == {file.pages}
        assert (job.folder / file.name, file.sha256) == (path, hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.mark.parametrize("fixture", ["notice", "certificate"])
def test_each_font_and_each_plate_is_written_once_in_a_file(fixture: str) -> None:
    for path in batches(fixture):
        with pikepdf.open(path) as pdf:
            programs = [stream for stream in pdf.objects if isinstance(stream, pikepdf.Stream) and "/Length1" in stream]
            names = [str(item.BaseFont) for item in pdf.objects if isinstance(item, pikepdf.Dictionary)
                     and item.get("/Subtype") == "/Type0"]  # fmt: skip
            forms = [
                item for item in pdf.objects if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Form"
            ]
            assert len(programs) == len(names) == len(set(names))
            used = {str(re.findall(rb"/P\d+", page.Contents.read_bytes())[0]) for page in pdf.pages}
            assert len(used) == len(forms)


@pytest.mark.parametrize("fixture", ["notice", "certificate"])
def test_every_page_has_its_trim_box_its_label_and_its_bookmark(fixture: str) -> None:
    job, report = demo(fixture)
    for path, file in zip(batches(fixture), report.files, strict=True):
        rows = [line.split(",") for line in path.with_suffix(".csv").read_text("utf-8").splitlines()]
        assert tuple(rows[0]) == MANIFEST_HEADER
        sheets_of = [dict(zip(MANIFEST_HEADER, row, strict=True)) for row in rows[1:]]
        with pikepdf.open(path) as pdf, pdf.open_outline() as outline:
            assert all(list(page.obj.TrimBox) == list(page.mediabox) for page in pdf.pages)
            assert [mark.title for mark in outline.root] == [row["record"] for row in sheets_of]
            pages = file.pages // file.sheets
            labels = [f"{row['sequence']}-{page}" for row in sheets_of for page in range(1, pages + 1)]
            assert [page.label for page in pdf.pages] == labels
        assert str(job.document) in rows[1]


def test_poppler_reads_on_each_page_the_name_and_the_record_of_the_member_it_is_for() -> None:
    job, _ = demo("notice")
    names = {row["整理番号"]: row["氏名"] for row in rows_of(job.sources[0])}
    for path in batches("notice"):
        records = [line.split(",")[4] for line in path.with_suffix(".csv").read_text("utf-8").splitlines()[1:]]
        for record, page in zip(records, text_by_poppler(path), strict=True):
            said = "".join(page.split())
            assert record in said
            # Once in the window, once among the facts, once on the card.
            assert said.count("".join(names[record].split())) >= 3
            others = [other for other in records if other != record and other in said]
            assert others == []


def test_the_same_sheets_in_the_same_order_give_the_same_bytes(tmp_path: Path) -> None:
    layout, _, plates = demo_plates(NOTICE)
    contents = sheets(layout, plates, SETTINGS[0], random_members(20, seed=2), seed=2)
    first, again, turned = (tmp_path / name for name in "abc")
    assert print_all(first, plates, contents).read_bytes() == print_all(again, plates, contents).read_bytes()
    assert print_all(turned, plates, contents[::-1]).read_bytes() != first.read_bytes()


def test_a_further_sheet_takes_less_than_fifteen_hundred_bytes(tmp_path: Path) -> None:
    layout, _, plates = demo_plates(NOTICE)
    contents = sheets(layout, plates, SETTINGS[0], random_members(200, seed=2), seed=2)
    few = print_all(tmp_path / "few.pdf", plates, contents).stat().st_size
    many = print_all(tmp_path / "many.pdf", plates, contents * 4).stat().st_size
    assert (many - few) / (3 * len(contents)) < 1500


def test_plates_of_several_documents_share_one_file(tmp_path: Path) -> None:
    notices, certificates = demo_plates(NOTICE)[2], demo_plates(CERTIFICATE)[2]
    pair = [next(iter(notices.values())), next(iter(certificates.values()))]
    file = PrintFile(tmp_path / "x.pdf", pair)
    for number, plate in enumerate(pair * 2):
        file.begin_piece(str(number), f"{number}-")
        values = {place.slot: "" for place in plate.places} | {"name": "山田　太郎"}
        file.add_sheet(plate, values)
    assert file.finish("x").pages == 6
    assert complaints(tmp_path / "x.pdf") == []
    said = ["".join(page.split()) for page in text_by_poppler(tmp_path / "x.pdf")]
    assert ["臓器提供" in page for page in said] == [False, False, True, False, False, True]


def test_a_font_that_no_value_uses_is_not_in_the_file(tmp_path: Path) -> None:
    plate = small_plate(
        tmp_path,
        "<p style='font-family: BIZ UDPGothic'>定型</p>{{ slot('name') }}{{ slot('kana') }}",
        rules("name") + rules("kana", top="40mm", font_family='"BIZ UDGothic", "IPAmjMincho"'),
        slots="{ name = {}, kana = {} }",
    )
    path = print_sheets(tmp_path / "x.pdf", plate, [{"name": "山", "kana": ""}])
    assert set(re.findall(rb"\+(\w+-?\w*)/Encoding", path.read_bytes())) == {
        b"BIZUDPGothic-Regular",
        b"BIZUDMincho-Regular",
    }
    assert complaints(path) == []


def test_a_file_without_a_sheet_of_a_plate_does_not_hold_it(tmp_path: Path) -> None:
    plates = [small_plate(tmp_path, f"<p style='font-family: BIZ UDMincho'>{word}</p>{{{{ slot('name') }}}}")
              for word in ("甲型", "乙型")]  # fmt: skip
    file = PrintFile(tmp_path / "x.pdf", plates)
    file.begin_piece("1", "1-")
    file.add_sheet(plates[1], {"name": "山"})
    file.finish("x")
    assert len(re.findall(rb"/Subtype/Form", (tmp_path / "x.pdf").read_bytes())) == 1
    assert FIXED.title not in text_by_poppler(tmp_path / "x.pdf")[0]
    assert "乙型" in text_by_poppler(tmp_path / "x.pdf")[0]
