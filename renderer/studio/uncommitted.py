"""A folder → its files that Git has not got like this; none where it is in no repository, or there is no Git."""

from __future__ import annotations

import subprocess
from pathlib import Path

PATIENCE = 5.0
"""Seconds."""


def uncommitted(folder: Path) -> tuple[str, ...]:
    """Return the names of the files below a folder that are new or otherwise than in the last commit."""
    command = ["git", "--no-optional-locks", "status", "--porcelain=v1", "-z", "--no-renames", "--", "."]
    try:
        answer = subprocess.run(command, cwd=folder, capture_output=True, timeout=PATIENCE, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ()
    entries = answer.stdout.decode(errors="replace").split("\0")
    return tuple(entry[3:].rsplit("/", 1)[-1] for entry in entries if entry)
