"""A member file of delimited fields (CSV) → its own columns, and its records one at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from renderer.intake.dialect import Dialect, PassOver
from renderer.intake.encodings import find_encoding, without_end_mark
from renderer.intake.records import NOTHING, LastRow, Record, Table
from renderer.model.errors import BadJob


@contextmanager
def opened_delimited(path: Path, dialect: Dialect, pass_over: PassOver) -> Iterator[Table]:
    """Open a CSV file for reading. A first pass settles the encoding, so that a wrong byte is told before any record.

    :raises BadJob: when it is empty, has no rows, is no text in its encoding, or has a NUL, or a quotation mark that is
        open or has swallowed rows.
    """
    encoding = find_encoding(path, dialect.encoding)
    # newline="\n": lines end as an editor counts them, and a quoted field keeps its own line ends
    with path.open(encoding=encoding, newline="\n") as text:
        records = _records(path, text, dialect, pass_over)
        yield Table(dialect.header or tuple(next(records).cells), records)


def _records(path: Path, text: TextIO, dialect: Dialect, pass_over: PassOver) -> Iterator[Record]:
    """Yield the header, where there is one, and each record."""
    skipped = _skip(text, dialect.skip, pass_over)
    lines = map(without_end_mark, text)
    remarks = _Remarks(lines, dialect.comment, skipped, pass_over) if dialect.comment else None
    reader = csv.reader(
        remarks or lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        strict=True,
    )
    last = LastRow(path, dialect.last) if dialect.last else None
    headers, width = 0 if dialect.header else 1, len(dialect.header)
    end, read, broken, swallows = skipped, 0, "", False
    cells: list[str] = []
    try:
        for cells in reader:
            begin, end = end + 1, skipped + reader.line_num
            if remarks:
                begin, end = remarks.lines_of_record()
            if end > begin and (swallows := _swallows_rows(cells, width or len(cells), dialect.delimiter)):
                break
            if not "".join(cells).strip(NOTHING):
                if cells:
                    pass_over("empty", begin)
            elif last and read >= headers and last.is_it(begin, cells, read - headers):
                if last.fault:
                    break
                pass_over("control", begin)
            else:
                read += 1
                width = width or len(cells)
                yield Record(begin, end, cells)
    except csv.Error as error:
        broken = str(error)
    del cells  # a traceback keeps the locals of its frames
    line = remarks.first if remarks else end + 1
    if "new-line character" in broken:
        raise BadJob(f"{path.name}: line {line} has a CR without LF; let every line end with LF or CRLF")
    if broken:
        raise BadJob(
            f"{path.name}: the record that begins at line {line} cannot be divided into fields ({broken}); "
            "look for a quotation mark that is not closed or not doubled"
        )
    if swallows:
        raise BadJob(
            f"{path.name}: lines {begin} to {end} are one record by their quotation marks, and look like several; "
            "take out or double the mark that is too many, or write the cell without line ends"
        )
    if last and (last.fault or read > headers):
        last.check()
    if read <= headers:
        raise BadJob(f"{path.name}: there are no rows{' below the header' * headers}; export the members again")


def _swallows_rows(cells: Sequence[str], width: int, delimiter: str) -> bool:
    """Whether a record of several lines has swallowed rows, in whichever cells; ``width`` is how many a row has.

    A mark that nobody meant may meet another in the same column, and nothing is wrong with the number of cells. What
    was swallowed still has its delimiters, those of a row and more. Half of them are enough, as a row may be short; a
    remark on several lines hardly ever has as many.
    """
    found = len(cells) - 1 + sum(cell.count(delimiter) for cell in cells)
    return 2 * found > 3 * (width - 1)


def _skip(text: TextIO, lines: int, pass_over: PassOver) -> int:
    """Pass over the lines above the header; return how many there are."""
    for line in range(1, lines + 1):
        if not text.readline():
            return line - 1
        pass_over("title", line)
    return lines


class _Remarks:
    """Takes the remarks out of the lines of a file; within a quoted field nothing is one."""

    def __init__(self, text: Iterator[str], begins: str, skipped: int, pass_over: PassOver) -> None:
        self._lines, self._begins, self._pass_over = enumerate(text, skipped + 1), begins, pass_over
        self.first = 0
        """The first line of the record that is being read; 0 between records."""
        self._line = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        for line, text in self._lines:
            if self.first or not text.startswith(self._begins):
                self.first, self._line = self.first or line, line
                return text
            self._pass_over("comment", line)
        raise StopIteration

    def lines_of_record(self) -> tuple[int, int]:
        """Return the lines at which the record begins and ends that was just read."""
        first, self.first = self.first, 0
        return first, self._line
