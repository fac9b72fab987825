"""``renderer map`` drafts the column map of a file that another system exported, and guesses nothing in silence."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from read_exports import differences, meanings, read_export
from score_maps import score_of

from renderer import check, load_job
from renderer.desk.decisions import Decision, Draft
from renderer.desk.draft_file import write_draft
from renderer.desk.drafting import draft_map
from renderer.documents.document import HEADER
from renderer.documents.eras import ERAS, era_of, parse_date
from renderer.intake.mapfile import load_column_map
from renderer.intake.survey import survey
from renderer.model.errors import BadJob
from renderer.running.words import words

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "fixtures"
sys.path.insert(0, str(FIXTURES))

import write_exports  # noqa: E402
from exports.layouts import LAYOUTS  # noqa: E402
from exports.writing import Export  # noqa: E402
from pools import Pools, load_pools  # noqa: E402

MEMBERS = FIXTURES / "examples" / "members.csv"
POOLS = cache(load_pools)
PLAIN = {"plain-csv", "workbook"}
"""Exports that are mapped whole without a person's help."""
MOSTLY_NAMED = {"joined-columns", "tab-separated", "titles-and-total"}
Layout = Callable[[Pools, int], Export]
Rows = list[dict[str, str]]
Change = Callable[[dict[str, str]], dict[str, str]]


@cache
def written_by(layout: Layout) -> Export:
    return layout(POOLS(), 200)


SEEN = {
    layout: maps
    for layouts, maps in map(write_exports.sealed_exports, write_exports.SEALED_FOLDERS)
    for layout in layouts
}
"""Layouts that were sealed until a draft was scored on them, and the folder of their maps."""
SCORED = (*LAYOUTS, *SEEN)


def map_of(layout: Layout) -> dict[str, Any]:
    maps = SEEN.get(layout, write_exports.MAPS)
    return tomllib.loads((maps / f"{written_by(layout).name}.toml").read_text("utf-8"))


def draft_of(export: Export, into: Path) -> Draft:
    files = [into / name for name in export.files]
    for file in files:
        file.write_bytes(export.files[file.name])
    return draft_map(survey(files))


@cache
def members() -> Rows:
    with MEMBERS.open(encoding="cp932", newline="") as file:
        return list(csv.DictReader(file))


def drafted(folder: Path, change: Change, rows: Rows | None = None) -> Draft:
    """Change every row of the example's members, and draft the map of what comes of it."""
    changed = [change(row) for row in rows or members()]
    path = folder / "own.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(changed[0]))
        writer.writeheader()
        writer.writerows(changed)
    return draft_map(survey([path]))


def of(draft: Draft, name: str) -> Decision:
    return next(one for one in draft.decisions for own in one.own if own.name == name)


def doubts(draft: Draft) -> dict[str, str]:
    return {own.name: one.why for one in draft.doubtful() for own in one.own}


def text_of(draft: Draft) -> str:
    return write_draft(draft, words("en"))


def given_in(draft: Draft) -> dict[str, Any]:
    return tomllib.loads(text_of(draft))


def renamed(**names: str) -> Change:
    """Give columns other names; ours = own."""
    return lambda row: {names.get(column, column): cell for column, cell in row.items()}


def with_cells(column: str, cell: Callable[[str], str], name: str = "") -> Change:
    return lambda row: {
        (name or key if key == column else key): cell(text) if key == column else text for key, text in row.items()
    }


def exchanged(one: str, other: str) -> Change:
    return lambda row: {column: row[{one: other, other: one}.get(column, column)] for column in row}


def day(text: str, form: Callable[[int, int, int], str]) -> str:
    if not text:
        return ""
    found = parse_date(text).date
    return form(found.year, found.month, found.day)


def all_days(form: Callable[[int, int, int], str]) -> Change:
    return lambda row: {
        column: day(text, form) if re.search("年月日|期日", column) else text for column, text in row.items()
    }


def coded(step: int, digits: int) -> Change:
    """Write all dates as the code of the era and yymmdd; codes go up by a step."""

    def form(year: int, month: int, of_month: int) -> str:
        era = era_of(parse_date(f"{year}-{month}-{of_month}").date)
        code = 1 + step * ERAS.index(era)
        return f"{code:0{digits}}{year - era.first_year + 1:02}{month:02}{of_month:02}"

    return all_days(form)


# The exports.


@pytest.mark.parametrize("layout", SCORED, ids=lambda layout: layout.__name__)
def test_no_column_of_an_export_is_wrong_in_silence(layout: Layout, tmp_path: Path) -> None:
    export = written_by(layout)
    draft = draft_of(export, tmp_path)
    scored = score_of(draft, map_of(layout))
    assert scored.wrong == ()
    if export.name in PLAIN:
        assert draft.is_whole
        assert scored.share == 1
    if export.name in MOSTLY_NAMED:
        assert scored.share > 0.9
    if draft.seen.columns and not draft.seen.has_header:
        assert scored.share > 0.3


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_a_draft_of_what_is_sure_reads_what_the_export_means(layout: Layout, tmp_path: Path) -> None:
    export = written_by(layout)
    draft = draft_of(export, tmp_path)
    if not draft.seen.columns or not draft.seen.has_header:
        return
    given = given_in(draft)
    given["ignore"] = [*given.get("ignore", ()), *doubts(draft)]
    _, rows = read_export(export.files, given)
    there = {column for one in draft.sure() for column in one.ours}
    assert all("本人家族" in there and "氏名" in there for _ in rows)
    assert (
        differences(
            (
                {**means, **{column: row[column] for column in there}}
                for row, means in zip(rows, export.means, strict=True)
            ),
            export.means,
        )
        == []
    )


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_a_whole_draft_is_a_column_map_and_no_cell_of_the_file_stands_in_it(layout: Layout, tmp_path: Path) -> None:
    export = written_by(layout)
    draft = draft_of(export, tmp_path)
    path = tmp_path / "columns.toml"
    path.write_text(text_of(draft), "utf-8")
    if draft.is_whole:
        assert meanings([own.name for own in draft.seen.columns], map_of(layout)) == meanings(
            [own.name for own in draft.seen.columns], given_in(draft)
        )
        load_column_map(path, HEADER)
    cells = {cell for row in export.means for cell in row.values() if len(cell) > 4}
    assert not [cell for cell in cells if cell in path.read_text("utf-8")]


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_a_plain_export_is_checked_by_its_draft_without_a_persons_help(name: str, tmp_path: Path) -> None:
    layout = next(layout for layout in LAYOUTS if written_by(layout).name == name)
    write_exports.write_exports(tmp_path, 200, (layout,), write_exports.MAPS)
    folder = tmp_path / name
    (folder / "columns.toml").unlink()
    assert renderer(*written_by(layout).files, cwd=folder).returncode == 0
    checked = check(load_job(folder / "notice.toml"), workers=1)
    assert (checked.read, checked.valid, checked.held) == (200, 200, 0)


# A standard file, and what it may be changed into.


def test_a_standard_file_is_mapped_whole(tmp_path: Path) -> None:
    draft = drafted(tmp_path, dict)
    assert draft.is_whole
    assert {own.name: one.ours for one in draft.decisions for own in one.own} == {name: (name,) for name in HEADER[:24]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("資格取得年月日", "認定年月日"),
        ("氏名", "被保険者氏名"),
        ("生年月日", "登録年月日"),
        ("記号", "番号"),
        ("郵便番号", "住所"),
        ("氏名", "フリガナ"),
        ("性別", "本人家族"),
        ("番号", "枝番"),
        ("資格取得年月日", "登録年月日"),
        ("認定年月日", "登録年月日"),
        ("発効期日", "登録年月日"),
        ("発効期日", "資格喪失予定年月日"),
        ("登録年月日", "資格喪失予定年月日"),
        ("被保険者氏名", "事業所名"),
        ("郵便番号", "事業所番号"),
        ("方書", "備考"),
    ],
)
def test_columns_that_were_exchanged_are_doubtful(one: str, other: str, tmp_path: Path) -> None:
    assert {one, other} & doubts(drafted(tmp_path, exchanged(one, other))).keys()


def test_the_family_has_the_name_of_the_insured_in_the_column_of_its_own(tmp_path: Path) -> None:
    def change(row: dict[str, str]) -> dict[str, str]:
        rest = {column: cell for column, cell in row.items() if column not in ("氏名", "被保険者氏名")}
        return {**rest, "被保険者氏名": row["氏名"]}

    assert of(drafted(tmp_path, change), "被保険者氏名").ours == ("氏名",)


@pytest.mark.parametrize(
    ("man", "woman"), [("1", "2"), ("M", "F"), ("男性", "女性"), ("１", "２"), ("m", "f"), ("01", "02")]
)
def test_codes_that_always_mean_the_same_have_their_table(man: str, woman: str, tmp_path: Path) -> None:
    codes = {"男": man, "女": woman}
    draft = drafted(tmp_path, with_cells("性別", lambda cell: codes.get(cell, ""), "性別コード"))
    assert draft.is_whole
    assert given_in(draft)["values"]["性別"] == {man: "男", woman: "女"}


def test_codes_that_may_mean_either_are_asked_of_a_person_with_the_codes_and_no_meaning(tmp_path: Path) -> None:
    codes = {"男": "0", "女": "1"}
    draft = drafted(tmp_path, with_cells("性別", lambda cell: codes.get(cell, "")))
    assert doubts(draft) == {"性別": "name-only"}
    assert "values" not in given_in(draft)


@pytest.mark.parametrize(("insured", "dependant"), [("1", "2"), ("0", "1"), ("2", "1"), ("H", "K")])
def test_of_the_codes_of_a_household_the_insured_has_the_one_that_each_has_once(
    insured: str, dependant: str, tmp_path: Path
) -> None:
    codes = {"本人": insured, "家族": dependant}
    draft = drafted(tmp_path, with_cells("本人家族", codes.__getitem__, "本人家族区分"))
    assert draft.is_whole
    assert given_in(draft)["values"]["本人家族"] == {insured: "本人", dependant: "家族"}


def test_codes_of_people_without_families_are_asked_of_a_person(tmp_path: Path) -> None:
    alone = [row for row in members() if row["本人家族"] == "本人"]
    change = with_cells("本人家族", lambda _: "1" if len(_) else "", "本人家族区分")
    draft = drafted(tmp_path, change, alone)
    assert of(draft, "本人家族区分").is_sure is False


def test_words_of_kinship_are_a_table(tmp_path: Path) -> None:
    kin = {"本人": "本人", "家族": "妻"}
    draft = drafted(tmp_path, with_cells("本人家族", kin.__getitem__, "続柄"))
    assert given_in(draft)["values"]["本人家族"] == {"妻": "家族", "本人": "本人"}


def test_a_word_that_is_not_known_makes_the_table_doubtful_and_does_not_stand_in_the_draft(tmp_path: Path) -> None:
    kin = {"本人": "本人", "家族": "架空人"}
    draft = drafted(tmp_path, with_cells("本人家族", kin.__getitem__, "続柄"))
    assert doubts(draft) == {"続柄": "codes"}
    assert "架空人" not in text_of(draft)
    assert '# "本人家族" = "続柄"' in text_of(draft)


@pytest.mark.parametrize(
    ("change", "form", "eras"),
    [
        (coded(1, 1), "", {}),
        (coded(2, 1), "eyymmdd", {"1": "明治", "3": "大正", "5": "昭和", "7": "平成", "9": "令和"}),
        (coded(1, 2), "eeyymmdd", {}),
        (coded(2, 2), "eeyymmdd", {"1": "明治", "3": "大正", "5": "昭和", "7": "平成", "9": "令和"}),
        (all_days(lambda year, month, day: f"{day:02}/{month:02}/{year}"), "ddmmyyyy", {}),
        (all_days(lambda year, month, day: f"{month}/{day}/{year}"), "mmddyyyy", {}),
        (all_days(lambda year, month, day: f"{year}{month:02}{day:02}"), "", {}),
    ],
)
def test_dates_have_the_form_by_which_all_of_them_are_read(
    change: Change, form: str, eras: dict[str, str], tmp_path: Path
) -> None:
    draft = drafted(tmp_path, change)
    assert draft.is_whole
    assert of(draft, "生年月日").form == form
    assert given_in(draft).get("eras", {}) == eras


@pytest.mark.parametrize(
    "form",
    [
        lambda year, month, day: f"{year % 100:02}{month:02}{day:02}",
        lambda year, month, day: f"{year % 100:02}/{month:02}/{day:02}",
        lambda year, month, day: f"{day % 12 + 1:02}/{month:02}/{year}",
    ],
)
def test_dates_that_can_be_read_in_several_ways_are_asked_of_a_person(
    form: Callable[[int, int, int], str], tmp_path: Path
) -> None:
    draft = drafted(tmp_path, all_days(form))
    assert doubts(draft)["生年月日"] == "dates"
    assert "dates" not in given_in(draft)


def halves(at: Callable[[str], int]) -> Change:
    def change(row: dict[str, str]) -> dict[str, str]:
        rest = {column: cell for column, cell in row.items() if column != "住所"}
        return {**rest, "住所1": row["住所"][: at(row["住所"])], "住所2": row["住所"][at(row["住所"]) :]}

    return change


def test_an_address_in_two_fields_is_joined(tmp_path: Path) -> None:
    draft = drafted(tmp_path, halves(lambda address: 6))
    assert draft.is_whole
    assert given_in(draft)["columns"]["住所"] == ["住所1", "住所2"]


def test_of_an_address_in_two_fields_the_second_may_be_the_building(tmp_path: Path) -> None:
    draft = drafted(tmp_path, renamed(住所="住所1", 方書="住所2"))
    assert draft.is_whole
    assert given_in(draft)["columns"]["方書"] == "住所2"


def test_an_address_without_house_numbers_goes_on_where_nobody_knows(tmp_path: Path) -> None:
    def change(row: dict[str, str]) -> dict[str, str]:
        return {**row, "住所": row["住所"][:6], "つづき": row["住所"][6:]}

    assert doubts(drafted(tmp_path, change))["住所"] == "part"


@pytest.mark.parametrize("name", ["住所_番地号表記", "住所の続き", "住所補足"])
def test_a_column_whose_name_has_the_address_in_it_is_asked_about_where_the_address_may_go_on(
    tmp_path: Path, name: str
) -> None:
    def change(row: dict[str, str]) -> dict[str, str]:
        return {**row, "住所": row["住所"][:6], name: row["住所"][6:]}

    assert of(drafted(tmp_path, change), name).ours in (("住所",), ("方書",))
    assert not of(drafted(tmp_path, change), "住所").is_sure or of(drafted(tmp_path, change), name).ours == ("住所",)


def test_an_address_begins_with_its_prefecture_wherever_that_stands_in_the_file(tmp_path: Path) -> None:
    def change(row: dict[str, str]) -> dict[str, str]:
        rest = {column: cell for column, cell in row.items() if column not in ("住所", "方書")}
        at = re.match("(..+?[都道府県])(.*)", row["住所"])
        assert at
        return {**rest, "住所（市区町村以下）": at[2], "住所（建物名）": row["方書"], "住所（都道府県）": at[1]}

    draft = drafted(tmp_path, change)
    assert given_in(draft)["columns"]["住所"] == ["住所（都道府県）", "住所（市区町村以下）"]
    assert given_in(draft)["columns"]["方書"] == "住所（建物名）"


def test_what_stands_in_one_column_is_split(tmp_path: Path) -> None:
    def change(row: dict[str, str]) -> dict[str, str]:
        gone = ("記号", "番号", "枝番", "郵便番号", "住所")
        rest = {column: cell for column, cell in row.items() if column not in gone}
        key = "-".join((row["記号"], row["番号"], row["枝番"]))
        return {**rest, "記号番号枝番": key, "住所": f"〒{row['郵便番号']} {row['住所']}"}

    draft = drafted(tmp_path, change)
    assert draft.is_whole
    assert given_in(draft)["split"] == {
        "記号番号枝番": {"into": ["記号", "番号", "枝番"], "at": "-"},
        "住所": {"into": ["郵便番号", "住所"], "at": "postal-code"},
    }


def test_noughts_that_a_spreadsheet_ate_are_restored_where_the_length_is_known(tmp_path: Path) -> None:
    def change(row: dict[str, str]) -> dict[str, str]:
        return {**row, "郵便番号": row["郵便番号"].replace("-", "").lstrip("0")}

    assert given_in(drafted(tmp_path, change))["digits"] == {"郵便番号": 7}


def test_a_systems_own_number_of_a_person_is_no_my_number(tmp_path: Path) -> None:
    numbers = {row["整理番号"]: str(1000 + at) for at, row in enumerate(members())}
    draft = drafted(tmp_path, lambda row: {**row, "個人番号": numbers[row["整理番号"]]})
    assert doubts(draft) == {"個人番号": "name-only"}


def test_a_column_that_says_the_same_twice_is_taken_once_and_one_that_does_not_is_asked(tmp_path: Path) -> None:
    same = drafted(tmp_path, lambda row: {**row, "生年月日(和暦)": row["生年月日"]})
    assert same.is_whole
    assert "生年月日(和暦)" in given_in(same)["ignore"]
    other = drafted(tmp_path, lambda row: {**row, "郵便番号2": "100-0001"})
    assert doubts(other) == {"郵便番号": "several", "郵便番号2": "several"}


def test_what_everybody_has_is_none_of_what_people_differ_in(tmp_path: Path) -> None:
    draft = drafted(tmp_path, lambda row: {"作成": "1", **{name: cell for name, cell in row.items() if name != "性別"}})
    assert of(draft, "作成").ours == ()
    symbol = drafted(
        tmp_path, lambda row: {"支部": "10", **{name: cell for name, cell in row.items() if name != "記号"}}
    )
    assert doubts(symbol) == {"支部": "shape-only"}


def test_a_blank_column_and_one_of_an_unknown_name_that_fits_nothing_are_ignored(tmp_path: Path) -> None:
    draft = drafted(
        tmp_path, lambda row: {**row, "あれ": "", "これ": "2026/11/20 18:01:01", "電話番号": "03-0000-0000"}
    )
    assert draft.is_whole
    assert given_in(draft)["ignore"] == ["あれ", "これ", "電話番号"]


@pytest.mark.parametrize(
    ("ours", "own"),
    [
        ("負担割合", "料率"),
        ("事業所番号", "店所"),
        ("フリガナ", "読"),
        ("認定年月日", "開始"),
        ("枝番", "順"),
    ],
)
def test_a_column_whose_name_says_nothing_is_asked_of_a_person_and_not_ignored(
    ours: str, own: str, tmp_path: Path
) -> None:
    assert own in doubts(drafted(tmp_path, renamed(**{ours: own})))


def test_words_say_what_they_are_whatever_their_column_is_called(tmp_path: Path) -> None:
    words_only = drafted(tmp_path, renamed(性別="せい"))
    assert (words_only.is_whole, of(words_only, "せい").ours) == (True, ("性別",))
    codes = {"男": "1", "女": "2"}
    assert doubts(drafted(tmp_path, with_cells("性別", lambda cell: codes.get(cell, ""), "せい"))) == {
        "せい": "shape-only"
    }


def test_a_number_of_rows_is_the_record_number_only_where_nothing_else_is(tmp_path: Path) -> None:
    at = {row["整理番号"]: str(number) for number, row in enumerate(members(), 1)}
    only = drafted(tmp_path, with_cells("整理番号", at.__getitem__, "№"))
    assert (only.is_whole, of(only, "№").ours) == (True, ("整理番号",))
    both = drafted(tmp_path, lambda row: {"№": at[row["整理番号"]], **renamed(整理番号="社員番号")(row)})
    assert (of(both, "№").ours, of(both, "社員番号").ours) == ((), ("整理番号",))


# The command.


def renderer(*given: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "renderer.cli", "map", *map(str, given)]
    return subprocess.run(program, capture_output=True, text=True, cwd=cwd, env={"PYTHONPATH": str(ROOT), "PATH": ""})


@pytest.mark.parametrize(
    ("language", "whole"), [("ja", "要確認の列はありません"), ("en", "no column is left to decide")]
)
def test_the_command_writes_a_draft_and_says_what_it_saw(language: str, whole: str, tmp_path: Path) -> None:
    ended = renderer(MEMBERS, "--lang", language, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert whole in ended.stdout
    assert all(name in ended.stdout for name in HEADER[:24])
    load_column_map(tmp_path / "columns.toml", HEADER)
    assert no_person_in(ended.stdout + (tmp_path / "columns.toml").read_text("utf-8"))


def no_person_in(text: str) -> bool:
    private = ("整理番号", "氏名", "フリガナ", "住所", "方書", "生年月日", "個人番号", "郵便番号", "備考")
    cells = {row[column] for row in members() for column in private if len(row[column]) > 4}
    return not [cell for cell in cells if cell in text]


def test_what_a_person_must_decide_has_its_own_exit_code(tmp_path: Path) -> None:
    changed = tmp_path / "own.csv"
    changed.write_text(MEMBERS.read_text("cp932").replace("枝番", "順", 1), "utf-8")
    ended = renderer(changed, "--json", "-o", "draft.toml", cwd=tmp_path)
    assert ended.returncode == 3, ended.stderr
    facts = json.loads(ended.stdout)
    assert {"own": ["順"], "ours": ["枝番"], "sure": False, "why": "shape-only"} in facts["columns"]
    assert facts["whole"] is False
    with pytest.raises(BadJob, match="順"):
        read_all(tmp_path / "draft.toml", changed)


def test_a_column_of_our_name_that_is_to_be_decided_is_not_taken_by_itself(tmp_path: Path) -> None:
    rows = members()
    path = tmp_path / "own.csv"
    for row in rows:  # days of another kind than a 発効期日: a person must look
        row["発効期日"] = row["生年月日"]
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    ended = renderer(path, "-o", "draft.toml", cwd=tmp_path)
    assert ended.returncode == 3, ended.stdout
    draft = tmp_path / "draft.toml"
    text = draft.read_text("utf-8")
    assert 'undecided = ["発効期日"]' in text
    with pytest.raises(BadJob, match='key "undecided": nobody has decided yet what 発効期日 is'):
        read_all(draft, path)
    draft.write_text(text.replace('# "発効期日" = ', '"発効期日" = '), "utf-8")
    assert len(list(read_all(draft, path))) == len(rows)
    draft.write_text(f'ignore = ["発効期日"]\n{text}', "utf-8")
    load_column_map(draft, HEADER)


def read_all(column_map: Path, file: Path) -> Iterable[object]:
    from renderer.intake.rows import read_rows

    return list(read_rows(file, load_column_map(column_map, HEADER)))


def test_a_map_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "columns.toml").write_text("mine", "utf-8")
    ended = renderer(MEMBERS, cwd=tmp_path)
    assert ended.returncode == 4
    assert "is there already" in ended.stderr
    assert (tmp_path / "columns.toml").read_text("utf-8") == "mine"


def test_a_document_that_is_not_there_is_refused(tmp_path: Path) -> None:
    ended = renderer(MEMBERS, "--document", "eligibility", cwd=tmp_path)
    assert ended.returncode == 2
    assert "eligibility_notice" in ended.stderr


def test_what_a_document_needs_and_is_not_there_is_told(tmp_path: Path) -> None:
    changed = tmp_path / "own.csv"
    changed.write_text(MEMBERS.read_text("cp932").replace("番号", "い", 2), "utf-8")
    facts = json.loads(renderer(changed, "--json", cwd=tmp_path).stdout)
    assert "整理番号" in facts["missing"]["eligibility_notice"]
    one = renderer(changed, "--json", "-o", "b.toml", "--document", "eligibility_notice", cwd=tmp_path)
    assert set(json.loads(one.stdout)["missing"]) == {"eligibility_notice"}


def test_a_file_of_fixed_lengths_gets_a_skeleton_with_what_can_be_seen(tmp_path: Path) -> None:
    layout = next(layout for layout in LAYOUTS if written_by(layout).name == "fixed-length")
    (name, content), *_ = written_by(layout).files.items()
    (tmp_path / name).write_bytes(content)
    ended = renderer(name, "--lang", "ja", cwd=tmp_path)
    assert ended.returncode == 3
    assert "固定長" in ended.stdout
    skeleton = (tmp_path / "columns.toml").read_text("utf-8")
    right = map_of(layout)["file"]
    assert (
        tomllib.loads(skeleton)["file"] == {key: right[key] for key in ("format", "encoding", "length", "lines")} | {}
    )
    assert '"2" (200)' in skeleton


def test_several_files_are_one_and_must_be_written_alike(tmp_path: Path) -> None:
    text = MEMBERS.read_text("cp932")
    header, *lines = text.splitlines(keepends=True)
    (tmp_path / "a.csv").write_text(header + "".join(lines[:100]), "utf-8")
    (tmp_path / "b.csv").write_text(header + "".join(lines[100:]), "utf-8")
    facts = json.loads(renderer("a.csv", "b.csv", "--json", cwd=tmp_path).stdout)
    assert (facts["records"], facts["whole"]) == (200, True)
    (tmp_path / "b.csv").write_text(header.replace(",", "\t") + "".join(lines[100:]).replace(",", "\t"), "utf-8")
    refused = renderer("a.csv", "b.csv", "-o", "c.toml", cwd=tmp_path)
    assert refused.returncode == 4
    assert "is not written as a.csv is" in refused.stderr
