"""A doubt holds a record until a person frees it, for its values and this issue, and for nothing else."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from trial_runs import DEMO, ended, renderer, rows_of, write_job

from renderer.intake.jobfile import load_job
from renderer.intake.releases import HEADER, load_releases
from renderer.intake.selection import load_list
from renderer.model.errors import BadJob
from renderer.model.findings import Release

SUM = "0123456789abcdef"
GOOD = f"A1,person-twice,{SUM},見本,別人です"


def written(folder: Path, *lines: str, header: str = ",".join(HEADER), encoding: str = "utf-8") -> Path:
    path = folder / "releases.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_releases_are_read_and_rows_of_blanks_passed_over(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, GOOD, ",,,,", f" A2 ,same-name-in-a-row,{SUM},見本,　正しい　", encoding=encoding)
    assert load_releases(path) == (
        Release(2, "A1", "person-twice", SUM, "見本", "別人です"),
        Release(4, "A2", "same-name-in-a-row", SUM, "見本", "正しい"),
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"A1,person-twice,{SUM},見本", "line 2: 4 fields in the place of 5"),
        (f"A1,person-twice,{SUM},,別人です", "line 2: 担当者 is blank"),
        (f"A1,person-twice,{SUM},見本,　", "line 2: 理由 is blank"),
        (f"A1,name-missing,{SUM},見本,x", "line 2: name-missing holds its record whoever asks"),
        (f"A1,person-twise,{SUM},見本,x", 'is no code; what can be freed is a doubt; did you mean "person-twice"'),
        ("A1,person-twice,0123,見本,x", "line 2: 照合値 is not the 16 digits that held.csv gives"),
        (f"A1,person-twice,{SUM},見本,123456789018", "line 2: 理由 has twelve digits like a 個人番号"),
        (f"{GOOD}\n{GOOD}", "line 3: line 2 frees the same"),
        ('A1,"x', "cannot be divided into fields"),
    ],
)
def test_a_line_that_frees_nothing_is_named(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(BadJob, match=r"^releases\.csv line") as refused:
        load_releases(written(tmp_path, line))
    assert said in str(refused.value)
    assert "123456789018" not in str(refused.value)


@pytest.mark.parametrize("begins", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"], ids=["xlsx", "xls"])
def test_a_list_that_is_a_workbook_is_to_be_saved_as_csv(tmp_path: Path, begins: bytes) -> None:
    for name in ("list.xlsx", "list.csv"):
        (tmp_path / name).write_bytes(begins + b"\0\1\x81")
        for load in (load_releases, partial(load_list, with_reason=True), partial(load_list, with_reason=False)):
            with pytest.raises(BadJob, match=f"^{name}: a list is a CSV, and this is a workbook; save it as CSV$"):
                load(tmp_path / name)


def test_another_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadJob, match="line 1: the header is not 整理番号,コード,照合値,担当者,理由"):
        load_releases(written(tmp_path, header="record,code,sum,who,why"))


# By the command line


def twice() -> list[dict[str, str]]:
    """One person under two 枝番, and two others."""
    first, *rest = rows_of(DEMO)[:3]
    return [first, first | {"整理番号": "AGAIN", "枝番": "77"}, *rest]


def held(job: Path) -> list[dict[str, str]]:
    path = load_job(job).folder / "held.csv"
    with path.open(encoding="utf-8-sig", newline="") as table:
        return list(csv.DictReader(table))


def run(job: Path) -> tuple[int, dict[str, object]]:
    code, out, _ = ended(renderer("run", job, "--json", "--workers", "1", "--replace"))
    return code, json.loads(out)


def releases_of(rows: list[Mapping[str, str]]) -> str:
    lines = [f"{row['整理番号']},{row['コード']},{row['照合値']},見本,二人は別人です" for row in rows]
    return "\n".join([",".join(HEADER), *lines]) + "\n"


def test_a_doubt_is_printed_when_it_is_released_for_these_values_and_this_issue_only(tmp_path: Path) -> None:
    job = write_job(tmp_path, twice())
    code, facts = run(job)
    assert (code, facts["printed"], facts["held"]) == (3, 2, 2)
    doubts = held(job)
    assert {(row["コード"], len(row["照合値"])) for row in doubts} == {("person-twice", 16)}
    job.write_text(job.read_text("utf-8").replace("outbox =", 'releases = "releases.csv"\noutbox ='), "utf-8")
    (tmp_path / "releases.csv").write_text(releases_of(doubts), "utf-8")
    code, facts = run(job)
    assert (code, facts["printed"], facts["held"], facts["unused_releases"]) == (0, 4, 0, [])
    assert [(release["code"], release["who"]) for release in facts["releases"]] == [("person-twice", "見本")] * 2
    assert "二人は別人です" in (load_job(job).folder / "report.html").read_text("utf-8")

    text = job.read_text("utf-8")
    job.write_text(text.replace("issued_on = 2026-11-23", "issued_on = 2026-11-24"), "utf-8")
    code, facts = run(job)
    assert (code, facts["held"], len(facts["unused_releases"])) == (3, 2, 2)
    job.write_text(text, "utf-8")

    source = load_job(job).sources[0]
    source.write_text(source.read_text("utf-8").replace("AGAIN,", "AGAIN, "), "utf-8")
    code, facts = run(job)
    assert (code, facts["held"], len(facts["unused_releases"])) == (0, 0, 0)  # blanks around a key are no value
    row = next(row for row in rows_of(source) if row["整理番号"] == "AGAIN")
    source.write_text(source.read_text("utf-8").replace(row["住所"], row["住所"] + "9"), "utf-8")
    code, facts = run(job)
    assert (code, facts["held"]) == (3, 2)
    code, out, _ = ended(renderer("check", job, "--lang", "ja"))
    assert code == 3
    assert "要確認 2 件 [person-twice]" in out
    assert "解除 0 件（使われなかった行：2 行目、3 行目）" in out


def test_of_two_doubts_of_one_code_each_is_freed_by_itself(tmp_path: Path) -> None:
    odd = {"方書": "見本荘?", "備考": "確認?"}
    job = write_job(tmp_path, [row | odd if at == 0 else row for at, row in enumerate(rows_of(DEMO)[:2])])
    run(job)
    doubts = held(job)
    assert [row["コード"] for row in doubts] == ["lost-character"] * 2
    assert len({row["照合値"] for row in doubts}) == 2
    job.write_text(job.read_text("utf-8").replace("outbox =", 'releases = "releases.csv"\noutbox ='), "utf-8")
    (tmp_path / "releases.csv").write_text(releases_of(doubts[:1]), "utf-8")
    assert run(job)[1]["held"] == 1
    assert [row["照合値"] for row in held(job)] == [doubts[1]["照合値"]]
    (tmp_path / "releases.csv").write_text(releases_of(doubts), "utf-8")
    assert run(job)[1]["held"] == 0
