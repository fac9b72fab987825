"""What is said of a mark's ink is what the plates get that Ghostscript separates a page into."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from renderer.model.paper import MM_PER_INCH
from renderer.review.interpreter import Interpreter
from renderer.review.opened import opened
from renderer.review.paints import Paint
from renderer.review.shapes import Mark

PROCESS = ("Cyan", "Magenta", "Yellow", "Black")
SPOTS = ("Gold", "Varnish")
DPI = 72
SHARES = (0, 0.25, 0.5, 1)
PAGES = 24
NEAR = 0.02
"""Plates have 255 steps, and a share is written to four decimals."""


def content(chance: random.Random, states: Sequence[str]) -> str:
    """Draw six overlapping areas on 100 × 100 mm: in one of six kinds of colour, knocking out or overprinting."""
    operators = ["2.834646 0 0 2.834646 0 0 cm"]
    for _ in range(6):
        share = [chance.choice(SHARES) for _ in range(4)]
        colour = chance.choice(
            [
                f"{share[0]} g",
                f"{share[0]} {share[1]} {share[2]} {share[3]} k",
                f"0 0 0 {share[3]} k",
                f"/Gold cs {share[0]} scn",
                f"/Both cs {share[0]} {share[1]} scn",
                f"/Two cs {share[0]} {share[1]} scn",
            ]
        )
        state = chance.choice(states)
        x, y = chance.randrange(5, 50), chance.randrange(5, 50)
        operators.append(f"/{state} gs {colour} {x} {y} {chance.randrange(20, 45)} {chance.randrange(20, 45)} re f")
    return "\n".join(operators)


def written(path: Path, contents: Iterable[str]) -> Path:
    with pikepdf.new() as pdf:
        tint = Dictionary(FunctionType=2, Domain=[0, 1], C0=[0] * 4, C1=[0, 0.2, 0.8, 0], N=1)
        tints = pdf.make_stream(b"{ pop pop 0 0 0 0 }", FunctionType=4, Domain=[0, 1] * 2, Range=[0, 1] * 4)
        resources = Dictionary(
            ColorSpace=Dictionary(
                Gold=Array([Name.Separation, Name.Gold, Name.DeviceCMYK, tint]),
                Both=Array([Name.DeviceN, Array([Name.Gold, Name.Varnish]), Name.DeviceCMYK, tints]),
                Two=Array([Name.DeviceN, Array([Name.Cyan, Name.Gold]), Name.DeviceCMYK, tints]),
            ),
            Font=Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)),
            ExtGState=Dictionary(
                Knock=Dictionary(op=False, OP=False),
                Over=Dictionary(op=True, OP=True, OPM=0),
                Spare=Dictionary(op=True, OP=True, OPM=1),
                Half=Dictionary(ca=0.5, CA=0.5),
            ),
        )
        for each in contents:
            page = pdf.add_blank_page(page_size=(283.4646, 283.4646))
            page.Resources = resources
            page.Contents = pdf.make_stream(each.encode())
        pdf.save(path)
    return path


def separated(pdf: Path, page: int) -> dict[str, Image.Image]:
    """Read the plates that Ghostscript made of a page."""
    found = {}
    for ink in (*PROCESS, *SPOTS):
        plate = pdf.with_name(f"{pdf.stem}-{page + 1}({ink}).tif")
        if plate.exists():
            with Image.open(plate) as image:
                found[ink] = image.convert("L")
    return found


def expected(marks: Iterable[Mark], x: float, y: float) -> dict[str, float]:
    """Work out from the paints, in the order of drawing, how much of each ink there is at a place (8.6.7, 11.3.3)."""
    inks = dict.fromkeys((*PROCESS, *SPOTS), 0.0)
    for mark in marks:
        if mark.box.x < x < mark.box.x + mark.box.w and mark.box.y < y < mark.box.y + mark.box.h:
            assert mark.paint
            inks = laid(inks, mark.paint)
    return inks


def laid(below: Mapping[str, float], paint: Paint) -> dict[str, float]:
    own = named(paint)
    if paint.overprint == "overprinting where it has ink":
        own = {ink: share for ink, share in own.items() if share}
    kept = below if paint.overprint else dict.fromkeys(below, 0.0)
    over = {**kept, **own}
    return {ink: (1 - paint.opacity) * below[ink] + paint.opacity * over[ink] for ink in below}


def named(paint: Paint) -> dict[str, float]:
    """Name the inks of a paint and how much it has of each."""
    if paint.space == "grey":
        return dict(zip(PROCESS, (0, 0, 0, 1 - paint.parts[0]), strict=True))
    names = PROCESS if paint.space == "cmyk" else paint.space.split(", ")
    return dict(zip(names, paint.parts, strict=True))


def separate(pdf: Path) -> None:
    command = ["gs", "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=tiffsep", f"-r{DPI}"]
    subprocess.run([*command, f"-sOutputFile={pdf.parent}/{pdf.stem}-%d.tif", pdf], check=True)


@pytest.mark.parametrize("states", [("Knock", "Over", "Spare"), ("Knock", "Half")])
def test_each_plate_gets_the_ink_that_is_said(tmp_path: Path, states: tuple[str, ...]) -> None:
    chance = random.Random(states[-1])
    pdf = written(tmp_path / "x.pdf", (content(chance, states) for _ in range(PAGES)))
    separate(pdf)
    with opened(pdf) as file:
        interpreter = Interpreter(file)
        for page in range(PAGES):
            marks, plates = interpreter.drawn(page).marks, separated(pdf, page)
            for x, y in ((chance.uniform(1, 99), chance.uniform(1, 99)) for _ in range(60)):
                edges = [
                    edge
                    for m in marks
                    for edge in (m.box.x - x, m.box.x + m.box.w - x, m.box.y - y, m.box.y + m.box.h - y)
                ]
                if min(map(abs, edges)) < 1:
                    continue
                place = round(x * DPI / MM_PER_INCH), round(y * DPI / MM_PER_INCH)
                for ink, share in expected(marks, x, y).items():
                    got = 1 - plates[ink].getpixel(place) / 255 if ink in plates else 0.0
                    assert got == pytest.approx(share, abs=NEAR), (page, ink, x, y)


@pytest.mark.parametrize(
    ("colour", "told", "plates"),
    [
        ("0 g", "black of 1 ink", {"Black"}),
        ("0 0 0 1 k", "black of 1 ink (C 0 M 0 Y 0 K 100)", {"Black"}),
        ("1 1 1 1 k", "black of 4 inks (C 100 M 100 Y 100 K 100)", set(PROCESS)),
        ("0 0 0 rg", "R 0 G 0 B 0", set(PROCESS)),
        ("/Gold cs 1 scn", "Gold 100 %", {"Gold"}),
    ],
)
@pytest.mark.parametrize("text", [False, True])
def test_the_inks_that_are_said_of_a_black_are_the_plates_it_goes_to(
    tmp_path: Path, colour: str, told: str, plates: set[str], text: bool
) -> None:
    shape = "BT /F 200 Tf 1 0 0 1 50 50 Tm (I) Tj ET" if text else "50 50 100 100 re f"
    pdf = written(tmp_path / "x.pdf", [f"{colour} {shape}"])
    separate(pdf)
    with opened(pdf) as file:
        drawn = Interpreter(file).drawn(0)
    (thing,) = drawn.shows if text else drawn.marks
    assert str(thing.paint) == told
    assert {ink for ink, plate in separated(pdf, 0).items() if plate.getextrema()[0] < 128} == plates
