"""What is read of a code that was drawn, by tables of its own: it says the payload, or nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.documents import postal
from renderer.documents.common import inserter_qr_payload, omr_payload
from renderer.press import codes
from renderer.proof.codes_read import read

NOTHING = "what it should say does not matter"
records = st.from_regex(r"[0-9A-Za-z_-]{1,20}", fullmatch=True)


def said(kind: codes.CodeKind, payload: str, asked: str = NOTHING) -> str:
    return read(kind, codes.drawing(kind, payload).path, asked)


@given(symbols=st.text(postal.SYMBOLS, min_size=20, max_size=20))
def test_the_bars_of_all_symbols_are_read(symbols: str) -> None:
    assert said("customer_barcode", symbols) == symbols


@given(record=records, sheets=st.integers(1, 99), sequence=st.integers(1, 400_000))
def test_the_qr_code_of_an_inserter_is_read(record: str, sheets: int, sequence: int) -> None:
    payload = inserter_qr_payload(record, sheets, sheets, sequence)
    assert said("qr", payload) == payload


@pytest.mark.parametrize("payload", ["12345678901234567890", "A1", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0" * 21 + "a"])
def test_a_qr_code_of_digits_capitals_or_both_is_read(payload: str) -> None:
    assert said("qr", payload) == payload


def test_a_qr_code_that_is_too_large_is_believed() -> None:
    assert said("qr", "9" * 200) == NOTHING


@pytest.mark.parametrize("path", ["", "4 4 10 1 re", "4 4 33 1 re", "4 4 21 1 re"])
def test_what_is_no_qr_code_says_nothing(path: str) -> None:
    assert read("qr", path, "http://x") == ""


@given(sheet=st.integers(1, 99), more=st.integers(0, 20), sequence=st.integers(0, 20))
def test_the_marks_of_every_sheet_are_as_asked(sheet: int, more: int, sequence: int) -> None:
    payload = omr_payload(sheet, sheet + more, sequence)
    assert said("omr", payload, payload) == payload


@pytest.mark.parametrize(("drawn", "asked"), [("1/2:3", "2/2:3"), ("1/1:1", "1/1:2"), ("2/3:0", "3/3:0")])
def test_marks_of_another_sheet_say_nothing(drawn: str, asked: str) -> None:
    assert said("omr", drawn, asked) == ""


SYMBOLS = "80600433-8-20ddddddd"


@pytest.mark.parametrize("bar", range(67))
def test_a_customer_barcode_with_one_bar_of_another_height_says_nothing_or_other_symbols(bar: int) -> None:
    bars = codes.drawing("customer_barcode", SYMBOLS).path.removesuffix(" re").split(" re ")
    changed = [*bars[:bar], re.sub(r" \d \d \d$", " 2 1 2" if bars[bar].endswith("6") else " 0 1 6", bars[bar])]
    path = " re ".join([*changed, *bars[bar + 1 :]]) + " re"
    assert read("customer_barcode", path, SYMBOLS) != SYMBOLS


@pytest.mark.parametrize("cut", [1, 4])
def test_a_customer_barcode_that_is_not_whole_says_nothing(cut: int) -> None:
    path = codes.drawing("customer_barcode", SYMBOLS).path
    assert read("customer_barcode", " ".join(path.split(" ")[: -5 * cut]), SYMBOLS) == ""


def test_a_qr_code_of_another_mask_says_nothing() -> None:
    path = codes.drawing("qr", "A000001/1/1/5").path
    shape = codes.qr("A000001/1/1/5")
    timing = next(rect for rect in shape.rects if rect[1] == 12)  # the row with the first format bits
    x, y, width, height = timing
    other = path.replace(f"{x:g} {y:g} {width:g} {height:g} re", f"{x:g} {y:g} {width - 1:g} {height:g} re", 1)
    assert read("qr", other, "A000001/1/1/5") != "A000001/1/1/5"
