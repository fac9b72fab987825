"""job.toml → Job: every key known, every path there, or BadJob with line and key."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from renderer.documents.numbers import looks_like_my_number
from renderer.intake.insurerfile import load_insurer
from renderer.intake.keys import ExistingFile, Line, names_a_number
from renderer.intake.packs import document_of, documents_of, find_pack, layout_folders
from renderer.intake.selection import SelectTable, selection_of
from renderer.model.errors import BadJob
from renderer.model.findings import Language
from renderer.model.job import (
    FIRST_ISSUE,
    LAST_ISSUE,
    ORDER_KEYS,
    Addressee,
    Apart,
    Envelope,
    Incomplete,
    InserterMarks,
    Job,
    MailingRules,
    Route,
    Selection,
)
from renderer.model.toml import Strict, advice, check_table, folder_of, line_of, parse_toml, read_text


def load_job(path: Path, *, sources: Sequence[Path] = (), outbox: Path | None = None, pack: Path | None = None) -> Job:
    """Read a job file and the insurer file it names.

    Paths in the file are relative to it; ``sources``, ``outbox`` and ``pack``, relative to the working directory,
    replace those of the file. Raises BadJob with everything that is wrong in the file.
    """
    if names_a_number(path.name):
        raise BadJob("the job file's name has twelve digits like a 個人番号; give it another name")
    text = read_text(path)
    given = parse_toml(path, text, "; names of columns stand in quotes" if "[select]" in text else "")
    for source in sources:
        if not source.is_file():
            raise BadJob(f"{source}: there is no such member file; correct --source")
    if sources:
        given["source"] = [str(source.resolve()) for source in sources]
    if outbox is not None:
        if not _may_be_outbox(outbox.resolve()):
            raise BadJob(f"{outbox}: the outbox is a folder in a folder that exists; correct --outbox")
        given["outbox"] = str(outbox.resolve())
    if pack is not None:
        given["pack"] = str(pack.resolve())
    checked = check_table(_JobFile, path, text, given)
    _check_document(path, text, checked)
    job = Job(
        path=path,
        name=checked.name,
        document=checked.document,
        pack=checked.pack,
        layout=_layout(path, text, checked),
        title=checked.title,
        issued_on=checked.issued_on,
        insurer=load_insurer(checked.insurer),
        insurer_file=checked.insurer,
        sources=checked.source,
        columns=checked.columns,
        releases=checked.releases,
        outbox=checked.outbox,
        mailing=_rules(checked.mailing),
        language=checked.language,
        select=selection_of(checked.select),
        key=checked.key,
        needs_approval=checked.needs_approval,
    )
    _check_that_inputs_stay(job)
    _check_selection(job, text)
    try:
        document_of(job).check_job(job)
    except BadJob as refused:
        raise BadJob(f"{path.name}: {refused}") from None
    return job


def _rules(rules: _MailingTable) -> MailingRules:
    return MailingRules(
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
    )


def _check_document(path: Path, text: str, checked: _JobFile) -> None:
    """Refuse a document that neither we nor the pack have, or that no member file prints."""
    known = [name for name, document in documents_of(checked.pack).items() if document.is_of_members]
    if checked.document not in known:
        expected = " or ".join(f"'{name}'" for name in known)
        raise BadJob(
            f'{path.name} line {line_of(text, ("document",))}: key "document": must be {expected}'
            f"{advice(checked.document, known)}"
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


def _check_that_inputs_stay(job: Job) -> None:
    """Refuse inputs in a folder that a run of the job fills anew."""
    folders = [folder.resolve() for folder in (job.folder, *map(job.beside, ("work", "check")))]
    own, select = job.insurer, job.select
    for path in (
        *(job.path, job.insurer_file, *job.sources, job.columns, job.releases, *job.mailing.inserts),
        *(own.seal, own.gaiji_font, own.gaiji_table),
        *((select.only, select.stopped) if select else ()),
    ):
        if path and any(path.resolve().is_relative_to(folder) for folder in folders):
            raise BadJob(
                f"{job.path.name}: {path.name} lies in the folder {job.name} of the outbox, which a run fills anew; "
                "move the file, or give the job another name"
            )


def _check_selection(job: Job, text: str) -> None:
    """Refuse a selection by what the document does not take, or nobody remembers, and a key beside what it protects."""
    select, columns = job.select or Selection(), document_of(job).columns
    asked = [*((column, column) for column, _ in select.columns), *((column, "changed") for column in select.changed)]
    for column, key in asked:
        if column not in (*columns.needs, *columns.may_have):
            where = f'{job.path.name} line {line_of(text, ("select", key))}: key "select.{key}"'
            raise BadJob(f"{where}: {job.document} makes nothing of {column}; take it out")
    if select.by_change and not job.key:
        raise BadJob(
            f'{job.path.name} line {line_of(text, ("select",))}: key "select": what has changed is known by keyed '
            'sums; name the file of their key with key = "…", in a folder outside the outbox'
        )
    if job.key and job.key.resolve().is_relative_to(job.outbox.resolve()):
        raise BadJob(
            f'{job.path.name} line {line_of(text, ("key",))}: key "key": lies in the outbox, beside the sums that it '
            "protects; keep it elsewhere"
        )


def check_title(job: Job, titles: Collection[str]) -> None:
    """Refuse a job whose title is none of the layout's ``titles``. Raises BadJob."""
    if job.title not in titles:
        line = line_of(read_text(job.path), ("title",))
        allowed = ", ".join(f'"{title}"' for title in titles)
        raise BadJob(
            f'{job.path.name} line {line}: key "title": the layout {Path(job.layout).name} has the titles {allowed}'
            f"{advice(job.title, titles)}"
        )


def _one_or_several(value: object) -> object:
    """Take one member file for a list of one."""
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list) or not value:
        raise ValueError("must be text in quotes, or a list of such")
    return tuple(value)


def _of_one_name_each(value: tuple[Path, ...]) -> tuple[Path, ...]:
    if len({path.name for path in value}) < len(value):
        raise ValueError("two member files have one name, and lists could not tell them apart; rename one")
    return value


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


def _key(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str):
        return value
    path = folder_of(info) / value
    if not path.parent.is_dir() or path.is_dir():
        raise ValueError("is a file in a folder that exists, or will be; paths are relative to this file")
    return path


def _may_be_outbox(folder: Path) -> bool:
    return folder.parent.is_dir() and not folder.is_file()


def _pdf(path: Path) -> Path:
    with path.open("rb") as stream:
        if stream.read(5) != b"%PDF-":
            raise ValueError("the file is not a PDF")
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
            raise ValueError(f"pieces cannot be ordered so{advice(key, ORDER_KEYS)}")
    if len({ORDER_KEYS[key] for key in value}) < len(value):
        raise ValueError("the same order is given twice")
    return value


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
    source: Annotated[tuple[ExistingFile, ...], BeforeValidator(_one_or_several), AfterValidator(_of_one_name_each)]
    columns: ExistingFile | None = None
    releases: ExistingFile | None = None
    outbox: Annotated[Path, BeforeValidator(_outbox)]
    language: Language = "ja"
    key: Annotated[Path, BeforeValidator(_key)] | None = None
    needs_approval: bool = False
    mailing: _MailingTable = _MailingTable()
    select: SelectTable = SelectTable()  # type: ignore[valid-type]
