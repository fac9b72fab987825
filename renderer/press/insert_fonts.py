"""A font that another program put into a PDF → whether it can be read, and which codes it has no glyph for.

What a reader finds by guessing, and not by its tables, is found here too: a code counts as missing only where no table
that a reader may ask has it. Clauses are of ISO 32000-1.
"""

from __future__ import annotations

import io
import re
import struct
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Protocol

from fontTools.agl import UV2AGL, toUnicode
from fontTools.cffLib import CFFFontSet
from fontTools.encodings.MacRoman import MacRoman
from fontTools.encodings.StandardEncoding import StandardEncoding
from fontTools.misc.eexec import decrypt
from fontTools.ttLib import TTFont
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from renderer.press.unpacking import Damaged, unpacked

MOST_TYPE1 = 2_000_000
"""Bytes of a Type 1 program: it is deciphered byte by byte, and no real one is as long."""
_MOST_CODES = 0x10000
_MOST_TOLD = 8 * _MOST_CODES
"""Codes of which a font may tell in ranges, again and again: more are not read."""
_NEEDED_TABLES = {"head", "maxp", "loca", "glyf"}
_MOST_TABLES = 8
_BLANK = re.compile(rb"(?:[\x20-\xf6]|[\xf7-\xfe].|\x1c..|\xff.{4})*\x0e?", re.DOTALL)
"""What a CFF program says of a glyph that has a width at most."""
_SFNT = (b"\0\1\0\0", b"true", b"OTTO")


class Program(Protocol):
    """An embedded font program. Of a glyph it says whether it draws something; None where it has no such glyph."""

    def of_cid(self, cid: int) -> bool | None:
        """Look up a glyph of a composite font (9.7.4.2)."""

    def of_code(self, code: int, name: str) -> bool | None:
        """Look up a glyph of a simple font, by its code and its name in the encoding, if any (9.6.6)."""


def program_of(font: DictionaryObject) -> Program | None:
    """Read the program of a font, of its descendant if it has one; None for a font that has none.

    :raises Damaged: when no reader could draw with it.
    """
    if descendants := _value(font, "/DescendantFonts"):
        font = descendants[0].get_object()
    descriptor = _value(font, "/FontDescriptor")
    if not isinstance(descriptor, DictionaryObject):
        return None
    files = (_value(descriptor, f"/FontFile{number}") for number in ("", "2", "3"))
    file = next((file for file in files if isinstance(file, StreamObject)), None)
    if file is None:
        return None
    unpacked(file)  # says whether it is whole; a predictor is undone by get_data
    try:
        return _program(file.get_data())
    except Exception as error:  # fontTools meets a broken font with whatever it stumbles over
        raise Damaged from error


def _program(data: bytes) -> Program:
    if data[:4] in _SFNT:
        font = TTFont(io.BytesIO(data), lazy=True)
        return Cff(font.reader["CFF "]) if "CFF " in font else TrueType(font)
    return Cff(data) if data[:1] == b"\1" else Type1(data)


class TrueType:
    """A TrueType program. Its table of characters is read here, by lookups: unfolded, a small one may be gigabytes."""

    def __init__(self, font: TTFont) -> None:
        tables = font.reader.tables
        if not tables.keys() >= _NEEDED_TABLES or any(len(font.reader[tag]) < tables[tag].length for tag in tables):
            raise Damaged
        self._font = font
        self._length = tables["glyf"].length
        count = font["maxp"].numGlyphs + 1
        form, factor = (f">{count}L", 1) if font["head"].indexToLocFormat else (f">{count}H", 2)
        self._places = [factor * place for place in struct.unpack_from(form, font.reader["loca"])]
        self._characters = font.reader["cmap"] if "cmap" in tables else b"\0\0\0\0"

    def of_cid(self, cid: int) -> bool | None:
        """Take the glyph of this number; the first one stands for those that are missing."""
        if not 0 < cid < len(self._places) - 1:
            return None
        begin, end = self._places[cid : cid + 2]
        return begin < end if begin <= end <= self._length else None

    def of_code(self, code: int, name: str) -> bool | None:
        """Look in all tables of characters, and among the glyphs' names (9.6.6.4)."""
        characters = {code, 0xF000 + code, *map(ord, toUnicode(name)[:1])}
        if name in MacRoman:
            characters.add(MacRoman.index(name))
        found = [self._names.index(name)] if name in self._names else []
        for at in self._tables:
            found += [_glyph_of(self._characters[at:], character) for character in characters]
        # Without any table a reader takes the code for the glyph's number.
        return _best(map(self.of_cid, found if self._tables or found else [code]))

    @cached_property
    def _tables(self) -> list[int]:
        (count,) = struct.unpack_from(">H", self._characters, 2)
        count = min(count, _MOST_TABLES)
        return [at for *_, at in struct.iter_unpack(">HHL", self._characters[4 : 4 + 8 * count])]

    @cached_property
    def _names(self) -> list[str]:
        if "post" not in self._font or self._font["post"].formatType != 2:
            return []
        names: list[str] = self._font["post"].getGlyphOrder()
        return names


def _glyph_of(table: bytes, character: int) -> int:
    """Look a character up in one table of characters of a TrueType program; 0 where it has none."""
    kind, first, count = struct.unpack_from(">H4xHH", table + bytes(10))
    if kind == 0:
        return table[6 + character] if character < 0x100 else 0
    if kind == 6:
        return struct.unpack_from(">H", table, 10 + 2 * (character - first))[0] if 0 <= character - first < count else 0
    if kind == 4:
        ends, starts, deltas, offsets = (
            struct.unpack_from(f">{first // 2}H", table, begin)
            for begin in (14, *(16 + turn * (first // 2 * 2) for turn in (1, 2, 3)))
        )
        segment = next((number for number, end in enumerate(ends) if character <= end), None)
        if segment is None or character < starts[segment]:
            return 0
        glyph = character
        if offsets[segment]:
            place = 16 + 3 * (first // 2 * 2) + 2 * segment + offsets[segment] + 2 * (character - starts[segment])
            (glyph,) = struct.unpack_from(">H", table, place)
        return (glyph + deltas[segment]) & 0xFFFF if glyph else 0
    if kind == 12:
        groups = struct.iter_unpack(
            ">LLL", table[16 : 16 + 12 * min(struct.unpack_from(">L", table, 12)[0], _MOST_CODES)]
        )
        return next((glyph + character - begin for begin, end, glyph in groups if begin <= character <= end), 0)
    return 0


class Cff:
    """A CFF program, bare or out of an OpenType font."""

    def __init__(self, data: bytes) -> None:
        fonts = CFFFontSet()
        fonts.decompile(io.BytesIO(data), None)
        self._top = fonts[0]
        self._glyphs = self._top.CharStrings
        if not len(self._glyphs):
            raise Damaged

    def of_cid(self, cid: int) -> bool | None:
        """Take the glyph of this CID, or of this number where the program knows no CIDs."""
        if hasattr(self._top, "ROS"):
            return self._drawn(f"cid{cid:05}") if cid else None
        return self._drawn(self._top.charset[cid]) if 0 < cid < len(self._top.charset) else None

    def of_code(self, code: int, name: str) -> bool | None:
        """Take the glyph of this name, or of the code by the encoding of the program."""
        if hasattr(self._top, "ROS"):
            return self.of_cid(code)
        own = StandardEncoding if isinstance(self._top.Encoding, str) else self._top.Encoding
        return _best(self._drawn(glyph) for glyph in {name, own[code]})

    def _drawn(self, name: str) -> bool | None:
        if name == ".notdef" or name not in self._glyphs:
            return None
        return not _BLANK.fullmatch(self._glyphs[name].bytecode)


class Type1:
    """A Type 1 program: its glyphs are known by name, what they draw is not looked at."""

    def __init__(self, data: bytes) -> None:
        head, begun, secret = data.partition(b"eexec")
        if not begun or len(data) > MOST_TYPE1:
            raise Damaged
        secret = secret.lstrip(b" \t\r\n")
        if re.fullmatch(rb"[0-9A-Fa-f\s]{4}", secret[:4]):
            secret = bytes.fromhex(re.match(rb"(?:[0-9A-Fa-f]{2}|\s)*", secret)[0].decode())  # type: ignore[index]
        plain, _ = decrypt(secret, 55665)
        _, _, glyphs = plain.partition(b"/CharStrings")
        self._glyphs = {name.decode("latin-1") for name in re.findall(rb"/([^\s/]+)\s+\d+\s+(?:RD|-\|)\s", glyphs)}
        if not self._glyphs:
            raise Damaged
        own = re.findall(rb"\bdup\s+(\d+)\s*/(\S+)\s+put", head)
        self._own = {int(code): name.decode("latin-1") for code, name in own} or dict(enumerate(StandardEncoding))

    def of_cid(self, cid: int) -> bool | None:
        """Find nothing: no composite font has such a program."""
        return None

    def of_code(self, code: int, name: str) -> bool | None:
        """Take the glyph of this name, or of the code by the encoding of the program."""
        return True if {name, self._own.get(code, "")} & self._glyphs - {".notdef"} else None


def _best(said: Iterable[bool | None]) -> bool | None:
    """Return what says the most: that something is drawn, before that nothing is, before that there is no glyph."""
    return max(said, key=(None, False, True).index, default=None)


class Codes:
    """The codes of one font, and those among them that leave a hole where they are shown."""

    def __init__(self, font: DictionaryObject, program: Program) -> None:
        self._program = program
        self._is_composite = _value(font, "/Subtype") == "/Type0"
        self._texts = _texts(_value(font, "/ToUnicode"))
        self._known: dict[int, bool] = {}
        if self._is_composite:
            descendant = _value(font, "/DescendantFonts")[0].get_object()
            numbers = _value(descendant, "/CIDToGIDMap")
            self._numbers = numbers.get_data() if isinstance(numbers, StreamObject) else b""
            self._widths = _ranges_of_widths(_value(descendant, "/W"))
        else:
            self._names = _names(_value(font, "/Encoding"))

    @classmethod
    def of(cls, font: DictionaryObject) -> Codes | None:
        """Read a font; None for one whose codes say nothing of its glyphs without a table that is not looked at here.

        :raises Damaged: when its program cannot be read.
        """
        program = program_of(font)
        if program is None:
            return None
        identity = _value(font, "/Encoding") in ("/Identity-H", "/Identity-V")
        return cls(font, program) if identity or _value(font, "/Subtype") != "/Type0" else None

    def holes(self, shown: bytes) -> list[int]:
        """Return the codes of a string that would leave a hole."""
        codes: Iterable[int] = shown
        if self._is_composite:
            codes = struct.unpack(f">{len(shown) // 2}H", shown[: len(shown) // 2 * 2])
        return [code for code in dict.fromkeys(codes) if self._is_hole(code)]

    def _is_hole(self, code: int) -> bool:
        if code not in self._known:
            draws = self._of_cid(code) if self._is_composite else self._program.of_code(code, self._names.get(code, ""))
            text = self._text(code)
            if draws is None:
                self._known[code] = text is None or _is_visible(text)
            elif draws:
                self._known[code] = False
            else:  # a space, or a glyph that was emptied when the subset was made
                self._known[code] = _is_visible(text) if text is not None else self._is_unheard_of(code)
        return self._known[code]

    def _of_cid(self, cid: int) -> bool | None:
        if self._numbers:
            pair = self._numbers[2 * cid : 2 * cid + 2]
            return self._program.of_cid(int.from_bytes(pair, "big")) if len(pair) == 2 else None
        return self._program.of_cid(cid)

    def _text(self, code: int) -> str | None:
        """Return what is read where the code is shown, as far as the file says."""
        if code in self._texts:
            return self._texts[code]
        if self._is_composite:
            return None
        name = self._names.get(code, "")
        return (toUnicode(name) or None) if name else (chr(code) if code <= 0x20 or code == 0xA0 else None)

    def _is_unheard_of(self, code: int) -> bool:
        """Whether neither the widths nor the characters of a composite font tell of a code."""
        return self._is_composite and bool(self._texts) and code not in self._widths


def _is_visible(text: str) -> bool:
    return any(not sign.isspace() and unicodedata.category(sign)[0] != "C" for sign in text)


def _names(encoding: object) -> dict[int, str]:
    """Return the names that an encoding gives to codes (9.6.6)."""
    base = _value(encoding, "/BaseEncoding") if isinstance(encoding, DictionaryObject) else encoding
    names = dict(_OF_BASE.get(str(base), {}))
    code = 0
    differences = _value(encoding, "/Differences") if isinstance(encoding, DictionaryObject) else None
    for item in differences if isinstance(differences, ArrayObject) else ():
        said = item.get_object()
        if isinstance(said, int):
            code = int(said)
        else:
            names[code] = str(said)[1:]
            code += 1
    return names


_WIN_ANSI = {
    code: UV2AGL.get(ord(sign), "") for code in range(0x20, 0x100) for sign in bytes([code]).decode("cp1252", "ignore")
}
_OF_BASE: dict[str, Mapping[int, str]] = {
    "/WinAnsiEncoding": _WIN_ANSI | {0xA0: "space", 0xAD: "hyphen"},
    "/MacRomanEncoding": dict(enumerate(MacRoman)),
    "/StandardEncoding": dict(enumerate(StandardEncoding)),
}


def _ranges_of_widths(widths: object) -> frozenset[int]:
    """Return the CIDs of which a composite font gives the widths (9.7.4.3)."""
    waiting = [item.get_object() for item in widths] if isinstance(widths, ArrayObject) else []
    cids: set[int] = set()
    position = told = 0
    while position + 1 < len(waiting) and told < _MOST_TOLD:
        first, second = waiting[position : position + 2]
        if isinstance(second, ArrayObject):
            said = range(int(first), int(first) + len(second))
            position += 2
        else:
            said = range(int(first), min(int(second), _MOST_CODES) + 1)
            position += 3
        cids.update(said)
        told += len(said)
    return frozenset(cids)


_MAPPED = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_PAIR = re.compile(rb"<([0-9A-Fa-f\s]*)>\s*<([0-9A-Fa-f\s]*)>")
_TRIPLE = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>\s*(?:<([0-9A-Fa-f\s]*)>|\[([^\]]*)\])")
_ONE = re.compile(rb"<([0-9A-Fa-f\s]*)>")


def _texts(to_unicode: object) -> dict[int, str]:
    """Return what a font says is read where its codes are shown (9.10.3)."""
    texts: dict[int, str] = {}
    told = 0
    data = to_unicode.get_data() if isinstance(to_unicode, StreamObject) else b""
    for kind, body in _MAPPED.findall(data):
        if kind == b"bfchar":
            texts.update((_integer(code), _text_of(text)) for code, text in _PAIR.findall(body))
            continue
        for first, last, text, listed in _TRIPLE.findall(body):
            codes = range(_integer(first), min(_integer(last), _MOST_CODES) + 1)
            told += len(codes)
            if told > _MOST_TOLD:
                return texts
            if listed:
                texts.update(zip(codes, map(_text_of, _ONE.findall(listed)), strict=False))
            else:
                said = _text_of(text) or "\0"
                texts.update((code, said[:-1] + chr(min(ord(said[-1]) + code - codes[0], 0x10FFFF))) for code in codes)
    return texts


def _integer(digits: bytes) -> int:
    return int(b"".join(digits.split()) or b"0", 16)


def _text_of(digits: bytes) -> str:
    return bytes.fromhex(digits.decode("ascii")).decode("utf-16-be", "replace")


def _value(dictionary: Any, key: str) -> Any:
    return dictionary[key].get_object() if key in dictionary else None
