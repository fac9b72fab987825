"""``renderer goldens`` for people, scripts and CI: one case here; test_goldens_of_sheets.py checks them all."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from small_layouts import print_sheets, small_plate
from terminals import typed
from trial_runs import ended, renderer
from typer.testing import CliRunner

from renderer.cli.main import app
from renderer.review.approvals import Approvals, Signature, Verdict, read_approvals, write_approvals

CASE = "specimen/hard-characters"
GIVEN = ("--by", "検査 花子", "--reason", "as ordered")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of goldens in which nobody has approved our case yet."""
    monkeypatch.delenv("CI", raising=False)
    write_approvals(tmp_path / "goldens", Approvals(sheets={CASE: Verdict()}))
    return tmp_path / "goldens"


def asked(*words: object) -> Any:
    """Ask in this process; what would end ``renderer`` with a message comes through as an exception."""
    return CliRunner().invoke(app, ["goldens", *map(str, words)], catch_exceptions=False)


def facts(*words: object, code: int = 0) -> dict[str, Any]:
    answer = asked(*words, "--json")
    assert answer.exit_code == code, answer.output
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def at_a_terminal(*words: object, says: str) -> tuple[int, str, str]:
    return typed(says, "renderer.cli", "goldens", *words)


def draw_otherwise(root: Path, tmp_path: Path) -> None:
    """Put another sheet in the golden's place."""
    print_sheets(root / "specimen" / "hard-characters.pdf", small_plate(tmp_path), [{"name": "別"}])


@pytest.mark.parametrize(
    "words", [("check", "--report", __file__), ("check", "--junit", "."), ("forget",), ("reject",)]
)
def test_words_that_make_no_sense_end_with_code_2(words: tuple[str, ...]) -> None:
    assert asked(*words).exit_code == 2


def test_a_golden_is_missing_then_approved_then_the_same_then_changed(root: Path, tmp_path: Path) -> None:
    missing = facts("check", CASE, "--root", root, code=5)
    assert {finding["code"] for finding in missing["findings"]} == {"golden-missing"}
    written = facts("approve", CASE, "--root", root, *GIVEN, "--yes")
    assert "new: specimen/hard-characters.pdf" in written["changed"]
    assert f"approved by 検査 花子: {CASE}" in written["changed"]
    assert asked("approve", CASE, "--root", root).stdout == "nothing changed\n"
    assert facts("check", CASE, "--root", root) == {"same": True, "findings": []}
    draw_otherwise(root, tmp_path)
    changed = asked("check", CASE, "--root", root, "--report", tmp_path / "report")
    assert changed.exit_code == 5
    assert "[golden-changed]" in changed.stdout
    assert "[golden-unapproved]" in changed.stdout
    assert changed.stdout.endswith("\n2 findings\n")
    assert (tmp_path / "report" / "index.html").is_file()


def test_a_person_sees_what_changes_and_is_asked_for_a_name_and_a_reason(root: Path) -> None:
    code, out, err = at_a_terminal("approve", CASE, "--root", root, says="y\n検査 花子\nas ordered\n")
    assert code == 0, err
    assert f"approved by 検査 花子: {CASE}\n" in out
    assert re.match(rf"{CASE}: new, 1 page\nlook at .*index\.html\napprove this\? \[y/N\]: your name: ", err)
    assert read_approvals(root).verdict(CASE).approved == [Signature(by="検査 花子", reason="as ordered")]


def test_a_person_is_told_where_the_report_lies_and_may_say_no(root: Path, tmp_path: Path) -> None:
    assert asked("approve", CASE, "--root", root, *GIVEN, "--yes").exit_code == 0
    draw_otherwise(root, tmp_path)
    before = {path: path.read_bytes() for path in root.rglob("*.*")}
    code, out, err = at_a_terminal("approve", CASE, "--root", root, *GIVEN, says="n\n")
    assert (code, out) == (0, "nothing changed\n")
    (page,) = re.findall("^look at (.*)$", err, re.MULTILINE)
    assert page.endswith("index.html")
    assert not Path(page).exists()
    assert {path: path.read_bytes() for path in root.rglob("*.*")} == before
    kept = tmp_path / "report"
    assert asked("approve", CASE, "--root", root, *GIVEN, "--yes", "--report", kept).exit_code == 0
    assert (kept / "index.html").is_file()


@pytest.mark.parametrize("left", [(), ("--yes",), ("--by", "検査"), GIVEN])
def test_without_a_terminal_nothing_is_approved_that_is_not_said(root: Path, left: tuple[str, ...]) -> None:
    answer = asked("approve", CASE, "--root", root, *left)
    assert answer.exit_code == 2
    assert "there is no terminal to ask at" in answer.stderr
    assert not (root / "specimen").exists()


def test_a_sheet_is_rejected_with_a_reason_that_the_check_tells(root: Path) -> None:
    assert asked("approve", CASE, "--root", root, *GIVEN, "--yes").exit_code == 0
    assert asked("reject", CASE, "--root", root).exit_code == 2
    answer = asked("reject", CASE, "--root", root, "--by", "佐藤", "--reason", "too small")
    assert answer.stdout == f"rejected by 佐藤: {CASE}\n"
    (finding,) = facts("check", CASE, "--root", root, code=5)["findings"]
    assert (finding["code"], finding["sentence"]) == ("golden-rejected", "佐藤 rejected this sheet: too small")
    code, out, err = at_a_terminal("reject", CASE, "--root", root, says="鈴木\nstill\n")
    assert (code, out) == (0, f"rejected by 鈴木: {CASE}\n"), err


def saved(report: Path, **said: Any) -> Path:
    """What the report saves when its items get this verdict."""
    data = re.search(r'id="report">(.*?)</script>', (report / "index.html").read_text("utf-8"), re.DOTALL)
    assert data
    facts = json.loads(data[1])
    pair = facts["pairs"][0]
    verdict = {key: pair[key] for key in ("name", "golden", "new")}
    verdict |= {"verdict": "approved", "by": "佐藤", "reason": "measured", "remark": "", "seen": "single", **said}
    keys = ("kind", "golden_page", "page", "record")
    verdicts = [verdict | {key: item[key] for key in keys} for item in facts["items"]]
    (report / "review.json").write_text(json.dumps({"format": 1, "report": "goldens", "verdicts": verdicts}), "utf-8")
    return report / "review.json"


def test_what_was_judged_in_the_report_is_taken(root: Path, tmp_path: Path) -> None:
    report = tmp_path / "report"
    asked("check", CASE, "--root", root, "--report", report)
    answer = asked("take", saved(report, verdict="rejected", remark="too small"), "--root", root)
    assert (answer.exit_code, answer.stdout) == (0, f"rejected by 佐藤: {CASE}\n")
    assert f"approved by 佐藤: {CASE}" in facts("take", saved(report), "--root", root)["changed"]
    assert facts("check", CASE, "--root", root) == {"same": True, "findings": []}
    again = facts("take", saved(report), "--root", root, code=5)
    void = f"{CASE}: the sheet or its golden is another one by now; its verdict is void"
    assert again == {"changed": [], "left": [void]}


def test_goldens_are_not_approved_under_ci(root: Path) -> None:
    for command in ("approve", "reject"):
        code, _, err = ended(renderer("goldens", command, CASE, "--root", root, *GIVEN, env={"CI": "1"}))
        assert code == 4
        assert "approved by a person, not under CI" in err


def test_a_case_that_is_not_there_ends_with_code_4_and_the_nearest(root: Path) -> None:
    code, _, err = ended(renderer("goldens", "check", "eligibility_notice/left-kard", "--root", root))
    assert code == 4
    assert "did you mean eligibility_notice/left-card?" in err


def test_a_golden_that_cannot_be_read_ends_with_code_6_and_is_an_error_of_junit(root: Path, tmp_path: Path) -> None:
    (root / "specimen").mkdir()
    (root / "specimen" / "hard-characters.pdf").write_bytes(b"nothing")
    junit = tmp_path / "out" / "goldens.xml"
    answer = asked("check", CASE, "--root", root, "--junit", junit)
    assert answer.exit_code == 6
    assert "[golden-unreadable]" in answer.stdout
    suite = etree.parse(junit).getroot().find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("errors")) == ("2", "1")
