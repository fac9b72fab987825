"""A run and a random instant → who of its processes is killed then, and what the same command delivers afterwards.

The instants are chosen by a seed; what a run is at by then depends on the machine, and is counted.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from processes import children, descendants, parent_of
from test_run import alike
from trial_runs import ended, files_of, renderer, write_job

from renderer.intake.jobfile import load_job
from renderer.model.job import Job
from renderer.running.register import REGISTER

TARGETS = ("main", "worker", "fork server")
WAYS = {
    "notices": {"envelope": "member", "customer_barcode": True, "pieces_per_batch": 12},
    "households": {"envelope": "household", "route": "workplace", "pieces_per_batch": 8},
}
"""Job → how it is mailed."""
ROWS = 80
ENOUGH = 5
"""Starts of the same command, of which one must end well: none is disturbed but the first."""


@dataclass(frozen=True, slots=True)
class Kill:
    """One process of one run, killed."""

    job: str
    target: str
    stage: str
    """What the run had begun when the process was killed."""
    went_on: bool
    """Whether the run ended well all the same, without being started again."""


class Killing:
    """A job that is run, killed and run again, as often as is asked for."""

    def __init__(self, folder: Path, name: str, rows: int = ROWS) -> None:
        """Run it undisturbed first: what it delivers, and how long that takes with and without plates."""
        self.name = name
        self.job_file = write_job(folder, alike(rows), **WAYS[name])
        self.job = load_job(self.job_file)
        (self.job.outbox / ".plates").unlink()
        self._seconds = {plates: self._timed() for plates in (False, True)}
        self.right = files_of(self.job.folder)

    def _timed(self) -> float:
        begun = time.monotonic()
        code, _, err = ended(self._start())
        assert (code, err) == (0, "")
        return time.monotonic() - begun

    def _start(self) -> subprocess.Popen[str]:
        return renderer("run", self.job_file, "--workers", "2", cwd=self.job_file.parent)

    def kill(self, seed: int) -> Kill:
        """Kill one process at an instant that a seed chooses, and run the same command until it ends well.

        :raises AssertionError: when something half done is left, or other bytes are delivered.
        """
        chance = random.Random(f"{self.name} {seed}")
        has_plates, wanted = chance.random() < 0.7, chance.choice(TARGETS)
        shutil.rmtree(self.job.folder)
        (self.job.outbox / REGISTER).unlink()
        if not has_plates:
            shutil.rmtree(self.job.outbox / ".plates")
        process = self._start()
        self._wait_for(wanted, process)
        time.sleep(chance.uniform(0, self._seconds[has_plates] / (1 if wanted == "main" else 3)))
        stage = stage_of(self.job)
        target, pid = next(_alive(process.pid, wanted))
        if process.poll() is None:
            os.kill(pid, signal.SIGKILL)
        code, _, _ = ended(process)
        went_on = code == 0
        for _ in range(ENOUGH):
            if code == 0:
                break
            assert not self.job.folder.exists() or files_of(self.job.folder) == self.right
            code, _, err = ended(self._start())
        assert code == 0, err
        assert files_of(self.job.folder) == self.right
        assert {entry.name for entry in self.job.outbox.iterdir()} == {".plates", REGISTER, self.job.name}
        return Kill(self.name, target, stage, went_on)

    @staticmethod
    def _wait_for(wanted: str, process: subprocess.Popen[str]) -> None:
        """Wait until there is such a process: some live for a part of the run alone."""
        while process.poll() is None and next(_alive(process.pid, wanted))[0] != wanted:
            time.sleep(0.005)


def stage_of(job: Job) -> str:
    """Say what a run has begun, by what lies in its outbox."""
    work = job.beside("work")
    if job.folder.exists():
        return "delivered"
    if not (work / "members.sqlite").exists():
        return "not begun"
    if any((work / "delivery").glob("*.html")):
        return "report"
    if any((work / "delivery").glob("batch-*.pdf")):
        return "print and verify"
    return "read, compile and gather"


def _alive(main: int, wanted: str) -> Iterator[tuple[str, int]]:
    """Yield the processes of a run that are what is wanted, and at last the run itself."""
    servers = children(main, b"forkserver")
    found = {
        "fork server": servers,
        "worker": [pid for pid in descendants(main) if parent_of(pid) in servers],
        "main": [],
    }
    yield from ((wanted, pid) for pid in found[wanted])
    yield "main", main
