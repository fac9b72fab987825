"""Rows of the member file → who shares an envelope, in which order they go, to whom and where, by a second statement.

Written as ``restated`` is, and from the same pages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter

from renderer.model.job import Addressee, Apart, Envelope, Job, Route
from renderer.proof.cells import NUMBER, Row, branch, digits, is_given, key_of, narrow

FORWARDED = {"氏名": "送付先氏名", "郵便番号": "送付先郵便番号", "住所": "送付先住所", "方書": "送付先方書"}
"""Column → the column that says instead where a letter goes."""
_forwarded_of = itemgetter(*FORWARDED.values())
_KANJI_NUMERAL = re.compile("[〇一二三四五六七八九十百千]+")
_NUMBER_OF_HOME = re.compile(f"[0-9]+|{_KANJI_NUMERAL.pattern}(?=丁目|番|号)")
_KANJI_DIGITS = {sign: digit for digit, sign in enumerate("〇一二三四五六七八九")}
_KANJI_UNITS = {"十": 10, "百": 100, "千": 1000}
_LETTER_IN_BARS = re.compile("[abc][0-9]?")
_NOT_READ = re.compile("[&/.・]")
"""Signs of an address that its bars take no notice of (domain 6.1)."""
_MOST_SHEETS = 99


_OF_SEVERAL_FORMS = re.compile(
    "[高髙崎﨑嵜碕吉𠮷辺邊邉斎齋斉齊浜濱濵沢澤島嶋嶌桜櫻広廣国國浅淺徳德恵惠真眞滝瀧竜龍関關鉄鐵栄榮円圓実實富冨峰峯柳栁"
    "瀬瀨館舘寿壽来來静靜条條薫薰黒黑戸戶礼禮学學芦蘆万萬与與弥彌豊豐秋穐曽曾]"
)
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def is_one_piece(job: Job, rows: Sequence[Row]) -> bool:
    """Whether these rows, in this order, belong into one envelope: one person, or one household, its 本人 first.

    A household has one 本人 at most, and all its rows name the same. A 家族 with a 送付先 belongs to those who have the
    same. Where there is no 本人, or where those who live elsewhere have envelopes of their own, all others live where
    the first does.
    """
    if job.mailing.envelope is Envelope.MEMBER:
        return len(rows) == 1
    first, *others = rows
    order = [(row["本人家族"] != "本人", branch(row)) for row in rows]
    insured = sum(row["本人家族"] == "本人" for row in rows)
    is_alike = (
        len(set(map(household, rows))) == len(set(map(insured_of, rows))) == 1
        and insured <= 1
        and len(rows) <= _MOST_SHEETS
    )
    return is_alike and order == sorted(order) and all(goes_along(job, row, first) for row in others)


def goes_along(job: Job, row: Row, first: Row) -> bool:
    """Whether a row may be in the envelope that the first of its household's decides."""
    is_insured = first["本人家族"] == "本人"
    if forwarding(row):
        return forwarding(row) == forwarding(first)
    if forwarding(first) and not is_insured:
        return False
    return (is_insured and job.mailing.apart is Apart.WITH_INSURED) or _may_be_one_home(row, first)


def mailing_key(job: Job, addressee: Row) -> list[tuple[int, str]]:
    """Return what pieces are ordered by: the shorter value goes first, then sign by sign."""
    values = [_ORDERED_BY[key](addressee) for key in job.mailing.order]
    return [(len(value), value) for value in values]


def household(row: Row) -> tuple[str, str]:
    """Return what all rows of a household share: 記号 and 番号."""
    return key_of(row["記号"]), key_of(row["番号"])


def person(symbol: str, number: str, of_branch: str) -> str:
    """Return what no two persons share, of the cells of 記号, 番号 and 枝番; "" where there is no 枝番."""
    digits_of_branch = digits(of_branch)
    return f"{key_of(symbol)}\n{key_of(number)}\n{digits_of_branch.zfill(2)}" if digits_of_branch else ""


def insured_of(row: Row) -> str:
    """Return whom a row names as its 被保険者, whatever the blanks, and whichever of its forms a character has."""
    return _in_any_form("".join(row["氏名" if row["本人家族"] == "本人" else "被保険者氏名"].split()))


@lru_cache(1 << 10)
def _in_any_form(name: str) -> str:
    """Put one sign for all characters that registers write in several forms; less is told apart than two readers do."""
    return _OF_SEVERAL_FORMS.sub("・", _SELECTORS.sub("", unicodedata.normalize("NFKC", name)))


def envelope_of(row: Row, apart: Apart) -> tuple[str, ...]:
    """Return what rows of one envelope share where households have one.

    A 家族 with a 送付先 may have another, and so may who lives elsewhere, where the job gives them one.
    """
    goes_to = forwarding(row) if row["本人家族"] == "家族" else ""
    if not goes_to and apart is Apart.OWN_ENVELOPE:
        goes_to = home(row)
    return (*household(row), goes_to)


def forwarding(row: Row) -> str:
    """Return the 送付先, whatever the widths and blanks it is written with, "" for none; a name alone goes home."""
    if not is_given("".join(_forwarded_of(row))):
        return ""
    parts = (row["送付先氏名"], *window(row))
    return "\n".join("".join(narrow(part).split()) for part in parts)


def home(row: Row) -> str:
    """Return where somebody lives, whatever the widths and blanks it is written with."""
    parts = (digits(row["郵便番号"]), row["住所"], row["方書"])
    return "\n".join("".join(narrow(part).split()) for part in parts)


def _may_be_one_home(row: Row, first: Row) -> bool:
    """Whether two live in one place, as far as postal code and numbers say: names are written in too many ways.

    One may name a town with a number in it (北24条) that the other writes in kanji, so that only the last agree.
    """
    if home(row) == home(first):
        return True
    if digits(row["郵便番号"]) != digits(first["郵便番号"]):
        return False
    fewer, more = sorted((_numbers_of(row), _numbers_of(first)), key=len)
    return bool(fewer) == bool(more) and more[len(more) - len(fewer) :] == fewer


def _numbers_of(row: Row) -> list[int]:
    """Return the numbers of an address, those of kanji as far as they count."""
    _, address = home(row).split("\n", 1)
    return [int(number) if number.isdigit() else _number(number) for number in _NUMBER_OF_HOME.findall(address)]


def window(addressee: Row) -> tuple[str, str, str]:
    """Return 郵便番号 in digits, 住所 and 方書 of where a letter goes: those of 送付先 where it has a 住所."""
    window = addressee
    if is_given(addressee["送付先住所"]):
        window = {column: addressee[instead] for column, instead in FORWARDED.items()}
    return _trimmed(window["郵便番号"], window["住所"], window["方書"])


@lru_cache(1 << 8)
def _trimmed(postal_code: str, address: str, building: str) -> tuple[str, str, str]:
    return digits(postal_code), address.strip(), building.strip()


def addressed_name(job: Job, addressee: Row, sheets: int) -> str:
    """Return the name in the window of an envelope of so many sheets.

    Of a household it is its 本人, with or without a sheet of their own. Who has an envelope alone is written to by
    name, unless the job writes to the 本人 then, too; so is who has a 送付先 without a name.
    """
    mailing = job.mailing
    if forwarding(addressee):
        return (addressee["送付先氏名"].strip() or addressee["氏名"]).strip()
    may_be_alone = mailing.envelope is Envelope.MEMBER or mailing.apart is Apart.OWN_ENVELOPE
    by_name = may_be_alone and sheets == 1 and mailing.addressee is Addressee.MEMBER
    return addressee["氏名" if by_name or addressee["本人家族"] == "本人" else "被保険者氏名"].strip()


def workplace(job: Job, addressee: Row) -> str:
    """Return the 事業所名 in the window; none where it goes to a 送付先 or home, as to 任意継続."""
    is_handed_out = job.mailing.route is Route.WORKPLACE and not goes_past_workplace(addressee)
    return addressee["事業所名"].strip() if is_handed_out else ""


def goes_past_workplace(addressee: Row) -> bool:
    """Whether no workplace hands a letter out: to 任意継続, who have a 資格喪失予定年月日, and to a 送付先."""
    return is_given(addressee["資格喪失予定年月日"]) or bool(forwarding(addressee))


def _workplace_code(addressee: Row) -> str:
    return "" if goes_past_workplace(addressee) else key_of(addressee["事業所番号"])


_ORDERED_BY: Mapping[str, Callable[[Row], str]] = {
    **dict.fromkeys(("郵便番号", "postal_code"), lambda row: window(row)[0]),
    **dict.fromkeys(("整理番号", "record"), lambda row: row["整理番号"]),
    **dict.fromkeys(("記号", "symbol"), lambda row: household(row)[0]),
    **dict.fromkeys(("番号", "number"), lambda row: household(row)[1]),
    **dict.fromkeys(("枝番", "branch"), branch),
    **dict.fromkeys(("事業所番号", "workplace_code"), _workplace_code),
}
"""Key of a job's ``order`` → what of an addressee is compared."""


def is_in_address(bars: str, addressee: Row) -> bool:
    """Whether a customer barcode is of this 郵便番号, and its numbers stand in this address in their order.

    How an address becomes bars is not stated twice; bars of another address are told all the same. Where they are full,
    the last number may be the beginning of one.
    """
    return _is_of(bars, *window(addressee))


@lru_cache(1 << 8)
def _is_of(bars: str, postal_code: str, address: str, building: str) -> bool:
    text = _NOT_READ.sub("", unicodedata.normalize("NFKC", f"{address}\n{building}"))
    there = iter(NUMBER.findall(_KANJI_NUMERAL.sub(lambda kanji: f" {_number(kanji[0])} ", text)))
    *whole, last = NUMBER.findall(_LETTER_IN_BARS.sub("-", bars[7:])) or [""]
    if bars[:7] != postal_code or not all(number in there for number in whole):
        return False
    return any(number == last or (bars[-1] == last[-1:] and number.startswith(last)) for number in there) or not last


def _number(kanji: str) -> int:
    """Return the number that kanji write: 二十三 as well as 二三."""
    if not set(kanji) & set(_KANJI_UNITS):
        return int("".join(str(_KANJI_DIGITS[sign]) for sign in kanji))
    number, digit = 0, 0
    for sign in kanji:
        if sign in _KANJI_UNITS:
            number, digit = number + (digit or 1) * _KANJI_UNITS[sign], 0
        else:
            digit = _KANJI_DIGITS[sign]
    return number + digit
