"""Two PDFs or two deliveries → what changed, asked of as many processes as this machine has cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from renderer.review.compare import NO_TOLERANCE, Comparison, compare
from renderer.review.page_changes import Argument, OpenBooks, Result, Spread, TwoBooks, in_this_process
from renderer.review.tolerance import Tolerance
from renderer.running.crew import Crew, Task

FEW = 60
"""Pages of both for which starting processes takes longer than they would save."""


def compare_by_workers(golden: Path, new: Path, tolerance: Tolerance = NO_TOLERANCE) -> Comparison:
    """Compare as ``review.compare.compare`` does, in several processes where there are many pages."""
    return compare(golden, new, tolerance, spreading=_crew)


@contextmanager
def _crew(books: TwoBooks) -> Iterator[Spread]:
    if books.pages <= FEW:
        with in_this_process(books) as ask:
            yield ask
        return
    with Crew[OpenBooks](books, os.cpu_count() or 1) as crew:
        crew.expect("renderer.review.page_changes")

        def ask_crew(
            work: Callable[[OpenBooks, Argument], Result], arguments: Iterable[Argument], /
        ) -> Iterable[Result]:
            return crew.do(Task(work, argument) for argument in arguments)

        yield ask_crew
