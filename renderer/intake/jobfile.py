"""job.toml → Job, insurer.toml → Insurer: every key known, every path there, or BadJob with line and key.

All that is wrong with a file is said at once, one line for each key. Values are never repeated in a message.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails

from renderer.documents.numbers import check_insurer_number, looks_like_my_number
from renderer.intake.pictures import whole_picture
from renderer.model.errors import BadJob
from renderer.model.findings import Language
from renderer.model.insurer import CardCorner, Insurer
from renderer.model.job import ORDER_KEYS, Envelope, InserterMarks, Job, MailingRules, Route
from renderer.model.toml import nearest

FIRST_ISSUE, LAST_ISSUE = date(2024, 10, 1), date(2099, 12, 31)
"""Between which a paper may be issued: notices went out from October 2024 on."""
Document = Literal["eligibility_notice", "eligibility_certificate"]


def load_job(path: Path, *, source: Path | None = None, outbox: Path | None = None) -> Job:
    """Read a job file and the insurer file it names.

    Paths in the file are relative to it; ``source`` and ``outbox``, relative to the working directory,
    replace those of the file. Raises BadJob with everything that is wrong in the file.
    """
    text = _read(path)
    given = _parse(path, text)
    if source is not None:
        if not source.is_file():
            raise BadJob(f"{source}: there is no such member file; correct --source")
        given["source"] = str(source.resolve())
    if outbox is not None:
        if not _may_be_outbox(outbox.resolve()):
            raise BadJob(f"{outbox}: the outbox is a folder in a folder that exists; correct --outbox")
        given["outbox"] = str(outbox.resolve())
    checked = _checked(_JobFile, path, text, given)
    rules = checked.mailing
    job = Job(
        path=path,
        name=checked.name,
        document=checked.document,
        title=checked.title,
        issued_on=checked.issued_on,
        insurer=load_insurer(checked.insurer),
        source=checked.source,
        columns=checked.columns,
        outbox=checked.outbox,
        mailing=MailingRules(
            envelope=Envelope(rules.envelope),
            route=Route(rules.route),
            order=tuple(rules.order),
            pieces_per_batch=rules.pieces_per_batch,
            inserts=tuple(rules.inserts),
            customer_barcode=rules.customer_barcode,
            inserter_marks=rules.inserter_marks,
        ),
        language=checked.language,
    )
    _check_that_inputs_stay(job, checked.insurer)
    return job


def _check_that_inputs_stay(job: Job, insurer: Path) -> None:
    """Refuse inputs in a folder that a run of the job fills anew."""
    folders = [folder.resolve() for folder in (job.folder, *map(job.beside, ("work", "check", "earlier")))]
    own = job.insurer
    for path in (
        *(job.path, insurer, job.source, job.columns, *job.mailing.inserts),
        *(own.seal, own.gaiji_font, own.gaiji_table),
    ):
        if path and any(path.resolve().is_relative_to(folder) for folder in folders):
            raise BadJob(
                f"{job.path.name}: {path.name} lies in the folder {job.name} of the outbox, which a run fills anew; "
                "move the file, or give the job another name"
            )


def load_insurer(path: Path) -> Insurer:
    """Read an insurer file: keys and meaning as in ``domain.member.Insurer``. Raises BadJob."""
    text = _read(path)
    checked = _checked(_InsurerFile, path, text, _parse(path, text))
    values = dict(checked)
    return Insurer(**{**values, "card_corner": CardCorner(checked.card_corner)})


def check_title(job: Job, titles: Collection[str]) -> None:
    """Refuse a job whose title is none of the layout's ``titles``. Raises BadJob."""
    if job.title not in titles:
        line = _line_of(_read(job.path), ("title",))
        allowed = ", ".join(f'"{title}"' for title in titles)
        meant = nearest(job.title, titles)
        raise BadJob(
            f'{job.path.name} line {line}: key "title": the layout {job.document} has the titles {allowed};'
            f' did you mean "{meant}"?'
        )


def _file(value: object, info: ValidationInfo) -> object:
    """Resolve a path against the folder of the file it stands in; it must be a file."""
    if not isinstance(value, str):
        return value
    found = _folder(info) / value
    if not found.is_file():
        raise ValueError("there is no such file; paths are relative to this file")
    return found


def _outbox(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str):
        return value
    folder = _folder(info) / value
    if not _may_be_outbox(folder):
        raise ValueError("the outbox is a folder in a folder that exists; paths are relative to this file")
    return folder


def _may_be_outbox(folder: Path) -> bool:
    return folder.parent.is_dir() and not folder.is_file()


def _folder(info: ValidationInfo) -> Path:
    context: Mapping[str, Path] = info.context or {}
    return context["folder"]


def _pdf(path: Path) -> Path:
    with path.open("rb") as stream:
        if stream.read(5) != b"%PDF-":
            raise ValueError("the file is not a PDF")
    return path


def _picture(path: Path) -> Path:
    if not whole_picture(path):
        raise ValueError("the file is not a PNG picture, or not a whole one; save it again as PNG")
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
    return value


def _postal_code(value: str) -> str:
    if not re.fullmatch(r"[0-9]{3}-?[0-9]{4}", value):
        raise ValueError("must be seven digits, such as 100-0001")
    return value.replace("-", "")


ExistingFile = Annotated[Path, BeforeValidator(_file)]
Line = Annotated[str, AfterValidator(_line_of_print)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _MailingTable(_Strict):
    envelope: Literal["member", "household"] = "member"
    route: Literal["home", "workplace"] = "home"
    order: Annotated[list[str], AfterValidator(_order)] = []
    pieces_per_batch: Annotated[int, Field(ge=1, le=100_000)] = 5000
    inserts: list[Annotated[ExistingFile, AfterValidator(_pdf)]] = []
    customer_barcode: bool = False
    inserter_marks: Annotated[InserterMarks, AfterValidator(_marks)] = "none"


class _JobFile(_Strict):
    name: Annotated[str, AfterValidator(_name)]
    document: Document
    title: Line
    issued_on: Annotated[date, AfterValidator(_issued_on)]
    insurer: ExistingFile
    source: ExistingFile
    columns: ExistingFile | None = None
    outbox: Annotated[Path, BeforeValidator(_outbox)]
    language: Language = "ja"
    mailing: _MailingTable = _MailingTable()


class _InsurerFile(_Strict):
    number: Annotated[str, AfterValidator(check_insurer_number)]
    name: Line
    postal_code: Annotated[str, AfterValidator(_postal_code)]
    address: Line
    telephone: Line
    seal: Annotated[ExistingFile, AfterValidator(_picture)] | None = None
    portal_url: Annotated[str, Field(pattern=r"^(https?://[!-~]{1,200})?$")] = ""
    card_corner: Literal["right", "left"] = "right"
    accent: Annotated[str, Field(pattern=r"^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$")] = "#000000"
    prints_ratio: bool
    prints_my_number_until: date = date(2024, 9, 17)
    expires_on_boundary_day: bool = True
    gaiji_font: ExistingFile | None = None
    gaiji_table: ExistingFile | None = None

    @model_validator(mode="after")
    def _gaiji_come_together(self) -> _InsurerFile:
        if (self.gaiji_font is None) != (self.gaiji_table is None):
            raise ValueError('"gaiji_font" and "gaiji_table" are given together or not at all')
        return self


Checked = TypeVar("Checked", bound=_Strict)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadJob(f"{path}: cannot be read ({error.strerror}); correct the path") from None
    except UnicodeDecodeError:
        raise BadJob(f"{path.name}: is not UTF-8; save it as UTF-8") from None


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadJob(f"{path.name}: is not TOML: {str(error)[:1].lower()}{str(error)[1:]}") from None


def _checked(model: type[Checked], path: Path, text: str, given: Mapping[str, Any]) -> Checked:
    try:
        return model.model_validate(given, context={"folder": path.resolve().parent})
    except ValidationError as error:
        complaints = [_complaint(model, path, text, detail) for detail in error.errors()]
        raise BadJob("\n".join(complaints)) from None


def _complaint(model: type[_Strict], path: Path, text: str, detail: ErrorDetails) -> str:
    keys = tuple(part for part in detail["loc"] if isinstance(part, str) and part.isidentifier())
    if detail["type"] == "missing":
        return f'{path.name}: key "{".".join(keys)}" is missing'
    if not keys:
        return f"{path.name}: {_sentence(detail)}"
    where = f'{path.name} line {_line_of(text, keys)}: key "{".".join(keys)}"'
    if detail["type"] == "extra_forbidden":
        table = _MailingTable if keys[:-1] == ("mailing",) else model
        return f'{where} is not known; did you mean "{nearest(keys[-1], table.model_fields)}"?'
    return f"{where}: {_sentence(detail)}"


_SENTENCES = {
    "string_type": "must be text in quotes",
    "path_type": "must be text in quotes",
    "is_instance_of": "must be text in quotes",
    "date_type": "must be a date such as 2026-11-23, without quotes",
    "date_from_datetime_inexact": "must be a date without a time",
    "int_type": "must be a whole number without quotes",
    "bool_type": "must be true or false, without quotes",
    "list_type": "must be a list in square brackets",
    "model_type": "must be a table",
    "string_pattern_mismatch": "is not written as it must be; see the example in the documentation",
}


def _sentence(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    if detail["type"] == "value_error":
        return str(context["error"])
    if detail["type"] == "literal_error":
        meant = nearest(str(detail["input"]), re.findall("'([^']*)'", context["expected"]))
        return f'must be {context["expected"]}; did you mean "{meant}"?'
    message = detail["msg"]
    return _SENTENCES.get(detail["type"], message[:1].lower() + message[1:])


def _line_of(text: str, keys: tuple[str, ...]) -> int:
    """Find the line (from 1) where a key is set, or else the table it stands in, or else the first."""
    places = dict(_places(text))
    while keys and keys not in places:
        keys = keys[:-1]
    return places.get(keys, 1)


def _places(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[([^\[\]]+)\]", line):
            table = _parts(header[1])
            yield table, number
        elif assignment := re.match(r"\s*([^=#\[\]{}]+)=", line):
            yield table + _parts(assignment[1]), number


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip(" \t\"'") for part in dotted.split("."))
