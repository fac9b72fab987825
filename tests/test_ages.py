"""An age begins on the birthday; the law counts it as reached at the end of the day before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.documents import ages
from renderer.documents.ages import ratio_begins, ratio_is_due


@pytest.mark.parametrize(
    ("born", "age", "first"),
    [
        (date(1951, 8, 10), 75, date(2026, 8, 10)),
        (date(1952, 3, 1), 75, date(2027, 3, 1)),
        (date(1952, 2, 28), 75, date(2027, 2, 28)),
        (date(1952, 2, 29), 75, date(2027, 3, 1)),
        (date(1952, 2, 29), 72, date(2024, 2, 29)),
    ],
)
def test_who_was_born_on_a_leap_day_is_older_on_1_march_where_the_year_has_none(
    born: date, age: int, first: date
) -> None:
    assert ages.birthday(born, age) == first


@pytest.mark.parametrize(
    ("born", "first", "last"),
    [
        (date(1955, 1, 1), date(2025, 1, 1), date(2029, 12, 31)),
        (date(1955, 1, 2), date(2025, 2, 1), date(2030, 1, 1)),
        (date(1955, 12, 1), date(2025, 12, 1), date(2030, 11, 30)),
        (date(1955, 12, 31), date(2026, 1, 1), date(2030, 12, 30)),
        (date(1956, 2, 29), date(2026, 3, 1), date(2031, 2, 28)),
    ],
)
def test_a_ratio_is_due_from_70_to_the_day_before_75(born: date, first: date, last: date) -> None:
    due = [first - timedelta(days=1), first, last, last + timedelta(days=1)]
    assert [ratio_is_due(born, day) for day in due] == [False, True, True, False]


def birthday(born: date, age: int) -> date:
    leap_day_missing = (born.month, born.day) == (2, 29) and (born.year + age) % 4 != 0
    return date(born.year + age, 3, 1) if leap_day_missing else born.replace(year=born.year + age)


@given(born=st.dates(date(1901, 1, 1), date(1999, 12, 31)), days=st.integers(-400, 2300))
def test_a_ratio_is_due_from_the_month_after_the_day_that_the_law_counts(born: date, days: int) -> None:
    reached = birthday(born, 70) - timedelta(days=1)
    first = (reached.replace(day=1) + timedelta(days=31)).replace(day=1)
    day = first + timedelta(days=days)
    assert ratio_begins(born) == first
    assert ratio_is_due(born, day) == (first <= day < birthday(born, 75))
