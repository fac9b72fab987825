"""The content of a plate's page, as WeasyPrint writes it → the texts on it that can be seen.

What is as light or dark as the ground it stands on, or too small for strokes, is written and not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from renderer.layout.contrast import BLACK, LEAST_SEEN, RGB, WHITE, contrast

LEAST_HEIGHT = 3.9
"""pt: smaller letters are not counted."""
_CODES = re.compile(r"<([0-9a-f]+)>")
_NOTHING = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
Matrix = tuple[float, ...]


class Shown(NamedTuple):
    """A string that is shown."""

    font: str
    codes: str
    """Its glyphs, four hexadecimal digits each."""
    begins: bool
    """Whether a text begins with it."""
    is_seen: bool


class _State(NamedTuple):
    matrix: Matrix = _NOTHING
    fill: RGB | None = BLACK
    """None is a pattern, as of a declared ground: lint measures what stands on that."""


class _Fill(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float
    colour: RGB


def shown_on(content: bytes) -> Iterator[Shown]:
    """Yield the strings of a page's content in the order they are drawn; lengths in it are px under one matrix."""
    state, kept, fills = _State(), list[_State](), list[_Fill]()
    text: Matrix = _NOTHING
    rectangle: Matrix = (0.0, 0.0, 0.0, 0.0)
    font, size, begins = "", 0.0, True
    for line in content.decode("latin-1").splitlines():
        operands, _, operator = line.rpartition(" ")
        if operator == "q":
            kept.append(state)
        elif operator == "Q" and kept:
            state = kept.pop()
        elif operator == "cm":
            state = state._replace(matrix=_times(_numbers(operands), state.matrix))
        elif operator in ("g", "rg", "k", "scn"):
            state = state._replace(fill=_colour(_numbers(operands)))
        elif operator == "re":
            rectangle = _numbers(operands)
        elif operator == "f" and state.fill:
            fills.append(_filled(rectangle, state.matrix, state.fill))
        elif operator == "Tm":
            text, begins = _numbers(operands), True
        elif operator == "Tf":
            name, _, written = operands.rpartition(" ")
            font, size = name.removeprefix("/"), float(written)
        elif operator == "TJ":
            is_seen = bool(state.fill and _is_seen(_times(text, state.matrix), size, state.fill, fills))
            yield Shown(font, "".join(_CODES.findall(operands)), begins, is_seen)
            begins = False


def _is_seen(matrix: Matrix, size: float, colour: RGB, fills: list[_Fill]) -> bool:
    a, b, c, d, x, y = matrix
    if min(abs(a) + abs(b), abs(c) + abs(d)) * size < LEAST_HEIGHT:
        return False
    # The middle of its first letter, were it a kanji: half an em to the right and a third above its baseline.
    across, down = x + (a + c * 0.7) * size / 2, y + (b + d * 0.7) * size / 2
    under = (one for one in reversed(fills) if one.left <= across <= one.right and one.top <= down <= one.bottom)
    ground = next(under, None)
    return contrast(colour, ground.colour if ground else WHITE) >= LEAST_SEEN


def _filled(rectangle: Matrix, matrix: Matrix, colour: RGB) -> _Fill:
    x, y, width, height = rectangle
    corners = [_times((1, 0, 0, 1, x + w, y + h), matrix)[4:] for w in (0, width) for h in (0, height)]
    across, down = zip(*corners, strict=True)
    return _Fill(min(across), min(down), max(across), max(down), colour)


def _numbers(operands: str) -> Matrix:
    return tuple(float(number) for number in operands.split() if not number.startswith("/"))


def _times(one: Matrix, other: Matrix) -> Matrix:
    """Return the matrix that does the one, and then the other (ISO 32000-2, 8.3.4)."""
    (a, b, c, d, e, f), (g, h, i, j, k, m) = one, other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _colour(parts: Matrix) -> RGB | None:
    match parts:
        case (grey,):
            return grey, grey, grey
        case (red, green, blue):
            return red, green, blue
        case (cyan, magenta, yellow, black):
            return (1 - cyan) * (1 - black), (1 - magenta) * (1 - black), (1 - yellow) * (1 - black)
        case _:
            return None
