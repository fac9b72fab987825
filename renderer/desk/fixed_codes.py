"""A laid-out sheet and its drawn pages → the QR codes of its fixed part that a machine would not read.

A code in a slot has a box of its own in which nothing else may stand; what the template's ``qr()`` writes is a drawing
that a style sheet can make small, colour, or lay something over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from PIL import Image, ImageDraw

from renderer.desk.faults import Fault
from renderer.desk.ink import PAPER, PX
from renderer.layout.boxes import called
from renderer.layout.painted import painted
from renderer.model.paper import PROOF_DPI, Edges
from renderer.press.codes import QUIET_ZONE
from renderer.review.codes import Code, codes

LEAST_MODULE = 0.3
"""mm: a smaller module is not read from paper by each telephone."""
_AROUND = 2.0
"""mm beside the drawing in which its code is looked for, too."""
_OFF = 1.5
"""Pixels by which the edge of a code may be drawn or read beside where it is."""
_DOTS = 4
"""Pixels of a module, where a code is drawn by itself."""
_RECTANGLE = re.compile(r"M(\S+) (\S+)h(\S+)v(\S+)h")


def wrong_codes(pages: Sequence[Any], drawn: Sequence[Image.Image]) -> Iterator[Fault]:
    """Look at one sheet: its laid-out pages, and how they are drawn, without a ground, at PROOF_DPI."""
    for number, (page, image) in enumerate(zip(pages, drawn, strict=True), 1):
        for one in painted(page):
            if one.is_drawing and "qr" in (one.box.element.get("class") or "").split():
                yield from _wrong(f"{called(one.box)} of page {number}", one.box.element, one.edges, image)


def _wrong(where: str, drawing: Any, edges: Edges, image: Image.Image) -> Iterator[Fault]:
    side = round(float((drawing.get("viewBox") or "0 0 0 0").split()[2]))
    said = next((found.payload for found in codes(_alone(drawing, side), PROOF_DPI)), "")
    left, top = max(edges.left - _AROUND, 0), max(edges.top - _AROUND, 0)
    near = image.convert("L").crop(_pixels(Edges(left, top, edges.right + _AROUND, edges.bottom + _AROUND)))
    read = [found for found in codes(near, PROOF_DPI) if found.kind == "QR Code"]
    code = next((found for found in read if found.payload == said), None)
    if code is None:
        instead = f" and is read as 「{read[0].payload}」" if read else ""
        yield Fault(
            "code-unreadable", where, f"the QR code of 「{said}」 cannot be read{instead}",
            "draw it in black on white, larger, and lay nothing over it",
        )  # fmt: skip
        return
    module = code.box.w / (side - 2 * QUIET_ZONE)
    if module < LEAST_MODULE - PX / side:
        yield Fault(
            "code-too-small", where, f"its modules are {module:.2f} mm wide",
            f"make it {LEAST_MODULE * side:.1f} mm wide or more, with its quiet zone: {LEAST_MODULE:g} mm to a module",
        )  # fmt: skip
    elif _has_ink_around(code, module * QUIET_ZONE, near):
        yield Fault(
            "code-quiet-zone", where, f"something is printed within {module * QUIET_ZONE:.1f} mm of it",
            f"keep {QUIET_ZONE} modules around it white",
        )  # fmt: skip


def _alone(drawing: Any, side: int) -> Image.Image:
    """Draw a code by itself, as ``press.codes.svg`` wrote it."""
    image = Image.new("L", (side * _DOTS, side * _DOTS), 255)
    path = "".join(part.get("d") or "" for part in drawing)
    for x, y, width, height in (map(float, found) for found in _RECTANGLE.findall(path)):
        box = (x, y, x + width, y + height)
        left, top, right, bottom = (round(at * _DOTS) for at in box)
        ImageDraw.Draw(image).rectangle((left, top, right - 1, bottom - 1), fill=0)
    return image


def _has_ink_around(code: Code, quiet: float, near: Image.Image) -> bool:
    """Whether anything but paper is in the quiet zone of a code."""
    mask = near.point([255 if grey < PAPER else 0 for grey in range(256)])
    box, off = code.box, _OFF * PX
    itself = Edges(box.x, box.y, box.x + box.w, box.y + box.h)
    mask.paste(0, _pixels(itself.grown(off, off)))
    return mask.crop(_pixels(itself.grown(quiet - off, quiet - off))).getbbox() is not None


def _pixels(edges: Edges) -> tuple[int, int, int, int]:
    left, top, right, bottom = (round(mm / PX) for mm in edges)
    return left, top, right, bottom
