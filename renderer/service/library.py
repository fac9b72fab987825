"""The library of a service → the jobs that can be named, by version; one and what is asked → a job of its own.

A version is a folder that nobody changes any more: what was asked is printed by a copy of it, so that it is printed
the same however the library goes on.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import tomlkit

from renderer.intake.jobfile import load_job
from renderer.model.errors import BadJob
from renderer.model.job import Job
from renderer.model.toml import advice

JOB = "job.toml"
"""The job file of a version."""
ASKED = ".asked"
"""A file in the folder of what was asked, until its row is written."""
SOURCES = "source"
"""The folder of the member files of what was asked."""
_NAME = re.compile(r"[A-Za-z0-9_-]{1,50}")


@dataclass(frozen=True, slots=True)
class Named:
    """A job of the library."""

    name: str
    version: int
    folder: Path

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"

    def load(self) -> Job:
        """Read its job. Raises BadJob as ``load_job``."""
        return load_job(self.folder / JOB)


def listed(library: Path) -> list[Named]:
    """Return all versions of all jobs, the newest version of each first."""
    found = [
        Named(job.name, int(version.name), version)
        for job in sorted(library.iterdir())
        if _NAME.fullmatch(job.name) and job.is_dir()
        for version in job.iterdir()
        if re.fullmatch(r"[1-9][0-9]{0,8}", version.name) and (version / JOB).is_file()
    ]
    return sorted(found, key=lambda one: (one.name, -one.version))


def find_named(library: Path, wanted: str) -> Named:
    """Return the job ``NAME`` in its newest version, or ``NAME@VERSION``.

    :raises BadJob: when there is none.
    """
    found = listed(library)
    for one in found:
        if wanted in (one.name, str(one)):
            return one
    known = sorted({one.name for one in found} | set(map(str, found)))
    raise BadJob(f"the library has no job of this name{advice(wanted, known)}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a job of the library besides what its file says."""

    name: str
    """Of the delivery."""
    sources: Sequence[Path]
    outbox: Path
    issued_on: date | None = None
    releases: Path | None = None


def lay_down(named: Named, asked: Asked, folder: Path) -> Path:
    """Copy a job of the library into a folder that is there, say in its file what is asked; return that file.

    The member file that stands in the library for those that are sent is not copied.

    :raises BadJob: where a file of the library would take the place of one that was sent.
    """
    stand_in = {path.name for path in named.load().sources}
    ours = (path.relative_to(named.folder) for path in named.folder.rglob("*") if path.is_file())
    if taken := next((path for path in ours if path.name not in stand_in and (folder / path).exists()), None):
        raise BadJob(f"the job of the library has a file {taken}; give the file that is sent another name")
    shutil.copytree(named.folder, folder, dirs_exist_ok=True, ignore=lambda _, names: stand_in.intersection(names))
    path = folder / JOB
    text = tomlkit.parse(path.read_text("utf-8"))
    for key, value in _keys(asked, folder).items():
        text[key] = value
    path.write_text(tomlkit.dumps(text), "utf-8")
    return path


def _keys(asked: Asked, folder: Path) -> Mapping[str, object]:
    def seen(path: Path) -> str:
        return os.path.relpath(path, folder)  # the folder of a service may be brought back elsewhere

    keys: dict[str, object] = {
        "name": asked.name,
        "source": [seen(path) for path in asked.sources],
        "outbox": seen(asked.outbox),
    }
    if asked.issued_on:
        keys["issued_on"] = asked.issued_on
    if asked.releases:
        keys["releases"] = seen(asked.releases)
    return keys
