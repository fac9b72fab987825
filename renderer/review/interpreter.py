"""The content of a page of any PDF → its rules, frames, areas, lines and pictures, and where its strings stand.

A picture of a page shows neither a tenth of a millimetre nor how many inks a black is made of; what draws it does.
Places are in mm, as a person sees the page. Clauses are of ISO 32000-1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pikepdf

from renderer.model.errors import Unreadable
from renderer.model.paper import MM_PER_PT
from renderer.proof.pixels import Box
from renderer.review.advances import Font
from renderer.review.layers import Layers
from renderer.review.paints import Paint, named_space
from renderer.review.shapes import (
    ON_EDGE,
    THICKEST_RULE,
    Bounds,
    Mark,
    Point,
    bounds,
    box_of,
    corner,
    is_boxy,
    is_rectangle,
    joined,
    meet,
    nested,
    stroked,
    with_frames,
    within,
)
from renderer.review.state import Given, Setting, State
from renderer.review.view import UPRIGHT, View, as_matrix, at, times, view

MOST_PARTS = 16
"""A path of more parts is a drawing, such as a code or a letter, and one thing."""
MOST_LEVELS = 12
"""How deep forms may stand in one another."""
HAIRLINE = 0.01
"""mm; what a line of width 0 is taken for, the thinnest that a device draws (8.4.3.2)."""
ASCENT, DESCENT = 0.88, -0.12
"""Of an em: how far letters reach from their line."""

_PATH, _SHOWING = ("re", "m", "l", "c", "v", "y", "h"), ("Tj", "TJ", "'", '"')
_PAINTING = {"f": "f", "F": "f", "f*": "f", "B": "fs", "B*": "fs", "b": "fs", "b*": "fs", "S": "s", "s": "s", "n": ""}
_FILLED_TEXT, _STROKED_TEXT = (0, 2, 4, 6), (1, 2, 5, 6)
"""Rendering modes (9.3.6); in the others a text has no ink."""


@dataclass(frozen=True, slots=True)
class Show:
    """One string that is shown."""

    start: Point
    """On its line, in mm."""
    box: Box
    """Over its letters, from ascent to descent."""
    paint: Paint | None
    """None without ink: invisible, clipped away, or on a layer that is off."""
    size: float
    """Of an em, in points as they are seen."""
    outline: float
    """How thick the lines around its letters are, in mm; 0 without."""
    font: str
    """Its name, without the letters of a subset."""
    font_object: tuple[int, int]
    """Number and generation of the font's dictionary; 0, 0 where it has none."""
    codes: bytes
    """As the file has them; which glyphs they are, the font says."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a page draws."""

    marks: tuple[Mark, ...]
    shows: tuple[Show, ...]


class Interpreter:
    """A PDF whose pages' contents can be read. Pages are counted from 0."""

    def __init__(self, pdf: Path) -> None:
        """Open a file.

        :raises Unreadable: when it is none, or needs a password.
        """
        self._name = pdf.name
        self._fonts: dict[tuple[int, int], Font] = {}
        try:
            self._pdf = pikepdf.open(pdf)
            self._layers = Layers(self._pdf)
        except _BROKEN as error:
            raise self._unreadable() from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pdf.close()

    def view(self, page: int, turn: int | None = None) -> View:
        """Say what is seen of a page, turned as it says or as asked.

        :raises Unreadable: when it cannot be read.
        """
        try:
            return view(self._pdf.pages[page], turn)
        except _BROKEN as error:
            raise self._unreadable() from error

    def page(self, page: int) -> Any:
        """Give a page of pikepdf."""
        return self._pdf.pages[page]

    def drawn(self, page: int, turn: int | None = None) -> Drawn:
        """Read what a page draws, turned as it says or as asked.

        :raises Unreadable: when its content cannot be read.
        """
        seen = self.view(page, turn)
        try:
            found = self._pdf.pages[page]
            setting = Setting(found.resources, self._fonts)
            reading = _Reading(setting, State(seen.matrix, (0, 0, *seen.size)), self._layers)
            reading.read(found)
        except _BROKEN as error:
            raise self._unreadable() from error
        return Drawn(tuple(with_frames(reading.marks)), tuple(reading.shows))

    def _unreadable(self) -> Unreadable:
        return Unreadable(f"{self._name} cannot be read as a PDF; make it again")


_BROKEN = (
    pikepdf.PdfError,
    pikepdf.PasswordError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
)
"""What a content that is none makes of reading it."""


class _Reading:
    """Goes through the operators of a page."""

    def __init__(self, setting: Setting, state: State, layers: Layers) -> None:
        self.marks: list[Mark] = []
        self.shows: list[Show] = []
        self._setting, self._state, self._layers = setting, state, layers
        self._hidden: list[bool] = []
        self._level = 0
        self._parts: list[list[Point]] = []
        self._clips = False

    def read(self, stream: Any) -> None:
        """Read a content, and the forms that it draws."""
        stack: list[State] = []
        for operation in pikepdf.parse_content_stream(stream):
            operator = str(operation.operator)
            given: Given = list(operation.operands)
            if operator == "q":
                stack.append(self._state.copy())
            elif operator == "Q":
                self._state = stack.pop() if stack else self._state
            elif operator in _PATH:
                self._parts += self._segments(operator, given)
            elif operator in ("W", "W*"):
                self._clips = True
            elif operator in _PAINTING:
                self._end_path(operator)
            elif operator in ("BDC", "BMC"):
                layer = self._setting.named("/Properties", given[1]) if given[0] == "/OC" else None
                self._hidden.append(self._layers.hides(layer))
            elif operator == "EMC":
                del self._hidden[-1:]
            elif operator in _SHOWING:
                self._show(operator, given)
            elif operator == "Do":
                self._draw(self._setting.named("/XObject", given[0]))
            elif operator == "sh":
                self._add(self._state.clip, "shading", self._state.filling, [])
            elif operator == "INLINE IMAGE":
                self._picture(given[0].obj)
            else:
                self._setting.take(operator, given, self._state)

    def _segments(self, operator: str, given: Given) -> Iterator[list[Point]]:
        """Add to the last part of the path, or yield a new one (8.5.2)."""
        numbers = list(map(float, given))
        if operator == "re":
            x, y, w, h = numbers
            yield [at(point, self._state.matrix) for point in _corners(x, y, x + w, y + h)]
        elif operator == "m":
            yield [at((numbers[0], numbers[1]), self._state.matrix)]
        elif self._parts and operator == "h":
            self._parts[-1].append(self._parts[-1][0])
        elif self._parts:
            # A curve stays within its control points.
            points = zip(numbers[::2], numbers[1::2], strict=True)
            self._parts[-1] += (at(point, self._state.matrix) for point in points)

    def _end_path(self, operator: str) -> None:
        if operator in ("s", "b", "b*") and self._parts:
            self._parts[-1].append(self._parts[-1][0])
        parts = [part for part in self._parts if len(part) > 1]
        how = _PAINTING[operator]
        if parts and how:
            self._paint(parts, how)
        if parts and self._clips:
            self._clip(parts)
        self._parts, self._clips = [], False

    def _clip(self, parts: list[list[Point]]) -> None:
        edges = joined(map(bounds, parts))
        self._state.clip = within(edges, self._state.clip)
        if len(parts) > 1 or not is_rectangle(parts[0], edges):
            self._state.cut = (*self._state.cut, *chain.from_iterable(parts))

    def _draw(self, drawn: Any) -> None:
        """Draw a picture, or a form with its content (8.10)."""
        if drawn is None or self._layers.hides(drawn.get("/OC")):
            return
        if drawn.get("/Subtype") == "/Image":
            self._picture(drawn)
        elif self._level < MOST_LEVELS:
            outer, setting, parts = self._state, self._setting, self._parts
            self._state, self._parts = outer.copy(), []
            self._state.matrix = times(as_matrix(drawn.get("/Matrix", UPRIGHT)), outer.matrix)
            left, low, right, top = map(float, drawn["/BBox"])
            self._clip([[at(point, self._state.matrix) for point in _corners(left, low, right, top)]])
            self._setting = Setting(drawn.get("/Resources", setting.resources), setting.fonts)
            self._level += 1
            self.read(drawn)
            self._level -= 1
            self._state, self._setting, self._parts = outer, setting, parts

    def _show(self, operator: str, given: Given) -> None:
        """Show a string, or strings with steps between them (9.4.3)."""
        state = self._state
        if operator == '"':
            state.word_spacing, state.spacing = float(given[0]), float(given[1])
        if operator in "'\"":
            state.next_line(0, -state.leading)
        font = state.font
        if font is None or not state.size:
            return
        start, codes = state.place, b""
        for part in given[-1] if operator == "TJ" else given[-1:]:
            if isinstance(part, pikepdf.String):
                letters = bytes(part)
                codes += letters
                state.advance(font.advance(letters, state.spacing / state.size, state.word_spacing / state.size))
            else:
                state.advance(-float(part) / 1000)
        self.shows.append(self._shown(font, times(start, state.matrix), times(state.place, state.matrix), codes))

    def _shown(self, font: Font, start: Any, end: Any, codes: bytes) -> Show:
        state = self._state
        low, high = (state.size * part + state.rise for part in (DESCENT, ASCENT))
        across = state.size / 2
        reach = ((-across, 0.0), (across, 0.0)) if font.vertical else ((0.0, low), (0.0, high))
        edges = bounds(at(point, matrix) for matrix in (start, end) for point in reach)
        left, top, right, bottom = within(edges, state.clip)
        filled, outlined = state.mode in _FILLED_TEXT, state.mode in _STROKED_TEXT
        paint = state.filling if filled else state.stroking if outlined else None
        a, b, c, d, _, _ = start
        em = state.size * abs(a * d - b * c) ** 0.5
        return Show(
            start=at((0, state.rise), start),
            box=box_of(edges),
            paint=paint if left <= right and top <= bottom and not any(self._hidden) else None,
            size=em / MM_PER_PT,
            outline=state.width * state.scale if outlined else 0.0,
            font=font.name,
            font_object=font.object,
            codes=codes,
        )

    def _picture(self, image: Any) -> None:
        stencil = bool(image.get("/ImageMask", image.get("/IM", False)))
        space = named_space(image.get("/ColorSpace", image.get("/CS", "/None")), self._setting.resources)
        paint = self._state.filling if stencil else replace(self._state.filling, space=space, parts=())
        # Which of its corners is where tells one that is turned or mirrored.
        points = [at(point, self._state.matrix) for point in ((0, 1), (1, 1), (1, 0), (0, 0))]
        left, top, right, bottom = edges = bounds(points)
        upright = math.dist(points[0], (left, top)) < ON_EDGE and math.dist(points[2], (right, bottom)) < ON_EDGE
        self._add(edges, "picture", replace(paint, masked=paint.masked or "/SMask" in image), [] if upright else points)

    def _paint(self, parts: list[list[Point]], how: str) -> None:
        """Keep what the parts of a path are, each for itself, unless they are too many."""
        if len(parts) > MOST_PARTS:
            paint = self._state.filling if "f" in how else self._state.stroking
            points = list(chain.from_iterable(parts))
            self._add(bounds(points), "drawing", paint, points)
            return
        if "f" in how:
            for outline, edges, thickness in nested(parts):
                kind, reach = ("frame", corner(outline, edges)) if thickness else ("area", 0.0)
                self._add(edges, kind, self._state.filling, outline, thickness=thickness, corner=reach)
        if "s" in how:
            for part in parts:
                self._stroke(part)

    def _stroke(self, points: list[Point]) -> None:
        state = self._state
        edges, many = bounds(points), len(points) > 2
        width = max(state.width * state.scale, HAIRLINE)
        dash = (*(length * state.scale for length in state.dash), state.cap) if state.dash else ()
        looks = {"thickness": width, "dash": dash, "join": state.join if many else 0}
        widened = stroked(edges, width, many or state.cap > 0)
        if not many and min(edges[2] - edges[0], edges[3] - edges[1]) < ON_EDGE:
            self._add(widened, "area", state.stroking, [], **looks)
        elif is_boxy(points, edges):
            outline = [] if is_rectangle(points, edges) else points
            self._add(widened, "frame", state.stroking, outline, corner=corner(points, edges), **looks)
        else:
            self._add(widened, "line", state.stroking, points, **looks)

    def _add(self, edges: Bounds, kind: str, paint: Paint, outline: Sequence[Point], **looks: Any) -> None:
        """Keep a thing so far as it is not clipped away; of a thing that is long and thin, make a rule."""
        box = box_of(within(edges, self._state.clip))
        if any(self._hidden) or box.w <= 0 or box.h <= 0 or (paint.blank and not self._covers(box)):
            return
        if kind in ("frame", "area"):
            thin, long = sorted((box.w, box.h))
            if thin <= THICKEST_RULE < long:
                kind, looks["thickness"] = "rule", thin
            elif kind == "area":
                looks["thickness"] = 0.0
        points, cut = (tuple((x - box.x, y - box.y) for x, y in path) for path in (outline, self._state.cut))
        self.marks.append(Mark(kind, box, paint=paint, outline=points, clip=cut, **looks))

    def _covers(self, box: Box) -> bool:
        """Whether anything is drawn yet where white would hide it: on white paper it is nothing."""
        return any(meet(box, thing.box) for things in (self.marks, self.shows) for thing in things)


def _corners(left: float, low: float, right: float, top: float) -> tuple[Point, ...]:
    return (left, low), (right, low), (right, top), (left, top), (left, low)
