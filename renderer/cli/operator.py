"""Words to calls, for operators: a job begun, checked and printed; a sheet printed again; a delivery asked again.

The rooms that load WeasyPrint are imported by the commands that need them, so that ``--help`` is answered at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from renderer.cli.exits import ExitCode, of_records
from renderer.cli.watching import watched
from renderer.cli.words import AsJson, JobPath, Lang, Outbox, Sources, Workers, answer, language_of_terminal
from renderer.intake.jobfile import load_job
from renderer.intake.store import EXAMPLES
from renderer.model.findings import Language
from renderer.running.looks import shift_rows
from renderer.running.register import Delivery
from renderer.running.report import Checked, Report, facts
from renderer.running.words import Words, words

operator = typer.Typer(no_args_is_help=True)


@operator.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is not there yet.", show_default=False)],
    document: Annotated[str, typer.Option(metavar="NAME", help="Which document to print.")] = "eligibility_notice",
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Lay down a job that prints as it stands: job, insurer, seal and 20 invented members."""
    from renderer.desk.examples import lay_down_job

    job = lay_down_job(folder, document)
    files = [str(path) for path in sorted(folder.iterdir())]
    said = words(lang or language_of_terminal())
    answer({"files": files}, [*files, said.say("told_change"), said.say("told_run", job=quote(str(job)))], as_json)


@operator.command()
def run(
    job: JobPath,
    source: Sources = None,
    outbox: Outbox = None,
    workers: Workers = None,
    on: Annotated[
        str | None,
        typer.Option(
            metavar="tcp://HOST:PORT", help="Print on the workers of this scheduler of Dask.", show_default=False
        ),
    ] = None,
    workspace: Annotated[
        str | None,
        typer.Option(metavar="s3://BUCKET/PREFIX", help="What they share with this machine.", show_default=False),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Print a member file that was printed already.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of an earlier delivery, which is kept aside.")
    ] = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Print a job from member file to outbox; goes on with a run that was stopped."""
    if bool(on) != bool(workspace):
        raise typer.BadParameter("--on and --workspace belong together: give both")
    if on and workers:
        raise typer.BadParameter("--workers are processes of this machine: leave it out with --on")
    loaded = load_job(job, sources=source or (), outbox=outbox)
    from renderer.running.machines import Cluster
    from renderer.running.once import DeliveredAlready
    from renderer.running.run import run as run_job

    language = lang or language_of_terminal()
    cluster = Cluster(on, workspace) if on and workspace else None
    try:
        with watched(language) as progress:
            report = run_job(loaded, again=again, replace=replace, workers=workers, progress=progress, cluster=cluster)
    except DeliveredAlready as already:
        _say_delivered(already.delivery, loaded.folder, language, as_json)
    _say(report, language, as_json)


@operator.command()
def check(job: JobPath, source: Sources = None, lang: Lang = None, as_json: AsJson = False) -> None:
    """Read and validate the member file of a job; print nothing."""
    loaded = load_job(job, sources=source or ())
    from renderer.running.checking import check as check_job

    language = lang or language_of_terminal()
    with watched(language) as progress:
        checked = check_job(loaded, progress=progress)
    _say(checked, language, as_json)


@operator.command()
def reprint(
    job: JobPath,
    record: Annotated[
        list[str] | None,
        typer.Option(metavar="N", help="整理番号 of a sheet to print again; may be given often.", show_default=False),
    ] = None,
    piece: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Number of the piece to print again.", show_default=False)
    ] = None,
    source: Sources = None,
    outbox: Outbox = None,
    as_json: AsJson = False,
) -> None:
    """Print delivered sheets or a piece again, the same to the last pixel, beside the delivery."""
    records = record or []
    if bool(records) == (piece is not None) or "" in records:
        raise typer.BadParameter("give --record N, once or more, or --piece N")
    from renderer.desk.reprint import reprint as print_again

    drawn = print_again(load_job(job, sources=source or (), outbox=outbox), records=records, piece=piece or 0)
    facts = {**asdict(drawn), "path": str(drawn.path), "variant": dict(drawn.variant)}
    answer(facts, [f"{drawn.path}: sheets {drawn.sheets}, pages {drawn.pages}, as delivered"], as_json)


@operator.command()
def verify(
    delivered: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER|BATCH.pdf",
            exists=True,
            help="A delivery, or a print file and its manifest beside it.",
        ),
    ],
    job: Annotated[
        Path | None,
        typer.Option(metavar="JOB.toml", help="Knows what each sheet must say.", show_default=False),
    ] = None,
    source: Sources = None,
    outbox: Outbox = None,
    as_json: AsJson = False,
) -> None:
    """Ask again, of a delivery or a print file, all that its files can answer; with its job, what each sheet says."""
    if job is None and (source or outbox):
        raise typer.BadParameter("--source and --outbox are those of a job: give --job JOB.toml, too")
    from renderer.desk.delivery import prove_delivered, prove_folder

    loaded = load_job(job, sources=source or (), outbox=outbox) if job else None
    if delivered.is_dir():
        proved = prove_folder(delivered, loaded)
        facts: Mapping[str, object] = {"batches": [asdict(one) for one in proved]}
    else:
        proved = [prove_delivered(delivered, loaded)]
        facts = asdict(proved[0])
    lines = [
        f"{one.name}: {one.pieces} pieces, {one.sheets} sheets, {one.pages} pages: all as its manifest says"
        for one in proved
    ]
    lines += [f"not asked: what the sheets say; {why}" for why in dict.fromkeys(one.not_asked for one in proved) if why]
    answer(facts, lines, as_json)


def _say(found: Report | Checked, language: Language, as_json: bool) -> None:
    refused = isinstance(found, Checked) and found.refused
    code = ExitCode.BAD_JOB if refused else of_records(found.held)
    answer({**facts(found, language), "exit_code": int(code)}, _lines(found, language), as_json, code)


def _say_delivered(delivery: Delivery, folder: Path, language: Language, as_json: bool) -> None:
    said, code = words(language), of_records(delivery.held)
    facts_of_it = {**asdict(delivery), "read": delivery.read, "folder": str(folder), "already": True}
    lines = [said.say("told_delivered", day=delivery.day, **facts_of_it)]
    lines += [said.say("told_delivered_selected", records=delivery.not_selected)] if delivery.not_selected else []
    lines += [f"  {said.say('see_held')}"] if delivery.held else []
    answer({**facts_of_it, "exit_code": int(code)}, lines, as_json, code)


def _lines(answer: Report | Checked, language: Language) -> Iterator[str]:
    said = words(language)
    key, good = ("told_printed", answer.printed) if isinstance(answer, Report) else ("told_valid", answer.valid)
    yield said.say(key, job=answer.job, read=answer.read, good=good, held=answer.held)
    if answer.passed_lines:
        yield said.say("told_passed", lines=said.passed(answer.passed_lines))
    if answer.ignored_columns:
        yield said.say("told_ignored", columns=said.join(answer.ignored_columns))
    yield from _lines_of_selection(answer, said)
    if isinstance(answer, Report):
        for file in answer.files:
            yield said.say("told_file", **asdict(file))
    for reason in (*answer.reasons, *answer.notes):
        first = reason.first
        named = said.join(said.examples(reason))
        if reason.records > len(reason.examples):
            named += said.say("told_more")
        weight = said.say(f"weight_{first.weight}")
        yield said.say("told_reason", weight=weight, records=reason.records, code=first.code, named=named)
        what = {"sentence": first.sentence(language), "action": first.action(language)}
        yield said.say("told_first" if reason.records > 1 else "told_one", **what)
    for column, looks, before, now in shift_rows(answer.shifts, said):
        yield said.say("told_shift", column=column, what=looks, before=before, now=now)
    if isinstance(answer, Checked) and answer.refused:
        yield said.say("told_refused", why=answer.refused.told(language))
    if answer.releases or answer.unused_releases:
        unused = said.join(tuple(said.say("line", line=release.line) for release in answer.unused_releases))
        yield said.say("told_releases", used=len(answer.releases), unused=unused or said.say("none"))


def _lines_of_selection(answer: Report | Checked, said: Words) -> Iterator[str]:
    for one in answer.unselected:
        yield said.say("told_not_selected", records=one.records, rule=said.rule(one.rule))
    for file, listed in groupby(answer.strangers, key=attrgetter("file")):
        lines = tuple(said.say("line", line=one.line) for one in listed)
        more = said.say("told_more") if len(lines) > EXAMPLES else ""
        yield said.say("told_strangers", file=file, lines=said.join(lines[:EXAMPLES]) + more)
    if answer.compares:
        yield said.say("told_base", base=answer.base or said.say("base_none"))
    if answer.older:
        yield said.say("told_older", older=answer.older.told(said.language))
