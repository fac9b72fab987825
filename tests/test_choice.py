"""One member is found by file or number, and bent to every variant a layout has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from trial_runs import FIXTURES, write_members

from renderer.desk.choice import bend, find_members, load_member
from renderer.intake.jobfile import load_job
from renderer.layout.load import load_layout
from renderer.mailing.pieces import make_piece
from renderer.mailing.sheets import sheets_of
from renderer.model.errors import BadJob
from renderer.model.findings import Held
from renderer.model.job import Job
from renderer.model.member import Relation

NOTICE = load_job(FIXTURES / "notice.toml")
JOBS = {job.document: job for job in (NOTICE, load_job(FIXTURES / "certificate.toml"))}
SHEETS = sorted((FIXTURES / "examples" / "members").glob("*.toml"))
GIVEN = '"整理番号" = "Z1"\n"番号" = "7"\n"本人家族" = "本人"\n"氏名" = "見本　太郎"\n"生年月日" = "1980-01-01"\n'
WHOLE = GIVEN + '"資格取得年月日" = "2010-04-01"\n"郵便番号" = "100-0001"\n"住所" = "東京都千代田区千代田1-1"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "member.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("document", JOBS)
@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
def test_every_member_of_the_fixtures_can_be_bent_to_every_variant(path: Path, document: str) -> None:
    job = JOBS[document]
    member = load_member(path, job)
    for variant in load_layout(document).variants():
        bent = bend(member, dict(variant), job)
        piece = make_piece(1, (bent,), job.mailing)
        (sheet,) = sheets_of(job, piece, 1)
        assert sheet.content.variant == variant


@pytest.mark.parametrize("document", JOBS)
def test_a_member_with_nothing_optional_can_be_bent_too(tmp_path: Path, document: str) -> None:
    job = JOBS[document]
    member = load_member(written(tmp_path, WHOLE), job)
    for variant in load_layout(document).variants():
        piece = make_piece(1, (bend(member, dict(variant), job),), job.mailing)
        (sheet,) = sheets_of(job, piece, 1)
        assert sheet.content.variant == variant
        facts = dict(variant)
        shown = {"qualified_on" if facts["relation"] == "insured" else "insured_name"}
        shown |= {key for key in ("ratio", "my_number") if facts.get(key) == "shown"}
        assert all(sheet.content.values[slot] for slot in shown)


def test_bending_changes_nothing_that_is_so_already() -> None:
    member = load_member(FIXTURES / "examples" / "members" / "typical.toml", NOTICE)
    variant = {"relation": "dependant", "my_number": "shown", "ratio": "shown", "limit": "shown", "loss": "shown"}
    assert bend(member, variant, NOTICE) == member


def test_a_column_that_is_not_given_is_blank(tmp_path: Path) -> None:
    member = load_member(written(tmp_path, WHOLE), NOTICE)
    assert (member.record, member.name, member.relation) == ("Z1", "見本　太郎", Relation.INSURED)
    assert (member.kana, member.building, member.remarks) == ("", "", "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('"氏明" = "x"\n', "no column is called '氏明'; did you mean '氏名'?"),
        ('"番号" = 7\n', "番号 is not text; write it in quotes"),
        ("氏名 = 1\n", "column names stand in quotes"),
    ],
)
def test_a_member_file_that_cannot_be_used_is_refused_with_what_to_do(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadJob, match=said.replace("?", r"\?")):
        load_member(written(tmp_path, text), NOTICE)


def test_a_byte_order_mark_before_a_member_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "member.toml"
    path.write_text(WHOLE, "utf-8-sig")
    assert load_member(path, NOTICE).record == "Z1"


def test_a_member_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadJob, match="correct the path"):
        load_member(tmp_path / "nobody.toml", NOTICE)


def test_a_member_that_is_not_valid_is_held_with_every_finding(tmp_path: Path) -> None:
    with pytest.raises(Held) as held:
        load_member(written(tmp_path, GIVEN), NOTICE)
    assert {finding.code for finding in held.value.findings} == {
        "date-missing",
        "address-missing",
        "postal-code-missing",
    }


def test_the_document_of_the_job_decides_whether_a_lost_qualification_holds(tmp_path: Path) -> None:
    path = written(tmp_path, f'{WHOLE}"資格喪失予定年月日" = "{NOTICE.issued_on}"\n')
    assert load_member(path, NOTICE).loses_on == NOTICE.issued_on
    with pytest.raises(Held, match="qualification-lost"):
        load_member(path, JOBS["eligibility_certificate"])


def test_records_are_found_in_the_member_file_whatever_stands_between() -> None:
    found = find_members(NOTICE, {"A000197", "A000003"})
    assert {record: (member.record, member.line) for record, member in found.items()} == {
        "A000003": ("A000003", 4),
        "A000197": ("A000197", 198),
    }


def test_a_record_that_is_not_there_is_named() -> None:
    with pytest.raises(BadJob, match=r"members\.csv: there is no record B1"):
        find_members(NOTICE, {"B1"})


def test_a_record_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    job = job_of(tmp_path, "A000001", "A000002", "A000001")
    with pytest.raises(BadJob, match="line 4: record A000001 is there twice"):
        find_members(job, {"A000001"})


def test_a_held_record_is_held_and_another_held_one_is_passed_over(tmp_path: Path) -> None:
    job = load_job(FIXTURES / "hard-notice.toml")
    assert find_members(job, {"H000001"})["H000001"].line == 2
    with pytest.raises(Held):
        find_members(job, {"H000024"})


def job_of(folder: Path, *records: str) -> Job:
    from trial_runs import DEMO, rows_of

    rows = {row["整理番号"]: row for row in rows_of(DEMO)}
    return replace(NOTICE, sources=(write_members(folder / "members.csv", [rows[record] for record in records]),))
