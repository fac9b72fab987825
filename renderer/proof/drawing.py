"""A font file → its outlines and advances, and the glyphs that it has for a text.

Drawn by HarfBuzz, without the font library that the press takes its glyphs from.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from struct import unpack_from
from typing import Any, Self

import uharfbuzz

from renderer.model.errors import BadLayout

Outline = tuple[tuple[float, ...], ...]
FULL_NAME, POSTSCRIPT_NAME = 4, 6


def fonts_by_name(files: Iterable[Path]) -> dict[str, Drawing]:
    """Open font files, and name them as /BaseFont does: by PostScript name and by full name with hyphens for blanks.

    A font is open as long as it is kept here: whoever proves many files opens each once.

    :raises BadLayout: when a file is not a font or two files claim the same name.
    """
    named: dict[str, Drawing] = {}
    for file in files:
        font = Drawing.of_file(file)
        if not font.names:
            raise BadLayout(f"{file.name} is not a font with a name; give a TrueType font")
        for name in sorted(font.names):
            if named.setdefault(name, font) is not font:
                raise BadLayout(f"{file.name} and {named[name].file.name} are both named {name}; keep one")
    return named


def is_selector(character: str) -> bool:
    """Whether this is a variation selector: VS1 to VS16, VS17 to VS256."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


class Drawing:
    """A font's outlines and advances in font units, drawn by HarfBuzz without hinting, each once."""

    def __init__(self, blob: uharfbuzz.Blob, file: Path = Path()) -> None:
        """``file`` is where it comes from, unless it is embedded in the file that is proved."""
        self.file = file
        self._face = uharfbuzz.Face(blob)
        self._font = uharfbuzz.Font(self._face)
        self._outlines: dict[int, Outline] = {}
        self.units: int = self._face.upem
        self.glyph_count: int = self._face.glyph_count

    @classmethod
    def of_file(cls, file: Path) -> Self:
        """Open a font file; it is read as it is needed."""
        return cls(uharfbuzz.Blob.from_file_path(str(file)), file)

    @classmethod
    def of_embedded(cls, data: bytes) -> Self:
        """Open a font program as it is embedded in a PDF."""
        return cls(uharfbuzz.Blob(data))

    @property
    def names(self) -> set[str]:
        """Its PostScript name, and its full name with hyphens for blanks; none for what is no font."""
        found = (self._face.get_name(number) for number in (POSTSCRIPT_NAME, FULL_NAME))
        return {name.replace(" ", "-") for name in found if name}

    @cached_property
    def _glyf(self) -> bytes:
        return self._table("glyf")

    @cached_property
    def _hmtx(self) -> bytes:
        return self._table("hmtx")

    @cached_property
    def _wide(self) -> int:
        return int(unpack_from(">H", self._table("hhea"), 34)[0])  # numberOfHMetrics

    @cached_property
    def _loca(self) -> bytes:
        return self._table("loca")

    @cached_property
    def _loca_is_wide(self) -> bool:
        return self._table("head")[51] == 1  # indexToLocFormat

    def _table(self, name: str) -> bytes:
        data: bytes = self._face.reference_table(name).data
        return data

    def outline(self, glyph: int) -> Outline:
        """Every point of a glyph's contours in order; () for a blank."""
        if glyph not in self._outlines:
            points: list[tuple[float, ...]] = []
            self._font.draw_glyph(glyph, _RECORDER, points)
            self._outlines[glyph] = tuple(points)
        return self._outlines[glyph]

    def points(self, glyph: int) -> bytes:
        """Take a simple glyph's record from glyf without its instructions; b"" for a blank or a composite one.

        Two equal records draw equal outlines (OpenType 1.9, glyf): ends of contours, flags, coordinates.
        """
        width, scale, code = (4, 1, ">II") if self._loca_is_wide else (2, 2, ">HH")
        start, end = (scale * at for at in unpack_from(code, self._loca, glyph * width))
        record = self._glyf[start:end]
        contours = int.from_bytes(record[:2], "big", signed=True)
        if contours <= 0:
            return b""
        instructions = 10 + 2 * contours
        after = instructions + 2 + int.from_bytes(record[instructions : instructions + 2], "big")
        return bytes(record[:instructions]) + bytes(record[after:]).rstrip(b"\0")

    def side_bearing(self, glyph: int) -> int:
        """Left side bearing in font units, from hmtx: where its points begin is drawn there, whatever their numbers."""
        at = 4 * glyph + 2 if glyph < self._wide else 4 * self._wide + 2 * (glyph - self._wide)
        return int(unpack_from(">h", self._hmtx, at)[0])

    def advance(self, glyph: int) -> float:
        """Advance width in thousandths of an em, from hmtx."""
        return float(self._font.get_glyph_h_advance(glyph)) * 1000 / self.units

    def glyph_for(self, base: str, selector: str) -> int | None:
        """cmap: the glyph of a character, or of a character and its variation selector."""
        if selector:
            found = self._font.get_variation_glyph(ord(base), ord(selector))
        else:
            found = self._font.get_nominal_glyph(ord(base))
        return found or None

    def prints(self, cluster: str) -> bool:
        """Whether it has one glyph for a character with the selector or the marks that belong to it."""
        base, rest = cluster[0], cluster[1:]
        if not rest or (len(rest) == 1 and is_selector(rest)):
            return self.glyph_for(base, rest) is not None
        return not any(map(is_selector, rest)) and self.shaped(cluster) is not None

    def shaped(self, text: str, *, vertically: bool = False) -> int | None:
        """Shape a text by the font's substitutions to its one glyph; None when it stays several.

        ``vertically`` takes the form that the font has for vertical lines (OpenType, vert).
        """
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.language = "ja"
        uharfbuzz.shape(self._font, buffer, {"vert": vertically})
        glyphs = [info.codepoint for info in buffer.glyph_infos]
        return glyphs[0] if len(glyphs) == 1 else None


def _recorder() -> Any:
    """Draw functions that append each segment's points to a list; the length tells its kind."""
    recorder = uharfbuzz.DrawFuncs()
    recorder.set_move_to_func(lambda x, y, points: points.append((x, y, 0.0)))
    recorder.set_line_to_func(lambda x, y, points: points.append((x, y)))
    recorder.set_quadratic_to_func(lambda cx, cy, x, y, points: points.append((cx, cy, x, y)))
    recorder.set_cubic_to_func(lambda ax, ay, bx, by, x, y, points: points.append((ax, ay, bx, by, x, y)))
    recorder.set_close_path_func(lambda points: points.append(()))
    return recorder


_RECORDER = _recorder()
