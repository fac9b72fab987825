"""A member file of fixed lengths → its own columns, and its records one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from operator import itemgetter
from pathlib import Path
from struct import Struct
from typing import BinaryIO, NoReturn

from renderer.intake.dialect import Dialect, FixedLength, Kinds, PassOver
from renderer.intake.records import Record, Table, cells_at, fault_of_count
from renderer.model.errors import BadJob

_CHUNK = 1 << 18
_BLANKS = b" \t\x1a\r\n"
_ORDER = ("header", "data", "trailer", "end")
_DATA = _ORDER.index("data")
_REPAIR = "export the file again, or correct the column map"


@contextmanager
def opened_fixed(path: Path, dialect: Dialect, pass_over: PassOver) -> Iterator[Table]:
    """Open a file of fixed lengths for reading; ``dialect.fixed`` is given, and its encoding named.

    :raises BadJob: when a record has another length, is no text or has a field that tears a character; when its kind
        is not named or stands where it may not; when the trailer counts other records than there are.
    """
    fixed = dialect.fixed
    if fixed is None:
        raise AssertionError("a dialect of fixed lengths says what they are")
    with path.open("rb") as file:
        yield Table(tuple(fixed.fields), _Reader(path, fixed, dialect.encoding, pass_over).records(file))


class _Reader:
    def __init__(self, path: Path, fixed: FixedLength, codec: str, pass_over: PassOver) -> None:
        self._path, self._fixed, self._codec, self._pass_over = path, fixed, codec, pass_over
        divide, places = _division(fixed)
        self._divide, self._parts = divide.unpack, len(divide.unpack(bytes(divide.size)))
        self._wanted = cells_at(places, self._parts)
        self._read = 0
        """Records of members so far."""

    def records(self, file: BinaryIO) -> Iterator[Record]:
        """Yield the records of members; those with nothing in them are passed over."""
        kinds = self._fixed.kinds
        for line, raw in self._members(self._lines(file), kinds) if kinds else self._lines(file):
            cells = self._cells(raw)
            if cells is None:
                del raw  # a traceback keeps the locals of its frames
                self._refuse(line, f"a byte is no character of {self._codec.upper()}, or a field begins within one")
            self._read += 1
            yield Record(line, line, cells)
            del raw, cells
        if not self._read:
            raise BadJob(f"{self._path.name}: there are no records; export the members again")

    def _refuse(self, line: int, what: str) -> NoReturn:
        place = "line" if self._fixed.lines else "record"
        raise BadJob(f"{self._path.name} {place} {line}: {what}; {_REPAIR}")

    def _cells(self, raw: bytes) -> list[str] | None:
        """Divide a record into its fields, without what pads them; None where they are no text.

        It is decoded with a NUL at each border: a character that is torn there is none. No character ends in a byte
        that is a blank, and most of what pads a field need not be decoded.
        """
        try:
            text = b"\0".join(map(bytes.strip, self._divide(raw))).decode(self._codec)
        except UnicodeDecodeError:
            return None
        parts = text.split("\0")
        if "\u3000\0" in text or "\0\u3000" in text or "\u3000" in (text[:1], text[-1:]):
            parts = list(map(str.strip, parts))
        return list(self._wanted(parts)) if len(parts) == self._parts else None

    def _lines(self, file: BinaryIO) -> Iterator[tuple[int, bytes]]:
        """Yield each record that has something in it, and which it is."""
        length = self._fixed.length
        for line, raw in enumerate(_ended(file, length) if self._fixed.lines else _joined(file, length), 1):
            if raw[:1] in _BLANKS and not raw.strip(_BLANKS):
                self._pass_over("empty", line)
            elif not self._fixed.lines and b"\n" in raw:
                del raw  # a traceback keeps the locals of its frames
                raise BadJob(f"{self._path.name} record {line}: a line ends in it; write lines = true under [file]")
            elif len(raw) == length:
                yield line, raw
            else:
                found = f"{len(raw)} bytes" if len(raw) <= length else "more bytes"
                del raw  # a traceback keeps the locals of its frames
                self._refuse(line, f"the record has {found}, not {length}")

    def _members(self, lines: Iterator[tuple[int, bytes]], kinds: Kinds) -> Iterator[tuple[int, bytes]]:
        """Yield the records of members, and prove that those of other kinds are there and where they belong."""
        signs = [(rank, sign.encode(self._codec)) for rank, sign in enumerate(kinds.in_order) if sign]
        at, data, line, before = kinds.at - 1, kinds.data.encode(self._codec), 0, -1
        for line, raw in lines:
            if before == _DATA and raw.startswith(data, at):
                yield line, raw
                del raw
                continue
            rank = next((rank for rank, sign in signs if raw.startswith(sign, at)), None)
            fault = self._fault(raw, kinds, rank, before, [rank for rank, _ in signs])
            if fault or rank is None:
                del raw  # a traceback keeps the locals of its frames
                self._refuse(line, fault)
            before = rank
            if rank == _DATA:
                yield line, raw
                del raw
            else:
                self._pass_over("control", line)
        if before != signs[-1][0]:
            self._refuse(line, f"the last record is no {_ORDER[signs[-1][0]]}; the file may be cut off")

    def _fault(self, raw: bytes, kinds: Kinds, rank: int | None, before: int, named: list[int]) -> str:
        """Say why a record may not follow one of the rank ``before`` (-1: none), or counts wrongly; "" where it may."""
        if rank is None:
            return "the record is of no kind that [records] names"
        follows = max((other for other in named if other < rank), default=-1)
        if before != follows:
            return f"a record of the kind {_ORDER[rank]} stands " + (
                f"behind {_ORDER[before]}" if before >= 0 else "first"
            )
        if _ORDER[rank] == "trailer" and kinds.count:
            said = raw[kinds.count.at - 1 :][: kinds.count.bytes].decode(self._codec, "replace")
            return fault_of_count(said, self._read)
        return ""


def _division(fixed: FixedLength) -> tuple[Struct, list[int]]:
    """Return what divides a record into parts that follow one another, and which of them are the fields."""
    sizes: list[int] = []
    places: dict[str, int] = {}
    done = 0
    for name, span in sorted(fixed.fields.items(), key=itemgetter(1)):
        if gap := span.at - 1 - done:
            sizes.append(gap)
        places[name] = len(sizes)
        sizes.append(span.bytes)
        done = span.at - 1 + span.bytes
    if done < fixed.length:
        sizes.append(fixed.length - done)
    return Struct("".join(f"{size}s" for size in sizes)), [places[name] for name in fixed.fields]


def _ended(file: BinaryIO, length: int) -> Iterator[bytes]:
    """Yield records that end with a line, without their ends; of one that is too long no more than shows it."""
    return (raw.rstrip(b"\r\n") for raw in iter(partial(file.readline, length + 3), b""))


def _joined(file: BinaryIO, length: int) -> Iterator[bytes]:
    """Yield records that follow one another."""
    while chunk := file.read(max(_CHUNK // length, 1) * length):
        for at in range(0, len(chunk), length):
            yield chunk[at : at + length]
