"""The content of a page of any PDF → its rules, frames, areas, lines and pictures, and where its strings stand.

A picture of a page shows neither a tenth of a millimetre nor how many inks a black is made of; what draws it does.
Places are in mm, as a person sees the page. Clauses are of ISO 32000-1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf

from renderer.review.canvas import Canvas, Drawn
from renderer.review.fonts import BLANK
from renderer.review.kept import Kept
from renderer.review.layers import Layers
from renderer.review.opened import refusing
from renderer.review.paints import grouped
from renderer.review.samples import inline_picture, picture
from renderer.review.shapes import Point, bounds, is_rectangle, joined, within
from renderer.review.state import Given, Setting, State
from renderer.review.view import UPRIGHT, Matrix, View, as_matrix, at, times, view

MOST_LEVELS = 12
"""How deep forms may stand in one another."""
_PAINTING = {"f": "f", "F": "f", "f*": "f", "B": "fs", "B*": "fs", "b": "fs", "b*": "fs", "S": "s", "s": "s", "n": ""}


class Interpreter:
    """An open PDF whose pages' contents can be read. Pages are counted from 0."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        """Look at its pages and layers.

        :raises Unreadable: when they are broken.
        """
        self._name = Path(pdf.filename).name
        self._kept = Kept()
        with refusing(self._name):
            self._pages: list[Any] = list(pdf.pages)  # to look one up goes through all
            self._layers = Layers(pdf)

    def view(self, page: int, turn: int | None = None) -> View:
        """Say what is seen of a page, turned as it says or as asked.

        :raises Unreadable: when it cannot be read.
        """
        with refusing(self._name):
            return view(self.page(page), turn)

    def page(self, page: int) -> Any:
        """Give a page of pikepdf."""
        return self._pages[page]

    def drawn(self, page: int, turn: int | None = None) -> Drawn:
        """Read what a page draws, turned as it says or as asked.

        :raises Unreadable: when its content cannot be read.
        """
        seen = self.view(page, turn)
        with refusing(self._name):
            found = self.page(page)
            state, setting = State(seen.matrix, (0, 0, *seen.size)), Setting(found.resources, self._kept)
            for operator in ("g", "G"):  # it begins in black, as the page means it
                setting.take(operator, (0,), state)
            return _Reading(setting, state, self._layers).read(found).drawn()


class _Marked(NamedTuple):
    """Marked content that is open."""

    first: int
    """The number of things that were drawn before."""
    hidden: bool
    """Whether what is around it is."""
    text: str | None
    """What it says instead of what it shows (14.9.4)."""


class _Reading:
    """Goes through the operators of a content."""

    def __init__(self, setting: Setting, state: State, layers: Layers, level: int = 0, hidden: bool = False) -> None:
        self._canvas = Canvas(hidden)
        self._setting, self._state, self._layers, self._level = setting, state, layers, level
        self._base = state.matrix
        self._saved: list[State] = []
        self._marked: list[_Marked] = []
        self._aside: set[tuple[object, Matrix]] = set()
        self._parts: list[list[Point]] = []
        self._clips = False

    def read(self, stream: Any) -> Canvas:
        """Read it, and the forms that it draws."""
        for operation in pikepdf.parse_content_stream(stream):
            operator = str(operation.operator)
            given: Given = list(operation.operands)
            if drawing := _DRAWING.get(operator):
                drawing(self, operator, given)
            else:
                self._setting.take(operator, given, self._state)
        return self._canvas

    def _save(self, operator: str, given: Given) -> None:
        self._saved.append(self._state.copy())

    def _restore(self, operator: str, given: Given) -> None:
        self._state = self._saved.pop() if self._saved else self._state

    def _add_path(self, operator: str, given: Given) -> None:
        self._parts += self._segments(operator, given)

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

    def _cut(self, operator: str, given: Given) -> None:
        self._clips = True

    def _end_path(self, operator: str, given: Given) -> None:
        if operator in ("s", "b", "b*") and self._parts:
            self._parts[-1].append(self._parts[-1][0])
        parts = [part for part in self._parts if len(part) > 1]
        how = _PAINTING[operator]
        if parts and how:
            self._canvas.paint(self._state, parts, how)
        if parts and self._clips:
            self.clip(parts)
        self._parts, self._clips = [], False

    def clip(self, parts: list[list[Point]]) -> None:
        """Leave what is drawn from now on only within a path (8.5.4)."""
        edges = joined(map(bounds, parts))
        self._state.clip = within(edges, self._state.clip)
        if len(parts) > 1 or not is_rectangle(parts[0], edges):
            self._state.cut = (*self._state.cut, *chain.from_iterable(parts))

    def _draw(self, operator: str, given: Given) -> None:
        """Draw a picture, or a form with its content (8.10)."""
        drawn = self._setting.named("/XObject", given[0])
        if drawn is None or self._layers.hides(drawn.get("/OC")):
            return
        if drawn.get("/Subtype") == "/Image":
            read = partial(self._setting.kept.once, "pictures", drawn, partial(picture, drawn))
            self._canvas.picture(self._state, drawn, self._setting, read)
        else:
            self._canvas.add(self._content(drawn, self._state.matrix))

    def _draw_inline(self, operator: str, given: Given) -> None:
        image, setting = given[0], self._setting
        self._canvas.picture(self._state, image.obj, setting, partial(inline_picture, image, setting.resources))

    def _shade(self, operator: str, given: Given) -> None:
        self._canvas.shade(self._state)

    def _set_graphics(self, operator: str, given: Given) -> None:
        """Take a graphics state, and draw what masks others (11.6.5.2)."""
        found = self._setting.named("/ExtGState", given[0]) or {}
        self._setting.graphics(found, self._state)
        mask = found.get("/SMask")
        self._draw_aside(mask.get("/G") if isinstance(mask, pikepdf.Dictionary) else None, self._state.matrix)

    def _set_pattern(self, operator: str, given: Given) -> None:
        """Take a colour, and draw what fills others (8.7.3)."""
        self._setting.take(operator, given, self._state)
        if given and isinstance(given[-1], pikepdf.Name):
            self._draw_aside(self._setting.named("/Pattern", given[-1]), self._base)

    def _draw_aside(self, drawn: Any, matrix: Matrix) -> None:
        """Draw what fills or masks others, each once however often it is named."""
        if isinstance(drawn, pikepdf.Stream) and (drawn.objgen, matrix) not in self._aside:
            self._aside.add((drawn.objgen, matrix))
            self._canvas.add_aside(self._content(drawn, matrix))

    def _content(self, drawn: Any, matrix: Matrix) -> Canvas:
        """Read a form, a pattern or the group of a soft mask; one that draws the same again, as on each page, once."""
        hidden, setting = self._canvas.hidden, self._setting
        state = self._state.copy()
        state.matrix = times(as_matrix(drawn.get("/Matrix", UPRIGHT)), matrix)
        state.line = state.place = UPRIGHT
        if "/Group" in drawn:
            state.group = grouped(drawn["/Group"], setting.resources)

        def read() -> Canvas:
            own = Setting(drawn.get("/Resources", setting.resources), setting.kept)
            reading = _Reading(own, state, self._layers, self._level + 1, hidden)
            if "/BBox" in drawn:
                left, low, right, top = map(float, drawn["/BBox"])
                reading.clip([[at(point, state.matrix) for point in _corners(left, low, right, top)]])
            return reading.read(drawn)

        if self._level >= MOST_LEVELS:
            return Canvas(hidden)
        if "/Resources" not in drawn:
            return read()
        return setting.kept.once("forms", drawn, read, state.key(), hidden)

    def _mark(self, operator: str, given: Given) -> None:
        """Begin a marked content, which may be on a layer or say a text (8.11.3.2, 14.9.4)."""
        properties = given[1] if len(given) > 1 else None
        if isinstance(properties, pikepdf.Name):
            properties = self._setting.named("/Properties", properties)
        text = properties.get("/ActualText") if isinstance(properties, pikepdf.Dictionary) else None
        canvas = self._canvas
        self._marked.append(_Marked(len(canvas.things), canvas.hidden, None if text is None else str(text)))
        canvas.hidden = canvas.hidden or (given[0] == "/OC" and self._layers.hides(properties))

    def _end_mark(self, operator: str, given: Given) -> None:
        if self._marked:
            marked = self._marked.pop()
            self._canvas.hidden = marked.hidden
            if marked.text is not None:
                self._canvas.say(marked.first, marked.text)

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
        start, length = state.place, 0.0
        letters: list[tuple[bytes, float]] = []
        spacing, word_spacing = state.spacing / state.size, state.word_spacing / state.size
        for part in given[-1] if operator == "TJ" else given[-1:]:
            if isinstance(part, pikepdf.String):
                for code in font.codes(bytes(part)):
                    letters.append((code, length))
                    length += font.advance(code) + spacing + (word_spacing if code == BLANK else 0)
            else:
                length -= float(part) / 1000
        state.advance(length)
        self._canvas.show(state, font, start, letters, length)


def _corners(left: float, low: float, right: float, top: float) -> tuple[Point, ...]:
    return (left, low), (right, low), (right, top), (left, top), (left, low)


_DRAWING: dict[str, Callable[[_Reading, str, Given], None]] = {
    "q": _Reading._save,
    "Q": _Reading._restore,
    **dict.fromkeys(("re", "m", "l", "c", "v", "y", "h"), _Reading._add_path),
    **dict.fromkeys(("W", "W*"), _Reading._cut),
    **dict.fromkeys(_PAINTING, _Reading._end_path),
    **dict.fromkeys(("Tj", "TJ", "'", '"'), _Reading._show),
    **dict.fromkeys(("BDC", "BMC"), _Reading._mark),
    "EMC": _Reading._end_mark,
    "Do": _Reading._draw,
    "INLINE IMAGE": _Reading._draw_inline,
    "sh": _Reading._shade,
    "gs": _Reading._set_graphics,
    **dict.fromkeys(("scn", "SCN"), _Reading._set_pattern),
}
