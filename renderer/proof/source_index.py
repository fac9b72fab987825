"""The member file → where each of its rows stands, so that whoever proves a batch reads the rows of that batch alone.

How long the file is does not matter: the index is a table of fixed size for each line, hashed by 整理番号 and mapped
into memory. Nothing of a row stands in it but where it is and, where households share envelopes, what it shares with
others, as a number.
"""

from __future__ import annotations

import csv
import hashlib
import json
import mmap
import struct
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from renderer.model.errors import BadBatch
from renderer.model.job import Apart, Envelope, Job, MailingRules
from renderer.proof.envelopes import FORWARDED, envelope_of, household, insured_of

_BOM = b"\xef\xbb\xbf"
_NOTHING = " \u3000\t\x1a"
"""What a row may be made of that is none: blanks, and the mark with which old systems end a file."""
_MAY_BE_MISSING = (*FORWARDED.values(), "記号", "番号", "本人家族")
"""Columns that count as blank where a file does not have them; the last three only in one of a pack's document."""
_ENTRY = struct.Struct("<8sQQQQII")
"""Of the index: key, household, insured, envelope, offset, length and line of a row (``Entry``). No line: not taken."""
_NO_HOUSEHOLD = (0, 0, 0)
OF_INSURED = 1
"""Bit of an envelope's number: set for the row of a 本人, and for no other."""
REDO = "nothing is delivered; start the run again, and if this comes back do not print the job"


def write_index(job: Job, target: Path) -> None:
    """Write where each row of a job's member file stands, in bounded memory.

    The first line names encoding and headers. Behind it lies a table with room for twice as many entries as the file
    has lines; that of a record is at the place its key says, or the next free one behind.

    :raises BadBatch: when the file cannot be read a second time.
    """
    try:
        named, renamed = _column_map(job.columns)
        encoding = encoding_of(job.sources[0], named)
        with job.sources[0].open("rb") as file:
            lines = _Lines(file, encoding)
            reader = csv.reader(lines, strict=True)
            headers = next(filter(_is_row, reader))
            columns = [renamed.get(header, header) for header in headers]
            with _table(
                target, {"encoding": encoding, "headers": headers, "columns": columns}, job.sources[0]
            ) as table:
                _enter_rows(reader, lines, columns, table, job.mailing)
    except (OSError, csv.Error, UnicodeDecodeError, StopIteration, ValueError):
        pass
    else:
        return
    raise BadBatch(f"{job.sources[0].name} cannot be read a second time; {REDO}")


def _enter_rows(
    reader: Iterator[list[str]], lines: _Lines, columns: Sequence[str], table: Index, mailing: MailingRules
) -> None:
    record, by_household = columns.index("整理番号"), mailing.envelope is Envelope.HOUSEHOLD
    start, line = lines.read, lines.number + 1
    for cells in reader:
        if _is_row(cells):
            is_whole = len(cells) == len(columns)
            of = _household(row_of(columns, cells), mailing.apart) if is_whole and by_household else _NO_HOUSEHOLD
            table.enter(cells[record] if is_whole else "", of, start, lines.read - start, line)
        start, line = lines.read, lines.number + 1


def _is_row(cells: Sequence[str]) -> bool:
    return bool("".join(cells).strip(_NOTHING))


def row_of(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Return a row under its columns, with those that may be missing."""
    return dict.fromkeys(_MAY_BE_MISSING, "") | dict(zip(columns, cells, strict=True))


def _household(row: Mapping[str, str], apart: Apart) -> tuple[int, int, int]:
    shared = household(row), (insured_of(row),), envelope_of(row, apart)
    of_household, insured, envelope = (int.from_bytes(_key("\n".join(parts)), "little") for parts in shared)
    return of_household, insured, (envelope | OF_INSURED) ^ (row["本人家族"] != "本人")


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
    offset: int
    length: int
    """In bytes; 0 for the first of several rows of one record, which nobody may read."""
    line: int

    @property
    def is_twice(self) -> bool:
        """Whether another row has its 整理番号, too."""
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


class Index:
    """The index in memory that the system shares."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        head = data.readline()
        self.head = json.loads(head)
        self._start = len(head)
        self.slots = (len(data) - self._start) // _ENTRY.size

    def enter(self, record: str, of: tuple[int, int, int], offset: int, length: int, line: int) -> None:
        """Enter a row under its record, or under its line where that has none or is not its own alone."""
        known = self.find(record) if record else None
        if known:
            self._put(known._replace(length=0))
        key = _key(f"\n{line}" if known or not record else record)
        free, _ = self._place_of(key)
        self._put(Entry(free, key, *of, offset, length, line))

    def find(self, record: str) -> Entry | None:
        """Return the entry of a record."""
        slot, found = self._place_of(_key(record))
        return Entry(slot, *found) if found[-1] else None

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

    def _put(self, entry: Entry) -> None:
        _ENTRY.pack_into(self._data, self._start + entry.slot * _ENTRY.size, *entry[1:])


@contextmanager
def _table(target: Path, head: Mapping[str, object], source: Path) -> Iterator[Index]:
    with source.open("rb") as file:
        lines = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) + 1
    first = json.dumps(head).encode() + b"\n"
    with target.open("w+b") as file:
        file.write(first)
        file.truncate(len(first) + 2 * lines * _ENTRY.size)
        with mmap.mmap(file.fileno(), 0) as data:
            yield Index(data)


def _key(record: str) -> bytes:
    return hashlib.blake2b(record.encode(), digest_size=8).digest()


def _column_map(path: Path | None) -> tuple[str, Mapping[str, str]]:
    """Read a column map: the encoding it names, and the file's own headers with the standard ones."""
    given = tomllib.loads(path.read_text("utf-8-sig")) if path else {}
    return given.get("encoding", "auto"), given.get("columns", {})


def encoding_of(source: Path, named: str) -> str:
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
