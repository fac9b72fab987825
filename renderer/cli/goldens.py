"""Words to calls, for QA: what changed against the approved sheets, who approves it or does not, and why.

The rooms that load WeasyPrint are imported by the commands that need them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from renderer.cli.asking import By, Reason, approve_shown, given_or_asked
from renderer.cli.exits import ExitCode
from renderer.cli.words import AsJson, PackPath, Report, answer

if TYPE_CHECKING:  # it loads PDFium
    from renderer.review.golden_files import Case
    from renderer.review.goldens import CheckedGoldens

goldens = typer.Typer(help="Sheets that a person approved.", no_args_is_help=True)

Cases = Annotated[
    list[str] | None, typer.Argument(metavar="[LAYOUT/CASE …]", help="Only these cases.", show_default=False)
]
Root = Annotated[
    Path | None, typer.Option("--root", metavar="DIR", help="Another folder of goldens.", show_default=False)
]
GOLDENS = Path("tests/goldens")
"""Where approved sheets lie, below the folder one stands in, unless --root names another."""


@goldens.command()
def check(
    cases: Cases = None,
    root: Root = None,
    pack: PackPath = None,
    report: Report = None,
    junit: Annotated[
        Path | None,
        typer.Option("--junit", metavar="FILE", dir_okay=False, help="Write the outcome here, as JUnit's XML."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draw every case and compare it with its golden: the same bytes, pixels and pages, approved, none stray."""
    from renderer.press.fonts import FONTS
    from renderer.review.goldens import check
    from renderer.review.junit import write_junit
    from renderer.review.made_with import made_with

    checked = check(root or goldens_of(pack), _cases(pack), made_with(FONTS), report, cases or ())
    if junit:
        junit.parent.mkdir(parents=True, exist_ok=True)
        junit.write_text(write_junit(checked), encoding="utf-8")
    found = checked.findings
    notes = sum(finding.is_note for finding in found)
    facts = {"same": checked.same, "findings": [asdict(finding) for finding in found]}
    lines = [*map(str, found), f"{len(found) - notes} findings" + (f", {notes} notes" if notes else "")]
    answer(facts, lines, as_json, _code(checked))


@goldens.command()
def approve(
    cases: Cases = None,
    root: Root = None,
    pack: PackPath = None,
    report: Report = None,
    by: By = None,
    reason: Reason = None,
    yes: Annotated[bool, typer.Option("--yes", help="Approve without being asked.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what changed, ask who approves it and why, and take it for goldens. Not under CI."""
    from renderer.press.fonts import FONTS
    from renderer.review.approving import proposed
    from renderer.review.made_with import made_with

    tools = made_with(FONTS)
    with proposed(root or goldens_of(pack), _cases(pack), tools, os.environ, cases or ()) as proposal:
        written = approve_shown(proposal, by, reason, yes, report)
    answer({"changed": written}, written or ["nothing changed"], as_json)


@goldens.command()
def reject(
    cases: Annotated[list[str], typer.Argument(metavar="LAYOUT/CASE …", help="These cases.", show_default=False)],
    root: Root = None,
    pack: PackPath = None,
    by: By = None,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Write down who does not want a sheet as it is drawn now, and why: the check tells it. Not under CI."""
    from renderer.review.approving import reject

    signature = given_or_asked(by, reason)
    rejected = reject(root or goldens_of(pack), _cases(pack), os.environ, cases, *signature)
    answer({"rejected": rejected}, [f"rejected by {signature[0]}: {stem}" for stem in rejected], as_json)


@goldens.command()
def take(
    review: Annotated[
        Path, typer.Argument(metavar="REVIEW.json", exists=True, dir_okay=False, help="What a report has saved.")
    ],
    root: Root = None,
    pack: PackPath = None,
    as_json: AsJson = False,
) -> None:
    """Write what people judged in a report: which sheets they approved and rejected, and why. Not under CI."""
    from renderer.press.fonts import FONTS
    from renderer.review.approving import proposed
    from renderer.review.made_with import made_with
    from renderer.review.verdicts import read_review

    judged = read_review(review)
    cases = [case for case in _cases(pack) if case.stem in {verdict.name for verdict in judged.verdicts}]
    only = [case.stem for case in cases]
    with proposed(root or goldens_of(pack), cases, made_with(FONTS), os.environ, only) as proposal:
        plan = proposal.plan(judged)
        written = proposal.settle(plan)
    code = ExitCode.BAD_BATCH if plan.left else ExitCode.ALL_PRINTED
    lines = [*written, *plan.left] or ["nothing changed"]
    answer({"changed": written, "left": plan.left}, lines, as_json, code)


def goldens_of(pack: Path | None) -> Path:
    """Return the folder of the approved sheets of a pack, or of ours."""
    return pack / "goldens" if pack else GOLDENS


def _cases(pack: Path | None) -> Iterator[Case]:
    from renderer.desk.golden_cases import golden_cases

    return golden_cases(pack=pack)


def _code(checked: CheckedGoldens) -> ExitCode:
    if checked.unreadable:
        return ExitCode.UNREADABLE
    return ExitCode.ALL_PRINTED if checked.same else ExitCode.BAD_BATCH
