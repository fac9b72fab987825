"""Which page is which → a record of each page that is gone, new, there once more, or elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from renderer.review.books import Book, PageAt
from renderer.review.pages import Match, Page, Pair, Words
from renderer.review.records import ChangeRecord


@dataclass(frozen=True, slots=True)
class Told:
    """A record of a page, and the files that it is of."""

    file: int | None
    """Of the golden ones, counted from 0; None where it has no such page."""
    new_file: int | None
    record: ChangeRecord


@dataclass(frozen=True, slots=True)
class Side:
    """The pages of one of two books. Pages are counted from 0."""

    book: Book
    pages: Sequence[Page]
    places: Sequence[PageAt]

    def called(self, page: int) -> str:
        """Name a page: whose it is, where a manifest says so, and where it is."""
        record = self.record(page)
        return f"{record}, {self.book.called(self.places[page])}" if record else self.book.called(self.places[page])

    def record(self, page: int) -> str | None:
        """Give the 整理番号 of a page; None where no manifest says it."""
        owner = self.pages[page].owner
        return owner.record or None if owner else None


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Pages of two books, and which is which."""

    golden: Side
    new: Side
    match: Match
    words: tuple[Mapping[int, Words], Mapping[int, Words]]
    """What the pages say that are gone, and those that are new."""

    def told(self) -> Iterator[Told]:
        """Record what became of pages, those that are gone first."""
        groups = count(1)
        for page in self.match.gone:
            sentence = f"{self.golden.called(page)} is gone{_quoted(self.words[0][page])}"
            yield self._told("page-gone", page, None, sentence)
        yield from self._came()
        for pairs in self.match.swapped:
            yield from self._swapped(pairs, next(groups))
        for old, new in self.match.moved:
            before, after = self.golden.book.called(self.golden.places[old]), self.new.book.called(self.new.places[new])
            yield self._told("page-moved", old, new, f"{self.golden.called(old)} is {after} now", before, after)

    def _came(self) -> Iterator[Told]:
        there = {self.new.pages[new].sum: new for _, new in reversed(self.match.pairs) if self.new.pages[new].sum}
        for page in self.match.new:
            if (same := there.get(self.new.pages[page].sum)) is None:
                yield self._told(
                    "page-new", None, page, f"{self.new.called(page)} is new{_quoted(self.words[1][page])}"
                )
            else:
                sentence = f"{self.new.called(page)} is {self.new.called(same)} once more{_quoted(self.words[1][page])}"
                yield self._told("page-repeated", None, page, sentence)

    def _swapped(self, pairs: tuple[Pair, Pair], group: int) -> Iterator[Told]:
        one, other = (new for _, new in pairs)
        records = self.new.record(one), self.new.record(other)
        whose = f"{records[0]} and {records[1]}, " if all(records) else ""
        places = [self.new.places[page] for page in (one, other)]
        if len(self.new.book.files) == 1:
            which = f"pages {places[0].page + 1} and {places[1].page + 1}"
        else:
            which = " and ".join(map(self.new.book.called, places))
        for old, new in pairs:
            yield self._told("page-swapped", old, new, f"{whose}{which} changed places", group=group)

    def _told(
        self,
        kind: str,
        old: int | None,
        new: int | None,
        sentence: str,
        before: str | None = None,
        after: str | None = None,
        group: int | None = None,
    ) -> Told:
        place = None if old is None else self.golden.places[old]
        new_place = None if new is None else self.new.places[new]
        record = ChangeRecord(
            kind=kind,
            page=new_place.page + 1 if new_place else None,
            golden_page=place.page + 1 if place else None,
            record=self.golden.record(old) if old is not None else self.new.record(new) if new is not None else None,
            box=None,
            before=before,
            after=after,
            vector=None,
            region=None,
            slot=None,
            group=group,
            ignored_by=None,
            sentence=sentence,
        )
        return Told(place.file if place else None, new_place.file if new_place else None, record)


def _quoted(words: Words) -> str:
    """Quote the text by which a person finds a page."""
    return f": 「{words[0]}」" if words else ""
