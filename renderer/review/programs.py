"""A font program embedded in a PDF → the outline of a glyph, by whatever name the PDF calls for it.

A subset has other glyphs, in another order, than the next one of the same font: an outline is known by what it draws.
Clauses are of ISO 32000-1.
"""

from __future__ import annotations

import io
from array import array
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from typing import Any, Protocol

from fontTools.agl import toUnicode
from fontTools.cffLib import CFFFontSet
from fontTools.encodings.StandardEncoding import StandardEncoding
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.t1Lib import T1Font
from fontTools.ttLib import TTFont

from renderer.proof.drawing import Drawing

BLANK = ""
"""The outline of a glyph that has none."""
_PER_EM, _HUNDREDTHS = 1000, 100


class Program(Protocol):
    """An embedded font. A glyph that it lacks is None."""

    def of_cid(self, cid: int) -> str | None:
        """Return the outline of a glyph of a composite font (9.7.4.2)."""

    def of_code(self, code: int, name: str, symbolic: bool) -> str | None:
        """Return the outline of a glyph of a simple font, by its code and its name in the encoding, if any (9.6.6)."""


class TrueType:
    """A TrueType program (FontFile2)."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._drawing = Drawing.of_embedded(data)
        self._scale = _PER_EM / self._drawing.units

    def of_cid(self, cid: int) -> str | None:
        """Take the glyph of this number."""
        return _sum(self._drawing.outline(cid), self._scale) if cid < self._drawing.glyph_count else None

    def of_code(self, code: int, name: str, symbolic: bool) -> str | None:
        """Look in the tables of characters as 9.6.6.4 says, then among the glyphs' names."""
        unicode = toUnicode(name) if name else ""
        places = [((3, 0), code), ((3, 0), 0xF000 + code), ((1, 0), code)]
        if unicode and not symbolic:
            places = [((3, 1), ord(unicode[0])), ((0, 3), ord(unicode[0])), *places]
        for table, character in places:
            if found := self._characters.get(table, {}).get(character):
                name = found
                break
        number = self._numbers.get(name)
        return None if number is None else self.of_cid(number)

    @cached_property
    def _font(self) -> Any:
        return TTFont(io.BytesIO(self._data), lazy=True)

    @cached_property
    def _characters(self) -> Mapping[tuple[int, int], Mapping[int, str]]:
        tables = self._font["cmap"].tables if "cmap" in self._font else []
        return {(table.platformID, table.platEncID): table.cmap for table in tables}

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {name: number for number, name in enumerate(self._font.getGlyphOrder())}


class Cff:
    """A CFF program (FontFile3), bare or in an OpenType font."""

    def __init__(self, data: bytes) -> None:
        fonts = CFFFontSet()
        bare = TTFont(io.BytesIO(data)).reader["CFF "] if data.startswith(b"OTTO") else data
        fonts.decompile(io.BytesIO(bare), None)
        self._top = fonts[0]
        self._glyphs = self._top.CharStrings
        self._has_cids = hasattr(self._top, "ROS")
        self._scale = self._top.FontMatrix[0] * _PER_EM if hasattr(self._top, "FontMatrix") else 1.0

    def of_cid(self, cid: int) -> str | None:
        """Take the glyph of this CID, or of this number where the program knows no CIDs."""
        if self._has_cids:
            return self._drawn(f"cid{cid:05}" if cid else ".notdef")
        return self._drawn(self._top.charset[cid]) if cid < len(self._top.charset) else None

    def of_code(self, code: int, name: str, symbolic: bool) -> str | None:
        """Take the glyph of this name; without one, by the encoding of the program."""
        return self._drawn(name or _own_name(self._top.Encoding, code))

    def _drawn(self, name: str) -> str | None:
        return _outline(self._glyphs, name, self._scale) if name in self._glyphs else None


class Type1:
    """A Type 1 program (FontFile)."""

    def __init__(self, data: bytes) -> None:
        self._font = T1Font.__new__(T1Font)  # its constructor asks for a file
        self._font.data, self._font.encoding = data, "ascii"
        self._font.parse()
        self._glyphs = self._font.getGlyphSet()
        self._scale = float(self._font["FontMatrix"][0]) * _PER_EM

    def of_cid(self, cid: int) -> str | None:
        """Find nothing: no composite font has such a program."""
        return None

    def of_code(self, code: int, name: str, symbolic: bool) -> str | None:
        """Take the glyph of this name; without one, by the encoding of the program."""
        name = name or _own_name(self._font["Encoding"], code)
        return _outline(self._glyphs, name, self._scale) if name in self._glyphs else None


def _own_name(encoding: Any, code: int) -> str:
    names: list[str] = StandardEncoding if isinstance(encoding, str) else encoding
    return names[code] if code < len(names) else ""


def _outline(glyphs: Any, name: str, scale: float) -> str:
    pen = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(pen)
    return _sum([tuple(part for point in points for part in point) for _, points in pen.value], scale)


def _sum(outline: Sequence[tuple[float, ...]], scale: float) -> str:
    """Sum up the points of what a glyph draws, in hundredths of a thousandth of an em."""
    drawn = array("q")
    for points in outline:
        drawn.append(len(points))
        drawn.extend([round(part * scale * _HUNDREDTHS) for part in points])
    return sha256(drawn).hexdigest() if drawn else BLANK
