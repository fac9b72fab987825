"""A process of its own that stands ready: what is asked of it → its answer; it can be told to leave what it is at.

WeasyPrint knows no threads, and bounds on time and memory hold in the main thread of a process alone: so what lays
out has a process. It keeps what it has read and compiled from task to task; when it dies, another is started.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Generator
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from traceback import extract_tb
from typing import Any, NoReturn

from renderer.model.errors import RunStopped

_LEAVE = signal.SIGUSR1
_SPAWN = multiprocessing.get_context("spawn")


Hear = Callable[[Any], Any]


class Left(Exception):  # noqa: N818
    """The task was left for another one; it has no result."""


class Died(Exception):  # noqa: N818
    """The process died at the task, or did not foresee what befell it; the next task finds one that stands ready."""


class _Leave(BaseException):
    """Nothing that mends errors catches it."""


class Worker:
    """One process, for one task at a time."""

    def __init__(self, make: Callable[[], Any], patience: int = 0) -> None:
        """Start it: it makes an object, whose methods are its tasks. ``patience`` is how far it stands back (nice)."""
        self._make, self._patience = make, patience
        self._one = asyncio.Lock()
        self._may_be_left = self._is_ended = False
        self._start()

    def _start(self) -> None:
        self._ours, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_serve, args=(theirs, self._make, self._patience), daemon=True)
        # A process that is not yet ready to be told would die of it: it begins deaf, and hears when it has an ear.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {_LEAVE})
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()

    async def do(self, task: str, *arguments: Any, may_be_left: bool = True, early: Hear | None = None) -> Any:
        """Let it do the task of this name; one that writes files may not be left.

        A task that yields tells ``early`` what it has so far.

        :raises Left: when it was told to leave it; Died when it died; RunStopped what the task raises of it.
        """
        async with self._one:
            self._may_be_left = may_be_left
            try:
                loop = asyncio.get_running_loop()

                def hear(so_far: Any) -> None:
                    if early:
                        loop.call_soon_threadsafe(early, so_far)

                kind, result = await asyncio.to_thread(self._answer, (task, arguments, may_be_left), hear)
            finally:
                self._may_be_left = False
        if kind == "done":
            return result
        raise result

    def _answer(self, task: tuple[str, tuple[Any, ...], bool], hear: Hear) -> tuple[str, Any]:
        try:
            self._ours.send(task)
            while True:
                kind, answer = self._ours.recv()
                if kind != "so far":
                    return kind, answer
                hear(answer)
        except (EOFError, OSError):
            if not self._is_ended:
                self._process.join()
                self._ours.close()
                self._start()
            return "raised", Died("it died")

    def leave(self) -> None:
        """Tell it to leave the task that it is at; nothing where it is at none."""
        if self._may_be_left and self._process.pid and self._process.is_alive():
            os.kill(self._process.pid, _LEAVE)

    def end(self) -> None:
        """End it at once."""
        self._is_ended = True
        self._process.kill()
        self._process.join()


class _Ear:
    """Hears that a task is to be left."""

    def __init__(self) -> None:
        self.may_hear = self.listens = False
        signal.signal(_LEAVE, self._hear)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {_LEAVE})

    def _hear(self, *_: object) -> None:
        if self.listens:
            self.listens = False
            _leave()


def _leave() -> NoReturn:
    raise _Leave


def _serve(theirs: Connection, make: Callable[[], Any], patience: int) -> None:
    """Do one task after the other, until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal tells all its processes; the server ends this one
    ear = _Ear()
    os.nice(patience)
    tasks = make()
    gc.disable()  # between the tasks is time enough
    while True:
        try:
            task, arguments, ear.may_hear = theirs.recv()
        except EOFError:
            return
        theirs.send(_done(ear, partial(getattr(tasks, task), *arguments), theirs))
        gc.collect()
        gc.freeze()


def _done(ear: _Ear, work: Callable[[], Any], theirs: Connection) -> tuple[str, Any]:
    try:
        ear.listens = ear.may_hear
        result = work()
        if isinstance(result, Generator):
            result = _told(ear, result, theirs)
        ear.listens = False
    except _Leave:
        return "raised", Left()
    except RunStopped as stopped:
        return "raised", stopped
    except Exception as unforeseen:  # its text may carry personal data, and ends here
        *_, frame = extract_tb(unforeseen.__traceback__)
        return "raised", Died(f"{type(unforeseen).__name__} at {Path(frame.filename).name}:{frame.lineno}")
    finally:
        ear.listens = False
    return "done", result


def _told(ear: _Ear, work: Generator[Any, None, Any], theirs: Connection) -> Any:
    """Tell what a task has so far, each time whole; return what it returns."""
    while True:
        try:
            so_far = next(work)
        except StopIteration as end:
            return end.value
        ear.listens = False
        theirs.send(("so far", so_far))
        ear.listens = ear.may_hear
