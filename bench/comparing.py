"""Measure `renderer compare` against what else finds the pages that differ → COMPARING.md.

    python bench/comparing.py [--pages N …]

Two runs of one job, in which a number changed on a few sheets. Every program must find those sheets and no others.
diff-pdf is asked where it is on the path; Debian 12 has no package of it: build https://github.com/vslavik/diff-pdf.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from measure import measured

from renderer.model.paper import PROOF_DPI

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
PAGES = (1_000, 10_000)
CHANGED = 30
"""Members whose date differs, spread over the file."""
MOST_DRAWN = 1_000
"""Pages that a program is given at the most which draws all of them: its time for a page is the same on each."""
PIXELS = f"""pdftoppm -r {PROOF_DPI} -png old.pdf old && pdftoppm -r {PROOF_DPI} -png new.pdf new
for old in old-*.png; do
    compare -metric AE "$old" "new-${{old#old-}}" null: 2>>told || echo "page ${{old#old-}}"
done"""


@dataclass(frozen=True, slots=True)
class Line:
    """What it took one program to find the sheets that differ."""

    label: str
    pages: int
    seconds: float
    cpu: float
    peak: int
    found: int

    @property
    def each(self) -> float:
        """Milliseconds of processor time a page: how busy the machine is otherwise does not matter."""
        return 1000 * self.cpu / self.pages


def printed(folder: Path, pages: int) -> tuple[Path, Path]:
    """Print one job twice; return both deliveries."""
    members = folder / "members.csv"
    subprocess.run(
        [sys.executable, ROOT / "fixtures/generate.py", "--members", str(pages), "--out", members], check=True
    )
    with members.open(encoding="utf-8-sig", newline="") as table:
        header, *rows = csv.reader(table)
    place = header.index("登録年月日")
    for row in rows[:: max(1, pages // CHANGED)][:CHANGED]:
        row[place] = "2024-11-05"
    later = folder / "later.csv"
    with later.open("w", encoding="utf-8", newline="") as table:
        csv.writer(table).writerows([header, *rows])
    return _run(members, folder / "old"), _run(later, folder / "new")


def _run(source: Path, outbox: Path) -> Path:
    command = [
        sys.executable,
        "-m",
        "renderer.cli",
        "run",
        BENCH / "notice.toml",
        "--source",
        source,
        "--outbox",
        outbox,
    ]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    return outbox / "bench"


def ours(old: Path, new: Path, pages: int) -> Line:
    """Compare two deliveries."""
    command = f"{sys.executable} -m renderer.cli compare {old} {new} --json || [ $? = 5 ]"
    cost = measured(["sh", "-c", command])
    counts = json.loads(cost.stdout)["counts"]
    found = counts["changed"] + len(counts["gone"]) + len(counts["new"])
    return Line("`renderer compare`, all processes", pages, cost.seconds, cost.cpu, cost.peak, found)


def drawn(label: str, command: str, old: Path, new: Path, folder: Path) -> Line:
    """Let a program that draws every page find those that differ on the first pages of both."""
    folder.mkdir()
    for name, delivery in (("old", old), ("new", new)):
        with pikepdf.open(delivery / "batch-0001.pdf") as pdf:
            pages = min(len(pdf.pages), MOST_DRAWN)
            del pdf.pages[pages:]
            pdf.save(folder / f"{name}.pdf")
    cost = measured(["sh", "-c", f"cd {folder}\n{command}\ntrue"])
    return Line(label, pages, cost.seconds, cost.cpu, cost.peak, len(cost.stdout.splitlines()))


def report(lines: list[Line]) -> str:
    """Write what was measured."""
    *own, last = [line for line in lines if "renderer" in line.label]
    others = [line for line in lines if "renderer" not in line.label]
    first = own[0] if own else last
    times = "\n".join(
        f"- On the same {line.pages:,} pages {line.label} takes **{line.cpu / first.cpu:,.1f} times** the processor "
        f"time of `renderer compare`."
        for line in others
    )
    rows = "\n".join(
        f"| {line.label} | {line.pages:,} | {line.each / last.each:,.2f} | {line.each:,.1f} | {line.seconds:,.1f} | "
        f"{line.cpu:,.1f} | {line.peak / 1e6:,.0f} | {line.found} |"
        for line in (*others, *own, last)
    )
    return f"""# Comparing

Written by `python bench/comparing.py`. Two runs of one job of notices, in which {CHANGED} members have another date;
not every sheet prints it.

{times}

| program | pages | CPU time is × ours | CPU ms a page | seconds | CPU s | peak MB, all processes | sheets found |
|---|---:|---:|---:|---:|---:|---:|---:|
{rows}

Whole processes, one after the other, on a machine of {os.cpu_count()} cores. What draws every page is given the first
{MOST_DRAWN:,} pages of the same two files. It finds where pixels differ at {PROOF_DPI} dpi (diff-pdf: 0.5.3, built
from its source, under Xvfb); ours says besides which text became which, where, in which ink and font, and looks
closely only at pages that are not the same. A sheet that is held in the second run is found as one that is gone.
"""


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, nargs="+", default=PAGES, metavar="N")
    parser.add_argument("--out", type=Path, default=BENCH / "COMPARING.md", help="where the table goes")
    arguments = parser.parse_args()
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        for pages in sorted(arguments.pages):
            folder = Path(name) / str(pages)
            folder.mkdir()
            old, new = printed(folder, pages)
            if not lines:
                lines.append(drawn("pdftoppm + ImageMagick `compare`", PIXELS, old, new, folder / "pixels"))
                if shutil.which("diff-pdf"):
                    # It opens a toolkit of windows even where it shows none.
                    command = f"xvfb-run -a diff-pdf --dpi={PROOF_DPI} -v old.pdf new.pdf | grep 'differs$'"
                    lines.append(drawn("diff-pdf", command, old, new, folder / "diff-pdf"))
            lines.append(ours(old, new, pages))
    arguments.out.write_text(report(lines), "utf-8")


if __name__ == "__main__":
    main()
