"""A picture is whole to its last byte, or not taken."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from trial_runs import FIXTURES
from weasyprint import HTML

from renderer.intake.pictures import MOST_BYTES, fault_of_file, fault_of_size


def test_a_picture_that_is_cut_off_or_damaged_is_not_whole(tmp_path: Path) -> None:
    whole = (FIXTURES / "examples" / "seal.png").read_bytes()
    path = tmp_path / "seal.png"
    inside = range(0, len(whole) - 4, 97)  # the last bytes are a sum of nothing
    for end in inside:
        path.write_bytes(whole[:end])
        assert fault_of_file(path), end
    for place in inside:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert fault_of_file(path), place
    path.write_bytes(whole)
    assert fault_of_file(path) == ""


def png(width: int, height: int) -> bytes:
    """Return the head of a PNG and the end of it: what is between would be large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    packed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


@pytest.mark.parametrize(
    ("width", "height", "said"),
    [
        (5001, 5000, "5001 × 5000 pixels, more than 25 megapixels; save it smaller"),
        (12000, 12000, "more than 25 megapixels; save it smaller"),
        (100_000, 100_000, "more than 25 megapixels; save it smaller"),
    ],
)
def test_a_picture_of_too_many_pixels_is_refused_by_its_head(
    tmp_path: Path, width: int, height: int, said: str
) -> None:
    (tmp_path / "seal.png").write_bytes(png(width, height))
    assert said in fault_of_file(tmp_path / "seal.png")
    assert said in fault_of_size(png(width, height))


def test_a_picture_of_a_page_at_500_dpi_is_none_of_these() -> None:
    assert fault_of_size(png(4134, 5846)) == ""
    assert fault_of_size(b"<svg/>") == ""


def test_a_file_that_is_very_long_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "seal.png").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    assert fault_of_file(tmp_path / "seal.png") == "the picture has more than 20 MB; save it smaller"


def saved(folder: Path, mode: str, size: tuple[int, int], paper: Any, ink: Any = None) -> Path:
    """Save a picture of paper, and a square of ink in it."""
    picture = Image.new(mode, size, paper)
    if ink is not None:
        picture.paste(ink, (size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2))
    picture.save(folder / "seal.png")
    return folder / "seal.png"


@pytest.mark.parametrize(
    ("mode", "paper", "ink"),
    [
        ("RGBA", (204, 32, 24, 0), None),
        ("RGBA", (255, 255, 255, 0), (204, 32, 24, 30)),
        ("RGB", (255, 255, 255), None),
        ("RGB", (255, 255, 255), (255, 235, 230)),
        ("L", 255, None),
        ("1", 1, None),
    ],
)
def test_a_seal_that_is_not_seen_on_white_paper_is_refused(tmp_path: Path, mode: str, paper: Any, ink: Any) -> None:
    told = fault_of_file(saved(tmp_path, mode, (213, 213), paper, ink))
    assert told == "the picture is blank on white paper, or nearly so; save the seal in its own colour"


def test_a_seal_of_a_few_specks_is_blank(tmp_path: Path) -> None:
    picture = Image.new("L", (213, 213), 255)
    picture.paste(0, (9, 9, 15, 15))
    picture.save(tmp_path / "seal.png")
    assert "the picture is blank on white paper, or nearly so" in fault_of_file(tmp_path / "seal.png")


@pytest.mark.parametrize(
    ("mode", "paper", "ink"),
    [
        ("RGBA", (0, 0, 0, 0), (204, 32, 24, 255)),
        ("RGB", (255, 255, 255), (255, 64, 32)),
        ("L", 255, 0),
        ("LA", (255, 255), (0, 255)),
        ("1", 1, 0),
        ("P", 0, None),
    ],
)
def test_a_seal_that_is_seen_is_taken_in_every_kind_of_png(
    tmp_path: Path, mode: str, paper: Any, ink: Any, caplog: pytest.LogCaptureFixture
) -> None:
    path = saved(tmp_path, mode, (71, 40), paper, ink)
    assert fault_of_file(path) == ""
    with caplog.at_level("WARNING", "weasyprint"):
        HTML(string=f'<img src="{path.as_uri()}">').write_pdf()
    assert not caplog.records


def test_a_seal_that_would_not_be_drawn_is_refused(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = saved(tmp_path, "I;16", (213, 213), 65535, 9000)
    assert fault_of_file(path) == ("a picture of this kind (I;16) cannot be drawn; save it as RGB or grey of 8 bits")
    with caplog.at_level("WARNING", "weasyprint"):
        HTML(string=f'<img src="{path.as_uri()}">').write_pdf()
    assert caplog.messages == ["Unknown image mode: I;16"]


def test_a_seal_of_less_than_a_hundred_pixels_to_the_inch_is_refused(tmp_path: Path) -> None:
    assert fault_of_file(saved(tmp_path, "L", (70, 70), 0)) == (
        "the picture is 70 × 70 pixels, and a seal of 18 mm needs 71 on its longer side; save it larger"
    )
    assert fault_of_file(saved(tmp_path, "L", (71, 71), 0)) == ""
