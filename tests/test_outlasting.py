"""The paper of a 家族 is good no longer than the qualification of its 本人 is known to last, or a person says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_members import DEPENDANT, INSURED

from renderer.desk.examples import load_example
from renderer.documents.certificate import CERTIFICATE
from renderer.documents.expiry import end_of, leaves_on
from renderer.documents.notice import NOTICE
from renderer.intake.members import validate
from renderer.intake.outlasting import doubt_outlasting
from renderer.intake.rows import Row
from renderer.intake.store import Store, absent_row, coded
from renderer.mailing.sheets import needs_of
from renderer.model.findings import Finding, Held, Weight
from renderer.model.insurer import Expiry, HalfYearly, Months, Rule
from renderer.model.job import Job

ISSUED_ON = date(2026, 11, 23)
FOUR_YEARS = Months(48)
LOSES, BORN = "資格喪失予定年月日", "生年月日"


def job_of(rule: Rule, *, keeps_75: bool = False) -> Job:
    job = load_example("eligibility_certificate")
    return replace(job, issued_on=ISSUED_ON, insurer=replace(job.insurer, expiry=Expiry(rule, keeps_75)))


def doubted(folder: Path, job: Job, *rows: dict[str, str]) -> list[int]:
    """Lines, from 2, of the rows whose paper would last too long."""
    return [finding.line for finding in findings_of(folder, job, *rows)]


def findings_of(folder: Path, job: Job, *rows: dict[str, str]) -> list[Finding]:
    with Store.create(folder / "s.sqlite", job.issued_on) as store:
        for line, fields in enumerate(rows, 2):
            record = f"A{line}"
            try:
                row = Row(line, fields | {"整理番号": record}, last_line=0)
                store.add([coded(validate(row, needs=needs_of(job)), (), is_tried=True)])
            except Held as held:
                store.add_absent([absent_row(line, record, held.known)])
        doubt_outlasting(store, job, NOTICE if job.document == "eligibility_notice" else CERTIFICATE)
        found = list(store.findings())
        assert all(one.code == "outlasts-insured" and one.weight is Weight.DOUBT and one.sum for one in found)
        return found


CASES: list[tuple[dict[str, str], dict[str, str], bool]] = [
    ({BORN: "1951-12-10"}, {BORN: "1960-01-01"}, True),
    ({BORN: "1951-12-10"}, {BORN: "1951-12-10"}, False),
    ({BORN: "1951-12-10"}, {LOSES: "2026-12-10"}, False),
    ({BORN: "1951-12-10"}, {LOSES: "2026-12-11"}, True),
    ({BORN: "1955-11-22"}, {}, True),
    ({BORN: "1955-11-24"}, {}, False),
    ({BORN: "1950-01-01"}, {}, True),
    ({LOSES: "2027-02-01"}, {}, True),
    ({LOSES: "2027-02-01"}, {LOSES: "2027-02-01"}, False),
    ({LOSES: "2027-02-01"}, {LOSES: "2027-01-31"}, False),
    ({LOSES: "2027-02-01"}, {LOSES: "2027-02-02"}, True),
    ({LOSES: "2026-11-01"}, {}, True),
    ({LOSES: "2030-11-22"}, {}, True),
    ({LOSES: "2030-11-23"}, {}, False),
    ({LOSES: "2027-02-01", "性別": "x"}, {}, True),
    ({LOSES: "2027年の春"}, {}, True),
    ({"郵便番号": ""}, {}, False),
    ({BORN: "昭和"}, {}, False),
    ({}, {}, False),
]
"""What is another than usual of a 本人 and of a 家族, and whether the latter's paper would last too long."""


@pytest.mark.parametrize(("insured", "dependant", "is_doubt"), CASES)
def test_a_paper_that_outlasts_the_insured_is_a_doubt_also_where_the_insured_is_held(
    insured: dict[str, str], dependant: dict[str, str], is_doubt: bool, tmp_path: Path
) -> None:
    rows = INSURED | insured, DEPENDANT | dependant
    assert doubted(tmp_path, job_of(FOUR_YEARS), *rows) == [3] * is_doubt
    assert doubted(tmp_path, job_of(FOUR_YEARS), *reversed(rows)) == [2] * is_doubt


def test_only_the_family_of_the_insured_is_doubted(tmp_path: Path) -> None:
    rows = [INSURED | {LOSES: "2027-02-01"}, DEPENDANT | {"番号": "124"}, DEPENDANT, DEPENDANT | {"記号": "1"}]
    assert doubted(tmp_path, job_of(FOUR_YEARS), *rows) == [4]


def test_no_paper_outlasts_an_insured_who_loses_the_qualification_after_it_ends(tmp_path: Path) -> None:
    half_yearly = job_of(HalfYearly())
    assert doubted(tmp_path, half_yearly, INSURED | {LOSES: "2026-12-02"}, DEPENDANT) == []
    assert doubted(tmp_path, half_yearly, INSURED | {LOSES: "2026-12-01"}, DEPENDANT) == [3]


def test_where_members_stay_after_75_there_is_nothing_to_doubt(tmp_path: Path) -> None:
    rows = INSURED | {BORN: "1951-12-10"}, DEPENDANT
    assert doubted(tmp_path, job_of(FOUR_YEARS, keeps_75=True), *rows) == []


@pytest.mark.parametrize(
    ("insured", "dependant", "is_doubt"),
    [
        ({LOSES: "2026-11-23"}, {}, True),
        ({LOSES: "2026-11-24"}, {}, False),
        ({LOSES: "2026-11-01", "性別": "x"}, {}, True),
        ({LOSES: "2026-11-01"}, {LOSES: "2026-11-01"}, False),  # doubted for a loss of their own
        ({LOSES: "2026-11-01"}, {LOSES: "2027-04-01"}, True),
        ({BORN: "1951-11-23"}, {}, True),
        ({BORN: "1951-11-24"}, {}, False),
        ({BORN: "1950-01-01", "個人番号": "x"}, {}, True),
        ({LOSES: "春"}, {}, True),
        ({}, {}, False),
    ],
)
def test_a_notice_goes_to_no_family_whose_insured_has_lost_the_qualification(
    insured: dict[str, str], dependant: dict[str, str], is_doubt: bool, tmp_path: Path
) -> None:
    job = replace(job_of(FOUR_YEARS), document="eligibility_notice")
    rows = INSURED | insured, DEPENDANT | dependant
    assert doubted(tmp_path, job, *rows) == [3] * is_doubt
    assert doubted(tmp_path, job, *reversed(rows)) == [2] * is_doubt


@pytest.mark.parametrize(
    ("insured", "form"),
    [
        ({LOSES: "2026-11-24"}, ""),
        ({LOSES: "2026-11-23"}, "gone"),
        ({BORN: "1951-11-24"}, ""),
        ({BORN: "1951-11-23"}, "gone"),
        ({LOSES: "春"}, "unread"),
    ],
)
def test_a_doubt_says_whether_the_insured_will_leave_or_has_left_or_nobody_can_tell(
    insured: dict[str, str], form: str, tmp_path: Path
) -> None:
    (finding,) = findings_of(tmp_path, job_of(FOUR_YEARS), INSURED | insured, DEPENDANT)
    assert finding.form == form


def test_of_two_insured_who_loses_it_first_counts(tmp_path: Path) -> None:
    first, second = INSURED | {LOSES: "2027-02-01"}, INSURED | {LOSES: "2030-02-01"}
    for pair in ((first, second), (second, first)):
        assert doubted(tmp_path, job_of(FOUR_YEARS), *pair, DEPENDANT | {LOSES: "2028-01-01"}) == [4]


def test_a_doubt_is_freed_for_this_end_of_the_insured_only(tmp_path: Path) -> None:
    def summed(loses_on: str) -> str:
        with Store.create(tmp_path / "s.sqlite", ISSUED_ON) as store:
            for line, fields in enumerate((INSURED | {LOSES: loses_on}, DEPENDANT), 2):
                row = Row(line, fields | {"整理番号": f"A{line}"}, last_line=0)
                store.add([coded(validate(row, needs=needs_of(job_of(FOUR_YEARS))), (), is_tried=True)])
            doubt_outlasting(store, job_of(FOUR_YEARS), CERTIFICATE)
            return next(store.findings()).sum

    assert len({summed("2027-02-01"), summed("2027-01-31")}) == 2


DAYS = st.none() | st.dates(ISSUED_ON + timedelta(1), date(2033, 1, 1))
BIRTHS = st.dates(date(1948, 1, 1), date(2020, 1, 1))


@given(births=st.lists(BIRTHS, min_size=2, max_size=2), losses=st.lists(DAYS, min_size=2, max_size=2))
def test_exactly_those_papers_are_doubted_that_are_good_on_a_day_without_the_insured(
    tmp_path_factory: pytest.TempPathFactory, births: Sequence[date], losses: Sequence[date | None]
) -> None:
    job = job_of(FOUR_YEARS)
    since = {"資格取得年月日": "2021-04-01", "認定年月日": "2021-04-01", "負担割合": "2割"}
    days = [{BORN: f"{born}", LOSES: f"{loses or ''}"} for born, loses in zip(births, losses, strict=True)]
    rows = [INSURED | since | days[0], DEPENDANT | since | days[1]]
    last = end_of(births[1], losses[1], ISSUED_ON, job.insurer.expiry).day
    is_doubt = last >= leaves_on(births[0], losses[0], job.insurer.expiry)
    assert doubted(tmp_path_factory.getbasetemp(), job, *rows) == [3] * is_doubt


def test_who_frees_a_paper_has_looked_at_its_end_too(tmp_path: Path) -> None:
    rows = INSURED | {LOSES: "2027-02-01"}, DEPENDANT
    sums = {findings_of(tmp_path, job_of(Months(months)), *rows)[0].sum for months in (6, 12, 48)}
    assert len(sums) == 3
    assert findings_of(tmp_path, job_of(Months(6)), *rows)[0].sum in sums
