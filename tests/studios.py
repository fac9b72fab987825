"""A studio that runs as a person starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 600
"""Seconds for whatever a studio is to do, however busy the machine is."""


@contextmanager
def command(*words: str | Path, desk: Path | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the studio by its command on a free port; give the process and its address, and end it as Ctrl-C does.

    ``desk`` is a copy of the program, which then is the one that runs, and in that folder.
    """
    line = [sys.executable, "-m", "renderer.cli", "studio", *map(str, words), "--no-open", "--port", "0"]
    its_own = {**os.environ, "PYTHONPATH": str(desk)} if desk else None
    with subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=desk, env=its_own
    ) as process:
        assert process.stdout
        try:
            yield process, process.stdout.readline().strip()
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(PATIENCE)


@contextmanager
def started(layout: str | Path, *options: str | Path, desk: Path | None = None) -> Iterator[str]:
    """Start the studio, give its address, and see that it ends without a word."""
    with command(layout, *options, "--lang", "ja", desk=desk) as (process, address):
        yield address
        process.send_signal(signal.SIGINT)
        left, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, left, said) == (0, "", "")
