"""Two PDFs → what changed of them as a whole: bookmarks, page labels, and what they say of themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

import pikepdf

from renderer.review.file_facts import Facts
from renderer.review.records import ChangeRecord
from renderer.review.targets import Target, Targets
from renderer.review.told import Both, told_of_file

_MOST_LEVELS = 32


def facts_told(kind: str, before: Facts, after: Facts) -> Iterator[ChangeRecord]:
    """Tell what a file says otherwise of itself."""
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old is None:
            yield told_of_file(kind, f"{name} is new: {new}", old, new)
        elif new is None:
            yield told_of_file(kind, f"{name} is gone: {old}", old, new)
        elif old != new:
            yield told_of_file(kind, f"{name} was {old} and is {new}", old, new)


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


def bookmarks_changed(before: Sequence[Bookmark], after: Sequence[Bookmark]) -> Iterator[ChangeRecord]:
    """Tell bookmarks that went, came, are called otherwise or lead elsewhere."""
    words = [bookmark.words for bookmark in before], [bookmark.words for bookmark in after]
    for verb, a, b, c, d in SequenceMatcher(None, *words, autojunk=False).get_opcodes():
        olds, news = before[a:b], after[c:d]
        both = list(zip(olds, news, strict=False))
        for old, new in both:
            if verb != "equal":
                yield told_of_file(
                    "outline-changed", f"the bookmark 「{old.title}」 became 「{new.title}」", old.title, new.title
                )
            elif not old.target.same(new.target):
                sentence = f"the bookmark 「{new.title}」 led {old.target} and leads {new.target}"
                yield told_of_file("outline-changed", sentence, str(old.target), str(new.target))
        for old in olds[len(both) :]:
            yield told_of_file("outline-gone", f"the bookmark 「{old.title}」 is gone", old.title, None)
        for new in news[len(both) :]:
            yield told_of_file("outline-new", f"the bookmark 「{new.title}」 is new", None, new.title)


def labels_changed(pages: Sequence[Both]) -> Iterator[ChangeRecord]:
    """Tell pages that are called otherwise; of those that follow each other, the first and the last."""
    labels = [(both, str(both.golden.label), str(both.new.label)) for both in pages]
    for differs, stretch in groupby(labels, key=lambda each: each[1] != each[2]):
        if differs:
            (first, old, new), *_, (last, last_old, last_new) = [*stretch] * 2
            sentence = f"the label 「{old}」 became 「{new}」"
            if last is not first:
                sentence += f", and so on to page {last.number}: 「{last_old}」 became 「{last_new}」"
            yield first.told("label-changed", sentence, old, new)
