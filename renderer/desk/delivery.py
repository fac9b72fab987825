"""A delivered batch and its manifest → the questions of the run asked again, with nothing but the files.

- the file is the one that the manifest names, byte for byte, and both manifests say the same;
- every page belongs to one sheet or to the inserts, in mailing order, and PDFium counts the same pages;
- every sheet says its record number, where its layout prints one, read by PDFium and by a reader that is not PDFium;
- every embedded glyph has the outline its font gives for its text.

With the job, and the member file that was printed, each page must be what a run proves of it. A whole delivery is
asked besides whether it is whole.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from renderer.desk.choice import find_members
from renderer.layout.load import layout_of
from renderer.mailing.pieces import make_piece
from renderer.mailing.sheets import gaiji_of, sheets_of
from renderer.model.errors import BadBatch, BadJob
from renderer.model.job import Job
from renderer.model.sums import sum_of_file
from renderer.model.variant import parsed
from renderer.press.inserts import load_insert
from renderer.proof import pixels
from renderer.proof.glyphs import proof_of_glyphs
from renderer.proof.readback import opened_again
from renderer.proof.restated import DOCUMENTS
from renderer.proof.source import prove_complete, second_reader, write_index
from renderer.proof.verify import bare, font_files
from renderer.running.bench import Bench
from renderer.running.manifest import REDO, Entry, held_lines, printed_pieces, read_manifest
from renderer.running.names import HELD, MANIFESTS, REPORT
from renderer.running.proving import PrintedSheet, prove, said_by_source
from renderer.running.register import REGISTER, opened_register
from renderer.running.whole import check_unchanged, faults_of


@dataclass(frozen=True, slots=True)
class Proved:
    """A batch that passed, in counts."""

    name: str
    sha256: str
    pieces: int
    sheets: int
    pages: int
    """Of the file, inserts included."""
    insert_pages: int
    """After the sheets of each piece."""
    not_asked: str
    """Why nobody knows what the sheets must say, "" where all was asked that a run asks."""


def prove_delivered(batch: Path, job: Job | None = None) -> Proved:
    """Ask of a delivered batch all that its files can answer, and with its job all that a run asks.

    ``job`` names the insurer's own font, the inserts and the layout; without it a batch that has either of the first,
    or whose layout does not print the record number, does not pass. What the sheets must say stands in the member file
    of the job, where it is still the one that was printed.

    :raises BadBatch: naming what is not as it must be.
    """
    with _asked(batch.parent, job) as (index, not_asked):
        return _prove(batch, job, index, not_asked)


def prove_folder(folder: Path, job: Job | None = None) -> list[Proved]:
    """Ask of a whole delivery: nothing is missing, foreign, doubled or changed, and every batch passes.

    With its job, and the member file that was printed: each row of that is printed once or held.

    :raises BadBatch: naming what is not as it must be, a line for each file.
    """
    faults = list(faults_of(folder))
    if faults:
        raise BadBatch("\n".join(f"{folder.resolve().name}: {fault.told('en')}; {REDO}" for fault in faults))
    batches = [path.with_suffix(".pdf") for path in sorted(folder.glob(MANIFESTS))]
    with _asked(folder, job) as (index, not_asked):
        if job and index:
            pieces = (piece for batch in batches for piece in printed_pieces(batch.with_suffix(".csv")))
            prove_complete(index, job.mailing, pieces, held_lines(folder / HELD))
        return [_prove(batch, job, index, not_asked) for batch in batches]


@contextmanager
def _asked(folder: Path, job: Job | None) -> Iterator[tuple[Path | None, str]]:
    """Index the member file of a delivery for the second reader, or say why nobody knows what the sheets must say."""
    why = "only --job JOB.toml knows what the sheets must say" if job is None else _unknown(folder, job)
    if job is None or why:
        yield None, why
        return
    with tempfile.TemporaryDirectory() as scratch:
        index = Path(scratch) / "source.index"
        write_index(job, index)
        yield index, ""


def _unknown(folder: Path, job: Job) -> str:
    if job.document not in DOCUMENTS:
        return "the second reader does not know the document of a pack"
    report = folder / REPORT
    if not report.is_file() or not (job.outbox / REGISTER).is_file():
        return "no register says from which member file this was printed"
    told = sum_of_file(report)
    with opened_register(job.outbox) as register:
        sources = [line.source for line in register.of_job(job.name) if line.report == told]
    if not sources:
        return f"the register does not know this delivery of {job.name}"
    return "" if sum_of_file(job.source) in sources else f"{job.source.name} is no longer the file that was printed"


def _prove(batch: Path, job: Job | None, index: Path | None, not_asked: str) -> Proved:
    about, entries = read_manifest(batch.with_suffix(".json"))
    check_unchanged(batch, about, entries)
    gaiji = gaiji_of(job) if job else None
    inserts = [load_insert(path) for path in job.mailing.inserts] if job else []
    with pixels.opened(batch) as file:
        pages = file.page_count
    inserted = _inserted(batch, entries, pages)
    if job and inserted != sum(len(insert.pages) for insert in inserts):
        raise BadBatch(
            f"{batch.name}: {inserted} pages of inserts follow each piece, and the job given has others; give --job "
            f"the one that it was printed by; if it is, {REDO}"
        )
    try:
        if not job or "record" in layout_of(job).slots:
            _check_records(batch, entries)
        proof_of_glyphs(batch, font_files(gaiji), {name for insert in inserts for name in insert.fonts})
    except BadBatch as wrong:
        raise BadBatch(f"{wrong}{'' if job else _WITH_JOB}") from None
    if job and index:
        _prove_as_in_a_run(job, index, batch, about.batch, entries)
    pieces = len({entry.sequence for entry in entries})
    return Proved(batch.name, about.sha256, pieces, len(entries), pages, inserted, not_asked)


def _prove_as_in_a_run(job: Job, index: Path, batch: Path, number: int, entries: Sequence[Entry]) -> None:
    bench, bars = Bench(job, layout_of(job)), _bars(job, entries)
    sheets = [PrintedSheet(entry, parsed(entry.variant), bars.get(entry.record, ""), "") for entry in entries]
    for variant in {sheet.variant for sheet in sheets}:
        bench.compile(variant)
    with second_reader(job, index) as second:
        prove(bench, batch, number, sheets, said_by_source(second, sheets))


def _bars(job: Job, entries: Sequence[Entry]) -> dict[str, str]:
    """Return record → customer barcode: an address alone does not say whether it has one, the rules of intake do."""
    if not job.mailing.customer_barcode:
        return {}
    members = find_members(job, {entry.record for entry in entries})
    found: dict[str, str] = {}
    for sequence, of_piece in groupby(entries, key=attrgetter("sequence")):
        piece = make_piece(sequence, tuple(members[entry.record] for entry in of_piece), job.mailing)
        found |= {one.record: one.content.values.get("customer_barcode", "") for one in sheets_of(job, piece, 1)}
    return found


@dataclass(frozen=True, slots=True)
class DeliveredPiece:
    """One envelope of a delivery, and where it stands."""

    batch: Path
    first_sheet: int
    """Number of its first sheet in that file, from 1."""
    entries: tuple[Entry, ...]


def delivered_pieces(folder: Path, records: Collection[str], piece: int = 0) -> list[DeliveredPiece]:
    """Find delivered pieces by some of their records, or one by its number; return them in mailing order.

    :raises BadJob: when the job was not delivered, or has no such record or piece.
    :raises BadBatch: when a batch is no longer the file its manifest is about, or its two manifests differ.
    """
    found: list[DeliveredPiece] = []
    manifests = sorted(folder.glob(MANIFESTS))
    if not manifests:
        raise BadJob(f"{folder.name}: nothing was delivered yet; run the job first")
    for manifest in manifests:
        about, entries = read_manifest(manifest)
        batch, first = manifest.with_suffix(".pdf"), 1
        for sequence, sheets in groupby(entries, key=attrgetter("sequence")):
            whole = tuple(sheets)
            if piece == sequence or any(entry.record in records for entry in whole):
                check_unchanged(batch, about, entries)
                found.append(DeliveredPiece(batch, first, whole))
            first += len(whole)
    there = {entry.record for one in found for entry in one.entries}
    missing = [f"record {record}" for record in records if record not in there]
    if piece and not found:
        missing.append(f"piece {piece}")
    if missing:
        raise BadJob(
            f"{folder.name}: {', '.join(missing)} is in none of the manifests; see held.csv, and give what was printed"
        )
    return found


_WITH_JOB = (
    "; if its job has inserts or characters of its own (外字), or a layout without the record number, verify it with "
    "--job JOB.toml"
)


def _inserted(batch: Path, entries: Sequence[Entry], pages: int) -> int:
    """Return how many pages of inserts follow each piece: the same number everywhere, or the file is not whole."""
    after_pieces: set[int] = set()
    inside: set[int] = set()
    ends = [*(entry.page_from for entry in entries[1:]), pages + 1]
    for entry, following in zip(entries, ends, strict=True):
        (after_pieces if entry.sheet == entry.sheets else inside).add(following - entry.page_to - 1)
    if entries[0].page_from != 1 or len(after_pieces) != 1 or inside - {0} or min(after_pieces) < 0:
        raise BadBatch(f"{batch.name}: its {pages} pages are not those of the manifest; {REDO}")
    return after_pieces.pop()


def _check_records(batch: Path, entries: Sequence[Entry]) -> None:
    """Check that every sheet says its own record number, by two readers."""
    with opened_again(batch) as file:
        ours = [page.text for page in file.pages()]
    with pixels.opened(batch) as document:
        for entry in entries:
            numbers = range(entry.page_from - 1, entry.page_to)
            for texts in ((ours[n] for n in numbers), (document.text(n) for n in numbers)):
                if not any(bare(entry.record) in bare(text) for text in texts):
                    raise BadBatch(f"{batch.name}: page {entry.page_from} does not say record {entry.record}; {REDO}")
