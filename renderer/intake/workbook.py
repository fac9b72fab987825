"""A sheet of a workbook (xlsx) → its own columns, and its rows one at a time, in memory that does not grow with it.

A reader of our own: others hold a whole sheet in memory, or give a blank where the sheet has an error.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeVar
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile, ZipFile

from renderer.intake.dialect import Dialect, PassOver
from renderer.intake.records import NOTHING, LastRow, Record, Table
from renderer.intake.sheet import MOST_COLUMNS, Rows, Shape, SheetRow, Styles, Texts, Unreadable, parser_of
from renderer.model.errors import BadJob
from renderer.model.toml import advice

MOST_PACKED = 200
"""How many times smaller than its content a part may be; those of exports are 10 to 40 times."""
_SMALL = 32 << 20
"""Bytes of a part that is read however tightly it is packed."""
_NO_CELLS = 8 << 20
"""Bytes of a part without cells and texts, which is read whole."""
MOST_TEXT = 300 << 20
"""Bytes of all texts that a workbook keeps once for several cells."""
_WITHOUT_A_ROW = 16 << 20
"""Bytes of a sheet in which some row ends."""
_CHUNK = 1 << 16
_BROKEN = (BadZipFile, ExpatError, zlib.error, EOFError, LookupError, ValueError, RuntimeError)

_DATE_FORMATS = frozenset(map(str, (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59))))
"""The built-in formats that show a number as date or time (ECMA-376 18.8.30, those of Japan among them)."""
_NO_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*[^\]hms][^\]]*\]|general|g/標準|e[+-]')
"""What of a format is said as it stands, or is a colour, a condition, a language or an exponent."""
_DATE_LETTERS = re.compile("[ymdhsge]")
_LANGUAGE = re.compile(r"\[\$-[0-9a-f]+\]", re.IGNORECASE)
_SHAPE = re.compile(r'(?P<digit>0)|"(?P<quoted>[^"]*)"|\\?(?P<sign>(?<=\\).|[-() 　])')
"""A part of a format that shows nothing but the digits of a number and signs that stand as they are."""

Element = tuple[str, Mapping[str, str]]
Found = TypeVar("Found")


@contextmanager
def opened_workbook(path: Path, dialect: Dialect, pass_over: PassOver) -> Iterator[Table]:
    """Open a sheet for reading.

    :raises BadJob: when the file is no workbook that can be read, has not the sheet, or would take too much to read.
    """
    with _opened(path) as archive, closing(_rows(path, archive, dialect.sheet)) as rows:
        is_asked = dialect.hidden is None
        hidden = _found(path, partial(_hidden_columns, archive, dialect.sheet)) if is_asked else frozenset[int]()
        records = _records(path, rows, dialect, pass_over)
        yield Table(dialect.header or tuple(next(records).cells), records, hidden)


def names_of_sheets(path: Path) -> tuple[str, ...]:
    """Name the sheets of a workbook that have cells. Raises BadJob where it is none that can be read."""
    with _opened(path) as archive:
        return _found(path, lambda: tuple(_Workbook(archive).sheets()))


def _opened(path: Path) -> ZipFile:
    return _found(path, partial(ZipFile, path))


def _found(path: Path, find: Callable[[], Found]) -> Found:
    """Find something in a workbook. Raises BadJob where it cannot be read; the error and its frames are left behind."""
    fault = ""
    try:
        return find()
    except (Unreadable, *_BROKEN) as error:
        fault = _said(error)
    raise BadJob(f"{path.name}: {fault}")


def _said(error: Exception) -> str:
    """Say of whatever is wrong with a workbook what to do about it, and nothing else of the error."""
    if isinstance(error, Unreadable):
        return str(error)
    return f"is no workbook that can be read ({type(error).__name__}); save it as .xlsx, without a password"


def _records(path: Path, rows: Iterable[SheetRow], dialect: Dialect, pass_over: PassOver) -> Iterator[Record]:
    """Yield the header, where there is one, and each record."""
    last = LastRow(path, dialect.last) if dialect.last else None
    headers = 0 if dialect.header else 1
    width, read = len(dialect.header), 0
    for line, cells, numbers, is_hidden in rows:
        if line <= dialect.skip:
            pass_over("title", line)
        elif not "".join(cells).strip(NOTHING):
            pass_over("empty", line)
        elif last and read >= headers and last.is_it(line, cells, read - headers):
            if last.fault:
                del cells
                break
            pass_over("control", line)
        elif is_hidden and read >= headers and dialect.hidden is None:
            del cells
            raise BadJob(
                f"{path.name}: row {line} is hidden, and nobody can tell whether it is to be printed; show all rows "
                'and delete those that are not, or write hidden = "read" under [file] of the column map'
            )
        else:
            _fit(cells, width)
            width = width or len(cells)
            read += 1
            yield Record(line, line, cells, numbers)
        del cells  # a traceback keeps the locals of its frames
    if last and (last.fault or read > headers):
        last.check()
    if read <= headers:
        raise BadJob(f"{path.name}: there are no rows{' below the header' * headers}; export the members again")


def _fit(cells: list[str], width: int) -> None:
    """Give a row its width, where it is only blank cells that are missing or too many."""
    while len(cells) > width and not cells[-1]:
        del cells[-1]
    cells += [""] * (width - len(cells))


def _hidden_columns(archive: ZipFile, sheet: str) -> frozenset[int]:
    """Return which columns, from 0, a sheet hides; it says so in front of its rows."""
    hidden: set[int] = set()
    rows: list[str] = []

    def begin(name: str, about: Mapping[str, str]) -> None:
        if name == "sheetData":
            rows.append(name)
        elif name == "col" and (about.get("hidden") in ("1", "true") or float(about.get("width", 1)) == 0):
            hidden.update(range(int(about["min"]) - 1, min(int(about["max"]), MOST_COLUMNS)))

    parser = parser_of(begin)
    with _content(archive, _Workbook(archive).sheet(sheet)) as chunks:
        for chunk in chunks:
            parser.Parse(chunk)
            if rows:
                break
    return frozenset(hidden)


def _rows(path: Path, archive: ZipFile, sheet: str) -> Generator[SheetRow]:
    """Yield the rows of a sheet that have cells."""
    fault = ""
    try:
        yield from _parsed_rows(archive, sheet)
    except (Unreadable, *_BROKEN) as error:
        fault = _said(error)
    if fault:  # the error and its frames, with the cells in them, are left behind
        raise BadJob(f"{path.name}: {fault}")


def _parsed_rows(archive: ZipFile, sheet: str) -> Iterator[SheetRow]:
    about = _Workbook(archive)
    part = about.sheet(sheet)
    rows, since = Rows(about.texts(), about.styles(), from_1904=about.counts_from_1904()), 0
    parser = parser_of(rows.begin, rows.end, rows.add)
    with _content(archive, part) as chunks:
        for chunk in chunks:
            parser.Parse(chunk)
            since = 0 if rows.done else since + len(chunk)
            if since > _WITHOUT_A_ROW:
                raise Unreadable("a row of the sheet does not end; save it anew")
            yield from rows.take()
    parser.Parse(b"", True)


@contextmanager
def _content(archive: ZipFile, part: str, most: int | None = None) -> Iterator[Iterator[bytes]]:
    """Open a part for reading, chunk by chunk, to where it is declared to end; a bomb is refused."""
    about = archive.getinfo(part)
    if most is not None and about.file_size > most:
        raise Unreadable("one of its parts is too large; save the sheet as CSV")
    if about.file_size > _SMALL and about.file_size > MOST_PACKED * about.compress_size:
        raise Unreadable(f"one of its parts is packed more than {MOST_PACKED} times; save it anew in a spreadsheet")
    with archive.open(about) as content:
        yield iter(partial(content.read, _CHUNK), b"")


class _Workbook:
    """What stands in a workbook beside its sheets."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._book = next(
            about["Target"].lstrip("/")
            for _, about in self._elements("_rels/.rels")
            if about.get("Type", "").endswith("/officeDocument")
        )
        folder, name = PurePosixPath(self._book).parent, PurePosixPath(self._book).name
        self._parts: dict[str, list[tuple[str, str]]] = {}
        """Kind → identity and name of each part that the workbook has of it."""
        for element, about in self._elements(str(folder / "_rels" / f"{name}.rels")):
            if element == "Relationship":
                kind = about["Type"].rpartition("/")[2]
                # A target that begins with / is from the top.
                self._parts.setdefault(kind, []).append((about["Id"], str(folder / about["Target"]).lstrip("/")))

    def _elements(self, part: str) -> list[Element]:
        found: list[Element] = []
        parser = parser_of(lambda name, attributes: found.append((name, attributes)))
        with _content(self._archive, part, _NO_CELLS) as chunks:
            for chunk in chunks:
                parser.Parse(chunk)
        parser.Parse(b"", True)
        return found

    def sheets(self) -> dict[str, str]:
        """Return the part of each sheet, by its name."""
        parts = dict(self._parts.get("worksheet", ()))
        sheets = {}
        for element, about in self._elements(self._book):
            if element == "sheet":
                key = next(value for label, value in about.items() if label.endswith(":id"))
                if key in parts:
                    sheets[about["name"]] = parts[key]
        return sheets

    def sheet(self, name: str) -> str:
        """Return the part of a sheet, or of the only one."""
        sheets = self.sheets()
        if name in sheets:
            return sheets[name]
        if not name and len(sheets) == 1:
            return next(iter(sheets.values()))
        what = f'there is no sheet "{name}"{advice(name, sheets)}' if name else f"there are {len(sheets)} sheets"
        raise Unreadable(f"{what}; name one in the column map: {'、'.join(sheets)}")

    def counts_from_1904(self) -> bool:
        """Whether its days are counted from 1904."""
        about = next((about for name, about in self._elements(self._book) if name == "workbookPr"), {})
        return about.get("date1904") in ("1", "true")

    def styles(self) -> Styles:
        """Return which styles show a number as a date, and which show its digits in a shape, by their numbers."""
        dates, shapes, styles, group = set(_DATE_FORMATS), dict[str, Shape](), list[str](), ""
        for _, part in self._parts.get("styles", ()):
            for name, about in self._elements(part):
                if name == "numFmt":
                    shapes[about["numFmtId"]] = shape_of(about["formatCode"])
                    if shows_date(about["formatCode"]):
                        dates.add(about["numFmtId"])
                elif name in ("cellXfs", "cellStyleXfs"):
                    group = name
                elif name == "xf" and group == "cellXfs":
                    styles.append(about.get("numFmtId", ""))
        shown = {str(number): shapes[code] for number, code in enumerate(styles) if shapes.get(code)}
        return Styles(frozenset(str(number) for number, code in enumerate(styles) if code in dates), shown)

    def texts(self) -> Texts:
        """Read the texts that it keeps once."""
        texts = Texts()
        for _, part in self._parts.get("sharedStrings", ()):
            parser = parser_of(texts.begin, texts.end, texts.add)
            with _content(self._archive, part, 3 * MOST_TEXT) as chunks:
                for chunk in chunks:
                    parser.Parse(chunk)
                    if len(texts.all) > MOST_TEXT:
                        raise Unreadable("it has too much text; save the sheet as CSV")
            parser.Parse(b"", True)
        return texts


def shows_date(code: str) -> bool:
    """Whether a format code shows a number as date or time."""
    return _DATE_LETTERS.search(_NO_FORMAT.sub("", code.lower().partition(";")[0])) is not None


def shape_of(code: str) -> Shape:
    """Return how a format code shows the digits of a number, such as 0000 and 000-0000; none where it does otherwise.

    So a spreadsheet shows noughts in front that the number itself does not have.
    """
    plain = _LANGUAGE.sub("", code.partition(";")[0])  # of numbers that are not less than 0
    parts = list(_SHAPE.finditer(plain))
    if "".join(part[0] for part in parts) != plain:
        return ()
    shape = tuple(None if part["digit"] else part["quoted"] or part["sign"] or "" for part in parts)
    return shape if None in shape and shape != (None,) else ()
