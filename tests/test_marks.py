"""Marks: the operators of one value at one place, measured by PDFium and compared with WeasyPrint's drawing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_layouts import FIXED, print_sheets, rules, small_layout
from tampering import PrintedObjects

from renderer.layout.compiling import compile_plate
from renderer.layout.load import Layout
from renderer.layout.reference import reference_pdf
from renderer.press.fitting import DoesNotFit
from renderer.press.fonts import Unprintable
from renderer.press.marks import number
from renderer.press.plates import Plate
from renderer.press.press import PrintFile
from renderer.press.ruler import Ruler
from renderer.proof import pixels

FITS = {
    "refuse": "{}",
    "condense": '{ fit = "condense", floor = 40.0 }',
    "shrink": '{ fit = "shrink", floor = 5.0 }',
    "wrap": '{ fit = "wrap", floor = 6.0, lines = 3 }',
    "low": '{ fit = "wrap", floor = 6.0, lines = 3, valign = "bottom" }',
}
TEXTS = {
    "refuse": ("山田", "辻\U000e0102Ab 1", "\U00020bb7田"),
    "condense": ("山田太郎", "勘解由小路左衛門佐吉麻呂勘解由小路", "辻\U000e0102木\U00020bb7田勘解由小路左衛門佐"),
    "shrink": ("みす\u3099ほAV To. fi", "勘解由小路左衛門佐吉麻呂勘解由小路", "辻\U000e0102木\U00020bb7田勘解由小路左"),
    "wrap": (
        "京都府京都市東山区常盤町東入ル上ル二丁目南入西側",
        "辻\U000e0102木\U00020bb7田\n二行目 Abc 123",
        "京都府京都市東山区常盤町東入ル上ル二丁目南入西側大和大路通五条下ル東側九丁目九百九十九番地あい",
    ),
}
TEXTS["low"] = ("一行目\n二行目", "一行", TEXTS["wrap"][2])
FAMILIES = {
    "mincho": '"BIZ UDMincho", "IPAmjMincho"',
    "pmincho": '"BIZ UDPMincho", "IPAmjMincho"',
    "pgothic bold": '"BIZ UDPGothic", "IPAmjMincho"',
}
COLOURS = ("#000", "#c00", "#777", "device-cmyk(0 0 0 1)")


WRAPPED = ("wrap", "low")


def all_kinds(folder: Path, align: str, spacing: str) -> tuple[Layout, dict[str, str]]:
    """One sheet with a slot for every fit in every family, each at an odd place and in an odd size."""
    kinds = [(fit, family) for fit in FITS for family in FAMILIES if fit not in WRAPPED or spacing == "0"]
    css, slots = "", {}
    for n, (fit, family) in enumerate(kinds):
        slots[f"s{n}"] = fit
        css += rules(
            f"s{n}", left=f"{10 + n % 3 * 65.3}mm", top=f"{10 + n // 3 * 23.17}mm", width="53.37mm",
            height="18mm" if fit in WRAPPED else "6mm", font_size=("10.5pt", "9pt", "12.3pt")[n % 3],
            font_family=FAMILIES[family], font_weight="700" if "bold" in family else "400", text_align=align,
            letter_spacing=spacing, color=COLOURS[n % 4],
        )  # fmt: skip
    body = "".join(f'{{{{ slot("{slot}") }}}}' for slot in slots)
    table = ", ".join(f"{slot} = {FITS[fit]}" for slot, fit in slots.items())
    return small_layout(folder, body, css, slots=f"{{ {table} }}"), slots


def assert_same(folder: Path, layout: Layout, plate: Plate, values: Mapping[str, str]) -> None:
    printed = print_sheets(folder / "printed.pdf", plate, [values])
    reference = folder / "reference.pdf"
    reference.write_bytes(reference_pdf(layout, plate, FIXED, values, Ruler()))
    with pixels.opened(printed) as ours, pixels.opened(reference) as theirs:
        for dpi in (200, 300):
            found = pixels.difference(theirs.pixels(0, dpi), ours.pixels(0, dpi), dpi)
            assert found is None, f"{dpi} dpi: {found}"


@pytest.mark.parametrize("spacing", ["0", "1.37pt", "-0.2pt", "1px", "2px", "3px", "-1px"])
@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_every_fit_family_alignment_and_spacing_is_drawn_as_weasyprint_draws_it(
    tmp_path: Path, align: str, spacing: str
) -> None:
    layout, slots = all_kinds(tmp_path, align, spacing)
    plate = compile_plate(layout, (), FIXED)
    for n in range(3):
        assert_same(tmp_path, layout, plate, {slot: TEXTS[fit][n] for slot, fit in slots.items()})


def content(folder: Path, css: str, text: str, fit: str = "refuse") -> bytes:
    """The page's own content for one value."""
    layout = small_layout(folder, css=css, slots=f"{{ name = {FITS[fit]} }}")
    path = print_sheets(folder / "x.pdf", compile_plate(layout, (), FIXED), [{"name": text}])
    return PrintedObjects(path).page_text(0)


def test_a_value_is_one_string_in_one_font_at_its_baseline(tmp_path: Path) -> None:
    written = content(tmp_path, rules("name"), "山田")
    assert re.fullmatch(
        rb"/P0 Do\n1 0 0 -1 0 841\.889764 cm \.75 0 0 \.75 0 0 cm BT\n0 g\n"
        rb"/F0 16 Tf 1 0 0 -1 75\.590551 \d+\.\d+ Tm<[0-9a-f]{8}>Tj\nET",
        written,
    )


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("一", [2]),
        ("一\n二", [1, 2]),
        ("一\n二\n三", [0, 1, 2]),
        ("一\n\n三", [0, 2]),
        ("\U00020bb7", [2]),
        ("山" * 20, [1, 2]),
    ],
)
def test_a_value_that_is_set_from_the_bottom_stands_on_the_last_lines(
    tmp_path: Path, text: str, lines: list[int]
) -> None:
    written = content(tmp_path, rules("name", height="18mm"), text, "low")
    first = content(tmp_path, rules("name", height="18mm"), "一", "wrap")
    (top,), heights = ([float(y) for y in re.findall(rb"1 0 0 -1 \S+ (\S+) Tm", page)] for page in (first, written))
    assert [(y - top) / (6 * 96 / 25.4) for y in heights] == pytest.approx(lines, abs=1e-6)


def test_each_font_of_a_value_begins_where_the_last_one_ended(tmp_path: Path) -> None:
    written = content(tmp_path, rules("name"), "山\U00020bb7\U00020bb7田")
    marks = re.findall(rb"/(F\d) 16 Tf 1 0 0 -1 (\S+) \S+ Tm<([0-9a-f]+)>Tj", written)
    assert [font for font, _, _ in marks] == [b"F0", b"F1", b"F0"]
    starts = [float(x) for _, x, _ in marks]
    assert [round(x - starts[0], 6) for x in starts] == [0, 16, 48]


def test_an_empty_value_leaves_no_mark(tmp_path: Path) -> None:
    assert content(tmp_path, rules("name"), "") == b"/P0 Do\n"


def test_a_condensed_value_is_narrowed_from_its_left_edge_and_ends_in_its_box(tmp_path: Path) -> None:
    css = rules("name", width="30mm", text_align="center")
    written = content(tmp_path, css, "勘解由小路左衛門佐吉麻呂", "condense")
    found = re.search(rb"q (\S+) 0 0 1 (\S+) 0 cm BT \S+ 16 Tf 1 0 0 -1 (\S+) ", written)
    assert found
    scale, shift, x = found.groups()
    left, width = 20 * 96 / 25.4, 30 * 96 / 25.4
    assert float(scale) * float(x) + float(shift) == pytest.approx(left, abs=1e-4)
    assert left < left + float(scale) * 12 * 16 <= left + width
    assert float(scale) + 0.001 > width / (12 * 16)


@pytest.mark.parametrize("align", ["center", "right"])
def test_a_value_stands_in_the_middle_or_at_the_end_of_its_box(tmp_path: Path, align: str) -> None:
    written = content(tmp_path, rules("name", text_align=align), "山田")
    found = re.search(rb"Tf 1 0 0 -1 (\S+) ", written)
    assert found
    free = 60 * 96 / 25.4 - 32
    assert float(found[1]) == pytest.approx(20 * 96 / 25.4 + free / (2 if align == "center" else 1), abs=1e-5)


@pytest.mark.parametrize("text", ["髙　", "一 \n二　", "　一", "一 二 "])
@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize("lines", [1, 2])
def test_a_blank_at_the_end_of_a_line_moves_nothing(tmp_path: Path, align: str, lines: int, text: str) -> None:
    if text.count("\n") >= lines:
        text = text.partition("\n")[0]
    slots = f'{{ name = {{ fit = "wrap", floor = 6.0, lines = {lines} }} }}'
    layout = small_layout(tmp_path, css=rules("name", height="14mm", text_align=align), slots=slots)
    assert_same(tmp_path, layout, compile_plate(layout, (), FIXED), {"name": text})


def test_more_lines_than_the_place_has_are_refused_and_not_cut(tmp_path: Path) -> None:
    with pytest.raises(DoesNotFit, match="lines needed=4"):
        content(tmp_path, rules("name", height="18mm"), "一\n二\n三\n四", "wrap")


def test_a_half_width_sound_mark_is_not_letter_spaced(tmp_path: Path) -> None:
    (tmp_path / "spaced").mkdir()
    assert content(tmp_path, rules("name"), "ｶﾞｲｼﾞ").count(b"Tj") == 1
    with pytest.raises(DoesNotFit, match="spaced"):
        content(tmp_path / "spaced", rules("name", letter_spacing="1pt"), "ｶﾞｲｼﾞ")


def test_what_was_set_once_is_set_the_same_again_however_much_came_between(tmp_path: Path) -> None:
    layout = small_layout(tmp_path)
    plate = compile_plate(layout, (), FIXED)
    names = [chr(0x4E00 + n // 60) + chr(0x4E00 + n % 60) for n in range(4200)]  # more than are remembered
    names = [name for name in names if all(Ruler().chain(next(plate.places)).faces[0].glyph_of(c) for c in name)]
    sheets = [{"name": name} for name in ["山田", *names, "山田"]]
    objects = PrintedObjects(print_sheets(tmp_path / "x.pdf", plate, sheets))
    assert objects.page_text(0) == objects.page_text(len(sheets) - 1)


@pytest.mark.parametrize(("text", "error"), [("\U0001f600", Unprintable), ("山" * 40, DoesNotFit)])
def test_a_value_nobody_checked_is_refused_and_not_drawn(tmp_path: Path, text: str, error: type[Exception]) -> None:
    plate = compile_plate(small_layout(tmp_path), (), FIXED)
    file = PrintFile(tmp_path / "x.pdf", [plate])
    file.begin_piece("1", "1-")
    with pytest.raises(error):
        file.add_sheet(plate, {"name": text})
    file.pdf.close()


@given(st.floats(-1e6, 1e6, allow_nan=False))
def test_a_number_has_six_decimals_at_most_and_no_exponent(value: float) -> None:
    written = number(value)
    assert float(written) == pytest.approx(value, abs=5.1e-7)
    assert re.fullmatch(r"-?\d+(\.\d{0,5}[1-9])?", written)


def test_a_font_size_is_written_as_pango_holds_it(tmp_path: Path) -> None:
    # 10 pt are 13.3333 px, in whole 1/1024 px 13.333008.
    assert b"/F0 13.333008 Tf" in content(tmp_path, rules("name", font_size="10pt"), "山")
