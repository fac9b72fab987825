"""A place of a plate, in one print file → where a string or a code may stand there, and in which font."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from renderer.model.paper import PX_PER_PT
from renderer.press import fonts
from renderer.press.fitting import UNITS, Fit, Valign
from renderer.press.plates import Place
from renderer.proof.content import Frame, Start, is_user_defined
from renderer.proof.drawing import Drawing
from renderer.proof.readback import ReadBack

SLACK = 0.01
"""CSS px (3 µm): a font size is held in 1/1024 px, an advance in 1/1000 em, a coordinate in six decimals."""


class Row:
    """One line of a value in its place."""

    __slots__ = ("baseline", "spot")

    def __init__(self, spot: Spot, baseline: float) -> None:
        self.spot, self.baseline = spot, baseline

    def has(self, start: Start) -> bool:
        """Whether a string stands on its baseline."""
        return is_within(start.y, (self.baseline, self.baseline))

    def begins(self, start: Start) -> bool:
        """Whether a string that stands on it begins at the left edge of its box, and must, however wide it is."""
        return self.has(start) and self.spot.is_left_edge(start)


class Spot:
    """A place in one file, and the room behind each start that was found to stand in it."""

    def __init__(self, place: Place, file: ReadBack, named: Mapping[str, Drawing]) -> None:
        self.place = place
        self.slot = place.slot
        self._rooms: dict[Start, float] = {}
        self._frames: set[tuple[Frame, tuple[float, float]]] = set()
        families = place.families if place.kind == "text" else ()
        self._chain = [named[fonts.face(family, place.bold).name] for family in families]
        drawings = {resource: named[font.name] for resource, font in file.fonts.items() if font.name in named}
        self._fonts = {name: font for name, font in drawings.items() if font in self._chain or _is_insurers(font)}
        self._printed: set[tuple[str, str]] = set()
        self.sure = next((name for name, font in self._fonts.items() if font in self._chain[:1]), "")
        """The first of its fonts: what that prints, no other does. "" where a user-defined character is in it."""
        if self.sure and file.fonts[self.sure].has_user_defined:
            self.sure = ""
        self._rows: dict[int, tuple[Row, ...]] = {}
        (self.alone,) = self.rows(1)
        """A value of one line."""
        size = place.size / UNITS
        shrinks, narrows = place.rule.kind in (Fit.SHRINK, Fit.WRAP), place.rule.kind is Fit.CONDENSE
        self._sizes = (min(place.rule.floor * PX_PER_PT, size) if shrinks else size, size)
        self._condense = (place.rule.floor / 100 if narrows else 1.0, 1.0)

    def rows(self, count: int) -> tuple[Row, ...]:
        """Return where the lines of a value of so many stand: on the first of its place, or on its last."""
        if count not in self._rows:
            place = self.place
            lines = range(place.rule.lines)
            free = lines[-count:] if place.rule.valign is Valign.BOTTOM else lines[:count]
            self._rows[count] = tuple(Row(self, place.baseline + n * place.line_height) for n in free)
        return self._rows[count]

    def rows_of(self, value: str, said: Sequence[str]) -> Sequence[Row]:
        """Return where each line that says something stands, in turn; fewer where they are not lines of the value.

        A line that the value leaves empty is passed over, and none goes on over the end of a line that the value has.
        """
        if self.place.rule.lines == 1:
            return self.rows(1)
        found, lines, count = [], list(map(inked, said)), 0
        for paragraph in map(inked, value.split("\n")):
            count += not paragraph
            while paragraph and lines and paragraph.startswith(lines[0]):
                paragraph = paragraph[len(lines.pop(0)) :]
                found.append(count)
                count += 1
        rows = self.rows(count)
        return [rows[n] for n in found if n < len(rows)]

    def room(self, start: Start) -> float:
        """Return how many em of its font a string has from its start to the end of the box; -1: it must not stand."""
        found = self._rooms.get(start)
        if found is None:
            found = self._rooms[start] = self._room(start) if self._is_allowed(start) else -1.0
        return found

    def prints(self, font: str, cluster: str) -> bool:
        """Whether it is this font that prints a cluster here: the first of the chain that has it.

        A user-defined character is printed by the insurer's own font alone, and that prints nothing else.
        """
        key = (font, cluster)
        if key not in self._printed:
            drawing = self._fonts[font]
            if is_user_defined(cluster) or _is_insurers(drawing):
                right = is_user_defined(cluster) and _is_insurers(drawing)
            else:
                right = drawing is next((found for found in self._chain if found.prints(cluster)), None)
            if not right:
                return False
            self._printed.add(key)
        return True

    def left(self, width: float, start: Start) -> float:
        """Return where a line of a width (px) must begin; a condensed one fills its box from the left."""
        free = self.place.width - width
        if self.place.align == "left" or start.condense < 1 or free <= 0:
            return self.place.x
        return self.place.x + (free if self.place.align == "right" else free / 2)

    def is_left_edge(self, start: Start) -> bool:
        """Whether a line begins at the left edge of its box, and must, however wide it is."""
        must = (self.place.align == "left" or start.condense < 1) and not self.place.letter_spacing
        return must and abs(start.x - self.place.x) <= SLACK

    def _is_allowed(self, start: Start) -> bool:
        place = self.place
        return (
            start.color == place.color
            and start.font in self._fonts
            and is_within(start.size, self._sizes)
            and is_within(start.condense, self._condense)
            and any(row.has(start) for row in self.rows(place.rule.lines))
            and is_within(start.x, (place.x, place.x + place.width))
            and (start.adjustments is None or self._is_spaced(start.adjustments, start.size))
        )

    def _is_spaced(self, adjustments: Sequence[float], size: float) -> bool:
        most = abs(self.place.letter_spacing) / size * UNITS + 2  # WeasyPrint writes 1/1024 em
        return self.place.letter_spacing != 0 and max(map(abs, adjustments), default=0) <= most

    def _room(self, start: Start) -> float:
        to_the_left = sum(start.adjustments or ()) / 1000
        end = self.place.x + self.place.width + SLACK
        return (end - start.x) / (start.size * start.condense) + to_the_left

    def holds(self, frame: Frame, shape: tuple[float, float]) -> bool:
        """Whether a code of this width and height is as large as its box allows, in the middle of it, and black."""
        key = (frame, shape)
        if key not in self._frames:
            place = self.place
            left, top = (place.width - shape[0] * frame.scale) / 2, (place.height - shape[1] * frame.scale) / 2
            pairs = ((frame.x, place.x), (frame.y, place.y), (frame.left, left), (frame.top, top), (0, min(left, top)))
            if frame.color != b"0 g" or not all(is_within(is_, (must, must)) for is_, must in pairs):
                return False
            self._frames.add(key)
        return True


def is_within(value: float, ends: tuple[float, float]) -> bool:
    """Whether a length lies between two others, up to ``SLACK``."""
    return ends[0] - SLACK <= value <= ends[1] + SLACK


def inked(text: str) -> str:
    """Return a text without its blanks."""
    return "".join(text.split())


def _is_insurers(font: Drawing) -> bool:
    """Whether this is an insurer's own font (外字)."""
    return not fonts.is_of_a_family(font.file)
