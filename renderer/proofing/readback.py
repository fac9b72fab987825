"""Read a print file back from its bytes: the text of every page, in the order it was drawn.

A reader of its own: it knows PDF and nothing of the press, and takes nothing from the program's memory. It is strict
rather than tolerant, and fast enough for every page of every run. Text of the plate (a form) is not read again on
each page: what differs from sheet to sheet stands in the page's own content. With ``proof_of_glyphs`` the text read
back is proof of ink.
"""

from __future__ import annotations

import mmap
import re
import sys
import zlib
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from renderer.errors import BadBatch


@dataclass(frozen=True, slots=True)
class PageText:
    """One page as the file has it."""

    form: str
    """Resource name of the form that is drawn first: the plate or the insert's page."""
    text: str
    """All strings of the page's own content, one after the other."""
    codes: tuple[str, ...]
    """The paths of its codes, as they are written."""


_KIDS = re.compile(rb"/Kids\s*\[([^\]]*)\]")
_REFERENCE = re.compile(rb"(\d+) 0 R")
_NAMED_REFERENCE = re.compile(rb"/(\w+) (\d+) 0 R")
_CONTENTS = re.compile(rb"/Contents (\d+) 0 R")
_SHOWN = re.compile(rb"/(\w+) [\d.]+ Tf|<([0-9a-f]*)>")
_FORM = re.compile(rb"/(\w+) Do")
_CODE = re.compile(rb" cm\n([^\n]+ re)\nf Q")
_BFCHAR = re.compile(rb"<([0-9A-F]{4})><([0-9A-F]+)>")


class ReadBack:
    """An open print file."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._offsets = self._read_xref()
        self._fonts: dict[bytes, dict[int, str]] = {}
        self._forms: dict[str, int] = {}
        self._contents: dict[str, bytes] = {}

    def form(self, name: str) -> bytes:
        """Return the content of a form that a page of this file draws; b"" where there is none of that name."""
        if name not in self._contents:
            self._contents[name] = self._stream(self._forms[name]) if name in self._forms else b""
        return self._contents[name]

    def pages(self) -> Iterator[PageText]:
        """Yield the pages in order.

        :raises BadBatch: when a page draws an identifier its font has no text for.
        """
        catalog = self._object(self._root)
        for page in self._leaves(_only(_REFERENCE, catalog[catalog.index(b"/Pages") :])):
            yield self._page(page)

    def _read_xref(self) -> array[int]:
        tail = self._data[-1024:]
        start = int(tail[tail.rindex(b"startxref") + 9 :].split()[0])
        end = self._data.rfind(b"trailer")
        self._root = int(_only(re.compile(rb"/Root (\d+) 0 R"), self._data[end:]))
        header = self._data.find(b"\n", self._data.find(b"\n", start) + 1) + 1
        return array("Q", (int(self._data[at : at + 10]) for at in range(header, end, 20)))

    def _object(self, number: int) -> bytes:
        start = self._offsets[number]
        head = b"%d 0 obj\n" % number
        if self._data[start : start + len(head)] != head:
            raise BadBatch(f"object {number} is not where the cross-reference table says; print the batch again")
        return self._data[start + len(head) : self._data.find(b"endobj", start)]

    def _stream(self, number: int) -> bytes:
        # Not through ``_object``: packed bytes may hold any word.
        start = self._offsets[number]
        opening = self._data.find(b"stream\n", start)
        length = int(_only(re.compile(rb"/Length (\d+)"), self._data[start:opening]))
        return zlib.decompress(self._data[opening + 7 : opening + 7 + length])

    def _leaves(self, number: bytes) -> Iterator[bytes]:
        node = self._object(int(number))
        kids = _KIDS.search(node)
        if kids is None:
            yield node
        else:
            for kid in _REFERENCE.findall(kids[1]):
                yield from self._leaves(kid)

    def _page(self, page: bytes) -> PageText:
        content = self._stream(int(_only(_CONTENTS, page)))
        fonts = self._fonts or self._read_resources(page)
        form = _FORM.match(content)
        texts: list[str] = []
        font: dict[int, str] = {}
        try:
            for name, shown in _SHOWN.findall(content):
                if name:
                    font = fonts[name]
                else:
                    cids = array("H", bytes.fromhex(shown.decode()))
                    if sys.byteorder == "little":
                        cids.byteswap()
                    texts += map(font.__getitem__, cids)
        except KeyError:
            raise BadBatch("a page draws a glyph that has no text; print the batch again") from None
        codes = tuple(path.decode() for path in _CODE.findall(content))
        return PageText(form[1].decode() if form else "", "".join(texts), codes)

    def _read_resources(self, page: bytes) -> dict[bytes, dict[int, str]]:
        """Read the resources, which all pages share; return the fonts: resource name → identifier → text."""
        resources = self._object(int(_only(re.compile(rb"/Resources (\d+) 0 R"), page)))
        fonts, forms = resources[resources.index(b"/Font<<") :].split(b">>")[:2]
        self._forms = {name.decode(): int(number) for name, number in _NAMED_REFERENCE.findall(forms)}
        for name, number in _NAMED_REFERENCE.findall(fonts):
            cmap = self._stream(int(_only(re.compile(rb"/ToUnicode (\d+) 0 R"), self._object(int(number)))))
            self._fonts[name] = {
                int(cid, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for cid, text in _BFCHAR.findall(cmap)
            }
        return self._fonts


def _only(pattern: re.Pattern[bytes], data: bytes) -> bytes:
    found = pattern.search(data)
    if found is None:
        raise BadBatch(f"{pattern.pattern.decode()} is not in the print file; print the batch again")
    return found[1]


@contextmanager
def opened_again(path: Path) -> Iterator[ReadBack]:
    """Open a print file to read it back.

    :raises BadBatch: when it is not a whole PDF.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield ReadBack(data)
    except (ValueError, IndexError, RecursionError, zlib.error) as error:
        raise BadBatch(f"{path.name} is not a whole print file; print the batch again") from error
