"""A sheet of a workbook (xlsx) → its own columns, and its rows one at a time, in memory that does not grow with it.

A reader of our own: others hold a whole sheet in memory, or give a blank where the sheet has an error.
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeVar
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile, ZipFile

from renderer.intake.dialect import Dialect, PassOver
from renderer.intake.numberformats import BUILT_IN, DATES, NumberFormat, shows_date
from renderer.intake.records import NOTHING, LastRow, Merged, Record, Table
from renderer.intake.sheet import MOST_COLUMNS, Rows, SheetRow, Styles, Texts, Unreadable, is_strike, parser_of
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

_GROUPS = frozenset(("numFmts", "fonts", "fills", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"))
"""Elements of the styles that have others of one kind in them."""
Element = tuple[str, Mapping[str, str]]
Found = TypeVar("Found")


@contextmanager
def opened_workbook(path: Path, dialect: Dialect, pass_over: PassOver) -> Iterator[Table]:
    """Open a sheet for reading.

    :raises BadJob: when the file is no workbook that can be read, has not the sheet, or would take too much to read.
    """
    merged = list[Merged]()
    with _opened(path) as archive, closing(_rows(path, archive, dialect.sheet, merged)) as rows:
        is_asked = dialect.hidden is None
        hidden = _found(path, partial(_hidden_columns, archive, dialect.sheet)) if is_asked else frozenset[int]()
        records = _records(path, rows, dialect, pass_over, merged)
        yield Table(dialect.header or tuple(next(records).cells), records, hidden, merged)


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


def _records(
    path: Path, rows: Iterable[SheetRow], dialect: Dialect, pass_over: PassOver, merged: list[Merged]
) -> Iterator[Record]:
    """Yield the header, where there is one, and each record; at the end leave in ``merged`` what reaches into them."""
    last = LastRow(path, dialect.last) if dialect.last else None
    headers = 0 if dialect.header else 1
    width, read, lines = len(dialect.header), 0, range(0)
    for line, cells, numbers, unclear, is_hidden in rows:
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
            if read > headers:
                lines = range(lines.start or line, line + 1)
            yield Record(line, line, cells, numbers, unclear)
        del cells  # a traceback keeps the locals of its frames
    if last and (last.fault or read > headers):
        last.check()
    if read <= headers:
        raise BadJob(f"{path.name}: there are no rows{' below the header' * headers}; export the members again")
    if merged:
        with _opened(path) as archive, closing(_rows(path, archive, dialect.sheet, [])) as again:
            merged[:] = _torn(merged, (row for row in again if row.line in lines))


def _torn(merged: Iterable[Merged], rows: Iterable[SheetRow]) -> Iterator[Merged]:
    """Yield each column of merged cells in which one record has a value and another has none.

    Nothing is torn where a record lies on several rows, between records, and where each has its value.
    """
    to_come = deque(sorted(merged, key=lambda one: one.rows.start))
    in_column: dict[int, tuple[range, set[bool]]] = {}
    for row in rows:
        given = {at for at, cell in enumerate(row.cells) if cell.strip(NOTHING)}
        if not given:
            continue
        while to_come and to_come[0].rows.start <= row.line:
            lines, columns = to_come.popleft()
            in_column |= {column: (lines, set()) for column in columns}
        for column, (lines, seen) in in_column.items():
            if row.line in lines and (has_value := column in given) not in seen:
                seen.add(has_value)
                if len(seen) > 1:
                    yield Merged(lines, (column,))


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


def _rows(path: Path, archive: ZipFile, sheet: str, merged: list[Merged]) -> Generator[SheetRow]:
    """Yield the rows of a sheet that have cells; behind the last all ``merged`` are there."""
    fault = ""
    try:
        yield from _parsed_rows(archive, sheet, merged)
    except (Unreadable, *_BROKEN) as error:
        fault = _said(error)
    if fault:  # the error and its frames, with the cells in them, are left behind
        raise BadJob(f"{path.name}: {fault}")


def _parsed_rows(archive: ZipFile, sheet: str, merged: list[Merged]) -> Iterator[SheetRow]:
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
    merged += rows.merged


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

    def sheets(self, *, also_hidden: bool = False) -> dict[str, str]:
        """Return the part of each sheet that has cells, by its name."""
        parts = dict(self._parts.get("worksheet", ()))
        sheets = {}
        for element, about in self._elements(self._book):
            if element == "sheet" and (also_hidden or about.get("state", "visible") == "visible"):
                key = next(value for label, value in about.items() if label.endswith(":id"))
                if key in parts:
                    sheets[about["name"]] = parts[key]
        if not sheets:
            raise Unreadable("it has no sheet that is shown; show the one that is meant, or name it in the column map")
        return sheets

    def sheet(self, name: str) -> str:
        """Return the part of a sheet, be it hidden, or of the only one that is not."""
        if name in (every := self.sheets(also_hidden=True)):
            return every[name]
        sheets = self.sheets()
        if not name and len(sheets) == 1:
            return next(iter(sheets.values()))
        what = f'there is no sheet "{name}"{advice(name, sheets)}' if name else f"there are {len(sheets)} sheets"
        raise Unreadable(f"{what}; name one in the column map: {'、'.join(sheets)}")

    def counts_from_1904(self) -> bool:
        """Whether its days are counted from 1904."""
        about = next((about for name, about in self._elements(self._book) if name == "workbookPr"), {})
        return about.get("date1904") in ("1", "true")

    def styles(self) -> Styles:
        """Return what the styles make of cells, by their numbers."""
        codes, fonts, styles, group = dict(BUILT_IN), list[bool](), list[tuple[str, int]](), ""
        for _, part in self._parts.get("styles", ()):
            for name, about in self._elements(part):
                if name in _GROUPS:
                    group = name
                elif (group, name) == ("numFmts", "numFmt"):
                    codes[about["numFmtId"]] = about["formatCode"]
                elif (group, name) == ("fonts", "font"):
                    fonts.append(False)
                elif group == "fonts" and is_strike(name, about):
                    fonts[-1] = True
                elif (group, name) == ("cellXfs", "xf"):
                    styles.append((about.get("numFmtId", ""), int(about.get("fontId", 0))))
        dates = DATES.union(number for number, code in codes.items() if shows_date(code))
        ways = {number: NumberFormat(code) for number, code in codes.items()}
        formats = {number: way for number, way in ways.items() if not way.shows_digits}
        otherwise = {number for number, way in ways.items() if not way.shows_texts}
        used = [(str(at), number, font) for at, (number, font) in enumerate(styles)]
        return Styles(
            frozenset(style for style, number, _ in used if number in dates),
            {style: formats[number] for style, number, _ in used if number in formats},
            frozenset(style for style, number, _ in used if number in otherwise),
            frozenset(style for style, _, font in used if fonts[font : font + 1] == [True]),
        )

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
