"""Read a print file back from its bytes: what every page draws and where, in the order it was drawn.

A reader of its own: it shares no code with the press and takes nothing from the program's memory. It is strict rather
than tolerant: a page is written as all of ours are, key by key and operator by operator, or the file is refused, so
that nothing stands on a page that is not told here. Of the rest, bookmarks, page labels, title and fonts, the same is
asked, and that nothing else is in the file: every byte is of an object that was read. It is fast enough for every page
of every run: what pages have in common is understood once. With ``proof_of_glyphs`` the text read back is proof of ink,
with ``placing`` of its place.
"""

from __future__ import annotations

import itertools
import mmap
import re
import zlib
from array import array
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from operator import getitem
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from xml.sax.saxutils import escape

from renderer.model.errors import BadBatch
from renderer.proof import grammar
from renderer.proof.content import Font, Frame, Skeletons, Start, cut


class PageMarks(NamedTuple):
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


class ReadBack:
    """An open print file."""

    def __init__(self, name: str, data: mmap.mmap, vertical: Mapping[str, Collection[int]]) -> None:
        self._name = name
        self._data = data
        self._vertical = vertical
        """PostScript name of a font → its identifiers in which no value may stand."""
        self._offsets = self._read_xref()
        self._ends = array("Q", bytes(8 * len(self._offsets)))
        """Where each object ends that was read; 0 of any other."""
        self._leaf_numbers = array("Q")
        """Numbers of the pages read so far."""
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
            head = grammar.STREAM.match(self._data, self.at(number))
            if head is None:
                raise _written_otherwise("a form")
            opening = self._data.find(b">>\nstream\n", head.end())
            return Form(head.end(), self._unpacked(number, opening, int(head[1])))

    def follows(self, position: int, expected: bytes) -> bool:
        """Whether these bytes stand at a position."""
        return self._data[position : position + len(expected)] == expected

    def reference_at(self, position: int) -> tuple[int, int]:
        """Read a reference at a position: the number, and the position behind it."""
        found = grammar.REFERENCE.match(self._data, position)
        if found is None:
            raise _written_otherwise("a form")
        return int(found[1]), found.end()

    def font_name(self, number: int) -> str:
        """Return the PostScript name of a font dictionary, without the tag of its subset."""
        return self._read(grammar.FONT, number, "a font")[2].decode()

    def read_to(self, number: int, end: int) -> None:
        """Note that an object was read, to its end: nothing else may be in the file."""
        self._ends[number] = end

    def pages(self) -> Iterator[PageMarks]:
        """Yield the pages in order.

        :raises BadBatch: when a page is written otherwise than ours are, or draws an identifier without a text.
        """
        leaves = self._leaves(int(self._catalog()[1]), 0)
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

    def bookmarks(self) -> Iterator[tuple[int, str]]:
        """Yield each bookmark: the page (from 0) that it leads to, and what it says. All pages have been read.

        :raises BadBatch: when one is written otherwise than ours are.
        """
        root = int(self._catalog()[2])
        count, first, last = (int(entry or 0) for entry in self._read(grammar.OUTLINE, root, "the outline").groups())
        pages = {number: page for page, number in enumerate(self._leaf_numbers)}
        before, here = 0, first
        for _ in range(count):
            title, *entries = self._read(grammar.BOOKMARK, here, "a bookmark").groups()
            parent, previous, following, page = (int(entry or 0) for entry in entries)
            if (parent, previous) != (root, before) or page not in pages:
                raise _written_otherwise("a bookmark")
            yield pages[page], _text(title)
            before, here = here, following
        if (before, here) != (last, 0):
            raise _written_otherwise("the outline")

    def labels(self) -> Iterator[tuple[int, str]]:
        """Yield where page labels begin anew: the page (from 0), and what stands before its number.

        :raises BadBatch: when they are written otherwise than ours are.
        """
        root = int(self._catalog()[3])
        tree = grammar.LABEL_TREE.fullmatch(self._object(root))
        for number in map(int, grammar.REFERENCE.findall(tree[1])) if tree else (root,):
            leaf = self._read(grammar.LABELS, number, "a page label")
            found = [(int(page), _text(prefix)) for page, prefix in grammar.LABEL.findall(leaf[3])]
            if [int(end) for end in leaf.group(1, 2) if end] != ([found[0][0], found[-1][0]] if tree else []):
                raise _written_otherwise("a page label")
            yield from found

    @property
    def title(self) -> str:
        """The title of the file, as both of its places say.

        :raises BadBatch: when they do not say the same.
        """
        title = _text(self._read(grammar.INFO, self._info, "the title")[1])
        number = int(self._catalog()[4])
        start, xmp = self.at(number), grammar.XMP.format(escape(title)).encode()
        body = b"<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%b\nendstream\nendobj\n" % (len(xmp), xmp)
        if not self.follows(start, body):
            raise _written_otherwise("the title")
        self.read_to(number, start + len(body))
        return title

    def check_nothing_else(self) -> None:
        """Check that the file has nothing but what was read of it.

        :raises BadBatch: when it has an object that belongs to nothing, or bytes between two of them.
        """
        unread = next((number for number, end in enumerate(self._ends) if number and not end), 0)
        if unread:
            raise BadBatch(f"object {unread} belongs to no page; print the batch again")
        bodies = sum(self._ends) - sum(self._offsets)
        if not self.follows(0, grammar.HEADER) or len(grammar.HEADER) + bodies != self._table:
            raise BadBatch("something stands between the objects of the file; print the batch again")

    def _catalog(self) -> re.Match[bytes]:
        return self._read(grammar.CATALOG, self._root, "the catalog")

    def _read_xref(self) -> array[int]:
        tail = grammar.TAIL.fullmatch(self._data, max(self._data.rfind(b"trailer"), 0))
        if tail is None:
            raise BadBatch(f"{self._name} does not end as the press ends a file; print the batch again")
        size, self._root, self._info, self._table = map(int, tail.groups())
        header = b"xref\n0 %d\n" % size
        begin = self._table + len(header)
        whole = self.follows(self._table, header) and begin + 20 * size == tail.start()
        if not whole or not grammar.ENTRIES.fullmatch(self._data, begin, tail.start()):
            raise BadBatch(f"{self._name} has no whole cross-reference table; print the batch again")
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
        end = self._data.find(b"endobj\n", start)
        self.read_to(number, end + len(b"endobj\n"))
        return self._data[start:end]

    def _stream(self, number: int, *, measured: bool = False) -> bytes:
        """Unpack a stream; one that is ``measured`` says its length, too."""
        # Not through ``_object``: packed bytes may hold any word.
        head = grammar.STREAM.match(self._data, self.at(number))
        if head is None or not self.follows(head.end(), b">>\nstream\n"):
            raise _written_otherwise("a stream")
        data = self._unpacked(number, head.end(), int(head[1]))
        if head[2] != (b"%d" % len(data) if measured else None):
            raise _written_otherwise("a stream")
        return data

    def _unpacked(self, number: int, opening: int, length: int) -> bytes:
        start, closing = opening + len(b">>\nstream\n"), b"\nendstream\nendobj\n"
        if not self.follows(start + length, closing):
            raise _written_otherwise("the end of a stream")
        self.read_to(number, start + length + len(closing))
        return zlib.decompress(self._data[start : start + length])

    def _leaves(self, number: int, parent: int) -> Iterator[re.Match[bytes]]:
        """Yield the pages below a node of the page tree, in order; each knows its node, and each node its own."""
        body = self._object(number)
        leaf = grammar.LEAF.fullmatch(body)
        if leaf and int(leaf[1]) == parent:
            self._leaf_numbers.append(number)
            yield leaf
            return
        node = grammar.NODE.fullmatch(body)
        if node is None or int(node[1] or 0) != parent:
            raise _written_otherwise("a page")
        self._box = node[2] or self._box
        before = len(self._leaf_numbers)
        for kid in grammar.REFERENCE.findall(node[4]):
            yield from self._leaves(int(kid), number)
        if len(self._leaf_numbers) - before != int(node[3]):
            raise BadBatch("a part of the page tree counts other pages than it has; print the batch again")

    def _page(self, leaf: re.Match[bytes]) -> PageMarks:
        _, media, trim, resources, contents = leaf.groups()
        if resources != self._resources:
            self._read_resources(resources)
        if (media or self._box) != trim:
            raise _written_otherwise("the size of a page")
        around, strings, paths = cut(self._stream(int(contents)))
        skeleton = self._skeletons[around]
        try:
            texts = list(map(getitem, skeleton.fonts, strings))
        except KeyError:
            raise BadBatch("a page draws a value in a glyph that says none; print the batch again") from None
        for span in skeleton.spans:
            texts[span], strings[span] = ["".join(texts[span])], [b"".join(strings[span])]
        return PageMarks(skeleton.form, trim, skeleton.height, skeleton.starts, texts, strings, skeleton.frames, paths)

    def _read_resources(self, number: bytes) -> None:
        """Read the resources, which all pages share."""
        if self._resources:
            raise _written_otherwise("the resources of a page")
        fonts, forms = self._read(grammar.RESOURCES, int(number), "the resources of a page").groups()
        self._resources = number
        self._forms = {name.decode(): int(form) for name, form in grammar.NAMED_REFERENCE.findall(forms)}
        self.fonts = {
            name.decode(): self._read_font(int(font)) for name, font in grammar.NAMED_REFERENCE.findall(fonts)
        }
        self._skeletons = Skeletons(self.fonts)

    def _read_font(self, number: int) -> Font:
        tagged, name, descendant, to_unicode = self._read(grammar.FONT, number, "a font").groups()
        again, mapping, listed, descriptor = self._read(grammar.DESCENDANT, int(descendant), "a font").groups()
        described = self._read(grammar.DESCRIPTOR, int(descriptor), "a font")
        cmap = self._stream(int(to_unicode))
        if not tagged == again == described[1] or not grammar.TO_UNICODE.fullmatch(cmap):
            raise _written_otherwise("a font")
        # What these hold is for the proof of glyphs.
        self._stream(int(mapping))
        self._stream(int(described[4]), measured=True)
        texts = {
            int(cid, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for cid, text in grammar.BFCHAR.findall(cmap)
        }
        widths = grammar.WIDTH.findall(listed)
        cids = [int(cid) for cid, _ in widths]
        if any(cid >= following for cid, following in itertools.pairwise(cids)):
            raise _written_otherwise("the widths of a font")
        said = name.decode()
        return Font(said, texts, {int(cid): float(width) for cid, width in widths}, self._vertical.get(said, ()))


def _text(written: bytes) -> str:
    """Read a text string (7.9.2)."""
    if written.startswith(b"<"):
        return bytes.fromhex(written[5:-1].decode()).decode("utf-16-be", "replace")
    plain = re.sub(rb"\\(.)", rb"\1", written) if b"\\" in written else written
    return plain[1:-1].decode("latin-1")


def _written_otherwise(what: str) -> BadBatch:
    return BadBatch(f"{what} is not written as the press writes it; print the batch again")


@contextmanager
def opened_again(path: Path, vertical: Mapping[str, Collection[int]] = MappingProxyType({})) -> Iterator[ReadBack]:
    """Open a print file to read it back; ``vertical`` is what ``proof_of_glyphs`` has found of it.

    :raises BadBatch: when it is not a whole PDF.
    """
    with ExitStack() as opened:
        with _whole(path.name):
            file = opened.enter_context(path.open("rb"))
            data = opened.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            read = ReadBack(path.name, data, vertical)
        yield read


@contextmanager
def _whole(name: str) -> Iterator[None]:
    """Refuse a file in which reading stumbles; what goes wrong elsewhere is none of its faults."""
    try:
        yield
    except (ValueError, IndexError, RecursionError, zlib.error) as error:
        raise BadBatch(f"{name} is not a whole print file; print the batch again") from error
