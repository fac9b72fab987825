"""A place of a plate, in one print file → where a string or a code may stand there, and in which font."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from renderer.model.paper import PX_PER_PT
from renderer.press import fonts
from renderer.press.fitting import UNITS, Fit
from renderer.press.plates import Place
from renderer.proof.content import Frame, Start
from renderer.proof.drawing import Drawing
from renderer.proof.readback import ReadBack

SLACK = 0.01
"""CSS px (3 µm): a font size is held in 1/1024 px, an advance in 1/1000 em, a coordinate in six decimals."""


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
        if self.sure and any(map(_is_user_defined, file.fonts[self.sure].texts.values())):
            self.sure = ""
        self._baselines = [place.baseline + n * place.line_height for n in range(place.rule.lines)]
        size = place.size / UNITS
        shrinks, narrows = place.rule.kind in (Fit.SHRINK, Fit.WRAP), place.rule.kind is Fit.CONDENSE
        self._sizes = (min(place.rule.floor * PX_PER_PT, size) if shrinks else size, size)
        self._condense = (place.rule.floor / 100 if narrows else 1.0, 1.0)

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
            if _is_user_defined(cluster) or _is_insurers(drawing):
                right = _is_user_defined(cluster) and _is_insurers(drawing)
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
            and any(is_within(start.y, (baseline, baseline)) for baseline in self._baselines)
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


def _is_insurers(font: Drawing) -> bool:
    """Whether this is an insurer's own font (外字)."""
    return font.file.parent != fonts.FONTS


def _is_user_defined(cluster: str) -> bool:
    return unicodedata.category(cluster[:1] or " ") == "Co"
