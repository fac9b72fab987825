"""A job → what the approval of its 校正刷り binds to, and what of that is no longer so.

Who approves a proof has seen a layout, an insurer and the terms of a job, drawn by a program, and which column of the
member file stands where. That file and the lists of who gets a paper may be corrected afterwards; the rest may not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from renderer.documents.numbers import looks_like_my_number
from renderer.intake.postcodes import edition
from renderer.model.errors import BadJob
from renderer.model.job import Job, Selection
from renderer.model.sums import sum_of_all, sum_of_file
from renderer.press.versions import program_sum, versions

SHORT = 12
"""Digits of a sum that a person compares."""
LONGEST = 100
"""Characters of a name or a reason."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The sums of what is the same on every sheet of a job."""

    layout: str
    """Of the layout's folder and its parts."""
    insurer: str
    """Of what the insurer file says, the seal and the insurer's own characters."""
    terms: str
    """Of document, title, date of issue, mailing rules, inserts, the column map and what the job selects by."""
    program: str
    """Of the program, its libraries and the font files."""

    @property
    def short(self) -> str:
        """What a person compares: the same on the sign-off page and at the approval."""
        return sum_of_all(getattr(self, field.name) for field in fields(self))[:SHORT]

    def changed_since(self, approved: Bound) -> tuple[str, ...]:
        """Name the sums that are others than when it was approved."""
        names = (field.name for field in fields(self))
        return tuple(name for name in names if getattr(self, name) != getattr(approved, name))


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's word that a job may be printed as its proof shows it."""

    job: str
    """Name of the job; it is good for no other."""
    by: str
    """Who has approved it."""
    reason: str
    """What was said to it, "" for nothing."""
    bound: Bound
    """What was approved."""
    approved_at: str
    """Day and time in UTC."""


def bound_of(job: Job, layout: str, fonts: Iterable[str]) -> Bound:
    """Sum up what an approval of a job binds to; ``layout`` is the sum of its layout, ``fonts`` those of the fonts.

    :raises OSError: when a file of the job cannot be read.
    """
    insurer, rules = job.insurer, job.mailing
    own = (sum_of_file(path) if path else "" for path in (insurer.seal, insurer.gaiji_font, insurer.gaiji_table))
    selects = replace(job.select or Selection(), only=None, stopped=None)
    said = (replace(rules, inserts=()), selects)
    terms = [job.document, job.title, job.issued_on.isoformat(), *map(repr, said)]
    return Bound(
        layout=layout,
        insurer=sum_of_all([repr(insurer.without_files()), *own]),
        terms=sum_of_all([*terms, *(sum_of_file(path) if path else "" for path in (job.columns, *rules.inserts))]),
        program=sum_of_all([*fonts, program_sum(), *versions().values(), edition()]),
    )


def check_said(by: str, reason: str) -> None:
    """Check the words of who approves.

    :raises BadJob: when nobody is named, or a text has a line end, is too long or has twelve digits.
    """
    if not by.strip():
        raise BadJob("nobody is named; say with --by who has approved the proof")
    for option, said in (("--by", by), ("--reason", reason)):
        if len(said) > LONGEST or len(said.splitlines()) > 1 or looks_like_my_number(said):
            raise BadJob(
                f"{option} is one line of at most {LONGEST} characters, without twelve digits like those of a "
                "個人番号; write it so"
            )
