"""What is well formed and can hardly be right is a doubt or a note, each for its reason; what is usual is neither."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from test_members import INSURED, NEEDS

from renderer.intake.members import Needs, validate
from renderer.intake.rows import Row, read_rows
from renderer.model.findings import Finding, Held, Weight

EXAMPLES = Path(__file__).resolve().parents[1] / "fixtures" / "examples"
SEVENTIES = {"生年月日": "1954-05-05", "負担割合": "2割", "発効期日": "2026-08-01"}


def told(changed: dict[str, str], needs: Needs = NEEDS) -> list[str]:
    found: list[Finding] = []
    validate(Row(2, INSURED | changed), needs=needs, note=found.append)
    return [finding.code for finding in found]


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({"氏名": "見〓　太郎"}, ["lost-character"]),
        ({"氏名": "?橋　太郎"}, ["lost-character"]),
        ({"氏名": "？橋　太郎"}, ["lost-character"]),
        ({"氏名": "●橋　太郎"}, ["lost-character"]),
        ({"住所": "架空県見本市〓町1-1"}, ["lost-character"]),
        ({"方書": "見本荘●号館"}, []),
        ({"氏名": "#N/A"}, ["placeholder"]),
        ({"氏名": "NULL"}, ["placeholder"]),
        ({"方書": "NULL"}, ["placeholder"]),
        ({"方書": "0"}, ["placeholder"]),
        ({"方書": "00"}, ["placeholder"]),
        ({"備考": "none"}, ["placeholder"]),
        ({"番号": "#REF!"}, ["placeholder"]),
        ({"番号": "1.23E+05"}, ["placeholder"]),
        ({"番号": "0"}, []),
        ({"方書": "0号室"}, []),
        ({"方書": "ヌル荘"}, []),
        ({"氏名": "&#39640;橋　太郎"}, ["character-entity"]),
        ({"方書": "A&amp;B"}, ["character-entity"]),
        ({"方書": "A&B"}, []),
        ({"氏名": "見本　太郎　殿"}, ["honorific-in-name"]),
        ({"氏名": "見本　太郎様 "}, ["honorific-in-name"]),
        ({"事業所名": "架空電機株式会社御中"}, ["honorific-in-name"]),
        ({"氏名": "様見　殿子"}, []),
        ({"個人番号": "000000000000"}, ["my-number-of-one-digit"]),
        ({"負担割合": "3割"}, ["ratio-of-another-age"]),
        (SEVENTIES, []),
        (SEVENTIES | {"限度額区分": "ア"}, ["limit-class-of-another-age"]),
        (SEVENTIES | {"限度額区分": "現役並みⅢ"}, ["ratio-and-limit-class"]),
        (SEVENTIES | {"負担割合": "3割", "限度額区分": "一般"}, ["ratio-and-limit-class"]),
        (SEVENTIES | {"負担割合": "3割", "限度額区分": "現役並みⅢ"}, []),
        ({"限度額区分": "一般"}, ["limit-class-of-another-age"]),
        ({"限度額区分": "ア"}, []),
        (SEVENTIES | {"発効期日": "2099-08-01"}, ["dates-disagree"]),
        (SEVENTIES | {"発効期日": "1950-08-01"}, ["dates-disagree"]),
        ({"生年月日": "1956-12-05", "負担割合": "2割", "発効期日": "2027-01-01"}, []),
        ({"資格喪失予定年月日": "2010-04-01"}, ["dates-disagree"]),
        ({"資格喪失予定年月日": "2028-11-23"}, []),
        ({"資格喪失予定年月日": "2028-11-24"}, ["loses-late"]),
    ],
)
def test_what_can_hardly_be_right_is_told_with_its_reason(changed: dict[str, str], codes: list[str]) -> None:
    assert told(changed) == codes


def test_a_ratio_that_is_not_printed_is_no_matter() -> None:
    assert told({"負担割合": "3割"}, Needs(date(2026, 11, 23), prints_ratio=False)) == []


@pytest.mark.parametrize("name", ["members.csv", "hard.csv"])
def test_the_examples_are_plausible_but_for_an_entity(name: str) -> None:
    doubts = []
    for row in read_rows(EXAMPLES / name):
        found: list[Finding] = []
        try:
            validate(row, needs=NEEDS, note=found.append)
        except Held:
            continue
        doubts += [finding.code for finding in found if finding.weight is Weight.DOUBT]
    assert doubts == (["character-entity"] if name == "hard.csv" else [])
