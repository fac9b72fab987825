"""The folders of a job in its outbox: which may be there, who works in them, how a delivery takes its name.

Nothing is ever emptied but what a run has made itself, and no delivery is lost to a later one.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from renderer.model.errors import BadBatch, BadJob
from renderer.model.job import Job
from renderer.model.sums import sum_of_file
from renderer.running.names import DELIVERY, PLATES, REPORT, is_of_delivery
from renderer.running.register import FORGOTTEN, Delivery, Register
from renderer.running.whole import read_report, remembers_papers
from renderer.running.workspace import to_disk

_ASIDE = "@replaced-"
_TAKES_NAME = "takes-its-name"
"""File of a work folder whose delivery takes its name, until the register says that it has."""


@contextmanager
def alone(job: Job, work: Path) -> Iterator[None]:
    """Open the work folder, and keep a second run of the same job out of it.

    :raises BadJob: when another run has it, the outbox cannot be opened, or something of somebody's is in the way.
    """
    _check_places(job, work)
    folder = _locked(job, work)
    try:
        yield
    finally:
        with suppress(OSError):
            if os.path.samestat(os.fstat(folder), work.stat()):
                work.rmdir()  # where nothing was begun
        os.close(folder)


@contextmanager
def left_as_it_is(outbox: Path) -> Iterator[None]:
    """Take an outbox away again that was not there before: nothing is delivered."""
    was_there = outbox.exists()
    try:
        yield
    finally:
        if not was_there:
            with suppress(OSError):  # somebody else has put something there meanwhile
                outbox.rmdir()


def _locked(job: Job, work: Path) -> int:
    """Return a descriptor of the work folder that no other run has; closing it lets others in."""
    while True:
        try:
            # Personal data lie in it while a run works: for nobody else's eyes.
            work.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder = os.open(work, os.O_RDONLY)
        except OSError as error:
            raise BadJob(
                f"{error.filename}: cannot be opened ({error.strerror}); choose an outbox that may be written to"
            ) from None
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(folder)
            raise BadJob(f"{job.name} is being run already; wait until that run has ended") from None
        # A run that ended between the two has given the folder another name.
        if work.is_dir() and os.path.samestat(os.fstat(folder), work.stat()):
            return folder
        os.close(folder)


def learn(outbox: Path, register: Register) -> None:
    """Write into the register what lies delivered in the outbox and is not in it: the register was lost, or is old."""
    found: list[tuple[Delivery, bool]] = []
    for report in sorted(outbox.glob(f"*/{REPORT}")):
        with suppress(BadBatch):  # whoever runs or verifies that job is told
            line, _ = read_report(report.parent)
            written = datetime.fromtimestamp(report.stat().st_mtime, UTC)
            found.append((replace(line, delivered_at=f"{written:%Y-%m-%dT%H:%M:%SZ}"), remembers_papers(report.parent)))
    with register.alone():
        for line, remembers in found:
            if all(known.number != line.number for known in register.of_job(line.job)):
                register.enter(line)
                if remembers:
                    register.remember(line, (), FORGOTTEN)


def settle(job: Job, register: Register, *, again: bool = False) -> None:
    """Finish what a kill cut off while a delivery took its name: it has it, or the earlier one gets its own back.

    That of another job has it where its folder is this delivery. One of this job took its name also where it is gone
    from the work folder and nowhere in the outbox: somebody has carried it off. Where the work folder is gone, too,
    nobody can tell: it never was a delivery only where somebody prints its member file ``again``.

    :raises BadJob: when nobody can tell.
    """
    takes_name = job.beside("work") / _TAKES_NAME
    for line in register.begun():
        if line.job != job.name:
            if is_in(job.outbox / line.job, line):
                register.complete(line)
            continue
        was_named = is_in_place(job, line) or takes_name.exists()
        is_lost = not was_named and not is_begun(job, line)
        if is_lost and not again:
            raise BadJob(
                f"{job.name}: a run of it was ended while it delivered, and its work folder is gone since, so nobody "
                "can tell whether somebody has its print files; if so, bring their folder back into the outbox, and "
                "else run it with --again"
            )
        if not is_lost and not is_begun(job, line):
            register.complete(line)
            continue
        earlier = aside(job, line.number - 1)
        if earlier.is_dir() and not job.folder.exists():
            earlier.replace(job.folder)
            to_disk(job.outbox)
        register.take_back(line)
    takes_name.unlink(missing_ok=True)


def deliver(job: Job, register: Register, delivery: Delivery) -> None:
    """Give what is finished the job's name, all of it on the disk; an earlier delivery is moved aside.

    The register says already that the delivery begins. What is delivered stays for nobody else's eyes: its files are
    0600, their folder 0700.
    """
    work = job.beside("work")
    folder = work / DELIVERY
    for path in folder.iterdir():
        path.chmod(0o600)
        to_disk(path)
    folder.chmod(0o700)
    to_disk(folder)
    (work / _TAKES_NAME).touch()
    to_disk(work)
    if job.folder.exists():
        job.folder.replace(aside(job, delivery.number - 1))
    folder.replace(job.folder)
    to_disk(job.outbox)
    try:
        register.complete(delivery)
    except BadJob as refused:
        raise BadJob(f"{job.name} is delivered and whole; start the same command again to end it: {refused}") from None
    (work / _TAKES_NAME).unlink()
    shutil.rmtree(work)


def in_place(job: Job, lines: Sequence[Delivery]) -> Delivery | None:
    """Return which delivery of the job lies in its folder, None for none or where nobody knows.

    A folder whose report is no longer what it was is taken for the last one: whoever replaces it says that nobody
    mails that.
    """
    if not job.folder.exists():
        return None
    delivered = [line for line in lines if line.delivered_at is not None]
    return next((line for line in lines if is_in_place(job, line)), delivered[-1] if delivered else None)


def is_in_place(job: Job, delivery: Delivery) -> bool:
    """Whether the folder of a job's name is this delivery."""
    return is_in(job.folder, delivery)


def is_begun(job: Job, delivery: Delivery) -> bool:
    """Whether this delivery lies finished in the work folder, and has not taken its name."""
    return is_in(job.beside("work") / DELIVERY, delivery)


def is_aside(job: Job, delivery: Delivery) -> bool:
    """Whether this delivery lies where another that took its place has put it."""
    return is_in(aside(job, delivery.number), delivery)


def is_in(folder: Path, delivery: Delivery) -> bool:
    """Whether a folder is this delivery."""
    report = folder / REPORT
    return report.is_file() and sum_of_file(report) == delivery.report


def aside(job: Job, number: int) -> Path:
    """Return where a delivery of a job goes when another takes its place; no job can be called so."""
    return job.outbox / f"{job.name}{_ASIDE}{number}"


def highest_aside(job: Job) -> int:
    """Return the highest number of a delivery of the job that lies aside, or 0."""
    prefix = f"{job.name}{_ASIDE}"
    numbers = (path.name.removeprefix(prefix) for path in job.outbox.iterdir() if path.name.startswith(prefix))
    return max((int(number) for number in numbers if number.isdecimal()), default=0)


def _check_places(job: Job, work: Path) -> None:
    for path in (job.folder, work):
        if path.is_symlink() or (path.exists() and not path.is_dir()):
            raise BadJob(f"{path} is there and is no folder; choose another name for the job, or move it")
    if (job.outbox / PLATES).is_file():
        raise BadJob(f"{job.outbox / '.plates'} is a file, and plates are kept in a folder of that name; move it")
    if job.folder.exists() and not _is_delivery(job.folder):
        raise BadJob(f"{job.folder} is there and is no delivery; choose another name for the job, or move it")


def _is_delivery(folder: Path) -> bool:
    return (folder / REPORT).is_file() and all(
        is_of_delivery(path.name) and path.is_file() and not path.is_symlink() for path in folder.iterdir()
    )
