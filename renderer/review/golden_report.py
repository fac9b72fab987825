"""Cases that are not as approved → one report in which a person looks at all of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from renderer.review.approvals import Verdict
from renderer.review.compare import Comparison
from renderer.review.golden_files import Sheet
from renderer.review.judged import FilePair, Missing
from renderer.review.report import write_report
from renderer.review.viewer_page import Summary


def changed_pair(stem: str, fresh: Sheet, comparison: Comparison, verdict: Verdict) -> FilePair:
    """Take a fresh sheet with the approved one that it is not."""
    return FilePair(
        stem, comparison.golden, fresh.folder / fresh.pdf, comparison.records, approved_by=verdict.approved_by()
    )


def new_pair(stem: str, fresh: Sheet) -> FilePair:
    """Take a fresh sheet that has no golden, or none that can be read."""
    return FilePair(stem, None, fresh.folder / fresh.pdf, pages=len(fresh.pictures))


def same_pair(root: Path, stem: str, fresh: Sheet, verdict: Verdict, missing: Missing) -> FilePair:
    """Take a fresh sheet with a golden that is the same, and to which a name is missing."""
    golden, new, pages = root / fresh.pdf, fresh.folder / fresh.pdf, len(fresh.pictures)
    return FilePair(stem, golden, new, pages=pages, missing=missing, approved_by=verdict.approved_by())


def report_on_goldens(
    root: Path, looked_at: int, pairs: Iterable[FilePair], notes: Iterable[str], folder: Path, *, is_single: bool
) -> Path:
    """Write the report of so many cases, of which ``pairs`` are not as approved; return its page.

    :param notes: what is to be said of cases or of the folder besides
    :param is_single: whether each case has to be approved by itself
    """
    return write_report(pairs, summary_of(root, looked_at, notes, is_single=is_single), folder)


def summary_of(root: Path, looked_at: int, notes: Iterable[str], *, is_single: bool) -> Summary:
    """Say what a report on so many cases of a folder says besides the cases."""
    return Summary(f"{root.parent.name}/{root.name}", looked_at, "cases", tuple(notes), is_single)
