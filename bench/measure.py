"""Run a command and everything it starts → wall time, CPU time and memory of all its processes together.

python bench/measure.py COMMAND …       the same in JSON
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

EVERY = 0.05
"""Seconds between two samples of memory."""
SHARE = 0.1
"""The most of one core that sampling may cost: the page tables of a process of gigabytes take long to read."""
PROC = Path("/proc")
_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


@dataclass(frozen=True, slots=True)
class Measured:
    """What a command cost, with all the processes it started and waited for."""

    seconds: float
    """Wall time, from start to end of the first process."""
    cpu: float
    """User and system seconds of all its processes."""
    peak: int
    """Bytes: the largest sum of PSS, so that memory which processes share counts once."""
    largest: int
    """Bytes: the largest RSS of a single process."""
    stdout: str


class Failed(Exception):  # noqa: N818 - an outcome of the command, not of this program
    """A command ended with another exit code than 0."""


def measured(command: Sequence[str]) -> Measured:
    """Run a command to its end, and until all that it has left behind has ended too.

    :raises Failed: when it fails; what it said went to stderr.
    """
    _adopt_orphans()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        # The largest RSS begins with that of the process which forks: this one must stay small.
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=said)
        sampler = _Sampler(process.pid)
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        sampler.stop()
        process.returncode = os.waitstatus_to_exitcode(status)
        usages = [usage, *_usages(sampler.seen)]
        said.seek(0)
        stdout = said.read()
    if process.returncode:
        raise Failed(f"{' '.join(command)}: exit code {process.returncode}")
    cpu = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    largest = max(usage.ru_maxrss for usage in usages) * 1024
    return Measured(seconds, cpu, sampler.peak, largest, stdout)


def _adopt_orphans() -> None:
    """Become the parent of what a command leaves behind, so that its CPU time is told to us when it ends."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "this system gives orphans away; the bench needs Linux 3.4")


def _usages(processes: Iterable[int]) -> Iterator[resource.struct_rusage]:
    """Wait for those of some processes that are ours now; each tells of itself and of those it had waited for."""
    for process in processes:
        with contextlib.suppress(ChildProcessError):
            yield os.wait4(process, 0)[2]


class _Sampler(threading.Thread):
    """Adds up the PSS of a process and all its descendants, again and again."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self.seen: set[int] = set()
        """All descendants so far."""
        self._family = {root}
        self._strangers: set[int] = set()
        self._ended = threading.Event()

    def run(self) -> None:
        pause = 0.0
        while not self._ended.wait(pause):
            begun = time.thread_time()
            self._find_descendants()
            self.peak = max(self.peak, sum(_pss(process) for process in self._family))
            pause = max(EVERY, (time.thread_time() - begun) / SHARE)

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def _find_descendants(self) -> None:
        """Look at the processes that were not there before: a parent has a place in the list before its child."""
        there = {int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()}
        self._family &= there
        self._strangers &= there
        for process in sorted(there - self._family - self._strangers, key=_started):
            if _parent(process) in self._family:
                self._family.add(process)
                self.seen.add(process)
            else:
                self._strangers.add(process)


def _pss(process: int) -> int:
    try:
        for line in (PROC / f"{process}/smaps_rollup").read_bytes().splitlines():
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass  # it has just ended
    return 0


def _stat(process: int) -> list[bytes]:
    """Return the fields of /proc/…/stat behind the name, which may hold blanks; none for one that has ended."""
    try:
        return (PROC / f"{process}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return [b"0"] * 20


def _parent(process: int) -> int:
    return int(_stat(process)[1])


def _started(process: int) -> tuple[int, int]:
    return int(_stat(process)[19]), process


if __name__ == "__main__":
    print(json.dumps(asdict(measured(sys.argv[1:]))))
