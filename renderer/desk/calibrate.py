"""An insurer → two printed pages by which its printer is set: rulers, card, folds, window, front against back.

Printed by the press as its sheets are, moved by the offset that its file has now, and proved: what is read on it is
added to that. Rules and words in black alone.
"""

from __future__ import annotations

from pathlib import Path

from renderer.desk.calibration_marks import Side, Words, sides
from renderer.documents.notice import NOTICE
from renderer.layout.load import load_layout
from renderer.model.insurer import UNMOVED, Offset
from renderer.model.paper import A4, LONG_3, MM_PER_PT, PX_PER_MM, PX_PER_PT, EnvelopeSize
from renderer.press.fitting import Fit, FitRule, pango_size
from renderer.press.marks import number
from renderer.press.plates import Place, Plate, PlatePage
from renderer.press.press import Printed, PrintFile
from renderer.proof.placing import Beginning
from renderer.proof.verify import expected_pages, font_files, verify

LAYOUT = NOTICE.name
"""Whose card, folds and window are drawn."""
TITLE = "位置合わせシート"
FAMILY = "BIZ UDPGothic"
MIDDLE = 0.38
"""em: how far the baseline of the family stands under the middle of its line."""
_WIDTH = 180.0
"""mm: more than the longest line takes."""


def print_calibration(out: Path, offset: Offset = UNMOVED, envelope: EnvelopeSize = LONG_3) -> Printed:
    """Print the sheet of an insurer's offset and envelope.

    :raises BadBatch: when the file does not pass the proof of every print file.
    """
    drawn = sides(load_layout(LAYOUT).file, offset, envelope)
    values = {f"{page}-{n}": words.text for page, side in enumerate(drawn) for n, words in enumerate(side.words)}
    plate = Plate("calibrate", (), tuple(_page(page, side) for page, side in enumerate(drawn)), (), ())
    with PrintFile(out, [plate], offset=offset) as file:
        file.begin_piece(TITLE, "")
        file.add_sheet(plate, values)
        printed = file.finish(TITLE)
    verify(out, TITLE, expected_pages(plate, values, "", Beginning(TITLE, ""), offset=offset), font_files(None))
    return printed


def _page(page: int, side: Side) -> PlatePage:
    width, height = (mm / MM_PER_PT for mm in A4)
    rules = "".join(
        f"{' '.join(map(number, (x, y, right - x, bottom - y)))} re\n" for x, y, right, bottom in side.rules
    )
    scale = number(1 / MM_PER_PT)
    content = f"q\n{scale} 0 0 -{scale} 0 {number(height)} cm\n0 g\n{rules}f\nQ\n"
    calls = {page * 10_000 + n: _place(f"{page}-{n}", page, words) for n, words in enumerate(side.words)}
    return PlatePage((0.0, 0.0, width, height), content.encode(), (), b"<<>>", (), (), calls)


def _place(slot: str, page: int, words: Words) -> Place:
    left = {"left": words.x, "center": words.x - _WIDTH / 2, "right": words.x - _WIDTH}[words.align]
    line = words.size * MM_PER_PT * 1.4
    top = words.y - line / 2
    return Place(
        slot=slot, kind="text", rule=FitRule(Fit.REFUSE, 100.0, 1), page=page,
        x=left * PX_PER_MM, y=top * PX_PER_MM, width=_WIDTH * PX_PER_MM, height=line * PX_PER_MM,
        baseline=(words.y + MIDDLE * words.size * MM_PER_PT) * PX_PER_MM, line_height=line * PX_PER_MM,
        size=pango_size(words.size * PX_PER_PT), families=(FAMILY,), bold=False, align=words.align, color=b"0 g",
        letter_spacing=0.0,
    )  # fmt: skip
