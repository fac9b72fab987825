"""Words to calls: the command line turns its words into one call of a room below, and the answer into text or JSON.

With ``cli_proofs``, the commands of designers and QA, the only module that prints: stdout is the answer, stderr the
progress and what went wrong. The exit codes are those of ``exits.ExitCode``. The rooms that load WeasyPrint are
imported by the commands that need them, so that ``--help`` and a misspelt word are answered at once.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from traceback import extract_tb
from typing import Annotated

import typer
from rich.cells import set_cell_size
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from renderer.cli.designer import AsJson, JobPath, Source, proofs
from renderer.cli.exits import ExitCode, of_records, of_stop
from renderer.intake.jobfile import load_job
from renderer.model.errors import ENDINGS, Interrupted, RunStopped
from renderer.model.findings import Held, Language
from renderer.running.progress import Progress, silent
from renderer.running.report import Checked, Report, facts
from renderer.running.words import words

Lang = Annotated[
    Language | None,
    typer.Option("--lang", help="Language of the answer.", show_default="that of LC_ALL, LC_MESSAGES or LANG"),
]
_FRAME = re.compile(r'^ *File "([^"\n]+)", line ([0-9]+)', re.MULTILINE)

app = typer.Typer(
    name="renderer",
    help="Print-ready A4 sheets for health insurers.",
    no_args_is_help=True,
    add_completion=False,
    # A pretty traceback shows local variables, which hold personal data.
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def renderer() -> None:
    """Print-ready A4 sheets for health insurers."""


@app.command()
def run(
    job: JobPath,
    source: Source = None,
    outbox: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Another outbox than the job's.", show_default=False)
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Processes that print.", show_default="one a core")
    ] = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Print a job from member file to outbox; goes on with a run that was stopped."""
    loaded = load_job(job, source=source, outbox=outbox)
    from renderer.running.run import run as run_job

    language = lang or _language_of_terminal()
    with _watched(language) as progress:
        report = run_job(loaded, workers=workers, progress=progress)
    _answer(report, language, as_json)


@app.command()
def check(job: JobPath, source: Source = None, lang: Lang = None, as_json: AsJson = False) -> None:
    """Read and validate the member file of a job; print nothing."""
    loaded = load_job(job, source=source)
    from renderer.running.run import check as check_job

    language = lang or _language_of_terminal()
    with _watched(language) as progress:
        checked = check_job(loaded, progress=progress)
    _answer(checked, language, as_json)


app.add_typer(proofs)


def main() -> None:
    """Run the command line; ends the process with one of ``ExitCode``."""
    try:
        with _interruptible():
            app()
    except Interrupted:
        typer.echo("renderer: stopped; start the same command again, and it goes on where it was", err=True)
        sys.exit(ExitCode.INTERRUPTED)
    except Held as held:
        language = _language_of_terminal()
        for finding in held.findings:
            typer.echo(f"renderer: {words(language).say('told_held', finding=finding.told(language))}", err=True)
        sys.exit(ExitCode.SOME_HELD)
    except RunStopped as stopped:
        typer.echo(f"renderer: {stopped}", err=True)
        sys.exit(of_stop(stopped))
    except OSError as failed:
        typer.echo(f"renderer: {_what_the_machine_refused(failed)}", err=True)
        sys.exit(ExitCode.UNEXPECTED)
    except Exception as unexpected:
        typer.echo(f"renderer: {_where_it_broke(unexpected)}", err=True)
        sys.exit(ExitCode.UNEXPECTED)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C, a closed terminal and the system end a command by way of its clean-up: personal data go with it."""
    before = {number: signal.getsignal(number) for number in ENDINGS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # as nohup leaves it
            signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: object) -> None:
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)  # a second one must not disturb the clean-up
    raise Interrupted


def _language_of_terminal() -> Language:
    """Return the language that the environment asks for; the first that is set decides, as in any program."""
    asked = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "ja" if asked.startswith("ja") else "en"


def _answer(answer: Report | Checked, language: Language, as_json: bool) -> None:
    code = of_records(answer.held)
    if as_json:
        typer.echo(json.dumps({**facts(answer, language), "exit_code": int(code)}, ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(_lines(answer, language)))
    raise typer.Exit(code)


def _lines(answer: Report | Checked, language: Language) -> Iterator[str]:
    said = words(language)
    key, good = ("told_printed", answer.printed) if isinstance(answer, Report) else ("told_valid", answer.valid)
    yield said.say(key, job=answer.job, read=answer.read, good=good, held=answer.held)
    if isinstance(answer, Report):
        for file in answer.files:
            yield said.say("told_file", **asdict(file))
    for reason in answer.reasons:
        first = reason.first
        named = said.join(said.examples(reason))
        if reason.records > len(reason.examples):
            named += said.say("told_more")
        yield said.say("told_reason", records=reason.records, code=first.code, named=named)
        what = {"sentence": first.sentence(language), "action": first.action(language)}
        yield said.say("told_first" if reason.records > 1 else "told_one", **what)


@contextmanager
def _watched(language: Language) -> Iterator[Progress]:
    """Draw a bar for each verb while a person looks; draw nothing into a file or a pipe."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield silent
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def show(verb: str, done: int, total: int | None) -> None:
            if verb not in tasks:
                tasks[verb] = bars.add_task(set_cell_size(words(language).verbs[verb], 9), total=total)
            bars.update(tasks[verb], completed=done, total=total)

        yield show


def _what_the_machine_refused(error: OSError) -> str:
    """Say which file could not be used, and why: a full disk, a right that is missing, a file in the way."""
    reason = error.strerror or type(error).__name__
    return (
        f"{error.filename or 'a file'}: {reason[:1].lower()}{reason[1:]}; nothing unverified was delivered."
        " free space on the disk, or mend the rights of that file or folder, and start the same command again"
    )


def _where_it_broke(error: Exception) -> str:
    """Name the kind of an unforeseen exception and its place; its text may carry personal data."""
    frames = [(frame.filename, frame.lineno) for frame in extract_tb(error.__traceback__)]
    # What a worker raised brings the worker's own traceback along, as text.
    frames += _FRAME.findall(getattr(error.__cause__, "tb", ""))
    ours = [frame for frame in frames if "renderer" in Path(frame[0]).parts]
    file, line = (ours or frames)[-1]
    return (
        f"unexpected {type(error).__name__} at {Path(file).name}:{line}; nothing unverified was delivered."
        " start the same command again, and report this line if it comes back"
    )


if __name__ == "__main__":
    main()
