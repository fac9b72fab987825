"""The style sheets of a layout → the names in them that nothing on any of its sheets answers to.

WeasyPrint passes over a rule for a class that nobody has, for a slot that there is not, or for a screen, and says
nothing. Asked are the layout's own style sheets: a common one has rules for other layouts, too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import tinycss2

from renderer.layout.declarations import Declaration, declarations
from renderer.layout.load import Layout
from renderer.model.insurer import CardCorner
from renderer.model.job import Route
from renderer.model.toml import advice

_WORD = re.compile(r"[\w-]+")
_OURS = {"slot", "qr", "vertical", "abreast", "none", "omr", *Route, *CardCorner}
"""What the template's own functions write, and what a job or an insurer may say."""
_SET = re.compile(r"(--[\w-]+)\s*:")
_USED = re.compile(r"var\(\s*(--[\w-]+)\s*(,?)")
_PAPER = re.compile(r"\b(?:print|all|not)\b", re.IGNORECASE)


class Unanswered(NamedTuple):
    """A name that nothing answers to, or rules that nobody asks for."""

    where: str
    """File, line and selector."""
    sentence: str
    action: str


def unanswered(layout: Layout) -> Iterator[Unanswered]:
    """Tell names of classes, ids, slots and custom properties that there are not, and rules for screens."""
    texts = layout.sources.texts()
    own = {path: text for path, text in texts.items() if path.suffix == ".css" and path.parent == layout.folder}
    written = "\n".join(text for path, text in texts.items() if path.suffix != ".css")
    facts = {value for values in layout.document.facts.values() for value in values}
    known = _Known({*_WORD.findall(written), *_OURS, *facts}, frozenset(layout.slots))
    everything = "\n".join(texts.values())
    used, given = {name for name, _ in _USED.findall(everything)}, set(_SET.findall(everything))
    for found in declarations(layout.sources):
        if found.path in own:
            yield from _of_selector(found, known)
            yield from _of_property(found, used, given)
    for path, text in own.items():
        yield from _for_screens(f"{path.parent.name}/{path.name}", text)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the templates write."""

    words: Collection[str]
    slots: Collection[str]

    def has(self, name: str) -> bool:
        """Whether a template may write a name: whole, or what stands before or behind something that it fills in."""
        parts = (word for word in self.words if len(word) > 1)
        return name in self.words or any(
            (part.endswith("-") and name.startswith(part)) or (part.startswith("-") and name.endswith(part))
            for part in parts
        )


def _of_selector(found: Declaration, known: _Known) -> Iterator[Unanswered]:
    if found.element or found.selector.startswith("@"):
        return
    for what, name in _names(tinycss2.parse_component_value_list(found.selector)):
        is_slot = what == "slot"
        if not (name in known.slots if is_slot else known.has(name)):
            blank = "a blank of full width is taken for a part of a name: " if re.search(r"\s", name) else ""
            meant = advice(name, known.slots if is_slot else known.words, "'")
            sentence = f"{blank}no template writes the {what} '{name}'{meant}"
            yield Unanswered(
                f"{found.file}, line {found.line}, {found.selector}", sentence, "correct it, or take it out"
            )


def _names(tokens: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Yield what a selector asks for: of what kind it is, and its name."""
    before = ""
    for token in tokens:
        if token.type == "ident":
            # An element may be there in another layout: only what is none at all is told.
            if before == "." or (before != ":" and not token.value.isascii()):
                yield ("class" if before == "." else "element"), token.value
        elif token.type == "hash":
            yield "id", token.value
        elif token.type == "[] block":
            given = [part.value for part in token.content if part.type in ("ident", "string")]
            if len(given) == 2 and given[0] == "data-slot":
                yield "slot", given[1]
        elif token.type == "function" and token.lower_name in ("is", "not", "where"):
            yield from _names(token.arguments)
        before = token.value if token.type == "literal" else ""


def _of_property(found: Declaration, used: Collection[str], given: Collection[str]) -> Iterator[Unanswered]:
    where = f"{found.file}, line {found.line}, {found.selector}"
    if found.name.startswith("--") and found.name not in used:
        meant = advice(found.name, used, "'")
        yield Unanswered(where, f"nothing asks for {found.name}{meant}", "correct it, or take it out")
    for name, other in _USED.findall(found.value):
        if not other and name not in given:
            meant = advice(name, given, "'")
            yield Unanswered(where, f"nothing sets {name}{meant}", "set it, or correct the name")


def _for_screens(file: str, text: str) -> Iterator[Unanswered]:
    for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule" and rule.lower_at_keyword == "media":
            media = tinycss2.serialize(rule.prelude).strip()
            if not _PAPER.search(media):
                where = f"{file}, line {rule.source_line}"
                sentence = f"a sheet is printed, and these rules are for another medium ({media})"
                yield Unanswered(where, sentence, "write them without @media")
