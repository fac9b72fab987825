"""The paths of a page → what they are to a person: rules, frames, areas and lines, in which ink.

Every length is in mm, x to the right and y down.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from renderer.proof.pixels import Box
from renderer.review.paints import Paint

Point = tuple[float, float]
Bounds = tuple[float, float, float, float]
"""Left, top, right, bottom."""

THICKEST_RULE = 2.0
"""What is longer and not thicker than this is a rule."""
THICKEST_FRAME = 3.0
"""Between the outer and the inner edge of a frame."""
MEET_WITHIN = 1.0
"""Four rules whose ends are nearer than this make a frame: a dotted border begins with half a gap."""
ON_EDGE = 0.005
"""A point nearer than this to an edge is on it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing on the page that is no text."""

    kind: str
    """``rule``, ``frame``, ``area``, ``line``, ``drawing``, ``shading`` or ``picture``."""
    box: Box
    """With all its ink that is not clipped away."""
    thickness: float = 0.0
    """Of a rule, a frame or a line."""
    paint: Paint | None = None
    corner: float = 0.0
    """How far round corners reach."""
    dash: tuple[float, ...] = ()
    """Lengths of dashes and gaps, then the phase, then the cap of each dash (8.4.3.3); empty where it is solid."""
    join: int = 0
    """How the corners of its stroke are joined (8.4.3.4)."""
    outline: tuple[Point, ...] = ()
    """The points of its path from the corner of its box; empty where that is an upright rectangle."""
    clip: tuple[Point, ...] = ()
    """The points of what cuts it, from the corner of its box, where that is no upright rectangle."""

    def __str__(self) -> str:
        return f"{'an' if self.kind == 'area' else 'a'} {self.kind}"

    @property
    def paints(self) -> tuple[Paint | None, ...]:
        """Its only paint."""
        return (self.paint,)

    @property
    def sides(self) -> tuple[Box, ...]:
        """Where its ink may be: a frame leaves its middle free."""
        if self.kind != "frame":
            return (self.box,)
        x, y, w, h, t, c = self.box.x, self.box.y, self.box.w, self.box.h, self.thickness, self.corner
        corners = (Box(left, top, c, c) for left in (x, x + w - c) for top in (y, y + h - c)) if c else ()
        return Box(x, y, w, t), Box(x, y + h - t, w, t), Box(x, y, t, h), Box(x + w - t, y, t, h), *corners


def with_frames(marks: Sequence[Mark]) -> Iterator[Mark]:
    """Make one frame of four rules that are drawn one after the other and meet at their ends: a border."""
    at = 0
    while at < len(marks):
        frame = _frame(marks[at : at + 4])
        yield frame or marks[at]
        at += 4 if frame else 1


def _frame(rules: Sequence[Mark]) -> Mark | None:
    if len(rules) < 4 or any(mark.kind != "rule" or mark.paint != rules[0].paint for mark in rules):
        return None
    around = box_of(joined([edges_of(mark.box) for mark in rules]))
    frame = replace(rules[0], kind="frame", box=around, thickness=max(mark.thickness for mark in rules))
    near = [[all(map(_meets, edges_of(rule.box), edges_of(side))) for side in frame.sides] for rule in rules]
    return frame if all(map(any, near)) and all(map(any, zip(*near, strict=True))) else None


def _meets(edge: float, other: float) -> bool:
    return abs(edge - other) < MEET_WITHIN


def nested(parts: Sequence[Sequence[Point]]) -> Iterator[tuple[Sequence[Point], Bounds, float]]:
    """Yield outline, edges and thickness of each part of a filled path; two that make a border are one of them.

    Only a border has a thickness; of upright rectangles the outline is empty.
    """
    edges = [bounds(part) for part in parts]
    outlines = [[] if is_rectangle(part, around) else part for part, around in zip(parts, edges, strict=True)]
    at = 0
    while at < len(parts):
        outer, outline, thickness = edges[at], outlines[at], 0.0
        if parts[at + 1 : at + 2]:
            around = joined(edges[at : at + 2])
            gaps = max(abs(a - b) for each in edges[at : at + 2] for a, b in zip(each, around, strict=True))
            if around in edges[at : at + 2] and 0 < gaps < THICKEST_FRAME:
                outer, outline, thickness = around, [*outline, *outlines[at + 1]], gaps
        yield outline, outer, thickness
        at += 2 if thickness else 1


def stroked(edges: Bounds, width: float, ends: bool) -> Bounds:
    """Widen by half the width of the line; across its direction alone where it is upright and stops at its ends."""
    left, top, right, bottom = edges
    across = 0 if not ends and top == bottom else width / 2
    along = 0 if not ends and left == right else width / 2
    return left - across, top - along, right + across, bottom + along


def corner(points: Iterable[Point], edges: Bounds) -> float:
    """How far the round corners of a path reach: on the upper edge a control point, then the end of the curve."""
    left, top, _, _ = edges
    places: list[float] = []
    for along in sorted(x - left for x, y in points if abs(y - top) < ON_EDGE):
        if not places or along - places[-1] > ON_EDGE:
            places.append(along)
    return places[1] if len(places) > 1 and places[0] > ON_EDGE else 0.0


def is_boxy(points: Sequence[Point], edges: Bounds) -> bool:
    """Whether a closed path keeps to its four edges, its corners apart."""
    left, top, right, bottom = edges
    on_edge = all(
        min(abs(x - left), abs(x - right)) < ON_EDGE or min(abs(y - top), abs(y - bottom)) < ON_EDGE for x, y in points
    )
    return on_edge and math.dist(points[0], points[-1]) < ON_EDGE and len(points) > 4


def is_rectangle(points: Sequence[Point], edges: Bounds) -> bool:
    """Whether every point is a corner of the four edges, and each corner a point."""
    left, top, right, bottom = edges
    corners = [
        (min(left, right, key=lambda edge: abs(x - edge)), min(top, bottom, key=lambda edge: abs(y - edge)))
        for x, y in points
    ]
    near = all(math.dist(point, place) < ON_EDGE for point, place in zip(points, corners, strict=True))
    return near and len(points) <= 5 and len(set(corners)) == 4


def bounds(points: Iterable[Point]) -> Bounds:
    """Draw a rectangle around points."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def joined(all_bounds: Iterable[Bounds]) -> Bounds:
    """Draw one rectangle around all."""
    lefts, tops, rights, bottoms = zip(*all_bounds, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def within(edges: Bounds, clip: Bounds) -> Bounds:
    """Cut a rectangle to another; where they do not meet, its left is not left of its right, or its top not above."""
    return max(edges[0], clip[0]), max(edges[1], clip[1]), min(edges[2], clip[2]), min(edges[3], clip[3])


def box_of(edges: Bounds) -> Box:
    """Name a rectangle by its corner and its lengths."""
    return Box(edges[0], edges[1], edges[2] - edges[0], edges[3] - edges[1])


def edges_of(box: Box) -> Bounds:
    """Name a box by its edges."""
    return box.x, box.y, box.x + box.w, box.y + box.h


def meet(one: Box, other: Box) -> bool:
    """Whether two boxes have any place in common."""
    across = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    down = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    return across > 0 and down > 0
