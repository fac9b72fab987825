"""What every task of a run has before it; plates and the second reader's index as tasks of their own.

A task is a function of a bench and one argument (``crew.Task``), and runs alike in this process and in another.
WeasyPrint is imported only by a task that needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from renderer.intake.selection import Selector
from renderer.layout.load import layout_of
from renderer.mailing.pieces import Piece, read_chunk
from renderer.model.errors import BadBatch
from renderer.model.job import Job
from renderer.model.member import Member
from renderer.model.variant import Variant
from renderer.proof.second import is_stated_again
from renderer.proof.source import SecondReader, second_reader
from renderer.proof.source_index import write_index
from renderer.running.bench import Bench
from renderer.running.kept_plates import KeptPlates
from renderer.running.remembered import Last, Paper, last_papers, paper_of
from renderer.running.workspace import Folder, Workspace, open_workspace

DIFFERENCES = "differences"
"""Its folder of pictures that show why nothing is."""
INDEX = "source.index"
"""Where its index of the member file stands, for the second reader."""
LAST_PAPERS = "last-papers.sqlite"
"""Where it has the papers that its members are compared with."""


@dataclass(frozen=True)
class JobContext:
    """What every task of a run is done with; two are the same when their runs began with the same things."""

    begun_with: str
    """A sum over everything that decides the bytes of the print files, as the run began."""
    job: Job = field(compare=False)
    folder: Path = field(compare=False)
    """The work folder of the run, on the machine that it was begun on."""
    workspace: Path | str
    """Where its workers find and leave what they work on: that folder, or another address of a workspace."""
    key: bytes | None = field(compare=False, repr=False)
    """By which papers are remembered, None where they are not."""
    plates: KeptPlates = field(compare=False)

    def set_up(self) -> RunBench:
        """Lay out what the tasks need."""
        return RunBench(self)


class RunBench(Bench):
    """What a worker has before it: a job, and the workspace of its run."""

    def __init__(self, context: JobContext) -> None:
        super().__init__(context.job, layout_of(context.job), context.plates)
        self.workspace: Workspace = open_workspace(context.workspace)
        self.folder = context.folder
        self.pictures = context.folder / DIFFERENCES
        self.key = context.key

    @cached_property
    def selector(self) -> Selector | None:
        """What the job asks of each row; None where everybody gets a paper."""
        return Selector(self.job.select) if self.job.select else None

    def paper(self, member: Member) -> Paper | None:
        """Return what is to be remembered of a member's paper, None where nothing is."""
        return paper_of(member, self.job.insurer.number, self.key) if self.key else None

    @cached_property
    def _last_papers(self) -> Path | None:
        by_change = self.job.select and self.job.select.by_change
        return self.workspace.fetch(LAST_PAPERS) if by_change else None

    def last_papers(self) -> AbstractContextManager[Last]:
        """Open the papers that members are compared with."""
        return last_papers(self._last_papers)

    @contextmanager
    def second_reader(self, rows: str) -> Iterator[SecondReader | None]:
        """Open the second reader for the rows in an object of the workspace, or for all where that is ""."""
        with self.workspace.scratch() as scratch:
            if rows:
                (scratch / INDEX).write_bytes(self.workspace.object(rows))
            with second_reader_of(self.job, scratch if rows else self.folder) as second:
                yield second

    def pieces(self, chunk: str) -> Iterator[Piece]:
        """Read the pieces of a batch from its members, kept in the workspace under their sum."""
        return read_chunk(self.workspace.object(chunk), self.job.mailing)


def second_reader_of(job: Job, folder: Path) -> AbstractContextManager[SecondReader | None]:
    """Open the member file for the second reader, by an index in a folder; None where it does not know the document."""
    return second_reader(job, Folder(folder).fetch(INDEX)) if is_stated_again(job) else nullcontext()


def compile_variant(bench: RunBench, variant: Variant) -> None:
    """Compile one variant and keep its plate, if it says what the job's files say."""
    bench.fixed_words.check(bench.compile(variant), variant)


def index_source(bench: RunBench, folder: Path) -> BadBatch | None:
    """Let the second reader write down in a folder where each row of the member file stands; return why it cannot."""
    here = Folder(folder)
    with here.scratch() as scratch:
        try:
            write_index(bench.job, scratch / INDEX)
        except BadBatch as unreadable:
            return unreadable
        here.keep(scratch / INDEX, INDEX)
    return None


def cut_rows(bench: RunBench, chunk: str) -> str:
    """Leave the rows of a batch for the second reader of a worker that has not got the member file; return their sum.

    "" where the second reader does not know the document.
    """
    records = [member.record for piece in bench.pieces(chunk) for member in piece.members]
    with bench.second_reader("") as second, bench.workspace.scratch() as scratch:
        if second is None:
            return ""
        second.write_rows(records, scratch / INDEX)
        return bench.workspace.add((scratch / INDEX).read_bytes())
