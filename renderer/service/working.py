"""A job that was asked for → a run of it in a process of its own: ``python -m renderer.service.working JOB.toml``.

Standard output has a JSON object a line: how far the run has come, and at last how it ended. When standard input ends,
the service has ended, however that came, and the run ends by way of its clean-up; the next service goes on with it.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from renderer.intake.jobfile import load_job
from renderer.model.errors import Interrupted, RunStopped
from renderer.running.endings import broken_at, interruptible
from renderer.running.names import REPORT
from renderer.running.once import DeliveredAlready
from renderer.running.run import run
from renderer.service.problems import of_machine
from renderer.service.words import COUNTS, Reason

BETWEEN = 0.2
"""Seconds that lie at least between two words of how far a run has come."""


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("job", type=Path)
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--workers", type=int)
    arguments = parser.parse_args()
    threading.Thread(target=_end_with_the_service, daemon=True).start()
    with interruptible(), arguments.job.open("rb") as file:
        try:
            # The run of a service that was killed may still be at its clean-up.
            fcntl.flock(file, fcntl.LOCK_EX)
            _say(_ended(arguments.job, again=arguments.again, workers=arguments.workers))
        except Interrupted:
            sys.exit(128 + signal.SIGTERM)


def _ended(path: Path, *, again: bool, workers: int | None) -> dict[str, Any]:
    try:
        job = load_job(path)
        with suppress(DeliveredAlready):  # the service was ended between the delivery and what it wrote of it
            run(job, again=again, workers=workers, progress=_Told())
        return _delivered(job.folder)
    except RunStopped as stopped:
        return {"state": "refused", "kind": type(stopped).__name__, "detail": str(stopped)}
    except OSError as failed:
        return {"state": "failed", "kind": "machine", "detail": of_machine(failed).detail}
    except Exception as unexpected:
        return {"state": "failed", "kind": "unexpected", "detail": broken_at(unexpected)}


def _delivered(folder: Path) -> dict[str, Any]:
    """Say of a delivery what is no person's: its report names the first records of each reason."""
    report = json.loads((folder / REPORT).read_text("utf-8"))
    told = {name: report[name] for name in COUNTS}
    for name in ("reasons", "notes"):
        told[name] = [{key: reason[key] for key in Reason.model_fields} for reason in report[name]]
    files = {one.name: one.stat().st_size for one in sorted(folder.iterdir())}
    return {"state": "delivered", "report": told, "files": files}


class _Told:
    """Says how far a run has come, now and then, and whenever a verb is done."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, verb: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if now - self._last >= BETWEEN or done == total:
            self._last = now
            _say({"verb": verb, "done": done, "total": total})


def _say(words: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(words, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def _end_with_the_service() -> None:
    while os.read(0, 1):  # not by way of sys.stdin, whose lock would be held when this process ends
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
