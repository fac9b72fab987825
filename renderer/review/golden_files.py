"""A case → its sheet in a folder: the PDF, and a picture of each page for a person to look at.

    <layout>/<case>.pdf           the PDF
    <layout>/<case>-<page>.png    its pages from 1: 200 dpi, in colour, 16 steps of red, green and blue

Edges are not smoothed: letters stay as sharp as a print's, and what is between black and white is a tint or a seal.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from renderer.model.paper import PROOF_DPI
from renderer.model.sums import sum_of_file
from renderer.proof import pixels

CAP = 80 * 1024
"""Bytes a picture may have, and a PDF for each of its pages: a golden is looked at by a person, and kept for ever."""
STEP = 17
"""From one step of red, green or blue to the next, of 0 to 255: a tint of 5 % is not yet white."""
PALETTE = 256
"""Colours that a picture may have and still be written a byte a pixel, or less."""


@dataclass(frozen=True, slots=True)
class Case:
    """One sheet that a person approves."""

    layout: str
    """Folder of the layout, such as ``eligibility_notice``."""
    name: str
    """What the case shows, such as ``longest-of-every-field``."""
    layout_sum: str
    """Over all files that the layout is made of."""
    make: Callable[[Path], None]
    """Write the PDF to this path; the same bytes every time."""

    @property
    def stem(self) -> str:
        """``<layout>/<name>``, as commands and findings name it."""
        return f"{self.layout}/{self.name}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The files of one case, freshly made or approved; all paths are below ``folder``."""

    folder: Path
    pdf: str
    pictures: tuple[str, ...]
    """One for each page, in their order."""

    @property
    def files(self) -> tuple[str, ...]:
        """The PDF, then the pictures."""
        return self.pdf, *self.pictures

    def sums(self) -> dict[str, str]:
        """Return path → SHA-256 of each file that is there."""
        return {file: sum_of_file(self.folder / file) for file in self.files if (self.folder / file).is_file()}


def sheet_of(folder: Path, stem: str, pages: int) -> Sheet:
    """Name the files of a case whose sheet has so many pages."""
    return Sheet(folder, f"{stem}.pdf", tuple(f"{stem}-{page}.png" for page in range(1, pages + 1)))


def draw(case: Case, folder: Path, approved: Path) -> Sheet:
    """Make a case's PDF, and the pictures of its pages, below a folder.

    A picture that has the pixels of the one below ``approved`` is that one: to write it anew takes longest.
    """
    pdf = folder / f"{case.stem}.pdf"
    pdf.parent.mkdir(parents=True, exist_ok=True)
    case.make(pdf)
    with pixels.opened(pdf) as document:
        sheet = sheet_of(folder, case.stem, document.page_count)
        for page, picture in enumerate(sheet.pictures):
            drawn = _steps(document, page)
            if _has_pixels(approved / picture, drawn):
                shutil.copyfile(approved / picture, folder / picture)
            else:
                _with_palette(drawn).save(folder / picture, optimize=True)
    return sheet


def files_in(root: Path, stems: Collection[str] | None = None) -> set[str]:
    """Return every file below the folder of goldens by its path in it, or those of the cases of these names."""
    files = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    return {file for file in files if stems is None or re.sub(r"(-\d+\.png|\.pdf)\Z", "", file) in stems}


def same_picture(golden: Path, new: Path) -> bool:
    """Return whether two pictures have the same size and pixels; one that is not whole is like no other."""
    with Image.open(new) as drawn:
        return _has_pixels(golden, drawn.convert("RGB"))


def _has_pixels(path: Path, drawn: Image.Image) -> bool:
    """Return whether there is a whole picture of the size and pixels of one that was drawn, in RGB."""
    try:
        with Image.open(path) as picture:
            return picture.size == drawn.size and picture.convert("RGB").tobytes() == drawn.tobytes()
    except (UnidentifiedImageError, SyntaxError, OSError):
        return False


def too_large(sheet: Sheet) -> Iterator[tuple[str, int, int]]:
    """Yield each file over the cap, with its bytes and those it may have."""
    for file in sheet.files:
        size, cap = (sheet.folder / file).stat().st_size, CAP * (1 if file != sheet.pdf else len(sheet.pictures))
        if size > cap:
            yield file, size, cap


def _steps(document: pixels.Document, page: int) -> Image.Image:
    drawn = document.pixels(page, PROOF_DPI, antialias=False, colour=True)
    return drawn.point([(value + STEP // 2) // STEP * STEP for value in range(256)] * 3)


def _with_palette(picture: Image.Image) -> Image.Image:
    """Keep the colors of a picture in a palette, where they are few."""
    colours = picture.getcolors(PALETTE)
    if colours is None:
        return picture
    return picture.quantize(len(colours), Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
