"""Pages into PNG: as PDFium draws them, drawn once, and never more than anybody can look at."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from renderer.proof.pixels import Box, opened
from renderer.studio.pictures import MOST_PAGES, Pictures, TooLarge, Wanted

GOLDEN = next((Path(__file__).parent / "goldens" / "eligibility_certificate").glob("*.pdf")).read_bytes()


@pytest.fixture
def pictures() -> Pictures:
    kept = Pictures()
    kept.keep(GOLDEN, ("front", "back"))
    return kept


def _read(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def _is_same(one: Image.Image, other: Image.Image) -> bool:
    return (one.mode, one.size, one.tobytes()) == (other.mode, other.size, other.tobytes())


@pytest.mark.parametrize(("name", "number"), [("front", 0), ("back", 1)])
@pytest.mark.parametrize("dpi", [40, 96, 151])
def test_a_page_is_as_pdfium_draws_it(pictures: Pictures, name: str, number: int, dpi: int) -> None:
    with opened(GOLDEN) as document:
        drawn = document.pixels(number, dpi, colour=True)
    assert _is_same(_read(pictures.png(Wanted(name, dpi, None))), drawn)


def test_a_part_is_what_the_whole_page_has_there_and_ends_at_its_edge(pictures: Pictures) -> None:
    with opened(GOLDEN) as document:
        drawn = document.pixels(0, 254, colour=True, part=Box(150, 200, 60, 97))
    assert _is_same(_read(pictures.png(Wanted("front", 254, (150, 200, 100, 200)))), drawn)


def test_several_who_ask_at_once_get_one_picture(pictures: Pictures) -> None:
    with ThreadPoolExecutor(8) as threads:
        drawn = list(threads.map(pictures.png, [Wanted("front", 90, None)] * 16))
    assert {id(one) for one in drawn} == {id(drawn[0])}


def test_the_next_page_is_drawn_as_the_last_was_asked_for(pictures: Pictures) -> None:
    pictures.expected("back")  # nobody has asked yet: nothing to do
    pictures.png(Wanted("front", 77, None))
    pictures.expected("back")
    assert _read(pictures.png(Wanted("back", 77, None))).height == round(297 / 25.4 * 77 + 0.5)


@pytest.mark.parametrize("part", [(0, 0, 0, 10), (0, 0, -1, 10), (210.0, 0, 10, 10), (float("nan"), 0, 10, 10)])
def test_a_part_without_a_size_is_refused(pictures: Pictures, part: tuple[float, float, float, float]) -> None:
    with pytest.raises(TooLarge):
        pictures.png(Wanted("front", 100, part))


def test_more_dots_than_anybody_can_look_at_are_refused(pictures: Pictures) -> None:
    with pytest.raises(TooLarge):
        pictures.png(Wanted("front", 4800, None))
    assert _read(pictures.png(Wanted("front", 4800, (10, 10, 5, 5)))).width == 945


def test_the_oldest_pages_go(pictures: Pictures) -> None:
    for number in range(MOST_PAGES):
        pictures.keep(GOLDEN, (f"{number}",))
    with pytest.raises(KeyError):
        pictures.png(Wanted("front", 50, None))
    assert pictures.png(Wanted("0", 50, None))
