"""The example jobs, their invented people and our layouts: shown where nobody is named, and copied to begin with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from renderer.intake.jobfile import load_job
from renderer.intake.packs import documents_of, examples_of
from renderer.layout.load import SHARED, Layout
from renderer.model.errors import BadJob, BadLayout
from renderer.model.job import Job
from renderer.model.packaged import packaged

EXAMPLES = packaged("examples")
MEMBERS = EXAMPLES / "members"
"""One member a file: typical, longest, shortest, rarest."""
LONGEST = MEMBERS / "longest.toml"
"""The member that is shown when none is named: every field as long as it may be."""
REALISTIC = EXAMPLES / "realistic.csv"
"""Invented names and addresses that are as wide as real ones."""
HARD_FILES = (EXAMPLES / "hard.csv", EXAMPLES / "members.csv")
"""Member files with hard characters in them."""


def find_example(name: str, pack: Path | None = None) -> Path | None:
    """Return a file of the examples: the pack's, or ours."""
    return next((folder / name for folder in examples_of(pack) if (folder / name).is_file()), None)


def example_path(document: str, pack: Path | None = None) -> Path:
    """Return the example job of a document.

    :raises BadLayout: for one that jobs do not print, or that its pack has no example of.
    """
    known = [name for name, found in documents_of(pack).items() if found.is_of_members]
    path = find_example(f"{document}.toml", pack) if document in known else None
    if path is None:
        raise BadLayout(f"document '{document}' has no example job; there is one of {', '.join(known)}")
    return path


def load_example(
    document: str, pack: Path | None = None, *, sources: Sequence[Path] = (), outbox: Path | None = None
) -> Job:
    """Load the job that stands for all others of a document while a layout is designed.

    Its plates are kept in ``outbox``, or where this user's programs keep what can be made again.
    """
    return load_job(example_path(document, pack), sources=sources, outbox=outbox or _cache(), pack=pack)


def switched_jobs(document: str, pack: Path | None = None, outbox: Path | None = None) -> Iterator[tuple[str, Job]]:
    """Yield (case, job) of the examples that switch on what the usual one leaves off, and off what it has on."""
    folder = example_path(document, pack).parent / document
    for path in sorted(folder.glob("*.toml")):
        yield path.stem, load_job(path, outbox=outbox or _cache(), pack=pack)


def _cache() -> Path:
    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "renderer"
    kept.mkdir(parents=True, exist_ok=True)
    return kept


MEMBERS_TO_BEGIN_WITH = 20


def lay_down_job(folder: Path, document: str) -> Path:
    """Write a job that prints as it stands into a new folder: job, insurer, seal and invented members; return the job.

    :raises BadJob: when something is in that place already.
    """
    example = example_path(document)
    _make_folder(folder)
    shutil.copyfile(example, folder / "job.toml")
    for name in ("insurer.toml", "seal.png"):
        shutil.copyfile(EXAMPLES / name, folder / name)
    lines = (EXAMPLES / "members.csv").read_bytes().splitlines(keepends=True)
    (folder / "members.csv").write_bytes(b"".join(lines[: 1 + MEMBERS_TO_BEGIN_WITH]))
    return folder / "job.toml"


def copy_layout(layout: Layout, folder: Path) -> list[Path]:
    """Copy a layout with the parts it uses into a new folder; return its files.

    :raises BadJob: when something is in that place already.
    """
    _make_folder(folder)
    shutil.copytree(layout.folder, folder, dirs_exist_ok=True)
    for parts in reversed(layout.parts):
        shutil.copytree(parts, folder / SHARED, dirs_exist_ok=True)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _make_folder(folder: Path) -> None:
    if folder.is_symlink() and not folder.exists():
        raise BadJob(f"{folder}: is a link to what is not there; take it away, or choose another place")
    if folder.exists() and not folder.is_dir():
        raise BadJob(f"{folder}: there is a file of this name; choose a folder that is not there yet")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadJob(f"{folder}: cannot be made ({error.strerror}); choose another place") from None
    if any(folder.iterdir()):
        raise BadJob(f"{folder}: there is something in this folder already; choose one that is not there yet")
