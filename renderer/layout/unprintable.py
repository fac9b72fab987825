"""What a sheet has and the press does not print → the declaration to mend, or what the whole layout is told.

Which paints a press in black has no use for is decided by what WeasyPrint draws (``compiling``); here is found who
asked for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from renderer.layout.declarations import Declaration, declarations, declared_at
from renderer.layout.ground import is_ground
from renderer.layout.load import Layout

SIDES = ("top", "right", "bottom", "left")
Asked = Callable[[Any], bool]
"""A computed value → whether it asks for what is not printed."""


def _is_picture(value: Any) -> bool:
    return any(kind != "none" for kind, _ in _layers(value))


def _layers(value: Any) -> Sequence[tuple[str, Any]]:
    """Return what a property draws, one behind the other, each with its kind."""
    several = isinstance(value, tuple | list) and value and isinstance(value[0], tuple | list)
    return [(layer[0], layer[-1]) for layer in (value if several else [value])]


def _lets_through(value: Any) -> bool:
    return 0 < getattr(value, "alpha", 1) < 1


_PICTURES = (
    "gradients and background pictures are not printed; draw with rules and plain colours, place a picture as <img>, "
    "or declare it as [ground] in layout.toml"
)
_THROUGH = "colours that let the paper through are not printed; use the plain colour that it makes on white"
_NOT_PRINTED: dict[str, tuple[Asked, str]] = {
    "opacity": (lambda value: value != 1, "opacity is not printed; use a plain colour"),
    "box-shadow": (bool, "shadows are not printed; draw rules instead"),
    "background-image": (_is_picture, _PICTURES),
    "border-image-source": (_is_picture, _PICTURES),
    "mask-border-source": (_is_picture, _PICTURES),
    "color": (lambda value: getattr(value, "alpha", 1) < 1, _THROUGH),
    **{
        f"{thing}-color": (_lets_through, _THROUGH)
        for thing in ("background", "outline", "text-decoration", "column-rule", *(f"border-{side}" for side in SIDES))
    },
}
"""A property → when it asks for what is not printed, and what to do."""
_IN_DRAWINGS = {
    **dict.fromkeys(("opacity", "fill-opacity", "stroke-opacity", "stop-opacity"), _NOT_PRINTED["opacity"][1]),
    **dict.fromkeys(("filter", "mask"), "filters and masks are not printed; draw plain shapes"),
}
"""An attribute of a part of a drawing → why it is not printed."""
_GRADIENTS = ("lineargradient", "radialgradient", "pattern")


def unprintable(layout: Layout, pages: Sequence[Any], why: str) -> list[str]:
    """Say who asked for what is not printed; ``why`` is told of the layout where nobody can be named."""
    found = [*_by_boxes(layout, pages), *_by_drawings(layout)]
    return found or [f"{layout.name}: {why}"]


def _by_boxes(layout: Layout, pages: Sequence[Any]) -> Iterator[str]:
    for page in pages:
        for box in _boxes(page):
            for prop, (asks, what_to_do) in _NOT_PRINTED.items():
                value = box.style[prop.replace("-", "_")]
                if not asks(value) or _is_all_ground(layout, value):
                    continue
                if found := declared_at(layout.sources, page, box, prop):
                    yield f"{found}: {what_to_do}"


def _by_drawings(layout: Layout) -> Iterator[str]:
    for found in declarations(layout.sources):
        if said := _of_drawing(found):
            where = f"{found.file}, line {found.line}, {found.selector}" if found.element in _GRADIENTS else found
            yield f"{where}: {said}"


def _is_all_ground(layout: Layout, value: Any) -> bool:
    return isinstance(value, tuple) and all(
        kind == "url" and is_ground(layout, str(address)) for kind, address in _layers(value)
    )


def _of_drawing(found: Declaration) -> str:
    if found.element in _GRADIENTS:
        return "gradients and patterns of a drawing are not printed; use plain colours"
    if found.element and found.name in _IN_DRAWINGS and found.value not in ("1", "none"):
        return _IN_DRAWINGS[found.name]
    return ""


def _boxes(box: Any) -> Iterator[Any]:
    if getattr(box, "element", None) is not None:
        yield box
    for child in getattr(box, "children", ()):
        yield from _boxes(child)
