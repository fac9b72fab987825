"""Whatever a cell is full of, and however long it is: its record is held in no time, and all others are printed."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from own_files import csv_of, with_file
from test_members import INSURED, NEEDS
from trial_runs import DEMO, rows_of, trial

from renderer.desk.choice import make_member
from renderer.desk.examples import load_example
from renderer.documents.document import HEADER
from renderer.intake.members import validate
from renderer.intake.records import MOST_SIGNS
from renderer.intake.rows import Row
from renderer.model.findings import Finding, Held
from renderer.proof.source_index import write_index

FULL_OF = ["一二", "1 ", "12の", "1234-123", "①", "20240101", " ", "ー", "_", "東京都", "ﾀﾞ", "&#", "a@", "葛\U000e0102"]
FIRST, SECOND = [row for row in rows_of(DEMO) if row["本人家族"] == "本人"][:2]


def test_a_long_cell_in_any_column_holds_its_record_in_no_time(tmp_path: Path) -> None:
    long = [
        FIRST | {"整理番号": f"L{at}-{of}", "番号": f"9{at:02}{of:02}"} | {column: (part * 6_000)[:6_000] + "1"}
        for at, column in enumerate(HEADER)
        for of, part in enumerate(FULL_OF)
    ]
    began = time.process_time()
    _, report = trial(tmp_path, [FIRST, *long, SECOND], fixture="certificate")
    assert time.process_time() - began < 60
    assert (report.printed, report.held) == (2, len(long))
    assert {reason.first.code: reason.records for reason in report.reasons}["cell-too-long"] == len(long)


@pytest.mark.parametrize("part", FULL_OF, ids=ascii)
def test_a_long_cell_is_read_a_second_time_in_no_time(tmp_path: Path, part: str) -> None:
    own = ["所", *(column for column in HEADER if column not in ("郵便番号", "住所"))]
    rows = [
        {column: FIRST.get(column, "") for column in own} | {long: f"{(part * 60_000)[:60_000]}x:"}
        for long in own
        if long != "本人家族"
    ]
    split = {"split": {"所": {"into": ["郵便番号", "住所"], "at": "postal-code"}}}
    data = csv_of([own, *([*row.values()] for row in rows)]).encode()
    job = with_file(load_example("eligibility_certificate"), tmp_path / "members.csv", data, split)
    began = time.process_time()
    write_index(job, tmp_path / "index")
    assert time.process_time() - began < 20


def test_a_cell_is_not_long_as_long_as_it_may_be_printed(tmp_path: Path) -> None:
    _, report = trial(tmp_path, [FIRST | {"備考": "備" * MOST_SIGNS}, SECOND], fixture="certificate")
    assert [reason.first.code for reason in report.reasons] == ["does-not-fit"]


@pytest.mark.parametrize("column", ["整理番号", "氏名", "住所", "備考", "生年月日"])
def test_one_member_of_a_long_cell_is_held_in_no_time(column: str) -> None:
    job = load_example("eligibility_certificate")
    began = time.process_time()
    for part in FULL_OF:
        with pytest.raises(Held) as caught:
            make_member(FIRST | {column: (part * 60_000)[:60_000]}, job, "member")
        assert ("cell-too-long", (column,)) in [(finding.code, finding.columns) for finding in caught.value.findings]
    assert time.process_time() - began < 20


def test_of_a_long_cell_of_a_mapped_column_nobody_takes_it_that_it_was_blank() -> None:
    own = Finding.of("cell-too-long", 2, "", column="喪失日", most=MOST_SIGNS)
    with pytest.raises(Held) as caught:
        validate(Row(2, INSURED, (own,)), needs=NEEDS)
    assert caught.value.known.loses_on == date.min
