"""What the rows of a file say of one another: two of one number, one person twice, a column that slipped by a row.

Rows that are held for other reasons take part: of two with one number the valid one is not the right one for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from renderer.intake.store import Store
from renderer.model.findings import Finding

_EVERYONE = """CREATE TEMP VIEW everyone AS
    SELECT line, record, symbol, number, branch, name || ' ' || born_on AS person FROM member UNION ALL
    SELECT line, record, symbol, number, branch, line FROM absent"""

# The 整理番号 is the only key in manifests and held lists, so no row that shares one can be trusted.
_RECORD_TWICE = """SELECT line, record, first, last FROM everyone JOIN (
        SELECT record, min(line) AS first, max(line) AS last FROM everyone WHERE record <> ''
        GROUP BY record HAVING count(*) > 1) USING (record) ORDER BY line"""
# One person twice under one key is a doubt, below; two persons cannot both be right.
_KEY_TWICE = """SELECT line, record, first, last FROM everyone JOIN (
        SELECT symbol, number, branch, min(line) AS first, max(line) AS last FROM everyone
        WHERE number <> '' AND branch <> '' GROUP BY symbol, number, branch HAVING count(DISTINCT person) > 1
    ) USING (symbol, number, branch) ORDER BY line"""

_PERSON_TWICE = """SELECT line, record, first, last FROM member JOIN (
        SELECT symbol, number, name, born_on, min(line) AS first, max(line) AS last FROM member
        GROUP BY symbol, number, name, born_on HAVING count(*) > 1
    ) USING (symbol, number, name, born_on) ORDER BY line"""
_ZEROS = """SELECT line, record, first, last FROM member JOIN (
        SELECT ltrim(symbol, '0') AS symbol_without, ltrim(number, '0') AS number_without,
            min(line) AS first, max(line) AS last
        FROM everyone WHERE number <> ''
        GROUP BY symbol_without, number_without HAVING count(DISTINCT symbol || ' ' || number) > 1
    ) ON ltrim(symbol, '0') = symbol_without AND ltrim(number, '0') = number_without ORDER BY line"""
_NAME_IN_A_ROW = """SELECT before_last, line FROM (
        SELECT line, name, symbol || ' ' || number AS key,
            lag(name, 1) OVER above AS name_1, lag(symbol || ' ' || number, 1) OVER above AS key_1,
            lag(name, 2) OVER above AS name_2, lag(symbol || ' ' || number, 2) OVER above AS key_2,
            lag(line, 2) OVER above AS before_last
        FROM member WINDOW above AS (ORDER BY line))
    WHERE name = name_1 AND name = name_2 AND key <> key_1 AND key_1 <> key_2 AND key <> key_2 ORDER BY line"""

# A household whose first row lives where the row above does and no other of it, or whose last where the row below does.
# Where the addresses of a file slipped by a row, that is so at every border between two households of two and more.
_SLIPPED = """CREATE TEMP TABLE border AS SELECT line, down, up FROM (
        SELECT line, key <> key_1 AND key_1 = key_2 AND key = key_below AS is_border,
            home = home_1 AND home <> home_below AS down, home_1 = home AND home_1 <> home_2 AS up
        FROM (
            SELECT line, key, home, lag(key, 1) OVER above AS key_1, lag(home, 1) OVER above AS home_1,
                lag(key, 2) OVER above AS key_2, lag(home, 2) OVER above AS home_2,
                lead(key, 1) OVER above AS key_below, lead(home, 1) OVER above AS home_below
            FROM (SELECT line, symbol || ' ' || number AS key, home FROM member) WINDOW above AS (ORDER BY line)
        )
    ) WHERE is_border"""
_FEWEST_SLIPPED = 3
"""Borders between households at which addresses look slipped: two may be relatives who share a house."""


def compare_rows(store: Store) -> None:
    """Hold or doubt every row that another row of the file speaks against."""
    store.flush()
    store.run(_EVERYONE)
    for code, query in (("record-number-twice", _RECORD_TWICE), ("key-twice", _KEY_TWICE)):
        store.hold(finding for _, finding in each_of_two(store, code, query))
    for code, query in (("person-twice", _PERSON_TWICE), ("number-with-and-without-zeros", _ZEROS)):
        store.doubt(each_of_two(store, code, query))
    store.doubt(_same_name_in_a_row(store))
    store.run(_SLIPPED)
    for direction in ("down", "up"):
        store.doubt(_slipped_addresses(store, direction))
    store.run("DROP TABLE border")
    store.run("DROP VIEW everyone")


def each_of_two(store: Store, code: str, query: str) -> Iterator[tuple[int, Finding]]:
    """Yield a finding for each row that a query gives: line, 整理番号, and the first and last line it is one of."""
    for line, record, first, last in store.database.execute(query):
        yield line, Finding.of(code, line, record, other_line=last if line == first else first)


def _same_name_in_a_row(store: Store) -> Iterator[tuple[int, Finding]]:
    """One name on three rows and more, one below the other, that have unlike numbers: a column filled downwards."""
    for first, last in _joined(store.database.execute(_NAME_IN_A_ROW)):
        rows = store.database.execute("SELECT line, record FROM member WHERE line BETWEEN ? AND ?", (first, last))
        for line, record in rows:
            yield line, Finding.of("same-name-in-a-row", line, record, first_line=first, last_line=last)


def _slipped_addresses(store: Store, direction: Literal["down", "up"]) -> Iterator[tuple[int, Finding]]:
    """Addresses that do not stand in the rows of their people: nobody knows where that ends, so all rows from there."""
    begins = store.database.execute(
        f"""SELECT min(line) FROM border WHERE line BETWEEN (SELECT min(line) FROM border WHERE {direction})
            AND (SELECT max(line) FROM border WHERE {direction})
        HAVING sum({direction}) >= {_FEWEST_SLIPPED} AND 2 * sum({direction}) >= count(*)"""  # noqa: S608 - ours
    ).fetchone()
    if begins is not None:
        rows = store.database.execute("SELECT line, record FROM member WHERE line >= ? ORDER BY line", begins).fetchall()
        for line, record in rows:
            yield line, Finding.of("addresses-slipped", line, record, first_line=begins[0])


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Join spans of lines, in their order, that overlap."""
    first = last = 0
    for begin, end in spans:
        if begin > last:
            if last:
                yield first, last
            first = begin
        last = end
    if last:
        yield first, last
