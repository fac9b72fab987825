"""An enclosed PDF → nothing, or BadJob where it would be printed otherwise than a reader shows it.

Its pages are printed as forms: what they hold is drawn as it stands, and what a reader does beside, hide a layer, take
a font of its own for one that is missing, fetch a picture, run a script, has no part in that. Clauses are of
ISO 32000-1.
"""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any, NoReturn

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from renderer.model.errors import BadJob
from renderer.model.paper import A4, MM_PER_PT
from renderer.press.contents import operations
from renderer.press.insert_fonts import Codes
from renderer.press.unpacking import Damaged, check_picture, unpacked

TOLERANCE = 1.0
"""Millimetres by which a page may be larger or smaller."""
MOST_BYTES = 100_000_000
"""Of the file."""
MOST_OBJECTS = 50_000
"""Arrays, dictionaries and streams that its pages need."""
MOST_LEVELS = 100
"""How deep these may stand in one another."""
MOST_CONTENT = 20_000_000
"""Bytes of all its contents, unpacked: what says what is drawn, pictures and fonts apart."""
MOST_UNPACKED = 4_000_000_000
"""Bytes of all that its pages need, unpacked."""

_PRINT_AGAIN = "print it to a new PDF first"
_ELSEWHERE = {"/F": "a stream", "/Ref": "a page", "/OPI": "a picture", "/Alternates": "another picture"}
"""Keys of what is not in the file, or is shown on a screen alone (7.3.8.2, 8.10.4, 14.11.7, 8.9.5.4)."""
_HARMLESS = ("/GoTo", "/GoToR", "/URI", "/Named")
"""Actions of a link that draw nothing and change nothing (12.6.4); none is printed."""
_SHOWING = (b"Tj", b"TJ", b"'", b'"')
_CATEGORIES = {b"Tf": "/Font", b"Do": "/XObject", b"gs": "/ExtGState", b"sh": "/Shading"}
_CATEGORIES |= {b"cs": "/ColorSpace", b"CS": "/ColorSpace", b"scn": "/Pattern", b"SCN": "/Pattern"}
"""What the operators take out of the resources by name (table 33)."""
_OWN_SPACES = ("/DeviceGray", "/DeviceRGB", "/DeviceCMYK", "/Pattern")
"""What needs no resource (8.6.3)."""


class Preflight:
    """Checks one file, and each of its pages when it comes."""

    def __init__(self, name: str, reader: pypdf.PdfReader) -> None:
        self._insert = self._where = f"insert {name}"
        self._seen: set[int] = set()
        self._objects = self._content = self._unpacked = 0
        self._codes: dict[int, tuple[DictionaryObject, Codes | None]] = {}
        root = reader.root_object
        for layer in _array(_value(_dictionary(_value(root, "/OCProperties")), "/OCGs")):
            self._refuse_layer(_dictionary(layer))
        names = _dictionary(_value(root, "/Names"))
        if "/JavaScript" in names or "/AA" in root or not _is_harmless(_value(root, "/OpenAction")):
            self._refuse("runs a script or an action when it is opened", _PRINT_AGAIN)
        if "/XFA" in _dictionary(_value(root, "/AcroForm")):
            self._refuse("is a form that a program fills in (XFA)", _PRINT_AGAIN)

    def check_page(self, number: int, page: pypdf.PageObject, content: bytes) -> None:
        """Check a page (from 1) with all that its content needs.

        :raises BadJob: saying what of it cannot be printed, and what to do.
        """
        self._where = f"{self._insert} page {number}"
        self._check_box(page)
        self._check_annotations(page)
        contents = _value(page, "/Contents")
        for part in _array(contents) or [contents]:
            self._unpack("/Contents", _dictionary(part))
        missing: list[str] = []
        streams = []
        for key, found in self._reached(_value(page, "/Resources")):
            kind = _value(found, "/Type")
            if key == "/Font" or kind == "/Font":
                fonts = [found] if kind == "/Font" else list(map(_dictionary, found.values()))
                missing += [_name(font) for font in fonts if not _is_embedded(font)]
                for font in fonts:
                    self._codes_of(font)
            if kind in ("/OCG", "/OCMD") or "/OC" in found:
                self._refuse_layer(found)
            if isinstance(found, StreamObject):
                self._check_stream(key, found)
                streams.append(found)
        if missing:
            named = ", ".join(dict.fromkeys(missing))
            self._refuse(f"font {named} is not in the file, and another would be printed", "embed all fonts")
        self._check_content(content, _dictionary(_value(page, "/Resources")))
        draws = {}
        for stream in streams:
            if _value(stream, "/Subtype") == "/Form" or _value(stream, "/PatternType") == 1:
                draws[id(stream)] = self._check_content(stream.get_data(), _dictionary(_value(stream, "/Resources")))
        try:
            TopologicalSorter(draws).prepare()
        except CycleError:
            self._refuse("a part of its drawing draws itself, without end", _PRINT_AGAIN)

    def _refuse(self, why: str, remedy: str) -> NoReturn:
        raise BadJob(f"{self._where}: {why}; {remedy}")

    def _refuse_layer(self, layer: DictionaryObject) -> NoReturn:
        """Refuse a layer: a form has none that could be hidden, all of it would be printed (8.11.4)."""
        layer = _dictionary(_value(layer, "/OC", layer))
        groups = [layer, _dictionary(_value(layer, "/OCGs")), *map(_dictionary, _array(_value(layer, "/OCGs")))]
        name = next((_value(group, "/Name") for group in groups if "/Name" in group), "without a name")
        self._refuse(f"layer '{name}' may be hidden, and would be printed", "write it without layers")

    def _check_box(self, page: pypdf.PageObject) -> None:
        if page.rotation % 360:
            self._refuse(f"it is turned by {page.rotation} degrees", "write it upright")
        if page.user_unit != 1:
            self._refuse("it has units of its own (UserUnit)", _PRINT_AGAIN)
        left, bottom, right, top = shown_box(page)
        size = (right - left) * MM_PER_PT, (top - bottom) * MM_PER_PT
        if any(abs(length - wanted) > TOLERANCE for length, wanted in zip(size, A4, strict=True)):
            said = f"it is a page of {size[0]:.0f} × {size[1]:.0f} mm, and the paper is A4 upright"
            self._refuse(said, "write it in that size")

    def _check_annotations(self, page: pypdf.PageObject) -> None:
        for annotation in map(_dictionary, _array(_value(page, "/Annots"))):
            # What a reader draws for a field, a stamp or a note is no part of the page (12.5); a link draws nothing.
            if _value(annotation, "/Subtype") not in ("/Link", "/Popup"):
                self._refuse("it has fields, stamps or notes", _PRINT_AGAIN)
            if "/AP" in annotation:
                self._refuse("a link has a drawing of its own (/AP), which would not be printed", _PRINT_AGAIN)
            if "/AA" in annotation or not _is_harmless(_value(annotation, "/A")):
                self._refuse("a link runs a script or a program", _PRINT_AGAIN)
        if "/AA" in page:
            self._refuse("it runs a script or an action when it is opened", _PRINT_AGAIN)

    def _check_stream(self, key: str, stream: StreamObject) -> None:
        for where, what in _ELSEWHERE.items():
            if where in stream:
                self._refuse(
                    f"{what} of it lies outside the file ({where})", "put it into the file, or " + _PRINT_AGAIN
                )
        kinds = _value(stream, "/Subtype"), _value(stream, "/Subtype2")
        if "/PS" in kinds or "/PS" in stream:
            self._refuse("it holds PostScript, which not every printer runs", _PRINT_AGAIN)
        data, packed = self._unpack(key, stream)
        if "/Image" in kinds:
            try:
                check_picture(stream, data, packed)
            except Damaged:
                self._refuse(f"its picture {key} is damaged or has not all its rows", "put the picture in again")

    def _unpack(self, key: str, stream: DictionaryObject) -> tuple[bytes, str]:
        if not isinstance(stream, StreamObject):
            return b"", ""
        try:
            data, packed = unpacked(stream)
        except Damaged:
            self._refuse(f"a part of it ({key}) is damaged", "write it again")
        self._unpacked += len(data)
        if self._unpacked > MOST_UNPACKED:
            self._refuse(f"its parts take more than {MOST_UNPACKED // 10**9} GB", "write it with smaller pictures")
        return data, packed

    def _codes_of(self, font: DictionaryObject) -> Codes | None:
        if id(font) not in self._codes:
            try:
                self._codes[id(font)] = font, Codes.of(font)
            except Damaged:
                self._refuse(f"font {_name(font)} is damaged, and another would be printed", "embed all fonts again")
        return self._codes[id(font)][1]

    def _check_content(self, content: bytes, resources: DictionaryObject) -> list[int]:
        """Check what a content draws; return which contents it draws in their turn.

        It ends in the state in which it began (8.4.2, 9.4.1), finds all that it names (7.8.3), and shows no code that
        its font has no glyph for.
        """
        self._content += len(content)
        if self._content > MOST_CONTENT:
            self._refuse(f"what is drawn takes more than {MOST_CONTENT // 10**6} MB", "make pictures of its drawings")
        draws: list[int] = []
        kept: list[tuple[DictionaryObject | None, bool]] = []
        font: DictionaryObject | None = None
        is_shown, in_text = True, False
        for operator, names, strings, before in operations(content):
            if operator == b"q":
                kept.append((font, is_shown))
            elif operator == b"Q":
                if not kept:
                    self._refuse("its q and Q do not balance", _PRINT_AGAIN)
                font, is_shown = kept.pop()
            elif operator in (b"BT", b"ET"):
                if in_text == (operator == b"BT"):
                    self._refuse("its BT and ET do not balance", _PRINT_AGAIN)
                in_text = not in_text
            elif operator == b"Tr":
                is_shown = before.split()[-1:] != [b"3"]
            elif operator in _SHOWING:
                if font is not None and is_shown:
                    self._check_glyphs(font, strings)
            elif operator in _CATEGORIES and names:
                found = self._named(_CATEGORIES[operator], names[-1], resources)
                if operator == b"Tf":
                    font = found
                elif operator == b"gs":
                    if given := _array(_value(found, "/Font")):
                        font = _dictionary(given[0])
                    found = _dictionary(_value(_dictionary(_value(found, "/SMask")), "/G"))
                draws.append(id(found))
        if kept or in_text:
            self._refuse(f"its {'BT and ET' if in_text else 'q and Q'} do not balance", _PRINT_AGAIN)
        return draws

    def _named(self, category: str, name: str, resources: DictionaryObject) -> DictionaryObject:
        if category == "/ColorSpace" and name in _OWN_SPACES:
            return DictionaryObject()
        found = _value(_dictionary(_value(resources, category)), name)
        if not isinstance(found, (ArrayObject, DictionaryObject, NameObject)):
            self._refuse(f"it draws with {name}, which its resources lack ({category[1:]})", _PRINT_AGAIN)
        return _dictionary(found)

    def _check_glyphs(self, font: DictionaryObject, strings: list[bytes]) -> None:
        codes = self._codes_of(font)
        for string in strings:
            if codes is not None and (holes := codes.holes(string)):
                said = f"font {_name(font)} has no glyph for <{holes[0]:02X}>, and a hole would be printed in its place"
                self._refuse(said, "write it again with a font that has all its signs")

    def _reached(self, value: object) -> Iterator[tuple[str, DictionaryObject]]:
        """Yield the dictionaries and streams that a value holds and refers to, each once, with their keys."""
        waiting: list[tuple[str, object, int]] = [("", value, 0)]
        while waiting:
            key, found, level = waiting.pop()
            if isinstance(found, IndirectObject):
                if found.idnum in self._seen:
                    continue
                self._seen.add(found.idnum)
                found = found.get_object()
            if not isinstance(found, (ArrayObject, DictionaryObject)):
                continue
            self._objects += 1
            if self._objects > MOST_OBJECTS:
                self._refuse(f"the pages need more than {MOST_OBJECTS} objects", _PRINT_AGAIN)
            if level > MOST_LEVELS:
                self._refuse(f"its objects stand in one another on more than {MOST_LEVELS} levels", _PRINT_AGAIN)
            pairs = found.items() if isinstance(found, DictionaryObject) else [(key, item) for item in found]
            if isinstance(found, DictionaryObject):
                yield key, found
            waiting += [(str(name), item, level + 1) for name, item in reversed(list(pairs))]


def shown_box(page: pypdf.PageObject) -> tuple[float, float, float, float]:
    """Return the left, lower, right and upper edge of what a reader shows: CropBox in MediaBox (14.11.2)."""
    boxes = [[float(edge) for edge in box] for box in (page.mediabox, page.cropbox)]
    left, bottom = (max(min(box[at], box[at + 2]) for box in boxes) for at in (0, 1))
    right, top = (min(max(box[at], box[at + 2]) for box in boxes) for at in (0, 1))
    return left, bottom, right, top


def _value(dictionary: DictionaryObject, key: str, default: object = None) -> Any:
    """Look up a key, through a reference if need be."""
    return dictionary[key].get_object() if key in dictionary else default


def _dictionary(value: object) -> DictionaryObject:
    """Return a dictionary, through a reference if need be; an empty one for anything else."""
    found = value.get_object() if isinstance(value, IndirectObject) else value
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _array(value: object) -> ArrayObject:
    return value if isinstance(value, ArrayObject) else ArrayObject()


def _name(font: DictionaryObject) -> str:
    return str(_value(font, "/BaseFont", "/without a name"))[1:]


def _is_embedded(font: DictionaryObject) -> bool:
    """Whether a font brings what it draws: a font file (9.9), or in Type 3 a content for each glyph (9.6.5)."""
    kind = _value(font, "/Subtype")
    if kind == "/Type3":
        return "/CharProcs" in font
    if kind == "/Type0":
        descendants = _array(_value(font, "/DescendantFonts"))
        return bool(descendants) and all(_is_embedded(_dictionary(descendant)) for descendant in descendants)
    descriptor = _dictionary(_value(font, "/FontDescriptor"))
    return any(isinstance(_value(descriptor, f"/FontFile{n}"), StreamObject) for n in ("", "2", "3"))


def _is_harmless(action: object) -> bool:
    """Whether an action, or a destination instead of one, changes nothing of what is shown."""
    if not isinstance(action, DictionaryObject):
        return True
    return _value(action, "/S") in _HARMLESS and "/Next" not in action
