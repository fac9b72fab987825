"""What every way of writing a member file is read into: own columns, and records of cells under them, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from renderer.intake.dialect import Last
from renderer.model.errors import BadJob
from renderer.model.widths import NARROW

NOTHING = " \u3000\t\x1a"
"""What a record may be made of that has nothing in it."""

MOST_SIGNS = 2_000
"""Of a cell: more than a page has room for, and so little that whatever looks at it is done at once."""


class Unclear(StrEnum):
    """How a sheet shows something else of a cell than can be read: the form of a finding."""

    FORMAT = ""
    """Its number format shows something else than its number or text."""
    STRUCK = "struck"
    """A line is drawn through its text, or through a part."""


class Record(NamedTuple):
    """One record as it stands in the file."""

    line: int
    """The line, or row of a sheet, it begins at, from 1, as an editor or a spreadsheet counts."""
    last_line: int
    """The line it ends at."""
    cells: list[str]
    """One for each own column; more or fewer where the row of a CSV file has more or fewer."""
    numbers: tuple[int, ...] = ()
    """Which cells, from 0, a workbook keeps as numbers."""
    unclear: tuple[tuple[int, Unclear], ...] = ()
    """Cells, from 0, of which a workbook shows something else than can be read, and how."""


class Merged(NamedTuple):
    """Cells of several rows that a sheet has merged: it shows the first, and the others are usually blank."""

    rows: range
    """From 1."""
    columns: Collection[int]
    """From 0."""


@dataclass(frozen=True, slots=True)
class Table:
    """A member file that is open for reading. Its ``repr`` shows no personal data."""

    columns: tuple[str, ...] = field(repr=False)
    """The own columns. In a file of which nobody says that it has no header they are a person's cells."""
    records: Iterator[Record] = field(repr=False)
    """Each is read when it is asked for; raises BadJob where the file cannot be read on."""
    hidden: frozenset[int] = frozenset()
    """Which columns, from 0, a sheet hides, unless the dialect says that what is hidden is meant."""
    merged: list[Merged] = field(default_factory=list)
    """Where one record has a value and another has none; all are there when the last record was read."""


class LastRow:
    """Knows the last row of a file, that is no record, and proves the count that stands in it."""

    def __init__(self, path: Path, last: Last) -> None:
        self._path, self._last = path, last
        self._line = 0
        """Where it stands; 0 until it is found."""
        self.fault = ""
        """What is wrong with it; who reads on then says so by ``check``, and keeps no cell for a traceback."""

    def is_it(self, line: int, cells: Sequence[str], records: int) -> bool:
        """Whether a row is the last one, or stands behind it; ``records`` are as many as it has to count."""
        if self._line:
            self.fault = f" line {line}: this row stands behind the last one, line {self._line}; correct the file"
        elif cells[0].strip(NOTHING).startswith(self._last.begins):
            self._line, count = line, self._last.count
            wrong = fault_of_count("".join(cells[count - 1 : count]), records) if count else ""
            self.fault = wrong and f" line {line}: {wrong}"
        return self._line > 0

    def check(self) -> None:
        """Refuse a file of which it is wrong, or missing. Raises BadJob."""
        if not self._line:
            self.fault = (
                f': no row begins with "{self._last.begins}", as the last one does; the file may be cut off: '
                "export it again, or correct the column map"
            )
        if self.fault:
            raise BadJob(f"{self._path.name}{self.fault}")


def fault_of_count(said: str, records: int) -> str:
    """Say how a count that a file gives of its records is wrong; "" where it is right."""
    count = said.translate(NARROW).replace(",", "").strip(NOTHING)
    if not (count.isascii() and count.isdigit()):
        return "where the number of records is to stand, there is none; correct the column map"
    if int(count) != records:
        return f"it counts {int(count)} records, and there are {records}; the file is not whole: export it again"
    return ""


def cells_at(places: Sequence[int], width: int) -> Callable[[Sequence[str]], Sequence[str]]:
    """Return what takes the cells at some places, from 0, in their order, of rows of a width."""
    if list(places) == list(range(width)):
        return lambda cells: cells
    return itemgetter(*places) if len(places) > 1 else lambda cells: [cells[at] for at in places]
