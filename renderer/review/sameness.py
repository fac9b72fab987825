"""Two things of two pages → whether they are the same, and how far the one is from the other. Lengths are in mm."""

from __future__ import annotations

import math
from collections.abc import Sequence

from renderer.proof.pixels import Box
from renderer.review.paints import Paint
from renderer.review.shapes import Mark, Point
from renderer.review.texts import Look, Text

SAME_PLACE = 0.01
"""Two lengths or places nearer than this are one: writers of PDFs keep two to six decimals of a point."""
SAME_VECTOR = 0.015
"""Two moves nearer than this are one: each of two places may be off by a third of it."""
SAME_SIZE = 0.02
"""Two sizes of letters nearer than this (points) are one."""

Thing = Text | Mark
Paints = tuple[Paint | None, ...]


def vector(old: Thing, new: Thing) -> tuple[float, float]:
    """How far a thing moved to the right and down: a text by its line, which another font leaves where it was."""
    if isinstance(old, Text) and isinstance(new, Text) and old.baseline is not None and new.baseline is not None:
        return new.box.x - old.box.x, new.baseline - old.baseline
    return new.box.x - old.box.x, new.box.y - old.box.y


def distance(old: Thing, new: Thing) -> float:
    """How far a thing moved."""
    return math.hypot(*vector(old, new))


def gap(old: Box, new: Box) -> float:
    """Blank between two boxes, 0 where they touch or overlap."""
    across = max(new.x - (old.x + old.w), old.x - (new.x + new.w), 0.0)
    down = max(new.y - (old.y + old.h), old.y - (new.y + new.h), 0.0)
    return math.hypot(across, down)


def shifted(old: Mark, new: Mark) -> bool:
    """Whether a mark stands elsewhere."""
    return max(map(abs, vector(old, new))) >= SAME_PLACE


def alike(old: Mark, new: Mark) -> bool:
    """Whether the one could become the other: of one kind, and rules of one direction."""
    return old.kind == new.kind and (old.kind != "rule" or (old.box.w > old.box.h) == (new.box.w > new.box.h))


def same_lengths(old: Mark, new: Mark) -> bool:
    """Whether two marks are as long, as high and as thick."""
    lengths = (old.box.w, new.box.w), (old.box.h, new.box.h), (old.thickness, new.thickness)
    return all(abs(a - b) < SAME_PLACE for a, b in lengths)


def same_shape(old: Mark, new: Mark) -> bool:
    """Whether two marks are the same, wherever they are and in whatever ink."""
    return (
        alike(old, new)
        and same_lengths(old, new)
        and abs(old.corner - new.corner) < SAME_PLACE
        and old.join == new.join
        and same_numbers(old.dash, new.dash)
        and same_path(old.outline, new.outline)
        and same_path(old.clip, new.clip)
    )


def same_numbers(old: Sequence[float], new: Sequence[float]) -> bool:
    """Whether two lists of lengths are the same."""
    return len(old) == len(new) and all(abs(a - b) < SAME_PLACE for a, b in zip(old, new, strict=True))


def same_path(old: Sequence[Point], new: Sequence[Point]) -> bool:
    """Whether two paths go through the same points."""
    return len(old) == len(new) and all(math.dist(a, b) < SAME_PLACE for a, b in zip(old, new, strict=True))


def same_text(old: Text, new: Text) -> bool:
    """Whether two texts say the same and are as large, wherever they are and in whatever ink."""
    return old.text == new.text and same_letters(old, new) and abs(old.box.w - new.box.w) < SAME_PLACE


def same_letters(old: Text, new: Text) -> bool:
    """Whether the letters of two texts are as large and as bold."""
    return same_sizes(sizes(old), sizes(new)) and same_numbers(outlines(old), outlines(new))


def same_sizes(old: Sequence[float], new: Sequence[float]) -> bool:
    """Whether two lists of sizes in points are the same."""
    return len(old) == len(new) and all(abs(a - b) < SAME_SIZE for a, b in zip(old, new, strict=True))


def sizes(text: Text) -> tuple[float, ...]:
    """How large the letters of a text are, each size once."""
    return _each_once(text.looks, "size")


def outlines(text: Text) -> tuple[float, ...]:
    """How thick the lines around the letters of a text are, each once."""
    return _each_once(text.looks, "outline")


def _each_once(looks: Sequence[Look], name: str) -> tuple[float, ...]:
    return tuple(dict.fromkeys(getattr(look, name) for look in looks))


def same_paints(old: Paints, new: Paints) -> bool:
    """Whether two things are drawn in the same inks."""
    return len(old) == len(new) and all(
        a is b or (a is not None and b is not None and a.same(b)) for a, b in zip(old, new, strict=True)
    )
