"""A source of the member file, however it is written → its own columns, and its records one at a time.

Stated once more, from docs/column-map.md and from nothing that intake goes by. Intake has refused what does not fit;
here it is any of the errors that reading has, and ``write_index`` says no more than that the file cannot be read.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from renderer.proof.cells import digits, narrow

Table = Mapping[str, Any]
"""A column map as TOML has it; an empty one is that of the standard file."""
Record = tuple[int, list[str]]
"""The line it begins at (row of a sheet; number of a record without line ends), from 1, and its cells."""

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_NOTHING = " \u3000\t\x1a"
"""What a row may be made of that is none: blanks, and the mark with which old systems end a file."""
_CHUNK = 1 << 20
_JAPANESE_DATES = {*range(27, 37), *range(50, 59)}
"""Numbers of the formats of dates that are built into Japanese spreadsheets (ECMA-376-1, 18.8.30)."""

_UNTOLD = "####"
"""What stands for a number of which nobody can say how a spreadsheet shows it: no sheet of paper may say so."""
_FIRST_DAY = datetime(1900, 3, 1)  # noqa: DTZ001 - a spreadsheet knows no zones
"""Before it spreadsheets count a day that there never was."""
_LITERAL = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$[^\]]*\]|[_*].'
    r"|\[(?i:dbnum3|black|blue|cyan|green|magenta|red|white|yellow|colou?r ?\d+|[黒青緑赤白黄水紫]色?)\]",
    re.DOTALL,
)
"""Of the format of a number: what is said as it stands, and what is not said, for it takes room or is a color."""
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")
_CURRENCIES = "¥￥$€£"
"""What makes an amount of a number and is no part of it."""
_SAID = 0xF0000
"""The first of the code points that stand in a format for what is said."""
_CERTAIN = re.compile("(?=.*[0#?])[-+()$¥:'{}<>=~&^ 0#?\\x80-\\U0010ffff]*", re.DOTALL)
"""A section of which every part is known, with the place of a digit."""
_HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda number, bound: number < bound,
    "<=": lambda number, bound: number <= bound,
    ">": lambda number, bound: number > bound,
    ">=": lambda number, bound: number >= bound,
    "=": lambda number, bound: number == bound,
    "<>": lambda number, bound: number != bound,
}


class Number(str):
    """The digits of a cell that a spreadsheet has as a number, of which it keeps fifteen."""

    __slots__ = ()


def is_workbook(path: Path) -> bool:
    """Whether the name of a file is that of a workbook."""
    return path.suffix.lower() == ".xlsx"


def encoding_of(path: Path, named: str = "auto") -> tuple[str, int]:
    """Return the encoding and the bytes of its mark: as marked, else as named, else UTF-8 if all of it is, or CP932."""
    with path.open("rb") as file:
        start = file.read(3)
        for mark, codec in _MARKS.items():
            if start.startswith(mark):
                return codec, len(mark)
        if named != "auto":
            return named, 0
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp932", 0
    return "utf-8", 0


def unmarked(line: str) -> str:
    """Return a line without the mark of the end of a file, that may stand behind the last one."""
    return line.rstrip("\x1a") or line


def is_row(cells: Sequence[str]) -> bool:
    """Whether there is anything in a row."""
    return bool("".join(cells).strip(_NOTHING))


def is_one_row(cells: Sequence[str], width: int, delimiter: str = ",") -> bool:
    """Whether a record of several lines is no more than one row: half as much again as the header has cells says no.

    A quotation mark that nobody meant makes one record of several rows, and only in number are its cells right.
    """
    signs = delimiter.join(cells).count(delimiter)
    return signs <= (width - 1) * 3 / 2


def records(path: Path, given: Table) -> tuple[list[str], Iterator[Record]]:
    """Return the own columns of a file, and its records as they are read; rows with nothing in them are none."""
    how = given.get("file", {})
    way = how.get("format", "xlsx" if is_workbook(path) else "csv")
    rows = (row for row in _READERS[way](path, given) if is_row(row[1]))
    own = how.get("header") or list(given.get("fields", ())) or next(rows)[1]
    if way == "xlsx":
        rows = ((line, cells + [""] * (len(own) - len(cells))) for line, cells in rows)
    return own, _but_the_last(rows, how["last"]) if "last" in how else rows


def _but_the_last(rows: Iterator[Record], last: Table) -> Iterator[Record]:
    """Yield all rows but the last, which is no record and says how many there are."""
    number, held = 0, next(rows, (0, [""]))
    for row in rows:
        yield held
        number, held = number + 1, row
    _, cells = held
    is_counted = "count" not in last or int(digits(cells[last["count"] - 1])) == number
    if not (cells[0].startswith(last["begins"]) and is_counted):
        raise ValueError("the last row does not count the others")


class _Lines:
    """The lines of a text as csv wants them; where the record begins that is being read."""

    def __init__(self, text: Iterator[tuple[int, str]], comment: str | None) -> None:
        self._text, self._comment = text, comment
        self.begins = 0
        """0 before its first line; a line that begins as a comment is one only there."""
        self.ends = 0
        """The last line that was given."""

    def __iter__(self) -> Iterator[str]:
        for line, text in self._text:
            if not self.begins:
                if self._comment and text.startswith(self._comment):
                    continue
                self.begins = line
            self.ends = line
            yield text


def _csv(path: Path, given: Table) -> Iterator[Record]:
    how = given.get("file", {})
    quote = how.get("quote", '"')
    encoding, mark = encoding_of(path, how.get("encoding", "auto"))
    with path.open("rb") as file:
        file.seek(mark)
        with io.TextIOWrapper(file, encoding, newline="\n") as text:
            lines = _Lines(islice(enumerate(map(unmarked, text), 1), how.get("skip", 0), None), how.get("comment"))
            signs = {"delimiter": how.get("delimiter", ","), "quotechar": quote or None}
            signs["quoting"] = csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE
            width = len(how.get("header", ()))
            for cells in csv.reader(lines, strict=True, **signs):
                width = width or is_row(cells) * len(cells)
                if lines.ends > lines.begins and not is_one_row(cells, width or len(cells), signs["delimiter"]):
                    raise ValueError("a quotation mark has swallowed rows")
                yield lines.begins, cells
                lines.begins = 0


def _workbook(path: Path, given: Table) -> Iterator[Record]:
    from openpyxl import load_workbook

    how = given.get("file", {})
    warnings.filterwarnings("ignore", module="openpyxl")  # of what it does not keep when it writes
    with path.open("rb") as file:
        book = load_workbook(file, read_only=True, data_only=True)
        eras = {164 + at for at, code in enumerate(book._number_formats) if _shows_era(code)}
        japanese = _JAPANESE_DATES | eras
        book._date_formats |= {at for at, style in enumerate(book._cell_styles) if style.numFmtId in japanese}
        wanted = [book[how["sheet"]]] if "sheet" in how else book.worksheets
        (sheet,) = [sheet for sheet in wanted if "sheet" in how or sheet.sheet_state == "visible"]
        sheet.reset_dimensions()  # what the file says of them may be wrong
        rows = enumerate(sheet.iter_rows(), 1)
        for line, row in islice(rows, how.get("skip", 0), None):
            cells = [_shown(_text(cell.value), cell.number_format or "", cell.data_type) for cell in row]
            while cells and not cells[-1]:
                del cells[-1]
            if cells and not ("comment" in how and cells[0].startswith(how["comment"])):
                yield line, cells


def _shows_era(code: str) -> bool:
    """Whether a format shows the era of a day, or its year in the era."""
    return re.search("[ge]", re.sub(r"general|g/標準|e[+-]|\[[^\]]*\]", "", _LITERAL.sub("", code.lower()))) is not None


def _shown(text: str, code: str, kind: str) -> str:
    """Show a whole number, or a text, as its format does."""
    if code in {"General", "0", "@", ""}:
        return text
    if kind == "s":
        return text if _shows_texts(code) or not text.strip() else _UNTOLD
    if type(text) is str or not text.isdigit():
        return text
    said: list[str] = []

    def keep(found: re.Match[str]) -> str:
        if found.lastgroup is None:
            return ""
        said.append("" if found[found.lastgroup] in _CURRENCIES else found[found.lastgroup])
        return chr(_SAID + len(said) - 1)

    sections = re.sub("(?i)general|g/標準", "0", _LITERAL.sub(keep, code)).split(";")
    of_numbers = [section for section in sections if "@" not in section] or ["0"]
    section = _CONDITION.sub("", _that_shows(int(text), of_numbers))
    whole, _, fraction = section.partition(".")  # of which a whole number has none
    laid = re.sub(",(?=.*[0#?])", "", whole) + re.sub("[0#?]", "", fraction)
    return Number(_filled(laid, text.lstrip("0"), said) if _CERTAIN.fullmatch(laid) else _UNTOLD)


def _shows_texts(code: str) -> bool:
    """Whether a format shows a text as it is, but for blanks around it."""
    sections = _LITERAL.sub(
        lambda found: (found[found.lastgroup] if found.lastgroup else "").strip() and "x", code
    ).split(";")
    of_texts = sections[3:] or [section for section in sections if "@" in section]
    return not of_texts or of_texts[0].strip() == "@"


def _filled(laid: str, number: str, said: Sequence[str]) -> str:
    """Put the digits of a number into its places, from the last to the first, which takes all that are left."""
    shown, left, has_digit = "", sum(sign in "0#?" for sign in laid), False
    for sign in reversed(laid):
        if sign in "0#?":
            left -= 1
            digits = number[-1:] if left else number
            number = number[: len(number) - len(digits)]
            digits = digits or sign.strip("#?")
            has_digit |= digits != ""
            shown = digits + shown
        else:
            shown = (said[ord(sign) - _SAID] if ord(sign) >= _SAID else sign.strip(_CURRENCIES)) + shown
    return shown if has_digit else _UNTOLD


def _that_shows(number: int, sections: Sequence[str]) -> str:
    """Return the section of a format that shows a number which is not less than 0."""
    asked = [_CONDITION.search(section) for section in sections]
    if not any(asked):
        return sections[2] if number == 0 and len(sections) > 2 else sections[0]
    fitting = (
        section
        for section, condition in zip(sections, asked, strict=True)
        if not condition or _HOLDS[condition[1]](number, float(condition[2]))
    )
    return next(fitting, "")


def _text(value: object) -> str:
    """Return what a cell of a sheet says."""
    from openpyxl.utils.escape import unescape

    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case int() | float() if value == int(value):
            return Number(int(value))
        case time() | timedelta():
            return _UNTOLD
        case datetime() if value < _FIRST_DAY:
            return _UNTOLD
        case datetime() if value.time() == time():
            return value.date().isoformat()
    text = str(value)
    return unescape(text) if "_x" in text else text


def _fixed(path: Path, given: Table) -> Iterator[Record]:
    how, kinds = given["file"], given.get("records", {})
    encoding, mark = encoding_of(path, how["encoding"])
    if encoding != how["encoding"]:
        raise ValueError("places are counted in another encoding than the mark is of")
    begins = kinds.get("at", 1) - 1
    sign = slice(begins, begins + len(kinds.get("data", "").encode(encoding)))
    fields = [slice(one["at"] - 1, one["at"] - 1 + one["bytes"]) for one in given["fields"].values()]
    others = _others([sign, *fields], how["length"])
    with path.open("rb") as file:
        file.seek(mark)
        blocks = _blocks(file, how["length"], encoding, has_lines=how.get("lines", True))
        for line, block in _data(blocks, kinds, encoding) if kinds else blocks:
            if _says_something(block[: sign.start] + block[sign.stop :], encoding):
                if any(_field(block[other], encoding) for other in others):
                    raise ValueError("something stands in no field")
                yield line, [_field(block[field], encoding) for field in fields]


def _others(taken: Sequence[slice], length: int) -> list[slice]:
    """Return the places of a record that lie in none of those that are taken."""
    bits = bytearray(length)
    for place in taken:
        bits[place] = b"\1" * (place.stop - place.start)
    return [slice(*found.span()) for found in re.finditer(rb"\0+", bits)]


def _field(block: bytes, encoding: str) -> str:
    """Return what stands in a field, without what fills it up: blanks around it, and NUL behind it."""
    text = block.decode(encoding).rstrip(" \u3000\0").lstrip(" \u3000")
    if "\0" in text:
        raise ValueError("a NUL is no text")
    return text


def _says_something(block: bytes, encoding: str) -> bool:
    """Whether there is more in a record than what fills records up, or ends lines and files."""
    ascii_alone = block.replace("\u3000".encode(encoding), b"")
    return ascii_alone.strip(b" \t\r\n\x1a\0") != b""


def _blocks(file: BinaryIO, length: int, encoding: str, *, has_lines: bool) -> Iterator[tuple[int, bytes]]:
    """Yield the records that say something, with their lines, or their numbers where they follow one another."""
    for line, whole in enumerate(file if has_lines else iter(lambda: file.read(length), b""), 1):
        block = whole.rstrip(b"\r\n\x1a") if has_lines else re.sub(rb"\r?\n\Z", lambda end: b" " * len(end[0]), whole)
        if _says_something(block, encoding):
            if len(block) != length or b"\n" in block:
                raise ValueError("a record of another length")
            yield line, block


def _data(blocks: Iterator[tuple[int, bytes]], kinds: Table, encoding: str) -> Iterator[tuple[int, bytes]]:
    """Yield the records that are members; header, trailer and end stand around them, and the trailer counts them."""
    to_come = [kind for kind in ("header", "data", "trailer", "end") if kinds.get(kind)]
    signs = {kind: kinds[kind].encode(encoding) for kind in to_come}
    number = 0
    for line, block in blocks:
        kind = next((kind for kind in to_come if block.startswith(signs[kind], kinds["at"] - 1)), "")
        at = to_come.index(kind)
        if to_come[:at] not in ([], ["data"]):
            raise ValueError("a header, a trailer or an end is missing")
        to_come = to_come[at + (kind != "data") :]
        if kind == "data":
            number += 1
            yield line, block
        if kind == "trailer" and "count" in kinds:
            begins = kinds["count"]["at"] - 1
            told = block[begins : begins + kinds["count"]["bytes"]].decode(encoding).rstrip(f"{_NOTHING}\0")
            if not re.fullmatch("[0-9,]+", narrow(told).strip(_NOTHING)) or int(digits(told)) != number:
                raise ValueError("the trailer counts other records")
    if to_come not in ([], ["data"]) or not (number or "count" in kinds):
        raise ValueError("the end is missing, or all of it")


_READERS: Mapping[str, Callable[[Path, Table], Iterator[Record]]] = {
    "csv": _csv,
    "fixed": _fixed,
    "xlsx": _workbook,
}
"""Format → the rows of a file with what is written above and between its records taken out, the header not."""
