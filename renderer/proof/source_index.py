"""The member file → where each of its rows stands, so that whoever proves a batch reads the rows of that batch alone.

How long the file is does not matter: the index is a table of fixed size for each row, hashed by 整理番号 and mapped
into memory. Nothing of a row stands in it but where it is and, where households share envelopes, what it shares with
others, as a number. A member file that is not one plain CSV file of the standard is first written out as one, in front
of the table.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import mmap
import struct
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from zipfile import BadZipFile

from renderer.model.errors import BadBatch
from renderer.model.job import Envelope, Job
from renderer.model.lines import line_and_file, number_of
from renderer.proof.envelopes import envelope_of, household, insured_of, person
from renderer.proof.restated import CERTIFICATE, leaves_on
from renderer.proof.second import own_statement
from renderer.proof.selected import Selected
from renderer.proof.source_file import encoding_of, is_one_row, is_row, is_workbook, records, unmarked
from renderer.proof.source_map import STANDARD, ColumnMap

_BOM = b"\xef\xbb\xbf"
_CODES = ("本人家族", "性別", "負担割合", "限度額区分")
_HEAD_AT = struct.Struct("<Q")
"""Of the index, in front of all: where its head begins."""
_ENTRY = struct.Struct("<8sQQQIQQIIQ")
"""Of the index: key, household, insured, envelope, leaving, person, offset, length, rules and place of a row
(``Entry``). No place: it is free."""
Shared = tuple[int, int, int, int, int]
"""Household, insured, envelope, leaving and person of an ``Entry``."""
_NO_HOUSEHOLD = (0, 0, 0, 0)
OF_INSURED = 1
"""Bit of an envelope's number: set for the row of a 本人, and for no other."""
REDO = "nothing is delivered; start the run again, and if this comes back do not print the job"


def write_index(job: Job, target: Path) -> None:
    """Write where each row of a job's member file stands, in bounded memory.

    The rows may stand in front, as a plain file; then a line with the head (``Head``). Behind it lies a table with room
    for twice as many entries as there are rows; that of a record is at the place its key says, or the next free one
    behind.

    :raises BadBatch: when the file cannot be read a second time.
    """
    target.touch(mode=0o600)
    try:
        with target.open("w+b") as file:
            file.write(bytes(_HEAD_AT.size))
            selected = Selected(job)
            head, rows = _plain(job, selected) or _copy(job, file, selected)
            with _table(file, head, rows) as table, (target if head.is_copy else job.sources[0]).open("rb") as source:
                _enter_rows(source, rows, table, job, selected)
    except (OSError, csv.Error, LookupError, StopIteration, SyntaxError, TypeError, ValueError, BadZipFile):
        pass
    else:
        return
    cure = "save the workbook anew in a spreadsheet, or as CSV; " if any(map(is_workbook, job.sources)) else ""
    raise BadBatch(f"{'、'.join(path.name for path in job.sources)} cannot be read a second time; {cure}{REDO}")


@dataclass(frozen=True, slots=True)
class Head:
    """What is the same for all rows of a member file."""

    encoding: str
    columns: Sequence[str]
    """Standard names of the columns, in the order of the cells."""
    origins: Mapping[str, Sequence[str]]
    """Standard column → the own ones that it comes from."""
    files: Sequence[str]
    """Their names."""
    rules: Sequence[str]
    """By which a row may get no paper, in the order of the bits of ``Selected.mask``."""
    rules_by_change: Sequence[str]
    """Those that nobody can state again."""
    is_copy: bool
    """Whether the rows stand in the index itself, each behind its place."""


def _plain(job: Job, selected: Selected) -> tuple[Head, int] | None:
    """Return the head of one plain CSV file of the standard, and how many rows it may have; None where it is none."""
    (path, *others) = job.sources
    if others or job.columns or is_workbook(path):
        return None
    encoding, _ = encoding_of(path)
    if encoding not in {"utf-8", "cp932"}:
        return None
    with path.open("rb") as file:
        rows = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) + 1
        file.seek(0)
        columns = next(filter(is_row, csv.reader(_Lines(file, encoding), strict=True)))
    return Head(
        encoding,
        columns,
        {column: [column] for column in columns},
        [path.name],
        selected.names,
        selected.others,
        is_copy=False,
    ), rows


def _copy(job: Job, target: BinaryIO, selected: Selected) -> tuple[Head, int]:
    """Write a member file out as a plain one, of 個人番号 the last four digits; return its head and how many rows.

    In front of each row stands its place; one that could not be divided has no cells.
    """
    given = tomllib.loads(job.columns.read_text("utf-8-sig")) if job.columns else {}
    origins: dict[str, Sequence[str]] = {}
    rows, sources = 0, job.sources
    text = io.TextIOWrapper(target, "utf-8", newline="")
    write = csv.writer(text).writerow
    own_rules = own_statement(job)
    standard = (*STANDARD, *(own_rules.adds if own_rules else ()))
    write(standard)
    for file, path in enumerate(sources):
        own, found = records(path, given)
        columns = ColumnMap(given, own, standard)
        origins |= columns.origins
        for line, cells in found:
            write([number_of(line, file), *(columns.row(cells) if len(cells) == len(own) else ())])
            rows += 1
    text.detach()
    if rows > given.get("max_rows", rows):
        raise ValueError("there are too many rows")
    names = [path.name for path in sources]
    return Head("utf-8", standard, origins, names, selected.names, selected.others, is_copy=True), rows


def _enter_rows(source: BinaryIO, rows: int, table: Index, job: Job, selected: Selected) -> None:
    source.seek(_HEAD_AT.size if table.head.is_copy else 0)
    lines = _Lines(source, table.head.encoding)
    reader = csv.reader(lines, strict=True)
    next(filter(is_row, reader))
    columns, is_copy = table.head.columns, table.head.is_copy
    record = columns.index("整理番号")
    own_keys = [columns.index(column) if column in columns else None for column in ("記号", "番号", "枝番")]
    by_household = job.mailing.envelope is Envelope.HOUSEHOLD or job.document == CERTIFICATE
    start, line = lines.read, lines.number + 1
    for cells in islice(reader, rows):
        if is_row(cells):
            place = int(cells.pop(0)) if is_copy else line
            is_whole = len(cells) == len(columns)
            if not is_copy and lines.number > line and not is_one_row(cells, len(columns)):
                raise ValueError("a quotation mark has swallowed rows")
            of, rules, key = _NO_HOUSEHOLD, 0, 0
            if is_whole and (by_household or selected.names):
                row = table.row(cells)
                of = _household(row, job) if by_household else _NO_HOUSEHOLD
                rules = selected.mask(row)
            if is_whole and (named := person(*(cells[at] if at is not None else "" for at in own_keys))):
                key = _number(named)
            table.enter(cells[record] if is_whole else "", (*of, key), start, lines.read - start, rules, place)
        start, line = lines.read, lines.number + 1


def _household(row: Mapping[str, str], job: Job) -> tuple[int, int, int, int]:
    shared = household(row), (insured_of(row),), envelope_of(row, job.mailing.apart)
    of_household, insured, envelope = (_number("\n".join(parts)) for parts in shared)
    is_insured = row["本人家族"] == "本人"
    leaving = leaves_on(row, job) if is_insured and job.document == CERTIFICATE else None
    return of_household, insured, (envelope | OF_INSURED) ^ (not is_insured), leaving.toordinal() if leaving else 0


class Entry(NamedTuple):
    """Where a row stands."""

    slot: int
    key: bytes
    household: int
    """Alike for all rows of one; 0 where nobody asked."""
    insured: int
    """Alike for all rows that name the same 被保険者."""
    envelope: int
    """Alike for all rows of a household that share one, but for ``OF_INSURED``."""
    leaving: int
    """Of the row of a 本人 who is known to lose the qualification while papers of the job are good: the first day
    without it, counted from the first of the calendar; else 0."""
    person: int
    """Alike for all rows of one 記号, 番号 and 枝番; 0 where there is no 枝番."""
    offset: int
    length: int
    """In bytes; 0 for the first of several rows of one record, which nobody may read."""
    rules: int
    """Of the job, that give the row no paper: a bit for each (``Selected.mask``)."""
    place: int
    """Its line, or what ``model.lines`` makes of it."""

    @property
    def is_twice(self) -> bool:
        """Whether another row has its 整理番号, too."""
        return not self.length


class _Lines:
    """The lines of a file as csv wants them; how much of the file they were, in bytes and in lines."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file, self._encoding = file, encoding
        self.read, self.number = file.tell(), 0

    def __iter__(self) -> Iterator[str]:
        for line in self._file:
            text = (line.removeprefix(_BOM) if not self.number else line).decode(self._encoding)
            self.read += len(line)
            self.number += 1
            yield unmarked(text)


class Index:
    """The index in memory that the system shares."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        data.seek(*_HEAD_AT.unpack_from(data))
        self.head = Head(**json.loads(data.readline()))
        missing = [column for column in STANDARD if column not in self.head.columns]
        self._columns, self._blank = [*self.head.columns, *missing], [""] * len(missing)
        self._start = data.tell()
        self.slots = (len(data) - self._start) // _ENTRY.size

    def row(self, cells: Sequence[str]) -> dict[str, str]:
        """Return a row under its columns, those that the file does not have blank; a code without what fills it up."""
        row = dict(zip(self._columns, [*cells, *self._blank], strict=True))
        for column in _CODES:
            row[column] = row[column].strip()
        return row

    def where(self, *places: int) -> str:
        """Say where rows stand."""
        said = []
        for file, of_file in groupby(map(line_and_file, places), key=itemgetter(1)):
            lines = [str(line) for line, _ in of_file]
            name = self.head.files[file] if len(self.head.files) > 1 else "the member file"
            said.append(f"line{'s' if len(lines) > 1 else ''} {', '.join(lines)} of {name}")
        return ", ".join(said)

    def enter(self, record: str, of: Shared, offset: int, length: int, rules: int, place: int) -> None:
        """Enter a row under its record, or under its place where that has none or is not its own alone."""
        key = _key(record or f"\n{place}")
        slot, found = self._place_of(key)
        if found[-1]:
            self._put(Entry(slot, *found)._replace(length=0))
            key = _key(f"\n{place}")
            slot, _ = self._place_of(key)
        self._put(Entry(slot, key, *of, offset, length, rules, place))

    def find(self, record: str) -> Entry | None:
        """Return the entry of a record."""
        slot, found = self._place_of(_key(record))
        return Entry(slot, *found) if found[-1] else None

    def entries(self) -> Iterator[tuple[Any, ...]]:
        """Yield what stands in each slot, as an ``Entry`` has it behind its slot; no place where that is nothing."""
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

    def _put(self, entry: Entry) -> None:
        _ENTRY.pack_into(self._data, self._start + entry.slot * _ENTRY.size, *entry[1:])


def write_rows(
    rows: Iterable[tuple[str, Entry, Mapping[str, str]]], columns: Sequence[str], head: Head, target: Path
) -> None:
    """Write an index of some rows of another, which has this head: of each its record, its entry there and its cells.

    ``columns`` are those that are asked for. The rows stand in front.
    """
    target.touch(mode=0o600)
    with target.open("w+b") as file:
        line = csv.writer(_Encoded()).writerow
        file.write(bytes(_HEAD_AT.size) + line(columns))
        moved: list[tuple[str, Entry]] = []
        for record, entry, cells in rows:
            data = line([entry.place, *map(cells.__getitem__, columns)])
            moved.append((record, entry._replace(offset=file.tell(), length=len(data))))
            file.write(data)
        with _table(file, replace(head, encoding="utf-8", columns=columns, is_copy=True), len(moved)) as table:
            for record, entry in moved:
                of = (entry.household, entry.insured, entry.envelope, entry.leaving, entry.person)
                table.enter(record, of, entry.offset, entry.length, entry.rules, entry.place)


class _Encoded:
    """Lets csv's ``writerow`` return the bytes of a row."""

    def write(self, text: str) -> bytes:
        return text.encode()


@contextmanager
def _table(file: BinaryIO, head: Head, rows: int) -> Iterator[Index]:
    """Write the head and an empty table behind what a file has."""
    start = file.tell()
    file.write(json.dumps(asdict(head)).encode() + b"\n")
    file.truncate(file.tell() + 2 * (rows + 1) * _ENTRY.size)
    file.seek(0)
    file.write(_HEAD_AT.pack(start))
    file.flush()
    with mmap.mmap(file.fileno(), 0) as data:
        yield Index(data)


def _number(text: str) -> int:
    """Return a number that no two texts share."""
    return int.from_bytes(_key(text), "little")


def _key(record: str) -> bytes:
    return hashlib.blake2b(record.encode(), digest_size=8).digest()
