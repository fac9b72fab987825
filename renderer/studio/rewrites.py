"""Numbers that are to be other ones → where they are written in the files, and what is written there instead."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pydantic import ValidationError

from renderer.layout.load import Layout
from renderer.layout.schema import LayoutFile
from renderer.model.toml import sentence_of
from renderer.studio.deciding import Decided
from renderer.studio.lengths import respelled
from renderer.studio.parts import Edit, Source
from renderer.studio.refusals import Refusal, Why
from renderer.studio.toml_numbers import Way, number_at
from renderer.studio.writes import may_be_written

_LINE = re.compile(r"\r\n|[\r\n\f]")


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One number that is written in the place of another."""

    path: Path
    begin: int
    end: int
    """Of the number in the file's text."""
    line: int
    name: str
    """What of it: ``top``, ``card.y``, ``distances.3.exactly``."""
    before: str
    after: str


def told(one: Rewrite) -> Edit:
    """Return a rewrite as messages tell it."""
    source = Source(file=f"{one.path.parent.name}/{one.path.name}", line=one.line, path=str(one.path))
    return Edit(source=source, name=one.name, before=one.before, after=one.after)


def rewritten(text: str, rewrites: Iterable[Rewrite]) -> str:
    """Return a text with other numbers in it."""
    for one in sorted(rewrites, key=lambda one: -one.begin):
        text = text[: one.begin] + one.after + text[one.end :]
    return text


class Files:
    """The numbers that a move changes, in files as they are read once."""

    def __init__(self, layout: Layout) -> None:
        self.read: dict[Path, bytes] = {}
        self.rewrites: list[Rewrite] = []
        self._layout = layout

    def rewrite_length(self, found: Decided, mm: Decimal) -> None:
        """Change the number of a declaration."""
        text = self._text(found.path)
        line, column = found.declaration.begins
        begin = _line_starts(text)[line - 1] + column - 1
        before, after = str(found.length), str(found.length.moved(mm))
        if not text.startswith(before, begin):
            raise Refusal(Why.CHANGED, file=found.declaration.file)
        end = begin + len(before)
        self.rewrites.append(Rewrite(found.path, begin, end, line, found.declaration.name, before, after))

    def rewrite_toml(self, path: Path, changes: Mapping[Way, Decimal]) -> None:
        """Change numbers of a ``layout.toml``; what comes of it must be one, too."""
        if not changes:
            return
        text = self._text(path)
        found = [self._changed(path, text, way, mm) for way, mm in changes.items()]
        self.rewrites += found
        try:
            LayoutFile.model_validate(tomllib.loads(rewritten(text, found)))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise Refusal(Why.INVALID, said=f"{where}: {sentence_of(first)}") from None

    def _changed(self, path: Path, text: str, way: Way, mm: Decimal) -> Rewrite:
        name = ".".join(map(str, way[way[0] == "regions" :]))
        span = number_at(text, way)
        if span is None:
            raise Refusal(Why.UNUSUAL, what=".".join(map(str, way)))
        begin, end = span
        before = text[begin:end]
        line = sum(start <= begin for start in _line_starts(text))
        return Rewrite(path, begin, end, line, name, before, respelled(before, Decimal(before) + mm))

    def _text(self, path: Path) -> str:
        name = f"{path.parent.name}/{path.name}"
        if not may_be_written(self._layout, path):
            raise Refusal(Why.NOT_OURS, file=name)
        try:
            if path not in self.read:
                self.read[path] = path.read_bytes()
            return self.read[path].decode("utf-8")
        except (OSError, UnicodeDecodeError):
            raise Refusal(Why.CHANGED, file=name) from None


def _line_starts(text: str) -> list[int]:
    return [0, *(found.end() for found in _LINE.finditer(text))]
