"""Check digits against another library, and the full 個人番号 that must be nowhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leaks import texts_of
from stdnum import luhn
from stdnum.jp import in_

from renderer.documents.numbers import (
    NumberRefused,
    check_insurer_number,
    insurer_check_digit,
    is_of_one_digit,
    last4,
    looks_like_my_number,
    mask,
    my_number_check_digit,
    spans_my_number,
)

eleven = st.from_regex(r"[0-9]{11}", fullmatch=True)
FULL_WIDTH = str.maketrans("0123456789*-", "０１２３４５６７８９＊－")
SEPARATORS = ["", "-", " ", "　", "－", "‐", "−"]


@pytest.mark.parametrize(
    "number",
    [
        *("01130012", "01040013", "33120015", "06010391", "06139463", "01270016", "01010016", "01230010"),
        *("01140011", "01470012", "39131008", "39132014", "31130016", "34130013", "131011", "138057"),
    ],
)
def test_insurer_numbers_known_to_be_right_are_accepted(number: str) -> None:
    assert check_insurer_number(number) == number


@given(digits=st.from_regex(r"[0-9]{5}([0-9]{2})?", fullmatch=True), last=st.sampled_from("0123456789"))
def test_insurer_check_digit_is_that_of_luhn(digits: str, last: str) -> None:
    assert insurer_check_digit(digits) == luhn.calc_check_digit(digits)
    if luhn.is_valid(digits + last):
        assert check_insurer_number(digits + last) == digits + last
    else:
        with pytest.raises(ValueError, match="does not prove"):
            check_insurer_number(digits + last)


@pytest.mark.parametrize(
    "number", ["", "0613946", "061394630", "０６１３９４６３", "06-139463", "0613946x", "²6139463"]
)
def test_insurer_number_that_is_not_6_or_8_digits_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="has 8 digits"):
        check_insurer_number(number)


@given(digits=eleven)
def test_my_number_check_digit_is_that_of_another_library(digits: str) -> None:
    assert my_number_check_digit(digits) == in_.calc_check_digit(digits)


@pytest.mark.parametrize(
    ("digits", "expected"),
    [("12345678901", "8"), ("02345678901", "3"), ("11111111111", "8"), ("00000000000", "0")],
)
def test_my_number_check_digit_of_worked_examples(digits: str, expected: str) -> None:
    assert my_number_check_digit(digits) == expected


@given(digits=eleven, between=st.sampled_from(SEPARATORS), wide=st.booleans())
def test_a_full_number_goes_on_as_its_last_four(digits: str, between: str, wide: bool) -> None:
    number = digits + in_.calc_check_digit(digits)
    raw = between.join((number[:4], number[4:8], number[8:]))
    assert last4(raw.translate(FULL_WIDTH) if wide else raw) == number[-4:]


@given(four=st.from_regex(r"[0-9]{4}", fullmatch=True), wide=st.booleans())
def test_four_digits_go_on_masked_or_not(four: str, wide: bool) -> None:
    for raw in (four, f"********{four}", f"**** **** {four}", f" {four} ", mask(four)):
        assert last4(raw.translate(FULL_WIDTH) if wide else raw) == four


@pytest.mark.parametrize("raw", ["", " ", "　", "  　"])
def test_a_blank_is_no_number(raw: str) -> None:
    assert last4(raw) == ""


def test_a_mask_is_eight_asterisks_and_the_last_four() -> None:
    assert mask("0018") == "********0018"


@pytest.mark.parametrize(
    "raw",
    ["123", "12345", "12345678901", "1234567890123", "*******1234", "************", "12-34", "なし", "١٢٣٤"],
)
def test_anything_else_is_not_readable(raw: str) -> None:
    with pytest.raises(NumberRefused) as caught:
        last4(raw)
    assert caught.value.code == "my-number-not-readable"


@given(
    digits=eleven,
    slip=st.integers(1, 9),
    spoil=st.sampled_from(["", "x", "0", "-"]),
    between=st.sampled_from(SEPARATORS),
)
def test_a_refused_number_is_nowhere_in_the_refusal(digits: str, slip: int, spoil: str, between: str) -> None:
    check = int(in_.calc_check_digit(digits))
    number = digits + str((check + slip) % 10)
    with pytest.raises(NumberRefused) as caught:
        last4(between.join((number[:4], number[4:8], number[8:])) + spoil)
    assert caught.value.code == ("my-number-not-readable" if spoil else "my-number-wrong-check-digit")
    for text in texts_of(caught.value):
        assert number not in text
        assert number[:4] + between + number[4:8] not in text


def test_the_search_for_leaks_finds_a_number_in_a_chained_exception_and_in_locals() -> None:
    """The instrument first: a digit function that fails does hold what it was given."""
    with pytest.raises(ValueError, match="'x'") as caught:
        my_number_check_digit("1234567890x")
    assert any("1234567890x" in text for text in texts_of(caught.value))
    outer = RuntimeError()
    outer.__context__ = caught.value
    assert any("1234567890x" in text for text in texts_of(outer))


@pytest.mark.parametrize(
    "text",
    [
        "123456789018",
        "番号は123456789018です",
        "１２３４５６７８９０１８",
        "1234-5678-9018",
        "1234 5678 9018",
        "１２３４－５６７８－９０１８",
        "１２３４　５６７８　９０１８",
        "1234ー5678ー9018",
        "1234 - 5678 - 9018",
        "A_1234_5678_9018",
        "12345 123456789018",
        "123456789012",
    ],
)
def test_twelve_digits_look_like_a_my_number(text: str) -> None:
    assert looks_like_my_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345678901",
        "1234567890123",
        "電話 03-1234-5678",
        "0120-95-0178",
        "090-1234-5678",
        "1-2-3 4567号室",
        "20241202",
        "12345-5678-9018",
        "1234-5678-90189",
        "********1234",
        "令和7年12月1日から令和8年12月1日まで",
    ],
)
def test_other_digits_do_not(text: str) -> None:
    assert not looks_like_my_number(text)


@given(before=st.text("あ山 -x", max_size=5), digits=st.from_regex(r"[0-9]{1,20}", fullmatch=True))
def test_a_run_of_digits_looks_like_a_my_number_only_at_twelve(before: str, digits: str) -> None:
    assert looks_like_my_number(before + digits + "番") == (len(digits) == 12)


SIGNS = st.characters(exclude_categories=["L", "N", "M", "Cs"])
"""Whatever is no letter and no numeral: blanks, signs, symbols, what has no width, the line ends of all systems."""


@given(signs=st.lists(st.text(SIGNS, max_size=3), min_size=11, max_size=11), eleven=eleven)
def test_a_number_is_found_however_it_is_divided(signs: list[str], eleven: str) -> None:
    number = eleven + my_number_check_digit(eleven)
    text = "".join(digit + sign for digit, sign in zip(number, [*signs, ""], strict=True))
    for written in (text, text.translate(str.maketrans("0123456789", "０１２３４５６７８９")), f"見本{text}様"):
        assert looks_like_my_number(written)
    kanji = number.translate(str.maketrans("0123456789", "〇一二三四五六七八九"))
    assert looks_like_my_number(f"見本 {kanji} 様")


@given(eleven=eleven, at=st.integers(1, 11))
def test_a_number_that_goes_on_in_the_next_field_is_found(eleven: str, at: int) -> None:
    number = eleven + my_number_check_digit(eleven)
    assert spans_my_number(f"架空県見本市青山{number[:at]}", f"{number[at:]}見本荘")
    assert not spans_my_number(f"架空県見本市青山{number[:at]}番", f"{number[at:]}見本荘")


@pytest.mark.parametrize(
    "text",
    ["03-1234-5678", "090-1234-5678", "0120-95-0178", "2026-11-23", "令和8年11月23日", "昭和29年5月5日生まれ",
     "架空県見本市1-2-3", "北二十四条西三丁目1-2", "三番町5-6-7", "806-0043 3-8-20", "3-8-20-1003", "電話 03(1234)5678",
     "一二三四五六", "1234-567", "A1-2-3-4-5"],
)  # fmt: skip
def test_telephone_numbers_dates_and_addresses_are_no_numbers(text: str) -> None:
    assert not looks_like_my_number(text)


@pytest.mark.parametrize(
    ("raw", "is_one"),
    [
        ("000000000000", True),
        ("１１１１－１１１１－１１１１", True),
        ("000000000001", False),
        ("0000", False),
        ("****", False),
        ("", False),
    ],
)
def test_one_digit_twelve_times_is_seen(raw: str, is_one: bool) -> None:
    assert is_of_one_digit(raw) is is_one
