"""An object that pages of a PDF share → what was read of it, as long as it is remembered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

MOST_KEPT = {"fonts": 256, "forms": 64, "pictures": 4096, "profiles": 16}

Read = TypeVar("Read")


class Kept:
    """What was read of the fonts, forms, pictures and profiles of one file."""

    def __init__(self) -> None:
        self._kept: dict[str, OrderedDict[Hashable, Any]] = {kind: OrderedDict() for kind in MOST_KEPT}

    def once(self, kind: str, value: Any, read: Callable[[], Read], *how: Hashable) -> Read:
        """Read an object that is not remembered, and forget the one that was asked for longest ago.

        :param how: what else decides what it is read as
        """
        if not value.is_indirect:
            return read()
        kept, key = self._kept[kind], (value.objgen, *how)
        found: Read = kept.pop(key) if key in kept else read()
        kept[key] = found
        if len(kept) > MOST_KEPT[kind]:
            kept.popitem(last=False)
        return found
