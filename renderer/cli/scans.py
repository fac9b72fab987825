"""Words that say what a comparison passes over, and the answer to how a scan differs from its golden."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from renderer.cli.exits import ExitCode
from renderer.cli.words import answer
from renderer.model.errors import BadJob

if TYPE_CHECKING:  # the rooms below are loaded by the commands that need them
    from renderer.review.tolerance import Tolerance

IsScan = Annotated[
    bool,
    typer.Option("--scan", help="NEW is a scan of paper: PDF, TIFF, PNG or JPEG. What a scanner does is forgiven."),
]
Rules = Annotated[
    Path | None,
    typer.Option(
        "--tolerance", metavar="compare.toml", exists=True, dir_okay=False, help="What is passed over, by rule.",
        show_default=False,
    ),
]  # fmt: skip
Ignored = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore", metavar="REGION|[PAGE:]X,Y,W,H", help="Pass over a region, or a box in mm; given often, several.",
        show_default=False,
    ),
]  # fmt: skip
MostShift = Annotated[
    float | None,
    typer.Option("--most-shift", metavar="MM", min=0, help="Pass over moves up to this.", show_default=False),
]
MostInk = Annotated[
    float | None,
    typer.Option(
        "--most-ink", metavar="PART", min=0, max=1, help="Pass over inks that differ up to this part of 1.",
        show_default=False,
    ),
]  # fmt: skip


def answer_scan(golden: Path, scan: Path, rules: Tolerance, as_json: bool) -> NoReturn:
    """Say what a scan shows otherwise than its golden, and how it lay on the glass.

    :raises BadJob: where OpenCV is missing; BadBatch when a file cannot be opened
    """
    try:
        from renderer.review.scans import compare_scan
    except ModuleNotFoundError:
        raise BadJob("--scan: OpenCV is not installed; install renderer[scan]") from None
    found = compare_scan(golden, scan)
    judged = rules.applied(found.records)
    counted = [record.sentence for record in judged if not record.ignored_by]
    facts = {
        "same": not counted,
        "golden_pages": found.golden_pages,
        "new_pages": found.scanned_pages,
        "placing": list(found.placings()),
        "changes": [asdict(record) for record in judged],
        "tolerance": list(rules.told(judged)),
    }
    lines = [*found.placings(), *(counted or ["nothing changed"]), *rules.told(judged)]
    answer(facts, lines, as_json, ExitCode.BAD_BATCH if counted else ExitCode.ALL_PRINTED)
