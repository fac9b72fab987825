"""What the rows of a file say of one another: two of one number, one person twice, a column that slipped by a row.

Rows that are held for other reasons take part: of two with one number the valid one is not the right one for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

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
_IN_ORDER = "SELECT line, symbol || ' ' || number, name, home FROM member ORDER BY line"

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
    names, slips = _look_along(store)
    store.doubt(_same_name_in_a_row(store, names))
    store.doubt(_slipped_addresses(store, slips))
    store.run("DROP VIEW everyone")


def each_of_two(store: Store, code: str, query: str) -> Iterator[tuple[int, Finding]]:
    """Yield a finding for each row that a query gives: line, 整理番号, and the first and last line it is one of."""
    for line, record, first, last in store.database.execute(query):
        yield line, Finding.of(code, line, record, other_line=last if line == first else first)


class _Row(NamedTuple):
    line: int
    key: str
    name: str
    home: str


@dataclass(slots=True)
class _Slip:
    """Addresses that may have slipped by a row in one direction, by what is seen at borders between households.

    Where they did, the first row of a household lives where the row above does and no other of it, or its last where
    the row below does: at every border between two households of two rows and more.
    """

    begins: int = 0
    """The first line that looks so."""
    seen: int = 0
    """Borders that look so."""
    borders: int = 0
    """All borders from the first of them on."""
    home: str = ""
    """That was shared at the last that looks so."""
    found: int = 0
    """The first line of what can hardly be people who share a house, or 0."""

    def look(self, line: int, looks_so: bool, home: str) -> None:
        """Take in a border, and the home that rows of two households share there.

        Half of the borders look so at least, or it is looked for anew: a slip may begin anywhere. Many households of
        one large house share the same home again and again, and those of a slip another each time.
        """
        if looks_so and home != self.home:
            self.begins = self.begins or line
            self.seen += 1
            self.home = home
        self.borders += bool(self.seen)
        if self.seen >= _FEWEST_SLIPPED and 2 * self.seen >= self.borders:
            self.found = self.found or self.begins
        elif 2 * self.seen < self.borders:
            self.begins = self.seen = self.borders = 0


def _look_along(store: Store) -> tuple[list[tuple[int, int]], tuple[_Slip, _Slip]]:
    """Look along the rows: where three have one name and unlike numbers, and whether addresses slipped down or up."""
    names: list[tuple[int, int]] = []
    down, up = _Slip(), _Slip()
    rows = [_Row(0, "", "", "")] * 3
    for below in map(_Row._make, store.database.execute(_IN_ORDER)):
        two_above, above, row = rows
        if above.name == row.name == below.name and len({above.key, row.key, below.key}) == 3:
            names.append((above.line, below.line))
        if two_above.key == above.key != row.key == below.key:
            down.look(row.line, above.home == row.home != below.home, row.home)
            up.look(row.line, two_above.home != above.home == row.home, row.home)
        rows = [above, row, below]
    return names, (down, up)


def _same_name_in_a_row(store: Store, names: Iterable[tuple[int, int]]) -> Iterator[tuple[int, Finding]]:
    """One name on three rows and more, one below the other, that have unlike numbers: a column filled downwards."""
    for first, last in _joined(names):
        rows = store.database.execute("SELECT line, record FROM member WHERE line BETWEEN ? AND ?", (first, last))
        for line, record in rows:
            yield line, Finding.of("same-name-in-a-row", line, record, first_line=first, last_line=last)


def _slipped_addresses(store: Store, slips: Iterable[_Slip]) -> Iterator[tuple[int, Finding]]:
    """Addresses that do not stand in the rows of their people: nobody knows where that ends, so all rows from there."""
    begins = min((slip.found for slip in slips if slip.found), default=None)
    if begins is not None:
        rows = store.database.execute("SELECT line, record FROM member WHERE line >= ? ORDER BY line", (begins,))
        for line, record in rows:
            yield line, Finding.of("addresses-slipped", line, record, first_line=begins)


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
