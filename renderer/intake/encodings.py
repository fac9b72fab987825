"""A file of text → the codec that reads all of it, or the place of the first byte that is no character."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from renderer.intake.dialect import Encoding
from renderer.intake.records import NOTHING
from renderer.model.errors import BadJob
from renderer.model.sums import sum_of_file, sum_of_pieces

_CHUNK = 1 << 18
"""Bytes read at a time in the first pass, and more than any line may have."""
_NO_ROW = f"{NOTHING},\r\n"
"""What a line may be made of that is no row."""
_WIDEST_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class _Place:
    """A byte of the file as an editor shows it: everything counted from 1."""

    line: int
    byte: int
    character: int
    value: int

    def __str__(self) -> str:
        return f"line {self.line}, character {self.character} (byte {self.byte} of the line, 0x{self.value:02X})"


def find_encoding(path: Path, wanted: Encoding = "auto") -> str:
    """Name Python's codec for a file.

    By its byte order mark, else as wanted, else UTF-8 if all of it is, else CP932, whose user-defined area
    F040-F9FC becomes U+E000 and on (domain 5.2). Raises BadJob with the place of the first wrong byte.
    """
    with path.open("rb") as file:
        start = file.read(4)
        if not start:
            raise BadJob(f"{path.name}: the file is empty; write or export it again")
        if start.startswith(_WIDEST_MARKS):
            raise BadJob(f"{path.name}: the file is UTF-32; save it as UTF-8 or as CP932 (ANSI)")
        if start.startswith(_WIDE_MARKS):
            _check_wide(path)
            return "utf-16"
        if wanted == "utf-16":
            raise BadJob(f"{path.name}: there is no byte order mark of UTF-16; name another encoding in the column map")
        return _narrow(path, file, wanted, is_marked=start.startswith(codecs.BOM_UTF8))


def without_end_mark(line: str) -> str:
    """Return a line without the mark 0x1A behind it, with which old systems end a file; such a mark alone is a row."""
    return line.rstrip("\x1a") or line


def sum_of_rows(path: Path) -> str:
    """Return the sum of what a member file says: of its lines as text, whatever its encoding and line ends are.

    Lines with nothing in them do not count. Of a file that is no text, such as a workbook, it is that of its bytes.
    """
    try:
        codec = find_encoding(path)
    except BadJob:
        return sum_of_file(path)
    with path.open(encoding=codec, newline="\n") as text:
        told = (without_end_mark(line).rstrip("\r\n") for line in text if line.strip(_NO_ROW))
        return sum_of_pieces(f"{line}\n".encode() for line in told)


def _narrow(path: Path, file: BinaryIO, wanted: Encoding, *, is_marked: bool) -> str:
    codec = "utf-8" if wanted == "auto" or is_marked else wanted
    wrong = _first_wrong(path, file, codec)
    if wrong is not None and wanted == "auto" and not is_marked and not _header_is_utf8(file, wrong):
        codec = "cp932"
        wrong = _first_wrong(path, file, codec)
    if wrong is not None and is_marked:
        raise BadJob(
            f"{path.name}: {wrong}: this is no character of UTF-8, of which the file has the mark (its first three "
            "bytes, EF BB BF); export it again as UTF-8, or, if it is CP932 behind them, take these bytes off"
        )
    if wrong is not None:
        raise BadJob(
            f"{path.name}: {wrong}: this is no character of {codec.upper()}; "
            "export the file again, or name its encoding in the column map"
        )
    return "utf-8-sig" if codec == "utf-8" else codec


def _check_wide(path: Path) -> None:
    """Refuse a file of UTF-16 with what is no character, or no text."""
    with path.open(encoding="utf-16", errors="replace", newline="\n") as text:
        for line, part in enumerate(iter(partial(text.readline, _CHUNK), ""), 1):
            fault = ""
            if len(part) == _CHUNK:
                fault = f"a line has {_CHUNK} characters and more; end each line with LF or CRLF"
            elif "\0" in part:
                fault = f"line {line}, character {part.index(chr(0)) + 1}: a NUL, which no text has; export it again"
            elif "\ufffd" in part:
                at = part.index("\ufffd") + 1
                fault = f"line {line}, character {at}: this is no character of UTF-16; export the file again"
            if fault:
                del part  # a traceback keeps the locals of its frames
                raise BadJob(f"{path.name}: {fault}")


def _first_wrong(path: Path, file: BinaryIO, codec: str) -> _Place | None:
    """Find the first byte that the codec cannot read, looking closely only once there is one."""
    decoder = codecs.getincrementaldecoder(codec)()
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            fault = _what_is_no_text(file, chunk)
            if fault:
                del chunk, decoder  # a traceback keeps the locals of its frames
                raise BadJob(f"{path.name}: {fault}")
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _locate(file, codec)
    return None


def _what_is_no_text(file: BinaryIO, chunk: bytes) -> str:
    """Say why a part of a file is no text with lines; "" when it is."""
    if len(chunk) == _CHUNK and b"\n" not in chunk:
        return f"a line has more than {_CHUNK} bytes; end each line with LF or CRLF"
    if b"\0" in chunk:
        line, column = _locate_nul(file)
        return (
            f"line {line}, byte {column}: a NUL, which no text has (is it UTF-16 without its mark?); "
            "save it as UTF-8 or as CP932 (ANSI)"
        )
    return ""


def _locate_nul(file: BinaryIO) -> tuple[int, int]:
    return next((line, raw.index(0) + 1) for line, raw in enumerate(_lines(file), 1) if b"\0" in raw)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines from the start to a wrong byte: none of them is longer, that of the byte may go on for ever."""
    file.seek(0)
    yield from iter(partial(file.readline, 2 * _CHUNK), b"")


def _locate(file: BinaryIO, codec: str) -> _Place:
    """Name the place of the first wrong byte; no line end is ever part of a character in these codecs."""
    for line, raw in enumerate(_lines(file), 1):
        try:
            raw.decode(codec)
        except UnicodeDecodeError as error:
            good = raw[: error.start].decode(codec)
            return _Place(line, error.start + 1, len(good) + 1, raw[error.start])
    raise AssertionError("a file that cannot be decoded has a line that cannot be")


def _header_is_utf8(file: BinaryIO, wrong: _Place) -> bool:
    """Whether a file is UTF-8 with one wrong byte, and not CP932: its Japanese header reads as UTF-8."""
    file.seek(0)
    return wrong.line > 1 and not file.readline().isascii()
