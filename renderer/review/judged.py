"""Compared files and their change records → the items that a person judges, in groups of the same change.

An item is a page that changed, came or is gone, or what changed of a file as a whole. Two items are of one group where
their records are equal (kind, vector, region, slot, words; the place where no region is known), never where they are
only alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Literal

from renderer.model.sums import sum_of_file
from renderer.proof.pixels import Box
from renderer.review.records import ChangeRecord

Missing = Literal["unapproved", "unsigned"]
"""Nobody has approved a file, or one person too few."""


@dataclass(frozen=True, slots=True)
class FilePair:
    """Two files of which one should be as the other, and are not the same; or a file that has no other."""

    name: str
    """As the report calls it: ``<layout>/<case>``, or the name of the new file."""
    golden: Path | None
    """None where nobody has approved the new one."""
    new: Path
    records: tuple[ChangeRecord, ...] = ()
    """None of them: only the bytes changed, or there is no golden."""
    pages: int = 1
    """Of the new file; asked where a person judges it page by page though nothing changed."""
    missing: Missing | None = None
    """Whose name is missing where both are the same."""
    approved_by: tuple[str, ...] = ()
    """Who approved the golden."""

    def sums(self) -> tuple[str | None, str]:
        """Return the sums of golden and new file, to which a verdict binds."""
        golden = f"sha256:{sum_of_file(self.golden)}" if self.golden else None
        return golden, f"sha256:{sum_of_file(self.new)}"


@dataclass(frozen=True, slots=True)
class Told:
    """Changes of an item that are told as one."""

    records: tuple[ChangeRecord, ...]

    @property
    def kinds(self) -> Counter[str]:
        """How many records there are of each kind."""
        return Counter(record.kind for record in self.records)

    @property
    def is_ignored(self) -> bool:
        """Whether a rule passes over all of it."""
        return all(record.ignored_by for record in self.records)

    @property
    def box(self) -> Box | None:
        """Around all of it, where it was and where it is, in mm; None where it has no place on the page."""
        return around(self.boxes) if self.boxes else None

    @property
    def boxes(self) -> list[Box]:
        """Where each of it was and is, in mm."""
        return [box for record in self.records for box in (record.box, before_box(record)) if box]


@dataclass(frozen=True, slots=True)
class Item:
    """What gets one verdict."""

    pair: FilePair
    kind: str
    """page, page-gone, page-new; file where no page is meant; golden-missing, -unapproved or -unsigned where the file
    has no golden, or the golden a name too few.
    """
    golden_page: int | None
    """From 1; None where the golden has no such page."""
    page: int | None
    """In the new file, from 1; None where it has no such page."""
    told: tuple[Told, ...]

    @property
    def record(self) -> str | None:
        """整理番号, where a manifest says so."""
        return next((record.record for each in self.told for record in each.records if record.record), None)

    @property
    def signature(self) -> Hashable:
        """What is equal of items that changed in the same way."""
        counted = (record for each in self.told for record in each.records if not record.ignored_by)
        return self.kind, frozenset(map(_signature, counted)) or self.pair.name


def items(pairs: Iterable[FilePair]) -> Iterator[Item]:
    """Give what a person judges, pair after pair, page after page; nothing for what a rule passes over as a whole."""
    for pair in pairs:
        found: dict[tuple[int | None, int | None], list[ChangeRecord]] = {}
        for record in pair.records:
            found.setdefault((record.page, record.golden_page), []).append(record)
        for (page, golden_page), records in found.items():
            if not all(record.ignored_by for record in records):
                yield Item(pair, _kind(page, golden_page), golden_page, page, tuple(_told(records)))
        pages = range(1, pair.pages + 1)
        if not pair.golden:
            yield from (Item(pair, "golden-missing", None, page, ()) for page in pages)
        elif pair.missing:
            yield from (Item(pair, f"golden-{pair.missing}", page, page, ()) for page in pages)
        elif not pair.records:
            yield Item(pair, "file", None, None, ())


def groups(found: Sequence[Item], alone: Collection[int] = ()) -> list[list[int]]:
    """Give the places in ``found`` of the items of each group, the smallest group first.

    :param alone: places of items that have more than is told, and are of no group
    """
    together: dict[Hashable, list[int]] = {}
    for at, item in enumerate(found):
        together.setdefault((item.signature, at if at in alone else None), []).append(at)
    return sorted(together.values(), key=len)


def before_box(record: ChangeRecord) -> Box | None:
    """Where it was in the golden; None where it was not there, or nothing says where."""
    if not record.box or record.kind.endswith("-new"):
        return None
    across, down = record.vector or (0.0, 0.0)
    return Box(record.box.x - across, record.box.y - down, record.box.w, record.box.h)


def around(boxes: Sequence[Box]) -> Box:
    """Give the smallest box that has all of them."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.w for box in boxes), max(box.y + box.h for box in boxes)
    return Box(left, top, right - left, bottom - top)


def _kind(page: int | None, golden_page: int | None) -> str:
    if page is None:
        return "file" if golden_page is None else "page-gone"
    return "page" if golden_page is not None else "page-new"


def _told(records: Iterable[ChangeRecord]) -> Iterator[Told]:
    """Join what has one number; what counts stands before what is passed over."""
    alone = count(-1, -1)
    together: dict[tuple[bool, int], list[ChangeRecord]] = {}
    for record in records:
        number = next(alone) if record.group is None else record.group
        together.setdefault((bool(record.ignored_by), number), []).append(record)
    ordered = sorted(together.items(), key=lambda entry: entry[0][0])
    yield from (Told(tuple(each)) for _, each in ordered)


def _signature(record: ChangeRecord) -> Hashable:
    vector = record.vector and (round(record.vector[0], 2), round(record.vector[1], 2))
    place = record.box and not record.region and (round(record.box.x, 1), round(record.box.y, 1))
    # What a moved text says is another on each member's sheet.
    words = None if record.kind.endswith("-moved") else (record.before, record.after)
    return record.kind, vector, record.region, record.slot, place, words
