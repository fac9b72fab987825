"""A delivered sheet or piece → the same, printed again beside the delivery.

It is made by the press as in a run, proved like a batch, and then compared with the delivered pages: it is the same to
the last pixel, or there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from renderer.desk.choice import find_members
from renderer.desk.delivery import entries_of_piece
from renderer.desk.draw import Drawn, check_fits, print_piece, whole
from renderer.intake.jobfile import check_title
from renderer.layout.load import layout_of
from renderer.mailing.pieces import make_piece
from renderer.mailing.sheets import Sheet, sheets_of
from renderer.model.errors import BadBatch
from renderer.model.job import Job
from renderer.model.paper import PROOF_DPI
from renderer.model.variant import spelled
from renderer.proof import pixels
from renderer.running.bench import Bench
from renderer.running.manifest import Entry


def reprint(job: Job, *, record: str = "", piece: int = 0) -> Drawn:
    """Print one delivered sheet (by 整理番号) or one whole piece (by its number) again, beside the delivery.

    The manifests say what was delivered, the member file what stands on it.

    :raises BadJob: when nothing such was delivered, or the member file has it no longer.
    :raises Held: when the member file has it otherwise now, so that it may not be printed or does not fit.
    :raises BadBatch: when the sheet is not the delivered one; nothing is left behind.
    """
    layout = layout_of(job)
    check_title(job, layout.file.titles)
    batch, first_sheet, entries = entries_of_piece(job.folder, record=record, piece=piece)
    bench = Bench(job, layout)
    again = _sheets_again(bench, first_sheet, entries)
    wanted = [n for n, entry in enumerate(entries) if record in ("", entry.record)]
    out = job.outbox / f"{job.name}-reprint-{record or f'piece-{piece}'}.pdf"
    sheets = [again[n] for n in wanted]
    with whole(out) as half:
        printed = print_piece(bench, sheets, entries[0].sequence, half, inserted=not record)
        _compare(half, batch, entries[wanted[0]].page_from - 1, sheets[0].record)
    return Drawn(out, sheets[0].record, sheets[0].content.variant, len(sheets), printed.pages)


def _sheets_again(bench: Bench, first_sheet: int, entries: Sequence[Entry]) -> list[Sheet]:
    """Make all sheets of a delivered piece again; ``first_sheet`` is the number of its first in the print file."""
    job = bench.job
    members = find_members(job, {entry.record for entry in entries})
    in_order = tuple(members[entry.record] for entry in entries)
    piece = make_piece(entries[0].sequence, in_order, job.mailing)
    sheets = list(sheets_of(job, piece, first_sheet))
    for sheet, entry in zip(sheets, entries, strict=True):
        variant = spelled(sheet.content.variant)
        if variant != entry.variant:
            raise _changed(entry.record, f"it was delivered as {entry.variant} and is {variant} now")
    check_fits(bench, in_order)
    return sheets


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
