"""``approvals.toml``: what is written is read again, what is wrong in it is named, and people are told apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.model.errors import BadJob
from renderer.review.approvals import (
    Approvals,
    Rejection,
    Rules,
    Signature,
    Verdict,
    read_approvals,
    sign,
    write_approvals,
)

WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
SEEN = st.sampled_from(["", "single", "crop"])
SIGNATURES = st.builds(Signature, by=WORDS, reason=WORDS, seen=SEEN)
VERDICTS = st.builds(
    Verdict,
    pdf=WORDS,
    pictures=st.lists(WORDS, max_size=2),
    layout=WORDS,
    made_with=st.just("12345678"),
    approved=st.lists(SIGNATURES, min_size=1, max_size=2),
    rejected=st.none() | st.builds(Rejection, pdf=WORDS, by=WORDS, reason=WORDS, seen=SEEN),
)


@given(sheets=st.dictionaries(WORDS, VERDICTS, min_size=1, max_size=3), tools=st.dictionaries(WORDS, WORDS, max_size=3))
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, sheets: dict[str, Verdict], tools: dict[str, str]
) -> None:
    root = tmp_path_factory.mktemp("approvals") / "goldens"
    approvals = Approvals(goldens=Rules(signatures=2, single=True), made_with={"12345678": tools}, sheets=sheets)
    write_approvals(root, approvals)
    assert read_approvals(root) == approvals


def test_a_list_of_tools_that_no_sheet_names_goes(tmp_path: Path) -> None:
    write_approvals(tmp_path, Approvals(made_with={"12345678": {"pango": "1"}}))
    assert read_approvals(tmp_path) == Approvals()


def test_without_a_file_nobody_has_approved_anything(tmp_path: Path) -> None:
    assert read_approvals(tmp_path) == Approvals()
    assert read_approvals(tmp_path).verdict("notice/typical") == Verdict()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[goldens]\nsignature = 2", r'approvals\.toml line 2: .*not known; did you mean "signatures"'),
        ("[goldens]\nsignatures = 0", r"approvals\.toml line 2: .*must be 1 or more"),
        ('[sheets."notice/typical"]\npdff = "1"', r'approvals\.toml line 2: .*"sheets\.notice/typical\.pdff" is not'),
        ("[sheets", r"approvals\.toml: is not TOML: .*; take it back from the history"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "approvals.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadJob, match=said):
        read_approvals(tmp_path)


@pytest.mark.parametrize(
    ("by", "reason", "said"),
    [
        ("", "as ordered", "a name of one line"),
        (" \u3000", "as ordered", "a name of one line"),
        ("佐藤", "\n", "a reason of one line"),
        ("佐藤", "\x1b[31mred", "a reason of one line"),
        ("佐藤", "x" * 501, "at most 500 characters"),
    ],
)
def test_a_name_or_reason_that_says_nothing_or_too_much_is_refused(by: str, reason: str, said: str) -> None:
    with pytest.raises(BadJob, match=said):
        sign(by, reason)


def test_a_name_and_a_reason_are_one_line_each() -> None:
    assert sign(" 佐藤\u3000花子\n", "line\n moved ") == Signature(by="佐藤 花子", reason="line moved")


@pytest.mark.parametrize(("other", "same"), [("Ａ　Sato", True), ("a sato", True), ("asato ", True), ("B Sato", False)])
def test_a_person_is_the_same_however_the_name_is_written(other: str, same: bool) -> None:
    verdict = Verdict(approved=[Signature(by="A Sato", reason="as ordered")])
    assert verdict.has_signed(sign(other, "measured")) is same
