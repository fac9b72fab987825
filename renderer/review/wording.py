"""Things and how they changed → words: ``became 0.03 mm thicker (0.17 → 0.20 mm)``, ``1.00 mm right, 0.25 mm up``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from renderer.proof.pixels import Box
from renderer.review.sameness import (
    SAME_PLACE,
    Paints,
    Thing,
    outlines,
    same_numbers,
    same_path,
    same_sizes,
    same_text,
    sizes,
)
from renderer.review.shapes import Mark, box_of, edges_of, joined
from renderer.review.texts import Text

MOST_NAMED = 5
"""Texts of many that are quoted."""


def reshaped(before: Mark, after: Mark) -> Iterator[str]:
    """Say how a mark changed: thicker or thinner, longer or shorter, moved, of another shape."""
    across = before.box.w, after.box.w, "wider", "narrower"
    down = before.box.h, after.box.h, "higher", "lower"
    # The length of a rule is its longer side; the other one is its thickness.
    along = (max(before.box.w, before.box.h), max(after.box.w, after.box.h), "longer", "shorter")
    sides = [along] if after.kind == "rule" else [across, down]
    thicker = after.thickness - before.thickness
    resized = []
    if abs(thicker) >= SAME_PLACE:
        resized.append(became(before.thickness, after.thickness, "thicker", "thinner"))
        # That may make it as much longer at either end.
        sides = [side for side in sides if abs(side[1] - side[0] - thicker) >= abs(thicker) + SAME_PLACE]
    resized += [became(*side) for side in sides if abs(side[1] - side[0]) >= SAME_PLACE]
    yield from resized
    if shift := by(_shift(before.box, after.box)):
        yield f"moved {shift}"
    rounder = abs(after.corner - before.corner) >= SAME_PLACE
    if rounder:
        yield f"has corners of {after.corner:.2f} mm instead of {before.corner:.2f} mm"
    if not same_numbers(before.dash, after.dash):
        yield f"is {_dashed(after)} instead of {_dashed(before)}"
    if after.join != before.join:
        yield f"has its corners joined {_JOINS[after.join]} instead of {_JOINS[before.join]}"
    # Of another length or with other corners, it is of another shape.
    if not resized and not rounder and not same_path(before.outline, after.outline):
        yield "became another shape"
    if not resized and not same_path(before.clip, after.clip):
        yield "is cut otherwise"


_JOINS = {0: "pointed", 1: "round", 2: "flat"}


def _dashed(mark: Mark) -> str:
    *lengths, _, _ = mark.dash or (0, 0)
    return f"dashed ({' '.join(f'{length:.2f}' for length in lengths)} mm)" if lengths else "solid"


def reset(before: Text, after: Text) -> Iterator[str]:
    """Say how a text of the same words changed: larger, wider, bolder, moved."""
    olds, news = sizes(before), sizes(after)
    wider = after.box.w - before.box.w
    if not same_sizes(olds, news):
        yield f"is set in {_sizes(news)} instead of {_sizes(olds)}"
    elif abs(wider) >= SAME_PLACE:
        yield became(before.box.w, after.box.w, "wider", "narrower")
    if not same_numbers(outlines(before), outlines(after)):
        was, now = (max(outlines(text), default=0.0) for text in (before, after))
        yield f"has lines of {now:.2f} mm around its letters instead of {was:.2f} mm"
    across = _along(before.box.x, before.box.w, after.box.x, after.box.w)
    down = after.box.y - before.box.y
    if before.baseline is not None and after.baseline is not None:
        down = after.baseline - before.baseline
    if shift := by((across, down if abs(down) >= SAME_PLACE else 0.0)):
        yield f"moved {shift}"


def _sizes(points: Sequence[float]) -> str:
    return " and ".join(f"{size:.2f}" for size in points) + " pt"


def became(before: float, after: float, more: str, less: str) -> str:
    """Say how a length in mm changed."""
    how = more if after > before else less
    return f"became {abs(after - before):.2f} mm {how} ({before:.2f} → {after:.2f} mm)"


def _shift(before: Box, after: Box) -> tuple[float, float]:
    return _along(before.x, before.w, after.x, after.w), _along(before.y, before.h, after.y, after.h)


def _along(start: float, length: float, new_start: float, new_length: float) -> float:
    """How far something moved along an axis; 0 where an edge of it or its middle stayed."""
    first, last = new_start - start, new_start + new_length - start - length
    least = min((first, last, (first + last) / 2), key=abs)
    return least if abs(least) >= SAME_PLACE else 0.0


def by(vector: tuple[float, float]) -> str:
    """Say a move by its parts; nothing where there is none."""
    parts = [
        f"{abs(length):.2f} mm {positive if length > 0 else negative}"
        for length, positive, negative in ((vector[0], "right", "left"), (vector[1], "down", "up"))
        if abs(length) >= SAME_PLACE / 2
    ]
    return ", ".join(parts)


def inks(paints: Paints) -> str:
    """Name the paints of a thing."""
    return " and ".join(str(paint or "no ink") for paint in paints)


def around(boxes: Iterable[Box]) -> Box:
    """Draw one box around all."""
    return box_of(joined(map(edges_of, boxes)))


def counted(things: Sequence[Thing]) -> str:
    """Count by kind: ``3 texts and a frame``."""
    counts = Counter("text" if isinstance(thing, Text) else thing.kind for thing in things)
    *most, last = (f"{n} {kind}s" if n > 1 else f"a{'n' * (kind == 'area')} {kind}" for kind, n in counts.items())
    return f"{', '.join(most)} and {last}" if most else last


def named(things: Iterable[Thing]) -> str:
    """Quote the first texts, after a colon."""
    texts = [str(thing) for thing in things if isinstance(thing, Text)]
    more = f" and {len(texts) - MOST_NAMED} more" if len(texts) > MOST_NAMED else ""
    return f": {', '.join(texts[:MOST_NAMED])}{more}" if texts else ""


def measured(before: Thing | None, after: Thing | None) -> tuple[str | None, str | None]:
    """Say what each of two things is: the words of a text, or where those are the same its lengths; those of a mark."""
    match before, after:
        case Text(), Text():
            lengths = before.text == after.text and not same_text(before, after)
        case _:
            lengths = False
    return _measured(before, lengths), _measured(after, lengths)


def _measured(thing: Thing | None, lengths: bool) -> str | None:
    if isinstance(thing, Text):
        return f"{_sizes(sizes(thing))}, {thing.box.w:.2f} mm" if lengths else thing.text
    if thing is None:
        return None
    thickness = f", {thing.thickness:.2f} mm thick" if thing.thickness and thing.kind != "rule" else ""
    return f"{thing.box.w:.2f} × {thing.box.h:.2f} mm at {thing.box.x:.2f}, {thing.box.y:.2f}{thickness}"
