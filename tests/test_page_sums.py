"""What a page draws is summed up: the same however a file is written, another for whatever a person could see."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import weasyprint
from PIL import Image
from small_layouts import print_sheets, small_plate

from renderer.model.errors import Unreadable
from renderer.review.page_sums import PageSums, Sum

SHEET = """<style>@page { size: A4; margin: 0 } html { font: 12pt BIZ UDMincho }</style>
<p>資格情報通知書</p><p style="opacity: 0.5; color: #234">山田　太郎　様</p><img src="red.png" width="40">"""


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sums")
    Image.new("RGB", (8, 8), (200, 0, 0)).save(folder / "red.png")
    weasyprint.HTML(string=SHEET, base_url=f"{folder}/").write_pdf(folder / "sheet.pdf")
    return folder / "sheet.pdf"


def sums(pdf: Path) -> list[Sum | None]:
    with PageSums(pdf) as opened:
        return [opened.sum(page) for page in range(opened.page_count)]


def edited(sheet: Path, folder: Path, edit: Callable[[Any, Any], object]) -> Path:
    with pikepdf.open(sheet) as pdf:
        edit(pdf, pdf.pages[0])
        pdf.save(folder / "edited.pdf")
    return folder / "edited.pdf"


@pytest.mark.parametrize(
    "options",
    [
        "--object-streams=generate",
        "--linearize",
        "--recompress-flate --compression-level=9",
        "--qdf",
    ],
)
def test_however_a_file_is_written_a_page_has_one_sum(sheet: Path, tmp_path: Path, options: str) -> None:
    subprocess.run(["qpdf", *options.split(), sheet, tmp_path / "written.pdf"], check=True)
    (one,), (other,) = sums(sheet), sums(tmp_path / "written.pdf")
    assert one == other is not None


def test_a_font_of_which_others_use_other_glyphs_is_the_same(tmp_path: Path) -> None:
    plate = small_plate(tmp_path)
    one, other = (
        print_sheets(tmp_path / f"{name}.pdf", plate, [{"name": value} for value in values])
        for name, values in (("one", ["山田", "川口"]), ("other", ["亜細亜", "山田"]))
    )
    assert one.read_bytes() != other.read_bytes()
    assert sums(one)[0] == sums(other)[1] is not None
    assert sums(one)[1] != sums(other)[0]


def rename(pdf: Any, page: Any) -> None:
    """Call the fonts of a page otherwise; forms may go on with their names."""
    content = b"\n".join(stream.read_bytes() for stream in _streams(page))
    for name, font in list(page.resources.Font.items()):
        page.resources.Font["/New" + name[1:]] = font
        content = content.replace(name.encode() + b" ", b"/New" + name[1:].encode() + b" ")
    assert b"/New" in content
    page.Contents = pdf.make_stream(content)


def _streams(page: Any) -> list[Any]:
    return list(page.Contents) if isinstance(page.Contents, pikepdf.Array) else [page.Contents]


def test_what_a_resource_is_called_does_not_matter(sheet: Path, tmp_path: Path) -> None:
    assert sums(edited(sheet, tmp_path, rename)) == sums(sheet)


def first_font(page: Any) -> Any:
    return next(iter(page.resources.Font.values()))


def swap_glyphs(pdf: Any, page: Any) -> None:
    """Let each code draw the glyph of the next one."""
    inner = first_font(page).DescendantFonts[0]
    numbers = b"".join((cid + 1).to_bytes(2, "big") for cid in range(65535))
    inner.CIDToGIDMap = pdf.make_stream(numbers)


def another_text(_: Any, page: Any) -> None:
    font = first_font(page)
    font.ToUnicode.write(font.ToUnicode.read_bytes().replace(b"<8cc7>", b"<8cc8>"))


def another_picture(_: Any, page: Any) -> None:
    image = next(each for each in page.resources.XObject.values() if each.Subtype == "/Image")
    image.write(bytes(255 - byte for byte in image.read_bytes()))


def darker(_: Any, page: Any) -> None:
    for state in page.resources.ExtGState.values():
        state["/ca"] = 0.51


def overprint(pdf: Any, page: Any) -> None:
    page.resources.ExtGState["/Over"] = pikepdf.Dictionary(op=True)
    page.contents_add(b"/Over gs", prepend=True)


def note(pdf: Any, page: Any) -> None:
    page.Annots = pdf.make_indirect([pikepdf.Dictionary(Subtype=pikepdf.Name.Square, Rect=[10, 10, 50, 50])])


@pytest.mark.parametrize(
    "edit",
    [
        swap_glyphs,
        another_text,
        another_picture,
        darker,
        overprint,
        note,
        lambda _, page: page.contents_add(b"1 0 0 1 0 0.1 cm", prepend=True),
        lambda _, page: page.contents_add(b"1 0 0 rg", prepend=True),
        lambda _, page: page.obj.update({"/Rotate": 90}),
        lambda _, page: page.obj.update({"/MediaBox": pikepdf.Array([0, 0, 595, 842])}),
        lambda _, page: page.obj.update({"/UserUnit": 2}),
        lambda _, page: first_font(page).update({"/BaseFont": pikepdf.Name("/ABCDEF+Another")}),
    ],
    ids=lambda edit: edit.__name__,
)
def test_whatever_a_person_could_see_gives_another_sum(
    sheet: Path, tmp_path: Path, edit: Callable[[Any, Any], object]
) -> None:
    assert sums(edited(sheet, tmp_path, edit)) != sums(sheet)


def layered(pdf: Any, _: Any) -> None:
    pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=[], D=pikepdf.Dictionary())


def form_without_font(pdf: Any, page: Any) -> None:
    """Draw a form that shows text in the font of whoever draws it."""
    form = pdf.make_stream(b"BT (A) Tj ET", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9])
    form.Resources = pikepdf.Dictionary()
    page.resources["/XObject"] = page.resources.get("/XObject", pikepdf.Dictionary())
    page.resources.XObject["/Form"] = form
    page.contents_add(b"/Form Do")


@pytest.mark.parametrize("edit", [layered, form_without_font])
def test_what_cannot_be_told_from_a_page_has_no_sum(
    sheet: Path, tmp_path: Path, edit: Callable[[Any, Any], object]
) -> None:
    assert sums(edited(sheet, tmp_path, edit)) == [None]


def test_what_is_no_pdf_or_breaks_off_cannot_be_read(sheet: Path, tmp_path: Path) -> None:
    (tmp_path / "text.pdf").write_text("nothing")
    with pytest.raises(Unreadable, match="cannot be read"):
        sums(tmp_path / "text.pdf")
    with pytest.raises(Unreadable, match="cannot be read"):
        sums(edited(sheet, tmp_path, lambda _, page: page.contents_add(b"/Nobody Do")))


MEANT_ELSEWHERE = ["/P", "/Parent", "/F", "/Filter", "/Length", "/A", "/Dest", "/StructParents", "/X"]
"""Names that mean something as the key of another dictionary, and one that means nothing."""


def form(pdf: Any, grey: float, **more: Any) -> Any:
    content = b"%g g 0 0 50 50 re f" % grey
    return pdf.make_indirect(
        pikepdf.Stream(pdf, content, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 50, 50], **more)
    )


def as_tile(pdf: Any, page: Any, name: str, grey: float) -> None:
    tile = pikepdf.Stream(
        pdf, name.encode() + b" Do", PatternType=1, PaintType=1, TilingType=1, BBox=[0, 0, 9, 9], XStep=9, YStep=9,
        Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary({name: form(pdf, grey)})),
    )  # fmt: skip
    page.Resources = pikepdf.Dictionary(Pattern=pikepdf.Dictionary(T=pdf.make_indirect(tile)))
    page.Contents = pdf.make_stream(b"/Pattern cs /T scn 0 0 200 200 re f")


def as_state(pdf: Any, page: Any, name: str, grey: float) -> None:
    stamp = pikepdf.Dictionary(
        Subtype=pikepdf.Name.Stamp, Rect=[0, 0, 50, 50], AS=pikepdf.Name(name),
        AP=pikepdf.Dictionary(N=pikepdf.Dictionary({name: form(pdf, grey)})),
    )  # fmt: skip
    page.Annots = pikepdf.Array([pdf.make_indirect(stamp)])


def as_mask(pdf: Any, page: Any, name: str, grey: float) -> None:
    group = form(
        pdf, 1, Group=pikepdf.Dictionary(S=pikepdf.Name.Transparency, CS=pikepdf.Name.DeviceGray),
        Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary({name: form(pdf, grey)})),
    )  # fmt: skip
    group.write(name.encode() + b" Do")
    mask = pikepdf.Dictionary(SMask=pikepdf.Dictionary(S=pikepdf.Name.Luminosity, G=group))
    page.Resources = pikepdf.Dictionary(ExtGState=pikepdf.Dictionary(G=mask))
    page.Contents = pdf.make_stream(b"/G gs 0 0 200 200 re f")


@pytest.mark.parametrize("name", MEANT_ELSEWHERE)
@pytest.mark.parametrize("used", [as_tile, as_state, as_mask])
def test_whatever_a_resource_is_called_what_it_draws_is_summed_up(
    sheet: Path, tmp_path: Path, used: Callable[..., None], name: str
) -> None:
    black, grey, again = (
        sums(edited(sheet, tmp_path, lambda pdf, page, g=g: used(pdf, page, name, g))) for g in (0, 0.5, 0)
    )
    assert black == again != grey
    assert None not in black


@pytest.mark.parametrize(
    ("codec", "parameters"),
    [
        ("/CCITTFaxDecode", [{"/K": -1, "/BlackIs1": black, "/Columns": 8, "/Rows": 8} for black in (False, True)]),
        ("/DCTDecode", [{"/ColorTransform": number} for number in (0, 1)]),
    ],
)
def test_what_a_codec_is_told_decides_what_a_picture_is(
    sheet: Path, tmp_path: Path, codec: str, parameters: list[dict[str, Any]]
) -> None:
    def picture(pdf: Any, page: Any, told: dict[str, Any]) -> None:
        image = pikepdf.Stream(pdf, b"", Subtype=pikepdf.Name.Image, Width=8, Height=8, BitsPerComponent=1)
        image.ColorSpace = pikepdf.Name.DeviceGray
        image.write(b"\x00\x10\x01", filter=pikepdf.Name(codec), decode_parms=pikepdf.Dictionary(told))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=pdf.make_indirect(image)))
        page.Contents = pdf.make_stream(b"q 200 0 0 200 0 0 cm /I Do Q")

    one, other = (sums(edited(sheet, tmp_path, lambda pdf, page, t=told: picture(pdf, page, t))) for told in parameters)
    assert one != other
    assert None not in (*one, *other)
