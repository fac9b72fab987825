"""A font program of three glyphs: none, a space, and a square for A; small enough to be spoilt byte by byte."""

from __future__ import annotations

import io
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen

SPACE, SQUARE = 1, 2
"""Numbers of its glyphs."""


def square(pen: Any) -> Any:
    pen.moveTo((0, 0))
    for corner in ((0, 700), (500, 700), (500, 0)):
        pen.lineTo(corner)
    pen.closePath()
    return pen


def truetype() -> bytes:
    builder = _begun(is_ttf=True)
    blank = TTGlyphPen(None).glyph()
    builder.setupGlyf({".notdef": blank, "space": blank, "A": square(TTGlyphPen(None)).glyph()})
    return _finished(builder)


def opentype() -> bytes:
    """The same with outlines in CFF."""
    builder = _begun(is_ttf=False)
    blank = T2CharStringPen(500, None).getCharString()
    glyphs = {".notdef": blank, "space": blank, "A": square(T2CharStringPen(500, None)).getCharString()}
    builder.setupCFF("Small", {}, glyphs, {})
    return _finished(builder)


def _begun(*, is_ttf: bool) -> FontBuilder:
    builder = FontBuilder(1000, isTTF=is_ttf)
    builder.setupGlyphOrder([".notdef", "space", "A"])
    builder.setupCharacterMap({0x20: "space", 0x41: "A"})
    return builder


def _finished(builder: FontBuilder) -> bytes:
    builder.setupHorizontalMetrics({name: (500, 0) for name in (".notdef", "space", "A")})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Small", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    written = io.BytesIO()
    builder.save(written)
    return written.getvalue()
