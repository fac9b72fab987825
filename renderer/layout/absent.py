"""Check that all texts of a filled template stand on its laid-out pages, or BadLayout that names each that does not.

``visible`` asks of what was laid out whether it can be seen; here is asked what was never laid out: with ``display:
none`` or ``hidden`` a text leaves nothing behind that could be looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from renderer.layout.boxes import quoted
from renderer.layout.declarations import declared_for
from renderer.layout.elements import elements, outside_slots, own_text, written_at
from renderer.layout.load import Fixed, Layout
from renderer.layout.refusing import refusal
from renderer.model.variant import Variant

_NO_TEXTS = frozenset({"head", "style", "{http://www.w3.org/2000/svg}svg"})
"""What holds words that are not meant for the sheet: a style, the name of a drawing."""


def check_nothing_is_absent(layout: Layout, variant: Variant, fixed: Fixed, pages: Sequence[Any]) -> None:
    """Check the laid-out pages of a sheet against the template they were made of.

    :raises BadLayout: naming each text that is on none of them, and each ``<img>`` that names no picture.
    """
    root = pages[0].children[0].element

    def where(element: Any) -> str:
        hiding = declared_for(layout.sources, root, element, "display")
        if hiding and hiding.value == "none":
            return str(hiding)
        written = dict(zip(outside_slots(root), elements(layout, variant, fixed).nodes, strict=True))
        file, line = written_at(written[element]) or (f"{layout.name}/{layout.template.name}", 1)
        return f"{file}, line {line}, <{element.tag}>"

    if wrong := list(_wrong(root, _Laid(pages), where)):
        raise refusal(wrong)


def _wrong(root: Any, laid: _Laid, where: Callable[[Any], str]) -> Iterator[str]:
    for element, said in _absent(root, laid):
        yield (
            f"{where(element)}: {quoted(said)} stands on no page and would not be printed; show it, or take it out of "
            "the template"
        )
    for element in outside_slots(root):
        if element.tag == "img" and not (element.get("src") or "").strip():
            yield (
                f"{where(element)}: it names no picture, and nothing would be printed; write its src, or take it out "
                "of the template"
            )


class _Laid:
    """What of the template was laid out."""

    def __init__(self, pages: Sequence[Any]) -> None:
        boxes = [box for page in pages for box in _boxes(page)]
        self.elements = frozenset(box.element for box in boxes)
        """Those that have a box."""
        self.with_words = frozenset(box.element for box in boxes if _says_its_own(box) or box.style["font_size"] == 0)
        """Those whose words have one; words of no size are told by ``fixed_part``."""


def _boxes(box: Any) -> Iterator[Any]:
    yield box
    for child in getattr(box, "children", ()):
        yield from _boxes(child)


def _says_its_own(box: Any) -> bool:
    """Whether it is a text of the element's, and not what a style adds to it."""
    is_text = hasattr(box, "text") and bool(box.text.strip())
    return is_text and box.element is not None and box.element_tag.partition("::")[2] in ("", "first-letter")


def _absent(element: Any, laid: _Laid) -> Iterator[tuple[Any, str]]:
    """Yield the outermost elements whose words are on no page, each with these."""
    if element not in laid.elements:
        said = "".join(map(own_text, _with_texts(element)))
    else:
        said = "" if element in laid.with_words else own_text(element)
        for child in _children(element):
            yield from _absent(child, laid)
    if said:
        yield element, said


def _with_texts(element: Any) -> Iterator[Any]:
    """Yield an element and all below it that may have texts of their own."""
    yield element
    for child in _children(element):
        yield from _with_texts(child)


def _children(element: Any) -> Iterator[Any]:
    if not element.get("data-slot"):
        yield from (child for child in element if isinstance(child.tag, str) and child.tag not in _NO_TEXTS)
