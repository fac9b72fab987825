"""Check digits against another library, and the full 個人番号 that must be nowhere."""

import re
import time
import unicodedata
from collections.abc import Iterator
from datetime import date
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leaks import texts_of
from stdnum import luhn
from stdnum.jp import in_

from renderer.documents import numbers
from renderer.documents.numbers import (
    APART,
    NumberRefused,
    check_insurer_number,
    had_my_number,
    has_my_number,
    insurer_check_digit,
    is_of_one_digit,
    last4,
    looks_like_my_number,
    mask,
    may_be_torn,
    my_number_check_digit,
    spans_my_number,
    without_my_numbers,
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
    if not int(digits + last):
        with pytest.raises(ValueError, match="is of noughts alone"):
            check_insurer_number(digits + last)
    elif luhn.is_valid(digits + last):
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


@given(before=st.text("あ山 -x", max_size=5), digits=st.from_regex(r"[0-9]{1,17}", fullmatch=True))
def test_a_run_of_digits_looks_like_a_my_number_only_at_twelve(before: str, digits: str) -> None:
    """In one of more digits a date may be read, from eighteen on."""
    assert looks_like_my_number(before + digits + "番") == (len(digits) == 12)


RIGHT = "123456789018"
NO_SIGNS = "○◯"
"""Signs to Unicode, and noughts among kanji digits."""
SIGNS = st.characters(exclude_categories=["L", "N", "M", "Cs"], exclude_characters=NO_SIGNS)
"""Whatever is no letter and no numeral: blanks, signs, symbols, what has no width, the line ends of all systems."""
KANJI = "一二三四五六七八九"
WAYS = [
    str.maketrans("0123456789", digits)
    for digits in (
        "0123456789",
        "０１２３４５６７８９",
        *(nought + KANJI for nought in "〇零○◯"),
        "⓪①②③④⑤⑥⑦⑧⑨",
        "⓿❶❷❸❹❺❻❼❽❾",
        "零⑴⑵⑶⑷⑸⑹⑺⑻⑼",
        "🄀⒈⒉⒊⒋⒌⒍⒎⒏⒐",
        "⁰¹²³⁴⁵⁶⁷⁸⁹",
        "₀₁₂₃₄₅₆₇₈₉",
        "〇㈠㈡㈢㈣㈤㈥㈦㈧㈨",
        "〇㊀㊁㊂㊃㊄㊅㊆㊇㊈",
        "零壱弐参四五六七八九",
        "零壹貳參肆伍陸柒捌玖",
        "〇ⅠⅡⅢⅣⅤⅥⅦⅧⅨ",
        "٠١٢٣٤٥٦٧٨٩",
        "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
        "OI23456789",
        "Ｏｌ２３４５６７８９",
    )
]
"""How a digit may be written."""


@given(signs=st.lists(st.text(SIGNS, max_size=3), min_size=11, max_size=11), eleven=eleven, way=st.sampled_from(WAYS))
def test_a_number_is_found_however_it_is_divided(signs: list[str], eleven: str, way: dict[int, int]) -> None:
    number = eleven + my_number_check_digit(eleven)
    text = "".join(digit + sign for digit, sign in zip(number, [*signs, ""], strict=True)).translate(way)
    for written in (text, f"見本{text}様", f"架空町3-8-20番{text}番"):
        assert looks_like_my_number(written)
        assert has_my_number(written)


@given(signs=st.lists(st.text(SIGNS, max_size=2), min_size=11, max_size=11), eleven=eleven, way=st.sampled_from(WAYS))
def test_of_a_number_in_a_text_four_digits_are_left_however_it_is_divided(
    signs: list[str], eleven: str, way: dict[int, int]
) -> None:
    number = eleven + my_number_check_digit(eleven)
    text = "".join(digit + sign for digit, sign in zip(number, [*signs, ""], strict=True)).translate(way)
    left = mask(number[-4:])
    assert without_my_numbers(f"見本{text}様、12番{text}") == f"見本{left}様、12番{left}"
    assert had_my_number(f"見本{left}様")


@given(text=st.text("0123456789 -山", max_size=40))
def test_what_has_no_number_is_left_as_it_is(text: str) -> None:
    left = without_my_numbers(text)
    assert (left == text) == (not has_my_number(text)) == (not had_my_number(left))


def test_of_numbers_that_overlap_none_is_left() -> None:
    first = "0000" * 2  # 0000 0000 0000 proves itself, and so does each twelve of sixteen noughts
    assert without_my_numbers(f"{first[:4]} {first[4:]} 0000 0000様") == "********0000様"


def test_a_number_is_found_with_each_sign_of_unicode_in_it() -> None:
    signs = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code))[0] in "ZPSC"]
    missed = [
        sign
        for sign in signs
        if unicodedata.category(sign) not in ("Cs", "Cn", "Co") and not has_my_number(f"12345{sign}6789{sign}018")
    ]
    assert missed == list(NO_SIGNS)
    assert has_my_number("12345ー6789ｰ018")


def test_each_numeral_of_unicode_that_is_one_digit_is_read() -> None:
    """But for kanji outside the plane of all others, which nobody types."""
    numerals = [
        (sign, int(value))
        for sign in map(chr, range(0x10000))
        if (value := unicodedata.numeric(sign, None)) is not None and value in range(10)
    ]
    assert len(numerals) > 500
    for sign, value in numerals:
        digits = f"1234567890{value}"
        assert has_my_number(f"1234567890{sign}{my_number_check_digit(digits)}"), hex(ord(sign))


LETTERS = st.one_of(st.just("丁目"), st.sampled_from("のノ乃之番号室棟ａxZとﾉア"))


@given(eleven=eleven, size=st.sampled_from([3, 4]), letters=st.lists(LETTERS, min_size=3, max_size=3))
def test_a_number_is_found_with_a_letter_between_its_groups(eleven: str, size: int, letters: list[str]) -> None:
    number = eleven + my_number_check_digit(eleven)
    groups = [number[at : at + size] for at in range(0, 12, size)]
    text = "".join(map(str.__add__, groups, [*letters[: len(groups) - 1], ""]))
    for written in (
        text,
        f"青山3-8-20 {text}様",
        " ".join(re.findall("[0-9]+|[^0-9]+", text)),
        f"架空町3番地の{text}番",
    ):
        assert has_my_number(written)


@pytest.mark.parametrize("letter", ["の", "番", "x"])
def test_groups_of_two_and_one_digit_have_the_same_letter_between_them(letter: str) -> None:
    assert has_my_number(letter.join(["12", "34", "56", "78", "90", "18"]))
    assert has_my_number(letter.join(RIGHT))
    assert not has_my_number(letter.join(["12", "34", "56"]) + "は" + letter.join(["78", "90", "18"]))


@pytest.mark.parametrize(
    "text",
    ["123456番789018", "12345番6789018", "1234番地5678番地9018", "1234号室5678-9018", "12年34月56日78年90月18日",
     "1234年5678月9018"],
)  # fmt: skip
def test_other_letters_between_digits_part_them(text: str) -> None:
    assert not has_my_number(text)


BIRTHS = st.dates(date(1900, 1, 1), date(2026, 11, 23))
WRITTEN_DATES = ["%Y%m%d", "%y%m%d", "3%y%m%d", "%Y/%m/%d", "%Y-%m-%d", "S%y.%m.%d"]


@given(eleven=eleven, born=BIRTHS, form=st.sampled_from(WRITTEN_DATES), between=st.sampled_from(["", "-", " "]))
def test_a_number_is_found_with_a_date_run_into_it(eleven: str, born: date, form: str, between: str) -> None:
    number = eleven + my_number_check_digit(eleven)
    text = between.join((number[:4], number[4:8], number[8:]))
    written = f"{born:{form}}"
    assert has_my_number(f"見本{written}{text}様")
    if not written.startswith("S"):
        assert has_my_number(f"見本{text}{written}様")


def beside_dates_one_by_one(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Take each place within a group of digits, and all of the run before or behind it: what the text says, slowly."""
    for group in re.finditer(r"\d{5,}", text[start:end]):
        begin, beyond = start + group.start(), start + group.end()
        for at in range(begin + 1, beyond):
            if at <= beyond - 4 and numbers._ENDS_WITH_DATE.search(text[start:at]):
                yield at, end
            if at >= begin + 4 and numbers._BEGINS_WITH_DATE.match(text, at, end):
                yield start, at


NUMBERS = st.builds(
    lambda eleven, size, sign: sign.join(re.findall(f".{{{size}}}", eleven + my_number_check_digit(eleven))),
    eleven,
    st.sampled_from([1, 3, 4, 6, 12]),
    st.sampled_from(["", "-", " ", "の", "--"]),
)
DATES = st.builds(lambda born, form: f"{born:{form}}", BIRTHS, st.sampled_from(WRITTEN_DATES))
TOGETHER = [st.builds(str.__add__, DATES, NUMBERS), st.builds(str.__add__, NUMBERS, DATES)]
BITS = st.one_of(*TOGETHER, NUMBERS, DATES, st.text("0123456789", max_size=14), st.sampled_from([" ", "-", "/", "の"]))


@given(bits=st.lists(BITS, min_size=1, max_size=6))
def test_beside_dates_the_same_is_found_as_by_looking_at_each_place(bits: list[str]) -> None:
    text = "".join(bits)
    found = without_my_numbers(text)
    with mock.patch.object(numbers, "_beside_dates", beside_dates_one_by_one):
        assert found == without_my_numbers(text)


LONG = [
    *("一二", "１", "0", "①", "1 ", "1234-123", "12の", "3番4", "20240101", "20240101 ", "R6.1.2", "O", "Ο", "О1"),
    *("03-", "1\u200b", " ", "-", "ー", "山", "12345678901", "123456789018"),
]
"""What a text may be full of."""


@pytest.mark.parametrize("end", ["x", "1"])
def test_a_long_text_is_looked_over_in_seconds(end: str) -> None:
    began = time.process_time()
    for text in ((part * 20_000)[:20_000] + end for part in LONG):
        looks_like_my_number(text)
        without_my_numbers(text)
        spans_my_number(text, text)
        may_be_torn(text + APART + text)
    assert time.process_time() - began < 20


@given(signs=st.lists(st.text(SIGNS, max_size=2), min_size=11, max_size=11), eleven=eleven, slip=st.integers(1, 9))
def test_twelve_digits_that_the_last_does_not_prove_are_one_only_in_a_run_or_in_fours(
    signs: list[str], eleven: str, slip: int
) -> None:
    signs[1] = "/"  # the second group is not one of four
    wrong = eleven + str((int(my_number_check_digit(eleven)) + slip) % 10)
    text = "".join(digit + sign for digit, sign in zip(wrong, [*signs, ""], strict=True))
    assert not looks_like_my_number(text)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("青山3-8-20、123-456-789-018", True),
        ("青山3-8-20 12345/6789018", True),
        ("青山3-8-20-123-456-789-018", True),
        ("青山3-8-20-1234-5678-9018-5", True),
        ("青山3-8-20-12345-6789018", False),
        ("2012/3/4-567890/18", False),
        ("1234567890185", False),
        ("12345678901", False),
        ("123456番789018", False),
    ],
)
def test_beside_other_digits_a_number_is_regular_or_parted_otherwise_than_within(text: str, is_found: bool) -> None:
    assert looks_like_my_number(text) is is_found


@given(
    eleven=eleven, at=st.integers(1, 11), way=st.sampled_from(WAYS), edge=st.sampled_from(["", " ", "　", "-", "ー"])
)
def test_a_number_that_goes_on_in_the_next_field_is_found(eleven: str, at: int, way: dict[int, int], edge: str) -> None:
    number = (eleven + my_number_check_digit(eleven)).translate(way)
    begun, ended = f"架空県見本市青山{number[:at]}{edge}", f"{edge}{number[at:]}見本荘"
    assert spans_my_number(begun, ended)
    assert may_be_torn(APART.join(("架空", begun, ended, "")))
    assert spans_my_number(begun, ended, least=5) is (5 <= at <= 7)
    assert not spans_my_number(f"{begun}番", ended)
    assert not spans_my_number(begun, f"荘{ended}")


@pytest.mark.parametrize(
    ("text", "following", "is_found"),
    [
        ("青山1234-5678", "9018", True),
        ("青山3-8-20 123-456", "789-018", True),
        ("青山1234-567", "8-9018", True),
        ("青山12345-67", "89018", False),
        ("青山3-8-20", "1003", False),
        ("青山123456", "789012", False),
        ("", "123456789018", False),
        ("123456789018", "", False),
        ("123456789018", "3", False),
        ("青山\n1234-56", "78-9018", True),
    ],
)
def test_over_two_fields_a_number_is_in_a_run_or_in_groups_of_one_length(
    text: str, following: str, is_found: bool
) -> None:
    assert spans_my_number(text, following) is is_found
    assert may_be_torn(APART.join((text, following))) >= is_found


def test_texts_that_do_not_meet_by_digits_are_looked_at_no_further() -> None:
    assert not may_be_torn(APART.join(("青山3-8-20", "", "10016", "架空電機株式会社", "2026")))


HOUSES = [
    "3-8-20",
    "三丁目2番10号",
    "1234番地56",
    "１－２３－４５－１００３",
    "12-34-56 メゾン見本1203",
    "5678-90-1104号室",
    "二十四条西三丁目1-2",
]


@pytest.mark.parametrize(
    "town",
    ["東京都千代田区三番町", "北海道札幌市中央区北二十四条西", "京都府京都市上京区一条通", "愛知県西尾市一色町一色"],
)
@pytest.mark.parametrize("house", HOUSES)
def test_an_address_is_no_number(town: str, house: str) -> None:
    assert not looks_like_my_number(town + house)
    for room in ("1003", "１２０３", "3-1203", "305号室"):
        assert not spans_my_number(town + house, room)


DAYS = st.dates(date(1926, 12, 25), date(2099, 12, 31))
FOUR = st.integers(0, 9999).map("{:04}".format)


@given(day=DAYS, other=DAYS, a=FOUR, b=FOUR, between=st.sampled_from([" ", "～", "、", " - "]))
def test_telephone_numbers_and_dates_are_no_numbers(day: date, other: date, a: str, b: str, between: str) -> None:
    for written in ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"):
        assert not has_my_number(f"{day:{written}}{between}{other:{written}}")
    for telephone in (f"03-{a}-{b}", f"090-{a}-{b}", f"0123({a[:2]}){b}", f"0120-{a[:3]}-{b[:3]}"):
        assert not looks_like_my_number(telephone)
    assert not looks_like_my_number(f"電話 03-{a}-{b}{between}090-{b}-{a}")


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
