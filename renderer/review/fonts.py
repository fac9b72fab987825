"""A font of a PDF → the codes of a string, how far each goes on, and the glyph that it draws: outline, width, text.

Names without the tag of a subset (ISO 32000-1, 9.6.4), codes and glyph numbers do not matter; what is drawn does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pikepdf
from fontTools.agl import UV2AGL, toUnicode
from fontTools.encodings.MacRoman import MacRoman
from fontTools.encodings.StandardEncoding import StandardEncoding

from renderer.review import cmaps
from renderer.review.programs import Cff, Program, TrueType, Type1
from renderer.review.resolved import decoded, resolved

_TAG = re.compile(r"\A/?(?:[A-Z]{6}\+)?")
_KINDS = {
    "/Type1": "Type 1",
    "/MMType1": "Type 1",
    "/TrueType": "TrueType",
    "/Type3": "Type 3",
    "/CIDFontType0": "CFF by CID",
    "/CIDFontType2": "TrueType by CID",
}
UNKNOWN_WIDTH = 500
"""Thousandths of an em that a glyph is taken for where only a reader's own font knows."""
BLANK = b" "
"""The code to which word spacing belongs (9.3.3)."""
_SYMBOLIC = 4
"""The flag of a font descriptor (9.8.2)."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """What one code of a font draws and says."""

    text: str
    outline: str | None
    """Equal for equal outlines; None where the font is not embedded or cannot be read."""
    width: float | None
    """Thousandths of an em; None where only a reader's own font knows it."""


class Font:
    """A font dictionary (9.5)."""

    def __init__(self, font: Any) -> None:
        self._font = font
        self._is_composite = str(font.get("/Subtype")) == "/Type0"
        self._own = font["/DescendantFonts"][0] if self._is_composite else font
        self._descriptor = self._own.get("/FontDescriptor", {})
        self._glyphs: dict[bytes, Glyph] = {}
        self._advances: dict[bytes, float] = {}
        subtype = str(self._own.get("/Subtype"))
        self.kind = _KINDS.get(subtype, subtype.lstrip("/"))
        self.is_drawn_here = subtype == "/Type3"
        """Whether its glyphs are contents of the PDF."""
        name = str(font.get("/BaseFont") or self._descriptor.get("/FontName") or "Type 3")
        self.name = _TAG.sub("", name, count=1)

    @property
    def is_embedded(self) -> bool:
        """Whether every reader draws it with the same outlines."""
        return self.is_drawn_here or self._file is not None

    @cached_property
    def is_vertical(self) -> bool:
        """Whether it is written downwards (9.7.4.3)."""
        encoding = self._font.get("/Encoding") if self._is_composite else None
        if isinstance(encoding, pikepdf.Stream):
            return bool(encoding.get("/WMode", 0))
        return str(encoding).endswith("V")

    def codes(self, string: bytes) -> Iterator[bytes]:
        """Yield the codes of a string."""
        if self._is_composite:
            return self._encoding.split(string)
        return (string[at : at + 1] for at in range(len(string)))

    def advance(self, code: bytes) -> float:
        """Return how far a code goes on, in em: to the right, or up (9.4.4)."""
        if code not in self._advances:
            width = self._width(code)
            self._advances[code] = -1.0 if self.is_vertical else (self._missing if width is None else width) / 1000
        return self._advances[code]

    def glyph(self, code: bytes) -> Glyph:
        """Return what a code draws and says."""
        if code not in self._glyphs:
            width = self._width(code)
            self._glyphs[code] = Glyph(self._text(code), self._outline(code), None if width is None else round(width))
        return self._glyphs[code]

    @cached_property
    def _encoding(self) -> cmaps.CMap:
        return cmaps.encoding(self._font.get("/Encoding"))

    @cached_property
    def _texts(self) -> dict[bytes, str]:
        stream = self._font.get("/ToUnicode")
        return cmaps.texts(stream) if isinstance(stream, pikepdf.Stream) else {}

    def _text(self, code: bytes) -> str:
        if code in self._texts:
            return self._texts[code]
        return self._encoding.text(code) if self._is_composite else str(toUnicode(self._names.get(code[0], "")))

    @cached_property
    def _names(self) -> dict[int, str]:
        """Of a simple font: the glyph names of its codes, where the dictionary says them (9.6.6)."""
        encoding = self._font.get("/Encoding")
        is_named = isinstance(encoding, pikepdf.Dictionary)
        base = str(encoding.get("/BaseEncoding") if is_named else encoding)
        names = _base_names(base)
        if not names and not self.is_embedded and not self._is_symbolic:
            names = _base_names("/StandardEncoding")
        code = 0
        for item in encoding.get("/Differences", []) if is_named else []:
            if isinstance(item, pikepdf.Name):
                names[code] = str(item)[1:]
                code += 1
            else:
                code = int(item)
        return names

    @property
    def _is_symbolic(self) -> bool:
        return bool(int(self._descriptor.get("/Flags", 0)) & _SYMBOLIC)

    @cached_property
    def _file(self) -> Any:
        keys = ("/FontFile", "/FontFile2", "/FontFile3")
        return next((self._descriptor[key] for key in keys if key in self._descriptor), None)

    @cached_property
    def _program(self) -> Program | None:
        if self._file is None:
            return None
        data, kind = decoded(self._file), str(self._file.get("/Subtype"))
        try:
            if data[:4] in (b"\0\1\0\0", b"true"):
                return TrueType(data)
            return Cff(data) if kind in ("/Type1C", "/CIDFontType0C", "/OpenType") else Type1(data)
        except Exception:  # a program that is broken breaks its reader in any way
            return None

    def _outline(self, code: bytes) -> str | None:
        if self.is_drawn_here:
            return self._content(code)
        try:
            return self._embedded_outline(code)
        except Exception:  # as above
            return None

    def _embedded_outline(self, code: bytes) -> str | None:
        if self._program is None:
            return None
        if not self._is_composite:
            return self._program.of_code(code[0], self._names.get(code[0], ""), self._is_symbolic)
        cid = self._encoding.cid(code)
        if cid is None:
            return None
        return self._program.of_cid(self._glyph_of(cid))

    def _glyph_of(self, cid: int) -> int:
        """Of a CID, by the table of the font; most have none."""
        table = self._cid_table
        return cid if table is None else int.from_bytes(table[2 * cid : 2 * cid + 2])

    @cached_property
    def _cid_table(self) -> bytes | None:
        table = self._own.get("/CIDToGIDMap")
        return decoded(table) if isinstance(table, pikepdf.Stream) else None

    def _content(self, code: bytes) -> str | None:
        """Sum up the content that draws a glyph, with what it uses, whatever that is called (9.6.5)."""
        drawing = self._font.get("/CharProcs", {}).get("/" + self._names.get(code[0], ""))
        if drawing is None:
            return None
        return resolved(
            pikepdf.Array([self._font["/FontMatrix"], drawing, self._font.get("/Resources", pikepdf.Dictionary())])
        )

    def _width(self, code: bytes) -> float | None:
        """Return a width in thousandths of an em; None where only a reader's own font knows it."""
        if self._is_composite:
            cid = self._encoding.cid(code)
            default = float(self._own.get("/DW", 1000))
            return default if cid is None else self._widths.get(cid, default)
        return self._widths.get(code[0])

    @property
    def _missing(self) -> float:
        return float(self._descriptor.get("/MissingWidth", UNKNOWN_WIDTH))

    @cached_property
    def _widths(self) -> dict[int, float]:
        """By CID (9.7.4.3), or by code; in thousandths of an em."""
        if not self._is_composite:
            scale = float(self._font["/FontMatrix"][0]) * 1000 if self.is_drawn_here else 1
            first = int(self._font.get("/FirstChar", 0))
            return {first + at: float(width) * scale for at, width in enumerate(self._font.get("/Widths", []))}
        widths: dict[int, float] = {}
        given = iter(self._own.get("/W", []))
        for first in given:
            then = next(given)
            if isinstance(then, pikepdf.Array):
                widths |= {int(first) + at: float(width) for at, width in enumerate(then)}
            else:
                widths |= dict.fromkeys(range(int(first), int(then) + 1), float(next(given)))
        return widths


def _base_names(encoding: str) -> dict[int, str]:
    match encoding:
        case "/WinAnsiEncoding":
            decoded_codes = ((code, bytes([code]).decode("cp1252", "ignore")) for code in range(32, 256))
            return {code: UV2AGL.get(ord(text), "") for code, text in decoded_codes if text}
        case "/MacRomanEncoding":
            return dict(enumerate(MacRoman))
        case "/StandardEncoding":
            return dict(enumerate(StandardEncoding))
    return {}
