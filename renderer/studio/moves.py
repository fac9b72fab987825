"""A box and some mm → what a move would write: the number that decides it, and what ``layout.toml`` says of what moves.

Of ``layout.toml`` the regions of all that moves, and each distance that is declared exactly, follow; bounds, alignments
and other rectangles stay, and lint says where they do not hold any more. Nothing is written here, and what cannot be
moved whole is refused whole.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from renderer.layout.declarations import Declaration
from renderer.layout.load import Layout
from renderer.layout.schema import Distance, End
from renderer.model.errors import RunStopped
from renderer.studio.boxes import SIZES, Placed, Sheet
from renderer.studio.deciding import Cascade, decided
from renderer.studio.lengths import in_steps
from renderer.studio.parts import BoxId, Edit, Reach, Side
from renderer.studio.reaching import STILL, Identity, Moved, Moves, Shift, Tree, sharing, trees_of
from renderer.studio.refusals import Refusal, Why
from renderer.studio.rewrites import Files, Rewrite, rewritten, told
from renderer.studio.toml_numbers import Way

SIDES: tuple[Side, ...] = ("left", "top", "width", "height")
_Same = TypeVar("_Same", Moved, Decimal)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a move would write."""

    rewrites: tuple[Rewrite, ...]
    read: Mapping[Path, bytes]
    """Each file that would change, as it was read."""
    reach: Reach

    @property
    def needs_confirmation(self) -> bool:
        """Whether something moves that was not selected."""
        return bool(self.reach.boxes or self.reach.layouts)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """It as messages tell it."""
        return tuple(map(told, self.rewrites))

    @property
    def written(self) -> Mapping[Path, bytes]:
        """Each file as it would be."""
        texts = {path: data.decode("utf-8") for path, data in self.read.items()}
        return {
            path: rewritten(text, (one for one in self.rewrites if one.path == path)).encode("utf-8")
            for path, text in texts.items()
        }


class Planner:
    """Says what moves would write, as long as a sheet is as it was compiled; nothing of WeasyPrint's is kept."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.cascade = Cascade(sheet.layout.sources)

    @cached_property
    def trees(self) -> list[Tree]:
        """Every sheet of the layout, the compiled one first. The first one of a template takes half a second.

        :raises BadLayout: where the template of one cannot be filled.
        """
        sheet = self.sheet
        return trees_of(sheet.layout, sheet.fixed, self.cascade, sheet.variant)

    def plan(self, box: BoxId, by: Mapping[Side, float]) -> Plan:
        """Say what moving (left, top) and growing (width, height) a box by mm would write.

        :raises Refusal: where it cannot be moved, and why.
        """
        layout, placed = self.sheet.layout, self.sheet.find(box)
        if placed is None:
            raise Refusal(Why.GONE)
        if layout.digest() != self.sheet.made_of:
            raise Refusal(Why.CHANGED, file=layout.name)
        amounts = {side: mm for side in SIDES if (mm := in_steps(by.get(side, 0.0)))}
        files = Files(layout)
        try:
            reach = self._plan(files, placed, amounts)
        except RunStopped as broken:
            raise Refusal(Why.BROKEN, said=str(broken)) from None
        return Plan(tuple(files.rewrites), files.read, reach)

    def _plan(self, files: Files, box: Placed, amounts: Mapping[Side, Decimal]) -> Reach:
        if box.node is None:
            moved = STILL
            for side, mm in amounts.items():
                moved = moved.plus(side, mm)
            _follow(files, self.sheet.layout, {box.id.name: moved}, [Moves(tree, ()) for tree in self.trees], {})
            return Reach()
        deciding = {side: decided(self.cascade, box, side) for side in amounts}
        shifts = [Shift(found.declaration, side, amounts[side]) for side, found in deciding.items()]
        for shift in shifts:
            files.rewrite_length(deciding[shift.side], shift.mm)
        return self._move_along(files, box, shifts)

    def _move_along(self, files: Files, box: Placed, shifts: Sequence[Shift]) -> Reach:
        """Write what moves with a box into ``layout.toml``; return what that is."""
        layout = self.sheet.layout
        own = [Moves(tree, shifts) for tree in self.trees]
        others = {other: list(self._moves_of(other, shifts)) for other in sharing(layout, _rules(shifts))}
        reached = {other: moves for other, moves in others.items() if any(one.nodes for one in moves)}
        for moving, moves in {layout: own, **reached}.items():
            _check_no_flow_grows(moves, shifts)
            _follow(files, moving, {}, moves, self._held if moving is layout else {})
        first, *rest = own
        known = first.tree.variant
        return Reach(
            boxes=tuple(_other_boxes(self.sheet, box, own)),
            variants=tuple(dict.fromkeys(one.tree.variant for one in rest if one.nodes and one.tree.variant != known)),
            layouts=tuple(other.name for other in reached),
        )

    @cached_property
    def _held(self) -> Mapping[str, Set[Identity]]:
        """Of each region without an element, the slots that it names and holds on this sheet."""
        first, *_ = self.trees
        slots = [one for one in self.sheet.placed if one.id.kind == "slot"]
        regions = {name: region for name, region in self.sheet.layout.file.regions.items() if not region.element}
        return {
            name: {
                first.identity(one.node)
                for one in slots
                if one.id.name in region.slots and one.id.page == region.page and region.edges.has_centre_of(one.edges)
            }
            for name, region in regions.items()
        }

    def _moves_of(self, other: Layout, shifts: Sequence[Shift]) -> Iterator[Moves]:
        """Yield what moves on the sheets of another layout."""
        for tree in trees_of(other, self.sheet.fixed, Cascade(other.sources), None):
            yield Moves(tree, shifts)


def _rules(shifts: Iterable[Shift]) -> list[Declaration]:
    return [shift.declaration for shift in shifts]


def _check_no_flow_grows(moves: Iterable[Moves], shifts: Iterable[Shift]) -> None:
    grown = [shift for shift in shifts if shift.side in SIZES]
    for one in moves if grown else ():
        for shift in grown:
            if any(not one.tree.cascade.is_out_of_flow(node) for node in one.tree.decided_by(shift)):
                raise Refusal(Why.SIZE_OF_FLOW, [shift.declaration])


def _other_boxes(sheet: Sheet, box: Placed, own: Sequence[Moves]) -> Iterator[BoxId]:
    """Yield the boxes that have one of the numbers, too: of this sheet, and what stands on no sheet like it."""
    first, *rest = own
    here = {one.node: one.id for one in sheet.placed if one.node is not None}
    yield from (here[node] for node in first.nodes if node != box.node and node in here)
    known = {first.tree.identity(node) for node in first.nodes}
    for one in rest:
        for node in one.nodes:
            if (identity := one.tree.identity(node)) not in known:
                known.add(identity)
                yield one.tree.box_id(node)


def _follow(
    files: Files,
    layout: Layout,
    regions: Mapping[str, Moved],
    moves: Sequence[Moves],
    held: Mapping[str, Set[Identity]],
) -> None:
    """Write regions and distances of ``layout.toml`` that follow.

    ``regions`` are moved themselves; ``held`` are the slots in those without an element, as far as known.
    """
    changes: dict[Way, Decimal] = {}
    of_region = {name: _with_its_slots(layout, name, slots, moves) for name, slots in held.items()} | dict(regions)
    for name, region in layout.file.regions.items():
        if region.element:
            found = {one.of(node) for one in moves for node in one.tree.select(region.element)}
            of_region[name] = _one(found or {STILL}, f"regions.{name}")
    for name, moved in of_region.items():
        changes |= {("regions", name, key): mm for key in "xywh" if (mm := getattr(moved, key))}
    for number, distance in enumerate(layout.file.distances):
        if distance.exactly is not None:
            mm = _one(set(_changes(distance, of_region, moves)) or {Decimal(0)}, f"distances.{number}.exactly")
            changes |= {("distances", number, "exactly"): mm} if mm else {}
    files.rewrite_toml(layout.folder / "layout.toml", changes)


def _with_its_slots(layout: Layout, name: str, held: Set[Identity], moves: Sequence[Moves]) -> Moved:
    """Return by how much a region without an element moves: as its slots do, where all of them move alike.

    Its slots are those that it holds on the compiled sheet, and on any sheet those that no other region names.
    """
    regions = layout.file.regions
    others = {slot for other, region in regions.items() if other != name for slot in region.slots}
    own = set(regions[name].slots) - others
    moved = {
        replace(one.of(node), w=Decimal(0), h=Decimal(0))
        for one in moves
        for identity, node in one.tree.slots
        if identity in held or identity[-1] in own
    }
    return moved.pop() if len(moved) == 1 else STILL


def _one(found: Set[_Same], what: str) -> _Same:
    """Return what is the same everywhere.

    :raises Refusal: where it is not: some of it would move, and some would not.
    """
    if len(found) > 1:
        raise Refusal(Why.TIED, what=what)
    (one,) = found
    return one


def _changes(distance: Distance, regions: Mapping[str, Moved], moves: Sequence[Moves]) -> Iterator[Decimal]:
    """Yield by how much a distance changes, wherever a sheet has both of its ends."""
    for one in moves:
        starts, ends = (list(_of_end(end, regions, one)) for end in (distance.start, distance.end))
        yield from (end - start for start, end in itertools.product(starts, ends))


def _of_end(end: End, regions: Mapping[str, Moved], moves: Moves) -> Iterator[Decimal]:
    """Yield by how much an end of a distance moves on one sheet, once for each element that it means."""
    if end.region is not None:
        element = moves.tree.layout.file.regions[end.region].element
        if not element or moves.tree.select(element):
            yield regions.get(end.region, STILL).edge(end.side)
    elif end.element is not None:
        side: Side = "top" if end.line else end.side
        yield from (moves.of(node).edge(side) for node in moves.tree.select(end.element))
    else:
        yield Decimal(0)
