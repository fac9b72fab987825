"""Nobody is mailed twice and nothing is replaced unsaid, at whatever instant a run is killed."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from trial_runs import FIXTURES

from renderer.intake.jobfile import load_job
from renderer.model.errors import BadJob
from renderer.model.job import Job
from renderer.model.sums import sum_of_file
from renderer.running import outbox
from renderer.running.names import DELIVERY, LISTS, REPORT
from renderer.running.once import Allowed, DeliveredAlready, Once
from renderer.running.outbox import alone, deliver, learn, settle
from renderer.running.register import REGISTER, Delivery, Register, opened_register

NOTHING = Allowed()
AGAIN = Allowed(again=True)
REPLACE = Allowed(replace=True)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    source = tmp_path / "members.csv"
    source.write_text("one")
    (tmp_path / "outbox").mkdir()
    return replace(load_job(FIXTURES / "notice.toml"), name="x", outbox=tmp_path / "outbox", sources=(source,))


def run(job: Job, inputs: str = "first", allowed: Allowed = NOTHING) -> None:
    """Do what a run does, but for the printing."""
    work = job.beside("work")
    with alone(job, work), opened_register(job.outbox) as register:
        learn(job.outbox, register)
        settle(job, register, again=allowed.again)
        once = Once(register, job, inputs, allowed)
        once.check()
        finished = work / DELIVERY
        shutil.rmtree(finished, ignore_errors=True)
        finished.mkdir()
        for name in LISTS:
            (finished / name).write_text(name)
        sums = {name: sum_of_file(finished / name) for name in LISTS if name != REPORT}
        line = asdict(once.next(printed=17, held=3))
        (finished / REPORT).write_text(json.dumps({**line, "source_sum": line["source"], "sums": sums}))
        deliver(job, register, once.begin(finished))


def begin(job: Job, inputs: str = "first") -> None:
    """Leave what a run leaves that is killed as soon as its line is begun."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(outbox, "to_disk", killed)
        with pytest.raises(Killed):
            run(job, inputs)


class Killed(BaseException):
    """What a run is stopped with: nothing mends it."""


def killed(*_: object) -> None:
    raise Killed


def refusal(job: Job, inputs: str = "first") -> str:
    with opened_register(job.outbox) as register:
        refused = Once(register, job, inputs, NOTHING).refusal()
    return refused.told("en") if refused else ""


def of(folder: Path) -> str:
    return str(json.loads((folder / REPORT).read_text())["inputs"])


def there(job: Job) -> list[str]:
    return sorted(path.name for path in job.outbox.iterdir())


def lines(job: Job) -> list[tuple[int, str, bool, bool, bool]]:
    with opened_register(job.outbox) as register:
        found = register.of_job(job.name)
    return [(one.number, one.inputs, one.again, one.replaced, one.delivered_at is not None) for one in found]


def write_source(job: Job, text: str) -> None:
    job.sources[0].write_text(text)


def test_the_very_same_again_is_said_and_touches_nothing(job: Job) -> None:
    run(job)
    before = {path: path.stat().st_mtime_ns for path in job.folder.iterdir()}
    for allowed in (NOTHING, AGAIN, REPLACE):
        with pytest.raises(DeliveredAlready) as already:
            run(job, allowed=allowed)
        assert already.value.delivery.number == 1
    assert refusal(job) == ""
    assert {path: path.stat().st_mtime_ns for path in job.folder.iterdir()} == before
    assert lines(job) == [(1, "first", False, False, True)]


def test_other_inputs_replace_a_delivery_only_where_it_is_said(job: Job) -> None:
    run(job)
    with pytest.raises(
        BadJob, match=r"x: was delivered of other inputs than now \(job, .* or the program\); .* --replace"
    ):
        run(job, "second")
    assert "--replace" in refusal(job, "second")
    with pytest.raises(BadJob, match="--replace"):
        run(job, "second", AGAIN)
    assert there(job) == [REGISTER, "x"]
    run(job, "second", REPLACE)
    write_source(job, "corrected")
    run(job, "third", REPLACE)
    assert there(job) == [REGISTER, "x", "x@replaced-1", "x@replaced-2"]
    assert [of(job.outbox / name) for name in there(job)[1:]] == ["third", "first", "second"]
    assert [line[0] for line in lines(job)] == [1, 2, 3]


def test_a_delivery_that_no_line_knows_is_not_replaced_in_silence_either(job: Job) -> None:
    run(job)
    run(job, "second", REPLACE)
    for name in ("x", "x@replaced-1"):
        (job.outbox / name / REPORT).write_text("damaged")
    (job.outbox / REGISTER).unlink()
    with pytest.raises(BadJob, match="of inputs that the register does not know"):
        run(job, "second")
    run(job, "third", REPLACE)
    assert there(job)[1:] == ["x", "x@replaced-1", "x@replaced-2"]
    assert lines(job) == [(3, "third", False, True, True)]


@pytest.mark.parametrize("lose", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_register_that_was_lost_is_learned_again_from_what_lies_in_the_outbox(
    job: Job, lose: Callable[[Path], object]
) -> None:
    run(job)
    run(job, "second", REPLACE)
    run(replace(job, name="y"), allowed=AGAIN)
    (job.outbox / "of somebody").mkdir()
    (job.outbox / "of somebody" / REPORT).write_text('{"sums": {}}')
    known = lines(job)
    lose(job.outbox / REGISTER)
    with pytest.raises(DeliveredAlready):
        run(job, "second")
    assert lines(job) == known
    with pytest.raises(BadJob, match="was printed as x"):
        run(replace(job, name="z"))


def test_a_register_brought_back_from_a_copy_learns_what_was_delivered_since(job: Job) -> None:
    run(job)
    shutil.copy(job.outbox / REGISTER, job.outbox.parent)
    run(job, "second", REPLACE)
    known = lines(job)
    shutil.copy(job.outbox.parent / REGISTER, job.outbox)
    with pytest.raises(DeliveredAlready):
        run(job, "second")
    assert lines(job) == known


@pytest.mark.parametrize(
    ("name", "fault"),
    [("held.csv", "held.csv is missing"), (REPORT, "is there and is no delivery")],
)
def test_a_delivery_that_is_not_whole_is_said(job: Job, name: str, fault: str) -> None:
    run(job)
    (job.folder / name).unlink()
    with pytest.raises(BadJob, match=fault):
        run(job)


def test_a_member_file_is_printed_once_whatever_the_job_is_called(job: Job) -> None:
    run(job)
    other = replace(job, name="y")
    doubled = r"members\.csv: was printed as x on 20..-..-.., and everybody in it would be mailed twice; .* --again"
    with pytest.raises(BadJob, match=doubled):
        run(other)
    with pytest.raises(BadJob, match=doubled):
        run(other, allowed=REPLACE)
    assert "printed as x" in refusal(other)
    assert there(job) == [REGISTER, "x"]
    run(replace(job, name="z", document="eligibility_certificate"))
    run(other, allowed=AGAIN)
    assert lines(other) == [(1, "first", True, False, True)]


ROWS = "整理番号,氏名\r\nA1,見本　太郎\r\n"


@pytest.mark.parametrize(
    "data",
    [
        f"{ROWS}\r\n".encode(),
        f"{ROWS},\r\n\x1a".encode(),
        ROWS.rstrip().encode(),
        f"{ROWS.rstrip()}\x1a".encode("cp932"),
        f"{ROWS.rstrip()}\x1a\x1a".encode("utf-16"),
        ROWS.replace("\r", "").encode(),
        ROWS.encode("utf-8-sig"),
        ROWS.encode("cp932"),
        ROWS.encode("utf-16"),
    ],
)
def test_a_member_file_is_printed_once_however_it_is_saved(job: Job, data: bytes) -> None:
    job.sources[0].write_bytes(ROWS.encode())
    run(job)
    job.sources[0].write_bytes(data)
    assert "printed as x" in refusal(replace(job, name="y"))
    job.sources[0].write_bytes(data + ROWS.replace("A1", "A2").encode("cp932"))
    assert refusal(replace(job, name="y")) == ""


def test_a_member_file_is_printed_once_alone_or_among_others(job: Job) -> None:
    (one,) = job.sources
    two, three = one.with_name("two.csv"), one.with_name("three.csv")
    two.write_text("two")
    three.write_bytes(b"PK\0\xff no text")
    run(job)
    assert "printed as x" in refusal(replace(job, name="y", sources=(two, one)))
    run(replace(job, name="z", sources=(two, three)))
    for source in (two, three):
        assert "printed as z" in refusal(replace(job, name="y", sources=(source,)))
    with opened_register(job.outbox) as register:
        assert all(line.row_sums for line in (*register.of_job("x"), *register.of_job("z")))
    two.write_text("another")
    assert refusal(replace(job, name="y", sources=(two,))) == ""


def test_a_delivery_of_before_row_sums_is_known_by_the_sum_of_its_file(job: Job) -> None:
    run(job)
    with closing(sqlite3.connect(job.outbox / REGISTER)) as register, register:
        register.execute("UPDATE delivery SET row_sums = ''")
    other = job.sources[0].with_name("two.csv")
    other.write_text("two")
    assert "printed as x" in refusal(replace(job, name="y", sources=(other, *job.sources)))


def test_a_day_is_told_as_it_is_here(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened_register(job.outbox) as register:
        once = Once(register, replace(job, name="y"), "first", NOTHING)
        line = replace(
            Once(register, job, "first", NOTHING).next(printed=1, held=0), delivered_at="2026-11-23T20:00:00Z"
        )
        register.enter(line)
        for zone, day in (("Asia/Tokyo", "2026-11-24"), ("UTC", "2026-11-23")):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            refused = once.refusal()
            assert refused
            assert f"printed as x on {day}" in refused.told("en")
            assert f"{day} に x で印刷済みです" in refused.told("ja")
    monkeypatch.undo()
    time.tzset()


def test_a_delivery_that_was_taken_away_is_not_printed_again_in_silence(job: Job) -> None:
    run(job)
    shutil.move(job.folder, job.outbox.parent / "at the printer's")
    for allowed in (NOTHING, REPLACE):
        with pytest.raises(BadJob, match="was printed as x"):
            run(job, allowed=allowed)
    run(job, allowed=AGAIN)
    assert [line[0] for line in lines(job)] == [1, 2]
    assert there(job) == [REGISTER, "x"]


def test_what_lies_aside_is_printed_again_when_it_may_be_replaced_and_not_once_it_was_carried_away(job: Job) -> None:
    run(job)
    run(job, "second", REPLACE)
    run(job, "first", REPLACE)
    shutil.move(job.outbox / "x@replaced-2", job.outbox.parent / "at the printer's")
    with pytest.raises(BadJob, match="was printed as x"):
        run(job, "second", REPLACE)
    run(job, "second", Allowed(again=True, replace=True))
    assert there(job) == [REGISTER, "x", "x@replaced-1", "x@replaced-3"]


def test_another_job_that_comes_first_while_this_one_prints_is_seen(job: Job) -> None:
    with opened_register(job.outbox) as register:
        late = Once(register, replace(job, name="y"), "first", NOTHING)
        late.check()
        run(job)
        with pytest.raises(BadJob, match="was printed as x"):
            late.begin(job.folder)
        assert register.of_job("y") == []


def test_nobody_comes_between_the_last_question_and_the_line(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("renderer.running.register.PATIENCE", 0.01)
    enter = Register.enter

    def late(register: Register, line: Delivery) -> None:
        with pytest.raises(BadJob, match="database is locked"):
            run(replace(job, name="y"))
        enter(register, line)

    monkeypatch.setattr(Register, "enter", late)
    run(job)
    assert lines(replace(job, name="y")) == []


def test_a_damaged_delivery_is_replaced_by_the_same_when_it_is_said(job: Job) -> None:
    run(job)
    (job.folder / "held.csv").write_text("changed")
    with pytest.raises(BadJob, match=r"no longer whole: held\.csv was changed .*; print it anew with --replace"):
        run(job)
    run(job, allowed=REPLACE)
    assert there(job) == [REGISTER, "x", "x@replaced-1"]
    assert (job.folder / "held.csv").read_text() == "held.csv"
    assert lines(job) == [(1, "first", False, False, True), (2, "first", False, True, True)]
    with pytest.raises(DeliveredAlready):
        run(job)


def test_what_another_job_has_begun_counts_as_printed(job: Job) -> None:
    begin(job)
    with pytest.raises(BadJob, match="is about to be delivered as x, or that run was stopped: run that job to its end"):
        run(replace(job, name="y"))
    run(job)
    assert lines(job) == [(1, "first", False, False, True)]


# Killed at any instant


Step = tuple[object, str]
STEPS: tuple[Step, ...] = (
    (Register, "enter"),
    (Register, "complete"),
    (Register, "take_back"),
    (Path, "replace"),
    (shutil, "rmtree"),
    (outbox, "to_disk"),
)


@contextmanager
def killed_at(count: int, *, after: bool):  # type: ignore[no-untyped-def]
    """Stop at this step, before or after it is done; tell whether it came to that."""
    left = [count]
    with pytest.MonkeyPatch.context() as patched:
        for place, name in STEPS:
            patched.setattr(place, name, _counted(getattr(place, name), left, after=after))
        yield lambda: left[0] < 0


def _counted(step: Callable[..., Any], left: list[int], *, after: bool) -> Callable[..., Any]:
    def counted(*given: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == -1 and not after:
            raise Killed
        done = step(*given, **named)
        if left[0] == -1:
            raise Killed
        return done

    return counted


def attempt(job: Job, count: int, *, after: bool) -> bool:
    """Replace a delivery, and be killed; tell whether it came to that."""
    with killed_at(count, after=after) as came:
        with suppress(Killed, DeliveredAlready):
            run(job, "second", REPLACE)
        return bool(came())


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("twice", [False, True])
def test_a_run_killed_at_any_step_of_its_delivery_is_healed_by_the_same_command(
    job: Job, *, after: bool, twice: bool
) -> None:
    run(job)
    start = job.outbox.parent / "start"
    shutil.copytree(job.outbox, start)
    count, came = 0, True
    while came:
        for second in range(8) if twice else (99,):
            shutil.rmtree(job.outbox)
            shutil.copytree(start, job.outbox)
            came = attempt(job, count, after=after)
            attempt(job, second, after=after)
            attempt(job, 99, after=after)
            assert there(job) == [REGISTER, "x", "x@replaced-1"], (count, second)
            assert (of(job.folder), of(job.outbox / "x@replaced-1")) == ("second", "first")
            assert lines(job) == [(1, "first", False, False, True), (2, "second", False, True, True)]
        count += 1
    assert count > 10


@pytest.mark.parametrize("after", [False, True])
def test_whoever_gives_up_a_replacement_that_was_killed_has_the_earlier_delivery_or_the_new_one(
    job: Job, *, after: bool
) -> None:
    run(job)
    count = 0
    while attempt(job, count, after=after):
        with pytest.raises((DeliveredAlready, BadJob)) as ended:
            run(job)
        is_first = ended.type is DeliveredAlready
        assert of(job.folder) == ("first" if is_first else "second")
        if not is_first:
            break
        count += 1
    assert count > 5


@pytest.mark.parametrize("allowed", [NOTHING, REPLACE])
def test_a_delivery_carried_off_after_a_kill_counts_as_delivered(
    job: Job, allowed: Allowed, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(job)
    with monkeypatch.context() as patched:
        patched.setattr(Register, "complete", killed)
        with pytest.raises(Killed):
            run(job, "second", REPLACE)
    shutil.move(job.folder, job.outbox.parent / "at the printer's")
    assert refusal(job, "second")
    with pytest.raises(BadJob, match="was printed as x"):
        run(job, "second", allowed)
    assert there(job) == [REGISTER, "x@replaced-1"]
    assert lines(job) == [(1, "first", False, False, True), (2, "second", False, True, True)]
    run(job, "second", AGAIN)
    assert there(job) == [REGISTER, "x", "x@replaced-1"]


def test_a_work_folder_that_is_taken_away_after_a_kill_leaves_a_question_and_no_delivery(job: Job) -> None:
    run(job)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(outbox, "to_disk", killed)
        with pytest.raises(Killed):
            run(job, "second", REPLACE)
    shutil.rmtree(job.beside("work"))
    for _ in range(2):
        with pytest.raises(BadJob, match="nobody can tell whether somebody has its print files"):
            run(job, "second", REPLACE)
    run(job, "second", Allowed(again=True, replace=True))
    assert lines(job) == [(1, "first", False, False, True), (2, "second", True, True, True)]


def test_a_delivery_that_another_run_finds_in_its_place_is_one(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Register, "complete", killed)
        with pytest.raises(Killed):
            run(job)
    other = replace(job, name="y")
    with opened_register(job.outbox) as register:
        assert register.of_document(job.document) == []
    with suppress(BadJob):
        run(other)
    with opened_register(job.outbox) as register:
        assert [line.job for line in register.of_document(job.document)] == ["x"]


def test_what_cannot_be_written_down_is_said_to_be_delivered(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise BadJob("the register cannot be used (disk full)")

    with monkeypatch.context() as patched:
        patched.setattr(Register, "complete", full)
        with pytest.raises(BadJob, match="x is delivered and whole; start the same command again"):
            run(job)
    with pytest.raises(DeliveredAlready):
        run(job)


def test_a_delivery_whose_report_is_damaged_is_the_one_that_is_replaced(job: Job) -> None:
    run(job)
    (job.folder / REPORT).write_bytes((job.folder / REPORT).read_bytes()[:-9])
    with pytest.raises(BadJob):
        run(job, "second")
    run(job, "second", REPLACE)
    with opened_register(job.outbox) as register:
        assert [line.instead_of for line in register.of_job("x")] == [0, 1]


def test_when_something_was_delivered_stays_written_whatever_becomes_of_it(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(job)
    run(job, "second", REPLACE)
    shutil.rmtree(job.folder)
    with opened_register(job.outbox) as register:
        monkeypatch.setattr(register, "complete", lambda line: pytest.fail(f"{line.number} is complete already"))
        settle(job, register)
    assert there(job) == [REGISTER, "x@replaced-1"]
