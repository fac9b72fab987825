"""Where a sheet has another ink than K: the seal of the notice is red, and its type, rules and tints are K."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageChops

from renderer.proof.pixels import opened
from renderer.review.paints import Paint
from renderer.studio.inks import is_black, other_inks

GOLDENS = Path(__file__).parent / "goldens"
DPI, EDGE = 100, 2


@pytest.mark.parametrize("sheet", ["eligibility_notice/longest.pdf", "eligibility_certificate/longest.pdf"])
def test_all_colour_of_a_sheet_is_told_and_nothing_else(sheet: str) -> None:
    """PDFium says where colour is: pixels that are not grey."""
    pdf = (GOLDENS / sheet).read_bytes()
    told = other_inks(pdf)
    with opened(pdf) as document:
        for number in range(document.page_count):
            picture = document.pixels(number, DPI, colour=True)
            red, green, blue = picture.split()
            colour = ImageChops.lighter(ImageChops.difference(red, green), ImageChops.difference(green, blue))
            mask = colour.point([0] * 8 + [255] * 248)
            here = [shape for shape in told if shape.page == number + 1]
            for shape in here:
                left, top = shape.x / 25.4 * DPI - EDGE, shape.y / 25.4 * DPI - EDGE
                right, bottom = left + shape.w / 25.4 * DPI + 2 * EDGE, top + shape.h / 25.4 * DPI + 2 * EDGE
                box = tuple(map(round, (left, top, right, bottom)))
                assert mask.crop(box).getbbox(), shape
                mask.paste(Image.new("L", (box[2] - box[0], box[3] - box[1])), box[:2])
            assert mask.getbbox() is None
    assert {shape.name for shape in told} == {"rgb"}


@pytest.mark.parametrize(
    ("paint", "is_k"),
    [
        (Paint("grey", (0.0,)), True),
        (Paint("grey", (0.7,)), True),
        (Paint("cmyk", (0.0, 0.0, 0.0, 0.4)), True),
        (Paint("cmyk", (0.0, 0.1, 0.0, 1.0)), False),
        (Paint("rgb", (0.0, 0.0, 0.0)), False),
        (Paint("Gold", (1.0,)), False),
    ],
)
def test_k_alone_is_black_and_a_black_of_three_inks_is_not(paint: Paint, is_k: bool) -> None:
    assert is_black(paint) is is_k
