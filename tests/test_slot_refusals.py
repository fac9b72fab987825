"""compiling: what a slot, and what is around it, may not be told in CSS, each refused in a sentence that names it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_layouts import FILLED, SLOT, place_of, refusal, rules


@pytest.mark.parametrize(
    ("css", "said"),
    [
        ({"height": ""}, "its height depends on its value"),
        ({"height": "", "min_height": "6mm"}, "its height depends on its value"),
        ({"width": ""}, "its width depends on its value"),
        ({**FILLED, "float": "left"}, "its width depends on its value"),
        ({**FILLED, "display": "inline-block", "vertical_align": "top"}, "its width depends on its value"),
        ({"position": "", "display": "inline"}, "its width depends on its value"),
        ({"position": "", "display": "inline-block"}, "its place in its line depends on its value"),
        ({"transform": "scale(2)"}, "transform is not supported"),
        ({"opacity": "0.5"}, "opacity is not supported"),
        ({"overflow": "hidden"}, "overflow is not supported"),
        ({"clip": "rect(0, 0, 0, 0)"}, "clip is not supported"),
        ({"max_lines": "1"}, "max-lines is not supported"),
        ({"line_clamp": "1"}, "is not supported on a slot or around it"),
        ({"continue": "discard"}, "continue is not supported"),
        ({"block_ellipsis": "auto"}, "block-ellipsis is not supported"),
        ({"visibility": "hidden"}, "visibility is not supported"),
        ({"text_decoration": "underline"}, "text-decoration-line is not supported"),
        ({"text_transform": "uppercase"}, "text-transform is not supported"),
        ({"text_indent": "3mm"}, "its text does not begin at its edge"),
        ({"word_spacing": "1mm"}, "word-spacing is not supported"),
        ({"white_space": "normal"}, "white-space is not supported"),
        ({"direction": "rtl"}, "direction is not supported"),
        ({"font_style": "italic"}, "font-style is not supported"),
        ({"font_stretch": "condensed"}, "font-stretch is not supported"),
        ({"font_kerning": "normal"}, "font-kerning is not supported"),
        ({"font_variant_ligatures": "normal"}, "font-variant-ligatures is not supported"),
        ({"font_variant_caps": "small-caps"}, "font-variant-caps is not supported"),
        ({"font_variant_east_asian": "jis78"}, "font-variant-east-asian is not supported"),
        ({"font_feature_settings": '"palt"'}, "font-feature-settings is not supported"),
        ({"text_align": "justify"}, "only text-align: left, center or right"),
        ({"text_align": "justify-all"}, "only text-align: left, center or right"),
        ({"text_align_last": "right"}, "only text-align: left, center or right"),
        ({"color": "rgba(0, 0, 0, 0.5)"}, "a colour that lets the paper through"),
        ({"color": "transparent"}, "a colour that lets the paper through"),
        ({"color": "lab(50% 40 30)"}, "colour space lab is not supported"),
        ({"font_size": "0"}, "its style adds to its text or hides it"),
        ({"font_size": "20pt"}, "its characters are higher than its line"),
        ({"line_height": "7mm"}, "lines = 1 needs 7.0 mm, its height is 6.0 mm"),
        ({"top": "292mm"}, "it lies outside its page"),
        ({"left": "-1mm"}, "it lies outside its page"),
        ({"left": "151mm"}, "it lies outside its page"),
        ({"top": "-0.1mm"}, "it lies outside its page"),
        ({"display": "none"}, "is not on the sheet"),
    ],
)
def test_a_slot_that_cannot_be_compiled_is_refused_by_its_name(tmp_path: Path, css: dict[str, str], said: str) -> None:
    told = refusal(tmp_path, css=rules("name", **css))
    assert told.startswith(("small: slot 'name' ", "small/sheet.css, line 1, [data-slot=name] { "))
    assert "slot 'name' " in told
    assert said in told


@pytest.mark.parametrize(
    "css", [{"top": "291mm"}, {"left": "0", "top": "0"}, {"left": "150mm"}, {"text_indent": "0mm"}]
)
def test_a_slot_may_reach_to_the_edge(tmp_path: Path, css: dict[str, str]) -> None:
    assert place_of(tmp_path, css=rules("name", **css))


@pytest.mark.parametrize(
    ("body", "css", "said"),
    [
        ('<div style="transform: rotate(3deg)">{slot}</div>', {}, "transform is not supported"),
        ('<div><div style="opacity: 0.9"><p>{slot}</div></div>', {"position": ""}, "opacity is not supported"),
        ('<div style="overflow: hidden">{slot}</div>', {}, "overflow is not supported"),
        ('<div style="visibility: hidden">{slot}</div>', {}, "visibility is not supported"),
        ('<div style="text-decoration: underline">{slot}</div>', {}, "text-decoration-line is not supported"),
        ('<div style="display: flex">{slot}</div>', FILLED, "it stands in a flex or grid container"),
        ('<div style="display: grid">{slot}</div>', {"position": ""}, "it stands in a flex or grid container"),
        ('<div style="float: left">{slot}</div>', FILLED, "its width depends on its value"),
        ('<div style="position: absolute; left: 0">{slot}</div>', FILLED, "its width depends on its value"),
        ('<div style="display: inline-block">{slot}</div>', FILLED, "its width depends on its value"),
        ("<table><tr><td>{slot}</table>", FILLED, "its width depends on its value"),
        ('<table style="width: 90mm"><tr><td style="width: 9mm">{slot}</table>', FILLED, "its width depends"),
        ('<table style="table-layout: fixed"><tr><td>{slot}</table>', FILLED, "its width depends on its value"),
        ('<div style="display: none">{slot}</div>', {}, "is not on the sheet"),
        ("<div hidden>{slot}</div>", {}, "is not on the sheet"),
        ("{% set x = slot('name') %}", {}, "is not on the sheet"),
        ("<p title=\"{{ slot('name') }}\">x</p>", {}, "stands in an attribute; write it where its value"),
        ("<p title='{{ slot(\"name\") }}'>x</p>", {}, "do not write it into an attribute"),
        ("{% set x = slot('name') %}{{ x }}{{ x }}", {}, "stands 2 times"),
    ],
)
def test_what_is_around_a_slot_is_looked_at_too(tmp_path: Path, body: str, css: dict[str, str], said: str) -> None:
    told = refusal(tmp_path, body.replace("{slot}", SLOT), rules("name", **css))
    assert told.startswith(("small: ", "small/sheet.html.j2, line 1, <div> { "))
    assert "'name'" in told
    assert said in told


def test_a_slot_that_is_repeated_on_every_page_is_refused(tmp_path: Path) -> None:
    body = SLOT + '<div>&nbsp;</div><div style="break-before: page">&nbsp;</div>'
    css = "body { font-family: 'BIZ UDGothic' }" + rules("name", position="fixed")
    assert "one place of slot 'name' stands 2 times" in refusal(tmp_path, body, css, pages=2)


@pytest.mark.parametrize(
    "rule",
    [
        ".slot::before { content: '〒' }",
        ".slot::after { content: '様' }",
        ".slot::before { content: ''; position: absolute; width: 2mm; height: 2mm; background: #eee }",
        ".slot { display: list-item; list-style: disc outside }",
        "slot-run::after { content: '様' }",
        ".slot::first-letter { font-size: 9pt }",
        "slot-run { font-size: 9pt }",
        "* { color: red }",
        "slot-run { letter-spacing: 1mm }",
        "slot-run { font-weight: 700 }",
        "slot-run { text-transform: uppercase }",
    ],
)
def test_what_stands_in_a_slot_is_the_programs_own(tmp_path: Path, rule: str) -> None:
    assert "slot 'name' cannot be compiled: " in refusal(
        tmp_path, css=rule + rules("name", font_family='"BIZ UDGothic"')
    )


@pytest.mark.parametrize(
    "rule",
    [
        ".slot::before { content: ''; position: absolute; width: 2mm; height: 2mm; background: #eee }",
        ".slot::after { content: 'x' }",
        "html .slot > svg { width: 50% !important }",
        "html .slot > svg { margin-top: 1mm !important }",
    ],
)
def test_a_code_fills_its_slot_alone(tmp_path: Path, rule: str) -> None:
    code: dict[str, Any] = {"css": rule + rules("name"), "kinds": {"name": "qr"}}
    assert "slot 'name' cannot be compiled: its " in refusal(tmp_path, **code)


@pytest.mark.parametrize(
    "attributes", ['data-slot="name"', 'data-slot="other" data-place="0"', 'data-slot="name" data-place="7"']
)
def test_a_slot_written_by_hand_is_refused(tmp_path: Path, attributes: str) -> None:
    told = refusal(tmp_path, f'{SLOT}<div class="slot" style="height: 6mm" {attributes}>x</div>')
    assert "is written by hand; write {{ slot('" in told


@pytest.mark.parametrize(("height", "fits"), [("18mm", True), ("18.1mm", False)])
def test_a_slot_that_is_set_from_the_bottom_is_as_high_as_its_lines(tmp_path: Path, height: str, fits: bool) -> None:
    slots = "{ name = { fit = 'wrap', floor = 8, lines = 3, valign = 'bottom' } }"
    more = {"css": rules("name", height=height), "slots": slots}
    if fits:
        assert place_of(tmp_path, **more).rule.valign == "bottom"
    else:
        assert "lines = 3 are 18.00 mm high, its height is 18.10 mm" in refusal(tmp_path, **more)


@pytest.mark.parametrize(("height", "fits"), [("18mm", True), ("17.9mm", False), ("12mm", False)])
def test_all_the_lines_of_a_slot_must_have_room(tmp_path: Path, height: str, fits: bool) -> None:
    more = {"css": rules("name", height=height), "slots": "{ name = { fit = 'wrap', floor = 8, lines = 3 } }"}
    if fits:
        assert place_of(tmp_path, **more).rule.lines == 3
    else:
        assert f"lines = 3 needs 18.0 mm, its height is {float(height[:-2]):.1f} mm" in refusal(tmp_path, **more)
