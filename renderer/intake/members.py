"""Rows → Members, or every finding that says why not (domain 0, 3, 4, 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import NamedTuple

from renderer.documents.ages import ratio_is_due
from renderer.documents.eras import DateRefused, parse_date
from renderer.documents.numbers import looks_like_my_number
from renderer.intake.cells import (
    Verdict,
    branch_of,
    check_texts,
    forwarding_of,
    kana_of,
    limit_class_of,
    my_number_of,
    postal_code_of,
    two_digits,
)
from renderer.intake.keys import is_record_number, narrow_key
from renderer.intake.plausible import CHECKS
from renderer.intake.postcodes import areas_of, read_barcode
from renderer.intake.rows import Row
from renderer.model.findings import Finding, Held, Known, Weight
from renderer.model.member import RATIOS, RELATIONS, SEXES, Member, Relation
from renderer.model.widths import NARROW


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
    """Turn a Row into a Member, or raise Held with everything that is wrong with it; ``note`` is told all else.

    No exception and no frame of one holds a 個人番号.
    """
    (verdict,) = judge((row,), needs)
    del row  # its fields may hold a full 個人番号, and a traceback keeps the locals of its frames
    if note is not None:
        for finding in verdict.said:
            note(finding)
    if verdict.member is None or verdict.findings:
        raise Held(verdict.findings, verdict.known)
    return verdict.member


def judge(rows: Sequence[Row], needs: Needs) -> list[Verdict]:
    """Turn Rows into Members, and say what is wrong or odd with each, step by step for all of them (``model.blocks``).

    Nothing of a name is changed.
    """
    verdicts = [_begun(row) for row in rows]
    whole = [(row.fields, verdict) for row, verdict in zip(rows, verdicts, strict=True) if _is_whole(row)]
    check_texts(whole, needs.adds)
    for fields, verdict in whole:
        verdict.member = _member(fields, needs, verdict)
    told = [(verdict, verdict.member) for _, verdict in whole if verdict.member is not None]
    areas_of({code for _, member in told for code in (member.postal_code, member.place.postal_code)})  # known from now
    if needs.barcode:
        for verdict, member in told:
            verdict.member = _with_barcode(member, verdict)
    members = [verdict.member for verdict in verdicts if verdict.member is not None]
    verdict_of = {verdict.line: verdict for verdict in verdicts}
    found = [check(members, needs) for check in CHECKS]
    for finding in chain(*found, *map(needs.examine, members)):
        verdict_of[finding.line].tell(finding)
    for row, verdict in zip(rows, verdicts, strict=True):
        if verdict.findings or verdict.member is None:
            verdict.known = _known(row.fields, verdict)
    return verdicts


def _begun(row: Row) -> Verdict:
    """Begin with what was found while the row was read."""
    verdict = Verdict(row.line, row.last_line)
    if row.fields:
        _take_record(row.fields["整理番号"], verdict)
    for finding in row.findings:
        verdict.tell(replace(finding, record=verdict.record))
    return verdict


def _is_whole(row: Row) -> bool:
    """Whether a row could be divided, and each cell read as the column map says."""
    return bool(row.fields) and not any(finding.weight is Weight.HELD for finding in row.findings)


def _known(fields: Mapping[str, str], verdict: Verdict) -> Known:
    """Return what is known of a row that is held, though something in it is wrong."""
    if (member := verdict.member) is not None:
        days = (member.born_on, member.loses_on) if member.relation is Relation.INSURED else ()
        return Known(member.symbol, member.number, member.branch, *days)
    if not fields:
        return Known()
    symbol, number, branch = (narrow_key(fields[column]) for column in ("記号", "番号", "枝番"))
    if looks_like_my_number(symbol) or looks_like_my_number(number):
        return Known()
    known = Known(symbol, number, "" if looks_like_my_number(branch) else two_digits(branch) or branch)
    if fields["本人家族"] != Relation.INSURED:
        return known
    born_on, loses_on = _day_known(fields["生年月日"]), _day_known(fields["資格喪失予定年月日"])
    # A cell that is too long was left out, and is named as the file does.
    is_wrong = any(
        finding.code == "cell-too-long"
        or ("資格喪失予定年月日" in finding.columns and finding.code != "qualification-lost")
        for finding in verdict.findings
    )
    return known._replace(born_on=None if born_on == date.min else born_on, loses_on=date.min if is_wrong else loses_on)


def _day_known(text: str) -> date | None:
    """Return the day of a cell, None where it is blank; the first day there is where it is no day."""
    try:
        return parse_date(text).date if text.strip() else None
    except DateRefused:
        return date.min


class _Days(NamedTuple):
    """The dates of one row; None where the row gives none, or none that can be read."""

    born_on: date | None
    qualified_on: date | None
    certified_on: date | None
    registered_on: date | None
    ratio_from: date | None
    loses_on: date | None


def _member(fields: Mapping[str, str], needs: Needs, verdict: Verdict) -> Member | None:
    """Check every field, and make the Member where nothing is wrong so far."""
    relation = verdict.choose(fields, "本人家族", RELATIONS, "relation-unknown")
    sex = verdict.choose(fields, "性別", SEXES, "sex-unknown")
    days = _days(fields, relation, needs, verdict)
    kana = kana_of(fields["フリガナ"], verdict)
    number = verdict.require(fields, "番号", "number-missing")
    name = verdict.require(fields, "氏名", "name-missing")
    address = verdict.require(fields, "住所", "address-missing")
    if relation is Relation.DEPENDANT:
        verdict.require(fields, "被保険者氏名", "insured-name-missing")
    branch = branch_of(fields["枝番"], verdict)
    my_number_last4 = my_number_of(fields["個人番号"], verdict)
    postal_code = postal_code_of(fields["郵便番号"], verdict)
    forwarding = forwarding_of(fields, verdict)
    ratio = _ratio(fields["負担割合"], days.born_on, needs, verdict)
    limit_class = limit_class_of(fields["限度額区分"], verdict)
    if verdict.findings or relation is None or sex is None or days.born_on is None:
        return None
    return Member(
        line=verdict.line,
        record=verdict.record,
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
    )


def _take_record(record: str, verdict: Verdict) -> None:
    """Give the verdict the 整理番号, unless it may be a name or a 個人番号: findings print it."""
    if looks_like_my_number(record):
        verdict.refuse("looks-like-my-number", "record")
    elif not is_record_number(record):
        verdict.refuse("record-number-not-allowed")
    else:
        verdict.record = record


def _with_barcode(member: Member, verdict: Verdict) -> Member:
    """Give a member the customer barcode of where the sheet goes, or say why there is none."""
    place = member.place
    reading = read_barcode(place.postal_code, place.address, place.building)
    if reading.refusal is not None:
        verdict.tell(Finding.of("no-customer-barcode", verdict.line, verdict.record, reading.refusal.value))
    return member._replace(customer_barcode=reading.symbols)


def _days(fields: Mapping[str, str], relation: Relation | None, needs: Needs, verdict: Verdict) -> _Days:
    days = _Days(
        born_on=verdict.day(fields, "生年月日"),
        qualified_on=verdict.day(fields, "資格取得年月日"),
        certified_on=verdict.day(fields, "認定年月日"),
        registered_on=verdict.day(fields, "登録年月日"),
        ratio_from=verdict.day(fields, "発効期日"),
        loses_on=verdict.day(fields, "資格喪失予定年月日"),
    )
    verdict.require_day(fields, "生年月日")
    if relation is Relation.INSURED:
        verdict.require_day(fields, "資格取得年月日")
    if relation is Relation.DEPENDANT:
        verdict.require_day(fields, "認定年月日")
    _check_order(days, needs, verdict)
    return days


def _check_order(days: _Days, needs: Needs, verdict: Verdict) -> None:
    if days.born_on is not None and days.born_on > needs.issued_on:
        verdict.refuse("date-after-issue", "birth")
    for column, day in (
        ("資格取得年月日", days.qualified_on),
        ("認定年月日", days.certified_on),
        ("登録年月日", days.registered_on),
    ):
        if day is None:
            continue
        if day > needs.issued_on:
            verdict.refuse("date-after-issue", column=column)
        if days.born_on is not None and day < days.born_on:
            verdict.refuse("date-before-birth", column=column)
    if needs.certifies and days.loses_on is not None and days.loses_on <= needs.issued_on:
        verdict.refuse("qualification-lost")


def _ratio(text: str, born_on: date | None, needs: Needs, verdict: Verdict) -> str:
    ratio = RATIOS.get(text.translate(NARROW))
    if ratio is None:
        verdict.refuse("ratio-unknown")
        return ""
    if born_on is None or born_on > needs.issued_on:
        return ratio  # held already, and the calendar may not have the day on which an age is reached
    if not ratio and needs.prints_ratio and ratio_is_due(born_on, needs.issued_on):
        verdict.refuse("ratio-missing")
    return ratio
