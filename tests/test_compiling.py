"""A plate has the places that WeasyPrint gives them and nothing of the probes; what it cannot keep is refused."""

from __future__ import annotations

import ctypes
import pickle
import re
from dataclasses import fields
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from small_layouts import FIXED, print_sheets, rules, small_layout, small_plate
from trial_runs import demo_plates

from renderer.layout.compiling import PAYLOADS, PROBE, compile_plate
from renderer.layout.load import Layout
from renderer.layout.reference import reference_pdf
from renderer.model.errors import BadLayout
from renderer.press.codes import CodeKind
from renderer.press.plates import Place, Plate, read, written
from renderer.press.ruler import Ruler
from renderer.proof import pixels

NOTICE, CERTIFICATE = "eligibility_notice", "eligibility_certificate"

PX = 0.75
"""pt in a CSS px."""


def origins(pdf: Path, page: int) -> list[tuple[str, float, float]]:
    """Each character of a page with its origin as PDFium has it, in CSS px from the top left."""
    document = pypdfium2.PdfDocument(pdf)
    sheet = document[page]
    reader = sheet.get_textpage()
    found = []
    x, y = ctypes.c_double(), ctypes.c_double()
    for index in range(reader.count_chars()):
        assert pdfium.FPDFText_GetCharOrigin(reader, index, x, y)
        character = chr(pdfium.FPDFText_GetUnicode(reader, index))
        found.append((character, x.value / PX, (sheet.get_height() - y.value) / PX))
    for opened in (reader, sheet, document):
        opened.close()
    return found


@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_a_place_is_where_weasyprint_sets_the_first_character(tmp_path: Path, document: str) -> None:
    layout, fixed, plates = demo_plates(document)
    plate = next(iter(plates.values()))
    places = [place for place in plate.places if place.kind == "text" and place.align == "left"]
    # One character for each slot that stands nowhere in the fixed part.
    marks = {slot: chr(0x8B00 + n) for n, slot in enumerate(dict.fromkeys(place.slot for place in places))}
    marks = {slot: mark if _prints(mark, slot, places) else str(n % 10) for n, (slot, mark) in enumerate(marks.items())}
    values = {place.slot: marks.get(place.slot, "") for place in plate.places}
    path = tmp_path / "reference.pdf"
    path.write_bytes(reference_pdf(layout, plate, fixed, values, Ruler()))
    for page in range(layout.file.pages):
        drawn = origins(path, page)
        for place in (place for place in places if place.page == page):
            near = [(x, y) for sign, x, y in drawn if sign == marks[place.slot] and abs(x - place.x) < 0.5]
            baseline = place.baseline + place.rule.first_line(1) * place.line_height
            assert any(abs(x - place.x) < 1e-3 and abs(y - baseline) < 1e-3 for x, y in near), place


def _prints(mark: str, slot: str, places: list[Place]) -> bool:
    ruler = Ruler()
    return all(ruler.chain(place).faces[0].glyph_of(mark) for place in places if place.slot == slot)


def test_a_place_that_two_variants_set_alike_is_the_same_whatever_call_it_is_of(tmp_path: Path) -> None:
    body = '{% if variant.size == "large" %}{{ slot("kana") }}{% endif %}{{ slot("name") }}'
    css = rules("name") + rules("kana", top="40mm")
    layout = small_layout(tmp_path, body, css, slots="{ name = {}, kana = {} }", variants={"size": ["small", "large"]})
    small, large = (compile_plate(layout, variant, FIXED) for variant in layout.variants())
    assert [(call, place.slot) for call, place in large.calls.items()] == [(0, "kana"), (1, "name")]
    assert small.calls == {0: large.calls[1]}
    assert len({*small.places, *large.places}) == 2


def test_a_box_is_what_the_designer_wrote(tmp_path: Path) -> None:
    css = rules("name", left="21.5mm", top="33mm", width="64.25mm", height="12mm", line_height="6mm")
    plate = small_plate(tmp_path, css=css, slots='{ name = { fit = "wrap", floor = 8.0, lines = 2 } }')
    (place,) = plate.places
    assert place.millimetres == pytest.approx((21.5, 33, 64.25, 12))
    assert place.line_height == pytest.approx(6 * 96 / 25.4)
    assert place.size == 16 * 1024
    # The baseline of this face stands 0.38 em under the middle of the line.
    assert place.baseline * 25.4 / 96 == pytest.approx(33 + 3 + 0.38 * 12 * 25.4 / 72, abs=0.02)


@pytest.mark.parametrize(
    ("css", "operator"),
    [
        ("#000", b"0 g"),
        ("#666", b"0.4 g"),
        ("#c00", b"0.8 0 0 rg"),
        ("hsl(120, 100%, 25%)", b"0 0.5 0 rg"),
        ("device-cmyk(0 0 0 1)", b"0 0 0 1 k"),
    ],
)
def test_black_and_grey_are_printed_with_black_ink_alone(tmp_path: Path, css: str, operator: bytes) -> None:
    body = "<p style='position: absolute; border: 1mm solid; font-family: BIZ UDPGothic; color: var(--c)'>定型</p>"
    style = f"html {{ --c: {css} }}" + rules("name", color=css)
    plate = small_plate(tmp_path, body + "{{ slot('name') }}", style)
    (place,) = plate.places
    assert place.color == operator
    content = plate.pages[0].content
    assert not re.search(rb"^(\S+) \1 \1 (rg|RG)$", content, re.MULTILINE)
    assert operator.replace(b" k", b" scn") in content
    printed = print_sheets(tmp_path / "x.pdf", plate, [{"name": "山"}]).read_bytes()
    assert b"/DeviceRGB" not in printed


@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_nothing_of_the_probes_is_left_in_the_fixed_part(document: str) -> None:
    _, _, plates = demo_plates(document)
    for plate in plates.values():
        assert PROBE not in {text for _, glyphs in plate.glyphs for _, text in glyphs}


def test_the_fixed_part_says_what_the_template_says_and_no_more(tmp_path: Path) -> None:
    body = "<p style='font-family: BIZ UDMincho'>定型の文</p>{{ slot('name') }}"
    path = print_sheets(tmp_path / "x.pdf", small_plate(tmp_path, body), [{"name": ""}])
    assert "".join(sign for sign, _, _ in origins(path, 0)) == "定型の文"


@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_every_variant_has_a_plate_of_its_own(document: str) -> None:
    layout, _, plates = demo_plates(document)
    assert list(plates) == list(layout.variants())
    assert len({tuple((page.content, page.places) for page in plate.pages) for plate in plates.values()}) == len(plates)
    assert {len(plate.pages) for plate in plates.values()} == {layout.file.pages}


def test_the_same_layout_gives_the_same_plate(tmp_path: Path) -> None:
    layout = small_layout(tmp_path)
    plates = [compile_plate(layout, (), FIXED) for _ in range(2)]
    assert parts(plates[0]) == parts(plates[1])
    assert pickle.dumps(plates[0]) == pickle.dumps(plates[1])


def parts(plate: Plate) -> list[object]:
    return [getattr(plate, field.name) for field in fields(plate)]


def test_a_plate_read_again_is_the_plate(tmp_path: Path) -> None:
    plate = small_plate(tmp_path, "<p style='font-family: BIZ UDMincho'>定型</p>{{ slot('name') }}")
    again = read(written(plate))
    assert again is not None
    assert parts(again) == parts(plate)
    # The faces of a plate from another process are this process's own, opened once.
    assert all(face is own for (face, _), (own, _) in zip(again.glyphs, plate.glyphs, strict=True))
    first = print_sheets(tmp_path / "a.pdf", plate, [{"name": "山"}]).read_bytes()
    assert print_sheets(tmp_path / "b.pdf", again, [{"name": "山"}]).read_bytes() == first


@pytest.mark.parametrize("left", [0, 0.01, 0.5, 0.99])
def test_a_damaged_plate_is_not_read(tmp_path: Path, left: float) -> None:
    whole = written(small_plate(tmp_path))
    cut = int(left * len(whole))
    for damaged in (whole[:cut], whole[:cut] + bytes([whole[cut] ^ 1]) + whole[cut + 1 :]):
        assert read(damaged) is None


DECLARATIONS = """
    word-spacing: 2mm | text-indent: 5mm | font-variant-caps: small-caps | text-transform: uppercase
    font-style: italic | direction: rtl | visibility: hidden | text-align-last: right | text-align: justify
    color: rgba(0, 0, 0, .5) | color: transparent | clip: rect(0, 0, 0, 0) | display: none | display: inline
    display: flex | display: table-cell | float: right | font-kerning: normal | font-variant-ligatures: normal
    font-feature-settings: "palt" | font-weight: 500 | letter-spacing: 0.5em | padding: 2mm | border: 1mm solid
    line-height: normal | white-space: normal | text-decoration: underline | transform: rotate(5deg)
    font-variant-east-asian: full-width | background: #eee | position: relative | z-index: -1 | height: 100%
    max-width: 20mm | columns: 2 | hyphens: auto | vertical-align: middle | margin-left: 4mm | overflow: hidden
"""
ABOUT_SLOTS = """[data-slot=name]::before { content: "X" } | [data-slot=name]::after { content: "X" }
    [data-slot=name]::first-letter { font-size: 30pt } | [data-slot=name]::first-line { color: #f00 }
    slot-run { letter-spacing: 2mm } | .slot * { color: #f00 } | body { word-spacing: 3mm } | body { direction: rtl }
    * { border: 1mm solid; background: #eee } | .slot > * { padding: 1mm; position: relative; left: 3mm }
    * + * { margin-left: 2mm } | * { outline: 1mm solid; opacity: 0.5 } | .slot * { transform-origin: 50% 0 }
    .slot * { display: block; vertical-align: super; line-height: 9mm; float: left } | .slot * { width: 9mm }
    body { visibility: hidden } | body { text-decoration: underline } | body { position: relative; left: 9mm }
"""


def listed(text: str) -> list[str]:
    return [entry.strip() for line in text.strip().splitlines() for entry in line.split(" | ")]


@pytest.mark.parametrize(
    "style", [*(f"[data-slot=name] {{ {style} }}" for style in listed(DECLARATIONS)), *listed(ABOUT_SLOTS)]
)
def test_whatever_css_says_of_a_slot_the_press_prints_it_or_compiling_refuses_it(tmp_path: Path, style: str) -> None:
    slots = '{ name = { fit = "condense", floor = 10.0 } }'
    layout = small_layout(tmp_path, css=rules("name") + style, slots=slots)
    try:
        plate = compile_plate(layout, (), FIXED)
    except BadLayout:
        return
    value = "山田 AVTo fi 辻\U000e0102 ab"
    for text in (value, value * 2):  # as it is, and condensed
        assert_printed_as_drawn(tmp_path, layout, plate, {"name": text})


CODE_STYLES = """
    svg { width: 50% } | .slot svg { opacity: 0.5 } | svg { visibility: hidden } | svg { display: inline; margin: 2mm }
    svg { border: 1mm solid; background: #eee; padding: 1mm } | svg { max-width: 9mm; min-height: 30mm }
    .slot > svg { position: relative; left: 2mm } | svg { transform: rotate(5deg) } | svg { float: right }
    .slot::before { content: ""; display: block; height: 2mm } | .slot::before { content: ""; position: absolute }
    .slot { border: 1mm solid } | .slot { padding: 2mm } | .slot { background: #eee } | path { fill: #f00 }
    svg { object-fit: cover; overflow: hidden; clip: rect(0, 0, 0, 0) } | .slot { color: #f00; font-size: 3pt }
"""


@pytest.mark.parametrize("kind", ["qr", "omr", "customer_barcode"])
@pytest.mark.parametrize("style", listed(CODE_STYLES))
def test_whatever_css_says_of_a_code_the_press_prints_it_or_compiling_refuses_it(
    tmp_path: Path, style: str, kind: CodeKind
) -> None:
    layout = small_layout(tmp_path, css=rules("name") + style, kinds={"name": kind})
    try:
        plate = compile_plate(layout, (), FIXED)
    except BadLayout:
        return
    assert_printed_as_drawn(tmp_path, layout, plate, {"name": PAYLOADS[kind]})


def assert_printed_as_drawn(tmp_path: Path, layout: Layout, plate: Plate, values: dict[str, str]) -> None:
    printed = print_sheets(tmp_path / "x.pdf", plate, [values])
    (tmp_path / "reference.pdf").write_bytes(reference_pdf(layout, plate, FIXED, values, Ruler()))
    with pixels.opened(printed) as ours, pixels.opened(tmp_path / "reference.pdf") as theirs:
        assert pixels.difference(theirs.pixels(0, 200), ours.pixels(0, 200), 200) is None


@pytest.mark.parametrize("spacing", ["normal", "-0.5pt", "0.3pt"])
@pytest.mark.parametrize("family", ["BIZ UDPGothic", "BIZ UDPMincho"])
@pytest.mark.parametrize("size", ["12.81pt", "10.25pt", "11.25pt"])
def test_a_blank_whose_width_is_no_whole_number_is_drawn_alike(
    tmp_path: Path, size: str, family: str, spacing: str
) -> None:
    """The blank of both faces is 333.496 thousandths wide; the advances Pango rounds make 334 of it at these sizes."""
    text = "MARIA DE LOS ANGELES T LOPEZ"
    css = rules("name", width="120mm", font_family=f'"{family}"', font_size=size, letter_spacing=spacing)
    fixed = f"<p style=\"margin: 50mm 0; font: {size} '{family}'; letter-spacing: {spacing}\">{text}</p>"
    layout = small_layout(tmp_path, "{{ slot('name') }}" + fixed, css)
    assert_printed_as_drawn(tmp_path, layout, compile_plate(layout, (), FIXED), {"name": text})
