"""What the page of a studio hears: for tests and for bench/studio.py."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import httpx
from studios import PATIENCE
from websockets.sync.client import connect

from renderer.model.packaged import packaged

Said = dict[str, Any]


def copied_layouts(folder: Path) -> Path:
    """Copy our layouts, to change them."""
    shutil.copytree(packaged("layouts"), folder)
    return folder


class Client:
    """A page that is open: its cookie, its connection, and all that it was told."""

    def __init__(self, address: str) -> None:
        self.base = address.partition("/?")[0]
        self._address = address
        self.heard: list[Said] = []
        self.shown: Said = {"pages": []}

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            self.http = opened.enter_context(httpx.Client(timeout=PATIENCE))
            self.http.get(self._address).raise_for_status()
            self.live = opened.enter_context(self.connect())
            self.say(kind="hello")
            self.shown = self.until("snapshot")
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def connect(self, **headers: str) -> connect:
        """Open a connection as the page does; ``headers`` instead of its own."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        given = {"Cookie": cookies, "Origin": self.base} | headers
        address = self.base.replace("http", "ws") + "/live"
        return connect(address, additional_headers=given, max_size=None, open_timeout=PATIENCE)

    def say(self, **message: object) -> None:
        """Say something."""
        self.live.send(json.dumps(message))

    def until(self, *kinds: str) -> Said:
        """Wait for a message of one of these kinds."""
        while True:
            message: Said = json.loads(self.live.recv(timeout=PATIENCE))
            self.heard.append(message)
            if message["kind"] == "change":
                pages = {page["number"]: page for page in (*self.shown["pages"], *message["pages"])}
                news = {name: value for name, value in message.items() if value is not None}
                in_order = [pages[number] for number in sorted(pages)]
                self.shown = {**self.shown, **news, "pages": in_order, "failing": None}
            if message["kind"] == "failed":
                self.shown = {**self.shown, "failing": message["revision"]}
            if message["kind"] in kinds:
                return message

    def settled(self) -> Said:
        """Wait until a sheet is shown; return all that is shown."""
        while not self.shown["pages"]:
            self.until("change")
        return self.shown

    def picture(self, page: int = 0, **asked: object) -> httpx.Response:
        """Get the picture of a page of what is shown, from 0."""
        name = self.shown["pages"][page]["picture"]
        return self.http.get(f"{self.base}/pictures/{name}.png", params={"dpi": "96", **asked})


def change(path: Path, old: str, new: str) -> None:
    """Save a file with other words in it."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
