"""A picture that a job or insurer file names → whether it can be drawn."""

from __future__ import annotations

import struct
from pathlib import Path

from PIL import Image


def whole_picture(path: Path) -> bool:
    """Tell whether a PNG can be drawn to its last pixel."""
    try:
        with Image.open(path, formats=("PNG",)) as picture:
            picture.verify()  # the sums of its chunks; after that it must be opened anew
        with Image.open(path, formats=("PNG",)) as picture:
            picture.load()
    except (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError):
        return False
    return True
