"""The deliveries of an outbox → lines of its register, so that nobody is mailed twice and nothing is replaced unseen.

A line is written as begun before a delivery takes its name, and as delivered after it: what a kill leaves between the
two, the next run of the job settles. No line says anything of a person.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from renderer.model.errors import BadJob

REGISTER = ".register.sqlite"
"""Its file in the outbox."""
SCHEMA = 1
"""What its tables look like; written into the file, so that a later one can be told, and this one brought up to it."""
PATIENCE = 30.0
"""Seconds that one job waits while another writes."""

_TABLES = """
CREATE TABLE delivery (
    job TEXT NOT NULL, number INTEGER NOT NULL, document TEXT NOT NULL, inputs TEXT NOT NULL, source TEXT NOT NULL,
    report TEXT NOT NULL, printed INTEGER NOT NULL, held INTEGER NOT NULL, again INTEGER NOT NULL,
    replaced INTEGER NOT NULL, delivered_at TEXT, PRIMARY KEY (job, number)
) STRICT;
CREATE INDEX delivery_of_source ON delivery (source, document);
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery of a job."""

    job: str
    """Name of the job."""
    number: int
    """Which delivery of the job it is, from 1."""
    document: str
    """Name of the document."""
    inputs: str
    """Sum of everything that the run was made of."""
    source: str
    """Sum of the member file."""
    report: str
    """Sum of its report.json, by which its folder is known."""
    printed: int
    """Records printed."""
    held: int
    """Records held."""
    again: bool
    """Whether it was allowed to print a member file again."""
    replaced: bool
    """Whether it was allowed to replace an earlier delivery."""
    delivered_at: str | None = None
    """Day and time in UTC; None while it is only begun."""

    @property
    def read(self) -> int:
        """Rows of the member file."""
        return self.printed + self.held

    @property
    def day(self) -> str:
        """The day it was delivered, where this program runs; "" while it is only begun."""
        return f"{datetime.fromisoformat(self.delivered_at).astimezone():%Y-%m-%d}" if self.delivered_at else ""


class Register:
    """The register of an outbox."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path, self._connection = path, connection

    def of_job(self, job: str) -> list[Delivery]:
        """Return the deliveries of a job, the first one first."""
        return _deliveries(self._do("SELECT * FROM delivery WHERE job = ? ORDER BY number", job))

    def of_document(self, document: str) -> list[Delivery]:
        """Return the deliveries of a document, the last first."""
        ordered = "ORDER BY delivered_at DESC, number DESC"
        return _deliveries(
            self._do(f"SELECT * FROM delivery WHERE document = ? AND delivered_at IS NOT NULL {ordered}", document)  # noqa: S608
        )

    def of_source(self, source: str, document: str) -> list[Delivery]:
        """Return the deliveries that print a document for a member file, the first one first."""
        found = self._do("SELECT * FROM delivery WHERE source = ? AND document = ? ORDER BY rowid", source, document)
        return _deliveries(found)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep others from writing between what is read and what is written; all of it is written, or nothing."""
        self._do("BEGIN IMMEDIATE")
        try:
            yield
            self._do("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.rollback()
            raise

    def enter(self, delivery: Delivery) -> None:
        """Write the line of a delivery that is about to take its name, or was found to have it."""
        self._do("INSERT INTO delivery VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *astuple(delivery))

    def complete(self, delivery: Delivery) -> None:
        """Write that a delivery has its name, and when."""
        self._do(
            "UPDATE delivery SET delivered_at = strftime('%Y-%m-%dT%H:%M:%SZ') WHERE job = ? AND number = ?",
            *(delivery.job, delivery.number),
        )

    def take_back(self, delivery: Delivery) -> None:
        """Take away the line of a delivery that was begun and has not taken its name."""
        self._do(
            "DELETE FROM delivery WHERE job = ? AND number = ? AND delivered_at IS NULL",
            *(delivery.job, delivery.number),
        )

    def _do(self, statement: str, *words: str | int | None) -> list[tuple[Any, ...]]:
        with _refusing(self._path):
            return self._connection.execute(statement, words).fetchall()

    def set_up(self) -> None:
        """Lay out the tables of a new register; check those of one that is there."""
        with _refusing(self._path), self.alone():
            ((version,),) = self._do("PRAGMA user_version")
            if version == SCHEMA:
                return
            ((tables,),) = self._do("SELECT count(*) FROM sqlite_master")
            if version > SCHEMA:
                raise BadJob(f"{self._path}: this register was written by a newer renderer; use that one")
            if tables:
                raise BadJob(f"{self._path}: is no register; move it")
            for statement in _TABLES.split(";")[:-1]:
                self._do(statement)
            self._do(f"PRAGMA user_version = {SCHEMA}")


def _deliveries(rows: Iterable[tuple[Any, ...]]) -> list[Delivery]:
    named = (dict(zip(Delivery.__slots__, row, strict=True)) for row in rows)
    return [Delivery(**line | {flag: bool(line[flag]) for flag in ("again", "replaced")}) for line in named]


@contextmanager
def opened_register(outbox: Path) -> Iterator[Register]:
    """Open the register of an outbox, and begin it where there is none.

    :raises BadJob: when it is no register, was written by a newer program, or cannot be written to.
    """
    path = outbox / REGISTER
    with suppress(OSError):  # what is wrong with the place, SQLite says
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with _refusing(path):
        connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    with closing(connection):
        register = Register(path, connection)
        register.set_up()
        yield register


@contextmanager
def copied_register(outbox: Path) -> Iterator[Register]:
    """Open a copy of the register of an outbox, for who only asks: nothing of it stays, also where there is none.

    :raises BadJob: when it is no register, was written by a newer program, or cannot be read.
    """
    path = outbox / REGISTER
    with _refusing(path):
        memory = sqlite3.connect(":memory:", isolation_level=None)
    with closing(memory):
        if path.exists():
            with (
                _refusing(path),
                closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", PATIENCE, uri=True)) as connection,
            ):
                connection.backup(memory)
        register = Register(path, memory)
        register.set_up()
        yield register


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise BadJob(
            f"{path}: the register cannot be used ({error}); mend its rights or its disk, or bring it back from a "
            "copy: without it nobody knows what was delivered"
        ) from None
