"""One suite for every store: what a run may rely on, whether it works in a folder, in memory or in a bucket."""

from __future__ import annotations

import os
import pickle
import random
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import pytest
from s3_server import SERVERS, about

from renderer.model.errors import BadJob, RunStopped
from renderer.model.sums import sum_of_bytes
from renderer.running import workspace as module
from renderer.running.workspace import OBJECTS, Folder, Workspace, open_workspace

BIG = 6 << 20
"""Bytes of a big batch, more than a bucket takes in one part."""


def child(workspace: Workspace, program: str) -> subprocess.Popen[str]:
    """Begin a program in another process, in which ``workspace`` is the same one."""
    before = "import pickle, sys; workspace = pickle.loads(bytes.fromhex(sys.argv[1]))\n"
    words = [sys.executable, "-c", before + program, pickle.dumps(workspace).hex()]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def said_by(process: subprocess.Popen[str]) -> list[str]:
    """Start a child, wait for its end, and return the lines it said."""
    said, _ = process.communicate("start\n")
    assert process.returncode == 0
    return said.splitlines()


def kept(workspace: Workspace, name: str, data: bytes) -> bool:
    with workspace.scratch() as folder:
        (folder / "finished").write_bytes(data)
        return workspace.keep(folder / "finished", name)


def given(workspace: Workspace, how: str, name: str, data: bytes) -> bool:
    return workspace.put(name, data) if how == "put" else kept(workspace, name, data)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class StoreSuite(ABC):
    """What every store does."""

    @abstractmethod
    @pytest.fixture
    def address(self, tmp_path: Path) -> str | Path:
        """A new and empty place."""

    @pytest.fixture
    def workspace(self, address: str | Path) -> Iterator[Workspace]:
        opened = open_workspace(address)
        yield opened
        opened.close()

    def test_what_is_put_is_found_under_its_name(self, workspace: Workspace) -> None:
        assert workspace.put("done/0001.json", b"one")
        assert workspace.get("done/0001.json") == b"one"
        assert workspace.fetch("done/0001.json").read_bytes() == b"one"
        assert workspace.get("done/0002.json") is None

    def test_what_is_copied_is_the_callers_own(self, workspace: Workspace, tmp_path: Path) -> None:
        workspace.put("done/0001.json", b"one")
        workspace.copy("done/0001.json", tmp_path / "own")
        assert mode(tmp_path / "own") == 0o600
        (tmp_path / "own").write_bytes(b"two")
        assert workspace.get("done/0001.json") == b"one"
        with pytest.raises(RunStopped, match=r"^done/0002.json is no longer there"):
            workspace.copy("done/0002.json", tmp_path / "other")

    def test_nothing_is_left_when_it_was_cleared(self, workspace: Workspace) -> None:
        for number in range(120):
            workspace.put(f"a/{number}", b"")
        workspace.clear()
        assert workspace.names("") == []
        workspace.clear()

    def test_nothing_and_much_are_kept_alike(self, workspace: Workspace) -> None:
        much = random.Random(1).randbytes(BIG)
        for name, data in (("nothing", b""), ("much", much)):
            assert workspace.put(f"put/{name}", data)
            assert kept(workspace, f"kept/{name}", data)
            assert workspace.get(f"put/{name}") == workspace.get(f"kept/{name}") == data
            assert workspace.fetch(f"kept/{name}").read_bytes() == data
            assert workspace.sum(f"kept/{name}") == sum_of_bytes(data)
        assert workspace.sum("kept/other") == ""

    @pytest.mark.parametrize("second", ["put", "keep"])
    @pytest.mark.parametrize("first", ["put", "keep"])
    def test_a_name_that_is_taken_stays_as_it_is(self, workspace: Workspace, first: str, second: str) -> None:
        assert given(workspace, first, "a/b", b"first") is True
        assert given(workspace, second, "a/b", b"second") is False
        assert workspace.get("a/b") == b"first"

    @pytest.mark.parametrize(("how", "length"), [("put", 1000), ("put", BIG), ("keep", BIG)])
    def test_of_many_writers_at_once_one_wins(self, workspace: Workspace, how: str, length: int) -> None:
        writers = 6
        line = threading.Barrier(writers)

        def write(number: int) -> list[bool]:
            own = pickle.loads(pickle.dumps(workspace))  # noqa: S301 - our own
            won = []
            for name in range(5):
                line.wait()
                won.append(given(own, how, f"claims/{name}", f"{number}".encode() * length))
            return won

        with ThreadPoolExecutor(writers) as pool:
            answers = list(pool.map(write, range(writers)))
        for name, won in enumerate(zip(*answers, strict=True)):
            assert sum(won) == 1
            assert workspace.get(f"claims/{name}") == f"{won.index(True)}".encode() * length

    def test_nobody_sees_half_of_what_is_being_written(self, workspace: Workspace) -> None:
        data = random.Random(2).randbytes(BIG)
        ended = threading.Event()

        def write() -> None:
            for number in range(4):
                workspace.put(f"put/{number}", data)
                kept(workspace, f"kept/{number}", data)
            ended.set()

        writer = threading.Thread(target=write)
        writer.start()
        seen: set[str] = set()
        while not ended.is_set() or len(seen) < 8:
            for name in set(workspace.names("")) - seen:
                assert workspace.get(name) == data
                seen.add(name)
        writer.join()
        assert seen == {f"{how}/{number}" for how in ("put", "kept") for number in range(4)}

    def test_scratch_has_no_name_and_goes_however_it_ends(self, workspace: Workspace) -> None:
        found = []

        def stopped_in_the_middle() -> None:
            with workspace.scratch() as folder:
                (folder / "half").write_bytes(b"half")
                found.append((folder, mode(folder), workspace.names("")))
                raise RunStopped("in the middle")

        with pytest.raises(RunStopped, match="in the middle"):
            stopped_in_the_middle()
        [(folder, its_mode, names)] = found
        assert (its_mode, names) == (0o700, [])
        assert not folder.exists()

    def test_names_are_listed_by_their_beginning_in_order(self, workspace: Workspace) -> None:
        names = ["a/2", "a/1", "ab/1", "a-b", "c/d/e", "a.b/x"]
        for name in names:
            workspace.put(name, b"")
        assert workspace.names("") == sorted(names)
        assert workspace.names("a") == sorted(name for name in names if name != "c/d/e")
        assert workspace.names("a/") == ["a/1", "a/2"]
        assert workspace.names("c/d") == workspace.names("c/d/") == workspace.names("c/d/e") == ["c/d/e"]
        assert workspace.names("nobody/") == []

    def test_more_names_than_come_at_once_are_all_listed(self, workspace: Workspace) -> None:
        names = [f"done/{number:04d}" for number in range(120)]
        for name in names:
            workspace.put(name, b"")
        assert workspace.names("done/") == names

    def test_a_deleted_name_is_free_again(self, workspace: Workspace) -> None:
        workspace.put("a/b", b"first")
        workspace.fetch("a/b")
        workspace.delete("a/b")
        workspace.delete("a/b")
        assert workspace.get("a/b") is None
        assert workspace.names("") == []
        with pytest.raises(RunStopped, match=r"^a/b is no longer there; start the run again"):
            workspace.fetch("a/b")
        assert workspace.put("a/b", b"second")
        assert workspace.fetch("a/b").read_bytes() == b"second"

    @pytest.mark.parametrize(
        "name",
        ["", "/", "/a", "a/", "a//b", "..", "../a", "a/../b", ".a", "a/.b", "a b", "a\n", "山田", "a\\b", "a%2e"],
    )
    def test_a_name_that_could_lead_elsewhere_is_refused(self, workspace: Workspace, name: str) -> None:
        asks: list[Callable[[], Any]] = [
            lambda: workspace.put(name, b""),
            lambda: kept(workspace, name, b""),
            lambda: workspace.get(name),
            lambda: workspace.fetch(name),
            lambda: workspace.delete(name),
        ]
        for ask in asks:
            with pytest.raises(ValueError, match="a name in a workspace"):
                ask()
        assert workspace.names("") == []

    @pytest.mark.parametrize("prefix", ["../", "/", "a/../", ".scratch/"])
    def test_nothing_is_listed_elsewhere(self, workspace: Workspace, prefix: str) -> None:
        with pytest.raises(ValueError, match="a name in a workspace"):
            workspace.names(prefix)

    def test_an_object_is_named_by_its_content_and_kept_once(self, workspace: Workspace) -> None:
        total = workspace.add(b"members")
        assert total == workspace.add(b"members") == sum_of_bytes(b"members")
        assert workspace.names("") == [f"objects/{total}"]
        assert workspace.object(total) == b"members"

    @pytest.mark.parametrize("damaged", [None, b"", b"member", b"others!"])
    def test_a_damaged_object_stops_the_run(self, workspace: Workspace, damaged: bytes | None) -> None:
        total = workspace.add(b"members")
        workspace.delete(OBJECTS + total)
        if damaged is not None:
            workspace.put(OBJECTS + total, damaged)
        with pytest.raises(RunStopped, match="an object of the workspace was damaged; start the run again"):
            workspace.object(total)

    def test_who_opens_the_address_or_unpickles_it_sees_the_same(
        self, workspace: Workspace, address: str | Path
    ) -> None:
        workspace.put("a", b"first")
        for other in (open_workspace(address), pickle.loads(pickle.dumps(workspace))):  # noqa: S301 - our own
            assert other.get("a") == b"first"
            assert other.put("a", b"second") is False
            other.put(f"b{id(other)}", b"")
            assert f"b{id(other)}" in workspace.names("b")

    def test_what_is_pickled_is_an_address(self, workspace: Workspace) -> None:
        workspace.put("a/b", random.Random(3).randbytes(10_000))
        workspace.fetch("a/b")
        assert len(pickle.dumps(workspace)) < 500

    def test_a_fetched_file_is_for_nobody_elses_eyes(self, workspace: Workspace) -> None:
        before = os.umask(0)
        try:
            workspace.put("a/b/c", b"")
            path = workspace.fetch("a/b/c")
        finally:
            os.umask(before)
        assert mode(path) == 0o600
        assert mode(path.parents[2]) == 0o700


class SharedStoreSuite(StoreSuite):
    """What a store does that other processes open too."""

    def test_a_worker_finds_what_is_there_and_leaves_what_it_did(self, workspace: Workspace) -> None:
        total = workspace.add(b"members")
        program = (
            f"assert workspace.object({total!r}) == b'members'\n"
            "with workspace.scratch() as folder:\n"
            "    (folder / 'half').write_bytes(b'printed')\n"
            "    print(workspace.keep(folder / 'half', 'delivery/batch-0001.pdf'))\n"
            "print(workspace.fetch('delivery/batch-0001.pdf').read_bytes())\n"
        )
        assert said_by(child(workspace, program)) == ["True", "b'printed'"]
        assert workspace.get("delivery/batch-0001.pdf") == b"printed"

    def test_of_two_processes_at_once_one_wins(self, workspace: Workspace) -> None:
        program = (
            "print('ready', flush=True); sys.stdin.readline()\n"
            "for n in range(40): print(workspace.put(f'claims/{n}', sys.argv[1].encode()), flush=True)\n"
        )
        children = [child(workspace, program) for _ in range(2)]
        for process in children:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(said_by, children))
        assert [{one, other} for one, other in zip(*answers, strict=True)] == [{"True", "False"}] * 40

    def test_a_process_that_is_killed_at_any_moment_leaves_whole_files_only(self, workspace: Workspace) -> None:
        chance = random.Random(4)
        program = (
            "import itertools, os\nprint('ready', flush=True)\n"
            "for n in itertools.count(): workspace.put(f'{os.getpid()}/{n}', b'%d' % (n % 10) * 1_000_000)\n"
        )
        for _ in range(5):
            with child(workspace, program) as process:
                assert process.stdout
                process.stdout.readline()
                while not workspace.names(f"{process.pid}/"):
                    assert process.poll() is None
                time.sleep(chance.random() / 20)
                process.kill()
            assert process.returncode == -signal.SIGKILL
        for name in workspace.names(""):
            number = int(name.rpartition("/")[2])
            assert workspace.get(name) == b"%d" % (number % 10) * 1_000_000


class TestFolder(SharedStoreSuite):
    @pytest.fixture
    def address(self, tmp_path: Path) -> Path:
        return tmp_path / "out" / "run"

    def test_what_was_being_written_when_its_process_was_killed_has_no_name(self, workspace: Workspace) -> None:
        program = (
            "import os, time\n"
            "def last_moment(_): print('written', flush=True); time.sleep(600)\n"
            "os.fsync = last_moment\n"
            "workspace.put('a/b', b'half')\n"
        )
        workspace.put("other", b"")
        with child(workspace, program) as process:
            assert process.stdout
            assert process.stdout.readline() == "written\n"
            process.kill()
        assert workspace.names("") == ["other"]
        assert workspace.get("a/b") is None
        assert workspace.put("a/b", b"whole")

    @pytest.mark.parametrize("how", ["put", "keep"])
    def test_what_has_a_name_is_on_the_disk(self, address: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
        done: list[str] = []
        link, fsync = os.link, os.fsync

        def note_link(source: Path, target: Path) -> None:
            link(source, target)
            done.append(f"named {target.relative_to(address.parents[1])}")

        def note_fsync(handle: int) -> None:
            fsync(handle)
            found = Path(f"/proc/self/fd/{handle}").readlink()
            done.append("content" if found.is_file() else f"{found.relative_to(address.parents[1])}")

        monkeypatch.setattr(os, "link", note_link)
        monkeypatch.setattr(os, "fsync", note_fsync)
        given(Folder(address), how, "a/b/c", b"1")
        # Each new folder stands in the one above it before anything in it has a name.
        assert set(done) == {"out", "out/run", "out/run/a", "content", "named out/run/a/b/c", "out/run/a/b"}
        assert done.index("content") < done.index("named out/run/a/b/c")
        assert done[-2:] == ["named out/run/a/b/c", "out/run/a/b"]

    def test_a_file_is_kept_and_fetched_without_copying(self, workspace: Workspace) -> None:
        with workspace.scratch() as folder:
            (folder / "finished").write_bytes(b"1")
            inode = (folder / "finished").stat().st_ino
            workspace.keep(folder / "finished", "a/b")
        found = workspace.fetch("a/b")
        assert found.stat().st_ino == inode
        workspace.close()
        assert found.is_file()

    def test_everything_in_it_is_for_nobody_elses_eyes(self, address: Path) -> None:
        before = os.umask(0)
        try:
            workspace = Folder(address)
            workspace.put("a/b/c", b"")
            kept(workspace, "a/d", b"")
        finally:
            os.umask(before)
        assert {mode(path) for path in [address, *address.rglob("*")] if path.is_dir()} == {0o700}
        assert {mode(path) for path in address.rglob("*") if path.is_file()} == {0o600}

    def test_it_is_the_same_folder_from_wherever_it_is_opened_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        workspace = open_workspace(Path("here"))
        monkeypatch.chdir("/")
        workspace.put("a", b"")
        assert (tmp_path / "here" / "a").is_file()

    def test_an_address_may_be_words(self, tmp_path: Path) -> None:
        open_workspace(str(tmp_path / "words")).put("a", b"")
        assert (tmp_path / "words" / "a").is_file()


class BucketSuite(StoreSuite):
    """What a store does that is not on this machine's disk."""

    def test_what_was_fetched_is_gone_when_it_is_closed(self, workspace: Workspace) -> None:
        workspace.put("a/b", b"1")
        found = workspace.fetch("a/b")
        with workspace.scratch() as folder:
            (folder / "half").write_bytes(b"")
        workspace.close()
        assert not found.parents[1].exists()
        assert workspace.fetch("a/b").read_bytes() == b"1"
        workspace.close()
        workspace.close()

    def test_what_was_fetched_is_gone_with_its_workspace(self, address: str) -> None:
        workspace = open_workspace(address)
        workspace.put("a/b", b"1")
        found = workspace.fetch("a/b")
        del workspace
        assert not found.parents[1].exists()


class TestMemory(BucketSuite):
    @pytest.fixture
    def address(self, tmp_path: Path) -> str:
        return f"memory://{tmp_path.name}"

    def test_another_name_is_another_place(self, workspace: Workspace) -> None:
        workspace.put("a", b"")
        assert open_workspace("memory://another").names("") == []


@pytest.fixture(scope="module", params=SERVERS)
def endpoint(request: pytest.FixtureRequest) -> Iterator[str]:
    with request.param() as address:
        yield address


class TestS3(SharedStoreSuite, BucketSuite):
    @pytest.fixture
    def address(self, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
        for name, value in about(endpoint).items():
            monkeypatch.setenv(name, value)
        bucket = f"bucket-{abs(hash(tmp_path))}"
        boto3.client("s3").create_bucket(Bucket=bucket)
        return f"s3://{bucket}/runs/one"

    def test_another_prefix_is_another_place(self, workspace: Workspace, address: str) -> None:
        workspace.put("a", b"")
        bucket = address.removesuffix("/runs/one")
        assert open_workspace(f"{bucket}/runs/other").names("") == []
        assert open_workspace(bucket).names("") == ["runs/one/a"]

    def test_a_bucket_that_is_not_there_is_said(self, address: str) -> None:
        with pytest.raises(BadJob, match=r"^s3://nowhere: there is no such bucket; make it"):
            open_workspace("s3://nowhere").put("a", b"")

    def test_a_bucket_that_refuses_stops_the_run(self, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ALLOW_HTTP", "false")
        workspace = open_workspace(address)
        for ask in (lambda: workspace.put("a", b""), lambda: workspace.get("a"), lambda: workspace.names("")):
            with pytest.raises(RunStopped, match=r"^s3://.* cannot be read or written \(\w+\); see whether"):
                ask()


def test_a_bucket_is_waited_for_as_long_as_a_large_file_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    assert module.PATIENCE * 10e6 / 8 > 500e6  # half a gigabyte by a line of 10 Mbit/s

    def answer() -> None:
        for _ in range(2):
            connection, _ = slow.accept()
            with connection, suppress(ConnectionError):
                connection.recv(1 << 16)
                time.sleep(2)
                connection.sendall(b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')

    with socket.create_server(("127.0.0.1", 0)) as slow:
        for name, value in about(f"http://127.0.0.1:{slow.getsockname()[1]}").items():
            monkeypatch.setenv(name, value)
        answering = threading.Thread(target=answer)
        answering.start()
        assert open_workspace("s3://bucket").put("a", b"")
        monkeypatch.setattr(module, "PATIENCE", 0.5)
        with pytest.raises(RunStopped, match=r"^s3://bucket cannot be read or written"):
            open_workspace("s3://bucket").put("a", b"")
        answering.join()


@pytest.mark.parametrize("address", ["gopher://x/y", "s3://", "memory://", "://"])
def test_an_address_of_no_store_is_refused(address: str) -> None:
    with pytest.raises(BadJob, match=r"is no workspace; give a folder, or s3://bucket/prefix$"):
        open_workspace(address)


def test_what_is_to_be_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(BadJob, match=r"^s3://bucket: obstore is not installed; install renderer\[bucket\]$"):
        open_workspace("s3://bucket")
