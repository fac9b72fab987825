"""The pages of two files → which page of the one is which of the other, and what became of the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import Match as Block
from difflib import SequenceMatcher
from itertools import pairwise

from renderer.review.content import Content

Pair = tuple[int, int]
"""A page of the golden and one of the new file, counted from 0."""


@dataclass(frozen=True, slots=True)
class Match:
    """Which page is which. Pages are counted from 0."""

    pairs: tuple[Pair, ...]
    """By the place in the new file."""
    gone: tuple[int, ...]
    """Of the golden."""
    new: tuple[int, ...]
    """Of the new file."""

    @property
    def swapped(self) -> tuple[tuple[Pair, Pair], ...]:
        """Pairs that stand in each other's place."""
        order = {old: rank for rank, old in enumerate(sorted(old for old, _ in self.pairs))}
        ranks = [order[old] for old, _ in self.pairs]
        return tuple(
            (self.pairs[now], self.pairs[was]) for now, was in enumerate(ranks) if was > now and ranks[was] == now
        )

    @property
    def moved(self) -> tuple[Pair, ...]:
        """Pairs out of the order of all others, and in nobody else's place."""
        exchanged = {pair for both in self.swapped for pair in both}
        rest = [pair for pair in self.pairs if pair not in exchanged]
        stay = _in_order(rest)
        return tuple(pair for pair in rest if pair not in stay)


def matched(olds: Sequence[Content], news: Sequence[Content]) -> Match:
    """Match pages: those that are the same, wherever they are; those of the same words; the others as they follow."""
    pairs: dict[int, int] = {}
    for fingerprint in (_everything, _words):
        _match_same(olds, news, fingerprint, pairs)
    for old_stretch, new_stretch in list(_stretches(len(olds), len(news), pairs)):
        if len(old_stretch) == len(new_stretch):
            pairs.update(zip(old_stretch, new_stretch, strict=True))
        else:
            pairs.update(_most_alike(olds, old_stretch, news, new_stretch))
    given = set(pairs.values())
    return Match(
        tuple(sorted(pairs.items(), key=lambda pair: pair[1])),
        tuple(old for old in range(len(olds)) if old not in pairs),
        tuple(new for new in range(len(news)) if new not in given),
    )


def _everything(page: Content) -> Hashable:
    return page


def _words(page: Content) -> Hashable:
    return tuple(text.text for text in page.texts)


def _match_same(
    olds: Sequence[Content], news: Sequence[Content], fingerprint: Callable[[Content], Hashable], pairs: dict[int, int]
) -> None:
    """Pair pages of one fingerprint that have no partner yet: those in their order first, then those that moved."""
    given = set(pairs.values())
    free_olds = [old for old in range(len(olds)) if old not in pairs]
    free_news = [new for new in range(len(news)) if new not in given]
    numbers: dict[Hashable, int] = {}
    before = [numbers.setdefault(fingerprint(olds[old]), len(numbers)) for old in free_olds]
    after = [numbers.setdefault(fingerprint(news[new]), len(numbers)) for new in free_news]
    for block in _blocks(before, after):
        for at in range(block.size):
            pairs[free_olds[block.a + at]] = free_news[block.b + at]
            before[block.a + at] = after[block.b + at] = -1
    for old, number in zip(free_olds, before, strict=True):
        if number >= 0 and number in after:
            at = after.index(number)
            pairs[old] = free_news[at]
            after[at] = -1


def _stretches(old_count: int, new_count: int, pairs: dict[int, int]) -> Iterator[tuple[list[int], list[int]]]:
    """Yield what has no partner in both files, between two pairs that are in the order of all others."""
    given = set(pairs.values())
    fixed = [(-1, -1), *sorted(_in_order(sorted(pairs.items()))), (old_count, new_count)]
    for (old, new), (next_old, next_new) in pairwise(fixed):
        olds = [page for page in range(old + 1, next_old) if page not in pairs]
        news = [page for page in range(new + 1, next_new) if page not in given]
        if olds and news:
            yield olds, news


def _most_alike(
    olds: Sequence[Content], old_stretch: list[int], news: Sequence[Content], new_stretch: list[int]
) -> Iterator[Pair]:
    """Pair as many pages of two stretches as the shorter has, in order, so that most texts agree."""
    befores = [Counter(text.text for text in olds[page].texts) for page in old_stretch]
    afters = [Counter(text.text for text in news[page].texts) for page in new_stretch]
    # best[i][j]: what the pages from i and from j on can have in common. A pair counts before any text.
    best = [[(0, 0)] * (len(afters) + 1) for _ in range(len(befores) + 1)]
    for i in reversed(range(len(befores))):
        for j in reversed(range(len(afters))):
            count, common = best[i + 1][j + 1]
            paired = count + 1, common + (befores[i] & afters[j]).total()
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    i = j = 0
    while i < len(befores) and j < len(afters):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            yield old_stretch[i], new_stretch[j]
            i, j = i + 1, j + 1


def _in_order(pairs: Sequence[Pair]) -> set[Pair]:
    """Keep the pairs that follow each other in both files."""
    by_new = sorted(pairs, key=lambda pair: pair[1])
    blocks = _blocks(sorted(pairs), by_new)
    return {by_new[block.b + at] for block in blocks for at in range(block.size)}


def _blocks(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Block]:
    return SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
