"""declarations, unprintable and complaints: whatever style is refused, its file, line and selector are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_layouts import PNG, SLOT, refusal, rules

BASE = "body { margin: 0; font-family: 'BIZ UDGothic' }\n" + rules("name")
TEXT = '<p class="who">x</p>'


def told(tmp_path: Path, css: str, body: str = TEXT) -> str:
    return refusal(tmp_path, body + SLOT, BASE + css, files={"a.png": PNG})


@pytest.mark.parametrize(
    ("style", "why"),
    [
        ("opacity: .5", "opacity is not printed; use a plain colour"),
        ("background: linear-gradient(red, blue)", "gradients and background pictures are not printed"),
        ("background-image: radial-gradient(red, blue)", "gradients and background pictures are not printed"),
        ("background: url(a.png)", "gradients and background pictures are not printed"),
        ("background: url(a.png) no-repeat", "gradients and background pictures are not printed"),
        ("box-shadow: 0 0 1mm #000", "shadows are not printed"),
        ("text-shadow: 1px 1px red", "shadows are not printed"),
        ("filter: blur(2px)", "filters are not printed"),
        ("backdrop-filter: blur(2px)", "filters are not printed"),
        ("clip-path: circle(2px)", "clipping is not printed"),
        ("mask-image: url(a.png)", "clipping is not printed"),
        ("mix-blend-mode: multiply", "blending is not printed"),
        ("color: rgba(0, 0, 0, .5)", "colours that let the paper through are not printed"),
        ("background: #f008", "colours that let the paper through are not printed"),
        ("border: 1mm solid rgb(0 0 0 / 40%)", "colours that let the paper through are not printed"),
        ("outline: 1mm solid #0003", "colours that let the paper through are not printed"),
        ("writing-mode: vertical-rl", "write a vertical label"),
        ("colour: red", "unknown property; did you mean 'color'?"),
        ("color: rad", "invalid value; correct it, or take it out"),
        ("font-style: italic", "no font of the project is"),
        ("font-weight: 500", "has font-weight 500"),
        ("font-family: Arial", "is not one of the project's fonts"),
        ("position: absolute; columns: 2", "has columns"),
    ],
)
def test_a_style_that_is_refused_is_named_by_file_line_and_selector(tmp_path: Path, style: str, why: str) -> None:
    said = told(tmp_path, f"/* of\nwho */ .wide {{ }}\n.who,\n.whom {{\n  top: 0; {style} }}\n")
    named = style.rpartition("; ")[2].partition(": ")[0]
    assert said.startswith(f"small/sheet.css, line 7, .who, .whom {{ {named}: ")
    assert why in said


@pytest.mark.parametrize("style", ["opacity: .5", "text-shadow: 1px 1px red", "color: #0008", "font-style: italic"])
def test_a_style_of_a_template_is_named_by_its_line(tmp_path: Path, style: str) -> None:
    said = told(tmp_path, "", f'<!-- a\nb -->\n<p class="who"\n style="top: 0; {style}">x</p>')
    assert said.startswith(f'small/sheet.html.j2, line 4, <p class="who"> {{ {style} }}: ')
    said = told(tmp_path, "", f"<style>\np {{ top: 0 }}\np {{ {style} }}</style><p>x</p>")
    assert said.startswith(f"small/sheet.html.j2, line 3, p {{ {style} }}: ")


def test_the_declaration_that_counts_is_named_and_not_one_that_does_no_harm(tmp_path: Path) -> None:
    css = """.nobody { opacity: .1 }
.who { opacity: .2 }
p.who { opacity: .3 }
p { opacity: .4 }
"""
    assert "line 5, p.who { opacity: .3 }" in told(tmp_path, css)
    assert "line 6, p { opacity: .4 }" in told(tmp_path, css.replace("p { opacity: .4", "p { opacity: .4 !important"))
    own = told(tmp_path, css, '<p class="who" style="opacity: .5">x</p>')
    assert own.startswith('small/sheet.html.j2, line 1, <p class="who"> { opacity: .5 }')


def test_a_file_that_the_sheet_does_not_use_is_not_named(tmp_path: Path) -> None:
    files = {"old.css": ".who { opacity: .2 }", "_shared/new.css": "\n.who { opacity: .6 }"}
    said = refusal(tmp_path, TEXT + SLOT, "@import '_shared/new.css';" + BASE, files=files)
    assert said.startswith("_shared/new.css, line 2, .who { opacity: .6 }: ")


def test_what_is_inherited_is_named_where_it_was_set(tmp_path: Path) -> None:
    assert "line 3, section { color: #0008 }" in told(
        tmp_path, "section { color: #0008 }", f"<section>{TEXT}</section>"
    )


def test_a_style_of_what_stands_before_an_element_is_named(tmp_path: Path) -> None:
    said = told(tmp_path, "p { color: #000 }\np::before { content: 'a'; color: #0008 }")
    assert "line 4, p::before { color: #0008 }: " in said


def test_a_nested_rule_and_one_for_print_are_named(tmp_path: Path) -> None:
    assert "line 4, p.who { opacity: .5 }" in told(tmp_path, "@media print {\n p.who { opacity: .5 } }")
    assert "line 4, div .who { opacity: .5 }" in told(tmp_path, "div {\n .who { opacity: .5 } }", f"<div>{TEXT}</div>")


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ('<path d="M0 0h9v9z" fill-opacity="0.5"/>', "line 2, <path> { fill-opacity: 0.5 }: opacity is not printed"),
        ('<g opacity=".5"><path d="M0 0h9v9z"/></g>', "line 2, <g> { opacity: .5 }: opacity is not printed"),
        (
            '<linearGradient id="a"><stop offset="0"/><stop offset="1" stop-color="red"/></linearGradient>'
            '<path d="M0 0h9v9z" fill="url(#a)"/>',
            "line 2, <linearGradient>: gradients and patterns of a drawing are not printed",
        ),
    ],
)
def test_what_a_drawing_asks_for_is_named_by_its_line(tmp_path: Path, part: str, said: str) -> None:
    assert said in told(tmp_path, "", f'<svg width="9" height="9">\n{part}</svg>')


@pytest.mark.parametrize(
    ("style", "why"),
    [
        ("opacity: .5", "opacity is not supported on a slot or around it"),
        ("transform: scale(2)", "transform is not supported"),
        ("overflow: hidden", "overflow is not supported"),
        ("text-decoration: underline", "text-decoration-line is not supported"),
        ("font-variant: small-caps", "font-variant-ligatures is not supported"),
        ("text-align: justify", "only text-align: left, center or right"),
        ("color: #0008", "a colour that lets the paper through"),
        ("visibility: hidden", "visibility is not supported"),
    ],
)
def test_what_a_slot_may_not_be_told_is_named_by_file_line_and_selector(tmp_path: Path, style: str, why: str) -> None:
    said = told(tmp_path, f".row [data-slot] {{\n {style} }}", '<div class="row">' + SLOT + "</div>").replace(
        "slot 'name' cannot be compiled: ", ""
    )
    assert said.startswith(f"small/sheet.css, line 4, .row [data-slot] {{ {style} }}: {why}")


# Pictures


@pytest.mark.parametrize(
    ("body", "css", "where"),
    [
        ('<p>x</p>\n<img src="no.png">', "", "small/sheet.html.j2, line 2"),
        ('\n\n<svg><image href="no.png"/></svg>', "", "small/sheet.html.j2, line 3"),
        ("<p>x</p>", "p::before {\n content: url(no.png) }", "small/sheet.css, line 4"),
        ("<p>x</p>", "p { background: url(no.png) }", "small/sheet.css, line 3"),
    ],
)
def test_a_picture_that_is_not_there_is_named_by_file_and_line(tmp_path: Path, body: str, css: str, where: str) -> None:
    said = told(tmp_path, css, body)
    assert said == f"{where}: there is no file no.png; add it to the layout's folder, or correct the name"


def test_a_picture_that_cannot_be_drawn_is_named_by_file_and_line(tmp_path: Path) -> None:
    said = refusal(tmp_path, '\n<img src="b.png">' + SLOT, BASE, files={"b.png": b"no picture"})
    assert said.startswith("small/sheet.html.j2, line 2: b.png cannot be used: ")
    assert str(tmp_path) not in said


@pytest.mark.parametrize(
    ("css", "body", "where"),
    [
        ("", "<p>\nよい\n👍</p>", "small/sheet.html.j2, line 3"),
        ("\n.a::before { content: '👍' }", "<!-- 👍 -->\n<p class=a>x</p>", "small/sheet.css, line "),
        ("", "<p>&#x1f44d;</p>", "small"),
    ],
)
def test_a_sign_that_no_font_has_is_named_with_its_line(tmp_path: Path, css: str, body: str, where: str) -> None:
    said = told(tmp_path, "p { position: absolute; top: 60mm; font-family: 'BIZ UDGothic' }" + css, body)
    assert said.startswith(where)
    assert ": no font of its text has '👍' (U+1F44D); write another sign" in said
