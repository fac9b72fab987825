"""A finished PDF → the same with 見本 across every page: an overlay, which no plate and no run knows.

The characters are drawn as outlines, pale enough to read through. What is stamped is no longer a file as the press
writes it, and so it passes no proof.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Name

from renderer.model.paper import A4, MM_PER_PT
from renderer.press.fonts import face
from renderer.proof.drawing import Drawing, Outline

STAMP = "見本"
_EM = 112.0 / MM_PER_PT
"""pt: the size of a character."""
_FILL, _LINE = 0.10, 0.45
"""How much of the black of its areas and of its outlines is seen."""
_WIDTH, _HEIGHT = (mm / MM_PER_PT for mm in A4)


def stamp(pdf: Path, out: Path, title: str) -> None:
    """Write a PDF of A4 pages with the stamp across each; the same bytes for the same file."""
    with pikepdf.open(pdf) as file:
        form = file.make_stream(_outlines().encode("ascii"))
        form.Type, form.Subtype = Name.XObject, Name.Form
        form.BBox = pikepdf.Array([0, 0, _WIDTH, _HEIGHT])
        state = Dictionary(Type=Name.ExtGState, ca=_FILL, CA=_LINE)
        form.Resources = Dictionary(ExtGState=Dictionary(Pale=state))
        for page in file.pages:
            page.add_resource(form, Name.XObject, Name.Stamp)
            page.contents_add(b"q", prepend=True)
            page.contents_add(b"Q q /Stamp Do Q")
        file.docinfo["/Title"] = title
        file.save(out, deterministic_id=True)


def _outlines() -> str:
    """Draw the stamp from the lower left to the upper right of an A4 page, in pt."""
    font = Drawing.of_file(face("BIZ UDPGothic", bold=True).path)
    angle, scale = math.atan2(_HEIGHT, _WIDTH), _EM / font.units
    cos, sin = math.cos(angle), math.sin(angle)
    matrix = f"{cos:.5f} {sin:.5f} {-sin:.5f} {cos:.5f} {_WIDTH / 2:.3f} {_HEIGHT / 2:.3f} cm"
    paths: list[str] = []
    for at, character in enumerate(STAMP):
        glyph = font.glyph_for(character, "")
        assert glyph is not None  # noqa: S101 - 常用漢字
        # The em box, from 0.12 below the baseline to 0.88 above it, is centred on the diagonal.
        left, bottom = (at - len(STAMP) / 2) * _EM, -0.38 * _EM
        paths += _operators(font.outline(glyph), left, bottom, scale)
    return "\n".join(["/Pale gs 0 g 0 G 0.7 w", matrix, *paths, "B"])


def _operators(outline: Outline, left: float, bottom: float, scale: float) -> Iterator[str]:
    """Write an outline as path operators; a curve of second degree becomes one of the third."""

    def placed(*points: float) -> str:
        return " ".join(
            f"{left + at * scale:.2f}" if n % 2 == 0 else f"{bottom + at * scale:.2f}" for n, at in enumerate(points)
        )

    here = (0.0, 0.0)
    for points in outline:
        if not points:
            yield "h"
            continue
        if len(points) == 3:
            yield f"{placed(*points[:2])} m"
            here = (points[0], points[1])
            continue
        if len(points) == 2:
            yield f"{placed(*points)} l"
        elif len(points) == 4:
            x, y = points[:2]
            first = [from_ + 2 / 3 * (mid - from_) for from_, mid in zip(here, (x, y), strict=True)]
            second = [to + 2 / 3 * (mid - to) for to, mid in zip(points[2:], (x, y), strict=True)]
            yield f"{placed(*first, *second, *points[2:])} c"
        else:
            yield f"{placed(*points)} c"
        here = (points[-2], points[-1])
