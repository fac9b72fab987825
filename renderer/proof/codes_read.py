"""The rectangles of a code, as a page draws them → what a machine reads there, by tables of its own.

Written from the post office's manual, the marks of domain 6.4 and ISO/IEC 18004, and from nothing that draws: a wrong
bar, check digit or mark would be drawn alike by who prints and by who asks the same table. A code that cannot be read
says "".
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from functools import lru_cache
from itertools import accumulate

_RECTANGLE = re.compile(r"(\S+) (\S+) (\S+) (\S+) re")

# Customer barcode: the bars of 0 to 9, the hyphen and CC1 to CC8, and which bar is how high (domain 6.1).
_SYMBOLS = "0123456789-abcdefgh"
_TRIPLES = "144114132312123141321213231411414324342234432243423441111"
_HEIGHTS = {"1": "0 1 6", "2": "0 1 4", "3": "2 1 4", "4": "2 1 2"}


def _drawn(bars: str, first: int) -> str:
    """Return how bars are drawn of which the first is that many bars behind the first of the code."""
    return "".join(f"{2 * at} {_HEIGHTS[bar]} re " for at, bar in enumerate(bars, first))


_DRAWN = [
    {_drawn(_TRIPLES[3 * value : 3 * value + 3], first): value for value in range(len(_SYMBOLS))}
    for first in range(2, 65, 3)
]
"""For each symbol of a code: how it is drawn → its value."""
_ENDS = _drawn("13", 0), _drawn("31", 65)
_LENGTHS = [len(next(iter(symbol))) for symbol in _DRAWN]
_CUTS = [slice(end - length, end) for length, end in zip(_LENGTHS, accumulate(_LENGTHS), strict=True)]
"""Where each symbol stands between the ends: every bar is written in as many signs as the others at its place."""
_LENGTH = sum(_LENGTHS) + sum(map(len, _ENDS))

_PITCH = 3.5
"""mm from one inserter mark to the next."""

_FORMAT = "101010000010010"
"""Of a QR code of level M with mask 0 (ISO/IEC 18004, 7.9)."""
_CODEWORDS = {21: 16, 25: 28, 29: 44}
"""Modules of a side → bytes of data at level M, of the sizes that have them in one block."""
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def read(kind: str, path: str, payload: str) -> str:
    """Return what the path of a code says, written as the payload it was drawn for.

    A QR code that is too large to be read here is believed.
    """
    if kind == "customer_barcode":
        return read_bars(path)
    return _read_marks(path, payload) if kind == "omr" else _read_qr(path, payload)


@lru_cache(maxsize=1 << 8)
def read_bars(path: str) -> str:
    """Return the 20 symbols of a customer barcode whose start, stop and check digit are right; else "".

    The sheets of a household, which are printed one behind the other, have the same.
    """
    begins, ends = _ENDS
    drawn = path + " "
    if not (drawn.startswith(begins) and drawn.endswith(ends) and len(drawn) == _LENGTH):
        return ""
    symbols = drawn[len(begins) : -len(ends)]
    try:
        values = [value_of[symbols[cut]] for value_of, cut in zip(_DRAWN, _CUTS, strict=True)]
    except KeyError:
        return ""
    return "" if sum(values) % 19 else "".join([_SYMBOLS[value] for value in values[:-1]])


@lru_cache(maxsize=1 << 10)
def _read_marks(path: str, payload: str) -> str:
    """Return the payload of OMR marks where each of the 14 is there, or is not, as the payload asks."""
    sheet, sheets, sequence = map(int, re.split("[/:]", payload))
    asked = [1, 1, sheet < sheets, sheet > 1, 0, 1, 0, 0, 0, 1, sequence & 4, sequence & 2, sequence & 1, 1]
    asked[4] = sum(map(bool, asked)) % 2
    marks = [f"0 {at * _PITCH:g} 12 0.5 re" for at, mark in enumerate(asked) if mark]
    return payload if " ".join(marks) == path else ""


@lru_cache(maxsize=1 << 10)
def _read_qr(path: str, payload: str) -> str:
    dark = {
        (int(x) + at - 4, int(y) - 4)
        for x, y, width, _ in _RECTANGLE.findall(path)
        for at in range(int(width))
    }  # fmt: skip
    side = max((x for x, _ in dark), default=0) + 1
    if side not in _CODEWORDS:
        return payload if side > max(_CODEWORDS) and _has_finders(dark, side) else ""
    format_places = [*((x, 8) for x in (0, 1, 2, 3, 4, 5, 7, 8)), *((8, y) for y in (7, 5, 4, 3, 2, 1, 0))]
    if "".join(str(int(place in dark)) for place in format_places) != _FORMAT:
        return ""
    bits = "".join(str(int((place in dark) ^ (sum(place) % 2 == 0))) for place in _data_places(side))
    return _text_of(bits[: 8 * _CODEWORDS[side]])


def _has_finders(dark: Container[tuple[int, int]], side: int) -> bool:
    """Whether a frame of seven modules stands in three corners, as in every QR code (6.3.3)."""
    ring = [(x, y) for x in range(7) for y in range(7) if x in (0, 6) or y in (0, 6)]
    return all((left + x, top + y) in dark for left, top in ((0, 0), (side - 7, 0), (0, side - 7)) for x, y in ring)


def _data_places(side: int) -> Iterator[tuple[int, int]]:
    """Yield the modules that hold data, in their order (7.7.3)."""
    is_upwards = True
    for right in (*range(side - 1, 6, -2), 5, 3, 1):
        for y in range(side - 1, -1, -1) if is_upwards else range(side):
            for x in (right, right - 1):
                if not _is_pattern(x, y, side):
                    yield x, y
        is_upwards = not is_upwards


def _is_pattern(x: int, y: int, side: int) -> bool:
    """Whether a module is of a finder, of the timing, of the format or of the one alignment pattern."""
    finders = (x < 9 and (y < 9 or y >= side - 8)) or (x >= side - 8 and y < 9)
    alignment = side > 21 and max(abs(x - side + 7), abs(y - side + 7)) <= 2
    return finders or alignment or 6 in (x, y)


def _text_of(bits: str) -> str:
    """Read the segments of a stream of bits: digits, capitals, bytes (7.4)."""
    said, at = "", 0

    def take(count: int) -> int:
        nonlocal at
        at += count
        return int(bits[at - count : at] or "0", 2)

    while mode := take(4):
        if mode == 1:
            count = take(10)
            for digits in (3,) * (count // 3) + ((count % 3,) if count % 3 else ()):
                said += f"{take((0, 4, 7, 10)[digits]):0{digits}}"
        elif mode == 2:
            count = take(9)
            for _ in range(count // 2):
                first, second = divmod(take(11), 45)
                said += _ALPHANUMERIC[first] + _ALPHANUMERIC[second]
            said += _ALPHANUMERIC[take(6)] if count % 2 else ""
        elif mode == 4:
            said += bytes(take(8) for _ in range(take(8))).decode("utf-8", "replace")
        else:
            return ""
    return said
