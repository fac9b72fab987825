"""A member file, however it is written → a table of its own columns and records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from renderer.intake.delimited import opened_delimited
from renderer.intake.dialect import PLAIN, Dialect, Format, PassOver, forget
from renderer.intake.fixed import opened_fixed
from renderer.intake.records import Table
from renderer.intake.workbook import opened_workbook

Opened = Callable[[Path, Dialect, PassOver], AbstractContextManager[Table]]

_OPENED: Mapping[Format, Opened] = {"csv": opened_delimited, "fixed": opened_fixed, "xlsx": opened_workbook}


def open_table(path: Path, dialect: Dialect = PLAIN, pass_over: PassOver = forget) -> AbstractContextManager[Table]:
    """Open a member file for reading, in a ``with`` that gives its own columns and its records.

    Records are read one at a time, in memory that does not grow with the file, each with its line; ``pass_over`` is
    told why and where a line is none. Nothing is made of the cells but for the blanks that pad fixed lengths.
    Raises BadJob, at once or while the records are read, where the file cannot be read as the dialect says.
    """
    return _OPENED[format_of(path, dialect)](path, dialect, pass_over)


def format_of(path: Path, dialect: Dialect = PLAIN) -> Format:
    """Name the way a file is written: as the dialect says, else by the end of its name."""
    return dialect.format or ("xlsx" if path.suffix.lower() == ".xlsx" else "csv")
