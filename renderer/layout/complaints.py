"""What WeasyPrint warns of → one sentence: file, line and selector, what is wrong there, and what to write."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from renderer.layout.declarations import Sources, declarations
from renderer.model.toml import advice

_IGNORED = re.compile(r"Ignored `([^:]+):(.*)` at (\d+):\d+, (.*)\.$", re.DOTALL)
_LOST = re.compile(r"Failed to load (?:image|\w+) at '?(file:///[^' ]+?)'?: (?:(\w+): )?(.*)$", re.DOTALL)
_MISSING = re.compile(r'\.notdef glyph rendered for .*: "(.+)" \((.+)\)$', re.DOTALL)
_NOT_PRINTED = {
    **dict.fromkeys(("text-shadow",), "shadows are not printed; take it out, or draw rules"),
    **dict.fromkeys(("filter", "backdrop-filter"), "filters are not printed; take it out"),
    **dict.fromkeys(("clip-path", "mask", "mask-image"), "clipping is not printed; draw what is to be seen"),
    **dict.fromkeys(
        ("mix-blend-mode", "background-blend-mode", "isolation"), "blending is not printed; use plain colours"
    ),
    "writing-mode": "text is set from left to right; write a vertical label with one character on each line",
}
"""What no version of WeasyPrint draws and designers ask for → what to do."""


def told(sources: Sources, name: str, warning: str, known: Iterable[str]) -> str:
    """Say what to mend in ``sources``; ``name`` is told where no file can be named.

    ``known`` are the properties that there are.
    """
    if ignored := _IGNORED.match(warning):
        return _ignored(sources, name, known, *ignored.groups())
    if lost := _LOST.match(warning):
        return _lost(sources, name, *lost.groups())
    if missing := _MISSING.match(warning):
        return _missing(sources, name, *missing.groups())
    return f"{name}: {warning}"


def _ignored(sources: Sources, name: str, known: Iterable[str], prop: str, value: str, line: str, reason: str) -> str:
    """Say which declaration is not taken: that line of the file in question first, or one of the same words."""
    words = " ".join(value.split())
    same = [
        found
        for found in declarations(sources)
        if found.name == prop.lower() and " ".join(found.value.split()) == words.removesuffix("!important").strip()
    ]
    found = min(same, key=lambda one: (one.file != name, one.line != int(line)), default=None)
    if prop.lower() in _NOT_PRINTED:
        why = _NOT_PRINTED[prop.lower()]
    elif reason == "unknown property":
        why = "unknown property" + (advice(prop, known, "'") or "; take it out")
    else:
        why = f"{reason}; correct it, or take it out"
    return f"{found or f'{name}, line {line}, {prop}: {words}'}: {why}"


def _missing(sources: Sources, name: str, sign: str, code: str) -> str:
    """Say where a sign is written that no font of its text has."""
    where = line_with(sources, sign) or name
    return (
        f"{where}: no font of its text has '{sign}' ({code}); write another sign, name a font first that has it, or "
        "place it as a picture"
    )


def line_with(sources: Sources, *words: str) -> str:
    """Say in which line of which file one of some words is written; "" where it is not."""
    for source, text in sources.texts().items():
        if (found := max(map(text.find, words))) >= 0:
            return f"{source.parent.name}/{source.name}, line {text.count(chr(10), 0, found) + 1}"
    return ""


def _lost(sources: Sources, name: str, url: str, kind: str | None, reason: str) -> str:
    """Say where a file is asked for that cannot be read."""
    path = Path(urlsplit(url).path)
    where = line_with(sources, path.name, unquote(path.name)) or name
    if kind == "FileNotFoundError":
        return f"{where}: there is no file {path.name}; add it to the layout's folder, or correct the name"
    return f"{where}: {path.name} cannot be used: {reason.replace(f'{path.parent}/', '') or 'it is no picture'}"
