"""A declaration whose number changes → what moves by it, on each sheet of the layout and of others that share its file.

Nothing is laid out: which rules reach which elements can be told from the filled template of each variant under jobs
that switch everything on and off, and what stands in a box moves with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from renderer.desk.lint import switches
from renderer.layout.declarations import Declaration
from renderer.layout.elements import Elements, elements, upwards, written_at
from renderer.layout.load import SHARED, Fixed, Layout, load_layout
from renderer.model.variant import Variant, spelled
from renderer.studio.boxes import SIZES, Names
from renderer.studio.deciding import Cascade
from renderer.studio.parts import BoxId, BoxKind, Side


@dataclass(frozen=True, slots=True)
class Shift:
    """A number that changes."""

    declaration: Declaration
    side: Side
    mm: Decimal


@dataclass(frozen=True, slots=True)
class Moved:
    """By how much a box moves and grows, mm."""

    x: Decimal = Decimal(0)
    y: Decimal = Decimal(0)
    w: Decimal = Decimal(0)
    h: Decimal = Decimal(0)

    def plus(self, side: Side, mm: Decimal) -> Moved:
        """Return it with a side moved further."""
        return Moved(
            self.x + mm * (side == "left"), self.y + mm * (side == "top"),
            self.w + mm * (side == "width"), self.h + mm * (side == "height"),
        )  # fmt: skip

    def edge(self, edge: Side) -> Decimal:
        """Return by how much an edge of it moves."""
        return {"left": self.x, "right": self.x + self.w, "top": self.y, "bottom": self.y + self.h}[edge]


STILL = Moved()
Identity = tuple[tuple[str, int] | None, BoxKind, str]
"""File and line of the template, kind and name of a box."""


class Tree:
    """The elements of one variant under one job, before they are laid out."""

    def __init__(self, layout: Layout, cascade: Cascade, variant: Variant, elements: Elements) -> None:
        self.layout = layout
        self.cascade = cascade
        self.variant = spelled(variant)
        self.nodes = elements.nodes
        self.select = elements.select

    @cached_property
    def names(self) -> Names:
        """What its elements are called."""
        return Names(self.layout, self.select)

    def decided_by(self, shift: Shift) -> Iterator[Any]:
        """Yield the elements of which a declaration decides the side."""
        for node in self.select(shift.declaration.selector):
            counts = shift.side in SIZES or self.cascade.is_positioned(node)
            if counts and self.cascade.deciding(node, shift.side) == shift.declaration:
                yield node

    @cached_property
    def slots(self) -> list[tuple[Identity, Any]]:
        """Its slots."""
        return [(self.identity(node), node) for node in self.select("[data-slot]")]

    def identity(self, node: Any) -> Identity:
        """Return what is the same for a box on whichever sheet it stands: where it is written, and its name."""
        return (written_at(node), *self.names.of(node))

    def box_id(self, node: Any) -> BoxId:
        """Name a box that was not laid out."""
        kind, name = self.names.of(node)
        before = Counter(self.names.of(one) for one in self.nodes[: self.nodes.index(node)])
        page = self.layout.file.regions[name].page if kind == "region" else self._page_of(node)
        return BoxId(page=page, kind=kind, name=name, ordinal=before[kind, name])

    def _page_of(self, node: Any) -> int:
        """Return the page of an element, where the template has an element for each page."""
        top = next((one for one in upwards(node) if one.parent is not None and one.parent.local_name == "body"), None)
        pages = self.layout.file.pages
        return min(pages, len(top.previous_siblings) + 1) if top is not None else 1


class Moves:
    """What some shifts do to the elements of a tree."""

    def __init__(self, tree: Tree, shifts: Iterable[Shift]) -> None:
        self.tree = tree
        self._shifts: dict[Any, list[Shift]] = {}
        for shift in shifts:
            for node in tree.decided_by(shift):
                self._shifts.setdefault(node, []).append(shift)

    @property
    def nodes(self) -> tuple[Any, ...]:
        """The elements whose own number changes."""
        return tuple(self._shifts)

    def of(self, node: Any) -> Moved:
        """Return by how much an element moves, with all that it stands in, and grows."""
        moved = STILL
        for one in upwards(node):
            for shift in self._shifts.get(one, ()):
                if one is node or shift.side in ("left", "top"):
                    moved = moved.plus(shift.side, shift.mm)
        return moved


def trees_of(layout: Layout, fixed: Fixed, cascade: Cascade, first: Variant | None) -> list[Tree]:
    """Return every sheet of a layout, each once: that of ``first`` under ``fixed`` before all.

    :raises BadLayout: where the template of one cannot be filled.
    """
    jobs = [(first, fixed)] if first is not None else []
    jobs += [(variant, job) for variant in layout.variants() for job in switches(layout, fixed).values()]
    found: dict[tuple[str, int], Tree] = {}
    for variant, job in jobs:
        written = elements(layout, variant, job)
        found.setdefault((spelled(variant), id(written)), Tree(layout, cascade, variant, written))
    return list(found.values())


def sharing(layout: Layout, declared: Iterable[Declaration]) -> Iterator[Layout]:
    """Yield the other layouts beside this one that have a declaration of common parts, too.

    :raises BadLayout: where one of them cannot be loaded.
    """
    shared = (layout.folder.parent / SHARED).resolve()
    paths = {found.path.resolve() for found in declared if found.path}
    files = {path for path in paths if path.is_relative_to(shared)}
    if not files:
        return
    for toml in sorted(layout.folder.parent.glob("*/layout.toml")):
        if toml.parent.resolve() != layout.folder.resolve():
            other = load_layout(toml.parent, layout.pack)
            if files & {path.resolve() for path in other.sources.texts()}:
                yield other
