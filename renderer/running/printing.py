"""A batch → its print file with manifests, printed and proved; a sheet of it → compared with WeasyPrint's rendering."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from renderer.mailing.batches import Batch
from renderer.mailing.sheets import Sheet, sheets_of
from renderer.model.blocks import blocks
from renderer.model.errors import BadBatch
from renderer.model.variant import Variant, spelled
from renderer.press.fitting import DoesNotFit
from renderer.press.fonts import Unprintable
from renderer.press.press import Printed, PrintFile
from renderer.press.ruler import Strains
from renderer.proof.verify import compare_with_reference
from renderer.running.manifest import Entry, PrintedFile, check_manifest, read_manifest, write_manifest
from renderer.running.names import DELIVERY
from renderer.running.proving import PrintedSheet, Said, prove, said_by_source, title_of
from renderer.running.report import FileReport
from renderer.running.worker import DIFFERENCES, RunBench


@dataclass(frozen=True, slots=True)
class BatchToPrint:
    """A batch and where its members are."""

    batch: Batch
    chunk: str
    """Sum of its members' object in the workspace."""
    variants: tuple[Variant, ...]
    """Those in use in the whole run: their fixed texts are in the fonts of every file."""
    rows: str = ""
    """Sum of the object with its rows of the member file, for the second reader; "" where its worker has that file."""


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
        with bench.second_reader(task.rows) as second:
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
    with PrintFile(target, map(bench.plate, task.variants), bench.ruler, bench.job.insurer.offset) as file:
        for sequence, sheets in chain.from_iterable(blocks(_pieces(bench, task.chunk))):
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
    """Say once more what a pack's document says that is not stated a second time."""
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
    from renderer.layout.reference import moved, reference_pdf

    with bench.workspace.scratch() as scratch:
        printed, manifest = (scratch / f"{sample.printed.batch.stem}.{ending}" for ending in ("pdf", "json"))
        for path in (printed, manifest):
            bench.workspace.copy(f"{DELIVERY}/{path.name}", path)
        sheet, page = _find(bench, sample, manifest)
        plate = bench.plate(sheet.content.variant)
        reference = scratch / f"reference-{sample.printed.batch.stem}-{page + 1}.pdf"  # its name may become a store's
        drawn = reference_pdf(bench.layout, plate, bench.fixed, sheet.content.values, bench.ruler)
        reference.write_bytes(moved(drawn, bench.job.insurer.offset))
        try:
            compare_with_reference(printed, page, reference, scratch / DIFFERENCES)
        except BadBatch as wrong:
            for picture in sorted((scratch / DIFFERENCES).iterdir()):
                bench.workspace.keep(picture, f"{DIFFERENCES}/{picture.name}")
            raise BadBatch(f"{wrong}, the pictures lie in {bench.pictures}") from None
    bench.kept.prove(sheet.content.variant, sample.strains)


def _find(bench: RunBench, sample: Sample, manifest: Path) -> tuple[Sheet, int]:
    """Return the sheet of a record and its first page in its batch's file, from 0."""
    _, entries = read_manifest(manifest)
    for number, entry in enumerate(entries, 1):
        if entry.record == sample.record:
            piece = next(piece for piece in bench.pieces(sample.printed.chunk) if piece.sequence == entry.sequence)
            sheets = list(sheets_of(bench.job, piece, number - entry.sheet + 1))
            if sheets[entry.sheet - 1].record == sample.record:
                return sheets[entry.sheet - 1], entry.page_from - 1
    raise BadBatch(f"{sample.printed.batch.stem}: record {sample.record} is not in it; start the run again")
