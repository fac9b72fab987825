"""A content of another program's PDF → its operators with the names and strings that they are given.

Clauses are of ISO 32000-1.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from pypdf.generic import NameObject


class Operation(NamedTuple):
    """One operator and what stands before it."""

    operator: bytes
    names: list[str]
    """With their solidus, without escapes (7.3.5)."""
    strings: list[bytes]
    before: bytes
    """The last bytes before the operator: where its number stands, if it has one."""


_REGULAR = rb"[^\x00\t\n\f\r ()<>\[\]{}/%]"
_PATHS = rb"[-+.0-9]+|[mlcvyhSsfFBbnWwJjMdigGkK]\*?|re|cm|rg|RG"
"""Numbers, and operators that are given numbers alone: of most contents nearly all, and passed over in one go."""
_TOKEN = re.compile(
    rb"(?:(?:" + _PATHS + rb")(?=[\s/()<>\[\]{}%]|\Z)\s*)++"
    rb"|%[^\r\n]*|<<|>>"
    rb"|(?P<text>\()"
    rb"|<(?P<hex>[0-9A-Fa-f\s]*)>"
    rb"|(?P<name>/" + _REGULAR + rb"*)"
    rb"|(?P<operator>" + _REGULAR + rb"+)"
)
_OF_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_MEANT = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}
_END_OF_PICTURE = re.compile(rb"\sEI(?=\s|\Z)")
_VALUES = (b"true", b"false", b"null")


def operations(content: bytes) -> Iterator[Operation]:
    """Yield the operators of a content, but for those that only draw lines or set numbers.

    What an inline picture holds is none (8.9.7).
    """
    position, names, strings = 0, list[str](), list[bytes]()
    while token := _TOKEN.search(content, position):
        position = token.end()
        kind = token.lastgroup
        if kind == "name":
            names.append(_name(token[0]))
        elif kind == "text":
            end = _end_of_string(content, position)
            strings.append(_ESCAPE.sub(_unescaped, content[position : end - 1]))
            position = end
        elif kind == "hex":
            digits = b"".join(token["hex"].split())
            strings.append(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii")))
        elif kind == "operator" and token[0] not in _VALUES:
            yield Operation(token[0], names, strings, content[max(token.start() - 8, 0) : token.start()])
            names, strings = [], []
            if token[0] == b"ID":
                end_of_picture = _END_OF_PICTURE.search(content, position)
                position = end_of_picture.end() if end_of_picture else len(content)


def _name(written: bytes) -> str:
    # Most names have no escape, and a page may have a hundred thousand.
    if b"#" not in written and written.isascii():
        return written.decode("ascii")
    return str(NameObject.read_from_stream(io.BytesIO(written), None))


def _end_of_string(content: bytes, position: int) -> int:
    depth = 1
    while depth and (part := _OF_STRING.search(content, position)):
        depth += {b"(": 1, b")": -1}.get(part[0], 0)
        position = part.end()
    return position if not depth else len(content) + 1


def _unescaped(escape: re.Match[bytes]) -> bytes:
    said = escape[1]
    return bytes([int(said, 8) & 0xFF]) if said.isdigit() and said < b"8" else _MEANT.get(said, said)
