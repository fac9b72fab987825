"""An approved PDF and a new one → what changed, in mm and in words, and a report with pictures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from renderer.model.paper import PROOF_DPI
from renderer.proof import pixels
from renderer.proof.pixels import Box, Character, Difference, Document

SAME_PLACE = 0.02
"""Two places nearer than this (mm) are one: a quarter of a pixel of the finest proof (300 dpi)."""
SAME_SIZE = 0.001
"""mm; a page's size is written with all its digits."""
REPLACED_WITHIN = 3.0
"""A text that goes and one that comes within this gap (mm) of each other: the one became the other."""
SAME_LINE = 0.5
"""Characters whose feet are nearer than this (mm) stand on one line."""
BREAKS_AT = 1.0
"""A gap of this many line heights between two characters begins another text (another cell, another label)."""


@dataclass(frozen=True, slots=True)
class Text:
    """A stretch of text on one line, with its own blanks."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class TextChange:
    """One text that is not what or where it was."""

    before: Text | None
    """In the golden; None for a text that came."""
    after: Text | None
    """In the new file; None for a text that is gone."""

    def __str__(self) -> str:
        if self.before is None or self.after is None:
            verb, text = ("is new", self.after) if self.before is None else ("is gone", self.before)
            return f"「{text.text}」 {verb}: {text.box}" if text else ""
        if self.before.text != self.after.text:
            return f"「{self.before.text}」 became 「{self.after.text}」: {self.after.box}"
        return f"「{self.after.text}」 {_moved(self.before.box, self.after.box)}"


@dataclass(frozen=True, slots=True)
class PageComparison:
    """What changed on one page."""

    number: int
    """Counted from 1."""
    golden_size: tuple[float, float]
    """Width and height in mm."""
    new_size: tuple[float, float]
    difference: Difference | None
    """In pixels at 200 dpi, in colour; None when no pixel differs."""
    same_grey: bool
    """Whether the pixels differ in their colour alone and would be the same in grey."""
    changes: tuple[TextChange, ...]

    @property
    def same_size(self) -> bool:
        """Whether width and height agree to a micrometre."""
        return all(abs(a - b) < SAME_SIZE for a, b in zip(self.golden_size, self.new_size, strict=True))

    @property
    def same(self) -> bool:
        """Whether nothing at all changed."""
        return self.same_size and self.difference is None and not self.changes

    def sentences(self) -> Iterator[str]:
        """Say each change in words."""
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
    """Pages that both files have."""

    @property
    def same(self) -> bool:
        """Whether both files print the same: pages, sizes, pixels and text."""
        return self.golden_pages == self.new_pages and all(page.same for page in self.pages)

    def sentences(self) -> Iterator[str]:
        """Say each change in words, page after page; nothing when the files print the same."""
        if self.golden_pages != self.new_pages:
            yield f"{self.golden_pages} pages became {self.new_pages}"
        for page in self.pages:
            yield from page.sentences()

    def report(self, folder: Path) -> Path:
        """Write three pictures for each changed page and ``index.html`` with the words; return the latter."""
        folder.mkdir(parents=True, exist_ok=True)
        sections = []
        with pixels.opened(self.golden) as golden, pixels.opened(self.new) as new:
            for page in self.pages:
                if not page.same:
                    before, after = (file.pixels(page.number - 1, PROOF_DPI, colour=True) for file in (golden, new))
                    pictures = pixels.save_pictures(before, after, folder, f"page-{page.number}")
                    sections.append(_section(page, pictures))
        index = folder / "index.html"
        index.write_text(_html(self, sections), encoding="utf-8")
        return index


def compare(golden_pdf: Path, new_pdf: Path) -> Comparison:
    """Compare two PDFs page by page. Raises BadBatch when one of them cannot be opened."""
    with pixels.opened(golden_pdf) as golden, pixels.opened(new_pdf) as new:
        common = range(min(golden.page_count, new.page_count))
        pages = tuple(_compared(golden, new, page) for page in common)
        return Comparison(golden_pdf, new_pdf, golden.page_count, new.page_count, pages)


def texts(characters: Iterable[Character]) -> tuple[Text, ...]:
    """Join characters to texts: a new line or a wide gap begins another; blanks at the ends are dropped.

    Places decide, not the order of drawing: two files may draw the same page in different orders.
    """
    found: list[list[Character]] = []
    for character in _in_reading_order(characters):
        if found and _continues(found[-1][-1].box, character.box):
            found[-1].append(character)
        else:
            found.append([character])
    return tuple(text for text in map(_text, found) if text.text)


def _in_reading_order(characters: Iterable[Character]) -> Iterator[Character]:
    """Yield line after line from the top, and each line from the left."""
    line: list[Character] = []
    for character in sorted(characters, key=lambda found: _bottom(found.box)):
        if line and _bottom(character.box) - _bottom(line[-1].box) > SAME_LINE:
            yield from sorted(line, key=lambda found: found.box.x)
            line = []
        line.append(character)
    yield from sorted(line, key=lambda found: found.box.x)


def _bottom(box: Box) -> float:
    return box.y + box.h


def text_changes(before: Iterable[Text], after: Iterable[Text]) -> tuple[TextChange, ...]:
    """Pair the texts of two pages: those unchanged, the moved, the replaced; the rest came or went."""
    olds, news = list(before), list(after)
    _pairs(olds, news, lambda old, new: old.text == new.text and _distance(old, new) < SAME_PLACE)
    changes = [
        *_pairs(olds, news, lambda old, new: old.text == new.text),
        *_pairs(olds, news, lambda old, new: _gap(old.box, new.box) < REPLACED_WITHIN),
    ]
    found = [TextChange(old, new) for old, new in changes]
    found += [TextChange(old, None) for old in olds]
    found += [TextChange(None, new) for new in news]
    return tuple(sorted(found, key=_place))


def _compared(golden: Document, new: Document, page: int) -> PageComparison:
    old_image, new_image = (file.pixels(page, PROOF_DPI, colour=True) for file in (golden, new))
    old_texts, new_texts = (texts(file.characters(page)) for file in (golden, new))
    difference = pixels.difference(old_image, new_image, PROOF_DPI)
    greys = old_image.convert("L"), new_image.convert("L")
    same_grey = difference is not None and pixels.difference(*greys, PROOF_DPI) is None
    changes = text_changes(old_texts, new_texts)
    return PageComparison(page + 1, golden.size(page), new.size(page), difference, same_grey, changes)


def _text(characters: list[Character]) -> Text:
    """Drop the blanks at both ends, and draw one box around the rest."""
    inked = [index for index, character in enumerate(characters) if not character.text.isspace()]
    kept = characters[inked[0] : inked[-1] + 1] if inked else characters
    boxes = [character.box for character in kept]
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.w for box in boxes), max(box.y + box.h for box in boxes)
    text = "".join(character.text for character in kept) if inked else ""
    return Text(text, Box(left, top, right - left, bottom - top))


def _continues(last: Box, box: Box) -> bool:
    """Whether a character goes on in the line of the one before it."""
    height = max(last.h, box.h)
    same_line = abs(_bottom(last) - _bottom(box)) < height / 4
    return same_line and -height / 2 < box.x - (last.x + last.w) < height * BREAKS_AT


def _pairs(olds: list[Text], news: list[Text], fits: Callable[[Text, Text], bool]) -> list[tuple[Text, Text]]:
    """Take the fitting pairs out of both lists, the nearest first."""
    possible = sorted(
        (_distance(old, new), i, j) for i, old in enumerate(olds) for j, new in enumerate(news) if fits(old, new)
    )
    taken: dict[int, int] = {}
    for _, i, j in possible:
        if i not in taken and j not in taken.values():
            taken[i] = j
    pairs = [(olds[i], news[j]) for i, j in taken.items()]
    olds[:] = [old for i, old in enumerate(olds) if i not in taken]
    news[:] = [new for j, new in enumerate(news) if j not in taken.values()]
    return pairs


def _distance(old: Text, new: Text) -> float:
    return math.hypot(new.box.x - old.box.x, new.box.y - old.box.y)


def _gap(old: Box, new: Box) -> float:
    """Blank between two boxes, 0 where they touch or overlap."""
    across = max(new.x - (old.x + old.w), old.x - (new.x + new.w), 0.0)
    down = max(new.y - (old.y + old.h), old.y - (new.y + new.h), 0.0)
    return math.hypot(across, down)


def _place(change: TextChange) -> tuple[float, float]:
    text = change.after or change.before
    return (text.box.y, text.box.x) if text else (0.0, 0.0)


def _moved(before: Box, after: Box) -> str:
    """Say a move by its parts: ``moved 1.00 mm right, 0.25 mm up``."""
    across, down = after.x - before.x, after.y - before.y
    parts = [
        f"{abs(length):.2f} mm {positive if length > 0 else negative}"
        for length, positive, negative in ((across, "right", "left"), (down, "down", "up"))
        if abs(length) >= SAME_PLACE / 2
    ]
    return f"moved {', '.join(parts)}"


def _section(page: PageComparison, pictures: Iterable[Path]) -> str:
    words = "".join(f"<li>{escape(sentence)}</li>" for sentence in page.sentences())
    images = "".join(f'<img src="{escape(path.name)}" alt="{escape(path.stem)}">' for path in pictures)
    return f"<section><h2>Page {page.number}</h2><ul>{words}</ul>{images}</section>"


def _html(comparison: Comparison, sections: Iterable[str]) -> str:
    pages = f"{comparison.golden_pages} → {comparison.new_pages} pages"
    verdict = "Nothing changed." if comparison.same else "Golden, new, difference (red: gone, blue: new)."
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Comparison</title>'
        "<style>body{font:14px sans-serif}img{width:32%;border:1px solid #999;margin:2px}</style>"
        f"<h1>{escape(comparison.golden.name)} → {escape(comparison.new.name)}</h1>"
        f"<p>{pages}. {verdict}</p>{''.join(sections)}</html>\n"
    )
