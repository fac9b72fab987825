"""Words to calls, for who prints a file of one's own: a column map drafted, its columns looked at."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from renderer.cli.exits import ExitCode
from renderer.cli.tables import console_for_tables, table_with
from renderer.cli.words import AsJson, Lang, answer, language_of_terminal
from renderer.documents.registry import DOCUMENTS
from renderer.model.errors import BadJob
from renderer.running.words import Words, words

if TYPE_CHECKING:
    from rich.table import Table

    from renderer.desk.decisions import Decision, Draft

columns = typer.Typer(no_args_is_help=True)

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE …", exists=True, dir_okay=False, help="A member file, or its parts.", show_default=False
    ),
]


@columns.command("map")
def map_columns(
    files: Files,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="columns.toml", help="Where to write the draft.")] = Path(
        "columns.toml"
    ),
    document: Annotated[
        str | None, typer.Option(metavar="NAME", help="What is to be printed.", show_default="any document")
    ] = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Draft the column map of a file that another system exported; a person corrects it."""
    said = words(lang or language_of_terminal())
    if document is not None and document not in _needs():
        raise typer.BadParameter(f"there is no document {document}; give one of {', '.join(_needs())}")
    if out.exists():
        raise BadJob(said.say("map_exists", path=str(out)))
    from renderer.desk.draft_file import write_draft
    from renderer.desk.drafting import draft_map
    from renderer.intake.survey import survey

    draft = draft_map(survey(files))
    out.write_text(write_draft(draft, said), encoding="utf-8")
    missing = {name: draft.missing(needed) for name, needed in _needs().items() if document in (None, name)}
    code = ExitCode.ALL_PRINTED if draft.is_whole else ExitCode.SOME_HELD
    if not as_json and draft.decisions:
        console_for_tables().print(_table(draft, said))
    facts = {**_facts(draft), "missing": missing, "written": str(out), "exit_code": int(code)}
    answer(facts, _lines(files, draft, missing, out, said), as_json, code)


@columns.command()
def profile(
    files: Files,
    column_map: Annotated[
        Path | None,
        typer.Option("--columns", metavar="columns.toml", help="Its column map.", exists=True, show_default=False),
    ] = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Say what each column of a member file looks like; of no cell is anything told."""
    from renderer.desk.look import look_at_own, look_at_standard
    from renderer.running.looks import profile_rows

    said = words(lang or language_of_terminal())
    seen = look_at_standard(files, column_map) if column_map else look_at_own(files)
    table = table_with(*said.heads["profile"])
    for row in profile_rows(seen, said):
        table.add_row(*row)
    if not as_json:
        console_for_tables().print(table)
    names = said.join(tuple(file.name for file in files))
    answer(asdict(seen), [said.say("profile_read", files=names, rows=seen.rows)], as_json)


def _needs() -> dict[str, tuple[str, ...]]:
    """Return the columns that each document of a member file needs."""
    return {name: document.columns.needs for name, document in DOCUMENTS.items() if document.is_of_members}


def _facts(draft: Draft) -> dict[str, object]:
    return {
        "records": draft.seen.records,
        "whole": draft.is_whole,
        "columns": [
            {"own": [own.name for own in one.own], "ours": list(one.ours), "sure": one.is_sure, "why": one.why}
            for one in draft.decisions
        ],
    }


def _lines(files: list[Path], draft: Draft, missing: dict[str, tuple[str, ...]], out: Path, said: Words) -> list[str]:
    names = said.join(tuple(file.name for file in files))
    written = said.say("map_written", path=str(out))
    if draft.seen.dialect.format == "fixed":
        return [said.say("map_fixed", files=names), written]
    lines = [said.say("map_read", files=names, records=draft.seen.records, columns=len(draft.seen.columns))]
    lines += [
        said.say("map_missing", document=document, columns=said.join(lacking))
        for document, lacking in missing.items()
        if lacking
    ]
    doubts = sum(1 for _ in draft.doubtful())
    lines += [said.say("map_doubts", doubts=doubts) if doubts else said.say("map_whole")]
    lines += [said.say("map_odd_end")] if draft.seen.has_odd_end else []
    return [*lines, written]


def _table(draft: Draft, said: Words) -> Table:
    from renderer.running.looks import describe

    table = table_with(*said.heads["map"])
    for one in draft.decisions:
        for own in one.own:
            sure = said.say("map_sure" if one.is_sure else "map_doubtful")
            table.add_row(own.name, describe(own.shapes, said), _ours(one, said), sure, said.say(f"why_{one.why}"))
    return table


def _ours(one: Decision, said: Words) -> str:
    return said.join(one.ours) or said.say("map_ignored")
