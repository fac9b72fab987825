"""What became of the sheets of two files → how many changed, and how many are as they were, in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from renderer.review.pages import Match, Pair
from renderer.review.whereabouts import Side

MOST_NAMED = 5
"""Records that the sentence names."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Sheets, where manifests say whose they are; else pages."""

    unit: str
    """``sheet`` or ``page``."""
    gone: tuple[str, ...]
    """整理番号, or the page's number."""
    new: tuple[str, ...]
    elsewhere: int
    """That are as they were, in another order."""
    changed: int
    same: int

    def __str__(self) -> str:
        parts = [
            *([f"{self._named(self.gone)} gone"] if self.gone else []),
            *([f"{self._named(self.new)} new"] if self.new else []),
            *([f"{self._counted(self.elsewhere)} moved"] if self.elsewhere else []),
            *([f"{self._counted(self.changed)} changed"] if self.changed else []),
        ]
        rest = f"{self.same:,} {'is as it was' if self.same == 1 else 'are as they were'}"
        if parts:
            return ", ".join([*parts, rest])
        return f"nothing changed: {self._counted(self.same)}" if self.are_many else "nothing changed"

    @property
    def are_many(self) -> bool:
        """Whether there is more than one to count."""
        return len(self.gone) + len(self.new) + self.elsewhere + self.changed + self.same > 1

    @property
    def facts(self) -> dict[str, Any]:
        """For machines."""
        return {
            "unit": self.unit,
            "gone": list(self.gone),
            "new": list(self.new),
            "moved": self.elsewhere,
            "changed": self.changed,
            "same": self.same,
        }

    def _named(self, names: Sequence[str]) -> str:
        shown, more = names[:MOST_NAMED], len(names) - MOST_NAMED
        *most, last = [*shown, f"{more:,} more"] if more > 0 else shown
        words = f"{', '.join(most)} and {last}" if most else last
        if self.unit == "page":
            words = f"page{'s' * (len(names) > 1)} {words}"
        return f"{words} {'is' if len(names) == 1 else 'are'}"

    def _counted(self, count: int) -> str:
        return f"{count:,} {self.unit}{'s' * (count != 1)}"


def counts_of(golden: Side, new: Side, match: Match, changed: Collection[Pair]) -> Counts:
    """Count the sheets of two books.

    :param changed: pairs of pages of which anything counts that changed
    """
    has_records = all(page.owner for page in (*golden.pages, *new.pages))
    elsewhere = {pair for both in match.swapped for pair in both} | set(match.moved)
    if not has_records:
        moved, rest = elsewhere - set(changed), set(changed)
        gone, came = (tuple(str(page + 1) for page in pages) for pages in (match.gone, match.new))
        return Counts("page", gone, came, len(moved), len(rest), len(match.pairs) - len(moved) - len(rest))
    before, after = (dict.fromkeys(map(side.record, range(len(side.pages)))) for side in (golden, new))
    both = before.keys() & after.keys()
    incomplete = {*map(golden.record, match.gone), *map(new.record, match.new)}
    rest_records = both & ({new.record(page) for _, page in changed} | incomplete)
    moved_records = (both & {new.record(page) for _, page in elsewhere}) - rest_records
    return Counts(
        "sheet",
        tuple(name or "" for name in before if name not in after),
        tuple(name or "" for name in after if name not in before),
        len(moved_records),
        len(rest_records),
        len(both) - len(moved_records) - len(rest_records),
    )
