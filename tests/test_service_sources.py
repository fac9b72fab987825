"""A member file that lies in a store is read by the service as one that is sent, and only where it may."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from s3_server import SERVERS, about
from serving import LONG, Served, served

from renderer.documents.numbers import my_number_check_digit
from renderer.model.errors import BadJob
from renderer.service import sources as module
from renderer.service.problems import Problem
from renderer.service.sources import Sources

PLACE = "s3://insurer/members"
NUMBER = "98765432101" + my_number_check_digit("98765432101")


@pytest.fixture(scope="module", params=SERVERS)
def endpoint(request: pytest.FixtureRequest) -> Iterator[str]:
    with request.param() as address:
        yield address


@pytest.fixture(scope="module")
def bucket(endpoint: str) -> Any:
    known = about(endpoint)
    store = boto3.resource(
        "s3", endpoint_url=endpoint, aws_access_key_id=known["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=known["AWS_SECRET_ACCESS_KEY"], region_name=known["AWS_REGION"],
    )  # fmt: skip
    return store.create_bucket(Bucket="insurer")


@pytest.fixture(scope="module")
def service(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    words = ("--sources", "s3://other/x/", "--sources", PLACE)
    with served(tmp_path_factory.mktemp("service"), *words, **about(endpoint)) as running:
        yield running


def ask(service: Served, order: dict[str, Any], key: str = "", **files: Any) -> httpx.Response:
    """Ask for a job whose member file is no part."""
    parts = {"order": (None, json.dumps({"job": "notices", **order})), **files}
    return service.client.post("/v1/jobs", files=parts, headers={"Idempotency-Key": key} if key else {})


def refused(answer: httpx.Response, status: int, kind: str) -> str:
    told = answer.json()
    assert (answer.status_code, told["type"]) == (status, f"urn:renderer:problem:{kind}"), told
    assert "s3:" not in answer.text
    return str(told["detail"])


def test_a_member_file_in_a_store_is_printed_as_one_that_is_sent_and_reduced(service: Served, bucket: Any) -> None:
    head, first, *others = service.members("S").decode("cp932").splitlines()
    whole = first.replace(",5158,", f",{NUMBER},")
    members = "\n".join([head, whole, *others, ""]).encode("cp932")
    assert NUMBER.encode() in members
    bucket.put_object(Key="members/加入者/12月.csv", Body=members)
    order = {"name": "from-store", "source": f"{PLACE}/加入者/12月.csv"}
    answer = ask(service, order, "once")
    assert answer.status_code == 202, answer.text
    assert service.ended("from-store")["counts"] == {"read": 20, "printed": 20, "held": 0, "not_selected": 0}
    assert service.home.joinpath("jobs", "from-store", "source", "12月.csv").exists()
    rest = [path for path in service.home.rglob("*") if path.is_file() and "library" not in path.parts]
    assert not any(NUMBER.encode() in path.read_bytes() for path in rest)
    assert "insurer" not in service.home.joinpath("log").read_text("utf-8")

    assert ask(service, order, "once").json()["number"] == answer.json()["number"]
    assert service.ask({"name": "from-hands", "again": True}, source=members).status_code == 202
    assert service.ended("from-hands")["counts"]["printed"] == 20
    names = ("from-store", "from-hands")
    files = [service.client.get(f"/v1/jobs/{name}/files/batch-0001.pdf").content for name in names]
    one, other = (file.partition(name.encode())[0] for name, file in zip(names, files, strict=True))
    assert one == other  # all pages: the names of job and file come last
    assert len(one) > 100_000

    bucket.put_object(Key="members/加入者/12月.csv", Body=service.members("U"))
    refused(ask(service, order, "once"), 409, "key-taken")


@pytest.mark.parametrize(
    "address",
    [f"{PLACE}x/a.csv", "s3://insurer/a.csv", "s3://third/members/a.csv", f"{PLACE}/../a.csv", f"{PLACE}/./a.csv"],
)
def test_nothing_is_read_elsewhere(service: Served, address: str) -> None:
    refused(ask(service, {"source": address}), 403, "source-not-allowed")


@pytest.mark.parametrize(
    "address",
    [f"{PLACE}/a.csv?X-Amz-Signature=secret", f"{PLACE}/a.csv#b", f"{PLACE}//a.csv", f"{PLACE}/", "s3://", "", 5,
     "https://insurer/members/a.csv", "file:///etc/passwd", "s3://Insurer/members/a.csv", f"{PLACE}/{'a' * 1000}"],
)  # fmt: skip
def test_what_is_no_address_is_not_as_described_and_not_repeated(service: Served, address: Any) -> None:
    answer = ask(service, {"source": address})
    refused(answer, 422, "not-as-described")
    assert answer.json()["faults"][0]["where"] == "source"
    assert "secret" not in answer.text + service.home.joinpath("log").read_text("utf-8")


def test_what_is_not_there_or_no_member_file_is_said_and_leaves_nothing(service: Served, bucket: Any) -> None:
    refused(ask(service, {"source": f"{PLACE}/nothing.csv"}), 422, "source-not-there")
    refused(ask(service, {"source": "s3://other/x/nothing.csv"}), 422, "source-not-there")
    bucket.put_object(Key="members/book.csv", Body=service.members("V").decode("cp932").encode("utf-16"))
    assert refused(ask(service, {"source": f"{PLACE}/book.csv"}), 422, "not-csv").startswith("the part source")
    file = ("m.csv", service.members("V"))
    refused(ask(service, {"source": f"{PLACE}/book.csv"}, source=file), 422, "source-twice")
    refused(ask(service, {}), 422, "no-source")
    assert list(service.home.joinpath("incoming").iterdir()) == []


def test_a_place_that_is_none_is_refused_at_the_start(tmp_path: Path) -> None:
    for address in ("members", "https://insurer/members", "s3://", "s3://insurer?x", "s3://insurer/b//c", "s3://a/b"):
        with pytest.raises(BadJob, match=r" is no place of sources; give s3://BUCKET/PREFIX$"):
            Sources((PLACE, address), 1, 1)
    Sources(("s3://insurer", "s3://insurer/", f"{PLACE}/"), 1, 1)
    command = [sys.executable, "-m", "renderer.cli", "serve", "--home", tmp_path, "--port", "0", "--sources", "x"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=LONG, check=False)
    assert ended.returncode == 4
    assert "x is no place of sources; give s3://BUCKET/PREFIX" in ended.stderr


def test_what_is_to_be_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    Sources((), 1, 1)
    with pytest.raises(BadJob, match=r"install renderer\[bucket\]$"):
        Sources((PLACE,), 1, 1)


@contextmanager
def store_that(monkeypatch: pytest.MonkeyPatch, *, gives: int, of: int) -> Iterator[list[str]]:
    """A store that gives so many bytes of a file and then hangs up, or says nothing where it has given all but one."""
    asked: list[str] = []
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            while not over.is_set():
                connection, _ = listening.accept()
                with connection:
                    if over.is_set() or not (request := connection.recv(1 << 16)):
                        continue
                    asked.append(request.split(b"\r\n")[0].decode())
                    head = f"HTTP/1.1 200 OK\r\nContent-Length: {of}\r\nETag: 'x'\r\n"
                    head += "Last-Modified: Mon, 30 Nov 2026 07:00:00 GMT\r\n\r\n"
                    connection.sendall(head.encode() + b"x" * gives)
                    if gives == of - 1:
                        over.wait(LONG)

        thread = threading.Thread(target=answer)
        thread.start()
        for name, value in about(f"http://127.0.0.1:{listening.getsockname()[1]}").items():
            monkeypatch.setenv(name, value)
        yield asked
        over.set()
        socket.create_connection(listening.getsockname()).close()
        thread.join()


def read(sources: Sources) -> tuple[int, int, str]:
    taken: list[bytes] = []
    with pytest.raises(Problem) as problem:
        asyncio.run(sources.read(f"{PLACE}/a.csv", taken.append))
    return len(b"".join(taken)), problem.value.status_code, problem.value.kind


def test_a_file_that_is_too_long_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with store_that(monkeypatch, gives=5, of=2000):
        assert read(Sources((PLACE,), 1999, LONG)) == (0, 413, "too-long")


def test_a_file_that_is_cut_off_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with store_that(monkeypatch, gives=500, of=2000) as asked:
        _, status, kind = read(Sources((PLACE,), 2000, LONG))
    assert (status, kind) == (502, "source-unreadable")
    assert len(asked) <= 3


def test_a_store_that_falls_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with store_that(monkeypatch, gives=1999, of=2000):
        assert read(Sources((PLACE,), 2000, 0.2))[1:] == (502, "source-unreadable")
        monkeypatch.setattr(module, "LONGEST", 0.2)
        assert read(Sources((PLACE,), 2000, LONG))[1:] == (504, "source-too-slow")
