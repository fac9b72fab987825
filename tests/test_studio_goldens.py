"""The goldens of a layout in the studio: drawn case by case, judged, written by the rules of the command."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from renderer.model.errors import BadJob
from renderer.model.toml import read_text
from renderer.review.approvals import read_approvals
from renderer.review.verdicts import Review
from renderer.studio.golden_sheets import GoldenSheets, Place

PACK = Path(__file__).parent / "data" / "kokuho"
CASES = 5
"""Of the pack: two variants, and the longest, shortest and rarest values."""


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("CI", raising=False)
    shutil.copytree(PACK, tmp_path / "pack")
    return tmp_path / "pack"


def sheets_of(pack: Path, folder: Path) -> GoldenSheets:
    return GoldenSheets(Place(pack / "layouts" / "kokuho_certificate", pack, pack / "goldens", folder))


@pytest.fixture
def sheets(pack: Path, tmp_path: Path) -> GoldenSheets:
    """With the facts 2 mm higher than they were approved."""
    move_up(pack)
    return sheets_of(pack, tmp_path / "drawn")


def move_up(pack: Path, to: str = "118mm") -> None:
    style = pack / "layouts" / "kokuho_certificate" / "sheet.css"
    text = style.read_text("utf-8")
    assert "left: 20mm; top: 120mm" in text
    style.write_text(text.replace("left: 20mm; top: 120mm", f"left: 20mm; top: {to}"), "utf-8")


def looked(sheets: GoldenSheets) -> dict[str, Any]:
    for name in sheets.begin():
        sheets.draw(name)
    return dict(sheets.look().report)


def judged(report: dict[str, Any], **said: Any) -> Review:
    """What the page asks to write when all items get this verdict."""
    verdict = {
        "verdict": "approved",
        "by": "佐藤 恵",
        "reason": "2 mm 上げる依頼",
        "remark": "",
        "seen": "single",
        **said,
    }
    verdicts = []
    for item in report["items"]:
        pair = report["pairs"][item["pair"]]
        keys = {key: pair[key] for key in ("name", "golden", "new")}
        keys |= {key: item[key] for key in ("kind", "golden_page", "page", "record")}
        verdicts.append({**keys, **verdict})
    return Review.model_validate({"format": 1, "report": report["title"], "verdicts": verdicts})


def test_what_is_as_it_was_approved_is_counted_and_not_shown(pack: Path, tmp_path: Path) -> None:
    report = looked(sheets_of(pack, tmp_path / "drawn"))
    assert (report["looked_at"], report["same"], report["items"], *report["notes"]) == (CASES, CASES, [])


def test_what_moved_is_told_and_drawn_and_nothing_differs_outside(sheets: GoldenSheets, tmp_path: Path) -> None:
    report = looked(sheets)
    assert len(report["items"]) == CASES
    assert {item["outside"] for item in report["items"]} == {0}
    vectors = [item["changes"][0]["vector"] for item in report["items"]]
    assert all(vector == pytest.approx((0, -2), abs=0.01) for vector in vectors)
    assert [len(group) for group in report["groups"]] == sorted(len(group) for group in report["groups"])
    address, name = report["items"][0]["new"]["file"].rsplit("/", 1)
    assert address.startswith("goldens/")
    with Image.open(tmp_path / "drawn" / address.split("/")[-1] / "pictures" / name) as picture:
        assert picture.size == (1654, 2339)  # 200 dpi


def test_a_report_grows_with_each_case(sheets: GoldenSheets) -> None:
    first, second, *_ = sheets.begin()
    sheets.draw(first)
    sheets.draw(second)
    report = sheets.look().report
    assert (report["looked_at"], [pair["name"] for pair in report["pairs"]]) == (2, [first, second])


def test_what_is_drawn_as_before_keeps_its_pictures_and_others_go(
    sheets: GoldenSheets, pack: Path, tmp_path: Path
) -> None:
    before = looked(sheets)
    picture = next((tmp_path / "drawn").glob("*/pictures/1-new.png"))
    made = picture.stat().st_mtime_ns
    assert looked(sheets)["items"] == before["items"]
    assert picture.stat().st_mtime_ns == made
    style = pack / "layouts" / "kokuho_certificate" / "sheet.css"
    style.write_text(style.read_text("utf-8").replace("top: 118mm", "top: 117mm"), "utf-8")
    looked(sheets)
    sheets.begin()
    assert not picture.exists()


def test_approved_sheets_are_written_and_gone_from_the_report(sheets: GoldenSheets, pack: Path) -> None:
    plan = sheets.plan(judged(looked(sheets)))
    assert plan.left == []
    assert len(plan.files) == 2 * CASES + 1
    assert len(sheets.settle(plan)) == CASES
    assert sheets.look().report["items"] == []
    (signature,) = read_approvals(pack / "goldens").verdict("kokuho_certificate/longest").approved
    assert (signature.by, signature.reason, signature.seen) == ("佐藤 恵", "2 mm 上げる依頼", "single")


def test_what_was_rejected_stays_and_says_by_whom(sheets: GoldenSheets) -> None:
    review = judged(looked(sheets), verdict="rejected", remark="窓に近すぎる")
    sheets.settle(sheets.plan(review))
    report = sheets.look().report
    assert len(report["items"]) == CASES
    assert "佐藤 恵 rejected it: 窓に近すぎる" in report["notes"][0]


def test_where_two_must_sign_the_second_is_asked_and_is_another_person(sheets: GoldenSheets, pack: Path) -> None:
    path = pack / "goldens" / "approvals.toml"
    path.write_text(path.read_text("utf-8").replace("signatures = 1", "signatures = 2"), "utf-8")
    sheets.settle(sheets.plan(judged(looked(sheets))))
    assert sheets.look().signatures == 2
    report = dict(sheets.look().report)
    assert {item["kind"] for item in report["items"]} == {"golden-unsigned"}
    assert {tuple(pair["approved_by"]) for pair in report["pairs"]} == {("佐藤 恵",)}
    same = sheets.plan(judged(report, by="佐藤恵"))
    assert len(same.left) == CASES
    assert (same.files, same.approved) == ([], {})
    sheets.settle(sheets.plan(judged(report, by="鈴木")))
    assert sheets.look().report["items"] == []


def test_a_case_that_cannot_be_drawn_is_said_and_the_others_are_drawn(pack: Path, tmp_path: Path) -> None:
    move_up(pack, to="118mm; width: 60mm")
    style = pack / "layouts" / "kokuho_certificate" / "sheet.css"
    style.write_text(style.read_text("utf-8").replace("width: 100mm; height: 9mm", "width: 44mm; height: 9mm"), "utf-8")
    report = looked(sheets_of(pack, tmp_path / "drawn"))
    (note,) = report["notes"]
    assert note.startswith("kokuho_certificate/longest: ")
    assert len(report["items"]) == CASES - 1


def test_without_a_golden_there_is_nothing_to_draw(pack: Path, tmp_path: Path) -> None:
    shutil.rmtree(pack / "goldens")
    assert sheets_of(pack, tmp_path / "drawn").begin() == ()


def test_nothing_is_written_under_ci(sheets: GoldenSheets, pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = sheets.plan(judged(looked(sheets)))
    monkeypatch.setenv("CI", "1")
    before = read_text(pack / "goldens" / "approvals.toml")
    with pytest.raises(BadJob, match="not under CI"):
        sheets.settle(plan)
    assert read_text(pack / "goldens" / "approvals.toml") == before
