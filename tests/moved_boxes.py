"""A layout, copied to be changed → its boxes, its plans, and what lint says of what it declares."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

from renderer.desk.declared import Declared
from renderer.desk.examples import example_path
from renderer.desk.faults import Fault
from renderer.intake.jobfile import load_job
from renderer.layout.boxes import Boxes
from renderer.layout.compiling import compile_sheet
from renderer.layout.engine import one_thread
from renderer.layout.load import LAYOUTS, Fixed, Layout, load_layout
from renderer.mailing.sheets import fixed_of
from renderer.model.insurer import CardCorner
from renderer.studio.boxes import Placed, Sheet, boxes_of
from renderer.studio.moves import Plan, Planner
from renderer.studio.parts import BoxId, Side


def copied(parent: Path, name: str = "eligibility_notice") -> Layout:
    """Copy our layouts with their common parts, and load one of the copies."""
    folder = parent / "layouts"
    if not folder.exists():
        shutil.copytree(LAYOUTS, folder)
    return load_layout(folder / name)


def job_of(layout: Layout) -> Fixed:
    return fixed_of(load_job(example_path(layout.document.name)))


@one_thread()
def sheet_of(layout: Layout, fixed: Fixed, number: int = 0) -> Sheet:
    """Compile one of the variants of a layout, and return its boxes."""
    variant = list(layout.variants())[number]
    return boxes_of(layout, layout.digest(), variant, fixed, compile_sheet(layout, variant, fixed))


def reloaded(layout: Layout) -> Layout:
    return load_layout(layout.folder)


def box(sheet: Sheet, kind: str, name: str, ordinal: int = 0) -> Placed:
    found = (one for one in sheet.placed if (one.id.kind, one.id.name, one.id.ordinal) == (kind, name, ordinal))
    return next(found)


def plan(sheet: Sheet, one: BoxId, by: Mapping[Side, float]) -> Plan:
    return Planner(sheet).plan(one, by)


def write(planned: Plan) -> None:
    for path, data in planned.written.items():
        path.write_bytes(data)


def said(planned: Plan) -> list[tuple[str, str, str, str]]:
    return [(edit.source.file, edit.name, edit.before, edit.after) for edit in planned.edits]


@one_thread()
def declared_faults(layout: Layout, *jobs: Fixed) -> Iterator[Fault]:
    """Yield what lint says of the boxes of the first variant under these jobs."""
    for job in jobs:
        plate, pages = compile_sheet(layout, next(layout.variants()), job)
        yield from Declared(layout.file).faults(plate, Boxes(pages, plate.calls))


@lru_cache
def ready(name: str = "eligibility_notice", **switched: object) -> Planner:
    """Return the planner of a copy that stays as it is; ``switched`` are switches of its job that are otherwise."""
    layout = copied(Path(mkdtemp()), name)
    return Planner(sheet_of(layout, replace(job_of(layout), **switched)))  # type: ignore[arg-type]


def in_both_corners(job: Fixed) -> list[Fixed]:
    """Return a job with the card in the one corner, and in the other."""
    return [replace(job, insurer=replace(job.insurer, card_corner=corner)) for corner in CardCorner]
