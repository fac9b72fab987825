"""An address as a row writes it → the place that rows are compared by, and whether two such places are one.

Of one home people write 三丁目4番5号 and 3-4-5, with and without the prefecture or a 大字. When in doubt it is two.
"""

from __future__ import annotations

import re
from functools import lru_cache

from renderer.documents.places import KANJI_NUMERALS, ends_of, number_of, tidied
from renderer.intake.postcodes import area_of
from renderer.model.widths import NARROW

_AS_PLACE = NARROW | dict.fromkeys(map(ord, " 　"))
"""Widths and blanks of an address say nothing of where it is."""
_SIGN_BETWEEN_DIGITS = re.compile("(?<=[0-9])[&/.・･](?=[0-9])")
"""Of a number, though ``tidied`` deletes it: 1・2 is not 12."""
_COUNTED_KANJI = re.compile(f"[{KANJI_NUMERALS}]+(?=丁目|番|号)")
_BETWEEN_NUMBERS = re.compile("(?<=[0-9])(?:丁目|番地?の?|号の?|[のノ])(?=[0-9])")
_BEHIND_NUMBER = re.compile("(?<=[0-9])(?:番地|号|番$)(?![0-9])")
_NUMERALS_MEET = re.compile(f"[{KANJI_NUMERALS}]{{2}}")


@lru_cache(maxsize=1 << 8)
def as_place(written: str) -> str:
    """Leave out of an address what says nothing of where it is; the members of a household have the same."""
    return written.translate(_AS_PLACE)


def place_of_home(postal_code: str, address: str, building: str) -> str:
    """Return where somebody lives, as rows are compared by it."""
    return as_place(f"{postal_code}\n{address}\n{building}")


def is_one_home(place: str, other: str) -> bool:
    """Whether two places of ``place_of_home`` are one home, however it is written."""
    return place == other or _plain(place) == _plain(other)


@lru_cache(maxsize=1 << 10)
def _plain(place: str) -> tuple[str, str]:
    """Return the postal code, and what follows its town in one way of writing it."""
    postal_code, address, building = _SIGN_BETWEEN_DIGITS.sub(" ", place).split("\n")
    address, building = _behind_town(postal_code, tidied(address)), _counted(tidied(building))
    between = " " if address[-1:].isdigit() and building[:1].isdigit() else ""
    return postal_code, f"{address}{between}{building}".replace("ヶ", "ケ")


def _behind_town(postal_code: str, address: str) -> str:
    """Leave out what the postal code says: prefecture, city and town, where it stands for one town that is found."""
    area = area_of(postal_code)
    end = ends_of(area, address).town if area is not None and len(area.places) == 1 else None
    if not end or _NUMERALS_MEET.match(address, end - 1):
        return _counted(address)
    return _counted(address[end:].removeprefix("字"))


def _counted(text: str) -> str:
    """Write 三丁目4番地の5 as 3-4-5."""
    text = _COUNTED_KANJI.sub(lambda numeral: number_of(numeral[0]), text)
    return _BEHIND_NUMBER.sub("", _BETWEEN_NUMBERS.sub("-", text))
