"""A property of a box → the declaration of the layout that sets it: its file, its line and its selector.

Asked only of what is refused. Style sheets, ``<style>`` and ``style`` of all templates are read as they are written; of
several declarations that reach an element the strongest is meant, as in the cascade.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import cssselect2
import tinycss2

_FILE = re.compile(r"[\w./-]+\.(?:css|j2|html|svg)\b")
COMMENT = re.compile(r"/\*.*?\*/|\{#.*?#\}|<!--.*?-->", re.DOTALL)
SHORT = {
    "max-lines": "line-clamp", "continue": "line-clamp", "block-ellipsis": "line-clamp",
    "column-count": "columns", "column-width": "columns",
    **{f"border-{side}-color": "border-color" for side in ("top", "right", "bottom", "left")},
}  # fmt: skip
"""A property → the shorthand that sets it, where it does not begin with its name."""
_BLANKS = re.compile(r"[ \t\r\n\f]+")
"""What is blank to CSS; one of full width is a name."""
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style", re.DOTALL | re.IGNORECASE)
_START = re.compile(r"<([a-zA-Z][\w:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")


@dataclass(frozen=True, slots=True)
class Declaration:
    """One ``name: value`` of a style sheet, a ``style`` or an attribute of a drawing."""

    file: str
    """With its folder: ``small/sheet.css``."""
    line: int
    selector: str
    """Of a ``style`` or an attribute, its element: ``<p class="who">``."""
    name: str
    value: str
    important: bool = False
    element: str = ""
    """The tag that has it as its own; "" where a selector says which elements it is for."""
    begins: tuple[int, int] = (0, 0)
    """Line and column, from 1, of the first sign of its value, where it stands in a style sheet."""
    path: Path | None = None
    """The style sheet; None where it stands in a template."""

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, {self.selector} {{ {self.name}: {self.value} }}"

    def sets(self, prop: str) -> bool:
        """Whether it sets a property, by its name or by a shorthand."""
        return prop == self.name or prop.startswith(f"{self.name}-") or SHORT.get(prop) == self.name

    def strength(self, wrapped: Any, pseudo: str) -> tuple[Any, ...] | None:
        """Return how strongly it reaches an element, or its ``::before`` or ``::after``; None where it does not."""
        if self.element:
            own = self.element == wrapped.local_name and self.name in (wrapped.etree_element.get("style") or "")
            return (self.important, (1,), ()) if own and not pseudo else None
        reaching = (one for one in selectors(self.selector) if (one.pseudo_element or "") == pseudo)
        found = [one.specificity for one in reaching if one.test(wrapped)]
        return (self.important, (0,), max(found)) if found else None


@lru_cache(maxsize=1024)
def selectors(text: str) -> tuple[Any, ...]:
    """Return what a selector of a style sheet means (cssselect2's); () where it means nothing."""
    try:
        return tuple(cssselect2.compile_selector_list(text))
    except cssselect2.SelectorError:
        return ()


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of a sheet: those that are named here, and what they take in from a few folders."""

    named: tuple[Path, ...]
    """In the order of the cascade."""
    folders: tuple[Path, ...]
    """The layout's own, and those of the parts."""

    def texts(self) -> dict[Path, str]:
        """Read them: what is taken in comes before what takes it in; comments are blank, lines are kept."""
        found: dict[Path, str] = {}
        for path in self.named:
            self._read(path, found, ())
        return found

    def _read(self, path: Path, found: dict[Path, str], around: tuple[Path, ...]) -> None:
        if path in found or path in around:
            return
        text, names = _without_comments(path.read_text(encoding="utf-8", errors="replace"))
        for name in names:
            places = (path.parent / name, *(folder / name.removeprefix("_shared/") for folder in self.folders))
            if taken := next((place for place in places if place.is_file()), None):
                self._read(taken.resolve(), found, (*around, path))
        found[path] = text


@lru_cache(maxsize=128)
def _without_comments(text: str) -> tuple[str, list[str]]:
    """Return a text with blanks for its comments, and the names of files in it."""
    text = COMMENT.sub(lambda comment: re.sub(r"[^\n]", " ", comment[0]), text)
    return text, _FILE.findall(text)


NO_FILES = Sources((), ())


def declarations(sources: Sources) -> Iterator[Declaration]:
    """Yield all declarations of a sheet, in the order of the cascade."""
    for path, text in sources.texts().items():
        file = f"{path.parent.name}/{path.name}"
        if path.suffix == ".css":
            yield from _of_style_sheet(path, file, text)
            continue
        for block in _STYLE.finditer(text):
            yield from _of_rules(file, block[1], text.count("\n", 0, block.start(1)) + 1)
        for start in _START.finditer(text):
            yield from _of_element(file, text.count("\n", 0, start.start()) + 1, start[1], start[2])


@lru_cache(maxsize=32)
def _of_style_sheet(path: Path, file: str, text: str) -> tuple[Declaration, ...]:
    return tuple(replace(found, path=path) for found in _of_rules(file, text, 1))


def _of_rules(file: str, text: str, line: int) -> Iterator[Declaration]:
    for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        yield from _of_rule(file, rule, line - 1, "")


def _of_rule(file: str, rule: Any, lines_before: int, around: str) -> Iterator[Declaration]:
    if rule.type not in ("qualified-rule", "at-rule") or rule.content is None:
        return
    prelude = _BLANKS.sub(" ", tinycss2.serialize(rule.prelude)).strip(" ")
    if rule.type == "at-rule":
        selector = around or f"@{rule.at_keyword}"
    else:
        inside = around and not around.startswith("@")
        selector = f"{around} {prelude}" if inside and "&" not in prelude else prelude.replace("&", f":is({around})")
    for found in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
        if found.type == "declaration":
            value, at = tinycss2.serialize(found.value).strip(), lines_before + found.source_line
            first = next((token for token in found.value if token.type != "whitespace"), found)
            begins = (lines_before + first.source_line, first.source_column)
            yield Declaration(file, at, selector, found.name.lower(), value, found.important, begins=begins)
        else:
            yield from _of_rule(file, found, lines_before, selector)


def _of_element(file: str, line: int, tag: str, attributes: str) -> Iterator[Declaration]:
    """Yield what an element says of itself: its ``style``, and where it is a part of a drawing its attributes."""
    given = [(found[1], found[2].strip("\"'"), found.start()) for found in _ATTRIBUTE.finditer(attributes)]
    classes = next((value for name, value, _ in given if name == "class"), "")
    shown = f'<{tag} class="{classes}">' if classes else f"<{tag}>"
    for name, value, begins in given:
        at = line + attributes.count("\n", 0, begins)
        if name.lower() != "style":
            yield Declaration(file, at, shown, name.lower(), value, element=tag.lower())
            continue
        for found in tinycss2.parse_blocks_contents(value, skip_comments=True, skip_whitespace=True):
            if found.type == "declaration":
                said = tinycss2.serialize(found.value).strip()
                yield Declaration(file, at, shown, found.name.lower(), said, found.important, tag.lower())


def declared_at(sources: Sources, page: Any, box: Any, prop: str) -> Declaration | None:
    """Return the declaration that sets a property of a box on a page, there or on what it inherits from."""
    if box.element is None:  # of the page's margin
        return None
    _, _, pseudo = box.element_tag.partition("::")
    return declared_for(sources, page.children[0].element, box.element, prop, pseudo)


def declared_for(sources: Sources, root: Any, element: Any, prop: str, pseudo: str = "") -> Declaration | None:
    """Do as ``declared_at`` for an element below ``root``, or its ``::before`` or ``::after``."""
    prop = prop.replace("_", "-")
    known = [found for found in declarations(sources) if found.sets(prop)]
    if not known:
        return None
    tree = cssselect2.ElementWrapper.from_html_root(root).iter_subtree()
    wrapped = next((node for node in tree if node.etree_element is element), None)
    while wrapped is not None:
        reaching = [(how, n) for n, one in enumerate(known) if (how := one.strength(wrapped, pseudo)) is not None]
        if reaching:
            return known[max(reaching)[1]]
        wrapped, pseudo = (wrapped, "") if pseudo else (wrapped.parent, "")
    return None
