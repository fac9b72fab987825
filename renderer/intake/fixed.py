"""A member file of fixed lengths → its own columns, and its records one at a time."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from pathlib import Path
from struct import Struct
from typing import BinaryIO, NoReturn

from renderer.intake.dialect import Dialect, FixedLength, Kinds, PassOver
from renderer.intake.records import NOTHING, Record, Table, cells_at, fault_of_count
from renderer.model.errors import BadJob

_CHUNK = 1 << 18
"""Bytes read at a time, and more than any line may have."""
_LINE_END = re.compile(rb"\r?\n\Z")
_BLANKS = " \u3000"
_PADDING = f"{_BLANKS}\0"
"""What may stand in a field behind its text: hosts write NUL there."""
_NO_BLANKS = b"\0\t\n\v\f\r"
"""What is no blank here, and one for ``bytes.strip``, or a border."""
_ORDER = ("header", "data", "trailer", "end")
_DATA, _TRAILER = _ORDER.index("data"), _ORDER.index("trailer")
_NOBODY, _SIGN = -1, -2
"""Whose the bytes of a record are that are of no field: of nobody; of its kind, which they show."""
_REPAIR = "export the file again, or correct the column map"


@contextmanager
def opened_fixed(path: Path, dialect: Dialect, pass_over: PassOver) -> Iterator[Table]:
    """Open a file of fixed lengths for reading; ``dialect.fixed`` is given, and its encoding named.

    Of one whose trailer counts no records there are none.

    :raises BadJob: when a record has another length, is no text, has a field that tears a character, or something that
        stands in no field; when its kind is not named or stands where it may not; when the trailer counts other
        records than there are.
    """
    fixed = dialect.fixed
    if fixed is None:
        raise AssertionError("a dialect of fixed lengths says what they are")
    with path.open("rb") as file:
        if file.read(len(BOM_UTF8)) != BOM_UTF8:
            file.seek(0)
        elif dialect.encoding != "utf-8":
            raise BadJob(
                f"{path.name}: it has the mark of UTF-8 (its first three bytes, EF BB BF), and the column map counts "
                f"places in bytes of {dialect.encoding.upper()}; export it again, or correct the column map"
            )
        yield Table(tuple(fixed.fields), _Reader(path, fixed, dialect.encoding, pass_over).records(file))


class _Reader:
    def __init__(self, path: Path, fixed: FixedLength, codec: str, pass_over: PassOver) -> None:
        self._path, self._fixed, self._codec, self._pass_over = path, fixed, codec, pass_over
        signs = (re.escape(sign.encode(codec)) for sign in f"{NOTHING}\r\n\0")
        self._is_nothing = re.compile(b"(?:%b)*+" % b"|".join(signs)).fullmatch
        self._before_sign = fixed.kinds.at - 1 if fixed.kinds else 0
        self._behind_sign = self._before_sign + len(fixed.kinds.data.encode(codec) if fixed.kinds else b"")
        parts = _parts(fixed, range(self._before_sign, self._behind_sign))
        self._divide = Struct("".join(f"{len(at)}{'x' if of == _SIGN else 's'}" for of, at in parts)).unpack
        owners, self._places = zip(*((of, at) for of, at in parts if of != _SIGN), strict=True)
        self._wanted = cells_at([owners.index(field) for field in range(len(fixed.fields))], len(owners))
        self._between = [part for part, of in enumerate(owners) if of == _NOBODY]
        self._read = 0
        """Records of members so far."""

    def records(self, file: BinaryIO) -> Iterator[Record]:
        """Yield the records of members; those with nothing in them are passed over."""
        kinds = self._fixed.kinds
        for line, raw in self._members(self._lines(file), kinds) if kinds else self._lines(file):
            self._read += 1
            if self._is_nothing(raw, self._behind_sign) and self._is_nothing(raw, 0, self._before_sign):
                self._pass_over("empty", line)
                continue
            cells = self._cells(raw)
            del raw  # a traceback keeps the locals of its frames
            if isinstance(cells, str):
                self._refuse(line, cells)
            yield Record(line, line, cells)
            del cells
        if not self._read and not (kinds and kinds.count):
            raise BadJob(f"{self._path.name}: there are no records; export the members again")

    def _refuse(self, line: int, fault: str) -> NoReturn:
        place = "line" if self._fixed.lines else "record"
        raise BadJob(f"{self._path.name} {place} {line}: {fault}")

    def _cells(self, raw: bytes) -> list[str] | str:
        """Divide a record into its fields, without what pads them; or say what keeps it from being divided.

        It is decoded with a NUL at each border: a character that is torn there is none. No character ends in a byte
        that is a blank, and most of what pads a field need not be decoded.
        """
        try:
            if len(raw.translate(None, _NO_BLANKS)) == len(raw):
                text = b"\0".join(map(bytes.strip, self._divide(raw))).decode(self._codec)
                parts = text.split("\0")
                if "\u3000\0" in text or "\0\u3000" in text or "\u3000" in (text[:1], text[-1:]):
                    parts = [part.strip(_BLANKS) for part in parts]
            else:
                parts = [part.decode(self._codec).rstrip(_PADDING).lstrip(_BLANKS) for part in self._divide(raw)]
        except UnicodeDecodeError:
            return f"a byte is no character of {self._codec.upper()}, or a field begins within one; {_REPAIR}"
        if b"\0" in raw and (wrong := [at for at, part in enumerate(parts) if "\0" in part]):
            return f"a NUL that is no padding stands in {self._bytes_of(wrong)}; export texts, no numbers in binary"
        if lost := [at for at in self._between if parts[at]]:
            return (
                f"something stands in {self._bytes_of(lost)}, and no field does; correct the lengths, or name these "
                "bytes under [fields], and where nobody needs them under ignore, too"
            )
        return list(self._wanted(parts))

    def _bytes_of(self, parts: Iterable[int]) -> str:
        """Say where parts of a record stand, as a column map counts."""
        places = (self._places[part] for part in parts)
        return f"bytes {', '.join(f'{place.start + 1}-{place.stop}' for place in places)}"

    def _lines(self, file: BinaryIO) -> Iterator[tuple[int, bytes]]:
        """Yield each record that has something in it, and which it is."""
        length = self._fixed.length
        for line, raw in enumerate(_ended(file) if self._fixed.lines else _joined(file, length), 1):
            if len(raw) < _CHUNK and self._is_nothing(raw):
                self._pass_over("empty", line)
            elif not self._fixed.lines and b"\n" in raw:
                del raw  # a traceback keeps the locals of its frames
                self._refuse(line, "a line ends in it; write lines = true under [file]")
            elif len(raw) == length:
                yield line, raw
            else:
                found = f"{len(raw)} bytes" if len(raw) <= length else "more bytes"
                del raw  # a traceback keeps the locals of its frames
                self._refuse(line, f"the record has {found}, not {length}; {_REPAIR}")

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
            self._refuse(line, f"the last record is no {_ORDER[signs[-1][0]]}; the file may be cut off: {_REPAIR}")

    def _fault(self, raw: bytes, kinds: Kinds, rank: int | None, before: int, named: list[int]) -> str:
        """Say why a record may not follow one of the rank ``before`` (-1: none), or counts wrongly; "" where it may."""
        if rank is None:
            return f"the record is of no kind that [records] names; {_REPAIR}"
        earlier = [-1, *(other for other in named if other < rank)]
        counts = kinds.count if rank == _TRAILER else None
        if before not in (earlier[-2:] if counts else earlier[-1:]):  # it may count no data records
            place = f"behind {_ORDER[before]}" if before >= 0 else "first"
            return f"a record of the kind {_ORDER[rank]} stands {place}; {_REPAIR}"
        if counts:
            said = raw[counts.at - 1 :][: counts.bytes].decode(self._codec, "replace")
            return fault_of_count(said.rstrip(f"{NOTHING}\0"), self._read)
        return ""


def _parts(fixed: FixedLength, sign: range) -> list[tuple[int, range]]:
    """Return the parts of a member's record that follow one another: whose each is, a field by its number, and where.

    The sign of its kind is a part where no field has it.
    """
    owners = [_NOBODY] * fixed.length
    owners[sign.start : sign.stop] = [_SIGN] * len(sign)
    for field, span in enumerate(fixed.fields.values()):
        owners[span.at - 1 : span.at - 1 + span.bytes] = [field] * span.bytes
    runs = ((owner, list(run)) for owner, run in groupby(range(fixed.length), owners.__getitem__))
    return [(owner, range(run[0], run[-1] + 1)) for owner, run in runs]


def _ended(file: BinaryIO) -> Iterator[bytes]:
    """Yield records that end with a line, without their ends; of a line that is too long no more than shows it."""
    ends = b"\r\n\x1a"  # the last is the mark of the end of a file
    return (raw.rstrip(ends) if len(raw) < _CHUNK else raw for raw in iter(partial(file.readline, _CHUNK), b""))


def _joined(file: BinaryIO, length: int) -> Iterator[bytes]:
    """Yield records that follow one another; a line end that the length counts is padding."""
    while chunk := file.read(max(_CHUNK // length, 1) * length):
        for at in range(0, len(chunk), length):
            raw = chunk[at : at + length]
            yield _LINE_END.sub(lambda end: b" " * len(end[0]), raw) if raw.endswith(b"\n") else raw
