"""A member as JSON has it → one sheet, drawn by a process that stands ready.

Processes of their own, each a pool of itself, so that one that dies takes no request with it but its own, and so that
two sheets are drawn at once: WeasyPrint and PDFium know no threads. What a sheet is drawn on is kept from one to the
next.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from queue import Empty, Queue
from threading import BoundedSemaphore
from typing import Literal

from renderer.desk.choice import columns_of, make_member
from renderer.desk.draw import draw_on
from renderer.desk.reprint import reprint
from renderer.intake.jobfile import check_title, load_job
from renderer.layout.load import check_document, layout_of
from renderer.model.errors import BadJob, RunStopped
from renderer.model.findings import Finding, Held, Weight
from renderer.model.job import Job
from renderer.model.member import Member
from renderer.model.paper import PROOF_DPI
from renderer.model.toml import advice
from renderer.proof.pixels import draw_pictures
from renderer.running.bench import Bench
from renderer.running.crew import join_run

KEPT = 16
"""Jobs of which what stands ready is kept."""
PATIENCE = 60.0
"""Seconds that a sheet may take, with the time that it waits."""
MOST_WAITING = 32
"""Sheets and reprints that may wait for one another."""
Format = Literal["pdf", "png"]


@dataclass(frozen=True, slots=True)
class ToDraw:
    """What is asked."""

    job: Path
    outbox: Path
    """Where plates are kept."""
    folder: Path
    """Where it is drawn; what is left there by a process that was killed goes when the next service starts."""
    columns: Mapping[str, str]
    """Column of a member file → what stands there."""
    variant: Mapping[str, str]
    issued_on: date | None
    accepts_doubts: bool
    format: Format
    dpi: int = PROOF_DPI
    page: int = 1
    """Of a picture."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet, or why there is none."""

    data: bytes = b""
    findings: tuple[Finding, ...] = ()
    """Why the member is held; of a sheet that is drawn, its doubts and notes."""
    stopped: RunStopped | None = None


class Busy(Exception):  # noqa: N818
    """Too many wait."""


class NoPage(BadJob):
    """A sheet has no such page."""


class Drawers:
    """The processes that draw."""

    def __init__(self, count: int) -> None:
        """Take how many there are; they start when they are needed."""
        self._patience = PATIENCE
        self._places = BoundedSemaphore(MOST_WAITING)
        self._free: Queue[ProcessPoolExecutor] = Queue()
        self._all = {_started() for _ in range(count)}
        for drawer in self._all:
            self._free.put(drawer)

    def warm(self) -> None:
        """Start them, so that the first who asks need not wait for their imports."""
        for drawer in self._all:
            drawer.submit(str)

    def do(self, function: Callable[..., Sheet], *arguments: object, meanwhile: Callable[[], None]) -> Sheet:
        """Let one of them draw something, and do something else meanwhile.

        :raises Busy: when too many wait.
        :raises BrokenExecutor: when the process died over it.
        :raises TimeoutError: when it takes too long.
        """
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            return self._do(partial(function, *arguments), meanwhile)
        finally:
            self._places.release()

    def _do(self, task: Callable[[], Sheet], meanwhile: Callable[[], None]) -> Sheet:
        until = time.monotonic() + self._patience
        try:
            drawer = self._free.get(timeout=self._patience)
        except Empty:
            raise TimeoutError from None
        try:
            try:
                drawing = drawer.submit(task)
            except BrokenExecutor:  # it died while it had nothing to do
                drawer = self._in_place_of(drawer)
                drawing = drawer.submit(task)
            meanwhile()
            return drawing.result(until - time.monotonic())
        except (BrokenExecutor, TimeoutError):
            drawer = self._in_place_of(drawer)
            raise
        finally:
            self._free.put(drawer)

    def _in_place_of(self, drawer: ProcessPoolExecutor) -> ProcessPoolExecutor:
        """Start another; what the old one is at, if it lives, is its last task, and nobody waits for it."""
        drawer.shutdown(wait=False, cancel_futures=True)
        self._all.discard(drawer)
        self._all.add(another := _started())
        return another

    def close(self) -> None:
        """End them."""
        for drawer in tuple(self._all):
            drawer.shutdown(wait=False, cancel_futures=True)


def _started() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, get_context("spawn"), join_run)


def draw(wanted: ToDraw) -> Sheet:
    """Draw a sheet in this process."""
    noted: list[Finding] = []
    try:
        bench = _bench(wanted.job, wanted.outbox, wanted.issued_on)
        _check_keys(wanted.columns, bench.job)
        member = make_member(wanted.columns, bench.job, "member", noted.append)
        if not wanted.accepts_doubts and any(finding.weight is Weight.DOUBT for finding in noted):
            return Sheet(findings=tuple(noted))
        return Sheet(_drawn(bench, member, wanted), tuple(noted))
    except Held as held:
        return Sheet(findings=(*held.findings, *noted))
    except RunStopped as stopped:
        return Sheet(stopped=stopped)


def _check_keys(given: Iterable[str], job: Job) -> None:
    """Refuse a key that is no column, as ``make_member`` does, but without it: it may be anything."""
    columns = columns_of(job)
    for at, key in enumerate(given, 1):
        if key not in columns:
            raise BadJob(f"member: its key {at} is no column of this job{advice(key, columns)}")


def _drawn(bench: Bench, member: Member, wanted: ToDraw) -> bytes:
    # Not in a folder of its own: to make and to remove one takes longer than to print the sheet.
    pdf = wanted.folder / f"{os.getpid()}.pdf"
    png = pdf.with_suffix(".png")
    try:
        drawn = draw_on(bench, member, pdf, wanted=wanted.variant)
        if wanted.format == "png":
            if wanted.page > drawn.pages:
                raise NoPage(f"this sheet has no page {wanted.page}; pages: {drawn.pages}")
            draw_pictures(pdf, png, wanted.dpi, wanted.page)
        return (pdf if wanted.format == "pdf" else png).read_bytes()
    finally:
        for file in (pdf, png):
            file.unlink(missing_ok=True)


def print_again(job: Path, records: Sequence[str], piece: int) -> Sheet:
    """Print delivered sheets, or a piece, again in this process."""
    try:
        printed = reprint(load_job(job), records=records, piece=piece).path
        with printed.open("rb") as file:
            printed.unlink()  # whoever asks gets it, and nobody looks for it here
            return Sheet(file.read())
    except Held as held:
        return Sheet(findings=held.findings)
    except RunStopped as stopped:
        return Sheet(stopped=stopped)


@lru_cache(KEPT)
def _bench(path: Path, outbox: Path, issued_on: date | None) -> Bench:
    job = load_job(path, outbox=outbox)
    job = replace(job, issued_on=issued_on) if issued_on else job
    layout = layout_of(job)
    check_document(job, layout)
    check_title(job, layout.file.titles)
    return Bench(job, layout)
