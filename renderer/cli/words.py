"""Words that several commands take, and how each answers: text for people, JSON for machines."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from renderer.cli.exits import ExitCode
from renderer.model.findings import Language

JobPath = Annotated[Path, typer.Argument(metavar="JOB.toml", help="The job file.", show_default=False)]
Sources = Annotated[
    list[Path] | None,
    typer.Option(
        "--source", metavar="FILE", help="Another member file than the job's; given often, several.", show_default=False
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Outbox = Annotated[
    Path | None, typer.Option("--outbox", metavar="DIR", help="Another outbox than the job's.", show_default=False)
]
Workers = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Processes that print.", show_default="one a core")
]

LayoutName = Annotated[
    str, typer.Argument(metavar="LAYOUT", help="A layout's folder, or its name in layouts/.", show_default=False)
]
OtherJob = Annotated[
    Path | None,
    typer.Option("--job", metavar="JOB.toml", help="Another job than the one of the examples.", show_default=False),
]
PackPath = Annotated[
    Path | None,
    typer.Option(
        "--pack", metavar="DIR", exists=True, file_okay=False, resolve_path=True, help="A pack over ours.",
        show_default=False,
    ),
]  # fmt: skip
Report = Annotated[
    Path | None,
    typer.Option("--report", metavar="DIR", file_okay=False, help="Write what changed here, in pictures."),
]
Lang = Annotated[
    Language | None,
    typer.Option("--lang", help="Language of the answer.", show_default="that of LC_ALL, LC_MESSAGES or LANG"),
]


def language_of_terminal() -> Language:
    """Return the language that the environment asks for; the first that is set decides, as in any program."""
    asked = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "ja" if asked.startswith("ja") else "en"


def check_place(out: Path, *suffixes: str) -> None:
    """Refuse to write where nothing can be written, or what its name does not say."""
    if out.suffix not in suffixes or not out.parent.is_dir():
        raise typer.BadParameter(f"give a {' or '.join(suffixes)} in a folder that exists", param_hint="-o")
    if out.is_dir():
        raise typer.BadParameter(f"{out} is a folder; give a file", param_hint="-o")


def answer(
    facts: Mapping[str, Any], lines: Iterable[str], as_json: bool, code: ExitCode = ExitCode.ALL_PRINTED
) -> NoReturn:
    """Print the answer, as facts for machines or as lines for people, and end with the exit code."""
    lacks_signs = not (sys.stdout.encoding or "").lower().startswith("utf")  # JSON has a way to write any
    typer.echo(json.dumps(facts, ensure_ascii=lacks_signs, indent=2, default=str) if as_json else "\n".join(lines))
    raise typer.Exit(code)
