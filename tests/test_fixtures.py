"""The committed fixtures are what the generator makes, what their catalogues say, and nobody's data."""

from __future__ import annotations

import csv
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from PIL import Image
from sheets_at_random import invent_members, pools
from stdnum import luhn
from stdnum.jp import in_

from renderer.cli.exits import of_stop
from renderer.documents.document import STANDARD_COLUMNS
from renderer.documents.eras import parse_date
from renderer.intake.jobfile import load_job
from renderer.intake.members import Needs, validate
from renderer.intake.rows import read_rows
from renderer.model.errors import BadJob
from renderer.model.findings import Held

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "fixtures"
BAD = FIXTURES / "bad"
OF_EXAMPLES = ("members.csv", "hard.csv", "realistic.csv", "seal.png")
GENERATED = ("hard.md", "hard.toml", *(f"examples/{name}" for name in OF_EXAMPLES))
NEEDS = Needs(issued_on=date(2026, 11, 23), prints_ratio=True)
UNDECIDED_BY_READING = ("duplicate_record.csv", "bad_rows.csv")
"""Bad files whose rows are held one by one; the others are refused whole."""

HARD = tomllib.loads((FIXTURES / "hard.toml").read_text("utf-8"))
CATALOGUE = tomllib.loads((BAD / "catalogue.toml").read_text("utf-8"))


def generate(*arguments: str) -> None:
    subprocess.run([sys.executable, FIXTURES / "generate.py", *arguments], check=True, cwd="/")


def rows_of(path: Path, encoding: str) -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


@cache
def glyphs() -> frozenset[tuple[int, int]]:
    """Every (character, selector) that one of the two Mincho fonts has; selector 0 where there is none."""
    found = set()
    for name in ("BIZUDMincho-Regular.ttf", "ipamjm.ttf"):
        with TTFont(ROOT / "fonts" / name, lazy=True) as font:
            found |= {(character, 0) for character in font.getBestCmap()}
            selected = next(table.uvsDict for table in font["cmap"].tables if table.format == 14)
        found |= {(base, selector) for selector, pairs in selected.items() for base, _ in pairs}
    return frozenset(found)


def without_glyph(text: str) -> list[str]:
    return [
        f"U+{base:04X}"
        for base, after in pairwise([*map(ord, text), 0])
        if not is_selector(base) and (base, after if is_selector(after) else 0) not in glyphs()
    ]


def is_selector(character: int) -> bool:
    return 0xE0100 <= character <= 0xE01EF


def demo() -> list[dict[str, str]]:
    return rows_of(FIXTURES / "examples" / "members.csv", "cp932")


def test_committed_fixtures_are_byte_for_byte_what_the_generator_makes(tmp_path: Path) -> None:
    generate("--into", str(tmp_path))
    for name in GENERATED:
        assert (tmp_path / name).read_bytes() == (FIXTURES / name).read_bytes(), name
    made = {path.name: path.read_bytes() for path in (tmp_path / "bad").iterdir()}
    assert made == {path.name: path.read_bytes() for path in BAD.iterdir()}


def test_a_member_file_of_any_length_is_valid_and_has_nobody_twice(tmp_path: Path) -> None:
    out = tmp_path / "members.csv"
    generate("--members", "3000", "--seed", "7", "--out", str(out))
    members = [validate(row, needs=NEEDS) for row in read_rows(out)]
    assert len(members) == 3000
    assert len({member.record for member in members}) == 3000
    assert len({(member.symbol, member.number, member.branch) for member in members}) == 3000


def test_nobody_is_called_as_the_insured_of_their_family_however_few_names_there_are() -> None:
    few = replace(pools(), men=pools().men[:2], women=pools().women[:2])
    dependants = [row for row in invent_members(few, 500, 7) if row["本人家族"] == "家族"]
    assert len(dependants) > 100
    assert [row for row in dependants if row["氏名"] == row["被保険者氏名"]] == []


def test_another_seed_makes_other_people(tmp_path: Path) -> None:
    out = tmp_path / "members.csv"
    generate("--members", "200", "--seed", "8", "--out", str(out), "--encoding", "cp932")
    assert {row["住所"] for row in rows_of(out, "cp932")}.isdisjoint(row["住所"] for row in demo())


def test_demo_is_cp932_with_crlf_and_the_kanji_of_its_extension() -> None:
    text = (FIXTURES / "examples" / "members.csv").read_bytes()
    assert text.count(b"\r\n") == text.count(b"\n") == 201
    assert set("髙﨑德栁濵瀨") <= set(text.decode("cp932"))


def test_demo_holds_nobody() -> None:
    members = [validate(row, needs=NEEDS) for row in read_rows(FIXTURES / "examples" / "members.csv")]
    assert len(members) == 200


def test_every_character_of_the_demo_has_a_glyph() -> None:
    assert not {missing for row in demo() for value in row.values() for missing in without_glyph(value)}


def test_demo_has_every_kind_of_member() -> None:
    rows = demo()
    registered = [parse_date(row["登録年月日"]).date for row in rows]
    assert min(registered) <= date(2024, 9, 17) < max(registered)
    assert {len(row["個人番号"]) for row in rows} == {0, 4, 12}
    assert {row["個人番号"][:8] for row in rows} > {"********"}
    assert {row["負担割合"] for row in rows} == {"", "2割", "3割"}
    assert {bool(row["限度額区分"]) for row in rows} == {True, False}
    assert {bool(row["方書"]) for row in rows} == {True, False}
    assert {row["本人家族"] for row in rows} == {"本人", "家族"}
    assert all(bool(row["事業所名"]) != bool(row["資格喪失予定年月日"]) for row in rows)
    assert any(not row["事業所名"] for row in rows)


def test_a_household_shares_number_and_address() -> None:
    households: dict[str, list[dict[str, str]]] = {}
    for row in demo():
        households.setdefault(row["番号"], []).append(row)
    assert max(map(len, households.values())) > 3
    for family in households.values():
        assert [int(row["枝番"]) for row in family] == list(range(len(family)))
        assert len({(row["記号"], row["住所"], row["方書"], row["郵便番号"]) for row in family}) == 1
        assert {row["被保険者氏名"] for row in family[1:]} <= {family[0]["氏名"]}


def test_every_whole_my_number_has_a_right_check_digit_unless_catalogued() -> None:
    wrong = {
        row["整理番号"]
        for path, encoding in [
            (FIXTURES / "examples" / "members.csv", "cp932"),
            (FIXTURES / "examples" / "hard.csv", "utf-8-sig"),
        ]
        for row in rows_of(path, encoding)
        if row["個人番号"].isdigit() and len(row["個人番号"]) == 12 and not in_.is_valid(row["個人番号"])
    }
    assert not wrong
    catalogued = {
        held["record"] for held in CATALOGUE["bad_rows.csv"]["held"] if held["code"] == "my-number-wrong-check-digit"
    }
    bad = rows_of(BAD / "bad_rows.csv", "utf-8")
    assert catalogued == {
        row["整理番号"] for row in bad if len(row["個人番号"]) == 12 and not in_.is_valid(row["個人番号"])
    }


def test_catalogues_of_hard_members_cover_every_record() -> None:
    records = [row["整理番号"] for row in rows_of(FIXTURES / "examples" / "hard.csv", "utf-8-sig")]
    assert records == list(HARD)
    assert len(records) == 30
    table = (FIXTURES / "hard.md").read_text("utf-8")
    for record, expected in HARD.items():
        line = next(line for line in table.splitlines() if line.startswith(f"| {record} |"))
        outcome = "printed" if expected["outcome"] == "printed" else f"held: `{expected['code']}`"
        assert line.endswith(f"| {outcome} |")


def test_hard_members_have_a_glyph_exactly_when_the_catalogue_says_so() -> None:
    for row in rows_of(FIXTURES / "examples" / "hard.csv", "utf-8-sig"):
        missing = [found for value in row.values() for found in without_glyph(value)]
        expected = HARD[row["整理番号"]].get("code", "")
        assert bool(missing) == (expected in ("no-glyph", "character-not-printable")), row["整理番号"]


def test_hard_members_are_valid_unless_they_have_a_character_without_ink() -> None:
    found = {}
    for row in read_rows(FIXTURES / "examples" / "hard.csv"):
        record = row.fields["整理番号"]
        try:
            validate(row, needs=NEEDS)
        except Held as held:
            found[record] = {finding.code for finding in held.findings}
    expected = [record for record, entry in HARD.items() if entry.get("code") == "character-not-printable"]
    assert found == {record: {"character-not-printable"} for record in expected}


def test_catalogue_of_bad_files_covers_the_folder() -> None:
    assert set(CATALOGUE) == {path.name for path in BAD.glob("*.csv")}
    rows = rows_of(BAD / "bad_rows.csv", "utf-8")
    assert list(rows[0]) == list(STANDARD_COLUMNS)
    assert [held["line"] for held in CATALOGUE["bad_rows.csv"]["held"]] == list(range(2, len(rows) + 1))


@pytest.mark.parametrize("name", sorted(set(CATALOGUE) - set(UNDECIDED_BY_READING)))
def test_a_bad_file_is_refused_whole(name: str) -> None:
    with pytest.raises(BadJob) as stopped:
        list(read_rows(BAD / name))
    assert int(of_stop(stopped.value)) == CATALOGUE[name]["exit_code"]


def test_each_bad_row_is_held_for_its_one_reason_and_the_good_one_is_not() -> None:
    found = []
    for row in read_rows(BAD / "bad_rows.csv"):
        try:
            validate(row, needs=NEEDS)
        except Held as held:
            found += [(finding.line, finding.record, finding.code) for finding in held.findings]
    expected = CATALOGUE["bad_rows.csv"]["held"]
    assert found == [(held["line"], held["record"], held["code"]) for held in expected]


def test_the_rows_that_share_a_record_number_are_those_catalogued() -> None:
    records = [row.fields["整理番号"] for row in read_rows(BAD / "duplicate_record.csv")]
    twice = [(line, record) for line, record in enumerate(records, 2) if records.count(record) > 1]
    held = CATALOGUE["duplicate_record.csv"]["held"]
    assert twice == [(entry["line"], entry["record"]) for entry in held]


def test_insurer_number_is_of_a_kenpo_in_tokyo_with_a_right_check_digit() -> None:
    insurer = tomllib.loads((FIXTURES / "examples" / "insurer.toml").read_text("utf-8"))
    assert insurer["number"][:4] == "0613"
    assert luhn.is_valid(insurer["number"])


def test_seal_is_eighteen_millimetres_at_600_dpi_in_red_and_white() -> None:
    with Image.open(FIXTURES / "examples" / "seal.png") as seal:
        assert seal.size == (425, 425)
        assert seal.info["dpi"] == pytest.approx((600, 600), abs=0.1)
        colours = seal.convert("RGB").getcolors()
    assert colours is not None
    assert {colour for _, colour in colours} == {(255, 255, 255), (204, 32, 24)}


@pytest.mark.parametrize("name", ["notice", "certificate", "hard-notice", "hard-certificate"])
def test_a_job_file_loads_with_its_insurer_and_source(name: str) -> None:
    job = load_job(FIXTURES / f"{name}.toml")
    assert job.issued_on == NEEDS.issued_on
    assert job.insurer.prints_ratio == NEEDS.prints_ratio
    assert job.sources[0].name == ("hard.csv" if name.startswith("hard") else "members.csv")
