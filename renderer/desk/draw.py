"""One member → one sheet to look at, made by the press as in a run, on the plates that a run keeps."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from renderer.desk.choice import bend
from renderer.layout.load import Layout, check_document
from renderer.mailing.pieces import make_piece
from renderer.mailing.sheets import Sheet, content_alone, examine, sheets_of
from renderer.model.errors import BadJob, BadLayout
from renderer.model.findings import Finding, Held
from renderer.model.job import Job
from renderer.model.member import Member
from renderer.model.toml import advice
from renderer.model.variant import spelled
from renderer.press.press import Printed, PrintFile
from renderer.proof.placing import Beginning, ExpectedPage
from renderer.proof.verify import expected_pages, insert_pages, verify
from renderer.running.bench import Bench


@dataclass(frozen=True, slots=True)
class Drawn:
    """Sheets, or one piece, in a file of their own."""

    path: Path
    record: str
    """整理番号 of the first sheet."""
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
    check_document(job, layout)
    return draw_on(Bench(job, layout), member, out, wanted=wanted, reference=reference)


def draw_on(
    bench: Bench, member: Member, out: Path, *, wanted: Mapping[str, str] | None = None, reference: bool = False
) -> Drawn:
    """Do the same on what stands ready."""
    wanted, job, layout = wanted or {}, bench.job, bench.layout
    _check_wanted(layout, wanted)
    member = bend(member, wanted, job)
    piece = make_piece(1, (member,), job.mailing)
    (sheet,) = sheets_of(job, piece, 1)
    for key, value in wanted.items():
        if dict(sheet.content.variant)[key] != value:
            raise BadJob(
                f"{job.path.name}: no sheet of this job has {spelled(((key, value),))}; the insurer file decides it"
            )
    plate = bench.compile(sheet.content.variant)
    check_fits(bench, [member])
    with whole(out) as half:
        if reference:
            from renderer.layout.reference import moved, reference_pdf

            drawn = reference_pdf(layout, plate, bench.fixed, sheet.content.values, bench.ruler)
            half.write_bytes(moved(drawn, job.insurer.offset))
        else:
            print_pieces(bench, [(1, [sheet])], half, inserted=False)
    return Drawn(out, member.record, sheet.content.variant, 1, len(plate.pages))


def _check_wanted(layout: Layout, wanted: Mapping[str, str]) -> None:
    known = [spelled(((fact, value),)) for fact, values in layout.document.facts.items() for value in values]
    for fact in wanted.items():
        asked = spelled((fact,))
        if asked not in known:
            raise BadLayout(f"{layout.name} has no variant {asked}{advice(asked, known, '')}")


def check_fits(bench: Bench, members: Iterable[Member]) -> None:
    """Try the sheets of members as a run does.

    :raises Held: when a value does not fit or has no glyph.
    """
    findings: list[Finding] = []
    for member in members:
        content = content_alone(bench.job, member)
        findings += examine(bench.job, bench.ruler, bench.compile(content.variant), member, content.values)[0]
    if findings:
        raise Held(findings)


def _was_left(half: Path) -> bool:
    """Whether what was begun under a name of ``whole`` is of no process any longer."""
    process = half.suffixes[-2][1:] if len(half.suffixes) > 1 else ""
    try:
        if process.isdecimal():
            os.kill(int(process), 0)
    except (OverflowError, ProcessLookupError):
        return True
    except PermissionError:  # of somebody else's process
        pass
    return False


@contextmanager
def whole(out: Path) -> Iterator[Path]:
    """Give a name to write under; what was written takes its real name when all went well, and goes when not."""
    half = out.with_name(f".{out.stem}.{os.getpid()}.pdf")
    for left in out.parent.glob(f".{escape(out.stem)}.*.pdf"):
        if _was_left(left):  # a kill ended it, and a person is on it
            left.unlink(missing_ok=True)
    half.touch(0o600)  # for nobody else's eyes, as what is delivered
    try:
        yield half
        half.replace(out)
    finally:
        half.unlink(missing_ok=True)


def print_pieces(bench: Bench, pieces: Iterable[tuple[int, Sequence[Sheet]]], path: Path, *, inserted: bool) -> Printed:
    """Print sheets as pieces of these numbers, with the job's inserts or without, and verify the file."""
    inserts = bench.inserts if inserted else []
    after_piece = insert_pages(inserts, bench.job.mailing.inserts if inserted else ())
    printed = [(f"{sequence}-", [(sheet, bench.compile(sheet.content.variant)) for sheet in sheets])
               for sequence, sheets in pieces]  # fmt: skip
    title = f"{bench.job.name} {printed[0][1][0][0].record}"
    expected: list[ExpectedPage] = []
    plates, offset = [plate for _, sheets in printed for _, plate in sheets], bench.job.insurer.offset
    with PrintFile(path, plates, bench.ruler, offset) as file:
        for label, sheets in printed:
            begins: Beginning | None = Beginning(sheets[0][0].record, label)
            file.begin_piece(sheets[0][0].record, label)
            for sheet, plate in sheets:
                file.add_sheet(plate, sheet.content.values)
                expected += expected_pages(plate, sheet.content.values, sheet.record, begins, offset=offset)
                begins = None
            for insert in inserts:
                file.add_insert(insert)
            expected += after_piece
        done = file.finish(title)
    verify(path, title, expected, bench.fonts, {name for insert in inserts for name in insert.fonts})
    return done
