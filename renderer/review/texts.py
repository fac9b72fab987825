"""The characters of a page → its texts, each with its place and the paints it is drawn in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from renderer.proof.pixels import Box, Character
from renderer.review.shapes import Paint, Show

SAME_LINE = 0.5
"""Characters whose feet are nearer than this (mm) stand on one line."""
BREAKS_AT = 1.0
"""A gap of this many line heights between two characters begins another text (another cell, another label)."""


@dataclass(frozen=True, slots=True)
class Text:
    """A stretch of text on one line, with its own blanks."""

    text: str
    box: Box
    paints: tuple[Paint | None, ...] = ()
    """Each once, from the left; None is no ink. Empty where the file does not say."""

    def __str__(self) -> str:
        return f"「{self.text}」"


def texts(characters: Iterable[Character]) -> tuple[Text, ...]:
    """Join characters to texts: a new line or a wide gap begins another; blanks at the ends are dropped.

    Places decide, not the order of drawing: two files may draw the same page in different orders.
    """
    found: list[list[Character]] = []
    for character in _in_reading_order(characters):
        if found and _continues(found[-1][-1].box, character.box):
            found[-1].append(character)
        else:
            found.append([character])
    return tuple(text for text in map(_text, found) if text.text)


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


def painted(found: Iterable[Text], shows: Iterable[Show]) -> tuple[Text, ...]:
    """Give each text the paints of the strings that it is drawn by."""
    paints: list[tuple[Text, dict[Paint | None, None]]] = [(text, {}) for text in found]
    for x, y, paint in sorted(shows, key=lambda show: show[0]):
        on_line = [(text.box, own) for text, own in paints if text.box.y <= y <= _bottom(text.box)]
        if on_line:
            # A string may begin with blanks, and then begins before its text.
            _, nearest = min(on_line, key=lambda each: max(each[0].x - x, x - each[0].x - each[0].w))
            nearest[paint] = None
    return tuple(replace(text, paints=tuple(own)) for text, own in paints)


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
    return same_line and -height / 2 < box.x - (last.x + last.w) < height * BREAKS_AT
