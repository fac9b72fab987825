"""What every test starts from: the project's fonts and no others."""

from __future__ import annotations

import os
from pathlib import Path

# Before anything imports WeasyPrint: fontconfig reads it once.
FONTS = Path(__file__).resolve().parents[1] / "fonts"
os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")
