"""Rule of the insurer, date of issue, person → the 有効期限 of a 資格確認書 and what it rests on (domain 4.1, 11.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from renderer.documents.ages import birthday
from renderer.model.errors import BadJob
from renderer.model.insurer import DayOfYear, Expiry, FixedDay, HalfYearly, MonthDay, Months, Rule

FIRST_ISSUE = date(2024, 12, 2)
"""The day the law began; there is no 資格確認書 of an earlier date."""
TRANSITION_END = date(2025, 12, 1)
"""Every paper of a half-yearly rule that is issued until this day ends on it."""
MOST_YEARS = 5
"""The longest validity that the law allows (domain 1.1)."""
LEAVES_AT = 75
"""The age at which the 後期高齢者医療 begins and the qualification ends."""
_DAY = timedelta(days=1)


class EndsBy(StrEnum):
    """What the last day of a paper rests on."""

    RULE = "rule"
    """The insurer's rule."""
    LOSS = "qualification-ends"
    """The day before 資格喪失予定年月日, the first day without qualification."""
    BIRTHDAY_75 = "75th-birthday"
    """The day before the 75th birthday."""


@dataclass(frozen=True, slots=True)
class End:
    """The last day on which a paper is good."""

    day: date
    by: EndsBy


def last_day(rule: Rule, issued_on: date) -> date:
    """Give the last day of every paper of one date of issue, by the insurer's rule alone.

    Raises BadJob for a date of issue before the law, and for a fixed day before the issue or beyond the law's years.
    """
    if issued_on < FIRST_ISSUE:
        raise BadJob(
            f"issued_on {issued_on.isoformat()}: there is no 資格確認書 before {FIRST_ISSUE.isoformat()}; "
            "put the right date of issue into the job"
        )
    match rule:
        case HalfYearly(days, boundary_day):
            return TRANSITION_END if issued_on <= TRANSITION_END else _next_of(days, issued_on, boundary_day)
        case DayOfYear(day, boundary_day):
            return _next_of((day,), issued_on, boundary_day)
        case Months(months):
            return _months_from(issued_on, months)
        case FixedDay(day):
            return _checked(day, issued_on)


def end_of(born_on: date, loses_on: date | None, issued_on: date, expiry: Expiry) -> End:
    """Give the last day of a person's paper: that of the rule, or the person's own end where that comes first.

    Who is 75 on the date of issue already is a doubt (``certificate``); where a person lets the paper be printed all
    the same, the 75th birthday did not end the qualification. A 資格喪失予定年月日 that is not after the date of issue
    gives an end before it; whoever has one is held. Raises BadJob as ``last_day`` does.
    """
    ends = [End(last_day(expiry.rule, issued_on), EndsBy.RULE)]
    if loses_on is not None:
        ends.append(End(loses_on - _DAY, EndsBy.LOSS))
    leaves_on = birthday(born_on, LEAVES_AT)
    if issued_on < leaves_on and not expiry.keeps_75:
        ends.append(End(leaves_on - _DAY, EndsBy.BIRTHDAY_75))
    return min(ends, key=lambda end: end.day)


def leaves_on(born_on: date | None, loses_on: date | None, expiry: Expiry) -> date:
    """Give the first day on which a 本人 is known to be without the qualification, ``date.max`` where none is.

    It may be before the date of issue. Their 家族 lose the qualification with them.
    """
    at_75 = birthday(born_on, LEAVES_AT) if born_on is not None and not expiry.keeps_75 else date.max
    return min(at_75, loses_on or date.max)


def _next_of(days: Iterable[MonthDay], issued_on: date, boundary_day: bool) -> date:
    first = issued_on if boundary_day else issued_on + _DAY
    given = [date(year, *day) for year in (first.year, first.year + 1) for day in days]
    return min(day for day in given if day >= first)


def _months_from(issued_on: date, months: int) -> date:
    """Count months from the date of issue, which is the first day (民法 143条2項).

    They end on the day before the day of the same number, or with their month where that has no such day.
    """
    same_number = _first_of_month(issued_on, months) + (issued_on.day - 1) * _DAY
    return min(same_number, _first_of_month(issued_on, months + 1)) - _DAY


def _first_of_month(day: date, later: int) -> date:
    years, month = divmod(day.month - 1 + later, 12)
    return date(day.year + years, month + 1, 1)


def _checked(day: date, issued_on: date) -> date:
    most = _months_from(issued_on, 12 * MOST_YEARS)
    if not issued_on <= day <= most:
        raise BadJob(
            f"the insurer's [expiry] ends every paper on {day.isoformat()}, and one issued on {issued_on.isoformat()} "
            f"may end from that day to {most.isoformat()} ({MOST_YEARS} years); correct [expiry] day, or issued_on"
        )
    return day
