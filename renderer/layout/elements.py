"""A variant under a job → the elements of its filled template, each with where it is written; nothing is laid out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import cssselect2

from renderer.layout.declarations import selectors
from renderer.layout.engine import parsed
from renderer.layout.load import Fixed, Layout
from renderer.layout.tags import AT
from renderer.layout.templates import marked
from renderer.model.variant import Variant


class Elements:
    """The elements of one filled template."""

    def __init__(self, nodes: tuple[Any, ...]) -> None:
        self.nodes = nodes
        """cssselect2's, in the order of the template."""
        self._named: dict[str, list[Any]] = {}

    def select(self, selector: str) -> list[Any]:
        """Return the elements that a selector of a style sheet names."""
        if selector not in self._named:
            tests = selectors(selector)
            self._named[selector] = [node for node in self.nodes if any(one.test(node) for one in tests)]
        return self._named[selector]


def elements(layout: Layout, variant: Variant, fixed: Fixed) -> Elements:
    """Return the elements of a filled template.

    :raises BadLayout: when the template cannot be filled.
    """
    return _elements(marked(layout, variant, fixed))


# Known by what is in them: a style sheet that changes leaves the elements as they are.
@lru_cache(maxsize=256)
def _elements(html: str) -> Elements:
    root = parsed(html)
    wrapped = {node.etree_element: node for node in cssselect2.ElementWrapper.from_html_root(root).iter_subtree()}
    return Elements(tuple(wrapped[element] for element in outside_slots(root)))


def outside_slots(element: Any) -> Iterator[Any]:
    """Yield an element and all below it, but what stands in a slot."""
    if not isinstance(element.tag, str):
        return
    yield element
    if not element.get("data-slot"):
        for child in element:
            yield from outside_slots(child)


def own_text(element: Any) -> str:
    """Return what the template writes right into an element, blanks aside."""
    parts = (element.text, *(child.tail for child in element))
    return "".join("".join(part.split()) for part in parts if part)


def upwards(node: Any) -> Iterator[Any]:
    """Yield an element, the one around it, and so on to the root."""
    while node is not None:
        yield node
        node = node.parent


def written_at(node: Any) -> tuple[str, int] | None:
    """Return file (``small/sheet.html.j2``) and line of an element; None for one that the parser added."""
    file, _, line = (node.etree_element.get(AT) or "").rpartition(", line ")
    return (file, int(line)) if file else None
