"""A comparison → the records of all that changed, in the order in which it is told, and its report."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count
from pathlib import Path

from renderer.review.compare import Comparison, PageComparison
from renderer.review.content import Content
from renderer.review.judged import FilePair
from renderer.review.recording import Recorder
from renderer.review.records import ChangeRecord
from renderer.review.report import write_report
from renderer.review.viewer_page import Summary

_NO_CONTENT = Content((), ())
"""Regions alone would be asked of it, and no layout is known here."""


def records_of(comparison: Comparison) -> tuple[ChangeRecord, ...]:
    """Give a record for each thing that changed: pages first, then what changed on each."""
    groups = count(1)
    of_pages = chain.from_iterable(_of_page(page, groups) for page in comparison.pages)
    return (*_pages(comparison), *of_pages)


def report_on(comparison: Comparison, folder: Path) -> Path:
    """Write the report of two files that were compared; return its page."""
    pair = FilePair(comparison.new.name, comparison.golden, comparison.new, records_of(comparison))
    title = f"{comparison.golden.name} → {comparison.new.name}"
    pairs = [] if comparison.same else [pair]
    return write_report(pairs, Summary(title, comparison.new_pages, "pages"), folder)


def _pages(comparison: Comparison) -> Iterator[ChangeRecord]:
    """Tell which pages are gone, new or elsewhere."""
    golden_numbers = {page.number: page.golden_number for page in comparison.pages}
    for number, words in comparison.gone:
        yield _record("page-gone", None, number, f"page {number} is gone{words}")
    for number, words in comparison.came:
        yield _record("page-new", number, None, f"page {number} is new{words}")
    for one, other in comparison.swapped:
        for number in (one, other):
            sentence = f"pages {one} and {other} changed places"
            yield _record("page-swapped", number, golden_numbers[number], sentence)
    for old, number in comparison.moved:
        yield _record("page-moved", number, old, f"page {old} is page {number} now", str(old), str(number))


def _of_page(page: PageComparison, groups: Iterator[int]) -> Iterator[ChangeRecord]:
    number, golden_number = page.number, page.golden_number
    sentences = page.sentences()
    if page.turned:
        yield _record("page-turned", number, golden_number, next(sentences), "0°", f"{page.turned}°")
    if not page.same_size:
        before, after = (f"{w:.3f} × {h:.3f} mm" for w, h in (page.golden_size, page.new_size))
        yield _record("page-resized", number, golden_number, next(sentences), before, after)
    yield from Recorder(number, golden_number, _NO_CONTENT).records(page.changes, groups)
    if page.difference:
        *_, sentence = sentences
        group = next(groups)
        for box in page.difference.boxes:
            yield ChangeRecord(
                "pixels", number, golden_number, None, box, None, None, None, None, None, group, None, sentence
            )


def _record(
    kind: str,
    page: int | None,
    golden_page: int | None,
    sentence: str,
    before: str | None = None,
    after: str | None = None,
) -> ChangeRecord:
    return ChangeRecord(kind, page, golden_page, None, None, before, after, None, None, None, None, None, sentence)
