"""An approved PDF and a new one, or two deliveries → what changed, in mm and in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path

from renderer.review.books import Book, PageAt, opened_book
from renderer.review.counts import Counts, counts_of
from renderer.review.page_changes import Spread, Stretch, TwoBooks, in_this_process, read_words, sum_up
from renderer.review.pages import Page, Pair, Words, matched
from renderer.review.parts import Part, parts_of
from renderer.review.places import NamedPlace
from renderer.review.records import ChangeRecord
from renderer.review.tolerance import Tolerance
from renderer.review.whereabouts import Side, Whereabouts

SUMMED_AT_ONCE = 250
"""Pages that a process sums up before it answers."""
READ_AT_ONCE = 25
"""Pages whose words a process reads before it answers."""
NO_TOLERANCE = Tolerance()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed. It quotes the sheets' text: show it to QA, never log it."""

    golden: Path
    """A PDF, or a delivery's folder."""
    new: Path
    golden_pages: int
    new_pages: int
    parts: tuple[Part, ...]
    """Of two PDFs, one."""
    counts: Counts

    @property
    def records(self) -> tuple[ChangeRecord, ...]:
        """Everything that changed, what a rule passes over included."""
        return tuple(chain.from_iterable(part.records for part in self.parts))

    @property
    def same(self) -> bool:
        """Whether nothing changed that counts."""
        return all(record.ignored_by for record in self.records)

    def sentences(self) -> Iterator[str]:
        """Say each change that counts; what is told as one, once."""
        if self.golden_pages != self.new_pages:
            yield f"{self.golden_pages:,} pages became {self.new_pages:,}"
        for part in self.parts:
            # One sentence of several records is told once, and one that two pages have by chance twice.
            told: dict[tuple[int | None, str], None] = {}
            for place, record in enumerate(part.records):
                if not record.ignored_by:
                    told[record.group if record.group is not None else -place, record.sentence] = None
            yield from (sentence for _, sentence in told)


def compare(
    golden: Path,
    new: Path,
    tolerance: Tolerance = NO_TOLERANCE,
    places: Sequence[NamedPlace] = (),
    spreading: Callable[[TwoBooks], AbstractContextManager[Spread]] = in_this_process,
) -> Comparison:
    """Compare two PDFs, or the print files of two folders, page by page.

    :param places: regions and slots of the golden's pages, where they are ours
    :param spreading: gives what asks the same of many pages, such as by several processes
    :raises Unreadable: when a file cannot be read
    """
    books = opened_book(golden), opened_book(new)
    files = [tuple(file.pdf for file in book.files) for book in books]
    with spreading(TwoBooks(files[0], files[1], sum(len(book.pages) for book in books), tuple(places))) as ask:
        sides = _summed_up(books[0], ask, is_new=False), _summed_up(books[1], ask, is_new=True)
        where = _matched(*sides, ask)
        parts = tuple(parts_of(where, ask, tolerance))
    changed = frozenset[Pair]().union(*(part.changed for part in parts))
    counts = counts_of(*sides, where.match, changed)
    return Comparison(golden, new, len(sides[0].pages), len(sides[1].pages), parts, counts)


def _summed_up(book: Book, ask: Spread, *, is_new: bool) -> Side:
    places = book.pages
    sums = chain.from_iterable(ask(sum_up, _stretches(places, SUMMED_AT_ONCE, is_new)))
    pages = [Page(found, owner) for found, owner in zip(sums, book.owners, strict=True)]
    return Side(book, pages, places)


def _matched(golden: Side, new: Side, ask: Spread) -> Whereabouts:
    def read(olds: Sequence[int], news: Sequence[int]) -> tuple[dict[int, Words], dict[int, Words]]:
        return _words(golden, olds, ask, is_new=False), _words(new, news, ask, is_new=True)

    match = matched(golden.pages, new.pages, read)
    return Whereabouts(golden, new, match, read(match.gone, match.new))


def _words(side: Side, pages: Sequence[int], ask: Spread, *, is_new: bool) -> dict[int, Words]:
    stretches = _stretches([side.places[page] for page in pages], READ_AT_ONCE, is_new)
    return dict(zip(pages, chain.from_iterable(ask(read_words, stretches)), strict=True))


def _stretches(places: Sequence[PageAt], most: int, is_new: bool) -> Iterator[Stretch]:
    """Divide pages, in their order, into what is asked at once."""
    for file, of_file in groupby(places, key=lambda place: place.file):
        pages = [place.page for place in of_file]
        yield from (Stretch(is_new, file, pages[start : start + most]) for start in range(0, len(pages), most))
