"""The instrument itself: what differs is found, however little, and where it is; nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest
import weasyprint
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from renderer.model.errors import BadBatch
from renderer.proof import pixels
from renderer.proof.pixels import Box

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
STYLE = """@page { size: A4; margin: 0 } html { font: 12pt "BIZ UDMincho", "IPAmjMincho"; line-height: 1 }
p { position: absolute; margin: 0; white-space: pre }"""


def written(path: Path, *bodies: str) -> Path:
    pages = '<div style="break-after: page"></div>'.join(f"<div>{body}</div>" for body in bodies)
    weasyprint.HTML(string=f"<html lang=ja><style>{STYLE}</style>{pages}").write_pdf(path)
    return path


def drawn(path: Path, body: str, *, antialias: bool = True) -> Image.Image:
    with pixels.opened(written(path, body)) as document:
        return document.pixels(0, 200, antialias=antialias)


def test_page_is_drawn_at_the_resolution_asked_for(tmp_path: Path) -> None:
    with pixels.opened(written(tmp_path / "a.pdf", "<p>山</p>", "<p>川</p>")) as document:
        assert document.page_count == 2
        assert document.size(1) == pytest.approx((210, 297), abs=0.001)
        assert document.pixels(0, 200).size == (1654, 2339)
        assert document.pixels(0, 300).mode == "L"


def test_without_antialiasing_there_is_only_paper_and_ink(tmp_path: Path) -> None:
    sharp = drawn(tmp_path / "a.pdf", "<p>山田</p>", antialias=False)
    soft = drawn(tmp_path / "b.pdf", "<p>山田</p>")
    assert set(sharp.tobytes()) == {0, 255}
    assert len(set(soft.tobytes())) > 10


def test_a_square_is_found_where_it_was_drawn(tmp_path: Path) -> None:
    empty = drawn(tmp_path / "a.pdf", "")
    square = "<p style='left: 100mm; top: 200mm; width: 10mm; height: 5mm; background: #000'></p>"
    found = pixels.difference(empty, drawn(tmp_path / "b.pdf", square), 200)
    assert found is not None
    (box,) = found.boxes
    assert (box.x, box.y, box.w, box.h) == pytest.approx((100, 200, 10, 5), abs=0.3)
    assert found.pixels == pytest.approx(10 * 5 * (200 / 25.4) ** 2, rel=0.05)


def test_same_page_drawn_twice_has_no_difference(tmp_path: Path) -> None:
    one, two = (drawn(tmp_path / name, "<p>資格情報</p>") for name in ("a.pdf", "b.pdf"))
    assert pixels.difference(one, two, 200) is None


@given(x=st.integers(0, 1653), y=st.integers(0, 2338), grey=st.integers(0, 254))
def test_one_pixel_is_found_however_pale(x: int, y: int, grey: int) -> None:
    changed = PAPER.copy()
    changed.putpixel((x, y), grey)
    found = pixels.difference(PAPER, changed, 200)
    mm = 25.4 / 200
    assert found == pixels.Difference(1, (Box(x * mm, y * mm, mm, mm),), (255 - grey) / 255)


PAPER = Image.new("L", (1654, 2339), 255)


def test_one_pixel_moved_by_one_is_two_pixels_of_difference() -> None:
    before, after = PAPER.copy(), PAPER.copy()
    before.putpixel((700, 700), 0)
    after.putpixel((701, 700), 0)
    found = pixels.difference(before, after, 200)
    assert found is not None
    assert found.pixels == 2
    assert len(found.boxes) == 1


def test_differences_apart_are_told_apart_from_the_top_down() -> None:
    changed = PAPER.copy()
    for place in ((1000, 2000), (1004, 2000), (10, 10), (1600, 10)):
        changed.putpixel(place, 0)
    found = pixels.difference(PAPER, changed, 200)
    assert found is not None
    assert [(round(box.x / 0.127), round(box.y / 0.127)) for box in found.boxes] == [
        (10, 10),
        (1600, 10),
        (1000, 2000),
    ]


@pytest.mark.parametrize("size", [(1654, 2340), (1655, 2339), (1655, 2338)])
@pytest.mark.parametrize("paper", [255, pixels.OUTSIDE, pixels.OUTSIDE - 1])
def test_another_size_differs_even_when_all_that_both_have_is_the_same(size: tuple[int, int], paper: int) -> None:
    before, after = Image.new("L", (1654, 2339), paper), Image.new("L", size, paper)
    assert pixels.difference(before, after, 200) is not None


def test_small_kana_mark_is_found(tmp_path: Path) -> None:
    one, two = (drawn(tmp_path / f"{kana}.pdf", f"<p>{kana}</p>") for kana in "カガ")
    assert pixels.difference(one, two, 200) is not None


def test_pictures_show_what_went_in_red_and_what_came_in_blue(tmp_path: Path) -> None:
    before, after = Image.new("L", (8, 8), 255), Image.new("L", (8, 8), 255)
    before.putpixel((1, 1), 0)
    after.putpixel((2, 1), 0)
    for image in (before, after):
        image.putpixel((3, 1), 0)
    paths = pixels.save_pictures(before, after, tmp_path, "page-1")
    assert [path.name for path in paths] == [
        "page-1-golden.png",
        "page-1-new.png",
        "page-1-difference.png",
    ]
    with Image.open(paths[2]) as marked:
        assert [marked.getpixel((x, 1)) for x in range(4)] == [
            (255, 255, 255),
            (255, 0, 0),
            (0, 0, 255),
            (0, 0, 0),
        ]


def test_characters_have_their_selectors_and_their_place(tmp_path: Path) -> None:
    body = "<p style='left: 20mm; top: 30mm'>葛\U000e0100𠀋々</p>"
    with pixels.opened(written(tmp_path / "a.pdf", body)) as document:
        characters = document.characters(0)
        assert document.text(0) == "葛\U000e0100𠀋々"
    assert [character.text for character in characters] == ["葛\U000e0100", "𠀋", "々"]
    em = 12 * 25.4 / 72
    for index, character in enumerate(characters):
        box = character.box
        assert (box.x, box.y, box.w, box.h) == pytest.approx((20 + index * em, 30, em, em), abs=0.02)


def test_two_lines_are_read_as_two(tmp_path: Path) -> None:
    body = "<p style='top: 30mm'>一</p><p style='top: 60mm'>二</p>"
    with pixels.opened(written(tmp_path / "a.pdf", body)) as document:
        assert document.text(0).split() == ["一", "二"]
        assert [character.text for character in document.characters(0)] == ["一", "二"]


def test_what_is_no_pdf_is_refused_by_its_file_name(tmp_path: Path) -> None:
    path = tmp_path / "batch.pdf"
    path.write_bytes(b"%PDF-1.7 cut off")
    with pytest.raises(BadBatch, match=r"batch\.pdf cannot be read"), pixels.opened(path):
        pass


def test_a_picture_to_look_at_shows_the_seal_and_the_faintest_tint_on_white_paper(tmp_path: Path) -> None:
    box = '<p style="left: {}mm; top: 20mm; width: 30mm; height: 30mm; background: {}"></p>'
    tints = "".join(box.format(10 + 40 * n, colour) for n, colour in enumerate(("#d01818", "#fafafa", "#e8f2ea")))
    pdf = written(tmp_path / "a.pdf", tints + f"<p>{'東京都千代田区' * 6}</p>")
    (file,) = pixels.draw_pictures(pdf, tmp_path / "a.png", 100)
    with Image.open(file) as picture:
        seen = picture.convert("RGB")
    at = [seen.getpixel((round((25 + 40 * n) / 0.254), round(35 / 0.254))) for n in range(3)]
    assert seen.getpixel((3, 600)) == (255, 255, 255)
    red, pale, green = at
    assert red[0] > 190 > 50 > max(red[1:])
    assert 245 < min(pale) == max(pale) < 255
    assert green[1] > green[2] > green[0] > 220
    assert file.stat().st_size < 20_000
