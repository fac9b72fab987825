"""A plate with the values of a sheet → how each is set: the fits of its boxes, and the shapes of its overlays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from renderer.desk.overlays import Shape as Drawn
from renderer.layout.widths import points
from renderer.model.paper import PX_PER_MM, Edges
from renderer.press.fitting import UNITS, DoesNotFit, Fitted
from renderer.press.fonts import Unprintable
from renderer.press.plates import Place, Plate
from renderer.press.ruler import Ruler
from renderer.studio.parts import Box, Fit, Shape

_SHARE = 100.0
_NEAR = 0.2
"""mm: lines of the grid nearer than this are one."""


def fitted(boxes: Sequence[Box], plate: Plate, values: Mapping[str, str], ruler: Ruler) -> tuple[Box, ...]:
    """Say of each slot how its value is set; of one without a value nothing."""
    places: dict[tuple[int, str], list[Place]] = {}
    for _, place in sorted(plate.calls.items()):  # in the order of the template, as boxes are numbered
        places.setdefault((place.page + 1, place.slot), []).append(place)
    return tuple(box.model_copy(update={"fit": _fit_of(box, places, values, ruler)}) for box in boxes)


def _fit_of(
    box: Box, places: Mapping[tuple[int, str], Sequence[Place]], values: Mapping[str, str], ruler: Ruler
) -> Fit | None:
    found = places.get((box.id.page, box.id.name), ()) if box.id.kind == "slot" else ()
    if box.id.ordinal >= len(found) or not values[box.id.name]:
        return None
    return fit_of(found[box.id.ordinal], values[box.id.name], ruler)


def fit_of(place: Place, text: str, ruler: Ruler) -> Fit:
    """Say how a value is set in a place."""
    rule, full = place.rule, points(place.size)
    floor = rule.floor / _SHARE if rule.kind == "condense" else rule.floor
    if rule.kind == "refuse":
        floor = full
    common = {"rule": str(rule.kind), "floor": floor, "full_size": full, "most_lines": rule.lines}
    if place.kind != "text":
        return Fit.model_validate({**common, "look": "full-size", "size": full})
    try:
        how = ruler.fit(place, text)
    except DoesNotFit as refused:
        needed = dict(refused.numbers).get("needed") if refused.form in ("condensed", "shrunk", "plain") else None
        return Fit.model_validate(
            {**common, "look": "held", "size": full, "needed": float(needed) if needed is not None else None}
        )
    except Unprintable:
        return Fit.model_validate({**common, "look": "held", "size": full})
    size = points(how.size)
    look = "condensed" if how.condense < 1 else "shrunk" if how.size < place.size else "full-size"
    full_width = _width(place, how, ruler) if look == "condensed" else None
    return Fit.model_validate({
        **common, "look": look, "condense": how.condense, "size": size, "lines": len(how.lines),
        "full_width": full_width,
    })  # fmt: skip


def _width(place: Place, how: Fitted, ruler: Ruler) -> float:
    """Return the mm that the one line of a value takes at its full width."""
    (line,) = how.lines
    rooms = ruler.rooms(place, how.size)
    return sum(rooms[cluster] for cluster in line) / UNITS / PX_PER_MM


def told(shapes: Iterable[Drawn]) -> Iterator[Shape]:
    """Say shapes of overlays as messages do."""
    for shape in shapes:
        how = shape.setting
        yield _shape(
            str(shape.overlay), str(shape.look), shape.page, shape.edges, shape.name,
            condense=how.condense if how else None, size=how.size if how else None, lines=how.lines if how else None,
        )  # fmt: skip


def _shape(overlay: str, look: str, page: int, edges: Edges, name: str, **how: float | None) -> Shape:
    x, y, right, bottom = edges
    given = {"overlay": overlay, "look": look, "page": page, "x": x, "y": y, "w": right - x, "h": bottom - y}
    return Shape.model_validate({**given, "name": name, **how})


def grid(boxes: Iterable[Box], plate: Plate, pages: int, page_edges: Edges) -> Iterator[Shape]:
    """Yield the lines on which texts stand, and those at which boxes of slots begin or end, each once."""
    boxes = tuple(boxes)
    for number in range(1, pages + 1):
        places = [place for place in plate.places if place.page + 1 == number and place.kind == "text"]
        down = {round(y, 2) for place in places for y in _baselines(place)}
        down |= {round(box.baseline, 2) for box in boxes if box.id.page == number and box.baseline is not None}
        for y in _apart(down):
            yield _shape("grid", "baseline", number, Edges(page_edges.left, y, page_edges.right, y), f"{y:.2f}")
        across = {round(x, 2) for place in places for x in (place.edges.left, place.edges.right)}
        for x in _apart(across):
            yield _shape("grid", "column", number, Edges(x, page_edges.top, x, page_edges.bottom), f"{x:.2f}")


def _baselines(place: Place) -> Iterator[float]:
    return ((place.baseline + line * place.line_height) / PX_PER_MM for line in range(place.rule.lines))


def _apart(lines: Iterable[float]) -> Iterator[float]:
    last = float("-inf")
    for line in sorted(lines):
        if line - last > _NEAR:
            yield line
            last = line
