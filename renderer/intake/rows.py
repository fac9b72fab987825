"""Member files → Rows under standard columns, one at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from renderer.documents.document import FORWARDING_COLUMNS, HEADER, STANDARD_COLUMNS, Columns
from renderer.intake.columnmap import STANDARD, ColumnMap
from renderer.intake.dialect import Reason
from renderer.intake.mapfile import load_column_map
from renderer.intake.mapping import Making, Told, WrongColumns, standard_cells
from renderer.intake.records import MOST_SIGNS, Record
from renderer.intake.tables import open_table
from renderer.model.errors import BadJob
from renderer.model.findings import Finding
from renderer.model.job import Job, Route
from renderer.model.lines import number_of

ALL = Columns(STANDARD_COLUMNS, FORWARDING_COLUMNS)
"""What a document may ask."""


Take = Callable[[Sequence[str]], Sequence[str]]
_CODES = ("本人家族", "性別", "負担割合", "限度額区分")
"""Columns with one of a few words: blanks that fill a column up are none of it, and of no other is anything changed."""
_codes_of = itemgetter(*_CODES)


class Row(NamedTuple):
    """One record of the source: it was read, nothing more. Its ``repr`` shows no personal data."""

    line: int
    """The line of the file the record begins at, from 1, as an editor counts; of one of several files, its number."""
    fields: Mapping[str, str]
    """Standard column → its text; empty when the row could not be divided."""
    findings: tuple[Finding, ...] = ()
    """What was found while it was read: why it could not be divided, or is not as the column map says."""
    last_line: int = 0
    """The line it ends at, where that is another one: a quoted field has line ends."""

    def __repr__(self) -> str:
        return f"Row(line={self.line}, findings={self.findings})"


@dataclass(slots=True)
class PassedOver:
    """What of member files is no row, and no column that anybody asks for."""

    lines: Counter[str] = field(default_factory=Counter)
    """Why lines are no rows (a ``Reason``), and how many."""
    columns: dict[str, None] = field(default_factory=dict)
    """Own columns that the column map ignores, in their order."""

    def line(self, reason: Reason, _: int) -> None:
        """Count a line."""
        self.lines[reason] += 1


def rows_of(job: Job, asked: Columns, passed: PassedOver) -> Iterator[Row]:
    """Read the member file of a job, or its member files one after the other, through its column map.

    Raises BadJob as ``read_rows``, and when there are no rows, or more than the column map allows.
    """
    column_map, asked = column_map_of(job, asked), needed_by(job, asked)
    rows = chain.from_iterable(
        read_rows(path, column_map, asked, passed, file) for file, path in enumerate(job.sources)
    )
    return _one_at_least(rows if column_map.max_rows is None else _at_most(column_map.max_rows, rows, job), job)


def check_columns(job: Job, asked: Columns) -> None:
    """Read the member files of a job as far as their first row. Raises BadJob as ``read_rows``."""
    column_map, asked = column_map_of(job, asked), needed_by(job, asked)
    for path in job.sources:
        with closing(read_rows(path, column_map, asked)) as rows:
            next(rows, None)


def needed_by(job: Job, asked: Columns) -> Columns:
    """Return the columns of a document, with those without which the mailing of the job would send all pieces home."""
    if job.mailing.route is not Route.WORKPLACE:
        return asked
    needs = (*asked.needs, *(name for name in ("事業所番号", "事業所名") if name not in asked.needs))
    return replace(asked, needs=needs, may_have=tuple(name for name in asked.may_have if name not in needs))


def column_map_of(job: Job, asked: Columns) -> ColumnMap:
    """Return how the member file of a job differs from the standard one; raises BadJob as ``load_column_map``."""
    return load_column_map(job.columns, (*HEADER, *asked.adds)) if job.columns else STANDARD


def read_rows(
    path: Path,
    column_map: ColumnMap = STANDARD,
    asked: Columns = ALL,
    passed: PassedOver | None = None,
    file: int = 0,
) -> Generator[Row]:
    """Read a member file into Rows, holding one record in memory at a time; ``asked`` are the columns of the document.

    ``passed`` takes what is passed over; ``file`` is which of several files it is, from 0.
    Raises BadJob when the file cannot be read as the map says, or its columns are not those of map and document.
    """
    passed = passed or PassedOver()
    dialect = column_map.dialect
    with open_table(path, dialect, passed.line) as table:
        own, records, hidden, merged = table.columns, table.records, table.hidden, table.merged
        del table  # what stands in the place of a header may be a person's cells, and a traceback keeps the locals
        fault, has_header = "", not (dialect.header or dialect.fixed)
        try:
            make = standard_cells(own, column_map, asked, has_header=has_header)
        except WrongColumns as wrong:
            fault = str(wrong)
        if fault:
            del own
            raise BadJob(f"{path.name}: {fault}; mend the header, or the column map")
        if unseen := make.used_of(hidden):
            raise BadJob(
                f'{path.name}: column "{unseen[0]}" is hidden, and nobody can tell whether it is to be printed; show '
                'all columns and mend the column map, or write hidden = "read" under its [file]'
            )
        passed.columns |= dict.fromkeys(make.ignored)
        # no loop here: its variables would keep the last record for a traceback
        row = partial(_plain_row, make, make.plain, make.plain_cells) if make.is_plain else partial(_row, make)
        yield from map(partial(row, len(own), number_of(0, file)), records)
        for rows, columns in merged:
            if torn := make.used_of(columns):
                raise BadJob(
                    f'{path.name}: cells of column "{torn[0]}" are merged over rows {rows[0]} to {rows[-1]}, and not '
                    "each of these records has a value; unmerge them, and write the value into each row that it is for"
                )


def _plain_row(make: Making, names: Sequence[str], take: Take, width: int, before: int, record: Record) -> Row:
    """Do what ``_row`` does, at once, where all columns stand in the file as they are."""
    begin, end, cells, numbers, unclear = record
    if numbers or unclear or len(cells) != width or max(map(len, cells)) > MOST_SIGNS:
        return _row(make, width, before, record)
    fields = _without_padding(dict(zip(names, take(cells), strict=True)) | make.blank)
    return Row(before + begin, fields, (), before + end if end > begin else 0)


def _row(make: Making, width: int, before: int, record: Record) -> Row:
    begin, end, cells, *_ = record
    line, last_line = before + begin, before + end if end > begin else 0
    if len(cells) != width:
        return Row(line, {}, (_wrong_number_of_fields(line, last_line, len(cells), width),), last_line)
    told: list[Told] = []
    fields = _without_padding(make(record, told.append))
    return Row(
        line, fields, tuple(Finding.of(one.code, line, "", one.form, **one.parameters) for one in told), last_line
    )


def _without_padding(fields: dict[str, str]) -> dict[str, str]:
    fields.update(zip(_CODES, map(str.strip, _codes_of(fields)), strict=True))
    return fields


def _wrong_number_of_fields(line: int, last_line: int, found: int, expected: int) -> Finding:
    code, counts = "row-wrong-number-of-fields", {"found": found, "expected": expected}
    if last_line:
        return Finding.of(code, line, "", "spread", **counts, first_line=line, last_line=last_line)
    return Finding.of(code, line, "", **counts)


def _one_at_least(rows: Iterator[Row], job: Job) -> Iterator[Row]:
    """Yield rows, and refuse files without any: one of several may say that it has none."""
    row = next(rows, None)
    if row is None:
        raise BadJob(f"{job.said_sources}: there are no records; export the members again")
    yield row
    del row  # a traceback keeps the locals of its frames
    yield from rows


def _at_most(most: int, rows: Iterator[Row], job: Job) -> Iterator[Row]:
    """Yield rows, and refuse a file with more."""
    yield from islice(rows, most)
    if next(rows, None) is not None:
        names = "、".join(path.name for path in job.sources)
        raise BadJob(f"{names}: there are more than {most:,} rows, which the column map allows; is it the right file?")
