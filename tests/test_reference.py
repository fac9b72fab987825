"""The reference: WeasyPrint sets a value as it is given, in the font that has it, and never as markup."""

from __future__ import annotations

import ctypes
from dataclasses import replace
from html.parser import HTMLParser
from itertools import groupby
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from small_layouts import FIXED, rules, small_layout

from renderer.layout.compiling import compile_plate
from renderer.layout.load import Layout
from renderer.layout.reference import reference_pdf, value_html
from renderer.press import codes
from renderer.press.fitting import DoesNotFit, Fit, FitRule
from renderer.press.fonts import Unprintable
from renderer.press.plates import Place, Plate
from renderer.press.ruler import Ruler
from renderer.proof import pixels

SLOTS = """{ name = { fit = "condense", floor = 40.0 }, lines = { fit = "wrap", floor = 8.0, lines = 3 },
code = {} }""".replace("\n", "")
CSS = rules("name") + rules("lines", top="40mm", height="18mm", width="40mm") + rules("code", top="70mm", height="20mm")
EMPTY = {"name": "", "lines": "", "code": ""}


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    body = "".join(f'{{{{ slot("{name}") }}}}' for name in EMPTY)
    return small_layout(tmp_path_factory.mktemp("layout"), body, CSS, slots=SLOTS, kinds={"code": "qr"})


@pytest.fixture(scope="module")
def plate(layout: Layout) -> Plate:
    return compile_plate(layout, (), FIXED)


@pytest.fixture(scope="module")
def place(plate: Plate) -> Place:
    return next(plate.places)


def drawn(path: Path, layout: Layout, plate: Plate, **values: str) -> Path:
    path.write_bytes(reference_pdf(layout, plate, FIXED, EMPTY | values, Ruler()))
    return path


def text(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    page = document[0]
    reader = page.get_textpage()
    found: str = reader.get_text_range()
    for opened in (reader, page, document):
        opened.close()
    return found


def fonts_of_characters(path: Path) -> list[str]:
    """The font of each character of the first page, as PDFium names it."""
    document = pypdfium2.PdfDocument(path)
    page = document[0]
    reader = page.get_textpage()
    found = []
    for index in range(reader.count_chars()):
        name = ctypes.create_string_buffer(100)
        pdfium.FPDFText_GetFontInfo(reader, index, name, 100, ctypes.c_int())
        found.append(name.value.decode())
    for opened in (reader, page, document):
        opened.close()
    return found


MARKUP = [
    "<b>山田</b>",
    "{{ 7*7 }}",
    "R&amp;D　A&B",
    '"><script>1</script>',
    "{% raw %}",
    "</div></body>",
    "\\u5c71 %s {0}",
]


@pytest.mark.parametrize("name", MARKUP)
def test_a_value_is_never_markup_nor_a_template(tmp_path: Path, layout: Layout, plate: Plate, name: str) -> None:
    assert text(drawn(tmp_path / "x.pdf", layout, plate, name=name)) == name


def test_each_run_is_set_in_the_first_font_that_has_it(tmp_path: Path, layout: Layout, plate: Plate) -> None:
    path = drawn(tmp_path / "x.pdf", layout, plate, name="辻\U000e0101辻\U000e0102葉\U00020bb7山")
    runs = [name.split("+")[1] for name, _ in groupby(fonts_of_characters(path))]
    assert runs == ["BIZ-UDMincho", "IPAmjMincho", "BIZ-UDMincho", "IPAmjMincho", "BIZ-UDMincho"]


def test_a_wrapped_value_stands_on_the_lines_that_fitting_says(tmp_path: Path, layout: Layout, plate: Plate) -> None:
    value = "架空県架空市架空町一丁目二番三\n方書"
    lines = Ruler().fit(next(p for p in plate.places if p.slot == "lines"), value).lines
    said = text(drawn(tmp_path / "x.pdf", layout, plate, lines=value)).split("\r\n")
    assert said == ["".join(line) for line in lines]
    assert len(said) == 3


def test_a_code_is_drawn_as_rectangles_that_another_library_reads(tmp_path: Path, layout: Layout, plate: Plate) -> None:
    with pixels.opened(drawn(tmp_path / "x.pdf", layout, plate, code="R1/2/3")) as document:
        (found,) = zxingcpp.read_barcodes(document.pixels(0, 200))
    assert found.text == "R1/2/3"


def test_a_value_that_cannot_be_printed_is_refused(layout: Layout, plate: Plate) -> None:
    for values, error in (({"name": "\U0001f600"}, Unprintable), ({"name": "寿限無" * 40}, DoesNotFit)):
        with pytest.raises(error):
            reference_pdf(layout, plate, FIXED, EMPTY | values, Ruler())


def test_an_empty_value_is_no_html(place: Place) -> None:
    assert value_html(place, "", Ruler()) == ""


def test_what_was_done_to_a_value_is_said_in_css(place: Place) -> None:
    condensed = value_html(place, "勘解由小路左衛門佐吉麻呂勘解由小路", Ruler())
    assert "transform:scaleX(0." in condensed
    shrunk = value_html(replace(place, rule=FitRule(Fit.SHRINK, 5, 1)), "勘解由小路左衛門佐吉麻呂", Ruler())
    assert "font-size:" not in shrunk
    shrunk = value_html(replace(place, rule=FitRule(Fit.SHRINK, 5, 1)), "勘解由小路左衛門佐吉麻呂勘解由小路", Ruler())
    assert "font-size:" in shrunk
    assert "scaleX" not in shrunk


class _Parsed(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert {name for name, _ in attrs} <= {"class", "style"}

    def handle_data(self, data: str) -> None:
        self.text += data


CLUSTERS = [*"山田アが<>&\"'{}%/;# 　fiAV1", "辻\U000e0102", "辻\U000e0101", "す\u3099", "\U00020bb7"]


@given(st.lists(st.sampled_from(CLUSTERS), min_size=1, max_size=12).map("".join))
def test_the_html_of_a_value_says_the_value_and_nothing_else(place: Place, value: str) -> None:
    html = value_html(place, value, Ruler())
    parsed = _Parsed(str(html))
    assert parsed.text == value
    assert parsed.tags == {"slot-run"}
    assert html.count("<span") == html.count("</span>")


def test_the_quiet_zone_of_a_code_is_inside_its_box(plate: Plate) -> None:
    qr = next(place for place in plate.places if place.slot == "code")
    html = value_html(qr, "x", Ruler())
    assert f'viewBox="0 0 {codes.qr("x").width:g}' in html
