"""A command with somebody at the keyboard."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from trial_runs import ROOT, ended


def typed(says: str, *words: object, cwd: Path = ROOT) -> tuple[int, str, str]:
    """Run ``python -m`` these words at a terminal where a person types this; return exit code, stdout, stderr."""
    keyboard, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", *map(str, words)],
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "CI": ""},
    )
    os.close(terminal)
    os.write(keyboard, says.encode())
    try:
        return ended(process)
    finally:
        os.close(keyboard)
