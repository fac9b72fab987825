"""Read a print file back from its bytes: what every page draws and where, in the order it was drawn.

A reader of its own: it shares no code with the press and takes nothing from the program's memory. It is strict rather
than tolerant: a page is written as all of ours are, key by key and operator by operator, or the file is refused, so
that nothing stands on a page that is not told here. It is fast enough for every page of every run: what pages have in
common is understood once. With ``proof_of_glyphs`` the text read back is proof of ink, with ``placing`` of its place.
"""

from __future__ import annotations

import itertools
import mmap
import re
import zlib
from array import array
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from operator import getitem
from pathlib import Path

from renderer.model.errors import BadBatch
from renderer.proof.content import Font, Frame, Skeletons, Start, cut


@dataclass(frozen=True, slots=True)
class PageMarks:
    """One page as the file has it. Text of the plate is not read again on each page: it stands in its form."""

    form: str
    """Resource name of the form that is drawn first: the plate or the insert's page."""
    box: bytes
    """MediaBox and TrimBox."""
    height: bytes
    """By which y is turned round; b"" on a page without marks of its own."""
    starts: tuple[Start, ...]
    texts: list[str]
    """One for each start."""
    strings: list[bytes]
    """The same as hexadecimal identifiers."""
    frames: tuple[Frame, ...]
    paths: list[str]
    """One for each frame, as it is written."""

    @property
    def text(self) -> str:
        """All texts, one after the other."""
        return "".join(self.texts)


@dataclass(frozen=True, slots=True)
class Form:
    """A form that pages draw."""

    entries: int
    """Position of its dictionary behind /Length and /Filter."""
    content: bytes


_NODE = re.compile(rb"<</Type/Pages(?:/Parent \d+ 0 R|/MediaBox\[([^\]]*)\])/Count \d+/Kids\[([^\]]*)\]>>\n")
_LEAF = re.compile(
    rb"<</Type/Page/Parent \d+ 0 R(?:/MediaBox\[([^\]]*)\])?/TrimBox\[([^\]]*)\]"
    rb"/Resources (\d+) 0 R/Contents (\d+) 0 R>>\n"
)
_CATALOG = re.compile(
    rb"<</Type/Catalog/Pages (\d+) 0 R/Outlines \d+ 0 R/PageMode/UseOutlines/PageLabels \d+ 0 R/Metadata \d+ 0 R"
    rb"/Lang\(ja\)/ViewerPreferences<</PrintScaling/None>>>>\n"
)
_TAIL = re.compile(
    rb"trailer\n<</Size (\d+)/Root (\d+) 0 R/Info \d+ 0 R/ID\[<[0-9a-f]{32}><[0-9a-f]{32}>\]>>\n"
    rb"startxref\n(\d+)\n%%EOF\n"
)
_FONT = re.compile(
    rb"<</Type/Font/Subtype/Type0/BaseFont/[A-Z]{6}\+([\w.+-]+)/Encoding/Identity-H/DescendantFonts\[(\d+) 0 R\]"
    rb"/ToUnicode (\d+) 0 R>>\n"
)
_DESCENDANT = re.compile(
    rb"<</Type/Font/Subtype/CIDFontType2/BaseFont/[A-Z]{6}\+[\w.+-]+/CIDSystemInfo<</Registry\(Adobe\)"
    rb"/Ordering\(Identity\)/Supplement 0>>/CIDToGIDMap \d+ 0 R/DW 1000/W\[(\d+\[\d+\](?: \d+\[\d+\])*)\]"
    rb"/FontDescriptor \d+ 0 R>>\n"
)
_RESOURCES = re.compile(rb"<</Font<<([^<>]*)>>/XObject<<([^<>]*)>>>>\n")
_REFERENCE = re.compile(rb"(\d+) 0 R")
_NAMED_REFERENCE = re.compile(rb"/(\w+) (\d+) 0 R")
_BFCHAR = re.compile(rb"<([0-9A-F]{4})><([0-9A-F]+)>")
_WIDTH = re.compile(rb"(\d+)\[(\d+)\]")
_STREAM = re.compile(rb"<</Length (\d+)/Filter/FlateDecode")


class ReadBack:
    """An open print file."""

    def __init__(self, name: str, data: mmap.mmap) -> None:
        self._name = name
        self._data = data
        self._offsets = self._read_xref()
        self._resources = b""
        self.fonts: dict[str, Font] = {}
        """By resource name; known when the first page was read."""
        self._forms: dict[str, int] = {}
        self._box = b""
        self._skeletons = Skeletons({})

    def form(self, name: str) -> Form:
        """Return a form that a page of this file draws.

        :raises BadBatch: when there is none of that name, or it is written otherwise than ours are.
        """
        number = self._forms.get(name)
        if number is None:
            raise BadBatch("a page draws a form that the file does not have; print the batch again")
        with _whole(self._name):
            head = _STREAM.match(self._data, self.at(number))
            if head is None:
                raise _written_otherwise("a form")
            opening = self._data.find(b">>\nstream\n", head.end())
            return Form(head.end(), self._unpacked(opening, int(head[1])))

    def follows(self, position: int, expected: bytes) -> bool:
        """Whether these bytes stand at a position."""
        return self._data[position : position + len(expected)] == expected

    def reference_at(self, position: int) -> tuple[int, int]:
        """Read a reference at a position: the number, and the position behind it."""
        found = _REFERENCE.match(self._data, position)
        if found is None:
            raise _written_otherwise("a form")
        return int(found[1]), found.end()

    def font_name(self, number: int) -> str:
        """Return the PostScript name of a font dictionary, without the tag of its subset."""
        return self._read(_FONT, number, "a font")[1].decode()

    def pages(self) -> Iterator[PageMarks]:
        """Yield the pages in order.

        :raises BadBatch: when a page is written otherwise than ours are, or draws an identifier without a text.
        """
        leaves = self._leaves(int(self._read(_CATALOG, self._root, "the catalog")[1]))
        for number in itertools.count(1):
            with _whole(self._name):
                try:
                    leaf = next(leaves, None)
                    page = leaf and self._page(leaf)
                except BadBatch as wrong:
                    raise BadBatch(f"{self._name}: page {number}: {wrong}") from None
            if page is None:
                return
            yield page

    def _read_xref(self) -> array[int]:
        tail = _TAIL.fullmatch(self._data, max(self._data.rfind(b"trailer"), 0))
        if tail is None:
            raise BadBatch(f"{self._name} does not end as the press ends a file; print the batch again")
        size, root, start = map(int, tail.groups())
        self._root = root
        header = b"xref\n0 %d\n" % size
        if not self.follows(start, header) or start + len(header) + 20 * size != tail.start():
            raise BadBatch(f"{self._name} has no whole cross-reference table; print the batch again")
        begin = start + len(header)
        return array("Q", (int(self._data[at : at + 10]) for at in range(begin, tail.start(), 20)))

    def _read(self, pattern: re.Pattern[bytes], number: int, what: str) -> re.Match[bytes]:
        """Read an object that must be written exactly so."""
        found = pattern.fullmatch(self._object(number))
        if found is None:
            raise _written_otherwise(what)
        return found

    def at(self, number: int) -> int:
        """Return the position at which the body of an object begins.

        :raises BadBatch: when the cross-reference table leads elsewhere.
        """
        start = self._offsets[number] if number < len(self._offsets) else -1
        head = b"%d 0 obj\n" % number
        if self._data[start : start + len(head)] != head:
            raise BadBatch(f"object {number} is not where the cross-reference table says; print the batch again")
        return start + len(head)

    def _object(self, number: int) -> bytes:
        start = self.at(number)
        return self._data[start : self._data.find(b"endobj", start)]

    def _stream(self, number: int) -> bytes:
        # Not through ``_object``: packed bytes may hold any word.
        head = _STREAM.match(self._data, self.at(number))
        if head is None or not self.follows(head.end(), b">>\nstream\n"):
            raise _written_otherwise("a stream")
        return self._unpacked(head.end(), int(head[1]))

    def _unpacked(self, opening: int, length: int) -> bytes:
        start = opening + len(b">>\nstream\n")
        if not self.follows(start + length, b"\nendstream\nendobj\n"):
            raise _written_otherwise("the end of a stream")
        return zlib.decompress(self._data[start : start + length])

    def _leaves(self, number: int) -> Iterator[re.Match[bytes]]:
        body = self._object(number)
        leaf = _LEAF.fullmatch(body)
        if leaf:
            yield leaf
            return
        node = _NODE.fullmatch(body)
        if node is None:
            raise _written_otherwise("a page")
        self._box = node[1] or self._box
        for kid in _REFERENCE.findall(node[2]):
            yield from self._leaves(int(kid))

    def _page(self, leaf: re.Match[bytes]) -> PageMarks:
        media, trim, resources, contents = leaf.groups()
        if resources != self._resources:
            self._read_resources(resources)
        if (media or self._box) != trim:
            raise _written_otherwise("the size of a page")
        around, strings, paths = cut(self._stream(int(contents)))
        skeleton = self._skeletons[around]
        try:
            texts = list(map(getitem, skeleton.fonts, strings))
        except KeyError:
            raise BadBatch("a page draws a glyph that has no text; print the batch again") from None
        for span in skeleton.spans:
            texts[span], strings[span] = ["".join(texts[span])], [b"".join(strings[span])]
        return PageMarks(skeleton.form, trim, skeleton.height, skeleton.starts, texts, strings, skeleton.frames, paths)

    def _read_resources(self, number: bytes) -> None:
        """Read the resources, which all pages share."""
        if self._resources:
            raise _written_otherwise("the resources of a page")
        fonts, forms = self._read(_RESOURCES, int(number), "the resources of a page").groups()
        self._resources = number
        self._forms = {name.decode(): int(form) for name, form in _NAMED_REFERENCE.findall(forms)}
        self.fonts = {name.decode(): self._read_font(int(font)) for name, font in _NAMED_REFERENCE.findall(fonts)}
        self._skeletons = Skeletons(self.fonts)

    def _read_font(self, number: int) -> Font:
        name, descendant, to_unicode = self._read(_FONT, number, "a font").groups()
        entries = _BFCHAR.findall(self._stream(int(to_unicode)))
        texts = {int(cid, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for cid, text in entries}
        widths = _WIDTH.findall(self._read(_DESCENDANT, int(descendant), "a font")[1])
        cids = [int(cid) for cid, _ in widths]
        if any(cid >= following for cid, following in itertools.pairwise(cids)):
            raise _written_otherwise("the widths of a font")
        return Font(name.decode(), texts, {int(cid): float(width) for cid, width in widths})


def _written_otherwise(what: str) -> BadBatch:
    return BadBatch(f"{what} is not written as the press writes it; print the batch again")


@contextmanager
def opened_again(path: Path) -> Iterator[ReadBack]:
    """Open a print file to read it back.

    :raises BadBatch: when it is not a whole PDF.
    """
    with ExitStack() as opened:
        with _whole(path.name):
            file = opened.enter_context(path.open("rb"))
            data = opened.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            read = ReadBack(path.name, data)
        yield read


@contextmanager
def _whole(name: str) -> Iterator[None]:
    """Refuse a file in which reading stumbles; what goes wrong elsewhere is none of its faults."""
    try:
        yield
    except (ValueError, IndexError, RecursionError, zlib.error) as error:
        raise BadBatch(f"{name} is not a whole print file; print the batch again") from error
