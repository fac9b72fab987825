"""Profile the fill step of the press: invented members → the functions that take its time.

    python bench/profile_press.py [--sheets N] [--top N]

Not named profile.py, which would hide the standard library's module from cProfile.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import subprocess
import sys
import tempfile
from pathlib import Path

from finished import Finished, load_finished, load_plates
from stopwatch import Stopwatch

from renderer.press.plates import Plate
from renderer.press.press import PrintFile

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description="Profile the fill step of the press.")
    parser.add_argument("--sheets", type=int, default=10_000)
    parser.add_argument("--top", type=int, default=15, help="functions to print")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        profile(Path(folder), arguments.sheets, arguments.top)


def profile(folder: Path, count: int, top: int) -> None:
    """Fill ``count`` sheets twice, once for the true speed and once under the profiler; print both."""
    members = folder / "members.csv"
    for command in (
        [ROOT / "fixtures" / "generate.py", "--members", count, "--out", members],
        [BENCH / "finished.py", members, count, folder],
    ):
        subprocess.run([sys.executable, *map(str, command)], check=True)
    sheets = load_finished(folder / "finished.jsonl", count)
    plates = load_plates(folder)
    contents = [(plates[tuple(sheet.variant.items())], sheet) for sheet in sheets]
    with Stopwatch() as plain:
        fill(folder / "plain.pdf", list(plates.values()), contents)
    print(f"{count / plain.seconds:,.0f} sheets a second without the profiler")
    profiler = cProfile.Profile()
    profiler.runcall(fill, folder / "profiled.pdf", list(plates.values()), contents)
    pstats.Stats(profiler).strip_dirs().sort_stats("tottime").print_stats(top)


def fill(path: Path, plates: list[Plate], contents: list[tuple[Plate, Finished]]) -> None:
    """Print all sheets, as a batch does, without the fonts at its end."""
    file = PrintFile(path, plates)
    for sequence, (plate, sheet) in enumerate(contents, 1):
        file.begin_piece(sheet.values["record"], f"{sequence}-")
        file.add_sheet(plate, sheet.values)
    file.pdf.close()


if __name__ == "__main__":
    main()
