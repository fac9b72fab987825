"""What the rows of a file say of one another: two of one number, one person twice, a column that slipped by a row.

Rows that are held for other reasons take part: of two with one number the valid one is not the right one for that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from renderer.intake.sharing import but_for_noughts, shared_by
from renderer.intake.store import Store
from renderer.model.findings import Finding
from renderer.model.sums import sum_of_all

_EVERYONE = """CREATE TEMP VIEW everyone AS
    SELECT line, record, symbol, number, branch, name || ' ' || born_on AS person FROM member UNION ALL
    SELECT line, record, symbol, number, branch, line FROM absent"""

# The 整理番号 is the only key in manifests and held lists, so no row that shares one can be trusted.
_RECORD_TWICE = """SELECT line, record, first, last, '' FROM everyone JOIN (
        SELECT record, min(line) AS first, max(line) AS last FROM everyone WHERE record <> ''
        GROUP BY record HAVING count(*) > 1) USING (record) ORDER BY line"""
# One person twice under one key is a doubt, below; two persons cannot both be right.
_KEY_TWICE = """SELECT line, record, first, last, '' FROM everyone JOIN (
        SELECT symbol, number, branch, min(line) AS first, max(line) AS last FROM everyone
        WHERE number <> '' AND branch <> '' GROUP BY symbol, number, branch HAVING min(person) < max(person)
    ) USING (symbol, number, branch) ORDER BY line"""
_MY_NUMBER_TWICE = """WITH shared AS (
        SELECT sum, min(line) AS first, max(line) AS last FROM my_number JOIN everyone USING (line)
        GROUP BY sum HAVING min(person) < max(person)
    ) SELECT line, record, first, last, '' FROM my_number JOIN shared USING (sum) JOIN everyone USING (line)
    ORDER BY line"""

_PERSON_TWICE = shared_by("symbol, number, name, born_on", "count(*) > 1", "sum_of_values(member)")
_NUMBERS = "count(DISTINCT symbol || ' ' || number) > 1"
# Of those who share name and birthday, few enough to look at each, ``_under_two_numbers`` says who is one person.
_TWO_NUMBERS = f"""WITH shared AS (SELECT name, born_on FROM member GROUP BY name, born_on HAVING {_NUMBERS})
    SELECT name, born_on, line, record, symbol || ' ' || number, home, last4, sum_of_values(member)
    FROM member JOIN shared USING (name, born_on) ORDER BY name, born_on, line"""  # noqa: S608 - ours
_ZEROS = but_for_noughts(("symbol", "number"), "number <> ''", "everyone")
# Of two rows of a 本人 the first to come counts: one of them may be of the time before.
_BEFORE_INSURED = """SELECT line, record, insured_line FROM member JOIN (
        SELECT symbol, number, min(since) FILTER (WHERE relation = '本人') AS insured_since,
            min(line) FILTER (WHERE relation = '本人') AS insured_line FROM member
        GROUP BY symbol, number HAVING min(since) < insured_since
    ) USING (symbol, number) WHERE relation <> '本人' AND since < insured_since ORDER BY line"""
# In a home the address stands between the seven digits of its postal code and its 方書, each on a line.
_ADDRESSES = "(SELECT line, record, home, instr(substr(home, 9), char(10)) - 1 AS signs FROM member)"
_UNENDED = f"""SELECT signs, count(DISTINCT substr(home, 9, signs)) FROM {_ADDRESSES}
    WHERE substr(home, 8 + signs, 1) NOT GLOB '[0-9A-Za-z〇一二三四五六七八九十百千番地号目]'
    GROUP BY signs ORDER BY signs DESC"""  # noqa: S608 - ours
_AS_LONG = f"SELECT line, record, signs FROM {_ADDRESSES} WHERE signs >= ? ORDER BY line"  # noqa: S608 - ours
_NAME_LENGTHS = "SELECT length(name) AS signs, count(DISTINCT name) FROM member GROUP BY signs"
_NAMES_AS_LONG = "SELECT line, record FROM member WHERE length(name) = ? ORDER BY line"
_BLANK_KEYS = """SELECT line, record, symbol = '' AND 2 * symbols <= rows, branch = '' AND 2 * branches <= rows
    FROM member JOIN (
        SELECT count(*) AS rows, sum(symbol = '') AS symbols, sum(branch = '') AS branches FROM member
    ) WHERE symbol = '' OR branch = '' ORDER BY line"""
_IN_ORDER = """SELECT line, symbol || ' ' || number, name, kana, last4, CAST(born_on AS TEXT), home, forward
    FROM member ORDER BY line"""
_BETWEEN = "SELECT line, record FROM member WHERE line BETWEEN ? AND ?"

_FEWEST_SLIPPED = 3
"""Borders between households at which addresses look slipped: two may be relatives who share a house."""
_FEWEST_ALIKE = 3
"""Rows, one below the other, with one name, フリガナ, 送付先 or 個人番号 and unlike numbers that look filled down."""
_FEWEST_CUT_OFF = 5
"""Addresses of the greatest length that end in the middle of something."""
_LONG_NAME = 8
"""Signs: of shorter names there are many of each length."""
_FEWEST_OF_ONE_DAY = 5
"""And with one 生年月日: those of one age may stand together, and three share a day by chance far sooner than five."""
_FEWEST_STEPS = 20
"""From one value to another: as many say whether a file is sorted by them, so that likes stand together by right."""


def compare_rows(store: Store) -> None:
    """Hold or doubt every row that another row of the file speaks against."""
    store.flush()
    store.run(_EVERYONE)
    for code, query in (
        ("record-number-twice", _RECORD_TWICE),
        ("key-twice", _KEY_TWICE),
        ("my-number-of-another", _MY_NUMBER_TWICE),
    ):
        store.hold(finding for _, finding, _ in _each_of_two(store, code, query))
    store.doubt(_each_of_two(store, "person-twice", _PERSON_TWICE))
    _under_two_numbers(store)
    store.doubt(_each_of_two(store, "number-with-and-without-zeros", _ZEROS))
    store.note(
        Finding.of("certified-before-insured", line, record, insured_line=insured_line)
        for line, record, insured_line in store.database.execute(_BEFORE_INSURED)
    )
    store.note(_blank_keys(store))
    store.note(_cut_off(store))
    store.note(_names_cut_off(store))
    (names, *others), slips = _look_along(store)
    store.doubt(_same_names(store, names))
    for fill in others:  # people of like readings and ages may have been written together
        store.note(_filled_downwards(store, fill))
    store.doubt(_slipped_addresses(store, slips))
    store.run("DROP VIEW everyone")


def _each_of_two(store: Store, code: str, query: str) -> Iterator[tuple[int, Finding, str]]:
    """Yield a finding for each row that a query gives (``shared_by``)."""
    for line, record, first, last, others in store.database.execute(query):
        yield line, Finding.of(code, line, record, other_line=last if line == first else first), others


_Lines = dict[str, int]
"""記号 and 番号 → the first line that has them."""


class _Namesake(NamedTuple):
    name: str
    born_on: int
    line: int
    record: str
    key: str
    home: str
    last4: str
    sum: str


def _under_two_numbers(store: Store) -> None:
    """Doubt one person who has two 記号 and 番号, and note who may be one.

    Of one name and birthday, the home or the end of the 個人番号 says that it is one person, and two such ends that it
    is two.
    """
    namesakes = map(_Namesake._make, store.database.execute(_TWO_NUMBERS).fetchall())
    for _, group in groupby(namesakes, key=lambda row: (row.name, row.born_on)):
        rows = list(group)
        said = sum_of_all(sorted({row.sum for row in rows}))
        homes: dict[str, _Lines] = defaultdict(dict)
        ends: dict[str, _Lines] = defaultdict(dict)
        everyone: _Lines = {}
        for row in rows:
            for lines in (homes[row.home], ends[row.last4], everyone):
                lines.setdefault(row.key, row.line)
        for row in rows:
            same = _of_another(row.key, homes[row.home]) or (row.last4 and _of_another(row.key, ends[row.last4]))
            if same:
                finding = Finding.of("person-under-two-numbers", row.line, row.record, other_line=same)
                store.doubt([(row.line, finding, said)])
            elif may_be := _of_another(row.key, ends[""] if row.last4 else everyone):
                store.note([Finding.of("person-at-two-addresses", row.line, row.record, other_line=may_be)])


def _of_another(key: str, lines: _Lines) -> int:
    """Return the first line of another 記号 and 番号, or 0."""
    return next((line for other, line in lines.items() if other != key), 0)


def _blank_keys(store: Store) -> Iterator[Finding]:
    """Tell of a blank 記号 or 枝番 where half of the rows have one, or more: the paper is printed without it."""
    for line, record, *blank in store.database.execute(_BLANK_KEYS):
        for column, is_odd in zip(("記号", "枝番"), blank, strict=True):
            if is_odd:
                yield Finding.of("blank-unlike-others", line, record, column=column)


def _cut_off(store: Store) -> Iterator[Finding]:
    """Tell of all addresses of the greatest length where that of their column may have cut them off.

    Then many of these end in the middle of something, as addresses do not, and hardly a shorter one.
    """
    (longest, cut), *shorter = store.database.execute(_UNENDED).fetchall() or [(0, 0)]
    if cut < _FEWEST_CUT_OFF or cut <= sum(unended for _, unended in shorter):
        return
    rows = store.database.execute(_AS_LONG, (longest,)).fetchall()
    if all(signs == longest for _, _, signs in rows):
        for line, record, signs in rows:
            yield Finding.of("address-may-be-cut-off", line, record, "longest", column="住所", signs=signs, found=cut)


def _names_cut_off(store: Store) -> Iterator[Finding]:
    """Tell of all names of the greatest length where that of their column may have cut them off.

    Of long names the longer are fewer, unless many end at one length.
    """
    found: dict[int, int] = dict(store.database.execute(_NAME_LENGTHS))
    longest = max(found, default=0)
    as_long, nearly = found.get(longest, 0), found.get(longest - 1, 0) + found.get(longest - 2, 0)
    if longest < _LONG_NAME or as_long < _FEWEST_CUT_OFF or as_long <= nearly or 2 * as_long > sum(found.values()):
        return
    for line, record in store.database.execute(_NAMES_AS_LONG, (longest,)).fetchall():
        yield Finding.of("name-may-be-cut-off", line, record, column="氏名", signs=longest, found=as_long)


class _Row(NamedTuple):
    line: int
    key: str
    name: str
    kana: str
    last4: str
    born_on: str
    home: str
    forward: str


@dataclass(slots=True)
class _Fill:
    """A column that may be filled downwards: rows, one below the other, of one value there and unlike otherwise."""

    column: str
    fewest: int
    value: str = ""
    rows: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    """The last rows with the value, ``fewest`` at most: line, and what must be unlike."""
    spans: list[tuple[int, int]] = field(default_factory=list)
    """First and last line of as many as look so."""
    ups: int = 0
    """Rows whose value is more than that of the row above."""
    downs: int = 0

    def look(self, line: int, value: str, *unlike: str) -> None:
        """Take in a row; a blank value says nothing."""
        if value != self.value:
            self.ups += value > self.value
            self.downs += value < self.value
            self.value = value
            self.rows.clear()
        self.rows.append((line, unlike))
        if len(self.rows) < self.fewest or not value:
            return
        if all(len(set(cells)) == self.fewest for cells in zip(*(cells for _, cells in self.rows), strict=True)):
            self.spans.append((self.rows[0][0], line))
        del self.rows[0]

    @property
    def is_sorted(self) -> bool:
        """Whether the file is sorted by the column, all but a few rows."""
        return self.ups + self.downs >= _FEWEST_STEPS and 20 * min(self.ups, self.downs) <= max(self.ups, self.downs)


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


def _look_along(store: Store) -> tuple[tuple[_Fill, ...], tuple[_Slip, _Slip]]:
    """Look along the rows: whether columns are filled downwards, and whether addresses slipped down or up."""
    names, kana, numbers, days, forwards = (
        _Fill("氏名", _FEWEST_ALIKE),
        _Fill("フリガナ", _FEWEST_ALIKE),
        _Fill("個人番号", _FEWEST_ALIKE),
        _Fill("生年月日", _FEWEST_OF_ONE_DAY),
        _Fill("送付先住所", _FEWEST_ALIKE),
    )
    down, up = _Slip(), _Slip()
    rows = [_Row(0, "", "", "", "", "", "", "")] * 3
    for below in map(_Row._make, store.database.execute(_IN_ORDER)):
        two_above, above, row = rows
        names.look(below.line, below.name, below.key)
        kana.look(below.line, below.kana, below.key, below.name)
        numbers.look(below.line, below.last4, below.key, below.name)
        days.look(below.line, below.born_on, below.key)
        forwards.look(below.line, below.forward, below.key, below.home)
        if two_above.key == above.key != row.key == below.key:
            down.look(row.line, above.home == row.home != below.home, row.home)
            up.look(row.line, two_above.home != above.home == row.home, row.home)
        rows = [above, row, below]
    return (names, kana, numbers, days, forwards), (down, up)


def _same_names(store: Store, names: _Fill) -> Iterator[tuple[int, Finding, str]]:
    for first, last in _joined(names.spans):
        for line, record in store.database.execute(_BETWEEN, (first, last)):
            yield line, Finding.of("same-name-in-a-row", line, record, first_line=first, last_line=last), ""


def _filled_downwards(store: Store, fill: _Fill) -> Iterator[Finding]:
    """Tell of all rows that look filled; of a file that is sorted by the column nothing is said."""
    for first, last in _joined(fill.spans) if not fill.is_sorted else ():
        for line, record in store.database.execute(_BETWEEN, (first, last)):
            yield Finding.of("filled-downwards", line, record, column=fill.column, first_line=first, last_line=last)


def _slipped_addresses(store: Store, slips: Iterable[_Slip]) -> Iterator[tuple[int, Finding, str]]:
    """Addresses that do not stand in the rows of their people: nobody knows where that ends, so all rows from there."""
    begins = min((slip.found for slip in slips if slip.found), default=None)
    if begins is not None:
        rows = store.database.execute("SELECT line, record FROM member WHERE line >= ? ORDER BY line", (begins,))
        for line, record in rows:
            yield line, Finding.of("addresses-slipped", line, record, first_line=begins), ""


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
