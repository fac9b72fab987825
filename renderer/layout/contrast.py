"""Two colours → their contrast, as WCAG 2.2 measures it: from 1, where nobody can tell them apart, to 21."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

LEAST_CONTRAST = 4.5
"""Of a text to what it stands on (WCAG 2.2, 1.4.3): what lint asks of a ground."""
LEAST_SEEN = 3.0
"""Of any text that is printed (the same, of large text): an insurer's red is seen on paper, a yellow is not."""
RGB = tuple[float, float, float]
"""Red, green and blue, from 0 to 1."""
BLACK: RGB = (0.0, 0.0, 0.0)
WHITE: RGB = (1.0, 1.0, 1.0)


@lru_cache(maxsize=256)
def contrast(one: RGB, other: RGB) -> float:
    """Return the contrast of two colours, whichever is the lighter one."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def red_green_blue(colour: Any) -> RGB:
    """Return what a colour of a style sheet (tinycss2's) looks like on paper."""
    if colour.space == "device-cmyk":
        *inks, black = colour.coordinates
        red, green, blue = ((1 - ink) * (1 - black) for ink in inks)
    else:
        red, green, blue = colour.to("srgb").coordinates
    return red, green, blue


def _luminance(colour: RGB) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
