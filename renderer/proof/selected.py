"""``[select]`` of a job file, read a second time → by which of its rules a row of the member file gets no paper.

Stated once more, from the README and from nothing that the run itself goes by, as ``restated``. The rules by change are
not stated again: what was delivered before is no longer there to be read.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from renderer.model.job import Job
from renderer.proof.cells import Row, day, digits, is_given, key_of
from renderer.proof.source_file import encoding_of

_BY_CHANGE = ("changed", "new")
_LISTS: Mapping[str, bool] = {"except": True, "only": False}
"""Key of a list → whether those in it get no paper, or those who are not."""
_IN_DIGITS = ("郵便番号", "負担割合")
"""Columns of which the digits alone count."""


class Selected:
    """The rules of a job by which rows get no paper."""

    def __init__(self, job: Job) -> None:
        """Read the job file and its lists.

        :raises OSError, ValueError: when they cannot be read a second time.
        """
        given = tomllib.loads(job.path.read_text("utf-8-sig")).get("select", {})
        by_change = [key for key in _BY_CHANGE if given.pop(key, None)]
        self._rules = {key: _rule(key, asked, job.path.resolve().parent) for key, asked in given.items()}
        self.names = [*self._rules]
        """The rules that are stated here, in the order of the bits of ``mask``."""
        self.others = [*_BY_CHANGE] if by_change else []
        """Those that are not: one asked for alone passes over by the other, too."""

    def mask(self, row: Row) -> int:
        """Say which rules give a row no paper, a bit for each."""
        return sum(1 << at for at, gives_none in enumerate(self._rules.values()) if gives_none(row))


def _rule(key: str, asked: Any, folder: Path) -> Callable[[Row], bool]:
    if key in _LISTS:
        listed = _records(folder / asked)
        return lambda row: (key_of(row["整理番号"]) in listed) is _LISTS[key]
    if isinstance(asked, str) and ".." in asked:
        first, last = (date.fromisoformat(end) if end else None for end in asked.split(".."))
        return lambda row: not is_given(row.get(key, "")) or _is_outside(day(row[key]), first, last)
    values = {_plain(key, value) for value in ([asked] if isinstance(asked, str) else asked)}
    return lambda row: _plain(key, row.get(key, "")) not in values


def _is_outside(on: date | None, first: date | None, last: date | None) -> bool:
    return on is not None and bool((first and on < first) or (last and on > last))


def _plain(column: str, cell: str) -> str:
    if column in _IN_DIGITS:
        return digits(cell)
    return digits(cell).zfill(2) if column == "枝番" and is_given(cell) else key_of(cell)


def _records(path: Path) -> set[str]:
    encoding, mark = encoding_of(path)
    text = path.read_bytes()[mark:].decode(encoding)
    return {key_of(cells[0]) for cells in csv.reader(io.StringIO(text, newline="")) if cells}
