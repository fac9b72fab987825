"""Which column of a member file is which of ours, and how its cells become what ours hold (docs/column-map.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from renderer.intake.dateforms import ERA_CODES
from renderer.intake.dialect import PLAIN, Dialect

POSTAL_CODE = "postal-code"
"""Where a column is divided that has a postal code in front."""


@dataclass(frozen=True, slots=True)
class Split:
    """How an own column is divided."""

    into: tuple[str, ...]
    """The own columns that it becomes."""
    at: str
    """The text between its parts, or ``POSTAL_CODE``."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """How a member file differs from the standard one; as it stands, not at all."""

    dialect: Dialect = PLAIN
    max_rows: int | None = None
    """More is the wrong file."""
    ignored: frozenset[str] = frozenset()
    """Own columns that nobody asks for."""
    ignores_others: bool = False
    """Whether all that are not named are among them."""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Standard column → the own ones that it is made of."""
    joined_by: Mapping[str, str] = field(default_factory=dict)
    """Standard column → what stands between them."""
    splits: Mapping[str, Split] = field(default_factory=dict)
    """Own column → how it is divided."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Standard column → what it is in every row."""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Standard column → what the file writes → what it stands for."""
    digits: Mapping[str, int] = field(default_factory=dict)
    """Standard column → how many digits it has with the noughts in front."""
    dates: Mapping[str, str] = field(default_factory=dict)
    """Standard column → the form of its dates."""
    eras: Mapping[int, str] = field(default_factory=lambda: ERA_CODES)
    """Code → the era that it stands for in these forms."""

    def origin(self, column: str) -> tuple[str, ...]:
        """Name the columns that stand in the file, of which a standard column or a part of a split one is made."""
        if column in self.constants:
            return ()
        whole = {part: own for own, split in self.splits.items() for part in split.into}
        return tuple(dict.fromkeys(whole.get(own, own) for own in self.columns.get(column, (column,))))


STANDARD = ColumnMap()
"""That of a file which needs none."""
