"""Member files through column maps → the rows that they mean, or a finding that names what is wrong."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leaks import texts_of
from openpyxl import Workbook
from openpyxl.styles import Font

from renderer.desk.examples import load_example
from renderer.documents.certificate import CERTIFICATE
from renderer.documents.document import DATE_COLUMNS, HEADER, STANDARD_COLUMNS, Columns
from renderer.documents.eras import ERAS, parse_date
from renderer.documents.notice import NOTICE
from renderer.intake.columnmap import STANDARD, ColumnMap, Split
from renderer.intake.dateforms import reader_of
from renderer.intake.dialect import Dialect
from renderer.intake.mapfile import load_column_map
from renderer.intake.members import validate
from renderer.intake.rows import ALL, PassedOver, Row, read_rows, rows_of
from renderer.mailing.sheets import needs_of
from renderer.model.errors import BadJob
from renderer.model.findings import Finding, Held
from renderer.model.job import Job, Route
from renderer.model.lines import number_of
from renderer.running.origins import origins_of

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
sys.path.insert(0, str(FIXTURES))

import write_exports  # noqa: E402
from exports.layouts import LAYOUTS  # noqa: E402
from exports.writing import Export  # noqa: E402
from pools import Pools, load_pools  # noqa: E402

BLANK = dict.fromkeys(STANDARD_COLUMNS, "")
PERSON = BLANK | {
    "整理番号": "A1", "記号": "116", "番号": "7", "枝番": "01", "本人家族": "本人", "氏名": "架空　太郎",
    "フリガナ": "カクウ　タロウ", "性別": "男", "生年月日": "1970-05-01", "資格取得年月日": "2020-04-01",
    "郵便番号": "100-0001", "住所": "東京都千代田区架空町1-2",
}  # fmt: skip
ALL_OF_THEM = Columns((), HEADER)
SOME = Columns(("整理番号", "氏名"), tuple(name for name in HEADER if name not in ("整理番号", "氏名")))


def write(path: Path, header: Sequence[str], *rows: Sequence[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def read(folder: Path, own: Mapping[str, str], column_map: ColumnMap = STANDARD, asked: Columns = SOME) -> Row:
    """Write one row under its own columns, and read it through a map."""
    own = {"整理番号": "A1", "氏名": "架空　太郎"} | own
    own = {name: cell for name, cell in own.items() if name not in column_map.columns or name in _used(column_map)}
    (row,) = read_rows(write(folder / "export.csv", list(own), list(own.values())), column_map, asked)
    return row


def _used(column_map: ColumnMap) -> set[str]:
    return {own for owns in column_map.columns.values() for own in owns}


def codes(row: Row) -> list[tuple[str, str]]:
    return [(finding.code, finding.form) for finding in row.findings]


# The way of a cell


def test_columns_have_their_own_names_and_others_are_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path / "m.csv", ["番", "名", "更新", "担当"], ["A1", "架空　太郎", "x", "y"])
    mapped = ColumnMap(columns={"整理番号": ("番",), "氏名": ("名",)}, ignored=frozenset({"更新", "担当", "無い"}))
    passed = PassedOver()
    (row,) = read_rows(path, mapped, SOME, passed)
    assert (row.fields["整理番号"], row.fields["氏名"], row.fields["備考"]) == ("A1", "架空　太郎", "")
    assert list(passed.columns) == ["更新", "担当"]
    (row,) = read_rows(path, replace(mapped, ignored=frozenset(), ignores_others=True), SOME, passed)
    assert row.fields["氏名"] == "架空　太郎"


@pytest.mark.parametrize(
    ("cells", "joined"), [(("甲 ", "　", "乙"), "甲-乙"), (("", "", ""), ""), (("甲", "乙", "丙"), "甲-乙-丙")]
)
def test_joined_parts_lose_the_blanks_at_their_ends_and_blank_parts_their_separator(
    tmp_path: Path, cells: tuple[str, str, str], joined: str
) -> None:
    mapped = ColumnMap(columns={"住所": ("一", "二", "三")}, joined_by={"住所": "-"})
    assert read(tmp_path, dict(zip("一二三", cells, strict=True)), mapped).fields["住所"] == joined


@pytest.mark.parametrize(
    ("cell", "at", "parts"),
    [
        ("116-1234-01", "-", ("116", "1234", "01")),
        (" 116-1234-01　", "-", ("116", "1234", "01")),
        ("", "-", ("", "", "")),
        ("116-1234", "-", None),
        ("116-1234-", "-", None),
        ("116-1234-01-2", "-", None),
        ("〒100-0001 東京都架空町1", "postal-code", ("1000001", "東京都架空町1")),
        ("１００－０００１　東京都架空町１", "postal-code", ("1000001", "東京都架空町１")),
        ("1000001東京都", "postal-code", ("1000001", "東京都")),
        ("10000011-2", "postal-code", None),
        ("100-0001", "postal-code", None),
        ("東京都", "postal-code", None),
    ],
)
def test_a_column_is_divided_into_all_its_parts_or_held(
    tmp_path: Path, cell: str, at: str, parts: tuple[str, ...] | None
) -> None:
    into = ("郵便番号", "住所") if at == "postal-code" else ("記号", "番号", "枝番")
    row = read(tmp_path, {"両": cell}, ColumnMap(splits={"両": Split(into, at)}))
    assert tuple(row.fields[name] for name in into) == (parts or ("",) * len(into))
    assert codes(row) == ([] if parts else [("cannot-be-split", "")])


def test_a_part_may_be_called_like_the_column_that_was_divided(tmp_path: Path) -> None:
    mapped = ColumnMap(splits={"住所": Split(("郵便番号", "住所"), "postal-code")})
    row = read(tmp_path, {"住所": "100-0001 東京都"}, mapped)
    assert (row.fields["郵便番号"], row.fields["住所"]) == ("1000001", "東京都")


@pytest.mark.parametrize(
    ("cell", "value", "found"),
    [
        ("1", "男", []),
        (" 2　", "女", []),
        ("", "", []),
        ("3", "", [("value-not-in-table", "code")]),
        ("09", "", [("value-not-in-table", "code")]),
        ("X", "", [("value-not-in-table", "code")]),
        ("男性です", "", [("value-not-in-table", "")]),
        ("LEE", "", [("value-not-in-table", "")]),
        ("789", "", [("value-not-in-table", "")]),
    ],
)
def test_a_value_stands_for_what_the_table_says_and_one_that_is_not_there_is_held(
    tmp_path: Path, cell: str, value: str, found: list[tuple[str, str]]
) -> None:
    row = read(tmp_path, {"性別": cell}, ColumnMap(values={"性別": {"1": "男", "2": "女"}}))
    assert (row.fields["性別"], codes(row)) == (value, found)
    assert found != [("value-not-in-table", "")] or cell not in str(row.findings)


@pytest.mark.parametrize("column", HEADER)
def test_an_unknown_value_is_repeated_only_of_a_column_of_codes(tmp_path: Path, column: str) -> None:
    row = read(tmp_path, {column: "47"}, ColumnMap(values={column: {"1": "男"}}), ALL_OF_THEM)
    is_of_codes = column in ("本人家族", "性別", "負担割合", "限度額区分")
    assert [(one.code, one.columns, "47" in one.told("en")) for one in row.findings] == [
        ("value-not-in-table", (column,), is_of_codes)
    ]


def test_a_blank_value_is_in_a_table_that_has_it(tmp_path: Path) -> None:
    assert read(tmp_path, {"性別": " "}, ColumnMap(values={"性別": {"": "裏面参照"}})).fields["性別"] == "裏面参照"


@pytest.mark.parametrize(
    ("cell", "filled", "found"),
    [
        ("1", "01", ["noughts-restored"]),
        ("１", "01", ["noughts-restored"]),
        ("01", "01", []),
        ("001", "", ["too-many-digits"]),
        ("", "", []),
        ("甲", "甲", []),
    ],
)
def test_noughts_in_front_are_restored_and_said(tmp_path: Path, cell: str, filled: str, found: list[str]) -> None:
    row = read(tmp_path, {"枝番": cell}, ColumnMap(digits={"枝番": 2}))
    assert (row.fields["枝番"], [code for code, _ in codes(row)]) == (filled, found)


def test_noughts_are_restored_before_a_date_is_read(tmp_path: Path) -> None:
    mapped = ColumnMap(digits={"生年月日": 8}, dates={"生年月日": "eeyymmdd"})
    assert parse_date(read(tmp_path, {"生年月日": "3450501"}, mapped).fields["生年月日"]).date == date(1970, 5, 1)


def test_a_constant_is_in_every_row_and_of_no_column(tmp_path: Path) -> None:
    mapped = ColumnMap(constants={"本人家族": "本人"})
    assert read(tmp_path, {}, mapped).fields["本人家族"] == "本人"
    with pytest.raises(BadJob, match="column 本人家族 is there, and a constant of the column map"):
        read(tmp_path, {"本人家族": "x"}, mapped)


@pytest.mark.parametrize(
    ("form", "cell", "day"),
    [
        ("general", "R6.12.2", date(2024, 12, 2)),
        ("yyyymmdd", "20241202", date(2024, 12, 2)),
        ("yyyymmdd", "２０２４－１２－２", date(2024, 12, 2)),
        ("yyyymmdd", "2024年12月2日", date(2024, 12, 2)),
        ("mmddyyyy", "12/02/2024", date(2024, 12, 2)),
        ("mmddyyyy", "12022024", date(2024, 12, 2)),
        ("ddmmyyyy", "02.12.2024", date(2024, 12, 2)),
        ("ddmmyyyy", "2.12.2024", date(2024, 12, 2)),
        ("19yymmdd", "70-5-1", date(1970, 5, 1)),
        ("19yymmdd", "700501", date(1970, 5, 1)),
        ("20yymmdd", "5/6/7", date(2005, 6, 7)),
        ("昭和yymmdd", "450501", date(1970, 5, 1)),
        ("eyymmdd", "5061202", date(2024, 12, 2)),
        ("eyymmdd", "5-6-12-2", date(2024, 12, 2)),
        ("eeyymmdd", "05061202", date(2024, 12, 2)),
        ("serial", "45628", date(2024, 12, 2)),
        *((form, cell, None) for form, cell in (
            ("yyyymmdd", "241202"), ("yyyymmdd", "R6.12.2"), ("yyyymmdd", "12/02/2024"), ("mmddyyyy", "2024-12-02"),
            ("19yymmdd", "19700501"), ("eyymmdd", "06061202"), ("eyymmdd", "9061202"), ("eeyymmdd", "5061202"),
            ("eeyymmdd", "00061202"), ("serial", "2024-12-02"), ("serial", "60"), ("serial", "9999999"),
        )),
    ],
)  # fmt: skip
def test_a_date_is_read_in_the_form_that_is_named_and_in_no_other(
    tmp_path: Path, form: str, cell: str, day: date | None
) -> None:
    row = read(tmp_path, {"生年月日": cell}, ColumnMap(dates={"生年月日": form}))
    assert codes(row) == ([] if day else [("date-not-of-form", "")])
    assert (parse_date(row.fields["生年月日"]).date if day else None) == day
    assert cell not in str(row.findings)
    assert read(tmp_path, {"生年月日": " "}, ColumnMap(dates={"生年月日": form})).fields["生年月日"] == ""


def test_eras_may_have_other_codes_and_then_have_no_others(tmp_path: Path) -> None:
    given = ColumnMap(dates={"生年月日": "eyymmdd"}, eras={7: "昭和"})
    assert parse_date(read(tmp_path, {"生年月日": "7450501"}, given).fields["生年月日"]).date == date(1970, 5, 1)
    assert codes(read(tmp_path, {"生年月日": "3450501"}, given)) == [("date-not-of-form", "")]


@given(st.dates(date(1873, 1, 1), date(2099, 12, 31)))
def test_a_day_written_in_any_form_is_read_back(day: date) -> None:
    era = next(era for era in reversed(ERAS) if era.first_day <= day)
    year = day.year - era.first_year + 1
    written = {
        "yyyymmdd": f"{day:%Y%m%d}",
        "mmddyyyy": f"{day:%m%d}{day.year}",
        "ddmmyyyy": f"{day.day}.{day.month}.{day.year}",
        "eyymmdd": f"{era.code}{year:02}{day:%m%d}",
        "eeyymmdd": f"0{era.code}{year:02}{day:%m%d}",
        f"{era.name}yymmdd": f"{year}/{day.month}/{day.day}",
    }
    if day.year // 100 in (19, 20):
        written[f"{day.year // 100}yymmdd"] = f"{day.year % 100:02}{day:%m%d}"
    if day >= date(1900, 3, 1):
        written["serial"] = str((day - date(1899, 12, 30)).days)
    for form, text in written.items():
        found = reader_of(form)(text)
        assert found is not None
        assert parse_date(found).date == day


def test_the_bounds_of_eras_are_kept() -> None:
    read_era = reader_of("eyymmdd")
    assert parse_date(read_era("3640108") or "").ended == ERAS[2]
    with pytest.raises(ValueError, match="date-outside-era"):
        parse_date(read_era("3990101") or "")


# Columns that are not as the map says


@pytest.mark.parametrize(
    ("header", "column_map", "said"),
    [
        (["整理番号", "氏名", "更新"], ColumnMap(), 'column 3 "更新" is unknown'),
        (["整理番号", "氏名", "123456789018"], ColumnMap(), "column 3 is unknown"),
        (["整理番号", "名"], ColumnMap(), 'column 氏名 is missing; column 2 "名" is unknown, the nearest is "氏名"'),
        (
            ["整理番号", "名"],
            ColumnMap(columns={"氏名": ("姓名",)}),
            'there is no column "姓名", which the column map names',
        ),
        (["整理番号", "名", "名"], ColumnMap(columns={"氏名": ("名",)}), "column 名 is there 2 times"),
        (["整理番号", "氏名", "名"], ColumnMap(columns={"氏名": ("名",)}), 'column 2 "氏名" is unknown'),
        (["整理番号", "氏名"], ColumnMap(splits={"両": Split(("記号", "番号"), "-")}), 'there is no column "両"'),
        (
            ["整理番号", "氏名", "両", "記号"],
            ColumnMap(splits={"両": Split(("記号", "番号"), "-")}),
            "column 記号 is there 2 times",
        ),
        (
            ["整理番号", "氏名", "両", "両"],
            ColumnMap(splits={"両": Split(("記号", "番号"), "-")}),
            "column 両 is there 2 times",
        ),
    ],
)
def test_columns_that_are_missing_unknown_or_double_are_named(
    tmp_path: Path, header: list[str], column_map: ColumnMap, said: str
) -> None:
    with pytest.raises(BadJob) as caught:
        list(read_rows(write(tmp_path / "m.csv", header, ["x"] * len(header)), column_map, SOME))
    assert said in str(caught.value)
    assert "123456789018" not in str(caught.value)


def test_a_first_line_that_is_no_header_is_not_repeated_through_a_map(tmp_path: Path) -> None:
    mapped = ColumnMap(columns={"整理番号": ("番",), "氏名": ("名",)})
    with pytest.raises(BadJob, match="the first line is not the header: it lacks 番、名") as caught:
        list(read_rows(write(tmp_path / "m.csv", ["A1", "架空　花子"], ["A2", "x"]), mapped, SOME))
    assert not any("架空　花子" in text for text in texts_of(caught.value))


# What documents need


@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_each_column_that_a_document_needs_is_missed_and_every_other_may_be_missing(
    tmp_path: Path, document: object
) -> None:
    asked = document.columns  # type: ignore[attr-defined]
    cells = {name: PERSON.get(name, "") for name in asked.needs}
    (row,) = read_rows(write(tmp_path / "m.csv", list(cells), list(cells.values())), STANDARD, asked)
    assert row.fields == dict.fromkeys(HEADER, "") | cells
    for lost in asked.needs:
        rest = [name for name in cells if name != lost]
        with pytest.raises(BadJob, match=f"column {lost} is missing"):
            list(read_rows(write(tmp_path / "m.csv", rest, [cells[name] for name in rest]), STANDARD, asked))


def test_a_notice_needs_the_number_of_those_whose_registration_it_knows(tmp_path: Path) -> None:
    cells = {name: PERSON[name] for name in NOTICE.columns.needs} | {"登録年月日": "2020-04-01"}
    path = write(tmp_path / "m.csv", list(cells), list(cells.values()))
    with pytest.raises(BadJob, match="column 個人番号 is missing"):
        list(read_rows(path, STANDARD, NOTICE.columns))
    assert list(read_rows(path, ColumnMap(constants={"個人番号": ""}), NOTICE.columns))


def job_of(*sources: Path, **changes: object) -> Job:
    return replace(load_example("eligibility_notice"), sources=sources, **changes)  # type: ignore[arg-type]


def test_by_way_of_the_workplace_its_columns_are_needed(tmp_path: Path) -> None:
    cells = {name: PERSON[name] for name in NOTICE.columns.needs}
    job = job_of(write(tmp_path / "m.csv", list(cells), list(cells.values())))
    assert list(rows_of(job, NOTICE.columns, PassedOver()))
    route = replace(job.mailing, route=Route.WORKPLACE)
    with pytest.raises(BadJob, match="column 事業所番号 is missing; column 事業所名 is missing"):
        list(rows_of(replace(job, mailing=route), NOTICE.columns, PassedOver()))


# Whole files


def test_rows_of_several_files_are_one_after_the_other_and_know_their_file(tmp_path: Path) -> None:
    files = [write(tmp_path / f"{n}.csv", list(PERSON), list((PERSON | {"整理番号": n}).values())) for n in "ab"]
    rows = list(rows_of(job_of(*files), NOTICE.columns, PassedOver()))
    assert [(row.line, row.fields["整理番号"]) for row in rows] == [(2, "a"), (number_of(2, 1), "b")]
    write(files[1], list(PERSON), ["x"])
    (_, broken) = rows_of(job_of(*files), NOTICE.columns, PassedOver())
    assert broken.findings[0].told("en").startswith("line 2 of file 2: ")
    assert broken.findings[0].told("ja").startswith("2番目のファイルの 2 行目：")


def test_more_rows_than_the_map_allows_stop_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "m.csv", list(PERSON), *([list(PERSON.values())] * 3))
    (tmp_path / "columns.toml").write_text("max_rows = 3\n")
    job = job_of(path, columns=tmp_path / "columns.toml")
    assert len(list(rows_of(job, NOTICE.columns, PassedOver()))) == 3
    (tmp_path / "columns.toml").write_text("max_rows = 2\n")
    with pytest.raises(BadJob, match="more than 2 rows"):
        list(rows_of(job, NOTICE.columns, PassedOver()))


MAP = """
ignore = ["更新"]
[columns]
"性別" = "性"
"住所" = ["住所1", "住所2"]
[split."記号番号"]
into = ["記号", "番号", "枝番"]
at = "-"
[values."性別"]
1 = "男"
2 = "女"
[digits]
"郵便番号" = 7
"""


def test_a_finding_names_the_columns_that_stand_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "columns.toml").write_text(MAP, encoding="utf-8")
    gone = ("記号", "番号", "枝番", "性別", "住所")
    cells = {name: cell for name, cell in PERSON.items() if name not in gone}
    cells |= {"性": "3", "住所1": "東京都", "住所2": "架空町", "記号番号": "1-2", "更新": "", "郵便番号": "1000"}
    path = write(tmp_path / "m.csv", list(cells), list(cells.values()))
    job = job_of(path, columns=tmp_path / "columns.toml")
    (row,) = rows_of(job, NOTICE.columns, PassedOver())
    origin = origins_of(job, NOTICE)
    assert {finding.code: origin(finding) for finding in row.findings} == {
        "cannot-be-split": ("記号番号",),
        "value-not-in-table": ("性",),
        "noughts-restored": ("郵便番号",),
    }
    assert origin(Finding.of("address-missing", 2, "A1")) == ("住所1", "住所2")
    assert origin(Finding.of("branch-not-readable", 2, "A1")) == ("記号番号",)
    assert origin(Finding.of("no-glyph", 2, "A1", slot="kana", label="フリガナ", character="x")) == ("フリガナ",)
    with pytest.raises(Held) as held:
        validate(row, needs=needs_of(job))
    assert {finding.record for finding in held.value.findings} == {"A1"}
    assert [finding.code for finding in held.value.findings] == ["cannot-be-split", "value-not-in-table"]


# Wrong maps, each found by a finding that names it


def wrong(folder: Path, own: Mapping[str, str], column_map: ColumnMap) -> set[str]:
    row = read(folder, own, column_map, NOTICE.columns)
    with pytest.raises(Held) as held:
        validate(row, needs=needs_of(load_example("eligibility_notice")))
    return {finding.code for finding in held.value.findings}


def test_two_columns_exchanged_are_found(tmp_path: Path) -> None:
    exchanged = ColumnMap(columns={"氏名": ("フリガナ",), "フリガナ": ("氏名",)})
    assert wrong(tmp_path, PERSON, exchanged) == {"kana-not-allowed"}
    assert "date-before-birth" in wrong(
        tmp_path, PERSON, ColumnMap(columns={"生年月日": ("資格取得年月日",), "資格取得年月日": ("生年月日",)})
    )


def test_a_table_with_a_gap_is_found(tmp_path: Path) -> None:
    assert wrong(tmp_path, PERSON | {"本人家族": "2"}, ColumnMap(values={"本人家族": {"1": "本人"}})) == {
        "value-not-in-table"
    }


def test_a_branch_that_a_spreadsheet_made_a_number_is_restored_and_said_and_a_rounded_number_is_held(
    tmp_path: Path,
) -> None:
    workbook = Workbook()
    assert workbook.active is not None
    for row in (
        ["番", "名", "枝番", "個人番号"],
        ["A1", "架空", 1, 123456789000],
        ["A2", "架空", 1234567890123456, "1234"],
    ):
        workbook.active.append(row)
    workbook.save(tmp_path / "m.xlsx")
    mapped = ColumnMap(columns={"整理番号": ("番",), "氏名": ("名",)}, digits={"枝番": 2})
    first, second = read_rows(tmp_path / "m.xlsx", mapped, SOME)
    assert first.fields["枝番"] == "01"
    assert codes(first) == [("number-was-rounded", ""), ("noughts-restored", "")]
    assert [finding.columns for finding in first.findings] == [("個人番号",), ("枝番",)]
    assert codes(second) == [("number-was-rounded", ""), ("too-many-digits", "")]


@pytest.mark.parametrize("width", ['hidden="1"', 'width="0" customWidth="1"'])
@pytest.mark.parametrize("has_header", [True, False])
@pytest.mark.parametrize(("own", "is_used"), [("名", True), ("備", False), ("両", True), ("性別", False), ("", False)])
def test_a_hidden_column_that_is_used_is_read_only_where_somebody_says_so(
    tmp_path: Path, own: str, is_used: bool, has_header: bool, width: str
) -> None:
    names = ("番", "名", "備", "両", "性別")
    at = names.index(own) + 1 if own else 6
    last = at if own else 16384  # hidden as far as a sheet goes, as people do to see nothing behind their columns
    path = a_sheet(tmp_path, *([names] if has_header else []), ("A1", "架空", "x", "1-2", "男"))
    path = put_into_sheet(path, f'<cols><col min="{at}" max="{last}" {width}/></cols>')
    mapped = ColumnMap(
        Dialect(header=() if has_header else names),
        ignored=frozenset(("備",)),
        columns={"整理番号": ("番",), "氏名": ("名",)},
        splits={"両": Split(("記号", "番号"), "-")},
    )
    asked = Columns(("整理番号", "氏名"), ("番号",))
    if is_used:
        with pytest.raises(BadJob, match=f'm.xlsx: column "{own}" is hidden, and nobody can tell') as caught:
            list(read_rows(path, mapped, asked))
        assert not any("架空" in text for text in texts_of(caught.value))
        mapped = replace(mapped, dialect=replace(mapped.dialect, hidden="read"))
    (row,) = read_rows(path, mapped, asked)
    assert (row.fields["氏名"], row.fields["番号"]) == ("架空", "2")


@pytest.mark.parametrize(
    ("column", "is_used"), [("番", True), ("名", True), ("備", False), ("両", True), ("性別", False)]
)
def test_cells_that_are_merged_over_records_stop_the_reading_where_they_are_used(
    tmp_path: Path, column: str, is_used: bool
) -> None:
    names = ("番", "名", "備", "両", "性別")
    letter = "ABCDE"[names.index(column)]
    first = ("A1", "架空", "x", "1-2", "男")
    second = ["" if name == column else value for name, value in zip(names, first, strict=True)]
    path = a_sheet(tmp_path, names, first, second)
    merged = f'<mergeCells><mergeCell ref="A1:E1"/><mergeCell ref="{letter}2:{letter}3"/></mergeCells>'
    path = put_into_sheet(path, merged, "</sheetData>")
    mapped = ColumnMap(
        ignored=frozenset(("備",)),
        columns={"整理番号": ("番",), "氏名": ("名",)},
        splits={"両": Split(("記号", "番号"), "-")},
    )
    asked = Columns(("整理番号", "氏名"), ("番号",))
    if not is_used:
        assert len(list(read_rows(path, mapped, asked))) == 2
        return
    with pytest.raises(BadJob, match=f'm.xlsx: cells of column "{column}" are merged over rows 2 to 3') as caught:
        list(read_rows(path, mapped, asked))
    assert not any("架空" in text for text in texts_of(caught.value))


def test_a_cell_that_shows_something_else_holds_its_row_where_it_is_used(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (["番", "名", "番号", "備"], ["A1", "架空", 5, 5], ["A2", "架空", "5", ""]):
        sheet.append(row)
    sheet["C2"].number_format = sheet["D2"].number_format = "0%"
    sheet["B3"].font = Font(strike=True)
    workbook.save(tmp_path / "m.xlsx")
    mapped = ColumnMap(ignored=frozenset(("備",)), columns={"整理番号": ("番",), "氏名": ("名",)})
    first, second = read_rows(tmp_path / "m.xlsx", mapped, Columns(("整理番号", "氏名", "番号")))
    assert codes(first) == [("cell-shown-otherwise", "")]
    assert codes(second) == [("cell-shown-otherwise", "struck")]
    assert [finding.columns for finding in (*first.findings, *second.findings)] == [("番号",), ("名",)]


def a_sheet(folder: Path, *rows: Sequence[str]) -> Path:
    workbook = Workbook()
    assert workbook.active is not None
    for row in rows:
        workbook.active.append(row)
    workbook.save(folder / "m.xlsx")
    return folder / "m.xlsx"


def put_into_sheet(path: Path, xml: str, place: str = "<sheetData>") -> Path:
    """Write XML in front of the rows of a sheet, or behind them."""
    with ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(place.encode(), (xml + place if "/" not in place else place + xml).encode())
    with ZipFile(path, "w") as whole:
        for name, data in parts.items():
            whole.writestr(name, data)
    return path


# Any standard rows, written in any way and under any map, are read back

SIGNS = st.characters(codec="cp932", exclude_categories=["C", "Z"], exclude_characters="¢£¬‖−〜=\"',;|\t#-合")
TEXTS = st.text(SIGNS, min_size=1, max_size=6)
DAYS = st.dates(date(1940, 1, 1), date(2024, 12, 31))
ROWS = st.lists(
    st.fixed_dictionaries(
        {name: TEXTS for name in HEADER if name not in (*DATE_COLUMNS, "性別", "枝番", "備考", "送付先氏名")}
        | {name: DAYS.map(str) for name in DATE_COLUMNS}
        | {"性別": st.sampled_from(["男", "女"]), "枝番": st.integers(0, 99).map("{:02}".format)}
        | {"氏名": st.tuples(TEXTS, TEXTS).map("　".join), "備考": st.just("共通"), "送付先氏名": st.just("")}
    ),
    min_size=1,
    max_size=4,
)
WAYS = st.fixed_dictionaries(
    {
        "format": st.sampled_from(["csv", "fixed", "xlsx"]),
        "encoding": st.sampled_from(["utf-8", "cp932", "utf-16"]),
        "delimiter": st.sampled_from([",", "\t", ";", "|"]),
        "quote": st.sampled_from(['"', "'", ""]),
        "skip": st.integers(0, 2),
        "has_header": st.booleans(),
        "last": st.booleans(),
        "lines": st.booleans(),
        "form": st.sampled_from(["general", "yyyymmdd", "mmddyyyy", "eyymmdd", "serial"]),
        "order": st.randoms(use_true_random=False),
    }
)
Way = Mapping[str, object]


def as_own(row: Mapping[str, str], form: str) -> dict[str, str]:
    """Write a standard row as an export has it: other names and codes, columns together and apart, noughts lost."""
    day = date.fromisoformat(row["生年月日"])
    era = next(era for era in reversed(ERAS) if era.first_day <= day)
    own = {
        f"列{name}": cell for name, cell in row.items() if name not in ("記号", "番号", "氏名", "備考", "送付先氏名")
    }
    first, last = row["氏名"].split("　")
    return own | {
        "姓": first,
        "名": last,
        "記号番号": f"{row['記号']}-{row['番号']}",
        "列性別": {"男": "1", "女": "2"}[row["性別"]],
        "列枝番": row["枝番"].lstrip("0") or "0",
        "更新": "x",
        "列生年月日": {
            "general": str(day),
            "yyyymmdd": f"{day:%Y%m%d}",
            "mmddyyyy": f"{day:%m/%d/%Y}",
            "eyymmdd": f"{era.code}{day.year - era.first_year + 1:02}{day:%m%d}",
            "serial": str((day - date(1899, 12, 30)).days),
        }[form],
    }


def written(folder: Path, rows: Sequence[Mapping[str, str]], way: Way) -> tuple[Path, str]:
    """Write rows in a way; return the file and what a map says of how it is written."""
    columns = list(rows[0])
    table = [list(row.values()) for row in rows]
    skip, header = int(str(way["skip"])), columns if way["has_header"] else []
    last = [["合計", str(len(rows))]] if way["last"] else []
    named = "" if way["has_header"] else f"header = [{', '.join(map(repr, columns))}]\n"
    whole = [*([["表題"]] * skip), *([header] if header else []), *table, *last]
    said = f"skip = {skip}\n{named}" + ('last = { begins = "合計", count = 2 }\n' if last else "")
    if way["format"] == "xlsx":
        workbook = Workbook()
        assert workbook.active is not None
        for cells in whole:
            workbook.active.append(cells)
        path = folder / "any.xlsx"
        workbook.save(path)
        return path, said
    if way["format"] == "fixed":
        return written_fixed(folder, columns, table, lines=bool(way["lines"]))
    quote = str(way["quote"])
    text = io.StringIO()
    csv.writer(
        text,
        delimiter=str(way["delimiter"]),
        quotechar=quote or None,
        quoting=csv.QUOTE_ALL if quote else csv.QUOTE_NONE,
    ).writerows(whole)
    path = folder / "any.csv"
    path.write_bytes(text.getvalue().encode(str(way["encoding"])))
    return (
        path,
        said
        + f'encoding = "{way["encoding"]}"\ndelimiter = {way["delimiter"]!r}\nquote = {quote!r}\n'.replace(
            "'\\t'", '"\\t"'
        ).replace('quote = "\'"', 'quote = "\'"'),
    )


def written_fixed(
    folder: Path, columns: Sequence[str], table: Sequence[Sequence[str]], *, lines: bool
) -> tuple[Path, str]:
    cells = [[cell.encode("cp932") for cell in row] for row in table]
    widths = [max(map(len, column)) + 2 for column in zip(*cells, strict=True)]  # no text fills its field
    length = sum(widths) + 5
    end = b"\r\n" if lines else b""
    records = [b"2" + b"".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + b"zzzz" for row in cells]
    records = [b"1".ljust(length), *records, f"8{len(table):03}".encode().ljust(length)]
    path = folder / "any.txt"
    path.write_bytes(b"".join(record + end for record in records))
    places = [sum(widths[:n]) + 2 for n in range(len(widths))]
    fields = [f'"{c}" = {{ at = {at}, bytes = {w} }}' for c, at, w in zip(columns, places, widths, strict=True)]
    fields.append(f'"余白" = {{ at = {length - 3}, bytes = 4 }}')
    file = f'format = "fixed"\nencoding = "cp932"\nlength = {length}\nlines = {str(lines).lower()}\n'
    kinds = '[records]\nat = 1\nheader = "1"\ndata = "2"\ntrailer = "8"\ncount = { at = 2, bytes = 3 }\n'
    return path, file + "[fields]\n" + "\n".join(fields) + "\n" + kinds


OWN = """
[columns]
"氏名" = ["姓", "名"]
{renamed}
[join]
"氏名" = "　"
[split."記号番号"]
into = ["記号", "番号"]
at = "-"
[constants]
"備考" = "共通"
[values."性別"]
1 = "男"
2 = "女"
[digits]
"枝番" = 2
[dates]
"生年月日" = "{form}"
"""


@settings(max_examples=50, deadline=None)
@given(ROWS, WAYS)
def test_any_rows_written_in_any_way_are_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]], way: Way
) -> None:
    folder = tmp_path_factory.mktemp("any")
    own = [as_own(row, str(way["form"])) for row in rows]
    order = list(own[0])
    way["order"].shuffle(order)  # type: ignore[attr-defined]
    path, said = written(folder, [{name: row[name] for name in order} for row in own], way)
    renamed = "\n".join(f'"{name[1:]}" = "{name}"' for name in order if name.startswith("列"))
    text = f'ignore = ["更新", "余白"]\n[file]\n{said}{OWN.format(renamed=renamed, form=way["form"])}'
    (folder / "columns.toml").write_text(text, encoding="utf-8")
    found = list(read_rows(path, load_column_map(folder / "columns.toml", HEADER), ALL))
    assert [as_means(row.fields) for row in found] == [as_means(row) for row in rows]
    assert {code for row in found for code, _ in codes(row)} <= {"noughts-restored", "placeholder"}


def as_means(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: str(parse_date(cell).date) if name in DATE_COLUMNS else cell for name, cell in fields.items()}


# The exports of the fixtures

Layout = Callable[[Pools, int], Export]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: str(layout.__name__))
@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE], ids=lambda document: str(document.name))
def test_an_export_is_the_members_that_it_means(tmp_path: Path, layout: Layout, document: object) -> None:
    export = layout(load_pools(), 200)
    write_exports.write_export(export, write_exports.MAPS / f"{export.name}.toml", tmp_path / "x")
    job = job_of(*(tmp_path / "x" / name for name in export.files), columns=tmp_path / "x" / "columns.toml")
    needs = needs_of(job)
    rows = list(rows_of(job, document.columns, PassedOver()))  # type: ignore[attr-defined]
    meant = {row.fields["整理番号"]: row for row in read_rows(tmp_path / "x" / "means.csv")}
    assert len(rows) == len(meant) == 200
    for row in rows:
        one = meant[row.fields["整理番号"]]._replace(line=row.line)
        assert validate(row, needs=needs) == validate(one, needs=needs)


def test_a_header_by_position_is_not_taken_for_a_person(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("A1,架空\n", encoding="utf-8")
    mapped = ColumnMap(Dialect(header=("甲", "乙")), columns={"整理番号": ("丙",)})
    with pytest.raises(BadJob, match='there is no column "丙"'):
        list(read_rows(path, mapped, SOME))
