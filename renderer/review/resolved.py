"""Any object of a PDF → a sum of what it says, whatever its number, its order, its compression and its file.

Two programs write one object in many ways (ISO 32000-1, 7.3); equal sums mean that nothing but the writing differs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from hashlib import sha256
from typing import Any

import pikepdf

UPWARDS = frozenset({"/Parent", "/P", "/StructParent", "/StructParents"})
"""Keys that lead out of an object: to its page, its parent, its place in the tags."""
_WRITING = frozenset({"/Length", "/Filter", "/DecodeParms", "/F", "/FFilter", "/FDecodeParms", "/DL"})
"""Keys of a stream that say how it is written (7.3.8.2)."""
_MOST_LEVELS = 64


def resolved(value: Any, without: Collection[str] = UPWARDS) -> str:
    """Sum up an object and all that it refers to; keys that are named stay out, wherever they stand."""
    digest = sha256()
    for part in _parts(value, frozenset(without), ()):
        digest.update(part)
    return digest.hexdigest()


def _parts(value: Any, without: frozenset[str], within: tuple[tuple[int, int], ...]) -> Iterator[bytes]:
    """Yield the one way to write it. An object that holds itself is named by how far above it stands."""
    if isinstance(value, pikepdf.Object) and value.is_indirect:
        if value.objgen in within or len(within) > _MOST_LEVELS:
            yield b"^%d " % (len(within) - within.index(value.objgen) if value.objgen in within else 0)
            return
        within = (*within, value.objgen)
    match value:
        case pikepdf.Stream():
            yield from _entries(value, without | _WRITING, within)
            yield b"stream "
            yield sha256(decoded(value)).digest()
        case pikepdf.Dictionary():
            yield from _entries(value, without, within)
        case pikepdf.Array():
            yield b"["
            for item in value:
                yield from _parts(item, without, within)
            yield b"]"
        case pikepdf.String():
            yield b"(" + bytes(value).hex().encode() + b")"
        case bool() | None:
            yield str(value).encode()
        case pikepdf.Name():
            yield str(value).encode() + b" "
        case _:
            yield b"%.9g " % float(value)


def _entries(value: Any, without: frozenset[str], within: tuple[tuple[int, int], ...]) -> Iterator[bytes]:
    yield b"<<"
    for key in sorted(set(value.keys()) - without):
        yield key.encode() + b" "
        yield from _parts(value[key], without, within)
    yield b">>"


def decoded(stream: Any) -> bytes:
    """Take the data of a stream as it is before compression; of a picture that only its own codec reads, as it is."""
    try:
        return bytes(stream.read_bytes())
    except pikepdf.PdfError:
        return bytes(stream.read_raw_bytes())
