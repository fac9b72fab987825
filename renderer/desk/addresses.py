"""A piece of an address and what stands before it → whether the address goes on in it, or it names a building."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from renderer.documents.places import KANJI_NUMERALS, tidied

_ENDS_IN_NUMBER = re.compile(rf"([0-9]|[0-9{KANJI_NUMERALS}](番地?|号|番地の[0-9]+))\s*$")
_BEGINS_WITH_NUMBER = re.compile(rf"\s*([0-9]|[{KANJI_NUMERALS}]+(丁目|番))")
_SHARE = 0.95
_MOST = 0.8


_NUMBER = re.compile(rf"[0-9]|[{KANJI_NUMERALS}](丁目|番|号|条|線)")


class Piece(Enum):
    """What a piece of an address is."""

    GOES_ON = "goes on"
    BUILDING = "building"
    UNCLEAR = "unclear"


def are_whole(sample: Sequence[Sequence[str]], places: Sequence[int]) -> bool:
    """Whether addresses have house numbers; else they go on where nobody looked for it."""
    texts = [tidied("".join(cells[place] for place in places)) for cells in sample]
    given = list(filter(None, texts))
    return sum(bool(_NUMBER.search(text)) for text in given) >= _MOST * len(given)


def piece_of(sample: Sequence[Sequence[str]], before: Sequence[int], at: int) -> Piece:
    """Say what a column is, by the records that have something in it: behind a whole address it is a building."""
    texts = [(tidied("".join(cells[place] for place in before)), tidied(cells[at])) for cells in sample if cells[at]]
    if not texts:
        return Piece.GOES_ON
    whole = sum(bool(_ENDS_IN_NUMBER.search(begun)) and not _BEGINS_WITH_NUMBER.match(rest) for begun, rest in texts)
    torn = sum(not _ENDS_IN_NUMBER.search(begun) or bool(_BEGINS_WITH_NUMBER.match(rest)) for begun, rest in texts)
    if whole >= _SHARE * len(texts):
        return Piece.BUILDING
    return Piece.GOES_ON if torn >= _SHARE * len(texts) else Piece.UNCLEAR
