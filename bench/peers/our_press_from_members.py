"""Our press on one core from validated members: what each sheet says is worked out, then filled in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from finished import Finished, job_for, load_plates, read_members, sheet_of
from stopwatch import Stopwatch

from renderer.press.press import PrintFile


def make(members: Sequence[Finished], out_dir: Path) -> Stopwatch:
    """Print all sheets into one file; reading the members, fonts and page tree are not counted."""
    job = job_for(out_dir.parent / "members.csv")
    validated = list(read_members(job, len(members)))
    plates = load_plates(out_dir.parent)
    file = PrintFile(out_dir / "sheets.pdf", plates.values())
    with Stopwatch() as fill:
        for sequence, member in enumerate(validated, 1):
            content = sheet_of(job, member, sequence).content
            file.begin_piece(member.record, f"{sequence}-")
            file.add_sheet(plates[content.variant], content.values)
    file.finish("bench")
    return fill
