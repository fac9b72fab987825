"""Which page of two books is which → what changed from file to file, as records, with whose pages they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path

import pikepdf

from renderer.review.facts import TwoFiles
from renderer.review.page_changes import PagePair, Spread, page_changes
from renderer.review.pages import Pair
from renderer.review.records import ChangeRecord
from renderer.review.tolerance import Tolerance
from renderer.review.whereabouts import Whereabouts

FilePair = tuple[int, int]
"""A file of the golden and one of the new book, counted from 0."""


@dataclass(frozen=True, slots=True)
class Part:
    """What changed from one file to another."""

    golden: Path
    new: Path
    records: tuple[ChangeRecord, ...]
    """Pages that are gone, new or elsewhere; then page after page of the new file; then the file as a whole."""
    changed: frozenset[Pair]
    """Pages of the books of which anything counts that changed where they are, counted from 0."""


def parts_of(where: Whereabouts, ask: Spread, tolerance: Tolerance) -> Iterator[Part]:
    """Record what changed, file after file: what is the same by its sum is not drawn."""
    by_files = _by_files(where)
    partners = _partners(by_files)
    asked = [_asked(where, pair) for pairs in by_files.values() for pair in pairs if not _is_same(where, pair)]
    answers = iter(ask(page_changes, asked))
    elsewhere = _elsewhere(where, by_files)
    for files, pairs in by_files.items():
        recorder = _Recorder(where, files, tolerance, is_whole=files in partners)
        yield recorder.part(elsewhere[files], pairs, answers)


def _by_files(where: Whereabouts) -> dict[FilePair, list[Pair]]:
    """Take the pairs of pages by their files, in the order of the new ones; where no page is in both, the first two."""
    found: dict[FilePair, list[Pair]] = defaultdict(list)
    for pair in where.match.pairs:
        found[_files(where, pair)].append(pair)
    return dict(sorted(found.items(), key=lambda files: files[0][::-1])) or {(0, 0): []}


def _files(where: Whereabouts, pair: Pair) -> FilePair:
    return where.golden.places[pair[0]].file, where.new.places[pair[1]].file


def _is_same(where: Whereabouts, pair: Pair) -> bool:
    sums = where.golden.pages[pair[0]].sum, where.new.pages[pair[1]].sum
    return sums[0] is not None and sums[0] == sums[1]


def _asked(where: Whereabouts, pair: Pair) -> PagePair:
    old, new = where.golden.places[pair[0]], where.new.places[pair[1]]
    owner = where.golden.pages[pair[0]].owner
    return PagePair(old.file, old.page, new.file, new.page, owner.page if owner else old.page + 1)


def _partners(by_files: Mapping[FilePair, Sequence[Pair]]) -> set[FilePair]:
    """Find the files that went into one another for the most part: as a whole, only they can be compared."""
    most = sorted(by_files, key=lambda files: (-len(by_files[files]), files))
    found: dict[int, int] = {}
    for old, new in most:
        if old not in found and new not in found.values():
            found[old] = new
    return set(found.items())


def _elsewhere(where: Whereabouts, by_files: Iterable[FilePair]) -> Mapping[FilePair, list[ChangeRecord]]:
    """Tell what became of pages with the files that they are of; of a page that one alone has, the first such."""
    known = list(by_files)
    found: dict[FilePair, list[ChangeRecord]] = defaultdict(list)
    for told in where.told():
        fitting = (files for files in known if told.file in (None, files[0]) and told.new_file in (None, files[1]))
        found[next(fitting, known[-1])].append(told.record)
    return found


class _Recorder:
    """Records what changed from one file to another."""

    def __init__(self, where: Whereabouts, files: FilePair, tolerance: Tolerance, *, is_whole: bool) -> None:
        self._where, self._files, self._tolerance, self._is_whole = where, files, tolerance, is_whole
        self._groups = count(1)

    def part(
        self, elsewhere: Iterable[ChangeRecord], pairs: Sequence[Pair], answers: Iterator[Sequence[ChangeRecord]]
    ) -> Part:
        """Record all of it; ``answers`` are what changed on the pages that are not the same by their sum."""
        golden, new = (
            side.book.files[file].pdf
            for side, file in zip((self._where.golden, self._where.new), self._files, strict=True)
        )
        records = list(self._judged(elsewhere))
        changed: set[Pair] = set()
        with pikepdf.open(golden) as old, pikepdf.open(new) as fresh:
            places = {pair: self._places(pair) for pair in pairs}
            both = TwoFiles(old, fresh, places.values())
            for pair in pairs:
                is_same = _is_same(self._where, pair)
                drawn = () if is_same else next(answers)
                facts = both.page_changed(places[pair], is_read=not is_same)
                # A page that is turned or of another size is told before what is on it.
                told = sorted((*drawn, *facts), key=lambda record: not record.kind.startswith("page-"))
                found = self._judged(self._owned(told, pair))
                records += found
                if not all(record.ignored_by for record in found):
                    changed.add(pair)
            if self._is_whole:
                records += self._judged(self._of_file(chain(both.fonts_changed(), both.file_changed())))
        return Part(golden, new, tuple(records), frozenset(changed))

    def _places(self, pair: Pair) -> Pair:
        return self._where.golden.places[pair[0]].page, self._where.new.places[pair[1]].page

    def _owned(self, records: Iterable[ChangeRecord], pair: Pair) -> Iterator[ChangeRecord]:
        """Say whose page it is that changed."""
        side = self._where.new
        called, page = side.called(pair[1]), side.places[pair[1]].page + 1
        for record in records:
            sentence = called + record.sentence.removeprefix(f"page {page}")
            yield replace(record, record=side.record(pair[1]), sentence=sentence)

    def _of_file(self, records: Iterable[ChangeRecord]) -> Iterator[ChangeRecord]:
        """Say which of several files changed, or whose page of it."""
        side = self._where.new
        at = {place.page + 1: page for page, place in enumerate(side.places) if place.file == self._files[1]}
        for record in records:
            if record.page is not None:
                yield from self._owned([record], (0, at[record.page]))
            elif len(side.book.files) > 1:
                yield replace(record, sentence=f"{side.book.files[self._files[1]].pdf.name}: {record.sentence}")
            else:
                yield record

    def _judged(self, records: Iterable[ChangeRecord]) -> tuple[ChangeRecord, ...]:
        """Pass over what a rule says, and number the groups anew: each page begins with its own first."""
        judged = self._tolerance.applied(records)
        groups = dict.fromkeys(record.group for record in judged if record.group is not None)
        numbers: dict[int | None, int | None] = {group: next(self._groups) for group in groups}
        return tuple(replace(record, group=numbers.get(record.group)) for record in judged)
