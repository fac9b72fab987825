"""job.toml → Job, insurer.toml → Insurer: every key known, every path there, or BadJob with line and key."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    model_validator,
)

from renderer.documents.expiry import MOST_YEARS
from renderer.documents.numbers import check_insurer_number, has_my_number, looks_like_my_number
from renderer.intake.packs import document_of, documents_of, find_pack, layout_folders
from renderer.intake.pictures import fault_of_file
from renderer.model.errors import BadJob
from renderer.model.findings import Language
from renderer.model.insurer import (
    CardCorner,
    DayOfYear,
    Expiry,
    FixedDay,
    HalfYearly,
    Insurer,
    MonthDay,
    Months,
    Rule,
)
from renderer.model.job import (
    ORDER_KEYS,
    Addressee,
    Apart,
    Envelope,
    Incomplete,
    InserterMarks,
    Job,
    MailingRules,
    Route,
)
from renderer.model.toml import Strict, check_table, folder_of, line_of, nearest, parse_toml, read_text

FIRST_ISSUE, LAST_ISSUE = date(2024, 10, 1), date(2099, 12, 31)
"""Between which a paper may be issued: notices went out from October 2024 on."""
_TIME_OF_EXPORT = re.compile(
    "20[0-9]{2}[-_]?(?:0[1-9]|1[0-2])[-_]?(?:0[1-9]|[12][0-9]|3[01])[-_T]?(?:[01][0-9]|2[0-3])[-_]?[0-5][0-9]"
)


def load_job(path: Path, *, source: Path | None = None, outbox: Path | None = None, pack: Path | None = None) -> Job:
    """Read a job file and the insurer file it names.

    Paths in the file are relative to it; ``source``, ``outbox`` and ``pack``, relative to the working directory,
    replace those of the file. Raises BadJob with everything that is wrong in the file.
    """
    if _names_a_number(path):
        raise BadJob("the job file's name has twelve digits like a 個人番号; give it another name")
    text = read_text(path)
    given = parse_toml(path, text)
    if source is not None:
        if not source.is_file():
            raise BadJob(f"{source}: there is no such member file; correct --source")
        given["source"] = str(source.resolve())
    if outbox is not None:
        if not _may_be_outbox(outbox.resolve()):
            raise BadJob(f"{outbox}: the outbox is a folder in a folder that exists; correct --outbox")
        given["outbox"] = str(outbox.resolve())
    if pack is not None:
        given["pack"] = str(pack.resolve())
    checked = check_table(_JobFile, path, text, given)
    _check_document(path, text, checked)
    rules = checked.mailing
    job = Job(
        path=path,
        name=checked.name,
        document=checked.document,
        pack=checked.pack,
        layout=_layout(path, text, checked),
        title=checked.title,
        issued_on=checked.issued_on,
        insurer=load_insurer(checked.insurer),
        source=checked.source,
        columns=checked.columns,
        releases=checked.releases,
        outbox=checked.outbox,
        mailing=MailingRules(
            envelope=rules.envelope,
            incomplete_households=rules.incomplete_households,
            apart=rules.apart,
            addressee=rules.addressee,
            route=rules.route,
            order=tuple(rules.order),
            pieces_per_batch=rules.pieces_per_batch,
            inserts=tuple(rules.inserts),
            customer_barcode=rules.customer_barcode,
            inserter_marks=rules.inserter_marks,
        ),
        language=checked.language,
    )
    _check_that_inputs_stay(job, checked.insurer)
    try:
        document_of(job).check_job(job)
    except BadJob as refused:
        raise BadJob(f"{path.name}: {refused}") from None
    return job


def _check_document(path: Path, text: str, checked: _JobFile) -> None:
    """Refuse a document that neither we nor the pack have, or that no member file prints."""
    known = [name for name, document in documents_of(checked.pack).items() if document.is_of_members]
    if checked.document not in known:
        expected = " or ".join(f"'{name}'" for name in known)
        raise BadJob(
            f'{path.name} line {line_of(text, ("document",))}: key "document": must be {expected}; '
            f'did you mean "{nearest(checked.document, known)}"?'
        )


def _layout(path: Path, text: str, checked: _JobFile) -> str:
    """Return the folder beside the job file that ``layout`` names, or the name; without one, the document's."""
    folder = path.resolve().parent / checked.layout
    if checked.layout and folder.is_dir():
        return str(folder)
    name = checked.layout or checked.document
    if checked.layout and not any((place / name).is_dir() for place in layout_folders(checked.pack)):
        raise BadJob(
            f'{path.name} line {line_of(text, ("layout",))}: key "layout": there is no such folder beside this file, '
            "and no layout of this name"
        )
    return name


def _check_that_inputs_stay(job: Job, insurer: Path) -> None:
    """Refuse inputs in a folder that a run of the job fills anew."""
    folders = [folder.resolve() for folder in (job.folder, *map(job.beside, ("work", "check", "earlier")))]
    own = job.insurer
    for path in (
        *(job.path, insurer, job.source, job.columns, job.releases, *job.mailing.inserts),
        *(own.seal, own.gaiji_font, own.gaiji_table),
    ):
        if path and any(path.resolve().is_relative_to(folder) for folder in folders):
            raise BadJob(
                f"{job.path.name}: {path.name} lies in the folder {job.name} of the outbox, which a run fills anew; "
                "move the file, or give the job another name"
            )


def load_insurer(path: Path) -> Insurer:
    """Read an insurer file: keys and meaning as in ``model.insurer.Insurer``. Raises BadJob."""
    text = read_text(path)
    checked = check_table(_InsurerFile, path, text, parse_toml(path, text))
    values = dict(checked)
    rule = checked.expiry.made(boundary_day=values.pop("expires_on_boundary_day"))
    return Insurer(**{**values, "expiry": Expiry(rule, checked.expiry.keeps_75)})


def check_title(job: Job, titles: Collection[str]) -> None:
    """Refuse a job whose title is none of the layout's ``titles``. Raises BadJob."""
    if job.title not in titles:
        line = line_of(read_text(job.path), ("title",))
        allowed = ", ".join(f'"{title}"' for title in titles)
        meant = nearest(job.title, titles)
        raise BadJob(
            f'{job.path.name} line {line}: key "title": the layout {Path(job.layout).name} has the titles {allowed};'
            f' did you mean "{meant}"?'
        )


def _file(value: object, info: ValidationInfo) -> object:
    """Resolve a path against the folder of the file it stands in; it must be a file."""
    if not isinstance(value, str):
        return value
    found = folder_of(info) / value
    if _names_a_number(found):
        raise ValueError("the file's name has twelve digits like a 個人番号; give it another name")
    if not found.is_file():
        raise ValueError("there is no such file; paths are relative to this file")
    return found


def _names_a_number(path: Path) -> bool:
    """Whether a file's name has a 個人番号, which lists and messages would repeat; the time of an export is none."""
    return has_my_number(_TIME_OF_EXPORT.sub("", path.name))


def _pack(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str):
        return value
    try:
        return find_pack(value, folder_of(info))
    except BadJob as refused:
        raise ValueError(str(refused)) from None


def _outbox(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str):
        return value
    folder = folder_of(info) / value
    if not _may_be_outbox(folder):
        raise ValueError("the outbox is a folder in a folder that exists; paths are relative to this file")
    return folder


def _may_be_outbox(folder: Path) -> bool:
    return folder.parent.is_dir() and not folder.is_file()


def _pdf(path: Path) -> Path:
    with path.open("rb") as stream:
        if stream.read(5) != b"%PDF-":
            raise ValueError("the file is not a PDF")
    return path


def _picture(path: Path) -> Path:
    if fault := fault_of_file(path):
        raise ValueError(fault)
    return path


def _name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}", value):
        raise ValueError("must be a safe folder name: A-Z a-z 0-9 . _ - and not a dot in front")
    if looks_like_my_number(value):
        raise ValueError("has twelve digits in a row like a 個人番号, and names a folder; shorten them")
    return value


def _marks(value: str, info: ValidationInfo) -> str:
    if value != "none" and info.data.get("inserts"):
        raise ValueError(
            "the marks call a sheet the last of its piece, and the inserts that follow it have none; "
            'write "none", or take the inserts out and let the machine feed them'
        )
    return value


def _issued_on(value: date) -> date:
    if not FIRST_ISSUE <= value <= LAST_ISSUE:
        raise ValueError(
            f"must be a day from {FIRST_ISSUE} to {LAST_ISSUE}; there are no such papers before, and the rules of "
            "years to come are not known"
        )
    return value


def _order(value: list[str]) -> list[str]:
    for key in value:
        if key not in ORDER_KEYS:
            raise ValueError(f'pieces cannot be ordered so; did you mean "{nearest(key, ORDER_KEYS)}"?')
    if len({ORDER_KEYS[key] for key in value}) < len(value):
        raise ValueError("the same order is given twice")
    return value


def _line_of_print(value: str) -> str:
    if not value.strip() or any(ord(character) < ord(" ") for character in value):
        raise ValueError("must be one line of text, not blank")
    if looks_like_my_number(value):
        raise ValueError("has twelve digits like a 個人番号, and is printed; take them out")
    return value


def _postal_code(value: str) -> str:
    if not re.fullmatch(r"[0-9]{3}-?[0-9]{4}", value):
        raise ValueError("must be seven digits, such as 100-0001")
    return value.replace("-", "")


def _portal_url(value: str) -> str:
    if value and not re.fullmatch(r"https?://[!-~]{1,200}", value):
        raise ValueError("must be an address that begins with http:// or https://, of at most 200 characters of ASCII")
    if looks_like_my_number(value):
        raise ValueError("has twelve digits like a 個人番号, and is printed as a code; take them out")
    return value


def _accent(value: str) -> str:
    if not re.fullmatch(r"#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})", value):
        raise ValueError("must be a colour such as #000000, of three or six digits 0 to 9 and A to F")
    return value


def _prints_my_number_until(value: date) -> date:
    if value > LAST_ISSUE:
        raise ValueError(f"must be a day until {LAST_ISSUE}, the last on which a paper may be issued")
    return value


def _day_of_year(value: str) -> str:
    try:
        _month_day(value)
    except ValueError:
        raise ValueError('must be a day of every year, month and day in quotes, such as "11-30"') from None
    return value


def _month_day(value: str) -> MonthDay:
    """Read ``MM-DD``, a day that every year has."""
    if not re.fullmatch("[0-9]{2}-[0-9]{2}", value):
        raise ValueError
    day = date.fromisoformat(f"2001-{value}")  # no leap year
    return day.month, day.day


def _two_days(value: list[str]) -> list[str]:
    if len(set(value)) != 2 or len(value) != 2:
        raise ValueError('must be two days of the year, such as ["06-01", "12-01"]')
    return value


def _with_rule(value: object) -> object:
    return {"rule": "half-yearly", **value} if isinstance(value, dict) else value


ExistingFile = Annotated[Path, BeforeValidator(_file)]
Line = Annotated[str, AfterValidator(_line_of_print)]


_PLAIN = MailingRules()


class _MailingTable(Strict):
    envelope: Annotated[Envelope, Field(strict=False)] = _PLAIN.envelope
    incomplete_households: Annotated[Incomplete, Field(strict=False)] = _PLAIN.incomplete_households
    apart: Annotated[Apart, Field(strict=False)] = _PLAIN.apart
    addressee: Annotated[Addressee, Field(strict=False)] = _PLAIN.addressee
    route: Annotated[Route, Field(strict=False)] = _PLAIN.route
    order: Annotated[list[str], AfterValidator(_order)] = Field(default=[])
    pieces_per_batch: Annotated[int, Field(ge=1, le=100_000)] = _PLAIN.pieces_per_batch
    inserts: list[Annotated[ExistingFile, AfterValidator(_pdf)]] = Field(default=[])
    customer_barcode: bool = _PLAIN.customer_barcode
    inserter_marks: Annotated[InserterMarks, AfterValidator(_marks)] = _PLAIN.inserter_marks


class _JobFile(Strict):
    name: Annotated[str, AfterValidator(_name)]
    document: str
    pack: Annotated[Path, BeforeValidator(_pack)] | None = None
    layout: str = ""
    title: Line
    issued_on: Annotated[date, AfterValidator(_issued_on)]
    insurer: ExistingFile
    source: ExistingFile
    columns: ExistingFile | None = None
    releases: ExistingFile | None = None
    outbox: Annotated[Path, BeforeValidator(_outbox)]
    language: Language = "ja"
    mailing: _MailingTable = _MailingTable()


DayEveryYear = Annotated[str, AfterValidator(_day_of_year)]


class _ExpiryTable(Strict):
    """What the tables of all rules have."""

    keeps_75: bool = False


class _HalfYearlyTable(_ExpiryTable):
    rule: Literal["half-yearly"] = "half-yearly"
    days: Annotated[list[DayEveryYear], AfterValidator(_two_days)] = Field(default=["06-01", "12-01"])

    def made(self, *, boundary_day: bool) -> Rule:
        return HalfYearly(tuple(sorted(map(_month_day, self.days))), boundary_day)


class _DayOfYearTable(_ExpiryTable):
    rule: Literal["day-of-year"]
    day: DayEveryYear

    def made(self, *, boundary_day: bool) -> Rule:
        return DayOfYear(_month_day(self.day), boundary_day)


class _FixedDayTable(_ExpiryTable):
    rule: Literal["fixed"]
    day: date

    def made(self, *, boundary_day: bool) -> Rule:
        return FixedDay(self.day)


class _YearsTable(_ExpiryTable):
    rule: Literal["years"]
    years: Annotated[int, Field(ge=1, le=MOST_YEARS)]

    def made(self, *, boundary_day: bool) -> Rule:
        return Months(12 * self.years)


class _MonthsTable(_ExpiryTable):
    rule: Literal["months"]
    months: Annotated[int, Field(ge=1, le=12 * MOST_YEARS)]

    def made(self, *, boundary_day: bool) -> Rule:
        return Months(self.months)


_ExpiryOfAnyRule = Annotated[
    _HalfYearlyTable | _DayOfYearTable | _FixedDayTable | _YearsTable | _MonthsTable,
    Field(discriminator="rule"),
    BeforeValidator(_with_rule),
]


class _InsurerFile(Strict):
    number: Annotated[str, AfterValidator(check_insurer_number)]
    name: Line
    postal_code: Annotated[str, AfterValidator(_postal_code)]
    address: Line
    telephone: Line
    seal: Annotated[ExistingFile, AfterValidator(_picture)] | None = None
    portal_url: Annotated[str, AfterValidator(_portal_url)] = ""
    card_corner: Annotated[CardCorner, Field(strict=False)] = CardCorner.RIGHT
    accent: Annotated[str, AfterValidator(_accent)] = "#000000"
    prints_ratio: bool
    prints_my_number_until: Annotated[date, AfterValidator(_prints_my_number_until)] = date(2024, 9, 17)
    gaiji_font: ExistingFile | None = None
    gaiji_table: ExistingFile | None = None
    expires_on_boundary_day: bool = True
    expiry: _ExpiryOfAnyRule = _HalfYearlyTable()

    @model_validator(mode="after")
    def _gaiji_come_together(self) -> _InsurerFile:
        if (self.gaiji_font is None) != (self.gaiji_table is None):
            raise ValueError('"gaiji_font" and "gaiji_table" are given together or not at all')
        return self
