"""What a report has saved is taken for goldens: by whom, why, of which sums; or it is said why not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from small_goldens import CASES, TWO_PAGES, approve, case, check, small_fonts

from renderer.model.errors import BadJob
from renderer.review.approvals import Rejection, Signature, read_approvals
from renderer.review.approving import Plan, proposed
from renderer.review.golden_files import Case
from renderer.review.made_with import made_with
from renderer.review.verdicts import Review, read_review

OTHER = case("typical", "<p>山田　太郎　様<p>ヤマダ　タロガ")
OTHER_PAGES = case("two-pages", "<p>面<p style='break-before: page'>裏面")
CHANGED = [OTHER, OTHER_PAGES]


@pytest.fixture
def fonts(tmp_path: Path) -> Path:
    return small_fonts(tmp_path / "fonts")


@pytest.fixture
def root(tmp_path: Path, fonts: Path) -> Path:
    root = tmp_path / "goldens"
    approve(root, CASES, fonts)
    return root


def rule(root: Path, words: str) -> None:
    path = root / "approvals.toml"
    path.write_text(re.sub(r"signatures = \d", words, path.read_text("utf-8")), "utf-8")


def judged(root: Path, cases: list[Case], fonts: Path, tmp_path: Path, **said: Any) -> dict[str, Any]:
    """What the report saves when all of its items get this verdict."""
    check(root, cases, fonts, tmp_path / "report")
    page = (tmp_path / "report" / "index.html").read_text("utf-8")
    data = re.search(r'<script type="application/json" id="report">(.*?)</script>', page, re.DOTALL)
    assert data
    report = json.loads(data[1])
    verdict = {"verdict": "approved", "by": "佐藤 恵", "reason": "依頼 214", "remark": "", "seen": "single", **said}
    verdicts = []
    for item in report["items"]:
        pair = report["pairs"][item["pair"]]
        keys = {key: pair[key] for key in ("name", "golden", "new")}
        keys |= {key: item[key] for key in ("kind", "golden_page", "page", "record")}
        verdicts.append({**keys, **verdict})
    return {"format": 1, "report": report["title"], "verdicts": verdicts}


def planned(root: Path, cases: list[Case], fonts: Path, review: dict[str, Any]) -> tuple[Plan, list[str]]:
    with proposed(root, cases, made_with(fonts), {}) as proposal:
        plan = proposal.plan(Review.model_validate(review))
        return plan, proposal.settle(plan)


def test_all_pages_approved_by_one_person_approve_the_sheet(root: Path, fonts: Path, tmp_path: Path) -> None:
    review = judged(root, CHANGED, fonts, tmp_path)
    assert [(line["name"], line["page"]) for line in review["verdicts"]] == [
        ("notice/typical", 1),
        ("notice/two-pages", 1),
        ("notice/two-pages", 2),
    ]
    review["verdicts"][1].update(seen="crop")
    review["verdicts"][2].update(remark="裏も見た")
    plan, written = planned(root, CHANGED, fonts, review)
    assert plan.left == []
    assert {*plan.files} == {
        "approvals.toml",
        *(f"notice/{name}" for name in ("typical.pdf", "typical-1.png", "two-pages.pdf")),
        *(f"notice/two-pages-{page}.png" for page in (1, 2)),
    }
    assert written[-2:] == ["approved by 佐藤 恵: notice/typical", "approved by 佐藤 恵: notice/two-pages"]
    approvals = read_approvals(root)
    assert approvals.verdict("notice/typical").approved == [Signature(by="佐藤 恵", reason="依頼 214", seen="single")]
    (both,) = approvals.verdict("notice/two-pages").approved
    assert both == Signature(by="佐藤 恵", reason="依頼 214; 依頼 214 裏も見た", seen="crop")
    assert check(root, CHANGED, fonts).findings == ()


def test_a_rejected_page_rejects_the_sheet_with_its_own_reason(root: Path, fonts: Path, tmp_path: Path) -> None:
    review = judged(root, CHANGED, fonts, tmp_path)
    review["verdicts"][2].update(verdict="rejected", remark="裏がずれた")
    plan, written = planned(root, CHANGED, fonts, review)
    assert written[-1] == "rejected by 佐藤 恵: notice/two-pages"
    assert list(plan.approved) == ["notice/typical"]
    against = read_approvals(root).verdict("notice/two-pages").rejected
    assert isinstance(against, Rejection)
    assert (against.by, against.reason, against.seen) == ("佐藤 恵", "裏がずれた", "single")
    codes = {finding.code for finding in check(root, CHANGED, fonts).findings}
    assert "golden-rejected" in codes


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        ({"verdict": "later"}, "approved on 1 of 2 pages"),
        ({"by": "鈴木"}, "approved page by page by different people; one of them must approve all of it"),
        ({"seen": None}, "approved by somebody who has not had it on the screen"),
    ],
)
def test_what_is_approved_in_part_or_unseen_is_not_approved(
    root: Path, fonts: Path, tmp_path: Path, edit: dict[str, Any], why: str
) -> None:
    review = judged(root, CHANGED, fonts, tmp_path)
    review["verdicts"][1].update(edit)
    plan, _ = planned(root, CHANGED, fonts, review)
    assert plan.left == [f"notice/two-pages: {why}"]
    assert list(plan.approved) == ["notice/typical"]


def test_where_each_sheet_is_looked_at_by_itself_no_group_is_approved(root: Path, fonts: Path, tmp_path: Path) -> None:
    rule(root, "signatures = 1\nsingle = true")
    review = judged(root, CHANGED, fonts, tmp_path)
    review["verdicts"][0].update(seen="crop")
    plan, _ = planned(root, CHANGED, fonts, review)
    assert plan.left == ["notice/typical: approved with others of its group; single = true asks for each by itself"]
    assert read_approvals(root).goldens.single
    assert list(plan.approved) == ["notice/two-pages"]


def test_the_report_knows_whether_each_sheet_is_looked_at_by_itself(root: Path, fonts: Path, tmp_path: Path) -> None:
    rule(root, "signatures = 1\nsingle = true")
    check(root, CHANGED, fonts, tmp_path / "checked")
    with proposed(root, CHANGED, made_with(fonts), {}) as proposal:
        proposal.report(tmp_path / "proposed")
    for report in ("checked", "proposed"):
        assert '"is_single":true' in (tmp_path / report / "index.html").read_text("utf-8")


def test_a_verdict_on_another_sheet_is_void_and_said(root: Path, fonts: Path, tmp_path: Path) -> None:
    review = judged(root, CHANGED, fonts, tmp_path)
    newer = [case("typical", "<p>山田　太郎　様<p>ヤマダ　タロザ"), OTHER_PAGES]
    plan, written = planned(root, newer, fonts, review)
    assert plan.left == ["notice/typical: the sheet or its golden is another one by now; its verdict is void"]
    assert written[-1] == "approved by 佐藤 恵: notice/two-pages"


def test_a_second_person_sees_each_page_and_is_another(root: Path, fonts: Path, tmp_path: Path) -> None:
    rule(root, "signatures = 2")
    review = judged(root, [TWO_PAGES], fonts, tmp_path, by="検査花子")
    assert [line["kind"] for line in review["verdicts"]] == ["golden-unsigned"] * 2
    plan, written = planned(root, [TWO_PAGES], fonts, review)
    assert (plan.left, written) == (["waits for another person: notice/two-pages"], [])
    for line in review["verdicts"]:
        line["by"] = "佐藤"
    assert planned(root, [TWO_PAGES], fonts, review)[1] == ["approved by 佐藤: notice/two-pages"]
    assert read_approvals(root).verdict("notice/two-pages").names() == "検査 花子 and 佐藤"


def test_nothing_is_written_where_somebody_else_has_written_meanwhile(root: Path, fonts: Path, tmp_path: Path) -> None:
    review = judged(root, CHANGED, fonts, tmp_path)
    with proposed(root, CHANGED, made_with(fonts), {}) as proposal:
        plan = proposal.plan(Review.model_validate(review))
        rule(root, "signatures = 2")
        before = {path: path.read_bytes() for path in root.rglob("*.*")}
        with pytest.raises(BadJob, match=r"approvals\.toml was changed since the sheets were shown"):
            proposal.settle(plan)
    assert {path: path.read_bytes() for path in root.rglob("*.*")} == before


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"format": 2, "report": "", "verdicts": []}', '{"format": 1, "report": "", "verdicts": [{}]}']
)
def test_a_file_that_is_no_review_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "review.json").write_text(text, "utf-8")
    with pytest.raises(BadJob, match=r"review\.json: is not a file of verdicts"):
        read_review(tmp_path / "review.json")


def test_a_person_or_reason_that_says_nothing_is_refused(root: Path, fonts: Path, tmp_path: Path) -> None:
    for said in ({"by": " "}, {"reason": ""}):
        with pytest.raises(BadJob, match="says who decides here and why"):
            planned(root, CHANGED, fonts, judged(root, CHANGED, fonts, tmp_path, **said))
