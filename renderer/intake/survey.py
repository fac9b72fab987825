"""Member files that nobody has described → what can be seen of each of their columns, and some of their records.

The files are read once and whole, in memory that does not grow with them: counts of shapes, and a bounded sample.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from renderer.intake.dialect import Dialect, Last
from renderer.intake.guessing import Guess, guess
from renderer.intake.records import NOTHING, Record
from renderer.intake.shapes import ColumnShapes
from renderer.intake.synonyms import Known, known_of
from renderer.intake.tables import open_table
from renderer.model.errors import BadJob
from renderer.model.widths import NARROW

MOST_SAMPLED = 3000
"""Records that are kept, to compare columns with one another."""
_MOST_KINDS = 6
_LONGEST_KIND = 2
_LAST = re.compile("総合計|合計|総計|計|総件数|件数|レコード件数|データ件数|TOTAL|COUNT|END|EOF|TRAILER", re.IGNORECASE)
"""How rows begin that count the records above them."""


@dataclass(slots=True)
class OwnColumn:
    """A column of the file."""

    at: int
    """Its position, from 0."""
    name: str
    known: Known
    """What is known of its name."""
    shapes: ColumnShapes = field(default_factory=ColumnShapes)
    """What its cells look like."""


@dataclass(slots=True)
class Survey:
    """What can be seen of one member file, in one file or in several."""

    dialect: Dialect
    has_header: bool
    columns: tuple[OwnColumn, ...]
    """None where the file is of fixed lengths."""
    records: int = 0
    sample: list[Sequence[str]] = field(default_factory=list, repr=False)
    """Some records, each with a cell for every column."""
    has_odd_end: bool = False
    """Whether the last row can hardly be a record, and nobody knows what it is."""
    begins: dict[str, int] = field(default_factory=dict)
    """Of fixed lengths: the first character of records → how many begin so, where they are few."""

    def header_names(self) -> tuple[str, ...]:
        """Return the names of the columns, by position."""
        return tuple(column.name for column in self.columns)


def survey(paths: Sequence[Path]) -> Survey:
    """Look at a member file. Raises BadJob where it cannot be read, or its files are not written alike."""
    first = guess(paths[0])
    for path in paths[1:]:
        other = guess(path)
        if (other.dialect, other.header) != (first.dialect, first.header):
            raise BadJob(f"{path.name}: is not written as {paths[0].name} is; give files that have the same columns")
    _check_names(paths[0], first)
    columns = tuple(OwnColumn(at, name, known_of(name)) for at, name in enumerate(first.header))
    seen = Survey(first.dialect, first.has_header, columns)
    if first.dialect.format == "fixed":
        seen.begins = _begins(paths[0], seen.dialect)
        return seen
    for path in paths:
        _look_at(path, seen)
    return seen


def _check_names(path: Path, guessed: Guess) -> None:
    twice = [str(at) for at, name in enumerate(guessed.header, 1) if guessed.header.count(name) > 1]
    if twice:
        places = " and ".join(twice)
        raise BadJob(f"{path.name}: columns {places} have no name or share one; give every column a name of its own")


def _look_at(path: Path, seen: Survey) -> None:
    begun = seen.records
    with open_table(path, replace(seen.dialect, last=None)) as table:
        for record, is_last in _with_end(table.records):
            if is_last and _is_no_record(record, seen, seen.records - begun):
                continue
            if len(record.cells) == len(seen.columns):
                _add(seen, record.cells)


def _with_end(records: Iterator[Record]) -> Iterator[tuple[Record, bool]]:
    """Say of each record whether it is the last."""
    before = next(records, None)
    for record in records:
        if before is not None:
            yield before, False
        before = record
    if before is not None:
        yield before, True


def _begins(path: Path, dialect: Dialect) -> dict[str, int]:
    """Count what records of a line each begin with, as kinds of records do."""
    if dialect.fixed is None or not dialect.fixed.lines:
        return {}
    with path.open(encoding=dialect.encoding) as lines:
        found = Counter(line[:1] for line in lines)
    return dict(sorted(found.items())) if len(found) <= _MOST_KINDS and "".join(found).isascii() else {}


def _add(seen: Survey, cells: Sequence[str]) -> None:
    seen.records += 1
    for column, cell in zip(seen.columns, cells, strict=True):
        column.shapes.add(cell)
    if len(seen.sample) < MOST_SAMPLED:
        seen.sample.append(tuple(cell.strip(NOTHING) for cell in cells))


def _is_no_record(record: Record, seen: Survey, above: int) -> bool:
    """Whether the last row is no record; the dialect then says how it begins, where that is certain."""
    cells = [cell.translate(NARROW).replace(",", "").strip(NOTHING) for cell in record.cells]
    counts = next((at for at, cell in enumerate(cells, 1) if cell.isdecimal() and int(cell) == above), None)
    word = _LAST.match(record.cells[0].strip(NOTHING))
    if word and counts:
        seen.dialect = replace(seen.dialect, last=Last(word[0], counts))
        return True
    is_odd = bool(word) or len(cells) != len(seen.columns) or sum(map(bool, cells)) * 3 < len(cells)
    if is_odd and _is_kind(cells[0], seen.columns[0].shapes.codes):
        seen.dialect = replace(seen.dialect, last=Last(cells[0], counts))
        return True
    seen.has_odd_end = is_odd
    return is_odd


def _is_kind(begins: str, others: Counter[str] | None) -> bool:
    """Whether a row begins with a code for kinds of records, and no other row with the same."""
    is_code = 0 < len(begins) <= _LONGEST_KIND and begins.isascii() and begins.isalnum()
    return is_code and others is not None and not any(other.startswith(begins) for other in others)
