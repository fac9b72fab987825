"""The deliveries of an outbox → lines of its register, so that nobody is mailed twice and nothing is replaced unseen.

A line is written as begun before a delivery takes its name, and as delivered after it: what a kill leaves between the
two, the next run of the job settles. No line says anything of a person.

Of a job with a key it remembers each paper besides, by sums that say nothing without that key (``remembered``), and of
one whose proof was approved, by whom and of which sums (``approval``).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from renderer.model.errors import BadJob
from renderer.running.approval import Approval, Bound

REGISTER = ".register.sqlite"
"""Its file in the outbox."""
PATIENCE = 30.0
"""Seconds that one job waits while another writes."""

_DELIVERIES = """
CREATE TABLE delivery (
    job TEXT NOT NULL, number INTEGER NOT NULL, document TEXT NOT NULL, inputs TEXT NOT NULL, source TEXT NOT NULL,
    report TEXT NOT NULL, printed INTEGER NOT NULL, held INTEGER NOT NULL, again INTEGER NOT NULL,
    replaced INTEGER NOT NULL, delivered_at TEXT, PRIMARY KEY (job, number)
) STRICT;
CREATE INDEX delivery_of_source ON delivery (source, document);
"""
_PAPERS = """
ALTER TABLE delivery ADD COLUMN insurer TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery ADD COLUMN not_selected INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN newest TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery ADD COLUMN base TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery ADD COLUMN instead_of INTEGER NOT NULL DEFAULT 0;
CREATE TABLE remembered (
    id INTEGER PRIMARY KEY, job TEXT NOT NULL, number INTEGER NOT NULL, key BLOB NOT NULL, UNIQUE (job, number)
) STRICT;
CREATE TABLE paper (
    record BLOB NOT NULL, delivery INTEGER NOT NULL, columns BLOB NOT NULL, PRIMARY KEY (record, delivery)
) STRICT, WITHOUT ROWID;
"""
_APPROVALS = """
ALTER TABLE delivery ADD COLUMN approved_by TEXT NOT NULL DEFAULT '';
CREATE TABLE approval (
    id INTEGER PRIMARY KEY, job TEXT NOT NULL, approver TEXT NOT NULL, reason TEXT NOT NULL, layout TEXT NOT NULL,
    insurer TEXT NOT NULL, terms TEXT NOT NULL, program TEXT NOT NULL, approved_at TEXT NOT NULL
) STRICT;
"""
_ROWS = """
ALTER TABLE delivery ADD COLUMN row_sums TEXT NOT NULL DEFAULT '';
DROP INDEX delivery_of_source;
"""
_STEPS = (_DELIVERIES, _PAPERS, _APPROVALS, _ROWS)
FORGOTTEN = b""
"""In the place of the sum of a key: papers were remembered by one, and the register that had them is lost."""
SCHEMA = len(_STEPS)
"""What its tables look like; written into the file, so that a later one can be told, an older brought up to this."""


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
    insurer: str = ""
    """保険者番号 and name."""
    not_selected: int = 0
    """Records that the job did not ask for."""
    newest: str = ""
    """The latest month of 資格取得年月日, 認定年月日 or 登録年月日 in the member file, "" for none."""
    base: str = ""
    """The deliveries that it was compared with, as "job/number job/number"; "" for none."""
    instead_of: int = 0
    """Number of the delivery of the job whose place it took, 0 for none."""
    approved_by: str = ""
    """Who has approved its proof, "" where the job waits for nobody."""
    row_sums: str = ""
    """Sums of what each of its member files says (``sum_of_rows``), with blanks between."""

    @property
    def read(self) -> int:
        """Rows of the member file."""
        return self.printed + self.held + self.not_selected

    @property
    def day(self) -> str:
        """The day it was delivered, where this program runs; "" while it is only begun."""
        return day_of(self.delivered_at) if self.delivered_at else ""


def day_of(at: str) -> str:
    """Return the day of a day and time in UTC, where this program runs."""
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d}"


class Register:
    """The register of an outbox."""

    def __init__(self, path: Path, lines: sqlite3.Connection, papers: sqlite3.Connection | None = None) -> None:
        """Take the connection to its lines, and to its papers where that is another."""
        self._path, self._connection, self._papers = path, lines, papers or lines

    def of_job(self, job: str) -> list[Delivery]:
        """Return the deliveries of a job, the first one first."""
        return _deliveries(self._do("SELECT * FROM delivery WHERE job = ? ORDER BY number", job))

    def of_sources(self, sums: Collection[str], document: str) -> list[Delivery]:
        """Return the deliveries that print a document for member files of which one has one of these sums, in order."""
        found = _deliveries(self._do("SELECT * FROM delivery WHERE document = ? ORDER BY rowid", document))
        return [line for line in found if not {line.source, *line.row_sums.split()}.isdisjoint(sums)]

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

    def of_document(self, document: str) -> list[Delivery]:
        """Return the deliveries of a document that have their names, the first one first."""
        found = self._do(
            "SELECT * FROM delivery WHERE document = ? AND delivered_at IS NOT NULL ORDER BY rowid", document
        )
        return _deliveries(found)

    def begun(self) -> list[Delivery]:
        """Return the deliveries that are begun, of whichever job."""
        return _deliveries(self._do("SELECT * FROM delivery WHERE delivered_at IS NULL ORDER BY rowid"))

    def enter(self, delivery: Delivery) -> None:
        """Write the line of a delivery that is about to take its name, or was found to have it."""
        self._do(_INSERT_DELIVERY, *astuple(delivery))

    def remember(self, delivery: Delivery, papers: Iterable[tuple[bytes, bytes]], key: bytes) -> None:
        """Write the papers of a delivery beside its line, each a record's sum and those of its columns.

        ``key`` is the sum by which their key is known again, ``FORGOTTEN`` where the papers are no longer known.
        """
        named = (delivery.job, delivery.number)
        self._do("INSERT INTO remembered (job, number, key) VALUES (?, ?, ?)", *named, key)
        ((of_delivery,),) = self._do("SELECT id FROM remembered WHERE job = ? AND number = ?", *named)
        with _refusing(self._path):
            self._connection.executemany(
                "INSERT INTO paper VALUES (?, ?, ?)", ((record, of_delivery, columns) for record, columns in papers)
            )

    def remembering(self, document: str) -> list[Delivery]:
        """Return the deliveries of a document of which papers are remembered and that nobody has replaced."""
        return self._remembered(document, "<>")

    def forgotten(self, document: str) -> list[Delivery]:
        """Return those of which papers were remembered once, and are no longer: the register is an older copy."""
        return self._remembered(document, "=")

    def _remembered(self, document: str, compared: str) -> list[Delivery]:
        """Find the deliveries whose key is the one of nothing, or another; the job that replaces may print another."""
        replaced = set(self._do("SELECT job, instead_of FROM delivery WHERE delivered_at IS NOT NULL"))
        rows = self._do_with_papers(f"SELECT job, number FROM remembered WHERE key {compared} x'' ORDER BY id")  # noqa: S608
        lines = {(line.job, line.number): line for line in self.of_document(document)}
        return [lines[named] for named in rows if named in lines and named not in replaced]

    def sum_of_key(self) -> bytes | None:
        """Return the sum by which the key of the papers is known again, None where none are remembered."""
        keys = self._do_with_papers("SELECT key FROM remembered WHERE key <> x'' ORDER BY id LIMIT 1")
        return next((key for (key,) in keys), None)

    def write_papers(self, base: str, target: Path) -> None:
        """Write of each record the last paper that some deliveries have, named as in ``Delivery.base``.

        :raises BadJob: when the papers of one are no longer there: the register was lost meanwhile.
        """
        wanted = [name.rsplit("/", 1) for name in base.split()]
        there = {(job, str(number)) for job, number in self._do_with_papers(_REMEMBERED)}
        if lost := [f"{job}/{number}" for job, number in wanted if (job, number) not in there]:
            raise BadJob(
                f"{self._path}: what was delivered as {', '.join(lost)} is no longer remembered, and the job was "
                "compared with it; bring the register back from a copy, or give the job another name"
            )
        with _refusing(self._path):
            self._papers.execute("ATTACH ? AS target", (str(target),))
            self._papers.execute("CREATE TABLE target.paper (record BLOB PRIMARY KEY, columns BLOB) WITHOUT ROWID")
            self._papers.execute("CREATE TABLE target.wanted (id INTEGER PRIMARY KEY)")
            self._papers.executemany(
                "INSERT INTO target.wanted SELECT id FROM main.remembered WHERE job = ? AND number = ?", wanted
            )
            # SQLite promises that the bare column of a query with one max() comes from the row of that maximum.
            self._papers.execute(
                "INSERT INTO target.paper SELECT record, columns FROM (SELECT record, columns, max(delivery)"
                " FROM main.paper CROSS JOIN target.wanted ON id = delivery GROUP BY record)"
            )
            self._papers.execute("DETACH target")

    def approve(self, job: str, by: str, reason: str, bound: Bound) -> Approval:
        """Write that somebody has approved the proof of a job, and when; of several approvals the last one counts."""
        self._do(
            "INSERT INTO approval (job, approver, reason, layout, insurer, terms, program, approved_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%SZ'))",
            *(job, by, reason, *astuple(bound)),
        )
        approval = self.approval_of(job)
        assert approval is not None  # noqa: S101 - written above
        return approval

    def approval_of(self, job: str) -> Approval | None:
        """Return the last approval of a job's proof, None where nobody has approved one."""
        found = self._do(f"SELECT {_APPROVAL} FROM approval WHERE job = ? ORDER BY id DESC LIMIT 1", job)  # noqa: S608
        for named, by, reason, at, *sums in found:
            return Approval(named, by, reason, Bound(*sums), at)
        return None

    def complete(self, delivery: Delivery) -> None:
        """Write that a delivery has its name, and when."""
        self._do(
            "UPDATE delivery SET delivered_at = strftime('%Y-%m-%dT%H:%M:%SZ') WHERE job = ? AND number = ?",
            *(delivery.job, delivery.number),
        )

    def take_back(self, delivery: Delivery) -> None:
        """Take away the line of a delivery that was begun and has not taken its name, and its papers."""
        named = (delivery.job, delivery.number)
        self._do(f"DELETE FROM paper WHERE delivery IN ({_BEGUN})", *named)  # noqa: S608 - ours
        self._do(f"DELETE FROM remembered WHERE id IN ({_BEGUN})", *named)  # noqa: S608 - ours
        self._do(
            "DELETE FROM delivery WHERE job = ? AND number = ? AND delivered_at IS NULL",
            *named,
        )

    def _do(self, statement: str, *words: str | int | bytes | None) -> list[tuple[Any, ...]]:
        with _refusing(self._path):
            return self._connection.execute(statement, words).fetchall()

    def _do_with_papers(self, statement: str) -> list[tuple[Any, ...]]:
        with _refusing(self._path):
            return self._papers.execute(statement).fetchall()

    def set_up(self) -> None:
        """Lay out the tables of a new register; check those of one that is there."""
        with _refusing(self._path), self.alone():
            ((version,),) = self._do("PRAGMA user_version")
            if version == SCHEMA:
                return
            ((tables,),) = self._do("SELECT count(*) FROM sqlite_master")
            if version > SCHEMA:
                raise BadJob(f"{self._path}: this register was written by a newer renderer; use that one")
            if tables and not version:
                raise BadJob(f"{self._path}: is no register; move it")
            for step in _STEPS[version:]:
                for statement in step.split(";")[:-1]:
                    self._do(statement)
            self._do(f"PRAGMA user_version = {SCHEMA}")


_REMEMBERED = "SELECT job, number FROM remembered WHERE key <> x''"
_APPROVAL = "job, approver, reason, approved_at, layout, insurer, terms, program"
_BEGUN = """SELECT id FROM remembered JOIN delivery USING (job, number)
    WHERE job = ? AND number = ? AND delivered_at IS NULL"""
_INSERT_DELIVERY = f"INSERT INTO delivery VALUES ({', '.join('?' * len(Delivery.__slots__))})"  # noqa: S608 - only ?

_INSERT_APPROVAL = f"INSERT INTO approval VALUES ({', '.join('?' * 9)})"  # noqa: S608 - only ?


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
    with ExitStack() as opened:
        yield _copy(path, opened)


def _copy(path: Path, opened: ExitStack) -> Register:
    with _refusing(path):
        memory = opened.enter_context(closing(sqlite3.connect(":memory:", isolation_level=None)))
        file = None
        if path.exists():
            file = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", PATIENCE, uri=True, isolation_level=None)
            opened.enter_context(closing(file))
            if file.execute("PRAGMA user_version").fetchone() != (SCHEMA,):  # it remembers no papers yet
                file.backup(memory)
                file = None
        register = Register(path, memory, file)
        register.set_up()
        if file:  # its papers may be many, and stay where they are
            memory.executemany(_INSERT_DELIVERY, file.execute("SELECT * FROM delivery ORDER BY rowid"))
            memory.executemany(_INSERT_APPROVAL, file.execute("SELECT * FROM approval ORDER BY id"))
        return register


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise BadJob(
            f"{path}: the register cannot be used ({error}); mend its rights or its disk, or bring it back from a "
            "copy: without it nobody knows what was delivered"
        ) from None
