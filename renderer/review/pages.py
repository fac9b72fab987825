"""The pages of two files → which page of the one is which of the other, and what became of the rest."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from renderer.review.page_sums import Sum

Pair = tuple[int, int]
"""A page of the golden and one of the new file, counted from 0."""
Words = tuple[str, ...]
"""The texts of a page, from the top down."""
ReadWords = Callable[[Sequence[int], Sequence[int]], tuple[Mapping[int, Words], Mapping[int, Words]]]
"""Some pages of the golden and some of the new file → their texts: read only where sums do not say what is which."""
MOST_WEIGHED = 90_000
"""Pairs that may be weighed against one another; what is more follows as it stands."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose page it is, as a manifest says."""

    record: str
    """整理番号; empty for pages before the first sheet."""
    page: int
    """Of the sheet, from 1; enclosed pages that follow count on."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of a page before it is read."""

    sum: Sum | None
    """None where it cannot be told."""
    owner: Owner | None = None
    """None where there is no manifest."""


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


def matched(olds: Sequence[Page], news: Sequence[Page], read: ReadWords) -> Match:
    """Match pages by owner where all have one; else those that are the same, of the same words, and most alike."""
    if all(page.owner for page in (*olds, *news)):
        pairs = _same([page.owner for page in olds], [page.owner for page in news])
        return _match(olds, news, pairs)
    pairs = _same([page.sum for page in olds], [page.sum for page in news])
    rest = _free(len(olds), pairs), _free(len(news), pairs.values())
    if rest[0] and rest[1]:
        befores, afters = read(*rest)
        found = _same([befores[page] for page in rest[0]], [afters[page] for page in rest[1]])
        pairs |= {rest[0][old]: rest[1][new] for old, new in found.items()}
        pairs |= _sharing(befores, afters, pairs)
        for old_stretch, new_stretch in list(_stretches(len(olds), len(news), pairs)):
            weighed = len(old_stretch) != len(new_stretch) and len(old_stretch) * len(new_stretch) <= MOST_WEIGHED
            follow = _most_alike(befores, old_stretch, afters, new_stretch) if weighed else None
            pairs |= dict(follow or zip(old_stretch, new_stretch, strict=False))
    return _match(olds, news, pairs)


def _match(olds: Sequence[Page], news: Sequence[Page], pairs: Mapping[int, int]) -> Match:
    ordered = tuple(sorted(pairs.items(), key=lambda pair: pair[1]))
    return Match(ordered, tuple(_free(len(olds), pairs)), tuple(_free(len(news), pairs.values())))


def _free(count: int, given: Collection[int]) -> list[int]:
    taken = set(given)
    return [page for page in range(count) if page not in taken]


def _same(before: Sequence[Hashable], after: Sequence[Hashable]) -> dict[int, int]:
    """Pair what is equal: in one order first, then what moved. None is equal to nothing."""
    # An object of its own is equal to no other.
    olds, news = ([object() if value is None else value for value in values] for values in (before, after))
    pairs = dict(_aligned(olds, news))
    given = set(pairs.values())
    places: dict[Hashable, deque[int]] = defaultdict(deque)
    for place, value in enumerate(news):
        if place not in given:
            places[value].append(place)
    for place, value in enumerate(olds):
        if place not in pairs and places.get(value):
            pairs[place] = places[value].popleft()
    return pairs


def _aligned(olds: Sequence[Hashable], news: Sequence[Hashable], old_start: int = 0, start: int = 0) -> Iterator[Pair]:
    """Pair what is equal and follows in one order: from both ends, then between what stands once in both."""
    shorter = min(len(olds), len(news))
    head = next((at for at in range(shorter) if olds[at] != news[at]), shorter)
    tail = next((at for at in range(shorter - head) if olds[-1 - at] != news[-1 - at]), shorter - head)
    yield from ((old_start + at, start + at) for at in range(head))
    yield from ((old_start + len(olds) - at, start + len(news) - at) for at in range(1, tail + 1))
    olds, news = olds[head : len(olds) - tail], news[head : len(news) - tail]
    old_start, start = old_start + head, start + head
    if not olds or not news:
        return
    once = _once(olds), _once(news)
    fixed = sorted(_in_order([(once[0][value], once[1][value]) for value in once[0].keys() & once[1].keys()]))
    if fixed:
        yield from ((old_start + old, start + new) for old, new in fixed)
        for (old, new), (next_old, next_new) in pairwise([(-1, -1), *fixed, (len(olds), len(news))]):
            between = olds[old + 1 : next_old], news[new + 1 : next_new]
            yield from _aligned(*between, old_start + old + 1, start + new + 1)
    elif len(olds) * len(news) <= MOST_WEIGHED:
        for block in SequenceMatcher(None, olds, news, autojunk=False).get_matching_blocks():
            yield from ((old_start + block.a + at, start + block.b + at) for at in range(block.size))


def _once(values: Sequence[Hashable]) -> dict[Hashable, int]:
    """Give the place of each value that stands once."""
    counts = Counter(values)
    return {value: place for place, value in enumerate(values) if counts[value] == 1}


def _sharing(befores: Mapping[int, Words], afters: Mapping[int, Words], pairs: Mapping[int, int]) -> dict[int, int]:
    """Pair pages that share most of the texts that stand on no other page, wherever they are."""
    given = set(pairs.values())
    owns = (
        _own({page: words for page, words in befores.items() if page not in pairs}),
        _own({page: words for page, words in afters.items() if page not in given}),
    )
    votes = Counter((owns[0][text], owns[1][text]) for text in owns[0].keys() & owns[1].keys())
    sizes = Counter(owns[0].values()), Counter(owns[1].values())
    found: dict[int, int] = {}
    taken: set[int] = set()
    for (old, new), shared in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
        # Where the others are gone, what all pages say stands on one page alone.
        is_most = 2 * shared > min(sizes[0][old], sizes[1][new])
        if is_most and old not in found and new not in taken:
            found[old] = new
            taken.add(new)
    return found


def _own(pages: Mapping[int, Words]) -> dict[str, int]:
    """Give the page of each text that stands on one page alone."""
    counts = Counter(text for words in pages.values() for text in set(words))
    return {text: page for page, words in pages.items() for text in words if counts[text] == 1}


def _stretches(old_count: int, new_count: int, pairs: Mapping[int, int]) -> Iterator[tuple[list[int], list[int]]]:
    """Yield what has no partner in both files, between two pairs that are in the order of all others."""
    given = set(pairs.values())
    fixed = [(-1, -1), *sorted(_in_order(list(pairs.items()))), (old_count, new_count)]
    for (old, new), (next_old, next_new) in pairwise(fixed):
        olds = [page for page in range(old + 1, next_old) if page not in pairs]
        news = [page for page in range(new + 1, next_new) if page not in given]
        if olds and news:
            yield olds, news


def _most_alike(
    olds: Mapping[int, Words], old_stretch: list[int], news: Mapping[int, Words], new_stretch: list[int]
) -> Iterator[Pair]:
    """Pair as many pages of two stretches as the shorter has, in order, so that most texts agree."""
    befores = [Counter(olds[page]) for page in old_stretch]
    afters = [Counter(news[page]) for page in new_stretch]
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
    """Keep as many pairs as can be that follow each other in both files (patience sorting)."""
    ordered = sorted(pairs)
    ends: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for place, (_, new) in enumerate(ordered):
        pile = bisect_left(ends, new)
        ends[pile : pile + 1] = [new]
        piles[pile : pile + 1] = [place]
        before.append(piles[pile - 1] if pile else -1)
    kept: set[Pair] = set()
    place = piles[-1] if piles else -1
    while place >= 0:
        kept.add(ordered[place])
        place = before[place]
    return kept
