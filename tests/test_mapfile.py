"""columns.toml → a column map, or everything that is wrong with it: line, key, and the nearest right one."""

import time
from pathlib import Path

import pytest

from renderer.documents.document import HEADER
from renderer.intake.columnmap import ColumnMap, Split
from renderer.intake.dialect import Dialect, FixedLength, Kinds, Last, Span
from renderer.intake.mapfile import MOST_BYTES, load_column_map
from renderer.model.errors import BadJob

WHOLE = """
max_rows = 60000
ignore = ["更新日時", "担当者"]
[file]
format = "csv"
encoding = "cp932"
delimiter = "\\t"
quote = "'"
comment = "#"
skip = 2
header = ["社員番号", "氏", "名", "記号番号", "性"]
last = { begins = "合計", count = 2 }
[columns]
"整理番号" = "社員番号"
"氏名" = ["氏", "名"]
"性別" = "性"
[join]
"氏名" = "　"
[split."記号番号"]
into = ["記号", "番号", "枝番"]
at = "-"
[constants]
"本人家族" = "本人"
[values."性別"]
1 = "男"
"" = "裏面参照"
[dates]
"生年月日" = "eyymmdd"
[eras]
"3" = "昭和"
[digits]
"枝番" = 2
"""
FIXED = """
[file]
format = "fixed"
encoding = "cp932"
length = 40
lines = false
[fields]
"番" = { at = 2, bytes = 10 }
"名[漢字]" = { at = 12, bytes = 20 }
[records]
at = 1
header = "1"
data = "2"
trailer = "8"
count = { at = 2, bytes = 9 }
"""


def read(folder: Path, text: str) -> ColumnMap:
    path = folder / "columns.toml"
    path.write_text(text, encoding="utf-8")
    return load_column_map(path, HEADER)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(BadJob) as caught:
        read(folder, text)
    assert all(line.startswith("columns.toml") for line in str(caught.value).splitlines())
    return str(caught.value)


def test_every_key_of_a_map_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, WHOLE) == ColumnMap(
        dialect=Dialect(
            "csv",
            "cp932",
            "\t",
            "'",
            "#",
            2,
            ("社員番号", "氏", "名", "記号番号", "性"),
            last=Last("合計", 2),
        ),
        max_rows=60000,
        ignored=frozenset({"更新日時", "担当者"}),
        columns={"整理番号": ("社員番号",), "氏名": ("氏", "名"), "性別": ("性",)},
        joined_by={"氏名": "　"},
        splits={"記号番号": Split(("記号", "番号", "枝番"), "-")},
        constants={"本人家族": "本人"},
        values={"性別": {"1": "男", "": "裏面参照"}},
        digits={"枝番": 2},
        dates={"生年月日": "eyymmdd"},
        eras={3: "昭和"},
    )


def test_every_key_of_fixed_lengths_is_read(tmp_path: Path) -> None:
    fields = {"番": Span(2, 10), "名[漢字]": Span(12, 20)}
    kinds = Kinds(1, "2", "1", "8", count=Span(2, 9))
    fixed = FixedLength(40, fields, lines=False, kinds=kinds)
    assert read(tmp_path, FIXED).dialect == Dialect("fixed", "cp932", fixed=fixed)


def test_every_key_of_a_workbook_is_read(tmp_path: Path) -> None:
    dialect = Dialect("xlsx", skip=1, sheet="加入者", hidden="read")
    assert read(tmp_path, '[file]\nformat = "xlsx"\nskip = 1\nsheet = "加入者"\nhidden = "read"').dialect == dialect


def test_an_empty_map_is_that_of_the_standard_file(tmp_path: Path) -> None:
    assert read(tmp_path, "") == ColumnMap()


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ("max_row = 3", 'line 1: key "max_row" is not known; did you mean "max_rows"?'),
        ("max_rows = 0", 'line 1: key "max_rows"'),
        ('ignore = "all"', 'line 1: key "ignore": must be a list of columns, or "others"'),
        ('[file]\nencodng = "utf-8"', 'line 2: key "file.encodng" is not known; did you mean "encoding"?'),
        ('[file]\nencoding = "sjis"', "line 2: key \"file.encoding\": must be 'auto', 'utf-8', 'cp932' or 'utf-16'"),
        ('[file]\ndelimiter = ";;"', 'line 2: key "file.delimiter": must be one sign'),
        ("[file]\ndelimiter = '\"'", 'key "file.quote": the same sign cannot quote and stand between cells'),
        ('[file]\nformat = "csv"\nhidden = "read"', 'line 3: key "file.hidden": this is for xlsx only'),
        ('[file]\nhidden = "leave"', "line 2: key \"file.hidden\": must be 'read'"),
        ('[file]\nformat = "xlsx"\nquote = ""', 'line 3: key "file.quote": this is for csv only'),
        ("[file]\nlength = 40", 'line 2: key "file.length": this is for fixed only'),
        ('[file]\nheader = ["名", "名"]', 'line 2: key "file.header": a column is named twice'),
        ('columns = "氏名"', 'line 1: key "columns": must be a table'),
        ('[columns]\n"氏明" = "名"', 'line 2: key "columns.氏明": is no standard column; did you mean "氏名"?'),
        (
            '[columns]\n"漢字" = "氏名"',
            'line 2: key "columns.漢字": is no standard column; write it the other way round',
        ),
        ('[columns]\n"氏名" = 3', 'line 2: key "columns.氏名": must be the name of a column in quotes, or a list'),
        ('[columns]\n"氏名" = []', 'line 2: key "columns.氏名": must be the name of a column in quotes, or a list'),
        ('[columns]\n"氏名" = "名"\n"住所" = "名"', 'line 3: key "columns.住所": the column "名" is used twice'),
        ('ignore = ["名"]\n[columns]\n"氏名" = "名"', 'line 1: key "ignore": the column "名" is used twice'),
        (
            '[columns]\n"氏名" = "名"\n[join]\n"氏名" = "-"',
            'line 4: key "join.氏名": [columns] does not make this column',
        ),
        ('[constants]\n"記号" = "1"\n[digits]\n"記号" = 2', 'line 4: key "digits.記号": the column is a constant'),
        ('[dates]\n"生年月日" = "yymmdd"', 'line 2: key "dates.生年月日": could be of three centuries'),
        (
            '[dates]\n"生年月日" = "yyymmdd"',
            'line 2: key "dates.生年月日": is no form of a date; did you mean "yyyymmdd"?',
        ),
        ('[dates]\n"氏名" = "yyyymmdd"', 'line 2: key "dates.氏名": is no column of dates'),
        ('[eras]\n"3" = "昭和"', 'line 1: key "eras": no column of [dates] has a form with eras'),
        ('[eras]\n"3" = "招和"', 'key "eras": an era is one of 明治、大正、昭和、平成、令和; did you mean "昭和"?'),
        ('[eras]\n"S" = "昭和"', 'key "eras": the code of an era is one or two digits'),
        ('[eras]\n"3" = "昭和"\n"03" = "平成"', 'key "eras": a code is there twice'),
        ('[values."性別"]\n" 1" = "男"', 'key "values.性別": a value has blanks at its ends'),
        ('[values."性別"]\n1 = 2', 'line 2: key "values.性別.1": must be text in quotes'),
        ('[digits]\n"枝番" = 0', 'line 2: key "digits.枝番"'),
        ('[split."番"]\ninto = ["記号"]\nat = "-"', 'line 2: key "split.番.into": a column is divided into two parts'),
        (
            '[split."番"]\ninto = ["記号", "記号"]\nat = "-"',
            'line 2: key "split.番.into": there is a part "記号" already',
        ),
        ('[split."番"]\ninto = ["記号", "番号"]\nat = ""', 'line 3: key "split.番.at"'),
        (
            '[split."所"]\ninto = ["郵便番号", "住所", "方書"]\nat = "postal-code"',
            'line 2: key "split.所.into": with a postal code in front there are two parts',
        ),
        (
            '[columns]\n"記号" = "番"\n[split."番"]\ninto = ["前", "後"]\nat = "-"',
            'line 2: key "columns.記号": the column "番" is divided by [split]; use its parts',
        ),
        (
            '[split."番"]\ninto = ["前", "後"]\nat = "-"\n[split."前"]\ninto = ["記号", "番号"]\nat = "/"',
            'line 4: key "split.前": is a part of another column',
        ),
        ("[columns", "is not TOML"),
    ],
)
def test_a_map_with_a_fault_names_it_and_the_nearest_right_word(tmp_path: Path, toml: str, expected: str) -> None:
    assert expected in refusal(tmp_path, toml)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("length = 40\n", "", 'key "file.length" is missing: how many bytes a record has'),
        ('"cp932"', '"auto"', 'line 4: key "file.encoding": must be "cp932" or "utf-8"'),
        ("at = 12, bytes = 20", "at = 12, bytes = 30", 'line 9: key "fields.名[漢字]": ends at byte 41'),
        ("at = 12", "at = 11", 'line 9: key "fields.名[漢字]": begins within the column "番"'),
        ("at = 12, ", "", 'key "fields.名[漢字].at" is missing'),
        ('header = "1"', 'header = "2A"', 'line 10: key "records": a record could be of two kinds'),
        ('trailer = "8"\n', "", 'key "records.count": there is no "trailer" to stand in'),
        ("bytes = 9", "bytes = 90", 'line 10: key "records": ends behind the record\'s 40 bytes'),
        ("[records]\nat = 1", "[records]\nat = 41", 'line 10: key "records": ends behind the record\'s 40 bytes'),
        ('at = 1\nheader = "1"', 'at = 40\nheader = "頭"', 'key "records": ends behind the record\'s 40 bytes'),
        ('header = "1"', 'header = "𠮷"', 'line 10: key "records": a sign has a character that CP932 does not have'),
        ('data = "2"\n', "", 'key "records.data" is missing'),
        ("lines = false", "lines = false\nskip = 1", 'line 7: key "file.skip": this is for csv and xlsx only'),
    ],
)
def test_fixed_lengths_with_a_fault_name_it(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert expected in refusal(tmp_path, FIXED.replace(old, new))


def test_all_faults_are_told_at_once_up_to_a_hundred(tmp_path: Path) -> None:
    said = refusal(tmp_path, "".join(f"k{n} = 1\n" for n in range(250)))
    assert len(said.splitlines()) == 101
    assert said.endswith("columns.toml: and 150 more")


def test_a_map_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadJob, match=r"columns\.toml"):
        load_column_map(tmp_path / "columns.toml", HEADER)


@pytest.mark.parametrize(
    "text",
    [
        "#" * (MOST_BYTES + 1),
        "[columns]\n" + "".join(f'"{n}" = "{n}"\n' for n in range(60_000))[: MOST_BYTES - 100].rsplit("\n", 1)[0],
        f'"{"長" * 300_000}" = 1',
        "[columns]\n" + "".join(f'"氏名{n}" = ["{n}", "x{n}"]\n' for n in range(20_000)),
    ],
    ids=["too large", "many keys", "a long key", "many lists"],
)
def test_a_map_that_takes_long_is_refused_in_seconds(tmp_path: Path, text: str) -> None:
    began = time.process_time()
    refusal(tmp_path, text)
    assert time.process_time() - began < 10
