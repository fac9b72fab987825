"""What the command tells the shell when it ends: an outcome into an exit code (README lists them)."""

from __future__ import annotations

from enum import IntEnum

from renderer.model.errors import BadBatch, BadJob, BadLayout, RunStopped, Unreadable


class ExitCode(IntEnum):
    """The exit codes of ``renderer``."""

    ALL_PRINTED = 0
    UNEXPECTED = 1
    BAD_COMMAND_LINE = 2
    SOME_HELD = 3
    BAD_JOB = 4
    BAD_BATCH = 5
    UNREADABLE = 6
    INTERRUPTED = 130


def of_stop(stopped: RunStopped) -> ExitCode:
    """Return the exit code of a run that was stopped."""
    if isinstance(stopped, Unreadable):
        return ExitCode.UNREADABLE
    if isinstance(stopped, BadBatch):
        return ExitCode.BAD_BATCH
    return ExitCode.BAD_JOB if isinstance(stopped, BadJob | BadLayout) else ExitCode.UNEXPECTED


def of_records(held: int) -> ExitCode:
    """Return the exit code of a run or a check that held so many records."""
    return ExitCode.SOME_HELD if held else ExitCode.ALL_PRINTED
