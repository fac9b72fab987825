"""Do tasks in worker processes, in order, through ``concurrent.futures.Executor`` and nothing else.

A worker that dies (killed, out of memory) breaks its executor at once; the executor is replaced and every task whose
result was not yet taken is done again. Tasks must therefore be repeatable: they write under temporary names only.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import forkserver, resource_tracker
from types import TracebackType
from typing import Generic, Self, TypeVar

from renderer.model.errors import ENDINGS, RunStopped

Task = TypeVar("Task")
Result = TypeVar("Result")

ATTEMPTS = 3
"""How often a task may be begun before the run stops: a task that kills its worker would kill any."""


MakeExecutor = Callable[[int, Callable[..., None], tuple[object, ...]], Executor]
"""(workers, how each is prepared, with what) → an executor: of this machine's processes, or of many machines."""


class Crew(Generic[Task, Result]):
    """Workers that all do the same work, each prepared once by ``prepare(*arguments)``."""

    def __init__(
        self,
        workers: int,
        work: Callable[[Task], Result],
        prepare: Callable[..., None],
        arguments: tuple[object, ...],
        executor: MakeExecutor | None = None,
    ) -> None:
        self.workers = workers
        self._work = work
        self._make = partial(executor or processes, workers, prepare, arguments)
        self._executor: Executor = self._make()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:  # what is under way would be thrown away: nobody waits for it
            for worker in multiprocessing.active_children():
                worker.terminate()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def do(self, tasks: Iterable[Task]) -> Iterator[Result]:
        """Yield the results in the order of the tasks; a few tasks for each worker are under way at a time.

        :raises RunStopped: when a task's worker died at every attempt; what a task raises is raised here.
        """
        waiting: deque[tuple[Task, Future[Result], int]] = deque()
        rest = iter(tasks)
        while True:
            while len(waiting) < 2 * self.workers + 1 and (task := next(rest, None)) is not None:
                waiting.append(self._begin(task, waiting))
            if not waiting:
                return
            task, future, attempt = waiting[0]
            try:
                result = future.result()
            except BrokenExecutor:
                if attempt == ATTEMPTS:
                    raise RunStopped(
                        f"a worker process died {ATTEMPTS} times at the same task; give the run more memory or fewer "
                        "--workers, then start it again with the same command"
                    ) from None
                self._replace(waiting)
                continue
            waiting.popleft()
            yield result

    def _begin(self, task: Task, waiting: deque[tuple[Task, Future[Result], int]]) -> tuple[Task, Future[Result], int]:
        try:
            with _undisturbed():
                return task, self._executor.submit(self._work, task), 1
        except BrokenExecutor:
            self._replace(waiting)
            return task, self._submit(task), 1

    def _replace(self, waiting: deque[tuple[Task, Future[Result], int]]) -> None:
        """Put a new executor in the place of a broken one and begin again what it had not finished."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._executor = self._make()
        for place, (task, future, attempt) in enumerate(waiting):
            if not future.done() or future.cancelled() or isinstance(future.exception(), BrokenExecutor):
                waiting[place] = (task, self._submit(task), attempt + 1)

    def _submit(self, task: Task) -> Future[Result]:
        """Give a task to a new executor; where that is broken already, the task's result says so when it is taken."""
        try:
            with _undisturbed():
                return self._executor.submit(self._work, task)
        except BrokenExecutor as broken:
            future: Future[Result] = Future()
            future.set_exception(broken)
            return future


def processes(workers: int, prepare: Callable[..., None], arguments: tuple[object, ...]) -> Executor:
    """Return an executor of local processes that inherit neither threads nor open files of this one.

    They are forked from a server that has imported the program once and does nothing else.
    """
    # The server listens at a socket below the folder for temporary files, whose whole path may have 107 bytes
    # (unix(7)); where that is too long, every worker imports the program for itself.
    has_room = len(os.fsencode(tempfile.gettempdir())) <= 107 - len("/pymp-xxxxxxxx/listener-xxxxxxxx")
    context = multiprocessing.get_context("forkserver" if has_room else "spawn")
    if has_room:
        context.set_forkserver_preload([prepare.__module__])
        with _undisturbed():
            resource_tracker.ensure_running()  # at its end it blocks less than before
            with _undisturbed():
                forkserver.ensure_running()
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_join_crew, initargs=(prepare, arguments))


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put off what ends a run: a process that starts meanwhile is started wholly, and is deaf to it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _join_crew(prepare: Callable[..., None], arguments: tuple[object, ...]) -> None:
    """Set up a worker process, which must not outlive its run: nobody would stop it, and it has people in memory."""
    # A terminal tells all its processes that it ends; the run answers, and ends its workers by SIGTERM.
    signal.pthread_sigmask(signal.SIG_SETMASK, set(ENDINGS) - {signal.SIGTERM})
    threading.Thread(target=_end_with_run, daemon=True).start()
    prepare(*arguments)


def _end_with_run() -> None:
    run = multiprocessing.parent_process()
    if run is not None:
        run.join()
        os._exit(1)
