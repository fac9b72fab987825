"""A name in a style sheet that nothing on any sheet answers to is told, with its line; one that may be is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_layouts import FIXED, SLOT, rules, small_layout

from renderer.desk.lint import lint, lint_quickly
from renderer.desk.unanswered import unanswered

BODY = (
    """<div class="box rows-{{ 2 + 2 }} {{ variant.size }}" id="top"><p class='{{ "a" }}-wide'>文</p>{# lost #}</div>"""
)
VARIANTS = {"size": ["large", "small"]}


def found(tmp_path: Path, css: str) -> list[tuple[str, str]]:
    layout = small_layout(tmp_path, BODY + SLOT, rules("name") + css, variants=VARIANTS)
    return [(fault.where, fault.sentence) for fault in unanswered(layout)]


@pytest.mark.parametrize(
    ("css", "sentence"),
    [
        (".bxo { left: 0 }", "no template writes the class 'bxo'; did you mean 'box'?"),
        (".box .lost { left: 0 }", "no template writes the class 'lost'"),
        (".box:not(.gone) { left: 0 }", "no template writes the class 'gone'"),
        ("#tpo { left: 0 }", "no template writes the id 'tpo'; did you mean 'top'?"),
        ("[data-slot=nmae] { left: 0 }", "no template writes the slot 'nmae'; did you mean 'name'?"),
        ('[data-slot="kana"] { left: 0 }', "no template writes the slot 'kana'"),
        (
            "　.box { left: 0 }",
            "a blank of full width is taken for a part of a name: no template",
        ),
        (".box { --lne: 1mm; left: var(--line, 2mm) }", "nothing asks for --lne; did you mean '--line'?"),
        (".box { left: var(--line) }", "nothing sets --line"),
        ("@media screen { .box { left: 0 } }", "a sheet is printed, and these rules are for another medium (screen)"),
        (".box { & .inner { left: 0 } }", "no template writes the class 'inner'"),
    ],
)
def test_a_name_that_nothing_answers_to_is_told_with_its_line(tmp_path: Path, css: str, sentence: str) -> None:
    ((where, said), *_) = found(tmp_path, css)
    assert said.startswith(sentence)
    assert where.startswith("small/sheet.css, line 2")


@pytest.mark.parametrize(
    "css",
    [
        ".box.rows-7, .large, .a-wide, #top, body > div p::before { left: 0 }",
        "table, ul { left: 0 }",
        ".slot, .qr, .vertical > span, [data-slot=name], [data-slot] { left: 0 }",
        ".box:nth-child(odd of div) { left: 0 }",
        ".box { --line: 1mm; left: var(--line); top: var(--other, 1mm) }",
        "@media print { .box { left: 0 } } @media print and (color) { .box { left: 0 } } @page { margin: 0 }",
    ],
)
def test_what_a_template_may_write_is_not_told(tmp_path: Path, css: str) -> None:
    assert found(tmp_path, css) == []


def test_a_common_style_sheet_has_rules_for_other_layouts_too(tmp_path: Path) -> None:
    files = {"../_shared/common.css": ".elsewhere { left: 0 }"}
    sheets = '["_shared/common.css", "sheet.css"]'
    assert list(unanswered(small_layout(tmp_path, files=files, stylesheets=sheets))) == []


def test_lint_tells_it_with_all_variants_and_with_one(tmp_path: Path) -> None:
    layout = small_layout(tmp_path, css=rules("name") + ".gone { left: 0 }")
    for looked in (lint, lint_quickly):
        (fault,) = looked(layout, FIXED, {"name": ["見本　太郎"]}).faults
        assert (fault.code, fault.where) == ("matches-nothing", "small/sheet.css, line 2, .gone")
