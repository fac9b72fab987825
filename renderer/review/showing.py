"""The content of a page → the texts that it shows, glyph by glyph, and the pictures that it places.

Read through its forms, patterns and soft masks, by what they draw and not by what their resources are called.
Clauses are of ISO 32000-1.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pikepdf

from renderer.review.fonts import Font
from renderer.review.samples import Picture, inline_picture, picture
from renderer.review.shown import Cluster, Line, Placed, Shown
from renderer.review.view import UPRIGHT, Matrix, as_matrix, times

MOST_LEVELS = 12
"""How deep forms may stand in one another."""
UNKNOWN_WIDTH = 500
"""Thousandths of an em that a glyph is taken for where only a reader's own font knows."""
_KEPT = {"fonts": 256, "forms": 256, "pictures": 4096}
"""How many of each are remembered: files share theirs among their pages."""

Kept = TypeVar("Kept")


class Reader:
    """Reads the pages of one file. What pages share is read once, as long as it is remembered."""

    def __init__(self) -> None:
        self._kept: dict[str, OrderedDict[object, Any]] = {kind: OrderedDict() for kind in _KEPT}

    def page(self, page: Any, view: Matrix) -> Shown:
        """Read a page of pikepdf, in the units to which a view of it leads."""
        reading = _Reading(self, page.resources, 0)
        reading.read(page.obj)
        return reading.shown.moved(view)

    def form(self, form: Any, resources: Any, level: int) -> Shown:
        """Read a form, a pattern or the group of a soft mask, in its own units."""

        def read() -> Shown:
            reading = _Reading(self, form.get("/Resources", resources), level + 1)
            reading.read(form)
            return reading.shown

        return Shown() if level >= MOST_LEVELS else self._once("forms", form, read)

    def font(self, font: Any) -> Font:
        """Read a font."""
        return self._once("fonts", font, lambda: Font(font))

    def picture(self, image: Any) -> Picture:
        """Read a picture."""
        return self._once("pictures", image, lambda: picture(image))

    def _once(self, kind: str, value: Any, read: Callable[[], Kept]) -> Kept:
        """Read an object that is not remembered, and forget the one that was asked for longest ago."""
        if not value.is_indirect:
            return read()
        kept = self._kept[kind]
        found: Kept = kept.pop(value.objgen) if value.objgen in kept else read()
        kept[value.objgen] = found
        if len(kept) > _KEPT[kind]:
            kept.popitem(last=False)
        return found


@dataclass(slots=True)
class _State:
    """The part of the graphics state that decides what is shown where (8.4, 9.3)."""

    matrix: Matrix = UPRIGHT
    font: Font | None = None
    size: float = 0.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0


@dataclass(slots=True)
class _Said:
    """A marked content whose text is said as a whole (14.9.4)."""

    text: str
    line: Line | None = None


class _Reading:
    """Goes through the operators of one content."""

    def __init__(self, reader: Reader, resources: Any, level: int) -> None:
        self._reader, self._resources, self._level = reader, resources, level
        self._state, self._stack = _State(), list[_State]()
        self._start = self._now = UPRIGHT
        self._marked: list[_Said | None] = []
        self._aside: set[tuple[object, Matrix]] = set()
        self.shown = Shown()

    def read(self, content: Any) -> None:
        """Read all of it."""
        for instruction in pikepdf.parse_content_stream(content):
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                inline = inline_picture(instruction.iimage, self._resources)
                self.shown.pictures.append(Placed(inline, self._state.matrix))
            else:
                self._take(str(instruction.operator), list(instruction.operands))

    def _take(self, operator: str, given: list[Any]) -> None:
        state = self._state
        match operator, given:
            case "q", _:
                self._stack.append(replace(state))
            case "Q", _ if self._stack:
                self._state = self._stack.pop()
            case "cm", _:
                state.matrix = times(as_matrix(given), state.matrix)
            case "Do", [name]:
                self._draw(self._resource("/XObject", name))
            case "gs", [name]:
                mask = (self._resource("/ExtGState", name) or {}).get("/SMask")
                if isinstance(mask, pikepdf.Dictionary):
                    self._draw_aside(mask["/G"], state.matrix)
            case (("scn" | "SCN"), [*_, pikepdf.Name() as name]):
                pattern = self._resource("/Pattern", name)
                if isinstance(pattern, pikepdf.Stream):
                    self._draw_aside(pattern, UPRIGHT)
            case (("BDC" | "BMC"), [*properties]):
                self._marked.append(self._said(properties[1:]))
            case "EMC", _ if self._marked:
                self._end_mark(self._marked.pop())
            case _:
                self._set_text(operator, given)

    def _set_text(self, operator: str, given: list[Any]) -> None:
        state = self._state
        match operator, given:
            case "BT", _:
                self._start = self._now = UPRIGHT
            case "Tf", [name, size]:
                font = self._resource("/Font", name)
                state.font, state.size = None if font is None else self._reader.font(font), float(size)
            case "Tm", _:
                self._start = self._now = as_matrix(given)
            case (("Td" | "TD"), [x, y]):
                state.leading = -float(y) if operator == "TD" else state.leading
                self._next_line(float(x), float(y))
            case "T*", _:
                self._next_line(0, -state.leading)
            case "TL", [leading]:
                state.leading = float(leading)
            case "Tc", [spacing]:
                state.spacing = float(spacing)
            case "Tw", [spacing]:
                state.word_spacing = float(spacing)
            case "Tz", [percent]:
                state.stretch = float(percent) / 100
            case "Ts", [rise]:
                state.rise = float(rise)
            case "Tj", [string]:
                self._show([string])
            case "TJ", [strings]:
                self._show(strings)
            case "'", [string]:
                self._next_line(0, -state.leading)
                self._show([string])
            case '"', [word_spacing, spacing, string]:
                state.word_spacing, state.spacing = float(word_spacing), float(spacing)
                self._next_line(0, -state.leading)
                self._show([string])

    def _next_line(self, x: float, y: float) -> None:
        self._start = self._now = times((1, 0, 0, 1, x, y), self._start)

    def _show(self, strings: Iterable[Any]) -> None:
        """Show strings and go over the gaps between them (9.4.3)."""
        state = self._state
        if state.font is None or not state.size:
            return
        clusters: list[Cluster] = []
        length = 0.0
        for string in strings:
            if not isinstance(string, pikepdf.String):
                length -= float(string) / 1000
                continue
            for code, glyph in state.font.glyphs(bytes(string)):
                gap = state.spacing + (state.word_spacing if code == b" " else 0)
                width = (UNKNOWN_WIDTH if glyph.width is None else glyph.width) / 1000
                clusters.append(Cluster(glyph.text, (glyph.outline,), (glyph.width,), length, width))
                length += width + gap / state.size
        em = (state.size * state.stretch, 0, 0, state.size, 0, state.rise)
        placed = times(times(em, self._now), state.matrix)
        self._add(Line(state.font, tuple(clusters), placed, length))
        self._now = times((1, 0, 0, 1, length * state.size * state.stretch, 0), self._now)

    def _add(self, line: Line) -> None:
        """Keep a line, or hold it until the text that is said for it ends."""
        said = next((said for said in self._marked if said), None)
        if said is None:
            self.shown.lines.append(line)
        elif said.line is None:
            said.line = line
        else:
            said.line = replace(said.line, clusters=said.line.clusters + line.clusters)

    def _said(self, properties: list[Any]) -> _Said | None:
        found = properties[0] if properties else None
        if isinstance(found, pikepdf.Name):
            found = self._resource("/Properties", found)
        text = found.get("/ActualText") if isinstance(found, pikepdf.Dictionary) else None
        return None if text is None else _Said(str(text))

    def _end_mark(self, said: _Said | None) -> None:
        if said and said.line:
            outlines = tuple(outline for cluster in said.line.clusters for outline in cluster.outlines)
            widths = tuple(width for cluster in said.line.clusters for width in cluster.widths)
            whole = Cluster(said.text, outlines, widths, 0.0, said.line.length)
            self._add(replace(said.line, clusters=(whole,)))

    def _draw(self, drawn: Any) -> None:
        """Draw a picture, or a form with its content (8.10)."""
        if not isinstance(drawn, pikepdf.Stream):
            return
        if str(drawn.get("/Subtype")) == "/Image":
            self.shown.pictures.append(Placed(self._reader.picture(drawn), self._state.matrix))
        else:
            matrix = times(as_matrix(drawn.get("/Matrix", UPRIGHT)), self._state.matrix)
            self.shown.add(self._reader.form(drawn, self._resources, self._level).moved(matrix))

    def _draw_aside(self, drawn: Any, matrix: Matrix) -> None:
        """Draw what fills or masks others, each once however often it is named."""
        key = drawn.objgen, matrix
        if key not in self._aside:
            self._aside.add(key)
            placed = times(as_matrix(drawn.get("/Matrix", UPRIGHT)), matrix)
            self.shown.add(self._reader.form(drawn, self._resources, self._level).moved(placed))

    def _resource(self, kind: str, name: Any) -> Any:
        return self._resources.get(kind, {}).get(str(name))
