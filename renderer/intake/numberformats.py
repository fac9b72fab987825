"""The code of a number format of a workbook → what it shows of a whole number (ECMA-376-1, 18.8.30 and 18.8.31).

Only what is certain is said: a format that scales, divides or spells a number, or hides it, shows something else.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

DATES = frozenset(map(str, (*range(14, 23), *range(27, 37), 45, 47, *range(50, 59))))
"""The built-in formats that show a number as date or time, those of Japan among them."""
BUILT_IN: Mapping[str, str] = dict.fromkeys(DATES, "d") | {
    "41": '0;-0;"-"', "42": '0;-0;"-"', "43": '0;-0;"-"', "44": '0;-0;"-"',
    "9": "%", "10": "%", "11": "E+", "48": "E+", "12": "/", "13": "/", "46": "[h]",
}  # fmt: skip
"""Number → what matters of the code, of the built-in formats that do not show the digits of every number."""

_PART = re.compile(
    r"""
      "(?P<quoted>[^"]*)" | \\(?P<escaped>.) | (?P<plain>[-+()$¥:'{}<>=~&^ ] | [^\x00-\x7f])
    | _. | \*. | \[\$[^]]*\] | \[dbnum3\]
    | \[(?:black|blue|cyan|green|magenta|red|white|yellow|color\ ?[0-9]+|[黒青緑赤白黄水紫]色?)\]
    | \[(?P<compared><=|>=|<>|<|>|=)(?P<bound>-?[0-9]+(?:\.[0-9]+)?)\]
    | (?P<place>[0#?] | general | g/標準) | (?P<comma>,) | (?P<point>\.) | (?P<text>@)
    | (?P<end>;) | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_COMPARED: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne
}  # fmt: skip
_SAID = ("quoted", "escaped", "plain")
"""Parts that stand in what is shown."""
_CURRENCIES = frozenset("¥￥$€£")
"""Signs in front of a number that somebody took for an amount: as commas between thousands they are no part of it."""
_NO_LETTER = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*[^\]hms][^\]]*\]|general|g/標準|e[+-]')
"""What of a format is said as it stands, or is a color, a condition, a language or an exponent."""
_LETTERS_OF_DATES = re.compile("[ymdhsge]")
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]")


def shows_date(code: str) -> bool:
    """Whether a format shows a number as date or time of day, and not as so many hours, minutes or seconds."""
    code = code.lower()
    letters = _LETTERS_OF_DATES.search(_NO_LETTER.sub("", code).partition(";")[0])
    return letters is not None and not _ELAPSED.search(code)


class _Section(NamedTuple):
    """One of the parts of a code between semicolons."""

    parts: tuple[tuple[bool, str], ...]
    """Whether it is the place of a digit, and what stands there: of a place, where there is no digit for it."""
    holds_for: Callable[[Decimal], bool] | None
    """For which numbers it is, where it says so itself."""

    def shown(self, digits: str) -> str | None:
        """Return what it shows of digits without noughts in front; None where that is no digit."""
        left, has_digit, shown = sum(is_place for is_place, _ in self.parts), False, ""
        for is_place, text in self.parts:
            if is_place:
                taken = max(len(digits) - left + 1, 0)  # the first place takes all that are too many
                text, digits, left = digits[:taken] or text, digits[taken:], left - 1
                has_digit = has_digit or text != ""
            shown += text
        return shown if has_digit else None


_DIGITS = _Section(((True, "0"),), None)


class NumberFormat:
    """What a format shows of numbers, and of texts."""

    def __init__(self, code: str) -> None:
        sections = _divided(code or "general")
        of_texts = [found for found in sections if "text" in map(_kind, found)]
        self._sections = [_section(found) for found in sections if found not in of_texts] or [_DIGITS]
        self.shows_texts = _is_text_alone((sections[3:] or of_texts)[0]) if sections[3:] or of_texts else True
        """Whether it shows every text as it is."""

    def shown(self, number: str) -> str | None:
        """Return what is shown of a whole number that is not less than 0, given in digits; None where it is another."""
        value, (first, *others) = Decimal(number), self._sections
        if any(section.holds_for for section in self._sections):
            fitting = (one for one in self._sections if not one.holds_for or one.holds_for(value))
            section = next(fitting, None)
        else:
            section = others[1] if value == 0 and len(others) > 1 else first
        return section and section.shown(number.lstrip("0"))

    @property
    def shows_digits(self) -> bool:
        """Whether it shows the digits of every number as they are."""
        is_same = not any(section.holds_for for section in self._sections)
        return is_same and all(self.shown(number) == number for number in ("0", "7"))


def _divided(code: str) -> list[list[re.Match[str]]]:
    """Divide a code into sections: of numbers above 0, below 0, and 0, and of texts; that of texts has an ``@``."""
    sections: list[list[re.Match[str]]] = [[]]
    for part in _PART.finditer(code):
        if part.lastgroup == "end":
            sections.append([])
        else:
            sections[-1].append(part)
    return sections


def _is_text_alone(found: Sequence[re.Match[str]]) -> bool:
    """Whether a section shows a text and nothing else; blanks around it are nothing."""
    said = [part[kind] for part in found if (kind := part.lastgroup)]
    return [sign for sign in said if sign.strip()] == ["@"]


def _section(found: Sequence[re.Match[str]]) -> _Section:
    """Make a section of its parts. One that shows something else than digits and signs has no place for a digit."""
    kinds = [*map(_kind, found)]
    point = kinds.index("point") if "point" in kinds else len(kinds)
    comma = len(kinds) - 1 - kinds[::-1].index("comma") if "comma" in kinds else -1
    if (
        "other" in kinds or kinds.count("point") > 1 or (comma >= 0 and "place" not in kinds[comma:point])
    ):  # such a comma divides by a thousand
        return _Section((), None)
    holds_for = next((_condition(part) for part, kind in zip(found, kinds, strict=True) if kind == "bound"), None)
    parts = [
        (kind == "place", "0" * (part[0] not in "#?") if kind == "place" else part[kind])
        for at, (part, kind) in enumerate(zip(found, kinds, strict=True))
        if (kind in _SAID and part[kind] not in _CURRENCIES)
        or (kind == "place" and at < point)  # of a whole number there is nothing behind the point
    ]
    return _Section(tuple(parts), holds_for)


def _kind(part: re.Match[str]) -> str:
    return part.lastgroup or ""


def _condition(part: re.Match[str]) -> Callable[[Decimal], bool]:
    compare, bound = _COMPARED[part["compared"]], Decimal(part["bound"])
    return lambda number: compare(number, bound)
