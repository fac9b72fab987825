"""Inserts: printed as a reader shows them, written once however often they are used, refused when that cannot be."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable
from copy import copy
from pathlib import Path
from random import Random
from typing import Any

import pikepdf
import pypdf
import pytest
import weasyprint
from pypdf.annotations import FreeText, Link
from pypdf.generic import FloatObject, NameObject, RectangleObject
from readers import complaints, page_counts, text_by_poppler
from small_fonts import truetype
from small_layouts import small_plate

from renderer.model.errors import BadJob
from renderer.press.enclosing import load_insert, load_inserts
from renderer.press.plates import Plate
from renderer.press.preflight import MOST_BYTES, MOST_CONTENT, MOST_LEVELS, MOST_OBJECTS
from renderer.press.press import PrintFile
from renderer.proof import pixels
from renderer.proof.glyphs import proof_of_glyphs

HTML = """<html lang=ja><style>@page { size: A4; margin: 15mm } body { font: 14pt "BIZ UDPGothic" }
h1 { color: #c02; border-bottom: 1mm solid } img { width: 30mm }</style>
<h1>同封のご案内</h1><p>本文　第一頁 <a href="https://example.jp/">リンク</a>
<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 2 1'><path d='M0 0h1v1z'/></svg>">
<p style="break-before: page; opacity: .5">第二頁"""


@pytest.fixture(scope="module")
def plate(tmp_path_factory: pytest.TempPathFactory) -> Plate:
    body = "<p style='font-family: BIZ UDMincho'>定型</p>{{ slot('name') }}"
    return small_plate(tmp_path_factory.mktemp("layout"), body)


@pytest.fixture(scope="module")
def leaflet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("insert") / "leaflet.pdf"
    weasyprint.HTML(string=HTML).write_pdf(path)
    return path


def printed(path: Path, plate: Plate, inserts: list[Path], pieces: int) -> Path:
    """Print pieces of one sheet, each followed by the inserts."""
    loaded = [load_insert(insert) for insert in inserts]
    file = PrintFile(path, [plate])
    for piece in range(pieces):
        file.begin_piece(str(piece), f"{piece}-")
        file.add_sheet(plate, {"name": f"山田{piece}"})
        for insert in loaded:
            file.add_insert(insert)
    file.finish("x")
    return path


def changed(insert: Path, into: Path, change: Callable[[pypdf.PdfWriter], None]) -> Path:
    writer = pypdf.PdfWriter(clone_from=insert)
    change(writer)
    writer.write(into)
    return into


def assert_same_pixels(path: Path, pages: list[int], insert: Path) -> None:
    with pixels.opened(path) as ours, pixels.opened(insert) as theirs:
        for number, page in enumerate(pages):
            assert ours.size(page) == pytest.approx(theirs.size(number), abs=0.001)
            assert pixels.difference(theirs.pixels(number, 100), ours.pixels(page, 100), 100) is None
            assert theirs.pixels(number, 100).getextrema()[0] < 192  # there is something to compare


def test_a_resource_whose_name_needs_an_escape_is_drawn_all_the_same(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595.28, 841.89))
        form = pdf.make_stream(b"0 0 300 300 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        form.BBox = [0, 0, 600, 900]
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary({"/A B": form}))
        page.Contents = pdf.make_stream(b"/A#20B Do")
        pdf.save(tmp_path / "insert.pdf")
    (resources,) = [page.resources for page in load_insert(tmp_path / "insert.pdf").pages]
    assert b"/A#20B" in b"".join(part for part in resources if isinstance(part, bytes))


def test_an_insert_is_printed_as_it_came_after_every_piece(tmp_path: Path, plate: Plate, leaflet: Path) -> None:
    path = printed(tmp_path / "x.pdf", plate, [leaflet], 3)
    assert page_counts(path) == {9}
    assert complaints(path) == []
    for piece in range(3):
        assert_same_pixels(path, [3 * piece + 1, 3 * piece + 2], leaflet)
    texts = ["".join(page.split()) for page in text_by_poppler(path)]
    assert ["山田1" in text for text in texts] == [False, False, False, True, False, False, False, False, False]
    assert ["第二頁" in text for text in texts] == [False, False, True] * 3


def test_an_insert_of_many_pieces_is_written_once(tmp_path: Path, plate: Plate, leaflet: Path) -> None:
    sizes = []
    for pieces in (10, 60):
        path = printed(tmp_path / f"{pieces}.pdf", plate, [leaflet, leaflet], pieces)
        sizes.append(path.stat().st_size)
        assert len(re.findall(rb"/Subtype/Form", path.read_bytes())) == 1 + 2
    assert (sizes[1] - sizes[0]) / 50 < 2_000 < leaflet.stat().st_size


def test_two_inserts_keep_their_order_and_their_resources_apart(tmp_path: Path, plate: Plate, leaflet: Path) -> None:
    other = tmp_path / "other.pdf"
    weasyprint.HTML(string='<p style="font: 30pt BIZ UDMincho">別の案内').write_pdf(other)
    path = printed(tmp_path / "x.pdf", plate, [other, leaflet], 2)
    assert_same_pixels(path, [1], other)
    assert_same_pixels(path, [2, 3], leaflet)
    assert_same_pixels(path, [5], other)


def test_a_page_with_inherited_resources_and_its_own_origin_is_printed_whole(tmp_path: Path, plate: Plate) -> None:
    insert = tmp_path / "insert.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        page = pdf.pages[0]
        page.MediaBox = [50, 70, 645, 912]
        page.Contents = pdf.make_stream(b"/Dark gs 0.2 g 60 80 100 60 re f")
        del page.Resources
        pdf.Root.Pages.Resources = pikepdf.Dictionary(ExtGState={"/Dark": {"/ca": 1}})
        pdf.save(insert)
    assert_same_pixels(printed(tmp_path / "x.pdf", plate, [insert], 1), [1], insert)


def test_what_a_reader_does_not_show_is_not_printed(tmp_path: Path, plate: Plate, leaflet: Path) -> None:
    def crop(writer: pypdf.PdfWriter) -> None:
        writer.pages[0].mediabox = RectangleObject((0, 0, 700, 900))
        writer.pages[0].cropbox = RectangleObject((60, 40, 655, 882))

    cropped = changed(leaflet, tmp_path / "cropped.pdf", crop)
    assert_same_pixels(printed(tmp_path / "x.pdf", plate, [cropped], 1), [1, 2], cropped)


def test_a_page_without_content_is_blank_paper(tmp_path: Path, plate: Plate) -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(tmp_path / "blank.pdf")
    path = printed(tmp_path / "x.pdf", plate, [tmp_path / "blank.pdf"], 1)
    with pixels.opened(path) as document:
        assert document.pixels(1, 50).getextrema() == (255, 255)


def test_links_do_no_harm(tmp_path: Path, leaflet: Path) -> None:
    link = Link(rect=(10, 10, 60, 60), url="https://example.jp/")
    linked = changed(leaflet, tmp_path / "x.pdf", lambda writer: writer.add_annotation(0, link) and None)
    assert len(load_insert(linked).pages) == 2


def encrypt(writer: pypdf.PdfWriter) -> None:
    writer.encrypt("", "owner", algorithm="RC4-128")


def enlarge(writer: pypdf.PdfWriter) -> None:
    writer.pages[1][NameObject("/UserUnit")] = FloatObject(1.5)


def make_a5(writer: pypdf.PdfWriter) -> None:
    writer.pages[1].cropbox = RectangleObject((0, 0, 420, 595))


def make_wider(writer: pypdf.PdfWriter) -> None:
    writer.pages[0].mediabox = RectangleObject((0, 0, 595.276 + 3, 841.89))


def turn(writer: pypdf.PdfWriter) -> None:
    writer.pages[1].rotate(90)


def empty(writer: pypdf.PdfWriter) -> None:
    writer.root_object["/Pages"][NameObject("/Kids")] = pypdf.generic.ArrayObject()  # type: ignore[index]
    writer.root_object["/Pages"][NameObject("/Count")] = pypdf.generic.NumberObject(0)  # type: ignore[index]


def annotate(writer: pypdf.PdfWriter) -> None:
    writer.add_annotation(0, FreeText(text="済", rect=(10, 10, 60, 60)))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (encrypt, "is protected"),
        (turn, "turned by 90 degrees"),
        (enlarge, "units of its own"),
        (make_a5, "a page of 148 × 210 mm, and the paper is A4 upright"),
        (make_wider, "a page of 211 × 297 mm"),
        (empty, "has no page"),
        (annotate, "fields, stamps or notes"),
    ],
)
def test_what_would_be_printed_otherwise_than_it_is_shown_is_refused(
    tmp_path: Path, leaflet: Path, change: Callable[[pypdf.PdfWriter], None], sentence: str
) -> None:
    with pytest.raises(BadJob, match=rf"insert insert\.pdf .*{sentence}"):
        load_insert(changed(leaflet, tmp_path / "insert.pdf", change))


def test_what_ends_on_the_front_of_a_leaf_is_refused_where_sheets_are_printed_on_both_sides(
    tmp_path: Path, leaflet: Path
) -> None:
    odd = changed(leaflet, tmp_path / "odd.pdf", lambda writer: writer.add_blank_page() and None)
    assert [len(insert.pages) for insert in load_inserts([leaflet, odd], 1)] == [2, 3]
    assert len(load_inserts([leaflet], 2)) == 1
    with pytest.raises(BadJob, match=r"insert odd\.pdf has 3 pages, .* add a blank page at its end"):
        load_inserts([leaflet, odd], 2)


def test_an_insert_protected_in_the_way_of_today_is_refused_as_such(tmp_path: Path, leaflet: Path) -> None:
    with pikepdf.open(leaflet) as pdf:
        pdf.save(tmp_path / "x.pdf", encryption=pikepdf.Encryption(owner="owner", user="", R=6))
    with pytest.raises(BadJob, match=r"insert x\.pdf is protected; take the protection off"):
        load_insert(tmp_path / "x.pdf")


READ = "import sys, pathlib; from renderer.press.enclosing import load_insert as load; load(pathlib.Path(sys.argv[1]))"


def test_what_the_reader_of_a_slightly_damaged_insert_has_to_say_stays_unsaid(tmp_path: Path, leaflet: Path) -> None:
    data = leaflet.read_bytes()
    (tmp_path / "x.pdf").write_bytes(data[:9] + b"% and its table of objects is wrong now\n" + data[9:])
    read = subprocess.run([sys.executable, "-c", READ, tmp_path / "x.pdf"], capture_output=True, check=True)
    assert read.stderr == b""


def hidden_from_the_start(pdf: pikepdf.Pdf) -> None:
    layer = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="社外秘"))
    pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=[layer], D=pikepdf.Dictionary(BaseState=pikepdf.Name.OFF))


def layer_of_the_content(pdf: pikepdf.Pdf) -> None:
    """The file has no list of layers, and its second page begins one."""
    group = pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="社外秘")
    members = pikepdf.Dictionary(Type=pikepdf.Name.OCMD, OCGs=[pdf.make_indirect(group)])
    pdf.pages[1].Resources.Properties = pikepdf.Dictionary(L=members)


def form(pdf: pikepdf.Pdf, content: bytes = b"", **keys: Any) -> pikepdf.Object:
    """Give the second page a form."""
    drawn = pdf.make_stream(content, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9])
    for key, value in keys.items():
        drawn[f"/{key}"] = value
    among = pikepdf.Dictionary(pdf.pages[1].Resources.get("/XObject", {}))
    among.X = drawn
    pdf.pages[1].Resources.XObject = among
    return drawn


def layer_of_a_form(pdf: pikepdf.Pdf) -> None:
    form(pdf, OC=pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="社外秘"))


def postscript(pdf: pikepdf.Pdf) -> None:
    form(pdf).Subtype = pikepdf.Name.PS


def picture_elsewhere(pdf: pikepdf.Pdf) -> None:
    form(pdf, F=pikepdf.String("http://example.jp/picture"))


def page_elsewhere(pdf: pikepdf.Pdf) -> None:
    form(pdf, Ref=pikepdf.Dictionary(F=pikepdf.String("other.pdf"), Page=0))


def script_at_the_start(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("1"))


def script_by_name(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=[]))


def action_of_a_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Named, N=pikepdf.Name.Print))


def program_behind_a_link(pdf: pikepdf.Pdf) -> None:
    (link,) = pdf.pages[0].Annots
    link.A = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("x.exe"))


def filled_in_by_a_program(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=pdf.make_stream(b"<xdp/>"))


def drawn(content: bytes, *, in_form: bool = False) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        if in_form:
            form(pdf, content)
        else:
            pdf.pages[1].Contents = pdf.make_stream(content)

    return change


def nested(levels: int) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        inner = pdf.make_indirect(pikepdf.Dictionary())
        for _ in range(levels):
            inner = pdf.make_indirect(pikepdf.Dictionary(Next=inner))
        pdf.pages[1].Resources.Properties = pikepdf.Dictionary(L=inner)

    return change


def without_font_files(pdf: pikepdf.Pdf) -> None:
    for font in pdf.pages[1].Resources.Font.values():
        del font.DescendantFonts[0].FontDescriptor.FontFile2


def standard_font(pdf: pikepdf.Pdf) -> None:
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    pdf.pages[1].Resources.Font = pikepdf.Dictionary(F1=font)


LAYER = "layer '社外秘' may be hidden"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (hidden_from_the_start, f": {LAYER}.*; write it without layers"),
        (layer_of_the_content, f" page 2: {LAYER}"),
        (layer_of_a_form, f" page 2: {LAYER}"),
        (without_font_files, r" page \d: font [A-Z]{6}\+BIZ-UDPGothic.* is not in the file.*; embed all fonts"),
        (standard_font, " page 2: font Helvetica is not in the file"),
        (postscript, " page 2: it holds PostScript"),
        (picture_elsewhere, " page 2: a stream of it lies outside the file"),
        (page_elsewhere, " page 2: a page of it lies outside the file"),
        (script_at_the_start, ": runs a script or an action"),
        (script_by_name, ": runs a script or an action"),
        (action_of_a_page, " page 2: it runs a script or an action"),
        (program_behind_a_link, " page 1: a link runs a script or a program"),
        (filled_in_by_a_program, ": is a form that a program fills in"),
        (drawn(b"q 0 0 9 9 re f"), " page 2: its q and Q do not balance"),
        (drawn(b"Q q"), " page 2: its q and Q do not balance"),
        (drawn(b"BT BT ET ET"), " page 2: its BT and ET do not balance"),
        (drawn(b"ET"), " page 2: its BT and ET do not balance"),
        (drawn(b"BT"), " page 2: its BT and ET do not balance"),
        (drawn(b"q", in_form=True), " page 2: its q and Q do not balance"),
        (drawn(b" " * (MOST_CONTENT + 1)), " page 2: what is drawn takes more than 20 MB"),
        (nested(MOST_LEVELS + 2), " page 2: its objects stand in one another on more than 100 levels"),
    ],
)
def test_what_a_form_would_print_otherwise_is_refused_with_file_and_page(
    tmp_path: Path, leaflet: Path, change: Callable[[pikepdf.Pdf], None], sentence: str
) -> None:
    with pikepdf.open(leaflet) as pdf:
        pdf.pages[1].Resources = copy(pdf.pages[1].Resources)
        change(pdf)
        pdf.save(tmp_path / "insert.pdf")
    with pytest.raises(BadJob, match=rf"insert insert\.pdf{sentence}"):
        load_insert(tmp_path / "insert.pdf")


@pytest.mark.parametrize(
    "change",
    [
        drawn(b"q (q \\( Q (q) BT) Tj <41> Tj Q % q\nq /q ri /BT /ET <</Q 1>> pop [(Q)]TJ Q"),
        drawn(b"q BI /W 2 /H 1 /BPC 8 /CS /G ID qQ EI Q BT ET"),
        nested(MOST_LEVELS - 10),
    ],
)
def test_what_only_looks_so_is_printed(tmp_path: Path, leaflet: Path, change: Callable[[pikepdf.Pdf], None]) -> None:
    with pikepdf.open(leaflet) as pdf:
        pdf.pages[1].Resources = copy(pdf.pages[1].Resources)
        change(pdf)
        pdf.save(tmp_path / "insert.pdf")
    assert len(load_insert(tmp_path / "insert.pdf").pages) == 2


def test_an_insert_of_very_many_objects_or_bytes_is_refused_before_it_is_read(tmp_path: Path, leaflet: Path) -> None:
    with pikepdf.open(leaflet) as pdf:
        names = {f"/N{number}": pikepdf.Dictionary() for number in range(MOST_OBJECTS)}
        pdf.pages[0].Resources.Properties = pikepdf.Dictionary(names)
        pdf.save(tmp_path / "many.pdf")
    with pytest.raises(BadJob, match=r"many\.pdf page 1: the pages need more than 50000 objects"):
        load_insert(tmp_path / "many.pdf")
    with (tmp_path / "long.pdf").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(BadJob, match=r"insert long\.pdf has more than 100 MB"):
        load_insert(tmp_path / "long.pdf")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"%PDF-1.7\nhello world", b"PK\x03\x04" * 50])
def test_what_is_no_pdf_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "insert.pdf").write_bytes(content)
    with pytest.raises(BadJob, match=r"insert insert\.pdf cannot be read as a PDF"):
        load_insert(tmp_path / "insert.pdf")


def test_a_damaged_insert_is_read_or_refused_and_never_crashes(tmp_path: Path, leaflet: Path) -> None:
    whole, random = leaflet.read_bytes(), Random(11)
    path = tmp_path / "insert.pdf"
    refused = 0
    for _ in range(100):
        damaged = bytearray(whole)
        for _ in range(random.randrange(1, 6)):
            damaged[random.randrange(len(damaged))] = random.randrange(256)
        path.write_bytes(damaged[: random.choice((len(whole), random.randrange(len(whole))))])
        try:
            load_insert(path)
        except BadJob:
            refused += 1
    assert 0 < refused < 100


def test_an_insert_of_the_program_itself_can_be_enclosed_again(tmp_path: Path, plate: Plate, leaflet: Path) -> None:
    first = printed(tmp_path / "first.pdf", plate, [leaflet], 1)
    second = printed(tmp_path / "second.pdf", plate, [first], 1)
    assert_same_pixels(second, [1, 2, 3], first)
    assert complaints(second) == []


def test_the_fonts_of_an_insert_are_named_with_their_tags(leaflet: Path) -> None:
    named = {font["/BaseFont"][1:] for page in pypdf.PdfReader(io.BytesIO(leaflet.read_bytes())).pages
             for font in page["/Resources"]["/Font"].values()}  # type: ignore[index,union-attr]  # fmt: skip
    assert load_insert(leaflet).fonts == named
    assert named


@pytest.mark.parametrize("name", ["/MS Gothic", "/A(1)", "/游明朝"])
def test_the_fonts_of_an_insert_are_found_again_whatever_their_names(tmp_path: Path, name: str) -> None:
    """Another program's font is left out of the proof of glyphs by the name it has in the print file."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595.28, 841.89))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.TrueType)
        font.BaseFont = pikepdf.Name(name)
        font.FontDescriptor = pikepdf.Dictionary(
            Type=pikepdf.Name.FontDescriptor, FontFile2=pdf.make_stream(truetype())
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = pdf.make_stream(b"BT /F1 12 Tf 50 50 Td (A) Tj ET")
        pdf.save(tmp_path / "insert.pdf")
    insert = load_insert(tmp_path / "insert.pdf")
    with PrintFile(tmp_path / "x.pdf", []) as file:
        file.begin_piece("1", "1-")
        file.add_insert(insert)
        file.finish("x")
    proof_of_glyphs(tmp_path / "x.pdf", {}, insert.fonts)
