"""Measure whole runs of this tree beside those of another commit, in turn → how many times as fast, in CPU time.

    python bench/beside.py COMMIT [--sheets N] [--pairs N]

CPU seconds of all processes, not wall time: of two programs that run in turn on a machine that does other things, too,
these can be compared. Both print the same invented members with kept plates, each by its own ``bench/notice.toml``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import measured

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("commit", help="the one to be compared with")
    parser.add_argument("--sheets", type=int, default=100_000, metavar="N")
    parser.add_argument("--pairs", type=int, default=3, metavar="N", help="how often each of the two runs")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="beside-") as folder:
        other = Path(folder) / "other"
        _git("worktree", "add", "--detach", str(other), arguments.commit)
        try:
            compare(Path(folder), other, arguments.sheets, arguments.pairs)
        finally:
            _git("worktree", "remove", "--force", str(other))


def compare(folder: Path, other: Path, sheets: int, pairs: int) -> None:
    """Run both in turn and print each pair, and what stands in the middle of their ratios."""
    members = folder / "members.csv"
    generate = [sys.executable, str(ROOT / "fixtures" / "generate.py"), "--members", str(sheets), "--out", str(members)]
    subprocess.run(generate, check=True)
    for tree in (other, ROOT):
        whole_run(tree, members, folder / f"outbox-{tree.name}")  # compiles the plates
    ratios = []
    for _ in range(pairs):
        before, now = (whole_run(tree, members, folder / f"outbox-{tree.name}") for tree in (other, ROOT))
        ratios.append(before / now)
        print(f"{sheets:,} sheets: {before:.1f} CPU seconds there, {now:.1f} here, {before / now:.2f} times as fast")
    print(f"{statistics.median(ratios):.2f} times as fast in the middle")


def whole_run(tree: Path, members: Path, outbox: Path) -> float:
    """Print all members by the program of a tree, with the plates that its outbox keeps; return its CPU seconds."""
    for path in outbox.iterdir() if outbox.exists() else ():
        if path.name != ".plates":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    os.environ["PYTHONPATH"] = str(tree)
    command = [sys.executable, "-P", "-m", "renderer.cli", "run", str(tree / "bench" / "notice.toml"), "--json"]
    cost = measured([*command, "--source", str(members), "--outbox", str(outbox)])
    print(f"{tree.name}: {json.loads(cost.stdout)['printed']:,} printed", file=sys.stderr)
    return cost.cpu


def _git(*words: str) -> None:
    subprocess.run(["git", "-C", str(ROOT), *words], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
