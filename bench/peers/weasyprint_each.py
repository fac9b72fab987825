"""WeasyPrint, one document for each member, joined by pypdf: what most would write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pypdf
from finished import Finished
from peers.weasyprint_html import html_of, write_pdf


def make(members: Sequence[Finished], out_dir: Path) -> None:
    """Print each sheet as a file of its own and join the files."""
    with pypdf.PdfWriter() as writer:
        for number, sheet in enumerate(members):
            single = out_dir / f"{number}.single"
            write_pdf(html_of(sheet), single)
            writer.append(single)
            single.unlink()
        writer.write(out_dir / "sheets.pdf")
