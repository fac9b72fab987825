"""Debian's Ceph as a server of S3: a monitor, a disk in memory and a gateway, in a folder, on this machine alone."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

ACCESS, SECRET = "nobody", "nothing"
LONG = 300.0
"""Seconds after which something that should have happened has not; the machine may be busy."""
SETTINGS = """
[global]
fsid = {cluster}
mon host = v2:127.0.0.1:{monitor}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = false
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc  # a gateway asks for secrets otherwise
run dir = {folder}
crash dir = {folder}
log file = {folder}/$name.log
mon cluster log file = {folder}/cluster.log
mon data = {folder}/monitor
osd data = {folder}/disk
rgw data = {folder}
paxos propose interval = 0.02  # seconds, for each of the steps in which a gateway makes its pools
osd objectstore = memstore
osd pool default size = 1
osd pool default min size = 1
mon allow pool size one = true
osd crush chooseleaf type = 0
rgw frontends = beast endpoint=127.0.0.1:{gateway} tcp_nodelay=1
rgw max listing results = 50
"""


def free_port() -> int:
    """Return a port that nobody has at the moment; Ceph does not tell which it has been given."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def do(folder: Path, name: str, *words: str | Path) -> None:
    """Let one of the programs do something."""
    done = subprocess.run(
        [name, *words], cwd=folder, env=_environment(folder), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=LONG, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@contextmanager
def running(folder: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Keep one of the servers going. It is killed in the end: nothing is to last, and an orderly end takes long."""
    with (folder / "said").open("ab") as said:
        process = subprocess.Popen(
            [*words, "--foreground"], cwd=folder, env=_environment(folder), stdin=subprocess.DEVNULL, stdout=said,
            stderr=said,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait(LONG)


@contextmanager
def real_s3() -> Iterator[str]:
    """Give the address of a server; who asks it is ``ACCESS`` with ``SECRET``."""
    if not shutil.which("radosgw"):
        raise FileNotFoundError("radosgw is part of the set-up of the trials: .ci/setup trials")
    cluster, disk, monitor, gateway = str(uuid4()), str(uuid4()), free_port(), free_port()
    with ExitStack() as until_then:
        folder = Path(tempfile.mkdtemp(prefix="ceph-"))  # the name of a socket has a hundred bytes at most
        until_then.callback(shutil.rmtree, folder)
        (folder / "monitor").mkdir()
        (folder / "disk").mkdir()
        settings = SETTINGS.format(cluster=cluster, folder=folder, monitor=monitor, gateway=gateway)
        (folder / "ceph.conf").write_text(settings)
        do(folder, "monmaptool", "--create", "--fsid", cluster, "--addv", "a", f"[v2:127.0.0.1:{monitor}]", "monitors")
        do(folder, "ceph-mon", "--mkfs", "-i", "a", "--monmap", "monitors")
        until_then.enter_context(running(folder, "ceph-mon", "-i", "a"))
        do(folder, "ceph", "osd", "new", disk)
        do(folder, "ceph-osd", "--mkfs", "-i", "0", "--osd-uuid", disk)
        until_then.enter_context(running(folder, "ceph-osd", "-i", "0"))
        user = ("--uid", ACCESS, "--display-name", ACCESS, "--access-key", ACCESS, "--secret-key", SECRET)
        do(folder, "radosgw-admin", "user", "create", *user)
        serving = until_then.enter_context(running(folder, "radosgw", "-n", "client.gateway"))
        _wait(serving, gateway, folder / "said")
        yield f"http://127.0.0.1:{gateway}"


def _environment(folder: Path) -> dict[str, str]:
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "CEPH_CONF": str(folder / "ceph.conf")}


def _wait(process: subprocess.Popen[bytes], port: int, said: Path) -> None:
    begun = time.monotonic()
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert process.poll() is None, said.read_text("utf-8", "replace")
            assert time.monotonic() - begun < LONG
            time.sleep(0.05)
        else:
            return
