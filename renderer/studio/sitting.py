"""What a reviewer asks about goldens → the report of them, as it is drawn; what is judged, written when it is meant.

Nothing of a sitting is kept here: verdicts, names and reasons are the page's until they are written.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from renderer.model.errors import RunStopped
from renderer.review.approving import Plan
from renderer.studio.files import content_of
from renderer.studio.golden_sheets import GoldenSheets, Looked, Place
from renderer.studio.messages import Commit, Committed, Goldens, Listed, NotCommitted
from renderer.studio.parts import Words
from renderer.studio.workers import Died, Left, Worker

TELL_EVERY = 1.0
"""Seconds from one report to the next while it is drawn."""
PATIENCE = 5
"""How far the process stands back (nice): the sheet that is written comes first."""


class Sitting:
    """The goldens of one layout."""

    def __init__(self, layout: Path, pack: Path | None, root: Path, tell: Callable[[BaseModel], None]) -> None:
        """Stand ready; the process is started when somebody asks. ``root`` is the folder of goldens."""
        self._folder = Path(tempfile.mkdtemp(prefix="goldens-"))
        self._place = Place(layout, pack, root, self._folder)
        self._tell = tell
        self._worker: Worker | None = None
        self._revision = 0
        self._basis: tuple[str, str] | None = None
        """Sums of the layout's files, and of the goldens."""
        self._told: Goldens | None = None
        """The last of all cases."""
        self._anew = asyncio.Event()

    def ask(self, revision: int, content: str) -> None:
        """Draw the cases of what is shown now, unless that was done; an older drawing is left."""
        self._revision = revision
        basis = content, content_of((self._place.root,), ())
        if basis != self._basis:
            self._basis = basis
            self._anew.set()
            if self._worker:
                self._worker.leave()
        elif self._told:
            self._tell(self._told.model_copy(update={"revision": revision}))

    def end(self) -> None:
        """End the process and delete the pictures."""
        if self._worker:
            self._worker.end()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def run(self) -> None:
        """Draw, as long as there is a session."""
        while True:
            await self._anew.wait()
            self._anew.clear()
            with suppress(Left):
                await self._draw()

    async def _draw(self) -> None:
        self._told, told, loop = None, float("-inf"), asyncio.get_running_loop()
        try:
            cases: tuple[str, ...] = await self._do("begin")
            for done, name in enumerate(cases, 1):
                await self._do("draw", name)
                if done < len(cases) and loop.time() - told > TELL_EVERY:
                    told = loop.time()
                    self._tell(await self._goldens(done, len(cases)))
            self._told = await self._goldens(len(cases), len(cases)) if cases else Goldens(command=self._command)
        except (RunStopped, Died) as wrong:
            self._told = Goldens(why=Words(ja=str(wrong), en=str(wrong)))
        self._told = self._told.model_copy(update={"revision": self._revision})
        self._tell(self._told)

    async def commit(self, asked: Commit, answer: Callable[[BaseModel], None]) -> None:
        """Write what was judged, or say what would be written."""
        try:
            plan: Plan = await self._do("plan", asked.review)
            if not asked.confirmed:
                answer(Listed(files=tuple(plan.files), left=tuple(plan.left)))
                return
            cases: tuple[str, ...] = await self._do("settle", plan, may_be_left=False)
            answer(Committed(cases=cases))
            if self._told and self._basis:
                self._basis = self._basis[0], content_of((self._place.root,), ())
                self._told = await self._goldens(self._told.of, self._told.of)
                self._tell(self._told)
        except (RunStopped, Left, Died) as wrong:
            said = str(wrong) or "the sheets are being drawn anew; look at them again"
            answer(NotCommitted(why=Words(ja=said, en=said)))

    def picture(self, sheet: str, name: str) -> Path | None:
        """Return the file of a picture, by the parts of its address; None where there is none."""
        if not re.fullmatch("[0-9a-f]+", sheet) or not re.fullmatch("[0-9a-z-]+", name):
            return None
        found = self._folder / sheet / "pictures" / f"{name}.png"
        return found if found.is_file() else None

    async def _goldens(self, done: int, of: int) -> Goldens:
        looked: Looked = await self._do("look")
        return Goldens(revision=self._revision, done=done, of=of, report=looked.report, signatures=looked.signatures)

    async def _do(self, task: str, *arguments: object, may_be_left: bool = True) -> Any:
        if task == "draw" and self._anew.is_set():
            raise Left
        if self._worker is None:
            self._worker = Worker(partial(GoldenSheets, self._place), PATIENCE)
        return await self._worker.do(task, *arguments, may_be_left=may_be_left)

    @property
    def _command(self) -> str:
        pack = self._place.pack
        return "renderer goldens approve" + (f" --pack {pack.name}" if pack else "")
