"""What the service does → a JSON object a line on standard error. Nothing in it says anything of a person."""

from __future__ import annotations

import json
import logging
import sys
import time
from contextlib import suppress

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"lines": {"class": f"{__name__}.Lines"}},
    "root": {"handlers": ["lines"], "level": "WARNING"},
}
"""What libraries log becomes lines, too (as ``logging.config`` takes it)."""


class Lines(logging.Handler):
    """Writes what a library says, but for what stands below its first line: a traceback may say anything."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        log("library says", of=record.name, level=record.levelname, why=record.getMessage().partition("\n")[0])


def log(what: str, **facts: object) -> None:
    """Write a line; ``facts`` are names, counts and times, and never what stands in a request."""
    line = {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "what": what, **facts}
    with suppress(OSError):  # a full disk: the service goes on, and the line is lost
        sys.stderr.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
        sys.stderr.flush()
