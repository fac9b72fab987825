"""Words to calls, for who lets an insurer look first: a proof, its approval, and the wall of all variants.

The rooms that load WeasyPrint are imported by the commands that need them.
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from renderer.cli.watching import watched
from renderer.cli.words import (
    AsJson,
    JobPath,
    Lang,
    LayoutName,
    OtherJob,
    Outbox,
    PackPath,
    Sources,
    Workers,
    answer,
    check_place,
    language_of_terminal,
)
from renderer.intake.jobfile import load_job
from renderer.layout.load import load_layout
from renderer.running.register import day_of
from renderer.running.words import words

proofs = typer.Typer(no_args_is_help=True)


@proofs.command()
def proof(
    job: JobPath,
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="DIR", help="A new folder, or one with a proof.", show_default=False)
    ],
    source: Sources = None,
    outbox: Outbox = None,
    workers: Workers = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Print a proof for the insurer: real sheets stamped 見本, and a page to sign."""
    from renderer.desk.proofing import make_proof

    loaded, language = load_job(job, sources=source or (), outbox=outbox), lang or language_of_terminal()
    said = words(language)
    with watched(language) as progress:
        made = make_proof(loaded, out, workers=workers, progress=progress)
    sizes = {"sheets": len(made.sheets), "variants": len(made.records), "pages": made.pages}
    told = said.say("told_proof", job=loaded.name, sum=made.bound.short, **sizes)
    lines = [str(out), told, said.say("told_proof_next", job=quote(str(job)), sum=made.bound.short)]
    facts = {
        "folder": str(out),
        "sum": made.bound.short,
        "pages": made.pages,
        "read": made.checked.read,
        "printable": made.checked.valid,
        "held": made.checked.held,
        "sheets": [asdict(one) for one in made.sheets],
    }
    answer(facts, lines, as_json)


@proofs.command()
def approve(
    job: JobPath,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who has approved the proof.", show_default=False)],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="What was said to it.", show_default=False)] = "",
    proof: Annotated[
        str,
        typer.Option(metavar="SUM", help="照合値 of the sign-off page, and of no other.", show_default=False),
    ] = "",
    outbox: Outbox = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Approve the proof of a job by name, for a run that waits for it."""
    from renderer.desk.approving import approve as approve_proof

    loaded, said = load_job(job, outbox=outbox), words(lang or language_of_terminal())
    approval = approve_proof(loaded, by, proof, reason)
    told = said.say("approved_by", by=approval.by, day=day_of(approval.approved_at), sum=approval.bound.short)
    lines = [said.say("told_approved", job=approval.job, by=told)]
    lines += [] if loaded.needs_approval else [f"  {said.say('told_waits_not', file=job.name)}"]
    answer({**asdict(approval), "sum": approval.bound.short}, lines, as_json)


@proofs.command()
def wall(
    layout: LayoutName,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="OUT.pdf|.html", help="Where to write it.")] = Path(
        "wall.pdf"
    ),
    job: OtherJob = None,
    pack: PackPath = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Hang every variant with the hardest members side by side, with overlays."""
    check_place(out, ".pdf", ".html")
    from renderer.desk.examples import load_example
    from renderer.desk.wall import MEMBERS, hang
    from renderer.desk.wall_html import write_wall_html
    from renderer.desk.wall_pdf import write_wall_pdf

    found, said = load_layout(layout, pack), words(lang or language_of_terminal())
    loaded = load_job(job, pack=pack) if job else load_example(found.document.name, pack)
    with tempfile.TemporaryDirectory() as folder:
        hung = hang(loaded, found, Path(folder) / "sheets.pdf")
        (write_wall_pdf if out.suffix == ".pdf" else write_wall_html)(hung, out, said)
    sizes = {"variants": hung.variants, "members": len(MEMBERS), "sheets": len(hung.hung), "held": hung.held}
    answer({"files": [str(out)], **sizes}, [said.say("told_wall", out=str(out), **sizes)], as_json)
