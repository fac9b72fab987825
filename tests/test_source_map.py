"""A file of its own columns is read by its map into the standard cells, and a map applied wrongly is told by them."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from own_files import csv_of, with_file, workbook_of
from test_source import (
    ERAS,
    NOTICE,
    STRANGER,
    Fault,
    Printed,
    as_read,
    exchanged,
    household,
    prove,
    reading,
    replaced,
    says,
)

from renderer.intake.rows import HEADER
from renderer.model.errors import BadBatch
from renderer.model.job import Envelope, MailingRules
from renderer.proof.complete import prove_complete
from renderer.proof.source_index import write_index
from renderer.proof.source_map import STANDARD, ColumnMap

ALONE = MailingRules()


def test_the_columns_are_those_of_the_standard() -> None:
    assert STANDARD == HEADER


# What becomes of a cell.


def cells(given: dict[str, Any], own: dict[str, str]) -> dict[str, str]:
    """The cells of a record under our columns, those that say something."""
    row = ColumnMap(given, list(own)).row(list(own.values()))
    return {column: cell for column, cell in zip(STANDARD, row, strict=True) if cell}


PLACES = {"住所": ["住所1", "住所2", "住所3"]}
NUMBERS = {"記号番号": {"into": ["記号", "番号", "枝番"], "at": "-"}}
ADDRESS = {"所在": {"into": ["郵便番号", "住所"], "at": "postal-code"}}
MAPS: dict[str, tuple[dict[str, Any], dict[str, str], dict[str, str]]] = {
    "another name": ({"columns": {"氏名": "漢字氏名"}}, {"漢字氏名": " 甲　乙"}, {"氏名": " 甲　乙"}),
    "its own name": ({}, {"氏名": "甲", "更新日時": "1"}, {"氏名": "甲"}),
    "its own name beside others that are ignored": ({"ignore": "others"}, {"氏名": "甲", "他": "1"}, {"氏名": "甲"}),
    "its own name, ignored": ({"ignore": ["備考"]}, {"氏名": "甲", "備考": "乙"}, {"氏名": "甲"}),
    "its own name in another's place": (
        {"columns": {"氏名": "被保険者氏名"}}, {"被保険者氏名": "甲"}, {"氏名": "甲"},
    ),
    "its own name beside the one that is named": (
        {"columns": {"氏名": "漢字"}, "ignore": "others"}, {"氏名": "甲", "漢字": "乙"}, {"氏名": "乙"},
    ),
    "joined": (
        {"columns": {"氏名": ["氏", "名"]}, "join": {"氏名": "　"}}, {"氏": " 甲 ", "名": "乙"}, {"氏名": "甲　乙"},
    ),
    "joined with nothing between": (
        {"columns": PLACES}, {"住所1": "甲", "住所2": "乙　", "住所3": "丙"}, {"住所": "甲乙丙"},
    ),
    "joined, one part blank": (
        {"columns": PLACES, "join": {"住所": "/"}}, {"住所1": "甲", "住所2": "　", "住所3": "丙"}, {"住所": "甲/丙"},
    ),
    "joined, all parts blank": ({"columns": PLACES}, {"住所1": "", "住所2": " ", "住所3": ""}, {}),
    "split": ({"split": NUMBERS}, {"記号番号": "１１６-甲-01"}, {"記号": "１１６", "番号": "甲", "枝番": "01"}),
    "split, one part blank": ({"split": NUMBERS}, {"記号番号": "-12-"}, {"番号": "12"}),
    "split, blank": ({"split": NUMBERS}, {"記号番号": " ", "整理番号": "S1"}, {"整理番号": "S1"}),
    "split into parts with names of their own": (
        {"split": {"x": {"into": ["a", "b"], "at": "/"}}, "columns": {"番号": "b", "記号": "a"}},
        {"x": "1/2"}, {"記号": "1", "番号": "2"},
    ),
    "split into what is joined": (
        {"split": {"x": {"into": ["a", "b"], "at": "/"}}, "columns": {"氏名": ["b", "a"]}}, {"x": "1/2"},
        {"氏名": "21"},
    ),
    "a postal code": ({"split": ADDRESS}, {"所在": "100-0001架空県1"}, {"郵便番号": "1000001", "住所": "架空県1"}),
    "a postal code in full width": (
        {"split": ADDRESS}, {"所在": "〒１００－０００１　架空県１－２"},
        {"郵便番号": "1000001", "住所": "架空県１－２"},
    ),
    "a postal code without hyphen": (
        {"split": ADDRESS}, {"所在": "1000001 甲"}, {"郵便番号": "1000001", "住所": "甲"},
    ),
    "a constant": ({"constants": {"本人家族": "本人"}}, {"氏名": "甲"}, {"本人家族": "本人", "氏名": "甲"}),
    "a table": ({"values": {"性別": {"1": "男"}}}, {"性別": " 1　"}, {"性別": "男"}),
    "a table, blank": ({"values": {"性別": {"1": "男"}}}, {"性別": " ", "整理番号": "S1"}, {"整理番号": "S1"}),
    "a table that has the blank": ({"values": {"性別": {"": "男"}}}, {"性別": " "}, {"性別": "男"}),
    "a table of another column": (
        {"columns": {"性別": "区分"}, "values": {"性別": {"1": "男"}}}, {"区分": "1"}, {"性別": "男"},
    ),
    "noughts": ({"digits": {"郵便番号": 7}}, {"郵便番号": "600001"}, {"郵便番号": "0600001"}),
    "noughts of full width": ({"digits": {"枝番": 2}}, {"枝番": "１"}, {"枝番": "01"}),
    "noughts behind a table": (
        {"values": {"枝番": {"A": "1"}}, "digits": {"枝番": 2}}, {"枝番": "A"}, {"枝番": "01"},
    ),
    "noughts, blank": ({"digits": {"枝番": 2}}, {"枝番": "", "整理番号": "S1"}, {"整理番号": "S1"}),
    "noughts, no digits": ({"digits": {"番号": 2}}, {"番号": "い"}, {"番号": "い"}),
    "a date": ({"dates": {"生年月日": "eyymmdd"}}, {"生年月日": "5061202"}, {"生年月日": "2024-12-02"}),
    "a date, blank": (
        {"dates": {"認定年月日": "eyymmdd"}}, {"認定年月日": "　", "整理番号": "S1"}, {"整理番号": "S1"},
    ),
    "a date of the general form": (
        {"dates": {"生年月日": "general"}}, {"生年月日": "S30.6.7"}, {"生年月日": "S30.6.7"},
    ),
    "a date of a table": (
        {"values": {"発効期日": {"x": "20261101"}}, "dates": {"発効期日": "yyyymmdd"}}, {"発効期日": "x"},
        {"発効期日": "2026-11-01"},
    ),
    "a 個人番号": ({"columns": {"個人番号": "番"}}, {"番": "1234 5678 9018"}, {"個人番号": "9018"}),
}  # fmt: skip


@pytest.mark.parametrize("name", MAPS)
def test_a_cell_goes_the_way_of_the_map(name: str) -> None:
    given, own, expected = MAPS[name]
    assert cells(given, own) == expected


HELD: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "no such value": ({"values": {"性別": {"1": "男"}}}, {"性別": "3"}),
    "too few parts": ({"split": NUMBERS}, {"記号番号": "116-1"}),
    "too many parts": ({"split": NUMBERS}, {"記号番号": "116-1-01-2"}),
    "no postal code in front": ({"split": ADDRESS}, {"所在": "架空県1000001"}),
    "a postal code of eight digits": ({"split": ADDRESS}, {"所在": "10000012架空県"}),
    "too many digits": ({"digits": {"枝番": 2}}, {"枝番": "001"}),
    "a date of another form": ({"dates": {"生年月日": "eyymmdd"}}, {"生年月日": "20241202"}),
    "twelve digits for a record": ({}, {"整理番号": "123456789018"}),
}


@pytest.mark.parametrize("name", HELD)
def test_a_record_that_has_to_be_held_has_no_record_number(name: str, tmp_path: Path) -> None:
    """So that nobody may have printed it, and its household is known all the same."""
    given, own = HELD[name]
    assert "整理番号" not in cells(given, {"整理番号": "S1", **own})
    rows = [["整理番号", *own], [own.get("整理番号", "S1"), *own.values()]]
    job = with_file(NOTICE, tmp_path / "m.csv", csv_of([list(dict.fromkeys(row)) for row in rows]).encode(), given)
    write_index(job, tmp_path / "index")
    prove_complete(tmp_path / "index", ALONE, [], {2})
    with pytest.raises(BadBatch, match="and the member file does not have it to print"):
        prove_complete(tmp_path / "index", ALONE, [[rows[1][0]]], set())


@pytest.mark.parametrize("text", ["123456789018", "1234-5678-9018", "備考 １２３４　５６７８　９０１８"])
def test_no_whole_my_number_lies_in_what_is_written(text: str, tmp_path: Path) -> None:
    rows = [["整理番号", "備考", "事業所番号", "旧"], ["S1", text, "123456789012", text]]
    job = with_file(NOTICE, tmp_path / "m.csv", csv_of(rows).encode(), {"ignore": ["旧"]})
    with reading(job, tmp_path) as second:
        assert (second.row("S1").cells["備考"], second.row("S1").cells["事業所番号"]) == ("", "123456789012")
    assert text.encode() not in (tmp_path / "index").read_bytes()
    assert (tmp_path / "index").stat().st_mode & 0o777 == 0o600


# Forms of dates.

FORMS: dict[str, tuple[str, list[str]]] = {
    "yyyymmdd": (
        "2024-12-02",
        ["20241202", "2024-12-02", "2024/12/2", "２０２４１２０２", "2024年12月2日", " 20241202 "],
    ),
    "mmddyyyy": ("2024-12-02", ["12022024", "12/02/2024", "12.2.2024"]),
    "ddmmyyyy": ("2024-12-02", ["02122024", "02.12.2024", "2-12-2024"]),
    "19yymmdd": ("1924-12-02", ["241202", "24-12-02", "24/12/2"]),
    "20yymmdd": ("2004-02-29", ["040229", "04-02-29", "4.2.29"]),
    "明治yymmdd": ("1873-01-01", ["060101", "6.1.1"]),
    "大正yymmdd": ("1926-12-24", ["151224", "15/12/24"]),
    "昭和yymmdd": ("1955-06-07", ["300607", "30-6-7"]),
    "平成yymmdd": ("2019-04-30", ["310430"]),
    "令和yymmdd": ("2024-12-02", ["061202", "6年12月2日"]),
    "eyymmdd": ("2024-12-02", ["5061202", "5-06-12-02", "5.6.12.2"]),
    "eeyymmdd": ("2024-12-02", ["05061202", "05-06-12-02", "5/6/12/2"]),
    "serial": ("2024-12-02", ["45628", "４５６２８"]),
}
NO_DATES: dict[str, list[str]] = {
    "yyyymmdd": [
        "241202",
        "2024121",
        "202412-02",
        "2024-13-01",
        "2023-02-29",
        "24-12-02",
        "令和6年12月2日",
        "R6.12.2",
        "x",
    ],
    "mmddyyyy": ["20241202", "13/01/2024", "12022024 0"],
    "ddmmyyyy": ["12/13/2024", "2024-12-02"],
    "19yymmdd": ["19241202", "S24.12.2", "1924-12-02"],
    "令和yymmdd": ["令和6年12月2日", "5061202"],
    "eyymmdd": ["061202", "6061202", "0061202", "05061202", "R061202", "506.12", "506.12.02"],
    "eeyymmdd": ["5061202", "06061202"],
    "serial": ["60", "2024-12-02", "45628.5", "99999999", "x"],
}


@pytest.mark.parametrize("form", FORMS)
def test_a_date_of_a_form_is_that_day(form: str) -> None:
    on, texts = FORMS[form]
    assert {cells({"dates": {"生年月日": form}}, {"生年月日": text}).get("生年月日") for text in texts} == {on}


@pytest.mark.parametrize("form", NO_DATES)
def test_what_is_not_of_the_form_is_no_date(form: str) -> None:
    for text in NO_DATES[form]:
        assert cells({"dates": {"生年月日": form}}, {"生年月日": text, "整理番号": "S1"}) == {}, text


@pytest.mark.parametrize(("number", "on"), [(1, "1900-01-01"), (59, "1900-02-28"), (61, "1900-03-01")])
def test_days_of_a_spreadsheet_begin_with_1900(number: int, on: str) -> None:
    assert cells({"dates": {"生年月日": "serial"}}, {"生年月日": str(number)}) == {"生年月日": on}


@pytest.mark.parametrize("form", ["eyymmdd", "eeyymmdd"])
def test_eras_have_the_codes_of_the_map_and_no_others(form: str) -> None:
    given = {"dates": {"生年月日": form}, "eras": {"7": "昭和", "09": "令和"}}
    front = "" if form == "eyymmdd" else "0"
    assert cells(given, {"生年月日": f"{front}7300607"}) == {"生年月日": "1955-06-07"}
    assert cells(given, {"生年月日": f"{front}9061202"}) == {"生年月日": "2024-12-02"}
    assert cells(given, {"生年月日": f"{front}5061202"}) == {}


# Whole files.

NAMES = st.text("髙花邉ア　-/'\"1", min_size=1, max_size=5).map(lambda text: f"甲{text}乙")
DAYS = st.dates(date(1927, 1, 1), date(2026, 11, 23))
PEOPLE = st.fixed_dictionaries({
    "記号": st.sampled_from(["", "116", "健保"]), "番号": st.integers(1, 9999).map(str),
    "枝番": st.integers(0, 99).map("{:02}".format), "本人家族": st.sampled_from(["本人", "家族"]), "氏名": NAMES,
    "フリガナ": NAMES, "性別": st.sampled_from(["", "男", "女"]), "生年月日": DAYS,
    "資格取得年月日": DAYS | st.just(""), "認定年月日": DAYS | st.just(""), "備考": NAMES,
    "郵便番号": st.integers(0, 9999999).map("{:07}".format), "住所": st.lists(NAMES, min_size=1, max_size=3),
    "個人番号": st.sampled_from(["", "0472", "123456789018"]),
})  # fmt: skip


def in_form(on: date | str, form: str, eras: dict[str, str]) -> str:
    """Write a day in a form; in one without signs of its own."""
    if isinstance(on, str):
        return on
    era, _, _, first = next(one for one in ERAS if on >= one[3])
    year = on.year - first.year + 1
    code = next(code for code, name in eras.items() if name == era)
    return {
        "yyyymmdd": f"{on:%Y/%m/%d}", "mmddyyyy": f"{on:%m%d%Y}", "ddmmyyyy": f"{on.day}.{on.month}.{on.year}",
        "eyymmdd": f"{code}{year:02}{on:%m%d}", "eeyymmdd": f"0{code}-{year}-{on.month}-{on.day}",
        "serial": str((on - date(1899, 12, 30)).days), "general": f"{era}{year}年{on.month}月{on.day}日",
    }[form]  # fmt: skip


@st.composite
def exports(draw: st.DrawFn) -> tuple[dict[str, Any], list[list[Any]], list[dict[str, Any]]]:
    """A map, a file as another system writes it, and the people in it."""
    people = draw(st.lists(PEOPLE, min_size=1, max_size=4))
    if draw(st.booleans()):
        people = [person | {"本人家族": "本人"} for person in people]
    forms = st.sampled_from(["yyyymmdd", "mmddyyyy", "ddmmyyyy", "eyymmdd", "eeyymmdd", "serial", "general"])
    dates = {column: draw(forms) for column in ("生年月日", "資格取得年月日", "認定年月日")}
    eras = draw(
        st.sampled_from(
            [
                dict(zip("12345", ["明治", "大正", "昭和", "平成", "令和"], strict=True)),
                {"7": "昭和", "8": "平成", "9": "令和"},
            ]
        )
    )
    given: dict[str, Any] = {
        "columns": {"整理番号": "社員番号", "氏名": ["氏", "名"]}, "dates": dates, "eras": eras,
        "digits": {"枝番": 2, "郵便番号": 7},
        "join": {"氏名": "　"}, "values": {"性別": {"1": "男", "2": "女", "9": ""}},
    }  # fmt: skip
    table = [
        {
            "社員番号": f"N{at}", "氏": person["氏名"], "名": person["フリガナ"], "カナ": person["フリガナ"],
            "備考": person["備考"],
            "性別": {"男": "1", "女": "2", "": "9"}[person["性別"]], "枝番": str(int(person["枝番"])),
            "個人番号": person["個人番号"],
        } | {column: in_form(person[column], form, eras) for column, form in dates.items()}
        for at, person in enumerate(people)
    ]  # fmt: skip
    given["columns"]["フリガナ"] = "カナ"
    if {person["本人家族"] for person in people} == {"本人"}:
        given["constants"] = {"本人家族": "本人"}
    else:
        given["values"]["本人家族"] = {"0": "本人", "1": "家族"}
        for row, person in zip(table, people, strict=True):
            row["本人家族"] = str(int(person["本人家族"] == "家族"))
    if draw(st.booleans()):
        given["split"] = {"証": {"into": ["記号", "番号"], "at": "-"}}
        for row, person in zip(table, people, strict=True):
            row["証"] = f"{person['記号']}-{person['番号']}"
    else:
        for row, person in zip(table, people, strict=True):
            row |= {"記号": person["記号"], "番号": person["番号"]}
    if draw(st.booleans()):
        given.setdefault("split", {})["所在"] = {"into": ["郵便番号", "住所"], "at": "postal-code"}
        for row, person in zip(table, people, strict=True):
            row["所在"] = f"〒{person['郵便番号'][:3]}-{person['郵便番号'][3:]} {''.join(person['住所'])}"
    else:
        given["columns"]["住所"] = ["住所1", "住所2", "住所3"]
        for row, person in zip(table, people, strict=True):
            row |= {f"住所{at + 1}": "".join(person["住所"][at : at + 1]) for at in range(3)}
            row["郵便番号"] = str(int(person["郵便番号"]))
    if draw(st.booleans()):
        given["ignore"] = draw(st.sampled_from(["others", ["更新日時", "限度額区分"]]))
        for row in table:
            row |= {"更新日時": "x"} if given["ignore"] == "others" else {"更新日時": "x", "限度額区分": "ア"}
    order = draw(st.permutations(list(table[0])))
    return given, [order, *([row[column] for column in order] for row in table)], people


def truth(person: dict[str, Any]) -> dict[str, str]:
    """The standard cells that say who somebody is."""
    name = f"{person['氏名']}　{person['フリガナ']}"
    cells = person | {"氏名": name, "住所": "".join(person["住所"]), "個人番号": person["個人番号"][-4:]}
    return {column: str(cell) for column, cell in cells.items()}


@given(export=exports(), as_workbook=st.booleans())
def test_whoever_stands_in_an_export_is_read_through_its_map(
    export: tuple[dict[str, Any], list[list[Any]], list[dict[str, Any]]],
    as_workbook: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    given, rows, people = export
    folder = tmp_path_factory.getbasetemp()
    if as_workbook:
        numbers = {"枝番", "郵便番号", "番号"}
        typed = [
            [("", cell) if column in numbers else cell for column, cell in zip(rows[0], row, strict=True)]
            for row in rows[1:]
        ]
        job = with_file(NOTICE, folder / "export.xlsx", workbook_of({"名簿": [rows[0], *typed]}), given)
    else:
        job = with_file(
            NOTICE, folder / "export.csv", csv_of(rows, "\t").encode(), given | {"file": {"delimiter": "\t"}}
        )
    with reading(job, folder) as second:
        for at, person in enumerate(people):
            row = second.row(f"N{at}")
            found = {column: row.cells[column] for column in person}
            for column, form in given["dates"].items():
                if form == "general" and person[column]:
                    assert found[column] == in_form(person[column], form, given["eras"])
                    found[column] = str(person[column])
            assert (row.place, found, row.cells["限度額区分"]) == (at + 2, truth(person), "")


# A map that was applied wrongly.

EXPORT_MAP: dict[str, Any] = {
    "file": {"delimiter": "\t", "skip": 1, "encoding": "utf-16"},
    "columns": {
        "整理番号": "社員番号", "氏名": ["氏", "名"], "フリガナ": "カナ", "被保険者氏名": "世帯主",
        "性別": "性別コード", "本人家族": "続柄", "資格取得年月日": "取得", "認定年月日": "認定", "登録年月日": "登録",
        "発効期日": "発効", "資格喪失予定年月日": "喪失", "住所": ["町", "番地"], "負担割合": "割合",
        "事業所名": "会社", "限度額区分": "限度",
    },
    "join": {"氏名": "　"},
    "split": {
        "証番号": {"into": ["記号", "番号", "枝番"], "at": "/"},
        "所在": {"into": ["郵便番号", "町"], "at": "postal-code"},
    },
    "constants": {"備考": "定型の備考"},
    "values": {"性別": {"1": "男", "2": "女"}, "本人家族": {"H": "本人", "K": "家族"}, "負担割合": {"20": "2割"}},
    "dates": {
        "生年月日": "eyymmdd", "資格取得年月日": "mmddyyyy", "認定年月日": "令和yymmdd", "発効期日": "20yymmdd",
        "登録年月日": "yyyymmdd", "資格喪失予定年月日": "serial",
    },
    "eras": {"7": "昭和", "8": "平成"},
    "digits": {"枝番": 2},
    "ignore": ["担当"],
}  # fmt: skip
SERIAL = (date(2027, 5, 29) - date(1899, 12, 30)).days
EXPORT = [line.split("|") for line in (
    "社員番号|証番号|続柄|氏|名|カナ|性別コード|生年月日|取得|認定|世帯主|登録|個人番号"
    "|所在|番地|方書|会社|割合|発効|限度|喪失|担当",
    "S1|１１６/4207/0|H|渡邉\U000e010f|髙志|ﾜﾀﾅﾍﾞ　ﾀｶｼ|1|7300607|05/29/2013|||20130601|********5158"
    f"|〒８０６－００４３　架空県架空市青山|3-8-20|見本ハイツ1003号室|架空電機株式会社|20|250801|一般|{SERIAL}|係",
    "S2|１１６/4207/1|K|渡邉\U000e010f|辻子|ワタナベ　ツジコ|2|8010108||010501|渡邉\U000e010f　髙志|2013/6/1|0472"
    f"|8060043架空県架空市青山|3-8-20|見本ハイツ1003号室|架空電機株式会社|||ウ|{SERIAL}|係",
    "S3|/99/|H|別名|太郎|||8010108|04012020|||2013-06-01|1111|100-0001架空県別市|1-1-1|||||||係",
)]  # fmt: skip


@cache
def through_the_map(fixture: str, folder: Path) -> tuple[Any, Printed]:
    """The household and the stranger of the standard, as an export has them."""
    bench, _ = household(fixture)
    data = "一覧\n".encode("utf-16") + csv_of(EXPORT, "\t").encode("utf-16-le")
    return bench, as_read(bench, with_file(bench.job, folder / "export.txt", data, EXPORT_MAP), folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("export")


@pytest.mark.parametrize("fixture", ["notice", "certificate"])
def test_an_export_says_of_each_sheet_what_the_standard_file_says(fixture: str, folder: Path) -> None:
    _, standard = household(fixture)
    _, export = through_the_map(fixture, folder)
    remarks = {"remarks": "定型の備考"} if fixture == "certificate" else {}
    assert export.values == [values | remarks for values in standard.values]
    assert export.variants == standard.variants


WRONG: dict[str, tuple[str, Fault, str, str]] = {
    "the codes of 性別 exchanged": ("certificate", says("sex", "女"), "sex", "line 3 of the member file, 性別コード"),
    "a code printed as it is": ("certificate", says("sex", "1"), "sex", "line 3 of the member file, 性別コード"),
    "joined in the wrong order": (
        "notice", says("name", "髙志　渡邉\U000e010f"), "name", "line 3 of the member file, 氏, 名",
    ),
    "joined with another sign": (
        "notice", says("name", "渡邉\U000e010f・髙志"), "name", "line 3 of the member file, 氏, 名",
    ),
    "a part left out": (
        "notice", replaced("address_block", "3-8-20", ""), "address_block",
        "line 3 of the member file, 所在, 番地, 方書",
    ),
    "記号 and 番号 exchanged": (
        "notice", exchanged("symbol", "number"), "symbol", "line 3 of the member file, 証番号",
    ),
    "a part as the whole": ("notice", says("branch", "4207"), "branch", "line 3 of the member file, 証番号"),
    "two columns exchanged": (
        "notice", exchanged("name", "insured_name", 1), "name", "line 4 of the member file, 氏, 名",
    ),
    "the era of another code": (
        "notice", says("born_on", "平成30年6月7日"), "born_on", "line 3 of the member file, 生年月日",
    ),
    "day and month exchanged": (
        "notice", says("qualified_on", "令和2年1月4日", 2), "qualified_on", "line 5 of the member file, 取得, 続柄",
    ),
    "another century": (
        "notice", says("ratio_from", "大正14年8月1日"), "ratio_from", "line 3 of the member file, 発効",
    ),
    "days counted from another day": (
        "certificate", says("loses_on", "令和9年5月28日"), "loses_on", "line 3 of the member file, 喪失",
    ),
    "another constant": (
        "certificate", says("remarks", "備考"), "remarks", "line 3 of the member file, 備考 of the column map",
    ),
    "a column that is ignored": (
        "certificate", says("remarks", "係"), "remarks", "line 3 of the member file, 備考 of the column map",
    ),
    "the row below": ("notice", says("name", STRANGER["氏名"]), "name", "line 3 of the member file, 氏, 名"),
}  # fmt: skip


@pytest.mark.parametrize("fixture", ["notice", "certificate"])
def test_an_export_that_was_printed_rightly_is_proved(fixture: str, folder: Path, tmp_path: Path) -> None:
    prove(*through_the_map(fixture, folder), lambda printed: None, tmp_path / "x.pdf")


@pytest.mark.parametrize("name", WRONG)
def test_a_map_that_was_applied_wrongly_is_told_by_line_and_own_columns(
    name: str, folder: Path, tmp_path: Path
) -> None:
    fixture, fault, what, where = WRONG[name]
    with pytest.raises(BadBatch) as found:
        prove(*through_the_map(fixture, folder), fault, tmp_path / "x.pdf")
    assert re.search(rf"\b{what}: {where}(?!, )", str(found.value)), str(found.value)
    assert not any(text in str(found.value) for text in ("渡邉", "髙志", "別名", "架空県", "見本", "4207"))


def test_a_household_of_an_export_is_in_one_envelope(folder: Path) -> None:
    bench, _ = household("notice")
    through_the_map("notice", folder)
    assert bench.job.mailing.envelope is Envelope.HOUSEHOLD
    prove_complete(folder / "index", bench.job.mailing, [["S1", "S2"], ["S3"]], set())
    with pytest.raises(BadBatch, match="the household of record S2 is in more than one envelope"):
        prove_complete(folder / "index", bench.job.mailing, [["S1"], ["S2"], ["S3"]], set())
