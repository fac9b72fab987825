"""A PDF and a scan of its print → where the paper shows other ink than the PDF, and how the scan was laid.

The golden is drawn as the scanner would have seen it: with its blur and its tone, both found from the pair. A dot of
the scan differs where it is darker or lighter than all that the golden shows within FORGIVES of its place. So what a
scanner does is forgiven, and so is any change that is as small. Needs ``renderer[scan]``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from renderer.model.errors import Unreadable
from renderer.model.paper import MM_PER_INCH
from renderer.proof.pixels import Box, Document, opened
from renderer.review.align import Grey, Placing, grey, laid_over, straightened
from renderer.review.records import ChangeRecord
from renderer.review.texts import Text, texts

SCAN_DPI = 300
"""At which scans are compared: finer ones are drawn coarser, for a page has to fit into memory several times."""
LEAST_DPI = 150
"""Of a scan; on a coarser one the strokes of small print are no longer apart."""
FINER = 2
"""Times as fine is the golden drawn, and then averaged: what PDFium does with a thin stroke is no difference."""
LEAST_ALIKE = 0.5
"""Correlation below which a scan is not one of this page, or was not found on it."""
FORGIVES = 0.08
"""mm by which any ink may lie elsewhere: a dot of 300 dpi; aligning leaves a tenth of that."""
SOFTENS = 0.07
"""mm, standard deviation of the spot through which both are looked at: noise goes, the strokes of small print stay."""
CONTRAST = 0.25
"""Share of the way from paper to ink by which a place must be darker or lighter: measured, see docs/compare.md."""
FAINT, BROAD = 0.08, 0.5
"""Share of the same by which a place must differ that does so for as many mm (standard deviation) around: a tint."""
NOISES = 6.0
"""Standard deviations of the scan's noise by which it must be so besides."""
EDGE = 3.0
"""mm along the edge of the paper that are passed over: a scanner sees its lid there."""
TOGETHER = 2.0
"""mm; what differs nearer than this is told as one."""
NEAR_TEXT = 1.0
"""mm around a text in which a difference is told beside it."""
BLURS = (0.0, 0.03, 0.05, 0.07, 0.09, 0.11, 0.14, 0.17, 0.2)
"""mm, standard deviations of a scanner's spot that are tried."""
GAMMAS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.5)
"""That are tried of a scanner."""
SAMPLED = 3
"""One dot in so many, across and down, is enough to find blur and tone."""
PAPER = 0.995
"""Grey of the golden that is paper."""
STEEP = 0.1
"""Difference of two neighbouring dots that are an edge."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where paper and golden differ."""

    box: Box
    """In mm on the golden."""
    darker: bool
    """Whether the paper has more ink there than the golden, by and large."""

    def __str__(self) -> str:
        return f"the paper has {'more' if self.darker else 'less'} ink: {self.box}"


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """A page of the golden beside its scan."""

    number: int
    """From 1."""
    placing: Placing
    spots: tuple[Spot, ...]
    texts: tuple[Text, ...]
    """Of the golden."""

    @property
    def found(self) -> bool:
        """Whether the scan is one of this page at all."""
        return self.placing.alike >= LEAST_ALIKE

    def records(self) -> Iterator[ChangeRecord]:
        """Tell each difference."""
        if not self.found:
            yield _record("scan-unlike", self.number, "the scan does not show this page, or not enough of it")
        for spot in self.spots:
            text = max(self.texts, key=lambda text: _overlap(spot.box, text.box), default=None)
            beside = str(text) if text and _overlap(spot.box, text.box) > -NEAR_TEXT else None
            sentence = f"{spot}{f', at {beside}' if beside else ''}"
            yield replace(_record("scan-differs", self.number, sentence), box=spot.box, before=beside)


@dataclass(frozen=True, slots=True)
class ScanComparison:
    """What a scan shows otherwise than its golden. It quotes the sheets' text: show it to QA, never log it."""

    golden: Path
    scan: Path
    golden_pages: int
    scanned_pages: int
    pages: tuple[ScannedPage, ...]

    @property
    def records(self) -> tuple[ChangeRecord, ...]:
        """Each difference, page after page."""
        told = [record for page in self.pages for record in page.records()]
        both = len(self.pages)
        told += [_record("page-gone", page, "was not scanned") for page in range(both + 1, self.golden_pages + 1)]
        told += [_record("page-new", page, "is not in the golden") for page in range(both + 1, self.scanned_pages + 1)]
        return tuple(told)

    def placings(self) -> Iterator[str]:
        """Say how each page lay on the glass."""
        yield from (f"page {page.number}: the scan is {page.placing}" for page in self.pages if page.found)


def compare_scan(golden_pdf: Path, scan: Path) -> ScanComparison:
    """Compare a PDF with a scan of its print, page by page: a PDF, TIFF, PNG or JPEG, its pages in order.

    :raises Unreadable: when one of them cannot be opened, or the scan is too coarse.
    """
    with opened(golden_pdf) as golden:
        images = _pictures(scan, golden.size(0))
        pages = []
        count = 0
        for number, image in enumerate(images):
            count += 1
            if number < golden.page_count:
                pages.append(_page(golden, number, image))
        return ScanComparison(golden_pdf, scan, golden.page_count, count, tuple(pages))


def _page(golden: Document, number: int, scan: Grey) -> ScannedPage:
    fine = golden.pixels(number, SCAN_DPI * FINER).reduce(FINER)
    drawn = grey(fine)
    placing = laid_over(drawn, scan, SCAN_DPI)
    alike = placing.alike >= LEAST_ALIKE
    spots = tuple(differing(drawn, scan, placing, SCAN_DPI)) if alike else ()
    return ScannedPage(number + 1, placing, spots, texts(golden.characters(number)))


def differing(golden: Grey, scan: Grey, placing: Placing, dpi: int) -> Iterator[Spot]:
    """Lay a scan over a golden, both of so many dots in an inch, and yield where they differ, from the top down."""
    mm = MM_PER_INCH / dpi
    laid, reached = straightened(scan, placing, dpi, golden)
    seen = _softened(laid, SOFTENS / mm)
    yield from _spots(*_beyond(_as_scanned(golden, seen, mm), seen, reached, mm), mm)


def _pictures(scan: Path, paper: tuple[float, float]) -> Iterator[Grey]:
    """Read the pages of a scan, as fine as they are compared; one that does not say how fine it is shows the paper."""
    if scan.suffix.lower() == ".pdf":
        with opened(scan) as document:
            for page in range(document.page_count):
                yield grey(document.pixels(page, SCAN_DPI))
        return
    try:
        with Image.open(scan) as file:
            for frame in ImageSequence.Iterator(file):
                yield _as_fine(frame, paper, scan.name)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        raise Unreadable(f"{scan.name} cannot be opened as a scan; give a PDF, TIFF, PNG or JPEG") from None


def _as_fine(frame: Image.Image, paper: tuple[float, float], name: str) -> Grey:
    """Make a scan as fine as it is compared. The paper has its width and height in mm."""
    said = frame.info.get("dpi")
    image = ImageOps.exif_transpose(frame).convert("L")
    guessed = max(image.size) / max(paper) * MM_PER_INCH
    dpi = tuple(float(each) for each in said) if said and min(said) > 1 else (guessed, guessed)
    if min(dpi) < LEAST_DPI:
        raise Unreadable(f"{name} has {min(dpi):.0f} dpi; scan it again with {SCAN_DPI}")
    size = round(image.width * SCAN_DPI / dpi[0]), round(image.height * SCAN_DPI / dpi[1])
    return grey(image.resize(size, Image.Resampling.BICUBIC))


def _softened(picture: Grey, dots: float) -> Grey:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), dots), np.float32) if dots else picture


def _as_scanned(golden: Grey, seen: Grey, mm: float) -> Grey:
    """Draw the golden with the blur and the tone that make it most like what was seen."""
    spots = [math.hypot(blur, SOFTENS) / mm for blur in BLURS]
    tones = [_tone(_softened(golden, spot), seen) for spot in spots]
    tone, spot = min(zip(tones, spots, strict=True))
    return tone.of(_softened(golden, spot))


@dataclass(frozen=True, slots=True, order=True)
class _Tone:
    """What a scanner makes of a grey."""

    apart: float
    """How far the scan is from that, in the mean."""
    gamma: float
    white: float
    black: float

    def of(self, drawn: Grey) -> Grey:
        """Draw in this tone."""
        toned = self.black + (self.white - self.black) * np.power(np.clip(drawn, 0, 1), self.gamma)
        return np.asarray(toned, np.float32)


def _tone(drawn: Grey, seen: Grey) -> _Tone:
    """Find the tone by the edges alone: a tint that is gone is no tone, however large it is."""
    greys, answers = drawn[::SAMPLED, ::SAMPLED], seen[::SAMPLED, ::SAMPLED]
    white = float(np.median(answers[greys > PAPER])) if (greys > PAPER).any() else 1.0
    edge = cv2.morphologyEx(drawn, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))[::SAMPLED, ::SAMPLED] > STEEP
    greys, darker = greys[edge], white - answers[edge]
    if not greys.size:
        return _Tone(0.0, 1.0, white, 0.0)
    tried = []
    for gamma in GAMMAS:
        ink = 1 - np.power(np.clip(greys, 0, 1), gamma)
        depth = float(ink @ darker / (ink @ ink))
        tried.append(_Tone(float(np.mean(np.abs(depth * ink - darker))), gamma, white, white - depth))
    return min(tried)


def _beyond(expected: Grey, seen: Grey, reached: NDArray[np.bool_], mm: float) -> tuple[Grey, float]:
    """Tell by how much each dot is lighter (more than 0) or darker than all around its place; and what is not noise."""
    reach = math.ceil(FORGIVES / mm)
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    lightest, darkest = cv2.dilate(expected, around), cv2.erode(expected, around)
    beyond = np.maximum(seen - lightest, 0) - np.maximum(darkest - seen, 0)
    whole = cv2.erode(reached.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=round(EDGE / mm), borderValue=0)
    beyond[whole == 0] = 0
    contrast = float(expected.max() - expected.min())
    blank = (darkest > lightest.max() - 0.02) & (whole > 0)
    noise = 1.4826 * float(np.median(np.abs(seen - expected)[blank])) if blank.any() else 0.0
    return beyond / contrast, max(CONTRAST, NOISES * noise / contrast)


def _spots(beyond: Grey, least: float, mm: float) -> Iterator[Spot]:
    """Join what differs to spots, from the top down."""
    tint = np.minimum(np.abs(_softened(beyond, BROAD / mm)), np.abs(beyond)) > FAINT
    differs = ((np.abs(beyond) > least) | tint).astype(np.uint8)
    near = max(1, round(TOGETHER / mm / 2))
    joined = cv2.dilate(differs, np.ones((2 * near + 1, 2 * near + 1), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    for label in range(1, count):
        x, y, w, h, _ = (int(value) for value in stats[label])
        part = slice(y, y + h), slice(x, x + w)
        inside = np.where((labels[part] == label) & (differs[part] > 0), beyond[part], 0)
        rows, columns = np.nonzero(inside)
        top, left = int(rows.min()) + y, int(columns.min()) + x
        box = Box(left * mm, top * mm, (int(columns.max()) + x - left + 1) * mm, (int(rows.max()) + y - top + 1) * mm)
        yield Spot(box, bool(inside.sum() < 0))


def _overlap(one: Box, other: Box) -> float:
    """By how many mm two boxes overlap, in the direction in which they do so less; below nought is a gap."""
    across = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    down = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    return min(across, down)


def _record(kind: str, page: int, words: str) -> ChangeRecord:
    """Tell of a page as a whole."""
    new, golden = (None if kind == gone else page for gone in ("page-gone", "page-new"))
    return ChangeRecord(
        kind=kind,
        page=new,
        golden_page=golden,
        record=None,
        box=None,
        before=None,
        after=None,
        vector=None,
        region=None,
        slot=None,
        group=None,
        ignored_by=None,
        sentence=f"page {page}: {words}",
    )
