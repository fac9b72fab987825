"""The 有効期限 of every rule, date of issue and person."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.documents.expiry import TRANSITION_END, End, EndsBy, end_of, last_day
from renderer.model.errors import BadJob
from renderer.model.insurer import DayOfYear, Expiry, FixedDay, HalfYearly, Months, Rule

DAY = timedelta(days=1)
ADULT = date(1980, 4, 2)
after_transition = st.dates(date(2025, 12, 2), date(2060, 12, 31))
issues = st.dates(date(2024, 12, 2), date(2060, 12, 31))
births = st.dates(date(1900, 1, 1), date(2024, 12, 2))
days_of_year = st.dates(date(2001, 1, 1), date(2001, 12, 31)).map(lambda day: (day.month, day.day))
rules_of_any_issue = st.one_of(
    st.builds(HalfYearly, st.tuples(days_of_year, days_of_year), st.booleans()),
    st.builds(DayOfYear, days_of_year, st.booleans()),
    st.builds(Months, st.integers(1, 60)),
)


@pytest.mark.parametrize(
    ("issued", "end"),
    [
        (date(2024, 12, 2), date(2025, 12, 1)),
        (date(2024, 12, 10), date(2025, 12, 1)),
        (date(2025, 6, 1), date(2025, 12, 1)),
        (date(2025, 6, 15), date(2025, 12, 1)),
        (date(2025, 12, 1), date(2025, 12, 1)),
        (date(2025, 12, 2), date(2026, 6, 1)),
        (date(2025, 12, 20), date(2026, 6, 1)),
        (date(2026, 5, 20), date(2026, 6, 1)),
        (date(2026, 6, 2), date(2026, 12, 1)),
        (date(2026, 7, 25), date(2026, 12, 1)),
        (date(2026, 12, 2), date(2027, 6, 1)),
        (date(2028, 2, 29), date(2028, 6, 1)),
    ],
)
@pytest.mark.parametrize("boundary_day", [True, False])
def test_the_table_of_the_guide_holds_under_either_reading(issued: date, end: date, boundary_day: bool) -> None:
    assert last_day(HalfYearly(boundary_day=boundary_day), issued) == end


@pytest.mark.parametrize(
    ("issued", "same_day", "half_a_year_later"),
    [
        (date(2026, 6, 1), date(2026, 6, 1), date(2026, 12, 1)),
        (date(2026, 12, 1), date(2026, 12, 1), date(2027, 6, 1)),
    ],
)
def test_the_boundary_day_ends_at_once_or_half_a_year_later(
    issued: date, same_day: date, half_a_year_later: date
) -> None:
    assert last_day(HalfYearly(boundary_day=True), issued) == same_day
    assert last_day(HalfYearly(boundary_day=False), issued) == half_a_year_later


@given(issued=after_transition, days=st.tuples(days_of_year, days_of_year), boundary_day=st.booleans())
def test_the_end_is_the_first_boundary_a_calendar_walk_meets(
    issued: date, days: tuple[tuple[int, int], tuple[int, int]], boundary_day: bool
) -> None:
    for rule, ends in ((HalfYearly(days, boundary_day), days), (DayOfYear(days[0], boundary_day), days[:1])):
        day = issued if boundary_day else issued + DAY
        while (day.month, day.day) not in ends:
            day += DAY
        assert last_day(rule, issued) == day


def test_the_transition_is_the_guides_and_shortens_no_other_rule() -> None:
    issued = date(2025, 3, 1)
    assert last_day(HalfYearly(((3, 31), (9, 30))), issued) == TRANSITION_END
    assert last_day(DayOfYear((3, 31)), issued) == date(2025, 3, 31)
    assert last_day(Months(60), issued) == date(2030, 2, 28)


@pytest.mark.parametrize(
    ("issued", "months", "end"),
    [
        (date(2025, 12, 1), 60, date(2030, 11, 30)),
        (date(2026, 11, 23), 2, date(2027, 1, 22)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 8, 29), 6, date(2027, 2, 28)),
        (date(2026, 8, 28), 6, date(2027, 2, 27)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 28)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
    ],
)
def test_months_end_the_day_before_the_same_number_or_with_a_month_that_has_no_such_day(
    issued: date, months: int, end: date
) -> None:
    assert last_day(Months(months), issued) == end


@given(issued=issues, months=st.integers(1, 60))
def test_as_many_months_on_the_day_after_the_end_has_the_number_of_the_issue_or_is_a_first(
    issued: date, months: int
) -> None:
    after = last_day(Months(months), issued) + DAY
    passed = (after.year - issued.year) * 12 + after.month - issued.month
    if after.day == issued.day and passed == months:
        return
    assert (after.day, passed) == (1, months + 1)
    assert issued.day > calendar.monthrange((after - DAY).year, (after - DAY).month)[1]


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 30), date(2031, 11, 22)])
def test_a_fixed_day_from_the_issue_to_five_years_on_is_the_end(day: date) -> None:
    assert last_day(FixedDay(day), date(2026, 11, 23)) == day


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2031, 11, 23)])
def test_a_fixed_day_before_the_issue_or_beyond_five_years_is_refused(day: date) -> None:
    with pytest.raises(BadJob, match=day.isoformat()):
        last_day(FixedDay(day), date(2026, 11, 23))


@pytest.mark.parametrize("rule", [HalfYearly(), DayOfYear((11, 30)), Months(1), FixedDay(date(2025, 12, 1))])
def test_no_paper_is_issued_before_the_law(rule: Rule) -> None:
    with pytest.raises(BadJob, match="2024-12-02"):
        last_day(rule, date(2024, 12, 1))


@pytest.mark.parametrize(
    ("born", "loses_on", "keeps_75", "end"),
    [
        (ADULT, None, False, End(date(2026, 12, 1), EndsBy.RULE)),
        (ADULT, date(2026, 7, 1), False, End(date(2026, 6, 30), EndsBy.LOSS)),
        (ADULT, date(2026, 7, 1), True, End(date(2026, 6, 30), EndsBy.LOSS)),
        (ADULT, date(2026, 12, 2), False, End(date(2026, 12, 1), EndsBy.RULE)),
        (ADULT, date(2026, 6, 16), False, End(date(2026, 6, 15), EndsBy.LOSS)),
        (date(1951, 8, 10), None, False, End(date(2026, 8, 9), EndsBy.BIRTHDAY_75)),
        (date(1951, 8, 10), None, True, End(date(2026, 12, 1), EndsBy.RULE)),
        (date(1951, 8, 10), date(2026, 8, 9), False, End(date(2026, 8, 8), EndsBy.LOSS)),
        (date(1951, 6, 16), None, False, End(date(2026, 6, 15), EndsBy.BIRTHDAY_75)),
        (date(1951, 6, 15), None, False, End(date(2026, 12, 1), EndsBy.RULE)),
    ],
)
def test_a_persons_own_end_comes_before_that_of_the_rule(
    born: date, loses_on: date | None, keeps_75: bool, end: End
) -> None:
    assert end_of(born, loses_on, date(2026, 6, 15), Expiry(HalfYearly(), keeps_75)) == end


def test_who_was_born_on_a_leap_day_is_insured_until_28_february_of_the_75th_year() -> None:
    end = end_of(date(1952, 2, 29), None, date(2027, 2, 1), Expiry())
    assert end == End(date(2027, 2, 28), EndsBy.BIRTHDAY_75)


@given(
    born=births,
    loses_in=st.none() | st.integers(-400, 4000),
    issued=issues,
    rule=rules_of_any_issue | st.integers(0, 365 * 5).map(lambda days: FixedDay(date(2024, 12, 2) + days * DAY)),
    keeps_75=st.booleans(),
)
def test_no_paper_outlives_the_law_the_qualification_or_the_75th_birthday(
    born: date, loses_in: int | None, issued: date, rule: Rule, keeps_75: bool
) -> None:
    loses_on = None if loses_in is None else issued + loses_in * DAY
    try:
        end = end_of(born, loses_on, issued, Expiry(rule, keeps_75)).day
    except BadJob:
        assert isinstance(rule, FixedDay)
        assert rule.day < issued or (rule.day + DAY).year - issued.year >= 5
        return
    assert (end.year - 5, end.month, end.day) < (issued.year, issued.month, issued.day)
    if loses_on is not None:
        assert end < loses_on
    # Whoever is 75 already is a doubt of the certificate, and whoever has lost the qualification is held.
    age_75 = (born.year + 75, born.month, born.day)
    if not keeps_75 and (issued.year, issued.month, issued.day) < age_75:
        assert (end.year, end.month, end.day) < age_75
    if loses_on is None or loses_on > issued:
        assert end >= issued
