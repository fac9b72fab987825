"""Measure our press against what else could print the same sheets → RESULTS.md.

    python bench/run.py [--sheets N …] [--growth] [--million]

Everything is measured in one run of this command, each program in a process of its own, one after the other.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from measure import measured
from results import Line, Results, Small, report

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
SHEETS = (20_000, 100_000)
GROWTH = (1_000, 10_000, 100_000)
MILLION = 1_000_000
SMALL = (5, 150, 1_000)
MOST_EACH = 150
"""Sheets that WeasyPrint prints one by one at the most; longer runs of it are reckoned from these."""
LIBRARIES = ("weasyprint", "pydyf", "pypdf", "typst", "reportlab", "uharfbuzz", "pypdfium2")


@dataclass(frozen=True, slots=True)
class Program:
    """One of ``peers/``."""

    name: str
    label: str
    most: int = sys.maxsize
    """Sheets it is given at the most, so that the bench ends within minutes and in memory."""


OTHERS = (
    Program("weasyprint_each", "WeasyPrint, one document per member + pypdf", 60),
    Program("weasyprint_batches", "WeasyPrint, one document per 50, 2 processes", 200),
    Program("typst_document", "Typst, one document", 10_000),
    Program("reportlab_form", "ReportLab, hand-placed, static part a form"),
)
STEPS = (
    Program("our_reference", "our reference, sheet by sheet, uncompressed", 60),
    Program("our_press_from_members", "our fill step, from validated members"),
    Program("our_press", "our fill step, from values"),
)


class Bench:
    """One run of the bench: its members, its folder, its measurements so far."""

    def __init__(self, folder: Path, most: int) -> None:
        self.folder = folder
        self.members = folder / "members.csv"
        _say(f"inventing {most:,} members")
        _python(ROOT / "fixtures" / "generate.py", "--members", most, "--out", self.members)

    def prove(self, sheets: int) -> str:
        """Finish the sheets for all programs; prove that all print the same; return the proof in words."""
        _say(f"finishing {sheets:,} sheets")
        _python(BENCH / "finished.py", self.members, sheets, self.folder)
        _say("comparing one sheet of each variant")
        found = json.loads(_python(BENCH / "same_sheet.py", self.folder, *(other.name for other in OTHERS)))
        return (
            f"one sheet of each variant ({found['sheets']}) was compared with ours\n  in this run. All characters are "
            f"there, none more than {found['apart']:.2f} mm from ours; no patch of 5 mm is more than\n  "
            f"{found['shade']:.0%} lighter or darker."
        )

    def program(self, program: Program, sheets: int) -> Line:
        """Measure a program of ``peers/``."""
        count = min(sheets, program.most)
        _say(f"{program.label}: {count:,} sheets")
        out = self.folder / program.name
        command = [sys.executable, str(BENCH / "peer.py"), program.name, str(self.folder), str(count), str(out)]
        cost = measured(command)
        step = json.loads(cost.stdout)
        line = Line(program.label, count, step["seconds"], step["cpu"], cost.peak, cost.largest, _pdf_bytes(out))
        shutil.rmtree(out)
        return line

    def small_run(self, sheets: int) -> Small:
        """Measure a small run of ours, the first and one with the plates that it kept, beside WeasyPrint alone."""
        usual = self.program(replace(OTHERS[0], most=MOST_EACH), sheets)
        first = self.whole_run(sheets, 2, keep=True)
        return Small(sheets, usual, first, self.whole_run(sheets, 2))

    def whole_run(self, sheets: int, workers: int, *, keep: bool = False) -> Line:
        """Measure a whole run of ours, from the member file to delivered files; ``keep`` its plates for the next."""
        label = f"our `renderer run`, {workers} worker{'s' if workers > 1 else ''}"
        _say(f"{label}: {sheets:,} sheets")
        source, outbox = self.folder / "source.csv", self.folder / "outbox"
        with self.members.open("rb") as all_members, source.open("wb") as some:
            some.writelines(itertools.islice(all_members, sheets + 1))
        cost = measured(
            [
                *(sys.executable, "-m", "renderer.cli", "run", str(BENCH / "notice.toml"), "--json", "--again"),
                *("--source", str(source), "--outbox", str(outbox), "--workers", str(workers)),
            ]
        )
        printed = json.loads(cost.stdout)["printed"]
        assert printed == sheets, f"{printed} sheets were printed, not {sheets}"
        line = Line(label, sheets, cost.seconds, cost.cpu, cost.peak, cost.largest, _pdf_bytes(outbox))
        shutil.rmtree(outbox / "bench" if keep else outbox)
        return line


def main() -> None:
    """Do what the command line says."""
    arguments = _arguments()
    sizes = arguments.sheets
    growing = [*(GROWTH if arguments.growth or arguments.million else ()), *((MILLION,) if arguments.million else ())]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = Bench(Path(folder), max([*sizes, *growing]))
        proof = bench.prove(min(sizes))
        small = [bench.small_run(sheets) for sheets in SMALL]
        others, steps = ([bench.program(program, min(sizes)) for program in group] for group in (OTHERS, STEPS))
        one, two = ({sheets: bench.whole_run(sheets, workers) for sheets in sizes} for workers in (1, 2))
        growth = [two.get(sheets) or bench.whole_run(sheets, 2) for sheets in growing]
    text = report(Results(others, steps, list(one.values()), list(two.values()), growth, _facts(), proof, small))
    arguments.out.write_text(text, "utf-8")
    print(text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sheets", type=int, nargs="+", default=SHEETS, metavar="N", help="sizes of our whole runs")
    parser.add_argument("--growth", action="store_true", help="also runs of 1,000, 10,000 and 100,000")
    parser.add_argument("--million", action="store_true", help="and of 1,000,000")
    parser.add_argument("--out", type=Path, default=BENCH / "RESULTS.md", help="where the tables go")
    return parser.parse_args()


def _facts() -> dict[str, str]:
    """Say on what was measured; nothing of it is a date."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    python = ".".join(map(str, sys.version_info[:3]))
    return {
        "processor": f"{model}, {os.cpu_count()} cores",
        "Python": python,
        **{name: version(name) for name in LIBRARIES},
    }


def _pdf_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.pdf"))


def _python(script: Path, *arguments: object) -> str:
    """Run one of our scripts to its end; return what it prints."""
    command = [sys.executable, str(script), *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def _say(what: str) -> None:
    print(what, file=sys.stderr)


if __name__ == "__main__":
    main()
