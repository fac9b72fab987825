"""What the program brings along besides its code → the folder it lies in, in a checkout and where it is installed."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Literal


def packaged(name: Literal["layouts", "fonts", "examples"]) -> Path:
    """Return the folder of our layouts, our fonts, or the example jobs with their invented people."""
    return (Path(str(files("renderer"))) / "data" / name).resolve()
