"""A PDF and a scan of its print → where the paper shows other ink than the PDF, and how the scan was laid.

The golden is drawn as the scanner would have seen it: with its blur and its tone, both found from the pair. A dot of
the scan differs where it is darker or lighter than all that the golden shows within FORGIVES of its place. So what a
scanner does is forgiven, and so is any change that is as small. Needs ``renderer[scan]``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence, UnidentifiedImageError

from renderer.model.errors import BadBatch
from renderer.model.paper import MM_PER_INCH
from renderer.proof.pixels import Box, Document, opened
from renderer.review.align import Grey, Placing, laid_over, straightened

SCAN_DPI = 300
"""At which scans are compared: finer ones are drawn coarser, for a page has to fit into memory several times."""
LEAST_DPI = 150
"""Of a scan; on a coarser one strokes of small print are no longer apart."""
LEAST_ALIKE = 0.5
"""Correlation below which a scan is not one of this page, or was not found on it."""
FORGIVES = 0.085
"""mm by which any ink may lie elsewhere: a dot of 300 dpi, more than what is left after aligning."""
SOFTENS = 0.1
"""mm, standard deviation of the spot through which both are looked at: noise goes, a stroke of 7 pt stays."""
CONTRAST = 0.08
"""Share of the way from ink to paper by which a place must be darker or lighter, at the least."""
NOISES = 6.0
"""Standard deviations of the scan's noise by which it must be so besides."""
EDGE = 3.0
"""mm along the edge of the paper that are passed over: a scanner sees its lid there."""
TOGETHER = 2.0
"""mm; what differs nearer than this is told as one."""
BLURS = (0.0, 0.03, 0.05, 0.07, 0.09, 0.11, 0.14, 0.17, 0.2)
"""mm, standard deviations of a scanner's spot that are tried."""
TONES = 33
"""Steps from black to white for each of which the scanner's answer is found."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where paper and PDF differ."""

    box: Box
    """In mm on the golden."""
    darker: bool
    """Whether the paper has more ink there than the golden, by and large."""
    strength: float
    """By how much at the most, as a share of the way from ink to paper."""


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """A page of the golden beside its scan."""

    placing: Placing
    spots: tuple[Spot, ...]


def compared_with_scan(golden: Grey, scan: Grey, dpi: int) -> ScannedPage:
    """Lay a scan over a golden of so many dots in an inch, and find where they differ."""
    placing = laid_over(golden, scan, dpi)
    if placing.alike < LEAST_ALIKE:
        return ScannedPage(placing, ())
    seen, reached = straightened(scan, placing, dpi, golden)
    mm = MM_PER_INCH / dpi
    seen = _softened(seen, SOFTENS / mm)
    expected = _as_scanned(golden, seen, mm)
    return ScannedPage(placing, tuple(_spots(*_beyond(expected, seen, reached, mm), mm)))


def _softened(picture: Grey, dots: float) -> Grey:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), dots), np.float32) if dots else picture


def _as_scanned(golden: Grey, seen: Grey, mm: float) -> Grey:
    """Draw the golden with the blur and the tone that make it most like what was seen."""
    tried = (_toned(_softened(golden, math.hypot(blur, SOFTENS) / mm), seen) for blur in BLURS)
    return min(tried, key=lambda drawn: float(np.mean(np.abs(drawn[::2, ::2] - seen[::2, ::2]))))


def _toned(drawn: Grey, seen: Grey) -> Grey:
    """Give each grey the one that was seen in its places: the median, and never darker for a lighter one."""
    steps = np.rint(drawn * (TONES - 1)).astype(np.int32)
    levels, answers = [], []
    for step in range(TONES):
        at = seen[steps == step]
        if at.size > 50:
            levels.append(step / (TONES - 1))
            answers.append(float(np.median(at)))
    return np.interp(drawn, levels, np.maximum.accumulate(answers)).astype(np.float32)


def _beyond(expected: Grey, seen: Grey, reached: NDArray[np.bool_], mm: float) -> tuple[Grey, float]:
    """By how much each dot is lighter (more than 0) or darker than all around its place; and what is more than noise."""
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
    differs = (np.abs(beyond) > least).astype(np.uint8)
    near = max(1, round(TOGETHER / mm / 2))
    joined = cv2.dilate(differs, np.ones((2 * near + 1, 2 * near + 1), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    for label in range(1, count):
        x, y, w, h, _ = (int(value) for value in stats[label])
        inside = np.where((labels[y : y + h, x : x + w] == label) & (differs[y : y + h, x : x + w] > 0), beyond[y : y + h, x : x + w], 0)
        rows, columns = np.nonzero(inside)
        top, left = int(rows.min()) + y, int(columns.min()) + x
        box = Box(left * mm, top * mm, (int(columns.max()) + x - left + 1) * mm, (int(rows.max()) + y - top + 1) * mm)
        yield Spot(box, bool(inside.sum() < 0), float(np.abs(inside).max()))
