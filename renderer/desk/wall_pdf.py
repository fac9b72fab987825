"""A wall → contact sheets as a PDF: A3, many pages to a sheet, words and overlays beside and over the true pages.

WeasyPrint draws what stands around; the pages are laid beneath as they were printed, in vectors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pikepdf
from pikepdf import Name

from renderer.desk.overlay_svg import ABOVE, HEIGHT, LEFT, WIDTH, sheet_svg, swatch
from renderer.desk.overlays import Look
from renderer.desk.wall import Figure, Wall, about, figures
from renderer.model.paper import A3, MM_PER_PT, PAGE
from renderer.running.words import Words

MARGIN, HEAD, CAPTION = 10.0, 13.0, 7.5
COLUMNS, ROWS = 4, 3
SCALE = min(
    (A3[0] - 2 * MARGIN) / COLUMNS / WIDTH, ((A3[1] - 2 * MARGIN - HEAD) / ROWS - CAPTION) / HEIGHT
)  # fmt: skip
"""Of a page on a contact sheet."""
_STEP = ((A3[0] - 2 * MARGIN) / COLUMNS, (A3[1] - 2 * MARGIN - HEAD) / ROWS)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a figure hangs: sheet from 0, and the corner of its drawing in mm."""

    sheet: int
    x: float
    y: float


def write_wall_pdf(wall: Wall, out: Path, said: Words) -> None:
    """Write the contact sheets.

    :raises BadLayout: when they cannot be drawn.
    """
    from renderer.layout.engine import draw_paper

    shown = list(figures(wall, said))
    around = out.with_name(f".{out.name}.around")
    try:
        around.write_bytes(draw_paper(out.name, _html(wall, shown, said), wall.job.insurer))
        _lay_beneath(around, wall.sheets, shown, out)
    finally:
        around.unlink(missing_ok=True)


def spot_of(number: int) -> Spot:
    """Return where the figure of a number, from 0, hangs."""
    sheet, rest = divmod(number, COLUMNS * ROWS)
    row, column = divmod(rest, COLUMNS)
    return Spot(sheet, MARGIN + column * _STEP[0], MARGIN + HEAD + row * _STEP[1] + CAPTION)


def _lay_beneath(around: Path, sheets: Path, shown: Sequence[Figure], out: Path) -> None:
    with pikepdf.open(around) as file:
        if any(figure.page is not None for figure in shown):
            with pikepdf.open(sheets) as printed:
                for number, figure in enumerate(shown):
                    if figure.page is not None:
                        form = file.copy_foreign(printed.pages[figure.page].as_form_xobject())
                        _put(file, form, spot_of(number), Name(f"/Sheet{number}"))
        file.save(out, deterministic_id=True)


def _put(file: pikepdf.Pdf, form: pikepdf.Object, spot: Spot, name: pikepdf.Name) -> None:
    """Lay a page of A4 beneath what a contact sheet has there."""
    page = file.pages[spot.sheet]
    page.add_resource(form, Name.XObject, name)
    left = (spot.x + LEFT * SCALE) / MM_PER_PT
    bottom = (A3[1] - spot.y - (ABOVE + PAGE.bottom) * SCALE) / MM_PER_PT
    page.contents_add(f"q {SCALE:.5f} 0 0 {SCALE:.5f} {left:.3f} {bottom:.3f} cm {name} Do Q".encode(), prepend=True)


def _html(wall: Wall, shown: Sequence[Figure], said: Words) -> str:
    count = COLUMNS * ROWS
    parts = (shown[at : at + count] for at in range(0, len(shown), count))
    sheets = "".join(_sheet(wall, number, part, said) for number, part in enumerate(parts))
    title = escape(said.say("wall_title", layout=wall.layout.name))
    return (
        f'<!DOCTYPE html><html lang="{said.language}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body>{sheets}</body></html>"
    )


_STYLE = f"""
@page {{ size: {A3[0]:g}mm {A3[1]:g}mm; margin: 0 }}
body {{ margin: 0; font: 7pt/3.4mm "BIZ UDPGothic", "IPAmjMincho" }}
section {{ position: relative; width: {A3[0]:g}mm; height: {A3[1]:g}mm; break-after: page; overflow: hidden }}
section > * {{ position: absolute }}
header {{ left: {MARGIN:g}mm; right: {MARGIN:g}mm; top: {MARGIN - 2:g}mm }}
h1 {{ font-size: 12pt; line-height: 6mm; margin: 0 }} h1 small {{ font-size: 8pt; font-weight: 400; margin-left: 4mm }}
.legend span {{ display: inline-block; margin-right: 4mm; white-space: nowrap }}
.legend svg {{ width: 7mm; height: 2.8mm; vertical-align: -0.5mm; margin-right: 1mm }}
figcaption {{ position: absolute; top: {-CAPTION:g}mm; left: {LEFT * SCALE:.2f}mm; right: 0;
  height: {CAPTION - 0.5:g}mm }}
figcaption div {{ position: absolute; bottom: 0; left: 0; right: 0 }}
figure {{ margin: 0; width: {WIDTH * SCALE:.3f}mm }}
figure svg {{ display: block; width: {WIDTH * SCALE:.3f}mm; height: {HEIGHT * SCALE:.3f}mm }}
"""


def _sheet(wall: Wall, number: int, shown: Sequence[Figure], said: Words) -> str:
    title = escape(said.say("wall_title", layout=wall.layout.name))
    told, legend = escape(about(wall, said)), "".join(_legend(said))
    head = f'<header><h1>{title}<small>{told}</small></h1><div class="legend">{legend}</div></header>'
    first = number * COLUMNS * ROWS
    body = "".join(_figure(figure, spot_of(first + n), said) for n, figure in enumerate(shown))
    return f"<section>{head}{body}</section>"


def _figure(figure: Figure, spot: Spot, said: Words) -> str:
    drawing = sheet_svg(figure.shapes, said, paper="", label=figure.caption)
    return (
        f'<figure style="left:{spot.x:.3f}mm;top:{spot.y:.3f}mm"><figcaption><div>{escape(figure.caption)}</div>'
        f"</figcaption>{drawing}</figure>"
    )


def _legend(said: Words) -> Iterator[str]:
    for look in Look:
        yield f"<span>{swatch(look)}{escape(said.say(f'look_{look}'))}</span>"
