"""ARCHITECTURE.md names every module once, in its room, and no module that is not there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from renderer.running.report import VERBS

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")


def named_modules() -> list[str]:
    """Every module in the first column of the table of rooms, with the room above it."""
    table = PAGE.partition("## Rooms")[2]
    found, room = [], ""
    for cell in re.findall(r"^\| (.*?) \|", table, re.MULTILINE):
        if header := re.fullmatch(r"\*\*`(\w+/)`\*\*", cell):
            room = header[1]
        found += [room + name for name in re.findall(r"`((?:\w+/)*\w+\.py)`", cell)]
    return found


def test_every_module_is_named_once_in_its_room_and_every_named_module_exists() -> None:
    package = ROOT / "renderer"
    there = [path.relative_to(package).as_posix() for path in package.rglob("*.py") if path.name != "__init__.py"]
    assert Counter(named_modules()) == Counter(there)


PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_module_named_in_a_text_exists(page: Path) -> None:
    for name in re.findall(r"`((?:\w+/)*\w+\.py)`", page.read_text("utf-8")):
        places = [ROOT / name, ROOT / "tests/data/kokuho" / name, *(ROOT / "renderer").glob(f"**/{name}")]
        assert any(place.is_file() for place in places), name


def test_the_verbs_of_the_page_are_those_of_progress_and_report() -> None:
    way = PAGE.partition("## The way of a record")[2].partition("## ")[0]
    assert set(VERBS) - {"compile"} == set(re.findall(r"\*\*(\w+)\*\*", way)) - {"read", "report"}


def test_every_folder_of_the_project_is_named() -> None:
    folders = {"layouts", "fonts", "fixtures", "tests", "bench", "docs", "deploy", "renderer"}
    assert all((ROOT / folder).is_dir() for folder in folders)
    rooms = {path.parent.name for path in (ROOT / "renderer").glob("*/__init__.py")}
    assert folders == set(re.findall(r"`(\w+)/`", PAGE)) - rooms - {"goldens"}
