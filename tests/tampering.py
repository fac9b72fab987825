"""A print file of the press → one that was changed behind its back and is a well-made PDF all the same."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from pathlib import Path

Change = Callable[[bytes], bytes]


class PrintedObjects:
    """The objects of a print file by number, to be changed and written again with a right cross-reference table."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        start = int(data[data.rindex(b"startxref") :].split()[1])
        self.trailer = data[data.rindex(b"trailer") : data.rindex(b"startxref")]
        table = re.findall(rb"(\d{10}) 00000 n ", data[start:])
        starts = [int(at) for at in table]
        ends = dict(zip(sorted(starts), [*sorted(starts)[1:], start], strict=True))
        self.header = data[: min(starts)]
        self.objects = {
            number: data[at : ends[at]].split(b" obj\n", 1)[1].rsplit(b"\nendobj", 1)[0]
            for number, at in enumerate(starts, 1)
        }

    def write(self, path: Path) -> Path:
        """Write the objects, as they are now, into a whole file."""
        data, offsets = bytearray(self.header), []
        for number in sorted(self.objects):
            offsets.append(len(data))
            data += b"%d 0 obj\n%b\nendobj\n" % (number, self.objects[number])
        start = len(data)
        data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
        data += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        data += re.sub(rb"/Size \d+", b"/Size %d" % (len(offsets) + 1), self.trailer)
        data += b"startxref\n%d\n%%%%EOF\n" % start
        path.write_bytes(data)
        return path

    def add(self, body: bytes) -> int:
        """Add an object; return its number."""
        number = max(self.objects) + 1
        self.objects[number] = body
        return number

    def pages(self) -> list[int]:
        """Numbers of the page objects in order."""
        return [number for number, body in sorted(self.objects.items()) if body.startswith(b"<</Type/Page/")]

    def typed(self, kind: bytes) -> int:
        """Number of the first object of a /Type; a name that ends in / is the whole of it."""
        return next(number for number, body in sorted(self.objects.items()) if b"/Type/" + kind in body)

    def content(self, page: int) -> int:
        """Number of a page's content stream; pages are counted from 0."""
        found = re.search(rb"/Contents (\d+) 0 R", self.objects[self.pages()[page]])
        assert found
        return int(found[1])

    def change(self, number: int, change: Change) -> None:
        """Change an object's bytes; it must make a difference."""
        before = self.objects[number]
        self.objects[number] = change(before)
        assert self.objects[number] != before

    def change_stream(self, number: int, change: Change) -> None:
        """Change what a stream holds."""
        head, before = self.objects[number].split(b"stream\n", 1)[0], self.stream(number)
        changed = change(before)
        assert changed != before
        again = zlib.compress(changed)
        head = re.sub(rb"/Length \d+", b"/Length %d" % len(again), head, count=1)
        self.objects[number] = head + b"stream\n" + again + b"\nendstream"

    def stream(self, number: int) -> bytes:
        """What a stream holds."""
        return zlib.decompress(self.objects[number].split(b"stream\n", 1)[1].removesuffix(b"\nendstream"))

    def page_text(self, page: int) -> bytes:
        """A page's own content."""
        return self.stream(self.content(page))

    def fonts(self) -> tuple[int, ...]:
        """Numbers of the font dictionaries."""
        return tuple(number for number, body in self.objects.items() if b"/Subtype/Type0" in body)

    def referred(self, number: int, key: bytes) -> int:
        """The number that a key of an object refers to."""
        found = re.search(rb"/%b \[?(\d+) 0 R" % key, self.objects[number].replace(b"[", b" ["))
        assert found
        return int(found[1])
