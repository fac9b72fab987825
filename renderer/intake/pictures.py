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


def fault_of_file(path: Path) -> str:
    """Say why a PNG cannot be drawn to its last pixel, and what to do; "" when it can."""
    if path.stat().st_size > MOST_BYTES:
        return _TOO_LONG
    data = path.read_bytes()
    return fault_of_size(data) or ("" if _is_whole(data) else _NO_PICTURE)


_TOO_LONG = f"the picture has more than {MOST_BYTES // 10**6} MB; save it smaller"
_NO_PICTURE = "the file is not a PNG picture, or not a whole one; save it again as PNG"


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
