"""The jobs that wait → runs, a few at a time, each in a process of its own; what those say → state, and who listens.

A run that is ended with the service goes on with the next one: the same command on the same folder. One whose process
dies is begun again, so often and no more.
"""

from __future__ import annotations

import asyncio
import errno
import json
import shutil
import sys
from asyncio.subprocess import PIPE, Process
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool

from renderer.service.home import Home
from renderer.service.lasting import PAUSE, lasting
from renderer.service.library import ASKED, JOB
from renderer.service.logs import log
from renderer.service.problems import of_machine
from renderer.service.state import JobRow, State, States

FOR_NOW = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)
"""Why no process can be begun now: too many run, or too much is in memory; another time there may be room."""
MOST_ATTEMPTS = 3
"""Times that a job is begun whose process dies."""
GRACE = 20.0
"""Seconds that a run has for its clean-up."""
LONGEST_LINE = 1 << 26
"""Bytes of what a run says of its end: a report names its files and reasons, and no member."""


class Runner:
    """Takes jobs in the order in which they were asked for."""

    def __init__(self, home: Home, states: States, at_once: int, workers: int | None) -> None:
        """Take how many jobs are printed at once, and by how many processes each."""
        self._home, self._states, self._workers = home, states, workers
        self._free = asyncio.Semaphore(at_once)
        self._woken = asyncio.Event()
        self._at_work: set[str] = set()
        """Jobs whose rows say that they are running, and are right."""
        self._is_ending = False
        self._processes: dict[str, Process] = {}
        self._listeners: defaultdict[str, set[asyncio.Queue[None]]] = defaultdict(set)
        self._runs: set[asyncio.Task[None]] = set()
        self.ended = asyncio.Event()
        """Set whenever a job has ended: its end may be told."""

    async def serve(self) -> None:
        """Begin jobs as they come, until cancelled; then end those that are running, to go on another time."""
        try:
            while True:
                await self._free.acquire()
                job = await self._next()
                self._at_work.add(job.name)
                task = asyncio.create_task(self._print(job))
                self._runs.add(task)
                task.add_done_callback(self._runs.discard)
        finally:
            self._is_ending = True
            for process in self._processes.values():
                _terminate(process)
            if self._runs:
                await asyncio.wait(self._runs, timeout=GRACE)
            for process in self._processes.values():
                with suppress(ProcessLookupError):
                    process.kill()

    def wake(self) -> None:
        """Say that a job waits."""
        self._woken.set()

    async def _next(self) -> JobRow:
        while True:
            self._woken.clear()
            if job := await lasting(self._states.take_next, frozenset(self._at_work)):
                return job
            await self._woken.wait()

    async def settle(self) -> None:
        """Settle what a service that was killed has left, before anybody asks: jobs to be cancelled, and folders."""
        found = await lasting(self._states.states_by_name)
        for name in [name for name, state in found.items() if state is State.CANCELLING]:
            await self._end_cancelled(name)
        await run_in_threadpool(self._clear, found)

    def _clear(self, found: Mapping[str, State]) -> None:
        """Take away what nobody needs; the folders of jobs that may be those of another database stay."""
        for name, state in found.items():
            if state.is_end and state is not State.DELIVERED:
                _remove(self._work(name), self._home.jobs / name)
        others = [folder for folder in self._home.jobs.iterdir() if folder.name not in found]
        cut_off = [folder for folder in others if (folder / ASKED).exists()]
        _remove(*cut_off)
        if len(others) > len(cut_off):
            log("folders of no job", count=len(others) - len(cut_off))

    async def cancel(self, job: JobRow) -> bool:
        """End a job that waits or is running; False where it had ended."""
        state = await run_in_threadpool(self._states.cancel, job.name)
        if state is State.CANCELLED:
            # It may have been begun, and have died.
            await run_in_threadpool(_remove, self._work(job.name), self._home.jobs / job.name)
            self._tell(job.name)
            self.ended.set()
        elif process := self._processes.get(job.name):
            _terminate(process)
        return state is not None

    async def _is_cancelled(self, job: JobRow) -> bool:
        return (await lasting(self._states.job, job.name)).state is State.CANCELLING

    async def watch(self, name: str) -> AsyncIterator[JobRow]:
        """Yield a job now, and whenever it has come further, until it has ended."""
        queue: asyncio.Queue[None] = asyncio.Queue(1)
        self._listeners[name].add(queue)
        try:
            while True:
                job = await run_in_threadpool(self._states.job, name)
                yield job
                if job.state.is_end:
                    return
                await queue.get()
        finally:
            self._listeners[name].discard(queue)
            if not self._listeners[name]:
                del self._listeners[name]

    def _tell(self, name: str) -> None:
        for queue in self._listeners.get(name, ()):
            with suppress(asyncio.QueueFull):
                queue.put_nowait(None)

    async def _print(self, job: JobRow) -> None:
        try:
            await self._printed(job)
        finally:
            self._at_work.discard(job.name)
            self._free.release()
            self._tell(job.name)
            self.wake()  # where its process died, it waits again

    async def _printed(self, job: JobRow) -> None:
        if await self._is_cancelled(job):
            await self._settle(job, {}, 0)
            return
        command = [sys.executable, "-m", "renderer.service.working", str(self._home.jobs / job.name / JOB)]
        command += ["--again"] if job.options.get("again") else []
        command += ["--workers", str(self._workers)] if self._workers else []
        try:
            # In a session of its own: who ends the service by its terminal or its unit leaves the run to the service.
            process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, limit=LONGEST_LINE, start_new_session=True
            )
        except OSError as error:
            log("job not begun", job=job.name, why=error.strerror)
            if error.errno in FOR_NOW:
                await lasting(self._states.take_back, job.name)
                await asyncio.sleep(PAUSE)
                return
            failed = {"state": State.FAILED, "kind": "machine", "detail": of_machine(error).detail}
            await self._settle(job, failed, 0)
            return
        self._processes[job.name] = process
        log("job begun", job=job.name, attempt=job.attempts)
        try:
            if await self._is_cancelled(job):  # by somebody who may have looked for a process before there was one
                _terminate(process)
            outcome = await self._listen(job, process)
            code = await process.wait()
        finally:
            del self._processes[job.name]
        await self._settle(job, outcome, code)

    async def _listen(self, job: JobRow, process: Process) -> Mapping[str, Any]:
        progress: dict[str, Sequence[int | None]] = {}
        outcome: Mapping[str, Any] = {}
        assert process.stdout is not None  # noqa: S101 - a pipe
        async for line in process.stdout:
            with suppress(ValueError):  # a process that is killed leaves half a line
                said = json.loads(line)
                if "state" in said:
                    outcome = said
                else:
                    progress[said["verb"]] = (said["done"], said["total"])
                    await lasting(self._states.progress, job.name, progress)
                    self._tell(job.name)
        return outcome

    def _work(self, name: str) -> Path:
        """Return where a run has what it has not delivered."""
        return self._home.outbox / f".{name}.work"

    async def _settle(self, job: JobRow, outcome: Mapping[str, Any], code: int) -> None:
        """Write how a run ended; where it did not say, it waits again, is cancelled, or has failed too often."""
        if outcome:
            state = State(outcome["state"])
        elif await self._is_cancelled(job):
            await self._end_cancelled(job.name)
            return
        elif self._is_ending:  # it goes on with the next service
            await lasting(self._states.take_back, job.name)
            return
        elif job.attempts < MOST_ATTEMPTS:
            log("job died", job=job.name, attempt=job.attempts, code=code)
            return
        else:
            state = State.FAILED
            why = f"its process died {job.attempts} times ({_way(code)}); nothing of it was delivered"
            outcome = {"kind": "died", "detail": why}
        await self._end(job.name, state, outcome)

    async def _end_cancelled(self, name: str) -> None:
        """Cancel a job whose run did not say how it ended; where it was delivered before, another run finds so."""
        if (self._home.outbox / name).exists():
            await lasting(self._states.wait_again, name)
        else:
            await self._end(name, State.CANCELLED, {})

    async def _end(self, name: str, state: State, outcome: Mapping[str, Any]) -> None:
        """Write how a job has ended; of one that is not delivered nothing stays, and its member file goes last."""
        if state is not State.DELIVERED:
            await run_in_threadpool(_remove, self._work(name))
        await lasting(self._states.end, name, state, dict(outcome))
        if state is not State.DELIVERED:
            await run_in_threadpool(_remove, self._home.jobs / name)
        log("job ended", job=name, state=state)
        self.ended.set()


def _remove(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _terminate(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()


def _way(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"code {code}"
