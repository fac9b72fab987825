"""The drawn page → the customer barcodes of the post office that can be read on it, wherever they stand upright.

The code has four heights of bar, 67 of them at one pitch, and all cross its middle (domain 6.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from PIL.Image import Image

from renderer.model.paper import MM_PER_INCH
from renderer.proof.codes_read import read_bars
from renderer.proof.pixels import Box

BARS = 67
PITCH = (0.8, 1.55)
"""mm from one bar to the next, at the smallest and the largest size that is allowed, and a dot less or more."""
EVEN_WITHIN = 0.2
"""mm by which the pitch may vary on paper of dots."""
_ROWS = 0.4
"""mm between the rows that are looked at: every middle has two of them."""
_REACH = 4.5
"""mm; no bar is longer."""
_DARK = re.compile(rb"\0+")
_HEIGHTS = {(True, True): "0 1 6", (True, False): "0 1 4", (False, True): "2 1 4", (False, False): "2 1 2"}
"""Whether a bar reaches up and down → how its rectangle is written for who reads it."""


def customer_barcodes(page: Image, dpi: int) -> Iterator[tuple[str, Box]]:
    """Yield what each code says, without what fills it up, and its place in mm."""
    mm = MM_PER_INCH / dpi
    dots = page.convert("L").point([0] * 128 + [255] * 128)
    data, width = dots.tobytes(), dots.width
    below = 0
    for y in range(0, dots.height, max(1, round(_ROWS / mm))):
        if y < below:
            continue
        for middles in _combs(data[y * width : (y + 1) * width], mm):
            tops, bottoms = zip(*(_ends(data, width, x, y, round(_REACH / mm)) for x in middles), strict=True)
            if said := read_bars(_rectangles(tops, bottoms)):
                left, top = middles[0], min(tops)
                yield said.rstrip("d"), Box(left * mm, top * mm, (middles[-1] - left) * mm, (max(bottoms) - top) * mm)
                below = max(bottoms)


def _combs(row: bytes, mm: float) -> Iterator[list[int]]:
    """Yield the middles of as many marks as a code has, one as far from the next as the others."""
    middles = [(found.start() + found.end() - 1) // 2 for found in _DARK.finditer(row)]
    comb = middles[:1]
    for last, middle in pairwise(middles):
        pitch = (middle - last) * mm
        first = (comb[1] - comb[0]) * mm if len(comb) > 1 else pitch
        if PITCH[0] < pitch < PITCH[1] and abs(pitch - first) < EVEN_WITHIN:
            comb.append(middle)
            continue
        if len(comb) == BARS:
            yield comb
        comb = [middle]
    if len(comb) == BARS:
        yield comb


def _ends(data: bytes, width: int, x: int, y: int, reach: int) -> tuple[int, int]:
    """Follow a bar to its upper and its lower end."""
    column = data[x::width]
    top, bottom = y, y
    while top > max(0, y - reach) and not column[top - 1]:
        top -= 1
    while bottom < min(len(column) - 1, y + reach) and not column[bottom + 1]:
        bottom += 1
    return top, bottom


def _rectangles(tops: tuple[int, ...], bottoms: tuple[int, ...]) -> str:
    """Write the bars as their reader wants them: who reaches more than half as far as the longest is long."""
    up, down = (min(tops) + max(tops)) / 2, (min(bottoms) + max(bottoms)) / 2
    bars = [_HEIGHTS[top < up, bottom > down] for top, bottom in zip(tops, bottoms, strict=True)]
    return " ".join(f"{2 * at} {bar} re" for at, bar in enumerate(bars))
