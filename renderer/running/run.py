"""Job → delivered print files: the table of contents of a run, one line for each step.

    read ─▶ validate ─▶ gather ─▶ print ─▶ verify ─▶ report

Everything is made in a work folder beside the outbox's folder for the job, and that folder takes the job's name only
when all of it is proved. A run that was stopped goes on with the same command, where its ledger says.
"""

from __future__ import annotations

import itertools
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from renderer.intake.jobfile import check_title
from renderer.intake.rows import Columns, Row, load_columns, read_rows
from renderer.intake.store import Store
from renderer.layout.load import load_layout
from renderer.mailing.batches import Batch, piece_with, read_batch, split
from renderer.mailing.pieces import gather
from renderer.mailing.sheets import sheets_of
from renderer.model.errors import BadJob
from renderer.model.job import Job
from renderer.press.fonts import check_fonts
from renderer.press.plates import is_whole
from renderer.press.versions import versions
from renderer.running import worker
from renderer.running.crew import Crew, MakeExecutor, Result, Task
from renderer.running.ledger import Delivered, Ledger, fingerprint
from renderer.running.manifest import write_held
from renderer.running.outbox import alone, deliver, restore
from renderer.running.progress import Progress, silent
from renderer.running.report import Checked, FileReport, Report, Stage, write_report

ROWS_A_TASK = 500


def run(
    job: Job, *, workers: int | None = None, progress: Progress = silent, executor: MakeExecutor | None = None
) -> Report:
    """Print a job from member file to outbox.

    :raises BadJob, BadLayout: when the job cannot be begun; nothing was printed.
    :raises BadBatch: when a proof failed; nothing of the job is delivered.
    """
    hands = _Hands(job, job.beside("work"), workers or os.cpu_count() or 1, progress, executor)
    with alone(job, hands.work):
        restore(job)
        ledger = hands.begin()
        hands.compile_plates()
        with hands.store() as store:
            with hands.crew_of_printers() as crew:
                hands.validate(store, crew)
                hands.check_unchanged(ledger)
                batches = hands.gather(store)
                files = hands.print(batches, crew, ledger)
            hands.compare(store, batches)
            report = hands.report(store, files)
            write_held(hands.work / "held.csv", store.findings())
            write_held(hands.work / "notes.csv", store.notes())
        write_report(report, hands.work / "report.json", hands.work / "report.html")
        hands.check_unchanged(ledger)
        ledger.check_proved()
        ledger.path.unlink()
        deliver(job, hands.work)
    return report


def check(job: Job, *, workers: int | None = None, progress: Progress = silent) -> Checked:
    """Read and validate the member file of a job, try every value in its place, and gather; print nothing."""
    hands = _Hands(job, job.beside("check"), workers or os.cpu_count() or 1, progress, None)
    with alone(job, hands.work):
        try:
            hands.begin()
            hands.compile_plates()
            with hands.store() as store, hands.crew_of_printers() as crew:
                hands.validate(store, crew)
                hands.gather(store)
                return Checked(job.name, hands.rows, store.members(), store.held(), store.reasons())
        finally:
            shutil.rmtree(hands.work)


def sum_of(job: Job, layout: str, fonts: Iterable[str]) -> str:
    """Return a sum over everything that decides the bytes of a job's print files."""
    insurer = job.insurer
    root = Path(__file__).parents[1]
    files = [job.source, *job.mailing.inserts, *sorted(root.rglob("*.py"))]
    files += [path for path in (job.columns, insurer.seal, insurer.gaiji_font, insurer.gaiji_table) if path]
    words = [job.name, job.document, job.title, job.issued_on.isoformat(), repr(job.mailing), repr(insurer)]
    return fingerprint(files, [*words, layout, *fonts, *versions().values()])


@dataclass
class _Hands:
    """The steps of a run, and what they have to remember between them."""

    job: Job
    work: Path
    """The work folder: beside the job's folder, so that delivering is one rename."""
    workers: int
    progress: Progress
    executor: MakeExecutor | None
    rows: int = 0
    hardest: dict[tuple[tuple[str, str], ...], tuple[float, str]] = field(default_factory=dict)
    stages: list[Stage] = field(default_factory=list)
    fonts: dict[str, str] = field(default_factory=dict)
    plates: worker.PlatePaths = field(default_factory=dict)
    begun_with: str = ""
    """A sum over everything that decides the bytes of the print files, as the run began."""

    def begin(self) -> Ledger:
        """Check what the job rests on and open the work folder, keeping what a stopped run of this job left."""
        self.layout = load_layout(self.job.document)
        check_title(self.job, self.layout.file.titles)
        self.fonts = check_fonts()
        self.begun_with = self._fingerprint()
        ledger = Ledger(self.work / "ledger.jsonl", self.begun_with)
        kept = {name for done in ledger.delivered.values() for name in _names(done.file)}
        for path in self.work.iterdir():
            if path.name not in kept | {"ledger.jsonl"}:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        return ledger

    def _fingerprint(self) -> str:
        return sum_of(self.job, self.layout.digest(), self.fonts.values())

    def check_unchanged(self, ledger: Ledger) -> None:
        """Check that what the job is made of is still what the run began with.

        :raises BadJob: when it was changed meanwhile; nothing that was printed so far is used again.
        """
        if self._fingerprint() != self.begun_with:
            ledger.path.unlink()
            raise BadJob(f"{self.job.name}: a file of the job was changed while it was printed; run it again")

    def compile_plates(self) -> None:
        """Compile every variant of the layout that is not kept whole from an earlier run."""
        self.plates = worker.Desk(self.job, self.work).plate_paths()
        wanted = [(dict(variant), path) for variant, path in self.plates.items() if not is_whole(path)]
        with self._timed("compile"):
            if wanted:
                with self._crew(worker.compile_variant, {}, len(wanted)) as crew:
                    for done, _ in enumerate(crew.do(wanted), 1):
                        self.progress("compile", done, len(wanted))

    def crew_of_printers(self) -> Crew[object, object]:
        """Return workers that hold every plate."""
        return self._crew(worker.work, self.plates, self.workers)

    def _crew(self, work: Callable[[Task], Result], plates: worker.PlatePaths, most: int) -> Crew[Task, Result]:
        return Crew(min(self.workers, most), work, worker.prepare, (self.job, self.work, plates), self.executor)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open the working store. However the run ends, the members do not stay behind in it."""
        path = self.work / worker.STORE
        try:
            with Store.create(path) as store:
                yield store
        finally:
            path.unlink()

    def validate(self, store: Store, crew: Crew[object, object]) -> None:
        """Read the source, validate its rows and try their sheets, and keep what may be printed."""
        columns = load_columns(self.job.columns) if self.job.columns else Columns()
        with self._timed("validate"):
            for examined in crew.do(_chunks(read_rows(self.job.source, columns))):
                assert isinstance(examined, worker.Examined)  # noqa: S101 - what ``worker.work`` gives for rows
                self.rows += examined.rows
                store.add(examined.members)
                store.hold(examined.findings)
                store.note(examined.notes)
                for variant, found in examined.hardest.items():
                    self.hardest[variant] = max(self.hardest.get(variant, found), found)
                self.progress("validate", self.rows, None)
            store.finish_intake()

    def gather(self, store: Store) -> tuple[Batch, ...]:
        """Put the members into pieces and the pieces into batches."""
        rules = self.job.mailing
        with self._timed("gather"):
            gather(store, rules.envelope, rules.order)
            return split(store, rules.pieces_per_batch)

    def print(self, batches: tuple[Batch, ...], crew: Crew[object, object], ledger: Ledger) -> list[FileReport]:
        """Print and verify every batch that the ledger does not have."""
        open_batches = [batch for batch in batches if batch.number not in ledger.delivered]
        done = sum(batch.sheets for batch in batches) - sum(batch.sheets for batch in open_batches)
        with self._timed("print"):
            for printed in crew.do(open_batches):
                assert isinstance(printed, worker.PrintedBatch)  # noqa: S101 - what ``worker.work`` gives for a batch
                ledger.enter(Delivered(printed.batch, printed.file))
                done += printed.file.sheets
                self.progress("print", done, sum(batch.sheets for batch in batches))
        return [ledger.delivered[batch.number].file for batch in batches]

    def compare(self, store: Store, batches: tuple[Batch, ...]) -> None:
        """Compare the hardest sheet of every plate in use with WeasyPrint's own rendering."""
        samples = list(self._samples(store, batches))
        with self._timed("verify"), self._crew(worker.compare_sample, self.plates, len(samples) or 1) as crew:
            for done, _ in enumerate(crew.do(samples), 1):
                self.progress("verify", done, len(samples))

    def _samples(self, store: Store, batches: tuple[Batch, ...]) -> Iterator[worker.Sample]:
        missing = set()
        for variant, (_, record) in sorted(self.hardest.items()):
            sequence = piece_with(store, record)
            if sequence is None:  # the record is held after all, because of another row
                missing.add(variant)
            else:
                yield worker.Sample(record, next(batch for batch in batches if batch.last_piece >= sequence))
        rules = self.job.mailing
        for batch in batches if missing else ():
            pieces = read_batch(self.work / worker.STORE, batch, envelope=rules.envelope, route=rules.route)
            for sheet in (sheet for piece in pieces for sheet in sheets_of(self.job, piece, 1)):
                if sheet.content.variant in missing:
                    missing.remove(sheet.content.variant)
                    yield worker.Sample(sheet.record, batch)

    def report(self, store: Store, files: list[FileReport]) -> Report:
        """Say what was done, in counts that add up."""
        job = self.job
        return Report(
            job=job.name,
            document=job.document,
            title=job.title,
            issued_on=job.issued_on,
            insurer=f"{job.insurer.number} {job.insurer.name}",
            source=job.source.name,
            read=self.rows,
            printed=store.members(),
            held=store.held(),
            pieces=sum(file.pieces for file in files),
            inserts=tuple(path.name for path in job.mailing.inserts),
            files=tuple(files),
            reasons=store.reasons(),
            versions=(("renderer", version("renderer")), *versions().items()),
            fonts=tuple(sorted(self.fonts.items())),
            stages=tuple(self.stages),
        )

    @contextmanager
    def _timed(self, verb: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.stages.append(Stage(verb, round(time.perf_counter() - begun, 3)))


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while chunk := list(itertools.islice(rest, ROWS_A_TASK)):
        yield chunk


def _names(file: FileReport) -> tuple[str, ...]:
    stem = Path(file.name).stem
    return (file.name, f"{stem}.csv", f"{stem}.json")
