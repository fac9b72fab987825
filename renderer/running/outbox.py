"""The folders of a job in its outbox: which may be there, who works in them, how a delivery takes its name.

Nothing is ever replaced or emptied but what a run has made itself.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from renderer.model.errors import BadJob
from renderer.model.job import Job
from renderer.running.workspace import to_disk

_OURS = re.compile(r"batch-[0-9]{4,}\.(pdf|csv|json)|(held|notes)\.csv|report\.(json|html)")
"""The files of a delivery."""


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
        os.close(folder)


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


def restore(job: Job) -> None:
    """Give an earlier delivery its name back, when a run was stopped while it put its own in that place."""
    if job.beside("earlier").is_dir() and not job.folder.exists():
        job.beside("earlier").replace(job.folder)


def deliver(job: Job, work: Path, finished: str) -> None:
    """Give a folder of the work folder the job's name, all of it on the disk, in the place of an earlier delivery.

    What is delivered stays for nobody else's eyes: its files are 0600, their folder 0700.
    """
    folder = work / finished
    for path in folder.iterdir():
        path.chmod(0o600)
        to_disk(path)
    folder.chmod(0o700)
    to_disk(folder)
    earlier = job.beside("earlier")
    shutil.rmtree(earlier, ignore_errors=True)
    if job.folder.exists():
        job.folder.replace(earlier)
    folder.replace(job.folder)
    to_disk(job.outbox)
    shutil.rmtree(earlier, ignore_errors=True)
    shutil.rmtree(work)


def _check_places(job: Job, work: Path) -> None:
    for path in (job.folder, job.beside("earlier"), work):
        if path.is_symlink() or (path.exists() and not path.is_dir()):
            raise BadJob(f"{path} is there and is no folder; choose another name for the job, or move it")
    if (job.outbox / ".plates").is_file():
        raise BadJob(f"{job.outbox / '.plates'} is a file, and plates are kept in a folder of that name; move it")
    if job.folder.exists() and not _is_delivery(job.folder):
        raise BadJob(f"{job.folder} is there and is no delivery; choose another name for the job, or move it")


def _is_delivery(folder: Path) -> bool:
    return (folder / "report.json").is_file() and all(
        _OURS.fullmatch(path.name) and path.is_file() and not path.is_symlink() for path in folder.iterdir()
    )
