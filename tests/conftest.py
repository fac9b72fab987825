"""What every test starts from: the project's fonts and no others."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import settings

# Before anything imports WeasyPrint: fontconfig reads it once.
FONTS = Path(__file__).resolve().parents[1] / "fonts"
os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")
# Where plates of the examples are kept: nothing of the tests lies in anybody's home.
os.environ["XDG_CACHE_HOME"] = str(FONTS.parent / "build" / "cache")
# A busy machine is no fault: no property has a time limit.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
