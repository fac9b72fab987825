"""Measure whole runs of this tree beside those of another commit, in turn → how many times as fast.

    python bench/beside.py COMMIT [--sheets N] [--pairs N]

Both print the same invented members, each by its own ``bench/notice.toml``: once with plates that are compiled for it,
then with kept ones. CPU seconds of all processes can be compared on a machine that does other things, too; wall time
on a quiet one.
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

from measure import Measured, measured

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
    first = whole_run(other, members, folder / "outbox-other"), whole_run(ROOT, members, folder / "outbox-here")
    print(f"{sheets:,} sheets, plates compiled: {told(*first)}", flush=True)
    pairs_run = []
    for _ in range(pairs):
        pair = whole_run(other, members, folder / "outbox-other"), whole_run(ROOT, members, folder / "outbox-here")
        print(f"{sheets:,} sheets, plates kept: {told(*pair)}", flush=True)
        pairs_run.append(pair)
    for unit, cost in (("CPU", lambda run: run.cpu), ("wall time", lambda run: run.seconds)):
        middle = statistics.median(cost(there) / cost(here) for there, here in pairs_run)
        print(f"plates kept, in the middle: {middle:.2f} times as fast by {unit}")


def told(there: Measured, here: Measured) -> str:
    """Tell what two runs cost, and how many times as fast the one here is."""
    return (
        f"CPU {there.cpu:.1f} s there, {here.cpu:.1f} s here, {there.cpu / here.cpu:.2f}; "
        f"wall {there.seconds:.1f} s there, {here.seconds:.1f} s here, {there.seconds / here.seconds:.2f}"
    )


def whole_run(tree: Path, members: Path, outbox: Path) -> Measured:
    """Print all members by the program of a tree, with the plates that its outbox keeps, if any."""
    for path in outbox.iterdir() if outbox.exists() else ():
        if path.name != ".plates":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    os.environ["PYTHONPATH"] = str(tree)
    command = [sys.executable, "-P", "-m", "renderer.cli", "run", str(tree / "bench" / "notice.toml"), "--json"]
    cost = measured([*command, "--source", str(members), "--outbox", str(outbox)])
    print(f"{tree.name}: {json.loads(cost.stdout)['printed']:,} printed", file=sys.stderr)
    return cost


def _git(*words: str) -> None:
    subprocess.run(["git", "-C", str(ROOT), *words], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
