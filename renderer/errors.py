"""Say what went wrong, where, and what to do about it: one finding, one held record, one stopped run.

    Exception
     ├── Held            one record may not be printed; it carries all its findings
     └── RunStopped      the run ends here, with an exit code
          ├── BadJob     the job, insurer, column or member file cannot be used      (4)
          ├── BadLayout  a layout, a font or a picture cannot be used                (4)
          └── BadBatch   a print file failed its proof and is not delivered         (5)
    BaseException
     └── Interrupted     a person or the system ends the run                         (130)

Nothing else is caught on the way. No text in here may carry personal data: a record is named by its
record number (整理番号) and its line, a character by its code point.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum


class ExitCode(IntEnum):
    """What the command tells the shell (docs: README, design section 8)."""

    ALL_PRINTED = 0
    UNEXPECTED = 1
    BAD_COMMAND_LINE = 2
    SOME_HELD = 3
    BAD_JOB = 4
    BAD_BATCH = 5
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with one record, in words a person can act on."""

    stage: str
    """The verb of the way of a record: read, validate, gather, print, verify."""
    line: int
    """Line of the source, counted from 1 as an editor does; 0 where there is none."""
    record: str
    """整理番号 as given, or "" where it could not be read. Never a name or a number of the person."""
    code: str
    """A stable word for machines, such as ``date-not-in-calendar``."""
    sentence: str
    """What is wrong, without personal data."""
    action: str
    """What to do about it."""

    def __str__(self) -> str:
        where = f"line {self.line}" + (f", record {self.record}" if self.record else "")
        return f"{where}: {self.sentence}; {self.action} [{self.code}]"


class Held(Exception):  # noqa: N818 - a held record is an outcome of the design, not an error of the program
    """One record may not be printed. The run goes on without it and says so."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(map(str, self.findings)))


class RunStopped(Exception):  # noqa: N818
    """The run cannot go on. ``str()`` is lower case, says where, what, and what to do."""

    exit_code = ExitCode.UNEXPECTED


class BadJob(RunStopped):
    """The job file, or a file it names, cannot be used as it is."""

    exit_code = ExitCode.BAD_JOB


class BadLayout(RunStopped):
    """A layout, or a font or picture it names, cannot be used as it is."""

    exit_code = ExitCode.BAD_JOB


class BadBatch(RunStopped):
    """A print file is not what was asked for; it was not delivered."""

    exit_code = ExitCode.BAD_BATCH


class Interrupted(BaseException):
    """Somebody ends the run with one of ``ENDINGS``. Nothing that mends errors catches it."""


ENDINGS = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)
"""Ctrl-C, a terminal that is closed, the system that goes down."""


def nearest(word: str, choices: Iterable[str]) -> str:
    """Give the right word a person most likely meant by a wrong one, or "" if there is none to choose."""
    return next(iter(get_close_matches(word, list(choices), n=1, cutoff=0.0)), "")
