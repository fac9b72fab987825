"""A font, a glyph, a selector that is otherwise behind the same text is told; how a font is written is not."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import fontTools.ttLib
import pikepdf
import pytest
import reportlab
from conftest import FONTS
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from pikepdf import Dictionary, Name
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import EmbeddedType1Face, Font
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from two_files import edited, font_named, sheet, told

from renderer.proof import pixels
from renderer.review.interpreter import Interpreter
from renderer.review.shown import Line, shown

SHEET = "<h1>資格情報通知書</h1><p>ヤマダ　タカシ</p><p>ガッコウ</p><p>葛󠄀城市</p>"
KATAKANA_KA, KATAKANA_GA = "カ", "ガ"


def lines(pdf: bytes, page: int = 0) -> tuple[Line, ...]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return shown(Interpreter(opened).drawn(page)).lines


def code_of(pdf: pikepdf.Pdf, name: str, text: str) -> int:
    """Find the code of a text in a font's /ToUnicode."""
    written = text.encode("utf-16-be").hex()
    table = font_named(pdf, name)["/ToUnicode"].read_bytes().decode().lower()
    row = next(line for line in table.splitlines() if line.endswith(f"<{written}>"))
    return int(row[1 : row.index(">")], 16)


def test_a_glyph_that_draws_another_letter_than_it_says_is_told_with_that_letter() -> None:
    def draw_ka_for_ga(pdf: pikepdf.Pdf) -> None:
        glyphs = bytearray(code for number in range(1 << 16) for code in number.to_bytes(2))
        ga, ka = (code_of(pdf, "BIZ-UDMincho", text) for text in (KATAKANA_GA, KATAKANA_KA))
        glyphs[2 * ga : 2 * ga + 2] = ka.to_bytes(2)
        font_named(pdf, "BIZ-UDMincho")["/DescendantFonts"][0]["/CIDToGIDMap"] = pdf.make_stream(bytes(glyphs))

    golden = sheet(SHEET)
    (change,) = told(golden, edited(golden, draw_ka_for_ga))
    assert (change.kind, change.page, change.after) == ("glyph-changed", 1, KATAKANA_KA)
    assert change.sentence.startswith(
        "page 1: 「ガ」 of BIZ-UDMincho is drawn with another outline (as 「カ」 was): 4.23 × 4.23 mm at 20.00, "
    )


def test_a_selector_that_is_lost_behind_the_same_glyph_is_told_by_its_code_points() -> None:
    def lose_it(pdf: pikepdf.Pdf) -> None:
        texts = font_named(pdf, "BIZ-UDMincho")["/ToUnicode"]
        said = texts.read_bytes().replace(b"845bdb40dd00", b"845b").replace(b"845BDB40DD00", b"845B")
        texts.write(said)

    golden = sheet(SHEET)
    (change,) = told(golden, edited(golden, lose_it))
    assert (change.kind, change.before, change.after) == ("selector-lost", "U+845B U+E0100", "U+845B")
    (back,) = told(edited(golden, lose_it), golden)
    assert back.kind == "selector-new"


def test_a_selector_that_is_lost_in_what_the_page_says_instead_is_told() -> None:
    def saying(text: str) -> bytes:
        said = text.encode("utf-16-be").hex()

        def say(pdf: pikepdf.Pdf) -> None:
            content = pdf.pages[0].Contents.read_bytes()
            within = f"/Span <</ActualText <feff{said}>>> BDC\n".encode() + content + b"\nEMC"
            pdf.pages[0].Contents.write(within)

        return edited(sheet("<p>葛</p>"), say)

    (change,) = told(saying("葛\U000e0100"), saying("葛"))
    assert (change.kind, change.after) == ("selector-lost", "U+845B")


def test_a_text_is_said_as_a_whole_whatever_draws_it() -> None:
    def draw_by_a_form(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        form = page.as_form_xobject()
        form.write(form.read_bytes())
        page.Resources = Dictionary(XObject=Dictionary(Form=form))
        page.Contents = pdf.make_stream(b"/Span <</ActualText (both)>> BDC /Form Do EMC")

    (line,) = lines(edited(sheet("<p>葛</p><p>城</p>"), draw_by_a_form))
    (whole,) = line.clusters
    assert (line.text, len(whole.outlines)) == ("both", 2)


def test_another_font_of_the_same_advance_widths_is_told_by_both_names() -> None:
    golden = sheet(SHEET)
    (change,) = told(golden, sheet(SHEET.replace("<p>ガッコウ", '<p style="font-family: BIZ UDGothic">ガッコウ')))
    assert (change.kind, change.before, change.after) == ("font-changed", "BIZ-UDMincho", "BIZ-UDGothic")
    assert (
        "「ガッコウ」 is set in BIZ-UDGothic instead of BIZ-UDMincho, which has the same advance widths"
        in change.sentence
    )
    assert change.box is not None
    assert change.box.w == pytest.approx(4 * 12 / 72 * 25.4, abs=0.01)


def test_another_font_under_the_same_name_is_told_glyph_by_glyph_in_one_change() -> None:
    def rename(pdf: pikepdf.Pdf) -> None:
        font_named(pdf, "BIZ-UDGothic")["/BaseFont"] = Name("/XXXXXX+BIZ-UDMincho")

    mincho, gothic = "<p>資格情報</p>", '<p style="font-family: BIZ UDGothic">資格情報</p>'
    (change,) = told(sheet(mincho), edited(sheet(gothic), rename))
    assert change.kind == "glyph-changed"
    assert "「資」 「格」 「情」 「報」 of BIZ-UDMincho are drawn with another outline" in change.sentence


def test_a_font_that_has_only_another_name_is_told_once_for_the_file() -> None:
    def rename(pdf: pikepdf.Pdf) -> None:
        font_named(pdf, "BIZ-UDMincho")["/BaseFont"] = Name("/XXXXXX+BIZUDMincho-Regular")

    golden = sheet(SHEET)
    (change,) = told(golden, edited(golden, rename))
    assert (change.kind, change.page, change.after) == ("font-renamed", None, "BIZUDMincho-Regular")


def test_a_font_that_is_no_longer_embedded_is_told() -> None:
    def take_out(pdf: pikepdf.Pdf) -> None:
        del font_named(pdf, "BIZ-UDMincho")["/DescendantFonts"][0]["/FontDescriptor"]["/FontFile2"]

    golden = sheet(SHEET)
    (change,) = told(golden, edited(golden, take_out))
    assert (change.kind, change.before) == ("font-changed", "TrueType by CID, embedded")
    assert change.sentence.endswith("and is TrueType by CID, not embedded")


def drawn_by_reportlab(*pages: str, font: str = "BIZUDGothic") -> bytes:
    pdfmetrics.registerFont(TTFont("BIZUDGothic", FONTS / "BIZUDGothic-Regular.ttf"))
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    written = io.BytesIO()
    canvas = Canvas(written, invariant=1)
    for page in pages:
        canvas.setFont(font, 14)
        canvas.drawString(72, 700, page)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def test_other_glyphs_and_other_numbers_in_a_subset_are_nothing() -> None:
    golden, new = drawn_by_reportlab("資格情報 カ"), drawn_by_reportlab("報情 A 他の頁", "資格情報 カ")
    codes = [line.text for line in lines(golden)], [line.text for line in lines(new, 1)]
    assert codes[0] == codes[1] == ["資格情報 カ"]
    assert told(golden, new, [(0, 1)]) == []


def test_text_that_is_new_on_a_page_is_no_change_of_its_font() -> None:
    other = SHEET.replace("ガッコウ", "ミョウジ").replace("通知書", "山田")
    assert told(sheet(SHEET), sheet(other)) == []


def test_a_font_that_the_reader_brings_is_read_by_its_codes() -> None:
    (line,) = lines(drawn_by_reportlab("平成明朝", font="HeiseiMin-W3"))
    assert (line.text, line.font.is_embedded, line.font.name) == ("平成明朝", False, "HeiseiMin-W3")
    assert all(cluster.outlines == (None,) for cluster in line.clusters)


def type_1(text: str, font: str = "DarkGardenMK") -> bytes:
    folder = Path(reportlab.__file__).parent / "fonts"
    pdfmetrics.registerTypeFace(EmbeddedType1Face(str(folder / f"{font}.afm"), str(folder / f"{font}.pfb")))
    pdfmetrics.registerFont(Font(font, font, "WinAnsiEncoding"))
    written = io.BytesIO()
    canvas = Canvas(written, invariant=1)
    canvas.setFont(font, 40)
    canvas.drawString(72, 700, text)
    canvas.save()
    return written.getvalue()


def swap_names(pdf: pikepdf.Pdf) -> None:
    """Draw O for A and say A."""
    for found in pdf.objects:
        if isinstance(found, Dictionary) and found.get("/Type") == "/Font" and "/FontDescriptor" in found:
            found["/Encoding"] = Dictionary(BaseEncoding=Name.WinAnsiEncoding, Differences=[65, Name.O])
            found["/ToUnicode"] = pdf.make_stream(
                b"1 begincodespacerange <00> <ff> endcodespacerange\n"
                b"2 beginbfrange <41> <5a> <0041> <61> <62> [<0061> <0062>] endbfrange"
            )


def test_the_outlines_of_type_1_are_read() -> None:
    golden = type_1("AVO")
    (line,) = lines(golden)
    assert line.text == "AVO"
    outlines = [cluster.outlines[0] for cluster in line.clusters]
    assert None not in outlines
    assert len(set(outlines)) == 3
    (change,) = told(golden, edited(golden, swap_names))
    assert (change.kind, change.after) == ("glyph-changed", "O")


def test_the_outlines_of_bare_cff_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(type_1("AVO"))
    subprocess.run(["gs", "-q", "-sDEVICE=pdfwrite", "-o", tmp_path / "b.pdf", tmp_path / "a.pdf"], check=True)
    golden = (tmp_path / "b.pdf").read_bytes()
    (line,) = lines(golden)
    assert line.text == "AVO"
    assert len({cluster.outlines for cluster in line.clusters} - {(None,)}) == 3
    (change,) = told(golden, edited(golden, swap_names))
    assert (change.kind, change.after) == ("glyph-changed", "O")


def type_3(name: str, square: bytes) -> bytes:
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    form = pdf.make_stream(b"0 0 500 500 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 900, 900])
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type3,
        FontBBox=[0, 0, 1000, 1000],
        FontMatrix=[0.001, 0, 0, 0.001, 0, 0],
        FirstChar=65,
        LastChar=65,
        Widths=[1000],
        Encoding=Dictionary(Differences=[65, Name(f"/{name}")]),
        CharProcs=Dictionary({f"/{name}": pdf.make_stream(b"1000 0 0 0 900 900 d1 /Square Do " + square)}),
        Resources=Dictionary(XObject=Dictionary(Square=form)),
        ToUnicode=pdf.make_stream(b"1 beginbfchar <41> <56FD> endbfchar"),
    )
    page.Resources = Dictionary(Font=Dictionary({f"/{name}F": pdf.make_indirect(font)}))
    page.Contents = pdf.make_stream(f"BT /{name}F 20 Tf 50 50 Td (A) Tj ET".encode())
    written = io.BytesIO()
    pdf.save(written, deterministic_id=True)
    return written.getvalue()


def test_a_glyph_that_is_a_content_of_the_file_is_compared_by_it() -> None:
    golden = type_3("g1", b"0 0 10 10 re f")
    assert told(golden, type_3("other", b"0 0 10 10 re f")) == []
    (change,) = told(golden, type_3("g1", b"0 0 11 10 re f"))
    assert change.kind == "glyph-changed"
    assert "「国」 of Type 3 is drawn with another outline: 7.06 × 7.06 mm" in change.sentence


def test_a_font_program_that_is_broken_is_one_without_outlines() -> None:
    def break_it(pdf: pikepdf.Pdf) -> None:
        font_named(pdf, "BIZ-UDMincho")["/DescendantFonts"][0]["/FontDescriptor"]["/FontFile2"].write(
            b"\0\1\0\0 nothing"
        )

    assert all(
        cluster.outlines == (None,)
        for line in lines(edited(sheet("<p>資格</p>"), break_it))
        for cluster in line.clusters
    )


def open_type(swapped: bool, curved: bool = False) -> bytes:
    """Make a font with a square for A and a triangle for B, or the other way round, or with a curve for A."""
    drawn = {}
    shapes = {".notdef": (), "A": ((0, 0), (0, 700), (700, 700), (700, 0)), "B": ((0, 0), (350, 700), (700, 0))}
    for name, corners in shapes.items():
        pen = T2CharStringPen(800, None)
        for at, corner in enumerate(corners):
            (pen.lineTo if at else pen.moveTo)(corner)
        if curved and name == "A":
            pen = T2CharStringPen(800, None)
            pen.moveTo(corners[0])
            pen.curveTo(*corners[1:])
        if corners:
            pen.closePath()
        drawn[name] = pen.getCharString()
    if swapped:
        drawn["A"], drawn["B"] = drawn["B"], drawn["A"]
    font = FontBuilder(1000, isTTF=False)
    font.setupGlyphOrder([".notdef", "A", "B"])
    font.setupCharacterMap({65: "A", 66: "B"})
    font.setupCFF("Shapes", {"FullName": "Shapes"}, drawn, {})
    font.setupHorizontalMetrics(dict.fromkeys(drawn, (800, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Shapes", "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def by_cid(program: bytes, kind: str) -> bytes:
    """Write a page that says AB by a composite font of this program."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    file = pdf.make_stream(program, Subtype=Name(kind))
    own = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType0,
        BaseFont=Name.Shapes,
        FontDescriptor=Dictionary(FontName=Name.Shapes, Flags=4, FontFile3=file),
        W=[1, 2, 800],
    )
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name.Shapes,
        Encoding=Name("/Identity-H"),
        DescendantFonts=[pdf.make_indirect(own)],
        ToUnicode=pdf.make_stream(b"1 beginbfrange <0001> <0002> <0041> endbfrange"),
    )
    page.Resources = Dictionary(Font=Dictionary(F=pdf.make_indirect(font)))
    page.Contents = pdf.make_stream(b"BT /F 20 Tf 50 50 Td <00010002> Tj ET")
    written = io.BytesIO()
    pdf.save(written, deterministic_id=True)
    return written.getvalue()


@pytest.mark.parametrize("kind", ["/OpenType", "/CIDFontType0C"])
def test_the_outlines_of_cff_in_a_composite_font_are_read(kind: str) -> None:
    def program(swapped: bool) -> bytes:
        whole = open_type(swapped)
        return whole if kind == "/OpenType" else fontTools.ttLib.TTFont(io.BytesIO(whole)).reader["CFF "]

    golden, new = (by_cid(program(swapped), kind) for swapped in (False, True))
    (line,) = lines(golden)
    assert (line.text, line.show.length) == ("AB", 1.6)
    (change,) = told(golden, new)
    assert change.sentence.startswith(
        "page 1: 「A」 「B」 of Shapes are drawn with another outline (as 「B」 「A」 was)"
    )


def test_a_curve_through_the_corners_of_a_square_is_another_outline() -> None:
    golden, new = (by_cid(open_type(swapped=False, curved=curved), "/OpenType") for curved in (False, True))
    (change,) = told(golden, new)
    assert change.sentence.startswith("page 1: 「A」 of Shapes is drawn with another outline")


def test_letters_of_a_pattern_are_read_wherever_it_is_used() -> None:
    def fill_with_letters(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        pattern = pdf.make_stream(page.Contents.read_bytes(), PatternType=1, BBox=[0, 0, 600, 900])
        pattern.Resources = page.Resources
        form = pdf.make_stream(b"/Pattern cs /P scn 0 0 9 9 re f", Subtype=Name.Form, BBox=[0, 0, 9, 9])
        form.Resources = Dictionary(Pattern=Dictionary(P=pattern))
        page.Resources = Dictionary(XObject=Dictionary(Form=form))
        page.Contents = pdf.make_stream(b"/Form Do")

    written = edited(sheet("<p>葛</p>"), fill_with_letters)
    assert [line.text for line in lines(written)] == ["葛"]
    with pikepdf.open(io.BytesIO(written)) as pdf:
        assert Interpreter(pdf).drawn(0).shows == ()


@pytest.mark.parametrize("step", [0, 1500, -1500])
@pytest.mark.parametrize("way", ["H", "V"])
def test_letters_stand_where_another_reader_sees_them_across_and_downwards(tmp_path: Path, way: str, step: int) -> None:
    def write(pdf: pikepdf.Pdf) -> None:
        font_named(pdf, "Shapes")["/Encoding"] = Name(f"/Identity-{way}")
        pdf.pages[0].Contents.write(f"BT /F 20 Tf 100 100 Td [<0001> {step} <0002>] TJ ET".encode())

    written = edited(by_cid(open_type(swapped=False), "/OpenType"), write)
    (tmp_path / "x.pdf").write_bytes(written)
    (line,) = lines(written)
    with pixels.opened(tmp_path / "x.pdf", upright=True) as document:
        seen = [(character.text, character.box) for character in document.characters(0)]
    assert [text for text, _ in seen] == ["A", "B"]
    for (_, box), cluster in zip(seen, line.clusters, strict=True):
        own = line.box_of(cluster)
        along = ("x", "w") if way == "H" else ("y", "h")
        assert [getattr(own, side) for side in along] == pytest.approx([getattr(box, side) for side in along], abs=0.01)
