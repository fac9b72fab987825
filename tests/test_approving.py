"""Approving says first what changes, then writes it with a name and a reason; a second name is another person's."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_goldens import BY, CASES, REASON, TWO_PAGES, TYPICAL, approve, case, check, small_fonts

from renderer.model.errors import BadJob, BadLayout
from renderer.model.sums import sum_of_file
from renderer.review.approvals import Signature, read_approvals
from renderer.review.approving import proposed, reject
from renderer.review.golden_files import CAP, Case
from renderer.review.made_with import made_with, name_of

OTHER = case("typical", "<p>山田　太郎　様<p>ヤマダ　タロガ")


@pytest.fixture
def fonts(tmp_path: Path) -> Path:
    return small_fonts(tmp_path / "fonts")


@pytest.fixture
def approved(tmp_path: Path, fonts: Path) -> Path:
    root = tmp_path / "goldens"
    approve(root, CASES, fonts)
    return root


@pytest.fixture
def by_two(approved: Path) -> Path:
    """The same folder, where each sheet needs two people."""
    path = approved / "approvals.toml"
    path.write_text(path.read_text("utf-8").replace("signatures = 1", "signatures = 2"), "utf-8")
    return approved


def told(root: Path, cases: list[Case], fonts: Path, *only: str) -> list[str]:
    with proposed(root, cases, made_with(fonts), {}, only) as proposal:
        return proposal.sentences()


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_an_approval_says_who_why_and_of_what(approved: Path, fonts: Path) -> None:
    approvals = read_approvals(approved)
    verdict = approvals.verdict("notice/two-pages")
    assert verdict.approved == [Signature(by=BY, reason=REASON)]
    assert verdict.pdf == sum_of_file(approved / "notice/two-pages.pdf")
    assert verdict.pictures == [sum_of_file(approved / f"notice/two-pages-{page}.png") for page in (1, 2)]
    assert verdict.layout == "of the layout"
    tools = made_with(fonts)
    assert (verdict.made_with, approvals.tools("notice/two-pages")) == (name_of(tools), tools)


def test_what_would_change_is_said_and_nothing_is_written(approved: Path, fonts: Path, tmp_path: Path) -> None:
    before = contents(approved)
    cases = [OTHER, case("new", "<p>新")]
    with proposed(approved, cases, made_with(fonts), {}) as proposal:
        changed, new, *gone = proposal.sentences()
        page = proposal.report(tmp_path / "report")
    assert changed.startswith("notice/typical: page 1: 「ヤマダ　タロカ」 became 「ヤマダ　タロガ」")
    assert new == "notice/new: new, 1 page"
    assert gone == [
        f"{name}: no case makes this, it goes"
        for name in (
            "notice/two-pages",
            "notice/two-pages-1.png",
            "notice/two-pages-2.png",
            "notice/two-pages.pdf",
        )
    ]
    assert page == tmp_path / "report/index.html"
    assert page.is_file()
    assert contents(approved) == before


def test_approving_says_what_it_wrote_and_touches_nothing_else(approved: Path, fonts: Path) -> None:
    assert told(approved, CASES, fonts) == []
    before = contents(approved)
    assert approve(approved, CASES, fonts, by="another", reason="another") == []
    assert contents(approved) == before
    changed = [OTHER, case("new", "<p>新")]
    assert approve(approved, changed, fonts, by="佐藤") == [
        "changed: notice/typical.pdf",
        "changed: notice/typical-1.png",
        "new: notice/new.pdf",
        "new: notice/new-1.png",
        "deleted: notice/two-pages",
        "deleted: notice/two-pages-1.png",
        "deleted: notice/two-pages-2.png",
        "deleted: notice/two-pages.pdf",
        "approved by 佐藤: notice/typical",
        "approved by 佐藤: notice/new",
    ]
    assert check(approved, changed, fonts).findings == ()
    assert read_approvals(approved).sheets.keys() == {"notice/typical", "notice/new"}


def test_approving_one_case_leaves_the_others(approved: Path, fonts: Path) -> None:
    changed = [case("typical", "<p>別"), case("two-pages", "<p>一頁だけ")]
    assert approve(approved, changed, fonts, only=["notice/two-pages"], by="佐藤") == [
        "changed: notice/two-pages.pdf",
        "changed: notice/two-pages-1.png",
        "deleted: notice/two-pages-2.png",
        "approved by 佐藤: notice/two-pages",
    ]
    verdicts = read_approvals(approved).sheets
    assert [verdicts[f"notice/{name}"].names() for name in ("typical", "two-pages")] == [BY, "佐藤"]
    found = check(approved, changed, fonts).findings
    assert [(finding.golden, finding.code) for finding in found] == [("notice/typical.pdf", "golden-changed")]


def test_an_approval_that_was_cut_off_is_none(approved: Path, fonts: Path) -> None:
    approvals = (approved / "approvals.toml").read_bytes()
    approve(approved, [OTHER, TWO_PAGES], fonts)
    (approved / "approvals.toml").write_bytes(approvals)
    (finding,) = check(approved, [OTHER, TWO_PAGES], fonts).findings
    assert finding.code == "golden-unapproved"
    assert told(approved, [OTHER, TWO_PAGES], fonts) == [
        f"notice/typical: its files are not those that {BY} approved",
    ]
    assert approve(approved, [OTHER, TWO_PAGES], fonts) == [f"approved by {BY}: notice/typical"]
    assert check(approved, [OTHER, TWO_PAGES], fonts).findings == ()


def test_a_golden_that_lies_there_and_nobody_approved_is_proposed(approved: Path, fonts: Path) -> None:
    (approved / "approvals.toml").unlink()
    assert told(approved, CASES, fonts, "notice/typical") == [
        "notice/typical: drawn as it lies there, and nobody has approved it"
    ]


def test_a_golden_that_cannot_be_read_or_has_a_page_less_is_proposed(approved: Path, fonts: Path) -> None:
    (approved / "notice/typical.pdf").write_bytes(b"nothing")
    (approved / "notice/two-pages-2.png").unlink()
    one, other = told(approved, CASES, fonts)
    assert one == "notice/typical: typical.pdf cannot be read as a PDF; make it again"
    assert other == f"notice/two-pages: its files are not those that {BY} approved"
    approve(approved, CASES, fonts)
    assert check(approved, CASES, fonts).findings == ()


def test_other_bytes_alone_are_proposed_as_that(approved: Path, fonts: Path) -> None:
    same_ink = case("typical", "<p>山田　太郎　様<p>ヤマダ　タロカ", program="another")
    assert told(approved, [same_ink, TWO_PAGES], fonts) == ["notice/typical: other bytes, the same pixels and text"]


# Two people


def test_a_second_person_is_asked_and_must_be_another(by_two: Path, fonts: Path) -> None:
    assert told(by_two, CASES, fonts, "notice/typical") == [
        f"notice/typical: {BY} approved it, another person must, too"
    ]
    with pytest.raises(BadJob, match="検査花子 has approved notice/typical, notice/two-pages already; another person"):
        approve(by_two, CASES, fonts, by="検査花子")
    approve(by_two, CASES, fonts, by="佐藤", reason="measured")
    assert check(by_two, CASES, fonts).findings == ()
    assert read_approvals(by_two).verdict("notice/typical").approved == [
        Signature(by=BY, reason=REASON),
        Signature(by="佐藤", reason="measured"),
    ]
    assert read_approvals(by_two).goldens.signatures == 2


def test_a_sheet_that_changes_is_asked_of_both_anew(by_two: Path, fonts: Path) -> None:
    approve(by_two, CASES, fonts, by="佐藤")
    written = approve(by_two, [OTHER, TWO_PAGES], fonts, by="佐藤")
    assert written[-1] == "approved by 佐藤: notice/typical"
    (finding,) = check(by_two, [OTHER, TWO_PAGES], fonts).findings
    assert finding.sentence == "2 people must have approved it, and only 佐藤 has"


def test_what_one_person_has_signed_waits_while_they_sign_the_rest(by_two: Path, fonts: Path) -> None:
    assert approve(by_two, [OTHER, TWO_PAGES], fonts)[-2:] == [
        f"approved by {BY}: notice/typical",
        "waits for another person: notice/two-pages",
    ]


# Rejected


def test_what_somebody_rejected_is_said_to_who_approves_it_after_all(approved: Path, fonts: Path) -> None:
    reject(approved, [OTHER, TWO_PAGES], {}, ["notice/typical"], "佐藤", "a dakuten too many")
    assert told(approved, CASES, fonts) == []
    (sentence,) = told(approved, [OTHER, TWO_PAGES], fonts)
    assert sentence.startswith(
        "notice/typical: 佐藤 rejected it: a dakuten too many; page 1: 「ヤマダ　タロカ」 became"
    )
    approve(approved, [OTHER, TWO_PAGES], fonts)
    assert check(approved, [OTHER, TWO_PAGES], fonts).findings == ()
    assert read_approvals(approved).verdict("notice/typical").rejected is None


def test_a_case_without_a_golden_may_be_rejected(approved: Path, fonts: Path) -> None:
    cases = [*CASES, case("new", "<p>新")]
    reject(approved, cases, {}, ["notice/new"], "佐藤", "not asked for")
    found = check(approved, cases, fonts).findings
    assert {finding.code for finding in found} == {"golden-missing", "golden-rejected"}


# Refused


def test_a_golden_over_the_cap_cannot_be_approved(fonts: Path, tmp_path: Path) -> None:
    def too_large(path: Path) -> None:
        TYPICAL.make(path)
        path.write_bytes(path.read_bytes() + b"%" + b"x" * CAP)

    with pytest.raises(BadLayout, match=r"notice/typical\.pdf: it has \d+ bytes"):
        approve(tmp_path / "fresh", [Case("notice", "typical", "", too_large), TWO_PAGES], fonts)
    assert not (tmp_path / "fresh").exists()


def test_approving_and_rejecting_are_refused_under_ci(tmp_path: Path, fonts: Path) -> None:
    root = tmp_path / "goldens"
    with pytest.raises(BadJob, match="not under CI"), proposed(root, CASES, made_with(fonts), {"CI": "true"}):
        pass
    with pytest.raises(BadJob, match="not under CI"):
        reject(root, CASES, {"CI": "1"}, ["notice/typical"], "佐藤", "x")
    assert not root.exists()


@pytest.mark.parametrize("said", ["", "0", "false", "False"])
def test_a_desk_that_says_it_is_not_ci_may_approve(tmp_path: Path, fonts: Path, said: str) -> None:
    with proposed(tmp_path / "goldens", [TYPICAL], made_with(fonts), {"CI": said}) as proposal:
        assert proposal.approve(BY, REASON)


def test_without_a_name_nothing_is_written(tmp_path: Path, fonts: Path) -> None:
    for by, reason in (("", REASON), (BY, " ")):
        with pytest.raises(BadJob, match="says who decides here and why"):
            approve(tmp_path / "goldens", CASES, fonts, by=by, reason=reason)
    assert not (tmp_path / "goldens").exists()


def test_unknown_case_is_named(approved: Path, fonts: Path) -> None:
    with pytest.raises(BadJob, match="notice/typicla"):
        approve(approved, CASES, fonts, only=["notice/typicla"])
    with pytest.raises(BadJob, match="notice/typicla"):
        reject(approved, CASES, {}, ["notice/typicla"], BY, REASON)
