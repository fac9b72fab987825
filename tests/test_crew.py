"""Results come in order, few tasks wait at a time, a worker may die, and none outlives its run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from renderer.model.errors import BadBatch, RunStopped
from renderer.running.crew import ATTEMPTS, Crew, processes

prepared: list[object] = []


def prepare(word: object) -> None:
    prepared.append(word)


def threads(workers: int, prepare: Callable[..., None], arguments: tuple[object, ...]) -> Executor:
    return ThreadPoolExecutor(workers, initializer=prepare, initargs=arguments)


def squared(number: int) -> int:
    return number * number


def pid_and_words(_: int) -> tuple[int, list[object]]:
    return os.getpid(), prepared


def refused(number: int) -> int:
    if number == 2:
        raise BadBatch("batch 2: a page is missing")
    return number


def killed_once(task: tuple[int, Path]) -> int:
    """Die at the first attempt of task 3, and tell how often each task was begun."""
    number, folder = task
    with (folder / str(number)).open("a") as begun:
        begun.write("x")
    if number == 3 and (folder / "3").stat().st_size == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def killed_always(folder: Path) -> None:
    with (folder / "begun").open("a") as begun:
        begun.write("x")
    os.kill(os.getpid(), signal.SIGKILL)


class Fragile(Executor):
    """Does its tasks at once; breaks, as a pool does, when told to or from the beginning."""

    def __init__(self, lives: Iterator[int]) -> None:
        self.left = next(lives)

    def submit(self, task: Callable[..., object], /, *arguments: object, **_: object) -> Future[object]:  # type: ignore[override]
        if self.left == 0:
            raise BrokenProcessPool("broken before")
        self.left -= 1
        future: Future[object] = Future()
        if self.left:
            future.set_result(task(*arguments))
        else:
            future.set_exception(BrokenProcessPool("a worker died"))
        return future


def test_results_come_in_the_order_of_the_tasks_however_they_end() -> None:
    last_is_done = threading.Event()

    def first_waits_for_last(number: int) -> int:
        if number == 0:
            assert last_is_done.wait(10)
        if number == 4:
            last_is_done.set()
        return number

    with Crew(2, first_waits_for_last, prepare, ("x",), threads) as crew:
        assert list(crew.do(range(5))) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_few_tasks_are_drawn_ahead_of_the_results(workers: int) -> None:
    drawn: list[int] = []

    def tasks() -> Iterator[int]:
        for number in range(40):
            drawn.append(number)
            yield number

    with Crew(workers, squared, prepare, ("x",), threads) as crew:
        results = crew.do(tasks())
        assert drawn == []
        for taken, result in enumerate(results, 1):
            assert result == squared(taken - 1)
            assert len(drawn) <= taken + 2 * workers
    assert len(drawn) == 40


def test_no_task_gives_no_result() -> None:
    with Crew(2, squared, prepare, ("x",), threads) as crew:
        assert list(crew.do([])) == []


def test_what_a_task_raises_comes_through_from_another_process_at_its_place() -> None:
    with Crew(1, refused, prepare, ("x",)) as crew:
        results = crew.do(range(5))
        assert [next(results), next(results)] == [0, 1]
        with pytest.raises(BadBatch, match="batch 2: a page is missing"):
            next(results)


def test_every_worker_is_prepared_once_and_is_another_process() -> None:
    with Crew(2, pid_and_words, prepare, ("the job",)) as crew:
        found = list(crew.do(range(8)))
    assert {tuple(words) for _, words in found} == {("the job",)}
    assert os.getpid() not in {pid for pid, _ in found}


def test_the_tasks_of_a_worker_that_dies_are_done_again_and_each_result_comes_once(tmp_path: Path) -> None:
    with Crew(2, killed_once, prepare, ("x",)) as crew:
        assert list(crew.do((number, tmp_path) for number in range(9))) == list(range(9))
    begun = {int(path.name): path.stat().st_size for path in tmp_path.iterdir()}
    assert begun[3] == 2
    assert begun[8] == 1  # it was not yet drawn when the worker died
    assert max(begun.values()) <= ATTEMPTS


def test_a_task_that_kills_every_worker_stops_the_run_with_what_to_do(tmp_path: Path) -> None:
    with Crew(1, killed_always, prepare, ("x",)) as crew, pytest.raises(RunStopped, match="fewer --workers"):
        list(crew.do([tmp_path]))
    assert (tmp_path / "begun").stat().st_size == ATTEMPTS


def test_executors_that_break_now_and_then_cost_time_only() -> None:
    lives = iter([4, 1, 7, 100])
    with Crew(2, squared, prepare, ("x",), lambda *_: Fragile(lives)) as crew:
        assert list(crew.do(range(30))) == [squared(number) for number in range(30)]


def test_executors_that_are_broken_from_the_beginning_stop_the_run() -> None:
    lives = iter([0] * 20)
    with Crew(2, squared, prepare, ("x",), lambda *_: Fragile(lives)) as crew, pytest.raises(RunStopped):
        list(crew.do(range(3)))


def test_taking_no_further_result_leaves_nothing_running() -> None:
    before = threading.active_count()
    with Crew(2, squared, prepare, ("x",), threads) as crew:
        assert next(crew.do(range(1000))) == 0
        assert threading.active_count() > before
    assert threading.active_count() == before


def sleeps(seconds: float) -> None:
    time.sleep(seconds)


def test_a_run_that_stops_does_not_wait_for_what_is_under_way() -> None:
    begun = time.monotonic()
    with pytest.raises(ZeroDivisionError), Crew(2, sleeps, prepare, ("x",)) as crew:
        next(1 // 0 for _ in crew.do([0, 600, 600]))
    assert time.monotonic() - begun < 60


RUN = """
import sys
sys.path.insert(0, sys.argv[1])
from test_crew import Crew, pid_and_words, prepare
if __name__ == "__main__":
    with Crew(1, pid_and_words, prepare, ("x",)) as crew:
        for pid, _ in crew.do(range(2)):
            print(pid, flush=True)
        sys.stdin.read()
"""


def test_a_worker_ends_with_its_run_even_when_the_run_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(RUN)
    run = subprocess.Popen(
        [sys.executable, script, Path(__file__).parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert run.stdin is not None
    assert run.stdout is not None
    with run.stdin, run.stdout:
        worker = Path("/proc") / run.stdout.readline().strip()
        assert is_running(worker)
        run.kill()
        run.wait()
        until = time.monotonic() + 60
        while is_running(worker) and time.monotonic() < until:
            time.sleep(0.02)
    assert not is_running(worker)


def is_running(process: Path) -> bool:
    """Whether a process (its folder in /proc) runs. One that has ended stays there until its new parent looks."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_the_executor_of_this_machine_starts_fresh_processes() -> None:
    with processes(1, prepare, ("x",)) as executor:
        assert executor.submit(pid_and_words, 0).result()[0] != os.getpid()
