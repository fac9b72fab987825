"""The folder that a service stands in → where its state, its library of jobs and its deliveries lie.

    HOME/
      state.sqlite    what was asked, by whom, and how it went      (or another database, by its address)
      tokens.toml     who may ask
      library/        the jobs that can be named: NAME/VERSION/job.toml and all that it names
      drafts/         what designers work on in a studio: NAME/job.toml and all that it names
      jobs/           what was asked and may still be printed: a folder for each, with the member file, reduced
      outbox/         the deliveries, and their register
      incoming/       what is being received

Nothing in it can be read by another user of the machine.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from renderer.model.errors import BadJob


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of a service."""

    folder: Path

    @property
    def tokens(self) -> Path:
        """The file of those who may ask."""
        return self.folder / "tokens.toml"

    @property
    def library(self) -> Path:
        """The folder of the jobs that can be named."""
        return self.folder / "library"

    @property
    def drafts(self) -> Path:
        """The folder of what designers work on."""
        return self.folder / "drafts"

    @property
    def jobs(self) -> Path:
        """The folder of what was asked."""
        return self.folder / "jobs"

    @property
    def outbox(self) -> Path:
        """The folder of what was delivered."""
        return self.folder / "outbox"

    @property
    def incoming(self) -> Path:
        """The folder of what is being received."""
        return self.folder / "incoming"

    @property
    def database(self) -> str:
        """The address of its own database."""
        return f"sqlite:///{self.folder / 'state.sqlite'}"

    @contextmanager
    def occupied(self) -> Iterator[None]:
        """Keep every other service out of the folder, which is made if need be.

        :raises BadJob: when one is in it.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BadJob(f"{self.folder}: a service is in this folder; end it, or give another --home") from None
            yield
        finally:
            os.close(folder)

    def lay_out(self) -> None:
        """Make what is not there yet, and take away what a service that was ended had half received."""
        shutil.rmtree(self.incoming, ignore_errors=True)
        own = (self.library, self.drafts, self.jobs, self.outbox, self.incoming)
        for folder in (self.folder, *own):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in own:  # a copy brought back may be wide open
            folder.chmod(0o700)
