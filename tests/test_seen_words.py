"""Of the fixed part only what can be seen on paper is taken as said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from small_layouts import SLOT, rules, small_plate

from renderer.press.plates import Plate
from renderer.proof.seen_words import shown_on

STYLE = "position: absolute; left: 20mm; top: 40mm; width: 50mm; font: 10pt 'BIZ UDGothic'"


def plate_of(tmp_path: Path, style: str, around: str = "") -> Plate:
    html = f'<div style="{STYLE}; {style}">見本</div>'
    return small_plate(tmp_path, SLOT + (f'<div style="{around}">{html}</div>' if around else html), rules("name"))


def seen(plate: Plate, *changes: tuple[bytes, bytes]) -> Sequence[bool]:
    """Whether each string is seen, after each change was made once in the content."""
    content = plate.pages[0].content
    for old, new in changes:
        assert old in content
        content = content.replace(old, new, 1)
    return [shown.is_seen for shown in shown_on(content)]


@pytest.mark.parametrize(
    "style",
    [
        "color: #000", "color: #fff; background: #000", "color: device-cmyk(0 0 0 1)", "background: #e6e6e6",
        "font-size: 4pt", "transform: scale(0.5)", "transform: rotate(30deg)", "color: #c00",
    ],
)  # fmt: skip
def test_what_compiling_takes_is_seen(tmp_path: Path, style: str) -> None:
    assert seen(plate_of(tmp_path, style)) == [True]


def test_a_white_text_is_seen_where_the_ground_is_dark_and_there_alone(tmp_path: Path) -> None:
    plate = plate_of(tmp_path, "color: #fff; background: #000")
    assert seen(plate, (b"\n0 g", b"\n1 g")) == [False]
    assert seen(plate, (b" re\nf\n", b" re\nn\n")) == [False]
    assert seen(plate, (b"1 g\nBT", b"0 g\nBT")) == [False]


@pytest.mark.parametrize("white", [b"1 g", b"0.9 0.9 0.2 rg", b"0 0 0 0 k", b"0.6 g", b"/DeviceCMYK cs\n0 0 0 0.1 scn"])
def test_a_text_like_the_paper_is_not_seen(tmp_path: Path, white: bytes) -> None:
    assert seen(plate_of(tmp_path, "color: #000"), (b"0 g\nBT", white + b"\nBT")) == [False]


@pytest.mark.parametrize("size", [b"0.1", b"4"])
def test_a_text_without_strokes_is_not_seen(tmp_path: Path, size: bytes) -> None:
    plate = plate_of(tmp_path, "color: #000")
    assert seen(plate, (b" 13.333008 Tf", b" " + size + b" Tf")) == [False]
    assert seen(plate, (b"BT\n", b"0.1 0 0 0.1 0 0 cm\nBT\n")) == [False]


def test_a_colour_ends_with_its_state(tmp_path: Path) -> None:
    plate = plate_of(tmp_path, "color: #000")
    assert seen(plate, (b"0 g\nBT", b"q\n1 g\nQ\nBT")) == [True]
    assert seen(plate, (b"0 g\nBT", b"1 g\nq\nQ\nBT")) == [False]


def test_a_text_on_the_pattern_of_a_ground_is_seen(tmp_path: Path) -> None:
    tiled = b"/Pattern cs\n/p0 scn\n0 0 9999 9999 re\nf\n0 g\nBT"
    assert seen(plate_of(tmp_path, "color: #000"), (b"0 g\nBT", tiled)) == [True]
