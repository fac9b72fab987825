"""Who gets a paper this time: by value, day, list, and by what has changed since the last paper, as a user sees it."""

from __future__ import annotations

import csv
import json
import re
import shutil
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from trial_runs import DEMO, AtOnce, Row, ended, files_of, renderer, rows_of, write_job, write_members

from renderer.desk.delivery import prove_folder
from renderer.intake.jobfile import load_job
from renderer.model.errors import BadBatch, BadJob
from renderer.proof import complete
from renderer.running import checking, outbox
from renderer.running import run as running
from renderer.running.once import DeliveredAlready
from renderer.running.register import REGISTER, opened_register
from renderer.running.report import Checked, Report

ALL = rows_of(DEMO)
PEOPLE = [row for row in ALL if row["本人家族"] == "本人"][:8]
"""Insured persons without their families: what changes of one says nothing of another."""
ADA, BOB, *OTHERS = PEOPLE
NEW = OTHERS[0] | {"整理番号": "NEW1", "番号": "7777", "氏名": "新井　花"}
MOVED, MOVED_AGAIN = (
    {"郵便番号": "100-0000", "住所": f"東京都千代田区架空町{place}番"} for place in ("一丁目9", "二丁目8")
)
CHANGES = {"changed": ["氏名", "負担割合", "住所"], "new": True}


def job_of(folder: Path, rows: Sequence[Row] = PEOPLE, select: Mapping[str, Any] | None = None, **mailing: Any) -> Path:
    """Write a job with a key beside its outbox, that asks for some rows."""
    job = write_job(folder, rows, **mailing)
    job.write_text(f'key = "papers.key"\n{job.read_text("utf-8")}', "utf-8")
    ask(job, select or {})
    return job


def ask(job: Path, select: Mapping[str, Any]) -> None:
    """Let a job ask for other rows than before."""
    head = job.read_text("utf-8").split("[select]")[0]
    lines = [f'"{key}" = {json.dumps(asked, ensure_ascii=False)}\n' for key, asked in select.items()]
    job.write_text(f"{head}[select]\n{''.join(lines)}" if select else head, "utf-8")


def next_month(job: Path, name: str, rows: Sequence[Row], select: Mapping[str, Any] = CHANGES) -> None:
    """Give a job the name of another month, its member file, and what it asks for."""
    text = re.sub("^name = .*$", f'name = "{name}"', job.read_text("utf-8"), flags=re.MULTILINE)
    job.write_text(text, "utf-8")
    ask(job, select)
    write_members(job.with_name("members.csv"), rows)


def run(job: Path, **allowed: bool) -> Report:
    report = running.run(load_job(job), workers=1, make_workers=AtOnce, **allowed)
    assert printed(job) == {entry["整理番号"] for entry in listed_rows(job)} - held(job) - not_selected(job).keys()
    assert report.printed == len(printed(job))
    return report


def check(job: Path) -> Checked:
    return checking.check(load_job(job), workers=1)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def listed_rows(job: Path) -> list[dict[str, str]]:
    return table(load_job(job).sources[0])


def printed(job: Path) -> set[str]:
    return {row["record"] for path in load_job(job).folder.glob("batch-*.csv") for row in table(path)}


def held(job: Path) -> set[str]:
    return {row["整理番号"] for row in table(load_job(job).folder / "held.csv")}


def not_selected(job: Path) -> dict[str, str]:
    path = load_job(job).folder / "not-selected.csv"
    return {row["整理番号"]: row["規則"] for row in table(path)} if path.exists() else {}


def rules(found: Report | Checked) -> dict[str, int]:
    return {one.rule: one.records for one in found.unselected}


def records(rows: Iterable[Row]) -> set[str]:
    return {row["整理番号"] for row in rows}


# By value, day and list.


def test_rows_of_other_values_and_days_get_no_paper_and_all_adds_up(tmp_path: Path) -> None:
    rows = ALL[:13]
    job = job_of(tmp_path, rows, {"本人家族": "本人", "資格取得年月日": "2013-05-29..2024-09-08"})
    insured = [row for row in rows if row["本人家族"] == "本人"]
    asked = [row for row in insured if row["整理番号"] not in ("A000003", "A000010")]  # of 2010 and of 2026
    code, out, err = ended(renderer("run", job, "--lang", "en"))
    assert (code, err) == (0, "")
    assert f"read 13, printed {len(asked)}, held 0" in out
    assert f"  not selected {13 - len(insured)}: 本人家族 is not what is asked for" in out
    assert "  not selected 2: 資格取得年月日 is not what is asked for" in out
    assert printed(job) == records(asked)
    folder = load_job(job).folder
    told = json.loads((folder / "report.json").read_text("utf-8"))
    assert told["read"] == told["printed"] + told["held"] + told["not_selected"]
    assert told["unselected"] == [
        {"rule": "本人家族", "records": 13 - len(insured)},
        {"rule": "資格取得年月日", "records": 2},
    ]
    assert "not-selected.csv" in told["sums"]
    page = (folder / "report.html").read_text("utf-8")
    assert f"13 件 ＝ 印刷 {len(asked)} 件 ＋ 保留 0 件 ＋ 対象外 {13 - len(asked)} 件" in page
    assert "資格取得年月日 が指定と違う" in page
    listed = table(folder / "not-selected.csv")
    assert [row["行"] for row in listed] == [str(at) for at, row in enumerate(rows, 2) if row not in asked]
    code, out, _ = ended(renderer("verify", folder, "--job", job))
    assert (code, "not asked" in out) == (0, False)
    code, out, _ = ended(renderer("run", job, "--lang", "ja"))
    assert (code, out.splitlines()[1]) == (0, f"  対象外 {13 - len(asked)} 件")


def test_check_says_the_same_and_prints_nothing(tmp_path: Path) -> None:
    job = job_of(tmp_path, ALL[:13], {"本人家族": "家族"})
    code, out, _ = ended(renderer("check", job, "--lang", "ja"))
    assert code == 0
    assert "読込 13 件、印刷できるもの 7 件、保留 0 件" in out
    assert "  対象外 6 件：本人家族 が指定と違う" in out
    assert not (tmp_path / "papers.key").exists()
    assert {path.name for path in load_job(job).outbox.iterdir()} == {".plates"}


def test_two_people_of_one_my_number_are_held_though_one_gets_no_paper(tmp_path: Path) -> None:
    rows = [ADA | {"個人番号": "123456789018"}, BOB | {"個人番号": "1234 5678 9018"}, *OTHERS]
    said = check(job_of(tmp_path, rows))
    assert [(reason.first.code, reason.records) for reason in said.reasons] == [("my-number-of-another", 2)]
    (tmp_path / "list.csv").write_text(f"整理番号,理由\n{ADA['整理番号']},転居\n", "utf-8")
    ask(tmp_path / "job.toml", {"except": "list.csv"})
    said = check(tmp_path / "job.toml")
    assert [(reason.first.code, reason.records) for reason in said.reasons] == [("my-number-of-another", 1)]


def test_lists_say_who_gets_one_who_does_not_and_why_and_who_is_not_in_the_file(tmp_path: Path) -> None:
    job = job_of(tmp_path, select={"only": "list.csv", "except": "stop.csv"})
    (tmp_path / "list.csv").write_text(f"整理番号\n{ADA['整理番号']}\n{BOB['整理番号']}\nZ9\n", "utf-8")
    (tmp_path / "stop.csv").write_text(f"整理番号,理由\n{BOB['整理番号']},=郵便が戻った\nZ8,転居\n", "cp932")
    report = run(job)
    assert printed(job) == records([ADA])
    assert rules(report) == {"only": 6, "except": 1}
    (stopped,) = (row for row in table(load_job(job).folder / "not-selected.csv") if row["規則"] == "except")
    assert stopped["理由"] == "'=郵便が戻った"
    assert [(one.file, one.line, one.record) for one in report.strangers] == [
        ("stop.csv", 3, "Z8"), ("list.csv", 4, "Z9"),
    ]  # fmt: skip
    code, out, _ = ended(renderer("check", job, "--lang", "en"))
    assert code == 0
    assert "  stop.csv: of nobody in the member file: line 3\n  list.csv: of nobody in the member file: line 4" in out


def test_a_list_is_an_input_of_the_run(tmp_path: Path) -> None:
    job = job_of(tmp_path, select={"only": "list.csv"})
    (tmp_path / "list.csv").write_text(f"整理番号\n{ADA['整理番号']}\n", "utf-8")
    run(job)
    with pytest.raises(DeliveredAlready):
        run(job)
    (tmp_path / "list.csv").write_text(f"整理番号\n{BOB['整理番号']}\n", "utf-8")
    with pytest.raises(BadJob, match="delivered of other inputs"):
        run(job)
    run(job, replace=True)
    assert printed(job) == records([BOB])


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("only", "record\nA1\n", "list.csv line 1: the header is not 整理番号; write it so"),
        ("only", "整理番号\nA1\n\nA1\n", "list.csv line 4: line 2 has the same 整理番号"),
        ("except", "整理番号,理由\nA1,\n", "list.csv line 2: 理由 is blank"),
        ("except", "整理番号,理由\nA1\n", "list.csv line 2: 1 fields in the place of 2"),
        ("except", "整理番号,理由\nA1,123456789018\n", "list.csv line 2: 理由 has twelve digits like a 個人番号"),
        ("only", '整理番号\n"A1', "list.csv line 2: cannot be divided into fields"),
    ],
)
def test_a_list_that_cannot_be_used_stops_the_run(tmp_path: Path, key: str, text: str, said: str) -> None:
    job = job_of(tmp_path, select={key: "list.csv"})
    (tmp_path / "list.csv").write_text(text, "utf-8")
    with pytest.raises(BadJob, match=re.escape(said)) as refused:
        check(job)
    assert "123456789018" not in str(refused.value)


def test_a_row_that_is_not_asked_for_is_not_held_whatever_is_wrong_with_it(tmp_path: Path) -> None:
    wrong = BOB | {"氏名": "", "性別": "女"}
    cannot_be_told = OTHERS[0] | {"性別": "女性"}
    rows = [ADA | {"性別": "男"}, wrong, cannot_be_told]
    report = run(job_of(tmp_path, rows, {"性別": "男"}))
    assert (report.printed, report.held, rules(report)) == (1, 1, {"性別": 1})
    assert {reason.first.code for reason in report.reasons} == {"sex-unknown"}


def test_a_row_without_the_day_it_needs_is_held_and_not_passed_over(tmp_path: Path) -> None:
    family = next(row for row in ALL if row["本人家族"] == "家族")
    rows = [ADA, BOB | {"資格取得年月日": ""}, family]
    report = run(job_of(tmp_path, rows, {"資格取得年月日": "..2099-12-31"}))
    assert (report.printed, report.held, rules(report)) == (1, 1, {"資格取得年月日": 1})


def test_whoever_gets_none_is_compared_with_the_others_all_the_same(tmp_path: Path) -> None:
    rows = [ADA, BOB | {"整理番号": ADA["整理番号"], "性別": "裏面参照"}, *OTHERS]
    report = run(job_of(tmp_path, rows, {"性別": [ADA["性別"]]}))
    assert [reason.first.code for reason in report.reasons] == ["record-number-twice"]
    assert report.held == 1
    assert rules(report)["性別"] >= 1


def test_a_household_has_those_who_are_asked_for_in_its_envelope(tmp_path: Path) -> None:
    rows = [row for row in ALL[:9] if row["番号"] == "3"]
    job = job_of(tmp_path, rows, {"枝番": ["0", "02"]}, envelope="household")
    report = run(job)
    assert (report.printed, report.pieces, rules(report)) == (2, 1, {"枝番": 1})
    assert not report.notes


def test_a_household_does_not_wait_for_who_is_not_asked_for(tmp_path: Path) -> None:
    first, *rest = [row for row in ALL[:9] if row["番号"] == "3"]
    job = job_of(tmp_path, [first, *rest[:-1], rest[-1] | {"氏名": ""}], {"本人家族": "本人"}, envelope="household")
    report = run(job)
    assert (report.printed, report.held) == (1, 0)


# By change.


def test_only_what_has_changed_or_is_new_since_the_last_paper_of_each_is_printed(tmp_path: Path) -> None:
    job = job_of(tmp_path)
    assert run(job).printed == 8
    moved = ADA | MOVED
    december = [moved, BOB | {"備考": "別の備考"}, *OTHERS[1:], NEW]
    next_month(job, "december", december)
    assert rules(check(job)) == {"changed": 6}
    report = run(job)
    assert printed(job) == {ADA["整理番号"], "NEW1"}
    assert (report.read, report.printed, report.not_selected) == (8, 2, 6)
    assert report.base == "demo-notices/1"
    next_month(job, "january", [*december, OTHERS[1] | {"整理番号": "NEW2", "番号": "7778", "氏名": "新井　月"}])
    report = run(job)
    assert printed(job) == {"NEW2"}
    assert report.base == "demo-notices/1 december/1"
    next_month(job, "february", [ADA, *december[1:]])  # moved back: another address than on the last paper
    run(job)
    assert printed(job) == {ADA["整理番号"]}


def test_a_day_or_number_that_is_only_written_otherwise_has_not_changed(tmp_path: Path) -> None:
    row = ADA | {"生年月日": "1989-01-08", "枝番": "0", "記号": "１１６", "氏名": "見本　太郎"}
    job = job_of(tmp_path, [row])
    run(job)
    other = row | {"生年月日": "H1.1.8", "枝番": "00", "記号": "116", "氏名": "見本　太郎 "}
    next_month(job, "december", [other], {"changed": ["生年月日", "枝番", "記号", "氏名"]})
    assert rules(run(job)) == {"changed": 1}


@pytest.mark.parametrize(
    ("select", "who"),
    [({"new": True}, {"NEW1"}), ({"changed": ["性別"]}, {"A000001"}), ({"changed": ["住所"], "new": True}, {"NEW1"})],
)
def test_changed_and_new_alone_and_together(tmp_path: Path, select: Mapping[str, Any], who: set[str]) -> None:
    job = job_of(tmp_path, [ADA, BOB])
    run(job)
    other = "裏面参照" if ADA["性別"] != "裏面参照" else "男"
    next_month(job, "december", [ADA | {"性別": other}, BOB, NEW], select)
    report = run(job)
    assert printed(job) == who
    assert sum(rules(report).values()) == 2


def test_whoever_was_held_is_still_to_get_a_paper(tmp_path: Path) -> None:
    job = job_of(tmp_path, [ADA | {"氏名": ""}, BOB])
    assert run(job).held == 1
    next_month(job, "december", [ADA, BOB])
    assert rules(check(job)) == {"changed": 1}
    run(job)
    assert printed(job) == records([ADA])


def test_the_first_job_by_change_prints_everybody_who_is_new(tmp_path: Path) -> None:
    job = job_of(tmp_path, select=CHANGES)
    assert run(job).printed == 8
    assert stat.S_IMODE((tmp_path / "papers.key").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("ja", "まだありません（全員がはじめての人として扱われます）"),
        ("en", "no delivery yet: everybody counts as new"),
    ],
)
def test_a_job_by_change_that_has_nothing_to_compare_with_says_so(tmp_path: Path, language: str, says: str) -> None:
    job = job_of(tmp_path, select=CHANGES)
    job.write_text(f'language = "{language}"\n{job.read_text("utf-8")}', "utf-8")
    assert check(job).base == ""
    assert run(job).base == ""
    assert says in (load_job(job).folder / "report.html").read_text("utf-8")


def test_papers_of_other_documents_and_insurers_are_others(tmp_path: Path) -> None:
    job = job_of(tmp_path)
    run(job)
    text = job.read_text("utf-8")
    insurer = Path(re.search('insurer = "(.*)"', text)[1])  # type: ignore[index]
    (tmp_path / "other").mkdir()
    for file in insurer.parent.iterdir():
        if file.is_file():
            shutil.copy(file, tmp_path / "other")
    other = tmp_path / "other" / "insurer.toml"
    number = load_job(job).insurer.number
    other.write_text(other.read_text("utf-8").replace(number, "06139992"), "utf-8")
    assert number != "06139992"
    job.write_text(text.replace(str(insurer), str(other)), "utf-8")
    next_month(job, "december", [*PEOPLE, NEW])
    assert check(job).valid == 9


def test_a_delivery_that_is_replaced_was_nobodys_paper(tmp_path: Path) -> None:
    job = job_of(tmp_path)
    run(job)
    next_month(job, "december", [ADA | MOVED, *PEOPLE[1:]])
    run(job)
    assert printed(job) == records([ADA])
    next_month(job, "december", [ADA | MOVED_AGAIN, *PEOPLE[1:]])
    report = run(job, replace=True)
    assert (printed(job), report.base) == (records([ADA]), "demo-notices/1")
    next_month(job, "january", [ADA | MOVED, BOB | {"備考": "別"}, *OTHERS])
    report = run(job)  # the paper that was replaced said the same, and nobody got it
    assert (printed(job), report.base) == (records([ADA]), "demo-notices/1 december/2")


def test_the_very_same_job_is_delivered_already_and_prints_the_same_bytes_once_more(tmp_path: Path) -> None:
    job = job_of(tmp_path)
    run(job)
    december = [ADA | MOVED, *PEOPLE[1:]]
    next_month(job, "december", december)
    run(job)
    with pytest.raises(DeliveredAlready):
        run(job)
    assert check(job).refused is None
    assert rules(check(job)) == {"changed": 7}
    next_month(job, "january", [december[0], BOB | {"氏名": "見本　改"}, *OTHERS])
    run(job)
    next_month(job, "december", december)
    with pytest.raises(DeliveredAlready):
        run(job)
    folder = load_job(job).folder
    delivered = files_of(folder)
    shutil.move(folder, tmp_path / "at the printer's")
    report = run(job, again=True)
    assert (report.number, report.base, files_of(folder)) == (2, "demo-notices/1", delivered)
    assert len(prove_folder(folder, load_job(job))) == 1


class Killed(BaseException):
    """What a run is stopped with: nothing mends it."""


def kill_at(module: object, name: str, time: int) -> Callable[[pytest.MonkeyPatch], None]:
    def patch(patched: pytest.MonkeyPatch) -> None:
        before, calls = getattr(module, name), [0]

        def killed(*words: Any, **named: Any) -> Any:
            calls[0] += 1
            if calls[0] == time:
                raise Killed
            return before(*words, **named)

        patched.setattr(module, name, killed)

    return patch


@pytest.mark.parametrize(
    "kill",
    [
        kill_at(running, "prove_complete", 1),
        kill_at(running, "write_report", 1),
        kill_at(outbox, "to_disk", 1),
        kill_at(outbox.Path, "replace", 1),
        kill_at(outbox, "to_disk", 9),
        kill_at(outbox.Register, "complete", 1),
    ],
    ids=["proof", "report", "line begun", "before its name", "named", "before it counts"],
)
def test_a_run_that_is_killed_and_started_again_selects_the_same(
    tmp_path: Path, kill: Callable[[pytest.MonkeyPatch], None]
) -> None:
    job = job_of(tmp_path)
    run(job)
    next_month(job, "december", [ADA | {"氏名": "見本　改"}, *PEOPLE[1:], NEW])
    with pytest.MonkeyPatch.context() as patched:
        kill(patched)
        with pytest.raises(Killed):
            run(job)
    with suppress(DeliveredAlready):
        run(job)
    assert printed(job) == {ADA["整理番号"], "NEW1"}
    next_month(job, "january", [ADA | {"氏名": "見本　改"}, *PEOPLE[1:], NEW])
    write_members(tmp_path / "members.csv", [*reversed(rows_of(tmp_path / "members.csv"))])
    assert check(job).valid == 0


# The key, and what is remembered.


def test_nobody_reads_a_person_from_what_is_remembered(tmp_path: Path) -> None:
    twins = [
        ADA | {"整理番号": "T1", "番号": "1"},
        ADA | {"整理番号": "T2", "番号": "2", "方書": "別棟", "個人番号": "4711"},
    ]
    job = job_of(tmp_path, twins)
    run(job)
    with opened_register(load_job(job).outbox) as register:
        papers = register._do("SELECT record, columns FROM paper")
        known = register.sum_of_key()
    (one, columns), (other, other_columns) = papers
    assert one != other
    sums = [{whole[at : at + 4] for at in range(0, len(whole), 4)} for whole in (columns, other_columns)]
    assert sums[0].isdisjoint(sums[1]), "what two have alike must not be seen"
    key = bytes.fromhex((tmp_path / "papers.key").read_text().strip())
    data = (load_job(job).outbox / REGISTER).read_bytes()
    assert key not in data
    assert key.hex().encode() not in data
    assert known not in (None, key[:16])
    # A few digits stand in the sums and times of any register by chance; names, addresses and whole numbers do not.
    for text in (*ADA.values(), "T1", "T2"):
        assert (text.isascii() and len(text) < 8) or text.encode() not in data, text


def test_a_plain_job_remembers_nobody(tmp_path: Path) -> None:
    job = write_job(tmp_path, PEOPLE)
    run(job)
    with opened_register(load_job(job).outbox) as register:
        assert register._do("SELECT count(*) FROM paper") == [(0,)]
    assert not list(tmp_path.glob("*.key"))


def lose(key: Path) -> None:
    key.unlink()


def change(key: Path) -> None:
    key.write_text("ab" * 32 + "\n")


def spoil(key: Path) -> None:
    key.write_text("no key\n")


def let_others_read(key: Path) -> None:
    key.chmod(0o640)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lose, "papers.key: the key is missing, and without it nobody knows who has had a paper"),
        (change, "papers.key: is not the key by which this outbox remembers"),
        (spoil, "papers.key: is no key"),
        (let_others_read, "papers.key: others than you may read the key"),
    ],
)
def test_without_its_key_no_run_begins(tmp_path: Path, harm: Callable[[Path], None], said: str) -> None:
    job = job_of(tmp_path)
    run(job)
    next_month(job, "december", [*PEOPLE[1:]])
    harm(tmp_path / "papers.key")
    for begin in (run, check):
        with pytest.raises(BadJob, match=re.escape(said)) as refused:
            begin(job)
        assert "ab" * 32 not in str(refused.value)
    assert not load_job(job).folder.exists()


def test_a_lost_register_forgets_who_had_a_paper_and_says_so_by_what_it_compares_with(tmp_path: Path) -> None:
    job = job_of(tmp_path)
    run(job)
    (load_job(job).outbox / REGISTER).unlink()
    next_month(job, "december", [*PEOPLE[1:]])
    checked = check(job)
    assert (checked.valid, checked.base) == (7, "")


def test_a_delivery_is_not_replaced_by_one_that_is_compared_with_less(tmp_path: Path) -> None:
    job = job_of(tmp_path)
    run(job)
    next_month(job, "december", [ADA | MOVED, *PEOPLE[1:]])
    run(job)
    folder = load_job(job).folder
    (folder / "held.csv").unlink()
    (folder.parent / REGISTER).unlink()
    with pytest.raises(BadJob, match=r"what was delivered as demo-notices/1 is no longer remembered"):
        run(job, replace=True, again=True)


def test_with_an_older_register_nobody_is_told_from_who_had_a_paper(tmp_path: Path) -> None:
    job = job_of(tmp_path)
    run(job)
    register = load_job(job).outbox / REGISTER
    older = register.read_bytes()
    next_month(job, "november", [ADA | MOVED, *PEOPLE[1:]])
    run(job)
    register.write_bytes(older)
    next_month(job, "december", PEOPLE)
    with pytest.raises(
        BadJob, match=r"does not know who had a paper by november/1, .*; bring the latest register back"
    ):
        run(job)
    next_month(job, "everybody", PEOPLE, {})
    assert run(job, again=True).printed == len(PEOPLE)


def test_of_two_jobs_at_once_the_second_is_compared_with_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = job_of(tmp_path)
    run(job)
    next_month(job, "november", [ADA | MOVED, *PEOPLE[1:]])
    other = tmp_path / "other.toml"
    other.write_text(job.read_text("utf-8").replace("november", "other").replace("members.csv", "others.csv"), "utf-8")
    write_members(tmp_path / "others.csv", [ADA | MOVED, *PEOPLE[1:], NEW])
    gather = running.Run.gather

    def meanwhile(steps: running.Run) -> None:
        monkeypatch.setattr(running.Run, "gather", gather)
        run(other)
        gather(steps)

    monkeypatch.setattr(running.Run, "gather", meanwhile)
    with pytest.raises(BadJob, match="another job was delivered while this one was printed"):
        run(job)
    report = run(job)
    assert (report.printed, report.base) == (0, "demo-notices/1 other/1")


def test_beside_a_delivery_that_is_taking_its_name_nobody_is_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = job_of(tmp_path)
    run(job)
    next_month(job, "november", [ADA | MOVED, *PEOPLE[1:]])
    loaded = load_job(job)
    with opened_register(loaded.outbox) as register:
        (line,) = register.of_document(loaded.document)
        register.enter(replace(line, job="other", delivered_at=None))
    with pytest.raises(BadJob, match="other is about to be delivered, or that run was stopped"):
        run(job)
    with opened_register(loaded.outbox) as register:
        register.take_back(replace(line, job="other"))
    assert run(job).printed == 1


def test_what_a_job_of_another_document_replaced_was_nobodys_paper(tmp_path: Path) -> None:
    job = job_of(tmp_path)
    run(job)
    text = job.read_text("utf-8")
    certificate = write_job(tmp_path / "certificate", PEOPLE, fixture="certificate").read_text("utf-8")
    titled = dict(re.findall('^(document|title) = (".*")$', certificate, flags=re.MULTILINE))
    for key, value in titled.items():
        text = re.sub(f"^{key} = .*$", f"{key} = {value}", text, flags=re.MULTILINE)
    plain = job.read_text("utf-8")
    job.write_text(text, "utf-8")
    running.run(load_job(job), workers=1, make_workers=AtOnce, replace=True)
    job.write_text(plain, "utf-8")
    next_month(job, "december", PEOPLE)
    assert check(job).base == ""


# What looks like an older file.


def test_a_file_whose_newest_month_is_before_that_of_the_last_is_said(tmp_path: Path) -> None:
    job = job_of(tmp_path)
    last = run(job)
    assert (last.newest, last.older) == ("2026-10", None)
    next_month(job, "december", PEOPLE[:4], {})
    checked = check(job)
    assert checked.older
    assert "its newest month" in checked.older.told("en")
    report = run(job)
    assert report.older
    told = report.older.told("ja")
    assert "いちばん新しい月（資格取得、認定、登録）は 2022-09 ですが" in told
    assert "demo-notices では 2026-10 でした" in told
    assert told in (load_job(job).folder / "report.html").read_text("utf-8")
    _, out, _ = ended(renderer("check", job, "--lang", "en"))
    assert "make sure that it is the one you mean" in out
    next_month(job, "january", PEOPLE[:3], {})  # a part, such as what was corrected
    assert check(job).older is None


# The proof.


def test_a_list_of_those_not_selected_that_is_not_as_the_job_says_does_not_pass(tmp_path: Path) -> None:
    job = job_of(tmp_path, ALL[:13], {"本人家族": "本人"})
    with pytest.MonkeyPatch.context() as patched:
        asked: list[tuple[Any, ...]] = []

        def prove(*words: Any) -> None:
            asked.append((words[0].read_bytes(), words[1], list(words[2]), words[3], list(words[4])))

        patched.setattr(running, "prove_complete", prove)
        run(job)
    ((data, mailing, pieces, held_lines, unselected),) = asked
    index = tmp_path / "index"
    index.write_bytes(data)
    complete.prove_complete(index, mailing, pieces, held_lines, unselected)
    (line, rule), *others = unselected
    for wrong, said in (
        (others, f"line {line} of the member file is neither printed nor held, nor listed as not selected"),
        ([*unselected, (2, rule)], "line 2 of the member file is printed, and the job does not ask for it"),
        ([*unselected, (line, rule)], "is not there once"),
        ([(line, "氏名"), *others], "is not there once"),
        ([*unselected, (20, rule)], "1 lines are listed as not selected that the member file does not have"),
    ):
        with pytest.raises(BadBatch, match=re.escape(said)):
            complete.prove_complete(index, mailing, pieces, held_lines, wrong)
    with pytest.raises(BadBatch, match="listed as not selected by 本人家族, and the job asks for it"):
        complete.prove_complete(
            index, mailing, [one for one in pieces if one != ["A000001"]], held_lines, [*unselected, (2, rule)]
        )
    with pytest.raises(BadBatch, match=f"line {line} of the member file is held, and listed as not selected"):
        complete.prove_complete(index, mailing, pieces, {line}, unselected)
    with pytest.raises(BadBatch, match=f"line {line} of the member file is printed, and the job does not ask"):
        complete.prove_complete(index, mailing, [*pieces, ["A000002"]], held_lines, others)
