"""The pictures of a report: what they show, where, in how many dots."""

from __future__ import annotations

from pathlib import Path

import pytest
import weasyprint
from PIL import Image

from renderer.proof import pixels
from renderer.proof.pixels import Box
from renderer.review.judged import FilePair, Item, Told
from renderer.review.pictures import CROP_MARGIN, MOST_CROPS, Drawn, draw, heat_of
from renderer.review.records import ChangeRecord

SQUARE = Box(20, 30, 10, 10)


def written(path: Path, left: float, colour: str = "#000", size: str = "A4") -> Path:
    square = f"position: absolute; left: {left}mm; top: 30mm; width: 10mm; height: 10mm; background: {colour}"
    html = f"<style>@page {{ size: {size}; margin: 0 }}</style><div style='{square}'></div>"
    weasyprint.HTML(string=html).write_pdf(path)
    return path


def told(box: Box | None = SQUARE) -> Told:
    record = ChangeRecord("area-moved", 1, 1, None, box, None, None, (1.0, 0.0), None, None, None, None, "moved")
    return Told((record,))


def drawn(folder: Path, *each: Told, dpi: int = 200, colour: str = "#000") -> Drawn:
    pair = FilePair("x", written(folder / "golden.pdf", 19, colour), written(folder / "new.pdf", 20, colour))
    assert pair.golden
    with pixels.opened(pair.golden) as golden, pixels.opened(pair.new) as new:
        return draw(Item(pair, "page", 1, 1, each), golden, new, dpi, folder, "00001")


def test_a_crop_shows_the_change_and_a_little_around_it_at_600_dpi(tmp_path: Path) -> None:
    (crop,) = drawn(tmp_path, told()).crops
    assert crop
    assert crop.new
    assert crop.golden
    assert crop.new.dpi == 600
    part = crop.new.box
    assert part == crop.golden.box
    assert (part.x, part.y) == pytest.approx((19 - CROP_MARGIN, 30 - CROP_MARGIN), abs=0.05)
    with Image.open(tmp_path / crop.new.file) as picture:
        assert picture.size == (round(part.w * 600 / 25.4), round(part.h * 600 / 25.4))
        left, top, right, bottom = picture.convert("L").point(lambda grey: 255 * (grey < 128)).getbbox() or (0,) * 4
    inked = Box(part.x + left * 25.4 / 600, part.y + top * 25.4 / 600, 0, 0)
    assert (inked.x, inked.y) == pytest.approx((SQUARE.x, SQUARE.y), abs=0.05)
    assert (right - left, bottom - top) == pytest.approx((10 * 600 / 25.4, 10 * 600 / 25.4), abs=2)


def test_pixels_that_differ_where_no_change_is_told_are_counted(tmp_path: Path) -> None:
    assert drawn(tmp_path, told()).outside == 0
    assert drawn(tmp_path, told(Box(20, 30, 10, 5)), dpi=254).outside == pytest.approx(2 * 45 * 10, rel=0.03)


def test_a_large_place_is_drawn_coarser_and_one_at_the_edge_ends_there(tmp_path: Path) -> None:
    (large, edge, off) = drawn(
        tmp_path, told(Box(1, 1, 208, 290)), told(Box(205, 290, 9, 9)), told(Box(300, 9, 9, 9))
    ).crops
    assert large
    assert large.new
    assert 100 < large.new.dpi < 600
    assert edge
    assert edge.new
    assert edge.new.box.x + edge.new.box.w <= 210.01
    assert off
    assert off.new
    assert off.new.box.w > 0


def test_changes_without_a_place_and_those_too_many_have_no_crop(tmp_path: Path) -> None:
    crops = drawn(tmp_path, told(None), *[told()] * MOST_CROPS).crops
    assert crops[0] is None
    assert all(crops[1:-1])
    assert crops[-1] is None


def test_pictures_keep_every_colour_and_those_without_are_grey(tmp_path: Path) -> None:
    faint = drawn(tmp_path, colour="#010000").new
    assert faint
    with Image.open(tmp_path / faint.file) as picture:
        assert (1, 0, 0) in {colour for _, colour in picture.getcolors(1 << 24) or []}
    black = drawn(tmp_path).new
    assert black
    with Image.open(tmp_path / black.file) as picture:
        assert picture.mode == "L"


def test_same_files_give_same_bytes(tmp_path: Path) -> None:
    def written_bytes(folder: Path) -> dict[str, bytes]:
        folder.mkdir()
        drawn(folder, told())
        return {path.name: path.read_bytes() for path in (folder / "pictures").iterdir()}

    assert written_bytes(tmp_path / "one") == written_bytes(tmp_path / "two")


def shown(heat: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    found = heat.convert("RGBA").getpixel(at)
    assert isinstance(found, tuple)
    return found


def painted(*colours: tuple[int, int, int]) -> Image.Image:
    image = Image.new("RGB", (len(colours), 1))
    for x, colour in enumerate(colours):
        image.putpixel((x, 0), colour)
    return image


def test_heat_tells_more_ink_from_less_and_from_another_colour() -> None:
    white, black = (255, 255, 255), (0, 0, 0)
    heat = heat_of(painted(white, black, white, (200, 60, 60)), painted(white, white, black, (60, 132, 60)))
    assert heat
    assert shown(heat, (0, 0))[3] == 0
    red, blue = shown(heat, (1, 0)), shown(heat, (2, 0))
    assert red[0] > red[2]
    assert blue[2] > blue[0]
    assert red[3] == blue[3] == 255
    grey_before = painted((200, 60, 60)).convert("L").getpixel((0, 0))
    assert grey_before == painted((60, 132, 60)).convert("L").getpixel((0, 0)), "the test's colours have one grey"
    ochre = shown(heat, (3, 0))
    assert ochre[0] > ochre[2]
    assert ochre[1] > red[1]


def test_heat_shows_the_faintest_difference_and_the_stronger_the_more() -> None:
    heat = heat_of(painted((255,) * 3, (255,) * 3), painted((254,) * 3, (0,) * 3))
    assert heat
    faint, strong = shown(heat, (0, 0)), shown(heat, (1, 0))
    assert faint[3] == 255
    assert strong[0] < faint[0] < 200


def test_heat_of_the_same_pictures_is_none_and_what_one_lacks_is_paper() -> None:
    assert heat_of(painted((9, 9, 9)), painted((9, 9, 9))) is None
    assert heat_of(painted((9, 9, 9)), painted((9, 9, 9), (255,) * 3)) is None
    longer = heat_of(painted((9, 9, 9)), painted((9, 9, 9), (0, 0, 0)))
    assert longer
    assert shown(longer, (1, 0))[3] == 255
