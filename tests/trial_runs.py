"""A job and a member file → a run in this process or in one of its own, from what the fixtures have.

Plates are kept in one folder for all trials of a test session, with what they were proved on: neither compiling nor
comparing is what these tests are about, but where a test says so (``nothing_proved``).
"""

from __future__ import annotations

import atexit
import csv
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from renderer.documents.document import HEADER
from renderer.documents.notice import NOTICE
from renderer.intake.jobfile import load_job
from renderer.intake.rows import read_rows
from renderer.layout.load import Fixed, Layout, load_layout
from renderer.model.errors import ENDINGS
from renderer.model.job import Job
from renderer.press.plates import Plate
from renderer.running import run as mailing_job
from renderer.running.bench import Bench
from renderer.running.report import Report

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "fixtures"
DEMO = FIXTURES / "examples" / "members.csv"

_SESSION = Path(tempfile.mkdtemp(prefix="trials-"))
atexit.register(shutil.rmtree, _SESSION, ignore_errors=True)
_plates = Path(os.environ["TRIAL_PLATES"])

Row = Mapping[str, str]


class AtOnce(Executor):
    """Workers in no other process: every task is done when it is submitted."""

    def __init__(self, _workers: int, _modules: Sequence[str]) -> None:
        self.executor = self

    def end(self) -> None:
        """End nothing: nothing was started."""

    def submit(self, task: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(task(*arguments, **named))
        except BaseException as error:
            future.set_exception(error)
        return future


def share_plates(outbox: Path) -> Path:
    """Let an outbox use the plates that other trials have compiled, and what these were proved on."""
    outbox.mkdir(parents=True, exist_ok=True)
    (outbox / ".plates").symlink_to(_plates)
    return outbox


@contextmanager
def nothing_proved() -> Iterator[None]:
    """Let runs compare every plate with WeasyPrint, whatever other trials have proved."""
    global _plates
    shared, _plates = _plates, _SESSION / "unproved"
    _plates.mkdir(exist_ok=True)
    for proofs in _plates.glob("*.proofs"):
        shutil.rmtree(proofs)
    for plate in shared.glob("*.plate"):
        if not (_plates / plate.name).exists():
            os.link(plate, _plates / plate.name)
    try:
        yield
    finally:
        _plates = shared


def rows_of(path: Path) -> list[dict[str, str]]:
    """All rows of a member file, under the standard header."""
    return [dict(row.fields) for row in read_rows(path)]


def alike(count: int) -> list[Row]:
    """Rows of one variant, so that one sheet is enough to compare it with the reference; each of another person."""
    found = [row for row in rows_of(DEMO) if row["本人家族"] == "本人" and not row["負担割合"]]
    found = [row | {"登録年月日": "2026-04-01", "個人番号": ""} for row in found]
    copies = -(-count // len(found))
    return [
        row
        | {"整理番号": f"{row['整理番号']}-{copy}", "番号": f"{row['番号']}{copy:03}"}
        | ({"方書": f"{row['方書']}{copy}棟"} if copy else {})
        for copy in range(copies)
        for row in found
    ][:count]


def write_members(path: Path, rows: Sequence[Row]) -> Path:
    """Write a member file in UTF-8."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, HEADER)
        lines.writeheader()
        lines.writerows(rows)
    return path


def write_job(folder: Path, rows: Sequence[Row], *, fixture: str = "notice", **mailing: Any) -> Path:
    """Write a job file of the fixtures' insurer and these rows into ``folder``; its outbox shares the plates.

    ``mailing`` replaces keys of the fixture's mailing table.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_members(folder / "members.csv", rows)
    share_plates(folder / "outbox")
    head, table = (FIXTURES / f"{fixture}.toml").read_text("utf-8").split("[mailing]\n")
    head = head.replace('"examples/insurer.toml"', f'"{FIXTURES / "examples" / "insurer.toml"}"')
    head = head.replace(head[head.index("\nsource") : head.index("\noutbox")], '\nsource = "members.csv"')
    lines = [line for line in table.splitlines() if line.split(" =")[0] not in mailing]
    lines += [f"{key} = {_toml(value)}" for key, value in mailing.items()]
    path = folder / "job.toml"
    path.write_text(f"{head}[mailing]\n" + "\n".join(lines) + "\n", "utf-8")
    return path


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return str(value) if isinstance(value, int) else f'"{value}"'


def trial(folder: Path, rows: Sequence[Row], *, fixture: str = "notice", **mailing: Any) -> tuple[Job, Report]:
    """Run a job in this process, from member file to outbox."""
    job = load_job(write_job(folder, rows, fixture=fixture, **mailing))
    return job, mailing_job.run(job, workers=1, make_workers=AtOnce)


@cache
def demo(fixture: str) -> tuple[Job, Report]:
    """Run one of the fixtures' jobs as it is, once a session; its folder is not to be changed."""
    outbox = _SESSION / f"demo-{fixture}"
    job = load_job(FIXTURES / f"{fixture}.toml", outbox=share_plates(outbox))
    return job, mailing_job.run(job, workers=1, make_workers=AtOnce)


def renderer(*words: str | Path, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> subprocess.Popen[str]:
    """Start the command line in a process of its own, which leads a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "renderer.cli", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", **(env or {})},
        start_new_session=True,
        preexec_fn=_as_from_a_terminal,
    )


def _as_from_a_terminal() -> None:
    """Take back what the shell that started the tests may have ignored for good."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_DFL)


def ended(process: subprocess.Popen[str], timeout: float = 600) -> tuple[int, str, str]:
    """Wait for a command; return exit code, stdout, stderr."""
    out, err = process.communicate(timeout=timeout)
    return process.returncode, out, err


def files_of(folder: Path) -> dict[str, bytes]:
    """What a delivered folder holds, but for the reports, which tell seconds."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith("report.")}


@cache
def demo_plates(document: str) -> tuple[Layout, Fixed, dict[tuple[tuple[str, str], ...], Plate]]:
    """The layout of a document and its plates for the fixtures' demo job, compiled once a session."""
    outbox = _SESSION / f"plates-{document}"
    fixture = "notice" if document == NOTICE.name else "certificate"
    job = load_job(FIXTURES / f"{fixture}.toml", outbox=share_plates(outbox))
    bench = Bench(job, load_layout(job.document))
    return bench.layout, bench.fixed, {variant: bench.compile(variant) for variant in bench.layout.variants()}
