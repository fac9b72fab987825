"""A row of the member file → what its sheet must say, by a second and shorter statement of the rules.

Written from docs/domain.md and docs/member-file.md and from nothing that the run itself goes by, so that one wrong rule
is not proved by itself (``source`` compares). It asks less than intake does: rows that intake has held are not asked
for, and a cell that cannot be understood here says "", which no sheet says in its place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from operator import itemgetter

from renderer.model.insurer import DayOfYear, FixedDay, HalfYearly, Insurer, Months, Rule
from renderer.model.job import Addressee, Apart, Envelope, Job, Route

_NOTICE = "eligibility_notice"
DOCUMENTS = frozenset({_NOTICE, "eligibility_certificate"})
"""Whose sheets are stated here; a pack's document has rules of its own."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "record": ("整理番号",),
    "symbol": ("記号",),
    "number": ("番号",),
    "branch": ("枝番",),
    "name": ("氏名",),
    "kana": ("フリガナ",),
    "sex": ("性別",),
    "born_on": ("生年月日",),
    "qualified_on": ("資格取得年月日",),
    "certified_on": ("認定年月日",),
    "insured_name": ("被保険者氏名",),
    "ratio": ("負担割合",),
    "ratio_from": ("発効期日",),
    "limit_class": ("限度額区分",),
    "loses_on": ("資格喪失予定年月日",),
    "my_number": ("個人番号",),
    "remarks": ("備考",),
    "postal_code": ("郵便番号", "送付先郵便番号"),
    "address": ("住所", "方書", "送付先住所", "送付先方書"),
    "workplace": ("事業所名", "資格喪失予定年月日"),
    "addressee": ("本人家族", "氏名", "被保険者氏名", "送付先氏名"),
    "customer_barcode": ("郵便番号", "住所", "方書", "送付先郵便番号", "送付先住所", "送付先方書"),
    "inserter_qr": ("整理番号",),
    "expires_on": ("生年月日", "資格喪失予定年月日"),
    "relation": ("本人家族",),
    "limit": ("限度額区分",),
    "loss": ("資格喪失予定年月日",),
}
"""Slot or fact → the columns that decide it; the envelope decides ``sheet_of`` and ``inserter_omr``."""

OF_ADDRESSEE = frozenset({"postal_code", "address", "workplace", "addressee", "customer_barcode", "inserter_qr"})
"""Slots that say the addressee's columns, on every sheet of a piece."""

_NOT_GIVEN = "―"
_ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
    (date(1912, 7, 30), "大正"),
    (date(1868, 1, 25), "明治"),
)
_YEAR_BEFORE = {
    sign: first.year - 1 for signs, (first, _) in zip(("5R令", "4H平", "3S昭", "2T大", "1M明"), _ERAS, strict=True)
    for sign in signs
}  # fmt: skip
_NO_DIGITS = re.compile("[^0-9]+")
_HALF_WIDTH_KANA = re.compile("[\uff61-\uff9f]+")
_MARKS = {0x309B: 0x3099, 0x309C: 0x309A}
_KANJI_NUMERAL = re.compile("[〇一二三四五六七八九十百千]+")
_KANJI_DIGITS = {sign: digit for digit, sign in enumerate("〇一二三四五六七八九")}
_KANJI_UNITS = {"十": 10, "百": 100, "千": 1000}
_LETTER_IN_BARS = re.compile("[abc][0-9]?")
_NUMBER = re.compile("[0-9]+")
_HALF_WIDTH = {0x3000: " ", **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}}
_TRANSITION_ENDS = date(2025, 12, 1)
_DAY = timedelta(1)
_MOST_SHEETS = 99
_ORDERED_BY = {
    "郵便番号": "postal_code", "整理番号": "record", "記号": "symbol", "番号": "number", "枝番": "branch",
    "事業所番号": "workplace_code",
}  # fmt: skip

Row = Mapping[str, str]
"""Standard column → cell, "" for one that is not there; of 個人番号 the last four digits at most (``last_four``)."""

FORWARDED = {"氏名": "送付先氏名", "郵便番号": "送付先郵便番号", "住所": "送付先住所", "方書": "送付先方書"}
"""Column → the column that says instead where a letter goes."""
_forwarded_of = itemgetter(*FORWARDED.values())


@dataclass(frozen=True, slots=True)
class Told:
    """What one sheet must be."""

    facts: Mapping[str, str]
    """Those that choose its fixed part."""
    values: Mapping[str, str]
    """Slot → text, wherever the slot may be placed; the bars of an address are not among them (``is_in_address``)."""


def told(job: Job, row: Row, addressee: Row, place: int, sheets: int, number: int) -> Told:
    """Say what the sheet of a row must be, the one at a place (from 1) in an envelope of so many sheets.

    ``number`` is that of the sheet in its print file, from 1.
    """
    insurer, born_on = job.insurer, day(row["生年月日"])
    is_dependant = row["本人家族"] == "家族"
    has_ratio = insurer.prints_ratio and (_is_given(row["負担割合"]) or is_from_70_to_74(born_on, job.issued_on))
    loses_on = day(row["資格喪失予定年月日"])
    facts = {
        "relation": "dependant" if is_dependant else "insured",
        "my_number": my_number_part(row, insurer),
        "ratio": "shown" if has_ratio else "hidden",
        "limit": "shown" if _is_given(row["限度額区分"]) else "hidden",
        "loss": "shown" if _is_given(row["資格喪失予定年月日"]) else "hidden",
    }
    postal_code, address, building = window(addressee)
    marks = job.mailing.inserter_marks
    values = {
        "postal_code": f"〒{postal_code[:3]}-{postal_code[3:]}",
        "address": address + (f"\n{building}" if building else ""),
        "workplace": workplace(job, addressee),
        "addressee": f"{addressed_name(job, addressee, sheets)}　様",
        "record": row["整理番号"],
        "sheet_of": f"{place}/{sheets}" if sheets > 1 else "",
        "symbol": narrow(row["記号"]).strip() or _NOT_GIVEN,
        "number": narrow(row["番号"]).strip(),
        "branch": branch(row) or _NOT_GIVEN,
        "name": row["氏名"].strip(),
        "kana": wide_kana(row["フリガナ"]) or _NOT_GIVEN,
        "insured_name": row["被保険者氏名"].strip(),
        "born_on": wareki(born_on),
        "qualified_on": wareki(day(row["資格取得年月日"])),
        "certified_on": wareki(day(row["認定年月日"])),
        "ratio": f"{digits(row['負担割合'])}割",
        "ratio_from": wareki(day(row["発効期日"])) or _NOT_GIVEN,
        "inserter_omr": f"{place}/{sheets}:{number % 8}" if marks == "omr" else "",
        "inserter_qr": f"{addressee['整理番号']}/{place}/{sheets}/{number}" if marks == "qr" else "",
    }
    if job.document == _NOTICE:
        values["my_number"] = "*" * 8 + row["個人番号"]
    else:
        values |= {
            "sex": row["性別"] or _NOT_GIVEN,
            "expires_on": wareki(last_day(job, born_on, loses_on)),
            "limit_class": row["限度額区分"],
            "loses_on": wareki(loses_on),
            "remarks": row["備考"].strip(),
        }
    return Told(facts, values)


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
    names = {"".join(row["氏名" if row["本人家族"] == "本人" else "被保険者氏名"].split()) for row in rows}
    is_alike = len(set(map(household, rows))) == len(names) == 1 and insured <= 1 and len(rows) <= _MOST_SHEETS
    return is_alike and order == sorted(order) and all(goes_along(job, row, first) for row in others)


def goes_along(job: Job, row: Row, first: Row) -> bool:
    """Whether a row may be in the envelope that the first of its household's decides."""
    is_insured = first["本人家族"] == "本人"
    if forwarding(row):
        return forwarding(row) == forwarding(first)
    if forwarding(first) and not is_insured:
        return False
    return (is_insured and job.mailing.apart is Apart.WITH_INSURED) or home(row) == home(first)


def mailing_key(job: Job, addressee: Row) -> list[tuple[int, str]]:
    """Return what pieces are ordered by: the shorter value goes first, then sign by sign."""
    values = {
        "postal_code": digits(addressee["郵便番号"]),
        "record": addressee["整理番号"],
        "symbol": narrow(addressee["記号"]).strip(),
        "number": narrow(addressee["番号"]).strip(),
        "branch": branch(addressee),
        "workplace_code": "" if _is_given(addressee["資格喪失予定年月日"]) else narrow(addressee["事業所番号"]).strip(),
    }
    return [(len(value), value) for value in (values[_ORDERED_BY.get(key, key)] for key in job.mailing.order)]


def household(row: Row) -> tuple[str, str]:
    """Return what all rows of a household share: 記号 and 番号."""
    return narrow(row["記号"]).strip(), narrow(row["番号"]).strip()


def envelope_of(row: Row) -> tuple[str, ...]:
    """Return what rows of one envelope share where households have one: a 家族 with a 送付先 may have another."""
    return (*household(row), forwarding(row) if row["本人家族"] == "家族" else "")


def forwarding(row: Row) -> str:
    """Return the 送付先, whatever the widths and blanks it is written with, "" for none."""
    written = "".join(_forwarded_of(row))
    return written and "".join(narrow(written).replace("-", "").split())


def home(row: Row) -> str:
    """Return where somebody lives, whatever the widths and blanks it is written with."""
    return "".join(narrow(digits(row["郵便番号"]) + row["住所"] + row["方書"]).split())


def window(addressee: Row) -> tuple[str, str, str]:
    """Return 郵便番号 in digits, 住所 and 方書 of where a letter goes: those of 送付先 where it has a 住所."""
    window = addressee
    if _is_given(addressee["送付先住所"]):
        window = {column: addressee[instead] for column, instead in FORWARDED.items()}
    return digits(window["郵便番号"]), window["住所"].strip(), window["方書"].strip()


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
    goes_home = _is_given(addressee["資格喪失予定年月日"]) or forwarding(addressee)
    return addressee["事業所名"].strip() if job.mailing.route is Route.WORKPLACE and not goes_home else ""


def is_in_address(bars: str, addressee: Row) -> bool:
    """Whether a customer barcode is of this 郵便番号, and its numbers stand in this address in their order.

    How an address becomes bars is not stated twice; bars of another address are told all the same. Where they are full,
    the last number may be the beginning of one.
    """
    postal_code, address, building = window(addressee)
    text = unicodedata.normalize("NFKC", f"{address}\n{building}")
    there = iter(_NUMBER.findall(_KANJI_NUMERAL.sub(lambda kanji: f" {_number(kanji[0])} ", text)))
    *whole, last = _NUMBER.findall(_LETTER_IN_BARS.sub("-", bars[7:])) or [""]
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


def my_number_part(row: Row, insurer: Insurer) -> str:
    """Say which My Number part a notice has (domain 0): by the day on which the insurer registered the person."""
    registered_on = day(row["登録年月日"])
    if registered_on is None or registered_on > insurer.prints_my_number_until:
        return "absent"
    return "shown" if row["個人番号"] else "unregistered"


@lru_cache(1 << 15)
def is_from_70_to_74(born_on: date | None, on: date) -> bool:
    """Whether the ratio must be shown on a day: from the month after somebody is 70 to the last day before 75.

    An age is reached on the day before the birthday, so that for who was born on a first it begins with that month
    (domain 2.1).
    """
    if born_on is None or not 69 <= on.year - born_on.year <= 75:
        return False
    reached = [date(born_on.year + age, born_on.month, 1) + timedelta(born_on.day - 2) for age in (70, 75)]
    return (reached[0].year, reached[0].month) < (on.year, on.month) and on <= reached[1]


def last_day(job: Job, born_on: date | None, loses_on: date | None) -> date:
    """Return 有効期限 of a person's certificate: of the rule's day and the person's own ends the first (domain 4.1)."""
    ends = [expiry(job.insurer.expiry.rule, job.issued_on)]
    if loses_on:
        ends.append(loses_on - _DAY)
    if born_on and not job.insurer.expiry.keeps_75:
        reaches_75 = date(born_on.year + 75, born_on.month, 1) + timedelta(born_on.day - 2)
        if job.issued_on <= reaches_75:  # who is older was looked at by a person, and the age ends nothing
            ends.append(reaches_75)
    return min(ends)


@lru_cache(1)
def expiry(rule: Rule, issued_on: date) -> date:
    """Return 有効期限 as an insurer's rule has it for a day of issue (domain 4.1, 11.1)."""
    match rule:
        case FixedDay(on):
            return on
        case Months(months):
            month = issued_on.month + months
            beyond = date(issued_on.year + month // 12, month % 12 + 1, 1) - _DAY  # the last day of the last month
            return beyond if issued_on.day > beyond.day else beyond.replace(day=issued_on.day) - _DAY
        case HalfYearly() if issued_on <= _TRANSITION_ENDS:
            return _TRANSITION_ENDS
        case HalfYearly(every, on_boundary):
            pass
        case DayOfYear(one, on_boundary):
            every = (one,)
    ends = sorted(date(year, *each) for year in (issued_on.year, issued_on.year + 1) for each in every)
    return next(end for end in ends if end > issued_on or (end == issued_on and on_boundary))


@lru_cache(1 << 15)
def day(cell: str) -> date | None:
    """Return the day that a cell means in any of the forms of docs/member-file.md; None for none."""
    text = cell if cell.isascii() else unicodedata.normalize("NFKC", cell).replace("元", "1")
    numbers = _NUMBER.findall(text)
    era = text.lstrip()[:1].upper()
    if len(numbers) == 1:  # 20241202, or 5061202 with the era in front
        together = numbers[0]
        start = 1 if len(together) == 7 else 0
        numbers = [together[start:-4], together[-4:-2], together[-2:]]
        era = era if start else ""
    elif era.isdigit():
        era = ""
    try:
        year, month, day_of_month = map(int, numbers)
        return date(year + _YEAR_BEFORE.get(era, 0), month, day_of_month)
    except ValueError:
        return None


@lru_cache(1 << 15)
def wareki(on: date | None) -> str:
    """Write a day as sheets do: the month in two columns, the first year as 元; "" for none."""
    for first, era in _ERAS:
        if on is not None and on >= first:
            year = on.year - first.year + 1
            return f"{era}{'元' if year == 1 else year}年{on.month:2}月{on.day}日"
    return ""


def branch(row: Row) -> str:
    """Return 枝番 in two digits, "" for none."""
    found = digits(row["枝番"])
    return found and found.zfill(2)


def last_four(cell: str) -> str:
    """Return what may go on of 個人番号."""
    return digits(cell)[-4:]


def digits(cell: str) -> str:
    """Return the digits of a cell, of any width, in half width."""
    return cell if cell.isascii() and cell.isdigit() else _NO_DIGITS.sub("", narrow(cell))


def narrow(cell: str) -> str:
    """Return a cell with its full-width ASCII in half width."""
    return cell if cell.isascii() else cell.translate(_HALF_WIDTH)


def wide_kana(cell: str) -> str:
    """Return a cell without blanks at its ends, half-width kana in full width, marks joined; all else as it is."""
    joined = unicodedata.normalize("NFC", cell.translate(_MARKS)).strip()
    return _HALF_WIDTH_KANA.sub(lambda kana: unicodedata.normalize("NFKC", kana[0]), joined)


def _is_given(cell: str) -> bool:
    return bool(cell.strip())
