"""Whatever day stands in a column of dates, its row is held, doubted or printed: none stops a run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_documents import INSURER, MAILING
from test_expiry import rules_of_any_issue
from test_members import INSURED, NEEDS, codes

from renderer.desk.examples import load_example
from renderer.documents.registry import DOCUMENTS
from renderer.intake.members import Needs, validate
from renderer.intake.rows import Row
from renderer.model.findings import Held
from renderer.model.insurer import Expiry, HalfYearly, Rule
from renderer.model.job import Job
from renderer.proof.cells import day
from renderer.proof.unfit import unfit

COLUMNS = ("生年月日", "資格取得年月日", "認定年月日", "登録年月日", "発効期日", "資格喪失予定年月日")
EDGES = [date.min, date(1872, 12, 31), date(1873, 1, 1), date(1899, 12, 31), date(1926, 12, 25), date(1952, 2, 29)]
EDGES += [date(9924, 11, 23), date(9925, 1, 1), date(9929, 12, 15), date(9930, 1, 1), date.max]
DAYS = st.one_of(st.sampled_from(EDGES), st.dates(), st.dates(date(1900, 1, 1), date(2100, 12, 31)))
BEYOND_ALL = "99999999999999999999-12-31"
JOBS = {
    name: replace(load_example(name), insurer=INSURER) for name in ("eligibility_notice", "eligibility_certificate")
}


@pytest.mark.parametrize("document", JOBS)
@given(
    days=st.fixed_dictionaries({}, optional=dict.fromkeys(COLUMNS, DAYS.map(date.isoformat) | st.just(BEYOND_ALL))),
    relation=st.sampled_from(["本人", "家族"]),
    ratio=st.sampled_from(["", "2割"]),
    limit_class=st.sampled_from(["", "ア", "一般"]),
    rule=rules_of_any_issue,
    keeps_75=st.booleans(),
)
@example({"生年月日": "9999-12-31"}, "本人", "", "", HalfYearly(), False)
@example({"生年月日": "9929-12-15"}, "本人", "2割", "一般", HalfYearly(), False)
def test_a_day_of_any_year_stops_no_run(
    document: str,
    days: dict[str, str],
    relation: str,
    ratio: str,
    limit_class: str,
    rule: Rule,
    keeps_75: bool,
) -> None:
    job = JOBS[document]
    job = replace(job, insurer=replace(job.insurer, expiry=Expiry(rule, keeps_75)))
    fields = INSURED | {"被保険者氏名": "架空　太郎", "認定年月日": "2020-04-01"} | days
    fields |= {"本人家族": relation, "負担割合": ratio, "限度額区分": limit_class}
    list(unfit(fields, job))
    asked = DOCUMENTS[document]
    try:
        made = validate(Row(2, fields), needs=needs(job, document), note=lambda _: None)
    except Held:
        return
    assert asked.say(made, job, MAILING).values["born_on"]


def needs(job: Job, document: str) -> Needs:
    asked = DOCUMENTS[document]
    return Needs(
        job.issued_on, prints_ratio=True, certifies=asked.certifies, examine=lambda member: asked.examine(member, job)
    )


@pytest.mark.parametrize("born", ["9924-11-24", "9929-12-15", "9930-01-01", "9999-12-31"])
def test_who_is_born_at_the_end_of_the_calendar_is_held_like_any_after_the_issue(born: str) -> None:
    found = codes(INSURED | {"生年月日": born}, NEEDS)
    assert set(found) == {"date-after-issue", "date-before-birth"}


def test_a_year_beyond_all_calendars_is_no_day_to_either_reader() -> None:
    assert codes(INSURED | {"登録年月日": BEYOND_ALL}, NEEDS) == ["date-not-readable"]
    assert day(BEYOND_ALL) is None
