"""Two PDFs → what changed of them as a whole: bookmarks, page labels, and what they say of themselves."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, zip_longest
from typing import Any

import pikepdf

from renderer.review.file_facts import Facts
from renderer.review.records import ChangeRecord
from renderer.review.targets import Target, Targets
from renderer.review.told import Both, told_of_file

_MOST_LEVELS = 32


def facts_told(kind: str, before: Facts, after: Facts) -> Iterator[ChangeRecord]:
    """Tell what a file says otherwise of itself."""
    for sentence, old, new in differences(before, after):
        yield told_of_file(kind, sentence, old, new)


def differences(before: Facts, after: Facts) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield what went, came or is said otherwise: in a sentence, what it was and what it is."""
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old is None:
            yield f"{name} is new: {new}", old, new
        elif new is None:
            yield f"{name} is gone: {old}", old, new
        elif old != new:
            yield f"{name} was {old} and is {new}", old, new


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A line of the outline."""

    level: int
    """From 0."""
    title: str
    target: Target

    @property
    def words(self) -> tuple[int, str]:
        """By which it is found in another outline."""
        return self.level, self.title


def bookmarks(pdf: pikepdf.Pdf, targets: Targets) -> list[Bookmark]:
    """Read the outline of a file, in its order (ISO 32000-1, 12.3.3)."""
    return list(_below(pdf.Root.get("/Outlines", {}), targets, 0, set()))


def _below(item: Any, targets: Targets, level: int, seen: set[object]) -> Iterator[Bookmark]:
    child = item.get("/First")
    while child is not None and child.objgen not in seen and level < _MOST_LEVELS:
        seen.add(child.objgen)
        yield Bookmark(level, str(child.get("/Title", "")), targets.of(child))
        yield from _below(child, targets, level + 1, seen)
        child = child.get("/Next")


def bookmarks_changed(
    before: Sequence[Bookmark], after: Sequence[Bookmark], kept: Container[int]
) -> Iterator[ChangeRecord]:
    """Tell bookmarks that went, came, are called otherwise or lead elsewhere.

    A bookmark that went or came with its page is told with that: ``kept`` are the pages of the new file that both have.
    """
    words = [bookmark.words for bookmark in before], [bookmark.words for bookmark in after]
    for verb, a, b, c, d in SequenceMatcher(None, *words, autojunk=False).get_opcodes():
        if verb == "equal":
            yield from _led_elsewhere(before[a:b], after[c:d])
        else:
            olds = [old for old in before[a:b] if old.target.page is None or old.target.page > 0]
            news = [new for new in after[c:d] if new.target.page is None or new.target.page in kept]
            yield from _called_otherwise(olds, news)


def _led_elsewhere(olds: Iterable[Bookmark], news: Iterable[Bookmark]) -> Iterator[ChangeRecord]:
    for old, new in zip(olds, news, strict=True):
        if not old.target.same(new.target):
            sentence = f"the bookmark 「{new.title}」 led {old.target} and leads {new.target}"
            yield told_of_file("outline-changed", sentence, str(old.target), str(new.target))


def _called_otherwise(olds: Sequence[Bookmark], news: Sequence[Bookmark]) -> Iterator[ChangeRecord]:
    for old, new in zip_longest(olds, news):
        match old, new:
            case Bookmark(), Bookmark():
                sentence = f"the bookmark 「{old.title}」 became 「{new.title}」"
                yield told_of_file("outline-changed", sentence, old.title, new.title)
            case Bookmark(), None:
                yield told_of_file("outline-gone", f"the bookmark 「{old.title}」 is gone", old.title, None)
            case None, Bookmark():
                yield told_of_file("outline-new", f"the bookmark 「{new.title}」 is new", None, new.title)


def labels_changed(pages: Iterable[Both], golden: Sequence[str], new: Sequence[str]) -> Iterator[ChangeRecord]:
    """Tell pages that are called otherwise; of those that follow each other, the first and the last.

    :param golden: the label of every page of the file
    """
    labels = [(both, golden[both.golden_number - 1], new[both.number - 1]) for both in pages]
    for differs, stretch in groupby(labels, key=lambda each: each[1] != each[2]):
        if differs:
            (first, old, new), *_, (last, last_old, last_new) = [*stretch] * 2
            sentence = f"the label 「{old}」 became 「{new}」"
            if last is not first:
                sentence += f", and so on to page {last.number}: 「{last_old}」 became 「{last_new}」"
            yield first.told("label-changed", sentence, old, new)
