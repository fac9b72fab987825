"""A day of birth → the days on which an age changes what a paper says or how long it is good (domain 2.1, 4.1).

An age is reached at the end of the day before the birthday; who was born on 29 February reaches it on 28 February where
the year has no such day (年齢計算ニ関スル法律; 民法 143条2項). Of nobody born after the issue an age is asked: it
may lie beyond the calendar.
"""

from __future__ import annotations

from datetime import date


def birthday(born_on: date, age: int) -> date:
    """Return the first day of an age: the birthday, or 1 March for 29 February in a year that has none."""
    year = born_on.year + age
    try:
        return born_on.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def ratio_begins(born_on: date) -> date:
    """Return the first day of the 負担割合 of 70 to 74: the first of the month after the day on which 70 is reached.

    That is the month after the 70th birthday or, for who was born on the first, of that month.
    """
    at_70 = birthday(born_on, 70)
    if at_70.day == 1:
        return at_70
    return date(at_70.year + at_70.month // 12, at_70.month % 12 + 1, 1)


def ratio_is_due(born_on: date, day: date) -> bool:
    """Whether a person carries a 負担割合 of 70 to 74 on a day: until the day before the 75th birthday."""
    return ratio_begins(born_on) <= day < birthday(born_on, 75)
