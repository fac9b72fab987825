"""blocks: things in their order, some at once, whatever their number."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from renderer.model.blocks import AT_ONCE, blocks


@pytest.mark.parametrize("count", [0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 5 * AT_ONCE, 5 * AT_ONCE + 7])
def test_no_thing_is_lost_and_none_comes_twice(count: int) -> None:
    found = list(blocks(range(count)))
    assert [thing for block in found for thing in block] == list(range(count))
    assert all(len(block) == AT_ONCE for block in found[:-1])
    assert all(found), "a block is empty"


def test_no_more_is_taken_than_is_given() -> None:
    taken = []

    def things() -> Iterator[int]:
        for thing in range(10 * AT_ONCE):
            taken.append(thing)
            yield thing

    first = next(blocks(things()))
    assert len(first) == len(taken) == AT_ONCE
