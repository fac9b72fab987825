"""A ground under everything (地紋): texts may lie on it, and the press prints what WeasyPrint draws, in one ink."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageDraw
from readers import text_by_poppler
from small_layouts import FIXED, SLOT, print_sheets, refusal, rules, small_layout
from trial_runs import ended, renderer

from renderer.desk.lint import lint
from renderer.desk.press_difference import drawn_otherwise, printed_pages
from renderer.intake.jobfile import load_job
from renderer.layout.compiling import compile_plate
from renderer.layout.load import Layout
from renderer.model.errors import BadLayout
from renderer.press.plates import Plate
from renderer.press.press import PrintFile
from renderer.press.ruler import Ruler
from renderer.proof.placing import Beginning
from renderer.proof.verify import expected_pages, font_files, verify

VALUES = {"name": "見本　太郎"}
LABEL = "<p style=\"font: 12pt 'BIZ UDGothic'; margin: 40mm 20mm\">地紋の上の文字</p>"
IMG = '<img src="ground.png" style="position: absolute; z-index: -1; left: 0; top: 0; width: 210mm; height: 297mm">'
REPEATED = "@page { background-image: url(ground.png); background-size: 10mm 10mm }"
ONCE = "{ background: url(ground.png) no-repeat; background-size: 210mm 297mm }"
GROUND = '{ file = "ground.png", most_ink = 15 }'


def picture(mode: str = "L", ink: Any = 225, **keys: Any) -> bytes:
    """A tile of 60 by 60 dots, a ring on white."""
    image = Image.new("RGB", (60, 60), "white").convert(mode)
    ImageDraw.Draw(image).ellipse((10, 10, 40, 40), outline=ink, width=4)
    data = io.BytesIO()
    image.save(data, "PNG", **keys)
    return data.getvalue()


def grounded(parent: Path, body: str = SLOT + LABEL, css: str = REPEATED, **keys: Any) -> Layout:
    files: Mapping[str, str | bytes] = {"ground.png": keys.pop("png", picture())}
    return small_layout(parent, body, rules("name") + css, files=files, **{"ground": GROUND} | keys)


def compiled(layout: Layout) -> Plate:
    return compile_plate(layout, next(layout.variants()), FIXED)


def refused(parent: Path, body: str = SLOT + LABEL, css: str = REPEATED, **keys: Any) -> str:
    return refusal(parent, body, rules("name") + css, **{"ground": GROUND, "files": {"ground.png": picture()}} | keys)


WAYS = [
    (SLOT + LABEL, REPEATED),
    (SLOT + LABEL, f"@page {ONCE}"),
    (SLOT + LABEL, f"html {ONCE}"),
    (SLOT + LABEL, "body { background: url(ground.png); background-size: 9mm 9mm; height: 100% }"),
    (IMG + SLOT + LABEL, ""),
]


@pytest.mark.parametrize(("body", "css"), WAYS, ids=["repeated", "once", "html", "body", "img"])
def test_a_ground_is_printed_as_weasyprint_draws_it_and_proved(tmp_path: Path, body: str, css: str) -> None:
    layout = grounded(tmp_path, body, css)
    plate, ruler = compiled(layout), Ruler()
    drawn = printed_pages(plate, VALUES, ruler)
    assert list(drawn_otherwise(layout, plate, FIXED, VALUES, ruler, drawn)) == []
    assert sum(drawn[0].convert("L").histogram()[215:235]) > 10_000
    path = print_sheets(tmp_path / "x.pdf", plate, [VALUES, VALUES])
    expected = [page for n in "01" for page in expected_pages(plate, VALUES, "", Beginning(n, f"{n}-"))]
    verify(path, "見本", expected, font_files(None))
    assert "地紋の上の文字" in text_by_poppler(path)[1].replace(" ", "")


@pytest.mark.parametrize(("body", "css"), WAYS, ids=["repeated", "once", "html", "body", "img"])
def test_it_stays_one_ink_and_without_transparency(tmp_path: Path, body: str, css: str) -> None:
    path = print_sheets(tmp_path / "x.pdf", compiled(grounded(tmp_path, body, css)), [VALUES])
    with pikepdf.open(path) as pdf:
        for each in pdf.objects:
            assert not (isinstance(each, pikepdf.Dictionary | pikepdf.Stream) and "/Group" in each)
            assert not (isinstance(each, pikepdf.Stream) and each.get("/ColorSpace", "/DeviceGray") != "/DeviceGray")
    separations = ["-sDEVICE=tiffsep", "-r72", f"-sOutputFile={tmp_path}/ink.tif"]
    subprocess.run(["gs", "-q", "-dNOPAUSE", "-dBATCH", *separations, path], check=True, capture_output=True)
    for ink in ("Cyan", "Magenta", "Yellow"):
        with Image.open(tmp_path / f"ink({ink}).tif") as plate:
            assert plate.convert("L").getextrema() == (255, 255), ink


def test_it_is_in_the_file_once_for_all_pages_and_variants(tmp_path: Path) -> None:
    body = SLOT + LABEL + "{{ variant.kind }}<div style='break-before: page'>&nbsp;</div>"
    css = REPEATED + "body { font-family: 'BIZ UDGothic' }"
    layout = grounded(tmp_path, body, css, variants={"kind": ["a", "b"]}, pages=2)
    plates = [compile_plate(layout, variant, FIXED) for variant in layout.variants()]
    with PrintFile(tmp_path / "x.pdf", plates) as file:
        for number, plate in enumerate(plates * 3):
            file.begin_piece(str(number), f"{number}-")
            file.add_sheet(plate, VALUES)
        file.finish("見本")
    with pikepdf.open(tmp_path / "x.pdf") as pdf:
        assert len(pdf.pages) == 12
        streams = [each for each in pdf.objects if isinstance(each, pikepdf.Stream)]
        assert sum(each.get("/Subtype") == "/Image" for each in streams) == 1


# What is refused


@pytest.mark.parametrize(
    ("png", "said"),
    [
        (picture("RGB", (255, 200, 200)), "is in colours, and would not be printed in black alone; save it in grey"),
        (picture("LA", (200, 255)), "has a palette, one bit or an alpha channel; save it in plain grey of 8 bits"),
        (picture("1", 0), "has a palette, one bit or an alpha channel"),
        (picture("L", transparency=255), "has a palette, one bit or an alpha channel"),
        (b"\x89PNG\r\n\x1a\n", "is no PNG picture, or not a whole one; save it again as PNG"),
    ],
    ids=["colours", "alpha", "one bit", "clear", "broken"],
)
def test_a_picture_that_is_no_ground_is_refused_with_what_to_do(tmp_path: Path, png: bytes, said: str) -> None:
    told = refused(tmp_path, files={"ground.png": png})
    assert told.startswith("small/layout.toml: [ground] ground.png ")
    assert said in told


def test_colours_are_printed_where_they_are_declared(tmp_path: Path) -> None:
    keys = {"ground": GROUND.replace("}", ", colour = true }"), "png": picture("RGB", (255, 220, 220))}
    layout = grounded(tmp_path, **keys)
    plate, ruler = compiled(layout), Ruler()
    drawn = printed_pages(plate, VALUES, ruler)
    assert list(drawn_otherwise(layout, plate, FIXED, VALUES, ruler, drawn)) == []


@pytest.mark.parametrize(
    ("ground", "said"),
    [
        ('{ file = "grund.png", most_ink = 15 }', "layout.toml names grund.png, which is not there; add the file"),
        ('{ file = "ground.png", most_ink = 31 }', "ground.most_ink: must be 30 or less"),
        ('{ file = "ground.png", mostink = 15 }', "unknown key ground.mostink; did you mean most_ink?"),
        ('{ file = "ground.png" }', "ground.most_ink: it is missing; write it"),
    ],
)
def test_what_layout_toml_says_of_it_is_checked(tmp_path: Path, ground: str, said: str) -> None:
    with pytest.raises(BadLayout, match=r"layout\.toml") as wrong:
        grounded(tmp_path, ground=ground)
    assert said in str(wrong.value)


@pytest.mark.parametrize(
    "body",
    [
        IMG.replace("z-index: -1; ", "") + SLOT + LABEL,
        SLOT + LABEL + IMG.replace("z-index: -1; ", ""),
        IMG + IMG + SLOT + LABEL,
    ],
    ids=["over what has no position", "last", "twice"],
)
def test_a_ground_that_covers_something_is_refused(tmp_path: Path, body: str) -> None:
    assert "small: the ground of page 1 lies over something, or is drawn twice" in refused(tmp_path, body, "")


def test_other_pictures_are_what_they_were(tmp_path: Path) -> None:
    files = {"ground.png": picture(), "other.png": picture(ink=100)}
    css = REPEATED + "\np { background: url(other.png) }"
    assert "p { background: url(other.png) }: gradients and background pictures" in refused(
        tmp_path, css=css, files=files
    )
    css = REPEATED + "\np { background: linear-gradient(#fff, #eee) }"
    assert "p { background: linear-gradient(#fff, #eee) }: gradients" in refused(tmp_path, css=css, files=files)
    body = SLOT + LABEL + IMG.replace("ground.png", "other.png")
    assert "「地紋の上の文字」 lies on a picture (img)" in refused(tmp_path, body, files=files)
    assert "or declare a [ground]" in refused(tmp_path, ground=None, files=files)
    assert "or declare a [ground]" in refused(tmp_path, css=f"@page {ONCE}", ground=None, files=files)
    assert "or declare it as [ground]" in refused(
        tmp_path, css="p { background: url(ground.png) }", ground=None, files=files
    )


def test_an_opaque_box_lies_on_a_ground_and_one_that_lets_it_through_is_refused(tmp_path: Path) -> None:
    compiled(grounded(tmp_path, css=REPEATED + "p { background: #fff }"))
    assert "opacity" in refused(tmp_path, css=REPEATED + "\np { opacity: .5 }")


# What lint finds


def linted(parent: Path, **keys: Any) -> list[tuple[str, str]]:
    found = lint(grounded(parent, **keys), FIXED, {"name": ["見本　太郎"]})
    return [(fault.code, fault.where) for fault in found.faults]


def test_a_good_ground_has_no_fault_and_is_no_ink_in_the_margin(tmp_path: Path) -> None:
    assert linted(tmp_path) == []


def test_a_ground_darker_than_declared_is_named_with_its_place(tmp_path: Path) -> None:
    layout = grounded(tmp_path, png=picture(ink=150))
    (fault,) = lint(layout, FIXED, {"name": ["見本　太郎"]}).faults
    assert (fault.code, fault.where) == ("ground-too-dark", "page 1")
    assert "% of ink at " in fault.sentence


def test_a_text_that_cannot_be_read_on_it_is_named_with_the_contrast(tmp_path: Path) -> None:
    grey = LABEL.replace("font:", "color: #6f6f6f; font:")
    assert linted(tmp_path, body=SLOT + grey) == [("low-contrast", "「地紋の上の文字」")]
    assert linted(tmp_path, body=SLOT + grey.replace("#6f6f6f", "#555")) == []
    assert linted(tmp_path, body=SLOT + grey, css=REPEATED + "p { background: #fff; padding: 1mm }") == []
    assert linted(tmp_path, css=REPEATED + "[data-slot=name] { color: device-cmyk(0 0 0 0.56) !important }") == [
        ("low-contrast", "name")
    ]


def test_a_code_on_it_is_named_and_one_on_white_is_not(tmp_path: Path) -> None:
    css = REPEATED + rules("code", left="100mm", top="100mm", width="20mm", height="20mm")
    keys = {"kinds": {"code": "qr"}, "slots": "{ name = {}, code = {} }"}
    white = '<div style="position: absolute; left: 97mm; top: 97mm; width: 26mm; height: 26mm; background: #fff"></div>'
    assert linted(tmp_path, body=SLOT + '{{ slot("code") }}', css=css, **keys) == [("ground-under-code", "code")]
    assert linted(tmp_path, body=white + SLOT + '{{ slot("code") }}', css=css, **keys) == []


def test_a_ground_that_lies_under_no_sheet_is_named(tmp_path: Path) -> None:
    assert linted(tmp_path, css="") == [("never-placed", "ground")]


def test_a_job_with_a_ground_is_printed_and_verified(tmp_path: Path) -> None:
    assert ended(renderer("new", tmp_path / "x"))[0] == 0
    assert ended(renderer("new-layout", tmp_path / "mine"))[0] == 0
    (tmp_path / "mine" / "ground.png").write_bytes(picture())
    style, toml = tmp_path / "mine" / "sheet.css", tmp_path / "mine" / "layout.toml"
    style.write_text(style.read_text("utf-8") + REPEATED, "utf-8")
    toml.write_text(toml.read_text("utf-8") + "\n[ground]\nfile = 'ground.png'\nmost_ink = 15\n", "utf-8")
    job = tmp_path / "x" / "job.toml"
    job.write_text(job.read_text("utf-8").replace('title = "', 'layout = "../mine"\ntitle = "'), "utf-8")
    assert ended(renderer("run", job))[::2] == (0, "")
    printed = load_job(job).folder / "batch-0001.pdf"
    assert ended(renderer("verify", printed, "--job", job))[0] == 0
    with pikepdf.open(printed) as pdf:
        tiles = [each for each in pdf.objects if isinstance(each, pikepdf.Stream) and each.get("/Width") == 60]
    assert len(tiles) == 1
