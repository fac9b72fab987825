"""A delivered folder → what is wrong with it as a whole, by its own report and manifests.

What the pages say is not asked here: ``desk.delivery`` asks that of each batch.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterator
from pathlib import Path

from renderer.model.errors import BadBatch
from renderer.model.sums import sum_of_file
from renderer.running.manifest import MANIFEST_HEADER, Entry, PrintedFile, read_manifest, row_of
from renderer.running.names import LISTS, REPORT, files_of
from renderer.running.report import FileReport

REDO = "do not mail it; run the job again"


def faults_of(folder: Path) -> Iterator[str]:
    """Name what is missing, foreign or changed, and every record and piece that is there twice or not at all."""
    try:
        report = json.loads((folder / REPORT).read_text("utf-8"))
        files, printed = [FileReport(**file) for file in report["files"]], report["printed"]
    except (OSError, ValueError, KeyError, TypeError):
        yield f"{REPORT} is missing or no longer a report"
        return
    stems = [Path(file.name).stem for file in files]
    wanted = {*LISTS, *(name for stem in stems for name in files_of(stem))}
    there = {path.name for path in folder.iterdir()}
    yield from (f"{name} is missing" for name in sorted(wanted - there))
    yield from (f"{name} is no file of this delivery" for name in sorted(there - wanted))
    if wanted <= there:
        yield from _faults_of_batches(folder, files, printed)


def _faults_of_batches(folder: Path, files: Collection[FileReport], printed: int) -> Iterator[str]:
    records: set[str] = set()
    pieces = 0
    for file in files:
        batch = folder / file.name
        try:
            about, entries = read_manifest(batch.with_suffix(".json"))
            check_unchanged(batch, about, entries)
        except BadBatch as wrong:
            yield str(wrong)
            continue
        if (about.sha256, len(entries)) != (file.sha256, file.sheets):
            yield f"{file.name} is not the file that {REPORT} counts"
        twice = [entry.record for entry in entries if entry.record in records]
        if twice:
            more = f", and {len(twice) - 1} more" if len(twice) > 1 else ""
            yield f"{file.name}: record {twice[0]} is there twice{more}"
        records.update(entry.record for entry in entries)
        if {entry.sequence for entry in entries} != set(range(pieces + 1, pieces + file.pieces + 1)):
            yield f"{file.name}: its pieces are not those from {pieces + 1} to {pieces + file.pieces}"
        pieces += file.pieces
    if len(records) != printed:
        yield f"{len(records)} records are there, and {REPORT} says {printed}"


def check_unchanged(batch: Path, about: PrintedFile, entries: Collection[Entry]) -> None:
    """Check that a batch is the file that its manifest is about, and that both manifests say the same.

    :raises BadBatch: when it is not so.
    """
    try:
        found = sum_of_file(batch)
    except OSError as error:
        raise BadBatch(f"{batch.name} cannot be read ({error.strerror}), and its manifest is there; {REDO}") from None
    if (about.name, about.sha256) != (batch.name, found):
        raise BadBatch(f"{batch.name} is not the file its manifest is about; {REDO}")
    _check_table(batch.with_suffix(".csv"), about, entries)


def _check_table(path: Path, about: PrintedFile, entries: Collection[Entry]) -> None:
    """Check that the CSV manifest says what the JSON says."""
    try:
        with path.open(encoding="utf-8", newline="") as table:
            header, *rows = csv.reader(table)
    except (OSError, ValueError) as error:
        raise BadBatch(f"{path.name} cannot be read ({type(error).__name__}); {REDO}") from None
    if tuple(header) != MANIFEST_HEADER or rows != [list(map(str, row_of(about, entry))) for entry in entries]:
        raise BadBatch(f"{path.name} and {path.stem}.json do not say the same; {REDO}")
