"""The member file, read a second time → what every printed page must say, and whether everybody was printed once.

A reader of its own: it shares no code with intake, the store, the documents and the mailing, and remembers nothing of
what they read. Where each row stands is written down once (``write_index``), so that whoever proves a batch reads the
rows of that batch alone, however long the file is. What is wrong is told by line and column, never by what stands
there.
"""

from __future__ import annotations

import csv
import mmap
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from renderer.model.errors import BadBatch
from renderer.model.job import Job
from renderer.proof.cells import last_four
from renderer.proof.envelopes import is_in_address, is_one_piece, mailing_key
from renderer.proof.restated import COLUMNS, OF_ADDRESSEE, Told, told
from renderer.proof.source_index import REDO, Entry, Index, row_of


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row as the member file has it; of 個人番号 no more than the last four digits."""

    line: int
    """The row begins at, from 1."""
    cells: Mapping[str, str] = field(repr=False)
    """Standard column → cell."""


@dataclass(frozen=True, slots=True)
class SourceSheet:
    """What the member file says of one sheet."""

    row: SourceRow
    addressee: SourceRow
    """Whose address is in the window: the first of the piece."""
    told: Told
    headers: Mapping[str, str]
    """Standard column → the header of the file."""

    def values(self, variant: Iterable[tuple[str, str]], bars: str) -> Mapping[str, str]:
        """Return what every slot must say, the customer barcode as it was printed.

        :raises BadBatch: when a fact chose another fixed part than it should, or the bars are of another address.
        """
        for fact, value in variant:
            if self.told.facts[fact] != value:
                raise self._otherwise(fact)
        if bars and not is_in_address(bars, self.addressee.cells):
            raise self._otherwise("customer_barcode")
        return {**self.told.values, "customer_barcode": bars}

    def origin(self, what: str) -> str:
        """Say where that stands which decides a slot or a fact."""
        row = self.addressee if what in OF_ADDRESSEE else self.row
        columns = [self.headers[column] for column in COLUMNS.get(what, ()) if column in self.headers]
        return ", ".join((f"line {row.line} of the member file", *columns))

    def _otherwise(self, what: str) -> BadBatch:
        record = self.row.cells["整理番号"]
        return BadBatch(f"record {record}: {what} is not as {self.origin(what)} says; {REDO}")


@contextmanager
def second_reader(job: Job, index: Path) -> Iterator[SecondReader]:
    """Open a job's member file by way of its index."""
    with (
        job.sources[0].open("rb") as source,
        index.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        yield SecondReader(job, source, Index(data))


class SecondReader:
    """An open member file, to be asked for any piece."""

    def __init__(self, job: Job, source: BinaryIO, table: Index) -> None:
        self._job, self._source, self._table = job, source, table
        self._encoding: str = table.head["encoding"]
        self._columns: list[str] = table.head["columns"]
        self._headers = dict(zip(self._columns, table.head["headers"], strict=True))

    def piece(self, records: Sequence[str], number: int) -> list[SourceSheet]:
        """Say what each sheet of an envelope must be; ``records`` are those printed for it, in their order.

        ``number`` is that of the first of them in the print file, from 1.

        :raises BadBatch: when a record is not in the member file, or there twice, or they are not of one envelope.
        """
        rows = list(map(self.row, records))
        if not is_one_piece(self._job, [row.cells for row in rows]):
            lines = ", ".join(str(row.line) for row in rows)
            raise BadBatch(f"lines {lines} of the member file do not belong into one envelope in this order; {REDO}")
        first = rows[0]
        return [
            SourceSheet(row, first, told(self._job, row.cells, first.cells, place, len(rows), at), self._headers)
            for at, (place, row) in enumerate(enumerate(rows, 1), number)
        ]

    def check_order(self, before: SourceRow, addressee: SourceRow) -> None:
        """Check that a piece may follow another in the order of the job; what is equal keeps that of the file.

        :raises BadBatch: when it should have gone before.
        """
        first, second = ((mailing_key(self._job, row.cells), row.line) for row in (before, addressee))
        if first > second:
            raise BadBatch(
                f"the piece of line {addressee.line} of the member file is printed behind that of line {before.line}, "
                f"and the job has them in another order; {REDO}"
            )

    def row(self, record: str) -> SourceRow:
        """Read the row of a record.

        :raises BadBatch: when it is not there exactly once.
        """
        entry = self._table.find(record)
        row = SourceRow(entry.line, self._cells(entry)) if entry and not entry.is_twice else None
        if row is None or row.cells.get("整理番号") != record:
            raise BadBatch(f"record {record} is not once in the member file, and was printed; {REDO}")
        return row

    def _cells(self, entry: Entry) -> Mapping[str, str]:
        """Read the cells of a row; none where they are no longer there."""
        # Not in memory that is shared with the file: who cuts it short meanwhile would end this process.
        text = os.pread(self._source.fileno(), entry.length, entry.offset).decode(self._encoding, "replace")
        try:
            cells = row_of(self._columns, next(csv.reader((text,)), []))
        except (csv.Error, ValueError):
            return {}
        cells["個人番号"] = last_four(cells.get("個人番号", ""))
        return cells
