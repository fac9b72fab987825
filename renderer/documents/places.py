"""Find where 住所A ends: an address, and what its postal code stands for → the end of the town in the address.

People write a place in more ways than the post office's list does: ヶ, ケ and が are one, a 大字, a county and the
prefecture may be left out, and 北二十四条 is 北24条. What is written in yet another way is not found, nor is a town
that the list does not have: of such an address is asked whether it names another town of the list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from renderer.model.widths import HYPHENS, NARROW

KANJI_NUMERALS = "〇一二三四五六七八九十百千"
_VALUES = {kanji: place for place, kanji in enumerate("〇一二三四五六七八九")}
_UNITS = {"十": 10, "百": 100, "千": 1000}

# fmt: off
PREFECTURES = (
    "北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県", "栃木県", "群馬県",
    "埼玉県", "千葉県", "東京都", "神奈川県", "新潟県", "富山県", "石川県", "福井県", "山梨県", "長野県",
    "岐阜県", "静岡県", "愛知県", "三重県", "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県",
    "鳥取県", "島根県", "岡山県", "広島県", "山口県", "徳島県", "香川県", "愛媛県", "高知県", "福岡県",
    "佐賀県", "長崎県", "熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県",
)
# fmt: on
_TIDY: dict[int, int | None] = {
    **NARROW,
    **dict.fromkeys(map(ord, HYPHENS), ord("-")),
    **dict.fromkeys(map(ord, "&/.・＆／．･")),
}
# What is written either way in the names of places, one character for one: an index into the folded text is one into
# the other.
_FOLDED = str.maketrans(
    "ヶヵガがカ箇の之乃ッつっ澤濱嶋嶌﨑嵜龍曾藏瀧邊邉齋廣國條鹽櫻萬壽惠檜髙德眞圓驛壺蘆籠鷄榮澁塚鷗藪麴頸諫灌",
    "ケケケケケケノノノツツツ沢浜島島崎崎竜曽蔵滝辺辺斎広国条塩桜万寿恵桧高徳真円駅壷芦篭鶏栄渋塚鴎薮麹頚諌潅",
)
_NUMERAL = re.compile(f"[0-9{KANJI_NUMERALS}]")
_INNER_KANJI = re.compile(f"[{KANJI_NUMERALS}]+(?=[^0-9{KANJI_NUMERALS}])")
_INNER_DIGITS = re.compile("[0-9]+(?=[^0-9])")
_IN_NUMBER = re.compile("[0-9][0-9]")
_COUNTY = "[^市]+?郡(?=.+[町村]$)"
_OF_CITY = re.compile(f"{_COUNTY}|.+?市(?=.+区$)")
"""The part of a city's name that may be left out."""
_CANNOT_BE_NAME = re.compile(r"[- 0-9]|$")
_BEFORE_TOWN = re.compile(" *(?:大字|字)?")
_BEGINS_NUMBER = re.compile(rf" ?[0-9{KANJI_NUMERALS}]")
_BEFORE_NAME = re.compile(r"^(?:大字)?(?:字)?(?=.)", re.MULTILINE)
_NUMBERED = re.compile(rf"^[0-9{KANJI_NUMERALS}].*", re.MULTILINE)
# From where a town's name counts, as 保原町１丁目 does; 五反田 does not.
_COUNTING = re.compile(rf"(?<=.)[0-9{KANJI_NUMERALS}]+(?:[丁番号地線条区].*)?$", re.MULTILINE)
# A name in which nothing is counted, and behind it what can only be a house number. 第 counts what stands behind it.
_UNLISTED = re.compile(
    rf"(?:(?![{KANJI_NUMERALS}]+[-丁番号地線条区のノ])[^0-9A-Z\n])+(?<![-{KANJI_NUMERALS}第])"
    r"(?=[0-9]+(?:丁目|番地|番[0-9]|番?\n|[-のノ][0-9]))"
)


class Place(NamedTuple):
    """One of the places that a postal code stands for, as the post office's list writes it."""

    prefecture: str
    city: str
    """With its county, or with its ward: 上北郡野辺地町, 札幌市北区."""
    town: str
    """町域; a village that has only one postal code is its own."""


class Area(NamedTuple):
    """What a postal code stands for."""

    places: tuple[Place, ...]
    """At least one."""
    is_office: bool
    """Whether it is the own number of a large office or of its post-office box (大口事業所個別番号)."""


class Ends(NamedTuple):
    """Where parts of an address end; None where the part does not stand there."""

    city: int | None
    town: int | None


def ends_of(area: Area, address: str) -> Ends:
    """Return where city and town of the postal code end in a tidied 住所; of several towns the longest counts."""
    written = address.partition("\n")[0].translate(_FOLDED)
    city = town = -1
    for place in area.places:
        begun = _behind_blanks(written, 0)
        if written.startswith(place.prefecture, begun):
            begun += len(place.prefecture)
        city_end = _end_of_city(written, begun, place.city)
        if city_end is None:
            continue
        city = max(city, city_end)
        town_end = _end(written, city_end, _town_spellings(place.town))
        if town_end is None and place.city.startswith("京都市"):
            town_end = _end_after_streets(written, city_end, _town_spellings(place.town))
        if town_end is None and place.town == _without_county(place.city):
            town_end = city_end
        town = max(town, -1 if town_end is None else town_end)
    return Ends(None if city < 0 else city, None if town < 0 else town)


def is_of_longer_town(area: Area, address: str, ends: Ends, towns_of: Callable[[Place], str]) -> bool:
    """Tell whether the town of the postal code is but the beginning of another town's name: 芝, and 芝浦 stands there.

    ``address`` is a tidied 住所 of which both ends were found, ``towns_of`` as for ``end_of_unlisted``.
    """
    written = address.partition("\n")[0].translate(_FOLDED)
    if ends.city is None or ends.town is None or _CANNOT_BE_NAME.match(written, ends.town):
        return False
    before = _BEFORE_TOWN.match(written, ends.city)
    begins = {"", before[0] if before else ""}
    own = {spelling for place in area.places for spelling in _town_spellings(place.town)}
    return any(
        at + len(town) > ends.town and written.startswith(town, at) and town not in own
        for at in {ends.city + len(begin) for begin in begins}
        for place in area.places
        for town in _spelled(towns_of(place), written[at : max(at, ends.town) + 1])
    )


def end_of_unlisted(area: Area, address: str, city_end: int, towns_of: Callable[[Place], str]) -> int | None:
    """Return where a town ends that the list does not have, in a tidied 住所 whose city ends at ``city_end``.

    ``towns_of`` gives all towns of a place's city, a line each. None where another than its own stands there, for
    then the postal code is of another town, and where it is not plain what is still the town.
    """
    name = _UNLISTED.match(address, city_end)
    if name is None:
        return None
    written = name[0].translate(_FOLDED) + "0"  # for the number that follows, as for that in 保原町１丁目
    own = {_folded(place.town) for place in area.places}
    for place in area.places:
        if any(town in written and town not in own for town in _listed(towns_of(place))):
            return None
    return name.end()


def tidied(text: str) -> str:
    """Narrow what is full width, make one hyphen of all, delete what the manual deletes, lower to upper case (p19)."""
    return text.translate(_TIDY).upper()


def is_elsewhere(area: Area | None, address: str) -> bool:
    """Whether an address names a prefecture, and its postal code stands for places, and for none there."""
    if area is None:
        return False
    written = address.lstrip()
    return not written.startswith(tuple([place.prefecture for place in area.places])) and written.startswith(
        PREFECTURES
    )


def is_city_alone(area: Area | None, address: str) -> bool:
    """Whether an address ends with the city of its postal code: neither town nor number stand behind it."""
    if area is None:
        return False
    tidy = tidied(address)
    return ends_of(area, tidy).city == len(tidy)


def is_in_another_city(area: Area, address: str, cities: Iterable[str]) -> bool:
    """Whether an address names one of ``cities``, those of the area's prefectures, and none of the area's own.

    A name that the list does not have says nothing: cities are merged, and people write the old one. Nor does the
    postal code of an office say where its people live.
    """
    if area.is_office:
        return False
    tidy = tidied(address).lstrip()
    if ends_of(area, tidy).city is not None:
        return False
    written = tidy.translate(_FOLDED)
    begun = _end(written, 0, PREFECTURES) or 0
    return any(_end_of_city(written, begun, city) is not None for city in cities)


def _spelled(towns: str, begins: str) -> Iterator[str]:
    """Spell, as people do, the names of a city's towns that may begin so."""
    names = _named(towns)
    begins = "\n" + _NUMERAL.split(begins, 1)[0]  # from a numeral on they may be spelled otherwise
    if begins == "\n":
        for name in _NUMBERED.findall(names):
            yield from _town_spellings(name)
        return
    at = names.find(begins)
    while at >= 0:
        yield from _town_spellings(names[at + 1 : names.index("\n", at + 1)])
        at = names.find(begins, at + 1)


@lru_cache(maxsize=1 << 11)
def _named(towns: str) -> str:
    """Fold the names of a city's towns, each between two ends of a line; no 字 stands before them."""
    return _BEFORE_NAME.sub("", f"\n{_folded(towns)}\n")


@lru_cache(maxsize=1 << 6)
def _listed(towns: str) -> tuple[str, ...]:
    """Fold the names of a city's towns; from where one counts, it ends in a 0."""
    return tuple(filter(None, _COUNTING.sub("0", _folded(towns)).split("\n")))


def _folded(text: str) -> str:
    return tidied(text).translate(_FOLDED)


def _end(written: str, at: int, spellings: Iterable[str]) -> int | None:
    """Return where one of the spellings ends that stands at ``at``, blanks and a 字 before it passed over."""
    at = _behind_blanks(written, at)
    for word in ("", "大字", "字"):
        if written.startswith(word, at):
            begun = at + len(word)
            for spelling in spellings:
                end = begun + len(spelling)
                if written.startswith(spelling, begun) and not _IN_NUMBER.match(written, end - 1):
                    return end
    return None


def _end_after_streets(written: str, at: int, spellings: Iterable[str]) -> int | None:
    """Return where a town of Kyoto ends whose name stands behind those of streets: 二条通烏丸西入東町 497."""
    for spelling in spellings:
        begun = written.find(spelling, at)
        while begun >= 0:
            end = begun + len(spelling)
            if _BEGINS_NUMBER.match(written, end):
                return end
            begun = written.find(spelling, end)
    return None


def _end_of_city(written: str, at: int, city: str) -> int | None:
    """Return where a city ends that stands at ``at``: its county, or the city of a ward, may be left out."""
    within, name = _parts_of_city(city)
    at = _behind_blanks(written, at)
    if within and written.startswith(within, at):
        begun = _behind_blanks(written, at + len(within))
        if written.startswith(name, begun):
            return begun + len(name)
    return at + len(name) if written.startswith(name, at) else None


def _behind_blanks(written: str, at: int) -> int:
    while written.startswith(" ", at):
        at += 1
    return at


@lru_cache(maxsize=1 << 12)
def _parts_of_city(city: str) -> tuple[str, str]:
    """Return what may be left out of a city's name, "" where nothing may, and its name without that."""
    name = city.translate(_FOLDED)
    whole = _OF_CITY.match(name)
    within = whole[0] if whole else ""
    return within, name.removeprefix(within)


def _without_county(city: str) -> str:
    return re.sub(f"^{_COUNTY}", "", city)


@lru_cache(maxsize=1 << 13)
def _town_spellings(town: str) -> tuple[str, ...]:
    """Spell a town as the list does, and with the numerals of its name in digits or in kanji."""
    name = _folded(town)
    name = name.removeprefix("大字").removeprefix("字") or name
    if not _NUMERAL.search(name):
        return (name,)
    # A numeral at the end stays as it is: written in digits it would be one with the house number.
    in_digits = _INNER_KANJI.sub(lambda run: number_of(run[0]), name)
    in_kanji = _INNER_DIGITS.sub(lambda run: _kanji_of(int(run[0])), name)
    return name, in_digits, in_kanji


def number_of(kanji: str) -> str:
    """Write a kanji numeral in digits: 二十三 and 二三 are 23, 千五 is 1005."""
    if not any(unit in kanji for unit in _UNITS):
        return "".join(str(_VALUES[digit]) for digit in kanji)
    total = digit = 0
    for character in kanji:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _VALUES[character]
    return str(total + digit)


def _kanji_of(number: int) -> str:
    """Write a number below 100 as the names of towns do; a larger one stays in digits."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    return (KANJI_NUMERALS[tens] if tens > 1 else "") + "十" * (tens > 0) + (KANJI_NUMERALS[ones] if ones else "")
