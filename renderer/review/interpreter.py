"""The content of a page of any PDF → its rules, frames, areas, lines and pictures, and where its strings stand.

A picture of a page shows neither a tenth of a millimetre nor how many inks a black is made of; what draws it does.
Places are in mm, as a person sees the page. Clauses are of ISO 32000-1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pikepdf

from renderer.model.errors import Unreadable
from renderer.review.advances import Font
from renderer.review.canvas import Canvas, Show
from renderer.review.layers import Layers
from renderer.review.shapes import (
    Mark,
    Point,
    bounds,
    is_rectangle,
    joined,
    with_frames,
    within,
)
from renderer.review.state import Given, Setting, State
from renderer.review.view import UPRIGHT, View, as_matrix, at, times, view

MOST_LEVELS = 12
"""How deep forms may stand in one another."""
_PATH, _SHOWING = ("re", "m", "l", "c", "v", "y", "h"), ("Tj", "TJ", "'", '"')
_PAINTING = {"f": "f", "F": "f", "f*": "f", "B": "fs", "B*": "fs", "b": "fs", "b*": "fs", "S": "s", "s": "s", "n": ""}


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
        return Drawn(tuple(with_frames(reading.canvas.marks)), tuple(reading.canvas.shows))

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
        self.canvas = Canvas()
        self._setting, self._state, self._layers = setting, state, layers
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
                self.canvas.hidden.append(self._layers.hides(layer))
            elif operator == "EMC":
                del self.canvas.hidden[-1:]
            elif operator in _SHOWING:
                self._show(operator, given)
            elif operator == "Do":
                self._draw(self._setting.named("/XObject", given[0]))
            elif operator == "sh":
                self.canvas.shade(self._state)
            elif operator == "INLINE IMAGE":
                self.canvas.picture(self._state, given[0].obj, self._setting.resources)
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
            self.canvas.paint(self._state, parts, how)
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
            self.canvas.picture(self._state, drawn, self._setting.resources)
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
        self.canvas.show(state, font, start, codes)


def _corners(left: float, low: float, right: float, top: float) -> tuple[Point, ...]:
    return (left, low), (right, low), (right, top), (left, top), (left, low)
