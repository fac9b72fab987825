"""A list that a person writes for a job, as a CSV of a few columns of which none may be blank → its lines."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from renderer.documents.numbers import looks_like_my_number
from renderer.intake.encodings import find_encoding
from renderer.model.errors import BadJob

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How a file of a spreadsheet begins: .xlsx, and .xls."""


def read_list(path: Path, header: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the number, from 1, and the cells of each line below the header; lines without a cell are passed over.

    UTF-8, UTF-16 or CP932; blanks at the ends of a cell are left out.

    :raises BadJob: for a workbook; naming the line that has no right form, a blank cell, or what looks like a 個人番号.
    """
    with path.open("rb") as file:
        begins = file.read(4)
    if begins in _WORKBOOKS:
        raise BadJob(f"{path.name}: a list is a CSV, and this is a workbook; save it as CSV")
    with path.open(encoding=find_encoding(path), newline="") as text:
        rows = csv.reader(text, strict=True)
        try:
            if next(rows, []) != [*header]:
                raise BadJob(f"{path.name} line 1: the header is not {','.join(header)}; write it so")
            for cells in rows:
                if any(map(str.strip, cells)):
                    cells = [cell.strip() for cell in cells]
                    _check(f"{path.name} line {rows.line_num}", header, cells)
                    yield rows.line_num, cells
        except csv.Error as error:
            raise BadJob(
                f"{path.name} line {rows.line_num}: cannot be divided into fields ({error}); mend it"
            ) from None


def _check(where: str, header: Sequence[str], cells: Sequence[str]) -> None:
    if len(cells) != len(header):
        raise BadJob(f"{where}: {len(cells)} fields in the place of {len(header)}; mend it")
    for column, text in zip(header, cells, strict=True):
        if not text:
            raise BadJob(f"{where}: {column} is blank; fill it in")
        if looks_like_my_number(text):
            raise BadJob(f"{where}: {column} has twelve digits like a 個人番号; take them out")
