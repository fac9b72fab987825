"""Words to calls, for designers and QA: one sheet, a page again, a batch asked again, goldens, and what a layout hides.

The rooms that load WeasyPrint are imported by the commands that need them.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from renderer.cli.exits import ExitCode
from renderer.intake.jobfile import load_job
from renderer.layout.load import load_layout

if TYPE_CHECKING:  # for the tables; lint itself loads WeasyPrint
    from renderer.desk.lint import Linted
    from renderer.layout.widths import Measured

proofs = typer.Typer(no_args_is_help=True)
goldens = typer.Typer(help="Sheets that a person approved.", no_args_is_help=True)
proofs.add_typer(goldens, name="goldens")

JobPath = Annotated[Path, typer.Argument(metavar="JOB.toml", help="The job file.", show_default=False)]
Source = Annotated[
    Path | None,
    typer.Option("--source", metavar="CSV", help="Another member file than the job's.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
LayoutName = Annotated[
    str, typer.Argument(metavar="LAYOUT", help="A layout's folder, or its name in layouts/.", show_default=False)
]
OtherJob = Annotated[
    Path | None,
    typer.Option("--job", metavar="JOB.toml", help="Another job than the one of the fixtures.", show_default=False),
]
Cases = Annotated[
    list[str] | None, typer.Argument(metavar="[LAYOUT/CASE …]", help="Only these cases.", show_default=False)
]
Root = Annotated[
    Path | None, typer.Option("--root", metavar="DIR", help="Another folder of goldens.", show_default=False)
]
Drawing = Annotated[
    Path | None,
    typer.Option("--report", metavar="DIR", file_okay=False, help="Write what changed here, in pictures."),
]
WIDE = 160
"""Columns of a table that no terminal limits."""


@proofs.command()
def sheet(
    layout: LayoutName,
    job: OtherJob = None,
    member: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="The member to show.", show_default="the longest")
    ] = None,
    source: Source = None,
    record: Annotated[
        str | None, typer.Option(metavar="N", help="整理番号 of the member in --source.", show_default=False)
    ] = None,
    variant: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="Change the member to be of this variant.")
    ] = None,
    reference: Annotated[bool, typer.Option("--reference", help="Let WeasyPrint draw the whole sheet.")] = False,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="OUT.pdf|.png", help="Where to write it.")] = Path(
        "sheet.pdf"
    ),
    dpi: Annotated[int, typer.Option(min=20, max=1200, help="Of a .png, in grey.")] = 200,
    page: Annotated[int, typer.Option(min=0, help="The only page to draw as .png; 0 draws all.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Draw one sheet of a layout, to look at."""
    if (source is None) != (record is None) or (member is not None and source is not None) or record == "":
        raise typer.BadParameter("give --member FILE.toml, or --source CSV with --record N, or neither")
    if out.suffix not in {".pdf", ".png"} or not out.parent.is_dir():
        raise typer.BadParameter("give a .pdf or .png in a folder that exists", param_hint="-o")
    wanted = _pairs(variant or [])

    from renderer.desk.choice import find_members, load_member
    from renderer.desk.draw import LONGEST, draw_sheet, job_for
    from renderer.proof.pixels import draw_pictures

    found = load_layout(layout)
    if page > found.file.pages:
        raise typer.BadParameter(f"this layout has {found.file.pages} pages", param_hint="--page")
    loaded = load_job(job or job_for(found), source=source)
    person = find_members(loaded, {record})[record] if record else load_member(member or LONGEST, loaded)
    with tempfile.TemporaryDirectory() as folder:
        pdf = out if out.suffix == ".pdf" else Path(folder) / "sheet.pdf"
        drawn = draw_sheet(loaded, found, person, pdf, wanted=wanted, reference=reference)
        files = [out] if pdf is out else draw_pictures(pdf, out, dpi, page)
    facts = {"record": drawn.record, "variant": dict(drawn.variant), "pages": drawn.pages}
    _answer({"files": [str(file) for file in files], **facts}, map(str, files), as_json)


@proofs.command()
def specimen(
    out: Annotated[Path, typer.Option("-o", "--out", metavar="OUT.pdf", help="Where to write it.")] = Path(
        "specimen.pdf"
    ),
    as_json: AsJson = False,
) -> None:
    """Print every hard character of the fixtures, large, with code points, font and selector."""
    if not out.parent.is_dir():
        raise typer.BadParameter("give a file in a folder that exists", param_hint="-o")
    from renderer.desk.draw import JOBS
    from renderer.desk.golden_cases import HARD_FILES
    from renderer.desk.specimen import print_specimen

    printed = print_specimen(load_job(next(iter(JOBS.values()))), HARD_FILES, out)
    _answer({"files": [str(out)], "pages": printed.pages, "sha256": printed.sha256}, [str(out)], as_json)


@proofs.command()
def reprint(
    job: JobPath,
    record: Annotated[
        str | None, typer.Option(metavar="N", help="整理番号 of the sheet to print again.", show_default=False)
    ] = None,
    piece: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Number of the piece to print again.", show_default=False)
    ] = None,
    source: Source = None,
    outbox: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Another outbox than the job's.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print one delivered sheet or piece again, the same to the last pixel, beside the delivery."""
    if (record is None) == (piece is None) or record == "":
        raise typer.BadParameter("give --record N or --piece N")
    from renderer.desk.draw import reprint as print_again

    drawn = print_again(load_job(job, source=source, outbox=outbox), record=record or "", piece=piece or 0)
    facts = {**asdict(drawn), "path": str(drawn.path), "variant": dict(drawn.variant)}
    _answer(facts, [f"{drawn.path}: sheets {drawn.sheets}, pages {drawn.pages}, as delivered"], as_json)


@proofs.command()
def verify(
    batch: Annotated[
        Path,
        typer.Argument(
            metavar="BATCH.pdf", exists=True, dir_okay=False, help="A delivered print file, its manifest beside it."
        ),
    ],
    job: Annotated[
        Path | None,
        typer.Option(metavar="JOB.toml", help="Names the insurer's own font and the inserts.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask again, of a delivered batch, all that its files can answer."""
    from renderer.desk.delivery import prove_delivered

    proved = prove_delivered(batch, load_job(job) if job else None)
    counts = f"{proved.pieces} pieces, {proved.sheets} sheets, {proved.pages} pages"
    _answer(asdict(proved), [f"{proved.name}: {counts}: all as its manifest says"], as_json)


@proofs.command()
def compare(
    golden: Annotated[Path, typer.Argument(metavar="GOLDEN.pdf", help="What was approved.", show_default=False)],
    new: Annotated[Path, typer.Argument(metavar="NEW.pdf", help="What is new.", show_default=False)],
    report: Drawing = None,
    as_json: AsJson = False,
) -> None:
    """Say what changed from one PDF to another, in millimetres and in words."""
    from renderer.proof.compare import compare as compare_files

    for path in (golden, new):
        if not path.is_file():
            raise typer.BadParameter(f"there is no file {path}")
    found = compare_files(golden, new)
    sentences = list(found.sentences())
    facts = {"same": found.same, "golden_pages": found.golden_pages, "new_pages": found.new_pages, "changes": sentences}
    if report:
        facts["report"] = str(found.report(report))
    lines = sentences if sentences else ["nothing changed"]
    _answer(facts, lines, as_json, ExitCode.ALL_PRINTED if found.same else ExitCode.BAD_BATCH)


@proofs.command()
def lint(layout: LayoutName, job: OtherJob = None, as_json: AsJson = False) -> None:
    """Say what would go wrong with a layout, before it does."""
    from renderer.desk.draw import JOBS, REALISTIC, check_document, job_for
    from renderer.desk.lint import lint as look_at
    from renderer.desk.specimen import LAYOUT as SPECIMEN
    from renderer.layout.widths import load_realistic
    from renderer.mailing.sheets import fixed_of

    found = load_layout(layout)
    usual = next(iter(JOBS.values())) if found.file.document == SPECIMEN else job_for(found)
    loaded = load_job(job or usual)
    if job:
        check_document(loaded, found)
    linted = look_at(found, fixed_of(loaded), load_realistic(REALISTIC))
    code = ExitCode.BAD_JOB if linted.faults else ExitCode.ALL_PRINTED
    if as_json:
        _answer({**asdict(linted), "exit_code": int(code)}, (), True, code)
    # Without markup: a sentence may say [slots.name].
    console = Console(markup=False, width=None if Console().is_terminal else WIDE)
    console.print(_widths(linted.measured))
    if linted.faults:
        console.print(_faults(linted))
    lines = [f"{linted.layout}: {linted.variants} variants, {len(linted.faults)} faults"]
    _answer({}, lines, False, code)


@goldens.command("check")
def check_goldens(cases: Cases = None, root: Root = None, report: Drawing = None, as_json: AsJson = False) -> None:
    """Draw every case and compare it with its golden: the same bytes, pixels and pages, none missing, none stray."""
    from renderer.desk.golden_cases import GOLDENS, golden_cases
    from renderer.press.fonts import FONTS
    from renderer.proof.goldens import check

    findings = check(root or GOLDENS, golden_cases(), FONTS, report, cases or ())
    facts = {"same": not findings, "findings": [asdict(finding) for finding in findings]}
    lines = [*map(str, findings), f"{len(findings)} findings"]
    _answer(facts, lines, as_json, ExitCode.BAD_BATCH if findings else ExitCode.ALL_PRINTED)


@goldens.command("approve")
def approve_goldens(cases: Cases = None, root: Root = None, as_json: AsJson = False) -> None:
    """Take the sheets as they are drawn now for goldens, and list what changed. Not under CI."""
    from renderer.desk.golden_cases import GOLDENS, golden_cases
    from renderer.press.fonts import FONTS
    from renderer.proof.goldens import approve

    changed = approve(root or GOLDENS, golden_cases(), FONTS, os.environ, cases or ())
    _answer({"changed": changed}, changed or ["nothing changed"], as_json)


def _pairs(variant: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for words in variant:
        key, equals, value = words.partition("=")
        if not (key and equals and value):
            raise typer.BadParameter("give KEY=VALUE, such as relation=dependant", param_hint="--variant")
        if key in found:
            raise typer.BadParameter(f"{key} is given twice", param_hint="--variant")
        found[key] = value
    return found


def _answer(
    facts: Mapping[str, Any], lines: Iterable[str], as_json: bool, code: ExitCode = ExitCode.ALL_PRINTED
) -> NoReturn:
    """Print the answer, as facts for machines or as lines for people, and end with the exit code."""
    typer.echo(json.dumps(facts, ensure_ascii=False, indent=2, default=str) if as_json else "\n".join(lines))
    raise typer.Exit(code)


def _faults(linted: Linted) -> Table:
    table = _table("code", "where", "what is wrong", "what to do", "variants")
    for fault in linted.faults:
        variants = f"{len(fault.variants)} of {linted.variants}" if fault.variants else ""
        table.add_row(fault.code, fault.where, fault.sentence, fault.action, variants)
    return table


def _widths(measured: Iterable[Measured]) -> Table:
    table = _table("slot", "mm", "pt", "fit", "widest 1 %", "as it is", "condensed", "shrunk", "held", "least")
    for row in measured:
        shares = (f"{count / row.values:.0%}" for count in (row.as_is, row.condensed, row.shrunk, row.held))
        table.add_row(row.slot, f"{row.width:g}", f"{row.size:g}", row.fit, str(row.values), *shares, row.least)
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
