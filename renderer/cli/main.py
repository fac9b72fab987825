"""Words to a call, and how it ends: stdout is the answer, stderr the progress and what went wrong, in one sentence.

The exit codes are those of ``exits.ExitCode``.
"""

from __future__ import annotations

import errno
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from traceback import extract_tb
from typing import Annotated

import typer

from renderer.cli.columns import columns
from renderer.cli.designer import designer
from renderer.cli.exits import ExitCode, of_stop
from renderer.cli.goldens import goldens
from renderer.cli.operator import operator
from renderer.cli.proofs import proofs
from renderer.cli.reviewer import reviewer
from renderer.cli.words import language_of_terminal
from renderer.model.errors import ENDINGS, Interrupted, RunStopped
from renderer.model.findings import Held
from renderer.press.versions import versions
from renderer.running.words import words

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
app.add_typer(reviewer)
app.add_typer(goldens, name="goldens")


def main() -> None:
    """Run the command line; ends the process with one of ``ExitCode``."""
    try:
        with _interruptible():
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


def _what_the_machine_refused(error: OSError) -> str:
    """Say which file could not be used, and why: a full disk, a right that is missing, a file in the way."""
    reason = error.strerror or type(error).__name__
    return (
        f"{error.filename or 'a file'}: {reason[:1].lower()}{reason[1:]}; nothing unverified was delivered."
        f" {_ADVICE.get(error.errno or 0, 'look at that file or folder')}, and start the same command again"
    )


_ADVICE = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "free space on the disk"),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "mend the rights of that file or folder"),
}


def _where_it_broke(error: Exception) -> str:
    """Name the kind of an unforeseen exception and its place; its text may carry personal data."""
    frames = [(frame.filename, frame.lineno) for frame in extract_tb(error.__traceback__)]
    # What a worker raised brings the worker's own traceback along, as text.
    frames += _FRAME.findall(getattr(error.__cause__, "tb", ""))
    package = Path(str(files("renderer"))).resolve()
    ours = [frame for frame in frames if Path(frame[0]).resolve().is_relative_to(package)]
    file, line = (ours or frames)[-1]
    return (
        f"unexpected {type(error).__name__} at {Path(file).name}:{line}; nothing unverified was delivered."
        " start the same command again, and report this line if it comes back"
    )
