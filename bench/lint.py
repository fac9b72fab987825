"""Measure `renderer lint` against what it took at an earlier commit → LINT.md.

    python bench/lint.py [--before COMMIT] [--rounds N]

Both commits in turn, each layout whole, so that how busy the machine is meets both alike; told are ratios of the least.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from measure import Measured, measured

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
BEFORE = "53987d8"
"""The last commit before a third of its time was asked; what was looked at since comes on top."""
LAYOUTS = ("eligibility_notice", "eligibility_certificate")


@dataclass(frozen=True, slots=True)
class Line:
    """What one layout took before, and takes now."""

    layout: str
    before: list[Measured]
    now: list[Measured]

    def ratio(self, what: str) -> float:
        """Now in parts of before: of the least that was measured of each."""
        least = [min(getattr(cost, what) for cost in costs) for costs in (self.now, self.before)]
        return float(least[0] / least[1])


def linted(root: Path, layout: str) -> Measured:
    """Lint a layout of a commit that is checked out in a folder."""
    # -m looks where it stands before it looks anywhere else.
    return measured(["env", "-C", str(root), sys.executable, "-m", "renderer.cli", "lint", layout])


def report(before: str, lines: list[Line]) -> str:
    """Write what was measured."""
    rows = "\n".join(
        f"| {line.layout} | {line.ratio('cpu'):.2f} | {line.ratio('seconds'):.2f} | "
        f"{min(cost.cpu for cost in line.before):.1f} | {min(cost.cpu for cost in line.now):.1f} |"
        for line in lines
    )
    return f"""# Lint

Written by `python bench/lint.py`: `renderer lint` of a whole layout, beside commit {before} in the same minutes. The
least of {len(lines[0].now)} rounds, all processes together.

| layout | CPU time is × before | wall time is × before | CPU s before | CPU s now |
|---|---:|---:|---:|---:|
{rows}
"""


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--before", default=BEFORE, metavar="COMMIT")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--out", type=Path, default=BENCH / "LINT.md", help="where the table goes")
    arguments = parser.parse_args()
    lines = [Line(layout, [], []) for layout in LAYOUTS]
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        earlier = Path(name) / "before"
        subprocess.run(["git", "-C", ROOT, "worktree", "add", "--detach", "-q", earlier, arguments.before], check=True)
        try:
            for _ in range(arguments.rounds):
                for line in lines:
                    line.before.append(linted(earlier, line.layout))
                    line.now.append(linted(ROOT, line.layout))
        finally:
            subprocess.run(["git", "-C", ROOT, "worktree", "remove", "--force", earlier], check=True)
    arguments.out.write_text(report(arguments.before, lines), encoding="utf-8")


if __name__ == "__main__":
    main()
