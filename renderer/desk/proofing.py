"""A job → its 校正刷り: real sheets of the member file, stamped 見本, and a page on which the insurer signs.

Of each variant the sheet that is hardest to set and the first one, and the first pieces, each printed as in a run: by
the press, as a sheet of its piece, and proved. Only then are they stamped. Real members stand on them, so what is made
is for nobody else's eyes (files 0600 in a folder 0700); it appears whole or not at all.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from renderer.desk.draw import print_pieces
from renderer.desk.sign_off import BEGINNING, ShownSheet, ToSign, sign_off_page
from renderer.desk.stamp import stamp
from renderer.intake.store import decoded
from renderer.mailing.batches import first_of, records_of, sheets_before
from renderer.mailing.pieces import read_chunk, write_chunk
from renderer.mailing.sheets import Sheet, sheets_of
from renderer.model.errors import BadJob
from renderer.model.job import Job
from renderer.model.sums import sum_of_file
from renderer.running.approval import bound_of
from renderer.running.bench import Bench
from renderer.running.checking import tried
from renderer.running.names import PROOF
from renderer.running.progress import Progress, silent
from renderer.running.run import Run
from renderer.running.words import words

SHEETS, SIGN_OFF = "proof.pdf", "sign-off.pdf"
FILES = (SHEETS, SIGN_OFF, PROOF)


@dataclass(frozen=True, slots=True)
class ProofPiece:
    """A piece of which a proof shows some sheets."""

    number: int
    """In mailing order, from 1."""
    sheets: tuple[Sheet, ...]
    """Those that are shown."""
    why: tuple[tuple[str, ...], ...]
    """Of each, why it is."""


def make_proof(job: Job, folder: Path, *, workers: int | None = None, progress: Progress = silent) -> ToSign:
    """Print the proof of a job into a folder, which is new or has an earlier proof; the same bytes for the same job.

    :raises BadJob: when no record can be printed, or something else is in the folder.
    :raises BadLayout, BadBatch: as a run does.
    """
    with _whole(folder, job) as half, tried(job, workers=workers, progress=progress) as (steps, once):
        if not steps.batches:
            raise BadJob(f"{job.name}: no record can be printed, so there is no proof; see why with renderer check")
        pieces = list(_pieces(steps))
        pages = _print(steps, pieces, half)
        to_sign = ToSign(
            job=job,
            layout=steps.layout.name,
            bound=bound_of(job, steps.layout.digest(), steps.fonts.values()),
            checked=steps.checked(once),
            pieces=sum(batch.pieces for batch in steps.batches),
            records=tuple((variant, count) for variant in steps.layout.variants()
                          if (count := records_of(steps.store, variant))),
            sheets=tuple(_shown(pieces, steps.layout.file.pages)),
            pages=pages,
            file=SHEETS,
        )  # fmt: skip
        _write_sign_off(to_sign, half / SIGN_OFF)
        _write_facts(to_sign, half)
    return to_sign


def _print(steps: Run, pieces: Sequence[ProofPiece], folder: Path) -> int:
    """Print and prove the sheets, and stamp them; return how many pages they have."""
    plain = folder / f".{SHEETS}"
    bench = Bench(steps.job, steps.layout, steps.kept)
    printed = print_pieces(bench, [(piece.number, piece.sheets) for piece in pieces], plain, inserted=False)
    stamp(plain, folder / SHEETS, words(steps.job.language).say("proof_stamped", job=steps.job.name))
    plain.unlink()
    return printed.pages


def _pieces(steps: Run) -> Iterator[ProofPiece]:
    """Yield the pieces that have something to show, each sheet as it stands in the run."""
    chosen = _chosen(steps)
    for number in sorted(chosen):
        batch = next(batch for batch in steps.batches if batch.last_piece >= number)
        (piece,) = read_chunk(write_chunk(steps.store, number, number), steps.job.mailing)
        sheets = sheets_of(steps.job, piece, sheets_before(steps.store, batch, number) + 1)
        shown = tuple(sheet for sheet in sheets if sheet.record in chosen[number])
        yield ProofPiece(number, shown, tuple(tuple(chosen[number][sheet.record]) for sheet in shown))


def _chosen(steps: Run) -> dict[int, dict[str, list[str]]]:
    """Choose what is shown: number of a piece → record of a sheet of it → why."""
    chosen: dict[int, dict[str, list[str]]] = {}

    def show(piece: int, record: str, why: str) -> None:
        chosen.setdefault(piece, {}).setdefault(record, []).append(why)

    for variant in steps.layout.variants():
        if records_of(steps.store, variant):
            piece, record, _ = steps.samples.hardest_in_a_piece(steps.store, variant)
            show(piece, record, "hardest")
            piece, member = first_of(steps.store, variant)
            show(piece, decoded(member).record, "first")
    for found in read_chunk(write_chunk(steps.store, 1, BEGINNING), steps.job.mailing):
        for one in found.members:
            show(found.sequence, one.record, "begins")
    return chosen


def _shown(pieces: Sequence[ProofPiece], pages: int) -> Iterator[ShownSheet]:
    page = 1
    for piece in pieces:
        for sheet, why in zip(piece.sheets, piece.why, strict=True):
            yield ShownSheet(sheet.record, sheet.content.variant, piece.number, page, why)
            page += pages


def _write_sign_off(to_sign: ToSign, path: Path) -> None:
    from renderer.layout.engine import draw_paper

    path.write_bytes(draw_paper(SIGN_OFF, sign_off_page(to_sign), to_sign.job.insurer))


def _write_facts(to_sign: ToSign, folder: Path) -> None:
    """Write for machines what stands on the page, and the sums of both files."""
    job, checked = to_sign.job, to_sign.checked
    facts: dict[str, Any] = {
        "job": job.name,
        "document": job.document,
        "title": job.title,
        "issued_on": job.issued_on.isoformat(),
        "insurer": f"{job.insurer.number} {job.insurer.name}",
        "layout": to_sign.layout,
        "sum": to_sign.bound.short,
        "bound": asdict(to_sign.bound),
        "read": checked.read,
        "printable": checked.valid,
        "held": checked.held,
        "not_selected": to_sign.not_selected,
        "pieces": to_sign.pieces,
        "findings": {one.first.code: one.records for one in (*checked.reasons, *checked.notes)},
        "variants": [{"variant": dict(variant), "records": records} for variant, records in to_sign.records],
        "sheets": [{**asdict(sheet), "variant": dict(sheet.variant)} for sheet in to_sign.sheets],
        "sums": {name: sum_of_file(folder / name) for name in (SHEETS, SIGN_OFF)},
    }
    (folder / PROOF).write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


@contextmanager
def _whole(folder: Path, job: Job) -> Iterator[Path]:
    """Give a folder to write in, for nobody else's eyes; it takes its name when all went well, and goes when not."""
    folder = folder.resolve()
    _check_place(folder, job)
    half = folder.with_name(f".{folder.name}.{os.getpid()}")
    half.mkdir(mode=0o700)
    try:
        yield half
        for path in half.iterdir():
            path.chmod(0o600)
        if folder.exists():
            shutil.rmtree(folder)
        half.replace(folder)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _check_place(folder: Path, job: Job) -> None:
    if not folder.parent.is_dir():
        raise BadJob(f"{folder}: there is no folder {folder.parent}; make it, or give another with -o")
    is_free = not folder.exists() or (folder.is_dir() and all(path.name in FILES for path in folder.iterdir()))
    if folder == job.folder.resolve() or not is_free:
        raise BadJob(f"{folder}: is the place of something else than a proof; give another with -o")
