"""The facts that choose the fixed part of a sheet, each with its value, and how a variant is spelled."""

from __future__ import annotations

from functools import lru_cache

Variant = tuple[tuple[str, str], ...]
"""Fact and value, in the document's order."""


def parsed(text: str) -> Variant:
    """Read what ``spelled`` wrote."""
    return tuple((fact, value) for fact, _, value in (part.partition("=") for part in text.split()))


@lru_cache(maxsize=1 << 8)
def spelled(variant: Variant) -> str:
    """Spell a variant, or a part of one, as manifests, messages and commands do: ``key=value key=value``."""
    return " ".join(f"{fact}={value}" for fact, value in variant)
