"""What changed from one PDF to another → the records of it, in the order in which it is told, and its report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from renderer.review.changes import AnyChange, Change, Repaint
from renderer.review.compare import Comparison, PageComparison
from renderer.review.judged import FilePair
from renderer.review.records import ChangeRecord
from renderer.review.report import write_report
from renderer.review.sameness import Thing
from renderer.review.texts import Text
from renderer.review.viewer_page import Summary
from renderer.review.wording import inks


def records_of(comparison: Comparison) -> tuple[ChangeRecord, ...]:
    """Give a record for each thing that changed: pages first, then what changed on each."""
    of_pages = [_of_page(page) for page in comparison.pages]
    return (*_pages(comparison), *(record for page in of_pages for record in page))


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


def _of_page(page: PageComparison) -> Iterator[ChangeRecord]:
    number, golden_number = page.number, page.golden_number
    sentences = page.sentences()
    if page.turned:
        yield _record("page-turned", number, golden_number, next(sentences), "0°", f"{page.turned}°")
    if not page.same_size:
        before, after = (f"{w:.3f} × {h:.3f} mm" for w, h in (page.golden_size, page.new_size))
        yield _record("page-resized", number, golden_number, next(sentences), before, after)
    for group, (change, sentence) in enumerate(zip(page.changes, sentences, strict=False), start=1):
        yield from _of_change(change, page, group, sentence)
    if page.difference:
        sentence = list(page.sentences())[-1]
        for box in page.difference.boxes:
            yield ChangeRecord(
                "pixels", number, golden_number, None, box, None, None, None, None, None, 0, None, sentence
            )


def _of_change(change: AnyChange, page: PageComparison, group: int, sentence: str) -> Iterator[ChangeRecord]:
    """Give the records of what is told as one."""
    if isinstance(change, Repaint):
        before, after = inks(change.before), inks(change.after)
        for painted in change.things:
            yield _placed(change.kind, page, painted, (before, after), None, group, sentence)
        return
    for each in [change] if isinstance(change, Change) else change.changes:
        if thing := each.after or each.before:
            words = _words(each.before), _words(each.after)
            vector = each.vector if each.before and each.after else None
            yield _placed(each.kind, page, thing, words, vector, group, sentence)


def _words(thing: Thing | None) -> str | None:
    return thing.text if isinstance(thing, Text) else None


def _placed(
    kind: str,
    page: PageComparison,
    thing: Thing,
    words: tuple[str | None, str | None],
    vector: tuple[float, float] | None,
    group: int,
    sentence: str,
) -> ChangeRecord:
    number, golden_number = page.number, page.golden_number
    return ChangeRecord(kind, number, golden_number, None, thing.box, *words, vector, None, None, group, None, sentence)


def _record(
    kind: str,
    page: int | None,
    golden_page: int | None,
    sentence: str,
    before: str | None = None,
    after: str | None = None,
) -> ChangeRecord:
    return ChangeRecord(kind, page, golden_page, None, None, before, after, None, None, None, None, None, sentence)
