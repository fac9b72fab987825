"""Objects that were copied out of another PDF, their references open, into a file of ours."""

from __future__ import annotations

from collections.abc import Sequence

from renderer.model.sums import sum_of_pieces
from renderer.press.pdffile import PdfFile

Parts = tuple[bytes | int, ...]
"""An object's bytes, with the index of another object of its graph (``pdfgraph``) where a reference to it stands."""


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
