"""A real service in a folder of its own, on a free port of this machine, for tests that ask it as others do."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx

from renderer.desk.examples import lay_down_job
from renderer.service.tokens import add_token

PLATES = Path(__file__).resolve().parents[1] / "build" / "cache" / "service-plates"
"""Where services of tests leave their plates for one another, as one that is begun again finds its own."""
LONG = 300.0
"""Seconds after which something that should have happened has not; the machine may be busy."""


@dataclass
class Served:
    """A service that is running."""

    home: Path
    more: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    token: str = ""

    def __post_init__(self) -> None:
        self.library = self.home / "library" / "notices" / "1"
        if not self.library.exists():
            lay_down_job(self.library, "eligibility_notice")
        _share(PLATES, self.home / "outbox" / ".plates")
        self.token = self.token or add_token(self.home / "tokens.toml", "operator", "operator")

    def start(self) -> Self:
        """Start it, and wait for the line that says where it answers."""
        self.log = (self.home / "log").open("ab")
        command = [sys.executable, "-m", "renderer.cli", "serve", "--port", "0", *self.more]
        self.process = subprocess.Popen(
            command, cwd=self.home, stdout=subprocess.PIPE, stderr=self.log, text=True,
            env={**os.environ, **self.environment},
        )  # fmt: skip
        assert self.process.stdout
        self.address = self.process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", self.address)
        self.clients: list[httpx.Client] = []
        self.client = self.client_of(self.token)
        return self

    def client_of(self, token: str) -> httpx.Client:
        """Return somebody who asks with a token."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.clients.append(httpx.Client(base_url=self.address, headers=headers, timeout=LONG, trust_env=False))
        return self.clients[-1]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it, and wait for that."""
        for client in self.clients:
            client.close()
        self.process.send_signal(number)
        code = self.process.wait(LONG)
        assert self.process.stdout
        self.process.stdout.close()
        self.log.close()
        _share(self.home / "outbox" / ".plates", PLATES)
        return code

    def ask(
        self, order: Mapping[str, Any] | None = None, *, source: bytes | None = None, key: str = "", **more: Any
    ) -> httpx.Response:
        """Ask for a job; as it stands, of the invented members that the library's job has."""
        data = (self.library / "members.csv").read_bytes() if source is None else source
        headers = {"Idempotency-Key": key} if key else {}
        files = {"source": ("members.csv", data), **more}
        said = json.dumps({"job": "notices", **(order or {})})
        return self.client.post("/v1/jobs", data={"order": said}, files=files, headers=headers)

    def members(self, prefix: str) -> bytes:
        """Give the invented members other 整理番号: the same file is not printed twice."""
        head, *rows = (self.library / "members.csv").read_bytes().decode("cp932").splitlines()
        return "\n".join([head, *(prefix + row for row in rows), ""]).encode("cp932")

    def until(self, name: str, *states: str) -> dict[str, Any]:
        """Wait until a job is in one of these states, and return what is said of it."""
        until = time.monotonic() + LONG
        while time.monotonic() < until:
            told: dict[str, Any] = self.client.get(f"/v1/jobs/{name}").json()
            if told["state"] in states:
                return told
            time.sleep(0.1)
        raise TimeoutError(f"{name} is {told['state']}")

    def until_logged(self, what: str) -> None:
        """Wait for a line of its log."""
        until = time.monotonic() + LONG
        while f'"what": "{what}"' not in (self.home / "log").read_text("utf-8"):
            if time.monotonic() > until:
                raise TimeoutError(what)
            time.sleep(0.1)

    def ended(self, name: str) -> dict[str, Any]:
        """Wait for the end of a job."""
        return self.until(name, "delivered", "refused", "failed", "cancelled")


def _share(plates: Path, others: Path) -> None:
    """Copy plates, and what they were proved on, to where they are not yet; several tests may do so at once."""
    for path in plates.rglob("*") if plates.exists() else ():
        there = others / path.relative_to(plates)
        if path.is_file() and not there.exists() and ".scratch" not in path.parts:
            there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            half = there.with_name(f".{there.name}.{os.getpid()}")
            shutil.copy2(path, half)
            half.replace(there)


@contextmanager
def served(home: Path, *more: str, **environment: str) -> Iterator[Served]:
    """Run a service in a folder."""
    service = Served(home, more, environment).start()
    try:
        yield service
    finally:
        if service.process.poll() is None:
            service.stop()
