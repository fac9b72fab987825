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
"""Keys of a stream's own dictionary that say how it is written (7.3.8.2)."""
_RESOURCES = frozenset({"/XObject", "/Font", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties"})
_OF_NAMES = _RESOURCES | {"/CharProcs", "/Colorants"}
"""What has a dictionary whose keys are names that somebody gave, and mean nothing (7.8.3, 8.6.6.5, 9.6.5)."""
_OF_STATES = frozenset({"/N", "/R", "/D"})
"""The same of an annotation's appearances, by the states that it may have (12.5.5)."""
_MOST_LEVELS = 64


def resolved(value: Any, without: Collection[str] = UPWARDS) -> str:
    """Sum up an object and all that it refers to; keys that are named stay out, wherever they are no given names."""
    digest = sha256()
    for part in _parts(value, frozenset(without), ()):
        digest.update(part)
    return digest.hexdigest()


def _parts(
    value: Any, without: frozenset[str], within: tuple[tuple[int, int], ...], key: str = "", above: str = ""
) -> Iterator[bytes]:
    """Yield the one way to write what stands under a key, and that under the one above.

    An object that holds itself is named by how far above it stands.
    """
    if isinstance(value, pikepdf.Object) and value.is_indirect:
        if value.objgen in within or len(within) > _MOST_LEVELS:
            yield b"^%d " % (len(within) - within.index(value.objgen) if value.objgen in within else 0)
            return
        within = (*within, value.objgen)
    match value:
        case pikepdf.Stream():
            data, telling = _data(value)
            yield from _entries(value, (without | _WRITING) - telling, without, within, key)
            yield b"stream "
            yield sha256(data).digest()
        case pikepdf.Dictionary():
            has_names = key in _OF_NAMES or (above == "/AP" and key in _OF_STATES)
            yield from _entries(value, frozenset() if has_names else without, without, within, key)
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


def _entries(
    value: Any, out: frozenset[str], without: frozenset[str], within: tuple[tuple[int, int], ...], key: str
) -> Iterator[bytes]:
    """Yield the entries of a dictionary, all but those that are out; ``without`` are those below it."""
    yield b"<<"
    for name in sorted(set(value.keys()) - out):
        yield name.encode() + b" "
        yield from _parts(value[name], without, within, name, key)
    yield b">>"


def decoded(stream: Any) -> bytes:
    """Take the data of a stream as it is before compression; of a picture that only its own codec reads, as it is."""
    return _data(stream)[0]


def _data(stream: Any) -> tuple[bytes, frozenset[str]]:
    """Return that, and the keys without which it says nothing: a codec's parameters decide what comes of it."""
    try:
        return bytes(stream.read_bytes()), frozenset()
    except pikepdf.PdfError:
        return bytes(stream.read_raw_bytes()), frozenset({"/Filter", "/DecodeParms"})
