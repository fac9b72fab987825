"""Delivered sheets, or a piece → the same, printed again beside the delivery.

It is made by the press as in a run, proved like a batch, and then compared with the delivered pages: it is the same to
the last pixel, or there is none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from renderer.desk.delivery import DeliveredPiece, delivered_pieces, sheets_again
from renderer.desk.draw import Drawn, check_fits, print_pieces, whole
from renderer.intake.jobfile import check_title
from renderer.layout.load import layout_of
from renderer.mailing.sheets import Sheet
from renderer.model.errors import BadBatch
from renderer.model.job import Job
from renderer.model.paper import PROOF_DPI
from renderer.model.sums import sum_of_all
from renderer.model.variant import spelled
from renderer.proof import pixels
from renderer.running.bench import Bench

LONGEST_NAME = 100
"""Characters of a file's name that say what is in it."""


def reprint(job: Job, *, records: Collection[str] = (), piece: int = 0) -> Drawn:
    """Print delivered sheets (by 整理番号) or one whole piece (by its number) again, in mailing order, in one file.

    The manifests say what was delivered, the member file what stands on it.

    :raises BadJob: when nothing such was delivered, or the member file has it no longer.
    :raises Held: when the member file has it otherwise now, so that it may not be printed or does not fit.
    :raises BadBatch: when a sheet is not the delivered one; nothing is left behind.
    """
    layout = layout_of(job)
    check_title(job, layout.file.titles)
    pieces = delivered_pieces(job.folder, records, piece)
    bench = Bench(job, layout)
    wanted = [
        (one, [n for n, entry in enumerate(one.entries) if not records or entry.record in records]) for one in pieces
    ]
    again = _as_delivered(bench, pieces)
    chosen = [
        (one.entries[0].sequence, [sheets[n] for n in of_it])
        for (one, of_it), sheets in zip(wanted, again, strict=True)
    ]
    inserted = 0 if records else sum(len(insert.pages) for insert in bench.inserts)
    pages = [page for one, of_it in wanted for page in _pages(one, of_it, inserted)]
    first, *others = (sheet for _, sheets in chosen for sheet in sheets)
    out = job.outbox / f"{job.name}-reprint-{_name([one.record for one in (first, *others)], piece)}.pdf"
    with whole(out) as half:
        printed = print_pieces(bench, chosen, half, inserted=not records)
        _compare(half, pages)
    return Drawn(out, first.record, first.content.variant, 1 + len(others), printed.pages)


def _name(records: Sequence[str], piece: int) -> str:
    """Name what is printed again; where there are too many records for a file name, by the first and a sum of all."""
    named = f"piece-{piece}" if piece else "+".join(records)
    return named if len(named) <= LONGEST_NAME else f"{records[0]}+{len(records) - 1}-{sum_of_all(records)[:8]}"


def _as_delivered(bench: Bench, pieces: Sequence[DeliveredPiece]) -> list[list[Sheet]]:
    """Make all sheets of delivered pieces again; each must be of the variant it was delivered as, and still fit."""
    found = []
    for one, (members, sheets) in zip(pieces, sheets_again(bench.job, pieces), strict=True):
        for sheet, entry in zip(sheets, one.entries, strict=True):
            variant = spelled(sheet.content.variant)
            if variant != entry.variant:
                raise _changed(entry.record, f"it was delivered as {entry.variant} and is {variant} now")
        check_fits(bench, members)
        found.append(sheets)
    return found


@dataclass(frozen=True, slots=True)
class _Page:
    """A delivered page that is printed again."""

    batch: Path
    number: int
    """In that file, from 1."""
    record: str


def _pages(piece: DeliveredPiece, wanted: Sequence[int], inserted: int) -> Iterator[_Page]:
    """Name the delivered pages of some sheets of a piece, and those of its inserts."""
    for entry in (piece.entries[n] for n in wanted):
        for number in range(entry.page_from, entry.page_to + 1):
            yield _Page(piece.batch, number, entry.record)
    for after in range(1, inserted + 1):
        yield _Page(piece.batch, entry.page_to + after, entry.record)


def _compare(again: Path, pages: Sequence[_Page]) -> None:
    """Compare every page printed again with the delivered one."""
    with ExitStack() as files:
        new = files.enter_context(pixels.opened(again))
        batches = {batch: files.enter_context(pixels.opened(batch)) for batch in {page.batch for page in pages}}
        for at, page in enumerate(pages):
            delivered = batches[page.batch]
            if page.number > delivered.page_count:
                raise _changed(page.record, "the piece has more pages now")
            pictures = delivered.pixels(page.number - 1, PROOF_DPI), new.pixels(at, PROOF_DPI)
            found = pixels.difference(*pictures, PROOF_DPI)
            if found:
                where = f"page {page.number} of {page.batch.name} differs: {found.boxes[0]}"
                raise _changed(page.record, where)


def _changed(record: str, what: str) -> BadBatch:
    return BadBatch(
        f"record {record} cannot be printed again as it was delivered: {what}; the member file, the insurer or the "
        "layout has changed since; bring back what was printed from, or run a job with the new data"
    )
