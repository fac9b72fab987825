"""The studio's server, as a browser and as somebody else asks it: who is let in, what is given, and how it ends."""

from __future__ import annotations

import io
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image, ImageChops
from studio_client import Client, copied_layouts
from studios import PATIENCE, command
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from renderer.desk.choice import load_member
from renderer.desk.draw import draw_sheet
from renderer.desk.examples import LONGEST, load_example
from renderer.layout.load import load_layout
from renderer.proof.pixels import Box, opened
from renderer.studio.server import take_port


@pytest.fixture(scope="module")
def layouts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied_layouts(tmp_path_factory.mktemp("studio") / "layouts")


@pytest.fixture(scope="module")
def address(layouts: Path) -> Iterator[str]:
    with command(layouts / "eligibility_notice") as (_, address):
        yield address


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Client]:
    with Client(address) as page:
        page.settled()
        yield page


def test_the_first_line_is_the_address_and_it_is_on_loopback(address: str) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{40,}", address)
    port = int(address.split(":")[2].split("/")[0])
    assert _listens("127.0.0.1", port)
    assert not _listens("127.0.0.2", port)


def _listens(host: str, port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex((host, port)) == 0


@pytest.mark.parametrize(
    "path",
    ["/", "/?token=", "/?token=wrong", "/page/main.js", "/words.json", "/pictures/0.png", "/viewer/base.css"],
)
def test_nothing_is_given_without_the_token(address: str, path: str) -> None:
    answer = httpx.get(address.partition("/?")[0] + path)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_the_token_becomes_a_cookie_that_no_script_and_no_other_site_has(address: str) -> None:
    cookie = httpx.get(address).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert cookie.startswith(f"studio-{httpx.URL(address).port}=")


def test_the_page_may_load_nothing_from_a_network(page: Client) -> None:
    answer = page.http.get(page.base)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_another_name_of_this_machine_is_not_let_in(address: str) -> None:
    """A page of another site whose name leads here has the name in its requests."""
    assert httpx.get(address, headers={"Host": "studio.example"}).status_code == 403


@pytest.mark.parametrize("origin", ["http://example.com", "null", "http://127.0.0.1:1", ""])
def test_a_page_of_another_origin_does_not_hear(page: Client, origin: str) -> None:
    with pytest.raises(InvalidStatus), page.connect(Origin=origin):
        pass


def test_who_has_no_cookie_does_not_hear(page: Client) -> None:
    for cookie in ("", f"studio-{httpx.URL(page.base).port}=wrong"):
        with pytest.raises(InvalidStatus), page.connect(Cookie=cookie):
            pass


@pytest.mark.parametrize(
    "path",
    [
        "/page/../session.py",
        "/page/%2e%2e/session.py",
        "/page/..%2fsession.py",
        "/page//etc/passwd",
        "/etc/passwd",
        "/page/words.ja.toml",
        "/pictures/..%2f..%2fetc%2fpasswd.png",
        "/pictures/0.png",
    ],
)
def test_nothing_is_given_but_the_files_of_the_page_and_its_pictures(page: Client, path: str) -> None:
    with socket.create_connection((page.http.get(page.base).url.host, httpx.URL(page.base).port or 0)) as raw:
        cookies = "; ".join(f"{name}={value}" for name, value in page.http.cookies.items())
        host = page.base.removeprefix("http://")
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n".encode())
        answer = raw.makefile("rb").readline()
    assert b" 404 " in answer


@pytest.mark.parametrize(
    "asked",
    [
        {"dpi": "0"},
        {"dpi": "99999"},
        {"dpi": "x"},
        {"dpi": "nan"},
        {"dpi": 4800},
        {"x": 1, "y": 1},
        {"x": 1, "y": 1, "w": 0, "h": 5},
        {"x": "inf", "y": 0, "w": 1, "h": 1},
        {"x": 500, "y": 0, "w": 10, "h": 10},
    ],
)
def test_a_picture_that_makes_no_sense_is_refused(page: Client, asked: dict[str, object]) -> None:
    assert page.picture(**asked).status_code == 400


def test_a_picture_is_the_sheet_that_the_press_prints_in_colour(page: Client, layouts: Path, tmp_path: Path) -> None:
    job = load_example("eligibility_notice")
    draw_sheet(job, load_layout(layouts / "eligibility_notice"), load_member(LONGEST, job), tmp_path / "sheet.pdf")
    with opened(tmp_path / "sheet.pdf") as sheet:
        whole = sheet.pixels(0, 150, colour=True)
        part = sheet.pixels(0, 300, colour=True, part=Box(110, 225, 95, 70))
    assert _picture(page.picture(dpi=150)) == whole
    assert _picture(page.picture(dpi=300, x=110, y=225, w=95, h=70)) == part
    assert any(ImageChops.difference(whole.convert("L").convert("RGB"), whole).getbbox() or ())


def _picture(answer: httpx.Response) -> Image.Image:
    assert answer.headers["content-type"] == "image/png"
    assert "immutable" in answer.headers["cache-control"]
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{",
        "[]",
        '{"kind": "approve"}',
        '{"kind": "show", "variant": 3}',
        '{"kind": "hello", "more": 1}',
        '{"kind": "move", "move": 1, "base": 1, "box": {"page": 1, "kind": "slot", "name": "x"}, "dx": 1e999}',
        b"\x00\xff",
    ],
)
def test_what_is_no_message_ends_the_connection_and_nothing_else(page: Client, said: str | bytes) -> None:
    with page.connect() as other:
        other.send(said)
        with pytest.raises(ConnectionClosed):
            _hear_all(other)
    page.say(kind="hello")
    assert page.until("snapshot")["pages"]


def _hear_all(connection: ClientConnection) -> None:
    while True:
        connection.recv(timeout=PATIENCE)


def test_no_name_of_a_person_is_in_an_address(page: Client) -> None:
    names = [one["picture"] for one in page.settled()["pages"]]
    assert all(re.fullmatch(r"[0-9a-f]{32}", name) for name in names)


def test_two_studios_name_the_same_sheet_otherwise(page: Client, layouts: Path) -> None:
    """A name that said what is on the page could be guessed from what may be on it."""
    with command(layouts / "eligibility_notice") as (_, address), Client(address) as other:
        assert other.settled()["pages"][0]["picture"] != page.settled()["pages"][0]["picture"]
        assert other.picture().content == page.picture().content


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_it_is_told_to_and_says_nothing(layouts: Path, ending: signal.Signals) -> None:
    # An open connection does not keep it.
    with command(layouts / "eligibility_certificate") as (process, address), Client(address):
        process.send_signal(ending)
        out, said = process.communicate(timeout=PATIENCE)
        assert (process.returncode, out, said) == (0, "", "")


def test_a_port_that_is_taken_is_told_with_what_to_do(layouts: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        line = [sys.executable, "-m", "renderer.cli", "studio", str(layouts / "eligibility_notice"), "--no-open"]
        done = subprocess.run(
            [*line, "--port", str(taken.getsockname()[1])], capture_output=True, text=True, check=False
        )  # fmt: skip
    assert done.returncode == 2
    assert "--port" in done.stderr


def test_a_picture_does_not_wait_for_its_head() -> None:
    with take_port(0) as listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
