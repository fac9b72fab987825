"""Two PDFs whose pages say the same → how far the new one lies elsewhere as a whole, and how much larger it is.

A proof from elsewhere is often shifted and scaled by whoever printed or converted it. Each text that stands once on
both pages votes for where it went; what most of them say is the answer, so that a text that moved by itself has no say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory

import pikepdf

from renderer.model.paper import MM_PER_PT
from renderer.proof.pixels import Document, opened
from renderer.review.texts import Text, texts
from renderer.review.tolerance import Placement

FAR_APART = 20.0
"""mm between two texts that say something of the scale."""
AGREES = 0.05
"""mm by which a text may stand beside where the answer puts it and still be one of those it holds for."""
MOST_TEXTS = 120
"""Of all pages that are asked: enough, and two of them make seven thousand pairs."""
LEAST_TEXTS = 4
MOST_OF_THEM = 0.75
"""Share of the texts for which one answer has to hold: where it holds for fewer, things moved by themselves."""
NEARLY = 0.005, 0.00005
"""mm of offset and parts of scale that are nothing."""

Place = tuple[float, float]
"""Where something stands in the golden and in the new file, along one axis, in mm."""


@dataclass(frozen=True, slots=True)
class Offset:
    """Where a new file has what stands somewhere in the golden: scale times that place, and so many mm on."""

    right: float
    down: float
    """mm, at the top left corner of the page."""
    wide: float
    high: float
    """Times as large."""

    def __str__(self) -> str:
        """Say what there is to say."""
        parts = [
            f"{abs(length):.2f} mm {more if length > 0 else less}"
            for length, more, less in ((self.right, "right", "left"), (self.down, "down", "up"))
            if abs(length) >= NEARLY[0]
        ]
        if abs(self.wide - self.high) < NEARLY[1]:
            scales = [(self.wide, "large")]
        else:
            scales = [(self.wide, "wide"), (self.high, "high")]
        parts += [f"{scale:.2%} as {how}" for scale, how in scales if abs(scale - 1) >= NEARLY[1]]
        return ", ".join(parts)

    @property
    def is_none(self) -> bool:
        """Whether the new file lies where the golden does."""
        return not str(self)

    def within(self, limits: Placement) -> bool:
        """Whether it is small enough to be taken out."""
        offset, scale = max(abs(self.right), abs(self.down)), max(abs(self.wide - 1), abs(self.high - 1))
        return offset <= limits.most_offset and scale <= limits.most_scale


NOWHERE_ELSE = Offset(0.0, 0.0, 1.0, 1.0)


def offset_between(golden_pdf: Path, new_pdf: Path) -> Offset:
    """Estimate how far a new file lies elsewhere, by texts that stand once on a page of both.

    Where too few texts say so, or no one answer holds for most of them, it lies where the golden does.
    Raises BadBatch when one of them cannot be opened.
    """
    with opened(golden_pdf) as golden, opened(new_pdf) as new:
        pairs = _pairs(golden, new)
    across = _line([(old.box.x, fresh.box.x) for old, fresh in pairs])
    down = _line([(old.box.y, fresh.box.y) for old, fresh in pairs])
    if across is None or down is None:
        return NOWHERE_ELSE
    return Offset(across[1], down[1], across[0], down[0])


def take_out(pdf: Path, offset: Offset, out: Path) -> Path:
    """Write a file anew with its pages' contents laid back to where the golden has them. Its paper stays as it is."""
    with pikepdf.open(pdf) as file:
        for page in file.pages:
            left, _, _, top = (float(edge) for edge in page.cropbox)
            unit = MM_PER_PT * float(page.get("/UserUnit", 1))
            # Lengths on the page go right and down from its corner, those of its content right and up from nought.
            wide, high = 1 / offset.wide, 1 / offset.high
            right = left - wide * (left + offset.right / unit)
            up = top - high * (top - offset.down / unit)
            page.contents_add(f"q {wide:.9f} 0 0 {high:.9f} {right:.6f} {up:.6f} cm".encode(), prepend=True)
            page.contents_add(b"Q")
        file.save(out, deterministic_id=True)
    return out


@contextmanager
def laid_back(golden_pdf: Path, new_pdf: Path, limits: Placement | None) -> Iterator[tuple[Path, str]]:
    """Give the file to compare with the golden, and what there is to say of where the new one lies; "" for nothing.

    That is the new file itself, or, where a rule says so and the offset is within its limits, a copy that is laid back.
    """
    offset = offset_between(golden_pdf, new_pdf)
    said = "" if offset.is_none else f"the new file is {offset}"
    if offset.is_none or limits is None:
        yield new_pdf, said
    elif not offset.within(limits):
        yield new_pdf, f"{said}: more than [placement] takes out"
    else:
        with TemporaryDirectory() as folder:
            yield take_out(new_pdf, offset, Path(folder) / new_pdf.name), f"{said}: taken out by [placement]"


def _pairs(golden: Document, new: Document) -> list[tuple[Text, Text]]:
    pairs: list[tuple[Text, Text]] = []
    for page in range(min(golden.page_count, new.page_count)):
        olds, news = ({text.text: text for text in _once(document, page)} for document in (golden, new))
        pairs += [(olds[text], news[text]) for text in olds if text in news]
        if len(pairs) >= MOST_TEXTS:
            break
    return pairs[:MOST_TEXTS]


def _once(document: Document, page: int) -> Iterator[Text]:
    """Yield the texts that stand once on a page."""
    found = texts(document.characters(page))
    counts = Counter(text.text for text in found)
    yield from (text for text in found if counts[text.text] == 1)


def _line(places: Sequence[Place]) -> tuple[float, float] | None:
    """Find the scale and the offset that hold for most places; None where there are none.

    The median of all slopes and then of all offsets (Theil and Sen), made finer by the mean of those that agree.
    """
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(places, 2) if abs(b[0] - a[0]) >= FAR_APART]
    if len(places) < LEAST_TEXTS or not slopes:
        return None
    scale = median(slopes)
    offset = median(new - scale * old for old, new in places)
    agreeing = [(old, new) for old, new in places if abs(new - scale * old - offset) < AGREES]
    if len(agreeing) < MOST_OF_THEM * len(places):
        return None
    return _fitted(agreeing) or (scale, offset)


def _fitted(places: Sequence[Place]) -> tuple[float, float] | None:
    """Fit a line by least squares; None where all places are one."""
    old_mean, new_mean = fmean(old for old, _ in places), fmean(new for _, new in places)
    spread = sum((old - old_mean) ** 2 for old, _ in places)
    if not spread:
        return None
    scale = sum((old - old_mean) * (new - new_mean) for old, new in places) / spread
    return scale, new_mean - scale * old_mean
