"""A layout → what would go wrong with it, asked of two processes where it has many sheets to look at.

What loads WeasyPrint is imported where it is needed: here while the server that workers are forked from loads it, too.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from renderer.desk.covering import looks
from renderer.desk.examples import REALISTIC
from renderer.layout.load import Fixed, Layout, load_layout
from renderer.mailing.sheets import fixed_of
from renderer.model.job import Job
from renderer.running.crew import Crew, Task

if TYPE_CHECKING:
    from renderer.desk.lint import Linted, Seen

FEW = 8
"""Sheets for which starting processes takes longer than they would save."""
PARTS = 2
"""Each has its own first sheets, on which values are tried: more of them look at more."""


@dataclass(frozen=True, slots=True)
class _Desk:
    """What a worker has before it."""

    layout: Layout
    fixed: Fixed
    realistic: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Context:
    """What a worker needs to set it up."""

    folder: Path
    pack: Path | None
    fixed: Fixed

    def set_up(self) -> _Desk:
        from renderer.layout.widths import load_realistic

        layout = load_layout(self.folder, self.pack)
        return _Desk(layout, self.fixed, load_realistic(REALISTIC, layout.document))


def lint_by_workers(layout: Layout, job: Job, pack: Path | None) -> Linted:
    """Lint a layout as ``lint`` does, in two processes where that takes less time; ``pack`` is what it was loaded from.

    :raises RunStopped: when a process died each time.
    """
    fixed = fixed_of(job)
    is_short = len(looks(list(layout.variants()))) <= FEW or (os.cpu_count() or 1) < PARTS
    with Crew[_Desk](_Context(layout.folder, pack, fixed), PARTS) as crew:
        if not is_short:
            crew.expect("renderer.desk.lint")
            crew.prepare()
        from renderer.desk.choice import saying
        from renderer.desk.lint import lint
        from renderer.layout.widths import load_realistic

        def spread(_layout: Layout, _fixed: Fixed) -> Iterable[Seen]:
            return crew.do(Task(_look_at, part) for part in range(PARTS))

        realistic = load_realistic(REALISTIC, layout.document)
        return lint(layout, fixed, realistic, saying(job), None if is_short else spread)


def _look_at(desk: _Desk, part: int) -> Seen:
    from renderer.desk.lint import look_at_part

    return look_at_part(desk.layout, desk.fixed, desk.realistic, part, PARTS)
