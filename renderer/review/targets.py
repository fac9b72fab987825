"""Where a link or a bookmark leads → the same words in every file that leads there (ISO 32000-1, 12.3.2 and 12.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pikepdf

from renderer.model.paper import MM_PER_PT
from renderer.review.resolved import resolved

LANDS_WITHIN = 5.0
"""mm; a reader who lands nearer than this to a place sees the same."""
_MOST_LEVELS = 32


@dataclass(frozen=True, slots=True)
class Target:
    """Where something leads."""

    page: int | None
    """In the numbers of the new file; less than 1 for a page that it has no more; None for no page."""
    action: str
    """How the page is shown, or the address, or the sum of what is done."""
    place: tuple[float | None, ...]
    """On the page, in mm."""
    words: str
    """For people, with the page number of its own file."""

    def __str__(self) -> str:
        return self.words

    def same(self, other: Target) -> bool:
        """Whether both lead to one place."""
        if (self.page, self.action, len(self.place)) != (other.page, other.action, len(other.place)):
            return False
        both = zip(self.place, other.place, strict=True)
        return all(a == b if a is None or b is None else abs(a - b) < LANDS_WITHIN for a, b in both)


NOWHERE = Target(None, "", (), "to nowhere")


class Targets:
    """The places of one file to which something may lead."""

    def __init__(self, pdf: pikepdf.Pdf, renumbered: Mapping[int, int] | None = None) -> None:
        """``renumbered`` is, of a golden, the number in the new file of each page that is there, too."""
        self._pdf, self._renumbered = pdf, renumbered

    def of(self, holder: Any) -> Target:
        """Where a link, a bookmark or an opening action leads."""
        if "/Dest" in holder:
            return self._destination(holder["/Dest"])
        return self.by(holder["/A"]) if "/A" in holder else NOWHERE

    def by(self, action: Any) -> Target:
        """Where an action leads; a destination is one, too (12.6)."""
        if not isinstance(action, pikepdf.Dictionary):
            return self._destination(action)
        match str(action.get("/S")), action:
            case "/GoTo", _:
                return self._destination(action.get("/D"))
            case "/URI", _:
                address = str(action.get("/URI"))
                return Target(None, address, (), f"to {address}")
            case name, _:
                return Target(None, resolved(action), (), f"to do {name.lstrip('/')}")

    def _destination(self, named: Any) -> Target:
        found = named
        if isinstance(named, pikepdf.Name | pikepdf.String):
            found = self._named.get(bytes(named) if isinstance(named, pikepdf.String) else str(named)[1:].encode())
        if isinstance(found, pikepdf.Dictionary):
            found = found.get("/D")
        if not isinstance(found, pikepdf.Array) or not isinstance(found[0], pikepdf.Dictionary):
            return Target(None, f"{named}", (), f"to {named}, which is not there")
        number = self._numbers.get(found[0].objgen)
        if number is None:
            return NOWHERE
        page = number if self._renumbered is None else self._renumbered.get(number, -number)
        how, *place = list(found)[1:] if len(found) > 1 else [pikepdf.Name.Fit]
        at = tuple(None if part is None else float(part) * MM_PER_PT for part in place)
        now = ", which is gone" if page < 0 else f", now {page}" if page != number else ""
        return Target(page, str(how), at, f"to page {number}{now}")

    @cached_property
    def _numbers(self) -> Mapping[tuple[int, int], int]:
        return {page.obj.objgen: number for number, page in enumerate(self._pdf.pages, 1)}

    @cached_property
    def _named(self) -> Mapping[bytes, Any]:
        """Destinations by their names (12.3.2.3)."""
        root: Any = self._pdf.Root
        old = {key[1:].encode(): value for key, value in dict(root.get("/Dests", {})).items()}
        return {**old, **dict(names(root.get("/Names", {}).get("/Dests")))}


def names(tree: Any, level: int = 0) -> Iterator[tuple[bytes, Any]]:
    """Yield the entries of a name tree (7.9.6)."""
    if tree is None or level > _MOST_LEVELS:
        return
    entries = list(tree.get("/Names", []))
    yield from ((bytes(name), value) for name, value in zip(entries[::2], entries[1::2], strict=False))
    for kid in tree.get("/Kids", []):
        yield from names(kid, level + 1)
