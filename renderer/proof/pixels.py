"""A page of a PDF → grey pixels, its text, its characters in mm; two images → where they differ, in mm.

PDFium draws and reads; nothing in here knows a layout. Every length that leaves this module is in mm
from the top left corner of the page.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw
from PIL import Image, ImageChops

from renderer.model.errors import Unreadable
from renderer.model.paper import MM_PER_INCH, MM_PER_PT, PROOF_DPI, PT_PER_INCH

CLUSTER_GAP = 2.0
"""Differing pixels nearer than this (mm) are told as one difference: about half a line of a letter."""
EDGE = 0.3
"""mm around a thing in which its ink may colour pixels: two of them, and what an outline leaves its box by."""
MOST_PIXELS = 100_000_000
"""Of what is drawn at once: an A4 page has 4 million at PROOF_DPI, an A1 sheet 31 million."""
COLOURS = 32
"""Shades of a picture to look at."""
_ONE_THREAD = threading.RLock()
"""PDFium knows no threads: whoever has a file open has all of it."""
OUTSIDE = 0x80
"""Grey that pictures show beyond the edge of the smaller of two images: neither paper nor ink."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page in mm, x to the right and y down from the top left corner."""

    x: float
    y: float
    w: float
    h: float

    def __str__(self) -> str:
        return f"{self.w:.1f} × {self.h:.1f} mm at {self.x:.1f}, {self.y:.1f}"


@dataclass(frozen=True, slots=True)
class Character:
    """What one glyph of a page says, and its place."""

    text: str
    """One code point, or several (a selector, a mark, a ligature's letters) that share one glyph."""
    box: Box
    """From ascent to descent and over the advance width, so it does not depend on the outline."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two images of a page are not the same."""

    pixels: int
    """How many pixels differ, by however little."""
    boxes: tuple[Box, ...]
    """Clusters of differing pixels, from the top down; clusters are at least CLUSTER_GAP apart."""
    most: float
    """By how much a channel of a pixel differs at the most, in parts of 1."""


class Document:
    """An open PDF. Pages are counted from 0. Get one from :func:`opened`, which also closes it."""

    def __init__(self, raw: Any, name: str, upright: bool) -> None:
        self._raw, self._name, self._upright = raw, name, upright

    @property
    def page_count(self) -> int:
        """How many pages the file has."""
        return len(self._raw)

    def size(self, page: int) -> tuple[float, float]:
        """Width and height of a page in mm."""
        with self._page(page) as sheet:
            return sheet.get_width() * MM_PER_PT, sheet.get_height() * MM_PER_PT

    def turn(self, page: int) -> int:
        """By how many degrees a page is turned clockwise, for whoever looks at it."""
        with closing(self._raw[page]) as sheet:
            degrees: int = sheet.get_rotation()
            return degrees

    def pixels(
        self,
        page: int,
        dpi: float = PROOF_DPI,
        *,
        antialias: bool = True,
        colour: bool = False,
        part: Box | None = None,
    ) -> Image.Image:
        """Draw a page, or the part of it in whole dots, as a grey ("L") image, 255 for paper, or as RGB.

        An edge of half a pixel is drawn whole.

        :raises Unreadable: when that would be nothing, or more than MOST_PIXELS.
        """
        with (
            self._page(page) as sheet,
            closing(
                self._checked(sheet, page, dpi, part).render(
                    scale=dpi / PT_PER_INCH,
                    crop=_cut_off(sheet, part, dpi) if part else (0, 0, 0, 0),
                    grayscale=not colour,
                    no_smoothtext=not antialias,
                    no_smoothpath=not antialias,
                    no_smoothimage=not antialias,
                )
            ) as bitmap,
        ):
            image: Image.Image = bitmap.to_pil()
            # A grey image lies in memory that is PDFium's; one in colour was turned from BGR, and is a copy already.
            return image if colour else image.copy()

    def text(self, page: int) -> str:
        """Read a page's text in the order it was drawn; CR LF stands where PDFium sees a new line."""
        with self._page(page) as sheet, closing(sheet.get_textpage()) as reader:
            text: str = reader.get_text_range()
            return text

    def characters(self, page: int) -> tuple[Character, ...]:
        """Read a page's characters with their places, without the blanks and breaks PDFium adds."""
        with self._page(page) as sheet, closing(sheet.get_textpage()) as reader:
            left, _, _, top = sheet.get_bbox()
            return tuple(_characters(reader, left, top))

    def _checked(self, sheet: Any, page: int, dpi: float, part: Box | None) -> Any:
        width, height = (side * MM_PER_PT for side in sheet.get_size())
        w, h = (side * dpi / MM_PER_INCH for side in ((part.w, part.h) if part else (width, height)))
        if min(w, h) > 0 and w * h <= MOST_PIXELS:
            return sheet
        raise Unreadable(
            f"page {page + 1} of {self._name} is {width:.0f} × {height:.0f} mm, and cannot be drawn at {dpi:g} dpi; "
            "make it again in the size of its paper"
        )

    @contextmanager
    def _page(self, page: int) -> Iterator[Any]:
        with closing(self._raw[page]) as sheet:
            turn = sheet.get_rotation()
            if self._upright:
                sheet.set_rotation(0)
            try:
                yield sheet
            finally:
                # PDFium keeps it for whoever opens the page again.
                sheet.set_rotation(turn)


@contextmanager
def opened(pdf: Path | bytes, *, upright: bool = False) -> Iterator[Document]:
    """Open a PDF for drawing and reading, and close all of PDFium's handles at the end.

    ``upright`` takes pages as they were drawn, however the file has them turned for whoever looks at them.

    Raises Unreadable when PDFium cannot open the file, or a page of it.
    """
    name = pdf.name if isinstance(pdf, Path) else "the sheet"
    try:
        with _ONE_THREAD, closing(pypdfium2.PdfDocument(pdf)) as raw:
            yield Document(raw, name, upright)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise Unreadable(f"{name} is locked with a password; save it without one") from error
        raise Unreadable(f"{name} cannot be read as a PDF; make it again") from error


def difference(golden: Image.Image, new: Image.Image, dpi: int, told: Iterable[Box] = ()) -> Difference | None:
    """Compare two images pixel for pixel; None means that no pixel differs and the sizes are the same.

    What differs in the places ``told`` is passed over, with the edges that a line half a pixel away may have.

    Two RGB images are compared in colour, any others in grey. Where only one of them reaches, every pixel differs.
    """
    if (golden.mode, golden.size) == (new.mode, new.size) and golden.tobytes() == new.tobytes():
        return None  # as nearly always: nothing has to be drawn to see it
    size = max(golden.width, new.width), max(golden.height, new.height)
    mode = golden.mode if golden.mode == new.mode == "RGB" else "L"
    bands = ImageChops.difference(_on_canvas(golden, size, mode=mode), _on_canvas(new, size, mode=mode)).split()
    changed = reduce(ImageChops.lighter, bands)
    reach = [_on_canvas(Image.new("L", image.size, 255), size, 0) for image in (golden, new)]
    changed = ImageChops.lighter(changed, ImageChops.difference(*reach))
    mm = MM_PER_INCH / dpi
    for box in told:
        left, top = round((box.x - EDGE) / mm), round((box.y - EDGE) / mm)
        right, bottom = round((box.x + box.w + EDGE) / mm), round((box.y + box.h + EDGE) / mm)
        changed.paste(0, (left, top, right, bottom))
    mask = changed.point([0] + [255] * 255)
    pixels = mask.histogram()[255]
    if not pixels:
        return None
    clusters = sorted(_clusters(mask, 0, 0, round(CLUSTER_GAP / mm)), key=lambda found: found[1::-1])
    boxes = tuple(Box(x * mm, y * mm, w * mm, h * mm) for x, y, w, h in clusters)
    return Difference(pixels, boxes, max(place for place, count in enumerate(changed.histogram()) if count) / 255)


def save_pictures(golden: Image.Image, new: Image.Image, folder: Path, stem: str) -> tuple[Path, ...]:
    """Write ``<stem>-golden.png``, ``-new.png`` and ``-difference.png``; return their paths.

    The first two are in the colours given. In the last, black is in both, red only in the golden, blue only in the
    new one.
    """
    size = max(golden.width, new.width), max(golden.height, new.height)
    before, after = (_on_canvas(image, size) for image in (golden, new))
    marked = Image.merge("RGB", (after, ImageChops.darker(before, after), before))
    paths = []
    shown = [_on_canvas(image, size, mode=image.mode) for image in (golden, new)]
    for name, image in zip(("golden", "new", "difference"), (*shown, marked), strict=True):
        paths.append(folder / f"{stem}-{name}.png")
        image.save(paths[-1], optimize=True)
    return tuple(paths)


def draw_pictures(pdf: Path, out: Path, dpi: int, page: int = 0) -> list[Path]:
    """Draw a PDF in few colours as PNG and return the files: ``out`` for one page, else ``<out>-1.png`` and so on.

    ``page``, from 1, draws that page alone; 0 draws all. Paper is white, whatever is printed on it.
    """
    with opened(pdf) as document:
        pages = [page - 1] if page else range(document.page_count)
        drawn = [document.pixels(number, dpi, colour=True) for number in pages]
    files = [out] if len(drawn) == 1 else [out.with_stem(f"{out.stem}-{n}") for n in range(1, len(drawn) + 1)]
    for image, file in zip(drawn, files, strict=True):
        _in_few_colours(image).save(file, optimize=True)
    return files


def _in_few_colours(image: Image.Image) -> Image.Image:
    """Give a picture to look at a palette: the file is a third as large, and white stays white, a tint a tint."""
    few = image.quantize(COLOURS - 1, dither=Image.Dither.NONE)
    few.putpalette([*(few.getpalette() or [])[: 3 * (COLOURS - 1)], 255, 255, 255])
    paper = reduce(ImageChops.darker, image.split()).point([0] * 255 + [255])
    few.paste(COLOURS - 1, mask=paper)
    return few


def _on_canvas(image: Image.Image, size: tuple[int, int], beyond: int = OUTSIDE, mode: str = "L") -> Image.Image:
    """Give an image a larger size, in grey or as RGB; what lies beyond its right and lower edge is ``beyond``."""
    canvas = Image.new(mode, size, beyond if mode == "L" else (beyond,) * 3)
    canvas.paste(image.convert(mode), (0, 0))
    return canvas


def _clusters(mask: Image.Image, left: int, top: int, gap: int) -> Iterator[tuple[int, int, int, int]]:
    """Cut a mask at its blank columns and rows of at least ``gap`` px until nothing more comes apart."""
    columns, rows = mask.getprojection()
    xs, ys = _stretches(columns, gap), _stretches(rows, gap)
    if len(xs) == len(ys) == 1:
        (x0, x1), (y0, y1) = xs[0], ys[0]
        yield left + x0, top + y0, x1 - x0, y1 - y0
        return
    for y0, y1 in ys:
        for x0, x1 in xs:
            part = mask.crop((x0, y0, x1, y1))
            if part.getbbox():
                yield from _clusters(part, left + x0, top + y0, gap)


def _stretches(marks: list[int], gap: int) -> list[tuple[int, int]]:
    """Stretches of marked places, joined where less than ``gap`` blank places lie between them."""
    found: list[tuple[int, int]] = []
    for place, mark in enumerate(marks):
        if not mark:
            continue
        if found and place - found[-1][1] < gap:
            found[-1] = (found[-1][0], place + 1)
        else:
            found.append((place, place + 1))
    return found


def _cut_off(sheet: Any, part: Box, dpi: float) -> tuple[float, float, float, float]:
    """How much of a page, in points, lies left of a part of it, below, right of it and above."""
    scale, dot = dpi / PT_PER_INCH, MM_PER_INCH / dpi
    width, height = math.ceil(sheet.get_width() * scale), math.ceil(sheet.get_height() * scale)
    left, top = round(part.x / dot), round(part.y / dot)
    right, bottom = width - round((part.x + part.w) / dot), height - round((part.y + part.h) / dot)
    # PDFium's wrapper rounds up to whole dots: a length that is a hair too long must not become one more.
    left_pt, bottom_pt, right_pt, top_pt = (max(dots - 0.01, 0) / scale for dots in (left, bottom, right, top))
    return left_pt, bottom_pt, right_pt, top_pt


def _characters(reader: Any, left: float, top: float) -> Iterator[Character]:
    """Join the code units that PDFium lists with one and the same box: they are one glyph's text."""
    units: list[int] = []
    place: tuple[float, ...] = ()
    for index in range(reader.count_chars()):
        if pypdfium2.raw.FPDFText_IsGenerated(reader, index):
            continue
        here = reader.get_charbox(index, loose=True)
        if units and here != place:
            yield Character(_decoded(units), _box(place, left, top))
            units = []
        place = here
        units.append(pypdfium2.raw.FPDFText_GetUnicode(reader, index))
    if units:
        yield Character(_decoded(units), _box(place, left, top))


def _decoded(units: list[int]) -> str:
    """UTF-16 code units, or code points beyond them, to text; a lone surrogate becomes U+FFFD."""
    joined = "".join(map(chr, units))
    return joined.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _box(place: tuple[float, ...], page_left: float, page_top: float) -> Box:
    """PDF's left, bottom, right, top in points to a Box in mm from the page's own corner."""
    left, bottom, right, top = (length * MM_PER_PT for length in place)
    return Box(left - page_left * MM_PER_PT, page_top * MM_PER_PT - top, right - left, top - bottom)
