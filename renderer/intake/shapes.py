"""Cells of a column → counts of what they look like, from which nobody can read what stands in one.

The shape of a cell is found by way of its *form*: its characters by their kinds, with runs of all but digits drawn
together. A file has far fewer forms than cells, so that a form is looked at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b

from renderer.documents.eras import DateRefused, parse_date
from renderer.documents.numbers import NumberRefused, last4
from renderer.documents.places import PREFECTURES
from renderer.model.widths import NARROW

MOST_CODES = 40
"""Different cells of a column that still count as codes of a table."""
LONGEST_CODE = 8
"""Characters of such a cell."""
_SKETCH = 4096
"""Sums that are kept of a column to count its different cells by; up to as many are counted exactly."""
_PRIVATE = 12
"""Characters of a text that may be a whole 個人番号."""
_SERIALS = range(3_000, 60_000)
"""A spreadsheet's days from 1908 to 2064."""


class Shape(StrEnum):
    """What a cell looks like; it may look like several things."""

    KANA = "kana"
    """Full-width katakana."""
    HALF_KANA = "half-kana"
    HIRAGANA = "hiragana"
    NAME = "name"
    """Japanese text without digits."""
    TEXT = "text"
    """Japanese text with digits or signs."""
    ADDRESS = "address"
    """Text that begins with a prefecture."""
    POSTAL_ADDRESS = "postal-address"
    """A postal code in front of text."""
    POSTAL_CODE = "postal-code"
    """Seven digits, with or without a hyphen."""
    MY_NUMBER = "my-number"
    """Twelve digits of which the last proves the others, or the last four with the others masked."""
    PAIR = "pair"
    """Two parts with a hyphen between them, the second of digits: 116-1234."""
    TRIPLE = "triple"
    """Three such parts, the last of one or two digits: 116-1234-01."""
    DIGITS = "digits"
    CODE = "code"
    """Letters, digits, hyphens and underscores of half width."""
    LATIN = "latin"
    DATE = "date"
    """A date that the general reader takes."""
    ERA_DATE = "era-date"
    """Digits with the code of an era in front, of one or two digits, or a letter."""
    SHORT_DATE = "short-date"
    """A year of two digits, month and day."""
    DAY_FIRST = "day-first"
    """Day, month and year, which no calendar takes for month, day and year."""
    MONTH_FIRST = "month-first"
    DAY_OR_MONTH_FIRST = "day-or-month-first"
    SERIAL = "serial"
    """Digits that may be a spreadsheet's number of a day."""
    OTHER = "other"


DATES = frozenset(
    (Shape.DATE, Shape.ERA_DATE, Shape.SHORT_DATE, Shape.DAY_FIRST, Shape.MONTH_FIRST, Shape.DAY_OR_MONTH_FIRST)
)


class _Kinds(dict[int, str]):
    """Character → its kind, for ``str.translate``; each is asked once."""

    def __missing__(self, code: int) -> str:
        sign = chr(NARROW[code]) if code in NARROW else chr(code)
        self[code] = kind = _kind(sign)
        return kind


def _kind(sign: str) -> str:
    if sign.isdecimal():
        return "9"
    if sign.isascii():
        return "A" if sign.isalpha() else sign
    name = unicodedata.name(sign, "")
    if "KATAKANA" in name:
        return "ｱ" if name.startswith("HALFWIDTH") else "ア"
    if name.startswith("HIRAGANA"):
        return "あ"
    if sign.isspace():
        return " "
    if unicodedata.category(sign) in ("Lo", "Lm", "Co", "Mn", "Nl") or sign in "〇〒":
        return "〒" if sign == "〒" else "字"
    return "A" if sign.isalpha() else "."


_KINDS = _Kinds()
_RUN = re.compile(r"([^9])\1+")
_DIVIDED = (Shape.PAIR, Shape.TRIPLE)
_LONGEST_SYMBOL = 8
"""Characters before the first hyphen; more are those of an address."""
_NAME = re.compile("(?=.*[字あ])[字アｱあA ・.-]+")
_DATE = re.compile(
    r"9{7,8}|9{4}[-/.]9{1,2}[-/.]9{1,2}|9{4}字9{1,2}字9{1,2}字|字(?:9{1,2}字)?9{1,2}字9{1,2}字|[A字.](?:9{1,2}|字)[-/.]9{1,2}[-/.]9{1,2}|[A字.]9{6}"
)
_ERA_DATE = re.compile("9{7,8}")
_SHORT_DATE = re.compile(r"9{6}|99[-/.]9{1,2}[-/.]9{1,2}")
_LAST_IS_YEAR = re.compile(r"9{1,2}([-/.])9{1,2}\1 ?9{4}")
_MASKED = re.compile(r"\*+[ -]?(?:\*[ -]?)?9{4}")
_GROUPED = re.compile("9{12}|9{4}[ -]9{4}[ -]9{4}")
_TELLING = (_DATE, _ERA_DATE, _SHORT_DATE, _LAST_IS_YEAR, _MASKED, _GROUPED)
# Signs that stand in forms by themselves, in the order they are looked at: the first that matches gives the shape.
_PLAIN = (
    (re.compile("〒? ?9{3}-9{4}|〒 ?9{7}"), Shape.POSTAL_CODE),
    (re.compile("〒? ?9{3}-?9{4} ?[字アあ].*"), Shape.POSTAL_ADDRESS),
    (re.compile("[9A字]+-9+-9{1,2}"), Shape.TRIPLE),
    (re.compile("[9A字]+-9+"), Shape.PAIR),
    (re.compile("9+"), Shape.DIGITS),
    (re.compile("[ア .]+"), Shape.KANA),
    (re.compile("[ｱ .-]+"), Shape.HALF_KANA),
    (re.compile("[あ ]+"), Shape.HIRAGANA),
    (_NAME, Shape.NAME),
    (re.compile(".*[字あア].*"), Shape.TEXT),
    (re.compile("[A9_-]+"), Shape.CODE),
    (re.compile("[A .'-]+"), Shape.LATIN),
)


def form_of(text: str) -> str:
    """Draw a cell together into the kinds of its characters: 9 a digit, 字 a kanji, and so on."""
    return _RUN.sub(r"\1", text.translate(_KINDS))


@lru_cache(maxsize=1 << 14)
def _look(form: str) -> tuple[Shape, bool, bool]:
    """Return what a form looks like, whether it may be an address, and whether its digits must be looked at."""
    shape = next((shape for pattern, shape in _PLAIN if pattern.fullmatch(form)), Shape.OTHER)
    bare = form.replace(" ", "")
    has_digits = shape in (Shape.DIGITS, Shape.POSTAL_CODE) or any(pattern.fullmatch(bare) for pattern in _TELLING)
    return shape, shape in (Shape.TEXT, Shape.NAME), has_digits


@dataclass(slots=True)
class Distinct:
    """How many different cells there are: exactly up to 4,096, and then to within some hundredths, in fixed memory."""

    _mask: int = 0
    _sums: set[int] = field(default_factory=set)

    def add(self, text: str) -> None:
        """Count a cell."""
        found = int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
        if found & self._mask == 0:
            self._sums.add(found)
            if len(self._sums) > _SKETCH:
                self._mask = self._mask << 1 | 1
                self._sums = {one for one in self._sums if one & self._mask == 0}

    @property
    def count(self) -> int:
        """Return how many there are."""
        return len(self._sums) * (self._mask + 1)

    @property
    def is_exact(self) -> bool:
        """Whether they were all counted."""
        return self._mask == 0


@dataclass(slots=True)
class ColumnShapes:
    """What the cells of one column look like."""

    cells: int = 0
    filled: int = 0
    shapes: Counter[Shape] = field(default_factory=Counter)
    """A cell counts for each shape that it has."""
    lengths: Counter[int] = field(default_factory=Counter)
    """Characters → cells that have as many; blanks at the ends left out."""
    digits: Counter[int] = field(default_factory=Counter)
    """The same, of cells that are digits only."""
    distinct: Distinct = field(default_factory=Distinct)
    codes: Counter[str] | None = field(default_factory=Counter, repr=False)
    """The different cells, where they are few and short, as those of a table of codes are; else None."""
    eras: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Code of an era → the first and last yymmdd that stand behind it, in cells like 5061202."""

    def add(self, cell: str) -> None:
        """Look at one cell."""
        self.cells += 1
        text = cell.strip(" \u3000\t")
        if not text:
            return
        self.filled += 1
        self.lengths[len(text)] += 1
        shape, may_be_address, has_digits = _look(form_of(text))
        if shape in _DIVIDED and text.translate(NARROW).find("-") > _LONGEST_SYMBOL:
            shape, may_be_address = Shape.TEXT, True
        self.shapes[shape] += 1
        if may_be_address and text.startswith(PREFECTURES):
            self.shapes[Shape.ADDRESS] += 1
        is_private = has_digits and self._look_at_digits(text.translate(NARROW))
        if not is_private:  # from a sum of a 個人番号 its digits can be found
            self.distinct.add(text)
            self._keep_code(text)

    def share(self, *shapes: Shape) -> float:
        """Return which share of the filled cells has one of some shapes that exclude each other, 0 to 1."""
        return sum(self.shapes[shape] for shape in shapes) / self.filled if self.filled else 0.0

    @property
    def is_unique(self) -> bool:
        """Whether no two cells are alike, as far as can be seen."""
        counted = self.distinct.count
        return counted == self.filled if self.distinct.is_exact else counted > 0.9 * self.filled

    def _keep_code(self, text: str) -> None:
        if self.codes is not None:
            self.codes[text] += 1
            if len(self.codes) > MOST_CODES or len(text) > LONGEST_CODE:
                self.codes = None

    def _look_at_digits(self, text: str) -> bool:
        """Look for what only the digits tell; return whether they are a whole 個人番号."""
        if len(text) >= _PRIVATE and _is_my_number(text):  # no cache may keep it
            self.shapes[Shape.MY_NUMBER] += 1
            self.digits[len(text)] += text.isdigit()
            return True
        found = _shapes_of_digits(text)
        for shape in found:
            self.shapes[shape] += 1
        if text.isascii() and text.isdigit():
            self.digits[len(text)] += 1
        if Shape.ERA_DATE in found:
            code, year_month_day = text[:-6], int(text[-6:])
            first, last = self.eras.get(code, (year_month_day, year_month_day))
            self.eras[code] = min(first, year_month_day), max(last, year_month_day)
        return False


@lru_cache(maxsize=1 << 14)
def _shapes_of_digits(text: str) -> tuple[Shape, ...]:
    """Return what digits, with signs or a letter between them, may be besides digits."""
    found = []
    if _is_date(text):
        found.append(Shape.DATE)
    if text.isdigit():
        found += _shapes_of_bare_digits(text)
    if len(text) == 8 and text[3] == "-":  # 100-0001 may also be 記号 and 番号
        found.append(Shape.PAIR)
    parts = [part.strip() for part in re.split("[-/.]", text)]
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        if len(parts[2]) == 4:
            found += _order_of(int(parts[0]), int(parts[1]))
        elif len(parts[0]) == 2:
            found.append(Shape.SHORT_DATE)
    return tuple(found)


def _shapes_of_bare_digits(text: str) -> Iterator[Shape]:
    if len(text) in (7, 8) and _is_era_date(text):
        yield Shape.ERA_DATE
    if len(text) == 6 and _is_month_and_day(text[2:4], text[4:]):
        yield Shape.SHORT_DATE
    if len(text) <= 5 and int(text) in _SERIALS:
        yield Shape.SERIAL
    if len(text) == 7:
        yield Shape.POSTAL_CODE


def _is_era_date(text: str) -> bool:
    return _is_month_and_day(text[-4:-2], text[-2:]) and text[-6:-4] != "00"


def _order_of(first: int, second: int) -> list[Shape]:
    if first > 12 >= second:
        return [Shape.DAY_FIRST]
    if second > 12 >= first:
        return [Shape.MONTH_FIRST]
    return [Shape.DAY_OR_MONTH_FIRST] if max(first, second) <= 12 else []


def _is_date(text: str) -> bool:
    try:
        parse_date(text)
    except DateRefused:
        return False
    return True


def _is_month_and_day(month: str, day: str) -> bool:
    with suppress(ValueError):
        date(2000, int(month), int(day))
        return True
    return False


def _is_my_number(text: str) -> bool:
    with suppress(NumberRefused):
        last4(text)
        return True
    return False
