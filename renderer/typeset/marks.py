"""Turn a value at a place into marks: the text operators WeasyPrint would have written, or a code's rectangles.

Marks are written inside one ``BT … ET`` of their page; what must stand outside (a condensed line, a code) closes and
reopens it. Coordinates are CSS px in the frame that WeasyPrint draws in, numbers have its six decimals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from renderer.typeset import codes
from renderer.typeset.embedding import FileFont
from renderer.typeset.fitting import UNITS, Fitted
from renderer.typeset.fonts import Chain, Face, clusters, continues
from renderer.typeset.plates import Place
from renderer.typeset.ruler import Joined, Ruler

_REMEMBERED = 4096
"""Marks kept for each place: values that come again, such as dates, workplaces and branches."""

Entry = tuple[str, str, int, int]
"""A cluster in one style: (font resource, identifier in hex, advance, room), the last two in Pango units."""


class Style(dict[str, Entry]):
    """One font chain at one size in one print file: cluster → its Entry, worked out when first asked for."""

    def __init__(self, chain: Chain, size: int, font_of: Callable[[Face], FileFont]) -> None:
        self.chain, self.size, self.font_of = chain, size, font_of
        self.tf = f"{number(size / UNITS)} Tf 1 0 0 -1"

    def __missing__(self, cluster: str) -> Entry:
        if len(cluster) == 1 and continues(cluster):
            raise Joined  # it belongs to the character before it: the text must be cut into clusters first
        glyph = self.chain[cluster]
        font = self.font_of(glyph.face)
        found = (font.resource, font.hex_of(glyph, cluster), glyph.units(self.size), glyph.room(self.size))
        self[cluster] = found
        return found


class Setter:
    """Sets values at one place of one print file."""

    def __init__(self, place: Place, ruler: Ruler, style_of: Callable[[Place, int], Style]) -> None:
        self.place = place
        self.slot = place.slot
        self.color = place.color.decode() if place.kind == "text" else "0 g"
        self._ruler = ruler
        self._style_of = style_of
        self._style = style_of(place, place.size)
        self._room = int(place.width * UNITS)
        self._plain = place.kind == "text" and not place.letter_spacing
        self._known: dict[str, str] = {}

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

    def _draw(self, text: str) -> str:
        place = self.place
        if place.kind != "text":
            return _code(place, codes.rectangles(place.kind, text))
        if self._plain and "\n" not in text:
            entries = self._entries(self._style, text)
            if sum([entry[3] for entry in entries]) <= self._room:
                return self._line(self._style, entries, place.baseline)
        return self._fitted(self._ruler.fit(self.place, text))

    @staticmethod
    def _entries(style: Style, text: str) -> list[Entry]:
        try:
            return [style[character] for character in text]
        except Joined:
            return [style[cluster] for cluster in clusters(text)]

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
        if place.align != "left" and not from_left:
            free = place.width - self._width(entries)
            if free > 0:
                x += free if place.align == "right" else free / 2
        y = number(baseline)
        if len({entry[0] for entry in entries}) == 1:
            return f"/{entries[0][0]} {style.tf} {number(x)} {y} Tm{self._string(style, entries)}"
        marks = []
        for run in _runs(entries):
            marks.append(f"/{run[0][0]} {style.tf} {number(x)} {y} Tm{self._string(style, run)}")
            x += self._width(run)
        return "\n".join(marks)

    def _width(self, entries: Sequence[Entry]) -> float:
        """Return the width (px) that WeasyPrint's layout gives a line or a run."""
        width = sum([entry[2] for entry in entries]) / UNITS
        if not self._plain:
            width += (len(entries) - 1) * int(self.place.letter_spacing * UNITS) / UNITS + self.place.letter_spacing
        return width

    def _string(self, style: Style, run: Sequence[Entry]) -> str:
        if self._plain:
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
    """Write a run with letter spacing as WeasyPrint writes what Pango gives it.

    Pango puts half of the spacing before and half after each glyph but the outer ones; WeasyPrint writes the offset
    in 1/1024 em as it is and cuts the kerning off to a whole number.
    """
    em = size / UNITS
    before, after = spacing // 2, spacing - spacing // 2
    parts = []
    for n, (_, cid, advance, _) in enumerate(run):
        offset = before if n else 0
        width = advance + offset + (after if n < len(run) - 1 else 0)
        logical = round(advance * 1000 / UNITS / em)
        kerning = int(logical + offset / em - width * 1000 / UNITS / em)
        parts.append((f"{-offset / em:f}" if offset else "") + f"<{cid}>" + (str(kerning) if kerning else ""))
    return f"[{' '.join(parts)}]TJ"


def _code(place: Place, shape: codes.Rectangles) -> str:
    """Draw a code's rectangles as WeasyPrint draws the SVG of the reference: scaled to the box, centred in it."""
    scale = min(place.width / shape.width, place.height / shape.height)
    left = (place.width - shape.width * scale) / 2
    top = (place.height - shape.height * scale) / 2
    path = "\n".join(f"{x:g} {y:g} {w:g} {h:g} re" for x, y, w, h in shape.rects)
    return (
        f"ET q 1 0 0 1 {number(place.x)} {number(place.y)} cm 1 0 0 1 {number(left)} {number(top)} cm "
        f"{number(scale)} 0 0 {number(scale)} 0 0 cm\n{path}\nf Q BT"
    )


def number(value: float) -> str:
    """Write a number as WeasyPrint's writer does: six decimals at most."""
    return f"{value:f}".rstrip("0").rstrip(".") or "0"
