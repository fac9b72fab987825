"""What was printed and what was held → lists for machines and for a desk: manifest CSV and JSON, held.csv.

The lists name records by 整理番号 only, and the same input gives the same bytes on any day.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, get_type_hints

from renderer.intake.selection import EXCEPT
from renderer.intake.store import UnselectedRow
from renderer.model.errors import BadBatch
from renderer.model.findings import Finding
from renderer.model.job import Job
from renderer.model.lines import line_and_file, number_of
from renderer.proof.complete import PrintedPiece
from renderer.running.origins import Origin
from renderer.running.words import words

MANIFEST_HEADER = (
    "batch", "sequence", "sheet", "sheets", "record", "document", "variant", "page_from", "page_to", "sha256",
)  # fmt: skip


REDO = "do not mail it; run the job again"
"""What to do with what is not as it was delivered."""


@dataclass(frozen=True, slots=True)
class PrintedFile:
    """The file a manifest is about."""

    batch: int
    """Number of the batch, from 1."""
    document: str
    """Name of the document."""
    name: str
    """File name, without a folder."""
    sha256: str
    """Sum of the whole file, in hexadecimal digits."""


class Entry(NamedTuple):
    """One sheet in the print file; its record stands on the pages ``page_from`` to ``page_to``."""

    sequence: int
    """Number of the piece in the job, from 1."""
    sheet: int
    """Place of the sheet in its envelope, from 1."""
    sheets: int
    """How many sheets the envelope has."""
    record: str
    """整理番号."""
    variant: str
    """The layout's variant, as ``key=value key=value``."""
    page_from: int
    """First page in the file, from 1."""
    page_to: int
    """Last page in the file; the same as the first for a sheet printed on one side."""


_json = json.JSONEncoder(ensure_ascii=False).encode
_LINE = f"{{{', '.join(f'{_json(name)}: %s' for name in Entry._fields)}}}"
"""An entry in the JSON manifest; its texts are written as JSON before."""
_FILE_TYPES, _ENTRY_TYPES = (list(get_type_hints(record).values()) for record in (PrintedFile, Entry))


def write_manifest(csv_path: Path, json_path: Path, file: PrintedFile, entries: Iterable[Entry]) -> None:
    """Write both manifests of one print file in one pass over its sheets, in mailing order.

    The CSV is UTF-8 with CRLF (RFC 4180); the JSON has one sheet a line and the counts at its end.
    """
    pieces = sheets = pages = last_sequence = 0
    with (
        csv_path.open("w", encoding="utf-8", newline="") as table,
        json_path.open("w", encoding="utf-8", newline="\n") as document,
    ):
        rows = csv.writer(table, lineterminator="\r\n")
        rows.writerow(MANIFEST_HEADER)
        document.write("{\n")
        for key, value in asdict(file).items():
            document.write(f'  "{key}": {_json(value)},\n')
        document.write('  "entries": [')
        for entry in entries:
            rows.writerow(_row_of(file, entry))
            *place, record, variant, page_from, page_to = entry
            line = _LINE % (*place, _json(record), _json(variant), page_from, page_to)
            document.write(("," if sheets else "") + "\n    " + line)
            pieces += entry.sequence != last_sequence
            sheets += 1
            pages += entry.page_to - entry.page_from + 1
            last_sequence = entry.sequence
        document.write("\n  ],\n")
        document.write(f'  "pieces": {pieces},\n  "sheets": {sheets},\n  "pages": {pages}\n}}\n')


def read_manifest(json_path: Path) -> tuple[PrintedFile, tuple[Entry, ...]]:
    """Read the JSON manifest of one print file: what it is about, and its sheets in mailing order.

    :raises BadBatch: when it is not there or is not a manifest.
    """
    try:
        given = json.loads(json_path.read_text(encoding="utf-8"))
        about = PrintedFile(given["batch"], given["document"], given["name"], given["sha256"])
        entries = tuple(Entry(**entry) for entry in given["entries"])
        is_about_a_file = list(map(type, asdict(about).values())) == _FILE_TYPES
        if entries and is_about_a_file and all([list(map(type, entry)) == _ENTRY_TYPES for entry in entries]):
            return about, entries
    except OSError as error:
        raise BadBatch(
            f"{json_path.name} cannot be read ({error.strerror}); a batch is proved with its manifest beside it"
        ) from None
    except (ValueError, KeyError, TypeError):
        pass
    raise BadBatch(f"{json_path.name} is not a manifest; take it from the outbox again")


def check_manifest(csv_path: Path, json_path: Path, file: PrintedFile, records: Sequence[str]) -> None:
    """Check that both manifests are about a file and name each of its pages; ``records`` are whose, "" nobody's.

    :raises BadBatch: when they name another file, record or page, or not the same.
    """
    about, entries = read_manifest(json_path)
    check_same(csv_path, file, entries)
    if about != file:
        raise BadBatch(f"{file.name}: its manifest is about another file; start the run again")
    named = [""] * len(records)
    for entry in entries:
        named[entry.page_from - 1 : entry.page_to] = [entry.record] * (entry.page_to - entry.page_from + 1)
    if named != list(records):
        raise BadBatch(f"{file.name}: its manifest names other pages than were proved; start the run again")


def check_same(csv_path: Path, about: PrintedFile, entries: Iterable[Entry]) -> None:
    """Check that the CSV manifest of a print file says what the JSON says.

    :raises BadBatch: when it does not, or cannot be read.
    """
    try:
        with csv_path.open(encoding="utf-8", newline="") as table:
            rows = list(map(tuple, csv.reader(table)))
    except (OSError, ValueError, csv.Error) as error:
        raise BadBatch(f"{csv_path.name} cannot be read ({type(error).__name__}); {REDO}") from None
    if rows != [MANIFEST_HEADER, *(tuple(map(str, _row_of(about, entry))) for entry in entries)]:
        raise BadBatch(f"{csv_path.name} and {csv_path.stem}.json do not say the same; {REDO}")


def printed_pieces(csv_path: Path) -> Iterator[PrintedPiece]:
    """Yield the pieces of one print file, in mailing order, from its CSV manifest."""
    batch_and_sequence = itemgetter(MANIFEST_HEADER.index("batch"), MANIFEST_HEADER.index("sequence"))
    record = itemgetter(MANIFEST_HEADER.index("record"))
    with csv_path.open(encoding="utf-8", newline="") as table:
        rows = csv.reader(table)
        next(rows)
        for (batch, sequence), sheets in groupby(rows, key=batch_and_sequence):
            yield PrintedPiece(csv_path.stem, int(batch), int(sequence), list(map(record, sheets)))


def write_held(path: Path, findings: Iterable[Finding], job: Job, origin: Origin) -> None:
    """Write held.csv or notes.csv: one line for each finding, with file, line and columns as they stand there.

    UTF-8 with a byte order mark, so that Excel opens it rightly.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as table:
        rows = csv.writer(table, lineterminator="\r\n")
        rows.writerow(words(job.language).heads["held"])
        for finding in findings:
            texts = (finding.code, finding.sentence(job.language), finding.action(job.language))
            line, file = line_and_file(finding.line)
            place = (job.sources[file].name, line or "", "、".join(origin(finding)))
            rows.writerow((_inert(finding.record), *map(_inert, map(str, place)), *map(_inert, texts), finding.sum))


def held_lines(path: Path, sources: Sequence[str]) -> set[int]:
    """Read the lines of the member files that a held.csv names, each as its number (``model.lines``).

    ``sources`` are the names of the files, in their order, when it was written.
    """
    files = _files(sources)
    with path.open(encoding="utf-8-sig", newline="") as table:
        _, *rows = csv.reader(table)
    return {number_of(int(line), files[name]) for _, name, line, *_ in rows if line}


def write_not_selected(path: Path, rows: Iterable[UnselectedRow], reasons: Mapping[str, str], job: Job) -> None:
    """Write who gets no paper this time, by which rule of the job, and for stopped records (``reasons``) why."""
    with path.open("w", encoding="utf-8-sig", newline="") as table:
        lines = csv.writer(table, lineterminator="\r\n")
        lines.writerow(words(job.language).heads["not_selected"])
        for number, record, rule in rows:
            line, file = line_and_file(number)
            reason = reasons.get(record, "") if rule == EXCEPT else ""
            lines.writerow((_inert(record), _inert(job.sources[file].name), line, rule, _inert(reason)))


def not_selected_lines(path: Path, sources: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Read the lines of the member files that a not-selected.csv names, each as its number, with its rule."""
    files = _files(sources)
    with path.open(encoding="utf-8-sig", newline="") as table:
        rows = csv.reader(table)
        next(rows)
        yield from ((number_of(int(line), files[name]), rule) for _, name, line, rule, _ in rows)


def _files(sources: Sequence[str]) -> dict[str, int]:
    """Return the number of each file, from 0, by its name as lists have it."""
    return {_inert(name): number for number, name in enumerate(sources)}


def _row_of(file: PrintedFile, entry: Entry) -> tuple[str | int, ...]:
    """Return what the CSV manifest says of a sheet, in the order of ``MANIFEST_HEADER``."""
    place = (file.batch, entry.sequence, entry.sheet, entry.sheets, entry.record)
    return (*place, file.document, entry.variant, entry.page_from, entry.page_to, file.sha256)


def _inert(text: str) -> str:
    """Keep a spreadsheet from taking a text of the source for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
