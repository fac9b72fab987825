"""Measure what a run on many machines costs whom: scheduler, store, workers, the run's own machine → MANY.md.

    python bench/many.py [--sheets SMALL LARGE] [--workers N]

All of them are processes of this machine, on loopback; the store is a server in memory that counts. What a sheet costs
is the difference between a large and a small run, so that what both have in common falls out.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
from measure import measured

from renderer import Cluster, load_job, run

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
COUNTS = "/-/counts"
NOTICES = 77_000_000
"""As many as there might be to send."""
LATENCY = 0.02
"""Seconds that a request to a store in the same region may take: assumed, for loopback has none."""
IDLE = 10
"""Seconds in which it is seen what is spent while nothing is done."""
PIECES = 5_000
"""In a file, as ``notice.toml`` has it."""
OWN_REQUESTS = 4
"""For which a run waits with each file: it leaves the members, and brings print file and manifests."""
MANY = (1, 8, 16, 32, 64, 128)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run, or one sheet, cost."""

    seconds: float
    """Wall time of the run."""
    beside: float
    """CPU seconds of the process beside the run that begins it."""
    own: float
    """CPU seconds of the run itself, one process."""
    workers: float
    """CPU seconds of all workers."""
    scheduler: float
    """CPU seconds."""
    requests: float
    """To the store, of everybody."""
    written: float
    """Bytes."""
    read: float
    """Bytes."""

    def __sub__(self, other: Cost) -> Cost:
        return Cost(*(getattr(self, name) - getattr(other, name) for name in self.__slots__))

    def __truediv__(self, sheets: int) -> Cost:
        return Cost(*(getattr(self, name) / sheets for name in self.__slots__))


def serve_store() -> None:
    """Be the store, and say at ``COUNTS`` what was asked of it; the first line of stdout is the port."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log(self, *_: object, **__: object) -> None:
            pass

    application, counts = DomainDispatcherApplication(create_backend_app), Counter[str]()

    def counted(environ: dict, start_response: object) -> list[bytes]:
        if environ["PATH_INFO"] == COUNTS:
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(counts).encode()]
        answer = [bytes(part) for part in application(environ, start_response)]
        counts["requests"] += 1
        counts["written"] += int(environ.get("CONTENT_LENGTH") or 0)
        counts["read"] += sum(map(len, answer))
        return answer

    server = make_server("127.0.0.1", 0, counted, threaded=True, request_handler=Quiet)
    print(server.server_port, flush=True)
    server.serve_forever()


class Machines:
    """Store, scheduler and workers, a process each."""

    def __init__(self, folder: Path, workers: int) -> None:
        """Begin them, and wait until they are there."""
        self._folder, self._started = folder, list[subprocess.Popen[str]]()
        self._store = self._start("store", sys.executable, __file__, "--store", stdout=subprocess.PIPE)
        assert self._store.stdout
        self._endpoint = f"http://127.0.0.1:{self._store.stdout.readline().strip()}"
        os.environ |= {
            "AWS_ENDPOINT_URL": self._endpoint, "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing", "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        boto3.client("s3").create_bucket(Bucket="bench")
        dask = (sys.executable, "-m", "dask")
        told = folder / "scheduler.json"
        here = ("--host", "127.0.0.1", "--no-dashboard")
        words = (*here, "--port", "0", "--scheduler-file", str(told))
        self._scheduler = self._start("scheduler", *dask, "scheduler", *words)
        while not (told.exists() and told.read_text()):
            time.sleep(0.1)
        self.address = json.loads(told.read_text())["address"]
        words = (*dask, "worker", self.address, *here, "--nthreads", "1", "--no-nanny", "--local-directory")
        self._workers = [self._start(f"worker-{one}", *words, str(folder / f"{one}")) for one in range(workers)]
        while (folder / "scheduler.log").read_text().count("Register worker") < workers:
            time.sleep(0.1)
        before = self._spent()
        time.sleep(IDLE)
        self._idle = [(after - earlier) / IDLE for after, earlier in zip(self._spent(), before, strict=True)]
        """What is spent in a second in which nothing is done."""

    def _start(self, name: str, *words: str, stdout: int | None = None) -> subprocess.Popen[str]:
        with (self._folder / f"{name}.log").open("w") as log:
            process = subprocess.Popen(words, stdout=stdout or log, stderr=log, text=True, cwd=self._folder)
        self._started.append(process)
        return process

    def end(self) -> None:
        """End them, the workers before their scheduler."""
        for process in reversed(self._started):
            process.terminate()
            process.wait()

    def cost_of(self, job: Path) -> Cost:
        """Run a job on them."""
        before = self._spent()
        run = measured((sys.executable, __file__, "--run", str(job), self.address))
        own, after = float(run.stdout), self._spent()
        spent = (
            then - earlier - run.seconds * idle for then, earlier, idle in zip(after, before, self._idle, strict=True)
        )
        return Cost(run.seconds, run.cpu - own, own, *spent)

    def _spent(self) -> list[float]:
        with urllib.request.urlopen(self._endpoint + COUNTS) as answer:  # noqa: S310 - our own
            counts = json.load(answer)
        workers = sum(map(_cpu, self._workers))
        return [workers, _cpu(self._scheduler), *(counts.get(name, 0) for name in ("requests", "written", "read"))]


def _cpu(process: subprocess.Popen[str]) -> float:
    """User and system seconds of a process so far."""
    fields = Path(f"/proc/{process.pid}/stat").read_bytes().rpartition(b")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def write_job(folder: Path, sheets: int) -> Path:
    """Write a job of the bench for so many invented members."""
    folder.mkdir()
    command = [sys.executable, str(ROOT / "fixtures/generate.py"), "--members", str(sheets), "--out"]
    subprocess.run([*command, str(folder / "members.csv")], check=True)
    text = (BENCH / "notice.toml").read_text("utf-8")
    text = text.replace("../fixtures/examples/members.csv", "members.csv")
    (folder / "job.toml").write_text(text.replace("../fixtures", str(ROOT / "fixtures")), "utf-8")
    return folder / "job.toml"


def run_on(job: Path, address: str) -> None:
    """Run a job on machines, and say what CPU seconds this process took."""
    run(load_job(job), cluster=Cluster(address, "s3://bench/bench"))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(usage.ru_utime + usage.ru_stime)


def on_one(job: Path) -> tuple[float, float]:
    """Run a job by processes of one machine; return wall and CPU seconds."""
    cost = measured((sys.executable, "-m", "renderer.cli", "run", str(job), "--outbox", str(job.with_name("one"))))
    return cost.seconds, cost.cpu


def report(sheets: Sequence[int], workers: int, sheet: Cost, alone: float) -> str:
    """Say what was measured, and what follows for a large run."""
    small, large = sheets
    waiting, idle = LATENCY * sheet.requests, LATENCY * OWN_REQUESTS / PIECES
    all_cpu = sheet.workers + sheet.own + sheet.beside + sheet.scheduler
    paper = Paper(sheet.workers + waiting, sheet.own + idle, sheet.scheduler)
    lines = "\n".join(map(paper.line, MANY))
    return f"""# Many machines

Written by `python bench/many.py`: {workers} workers, their scheduler, the store (a server in memory, in Python) and
the run, all of them processes of one machine of {os.cpu_count()} cores. What one sheet costs is the difference between
runs of {large:,} and of {small:,} notices with kept plates, {PIECES:,} in a file; what scheduler and workers take while
they wait is taken off.

| of one sheet | |
|---|---:|
| CPU of a worker: read, try, print, prove | {1e6 * sheet.workers:.0f} µs |
| CPU of the run itself, one process | {1e6 * sheet.own:.0f} µs |
| CPU of the process beside it, which cuts the member file up | {1e6 * sheet.beside:.0f} µs |
| CPU of the scheduler | {1e6 * sheet.scheduler:.1f} µs |
| requests to the store, of everybody | {sheet.requests:.4f} |
| written to the store | {sheet.written:,.0f} bytes |
| read from the store | {sheet.read:,.0f} bytes |
| all CPU but the store's, beside that of a run by processes of this machine alone | {all_cpu / alone:.2f} times |

## On paper: {NOTICES:,} notices

Reckoned from the table, on cores like these. Each request to a store is taken to last {1000 * LATENCY:.0f} ms. A worker
waits meanwhile, {1e6 * waiting:.0f} µs a sheet, if all requests were the workers'; the run itself does so for
{OWN_REQUESTS} of each file, {1e6 * idle:.0f} µs a sheet. The others of its requests are made by threads.

| workers, a core each | hours, as one run | bottleneck | runs at once | hours, as so many runs | bottleneck |
|---:|---:|---|---:|---:|---|
{lines}

**The bottleneck is the process that begins a run**: it reads the rows, keeps the members, hands out the batches, brings
the files and proves that all are there. It keeps {paper.kept_busy:.0f} workers busy; more of them
change nothing. What is more than one run may take (a member file is an insurer's, and {NOTICES:,} notices are
thousands of them) goes as several runs at once, each with two cores of its own. Then it is the scheduler's turn. A
worker keeps ready what it needs for four runs: more than four at once have a scheduler and workers for each four.

The store takes {NOTICES * sheet.written / 1e12:.2f} TB in all and gives {NOTICES * sheet.read / 1e12:.2f} TB, by
{NOTICES * sheet.requests / 1e6:.1f} million requests: in one hour
{NOTICES * (sheet.written + sheet.read) / 450e9:.2f} Gbit/s and {NOTICES * sheet.requests / 3600:,.0f} requests a
second.
"""


@dataclass(frozen=True, slots=True)
class Paper:
    """Seconds that a sheet takes of each who has a part in it."""

    worker: float
    own: float
    scheduler: float

    @property
    def kept_busy(self) -> float:
        """How many workers one run keeps busy."""
        return self.worker / self.own

    def line(self, workers: int) -> str:
        """Return a line of the table."""
        runs = math.ceil(workers / self.kept_busy)
        (one, first), (many, second) = self._slowest(workers, 1), self._slowest(workers, runs)
        return f"| {workers:,} | {one:.1f} | {first} | {runs} | {many:.1f} | {second} |"

    def _slowest(self, workers: int, runs: int) -> tuple[float, str]:
        """Return the hours of all notices, and who takes them."""
        of = {"workers": self.worker / workers, "the run itself": self.own / runs, "the scheduler": self.scheduler}
        slowest = max(of, key=lambda who: of[who])
        return NOTICES * of[slowest] / 3600, slowest


@contextmanager
def machines_in(folder: Path, workers: int) -> Iterator[Machines]:
    """Begin machines, and end them however it goes."""
    started = Machines(folder, workers)
    try:
        yield started
    finally:
        started.end()


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sheets", type=int, nargs=2, default=(10_000, 30_000), metavar=("SMALL", "LARGE"))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=BENCH / "MANY.md")
    parser.add_argument("--store", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--run", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.store:
        serve_store()
        return
    if arguments.run:
        run_on(Path(arguments.run[0]), arguments.run[1])
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        warm, small, large = (write_job(folder / str(count), count) for count in (1_999, *arguments.sheets))
        with machines_in(folder, arguments.workers) as machines:
            machines.cost_of(warm)
            first, second = machines.cost_of(small), machines.cost_of(large)
        on_one(warm)
        for job in (small, large):
            (job.with_name("one")).mkdir()
            (job.with_name("one") / ".plates").symlink_to(warm.with_name("one") / ".plates")
        (_, cpu_first), (_, cpu_second) = on_one(small), on_one(large)
    more = arguments.sheets[1] - arguments.sheets[0]
    sheet, alone = (second - first) / more, (cpu_second - cpu_first) / more
    arguments.out.write_text(report(arguments.sheets, arguments.workers, sheet, alone), "utf-8")


if __name__ == "__main__":
    main()
