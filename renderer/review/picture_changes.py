"""The pictures of two pages → which became another one in the same place, however alike they look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from renderer.review.records import ChangeRecord
from renderer.review.shown import Placed
from renderer.review.told import Both

SAME_PLACE = 0.01
"""mm; nearer corners are one."""


def pictures_changed(both: Both, before: Iterable[Placed], after: Iterable[Placed]) -> Iterator[ChangeRecord]:
    """Tell pictures that were replaced; those that moved, turned, went or came are told by where things stand."""
    olds, news = list(before), list(after)
    for matches in (_unchanged, _in_one_place, _same_picture, _covers):
        for new in news.copy():
            if old := next((old for old in olds if matches(old, new)), None):
                olds.remove(old)
                news.remove(new)
                if not _same_picture(old, new):
                    yield _replaced(both, old, new)


def _replaced(both: Both, old: Placed, new: Placed) -> ChangeRecord:
    was, now = str(old.picture), str(new.picture)
    what = " and ".join(old.picture.differences(new.picture))
    sentence = f"a picture was replaced by one of other {what} ({now if was == now else f'{was}, now {now}'})"
    return both.told("picture-changed", sentence, was, now, new.box)


def _unchanged(old: Placed, new: Placed) -> bool:
    return _same_picture(old, new) and _in_one_place(old, new)


def _in_one_place(old: Placed, new: Placed) -> bool:
    return all(abs(a - b) < SAME_PLACE for a, b in zip(old.matrix, new.matrix, strict=True))


def _same_picture(old: Placed, new: Placed) -> bool:
    return old.picture == new.picture


def _covers(old: Placed, new: Placed) -> bool:
    """Whether both stand, for the most part, in one place."""
    a, b = old.box, new.box
    across = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    down = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    return across > 0 and down > 0 and 2 * across * down > max(a.w * a.h, b.w * b.h)
