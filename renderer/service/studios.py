"""A draft → the studio of it, for designers, below an address of the service.

A draft is a folder ``drafts/NAME`` like a version of the library, with a layout of its own: the studio writes into
that, and a version of the library is never changed. A studio lets in who has the token of its address, and works in
processes of its own; it ends when nobody has looked at it for a while. What it takes is loaded when one is opened.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import tomlkit
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from renderer.desk.examples import copy_layout
from renderer.intake.jobfile import load_job
from renderer.layout.load import layout_of
from renderer.model.errors import BadJob
from renderer.model.findings import Language
from renderer.model.job import Job
from renderer.service.guard import STUDIOS
from renderer.service.library import JOB, Named
from renderer.service.logs import log

if TYPE_CHECKING:
    from renderer.studio.application import Page
    from renderer.studio.session import Session

MOST = 4
"""Studios at once: each has processes that hold what they have laid out."""
IDLE = 1800.0
"""Seconds after which a studio ends that nobody looks at."""
_LAYOUT, _GOLDENS = "layout", "goldens"
"""Folders of a draft."""
_NAME = re.compile(r"[A-Za-z0-9_-]{1,50}")


class TooMany(Exception):  # noqa: N818 - no error: it ends when a studio does
    """There are as many studios as there may be."""


@dataclass(slots=True)
class _Open:
    session: Session
    page: Page
    work: asyncio.Task[None]
    seen: float
    """When somebody looked at it last, as ``time.monotonic`` has it."""

    async def end(self) -> None:
        self.session.end()
        self.work.cancel()
        await asyncio.wait([self.work])  # what it raised was told when it did


class Studios:
    """Those of one service."""

    def __init__(self, drafts: Path) -> None:
        """Take the folder of the drafts, and tend what is open from now on."""
        self._drafts = drafts
        self._open: dict[str, _Open] = {}
        self._one_by_one = asyncio.Lock()
        self._tending = asyncio.create_task(self._tend())

    def names(self) -> Iterator[tuple[str, bool]]:
        """Yield each draft, and whether its studio is open."""
        for folder in sorted(self._drafts.iterdir()):
            if _NAME.fullmatch(folder.name) and (folder / JOB).is_file():
                yield folder.name, folder.name in self._open

    async def open(self, draft: str, language: Language) -> str:
        """Open the studio of a draft, or go on with it; return its address without the host.

        :raises BadJob: when its job cannot be read, or its layout is not its own.
        :raises BadLayout: when its layout cannot be read.
        :raises TooMany: when there are MOST.
        """
        async with self._one_by_one:
            found = self._open.get(draft)
            if found is None:
                folder = self._drafts / draft
                if len(self._open) >= MOST:
                    raise TooMany
                job, layout = await asyncio.to_thread(_read, folder)
                await asyncio.to_thread(import_module, "renderer.studio.application")
                from renderer.studio.application import Page
                from renderer.studio.scenes import Wish
                from renderer.studio.session import Session

                session = Session(Wish(layout, None, job.path), folder / _GOLDENS)
                page = Page(session, language, "studio", f"{STUDIOS}{draft}/")
                found = _Open(session, page, asyncio.create_task(session.run()), time.monotonic())
                found.work.add_done_callback(lambda work: self._ended(draft, work))
                self._open[draft] = found
            return found.page.address

    async def close(self, draft: str) -> bool:
        """End the studio of a draft; whether there was one."""
        async with self._one_by_one:
            found = self._open.pop(draft, None)
            if found is not None:
                await found.end()
            return found is not None

    async def end(self) -> None:
        """End all of them."""
        self._tending.cancel()
        for draft in list(self._open):
            await self.close(draft)

    async def _tend(self) -> None:
        """End those that nobody looks at."""
        while True:
            await asyncio.sleep(min(60.0, IDLE / 2))
            now = time.monotonic()
            for draft, found in list(self._open.items()):
                if found.session.is_watched:
                    found.seen = now
                elif now - found.seen > IDLE:
                    await self.close(draft)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is asked of a studio: an application below ``STUDIOS``."""
        found = self._open.get(scope["path_params"]["draft"])
        if found is not None:
            found.seen = time.monotonic()
            await found.page.application(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1001})
        else:
            gone = PlainTextResponse("this studio is not open; open it by POST /v1/drafts/NAME/studio\n", 404)
            await gone(scope, receive, send)

    def _ended(self, draft: str, work: asyncio.Task[None]) -> None:
        if not work.cancelled() and (error := work.exception()):
            self._open.pop(draft, None)
            log("studio broken", draft=draft, kind=type(error).__name__)


def lay_draft(named: Named, folder: Path, half: Path) -> bool:
    """Make a draft of a job of the library, with a layout of its own; False where there is one of this name.

    ``half`` is a place on the same disk where it may be half made.

    :raises BadJob, BadLayout: when the job of the library cannot be read.
    """
    job = named.load()
    layout = layout_of(job)
    shutil.copytree(named.folder, half)
    if not layout.folder.resolve().is_relative_to(named.folder.resolve()):
        copy_layout(layout, half / _LAYOUT)
        text = tomlkit.parse((half / JOB).read_text("utf-8"))
        text[_LAYOUT] = _LAYOUT
        (half / JOB).write_text(tomlkit.dumps(text), "utf-8")
    try:
        half.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        return False
    return True


def _read(folder: Path) -> tuple[Job, Path]:
    """Return the job of a draft and the folder of its layout."""
    job = load_job(folder / JOB)
    layout = layout_of(job).folder.resolve()
    if not layout.is_relative_to(folder.resolve()):
        raise BadJob(
            f'the draft "{folder.name}" has no layout of its own, and the studio would write into that of all; copy '
            f"one into it (renderer new-layout) and name it in its {JOB}"
        )
    return job, layout
