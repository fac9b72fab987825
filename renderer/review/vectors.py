"""The content of a page of any PDF → its rules, frames, areas and pictures in mm, and the inks of them and its texts.

A picture of a page shows neither a tenth of a millimetre nor how many inks a black is made of; what draws it does.
Clauses are of ISO 32000-1.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pypdf
from pypdf.errors import PyPdfError
from pypdf.generic import ContentStream, DictionaryObject, NameObject, StreamObject

from renderer.model.errors import BadBatch
from renderer.model.paper import MM_PER_PT
from renderer.proof.pixels import Box
from renderer.review.shapes import (
    BLACK,
    THICKEST_RULE,
    Bounds,
    Mark,
    Paint,
    Point,
    Show,
    bounds,
    corner,
    joined,
    nested,
    stroked,
    with_frames,
    within,
)

Matrix = tuple[float, ...]
"""Six numbers (8.3.3)."""
MOST_PARTS = 16
"""A path of more parts is a drawing, such as a code or a letter, and one thing."""
MOST_LEVELS = 12
"""How deep forms may stand in one another."""

_UPRIGHT: Matrix = (1, 0, 0, 1, 0, 0)
_SPACES = {"/DeviceGray": "grey", "/CalGray": "grey", "/DeviceRGB": "rgb", "/CalRGB": "rgb", "/DeviceCMYK": "cmyk"}
_BY_COMPONENTS = {1: "grey", 3: "rgb", 4: "cmyk"}
_COLOUR = {"g": "grey", "rg": "rgb", "k": "cmyk"}
_PAINTING = {"f": "f", "F": "f", "f*": "f", "B": "fs", "B*": "fs", "b": "fs", "b*": "fs", "S": "s", "s": "s"}
_FILLED_TEXT, _STROKED_TEXT = (0, 2, 4, 6), (1, 5)
"""Rendering modes (9.3.6); in the others a text has no ink."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a page draws."""

    marks: tuple[Mark, ...]
    shows: tuple[Show, ...]


@dataclass(slots=True)
class _State:
    """The part of the graphics state that matters here (8.4)."""

    matrix: Matrix
    clip: Bounds
    fill: Paint = BLACK
    stroke: Paint = BLACK
    fill_space: str = "grey"
    stroke_space: str = "grey"
    width: float = 1.0
    mode: int = 0

    def take(self, operator: str, given: Any, resources: Any) -> None:
        """Take what an operator sets; one that sets nothing here changes nothing."""
        match operator, given:
            case "cm", _:
                self.matrix = _times(_numbers(given), self.matrix)
            case "w", [width]:
                self.width = float(width)
            case "Tr", [mode]:
                self.mode = int(mode)
            case (("g" | "rg" | "k"), _):
                self.fill_space = _COLOUR[operator]
                self.fill = _paint(self.fill_space, given)
            case (("G" | "RG" | "K"), _):
                self.stroke_space = _COLOUR[operator.lower()]
                self.stroke = _paint(self.stroke_space, given)
            case "cs", [name]:
                self.fill_space = _space(name, resources)
                self.fill = _paint(self.fill_space, ())
            case "CS", [name]:
                self.stroke_space = _space(name, resources)
                self.stroke = _paint(self.stroke_space, ())
            case (("sc" | "scn"), _):
                self.fill = _paint(self.fill_space, given)
            case (("SC" | "SCN"), _):
                self.stroke = _paint(self.stroke_space, given)


class Vectors:
    """A PDF whose pages' contents can be read. Pages are counted from 0."""

    def __init__(self, pdf: Path) -> None:
        """Open a file.

        :raises BadBatch: when it is none.
        """
        self._name = pdf.name
        try:
            self._reader = pypdf.PdfReader(pdf)
        except (PyPdfError, ValueError) as error:
            raise self._unreadable() from error

    def drawn(self, page: int) -> Drawn:
        """Read what a page draws.

        :raises BadBatch: when its content cannot be read.
        """
        try:
            found = self._reader.pages[page]
            box, content = found.cropbox, found.get_contents()
            paper = float(box.left), float(box.bottom), float(box.right), float(box.top)
            reading = _Reading(paper[0], paper[3])
            if content is not None:
                reading.read(content, found.get("/Resources"), _State(_UPRIGHT, paper), 0)
        except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            raise self._unreadable() from error
        return Drawn(tuple(with_frames(reading.marks)), tuple(reading.shows))

    def _unreadable(self) -> BadBatch:
        return BadBatch(f"{self._name} cannot be read as a PDF; make it again")


@dataclass(slots=True)
class _Reading:
    """Goes through the operators of a page."""

    left: float
    top: float
    """Of the page: what it draws is told from there."""
    marks: list[Mark] = field(default_factory=list)
    shows: list[Show] = field(default_factory=list)

    def read(self, stream: Any, resources: Any, state: _State, level: int) -> None:
        """Read a content, and the forms that it draws."""
        content = ContentStream(stream, None)
        known = _dictionary(resources)
        stack: list[_State] = []
        parts: list[list[Point]] = []
        clips, line, leading = False, _UPRIGHT, 0.0
        for given, named in content.operations:
            operator = named.decode("latin-1")
            match operator, given:
                case "q", _:
                    stack.append(replace(state))
                case "Q", _ if stack:
                    state = stack.pop()
                case "re", [x, y, w, h]:
                    left, low, right, top = float(x), float(y), float(x) + float(w), float(y) + float(h)
                    parts.append([(left, low), (right, low), (right, top), (left, top), (left, low)])
                case "m", [x, y]:
                    parts.append([(float(x), float(y))])
                case (("l" | "c" | "v" | "y"), _) if parts:
                    # A curve stays within its control points.
                    parts[-1] += zip(map(float, given[::2]), map(float, given[1::2]), strict=True)
                case (("W" | "W*"), _):
                    clips = True
                case "h", _ if parts:
                    parts[-1].append(parts[-1][0])
                case _ if operator in _PAINTING or operator == "n":
                    placed = [[_at(point, state.matrix) for point in part] for part in parts]
                    self._paint(placed, _PAINTING.get(operator, ""), state)
                    if clips and parts:
                        state.clip = within(bounds(itertools.chain.from_iterable(placed)), state.clip)
                    parts, clips = [], False
                case "BT", _:
                    line = _UPRIGHT
                case "Tm", _:
                    line = _numbers(given)
                case "TL", [length]:
                    leading = float(length)
                case (("Td" | "TD"), [x, y]):
                    line = _times((1, 0, 0, 1, float(x), float(y)), line)
                    leading = -float(y) if operator == "TD" else leading
                case "T*", _:
                    line = _times((1, 0, 0, 1, 0, -leading), line)
                case (("Tj" | "TJ" | "'" | '"'), _):
                    if operator in "'\"":
                        line = _times((1, 0, 0, 1, 0, -leading), line)
                    self._show(_at((0, 0), _times(line, state.matrix)), state)
                case "Do", [name]:
                    self._draw(_dictionary(known.get("/XObject")).get(name), known, state, level)
                case "INLINE IMAGE", _:
                    self._picture(state)
                case _:
                    state.take(operator, given, known)

    def _draw(self, named: Any, resources: Any, state: _State, level: int) -> None:
        """Draw a picture, or a form with its content (8.10)."""
        drawn = named.get_object() if named is not None else None
        if not isinstance(drawn, StreamObject):
            return
        if drawn.get("/Subtype") == "/Image":
            self._picture(state)
        elif level < MOST_LEVELS:
            matrix = _times(_numbers(drawn.get("/Matrix", _UPRIGHT)), state.matrix)
            box: Any = drawn["/BBox"]
            left, low, right, top = _numbers(box)
            corners = [_at(corner, matrix) for corner in ((left, low), (right, low), (right, top), (left, top))]
            inner = replace(state, matrix=matrix, clip=within(bounds(corners), state.clip))
            self.read(drawn, drawn.get("/Resources", resources), inner, level + 1)

    def _show(self, start: tuple[float, float], state: _State) -> None:
        paint = state.fill if state.mode in _FILLED_TEXT else state.stroke if state.mode in _STROKED_TEXT else None
        self.shows.append(((start[0] - self.left) * MM_PER_PT, (self.top - start[1]) * MM_PER_PT, paint))

    def _picture(self, state: _State) -> None:
        corners = [_at(corner, state.matrix) for corner in ((0, 0), (1, 0), (1, 1), (0, 1))]
        self._add(bounds(corners), state, "picture")

    def _paint(self, parts: list[list[Point]], how: str, state: _State) -> None:
        """Keep what the parts of a path are, each for itself, unless they are too many."""
        parts = [part for part in parts if len(part) > 1]
        edges = [bounds(part) for part in parts]
        if len(parts) > MOST_PARTS:
            self._add(joined(edges), state, "drawing", state.fill if "f" in how else state.stroke)
            return
        if "f" in how and not state.fill.blank:
            points = [point for part in parts for point in part]
            for outer, thickness in nested(edges):
                self._add(outer, state, "frame" if thickness else "area", state.fill, thickness, corner(points, outer))
        if "s" in how and not state.stroke.blank:
            width = state.width * math.sqrt(abs(state.matrix[0] * state.matrix[3] - state.matrix[1] * state.matrix[2]))
            for part, around in zip(parts, edges, strict=True):
                closed = len(part) > 2
                kind, reach = ("frame", corner(part, around)) if closed else ("area", 0.0)
                self._add(stroked(around, width, closed), state, kind, state.stroke, width, reach)

    def _add(
        self,
        edges: Bounds,
        state: _State,
        kind: str,
        paint: Paint | None = None,
        thickness: float = 0.0,
        reach: float = 0.0,
    ) -> None:
        """Keep a thing so far as it is not clipped away; of a thing that is long and thin, make a rule."""
        left, low, right, top = within(edges, state.clip)
        if left >= right or low >= top:
            return
        lengths = left - self.left, self.top - top, right - left, top - low, thickness, reach
        x, y, w, h, thick, round_by = (length * MM_PER_PT for length in lengths)
        if kind in ("frame", "area"):
            if min(w, h) <= THICKEST_RULE < max(w, h):
                kind, thick = "rule", min(w, h)
            elif kind == "area":
                thick = 0.0
        self.marks.append(Mark(kind, Box(x, y, w, h), thick, paint, round_by))


def _numbers(given: Iterable[Any]) -> tuple[float, ...]:
    return tuple(map(float, given))


def _times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    k, m, n, o, p, q = other
    return a * k + b * n, a * m + b * o, c * k + d * n, c * m + d * o, e * k + f * n + p, e * m + f * o + q


def _at(point: Point, matrix: Matrix) -> Point:
    (x, y), (a, b, c, d, e, f) = point, matrix
    return a * x + c * y + e, b * x + d * y + f


def _dictionary(value: Any) -> Mapping[str, Any]:
    """Follow a reference to a dictionary; an empty one where there is none."""
    found = value.get_object() if value is not None else None
    return found if isinstance(found, DictionaryObject) else {}


def _space(name: NameObject, resources: Mapping[str, Any]) -> str:
    """Name a colour space by its inks (8.6)."""
    value: Any = _dictionary(resources.get("/ColorSpace")).get(name, name).get_object()
    family, *more = value if isinstance(value, list) else [value]
    if family == "/ICCBased":
        return _BY_COMPONENTS[more[0].get_object()["/N"]]
    if family in ("/Separation", "/DeviceN"):
        spot = more[0].get_object()
        return ", ".join(name.lstrip("/") for name in (spot if isinstance(spot, list) else [spot]))
    return _SPACES.get(family) or str(family).lstrip("/")


def _paint(space: str, given: Iterable[Any]) -> Paint:
    """Make a paint of the operands; three equal parts of RGB are one grey, as every printer takes them."""
    parts = tuple(float(part) for part in given if isinstance(part, int | float))
    if not parts:
        parts = {"grey": (0.0,), "rgb": (0.0, 0.0, 0.0), "cmyk": (0.0, 0.0, 0.0, 1.0)}.get(space, ())
    if space == "rgb" and len(set(parts)) == 1:
        return Paint("grey", parts[:1])
    return Paint(space, parts)
