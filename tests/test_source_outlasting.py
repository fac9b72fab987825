"""The second reader tells the certificates of a 家族 that outlast their 本人, as intake doubts them, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_members import DEPENDANT, INSURED
from test_outlasting import BORN, CASES, FOUR_YEARS, ISSUED_ON, LOSES, doubted, job_of
from test_source import reading, write_members

from renderer.documents.document import HEADER
from renderer.model.errors import BadBatch
from renderer.model.insurer import HalfYearly
from renderer.model.job import Job
from renderer.proof.complete import prove_not_outlasting

RELEASES = "整理番号,コード,照合値,担当者,理由\n"


def told(folder: Path, job: Job, rows: Sequence[dict[str, str]]) -> list[int]:
    """Places of the certificates that the second reader tells."""
    numbered = [dict.fromkeys(HEADER, "") | fields | {"整理番号": f"A{line}"} for line, fields in enumerate(rows, 2)]
    (folder / "index").unlink(missing_ok=True)
    with reading(replace(job, sources=(write_members(folder / "m.csv", numbered),)), folder) as second:
        return sorted(row.place for row in second.outlasting(()))


@pytest.mark.parametrize(("insured", "dependant", "is_doubt"), CASES)
def test_what_is_told_is_a_doubt_of_intake(
    insured: dict[str, str], dependant: dict[str, str], is_doubt: bool, tmp_path: Path
) -> None:
    rows = INSURED | insured, DEPENDANT | dependant
    found = told(tmp_path, job_of(FOUR_YEARS), rows)
    assert found in ([], [3] * is_doubt)
    assert found or not is_doubt or insured[LOSES] == "2027年の春"  # which day that is, the second reader does not know
    assert bool(told(tmp_path, job_of(FOUR_YEARS), [*reversed(rows)])) == bool(found)


PEOPLE = st.fixed_dictionaries({
    "whose": st.booleans(),
    "number": st.sampled_from(["123", "124"]),
    "born": st.dates(date(1948, 1, 1), date(1956, 1, 1)) | st.dates(date(1990, 1, 1), date(2020, 1, 1)),
    "loses": st.none() | st.dates(ISSUED_ON - timedelta(9), date(2033, 1, 1)),
})  # fmt: skip


@given(people=st.lists(PEOPLE, min_size=1, max_size=6), keeps_75=st.booleans(), four_years=st.booleans())
def test_of_any_households_the_same_are_told(
    people: list[dict[str, object]], keeps_75: bool, four_years: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    job = job_of(FOUR_YEARS if four_years else HalfYearly(), keeps_75=keeps_75)
    since = {"資格取得年月日": "2021-04-01", "認定年月日": "2021-04-01", "負担割合": "2割"}
    rows = [
        (INSURED if one["whose"] else DEPENDANT)
        | since
        | {"番号": str(one["number"]), BORN: str(one["born"]), LOSES: str(one["loses"] or "")}
        for one in people
    ]
    doubts = doubted(folder, job, *rows)
    assert set(doubts) <= set(told(folder, job, rows))
    left = {line for line, one in enumerate(people, 2) if one["loses"] and one["loses"] <= ISSUED_ON}  # type: ignore[operator]
    assert set(told(folder, job, rows)) - set(doubts) <= left  # whom intake holds for that, and nobody prints


def test_a_certificate_that_outlasts_is_printed_by_no_run_but_where_a_release_names_it(tmp_path: Path) -> None:
    rows = [INSURED | {"整理番号": "A2", LOSES: "2027-02-01"}, DEPENDANT | {"整理番号": "A3"}]
    source = write_members(tmp_path / "m.csv", [dict.fromkeys(HEADER, "") | row for row in rows])
    job = replace(job_of(FOUR_YEARS), sources=(source,))
    with reading(job, tmp_path) as second:
        with pytest.raises(BadBatch, match=r"^record A3 is printed, .*被保険者 \(line 3 of the member file\)"):
            prove_not_outlasting(second, {2})
        prove_not_outlasting(second, {3})
    for code, is_freed in (("outlasts-insured", True), ("person-twice", False)):
        releases = tmp_path / "releases.csv"
        releases.write_text(f"{RELEASES}A3,{code},0123456789abcdef,検査,台帳\n", "utf-8")
        with reading(replace(job, releases=releases), tmp_path) as second:
            assert [row.place for row in second.outlasting(())] == [3] * (not is_freed)
    with reading(replace(job, document="eligibility_notice"), tmp_path) as second:
        assert list(second.outlasting(())) == []
