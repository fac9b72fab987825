"""Preflight of inserts: what a reader would guess, leave out or draw in another way is refused, and nothing else is."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import small_fonts
from fontTools.misc.eexec import encrypt
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from pikepdf import Array, Dictionary, Name
from PIL import Image
from readers import complaints
from small_layouts import small_plate

from renderer.model.errors import BadJob
from renderer.press.enclosing import load_insert
from renderer.press.press import PrintFile
from renderer.proof import pixels

A4 = (595.28, 841.89)
TEXT = b"BT /F 20 Tf 50 700 Td %b Tj ET"
Change = Callable[[pikepdf.Pdf], None]


def insert(path: Path, change: Change) -> Path:
    """Write a page with a square, and change it."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=A4)
        page.Resources = Dictionary()
        page.Contents = pdf.make_stream(b"50 50 100 100 re f")
        change(pdf)
        pdf.save(path / "insert.pdf", compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return path / "insert.pdf"


def refused(path: Path, change: Change) -> str:
    with pytest.raises(BadJob, match=r"^insert insert\.pdf page 1: ") as caught:
        load_insert(insert(path, change))
    return str(caught.value)


def draw(pdf: pikepdf.Pdf, content: bytes, **resources: Any) -> None:
    """Let the page draw a content with these resources."""
    pdf.pages[0].Contents = pdf.make_stream(content)
    pdf.pages[0].Resources = Dictionary(**resources)


def form(pdf: pikepdf.Pdf, content: bytes, **keys: Any) -> Any:
    made = pdf.make_stream(content, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 600, 900]))
    for key, value in keys.items():
        made[f"/{key}"] = value
    return made


def embedded(pdf: pikepdf.Pdf, program: bytes, **keys: Any) -> Dictionary:
    """Make a simple font of a program."""
    key = "FontFile3" if program.startswith(b"OTTO") else "FontFile2"
    file = pdf.make_stream(program)
    if key == "FontFile3":
        file.Subtype = Name.OpenType
    descriptor = Dictionary(Type=Name.FontDescriptor, FontName=Name.Small, Flags=32, **{key: file})
    font = Dictionary(Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name.Small, FontDescriptor=descriptor)
    for name, value in ({"Encoding": Name.WinAnsiEncoding} | keys).items():
        font[f"/{name}"] = value
    return font


def composite(pdf: pikepdf.Pdf, program: bytes, texts: bytes = b"", **keys: Any) -> Dictionary:
    """Make a font of a program whose codes are the numbers of its glyphs; ``texts``: lines of its bfchar."""
    descendant = embedded(pdf, program)
    del descendant.Encoding
    descendant.Subtype = Name.CIDFontType0 if program.startswith(b"OTTO") else Name.CIDFontType2
    for name, value in keys.items():
        descendant[f"/{name}"] = value
    font = Dictionary(Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.Small, Encoding=Name("/Identity-H"))
    font.DescendantFonts = Array([descendant])
    if texts:
        font.ToUnicode = pdf.make_stream(b"beginbfchar\n" + texts + b"\nendbfchar")
    return font


def without_tables(*tags: str) -> bytes:
    font = TTFont(io.BytesIO(small_fonts.truetype()))
    for tag in tags:
        del font[tag]
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


@pytest.mark.parametrize(
    "program",
    [
        b"",
        b"garbage!",
        b"%!PS-AdobeFont-1.0: Small\ncurrentfile eexec garbage",
        b"\1\0\4\1garbage",
        small_fonts.truetype()[:-60],
        small_fonts.opentype()[:300],
        without_tables("glyf", "loca"),
        without_tables("maxp"),
    ],
)
def test_a_font_that_cannot_be_read_is_refused_by_its_name(tmp_path: Path, program: bytes) -> None:
    said = refused(tmp_path, lambda pdf: draw(pdf, TEXT % b"(A)", Font=Dictionary(F=embedded(pdf, program))))
    assert "font Small is damaged, and another would be printed; embed all fonts again" in said


def flate(pdf: pikepdf.Pdf, data: bytes) -> Any:
    stream = pdf.make_stream(b"")
    stream.write(data, filter=Name.FlateDecode)
    return stream


@pytest.mark.parametrize("spoil", [lambda data: data[:-10], lambda data: data[:99] + b"\0" * 40 + data[139:]])
def test_a_stream_that_is_not_whole_is_refused(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    def font(pdf: pikepdf.Pdf) -> None:
        draw(pdf, TEXT % b"(A)", Font=Dictionary(F=embedded(pdf, b"")))
        packed = spoil(zlib.compress(small_fonts.truetype()))
        pdf.pages[0].Resources.Font.F.FontDescriptor.FontFile2 = flate(pdf, packed)

    def content(pdf: pikepdf.Pdf) -> None:
        lines = b"".join(b"%d 9 m %d 700 l S " % (x, 7 * x % 600) for x in range(600))
        pdf.pages[0].Contents = Array([pdf.make_stream(b"0 0 9 9 re f"), flate(pdf, spoil(zlib.compress(lines)))])

    assert "font Small is damaged" in refused(tmp_path, font)
    assert "a part of it (/Contents) is damaged; write it again" in refused(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "category"),
    [
        (TEXT % b"(A)", "/F, which its resources lack (Font)"),
        (b"/X Do", "/X, which its resources lack (XObject)"),
        (b"/G gs", "/G, which its resources lack (ExtGState)"),
        (b"/C cs", "/C, which its resources lack (ColorSpace)"),
        (b"/C CS", "/C, which its resources lack (ColorSpace)"),
        (b"/Pattern cs .5 /P scn", "/P, which its resources lack (Pattern)"),
        (b"/Pattern CS /P SCN", "/P, which its resources lack (Pattern)"),
        (b"/S sh", "/S, which its resources lack (Shading)"),
    ],
)
@pytest.mark.parametrize("in_form", [False, True])
def test_what_a_content_names_and_its_resources_lack_is_refused(
    tmp_path: Path, content: bytes, category: str, in_form: bool
) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        if in_form:
            draw(pdf, b"/M Do", XObject=Dictionary(M=form(pdf, content)))
        else:
            draw(pdf, content, Font=Dictionary(Other=Dictionary(Subtype=Name.Type3, CharProcs=Dictionary())))

    assert f"it draws with {category}; print it to a new PDF first" in refused(tmp_path, change)


def test_what_a_content_names_and_its_resources_have_is_printed(tmp_path: Path) -> None:
    content = b"/DeviceRGB cs 1 0 0 scn /C CS /G#20S gs /M Do 0 0 1 RG/B Do (/N Do) pop % /N Do\n" + TEXT % b"( A)"

    def change(pdf: pikepdf.Pdf) -> None:
        drawn = Dictionary(M=form(pdf, b"0 0 9 9 re f"), B=form(pdf, b"/M Do", Resources=Dictionary()))
        drawn.B.Resources.XObject = Dictionary(M=drawn.M)
        fonts = Dictionary(F=embedded(pdf, small_fonts.truetype()))
        states = Dictionary({"/G S": Dictionary(CA=1)})
        spaces = Dictionary(C=Array([Name.CalGray, Dictionary(WhitePoint=Array([1, 1, 1]))]))
        draw(pdf, content, XObject=drawn, Font=fonts, ExtGState=states, ColorSpace=spaces)

    assert len(load_insert(insert(tmp_path, change)).pages) == 1


def shown(text: bytes, kind: Callable[..., Dictionary], *given: Any, mode: bytes = b"", **keys: Any) -> Change:
    return lambda pdf: draw(pdf, mode + TEXT % text, Font=Dictionary(F=kind(pdf, *given, **keys)))


TRUETYPE, OPENTYPE = small_fonts.truetype(), small_fonts.opentype()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (shown(b"(AB)", embedded, TRUETYPE), "42"),
        (shown(b"(AB)", embedded, OPENTYPE), "42"),
        (shown(b"(A\\102)", embedded, TRUETYPE, Encoding=Name.MacRomanEncoding), "42"),
        (shown(b"(!)", embedded, TRUETYPE, Encoding=Dictionary(Differences=Array([0x21, Name.B]))), "21"),
        (shown(b"<00020000>", composite, TRUETYPE), "00"),
        (shown(b"<00020003>", composite, TRUETYPE), "03"),
        (shown(b"<00020003>", composite, OPENTYPE), "03"),
        (shown(b"<0001>", composite, TRUETYPE, b"<0001> <5c71>"), "01"),
        (shown(b"<0001>", composite, OPENTYPE, b"<0001> <5c71>"), "01"),
        (shown(b"<0001>", composite, TRUETYPE, b"<0002> <0041>", W=Array([2, Array([500])])), "01"),
    ],
)
def test_a_code_without_a_glyph_is_refused_with_its_font(tmp_path: Path, change: Change, code: str) -> None:
    assert f"font Small has no glyph for <{code}>, and a hole would be printed" in refused(tmp_path, change)


@pytest.mark.parametrize(
    "change",
    [
        shown(b"( A\\240)", embedded, TRUETYPE),
        shown(b"(A )", embedded, OPENTYPE, Encoding=Dictionary()),
        shown(b"(!)", embedded, TRUETYPE, Encoding=Dictionary(Differences=Array([0x21, Name.A]))),
        shown(b"<00010002>", composite, TRUETYPE),
        shown(b"<00010002>", composite, OPENTYPE),
        shown(b"<00000002>", composite, TRUETYPE, b"<0000> <3000>"),
        shown(b"<0001>", composite, TRUETYPE, b"<0002> <0041>", W=Array([1, 2, 500])),
        shown(b"<0003>", composite, TRUETYPE, mode=b"3 Tr "),
        shown(b"<0003>", composite, TRUETYPE, Encoding=Name("/90ms-RKSJ-H"), mode=b"q 3 Tr Q 3 Tr "),
    ],
)
def test_spaces_and_texts_that_are_not_seen_are_no_holes(tmp_path: Path, change: Change) -> None:
    assert len(load_insert(insert(tmp_path, change)).pages) == 1


def test_a_hole_is_found_with_the_font_and_mode_that_hold_again_after_a_part(tmp_path: Path) -> None:
    content = b"BT /F 9 Tf q /G gs 3 Tr <0003> Tj Q <0003> Tj ET"

    def change(pdf: pikepdf.Pdf) -> None:
        fonts = Dictionary(F=composite(pdf, TRUETYPE))
        draw(pdf, content, Font=fonts, ExtGState=Dictionary(G=Dictionary(Font=Array([embedded(pdf, TRUETYPE), 9]))))

    assert "no glyph for <03>" in refused(tmp_path, change)


def test_numbers_of_glyphs_are_looked_up_in_the_map_of_the_font(tmp_path: Path) -> None:
    def change(pdf: pikepdf.Pdf, text: bytes) -> None:
        font = composite(pdf, TRUETYPE, CIDToGIDMap=pdf.make_stream(bytes([0, 0, 0, 9, 0, 0, 0, 2])))
        draw(pdf, TEXT % text, Font=Dictionary(F=font))

    assert len(load_insert(insert(tmp_path, lambda pdf: change(pdf, b"<0003>"))).pages) == 1
    assert "no glyph for <01>" in refused(tmp_path, lambda pdf: change(pdf, b"<0001>"))


def picture(data: bytes, packed: str = "", **keys: Any) -> Change:
    """Draw 20 × 30 pixels in grey."""

    def change(pdf: pikepdf.Pdf) -> None:
        drawn = pdf.make_stream(data, Type=Name.XObject, Subtype=Name.Image, Width=20, Height=30, BitsPerComponent=8)
        drawn.ColorSpace = Name.DeviceGray
        if packed:
            drawn.write(data, filter=Name(packed))
        for key, value in keys.items():
            drawn[f"/{key}"] = value
        draw(pdf, b"q 90 0 0 90 9 9 cm /Im Do Q", XObject=Dictionary(Im=drawn))

    return change


def saved(kind: str) -> bytes:
    written = io.BytesIO()
    Image.effect_noise((20, 30), 90).save(written, kind)
    return written.getvalue()


RGB = Array([Name.ICCBased, Dictionary(N=3)])
PNG = Dictionary(Predictor=15, Columns=20)


@pytest.mark.parametrize(
    "change",
    [
        picture(bytes(599)),
        picture(bytes(1799), ColorSpace=RGB),
        picture(bytes(2399), ColorSpace=Name.DeviceCMYK),
        picture(bytes(89), ImageMask=True),
        picture(zlib.compress(bytes(600)), "/FlateDecode", DecodeParms=PNG),
        picture(zlib.compress(bytes(629)), "/FlateDecode", DecodeParms=PNG),
        picture(b"\xff\xd8\xff\xe0garbage", "/DCTDecode"),
        picture(saved("JPEG")[: len(saved("JPEG")) // 2], "/DCTDecode"),
        picture(saved("JPEG2000")[:100], "/JPXDecode"),
        picture(b"", "/JBIG2Decode"),
        picture(bytes(600), Width=0),
    ],
)
def test_a_picture_that_cannot_be_drawn_to_its_last_row_is_refused(tmp_path: Path, change: Change) -> None:
    assert "its picture /Im is damaged or has not all its rows; put the picture in again" in refused(tmp_path, change)


@pytest.mark.parametrize(
    "change",
    [
        picture(bytes(600)),
        picture(bytes(90), ImageMask=True),
        picture(bytes(90), BitsPerComponent=1),
        picture(bytes(600), ColorSpace=Array([Name.Indexed, Name.DeviceRGB, 0, pikepdf.String("abc")])),
        picture(zlib.compress(bytes(630)), "/FlateDecode", DecodeParms=PNG),
        picture(saved("JPEG"), "/DCTDecode"),
        picture(saved("JPEG2000"), "/JPXDecode"),
        picture(b"some", "/JBIG2Decode"),
    ],
)
def test_a_whole_picture_is_printed(tmp_path: Path, change: Change) -> None:
    assert len(load_insert(insert(tmp_path, change)).pages) == 1


def test_a_link_that_draws_is_refused(tmp_path: Path) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([9, 9, 99, 99]))
        link.AP = Dictionary(N=form(pdf, b"0 0 9 9 re f"))
        pdf.pages[0].Annots = Array([pdf.make_indirect(link)])

    assert "a link has a drawing of its own (/AP), which would not be printed" in refused(tmp_path, change)


def in_itself(pdf: pikepdf.Pdf) -> None:
    inner = form(pdf, b"/X Do", Resources=Dictionary())
    inner.Resources.XObject = Dictionary(X=inner)
    draw(pdf, b"/X Do", XObject=Dictionary(X=inner))


def in_a_circle(pdf: pikepdf.Pdf) -> None:
    """A form draws with a pattern, and that under a soft mask which draws the form."""
    first = form(pdf, b"/Pattern cs /P scn 0 0 9 9 re f", Resources=Dictionary())
    mask = form(pdf, b"/X Do", Resources=Dictionary(XObject=Dictionary(X=first)))
    state = Dictionary(SMask=Dictionary(S=Name.Luminosity, G=mask))
    pattern = pdf.make_stream(b"/G gs", PatternType=1, PaintType=1, TilingType=1, BBox=Array([0, 0, 9, 9]))
    pattern.XStep = pattern.YStep = 9
    pattern.Resources = Dictionary(ExtGState=Dictionary(G=state))
    first.Resources.Pattern = Dictionary(P=pattern)
    draw(pdf, b"/X Do", XObject=Dictionary(X=first))


@pytest.mark.parametrize("change", [in_itself, in_a_circle])
def test_a_form_that_draws_itself_is_refused(tmp_path: Path, change: Change) -> None:
    assert "a part of its drawing draws itself, without end" in refused(tmp_path, change)


def boxes(**keys: Any) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        for key, value in keys.items():
            pdf.pages[0][f"/{key}"] = value

    return change


def test_what_is_shown_is_what_both_boxes_hold(tmp_path: Path) -> None:
    small = boxes(MediaBox=Array([0, 0, 500, 700]), CropBox=Array([0, 0, *A4]))
    assert "it is a page of 176 × 247 mm, and the paper is A4 upright" in refused(tmp_path, small)
    apart = boxes(MediaBox=Array([0, 0, *A4]), CropBox=Array([700, 0, 1300, 842]))
    assert "and the paper is A4 upright" in refused(tmp_path, apart)


@pytest.mark.parametrize(
    "change",
    [
        boxes(Rotate=360),
        boxes(Rotate=-360),
        boxes(Rotate=720),
        boxes(MediaBox=Array([*A4, 0, 0])),
        boxes(MediaBox=Array([0, 0, 595, 842]), CropBox=Array([-20, -20, 700, 900])),
    ],
)
def test_an_upright_page_is_printed_as_it_is_shown(tmp_path: Path, change: Change) -> None:
    written = insert(tmp_path, change)
    (tmp_path / "layout").mkdir()
    plate = small_plate(tmp_path / "layout", "{{ slot('name') }}")
    file = PrintFile(tmp_path / "x.pdf", [plate])
    file.begin_piece("1", "1-")
    file.add_sheet(plate, {"name": "山田"})
    file.add_insert(load_insert(written))
    file.finish("x")
    assert complaints(tmp_path / "x.pdf") == []
    with pixels.opened(tmp_path / "x.pdf") as ours, pixels.opened(written) as theirs:
        assert ours.size(1) == pytest.approx(theirs.size(0), abs=0.01)
        assert pixels.difference(theirs.pixels(0, 100), ours.pixels(1, 100), 100) is None


def test_a_small_file_that_tells_of_the_same_codes_without_end_is_read_all_the_same(tmp_path: Path) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        font = composite(pdf, TRUETYPE, W=Array([0, 65534, 500] * 20_000))
        font.ToUnicode = pdf.make_stream(b"beginbfrange\n" + b"<0000> <ffff> <0041>\n" * 50_000 + b"endbfrange")
        draw(pdf, TEXT % b"<0002>", Font=Dictionary(F=font))

    assert len(load_insert(insert(tmp_path, change)).pages) == 1


def with_characters(platform: int, encoding: int, characters: dict[int, str]) -> bytes:
    font = TTFont(io.BytesIO(TRUETYPE))
    table = CmapSubtable.newSubtable(0 if platform == 1 else 4)
    table.platformID, table.platEncID, table.language, table.cmap = platform, encoding, 0, characters
    font["cmap"].tables = [table]
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def type1() -> bytes:
    secret, _ = encrypt(b"0000dup /Private 8 dict dup begin /CharStrings 1 dict dup begin /A 4 RD abcd ND end", 55665)
    return b"%!PS-AdobeFont-1.0: Small\n/Encoding 256 array\ndup 33 /A put\ncurrentfile eexec " + secret


@pytest.mark.parametrize(
    ("program", "keys", "code"),
    [
        (with_characters(3, 0, {0xF041: "A"}), {"Encoding": Dictionary()}, b"41"),
        (
            with_characters(1, 0, {0x8A: "A"}),
            {"Encoding": Dictionary(Differences=Array([0x21, Name.adieresis]))},
            b"21",
        ),
        (with_characters(3, 1, {0x2D: "A"}), {}, b"AD"),
        (type1(), {}, b"41"),
        (type1(), {"Encoding": Dictionary()}, b"21"),
    ],
)
def test_a_glyph_is_found_in_whatever_table_has_it(
    tmp_path: Path, program: bytes, keys: dict[str, Any], code: bytes
) -> None:
    assert len(load_insert(insert(tmp_path, shown(b"<%b>" % code, embedded, program, **keys))).pages) == 1
    said = refused(tmp_path, shown(b"<%b42>" % code, embedded, program, **keys))
    assert "font Small has no glyph for <42>" in said
