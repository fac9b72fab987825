"""The font of a PDF → how far its strings go on.

It is asked which texts a string is drawn by, not where a letter stands: a font that says no width is taken for one
whose letters are half as wide as high, and codes of a composite font for two bytes each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf

WIDE, NARROW = 1.0, 0.5
"""Of an em: what a letter takes where the font does not say, of a composite font and of any other (9.7.4.3)."""
BLANK = 32
"""The code to which word spacing belongs (9.3.3)."""


class Font:
    """A font dictionary, read for its name and widths."""

    def __init__(self, font: Any) -> None:
        """Read a font dictionary of pikepdf."""
        self.object: tuple[int, int] = font.objgen
        """Number and generation; 0, 0 where it stands in its place."""
        self.name = str(font.get("/BaseFont", "")).lstrip("/").rpartition("+")[2]
        """Without the letters of a subset."""
        self.composite = font.get("/Subtype") == "/Type0"
        self.vertical = self.composite and str(font.get("/Encoding", "")).endswith("V")
        self._usual, self._widths = _composite(font) if self.composite else _simple(font)

    def advance(self, codes: bytes, spacing: float, word_spacing: float) -> float:
        """Add up the letters in ems, each with its spacing."""
        step = 2 if self.composite else 1
        letters = [int.from_bytes(codes[start : start + step]) for start in range(0, len(codes), step)]
        if self.vertical:
            return len(letters) * (1 - spacing)
        blanks = 0 if self.composite else letters.count(BLANK)
        widths = sum(self._widths.get(letter, self._usual) for letter in letters)
        return widths + len(letters) * spacing + blanks * word_spacing


def _simple(font: Any) -> tuple[float, dict[int, float]]:
    scale = float(font["/FontMatrix"][0]) if "/FontMatrix" in font else 0.001
    usual = font.get("/FontDescriptor", {}).get("/MissingWidth", NARROW / scale)
    first = int(font.get("/FirstChar", 0))
    widths = {code: float(width) * scale for code, width in enumerate(font.get("/Widths", ()), first)}
    return float(usual) * scale, widths


def _composite(font: Any) -> tuple[float, dict[int, float]]:
    inner = font["/DescendantFonts"][0]
    return float(inner.get("/DW", WIDE * 1000)) / 1000, dict(_ranges(iter(inner.get("/W", ()))))


def _ranges(given: Iterator[Any]) -> Iterator[tuple[int, float]]:
    """Read ``first [width …]`` and ``first last width`` (9.7.4.3)."""
    for first in given:
        following = next(given)
        if isinstance(following, pikepdf.Array):
            yield from ((int(first) + place, float(width) / 1000) for place, width in enumerate(following))
        else:
            width = float(next(given)) / 1000
            yield from ((code, width) for code in range(int(first), int(following) + 1))
