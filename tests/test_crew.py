"""Results come in order, few tasks wait at a time, a worker may die, and none outlives its run."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from renderer.model.errors import BadBatch, RunStopped
from renderer.running.crew import ATTEMPTS, PATIENCE, Crew, Processes, Task


@dataclass(frozen=True)
class Words:
    """A context whose bench is a list of words."""

    word: str

    def set_up(self) -> list[str]:
        return [self.word]


CONTEXT = Words("x")
Bench = list[str]


def threads(workers: int, _modules: Sequence[str]) -> AnyWorkers:
    return AnyWorkers(ThreadPoolExecutor(workers))


class AnyWorkers:
    """Workers of any executor; ending them ends nothing."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor

    def end(self) -> None:
        pass


def tasks_of(work: Callable[[Bench, Any], Any], arguments: Iterable[Any]) -> Iterator[Task[Bench, Any, Any]]:
    return (Task(work, argument) for argument in arguments)


def squared(_: Bench, number: int) -> int:
    return number * number


def pid_and_words(bench: Bench, word: str) -> tuple[int, Bench]:
    bench.append(word)
    return os.getpid(), bench


def refused(_: Bench, number: int) -> int:
    if number == 2:
        raise BadBatch("batch 2: a page is missing")
    return number


def killed_once(_: Bench, task: tuple[int, Path]) -> int:
    """Die at the first attempt of task 3, and tell how often each task was begun."""
    number, folder = task
    with (folder / str(number)).open("a") as begun:
        begun.write("x")
    if number == 3 and (folder / "3").stat().st_size == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def killed_always(_: Bench, folder: Path) -> None:
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

    def first_waits_for_last(_: Bench, number: int) -> int:
        if number == 0:
            assert last_is_done.wait(PATIENCE)
        if number == 4:
            last_is_done.set()
        return number

    with Crew(CONTEXT, 2, threads) as crew:
        assert list(crew.do(tasks_of(first_waits_for_last, range(5)))) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_few_tasks_are_drawn_ahead_of_the_results(workers: int) -> None:
    drawn: list[int] = []

    def tasks() -> Iterator[Task[Bench, int, int]]:
        for number in range(40):
            drawn.append(number)
            yield Task(squared, number)

    with Crew(CONTEXT, workers, threads) as crew:
        results = crew.do(tasks())
        assert drawn == []
        for taken, result in enumerate(results, 1):
            assert result == (taken - 1) ** 2
            assert len(drawn) <= taken + 2 * workers
    assert len(drawn) == 40


def test_no_task_gives_no_result() -> None:
    with Crew(CONTEXT, 2, threads) as crew:
        assert list(crew.do(tasks_of(squared, []))) == []


def test_one_task_alone_is_done_in_this_process_and_many_are_not() -> None:
    with Crew(Words("the job"), 2) as crew:
        assert list(crew.do([Task(pid_and_words, "a")])) == [(os.getpid(), ["the job", "a"])]
        assert crew.here(Task(pid_and_words, "b")) == (os.getpid(), ["the job", "a", "b"])
        elsewhere = list(crew.do(tasks_of(pid_and_words, "cd")))
    assert os.getpid() not in {pid for pid, _ in elsewhere}
    assert all(words[0] == "the job" and "a" not in words for _, words in elsewhere)


def test_two_runs_in_one_process_do_not_share_a_bench() -> None:
    with Crew(Words("one"), 1) as one, Crew(Words("other"), 1) as other:
        assert one.here(Task(pid_and_words, "a"))[1] == ["one", "a"]
        assert other.here(Task(pid_and_words, "b"))[1] == ["other", "b"]
    with Crew(Words("one"), 1) as again:
        assert again.here(Task(pid_and_words, "c"))[1] == ["one", "c"]


def test_what_a_task_raises_comes_through_from_another_process_at_its_place() -> None:
    with Crew(CONTEXT, 1) as crew:
        results = crew.do(tasks_of(refused, range(5)))
        assert [next(results), next(results)] == [0, 1]
        with pytest.raises(BadBatch, match="batch 2: a page is missing"):
            next(results)


def test_a_worker_sets_its_bench_up_once() -> None:
    with Crew(Words("the job"), 1) as crew:
        found = list(crew.do(tasks_of(pid_and_words, "abc")))
    assert [words for _, words in found] == [["the job", *"abc"[:n]] for n in (1, 2, 3)]


def test_the_tasks_of_a_worker_that_dies_are_done_again_and_each_result_comes_once(tmp_path: Path) -> None:
    with Crew(CONTEXT, 2) as crew:
        assert list(crew.do(tasks_of(killed_once, ((number, tmp_path) for number in range(9))))) == list(range(9))
    begun = {int(path.name): path.stat().st_size for path in tmp_path.iterdir()}
    assert begun[3] == 2
    assert begun[8] == 1  # it was not yet drawn when the worker died
    assert max(begun.values()) <= ATTEMPTS


def test_a_task_that_kills_every_worker_stops_the_run_with_what_to_do(tmp_path: Path) -> None:
    with Crew(CONTEXT, 1) as crew, pytest.raises(RunStopped, match="fewer --workers"):
        list(crew.do(tasks_of(killed_always, [tmp_path, tmp_path])))
    assert (tmp_path / "begun").stat().st_size == ATTEMPTS


class Standing(Executor):
    """Takes tasks and never does them."""

    def submit(self, task: Callable[..., object], /, *arguments: object, **_: object) -> Future[object]:  # type: ignore[override]
        return Future()


def test_workers_that_make_no_progress_are_replaced_and_their_tasks_done_again() -> None:
    executors = iter([Standing(), Standing(), Fragile(iter([100]))])
    with Crew(CONTEXT, 1, lambda *_: AnyWorkers(next(executors)), patience=0.01) as crew:
        assert list(crew.do(tasks_of(squared, range(5)))) == [0, 1, 4, 9, 16]


class Choosy(Executor):
    """Does at once the tasks with some arguments and never the others; breaks when it is given more than some."""

    def __init__(self, done: Iterable[int], most: int = 100) -> None:
        self.done, self.left = set(done), most

    def submit(self, task: Callable[..., object], /, *arguments: Any, **_: object) -> Future[object]:  # type: ignore[override]
        if self.left == 0:
            raise BrokenProcessPool("broken")
        self.left -= 1
        future: Future[object] = Future()
        if arguments[-1].argument in self.done:
            future.set_result(task(*arguments))
        return future


def test_a_task_at_which_workers_stand_still_stops_the_run_whatever_was_lost_with_it_before() -> None:
    executors = iter([Choosy([]), Choosy([]), Choosy([0], most=5), *(Choosy([0, 2, 3, 4, 5]) for _ in range(20))])
    crew = Crew(CONTEXT, 2, lambda *_: AnyWorkers(next(executors)), patience=0.01)
    with crew, pytest.raises(RunStopped, match="made no progress"):
        list(crew.do(tasks_of(squared, range(6))))


def test_a_task_that_only_waited_while_workers_stood_still_has_all_its_attempts() -> None:
    executors = iter([Choosy([]), Choosy([]), Choosy([0]), Choosy([0, 1, 2])])
    with Crew(CONTEXT, 1, lambda *_: AnyWorkers(next(executors)), patience=0.01) as crew:
        assert list(crew.do(tasks_of(squared, range(3)))) == [0, 1, 4]


def test_a_task_at_which_no_worker_makes_progress_stops_the_run() -> None:
    crew = Crew(CONTEXT, 1, lambda *_: AnyWorkers(Standing()), patience=0.01)
    with crew, pytest.raises(RunStopped, match=f"made no progress {ATTEMPTS} times"):
        list(crew.do(tasks_of(squared, range(2))))


def stands_still() -> None:
    """Stop this process, as one does that waits for what never comes."""
    os.kill(os.getpid(), signal.SIGSTOP)


def test_a_worker_that_stands_still_can_be_ended() -> None:
    workers = Processes(1)
    with workers.executor as executor:
        worker = Path("/proc") / str(executor.submit(os.getpid).result())
        future = executor.submit(stands_still)
        until(lambda: state(worker) == "T")
        workers.end()
        with pytest.raises(BrokenProcessPool):
            future.result(PATIENCE)


def sleeps_over(_: Bench, data: bytes) -> int:
    time.sleep(0.2)
    return len(data)


def stop_while_a_task_is_written() -> None:
    """Stop a run whose tasks are longer than a pipe takes at once, as a file does that cannot be read on."""

    def tasks() -> Iterator[Task[Bench, bytes, int]]:
        yield from tasks_of(sleeps_over, [bytes(4 << 20)] * 6)
        raise BadBatch("no further")

    with pytest.raises(BadBatch, match="no further"), Crew(CONTEXT, 2) as crew:
        for _ in crew.do(tasks()):
            pass


def test_a_run_that_stops_while_it_writes_a_task_to_its_workers_ends() -> None:
    # In a process of its own: where it does not end, nothing else in this one would.
    program = [sys.executable, "-c", "import test_crew; test_crew.stop_while_a_task_is_written()"]
    subprocess.run(program, check=True, timeout=120, cwd=Path(__file__).parent)


def kills_its_server(_: Bench, folder: Path) -> str:
    """Kill the process that forked this one, the first time."""
    begun = folder / "begun"
    if not begun.exists():
        begun.touch()
        os.kill(os.getppid(), signal.SIGKILL)
    return "done"


def test_workers_have_the_environment_of_their_run_whenever_their_server_was_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for told in ("first", "second"):
        monkeypatch.setenv("RENDERER_TOLD", told)
        workers = Processes(1)
        try:
            assert workers.executor.submit(os.getenv, "RENDERER_TOLD").result() == told
        finally:
            workers.end()


def test_a_dead_fork_server_is_not_the_end_of_a_run(tmp_path: Path) -> None:
    with Crew(CONTEXT, 2) as crew:
        assert list(crew.do(tasks_of(kills_its_server, [tmp_path] * 6))) == ["done"] * 6


def test_a_crew_ends_only_processes_that_it_started() -> None:
    other = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(600,))
    other.start()
    with pytest.raises(ZeroDivisionError), Crew(CONTEXT, 1) as crew:
        next(1 // 0 for _ in crew.do(tasks_of(squared, [1, 2])))
    assert other.is_alive()
    other.kill()
    other.join()


def test_executors_that_break_now_and_then_cost_time_only() -> None:
    lives = iter([4, 1, 7, 100])
    with Crew(CONTEXT, 2, lambda *_: AnyWorkers(Fragile(lives))) as crew:
        assert list(crew.do(tasks_of(squared, range(30)))) == [number**2 for number in range(30)]


def test_executors_that_are_broken_from_the_beginning_stop_the_run() -> None:
    lives = iter([0] * 20)
    with Crew(CONTEXT, 2, lambda *_: AnyWorkers(Fragile(lives))) as crew, pytest.raises(RunStopped):
        list(crew.do(tasks_of(squared, range(3))))


def test_taking_no_further_result_leaves_nothing_running() -> None:
    before = set(threading.enumerate())
    with Crew(CONTEXT, 2, threads) as crew:
        assert next(crew.do(tasks_of(squared, range(1000)))) == 0
        assert set(threading.enumerate()) - before
    assert not set(threading.enumerate()) - before


def sleeps(_: Bench, seconds: float) -> None:
    time.sleep(seconds)


def test_a_run_that_stops_does_not_wait_for_what_is_under_way() -> None:
    begun = time.monotonic()
    with pytest.raises(ZeroDivisionError), Crew(CONTEXT, 2) as crew:
        next(1 // 0 for _ in crew.do(tasks_of(sleeps, [0, 3600, 3600])))
    assert time.monotonic() - begun < 600


RUN = """
import sys
sys.path.insert(0, sys.argv[1])
from test_crew import CONTEXT, Crew, pid_and_words, tasks_of
if __name__ == "__main__":
    with Crew(CONTEXT, 1) as crew:
        for pid, _ in crew.do(tasks_of(pid_and_words, "ab")):
            print(pid, flush=True)
        sys.stdin.read()
"""


SHARED = """
import sys
sys.path.insert(0, sys.argv[1])
from test_crew import CONTEXT, Crew, imported, tasks_of
if __name__ == "__main__":
    for modules in ((), ("colorsys",)):
        with Crew(CONTEXT, 1) as crew:
            crew.expect(*modules)
            print(*crew.do(tasks_of(imported, ["colorsys", "gc"])))
        from multiprocessing import forkserver
        forkserver._forkserver._stop()
"""


def imported(_: Bench, module: str) -> bool:
    return module in sys.modules


def test_what_tasks_will_import_is_imported_before_workers_are_forked(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(SHARED)
    command = [sys.executable, script, Path(__file__).parent]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines() == ["False True", "True True"]


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
        assert state(worker) != "Z"
        run.kill()
        run.wait()
        until(lambda: state(worker) == "Z")


def state(process: Path) -> str:
    """What a process (its folder in /proc) does: T it stands still; Z it has ended, and nobody may have looked yet."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "Z"


def until(reached: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    limit = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < limit
        time.sleep(0.02)


def test_the_executor_of_this_machine_starts_fresh_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "set_only_here", True, raising=False)
    with Processes(1).executor as executor:
        assert executor.submit(set_here).result() == "nothing"


def set_here() -> str:
    return getattr(sys, "set_only_here", "nothing")
