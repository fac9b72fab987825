"""Words to calls, for QA: what changed from one PDF or delivery to another, or on a scan of its print."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from renderer.cli.exits import ExitCode
from renderer.cli.scans import Ignored, IsScan, MostInk, MostShift, Rules, answer_scan
from renderer.cli.words import AsJson, Report, answer

if TYPE_CHECKING:  # it loads PDFium
    from renderer.review.compare import Comparison

reviewer = typer.Typer(no_args_is_help=True)


@reviewer.command()
def compare(
    golden: Annotated[
        Path, typer.Argument(metavar="GOLDEN", help="A PDF that was approved, or a delivery.", show_default=False)
    ],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="A PDF that is new, or a delivery.", show_default=False)],
    report: Report = None,
    scan: IsScan = False,
    tolerance: Rules = None,
    ignore: Ignored = None,
    most_shift: MostShift = None,
    most_ink: MostInk = None,
    as_json: AsJson = False,
) -> None:
    """Say what changed from one PDF or delivery to another, or on a scan, in millimetres and in words."""
    from renderer.desk.comparing import compare_by_workers
    from renderer.review.comparison_report import report_on
    from renderer.review.placement import laid_back
    from renderer.review.tolerance import tolerance_of

    for path in (golden, new):
        if not path.exists():
            raise typer.BadParameter(f"there is no file or folder {path}")
    if golden.is_dir() != new.is_dir():
        raise typer.BadParameter("give two PDFs, or two folders of deliveries")
    rules = tolerance_of(tolerance, ignore or (), most_shift, most_ink)
    if scan and (report or golden.is_dir()):
        raise typer.BadParameter("a scan is compared with one PDF, and without a report", param_hint="--scan")
    if scan:
        answer_scan(golden, new, rules, as_json)
    with laid_back(golden, new, rules.placement) if golden.is_file() else nullcontext((new, "")) as (file, placing):
        found = compare_by_workers(golden, file, rules)
        passed = list(rules.told(found.records))
        facts = {**_facts(found), "placing": placing, "tolerance": passed}
        if report:
            facts["report"] = str(report_on(found, report))
    counted = [str(found.counts)] if found.same or found.counts.are_many else []
    lines = [*filter(None, [placing]), *found.sentences(), *passed, *counted]
    answer(facts, lines, as_json, ExitCode.ALL_PRINTED if found.same else ExitCode.BAD_BATCH)


def _facts(found: Comparison) -> dict[str, Any]:
    return {
        "same": found.same,
        "golden_pages": found.golden_pages,
        "new_pages": found.new_pages,
        "counts": found.counts.facts,
        "changes": [
            {"golden_file": part.golden.name, "new_file": part.new.name, **asdict(record)}
            for part in found.parts
            for record in part.records
        ],
    }
