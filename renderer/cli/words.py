"""Words that several commands take, and how each answers: text for people, JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from renderer.cli.exits import ExitCode

JobPath = Annotated[Path, typer.Argument(metavar="JOB.toml", help="The job file.", show_default=False)]
Source = Annotated[
    Path | None,
    typer.Option("--source", metavar="CSV", help="Another member file than the job's.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Outbox = Annotated[
    Path | None, typer.Option("--outbox", metavar="DIR", help="Another outbox than the job's.", show_default=False)
]


def answer(
    facts: Mapping[str, Any], lines: Iterable[str], as_json: bool, code: ExitCode = ExitCode.ALL_PRINTED
) -> NoReturn:
    """Print the answer, as facts for machines or as lines for people, and end with the exit code."""
    typer.echo(json.dumps(facts, ensure_ascii=False, indent=2, default=str) if as_json else "\n".join(lines))
    raise typer.Exit(code)
