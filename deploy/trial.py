"""Do the steps of deploy/Containerfile in a bare Debian in a folder; print by the service there, begun in both ways.

    sudo .venv/bin/python deploy/trial.py FOLDER

That is by the words of the image, and by systemd with deploy/renderer.service. For a machine without a program for
containers: root, mmdebstrap and 2 GB are enough. The service has a network of its own, in which nobody is but who asks
it here; with the end of the trial all its processes and mounts are gone.
"""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
CONTAINERFILE = ROOT / "deploy" / "Containerfile"
ADDRESS = "http://127.0.0.1:8137"
LONG = 300.0
"""Seconds after which something that should have happened has not."""
_ALONE = ["unshare", "--mount", "--propagation", "private"]
_IN_ITS_NETWORK = [*_ALONE, "--net", "--pid", "--fork", "--kill-child"]
_AS_A_MACHINE = [*_IN_ITS_NETWORK, "--uts", "--ipc", "--cgroup"]
_BOOT = """mount --bind "$0" "$0" && cd "$0"
mount -t proc proc proc && mount -t tmpfs tmpfs run && mount --rbind /sys sys && mount --rbind /dev dev
mkdir -p old && pivot_root . old && cd / && umount -l /old
exec /usr/bin/env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd"""
_AS_THE_SERVICE = ["runuser", "-u", "renderer", "--", "env", "PATH=/opt/renderer/bin:/usr/bin:/bin"]
_ETC = ("resolv.conf", "hosts", "pip.conf", "ssl/certs/ca-certificates.crt")
"""By what this machine finds packages; an image is built with the same."""
_UP = 0x1
"""IFF_UP of netdevice(7)."""


def main(root: Path) -> None:
    """Make the wheel and the Debian, do the steps, and try what comes of them."""
    if root.exists():
        raise SystemExit(f"{root} is there already: take it away, or name another folder")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", ROOT / "deploy", ROOT], check=True)
    step = [sys.executable, __file__, str(root)]
    subprocess.run([*_ALONE, *step, "build"], check=True)
    subprocess.run([*_IN_ITS_NETWORK, "--mount-proc", *step, "serve"], check=True)
    subprocess.run([*_ALONE, *step, "install"], check=True)
    begin_by_systemd(root)


def instructions() -> Iterator[tuple[str, str]]:
    """Read the Containerfile: each instruction with its words, its lines joined."""
    lines = [line for line in CONTAINERFILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line.strip():
            word, _, rest = line.partition(" ")
            yield word, rest.strip()


def build(root: Path) -> None:
    """Do the steps in ``root``, as whoever builds an image does them."""
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    for word, rest in instructions():
        print(f"{word} {rest}", flush=True)
        if word == "FROM":
            _debootstrap(root, rest.rpartition(":")[2].removesuffix("-slim"))
        elif word == "RUN":
            _chroot(root, ["sh", "-c", rest], {**_passed_on(), **environment})
        elif word == "COPY":
            *sources, target = rest.split()
            for source in (path for name in sources for path in ROOT.glob(name)):
                shutil.copy(source, root / target.strip("/"))
        elif word == "ENV":
            name, _, value = rest.partition("=")
            environment[name] = value.replace("$PATH", environment["PATH"])
        elif word == "USER":  # what follows is not done but said: where and how it is started
            break


def serve(root: Path) -> None:
    """Start what the image starts, as who it says and there; ask it for a run, and end it."""
    said = dict(instructions())
    path = said["ENV"].partition("=")[2].replace("$PATH", "/usr/bin:/bin")
    home, user = Path(said["WORKDIR"]), said["USER"]
    _mount(root)
    _let_loopback_up()

    log = (root / "var" / "log" / "renderer.log").open("wb")

    def start(words: Sequence[str]) -> subprocess.Popen[str]:
        inside = ["env", "-i", f"PATH={path}", f"HOME={home}", "sh", "-c", f"cd {home} && exec {shlex.join(words)}"]
        command = ["chroot", f"--userspec={user}:{user}", str(root), *inside]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)

    def done(words: Sequence[str]) -> str:
        process = start(words)
        told, _ = process.communicate(timeout=LONG)
        if process.returncode:
            raise SystemExit(f"{shlex.join(words)} ended with {process.returncode}")
        return told

    done(["renderer", "new", "library/notices/1"])
    token = done(["renderer", "token", "add", "trial", "--role", "operator"]).split()[-1]
    service = start(json.loads(said["CMD"]))
    try:
        printed = _print_a_job(token, _members(root))
    finally:
        service.send_signal(signal.SIGTERM)
        code = service.wait(LONG)
    print(f"{printed}; the service ended with {code}")
    if code:
        raise SystemExit(code)


def install(root: Path) -> None:
    """Add systemd and the unit, whose program lies in a .venv."""
    _mount(root)
    environment = {**_passed_on(), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"}
    shutil.rmtree(root / "var/lib/renderer", ignore_errors=True)
    quietly = "apt-get -qq update && apt-get -qq install --yes --no-install-recommends systemd-sysv >/dev/null"
    _chroot(root, ["sh", "-c", quietly], environment)
    shutil.copy(ROOT / "deploy" / "renderer.service", root / "etc/systemd/system")
    _chroot(root, ["sh", "-c", "mkdir -p /opt/renderer/.venv && ln -sfn ../bin /opt/renderer/.venv/bin"], environment)
    _chroot(root, ["systemctl", "enable", "renderer"], environment)


def begin_by_systemd(root: Path) -> None:
    """Start the Debian as a machine, print by its service, kill it there, see it begun again, and stop it."""
    machine = subprocess.Popen([*_AS_A_MACHINE, "sh", "-ec", _BOOT, str(root)])
    try:
        _until(lambda: bool(_children(machine.pid)))
        enter = ["nsenter", f"--target={_children(machine.pid)}"]

        def inside(*words: str) -> str:
            told = subprocess.run([*enter, "--all", *words], check=False, capture_output=True, text=True)
            return told.stdout.strip()

        _until(lambda: inside("systemctl", "is-active", "renderer") == "active")
        inside(*_AS_THE_SERVICE, "renderer", "new", "/var/lib/renderer/library/notices/1")
        home = ["--home", "/var/lib/renderer"]
        token = inside(*_AS_THE_SERVICE, "renderer", "token", "add", "trial", "--role", "operator", *home).split()[-1]
        ask = [sys.executable, __file__, str(root), "ask"]
        subprocess.run([*enter, "--net", *ask], check=True, input=token, text=True)
        inside("systemctl", "kill", "--signal=KILL", "renderer")
        _until(lambda: inside("systemctl", "show", "-p", "NRestarts", "--value", "renderer") == "1")
        _until(lambda: inside("systemctl", "is-active", "renderer") == "active")
        inside("systemctl", "stop", "renderer")
        result = inside("systemctl", "show", "-p", "Result", "renderer")
        print(f"by systemd: killed and begun again, then stopped: {result}")
    finally:
        machine.kill()
        machine.wait()


def ask(root: Path) -> None:
    """Ask the service that runs in this network for a run; its token is the input."""
    print(_print_a_job(sys.stdin.read().strip(), _members(root)))


def _debootstrap(root: Path, suite: str) -> None:
    sources = "".join(path.read_text() for path in sorted(Path("/etc/apt/sources.list.d").glob("*.sources")))
    with tempfile.NamedTemporaryFile("w", suffix=".sources") as file:
        file.write(sources)
        file.flush()
        words = ["mmdebstrap", "--mode=root", "--variant=minbase", "--include=ca-certificates", suite, str(root)]
        subprocess.run([*words, *([file.name] if sources else [])], check=True)
    for name in _ETC:
        if (Path("/etc") / name).exists():
            shutil.copy(Path("/etc") / name, root / "etc" / name)
    _mount(root)


def _mount(root: Path) -> None:
    for place in ("proc", "dev"):
        subprocess.run(["mount", "--rbind", f"/{place}", root / place], check=True)


def _passed_on() -> dict[str, str]:
    """Return what of this environment says how packages are fetched."""
    return {name: value for name, value in os.environ.items() if name.lower().endswith(("_proxy", "_cert"))}


def _members(root: Path) -> bytes:
    return (root / "var/lib/renderer/library/notices/1/members.csv").read_bytes()


def _children(pid: int) -> str:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().strip()


def _chroot(root: Path, words: Sequence[str], environment: Mapping[str, str]) -> None:
    inside = ["env", "-i", *(f"{name}={value}" for name, value in environment.items()), *words]
    subprocess.run(["chroot", str(root), *inside], check=True)


def _let_loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", _UP))  # SIOCSIFFLAGS


def _print_a_job(token: str, members: bytes) -> str:
    """Ask for a run of the library's job, wait for its end, and fetch a print file."""
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=ADDRESS, headers=headers, timeout=LONG, trust_env=False) as client:
        _until(lambda: client.get("/ready").is_success)
        files = {"source": ("members.csv", members)}
        asked = client.post("/v1/jobs", data={"order": json.dumps({"job": "notices"})}, files=files).raise_for_status()
        job = asked.headers["Location"]
        _until(lambda: client.get(job).json()["state"] not in ("queued", "running"))
        told = client.get(job).json()
        if told["state"] != "delivered":
            raise SystemExit(json.dumps(told))
        pdf = client.get(f"{job}/files/batch-0001.pdf").raise_for_status().content
    if not pdf.startswith(b"%PDF-"):
        raise SystemExit("batch-0001.pdf is no PDF")
    return f"{told['state']}: {json.dumps(told['counts'])}, a print file of {len(pdf):,} bytes"


def _until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + LONG
    while time.monotonic() < until:
        with suppress(httpx.TransportError):
            if is_so():
                return
        time.sleep(0.2)
    raise SystemExit("what should have happened in the service has not")


if __name__ == "__main__":
    where, what = Path(sys.argv[1]).resolve(), sys.argv[2:]
    {"build": build, "serve": serve, "install": install, "ask": ask}[what[0]](where) if what else main(where)
