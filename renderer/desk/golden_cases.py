"""The examples of a pack → the cases of its goldens: every variant with a typical member, the richest with hard ones.

typical-<variant>                 every variant of each document
longest, shortest, rarest         every field as long, as short, in characters as rare as may be
<case>                            the typical member in each job of examples/<document>/: what a job may switch on
<layout>/typical, longest         of each other layout of the document, such as large print
specimen/hard-characters          every hard character of our examples
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from renderer.desk.choice import load_member
from renderer.desk.draw import draw_sheet
from renderer.desk.examples import HARD_FILES, find_example, load_example, switched_jobs
from renderer.desk.specimen import LAYOUT, print_specimen
from renderer.documents.registry import DOCUMENTS
from renderer.intake.packs import documents_of
from renderer.layout.load import Layout, layout_of, load_layout
from renderer.model.insurer import UNMOVED
from renderer.model.job import Job, Route
from renderer.model.variant import Variant
from renderer.review.golden_files import Case

TYPICAL = "typical"
IN_SERVICE = "in-service"
"""The typical member, as one to whom a workplace hands the piece out."""
LONGEST = "longest"
EXTREMES = (LONGEST, "shortest", "rarest")


def golden_cases(outbox: Path | None = None, pack: Path | None = None) -> Iterator[Case]:
    """Yield every case of a pack, or of ours; plates are kept in ``outbox``, or where those of the examples are."""
    ours = documents_of(None)
    for name, document in documents_of(pack).items():
        if document.is_of_members and pack is not None and name in ours:
            yield from _cases_of_layouts(load_example(name, pack, outbox=outbox), pack, outbox)
        elif document.is_of_members:
            yield from _cases_of(load_example(name, pack, outbox=outbox), outbox)
    if pack is None:
        job = load_example(next(iter(DOCUMENTS)), outbox=outbox)
        yield Case(LAYOUT, "hard-characters", load_layout(LAYOUT).digest(), partial(_specimen, job))


def _cases_of(job: Job, outbox: Path | None) -> Iterator[Case]:
    for variant in layout_of(job).variants():
        name = "-".join([TYPICAL, *(f"{fact}-{value}" for fact, value in variant)])
        yield _case(job, name, TYPICAL, variant)
    for name in EXTREMES:
        yield _case(job, name, name)
    for name, switched in switched_jobs(job.document, job.pack, outbox):
        member = IN_SERVICE if switched.mailing.route is Route.WORKPLACE else TYPICAL
        yield _case(switched, name, member)
    for layout in _other_layouts(job):
        for name in (TYPICAL, LONGEST):
            yield _case(replace(job, layout=layout.name), name, name)


def _cases_of_layouts(job: Job, pack: Path, outbox: Path | None) -> Iterator[Case]:
    """Yield the cases of what a pack lays out of a document of ours."""
    if layout_of(job).folder.is_relative_to(pack.resolve()):
        yield from _cases_of(job, outbox)
        return
    for layout in _other_layouts(job, pack / "layouts"):
        for name in (TYPICAL, LONGEST):
            yield _case(replace(job, layout=layout.name), name, name)


def _other_layouts(job: Job, folder: Path | None = None) -> Iterator[Layout]:
    """Yield the layouts of a job's document in a folder, or those that lie beside the one of its name."""
    for toml in sorted((folder or layout_of(job).folder.parent).glob("*/layout.toml")):
        layout = load_layout(toml.parent.name, job.pack, here=False)
        if layout.document.name == job.document and layout.name != job.layout:
            yield layout


def _case(job: Job, name: str, member: str, variant: Variant = ()) -> Case:
    layout = layout_of(job)
    return Case(layout.name, name, layout.digest(), partial(_draw, job, member, variant))


def _draw(job: Job, member: str, variant: Variant, out: Path) -> None:
    path = find_example(f"members/{member}.toml", job.pack)
    assert path is not None  # noqa: S101 - ours has all of them
    job = replace(job, insurer=replace(job.insurer, offset=UNMOVED))  # a golden shows no printer
    draw_sheet(job, layout_of(job), load_member(path, job), out, wanted=dict(variant))


def _specimen(job: Job, out: Path) -> None:
    print_specimen(job, HARD_FILES, out)
