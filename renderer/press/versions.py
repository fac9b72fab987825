"""What decides how a sheet looks besides layout and values: the program, and its libraries, asked without loading them.

A plate kept from an earlier run, or a batch of a run that was stopped, is only good with the same versions.
"""

from __future__ import annotations

import ctypes
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from renderer.model.sums import sum_of_all, sum_of_file

PACKAGES = (
    *("weasyprint", "pydyf", "tinycss2", "tinyhtml5", "cssselect2", "fonttools", "pillow", "jinja2"),
    *("uharfbuzz", "qrcode", "pypdf", "pypdfium2", "deflate"),
)
# The libraries of the system that WeasyPrint draws with, and the function that tells each one's version.
_SHARED = (
    ("pango", "libpango-1.0.so.0", "pango_version_string"),
    ("harfbuzz", "libharfbuzz.so.0", "hb_version_string"),
    ("harfbuzz-subset", "libharfbuzz-subset.so.0", "hb_version_string"),
)


@cache
def versions() -> dict[str, str]:
    """Return name → version, or "missing" for a library of the system that is not there."""
    return {name: version(name) for name in PACKAGES} | {name: _told(file, ask) for name, file, ask in _SHARED}


@cache
def program_sum() -> str:
    """Return a sum over the program itself: its modules, and not where it is installed."""
    root = Path(str(files("renderer")))
    paths = sorted(root.rglob("*.py"))
    return sum_of_all(word for path in paths for word in (path.relative_to(root).as_posix(), sum_of_file(path)))


def _told(file: str, function: str) -> str:
    try:
        ask = getattr(ctypes.CDLL(file), function)
    except OSError:
        return "missing"
    ask.restype = ctypes.c_char_p
    answer: bytes = ask()
    return answer.decode("ascii")
