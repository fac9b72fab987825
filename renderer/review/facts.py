"""Two PDFs and which page is which → what changed beside texts, rules and inks in their places.

Fonts, glyphs and selectors, pictures, paper, links, remarks and fields, bookmarks, labels, and what a file says of
itself. However a file is written, compressed, ordered, encrypted or dated, nothing is told of that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

import pikepdf

from renderer.review.aloud import aloud_changed
from renderer.review.entries import entries_changed
from renderer.review.file_changes import bookmarks, bookmarks_changed, facts_told, labels_changed
from renderer.review.file_facts import facts_of
from renderer.review.font_changes import FontUse, fonts_changed, renamed, typeset, ways_changed
from renderer.review.interpreter import Interpreter
from renderer.review.labels import labels_of
from renderer.review.opened import refusing
from renderer.review.pages import Pair
from renderer.review.paper import paper_changed
from renderer.review.picture_changes import pictures_changed
from renderer.review.records import ChangeRecord
from renderer.review.shown import Shown, shown
from renderer.review.targets import Targets
from renderer.review.told import Both
from renderer.review.upon import upon_changed

_EITHER = "one of both files"


def facts_changed(
    golden: pikepdf.Pdf, new: pikepdf.Pdf, pairs: Collection[Pair], same: Collection[Pair] = ()
) -> Iterator[ChangeRecord]:
    """Tell what changed, page after page in the order of the new file, then of the files as a whole.

    ``same`` are pairs whose contents are known to be one, and are not read.

    :raises Unreadable: when one of the files is broken where it is read.
    """
    files = TwoFiles(golden, new, pairs)
    read = frozenset(pairs) - frozenset(same)
    for pair in sorted(pairs, key=lambda pair: pair[1]):
        yield from files.page_changed(pair, is_read=pair in read)
    yield from files.fonts_changed()
    yield from files.file_changed()


class TwoFiles:
    """Two open PDFs whose pages are known: for whoever asks page by page, such as one process of several.

    Each method raises Unreadable when one of the files is broken where it is read.
    """

    def __init__(self, golden: pikepdf.Pdf, new: pikepdf.Pdf, pairs: Iterable[Pair]) -> None:
        """``pairs`` are all that there are, for links and bookmarks lead from one page to another."""
        self._golden, self._new = golden, new
        self._sides = golden_side, new_side = _Side(golden), _Side(new)
        self._pages = {
            (old, number): Both(old + 1, number + 1, golden_side.page(old), new_side.page(number))
            for old, number in sorted(pairs, key=lambda pair: pair[1])
        }
        renumbered = {old + 1: number + 1 for old, number in self._pages}
        self._targets = Targets(golden, renumbered), Targets(new)
        self._renamed: set[tuple[str, str]] = set()

    def page_changed(self, pair: Pair, is_read: bool = True) -> Iterator[ChangeRecord]:
        """Tell what changed of one page; a content that is not read is known to be the same."""
        both = self._pages[pair]
        with refusing(_EITHER):
            yield from paper_changed(both)
            yield from entries_changed(both)
            before, after = self._shown(pair) if is_read else (Shown(), Shown())
            lines = typeset(before.lines), typeset(after.lines)
            self._renamed |= renamed(*lines)
            yield from fonts_changed(both, *lines)
            yield from aloud_changed(both, before.lines, after.lines)
            yield from pictures_changed(both, before.pictures, after.pictures)
            yield from upon_changed(both, *self._targets, before.lines, after.lines)

    def _shown(self, pair: Pair) -> tuple[Shown, Shown]:
        return self._sides[0].shown(pair[0]), self._sides[1].shown(pair[1])

    def fonts_changed(self) -> Iterator[ChangeRecord]:
        """Tell fonts that one file has otherwise than the other, on the pages that were read."""
        return ways_changed(self._sides[0].uses, self._sides[1].uses, self._renamed)

    def file_changed(self) -> Iterator[ChangeRecord]:
        """Tell what changed of the files as a whole."""
        with refusing(_EITHER):
            if "/PageLabels" in self._golden.Root or "/PageLabels" in self._new.Root:
                yield from labels_changed(self._pages.values(), labels_of(self._golden), labels_of(self._new))
            golden, new = zip((self._golden, self._new), self._targets, strict=True)
            kept = {both.number for both in self._pages.values()}
            yield from bookmarks_changed(bookmarks(*golden), bookmarks(*new), kept)
            (described, used), (new_described, new_used) = facts_of(*golden), facts_of(*new)
            yield from facts_told("metadata-changed", described, new_described)
            yield from facts_told("use-changed", used, new_used)


class _Side:
    """One of two files."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._interpreter = Interpreter(pdf)
        self.page = self._interpreter.page
        self.uses: dict[str, set[FontUse]] = defaultdict(set)

    def shown(self, page: int) -> Shown:
        """Read a page before it is turned, and remember how its fonts are there."""
        found = shown(self._interpreter.drawn(page, 0))
        for font in {line.font for line in found.lines}:
            self.uses[font.name].add(FontUse(font.is_embedded, font.kind))
        return found
