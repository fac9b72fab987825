"""A job and what it names → the sum of everything that decides the bytes of its print files.

What is in a file counts, and what the file is for; where it stands and how it is called does not, so that a job may be
moved with all that is its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from renderer.intake.postcodes import edition
from renderer.model.job import Job, Selection
from renderer.model.sums import sum_of_all, sum_of_file
from renderer.press.versions import program_sum, versions


def made_of(job: Job, layout: str, fonts: Iterable[str]) -> str:
    """Return the sum of what a job is made of; ``layout`` is the sum of its layout, ``fonts`` those of the font files.

    :raises OSError: when a file of the job cannot be read.
    """
    insurer, select = job.insurer, job.select or Selection()
    may_be_missing = (job.columns, job.releases, insurer.seal, insurer.gaiji_font, insurer.gaiji_table)
    lists = (select.only, select.stopped)
    files = [job.path, job.insurer_file, *job.sources, *may_be_missing, *lists, *job.mailing.inserts]
    said = (replace(job.mailing, inserts=()), insurer.without_files())
    words = [job.name, job.document, job.title, job.issued_on.isoformat(), *map(repr, said)]
    contents = [sum_of_file(path) if path else "" for path in files]
    return sum_of_all([*words, layout, *fonts, program_sum(), *versions().values(), edition(), *contents])


def with_base(files: str, base: str) -> str:
    """Return the sum of ``made_of`` and of the names of the deliveries that a job is compared with."""
    return sum_of_all([files, base])
