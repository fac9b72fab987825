"""Turn an address into the 20 symbols of the customer barcode (カスタマバーコード), or say why not.

The post office sorts by these bars, so a wrong code is a lost letter and no code is merely dearer: every
doubt refuses. The manual cuts an address into 住所A (down to the town) and 住所B (the rest) by a postcode
table; here 住所B begins at the first mark that can only be a house number. Limits: the own postcodes of large
offices and tall buildings are not known as such, their house number is added to the code (domain 6.1).

Symbols are written as one character each: ``0``-``9``, ``-``, and ``a``-``h`` for the control codes CC1-CC8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from renderer.model.widths import HYPHENS, NARROW

SYMBOLS = "0123456789-abcdefgh"
"""Every symbol at the place that is its value in the check digit (domain 6.1)."""

_PATTERNS = "144114132312123141321213231411414324342234432243423441111"
BARS = {symbol: _PATTERNS[3 * value : 3 * value + 3] for value, symbol in enumerate(SYMBOLS)}
"""The three bars of every symbol: ``1`` long, ``2`` the upper two thirds, ``3`` the lower two thirds, ``4`` timing."""
START, STOP = "13", "31"
_VALUE_OF = {symbol: value for value, symbol in enumerate(SYMBOLS)}.__getitem__
_NUMBER_LENGTH = 13
_PADDING = "d"  # CC4

# Narrow what is full width, make one hyphen of all, delete what the manual deletes (p19, second step).
_HYPHENS = dict.fromkeys(map(ord, HYPHENS), ord("-"))
_DELETED = dict.fromkeys(map(ord, "&/.・＆／．･"))
_TIDY: dict[int, int | None] = {**NARROW, **_HYPHENS, **_DELETED}
# A letter is CC1, CC2 or CC3 and a digit.
_LETTERS = str.maketrans({chr(ord("A") + at): "abc"[at // 10] + str(at % 10) for at in range(26)})

_KANJI = "〇一二三四五六七八九十百千"
_VALUES = {kanji: place for place, kanji in enumerate("〇一二三四五六七八九")}
_UNITS = {"十": 10, "百": 100, "千": 1000}

_COUNTED_KANJI = re.compile(rf"[{_KANJI}]+(?=丁|番|号|地割|線|[のノ])")
_FLOOR = re.compile(r"(?<=[0-9])F(?![A-Z])")
_LETTER = re.compile(r"[A-Z]")
_WORD = re.compile(r"[A-Z]{2,}")
_NOT_TAKEN = re.compile(r"[^0-9A-Z]+")
_AROUND_LETTER = re.compile(r"-?([A-Z])-?")


# Towns that the rule below would read wrongly, found by putting every town of the postcode table through it:
# 稲荷町一丁目 with a postcode of its own; 十余二 + 十三番地; a 区 that is no ward, 太田北区 + 三丁目.
# fmt: off
_MISREAD_TOWNS = frozenset((
    "0100533", "0181403", "0250015", "0294462", "0480135", "0991103", "2770804", "2770872", "2770873",
    "2820009", "2860101", "2870243", "2892306", "2991909", "3211265", "3212424", "3212425", "3212426",
    "3293132", "3293135", "3340051", "3840052", "4240911", "4520902", "4520903", "4801326", "4980004",
    "5032506", "5061307", "5180465", "5998122", "6028464", "6040872", "6330202", "6332163", "6401232",
    "6491524", "6893537", "7014243", "7450874", "7630084", "7871554", "8030263", "8070043", "8113513",
    "8221315", "8380228", "8430232", "8760063", "8760064", "8918221", "8918321", "9380061", "9380072",
    "9380082", "9390655", "9391681", "9398041", "9398042", "9450111", "9480056", "9480063", "9480064",
    "9480065", "9480073", "9480081", "9480082", "9480083", "9480091", "9496413", "9496416", "9520215",
    "9522214", "9600607", "9600608", "9600609", "9600615", "9600616", "9600617", "9600618", "9600619",
    "9600624", "9600625", "9600626", "9600627", "9630533", "9637743", "9640992", "9696565", "9697209",
    "9812133", "9870385", "9893121", "9894208", "9997755",
))
# fmt: on


class NoBarcode(StrEnum):
    """Why an address gets no customer barcode."""

    CATCH_ALL_POSTCODE = "the postcode stands for many towns"
    MISREAD_TOWN = "the name of the town reads as if it held a house number"
    NO_HOUSE_NUMBER = "no house number was found"
    DOUBTFUL_START = "it is not certain where the house number begins"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the barcode rules make of one address."""

    symbols: str
    """The 20 symbols before the check digit, or "" where no barcode may be printed."""
    refusal: NoBarcode | None
    """The reason why there are none; carries nothing of the address."""


def barcode_data(postal_code: str, address: str, building: str) -> str | None:
    """Return the 20 symbols for a seven-digit postcode, a whole 住所 and its 方書; None prints no barcode."""
    return read_address(postal_code, address, building).symbols or None


@lru_cache(maxsize=1 << 13)
def read_address(postal_code: str, address: str, building: str) -> Reading:
    """Find the house number in a whole address and join it to the seven-digit postcode (domain 6.1)."""
    if postal_code.endswith("00"):
        return Reading("", NoBarcode.CATCH_ALL_POSTCODE)
    if postal_code in _MISREAD_TOWNS:
        return Reading("", NoBarcode.MISREAD_TOWN)
    tidy = f"{address}\n{building}".translate(_TIDY).upper()
    start = _house_number_start(tidy)
    if isinstance(start, NoBarcode):
        return Reading("", start)
    return Reading(join(postal_code, _extract(tidy[start:])), None)


def address_number(address_b: str) -> str:
    """Extract 住所表示番号 from 住所B, all that follows the town: digits, hyphens, lone letters.

    Uncut and unpadded. The steps are those of the post office's manual, p19 (domain 6.1).
    """
    return _extract(address_b.translate(_TIDY).upper())


def _extract(tidy: str) -> str:
    """Extract from a 住所B whose letters are upper case and whose characters to delete are gone."""
    text = _COUNTED_KANJI.sub(lambda match: _arabic(match[0]), tidy)
    if not _LETTER.search(text):
        return _NOT_TAKEN.sub("-", text).strip("-")
    # A floor's F is dropped but keeps what follows apart: the same as a hyphen, since a last one is stripped.
    text = _NOT_TAKEN.sub("-", _WORD.sub(" ", _FLOOR.sub(" ", text))).strip("-")
    return _AROUND_LETTER.sub(r"\1", text)


def join(postal_code: str, number: str) -> str:
    """Join seven digits and a 住所表示番号 to 20 symbols: cut at 13, or filled up with CC4.

    A letter is two symbols; where only its control code fits, the control code stays (manual p12, p20).
    """
    return postal_code + number.translate(_LETTERS)[:_NUMBER_LENGTH].ljust(_NUMBER_LENGTH, _PADDING)


def check_digit(symbols: str) -> str:
    """Return the symbol that makes the sum of all values a multiple of 19 (manual p21)."""
    return SYMBOLS[-sum(map(_VALUE_OF, symbols)) % 19]


def bars(symbols: str) -> str:
    """Return the 67 bars of 20 symbols, with start, check digit and stop."""
    return START + "".join([BARS[symbol] for symbol in symbols + check_digit(symbols)]) + STOP


def _arabic(kanji: str) -> str:
    """Write a kanji numeral in digits: 二十三 and 二三 are 23, 千五 is 1005."""
    if not any(unit in kanji for unit in _UNITS):
        return "".join(str(_VALUES[digit]) for digit in kanji)
    total = digit = 0
    for character in kanji:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _VALUES[character]
    return str(total + digit)


_CITY = re.compile(
    r"(?:東京都|北海道|(?:大阪|京都)府|..?.県)?"
    r"(?:[^市]{1,5}?郡[^市]{1,6}?[町村]|[^0-9]{1,6}?市(?:[^0-9]{0,3}?[^0-9一二三四五六七八九十]区)?|.{1,3}?区)"
)
_ODD_NUMERALS = "壱弐参拾廿卅"
_MARK = re.compile(rf"[0-9]+|[{_KANJI}{_ODD_NUMERALS}]+(?=丁|番|号|地割|線|[のノ])")
# What may stand after the first number of 住所B, so that it can be nothing else. A line break ends the 住所.
_CHOME = rf"丁目(?=[-0-9 \n{_KANJI}])"
_AFTER_ARABIC = re.compile(rf"{_CHOME}|番地|番[0-9]+号|番(?=\n)|[-の][0-9]|(?= [^条線区番丁号地])|(?=\n)")
_AFTER_KANJI = re.compile(rf"{_CHOME}|番地|番[{_KANJI}]+号")
# As people write them; what else looks like a numeral ends a town's name: 金田一 + 三丁目, 小百 + 三丁目.
_WELL_FORMED = re.compile(
    "(?:[二三四五六七八九]?千)?(?:[二三四五六七八九]?百)?(?:[二三四五六七八九]?十)?[一二三四五六七八九]?"
)
# Only in Sakai is 丁 without 目 a house number; elsewhere it belongs to names such as 八丁.
_SAKAI = re.compile(r"(?:大阪府)?堺市")
_SAPPORO = re.compile(r"(?:北海道)?札幌市")
_SAKAI_BLOCK = re.compile(rf"丁(?=[-0-9 \n{_KANJI}])")


def _house_number_start(address: str) -> int | NoBarcode:
    """Return the index at which 住所B begins in a tidy 住所, line break and 方書, or why that is unsure."""
    end = address.index("\n")
    for mark in _MARK.finditer(address, 0, end + 1):
        start, kanji = mark.start(), not mark[0].isdecimal()
        follows_city = _follows_city(address, start)
        if kanji and not _WELL_FORMED.fullmatch(mark[0]):
            return NoBarcode.DOUBTFUL_START
        if kanji and follows_city:
            continue  # there stands the town's name: 中央区八丁堀, 台東区三ノ輪, 下田市一丁目
        if address.startswith("条", mark.end()) and _SAPPORO.match(address):
            continue  # every 条 of Sapporo names a town: 北24条西
        unnumbered = not follows_city and address[start - 1 : start] != "第"
        if unnumbered and _is_house_number(address, mark.end(), kanji) and not _LETTER.search(address, 0, start):
            return start
        return NoBarcode.DOUBTFUL_START
    return NoBarcode.NO_HOUSE_NUMBER


def _follows_city(address: str, start: int) -> bool:
    """Whether a number stands straight after the city, ward or county town."""
    if address[start - 1 : start] not in ("市", "区", "町", "村"):
        return False
    city = _CITY.match(address)
    return city is not None and city.end() == start


def _is_house_number(address: str, end: int, kanji: bool) -> bool:
    """Whether what follows a number says that it can only be a house number."""
    if (_AFTER_KANJI if kanji else _AFTER_ARABIC).match(address, end):
        return True
    return _SAKAI_BLOCK.match(address, end) is not None and _SAKAI.match(address) is not None
