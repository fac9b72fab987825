"""What can wait in the studio is done in the end, also where the process dies that does it."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest
from pydantic import BaseModel

from renderer.studio.background import ATTEMPTS, Background
from renderer.studio.messages import Found, Inked
from renderer.studio.pictures import Pictures
from renderer.studio.scenes import Wish
from renderer.studio.shown import Shown, nothing
from renderer.studio.workers import Worker


@dataclass
class Tasks:
    """Dies so often, and then does what is asked."""

    deaths: Path
    most: int

    def forecast(self, *_: object) -> None:
        if len(list(self.deaths.iterdir())) < self.most:
            (self.deaths / str(os.getpid())).touch()
            os._exit(1)

    def inks(self, *_: object) -> tuple[()]:
        return ()

    def lint_quickly(self, *_: object) -> tuple[()]:
        return ()

    def lint(self, *_: object) -> tuple[()]:
        return ()


@dataclass
class Told:
    """Hears what comes of it."""

    shown: Shown
    pictures: Pictures = field(default_factory=Pictures)
    heard: list[BaseModel] = field(default_factory=list)

    def update(self, revision: int, **news: object) -> bool:
        self.shown = replace(self.shown, **news)  # type: ignore[arg-type]
        return revision == self.shown.revision

    def tell(self, message: BaseModel) -> None:
        self.heard.append(message)


@pytest.mark.parametrize(("deaths", "ends"), [(0, True), (ATTEMPTS - 1, True), (ATTEMPTS, False)])
def test_what_can_wait_is_begun_anew_where_its_process_dies_but_not_for_ever(
    tmp_path: Path, deaths: int, ends: bool
) -> None:
    async def run() -> list[BaseModel]:
        wish = Wish(tmp_path)
        told = Told(nothing(wish))
        background = Background(Worker(partial(Tasks, tmp_path, deaths)), told)
        working = asyncio.create_task(background.run())
        try:
            background.begin(wish, told.shown)
            while len(told.heard) < (3 if ends else 1):
                await asyncio.sleep(0.01)
        finally:
            working.cancel()
            background.end()
        return told.heard

    told = asyncio.run(run())
    if not ends:  # nobody waits for it: what stopped is said, and that there may be more
        (found,) = told
        assert isinstance(found, Found)
        assert found.linted
        assert [problem.code for problem in found.problems] == ["worker-died"]
        return
    kinds = [type(message) for message in told]
    assert [message.linted for message in told if isinstance(message, Found)] == [False, True]
    assert kinds == [Inked, Found, Found]
    assert len(list(tmp_path.iterdir())) == deaths
