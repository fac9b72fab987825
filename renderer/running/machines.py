"""A scheduler of Dask and a store → workers on many machines, for a crew; the store is all that they share.

A worker that is lost has its task done again by another: that is Dask's part. A task that ends one worker after another
ends the run, by Dask's ``allowed-failures``.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from renderer.model.errors import BadJob, RunStopped
from renderer.running.crew import Processes, Task, at_bench
from renderer.running.elsewhere import (
    CarriedContext,
    Order,
    carried_context,
    carry_out,
    check_same,
    installed,
    leave,
    take,
)
from renderer.running.printing import BatchToPrint
from renderer.running.reading import read_members
from renderer.running.sendable import sendable
from renderer.running.worker import JobContext, RunBench, cut_rows, index_source
from renderer.running.workspace import open_workspace

if TYPE_CHECKING:
    from distributed import Client
    from distributed import Future as Ordered

ANSWERS = "10s"
"""In which a scheduler has to answer."""
LONELY = 30.0
"""Seconds after which a task that is not done lets the run ask whether there are workers still."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Many machines, as a person names them."""

    scheduler: str
    """Address of a scheduler of Dask: ``tcp://host:port``, or ``tls://`` with the certificates of Dask's settings."""
    store: str
    """Address of a store that all of them see: ``s3://bucket/prefix``."""

    def __post_init__(self) -> None:
        """Check the addresses.

        :raises BadJob: when one is none.
        """
        if not re.fullmatch(r"(tcp|tls)://[^/]+:\d+", self.scheduler):
            raise BadJob(f"{self.scheduler} is no address of a scheduler; give tcp://HOST:PORT, or tls://HOST:PORT")
        if not re.fullmatch(r"s3://.+", self.store):
            raise BadJob(f"{self.store} is no store that other machines see; give s3://BUCKET/PREFIX")

    @property
    def plates(self) -> str:
        """The address of the plates that the runs in this store keep for one another."""
        return f"{self.store.rstrip('/')}/plates"

    def place(self) -> str:
        """Return the address of a place of its own in the store, for one run."""
        return f"{self.store.rstrip('/')}/runs/{token_hex(16)}"

    def workers(self) -> int:
        """Count the workers, all of which have installed what this machine has.

        :raises BadJob: when there is none, or one cannot be used.
        """
        with _client(self.scheduler) as client:
            found = client.run(installed, on_error="return")
            threads = client.nthreads()
        if not found:
            raise BadJob(
                f"{self.scheduler}: no worker has joined this scheduler; start some: dask worker {self.scheduler} "
                "--nworkers N --nthreads 1"
            )
        for worker, its in sorted(found.items()):
            if isinstance(its, Exception):
                raise BadJob(
                    f"{worker}: renderer cannot be used there ({type(its).__name__}); install the same renderer with "
                    "renderer[many] there, and start the worker again"
                )
            check_same(installed(), its, worker)
            if threads.get(worker, 1) != 1:
                raise BadJob(
                    f"{worker}: has {threads[worker]} threads, and sheets are set in one; start it again with "
                    f"--nworkers {threads[worker]} --nthreads 1"
                )
        return len(found)

    def machines(self, workers: int, _modules: Sequence[str] = ()) -> Machines:
        """Let the workers of these machines work for a crew."""
        return Machines(self, workers)


class Machines(Executor):
    """Workers on many machines. What only the run's own machine can do, for the member file is there, is done here.

    That is done by a process beside the run.
    """

    def __init__(self, cluster: Cluster, workers: int) -> None:
        self.executor: Executor = self
        self._scheduler = cluster.scheduler
        self._client = _client(cluster.scheduler)
        self._waiting = ThreadPoolExecutor(2 * workers + 1)
        """A thread for each task under way, which waits for it."""
        self._here: Processes | None = None
        self._context: CarriedContext | None = None
        self._beginning = threading.Lock()

    def submit(self, _work: Callable[..., Any], /, *arguments: Any, **_: Any) -> Future[Any]:
        """Do a task of a crew: ``at_bench`` of its context and the task."""
        context, task = arguments
        if task.work is index_source:
            return self._done_here(context, task)
        return self._waiting.submit(self._done_elsewhere, context, task)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take leave of the workers; ``cancel_futures`` as any executor has it."""
        self._waiting.shutdown(wait, cancel_futures=cancel_futures)
        if self._here:
            self._here.executor.shutdown(wait, cancel_futures=cancel_futures)
        self._client.close()  # type: ignore[no-untyped-call]

    def end(self) -> None:
        """Throw away what is under way; what a worker is at, it does to the end, and nobody takes it."""
        self._client.close()  # type: ignore[no-untyped-call]
        if self._here:
            self._here.end()

    def _done_here(self, context: JobContext, task: Task[RunBench, Any, Any]) -> Future[Any]:
        with self._beginning:
            self._here = self._here or Processes(1)
        return self._here.executor.submit(at_bench, context, task)

    def _done_elsewhere(self, context: JobContext, task: Task[RunBench, Any, Any]) -> Any:
        from distributed import KilledWorker

        if task.work is read_members:
            rows = sendable(task.argument)
            if rows is None:
                return self._done_here(context, task).result()
            task = Task(task.work, rows)
        if isinstance(task.argument, BatchToPrint):
            rows = self._done_here(context, Task(cut_rows, task.argument.chunk)).result()
            task = Task(task.work, replace(task.argument, rows=rows))
        store = open_workspace(context.workspace)
        with self._beginning:
            self._context = self._context or carried_context(context, store)
        order = Order(self._context, leave(task, store), installed())
        # Of a task the scheduler knows the verb, and a name that says nothing.
        key = f"{task.work.__name__}-{token_hex(16)}"
        try:
            self._wait(self._client.submit(carry_out, order, key=key, pure=False))
        except KilledWorker as killed:
            raise RunStopped(
                f"{self._scheduler}: {_said(task)} ended {killed.allowed_failures + 1} workers, the last of them "
                f"{killed.last_worker.address}; look into that worker's log, give workers more memory or make "
                "pieces_per_batch smaller, then start the run again with the same command"
            ) from None
        except CancelledError:
            raise RunStopped(
                f"{self._scheduler}: the scheduler is gone; start it and its workers again, then the run with the same "
                "command"
            ) from None
        return take(order, store)

    def _wait(self, ordered: Ordered[None]) -> None:
        """Wait for a task to be done, as long as there is anybody to do it."""
        looks = 0
        while True:
            with suppress(TimeoutError):
                ordered.result(timeout=LONELY)
                return
            with suppress(OSError):  # who cannot be asked is gone, and the result says so
                looks = 0 if self._client.nthreads() else looks + 1  # type: ignore[no-untyped-call]
                if looks > 1:  # a worker that was lost may be on its way back
                    raise RunStopped(
                        f"{self._scheduler}: no worker is left; look into their logs and start some, then start the "
                        "run again with the same command"
                    )


def _said(task: Task[RunBench, Any, Any]) -> str:
    verb = task.work.__name__.replace("_", " ")
    return f"{verb} ({task.argument.batch.stem})" if isinstance(task.argument, BatchToPrint) else verb


def _client(scheduler: str) -> Client:
    try:
        from distributed import Client
    except ImportError:
        raise BadJob(f"{scheduler}: distributed is not installed; install renderer[many]") from None
    try:
        return Client(scheduler, timeout=ANSWERS, set_as_default=False)  # type: ignore[no-untyped-call]
    except OSError as error:
        raise BadJob(
            f"{scheduler}: no scheduler answers there ({type(error).__name__}); start one with dask scheduler, or "
            "correct --on"
        ) from None
