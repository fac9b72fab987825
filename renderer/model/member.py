"""加入者: the person a sheet is about, a frozen record whose every field is valid and normalised."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NamedTuple


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


RELATIONS = {relation.value: relation for relation in Relation}
SEXES = {sex.value: sex for sex in Sex}
"""As written → what it is: asked for every row, and an enumeration takes ten times as long to answer."""
LIMIT_CLASSES = (
    *("", "ア", "イ", "ウ", "エ", "オ"),
    *("現役並みⅢ", "現役並みⅡ", "現役並みⅠ", "一般", "区分Ⅱ", "区分Ⅰ"),
)
"""限度額適用区分 as printed: under 70, then 70 to 74 (domain 1.6)."""
RATIOS = {"": "", "2": "2割", "3": "3割", "2割": "2割", "3割": "3割"}
"""負担割合 as written, narrowed → as printed."""


class Forwarding(NamedTuple):
    """送付先: to whom and where a member's sheet goes instead of home; "" for what is as it would be without it."""

    name: str
    """送付先氏名, without the blanks around it."""
    postal_code: str
    """Seven digits, no hyphen; given with an address, and only then."""
    address: str
    building: str


class Member(NamedTuple):
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
    forwarding: Forwarding | None = None
    """送付先, where the row has one."""
    added: tuple[str, ...] = ()
    """What stands in the columns that the document adds, in its order."""
    customer_barcode: str = ""
    """The 20 symbols of the address, or "" where none may be printed, or where the job prints none."""

    @property
    def place(self) -> Member | Forwarding:
        """Where the sheet goes: the 送付先 where it has an address, or home; both have what to print of it."""
        forwarding = self.forwarding
        return forwarding if forwarding is not None and forwarding.address else self
