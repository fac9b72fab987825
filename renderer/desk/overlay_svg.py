"""The shapes of a sheet's overlays → SVG in mm: shape and line say first what they are, colour second.

No word stands on the paper: names and numbers stand in the gutters beside it, on leaders. Each overlay is a group of
its own (``class="overlay regions"``), so that a page can leave it out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from renderer.desk.overlays import Look, Overlay, Shape
from renderer.model.paper import PAGE, Edges
from renderer.running.words import Words

LEFT, RIGHT, ABOVE = 46.0, 104.0, 3.0
"""mm of gutter beside the paper, and over and under it."""
WIDTH, HEIGHT = LEFT + PAGE.right + RIGHT, PAGE.bottom + 2 * ABOVE
FAMILIES = "BIZ UDPGothic, Yu Gothic, Hiragino Sans, sans-serif"
TYPE, LINE = 6.0, 7.2
"""mm: size of the words in the gutters, and from one to the next."""
BEYOND = 6.0
"""mm that a fold goes on beside the paper."""

COLOURS = {
    Look.REGION: "#0b5cad",
    Look.FULL_SIZE: "#007a62",
    Look.CONDENSED: "#9a6200",
    Look.SHRUNK: "#5b3ba5",
    Look.HELD: "#8f1030",
    Look.WINDOW: "#a02c6d",
    Look.TRAVEL: "#a02c6d",
    Look.FOLD: "#963a06",
    Look.MARGIN: "#6b6b6b",
    Look.CUT: "#1c1e20",
}
"""Look → its colour, 4.5 : 1 or more on white."""
_THIN, _LINE, _STRONG = 0.3, 0.6, 1.2
_DOTS = 'stroke-dasharray="0.01 2.2" stroke-linecap="round"'


def sheet_svg(shapes: Sequence[Shape], said: Words, *, paper: str, label: str) -> str:
    """Draw a page with its overlays and their words; ``paper`` is what lies beneath, ``label`` says what it shows."""
    groups = {overlay: [drawn(shape) for shape in shapes if shape.overlay == overlay] for overlay in Overlay}
    for note, place in _placed(shapes, said):
        groups[note.overlay].append(_written(note, place))
    body = "".join(f'<g class="overlay {name}">{"".join(group)}</g>' for name, group in groups.items() if group)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(label)}" '
        f'font-family="{FAMILIES}" viewBox="{-LEFT:g} {-ABOVE:g} {WIDTH:g} {HEIGHT:g}">{paper}'
        f'<rect width="{PAGE.right:g}" height="{PAGE.bottom:g}" fill="none" stroke="#767676" stroke-width="0.4"/>'
        f"{body}</svg>"
    )


def drawn(shape: Shape) -> str:
    """Draw one shape, without a word."""
    return _DRAWN[shape.look](shape.edges, COLOURS[shape.look])


def _rectangle(edges: Edges, colour: str, width: float, more: str = "", fill: str = 'fill="none"') -> str:
    left, top, right, bottom = edges
    return (
        f'<rect x="{left:.2f}" y="{top:.2f}" width="{right - left:.2f}" height="{bottom - top:.2f}" {fill} '
        f'stroke="{colour}" stroke-width="{width:g}" {more}/>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float, more: str = "") -> str:
    return (
        f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}" stroke="{colour}" stroke-width="{width:g}" '
        f"{more}/>"
    )


def _tinted(edges: Edges, colour: str) -> str:
    return _rectangle(edges, colour, _THIN, fill=f'fill="{colour}" fill-opacity="0.07"')


def _condensed(edges: Edges, colour: str) -> str:
    """Draw what was pressed together from both ends: bars there."""
    left, top, right, bottom = edges
    bars = (_line(x, top, x, bottom, colour, _STRONG) for x in (left, right))
    return _tinted(edges, colour) + "".join(bars)


def _shrunk(edges: Edges, colour: str) -> str:
    """Draw what was made smaller: a box in the box."""
    return _tinted(edges, colour) + _rectangle(edges.grown(-0.9, -0.9), colour, _THIN)


def _hatched(edges: Edges, colour: str) -> str:
    left, top, right, bottom = edges
    lines, at = [], left - (bottom - top)
    while (at := at + 2.0) < right:
        # From the lower left to the upper right, cut at the box.
        x1, x2 = max(at, left), min(at + bottom - top, right)
        if x1 < x2:
            lines.append(_line(x1, bottom - (x1 - at), x2, bottom - (x2 - at), colour, _THIN))
    return "".join(lines) + _rectangle(edges, colour, _LINE)


def _window(edges: Edges, colour: str) -> str:
    return _rectangle(edges, colour, _LINE, 'rx="4" stroke-dasharray="6 3"')


def _travel(edges: Edges, colour: str) -> str:
    return _rectangle(edges, colour, 0.7, f'rx="4" {_DOTS}')


def _fold(edges: Edges, colour: str) -> str:
    return _line(
        edges.left - BEYOND, edges.top, edges.right + BEYOND, edges.top, colour, _LINE, 'stroke-dasharray="7 2 1.2 2"'
    )


def _cut(edges: Edges, colour: str) -> str:
    both = (edges.grown(by, by) for by in (0.6, -0.6))
    return "".join(_rectangle(one, colour, 0.4, 'stroke-dasharray="3 1.6"') for one in both)


_DRAWN = {
    Look.REGION: lambda edges, colour: _rectangle(edges, colour, _LINE),
    Look.FULL_SIZE: _tinted,
    Look.CONDENSED: _condensed,
    Look.SHRUNK: _shrunk,
    Look.HELD: _hatched,
    Look.WINDOW: _window,
    Look.TRAVEL: _travel,
    Look.FOLD: _fold,
    Look.MARGIN: lambda edges, colour: _rectangle(edges, colour, 0.7, _DOTS),
    Look.CUT: _cut,
}


@dataclass(frozen=True, slots=True)
class Note:
    """Words in a gutter, and where on the paper what they are about ends."""

    overlay: Overlay
    look: Look
    text: str
    x: float
    y: float

    is_right: bool
    """Whether it stands to the right of the paper, else to the left."""


def spread(heights: Sequence[float], apart: float, lowest: float) -> list[float]:
    """Place notes from the top down near the heights they ask for, in order, ``apart`` from one another, in mm.

    The last is not below ``lowest`` as long as there is room above.
    """
    places: list[float] = []
    for height in heights:
        places.append(max(height, places[-1] + apart) if places else height)
    limit = lowest
    for at in reversed(range(len(places))):
        places[at] = min(places[at], limit)
        limit = places[at] - apart
    return places


def _placed(shapes: Iterable[Shape], said: Words) -> Iterator[tuple[Note, float]]:
    """Write what shapes are, each with its height in its gutter."""
    found = [note for shape in shapes if (note := _note(shape, said))]
    for side in (False, True):
        notes = sorted((note for note in found if note.is_right is side), key=lambda note: note.y)
        yield from zip(notes, spread([note.y for note in notes], LINE, PAGE.bottom), strict=True)


def _written(note: Note, place: float) -> str:
    colour, edge, way = COLOURS[note.look], PAGE.right if note.is_right else PAGE.left, 1 if note.is_right else -1
    knee, end, text = edge + 2 * way, edge + 8 * way, edge + 10 * way
    return (
        f'<polyline points="{note.x:.2f},{note.y:.2f} {knee:.2f},{note.y:.2f} {end:.2f},{place:.2f}" fill="none" '
        f'stroke="{colour}" stroke-width="0.2"/>'
        f'<text x="{text:.2f}" y="{place + TYPE * 0.36:.2f}" font-size="{TYPE:g}" fill="{colour}" '
        f'text-anchor="{"start" if note.is_right else "end"}">{escape(note.text)}</text>'
    )


def _note(shape: Shape, said: Words) -> Note | None:
    """Say what a shape is; nothing of a value at its full size, nor of what stands where something else is named."""
    told = _told(shape, said)
    left, top, right, bottom = shape.edges
    is_slot = shape.overlay is Overlay.SLOTS
    # Slots, of which there are many, to the right; all else where it is nearer.
    is_right = is_slot or left + right > PAGE.left + PAGE.right
    y = (top + bottom) / 2 if is_slot else top
    return Note(shape.overlay, shape.look, told, right if is_right else left, y, is_right) if told else None


def _told(shape: Shape, said: Words) -> str:
    setting = shape.setting
    match shape.look:
        case Look.REGION:
            return shape.name
        case Look.FOLD:
            return said.say("wall_fold", mm=shape.name)
        case Look.WINDOW:
            return said.say("wall_window", envelope=shape.name)
        case Look.CONDENSED if setting:
            # As it is, and never more than it is: what is nearly at its floor must not read as if it were above.
            return said.say("wall_condensed", slot=shape.name, percent=math.floor(setting.condense * 1000) / 10)
        case Look.SHRUNK if setting:
            size = f"{setting.size:.4g}"
            return said.say("wall_shrunk", slot=shape.name, size=size, lines=setting.lines)
        case Look.HELD:
            return said.say("wall_held", slot=shape.name)
    return ""


def swatch(look: Look) -> str:
    """Draw a small sample of a look, for a legend."""
    if look is Look.FOLD:
        box = _line(0, 4, 20, 4, COLOURS[look], _LINE, 'stroke-dasharray="7 2 1.2 2"')
    else:
        box = _DRAWN[look](Edges(1, 1, 19, 7), COLOURS[look])
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 8" aria-hidden="true">{box}</svg>'
