"""A PDF → what programs that are not ours say about it. A test that needs one of them fails without it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pikepdf
import pypdfium2


def complaints(pdf: Path) -> list[str]:
    """Everything qpdf, pikepdf, poppler and mupdf find wrong with a file, warnings too."""
    commands = (
        ("qpdf", "--check", "--no-original-object-ids", pdf),
        ("pdfinfo", "-struct", pdf),
        ("pdftotext", pdf, "/dev/null"),
        ("mutool", "info", pdf),
        ("mutool", "pages", pdf, "1"),
    )
    found = []
    for command in commands:
        ended = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        if ended.returncode or ended.stderr.strip():
            found.append(f"{command[0]} ended with {ended.returncode}: {ended.stderr.strip()[:500]}")
        if command[0] == "qpdf" and "No syntax or stream encoding errors found" not in ended.stdout:
            found.append(f"qpdf: {ended.stdout[-500:]}")
    with pikepdf.open(pdf) as opened:
        found += [f"pikepdf: {problem}" for problem in opened.check_pdf_syntax()]
    return found


def page_counts(pdf: Path) -> set[int]:
    """How many pages each of four readers counts: one number when they agree."""
    info = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
    mupdf = subprocess.run(["mutool", "info", pdf], capture_output=True, text=True, check=True).stdout
    with pikepdf.open(pdf) as opened:
        counts = {len(opened.pages)}
    document = pypdfium2.PdfDocument(pdf)
    counts.add(len(document))
    document.close()
    for said in (info, mupdf):
        (pages,) = re.findall(r"^Pages:\s+(\d+)$", said, re.MULTILINE)
        counts.add(int(pages))
    return counts


def text_by_poppler(pdf: Path) -> list[str]:
    """The text of each page as poppler reads it."""
    said = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    return said.split("\f")[:-1]
