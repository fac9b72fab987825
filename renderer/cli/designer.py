"""Words to calls, for designers and QA: one sheet, a layout of one's own, what it hides, what changed.

The rooms that load WeasyPrint are imported by the commands that need them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from renderer.cli.exits import ExitCode
from renderer.cli.tables import console_for_tables, table_with
from renderer.cli.words import AsJson, LayoutName, OtherJob, PackPath, Sources, answer, check_place
from renderer.intake.jobfile import load_job
from renderer.layout.load import check_document, load_layout
from renderer.model.paper import PROOF_DPI

if TYPE_CHECKING:  # for the tables; lint itself loads WeasyPrint
    from renderer.desk.lint import Linted
    from renderer.layout.widths import Measured

designer = typer.Typer(no_args_is_help=True)

EXAMPLE = "eligibility_notice"
"""The document whose example job lends its insurer where none is asked for."""


@designer.command()
def sheet(
    layout: LayoutName,
    job: OtherJob = None,
    member: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="The member to show.", show_default="the longest")
    ] = None,
    source: Sources = None,
    record: Annotated[
        str | None, typer.Option(metavar="N", help="整理番号 of the member in --source.", show_default=False)
    ] = None,
    pack: PackPath = None,
    variant: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="Change the member to be of this variant.")
    ] = None,
    reference: Annotated[bool, typer.Option("--reference", help="Let WeasyPrint draw the whole sheet.")] = False,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="OUT.pdf|.png", help="Where to write it.")] = Path(
        "sheet.pdf"
    ),
    dpi: Annotated[int, typer.Option(min=20, max=1200, help="Of a .png.")] = PROOF_DPI,
    page: Annotated[int, typer.Option(min=0, help="The only page to draw as .png; 0 draws all.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Draw one sheet of a layout, to look at."""
    if (source is None) != (record is None) or (member is not None and source is not None) or record == "":
        raise typer.BadParameter("give --member FILE.toml, or --source CSV with --record N, or neither")
    check_place(out, ".pdf", ".png")
    wanted = _pairs(variant or [])

    from renderer.desk.choice import find_members, load_member
    from renderer.desk.draw import draw_sheet
    from renderer.desk.examples import LONGEST, load_example
    from renderer.proof.pixels import draw_pictures

    found = load_layout(layout, pack)
    if page > found.file.pages:
        raise typer.BadParameter(f"this layout has {found.file.pages} pages", param_hint="--page")
    loaded = (
        load_job(job, sources=source or (), pack=pack)
        if job
        else load_example(found.document.name, pack, sources=source or ())
    )
    person = find_members(loaded, {record})[record] if record else load_member(member or LONGEST, loaded)
    with tempfile.TemporaryDirectory() as folder:
        pdf = out if out.suffix == ".pdf" else Path(folder) / "sheet.pdf"
        drawn = draw_sheet(loaded, found, person, pdf, wanted=wanted, reference=reference)
        files = [out] if pdf is out else draw_pictures(pdf, out, dpi, page)
    facts = {"record": drawn.record, "variant": dict(drawn.variant), "pages": drawn.pages}
    answer({"files": [str(file) for file in files], **facts}, map(str, files), as_json)


@designer.command()
def specimen(
    out: Annotated[Path, typer.Option("-o", "--out", metavar="OUT.pdf", help="Where to write it.")] = Path(
        "specimen.pdf"
    ),
    as_json: AsJson = False,
) -> None:
    """Print every hard character of the examples, large, with code points, font and selector."""
    check_place(out, ".pdf")
    from renderer.desk.examples import HARD_FILES, load_example
    from renderer.desk.specimen import print_specimen

    printed = print_specimen(load_example(EXAMPLE), HARD_FILES, out)
    answer({"files": [str(out)], "pages": printed.pages, "sha256": printed.sha256}, [str(out)], as_json)


@designer.command()
def calibrate(
    insurer: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="The insurer file: its offset and envelope.", show_default=False),
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="OUT.pdf", help="Where to write it.")] = Path(
        "calibrate.pdf"
    ),
    as_json: AsJson = False,
) -> None:
    """Print the sheet by which a printer is set: rulers, card, folds, window, front against back."""
    check_place(out, ".pdf")
    from renderer.desk.calibrate import print_calibration
    from renderer.intake.insurerfile import load_insurer

    given = load_insurer(insurer) if insurer else None
    printed = print_calibration(out, given.offset, given.envelope) if given else print_calibration(out)
    answer({"files": [str(out)], "pages": printed.pages, "sha256": printed.sha256}, [str(out)], as_json)


@designer.command("new-layout")
def new_layout(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is not there yet.", show_default=False)],
    source: Annotated[
        str, typer.Option("--from", metavar="LAYOUT", help="A layout's folder, or its name in layouts/.")
    ] = "eligibility_notice",
    as_json: AsJson = False,
) -> None:
    """Copy a layout with its parts, to change it."""
    from renderer.desk.examples import copy_layout

    copied = copy_layout(load_layout(source), folder)
    lines = [str(path) for path in copied]
    answer({"files": lines}, [*lines, f"look at it:  renderer sheet {quote(str(folder))} -o sheet.png"], as_json)


@designer.command()
def lint(
    layout: LayoutName,
    job: OtherJob = None,
    pack: PackPath = None,
    quick: Annotated[bool, typer.Option("--quick", help="The boxes of one variant alone, and nothing drawn.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what would go wrong with a layout, before it does."""
    from renderer.desk.examples import REALISTIC, load_example
    from renderer.desk.linting import lint_by_workers
    from renderer.mailing.sheets import fixed_of

    found = load_layout(layout, pack)
    document = found.document
    loaded = (
        load_job(job, pack=pack) if job else load_example(document.name if document.is_of_members else EXAMPLE, pack)
    )
    if job:
        check_document(loaded, found)
    if quick:
        from renderer.desk.lint import lint_quickly
        from renderer.layout.widths import load_realistic

        linted = lint_quickly(found, fixed_of(loaded), load_realistic(REALISTIC, document))
    else:
        linted = lint_by_workers(found, loaded, pack)
    code = ExitCode.BAD_JOB if linted.faults else ExitCode.ALL_PRINTED
    if as_json:
        answer({**asdict(linted), "exit_code": int(code)}, (), True, code)
    console = console_for_tables()
    console.print(_widths(linted.measured))
    if linted.faults:
        console.print(_faults(linted))
    seen = f"1 of {linted.variants} variants, not drawn" if quick else f"{linted.variants} variants"
    lines = [f"{linted.layout}: {seen}, {len(linted.faults)} faults"]
    answer({}, lines, False, code)


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


def _faults(linted: Linted) -> Table:
    table = table_with("code", "where", "what is wrong", "what to do", "variants")
    for fault in linted.faults:
        variants = f"{len(fault.variants)} of {linted.variants}" if fault.variants else ""
        table.add_row(fault.code, fault.where, fault.sentence, fault.action, variants)
    return table


def _widths(measured: Iterable[Measured]) -> Table:
    table = table_with("slot", "mm", "pt", "fit", "widest 1 %", "as it is", "condensed", "shrunk", "held", "least")
    for row in measured:
        shares = (f"{count / row.values:.0%}" for count in (row.as_is, row.condensed, row.shrunk, row.held))
        table.add_row(row.slot, f"{row.width:g}", f"{row.size:g}", row.fit, str(row.values), *shares, row.least)
    return table
