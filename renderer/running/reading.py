"""Rows → members that were validated and tried, held or left out: what the tasks do that read the member file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from operator import itemgetter

from renderer.intake.cells import Verdict
from renderer.intake.keys import narrow_key
from renderer.intake.members import judge
from renderer.intake.rows import Row
from renderer.intake.selection import RECORD, Selector
from renderer.intake.store import AbsentRow, StoredMember, UnselectedRow, absent_row, coded, decoded, sum_of_values
from renderer.mailing.households import look_at_workplace
from renderer.mailing.sheets import content_alone, examine
from renderer.model.blocks import blocks
from renderer.model.findings import Finding, Weight
from renderer.model.member import Member
from renderer.model.variant import Variant
from renderer.press.plates import Plate
from renderer.press.ruler import Strains
from renderer.running.remembered import Last, rule_by_change
from renderer.running.worker import RunBench

Hard = tuple[float, str, int, Strains]
"""How hard a sheet is to set, its record and line, and where it is hard."""
HARDEST = 3
"""Sheets of a variant that are remembered, to compare one with the reference."""


@dataclass(slots=True)
class Tried:
    """What became of some sheets that were tried on their plates."""

    findings: list[Finding] = field(default_factory=list)
    hardest: dict[Variant, list[Hard]] = field(default_factory=dict)
    """Variant → its hardest sheets, the hardest first: another row may hold one of them after all."""

    def sheet(self, bench: RunBench, member: Member, plate: Plate, variant: Variant, values: dict[str, str]) -> None:
        """Try a sheet."""
        found, strains = examine(bench.job, bench.ruler, plate, member, values)
        self.findings += found
        if not found:
            self.remember(variant, (sum(strains.values()), member.record, member.line, strains))

    def remember(self, variant: Variant, found: Hard) -> None:
        """Keep a sheet if it is one of the hardest; of two that are as hard, the one with the lower record."""
        known = self.hardest.setdefault(variant, [])
        if len(known) == HARDEST:
            strain, record, *_ = known[-1]
            if found[0] < strain or (found[0] == strain and found[1] >= record):
                return  # as nearly all are
        known.append(found)
        known.sort(key=itemgetter(1))
        known.sort(key=itemgetter(0), reverse=True)
        del known[HARDEST:]


@dataclass(slots=True)
class Read:
    """What became of some rows."""

    rows: int
    members: list[StoredMember] = field(default_factory=list)
    """Who may be printed, as far as is known of the row."""
    absent: list[AbsentRow] = field(default_factory=list)
    """Rows that are no members."""
    doubts: list[Finding] = field(default_factory=list)
    """What holds a member unless it is released."""
    notes: list[Finding] = field(default_factory=list)
    """What was accepted but a person should know, such as a year written past the end of its era."""
    tried: Tried = field(default_factory=Tried)
    unselected: list[UnselectedRow] = field(default_factory=list)
    """Rows that get no paper this time."""
    papers: list[tuple[int, bytes]] = field(default_factory=list)
    """Line → what is to be remembered of a member's paper."""
    listed: set[str] = field(default_factory=set)
    """Records that a list of the job names."""
    newest: date = date.min
    """The latest day of 資格取得, 認定 or 登録 of a member."""


def read_members(bench: RunBench, rows: Sequence[Row]) -> Read:
    """Validate rows, and try the sheet of each member who gets a paper and whose plate has been compiled already."""
    read = Read(len(rows))
    with bench.last_papers() as last:
        for some in blocks(rows):
            chosen = []
            for row, verdict in zip(some, judge(some, bench.needs), strict=True):
                if (member := _member(bench, row, verdict, read)) is None:
                    continue
                days = (member.qualified_on, member.certified_on, member.registered_on)
                read.newest = max(read.newest, *filter(None, days))
                if not bench.selector or _is_selected(bench, bench.selector, row, member, last, read):
                    chosen.append((member, verdict.said))
            _take(bench, chosen, read)
    return read


def _member(bench: RunBench, row: Row, verdict: Verdict, read: Read) -> Member | None:
    """Return who may be printed, or hold the row, unless it gets no paper whatever is wrong with it."""
    if verdict.member is not None and not verdict.findings:
        return verdict.member
    record = verdict.findings[0].record
    rule = _rule(bench.selector, row, read, is_member=False) if bench.selector else ""
    if rule:
        read.unselected.append((row.line, record, rule))
    else:
        read.tried.findings += verdict.findings
    read.absent.append(absent_row(row.line, record, verdict.known))
    return None


def _rule(selector: Selector, row: Row, read: Read, *, is_member: bool) -> str:
    record = narrow_key(row.fields.get(RECORD, ""))
    if selector.is_listed(record):
        read.listed.add(record)
    return selector.passes_over(row.fields, is_member=is_member)


def _is_selected(bench: RunBench, selector: Selector, row: Row, member: Member, last: Last, read: Read) -> bool:
    """Whether a member gets a paper; others are compared with who gets none, too."""
    rule = _rule(selector, row, read, is_member=True)
    if not rule and selector.selection.by_change:
        rule = rule_by_change(selector.selection, bench.paper(member), last)
    if rule:
        read.unselected.append((row.line, member.record, rule))
        read.members.append(coded(member, None, is_tried=True))
    return not rule


def _take(bench: RunBench, chosen: Sequence[tuple[Member, Sequence[Finding]]], read: Read) -> None:
    """Try the sheets of members, of whom so much was found, and keep what may be printed."""
    contents = [content_alone(bench.job, member) for member, _ in chosen]
    plates = [bench.find_plate(content.variant) for content in contents]
    for (member, _), content, plate in zip(chosen, contents, plates, strict=True):
        if plate is not None:
            read.tried.sheet(bench, member, plate, content.variant, content.values)
    for (member, said), content, plate in zip(chosen, contents, plates, strict=True):
        stored = coded(member, content.variant, is_tried=plate is not None)
        read.members.append(stored)
        if paper := bench.paper(member):
            read.papers.append((member.line, paper.record + paper.columns))
        for finding in (*said, *look_at_workplace(member, bench.job.mailing)):
            if finding.weight is Weight.DOUBT:
                # Of two doubts of one code each is freed by itself: another column, another form.
                about = f"{finding.form} {dict(finding.parameters).get('column', '')}".strip()
                read.doubts.append(replace(finding, sum=sum_of_values(stored[-1], bench.job.issued_on, about)))
            else:
                read.notes.append(finding)


def try_members(bench: RunBench, members: Sequence[bytes]) -> Tried:
    """Try the sheets of members that waited for their plates."""
    tried = Tried()
    for some in blocks(map(decoded, members)):
        contents = [content_alone(bench.job, member) for member in some]
        for member, content in zip(some, contents, strict=True):
            tried.sheet(bench, member, bench.plate(content.variant), content.variant, content.values)
    return tried
