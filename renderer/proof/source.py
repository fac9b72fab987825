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
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from renderer.model.errors import BadBatch
from renderer.model.job import Job
from renderer.proof.cells import day, last_four
from renderer.proof.envelopes import is_in_address, is_one_piece, mailing_key
from renderer.proof.restated import CERTIFICATE, COLUMNS, OF_ADDRESSEE, Told, last_day, told
from renderer.proof.second import own_statement
from renderer.proof.source_file import unmarked
from renderer.proof.source_index import OF_INSURED, REDO, Entry, Index, write_rows
from renderer.proof.source_map import STANDARD
from renderer.proof.unfit import FREED_BY, releases_of, unfit


class SourceRow(NamedTuple):
    """One row as the member file has it; of 個人番号 no more than the last four digits. Its ``repr`` shows no cell."""

    place: int
    """Its line, above the number of its file."""
    cells: Mapping[str, str]
    """Standard column → cell."""
    table: Index
    """Where it was found."""

    def __repr__(self) -> str:
        return f"SourceRow(place={self.place})"

    @property
    def where(self) -> str:
        """Its line and file, in words."""
        return self.table.where(self.place)


class SourceSheet(NamedTuple):
    """What the member file says of one sheet."""

    row: SourceRow
    addressee: SourceRow
    """Whose address is in the window: the first of the piece."""
    told: Told
    origins: Mapping[str, Sequence[str]]
    """Standard column → the columns that stand in the file."""
    columns: Mapping[str, Sequence[str]]
    """Slot or fact → the columns that decide it."""

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
        columns = (column for standard in self.columns.get(what, ()) for column in self.origins.get(standard, ()))
        return ", ".join((row.where, *dict.fromkeys(columns)))

    def _otherwise(self, what: str) -> BadBatch:
        record = self.row.cells["整理番号"]
        return BadBatch(f"record {record}: {what} is not as {self.origin(what)} says; {REDO}")


Standing = tuple[list[tuple[int, str]], int]
"""What pieces are ordered by, and the place of the addressee's row: what is equal keeps the order of the file."""


@contextmanager
def second_reader(job: Job, index: Path) -> Iterator[SecondReader]:
    """Open a job's member file by way of its index."""
    with index.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        table = Index(data)
        with (index if table.head.is_copy else job.sources[0]).open("rb") as source:
            yield SecondReader(job, source, table)


class SecondReader:
    """An open member file, to be asked for any piece."""

    def __init__(self, job: Job, source: BinaryIO, table: Index) -> None:
        self._job, self._source, self._table = job, source, table
        self._own = own_statement(job)
        self._released = {release[:2] for release in releases_of(job.releases)}

    def pieces(self, pieces: Sequence[Sequence[str]], number: int) -> Iterator[list[SourceSheet]]:
        """Say what each sheet of some envelopes must be; of each the records that were printed for it, in their order.

        ``number`` is that of the first of them in the print file, from 1.

        :raises BadBatch: when a record is not in the member file, or there twice, or may not be printed, or they are
            not of one envelope.
        """
        found = [list(map(self.row, records)) for records in pieces]
        for rows in found:
            for row in rows:
                self._check_fit(row)
        for rows in found:
            self._check_together(rows)
        origins = self._table.head.origins
        columns = {**COLUMNS, **(self._own.columns if self._own else {})}
        for rows in found:
            yield [
                SourceSheet(row, rows[0], self._told(row, rows[0], place, len(rows), at), origins, columns)
                for at, (place, row) in enumerate(enumerate(rows, 1), number)
            ]
            number += len(rows)

    def _check_together(self, rows: Sequence[SourceRow]) -> None:
        """Check that rows belong into one envelope, in this order."""
        if not is_one_piece(self._job, [row.cells for row in rows]):
            wrong = self._table.where(*(row.place for row in rows))
            raise BadBatch(f"{wrong} do not belong into one envelope in this order; {REDO}")

    def _told(self, row: SourceRow, addressee: SourceRow, place: int, sheets: int, number: int) -> Told:
        document = self._own.like if self._own else self._job.document
        found = told(document, self._job, row.cells, addressee.cells, place, sheets, number)
        if self._own is None:
            return found
        facts, values = self._own.tell(row.cells, self._job)
        return Told({**found.facts, **facts}, {**found.values, **values})

    def _check_fit(self, row: SourceRow) -> None:
        """Check that nothing grave speaks against printing a row, but for what a release names."""
        record = row.cells["整理番号"]
        for code, column in unfit(row.cells, self._job):
            if not any((record, freed) in self._released for freed in FREED_BY.get(code, ())):
                where = ", ".join((row.where, *self._table.head.origins.get(column, (column,))))
                raise BadBatch(f"record {record} is printed, and may not be: {code} ({where}); {REDO}")

    def standing(self, addressee: SourceRow) -> Standing:
        """Return where a piece stands in the order of the job."""
        return mailing_key(self._job, addressee.cells), addressee.place

    def check_order(self, before: Standing, after: Standing) -> None:
        """Check that a piece may follow another.

        :raises BadBatch: when it should have gone before.
        """
        if before > after:
            first, second = (self._table.where(place) for _, place in (before, after))
            raise BadBatch(
                f"the piece of {second} is printed behind that of {first}, and the job has them in another order; "
                f"{REDO}"
            )

    def write_rows(self, records: Iterable[str], target: Path) -> None:
        """Write an index of some records alone, with their rows in front; of 個人番号 the last four digits.

        Whoever proves their sheets on another machine needs no more of the member file. A record that is not there
        exactly once is left out: whoever asks for it is told so.
        """
        found = ((record, self._table.find(record)) for record in records)
        once = ((record, entry) for record, entry in found if entry and not entry.is_twice)
        whole = ((record, entry, cells) for record, entry in once if (cells := self._cells(entry)))
        write_rows(whole, (*STANDARD, *(self._own.adds if self._own else ())), self._table.head, target)

    def outlasting(self, not_printed: Container[int]) -> Iterator[SourceRow]:
        """Yield each 家族 whose certificate is good on a day on which their 本人 is known to have left.

        ``not_printed`` are the places of those who have none. Not told are those whom a release names.
        """
        if self._job.document != CERTIFICATE:
            return
        leaving: dict[int, int] = {}
        for _, household, _, _, day_of_leaving, *_ in self._table.entries():
            if day_of_leaving:
                leaving[household] = min(day_of_leaving, leaving.get(household, day_of_leaving))
        for slot, found in enumerate(self._table.entries() if leaving else ()):
            entry = Entry(slot, *found)
            is_of_family = entry.household in leaving and not entry.envelope & OF_INSURED
            if not is_of_family or entry.place in not_printed:
                continue
            row = SourceRow(entry.place, self._cells(entry), self._table)
            days = (day(row.cells[column]) for column in ("生年月日", "資格喪失予定年月日"))
            is_too_long = last_day(self._job, *days).toordinal() >= leaving[entry.household]
            if is_too_long and (row.cells["整理番号"], "outlasts-insured") not in self._released:
                yield row

    def row(self, record: str) -> SourceRow:
        """Read the row of a record.

        :raises BadBatch: when it is not there exactly once.
        """
        entry = self._table.find(record)
        cells = self._cells(entry) if entry and not entry.is_twice else {}
        if entry is None or cells.get("整理番号") != record:
            raise BadBatch(f"record {record} is not once in the member file, and was printed; {REDO}")
        return SourceRow(entry.place, cells, self._table)

    def _cells(self, entry: Entry) -> Mapping[str, str]:
        """Read the cells of a row; none where they are no longer there."""
        # Not in memory that is shared with the file: who cuts it short meanwhile would end this process.
        read, head = os.pread(self._source.fileno(), entry.length, entry.offset), self._table.head
        try:
            cells = divided(unmarked(read.decode(head.encoding, "replace")))
            row = self._table.row(cells[1:] if head.is_copy else cells)
        except (csv.Error, ValueError):
            return {}
        row["個人番号"] = last_four(row["個人番号"])
        return row


def divided(line: str) -> list[str]:
    """Divide a row into its cells; without a quotation mark or a line end within it that takes a third of the time."""
    plain = line.removesuffix("\n").removesuffix("\r")
    if '"' in plain or "\r" in plain or "\n" in plain:
        return next(csv.reader((line,)), [])
    return plain.split(",")
