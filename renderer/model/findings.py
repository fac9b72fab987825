"""One thing wrong or odd with one record: where, what, and what to do about it.

No text in here may carry personal data: a record is named by its 整理番号 and its line, a character by its code point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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
