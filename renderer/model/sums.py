"""Bytes, files and words → the sum (SHA-256, in hexadecimal digits) that says whether they are still the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path


def sum_of_bytes(data: bytes) -> str:
    """Return the sum of some bytes."""
    return hashlib.sha256(data).hexdigest()


def sum_of_file(path: Path) -> str:
    """Return the sum of a file's content, read piece by piece."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sum_of_files(paths: Sequence[Path]) -> str:
    """Return the sum of a file, or of several that are one, in whatever order."""
    sums = sorted(map(sum_of_file, paths))
    return sums[0] if len(sums) == 1 else sum_of_all(sums)


def sum_of_pieces(pieces: Iterable[bytes]) -> str:
    """Return the sum of bytes that come piece by piece."""
    total = hashlib.sha256()
    for piece in pieces:
        total.update(piece)
    return total.hexdigest()


def sum_of_all(parts: Iterable[str]) -> str:
    """Return a sum over words and sums, in the order given; where one ends and the next begins counts."""
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part.encode()).digest())
    return total.hexdigest()
