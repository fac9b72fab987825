"""An overlay says in mm what a layout declares and how values are set, and writes no word on the paper."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from small_layouts import rules, small_layout, small_plate

from renderer.desk.overlay_svg import ABOVE, COLOURS, LEFT, LINE, WIDTH, sheet_svg, spread, swatch
from renderer.desk.overlays import (
    Look,
    Overlay,
    Shape,
    cut_lines,
    declared_shapes,
    folds,
    margins,
    on_page,
    region_shapes,
    slot_shapes,
    travel,
    window_shapes,
)
from renderer.layout.load import load_layout
from renderer.layout.schema import LayoutFile, Region
from renderer.model.findings import LANGUAGES
from renderer.model.paper import LONG_3, Edges, EnvelopeSize
from renderer.press.ruler import Ruler
from renderer.running.words import words

NOTICE = load_layout("eligibility_notice").file
SVG = "{http://www.w3.org/2000/svg}"


def layout_file(tmp_path: Path, **keys: str) -> LayoutFile:
    return small_layout(tmp_path, **keys).file  # type: ignore[arg-type]


def test_margin_and_folds_are_on_every_page(tmp_path: Path) -> None:
    file = layout_file(tmp_path, pages="2", safe_margin="4.5", fold_lines="[99, 198]")
    assert [(shape.page, shape.edges) for shape in margins(file)] == [
        (n, Edges(4.5, 4.5, 205.5, 292.5)) for n in (1, 2)
    ]
    found = list(folds(file))
    assert [(shape.page, shape.name) for shape in found] == [(1, "99"), (1, "198"), (2, "99"), (2, "198")]
    assert found[1].edges == Edges(0, 198, 210, 198)
    assert {shape.overlay for shape in on_page(found, 2)} == {Overlay.FOLDS}
    assert len(on_page(found, 2)) == 2


def test_regions_are_those_of_the_sheet_and_the_window_and_the_cut_line_are_overlays_of_their_own() -> None:
    there = {name: NOTICE.regions[name] for name in ("window", "sender", "card")}
    assert [(shape.name, shape.edges) for shape in region_shapes(there)] == [
        ("sender", NOTICE.regions["sender"].edges),
        ("card", NOTICE.regions["card"].edges),
    ]
    assert [(shape.name, shape.edges) for shape in cut_lines(there)] == [("card", NOTICE.regions["card"].edges)]
    looks = [shape.look for shape in declared_shapes(NOTICE, there, LONG_3)]
    assert looks == [Look.MARGIN, *[Look.REGION] * 2, Look.WINDOW, *[Look.TRAVEL] * 2, *[Look.FOLD] * 2, Look.CUT]


def test_the_window_always_shows_what_was_measured() -> None:
    """A third of A4 moves by 25 mm across and 21 mm down; of 45 × 90 mm always 24 × 65 are seen (domain 6.3)."""
    assert travel(NOTICE, LONG_3) == (12.5, 10.5)
    shapes = list(window_shapes(NOTICE, {"window": Region(x=20, y=15, w=90, h=45)}, LONG_3))
    assert [shape.look for shape in shapes] == [Look.WINDOW, Look.TRAVEL, Look.TRAVEL]
    assert shapes[0].edges == Edges(20, 15, 110, 60)
    assert shapes[1].edges == Edges(7.5, 4.5, 122.5, 70.5)
    left, top, right, bottom = shapes[2].edges
    assert (right - left, bottom - top) == (65, 24)
    assert list(window_shapes(NOTICE, {}, LONG_3)) == []


def test_a_sheet_slides_as_far_as_its_own_envelope_lets_it() -> None:
    own = EnvelopeSize("240 × 125 mm", 240, 125)
    assert travel(NOTICE, own) == (15, 13)
    window = Region(x=20, y=15, w=90, h=45)
    shapes = list(window_shapes(NOTICE, {"window": window}, own))
    assert {shape.name for shape in shapes} == {"240 × 125 mm"}
    assert shapes[1].edges == window.edges.grown(15, 13)


def test_a_sheet_that_is_larger_than_its_envelope_does_not_slide_down(tmp_path: Path) -> None:
    file = layout_file(tmp_path, fold_lines="[]")
    assert travel(file, LONG_3) == (12.5, 0)
    small = {"window": Region(x=20, y=15, w=20, h=10)}  # there is nothing of it that is always seen
    assert [shape.look for shape in window_shapes(file, small, LONG_3)] == [Look.WINDOW, Look.TRAVEL]


SET = {
    "full": ("山", "{ }", Look.FULL_SIZE),
    "condensed": ("山" * 16, '{ fit = "condense", floor = 60 }', Look.CONDENSED),
    "shrunk": ("山" * 16, '{ fit = "shrink", floor = 6 }', Look.SHRUNK),
    "held": ("山" * 60, '{ fit = "condense", floor = 60 }', Look.HELD),
    "no glyph": ("\U00030edd\U000e01ef", "{ }", Look.HELD),
}


@pytest.mark.parametrize("case", SET)
def test_a_slot_shows_how_its_value_is_set(tmp_path: Path, case: str) -> None:
    text, rule, look = SET[case]
    plate = small_plate(tmp_path, slots=f"{{ name = {rule} }}")
    (shape,) = slot_shapes(plate, {"name": text}, {"name": "氏名"}, Ruler())
    assert (shape.overlay, shape.look, shape.page, shape.name) == (Overlay.SLOTS, look, 1, "氏名")
    assert [round(mm, 3) for mm in shape.edges] == [20, 20, 80, 26]
    if look is Look.CONDENSED:  # 16 × 12 pt in 60 mm
        assert shape.setting
        assert shape.setting.condense == pytest.approx(60 / (16 * 12 * 25.4 / 72), abs=0.001)
        assert "氏名 condensed 88.5 %" in sheet_svg([shape], words("en"), paper="", label="")
    if look is Look.SHRUNK:
        assert shape.setting
        assert shape.setting.size == pytest.approx(10.5, abs=0.01)
        assert "氏名 10.5 pt, lines 1" in sheet_svg([shape], words("en"), paper="", label="")


def test_an_empty_slot_is_not_shown_and_a_code_is_as_it_is(tmp_path: Path) -> None:
    plate = small_plate(tmp_path, kinds={"name": "customer_barcode"}, css=rules("name", width="70mm", height="3.2mm"))
    assert list(slot_shapes(plate, {"name": ""}, {}, Ruler())) == []
    (shape,) = slot_shapes(plate, {"name": "1" * 20}, {"name": ""}, Ruler())
    assert (shape.look, shape.name) == (Look.FULL_SIZE, "name")


ALL = [
    *declared_shapes(NOTICE, NOTICE.regions, LONG_3),
    Shape(Overlay.SLOTS, Look.HELD, 1, Edges(23, 20, 113, 40), "住所<&>"),
]


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - ours


def test_no_word_stands_on_the_paper_and_each_overlay_is_a_group_of_its_own() -> None:
    for language in LANGUAGES:
        root = parsed(sheet_svg(ALL, words(language), paper="", label="<&>"))
        assert [float(n) for n in root.attrib["viewBox"].split()] == [-LEFT, -ABOVE, WIDTH, 297 + 2 * ABOVE]
        assert [group.attrib["class"].split()[1] for group in root.iter(f"{SVG}g")] == [
            overlay for overlay in Overlay if any(shape.overlay == overlay for shape in ALL)
        ]
        texts = list(root.iter(f"{SVG}text"))
        assert len(texts) == 2 + len(NOTICE.regions) + 1  # folds, regions with the window, a slot
        for text in texts:
            x, is_right = float(text.attrib["x"]), text.attrib["text-anchor"] == "start"
            assert x > 210 if is_right else x < 0
        assert "<&>" in "".join(text.text or "" for text in texts)


def test_words_of_one_gutter_stand_apart() -> None:
    root = parsed(sheet_svg(ALL, words("ja"), paper="", label=""))
    for anchor in ("start", "end"):
        heights = sorted(float(t.attrib["y"]) for t in root.iter(f"{SVG}text") if t.attrib["text-anchor"] == anchor)
        assert len(heights) > 1
        assert all(below - above > LINE - 0.01 for above, below in itertools.pairwise(heights))
        assert max(heights) < 300


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ([], []),
        ([10, 50], [10, 50]),
        ([10, 10, 12], [10, 15, 20]),
        ([98, 99], [95, 100]),
        ([10, 97, 99, 99], [10, 90, 95, 100]),
    ],
)
def test_notes_are_spread_from_the_top_and_stay_above_the_edge(asked: list[float], got: list[float]) -> None:
    assert spread(asked, 5, 100) == got


def test_looks_differ_by_shape_and_not_by_colour_alone() -> None:
    bare = {look: re.sub(r"#[0-9a-f]{6}", "", swatch(look)) for look in Look}
    same = [(one, other) for one in Look for other in Look if one < other and bare[one] == bare[other]]
    assert same == []


def test_colours_can_be_read_on_white() -> None:
    for look, colour in COLOURS.items():
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        luminance = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
        assert 1.05 / (luminance + 0.05) >= 4.5, look  # WCAG 2.2, 1.4.3
