"""A TOML file that a person wrote → its values, or what is wrong: which line, which key, the nearest right one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, choices: Iterable[str]) -> str:
    """Give the right word a person most likely meant by a wrong one, or "" if there is none to choose."""
    return next(iter(get_close_matches(word, list(choices), n=1, cutoff=0.0)), "")
