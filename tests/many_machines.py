"""A scheduler of Dask and its workers, each a process in a folder of its own, on the loopback of this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from distributed import Client

ROOT = Path(__file__).resolve().parents[1]
LONG = 300.0
"""Seconds after which something that should have happened has not; the machine may be busy."""


OTHER_DISK = """
import os
import sys

HIDDEN, OWN = os.environ["HIDDEN"], os.environ["OWN"]


def refuse(event, arguments):
    if event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], str | os.PathLike):
        path = os.path.abspath(arguments[0])
        if path.startswith(HIDDEN) and not path.startswith(OWN):
            raise PermissionError(path)


sys.addaudithook(refuse)
"""
"""What Python imports first on a machine: of the folder that tests work in, it has on its disk what is its own."""


class ManyMachines:
    """What a person starts with ``dask scheduler`` and ``dask worker``, a process for a machine."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        (folder / "first").mkdir()
        (folder / "first" / "sitecustomize.py").write_text(OTHER_DISK)
        path = os.pathsep.join([str(folder / "first"), str(ROOT)])
        disk = {"HIDDEN": str(folder.parent), "OWN": str(folder)}
        self._environment = {**os.environ, "PYTHONPATH": path, **disk, **environment}
        self._started: list[subprocess.Popen[bytes]] = []
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        """Name of a machine → its worker."""

    def __enter__(self) -> Self:
        told = self.folder / "scheduler.json"
        self._start("scheduler", "scheduler", "--port", "0", "--scheduler-file", str(told), "--no-dashboard")
        begun = time.monotonic()
        while not (told.exists() and told.read_text()):
            assert time.monotonic() - begun < LONG, self.log("scheduler")
            time.sleep(0.05)
        self.address: str = json.loads(told.read_text())["address"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self._started):  # a worker says good-bye to a scheduler that is there
            process.terminate()
            process.wait(LONG)

    def join(self, *names: str, more: tuple[str, ...] = ("--nthreads", "1", "--no-nanny"), **environment: str) -> Self:
        """Start a worker on a machine of each name, and wait until the scheduler knows them."""
        for name in names:
            own = ("--name", name, "--local-directory", str(self.folder / name / "dask"), "--no-dashboard")
            self.workers[name] = self._start(name, "worker", self.address, *own, *more, **environment)
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(len(self.workers), timeout=LONG)
        return self

    def lose_at_work(self, name: str) -> list[str]:
        """Let a machine stand still, and lose its power when it has been given something; return what, when it has."""
        lost: list[str] = []
        self.workers[name].send_signal(signal.SIGSTOP)

        def lose() -> None:
            with Client(self.address, set_as_default=False) as client:
                known = client.scheduler_info(n_workers=-1)["workers"]
                (address,) = (address for address, worker in known.items() if worker["name"] == name)
                while not (given := client.processing()[address]):
                    time.sleep(0.01)
            lost.extend(given)
            self.kill(name)

        threading.Thread(target=lose).start()
        return lost

    def lose_scheduler(self) -> None:
        """Let the machine of the scheduler lose its power."""
        self._started[0].kill()

    def kill(self, name: str) -> None:
        """Let a machine lose its power."""
        process = self.workers.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait(LONG)

    def log(self, name: str) -> str:
        """Return what was logged on a machine."""
        return (self.folder / name / "log").read_text("utf-8")

    def logs(self) -> str:
        """Return what was logged on all of them."""
        return "".join(path.read_text("utf-8") for path in sorted(self.folder.glob("*/log")))

    def _start(self, name: str, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        folder = self.folder / name
        (folder / "tmp").mkdir(parents=True, exist_ok=True)
        with (folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", words[0], "--host", "127.0.0.1", *words[1:]],
                cwd=folder, stdout=log, stderr=log,
                env={**self._environment, "TMPDIR": str(folder / "tmp"), **environment},
            )  # fmt: skip
        self._started.append(process)
        return process
