"""Ink where a layout wants none, and cut lines that are not on the edges of their region, are told in mm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from small_layouts import FIXED, SLOT, rules, small_layout

from renderer.desk.faults import Fault
from renderer.desk.ink import misplaced_ink
from renderer.desk.lint import lint
from renderer.layout.schema import Ink, LayoutFile, Region
from renderer.model.paper import A4, MM_PER_INCH, PROOF_DPI

PX = MM_PER_INCH / PROOF_DPI
FILE: dict[str, Any] = {
    **{"document": "small", "titles": ("見本",), "pages": 1, "template": "x", "stylesheets": ()},
    **{"regions": {}, "slots": {}, "safe_margin": 0.0},
}


def page(*boxes: tuple[float, float, float, float]) -> Image.Image:
    """A page of paper with black boxes: left, top, right, bottom in mm."""
    image = Image.new("L", (round(A4[0] / PX), round(A4[1] / PX)), 255)
    for left, top, right, bottom in boxes:
        ImageDraw.Draw(image).rectangle((left / PX, top / PX, right / PX - 1, bottom / PX - 1), fill=0)
    return image


def faults(*pages: Image.Image, **keys: Any) -> list[Fault]:
    file = LayoutFile(**(FILE | {"pages": len(pages)} | keys))
    return list(misplaced_ink(file, file.regions, pages))


SQUARE = (100, 96, 110, 98.3)


DRAWN = '<svg style="position: absolute; left: 20mm; top: {}mm" width="60mm" height="6mm">{}</svg>'
TURNED = '<div style="position: absolute; left: 45mm; top: 0; height: 60mm; transform: rotate(45deg); {}"></div>'


@pytest.mark.parametrize(
    ("html", "is_seen"),
    [
        (DRAWN.format(20, '<path d="M0 12H200" stroke="#000"/>'), True),
        (DRAWN.format(20, '<path d="M0 12H200" stroke="#ddd"/>'), False),
        (DRAWN.format(20, '<rect width="240" height="30" fill="#fff"/>'), False),
        (DRAWN.format(26, '<path d="M0 12H200" stroke="#000"/>'), False),
        (TURNED.format("border-left: 0.3mm solid #000"), True),
        (TURNED.format("border-left: 0.3mm solid #fff"), False),
    ],
)
def test_what_is_drawn_under_a_value_is_told_where_its_boxes_do_not_say_it(
    tmp_path: Path, html: str, is_seen: bool
) -> None:
    layout = small_layout(tmp_path, SLOT + html, rules("name"))
    found = [(fault.code, fault.where) for fault in lint(layout, FIXED, {"name": ["見本"]}).faults]
    assert (("ink-under-slot", "name") in found) == is_seen


def test_ink_in_the_safe_margin_is_told_by_its_side(tmp_path: Path) -> None:
    assert faults(page((5, 5, 205, 292)), safe_margin=5.0) == []
    assert faults(page(), safe_margin=5.0) == []
    (fault,) = faults(page(), page((20, 20, 206, 30)), safe_margin=5.0)
    assert (fault.code, fault.where) == ("ink-in-safe-margin", "right of page 2")
    assert fault.sentence == "ink comes within 4.0 mm of the edge"
    assert fault.action == "keep it 5 mm away"
    assert {fault.where for fault in faults(page((4, 4, 206, 293)), safe_margin=5.0)} == {
        f"{side} of page 1" for side in ("left", "top", "right", "bottom")
    }


@pytest.mark.parametrize(("clearance", "told"), [(0.0, False), (0.5, False), (1.0, True)])
def test_ink_beside_a_fold_is_told(clearance: float, told: bool) -> None:
    found = faults(page(SQUARE), fold_lines=(99.0, 198.0), fold_clearance=clearance)
    assert [fault.where for fault in found] == (["fold at 99 mm of page 1"] if told else [])
    for fault in found:
        assert fault.code == "ink-on-fold"
        assert " mm at 99.95, 98." in fault.sentence
        assert fault.sentence.endswith("and the fold keeps 1 mm clear on both sides")


def test_ink_outside_the_regions_of_an_area_is_told() -> None:
    window = Region(x=100.0, y=96.0, w=10.0, h=2.3)
    area = Ink(x=0.0, y=0.0, w=120.0, h=99.0, regions=("window",))
    keys = {"regions": {"window": window}, "ink": (area,)}
    assert faults(page(SQUARE, (130, 20, 140, 30), (20, 100, 40, 110)), **keys) == []
    (fault,) = faults(page(SQUARE, (90, 20, 95, 30)), **keys)
    assert (fault.code, fault.where) == ("ink-elsewhere", "window")
    assert fault.sentence.startswith("there is ink at 5.0")
    assert "mm at 89.92, 19.94 of page 1" in fault.sentence
    (fault,) = faults(page(SQUARE), regions={}, ink=(Ink(x=0.0, y=0.0, w=120.0, h=99.0, regions=()),))
    assert fault.where == "120.00 × 99.00 mm at 0.00, 0.00"


# Lines to cut along.

SVG = (
    '<svg viewBox="0 0 85.6 54" style="position: absolute; left: {x}mm; top: {y}mm; width: 85.6mm; height: 54mm; '
    'overflow: visible" fill="none" stroke="#000" stroke-width="{width}"><path d="M0 0H85.6V54H0{end}" '
    'stroke-dasharray="{dashes}"/></svg>'
)


def cut(
    tmp_path: Path, *, x: float = 100, y: float = 220, end: str = "Z", width: float = 0.2, dashes: str = "1.6 1.2"
) -> list[Fault]:
    body = SLOT + SVG.format(x=x, y=y, end=end, width=width, dashes=dashes)
    regions = "{ card = { x = 100, y = 220, w = 85.6, h = 54, cut_line = true } }"
    return list(lint(small_layout(tmp_path, body, rules("name"), regions=regions), FIXED, {}).faults)


@pytest.mark.parametrize(
    "how", [{}, {"width": 0.1}, {"width": 0.4}, {"dashes": "1 1"}, {"dashes": "none"}, {"x": 100.08}]
)
def test_a_line_on_the_edges_of_a_region_is_a_cut_line(tmp_path: Path, how: dict[str, Any]) -> None:
    assert cut(tmp_path, **how) == []


@pytest.mark.parametrize("far", [0.25, 0.3, -0.5])
def test_a_cut_line_beside_its_edge_is_told_in_millimetres(tmp_path: Path, far: float) -> None:
    found = cut(tmp_path, x=100 + far)
    assert [(fault.code, fault.where) for fault in found] == [
        ("cut-line-moved", "left of card"),
        ("cut-line-moved", "right of card"),
    ]
    for fault, edge in zip(found, ("100", "185.6"), strict=True):
        said, at, off = fault.sentence.partition(f" at {edge} mm is ")
        assert (said, bool(at)) == ("the line along its edge", True)
        assert float(off.split()[0]) == pytest.approx(abs(far), abs=0.06)


@pytest.mark.parametrize(("how", "sides"), [({"end": ""}, ["left"]), ({"y": 222}, ["bottom", "top"])])
def test_an_edge_without_a_line_is_told(tmp_path: Path, how: dict[str, Any], sides: list[str]) -> None:
    found = cut(tmp_path, **how)
    assert [(fault.code, fault.where) for fault in found] == [("cut-line-missing", f"{side} of card") for side in sides]
    assert found[0].action == "draw it there"


def test_a_line_of_letters_is_no_cut_line(tmp_path: Path) -> None:
    body = SLOT + "<p>" + "見" * 6 + "</p>"
    css = rules("name") + "p { position: absolute; left: 100mm; top: 217mm; margin: 0; font: 10.5pt 'BIZ UDPGothic' }"
    regions = "{ card = { x = 100, y = 220, w = 85.6, h = 54, cut_line = true } }"
    found = lint(small_layout(tmp_path, body, css, regions=regions), FIXED, {}).faults
    assert {fault.code for fault in found} == {"cut-line-missing"}
