"""What the own columns of a file are taken for: decisions that are sure, and those that a person must make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from renderer.desk.agreement import Households
from renderer.intake.survey import OwnColumn, Survey

DATES = ("生年月日", "資格取得年月日", "認定年月日", "登録年月日", "発効期日", "資格喪失予定年月日")
SEPARATORS = dict.fromkeys(("氏名", "フリガナ", "被保険者氏名"), "\u3000")
"""What stands between the joined parts of a standard column; of the others nothing."""

Why = Literal[
    "agree",
    "other",
    "blank",
    "same",
    "name-only",
    "shape-only",
    "several",
    "codes",
    "dates",
    "household",
    "part",
    "unknown",
]
"""Why a column is taken for what it is, or why a person must decide."""


@dataclass(slots=True)
class Decision:
    """What one own column, or several that are joined, are taken for."""

    own: tuple[OwnColumn, ...]
    ours: tuple[str, ...]
    """The standard column; several where the own one is split; none where it is ignored."""
    is_sure: bool
    why: Why
    at: str = ""
    """Where it is split."""
    table: Mapping[str, str] = field(default_factory=dict)
    """What its codes mean."""
    form: str = ""
    """How its dates are read; "" as usual."""
    digits: int = 0
    """How many it must have."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a file is taken for."""

    seen: Survey
    decisions: tuple[Decision, ...]
    """In the order of the file; each own column stands in one of them."""
    eras: Mapping[int, str]
    """The codes of eras that it has of its own."""

    @property
    def is_whole(self) -> bool:
        """Whether it says all that can be said of the file, and nothing is left to a person."""
        return bool(self.decisions) and not self.seen.has_odd_end and all(one.is_sure for one in self.decisions)

    def sure(self) -> Iterator[Decision]:
        """Yield those that no person needs to look at."""
        return (one for one in self.decisions if one.is_sure)

    def doubtful(self) -> Iterator[Decision]:
        """Yield those that a person must decide."""
        return (one for one in self.decisions if not one.is_sure)

    def missing(self, needed: Iterable[str]) -> tuple[str, ...]:
        """Return which of some standard columns no own column is taken for with certainty."""
        there = {column for one in self.sure() for column in one.ours}
        return tuple(column for column in needed if column not in there)


class Decisions:
    """The decisions so far, and the columns that are left."""

    def __init__(self, seen: Survey) -> None:
        self.seen = seen
        self.free = list(seen.columns)
        self.made: list[Decision] = []

    def take(
        self, own: Sequence[OwnColumn], ours: Sequence[str], why: Why, *, is_sure: bool = True, at: str = ""
    ) -> Decision:
        """Decide."""
        decision = Decision(tuple(own), tuple(ours), is_sure, why, at)
        self.made.append(decision)
        self.free = [one for one in self.free if one not in own]
        return decision

    def is_missing(self, column: str) -> bool:
        """Whether nothing is taken for a standard column yet, surely or not."""
        return all(column not in one.ours for one in self.made)

    def is_settled(self, column: str) -> bool:
        """Whether something is surely taken for a standard column."""
        return any(column in one.ours and one.is_sure for one in self.made)

    def of(self, column: str) -> Decision | None:
        """Return what is taken for a standard column."""
        return next((one for one in self.made if column in one.ours), None)

    def households(self) -> Households:
        """Return who belongs together, by 記号 and 番号, or where there are none by 住所."""
        keys: list[Callable[[Sequence[str]], str]] = []
        for column in ("記号", "番号"):
            known = self.of(column)
            if known is not None and known.is_sure:
                keys.append(_cell_of(known.own, known.at, column))
        if not self.is_settled("番号"):
            home = self.of("住所")
            keys = [_cell_of(home.own, "", "住所")] if home else []
        return Households(self.seen, keys)


def _cell_of(own: Sequence[OwnColumn], at: str, column: str) -> Callable[[Sequence[str]], str]:
    """Return what gives the cell of a standard column, joined or split, from a record."""
    places = [one.at for one in own]
    if at and at != "postal-code":
        part = {"記号": 0, "番号": 1}[column]
        return lambda cells: "".join(cells[places[0]].split(at)[part : part + 1])
    return lambda cells: "".join(cells[place] for place in places)
