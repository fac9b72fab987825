"""A picture that is another one, however alike it looks, is told; how it is compressed and where it moved is not."""

from __future__ import annotations

import base64
import io
import zlib
from collections.abc import Callable
from itertools import pairwise

import pikepdf
import pytest
from pikepdf import Dictionary, Name
from PIL import Image
from two_files import edited, sheet, told

from renderer.review.facts import facts_changed

PICTURE = "width: 40mm; height: 30mm; image-rendering: pixelated"


def gradient(mode: str = "RGB") -> Image.Image:
    """Make a picture of 40 × 30 samples, no two of them alike."""
    picture = Image.new("RGB", (40, 30))
    picture.putdata([(6 * x, 8 * y, x + y) for y in range(30) for x in range(40)])
    return picture.convert(mode)


def address(picture: Image.Image, kind: str = "PNG") -> str:
    written = io.BytesIO()
    picture.save(written, kind, quality=90)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(written.getvalue()).decode()}"


def shown(picture: Image.Image, style: str = PICTURE, kind: str = "PNG") -> bytes:
    return sheet(f'<img style="{style}" src="{address(picture, kind)}">')


def with_one_other_sample(picture: Image.Image) -> Image.Image:
    """Change the picture where and by as little as nobody sees."""
    other = picture.copy()
    first = picture.getpixel((20, 20))
    other.putpixel((20, 20), tuple(part ^ 1 for part in first) if isinstance(first, tuple) else 1)
    return other


def test_a_picture_that_was_replaced_by_one_of_the_same_look_is_told_by_its_place() -> None:
    (change,) = told(shown(gradient()), shown(with_one_other_sample(gradient())))
    assert change.kind == "picture-changed"
    assert change.sentence == (
        "page 1: a picture was replaced by one of other samples (40 × 30 samples, RGB, 8 bit): "
        "40.00 × 30.00 mm at 20.00, 20.00"
    )


@pytest.mark.parametrize(
    ("other", "kind", "what"),
    [
        (gradient("L"), "PNG", "samples and colours (40 × 30 samples, RGB, 8 bit, now 40 × 30 samples, grey, 8 bit)"),
        (gradient().resize((80, 60)), "PNG", "size and samples"),
        (gradient(), "JPEG", "samples"),
    ],
)
def test_a_picture_of_other_colours_size_or_loss_is_told(other: Image.Image, kind: str, what: str) -> None:
    (change,) = told(shown(gradient()), shown(other, kind=kind))
    assert f"replaced by one of other {what}" in change.sentence


def test_a_picture_that_shines_through_otherwise_is_told() -> None:
    one, other = gradient("RGBA"), gradient("RGBA")
    one.putalpha(200)
    other.putalpha(201)
    (change,) = told(shown(one), shown(other))
    assert "of other mask" in change.sentence


@pytest.mark.parametrize(
    ("key", "value"), [("Interpolate", True), ("Alternates", pikepdf.Array([])), ("OPI", Dictionary())]
)
def test_a_picture_that_a_device_is_told_to_draw_otherwise_is_told(key: str, value: object) -> None:
    golden = shown(gradient())

    def edit(pdf: pikepdf.Pdf) -> None:
        for image in images(pdf):
            image[f"/{key}"] = value

    (change,) = told(golden, edited(golden, edit))
    assert "of other drawing (smoothed, or another in its place)" in change.sentence


def test_a_picture_behind_texts_is_read_from_its_pattern() -> None:
    def behind(picture: Image.Image) -> bytes:
        return sheet(f'<p style="background: url({address(picture)}); height: 50mm">資格</p>')

    (change,) = told(behind(gradient()), behind(with_one_other_sample(gradient())))
    assert change.kind == "picture-changed"


def test_pages_that_are_known_to_show_the_same_are_not_read() -> None:
    golden, new = shown(gradient()), shown(with_one_other_sample(gradient()))
    with pikepdf.open(io.BytesIO(golden)) as before, pikepdf.open(io.BytesIO(new)) as after:
        assert list(facts_changed(before, after, [(0, 0)], same=[(0, 0)])) == []


def test_two_pictures_that_changed_places_are_told_and_one_that_moved_is_not() -> None:
    one, other = gradient(), with_one_other_sample(gradient())
    tag = '<p><img style="{}" src="{}"></p>'
    pair = [tag.format(PICTURE, address(picture)) for picture in (one, other)]
    assert [change.kind for change in told(sheet("".join(pair)), sheet("".join(reversed(pair))))] == [
        "picture-changed",
        "picture-changed",
    ]
    assert told(shown(one), shown(one, PICTURE + "; margin-left: 50mm")) == []


def images(pdf: pikepdf.Pdf) -> list[pikepdf.Stream]:
    return [found for found in pdf.objects if isinstance(found, pikepdf.Stream) and found.get("/Subtype") == "/Image"]


def in_ascii(pdf: pikepdf.Pdf) -> None:
    for image in images(pdf):
        image.write(image.read_bytes().hex().encode() + b">", filter=Name.ASCIIHexDecode)


def by_rows(pdf: pikepdf.Pdf) -> None:
    """Compress by the difference of each row to the one above it."""
    for image in images(pdf):
        data, width = image.read_bytes(), 3 * image.Width
        rows = [bytes(width), *(data[at : at + width] for at in range(0, len(data), width))]
        lines = [
            b"\2" + bytes((now - was) % 256 for was, now in zip(above, row, strict=True))
            for above, row in pairwise(rows)
        ]
        how = Dictionary(Predictor=12, Colors=3, Columns=image.Width)
        image.write(zlib.compress(b"".join(lines), 1), filter=Name.FlateDecode, decode_parms=how)


@pytest.mark.parametrize("again", [in_ascii, by_rows])
def test_a_picture_that_is_compressed_otherwise_without_loss_is_the_same(again: Callable[[pikepdf.Pdf], None]) -> None:
    golden = shown(gradient())
    assert told(golden, edited(golden, again)) == []


def within(sample: str) -> bytes:
    """Place a picture that stands within the content."""

    def place(pdf: pikepdf.Pdf) -> None:
        data = f"q 80 0 0 80 72 500 cm BI /W 2 /H 2 /CS /G /BPC 8 /F /AHx ID 00{sample}80ff> EI Q".encode()
        pdf.pages[0].Contents.write(data)

    return edited(sheet(""), place)


def test_a_picture_within_the_content_is_compared_by_its_samples() -> None:
    (change,) = told(within("40"), within("41"))
    assert "of other samples (2 × 2 samples, grey, 8 bit): 28.22 × 28.22 mm at 25.40, 92.39" in change.sentence
    assert told(within("ab"), within("AB")) == []


def masked(picture: Image.Image) -> bytes:
    """Draw a page through a soft mask that is a picture."""

    def mask(pdf: pikepdf.Pdf) -> None:
        image = pdf.make_stream(picture.tobytes(), Subtype=Name.Image, ColorSpace=Name.DeviceGray, BitsPerComponent=8)
        image.Width, image.Height = picture.size
        group = pdf.make_stream(b"q 100 0 0 100 0 0 cm /Im Do Q", Subtype=Name.Form, BBox=[0, 0, 100, 100])
        group.Resources = Dictionary(XObject=Dictionary(Im=image))
        state = Dictionary(SMask=Dictionary(S=Name.Luminosity, G=group))
        pdf.pages[0].obj["/Resources"] = Dictionary(ExtGState=Dictionary(GS=state))
        pdf.pages[0].Contents.write(b"q 1 0 0 1 72 72 cm /GS gs 0 0 100 100 re f Q")

    return edited(sheet(""), mask)


def test_a_picture_through_which_others_are_seen_is_compared() -> None:
    (change,) = told(masked(gradient("L")), masked(with_one_other_sample(gradient("L"))))
    assert change.kind == "picture-changed"
    assert change.sentence.endswith(": 35.28 × 35.28 mm at 25.40, 236.32")


def test_a_picture_on_a_layer_that_is_off_is_not_compared() -> None:
    def hide(pdf: pikepdf.Pdf) -> None:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="Notes"))
        pdf.Root.OCProperties = Dictionary(OCGs=[layer], D=Dictionary(OFF=[layer]))
        page = pdf.pages[0]
        page.obj["/Resources"]["/Properties"] = Dictionary(Notes=layer)
        page.Contents.write(b"/OC /Notes BDC " + page.Contents.read_bytes() + b" EMC")

    def show_again(pdf: pikepdf.Pdf) -> None:
        hide(pdf)
        page = pdf.pages[0]
        page.Contents.write(b"/OC /Notes BDC EMC " + page.Contents.read_bytes().replace(b"/OC", b"/Span"))

    pictures = gradient(), with_one_other_sample(gradient())
    assert told(*(edited(shown(each), hide) for each in pictures)) == []
    assert len(told(*(edited(shown(each), show_again) for each in pictures))) == 1
