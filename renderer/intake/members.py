"""Row → Member, or every finding that says why not (domain 0, 3, 4, 5)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple, TypeVar

from renderer.documents.ages import ratio_is_due
from renderer.documents.document import FORWARDING_COLUMNS
from renderer.documents.eras import DateRefused, era_of, parse_date
from renderer.documents.numbers import (
    APART,
    NumberRefused,
    had_my_number,
    is_of_one_digit,
    last4,
    looks_like_my_number,
    may_be_torn,
    spans_my_number,
)
from renderer.intake.kana import read_kana
from renderer.intake.keys import narrow_key
from renderer.intake.plausible import implausible
from renderer.intake.postcodes import read_barcode
from renderer.intake.rows import Row
from renderer.model.findings import Finding, Held, Known, Weight
from renderer.model.member import LIMIT_CLASSES, RATIOS, RELATIONS, SEXES, Forwarding, Member, Relation
from renderer.model.widths import NARROW

_NAMED = ("記号", "番号", "氏名", "フリガナ", "被保険者氏名")
_ADDRESSED = ("住所", "方書", "事業所番号", "事業所名", "備考", "送付先氏名", "送付先住所", "送付先方書")
"""In the order in which those of ``NEIGHBOURS`` stand side by side."""
_TEXTS = (*_NAMED, *_ADDRESSED)
_named_of, _addressed_of = itemgetter(*_NAMED), itemgetter(*_ADDRESSED)
_forwarding_of = itemgetter(*FORWARDING_COLUMNS)
NEIGHBOURS = (
    ("住所", "方書", 1),
    ("方書", "事業所番号", 5),
    ("事業所番号", "事業所名", 5),
    ("送付先住所", "送付先方書", 1),
)
"""Columns side by side of which one is free text, so that what is too long for one may go on in the other, and how many
digits each must have then: a room has up to four, and stands before a 事業所番号 by right."""
_RECORD = re.compile(r"[0-9A-Za-z_-]{1,20}")
_POSTAL_CODE = re.compile(r"([0-9]{3})-?([0-9]{4})")
_BRANCH = re.compile(r"[0-9]{0,2}")

_REFUSED_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Cn", "Zl", "Zp"))
# Characters without ink that Unicode counts as marks or letters, and the sign for a lost character.
_INKLESS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufffd]")

_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Needs:
    """What the job and the insurer ask of every record."""

    issued_on: date
    """The date of issue: the only "today" there is."""
    prints_ratio: bool
    """Whether 負担割合 is printed, and so must be given from 70 to 74."""
    certifies: bool = False
    """Whether the document proves a qualification, so that nobody gets it who has lost it."""
    keeps_75: bool = False
    """Whether the insurer's members stay after their 75th birthday."""
    adds: tuple[str, ...] = ()
    """Columns that the document adds."""
    examine: Callable[[Member], Iterable[Finding]] = lambda _: ()
    """What the document finds wrong or odd with a member whose row is in order."""
    barcode: bool = False
    """Whether the job prints customer barcodes, so that a member has one or a person should know why not."""


def validate(row: Row, *, needs: Needs, note: Callable[[Finding], None] | None = None) -> Member:
    """Turn a Row into a Member, or raise Held with everything that is wrong with it.

    Nothing of a name is changed. ``note`` is told what holds nobody by itself: doubts, and what was accepted but a
    person should know, such as an era written past its end. No exception and no frame of one holds a 個人番号.
    """
    desk = _Desk(row.line, row.last_line, note)
    member, known = None, Known()
    if row.fields:
        _take_record(row.fields["整理番号"], desk)
    of_row = [replace(finding, record=desk.record) for finding in row.findings]
    for finding in of_row:
        desk.tell(finding)
    if row.fields and not any(finding.weight is Weight.HELD for finding in row.findings):
        member = _member(row.fields, needs, desk)
    if member is not None:
        days = (member.born_on, member.loses_on) if member.relation is Relation.INSURED else ()
        known = Known(member.symbol, member.number, member.branch, *days)
    elif row.fields:
        known = _known(row.fields, desk)
    del row  # its fields may hold a full 個人番号, and a traceback keeps the locals of its frames
    if member is not None:
        for finding in (*implausible(member, needs), *needs.examine(member)):
            if finding not in of_row:
                desk.tell(finding)
    if member is None or desk.findings:
        raise Held(desk.findings, known)
    return member


def _known(fields: Mapping[str, str], desk: _Desk) -> Known:
    """Return what is known of a row that is held, though something in it is wrong."""
    symbol, number, branch = (narrow_key(fields[column]) for column in ("記号", "番号", "枝番"))
    if looks_like_my_number(symbol) or looks_like_my_number(number):
        return Known()
    known = Known(symbol, number, "" if looks_like_my_number(branch) else _two_digits(branch))
    if fields["本人家族"] != Relation.INSURED:
        return known
    born_on, loses_on = _day_known(fields["生年月日"]), _day_known(fields["資格喪失予定年月日"])
    is_wrong = any("資格喪失予定年月日" in finding.columns for finding in desk.findings)
    return known._replace(born_on=None if born_on == date.min else born_on, loses_on=date.min if is_wrong else loses_on)


def _day_known(text: str) -> date | None:
    """Return the day of a cell, None where it is blank; the first day there is where it is no day."""
    try:
        return parse_date(text).date if text.strip() else None
    except DateRefused:
        return date.min


@dataclass(slots=True)
class _Desk:
    """Collects what is wrong with one row. It keeps no value of the row but the record number."""

    line: int
    last_line: int
    note: Callable[[Finding], None] | None
    record: str = ""
    findings: list[Finding] = field(default_factory=list)

    def refuse(self, code: str, form: str = "", /, **parameters: str | int) -> None:
        self.findings.append(Finding.of(code, self.line, self.record, form, **parameters))

    def tell(self, finding: Finding) -> None:
        if finding.weight is Weight.HELD:
            self.findings.append(finding)
        elif self.note is not None:
            self.note(finding)

    def require(self, fields: Mapping[str, str], column: str, code: str) -> str:
        """Give the text of a column; one of blanks only counts as missing."""
        text = fields[column]
        if not text or text.isspace():
            self.refuse(code)
        return text

    def require_day(self, fields: Mapping[str, str], column: str) -> None:
        text = fields[column]
        if not text or text.isspace():
            self.refuse("date-missing", column=column)

    def choose(
        self, fields: Mapping[str, str], column: str, choices: Mapping[str, _Choice], code: str
    ) -> _Choice | None:
        chosen = choices.get(fields[column])
        if chosen is None:
            self.refuse(code)
        return chosen

    def day(self, fields: Mapping[str, str], column: str) -> date | None:
        text = fields[column]
        if not text or text.isspace():
            return None
        try:
            parsed = parse_date(text)
        except DateRefused as refused:
            era = {"era": refused.era.name} if refused.era else {}
            self.refuse(refused.code, refused.form, column=column, **era)
            return None
        if parsed.ended is not None:
            eras = {"era": parsed.ended.name, "printed_in": era_of(parsed.date).name}
            self.tell(Finding.of("date-era-had-ended", self.line, self.record, column=column, **eras))
        return parsed.date


class _Days(NamedTuple):
    """The dates of one row; None where the row gives none, or none that can be read."""

    born_on: date | None
    qualified_on: date | None
    certified_on: date | None
    registered_on: date | None
    ratio_from: date | None
    loses_on: date | None


def _member(fields: Mapping[str, str], needs: Needs, desk: _Desk) -> Member | None:
    """Check every field, and build the Member if the desk is clear."""
    _check_texts(fields, needs.adds, desk)
    relation = desk.choose(fields, "本人家族", RELATIONS, "relation-unknown")
    sex = desk.choose(fields, "性別", SEXES, "sex-unknown")
    days = _days(fields, relation, needs, desk)
    kana = _kana(fields["フリガナ"], desk)
    number = desk.require(fields, "番号", "number-missing")
    name = desk.require(fields, "氏名", "name-missing")
    address = desk.require(fields, "住所", "address-missing")
    if relation is Relation.DEPENDANT:
        desk.require(fields, "被保険者氏名", "insured-name-missing")
    branch = _branch(fields["枝番"], desk)
    my_number_last4 = _my_number(fields["個人番号"], desk)
    postal_code = _postal_code(fields["郵便番号"], desk)
    forwarding = _forwarding(fields, desk)
    ratio = _ratio(fields["負担割合"], days.born_on, needs, desk)
    limit_class = _limit_class(fields["限度額区分"], desk)
    if desk.findings or relation is None or sex is None or days.born_on is None:
        return None
    place = (postal_code, address, fields["方書"])
    if forwarding is not None and forwarding.address:
        place = (forwarding.postal_code, forwarding.address, forwarding.building)
    return Member(
        line=desk.line,
        record=desk.record,
        symbol=narrow_key(fields["記号"]),
        number=narrow_key(number),
        branch=branch,
        relation=relation,
        name=name,
        kana=kana,
        sex=sex,
        born_on=days.born_on,
        qualified_on=days.qualified_on,
        certified_on=days.certified_on,
        insured_name=fields["被保険者氏名"],
        registered_on=days.registered_on,
        my_number_last4=my_number_last4,
        postal_code=postal_code,
        address=address,
        building=fields["方書"],
        workplace_code=narrow_key(fields["事業所番号"]),
        workplace=fields["事業所名"],
        ratio=ratio,
        ratio_from=days.ratio_from,
        limit_class=limit_class,
        loses_on=days.loses_on,
        remarks=fields["備考"],
        forwarding=forwarding,
        added=tuple(fields[column] for column in needs.adds),
        customer_barcode=_customer_barcode(*place, desk) if needs.barcode else "",
    )


def _take_record(record: str, desk: _Desk) -> None:
    """Give the desk the 整理番号, unless it may be a name or a 個人番号: findings print it."""
    if looks_like_my_number(record):
        desk.refuse("looks-like-my-number", "record")
    elif not _RECORD.fullmatch(record):
        desk.refuse("record-number-not-allowed")
    else:
        desk.record = record


def _check_texts(fields: Mapping[str, str], adds: tuple[str, ...], desk: _Desk) -> None:
    """Hold a text with what no sheet can show, or twelve digits; nearly every row is clear at a glance."""
    torn: list[list[str]] = []
    addressed = APART.join(_addressed_of(fields))
    if may_be_torn(addressed):
        torn = [pair for *pair, least in NEIGHBOURS if spans_my_number(fields[pair[0]], fields[pair[1]], least)]
    glance = APART.join((*_named_of(fields), addressed, *(fields[column] for column in adds)))
    printable = glance.replace("\u3000", "").isprintable() and not _INKLESS.search(glance)
    if printable and not torn and not looks_like_my_number(glance) and not had_my_number(glance):
        return
    for column, following in torn:
        desk.refuse("looks-like-my-number", "split", column=column, following=following)
    for column in (*_TEXTS, *adds):
        text = fields[column]
        places = [f"U+{ord(sign):04X} ({at})" for at, sign in enumerate(text, 1) if _is_refused(sign)]
        if places:
            found = {"column": column, "places": ", ".join(places[:5])}
            if desk.last_line:
                lines = {"first_line": desk.line, "last_line": desk.last_line}
                desk.refuse("character-not-printable", "spread", **found, **lines)
            else:
                desk.refuse("character-not-printable", **found)
        if looks_like_my_number(text) or had_my_number(text):
            desk.refuse("looks-like-my-number", column=column)


def _is_refused(sign: str) -> bool:
    return unicodedata.category(sign) in _REFUSED_CATEGORIES or _INKLESS.match(sign) is not None


def _days(fields: Mapping[str, str], relation: Relation | None, needs: Needs, desk: _Desk) -> _Days:
    days = _Days(
        born_on=desk.day(fields, "生年月日"),
        qualified_on=desk.day(fields, "資格取得年月日"),
        certified_on=desk.day(fields, "認定年月日"),
        registered_on=desk.day(fields, "登録年月日"),
        ratio_from=desk.day(fields, "発効期日"),
        loses_on=desk.day(fields, "資格喪失予定年月日"),
    )
    desk.require_day(fields, "生年月日")
    if relation is Relation.INSURED:
        desk.require_day(fields, "資格取得年月日")
    if relation is Relation.DEPENDANT:
        desk.require_day(fields, "認定年月日")
    _check_order(days, needs, desk)
    return days


def _check_order(days: _Days, needs: Needs, desk: _Desk) -> None:
    if days.born_on is not None and days.born_on > needs.issued_on:
        desk.refuse("date-after-issue", "birth")
    for column, day in (
        ("資格取得年月日", days.qualified_on),
        ("認定年月日", days.certified_on),
        ("登録年月日", days.registered_on),
    ):
        if day is None:
            continue
        if day > needs.issued_on:
            desk.refuse("date-after-issue", column=column)
        if days.born_on is not None and day < days.born_on:
            desk.refuse("date-before-birth", column=column)
    if needs.certifies and days.loses_on is not None and days.loses_on <= needs.issued_on:
        desk.refuse("qualification-lost")


def _kana(text: str, desk: _Desk) -> str:
    kana, places = read_kana(text)
    if places:
        # Where, and not which: a 氏名 in the wrong column could be read from its code points.
        desk.refuse("kana-not-allowed", found=len(places), characters=len(text), first=places[0])
    return kana


def _branch(text: str, desk: _Desk) -> str:
    """Write a 枝番 in two half-width digits (domain 3.3)."""
    branch = narrow_key(text)
    if not _BRANCH.fullmatch(branch):
        desk.refuse("branch-not-readable")
    return _two_digits(branch)


def _two_digits(branch: str) -> str:
    """Fill a 枝番 up; a blank one is none."""
    return branch and branch.zfill(2)


def _my_number(raw: str, desk: _Desk) -> str:
    if is_of_one_digit(raw):
        desk.tell(Finding.of("my-number-of-one-digit", desk.line, desk.record))
    try:
        return last4(raw)
    except NumberRefused as refused:
        desk.refuse(refused.code)
        return ""


def _postal_code(text: str, desk: _Desk) -> str:
    code = narrow_key(text)
    if not code:
        desk.refuse("postal-code-missing")
        return ""
    found = _POSTAL_CODE.fullmatch(code)
    if found is None:
        desk.refuse("postal-code-not-readable")
        return ""
    return found[1] + found[2]


def _forwarding(fields: Mapping[str, str], desk: _Desk) -> Forwarding | None:
    """Read 送付先, or None where the row has none; 郵便番号 and 住所 are both given, or neither."""
    cells = _forwarding_of(fields)
    if not "".join(cells).strip():
        return None
    name, code, address, building = map(str.strip, cells)
    found = _POSTAL_CODE.fullmatch(narrow_key(code))
    if (code or address or building) and not (found and address):
        desk.refuse("forwarding-incomplete")
    return Forwarding(name, found[1] + found[2] if found else "", address, building)


def _customer_barcode(postal_code: str, address: str, building: str, desk: _Desk) -> str:
    reading = read_barcode(postal_code, address, building)
    if reading.refusal is not None:
        desk.tell(Finding.of("no-customer-barcode", desk.line, desk.record, reading.refusal.value))
    return reading.symbols


def _ratio(text: str, born_on: date | None, needs: Needs, desk: _Desk) -> str:
    ratio = RATIOS.get(text.translate(NARROW))
    if ratio is None:
        desk.refuse("ratio-unknown")
        return ""
    if born_on is None or born_on > needs.issued_on:
        return ratio  # held already, and the calendar may not have the day on which an age is reached
    if not ratio and needs.prints_ratio and ratio_is_due(born_on, needs.issued_on):
        desk.refuse("ratio-missing")
    return ratio


def _limit_class(text: str, desk: _Desk) -> str:
    if text not in LIMIT_CLASSES:
        desk.refuse("limit-class-unknown", known=" ".join(filter(None, LIMIT_CLASSES)))
    return text
