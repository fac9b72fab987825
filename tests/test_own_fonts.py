"""A pack's own fonts: declared with sum and licence, used by name, embedded and proved like ours, or refused."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pikepdf
import pytest
from fontTools import subset
from fontTools.ttLib import TTFont
from ink import FONTS
from small_layouts import FIXED, print_sheets, rules, small_document, write_layout
from trial_runs import ROOT, ended, renderer

from renderer.desk.press_difference import drawn_otherwise, printed_pages
from renderer.intake.jobfile import load_job
from renderer.layout.compiling import compile_plate
from renderer.layout.load import Layout, load_layout, read_layout
from renderer.model.errors import BadBatch, BadLayout
from renderer.press.own_fonts import own_fonts
from renderer.press.plates import Plate, read, written
from renderer.press.ruler import Ruler
from renderer.proof.placing import Beginning
from renderer.proof.verify import expected_pages, font_files, verify

VALUES_OF_NAME = {"name": "見本太郎"}
SIGNS = "見本太郎世帯主氏名地紋の上文字" + "".join(map(chr, range(0x20, 0x7F)))
GOTHIC = "BIZUDGothic-Regular.ttf"
TOML = """[[fonts]]
family = "{family}"
file = "{file}"
sha256 = "{sum}"
licence = "LICENCE.txt"
bold = {bold}
"""


def make_font(
    folder: Path, name: str = "InsurerGothic", drawn: str = "BIZUDGothic-Regular.ttf", rights: int = 0
) -> Path:
    """Make a font with a name of its own from some glyphs of one of ours."""
    folder.mkdir(parents=True, exist_ok=True)
    with TTFont(FONTS / drawn, recalcTimestamp=False) as font:
        options = subset.Options(name_IDs=["*"], layout_features=["*"])
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=SIGNS)
        subsetter.subset(font)
        for record in font["name"].names:
            if record.nameID in (1, 4, 6, 16):
                record.string = name
        font["OS/2"].fsType = rights
        font.save(folder / f"{name}.ttf")
    return folder / f"{name}.ttf"


def declare(font: Path, family: str = "Insurer Gothic", bold: bool = False) -> None:
    """Write a font into the list beside it, with a licence."""
    (font.parent / "LICENCE.txt").write_text("May be used and embedded by the insurer.", "utf-8")
    entry = TOML.format(
        family=family, file=font.name, sum=hashlib.sha256(font.read_bytes()).hexdigest(), bold=str(bold).lower()
    )
    with (font.parent / "fonts.toml").open("a", encoding="utf-8") as listed:
        listed.write(entry)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack of one font."""
    declare(make_font(tmp_path / "pack" / "fonts"))
    return tmp_path / "pack"


LABEL = "<p style=\"font: 12pt 'Insurer Gothic'; margin: 40mm 20mm\">地紋の上の文字</p>"


def layout_in(pack: Path, body: str = '{{ slot("name") }}' + LABEL, **style: str) -> Layout:
    css = rules("name", **{"font_family": '"Insurer Gothic", "BIZ UDMincho", "IPAmjMincho"'} | style)
    folder = write_layout(pack, body, css)
    return read_layout(folder.resolve(), {"small": small_document({}, {"name": "text"})}, pack)


def compiled(layout: Layout) -> Plate:
    return compile_plate(layout, next(layout.variants()), FIXED)


def proved(path: Path, layout: Layout, plate: Plate) -> None:
    expected = list(expected_pages(plate, VALUES_OF_NAME, "", Beginning("0", "0-")))
    verify(path, "見本", expected, font_files(None, layout.own_fonts.files))


def test_a_font_of_the_pack_is_embedded_and_proved_and_drawn_as_by_weasyprint(pack: Path, tmp_path: Path) -> None:
    layout = layout_in(pack)
    plate, ruler = compiled(layout), Ruler()
    drawn = printed_pages(plate, VALUES_OF_NAME, ruler)
    assert list(drawn_otherwise(layout, plate, FIXED, VALUES_OF_NAME, ruler, drawn)) == []
    path = print_sheets(tmp_path / "x.pdf", plate, [VALUES_OF_NAME])
    proved(path, layout, plate)
    with pikepdf.open(path) as pdf:
        names = {str(font.BaseFont).partition("+")[2] for font in pdf.pages[0].Resources.Font.values()}
    assert names == {"InsurerGothic"}
    with pytest.raises(BadBatch, match="InsurerGothic is not one of the project's fonts"):
        verify(path, "見本", [], font_files(None))


def test_what_the_font_does_not_have_is_printed_by_the_next_of_the_chain(pack: Path, tmp_path: Path) -> None:
    layout = layout_in(pack)
    plate = compiled(layout)
    values = {"name": "見本　辻\U000e0102"}
    path = print_sheets(tmp_path / "x.pdf", plate, [values])
    expected = list(expected_pages(plate, values, "", Beginning("0", "0-")))
    verify(path, "見本", expected, font_files(None, layout.own_fonts.files))


def test_a_plate_with_a_font_of_a_pack_can_be_kept(pack: Path, tmp_path: Path) -> None:
    layout = layout_in(pack)
    plate = read(written(compiled(layout)))
    assert plate is not None
    proved(print_sheets(tmp_path / "x.pdf", plate, [VALUES_OF_NAME]), layout, plate)


def test_two_packs_may_each_have_a_font_of_the_same_name(pack: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    declare(make_font(other / "fonts", drawn="BIZUDMincho-Regular.ttf"))
    layouts = [layout_in(each) for each in (pack, other)]
    plates = [compiled(layout) for layout in layouts]
    for number, (layout, plate) in enumerate(zip(layouts, plates, strict=True)):
        ruler = Ruler()
        drawn = printed_pages(plate, VALUES_OF_NAME, ruler)
        assert list(drawn_otherwise(layout, plate, FIXED, VALUES_OF_NAME, ruler, drawn)) == []
        path = print_sheets(tmp_path / f"{number}.pdf", plate, [VALUES_OF_NAME])
        proved(path, layout, plate)
        with pytest.raises(BadBatch, match="another outline than the font gives"):
            proved(path, layouts[1 - number], plates[1 - number])


def test_a_weight_of_its_own_is_used_and_one_that_it_does_not_have_is_refused(pack: Path) -> None:
    body = '{{ slot("name") }}' + LABEL.replace("font:", "font-weight: 700; font:").replace(
        "font: 12pt", "font: bold 12pt"
    )
    with pytest.raises(BadLayout, match="has font-weight 700, and 'Insurer Gothic' has 400 only"):
        compiled(layout_in(pack, body))
    declare(make_font(pack / "fonts", "InsurerGothic-Bold", "BIZUDGothic-Bold.ttf"), bold=True)
    plate = compiled(layout_in(pack, body))
    assert "InsurerGothic-Bold" in {face.name for face, _ in plate.glyphs}


def test_another_file_is_another_layout(pack: Path) -> None:
    before = layout_in(pack).digest()
    (pack / "fonts" / "fonts.toml").unlink()
    declare(make_font(pack / "fonts", rights=8))
    assert layout_in(pack).digest() != before


def test_a_family_of_the_pack_is_for_its_layouts_alone(pack: Path, tmp_path: Path) -> None:
    folder = write_layout(tmp_path, '{{ slot("name") }}' + LABEL, rules("name"))
    layout = read_layout(folder.resolve(), {"small": small_document({}, {"name": "text"})})
    with pytest.raises(BadLayout, match="font-family 'Insurer Gothic' is not one of the project's fonts"):
        compiled(layout)
    with pytest.raises(BadLayout, match=r"use one of: BIZ .*, IPAmjMincho, Insurer Gothic"):
        compiled(layout_in(pack, '{{ slot("name") }}' + LABEL.replace("Insurer Gothic", "Insurer Gohtic")))


# What is refused


def refused(pack: Path) -> str:
    with pytest.raises(BadLayout) as wrong:
        own_fonts(pack)
    assert str(wrong.value).startswith("pack/fonts/fonts.toml: ")
    return str(wrong.value)


def test_another_file_than_was_listed_is_refused_with_the_sum_to_write(pack: Path) -> None:
    font = pack / "fonts" / "InsurerGothic.ttf"
    font.write_bytes(font.read_bytes() + b"\0")
    told = refused(pack)
    assert "InsurerGothic.ttf is not the file whose sum is written" in told
    assert hashlib.sha256(font.read_bytes()).hexdigest() in told


@pytest.mark.parametrize("name", ["InsurerGothic.ttf", "LICENCE.txt"])
def test_a_font_or_a_licence_that_is_not_there_is_refused(pack: Path, name: str) -> None:
    (pack / "fonts" / name).unlink()
    assert f"{name} is not in fonts/; put " in refused(pack)


def test_an_empty_licence_is_none(pack: Path) -> None:
    (pack / "fonts" / "LICENCE.txt").write_text(" \n")
    assert "LICENCE.txt is empty; put the licence of InsurerGothic.ttf into it" in refused(pack)


@pytest.mark.parametrize(
    ("rights", "may"), [(0, True), (4, True), (8, True), (2, False), (0x100, False), (0x208, False)]
)
def test_a_font_that_forbids_embedding_is_refused(tmp_path: Path, rights: int, may: bool) -> None:
    declare(make_font(tmp_path / "pack" / "fonts", rights=rights))
    if may:
        assert own_fonts(tmp_path / "pack").faces
    else:
        assert f"forbids to embed parts of it in a document (OS/2 fsType {rights})" in refused(tmp_path / "pack")


def test_a_font_that_is_not_truetype_is_refused(pack: Path) -> None:
    font = pack / "fonts" / "InsurerGothic.ttf"
    with TTFont(font) as opened:
        del opened["glyf"], opened["loca"]
        opened.save(font)
    (pack / "fonts" / "fonts.toml").unlink()
    declare(font)
    assert "cannot be embedded; give a TrueType font (.ttf) that has a PostScript name" in refused(pack)


def test_a_family_of_ours_or_one_twice_is_refused(tmp_path: Path) -> None:
    font = make_font(tmp_path / "pack" / "fonts")
    declare(font, "BIZ UDGothic")
    assert "'BIZ UDGothic' is a family of the project; give it another name" in refused(tmp_path / "pack")
    (font.parent / "fonts.toml").unlink()
    declare(font)
    declare(font)
    assert "a family has the same weight twice" in refused(tmp_path / "pack")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fonts = 1", "fonts: must be a list in square brackets"),
        ("[[fonts]]\nfamily = 'x'\n", "fonts.0.file: it is missing; write it"),
        ("[[fonts]", "mend the file"),
    ],
)
def test_a_list_that_is_not_as_it_must_be_is_refused(pack: Path, text: str, said: str) -> None:
    (pack / "fonts" / "fonts.toml").write_text(text)
    assert said in refused(pack)


def test_a_job_of_a_pack_is_printed_in_its_own_font(tmp_path: Path) -> None:
    pack = Path(shutil.copytree(ROOT / "tests" / "data" / "kokuho", tmp_path / "kokuho"))
    declare(make_font(pack / "fonts"))
    style = pack / "layouts" / "kokuho_certificate" / "sheet.css"
    style.write_text(
        style.read_text("utf-8") + "\n[data-slot=number] { font-family: 'Insurer Gothic' !important }\n", "utf-8"
    )
    job = pack / "examples" / "kokuho_certificate.toml"
    assert ended(renderer("run", job))[::2] == (0, "")
    printed = load_job(job).folder / "batch-0001.pdf"
    assert ended(renderer("verify", printed, "--job", job))[0] == 0
    with pikepdf.open(printed) as pdf:
        assert any(str(font.BaseFont).endswith("+InsurerGothic") for font in pdf.pages[0].Resources.Font.values())
    assert load_layout("kokuho_certificate", pack).own_fonts.faces
