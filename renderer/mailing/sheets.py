"""Piece → its sheets: what each says, on which plate, and whether every value fits there in its exact glyphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from renderer.documents.document import Content
from renderer.documents.eras import format_wareki
from renderer.intake.members import Needs
from renderer.intake.packs import document_of
from renderer.layout.load import Fixed
from renderer.mailing.households import MOST_SHEETS
from renderer.mailing.pieces import Piece, mailing_of, mailings, make_piece
from renderer.model.errors import BadLayout
from renderer.model.findings import Finding
from renderer.model.job import Job
from renderer.model.member import Member
from renderer.model.variant import spelled
from renderer.press.fitting import DoesNotFit
from renderer.press.fonts import Gaiji, code_points, load_gaiji
from renderer.press.plates import Plate
from renderer.press.ruler import Problem, Ruler, Strains


class Sheet(NamedTuple):
    """One sheet of a piece: what it says, and where it stands in its envelope."""

    content: Content
    record: str
    sheet: int
    """From 1."""
    sheets: int


def fixed_of(job: Job) -> Fixed:
    """Return what is the same on every sheet of a job."""
    return Fixed(
        title=job.title,
        issued_on=format_wareki(job.issued_on),
        customer_barcode=job.mailing.customer_barcode,
        inserter_marks=job.mailing.inserter_marks,
        insurer=job.insurer,
        route=str(job.mailing.route),
    )


def needs_of(job: Job) -> Needs:
    """Return what a job asks of every record."""
    document = document_of(job)
    return Needs(
        issued_on=job.issued_on,
        prints_ratio=job.insurer.prints_ratio,
        certifies=document.certifies,
        keeps_75=job.insurer.expiry.keeps_75,
        adds=document.columns.adds,
        examine=lambda member: document.examine(member, job),
        barcode=job.mailing.customer_barcode,
    )


def gaiji_of(job: Job) -> Gaiji | None:
    """Read the insurer's user-defined characters, if it has any.

    :raises BadJob: when its table and its font do not agree.
    """
    insurer = job.insurer
    return load_gaiji(insurer.gaiji_font, insurer.gaiji_table) if insurer.gaiji_font and insurer.gaiji_table else None


def sheets_of(job: Job, piece: Piece, sequence: int) -> Iterator[Sheet]:
    """Yield the sheets of a piece; ``sequence`` is the number of its first sheet in the print file, from 1."""
    for member, mailing in mailings(piece, sequence, job.mailing):
        yield Sheet(document_of(job).say(member, job, mailing), member.record, mailing.sheet, mailing.sheets)


def content_alone(job: Job, member: Member) -> Content:
    """Say what a member's sheet says alone in its envelope, with the most sheets that an envelope may have."""
    alone = make_piece(0, (member,), job.mailing)
    fullest = mailing_of(alone, (MOST_SHEETS, MOST_SHEETS, 0), "", job.mailing)
    return document_of(job).say(member, job, fullest)


def examine(
    job: Job, ruler: Ruler, plate: Plate, member: Member, values: Mapping[str, str]
) -> tuple[list[Finding], Strains]:
    """Try a member's sheet on its plate; return what is wrong with it, and where it is hard to set.

    :raises BadLayout: when the plate has no place for a value that the layout prints in other variants.
    """
    for slot in plate.left_out:
        if values.get(slot):
            raise BadLayout(
                f"{plate.layout}: slot '{slot}' has no place in the variant {spelled(plate.variant)}, and there is a "
                f"value for it; place it there, or take [slots.{slot}] out"
            )
    problems, strains = ruler.examine(plate, values)
    fields = document_of(job).fields if problems else {}
    # The same value stands in several places: one finding each for what is wrong, not for where.
    return list(dict.fromkeys(_finding(member, problem, fields[problem.slot].label) for problem in problems)), strains


def _finding(member: Member, problem: Problem, label: str) -> Finding:
    cause, where = problem.cause, (member.line, member.record)
    if isinstance(cause, DoesNotFit):
        return Finding.of("does-not-fit", *where, cause.form, slot=problem.slot, label=label, **dict(cause.numbers))
    named = {"slot": problem.slot, "label": label, "character": code_points(cause.cluster)}
    if cause.instead:
        named["instead"] = ", ".join(map(code_points, cause.instead[:12]))
        return Finding.of("no-glyph", *where, "instead", **named)
    return Finding.of("no-glyph", *where, **named)
