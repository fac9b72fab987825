"""A text of the insurer's, with its breaks → lines of a template that tear no word, and are as even as may be.

An insurer's name and address are known before anything is printed, so all ways to part them are weighed: least torn
words first, then fewest lines, then line ends where a reader pauses, then evenness. A reader pauses behind a blank, at
a change of script, before 健康保険組合, behind the parts of an address. Where a person has put bars, it is parted at
these, at blanks and before 健康保険組合, as if all between them were words.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Self

from renderer.press.breaking import End, line_ends

_NEVER = 100
"""Words torn."""


class Breakable(str):
    """A text of the insurer's that knows where a person lets a line end."""

    __slots__ = ("breaks",)
    breaks: tuple[int, ...]

    def __new__(cls, text: str, breaks: Iterable[int]) -> Self:
        """Take a text, and before which of its characters a line may end."""
        found = super().__new__(cls, text)
        found.breaks = tuple(breaks)
        return found


class _Way(NamedTuple):
    """How the beginning of a text may be parted; the least is the best."""

    too_many: int
    """Lines beyond those there are."""
    torn: int
    lines: int
    odd: int
    """Line ends where no reader pauses."""
    uneven: float
    """Sum of the squares of what is left free, in em."""
    ends: tuple[int, ...]


def lines(text: str, most: float, count: int) -> list[str]:
    """Part a text into lines of at most so many em (half of one for ASCII), ``count`` of them unless it needs more.

    A word longer than a line is torn, and so is one that would need a line too many.

    :raises ValueError: when there is no such line, or none of them.
    """
    if not (isinstance(most, int | float) and isinstance(count, int) and most > 0 and count > 0):
        raise ValueError("lines() takes a text, how many em a line has, and how many lines: lines(insurer.name, 20, 2)")
    costs = _costs(text, text.breaks if isinstance(text, Breakable) else ())
    best = {0: _Way(0, 0, 0, 0, 0.0, ())}
    for end, (torn, odd) in enumerate(costs):
        if end and torn < _NEVER:
            way = min(_ways(text, end, best, most, count))
            best[end] = way._replace(torn=way.torn + torn, odd=way.odd + odd)
    ends = (0, *best[len(text)].ends)
    return [text[start:end].strip() for start, end in itertools.pairwise(ends)]


def _ways(text: str, end: int, best: dict[int, _Way], most: float, count: int) -> Iterator[_Way]:
    """Yield the ways to part a text up to ``end``, by what its last line may be; the shortest is one in any case."""
    for tried, start in enumerate(reversed(best)):
        way, free = best[start], most - _length(text[start:end].strip())
        if free < 0 and tried:
            return
        too_many = max(0, way.lines + 1 - count)
        yield _Way(too_many, way.torn, way.lines + 1, way.odd, way.uneven + free**2, (*way.ends, end))


_SOCIETY = re.compile("(?:国民)?健康保険組合")
_NUMERAL = "[〇一二三四五六七八九十]"
_PART = re.compile(f"(?<=[・＆都道府県市区町村号])|(?<=丁目|番地)|(?<!{_NUMERAL})(?={_NUMERAL}+(?:丁目|番地))")
_OTHER_SCRIPT = re.compile("[ァ-ヺー-ヿ][ァ-ヺー-ヿ・＆]+|[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]+")
_HANGS = re.compile("[ぁ-ゖ＆]")
"""What hangs on the word before it: グループの."""
_STOP, _PAUSE, _RUN = 0, 1, 3
"""Whether a reader stops at a line end, pauses, or reads on: what it costs."""


def _costs(text: str, breaks: Sequence[int]) -> list[tuple[int, int]]:
    """Say for each place of a text, and its end, what a line end costs there: (words torn, one of the above)."""
    torn = [{End.WRONG: _NEVER, End.TORN: 1, End.FREE: 0}[end] for end in line_ends(text)] + [0]
    for society in _SOCIETY.finditer(text):
        torn[society.start() + 1 : society.end()] = [1] * (len(society[0]) - 1)
    odd = [_RUN] * len(text) + [_STOP]
    for at in _pauses(text):
        odd[at] = _PAUSE
    for at in (*(society.start() for society in _SOCIETY.finditer(text)), *_blanks(text), *breaks):
        odd[at] = _STOP
    if breaks:  # who puts bars says where to part it
        torn = [words if cost == _STOP else max(words, 1) for words, cost in zip(torn, odd, strict=True)]
    return [(0 if at in breaks else words, cost) for at, (words, cost) in enumerate(zip(torn, odd, strict=True))]


def _pauses(text: str) -> Iterator[int]:
    yield from (found.start() for found in _PART.finditer(text))
    for found in _OTHER_SCRIPT.finditer(text):
        yield found.start()
        if not _HANGS.match(text, found.end()):
            yield found.end()


def _blanks(text: str) -> Iterator[int]:
    """Yield where a word begins behind a blank."""
    return (at for at in range(1, len(text)) if text[at - 1].isspace())


def _length(text: str) -> float:
    return sum(0.5 if sign.isascii() else 1.0 for sign in text)
