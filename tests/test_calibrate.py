"""The calibration sheet: each mark where it says in mm, in black alone; what is read on it is what is to be typed."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from readers import complaints, text_by_poppler
from trial_runs import FIXTURES
from typer.testing import CliRunner

from renderer.cli.main import app
from renderer.desk.calibration_marks import ARM, CARDS, CROSSES, Side, Words, sides
from renderer.layout.load import load_layout
from renderer.model.insurer import UNMOVED
from renderer.model.paper import A4, LONG_3, Edges

NOTICE = load_layout("eligibility_notice").file
FRONT, BACK = sides(NOTICE, UNMOVED, LONG_3)
DPI = 508
"""A dot is 0.05 mm."""


def calibrate(out: Path, *words: object) -> Path:
    done = CliRunner().invoke(app, ["calibrate", "-o", str(out), *map(str, words)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return out


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return calibrate(tmp_path_factory.mktemp("calibrate") / "x.pdf")


def pictures(pdf: Path) -> list[Image.Image]:
    """Both sides as Ghostscript draws them."""
    out = pdf.with_name("%d.pgm")
    into = ["-sDEVICE=pgmraw", f"-r{DPI}", f"-sOutputFile={out}"]
    subprocess.run(["gs", "-q", "-dBATCH", "-dNOPAUSE", *into, pdf], check=True)
    return [Image.open(pdf.with_name(f"{page}.pgm")) for page in (1, 2)]


def is_dark(picture: Image.Image, x: float, y: float) -> bool:
    return picture.getpixel((int(x * 20), int(y * 20))) < 128


def test_rulers_folds_and_the_corners_of_both_cards_are_where_the_layout_has_them(sheet: Path) -> None:
    front, back = pictures(sheet)
    for side in (front, back):
        assert all(is_dark(side, x, y) for x in (5, 205) for y in (50.25, 150.25))
        assert all(is_dark(side, x, y) for y in (5, 292) for x in (50.25, 150.25))
        for mm in (50, 55, 56):
            long = 2.5 if mm % 10 == 0 else 1.8 if mm % 5 == 0 else 1.0
            for beyond, dark in ((long, True), (long + 0.5, False)):
                assert is_dark(side, mm, 5 + beyond) == is_dark(side, 5 + beyond, mm + 100) == dark
        assert all(is_dark(side, 22, fold) and not is_dark(side, 22, fold + 0.3) for fold in (99, 198))
    for region in CARDS:
        left, top, right, bottom = NOTICE.regions[region].edges
        for x, inwards in ((left, 3), (right, -3)):
            for y, downwards in ((top, 3), (bottom, -3)):
                assert is_dark(front, x, y)
                assert is_dark(front, x + inwards, y)
                assert is_dark(front, x, y + downwards)


def test_the_sheet_is_black_ink_alone_and_no_picture(sheet: Path) -> None:
    asked = ["gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=inkcov", "-sOutputFile=-", sheet]
    inks = subprocess.run(asked, capture_output=True, check=True).stdout.split()
    assert inks[:3] == inks[6:9] == [b"0.00000"] * 3
    assert float(inks[3]) > 0 < float(inks[9])
    with pikepdf.open(sheet) as pdf:
        assert len(pdf.pages) == 2
        assert not any(item.get("/Subtype") == "/Image" for item in pdf.objects if isinstance(item, pikepdf.Stream))
    assert complaints(sheet) == []


def test_it_says_what_it_is_and_how_to_go_on(sheet: Path) -> None:
    front, back = ("".join(page.split()) for page in text_by_poppler(sheet)[:2])
    assert "位置合わせシート" in front
    assert "表（1ページ目）" in front
    assert "front=[0,0]" in front
    assert "長3" in front
    assert "左右±12.5mm、上下±10.5mm" in front
    assert all(f"{step}." in front for step in range(1, 6))
    assert "裏（2ページ目）" in back
    assert "back=[0,0]" in back


def test_the_insurers_offset_moves_it_and_its_envelope_is_drawn(tmp_path: Path, sheet: Path) -> None:
    text = (FIXTURES / "examples" / "insurer.toml").read_text("utf-8").replace('seal = "seal.png"\n', "")
    (tmp_path / "insurer.toml").write_text(
        f"envelope = [240, 125]\n{text}\n[print.offset]\nfront = [0.5, -1]\nback = [0, 2.5]\n", "utf-8"
    )
    moved = calibrate(tmp_path / "moved.pdf", "--insurer", tmp_path / "insurer.toml")
    front, back = pictures(moved)
    assert is_dark(front, 5.5, 50.25)
    assert not is_dark(front, 5, 50.25)
    assert is_dark(front, 50.25, 4)
    assert is_dark(back, 50.25, 7.5)
    said = ["".join(page.split()) for page in text_by_poppler(moved)]
    assert "front=[0.5,-1]" in said[0]
    assert "240×125mm" in said[0]
    assert "左右±15mm、上下±13mm" in said[0]
    assert "back=[0,2.5]" in said[1]


def numbers_near(side: Side, x: float, y: float) -> list[Words]:
    return [one for one in side.words if one.text in ("-3", "0", "+3") and abs(one.x - x) < 6 and abs(one.y - y) < 6]


def test_the_number_at_a_perforation_is_how_far_the_print_must_go() -> None:
    """Printed 3 mm too far to the left, the rung 3 mm to the right of the edge lies on it, and says +3."""
    for region, (_, height) in CARDS.items():
        left, top, right, bottom = NOTICE.regions[region].edges
        for x in (left, right):
            assert [(round(one.x - x), one.text) for one in numbers_near(FRONT, x, bottom - height + 5.4)] == READ
        for ladder in ((left + right) / 2 - 18, (left + right) / 2 + 18):
            assert [(round(one.y - top), one.text) for one in numbers_near(FRONT, ladder + 4.8, top)] == READ


READ = [(-3, "-3"), (0, "0"), (3, "+3")]


def test_front_and_back_meet_at_the_crosses_and_read_what_moves_the_back() -> None:
    """Seen from the front, the back lies mirrored: its right is the left, its down is down."""
    assert {(A4[0] - x, y) for x, y in CROSSES} == set(CROSSES)
    for x, y in CROSSES:
        assert rule_at(BACK.rules, x, y - ARM)
        assert rule_at(BACK.rules, x + ARM, y)
        assert rule_at(BACK.rules, x - ARM, y)
        across = numbers_near(FRONT, x, y - ARM + 5.4)
        # Too far to the left behind by 3 is seen 3 to the right of nought, and is to go 3 to the right.
        assert [(round(one.x - x), one.text) for one in across] == READ
        inwards = x + (ARM + 4.8 if x < A4[0] / 2 else -ARM - 4.8)
        # Too low behind by 3 is seen 3 below nought, and is to go 3 up.
        down = [(round(one.y - y), one.text) for one in numbers_near(FRONT, inwards, y)]
        assert down == [(-3, "+3"), (0, "0"), (3, "-3")]


def rule_at(rules: Sequence[Edges], x: float, y: float) -> bool:
    return any(rule.left <= x <= rule.right and rule.top <= y <= rule.bottom for rule in rules)


def test_nothing_overprints_a_number() -> None:
    for side in (FRONT, BACK):
        for one in side.words:
            if one.text in ("-3", "+3"):
                near = [other for other in side.words if other is not one and abs(other.y - one.y) < 1.5]
                assert all(abs(other.x - one.x) >= 2.5 for other in near), one
