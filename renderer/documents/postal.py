"""Turn an address into the 20 symbols of the customer barcode (カスタマバーコード), or say why not.

The post office sorts by these bars, so a wrong code is a lost letter and no code is merely dearer: every doubt
refuses. The manual cuts an address into 住所A (down to the town) and 住所B (the rest, which is scanned) by the town
that the postal code stands for; who calls says which that is, by the post office's own list (domain 6.1).

Symbols are written as one character each: ``0``-``9``, ``-``, and ``a``-``h`` for the control codes CC1-CC8.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from renderer.documents.places import (
    KANJI_NUMERALS,
    Area,
    Place,
    end_of_unlisted,
    ends_of,
    is_of_longer_town,
    number_of,
    tidied,
)

SYMBOLS = "0123456789-abcdefgh"
"""Every symbol at the place that is its value in the check digit (domain 6.1)."""

_PATTERNS = "144114132312123141321213231411414324342234432243423441111"
BARS = {symbol: _PATTERNS[3 * value : 3 * value + 3] for value, symbol in enumerate(SYMBOLS)}
"""The three bars of every symbol: ``1`` long, ``2`` the upper two thirds, ``3`` the lower two thirds, ``4`` timing."""
START, STOP = "13", "31"
_VALUE_OF = {symbol: value for value, symbol in enumerate(SYMBOLS)}.__getitem__
_NUMBER_LENGTH = 13
_PADDING = "d"  # CC4

# A letter is CC1, CC2 or CC3 and a digit.
_LETTERS = str.maketrans({chr(ord("A") + at): "abc"[at // 10] + str(at % 10) for at in range(26)})

_COUNTED_KANJI = re.compile(rf"[{KANJI_NUMERALS}]+(?=丁|番|号|地割|線|[のノ])")
_FLOOR = re.compile(r"(?<=[0-9])F(?![A-Z])")
_LETTER = re.compile(r"[A-Z]")
_WORD = re.compile(r"[A-Z]{2,}")
_NOT_TAKEN = re.compile(r"[^0-9A-Z]+")
_AROUND_LETTER = re.compile(r"-?([A-Z])-?")


class NoBarcode(StrEnum):
    """Why an address gets no customer barcode: the forms of the finding ``no-customer-barcode``."""

    CATCH_ALL = "catch-all"
    """The postal code stands for many towns."""
    UNKNOWN = "unknown"
    """The post office's list has no such postal code."""
    CITY = "city"
    """The city of the postal code does not stand in the address."""
    TOWN = "town"
    """The town of the postal code does not stand there, but another one of its city, or what may be town or number."""
    NO_NUMBER = "no-number"
    """After the town stands no house number."""
    NUMERAL = "numeral"
    """After the town stands what looks like a numeral and cannot be read as one: 二○番, 3-8-①, 3-8-二十."""


class Reading(NamedTuple):
    """What the barcode rules make of one address."""

    symbols: str
    """The 20 symbols before the check digit, or "" where no barcode may be printed."""
    refusal: NoBarcode | None
    """The reason why there are none; carries nothing of the address."""


def read_address(
    postal_code: str, area: Area | None, address: str, building: str, towns_of: Callable[[Place], str]
) -> Reading:
    """Join a seven-digit postal code to the house number of an address (domain 6.1).

    ``area`` is what the postal code stands for, None where the post office's list does not have it; ``address`` is a
    whole 住所, with or without its prefecture, and ``building`` the 方書. ``towns_of`` gives all towns of a place's
    city, a line each; it is asked only where the address names none of ``area``.
    """
    if postal_code.endswith("00"):
        return Reading("", NoBarcode.CATCH_ALL)
    if area is None:
        return Reading("", NoBarcode.UNKNOWN)
    tidy = tidied(f"{address}\n{building}")
    ends = ends_of(area, tidy)
    if ends.city is None:
        return Reading("", NoBarcode.CITY)
    if area.is_office:
        return Reading(join(postal_code, ""), None)
    if is_of_longer_town(area, tidy, ends, towns_of):
        return Reading("", NoBarcode.TOWN)
    end = end_of_unlisted(area, tidy, ends.city, towns_of) if ends.town is None else ends.town
    if end is None:
        return Reading("", NoBarcode.TOWN)
    address_b = tidy[end:]
    counted = _counted(address_b)
    if not _DIGIT.search(counted.partition("\n")[0]):
        return Reading("", NoBarcode.NO_NUMBER)
    if _has_odd_numeral(tidy[ends.city if ends.town is None else end :], counted):
        return Reading("", NoBarcode.NUMERAL)
    return Reading(join(postal_code, _extract(counted)), None)


def address_number(address_b: str) -> str:
    """Extract 住所表示番号 from 住所B, all that follows the town: digits, hyphens, lone letters.

    Uncut and unpadded. The steps are those of the post office's manual, p19 (domain 6.1), whose own examples are of
    住所B alone; a run reads a whole address (``read_address``).
    """
    return _extract(_counted(tidied(address_b)))


def _counted(tidy: str) -> str:
    """Write kanji numerals in digits where they count (p19, 補足 1)."""
    return _COUNTED_KANJI.sub(lambda match: number_of(match[0]), tidy)


def _extract(text: str) -> str:
    """Extract from a 住所B whose letters are upper case and whose characters to delete are gone."""
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


_DIGIT = re.compile("[0-9]")
_KANJI = re.compile(f"[{KANJI_NUMERALS}]")
_TAKEN = frozenset(f"0123456789{KANJI_NUMERALS}")
_CIRCLES = "○◯◎●"
"""What is written for 〇, and is no numeral."""
_WELL_FORMED = re.compile(
    "(?:[二三四五六七八九]?千)?(?:[二三四五六七八九]?百)?(?:[二三四五六七八九]?十)?[一二三四五六七八九]?"
    "|[〇一二三四五六七八九]+"
)
# Kanji that belong to a number and were not taken: 2十番; 3-8-二十, 3番地の五, 三-8.
_MIXED = re.compile(rf"[0-9][{KANJI_NUMERALS}]|[{KANJI_NUMERALS}][0-9]")
_LEFT_OUT = re.compile(
    rf"[0-9](?:丁目?|番地?|号|地割|線)?[-のノ]?[{KANJI_NUMERALS}]|[{KANJI_NUMERALS}]-[0-9{KANJI_NUMERALS}]"
)


@lru_cache(maxsize=1 << 12)
def _is_odd(sign: str) -> bool:
    return sign in _CIRCLES or (sign.isnumeric() and sign not in _TAKEN)


def _has_odd_numeral(address_b: str, counted: str) -> bool:
    """Whether a tidy 住所B holds what looks like a numeral and was not taken as one: ○ ① 零 壱 廿 Ⅱ, 一三十番."""
    if any(map(_is_odd, address_b)):
        return True
    if not _KANJI.search(address_b):
        return False
    if any(not _WELL_FORMED.fullmatch(run) for run in _COUNTED_KANJI.findall(address_b)):
        return True
    return _MIXED.search(address_b) is not None or _LEFT_OUT.search(counted) is not None
