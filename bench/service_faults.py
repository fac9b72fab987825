"""Do to the service what may happen to it, all on this machine, by loopback → SERVICE_FAULTS.md.

    python bench/service_faults.py [--jobs N] [--members N]

Many clients that ask for sheets as quickly as they get them. Jobs that are all asked for at once, while the service is
killed and begun again: all must end, none twice, none lost. Ends of jobs that nobody is there to be told. Uploads that
stop or are broken off. A disk that is full.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import signal
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from running_service import CLIENTS, RunningService, people

from renderer.service.webhooks import SECRET

BENCH = Path(__file__).resolve().parent
SHEETS = 200
"""Of each of many clients."""
KILLS = 5
UPLOADS = 20
"""That stop, and as many that are broken off."""
SILENCE = 5
"""Seconds that the service waits for one."""
TOLD = 3
"""Jobs whose ends are told to nobody at first."""
SMALL = 64 << 10
"""Bytes of the largest file that can be written on a disk that is full."""
Rows = list[dict[str, str]]


class Listener(BaseHTTPRequestHandler):
    """A system that is told the ends of jobs."""

    told: Counter[str]

    def do_POST(self) -> None:
        """Take an end."""
        type(self).told[json.loads(self.rfile.read(int(self.headers["Content-Length"])))["name"]] += 1
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def listening(port: int) -> Iterator[Counter[str]]:
    """Listen to what is told there."""
    kind = type("Telling", (Listener,), {"told": Counter()})
    with ThreadingHTTPServer(("127.0.0.1", port), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield kind.told
        server.shutdown()


def killed(running: RunningService, rows: Rows, jobs: int) -> list[str]:
    """Ask for jobs all at once, and kill the service meanwhile; return what came of it."""
    begun, members = time.monotonic(), len(rows) // jobs
    for number in range(jobs):
        running.ask(rows[number * members : (number + 1) * members], f"job-{number:02d}").raise_for_status()
    for kill in range(KILLS):
        running.ended(lambda done, wanted=(kill + 1) * jobs // (KILLS + 2): len(done) >= wanted)  # type: ignore[misc]
        running.stop(signal.SIGKILL)
        running.start()
    ended = running.ended(lambda done: len(done) == jobs)
    states = Counter(job["state"] for job in ended)
    records = sum(job["counts"]["printed"] + job["counts"]["held"] for job in ended)
    pieces: Counter[str] = Counter()
    for report in running.home.glob("outbox/*/batch-*.json"):
        pieces.update(sheet["record"] for sheet in json.loads(report.read_text("utf-8"))["entries"])
    return [
        f"jobs that ended: {len(ended)} of {jobs}: " + ", ".join(f"{count} {state}" for state, count in states.items()),
        f"records printed or held: {records:,} of {len(rows):,}",
        f"records on sheets: {len(pieces):,}, of which {sum(count > 1 for count in pieces.values())} more than once",
        f"seconds in all: {time.monotonic() - begun:.0f}",
    ]


def closed_loop(running: RunningService, rows: Rows) -> list[str]:
    """Let many clients ask for sheets one after the other; return what came of it."""
    answers: list[int] = []

    def ask(number: int) -> None:
        with running.client() as client:
            for sheet in range(SHEETS):
                order = {"job": "notices", "member": rows[(number * SHEETS + sheet) % len(rows)], "accept_doubts": True}
                while (answer := client.post("/v1/sheets", json=order)).status_code == 503:
                    answers.append(503)
                    time.sleep(int(answer.headers["Retry-After"]))
                answers.append(answer.status_code)

    begun = time.monotonic()
    clients = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    seconds = time.monotonic() - begun
    return [
        f"sheets drawn: {answers.count(200):,} of {CLIENTS * SHEETS:,}, {answers.count(200) / seconds:.0f} a second",
        f"answered 503 with Retry-After, and asked for again: {answers.count(503):,} times",
    ]


def told(running: RunningService, rows: Rows, port: int) -> list[str]:
    """Let jobs end while nobody listens, then be there; return what was told."""
    names = [f"told-{number}" for number in range(TOLD)]
    for number, name in enumerate(names):
        running.ask(rows[20 * number : 20 * number + 20], name).raise_for_status()
    log = running.home / "log"
    while not all(f'"what": "webhook", "job": "{name}", "attempt": 2' in log.read_text("utf-8") for name in names):
        time.sleep(0.5)
    with listening(port) as heard:
        until = time.monotonic() + 300
        while not all(map(heard.get, names)) and time.monotonic() < until:
            time.sleep(1)
    times = ", ".join(f"{name} {heard[name]} time" for name in names)
    return [f"jobs that ended: {TOLD}, each told twice to nobody; told when somebody was there: {times}"]


def slow_and_broken(running: RunningService, rows: Rows) -> list[str]:
    """Send uploads that stop and uploads that are broken off; return what came of them, and how others fared."""
    parts = (
        b'--x\r\nContent-Disposition: form-data; name="order"\r\n\r\n{"job": "notices"}\r\n'
        b'--x\r\nContent-Disposition: form-data; name="source"; filename="m.csv"\r\n\r\n'
    )
    lines = ["POST /v1/jobs HTTP/1.1", "Host: x", f"Authorization: Bearer {running.token}", "Content-Length: 1000000"]
    head = "\r\n".join([*lines, "Content-Type: multipart/form-data; boundary=x", "", ""]).encode()
    host, port = running.address.removeprefix("http://").split(":")
    begun, sockets = time.monotonic(), []
    for _ in range(2 * UPLOADS):
        sockets.append(socket.create_connection((host, int(port)), timeout=120))
        sockets[-1].sendall(head + parts + ",".join(rows[0]).encode() + b"\n")
    for broken in sockets[UPLOADS:]:
        broken.close()
    with running.client() as client:
        order = {"job": "notices", "member": rows[0], "accept_doubts": True}
        sheets = [client.post("/v1/sheets", json=order).status_code for _ in range(20)]
    answers = Counter(slow.recv(1 << 16).split(b" ")[1].decode() for slow in sockets[:UPLOADS])
    seconds = time.monotonic() - begun
    for slow in sockets[:UPLOADS]:
        slow.close()
    left = list(running.home.joinpath("incoming").iterdir())
    return [
        f"uploads that stop: {UPLOADS}; answered {dict(answers)} within {seconds:.0f} s (--silence {SILENCE})",
        f"uploads that are broken off: {UPLOADS}; left of all of them: {len(left)} files",
        f"sheets asked for meanwhile: 20; drawn: {sheets.count(200)}",
    ]


def full(running: RunningService, rows: Rows) -> list[str]:
    """Let no file grow, as on a full disk, then let them again; return what the service said."""
    process, unlimited = running.process.pid, resource.RLIM_INFINITY
    resource.prlimit(process, resource.RLIMIT_FSIZE, (SMALL, unlimited))
    upload = running.ask(rows, "full").status_code
    with running.client() as client:
        health, listed = (client.get(path).status_code for path in ("/health", "/v1/jobs"))
    resource.prlimit(process, resource.RLIMIT_FSIZE, (unlimited, unlimited))
    again = running.ask(rows, "full").status_code
    ended = running.ended(lambda done: any(job["name"] == "full" for job in done))
    state = next(job["state"] for job in ended if job["name"] == "full")
    return [
        f"a member file of {len(rows):,} while no file could grow beyond {SMALL:,} bytes: {upload}; "
        f"/health {health}, /v1/jobs {listed}",
        f"the same when it could again: {again}, {state}",
    ]


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--jobs", type=int, default=20)
    parser.add_argument("--members", type=int, default=1_000, help="of a job")
    parser.add_argument("--only", nargs="+", choices=("clients", "kills", "told", "uploads", "disk"), default=None)
    parser.add_argument("--out", type=Path, default=BENCH / "SERVICE_FAULTS.md")
    arguments = parser.parse_args()
    rows, port = people((arguments.jobs + 1) * arguments.members), free_port()
    of_jobs, others = rows[: -arguments.members], rows[-arguments.members :]
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        more = ("--silence", str(SILENCE), "--webhook", f"http://127.0.0.1:{port}/ends")
        running = RunningService(Path(name), *more, **{SECRET: "of this bench"})
        of_kills = f"{arguments.jobs} jobs of {arguments.members:,} at once, {KILLS} kills"
        chapters = {
            "clients": (f"{CLIENTS} clients, {SHEETS} sheets each", lambda: closed_loop(running, rows)),
            "kills": (of_kills, lambda: killed(running, of_jobs, arguments.jobs)),
            "told": ("Nobody there to be told", lambda: told(running, others[:500], port)),
            "uploads": ("Slow and broken uploads", lambda: slow_and_broken(running, rows)),
            "disk": ("A full disk", lambda: full(running, others[500:])),
        }
        found = [(title, do()) for word, (title, do) in chapters.items() if word in (arguments.only or chapters)]
        running.stop()
        log = (running.home / "log").read_text("utf-8")
    found.append(("Its log", [f"lines: {len(log.splitlines()):,}; with a name or an address: {_leaks(log, rows)}"]))
    lines = [f"\n## {title}\n\n" + "".join(f"- {line}\n" for line in said) for title, said in found]
    arguments.out.write_text(
        f"""# What may happen to the service

Written by `python bench/service_faults.py` on a machine of {os.cpu_count()} cores, whose load was {load:.1f} before.
A kill is SIGKILL. A full disk is a limit of the size of files (RLIMIT_FSIZE) of the service: a write fails half-way.
{"".join(lines)}""",
        "utf-8",
    )


def _leaks(log: str, rows: Rows) -> int:
    words = {row[column] for row in rows for column in ("氏名", "住所") if row[column]}
    found = re.compile("|".join(map(re.escape, sorted(words))))
    return sum(bool(found.search(line)) for line in log.splitlines())


if __name__ == "__main__":
    main()
