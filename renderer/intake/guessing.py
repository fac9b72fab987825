"""A member file that nobody has described → how it is written: its dialect, where its columns begin, their names.

What is guessed is what can be seen: delimiter and quoting that give the most rows of one width, lines above the header,
remarks, a header or none. A file of fixed lengths shows only how long its records are.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from renderer.intake.dialect import Dialect, Encoding, FixedLength
from renderer.intake.encodings import find_encoding
from renderer.intake.records import NOTHING, Record
from renderer.intake.shapes import DATES, ColumnShapes, Shape
from renderer.intake.synonyms import known_of
from renderer.intake.tables import open_table
from renderer.intake.workbook import names_of_sheets
from renderer.model.errors import BadJob

_SAMPLE = 1 << 17
"""Characters of a file that are looked at to see how it is written."""
_ROWS = 200
"""Records that are looked at to see where the header is."""
_DELIMITERS = ",\t;|:"
_QUOTES = ('"', "'", "")
_REMARKS = ("#", "//", "--", ";", "※", "*", "REM ")
_WORKBOOK = b"PK\x03\x04"
_SHARE = 0.9
"""Of the lines of a fixed-length file: how many are of one length."""
_MANY = 3
"""Names of columns in a row that show it to be the header."""


@dataclass(frozen=True, slots=True)
class Guess:
    """How a file is written, as far as can be seen."""

    dialect: Dialect
    header: tuple[str, ...]
    """Its own columns; ``列1``, ``列2``, … where it has no header, and none where it is of fixed lengths."""
    has_header: bool = True


def guess(path: Path) -> Guess:
    """Look at the beginning of a file. Raises BadJob where it cannot be read as any of them."""
    with path.open("rb") as file:
        begins = file.read(len(_WORKBOOK))
    if begins == _WORKBOOK:
        return _of_workbook(path, Dialect() if path.suffix.lower() == ".xlsx" else Dialect(format="xlsx"))
    text = _begin_of(path)
    dialect, width = _delimited(text)
    fixed = _fixed(path, text) if width < 3 else None
    if fixed is not None:
        return Guess(Dialect(format="fixed", encoding=_named(path), fixed=fixed), ())
    if width < 2:
        raise BadJob(f"{path.name}: no delimiter divides it into columns; export the members again as CSV")
    return _with_header(path, dialect, width)


def _of_workbook(path: Path, dialect: Dialect) -> Guess:
    """Choose the sheet whose header has the most names that are known. Raises BadJob where none has any."""
    sheets = names_of_sheets(path)
    if len(sheets) == 1:
        return _with_header(path, dialect)
    guesses = []
    for sheet in sheets:
        with suppress(BadJob):  # another sheet may be empty
            guesses.append(_with_header(path, replace(dialect, sheet=sheet)))
    best = max(guesses, key=lambda one: sum(map(_is_known, one.header)), default=None)
    if best is None or not any(map(_is_known, best.header)):
        raise BadJob(
            f"{path.name}: it has {len(sheets)} sheets, and none looks like members; save the right one as CSV"
        )
    return best


def _begin_of(path: Path) -> str:
    with path.open(encoding=find_encoding(path), newline="") as file:
        return file.read(_SAMPLE)


def _delimited(text: str) -> tuple[Dialect, int]:
    """Choose the delimiter and the quotation mark by which most rows have one width, and the largest; also say it."""
    whole = text if len(text) < _SAMPLE else text[: text.rfind("\n") + 1]
    best, dialect, width = 0.0, Dialect(), 0
    for delimiter in _DELIMITERS:
        for quote in _QUOTES:
            # the usual one is meant where there is none
            rows = _rows_of(whole, delimiter, quote) if quote in ('"', "") or quote in whole else []
            if not rows:
                continue
            usual, often = Counter(map(len, rows)).most_common(1)[0]
            strays = sum(cell[:1] in ('"', "'") for row in rows for cell in row)
            score = (usual - 1) * often / len(rows) - strays / len(rows)
            if score > best:
                best, dialect, width = score, Dialect(delimiter=delimiter, quote=quote), usual
    return replace(dialect, comment=_remarks(whole, dialect, width)), width


def _rows_of(text: str, delimiter: str, quote: str) -> list[list[str]]:
    """Divide a text into rows that are not empty; none where it cannot be divided so."""
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        strict=True,
    )
    rows: list[list[str]] = []
    try:
        for row in reader:
            if row:
                rows.append(row)
    except csv.Error:
        # the sample may end within a quoted cell
        return rows if len(text) >= _SAMPLE // 2 and len(rows) > _ROWS else []
    return rows


def _remarks(text: str, dialect: Dialect, width: int) -> str:
    """Return how remarks begin: what stands in front of lines of another width, and never of the others."""
    rows = _rows_of(text, dialect.delimiter, dialect.quote)
    for mark in _REMARKS:
        marked = [row for row in rows if row[0].startswith(mark)]
        if marked and all(len(row) != width for row in marked):
            return mark
    return ""


def _fixed(path: Path, text: str) -> FixedLength | None:
    """Return how long the records are where all lines have as many bytes, or there are none."""
    codec = find_encoding(path)
    if "\n" not in text:
        return FixedLength(0, {}, lines=False)
    lengths = Counter(len(line.rstrip("\r").encode(codec, "replace")) for line in text.split("\n")[:-1] if line)
    usual, often = lengths.most_common(1)[0]
    return FixedLength(usual, {}) if often >= _SHARE * lengths.total() and usual > 20 else None


def _named(path: Path) -> Encoding:
    """Name the encoding as a column map does."""
    names: dict[str, Encoding] = {"utf-8-sig": "utf-8", "cp932": "cp932", "utf-16": "utf-16"}
    return names[find_encoding(path)]


def _with_header(path: Path, dialect: Dialect, width: int = 1) -> Guess:
    """Find the header: the first row that is as wide as the others, of ``width`` cells or so, and is filled."""
    with open_table(path, replace(dialect, header=("",) * width)) as table:
        rows = list(islice(table.records, _ROWS))
    width = Counter(len(row.cells) for row in rows).most_common(1)[0][0]
    # a row of a sheet ends with its last cell, so that those below the header may be shorter
    width = max([width, *(len(row.cells) for row in rows if _names(row) >= _MANY)])
    at = next((at for at, row in enumerate(rows) if len(row.cells) >= width and _is_filled(row)), 0)
    cells = tuple(cell.strip(NOTHING) for cell in rows[at].cells)
    dialect = replace(dialect, skip=rows[at].line - 1 if at else 0)
    if _is_header(cells, rows[at + 1 :]):
        return Guess(dialect, cells)
    positions = tuple(f"列{place}" for place in range(1, width + 1))
    return Guess(replace(dialect, header=positions), positions, has_header=False)


def _names(row: Record) -> int:
    """Count the cells that are known as names of columns."""
    return sum(_is_known(cell) for cell in row.cells)


def _is_known(cell: str) -> bool:
    known = known_of(cell)
    return bool(known.meanings or known.is_several or known.is_other)


def _is_filled(row: Record) -> bool:
    """Whether this may be a header: a title above one is a row of blanks but for a cell or two."""
    return sum(bool(cell.strip(NOTHING)) for cell in row.cells) > len(row.cells) / 2


def _is_header(cells: Sequence[str], below: Sequence[Record]) -> bool:
    """Whether a row names columns: some of its cells are known names, or none looks like what stands below it."""
    known = sum(map(_is_known, cells))
    if known >= min(_MANY, len(cells)):
        return True
    if len(set(filter(None, cells))) < len(cells):
        return False
    return not any(_looks_like_data(cell) for cell in cells) and any(
        _looks_like_data(cell) for row in below[:5] for cell in row.cells
    )


def _looks_like_data(cell: str) -> bool:
    looked = ColumnShapes()
    looked.add(cell)
    return bool(looked.shapes.keys() & {*DATES, Shape.DIGITS, Shape.POSTAL_CODE, Shape.ADDRESS}) or bool(
        re.search("[0-9]{3}", cell)
    )
