"""What an approval would change → shown to a person, asked for a name and a reason, and approved.

Commands and pytest ask alike. All of it goes to stderr: stdout is the answer.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:  # it loads PDFium
    from renderer.review.approving import Proposal

By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who decides; asked for without.", show_default=False)
]
Reason = Annotated[
    str | None, typer.Option("--reason", metavar="WORDS", help="Why; asked for without.", show_default=False)
]


def approve_shown(proposal: Proposal, by: str | None, reason: str | None, yes: bool, report: Path | None) -> list[str]:
    """Say and draw what would change, ask, and write it; return what was written, nothing where nobody says yes.

    ``report`` is kept; without, the report lies in a folder that goes with the answer. Raises BadParameter where
    something must be asked and nobody is there.
    """
    sentences = proposal.sentences()
    if not sentences:
        return []
    if not yes or by is None or reason is None:
        _expect_a_person("--by NAME, --reason WORDS and --yes")
    for sentence in sentences:
        typer.echo(sentence, err=True)
    with tempfile.TemporaryDirectory() as passing:
        if report or not yes:
            typer.echo(f"look at {proposal.report(report or Path(passing))}", err=True)
        if not yes and _asked("approve this? [y/N]").lower() not in ("y", "yes"):
            return []
        return proposal.approve(*given_or_asked(by, reason))


def given_or_asked(by: str | None, reason: str | None) -> tuple[str, str]:
    """Return name and reason, asked for where they are not given. Raises BadParameter where nobody is there."""
    if by is None or reason is None:
        _expect_a_person("--by NAME and --reason WORDS")
    name = _asked("your name") if by is None else by
    return name, _asked("the reason") if reason is None else reason


def _asked(question: str) -> str:
    typer.echo(f"{question}: ", nl=False, err=True)
    return sys.stdin.readline().strip()


def _expect_a_person(options: str) -> None:
    if not sys.stdin.isatty():
        raise typer.BadParameter(f"there is no terminal to ask at; give {options}")
