"""A cell of the member file → what it means: a day, digits, a name in full width.

Stated once more, from docs/domain.md and docs/member-file.md and from nothing that the run itself goes by, as
``restated``. A cell that cannot be understood here is "" or None, which no sheet says in its place: intake has held
its row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache

_ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
    (date(1912, 7, 30), "大正"),
    (date(1868, 1, 25), "明治"),
)
_YEAR_BEFORE = {
    sign: first.year - 1 for signs, (first, _) in zip(("5R令", "4H平", "3S昭", "2T大", "1M明"), _ERAS, strict=True)
    for sign in signs
}  # fmt: skip
_YEAR_BEFORE_ERA = {era: first.year - 1 for first, era in _ERAS}
_NO_TIME = re.compile("(?<![ T])[ T]++0?0(?::00)+(?:[.]0+)?[ ]*$", re.IGNORECASE)
_PARTS = re.compile("ee?|yyyy|yy|mm|dd")
"""Of the form of a date: code of the era, year, month, day."""
_SERIAL_FROM = date(1899, 12, 30)
_NO_SUCH_DAY = 60
"""The 29 February 1900 of spreadsheets, which there was not; days before it are one day later."""
_NO_DIGITS = re.compile("[^0-9]+")
_HALF_WIDTH_KANA = re.compile("[\uff61-\uff9f]+")
_HYPHENS = re.compile("[\u2010-\u2015\u2212]")
_LONG_MARK = re.compile("(?<=[0-9A-Za-z])[\u30fc\uff70](?=[0-9A-Za-z])")
_MARKS = {0x309B: 0x3099, 0x309C: 0x309A}
NUMBER = re.compile("[0-9]+")
_HALF_WIDTH = {0x3000: " ", **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}}
Row = Mapping[str, str]
"""Standard column → cell, "" for one that is not there; of 個人番号 the last four digits at most (``last_four``)."""


@lru_cache(1 << 15)
def day(cell: str) -> date | None:
    """Return the day that a cell means in any of the forms of docs/member-file.md; None for none."""
    text = cell if cell.isascii() else unicodedata.normalize("NFKC", cell).replace("元", "1")
    text = _NO_TIME.sub("", text) if ":" in text else text
    numbers = NUMBER.findall(text)
    era = text.lstrip()[:1].upper()
    if len(numbers) == 1:  # 20241202, or 5061202 or R061202 with the era in front
        together = numbers[0]
        start = 1 if len(together) == 7 else 0
        numbers = [together[start:-4], together[-4:-2], together[-2:]]
        era = era if start or not era.isdigit() else ""
    elif era.isdigit():
        era = ""
    try:
        year, month, day_of_month = map(int, numbers)
        return date(year + _YEAR_BEFORE.get(era, 0), month, day_of_month)
    except (OverflowError, ValueError):
        return None


def day_of_form(cell: str, form: str, eras: Mapping[int, str]) -> date | None:
    """Return the day that a cell means in one form of docs/column-map.md but ``general``; None where it is none of it.

    ``eras`` are those that the codes of the form stand for.
    """
    text = narrow(cell).strip()
    try:
        if form == "serial":
            (number,) = map(int, NUMBER.findall(text))
            return _day_of_serial(number)
        parts = _PARTS.findall(form)
        numbers = map(int, _numbers(text, [len(part) for part in parts]))
        found = dict(zip((part[0] for part in parts), numbers, strict=True))
        era = eras[found["e"]] if "e" in found else _PARTS.sub("", form)  # or the century, as 19
        before = _YEAR_BEFORE_ERA[era] if era in _YEAR_BEFORE_ERA else int(era or 0) * 100
        return date(before + found["y"], found["m"], found["d"])
    except (LookupError, OverflowError, ValueError):
        return None


def _day_of_serial(number: int) -> date:
    if number == _NO_SUCH_DAY:
        raise ValueError("there was no such day")
    return _SERIAL_FROM + timedelta(number + (number < _NO_SUCH_DAY))


def _numbers(text: str, lengths: Sequence[int]) -> Sequence[str]:
    """Return the numbers of a date, of so many digits each, or of fewer where signs stand between them."""
    numbers = NUMBER.findall(text)
    if numbers == [text] and len(text) == sum(lengths):
        return [text[sum(lengths[:at]) : sum(lengths[: at + 1])] for at in range(len(lengths))]
    pairs = zip(numbers, lengths, strict=True)
    fits = all(len(number) == length or len(number) < length < 4 for number, length in pairs)
    if not fits or not text.startswith(numbers[0]):
        raise ValueError("a date of another form")
    return numbers


@lru_cache(1 << 15)
def wareki(on: date | None) -> str:
    """Write a day as sheets do, nothing padded, the first year as 元; "" for none."""
    for first, era in _ERAS:
        if on is not None and on >= first:
            year = on.year - first.year + 1
            return f"{era}{'元' if year == 1 else year}年{on.month}月{on.day}日"
    return ""


def reaches(born_on: date, age: int) -> date:
    """Return the day on which somebody reaches an age: the one before the birthday."""
    return date(born_on.year + age, born_on.month, 1) + timedelta(born_on.day - 2)


def branch(row: Row) -> str:
    """Return 枝番 in two digits, "" for none."""
    found = digits(row["枝番"])
    return found and found.zfill(2)


def last_four(cell: str) -> str:
    """Return what may go on of 個人番号."""
    return digits(cell)[-4:]


def digits(cell: str) -> str:
    """Return the digits of a cell, of any width, in half width."""
    return cell if cell.isascii() and cell.isdigit() else _NO_DIGITS.sub("", narrow(cell))


def narrow(cell: str) -> str:
    """Return a cell with its full-width ASCII in half width."""
    return cell if cell.isascii() else cell.translate(_HALF_WIDTH)


def key_of(cell: str) -> str:
    """Return a 記号, 番号 or 事業所番号: whatever is written for a hyphen is one, a long mark between digits, too."""
    return cell.strip() if cell.isascii() else _LONG_MARK.sub("-", _HYPHENS.sub("-", narrow(cell))).strip()


def wide_kana(cell: str) -> str:
    """Return a cell without blanks at its ends, half-width kana in full width, marks joined; all else as it is."""
    joined = unicodedata.normalize("NFC", cell.translate(_MARKS)).strip()
    return _HALF_WIDTH_KANA.sub(lambda kana: unicodedata.normalize("NFKC", kana[0]), joined)


def is_given(cell: str) -> bool:
    """Whether there is more in a cell than blanks."""
    return bool(cell.strip())
