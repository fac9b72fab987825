"""Rows of a file, and when their papers end → 家族 whose paper would outlast the qualification of their 本人.

They lose it with their 本人 (domain 4.1), whether that row is printed, held or not asked for. On which day their paper
ends is the insurer's to say, so it is a doubt. A notice is to be right on its date of issue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from renderer.documents.document import Document
from renderer.documents.expiry import LEAVES_AT, MOST_YEARS, leaves_on
from renderer.intake.store import Store, decoded
from renderer.model.findings import Finding
from renderer.model.insurer import Expiry
from renderer.model.job import Job
from renderer.model.member import Member

_LEAVING = """CREATE TEMP TABLE leaving
    (symbol TEXT, number TEXT, leaves_on INTEGER, line INTEGER, PRIMARY KEY (symbol, number)) WITHOUT ROWID"""
_INSURED = """SELECT symbol, number, line, born_on, loses_on FROM member
        WHERE relation = '本人' AND (loses_on IS NOT NULL OR born_on < :born_before) UNION ALL
    SELECT symbol, number, line, born_on, loses_on FROM absent
        WHERE number <> '' AND (loses_on IS NOT NULL OR born_on < :born_before)"""
_INSERT = """INSERT INTO leaving VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
    SET leaves_on = excluded.leaves_on, line = excluded.line WHERE excluded.leaves_on < leaves_on"""
_DEPENDANTS = """SELECT member.line, record, member, leaves_on, leaving.line
    FROM member JOIN leaving USING (symbol, number) WHERE relation <> '本人' ORDER BY member.line"""


def doubt_outlasting(store: Store, job: Job, document: Document) -> None:
    """Doubt 家族 whose paper would be good on a day on which their 本人 is known to be without the qualification."""
    lasts_until = document.lasts_until
    if lasts_until is None:
        return
    store.flush()
    store.run(_LEAVING)
    store.database.executemany(_INSERT, _leaving(store, job.insurer.expiry, job.issued_on.year + MOST_YEARS))
    store.doubt(_outlasting(store, lambda member: lasts_until(member, job), job.issued_on))
    store.run("DROP TABLE leaving")


def _leaving(store: Store, expiry: Expiry, until: int) -> Iterator[tuple[str, str, int, int]]:
    """Yield 記号, 番号, first day without the qualification and line of each 本人 who loses it in a year or before."""
    born_before = date(until - LEAVES_AT + 1, 1, 1).toordinal()
    for symbol, number, line, *days in store.database.execute(_INSURED, {"born_before": born_before}):
        born_on, loses_on = (None if day is None else date.fromordinal(day) for day in days)
        day = leaves_on(born_on, loses_on, expiry)
        if day.year <= until:
            yield symbol, number, day.toordinal(), line


def _outlasting(
    store: Store, lasts_until: Callable[[Member], date], issued_on: date
) -> Iterator[tuple[int, Finding, str]]:
    for line, record, packed, leaves, insured_line in store.database.execute(_DEPENDANTS):
        if (ends := lasts_until(decoded(packed)).toordinal()) >= leaves:
            finding = Finding.of("outlasts-insured", line, record, _form(leaves, issued_on), insured_line=insured_line)
            yield line, finding, f"{leaves} {ends}"  # who frees it has looked at the end of the paper, too


def _form(leaves: int, issued_on: date) -> str:
    """Name the sentence for the first day of a 本人 without the qualification.

    For one that cannot be read stands the first day there is (``Known``).
    """
    if date.fromordinal(leaves).year <= date.min.year + LEAVES_AT:
        return "unread"
    return "gone" if leaves <= issued_on.toordinal() else ""
