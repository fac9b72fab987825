"""The processes that draw sheets for the service: who waits for them, and what becomes of others when one dies."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from processes import children, runs
from serving import LONG, served
from test_service import member, problem

from renderer.service.drawing import MOST_WAITING, Busy, Drawers, Sheet


def nothing() -> None:
    """Do nothing meanwhile."""


def drawn(seconds: float) -> Sheet:
    time.sleep(seconds)
    return Sheet(str(os.getpid()).encode())


def waits(gate: Path) -> Sheet:
    gate.with_suffix(".begun").touch()
    while not gate.exists():
        time.sleep(0.02)
    return Sheet(b"drawn")


def dies() -> Sheet:
    os.kill(os.getpid(), signal.SIGKILL)
    return Sheet()


@pytest.fixture
def drawers() -> Iterator[Drawers]:
    made = Drawers(2)
    yield made
    made.close()


def test_a_process_that_dies_takes_no_request_with_it_but_its_own(drawers: Drawers) -> None:
    with ThreadPoolExecutor(13) as asking:
        others = [asking.submit(drawers.do, drawn, 0.1, meanwhile=nothing) for _ in range(6)]
        dying = asking.submit(drawers.do, dies, meanwhile=nothing)
        others += [asking.submit(drawers.do, drawn, 0.1, meanwhile=nothing) for _ in range(6)]
        with pytest.raises(BrokenExecutor):
            dying.result(LONG)
        assert all(one.result(LONG).data for one in others)


def test_a_process_that_died_while_it_had_nothing_to_do_is_missed_by_nobody(drawers: Drawers) -> None:
    seen = {drawers.do(drawn, 0, meanwhile=nothing).data for _ in range(4)}
    assert len(seen) == 2
    for process in map(int, seen):
        os.kill(process, signal.SIGKILL)
        while runs(process):
            time.sleep(0.01)
    time.sleep(0.5)  # in which it is noticed
    assert seen.isdisjoint(drawers.do(drawn, 0, meanwhile=nothing).data for _ in range(4))


def test_so_many_may_wait_and_no_more(drawers: Drawers, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with ThreadPoolExecutor(MOST_WAITING) as asking:
        waiting = [asking.submit(drawers.do, waits, gate, meanwhile=nothing) for _ in range(MOST_WAITING)]
        while drawers._places._value:
            time.sleep(0.01)
        with pytest.raises(Busy):
            drawers.do(drawn, 0, meanwhile=nothing)
        gate.touch()
        assert {one.result(LONG).data for one in waiting} == {b"drawn"}
    assert drawers.do(drawn, 0, meanwhile=nothing).data


def test_who_waited_too_long_is_not_drawn_and_what_takes_too_long_is_in_nobody_s_way(tmp_path: Path) -> None:
    impatient = Drawers(1)
    impatient.do(drawn, 0, meanwhile=nothing)  # it stands ready
    impatient._patience = 2
    gates = [tmp_path / name for name in "ab"]
    with ThreadPoolExecutor(2) as asking:
        first = asking.submit(impatient.do, waits, gates[0], meanwhile=nothing)
        while not gates[0].with_suffix(".begun").exists():
            time.sleep(0.01)
        second = asking.submit(impatient.do, waits, gates[1], meanwhile=nothing)
        for late in (first, second):
            with pytest.raises(TimeoutError):
                late.result(LONG)
    for gate in gates:
        gate.touch()
    impatient._patience = LONG
    assert impatient.do(drawn, 0, meanwhile=nothing).data
    impatient.close()


def test_no_number_of_reprints_keeps_others_from_being_answered(tmp_path: Path) -> None:
    with served(tmp_path) as service:
        service.ask({"name": "november"})
        service.ended("november")
        path = "/v1/jobs/november/reprints"
        assert service.client.post(path, json={"piece": 1}).status_code == 200
        drawers = children(service.process.pid, b"spawn_main")
        assert len(drawers) == 2
        for one in drawers:
            os.kill(one, signal.SIGSTOP)
        answers: list[httpx.Response] = []

        def ask() -> None:
            answers.append(service.client_of(service.token).post(path, json={"piece": 1}))

        asking = [threading.Thread(target=ask) for _ in range(2 * MOST_WAITING)]
        for thread in asking:
            thread.start()
        try:
            until = time.monotonic() + LONG
            while len(answers) < MOST_WAITING and time.monotonic() < until:
                time.sleep(0.02)
            assert len(answers) == MOST_WAITING  # the others wait
            for answer in answers:
                problem(answer, 503, "busy")
                assert answer.headers["retry-after"] == "1"
            for at in ("/health", "/ready", "/v1/jobs"):
                assert service.client.get(at).status_code == 200
        finally:
            for one in drawers:
                os.kill(one, signal.SIGCONT)
        for thread in asking:
            thread.join()
        assert sorted(answer.status_code for answer in answers) == [200] * MOST_WAITING + [503] * MOST_WAITING


def test_a_page_that_a_sheet_has_not_is_said(tmp_path: Path) -> None:
    with served(tmp_path) as service:
        order: dict[str, Any] = {"job": "notices", "member": member(service), "format": "png", "dpi": 50, "page": 2}
        told = problem(service.client.post("/v1/sheets", json=order), 422, "no-page")
        assert told["detail"] == "this sheet has no page 2; pages: 1"
        assert service.client.post("/v1/sheets", json=order | {"page": 1}).status_code == 200
