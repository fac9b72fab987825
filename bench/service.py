"""Measure single sheets of the service on this machine, by loopback → SERVICE.md.

    python bench/service.py [--seconds N]

Single sheets at a rate that does not wait for answers (an open loop: what is late makes nothing after it later to be
asked), beside one warm press of the same sheets in one process.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import quantiles

from running_service import CLIENTS, RunningService, people

from renderer.service.drawing import Format, ToDraw, draw
from renderer.service.library import JOB

BENCH = Path(__file__).resolve().parent
RATES: dict[Format, int] = {"pdf": 30, "png": 2}
"""Sheets a second of the open loop."""
WARM = 400
"""Sheets drawn before anything is measured: every variant is compiled, every process warm."""
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Took:
    """How long sheets took, in ms."""

    p50: float
    p95: float
    count: int


def summed_up(took: list[float]) -> Took:
    """Sum times up."""
    cuts = quantiles(took, n=20)
    return Took(cuts[9], cuts[18], len(took))


def warm_press(home: Path, rows: Rows, kind: Format) -> Took:
    """Draw sheets in this process, one after the other, as a process of the service draws them."""
    took = []
    for row in rows:
        job = home / "library" / "notices" / "1" / JOB
        wanted = ToDraw(job, home / "outbox", home / "incoming", row, {}, None, True, kind)
        begun = time.perf_counter()
        draw(wanted)
        took.append(1000 * (time.perf_counter() - begun))
    return summed_up(took)


def open_loop(running: RunningService, rows: Rows, seconds: int, kind: Format) -> Took:
    """Ask for sheets at a fixed rate; return how long each took from the moment at which it was due."""
    took: list[float] = []
    rate = RATES[kind]
    with running.client() as client, ThreadPoolExecutor(CLIENTS) as pool:

        def ask(due: float, row: dict[str, str]) -> None:
            order = {"job": "notices", "member": row, "accept_doubts": True, "format": kind}
            if client.post("/v1/sheets", json=order).status_code == 200:
                took.append(1000 * (time.monotonic() - due))

        begun = time.monotonic() + 0.5
        for number in range(rate * seconds):
            due = begun + number / rate
            time.sleep(max(0.0, due - time.monotonic()))
            pool.submit(ask, due, rows[number % len(rows)])
    return summed_up(took)


@dataclass(frozen=True)
class Load:
    """What was used of the machine meanwhile."""

    of_service: float
    """Seconds of CPU of the service, by all its processes."""
    of_others: float
    """Cores, on average, by all that is neither the service nor this process."""


def beside(running: RunningService, run: Callable[[], Took]) -> tuple[Took, Load]:
    """Do something; return what it returns, and what was used of the machine meanwhile."""
    begun, service, own, all_of_it = time.monotonic(), _of(running.process.pid), time.process_time(), _busy()
    took = run()
    service, own, all_of_it = _of(running.process.pid) - service, time.process_time() - own, _busy() - all_of_it
    return took, Load(service, max(0.0, (all_of_it - service - own) / (time.monotonic() - begun)))


def _busy() -> float:
    user, nice, system, _, _, irq, soft, *_ = map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:])
    return (user + nice + system + irq + soft) / os.sysconf("SC_CLK_TCK")


def _of(process: int) -> float:
    total = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, fields = int(path.parent.name), path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if process in (number, int(fields[1])):
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=int, default=30, help="of each open loop")
    parser.add_argument("--out", type=Path, default=BENCH / "SERVICE.md")
    arguments = parser.parse_args()
    rows, lines = people(WARM), []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        running = RunningService(Path(name))
        warm_press(running.home, rows, "pdf")
        open_loop(running, rows, WARM // RATES["pdf"], "pdf")
        for kind, rate in RATES.items():
            alone = warm_press(running.home, rows[: 10 * rate], kind)
            took, load = beside(running, partial(open_loop, running, rows, arguments.seconds, kind))
            share = took.count / (rate * arguments.seconds)
            lines.append(
                f"| {kind.upper()}, {rate} a second | {alone.p50:.0f} | {took.p50:.0f} | {took.p95:.0f} | "
                f"{took.p50 / alone.p50:.1f} | {took.p95 / alone.p50:.1f} | {share:.0%} | "
                f"{1000 * load.of_service / took.count:.0f} | {load.of_others:.1f} |"
            )
        running.stop()
    report = f"""# The service

Written by `python bench/service.py`: the service and those who ask it on one machine of {os.cpu_count()} cores.
{arguments.seconds} s of sheets, from the moment at which one was due until its last byte had come. Beside them one
warm press of such sheets in one process, with nothing beside it of ours: on a busy machine, as the last column tells
it, the ratios and the CPU say more than the milliseconds. Asked of a PDF: p50 60 ms, p95 200 ms.

| sheets | press alone, ms | p50, ms | p95, ms | p50, presses | p95, presses | drawn | CPU, ms | others, cores |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
{chr(10).join(lines)}

PNG: 200 dpi, the first page; the press alone draws it, too. CPU: of all processes of the service, for a sheet.
"""
    arguments.out.write_text(report, "utf-8")


if __name__ == "__main__":
    main()
