"""Tasks → their results, in order: done in this process, or by workers through ``concurrent.futures.Executor``.

A task is a pair: a function of the bench (what a worker has before it) and of one argument. One task alone is done in
this process, for starting a worker takes longer than most of them; two and more are given to the workers, which are
started when they are first needed. A worker that dies (killed, out of memory) or makes no progress breaks its
executor, which is replaced, and every task whose result was not yet taken is done again: tasks must be repeatable.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext, ForkServerProcess, SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from renderer.model.errors import ENDINGS, RunStopped

Bench = TypeVar("Bench")
Argument = TypeVar("Argument")
Result = TypeVar("Result")
Made = TypeVar("Made", covariant=True)

ATTEMPTS = 3
"""How often a task may be begun before the run stops: a task that kills its worker would kill any."""
PAUSE = 0.25
"""Seconds before workers are replaced: what has just been killed, a server that forks among it, must be gone."""
_LEFT_BEHIND = 50_000
"""Objects that tasks may leave behind before a worker looks for cycles among them."""
RUNS = 4
"""Of which a worker keeps the bench, where it has the tasks of several by turns."""
PATIENCE = 600.0
"""Seconds in which a worker is to end its task, however busy the machine: one that does not makes no progress."""


class Context(Hashable, Protocol[Made]):
    """What a worker needs to set up its bench: small, picklable and hashable, the same for all tasks of a run."""

    def set_up(self) -> Made:
        """Make the bench."""


@dataclass(frozen=True, slots=True)
class Task(Generic[Bench, Argument, Result]):
    """One thing to do."""

    work: Callable[[Bench, Argument], Result]
    """A function that another process finds by its name."""
    argument: Argument


class Workers(Protocol):
    """An executor and how it is ended: of this machine's processes, or of many machines."""

    executor: Executor

    def end(self) -> None:
        """End what was started for it at once, and nothing else; what is under way is thrown away."""


KEEPS_PIPE = sys.version_info < (3, 11, 5)
"""Whether this Python, as that of Debian 12, does not let go of the pipe to workers that died (cpython issue 94777)."""
MakeWorkers = Callable[[int, Sequence[str]], Workers]
"""How many, and what modules all of them will import → workers."""


class Crew(Generic[Bench]):
    """Does the tasks of one run."""

    def __init__(
        self, context: Context[Bench], workers: int, make: MakeWorkers | None = None, patience: float = PATIENCE
    ) -> None:
        self._context = context
        self._count = workers
        self._make = make or Processes
        self._patience = patience
        self._modules: tuple[str, ...] = ()
        self._workers: Workers | None = None
        self._bench: Bench | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bench = None
        if self._workers is not None:
            if kind is not None:
                self._workers.end()
            self._workers.executor.shutdown(wait=True, cancel_futures=True)

    def expect(self, *modules: str) -> None:
        """Say what tasks to come import: workers that are started from now on have it in common."""
        self._modules += modules

    def prepare(self) -> None:
        """Let what workers are forked from import meanwhile what was said, where it is certain that they are needed."""
        self._ready()

    def _ready(self) -> Workers:
        if self._workers is None:
            self._workers = self._make(self._count, self._modules)
        return self._workers

    def here(self, task: Task[Bench, Argument, Result]) -> Result:
        """Do one task in this process."""
        if self._bench is None:
            self._bench = self._context.set_up()
        return task.work(self._bench, task.argument)

    def do(self, tasks: Iterable[Task[Bench, Argument, Result]]) -> Iterator[Result]:
        """Yield the results in the order of the tasks; a few tasks for each worker are under way at a time.

        :raises RunStopped: when a task's worker died at every attempt; what a task raises is raised here.
        """
        rest = iter(tasks)
        first = list(islice(rest, 2))
        if len(first) == 1:
            yield self.here(first[0])
            return
        under_way: deque[_UnderWay] = deque()
        rest = chain(first, rest)
        while True:
            while len(under_way) < 2 * self._count + 1 and (task := next(rest, None)) is not None:
                under_way.append(self._begin(task, under_way))
            if not under_way:
                return
            result = self._result_of_first(under_way)
            under_way.popleft()
            yield result

    def _result_of_first(self, under_way: deque[_UnderWay]) -> Any:
        """Wait for the first task, however often it has to be begun again."""
        while True:
            first = under_way[0]
            try:
                return first.future.result(self._patience)
            except TimeoutError:
                if first.future.done():  # the task itself says so
                    raise
                why = "made no progress"
            except BrokenExecutor:
                why = "died"
            if first.attempt >= ATTEMPTS:
                raise RunStopped(
                    f"a worker process {why} {ATTEMPTS} times at the same task; give the run more memory or fewer "
                    "--workers, then start it again with the same command"
                ) from None
            self._replace(under_way)

    def _begin(self, task: Task[Bench, Any, Any], under_way: deque[_UnderWay]) -> _UnderWay:
        future = self._submit(task)
        if isinstance(future.exception() if future.done() and not future.cancelled() else None, BrokenExecutor):
            self._replace(under_way)
            future = self._submit(task)
        return _UnderWay(task, future, 1)

    def _replace(self, under_way: deque[_UnderWay]) -> None:
        """Put new workers in the place of broken ones and begin again what they had not finished."""
        if self._workers is not None:
            self._workers.end()
            self._workers.executor.shutdown(wait=False, cancel_futures=True)
        time.sleep(PAUSE)
        self._workers = self._make(self._count, self._modules)
        unfinished = [place for place, begun in enumerate(under_way) if not _is_finished(begun.future)]
        for ahead, place in enumerate(unfinished):
            begun = under_way[place]
            # Workers take the tasks in their order: those behind the first few were waiting, and are not to blame.
            attempt = begun.attempt + (ahead < self._count)
            under_way[place] = _UnderWay(begun.task, self._submit(begun.task), attempt)

    def _submit(self, task: Task[Bench, Any, Any]) -> Future[Any]:
        """Give a task to the workers; where they are broken already, its future says so."""
        try:
            with _undisturbed():
                return self._ready().executor.submit(at_bench, self._context, task)
        except BrokenExecutor as broken:
            return _failed(broken)
        except (OSError, EOFError) as gone:  # the server that forks workers was killed while one was asked of it
            return _failed(BrokenExecutor(type(gone).__name__))


@dataclass(frozen=True, slots=True)
class _UnderWay:
    task: Task[Any, Any, Any]
    future: Future[Any]
    attempt: int


def _is_finished(future: Future[Any]) -> bool:
    return future.done() and not future.cancelled() and not isinstance(future.exception(), BrokenExecutor)


def _failed(error: BrokenExecutor) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(error)
    return future


def at_bench(context: Context[Bench], task: Task[Bench, Argument, Result]) -> Result:
    """Do a task where a worker runs: at the bench of its context, set up when the first task of a run comes."""
    collects = gc.isenabled()
    gc.disable()  # a task leaves few cycles behind, and looking for them all the while takes a thirtieth of its time
    try:
        bench: Bench = _bench(context)
        return task.work(bench, task.argument)
    finally:
        if gc.get_count()[0] > _LEFT_BEHIND:
            # What stands after a task stands for the whole run: no garbage collection need look through it again.
            gc.collect()
            gc.freeze()
        if collects:
            gc.enable()


@lru_cache(maxsize=RUNS)
def _bench(context: Context[Any]) -> Any:
    return context.set_up()


class _Forked(ForkServerContext):
    """Processes forked from a server that does nothing else; those that were started are known."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[BaseProcess] = []

    def Process(self, *words: Any, **named: Any) -> ForkServerProcess:  # type: ignore[override]  # noqa: N802 - its name there
        process = ForkServerProcess(*words, **named)
        self.started.append(process)
        return process


class _Spawned(SpawnContext):
    """Processes that import the program each for itself; those that were started are known."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[BaseProcess] = []

    def Process(self, *words: Any, **named: Any) -> SpawnProcess:  # type: ignore[override]  # noqa: N802 - its name there
        process = SpawnProcess(*words, **named)
        self.started.append(process)
        return process


class Processes:
    """Workers of this machine: processes that inherit neither threads nor open files of this one."""

    def __init__(self, workers: int, modules: Sequence[str] = ()) -> None:
        # The server listens at a socket below the folder for temporary files, whose whole path may have 107 bytes
        # (unix(7)); where that is too long, every worker imports the program for itself.
        has_room = len(os.fsencode(tempfile.gettempdir())) <= 107 - len("/pymp-xxxxxxxx/listener-xxxxxxxx")
        self._context: _Forked | _Spawned = _Forked() if has_room else _Spawned()
        if has_room:
            self._context.set_forkserver_preload([*modules, "renderer.running.shared"])
            with _undisturbed():
                resource_tracker.ensure_running()  # at its end it blocks less than before
                with _undisturbed():
                    forkserver.ensure_running()
        self.executor: Executor = ProcessPoolExecutor(workers, self._context, _begin, (dict(os.environ),))

    def end(self) -> None:
        """Kill these processes; they hold nothing that is not in the workspace."""
        if KEEPS_PIPE:
            # A task that is being written to them would wait for ever: this process could read it, too.
            with suppress(OSError):
                self.executor._call_queue._reader.close()  # type: ignore[attr-defined]
        for process in self._context.started:
            if process.is_alive():
                process.kill()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put off what ends a run: a process that starts meanwhile is started wholly, and is deaf to it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(environment: Mapping[str, str]) -> None:
    """Join a run, with the environment that it has now: a fork server keeps the one in which it was started."""
    os.environ.clear()
    os.environ.update(environment)
    join_run()


def join_run() -> None:
    """Let this process end with the one that started it: nobody else would stop it, and it has people in memory."""
    # A terminal tells all its processes that it ends; the run answers, and ends its workers.
    signal.pthread_sigmask(signal.SIG_SETMASK, set(ENDINGS) - {signal.SIGTERM})
    threading.Thread(target=_end_with_run, daemon=True).start()


def _end_with_run() -> None:
    run = multiprocessing.parent_process()
    if run is not None:
        run.join()
        os._exit(1)
