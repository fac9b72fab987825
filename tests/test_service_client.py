"""The service as its description says it: asked by a typed client that is made of it, and by its own examples."""

from __future__ import annotations

import importlib
import io
import json
import runpy
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from s3_server import about, s3_server
from serving import LONG, Served, served

from renderer.service.application import open_routes

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture(scope="module")
def service(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("service"), "--sources", "s3://insurer", **about(store)) as running:
        yield running


class Client:
    """The generated package, and an account of it at a service."""

    def __init__(self, service: Served, token: str) -> None:
        self.own = self.part("client").AuthenticatedClient(
            base_url=service.address, token=token, timeout=LONG, httpx_args={"trust_env": False}
        )
        self.models = self.part("models")
        self.file = self.part("types").File

    def close(self) -> None:
        self.own.get_httpx_client().close()

    def part(self, name: str) -> ModuleType:
        return importlib.import_module(f"renderer_client.{name}")

    def ask(self, operation: str, *arguments: str, **named: Any) -> Any:
        return self.part(f"api.{operation}").sync(*arguments, client=self.own, **named)


@pytest.fixture(scope="module")
def client(service: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("client")
    runpy.run_path(str(ROOT / "docs" / "client.py"))["write_client"](folder)
    assert (folder / "renderer_client" / "py.typed").exists()
    sys.path.insert(0, str(folder))
    with closing(Client(service, service.token)) as made:
        yield made
    sys.path.remove(str(folder))


def test_a_client_made_of_the_description_has_a_job_printed_and_fetches_its_files(
    service: Served, client: Client
) -> None:
    order = client.models.JobOrder(job="notices", name="by-client")
    source = client.file(io.BytesIO((service.library / "members.csv").read_bytes()), "members.csv", "text/csv")
    parts = client.models.AskForJobJobParts(order=order, source=[source])
    job = client.ask("jobs.ask_for_job", body=parts, idempotency_key="once")
    assert (job.name, job.state) == ("by-client", client.models.State.QUEUED)
    until = time.monotonic() + LONG
    while job.state in ("queued", "running") and time.monotonic() < until:
        time.sleep(0.1)
        job = client.ask("jobs.tell_job", "by-client")
    assert job.state is client.models.State.DELIVERED
    assert job.counts["printed"] == 20
    file = client.ask("jobs.fetch_file", "by-client", "batch-0001.pdf").payload.read()
    assert file.startswith(b"%PDF")
    assert len(file) == job.files["batch-0001.pdf"]
    assert client.ask("jobs.reprint", "by-client", body=client.models.ReprintOrder(piece=1)).payload.read(4) == b"%PDF"
    assert client.ask("jobs.tell_findings", "by-client").reasons == []
    assert [one.name for one in client.ask("jobs.list_jobs", limit=1).jobs] == ["by-client"]
    assert [one.document for one in client.ask("jobs.tell_library")] == ["eligibility_notice"]
    assert 'renderer_jobs{state="delivered"} 1.0' in client.ask("service.tell_metrics")
    assert client.ask("jobs.watch_job", "by-client").startswith("event: job\n")


def test_a_client_has_a_sheet_and_the_reasons_where_there_is_none(service: Served, client: Client) -> None:
    example = examples(open_routes().openapi(), "SheetOrder")[0]
    order = client.models.SheetOrder.from_dict(example)
    assert client.ask("sheets.draw_sheet", body=order).payload.read(4) == b"%PDF"
    del order.member["氏名"]
    held = client.ask("sheets.draw_sheet", body=order)
    assert (held.status, held.type_) == (422, "urn:renderer:problem:held")
    assert [(one.code, one.weight, one.ja.sentence) for one in held.findings] == [
        ("name-missing", client.models.Weight.HELD, "氏名がありません")
    ]
    with closing(Client(service, "wrong")) as stranger:
        refused = stranger.ask("jobs.tell_job", "by-client")
    assert (refused.status, refused.type_) == (401, "urn:renderer:problem:no-token")


def examples(description: dict[str, Any], model: str) -> list[dict[str, Any]]:
    return list(description["components"]["schemas"][model]["examples"])


def test_the_description_is_one_and_every_example_is_taken(
    service: Served, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in about(store).items():
        monkeypatch.setenv(name, value)
    bucket = boto3.resource("s3").create_bucket(Bucket="insurer")
    told = service.client_of("").get("/openapi.json").json()
    validate(told)
    assert told == json.loads(json.dumps(open_routes().openapi()))
    bodies = {name for name in told["components"]["schemas"] if name.endswith("Order")}
    assert bodies == {"DraftOrder", "JobOrder", "ReprintOrder", "SheetOrder", "StudioOrder"}

    def answers_as_described(response: Any, path: str, method: str, status: int) -> Any:
        assert response.status_code == status, response.text
        content = told["paths"][path][method]["responses"][str(status)]["content"]
        kind = response.headers["content-type"].partition(";")[0]
        assert kind in content
        if kind == "application/json":
            schema = {**content[kind]["schema"], "components": told["components"]}
            Draft202012Validator(schema).validate(response.json())
            return response.json()
        return None

    for order in examples(told, "SheetOrder"):
        answers_as_described(service.client.post("/v1/sheets", json=order), "/v1/sheets", "post", 200)
    for order in examples(told, "DraftOrder"):
        answers_as_described(service.client.post("/v1/drafts", json=order), "/v1/drafts", "post", 201)
        for way in examples(told, "StudioOrder"):
            opened = service.client.post(f"/v1/drafts/{order['name']}/studio", json=way)
            answers_as_described(opened, "/v1/drafts/{name}/studio", "post", 201)
    for mark, order in zip("XYZ", examples(told, "JobOrder"), strict=True):
        members = service.members(mark)
        if "source" in order:
            bucket.put_object(Key=order["source"].removeprefix("s3://insurer/"), Body=members)
            asked = service.client.post("/v1/jobs", files={"order": (None, json.dumps(order))})
        else:
            asked = service.ask(order, source=members)
        name = answers_as_described(asked, "/v1/jobs", "post", 202)["name"]
        assert service.ended(name)["state"] == "delivered"
    for order in examples(told, "ReprintOrder"):
        path = "/v1/jobs/{name}/reprints"
        answers_as_described(service.client.post(path.format(name=name), json=order), path, "post", 200)
    for path in ("/v1/jobs", "/v1/library", "/version", "/ready", "/v1/jobs/{name}", "/v1/jobs/{name}/findings"):
        answers_as_described(service.client.get(path.format(name=name)), path, "get", 200)
    problem = {"$ref": "#/components/schemas/ProblemTold", "components": told["components"]}
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            content = operation["responses"]["default"]["content"]
            assert content["application/problem+json"]["schema"]["$ref"] == problem["$ref"], path
            refused = service.client_of("wrong").request(method, path)
            if operation.get("security", told["security"]):
                assert refused.status_code == 401
                Draft202012Validator(problem).validate(refused.json())
