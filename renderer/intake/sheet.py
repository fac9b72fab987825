"""The XML of a sheet, chunk by chunk → its rows, each cell as text."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import NamedTuple
from xml.parsers import expat

from renderer.intake.numberformats import NumberFormat
from renderer.intake.records import Merged, Unclear

MOST_ROWS = 1_048_576
"""Rows that a sheet may have, by Excel's own limit."""
MOST_COLUMNS = 1000
_LONGEST = 1 << 16
"""Signs that a cell may have; Excel keeps 32,767."""
_MOST_MERGED = 100_000
"""Places at which cells of several rows may be one; it is enough to tell somebody of the first."""
_FIRST_SERIAL, _LAST_SERIAL = 61, 2_958_465
"""1900-03-01, before which spreadsheets count a day that there never was, and 9999-12-31."""
_DIGITS = "0123456789"
_TEXTS = frozenset(("s", "str", "inlineStr"))
"""Kinds of cells that are texts: kept once for all, of a formula, and kept in the cell."""


class Unreadable(Exception):  # noqa: N818 - what is wrong with a file, for the one who knows its name
    """A workbook cannot be read, or would take too much. ``str()`` says what and what to do, and no cell."""


class SheetRow(NamedTuple):
    """A row that has cells, up to its last."""

    line: int
    """As a spreadsheet counts."""
    cells: list[str]
    numbers: tuple[int, ...]
    """Which cells, from 0, are numbers."""
    unclear: tuple[tuple[int, Unclear], ...]
    """Cells, from 0, of which the sheet shows something else than can be read, and how."""
    is_hidden: bool
    """By a filter, a group that is closed, a height of 0, or by hand."""


class Styles(NamedTuple):
    """What the styles of a workbook make of cells, by the numbers of the styles."""

    dates: frozenset[str]
    """Those that show a number as a date."""
    formats: Mapping[str, NumberFormat]
    """Those that do not show the digits of every number."""
    otherwise: frozenset[str]
    """Those that show a text with something else, or not at all."""
    struck: frozenset[str]
    """Those that draw a line through a text."""


def day_of_serial(days: int) -> date | None:
    """Return the day that a spreadsheet counts as so many, None where there is none or it is before 1900-03-01."""
    return date(1899, 12, 30) + timedelta(days) if _FIRST_SERIAL <= days <= _LAST_SERIAL else None


class Texts:
    """The texts that a workbook keeps once for all cells that have them, one behind the other in memory."""

    def __init__(self) -> None:
        self.all = bytearray()
        self.struck = set[int]()
        """Numbers of those that have a line through them, or through a part."""
        self._ends = array("Q", [0])
        self._is_text = self._is_reading = False

    def __getitem__(self, number: int) -> str:
        if number < 0:
            raise IndexError
        return self.all[self._ends[number] : self._ends[number + 1]].decode()

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """Look at the beginning of an element; how a text is read aloud (``rPh``) is none."""
        if name == "rPh":
            self._is_reading = True
        elif is_strike(name, attributes):
            self.struck.add(len(self._ends) - 1)
        self._is_text = name == "t" and not self._is_reading

    def end(self, name: str) -> None:
        """Keep a text when its element ends."""
        self._is_text = False
        if name == "rPh":
            self._is_reading = False
        elif name == "si":
            self._ends.append(len(self.all))

    def add(self, text: str) -> None:
        """Take a part of a text."""
        if self._is_text:
            self.all += text.encode()


class Rows:
    """Makes rows of the elements of a sheet."""

    def __init__(self, texts: Texts, styles: Styles, *, from_1904: bool) -> None:
        self._texts, self._styles, self._earlier = texts, styles, 1462 if from_1904 else 0
        self.done: list[SheetRow] = []
        """Rows that have ended and were not taken."""
        self.merged: list[Merged] = []
        """Cells of several rows that are one; a sheet names them behind its rows."""
        self._line, self._cells, self._numbers, self._is_hidden = 0, [""] * 0, [0] * 0, False
        self._unclear = [(0, Unclear.STRUCK)] * 0
        self._kind, self._style, self._text, self._is_struck = "n", "", "", False
        self._is_text = self._is_reading = False

    def take(self) -> list[SheetRow]:
        """Hand over the rows that have ended."""
        done, self.done = self.done, []
        return done

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Look at the beginning of an element."""
        if name == "c":
            self._kind, self._style, self._text = attributes.get("t", "n"), attributes.get("s", "0"), ""
            self._is_struck = self._style in self._styles.struck
            self._go_to(attributes.get("r", ""))
        elif name == "v" or (name == "t" and not self._is_reading):
            self._is_text = True
        elif name == "rPh":
            self._is_reading = True
        elif name == "row":
            line = int(attributes.get("r", self._line + 1))
            if not self._line < line <= MOST_ROWS:
                raise Unreadable(f"a row stands behind the {MOST_ROWS:,}th, or out of order; save the sheet anew")
            self._line = line
            self._is_hidden = attributes.get("hidden") in ("1", "true") or float(attributes.get("ht", 1)) == 0
        elif name == "mergeCell":
            first, _, last = attributes["ref"].partition(":")
            if last and (rows := range(_line(first), _line(last) + 1))[1:]:
                columns = range(_column(first.rstrip(_DIGITS)), min(_column(last.rstrip(_DIGITS)) + 1, MOST_COLUMNS))
                self.merged.append(Merged(rows, columns))
                if len(self.merged) > _MOST_MERGED:
                    raise Unreadable(f"cells are merged over rows at more than {_MOST_MERGED:,} places; unmerge them")
        elif is_strike(name, attributes):
            self._is_struck = True

    def end(self, name: str) -> None:
        """Keep a cell or a row when its element ends."""
        if name == "c":
            self._cells.append(self._cell())
            if self._is_struck and self._cells[-1]:
                self._unclear.append((len(self._cells) - 1, Unclear.STRUCK))
            if self._style in self._styles.otherwise and self._kind in _TEXTS and self._cells[-1].strip():
                self._unclear.append((len(self._cells) - 1, Unclear.FORMAT))
        elif name == "row":
            if self._cells:
                self.done.append(
                    SheetRow(self._line, self._cells, tuple(self._numbers), tuple(self._unclear), self._is_hidden)
                )
                self._cells, self._numbers, self._unclear = [], [], []
        elif name == "rPh":
            self._is_reading = False
        else:
            self._is_text = False

    def add(self, text: str) -> None:
        """Take a part of the content of a cell."""
        if self._is_text:
            self._text += text
            if len(self._text) > _LONGEST:
                raise Unreadable(f"row {self._line} has a cell of more than {_LONGEST:,} signs; shorten it")

    def _go_to(self, reference: str) -> None:
        """Fill up with blank cells to the one that is referred to, such as ``AB12``."""
        at = _column(reference.rstrip(_DIGITS)) if reference else len(self._cells)
        if not len(self._cells) <= at < MOST_COLUMNS:
            raise Unreadable(f"row {self._line} has a cell behind the {MOST_COLUMNS:,}th, or out of order")
        self._cells += [""] * (at - len(self._cells))

    def _cell(self) -> str:
        kind, text = self._kind, self._text
        if kind == "s":
            self._is_struck = self._is_struck or int(text) in self._texts.struck
            return self._texts[int(text)]
        if kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        if kind == "d":
            return text.removesuffix("T00:00:00")
        return self._number(text) if kind == "n" and text else text

    def _number(self, text: str) -> str:
        """Return what is shown of a number; where nobody can say, the number, which is noted as unclear."""
        if self._style in self._styles.dates and (day := _time(text, self._earlier)):
            return day
        number, way = _digits(text), self._styles.formats.get(self._style)
        self._numbers.append(len(self._cells))
        shown = number
        if way:
            shown = (number.isdigit() and way.shown(number)) or ""
            if not shown:
                self._unclear.append((len(self._cells), Unclear.FORMAT))
        return shown or number


def is_strike(name: str, attributes: Mapping[str, str]) -> bool:
    """Whether an element draws a line through a text."""
    return name == "strike" and attributes.get("val") not in ("0", "false")


def _line(reference: str) -> int:
    """Return the row of a cell such as ``AB12``."""
    return int(reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def _column(letters: str) -> int:
    """Return which column it is, from 0: ``A`` is 0, ``AA`` 26."""
    place = 0
    for letter in letters:
        place = 26 * place + ord(letter) - 64
    return place - 1


def _digits(text: str) -> str:
    """Write a number that is whole in digits, another as a spreadsheet does."""
    if text.isascii() and text.isdigit() and len(text) < 16 and (text[0] != "0" or text == "0"):
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if number.adjusted() < 400 and number == number.to_integral_value():
        return str(int(number))
    return repr(float(text))


def _time(text: str, earlier: int) -> str:
    """Write a number as the day that it is shown as, with its time where it has one; "" where it is no day."""
    days, _, parts = str(float(text)).partition(".")
    is_day = days.isdigit() and parts.isdigit() and int(days) > 0  # before the first it is a time of day
    day = day_of_serial(int(days) + earlier) if is_day else None
    if day is None:
        return ""
    if not parts.strip("0"):
        return day.isoformat()
    return f"{day} {timedelta(seconds=round(86_400 * float(f'0.{parts}')))}"


def parser_of(
    begin: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> expat.XMLParserType:
    """Return a parser that tells of elements, by their names without prefix; a document type is refused."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: begin(name.rpartition(":")[2], attributes)
    parser.EndElementHandler = (lambda name: end(name.rpartition(":")[2])) if end else None
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> None:
    raise Unreadable("a part of it has a document type, as no spreadsheet writes; save it anew")
