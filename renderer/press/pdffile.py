"""Write a PDF file object after object: pages in order → a file on disk, in memory that does not grow with it.

Only the offset of each object stays in memory (8 bytes). The page tree, the bookmarks and the page labels are written
as balanced trees while the pages go by. No clock and no random: the file identifier is a sum over the content.
Clauses are of ISO 32000-1.
"""

from __future__ import annotations

import hashlib
from array import array
from pathlib import Path
from typing import NamedTuple

import deflate

from renderer.model.blocks import AT_ONCE
from renderer.model.paper import A4, MM_PER_PT

FANOUT = 64
"""Kids of a page tree node, labels of a leaf of the number tree."""
COMPRESSION = 6
"""Of libdeflate: for a page's content half the time of zlib and 3 % smaller, the same bytes on every machine."""
_BYTES_AT_ONCE = 1 << 16
"""Bytes that wait to be written and summed up together."""
_OBJECTS_AT_ONCE = 4 * AT_ONCE
"""Objects that wait to be packed together: a page that begins a piece has four, all counted."""
_OBJECT_BYTES_AT_ONCE = 1 << 20
"""Bytes of such objects: a picture does not wait."""
_A4 = b"0 0 %f %f" % (A4[0] / MM_PER_PT, A4[1] / MM_PER_PT)


class PdfFile:
    """A PDF being written. Objects are numbered from 1; ``reserve()`` gives a number, ``put()`` writes the object."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("wb")
        self._offsets = array("Q", [0])
        self._position = 0
        self._objects: list[_Object] = []
        """Those that wait to be packed and written, in their order."""
        self._object_bytes = 0
        self._waiting = bytearray()
        self._sum = hashlib.sha256()
        self.catalog = self.reserve()
        self._pages = _PageTree(self)
        self._outline = _Outline(self)
        self._labels = _Labels(self)
        # A comment of four bytes above 127 tells transfer programs that the file is binary (7.5.2).
        self._emit(b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n")

    @property
    def page_count(self) -> int:
        """Pages written so far."""
        return self._pages.count

    def reserve(self) -> int:
        """Return the number of an object that will be written later."""
        self._offsets.append(0)
        return len(self._offsets) - 1

    def put(self, body: bytes, number: int = 0) -> int:
        """Write an object; return its number."""
        return self._put(_Object(number or self.reserve(), body))

    def put_stream(self, data: bytes, entries: bytes = b"") -> int:
        """Write a Flate-compressed stream with further dictionary ``entries``; return its number."""
        return self._put(_Object(self.reserve(), entries, data))

    def _put(self, thing: _Object) -> int:
        self._objects.append(thing)
        self._object_bytes += len(thing.body) + len(thing.data or b"")
        if len(self._objects) >= _OBJECTS_AT_ONCE or self._object_bytes >= _OBJECT_BYTES_AT_ONCE:
            self._write_objects()
        return thing.number

    def _write_objects(self) -> None:
        """Pack all streams that wait, and then write all objects."""
        packed = [None if one.data is None else deflate.zlib_compress(one.data, COMPRESSION) for one in self._objects]
        for (number, body, _), stream in zip(self._objects, packed, strict=True):
            if stream is not None:
                head = b"<</Length %d/Filter/FlateDecode%b>>\nstream\n" % (len(stream), body)
                body = head + stream + b"\nendstream"
            self._offsets[number] = self._position
            self._emit(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        self._objects.clear()
        self._object_bytes = 0

    def put_page(self, media_box: bytes, entries: bytes) -> None:
        """Write a page with its MediaBox and ``entries`` (all but /Type and /Parent)."""
        self._pages.add(media_box, entries)

    def begin_piece(self, bookmark: str, label_prefix: str) -> None:
        """Begin a piece at the next page: a bookmark, and pages labelled ``<prefix>1``, ``<prefix>2`` and so on."""
        self._outline.add(bookmark, self._pages.next_number())
        self._labels.add(label_prefix, self._pages.count)

    def finish(self, title: str, producer: str) -> str:
        """Write what stands at the end, close the file and return its SHA-256."""
        pages = self._pages.finish()
        outline = self._outline.finish()
        labels = self._labels.finish()
        metadata = self._put_metadata(title, producer)
        info = self.put(b"<</Title %b/Producer %b>>" % (text_string(title), text_string(producer)))
        self.put(
            b"<</Type/Catalog/Pages %d 0 R/Outlines %d 0 R/PageMode/UseOutlines/PageLabels %d 0 R/Metadata %d 0 R"
            b"/Lang(ja)/ViewerPreferences<</PrintScaling/None>>>>" % (pages, outline, labels, metadata),
            self.catalog,
        )
        self._finish_xref(info)
        self._file.close()
        return self._sum.hexdigest()

    def _put_metadata(self, title: str, producer: str) -> int:
        xmp = (
            '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">'
            f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{_xml(title)}</rdf:li></rdf:Alt></dc:title>'
            f"<pdf:Producer>{_xml(producer)}</pdf:Producer></rdf:Description></rdf:RDF></x:xmpmeta>"
            '<?xpacket end="r"?>'
        ).encode()
        head = b"<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n" % len(xmp)
        return self.put(head + xmp + b"\nendstream")

    def _finish_xref(self, info: int) -> None:
        self._write_objects()
        start = self._position
        self._emit(b"xref\n0 %d\n0000000000 65535 f \n" % len(self._offsets))
        for first in range(1, len(self._offsets), 4096):
            block = self._offsets[first : first + 4096]
            self._emit(b"".join(b"%010d 00000 n \n" % offset for offset in block))
        self._write_out()
        identifier = self._sum.hexdigest()[:32].encode()
        self._emit(
            b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]>>\nstartxref\n%d\n%%%%EOF\n"
            % (len(self._offsets), self.catalog, info, identifier, identifier, start)
        )
        self._write_out()

    def _emit(self, data: bytes) -> None:
        self._waiting += data
        self._position += len(data)
        if len(self._waiting) > _BYTES_AT_ONCE:
            self._write_out()

    def _write_out(self) -> None:
        self._file.write(self._waiting)
        self._sum.update(self._waiting)
        self._waiting.clear()

    def close(self) -> None:
        """Close the file, finished or not."""
        self._file.close()


class _Object(NamedTuple):
    """An object that is to be written."""

    number: int
    body: bytes
    """Of a stream, the entries of its dictionary."""
    data: bytes | None = None
    """Of a stream, what is to be packed."""


class _PageTree:
    """A balanced page tree (7.7.3): a node is written as soon as it is full."""

    def __init__(self, pdf: PdfFile) -> None:
        self.pdf = pdf
        self.count = 0
        self._levels: list[_Node] = []
        self._next = 0
        self._box = b""

    def next_number(self) -> int:
        """Return the object number the next page will have."""
        self._next = self._next or self.pdf.reserve()
        return self._next

    def add(self, media_box: bytes, entries: bytes) -> None:
        # The first page's box stands in the root, where all the others of its size find it (7.7.3.4).
        self._box = self._box or media_box
        if media_box != self._box:
            entries = b"/MediaBox[%b]%b" % (media_box, entries)
        number = self.next_number()
        self._next = 0
        parent = self._open(0)
        self.pdf.put(b"<</Type/Page/Parent %d 0 R%b>>" % (parent.number, entries), number)
        parent.kids.append(number)
        parent.leaves += 1
        self.count += 1

    def _open(self, level: int) -> _Node:
        """Return the node of this level that has room for a kid."""
        if level == len(self._levels):
            self._levels.append(_Node(self.pdf.reserve()))
        elif len(self._levels[level].kids) == FANOUT:
            self._close(level)
            self._levels[level] = _Node(self.pdf.reserve())
        return self._levels[level]

    def _close(self, level: int) -> None:
        node = self._levels[level]
        parent = self._open(level + 1)
        self._put(node, b"/Parent %d 0 R" % parent.number)
        parent.kids.append(node.number)
        parent.leaves += node.leaves

    def _put(self, node: _Node, entries: bytes) -> None:
        kids = b" ".join(b"%d 0 R" % kid for kid in node.kids)
        self.pdf.put(b"<</Type/Pages%b/Count %d/Kids[%b]>>" % (entries, node.leaves, kids), node.number)

    def finish(self) -> int:
        """Close the open nodes from the leaves up; return the root."""
        if self._next:
            raise ValueError("a piece was begun and has no page")
        if not self._levels:
            self._open(0)
        level = 0
        while level < len(self._levels) - 1:
            self._close(level)
            level += 1
        root = self._levels[-1]
        self._put(root, b"/MediaBox[%b]" % (self._box or _A4))
        return root.number


class _Node:
    __slots__ = ("kids", "leaves", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.kids: list[int] = []
        self.leaves = 0


class _Outline:
    """One flat level of bookmarks (12.3.3); each is written when its successor is known."""

    def __init__(self, pdf: PdfFile) -> None:
        self.pdf = pdf
        self.root = pdf.reserve()
        self._count = self._first = self._last = 0
        self._pending: tuple[int, int, bytes] | None = None

    def add(self, title: str, page: int) -> None:
        number = self.pdf.reserve()
        self._flush(number)
        self._pending = (number, page, text_string(title))
        self._first = self._first or number
        self._count += 1

    def _flush(self, following: int) -> None:
        if self._pending is None:
            return
        number, page, title = self._pending
        before = b"/Prev %d 0 R" % self._last if self._last else b""
        after = b"/Next %d 0 R" % following if following else b""
        self.pdf.put(
            b"<</Title %b/Parent %d 0 R%b%b/Dest[%d 0 R/Fit]>>" % (title, self.root, before, after, page), number
        )
        self._last = number

    def finish(self) -> int:
        self._flush(0)
        ends = b"/First %d 0 R/Last %d 0 R" % (self._first, self._last) if self._count else b""
        return self.pdf.put(b"<</Type/Outlines/Count %d%b>>" % (self._count, ends), self.root)


class _Labels:
    """Page labels as a number tree of two levels (12.4.2, 7.9.7)."""

    def __init__(self, pdf: PdfFile) -> None:
        self.pdf = pdf
        self._leaves: list[tuple[int, int, int]] = []
        self._open: list[tuple[int, bytes]] = []

    def add(self, prefix: str, page_index: int) -> None:
        self._open.append((page_index, text_string(prefix)))
        if len(self._open) == FANOUT:
            self._close()

    def _close(self) -> None:
        nums = b" ".join(b"%d<</S/D/P %b>>" % entry for entry in self._open)
        first, last = self._open[0][0], self._open[-1][0]
        number = self.pdf.put(b"<</Limits[%d %d]/Nums[%b]>>" % (first, last, nums))
        self._leaves.append((first, last, number))
        self._open = []

    def finish(self) -> int:
        if not self._leaves:
            nums = b" ".join(b"%d<</S/D/P %b>>" % entry for entry in self._open) or b"0<</S/D>>"
            return self.pdf.put(b"<</Nums[%b]>>" % nums)
        if self._open:
            self._close()
        return self.pdf.put(b"<</Kids[%b]>>" % b" ".join(b"%d 0 R" % number for _, _, number in self._leaves))


def text_string(text: str) -> bytes:
    """Write a text string (7.9.2): ASCII as it is, anything else as UTF-16."""
    if text.isascii():
        raw = text.encode()
        return b"(" + raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"
    return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode() + b">"


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
