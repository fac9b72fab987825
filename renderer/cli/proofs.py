"""Words to calls, for who lets an insurer look first: a proof, its approval, and the wall of all variants.

The rooms that load WeasyPrint are imported by the commands that need them.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from renderer.cli.words import AsJson, JobPath, Lang, Outbox, answer, language_of_terminal
from renderer.intake.jobfile import load_job
from renderer.running.register import day_of
from renderer.running.words import words

proofs = typer.Typer(no_args_is_help=True)


@proofs.command()
def approve(
    job: JobPath,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who has approved the proof.", show_default=False)],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="What was said to it.", show_default=False)] = "",
    proof: Annotated[
        str, typer.Option(metavar="SUM", help="照合値 of the sign-off page; another is refused.", show_default=False)
    ] = "",
    outbox: Outbox = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Approve the proof of a job by name, for a run that waits for it."""
    from renderer.desk.approving import approve as approve_proof

    loaded, said = load_job(job, outbox=outbox), words(lang or language_of_terminal())
    approval = approve_proof(loaded, by, reason, proof)
    told = said.say("approved_by", by=approval.by, day=day_of(approval.approved_at), sum=approval.bound.short)
    lines = [said.say("told_approved", job=approval.job, by=told)]
    lines += [] if loaded.needs_approval else [f"  {said.say('told_waits_not', file=job.name)}"]
    answer({**asdict(approval), "sum": approval.bound.short}, lines, as_json)
