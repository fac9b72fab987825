"""A delivered batch and its manifest → the questions of the run asked again, with nothing but the files.

- the file is the one that the manifest names, byte for byte, and both manifests say the same;
- every page belongs to one sheet or to the inserts, in mailing order, and PDFium counts the same pages;
- every sheet says its record number, where its layout prints one, read by PDFium and by a reader that is not PDFium;
- every embedded glyph has the outline its font gives for its text.

With the job, and all that it was printed from, each page must be what a run proves of it, but for the comparison with
WeasyPrint and for the releases. A whole delivery is asked besides whether it is whole.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from renderer.desk.choice import find_members
from renderer.layout.load import Layout, layout_of
from renderer.mailing.pieces import make_piece
from renderer.mailing.sheets import Sheet, fixed_of, gaiji_of, sheets_of
from renderer.model.errors import BadBatch, BadJob
from renderer.model.findings import Held
from renderer.model.job import Job
from renderer.model.member import Member
from renderer.model.sums import sum_of_file, sum_of_files
from renderer.model.variant import parsed, spelled
from renderer.press.enclosing import load_insert
from renderer.press.fonts import check_fonts
from renderer.press.inserts import Insert
from renderer.proof import pixels
from renderer.proof.complete import in_order, prove_complete
from renderer.proof.drawing import Drawing
from renderer.proof.glyphs import proof_of_glyphs
from renderer.proof.readback import opened_again
from renderer.proof.second import is_stated_again
from renderer.proof.source import second_reader
from renderer.proof.source_index import write_index
from renderer.proof.verify import bare, font_files
from renderer.running.bench import Bench
from renderer.running.kept_plates import kept_plates, plates_of
from renderer.running.made_of import made_of, with_base
from renderer.running.manifest import (
    REDO,
    Entry,
    PrintedFile,
    held_lines,
    not_selected_lines,
    printed_pieces,
    read_manifest,
)
from renderer.running.names import HELD, NOT_SELECTED, PROOF, REPORT, manifests_in
from renderer.running.proving import PrintedSheet, prove, said_by_source
from renderer.running.register import copied_register
from renderer.running.whole import check_unchanged, faults_of, read_sources


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
    """Why nobody knows what the sheets must say, "" where they were asked."""


def prove_delivered(batch: Path, job: Job | None = None) -> Proved:
    """Ask of a delivered batch all that its files can answer, and with its job what a run asks of each sheet.

    ``job`` names the insurer's own font, the inserts and the layout; without it a batch that has either of the first,
    or whose layout does not print the record number, does not pass. What the sheets must say stands in the member file
    of the job, where all that it was printed from is still the same. The comparison with WeasyPrint is not asked again,
    nor are the releases.

    :raises BadBatch: naming what is not as it must be.
    """
    _check_no_proof(batch.parent)
    (proved,) = _prove(batch.parent, [batch], job, is_whole=False)
    return proved


def prove_folder(folder: Path, job: Job | None = None) -> list[Proved]:
    """Ask of a whole delivery: nothing is missing, foreign, doubled or changed, and every batch passes.

    With its job, and the member file that was printed: each row of that is printed once or held.

    :raises BadBatch: naming what is not as it must be, a line for each file.
    """
    _check_no_proof(folder)
    faults = list(faults_of(folder))
    if faults:
        raise BadBatch("\n".join(f"{folder.resolve().name}: {fault.told('en')}; {REDO}" for fault in faults))
    batches = [path.with_suffix(".pdf") for path in manifests_in(folder)]
    return _prove(folder, batches, job, is_whole=True)


def _check_no_proof(folder: Path) -> None:
    if (folder / PROOF).exists():
        raise BadBatch(f"{folder.resolve().name}: is a proof, stamped 見本, and no delivery; mail nothing of it")


Batches = Mapping[Path, tuple[PrintedFile, tuple[Entry, ...]]]
"""Each print file with what its manifest says."""


def _prove(folder: Path, paths: Sequence[Path], job: Job | None, *, is_whole: bool) -> list[Proved]:
    """Prove print files of a folder, all of them where it ``is_whole``."""
    batches = {path: read_manifest(path.with_suffix(".json")) for path in paths}
    for path, (about, entries) in batches.items():
        check_unchanged(path, about, entries)
    layout = layout_of(job) if job else None
    says_record = layout is None or "record" in layout.slots
    inserts = [load_insert(path) for path in job.mailing.inserts] if job else None
    fonts = font_files(gaiji_of(job) if job else None, layout.own_fonts.files if layout else ())
    not_asked = "only --job JOB.toml knows what the sheets must say"
    if job and layout:
        not_asked = _unknown(folder, job, layout)
    proved = []
    for path, (about, entries) in batches.items():
        pages, inserted = _prove_alone(path, entries, fonts, inserts, says_record=says_record)
        pieces = len({entry.sequence for entry in entries})
        proved.append(Proved(about.name, about.sha256, pieces, len(entries), pages, inserted, not_asked))
    if job and layout and not not_asked:
        with tempfile.TemporaryDirectory() as scratch, _of_a_delivery():
            index = Path(scratch) / "source.index"
            write_index(job, index)
            if is_whole:
                printed = (piece for path in paths for piece in printed_pieces(path.with_suffix(".csv")))
                names = read_sources(folder)
                unselected = not_selected_lines(folder / NOT_SELECTED, names) if job.select else ()
                with second_reader(job, index) as second:
                    ordered = in_order(printed, second)
                    held = held_lines(folder / HELD, names)
                    prove_complete(index, job.mailing, ordered, held, unselected, job.releases)
            _prove_sheets(job, layout, batches, index)
    return proved


def _unknown(folder: Path, job: Job, layout: Layout) -> str:
    """Say why nobody knows what the sheets of a delivery must say, "" where its job and member file do."""
    if not is_stated_again(job):
        return "the second reader does not know the document: its pack has no restated.py that states it again"
    report = folder / REPORT
    told = sum_of_file(report) if report.is_file() else ""
    with copied_register(job.outbox) as register:
        lines = [line for line in register.of_job(job.name) if line.report == told]
    if not lines:
        return f"the register of the outbox does not know this delivery of {job.name}"
    if lines[0].source != sum_of_files(job.sources):
        return f"{job.said_sources} is no longer the file that was printed"
    if lines[0].inputs != with_base(made_of(job, layout.digest(), check_fonts().values()), lines[0].base):
        return "the job, another file of it, or the program is no longer what it was printed by"
    return ""


def _prove_alone(
    batch: Path,
    entries: Sequence[Entry],
    fonts: Mapping[str, Drawing],
    inserts: Sequence[Insert] | None,
    *,
    says_record: bool,
) -> tuple[int, int]:
    """Ask what a print file can answer; return how many pages it has, and how many of inserts follow each piece.

    ``inserts`` are those of its job, None where that is not given.
    """
    with pixels.opened(batch) as file:
        pages = file.page_count
    inserted = _inserted(batch, entries, pages)
    if inserts is not None and inserted != sum(len(insert.pages) for insert in inserts):
        raise BadBatch(
            f"{batch.name}: {inserted} pages of inserts follow each piece, and the job given has others; give --job "
            f"the one that it was printed by; if it is, {REDO}"
        )
    try:
        if says_record:
            _check_records(batch, entries)
        proof_of_glyphs(batch, fonts, {name for insert in inserts or () for name in insert.fonts})
    except BadBatch as wrong:
        raise BadBatch(f"{wrong}{_WITH_JOB if inserts is None else ''}") from None
    return pages, inserted


def _prove_sheets(job: Job, layout: Layout, batches: Batches, index: Path) -> None:
    """Ask of each sheet what a run asks, with the job and the index of its member file."""
    bench = Bench(job, layout, kept_plates(plates_of(job.outbox, index.parent), fixed_of(job), layout))
    bars = _bars(job, batches)
    for path, (about, entries) in batches.items():
        sheets = [PrintedSheet(entry, parsed(entry.variant), bars.get(entry.record, ""), "") for entry in entries]
        for variant in dict.fromkeys(sheet.variant for sheet in sheets):
            if variant not in layout.variants():
                raise BadBatch(f"{path.name}: its manifest names {spelled(variant)}, which no sheet is; {REDO}")
            bench.compile(variant)
        with second_reader(job, index) as second:
            prove(bench, path, about.batch, sheets, said_by_source(second, sheets))


def _bars(job: Job, batches: Batches) -> dict[str, str]:
    """Return record → customer barcode: an address alone does not say whether it has one, the rules of intake do."""
    if not job.mailing.customer_barcode:
        return {}
    pieces = [piece for path, (_, entries) in batches.items() for piece in _pieces_of(path, entries)]
    try:
        again = [sheet for _, sheets in sheets_again(job, pieces) for sheet in sheets]
    except (BadJob, Held) as wrong:  # the member file is the one that was printed: the manifest is wrong
        raise BadBatch(f"a manifest names what cannot have been printed: {wrong}; {REDO}") from None
    return {sheet.record: sheet.content.values.get("customer_barcode", "") for sheet in again}


@contextmanager
def _of_a_delivery() -> Iterator[None]:
    """Let what a run would say of a file that it does not deliver be said of one that it has delivered."""
    try:
        yield
    except BadBatch as wrong:
        fault = re.sub(r"; (nothing is|it is not) delivered[;,] start the run again.*", "", str(wrong))
        raise BadBatch(f"{fault.removesuffix(f'; {REDO}')}; {REDO}") from None


@dataclass(frozen=True, slots=True)
class DeliveredPiece:
    """One envelope of a delivery, and where it stands."""

    batch: Path
    first_sheet: int
    """Number of its first sheet in that file, from 1."""
    entries: tuple[Entry, ...]


def _pieces_of(batch: Path, entries: Sequence[Entry]) -> Iterator[DeliveredPiece]:
    first = 1
    for _, sheets in groupby(entries, key=attrgetter("sequence")):
        piece = DeliveredPiece(batch, first, tuple(sheets))
        yield piece
        first += len(piece.entries)


def delivered_pieces(folder: Path, records: Collection[str], piece: int = 0) -> list[DeliveredPiece]:
    """Find delivered pieces by some of their records, or one by its number; return them in mailing order.

    :raises BadJob: when the job was not delivered, or has no such record or piece.
    :raises BadBatch: when a batch is no longer the file its manifest is about, or its two manifests differ.
    """
    found: list[DeliveredPiece] = []
    manifests = manifests_in(folder)
    if not manifests:
        raise BadJob(
            f"{folder.name}: no delivery lies in {folder.parent}; run the job first, or bring back the folder that was "
            "carried away"
        )
    for manifest in manifests:
        about, entries = read_manifest(manifest)
        batch = manifest.with_suffix(".pdf")
        for one in _pieces_of(batch, entries):
            if piece == one.entries[0].sequence or any(entry.record in records for entry in one.entries):
                check_unchanged(batch, about, entries)
                found.append(one)
    there = {entry.record for one in found for entry in one.entries}
    missing = [f"record {record}" for record in records if record not in there]
    if piece and not found:
        missing.append(f"piece {piece}")
    if missing:
        raise BadJob(
            f"{folder.name}: {', '.join(missing)} is in none of the manifests; see held.csv, and give what was printed"
        )
    return found


def sheets_again(job: Job, pieces: Sequence[DeliveredPiece]) -> Iterator[tuple[tuple[Member, ...], list[Sheet]]]:
    """Make all sheets of delivered pieces again, from one reading of the member file; yield each piece's members too.

    :raises BadJob: when a record is not in the member file, or is there twice.
    :raises Held: when a record may not be printed.
    """
    members = find_members(job, {entry.record for one in pieces for entry in one.entries})
    for one in pieces:
        in_order = tuple(members[entry.record] for entry in one.entries)
        piece = make_piece(one.entries[0].sequence, in_order, job.mailing)
        yield in_order, list(sheets_of(job, piece, one.first_sheet))


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
