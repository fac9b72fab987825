"""A TOML file, or a record number in a member file → one Member; and bent to a variant, and what its sheet says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from renderer.desk.examples import LONGEST
from renderer.documents.document import HEADER
from renderer.intake.members import validate
from renderer.intake.packs import document_of
from renderer.intake.records import MOST_SIGNS
from renderer.intake.rows import PassedOver, Row, rows_of
from renderer.mailing.pieces import make_piece
from renderer.mailing.sheets import needs_of, sheets_of
from renderer.model.errors import BadJob
from renderer.model.findings import Finding
from renderer.model.job import Job
from renderer.model.lines import said_line
from renderer.model.member import Member
from renderer.model.toml import advice, parse_toml, read_text
from renderer.model.variant import Variant


def load_member(path: Path, job: Job) -> Member:
    """Read one member from a TOML file: the columns of a member file are its keys, a column not given is blank.

    :raises BadJob: when the file cannot be read, or a key is no column.
    :raises Held: with every finding, as for a row of a member file.
    """
    given = parse_toml(path, read_text(path), "; column names stand in quotes, as do their values")
    return make_member(given, job, path.name)


def columns_of(job: Job) -> tuple[str, ...]:
    """Return the columns that a member of a job may have."""
    return (*HEADER, *document_of(job).columns.adds)


def make_member(
    given: Mapping[str, object], job: Job, where: str, note: Callable[[Finding], None] | None = None
) -> Member:
    """Make one member of columns of a member file and what stands there; a column not given is blank.

    ``note`` is told what does not hold it by itself: doubts and notes.

    :raises BadJob: when a key is no column; ``where`` it was given stands in front.
    :raises Held: with every finding, as for a row of a member file.
    """
    columns = columns_of(job)
    cells, too_long = dict.fromkeys(columns, ""), list[Finding]()
    for key, value in given.items():
        if key not in columns:
            hint = advice(key, columns, "'")
            raise BadJob(f"{where}: no column is called '{key}'{hint}")
        if not isinstance(value, str):
            raise BadJob(f"{where}: {key} is not text; write it in quotes, as it stands in a member file")
        if len(value) > MOST_SIGNS:
            too_long.append(Finding.of("cell-too-long", 1, "", column=key, most=MOST_SIGNS))
        else:
            cells[key] = value
    return validate(Row(1, cells, tuple(too_long)), needs=needs_of(job), note=note)


def find_members(job: Job, records: Collection[str]) -> dict[str, Member]:
    """Read the members with these 整理番号 from the job's member file; the other rows are passed over.

    :raises BadJob: when a record is not there, or is there twice.
    :raises Held: when a record may not be printed.
    """
    found: dict[str, Member] = {}
    for row in rows_of(job, document_of(job).columns, PassedOver()):
        record = row.fields.get("整理番号", "")
        if record in records:
            if record in found:
                line = said_line(row.line, "en")
                raise BadJob(f"{job.said_sources} line {line}: record {record} is there twice; correct the file")
            found[record] = validate(row, needs=needs_of(job))
    for record in records:
        if record not in found:
            raise BadJob(f"{job.said_sources}: there is no record {record}; give a 整理番号 of this file")
    return found


def bend(member: Member, wanted: Mapping[str, str], job: Job) -> Member:
    """Change a member as little as needed for its sheet to be of a variant; unknown facts and values change nothing."""
    facts = document_of(job).facts
    for fact, value in wanted.items():
        change = facts.get(fact, {}).get(value)
        member = member._replace(**change(member, job)) if change else member
    return member


def saying(job: Job) -> Callable[[Variant], Mapping[str, str]]:
    """Return what tells, slot by slot, what the sheet of a member says who has everything, bent to a variant.

    Nothing where the job prints no such sheet: the insurer decides it, or the layout is of another document.
    """
    member = load_member(LONGEST, job)

    def says(variant: Variant) -> Mapping[str, str]:
        piece = make_piece(1, (bend(member, dict(variant), job),), job.mailing)
        (sheet,) = sheets_of(job, piece, 1)
        return sheet.content.values if sheet.content.variant == variant else {}

    return says
