"""Goldens: a missing, a stray and a changed one each fail; only approving writes; tools are compared first."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import weasyprint
from PIL import Image

from renderer.model.errors import BadJob, BadLayout
from renderer.review import goldens
from renderer.review.goldens import Case, GoldenFinding

STYLE = """@page { size: 100mm 60mm; margin: 5mm } html { font: 12pt "BIZ UDMincho"; line-height: 1.5 }"""


def case(name: str, body: str, *, title: str = "見本") -> Case:
    def make(path: Path) -> None:
        head = f"<html lang=ja><title>{title}</title><style>{STYLE}</style>"
        weasyprint.HTML(string=head + body).write_pdf(path)

    return Case("notice", name, make)


TYPICAL = case("typical", "<p>山田　太郎　様<p>ヤマダ　タロカ")
TWO_PAGES = case("two-pages", "<p>表<p style='break-before: page'>裏")
CASES = [TYPICAL, TWO_PAGES]


@pytest.fixture
def fonts(tmp_path: Path) -> Path:
    """A fonts folder whose sums take no time."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    (folder / "one.ttf").write_bytes(b"not looked into, only summed")
    return folder


@pytest.fixture
def approved(tmp_path: Path, fonts: Path) -> Path:
    root = tmp_path / "goldens"
    goldens.approve(root, CASES, fonts, {})
    return root


def codes(findings: list[GoldenFinding]) -> list[tuple[str, str]]:
    return [(finding.golden, finding.code) for finding in findings]


def test_approved_goldens_are_complete_and_pass(approved: Path, fonts: Path) -> None:
    assert sorted(path.relative_to(approved).as_posix() for path in approved.rglob("*.*")) == [
        "made_with.toml",
        "notice/two-pages-1.png",
        "notice/two-pages-2.png",
        "notice/two-pages.pdf",
        "notice/typical-1.png",
        "notice/typical.pdf",
    ]
    assert goldens.check(approved, CASES, fonts) == []


def test_golden_picture_has_one_bit_at_200_dpi(approved: Path) -> None:
    with Image.open(approved / "notice/typical-1.png") as picture:
        assert (picture.mode, picture.size) == ("1", (788, 473))
        assert picture.getextrema() == (0, 255)


def test_without_any_golden_the_check_says_so(tmp_path: Path, fonts: Path) -> None:
    with pytest.raises(BadJob, match=r"there are no goldens in .*goldens; approve them first, or name their folder"):
        goldens.check(tmp_path / "goldens", CASES, fonts)


def test_a_list_of_tools_that_is_no_toml_is_named(approved: Path, fonts: Path) -> None:
    (approved / "made_with.toml").write_text('"zlib" = ', encoding="utf-8")
    with pytest.raises(BadJob, match=r"made_with\.toml: .*; take it back from the history"):
        goldens.check(approved, CASES, fonts)


@pytest.mark.parametrize("left", [0, 7, 300])
def test_a_picture_that_is_not_whole_is_a_changed_golden(approved: Path, fonts: Path, left: int) -> None:
    picture = approved / "notice/typical-1.png"
    picture.write_bytes(picture.read_bytes()[:left])
    (finding,) = goldens.check(approved, CASES, fonts)
    assert (finding.golden, finding.code) == ("notice/typical.pdf", "golden-changed")
    assert "typical-1.png" in finding.sentence


def test_a_font_is_told_by_the_beginning_of_its_sum(approved: Path, fonts: Path) -> None:
    (fonts / "one.ttf").write_bytes(b"another")
    finding, _ = goldens.check(approved, [case("typical", "<p>まったく別"), TWO_PAGES], fonts)
    assert re.search(r": fonts/one\.ttf [0-9a-f]{8} → [0-9a-f]{8}$", finding.sentence)


@pytest.mark.parametrize("name", ["notice/typical.pdf", "notice/typical-1.png", "notice/two-pages-2.png"])
def test_missing_golden_fails(approved: Path, fonts: Path, name: str) -> None:
    (approved / name).unlink()
    assert codes(goldens.check(approved, CASES, fonts)) == [(name, "golden-missing")]


@pytest.mark.parametrize("name", ["notice/typical-2.png", "notice/other.pdf", "other/typical.pdf", "x.txt"])
def test_stray_golden_fails(approved: Path, fonts: Path, name: str) -> None:
    (approved / name).parent.mkdir(exist_ok=True)
    (approved / name).write_bytes(b"")
    assert codes(goldens.check(approved, CASES, fonts)) == [(name, "golden-stray")]


def test_only_the_cases_named_are_looked_at(approved: Path, fonts: Path) -> None:
    (approved / "x.txt").write_bytes(b"")
    (approved / "notice/two-pages.pdf").unlink()
    assert goldens.check(approved, CASES, fonts, only=["notice/typical"]) == []
    missing = goldens.check(approved, CASES, fonts, only=["notice/two-pages"])
    assert codes(missing) == [("notice/two-pages.pdf", "golden-missing")]
    with pytest.raises(
        BadJob, match="no golden case is named notice/typicle; give <layout>/<case>; did you mean notice/typical"
    ):
        goldens.check(approved, CASES, fonts, only=["notice/typicle"])


def test_one_kana_changed_fails_and_is_told_in_words(approved: Path, fonts: Path, tmp_path: Path) -> None:
    changed = case("typical", "<p>山田　太郎　様<p>ヤマダ　タロガ")
    findings = goldens.check(approved, [changed, TWO_PAGES], fonts, tmp_path / "report")
    assert codes(findings) == [("notice/typical.pdf", "golden-changed")]
    assert "「ヤマダ　タロカ」 became 「ヤマダ　タロガ」" in findings[0].sentence
    assert (tmp_path / "report/notice/typical/page-1-difference.png").exists()
    assert (tmp_path / "report/notice/typical/index.html").exists()


def test_lost_page_fails(approved: Path, fonts: Path) -> None:
    findings = goldens.check(approved, [TYPICAL, case("two-pages", "<p>表")], fonts)
    assert codes(findings) == [
        ("notice/two-pages.pdf", "golden-changed"),
        ("notice/two-pages-2.png", "golden-stray"),
    ]
    assert "2 pages became 1" in findings[0].sentence


def test_one_pixel_of_the_approved_picture_decides(approved: Path, fonts: Path) -> None:
    path = approved / "notice/typical-1.png"
    with Image.open(path) as picture:
        picture.load()
        picture.putpixel((3, 3), 0)
        picture.save(path)
    findings = goldens.check(approved, CASES, fonts)
    assert codes(findings) == [("notice/typical.pdf", "golden-changed")]
    assert findings[0].sentence == "pixels differ in notice/typical-1.png"


def test_other_bytes_with_the_same_pixels_fail_and_are_told_apart(approved: Path, fonts: Path) -> None:
    same_ink = case("typical", "<p>山田　太郎　様<p>ヤマダ　タロカ", title="別の題")
    findings = goldens.check(approved, [same_ink, TWO_PAGES], fonts)
    assert codes(findings) == [("notice/typical.pdf", "golden-bytes")]
    assert "not one pixel" in findings[0].sentence


def _new_font(fonts: Path, _: Path) -> None:
    (fonts / "one.ttf").write_bytes(b"another release")


def _more_fonts(fonts: Path, _: Path) -> None:
    (fonts / "two.otf").write_bytes(b"")


def _other_version(_: Path, root: Path) -> None:
    path = root / "made_with.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"weasyprint" = "', '"weasyprint" = "1'), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "named"),
    [(_new_font, "fonts/one.ttf"), (_more_fonts, "fonts/two.otf"), (_other_version, "weasyprint")],
)
def test_other_tools_or_fonts_are_told_first_where_a_sheet_is_drawn_otherwise(
    approved: Path, fonts: Path, change: Callable[[Path, Path], None], named: str
) -> None:
    change(fonts, approved)
    first, changed = goldens.check(approved, [case("typical", "<p>まったく別"), TWO_PAGES], fonts)
    assert (first.code, changed.code) == ("made-with", "golden-changed")
    assert f"tools: {named} " in first.sentence
    assert "," not in first.sentence


@pytest.mark.parametrize("change", [_new_font, _more_fonts, _other_version])
def test_other_tools_that_draw_the_same_bytes_are_no_finding(
    approved: Path, fonts: Path, change: Callable[[Path, Path], None]
) -> None:
    change(fonts, approved)
    assert goldens.check(approved, CASES, fonts) == []


def test_made_with_names_every_tool_with_its_version(fonts: Path) -> None:
    made_with = goldens.made_with(fonts)
    assert made_with["weasyprint"] == weasyprint.__version__
    assert {"pango", "harfbuzz", "harfbuzz-subset", "pdfium", "zlib"} <= made_with.keys()
    assert "missing" not in made_with.values()


def test_golden_over_the_cap_fails_and_cannot_be_approved(approved: Path, fonts: Path, tmp_path: Path) -> None:
    def too_large(path: Path) -> None:
        TYPICAL.make(path)
        path.write_bytes(path.read_bytes() + b"%" + b"x" * goldens.CAP)

    large = [Case("notice", "typical", too_large), TWO_PAGES]
    assert ("notice/typical.pdf", "golden-too-large") in codes(goldens.check(approved, large, fonts))
    with pytest.raises(BadLayout, match=r"notice/typical\.pdf: it has \d+ bytes"):
        goldens.approve(tmp_path / "fresh", large, fonts, {})
    assert not (tmp_path / "fresh").exists()


def test_approving_is_refused_under_ci(tmp_path: Path, fonts: Path) -> None:
    with pytest.raises(BadJob, match="not under CI"):
        goldens.approve(tmp_path / "goldens", CASES, fonts, {"CI": "true"})

    assert not (tmp_path / "goldens").exists()


@pytest.mark.parametrize("said", ["", "0", "false", "False"])
def test_a_desk_that_says_it_is_not_ci_may_approve(tmp_path: Path, fonts: Path, said: str) -> None:
    assert goldens.approve(tmp_path / "goldens", [TYPICAL], fonts, {"CI": said})


def test_approving_says_what_changed_and_touches_nothing_else(approved: Path, fonts: Path) -> None:
    assert goldens.approve(approved, CASES, fonts, {}) == []
    changed = [case("typical", "<p>山田　花子　様"), case("new", "<p>新")]
    assert goldens.approve(approved, changed, fonts, {}) == [
        "new: notice/new-1.png",
        "new: notice/new.pdf",
        "changed: notice/typical-1.png",
        "changed: notice/typical.pdf",
        "deleted: notice/two-pages-1.png",
        "deleted: notice/two-pages-2.png",
        "deleted: notice/two-pages.pdf",
    ]
    assert goldens.check(approved, changed, fonts) == []


def test_approving_one_case_leaves_the_others(approved: Path, fonts: Path) -> None:
    changed = [case("typical", "<p>別"), case("two-pages", "<p>一頁だけ")]
    told = goldens.approve(approved, changed, fonts, {}, only=["notice/two-pages"])
    assert told == [
        "changed: notice/two-pages-1.png",
        "changed: notice/two-pages.pdf",
        "deleted: notice/two-pages-2.png",
    ]
    assert codes(goldens.check(approved, changed, fonts)) == [("notice/typical.pdf", "golden-changed")]


def test_one_case_cannot_be_approved_with_other_tools(approved: Path, fonts: Path) -> None:
    _more_fonts(fonts, approved)
    with pytest.raises(BadJob, match="approve all cases together"):
        goldens.approve(approved, CASES, fonts, {}, only=["notice/typical"])


def test_unknown_case_is_named(approved: Path, fonts: Path) -> None:
    with pytest.raises(BadJob, match="notice/typicla"):
        goldens.approve(approved, CASES, fonts, {}, only=["notice/typicla"])
