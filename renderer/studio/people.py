"""The key of somebody → the person whose sheet the studio shows: an example, a hard member, a record, a realistic one.

Keys, as messages have them: ``typical``, ``longest``, ``shortest``, ``rarest``; ``hard:H000001``; ``record:整理番号``
of the job's member file; ``realistic:12``, a line of the thousand realistic people, from 1.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from renderer.desk.choice import find_members, load_member
from renderer.desk.examples import HARD_FILES, REALISTIC, find_example
from renderer.documents.document import Document, Row
from renderer.model.errors import BadJob
from renderer.model.job import Job
from renderer.model.member import Member
from renderer.press.plates import Plate
from renderer.studio.parts import MemberChoice, Words

EXAMPLES: Mapping[str, Words] = {
    "typical": Words(ja="標準", en="typical"),
    "longest": Words(ja="最長", en="longest"),
    "shortest": Words(ja="最短", en="shortest"),
    "rarest": Words(ja="稀字", en="rarest"),
}
FIRST_SHOWN = "longest"
_HARD, *_ = HARD_FILES


@dataclass(frozen=True, slots=True)
class Person:
    """Whose sheet is shown."""

    member: Member
    says: Mapping[str, str]
    """Slot → what stands there instead: a realistic person has a name and an address, and no number."""
    example: bool
    """One of ``EXAMPLES``, who is shown on any variant; others are shown on their own."""


def find_person(key: str, job: Job, document: Document) -> Person:
    """Read somebody.

    :raises BadJob: when nobody has this key; Held, with the findings, when the record may not be printed.
    """
    kind, colon, record = key.partition(":")
    if not colon and key in EXAMPLES:
        return Person(_example(key, job), {}, True)
    if kind == "hard" and record in _hard_records():
        return Person(find_members(_by_example(job), {record})[record], {}, False)
    if kind == "record" and record:
        return Person(find_members(job, {record})[record], {}, False)
    if kind == "realistic" and record.isdecimal() and 1 <= int(record) <= len(realistic_people()):
        return Person(_example("typical", job), realistic_values(document)[int(record) - 1], False)
    raise BadJob(f"there is nobody of the key {kind}; give one of {', '.join(EXAMPLES)}, or a 整理番号")


def _example(name: str, job: Job) -> Member:
    path = find_example(f"members/{name}.toml", job.pack)
    assert path is not None  # noqa: S101 - ours has all of them
    return load_member(path, job)


def _by_example(job: Job) -> Job:
    """Let a job print the hard members: they are written in the standard way, and nobody is left out."""
    return replace(job, sources=(_HARD,), columns=None, select=None, releases=None)


def examples() -> tuple[MemberChoice, ...]:
    """Return the members of the examples."""
    return tuple(MemberChoice(key=key, label=label) for key, label in EXAMPLES.items())


def choices() -> tuple[MemberChoice, ...]:
    """Return who can be shown without being looked for."""
    hard = (MemberChoice(key=f"hard:{one}", label=Words(ja=one, en=one), hard=True) for one in _hard_records())
    return (*examples(), *hard)


@cache
def _hard_records() -> tuple[str, ...]:
    return tuple(row["整理番号"] for row in _rows_of(_HARD.read_text(encoding="utf-8-sig")))


@cache
def realistic_people() -> Sequence[Row]:
    """Read the realistic people: invented names and addresses that are as wide as real ones."""
    return _rows_of(REALISTIC.read_text(encoding="utf-8"))


def _rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines(keepends=True)))


def realistic_values(document: Document) -> Sequence[Mapping[str, str]]:
    """Say for each of the realistic people what stands in the slots that depend on name and address."""
    said: dict[str, Callable[[Row], str]] = {
        slot: field.realistic for slot, field in document.fields.items() if field.realistic
    }
    return [{slot: says(row) for slot, says in said.items()} for row in realistic_people()]


def said_on(plate: Plate, values: Mapping[str, str], says: Mapping[str, str]) -> dict[str, str]:
    """Return what a sheet says of somebody: ``says`` in the place of ``values``, but for slots without a place on it.

    Realistic people say what people of any variant say.
    """
    return {**values, **{slot: text for slot, text in says.items() if slot not in plate.left_out}}
