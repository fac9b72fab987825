"""Let one program of the bench print, in a process of its own: finished sheets → PDF files and what it took.

    python bench/peer.py NAME FOLDER COUNT OUT

Only ``make`` is timed: the start of the interpreter, imports and reading the finished sheets are given to everybody.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from finished import Finished, load_finished
from stopwatch import Stopwatch


class Peer(Protocol):
    """A module of ``peers/``."""

    def make(self, members: Sequence[Finished], out_dir: Path) -> Stopwatch | None:
        """Print one sheet for each member, in order, into PDF files in ``out_dir``.

        ``out_dir`` lies in the folder of the finished sheets. What is returned timed the step that counts, where
        that is not the whole.
        """


def main(name: str, folder: Path, count: int, out: Path) -> None:
    """Print the first ``count`` sheets of ``folder`` with the peer ``name``; say in JSON what it took."""
    peer: Peer = importlib.import_module(f"peers.{name}")
    members = load_finished(folder / "finished.jsonl", count)
    out.mkdir()
    # The collector shall not look at the finished sheets again and again: nobody else's program would hold them.
    gc.freeze()
    with Stopwatch() as whole:
        step = peer.make(members, out)
    took = step or whole
    print(json.dumps({"seconds": took.seconds, "cpu": took.cpu}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
