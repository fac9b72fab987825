"""What papers have in common: the fields of a person and an envelope, and the facts that more than one shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from renderer.documents.ages import birthday
from renderer.documents.document import Change, Field, Mailing, Row
from renderer.documents.eras import format_wareki
from renderer.documents.expiry import LEAVES_AT
from renderer.model.findings import Finding
from renderer.model.insurer import Insurer
from renderer.model.job import Job
from renderer.model.member import Member, Relation

NOT_GIVEN = "―"
"""Printed where a label stands and there is nothing to say, so that nobody takes the space for a fault of the print."""
WORKS_FROM = 15
"""The age before which nobody is employed (労働基準法 56条)."""
RATIO = "2割"
"""What is shown where a sheet is to show a 負担割合 and the member has none."""

NEEDED = ("整理番号", "記号", "番号", "本人家族", "氏名", "生年月日", "資格取得年月日", "郵便番号", "住所")
"""Columns that every paper needs. 枝番, フリガナ and 方書 may be missing: nobody prints a wrong one. So may 認定年月日,
被保険者氏名 and 負担割合: who must have one is held without."""

WIDEST_DATES = ("昭和64年12月28日", "令和10年12月28日")


def _name(row: Row) -> str:
    return row["氏名"]


def _whole_address(row: Row) -> str:
    return f"{row['住所']}\n{row['方書']}" if row["方書"] else row["住所"]


def _address_block(row: Row) -> str:
    return f"〒888-8888\n{_whole_address(row)}"


_OF_ADDRESS = ("住所", "方書", "送付先住所", "送付先方書")

FIELDS: Mapping[str, Field] = {
    "postal_code": Field("郵便番号", widest=("〒888-8888",)),
    "address": Field("住所・方書", realistic=_whole_address, carries_name=True, says=_OF_ADDRESS),
    "address_block": Field(
        "郵便番号・住所・方書",
        realistic=_address_block,
        carries_name=True,
        says=("郵便番号", "送付先郵便番号", *_OF_ADDRESS),
    ),
    "workplace": Field("事業所名", realistic=lambda row: row["事業所名"], carries_name=True),
    "addressee": Field(
        "宛名", realistic=lambda row: f"{row['氏名']}　様", carries_name=True, says=("氏名", "送付先氏名")
    ),
    "customer_barcode": Field("カスタマバーコード", kind="customer_barcode"),
    "record": Field("整理番号", widest=("A000001", "12345678901")),
    "sheet_of": Field("枚数表示", widest=("99/99",)),
    "symbol": Field("記号", widest=("101", "12345678")),
    "number": Field("番号", widest=("1234567", "12345678")),
    "branch": Field("枝番", widest=("88",)),
    "name": Field("氏名", realistic=_name, carries_name=True),
    "kana": Field("フリガナ", realistic=lambda row: row["フリガナ"]),
    "born_on": Field("生年月日", widest=WIDEST_DATES),
    "qualified_on": Field("資格取得年月日", widest=WIDEST_DATES),
    "certified_on": Field("認定年月日", widest=WIDEST_DATES),
    "insured_name": Field("被保険者氏名", realistic=_name, carries_name=True),
    "ratio": Field("負担割合", widest=("3割",)),
    "ratio_from": Field("発効期日", widest=WIDEST_DATES),
    "inserter_omr": Field("封入機用のOMRマーク", kind="omr"),
    "inserter_qr": Field("封入機用のQRコード", kind="qr"),
}
"""The fields of a person and an envelope."""


def common_values(member: Member, mailing: Mailing, ratio: str) -> dict[str, str]:
    """Give the values of ``FIELDS``; ``ratio`` is what the fact of that name says.

    Blanks at the ends of a text are what filled a column of fixed width, and take no room; those within stay.
    """
    insured = member.relation is Relation.INSURED
    marks = mailing.inserter_marks
    place = (mailing.sheet, mailing.sheets, mailing.sequence)
    postal_code = f"〒{mailing.postal_code[:3]}-{mailing.postal_code[3:]}"
    address = "\n".join(filter(None, (mailing.address.strip(), mailing.building.strip())))
    return {
        "postal_code": postal_code,
        "address": address,
        "address_block": f"{postal_code}\n{address}",
        "workplace": mailing.workplace.strip(),
        "addressee": f"{mailing.addressee_name.strip()}　様",
        "customer_barcode": mailing.customer_barcode,
        "record": member.record,
        "sheet_of": f"{mailing.sheet}/{mailing.sheets}" if mailing.sheets > 1 else "",
        "symbol": member.symbol or NOT_GIVEN,
        "number": member.number,
        "branch": member.branch or NOT_GIVEN,
        "name": member.name.strip(),
        "kana": member.kana or NOT_GIVEN,
        "born_on": format_wareki(member.born_on),
        "qualified_on": printed_day(member.qualified_on) if insured else "",
        "certified_on": "" if insured else printed_day(member.certified_on),
        "insured_name": "" if insured else member.insured_name.strip(),
        "ratio": member.ratio if ratio == "shown" else "",
        "ratio_from": (printed_day(member.ratio_from) or NOT_GIVEN) if ratio == "shown" else "",
        "inserter_omr": omr_payload(*place) if marks == "omr" else "",
        "inserter_qr": inserter_qr_payload(mailing.record, *place) if marks == "qr" else "",
    }


def omr_payload(sheet: int, sheets: int, sequence: int) -> str:
    """Write what the OMR marks of a sheet say, ``1/3:5``: sheet of sheets, sequence from 0 to 7 (domain 6.4)."""
    return f"{sheet}/{sheets}:{sequence % 8}"


def inserter_qr_payload(record: str, sheet: int, sheets: int, sequence: int) -> str:
    """Write what the inserter's QR code says, ``piece/sheet/sheets/sequence``, nothing personal (domain 6.4)."""
    return f"{record}/{sheet}/{sheets}/{sequence}"


def printed_day(day: date | None) -> str:
    """Write a day in 和暦, or nothing."""
    return format_wareki(day) if day else ""


def examine_ages(member: Member, job: Job) -> Iterator[Finding]:
    """Doubt whom another insurance should have by now, and a 本人 who began at an age at which nobody works."""
    if birthday(member.born_on, LEAVES_AT) <= job.issued_on and not job.insurer.expiry.keeps_75:
        yield Finding.of("aged-75-or-over", member.line, member.record)
    since = member.qualified_on if member.relation is Relation.INSURED else None
    if since is not None and since < birthday(member.born_on, WORKS_FROM):
        yield Finding.of("dates-disagree", member.line, member.record, column="資格取得年月日", other="生年月日")


_RELATIONS = {Relation.INSURED: "insured", Relation.DEPENDANT: "dependant"}


def relation_of(member: Member) -> str:
    """Say the fact ``relation``."""
    return _RELATIONS[member.relation]


def ratio_of(member: Member, insurer: Insurer) -> str:
    """Say the fact ``ratio``: whether this insurer's papers show a 負担割合 of this person."""
    return "shown" if insurer.prints_ratio and member.ratio else "hidden"


def _since(member: Member) -> date:
    return member.qualified_on or member.certified_on or member.born_on


def _as_insured(m: Member, _: Job) -> dict[str, Any]:
    return {"relation": Relation.INSURED, "qualified_on": m.qualified_on or _since(m)}


def _as_dependant(m: Member, _: Job) -> dict[str, Any]:
    return {
        "relation": Relation.DEPENDANT,
        "certified_on": m.certified_on or _since(m),
        "insured_name": m.insured_name or m.name,
    }


def _with_ratio(m: Member, job: Job) -> dict[str, Any]:
    return {"ratio": m.ratio or RATIO, "ratio_from": m.ratio_from or job.issued_on.replace(day=1)}


def _without_ratio(_: Member, __: Job) -> dict[str, Any]:
    return {"ratio": "", "ratio_from": None}


RELATION: Mapping[str, Change] = {"insured": _as_insured, "dependant": _as_dependant}
"""Whose paper it is."""
RATIO_SHOWN: Mapping[str, Change] = {"shown": _with_ratio, "hidden": _without_ratio}
"""Whether the 負担割合 is printed."""
