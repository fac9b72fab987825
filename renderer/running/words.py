"""A language into the words of report, lists and terminal: ``words.ja.toml`` and ``words.en.toml``.

What is wrong with a record has its words in ``model/findings.py``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from renderer.model.findings import Language, Reason
from renderer.model.lines import said_line
from renderer.model.variant import Variant


@dataclass(frozen=True, slots=True)
class Words:
    """One language."""

    language: Language
    verbs: Mapping[str, str]
    """The verbs of the way of a record, as the report and the progress write them."""
    texts: Mapping[str, str]
    ends: Mapping[str, str]
    """What the last day of a paper rests on, by ``EndsBy``."""
    rules: Mapping[str, str]
    """The keys of ``[select]`` that are no columns: by which a record gets no paper."""
    facts: Mapping[str, str]
    """What people call a fact of a variant, by "fact=value"; one of a pack has no other name."""
    heads: Mapping[str, tuple[str, ...]]
    """The headings of each table."""

    def say(self, key: str, **values: str | float) -> str:
        """Give a text with its values."""
        return self.texts[key].format_map(values)

    def rule(self, rule: str) -> str:
        """Say by which rule of the job a record gets no paper."""
        return self.rules.get(rule) or self.say("rule_column", column=rule)

    def variant(self, variant: Variant) -> str:
        """Name a variant."""
        each = (f"{fact}={value}" for fact, value in variant)
        return self.join(tuple(self.facts.get(one, one) for one in each)) or self.say("only_variant")

    def join(self, items: tuple[str, ...]) -> str:
        """Write a list in one line."""
        return self.texts["comma"].join(items)

    def passed(self, lines: Mapping[str, int]) -> str:
        """Say which lines are no rows, and how many."""
        return self.join(tuple(self.say(f"passed_{reason}", lines=count) for reason, count in sorted(lines.items())))

    def examples(self, reason: Reason) -> tuple[str, ...]:
        """Name the examples of a reason: by 整理番号, or by line where it could not be read."""
        return tuple(
            self.say("line", line=said_line(at, self.language)) if isinstance(at, int) else at for at in reason.examples
        )


@dataclass(frozen=True, slots=True)
class Said:
    """One of the texts, with its values: a sentence that each reader is told in another language."""

    key: str
    values: Mapping[str, str | int | Said]

    def told(self, language: Language) -> str:
        """Say it."""
        told = {name: one.told(language) if isinstance(one, Said) else one for name, one in self.values.items()}
        return words(language).say(self.key, **told)


@cache
def words(language: Language) -> Words:
    """Read the words of a language."""
    given = tomllib.loads(files("renderer.running").joinpath(f"words.{language}.toml").read_text(encoding="utf-8"))
    heads = {name: tuple(texts) for name, texts in given["heads"].items()}
    tables = (given[name] for name in ("verbs", "texts", "ends", "rules", "facts"))
    return Words(language, *map(MappingProxyType, (*tables, heads)))
