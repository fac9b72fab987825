"""What the columns of a member file look like is told in shares, and what shifted since the last delivery."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from renderer import check, load_job, run
from renderer.documents.numbers import my_number_check_digit
from renderer.intake.rows import Row
from renderer.running.profile import ColumnProfile, Profile, Profiler, Shift, shifts

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "fixtures"
MEMBERS = FIXTURES / "examples" / "members.csv"


def profile_of(*rows: dict[str, str]) -> Profile:
    profiler = Profiler()
    for row in rows:
        profiler.look(row)
    return profiler.profile()


def test_a_column_is_told_in_shares() -> None:
    seen = profile_of(
        {"フリガナ": "カコウ　タロウ", "備考": ""},
        {"フリガナ": "ｶｺｳ ﾊﾅｺ", "備考": ""},
        {"フリガナ": "カコウ　タロウ", "備考": ""},
        {"フリガナ": "", "備考": " "},
    )
    kana = ColumnProfile("フリガナ", 0.75, 0.667, {"kana": 0.667, "half-kana": 0.333}, 7, 7)
    assert seen == Profile(4, (kana,))


def test_characters_that_no_font_has_are_told_by_their_code_points() -> None:
    (names,) = profile_of({"氏名": "架空\ue000太郎"}, {"氏名": "架空 葛\U000e0100子"}, {"氏名": "葛\ufe0f城"}).columns
    assert names.outside == ("U+845B U+FE0F", "U+E000")


def test_a_cell_that_counts_as_several_shapes_is_told_as_the_one_that_most_have() -> None:
    days = profile_of({"生年月日": "5061202"}, {"生年月日": "令和6年12月2日"}).columns[0]
    assert days.shapes == {"date": 1.0}


def test_of_a_whole_my_number_no_sum_is_kept() -> None:
    digits = "12345678901"
    (numbers,) = profile_of({"個人番号": digits + my_number_check_digit(digits)}).columns
    assert (numbers.distinct, numbers.shapes) == (0, {"my-number": 1.0})


def test_of_a_large_file_a_sample_is_looked_at() -> None:
    profiler = Profiler()
    for line in range(5000):
        profiler.passing(Row(line, {"番号": str(line)}))
    assert profiler.profile().rows == 500 + 71
    assert Profiler().passing(Row(3, {})) == Row(3, {})


def test_what_shifted_is_told_and_what_is_nearly_as_before_is_not() -> None:
    def seen(kana: float, filled: float, rows: int = 100) -> Profile:
        return Profile(
            rows, (ColumnProfile("フリガナ", filled, 1.0, {"kana": kana, "name": round(1 - kana, 3)}, 1, 9),)
        )

    before = asdict(seen(1.0, 1.0))
    assert shifts(before, seen(0.9, 0.9)) == ()
    assert shifts(before, seen(0.03, 0.5)) == (
        Shift("フリガナ", "filled", 1.0, 0.5),
        Shift("フリガナ", "kana", 1.0, 0.03),
        Shift("フリガナ", "name", 0.0, 0.97),
    )
    assert shifts(before, Profile(100, ())) == (Shift("フリガナ", "filled", 1.0, 0.0),)
    assert shifts(before, seen(0.03, 0.5, rows=3)) == ()
    assert shifts({}, seen(0.03, 0.5)) == ()


def job_file(folder: Path, name: str, source: Path) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(
        f'name = "{name}"\ndocument = "eligibility_notice"\ntitle = "資格情報通知書"\nissued_on = 2026-11-23\n'
        f'insurer = "{FIXTURES / "examples" / "insurer.toml"}"\nsource = "{source}"\noutbox = "outbox"\n',
        "utf-8",
    )
    return path


def test_a_file_with_exchanged_columns_is_told_beside_the_last_delivery(tmp_path: Path) -> None:
    report = run(load_job(job_file(tmp_path, "before", MEMBERS)), workers=1)
    assert report.shifts == ()
    told = json.loads((tmp_path / "outbox" / "before" / "report.json").read_text("utf-8"))
    assert told["profile"]["rows"] == 200
    assert "加入者ファイルの中身" in (tmp_path / "outbox" / "before" / "report.html").read_text("utf-8")

    with MEMBERS.open(encoding="cp932", newline="") as file:
        header, *rows = csv.reader(file)
    at, other = header.index("フリガナ"), header.index("氏名")
    header[at], header[other] = header[other], header[at]
    with (tmp_path / "exchanged.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    found = check(load_job(job_file(tmp_path, "after", tmp_path / "exchanged.csv")), workers=1).shifts
    assert {shift.column for shift in found} == {"フリガナ", "氏名"}
    assert Shift("氏名", "name", 1.0, 0.0) in found


def renderer(*given: str | Path) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "renderer.cli", *map(str, given)]
    return subprocess.run(program, capture_output=True, text=True, cwd=ROOT)


@pytest.mark.parametrize(("language", "kana"), [("ja", "全角カナ 74%、半角カナ 26%"), ("en", "half-width kana 26%")])
def test_the_command_shows_a_line_for_each_column_and_nothing_of_a_cell(language: str, kana: str) -> None:
    ended = renderer("profile", MEMBERS, "--lang", language)
    assert ended.returncode == 0, ended.stderr
    assert kana in ended.stdout
    with MEMBERS.open(encoding="cp932", newline="") as file:
        cells = {cell for row in csv.DictReader(file) for cell in row.values() if len(cell) > 4}
    assert not [cell for cell in cells if cell in ended.stdout]


def test_the_command_looks_through_a_column_map(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text(MEMBERS.read_text("cp932").replace("フリガナ", "よみ", 1), "utf-8")
    names = {column["name"] for column in json.loads(renderer("profile", own, "--json").stdout)["columns"]}
    assert "よみ" in names
    column_map = tmp_path / "columns.toml"
    column_map.write_text('[columns]\n"フリガナ" = "よみ"\n', "utf-8")
    mapped = json.loads(renderer("profile", own, "--columns", column_map, "--json").stdout)
    assert mapped["rows"] == 200
    assert "フリガナ" in {column["name"] for column in mapped["columns"]}


def test_a_file_of_fixed_lengths_needs_its_column_map(tmp_path: Path) -> None:
    fixed = tmp_path / "a.dat"
    fixed.write_bytes("".join(f"{number:05}{'架空太郎':　<20}\r\n" for number in range(30)).encode("cp932"))
    ended = renderer("profile", fixed)
    assert ended.returncode == 4
    assert "--columns" in ended.stderr
