"""Lint names each thing that would go wrong, and finds nothing wrong with the layouts of the project."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from small_layouts import FIXED, rules, small_layout
from trial_runs import FIXTURES

from renderer.desk.choice import saying
from renderer.desk.examples import REALISTIC, example_path
from renderer.desk.lint import Fault, Linted, lint, lint_quickly
from renderer.desk.value_moves import changed_by_long_values, may_follow_values
from renderer.intake.jobfile import load_job
from renderer.layout.compiling import compile_sheet
from renderer.layout.load import LAYOUTS, load_layout
from renderer.layout.widths import load_realistic
from renderer.mailing.sheets import fixed_of
from renderer.model.errors import BadLayout

VALUES = {"name": ["見本　太郎"]}


def linted(tmp_path: Path, *arguments: Any, **keys: Any) -> Linted:
    return lint(small_layout(tmp_path, *arguments, **keys), FIXED, VALUES)


def faults(tmp_path: Path, *arguments: Any, **keys: Any) -> list[tuple[str, str]]:
    return [(fault.code, fault.where) for fault in linted(tmp_path, *arguments, **keys).faults]


def only(found: Linted) -> Fault:
    (fault,) = found.faults
    return fault


TWO = '{{ slot("name") }}{{ slot("kana") }}'
SLOTS = "{ name = {}, kana = {} }"
REGION = '{{ box = {{ x = {x}, y = {y}, w = {w}, h = {h}, slots = ["name"]{more} }} }}'


def region(x: float = 20, y: float = 20, w: float = 60, h: float = 6, more: str = "") -> str:
    return REGION.format(x=x, y=y, w=w, h=h, more=more)


@pytest.mark.parametrize("layout", sorted(path.parent.name for path in LAYOUTS.glob("*/layout.toml")))
def test_the_layouts_of_the_project_have_no_fault(layout: str) -> None:
    loaded = load_layout(layout)
    job = FIXTURES / "notice.toml" if layout == "specimen" else example_path(loaded.document.name)
    found = lint(loaded, fixed_of(load_job(job)), load_realistic(REALISTIC, loaded.document), saying(load_job(job)))
    assert found.faults == ()
    assert found.variants == found.looked_at == len(list(loaded.variants()))


def test_a_good_layout_has_no_fault_and_says_what_was_measured(tmp_path: Path) -> None:
    found = linted(tmp_path, regions=region(), fold_lines="[99, 198]")
    assert found.faults == ()
    assert [row.slot for row in found.measured] == ["name"]


def test_every_variant_that_cannot_be_compiled_is_named(tmp_path: Path) -> None:
    body = '{{ slot("name") }}{% if variant.size == "large" %}<p style="font-family: Arial">x</p>{% endif %}'
    fault = only(linted(tmp_path, body, variants={"size": ["small", "large", "huge"]}, slots=SLOTS))
    assert (fault.code, fault.variants) == ("cannot-compile", ("size=large",))
    assert "Arial" in fault.sentence


def test_what_only_some_jobs_show_is_looked_at_too(tmp_path: Path) -> None:
    body = '{{ slot("name") }}{% if insurer.card_corner == "left" %}<p style="font-family: Arial">x</p>{% endif %}'
    assert faults(tmp_path, body) == [("cannot-compile", "small")]
    body = '{{ slot("name") }}{% if job.inserter_marks == "none" %}<p style="font-family: Arial">x</p>{% endif %}'
    assert faults(tmp_path, body) == [("cannot-compile", "small")]


def test_a_slot_that_is_never_placed_is_named(tmp_path: Path) -> None:
    assert faults(tmp_path, slots=SLOTS) == [("never-placed", "kana")]


def test_a_slot_that_one_variant_places_is_placed(tmp_path: Path) -> None:
    body = '{{ slot("name") }}{% if variant.size == "large" %}{{ slot("kana") }}{% endif %}'
    css = rules("name") + rules("kana", top="40mm")
    assert faults(tmp_path, body, css, slots=SLOTS, variants={"size": ["small", "large"]}) == []


BY_SIZE = '{{ slot("name") }}{% if variant.size == "large" %}{{ slot("kana") }}{% endif %}'


def test_a_slot_that_one_variant_lacks_though_it_has_a_value_is_named_with_it(tmp_path: Path) -> None:
    css = rules("name") + rules("kana", top="40mm")
    layout = small_layout(tmp_path, BY_SIZE, css, slots=SLOTS, variants={"size": ["small", "large"]})
    for value, where in (("ミホン", ["kana"]), ("", [])):
        found = lint(layout, FIXED, VALUES, lambda _, value=value: {"name": "見本", "kana": value}).faults  # type: ignore[misc]
        assert [(fault.code, fault.where, fault.variants) for fault in found] == [
            ("absent-from-variant", slot, ("size=small",)) for slot in where
        ]


def test_what_the_longest_member_says_is_asked_of_every_variant_of_a_document() -> None:
    job = load_job(example_path("eligibility_notice"))
    says, layout = saying(job), load_layout("eligibility_notice")
    told = {variant: {slot for slot, text in says(variant).items() if text} for variant in layout.variants()}
    dependants = [slots for variant, slots in told.items() if dict(variant)["relation"] == "dependant"]
    assert all({"number", "name", "born_on"} <= slots for slots in told.values() if slots)
    assert dependants
    assert all({"insured_name", "certified_on"} <= slots for slots in dependants if slots)
    assert says((("relation", "nobody"),)) == {}


def test_a_slot_that_is_never_in_its_region_is_named(tmp_path: Path) -> None:
    codes = faults(tmp_path, regions=region(y=200))
    assert codes == [("absent-from-region", "name of box"), ("outside-regions", "name")]


@pytest.mark.parametrize("size", [{"w": 59.9}, {"h": 5.9}, {"x": 20.1}, {"y": 20.1}])
def test_a_box_that_leaves_its_region_is_told_in_millimetres(tmp_path: Path, size: dict[str, float]) -> None:
    fault = only(linted(tmp_path, regions=region(**size)))
    assert (fault.code, fault.where) == ("leaves-region", "name of box")
    assert "by 0.10 mm" in fault.sentence


def test_a_region_of_another_page_does_not_hold_a_box(tmp_path: Path) -> None:
    body = '{{ slot("name") }}<div style="break-before: page">&nbsp;</div>'
    css = rules("name") + "body { font-family: 'BIZ UDGothic' } [data-slot=name] + div { margin-top: 9mm }"
    assert ("outside-regions", "name") in faults(
        tmp_path, "<p>&nbsp;</p>" + body, css, regions=region(more=", page = 2"), pages=2
    )


@pytest.mark.parametrize("fit", ["shrink", "wrap"])
def test_a_floor_above_the_size_is_named(tmp_path: Path, fit: str) -> None:
    css = rules("name", font_size="12pt")
    fault = only(linted(tmp_path, css=css, slots=f'{{ name = {{ fit = "{fit}", floor = 12.5 }} }}'))
    assert (fault.code, fault.where) == ("floor-too-high", "name")
    assert "set in 12.00 pt and may shrink to 12.5 pt" in fault.sentence
    assert faults(tmp_path, css=css, slots=f'{{ name = {{ fit = "{fit}", floor = 12 }} }}') == []


def test_a_region_that_is_promised_clear_of_a_fold_and_is_not_is_named(tmp_path: Path) -> None:
    regions = region(h=100, more=", clear_of_folds = true")
    assert faults(tmp_path, regions=regions, fold_lines="[99]") == [("region-on-fold", "box")]
    assert faults(tmp_path, regions=region(h=100), fold_lines="[99]") == []


def test_a_box_across_a_fold_is_named(tmp_path: Path) -> None:
    assert faults(tmp_path, css=rules("name", top="95mm"), fold_lines="[99]") == [("crosses-fold", "name")]
    assert faults(tmp_path, css=rules("name", top="93mm"), fold_lines="[99]") == []
    assert faults(tmp_path, css=rules("name", top="99mm"), fold_lines="[99]") == []


@pytest.mark.parametrize("edge", [{"left": "4.9mm"}, {"top": "4.9mm"}, {"left": "145.1mm"}, {"top": "286.1mm"}])
def test_a_box_too_near_to_an_edge_is_told_in_millimetres(tmp_path: Path, edge: dict[str, str]) -> None:
    fault = only(linted(tmp_path, css=rules("name", **edge)))
    assert (fault.code, fault.sentence) == ("outside-safe-margin", "its box comes within 4.90 mm of the edge")


@pytest.mark.parametrize("edge", [{"left": "5mm"}, {"top": "5mm"}, {"left": "145mm"}, {"top": "286mm"}])
def test_a_box_on_the_margin_is_good(tmp_path: Path, edge: dict[str, str]) -> None:
    assert faults(tmp_path, css=rules("name", **edge)) == []


def test_boxes_that_overlap_are_named_with_the_overlap(tmp_path: Path) -> None:
    css = rules("name") + rules("kana", left="79mm", top="25.5mm")
    fault = only(linted(tmp_path, TWO, css, slots=SLOTS))
    assert (fault.code, fault.where) == ("boxes-overlap", "kana and name")
    assert "1.00 × 0.50 mm" in fault.sentence


def test_boxes_that_touch_do_not_overlap(tmp_path: Path) -> None:
    assert faults(tmp_path, TWO, rules("name") + rules("kana", top="26mm"), slots=SLOTS) == []


def test_boxes_of_two_pages_do_not_overlap(tmp_path: Path) -> None:
    page = '<div style="position: relative; height: 297mm">{}</div>'
    body = page.format('{{ slot("name") }}') + page.format('{{ slot("kana") }}')
    assert faults(tmp_path, body, rules("name") + rules("kana"), slots=SLOTS, pages=2) == []


def test_an_overlap_of_one_variant_names_that_variant(tmp_path: Path) -> None:
    css = rules("name") + rules("kana", top="40mm") + ".large [data-slot=kana] { top: 22mm }"
    body = f'<div class="{{{{ variant.size }}}}">{TWO}</div>'
    fault = only(linted(tmp_path, body, css, slots=SLOTS, variants={"size": ["small", "large", "huge"]}))
    assert (fault.code, fault.variants) == ("boxes-overlap", ("size=large",))


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ('fit = "condense", floor = 49', "floor-too-low"),
        ('fit = "condense", floor = 50', None),
        ('fit = "shrink", floor = 5.9', "floor-too-low"),
        ('fit = "shrink", floor = 6', None),
        ('fit = "wrap", floor = 5.9, lines = 2', "floor-too-low"),
        ('fit = "wrap", floor = 6, lines = 2', None),
    ],
)
def test_a_floor_too_low_to_read_is_named(tmp_path: Path, rule: str, code: str | None) -> None:
    found = faults(tmp_path, css=rules("name", height="12mm"), slots=f"{{ name = {{ {rule} }} }}")
    assert found == ([(code, "name")] if code else [])


def test_a_size_too_small_to_read_is_named(tmp_path: Path) -> None:
    assert faults(tmp_path, css=rules("name", font_size="5.9pt")) == [("too-small-to-read", "name")]
    assert faults(tmp_path, css=rules("name", font_size="6pt")) == []


@pytest.mark.parametrize(
    ("families", "missing"),
    [
        ('"BIZ UDMincho"', "U+20BB7"),
        ('"IPAmjMincho"', "U+8FBB U+E0100"),
        ('"BIZ UDGothic", "BIZ UDMincho"', "U+20BB7"),
    ],
)
def test_fonts_that_do_not_print_every_name_are_named(tmp_path: Path, families: str, missing: str) -> None:
    fault = only(linted(tmp_path, css=rules("name", font_family=families)))
    assert (fault.code, fault.where) == ("repertoire-too-small", "name")
    assert missing in fault.sentence


def test_a_slot_that_carries_no_name_may_have_fewer_characters(tmp_path: Path) -> None:
    css = rules("born_on", font_family='"BIZ UDGothic"')
    assert faults(tmp_path, '{{ slot("born_on") }}', css, slots="{ born_on = {} }") == []


BARCODE = "{ customer_barcode = {} }"
CODE = {"customer_barcode": "customer_barcode"}


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        ("63.84mm", "2.88mm", None),
        ("91.77mm", "4.14mm", None),
        ("70mm", "2.88mm", None),
        ("63.7mm", "2.88mm", "7.98 pt"),
        ("63.84mm", "2.8mm", "7.78 pt"),
        ("100mm", "5mm", "12.53 pt"),
    ],
)
def test_a_customer_barcode_of_a_size_the_post_does_not_take_is_named(
    tmp_path: Path, width: str, height: str, size: str | None
) -> None:
    css = rules("customer_barcode", width=width, height=height, line_height=height)
    found = linted(tmp_path, '{{ slot("customer_barcode") }}', css, slots=BARCODE, kinds=CODE)
    assert [fault.code for fault in found.faults] == (["barcode-size"] if size else [])
    assert size is None or size in found.faults[0].sentence


@pytest.mark.parametrize(("top", "codes"), [("24.8mm", []), ("24.7mm", ["barcode-quiet-zone"])])
def test_a_customer_barcode_needs_two_millimetres_of_white(tmp_path: Path, top: str, codes: list[str]) -> None:
    css = rules("customer_barcode", width="63.84mm", height="2.88mm", line_height="2.88mm") + rules("name", top=top)
    slots = "{ customer_barcode = {}, name = {} }"
    body = '{{ slot("customer_barcode") }}{{ slot("name") }}'
    css = css.replace("top: 24.8mm", "top: 24.88mm")
    assert [fault.code for fault in linted(tmp_path, body, css, slots=slots, kinds=CODE).faults] == codes


def test_realistic_values_that_would_be_held_are_a_fault(tmp_path: Path) -> None:
    fault = only(linted(tmp_path, css=rules("name", width="19mm")))
    assert (fault.code, fault.where) == ("realistic-value-held", "name")
    assert "1 of the 1 widest realistic values do not fit 19 mm at 12 pt (refuse)" in fault.sentence


def test_a_fault_ends_with_the_code_of_a_bad_layout(tmp_path: Path) -> None:
    assert linted(tmp_path, slots=SLOTS).faults


# A slot whose value changes the layout around it.

FLOAT = '<div style="float: left">{}</div>'
GROWING = rules("name", width="100%", position="static")


@pytest.mark.parametrize(
    ("body", "css", "filling"),
    [
        (FLOAT.format('{{ slot("name") }}'), GROWING, "a long value"),
        ('{{ slot("name") }}', rules("name") + ".slot:\\65mpty { width: 10mm }", "no value"),
    ],
    ids=["long", "empty"],
)
def test_a_slot_whose_box_hangs_on_its_value_is_named(tmp_path: Path, body: str, css: str, filling: str) -> None:
    found = {fault.code: fault for fault in linted(tmp_path, body, css).faults}
    assert found["value-moves-layout"].where == "name"
    assert found["value-moves-layout"].sentence.startswith(f"with {filling} its box of ")


def test_the_slot_that_grows_is_named_and_not_the_one_it_pushes(tmp_path: Path) -> None:
    body = FLOAT.format('{{ slot("name") }}') + FLOAT.format('{{ slot("kana") }}')
    css = GROWING + rules("kana", position="static", width="20mm")
    found = [fault for fault in linted(tmp_path, body, css, slots=SLOTS).faults if fault.code == "value-moves-layout"]
    assert [fault.where for fault in found] == ["name"]


PARENTS = {
    "page": "",
    "positioned": "position: absolute; left: 9mm; top: 9mm; width: 80mm; height: 20mm",
    "as-high-as-it-must": "position: absolute; left: 9mm; top: 9mm; width: 80mm",
    "as-wide-as-it-must": "position: relative; float: left; height: 20mm",
    "in-the-flow": "position: relative; height: 20mm",
}
BOXES = [
    {"position": position, "width": width, "height": height, "min-width": least}
    for position in ("absolute", "static", "relative")
    for width in ("40mm", "50%", "auto")
    for height in ("6mm", "50%", "auto")
    for least in ("auto", "10mm")
]


@pytest.mark.parametrize("parent", PARENTS.values(), ids=PARENTS)
def test_a_place_that_is_said_to_keep_its_size_keeps_it_with_any_value(tmp_path: Path, parent: str) -> None:
    body = f'<div style="{parent}">{{{{ slot("name") }}}}<p></p></div>'
    keeps = set()
    for box in BOXES:
        layout = small_layout(tmp_path, body, "p { width: 30mm; height: 9mm; margin: 0 }" + rules("name", **box))
        variant = next(layout.variants())
        try:
            plate, pages = compile_sheet(layout, variant, FIXED)
        except BadLayout:
            continue
        if not may_follow_values(pages, plate.calls):
            assert list(changed_by_long_values(layout, variant, FIXED, plate.calls)) == []
            keeps.add((box["width"], box["height"]))
    assert {("40mm", "6mm")} <= keeps
    assert ("50%", "6mm") in keeps or "auto" in parent


def test_long_values_are_laid_out_for_no_place_of_our_own_sheets() -> None:
    for name in ("eligibility_notice", "eligibility_certificate"):
        layout = load_layout(name)
        fixed = fixed_of(load_job(example_path(layout.document.name)))
        plate, pages = compile_sheet(layout, next(layout.variants()), fixed)
        assert may_follow_values(pages, plate.calls) == []


def test_long_values_that_break_the_page_are_named(tmp_path: Path) -> None:
    beside = '<div style="float: left; width: 100mm; height: 290mm"></div>'
    found = linted(tmp_path, FLOAT.format('{{ slot("name") }}') + beside, GROWING).faults
    sentences = [fault.sentence for fault in found if fault.where == "every slot"]
    assert len(sentences) == 1
    assert "2 pages" in sentences[0]


# A sheet that WeasyPrint draws otherwise than it is printed.

OVER = "position: absolute; left: 20mm; top: 20mm; width: 10mm; height: 6mm; background: #fff"
LABEL = "<p>x</p>"


@pytest.mark.parametrize(
    ("body", "css", "where", "filling"),
    [
        (f'{{{{ slot("name") }}}}<div style="{OVER}"></div>', "", "name", "the longest values"),
        (f'<div style="{OVER}; z-index: 1"></div>{{{{ slot("name") }}}}', "", "name", "the longest values"),
        ('{{ slot("name") }}', ".slot:\\65mpty { background: #eee }", "name", "no values"),
        (
            '{{ slot("name") }}<hr>',
            ".slot:\\65mpty + hr { border: 1mm solid #f00 }",
            "fixed part of page 1",
            "no values",
        ),
    ],
)
def test_a_sheet_that_is_drawn_otherwise_than_printed_is_told_with_its_place(
    tmp_path: Path, body: str, css: str, where: str, filling: str
) -> None:
    fault = only(linted(tmp_path, body, rules("name") + css + "hr { margin: 50mm 20mm 0; border: 1mm solid #000 }"))
    assert (fault.code, fault.where) == ("drawn-otherwise", where)
    assert fault.sentence.startswith(f"with {filling} WeasyPrint draws page 1 otherwise than it is printed: ")
    assert " mm at " in fault.sentence


def test_a_sheet_that_cannot_be_drawn_without_values_is_told(tmp_path: Path) -> None:
    css = rules("name") + ".slot:\\65mpty + p + p { break-before: page } body { font-family: 'BIZ UDGothic' }"
    found = {fault.code: fault for fault in linted(tmp_path, '{{ slot("name") }}<p>a</p><p>b</p>', css).faults}
    assert "2 pages" in found["drawn-otherwise"].sentence


# A quick look.


def test_a_quick_look_names_what_the_boxes_of_one_variant_tell(tmp_path: Path) -> None:
    body = FLOAT.format('{{ slot("name") }}')
    body += '{% if variant.size == "large" %}{{ slot("kana") }}{% endif %}'
    css = GROWING + rules("kana", left="2mm")
    layout = small_layout(tmp_path, body, css, slots=SLOTS, variants={"size": ["small", "large"]})
    found = lint_quickly(layout, FIXED, VALUES)
    assert [(fault.code, fault.where) for fault in found.faults] == [
        ("outside-safe-margin", "name"),
        ("realistic-value-held", "name"),
        ("value-moves-layout", "name"),
    ]
    assert (found.variants, found.looked_at) == (2, 1)
    assert [row.slot for row in found.measured] == ["name"]
    assert ("outside-safe-margin", "kana") in {
        (fault.code, fault.where) for fault in lint(layout, FIXED, VALUES).faults
    }


def test_a_quick_look_says_why_the_variant_cannot_be_compiled(tmp_path: Path) -> None:
    layout = small_layout(tmp_path, '<p style="font-family: Arial">x</p>{{ slot("name") }}')
    assert [fault.code for fault in lint_quickly(layout, FIXED, VALUES).faults] == ["cannot-compile"]


def test_a_quick_look_says_how_much_it_has_looked_at() -> None:
    command = [sys.executable, "-m", "renderer.cli", "lint", "eligibility_notice", "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "eligibility_notice: 1 of 12 variants, not drawn, 0 faults" in done.stdout
