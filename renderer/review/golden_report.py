"""Cases that are not as approved → one report in which a person looks at all of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from renderer.review.compare import Comparison
from renderer.review.golden_files import Sheet
from renderer.review.judged import FilePair
from renderer.review.report import write_report
from renderer.review.viewer_page import Summary


def golden_pair(root: Path, stem: str, fresh: Sheet, comparison: Comparison | None) -> FilePair | None:
    """Take a fresh sheet with the approved one, or alone where there is none; None where the two are the same."""
    new = fresh.folder / fresh.pdf
    if comparison:
        return FilePair(stem, comparison.golden, new, comparison.records)
    return None if (root / fresh.pdf).exists() else FilePair(stem, None, new, pages=len(fresh.pictures))


def report_on_goldens(
    root: Path, looked_at: int, pairs: Iterable[FilePair | None], notes: Iterable[str], folder: Path
) -> Path:
    """Write the report of so many cases, of which ``pairs`` are not as approved; return its page.

    :param notes: what is to be said of cases or of the folder besides
    """
    summary = Summary(f"{root.parent.name}/{root.name}", looked_at, "cases", tuple(notes))
    return write_report([pair for pair in pairs if pair], summary, folder)
