"""Copy objects out of a PDF that another program wrote: a value and all it refers to → bytes with open references."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NullObject, PdfObject, StreamObject

from renderer.model.sums import sum_of_pieces
from renderer.press.pdffile import PdfFile

Parts = tuple[bytes | int, ...]
"""An object's bytes, with the index of another object of the graph where a reference to it stands."""


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


def put_objects(pdf: PdfFile, objects: Sequence[Parts], written: dict[str, int]) -> list[int]:
    """Write the objects of a graph into a file; return their object numbers.

    ``written`` are those of the file that refer to no other, by their sums: a picture of several graphs is written
    once.
    """
    sums = [sum_of_pieces(part for part in parts if isinstance(part, bytes)) for parts in objects]
    is_leaf = [all(isinstance(part, bytes) for part in parts) for parts in objects]
    numbers, new = [], []
    for index, (leaf, said) in enumerate(zip(is_leaf, sums, strict=True)):
        if not leaf or said not in written:
            number = pdf.reserve()
            new.append(index)
            if leaf:
                written[said] = number
        numbers.append(written[said] if leaf else number)
    for index in new:
        pdf.put(join(objects[index], numbers), numbers[index])
    return numbers


def join(parts: Parts, numbers: Sequence[int]) -> bytes:
    """Close the references of one object."""
    return b"".join(b"%d 0 R" % numbers[part] if isinstance(part, int) else part for part in parts)
