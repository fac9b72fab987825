"""A label set vertically: each sign below the other, in the form that its font has for vertical lines."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from ink import FONTS
from readers import text_by_poppler
from small_layouts import FIXED, SLOT, print_sheets, refusal, rules, small_layout
from tampering import PrintedObjects

from renderer.desk.press_difference import drawn_otherwise, printed_pages
from renderer.layout.boxes import texts_of
from renderer.layout.compiling import compile_plate, compile_sheet
from renderer.layout.load import Layout
from renderer.model.errors import BadBatch
from renderer.press.fonts import FILES
from renderer.press.plates import Plate
from renderer.press.ruler import Ruler
from renderer.proof.placing import Beginning
from renderer.proof.verify import expected_pages, font_files, verify

TEXT = "メール（本人）、75歳。"
SLOTS = '{{ slot("name") }}{{ slot("record") }}'
CSS = rules("name", font_family='"BIZ UDGothic"') + rules("record", top="30mm", font_family='"BIZ UDGothic"')
CSS += ".label { position: absolute; left: 20mm; top: 40mm; font: 10pt FAMILY }"


def labelled(parent: Path, text: str = TEXT, family: str = "BIZ UDGothic", more: str = "") -> Layout:
    body = f'{SLOTS}<div class="label">{{{{ vertical("{text}") }}}}</div>'
    css = CSS.replace("FAMILY", f'"{family}"') + more
    return small_layout(parent, body, css, slots="{ name = {}, record = {} }")


def compiled(layout: Layout) -> Plate:
    return compile_plate(layout, next(layout.variants()), FIXED)


def forms_for_vertical_lines(file: str) -> dict[str, int]:
    """Character → the glyph that the font's feature vert makes of it, as fontTools reads the font."""
    with TTFont(FONTS / file) as font:
        table, cmap = font["GSUB"].table, font.getBestCmap()
        numbers = {
            number
            for record in table.FeatureList.FeatureRecord
            for number in (record.Feature.LookupListIndex if record.FeatureTag == "vert" else ())
        }
        found: dict[str, str] = {}
        for number in numbers:
            for part in table.LookupList.Lookup[number].SubTable:
                found |= getattr(part, "ExtSubTable", part).mapping
        return {chr(code): font.getGlyphID(found[name]) for code, name in cmap.items() if name in found}


@pytest.mark.parametrize("family", ["BIZ UDGothic", "BIZ UDMincho", "IPAmjMincho"])
def test_each_sign_has_the_form_that_its_font_has_for_vertical_lines(tmp_path: Path, family: str) -> None:
    text = TEXT.replace("75", "")
    plate = compiled(labelled(tmp_path, text, family))
    glyphs = {said: gid for face, used in plate.glyphs for gid, said in used if face.family == family}
    forms = forms_for_vertical_lines(FILES[family, False])
    assert {"ー", "（", "）", "、", "。"} <= forms.keys()
    special = [said for said in text if said in forms]
    assert [glyphs[said] for said in special] == [forms[said] for said in special]


def test_each_sign_stands_a_line_below_the_other_and_two_digits_side_by_side(tmp_path: Path) -> None:
    layout = labelled(tmp_path, "ー75歳（2026", more=".vertical { line-height: 5mm }")
    _, pages = compile_sheet(layout, next(layout.variants()), FIXED)
    found = [
        (text.text, round(text.position_x / 96 * 25.4, 2), round(text.position_y / 96 * 25.4, 2))
        for text, _ in texts_of(pages[0])
    ]
    assert [text for text, _, _ in found] == ["ー", "75", "歳", "（", "2", "0", "2", "6"]
    tops = [top for _, _, top in found]
    assert [round(below - above, 2) for above, below in pairwise(tops)] == [5] * 7
    assert {left for text, left, _ in found if text in "ー75歳（"} == {20}
    assert {round(left - 20, 2) for text, left, _ in found if text in "206"} == {0.88}, "in the middle of the column"


def test_what_is_wider_than_the_column_is_refused(tmp_path: Path) -> None:
    body = f'{SLOT}<div class="label">{{{{ vertical("75歳") }}}}</div>'
    css = rules("name") + ".label { position: absolute; left: 20mm; top: 40mm; font: 10pt 'BIZ UDPGothic' }"
    assert "「75」 sticks out of its box" in refusal(tmp_path, body, css)


def test_it_is_printed_as_weasyprint_draws_it_and_proved(tmp_path: Path) -> None:
    layout = labelled(tmp_path)
    plate, ruler = compiled(layout), Ruler()
    values = {"name": "メール", "record": "A1"}
    drawn = printed_pages(plate, values, ruler)
    assert list(drawn_otherwise(layout, plate, FIXED, values, ruler, drawn)) == []
    path = print_sheets(tmp_path / "x.pdf", plate, [values])
    expected = list(expected_pages(plate, values, "A1", Beginning("0", "0-")))
    assert verify(path, "見本", expected, font_files(None)) == ["A1"]
    assert "".join(text_by_poppler(path)[0].split()).endswith(TEXT)


def test_a_value_in_the_form_of_a_vertical_label_is_refused(tmp_path: Path) -> None:
    plate = compiled(labelled(tmp_path))
    values = {"name": "メール", "record": "A1"}
    path = print_sheets(tmp_path / "x.pdf", plate, [values])
    ((_, glyphs),) = [(face, used) for face, used in plate.glyphs if face.family == "BIZ UDGothic"]
    form = next(gid for gid, said in glyphs if said == "ー")
    objects = PrintedObjects(path)
    objects.change_stream(
        objects.content(0), lambda content: re.sub(rb"<(....)....(....)>", rb"<\g<1>%04x\2>" % form, content, count=1)
    )
    expected = list(expected_pages(plate, values, "A1", Beginning("0", "0-")))
    with pytest.raises(BadBatch, match="page 1: a page draws a value in a glyph that says none"):
        verify(objects.write(tmp_path / "y.pdf"), "見本", expected, font_files(None))
