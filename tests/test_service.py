"""The service, asked as another system asks it: over HTTP, by a token, with good requests and bad."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from processes import children, runs
from serving import LONG, Served, served
from trial_runs import DEMO, rows_of, write_job

from renderer.documents.numbers import my_number_check_digit
from renderer.model.errors import BadJob
from renderer.service.library import Asked, find_named, lay_down
from renderer.service.tokens import add_token, read_tokens, revoke_token

SECRET = "of both systems"  # noqa: S105 - of this test
OPEN = {"/health", "/ready", "/version", "/openapi.json"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("service")) as running:
        yield running


def member(service: Served) -> dict[str, str]:
    text = (service.library / "members.csv").read_bytes().decode("cp932")
    return next(csv.DictReader(io.StringIO(text)))


def problem(response: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = response.json()
    assert (response.status_code, told["status"], told["type"]) == (status, status, f"urn:renderer:problem:{kind}")
    assert told["title"]
    assert told["detail"]
    return told


# Who asks.


def test_whoever_has_no_token_is_told_nothing_but_that_the_service_is_there(service: Served) -> None:
    nobody = service.client_of("")
    assert {path: nobody.get(path).status_code for path in OPEN} == dict.fromkeys(OPEN, 200)
    described = nobody.get("/openapi.json").json()["paths"]
    asked = {(path, method) for path, methods in described.items() for method in methods if path not in OPEN}
    assert len(asked) > 10
    for path, method in {*asked, ("/nothing", "get"), ("/docs", "get"), ("/metrics", "post")}:
        for client in (nobody, service.client_of("wrong"), service.client_of(service.token[:-1])):
            answer = client.request(method, path)
            problem(answer, 401, "no-token")
            assert answer.headers["www-authenticate"] == "Bearer"


def test_roles_may_what_they_may(service: Served) -> None:
    tokens = {role: add_token(service.home / "tokens.toml", f"a-{role}", role) for role in ("designer", "reader")}
    name = service.ask({"name": "roles"}, source=service.members("R")).json()["name"]
    service.ended(name)
    sheet = {"job": "notices", "member": member(service)}
    for role, token in tokens.items():
        client = service.client_of(token)
        assert client.get("/v1/library").status_code == client.get(f"/v1/jobs/{name}").status_code == 200
        problem(client.get(f"/v1/jobs/{name}/files/batch-0001.pdf"), 403, "not-your-role")
        problem(client.post("/v1/jobs"), 403, "not-your-role")
        assert client.post("/v1/sheets", json=sheet).status_code == (200 if role == "designer" else 403)


def test_a_token_is_kept_as_a_sum_and_revoked_at_once(service: Served) -> None:
    path = service.home / "tokens.toml"
    token = add_token(path, "leaves", "reader")
    client = service.client_of(token)
    assert client.get("/v1/jobs").status_code == 200
    assert token not in path.read_text("utf-8")
    assert path.stat().st_mode & 0o777 == 0o600
    revoke_token(path, "leaves")
    problem(client.get("/v1/jobs"), 401, "no-token")
    assert "leaves" not in read_tokens(path)


@pytest.mark.parametrize("broken", ["no tokens", "[name]\n", '[name]\nrole = "king"\nsha256 = ""\n', ""])
def test_a_file_of_tokens_that_is_broken_lets_nobody_in_and_is_said(service: Served, broken: str) -> None:
    path = service.home / "tokens.toml"
    text = path.read_text("utf-8")
    path.write_text(broken, "utf-8")
    answer, ready = service.client.get("/v1/jobs"), service.client.get("/ready")
    path.write_text(text, "utf-8")
    if not broken:  # nobody has a token: that is no fault
        problem(answer, 401, "no-token")
        assert ready.status_code == 200
        return
    problem(answer, 503, "tokens-unreadable")
    problem(ready, 503, "not-ready")
    log = service.home.joinpath("log").read_text("utf-8")
    assert f'"tokens unreadable", "why": "{path}: is no file of tokens' in log
    assert "Traceback" not in log
    assert service.client.get("/v1/jobs").status_code == service.client.get("/ready").status_code == 200


def test_tokens_that_are_made_side_by_side_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "home" / "tokens.toml"
    command = "import sys; from pathlib import Path; from renderer.service.tokens import add_token, revoke_token\n"
    command += "for n in range(20): add_token(Path(sys.argv[1]), f'{sys.argv[2]}-{n}', 'reader')\n"
    command += "revoke_token(Path(sys.argv[1]), f'{sys.argv[2]}-0')"
    made = [subprocess.Popen([sys.executable, "-c", command, path, name]) for name in "abcd"]
    assert [process.wait(LONG) for process in made] == [0] * 4
    assert sorted(read_tokens(path)) == sorted(f"{name}-{number}" for name in "abcd" for number in range(1, 20))


def test_no_number_by_which_somebody_calls_a_request_is_logged_counted_or_kept(service: Served) -> None:
    nobody = service.client_of("")
    nobody.request(NUMBER, "/health", headers={"X-Request-Id": NUMBER})
    nobody.request(f"X{NUMBER}", "/v1/jobs")
    called = service.client.get("/v1/library", headers={"X-Request-Id": f"a-{NUMBER}"}).headers["x-request-id"]
    assert NUMBER not in called
    assert service.client.get("/health", headers={"X-Request-Id": "mine-1"}).headers["x-request-id"] == "mine-1"
    for key in (NUMBER, f"notices/{NUMBER}/x"):
        problem(service.ask(source=service.members("Y"), key=key), 422, "key-not-allowed")
    with pytest.raises(BadJob, match="the name of a token"):
        add_token(service.home / "tokens.toml", NUMBER, "reader")
    assert NUMBER not in service.client.get("/metrics").text
    assert 'method="other"' in service.client.get("/metrics").text
    assert kept_with(service, NUMBER) == []


def test_nobody_else_on_the_machine_can_read_what_it_keeps(service: Served) -> None:
    for name in ("library", "jobs", "outbox", "incoming"):
        assert service.home.joinpath(name).stat().st_mode & 0o777 == 0o700, name
    assert service.home.joinpath("state.sqlite").stat().st_mode & 0o777 == 0o600


# A job.


def test_a_job_is_printed_as_the_command_prints_it(service: Served, tmp_path: Path) -> None:
    source = service.members("S")
    asked = service.ask({"name": "december", "issued_on": "2026-12-01"}, source=source)
    assert asked.status_code == 202
    assert asked.headers["location"] == "/v1/jobs/december"
    ended = service.ended("december")
    assert (ended["state"], ended["counts"]["printed"]) == ("delivered", 20)

    command = [sys.executable, "-m", "renderer.cli", "new", tmp_path / "job"]
    subprocess.run(command, check=True, capture_output=True)
    job = tmp_path / "job" / "job.toml"
    text = job.read_text("utf-8").replace("demo-notices", "december").replace("2026-11-23", "2026-12-01")
    job.write_text(text, "utf-8")
    (tmp_path / "job" / "members.csv").write_bytes(source)
    subprocess.run([sys.executable, "-m", "renderer.cli", "run", job], check=True, capture_output=True)
    for name in ("batch-0001.pdf", "batch-0001.csv", "held.csv"):
        fetched = service.client.get(f"/v1/jobs/december/files/{name}")
        assert fetched.content == (tmp_path / "job" / "outbox" / "december" / name).read_bytes()

    part = service.client.get("/v1/jobs/december/files/batch-0001.pdf", headers={"Range": "bytes=0-7"})
    assert (part.status_code, part.content) == (206, b"%PDF-1.6")
    assert ended["files"]["batch-0001.pdf"] == int(part.headers["content-range"].split("/")[1])
    again = service.client.post("/v1/jobs/december/reprints", json={"piece": 2})
    assert again.content.startswith(b"%PDF-1.6")
    outbox = service.home / "outbox"
    assert [path.name for path in outbox.glob("*reprint*")] == [], "a letter stays for nobody"
    for path in (
        "/v1/jobs/a%00b",
        "/v1/jobs/a%00b/files/report.json",
        f"/v1/jobs/december/files/batch-{'0' * 300}1.pdf",
    ):
        assert service.client.get(path).status_code == 404


def test_no_full_number_rests_anywhere_and_nobody_stands_in_the_log(service: Served) -> None:
    eleven = "98765432101"
    number = eleven + my_number_check_digit(eleven)
    rows = list(csv.reader(io.StringIO(service.members("N").decode("cp932"))))
    place = rows[0].index("個人番号")
    for row in rows[1:]:
        row[place] = number
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    name = service.ask(source=text.getvalue().encode("cp932")).json()["name"]
    assert service.ended(name)["counts"]["printed"] == 20
    service.client.post("/v1/sheets", json={"job": "notices", "member": {**member(service), "個人番号": number}})
    kept = [path for path in service.home.rglob("*") if path.is_file() and "library" not in path.parts]
    assert len(kept) > 10
    assert [path.name for path in kept if number.encode() in path.read_bytes()] == []
    assert (
        service.home.joinpath(f"jobs/{name}/source/members.csv").read_bytes().count(b"********" + number[-4:].encode())
        == 20
    )
    log = service.home.joinpath("log").read_text("utf-8")
    assert [row[rows[0].index("氏名")] for row in rows[1:] if row[rows[0].index("氏名")] in log] == []
    assert {json.loads(line)["what"] for line in log.splitlines()} >= {"request", "job begun", "job ended"}


def test_a_request_that_is_repeated_is_one_job(service: Served) -> None:
    source = service.members("I")
    first, second = (service.ask(source=source, key="once") for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["name"] == second.json()["name"]
    problem(service.ask(source=source + b"\n", key="once"), 409, "key-taken")
    service.ended(first.json()["name"])
    refused = service.ended(service.ask(source=source).json()["name"])
    assert refused["state"] == "refused"
    assert "--again" in refused["detail"]
    assert service.ended(service.ask({"again": True}, source=source).json()["name"])["state"] == "delivered"


def test_a_job_is_watched_to_its_end_and_why_a_record_is_held_is_told_without_it(service: Served) -> None:
    head, first, *others = csv.reader(io.StringIO(service.members("W").decode("cp932")))
    first[head.index("氏名")] = ""
    text = io.StringIO()
    csv.writer(text).writerows([head, first, *others])
    name = service.ask(source=text.getvalue().encode("cp932")).json()["name"]
    events: list[dict[str, Any]] = []
    with service.client.stream("GET", f"/v1/jobs/{name}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        events += [json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: ")]
    assert [event["state"] for event in events][-1] == "delivered"
    assert events[-1]["progress"]["print"] == {"done": 19, "total": 19}
    listed = service.client.get("/v1/jobs", params={"state": "delivered", "limit": 1}).json()
    assert listed["jobs"][0]["name"] == name
    assert name not in [
        job["name"] for job in service.client.get("/v1/jobs", params={"before": listed["next"]}).json()["jobs"]
    ]
    (reason,) = service.client.get(f"/v1/jobs/{name}/findings").json()["reasons"]
    assert (reason["code"], reason["weight"], reason["records"]) == ("name-missing", "held", 1)
    record = first[head.index("整理番号")]
    assert record in service.client.get(f"/v1/jobs/{name}/files/held.csv").text
    assert record not in json.dumps(reason)
    assert not any(record.encode() in path.read_bytes() for path in service.home.glob("state.sqlite*"))


def test_a_job_that_waits_or_is_printed_can_be_cancelled(service: Served) -> None:
    running, waiting = (service.ask(source=service.members(mark)).json()["name"] for mark in "CD")
    for name in (waiting, running):
        assert service.client.post(f"/v1/jobs/{name}/cancel").status_code == 202
        assert service.ended(name)["state"] == "cancelled"
        problem(service.client.post(f"/v1/jobs/{name}/cancel"), 409, "has-ended")
        assert not list(service.home.glob(f"outbox/*{name}*"))


def test_what_cannot_be_printed_is_told_and_leaves_nothing(service: Served) -> None:
    before = set(service.home.joinpath("jobs").iterdir())
    problem(service.ask({"job": "nothing"}), 422, "refused")
    problem(service.ask({"job": "notices", "path": "/etc/passwd"}), 422, "not-as-described")
    problem(service.ask({"name": "../x"}), 422, "not-as-described")
    problem(service.ask({"issued_on": "1999-01-01"}), 422, "not-as-described")
    problem(service.ask(source=service.members("x").decode("cp932").encode("utf-16")), 422, "not-csv")
    problem(service.client.get("/v1/jobs", params={"before": 1 << 70}), 422, "not-as-described")
    client, members = service.client, service.library / "members.csv"
    files = {"source": ("members.csv", members.read_bytes())}
    problem(client.post("/v1/jobs", files=files), 422, "order-first")
    problem(client.post("/v1/jobs", data={"order": "{"}, files=files), 422, "order-not-json")
    problem(client.post("/v1/jobs", data={"order": '{"job": "notices"}'}, files={"other": b"x"}), 422, "part-unknown")
    elsewhere = json.dumps({"job": "notices", "source": "s3://insurer/members.csv"})
    problem(client.post("/v1/jobs", files={"order": (None, elsewhere)}), 403, "source-not-allowed")
    problem(client.post("/v1/jobs", content=b"{}"), 415, "not-multipart")
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    problem(client.post("/v1/jobs", content=b"no parts at all", headers=broken), 400, "broken-parts")
    problem(client.post("/v1/sheets", content=b" " * (2 << 20)), 413, "too-long")
    problem(client.post("/v1/sheets", content=(b" " * (1 << 20) for _ in range(2))), 413, "too-long")
    assert set(service.home.joinpath("jobs").iterdir()) <= before  # one that was cancelled may be on its way out
    assert list(service.home.joinpath("incoming").iterdir()) == []


NUMBER = "98765432101" + my_number_check_digit("98765432101")
WRONG = NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10)


def kept_with(service: Served, *numbers: str) -> list[Path]:
    """Return the files of a service, but for its library, in which a number stands."""
    files = [path for path in service.home.rglob("*") if path.is_file() and "library" not in path.parts]
    return [path for path in files if any(number.encode() in path.read_bytes() for number in numbers)]


def test_a_file_that_is_no_member_file_or_no_releases_is_refused_at_once_and_not_kept(service: Served) -> None:
    before = sorted(service.home.joinpath("jobs").iterdir())
    head, *rows = service.members("H").decode("cp932").splitlines()
    rows = [row.replace("********", f"{WRONG},") for row in rows]
    members = "\n".join([head, *rows, ""]).encode("cp932")
    told = problem(service.ask(source="\n".join(rows).encode("cp932")), 422, "refused")
    assert "the first line is not the header" in told["detail"]
    told = problem(service.ask(releases=("r.csv", members)), 422, "not-csv")
    assert "the part releases cannot be taken: its header is not" in told["detail"]
    releases = f"整理番号,コード,照合値,担当者,理由\nA1,honorific-in-name,0123456789abcdef,係,{NUMBER} です\n".encode()
    taken = service.ask(source=service.members("H"), releases=("r.csv", releases))
    assert taken.status_code == 202
    service.client.post(f"/v1/jobs/{taken.json()['name']}/cancel")
    problem(service.ask(source=service.members("H") + b'"\n' * 3), 422, "not-csv")
    assert kept_with(service, NUMBER, WRONG) == []
    assert len(sorted(service.home.joinpath("jobs").iterdir())) <= len(before) + 1
    assert list(service.home.joinpath("incoming").iterdir()) == []


def test_a_number_in_a_text_is_not_kept_and_its_record_is_held(service: Served) -> None:
    head, first, *others = csv.reader(io.StringIO(service.members("T").decode("cp932")))
    first[head.index("方書")] = f"個人番号は{NUMBER}"
    text = io.StringIO()
    csv.writer(text).writerows([head, first, *others])
    name = service.ask(source=text.getvalue().encode("cp932")).json()["name"]
    service.ended(name)
    assert kept_with(service, NUMBER) == []
    (reason,) = service.client.get(f"/v1/jobs/{name}/findings").json()["reasons"]
    assert (reason["code"], reason["records"]) == ("looks-like-my-number", 1)


@pytest.mark.parametrize("name", ["加入者.csv", "加入者一覧（12月）.csv", "ÿ.csv", "😀.csv"])
def test_a_member_file_may_be_called_in_any_language(service: Served, name: str) -> None:
    # As curl and browsers send it: the bytes of the name in UTF-8.
    body = PARTS % (b"source", name.encode()) + service.members("J") + b"\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = service.client.post("/v1/jobs", content=body, headers=headers)
    assert answer.status_code == 202
    (kept,) = service.home.joinpath("jobs", answer.json()["name"], "source").iterdir()
    assert kept.name == ("source-1.csv" if name == "😀.csv" else name)
    service.client.post(f"/v1/jobs/{answer.json()['name']}/cancel")
    body = PARTS % ("加入者".encode(), name.encode()) + b"x\r\n--x--\r\n"
    problem(service.client.post("/v1/jobs", content=body, headers=headers), 422, "part-unknown")


PARTS = (
    b'--x\r\nContent-Disposition: form-data; name="order"\r\n\r\n{"job": "notices", "again": true}\r\n'
    b'--x\r\nContent-Disposition: form-data; name="%b"; filename="%b"\r\n\r\n'
)


def test_a_version_that_is_broken_takes_no_other_out_of_the_list(service: Served) -> None:
    broken = service.home / "library" / "broken" / "1"
    broken.mkdir(parents=True)
    listed = service.client.get("/v1/library").json()
    for text in ("name = 1", "name = ", ""):
        broken.joinpath("job.toml").write_text(text)
        assert service.client.get("/v1/library").json() == listed
        problem(service.ask({"job": "broken"}), 422, "refused")
    assert '"library job broken", "job": "broken@1", "why": "' in service.home.joinpath("log").read_text("utf-8")
    shutil.rmtree(broken.parent)


@pytest.mark.parametrize(("asked", "status"), [("bytes=99999999-", 416), ("bytes=abc", 400), ("lines=1-2", 400)])
def test_a_range_that_cannot_be_given_is_a_problem(service: Served, asked: str, status: int) -> None:
    jobs = service.client.get("/v1/jobs", params={"state": "delivered"}).json()["jobs"]
    if not jobs:
        jobs = [service.ended(service.ask(source=service.members("G")).json()["name"])]
    path = f"/v1/jobs/{jobs[0]['name']}/files/batch-0001.pdf"
    answer = service.client.get(path, headers={"Range": asked})
    problem(answer, status, {416: "requested-range-not-satisfiable", 400: "bad-request"}[status])
    assert int(answer.headers["content-length"]) == len(answer.content)
    if status == 416:
        assert answer.headers["content-range"] == f"bytes */{jobs[0]['files']['batch-0001.pdf']}"


@pytest.mark.parametrize("said", [b"no request", b"GET / HTTP/1.1\r\nA b: c", b"\x16\x03\x01\x02"])
def test_what_is_no_request_is_answered_by_a_problem_and_the_log_stays_json(service: Served, said: bytes) -> None:
    host, port = service.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=LONG) as connection:
        connection.sendall(said + b"\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"Content-Type: application/problem+json" in head
    assert json.loads(body)["type"] == "urn:renderer:problem:not-http"
    lines = service.home.joinpath("log").read_text("utf-8").splitlines()
    assert "library says" in {json.loads(line)["what"] for line in lines}


def test_a_body_that_is_too_deep_is_a_problem(service: Served) -> None:
    deep = "[" * 60_000
    files = {"source": ("members.csv", b"x")}
    problem(service.client.post("/v1/jobs", data={"order": deep}, files=files), 422, "order-not-json")
    answer = service.client.post("/v1/sheets", content=deep.encode())
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_upload_that_is_broken_off_leaves_nothing(service: Served) -> None:
    host, port = service.address.removeprefix("http://").split(":")
    head = (
        f"POST /v1/jobs HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {service.token}\r\nContent-Length: 100000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="order"\r\n\r\n'
        '{"job": "notices"}\r\n--x\r\nContent-Disposition: form-data; name="source"; filename="m.csv"\r\n\r\n'
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode() + service.members("x")[:500])
        until = time.monotonic() + LONG
        while not list(service.home.glob("incoming/*/source/m.csv")) and time.monotonic() < until:
            time.sleep(0.05)
    while list(service.home.joinpath("incoming").iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    assert list(service.home.joinpath("incoming").iterdir()) == []
    assert service.client.get("/health").status_code == 200


# A sheet.


def test_a_sheet_is_the_one_that_the_command_draws(service: Served, tmp_path: Path) -> None:
    person = member(service)
    answer = service.client.post("/v1/sheets", json={"job": "notices@1", "member": person})
    assert answer.headers["content-type"] == "application/pdf"
    command = [sys.executable, "-m", "renderer.cli", "sheet", "eligibility_notice", "-o", tmp_path / "sheet.pdf"]
    command += ["--job", service.library / "job.toml", "--source", service.library / "members.csv"]
    subprocess.run([*command, "--record", person["整理番号"]], check=True, capture_output=True)
    assert answer.content == (tmp_path / "sheet.pdf").read_bytes()
    picture = service.client.post("/v1/sheets", json={"job": "notices", "member": person, "format": "png", "dpi": 50})
    assert picture.content.startswith(b"\x89PNG")
    assert list(service.home.joinpath("incoming").iterdir()) == []


def test_a_member_who_would_be_held_or_doubted_has_no_sheet(service: Served) -> None:
    person = {**member(service), "氏名": ""}
    told = problem(service.client.post("/v1/sheets", json={"job": "notices", "member": person}), 422, "held")
    assert [finding["code"] for finding in told["findings"]] == ["name-missing"]
    assert told["findings"][0]["ja"]["sentence"] == "氏名がありません"
    person = {**member(service), "氏名": "見本　花子様"}
    order = {"job": "notices", "member": person}
    told = problem(service.client.post("/v1/sheets", json=order), 422, "held")
    assert [(one["code"], one["weight"]) for one in told["findings"]] == [("honorific-in-name", "doubt")]
    drawn = service.client.post("/v1/sheets", json={**order, "accept_doubts": True})
    assert (drawn.status_code, drawn.headers["renderer-findings"]) == (200, "honorific-in-name")


def test_a_request_that_is_not_as_described_is_not_repeated(service: Served) -> None:
    answer = service.client.post("/v1/sheets", json={"job": "notices", "member": {"氏名": ["見本　花子"]}})
    assert problem(answer, 422, "not-as-described")["faults"] == [{"where": "body.member.氏名", "what": "string_type"}]
    assert "花子" not in answer.text
    person = member(service)
    said = "見本花子-123456789018"
    for order in (
        {"job": "notices", "member": person, said: said},
        {"job": "notices", "member": {said: {"a": "b"}}},
        {"job": "notices", "member": {**person, said: said}},
        {"job": said, "member": person},
        {"job": "123456789018", "member": person},
        {"job": "notices", "member": person, "format": said},
    ):
        answer = service.client.post("/v1/sheets", json=order)
        assert answer.status_code == 422
        assert not any(word in answer.text for word in ("花子", "123456789018"))
    for more in ({said: said}, {"job": said}, {"name": said}, {"name": "123456789018"}, {"issued_on": said}):
        answer = service.ask(more, source=service.members("Z"))
        assert answer.status_code == 422
        assert not any(word in answer.text for word in ("花子", "123456789018"))
    near = {**person, "氏 名": person["氏名"]}
    told = problem(service.client.post("/v1/sheets", json={"job": "notices", "member": near}), 422, "refused")
    assert told["detail"].startswith("member: its key")


# Whatever happens to it.


def test_a_service_that_is_killed_loses_nothing_and_prints_nothing_twice(tmp_path: Path) -> None:
    service = Served(tmp_path).start()
    names = [service.ask({"name": f"job-{mark}"}, source=service.members(mark)).json()["name"] for mark in "ABC"]
    service.until(names[0], "running")
    service.stop(signal.SIGKILL)
    service.start()
    service.until(names[1], "running", "delivered")
    assert service.stop() == 0
    service.start()
    ended = [service.ended(name) for name in names]
    assert [(one["state"], one["counts"]["printed"]) for one in ended] == [("delivered", 20)] * 3
    assert sorted(path.name for path in tmp_path.glob("outbox/[!.]*")) == names
    assert service.client.get("/metrics").text.count('renderer_jobs{state="delivered"} 3.0') == 1
    service.stop()


def test_a_run_whose_process_dies_is_begun_again_and_given_up_in_the_end(tmp_path: Path) -> None:
    with served(tmp_path) as service:
        name = service.ask().json()["name"]
        for attempt, number in enumerate((signal.SIGKILL, signal.SIGTERM, signal.SIGKILL), 1):
            until = time.monotonic() + LONG
            while time.monotonic() < until:
                told = service.client.get(f"/v1/jobs/{name}").json()
                if told["attempts"] == attempt and (found := runs_of(service.process.pid)):
                    break
                time.sleep(0.02)
            for process in found:
                assert os.getsid(process) == process  # what ends a terminal's programs leaves it to the service
                os.kill(process, number)
        ended = service.ended(name)
        assert (ended["state"], ended["attempts"]) == ("failed", 3)
        assert "died 3 times" in ended["detail"]
        assert service.client.get("/ready").json() == {"status": "ok"}
        assert service.ended(service.ask().json()["name"])["state"] == "delivered"


def test_no_process_of_a_service_that_is_killed_stays(tmp_path: Path) -> None:
    service = Served(tmp_path).start()
    assert service.client.post("/v1/sheets", json={"job": "notices", "member": member(service)}).status_code == 200
    started = children(service.process.pid)
    assert len(started) > 1
    service.stop(signal.SIGKILL)
    until = time.monotonic() + LONG
    while any(map(runs, started)) and time.monotonic() < until:
        time.sleep(0.05)
    assert [one for one in started if runs(one)] == []


def runs_of(parent: int) -> list[int]:
    """Return the processes of a service that print a job."""
    return children(parent, b"renderer.service.working")


class Receiver(BaseHTTPRequestHandler):
    """Another system, which is not there at first, and then does not end what it answers."""

    taken: list[tuple[str, bytes]]
    refusals: int

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = type(self)
        kind.refusals -= 1
        if kind.refusals < 0:
            kind.taken.append((self.headers["Renderer-Signature"], body))
        self.send_response(503 if kind.refusals >= 0 else 200)
        self.end_headers()
        with suppress(OSError):
            for _ in range(200 if kind.refusals < 0 else 0):
                self.wfile.write(b".")
                time.sleep(0.1)

    def log_message(self, *_: object) -> None:
        pass


def test_the_end_of_a_job_is_told_signed_and_again_where_nobody_took_it(tmp_path: Path) -> None:
    kind = type("Deaf", (Receiver,), {"taken": [], "refusals": 2})
    with HTTPServer(("127.0.0.1", 0), kind) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{receiver.server_port}/ends"
        with served(tmp_path, "--webhook", url, RENDERER_WEBHOOK_SECRET=SECRET) as service:
            names = [service.ask().json()["name"] for _ in range(2)]  # the second was printed already
            until = time.monotonic() + LONG
            while len(kind.taken) < 2 and time.monotonic() < until:
                time.sleep(0.1)
        receiver.shutdown()
    told = {}
    for signature, body in kind.taken:
        at, mac = (part.partition("=")[2] for part in signature.split(","))
        assert mac == hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        told[json.loads(body)["name"]] = json.loads(body)["state"]
    assert told == {names[0]: "delivered", names[1]: "refused"}


@pytest.mark.parametrize("address", ["http://[x/", "ftp://example.jp/", "example.jp", "http://", "http:///ends"])
def test_an_address_to_which_nothing_can_be_told_is_refused_at_the_start(tmp_path: Path, address: str) -> None:
    command = [sys.executable, "-m", "renderer.cli", "serve", "--home", tmp_path, "--port", "0", "--webhook", address]
    environment = {**os.environ, "RENDERER_WEBHOOK_SECRET": SECRET}
    refused = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=LONG)
    assert refused.returncode == 2
    assert "--webhook" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_the_library_takes_the_place_of_none_that_was_sent(tmp_path: Path) -> None:
    job = write_job(tmp_path / "library" / "monthly" / "1", rows_of(DEMO)[:2])
    (job.parent / "source").mkdir()
    (job.parent / "source" / "sent.csv").write_text("of the library", "utf-8")
    folder = tmp_path / "incoming"
    (folder / "source").mkdir(parents=True)
    sent = folder / "source" / "sent.csv"
    sent.write_text("of who asks", "utf-8")
    named = find_named(tmp_path / "library", "monthly")
    with pytest.raises(BadJob, match=r"has a file source/sent\.csv; give the file that is sent another name"):
        lay_down(named, Asked("december", [sent], tmp_path / "outbox"), folder)
    assert sent.read_text("utf-8") == "of who asks"


@pytest.mark.parametrize("extra", [1, 9])
def test_a_header_that_lost_its_line_end_repeats_nobody(service: Served, extra: int) -> None:
    header, first, *others = service.members("H").decode("cp932").splitlines()
    cells = first.split(",")[1 : 1 + extra] if extra < 9 else first.split(",")
    data = "\n".join([",".join([header, *cells]), first, *others]).encode("cp932")
    answer = service.client.post("/v1/jobs", data={"order": '{"job": "notices"}'}, files={"source": ("m.csv", data)})
    assert answer.status_code == 422
    for cell in first.split(","):
        assert len(cell) < 4 or cell not in answer.text
