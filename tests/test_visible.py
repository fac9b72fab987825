"""Compiling refuses what nobody could see on paper: a text or value like its ground, covered, hidden, or too small."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_layouts import PNG, SLOT, refusal, rules, small_plate

from renderer.layout.contrast import LEAST_CONTRAST, WHITE, contrast

FONT = "body { margin: 0; font: 5mm/6mm 'BIZ UDGothic' } div { position: absolute; left: 20mm; top: 40mm }\n"
OVER_IT = "left: 20mm; top: 20mm; width: 60mm; height: 6mm"
"""The box of the slot."""


def refused(tmp_path: Path, more: str = "", css: str = "", **slot: str) -> str:
    return refusal(tmp_path, SLOT + more, FONT + css + rules("name", **slot))


def taken(tmp_path: Path, more: str = "", css: str = "", **slot: str) -> None:
    assert small_plate(tmp_path, SLOT + more, FONT + css + rules("name", **slot)).pages


@pytest.mark.parametrize(
    "colour", ["#fff", "#fefefe", "#ff0", "#999", "hsl(60, 100%, 50%)", "device-cmyk(0% 0% 0% 0%)"]
)
def test_a_value_like_the_paper_is_refused_by_its_colour(tmp_path: Path, colour: str) -> None:
    told = refused(tmp_path, color=colour)
    assert told.startswith("small/sheet.css, line 2, [data-slot=name] { color: ")
    assert "slot 'name' stands on the paper with a contrast of " in told


@pytest.mark.parametrize("colour", ["#000", "#767676", "#00f", "#c00", "device-cmyk(0 0 0 1)"])
def test_a_value_that_can_be_read_is_taken(tmp_path: Path, colour: str) -> None:
    taken(tmp_path, color=colour)


@pytest.mark.parametrize("css", ["[data-slot=name] { background: #000 }", "body { background: #222 }"])
def test_a_ground_around_a_value_that_is_like_it_is_named(tmp_path: Path, css: str) -> None:
    assert "slot 'name' stands on " in refused(tmp_path, css=f"{css}\n")
    taken(tmp_path, css=f"{css}\n", color="#fff")


def test_a_value_stands_on_the_ground_that_is_seen(tmp_path: Path) -> None:
    def band(colour: str, more: str = "") -> str:
        return f'<div style="{OVER_IT}; background: {colour}; {more}"></div>'

    assert "sheet.html.j2, line 1, <div> { background: #000 }: slot 'name'" in refused(tmp_path, band("#000"))
    taken(tmp_path, band("#000"), color="#fff")
    taken(tmp_path, band("#000") + band("#eee"))
    assert "stands on div" in refused(tmp_path, band("#eee", "z-index: 1") + band("#eee"), color="#fff")
    taken(tmp_path, band("#eee", "z-index: 1") + band("#000"))
    taken(tmp_path, band("#eee") + band("#000", "z-index: -1"))
    assert "stands on div" in refused(tmp_path, band("#eee") + band("#000"))


@pytest.mark.parametrize(
    "rule",
    [
        "top: 22mm; border-top: 0.3mm solid #000",
        "top: 18mm; height: 5mm; border-bottom: 0.3mm solid",
        "top: 15mm; width: 30mm; height: 20mm; border-right: 0.1mm solid #000",
        "top: 23mm; width: 90mm; height: 0.1mm; background: #000",
    ],
)
def test_a_rule_through_the_letters_of_a_value_is_named(tmp_path: Path, rule: str) -> None:
    told = refused(tmp_path, f'<div style="left: 20mm; width: 60mm; {rule}"></div>')
    assert "<div> { " in told
    assert "slot 'name' stands on div" in told


@pytest.mark.parametrize("top", ["19.9mm", "25.8mm"])
def test_a_rule_that_leaves_the_letters_alone_is_taken(tmp_path: Path, top: str) -> None:
    taken(tmp_path, f'<div style="left: 20mm; width: 60mm; top: {top}; border-top: 0.3mm solid #000"></div>')


def test_a_text_or_picture_where_a_value_is_printed_is_named(tmp_path: Path) -> None:
    text = f'<div style="{OVER_IT}">見本</div>'
    assert "small: 「見本」 lies under slot 'name', 10.0 × 4.2 mm of it; move one of them" in refused(tmp_path, text)
    moved = '<div style="left: 20mm; top: 100mm; transform: translate(0, -80mm)">見本</div>'
    assert "「見本」 lies under slot 'name'" in refused(tmp_path, moved)
    image = f'<img src="a.png" style="position: absolute; {OVER_IT}">'
    told = refusal(tmp_path, SLOT + image, FONT + rules("name"), files={"a.png": PNG})
    assert "a picture (img) lies under slot 'name', 60.0 × 4.2 mm of it" in told


def test_a_value_may_stand_between_the_words_of_a_text(tmp_path: Path) -> None:
    line = '<div style="left: 10mm; top: 20mm; width: 90mm; white-space: pre">令和　　　　　　　　　　　　　年</div>'
    taken(tmp_path, line, width="55mm")
    assert "「令和　　　　" in refused(tmp_path, line, width="70mm")


def test_two_texts_on_one_another_are_named(tmp_path: Path) -> None:
    def text(said: str, left: float, top: float = 40) -> str:
        return f'<div style="left: {left}mm; top: {top}mm">{said}</div>'

    told = refused(tmp_path, text("見本", 20) + text("組合", 27))
    assert told == "small: 「見本」 and 「組合」 lie on one another, 3.0 × 5.0 mm of them; move one of them"
    assert "lie on one another" in refused(tmp_path, text("見本", 20) + text("組合", 20, 44))
    taken(tmp_path, text("見本", 20) + text("組合", 30))
    taken(tmp_path, text("見本", 20) + text("組合", 20, 45))


@pytest.mark.parametrize(
    "prop", ["background: #fff", "border: 1mm solid #fff", "outline: 2mm solid #fff; outline-offset: -2mm"]
)
def test_a_text_that_a_box_covers_is_named_with_that_box(tmp_path: Path, prop: str) -> None:
    box = f'<div style="width: 20mm; height: 6mm; {prop}"></div>'
    assert "it covers 「見本」; move it, or take it off" in refused(tmp_path, f"<div>見本</div>{box}")
    taken(tmp_path, f"{box}<div>見本</div>")


@pytest.mark.parametrize(
    ("style", "said"),
    [
        ("color: #fff", "{ color: #fff }: 「見本」 stands on the paper with a contrast of 1.0 to 1"),
        ("color: #fff; background: #999", "{ background: #999 }: 「見本」 stands on div with a contrast of 2.8 to 1"),
        ("visibility: hidden", "{ visibility: hidden }: 「見本」 is hidden and would not be printed"),
        ("font-size: 3.5pt", "{ font-size: 3.5pt }: 「見本」 is 3.5 pt high and cannot be read; make it 4 pt or more"),
        ("font-size: 0", "{ font-size: 0 }: 「見本」 has no size and would not be printed"),
        ("transform: scale(0.2, 1)", "「見本」 is 2.8 pt high and cannot be read"),
        ("transform: scale(0)", "「見本」 is 0.0 pt high and cannot be read"),
        ("letter-spacing: -2mm", "{ letter-spacing: -2mm }: the letters of 「見"),
    ],
)
def test_a_fixed_text_that_nobody_can_read_is_named_with_its_declaration(tmp_path: Path, style: str, said: str) -> None:
    told = refused(tmp_path, f'<div style="{style}">見本</div>')
    assert "small/sheet.html.j2, line 1, <div> {" in told or "scale" in style
    assert said in told


@pytest.mark.parametrize(
    "style",
    ["color: #fff; background: #000", "font-size: 4pt", "letter-spacing: -0.1em", "transform: rotate(90deg)"],
)
def test_a_fixed_text_that_can_be_read_is_taken(tmp_path: Path, style: str) -> None:
    taken(tmp_path, f'<div style="{style}">見本</div>')


def test_a_value_whose_letters_would_lie_on_one_another_is_refused(tmp_path: Path) -> None:
    told = refused(tmp_path, letter_spacing="-12pt")
    assert "{ letter-spacing: -12pt }: the letters of slot 'name' would lie on one another; write -0.1em" in told
    taken(tmp_path, letter_spacing="-0.1em")


def test_words_that_would_lie_on_one_another_are_refused(tmp_path: Path) -> None:
    assert "word-spacing" in refused(tmp_path, '<div style="word-spacing: -4mm">見 本</div>')


def test_a_value_that_nobody_could_read_for_its_size_is_refused(tmp_path: Path) -> None:
    assert "slot 'name' is 2.0 pt high" in refused(tmp_path, font_size="2pt")


@pytest.mark.parametrize(
    "style", ["line-clamp: 1", "max-lines: 1", "text-overflow: ellipsis", "clip: rect(0, 1mm, 1mm, 0)"]
)
def test_what_would_leave_a_part_of_a_fixed_text_out_is_refused(tmp_path: Path, style: str) -> None:
    told = refused(tmp_path, f'<div style="width: 20mm; overflow: hidden; {style}">大事な事が書いてある</div>')
    assert "small/sheet.html.j2, line 1, <div> {" in told
    assert "would leave a part of div out in silence; take it off" in told


def test_an_outline_is_painted_after_all_that_is_in_its_layer(tmp_path: Path) -> None:
    told = refused(
        tmp_path, '<div style="width: 10mm; height: 6mm; outline: 5mm solid #fff; outline-offset: -5mm">見本</div>'
    )
    assert "{ outline: 5mm solid #fff }: it covers 「見本」; move it, or take it off" in told
    taken(tmp_path, '<div style="width: 10mm; height: 6mm; outline: 5mm solid #fff">見本</div>')
    taken(tmp_path, '<div style="outline: 5mm solid #fff; outline-offset: -5mm"></div><div>見本</div>')


def test_a_drawing_that_comes_after_a_text_and_lies_on_it_is_named(tmp_path: Path) -> None:
    drawing = '<svg class="a" style="position: absolute; left: 25mm; top: 40mm; width: 9mm; height: 9mm"></svg>'
    assert refused(tmp_path, "<div>見本</div>" + drawing) == (
        "small: a drawing (svg.a) lies on 「見本」, 5.0 × 5.0 mm of it; write it into the template before the text, or "
        "move it"
    )
    taken(tmp_path, drawing + "<div>見本</div>")
    taken(tmp_path, "<div>見本</div>" + drawing.replace("left: 25mm", "left: 31mm"))


@pytest.mark.parametrize(
    ("style", "said"),
    [
        ("line-through", "{ text-decoration: line-through }: a line goes through 「見本」; take it off"),
        ("underline 0.2em", "{ text-decoration: underline 0.2em }: the line at 「見本」 is 0.20 em thick and covers"),
        ("overline 16%", "is 0.16 em thick and covers letters; write 0.15em or less"),
        (
            "underline; text-underline-offset: -1mm",
            "{ text-underline-offset: -1mm }: the line under 「見本」 lies -0.20",
        ),
        ("underline; text-underline-offset: 50%", "lies 0.50 em below it and strikes letters; write 0 to 0.4em"),
    ],
)
def test_a_line_that_goes_through_letters_is_named(tmp_path: Path, style: str, said: str) -> None:
    assert said in refused(tmp_path, f'<div style="text-decoration: {style}">見本</div>')


@pytest.mark.parametrize(
    "style",
    ["underline", "underline 0.15em", "underline; text-underline-offset: 40%", "none; text-underline-offset: 9mm"],
)
def test_a_line_beside_the_letters_is_taken(tmp_path: Path, style: str) -> None:
    taken(tmp_path, f'<div style="text-decoration: {style}">見本</div>')


def test_lines_that_a_max_height_cuts_off_are_named(tmp_path: Path) -> None:
    def clipped(height: str) -> str:
        return f'<div style="width: 20mm; max-height: {height}; overflow: hidden">大事な事が書く</div>'

    assert "「が書く」 sticks out of its box (div) by " in refused(tmp_path, clipped("6mm"))
    taken(tmp_path, clipped("12mm"))


colours = st.tuples(*[st.floats(0, 1)] * 3)


@given(colours, colours)
def test_contrast_is_the_same_both_ways_and_least_of_a_colour_to_itself(one: Any, other: Any) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 == contrast(one, one) <= contrast(one, other) <= 21.0001


@pytest.mark.parametrize(("grey", "found"), [(0x76, 4.54), (0x77, 4.48), (0, 21), (255, 1)])
def test_contrast_is_that_of_wcag(grey: int, found: float) -> None:
    assert contrast((grey / 255,) * 3, WHITE) == pytest.approx(found, abs=0.005)
    assert (found >= LEAST_CONTRAST) == (contrast((grey / 255,) * 3, WHITE) >= LEAST_CONTRAST)
