"""Turn the payload of a QR code, a customer barcode or an inserter mark into black rectangles.

Measures are from the top left corner, y downwards: inserter marks in mm, a QR code in its modules, a customer
barcode in widths of a bar; whoever places them scales them to their box. Quiet zones: the QR code brings its own, the
others need 2 mm of white around them (customer barcode) and an empty margin (inserter marks) from the layout
(domain 6.1, 6.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal

from renderer.documents import postal

Rectangle = tuple[float, float, float, float]
"""x, y, width, height."""

QUIET_ZONE = 4
"""White modules on each side of a QR code (ISO/IEC 18004)."""

# One mask for every symbol: a reader is told which, and to weigh all eight takes seven times as long.
_MASK = 0

# Customer barcode: bars and spaces are equally wide, a long bar is six times as high (domain 6.1).
_BARS = 67
_BAR_MM_AT_10_PT = 0.6
BARCODE_SIZES = (8.0, 11.5)
"""Smallest and largest customer barcode, pt."""
BARCODE_QUIET = 2.0
"""mm of white around a customer barcode."""
# Bar → its top and its height, in widths of a bar.
_STATES = {"1": (0, 6), "2": (0, 4), "3": (2, 4), "4": (2, 2)}
_PLACES: tuple[dict[str, Rectangle], ...] = tuple(
    {state: (2 * place, top, 1, height) for state, (top, height) in _STATES.items()} for place in range(_BARS)
)
BARCODE_SHAPE: tuple[float, float] = (2 * _BARS - 1, 6)
"""Width and height of a customer barcode, in widths of a bar."""
# Inserter marks, mm: length and thickness of a mark, and from its bottom to the top of the next (domain 6.4).
_OMR_LENGTH, _OMR_THICKNESS, _OMR_GAP = 12.0, 0.5, 3.0
_SYMBOLS = 21
"""Between start and stop, the check digit among them."""


@dataclass(frozen=True, slots=True)
class Rectangles:
    """A code as black rectangles, none overlapping another."""

    width: float
    """Of the whole code, with the quiet zone where it has one."""
    height: float
    rects: tuple[Rectangle, ...]
    """From top to bottom, then from left to right."""


CodeKind = Literal["qr", "customer_barcode", "omr"]


def rectangles(kind: CodeKind, payload: str) -> Rectangles:
    """Turn the value of a code slot into rectangles, by the slot's kind."""
    if kind == "qr":
        return qr(payload)
    return customer_barcode(payload) if kind == "customer_barcode" else omr(omr_marks(payload))


def qr(payload: str) -> Rectangles:
    """Encode a text as the smallest QR code that takes it; one unit is one module, the quiet zone is included."""
    from qrcode import QRCode  # few layouts have one
    from qrcode.constants import ERROR_CORRECT_M

    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE, mask_pattern=_MASK)
    code.add_data(payload)
    code.make()
    rows: list[list[bool]] = code.get_matrix()
    rects = tuple((x, y, width, 1) for y, row in enumerate(rows) for x, width in _dark_runs(row))
    return Rectangles(len(rows), len(rows), rects)


def customer_barcode(symbols: str) -> Rectangles:
    """Draw the 67 bars of the 20 symbols that ``postal.read_address`` gives; one unit is the width of a bar."""
    rects = tuple([states[state] for state, states in zip(postal.bars(symbols), _PLACES, strict=True)])
    return Rectangles(*BARCODE_SHAPE, rects)


def customer_barcode_size(size_pt: float) -> tuple[float, float]:
    """Return width and height in mm that a layout must give a customer barcode of a size.

    :raises ValueError: for a size the post office does not take, outside 8 to 11.5 pt (domain 6.1).
    """
    if not BARCODE_SIZES[0] <= size_pt <= BARCODE_SIZES[1]:
        raise ValueError(f"a customer barcode is {BARCODE_SIZES[0]:g} to {BARCODE_SIZES[1]:g} pt, not {size_pt:g}")
    bar = _BAR_MM_AT_10_PT * size_pt / 10
    return _exact((2 * _BARS - 1) * bar), _exact(6 * bar)


def omr_marks(payload: str) -> tuple[bool, ...]:
    """Decide which of the 14 marks are printed for ``documents.omr_payload``, ``sheet/sheets:sequence``.

    From the top: benchmark, safety; not end, not beginning of the piece, parity, retiming; two selected feeds and
    auto batch, which we do not use, retiming; wrap-around sequence by 4, 2 and 1, retiming. The parity mark makes
    the number of printed marks even (domain 6.4).
    """
    place, _, sequence = payload.partition(":")
    sheet, _, sheets = place.partition("/")
    wrap = int(sequence)
    not_end, not_beginning = sheet != sheets, sheet != "1"
    counter = [bool(wrap & weight) for weight in (4, 2, 1)]
    fixed = 5
    parity = (fixed + not_end + not_beginning + sum(counter)) % 2 == 1
    piece = (True, True, not_end, not_beginning, parity, True)
    return (*piece, False, False, False, True, *counter, True)


def omr(marks: Sequence[bool]) -> Rectangles:
    """Draw marks one below the other, an absent one leaving its place empty."""
    pitch = _OMR_THICKNESS + _OMR_GAP
    rects = tuple((0.0, place * pitch, _OMR_LENGTH, _OMR_THICKNESS) for place, mark in enumerate(marks) if mark)
    return Rectangles(_OMR_LENGTH, len(marks) * pitch - _OMR_GAP, rects)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A code as PDF path operators, in one line."""

    width: float
    """Of the whole code, with the quiet zone where it has one."""
    height: float
    path: str


def drawing(kind: CodeKind, payload: str) -> Drawing:
    """Turn the value of a code slot into the operators that draw it: those of its ``rectangles``."""
    if kind != "customer_barcode":
        return _drawn(kind, payload)
    symbols = map(dict.__getitem__, _PATHS, payload + postal.check_digit(payload))
    return Drawing(*BARCODE_SHAPE, " ".join((_START_PATH, *symbols, _STOP_PATH)))


# A QR code takes longer than the rest of a sheet, and is asked for by who prints a batch and by who proves it.
@lru_cache(maxsize=1 << 13)
def _drawn(kind: CodeKind, payload: str) -> Drawing:
    shape = rectangles(kind, payload)
    return Drawing(shape.width, shape.height, _operators(shape.rects))


def _operators(rects: Iterable[Rectangle]) -> str:
    return " ".join([f"{x:g} {y:g} {width:g} {height:g} re" for x, y, width, height in rects])


def _bars_path(first: int, bars: str) -> str:
    """Write some bars of a customer barcode, of which ``first`` is the place of the first."""
    return _operators([_PLACES[first + at][bar] for at, bar in enumerate(bars)])


# Nearly every envelope has another customer barcode: each symbol at each place is written once, and for all of them.
_PATHS = tuple(
    {symbol: _bars_path(len(postal.START) + 3 * place, bars) for symbol, bars in postal.BARS.items()}
    for place in range(_SYMBOLS)
)
_START_PATH, _STOP_PATH = _bars_path(0, postal.START), _bars_path(_BARS - len(postal.STOP), postal.STOP)


def svg(shape: Rectangles, css_class: str) -> str:
    """Write rectangles as an inline SVG with one path; CSS gives it its size."""
    line = "".join(f"M{x:g} {y:g}h{w:g}v{h:g}h{-w:g}z" for x, y, w, h in shape.rects)
    box = f"0 0 {shape.width:g} {shape.height:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{css_class}" viewBox="{box}">'
        f'<path d="{line}" fill="#000"/></svg>'
    )


def _dark_runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield where each run of dark modules begins and how long it is."""
    x = 0
    for dark, run in groupby(row):
        width = len(list(run))
        if dark:
            yield x, width
        x += width


def _exact(mm: float) -> float:
    """Take off what binary fractions add, so that a number is written short; a tenth of a micrometre stays."""
    return round(mm, 4)
