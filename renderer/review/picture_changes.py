"""The pictures of two pages → which became another one in the same place, however alike they look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from renderer.review.records import ChangeRecord
from renderer.review.shown import Placed
from renderer.review.told import Both
from renderer.review.view import Matrix

SAME_PLACE = 0.01
"""mm; nearer corners are one."""


def pictures_changed(both: Both, before: Iterable[Placed], after: Iterable[Placed]) -> Iterator[ChangeRecord]:
    """Tell pictures that were replaced or turned; those that moved, went or came are told by where things stand."""
    olds, news = list(before), list(after)
    for same in (_same, _same_picture_elsewhere):
        for new in news.copy():
            if found := next((old for old in olds if same(old, new)), None):
                olds.remove(found)
                news.remove(new)
                if same is not _same and _covers(found, new):
                    yield both.told("picture-turned", "a picture is turned or mirrored", None, None, new.box)
    for new in news:
        if found := next((old for old in olds if _covers(old, new)), None):
            olds.remove(found)
            what = ", ".join(found.picture.differences(new.picture))
            was = "" if str(found.picture) == str(new.picture) else f" ({found.picture}, now {new.picture})"
            sentence = f"a picture was replaced, its {what} differ{was}"
            yield both.told("picture-changed", sentence, str(found.picture), str(new.picture), new.box)


def _same(old: Placed, new: Placed) -> bool:
    return old.picture == new.picture and _close(old.matrix, new.matrix)


def _same_picture_elsewhere(old: Placed, new: Placed) -> bool:
    return old.picture == new.picture


def _close(one: Matrix, other: Matrix) -> bool:
    return all(abs(a - b) < SAME_PLACE for a, b in zip(one, other, strict=True))


def _covers(old: Placed, new: Placed) -> bool:
    """Whether both stand, for the most part, in one place."""
    a, b = old.box, new.box
    across = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    down = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    return across > 0 and down > 0 and 2 * across * down > max(a.w * a.h, b.w * b.h)
