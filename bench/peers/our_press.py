"""Our press, the fill step alone on one core: plates and values → pages of one print file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from finished import Finished, load_plates
from stopwatch import Stopwatch

from renderer.press.press import PrintFile


def make(members: Sequence[Finished], out_dir: Path) -> Stopwatch:
    """Print all sheets into one file; fonts and page tree, written at its end, are not counted."""
    plates = load_plates(out_dir.parent)
    contents = [(plates[tuple(sheet.variant.items())], sheet.values) for sheet in members]
    file = PrintFile(out_dir / "sheets.pdf", plates.values())
    with Stopwatch() as fill:
        for sequence, (plate, values) in enumerate(contents, 1):
            file.begin_piece(values["record"], f"{sequence}-")
            file.add_sheet(plate, values)
    file.finish("bench")
    return fill
