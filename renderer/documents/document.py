"""Turn a member, the insurer and the mailing into what one sheet says: its variant and the values of its slots.

Every slot of the layout has a value; "" prints nothing. The 資格情報通知書 never says an expiry date or a sex, the
資格確認書 never a My Number (domain 0, 1.3, 2.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from renderer.documents import postal
from renderer.documents.eras import format_wareki
from renderer.documents.expiry import expires_on
from renderer.documents.numbers import mask
from renderer.model.insurer import Insurer
from renderer.model.member import Member, Relation

NOTICE = "eligibility_notice"
CERTIFICATE = "eligibility_certificate"

# fmt: off
_COMMON = (
    "postal_code", "address", "workplace", "addressee", "customer_barcode", "record", "sheet_of",
    "symbol", "number", "branch", "name", "kana", "born_on", "qualified_on", "certified_on", "insured_name",
    "ratio", "ratio_from", "inserter_omr", "inserter_qr",
)
# fmt: on

SLOTS: Mapping[str, frozenset[str]] = {
    NOTICE: frozenset((*_COMMON, "my_number")),
    CERTIFICATE: frozenset((*_COMMON, "sex", "expires_on", "limit_class", "loses_on", "remarks")),
}
"""Document → the slots its sheet has a value for; a layout may place these and no others."""

Kind = Literal["text", "qr", "customer_barcode", "omr"]
"""What kind of mark a slot takes."""

CODES: Mapping[str, Literal["qr", "customer_barcode", "omr"]] = {
    "customer_barcode": "customer_barcode", "inserter_omr": "omr", "inserter_qr": "qr",
}  # fmt: skip
"""Slot whose value is a code → the code's kind; all others are text."""

_SHOWN = ("shown", "hidden")
VARIANTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    NOTICE: {"relation": ("insured", "dependant"), "my_number": ("shown", "unregistered", "absent"), "ratio": _SHOWN},
    CERTIFICATE: {"relation": ("insured", "dependant"), "ratio": _SHOWN, "limit": _SHOWN, "loss": _SHOWN},
}
"""Document → the facts that choose the fixed part of its sheet, each with the values it may have."""

NOT_GIVEN = "―"
"""Printed where a label stands and there is nothing to say, so that nobody takes the space for a fault of the print."""

_RELATIONS = {Relation.INSURED: "insured", Relation.DEPENDANT: "dependant"}


@dataclass(frozen=True, slots=True)
class Mailing:
    """What the envelope asks of one sheet: whose address, which sheet, which marks for the machines."""

    addressee_name: str
    """Printed with 様; untouched character for character."""
    postal_code: str
    """Seven digits, no hyphen."""
    address: str
    building: str
    """方書, or ""."""
    workplace: str
    """事業所名 on the workplace route, else ""."""
    sheet: int
    """Which sheet of the piece this is, from 1."""
    sheets: int
    """How many sheets the piece has."""
    sequence: int
    """Number of the sheet in the print file: a machine that counts misses no sheet."""
    record: str
    """整理番号 that names the piece, the addressee's; the sheet itself prints its member's."""
    customer_barcode: bool
    """Whether the job prints customer barcodes."""
    inserter_marks: Literal["none", "omr", "qr"]


@dataclass(frozen=True, slots=True)
class Content:
    """What one sheet says."""

    document: str
    """Name of the layout's folder."""
    variant: tuple[tuple[str, str], ...]
    """The facts that choose the fixed part, in the order of the layout's ``[variants]``."""
    values: dict[str, str]
    """Slot → what is printed there; the address has a line break before its 方書."""


def notice(member: Member, insurer: Insurer, mailing: Mailing) -> Content:
    """Say what a 資格情報通知書 says (domain 2.1)."""
    my_number = _my_number(member, insurer)
    ratio = _ratio(member, insurer)
    values = _values(member, mailing, ratio)
    values["my_number"] = mask(member.my_number_last4) if my_number == "shown" else ""
    variant = (("relation", _RELATIONS[member.relation]), ("my_number", my_number), ("ratio", ratio))
    return Content(NOTICE, variant, values)


def certificate(member: Member, insurer: Insurer, mailing: Mailing, issued_on: date) -> Content:
    """Say what a 資格確認書 says (domain 1.3, 4.1).

    :raises BadJob: for a date of issue before 2024-12-02.
    """
    ratio = _ratio(member, insurer)
    values = _values(member, mailing, ratio)
    values["sex"] = str(member.sex) or NOT_GIVEN
    values["expires_on"] = format_wareki(expires_on(issued_on, boundary_day=insurer.expires_on_boundary_day))
    values["limit_class"] = member.limit_class
    values["loses_on"] = _printed(member.loses_on)
    values["remarks"] = member.remarks
    variant = (
        ("relation", _RELATIONS[member.relation]),
        ("ratio", ratio),
        ("limit", "shown" if member.limit_class else "hidden"),
        ("loss", "shown" if member.loses_on else "hidden"),
    )
    return Content(CERTIFICATE, variant, values)


def omr_payload(sheet: int, sheets: int, sequence: int) -> str:
    """Write what the OMR marks of a sheet say, ``1/3:5``: sheet of sheets, sequence from 0 to 7 (domain 6.4)."""
    return f"{sheet}/{sheets}:{sequence % 8}"


def inserter_qr_payload(record: str, sheet: int, sheets: int, sequence: int) -> str:
    """Write what the inserter's QR code says, ``piece/sheet/sheets/sequence``, nothing personal (domain 6.4)."""
    return f"{record}/{sheet}/{sheets}/{sequence}"


def _values(member: Member, mailing: Mailing, ratio: str) -> dict[str, str]:
    """Give the values of the slots that both documents have."""
    insured = member.relation is Relation.INSURED
    marks = mailing.inserter_marks
    place = (mailing.sheet, mailing.sheets, mailing.sequence)
    return {
        "postal_code": f"〒{mailing.postal_code[:3]}-{mailing.postal_code[3:]}",
        "address": f"{mailing.address}\n{mailing.building}" if mailing.building else mailing.address,
        "workplace": mailing.workplace,
        "addressee": f"{mailing.addressee_name}　様",
        "customer_barcode": _barcode(mailing) if mailing.customer_barcode else "",
        "record": member.record,
        "sheet_of": f"{mailing.sheet}/{mailing.sheets}" if mailing.sheets > 1 else "",
        "symbol": member.symbol or NOT_GIVEN,
        "number": member.number,
        "branch": member.branch or NOT_GIVEN,
        "name": member.name,
        "kana": member.kana or NOT_GIVEN,
        "born_on": format_wareki(member.born_on),
        "qualified_on": _printed(member.qualified_on) if insured else "",
        "certified_on": "" if insured else _printed(member.certified_on),
        "insured_name": "" if insured else member.insured_name,
        "ratio": member.ratio if ratio == "shown" else "",
        "ratio_from": (_printed(member.ratio_from) or NOT_GIVEN) if ratio == "shown" else "",
        "inserter_omr": omr_payload(*place) if marks == "omr" else "",
        "inserter_qr": inserter_qr_payload(mailing.record, *place) if marks == "qr" else "",
    }


def _my_number(member: Member, insurer: Insurer) -> str:
    """Decide the My Number part by the day the insurer registered the person, not by 資格取得 (domain 0).

    Without that day nothing shows that the person belongs to those who are told theirs, and it is left out.
    """
    if member.registered_on is None or member.registered_on > insurer.prints_my_number_until:
        return "absent"
    return "shown" if member.my_number_last4 else "unregistered"


def _ratio(member: Member, insurer: Insurer) -> str:
    return "shown" if insurer.prints_ratio and member.ratio else "hidden"


def _barcode(mailing: Mailing) -> str:
    return postal.barcode_data(mailing.postal_code, mailing.address, mailing.building) or ""


def _printed(day: date | None) -> str:
    return format_wareki(day) if day else ""
