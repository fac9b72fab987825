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
from contextlib import contextmanager
from dataclasses import dataclass
from operator import getitem
from pathlib import Path

from renderer.errors import BadBatch
from renderer.proofing.content import Font, Frame, Skeletons, Start, cut


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
_RESOURCES = re.compile(rb"<</Font<<([^<>]*)>>/XObject<<([^<>]*)>>>>\n")
_REFERENCE = re.compile(rb"(\d+) 0 R")
_NAMED_REFERENCE = re.compile(rb"/(\w+) (\d+) 0 R")
_BFCHAR = re.compile(rb"<([0-9A-F]{4})><([0-9A-F]+)>")
_WIDTH = re.compile(rb"(\d+)\[(\d+)\]")
_FORM = re.compile(rb"<</Length \d+/Filter/FlateDecode")


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
        entries = _FORM.match(self._data, self.at(number))
        if entries is None:
            raise _written_otherwise("a form")
        return Form(entries.end(), self._stream(number))

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
        return _only(re.compile(rb"/BaseFont/[A-Z]{6}\+([\w.+-]+)"), self._object(number)).decode()

    def pages(self) -> Iterator[PageMarks]:
        """Yield the pages in order.

        :raises BadBatch: when a page is written otherwise than ours are, or draws an identifier without a text.
        """
        catalog = self._object(self._root)
        leaves = self._leaves(int(_only(_REFERENCE, catalog[catalog.index(b"/Pages") :])))
        for number in itertools.count(1):
            try:
                leaf = next(leaves, None)
                page = leaf and self._page(leaf)
            except BadBatch as wrong:
                raise BadBatch(f"{self._name}: page {number}: {wrong}") from None
            if page is None:
                return
            yield page

    def _read_xref(self) -> array[int]:
        tail = self._data[-1024:]
        start = int(tail[tail.rindex(b"startxref") + 9 :].split()[0])
        end = self._data.rfind(b"trailer")
        self._root = int(_only(re.compile(rb"/Root (\d+) 0 R"), self._data[end:]))
        header = self._data.find(b"\n", self._data.find(b"\n", start) + 1) + 1
        return array("Q", (int(self._data[at : at + 10]) for at in range(header, end, 20)))

    def at(self, number: int) -> int:
        """Return the position at which the body of an object begins.

        :raises BadBatch: when the cross-reference table leads elsewhere.
        """
        start = self._offsets[number]
        head = b"%d 0 obj\n" % number
        if self._data[start : start + len(head)] != head:
            raise BadBatch(f"object {number} is not where the cross-reference table says; print the batch again")
        return start + len(head)

    def _object(self, number: int) -> bytes:
        start = self.at(number)
        return self._data[start : self._data.find(b"endobj", start)]

    def _stream(self, number: int) -> bytes:
        # Not through ``_object``: packed bytes may hold any word.
        start = self.at(number)
        opening = self._data.find(b"stream\n", start)
        length = int(_only(re.compile(rb"/Length (\d+)"), self._data[start:opening]))
        return zlib.decompress(self._data[opening + 7 : opening + 7 + length])

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
        found = _RESOURCES.fullmatch(self._object(int(number)))
        if found is None or self._resources:
            raise _written_otherwise("the resources of a page")
        self._resources = number
        self._forms = {name.decode(): int(form) for name, form in _NAMED_REFERENCE.findall(found[2])}
        self.fonts = {name.decode(): self._read_font(int(font)) for name, font in _NAMED_REFERENCE.findall(found[1])}
        self._skeletons = Skeletons(self.fonts)

    def _read_font(self, number: int) -> Font:
        font = self._object(number)
        descendant = self._object(int(_only(re.compile(rb"/DescendantFonts\[(\d+) 0 R\]"), font)))
        cmap = self._stream(int(_only(re.compile(rb"/ToUnicode (\d+) 0 R"), font)))
        texts = {int(cid, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for cid, text in _BFCHAR.findall(cmap)}
        widths = {int(cid): float(width) for cid, width in _WIDTH.findall(descendant)}
        return Font(self.font_name(number), texts, widths)


def _only(pattern: re.Pattern[bytes], data: bytes) -> bytes:
    found = pattern.search(data)
    if found is None:
        raise BadBatch(f"{pattern.pattern.decode()} is not in the print file; print the batch again")
    return found[1]


def _written_otherwise(what: str) -> BadBatch:
    return BadBatch(f"{what} is not written as the press writes it; print the batch again")


@contextmanager
def opened_again(path: Path) -> Iterator[ReadBack]:
    """Open a print file to read it back.

    :raises BadBatch: when it is not a whole PDF.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield ReadBack(path.name, data)
    except (ValueError, IndexError, RecursionError, zlib.error) as error:
        raise BadBatch(f"{path.name} is not a whole print file; print the batch again") from error
