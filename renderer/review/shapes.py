"""The paths of a page → what they are to a person: rules, frames and areas, in which ink."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from renderer.model.paper import MM_PER_PT
from renderer.proof.pixels import Box

Point = tuple[float, float]
Bounds = tuple[float, float, float, float]
"""Left, bottom, right, top in points."""

THICKEST_RULE = 2.0
"""mm; what is longer and not thicker than this is a rule."""
THICKEST_FRAME = 3.0
"""mm between the outer and the inner edge of a frame."""
MEET_WITHIN = 1.0
"""mm; four rules whose ends are nearer than this make a frame: a dotted border begins with half a gap."""
CONTROL = 0.4477
"""Where the control points of a quarter of a circle stand, from the corner, in parts of its radius."""


@dataclass(frozen=True, slots=True)
class Paint:
    """A colour as the file names it: in which inks, and how much of each."""

    space: str
    """``grey``, ``rgb``, ``cmyk``, or the name of a spot colour or another space."""
    parts: tuple[float, ...] = ()

    def __str__(self) -> str:
        shares = [round(part * 100) for part in self.parts]
        if self.space == "grey":
            return "black of 1 ink" if shares == [0] else f"grey of {100 - shares[0]} %"
        if self.space == "rgb":
            return "R {} G {} B {}".format(*(round(part * 255) for part in self.parts))
        if self.space == "cmyk":
            inks = sum(share > 0 for share in shares)
            black = f"black of {inks} ink{'s' * (inks > 1)} " if shares[3] == 100 or sum(shares[:3]) == 300 else ""
            return black + "({})".format(" ".join(f"{ink} {share}" for ink, share in zip("CMYK", shares, strict=True)))
        return " ".join([self.space, *(f"{share} %" for share in shares)])

    @property
    def blank(self) -> bool:
        """Whether it is the paper's white."""
        return self.parts == {"grey": (1,), "cmyk": (0, 0, 0, 0)}.get(self.space)


BLACK = Paint("grey", (0.0,))
"""In which a page begins to draw (8.4.1)."""

Show = tuple[float, float, Paint | None]
"""Where a string begins, on its line, in mm; and its paint, None without ink."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing on the page that is no text."""

    kind: str
    """``rule``, ``frame``, ``area``, ``drawing`` or ``picture``."""
    box: Box
    """With all its ink."""
    thickness: float = 0.0
    """Of a rule or a frame, in mm."""
    paint: Paint | None = None
    corner: float = 0.0
    """How far round corners reach, in mm."""

    def __str__(self) -> str:
        return f"{'an' if self.kind == 'area' else 'a'} {self.kind}"

    @property
    def sides(self) -> tuple[Box, ...]:
        """Where its ink may be: a frame leaves its middle free."""
        if self.kind != "frame":
            return (self.box,)
        x, y, w, h, t, c = self.box.x, self.box.y, self.box.w, self.box.h, self.thickness, self.corner
        corners = (Box(left, top, c, c) for left in (x, x + w - c) for top in (y, y + h - c)) if c else ()
        return Box(x, y, w, t), Box(x, y + h - t, w, t), Box(x, y, t, h), Box(x + w - t, y, t, h), *corners


def with_frames(marks: list[Mark]) -> Iterator[Mark]:
    """Make one frame of four rules that are drawn one after the other and meet at their ends: a border."""
    at = 0
    while at < len(marks):
        frame = _frame(marks[at : at + 4])
        yield frame or marks[at]
        at += 4 if frame else 1


def _frame(rules: list[Mark]) -> Mark | None:
    if len(rules) < 4 or any(mark.kind != "rule" or mark.paint != rules[0].paint for mark in rules):
        return None
    around = joined([(mark.box.x, mark.box.y, mark.box.x + mark.box.w, mark.box.y + mark.box.h) for mark in rules])
    frame = Box(around[0], around[1], around[2] - around[0], around[3] - around[1])
    sides = Mark("frame", frame, max(mark.thickness for mark in rules)).sides
    near = [[all(map(_meets, _edges(rule.box), _edges(side))) for side in sides] for rule in rules]
    if all(map(any, near)) and all(map(any, zip(*near, strict=True))):
        return Mark("frame", frame, max(mark.thickness for mark in rules), rules[0].paint)
    return None


def _edges(box: Box) -> Bounds:
    return box.x, box.y, box.x + box.w, box.y + box.h


def _meets(edge: float, other: float) -> bool:
    return abs(edge - other) < MEET_WITHIN


def nested(parts: list[Bounds]) -> Iterator[tuple[Bounds, float]]:
    """Yield each part of a filled path; of two that make a border the outer one, with its thickness in points."""
    at = 0
    while at < len(parts):
        outer, thickness = parts[at], 0.0
        if parts[at + 1 : at + 2]:
            around = joined(parts[at : at + 2])
            gaps = max(abs(a - b) for each in parts[at : at + 2] for a, b in zip(each, around, strict=True))
            if around in parts[at : at + 2] and 0 < gaps * MM_PER_PT < THICKEST_FRAME:
                outer, thickness = around, gaps
        yield outer, thickness
        at += 2 if thickness else 1


def stroked(edges: Bounds, width: float, closed: bool) -> Bounds:
    """Widen by half the width of the line; across its direction alone where the line is straight and upright."""
    left, low, right, top = edges
    across = 0 if not closed and low == top else width / 2
    along = 0 if not closed and left == right else width / 2
    return left - across, low - along, right + across, top + along


def corner(points: Iterable[Point], edges: Bounds) -> float:
    """How far the round corners of a path reach: its first point on the upper edge is a control point of one."""
    left, _, _, top = edges
    return min((x - left for x, y in points if math.isclose(y, top, abs_tol=0.01)), default=0.0) / CONTROL


def bounds(points: Iterable[Point]) -> Bounds:
    """Draw a rectangle around points."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def joined(all_bounds: list[Bounds]) -> Bounds:
    """Draw one rectangle around all."""
    lefts, lows, rights, tops = zip(*all_bounds, strict=True)
    return min(lefts), min(lows), max(rights), max(tops)


def within(edges: Bounds, clip: Bounds) -> Bounds:
    """Cut a rectangle to another; where they do not meet, its left is not left of its right, or its top not above."""
    return max(edges[0], clip[0]), max(edges[1], clip[1]), min(edges[2], clip[2]), min(edges[3], clip[3])
