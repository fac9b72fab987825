"""The sheet of a case: a PDF, and pictures in which a person sees letters, tints and a seal."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from small_goldens import TWO_PAGES, TYPICAL, case

from renderer.proof import pixels
from renderer.review.golden_files import CAP, STEP, Case, Sheet, draw, same_picture, too_large


def drawn(case: Case, folder: Path) -> Sheet:
    """Draw a sheet of which nothing was approved."""
    return draw(case, folder, folder / "approved")


def test_a_sheet_has_a_pdf_and_a_picture_of_each_page(tmp_path: Path) -> None:
    sheet = drawn(TWO_PAGES, tmp_path)
    assert sheet.files == ("notice/two-pages.pdf", "notice/two-pages-1.png", "notice/two-pages-2.png")
    assert sheet.sums().keys() == set(sheet.files)
    assert list(too_large(sheet)) == []


def test_a_picture_shows_a_seal_and_a_light_tint_at_200_dpi(tmp_path: Path) -> None:
    body = "<p style='color: #d22'>印<p style='background: #f2f2f2'>表"
    sheet = drawn(case("tints", body), tmp_path)
    with Image.open(tmp_path / sheet.pictures[0]) as picture:
        assert (picture.mode, picture.size) == ("P", (788, 473))
        colours = {colour for _, colour in picture.convert("RGB").getcolors(256) or ()}
    assert {(255, 255, 255), (0, 0, 0), (221, 34, 34), (238, 238, 238)} <= colours


def test_every_pixel_of_a_picture_is_that_of_the_page_to_half_a_step(tmp_path: Path) -> None:
    gradient = "<p style='height: 20mm; background: linear-gradient(90deg, #000, #fff 50%, #c00)'>表"
    sheet = drawn(case("gradient", gradient), tmp_path)
    with pixels.opened(tmp_path / sheet.pdf) as document, Image.open(tmp_path / sheet.pictures[0]) as picture:
        page = document.pixels(0, antialias=False, colour=True)
        kept = picture.convert("RGB")
    apart = (abs(a - b) for a, b in zip(page.tobytes(), kept.tobytes(), strict=True))
    assert max(apart) <= STEP // 2
    assert len(kept.getcolors(10_000) or ()) > 20


def test_a_picture_of_more_colours_than_a_palette_has_loses_none(tmp_path: Path) -> None:
    fields = "".join(f"<i style='background: rgb({r * 25}, {g * 25}, 99)'>口</i>" for r in range(10) for g in range(10))
    blues = fields.replace("99)", "199)") + fields.replace("99)", "250)")
    sheet = drawn(case("many", f"<p style='font-size: 6pt'>{fields}{blues}"), tmp_path)
    with Image.open(tmp_path / sheet.pictures[0]) as picture:
        assert picture.mode == "RGB"
        assert len(picture.getcolors(10_000) or ()) > 256


def test_the_same_sheet_has_the_same_files(tmp_path: Path) -> None:
    one, other = (drawn(TYPICAL, tmp_path / name) for name in ("one", "other"))
    assert one.sums() == other.sums()


def test_a_picture_is_the_approved_one_where_it_has_its_pixels(tmp_path: Path) -> None:
    approved = drawn(TWO_PAGES, tmp_path / "approved")
    first, second = (tmp_path / "approved" / picture for picture in approved.pictures)
    with Image.open(first) as picture:
        picture.convert("RGB").save(first)  # written otherwise
    with Image.open(second) as picture:
        changed = picture.convert("RGB")
    changed.putpixel((3, 3), (0, 0, 0))
    changed.save(second)
    as_written, fresh = drawn(TWO_PAGES, tmp_path / "alone"), draw(TWO_PAGES, tmp_path / "new", tmp_path / "approved")
    for kept in (b"", second.read_bytes()[:300]):  # and one that is not whole
        sums = [sheet.sums()[sheet.pictures[1]] for sheet in (fresh, as_written)]
        assert sums[0] == sums[1]
        second.write_bytes(kept)
        fresh = draw(TWO_PAGES, tmp_path / "new", tmp_path / "approved")
    assert (tmp_path / "new" / fresh.pictures[0]).read_bytes() == first.read_bytes()
    assert fresh.sums()[fresh.pictures[0]] != as_written.sums()[as_written.pictures[0]]


def test_one_pixel_of_one_step_makes_another_picture(tmp_path: Path) -> None:
    (path,) = (tmp_path / picture for picture in drawn(TYPICAL, tmp_path).pictures)
    other = tmp_path / "other.png"
    with Image.open(path) as picture:
        rgb = picture.convert("RGB")
    rgb.save(other)
    assert same_picture(path, other)
    rgb.putpixel((3, 3), (255, 255, 255 - STEP))
    rgb.save(other)
    assert not same_picture(path, other)


@pytest.mark.parametrize("left", [0, 7, 300])
def test_a_picture_that_is_not_whole_is_like_no_other(tmp_path: Path, left: int) -> None:
    (path,) = (tmp_path / picture for picture in drawn(TYPICAL, tmp_path).pictures)
    part = tmp_path / "part.png"
    part.write_bytes(path.read_bytes()[:left])
    assert not same_picture(part, path)


def test_a_pdf_and_a_picture_over_the_cap_are_named(tmp_path: Path) -> None:
    sheet = drawn(TWO_PAGES, tmp_path)
    for file, size in ((sheet.pdf, 2 * CAP + 1), (sheet.pictures[1], CAP + 1)):
        (tmp_path / file).write_bytes(b"x" * size)
    assert list(too_large(sheet)) == [(sheet.pdf, 2 * CAP + 1, 2 * CAP), (sheet.pictures[1], CAP + 1, CAP)]
