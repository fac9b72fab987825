"""Goldens: a missing, a stray, a changed and one that nobody approved each fail; other tools are told first."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import weasyprint
from PIL import Image
from small_goldens import BY, CASES, TWO_PAGES, TYPICAL, approve, case, check, codes, small_fonts

from renderer.model.errors import BadJob
from renderer.review.approving import reject
from renderer.review.golden_files import CAP, Case
from renderer.review.made_with import made_with


@pytest.fixture
def fonts(tmp_path: Path) -> Path:
    return small_fonts(tmp_path / "fonts")


@pytest.fixture
def approved(tmp_path: Path, fonts: Path) -> Path:
    root = tmp_path / "goldens"
    approve(root, CASES, fonts)
    return root


def test_approved_goldens_are_complete_and_pass(approved: Path, fonts: Path) -> None:
    assert sorted(path.relative_to(approved).as_posix() for path in approved.rglob("*.*")) == [
        "approvals.toml",
        "notice/two-pages-1.png",
        "notice/two-pages-2.png",
        "notice/two-pages.pdf",
        "notice/typical-1.png",
        "notice/typical.pdf",
    ]
    checked = check(approved, CASES, fonts)
    assert (checked.findings, checked.same, checked.unreadable) == ((), True, False)
    assert [one.case.stem for one in checked.cases] == ["notice/typical", "notice/two-pages"]


def test_without_any_golden_the_check_says_so(tmp_path: Path, fonts: Path) -> None:
    with pytest.raises(BadJob, match=r"there are no goldens in .*goldens; approve them first, or name their folder"):
        check(tmp_path / "goldens", CASES, fonts)


def test_a_font_is_told_by_the_beginning_of_its_sum(approved: Path, fonts: Path) -> None:
    (fonts / "one.ttf").write_bytes(b"another")
    finding, _ = check(approved, [case("typical", "<p>まったく別"), TWO_PAGES], fonts).findings
    assert re.search(r": fonts/one\.ttf [0-9a-f]{8} → [0-9a-f]{8};", finding.sentence)


@pytest.mark.parametrize("name", ["notice/typical.pdf", "notice/typical-1.png", "notice/two-pages-2.png"])
def test_missing_golden_fails(approved: Path, fonts: Path, name: str) -> None:
    (approved / name).unlink()
    assert codes(check(approved, CASES, fonts).findings) == [(name, "golden-missing")]


@pytest.mark.parametrize("name", ["notice/typical-2.png", "notice/other.pdf", "other/typical.pdf", "x.txt"])
def test_stray_golden_fails(approved: Path, fonts: Path, name: str) -> None:
    (approved / name).parent.mkdir(exist_ok=True)
    (approved / name).write_bytes(b"")
    assert codes(check(approved, CASES, fonts).findings) == [(name, "golden-stray")]


def test_a_verdict_on_a_case_that_is_no_more_fails(approved: Path, fonts: Path) -> None:
    (approved / "notice/typical.pdf").unlink()
    (approved / "notice/typical-1.png").unlink()
    checked = check(approved, [TWO_PAGES], fonts)
    assert codes(checked.findings) == [("notice/typical", "golden-stray")]
    assert not checked.same


def test_only_the_cases_named_are_looked_at(approved: Path, fonts: Path) -> None:
    (approved / "x.txt").write_bytes(b"")
    changed = [case("typical", "<p>別"), TWO_PAGES]
    assert check(approved, changed, fonts, only=["notice/two-pages"]).findings == ()
    only_changed = check(approved, changed, fonts, only=["notice/typical"])
    assert codes(only_changed.findings) == [("notice/typical.pdf", "golden-changed")]


def test_unknown_case_is_named_with_the_nearest(approved: Path, fonts: Path) -> None:
    with pytest.raises(
        BadJob, match="no golden case is named notice/typicle; give <layout>/<case>; did you mean notice/typical"
    ):
        check(approved, CASES, fonts, only=["notice/typicle"])


def test_one_kana_changed_fails_and_is_told_in_words(approved: Path, fonts: Path, tmp_path: Path) -> None:
    changed = case("typical", "<p>山田　太郎　様<p>ヤマダ　タロガ")
    checked = check(approved, [changed, TWO_PAGES], fonts, tmp_path / "report")
    assert codes(checked.findings) == [("notice/typical.pdf", "golden-changed")]
    assert "「ヤマダ　タロカ」 became 「ヤマダ　タロガ」" in checked.findings[0].sentence
    assert not checked.same
    assert (tmp_path / "report/index.html").exists()


@pytest.mark.parametrize(
    ("layout_sum", "said"), [("of another", "its layout changed, too"), ("of the layout", "its layout did not change")]
)
def test_a_changed_sheet_says_whether_its_layout_changed_since(
    approved: Path, fonts: Path, layout_sum: str, said: str
) -> None:
    changed = case("typical", "<p>別", layout_sum=layout_sum)
    (finding,) = check(approved, [changed, TWO_PAGES], fonts).findings
    assert finding.sentence.endswith(f"; since it was approved, {said}")


def test_another_layout_that_is_drawn_the_same_is_no_finding(approved: Path, fonts: Path) -> None:
    same = case("typical", "<p>山田　太郎　様<p>ヤマダ　タロカ", layout_sum="of another")
    assert check(approved, [same, TWO_PAGES], fonts).findings == ()


def test_lost_page_fails(approved: Path, fonts: Path) -> None:
    checked = check(approved, [TYPICAL, case("two-pages", "<p>表")], fonts)
    assert codes(checked.cases[1].findings) == [
        ("notice/two-pages-2.png", "golden-stray"),
        ("notice/two-pages.pdf", "golden-changed"),
    ]
    assert checked.others == ()
    assert "2 pages became 1" in checked.findings[1].sentence


def test_a_page_more_fails(approved: Path, fonts: Path) -> None:
    more = case("typical", "<p>山田　太郎　様<p>ヤマダ　タロカ<p style='break-before: page'>裏")
    found = codes(check(approved, [more, TWO_PAGES], fonts).findings)
    assert found == [("notice/typical-2.png", "golden-missing"), ("notice/typical.pdf", "golden-changed")]


def test_many_changes_are_cut_with_their_number(approved: Path, fonts: Path) -> None:
    lines = "".join(f"<p style='margin: 0; font-size: 6pt'>行{number}" for number in range(9))
    (finding,) = check(approved, [case("typical", lines), TWO_PAGES], fonts).findings
    assert re.search(r"; and \d+ more; since it was approved", finding.sentence)


# Approved by whom


def test_a_golden_changed_by_hand_fails_as_not_approved(approved: Path, fonts: Path) -> None:
    case("typical", "<p>山田　太郎　様<p>ヤマダ　タロガ").make(approved / "notice/typical.pdf")
    unapproved, changed = check(approved, CASES, fonts).findings
    assert (unapproved.golden, unapproved.code) == ("notice/typical.pdf", "golden-unapproved")
    assert unapproved.sentence == f"notice/typical.pdf: not what {BY} approved"
    assert changed.code == "golden-changed"


def test_a_golden_put_there_by_hand_as_it_is_drawn_now_fails_as_not_approved(approved: Path, fonts: Path) -> None:
    changed = case("typical", "<p>山田　太郎　様<p>ヤマダ　タロガ")
    changed.make(approved / "notice/typical.pdf")
    (approved / "notice/typical-1.png").unlink()
    found = codes(check(approved, [changed, TWO_PAGES], fonts).findings)
    assert found == [("notice/typical-1.png", "golden-missing"), ("notice/typical.pdf", "golden-unapproved")]


def test_one_pixel_of_the_approved_picture_decides(approved: Path, fonts: Path) -> None:
    path = approved / "notice/typical-1.png"
    with Image.open(path) as picture:
        rgb = picture.convert("RGB")
    rgb.putpixel((3, 3), (238, 255, 255))
    rgb.save(path)
    unapproved, changed = check(approved, CASES, fonts).findings
    assert (unapproved.code, changed.code) == ("golden-unapproved", "golden-changed")
    assert unapproved.sentence.startswith("notice/typical-1.png: not what")
    assert changed.sentence.startswith("pixels differ in notice/typical-1.png; since")


def test_a_sheet_that_nobody_approved_fails(approved: Path, fonts: Path) -> None:
    path = approved / "approvals.toml"
    text = path.read_text("utf-8")
    path.write_text(text[: text.index('[sheets."notice/typical"]')], "utf-8")
    (finding,) = check(approved, CASES, fonts).findings
    assert (finding.golden, finding.code) == ("notice/typical.pdf", "golden-unapproved")
    assert finding.sentence == "approvals.toml names nobody who has approved it"


def test_a_sheet_that_too_few_people_approved_fails(approved: Path, fonts: Path) -> None:
    path = approved / "approvals.toml"
    path.write_text(path.read_text("utf-8").replace("signatures = 1", "signatures = 2"), "utf-8")
    approve(approved, CASES, fonts, only=["notice/two-pages"], by="別の 人")
    (finding,) = check(approved, CASES, fonts).findings
    assert (finding.golden, finding.code) == ("notice/typical.pdf", "golden-unsigned")
    assert finding.sentence == f"2 people must have approved it, and only {BY} has"


def test_a_rejected_sheet_fails_with_the_reason_until_it_is_drawn_otherwise(approved: Path, fonts: Path) -> None:
    changed = [case("typical", "<p>別"), TWO_PAGES]
    assert reject(approved, changed, {}, ["notice/typical"], "佐藤", "the name is gone") == ["notice/typical"]
    rejected, differs = check(approved, changed, fonts).findings
    assert (rejected.code, differs.code) == ("golden-rejected", "golden-changed")
    assert rejected.sentence == "佐藤 rejected this sheet: the name is gone"
    assert check(approved, CASES, fonts).findings == ()
    mended = check(approved, [case("typical", "<p>直した"), TWO_PAGES], fonts)
    assert codes(mended.findings) == [("notice/typical.pdf", "golden-changed")]


def test_a_sheet_that_was_approved_may_be_rejected_later(approved: Path, fonts: Path) -> None:
    reject(approved, CASES, {}, ["notice/typical"], "佐藤", "a wrong 様")
    assert codes(check(approved, CASES, fonts).findings) == [("notice/typical.pdf", "golden-rejected")]


def test_a_golden_that_is_no_pdf_cannot_be_read(approved: Path, fonts: Path) -> None:
    (approved / "notice/typical.pdf").write_bytes(b"%PDF-1.7\nnothing")
    checked = check(approved, CASES, fonts)
    assert codes(checked.findings) == [
        ("notice/typical.pdf", "golden-unapproved"),
        ("notice/typical.pdf", "golden-unreadable"),
    ]
    assert checked.unreadable


# Other bytes and other tools


def same_ink() -> Case:
    return case("typical", "<p>山田　太郎　様<p>ヤマダ　タロカ", program="another")


def test_other_bytes_with_the_same_pixels_fail_and_are_told_apart(approved: Path, fonts: Path) -> None:
    checked = check(approved, [same_ink(), TWO_PAGES], fonts)
    assert codes(checked.findings) == [("notice/typical.pdf", "golden-bytes")]
    assert "not one pixel" in checked.findings[0].sentence
    assert not checked.same


def _new_font(fonts: Path, _: Path) -> None:
    (fonts / "one.ttf").write_bytes(b"another release")


def _more_fonts(fonts: Path, _: Path) -> None:
    (fonts / "two.otf").write_bytes(b"")


def _other_version(_: Path, root: Path) -> None:
    """As if they had been made with another version: its list has another short sum, too."""
    path = root / "approvals.toml"
    text = path.read_text(encoding="utf-8").replace('"weasyprint" = "', '"weasyprint" = "1')
    (name,) = set(re.findall(r'made_with = "(\w+)"', text))
    path.write_text(text.replace(name, "0123abcd"), encoding="utf-8")


TOOLS = [(_new_font, "fonts/one.ttf"), (_more_fonts, "fonts/two.otf"), (_other_version, "weasyprint")]


@pytest.mark.parametrize(("change", "named"), TOOLS)
def test_other_tools_or_fonts_are_told_first_with_the_sheets_that_changed(
    approved: Path, fonts: Path, change: Callable[[Path, Path], None], named: str
) -> None:
    change(fonts, approved)
    checked = check(approved, [case("typical", "<p>まったく別"), TWO_PAGES], fonts)
    first, changed = checked.findings
    assert (first.code, changed.code) == ("made-with", "golden-changed")
    assert re.search(f"tools: {named} [^,]*; drawn otherwise: notice/typical; of other bytes alone: 0$", first.sentence)
    assert not checked.same


@pytest.mark.parametrize(("change", "named"), TOOLS)
def test_other_bytes_of_other_tools_are_a_note(
    approved: Path, fonts: Path, change: Callable[[Path, Path], None], named: str
) -> None:
    change(fonts, approved)
    checked = check(approved, [same_ink(), TWO_PAGES], fonts)
    assert [(finding.code, finding.is_note) for finding in checked.findings] == [
        ("made-with", True),
        ("golden-bytes", True),
    ]
    assert named in checked.findings[0].sentence
    assert checked.findings[0].sentence.endswith("drawn otherwise: none; of other bytes alone: 1")
    assert checked.same


@pytest.mark.parametrize(("change", "_"), TOOLS)
def test_other_tools_that_draw_the_same_bytes_are_no_finding(
    approved: Path, fonts: Path, change: Callable[[Path, Path], None], _: str
) -> None:
    change(fonts, approved)
    assert check(approved, CASES, fonts).findings == ()


def test_one_sheet_is_approved_with_other_tools_and_each_knows_its_own(approved: Path, fonts: Path) -> None:
    _more_fonts(fonts, approved)
    changed = case("typical", "<p>別の道具")
    approve(approved, [changed, TWO_PAGES], fonts, only=["notice/typical"])
    assert check(approved, [changed, TWO_PAGES], fonts).findings == ()
    (fonts / "two.otf").unlink()
    other = [case("typical", "<p>また別"), case("two-pages", "<p>一頁だけ")]
    (first, *_) = check(approved, other, fonts, only=["notice/typical", "notice/two-pages"]).findings
    assert first.sentence.endswith("; drawn otherwise: notice/typical; of other bytes alone: 0")


def test_made_with_names_every_tool_with_its_version(fonts: Path) -> None:
    tools = made_with(fonts)
    assert tools["weasyprint"] == weasyprint.__version__
    assert {"pango", "harfbuzz", "harfbuzz-subset", "pdfium", "zlib"} <= tools.keys()
    assert "missing" not in tools.values()


def test_golden_over_the_cap_fails(approved: Path, fonts: Path) -> None:
    def too_large(path: Path) -> None:
        TYPICAL.make(path)
        path.write_bytes(path.read_bytes() + b"%" + b"x" * CAP)

    large = [Case("notice", "typical", "", too_large), TWO_PAGES]
    assert ("notice/typical.pdf", "golden-too-large") in codes(check(approved, large, fonts).findings)
