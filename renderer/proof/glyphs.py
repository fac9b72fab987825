"""A print file → the proof that its ink is its text, or BadBatch.

For each embedded font and each glyph used: the outline and the advance width are those that the project's
own font file gives for the text that ToUnicode claims, selectors included. No glyph 0, no glyph without a
text, no font that is not ours. With that, text read back from a page is proof of ink.

The claimed text is looked up in the source font's cmap, formats 4, 12 and 14; only where that is another
glyph may the font's own substitutions (HarfBuzz, language ja) lead to the one embedded.

All font dictionaries of the file are proved, whether or not a page reaches them: they are found by the
bytes of the objects, without walking the pages, so that a file of 100,000 pages takes seconds. A page that
draws a CID its font does not list has no text there: comparing the text read back shows that, not this proof.
"""

from __future__ import annotations

import io
import mmap
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from struct import unpack_from
from typing import Any

import uharfbuzz
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from renderer.model.errors import BadBatch, BadLayout

Outline = tuple[tuple[float, ...], ...]
FULL_NAME, POSTSCRIPT_NAME = 4, 6
WIDTH_TOLERANCE = 0.5
"""In 1/1000 em: /W is written in whole thousandths."""
TOLD = 5
"""How many objections a message spells out; the rest is counted."""


def fonts_by_name(files: Iterable[Path]) -> dict[str, Drawing]:
    """Open font files, and name them as /BaseFont does: by PostScript name and by full name with hyphens for blanks.

    A font is open as long as it is kept here: whoever proves many files opens each once.

    Raises BadLayout when a file is not a font or two files claim the same name.
    """
    named: dict[str, Drawing] = {}
    for file in files:
        font = Drawing(uharfbuzz.Blob.from_file_path(str(file)), file)
        if not font.names:
            raise BadLayout(f"{file.name} is not a font with a name; give a TrueType font")
        for name in sorted(font.names):
            if named.setdefault(name, font) is not font:
                raise BadLayout(f"{file.name} and {named[name].file.name} are both named {name}; keep one")
    return named


def proof_of_glyphs(pdf: Path, fonts: Mapping[str, Drawing], apart: Collection[str] = ()) -> None:
    """Prove every embedded glyph against the fonts given (:func:`fonts_by_name`, gaiji fonts too).

    ``apart`` names, with their tags, the fonts of inserts: another program's files, printed as they came.
    Raises BadBatch with the fonts, CIDs and code points that are not what they claim, and for a file that
    cannot be read.
    """
    objections: list[str] = []
    try:
        with pdf.open("rb") as stream:
            for program in _programs(stream, apart):
                objections.extend(_objections_to_program(program, fonts))
    except Exception as error:  # pypdf meets a damaged file with whatever it stumbles over
        said = type(error).__name__
        raise BadBatch(f"{pdf.name} cannot be read as a PDF ({said}); print it again") from error
    if objections:
        more = f", and {len(objections) - TOLD} more" if len(objections) > TOLD else ""
        raise BadBatch(
            f"{pdf.name} has ink that is not its text: {'; '.join(objections[:TOLD])}{more}; "
            "print it again from the layout, and look there for the fonts named"
        )


class Drawing:
    """A font's outlines and advances in font units, drawn by HarfBuzz without hinting, each once."""

    def __init__(self, blob: Any, file: Path = Path()) -> None:
        """``file`` is where it comes from, unless it is embedded in the file that is proved."""
        self.file = file
        self._face = uharfbuzz.Face(blob)
        self._font = uharfbuzz.Font(self._face)
        self._outlines: dict[int, Outline] = {}
        self.units: int = self._face.upem
        self.glyph_count: int = self._face.glyph_count

    @property
    def names(self) -> set[str]:
        """Its PostScript name, and its full name with hyphens for blanks; none for what is no font."""
        found = (self._face.get_name(number) for number in (POSTSCRIPT_NAME, FULL_NAME))
        return {name.replace(" ", "-") for name in found if name}

    @cached_property
    def _glyf(self) -> bytes:
        return self._table("glyf")

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

    def shaped(self, text: str) -> int | None:
        """Shape a text by the font's substitutions to its one glyph; None when it stays several."""
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.language = "ja"
        uharfbuzz.shape(self._font, buffer)
        glyphs = [info.codepoint for info in buffer.glyph_infos]
        return glyphs[0] if len(glyphs) == 1 else None


@dataclass(frozen=True, slots=True)
class Claim:
    """What a font dictionary says of one CID."""

    cid: int
    glyph: int
    """Glyph of the embedded font program that the CID draws."""
    text: str
    """By ToUnicode; "" where the CID belongs to the glyph before it."""
    width: float
    """By /W or /DW, in thousandths of an em."""


@dataclass(slots=True)
class Program:
    """An embedded font file (FontFile2) and what all the font dictionaries that share it say of it."""

    names: set[str] = field(default_factory=set)
    """/BaseFont without its tag; one name when all is well."""
    data: bytes = b""
    claims: list[Claim] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What keeps a dictionary from being one of ours at all."""


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


# The proof


def _objections_to_program(program: Program, fonts: Mapping[str, Drawing]) -> Iterator[str]:
    """Prove one embedded font program, or say what is wrong with it."""
    yield from program.faults
    for name in sorted(program.names - fonts.keys()):
        yield f"{name} is not one of the project's fonts"
    if program.faults or not program.names <= fonts.keys():
        return
    sources = {fonts[name] for name in program.names}
    if len(sources) != 1:
        yield f"{' and '.join(sorted(program.names))} share one embedded font"
        return
    source, embedded = sources.pop(), Drawing(uharfbuzz.Blob(program.data))
    name = min(program.names)
    if embedded.units != source.units:
        yield f"{name} was embedded with another size of em"
        return
    for claim in program.claims:
        objection = _objection_to_claim(claim, embedded, source)
        if objection:
            yield f"{name} CID {claim.cid} ({_code_points(claim.text)}) {objection}"


def _objection_to_claim(claim: Claim, embedded: Drawing, source: Drawing) -> str | None:
    """Say why a CID does not print what it claims; None when it does."""
    if claim.glyph == 0:
        return "prints glyph 0, the mark of a missing character"
    if claim.glyph >= embedded.glyph_count:
        return "prints a glyph that the embedded font does not have"
    if not claim.text:
        return "prints ink without a text" if embedded.outline(claim.glyph) else None
    pairs = _pairs(claim.text)
    glyphs = [source.glyph_for(*pair) for pair in pairs]
    if None in glyphs:
        return "claims a text that the font has no glyph for"
    single = glyphs if len(glyphs) == 1 else []
    drawn = [glyph for glyph in single if glyph and _same_ink(embedded, claim.glyph, source, glyph)]
    if not drawn:
        shaped = source.shaped(claim.text)
        drawn = [shaped] if shaped and _same_ink(embedded, claim.glyph, source, shaped) else []
    if not drawn:
        return "is drawn with another outline than the font gives for that text"
    if not any(abs(source.advance(glyph) - claim.width) <= WIDTH_TOLERANCE for glyph in drawn):
        return f"advances by {claim.width:g}/1000 em, not as the font does"
    return None


def _same_ink(embedded: Drawing, glyph: int, source: Drawing, other: int) -> bool:
    """Compare two glyphs: by their points as the files hold them, and if these differ, as HarfBuzz draws them."""
    points = embedded.points(glyph)
    if points and points == source.points(other):
        return True
    return embedded.outline(glyph) == source.outline(other)


def _pairs(text: str) -> list[tuple[str, str]]:
    """Take a text apart into characters, each with its variation selector or ""."""
    pairs: list[tuple[str, str]] = []
    for character in text:
        is_selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
        if is_selector and pairs and not pairs[-1][1]:
            pairs[-1] = (pairs[-1][0], character)
        else:
            pairs.append((character, ""))
    return pairs


def _code_points(text: str) -> str:
    return " ".join(f"U+{ord(character):04X}" for character in text) or "no text"


# Reading the PDF


def _programs(stream: io.BufferedReader, apart: Collection[str]) -> Iterable[Program]:
    """Every font of a PDF, gathered by the font program they share."""
    programs: dict[object, Program] = {}
    for key, font in _font_dictionaries(PdfReader(stream, strict=True), stream):
        name = str(_value(font, "/BaseFont", "/unnamed"))[1:]
        if name in apart:
            continue
        base_font = re.sub(r"\A[A-Z]{6}\+", "", name)
        descendant = _descendant(font)
        if descendant is None:
            fault = f"{base_font} is not embedded as ours are, or stands in for a missing character"
            programs[key] = Program(faults=[fault])
            continue
        reference = _value(descendant, "/FontDescriptor").raw_get("/FontFile2")
        shared = reference.idnum if isinstance(reference, IndirectObject) else key
        program = programs.setdefault(("program", shared), Program())
        program.names.add(base_font)
        program.data = reference.get_object().get_data()
        _read_claims(program, base_font, font, descendant)
    return programs.values()


def _font_dictionaries(reader: PdfReader, stream: io.BufferedReader) -> Iterator[tuple[object, DictionaryObject]]:
    """Each font dictionary of the file once, with a key of its own.

    Only objects that hold the bytes ``/Font`` are parsed: a page that names its resources by reference,
    as all of the press's do, is passed over in a microsecond.
    """
    seen: set[object] = set()
    for number, generation in _objects_naming_fonts(reader, stream):
        here = IndirectObject(number, generation, reader)
        for key, font in _fonts_within(here, here.get_object(), f"object {number}"):
            if key not in seen:
                seen.add(key)
                yield key, font


def _objects_naming_fonts(reader: PdfReader, stream: io.BufferedReader) -> Iterator[tuple[int, int]]:
    """Numbers of the objects whose own bytes, before any stream, hold ``/Font``; all compressed objects."""
    yield from ((number, 0) for number in reader.xref_objStm)
    spans = sorted(
        (offset, number, generation)
        for generation, offsets in reader.xref.items()
        for number, offset in offsets.items()
        if offset
    )
    with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        ends = [start for start, _, _ in spans[1:]] + [len(content)]
        for (start, number, generation), end in zip(spans, ends, strict=True):
            data = content.find(b"stream", start, end)
            if content.find(b"/Font", start, end if data < 0 else data) >= 0:
                yield number, generation


def _fonts_within(reference: Any, value: Any, path: str) -> Iterator[tuple[object, DictionaryObject]]:
    """Font dictionaries in an object: itself, those in it, and what a /Font resource refers to."""
    if isinstance(value, ArrayObject):
        for index, item in enumerate(value):
            if not isinstance(item, IndirectObject):
                yield from _fonts_within(item, item, f"{path}/{index}")
    if not isinstance(value, DictionaryObject):
        return
    if _value(value, "/Type") == "/Font" and not str(_value(value, "/Subtype")).startswith("/CIDFont"):
        yield (reference.idnum if isinstance(reference, IndirectObject) else path), value
        return
    for key, item in value.items():
        if key == "/Font" and isinstance(item.get_object(), DictionaryObject):
            for name, font in item.get_object().items():
                where = font.idnum if isinstance(font, IndirectObject) else f"{path}{key}{name}"
                yield where, font.get_object()
        elif not isinstance(item, IndirectObject):
            yield from _fonts_within(item, item, f"{path}{key}")


def _descendant(font: DictionaryObject) -> DictionaryObject | None:
    """Find the CIDFont of a Type0 font that is written as ours are; None for any other font.

    WeasyPrint gives a font an encoding of its own when it prints glyph 0 for characters the font lacks.
    """
    kind, encoding = _value(font, "/Subtype"), _value(font, "/Encoding")
    if kind != "/Type0" or encoding != "/Identity-H" or "/ToUnicode" not in font:
        return None
    descendant = _value(font, "/DescendantFonts")[0].get_object()
    if not isinstance(descendant, DictionaryObject) or _value(descendant, "/Subtype") != "/CIDFontType2":
        return None
    return descendant if "/FontFile2" in _value(descendant, "/FontDescriptor", {}) else None


def _value(dictionary: DictionaryObject, key: str, default: Any = None) -> Any:
    """Look up a key, through a reference if need be; ``dictionary.get`` would give the reference itself."""
    value = dictionary.get(key)
    return default if value is None else value.get_object()


def _read_claims(program: Program, name: str, font: DictionaryObject, descendant: DictionaryObject) -> None:
    """Add to a program what one font dictionary says of its CIDs."""
    texts = _texts(_value(font, "/ToUnicode").get_data())
    widths = _widths(_value(descendant, "/W", ()))
    default = float(_value(descendant, "/DW", 1000))
    mapping = _value(descendant, "/CIDToGIDMap")
    table = mapping.get_data() if isinstance(mapping, StreamObject) else None
    if texts is None:
        program.faults.append(f"{name} maps ranges to Unicode, and ours map single glyphs")
        return
    for cid in sorted(widths.keys() - {cid for cid, _ in texts}):
        program.faults.append(f"{name} CID {cid} has a width and no text")
    for cid, text in texts:
        glyph = cid if table is None else int.from_bytes(table[2 * cid : 2 * cid + 2], "big")
        program.claims.append(Claim(cid, glyph if cid else 0, text, widths.get(cid, default)))


def _texts(cmap: bytes) -> list[tuple[int, str]] | None:
    """ToUnicode's bfchar entries, each to be proved (PDF 32000-1, 9.10.3); None when there are ranges."""
    if b"beginbfrange" in cmap:
        return None
    return [
        (int(cid, 16), bytes.fromhex(text.decode("ascii")).decode("utf-16-be"))
        for section in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL)
        for cid, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", section)
    ]


def _widths(entries: Any) -> dict[int, float]:
    """/W in both its forms (PDF 32000-1, 9.7.4.3): ``c [w1 w2 …]`` and ``first last w``."""
    widths: dict[int, float] = {}
    waiting = [entry.get_object() for entry in reversed(entries)]
    while waiting:
        first, second = int(waiting.pop()), waiting.pop()
        if isinstance(second, ArrayObject):
            widths.update((first + index, float(width)) for index, width in enumerate(second))
        else:
            width = float(waiting.pop())
            widths.update((cid, width) for cid in range(first, int(second) + 1))
    return widths
