"""A print file → the ink of its pages, read with pypdf and fontTools alone; the repertoire of a font file likewise.

Nothing of the product is used in here: this is the oracle of what was drawn, and of what could be.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from pypdf import PdfReader

FONTS = Path(__file__).resolve().parents[1] / "fonts"
BIZ, IPAMJ = FONTS / "BIZUDMincho-Regular.ttf", FONTS / "ipamjm.ttf"
Outline = tuple[list[tuple[int, int]], list[int], list[int]]
_SHOWN = re.compile(rb"/(\w+) [\d.]+ Tf|<([0-9a-fA-F]+)>")
_BFCHAR = re.compile(rb"<([0-9a-fA-F]{4})> ?<([0-9a-fA-F]+)>")


class Source:
    """A font file as fontTools reads it."""

    def __init__(self, path: Path) -> None:
        self._font = TTFont(io.BytesIO(path.read_bytes()), lazy=True)
        self.name: str = self._font["name"].getDebugName(6)

    @cached_property
    def characters(self) -> dict[str, str]:
        """cmap, formats 4 and 12: character → glyph name."""
        return {chr(code): glyph for code, glyph in self._font.getBestCmap().items()}

    @cached_property
    def pairs(self) -> dict[str, str]:
        """cmap, format 14: character and selector → glyph name, the registered default glyph included."""
        found = {}
        for table in self._font["cmap"].tables:
            if table.format == 14:
                for selector, entries in table.uvsDict.items():
                    for code, glyph in entries:
                        found[chr(code) + chr(selector)] = glyph or self.characters[chr(code)]
        return found

    def glyph(self, cluster: str) -> str | None:
        """The name of the glyph of a character or a pair."""
        return (self.pairs if len(cluster) > 1 else self.characters).get(cluster)

    def metrics(self, glyph: str) -> tuple[int, int]:
        """Return a glyph's index and its advance in font units."""
        return self._font.getGlyphID(glyph), self._font["hmtx"][glyph][0]

    def outline(self, glyph: str) -> Outline:
        """Every point of a glyph in font units."""
        return _outline(self._font, glyph)


@cache
def source(path: Path) -> Source:
    """Open a font file once for all tests."""
    return Source(path)


@dataclass(frozen=True)
class Mark:
    """One glyph on a page."""

    text: str
    """By ToUnicode."""
    font: str
    """PostScript name, without the tag of the subset."""
    outline: Outline


def marks(path: Path) -> Iterator[list[Mark]]:
    """Yield the marks of each page's own content, in the order they were drawn."""
    fonts: dict[int, _Embedded] = {}
    for page in PdfReader(path).pages:
        named = {}
        for name, font in page["/Resources"]["/Font"].items():
            number = page["/Resources"]["/Font"].raw_get(name).idnum
            if number not in fonts:
                fonts[number] = _Embedded(font.get_object())
            named[name.removeprefix("/").encode()] = fonts[number]
        yield list(_shown(page.get_contents().get_data(), named))


def _shown(content: bytes, named: dict[bytes, _Embedded]) -> Iterator[Mark]:
    for name, codes in _SHOWN.findall(content):
        if name:
            font = named[name]
        for at in range(0, len(codes), 4):
            yield font.mark(int(codes[at : at + 4], 16))


class _Embedded:
    def __init__(self, font: Any) -> None:
        descendant = font["/DescendantFonts"][0].get_object()
        self.name = font["/BaseFont"].partition("+")[2]
        self._map = descendant["/CIDToGIDMap"].get_data()
        self._texts = {
            int(cid, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
            for cid, text in _BFCHAR.findall(font["/ToUnicode"].get_data())
        }
        self._font = TTFont(io.BytesIO(descendant["/FontDescriptor"]["/FontFile2"].get_data()))
        self._names = self._font.getGlyphOrder()

    def mark(self, cid: int) -> Mark:
        gid = int.from_bytes(self._map[2 * cid : 2 * cid + 2], "big")
        return Mark(self._texts[cid], self.name, _outline(self._font, self._names[gid]))


def _outline(font: TTFont, glyph: str) -> Outline:
    """Return a glyph's points, the last point of each contour, and which points are on the curve."""
    points, ends, flags = font["glyf"][glyph].getCoordinates(font["glyf"])
    return list(points), list(ends), [flag & 1 for flag in flags]
