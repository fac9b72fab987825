"""The studio beside the service: a designer opens a draft in a browser, far from the machine; nobody else does."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page
from processes import descendants, runs
from serving import LONG, Served, served
from studio_client import change
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from renderer.service.tokens import add_token


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("service")) as running:
        yield running


@pytest.fixture(scope="module")
def designer(service: Served) -> httpx.Client:
    client = service.client_of(add_token(service.home / "tokens.toml", "designer", "designer"))
    assert client.post("/v1/drafts", json={"name": "ours", "job": "notices"}).status_code == 201
    return client


def opened(service: Served, designer: httpx.Client) -> str:
    answer = designer.post("/v1/drafts/ours/studio", json={"lang": "en"})
    assert answer.status_code == 201
    assert answer.headers["location"] == answer.json()["address"]
    return service.address + answer.json()["address"]


def draft(service: Served) -> Path:
    return service.home / "drafts" / "ours"


def test_a_draft_has_a_layout_of_its_own_and_the_library_stays(service: Served, designer: httpx.Client) -> None:
    assert (draft(service) / "layout" / "layout.toml").is_file()
    assert 'layout = "layout"' in (draft(service) / "job.toml").read_text("utf-8")
    assert not (service.library / "layout").exists()
    again = designer.post("/v1/drafts", json={"name": "ours", "job": "notices"})
    assert (again.status_code, again.json()["type"]) == (409, "urn:renderer:problem:name-taken")
    assert {"name": "ours", "is_open": False} in designer.get("/v1/drafts").json()
    assert list((service.home / "incoming").iterdir()) == []


def shown(page: Page) -> str:
    image = page.locator(".paper img").first
    image.wait_for()
    return image.get_attribute("src") or ""


def test_a_designer_sees_the_sheet_in_a_browser_and_a_save_anew(
    service: Served, designer: httpx.Client, browser: Browser
) -> None:
    address = opened(service, designer)
    assert opened(service, designer) == address  # it goes on
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    first = shown(page)
    change(draft(service) / "layout" / "sheet.html.j2", "お知らせします。", "お伝えします。")
    page.wait_for_function("src => document.querySelector('.paper img').getAttribute('src') !== src", arg=first)
    assert all(url.startswith(f"{service.address}/studio/ours/") or url.startswith("data:") for url in asked)
    assert {"name": "ours", "is_open": True} in designer.get("/v1/drafts").json()
    page.close()


def test_whoever_has_not_its_address_gets_nothing(service: Served, designer: httpx.Client) -> None:
    address = opened(service, designer)
    below, _, query = address.partition("?")
    for client in (designer, service.client, service.client_of("")):
        for path in ("", "words.json", "page/main.js", "pictures/x.png"):
            assert client.get(below + path).status_code == 403
    page = service.client_of("")
    assert page.get(f"{below}?{query}x").status_code == 403
    assert page.get(address).status_code == 200
    assert page.get(f"{below}words.json").status_code == 200  # by the cookie
    cookie = "; ".join(f"{name}={value}" for name, value in page.cookies.items())
    live = f"{below.replace('http', 'ws')}live"
    for headers in ({}, {"Cookie": cookie}, {"Cookie": cookie, "Origin": "http://elsewhere.test"}):
        with pytest.raises(InvalidStatus, match="403"), connect(live, additional_headers=headers, proxy=None):
            pass
    with connect(live, additional_headers={"Cookie": cookie, "Origin": service.address}, proxy=None):
        pass


def test_a_reader_opens_none_and_nobody_one_of_no_draft(service: Served, designer: httpx.Client) -> None:
    reader = service.client_of(add_token(service.home / "tokens.toml", "reader", "reader"))
    assert reader.get("/v1/drafts").status_code == 403
    assert reader.post("/v1/drafts/ours/studio", json={}).status_code == 403
    assert designer.post("/v1/drafts/nobodys/studio", json={}).json()["type"] == "urn:renderer:problem:no-draft"
    for name in ("..", "a b", "x" * 51):
        assert designer.post(f"/v1/drafts/{name}/studio", json={}).status_code in (404, 405, 422)


def test_a_draft_without_a_layout_of_its_own_is_refused(service: Served, designer: httpx.Client) -> None:
    bare = service.home / "drafts" / "bare"
    bare.mkdir()
    for file in service.library.iterdir():
        (bare / file.name).write_bytes(file.read_bytes())
    answer = designer.post("/v1/drafts/bare/studio", json={})
    assert answer.status_code == 422
    assert 'the draft "bare" has no layout of its own' in answer.json()["detail"]


def test_an_ended_studio_is_gone_and_can_be_opened_anew_at_another_address(
    service: Served, designer: httpx.Client
) -> None:
    address = opened(service, designer)
    assert designer.delete("/v1/drafts/ours/studio").status_code == 204
    assert designer.delete("/v1/drafts/ours/studio").status_code == 404
    assert designer.get(address).status_code == 404
    assert opened(service, designer) != address


def test_a_service_that_ends_takes_its_studios_with_it(tmp_path: Path) -> None:
    with served(tmp_path) as service:
        client = service.client_of(add_token(service.home / "tokens.toml", "designer", "designer"))
        client.post("/v1/drafts", json={"name": "ours", "job": "notices"})
        opened(service, client)
        started = descendants(service.process.pid)
        assert service.stop() == 0
        assert len(started) > 1
        until = time.monotonic() + LONG
        while any(map(runs, started)):
            assert time.monotonic() < until
            time.sleep(0.1)
        assert "Traceback" not in (service.home / "log").read_text("utf-8")


def test_nothing_of_a_studio_is_loaded_before_one_is_opened() -> None:
    said = "import sys, renderer.service.application; print({'renderer.studio.session', 'weasyprint'} & {*sys.modules})"
    assert subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout == "set()\n"
