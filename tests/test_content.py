"""The content of a page, as the press writes it and no otherwise: strings, where they begin, codes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_layouts import print_sheets, rules, small_plate
from tampering import PrintedObjects

from renderer.documents.document import Kind
from renderer.model.errors import BadBatch
from renderer.proof.content import Font, Skeletons, cut

CODES: dict[str, Kind] = {"bars": "customer_barcode"}
SLOTS = """{ plain = {}, narrow = { fit = "condense", floor = 30.0 }, spaced = {}, red = {},
bars = {} }""".replace("\n", "")
CSS = (
    rules("plain")
    + rules("narrow", top="30mm", width="30mm")
    + rules("spaced", top="40mm", letter_spacing="1mm")
    + rules("red", top="50mm", color="#c00", text_align="right")
    + rules("bars", top="60mm", width="63.8mm", height="3mm")
)
VALUES = {
    "plain": "辻\U000e0102\U00020bb7野",
    "narrow": "勘解由小路左衛門佐\U00020bb7",
    "spaced": "1234",
    "red": "赤",
    "bars": "100000115ddddddddddd",
}
FONTS = {f"F{n}": Font("x", {}, {}) for n in range(9)}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The content of one page with a mark of every kind."""
    folder = tmp_path_factory.mktemp("content")
    plate = small_plate(
        folder,
        "".join(f'{{{{ slot("{name}") }}}}' for name in VALUES),
        CSS,
        slots=SLOTS,
        kinds=CODES,
    )
    return PrintedObjects(print_sheets(folder / "x.pdf", plate, [VALUES])).page_text(0)


def test_every_string_has_its_start(written: bytes) -> None:
    around, strings, paths = cut(written)
    skeleton = Skeletons(FONTS)[around]
    mm = 96 / 25.4
    assert skeleton.form == "P0"
    assert [round(start.x / mm) for start in skeleton.starts[:1]] == [20]
    assert [start.color for start in skeleton.starts] == [*[b"0 g"] * (len(skeleton.starts) - 1), b"0.8 0 0 rg"]
    narrow = [start for start in skeleton.starts if start.condense < 1]
    assert len(narrow) == 2
    assert narrow[0].x == pytest.approx(20 * mm)
    assert [start.adjustments is not None for start in skeleton.starts].count(True) == 1
    assert len(strings) == len(skeleton.fonts) == len(skeleton.starts) + 3
    assert [round(frame.y / mm) for frame in skeleton.frames] == [60]
    assert [path.count("re") for path in paths] == [67]


def test_pages_that_differ_in_their_strings_only_are_understood_once(written: bytes) -> None:
    skeletons = Skeletons(FONTS)
    other = re.sub(rb"<([0-9a-f]{4})", rb"<0007", written)
    assert other != written
    assert skeletons[cut(written)[0]] is skeletons[cut(other)[0]]


OPERATORS = (
    *(b"3 Tr", b"50 Tz", b"5 Ts", b"1 Tc", b"0 0 m", b"W n", b"q", b"Q", b"/P1 Do", b"BT", b"ET", b"1 0 0 1 5 5 cm"),
    *(b"0 0 9 9 re f", b"<0001>Tj", b"(A)Tj", b"/G0 gs", b"1 0 0 RG", b"T*", b"BI", b"% ", b"\0"),
)


@given(st.data())
def test_an_operator_more_is_refused_wherever_it_stands(written: bytes, data: st.DataObject) -> None:
    gaps = [m.start() for m in re.finditer(rb"[ \n]|\Z", written) if b" re" not in written[m.start() : m.start() + 15]]
    at = data.draw(st.sampled_from(gaps))
    changed = written[:at] + b"\n" + data.draw(st.sampled_from(OPERATORS)) + written[at:]
    around, _, paths = cut(changed)
    if paths == cut(written)[2]:  # what stands in the path of a code is compared with the path it must be
        with pytest.raises(BadBatch, match=r"not written as the press writes it|has no text"):
            Skeletons(FONTS)[around]


@given(st.binary(max_size=80))
def test_what_is_no_page_is_refused(junk: bytes) -> None:
    around, _, _ = cut(b"/P0 Do\n1" + junk)
    with pytest.raises(BadBatch):
        Skeletons(FONTS)[around]


def test_a_font_the_file_does_not_have_is_refused(written: bytes) -> None:
    with pytest.raises(BadBatch, match="has no text"):
        Skeletons({})[cut(written)[0]]
