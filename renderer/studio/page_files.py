"""A path of an address → a file of the page and its type; the words of both languages; what the page may load.

The page shares elements, keys and looks with the report of ``review``: they are served from where they are.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from renderer.model.findings import LANGUAGES, Language

FOLDERS = {"page": files("renderer.studio").joinpath("page"), "viewer": files("renderer.review").joinpath("viewer")}
"""First part of an address → the folder that its files are in."""
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class PageFile:
    """What a browser is given."""

    content: bytes
    media_type: str


@cache
def page_files() -> Mapping[str, PageFile]:
    """Return what there is by its path: ``page/main.js``, ``viewer/view.js``, ``words.json``."""
    found = {
        f"{name}/{file.name}": PageFile(file.read_bytes(), TYPES[suffix])
        for name, folder in FOLDERS.items()
        for file in folder.iterdir()
        if (suffix := file.name[file.name.rfind(".") :]) in TYPES
    }
    return {**found, "words.json": PageFile(_words(), "application/json")}


def index(language: Language) -> PageFile:
    """Return the page itself, in one of the languages to begin with."""
    page = _read("index.html").replace('<html lang="ja">', f'<html lang="{language}">', 1)
    return PageFile(page.encode(), "text/html; charset=utf-8")


def policy() -> str:
    """Return what the page may load: its own files and pictures, and nothing from a network."""
    return (
        f"default-src 'none'; script-src 'self' {_import_map_sum()}; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _import_map_sum() -> str:
    """Name the one script that stands in the page: where names of modules lead."""
    found = re.search(r'<script type="importmap">(.*?)</script>', _read("index.html"), re.DOTALL)
    assert found  # noqa: S101 - our own file
    return f"'sha256-{base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()}'"


def _words() -> bytes:
    """Give the words of the page; those of the review, which are the report's, stand below ``review``."""
    words = {language: {**_table("page", language), "review": _table("viewer", language)} for language in LANGUAGES}
    return json.dumps(words, ensure_ascii=False).encode()


def _table(folder: str, language: Language) -> Mapping[str, Any]:
    return tomllib.loads(_read(f"words.{language}.toml", folder))


def _read(name: str, folder: str = "page") -> str:
    return FOLDERS[folder].joinpath(name).read_text(encoding="utf-8")
