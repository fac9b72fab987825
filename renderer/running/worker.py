"""What worker processes do: compile a variant, examine rows, print and verify a batch, compare a sheet.

A worker is prepared once with the job (``prepare``) and then takes tasks. It imports WeasyPrint only for a task that
needs it, so that workers which print stay small.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from renderer.intake.members import validate
from renderer.intake.rows import Row
from renderer.intake.store import Store, StoredMember, stored
from renderer.layout.load import Variant, load_layout
from renderer.mailing.batches import Batch, read_batch
from renderer.mailing.pieces import read_pieces
from renderer.mailing.sheets import Plates, Sheet, examine, fixed_of, gaiji_of, needs_of, sheets_of
from renderer.model.findings import Finding, Held
from renderer.model.job import Job
from renderer.press import fonts, plates
from renderer.press.inserts import load_inserts
from renderer.press.press import PrintFile
from renderer.press.ruler import Ruler
from renderer.press.versions import versions
from renderer.proof.placing import ExpectedPage
from renderer.proof.verify import compare_with_reference, expected_pages, font_files, insert_pages, verify
from renderer.running.manifest import Entry, PrintedFile, read_manifest, write_manifest
from renderer.running.report import FileReport

STORE = "members.sqlite"
PlatePaths = dict[tuple[tuple[str, str], ...], Path]
"""Variant → the file of its plate."""


class Desk:
    """What a worker has before it: the job and its plates.

    Paths are found once, by the run: a layout that is edited while a job prints does not reach its sheets.
    """

    def __init__(self, job: Job, work: Path) -> None:
        self.job, self.work = job, work
        self.layout = load_layout(job.document)
        self.fixed = fixed_of(job)
        self.gaiji = gaiji_of(job)
        self.ruler = Ruler(self.gaiji)
        self.inserts = load_inserts(job.mailing.inserts, self.layout.file.pages)
        self.plates: Plates = {}

    def plate_paths(self) -> PlatePaths:
        """Return where each variant's plate is kept: the name is a sum over everything that can change it."""
        insurer = self.fixed.insurer
        program = [path.read_bytes() for path in sorted(Path(plates.__file__).parents[1].rglob("*.py"))]
        pictures = [path.read_bytes() for path in (insurer.seal, insurer.gaiji_font) if path]
        words = repr((self.fixed, versions(), self.layout.digest())).encode()
        common = plates.digest(words, (fonts.FONTS / "SHA256SUMS").read_bytes(), *program, *pictures)
        folder = self.job.outbox / ".plates"
        return {
            tuple(variant.items()): folder / f"{plates.digest(common.encode(), repr(variant).encode())}.plate"
            for variant in self.layout.variants()
        }


_desk: Desk


def prepare(job: Job, work: Path, paths: PlatePaths) -> None:
    """Set up this worker, with the plates that are compiled already."""
    global _desk
    _desk = Desk(job, work)
    _desk.plates = {variant: plates.load(path) for variant, path in paths.items()}
    # What stands for the whole run need not be looked through again at every garbage collection.
    gc.collect()
    gc.freeze()


def compile_variant(task: tuple[Variant, Path]) -> None:
    """Compile one variant and keep its plate at a path."""
    from renderer.layout.compiling import compile_plate

    variant, path = task
    plates.kept(path, lambda: compile_plate(_desk.layout, variant, _desk.fixed))


@dataclass(frozen=True, slots=True)
class Examined:
    """What became of some rows."""

    rows: int
    members: tuple[StoredMember, ...]
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    """What was accepted but a person should know, such as a year written past the end of its era."""
    hardest: dict[tuple[tuple[str, str], ...], tuple[float, str]]
    """Variant → (hardness, record) of its hardest sheet."""


def examine_rows(rows: Sequence[Row]) -> Examined:
    """Validate rows and try each member's sheet: what is not held can be printed."""
    desk = _desk
    needs = needs_of(desk.job)
    members: list[StoredMember] = []
    findings: list[Finding] = []
    notes: list[Finding] = []
    hardest: dict[tuple[tuple[str, str], ...], tuple[float, str]] = {}
    for row in rows:
        try:
            member = validate(row, needs=needs, note=notes.append)
        except Held as held:
            findings += held.findings
            continue
        found, content, hardness = examine(desk.job, desk.plates, desk.ruler, member)
        if found:
            findings += found
            continue
        members.append(stored(member))
        if hardness >= hardest.get(content.variant, (-1.0, ""))[0]:
            hardest[content.variant] = (hardness, member.record)
    return Examined(len(rows), tuple(members), tuple(findings), tuple(notes), hardest)


@dataclass(frozen=True, slots=True)
class PrintedBatch:
    """One batch, printed and verified in the work folder."""

    batch: int
    file: FileReport


def print_batch(batch: Batch) -> PrintedBatch:
    """Print a batch into the work folder, prove the file, and write its manifests."""
    desk = _desk
    target = desk.work / f"{batch.stem}.pdf"
    with PrintFile(target, desk.plates.values(), desk.ruler) as file:
        entries = _fill(file, batch)
        printed = file.finish(f"{desk.job.name} {batch.number}")
    apart = {name for insert in desk.inserts for name in insert.fonts}
    verify(target, _expected_pages(batch), font_files(desk.gaiji), apart)
    about = PrintedFile(batch.number, desk.job.document, target.name, printed.sha256)
    write_manifest(target.with_suffix(".csv"), target.with_suffix(".json"), about, entries)
    leaves = printed.pages // desk.layout.file.pages
    report = FileReport(target.name, leaves, len(entries), batch.pieces, printed.pages, printed.size, printed.sha256)
    return PrintedBatch(batch.number, report)


def _fill(file: PrintFile, batch: Batch) -> list[Entry]:
    """Print the pieces of a batch, each with its inserts; return what the manifest says of them."""
    entries: list[Entry] = []
    for sheet, sequence in _sheets(batch):
        if sheet.sheet == 1:
            file.begin_piece(sheet.record, f"{sequence}-")
        first = file.pdf.page_count + 1
        file.add_sheet(_desk.plates[sheet.content.variant], sheet.content.values)
        variant = " ".join(f"{key}={value}" for key, value in sheet.content.variant)
        entries.append(Entry(sequence, sheet.sheet, sheet.sheets, sheet.record, variant, first, file.pdf.page_count))
        if sheet.sheet == sheet.sheets:
            for insert in _desk.inserts:
                file.add_insert(insert)
    return entries


def _sheets(batch: Batch) -> Iterator[tuple[Sheet, int]]:
    """Yield the sheets of a batch with the sequence numbers of their pieces."""
    rules = _desk.job.mailing
    printed = 0
    for piece in read_batch(_desk.work / STORE, batch, envelope=rules.envelope, route=rules.route):
        for sheet in sheets_of(_desk.job, piece, printed + 1):
            printed += 1
            yield sheet, piece.sequence


def _expected_pages(batch: Batch) -> Iterator[ExpectedPage]:
    """Say again, from the store, what every page of a batch must say."""
    inserts = insert_pages(_desk.inserts)
    for sheet, _ in _sheets(batch):
        yield from expected_pages(_desk.plates[sheet.content.variant], sheet.content.values, sheet.record)
        if sheet.sheet == sheet.sheets:
            yield from inserts


def work(task: object) -> object:
    """Do one task of a printing worker: examine rows, or print a batch."""
    if isinstance(task, Batch):
        return print_batch(task)
    assert isinstance(task, list)  # noqa: S101 - rows, the only other task there is
    return examine_rows(task)


@dataclass(frozen=True, slots=True)
class Sample:
    """One printed sheet to compare with the reference."""

    record: str
    batch: Batch


def compare_sample(sample: Sample) -> None:
    """Compare a printed sheet with WeasyPrint's own rendering of it, pixel by pixel.

    :raises BadBatch: when a pixel differs; the three pictures lie in the work folder.
    """
    from renderer.layout.reference import reference_pdf

    desk = _desk
    sheet, page = _find(sample)
    plate = desk.plates[sheet.content.variant]
    reference = desk.work / f"reference-{sample.record}.pdf"
    reference.write_bytes(reference_pdf(desk.layout, plate, desk.fixed, sheet.content.values, desk.ruler))
    printed = desk.work / f"{sample.batch.stem}.pdf"
    compare_with_reference(printed, page, reference, desk.work / "differences")
    reference.unlink()


def _find(sample: Sample) -> tuple[Sheet, int]:
    """Return the sheet of a record and its first page in its batch's file, from 0."""
    rules = _desk.job.mailing
    _, entries = read_manifest(_desk.work / f"{sample.batch.stem}.json")
    number, entry = next((n, entry) for n, entry in enumerate(entries, 1) if entry.record == sample.record)
    with Store.open(_desk.work / STORE) as store:
        (piece,) = read_pieces(store, entry.sequence, entry.sequence, envelope=rules.envelope, route=rules.route)
    sheets = list(sheets_of(_desk.job, piece, number - entry.sheet + 1))
    return sheets[entry.sheet - 1], entry.page_from - 1
