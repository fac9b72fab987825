"""Rows of a member file → what each column looks like, in shares that tell no cell, and what of it shifted since.

A column that slipped, or two that were exchanged, are seen before anything is printed, beside what the file before
looked like: フリガナ was kana all over, and now 3 % of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from renderer.intake.shapes import ColumnShapes, Shape
from renderer.press.fonts import FILES, Chain, Gaiji, Unprintable, clusters, code_points

if TYPE_CHECKING:  # a report, which has a profile, reads no rows
    from renderer.intake.rows import Row

_ALL = 500
"""Rows at the beginning of a run's file that are all looked at."""
_EVERY = 64
"""Which of the rows behind them: a sample tells as much, and costs a run nothing that is felt."""
SHIFT = 0.2
"""By how much a share must differ from the one before to be told."""
_FEW = 20
"""Rows of which shares say nothing."""
_LEAST = 0.005
"""Share of cells of a shape that is named."""
# fmt: off
_ORDER = (
    Shape.MY_NUMBER, Shape.POSTAL_ADDRESS, Shape.DATE, Shape.ERA_DATE, Shape.DAY_FIRST, Shape.MONTH_FIRST,
    Shape.DAY_OR_MONTH_FIRST, Shape.SHORT_DATE, Shape.ADDRESS, Shape.KANA, Shape.HALF_KANA, Shape.HIRAGANA,
    Shape.DIGITS, Shape.POSTAL_CODE, Shape.TRIPLE, Shape.PAIR, Shape.NAME, Shape.TEXT, Shape.CODE, Shape.LATIN,
    Shape.OTHER,
)
# fmt: on
"""Shapes by how much they say, where as many cells have them."""


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What the cells of a column look like. Shares are of 0 to 1, in thousandths."""

    name: str
    """Standard column, or own one where the file has no column map."""
    filled: float
    """Share of rows that have something there."""
    distinct: float
    """Share of the filled cells that are different from each other."""
    shapes: Mapping[str, float]
    """What it looks like (a ``Shape``) → share of the filled cells."""
    shortest: int
    """Characters of the shortest cell that is filled; 0 where none is."""
    longest: int
    outside: tuple[str, ...] = ()
    """Code points of characters that no font prints."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a member file looks like."""

    rows: int
    """Rows that were looked at."""
    columns: tuple[ColumnProfile, ...]


NOTHING_SEEN = Profile(0, ())


@dataclass(frozen=True, slots=True)
class Shift:
    """A share that is another than in the delivery before."""

    column: str
    what: str
    """A ``Shape``, or ``filled``."""
    before: float
    now: float


@dataclass(slots=True)
class _Column:
    shapes: ColumnShapes = field(default_factory=ColumnShapes)
    clusters: set[str] = field(default_factory=set)

    def add(self, cell: str) -> None:
        self.shapes.add(cell)
        if not self.clusters.issuperset(cell):
            self.clusters.update(clusters(cell))


class Profiler:
    """Looks at rows as they pass."""

    def __init__(self, gaiji: Gaiji | None = None) -> None:
        self._chain = Chain(tuple(dict.fromkeys(family for family, _ in FILES)), gaiji=gaiji)
        self._columns: dict[str, _Column] = {}
        self._seen = self._looked = 0

    def look(self, fields: Mapping[str, str]) -> None:
        """Look at a row."""
        self._looked += 1
        for column, cell in fields.items():
            if column not in self._columns:
                self._columns[column] = _Column()
            self._columns[column].add(cell)

    def passing(self, row: Row) -> Row:
        """Look at a row of a run, if it is one of the sample, and give it back."""
        self._seen += 1
        if row.fields and (self._seen <= _ALL or self._seen % _EVERY == 0):
            self.look(row.fields)
        return row

    def profile(self) -> Profile:
        """Say what was seen; a column that is blank all over is left out."""
        told = (self._told(name, column) for name, column in self._columns.items() if column.shapes.filled)
        return Profile(self._looked, tuple(told))

    def _told(self, name: str, column: _Column) -> ColumnProfile:
        shapes = column.shapes
        return ColumnProfile(
            name=name,
            filled=round(shapes.filled / shapes.cells, 3),
            distinct=round(min(1.0, shapes.distinct.count / shapes.filled), 3),
            shapes=shares_of(shapes),
            shortest=min(shapes.lengths),
            longest=max(shapes.lengths),
            outside=tuple(sorted(self._outside(column.clusters))),
        )

    def _outside(self, found: Iterable[str]) -> Iterator[str]:
        for cluster in found:
            if cluster.isspace():
                continue
            try:
                self._chain[cluster]
            except Unprintable:
                yield code_points(cluster)


def shifts(before: Mapping[str, Any], now: Profile) -> tuple[Shift, ...]:
    """Compare with the profile in the report of an earlier delivery, as JSON has it."""
    earlier = {column["name"]: column for column in before.get("columns", ())}
    if min(before.get("rows", 0), now.rows) < _FEW:
        return ()
    later = {column.name: column for column in now.columns}
    return tuple(shift for name in earlier | later for shift in _shifts(name, earlier.get(name), later.get(name)))


def _shifts(name: str, before: Mapping[str, Any] | None, now: ColumnProfile | None) -> Iterator[Shift]:
    filled = (before["filled"] if before else 0.0), (now.filled if now else 0.0)
    if abs(filled[0] - filled[1]) >= SHIFT:
        yield Shift(name, "filled", *filled)
    if before is None or now is None:
        return
    for shape in before["shapes"] | dict(now.shapes):
        shares: Sequence[float] = (before["shapes"].get(shape, 0.0), now.shapes.get(shape, 0.0))
        if abs(shares[0] - shares[1]) >= SHIFT:
            yield Shift(name, shape, *shares)


def shares_of(shapes: ColumnShapes) -> dict[str, float]:
    """Return which share of the filled cells has each shape, 0 to 1 in thousandths, the most frequent first.

    A cell may have several; what is told of a column is the shape that most have, and of the others as much as is left.
    """
    told: dict[str, float] = {}
    left = 1.0
    for shape in sorted(_ORDER, key=lambda one: -shapes.share(one)):
        share = min(shapes.share(shape), left)
        if share >= _LEAST:
            told[shape.value] = round(share, 3)
            left -= share
    return told
