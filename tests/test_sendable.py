"""Rows that go to other machines: no more of a 個人番号 than four digits, and what is found in them is the same."""

from __future__ import annotations

import pickle
import re

import pytest
from trial_runs import DEMO, FIXTURES, rows_of

from renderer.desk.examples import load_example
from renderer.documents.document import HEADER
from renderer.intake.members import validate
from renderer.intake.rows import Row
from renderer.mailing.sheets import needs_of
from renderer.model.findings import Held
from renderer.running.sendable import sendable

NEEDS = needs_of(load_example("eligibility_notice"))
PEOPLE = [
    row | {"個人番号": "123456789018"} for row in (*rows_of(DEMO)[:40], *rows_of(FIXTURES / "examples" / "hard.csv"))
]
ONE = PEOPLE[0]


def row(fields: dict[str, str], line: int = 2) -> Row:
    return Row(line, {**dict.fromkeys(HEADER, ""), **fields})


def found(one: Row) -> object:
    said: list[object] = []
    try:
        return validate(one, needs=NEEDS, note=said.append), said
    except Held as held:
        return held.findings, held.known, said


@pytest.mark.parametrize("fields", PEOPLE, ids=lambda fields: fields["整理番号"])
@pytest.mark.parametrize("number", ["123456789018", "１２３４ ５６７８ ９０１８", "********9018", "9018", "", "  "])
def test_what_is_found_in_a_row_is_found_in_what_is_sent_of_it(fields: dict[str, str], number: str) -> None:
    one = row(fields | {"個人番号": number})
    (sent,) = sendable([one]) or [None]
    assert sent is not None
    assert not re.search(rb"[0-9]{12}", pickle.dumps(sent))
    assert found(sent) == found(one)


@pytest.mark.parametrize(
    "changed",
    [
        {"個人番号": "123456789012"},  # a wrong check digit
        {"個人番号": "番号 1234-5678-9018 です"},
        {"個人番号": "111111111111"},
        {"住所": "東京都架空区 1234-5678-9018"},
        {"備考": "一二三四五六七八九〇一八"},
        {"住所": "架空市 1234-56", "方書": "78-9018"},
        {"整理番号": "123456789018"},
    ],
)
def test_rows_with_more_of_a_number_are_not_sent(changed: dict[str, str]) -> None:
    assert sendable([row(ONE), row(ONE | changed, 3)]) is None
