"""Words to a call, and how it ends: stdout is the answer, stderr the progress and what went wrong, in one sentence.

The exit codes are those of ``exits.ExitCode``.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated

import typer

from renderer.cli.columns import columns
from renderer.cli.designer import designer
from renderer.cli.exits import ExitCode, of_stop
from renderer.cli.goldens import goldens
from renderer.cli.operator import operator
from renderer.cli.proofs import proofs
from renderer.cli.reviewer import reviewer
from renderer.cli.serving import serving
from renderer.cli.studio import studio_words
from renderer.cli.words import language_of_terminal
from renderer.model.errors import BadLayout, Interrupted, RunStopped
from renderer.model.findings import Held
from renderer.press.versions import versions
from renderer.running.endings import broken_at, interruptible, refused_by_machine
from renderer.running.words import words

app = typer.Typer(
    name="renderer",
    help="Print-ready A4 sheets for health insurers.",
    no_args_is_help=True,
    add_completion=False,
    # A pretty traceback shows local variables, which hold personal data.
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        libraries = ", ".join(f"{name} {versions()[name]}" for name in ("weasyprint", "pango", "harfbuzz"))
        typer.echo(f"renderer {version('renderer')} ({libraries})")
        raise typer.Exit


@app.callback()
def renderer(
    _: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Tell the versions, and end.")
    ] = False,
) -> None:
    """Print-ready A4 sheets for health insurers."""


app.add_typer(operator)
app.add_typer(proofs)
app.add_typer(columns)
app.add_typer(designer)
app.add_typer(studio_words)
app.add_typer(reviewer)
app.add_typer(goldens, name="goldens")
app.add_typer(serving)


def main() -> None:
    """Run the command line; ends the process with one of ``ExitCode``."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal of EUC-JP or Shift_JIS has no 𠮷: what it cannot show must end no command that did its work.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        with interruptible():
            app()
    except Interrupted:
        typer.echo(f"renderer: {words(language_of_terminal()).say('told_stopped')}", err=True)
        sys.exit(ExitCode.INTERRUPTED)
    except Held as held:
        language = language_of_terminal()
        for finding in held.findings:
            typer.echo(f"renderer: {words(language).say('told_held', finding=finding.told(language))}", err=True)
        sys.exit(ExitCode.SOME_HELD)
    except RunStopped as stopped:
        for sentence in stopped.sentences if isinstance(stopped, BadLayout) else (str(stopped),):
            typer.echo(f"renderer: {sentence}", err=True)
        sys.exit(of_stop(stopped))
    except OSError as failed:
        typer.echo(f"renderer: {refused_by_machine(failed)}", err=True)
        sys.exit(ExitCode.UNEXPECTED)
    except Exception as unexpected:
        typer.echo(f"renderer: {broken_at(unexpected)}", err=True)
        sys.exit(ExitCode.UNEXPECTED)
