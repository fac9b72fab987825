"""What a run learns of its rows, and what its outbox remembers → who gets a paper this time, who does not, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from renderer.intake.selection import Selector
from renderer.intake.store import Store
from renderer.model.job import Job, Listed
from renderer.running.made_of import with_base
from renderer.running.manifest import not_selected_lines, write_not_selected
from renderer.running.names import NOT_SELECTED
from renderer.running.reading import Read
from renderer.running.register import Register
from renderer.running.remembered import read_papers, remembered
from renderer.running.report import NotSelected
from renderer.running.worker import LAST_PAPERS
from renderer.running.workspace import Workspace

PAPERS = "papers"
"""File of a work folder: what is to be remembered of the papers of a run, when it is delivered."""


class Asked:
    """Who a job asks for, and what a run has found out about that."""

    def __init__(self, job: Job, register: Register, files: str, *, may_make_key: bool) -> None:
        """Read the job's lists, and find what its members are compared with; ``files`` sums up all else it is made of.

        :raises BadJob: when a list or the key cannot be used.
        """
        self._job, self._register = job, register
        self._selector = Selector(job.select) if job.select else None
        self._remembered = remembered(job, register, files, may_make_key=may_make_key)
        self._listed = set[str]()
        """Records of the lists that are in the member file."""
        self.newest = date.min
        """The latest day of 資格取得, 認定 or 登録 of a member."""

    @property
    def key(self) -> bytes | None:
        """By which papers are remembered, None where they are not."""
        return self._remembered.key

    @property
    def base(self) -> str:
        """The deliveries that members are compared with, "" for none."""
        return self._remembered.base

    @property
    def compares(self) -> bool:
        """Whether the job asks who is new or has changed since the deliveries before."""
        return bool(self._job.select and self._job.select.by_change)

    def begun_with(self, files: str) -> str:
        """Return the sum of everything that the run is made of."""
        return with_base(files, self.base)

    def lay_out(self, workspace: Workspace) -> None:
        """Lay out for the workers what members are compared with."""
        if self.compares:
            with workspace.scratch() as scratch:
                self._register.write_papers(self.base, scratch / LAST_PAPERS)
                workspace.keep(scratch / LAST_PAPERS, LAST_PAPERS)

    def take(self, read: Read, store: Store) -> None:
        """Take in what became of some rows."""
        store.add_unselected(read.unselected)
        store.add_papers(read.papers)
        self._listed |= read.listed
        self.newest = max(self.newest, read.newest)

    def unselect(self, store: Store) -> None:
        """Take out who gets no paper this time."""
        if self._selector:
            store.unselect()

    def write_list(self, store: Store, folder: Path) -> Iterable[tuple[int, str]]:
        """Write who gets no paper into a delivery; return the lines that the list names, each with its rule."""
        if self._selector is None:
            return ()
        path, stopped = folder / NOT_SELECTED, self._selector.stopped
        write_not_selected(path, store.unselected(), stopped.reasons if stopped else {}, self._job)
        return not_selected_lines(path, [source.name for source in self._job.sources])

    def by_rule(self, store: Store) -> tuple[NotSelected, ...]:
        """Count who gets no paper this time."""
        return tuple(NotSelected(rule, records) for rule, records in store.unselected_by_rule())

    def strangers(self) -> tuple[Listed, ...]:
        """Name the lines of the job's lists that are of nobody in the member file."""
        return tuple(self._selector.strangers(self._listed)) if self._selector else ()

    def write_papers(self, store: Store, work: Path) -> None:
        """Write what is to be remembered of those who are printed."""
        if self.key:
            with (work / PAPERS).open("wb") as papers:
                papers.writelines(store.papers())

    def papers(self, work: Path) -> Iterator[tuple[bytes, bytes]]:
        """Read that again."""
        return read_papers(work / PAPERS) if self.key else iter(())
