"""Copy objects out of a PDF that another program wrote: a value and all it refers to → bytes with open references."""

from __future__ import annotations

import io
from collections.abc import Iterator

from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NullObject, PdfObject, StreamObject

from renderer.press.pdfobjects import Parts


class Graph:
    """The objects copied so far, each once."""

    def __init__(self) -> None:
        self.objects: list[Parts] = []
        self._index: dict[int, int] = {}

    def add(self, reference: IndirectObject) -> int:
        """Copy an indirect object and what it refers to; return its index."""
        if reference.idnum not in self._index:
            index = self._index[reference.idnum] = len(self.objects)
            self.objects.append(())
            self.objects[index] = self.parts(reference.get_object())
        return self._index[reference.idnum]

    def parts(self, value: PdfObject | None) -> Parts:
        """Copy a value; what it refers to joins the graph."""
        return tuple(self._parts(value))

    def _parts(self, value: PdfObject | None) -> Iterator[bytes | int]:
        if isinstance(value, IndirectObject):
            yield self.add(value)
        elif isinstance(value, StreamObject):
            data = value._data
            yield from self._dictionary(value, b"/Length %d" % len(data))
            yield b"\nstream\n" + data + b"\nendstream"
        elif isinstance(value, DictionaryObject):
            yield from self._dictionary(value, b"")
        elif isinstance(value, ArrayObject):
            yield b"["
            for item in value:
                yield from self._parts(item)
                yield b" "
            yield b"]"
        else:
            target = io.BytesIO()
            (value if value is not None else NullObject()).write_to_stream(target)
            yield target.getvalue()

    def _dictionary(self, value: DictionaryObject, extra: bytes) -> Iterator[bytes | int]:
        yield b"<<"
        for key, item in value.items():
            if not (extra and key == "/Length"):
                yield from self._parts(key)
                yield b" "
                yield from self._parts(item)
                yield b" "
        yield extra + b">>"
