"""An approved PDF and a new one → what changed, in mm and in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from renderer.model.paper import PROOF_DPI
from renderer.proof import pixels
from renderer.proof.pixels import Difference
from renderer.review.changes import AnyChange, changes, explained
from renderer.review.content import Content, Reader, reading
from renderer.review.pages import Pair, matched

SAME_SIZE = 0.001
"""mm; a page's size is written with all its digits."""


@dataclass(frozen=True, slots=True)
class PageComparison:
    """What changed on one page."""

    number: int
    """In the new file, counted from 1."""
    golden_number: int
    golden_size: tuple[float, float]
    """Width and height in mm, as it was drawn, before it is turned."""
    new_size: tuple[float, float]
    turned: int
    """Degrees, clockwise, by which the new file has it turned and the golden has not."""
    difference: Difference | None
    """In pixels at 200 dpi, in colour, beside what the changes tell; None when no pixel differs."""
    same_grey: bool
    """Whether the pixels differ in their colour alone and would be the same in grey."""
    changes: tuple[AnyChange, ...]

    @property
    def same_size(self) -> bool:
        """Whether width and height agree to a micrometre."""
        return all(abs(a - b) < SAME_SIZE for a, b in zip(self.golden_size, self.new_size, strict=True))

    @property
    def same(self) -> bool:
        """Whether nothing at all changed."""
        return self.same_size and not self.turned and self.difference is None and not self.changes

    def sentences(self) -> Iterator[str]:
        """Say each change in words."""
        if self.turned:
            way = {90: "by 90° clockwise", 180: "by 180°", 270: "by 90° counterclockwise"}[self.turned]
            yield f"page {self.number} is turned {way}"
        if not self.same_size:
            (w, h), (new_w, new_h) = self.golden_size, self.new_size
            yield f"page {self.number}: {w:.3f} × {h:.3f} mm became {new_w:.3f} × {new_h:.3f} mm"
        yield from (f"page {self.number}: {change}" for change in self.changes)
        if self.difference:
            boxes = "; ".join(map(str, self.difference.boxes))
            colour = " in colour" if self.same_grey else ""
            yield f"page {self.number}: {self.difference.pixels} pixels differ{colour}: {boxes}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one PDF to another. It quotes the sheets' text: show it to QA, never log it."""

    golden: Path
    new: Path
    golden_pages: int
    new_pages: int
    pages: tuple[PageComparison, ...]
    """Pages that both files have, wherever each stands."""
    gone: tuple[tuple[int, str], ...]
    """Pages of the golden alone: number, counted from 1, and first words."""
    came: tuple[tuple[int, str], ...]
    """Pages of the new file alone."""
    swapped: tuple[tuple[int, int], ...]
    """Pages that changed places with each other, by their numbers in the new file."""
    moved: tuple[tuple[int, int], ...]
    """Other pages that stand elsewhere: number in the golden and in the new file."""

    @property
    def same(self) -> bool:
        """Whether both files print the same: pages, sizes, pixels and text."""
        return not (self.gone or self.came or self.swapped or self.moved) and all(page.same for page in self.pages)

    def sentences(self) -> Iterator[str]:
        """Say each change in words, page after page; nothing when the files print the same."""
        yield from self.page_sentences()
        for page in self.pages:
            yield from page.sentences()

    def page_sentences(self) -> Iterator[str]:
        """Say which pages are gone, new or elsewhere."""
        told = [
            *(f"page {number} is gone{words}" for number, words in self.gone),
            *(f"page {number} is new{words}" for number, words in self.came),
            *(f"pages {one} and {other} changed places" for one, other in self.swapped),
            *(f"page {old} is page {new} now" for old, new in self.moved),
        ]
        if self.golden_pages != self.new_pages:
            told[0] = f"{self.golden_pages} pages became {self.new_pages}: {told[0]}"
        yield from told


def compare(golden_pdf: Path, new_pdf: Path) -> Comparison:
    """Compare two PDFs page by page. Raises BadBatch when one of them cannot be opened."""
    with reading(golden_pdf) as golden, reading(new_pdf) as new:
        befores, afters = tuple(_contents(golden)), tuple(_contents(new))
        match = matched(befores, afters)
        pages = tuple(_compared(golden, new, pair, befores[pair[0]], afters[pair[1]]) for pair in match.pairs)
        return Comparison(
            golden_pdf,
            new_pdf,
            golden.document.page_count,
            new.document.page_count,
            pages,
            gone=tuple((page + 1, _first_words(befores[page])) for page in match.gone),
            came=tuple((page + 1, _first_words(afters[page])) for page in match.new),
            swapped=tuple((one[1] + 1, other[1] + 1) for one, other in match.swapped),
            moved=tuple((old + 1, new + 1) for old, new in match.moved),
        )


def _contents(reader: Reader) -> Iterator[Content]:
    yield from (reader.content(page) for page in range(reader.document.page_count))


def _first_words(content: Content) -> str:
    """Quote the text by which a person finds a page."""
    return f": {content.texts[0]}" if content.texts else ""


def _compared(golden: Reader, new: Reader, pair: Pair, old: Content, fresh: Content) -> PageComparison:
    views = golden.interpreter.view(pair[0]), new.interpreter.view(pair[1])
    turn = views[0].turn
    if views[1].turn != turn:
        # As the golden is seen: else each text of a page that is turned would be elsewhere.
        fresh = new.content(pair[1], turn)
    before, after = golden.pixels(pair[0], turn), new.pixels(pair[1], turn)
    changed = changes(old, fresh)
    told = explained(old, fresh, changed)
    difference = pixels.difference(before, after, PROOF_DPI, told)
    greys = before.convert("L"), after.convert("L")
    same_grey = difference is not None and pixels.difference(*greys, PROOF_DPI, told) is None
    return PageComparison(
        number=pair[1] + 1,
        golden_number=pair[0] + 1,
        golden_size=(views[0].width, views[0].height),
        new_size=(views[1].width, views[1].height),
        turned=(views[1].turn - turn) % 360,
        difference=difference,
        same_grey=same_grey,
        changes=changed,
    )
