"""Nothing → what decides the pixels and bytes of a golden besides its layout; two such lists → which tools differ."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from pathlib import Path

import pypdfium2
import uharfbuzz

from renderer.model.sums import sum_of_all, sum_of_file
from renderer.press.versions import versions

SUM_DIGITS = 8
"""By which a list of tools, or a font, is told from another by people."""
_TOOLS = ("weasyprint", "pydyf", "pypdfium2", "pango", "harfbuzz", "harfbuzz-subset")


def made_with(fonts: Path) -> dict[str, str]:
    """Return name → version of each tool, and path → SHA-256 of each font."""
    tools = {name: versions()[name] for name in _TOOLS} | {
        "pdfium": str(pypdfium2.PDFIUM_INFO),
        "uharfbuzz": f"{versions()['uharfbuzz']} (HarfBuzz {uharfbuzz.version_string()})",
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }
    files = sorted(path for path in fonts.iterdir() if path.suffix in (".ttf", ".otf"))
    return tools | {f"fonts/{path.name}": sum_of_file(path) for path in files}


def name_of(tools: Mapping[str, str]) -> str:
    """Return the short sum by which an approval names a list of tools."""
    return sum_of_all(word for item in sorted(tools.items()) for word in item)[:SUM_DIGITS]


def differences(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Say which tools and fonts are others than before, such as ``pango 1.50.12 → 1.56.3``."""
    names = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    return ", ".join(f"{name} {_short(before, name)} → {_short(now, name)}" for name in names)


def _short(tools: Mapping[str, str], name: str) -> str:
    """Say a version whole, and of a font's sum enough to tell it from another."""
    value = tools.get(name, "none")
    return value[:SUM_DIGITS] if name.startswith("fonts/") else value
