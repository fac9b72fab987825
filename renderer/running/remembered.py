"""The papers that an outbox remembers, and the key that only its owner has → who has had a paper, and of which values.

What is remembered of a paper is a sum for its record and one for each column, made with a key that lies elsewhere: who
has the outbox and not the key reads no name from it, nor whether two people share an address, nor anybody's number by
trying all there are. A column that has not changed has the same sum as before, and that is all they say.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from renderer.intake.selection import CHANGED, MAY_CHANGE, NEW
from renderer.model.errors import BadJob
from renderer.model.job import Job, Selection
from renderer.model.member import Forwarding, Member
from renderer.running.made_of import with_base
from renderer.running.outbox import in_place
from renderer.running.register import Register
from renderer.running.workspace import to_disk

RECORD_BYTES, COLUMN_BYTES = 16, 4
"""Lengths of a record's sum and of a column's: by chance a change is overlooked once in four thousand million."""
PAPER_BYTES = RECORD_BYTES + COLUMN_BYTES * len(MAY_CHANGE)
_KEY = re.compile(r"[0-9a-f]{64}\n?")
_KEY_OF_COLUMNS = 32


@dataclass(frozen=True, slots=True)
class Paper:
    """What is remembered of one paper."""

    record: bytes
    """Sum of the insurer's number and the 整理番号."""
    columns: bytes
    """The sums of ``MAY_CHANGE``, one behind the other."""

    def is_other(self, last: bytes, columns: Iterable[str]) -> bool:
        """Whether one of some columns says something else than on the last paper of the record."""
        starts = (COLUMN_BYTES * MAY_CHANGE.index(column) for column in columns)
        return any(self.columns[at : at + COLUMN_BYTES] != last[at : at + COLUMN_BYTES] for at in starts)


def paper_of(member: Member, insurer: str, key: bytes) -> Paper:
    """Sum up what a member's paper is made of; ``insurer`` is the 保険者番号.

    The columns of a record have a key of their own, so that what two records have alike has two sums.
    """
    of_record = _sum(f"{insurer}\n{member.record}", key, RECORD_BYTES + _KEY_OF_COLUMNS)
    own_key = of_record[RECORD_BYTES:]
    sums = (
        _sum(text.strip(), own_key, COLUMN_BYTES, at.to_bytes(2, "big")) for at, text in enumerate(_texts_of(member))
    )
    return Paper(of_record[:RECORD_BYTES], b"".join(sums))


def _sum(text: str, key: bytes, length: int, of: bytes = b"") -> bytes:
    return hashlib.blake2b(text.encode(), key=key, digest_size=length, person=of).digest()


def _texts_of(member: Member) -> tuple[str, ...]:
    """Return what a member has in each column of ``MAY_CHANGE``, in its order."""
    m, to = member, member.forwarding or Forwarding("", "", "", "")
    return (
        m.symbol, m.number, m.branch, m.relation, m.name, m.kana, m.sex, _day(m.born_on),
        _day(m.qualified_on), _day(m.certified_on), m.insured_name, _day(m.registered_on), m.my_number_last4,
        m.postal_code, m.address, m.building, m.workplace_code, m.workplace, m.ratio, _day(m.ratio_from),
        m.limit_class, _day(m.loses_on), m.remarks, to.name, to.postal_code, to.address, to.building,
    )  # fmt: skip


def _day(on: date | None) -> str:
    return on.isoformat() if on else ""


# The key.


def load_key(path: Path) -> bytes | None:
    """Read a key, None where there is none yet.

    :raises BadJob: when it is no key, or others may read it.
    """
    try:
        with path.open("rb") as file:
            mode, text = stat.S_IMODE(os.fstat(file.fileno()).st_mode), file.read(100).decode("ascii", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadJob(f"{path.name}: the key cannot be read ({error.strerror}); mend its rights") from None
    if mode & 0o077:
        raise BadJob(f"{path.name}: others than you may read the key; let nobody (chmod 600)")
    if not _KEY.fullmatch(text):
        raise BadJob(f"{path.name}: is no key; name another file, or bring the key back from a copy")
    return bytes.fromhex(text.strip())


def _make_key(path: Path) -> bytes | None:
    """Make a key that nobody else may read, whole or not at all; another job may have been first."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:
        file.write(f"{secrets.token_hex(32)}\n")
        file.flush()
        to_disk(Path(file.name))
        with suppress(FileExistsError):
            os.link(file.name, path)
    to_disk(path.parent)
    return load_key(path)


def sum_of_key(key: bytes) -> bytes:
    """Return by what a key is known again."""
    return _sum("", key, RECORD_BYTES, b"key")


# What an outbox remembers.


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a run knows of papers delivered before it."""

    key: bytes | None = field(default=None, repr=False)
    """With which it sums up its own papers; None where it does not, or where nothing was remembered yet."""
    base: str = ""
    """The deliveries that it is compared with, as "job/number job/number"; "" for none."""


def remembered(job: Job, register: Register, files: str, *, may_make_key: bool) -> Remembered:
    """Find the key of a job, and the deliveries with which its members are compared.

    ``files`` is the sum of all else that the job is made of. What was delivered of the very same is compared with what
    it was compared with then, and is the same again. Else it is all that was delivered of the document, but what lies
    in the job's own place and would be replaced: nobody mails that.

    :raises BadJob: when the key is missing or another, and papers are remembered.
    """
    if job.key is None:
        return Remembered()
    key = _key_of(job.key, register, may_make_key=may_make_key)
    if not (job.select and job.select.by_change):
        return Remembered(key)
    lines = register.of_job(job.name)
    for line in reversed(lines):
        if with_base(files, line.base) == line.inputs:
            return Remembered(key, line.base)
    return Remembered(key, base_of(job, register))


def base_of(job: Job, register: Register) -> str:
    """Name the deliveries with which the members of a job are compared now, as "job/number job/number".

    :raises BadJob: when the papers of one are no longer remembered, and those of others are.
    """
    here = in_place(job, register.of_job(job.name))
    known, lost = (
        [f"{line.job}/{line.number}" for line in lines if line != here]
        for lines in (register.remembering(job.document), register.forgotten(job.document))
    )
    if known and lost:
        raise BadJob(
            f"{job.name}: the register is older than what lies in the outbox: it does not know who had a paper by "
            f"{', '.join(lost)}, and the job asks for who is new or has changed; bring the latest register back"
        )
    return " ".join(known)


def _key_of(path: Path, register: Register, *, may_make_key: bool) -> bytes | None:
    key, known = load_key(path), register.sum_of_key()
    if key is None and known:
        raise BadJob(
            f"{path.name}: the key is missing, and without it nobody knows who has had a paper from this outbox; "
            "bring it back from a copy"
        )
    if key and known and sum_of_key(key) != known:
        raise BadJob(
            f"{path.name}: is not the key by which this outbox remembers who has had a paper; bring that one back"
        )
    return _make_key(path) if key is None and may_make_key else key


Last = Callable[[bytes], bytes | None]
"""A record's sum → the sums of the columns of its last paper, None where it has had none."""


def rule_by_change(select: Selection, paper: Paper | None, last: Last) -> str:
    """Name the rule by which a member gets no paper, "" for none; no ``paper`` is known where none was summed up."""
    before = last(paper.record) if paper else None
    if paper is None or before is None:
        return "" if select.new else NEW
    return "" if paper.is_other(before, select.changed) else CHANGED


@contextmanager
def last_papers(path: Path | None) -> Iterator[Last]:
    """Open what ``Register.write_papers`` wrote; None where nobody asks."""
    if path is None:
        yield lambda _: None
        return
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as papers:

        def last(record: bytes) -> bytes | None:
            found = papers.execute("SELECT columns FROM paper WHERE record = ?", (record,)).fetchone()
            return found[0] if found else None

        yield last


def read_papers(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Read the papers that a run has written, each a record's sum and those of its columns."""
    with path.open("rb") as file:
        while paper := file.read(PAPER_BYTES):
            yield paper[:RECORD_BYTES], paper[RECORD_BYTES:]
