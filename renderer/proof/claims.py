"""A print file → what its font dictionaries say: of each embedded font, the glyph, text and width of every CID.

All font dictionaries of the file are read, whether or not a page reaches them: they are found by the bytes of the
objects, without walking the pages, so that a file of 100,000 pages takes seconds.
"""

from __future__ import annotations

import io
import mmap
import re
import sys
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject


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


def programs_of(stream: io.BufferedReader, apart: Collection[str]) -> Iterable[Program]:
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
    begun = sorted(
        (offset, number, generation)
        for generation, offsets in reader.xref.items()
        for number, offset in offsets.items()
        if offset
    )
    with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        told = -1
        for found in re.finditer(b"/Font", content):
            at = bisect_right(begun, (found.start(), sys.maxsize)) - 1
            if at > told and content.find(b"stream", begun[at][0], found.start()) < 0:
                told = at
                yield begun[at][1:]


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
