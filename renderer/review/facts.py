"""Two PDFs and which page is which → what changed beside texts, rules and inks in their places.

Fonts, glyphs and selectors, pictures, paper, links, remarks and fields, bookmarks, labels, and what a file says of
itself. However a file is written, compressed, ordered, encrypted or dated, nothing is told of that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from typing import Any

import pikepdf

from renderer.model.errors import BadBatch
from renderer.review.file_changes import bookmarks, bookmarks_changed, facts_told, labels_changed
from renderer.review.file_facts import facts_of
from renderer.review.font_changes import FontUse, fonts_changed, renamed, typeset, ways_changed
from renderer.review.pages import Pair
from renderer.review.paper import paper_changed
from renderer.review.picture_changes import pictures_changed
from renderer.review.records import ChangeRecord
from renderer.review.shown import Reader, Shown
from renderer.review.targets import Targets
from renderer.review.told import Both
from renderer.review.upon import upon_changed
from renderer.review.view import View


def facts_changed(
    golden: pikepdf.Pdf, new: pikepdf.Pdf, pairs: Collection[Pair], same: Collection[Pair] = ()
) -> Iterator[ChangeRecord]:
    """Tell what changed, page after page in the order of the new file, then of the files as a whole.

    ``same`` are pairs whose contents are known to be one, and are not read.

    :raises BadBatch: when one of them is broken where it is read.
    """
    ordered = sorted(pairs, key=lambda pair: pair[1])
    golden_pages, new_pages = list(golden.pages), list(new.pages)  # to look one up goes through all
    pages = [Both(old + 1, number + 1, golden_pages[old], new_pages[number]) for old, number in ordered]
    targets = Targets(golden, {both.golden_number: both.number for both in pages}), Targets(new)
    read = frozenset(pairs) - frozenset(same)
    try:
        yield from _pages_changed(pages, targets, read)
        yield from _files_changed(golden, new, pages, targets)
    except _BROKEN as error:
        raise BadBatch("one of both files is broken and cannot be compared; make it again") from error


_BROKEN = (pikepdf.PdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError)
"""What a file that is none makes of reading it."""


def _pages_changed(
    pages: Iterable[Both], targets: tuple[Targets, Targets], read: Container[Pair]
) -> Iterator[ChangeRecord]:
    contents = _Contents()
    for both in pages:
        yield from paper_changed(both)
        before, after = Shown(), Shown()
        if (both.golden_number - 1, both.number - 1) in read:
            before, after = contents.read(both)
            yield from contents.changed(both, before, after)
        yield from upon_changed(both, *targets, before.lines, after.lines)
    yield from contents.ways_changed()


def _files_changed(
    golden: pikepdf.Pdf, new: pikepdf.Pdf, pages: Sequence[Both], targets: tuple[Targets, Targets]
) -> Iterator[ChangeRecord]:
    if "/PageLabels" in golden.Root or "/PageLabels" in new.Root:
        yield from labels_changed(pages)
    yield from bookmarks_changed(bookmarks(golden, targets[0]), bookmarks(new, targets[1]))
    (described, used), (new_described, new_used) = facts_of(golden, targets[0]), facts_of(new, targets[1])
    yield from facts_told("metadata-changed", described, new_described)
    yield from facts_told("use-changed", used, new_used)


class _Contents:
    """Compares the contents of pages, and remembers how both files have their fonts."""

    def __init__(self) -> None:
        self._golden, self._new = _Side(), _Side()
        self._renamed: set[tuple[str, str]] = set()

    def read(self, both: Both) -> tuple[Shown, Shown]:
        """Read what one page shows in both files."""
        views = both.views
        return self._golden.read(both.golden, views[0]), self._new.read(both.new, views[1])

    def changed(self, both: Both, before: Shown, after: Shown) -> Iterator[ChangeRecord]:
        """Tell what one page shows otherwise."""
        lines = typeset(before.lines), typeset(after.lines)
        self._renamed |= renamed(*lines)
        yield from fonts_changed(both, *lines)
        yield from pictures_changed(both, before.pictures, after.pictures)

    def ways_changed(self) -> Iterator[ChangeRecord]:
        """Tell fonts that one of the files has otherwise."""
        return ways_changed(self._golden.uses, self._new.uses, self._renamed)


class _Side:
    """One of two files."""

    def __init__(self) -> None:
        self._reader = Reader()
        self.uses: dict[str, set[FontUse]] = defaultdict(set)

    def read(self, page: Any, seen: View) -> Shown:
        """Read a page, and remember how its fonts are there."""
        shown = self._reader.page(page, seen.matrix)
        for font in {line.font for line in shown.lines}:
            self.uses[font.name].add(FontUse(font.is_embedded, font.kind))
        return shown
