"""What is well formed in a row and yet can hardly be right: signs that stand for something lost, values that disagree.

Nothing is decided here but what a person should look at: each is a doubt, or a note, with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Protocol

from renderer.documents.ages import birthday, ratio_begins, ratio_is_due
from renderer.model.findings import Finding
from renderer.model.member import Member


class Asked(Protocol):
    """What of a job's needs decides what is plausible."""

    @property
    def issued_on(self) -> date:
        """The date of issue."""

    @property
    def prints_ratio(self) -> bool:
        """Whether 負担割合 is printed."""


UNDER_70 = frozenset("アイウエオ")
"""限度額適用区分 of those below 70; the others are of 70 to 74 (domain 1.6)."""
LONGEST_VOLUNTARY = 2
"""Years that a 任意継続 may last (健康保険法 38条)."""

# A 〓 (geta) stands for a sign that a system did not have, a question mark or a box for one that a conversion lost.
_LOST_IN_NAME = re.compile("[〓●○■□◆◇▲△?？※]")
_LOST_IN_ADDRESS = re.compile("[〓□?？]")
_PLACEHOLDER = re.compile(
    r"#(?:N/A|REF!|VALUE!|NAME\?|NULL!|DIV/0!|NUM!|GETTING_DATA)|N/?A|NULL|NONE|NIL|NAN|UNDEFINED|[-+]?\d[.\d]*E[+-]?\d+",
    re.IGNORECASE,
)
_NOUGHTS = re.compile("0+(?:[.]0+)?")
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|amp|lt|gt|quot|apos|nbsp);", re.IGNORECASE)
_HONORIFIC = re.compile("(?:様|殿|さま|御中)$")
# One look over all texts: nearly every row has none of these.
_GLANCE = re.compile("[〓●○■□◆◇▲△?？※#&＃＆]|様|殿|さま|御中|[0-9]E|\x1f(?:0|[NUnu][/AUOINauoin])")


def implausible(member: Member, asked: Asked) -> Iterator[Finding]:
    """Yield what a person should look at before this member is printed, or know when it is."""
    yield from _odd_texts(member)
    yield from _ratio_and_class(member, asked)
    yield from _dates(member, asked)


def _odd_texts(m: Member) -> Iterator[Finding]:
    names = {"氏名": m.name, "フリガナ": m.kana, "被保険者氏名": m.insured_name}
    others = {"住所": m.address, "方書": m.building, "事業所名": m.workplace, "備考": m.remarks}
    keys = {"記号": m.symbol, "番号": m.number, "事業所番号": m.workplace_code}
    if not _GLANCE.search("\x1f" + "\x1f".join((*names.values(), *others.values(), *keys.values()))):
        return
    for column, text in (names | others | keys).items():
        bare = text.strip()
        lost = _LOST_IN_NAME if column in names else _LOST_IN_ADDRESS
        if _PLACEHOLDER.fullmatch(bare) or (column not in keys and _NOUGHTS.fullmatch(bare)):
            yield Finding.of("placeholder", m.line, m.record, column=column)
        elif _ENTITY.search(text):
            yield Finding.of("character-entity", m.line, m.record, column=column)
        elif column not in ("備考", *keys) and lost.search(text):
            yield Finding.of("lost-character", m.line, m.record, column=column)
        elif column in ("氏名", "被保険者氏名", "事業所名") and _HONORIFIC.search(bare):
            yield Finding.of("honorific-in-name", m.line, m.record, column=column)


def _ratio_and_class(m: Member, asked: Asked) -> Iterator[Finding]:
    day = max(asked.issued_on, m.ratio_from or asked.issued_on)  # a ratio may be given before it begins
    is_due = ratio_is_due(m.born_on, asked.issued_on)
    if m.ratio and asked.prints_ratio and not (is_due or ratio_is_due(m.born_on, day)):
        yield Finding.of("ratio-of-another-age", m.line, m.record)
    if m.limit_class and (m.limit_class in UNDER_70) is is_due:
        yield Finding.of("limit-class-of-another-age", m.line, m.record)
    is_of_70s = bool(m.ratio and m.limit_class and m.limit_class not in UNDER_70)
    if is_of_70s and m.limit_class.startswith("現役並み") is not (m.ratio == "3割"):
        yield Finding.of("ratio-and-limit-class", m.line, m.record)


def _dates(m: Member, asked: Asked) -> Iterator[Finding]:
    if m.ratio_from is not None:
        if m.ratio_from < ratio_begins(m.born_on):
            yield Finding.of("dates-disagree", m.line, m.record, column="発効期日", other="生年月日")
        elif m.ratio_from > asked.issued_on + timedelta(days=366):
            yield Finding.of("dates-disagree", m.line, m.record, column="発効期日", other="交付年月日")
    if m.loses_on is None:
        return
    begun = m.certified_on or m.qualified_on
    if m.loses_on <= m.born_on or (begun is not None and m.loses_on <= begun):
        other = "資格取得年月日" if m.certified_on is None else "認定年月日"
        yield Finding.of("dates-disagree", m.line, m.record, column="資格喪失予定年月日", other=other)
    elif m.loses_on > birthday(asked.issued_on, LONGEST_VOLUNTARY):
        yield Finding.of("loses-late", m.line, m.record)
