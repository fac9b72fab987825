"""Pages of two files are matched: each is in one pair, or gone, or new; and thousands are, in no time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.review.pages import Match, Owner, Page, Words, matched


def match(olds: Sequence[str], news: Sequence[str], words: Mapping[str, Words] | None = None) -> Match:
    """Match pages that are named; a name in capitals has no sum."""
    said = words or {}

    def read(old: Sequence[int], new: Sequence[int]) -> tuple[dict[int, Words], dict[int, Words]]:
        return (
            {page: said.get(olds[page], (olds[page],)) for page in old},
            {page: said.get(news[page], (news[page],)) for page in new},
        )

    return matched(*([Page(name.encode()) for name in names] for names in (olds, news)), read)


NAMES = st.lists(st.sampled_from("abcdefgh"), max_size=12)


@given(NAMES, NAMES)
def test_every_page_is_in_one_pair_or_gone_or_new(olds: list[str], news: list[str]) -> None:
    found = match(olds, news)
    assert sorted([old for old, _ in found.pairs] + list(found.gone)) == list(range(len(olds)))
    assert sorted([new for _, new in found.pairs] + list(found.new)) == list(range(len(news)))


@given(st.permutations("abcdefgh"))
def test_pages_that_are_there_are_found_wherever_they_are(news: list[str]) -> None:
    olds = list("abcdefgh")
    found = match(olds, news)
    assert all(olds[old] == news[new] for old, new in found.pairs)
    assert len(found.pairs) == len(olds)
    # Without those that moved, all the others are in order.
    moved = {pair for both in found.swapped for pair in both} | set(found.moved)
    stay = [old for old, new in found.pairs if (old, new) not in moved]
    assert stay == sorted(stay)


@pytest.mark.parametrize(
    ("news", "gone", "new", "swapped", "moved"),
    [
        ("abdef", [2], [], [], []),
        ("abxcdef", [], [2], [], []),
        ("abdcef", [], [], [(2, 3)], []),
        ("bcdeaf", [], [], [], [0]),
        ("aabcdef", [], [1], [], []),
    ],
)
def test_what_became_of_pages(
    news: str, gone: list[int], new: list[int], swapped: list[tuple[int, int]], moved: list[int]
) -> None:
    found = match("abcdef", news)
    assert (list(found.gone), list(found.new)) == (gone, new)
    assert [(one[1], other[1]) for one, other in found.swapped] == swapped
    assert [old for old, _ in found.moved] == moved


def test_pages_that_changed_are_found_by_what_only_they_say() -> None:
    words = {
        "p": ("通知", "山田", "一丁目", "110"),
        "P": ("通知", "山本", "一丁目", "110"),
        "q": ("通知", "佐藤", "二丁目", "111"),
        "Q": ("通知", "佐藤", "三丁目", "111"),
    }
    assert match("pxyzq", "Qxyz", words).pairs == ((4, 0), (1, 1), (2, 2), (3, 3))
    assert match("pq", "QP", words).pairs == ((1, 0), (0, 1))


def test_pages_without_a_sum_are_matched_by_their_words() -> None:
    def read(old: Sequence[int], new: Sequence[int]) -> tuple[dict[int, Words], dict[int, Words]]:
        return {page: (f"第{page}号",) for page in old}, {page: (f"第{page + 1}号",) for page in new}

    found = matched([Page(None)] * 4, [Page(None)] * 3, read)
    assert (found.pairs, found.gone) == (((1, 0), (2, 1), (3, 2)), (0,))


def test_where_all_have_owners_nobody_gets_the_page_of_another() -> None:
    def owned(*records: str) -> list[Page]:
        return [Page(b"same", Owner(record, 1)) for record in records]

    def read(old: Sequence[int], new: Sequence[int]) -> tuple[dict[int, Words], dict[int, Words]]:
        raise AssertionError("nothing is read")

    found = matched(owned("A1", "A2", "A3"), owned("A3", "A1", "A9"), read)
    assert (found.pairs, found.gone, found.new) == (((2, 0), (0, 1)), (1,), (2,))


def test_thousands_of_pages_are_matched_though_every_other_one_is_the_same() -> None:
    olds = [name for number in range(5000) for name in (f"front {number}", "back")]
    news = [
        name
        for number in range(5000)
        if number != 7
        for name in (f"front {number}" + "!" * (number % 170 == 3), "back")
    ]
    found = match(olds, news)
    assert (found.gone, found.new) == ((14, 15), ())
    assert all(olds[old] == news[new].rstrip("!") for old, new in found.pairs)
    assert not found.moved
    assert not found.swapped
