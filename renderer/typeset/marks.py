"""Turn a value at a place into marks: the text operators WeasyPrint would have written, or a code's rectangles.

Marks are written inside one ``BT … ET`` of their page; what must stand outside (a condensed line, a code) closes and
reopens it. Coordinates are CSS px in the frame that WeasyPrint draws in, numbers have its six decimals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from renderer.typeset import codes
from renderer.typeset.embedding import FileFont
from renderer.typeset.fitting import UNITS, Fitted
from renderer.typeset.fonts import Chain, Face
from renderer.typeset.plates import Place
from renderer.typeset.ruler import Joined, Ruler

_REMEMBERED = 256
"""Marks kept for each place: values that come again, such as dates, workplaces and branches."""

Entry = tuple[str, str, int]
"""A cluster in one style: (font resource, identifier in hex, advance in Pango units)."""


class Style(dict[str, Entry]):
    """One font chain at one size in one print file: cluster → its Entry, worked out when first asked for."""

    def __init__(self, chain: Chain, size: int, font_of: Callable[[Face], FileFont]) -> None:
        self.chain, self.size, self.font_of = chain, size, font_of
        self.tf = f"{number(size / UNITS)} Tf 1 0 0 -1"
        self.hexes = _Hexes(self)

    def __missing__(self, cluster: str) -> Entry:
        glyph = self.chain[cluster]
        font = self.font_of(glyph.face)
        found = self[cluster] = (font.resource, font.hex_of(glyph, cluster), glyph.units(self.size))
        return found


class _Hexes(dict[str, str]):
    """The identifiers of one font: cluster → four hexadecimal digits."""

    def __init__(self, style: Style) -> None:
        self._style = style

    def __missing__(self, cluster: str) -> str:
        found = self[cluster] = self._style[cluster][1]
        return found


class Setter:
    """Sets values at one place of one print file."""

    def __init__(self, place: Place, ruler: Ruler, style_of: Callable[[Place, int], Style]) -> None:
        self.place = place
        self.slot = place.slot
        self.color = place.color.decode() if place.kind == "text" else "0 g"
        self._ruler = ruler
        self._style_of = style_of
        self._known: dict[str, str] = {}
        self._draw: Callable[[str], str]
        if place.kind != "text":
            self._draw = self._draw_code
            return
        style = style_of(place, place.size)
        rooms = ruler.rooms(place, place.size)
        self._width_units = int(place.width * UNITS)
        self._room_of, self._rare = rooms.__getitem__, rooms.rare
        self._hex_of = style.hexes.__getitem__
        font = style.font_of(style.chain.faces[0]).resource
        self._starts = [
            f"/{font} {style.tf} {number(place.x)} {number(place.baseline + n * place.line_height)} Tm<"
            for n in range(place.rule.lines)
        ]
        self._style = style
        self._from_left = place.align == "left" and not place.letter_spacing
        self._draw = self._draw_line if place.rule.lines == 1 else self._draw_lines

    def mark(self, text: str) -> str:
        """Return the operators that draw ``text``.

        :raises Unprintable, DoesNotFit: as ``Ruler.fit``.
        """
        known = self._known
        found = known.get(text)
        if found is None:
            if len(known) >= _REMEMBERED:
                known.clear()
            found = known[text] = self._draw(text)
        return found

    def _draw_line(self, text: str) -> str:
        """Draw a value on the one line of its place: nearly all stand there in their first font at their full size.

        The loops run inside ``sum`` and ``join``: this is where a print run spends its time.
        """
        try:
            if sum(map(self._room_of, text)) > self._width_units or not self._rare.isdisjoint(text):
                return self._draw_fitted(text)
        except Joined:  # a mark or a selector is to be joined to its letter
            return self._draw_fitted(text)
        if self._from_left:
            return f"{self._starts[0]}{''.join(map(self._hex_of, text))}>Tj"
        return self._line(self._style, [self._style[cluster] for cluster in text], self.place.baseline)

    def _draw_lines(self, text: str) -> str:
        """Draw a value in a place of several lines: most have each line as it is given."""
        lines = text.split("\n")
        try:
            fits = all([sum(map(self._room_of, line)) <= self._width_units for line in lines])
        except Joined:
            return self._draw_fitted(text)
        if fits and self._from_left and len(lines) <= len(self._starts) and self._rare.isdisjoint(text):
            shown = zip(self._starts, lines)  # noqa: B905 - lines may be fewer
            return "\n".join([f"{start}{''.join(map(self._hex_of, line))}>Tj" for start, line in shown])
        return self._draw_fitted(text)

    def _draw_fitted(self, text: str) -> str:
        return self._fitted(self._ruler.fit(self.place, text))

    def _draw_code(self, payload: str) -> str:
        assert self.place.kind != "text"  # noqa: S101 - asked before
        return _code(self.place, codes.rectangles(self.place.kind, payload))

    def _fitted(self, fitted: Fitted) -> str:
        place, condensed = self.place, fitted.condense != 1.0
        style = self._style_of(place, fitted.size)
        text = "\n".join(
            self._line(style, [style[c] for c in line], place.baseline + n * place.line_height, condensed)
            for n, line in enumerate(fitted.lines)
            if line
        )
        if not condensed:
            return text
        shift = place.x - place.x * fitted.condense
        return f"ET q {number(fitted.condense)} 0 0 1 {number(shift)} 0 cm BT {text} ET Q BT"

    def _line(self, style: Style, entries: Sequence[Entry], baseline: float, from_left: bool = False) -> str:
        """Draw one line: one text matrix and one string for each run of a font."""
        place = self.place
        x = place.x
        runs = _runs(entries)
        if place.align != "left" and not from_left:
            free = place.width - sum(map(self._width, runs))
            if free > 0:
                x += free if place.align == "right" else free / 2
        y = number(baseline)
        marks = []
        for run in runs:
            marks.append(f"/{run[0][0]} {style.tf} {number(x)} {y} Tm{self._string(style, run)}")
            x += self._width(run)
        return "\n".join(marks)

    def _width(self, entries: Sequence[Entry]) -> float:
        """Return the width (px) that WeasyPrint's layout gives a run."""
        width = sum([entry[2] for entry in entries]) / UNITS
        if self.place.letter_spacing:
            width += (len(entries) - 1) * int(self.place.letter_spacing * UNITS) / UNITS + self.place.letter_spacing
        return width

    def _string(self, style: Style, run: Sequence[Entry]) -> str:
        if not self.place.letter_spacing:
            return f"<{''.join([entry[1] for entry in run])}>Tj"
        return _spaced(run, style.size, int(self.place.letter_spacing * UNITS))


def _runs(entries: Sequence[Entry]) -> list[list[Entry]]:
    runs: list[list[Entry]] = []
    for entry in entries:
        if runs and runs[-1][0][0] == entry[0]:
            runs[-1].append(entry)
        else:
            runs.append([entry])
    return runs


def _spaced(run: Sequence[Entry], size: int, spacing: int) -> str:
    """Write a run with letter spacing as WeasyPrint writes what Pango gives it."""
    last = len(run) - 1
    parts = [_spaced_glyph(cid, advance, size, spacing, n > 0, n < last) for n, (_, cid, advance) in enumerate(run)]
    return f"[{' '.join(parts)}]TJ"


@lru_cache(maxsize=4096)
def _spaced_glyph(cid: str, advance: int, size: int, spacing: int, has_left: bool, has_right: bool) -> str:
    """Write one glyph of a spaced run.

    Pango puts half of the spacing before and half after each glyph but the outer ones; WeasyPrint writes the offset
    in 1/1024 em as it is and cuts the kerning off to a whole number.
    """
    em = size / UNITS
    half = int(spacing / 2)  # cut off towards zero, as C does
    offset = half if has_left else 0
    width = advance + offset + (spacing - half if has_right else 0)
    logical = round(advance * 1000 / UNITS / em)
    kerning = int(logical + offset / em - width * 1000 / UNITS / em)
    return (f"{-offset / em:f}" if offset else "") + f"<{cid}>" + (str(kerning) if kerning else "")


def _code(place: Place, shape: codes.Rectangles) -> str:
    """Draw a code's rectangles as WeasyPrint draws the SVG of the reference: scaled to the box, centred in it."""
    scale = min(place.width / shape.width, place.height / shape.height)
    left = (place.width - shape.width * scale) / 2
    top = (place.height - shape.height * scale) / 2
    return (
        f"ET q 1 0 0 1 {number(place.x)} {number(place.y)} cm 1 0 0 1 {number(left)} {number(top)} cm "
        f"{number(scale)} 0 0 {number(scale)} 0 0 cm\n{codes.path(shape)}\nf Q BT"
    )


def number(value: float) -> str:
    """Write a number as WeasyPrint's writer does: six decimals at most."""
    return f"{value:f}".rstrip("0").rstrip(".") or "0"
