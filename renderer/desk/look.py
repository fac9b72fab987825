"""A member file → what its columns look like: its own where nobody has described it, ours where a column map does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from renderer.documents.document import HEADER, Columns
from renderer.intake.guessing import guess
from renderer.intake.mapfile import load_column_map
from renderer.intake.rows import read_rows
from renderer.intake.tables import open_table
from renderer.model.errors import BadJob
from renderer.running.profile import Profile, Profiler


def look_at_standard(files: Sequence[Path], column_map: Path) -> Profile:
    """Look at the standard columns that a column map makes. Raises BadJob where a file is not as it says."""
    read, profiler = load_column_map(column_map, HEADER), Profiler()
    for file in files:
        for row in read_rows(file, read, Columns((), HEADER)):
            profiler.look(row.fields)
    return profiler.profile()


def look_at_own(files: Sequence[Path]) -> Profile:
    """Look at the columns as the file names them. Raises BadJob where it cannot be read, or is of fixed lengths."""
    profiler = Profiler()
    for file in files:
        guessed = guess(file)
        if guessed.dialect.format == "fixed":
            raise BadJob(f"{file.name}: is of fixed lengths; say where its fields are in a column map, with --columns")
        with open_table(file, replace(guessed.dialect, last=None)) as table:
            for record in table.records:
                if len(record.cells) == len(guessed.header):
                    profiler.look(dict(zip(guessed.header, record.cells, strict=True)))
    return profiler.profile()
