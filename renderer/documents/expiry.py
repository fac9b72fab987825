"""A date of issue → the 有効期限 of the 資格確認書 (domain 4.1)."""

from __future__ import annotations

from datetime import date

from renderer.model.errors import BadJob

FIRST_ISSUE = date(2024, 12, 2)
"""The day the law began; there is no 資格確認書 of an earlier date."""
TRANSITION_END = date(2025, 12, 1)
"""Every paper issued until this day ends on it."""


def check_issue(issued_on: date) -> None:
    """Refuse a date of issue on which there was no 資格確認書. Raises BadJob."""
    if issued_on < FIRST_ISSUE:
        raise BadJob(
            f"issued_on {issued_on.isoformat()}: there is no 資格確認書 before {FIRST_ISSUE.isoformat()}; "
            "put the right date of issue into the job"
        )


def expires_on(issued_on: date, *, boundary_day: bool) -> date:
    """Give the last day of a 資格確認書: the next 1 June or 1 December (domain 4.1).

    The guide leaves open what a paper issued on such a day gets: ``boundary_day`` True ends it that same day,
    False half a year later. 2025-12-01 itself is not open: the transition ended then. Raises BadJob for a
    date of issue before 2024-12-02.
    """
    check_issue(issued_on)
    if issued_on <= TRANSITION_END:
        return TRANSITION_END
    for end in (date(issued_on.year, 6, 1), date(issued_on.year, 12, 1)):
        if issued_on < end or (issued_on == end and boundary_day):
            return end
    return date(issued_on.year + 1, 6, 1)
