"""What is well formed in a row and yet can hardly be right: signs that stand for something lost, values that disagree.

Nothing is decided here but what a person should look at: each is a doubt, or a note, with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import Protocol

from renderer.documents.ages import birthday, ratio_begins
from renderer.documents.eras import DateRefused, parse_date
from renderer.documents.expiry import LEAVES_AT, MOST_YEARS
from renderer.documents.places import KANJI_NUMERALS, is_city_alone, is_elsewhere
from renderer.intake.cells import seven_digits
from renderer.intake.kana import as_read
from renderer.intake.oddities import VOLUNTARY, oddness, texts_that_may_be_odd
from renderer.intake.postcodes import area_of, is_of_another_city
from renderer.intake.store import without_variants
from renderer.model.findings import Finding
from renderer.model.member import Forwarding, Member, Relation
from renderer.model.widths import HYPHENS, NARROW


class Asked(Protocol):
    """What of a job's needs decides what is plausible."""

    @property
    def issued_on(self) -> date:
        """The date of issue."""

    @property
    def prints_ratio(self) -> bool:
        """Whether 負担割合 is printed."""

    @property
    def keeps_75(self) -> bool:
        """Whether the insurer's members stay after their 75th birthday."""

    @property
    def adds(self) -> tuple[str, ...]:
        """Columns that the document adds."""


UNDER_70 = frozenset("アイウエオ")
"""限度額適用区分 of those below 70; the others are of 70 to 74 (domain 1.6)."""
LONGEST_VOLUNTARY = 2
"""Years that a 任意継続 may last (健康保険法 38条)."""
REVIEW = 8
"""The month in which every 負担割合 is decided anew."""
OLDEST = 120
"""Years: nobody in Japan was ever as old, and a spreadsheet's day 0 is in 1899 or 1900."""
_NO_POSTAL_CODES = frozenset(("1234567", *(digit * 7 for digit in "0123456789")))
"""What is typed where a postal code must stand; the post office has given none of them away."""
_POSTAL_CODE_IN_FRONT = re.compile(rf"\s*〒?\s*(\d{{3}})[{re.escape(HYPHENS)}]?(\d{{4}})(?![{re.escape(HYPHENS)}]?\d)")
_SHORTEST_ADDRESS = 8
"""Signs of one from its prefecture to its house number; a word in its place may be twice one half."""
_BRACKETED = re.compile(r"\([^()]*\)")
_LETTER = re.compile(r"[^\W\d_]")
_JOINTS = f"{HYPHENS}のノ"
_CUT_OFF = re.compile(rf"[\d番地号目][{re.escape(_JOINTS)}]$")
"""How no address ends: behind the joint stands another number."""
_KANA = re.compile(r"[ぁ-ゖァ-ヺー・=゠＝\-‐－]+")
_AS_DAY = re.compile(
    r"\s*(?:[A-Za-z]|明治?|大正?|昭和?|平成?|令和?)?\s*(?:\d{1,4}|元)[-./年\s]*\d{1,2}[-./月\s]*\d{1,2}日?\s*"
)
_JOINT_OF_KEYS = re.compile(rf"[{re.escape(HYPHENS)}・/ ]+")
_NUMBERED = frozenset("0123456789０１２３４５６７８９番地号")
"""Last signs of nearly all addresses: there is a number in them, and they end behind it."""
_NUMBER = re.compile(rf"[\d①-⑳]|[{KANJI_NUMERALS}](?:$|丁|番|号|条|線|[{re.escape(_JOINTS)}])", re.MULTILINE)
"""Of a house; a kanji alone may be of the place, as in 北九州市."""
_PLACE_TWICE = re.compile(r"([^\s都道府県市区]{2,}[都道府県市区])\s*\1")
"""A prefecture or city that is written twice: two columns are joined of which the second has it, too."""

_TEXTS = {
    "記号": "symbol",
    "番号": "number",
    "氏名": "name",
    "フリガナ": "kana",
    "被保険者氏名": "insured_name",
    "住所": "address",
    "方書": "building",
    "事業所番号": "workplace_code",
    "事業所名": "workplace",
    "備考": "remarks",
}
"""Column → field of the member."""
_texts_of = attrgetter(*_TEXTS.values())
_FORWARDED_TEXTS = ("送付先氏名", "送付先住所", "送付先方書")


def _insured_by(members: Sequence[Member], _: Asked) -> Iterator[Finding]:
    """Doubt a 被保険者氏名 of a 家族 that is not of another, and of a 本人 that is neither their own nor blank.

    本人家族 may be wrong then, and with it the form that is printed.
    """
    for m in members:
        name = m.insured_name
        if m.relation is Relation.DEPENDANT:
            if _without_blanks(name) == _without_blanks(m.name):
                yield Finding.of("insured-by-own-name", m.line, m.record)
        elif name != m.name and name.strip() and _as_name(name) not in {_as_name(m.name), _as_name(m.kana)}:
            yield Finding.of("insured-by-another", m.line, m.record)


def _of_another_column(members: Sequence[Member], _: Asked) -> Iterator[Finding]:
    """Doubt a 方書, 事業所名 or 備考 that is what another column of the row says, and a key with the next one in it."""
    for m in members:
        for column, text in (("方書", m.building), ("事業所名", m.workplace), ("備考", m.remarks)):
            if text and (other := _other_column(m, column, text)):
                yield Finding.of("value-of-another-column", m.line, m.record, column=column, other=other)
        if len(m.number) > 2 and m.number.lstrip("0") in m.symbol and _ends_with_key(m.symbol, m.number):
            yield Finding.of("value-of-another-column", m.line, m.record, column="記号", other="番号")
        if m.branch and m.branch in m.number and _ends_with_key(m.number, m.branch):
            yield Finding.of("value-of-another-column", m.line, m.record, column="番号", other="枝番")


def _other_column(m: Member, column: str, text: str) -> str:
    """Name the column whose value a text is, which it never is by right; ""."""
    first = text[0]
    for other, name in (("氏名", m.name), ("フリガナ", m.kana), ("被保険者氏名", m.insured_name)):
        if name.startswith(first) and _without_blanks(name) == _without_blanks(text):
            return "" if (column, other) == ("備考", "被保険者氏名") else other  # whose family it is may be remarked
    if column != "方書":
        return ""
    if (code := seven_digits(text.removeprefix("〒"))) and (text[0] == "〒" or code == m.postal_code):
        return "郵便番号"
    if _AS_DAY.fullmatch(text.translate(NARROW)):
        days = {"生年月日": m.born_on, "資格取得年月日": m.qualified_on, "認定年月日": m.certified_on}
        days |= {"登録年月日": m.registered_on, "資格喪失予定年月日": m.loses_on}
        with suppress(DateRefused):
            day = parse_date(text).date
            return next((other for other, known in days.items() if known == day), "")
    return ""


def _ends_with_key(text: str, key: str) -> bool:
    """Whether behind a joint stands another key, with or without its noughts: both would be printed for one."""
    *front, last = _JOINT_OF_KEYS.split(text.translate(NARROW))
    return bool(front) and last.lstrip("0") == key.lstrip("0")


def _cut_off_names(members: Sequence[Member], _: Asked) -> Iterator[Finding]:
    """Doubt a name whose last part is written in kana where フリガナ ends earlier, or goes on."""
    for m in members:
        if m.name and m.kana and "ぁ" <= m.name[-1] <= "ヿ" and _ends_earlier(m.name, m.kana):
            yield Finding.of("name-or-kana-cut-off", m.line, m.record)


def _ends_earlier(name: str, kana: str) -> bool:
    """Whether of the last parts of a name and its reading one ends where the other goes on.

    Where the whole name is written in kana, no matter how either is divided. Exports write small kana large, and leave
    out the mark that lengthens a vowel.
    """
    read, parts, readings = as_read(_without_blanks(kana)), name.split(), kana.split()
    if _KANA.fullmatch(whole := _without_blanks(name)):
        written = as_read(whole)
    elif len(parts) == len(readings) > 1 and _KANA.fullmatch(parts[-1]):
        written, read = as_read(parts[-1]), as_read(readings[-1])
    else:
        return False
    return written != read and (read.startswith(written) or written.startswith(read))


def _without_blanks(name: str) -> str:
    return "".join(name.split())


def _as_name(written: str) -> str:
    """Leave out of a name what registers write otherwise: blanks, variants of a character, what stands in brackets."""
    return _BRACKETED.sub("", without_variants(_without_blanks(written)))


def _odd_texts(members: Sequence[Member], asked: Asked) -> Iterator[Finding]:
    maybe = texts_that_may_be_odd(
        chain.from_iterable(map(_all_texts, members)),
        names=(name for m in members for name in (m.name, m.insured_name)),
        addresses={address for m in members for address in (m.address, m.place.address)},
        workplaces={m.workplace for m in members},
    )
    for m in members:
        if maybe.isdisjoint(_all_texts(m)):
            continue
        columns = (*_TEXTS, *asked.adds, *(_FORWARDED_TEXTS if m.forwarding else ()))
        for column, text in zip(columns, _all_texts(m), strict=True):
            code = oddness(column, text) if text in maybe else ""
            if code == "honorific-in-name" and column == "氏名":
                code = oddness(column, _but_for_given_name(m))
            if code and not (column == "事業所名" and m.loses_on and text.strip() in VOLUNTARY):
                yield Finding.of(code, m.line, m.record, column=column)


def _but_for_given_name(m: Member) -> str:
    """Leave out of a name the part that looks like an honorific and is one by no means: 王　さん, オウ　サン."""
    (*front, given), readings = m.name.split(), m.kana.split()
    is_read = len(front) == len(readings) - 1 > 0 and as_read(given) == as_read(readings[-1])
    return " ".join(front) if is_read else m.name


def _all_texts(m: Member) -> tuple[str, ...]:
    """Return what stands in ``_TEXTS``, the columns of the document and, where there is a 送付先, its texts."""
    to = m.forwarding
    return (*_texts_of(m), *m.added, *((to.name, to.address, to.building) if to else ()))


def _ratio_and_class(members: Sequence[Member], asked: Asked) -> Iterator[Finding]:
    for m in members:
        if not (m.ratio or m.limit_class):
            continue
        begins = ratio_begins(m.born_on)
        # A ratio may be given before it begins.
        if m.ratio and asked.prints_ratio and max(asked.issued_on, m.ratio_from or asked.issued_on) < begins:
            yield Finding.of("ratio-of-another-age", m.line, m.record)
        if m.limit_class and (m.limit_class in UNDER_70) is (begins <= asked.issued_on):
            yield Finding.of("limit-class-of-another-age", m.line, m.record)
        is_of_70s = bool(m.ratio and m.limit_class and m.limit_class not in UNDER_70)
        if is_of_70s and m.limit_class.startswith("現役並み") is not (m.ratio == "3割"):
            yield Finding.of("ratio-and-limit-class", m.line, m.record)


def _places(members: Sequence[Member], _: Asked) -> Iterator[Finding]:
    for m in members:
        yield from _place(m, m)
        if m.place is not m:
            yield from _place(m, m.place, "forwarding")


def _place(m: Member, place: Member | Forwarding, form: str = "") -> Iterator[Finding]:
    """Compare postal code, address and 方書 of home or 送付先."""
    if place.postal_code in _NO_POSTAL_CODES:
        yield Finding.of("placeholder", m.line, m.record, column="送付先郵便番号" if form else "郵便番号")
    area = area_of(place.postal_code)
    if is_elsewhere(area, place.address):
        yield Finding.of("postal-code-not-of-address", m.line, m.record, form)
    elif area is not None and area.places[0].city not in place.address and is_of_another_city(area, place.address):
        yield Finding.of("postal-code-of-another-city", m.line, m.record, form)
    written = _POSTAL_CODE_IN_FRONT.match(place.address)
    if written and (written[1] + written[2]).translate(NARROW) != place.postal_code:
        yield Finding.of("postal-code-not-of-address", m.line, m.record, "written")
    address, building, column = place.address.strip(), place.building.strip(), "送付先住所" if form else "住所"
    if _is_said_twice(address, building):
        yield Finding.of("not-an-address", m.line, m.record, "twice", column=column)
    if address[-1:] in _NUMBERED or oddness(column, address):
        return
    if _CUT_OFF.search(address):
        yield Finding.of("not-an-address", m.line, m.record, "cut", column=column)
    elif is_city_alone(area, address) and not building:
        yield Finding.of("not-an-address", m.line, m.record, "city", column=column)
    elif address.endswith("丁目") and not building:
        yield Finding.of("address-may-be-cut-off", m.line, m.record, column=column)
    elif not _NUMBER.search(f"{address}\n{building}"):
        yield Finding.of("address-may-be-cut-off", m.line, m.record, "number", column=column)


def _is_said_twice(address: str, building: str) -> bool:
    """Whether an address or the place it begins with is written twice, or it ends with its 方書.

    A 方書 of digits alone may be like a house number.
    """
    if building and address.endswith(building) and _LETTER.search(building):
        return True
    is_twice = address.count("市") > 1 or address.count("区") > 1 or address.find(address[:2], 2) > 0
    if is_twice and _PLACE_TWICE.search(address):
        return True
    again = address.find(address[:_SHORTEST_ADDRESS], _SHORTEST_ADDRESS)
    return again > 0 and address[:again].rstrip() == address[again:]


def _dates(members: Sequence[Member], asked: Asked) -> Iterator[Finding]:
    """Compare each date with those that it cannot lie before, or so long after."""
    latest, latest_of_voluntary = birthday(asked.issued_on, MOST_YEARS), birthday(asked.issued_on, LONGEST_VOLUNTARY)
    for m in members:
        disagree = partial(Finding.of, "dates-disagree", m.line, m.record)
        if m.born_on.year + OLDEST < asked.issued_on.year:
            yield disagree(column="生年月日", other="交付年月日")
        if m.certified_on is not None and m.qualified_on is not None and m.certified_on < m.qualified_on:
            yield disagree(column="認定年月日", other="資格取得年月日")
        if m.ratio_from is not None and (other := _other_than(m, m.ratio_from, asked)):
            yield disagree(column="発効期日", other=other)
        if m.loses_on is None:
            continue
        if m.qualified_on is not None and m.loses_on <= m.qualified_on:
            yield disagree(column="資格喪失予定年月日", other="資格取得年月日")
        elif m.certified_on is not None and m.loses_on <= m.certified_on:
            yield disagree(column="資格喪失予定年月日", other="認定年月日")
        elif m.loses_on > latest:
            yield disagree(column="資格喪失予定年月日", other="交付年月日")
        elif m.loses_on > latest_of_voluntary:
            yield Finding.of("loses-late", m.line, m.record)


def _other_than(m: Member, ratio_from: date, asked: Asked) -> str:
    """Return the first date that a 発効期日 cannot go with, or "".

    It is the first of a month from 70 to 74, or the day on which somebody of that age came; what was decided
    before the August in front of that day was another insurer's. The ratio ends with the qualification.
    """
    since = m.certified_on if m.relation is Relation.DEPENDANT else m.qualified_on
    is_too_old = ratio_from >= birthday(m.born_on, LEAVES_AT) and not asked.keeps_75
    if ratio_from < ratio_begins(m.born_on) or is_too_old or (ratio_from.day != 1 and ratio_from != since):
        return "生年月日"
    if since is not None and ratio_from < date(since.year - (since.month < REVIEW), REVIEW, 1):
        return "認定年月日" if m.relation is Relation.DEPENDANT else "資格取得年月日"
    if m.loses_on is not None and ratio_from >= m.loses_on:
        return "資格喪失予定年月日"
    return "交付年月日" if ratio_from > birthday(asked.issued_on, 1) else ""


CHECKS: Sequence[Callable[[Sequence[Member], Asked], Iterator[Finding]]] = (
    _odd_texts,
    _ratio_and_class,
    _dates,
    _insured_by,
    _cut_off_names,
    _of_another_column,
    _places,
)
"""Each yields what a person should look at before members are printed, or know when they are."""
