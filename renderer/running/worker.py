"""What a worker does, and what it has before it: read members, compile a plate, print a batch, compare a sheet.

Each is a function of a bench and one argument (``crew.Task``), and runs alike in this process and in another.
WeasyPrint is imported only by a task that needs it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from operator import itemgetter
from pathlib import Path

from renderer.intake.members import validate
from renderer.intake.rows import Row
from renderer.intake.selection import RECORD, Selector
from renderer.intake.store import AbsentRow, StoredMember, UnselectedRow, coded, decoded, sum_of_values
from renderer.layout.load import layout_of
from renderer.mailing.batches import Batch
from renderer.mailing.households import look_at_workplace
from renderer.mailing.pieces import Piece, read_chunk
from renderer.mailing.sheets import Sheet, content_alone, examine, sheets_of
from renderer.model.errors import BadBatch
from renderer.model.findings import Finding, Held, Weight
from renderer.model.job import Job
from renderer.model.member import Member
from renderer.model.variant import Variant, spelled
from renderer.press.fitting import DoesNotFit
from renderer.press.fonts import Unprintable
from renderer.press.plates import Plate
from renderer.press.press import Printed, PrintFile
from renderer.press.ruler import Strains
from renderer.proof.restated import DOCUMENTS
from renderer.proof.source import SecondReader, second_reader
from renderer.proof.source_index import write_index
from renderer.proof.verify import compare_with_reference
from renderer.running.bench import Bench
from renderer.running.kept_plates import KeptPlates
from renderer.running.manifest import Entry, PrintedFile, check_manifest, read_manifest, write_manifest
from renderer.running.names import DELIVERY
from renderer.running.proving import PrintedSheet, Said, prove, said_by_source, title_of
from renderer.running.remembered import Last, Paper, last_papers, paper_of, rule_by_change
from renderer.running.report import FileReport
from renderer.running.workspace import Workspace, open_workspace

DIFFERENCES = "differences"
"""Its folder of pictures that show why nothing is."""
INDEX = "source.index"
"""Where its index of the member file stands, for the second reader."""
LAST_PAPERS = "last-papers.sqlite"
"""Where it has the papers that its members are compared with."""


@dataclass(frozen=True)
class JobContext:
    """What every task of a run is done with; two are the same when their runs began with the same things."""

    begun_with: str
    """A sum over everything that decides the bytes of the print files, as the run began."""
    job: Job = field(compare=False)
    workspace: Path
    """Where the run works."""
    key: bytes | None = field(compare=False, repr=False)
    """By which papers are remembered, None where they are not."""
    plates: KeptPlates = field(compare=False)

    def set_up(self) -> RunBench:
        """Lay out what the tasks need."""
        return RunBench(self)


class RunBench(Bench):
    """What a worker has before it: a job, and the workspace of its run."""

    def __init__(self, context: JobContext) -> None:
        super().__init__(context.job, layout_of(context.job), context.plates)
        self.workspace: Workspace = open_workspace(context.workspace)
        self.pictures = context.workspace / DIFFERENCES
        self.key = context.key

    @cached_property
    def selector(self) -> Selector | None:
        """What the job asks of each row; None where everybody gets a paper."""
        return Selector(self.job.select) if self.job.select else None

    def paper(self, member: Member) -> Paper | None:
        """Return what is to be remembered of a member's paper, None where nothing is."""
        return paper_of(member, self.job.insurer.number, self.key) if self.key else None

    def last_papers(self) -> AbstractContextManager[Last]:
        """Open the papers that members are compared with."""
        by_change = self.job.select and self.job.select.by_change
        return last_papers(self.workspace.fetch(LAST_PAPERS) if by_change else None)

    def pieces(self, chunk: str) -> Iterator[Piece]:
        """Read the pieces of a batch from its members, kept in the workspace under their sum."""
        return read_chunk(self.workspace.object(chunk), self.job.mailing)


def second_reader_of(job: Job, workspace: Workspace) -> AbstractContextManager[SecondReader | None]:
    """Open the member file for the second reader; None where it does not know the document."""
    return second_reader(job, workspace.fetch(INDEX)) if job.document in DOCUMENTS else nullcontext()


def compile_variant(bench: RunBench, variant: Variant) -> None:
    """Compile one variant and keep its plate, if it says what the job's files say."""
    bench.fixed_words.check(bench.compile(variant), variant)


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
        """Keep a sheet if it is one of the hardest; of two that are as hard, the one with the higher record."""
        known = self.hardest.setdefault(variant, [])
        if len(known) < HARDEST or found[:2] > known[-1][:2]:
            known.append(found)
            known.sort(key=itemgetter(0, 1), reverse=True)
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


def index_source(bench: RunBench, _: None) -> BadBatch | None:
    """Let the second reader write down where each row of the member file stands; return why it cannot."""
    with bench.workspace.scratch() as scratch:
        try:
            write_index(bench.job, scratch / INDEX)
        except BadBatch as unreadable:
            return unreadable
        bench.workspace.keep(scratch / INDEX, INDEX)
    return None


def read_members(bench: RunBench, rows: Sequence[Row]) -> Read:
    """Validate rows, and try the sheet of each member who gets a paper and whose plate has been compiled already."""
    read = Read(len(rows))
    with bench.last_papers() as last:
        for row in rows:
            said: list[Finding] = []
            try:
                member = validate(row, needs=bench.needs, note=said.append)
            except Held as held:
                _leave_out(bench, row, held, read)
                continue
            days = (member.qualified_on, member.certified_on, member.registered_on)
            read.newest = max(read.newest, *filter(None, days))
            if not bench.selector or _is_selected(bench, bench.selector, row, member, last, read):
                _take(bench, member, said, read)
    return read


def _leave_out(bench: RunBench, row: Row, held: Held, read: Read) -> None:
    """Hold a row, unless it gets no paper whatever is wrong with it."""
    record = held.findings[0].record
    rule = _rule(bench.selector, row, read, is_member=False) if bench.selector else ""
    if rule:
        read.unselected.append((row.line, record, rule))
    else:
        read.tried.findings += held.findings
    read.absent.append((row.line, record, *held.key))


def _rule(selector: Selector, row: Row, read: Read, *, is_member: bool) -> str:
    record = row.fields.get(RECORD, "")
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


def _take(bench: RunBench, member: Member, said: Sequence[Finding], read: Read) -> None:
    """Try the sheet of a member, and keep what may be printed."""
    content = content_alone(bench.job, member)
    plate = bench.find_plate(content.variant)
    if plate is not None:
        read.tried.sheet(bench, member, plate, content.variant, content.values)
    stored = coded(member, content.variant, is_tried=plate is not None)
    read.members.append(stored)
    if paper := bench.paper(member):
        read.papers.append((member.line, paper.record + paper.columns))
    for finding in (*said, *look_at_workplace(member, bench.job.mailing)):
        if finding.weight is Weight.DOUBT:
            read.doubts.append(replace(finding, sum=sum_of_values(stored[-1], bench.job.issued_on)))
        else:
            read.notes.append(finding)


def try_members(bench: RunBench, members: Sequence[str]) -> Tried:
    """Try the sheets of members that waited for their plates."""
    tried = Tried()
    for member in map(decoded, members):
        content = content_alone(bench.job, member)
        tried.sheet(bench, member, bench.plate(content.variant), content.variant, content.values)
    return tried


@dataclass(frozen=True, slots=True)
class BatchToPrint:
    """A batch and where its members are."""

    batch: Batch
    chunk: str
    """Sum of its members' object in the workspace."""
    variants: tuple[Variant, ...]
    """Those in use in the whole run: their fixed texts are in the fonts of every file."""


@dataclass(frozen=True, slots=True)
class PrintedBatch:
    """One batch, printed, proved, and under its name in the workspace."""

    number: int
    file: FileReport


def print_batch(bench: RunBench, task: BatchToPrint) -> PrintedBatch:
    """Print a batch, prove the file, write its manifests, and give them their names in the workspace."""
    batch = task.batch
    with bench.workspace.scratch() as scratch:
        target = scratch / f"{batch.stem}.pdf"
        printed, sheets = _print(bench, task, target)
        with second_reader_of(bench.job, bench.workspace) as second:
            said = said_by_source(second, sheets) if second else _said_by_members(bench, task.chunk)
            whose = prove(bench, target, batch.number, sheets, said)
        about = PrintedFile(batch.number, bench.job.document, target.name, printed.sha256)
        write_manifest(target.with_suffix(".csv"), target.with_suffix(".json"), about, (one.entry for one in sheets))
        check_manifest(target.with_suffix(".csv"), target.with_suffix(".json"), about, whose)
        for path in sorted(scratch.iterdir()):
            bench.workspace.keep(path, f"{DELIVERY}/{path.name}")
    leaves = printed.pages // bench.layout.file.pages
    ends = Counter(one.ends_by for one in sheets if one.ends_by)
    report = FileReport(
        target.name, leaves, len(sheets), batch.pieces, printed.pages, printed.size, printed.sha256, dict(ends)
    )
    return PrintedBatch(batch.number, report)


def _print(bench: RunBench, task: BatchToPrint, target: Path) -> tuple[Printed, list[PrintedSheet]]:
    """Print the pieces of a batch, each with its inserts."""
    printed: list[PrintedSheet] = []
    with PrintFile(target, map(bench.plate, task.variants), bench.ruler) as file:
        for sequence, sheets in _pieces(bench, task.chunk):
            file.begin_piece(sheets[0].record, f"{sequence}-")
            for sheet in sheets:
                content, first = sheet.content, file.pdf.page_count + 1
                try:
                    file.add_sheet(bench.plate(content.variant), content.values)
                except (DoesNotFit, Unprintable) as wrong:
                    raise BadBatch(
                        f"{target.name}: record {sheet.record} cannot be printed ({wrong}), though its sheet was tried "
                        "before; nothing is delivered, keep the work folder and report it"
                    ) from None
                variant, last = spelled(content.variant), file.pdf.page_count
                entry = Entry(sequence, sheet.sheet, sheet.sheets, sheet.record, variant, first, last)
                bars = content.values.get("customer_barcode", "")
                printed.append(PrintedSheet(entry, content.variant, bars, str(content.ends_by or "")))
            for insert in bench.inserts:
                file.add_insert(insert)
        return file.finish(title_of(bench.job, task.batch.number)), printed


def _pieces(bench: RunBench, chunk: str) -> Iterator[tuple[int, list[Sheet]]]:
    """Yield the pieces of a batch: their sequence numbers and their sheets."""
    printed = 0
    for piece in bench.pieces(chunk):
        sheets = list(sheets_of(bench.job, piece, printed + 1))
        printed += len(sheets)
        yield piece.sequence, sheets


def _said_by_members(bench: RunBench, chunk: str) -> Iterator[Said]:
    """Say once more what a pack's document says: the second reader does not know its rules."""
    return ((sheet.content.values, None) for _, sheets in _pieces(bench, chunk) for sheet in sheets)


@dataclass(frozen=True, slots=True)
class Sample:
    """One printed sheet to compare with the reference."""

    record: str
    strains: Strains
    """Where it is hard to set."""
    printed: BatchToPrint
    """The batch it is in."""


def compare_sample(bench: RunBench, sample: Sample) -> None:
    """Compare a printed sheet with WeasyPrint's own rendering of it, pixel by pixel, and keep that they were the same.

    :raises BadBatch: when a pixel differs; the three pictures lie in the workspace.
    """
    from renderer.layout.reference import reference_pdf

    sheet, page = _find(bench, sample)
    plate = bench.plate(sheet.content.variant)
    with bench.workspace.scratch() as scratch:
        reference = scratch / f"reference-{sample.record}.pdf"
        reference.write_bytes(reference_pdf(bench.layout, plate, bench.fixed, sheet.content.values, bench.ruler))
        printed = bench.workspace.fetch(f"{DELIVERY}/{sample.printed.batch.stem}.pdf")
        compare_with_reference(printed, page, reference, bench.pictures)
    bench.kept.prove(sheet.content.variant, sample.strains)


def _find(bench: RunBench, sample: Sample) -> tuple[Sheet, int]:
    """Return the sheet of a record and its first page in its batch's file, from 0."""
    _, entries = read_manifest(bench.workspace.fetch(f"{DELIVERY}/{sample.printed.batch.stem}.json"))
    for number, entry in enumerate(entries, 1):
        if entry.record == sample.record:
            piece = next(piece for piece in bench.pieces(sample.printed.chunk) if piece.sequence == entry.sequence)
            sheets = list(sheets_of(bench.job, piece, number - entry.sheet + 1))
            if sheets[entry.sheet - 1].record == sample.record:
                return sheets[entry.sheet - 1], entry.page_from - 1
    raise BadBatch(f"{sample.printed.batch.stem}: record {sample.record} is not in it; start the run again")
