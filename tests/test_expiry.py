"""The 有効期限 of every date of issue."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.documents.expiry import expires_on
from renderer.model.errors import BadJob

after_transition = st.dates(date(2025, 12, 2), date(2060, 12, 31))


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
    assert expires_on(issued, boundary_day=boundary_day) == end


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
    assert expires_on(issued, boundary_day=True) == same_day
    assert expires_on(issued, boundary_day=False) == half_a_year_later


@given(issued=after_transition, boundary_day=st.booleans())
def test_the_end_is_the_first_boundary_a_calendar_walk_meets(issued: date, boundary_day: bool) -> None:
    day = issued if boundary_day else issued + timedelta(days=1)
    while (day.month, day.day) not in ((6, 1), (12, 1)):
        day += timedelta(days=1)
    assert expires_on(issued, boundary_day=boundary_day) == day


def test_no_paper_is_issued_before_the_law() -> None:
    with pytest.raises(BadJob, match="2024-12-02"):
        expires_on(date(2024, 12, 1), boundary_day=True)
