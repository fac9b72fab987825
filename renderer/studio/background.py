"""What is shown → what can wait: who would be held, the other variants, what lint finds; newest save first.

It is done by a worker that stands back. A newer save leaves all of it; it is begun anew when that sheet is shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol

from pydantic import BaseModel

from renderer.model.errors import RunStopped
from renderer.studio.messages import Built, Found, Held, Inked
from renderer.studio.parts import INK, Problem, Shape, Variant, Words
from renderer.studio.pictures import Pictures
from renderer.studio.scenes import Wish
from renderer.studio.shown import Shown
from renderer.studio.stage import Drawn, NotMade
from renderer.studio.workers import Died, Left, Worker

ATTEMPTS = 2


class Teller(Protocol):
    """Who tells what comes of it."""

    shown: Shown
    pictures: Pictures

    def update(self, revision: int, **news: object) -> bool:
        """Take up what came in about a revision; False where another is shown by now."""

    def tell(self, message: BaseModel) -> None:
        """Tell every page."""


class Background:
    """Does it."""

    def __init__(self, worker: Worker, session: Teller) -> None:
        self._worker, self._session = worker, session
        self._job: tuple[Wish, Shown] | None = None
        self._begun = asyncio.Event()

    def pause(self) -> None:
        """Leave what is under way: the sheet that is shown comes first."""
        self._job = None
        self._worker.leave()

    def begin(self, wish: Wish, shown: Shown) -> None:
        """Begin with what is shown now."""
        self._job = wish, shown
        self._begun.set()

    def end(self) -> None:
        """End the worker."""
        self._worker.end()

    async def run(self) -> None:
        """Do it, as long as there is a session."""
        while True:
            await self._begun.wait()
            self._begun.clear()
            if self._job is not None:
                await self._try(self._job)

    async def _try(self, job: tuple[Wish, Shown]) -> None:
        """Do all of it; where the worker dies at it, another one begins anew, so often and no more."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with suppress(Left, RunStopped):  # what was good is wrong by now: the session tells that
                    await self._all_of(job)
                return
            except Died as died:
                if attempt == ATTEMPTS:
                    self._found(job[1], (*self._session.shown.slow, _gave_up(died)), is_all=True)

    async def _all_of(self, job: tuple[Wish, Shown]) -> None:
        _, shown = job
        with suppress(RunStopped):  # a variant may be wrong that is not shown: lint tells it
            await self._forecast(job)
        await self._ink(job)
        await self._lint(job, "lint_quickly")
        for key, _ in self._others(shown):
            await self._build(job, key)
        await self._lint(job, "lint")

    async def _forecast(self, job: tuple[Wish, Shown]) -> None:
        wish, shown = job
        held: Held | None = await self._do(job, "forecast", wish, shown.revision)
        if held is not None and self._session.update(shown.revision, held=held):
            self._session.tell(held)

    async def _lint(self, job: tuple[Wish, Shown], how: str) -> None:
        """Look for what would go wrong, unless that is known of these files and switches."""
        wish, shown = job
        if shown.linted:
            return
        if not self._found(shown, await self._do(job, how, wish), is_all=how == "lint"):
            raise Left

    def _found(self, shown: Shown, problems: tuple[Problem, ...], *, is_all: bool) -> bool:
        """Tell what lint has found, if that is still what is shown."""
        if is_shown := self._session.update(shown.revision, slow=problems, linted=is_all):
            self._session.tell(Found(revision=shown.revision, problems=self._session.shown.problems, linted=is_all))
        return is_shown

    async def _ink(self, job: tuple[Wish, Shown]) -> None:
        """Lay the other inks over the sheet, as an overlay like any other."""
        wish, shown = job
        inks: tuple[Shape, ...] = await self._do(job, "inks", wish)
        before = self._session.shown
        shapes = (*(shape for shape in before.sheet.shapes if shape.overlay != INK), *inks)
        if self._session.update(shown.revision, sheet=replace(before.sheet, shapes=shapes)):
            self._session.tell(Inked(revision=shown.revision, shapes=inks))

    async def _do(self, job: tuple[Wish, Shown], task: str, *arguments: Any) -> Any:
        if self._job is not job:
            raise Left
        return await self._worker.do(task, *arguments)

    @staticmethod
    def _others(shown: Shown) -> Iterator[tuple[str, object]]:
        return ((key, label) for key, label in shown.sheet.variants if key != shown.sheet.variant)

    async def _build(self, job: tuple[Wish, Shown], key: str) -> None:
        wish, shown = job
        made: Drawn | NotMade = await self._do(job, "draw_variant", wish, key)
        known = next(variant for variant in self._session.shown.variants if variant.key == key)
        if isinstance(made, Drawn):
            names = tuple(page.picture for page in made.pages)
            self._session.pictures.keep(made.pdf, names)
            state = "held" if made.is_held else "fresh"
            news = known.model_copy(update={"state": state, "revision": shown.revision, "pictures": names})
        else:
            news = known.model_copy(update={"state": "refused"})
        self._tell(shown, news)

    def _tell(self, shown: Shown, news: Variant) -> None:
        variants = tuple(news if one.key == news.key else one for one in self._session.shown.variants)
        if self._session.update(shown.revision, variants=variants):
            self._session.tell(Built(variant=news))


def _gave_up(died: Died) -> Problem:
    return Problem(
        severity="refused",
        code="worker-died",
        sentence=Words(
            ja=f"検査の途中で止まりました（{died}）。ここにない問題があるかもしれません。保存し直すと、もう一度調べます。",
            en=f"the process that lints stopped ({died}), and there may be more than stands here; save again, and it "
            "looks once more",
        ),
    )
