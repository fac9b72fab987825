"""Decide which of the project's fonts prints a character, and with which glyph: text → clusters → glyphs.

A *cluster* is a character with the variation selectors or combining marks that belong to it. A font prints a cluster
when its cmap says so: format 12 (or 4) for a character, format 14 for a character with a selector. A font that merely
has the plain character does not print the pair: for a person's name that would be another name.

This module is the one door to the font files. What fontconfig is to know is set here, before WeasyPrint is imported
anywhere.
"""

from __future__ import annotations

import csv
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import uharfbuzz as hb

from renderer.model.errors import BadJob, BadLayout
from renderer.model.packaged import packaged
from renderer.model.sums import sum_of_file

FONTS = packaged("fonts")
os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")
# Fontconfig names a font in the language of whoever works there: BIZ UDPゴシック where that is Japanese.
os.environ["FC_LANG"] = "en"

_POSTSCRIPT_NAME = 6  # nameID (OpenType, name table)
_USAGE = 0x000F
_RESTRICTED, _NO_SUBSETS, _BITMAPS = 0x0002, 0x0100, 0x0200
"""OS/2 fsType: only with leave of the owner; whole or not at all; no outlines (OpenType 1.9, OS/2)."""

GAIJI_FAMILY = "insurer-gaiji"
"""The CSS family under which an insurer's own font of user-defined characters is known to a sheet."""

MOST_BYTES = 64_000_000
"""Of an insurer's own font, and of its table."""

LEAST_INK = 0.05
"""em: a glyph of an insurer's that is smaller on both sides is a speck, and no character."""
FURTHEST_OUT = 0.5
"""em: what reaches further out of its square lies on another character, or on another line."""
ASCENT, DESCENT = 0.88, 0.12
"""em: how far the square of a kanji reaches above its baseline, and below."""

FILES = {
    ("BIZ UDGothic", False): "BIZUDGothic-Regular.ttf",
    ("BIZ UDGothic", True): "BIZUDGothic-Bold.ttf",
    ("BIZ UDPGothic", False): "BIZUDPGothic-Regular.ttf",
    ("BIZ UDPGothic", True): "BIZUDPGothic-Bold.ttf",
    ("BIZ UDMincho", False): "BIZUDMincho-Regular.ttf",
    ("BIZ UDPMincho", False): "BIZUDPMincho-Regular.ttf",
    ("IPAmjMincho", False): "ipamjm.ttf",
}
"""(CSS family, bold) → file in ``fonts/``. IPAmj Mincho has one weight; it stands in for a bold neighbour too."""

# The selectors and marks that continue a cluster: Mn and Mc of Unicode, VS1-16, VS17-256.
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_IS_SELECTOR = re.compile(f"[{_SELECTORS}]")
FEATURES = {"kern": False, "liga": False, "clig": False, "dlig": False, "hlig": False, "calt": False}
"""OpenType features of every slot: what ``layout.engine.SLOT_CSS`` says (no kerning, no ligatures)."""


class Unprintable(Exception):  # noqa: N818
    """No font of the chain prints this cluster. ``str()`` names code points, never the character."""

    def __init__(self, cluster: str, instead: Sequence[str]) -> None:
        self.cluster = cluster
        self.instead = tuple(instead)
        super().__init__(code_points(cluster))

    def __reduce__(self) -> tuple[Any, ...]:
        return Unprintable, (self.cluster, self.instead)


@dataclass(frozen=True, slots=True)
class Glyph:
    """One cluster as one font draws it."""

    face: Face
    gid: int
    """Glyph index in the font file; never 0."""
    advance: int
    """Horizontal advance in font units (``face.upem`` to the em)."""

    def units(self, size: int) -> int:
        """Return the advance at a font size, both in Pango units, rounded as HarfBuzz rounds under Pango."""
        return (self.advance * size + self.face.upem // 2) // self.face.upem

    def room(self, size: int) -> int:
        """Return the room to keep for it: the advance, or the width PDF draws (whole 1/1000 em) if that is more."""
        drawn = -(-round(self.advance * 1000 / self.face.upem) * size // 1000)
        return max(self.units(size), drawn)


@dataclass(frozen=True, eq=False)
class Face:
    """One font file, opened when it is first asked and mapped, not read."""

    family: str
    """As style sheets name it."""
    bold: bool
    path: Path
    key: str
    """By what name a chain asks for it: of ours the family."""

    def __reduce__(self) -> tuple[Any, ...]:
        # Another process opens the file for itself, once.
        return own_face, (self.family, self.bold, self.path, self.key)

    @cached_property
    def name(self) -> str:
        """The font's PostScript name."""
        return str(self.hb_face.get_name(_POSTSCRIPT_NAME) or "")

    @cached_property
    def hb_face(self) -> Any:
        """The face as HarfBuzz sees it."""
        return hb.Face(hb.Blob.from_file_path(str(self.path)))

    @cached_property
    def hb_font(self) -> Any:
        """A HarfBuzz font at one unit per font unit."""
        return hb.Font(self.hb_face)

    @cached_property
    def upem(self) -> int:
        """Font units to the em."""
        return int(self.hb_face.upem)

    @cached_property
    def glyph_count(self) -> int:
        """Number of glyphs in the file."""
        return int(self.hb_face.glyph_count)

    def glyph_of(self, cluster: str) -> Glyph | None:
        """Return the one glyph that prints ``cluster`` exactly, or None if this font does not."""
        font = self.hb_font
        if len(cluster) == 1:
            gid = font.get_nominal_glyph(ord(cluster))
        elif len(cluster) == 2 and _IS_SELECTOR.match(cluster[1]):
            gid = font.get_variation_glyph(ord(cluster[0]), ord(cluster[1]))
        elif _IS_SELECTOR.search(cluster):
            gid = None  # a selector together with marks is registered nowhere
        else:
            gid = self._composed(cluster)
        return Glyph(self, gid, font.get_glyph_h_advance(gid)) if gid else None

    def draws(self, gid: int) -> bool:
        """Whether a glyph draws a character at its place: no blank, no speck, and nothing upon its neighbours."""
        found, advance = self.hb_font.get_glyph_extents(gid), self.hb_font.get_glyph_h_advance(gid)
        if found is None:
            return False
        wide, high = found.width, -found.height  # downwards from the bearing
        left, bottom = found.x_bearing, found.y_bearing - high
        least, out = self.upem * LEAST_INK, self.upem * FURTHEST_OUT
        is_ink = bool(wide and high) and max(wide, high) >= least
        is_across = -out <= left and left + wide <= self.upem + out and 0 < wide <= advance
        lowest, highest = -DESCENT * self.upem - out, ASCENT * self.upem + out
        return is_ink and is_across and lowest <= bottom and bottom + high <= highest

    def width(self, gid: int) -> int:
        """Return a glyph's advance in thousandths of an em, as PDF's /W holds it."""
        return round(int(self.hb_font.get_glyph_h_advance(gid)) * 1000 / self.upem)

    def shape(self, text: str) -> list[tuple[int, int, int, int]]:
        """Shape ``text`` as a slot does: (glyph, advance, x offset, y offset) each, in font units."""
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        hb.shape(self.hb_font, buffer, FEATURES)
        infos, positions = buffer.glyph_infos, buffer.glyph_positions
        return [(i.codepoint, p.x_advance, p.x_offset, p.y_offset) for i, p in zip(infos, positions, strict=True)]

    def _composed(self, cluster: str) -> int | None:
        """Return the glyph of a base with combining marks, when the font has one made for it."""
        shaped = self.shape(cluster)
        if len(shaped) == 1 and shaped[0][2:] == (0, 0):
            return shaped[0][0]
        return None

    def selectors_for(self, character: str) -> list[str]:
        """Return the variation selectors this font prints after ``character``."""
        found = (s for s in self.hb_face.variation_selectors if self.hb_font.get_variation_glyph(ord(character), s))
        return [chr(s) for s in sorted(found)]


def face(key: str, bold: bool = False) -> Face:
    """Return the font of a family and weight, one and the same for a file; a pack's by its key.

    :raises BadLayout: for a family that there is not, or a weight it does not have.
    """
    found = _FACES.get((key, bold and key != "IPAmjMincho"))
    if found is None:
        weight = "bold " if bold else ""
        have = ", ".join(sorted({name for name, _ in FILES}))
        raise BadLayout(f"{weight}'{key}' is not one of the project's fonts; use one of: {have}")
    return found


def own_face(family: str, bold: bool, path: Path, key: str) -> Face:
    """Return a font by all that is known of it; from now on ``face`` finds it by its key."""
    return _FACES.setdefault((key, bold), Face(family, bold, path, key))


def is_of_a_family(path: Path) -> bool:
    """Whether a file is a font of a family, ours or a pack's, and not an insurer's user-defined characters."""
    return any(found.path == path for found in _FACES.values())


_FACES = {(family, bold): Face(family, bold, FONTS / file, family) for (family, bold), file in FILES.items()}


@dataclass(frozen=True, slots=True)
class Gaiji:
    """外字: the user-defined characters an insurer vouches for, and the font that draws them.

    Each job loads its own: what lies in a file of the same name is another font for another insurer, or tomorrow.
    """

    face: Face
    characters: frozenset[str]


def load_gaiji(font: Path, table: Path) -> Gaiji:
    """Read an insurer's table of user-defined characters, a CSV file with the columns ``code`` and ``note``.

    :raises BadJob: when a file is too large, the font cannot or may not be embedded, a code is no user-defined
        character, or the font does not have it.
    """
    for path in (font, table):
        if path.stat().st_size > MOST_BYTES:
            raise BadJob(f"{path.name} has more than {MOST_BYTES // 10**6} MB; leave in it what names need")
    own = Face(GAIJI_FAMILY, False, font, GAIJI_FAMILY)
    if fault := embedding_fault(own):
        raise BadJob(f"{font.name} {fault}")
    try:
        rows = csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines())
    except UnicodeDecodeError as error:
        raise BadJob(f"{table.name} is not UTF-8 text; save it as UTF-8") from error
    if "code" not in (rows.fieldnames or ()):
        raise BadJob(f"{table.name}: the column 'code' is missing; write code,note in the first line")
    return Gaiji(own, frozenset(_gaiji_character(own, table, rows.line_num, row["code"] or "") for row in rows))


def embedding_fault(own: Face) -> str:
    """Say why a font that is none of ours can or may not be embedded, and what to do; "" where it can and may be."""
    tables = set(own.hb_face.table_tags)
    if "glyf" not in tables or not re.fullmatch(r"[\w.+-]+", own.name, re.ASCII):
        return "cannot be embedded; give a TrueType font (.ttf) that has a PostScript name"
    if "fvar" in tables:  # who draws would take one of its weights, and who proves another
        return "is a variable font; give one file for each weight"
    said = own.hb_face.reference_table("OS/2").data[8:10]
    if len(said) < 2:
        return "does not say whether it may be embedded (OS/2 fsType); have it written anew by a font editor"
    rights = int.from_bytes(said)
    if rights & _USAGE == _RESTRICTED or rights & (_NO_SUBSETS | _BITMAPS):
        return (
            f"forbids to embed parts of it in a document (OS/2 fsType {rights}); ask its maker for a file that allows "
            "it, or take another font"
        )
    return ""


def _gaiji_character(own: Face, table: Path, line: int, code: str) -> str:
    found = re.fullmatch(r"(?:U\+)?([0-9A-Fa-f]{4,6})", code.strip())
    character = chr(int(found[1], 16)) if found and int(found[1], 16) < 0x110000 else ""
    if not character or not is_private(character):
        raise BadJob(f"{table.name} line {line}: this is no user-defined character; write U+E000 to U+F8FF")
    if own.glyph_of(character) is None:
        raise BadJob(
            f"{table.name} line {line}: {own.path.name} has no glyph for {code_points(character)}; add it there"
        )
    return character


class Chain:
    """The fonts of one style, in order: the first that prints a cluster prints it.

    ``chain[cluster]`` is its Glyph; a user-defined character is asked of the insurer's font alone.

    :raises Unprintable: on a cluster that no font of the chain prints.
    """

    def __init__(self, families: Sequence[str], bold: bool = False, gaiji: Gaiji | None = None) -> None:
        self.families = tuple(families)
        self.bold = bold
        self.faces = tuple(face(family, bold) for family in families)
        self.gaiji = gaiji
        self._known: dict[str, Glyph] = {}

    def __getitem__(self, cluster: str) -> Glyph:
        glyph = self._known.get(cluster)
        if glyph is None:
            glyph = self._known[cluster] = self._find(cluster)
        return glyph

    def _find(self, cluster: str) -> Glyph:
        if is_private(cluster[0]):
            if self.gaiji and cluster in self.gaiji.characters:
                glyph = self.gaiji.face.glyph_of(cluster)
                if glyph and self.gaiji.face.draws(glyph.gid):  # a blank one would leave a hole in a name
                    return glyph
            raise Unprintable(cluster, ())
        for candidate in self.faces:
            glyph = candidate.glyph_of(cluster)
            if glyph:
                return glyph
        selectors = {selector for candidate in self.faces for selector in candidate.selectors_for(cluster[0])}
        raise Unprintable(cluster, [cluster[0] + selector for selector in sorted(selectors)])

    def runs(self, text: str) -> Iterator[tuple[Face, list[str]]]:
        """Cut ``text`` into runs of one font each: (face, its clusters)."""
        current: Face | None = None
        run: list[str] = []
        for cluster in clusters(text):
            used = self[cluster].face
            if used is not current and run and current:
                yield current, run
                run = []
            current = used
            run.append(cluster)
        if run and current:
            yield current, run


def clusters(text: str) -> list[str]:
    """Cut ``text`` into clusters: a character with its selectors and combining marks.

    A mark at the very beginning has nothing to sit on and is a cluster of its own.
    """
    if text.isascii() or not any(map(continues, text)):
        return list(text)
    found: list[str] = []
    for character in text:
        if found and continues(character) and not found[-1].isspace():
            found[-1] += character
        else:
            found.append(character)
    return found


@cache
def continues(character: str) -> bool:
    """Whether a character belongs to the one before it: a variation selector or a combining mark."""
    return unicodedata.category(character) in ("Mn", "Mc") or bool(_IS_SELECTOR.match(character))


def is_private(character: str) -> bool:
    """Whether this is a user-defined character (CP932 F040-F9FC arrives as U+E000-U+E757), or a private plane's."""
    return unicodedata.category(character) == "Co"


def code_points(text: str) -> str:
    """``U+8FBB U+E0102``: how a finding may name a character."""
    return " ".join(f"U+{ord(character):04X}" for character in text)


def check_fonts(folder: Path = FONTS) -> dict[str, str]:
    """Compare every font file with ``SHA256SUMS``; return file name → sum.

    :raises BadLayout: when a font is missing or is not the file that Debian ships.
    """
    lines = (line.split() for line in (folder / "SHA256SUMS").read_text().splitlines())
    sums = {name: expected for expected, name in lines}
    for name, expected in sums.items():
        path = folder / name
        if not path.is_file():
            raise BadLayout(f"font {name} is missing from {folder.name}/; take it from the repository again")
        if sum_of_file(path) != expected:
            raise BadLayout(f"font {name} is not the one listed in SHA256SUMS; take it from the repository again")
    return sums
