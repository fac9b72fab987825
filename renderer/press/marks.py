"""Turn a value at a place into marks: the text operators WeasyPrint would have written, or a code's rectangles.

Marks are written inside one ``BT … ET`` of their page; what must stand outside (a condensed line, a code) closes and
reopens it. Coordinates are CSS px in the frame that WeasyPrint draws in, numbers have its six decimals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import groupby

from renderer.press import codes
from renderer.press.embedding import FileFont
from renderer.press.fitting import UNITS, Fit, Fitted
from renderer.press.fonts import Face
from renderer.press.plates import Place
from renderer.press.ruler import Joined, Rooms, Ruler

_REMEMBERED = 256
"""Marks kept for each place: values that come again, such as dates, workplaces and branches."""

Entry = tuple[str, str, int]
"""A cluster in one style: (font resource, identifier in hex, advance in Pango units)."""


class Style(dict[str, Entry]):
    """One font chain at one size and letter spacing in one print file: cluster → its Entry, once it was asked for."""

    def __init__(self, rooms: Rooms, font_of: Callable[[Face], FileFont]) -> None:
        self.rooms, self.font_of = rooms, font_of
        self.tf = f"{number(rooms.size / UNITS)} Tf 1 0 0 -1"
        self.first_font = f"/{font_of(rooms.chain.faces[0]).resource} {self.tf}"
        self._hexes: dict[str, str] = {}
        self._plain: dict[str, str] = {}
        self.plain_hex = None if rooms.spacing else self._plain.__getitem__
        """Cluster → identifier in hex, of those of the first font; None where a glyph is moved by its neighbours."""
        # By whether a glyph has another to its left, and to its right.
        self._spaced = {(left, right): _Spaced(self, left, right) for left in (False, True) for right in (False, True)}

    def __missing__(self, cluster: str) -> Entry:
        glyph = self.rooms.chain[cluster]
        font = self.font_of(glyph.face)
        found = self[cluster] = (font.resource, font.hex_of(glyph, cluster), glyph.units(self.rooms.size))
        self._hexes[cluster] = found[1]
        if glyph.face is self.rooms.chain.faces[0]:
            self._plain[cluster] = found[1]
        return found

    def string(self, run: Sequence[str]) -> str:
        """Show clusters of one font, all of them met before.

        :raises KeyError: when one is not.
        """
        if not self.rooms.spacing:
            return f"<{''.join(map(self._hexes.__getitem__, run))}>Tj"
        several = len(run) > 1
        glyphs = [self._spaced[False, several][run[0]], *map(self._spaced[True, True].__getitem__, run[1:-1])]
        if several:
            glyphs.append(self._spaced[True, False][run[-1]])
        return f"[{' '.join(glyphs)}]TJ"


class _Spaced(dict[str, str]):
    """The glyphs of a style with letter spacing, in one kind of place in their run: cluster → its part of a TJ."""

    def __init__(self, style: Style, has_left: bool, has_right: bool) -> None:
        self._style, self._has_left, self._has_right = style, has_left, has_right

    def __missing__(self, cluster: str) -> str:
        """Write a glyph as WeasyPrint writes what Pango gives it.

        Pango puts half of the spacing before and half after each glyph but the outer ones, whole px where the
        spacing is whole px; WeasyPrint writes the offset in 1/1024 em as it is and cuts the kerning off to a whole
        number.
        """
        if cluster not in self._style:
            raise KeyError(cluster)
        _, cid, advance = self._style[cluster]
        glyph = self._style.rooms.chain[cluster]
        spacing, em = self._style.rooms.spacing, self._style.rooms.size / UNITS
        half = int(spacing / 2)  # cut off towards zero, as C does
        if spacing % UNITS == 0:
            half = (half + UNITS // 2) // UNITS * UNITS
        offset = half if self._has_left else 0
        width = advance + offset + (spacing - half if self._has_right else 0)
        logical = glyph.face.width(glyph.gid)
        kerning = int(logical + offset / em - width * 1000 / UNITS / em)
        found = (f"{-offset / em:f}" if offset else "") + f"<{cid}>" + (str(kerning) if kerning else "")
        self[cluster] = found
        return found


class Setter(dict[str, str]):
    """Sets values at one place of one print file: value → the operators that draw it, none for "".

    Values that come again, such as dates, workplaces and branches, are remembered.

    :raises Unprintable, DoesNotFit: as ``Ruler.fit``.
    """

    def __init__(self, place: Place, ruler: Ruler, style_of: Callable[[Place, int], Style]) -> None:
        self.place = place
        self.color = place.color.decode() if place.kind == "text" else "0 g"
        self._ruler = ruler
        self._style_of = style_of
        self[""] = ""
        self._draw: Callable[[str], str]
        if place.kind != "text":
            self._draw = self._draw_code
            return
        self._style = style_of(place, place.size)
        self._rooms = self._style.rooms
        self._width_units = int(place.width * UNITS)
        left = f"{self._style.first_font} {number(place.x)} " if place.align == "left" else ""
        baselines = [number(place.baseline + n * place.line_height) for n in range(place.rule.lines)]
        self._lines = [(left and f"{left}{baseline} Tm", baseline) for baseline in baselines]
        """What stands before the string of each line, "" where x depends on the value; and the baseline."""
        self._draw = self._draw_lines if place.rule.kind is Fit.WRAP else self._draw_line

    def __missing__(self, text: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
            self[""] = ""
        found = self[text] = self._draw(text)
        return found

    def _draw_line(self, text: str) -> str:
        """Draw a value on the one line of its place."""
        return self._plain_line(text, self._lines[0]) or self._draw_fitted(text)

    def _draw_lines(self, text: str) -> str:
        """Draw a value that may have several lines: most have each line as it is given."""
        lines = text.split("\n")
        if len(lines) > len(self._lines) or any([line[-1:].isspace() for line in lines]):
            return self._draw_fitted(text)  # which sets no blank at the end of a line
        first = self.place.rule.first_line(len(lines))
        placed = zip(lines, self._lines[first:])  # noqa: B905 - lines may be fewer
        marks = [self._plain_line(line, where) for line, where in placed if line]
        return "\n".join(marks) if all(marks) else self._draw_fitted(text)

    def _plain_line(self, line: str, where: tuple[str, str]) -> str:
        """Draw a line that stands in its first font at its full size, as nearly all do; return "" for any other.

        The loops run inside ``join`` and ``sum``: this is where a print run spends its time.
        """
        style, rooms, width = self._style, self._rooms, self._width_units
        try:
            shown = f"<{''.join(map(style.plain_hex, line))}>Tj" if style.plain_hex else self._spaced(line)
        except KeyError:
            if not self._meet(line):
                return ""
            shown = style.string(line)
        # Where so many of the widest would fit, these fit.
        if len(line) * rooms.widest > width and sum(map(rooms.__getitem__, line)) > width:
            return ""
        begun, baseline = where
        if not begun:
            begun = f"{style.first_font} {number(self._left(self._width(style, line)))} {baseline} Tm"
        return begun + shown

    def _spaced(self, line: str) -> str:
        """Show a line with letter spacing; KeyError where a cluster was not met, or is none of the first font."""
        if not self._rooms.plain.issuperset(line):
            raise KeyError(line)
        return self._style.string(line)

    def _meet(self, line: str) -> bool:
        """Take up clusters that this file has not shown in this style, unless the line is not plain after all."""
        rooms = self._rooms
        try:
            plain = sum(map(rooms.__getitem__, line)) <= self._width_units and rooms.plain.issuperset(line)
        except Joined:  # a mark or a selector is to be joined to its letter
            return False
        for cluster in line if plain else "":
            self._style[cluster]  # takes it up
        return plain

    def _draw_fitted(self, text: str) -> str:
        return self._fitted(self._ruler.fit(self.place, text))

    def _draw_code(self, payload: str) -> str:
        assert self.place.kind != "text"  # noqa: S101 - asked before
        code = codes.drawing(self.place.kind, payload)
        return f"{_code_frame(self.place, code.width, code.height)}\n{code.path}\nf Q BT"

    def _fitted(self, fitted: Fitted) -> str:
        place, condensed = self.place, fitted.condense != 1.0
        style = self._style_of(place, fitted.size)
        text = "\n".join(
            self._line(style, line, place.baseline + n * place.line_height, condensed)
            for n, line in enumerate(fitted.lines, place.rule.first_line(len(fitted.lines)))
            if line
        )
        if not condensed:
            return text
        shift = place.x - place.x * fitted.condense
        return f"ET q {number(fitted.condense)} 0 0 1 {number(shift)} 0 cm BT {text} ET Q BT"

    def _line(self, style: Style, line: Sequence[str], baseline: float, from_left: bool = False) -> str:
        """Draw one line: one text matrix and one string for each run of a font."""
        runs = [(font, list(run)) for font, run in groupby(line, key=lambda cluster: style[cluster][0])]
        widths = [self._width(style, run) for _, run in runs]
        x = self.place.x if from_left else self._left(sum(widths))
        y = number(baseline)
        marks = []
        for (font, run), width in zip(runs, widths, strict=True):
            marks.append(f"/{font} {style.tf} {number(x)} {y} Tm{style.string(run)}")
            x += width
        return "\n".join(marks)

    def _left(self, width: float) -> float:
        """Return where a line of a width (px) begins, by the alignment of its place."""
        free = self.place.width - width
        if self.place.align == "left" or free <= 0:
            return self.place.x
        return self.place.x + (free if self.place.align == "right" else free / 2)

    def _width(self, style: Style, run: Sequence[str]) -> float:
        """Return the width (px) that WeasyPrint's layout gives a run."""
        width = sum([style[cluster][2] for cluster in run]) / UNITS
        if self.place.letter_spacing:
            width += (len(run) - 1) * style.rooms.spacing / UNITS + self.place.letter_spacing
        return width


@lru_cache
def _code_frame(place: Place, code_width: float, code_height: float) -> str:
    """Place a code as WeasyPrint places the SVG of the reference: scaled to the box, centred in it."""
    scale = min(place.width / code_width, place.height / code_height)
    left = (place.width - code_width * scale) / 2
    top = (place.height - code_height * scale) / 2
    return (
        f"ET q 1 0 0 1 {number(place.x)} {number(place.y)} cm 1 0 0 1 {number(left)} {number(top)} cm "
        f"{number(scale)} 0 0 {number(scale)} 0 0 cm"
    )


def number(value: float) -> str:
    """Write a number as WeasyPrint's writer does: six decimals at most."""
    return f"{value:f}".rstrip("0").rstrip(".") or "0"
