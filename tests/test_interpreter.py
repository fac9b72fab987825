"""What a page draws, read from its operators: places in mm from the top left corner, inks as the file names them."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pypdf
import pytest
from pikepdf import Dictionary, Name
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject, NameObject, NumberObject

from renderer.model.errors import Unreadable
from renderer.review.canvas import Drawn
from renderer.review.interpreter import Interpreter
from renderer.review.opened import opened
from renderer.review.paints import Paint

MM = 72 / 25.4
ONE, INTENT = "black of 1 ink", "rendering intent"


def drawn(path: Path, content: str) -> Drawn:
    """Read a page of 100 × 100 mm of this content, in mm, which may use a spot colour, an ICC space and a form."""
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(100 * MM, 100 * MM)
    profile, form, stream = DecodedStreamObject(), DecodedStreamObject(), DecodedStreamObject()
    profile[NameObject("/N")] = NumberObject(4)
    form.set_data(b"0 0 50 50 re f")
    form[NameObject("/Subtype")] = NameObject("/Form")
    form[NameObject("/Resources")] = DictionaryObject()
    form[NameObject("/BBox")] = ArrayObject(map(FloatObject, (0, 0, 20, 20)))
    form[NameObject("/Matrix")] = ArrayObject(map(FloatObject, (1, 0, 0, 1, 5, 0)))
    gold = ArrayObject([NameObject("/Separation"), NameObject("/Gold"), NameObject("/DeviceCMYK"), NumberObject(0)])
    icc = ArrayObject([NameObject("/ICCBased"), writer._add_object(profile)])
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/TrueType"),
            NameObject("/BaseFont"): NameObject("/ABCDEF+Half"),
            NameObject("/FirstChar"): NumberObject(97),
            NameObject("/Widths"): ArrayObject([NumberObject(500)] * 26),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {
            NameObject("/ColorSpace"): DictionaryObject(
                {NameObject("/Spot"): writer._add_object(gold), NameObject("/Icc"): icc}
            ),
            NameObject("/Font"): DictionaryObject({NameObject("/F"): font}),
            NameObject("/XObject"): DictionaryObject({NameObject("/Form"): writer._add_object(form)}),
        }
    )
    stream.set_data(f"{MM} 0 0 {MM} 0 0 cm {content}".encode())
    page[NameObject("/Contents")] = writer._add_object(stream)
    writer.write(path)
    with opened(path) as pdf:
        return Interpreter(pdf).drawn(0)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("10 80 50 0.2 re f", "a rule 50.0 × 0.2 mm at 10.0, 19.8"),
        ("0.4 w 10 80 m 60 80 l S", "a rule 50.0 × 0.4 mm at 10.0, 19.8"),
        ("10 60 50 20 re f", "an area 50.0 × 20.0 mm at 10.0, 20.0"),
        ("1 w 10 60 50 20 re S", "a frame 51.0 × 21.0 mm at 9.5, 19.5"),
        ("11 61 48 18 re 10 60 50 20 re f*", "a frame 50.0 × 20.0 mm at 10.0, 20.0"),
        ("10 60 m 60 60 l 60 80 l h f", "an area 50.0 × 20.0 mm at 10.0, 20.0"),
        ("q 10 60 20 20 re W n 0 0 90 90 re f Q", "an area 20.0 × 20.0 mm at 10.0, 20.0"),
        ("q 2 0 0 2 10 0 cm /Form Do Q", "an area 40.0 × 40.0 mm at 20.0, 60.0"),
        ("q 20 0 0 10 5 50 cm BI /W 1 /H 1 /CS /G /BPC 8 ID 0 EI Q", "a picture 20.0 × 10.0 mm at 5.0, 40.0"),
        ("10 60 m " + "10 60 2 2 re " * 17 + "f", "a drawing 2.0 × 2.0 mm at 10.0, 38.0"),
    ],
)
def test_a_mark_is_told_by_its_kind_and_place(tmp_path: Path, content: str, told: str) -> None:
    (mark,) = drawn(tmp_path / "x.pdf", content).marks
    assert f"{mark} {mark.box}" == told


def test_a_form_that_is_drawn_twice_is_drawn_as_each_time_it_is_told_to(tmp_path: Path) -> None:
    content = "1 0 0 rg /Form Do /Form Do 0 0 1 rg /Form Do 1 0 0 1 40 0 cm /Form Do q 0 0 10 10 re W n /Form Do Q"
    marks = drawn(tmp_path / "x.pdf", content).marks
    red, blue = Paint("rgb", (1, 0, 0)), Paint("rgb", (0, 0, 1))
    assert [(mark.paint, mark.box.x, round(mark.box.w, 6)) for mark in marks] == [
        (red, 5, 20),
        (red, 5, 20),
        (blue, 5, 20),
        (blue, 45, 20),
        (blue, 45, 5),
    ]


def test_what_pages_draw_alike_is_read_once(tmp_path: Path) -> None:
    drawn(tmp_path / "x.pdf", "/Form Do")
    with pikepdf.open(tmp_path / "x.pdf") as pdf:
        pdf.pages.append(pdf.pages[0])
        interpreter = Interpreter(pdf)
        ((first,), (second,)) = (interpreter.drawn(page).marks for page in (0, 1))
        assert first is second


def test_a_form_without_resources_has_those_of_each_page_and_without_a_box_is_whole(tmp_path: Path) -> None:
    drawn(tmp_path / "x.pdf", "/Form Do")
    with pikepdf.open(tmp_path / "x.pdf") as pdf:
        pdf.pages.append(pdf.pages[0])
        form = pdf.pages[0].Resources.XObject.Form
        form.write(b"/Own gs 0 0 50 50 re f")
        del form.Resources, form.BBox
        for page, share in zip(pdf.pages, (0.25, 0.5), strict=True):
            page.Resources = Dictionary(XObject=Dictionary(Form=form), ExtGState=Dictionary(Own=Dictionary(ca=share)))
        interpreter = Interpreter(pdf)
        marks = [mark for page in (0, 1) for mark in interpreter.drawn(page).marks]
    assert [(mark.paint and mark.paint.opacity, round(mark.box.w, 6)) for mark in marks] == [(0.25, 50), (0.5, 50)]


@pytest.mark.parametrize(("below", "told"), [("", 0), ("10 10 9 9 re f ", 2), ("/Form Do ", 2), ("50 50 9 9 re f ", 1)])
def test_white_in_a_form_is_a_mark_where_it_hides_something(tmp_path: Path, below: str, told: int) -> None:
    assert len(drawn(tmp_path / "x.pdf", f"{below}1 g /Form Do").marks) == told


@pytest.mark.parametrize("content", ["1 g 0 0 9 9 re f", "0 0 9 9 re n", "q 0 0 5 5 re W n 9 9 5 5 re f Q", "/No Do"])
def test_what_leaves_no_ink_is_no_mark(tmp_path: Path, content: str) -> None:
    assert drawn(tmp_path / "x.pdf", content).marks == ()


@pytest.mark.parametrize(
    ("operators", "paint", "told"),
    [
        ("", Paint("grey", (0,)), "black of 1 ink"),
        ("0 0 0 rg", Paint("rgb", (0, 0, 0)), "R 0 G 0 B 0"),
        ("0.25 g", Paint("grey", (0.25,)), "grey of 75 %"),
        ("1 0 0 rg", Paint("rgb", (1, 0, 0)), "R 255 G 0 B 0"),
        ("0 0 0 1 k", Paint("cmyk", (0, 0, 0, 1)), "black of 1 ink (C 0 M 0 Y 0 K 100)"),
        ("/DeviceCMYK cs", Paint("cmyk", (0, 0, 0, 1)), "black of 1 ink (C 0 M 0 Y 0 K 100)"),
        (
            "/Icc cs 1 1 1 0 sc",
            Paint("cmyk", (1, 1, 1, 0), ways=("by the profile 6fee834a",)),
            "black of 3 inks (C 100 M 100 Y 100 K 0), by the profile 6fee834a",
        ),
        ("/Perceptual ri", Paint("grey", (0,), ways=("rendering intent Perceptual",)), f"{ONE}, {INTENT} Perceptual"),
        ("/Perceptual ri /RelativeColorimetric ri", Paint("grey", (0,)), ONE),
        ("5 i", Paint("grey", (0,), ways=("flatness 5",)), f"{ONE}, flatness 5"),
        ("0 1 0 0 k", Paint("cmyk", (0, 1, 0, 0)), "(C 0 M 100 Y 0 K 0)"),
        ("/Spot cs 0.5 scn", Paint("Gold", (0.5,)), "Gold 50 %"),
        ("/Pattern cs /P1 scn", Paint("Pattern"), "Pattern"),
    ],
)
def test_a_paint_is_told_as_the_file_names_it(tmp_path: Path, operators: str, paint: Paint, told: str) -> None:
    (filled,) = drawn(tmp_path / "x.pdf", f"{operators} 0 0 9 9 re f").marks
    assert (filled.paint, str(filled.paint)) == (paint, told)
    lines = {"g": "G", "rg": "RG", "k": "K", "cs": "CS", "sc": "SC", "scn": "SCN"}
    stroking = " ".join(lines.get(word, word) for word in operators.split())
    (stroked,) = drawn(tmp_path / "x.pdf", f"{stroking} 0 0 9 9 re S").marks
    assert stroked.paint == paint


def test_strings_begin_where_their_lines_do_and_may_have_no_ink(tmp_path: Path) -> None:
    content = (
        "BT /F 4 Tf 3 TL 10 90 Td (a) Tj T* (b) Tj 0 -5 TD 0 0 1 rg (c) ' 1 Tr 1 0 0 1 20 50 Tm [(d)] TJ 3 Tr (e) Tj"
    )
    blue, black = Paint("rgb", (0, 0, 1)), Paint("grey", (0,))
    shows = drawn(tmp_path / "x.pdf", content).shows
    told = [(round(show.start[0], 2), round(show.start[1], 2), show.paint) for show in shows]
    assert told == [(10, 10, black), (10, 13, black), (10, 23, blue), (20, 50, black), (22, 50, None)]
    assert {show.font.name for show in shows} == {"Half"}


@pytest.mark.parametrize(
    ("between", "x"),
    [
        ("", 18.0),
        ("1 Tc", 18.0),
        ("50 Tz", 18.0),
        ("[(aa) -500 (aa)] TJ", 28.0),
        ("2 Tc (aa) Tj", 26.0),
        ("2 Tw (aa) Tj", 22.0),
        ("50 Tz (aa) Tj", 20.0),
        ("/F 8 Tf (aa) Tj", 26.0),
        ("2 0 0 2 18 50 Tm (aa) Tj", 26.0),
    ],
)
def test_a_string_begins_where_the_one_before_ends(tmp_path: Path, between: str, x: float) -> None:
    shows = drawn(tmp_path / "x.pdf", f"BT /F 4 Tf 1 0 0 1 10 50 Tm (aaaa) Tj {between} (b) Tj").shows
    assert shows[-1].start == pytest.approx((x, 50))


def vertical(path: Path, content: str, named: bool) -> Drawn:
    """Read a page of a font that is written downwards, by the name of its CMap or by one of the file's own."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(100 * MM, 100 * MM))
        own = Dictionary(Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name.Down)
        font = Dictionary(Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.Down)
        font.Encoding = Name("/Identity-V") if named else pdf.make_stream(b"", WMode=1)
        font.DescendantFonts = [own]
        page.Resources = Dictionary(Font=Dictionary(V=font))
        page.Contents = pdf.make_stream(f"{MM} 0 0 {MM} 0 0 cm BT /V 4 Tf 1 0 0 1 50 90 Tm {content} ET".encode())
        pdf.save(path)
    with opened(path) as pdf:
        return Interpreter(pdf).drawn(0)


@pytest.mark.parametrize(
    ("between", "y"),
    [("", 10), ("<00010002> Tj", 18), ("[<0001> 1500 <0002>] TJ", 24), ("[<0001> -250 <0002>] TJ", 17)],
)
@pytest.mark.parametrize("named", [True, False])
def test_a_font_may_be_written_downwards(tmp_path: Path, between: str, y: float, named: bool) -> None:
    show = vertical(tmp_path / "x.pdf", f"{between} <0003> Tj", named).shows[-1]
    assert show.start == pytest.approx((50, y))
    assert (show.box.x, show.box.y, show.box.w, show.box.h) == pytest.approx((48, y, 4, 4))


def test_a_letter_without_a_width_has_the_one_that_its_font_says_for_such(tmp_path: Path) -> None:
    drawn(tmp_path / "x.pdf", "BT /F 4 Tf 1 0 0 1 10 50 Tm (\\200\\200) Tj (b) Tj ET")
    starts = []
    with pikepdf.open(tmp_path / "x.pdf") as pdf:
        for missing in (None, 250):
            if missing:
                pdf.pages[0].Resources.Font.F.FontDescriptor = Dictionary(MissingWidth=missing)
            starts.append(Interpreter(pdf).drawn(0).shows[-1].start)
    assert starts == [pytest.approx((14, 50)), pytest.approx((12, 50))]


def test_a_content_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"x\.pdf cannot be read as a PDF"):
        drawn(tmp_path / "x.pdf", "/Form cm")


@pytest.mark.parametrize("missing", ["/No gs", "BT /No 9 Tf (a) Tj ET", "/No Do", "/No sh", "Q", "EMC"])
def test_what_readers_pass_over_is_passed_over(tmp_path: Path, missing: str) -> None:
    (mark,) = drawn(tmp_path / "x.pdf", f"{missing} 10 60 50 20 re f").marks[-1:]
    assert str(mark.box) == "50.0 × 20.0 mm at 10.0, 20.0"


def test_a_page_without_anything_is_blank(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(tmp_path / "x.pdf")
    with opened(tmp_path / "x.pdf") as pdf:
        assert Interpreter(pdf).drawn(0) == Drawn()


def test_a_file_that_is_no_pdf_or_needs_a_password_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.pdf").write_bytes(b"nothing")
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(tmp_path / "locked.pdf")
    for name, why in (("no.pdf", "cannot be read as a PDF"), ("locked.pdf", "is locked with a password")):
        with pytest.raises(Unreadable, match=f"{name} {why}"), opened(tmp_path / name):
            pass
