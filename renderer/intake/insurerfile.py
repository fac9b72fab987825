"""insurer.toml → Insurer: every key known, every path there, or BadJob with line and key."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from renderer.documents.expiry import MOST_YEARS
from renderer.documents.numbers import check_insurer_number, looks_like_my_number
from renderer.intake.keys import ExistingFile, Line
from renderer.intake.pictures import fault_of_file
from renderer.model.insurer import (
    CardCorner,
    DayOfYear,
    Expiry,
    FixedDay,
    HalfYearly,
    Insurer,
    MonthDay,
    Months,
    Rule,
)
from renderer.model.job import LAST_ISSUE
from renderer.model.toml import Strict, check_table, parse_toml, read_text


def load_insurer(path: Path) -> Insurer:
    """Read an insurer file: keys and meaning as in ``model.insurer.Insurer``. Raises BadJob."""
    text = read_text(path)
    checked = check_table(_InsurerFile, path, text, parse_toml(path, text))
    values = dict(checked)
    rule = checked.expiry.made(boundary_day=values.pop("expires_on_boundary_day"))
    return Insurer(**{**values, "expiry": Expiry(rule, checked.expiry.keeps_75)})


def _picture(path: Path) -> Path:
    if fault := fault_of_file(path):
        raise ValueError(fault)
    return path


def _postal_code(value: str) -> str:
    if not re.fullmatch(r"[0-9]{3}-?[0-9]{4}", value):
        raise ValueError("must be seven digits, such as 100-0001")
    return value.replace("-", "")


def _portal_url(value: str) -> str:
    if value and not re.fullmatch(r"https?://[!-~]{1,200}", value):
        raise ValueError("must be an address that begins with http:// or https://, of at most 200 characters of ASCII")
    if looks_like_my_number(value):
        raise ValueError("has twelve digits like a 個人番号, and is printed as a code; take them out")
    return value


def _accent(value: str) -> str:
    if not re.fullmatch(r"#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})", value):
        raise ValueError("must be a colour such as #000000, of three or six digits 0 to 9 and A to F")
    return value


def _prints_my_number_until(value: date) -> date:
    if value > LAST_ISSUE:
        raise ValueError(f"must be a day until {LAST_ISSUE}, the last on which a paper may be issued")
    return value


def _day_of_year(value: str) -> str:
    try:
        _month_day(value)
    except ValueError:
        raise ValueError('must be a day of every year, month and day in quotes, such as "11-30"') from None
    return value


def _month_day(value: str) -> MonthDay:
    """Read ``MM-DD``, a day that every year has."""
    if not re.fullmatch("[0-9]{2}-[0-9]{2}", value):
        raise ValueError
    day = date.fromisoformat(f"2001-{value}")  # no leap year
    return day.month, day.day


def _two_days(value: list[str]) -> list[str]:
    if len(set(value)) != 2 or len(value) != 2:
        raise ValueError('must be two days of the year, such as ["06-01", "12-01"]')
    return value


def _with_rule(value: object) -> object:
    return {"rule": "half-yearly", **value} if isinstance(value, dict) else value


DayEveryYear = Annotated[str, AfterValidator(_day_of_year)]


class _ExpiryTable(Strict):
    """What the tables of all rules have."""

    keeps_75: bool = False


class _HalfYearlyTable(_ExpiryTable):
    rule: Literal["half-yearly"] = "half-yearly"
    days: Annotated[list[DayEveryYear], AfterValidator(_two_days)] = Field(default=["06-01", "12-01"])

    def made(self, *, boundary_day: bool) -> Rule:
        return HalfYearly(tuple(sorted(map(_month_day, self.days))), boundary_day)


class _DayOfYearTable(_ExpiryTable):
    rule: Literal["day-of-year"]
    day: DayEveryYear

    def made(self, *, boundary_day: bool) -> Rule:
        return DayOfYear(_month_day(self.day), boundary_day)


class _FixedDayTable(_ExpiryTable):
    rule: Literal["fixed"]
    day: date

    def made(self, *, boundary_day: bool) -> Rule:
        return FixedDay(self.day)


class _YearsTable(_ExpiryTable):
    rule: Literal["years"]
    years: Annotated[int, Field(ge=1, le=MOST_YEARS)]

    def made(self, *, boundary_day: bool) -> Rule:
        return Months(12 * self.years)


class _MonthsTable(_ExpiryTable):
    rule: Literal["months"]
    months: Annotated[int, Field(ge=1, le=12 * MOST_YEARS)]

    def made(self, *, boundary_day: bool) -> Rule:
        return Months(self.months)


_ExpiryOfAnyRule = Annotated[
    _HalfYearlyTable | _DayOfYearTable | _FixedDayTable | _YearsTable | _MonthsTable,
    Field(discriminator="rule"),
    BeforeValidator(_with_rule),
]


class _InsurerFile(Strict):
    number: Annotated[str, AfterValidator(check_insurer_number)]
    name: Line
    postal_code: Annotated[str, AfterValidator(_postal_code)]
    address: Line
    telephone: Line
    seal: Annotated[ExistingFile, AfterValidator(_picture)] | None = None
    portal_url: Annotated[str, AfterValidator(_portal_url)] = ""
    card_corner: Annotated[CardCorner, Field(strict=False)] = CardCorner.RIGHT
    accent: Annotated[str, AfterValidator(_accent)] = "#000000"
    prints_ratio: bool
    prints_my_number_until: Annotated[date, AfterValidator(_prints_my_number_until)] = date(2024, 9, 17)
    gaiji_font: ExistingFile | None = None
    gaiji_table: ExistingFile | None = None
    expires_on_boundary_day: bool = True
    expiry: _ExpiryOfAnyRule = _HalfYearlyTable()

    @model_validator(mode="after")
    def _gaiji_come_together(self) -> _InsurerFile:
        if (self.gaiji_font is None) != (self.gaiji_table is None):
            raise ValueError('"gaiji_font" and "gaiji_table" are given together or not at all')
        return self
