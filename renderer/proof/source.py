"""The member file, read a second time → what every printed page must say, and whether everybody was printed once.

A reader of its own: it shares no code with intake, the store, the documents and the mailing, and remembers nothing of
what they read. Where each row stands is written down once (``write_index``), so that whoever proves a batch reads the
rows of that batch alone, however long the file is. What is wrong is told by line and column, never by what stands
there.
"""

from __future__ import annotations

import csv
import hashlib
import json
import mmap
import os
import struct
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from renderer.model.errors import BadBatch
from renderer.model.job import Apart, Envelope, Incomplete, Job, MailingRules
from renderer.proof.restated import (
    COLUMNS,
    FORWARDED,
    OF_ADDRESSEE,
    Told,
    envelope_of,
    household,
    is_in_address,
    is_one_piece,
    last_four,
    mailing_key,
    told,
)

_BOM = b"\xef\xbb\xbf"
_NOTHING = " \u3000\t\x1a"
"""What a row may be made of that is none: blanks, and the mark with which old systems end a file."""
_MAY_BE_MISSING = (*FORWARDED.values(), "記号", "番号", "本人家族")
"""Columns that count as blank where a file does not have them; the last three only in one of a pack's document."""
_ENTRY = struct.Struct("<8sQQQII")
"""Of the index: key, household, envelope, offset, length and line of a row (``_Entry``). No line: not taken."""
_NO_HOUSEHOLD = (0, 0)
_REDO = "nothing is delivered; start the run again, and if this comes back do not print the job"


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
        return BadBatch(f"record {record}: {what} is not as {self.origin(what)} says; {_REDO}")


def write_index(job: Job, target: Path) -> None:
    """Write where each row of a job's member file stands, in bounded memory.

    The first line names encoding and headers. Behind it lies a table with room for twice as many entries as the file
    has lines; that of a record is at the place its key says, or the next free one behind.

    :raises BadBatch: when the file cannot be read a second time.
    """
    try:
        named, renamed = _column_map(job.columns)
        encoding = _encoding(job.source, named)
        with job.source.open("rb") as file:
            lines = _Lines(file, encoding)
            reader = csv.reader(lines, strict=True)
            headers = next(filter(_is_row, reader))
            columns = [renamed.get(header, header) for header in headers]
            with _table(target, {"encoding": encoding, "headers": headers, "columns": columns}, job.source) as table:
                _enter_rows(reader, lines, columns, table, job.mailing.envelope is Envelope.HOUSEHOLD)
    except (OSError, csv.Error, UnicodeDecodeError, StopIteration, ValueError):
        pass
    else:
        return
    raise BadBatch(f"{job.source.name} cannot be read a second time; {_REDO}")


def _enter_rows(
    reader: Iterator[list[str]], lines: _Lines, columns: Sequence[str], table: _Table, by_household: bool
) -> None:
    record = columns.index("整理番号")
    start, line = lines.read, lines.number + 1
    for cells in reader:
        if _is_row(cells):
            is_whole = len(cells) == len(columns)
            of = _household(_row(columns, cells)) if is_whole and by_household else _NO_HOUSEHOLD
            table.enter(cells[record] if is_whole else "", of, start, lines.read - start, line)
        start, line = lines.read, lines.number + 1


def _is_row(cells: Sequence[str]) -> bool:
    return bool("".join(cells).strip(_NOTHING))


def _row(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return dict.fromkeys(_MAY_BE_MISSING, "") | dict(zip(columns, cells, strict=True))


def _household(row: Mapping[str, str]) -> tuple[int, int]:
    of_household, of_envelope = (int.from_bytes(_key("\n".join(of(row))), "little") for of in (household, envelope_of))
    return of_household, of_envelope


@contextmanager
def second_reader(job: Job, index: Path) -> Iterator[SecondReader]:
    """Open a job's member file by way of its index."""
    with (
        job.source.open("rb") as source,
        index.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        yield SecondReader(job, source, _Table(data))


class SecondReader:
    """An open member file, to be asked for any piece."""

    def __init__(self, job: Job, source: BinaryIO, table: _Table) -> None:
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
            raise BadBatch(f"lines {lines} of the member file do not belong into one envelope in this order; {_REDO}")
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
                f"and the job has them in another order; {_REDO}"
            )

    def row(self, record: str) -> SourceRow:
        """Read the row of a record.

        :raises BadBatch: when it is not there exactly once.
        """
        entry = self._table.find(record)
        row = SourceRow(entry.line, self._cells(entry)) if entry and not entry.is_twice else None
        if row is None or row.cells.get("整理番号") != record:
            raise BadBatch(f"record {record} is not once in the member file, and was printed; {_REDO}")
        return row

    def _cells(self, entry: _Entry) -> Mapping[str, str]:
        """Read the cells of a row; none where they are no longer there."""
        # Not in memory that is shared with the file: who cuts it short meanwhile would end this process.
        text = os.pread(self._source.fileno(), entry.length, entry.offset).decode(self._encoding, "replace")
        try:
            cells = _row(self._columns, next(csv.reader((text,)), []))
        except (csv.Error, ValueError):
            return {}
        cells["個人番号"] = last_four(cells.get("個人番号", ""))
        return cells


def prove_complete(index: Path, mailing: MailingRules, pieces: Iterable[Sequence[str]], held: Collection[int]) -> None:
    """Prove that each row was either printed once or is held, that nobody else was, and no household in two envelopes.

    ``pieces`` are the records of the sheets of every envelope of all print files, ``held`` the lines of all findings
    that hold a row. Who may have an envelope alone by the job's word has one; where the job lets a household wait for
    who is held, nobody of it is printed.

    :raises BadBatch: naming the record or the line that is not as it must be.
    """
    by_household = mailing.envelope is Envelope.HOUSEHOLD
    together = by_household and mailing.apart is Apart.WITH_INSURED
    waits = by_household and mailing.incomplete_households is Incomplete.HOLD
    with index.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        table = _Table(data)
        is_printed, envelopes, households = bytearray(table.slots), set[int](), set[int]()
        for piece in pieces:
            entries = list(map(table.find, piece))
            for record, entry in zip(piece, entries, strict=True):
                if entry is None or entry.is_twice or entry.line in held:
                    missing = "is printed, and the member file does not have it to print"
                    raise BadBatch(f"record {record} {missing}; {_REDO}")
                if is_printed[entry.slot]:
                    raise BadBatch(f"record {record} is printed twice; {_REDO}")
                is_printed[entry.slot] = True
            households.update(entry.household for entry in entries if entry)
            of_piece = {entry.envelope for entry in entries if entry}
            if together and not envelopes.isdisjoint(of_piece):
                raise BadBatch(f"the household of record {piece[0]} is in more than one envelope; {_REDO}")
            if together:
                envelopes |= of_piece
        for slot, (_, household, _, _, _, line) in enumerate(table.entries()):
            if line and not is_printed[slot] and line not in held:
                raise BadBatch(f"line {line} of the member file is neither printed nor held; {_REDO}")
            if waits and line in held and household in households and household:
                raise BadBatch(f"line {line} of the member file is held, and its household printed; {_REDO}")


def prove_released(releases: Path | None, freed: Iterable[tuple[str, str, str]], doubts: int) -> None:
    """Prove that whoever was freed of a doubt is named in the file of releases, and that no other doubt is gone.

    ``freed`` are record, code and sum of each finding that a release took away, ``doubts`` how many are gone at all.

    :raises BadBatch: naming the record that no release names.
    """
    named = set[tuple[str, ...]]()
    if releases:
        with releases.open(encoding=_encoding(releases, "auto"), newline="") as file:
            named = {tuple(cell.strip().removeprefix("\ufeff") for cell in cells[:3]) for cells in csv.reader(file)}
    for finding in freed:
        doubts -= 1
        if finding not in named:
            raise BadBatch(f"record {finding[0]} was freed of {finding[1]}, and no release says so; {_REDO}")
    if doubts:
        raise BadBatch(f"{doubts} doubts are gone, and no release says so; {_REDO}")


class _Entry(NamedTuple):
    """Where a row stands."""

    slot: int
    key: bytes
    household: int
    """Alike for all rows of one; 0 where nobody asked."""
    envelope: int
    """Alike for all rows of a household that share one."""
    offset: int
    length: int
    """In bytes; 0 for the first of several rows of one record, which nobody may read."""
    line: int

    @property
    def is_twice(self) -> bool:
        return not self.length


class _Lines:
    """The lines of a file as csv wants them; how much of the file they were, in bytes and in lines."""

    def __init__(self, file: Iterable[bytes], encoding: str) -> None:
        self._file, self._encoding = file, encoding
        self.read = self.number = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._file:
            text = (line.removeprefix(_BOM) if not self.number else line).decode(self._encoding)
            self.read += len(line)
            self.number += 1
            yield text


class _Table:
    """The index in memory that the system shares."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        head = data.readline()
        self.head = json.loads(head)
        self._start = len(head)
        self.slots = (len(data) - self._start) // _ENTRY.size

    def enter(self, record: str, of: tuple[int, int], offset: int, length: int, line: int) -> None:
        """Enter a row under its record, or under its line where that has none or is not its own alone."""
        known = self.find(record) if record else None
        if known:
            self._put(known._replace(length=0))
        key = _key(f"\n{line}" if known or not record else record)
        free, _ = self._place_of(key)
        self._put(_Entry(free, key, *of, offset, length, line))

    def find(self, record: str) -> _Entry | None:
        """Return the entry of a record."""
        slot, found = self._place_of(_key(record))
        return _Entry(slot, *found) if found[-1] else None

    def entries(self) -> Iterator[tuple[Any, ...]]:
        """Yield what stands in each slot; its last part is 0 where that is nothing."""
        with memoryview(self._data) as data, data[self._start :] as entries:
            yield from _ENTRY.iter_unpack(entries)

    def _place_of(self, key: bytes) -> tuple[int, tuple[Any, ...]]:
        """Return the slot that has a key, or the free one where it would stand, and what stands there."""
        slot = int.from_bytes(key, "little") % self.slots
        while True:
            found = _ENTRY.unpack_from(self._data, self._start + slot * _ENTRY.size)
            if not found[-1] or found[0] == key:
                return slot, found
            slot = (slot + 1) % self.slots

    def _put(self, entry: _Entry) -> None:
        _ENTRY.pack_into(self._data, self._start + entry.slot * _ENTRY.size, *entry[1:])


@contextmanager
def _table(target: Path, head: Mapping[str, object], source: Path) -> Iterator[_Table]:
    with source.open("rb") as file:
        lines = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) + 1
    first = json.dumps(head).encode() + b"\n"
    with target.open("w+b") as file:
        file.write(first)
        file.truncate(len(first) + 2 * lines * _ENTRY.size)
        with mmap.mmap(file.fileno(), 0) as data:
            yield _Table(data)


def _key(record: str) -> bytes:
    return hashlib.blake2b(record.encode(), digest_size=8).digest()


def _column_map(path: Path | None) -> tuple[str, Mapping[str, str]]:
    """Read a column map: the encoding it names, and the file's own headers with the standard ones."""
    given = tomllib.loads(path.read_text("utf-8")) if path else {}
    return given.get("encoding", "auto"), given.get("columns", {})


def _encoding(source: Path, named: str) -> str:
    """Return the encoding: UTF-8 behind a byte order mark, else as named, else UTF-8 if all of it is, or CP932."""
    with source.open("rb") as file:
        if file.read(len(_BOM)) == _BOM:
            return "utf-8"
        if named != "auto":
            return named
        file.seek(0)
        try:
            for line in file:
                line.decode("utf-8")
        except UnicodeDecodeError:
            return "cp932"
    return "utf-8"
