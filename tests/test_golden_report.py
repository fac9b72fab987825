"""One report of all goldens: what changed, what nobody has approved, and what belongs to no case."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from small_goldens import CASES, TWO_PAGES, approve, case, check, small_fonts

from renderer.review.approving import proposed
from renderer.review.made_with import made_with

CHANGED = case("typical", "<p>山田　太郎　様<p>ヤマダ　タロガ")
NEW = case("new", "<p>表<p style='break-before: page'>裏")


@pytest.fixture
def fonts(tmp_path: Path) -> Path:
    return small_fonts(tmp_path / "fonts")


@pytest.fixture
def approved(tmp_path: Path, fonts: Path) -> Path:
    root = tmp_path / "tests" / "goldens"
    approve(root, CASES, fonts)
    return root


def shown(folder: Path) -> dict[str, Any]:
    page = (folder / "index.html").read_text("utf-8")
    data = re.search(r'<script type="application/json" id="report">(.*?)</script>', page, re.DOTALL)
    assert data
    found: dict[str, Any] = json.loads(data[1])
    return found


def items(report: dict[str, Any]) -> list[tuple[str, str, int | None]]:
    return [(report["pairs"][item["pair"]]["name"], item["kind"], item["page"]) for item in report["items"]]


def test_a_check_shows_all_that_is_not_as_approved_on_one_page(approved: Path, fonts: Path, tmp_path: Path) -> None:
    (approved / "notice/stray.pdf").write_bytes(b"")
    check(approved, [CHANGED, TWO_PAGES, NEW], fonts, tmp_path / "report")
    report = shown(tmp_path / "report")
    assert (report["title"], report["looked_at"], report["same"]) == ("tests/goldens", 3, 1)
    assert items(report) == [
        ("notice/typical", "page", 1),
        ("notice/new", "golden-missing", 1),
        ("notice/new", "golden-missing", 2),
    ]
    assert [note for note in report["notes"] if "notice/stray.pdf" in note]
    assert report["pairs"][1]["golden"] is None
    assert report["items"][2]["new"]["file"] == "pictures/00003-new.png"


def test_a_sheet_of_other_bytes_alone_is_shown_as_that(approved: Path, fonts: Path, tmp_path: Path) -> None:
    rewritten = case("typical", "<p>山田　太郎　様<p>ヤマダ　タロカ", program="another")
    check(approved, [rewritten, TWO_PAGES], fonts, tmp_path / "report")
    assert items(shown(tmp_path / "report")) == [("notice/typical", "file", None)]


def test_a_check_that_finds_nothing_says_so(approved: Path, fonts: Path, tmp_path: Path) -> None:
    check(approved, CASES, fonts, tmp_path / "report")
    report = shown(tmp_path / "report")
    assert (items(report), report["same"], report["notes"]) == ([], 2, [])


def test_who_approves_sees_the_same_page(approved: Path, fonts: Path, tmp_path: Path) -> None:
    with proposed(approved, [CHANGED, TWO_PAGES], made_with(fonts), {}) as proposal:
        page = proposal.report(tmp_path / "report")
    assert page == tmp_path / "report" / "index.html"
    assert items(shown(tmp_path / "report")) == [("notice/typical", "page", 1)]
