"""Check that all texts and values of a laid-out page can be seen, or BadLayout that names what hides them.

Compiling refuses it, because no proof of a run would: a white name is printed, and read back from the file, like a
black one. Values are always drawn on top of the fixed part. What cannot be told from boxes, such as a drawing (SVG)
under a value or what lies at an angle, is for lint to see on the drawn page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from renderer.layout.boxes import called, quoted, slot_boxes, texts_of
from renderer.layout.contrast import BLACK, LEAST_SEEN, RGB, WHITE, contrast, red_green_blue
from renderer.layout.declarations import declared_at
from renderer.layout.ground import ground_ids
from renderer.layout.load import Layout
from renderer.layout.painted import Order, Painted, painted
from renderer.layout.refusing import refusal
from renderer.model.paper import PX_PER_MM, PX_PER_PT, Edges
from renderer.press.fitting import UNITS
from renderer.press.fonts import ASCENT, DESCENT
from renderer.press.plates import Place

SLACK = 0.1
"""mm: less of an overlap cannot be seen."""
LEAST_SIZE = 4.0
"""pt: ruby over text of 8 pt. The strokes of a smaller kanji run together."""
CLOSEST = -0.1
"""em: letters that letter-spacing or word-spacing sets closer than this lie on one another."""
TOUCHING = 0.1
"""em: two texts may reach into one another by this, which is blank in most letters."""
THICKEST = 0.15
"""em: what lines at a text may be thick."""
FURTHEST = 0.4
"""em: how far below the baseline a line may lie without reaching the next one."""
_LAST: Order = (99,)
"""When values are drawn: after all of the fixed part."""


def check_visible(layout: Layout, page: Any, places: Mapping[int, Place]) -> None:
    """Check a page whose slots were emptied; ``places`` are those of its calls.

    :raises BadLayout: naming each text and each slot that cannot be seen, and what hides it.
    """
    if found := list(_Page(layout, page, places).unseen()):
        raise refusal(found)


class _Written(NamedTuple):
    """A text or a slot."""

    box: Any
    rgb: RGB
    edges: Edges
    """Of its letters, or of those that a value may have."""
    order: Order
    """When it is painted."""
    slot: str = ""

    @property
    def what(self) -> str:
        """As a message calls it."""
        return f"slot '{self.slot}'" if self.slot else quoted(self.box.text)


class _Page:
    """A page that is looked at."""

    def __init__(self, layout: Layout, page: Any, places: Mapping[int, Place]) -> None:
        self.layout, self.page = layout, page
        self.painted = painted(page)
        upright, grounds = [one for one in self.painted if not one.is_turned], ground_ids(layout)
        self.texts = [
            _Written(one.box, red_green_blue(one.colour), one.edges, one.order) for one in upright if one.is_text
        ]
        self.slots = [
            _Written(box, colour_of(box, place), letters_of(place), _LAST, place.slot)
            for box, _ in slot_boxes(page)
            if (place := places.get(int(box.element.get("data-place"))))
        ]
        self.things = [one for one in upright if one.prop]
        self.pictures = [
            one for one in upright if one.is_picture and getattr(one.box.replacement, "id", "") not in grounds
        ]
        self.drawings = [one for one in upright if one.is_drawing]

    def unseen(self) -> Iterator[str]:
        """Yield what to tell of each text and slot that cannot be seen."""
        for text, _ in texts_of(self.page):
            yield from self._hidden(text)
        for one in self.painted:
            if one.is_text:
                yield from self._too_small(quoted(one.box.text), one.box, one.scale)
                yield from self._too_close(quoted(one.box.text), one.box)
                yield from self._struck(quoted(one.box.text), one.box)
        for slot in self.slots:
            yield from self._too_small(slot.what, slot.box)
            yield from self._too_close(slot.what, slot.box)
        for what, edges in self._texts_and_pictures():
            yield from self._laid_under_values(what, edges)
        for written in (*self.texts, *self.slots):
            yield from self._like_its_ground(written)
        for text in self.texts:
            yield from self._drawn_over(text)
        yield from self._on_one_another()

    def _at(self, box: Any, prop: str) -> str:
        return str(declared_at(self.layout.sources, self.page, box, prop) or self.layout.name)

    def _hidden(self, text: Any) -> Iterator[str]:
        if text.style["visibility"] != "visible" and text.text.strip():
            yield (
                f"{self._at(text, 'visibility')}: {quoted(text.text)} is hidden and would not be printed; show it, or "
                "take it out of the template"
            )

    def _too_small(self, what: str, box: Any, scale: float = 1.0) -> Iterator[str]:
        size = box.style["font_size"] / PX_PER_PT * scale
        if size < LEAST_SIZE - 0.01:
            yield (
                f"{self._at(box, 'font-size')}: {what} is {size:.1f} pt high and cannot be read; make it "
                f"{LEAST_SIZE:g} pt or more, or take it out of the template"
            )

    def _too_close(self, what: str, box: Any) -> Iterator[str]:
        for prop in ("letter_spacing", "word_spacing"):
            spacing = box.style[prop]
            if spacing != "normal" and spacing < CLOSEST * box.style["font_size"] - 0.001:
                yield (
                    f"{self._at(box, prop)}: the letters of {what} would lie on one another; write {CLOSEST:g}em or "
                    "more, or a smaller font-size"
                )

    def _struck(self, what: str, box: Any) -> Iterator[str]:
        """Tell what of a text's decoration goes through its letters."""
        style = box.style
        if style["text_decoration_line"] == "none":
            return
        if "line-through" in style["text_decoration_line"]:
            yield (
                f"{self._at(box, 'text-decoration-line')}: a line goes through {what}; take it off, or take the text "
                "out of the template"
            )
        thickness, offset = (_in_em(box, f"text_{prop}") for prop in ("decoration_thickness", "underline_offset"))
        if thickness > THICKEST + 0.001:
            yield (
                f"{self._at(box, 'text-decoration-thickness')}: the line at {what} is {thickness:.2f} em thick and "
                f"covers letters; write {THICKEST:g}em or less"
            )
        if "underline" in style["text_decoration_line"] and not -0.001 <= offset <= FURTHEST + 0.001:
            yield (
                f"{self._at(box, 'text-underline-offset')}: the line under {what} lies {offset:.2f} em below it and "
                f"strikes letters; write 0 to {FURTHEST:g}em"
            )

    def _like_its_ground(self, written: _Written) -> Iterator[str]:
        """Tell what covers a text, and what under its letters is no darker or lighter than they are."""
        grounds: list[Painted | None] = [None]
        for thing in self.things:
            if not _meet(thing.edges, written.edges):
                continue
            if thing.order > written.order:
                yield f"{self._at(thing.box, thing.prop)}: it covers {written.what}; move it, or take it off"
            else:
                covers = written.edges.beyond(thing.edges) <= SLACK
                grounds = [thing] if covers else [*grounds, thing]
        for ground in grounds:
            found = contrast(written.rgb, red_green_blue(ground.colour) if ground else WHITE)
            if found < LEAST_SEEN:
                where = self._at(ground.box, ground.prop) if ground else self._at(written.box, "color")
                yield (
                    f"{where}: {written.what} stands on {called(ground.box) if ground else 'the paper'} with a "
                    f"contrast of {found:.1f} to 1, and is read from {LEAST_SEEN:g} to 1 on; make one of them "
                    "lighter or darker, or move it"
                )

    def _drawn_over(self, text: _Written) -> Iterator[str]:
        """Tell which drawing comes after a text and lies on it: no box says of which colour it is where."""
        for one in self.drawings:
            if one.order > text.order and _meet(one.edges, text.edges):
                across, down = one.edges.overlap(text.edges)
                yield (
                    f"{self.layout.name}: a drawing ({called(one.box)}) lies on {text.what}, {across:.1f} × {down:.1f} "
                    "mm of it; write it into the template before the text, or move it"
                )

    def _texts_and_pictures(self) -> Iterator[tuple[str, Edges]]:
        yield from ((one.what, one.edges) for one in self.texts)
        yield from ((f"a picture ({called(one.box)})", one.edges) for one in self.pictures)

    def _laid_under_values(self, what: str, edges: Edges) -> Iterator[str]:
        """Tell where a text or picture lies where a value is printed."""
        for slot in self.slots:
            if _meet(edges, slot.edges):
                across, down = edges.overlap(slot.edges)
                yield (
                    f"{self.layout.name}: {what} lies under {slot.what}, {across:.1f} × {down:.1f} mm of it; move one "
                    "of them"
                )

    def _on_one_another(self) -> Iterator[str]:
        """Tell which texts lie on one another."""
        texts = sorted(self.texts, key=lambda one: one.edges.top)
        for at, one in enumerate(texts):
            left, _, right, bottom = one.edges
            for other in texts[at + 1 :]:
                if other.edges.top >= bottom:
                    break
                if other.edges.left >= right or other.edges.right <= left:
                    continue
                across, down = one.edges.overlap(other.edges)
                least = TOUCHING * min(one.box.style["font_size"], other.box.style["font_size"]) / PX_PER_MM
                if min(across, down) > least:
                    yield (
                        f"{self.layout.name}: {one.what} and {other.what} lie on one another, {across:.1f} × "
                        f"{down:.1f} mm of them; move one of them"
                    )


def _in_em(box: Any, prop: str) -> float:
    """Return a length of a text's decoration; 0 where it is left to the font."""
    length = box.style[prop]
    if isinstance(length, str):
        return 0.0
    return float(length.value / (100 if length.unit == "%" else box.style["font_size"]))


def colour_of(box: Any, place: Place) -> RGB:
    """Return the colour of a value; a code is always black."""
    return red_green_blue(box.style["color"]) if place.kind == "text" else BLACK


def letters_of(place: Place) -> Edges:
    """Return where the letters of a value may stand: as far as its lines reach, without the leading around them."""
    if place.kind != "text":
        return place.edges
    size, last = place.size / UNITS, place.baseline + (place.rule.lines - 1) * place.line_height
    left, _, right, _ = place.edges
    return Edges(left, (place.baseline - ASCENT * size) / PX_PER_MM, right, (last + DESCENT * size) / PX_PER_MM)


def _meet(one: Edges, other: Edges) -> bool:
    """Whether one, which may be as thin as a rule, reaches into another by more than the slack."""
    left, top, right, bottom = other
    return (
        one.left < right - SLACK and one.right > left + SLACK and one.top < bottom - SLACK and one.bottom > top + SLACK
    )
