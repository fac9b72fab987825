"""What can be seen of a file: its columns, some of its records, and whether its last row is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from renderer.intake import survey as module
from renderer.intake.dialect import Last
from renderer.intake.survey import survey
from renderer.model.errors import BadJob

HEADER = "種別,番号,氏名,住所\r\n"
ROWS = "".join(f"2,{number},架空　太郎,東京都千代田区架空町{number}-1\r\n" for number in range(1, 31))


def written(path: Path, text: str) -> Path:
    path.write_bytes(text.encode("cp932"))
    return path


def test_every_record_is_counted_and_a_bounded_number_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SAMPLED", 10)
    seen = survey([written(tmp_path / "a.csv", HEADER + ROWS)])
    assert (seen.records, len(seen.sample)) == (30, 10)
    assert [column.shapes.cells for column in seen.columns] == [30] * 4
    assert "架空" not in repr(seen)


@pytest.mark.parametrize(
    ("end", "last"),
    [
        ("合計,30,,\r\n", Last("合計", 2)),
        ("総件数,,,30\r\n", Last("総件数", 4)),
        ('計,"30件",30,\r\n', Last("計", 3)),
        ("9,30\r\n", Last("9", 2)),
        ("9\r\n", Last("9")),
    ],
)
def test_a_last_row_that_is_no_record_is_seen_with_its_count(end: str, last: Last, tmp_path: Path) -> None:
    seen = survey([written(tmp_path / "a.csv", HEADER + ROWS + end)])
    assert (seen.dialect.last, seen.records, seen.has_odd_end) == (last, 30, False)


@pytest.mark.parametrize("end", ["合計,29,,\r\n", "以上,,,\r\n", "2,30\r\n"])
def test_a_last_row_that_nobody_knows_is_left_to_a_person(end: str, tmp_path: Path) -> None:
    seen = survey([written(tmp_path / "a.csv", HEADER + ROWS + end)])
    assert (seen.dialect.last, seen.records, seen.has_odd_end) == (None, 30, True)


def test_a_last_row_that_is_a_record_is_one(tmp_path: Path) -> None:
    seen = survey([written(tmp_path / "a.csv", HEADER + ROWS)])
    assert (seen.dialect.last, seen.records, seen.has_odd_end) == (None, 30, False)


def test_a_header_with_a_name_twice_is_refused_without_naming_it(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", HEADER.replace("氏名", "番号") + ROWS)
    with pytest.raises(BadJob, match="columns 2 and 3 have no name or share one"):
        survey([path])


def test_the_first_characters_of_lines_of_fixed_lengths_are_counted(tmp_path: Path) -> None:
    lines = ["1" + " " * 30, *["2" + "架空太郎".ljust(15, "　")] * 29, "9" + " " * 30]
    seen = survey([written(tmp_path / "a.dat", "".join(line + "\r\n" for line in lines))])
    assert (seen.begins, seen.columns) == ({"1": 1, "2": 29, "9": 1}, ())
