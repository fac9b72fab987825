"""The characters of a page → its texts, each with its place and how it is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from renderer.proof.pixels import Box, Character
from renderer.review.canvas import Show
from renderer.review.paints import Paint

SAME_LINE = 0.5
"""Characters whose feet are nearer than this (mm) stand on one line."""
BREAKS_AT = 1.0
"""A gap of this many line heights between two characters begins another text (another cell, another label)."""


LABEL_BREAKS_AT = 0.25
"""Likewise, where the two are not of one height: a label and its value."""
SAME_HEIGHT = 0.95
"""Characters whose heights agree so far are of one height."""
OVERLAP = 0.5
"""Of the lower and the narrower of a text and a string: they share this much where the one is drawn by the other."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a part of a text is drawn."""

    paint: Paint | None
    """None is no ink."""
    size: float
    """In points."""
    outline: float = 0.0
    """How thick the lines around its letters are, in mm; 0 without."""


@dataclass(frozen=True, slots=True)
class Text:
    """A stretch of text on one line, with its own blanks."""

    text: str
    box: Box
    looks: tuple[Look, ...] = ()
    """Each once, from the left. Empty where the file does not say."""
    baseline: float | None = None
    """On which its first string stands, in mm; None where the file does not say."""
    shows: tuple[Show, ...] = field(default=(), compare=False)
    """The strings it is drawn by, from the left."""

    def __str__(self) -> str:
        return f"「{self.text}」"

    @property
    def paints(self) -> tuple[Paint | None, ...]:
        """Each once, from the left; None is no ink. Empty where the file does not say."""
        return tuple(dict.fromkeys(look.paint for look in self.looks))


def texts(characters: Iterable[Character]) -> tuple[Text, ...]:
    """Join characters to texts: a new line or a wide gap begins another; blanks at the ends are dropped.

    Places decide, not the order of drawing: two files may draw the same page in different orders.
    """
    found: list[list[Character]] = []
    for layer in _layers(characters):
        begun = len(found)
        for character in _in_reading_order(layer):
            if len(found) > begun and _continues(found[-1][-1].box, character.box):
                found[-1].append(character)
            else:
                found.append([character])
    return tuple(text for text in map(_text, found) if text.text)


def _layers(characters: Iterable[Character]) -> list[list[Character]]:
    """Put a character that is drawn upon one like it on a layer above: it is the same text once more."""
    layers: list[list[Character]] = [[]]
    drawn: dict[str, list[Box]] = {}
    for character in characters:
        box, below = character.box, drawn.setdefault(character.text, [])
        level = sum(abs(box.x - other.x) < box.w / 4 and abs(box.y - other.y) < box.h / 4 for other in below)
        below.append(box)
        if level == len(layers):
            layers.append([])
        layers[min(level, len(layers) - 1)].append(character)
    return layers


def _in_reading_order(characters: Iterable[Character]) -> Iterator[Character]:
    """Yield line after line from the top, and each line from the left."""
    line: list[Character] = []
    for character in sorted(characters, key=lambda found: _bottom(found.box)):
        if line and _bottom(character.box) - _bottom(line[-1].box) > SAME_LINE:
            yield from sorted(line, key=lambda found: found.box.x)
            line = []
        line.append(character)
    yield from sorted(line, key=lambda found: found.box.x)


def _bottom(box: Box) -> float:
    return box.y + box.h


def drawn_by(found: Iterable[Text], shows: Iterable[Show]) -> tuple[Text, ...]:
    """Give each text the strings that it is drawn by, wherever they stand in the file."""
    strings = sorted(shows, key=lambda show: (show.start[0], show.start[1]))
    return tuple(_looking(text, tuple(show for show in strings if _shares(text.box, show.box))) for text in found)


def _looking(text: Text, shows: tuple[Show, ...]) -> Text:
    looks = (Look(show.paint, round(show.size, 3), round(show.outline, 4)) for show in shows)
    baseline = shows[0].start[1] if shows else None
    return replace(text, looks=tuple(dict.fromkeys(looks)), baseline=baseline, shows=shows)


def _shares(text: Box, show: Box) -> bool:
    # Most stand on other lines: those are told without more ado, on a page of hundreds of texts and strings.
    if show.y >= text.y + text.h or text.y >= show.y + show.h:
        return False
    across = min(text.x + text.w, show.x + show.w) - max(text.x, show.x)
    down = min(_bottom(text), _bottom(show)) - max(text.y, show.y)
    return down > OVERLAP * min(text.h, show.h) and across > OVERLAP * min(text.w, show.w, show.h)


def _text(characters: list[Character]) -> Text:
    """Drop the blanks at both ends, and draw one box around the rest."""
    inked = [index for index, character in enumerate(characters) if not character.text.isspace()]
    kept = characters[inked[0] : inked[-1] + 1] if inked else characters
    boxes = [character.box for character in kept]
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.w for box in boxes), max(box.y + box.h for box in boxes)
    text = "".join(character.text for character in kept) if inked else ""
    return Text(text, Box(left, top, right - left, bottom - top))


def _continues(last: Box, box: Box) -> bool:
    """Whether a character goes on in the line of the one before it."""
    height = max(last.h, box.h)
    same_line = abs(_bottom(last) - _bottom(box)) < height / 4
    breaks_at = BREAKS_AT if min(last.h, box.h) > SAME_HEIGHT * height else LABEL_BREAKS_AT
    return same_line and -height / 2 < box.x - (last.x + last.w) < height * breaks_at
