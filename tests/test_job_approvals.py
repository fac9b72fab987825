"""A run waits for the approval of its proof, by name, of this job, layout, insurer and program and of no other."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from trial_runs import DEMO, FIXTURES, AtOnce, ended, renderer, rows_of, write_job, write_members

from renderer.cli.exits import ExitCode
from renderer.desk import approving
from renderer.desk.approving import bound_now
from renderer.intake.jobfile import load_job
from renderer.layout.load import LAYOUTS
from renderer.model.errors import BadJob
from renderer.model.job import Job, Selection
from renderer.running import approval, checking, run
from renderer.running.approval import Approval
from renderer.running.once import DeliveredAlready, NotAllowed
from renderer.running.register import REGISTER, opened_register
from renderer.running.report import Report
from renderer.running.whole import read_report

ROWS = rows_of(DEMO)[:3]
BY = "架空　花子"


def waiting(folder: Path) -> Path:
    """Write a job that waits, with insurer, seal and layout of its own."""
    job = write_job(folder, ROWS)
    for name in ("insurer.toml", "seal.png"):
        shutil.copyfile(FIXTURES / "examples" / name, folder / name)
    shutil.copytree(LAYOUTS / "eligibility_notice", folder / "layout")
    shutil.copytree(LAYOUTS / "_shared", folder / "_shared")
    text = job.read_text("utf-8").replace(str(FIXTURES / "examples" / "insurer.toml"), "insurer.toml")
    job.write_text(f'needs_approval = true\nlayout = "layout"\n{text}', "utf-8")
    return job


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return load_job(waiting(tmp_path / "job"))


def printed(job: Job, *, again: bool = False, replace: bool = False) -> Report:
    return run.run(load_job(job.path), workers=1, make_workers=AtOnce, again=again, replace=replace)


def approve(job: Job, by: str, reason: str = "") -> Approval:
    """Approve the proof of a job as it is now."""
    return approving.approve(job, by, bound_now(job).short, reason)


def refusal(job: Job) -> str:
    refused = checking.check(load_job(job.path), workers=1).refused
    return refused.told("en") if refused else ""


def test_a_run_waits_for_an_approval_and_says_what_to_do(job: Job) -> None:
    with pytest.raises(NotAllowed, match=r"waits for an approval; .* renderer approve job.toml --by NAME --proof SUM"):
        printed(job)
    assert not job.folder.exists()
    assert refusal(job).startswith(f"{job.name}: waits for an approval")


def test_an_approved_job_is_delivered_and_its_report_and_the_register_say_by_whom(job: Job) -> None:
    given = approve(job, BY, "本文 2 行目を確認")
    assert refusal(job) == ""
    report = printed(job)
    assert report.approval == given
    told = json.loads((job.folder / "report.json").read_text("utf-8"))
    assert told["approved_by"] == BY
    assert told["approval"]["bound"]["layout"] == given.bound.layout
    page = (job.folder / "report.html").read_text("utf-8")
    assert BY in page
    assert "本文 2 行目を確認" in page
    assert given.bound.short in page
    with opened_register(job.outbox) as register:
        assert [line.approved_by for line in register.of_job(job.name)] == [BY]
    (job.outbox / REGISTER).unlink()  # lost, and learned again
    assert read_report(job.folder)[0].approved_by == BY


def test_what_was_delivered_is_said_to_be_so_whether_or_not_its_approval_is_there(job: Job) -> None:
    approve(job, BY)
    printed(job)
    with closing(sqlite3.connect(job.outbox / REGISTER)) as register, register:
        register.execute("DELETE FROM approval")
    with pytest.raises(DeliveredAlready):
        printed(job)


def edited(name: str, old: str, new: str) -> Callable[[Job], None]:
    def edit(job: Job) -> None:
        path = job.path.parent / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return edit


def other_seal(job: Job) -> None:
    (job.path.parent / "seal.png").write_bytes((job.path.parent / "seal.png").read_bytes() + b"\0")


CHANGES = {
    "layout": (edited("layout/sheet.css", "{", "{ "), "the layout changed"),
    "part": (edited("_shared/base.css", "{", "{ "), "the layout changed"),
    "insurer": (edited("insurer.toml", "架空電機健康保険組合", "架空電器健康保険組合"), r"the insurer \(.*\) changed"),
    "seal": (other_seal, r"the insurer \(.*\) changed"),
    "date": (edited("job.toml", "issued_on = 2026-11-23", "issued_on = 2026-11-24"), r"the job \(.*\) changed"),
    "order": (edited("job.toml", "order = [", 'order = ["記号", '), r"the job \(.*\) changed"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_approval_that_no_longer_matches_is_said_with_what_changed(job: Job, change: str) -> None:
    approve(job, BY)
    edit, said = CHANGES[change]
    edit(job)
    with pytest.raises(NotAllowed, match=rf"was approved by {BY} on \S+, and since then {said}; make a new proof"):
        printed(job)
    assert not job.folder.exists()
    approve(load_job(job.path), BY)
    assert refusal(job) == ""


def test_another_program_is_not_the_one_that_was_approved_and_all_that_changed_is_named(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(job, BY)
    monkeypatch.setattr(approval, "program_sum", lambda: "another")
    other_seal(job)
    assert "since then the insurer (its file, seal or own characters), program or fonts changed" in refusal(job)


def test_a_corrected_member_file_needs_no_new_approval(job: Job) -> None:
    approve(job, BY)
    write_members(job.path.parent / "members.csv", ROWS[:2])
    assert printed(job).printed == 2


def test_an_approval_is_for_no_other_job(job: Job) -> None:
    approve(job, BY)
    edited("job.toml", f'name = "{job.name}"', 'name = "another"')(job)
    assert refusal(job).startswith("another: waits for an approval")


def test_the_last_approval_counts(job: Job) -> None:
    approve(job, BY)
    other_seal(job)
    second = approve(job, "架空　次郎")
    with opened_register(job.outbox) as register:
        assert register.approval_of(job.name) == second
        assert register.approval_of("another") is None


@pytest.mark.parametrize("by", ["", "　", "a\nb", "x" * 101, "1234 5678 9012"])
def test_who_approves_is_named_in_one_line_without_a_number_of_a_person(job: Job, by: str) -> None:
    with pytest.raises(BadJob, match=r"--by"):
        approve(job, by)
    with opened_register(job.outbox) as register:
        assert register.approval_of(job.name) is None


def test_an_approval_of_a_proof_that_shows_something_else_is_refused(job: Job) -> None:
    short = bound_now(job).short
    other_seal(job)
    with pytest.raises(BadJob, match=rf"the proof with the sum {short} shows another job") as refused:
        approving.approve(job, BY, short)
    assert bound_now(job).short not in str(refused.value)  # it stands on the proof, and is read there
    assert approve(job, BY).bound == bound_now(job)


@pytest.mark.parametrize("proof", ["", " "])
def test_who_names_no_proof_has_seen_none_and_approves_nothing(job: Job, proof: str) -> None:
    with pytest.raises(BadJob, match=r"no proof is named, and only what somebody has seen can be approved; .* --proof"):
        approving.approve(job, BY, proof)
    assert refusal(job).startswith(f"{job.name}: waits for an approval")


def test_what_an_insert_says_is_approved_and_not_where_it_lies(job: Job, tmp_path: Path) -> None:
    here, there, other = (tmp_path / name for name in ("a.pdf", "b.pdf", "c.pdf"))
    for path, data in ((here, b"x"), (there, b"x"), (other, b"y")):
        path.write_bytes(data)
    first, moved, changed = (
        bound_now(replace(job, mailing=replace(job.mailing, inserts=(path,)))) for path in (here, there, other)
    )
    assert first == moved
    assert moved.changed_since(changed) == ("terms",)


def test_another_column_map_is_not_what_was_approved_wherever_it_lies(job: Job, tmp_path: Path) -> None:
    here, there = tmp_path / "columns.toml", tmp_path / "moved.toml"
    here.write_text('[columns]\n"記号" = "番号"\n"番号" = "記号"\n', "utf-8")
    shutil.copyfile(here, there)
    by_map, moved = (bound_now(replace(job, columns=path)) for path in (here, there))
    assert by_map == moved
    assert bound_now(job).changed_since(by_map) == ("terms",)
    here.write_text('[columns]\n"記号" = "記号"\n"番号" = "番号"\n', "utf-8")
    assert bound_now(replace(job, columns=here)).changed_since(by_map) == ("terms",)


def test_another_selection_is_not_what_was_approved_but_its_lists_may_be_corrected(job: Job, tmp_path: Path) -> None:
    insured = Selection(columns=(("本人家族", ("本人",)),))
    all_of_them, some, listed, changed = (
        bound_now(replace(job, select=select))
        for select in (None, insured, replace(insured, only=tmp_path / "list.csv"), replace(insured, changed=("氏名",)))
    )
    assert some == listed
    assert len({all_of_them, some, changed}) == 3


def test_on_the_command_line_a_job_waits_is_approved_and_printed(tmp_path: Path) -> None:
    path = waiting(tmp_path / "job")
    code, out, err = ended(renderer("run", path, "--workers", "1"))
    assert (code, out) == (ExitCode.BAD_JOB, "")
    assert "waits for an approval" in err
    assert ended(renderer("approve", path))[0] == ExitCode.BAD_COMMAND_LINE
    code, _, err = ended(renderer("approve", path, "--by", BY))
    assert code == ExitCode.BAD_JOB
    assert "no proof is named" in err
    short = bound_now(load_job(path)).short
    code, out, _ = ended(renderer("approve", path, "--by", BY, "--proof", short, "--reason", "良い", "--json"))
    assert code == ExitCode.ALL_PRINTED
    told = json.loads(out)
    assert (told["by"], told["reason"], told["sum"]) == (BY, "良い", bound_now(load_job(path)).short)
    assert ended(renderer("run", path, "--workers", "1"))[0] == ExitCode.ALL_PRINTED
