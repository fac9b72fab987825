"""The documentation as a site: every link leads somewhere, the library is there, and nothing comes from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

import renderer

ROOT = Path(__file__).resolve().parents[1]
FETCHED = {"img": "src", "script": "src", "source": "src", "iframe": "src", "link": "href"}
"""Elements for which a browser asks, and where they say for what."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", folder]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (built.returncode, built.stdout, built.stderr) == (0, "", "")
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> Mapping[Path, html.HtmlElement]:
    return {path: html.parse(str(path)).getroot() for path in sorted(site.rglob("*.html"))}


def leads(page: html.HtmlElement) -> Iterator[tuple[html.HtmlElement, str]]:
    for element in page.iter(*FETCHED, "a"):
        where = element.get(FETCHED.get(element.tag, "href"))
        if where:
            yield element, where


def test_every_page_of_the_repository_is_there_and_every_link_leads_somewhere(
    site: Path, pages: Mapping[Path, html.HtmlElement]
) -> None:
    wanted = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/decisions/*.md")]
    names = [path.relative_to(ROOT).with_suffix(".html").as_posix() for path in wanted]
    assert {name for name in names if name != "README.html" and site / name not in pages} == set()
    anchors = {path: {one.get("id") for one in page.iter() if one.get("id")} for path, page in pages.items()}
    lost = []
    for path, page in pages.items():
        for _, where in leads(page):
            parts = urlsplit(where)
            if path.name == "404.html" or parts.scheme:  # it is shown at any address
                continue
            there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not there.is_file() or (parts.fragment and unquote(parts.fragment) not in anchors.get(there, ())):
                lost.append((path.relative_to(site).as_posix(), where))
    assert lost == []


def test_nothing_is_fetched_from_elsewhere(site: Path, pages: Mapping[Path, html.HtmlElement]) -> None:
    for path, page in pages.items():
        assert [where for one, where in leads(page) if one.tag in FETCHED and urlsplit(where).netloc] == [], path
        # What would load a library for diagrams and for formulas.
        assert [*page.find_class("mermaid"), *page.find_class("arithmatex")] == [], path
    for sheet in site.rglob("*.css"):
        text = sheet.read_text("utf-8")
        assert re.findall(r"@import|url\([\"']?(?:https?:)?//", text) == [], sheet.name


def test_the_library_is_described_by_name_and_every_room_by_module(
    site: Path, pages: Mapping[Path, html.HtmlElement]
) -> None:
    named = {one.get("id") for one in pages[site / "library.html"].iter("h2")}
    assert named >= {f"renderer.{name}" for name in renderer.__all__}
    for module in (ROOT / "renderer").glob("*/[!_]*.py"):
        page = pages[site / "rooms" / f"{module.parent.name}.html"]
        ids = {one.get("id") for one in page.iter("h2")}
        assert f"renderer.{module.parent.name}.{module.stem}" in ids
