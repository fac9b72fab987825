"""A row of the member file → what its sheet must say, by a second and shorter statement of the rules.

Written from docs/domain.md and docs/member-file.md and from nothing that the run itself goes by, so that one wrong rule
is not proved by itself (``source`` compares). It asks less than intake does: rows that intake has held are not asked
for, and a cell that cannot be understood here says "", which no sheet says in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from renderer.model.insurer import DayOfYear, FixedDay, HalfYearly, Insurer, Months, Rule
from renderer.model.job import Job
from renderer.proof.cells import Row, branch, day, digits, is_given, key_of, reaches, wareki, wide_kana
from renderer.proof.envelopes import addressed_name, window, workplace

_NOTICE, CERTIFICATE = "eligibility_notice", "eligibility_certificate"
DOCUMENTS = frozenset({_NOTICE, CERTIFICATE})
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
    "qualified_on": ("資格取得年月日", "本人家族"),
    "certified_on": ("認定年月日", "本人家族"),
    "insured_name": ("被保険者氏名", "本人家族"),
    "ratio": ("負担割合", "生年月日"),
    "ratio_from": ("発効期日",),
    "limit_class": ("限度額区分",),
    "loses_on": ("資格喪失予定年月日",),
    "my_number": ("個人番号", "登録年月日"),
    "remarks": ("備考",),
    "postal_code": ("郵便番号", "送付先郵便番号"),
    "address": ("住所", "方書", "送付先住所", "送付先方書"),
    "address_block": ("郵便番号", "住所", "方書", "送付先郵便番号", "送付先住所", "送付先方書"),
    "workplace": ("事業所名", "資格喪失予定年月日", "送付先氏名", "送付先住所"),
    "addressee": ("本人家族", "氏名", "被保険者氏名", "送付先氏名"),
    "customer_barcode": ("郵便番号", "住所", "方書", "送付先郵便番号", "送付先住所", "送付先方書"),
    "inserter_qr": ("整理番号",),
    "expires_on": ("生年月日", "資格喪失予定年月日"),
    "relation": ("本人家族",),
    "limit": ("限度額区分",),
    "loss": ("資格喪失予定年月日",),
}
"""Slot or fact → the columns that decide it; the envelope decides ``sheet_of`` and ``inserter_omr``."""
OF_ADDRESSEE = frozenset(
    {"postal_code", "address", "address_block", "workplace", "addressee", "customer_barcode", "inserter_qr"}
)
"""Slots that say the addressee's columns, on every sheet of a piece."""
_NOT_GIVEN = "―"
_TRANSITION_ENDS = date(2025, 12, 1)
_DAY = timedelta(1)


class Told(NamedTuple):
    """What one sheet must be."""

    facts: Mapping[str, str]
    """Those that choose its fixed part."""
    values: Mapping[str, str]
    """Slot → text, wherever the slot may be placed; the bars of an address are not among them (``is_in_address``)."""


def told(document: str, job: Job, row: Row, addressee: Row, place: int, sheets: int, number: int) -> Told:
    """Say what the sheet of a row must be, the one at a place (from 1) in an envelope of so many sheets.

    ``document`` is one of ours; of any other, what all papers say. ``number`` is that of the sheet in its print file,
    from 1.
    """
    insurer, born_on = job.insurer, day(row["生年月日"])
    is_dependant = row["本人家族"] == "家族"
    has_ratio = insurer.prints_ratio and (is_given(row["負担割合"]) or is_from_70_to_74(born_on, job.issued_on))
    loses_on = day(row["資格喪失予定年月日"])
    facts = {
        "relation": "dependant" if is_dependant else "insured",
        "my_number": my_number_part(row, insurer),
        "ratio": "shown" if has_ratio else "hidden",
        "limit": "shown" if is_given(row["限度額区分"]) else "hidden",
        "loss": "shown" if is_given(row["資格喪失予定年月日"]) else "hidden",
    }
    postal_code, address, building = window(addressee)
    address_lines = [f"〒{postal_code[:3]}-{postal_code[3:]}", address, *filter(None, [building])]
    marks = job.mailing.inserter_marks
    values = {
        "postal_code": address_lines[0],
        "address": "\n".join(address_lines[1:]),
        "address_block": "\n".join(address_lines),
        "workplace": workplace(job, addressee),
        "addressee": f"{addressed_name(job, addressee, sheets)}　様",
        "record": row["整理番号"],
        "sheet_of": f"{place}/{sheets}" if sheets > 1 else "",
        "symbol": key_of(row["記号"]) or _NOT_GIVEN,
        "number": key_of(row["番号"]),
        "branch": branch(row) or _NOT_GIVEN,
        "name": row["氏名"].strip(),
        "kana": wide_kana(row["フリガナ"]) or _NOT_GIVEN,
        "insured_name": row["被保険者氏名"].strip() if is_dependant else "",
        "born_on": wareki(born_on),
        "qualified_on": "" if is_dependant else wareki(day(row["資格取得年月日"])),
        "certified_on": wareki(day(row["認定年月日"])) if is_dependant else "",
        "ratio": f"{digits(row['負担割合'])}割" if has_ratio else "",
        "ratio_from": (wareki(day(row["発効期日"])) or _NOT_GIVEN) if has_ratio else "",
        "inserter_omr": f"{place}/{sheets}:{number % 8}" if marks == "omr" else "",
        "inserter_qr": f"{addressee['整理番号']}/{place}/{sheets}/{number}" if marks == "qr" else "",
    }
    if document == _NOTICE:
        values["my_number"] = "*" * 8 + row["個人番号"] if facts["my_number"] == "shown" else ""
    elif document == CERTIFICATE:
        values |= {
            "sex": row["性別"] or _NOT_GIVEN,
            "expires_on": wareki(last_day(job, born_on, loses_on)),
            "limit_class": row["限度額区分"],
            "loses_on": wareki(loses_on),
            "remarks": row["備考"].strip(),
        }
    return Told(facts, values)


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
    at_70, at_75 = reaches(born_on, 70), reaches(born_on, 75)
    return (at_70.year, at_70.month) < (on.year, on.month) and on <= at_75


def last_day(job: Job, born_on: date | None, loses_on: date | None) -> date:
    """Return 有効期限 of a person's certificate: of the rule's day and the person's own ends the first (domain 4.1)."""
    ends = [expiry(job.insurer.expiry.rule, job.issued_on)]
    if loses_on:
        ends.append(loses_on - _DAY)
    if born_on and not job.insurer.expiry.keeps_75:
        at_75 = reaches(born_on, 75)
        if job.issued_on <= at_75:  # who is older was looked at by a person, and the age ends nothing
            ends.append(at_75)
    return min(ends)


def leaves_on(row: Row, job: Job) -> date | None:
    """Return the first day on which a 本人 is known to be without the qualification; their 家族 lose it, too.

    None where that is after the last day of every paper of the job. It may be before the date of issue.
    """
    born_on, loses_on = day(row["生年月日"]), day(row["資格喪失予定年月日"])
    days = [loses_on] if loses_on else []
    if born_on and job.issued_on.year - born_on.year >= 69 and not job.insurer.expiry.keeps_75:
        days.append(reaches(born_on, 75) + _DAY)
    return min((day for day in days if day <= expiry(job.insurer.expiry.rule, job.issued_on)), default=None)


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
