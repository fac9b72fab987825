"""One job file and what it names, as a frozen record: all that a run needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from renderer.model.findings import Language
from renderer.model.insurer import Insurer

FIRST_ISSUE, LAST_ISSUE = date(2024, 10, 1), date(2099, 12, 31)
"""Between which a paper may be issued: notices went out from October 2024 on."""
InserterMarks = Literal["none", "omr", "qr"]


class Envelope(StrEnum):
    """Who shares an envelope; both ways are in use (domain 2.2)."""

    MEMBER = "member"
    HOUSEHOLD = "household"


class Apart(StrEnum):
    """Where the sheet of a member goes who has another address than the head of the household."""

    WITH_INSURED = "with-insured"
    OWN_ENVELOPE = "own-envelope"


class Incomplete(StrEnum):
    """What becomes of a household of which a member is held."""

    HOLD = "hold"
    SEND = "send"


class Addressee(StrEnum):
    """Whose name stands on an envelope of one member."""

    MEMBER = "member"
    INSURED = "insured"


class Route(StrEnum):
    """Whether the address block carries the workplace that hands the piece out (domain 2.2)."""

    HOME = "home"
    WORKPLACE = "workplace"


ORDER_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "postal_code": "postal_code",
        "郵便番号": "postal_code",
        "record": "record",
        "整理番号": "record",
        "symbol": "symbol",
        "記号": "symbol",
        "number": "number",
        "番号": "number",
        "branch": "branch",
        "枝番": "branch",
        "workplace_code": "workplace_code",
        "事業所番号": "workplace_code",
    }
)
"""What a job may write in ``order`` → the field of the addressee that is compared."""


@dataclass(frozen=True, slots=True)
class MailingRules:
    """How the pieces are made up and in which order."""

    envelope: Envelope = Envelope.MEMBER
    """Who shares an envelope."""
    incomplete_households: Incomplete = Incomplete.HOLD
    """Whether the others of a household wait for a member who is held."""
    apart: Apart = Apart.WITH_INSURED
    """Where the sheet of a member of a household goes who lives elsewhere."""
    addressee: Addressee = Addressee.MEMBER
    """Whose name stands on an envelope of one member: an infant may get no letter of its own."""
    route: Route = Route.HOME
    """Whether the address block carries the workplace."""
    order: tuple[str, ...] = ()
    """Keys of ``ORDER_KEYS``; empty keeps the order of the source."""
    pieces_per_batch: int = 5000
    """The most pieces in one print file."""
    inserts: tuple[Path, ...] = ()
    """PDF files that go into every envelope, named in the report."""
    customer_barcode: bool = False
    """Whether カスタマバーコード is printed where the address allows one."""
    inserter_marks: InserterMarks = "none"
    """The marks a folding machine reads, if any."""


@dataclass(frozen=True, slots=True)
class Days:
    """A span of days, both ends of it included."""

    first: date = date.min
    last: date = date.max


@dataclass(frozen=True, slots=True)
class Selection:
    """Who of the member file gets a paper this time: those of whom all of it is so."""

    columns: tuple[tuple[str, tuple[str, ...] | Days], ...] = ()
    """Standard column → the values of which it has one, as a member has them, or the days of which it says one."""
    only: Path | None = None
    """The list of those who may get one."""
    stopped: Path | None = None
    """The list of those who get none, each with the reason."""
    changed: tuple[str, ...] = ()
    """Standard columns of which one says something else than on the last paper."""
    new: bool = False
    """Whether those get one, too, or alone, who never had one."""

    @property
    def by_change(self) -> bool:
        """Whether it matters which papers were delivered before."""
        return bool(self.changed) or self.new


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list that names no row of the member file."""

    file: str
    """Name of the list, without a folder."""
    line: int
    """From 1."""
    record: str
    """整理番号."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job file and what it names: all that a run needs to know."""

    path: Path
    """The job file itself."""
    name: str
    """Names the folder of the outbox."""
    document: str
    """Name of the document."""
    pack: Path | None
    """The folder of the pack that brings documents or layouts of its own."""
    layout: str
    """The layout's folder, or its name; ``find_layout`` finds it."""
    title: str
    """Printed as the title; ``check_title`` compares it with the layout's."""
    issued_on: date
    """交付年月日: the only "today" there is."""
    insurer: Insurer
    insurer_file: Path
    """The file that says so."""
    sources: tuple[Path, ...]
    """The member file, or the files that are one together, in their order."""
    columns: Path | None
    """The column map, where it is not written in the standard way."""
    releases: Path | None
    """The file of doubts that a person has freed."""
    outbox: Path
    """Where finished folders go; made by the run when it is not there."""
    mailing: MailingRules
    language: Language = "ja"
    """Of the report and the lists of held records; no sheet says it."""
    select: Selection | None = None
    """Who gets a paper, None for everybody."""
    key: Path | None = None
    """The file of the key by which the outbox remembers what was delivered of whom; made where it is needed first."""
    needs_approval: bool = False
    """Whether a run waits for somebody to approve the job's proof."""

    @property
    def folder(self) -> Path:
        """The folder of the outbox that this job fills."""
        return self.outbox / self.name

    @property
    def said_sources(self) -> str:
        """The names of its member files, in one line."""
        return "、".join(path.name for path in self.sources)

    def beside(self, what: str) -> Path:
        """Return a hidden folder beside that one, which a run makes for itself: work, check."""
        return self.outbox / f".{self.name}.{what}"
