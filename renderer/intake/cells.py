"""A cell of a row → what it says, or the finding that says why it cannot be read (domain 0, 3, 4, 5)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from operator import itemgetter
from typing import TypeVar

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
from renderer.intake.keys import INKLESS, is_never_printed, narrow_key
from renderer.model.findings import Finding, Known, Weight
from renderer.model.member import LIMIT_CLASSES, Forwarding, Member

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
_POSTAL_CODE = re.compile(r"([0-9]{3})-?([0-9]{4})")
_BRANCH = re.compile(r"[0-9]{0,2}")

_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(slots=True)
class Verdict:
    """What becomes of one row: who it tells of, and what is wrong or odd with it. It keeps no full 個人番号."""

    line: int
    last_line: int
    record: str = ""
    findings: list[Finding] = field(default_factory=list)
    """What holds it."""
    said: list[Finding] = field(default_factory=list)
    """What holds nobody by itself: doubts, and what was accepted but a person should know."""
    member: Member | None = None
    """None where it tells of nobody; with findings, who it would be."""
    known: Known = field(default_factory=Known)
    """What is known of a row that is held."""

    def refuse(self, code: str, form: str = "", /, **parameters: str | int) -> None:
        """Hold the row."""
        self.findings.append(Finding.of(code, self.line, self.record, form, **parameters))

    def tell(self, finding: Finding) -> None:
        """Take a finding that was made elsewhere, once."""
        found = self.findings if finding.weight is Weight.HELD else self.said
        if finding not in found:
            found.append(finding)

    def require(self, fields: Mapping[str, str], column: str, code: str) -> str:
        """Give the text of a column; one of blanks only counts as missing."""
        text = fields[column]
        if not text or text.isspace():
            self.refuse(code)
        return text

    def require_day(self, fields: Mapping[str, str], column: str) -> None:
        """Hold the row where a day is missing."""
        text = fields[column]
        if not text or text.isspace():
            self.refuse("date-missing", column=column)

    def choose(
        self, fields: Mapping[str, str], column: str, choices: Mapping[str, _Choice], code: str
    ) -> _Choice | None:
        """Give what a column's word stands for."""
        chosen = choices.get(fields[column])
        if chosen is None:
            self.refuse(code)
        return chosen

    def day(self, fields: Mapping[str, str], column: str) -> date | None:
        """Give the day of a column, None where it is blank or none."""
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


def check_texts(rows: Sequence[tuple[Mapping[str, str], Verdict]], adds: tuple[str, ...]) -> None:
    """Hold each row with a text that no sheet can show, or with twelve digits; nearly all are clear at a glance."""
    addressed = {_addressed_of(fields) for fields, _ in rows}
    torn = {cells: pairs for cells in addressed if (pairs := _torn(cells))}
    texts = set().union(*addressed, *(_named_of(fields) for fields, _ in rows))
    texts.update(fields[column] for column in adds for fields, _ in rows)
    unclear = set() if _is_clear(APART.join(texts)) else {text for text in texts if not _is_clear(text)}
    for fields, verdict in rows if torn or unclear else ():
        for column, following in torn.get(_addressed_of(fields), ()):
            verdict.refuse("looks-like-my-number", "split", column=column, following=following)
        for column in (*_TEXTS, *adds):
            if fields[column] in unclear:
                _refuse_text(column, fields[column], verdict)


def _torn(addressed: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the columns side by side over which a 個人番号 is torn, of a row's ``_ADDRESSED``."""
    if not may_be_torn(APART.join(addressed)):
        return []
    text = dict(zip(_ADDRESSED, addressed, strict=True))
    return [(one, next_) for one, next_, least in NEIGHBOURS if spans_my_number(text[one], text[next_], least)]


def _is_clear(text: str) -> bool:
    printable = text.replace("\u3000", "").isprintable() and not INKLESS.search(text)
    return printable and not looks_like_my_number(text) and not had_my_number(text)


def _refuse_text(column: str, text: str, verdict: Verdict) -> None:
    places = [f"U+{ord(sign):04X} ({at})" for at, sign in enumerate(text, 1) if is_never_printed(sign)]
    if places:
        found = {"column": column, "places": ", ".join(places[:5])}
        if verdict.last_line:
            lines = {"first_line": verdict.line, "last_line": verdict.last_line}
            verdict.refuse("character-not-printable", "spread", **found, **lines)
        else:
            verdict.refuse("character-not-printable", **found)
    if looks_like_my_number(text) or had_my_number(text):
        verdict.refuse("looks-like-my-number", column=column)


def kana_of(text: str, verdict: Verdict) -> str:
    """Read フリガナ into what is printed."""
    kana, places = read_kana(text)
    if places:
        # Where, and not which: a 氏名 in the wrong column could be read from its code points.
        verdict.refuse("kana-not-allowed", found=len(places), characters=len(text), first=places[0])
    return kana


def branch_of(text: str, verdict: Verdict) -> str:
    """Write a 枝番 in two half-width digits (domain 3.3)."""
    branch = two_digits(text)
    if branch is None:
        verdict.refuse("branch-not-readable")
    return branch or ""


def two_digits(text: str) -> str | None:
    """Read a 枝番 and fill it up; a blank one is "", and None is returned for what is none."""
    branch = narrow_key(text)
    return (branch and branch.zfill(2)) if _BRANCH.fullmatch(branch) else None


def my_number_of(raw: str, verdict: Verdict) -> str:
    """Return the last four digits of 個人番号; no more of it goes on."""
    if is_of_one_digit(raw):
        verdict.tell(Finding.of("my-number-of-one-digit", verdict.line, verdict.record))
    try:
        return last4(raw)
    except NumberRefused as refused:
        verdict.refuse(refused.code)
        return ""


def postal_code_of(text: str, verdict: Verdict) -> str:
    """Read a 郵便番号 into its seven digits."""
    if not text.strip():
        verdict.refuse("postal-code-missing")
        return ""
    code = seven_digits(text)
    if code is None:
        verdict.refuse("postal-code-not-readable")
    return code or ""


def seven_digits(text: str) -> str | None:
    """Read the digits of a 郵便番号; None where it is none."""
    found = _POSTAL_CODE.fullmatch(narrow_key(text))
    return found and found[1] + found[2]


def forwarding_of(fields: Mapping[str, str], verdict: Verdict) -> Forwarding | None:
    """Read 送付先, or None where the row has none; 郵便番号 and 住所 are both given, or neither."""
    cells = _forwarding_of(fields)
    if not "".join(cells).strip():
        return None
    name, code, address, building = map(str.strip, cells)
    digits = seven_digits(code)
    if (code or address or building) and not (digits and address):
        verdict.refuse("forwarding-incomplete")
    return Forwarding(name, digits or "", address, building)


def limit_class_of(text: str, verdict: Verdict) -> str:
    """Return a 限度額区分 that there is."""
    if text not in LIMIT_CLASSES:
        verdict.refuse("limit-class-unknown", known=" ".join(filter(None, LIMIT_CLASSES)))
    return text
