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

from renderer.model.insurer import Insurer
from renderer.model.job import Envelope, Job, Route

DOCUMENTS = frozenset({"eligibility_notice", "eligibility_certificate"})
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
    "postal_code": ("郵便番号",),
    "address": ("住所", "方書"),
    "workplace": ("事業所名",),
    "addressee": ("本人家族", "氏名", "被保険者氏名"),
    "customer_barcode": ("郵便番号",),
    "relation": ("本人家族",),
    "limit": ("限度額区分",),
    "loss": ("資格喪失予定年月日",),
}
"""Slot or fact → the columns that decide it; the day of issue decides 有効期限 and the envelope ``sheet_of``."""

OF_ADDRESSEE = frozenset({"postal_code", "address", "workplace", "addressee", "customer_barcode"})
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
_HALF_WIDTH = {0x3000: " ", **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}}
_TRANSITION_ENDS = date(2025, 12, 1)

Row = Mapping[str, str]
"""Standard column → cell; of 個人番号 no more than the last four digits (``last_four``)."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one sheet must be."""

    facts: Mapping[str, str]
    """Those that choose its fixed part."""
    values: Mapping[str, str]
    """Slot → text, wherever the slot may be placed; codes are not among them."""


def told(job: Job, row: Row, addressee: Row, place: int, sheets: int) -> Told:
    """Say what the sheet of a row must be, the one at a place (from 1) in an envelope of so many sheets."""
    insurer, born_on = job.insurer, day(row["生年月日"])
    is_dependant = row["本人家族"] == "家族"
    has_ratio = insurer.prints_ratio and (_is_given(row["負担割合"]) or is_from_70_to_74(born_on, job.issued_on))
    facts = {
        "relation": "dependant" if is_dependant else "insured",
        "my_number": my_number_part(row, insurer),
        "ratio": "shown" if has_ratio else "hidden",
        "limit": "shown" if _is_given(row["限度額区分"]) else "hidden",
        "loss": "shown" if _is_given(row["資格喪失予定年月日"]) else "hidden",
    }
    postal_code = digits(addressee["郵便番号"])
    building = addressee["方書"]
    values = {
        "postal_code": f"〒{postal_code[:3]}-{postal_code[3:]}",
        "address": addressee["住所"] + (f"\n{building}" if building else ""),
        "workplace": addressee["事業所名"] if job.mailing.route is Route.WORKPLACE else "",
        "addressee": f"{addressed_name(job, addressee)}　様",
        "record": row["整理番号"],
        "sheet_of": f"{place}/{sheets}" if sheets > 1 else "",
        "symbol": narrow(row["記号"]) or _NOT_GIVEN,
        "number": narrow(row["番号"]),
        "branch": branch(row) or _NOT_GIVEN,
        "name": row["氏名"],
        "kana": wide_kana(row["フリガナ"]) or _NOT_GIVEN,
        "insured_name": row["被保険者氏名"],
        "sex": row["性別"] or _NOT_GIVEN,
        "born_on": wareki(born_on),
        "qualified_on": wareki(day(row["資格取得年月日"])),
        "certified_on": wareki(day(row["認定年月日"])),
        "ratio": f"{digits(row['負担割合'])}割",
        "ratio_from": wareki(day(row["発効期日"])) or _NOT_GIVEN,
        "limit_class": row["限度額区分"],
        "loses_on": wareki(day(row["資格喪失予定年月日"])),
        "my_number": "*" * 8 + row["個人番号"],
        "expires_on": wareki(expiry(job.issued_on, insurer.expires_on_boundary_day)),
        "remarks": row["備考"],
    }
    return Told(facts, values)


def is_one_piece(job: Job, rows: Sequence[Row]) -> bool:
    """Whether these rows, in this order, belong into one envelope: one person, or one household, its 本人 first."""
    if job.mailing.envelope is Envelope.MEMBER:
        return len(rows) == 1
    households = {(narrow(row["記号"]), narrow(row["番号"])) for row in rows}
    order = [(row["本人家族"] != "本人", branch(row)) for row in rows]
    return len(households) == 1 and order == sorted(order)


def addressed_name(job: Job, addressee: Row) -> str:
    """Return the name in the window: of a household it is its 本人, with or without a sheet of their own."""
    by_household = job.mailing.envelope is Envelope.HOUSEHOLD
    return addressee["被保険者氏名" if by_household and addressee["本人家族"] == "家族" else "氏名"]


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
    if born_on is None:
        return False
    reached = [date(born_on.year + age, born_on.month, 1) + timedelta(born_on.day - 2) for age in (70, 75)]
    return (reached[0].year, reached[0].month) < (on.year, on.month) and on <= reached[1]


@lru_cache(1)
def expiry(issued_on: date, ends_on_boundary_day: bool) -> date:
    """Return 有効期限 of a certificate (domain 4.1)."""
    if issued_on <= _TRANSITION_ENDS:
        return _TRANSITION_ENDS
    ends = [date(year, month, 1) for year in (issued_on.year, issued_on.year + 1) for month in (6, 12)]
    return next(end for end in ends if end > issued_on or (end == issued_on and ends_on_boundary_day))


@lru_cache(1 << 15)
def day(cell: str) -> date | None:
    """Return the day that a cell means in any of the forms of docs/member-file.md; None for none."""
    text = "".join(unicodedata.normalize("NFKC", cell).split()).upper().replace("元", "1")
    numbers = re.findall("[0-9]+", text)
    era = text[:1]
    if len(numbers) == 1:  # 20241202, or 5061202 with the era in front
        start = 1 if len(text) == 7 else 0
        numbers = [text[start:-4], text[-4:-2], text[-2:]]
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
    return _NO_DIGITS.sub("", narrow(cell))


def narrow(cell: str) -> str:
    """Return a cell with its full-width ASCII in half width."""
    return cell if cell.isascii() else cell.translate(_HALF_WIDTH)


def wide_kana(cell: str) -> str:
    """Return a cell with its half-width kana in full width; nothing else is changed."""
    return _HALF_WIDTH_KANA.sub(lambda kana: unicodedata.normalize("NFKC", kana[0]), cell)


def _is_given(cell: str) -> bool:
    return bool(cell.strip())
