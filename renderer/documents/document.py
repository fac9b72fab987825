"""What a document is: a value that says its facts, fields, columns, what it asks of a job, and what a sheet says.

A document knows no layout; a layout knows its document by name. Adding one takes a module like ``notice`` and a layout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from renderer.documents.expiry import EndsBy
from renderer.model.findings import Finding
from renderer.model.job import InserterMarks, Job
from renderer.model.member import Member
from renderer.model.variant import Variant

Kind = Literal["text", "qr", "customer_barcode", "omr"]
"""What kind of mark a slot takes."""

Row = Mapping[str, str]
"""A person of the examples' realistic people: column → text."""

Change = Callable[[Member, Job], dict[str, Any]]
"""What of a member to change, as little as needed, for a fact to have a value: field → new content."""


# fmt: off
STANDARD_COLUMNS = (
    "整理番号", "記号", "番号", "枝番", "本人家族", "氏名", "フリガナ", "性別", "生年月日",
    "資格取得年月日", "認定年月日", "被保険者氏名", "登録年月日", "個人番号", "郵便番号", "住所",
    "方書", "事業所番号", "事業所名", "負担割合", "発効期日", "限度額区分", "資格喪失予定年月日", "備考",
)
# fmt: on
"""The columns of a member file."""
FORWARDING_COLUMNS = ("送付先氏名", "送付先郵便番号", "送付先住所", "送付先方書")
"""Columns that may stand in it beside them."""
HEADER = (*STANDARD_COLUMNS, *FORWARDING_COLUMNS)
"""All of them."""
DATE_COLUMNS = ("生年月日", "資格取得年月日", "認定年月日", "登録年月日", "発効期日", "資格喪失予定年月日")
"""Those with dates."""


@dataclass(frozen=True, slots=True)
class Field:
    """One slot that a sheet of this document has a value for."""

    label: str
    """What the field is called in Japanese, where a person is told of it."""
    kind: Kind = "text"
    widest: tuple[str, ...] = ()
    """The widest values its rule allows."""
    realistic: Callable[[Row], str] | None = None
    """What it says of a realistic person, where no rule bounds it."""
    carries_name: bool = False
    """Whether it says what is written in a register, in exactly those characters."""
    says: tuple[str, ...] = ()
    """The columns of which it says the text, where that is not the one of its label."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of which it says the text; none where it says something else."""
        return self.says or ((self.label,) if self.label in HEADER else ())


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of the member file. A standard one that is in neither list may be there, and nothing is made of it."""

    needs: tuple[str, ...]
    """Standard columns that must be there."""
    may_have: tuple[str, ...] = ()
    """Standard columns that count as blank where they are not there."""
    adds: tuple[str, ...] = ()
    """Columns of its own that must be there; a member carries what is in them."""
    pairs: tuple[tuple[str, str], ...] = ()
    """Columns of which the second must be there where the first is."""


def columns_with(needs: tuple[str, ...], pairs: tuple[tuple[str, str], ...] = ()) -> Columns:
    """Return the columns of a document that needs some of the standard ones and may have all others.

    What it needs would be printed wrongly for everybody if it were left out unseen, and no finding of a row would tell.
    """
    return Columns(needs, tuple(name for name in HEADER if name not in needs), pairs=pairs)


class Mailing(NamedTuple):
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
    customer_barcode: str
    """The 20 symbols of its address, or "" where none is to be printed."""
    inserter_marks: InserterMarks


class Content(NamedTuple):
    """What one sheet says."""

    document: str
    """Name of the document."""
    variant: Variant
    """The facts that choose the fixed part, in the document's order."""
    values: dict[str, str]
    """Slot → what is printed there; the address has a line break before its 方書. "" prints nothing."""
    ends_by: EndsBy | None = None
    """What the last day of the paper rests on, for the report; None where the paper has none."""


def _nothing_asked(_: Job) -> None:
    """Take any job."""


def _nothing_found(_: Member, __: Job) -> Iterable[Finding]:
    """Find nothing wrong with anybody."""
    return ()


def _said_of_no_member(member: Member, job: Job, mailing: Mailing) -> Content:
    raise AssertionError("no member file prints this document, and no job may name it")


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One document."""

    name: str
    """As jobs and layouts name it."""
    facts: Mapping[str, Mapping[str, Change]]
    """Fact that chooses the fixed part of a sheet → each value it may have, and how a member comes to have it."""
    fields: Mapping[str, Field]
    """Slot → what stands there. A layout may place these and no others."""
    columns: Columns = Columns(STANDARD_COLUMNS, FORWARDING_COLUMNS)
    say: Callable[[Member, Job, Mailing], Content] = _said_of_no_member
    """What one sheet says; every field has a value."""
    check_job: Callable[[Job], None] = _nothing_asked
    """Raises BadJob for a job that may not print it, before a row is read."""
    examine: Callable[[Member, Job], Iterable[Finding]] = _nothing_found
    """What is wrong or odd with a member for this document, whose row is in order; each finding has its own weight."""
    certifies: bool = False
    """Whether it proves a qualification, so that nobody gets it who has lost it."""
    lasts_until: Callable[[Member, Job], date] | None = None
    """The last day on which a member's paper is right, where 家族 lose the qualification with their 本人."""

    @property
    def is_of_members(self) -> bool:
        """Whether a job may print it from a member file."""
        return self.say is not _said_of_no_member
