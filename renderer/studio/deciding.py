"""A box and one of its sides → the declaration that decides it, and whether its number may be moved.

It may where it is a plain length of a style sheet and WeasyPrint laid the box out by it; anything else is refused with
the rule that decides instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cssselect2
import tinycss2

from renderer.layout.declarations import Declaration, Sources, declarations, selectors
from renderer.layout.elements import written_at
from renderer.model.paper import PX_PER_MM
from renderer.studio.boxes import SIZES, Laid, Placed
from renderer.studio.lengths import PER_MM, Length
from renderer.studio.parts import Rule, Side, Source
from renderer.studio.refusals import Refusal, Why

_ALL: tuple[Side, ...] = ("left", "top", "right", "bottom")
DECIDES: Mapping[str, tuple[Side, ...]] = {
    **{side: (side,) for side in (*_ALL, "width", "height")},
    "inset": _ALL, "inset-inline": ("left", "right"), "inset-block": ("top", "bottom"),
    "inset-inline-start": ("left",), "inset-inline-end": ("right",),
    "inset-block-start": ("top",), "inset-block-end": ("bottom",),
}  # fmt: skip
"""A property → the sides that it decides."""
POSITION = "position"
_BESIDES = (POSITION, "min-width", "max-width", "min-height", "max-height", "margin", "box-sizing")
OPPOSITE: Mapping[Side, Side] = {"left": "right", "top": "bottom"}
_LENGTH_OF: Mapping[Side, Side] = {"left": "width", "top": "height"}
_NEAR = 0.01
"""px: what is computed is what is declared."""


class Cascade:
    """The declarations of a sheet that place boxes."""

    def __init__(self, sources: Sources) -> None:
        self.files = {f"{path.parent.name}/{path.name}": path.resolve() for path in sources.texts()}
        """As messages name a file → where it lies."""
        self._matcher = cssselect2.Matcher()
        for order, found in enumerate(declarations(sources)):
            if not found.element and (found.name in DECIDES or found.name.startswith(_BESIDES)):
                for selector in selectors(found.selector):
                    if selector.pseudo_element is None:
                        self._matcher.add_selector(selector, (order, found))

    def reaching(self, node: Any) -> list[Declaration]:
        """Return the declarations that reach an element, the strongest first."""
        ranked = {
            found: (found.important, False, specificity, order)
            for specificity, _, _, (order, found) in self._matcher.match(node)  # the most specific last
        }
        for order, found in enumerate(_own(node)):
            ranked[found] = (found.important, True, (0, 0, 0), order)
        return sorted(ranked, key=lambda found: ranked[found], reverse=True)

    def deciding(self, node: Any, side: Side) -> Declaration | None:
        """Return the declaration that decides a side of an element."""
        return next((found for found in self.reaching(node) if side in DECIDES.get(found.name, ())), None)

    def is_positioned(self, node: Any) -> bool:
        """Whether left and top count for an element."""
        return self._position(node) != "static"

    def is_out_of_flow(self, node: Any) -> bool:
        """Whether nothing around an element moves when it grows."""
        return self._position(node) in ("absolute", "fixed")

    def _position(self, node: Any) -> str:
        return next((found.value for found in self.reaching(node) if found.name == POSITION), "static")

    def rules(self, node: Any) -> tuple[Rule, ...]:
        """Return the declarations that reach an element as messages tell them, the strongest first."""
        told: list[Rule] = []
        decided: set[Side] = set()
        for found in self.reaching(node):
            sides = tuple(side for side in DECIDES.get(found.name, ()) if side not in decided)
            decided.update(sides)
            told.append(self.rule(found, sides))
        return tuple(told)

    def rule(self, found: Declaration, decides: tuple[Side, ...] = ()) -> Rule:
        """Return a declaration as messages tell it."""
        source = Source(file=found.file, line=found.line, path=str(self.files.get(found.file, "")))
        return Rule(source=source, selector=found.selector, name=found.name, value=found.value, decides=decides)


def _own(node: Any) -> Iterator[Declaration]:
    """Yield what an element says of itself."""
    element = node.etree_element
    file, line = written_at(node) or ("", 1)
    for found in tinycss2.parse_blocks_contents(element.get("style") or "", skip_comments=True, skip_whitespace=True):
        if found.type == "declaration":
            value = tinycss2.serialize(found.value).strip()
            selector = f"<{element.tag}>"
            yield Declaration(file, line, selector, found.name.lower(), value, found.important, element.tag)


@dataclass(frozen=True, slots=True)
class Decided:
    """A side of a box that may be moved."""

    declaration: Declaration
    length: Length
    path: Path
    """The style sheet that has it."""


def decided(cascade: Cascade, box: Placed, side: Side) -> Decided:
    """Return what decides left, top, width or height of a box with an element.

    :raises Refusal: where that is no plain number, with the rules that decide instead.
    """
    laid, found = box.laid, cascade.deciding(box.node, side)
    if laid is None:
        raise Refusal(Why.GONE)
    is_size = side in SIZES
    if is_size and not laid.is_out_of_flow:
        raise Refusal(Why.SIZE_OF_FLOW)
    if laid.position == "static":
        raise Refusal(Why.FLOW)
    if found is None or found.value == "auto":
        raise _not_set(cascade, box, laid, side)
    length = plain_length(found)
    if not is_size:
        _check_one_side_decides(cascade, box, laid, side, found)
    px = float(length.mm) * PX_PER_MM
    has = [laid.computed[side], laid.used.get(side, px)]
    if any(value is None or abs(value - px) > _NEAR for value in has):
        raise Refusal(Why.OTHERWISE, [found], rule=said(found))
    if found.path is None:
        raise Refusal(Why.IN_TEMPLATE, [found], rule=said(found))
    return Decided(found, length, found.path.resolve())


def _not_set(cascade: Cascade, box: Placed, laid: Laid, side: Side) -> Refusal:
    """Say what decides a side that no rule sets."""
    start: Side = {"width": "left", "height": "top"}.get(side, side)  # type: ignore[assignment]
    other = cascade.deciding(box.node, OPPOSITE[start])
    if other is None or other.value == "auto":
        return Refusal(Why.NOTHING, side=side) if laid.is_out_of_flow else Refusal(Why.FLOW)
    if start == side:
        return Refusal(Why.OPPOSITE, [other], rule=said(other), side=side)
    return Refusal(Why.STRETCHED, [other], rule=said(other))


def _check_one_side_decides(cascade: Cascade, box: Placed, laid: Laid, side: Side, found: Declaration) -> None:
    """Refuse to move a box that two sides stretch, or hold in the middle."""
    other = cascade.deciding(box.node, OPPOSITE[side])
    if laid.is_out_of_flow and side in laid.centred:
        raise Refusal(Why.CENTRED, [found], rule=said(found))
    if laid.is_out_of_flow and laid.computed[_LENGTH_OF[side]] is None and other and other.value != "auto":
        raise Refusal(Why.STRETCHED, [found, other], rule=said(found))


def plain_length(found: Declaration) -> Length:
    """Return the length that a declaration sets, where it is a plain one.

    :raises Refusal: where it is something else.
    """
    tokens = [
        token
        for token in tinycss2.parse_component_value_list(found.value, skip_comments=True)
        if token.type != "whitespace"
    ]
    named = {"rule": said(found)}
    functions = {token.lower_name for token in tokens if token.type == "function"}
    if functions:
        raise Refusal(Why.VARIABLE if "var" in functions else Why.SUM, [found], **named)
    if len(tokens) != 1 or len(DECIDES[found.name]) != 1:
        raise Refusal(Why.SEVERAL, [found], **named)
    (token,) = tokens
    if token.type == "percentage":
        raise Refusal(Why.PERCENT, [found], **named)
    if token.type == "dimension":
        if token.lower_unit not in PER_MM:
            raise Refusal(Why.RELATIVE, [found], **named)
        return Length(token.representation, token.unit)
    if token.type == "number" and token.value == 0:
        return Length(token.representation, "")
    raise Refusal(Why.NO_LENGTH, [found], **named)


def said(found: Declaration) -> str:
    """Say a declaration as a sentence takes it: ``.card { top: 233mm }``."""
    return f"{found.selector} {{ {found.name}: {found.value} }}"
