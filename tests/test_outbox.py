"""A delivery takes its name in nobody else's place, and a run works where nobody else looks or runs."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from trial_runs import FIXTURES

from renderer.intake.jobfile import load_job
from renderer.model.errors import BadJob
from renderer.model.job import Job
from renderer.running import outbox
from renderer.running.names import DELIVERY
from renderer.running.outbox import alone, aside, deliver, highest_aside
from renderer.running.register import REGISTER, Delivery, opened_register

NAMES = (
    "batch-0001.pdf",
    "batch-0001.csv",
    "batch-12345.json",
    "held.csv",
    "notes.csv",
    "report.json",
    "report.html",
)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return replace(load_job(FIXTURES / "notice.toml"), name="x", outbox=tmp_path)


def filled(folder: Path, *names: str) -> None:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text("of an earlier run")


def run(job: Job) -> None:
    work = job.beside("work")
    with alone(job, work):
        (work / "done").mkdir()
        filled(work / DELIVERY, "report.json")
        (work / DELIVERY / "report.json").write_text("new")
        deliver_finished(job, 3)


def deliver_finished(job: Job, number: int = 1) -> None:
    with opened_register(job.outbox) as register:
        delivery = Delivery(job.name, number, "notice", "", "", "", 0, 0, again=False, replaced=False)
        register.enter(delivery)
        deliver(job, register, delivery)


def link_to_a_folder(path: Path) -> None:
    path.symlink_to(FIXTURES)


def link_to_nothing(path: Path) -> None:
    path.symlink_to("nothing")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def everything(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_an_earlier_delivery_is_replaced_whole_and_kept_under_its_number(job: Job) -> None:
    filled(job.folder, *NAMES)
    run(job)
    kept = sorted(f"x@replaced-2/{name}" for name in NAMES)
    assert everything(job.outbox) == [REGISTER, "x", "x/report.json", "x@replaced-2", *kept]
    assert (job.folder / "report.json").read_text() == "new"
    with opened_register(job.outbox) as register:
        assert [line.delivered_at is None for line in register.of_job("x")] == [False]


def test_no_job_is_called_like_a_delivery_aside(job: Job) -> None:
    text = (FIXTURES / "notice.toml").read_text("utf-8")
    path = job.outbox / "job.toml"
    path.write_text(text.replace("demo-notices", aside(job, 1).name), "utf-8")
    with pytest.raises(BadJob, match="must be a safe folder name"):
        load_job(path)


def test_the_numbers_aside_are_those_of_the_job(job: Job) -> None:
    assert highest_aside(job) == 0
    for name in ("x@replaced-2", "x@replaced-10", "x@replaced-old", "xx@replaced-99", ".x.work"):
        (job.outbox / name).mkdir()
    assert highest_aside(job) == 10


def test_a_run_that_begins_nothing_leaves_no_folder(job: Job) -> None:
    with alone(job, job.beside("work")):
        pass
    assert everything(job.outbox) == []


@pytest.mark.parametrize(
    "names", [(), ("members.csv",), NAMES[:-2], (*NAMES, "members.csv"), (*NAMES, "batch-0001.pdf.bak")]
)
def test_a_folder_that_is_no_delivery_is_left_as_it_is(job: Job, names: tuple[str, ...]) -> None:
    filled(job.folder, *names)
    before = everything(job.outbox)
    with pytest.raises(BadJob, match="x is there and is no delivery; choose another name for the job, or move it"):
        run(job)
    assert everything(job.outbox) == before


def test_a_delivery_with_a_folder_or_a_link_in_it_is_left_as_it_is(job: Job) -> None:
    for make in (Path.mkdir, link_to_a_folder):
        filled(job.folder, "report.json")
        make(job.folder / "held.csv")
        with pytest.raises(BadJob, match="is no delivery"):
            run(job)
        (job.folder / "held.csv").rename(job.outbox / make.__name__)


@pytest.mark.parametrize("name", ["x", ".x.work"])
@pytest.mark.parametrize("make", [Path.touch, link_to_a_folder, link_to_nothing])
def test_a_file_or_a_link_where_a_folder_must_be_is_named_and_left(
    job: Job, name: str, make: Callable[[Path], None]
) -> None:
    make(job.outbox / name)
    with pytest.raises(BadJob, match=rf"/{name} is there and is no folder; "):
        run(job)
    assert [path.name for path in job.outbox.iterdir()] == [name]
    (job.outbox / name).unlink()
    run(job)


def test_a_file_where_plates_are_kept_is_named(job: Job) -> None:
    (job.outbox / ".plates").touch()
    with pytest.raises(BadJob, match=r"/\.plates is a file"):
        run(job)


def test_an_outbox_that_cannot_be_made_is_named_with_the_reason(job: Job) -> None:
    (job.outbox / "file").touch()
    with pytest.raises(BadJob, match=r"/file/outbox.*: cannot be opened \(Not a directory\); choose an outbox"):
        run(replace(job, outbox=job.outbox / "file" / "outbox"))


def test_two_runs_of_a_job_are_not_at_work_at_once(job: Job) -> None:
    with alone(job, job.beside("work")), pytest.raises(BadJob, match="is being run already"):
        run(job)
    run(job)


def test_a_run_works_in_private_and_what_it_delivers_stays_private_wherever_the_outbox_is(job: Job) -> None:
    job.outbox.chmod(0o777)
    work = job.beside("work")
    with alone(job, work):
        assert mode(work) == 0o700
        filled(work / DELIVERY, *NAMES)
        (work / DELIVERY).chmod(0o755)
        for path in (work / DELIVERY).iterdir():
            path.chmod(0o644)
        deliver_finished(job)
    assert mode(job.folder) == 0o700
    assert {mode(path) for path in job.folder.iterdir()} == {0o600}


def test_what_is_delivered_is_on_the_disk_before_it_takes_its_name_and_so_is_the_name(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, bool]] = []
    monkeypatch.setattr(outbox, "to_disk", lambda path: told.append((path.name, job.folder.exists())))
    run(job)
    work = job.beside("work").name
    assert told == [("report.json", False), (DELIVERY, False), (work, False), (job.outbox.name, True)]


def test_the_folder_of_a_run_that_has_ended_meanwhile_is_not_taken_for_ones_own(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between opening the folder and locking it, another run delivers it and a third begins."""
    work, lock, others = job.beside("work"), fcntl.flock, []

    def late(folder: int, how: int) -> None:
        if not others:
            others.append(folder)
            filled(work / DELIVERY, "report.json")
            deliver_finished(job)
            work.mkdir()
        lock(folder, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with alone(job, work):
        assert list(work.iterdir()) == []
        with pytest.raises(BadJob, match="being run already"), alone(job, work):
            pass
