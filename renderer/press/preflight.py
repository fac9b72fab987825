"""An enclosed PDF → nothing, or BadJob where it would be printed otherwise than a reader shows it.

Its pages are printed as forms: what they hold is drawn as it stands, and what a reader does beside, hide a layer, take
a font of its own for one that is missing, fetch a picture, run a script, has no part in that. Clauses are of
ISO 32000-1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NoReturn

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from renderer.model.errors import BadJob
from renderer.model.paper import A4, MM_PER_PT

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

_PRINT_AGAIN = "print it to a new PDF first"
_ELSEWHERE = {"/F": "a stream", "/Ref": "a page", "/OPI": "a picture", "/Alternates": "another picture"}
"""Keys of what is not in the file, or is shown on a screen alone (7.3.8.2, 8.10.4, 14.11.7, 8.9.5.4)."""
_HARMLESS = ("/GoTo", "/GoToR", "/URI", "/Named")
"""Actions of a link that draw nothing and change nothing (12.6.4); none is printed."""


class Preflight:
    """Checks one file, and each of its pages when it comes."""

    def __init__(self, name: str, reader: pypdf.PdfReader) -> None:
        self._insert = self._where = f"insert {name}"
        self._seen: set[int] = set()
        self._objects = self._content = 0
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
        self._check_balance(content)
        missing: list[str] = []
        for key, found in self._reached(_value(page, "/Resources")):
            kind = _value(found, "/Type")
            if key == "/Font" or kind == "/Font":
                fonts = [found] if kind == "/Font" else map(_dictionary, found.values())
                missing += [_name(font) for font in fonts if not _is_embedded(font)]
            if kind in ("/OCG", "/OCMD") or "/OC" in found:
                self._refuse_layer(found)
            if isinstance(found, StreamObject):
                self._check_stream(found)
        if missing:
            named = ", ".join(dict.fromkeys(missing))
            self._refuse(f"font {named} is not in the file, and another would be printed", "embed all fonts")

    def _refuse(self, why: str, remedy: str) -> NoReturn:
        raise BadJob(f"{self._where}: {why}; {remedy}")

    def _refuse_layer(self, layer: DictionaryObject) -> NoReturn:
        """Refuse a layer: a form has none that could be hidden, all of it would be printed (8.11.4)."""
        layer = _dictionary(_value(layer, "/OC", layer))
        groups = [layer, _dictionary(_value(layer, "/OCGs")), *map(_dictionary, _array(_value(layer, "/OCGs")))]
        name = next((_value(group, "/Name") for group in groups if "/Name" in group), "without a name")
        self._refuse(f"layer '{name}' may be hidden, and would be printed", "write it without layers")

    def _check_box(self, page: pypdf.PageObject) -> None:
        if page.rotation:
            self._refuse(f"it is turned by {page.rotation} degrees", "write it upright")
        if page.user_unit != 1:
            self._refuse("it has units of its own (UserUnit)", _PRINT_AGAIN)
        size = float(page.cropbox.width) * MM_PER_PT, float(page.cropbox.height) * MM_PER_PT
        if any(abs(length - wanted) > TOLERANCE for length, wanted in zip(size, A4, strict=True)):
            said = f"it is a page of {size[0]:.0f} × {size[1]:.0f} mm, and the paper is A4 upright"
            self._refuse(said, "write it in that size")

    def _check_annotations(self, page: pypdf.PageObject) -> None:
        for annotation in map(_dictionary, _array(_value(page, "/Annots"))):
            # What a reader draws for a field, a stamp or a note is no part of the page (12.5); a link draws nothing.
            if _value(annotation, "/Subtype") not in ("/Link", "/Popup"):
                self._refuse("it has fields, stamps or notes", _PRINT_AGAIN)
            if "/AA" in annotation or not _is_harmless(_value(annotation, "/A")):
                self._refuse("a link runs a script or a program", _PRINT_AGAIN)
        if "/AA" in page:
            self._refuse("it runs a script or an action when it is opened", _PRINT_AGAIN)

    def _check_stream(self, stream: StreamObject) -> None:
        for key, what in _ELSEWHERE.items():
            if key in stream:
                self._refuse(f"{what} of it lies outside the file ({key})", "put it into the file, or " + _PRINT_AGAIN)
        kinds = _value(stream, "/Subtype"), _value(stream, "/Subtype2")
        if "/PS" in kinds or "/PS" in stream:
            self._refuse("it holds PostScript, which not every printer runs", _PRINT_AGAIN)
        if "/Form" in kinds or _value(stream, "/PatternType") == 1:
            self._check_balance(stream.get_data())

    def _check_balance(self, content: bytes) -> None:
        """Check that a content ends in the state in which it began (8.4.2, 9.4.1)."""
        self._content += len(content)
        if self._content > MOST_CONTENT:
            self._refuse(f"what is drawn takes more than {MOST_CONTENT // 10**6} MB", "make pictures of its drawings")
        depth, in_text = 0, False
        for operator in _operators(content):
            if operator in (b"q", b"Q"):
                depth += 1 if operator == b"q" else -1
            elif in_text == (operator == b"BT"):
                self._refuse("its BT and ET do not balance", _PRINT_AGAIN)
            else:
                in_text = not in_text
            if depth < 0:
                break
        if depth or in_text:
            self._refuse(f"its {'BT and ET' if in_text else 'q and Q'} do not balance", _PRINT_AGAIN)

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


_TOKEN = re.compile(
    rb"%[^\r\n]*|\(|(?<![^\s()<>\[\]{}%])(?:q|Q|BT|ET)(?![^\s()<>\[\]{}/%])"
    rb"|(?<![^\s()<>\[\]{}%])BI\s.*?\sID\s.*?\sEI(?=\s|\Z)",
    re.DOTALL,
)
_OF_STRING = re.compile(rb"\\.|[()]", re.DOTALL)


def _operators(content: bytes) -> Iterator[bytes]:
    """Yield q, Q, BT and ET of a content, outside strings, comments and inline images (7.3.4.2, 8.9.7)."""
    position = 0
    while token := _TOKEN.search(content, position):
        position = token.end()
        if token[0] in (b"q", b"Q", b"BT", b"ET"):
            yield token[0]
        elif token[0] == b"(":
            depth = 1
            while depth and (part := _OF_STRING.search(content, position)):
                depth += {b"(": 1, b")": -1}.get(part[0], 0)
                position = part.end()
