"""A picture → what keeps it from being drawn: that it is too large, cut off or damaged, or none at all."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path

from PIL import Image

MOST_BYTES = 20_000_000
"""Of a file."""
MOST_PIXELS = 25_000_000
"""As much as A4 at 500 dpi: what has more is packed small and takes gigabytes to draw."""

SEAL_MM = 18
"""How large layouts print a seal."""
LEAST_PIXELS = 71
"""So many are 100 to the inch of a seal: with less its characters run into steps."""
FAINTEST = 200
"""Of 255: a lighter pixel is hardly seen on paper."""
MOST_PAPER = 1000
"""A picture has ink on at least one in so many of its pixels."""
_DRAWN = ("1", "L", "LA", "P", "RGB", "RGBA")
"""Modes of Pillow that WeasyPrint draws: all of PNG but grey of 16 bits."""


def fault_of_file(path: Path) -> str:
    """Say why a seal (a PNG) would not be printed whole, and seen, and what to do; "" when it would."""
    if path.stat().st_size > MOST_BYTES:
        return _TOO_LONG
    data = path.read_bytes()
    return fault_of_size(data) or (_fault_of_print(data) if _is_whole(data) else _NO_PICTURE)


_TOO_LONG = f"the picture has more than {MOST_BYTES // 10**6} MB; save it smaller"
_NO_PICTURE = "the file is not a PNG picture, or not a whole one; save it again as PNG"


def _fault_of_print(data: bytes) -> str:
    """Say that a picture has too few pixels for a seal, cannot be drawn, or is not seen on white paper."""
    with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
        width, height = picture.size
        if max(width, height) < LEAST_PIXELS:
            return (
                f"the picture is {width} × {height} pixels, and a seal of {SEAL_MM} mm needs {LEAST_PIXELS} on its "
                "longer side; save it larger"
            )
        if picture.mode not in _DRAWN:
            return f"a picture of this kind ({picture.mode}) cannot be drawn; save it as RGB or grey of 8 bits"
        paper = Image.new("RGBA", picture.size, "white")
        grey = Image.alpha_composite(paper, picture.convert("RGBA")).convert("L")
    is_seen = sum(grey.histogram()[:FAINTEST]) * MOST_PAPER >= width * height
    return "" if is_seen else "the picture is blank on white paper, or nearly so; save the seal in its own colour"


def fault_of_size(data: bytes) -> str:
    """Say that a picture is too large, by its head alone; "" for any other, and for what is no picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as picture:
                width, height = picture.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return f"the picture has more than {MOST_PIXELS // 10**6} megapixels; save it smaller"
    except (OSError, SyntaxError, ValueError, struct.error):
        return ""
    if len(data) > MOST_BYTES:
        return _TOO_LONG
    if width * height <= MOST_PIXELS:
        return ""
    return f"the picture is {width} × {height} pixels, more than {MOST_PIXELS // 10**6} megapixels; save it smaller"


def _is_whole(data: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            picture.verify()  # the sums of its chunks; after that it must be opened anew
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            picture.load()
    except (OSError, SyntaxError, ValueError, struct.error):
        return False
    return True
