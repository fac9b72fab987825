"""What others and the machine do to the service: slow and broken requests, a full disk, half a job of a kill."""

from __future__ import annotations

import asyncio
import errno
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
from serving import LONG, Served, served

from renderer.cli.serving import _listening
from renderer.service.application import open_routes
from renderer.service.home import Home
from renderer.service.library import ASKED, Named
from renderer.service.life import Service, Settings
from renderer.service.runner import Runner
from renderer.service.state import State, States
from renderer.service.tables import open_database
from renderer.service.tokens import Caller, Role

SILENCE = 2
"""Seconds that the service of these tests waits for those who ask."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("service"), "--silence", str(SILENCE)) as running:
        yield running


def head(service: Served, path: str, length: int, kind: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {service.token}"]
    lines += [f"Content-Length: {length}", f"Content-Type: {kind}", "", ""]
    return "\r\n".join(lines).encode()


PARTS = (
    b'--x\r\nContent-Disposition: form-data; name="order"\r\n\r\n{"job": "notices"}\r\n'
    b'--x\r\nContent-Disposition: form-data; name="source"; filename="m.csv"\r\n\r\n'
)
SLOW: dict[str, Callable[[Served], tuple[bytes, bytes]]] = {
    "nothing": lambda _: (b"", b""),
    "a head byte by byte": lambda service: (b"", head(service, "/v1/sheets", 2, "application/json")),
    "a body byte by byte": lambda service: (head(service, "/v1/sheets", 1000, "application/json"), b" " * 1000),
    "a file that stops": lambda service: (
        head(service, "/v1/jobs", 100_000, "multipart/form-data; boundary=x") + PARTS + service.members("L")[:300],
        b"",
    ),
    "a second head byte by byte": lambda _: (b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /health HTTP/1.1\r\n"),
}


@pytest.mark.parametrize("how", SLOW)
def test_who_is_slow_on_purpose_is_not_waited_for(service: Served, how: str) -> None:
    at_once, slowly = SLOW[how](service)
    host, port = service.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=LONG) as slow:
        slow.sendall(at_once)
        has_ended = threading.Event()

        def go_on() -> None:
            for byte in slowly:
                if has_ended.wait(SILENCE / 20):
                    return
                try:
                    slow.sendall(bytes([byte]))
                except OSError:
                    return

        sending = threading.Thread(target=go_on)
        sending.start()
        assert service.client.get("/health").status_code == 200  # others are answered meanwhile
        said = b""
        while True:
            try:
                piece = slow.recv(1 << 16)
            except ConnectionResetError:
                break
            if not piece:
                break
            said += piece
        has_ended.set()
        sending.join()
    assert (b" 408 " in said) == ("body" in how or "file" in how), said
    if "second" in how:
        assert said.startswith(b"HTTP/1.1 200")
    assert list(service.home.joinpath("incoming").iterdir()) == []


def test_who_asks_again_and_again_by_one_connection_is_answered(service: Served) -> None:
    host, port = service.address.removeprefix("http://").split(":")
    with closing(HTTPConnection(host, int(port), LONG)) as patient:
        patient.connect()
        patient.auto_open = 0
        until = time.monotonic() + 1.5 * SILENCE
        while time.monotonic() < until:
            patient.request("GET", "/health")
            assert patient.getresponse().read() == b'{"status":"ok"}'
            time.sleep(SILENCE / 20)


def test_an_answer_does_not_wait_for_its_second_packet() -> None:
    with _listening("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
def test_a_job_is_cancelled_whether_it_waits_or_was_taken_and_has_no_process_yet(state: State, tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.lay_out()
    states = States(open_database(home.database))
    named, caller = Named("notices", 1, tmp_path), Caller("billing", Role.OPERATOR)
    states.enter("november", named, caller, {}, "", "", "", lambda: None)
    (home.outbox / ".november.work").mkdir()  # of an earlier attempt
    (home.jobs / "november" / "source").mkdir(parents=True)

    async def cancelled() -> None:
        runner = Runner(home, states, 1, 1)
        job = states.take_next() if state is State.RUNNING else states.job("november")
        assert job is not None
        assert await runner.cancel(job)
        if state is State.RUNNING:
            await runner._print(job)  # no process is begun: there is nothing that it could print
        assert not await runner.cancel(job)

    asyncio.run(cancelled())
    assert states.job("november").state is State.CANCELLED
    assert not any((*home.outbox.iterdir(), *home.jobs.iterdir()))
    states.close()


@pytest.mark.parametrize("is_delivered", [False, True])
def test_what_was_to_be_cancelled_when_the_service_was_killed_is_cancelled(is_delivered: bool, tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.lay_out()
    states = States(open_database(home.database))
    named, caller = Named("notices", 1, tmp_path), Caller("billing", Role.OPERATOR)
    states.enter("november", named, caller, {}, "", "", "", lambda: None)
    (home.jobs / "november").mkdir()
    assert states.take_next()
    (home.outbox / ("november" if is_delivered else ".november.work")).mkdir()
    job = states.job("november")
    assert asyncio.run(Runner(home, states, 1, 1).cancel(job))  # no process of it is known here
    assert states.job("november").state is State.CANCELLING

    asyncio.run(Runner(home, states, 1, 1).settle())  # the next service
    # What is delivered is not said to be cancelled: its run finds so.
    assert states.job("november").state is (State.QUEUED if is_delivered else State.CANCELLED)
    assert (home.jobs / "november").exists() == is_delivered
    assert [path.name for path in home.outbox.iterdir()] == ["november"] * is_delivered
    states.close()


def test_a_cancelled_job_of_a_service_that_is_killed_is_not_delivered(tmp_path: Path) -> None:
    service = Served(tmp_path).start()
    service.ask({"name": "november"})
    service.until("november", "running")
    answer = service.client.post("/v1/jobs/november/cancel")
    service.stop(signal.SIGKILL)
    assert (answer.status_code, answer.json()["state"]) == (202, "cancelling")
    service.start()
    assert service.ended("november")["state"] == "cancelled"
    assert not list(tmp_path.glob("outbox/*november*"))
    assert not list(tmp_path.glob("jobs/*"))
    service.stop()


def test_a_start_takes_away_what_nobody_needs_and_leaves_what_another_database_may_have(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.lay_out()
    states = States(open_database(home.database))
    named, caller = Named("notices", 1, tmp_path), Caller("billing", Role.OPERATOR)
    for state in State:
        states.enter(state, named, caller, {}, "", "", "", lambda: None)
        (home.jobs / state).mkdir()
        if state.is_end:
            states.end(state, state, {})
    for name in ("cut-off", "unknown"):
        (home.jobs / name).mkdir()
    (home.jobs / "cut-off" / ASKED).touch()
    asyncio.run(Runner(home, states, 1, 1).settle())
    assert {path.name for path in home.jobs.iterdir()} == {"queued", "running", "cancelling", "delivered", "unknown"}
    states.close()


def test_that_a_service_was_stopped_is_no_attempt_of_its_jobs(tmp_path: Path) -> None:
    service = Served(tmp_path).start()
    service.ask({"name": "november"})
    for _ in range(3):
        service.until("november", "running")
        service.stop()
        service.start()
    service.until("november", "running", "delivered")
    assert service.ended("november")["attempts"] == 1
    service.stop()


def test_a_job_waits_where_no_process_can_be_begun_for_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    home.lay_out()
    states = States(open_database(home.database))
    named, caller = Named("notices", 1, tmp_path), Caller("billing", Role.OPERATOR)
    states.enter("job", named, caller, {}, "", "", "", lambda: None)
    refusals = [
        BlockingIOError(errno.EAGAIN, "no process"),
        OSError(errno.ENOMEM, "no memory"),
        OSError(errno.ENOENT, "no"),
    ]

    async def refuse(*_: object, **__: object) -> None:
        raise refusals.pop(0)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", refuse)
    asyncio.run(asyncio.wait_for(served_until_ended(home, states), LONG))
    assert refusals == []
    assert (states.job("job").state, states.job("job").attempts) == (State.FAILED, 1)
    states.close()


async def served_until_ended(home: Home, states: States) -> None:
    serving = asyncio.create_task(Runner(home, states, 1, None).serve())
    while not states.job("job").state.is_end:
        await asyncio.sleep(0.01)
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving


def test_a_service_of_which_a_part_has_ended_is_not_ready(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    service = Service(Settings(Home(tmp_path), drawers=1))
    service.is_ready = True

    async def broken() -> None:
        raise LookupError("somebody")

    async def ended() -> None:
        task = asyncio.create_task(broken())
        task.add_done_callback(service._broken)
        await asyncio.wait([task])

    asyncio.run(ended())
    assert not service.is_ready
    said = capfd.readouterr().err
    assert '"kind": "LookupError"' in said
    assert "somebody" not in said
    service.drawers.close()
    service.states.close()


def test_a_second_service_is_refused_and_leaves_what_the_first_receives(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.lay_out()
    (home.incoming / "half").mkdir()
    command = [sys.executable, "-m", "renderer.cli", "serve", "--home", str(tmp_path), "--port"]
    with socket.create_server(("127.0.0.1", 0)) as taken, home.occupied():
        for port in (taken.getsockname()[1], 0):
            refused = subprocess.run([*command, str(port)], capture_output=True, text=True, check=False, timeout=LONG)
            assert ("take another --port" if port else "a service is in this folder") in refused.stderr
            assert (home.incoming / "half").exists()
    with home.occupied():  # it is free again
        pass


def test_folders_that_a_copy_made_wide_open_are_closed(tmp_path: Path) -> None:
    names = ("library", "jobs", "outbox", "incoming")
    for name in names:
        (tmp_path / name).mkdir(mode=0o755)
    Home(tmp_path).lay_out()
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in names] == [0o700] * 4


def test_the_description_is_made_once() -> None:
    app = open_routes()
    assert app.openapi() is app.openapi()


def test_what_a_kill_left_of_a_request_is_not_in_the_way_of_its_repetition(service: Served) -> None:
    left = service.home / "jobs" / "cut-off"
    left.joinpath("source").mkdir(parents=True)
    left.joinpath("source", "old.csv").write_text("half a fi")
    assert service.ask({"name": "cut-off"}, source=service.members("O")).status_code == 202
    assert [path.name for path in left.joinpath("source").iterdir()] == ["members.csv"]
    assert service.ask({"name": "cut-off"}, source=service.members("P")).json()["type"].endswith(":name-taken")
    assert service.client.post("/v1/jobs/cut-off/cancel").status_code == 202


def test_a_run_that_cannot_be_begun_has_failed_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    home.lay_out()
    states = States(open_database(home.database))
    named, caller = Named("notices", 1, tmp_path), Caller("billing", Role.OPERATOR)
    states.enter("job", named, caller, {}, "", "", "", lambda: None)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))

    asyncio.run(asyncio.wait_for(served_until_ended(home, states), LONG))
    ended = states.job("job")
    assert ended.state is State.FAILED
    assert "the machine of the service refused a file" in ended.outcome["detail"]
    states.close()


def test_a_full_disk_is_told_and_nothing_is_lost_when_there_is_room_again(tmp_path: Path) -> None:
    # No file of its process may be larger than a page of its database: as on a full disk, a write fails half-way.
    with served(tmp_path) as service:
        service.ask({"name": "before"}, source=service.members("B"))
        service.until("before", "running")
        _, hard = resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (1024, hard))
        refused = service.ask({"name": "full"}, source=service.members("F"))
        assert (refused.status_code, refused.json()["type"]) == (507, "urn:renderer:problem:no-room")
        assert refused.headers["retry-after"]
        reprinted = service.client.post("/v1/jobs/before/reprints", json={"piece": 1})
        assert reprinted.status_code == 422  # what is only read is read
        assert list(tmp_path.joinpath("incoming").iterdir()) == []
        until = time.monotonic() + LONG
        while not tmp_path.joinpath("outbox", "before", "report.json").exists() and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(2)  # in which it cannot write of it
        assert service.client.get("/v1/jobs/before").json()["state"] == "running"
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        assert service.ended("before")["counts"]["printed"] == 20
        assert service.ask({"name": "full"}, source=service.members("F")).status_code == 202
        assert service.stop(signal.SIGTERM) == 0
