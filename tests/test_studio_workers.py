"""A process that stands ready: its answers in order, a task that is left, one that may not be, one that kills it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from renderer.model.errors import BadLayout
from renderer.studio.workers import Died, Left, Worker


class Tasks:
    """What the process does."""

    def __init__(self) -> None:
        self._kept = 0

    def count(self) -> int:
        self._kept += 1
        return self._kept

    def steps(self) -> Generator[str, None, str]:
        yield "first"
        yield "second"
        return "end"

    def linger(self, begun: Path, ended: Path) -> None:
        begun.touch()
        for _ in range(20_000):
            time.sleep(0.001)
            if ended.exists():
                return
        raise TimeoutError

    def refuse(self) -> None:
        refused = BadLayout("one")
        refused.also = ("two",)
        raise refused

    def fail(self) -> None:
        raise ValueError("架空花子")

    def die(self) -> None:
        os._exit(1)


@asynccontextmanager
async def working() -> AsyncIterator[Worker]:
    worker = Worker(Tasks)
    try:
        yield worker
    finally:
        worker.end()


async def _begun(file: Path) -> None:
    while not file.exists():
        await asyncio.sleep(0.01)


def test_tasks_are_done_one_after_the_other_by_one_that_remembers() -> None:
    async def run() -> None:
        async with working() as worker:
            assert await asyncio.gather(*(worker.do("count") for _ in range(5))) == [1, 2, 3, 4, 5]

    asyncio.run(run())


def test_a_task_tells_what_it_has_so_far() -> None:
    async def run() -> None:
        async with working() as worker:
            heard: list[str] = []
            assert await worker.do("steps", early=heard.append) == "end"
            await asyncio.sleep(0)
            assert heard == ["first", "second"]
            assert await worker.do("steps") == "end"

    asyncio.run(run())


def test_a_task_that_is_left_has_no_answer_and_the_next_has_its_own(tmp_path: Path) -> None:
    async def run() -> None:
        async with working() as worker:
            lingering = asyncio.create_task(worker.do("linger", tmp_path / "begun", tmp_path / "never"))
            await _begun(tmp_path / "begun")
            worker.leave()
            with pytest.raises(Left):
                await lingering
            worker.leave()  # at nothing
            assert await worker.do("count") == 1

    asyncio.run(run())


def test_one_that_is_told_to_leave_before_it_can_hear_lives() -> None:
    async def run() -> None:
        async with working() as worker:
            counting = asyncio.create_task(worker.do("count"))
            await asyncio.sleep(0)  # it is asked, and its process has just been started
            for _ in range(50):
                worker.leave()
                await asyncio.sleep(0.001)
            try:
                assert await counting == 1
            except Left:
                assert await worker.do("count") in (1, 2)

    asyncio.run(run())


def test_a_task_that_writes_is_not_left(tmp_path: Path) -> None:
    async def run() -> None:
        async with working() as worker:
            task = worker.do("linger", tmp_path / "begun", tmp_path / "ended", may_be_left=False)
            writing = asyncio.create_task(task)
            await _begun(tmp_path / "begun")
            worker.leave()
            (tmp_path / "ended").touch()
            assert await writing is None

    asyncio.run(run())


def test_what_is_refused_is_raised_with_all_of_it() -> None:
    async def run() -> None:
        async with working() as worker:
            with pytest.raises(BadLayout) as refused:
                await worker.do("refuse")
            assert refused.value.sentences == ("one", "two")

    asyncio.run(run())


def test_what_was_not_foreseen_is_told_by_its_place_and_not_by_its_words() -> None:
    async def run() -> None:
        async with working() as worker:
            with pytest.raises(Died, match=r"^ValueError at test_studio_workers\.py:\d+$"):
                await worker.do("fail")
            assert await worker.do("count") == 1

    asyncio.run(run())


def test_where_a_process_dies_another_one_stands_ready() -> None:
    async def run() -> None:
        async with working() as worker:
            assert await worker.do("count") == 1
            with pytest.raises(Died):
                await worker.do("die")
            assert await worker.do("count") == 1

    asyncio.run(run())


def test_one_that_is_ended_at_a_task_is_not_started_anew(tmp_path: Path) -> None:
    async def run() -> None:
        async with working() as worker:
            lingering = asyncio.create_task(worker.do("linger", tmp_path / "begun", tmp_path / "never"))
            await _begun(tmp_path / "begun")
            worker.end()
            with pytest.raises(Died):
                await lingering

    asyncio.run(run())
