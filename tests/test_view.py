"""Places are those a person sees: where Ghostscript draws a mark or a text, there it is said to be."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Dictionary, Name
from PIL import Image, ImageOps

from renderer.model.paper import MM_PER_INCH
from renderer.review.content import Content, reading

DPI = 144
MM = MM_PER_INCH / DPI
SQUARE = "300 500 40 20 re f"
LETTERS = "BT /F 20 Tf 1 0 0 1 300 500 Tm (HIH) Tj ET"


def page(path: Path, shape: str, **entries: object) -> Path:
    with pikepdf.new() as pdf:
        blank = pdf.add_blank_page(page_size=(595, 842))
        blank.Resources = Dictionary(
            Font=Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        )
        blank.Contents = pdf.make_stream(shape.encode())
        for key, value in entries.items():
            blank[f"/{key}"] = value
        pdf.save(path)
    return path


def content(pdf: Path) -> Content:
    with reading(pdf) as reader:
        return reader.content(0)


def ink(pdf: Path) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what Ghostscript draws, in mm from the corner of what it shows."""
    out = pdf.with_suffix(".png")
    command = ["gs", "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-dUseCropBox", "-sDEVICE=pnggray", f"-r{DPI}"]
    subprocess.run([*command, "-dGraphicsAlphaBits=4", "-dTextAlphaBits=4", f"-sOutputFile={out}", pdf], check=True)
    with Image.open(out) as image:
        edges = ImageOps.invert(image.convert("L")).getbbox()
    assert edges
    left, top, right, bottom = (edge * MM for edge in edges)
    return left, top, right, bottom


VIEWS = [
    {},
    {"Rotate": 90},
    {"Rotate": 180},
    {"Rotate": 270},
    {"Rotate": -90},
    {"CropBox": [100, 200, 500, 700]},
    {"CropBox": [100, 200, 500, 700], "Rotate": 90},
    {"CropBox": [500, 700, 100, 200], "Rotate": 180},
    {"MediaBox": [50, 60, 645, 902]},
    {"MediaBox": [50, 60, 645, 902], "CropBox": [0, 0, 500, 1000], "Rotate": 270},
    {"UserUnit": 1.5},
    {"UserUnit": 2, "Rotate": 90, "CropBox": [100, 200, 500, 700]},
]


@pytest.mark.parametrize("entries", VIEWS, ids=str)
def test_a_mark_is_where_it_is_seen(tmp_path: Path, entries: dict[str, object]) -> None:
    pdf = page(tmp_path / "x.pdf", SQUARE, **entries)
    (mark,) = content(pdf).marks
    edges = mark.box.x, mark.box.y, mark.box.x + mark.box.w, mark.box.y + mark.box.h
    assert edges == pytest.approx(ink(pdf), abs=MM)


@pytest.mark.parametrize("entries", [view for view in VIEWS if view.get("Rotate", 0) in (0, 180)], ids=str)
def test_a_text_is_where_it_is_seen_and_knows_its_strings(tmp_path: Path, entries: dict[str, object]) -> None:
    pdf = page(tmp_path / "x.pdf", LETTERS, **entries)
    (text,) = content(pdf).texts
    left, top, right, bottom = ink(pdf)
    assert text.box.x - MM < left < right < text.box.x + text.box.w + MM
    assert text.box.y - MM < top < bottom < text.box.y + text.box.h + MM
    upside_down = entries.get("Rotate") == 180
    assert text.baseline == pytest.approx(top if upside_down else bottom, abs=MM)
    assert text.looks[0].size == pytest.approx(20 * float(entries.get("UserUnit", 1)))  # type: ignore[arg-type]


@pytest.mark.parametrize("degrees", [90, 270])
def test_a_text_that_stands_upright_on_a_page_that_is_turned_is_one_text(tmp_path: Path, degrees: int) -> None:
    turned = {90: "0 1 -1 0 300 500 Tm", 270: "0 -1 1 0 300 500 Tm"}[degrees]
    pdf = page(tmp_path / "x.pdf", LETTERS.replace("1 0 0 1 300 500 Tm", turned), Rotate=degrees)
    (text,) = content(pdf).texts
    left, _, right, bottom = ink(pdf)
    assert text.text == "HIH"
    assert text.box.x - MM < left < right < text.box.x + text.box.w + MM
    assert text.baseline == pytest.approx(bottom, abs=MM)


def test_a_page_may_be_read_as_another_is_turned(tmp_path: Path) -> None:
    plain, turned = page(tmp_path / "x.pdf", SQUARE), page(tmp_path / "y.pdf", SQUARE, Rotate=90)
    with reading(turned) as reader:
        assert reader.content(0, turn=0) == content(plain)
