"""A variant's slots filled to overflowing, or with nothing → which slot's value changes the layout around it.

A plate is compiled once for all values: a box whose size hangs on a value would stand in the wrong place for nearly
everybody. What a slot does to its neighbours it does through its own box, so the boxes of all slots are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from markupsafe import Markup

from renderer.documents.document import Kind
from renderer.layout.boxes import slot_boxes
from renderer.layout.compiling import PAYLOADS, PROBE
from renderer.layout.engine import lay_out, one_thread
from renderer.layout.load import Fixed, Layout
from renderer.layout.templates import code_html, run_html
from renderer.model.errors import BadLayout
from renderer.model.paper import PX_PER_MM
from renderer.model.variant import Variant
from renderer.press.plates import Place

SLACK = 0.01
"""mm: less is rounding."""
LONG = 60
"""Characters of a line of the probe: 60 kanji of 8 pt are 169 mm."""

Box = tuple[float, float, float, float]
"""X, y, width and height in mm."""


def may_follow_values(pages: Iterable[Any], calls: Mapping[int, Place]) -> list[Place]:
    """Return the places of a compiled sheet whose size a value might change, by their boxes as WeasyPrint has them.

    What has a position and is as wide and high as plain lengths say, or shares of the box that it is placed in, is so
    whatever is in it, and nothing around it asks (CSS 2.1, 10.1, 10.3.7 and 10.6.4).
    """
    boxes = (box for page in pages for box, _ in slot_boxes(page))
    return [calls[int(box.element.get("data-place"))] for box in boxes if not _is_sized(box.style)]


def _is_sized(style: Any) -> bool:
    plain = all(
        getattr(style[side], "unit", "") in ("px", "%") for side in ("width", "height", "max_width", "max_height")
    )
    free = all(style[side] == "auto" for side in ("min_width", "min_height"))
    return plain and free and style["position"] in ("absolute", "fixed")


@one_thread()
def changed_by_long_values(
    layout: Layout, variant: Variant, fixed: Fixed, calls: Mapping[int, Place]
) -> Iterable[tuple[str, str]]:
    """Return (slot, what becomes of it) when all slots are fuller than any box has room for.

    ``calls`` are the places compiled with one character in each slot.
    """
    filling = "a long value"
    try:
        sheet = lay_out(layout, variant, fixed, lambda slot, _: _long(layout.kind(slot), layout.slots[slot].lines))
    except BadLayout as refused:
        return [("every slot", f"with {filling} in each the sheet cannot be laid out: {refused}")]
    return list(changed_on(sheet.pages, calls, filling))


def changed_on(pages: Iterable[Any], calls: Mapping[int, Place], filling: str) -> Iterator[tuple[str, str]]:
    """Yield (slot, what becomes of it) on the laid-out pages of a sheet with ``filling`` in its slots.

    Where boxes grow, those that they only push aside are not told.
    """
    found = _slot_boxes_of(pages)
    changes = [(place, found.get(call, [])) for call, place in calls.items()]
    grown = [(place, boxes) for place, boxes in changes if len(boxes) != 1 or not _near(place, boxes[0], (2, 3))]
    moved = [(place, boxes) for place, boxes in changes if boxes and not _near(place, boxes[0], (0, 1))]
    for place, boxes in grown or moved:
        became = " and ".join(map(_said, boxes)) or "nothing"
        yield place.slot, f"with {filling} its box of {_said(place.millimetres)} becomes {became}"


def _long(kind: Kind, lines: int) -> Markup:
    """Return a value longer than any box, on as many lines as the slot may have."""
    if kind == "text":
        return Markup("<br>").join([run_html(PROBE * LONG)] * lines)
    return code_html(kind, PAYLOADS[kind])


def _slot_boxes_of(pages: Iterable[Any]) -> dict[int, list[Box]]:
    """Return which call of ``slot()`` → its boxes."""
    found: dict[int, list[Box]] = {}
    for page in pages:
        for box, _ in slot_boxes(page._page_box):
            px = (box.content_box_x(), box.content_box_y(), box.width, box.height)
            x, y, w, h = (float(length) / PX_PER_MM for length in px)
            found.setdefault(int(box.element.get("data-place")), []).append((x, y, w, h))
    return found


def _near(place: Place, box: Box, measures: tuple[int, int]) -> bool:
    return all(abs(place.millimetres[n] - box[n]) < SLACK for n in measures)


def _said(box: Box) -> str:
    x, y, w, h = box
    return f"{w:.2f} × {h:.2f} mm at {x:.2f}, {y:.2f}"
