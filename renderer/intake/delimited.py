"""A member file of delimited fields (CSV) → its own columns, and its records one at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from renderer.intake.dialect import Dialect, PassOver
from renderer.intake.encodings import find_encoding
from renderer.intake.records import NOTHING, LastRow, Record, Table
from renderer.model.errors import BadJob


@contextmanager
def opened_delimited(path: Path, dialect: Dialect, pass_over: PassOver) -> Iterator[Table]:
    """Open a CSV file for reading. A first pass settles the encoding, so that a wrong byte is told before any record.

    :raises BadJob: when it is empty, has no rows, is no text in its encoding, or has a NUL or an open quotation mark.
    """
    encoding = find_encoding(path, dialect.encoding)
    # newline="\n": lines end as an editor counts them, and a quoted field keeps its own line ends
    with path.open(encoding=encoding, newline="\n") as text:
        records = _records(path, text, dialect, pass_over)
        yield Table(dialect.header or tuple(next(records).cells), records)


@dataclass(slots=True)
class _Above:
    """What the reader of fields does not see, and what it is about to see."""

    lines: int
    """Lines so far that it did not see."""
    is_between: bool = True
    """Whether the next line begins a record, and does not go on with a quoted field."""


def _records(path: Path, text: TextIO, dialect: Dialect, pass_over: PassOver) -> Iterator[Record]:
    """Yield the header, where there is one, and each record."""
    above = _Above(_skip(text, dialect.skip, pass_over))
    reader = csv.reader(
        _without_remarks(text, dialect.comment, above, pass_over) if dialect.comment else text,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        strict=True,
    )
    last = LastRow(path, dialect.last) if dialect.last else None
    headers = 0 if dialect.header else 1
    end, hidden, read, broken = above.lines, above.lines, 0, ""
    cells: list[str] = []
    try:
        for cells in reader:
            begin = end + 1 + above.lines - hidden
            end, hidden, above.is_between = reader.line_num + above.lines, above.lines, True
            if "".join(cells).strip(NOTHING):
                if last and read >= headers and last.is_it(begin, cells, read - headers):
                    pass_over("control", begin)
                    continue
                read += 1
                yield Record(begin, end, cells)
            elif cells:
                pass_over("empty", begin)
    except csv.Error as error:
        broken = str(error)
    del cells  # a traceback keeps the locals of its frames
    line = end + 1 + above.lines - hidden
    if "new-line character" in broken:
        raise BadJob(f"{path.name}: line {line} has a CR without LF; let every line end with LF or CRLF")
    if broken:
        raise BadJob(
            f"{path.name}: the record that begins at line {line} cannot be divided into fields ({broken}); "
            "look for a quotation mark that is not closed or not doubled"
        )
    if read <= headers:
        raise BadJob(f"{path.name}: there are no rows{' below the header' * headers}; export the members again")
    if last:
        last.check_found()


def _skip(text: TextIO, lines: int, pass_over: PassOver) -> int:
    """Pass over the lines above the header; return how many there are."""
    for line in range(1, lines + 1):
        if not text.readline():
            return line - 1
        pass_over("title", line)
    return lines


def _without_remarks(text: TextIO, begins: str, above: _Above, pass_over: PassOver) -> Iterator[str]:
    """Yield the lines that are no remarks; within a quoted field nothing is one."""
    skipped = above.lines
    for number, line in enumerate(text, skipped + 1):
        if above.is_between and line.startswith(begins):
            above.lines += 1
            pass_over("comment", number)
        else:
            above.is_between = False
            yield line
