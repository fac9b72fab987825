"""One sheet by the press, and by WeasyPrint alone → where the two are not the same to the last pixel.

What the press does not know is not in a plate: a rule that asks for a value, a box drawn over a slot. Compiling refuses
what can be seen from the boxes; the rest shows here, before a run finds it in its own sample.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from renderer.layout.drawn import contents_of
from renderer.layout.engine import write_pdf
from renderer.layout.load import Fixed, Layout
from renderer.layout.reference import reference_pdf
from renderer.model.paper import PROOF_DPI
from renderer.press.plates import Plate
from renderer.press.press import PrintFile, Values
from renderer.press.ruler import Ruler
from renderer.proof import pixels
from renderer.proof.pixels import Box


def printed_pages(plate: Plate, values: Values, ruler: Ruler) -> list[Image.Image]:
    """Let the press print one sheet, and draw its pages in colour at PROOF_DPI."""
    with tempfile.TemporaryDirectory() as folder:
        printed = Path(folder) / "press.pdf"
        print_sheet(printed, plate, values, ruler)
        return _drawn(printed)


def drawn_otherwise(
    layout: Layout, plate: Plate, fixed: Fixed, values: Values, ruler: Ruler, printed: Sequence[Image.Image]
) -> Iterator[tuple[int, Box]]:
    """Yield (page from 1, box in mm) of each place where the two differ; ``printed`` is what the press has made of it.

    :raises BadLayout: when WeasyPrint cannot lay the sheet out with these values.
    """
    yield from _differing(printed, reference_pdf(layout, plate, fixed, values, ruler))


def empty_drawn_otherwise(layout: Layout, plate: Plate, sheet: Any, ruler: Ruler) -> Iterator[tuple[int, Box]]:
    """Do as ``drawn_otherwise`` with a sheet that WeasyPrint laid out without values.

    What it draws then is the fixed part alone, and nearly always what the plate has, word for word: nothing has to be
    drawn to see it.
    """
    drawn = write_pdf(layout, sheet)
    if contents_of(drawn) != [page.content for page in plate.pages]:
        yield from _differing(printed_pages(plate, {place.slot: "" for place in plate.places}, ruler), drawn)


def _differing(printed: Sequence[Image.Image], reference: bytes) -> Iterator[tuple[int, Box]]:
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / "weasyprint.pdf"
        drawn.write_bytes(reference)
        pages = _drawn(drawn)
    for number, (in_print, in_reference) in enumerate(zip(printed, pages, strict=True), 1):
        found = pixels.difference(in_reference, in_print, PROOF_DPI)
        yield from ((number, box) for box in (found.boxes if found else ()))


def _drawn(pdf: Path) -> list[Image.Image]:
    with pixels.opened(pdf) as file:
        return [file.pixels(page, PROOF_DPI, colour=True) for page in range(file.page_count)]


def slots_at(plate: Plate, page: int, box: Box) -> Iterator[str]:
    """Yield the slots that have a place where a page (from 1) differs."""
    for place in plate.pages[page - 1].places:
        x, y, w, h = place.millimetres
        if x < box.x + box.w and box.x < x + w and y < box.y + box.h and box.y < y + h:
            yield place.slot


def print_sheet(path: Path, plate: Plate, values: Mapping[str, str], ruler: Ruler) -> None:
    """Let the press print one sheet alone."""
    with PrintFile(path, [plate], ruler) as file:
        file.begin_piece("1", "1-")
        file.add_sheet(plate, values)
        file.finish(plate.layout)
