"""A CMap of a PDF font → codes, CIDs and text (ISO 32000-1, 9.7.5 and 9.10.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pikepdf

_CODECS = (
    (re.compile(r"UCS2|UTF16"), "utf-16-be"),
    (re.compile(r"RKSJ"), "cp932"),
    (re.compile(r"EUC"), "euc_jp"),
    (re.compile(r"UTF8"), "utf-8"),
)
"""By the name of a predefined CMap: how its codes are written."""


@dataclass(frozen=True, slots=True)
class CMap:
    """What a CMap says of codes. A code is its bytes."""

    spaces: tuple[tuple[bytes, bytes], ...] = ()
    """First and last code of each range, byte by byte."""
    cids: Mapping[bytes, int] | None = None
    """None where a code is its CID, or no table of it is at hand."""
    is_identity: bool = False
    codec: str = ""
    """By which a code is text; empty where it is none."""
    texts: Mapping[bytes, str] = field(default_factory=dict)

    def split(self, string: bytes) -> Iterator[bytes]:
        """Yield the codes of a string."""
        if self.is_identity:
            yield from (string[at : at + 2] for at in range(0, len(string), 2))
            return
        at = 0
        while at < len(string):
            length = self._length(string, at)
            yield string[at : at + length]
            at += length

    def _length(self, string: bytes, at: int) -> int:
        if self.codec == "cp932":
            return 2 if string[at] in range(0x81, 0xA0) or string[at] in range(0xE0, 0xFD) else 1
        if self.codec == "euc_jp":
            return 2 if string[at] > 0x8D else 1
        if self.codec == "utf-16-be":
            return 4 if string[at] in range(0xD8, 0xDC) else 2
        for first, last in self.spaces:
            code = string[at : at + len(first)]
            if len(code) == len(first) and all(a <= b <= c for a, b, c in zip(first, code, last, strict=True)):
                return len(first)
        return len(self.spaces[0][0]) if self.spaces else 2

    def cid(self, code: bytes) -> int | None:
        """Return the CID of a code; None where only tables outside of the file know it."""
        if self.is_identity:
            return int.from_bytes(code)
        return None if self.cids is None else self.cids.get(code, 0)

    def text(self, code: bytes) -> str:
        """Return the text of a code, by the code itself."""
        return code.decode(self.codec, "replace") if self.codec else ""


def encoding(value: Any) -> CMap:
    """Read the /Encoding of a composite font: a name or a stream."""
    if not isinstance(value, pikepdf.Stream):
        name = str(value)
        if name.startswith("/Identity"):
            return CMap(is_identity=True)
        return CMap(codec=next((codec for form, codec in _CODECS if form.search(name)), ""))
    spaces: list[tuple[bytes, bytes]] = []
    cids: dict[bytes, int] = {}
    for table, rows in _tables(value):
        match table:
            case "codespacerange":
                spaces += [(bytes(first), bytes(last)) for first, last in rows]
            case "cidchar":
                cids |= {bytes(code): int(cid) for code, cid in rows}
            case "cidrange":
                for first, last, cid in rows:
                    cids |= {code: int(cid) + at for at, code in enumerate(_codes(first, last))}
    return CMap(tuple(spaces), cids)


def texts(stream: Any) -> dict[bytes, str]:
    """Read a /ToUnicode: the text of each code."""
    found: dict[bytes, str] = {}
    for table, rows in _tables(stream):
        match table:
            case "bfchar":
                found |= {bytes(code): _text(bytes(text)) for code, text in rows}
            case "bfrange":
                for first, last, to in rows:
                    found |= dict(zip(_codes(first, last), _following(to), strict=False))
    return found


_COLUMNS = {"codespacerange": 2, "cidchar": 2, "cidrange": 3, "bfchar": 2, "bfrange": 3}


def _tables(stream: Any) -> Iterator[tuple[str, Iterator[tuple[Any, ...]]]]:
    """Yield each table of a CMap with its rows."""
    for instruction in pikepdf.parse_content_stream(stream):
        verb = str(instruction.operator)
        name = verb.removeprefix("end")
        if name in _COLUMNS and name != verb:
            yield name, zip(*[iter(instruction.operands)] * _COLUMNS[name], strict=False)


def _codes(first: Any, last: Any) -> Iterator[bytes]:
    low, high = bytes(first), bytes(last)
    for code in range(int.from_bytes(low), int.from_bytes(high) + 1):
        yield code.to_bytes(len(low))


def _following(to: Any) -> Iterator[str]:
    """Yield the texts of a range: those of a list, or one and those after it by its last unit."""
    if isinstance(to, pikepdf.Array):
        yield from (_text(bytes(text)) for text in to)
        return
    first = bytes(to)
    for last in range(int.from_bytes(first[-2:]), 1 << 16):
        yield _text(first[:-2] + last.to_bytes(2))


def _text(written: bytes) -> str:
    return written.decode("utf-16-be", "replace")
