"""Versions of what decides how a sheet looks, asked without loading it."""

from __future__ import annotations

import re
import subprocess
import sys

from renderer.press.versions import PACKAGES, versions


def test_every_library_has_a_version() -> None:
    assert {*PACKAGES, "pango", "harfbuzz", "harfbuzz-subset"} == set(versions())
    assert all(re.fullmatch(r"\d+(\.\d+)+", number) for number in versions().values())


def test_weasyprint_is_not_loaded_for_it() -> None:
    code = "import sys; from renderer.press.versions import versions; versions(); print('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "False\n"
