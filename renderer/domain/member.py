"""The people and the insurer a sheet is about: frozen records whose every field is valid and normalised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path


class Relation(StrEnum):
    """本人家族: whose paper it is."""

    INSURED = "本人"
    DEPENDANT = "家族"


class Sex(StrEnum):
    """性別 as printed. ``SEE_BACK`` prints 裏面参照 on the front (domain 1.4)."""

    MALE = "男"
    FEMALE = "女"
    SEE_BACK = "裏面参照"
    NOT_GIVEN = ""


@dataclass(frozen=True, slots=True)
class Member:
    """加入者: one person to print for. No full 個人番号 anywhere; names are untouched character for character."""

    line: int
    """Line of the source the row begins at, from 1."""
    record: str
    """整理番号: unique in the file, not personal, the only key in logs and manifests."""
    symbol: str
    """記号, half width; may be blank (後期高齢 has none) or kanji (国保)."""
    number: str
    """番号, half width."""
    branch: str
    """枝番, two half-width digits, or blank."""
    relation: Relation
    name: str
    """氏名, exactly the characters of the registration; never normalised."""
    kana: str
    """フリガナ, full width; may be blank."""
    sex: Sex
    born_on: date
    qualified_on: date | None
    """資格取得年月日; always there for 本人."""
    certified_on: date | None
    """認定年月日; always there for 家族."""
    insured_name: str
    """被保険者氏名, untouched; always there for 家族."""
    registered_on: date | None
    """登録年月日: when the insurer registered the person; decides whether the My Number part is printed."""
    my_number_last4: str
    """The last four digits of the 個人番号, or "" when none is registered."""
    postal_code: str
    """Seven digits, no hyphen."""
    address: str
    building: str
    """方書: building and room."""
    workplace_code: str
    workplace: str
    """事業所名; blank for 任意継続."""
    ratio: str
    """負担割合: "2割", "3割" or ""."""
    ratio_from: date | None
    """発効期日 of the ratio."""
    limit_class: str
    """限度額適用区分: ア to オ, 現役並みⅠ …, or ""."""
    loses_on: date | None
    """資格喪失予定年月日, given for 任意継続."""
    remarks: str
    """備考, printed on the back."""


class CardCorner(StrEnum):
    """Which lower corner of the notice is cut out and carried (domain 2.1)."""

    RIGHT = "right"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Insurer:
    """保険者 and its switches: the same on every sheet of a job."""

    number: str
    """保険者番号, 8 (or for 国保 6) digits with a right check digit."""
    name: str
    postal_code: str
    """Seven digits."""
    address: str
    telephone: str
    seal: Path | None
    """組合印: a PNG with its own colour (red or black)."""
    portal_url: str
    """What the QR code on the notice leads to; "" prints no QR code."""
    card_corner: CardCorner
    accent: str
    """A CSS colour for lines and headings, ``#000`` for black only."""
    prints_ratio: bool
    """Whether 負担割合 is printed on this insurer's papers (高齢受給者証 merged) or kept on a paper of its own."""
    prints_my_number_until: date
    """Registered on or before this day: the My Number part is printed (domain 0: 2024-09-17)."""
    expires_on_boundary_day: bool
    """Issued on 1 June or 1 December: True ends that same day, False half a year later (domain 4.1, ambiguous)."""
    gaiji_font: Path | None
    """A TrueType font with the insurer's user-defined characters (外字), or none."""
    gaiji_table: Path | None
    """CSV ``code,note``: the user-defined characters that this font draws as the insurer means them."""
