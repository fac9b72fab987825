"""A TOML file, or a record number in a member file → one Member; and bend it to a variant one wants to see."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from renderer.intake.members import validate
from renderer.intake.rows import HEADER, Columns, Row, load_columns, read_rows
from renderer.mailing.sheets import needs_of
from renderer.model.errors import BadJob
from renderer.model.job import Job
from renderer.model.member import Member, Relation
from renderer.model.toml import nearest

RATIO, LIMIT_CLASS, LAST_FOUR = "2割", "一般", "1234"
"""What is shown where a variant shows something that the member does not have."""


def load_member(path: Path, job: Job) -> Member:
    """Read one member from a TOML file: the columns of a member file are its keys, a column not given is blank.

    :raises BadJob: when the file cannot be read, or a key is no column.
    :raises Held: with every finding, as for a row of a member file.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadJob(f"{path}: cannot be read ({error.strerror}); correct the path") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        said = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "not UTF-8"
        raise BadJob(f"{path.name}: is not TOML ({said}); column names stand in quotes, as do their values") from None
    for key, value in given.items():
        if key not in HEADER:
            raise BadJob(f"{path.name}: no column is called '{key}'; did you mean '{nearest(key, HEADER)}'?")
        if not isinstance(value, str):
            raise BadJob(f"{path.name}: {key} is not text; write it in quotes, as it stands in a member file")
    return validate(Row(1, dict.fromkeys(HEADER, "") | given), needs=needs_of(job))


def find_members(job: Job, records: Collection[str]) -> dict[str, Member]:
    """Read the members with these 整理番号 from the job's member file; the other rows are passed over.

    :raises BadJob: when a record is not there, or is there twice.
    :raises Held: when a record may not be printed.
    """
    columns = load_columns(job.columns) if job.columns else Columns()
    found: dict[str, Member] = {}
    for row in read_rows(job.source, columns):
        record = row.fields.get("整理番号", "")
        if record in records:
            if record in found:
                raise BadJob(f"{job.source.name} line {row.line}: record {record} is there twice; correct the file")
            found[record] = validate(row, needs=needs_of(job))
    for record in records:
        if record not in found:
            raise BadJob(f"{job.source.name}: there is no record {record}; give a 整理番号 of this file")
    return found


def bend(member: Member, wanted: Mapping[str, str], job: Job) -> Member:
    """Change a member as little as needed for its sheet to be of a variant; unknown keys change nothing."""
    for key, value in wanted.items():
        member = replace(member, **_changes(member, f"{key}={value}", job))
    return member


def _changes(member: Member, wish: str, job: Job) -> dict[str, Any]:
    m, until = member, job.insurer.prints_my_number_until
    since = m.qualified_on or m.certified_on or m.born_on
    registered_on = min(m.registered_on or until, until)
    last4 = m.my_number_last4 or LAST_FOUR
    dependant: dict[str, Any] = {"certified_on": m.certified_on or since, "insured_name": m.insured_name or m.name}
    changes: dict[str, dict[str, Any]] = {
        "relation=insured": {"relation": Relation.INSURED, "qualified_on": m.qualified_on or since},
        "relation=dependant": {"relation": Relation.DEPENDANT, **dependant},
        "my_number=shown": {"registered_on": registered_on, "my_number_last4": last4},
        "my_number=unregistered": {"registered_on": registered_on, "my_number_last4": ""},
        "my_number=absent": {"registered_on": max(m.registered_on or until, until + timedelta(days=1))},
        "ratio=shown": {"ratio": m.ratio or RATIO, "ratio_from": m.ratio_from or _first_of_month(job.issued_on)},
        "ratio=hidden": {"ratio": "", "ratio_from": None},
        "limit=shown": {"limit_class": m.limit_class or LIMIT_CLASS},
        "limit=hidden": {"limit_class": ""},
        "loss=shown": {"loses_on": m.loses_on or job.issued_on},
        "loss=hidden": {"loses_on": None},
    }
    return changes.get(wish, {})


def _first_of_month(day: date) -> date:
    return day.replace(day=1)
