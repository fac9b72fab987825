"""A service in a folder of its own, which can be killed and begun again; invented people to ask it for."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from renderer.desk.examples import lay_down_job
from renderer.service.tokens import add_token

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 600.0
"""Seconds after which an answer does not come any more."""
CLIENTS = 50
"""Connections of one who asks."""


class RunningService:
    """A service that is running."""

    def __init__(self, home: Path, *more: str, begin: Sequence[str] = (), **environment: str) -> None:
        """Start one in a folder; ``begin`` are words before its own, such as of a program that limits it."""
        lay_down_job(home / "library" / "notices" / "1", "eligibility_notice")
        self.home, self.token = home, add_token(home / "tokens.toml", "bench", "operator")
        self._command = [*begin, sys.executable, "-m", "renderer.cli", "serve", "--port", "0", *more]
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        self.start()

    def start(self) -> None:
        """Begin it, and wait for its address."""
        self.log = (self.home / "log").open("ab")
        self.process = subprocess.Popen(
            self._command, cwd=self.home, stdout=subprocess.PIPE, stderr=self.log, text=True, env=self._environment
        )
        assert self.process.stdout
        self.address = self.process.stdout.readline().strip()

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End it."""
        self.process.send_signal(number)
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()
        self.log.close()

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """Open somebody who asks."""
        headers = {"Authorization": f"Bearer {self.token}"}
        limits = httpx.Limits(max_connections=CLIENTS)
        with httpx.Client(
            base_url=self.address, headers=headers, timeout=PATIENCE, trust_env=False, limits=limits
        ) as client:
            yield client

    def ask(self, rows: Sequence[dict[str, str]], name: str) -> httpx.Response:
        """Ask for a job."""
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        order = {"order": json.dumps({"job": "notices", "name": name})}
        with self.client() as client:
            return client.post("/v1/jobs", data=order, files={"source": ("members.csv", text.getvalue().encode())})

    def ended(self, enough: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """Wait until enough jobs have ended; return them."""
        while True:
            with self.client() as client:
                jobs = client.get("/v1/jobs", params={"limit": 200}).json()["jobs"]
            done = [job for job in jobs if job["state"] not in ("queued", "running")]
            if enough(done):
                return done
            time.sleep(0.3)


def people(count: int) -> list[dict[str, str]]:
    """Make up members, each as a row of a member file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "members.csv"
        command = [sys.executable, str(ROOT / "fixtures/generate.py"), "--members", str(count), "--out", str(path)]
        subprocess.run(command, check=True)
        with path.open(encoding="utf-8-sig", newline="") as table:
            return list(csv.DictReader(table))
