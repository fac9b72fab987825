"""What is well formed in a row and yet can hardly be right: signs that stand for something lost, values that disagree.

Nothing is decided here but what a person should look at: each is a doubt, or a note, with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from operator import attrgetter
from typing import Protocol

from renderer.documents.ages import birthday, ratio_begins
from renderer.documents.expiry import MOST_YEARS
from renderer.documents.places import is_elsewhere
from renderer.intake.postcodes import area_of
from renderer.model.findings import Finding
from renderer.model.member import Member
from renderer.model.widths import NARROW


class Asked(Protocol):
    """What of a job's needs decides what is plausible."""

    @property
    def issued_on(self) -> date:
        """The date of issue."""

    @property
    def prints_ratio(self) -> bool:
        """Whether 負担割合 is printed."""

    @property
    def adds(self) -> tuple[str, ...]:
        """Columns that the document adds."""


UNDER_70 = frozenset("アイウエオ")
"""限度額適用区分 of those below 70; the others are of 70 to 74 (domain 1.6)."""
LONGEST_VOLUNTARY = 2
"""Years that a 任意継続 may last (健康保険法 38条)."""
OLDEST = 120
"""Years: nobody in Japan was ever as old, and a spreadsheet's day 0 is in 1899 or 1900."""

# A geta (〓) stands for a sign that a system did not have, a question mark or a box for one that a conversion lost. A
# circle is a nought in an address (二○番), and other shapes stand in names of houses.
_LOST = "〓?？¿□▯⬜■●\ufffc"
_LOST_IN_NAME = re.compile(f"[{_LOST}○◯◎◆◇▲△▼▽★☆※]|ï¿½")
_LOST_IN_ADDRESS = re.compile(f"[{_LOST}]|ï¿½")
_PLACEHOLDER = re.compile(
    r"#(?:N/?A|REF!|VALUE!|NAME\?|NULL!|DIV/0!|NUM!|SPILL!|CALC!|GETTING_DATA|#+)|N/A|[(<\[{]?NULL[)>\]}]?|\\N|NONE|NIL"
    r"|NAN|NAT|UNDEFINED|[-+]?\d(?:\.\d+)?E[-+]\d{2,3}",
    re.IGNORECASE,
)
_NOUGHTS = re.compile("0+(?:[.]0+)?")
# What a spreadsheet makes of a number or of 3-20: a fraction, thousands, a text mark or formula, a day of a month.
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_REMADE = re.compile(
    rf"\d+\.0+|\d{{1,3}}(?:,\d{{3}})+|'.+|=\".*\"|\d{{1,2}}月\d{{1,2}}日|\d{{1,2}}-{_MONTH}|{_MONTH}-\d\d"
    r"|(?:19|20)\d\d/\d{1,2}/\d{1,2}(?: 0?0:00(?::00)?)?"
)
_ENTITY = re.compile(
    r"&(?:#\d{2,}|#x[0-9a-f]{2,}|[a-z]{2,8}\d{0,2};)|\\u[0-9a-f]{4}|(?:%[0-9a-f]{2}){3}|<br ?/?>",
    re.IGNORECASE,
)
_HONORIFIC = re.compile("(?:様|樣|殿|御中|各位|(?<![ぁ-ゖ])さま)[)]?$")
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
_LOST_IN = {
    **dict.fromkeys(("氏名", "被保険者氏名", "送付先氏名"), _LOST_IN_NAME),
    **dict.fromkeys(("住所", "方書", "事業所名", "送付先住所", "送付先方書"), _LOST_IN_ADDRESS),
}
_NO_NOUGHT_IN = {*_TEXTS, *_FORWARDED_TEXTS} - {"事業所番号"}
"""A 事業所番号 of noughts is that of no workplace, and in a document's own column a nought may say no."""
_REMADE_IN = ("記号", "番号", "事業所番号", "方書", "送付先方書")
_ADDRESSED = ("氏名", "被保険者氏名", "事業所名", "送付先氏名")
# One look over all texts, each between two U+001F: nearly every row has none of what is looked for.
_GLANCE = re.compile(
    rf"[{_LOST}○◯◎◆◇▲△▼▽★☆※ï#＃&＆%％<＜=＝\\＼'＇,，]|様|樣|殿|御中|各位|さま|[0-9０-９][EeＥｅ.．]|日\s*\x1f"
    r"|\x1f\s*(?:[0０A-Za-zＡ-Ｚａ-ｚ(<{\[（＜［｛]|[0-9０-９]{1,4}[-/－／])"
)


def implausible(member: Member, asked: Asked) -> Iterator[Finding]:
    """Yield what a person should look at before this member is printed, or know when it is."""
    yield from _odd_texts(member, asked)
    yield from _ratio_and_class(member, asked)
    yield from _dates(member, asked)
    if is_elsewhere(area_of(member.postal_code), member.address):
        yield Finding.of("postal-code-not-of-address", member.line, member.record)
    place = member.place
    if place is not member and is_elsewhere(area_of(place.postal_code), place.address):
        yield Finding.of("postal-code-not-of-address", member.line, member.record, "forwarding")


def _odd_texts(m: Member, asked: Asked) -> Iterator[Finding]:
    columns, texts = (*_TEXTS, *asked.adds), (*_texts_of(m), *m.added)
    if m.forwarding is not None:
        columns += _FORWARDED_TEXTS
        texts += (m.forwarding.name, m.forwarding.address, m.forwarding.building)
    if not _GLANCE.search("\x1f" + "\x1f".join(texts) + "\x1f"):
        return
    for column, text in zip(columns, texts, strict=True):
        code = _oddness(column, text)
        if code:
            yield Finding.of(code, m.line, m.record, column=column)


def _oddness(column: str, text: str) -> str:
    """Return the code of what is odd about a text, the first that there is, or ""."""
    bare = text.translate(NARROW).strip()
    if (
        _PLACEHOLDER.fullmatch(bare)
        or (column in _NO_NOUGHT_IN and _NOUGHTS.fullmatch(bare))
        or (column in _REMADE_IN and _REMADE.fullmatch(bare))
    ):
        return "placeholder"
    if _ENTITY.search(bare):
        return "character-entity"
    if column in _LOST_IN and _LOST_IN[column].search(text):
        return "lost-character"
    if column in _ADDRESSED and _HONORIFIC.search(bare):
        return "honorific-in-name"
    return ""


def _ratio_and_class(m: Member, asked: Asked) -> Iterator[Finding]:
    if not (m.ratio or m.limit_class):
        return
    begins = ratio_begins(m.born_on)
    # A ratio may be given before it begins; what is said of 75 and over is the document's.
    if m.ratio and asked.prints_ratio and max(asked.issued_on, m.ratio_from or asked.issued_on) < begins:
        yield Finding.of("ratio-of-another-age", m.line, m.record)
    if m.limit_class and (m.limit_class in UNDER_70) is (begins <= asked.issued_on):
        yield Finding.of("limit-class-of-another-age", m.line, m.record)
    is_of_70s = bool(m.ratio and m.limit_class and m.limit_class not in UNDER_70)
    if is_of_70s and m.limit_class.startswith("現役並み") is not (m.ratio == "3割"):
        yield Finding.of("ratio-and-limit-class", m.line, m.record)


def _dates(m: Member, asked: Asked) -> Iterator[Finding]:
    """Compare each date with those that it cannot lie before, or so long after."""

    def disagree(column: str, other: str) -> Finding:
        return Finding.of("dates-disagree", m.line, m.record, column=column, other=other)

    if m.born_on.year + OLDEST < asked.issued_on.year:
        yield disagree("生年月日", "交付年月日")
    if m.certified_on is not None and m.qualified_on is not None and m.certified_on < m.qualified_on:
        yield disagree("認定年月日", "資格取得年月日")
    if m.ratio_from is not None:
        if m.ratio_from < ratio_begins(m.born_on):
            yield disagree("発効期日", "生年月日")
        elif m.ratio_from > birthday(asked.issued_on, 1):
            yield disagree("発効期日", "交付年月日")
    if m.loses_on is not None:
        if m.qualified_on is not None and m.loses_on <= m.qualified_on:
            yield disagree("資格喪失予定年月日", "資格取得年月日")
        elif m.certified_on is not None and m.loses_on <= m.certified_on:
            yield disagree("資格喪失予定年月日", "認定年月日")
        elif m.loses_on > birthday(asked.issued_on, MOST_YEARS):
            yield disagree("資格喪失予定年月日", "交付年月日")
        elif m.loses_on > birthday(asked.issued_on, LONGEST_VOLUNTARY):
            yield Finding.of("loses-late", m.line, m.record)
