"""WeasyPrint, one document for every 50 members, in two processes."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from finished import Finished
from peers.weasyprint_html import joined, write_pdf

CHUNK = 50
PROCESSES = 2


def make(members: Sequence[Finished], out_dir: Path) -> None:
    """Print one file for each chunk."""
    chunks = [list(members[first : first + CHUNK]) for first in range(0, len(members), CHUNK)]
    targets = [out_dir / f"sheets-{number}.pdf" for number in range(len(chunks))]
    with ProcessPoolExecutor(PROCESSES) as executor:
        for _ in executor.map(_print, chunks, targets):
            pass


def _print(chunk: list[Finished], target: Path) -> None:
    write_pdf(joined(chunk), target)
