"""The declaration that decides a side of a box is named, and moved only where its plain number does decide it."""

from __future__ import annotations

from pathlib import Path

import pytest
from moved_boxes import box, sheet_of
from small_layouts import FIXED, SLOT, rules, small_layout

from renderer.studio.boxes import Sheet
from renderer.studio.deciding import Cascade, decided
from renderer.studio.parts import Side
from renderer.studio.refusals import Refusal, Why

PLAIN = "p { margin: 0; font-family: 'BIZ UDPGothic' } "
PLAIN += ".a { position: absolute; left: 10mm; top: 50mm; width: 20mm; height: 5mm }\n"


def sheet(tmp_path: Path, css: str, body: str = '<p class="a">x</p>') -> Sheet:
    return sheet_of(small_layout(tmp_path, SLOT + body, rules("name") + PLAIN + css), FIXED)


def refused(tmp_path: Path, css: str, side: Side, body: str = '<p class="a">x</p>') -> Refusal:
    found = sheet(tmp_path, css, body)
    with pytest.raises(Refusal) as refusal:
        decided(Cascade(found.layout.sources), box(found, "fixed", "p.a"), side)
    return refusal.value


def number(tmp_path: Path, css: str, side: Side, body: str = '<p class="a">x</p>') -> str:
    found = sheet(tmp_path, css, body)
    decision = decided(Cascade(found.layout.sources), box(found, "fixed", "p.a"), side)
    return f"{decision.declaration.selector}: {decision.length}"


@pytest.mark.parametrize("side", ["left", "top", "width", "height"])
def test_a_plain_number_decides(tmp_path: Path, side: Side) -> None:
    assert number(tmp_path, "", side).startswith(".a: ")


@pytest.mark.parametrize("value", ["12mm", "1.25cm", "30pt", "40px", "0.5in", "8q", "2pc", "0", "12MM"])
def test_every_unit_of_length_is_a_plain_number(tmp_path: Path, value: str) -> None:
    assert number(tmp_path, f".a {{ left: {value} }}", "left") == f".a: {value}"


def test_a_margin_that_shares_no_room_is_no_hindrance(tmp_path: Path) -> None:
    assert number(tmp_path, ".a { margin-left: auto }", "left") == ".a: 10mm"
    assert number(tmp_path, ".a { right: 10mm; margin-left: 2mm }", "left") == ".a: 10mm"


def test_the_strongest_declaration_decides(tmp_path: Path) -> None:
    assert number(tmp_path, "p.a { left: 3mm } .a { left: 4mm }", "left") == "p.a: 3mm"
    assert number(tmp_path, "p.a { left: 3mm } .a { left: 4mm !important }", "left") == ".a: 4mm"
    assert number(tmp_path, "p, .a { left: 5mm } p { left: 4mm }", "left") == "p, .a: 5mm"
    assert number(tmp_path, ".a::before { content: ''; left: 4mm }", "left") == ".a: 10mm"
    assert number(tmp_path, "div { .a { left: 6mm } }", "left", '<div><p class="a">x</p></div>') == "div .a: 6mm"


@pytest.mark.parametrize(
    ("css", "side", "why"),
    [
        (".a { left: calc(10mm + 1mm) }", "left", Why.SUM),
        (".a { left: max(10mm, 1mm) }", "left", Why.SUM),
        (".a { --x: 10mm; left: var(--x) }", "left", Why.VARIABLE),
        (".a { --x: 10mm; left: calc(var(--x) * 2) }", "left", Why.SUM),
        (".a { left: 10% }", "left", Why.PERCENT),
        (".a { left: 2em }", "left", Why.RELATIVE),
        (".a { top: 1rem }", "top", Why.RELATIVE),
        (".a { inset: 3mm auto auto 3mm }", "left", Why.SEVERAL),
        (".a { position: static }", "left", Why.FLOW),
        (".a { position: relative; left: auto }", "left", Why.FLOW),
        (".a { position: relative }", "width", Why.SIZE_OF_FLOW),
        (".a { left: auto }", "left", Why.NOTHING),
        (".a { left: auto; right: 10mm }", "left", Why.OPPOSITE),
        (".a { top: auto; bottom: 10mm }", "top", Why.OPPOSITE),
        (".a { right: 10mm; width: auto }", "left", Why.STRETCHED),
        (".a { right: 10mm; width: auto }", "width", Why.STRETCHED),
        (".a { right: 10mm; margin-left: auto }", "left", Why.CENTRED),
        (".a { height: auto }", "height", Why.NOTHING),
        (".a { max-width: 15mm }", "width", Why.OTHERWISE),
        ("@media screen { p.a { left: 11mm } }", "left", Why.OTHERWISE),
        (".a { width: inherit }", "width", Why.NO_LENGTH),
    ],
)
def test_what_no_plain_number_decides_is_refused_with_its_reason(
    tmp_path: Path, css: str, side: Side, why: Why
) -> None:
    assert refused(tmp_path, css, side).why is why


def test_a_refusal_names_the_rule_that_decides_instead(tmp_path: Path) -> None:
    found = refused(tmp_path, ".a { left: auto; right: 9mm }", "left")
    (rule,) = found.rules
    assert (rule.selector, rule.name, rule.value, rule.line) == (".a", "right", "9mm", 3)
    assert found.words.en == ".a { right: 9mm } decides it, from the other side"
    assert ".a { right: 9mm }" in found.words.ja


def test_a_style_of_the_template_is_not_moved(tmp_path: Path) -> None:
    body = '<div>\n<p class="a" style="left: 12mm">x</p></div>'
    found = refused(tmp_path, "", "left", body)
    assert found.why is Why.IN_TEMPLATE
    assert [(rule.file, rule.line, rule.value) for rule in found.rules] == [("small/sheet.html.j2", 2, "12mm")]
    own = '<style>p.a { left: 13mm }</style><p class="a">x</p>'
    assert refused(tmp_path, "", "left", own).why is Why.IN_TEMPLATE


def test_every_reason_is_said_in_both_languages_with_the_same_names() -> None:
    names = {name: f"<{name}>" for name in ("side", "rule", "file", "what", "said")}
    for why in Why:
        words = Refusal(why, **names).words
        ja, en = ([name for name in names.values() if name in text] for text in (words.ja, words.en))
        assert ja == en
        assert not words.ja.isascii()
        assert words.en.replace("…", "").isascii()
