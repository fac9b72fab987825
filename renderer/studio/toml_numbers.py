"""The way to a number of a TOML file → where in the text it is written, however the file is written.

It is found by trying: the number that is meant is the one whose change changes what stands at the end of the way, and
nothing else.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from typing import Any

Way = tuple[str | int, ...]
"""Keys of tables and numbers of arrays, from the top: ``("regions", "card", "y")``."""
_NUMBER = re.compile(r"(?<![\w.+-])-?(?:0|[1-9]\d*)(?:\.\d+)?(?![\w.])")


def at_way(table: Any, way: Way) -> Any:
    """Return what stands at the end of a way.

    :raises LookupError: when there is nothing.
    """
    for step in way:
        table = table[step]
    return table


def number_at(text: str, way: Way) -> tuple[int, int] | None:
    """Return where the number at the end of a way begins and ends in the text; None where it cannot be told.

    :raises LookupError: when there is nothing at the end of the way.
    """
    values = _loaded(text)
    wanted = at_way(values, way)
    for found in _NUMBER.finditer(text):
        if Decimal(found[0]) != wanted:
            continue
        other = wanted + 1
        try:
            changed = _loaded(f"{text[: found.start()]}{other}{text[found.end() :]}")
        except tomllib.TOMLDecodeError:
            continue
        if changed != values and at_way(changed, way) == other:
            return found.span()
    return None


def _loaded(text: str) -> dict[str, Any]:
    return tomllib.loads(text, parse_float=Decimal)
