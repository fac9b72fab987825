"""Two files that were compared → the report in which a person looks at what changed."""

from __future__ import annotations

from pathlib import Path

from renderer.review.compare import Comparison
from renderer.review.judged import FilePair
from renderer.review.report import write_report
from renderer.review.viewer_page import Summary


def report_on(comparison: Comparison, folder: Path) -> Path:
    """Write the report of two files that were compared; return its page."""
    pairs = [FilePair(part.new.name, part.golden, part.new, part.records) for part in comparison.parts if part.records]
    title = f"{comparison.golden.name} → {comparison.new.name}"
    return write_report(pairs, Summary(title, comparison.new_pages, "pages"), folder)
