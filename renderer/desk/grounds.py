"""A sheet with its ground and without → where the ground is too dark for what stands on it.

The ground is seen where the sheet is white without it. It is measured in square millimetres, as an eye sees a pattern
of dots or lines: by how much of the paper's light is missing there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any, NamedTuple

from PIL import Image, ImageChops

from renderer.desk.faults import Fault
from renderer.layout.boxes import ink_of, quoted, slot_boxes, texts_of
from renderer.layout.contrast import LEAST_CONTRAST, contrast, red_green_blue
from renderer.layout.schema import Ground
from renderer.model.paper import A4, Edges
from renderer.press.codes import BARCODE_QUIET
from renderer.press.plates import Place, Plate

SLACK = 1.0
"""Percent: what a picture is off by when it is drawn in dots."""
_CELLS = (round(A4[0]), round(A4[1]))
_SEEN = 64
"""Of 255: the share of a square millimetre in which the ground must be seen to be measured."""


class _Tint(NamedTuple):
    """How dark the ground of a page is, in percent, for each square millimetre, row by row; -1 where it is not seen."""

    cells: Sequence[float]

    def darkest(self, edges: Edges) -> float:
        """Return how dark it is at most in a rectangle."""
        left, top, right, bottom = (int(mm) for mm in edges)
        across = range(max(left, 0), min(right + 1, _CELLS[0]))
        rows = range(max(top, 0), min(bottom + 1, _CELLS[1]))
        return max((self.cells[row * _CELLS[0] + column] for row in rows for column in across), default=-1)


def wrong_grounds(
    ground: Ground, plate: Plate, pages: Sequence[Any], drawn: Sequence[Image.Image], bare: Sequence[Image.Image]
) -> Iterator[Fault]:
    """Look at one sheet: its laid-out pages, and how they are drawn with the ground and without."""
    for number, (page, with_ground, without) in enumerate(zip(pages, drawn, bare, strict=True), 1):
        tint = _tint(with_ground, without)
        yield from _too_dark(ground, number, tint)
        for what, colour, edges in _texts(page, plate):
            light = 1 - max(tint.darkest(edges), 0) / 100
            found = contrast(red_green_blue(colour), (light, light, light))
            if found < LEAST_CONTRAST:
                yield Fault(
                    "low-contrast", what, f"its contrast to the ground of page {number} is {found:.1f} to 1",
                    f"make it {LEAST_CONTRAST:g} to 1: a darker text, or a lighter ground",
                )  # fmt: skip
        for place in plate.pages[number - 1].places:
            yield from _under_code(place, number, tint)


def _tint(drawn: Image.Image, bare: Image.Image) -> _Tint:
    paper = reduce(ImageChops.darker, bare.split()).point([0] * 255 + [255])
    missing = ImageChops.multiply(ImageChops.invert(drawn.convert("L")), paper)
    ink, seen = (image.resize(_CELLS, Image.Resampling.BOX).tobytes() for image in (missing, paper))
    return _Tint([100 * dark / share if share >= _SEEN else -1 for dark, share in zip(ink, seen, strict=True)])


def _too_dark(ground: Ground, number: int, tint: _Tint) -> Iterator[Fault]:
    most = max(tint.cells)
    if most > ground.most_ink + SLACK:
        row, column = divmod(tint.cells.index(most), _CELLS[0])
        yield Fault(
            "ground-too-dark", f"page {number}", f"the ground has {most:.0f} % of ink at {column}, {row} mm",
            f"make it lighter, or write most_ink = {most:.0f} and look at the texts on it",
        )  # fmt: skip


def _texts(page: Any, plate: Plate) -> Iterator[tuple[str, Any, Edges]]:
    """Yield what stands on a page: what it is called, its colour, and where."""
    for text, _ in texts_of(page):
        if text.text.strip() and text.style["visibility"] == "visible":
            yield quoted(text.text), text.style["color"], ink_of(text)
    for box, _ in slot_boxes(page):
        place = plate.calls[int(box.element.get("data-place"))]
        if place.kind == "text":
            yield place.slot, box.style["color"], place.edges


def _under_code(place: Place, number: int, tint: _Tint) -> Iterator[Fault]:
    if place.kind == "text":
        return
    most = tint.darkest(place.edges.grown(BARCODE_QUIET, BARCODE_QUIET))
    if most > SLACK:
        yield Fault(
            "ground-under-code", place.slot, f"the ground of page {number} has {most:.0f} % of ink under it",
            f"lay a white box under it, {BARCODE_QUIET:g} mm larger on each side",
        )  # fmt: skip
