"""The wall 一覧: every variant with the members of the examples, drawn variant by variant in the background.

Who asks for it says which variants are on the screen: those come first, then those of which a sheet could not be
printed before. A newer save leaves what is drawn; its cells stay, as stale, until they are drawn anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel

from renderer.studio.messages import Cells
from renderer.studio.messages import Wall as WallNow
from renderer.studio.parts import Cell
from renderer.studio.people import EXAMPLES, examples
from renderer.studio.pictures import Pictures
from renderer.studio.scenes import Wish
from renderer.studio.shown import Shown
from renderer.studio.stage import Hung
from renderer.studio.workers import Died, Left, Worker


def blank(variants: Iterable[str]) -> tuple[Cell, ...]:
    """Return the cells of a wall of which nothing is drawn yet."""
    return tuple(Cell(variant=variant, member=member, state="building") for variant in variants for member in EXAMPLES)


def carried(cells: Iterable[Cell], variants: Iterable[str]) -> tuple[Cell, ...]:
    """Return the cells of a newer revision: what was drawn before stands in them, as stale."""
    before = {(cell.variant, cell.member): cell for cell in cells if cell.pictures or cell.codes}
    stale = {key: cell.model_copy(update={"state": "stale"}) for key, cell in before.items()}
    return tuple(stale.get((cell.variant, cell.member), cell) for cell in blank(variants))


def next_variant(cells: Sequence[Cell], done: Collection[str], visible: Collection[str]) -> str | None:
    """Say which variant is drawn next; None where all are done."""

    def rank(cell: Cell) -> tuple[bool, bool]:
        return cell.variant not in visible, not cell.codes

    waiting = [cell for cell in cells if cell.variant not in done]
    return min(waiting, key=rank).variant if waiting else None


def replaced(cells: Iterable[Cell], drawn: Mapping[tuple[str, str], Cell], variant: str) -> tuple[Cell, ...]:
    """Put the drawn cells of a variant in; those that no sheet of the job has go."""
    return tuple(
        drawn.get((cell.variant, cell.member), cell)
        for cell in cells
        if cell.variant != variant or (cell.variant, cell.member) in drawn
    )


class Teller(Protocol):
    """Who tells what comes of it."""

    pictures: Pictures

    def tell(self, message: BaseModel) -> None:
        """Tell every page."""


@dataclass(frozen=True, slots=True)
class _Job:
    wish: Wish
    revision: int
    basis: object
    """Files and switches: with the same, the same sheets."""


class Wall:
    """Draws it, once somebody has asked."""

    def __init__(self, worker: Worker, session: Teller) -> None:
        """Hang nothing yet."""
        self._worker, self._session = worker, session
        self._cells: tuple[Cell, ...] = ()
        self._job: _Job | None = None
        self._variants: tuple[str, ...] = ()
        self._done: set[str] = set()
        self._visible: tuple[str, ...] = ()
        self._is_asked = False
        self._is_paused = True
        self._more = asyncio.Event()

    def pause(self) -> None:
        """Stand back: the sheet that is shown comes first."""
        self._is_paused = True

    def begin(self, wish: Wish, shown: Shown) -> None:
        """Go on with what is shown now."""
        job = _Job(wish, shown.revision, (shown.content, shown.switches))
        if self._job is None or job.basis != self._job.basis:
            self._job, self._done = job, set()
            self._variants = tuple(key for key, _ in shown.sheet.variants)
            self._cells = carried(self._cells, self._variants)
            if self._is_asked:
                self._session.tell(self.now())
        self._is_paused = False
        self._more.set()

    def ask(self, visible: tuple[str, ...]) -> WallNow:
        """Draw it from now on, these variants first; return it as it is."""
        self._visible, self._is_asked = visible, True
        self._more.set()
        return self.now()

    def now(self) -> WallNow:
        """Return the wall, as far as it is drawn."""
        return WallNow(revision=self._job.revision if self._job else 0, members=examples(), cells=self._cells)

    async def run(self) -> None:
        """Draw, as long as there is a session."""
        while True:
            await self._more.wait()
            self._more.clear()
            while self._is_asked and not self._is_paused and (job := self._job):
                variant = next_variant(self._cells, self._done, self._visible)
                if variant is None:
                    break
                await self._hang(job, variant)

    async def _hang(self, job: _Job, variant: str) -> None:
        try:
            hung: tuple[Hung, ...] = await self._worker.do("hang", job.wish, variant)
        except Left:
            return
        except Died:
            hung = ()
        if self._job is not job:
            return
        self._done.add(variant)
        drawn = {(variant, one.member): self._cell(one, variant, job.revision) for one in hung}
        self._cells = replaced(self._cells, drawn, variant)
        self._session.tell(Cells(revision=job.revision, variant=variant, cells=tuple(drawn.values())))

    def _cell(self, one: Hung, variant: str, revision: int) -> Cell:
        self._session.pictures.keep(one.pdf, one.pictures)
        return Cell(
            variant=variant,
            member=one.member,
            state=one.state,
            revision=revision,
            pictures=one.pictures,
            codes=one.codes,
        )
