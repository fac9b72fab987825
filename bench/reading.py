"""A member file in each way of writing → seconds and memory of reading it, and of reading and validating it.

python bench/reading.py [--rows 100000]
"""

from __future__ import annotations

import argparse
import csv
import resource
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from renderer.desk.examples import load_example
from renderer.documents.document import STANDARD_COLUMNS
from renderer.intake.columnmap import STANDARD, ColumnMap
from renderer.intake.dialect import Dialect, FixedLength, Kinds, Span
from renderer.intake.members import judge
from renderer.intake.rows import read_rows
from renderer.mailing.sheets import needs_of
from renderer.model.blocks import blocks

MEMBERS = Path(__file__).resolve().parents[1] / "fixtures" / "examples" / "members.csv"


def write_files(folder: Path, rows: int) -> ColumnMap:
    """Write as many rows of the example's people as CSV and in fixed lengths, in CP932; return the map of these."""
    people = [[row.fields[name] for name in STANDARD_COLUMNS] for row in read_rows(MEMBERS)]
    widths = [max(len(cell.encode("cp932")) for cell in cells) + 2 for cells in zip(*people, strict=True)]
    places = [2 + sum(widths[:n]) for n in range(len(widths))]
    length = 1 + sum(widths)
    with (
        (folder / "members.csv").open("w", encoding="cp932", newline="") as table,
        (folder / "members.txt").open("wb") as records,
    ):
        lines = csv.writer(table)
        lines.writerow(STANDARD_COLUMNS)
        for number, person in enumerate(islice(cycle(people), rows)):
            cells = [f"{number:08}"[: widths[0]], *person[1:]]
            lines.writerow(cells)
            fields = (cell.encode("cp932").ljust(width) for cell, width in zip(cells, widths, strict=True))
            records.write(b"2" + b"".join(fields) + b"\r\n")
    fields = {name: Span(*place) for name, *place in zip(STANDARD_COLUMNS, places, widths, strict=True)}
    return ColumnMap(Dialect("fixed", "cp932", fixed=FixedLength(length, fields, kinds=Kinds(1, "2"))))


def read(path: Path, column_map: ColumnMap, *, validates: bool) -> None:
    """Read a file, and validate its rows where asked."""
    needs = needs_of(load_example("eligibility_notice"))
    for some in blocks(read_rows(path, column_map)):
        if validates:
            judge(some, needs)


def main() -> None:
    """Do what the command line says; each reading is a process of its own, so that its memory is its own."""
    parser = argparse.ArgumentParser(description="How fast a member file is read, by how it is written.")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--one", nargs=2, metavar=("NAME", "yes|no"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        column_map = write_files(Path(scratch), asked.rows)
        if asked.one:
            name, validates = asked.one
            begun = time.process_time()
            read(Path(scratch) / name, column_map if name.endswith("txt") else STANDARD, validates=validates == "yes")
            seconds, memory = time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"{name} validated: {validates}  {seconds / asked.rows * 1e6:.1f} µs a row, {memory} MB")
            return
    for validates in ("no", "yes"):
        for name in ("members.csv", "members.txt"):
            one = ("--rows", str(asked.rows), "--one", name, validates)
            subprocess.run([sys.executable, __file__, *one], check=True)


if __name__ == "__main__":
    main()
