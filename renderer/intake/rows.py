"""Member file → Rows, one at a time: its encoding, its columns, where each row begins."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import starmap
from pathlib import Path
from typing import Annotated, Literal, TextIO

from pydantic import AfterValidator, Field

from renderer.documents.document import FORWARDING_COLUMNS, STANDARD_COLUMNS
from renderer.documents.document import Columns as Asked
from renderer.documents.numbers import looks_like_my_number
from renderer.intake.dialect import Encoding
from renderer.intake.encodings import find_encoding
from renderer.model.errors import BadJob
from renderer.model.findings import Finding
from renderer.model.job import Job
from renderer.model.toml import Strict, advice, check_table, nearest, parse_toml, read_text

HEADER = (*STANDARD_COLUMNS, *FORWARDING_COLUMNS)
"""The standard header: a file has these columns, in any order, after renaming, as far as its document needs them."""

_NOTHING = " \u3000\t\x1a"
"""What a row may be made of that has nothing in it."""


@dataclass(frozen=True, slots=True)
class Columns:
    """How this file differs from the standard one."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    """The file's own header → the standard header."""
    encoding: Encoding = "auto"
    """auto, utf-8 or cp932; a byte order mark in the file goes before it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record of the source: it was read, nothing more. Its ``repr`` shows no personal data."""

    line: int
    """The line of the file the record begins at, from 1, as an editor counts."""
    fields: Mapping[str, str] = field(repr=False)
    """Standard header → the text as it stands in the file; empty when the row could not be divided."""
    finding: Finding | None = None
    """Why the row could not be divided into its fields; such a row is held."""
    last_line: int = field(default=0, repr=False)
    """The line it ends at, where that is another one: a quoted field has line ends, or has swallowed the next row."""


STANDARD = Asked(STANDARD_COLUMNS, FORWARDING_COLUMNS)


def _forget(_: int) -> None:
    """Count nothing."""


def read_rows(
    path: Path, columns: Columns | None = None, asked: Asked = STANDARD, pass_over: Callable[[int], None] = _forget
) -> Iterator[Row]:
    """Read a CSV file into Rows, holding one record in memory at a time; ``asked`` are the columns of the document.

    A first pass settles the encoding, so that a file with a wrong byte yields no row at all. Rows with nothing in
    them, and the mark 0x1A with which old systems end a file, are no rows: ``pass_over`` is told their lines.
    Raises BadJob when the file is empty, has no rows, is no text in its encoding, or has a NUL, an open quotation
    mark or a wrong header; a row of too many or too few fields has a finding.
    """
    columns = columns or Columns()
    encoding = find_encoding(path, columns.encoding)
    # newline="\n": lines end as an editor counts them, and a quoted field keeps its own line ends
    with path.open(encoding=encoding, newline="\n") as text:
        records = _records(path, text, pass_over)
        names = _standard_names(path, records, columns, asked)
        taken = {*asked.needs, *asked.may_have}.intersection(names)
        blank = {name: "" for name in HEADER if name not in taken}
        # no loop here: its variables would keep the last record for a traceback
        yield from starmap(partial(_row, names, blank), records)


def columns_of(job: Job) -> Columns:
    """Return how the member file of a job differs from the standard one; raises BadJob as ``load_columns``."""
    return load_columns(job.columns) if job.columns else Columns()


def load_columns(path: Path) -> Columns:
    """Read a column map: ``encoding`` and a table ``[columns]`` of "own header" = "standard header".

    Raises BadJob naming the wrong key or header and the nearest right one.
    """
    text = read_text(path)
    checked = check_table(_ColumnsFile, path, text, parse_toml(path, text))
    return Columns(checked.columns, checked.encoding)


def _standard(value: str) -> str:
    if value not in HEADER:
        raise ValueError(f"is no standard header{advice(value, HEADER)}")
    return value


class _ColumnsFile(Strict):
    encoding: Literal["auto", "utf-8", "cp932"] = "auto"
    columns: dict[str, Annotated[str, AfterValidator(_standard)]] = Field(default={})


def _records(path: Path, text: TextIO, pass_over: Callable[[int], None]) -> Iterator[tuple[int, int, list[str]]]:
    """Yield the header and each record, with the lines it begins and ends at."""
    reader = csv.reader(text, strict=True)
    begin, read, broken = 1, 0, ""
    cells: list[str] = []
    try:
        for cells in reader:
            if "".join(cells).strip(_NOTHING):
                read += 1
                yield begin, reader.line_num, cells
            elif cells:
                pass_over(begin)
            begin = reader.line_num + 1
    except csv.Error as error:
        broken = str(error)
    del cells  # a traceback keeps the locals of its frames
    if "new-line character" in broken:
        raise BadJob(f"{path.name}: line {begin} has a CR without LF; let every line end with LF or CRLF")
    if broken:
        raise BadJob(
            f"{path.name}: the record that begins at line {begin} cannot be divided into fields ({broken}); "
            "look for a quotation mark that is not closed or not doubled"
        )
    if read < 2:
        raise BadJob(f"{path.name}: there are no rows below the header; export the members again")


def _standard_names(
    path: Path, records: Iterator[tuple[int, int, list[str]]], columns: Columns, asked: Asked
) -> tuple[str, ...]:
    """Give each column its standard name, or say everything that is wrong with the header."""
    _, _, header = next(records)
    names = tuple(columns.renamed.get(name, name) for name in header)
    fault = _header_fault(names, asked)
    if fault is None:
        return names
    del header, names  # it may be no header but a person's record
    raise BadJob(f"{path.name}: {fault}; mend the header, or rename the columns in the column map")


def _header_fault(names: tuple[str, ...], asked: Asked) -> str | None:
    needed, known = (*asked.needs, *asked.adds), (*HEADER, *asked.adds)
    missing = [name for name in needed if name not in names]
    if len(missing) * 2 > len(needed):  # a file without header: the line is a person's, and is not repeated
        return f"the first line is not the header: it lacks {'、'.join(missing)}"
    faults = [f"column {name} is missing" for name in missing]
    faults += [f"column {name} is there {names.count(name)} times" for name in known if names.count(name) > 1]
    for place, name in enumerate(names, 1):
        if name not in known:
            shown = "" if looks_like_my_number(name) else f' "{name}"'
            meant = nearest(name, missing or known)
            faults.append(f"column {place}{shown} is unknown" + (f', the nearest is "{meant}"' if meant else ""))
    return "line 1: " + "; ".join(faults) if faults else None


def _row(names: tuple[str, ...], blank: dict[str, str], line: int, end: int, cells: list[str]) -> Row:
    last_line = end if end > line else 0
    if len(cells) == len(names):
        return Row(line, dict(zip(names, cells, strict=True)) | blank, None, last_line)
    return Row(line, {}, _wrong_number_of_fields(line, last_line, len(cells), len(names)), last_line)


def _wrong_number_of_fields(line: int, last_line: int, found: int, expected: int) -> Finding:
    code, counts = "row-wrong-number-of-fields", {"found": found, "expected": expected}
    if last_line:
        return Finding.of(code, line, "", "spread", **counts, first_line=line, last_line=last_line)
    return Finding.of(code, line, "", **counts)
