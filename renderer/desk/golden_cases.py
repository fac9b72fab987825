"""The fixtures → the cases of the goldens: every variant with a typical member, the richest with the hardest ones.

typical-<variant>                 every variant of each document
longest, shortest, rarest         every field as long, as short, in characters as rare as may be
left-card, inserter-omr, …        what a job may switch on
specimen/hard-characters          every hard character of the fixtures
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from renderer.desk.choice import load_member
from renderer.desk.draw import FIXTURES, JOBS, draw_sheet
from renderer.desk.specimen import LAYOUT, print_specimen
from renderer.documents.document import NOTICE
from renderer.intake.jobfile import load_insurer, load_job
from renderer.layout.load import Layout, load_layout
from renderer.model.insurer import CardCorner
from renderer.model.job import Job, Route
from renderer.proof.goldens import Case

GOLDENS = FIXTURES.parent / "tests" / "goldens"
MEMBERS = FIXTURES / "sheets"
HARD_FILES = (FIXTURES / "hard.csv", FIXTURES / "members.csv")
EXTREMES = ("longest", "shortest", "rarest")


def golden_cases(outbox: Path | None = None) -> Iterator[Case]:
    """Yield every case; plates are kept in ``outbox``, or in the one of the fixtures."""
    for document, path in JOBS.items():
        job, layout = load_job(path, outbox=outbox), load_layout(document)
        for variant in layout.variants():
            name = "-".join(["typical", *(f"{key}-{value}" for key, value in variant.items())])
            yield Case(document, name, _sheet(job, layout, "typical", variant))
        for name in EXTREMES:
            yield Case(document, name, _sheet(job, layout, name))
        for name, switched in _switched(job).items():
            yield Case(document, name, _sheet(switched, layout, "typical"))
    job = load_job(next(iter(JOBS.values())), outbox=outbox)
    yield Case(LAYOUT, "hard-characters", lambda out: _specimen(job, out))


def _sheet(job: Job, layout: Layout, member: str, variant: Mapping[str, str] | None = None) -> Any:
    return partial(_draw, job, layout, MEMBERS / f"{member}.toml", variant or {})


def _draw(job: Job, layout: Layout, member: Path, variant: Mapping[str, str], out: Path) -> None:
    draw_sheet(job, layout, load_member(member, job), out, wanted=variant)


def _specimen(job: Job, out: Path) -> None:
    print_specimen(job, HARD_FILES, out)


def _switched(job: Job) -> dict[str, Job]:
    """Name jobs that switch on what the demo's leaves off, and off what it has on."""
    insurer, rules = job.insurer, job.mailing
    bare = replace(job, insurer=replace(insurer, seal=None, portal_url=""))
    long = replace(job, insurer=load_insurer(FIXTURES / "long-insurer.toml"))
    by_workplace = replace(job, mailing=replace(rules, route=Route.WORKPLACE))
    if job.document == NOTICE:
        left = replace(job, insurer=replace(insurer, card_corner=CardCorner.LEFT))
        omr = replace(job, mailing=replace(rules, inserter_marks="omr"))
        return {
            "left-card": left,
            "inserter-omr": omr,
            "no-seal-no-portal": bare,
            "by-workplace": by_workplace,
            "long-insurer": long,
        }
    return {
        "inserter-qr": replace(job, mailing=replace(rules, inserter_marks="qr")),
        "no-seal": bare,
        "long-insurer": long,
    }
