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
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from operator import getitem
from pathlib import Path
from xml.sax.saxutils import escape

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


_HEADER = b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n"
_ENTRIES = re.compile(rb"0{10} 65535 f \n(?:\d{10} 00000 n \n)*")
_NODE = re.compile(
    rb"<</Type/Pages(?:/Parent (\d+) 0 R|/MediaBox\[([^\]]*)\])/Count (\d+)/Kids\[((?:\d+ 0 R ?)*)\]>>\n"
)
_LEAF = re.compile(
    rb"<</Type/Page/Parent (\d+) 0 R(?:/MediaBox\[([^\]]*)\])?/TrimBox\[([^\]]*)\]"
    rb"/Resources (\d+) 0 R/Contents (\d+) 0 R>>\n"
)
_CATALOG = re.compile(
    rb"<</Type/Catalog/Pages (\d+) 0 R/Outlines (\d+) 0 R/PageMode/UseOutlines/PageLabels (\d+) 0 R/Metadata (\d+) 0 R"
    rb"/Lang\(ja\)/ViewerPreferences<</PrintScaling/None>>>>\n"
)
_TAIL = re.compile(
    rb"trailer\n<</Size (\d+)/Root (\d+) 0 R/Info (\d+) 0 R/ID\[<[0-9a-f]{32}><[0-9a-f]{32}>\]>>\n"
    rb"startxref\n(\d+)\n%%EOF\n"
)
_TEXT = rb"(\((?:[^\\()]|\\[\\()])*\)|<FEFF(?:[0-9A-F]{4})*>)"
_OUTLINE = re.compile(rb"<</Type/Outlines/Count (\d+)(?:/First (\d+) 0 R/Last (\d+) 0 R)?>>\n")
_BOOKMARK = re.compile(
    rb"<</Title %b/Parent (\d+) 0 R(?:/Prev (\d+) 0 R)?(?:/Next (\d+) 0 R)?/Dest\[(\d+) 0 R/Fit\]>>\n" % _TEXT
)
_LABEL = re.compile(rb" ?(\d+)<</S/D/P %b>>" % _TEXT)
_LABELS = re.compile(rb"<<(?:/Limits\[(\d+) (\d+)\])?/Nums\[((?: ?\d+<</S/D/P %b>>)+)\]>>\n" % _TEXT)
_LABEL_TREE = re.compile(rb"<</Kids\[((?:\d+ 0 R ?)+)\]>>\n")
_INFO = re.compile(rb"<</Title %b/Producer \(renderer\)>>\n" % _TEXT)
_XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">'
    '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:title>'
    "<pdf:Producer>renderer</pdf:Producer></rdf:Description></rdf:RDF></x:xmpmeta>"
    '<?xpacket end="r"?>'
)
_FONT = re.compile(
    rb"<</Type/Font/Subtype/Type0/BaseFont/([A-Z]{6}\+([\w.+-]+))/Encoding/Identity-H/DescendantFonts\[(\d+) 0 R\]"
    rb"/ToUnicode (\d+) 0 R>>\n"
)
_DESCENDANT = re.compile(
    rb"<</Type/Font/Subtype/CIDFontType2/BaseFont/([A-Z]{6}\+[\w.+-]+)/CIDSystemInfo<</Registry\(Adobe\)"
    rb"/Ordering\(Identity\)/Supplement 0>>/CIDToGIDMap (\d+) 0 R/DW 1000/W\[(\d+\[\d+\](?: \d+\[\d+\])*)\]"
    rb"/FontDescriptor (\d+) 0 R>>\n"
)
_DESCRIPTOR = re.compile(
    rb"<</Type/FontDescriptor/FontName/([A-Z]{6}\+[\w.+-]+)/Flags 4/FontBBox\[-1000 (-?\d+) 2000 (-?\d+)\]"
    rb"/ItalicAngle 0/Ascent \3/Descent \2/CapHeight \3/StemV 80/FontFile2 (\d+) 0 R>>\n"
)
_RESOURCES = re.compile(rb"<</Font<<([^<>]*)>>/XObject<<([^<>]*)>>>>\n")
_REFERENCE = re.compile(rb"(\d+) 0 R")
_NAMED_REFERENCE = re.compile(rb"/(\w+) (\d+) 0 R")
_BFCHAR = re.compile(rb"<([0-9A-F]{4})><([0-9A-F]+)>")
_TO_UNICODE = re.compile(
    rb"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n"
    rb"<</Registry\(Adobe\)/Ordering\(UCS\)/Supplement 0>> def\n/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n"
    rb"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n"
    rb"(?:\d+ beginbfchar\n(?:<[0-9A-F]{4}><(?:[0-9A-F]{4})+>\n)+endbfchar\n)*"
    rb"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
)
_WIDTH = re.compile(rb"(\d+)\[(\d+)\]")
_STREAM = re.compile(rb"<</Length (\d+)/Filter/FlateDecode(?:/Length1 (\d+))?")


class ReadBack:
    """An open print file."""

    def __init__(self, name: str, data: mmap.mmap) -> None:
        self._name = name
        self._data = data
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
            head = _STREAM.match(self._data, self.at(number))
            if head is None:
                raise _written_otherwise("a form")
            opening = self._data.find(b">>\nstream\n", head.end())
            return Form(head.end(), self._unpacked(number, opening, int(head[1])))

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
        return self._read(_FONT, number, "a font")[2].decode()

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
        count, first, last = (int(entry or 0) for entry in self._read(_OUTLINE, root, "the outline").groups())
        pages = {number: page for page, number in enumerate(self._leaf_numbers)}
        before, here = 0, first
        for _ in range(count):
            title, *entries = self._read(_BOOKMARK, here, "a bookmark").groups()
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
        tree = _LABEL_TREE.fullmatch(self._object(root))
        for number in map(int, _REFERENCE.findall(tree[1])) if tree else (root,):
            leaf = self._read(_LABELS, number, "a page label")
            found = [(int(page), _text(prefix)) for page, prefix in _LABEL.findall(leaf[3])]
            if [int(end) for end in leaf.group(1, 2) if end] != ([found[0][0], found[-1][0]] if tree else []):
                raise _written_otherwise("a page label")
            yield from found

    @property
    def title(self) -> str:
        """The title of the file, as both of its places say.

        :raises BadBatch: when they do not say the same.
        """
        title = _text(self._read(_INFO, self._info, "the title")[1])
        number = int(self._catalog()[4])
        start, xmp = self.at(number), _XMP.format(escape(title)).encode()
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
        if not self.follows(0, _HEADER) or len(_HEADER) + bodies != self._table:
            raise BadBatch("something stands between the objects of the file; print the batch again")

    def _catalog(self) -> re.Match[bytes]:
        return self._read(_CATALOG, self._root, "the catalog")

    def _read_xref(self) -> array[int]:
        tail = _TAIL.fullmatch(self._data, max(self._data.rfind(b"trailer"), 0))
        if tail is None:
            raise BadBatch(f"{self._name} does not end as the press ends a file; print the batch again")
        size, self._root, self._info, self._table = map(int, tail.groups())
        header = b"xref\n0 %d\n" % size
        begin = self._table + len(header)
        whole = self.follows(self._table, header) and begin + 20 * size == tail.start()
        if not whole or not _ENTRIES.fullmatch(self._data, begin, tail.start()):
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
        head = _STREAM.match(self._data, self.at(number))
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
        leaf = _LEAF.fullmatch(body)
        if leaf and int(leaf[1]) == parent:
            self._leaf_numbers.append(number)
            yield leaf
            return
        node = _NODE.fullmatch(body)
        if node is None or int(node[1] or 0) != parent:
            raise _written_otherwise("a page")
        self._box = node[2] or self._box
        before = len(self._leaf_numbers)
        for kid in _REFERENCE.findall(node[4]):
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
        tagged, name, descendant, to_unicode = self._read(_FONT, number, "a font").groups()
        again, mapping, listed, descriptor = self._read(_DESCENDANT, int(descendant), "a font").groups()
        described = self._read(_DESCRIPTOR, int(descriptor), "a font")
        cmap = self._stream(int(to_unicode))
        if not tagged == again == described[1] or not _TO_UNICODE.fullmatch(cmap):
            raise _written_otherwise("a font")
        # What these hold is for the proof of glyphs.
        self._stream(int(mapping))
        self._stream(int(described[4]), measured=True)
        texts = {int(cid, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for cid, text in _BFCHAR.findall(cmap)}
        widths = _WIDTH.findall(listed)
        cids = [int(cid) for cid, _ in widths]
        if any(cid >= following for cid, following in itertools.pairwise(cids)):
            raise _written_otherwise("the widths of a font")
        return Font(name.decode(), texts, {int(cid): float(width) for cid, width in widths})


def _text(written: bytes) -> str:
    """Read a text string (7.9.2)."""
    if written.startswith(b"<"):
        return bytes.fromhex(written[5:-1].decode()).decode("utf-16-be", "replace")
    return re.sub(rb"\\(.)", rb"\1", written[1:-1]).decode("latin-1")


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
