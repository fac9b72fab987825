"""insurer.toml → Insurer: every key known, every path there, or BadJob with line and key."""

from __future__ import annotations

import re
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, ValidationInfo, model_validator

from renderer.documents.expiry import MOST_YEARS
from renderer.documents.numbers import check_insurer_number, looks_like_my_number
from renderer.documents.places import is_elsewhere
from renderer.intake.keys import ExistingFile, Line
from renderer.intake.oddities import oddness
from renderer.intake.pictures import fault_of_file
from renderer.intake.postcodes import area_of
from renderer.model.insurer import (
    CardCorner,
    DayOfYear,
    Expiry,
    FixedDay,
    HalfYearly,
    Insurer,
    MonthDay,
    Months,
    Offset,
    Rule,
)
from renderer.model.job import LAST_ISSUE
from renderer.model.paper import A4, ENVELOPES, LONG_3, EnvelopeSize
from renderer.model.toml import Strict, check_table, parse_toml, read_text
from renderer.model.widths import HYPHENS, NARROW

_TELEPHONE = re.compile(rf"(?<!\d)(?:0|\+81)(?:[{re.escape(HYPHENS)}().・/ ]{{0,3}}\d){{9,10}}(?!\d)")
"""With the code of its area, or one for free or mobile calls."""
_ODD = {
    "lost-character": "has a sign that stands for a lost character; write the character itself",
    "character-entity": "has an entity or an escape in the place of a character; write the character itself",
    "placeholder": "has what stands for no value; write the value",
}
"""What is odd about a name or address of a member, and about an insurer's is no doubt."""


def load_insurer(path: Path) -> Insurer:
    """Read an insurer file: keys and meaning as in ``model.insurer.Insurer``. Raises BadJob."""
    text = read_text(path)
    checked = check_table(_InsurerFile, path, text, parse_toml(path, text))
    values = dict(checked)
    rule = checked.expiry.made(boundary_day=values.pop("expires_on_boundary_day"))
    sides = values.pop("print").offset
    values["offset"] = Offset(*((right, down) for right, down in (sides.front, sides.back)))
    for key in ("name", "address"):
        values[key], values[f"{key}_breaks"] = _without_bars(values[key])
    return Insurer(**{**values, "expiry": Expiry(rule, checked.expiry.keeps_75)})


def _without_bars(text: str) -> tuple[str, tuple[int, ...]]:
    """Return a text without the bars at which its lines may end, and before which characters they stood."""
    parts = text.split("|")
    return "".join(parts), tuple(accumulate(map(len, parts[:-1])))


def _barred(value: str) -> str:
    if not all(part.strip() for part in value.split("|")):
        raise ValueError("a bar | lets a line end between two words; write words on both sides of it")
    return value


def _name(value: str) -> str:
    return _not_odd("事業所名", value)


def _address(value: str, info: ValidationInfo) -> str:
    """Refuse what is no address of a member either, or is of another prefecture than the postal code."""
    if is_elsewhere(area_of(info.data.get("postal_code", "")), value.replace("|", "")):
        raise ValueError("is of another prefecture than postal_code, by the post office's list; correct one of the two")
    return _not_odd("住所", value)


def _not_odd(column: str, value: str) -> str:
    if (odd := oddness(column, value.replace("|", ""))) in _ODD:
        raise ValueError(_ODD[odd])
    return value


def _telephone(value: str) -> str:
    if "|" in value:
        raise ValueError("stands on one line; take out the bar |, which lets a line of name or address end")
    if not _TELEPHONE.search(value.translate(NARROW)):
        raise ValueError("must have a telephone number with the code of its area, such as 03-0000-0000")
    return value


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


BarredLine = Annotated[Line, AfterValidator(_barred)]
"""A line that is printed, with a bar where it may be parted into two."""
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


MOST_OFFSET = 3.0
"""mm: less than the margin that a layout keeps clear; a printer that is further off is to be adjusted."""


def _right_and_down(value: list[float]) -> list[float]:
    if len(value) != 2 or max(map(abs, value)) > MOST_OFFSET:
        raise ValueError(f"must be two numbers, mm to the right and down, each at most {MOST_OFFSET:g}: [0.3, -0.5]")
    return value


_Side = Annotated[list[float], AfterValidator(_right_and_down)]


class _OffsetTable(Strict):
    front: _Side = Field(default=[0.0, 0.0])
    back: _Side = Field(default=[0.0, 0.0])


LEAST_ENVELOPE = (A4[0], A4[1] / 3)
"""mm: a sheet folded in three."""


def _envelope(value: object) -> EnvelopeSize:
    """Take an envelope by its name, or by its width and height in mm."""
    if isinstance(value, str) and value in ENVELOPES:
        return ENVELOPES[value]
    if isinstance(value, list) and len(value) == 2 and all(type(mm) in (int, float) for mm in value):
        width, height = map(float, value)
        if width >= LEAST_ENVELOPE[0] and height >= LEAST_ENVELOPE[1]:
            return EnvelopeSize(f"{width:g} × {height:g} mm", width, height)
    raise ValueError(
        f"must be one of {', '.join(ENVELOPES)}, or its own width and height in mm, at least "
        f"[{LEAST_ENVELOPE[0]:g}, {LEAST_ENVELOPE[1]:g}]"
    )


class _PrintTable(Strict):
    offset: _OffsetTable = _OffsetTable()


class _InsurerFile(Strict):
    number: Annotated[str, AfterValidator(check_insurer_number)]
    name: Annotated[BarredLine, AfterValidator(_name)]
    postal_code: Annotated[str, AfterValidator(_postal_code)]
    address: Annotated[BarredLine, AfterValidator(_address)]
    telephone: Annotated[Line, AfterValidator(_telephone)]
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
    print: _PrintTable = _PrintTable()
    envelope: Annotated[EnvelopeSize, PlainValidator(_envelope)] = LONG_3

    @model_validator(mode="after")
    def _gaiji_come_together(self) -> _InsurerFile:
        if (self.gaiji_font is None) != (self.gaiji_table is None):
            raise ValueError('"gaiji_font" and "gaiji_table" are given together or not at all')
        return self
