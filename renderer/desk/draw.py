"""One record → one sheet to look at, or the page or piece that was delivered, printed again.

Both are made by the press as in a run, on the plates a run keeps. A reprint is verified like a batch, and then compared
with the delivered page: it is the same sheet to the last pixel, or there is none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from renderer.desk.choice import bend, find_members
from renderer.desk.delivery import entries_of_piece, unchanged
from renderer.intake.jobfile import check_title
from renderer.layout.load import Layout, check_document, layout_of
from renderer.mailing.pieces import make_piece
from renderer.mailing.sheets import Sheet, content_alone, examine, sheets_of
from renderer.model.errors import BadBatch, BadJob, BadLayout
from renderer.model.findings import Held
from renderer.model.job import Job
from renderer.model.member import Member
from renderer.model.paper import PROOF_DPI
from renderer.model.toml import nearest
from renderer.model.variant import spelled
from renderer.press.press import Printed, PrintFile
from renderer.proof import pixels
from renderer.proof.verify import expected_pages, insert_pages, verify
from renderer.running.bench import Bench
from renderer.running.manifest import Entry

"""At which a reprint is compared with what was delivered."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One sheet, or one piece, in a file of its own."""

    path: Path
    record: str
    """整理番号 of the sheet, or of the piece's first."""
    variant: tuple[tuple[str, str], ...]
    """Of the first sheet."""
    sheets: int
    pages: int
    """With the inserts, if there are any."""


def draw_sheet(
    job: Job,
    layout: Layout,
    member: Member,
    out: Path,
    *,
    wanted: Mapping[str, str] | None = None,
    reference: bool = False,
) -> Drawn:
    """Write a member's sheet, alone in its envelope, as a PDF.

    ``wanted`` names the variant, or a part of it: the member is changed to be of it. ``reference`` lets WeasyPrint draw
    the whole sheet.

    :raises BadLayout: for a variant the layout does not have; BadJob for one, or a document, the job does not print.
    :raises Held: when a value does not fit or has no glyph.
    :raises BadBatch: when the press's file does not pass its proof.
    """
    wanted = wanted or {}
    check_document(job, layout)
    _check_wanted(layout, wanted)
    member = bend(member, wanted, job)
    bench = Bench(job, layout)
    rules = job.mailing
    piece = make_piece(1, (member,), envelope=rules.envelope, route=rules.route)
    (sheet,) = sheets_of(job, piece, 1)
    for key, value in wanted.items():
        if dict(sheet.content.variant)[key] != value:
            raise BadJob(f"{job.path.name}: no sheet of this job has {key}={value}; the insurer file decides it")
    plate = bench.compile(sheet.content.variant)
    findings, _ = examine(job, bench.ruler, plate, member, content_alone(job, member).values)
    if findings:
        raise Held(findings)
    with _whole(out) as half:
        if reference:
            from renderer.layout.reference import reference_pdf

            half.write_bytes(reference_pdf(layout, plate, bench.fixed, sheet.content.values, bench.ruler))
        else:
            _print(bench, [sheet], 1, half, inserted=False)
    return Drawn(out, member.record, sheet.content.variant, 1, len(plate.pages))


def reprint(job: Job, *, record: str = "", piece: int = 0) -> Drawn:
    """Print one delivered sheet (by 整理番号) or one whole piece (by its number) again, beside the delivery.

    The manifests say what was delivered, the member file what stands on it.

    :raises BadJob: when nothing such was delivered, or the member file has it no longer.
    :raises Held: when the member file has it otherwise now, so that it may not be printed.
    :raises BadBatch: when the sheet is not the delivered one; nothing is left behind.
    """
    layout = layout_of(job)
    check_title(job, layout.file.titles)
    batch, first_sheet, entries = entries_of_piece(job.folder, record=record, piece=piece)
    unchanged(batch)
    bench = Bench(job, layout)
    again = _sheets_again(job, first_sheet, entries)
    wanted = [n for n, entry in enumerate(entries) if record in ("", entry.record)]
    out = job.outbox / f"{job.name}-reprint-{record or f'piece-{piece}'}.pdf"
    sheets = [again[n] for n in wanted]
    with _whole(out) as half:
        printed = _print(bench, sheets, entries[0].sequence, half, inserted=not record)
        _compare(half, batch, entries[wanted[0]].page_from - 1, sheets[0].record)
    return Drawn(out, sheets[0].record, sheets[0].content.variant, len(sheets), printed.pages)


def _sheets_again(job: Job, first_sheet: int, entries: Sequence[Entry]) -> list[Sheet]:
    """Make all sheets of a delivered piece again; ``first_sheet`` is the number of its first in the print file."""
    rules = job.mailing
    members = find_members(job, {entry.record for entry in entries})
    in_order = tuple(members[entry.record] for entry in entries)
    piece = make_piece(entries[0].sequence, in_order, envelope=rules.envelope, route=rules.route)
    sheets = list(sheets_of(job, piece, first_sheet))
    for sheet, entry in zip(sheets, entries, strict=True):
        variant = spelled(sheet.content.variant)
        if variant != entry.variant:
            raise _changed(entry.record, f"it was delivered as {entry.variant} and is {variant} now")
    return sheets


def _check_wanted(layout: Layout, wanted: Mapping[str, str]) -> None:
    known = [f"{fact}={value}" for fact, values in layout.document.facts.items() for value in values]
    for key, value in wanted.items():
        if f"{key}={value}" not in known:
            meant = nearest(f"{key}={value}", known)
            raise BadLayout(f"{layout.name} has no variant {key}={value}; did you mean {meant}?")


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """Give a name to write under; what was written takes its real name when all went well, and goes when not."""
    half = out.with_name(f".{out.stem}.{os.getpid()}.pdf")
    try:
        yield half
        half.replace(out)
    finally:
        half.unlink(missing_ok=True)


def _print(bench: Bench, sheets: Sequence[Sheet], sequence: int, path: Path, *, inserted: bool) -> Printed:
    """Print sheets as one piece, with the job's inserts or without, and verify the file."""
    inserts = bench.inserts if inserted else []
    of_each = [bench.compile(sheet.content.variant) for sheet in sheets]
    file = PrintFile(path, of_each, bench.ruler)
    file.begin_piece(sheets[0].record, f"{sequence}-")
    for plate, sheet in zip(of_each, sheets, strict=True):
        file.add_sheet(plate, sheet.content.values)
    for insert in inserts:
        file.add_insert(insert)
    printed = file.finish(f"{bench.job.name} {sheets[0].record}")
    expected = [
        page
        for plate, sheet in zip(of_each, sheets, strict=True)
        for page in expected_pages(plate, sheet.content.values, sheet.record)
    ]
    expected += insert_pages(inserts)
    verify(path, expected, bench.fonts, {name for insert in inserts for name in insert.fonts})
    return printed


def _compare(again: Path, batch: Path, first_page: int, record: str) -> None:
    """Compare every page printed again with the delivered one, from ``first_page`` (from 0) on."""
    with pixels.opened(again) as new, pixels.opened(batch) as delivered:
        for page in range(new.page_count):
            if first_page + page >= delivered.page_count:
                raise _changed(record, "the piece has more pages now")
            pictures = delivered.pixels(first_page + page, PROOF_DPI), new.pixels(page, PROOF_DPI)
            found = pixels.difference(*pictures, PROOF_DPI)
            if found:
                raise _changed(record, f"page {first_page + page + 1} of {batch.name} differs: {found.boxes[0]}")


def _changed(record: str, what: str) -> BadBatch:
    return BadBatch(
        f"record {record} cannot be printed again as it was delivered: {what}; the member file, the insurer or the "
        "layout has changed since; bring back what was printed from, or run a job with the new data"
    )
