"""Counts, files, findings and seconds of a run → report.json for machines, report.html for the supervisor.

The report is the only place where seconds are written, so that print files and manifests stay the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from renderer.documents.eras import format_wareki
from renderer.documents.expiry import EndsBy
from renderer.model.errors import BadBatch
from renderer.model.findings import Language, Reason, Release
from renderer.model.job import Listed
from renderer.model.sums import sum_of_file
from renderer.running.approval import Approval
from renderer.running.looks import profile_rows, shift_rows
from renderer.running.names import PAGE, REPORT
from renderer.running.profile import NOTHING_SEEN, Profile, Shift
from renderer.running.register import day_of
from renderer.running.words import Said, Words, words

VERBS = ("compile", "validate", "gather", "print", "verify")
"""The verbs of the way of a record that take time: those that the progress and the report show."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """One print file in the outbox."""

    name: str
    """File name, without a folder."""
    leaves: int
    """Leaves of paper that it prints: those of the members, and those of the inserts."""
    sheets: int
    """Members printed in it."""
    pieces: int
    """Envelopes it fills."""
    pages: int
    """Printed sides, those of the inserts included."""
    size: int
    """Bytes."""
    sha256: str
    """Sum of the whole file, in hexadecimal digits."""
    ends: Mapping[str, int] = field(default_factory=dict)
    """What the last day of a paper rests on (an ``EndsBy``) → how many papers; none where they never end."""


@dataclass(frozen=True, slots=True)
class Stage:
    """How long one verb took."""

    verb: str
    """One of ``VERBS``."""
    seconds: float
    """Wall time."""


@dataclass(frozen=True, slots=True)
class NotSelected:
    """A rule of the job by which records get no paper this time."""

    rule: str
    """A column, or one of the other keys of ``[select]``."""
    records: int
    """How many; a record counts under the first rule that says so."""


@dataclass(frozen=True, slots=True)
class Released:
    """A doubt about a record that a person has freed."""

    record: str
    """整理番号."""
    code: str
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did. It cannot be made unless its counts add up."""

    job: str
    """Name of the job."""
    document: str
    """Name of the document."""
    title: str
    """Title printed on the sheets."""
    issued_on: date
    """交付年月日."""
    number: int
    """Which delivery of the job it is, from 1."""
    inputs: str
    """Sum of everything that the run was made of."""
    again: bool
    """Whether it was allowed to print a member file again."""
    replaced: bool
    """Whether it was allowed to replace an earlier delivery."""
    instead_of: int
    """Number of the delivery of the job whose place it takes, 0 for none."""
    compares: bool
    """Whether it asks who is new or has changed since the deliveries before."""
    base: str
    """The deliveries that its members were compared with, as "job/number job/number"; "" for none."""
    remembers: bool
    """Whether the outbox remembers by a key what is on each paper."""
    insurer: str
    """保険者番号 and name."""
    sources: tuple[str, ...]
    """File names of the member files, without a folder."""
    source_sum: str
    """Sum of the member file."""
    row_sums: str
    """Sums of what each of the member files says, whatever its encoding and line ends are, with blanks between."""
    read: int
    """Rows of the member file."""
    passed_lines: Mapping[str, int]
    """Why lines of the member files are no rows (``intake.dialect.Reason``), and how many."""
    ignored_columns: tuple[str, ...]
    """Columns of the member files that the column map ignores."""
    newest: str
    """The latest month of 資格取得年月日, 認定年月日 or 登録年月日 of a member, "" for none."""
    older: Said | None
    """That the member file looks older than one that was printed before, None where it does not."""
    not_selected: int
    """Rows that get no paper this time."""
    unselected: tuple[NotSelected, ...]
    """By which rules of the job."""
    strangers: tuple[Listed, ...]
    """Lines of the job's lists that are of nobody in the member file."""
    printed: int
    """Rows with a sheet in one of the files."""
    printed_now: int
    """Those of them that this run printed; a run that goes on finds the others printed."""
    held: int
    """Rows that are in held.csv instead."""
    pieces: int
    """Envelopes."""
    inserts: tuple[str, ...]
    """File names of what goes into every envelope besides the sheets."""
    files: tuple[FileReport, ...]
    """The print files in mailing order."""
    reasons: tuple[Reason, ...]
    """Why records are held; a record may have more than one reason."""
    notes: tuple[Reason, ...]
    """What somebody should know of records that are printed."""
    releases: tuple[Released, ...]
    """Doubts that a person has freed."""
    unused_releases: tuple[Release, ...]
    """Lines of the file of releases that freed nothing."""
    versions: tuple[tuple[str, str], ...]
    """Programs that took part, and their versions."""
    fonts: tuple[tuple[str, str], ...]
    """Font files and their SHA-256."""
    stages: tuple[Stage, ...]
    """Seconds of each verb."""
    approval: Approval | None = None
    """Who has approved its proof, None where the job waits for nobody."""
    profile: Profile = NOTHING_SEEN
    """What the columns of the member file look like."""
    shifts: tuple[Shift, ...] = ()
    """What of that is otherwise than in the delivery before."""

    def __post_init__(self) -> None:
        sums = (
            ("rows read", self.read, "printed + held + not selected", self.printed + self.held + self.not_selected),
            ("rows not selected", self.not_selected, "those of all rules", sum(one.records for one in self.unselected)),
            ("rows printed", self.printed, "sheets in the files", sum(file.sheets for file in self.files)),
            ("pieces", self.pieces, "pieces in the files", sum(file.pieces for file in self.files)),
        )
        for name, count, other, other_count in sums:
            if count != other_count:
                raise BadBatch(
                    f"{self.job}: {name} ({count}) and {other} ({other_count}) are not the same, so somebody is"
                    " lost or printed twice; do not mail this job, keep its work folder and report it"
                )

    @property
    def ends(self) -> dict[str, int]:
        """Count the papers of all files by what their last day rests on."""
        counts = {end.value: sum(file.ends.get(end, 0) for file in self.files) for end in EndsBy}
        return {end: count for end, count in counts.items() if count}

    @property
    def sheets_per_second(self) -> float | None:
        """Sheets that this run printed for each second of the verb ``print``; None where it printed none."""
        seconds = sum(stage.seconds for stage in self.stages if stage.verb == "print")
        return self.printed_now / seconds if seconds and self.printed_now else None


@dataclass(frozen=True, slots=True)
class Checked:
    """What ``renderer check`` found in a member file; nothing was printed."""

    job: str
    """Name of the job."""
    read: int
    """Rows of the member file."""
    passed_lines: Mapping[str, int]
    """Why lines of the member files are no rows (``intake.dialect.Reason``), and how many."""
    ignored_columns: tuple[str, ...]
    """Columns of the member files that the column map ignores."""
    valid: int
    """Rows that would be printed."""
    held: int
    """Rows that would be held."""
    reasons: tuple[Reason, ...]
    """Why records would be held."""
    notes: tuple[Reason, ...]
    """What somebody should know of records that would be printed."""
    releases: tuple[Released, ...]
    """Doubts that a person has freed."""
    unused_releases: tuple[Release, ...]
    """Lines of the file of releases that would free nothing."""
    refused: Said | None
    """Why a run would be refused by what was delivered before, None where it would not."""
    unselected: tuple[NotSelected, ...] = ()
    """Rows that would get no paper, by the rules of the job."""
    strangers: tuple[Listed, ...] = ()
    """Lines of the job's lists that are of nobody in the member file."""
    compares: bool = False
    """Whether it asks who is new or has changed since the deliveries before."""
    base: str = ""
    """The deliveries that its members were compared with, as "job/number job/number"; "" for none."""
    older: Said | None = None
    """That the member file looks older than one that was printed before, None where it does not."""
    profile: Profile = NOTHING_SEEN
    """What the columns of the member file look like."""
    shifts: tuple[Shift, ...] = ()
    """What of that is otherwise than in the delivery before."""


def facts(report: Report | Checked, language: Language) -> dict[str, Any]:
    """Give a report as plain values in a fixed order, for JSON; only what the reasons say is in a language."""
    values = asdict(report)
    values["reasons"] = [_reason_facts(reason, language) for reason in report.reasons]
    values["notes"] = [_reason_facts(reason, language) for reason in report.notes]
    values["older"] = report.older.told(language) if report.older else ""
    if isinstance(report, Checked):
        values["refused"] = report.refused.told(language) if report.refused else ""
    if isinstance(report, Report):
        values["issued_on"] = report.issued_on.isoformat()
        values["ends"] = report.ends
        values["approved_by"] = report.approval.by if report.approval else ""
        values["versions"] = dict(report.versions)
        values["fonts"] = dict(report.fonts)
        values["stages"] = {stage.verb: stage.seconds for stage in report.stages}
        values["sheets_per_second"] = report.sheets_per_second
    return values


def _reason_facts(reason: Reason, language: Language) -> dict[str, Any]:
    first = reason.first
    return {
        "code": first.code,
        "stage": first.stage,
        "weight": first.weight,
        "records": reason.records,
        "first_line": first.line,
        "form": first.form,
        "parameters": dict(first.parameters),
        "sentence": first.sentence(language),
        "action": first.action(language),
        "examples": list(reason.examples),
    }


def write_report(report: Report, language: Language, folder: Path) -> None:
    """Write both reports beside all else that is delivered; report.json comes last, and has the sums of all others."""
    (folder / PAGE).write_text(draw_page(report, language), encoding="utf-8", newline="\n")
    sums = {path.name: sum_of_file(path) for path in sorted(folder.iterdir()) if path.name != REPORT}
    told = json.dumps({**facts(report, language), "sums": sums}, ensure_ascii=False, indent=2)
    (folder / REPORT).write_text(told + "\n", encoding="utf-8", newline="\n")


def draw_page(report: Report, language: Language) -> str:
    """Draw the report as one HTML page that needs no other file and prints on A4."""
    heading = escape(f"{report.title}　{report.job}")
    said = words(language)
    sections = (
        _verdict(report, said),
        _section(said, "unselected", _unselected(report.unselected, said)) if report.unselected else "",
        _section(said, "strangers", map(astuple, report.strangers)) if report.strangers else "",
        _section(said, "files", _files(report.files)),
        _section(said, "reasons", _reasons(report.reasons, said)) if report.reasons else "",
        _section(said, "notes", _notes(report.notes, said)) if report.notes else "",
        _section(said, "releases", map(astuple, report.releases)) if report.releases else "",
        _section(said, "unused_releases", _unused(report.unused_releases)) if report.unused_releases else "",
        _section(said, "ends", _ends(report.ends, said)) if report.ends else "",
        _section(said, "shifts", shift_rows(report.shifts, said)) if report.shifts else "",
        _section(said, "profile", profile_rows(report.profile, said)) if report.profile.rows else "",
        _section(said, "stages", _seconds(report, said)),
        _section(said, "versions", report.versions),
        _section(said, "fonts", report.fonts),
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n<title>{heading}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{heading}</h1>\n{''.join(sections)}</body>\n</html>\n"
    )


_STYLE = """
@page { size: A4; margin: 15mm }
body { max-width: 180mm; margin: 10mm auto; font: 10.5pt/1.6 "BIZ UDPGothic", "Yu Gothic", sans-serif; color: #111 }
h1 { font-size: 15pt; margin: 0 0 6mm } h2 { font-size: 12pt; margin: 8mm 0 2mm; break-after: avoid }
table { border-collapse: collapse; width: 100%; margin: 2mm 0 } tr { break-inside: avoid }
th, td { border-bottom: 0.2mm solid #999; padding: 1mm 2mm; text-align: left; vertical-align: top }
th { border-bottom: 0.4mm solid #111; font-weight: 700; white-space: nowrap }
td.count { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.verdict { border: 0.4mm solid #111; padding: 3mm 4mm } .verdict strong { font-size: 14pt }
.sum { font-size: 9pt; overflow-wrap: anywhere }
"""


def _verdict(report: Report, said: Words) -> str:
    counts = {"read": report.read, "printed": report.printed, "held": report.held, "not_selected": report.not_selected}
    issued = format_wareki(report.issued_on) if said.language == "ja" else report.issued_on.isoformat()
    facts_of_job = (
        ("read", said.say("sum_selected" if report.unselected else "sum", **counts)),
        *([("passed", said.passed(report.passed_lines))] if report.passed_lines else []),
        *([("ignored", said.join(report.ignored_columns))] if report.ignored_columns else []),
        ("pieces", said.say("pieces_count", pieces=report.pieces)),
        ("inserts", said.join(report.inserts) or said.say("none")),
        ("issued_on", issued),
        ("insurer", report.insurer),
        ("source", said.join(report.sources)),
        *([("approved", _approved(report.approval, said))] if report.approval else []),
        *([("base", report.base or said.say("base_none"))] if report.compares else []),
        *([("look", report.older.told(said.language))] if report.older else []),
    )
    verdict = said.say("some_held" if report.held else "all_printed", held=report.held)
    note = f"<p>{escape(said.say('see_held'))}</p>" if report.held else ""
    lines = "".join(f"<tr><td>{escape(said.say(key))}</td><td>{escape(fact)}</td></tr>" for key, fact in facts_of_job)
    return f'<div class="verdict"><strong>{escape(verdict)}</strong><table>{lines}</table>{note}</div>\n'


def _approved(approval: Approval, said: Words) -> str:
    told = said.say("approved_by", by=approval.by, day=day_of(approval.approved_at), sum=approval.bound.short)
    return said.join((told, approval.reason)) if approval.reason else told


def _files(files: Sequence[FileReport]) -> Iterable[Sequence[str | int]]:
    return (
        (file.name, file.leaves, file.leaves - file.sheets, file.pieces, file.pages, file.size, file.sha256)
        for file in files
    )


def _reasons(reasons: Sequence[Reason], said: Words) -> Iterable[Sequence[str | int]]:
    for reason in reasons:
        first = reason.first
        how = "reason" if reason.records == 1 else "reason_first"
        told = said.say(how, sentence=first.sentence(said.language), action=first.action(said.language))
        yield reason.records, said.say(f"weight_{first.weight}"), first.code, told, _named(reason, said)


def _notes(reasons: Sequence[Reason], said: Words) -> Iterable[Sequence[str | int]]:
    return ((records, *told) for records, _, *told in _reasons(reasons, said))


def _unselected(rules: Iterable[NotSelected], said: Words) -> Iterable[Sequence[str | int]]:
    return ((said.rule(one.rule), one.records) for one in rules)


def _unused(releases: Iterable[Release]) -> Iterable[Sequence[str | int]]:
    return ((release.line, release.record, release.code, release.who) for release in releases)


def _ends(ends: Mapping[str, int], said: Words) -> Iterable[Sequence[str | int]]:
    return ((said.ends[end], count) for end, count in ends.items())


def _named(reason: Reason, said: Words) -> str:
    named = said.join(said.examples(reason))
    rest = reason.records - len(reason.examples)
    return said.say("others", named=named, rest=rest) if rest > 0 else named


def _seconds(report: Report, said: Words) -> Iterable[Sequence[str]]:
    for stage in report.stages:
        yield said.verbs[stage.verb], said.say("seconds", seconds=stage.seconds)
    if report.sheets_per_second is not None:
        yield said.say("speed"), said.say("sheets_per_second", sheets=report.sheets_per_second)


def _section(said: Words, key: str, rows: Iterable[Sequence[str | int]]) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in said.heads[key])
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>\n" for row in rows)
    return f"<h2>{escape(said.say(key))}</h2>\n<table>\n<tr>{head}</tr>\n{body}</table>\n"


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return f'<td class="count">{value:,}</td>'
    is_sum = len(value) == 64 and " " not in value
    return f'<td class="sum">{escape(value)}</td>' if is_sum else f"<td>{escape(value)}</td>"
