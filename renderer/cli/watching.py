"""The progress of a run → a bar for each verb, while a person looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.cells import set_cell_size
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from renderer.model.findings import Language
from renderer.running.progress import Progress, silent
from renderer.running.words import words


@contextmanager
def watched(language: Language) -> Iterator[Progress]:
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
