"""A date as people and systems write it → a calendar day, and back to 和暦 (domain 4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from renderer.model.widths import NARROW


class DateRefused(ValueError):  # noqa: N818 - a refusal is an answer
    """A text is no date. Code, form and era are those of the finding that says why; the text is personal."""

    def __init__(self, code: str, form: str = "", era: Era | None = None) -> None:
        self.code = code
        self.form = form
        self.era = era
        super().__init__(code, form, era)


@dataclass(frozen=True, slots=True)
class Era:
    """One 元号 (domain 4). A day that two eras share, such as 1912-07-30, belongs to the new one."""

    name: str
    """As printed, 令和."""
    letter: str
    """As in R7.6.15."""
    code: str
    """The digit in front of yymmdd in the files of core systems, 1 明治 … 5 令和."""
    ligature: str
    """The one-character form that Windows systems write, ㋿."""
    first_day: date
    """The first day of 元年; for 明治 the first day of the Gregorian calendar in Japan."""
    first_year: int
    """The western year of 元年."""


class ParsedDate(NamedTuple):
    """A day, and what a person should know about how it was written."""

    date: date
    ended: Era | None
    """The era it was written in, when that had ended by then; else None."""


# Before 1873-01-01 Japan counted by the moon: M5.11.3 is not a day of the Gregorian November (domain 4).
ERAS = (
    Era("明治", "M", "1", "㍾", date(1873, 1, 1), 1868),
    Era("大正", "T", "2", "㍽", date(1912, 7, 30), 1912),
    Era("昭和", "S", "3", "㍼", date(1926, 12, 25), 1926),
    Era("平成", "H", "4", "㍻", date(1989, 1, 8), 1989),
    Era("令和", "R", "5", "㋿", date(2019, 5, 1), 2019),
)

_BY_SIGN = {
    sign: era for era in ERAS for sign in (era.name, era.name[0], era.letter, era.code, era.ligature)
}  # fmt: skip
_WESTERN = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_WESTERN_KANJI = re.compile(r"([0-9]{4}) *年 *([0-9]{1,2}) *月 *([0-9]{1,2}) *日")
_KANJI = re.compile(r"([^0-9 元]{1,2}) *(元|[0-9]{1,2}) *年 *([0-9]{1,2}) *月 *([0-9]{1,2}) *日")
_SIGN = "([A-Z㍻㍼㍽㍾㋿]|[明大昭平令][治正和成]?)"
_APART = re.compile(_SIGN + r" *(元|[0-9]{1,2}) *([-/.]) *([0-9]{1,2}) *\3 *([0-9]{1,2})")
_TOGETHER = re.compile(_SIGN + r" *(元|[0-9]{2})([0-9]{2})([0-9]{2})")
# What a program writes of a day that it keeps as a moment. Another time than midnight may be a day of another zone.
_MIDNIGHT = re.compile(r"(?:T| +)0?0:00(?::00(?:\.0+)?)?$")


@lru_cache(maxsize=1 << 15)
def parse_date(text: str) -> ParsedDate:
    """Read a date in any form of docs/member-file.md; full-width digits and blanks between the parts are no matter.

    An era written past its end, but within its last year (H31.5.1, S64.1.8, T15.12.25, M45.7.30), is the day
    it must mean, with that era beside it (domain 4). Raises DateRefused with one of the codes ``date-not-readable``,
    ``date-not-in-calendar``, ``date-unknown-era``, ``date-outside-era``.
    """
    narrowed = (text if text.isascii() else text.translate(NARROW)).strip(" ").upper()
    if narrowed.isascii() and narrowed.isdigit():
        return _from_digits(narrowed)
    if ":" in narrowed:
        narrowed = _MIDNIGHT.sub("", narrowed)
    if found := _WESTERN.fullmatch(narrowed):
        return _from_western(found[1], found[3], found[4])
    if found := _WESTERN_KANJI.fullmatch(narrowed):
        return _from_western(found[1], found[2], found[3])
    if found := _APART.fullmatch(narrowed):
        return _from_era(found[1], found[2], found[4], found[5])
    if found := _TOGETHER.fullmatch(narrowed):
        return _from_era(*found.groups())
    if found := _KANJI.fullmatch(narrowed):
        return _from_era(found[1], found[2], found[3], found[4])
    raise DateRefused("date-not-readable")


def era_of(day: date) -> Era:
    """Name the era a day belongs to; ValueError before 1873-01-01, where 明治 had no Gregorian days."""
    for era in reversed(ERAS):
        if day >= era.first_day:
            return era
    raise ValueError("a day before 1873-01-01 has no 和暦 in the Gregorian calendar")


@lru_cache(maxsize=1 << 15)
def format_wareki(day: date) -> str:
    """Write a day as our sheets print it, ``令和7年6月15日``.

    Nothing is padded; the first year is 元年 (domain 0). Raises ValueError before 1873-01-01.
    """
    era = era_of(day)
    year = day.year - era.first_year + 1
    return f"{era.name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def _from_digits(digits: str) -> ParsedDate:
    if len(digits) == 8:
        return _from_western(digits[:4], digits[4:6], digits[6:])
    if len(digits) == 7:
        return _from_era(digits[0], digits[1:3], digits[3:5], digits[5:])
    raise DateRefused("date-not-readable", "digits")


def _from_western(year: str, month: str, day: str) -> ParsedDate:
    return ParsedDate(_calendar_day(int(year), int(month), int(day)), None)


def _from_era(sign: str, year: str, month: str, day: str) -> ParsedDate:
    era = _BY_SIGN.get(sign)
    if era is None:
        raise DateRefused("date-unknown-era")
    count = 1 if year == "元" else int(year)
    if count == 0:
        raise DateRefused("date-not-in-calendar", "year-0", era)
    found = _calendar_day(era.first_year + count - 1, int(month), int(day))
    if found < era.first_day:
        raise DateRefused("date-outside-era", "before", era)
    meant = era_of(found)
    if meant is era:
        return ParsedDate(found, None)
    if found.year > meant.first_year:
        raise DateRefused("date-outside-era", "ended", era)
    return ParsedDate(found, era)


def _calendar_day(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:  # left behind before raising: its words may repeat the date
        found = None
    if found is None:
        raise DateRefused("date-not-in-calendar")
    if found < ERAS[0].first_day:
        raise DateRefused("date-outside-era", "before-1873")
    return found
