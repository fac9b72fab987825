"""Debian's PostgreSQL in a folder of its own, reached by a socket there and by nothing else, ended when it is left."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
OWNER = "postgres"
"""As whom it runs where the tests run as root, which it refuses; and who may do all in it."""


def program(name: str) -> Path:
    """Return where one of its programs stands."""
    for folder in reversed(PROGRAMS):
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"{name} is part of the set-up of the tests: install Debian's package postgresql")


@dataclass(frozen=True)
class Postgres:
    """A server that can be ended and begun again."""

    folder: Path

    def start(self) -> Self:
        """Begin it, and wait until it answers."""
        options = f"-c listen_addresses= -c fsync=off -k {self.folder}"
        self.do("pg_ctl", "start", "--wait", "-D", self.folder / "data", "-l", self.folder / "log", "-o", options)
        return self

    def stop(self, mode: str = "fast") -> None:
        """End it; ``mode`` is a word of pg_ctl."""
        self.do("pg_ctl", "stop", "--wait", "-D", self.folder / "data", "-m", mode)

    def database(self, name: str) -> str:
        """Make a database; return its address."""
        self.do("createdb", *self.there, name)
        return f"postgresql+psycopg://{OWNER}@/{name}?host={self.folder}"

    @property
    def there(self) -> tuple[str, ...]:
        """Say to a program of PostgreSQL where this server is."""
        return "-h", str(self.folder), "-U", OWNER

    def do(self, name: str, *words: str | Path) -> None:
        """Let one of its programs do something."""
        user = {"user": OWNER, "group": OWNER, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(
            [program(name), *words], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, **user,  # type: ignore[call-overload]
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Run a server."""
    initdb = program("initdb")
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))  # the name of a socket has a hundred bytes at most
    if os.geteuid() == 0:
        shutil.chown(folder, OWNER, OWNER)
    server = Postgres(folder)
    try:
        server.do(initdb.name, "-D", folder / "data", "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync")
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder)
