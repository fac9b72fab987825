"""A job and all files it names but its member file → objects of a workspace, and back on a machine that has none.

A file lies there below a folder of the worker's own as it lay on the machine that the job was begun on, so that what
the job file says of it is still so.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from renderer.intake.packs import code_of
from renderer.layout.load import Layout
from renderer.model.job import Job
from renderer.model.packaged import packaged
from renderer.running.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Carried:
    """What stands under the sum that ``carry`` returns."""

    job: Job
    files: Mapping[str, str]
    """Where each file goes, below the worker's folder → its sum."""


def carry(job: Job, layout: Layout, workspace: Workspace) -> str:
    """Keep a job and its files in a workspace; return the sum under which ``lay_out`` finds them.

    Layouts of the program itself are not carried: every machine has them.
    """
    if not layout.folder.is_relative_to(packaged("layouts")):
        job = replace(job, layout=str(layout.folder))
    job = _moved(job, lambda path: Path(os.path.abspath(path)))  # noqa: PTH100 - links stay what the job calls them
    files = {_below(path): workspace.add(path.read_bytes()) for path in _files(job, layout)}
    return workspace.add(pickle.dumps(Carried(job, files)))


def lay_out(total: str, workspace: Workspace, folder: Path) -> Job:
    """Lay out a job that was carried in a folder of this machine; its member files are not there."""
    carried: Carried = pickle.loads(workspace.object(total))  # noqa: S301 - by ourselves
    for name, of_file in carried.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(workspace.object(of_file))
    return _moved(carried.job, lambda path: folder / _below(path))


def _below(path: Path) -> str:
    return path.as_posix().lstrip("/")


def _files(job: Job, layout: Layout) -> Iterator[Path]:
    """Yield the files that a worker reads."""
    insurer = job.insurer
    select = (job.select.only, job.select.stopped) if job.select else ()
    may_be_missing = (job.columns, job.releases, insurer.seal, insurer.gaiji_font, insurer.gaiji_table, *select)
    yield from (job.path, job.insurer_file, *filter(None, may_be_missing), *job.mailing.inserts)
    ours = packaged("layouts")
    of_layout = (folder.rglob("*") for folder in layout.folders if not folder.is_relative_to(ours))
    for path in chain(*of_layout, code_of(job.pack)):
        if path.is_file() and path not in job.sources and not path.is_relative_to(job.outbox):
            yield path


def _moved(job: Job, to: Callable[[Path], Path]) -> Job:
    """Return a job whose files lie elsewhere."""

    def there(path: Path | None) -> Path | None:
        return to(path) if path else None

    insurer, select = job.insurer, job.select
    is_folder = Path(job.layout).is_absolute()
    return replace(
        job,
        path=to(job.path),
        pack=there(job.pack),
        layout=str(to(Path(job.layout))) if is_folder else job.layout,
        insurer=replace(
            insurer,
            seal=there(insurer.seal),
            gaiji_font=there(insurer.gaiji_font),
            gaiji_table=there(insurer.gaiji_table),
        ),
        insurer_file=to(job.insurer_file),
        sources=tuple(map(to, job.sources)),
        columns=there(job.columns),
        releases=there(job.releases),
        outbox=to(job.outbox),
        mailing=replace(job.mailing, inserts=tuple(map(to, job.mailing.inserts))),
        select=replace(select, only=there(select.only), stopped=there(select.stopped)) if select else None,
        key=None,
    )
