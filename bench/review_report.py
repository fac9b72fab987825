"""How long a report of many changed pages takes to write, and a browser to open it and to go from sheet to sheet.

    python bench/review_report.py [PAGES]

Every page has a card that moved by 1 mm up, and a text of its own: one group of the same change.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time

from playwright.sync_api import Page, expect, sync_playwright
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from renderer.proof.pixels import Box
from renderer.review.judged import FilePair
from renderer.review.records import ChangeRecord
from renderer.review.report import write_report
from renderer.review.viewer_page import Summary

LINES = 40
MOVES = 20


def written(path: Path, pages: int, top: float) -> Path:
    """Write pages full of text with a card whose upper edge stands at ``top`` mm."""
    canvas = Canvas(str(path), pagesize=(210 * mm, 297 * mm))
    for page in range(pages):
        for line in range(LINES):
            canvas.drawString(20 * mm, (280 - 4 * line) * mm, f"page {page + 1} line {line} " + "text " * 12)
        canvas.rect(110 * mm, (297 - top - 54) * mm, 85.6 * mm, 54 * mm)
        canvas.drawString(115 * mm, (297 - top - 20) * mm, f"member {page + 1}")
        canvas.showPage()
    canvas.save()
    return path


def records(pages: int) -> Iterator[ChangeRecord]:
    """Tell of each page that its card moved: a frame and texts."""
    for page in range(1, pages + 1):
        for number in range(MOVES):
            box, said = Box(110, 232, 85.6, 54) if number == 0 else Box(115, 250, 20, 3), f"member {page}"
            kind = "text-moved" if number else "frame-moved"
            vector, sentence = (0.0, -1.0), "moved 1.00 mm up"
            yield ChangeRecord(kind, page, page, None, box, said, said, vector, "card", None, 1, None, sentence)


def shown(page: Page, number: int) -> None:
    """Wait until the sheet of a page is on the screen."""
    expect(page.get_by_role("status")).to_contain_text(f"ページ {number}　", timeout=60_000)


def main() -> None:
    """Write a report, open it, and go on to twenty sheets."""
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        golden, new = written(folder / "golden.pdf", pages, 233), written(folder / "new.pdf", pages, 232)
        start = process_time()
        pair = FilePair("new.pdf", golden, new, tuple(records(pages)))
        index = write_report([pair], Summary("new.pdf", pages, "pages"), folder / "report")
        size = sum(path.stat().st_size for path in (folder / "report").rglob("*") if path.is_file())
        seconds, data = process_time() - start, index.stat().st_size
        print(f"written in {seconds:.1f} s of the processor: {size / 1e6:.0f} MB, index.html {data / 1e6:.1f} MB")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            start = perf_counter()
            page.goto(index.as_uri())
            shown(page, 1)
            print(f"first sheet on the screen after {perf_counter() - start:.2f} s")
            start = perf_counter()
            for number in range(2, 22):
                page.keyboard.press("j")
                shown(page, number)
            print(f"next sheet after {(perf_counter() - start) / 20:.3f} s")
            browser.close()


if __name__ == "__main__":
    main()
