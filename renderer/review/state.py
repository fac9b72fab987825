"""The operators that set something → the graphics state that marks and texts are drawn in (ISO 32000-1, 8.4)."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from operator import attrgetter
from typing import Any

import pikepdf

from renderer.review.fonts import Font
from renderer.review.kept import Kept
from renderer.review.paints import BLACK, Paint, named_space, overprinting, paint, profiled
from renderer.review.resolved import UPWARDS, resolved
from renderer.review.shapes import Bounds, Point
from renderer.review.view import UPRIGHT, Matrix, as_matrix, times

Given = Sequence[Any]
"""The operands of an operator."""

_COLOUR = {"g": "/DeviceGray", "rg": "/DeviceRGB", "k": "/DeviceCMYK"}
_COLOUR |= {operator.upper(): space for operator, space in _COLOUR.items()}


@dataclass(slots=True)
class State:
    """The part of the graphics state that decides how a page looks."""

    matrix: Matrix
    """From here to mm as they are seen."""
    clip: Bounds
    cut: tuple[Point, ...] = ()
    """The points of the clipping path, where it is no upright rectangle."""
    fill: Paint = BLACK
    stroke: Paint = BLACK
    width: float = 1.0
    cap: int = 0
    join: int = 0
    dash: tuple[float, ...] = ()
    """Dashes and gaps, then the phase."""
    fill_overprints: bool = False
    stroke_overprints: bool = False
    overprint_mode: int = 0
    fill_opacity: float = 1.0
    stroke_opacity: float = 1.0
    blend: str = "Normal"
    mask: str = ""
    """The soft mask in force, in words."""
    group: str = ""
    """The transparency group that is drawn, in words."""
    ways: tuple[tuple[str, str], ...] = ()
    """What else decides how ink comes onto the paper: each by what it is, in words."""
    font: Font | None = None
    size: float = 0.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    condensed: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0
    line: Matrix = UPRIGHT
    """Where the line of text begins."""
    place: Matrix = UPRIGHT
    """Where the next letter does."""

    def copy(self) -> State:
        """Keep it as it is now."""
        return State(*_ALL_OF(self))

    def key(self) -> Hashable:
        """Name it by all that it says."""
        return _ALL_OF(self)

    @property
    def scale(self) -> float:
        """Mm for a length of 1 here, as an average of all directions."""
        a, b, c, d, _, _ = self.matrix
        return math.sqrt(abs(a * d - b * c))

    @property
    def filling(self) -> Paint:
        """What an area or a letter is filled with."""
        return self._effective(self.fill, self.fill_overprints, self.fill_opacity)

    def drawing(self, paint: Paint) -> Paint:
        """Return what a picture is drawn with, whose samples are its paint."""
        return self._effective(paint, self.fill_overprints, self.fill_opacity)

    @property
    def stroking(self) -> Paint:
        """What a line is drawn with."""
        return self._effective(self.stroke, self.stroke_overprints, self.stroke_opacity)

    def _effective(self, plain: Paint, overprints: bool, opacity: float) -> Paint:
        veils = tuple(filter(None, (self.mask, self.group)))
        if overprints or opacity != 1 or veils or self.blend != "Normal" or self.ways:
            words = overprinting(plain.space, self.overprint_mode) if overprints else ""
            ways = (*plain.ways, *(f"{what} {how}" for what, how in self.ways))
            return Paint(plain.space, plain.parts, words, opacity, self.blend, veils, ways)
        return plain

    def go(self, what: str, how: str) -> None:
        """Set one of the ways in which ink comes onto the paper; "" for that of the device."""
        others = {other: way for other, way in self.ways if other != what}
        self.ways = tuple(sorted((others | ({what: how} if how else {})).items()))

    def next_line(self, x: float, y: float) -> None:
        """Begin a line of text, so far from the beginning of the one before."""
        self.line = self.place = times((1, 0, 0, 1, x, y), self.line)

    def advance(self, ems: float) -> None:
        """Go on in the line of text, to the right or up."""
        along = ems * self.size
        step = (0.0, along) if self.font and self.font.is_vertical else (along * self.condensed, 0.0)
        self.place = times((1, 0, 0, 1, *step), self.place)


_ALL_OF = attrgetter(*(each.name for each in fields(State)))


@dataclass(slots=True)
class Setting:
    """Takes what operators set, with the resources that they may name."""

    resources: Any
    kept: Kept

    def take(self, operator: str, given: Given, state: State) -> None:
        """Take what an operator sets; one that sets nothing here changes nothing."""
        if setter := _SETTERS.get(operator):
            setter(state, given)
        elif operator in _COLOUR:
            self._colour(state, operator, self._paint(_COLOUR[operator], given))
        elif operator in ("cs", "CS"):
            self._colour(state, operator, self._paint(given[0], ()))
        elif operator in ("sc", "scn", "SC", "SCN"):
            before = state.stroke if operator.isupper() else state.fill
            self._colour(state, operator, paint(before.space, given, before.ways))
        elif operator == "Tf":
            found = self.named("/Font", given[0])
            state.font, state.size = None if found is None else self.font(found), float(given[1])

    def named(self, category: str, name: Any) -> Any:
        """Find a resource; readers pass over one that is missing, and so do we."""
        return self.resources.get(category, {}).get(name)

    def _paint(self, space: Any, given: Given) -> Paint:
        return paint(named_space(space, self.resources), given, self.profiled(space))

    def profiled(self, space: Any) -> tuple[str, ...]:
        """Say by which profile a colour space is meant, as a way of its paint."""
        return profiled(space, self.resources, self.kept)

    def profiled_by_name(self, space: Any) -> tuple[str, ...]:
        """Do as ``profiled`` for the name of a space; of one that is written where it is used, say nothing."""
        return () if isinstance(space, pikepdf.Array) else self.profiled(space)

    @staticmethod
    def _colour(state: State, operator: str, chosen: Paint) -> None:
        if operator.isupper():
            state.stroke = chosen
        else:
            state.fill = chosen

    def font(self, found: Any) -> Font:
        """Read a font once."""
        return self.kept.once("fonts", found, lambda: Font(found))

    def graphics(self, given: Mapping[str, Any], state: State) -> None:
        """Take the entries of a graphics state dictionary (8.4.5)."""
        # OP alone is meant for both.
        for key in sorted(given.keys()):
            if setter := _ENTRIES.get(key):
                setter(state, given[key])
        if "/OP" in given and "/op" not in given:
            state.fill_overprints = state.stroke_overprints
        if "/Font" in given:
            state.font, state.size = self.font(given["/Font"][0]), float(given["/Font"][1])


def _dash(given: Given) -> tuple[float, ...]:
    lengths, phase = given
    return (*map(float, lengths), float(phase)) if any(lengths) else ()


def _begin_text(state: State, given: Given) -> None:
    state.line = state.place = UPRIGHT


def _text_matrix(state: State, given: Given) -> None:
    state.line = state.place = as_matrix(given)


def _leading_and_line(state: State, given: Given) -> None:
    state.leading = -float(given[1])
    state.next_line(*map(float, given))


def _blend(state: State, value: Any) -> None:
    state.blend = str(value[0] if isinstance(value, pikepdf.Array) else value).lstrip("/")


def _mask(state: State, mask: Any) -> None:
    """Take a soft mask; what it draws is told by itself (11.6.5.2)."""
    if mask == "/None":
        state.mask = ""
        return
    how = f"masked by {str(mask.get('/S', '/nothing'))[1:].lower()}"
    state.mask = f"{how} {resolved(mask, UPWARDS | {'/G'})[:8]}" if {"/BC", "/TR"} & set(mask.keys()) else how


def _way(what: str, usual: str = "Default") -> Callable[[State, Any], None]:
    """Set one of the ways in which ink comes onto the paper: a name or a number as it is, all else by its sum."""

    def take(state: State, value: Any) -> None:
        is_plain = isinstance(value, pikepdf.Name | int | float | Decimal)
        how = str(value).lstrip("/") if is_plain else resolved(value)[:8]
        state.go(what, "" if how in (usual, "Identity") else how)

    return take


def _sets(name: str, read: Callable[[Any], Any] = float) -> Callable[[State, Given], None]:
    """Set a field to the only operand."""

    def take(state: State, given: Given) -> None:
        setattr(state, name, read(given[0]))

    return take


def _enters(name: str, read: Callable[[Any], Any]) -> Callable[[State, Any], None]:
    """Set a field to the value of an entry."""

    def take(state: State, value: Any) -> None:
        setattr(state, name, read(value))

    return take


def _concatenate(state: State, given: Given) -> None:
    state.matrix = times(as_matrix(given), state.matrix)


def _set_dash(state: State, given: Given) -> None:
    state.dash = _dash(given)


_intent = _way("rendering intent", "RelativeColorimetric")
_flatness = _way("flatness", "0")

_SETTERS: dict[str, Callable[[State, Given], None]] = {
    "cm": _concatenate,
    "w": _sets("width"),
    "J": _sets("cap", int),
    "j": _sets("join", int),
    "d": _set_dash,
    "BT": _begin_text,
    "Tm": _text_matrix,
    "Td": lambda state, given: state.next_line(*map(float, given)),
    "TD": _leading_and_line,
    "T*": lambda state, given: state.next_line(0, -state.leading),
    "TL": _sets("leading"),
    "Tc": _sets("spacing"),
    "Tw": _sets("word_spacing"),
    "Tz": _sets("condensed", lambda percent: float(percent) / 100),
    "Ts": _sets("rise"),
    "Tr": _sets("mode", int),
    "ri": lambda state, given: _intent(state, given[0]),
    "i": lambda state, given: _flatness(state, given[0]),
}
_ENTRIES: dict[str, Callable[[State, Any], None]] = {
    "/OP": _enters("stroke_overprints", bool),
    "/op": _enters("fill_overprints", bool),
    "/OPM": _enters("overprint_mode", int),
    "/CA": _enters("stroke_opacity", float),
    "/ca": _enters("fill_opacity", float),
    "/BM": _blend,
    "/SMask": _mask,
    "/LW": _enters("width", float),
    "/LC": _enters("cap", int),
    "/LJ": _enters("join", int),
    "/D": _enters("dash", _dash),
    "/RI": _intent,
    "/FL": _flatness,
    "/HT": _way("halftone"),
    **dict.fromkeys(("/TR", "/TR2"), _way("transfer function")),
    **dict.fromkeys(("/BG", "/BG2"), _way("black generation")),
    **dict.fromkeys(("/UCR", "/UCR2"), _way("undercolour removal")),
    "/SM": _way("smoothness"),
    "/TK": _way("text knockout", "True"),
    "/AIS": _way("alpha as shape", "False"),
}
