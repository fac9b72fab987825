"""The service: its settings, what its routes share, and what it does from its beginning to its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from fastapi import FastAPI

from renderer.service.drawing import Drawers
from renderer.service.home import Home
from renderer.service.logs import log
from renderer.service.metrics import Metrics
from renderer.service.patience import SILENCE
from renderer.service.runner import Runner
from renderer.service.sources import Sources
from renderer.service.state import States
from renderer.service.studios import Studios
from renderer.service.tables import open_database
from renderer.service.tokens import Tokens
from renderer.service.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Settings:
    """What the service is told when it starts."""

    home: Home
    database: str = ""
    """The address of its database; "" for its own."""
    at_once: int = 1
    """Jobs that are printed at once."""
    workers: int | None = None
    """Processes that print one job; None for one a core."""
    drawers: int = 2
    """Processes that draw sheets."""
    most_queued: int = 100
    """Jobs that may wait."""
    longest_upload: int = 1 << 30
    """Bytes."""
    silence: float = SILENCE
    """Seconds that somebody who asks may be silent, and a store."""
    sources: tuple[str, ...] = ()
    """Addresses in a store below which member files may be read."""
    webhook: str = ""
    """To whom the end of a job is told."""
    secret: str = ""
    """The key by which that is signed."""


class Service:
    """What the routes of one service share."""

    def __init__(self, settings: Settings) -> None:
        """Lay out its folder, and open its database.

        :raises BadJob: when one of them or an address of sources cannot be used.
        """
        self.sources = Sources(settings.sources, settings.longest_upload, settings.silence)
        settings.home.lay_out()
        self.settings, self.home = settings, settings.home
        self.states = States(open_database(settings.database or settings.home.database))
        self.tokens = Tokens(settings.home.tokens)
        self.metrics = Metrics()
        self.drawers = Drawers(settings.drawers)
        self.runner: Runner
        self.studios: Studios
        self.is_ready = False

    @asynccontextmanager
    async def serving(self, _: FastAPI) -> AsyncIterator[None]:
        """Print what is asked for, and tell its ends."""
        self.runner = Runner(self.home, self.states, self.settings.at_once, self.settings.workers)
        await self.runner.settle()
        self.studios = Studios(self.home.drafts)
        self.drawers.warm()
        tasks = [asyncio.create_task(self.runner.serve())]
        if self.settings.webhook:
            tasks.append(asyncio.create_task(Webhooks(self.states, self.settings.secret).serve(self.runner)))
        for task in tasks:
            task.add_done_callback(self._broken)
        self.is_ready = True
        log("service begun")
        try:
            yield
        finally:
            self.is_ready = False
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task
            await self.studios.end()
            self.drawers.close()
            self.states.close()
            log("service ended")

    def _broken(self, task: asyncio.Task[None]) -> None:
        """Be no longer ready where what the service does by itself has ended before it."""
        if not task.cancelled() and (error := task.exception()):
            self.is_ready = False
            log("service broken", kind=type(error).__name__)
