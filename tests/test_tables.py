"""Member files in every way of writing → their own columns and records, or the place and the remedy."""

from __future__ import annotations

import csv
import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leaks import texts_of
from openpyxl import Workbook
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from python_calamine import CalamineWorkbook

from renderer.intake.dialect import PLAIN, Dialect, FixedLength, Kinds, Last, Reason, Span
from renderer.intake.numberformats import NumberFormat, shows_date
from renderer.intake.records import Record, Unclear
from renderer.intake.sheet import MOST_COLUMNS, day_of_serial
from renderer.intake.tables import open_table
from renderer.intake.workbook import names_of_sheets
from renderer.model.errors import BadJob
from renderer.proof import source_file

NUMBER = "123456789018"
NAME = "架空　太郎"


def read(path: Path, dialect: Dialect = PLAIN) -> tuple[tuple[str, ...], list[Record], list[tuple[Reason, int]]]:
    passed: list[tuple[Reason, int]] = []
    with open_table(path, dialect, lambda reason, line: passed.append((reason, line))) as table:
        return table.columns, list(table.records), passed


def refusal(path: Path, dialect: Dialect = PLAIN) -> str:
    with pytest.raises(BadJob) as caught:
        read(path, dialect)
    assert not any(NUMBER in text or NAME in text for text in texts_of(caught.value))
    return str(caught.value)


def cells(records: Sequence[Record]) -> list[list[str]]:
    return [record.cells for record in records]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes], Path]:
    def to_file(data: bytes) -> Path:
        path = tmp_path / "export.txt"
        path.write_bytes(data)
        return path

    return to_file


Write = Callable[[bytes], Path]


# CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_a_file_with_tabs_and_another_quote_is_read(write: Write, encoding: str) -> None:
    text = f"番\t名\r\n1\t'{NAME}\t''一'''\r\n2\t\"\r\n"
    columns, records, _ = read(write(text.encode(encoding)), Dialect(delimiter="\t", quote="'"))
    assert columns == ("番", "名")
    assert records == [Record(2, 2, ["1", f"{NAME}\t'一'"]), Record(3, 3, ["2", '"'])]


def test_where_nothing_quotes_a_quotation_mark_is_a_character(write: Write) -> None:
    assert cells(read(write('番,名\n1,"一\n'.encode()), Dialect(quote=""))[1]) == [["1", '"一']]


def test_titles_remarks_and_a_total_are_no_records_and_are_told(write: Write) -> None:
    text = '表題\n"一\n#x\n番,名\n#一\n1,"二\n#三"\n\n ,\n#四\n#五\n2,六\n合計,２\n'
    dialect = Dialect(skip=2, comment="#", last=Last("合計", 2))
    columns, records, passed = read(write(text.encode()), dialect)
    assert (columns, records) == (("番", "名"), [Record(6, 7, ["1", "二\n#三"]), Record(12, 12, ["2", "六"])])
    assert passed == [
        *(("title", 1), ("title", 2), ("comment", 3), ("comment", 5), ("empty", 9), ("comment", 10), ("comment", 11)),
        ("control", 13),
    ]


def test_a_file_without_header_has_its_columns_by_position(write: Write) -> None:
    columns, records, _ = read(write(b"1,2\n"), Dialect(header=("甲", "乙")))
    assert (columns, records) == (("甲", "乙"), [Record(1, 1, ["1", "2"])])


@pytest.mark.parametrize(
    ("text", "last", "said"),
    [
        ("番,名\n1,x\n合計,2\n", Last("合計", 2), "line 3: it counts 2 records, and there are 1"),
        ("番,名\n1,x\n合計,x\n", Last("合計", 2), "line 3: where the number of records is to stand, there is none"),
        ("番,名\n1,x\n合計\n", Last("合計", 2), "line 3: where the number of records is to stand, there is none"),
        ("番,名\n1,x\n", Last("合計", 2), 'no row begins with "合計"'),
        ("番,名\n1,x\n", Last("合計"), 'no row begins with "合計"'),
        ("番,名\n合計,1\n1,x\n", Last("合計"), "there are no rows below the header"),
        ("番,名\n1,x\n合計,1\n2,x\n", Last("合計"), "line 4: this row stands behind the last one, line 3"),
    ],
)
def test_a_last_row_that_is_wrong_missing_or_not_the_last_stops_the_file(
    write: Write, text: str, last: Last, said: str
) -> None:
    if "no rows" in said:
        text = text.replace("1,x\n", "")
    assert said in refusal(write(text.encode()), Dialect(last=last))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("番,名\n1,\0\n".encode("utf-16"), "line 2, character 3: a NUL"),
        ("番,名\n1,二".encode("utf-16")[:-1], "line 2, character 3: this is no character of UTF-16"),
        (b"\xff\xfe" + b"\x00\xd8a\x00" * 2, "this is no character of UTF-16"),
        (("番" * (1 << 18)).encode("utf-16"), "a line has 262144 characters and more"),
    ],
)
def test_utf_16_that_is_no_text_is_refused_with_its_place(write: Write, data: bytes, said: str) -> None:
    assert said in refusal(write(data))


def test_utf_16_needs_its_mark(write: Write) -> None:
    assert "there is no byte order mark of UTF-16" in refusal(write(b"a\nb\n"), Dialect(encoding="utf-16"))


# Fixed lengths

LENGTHS = FixedLength(20, {"番": Span(2, 3), "名": Span(6, 10)})
FIXED = Dialect("fixed", "cp932", fixed=replace(LENGTHS, kinds=Kinds(1, "2")))
KINDS = Dialect("fixed", "cp932", fixed=replace(LENGTHS, kinds=Kinds(1, "2", "1", "8", "9", Span(2, 4))))


def record_of(sign: str, number: str, name: str = "", length: int = 20) -> bytes:
    return (sign.encode() + number.encode().ljust(4) + name.encode("cp932")).ljust(length)


def lines(*records: bytes) -> bytes:
    return b"\r\n".join((*records, b""))


MEMBERS = (record_of("2", "7", NAME), record_of("2", "8", "　名 "))
WHOLE = (record_of("1", ""), *MEMBERS, record_of("8", "0002"), record_of("9", ""))


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_records_of_fixed_length_are_divided_and_what_pads_them_is_left_out(write: Write, end: bytes) -> None:
    data = end.join((*WHOLE[1:3], b" " * 20, b"\x1a"))
    dialect = replace(FIXED, fixed=replace(LENGTHS, lines=bool(end), kinds=Kinds(1, "2")))
    columns, records, passed = read(write(data), dialect)
    assert columns == ("番", "名")
    assert records == [Record(1, 1, ["7", NAME]), Record(2, 2, ["8", "名"])]
    assert passed == [("empty", 3), ("empty", 4)]


def test_fields_may_stand_in_any_order_and_reach_the_ends_of_a_record(write: Write) -> None:
    fixed = FixedLength(6, {"乙": Span(4, 3), "甲": Span(1, 3)})
    assert cells(read(write("架1一 ".encode("cp932")), replace(FIXED, fixed=fixed))[1]) == [["一", "架1"]]


def test_of_kinds_of_records_only_members_are_rows(write: Write) -> None:
    _, records, passed = read(write(lines(*WHOLE)), KINDS)
    assert records == [Record(2, 2, ["7", NAME]), Record(3, 3, ["8", "名"])]
    assert passed == [("control", 1), ("control", 4), ("control", 5)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (lines(*WHOLE[1:]), "line 1: a record of the kind data stands first"),
        (lines(WHOLE[0], *WHOLE), "line 2: a record of the kind header stands behind header"),
        (lines(*WHOLE[:3], *WHOLE[4:]), "line 4: a record of the kind end stands behind data"),
        (lines(*WHOLE[:4]), "line 4: the last record is no end; the file may be cut off"),
        (lines(*WHOLE, WHOLE[1]), "line 6: a record of the kind data stands behind end"),
        (lines(WHOLE[0], record_of("3", "7", NAME)), "line 2: the record is of no kind that [records] names"),
        (lines(*WHOLE[:2], *WHOLE[3:]), "line 3: it counts 2 records, and there are 1"),
        (lines(*WHOLE[:3], record_of("8", NUMBER), WHOLE[4]), "line 4: it counts 1234 records, and there are 2"),
        (lines(*WHOLE[:3], record_of("8", "x"), WHOLE[4]), "line 4: where the number of records is to stand"),
        (lines(WHOLE[0], WHOLE[1] + b" "), "line 2: the record has more bytes, not 20"),
        (lines(WHOLE[0], WHOLE[1][:-1]), "line 2: the record has 19 bytes, not 20"),
        (lines(WHOLE[0], WHOLE[1][:15] + b"\x81\xff" + WHOLE[1][17:]), "line 2: a byte is no character of CP932"),
        (
            lines(WHOLE[0], record_of("2", "\x007", NAME)),
            "line 2: a NUL that is no padding stands in bytes 2-4; export",
        ),
        (lines(WHOLE[0], record_of("2", " 70", f" {NAME}")), "or a field begins within one"),
        (b"x" * (1 << 20), "line 1: the record has more bytes, not 20"),
    ],
)
def test_records_that_are_not_as_they_must_be_stop_the_file_with_their_line(
    write: Write, data: bytes, said: str
) -> None:
    assert said in refusal(write(data), KINDS)


def test_a_record_that_is_cut_off_in_a_file_without_lines_is_told(write: Write) -> None:
    dialect = replace(FIXED, fixed=replace(LENGTHS, lines=False, kinds=Kinds(1, "2")))
    assert "record 2: the record has 19 bytes, not 20" in refusal(write(WHOLE[1] + WHOLE[2][:-1]), dialect)
    for end in (b"\n", b"\r\n"):
        said = refusal(write(WHOLE[1] + end + WHOLE[2] + end), dialect)
        assert "record 2: a line ends in it; write lines = true under [file]" in said


def test_a_file_without_records_is_refused(write: Write) -> None:
    assert "there are no records" in refusal(write(b"\x1a"), replace(FIXED, fixed=LENGTHS))


# Workbooks


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    def to_file(*rows: Sequence[object], formats: dict[str, str] | None = None) -> Path:
        workbook = Workbook()
        sheet = workbook.active
        assert sheet is not None
        for row in rows:
            sheet.append(list(row))
        for place, code in (formats or {}).items():
            sheet[place].number_format = code
        path = tmp_path / "export.xlsx"
        workbook.save(path)
        return path

    return to_file


Book = Callable[..., Path]


def test_every_kind_of_cell_is_text_as_the_spreadsheet_shows_it(book: Book) -> None:
    time_of_day = datetime(2024, 12, 2, 9, 30)  # noqa: DTZ001 - a spreadsheet knows no zones
    row = ["０１", 7, 123456789012, -3, 1.5, True, False, "#N/A", date(2024, 12, 2), time_of_day]
    _, records, _ = read(book([f"列{n}" for n in range(10)], row))
    shown = ["０１", "7", "123456789012", "-3", "1.5", "TRUE", "FALSE", "#N/A", "2024-12-02", "2024-12-02 9:30:00"]
    assert records == [Record(2, 2, shown, numbers=(1, 2, 3, 4))]


CELLS = st.one_of(
    st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["C", "Z"]), min_size=1, max_size=8).filter(
        lambda text: text == text.strip() and not text.startswith("=") and text not in ERROR_CODES
    ),
    st.integers(-(10**14), 10**14),
    st.dates(date(1900, 3, 1), date(2099, 12, 31)),
    st.booleans(),
)


@settings(max_examples=40)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=5))
def test_a_sheet_says_what_another_reader_reads_in_it(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str | int | date | bool]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "alike.xlsx"
    workbook = Workbook()
    assert workbook.active is not None
    for row in (["甲", "乙", "丙"], *rows):
        workbook.active.append(row)
    workbook.save(path)
    others = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1:]
    assert cells(read(path)[1]) == [[as_shown(cell) for cell in row] for row in others]


def as_shown(cell: object) -> str:
    if isinstance(cell, bool):
        return str(cell).upper()
    return str(int(cell)) if isinstance(cell, float) else str(cell)


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("General", False), ("0", False), ("0.00E+00", False), ("#,##0_);[Red](#,##0)", False), ("@", False),
        ('0"円"', False), ("yyyy/m/d", True), ("[$-411]ge.m.d", True), ('yyyy"年"m"月"d"日"', True), ("[h]:mm", False),
        ('[$-ja-JP-x-gannen]ggge"年"m"月"d"日"', True), ("G/標準", False), ('"day" 0', False), (r"0\d", False),
    ],
)  # fmt: skip
def test_a_format_shows_a_date_where_it_has_letters_of_one(code: str, *, is_date: bool) -> None:
    assert shows_date(code) is is_date


# Written down from ECMA-376-1, 18.8.31, and from what spreadsheets show.
SHOWN: list[tuple[float, str, str]] = [
    (7, "0000", "0007"), (60001, "000-0000", "006-0001"), (1000001, r"000\-0000", "100-0001"), (5, '"A-"0', "A-5"),
    (1234, '"A-"000', "A-1234"), (12345, "000", "12345"), (0, "00", "00"), (7, '"第"00"号"', "第07号"),
    (8, "[$-411]0000", "0008"), (9, "0000;[Red]-0000", "0009"), (3, "(00)", "(03)"), (0, '0"人"', "0人"),
    (7, "0000_ ", "0007"), (7, r"0000_);[Red]\(0000\)", "0007"), (7, "[Red]00000", "00007"), (7, "[赤]00", "07"),
    (7, "[Color 5]000", "007"), (7, "[>=0]0000", "0007"), (7, "[<=9999]0000;00000", "0007"), (7, "000_-", "007"),
    (12345, "[<=9999]0000;000000", "012345"), (7, "#0000", "0007"), (7, "#,000", "007"), (7, "?000", "007"),
    (7, "000#", "0007"), (7, "0000.", "0007"), (7, "0000.00", "0007"), (7, "0000*-", "0007"), (7, "00:00", "00:07"),
    (7, 'General"号"', "7号"), (7, 'G/標準"号"', "7号"), (7, "0号", "7号"), (7, "[$¥-411]00", "07"),
    (7, "0000;;;", "0007"),
    (600043, r"[<=999]000;[<=9999]000\-00;000\-0000", "060-0043"), (7, r"[<=999]000;[<=9999]000\-00;000\-0000", "007"),
    (1234, r"[<=999]000;[<=9999]000\-00;000\-0000", "012-34"), (44, "###-####", "-44"),
    (107, '"¥"#,##0;[Red]"¥"\\-#,##0', "107"), (107, r"\¥#,##0", "107"),
    (107, '_ "¥"* #,##0_ ;_ "¥"* \\-#,##0_ ', "107"),
    (107, '"$"#,##0_);("$"#,##0)', "107"), (107, "￥#,##0", "107"), (107, "[DBNum3][$-411]0", "107"),
    (12345, "#,##0", "12345"), (5, "0", "5"), (5, "0.00", "5"), (5, "General", "5"), (5, "0_ ", "5"), (5, "@", "5"),
    (5, '"第"@', "5"), (5, "#,##0_);(#,##0)", "5"), (0, "0", "0"), (-7, "0", "-7"), (1.5, "0.0", "1.5"),
]  # fmt: skip
UNTOLD: list[tuple[float, str]] = [
    (5, "0%"), (5, "0.00%"), (5, "0E+00"), (5, "# ?/?"), (5000, "0,"), (5000, "0.0,"), (5, "00/00"), (5, "[DBNum1]0"),
    (5, ";;;"), (5, '"12"'), (0, "#"), (0, "#,###"), (0, '0;-0;"なし"'), (0, "0;-0;;@"), (0, '#,##0;-#,##0;"-"'),
    (-7, "0000"), (1.5, "0000"), (5, "[<3]0"), (5, "[h]:mm"), (45628.5, "[h]:mm:ss"),
    (0, "yyyy/m/d"), (1, "yyyy/m/d"), (60, "yyyy/m/d"), (0.5, "h:mm"), (0.5, "yyyy/m/d"), (10**9, "yyyy/m/d"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "code", "shown"), [*SHOWN, *((number, code, None) for number, code in UNTOLD)])
def test_a_number_is_what_its_format_shows_by_both_readers_or_nobody_prints_it(
    book: Book, number: float, code: str, shown: str | None
) -> None:
    path = book(["甲"], [number], formats={"A2": code})
    (first,) = read(path)[1]
    ((_, second),) = source_file.records(path, {})[1]
    if shown is None:
        assert first.unclear == ((0, Unclear.FORMAT),)
    else:
        assert (first.cells, first.unclear) == ([shown], ())
        assert second == [shown]


@pytest.mark.parametrize(
    ("code", "is_shown"),
    [
        ("@", True), ("General", True), ("0000", True), ("0;-0;;@", True), ("[$-411]ge.m.d;@", True),
        ('" "@"　"', True), ("_(@_)", True), ("[Red]@", True), ("@*-", True), ('0;-0;0', True), (r"\ @", True),
        ('"x"0', True), ('"116-"@', False), ('@"様"', False), ("0;-0;0;", False), (";;;", False),
        ('0;-0;0;"欠"', False), ("(@)", False), (r"\0@", False), ("@@", False), ('0;"第"@', False),
    ],
)  # fmt: skip
def test_a_text_is_shown_as_it_is_or_nobody_prints_it(book: Book, code: str, *, is_shown: bool) -> None:
    path = book(["甲", "乙"], ["山", " "], formats={"A2": code, "B2": code})
    (first,) = read(path)[1]
    ((_, second),) = source_file.records(path, {})[1]
    assert first.unclear == (() if is_shown else ((0, Unclear.FORMAT),))
    assert (second[0] == "山") is is_shown


PARTS = (
    "0", "0", "0", "#", "?", ",", ".", '"x"', '"号"', r"\-", "-", " ", ";", "_-", "*_", "[Red]", "[>=10]", "[<5]",
    "[$¥-411]", "[$-411]", "%", "E+", "General", "@", "/", "号", "[DBNum1]", "(", "!",
)  # fmt: skip


@settings(max_examples=200)
@given(
    number=st.one_of(st.integers(0, 12), st.integers(0, 10**12)),
    parts=st.lists(st.sampled_from(PARTS), min_size=1, max_size=8),
)
def test_both_readers_show_a_number_alike_in_whatever_format(number: int, parts: list[str]) -> None:
    way, digits = NumberFormat(code := "".join(parts)), str(number)
    shown = digits if way.shows_digits else way.shown(digits)
    if shown is not None:
        assert source_file._shown(source_file.Number(digits), code, "n") == shown
        assert "".join(sign for sign in shown if sign.isdigit()).lstrip("0") == digits.lstrip("0")


def test_digits_with_noughts_in_front_of_a_number_are_that_number(tmp_path: Path) -> None:
    for digits, number in (("0012", "12"), ("１２", "12"), ("00", "0"), ("1.20E1", "12")):
        path = by_hand(tmp_path, f"<x:row><x:c><x:v>{digits}</x:v></x:c></x:row>" * 2, "")
        assert cells(read(path)[1]) == [[number]]


def test_a_cell_without_a_style_has_the_first(book: Book) -> None:
    path = changed(
        book(["甲"], [7]), "xl/styles.xml", '<cellXfs count="1"><xf numFmtId="0"', '<cellXfs><xf numFmtId="9"'
    )
    assert read(path)[1][0].unclear == ((0, Unclear.FORMAT),)


@pytest.mark.parametrize(
    "code",
    [
        "[$-411]gg",
        'gggee"年"',
        "[$-411]e",
        "[$-411]ge.m.d",
        "yyyy",
        "m/d",
        "aaaa m",
        "yyyy/m/d;;;",
        'yyyy/m/d;"";"";""',
        "yyyy/m/d;@;;",
        'yyyy/m/d;;;"-"',
        'yyyy/m/d;"様"@',
    ],
)
def test_a_day_is_one_by_both_readers_however_it_is_shown(book: Book, code: str) -> None:
    path = book(["甲"], [45628], formats={"A2": code})
    assert cells(read(path)[1]) == [["2024-12-02"]]
    assert [row for _, row in source_file.records(path, {})[1]] == [["2024-12-02"]]


def test_a_number_is_a_date_where_its_format_says_so(book: Book) -> None:
    path = book(["甲", "乙", "丙", "丁"], [45628, 45628, 30, 45628], formats={"B2": "[$-411]ge.m.d", "C2": "yyyy/m/d"})
    assert read(path)[1] == [Record(2, 2, ["45628", "2024-12-02", "30", "45628"], (0, 2, 3), ((2, Unclear.FORMAT),))]


@pytest.mark.parametrize(
    ("days", "day"), [(60, None), (61, date(1900, 3, 1)), (45628, date(2024, 12, 2)), (10**9, None)]
)
def test_days_are_counted_as_spreadsheets_do_from_the_day_after_the_one_that_never_was(
    days: int, day: date | None
) -> None:
    assert day_of_serial(days) == day


def test_days_may_be_counted_from_1904(book: Book, tmp_path: Path) -> None:
    path = changed(book(["日"], [date(2024, 12, 2)]), "xl/workbook.xml", "<workbookPr", '<workbookPr date1904="1"')
    assert cells(read(path)[1]) == [["2028-12-03"]]


def changed(path: Path, part: str, old: str, new: str) -> Path:
    """Write a workbook anew with other words in one of its parts."""
    target = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as other:
        for name in whole.namelist():
            data = whole.read(name)
            if name == part:
                assert old.encode() in data
                data = data.replace(old.encode(), new.encode(), 1)
            other.writestr(name, data)
    return target


def test_rows_are_those_the_spreadsheet_counts_and_blank_cells_behind_the_last_do_not_matter(book: Book) -> None:
    columns, records, passed = read(
        book(["表題"], [], ["甲", "乙", None], ["1"], [" ", ""], [], ["2", "", "", ""], ["3", "", "x"], ["計", 3]),
        Dialect(skip=1, last=Last("計", 2)),
    )
    assert columns == ("甲", "乙")
    assert records == [Record(4, 4, ["1", ""]), Record(7, 7, ["2", ""]), Record(8, 8, ["3", "", "x"])]
    assert passed == [("title", 1), ("empty", 5), ("control", 9)]


def by_hand(tmp_path: Path, rows: str, texts: str) -> Path:
    """Write a workbook as others write it: with prefixes, texts kept once, and parts named from the top."""
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    path = tmp_path / "by-hand.xlsx"
    parts = {
        "_rels/.rels": "<Relationships>"
        f'<Relationship Id="r1" Type="{kinds}/officeDocument" Target="/xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<x:workbook xmlns:x="m" xmlns:r="{kinds}"><x:sheets><x:sheet name="一" r:id="r7"/>'
        "</x:sheets></x:workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships><Relationship Id="r7" Type="{kinds}/worksheet" '
        f'Target="worksheets/one.xml"/><Relationship Id="r8" Type="{kinds}/sharedStrings" Target="/xl/texts.xml"/>'
        "</Relationships>",
        "xl/worksheets/one.xml": f'<x:worksheet xmlns:x="m"><x:sheetData>{rows}</x:sheetData></x:worksheet>',
        "xl/texts.xml": f'<sst xmlns="m">{texts}</sst>',
    }
    with zipfile.ZipFile(path, "w") as whole:
        for name, text in parts.items():
            whole.writestr(name, text)
    return path


def test_a_text_in_several_runs_is_one_and_how_it_is_read_aloud_is_none(tmp_path: Path) -> None:
    ruby = '<rPh sb="0" eb="2"><t>カクウ</t></rPh><phoneticPr fontId="1"/>'
    texts = f"<si><t>名</t></si><si><r><t>架空</t></r><r><rPr/><t>　太郎</t></r>{ruby}</si><si><t/></si>"
    rows = '<x:row><x:c t="s"><x:v>0</x:v></x:c></x:row><x:row><x:c t="s"><x:v>1</x:v></x:c></x:row>'
    inline = f'<x:row><x:c t="inlineStr"><x:is><x:t>見本</x:t>{ruby}</x:is></x:c></x:row>'.replace("<t>", "<x:t>")
    blank = '<x:row><x:c t="s"><x:v>2</x:v></x:c></x:row>'
    path = by_hand(tmp_path, rows + inline.replace("</t>", "</x:t>") + blank, texts)
    assert read(path) == (("名",), [Record(2, 2, [NAME]), Record(3, 3, ["見本"])], [("empty", 4)])


def test_a_text_that_is_not_there_is_not_taken_for_another(tmp_path: Path) -> None:
    for number in ("1", "-1"):
        path = by_hand(tmp_path, f'<x:row><x:c t="s"><x:v>{number}</x:v></x:c></x:row>', "<si><t>名</t></si>")
        assert "is no workbook that can be read (IndexError)" in refusal(path)


def test_cells_without_places_follow_one_another(book: Book) -> None:
    path = book(["甲", "乙"], ["1", 2])
    for place in ("A1", "B1", "A2", "B2"):
        path = changed(path, "xl/worksheets/sheet1.xml", f' r="{place}"', "")
    assert cells(read(path)[1]) == [["1", "2"]]


def test_a_formula_is_its_kept_value(book: Book) -> None:
    path = changed(book(["甲"], ["=1+1"]), "xl/worksheets/sheet1.xml", "<v></v>", "<v>2</v>")
    assert cells(read(path)[1]) == [["2"]]


def with_merged(path: Path, *places: str) -> Path:
    merged = "".join(f'<mergeCell ref="{place}"/>' for place in places)
    return changed(path, "xl/worksheets/sheet1.xml", "</sheetData>", f"</sheetData><mergeCells>{merged}</mergeCells>")


ONE_TO_A_ROW = [["1", "x", ""], ["", "y", "z"], ["2", "z", ""]]
TWO_ROWS_EACH = [["1", "x", ""], [], ["2", "y", ""], [], [], ["3", "z", ""]]


@pytest.mark.parametrize(
    ("rows", "places", "told"),
    [
        (ONE_TO_A_ROW, ("A1:C1", "A1:B2", "B3:C3", "B5:C5", "A6:A7", "B6"), []),  # no two records
        (ONE_TO_A_ROW, ("A1:C1", "A3:A4"), [(3, 5, 0)]),
        (ONE_TO_A_ROW, ("B4:C5",), [(4, 6, 2)]),
        (ONE_TO_A_ROW, ("C3:C4",), [(3, 5, 2)]),
        (ONE_TO_A_ROW, ("A3:XFD5",), [(3, 6, 0), (3, 6, 2)]),
        (ONE_TO_A_ROW, ("AB2:AC3", "B3:B5", "X3:X5"), []),  # each has its value, or none has
        (TWO_ROWS_EACH, ("A3:A4", "B3:B4", "A5:A6", "A7:C7", "A8:A9"), []),
        (TWO_ROWS_EACH, ("C3:C8", "A3:A8"), []),
    ],
)
def test_merged_cells_are_told_where_one_record_has_a_value_and_another_has_none(
    book: Book, rows: Sequence[Sequence[str]], places: Sequence[str], told: list[tuple[int, int, int]]
) -> None:
    """What a person sees beside three rows stands in one of them."""
    path = book(["表題"], ["甲", "乙", "丙"], *rows, ["計", 3])
    with open_table(with_merged(path, *places), Dialect(skip=1, last=Last("計", 2))) as table:
        assert cells(list(table.records)) == [[*row] for row in rows if row]
        assert sorted((one.rows.start, one.rows.stop, *one.columns) for one in table.merged) == told


def test_places_that_are_merged_are_counted(book: Book) -> None:
    path = book(["甲"], ["1"])
    assert read(with_merged(path, *["A1:A2"] * 100_000))
    assert "merged over rows at more than 100,000 places" in refusal(with_merged(path, *["A1:A2"] * 100_001))


def test_a_cell_with_a_line_through_its_text_is_not_clear(tmp_path: Path) -> None:
    """Somebody has struck out a person who left, or an old address in front of the new one."""
    workbook = Workbook(write_only=False)
    sheet = workbook.active
    assert sheet is not None
    struck = InlineFont(strike=True)
    old = CellRichText(TextBlock(struck, "旧町1"), "新町2")
    for row in (["甲", "乙"], ["1", old], ["2", "x"], [3, ""], ["4", CellRichText(TextBlock(InlineFont(b=True), "y"))]):
        sheet.append(row)
    for place in ("A1", "A3", "A4", "B4"):
        sheet[place].font = Font(strike=True)
    sheet["A5"].font = Font(strike=False, b=True)
    workbook.save(tmp_path / "struck.xlsx")
    _, records, _ = read(tmp_path / "struck.xlsx")
    assert [(record.cells, record.unclear) for record in records] == [
        (["1", "旧町1新町2"], ((1, Unclear.STRUCK),)),
        (["2", "x"], ((0, Unclear.STRUCK),)),
        (["3", ""], ((0, Unclear.STRUCK),)),
        (["4", "y"], ()),
    ]


def test_a_line_through_a_text_that_is_kept_once_is_that_of_each_cell_that_has_it(tmp_path: Path) -> None:
    struck = [f"<si><r><rPr><strike{value}/></rPr><t>甲</t></r></si>" for value in ("", ' val="0"')]
    texts = f"<si><t>名</t></si>{''.join(struck)}"
    path = by_hand(tmp_path, "".join(f'<x:row><x:c t="s"><x:v>{at}</x:v></x:c></x:row>' for at in (0, 1, 2, 1)), texts)
    assert [len(record.unclear) for record in read(path)[1]] == [1, 0, 1]


def test_rows_that_a_sheet_hides_are_read_only_where_somebody_says_so(tmp_path: Path) -> None:
    """A person who sees thirty rows does not mean three hundred letters, or does: nobody can tell from the file."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (["表題"], ["番", "名"], ["1", NAME], ["2", NAME], [" "], ["計", 2]):
        sheet.append(row)
    for nobody in (1, 2, 5, 6):  # title, header, nothing and total
        sheet.row_dimensions[nobody].hidden = True
    path, dialect = tmp_path / "filtered.xlsx", Dialect(skip=1, last=Last("計", 2))
    workbook.save(path)
    assert cells(read(path, dialect)[1]) == [["1", NAME], ["2", NAME]]

    sheet.row_dimensions[4].hidden = True
    workbook.save(path)
    assert "row 4 is hidden, and nobody can tell whether it is to be printed" in refusal(path, dialect)
    assert cells(read(path, replace(dialect, hidden="read"))[1]) == [["1", NAME], ["2", NAME]]


def test_a_row_without_a_height_is_hidden(book: Book) -> None:
    for height in ("0", "0.0"):
        path = changed(book(["名"], [NAME]), "xl/worksheets/sheet1.xml", '<row r="2"', f'<row r="2" ht="{height}"')
        assert "row 2 is hidden, and nobody can tell" in refusal(path)


def test_a_sheet_that_is_hidden_is_read_only_where_it_is_named(tmp_path: Path) -> None:
    workbook = Workbook()
    for name, state in (("加入者", "visible"), ("古い", "hidden"), ("コード", "veryHidden")):
        workbook.create_sheet(name).append(["甲"])
        workbook[name].append([name])
        workbook[name].sheet_state = state
    del workbook["Sheet"]
    path = tmp_path / "hidden.xlsx"
    workbook.save(path)
    assert cells(read(path)[1]) == [["加入者"]]
    assert names_of_sheets(path) == ("加入者",)
    assert cells(read(path, Dialect(sheet="コード"))[1]) == [["コード"]]
    alone = changed(path, "xl/workbook.xml", 'state="visible"', 'state="hidden"')
    assert "it has no sheet that is shown; show the one that is meant" in refusal(alone)


def test_of_several_sheets_one_is_named(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.create_sheet("加入者").append(["甲"])
    workbook["加入者"].append(["1"])
    path = tmp_path / "several.xlsx"
    workbook.save(path)
    assert cells(read(path, Dialect(sheet="加入者"))[1]) == [["1"]]
    assert "there are 2 sheets; name one in the column map: Sheet、加入者" in refusal(path)
    assert 'there is no sheet "加入社"; did you mean "加入者"?' in refusal(path, Dialect(sheet="加入社"))


def sheet_of(tmp_path: Path, xml: bytes) -> Path:
    """Write a workbook of which the sheet is this XML."""
    workbook = Workbook()
    path = tmp_path / "bomb.xlsx"
    workbook.save(path)
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, data in (parts | {"xl/worksheets/sheet1.xml": xml}).items():
            whole.writestr(name, data)
    return path


def rows_xml(inner: str) -> bytes:
    return f"<worksheet><sheetData>{inner}</sheetData></worksheet>".encode()


BOMBS = {
    "zeros": (b"<worksheet>" + b" " * (1 << 28), "packed more than 200 times"),
    "no rows": (b"<worksheet><sheetData><row>" + b"<!-- 0123456789 -->" * 1_000_000, "a row of the sheet does not end"),
    "far column": (rows_xml('<row r="1"><c r="XFD1"><v>1</v></c></row>'), f"behind the {MOST_COLUMNS:,}th"),
    "far row": (rows_xml('<row r="99999999"><c r="A99999999"><v>1</v></c></row>'), "behind the 1,048,576th"),
    "rows twice": (rows_xml('<row r="1"><c><v>1</v></c></row>' * 2), "or out of order"),
    "cells twice": (rows_xml('<row><c r="B1"/><c r="A1"/></row>'), "out of order"),
    "long cell": (rows_xml(f'<row><c t="str"><v>{"x" * 70_000}</v></c></row>'), "a cell of more than 65,536 signs"),
    "laughs": (
        b'<!DOCTYPE x [<!ENTITY a "' + b"ha" * 9999 + b'">]><worksheet>&a;</worksheet>',
        "has a document type",
    ),
    "no xml": (b"<worksheet", "is no workbook that can be read (ExpatError)"),
    "no such text": (rows_xml('<row><c t="s"><v>7</v></c></row>'), "is no workbook that can be read (IndexError)"),
    "no number": (rows_xml('<row><c t="s"><v>x</v></c></row>'), "is no workbook that can be read (ValueError)"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_workbook_that_would_take_too_much_is_refused_in_seconds_and_little_memory(tmp_path: Path, name: str) -> None:
    xml, said = BOMBS[name]
    path = sheet_of(tmp_path, xml)
    began = time.process_time()
    tracemalloc.start()
    assert said in refusal(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.process_time() - began < 10
    assert most < 30_000_000


def test_a_size_that_the_workbook_declares_too_small_ends_the_part_there(tmp_path: Path) -> None:
    path = sheet_of(tmp_path, rows_xml("<row><c><v>1</v></c></row>" * 5000))
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as whole:
        size = whole.getinfo("xl/worksheets/sheet1.xml").file_size
    for at in range(len(data) - 4):
        if data[at : at + 4] == size.to_bytes(4, "little"):
            data[at : at + 4] = (100).to_bytes(4, "little")
    path.write_bytes(data)
    assert "is no workbook that can be read (BadZipFile)" in refusal(path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(600), "save it as .xlsx, without a password"),
        (b"PK\x03\x04", "is no workbook that can be read (BadZipFile)"),
        (b"", "is no workbook that can be read (BadZipFile)"),
    ],
)
def test_what_is_no_workbook_is_refused_with_the_remedy(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "export.xlsx"
    path.write_bytes(data)
    assert said in refusal(path)


def test_a_zip_without_a_workbook_in_it_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as whole:
        whole.writestr("x", "y")
    assert "is no workbook that can be read (KeyError)" in refusal(tmp_path / "x.xlsx")


@pytest.mark.parametrize("name", ["no such text", "far row", "no xml"])
def test_a_sheet_that_breaks_behind_a_person_does_not_show_the_person(tmp_path: Path, name: str) -> None:
    person = f'<row><c t="str"><v>{NAME}</v></c><c><v>{NUMBER}</v></c></row>'.encode()
    for before in (person * 3, person * 3 + b" " * (1 << 17)):
        broken = BOMBS[name][0].replace(b"<worksheet><sheetData>", b"").replace(b"<worksheet", b"<row ")
        assert BOMBS[name][1] in refusal(sheet_of(tmp_path, b"<worksheet><sheetData>" + before + broken))


def test_a_row_behind_the_last_is_not_shown(write: Write, book: Book) -> None:
    rows = (["番", "名"], ["1", NAME], ["合計", ""], [NUMBER, NAME])
    text = "".join(f"{number},{name}\n" for number, name in rows)
    for path in (write(text.encode()), book(*rows)):
        assert "line 4: this row stands behind the last one" in refusal(path, Dialect(last=Last("合計")))


def test_a_sheet_without_rows_is_refused(book: Book) -> None:
    assert "there are no rows below the header" in refusal(book(["甲"]))


# Memory


KEPT = 2
"""Times what a small file takes: records that were kept would take ten times as much, garbage only waits."""


def peak(path: Path, dialect: Dialect) -> int:
    tracemalloc.start()
    with open_table(path, dialect) as table:
        for _ in table.records:
            pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


@pytest.mark.parametrize("has_lines", [True, False])
def test_memory_does_not_grow_with_a_file_of_fixed_lengths(write: Write, *, has_lines: bool) -> None:
    dialect = replace(FIXED, fixed=replace(LENGTHS, lines=has_lines, kinds=Kinds(1, "2")))
    end = b"\n" if has_lines else b""
    small = peak(write((WHOLE[1] + end) * 20_000), dialect)
    assert peak(write((WHOLE[1] + end) * 200_000), dialect) < small * KEPT


def test_memory_does_not_grow_with_the_rows_of_a_sheet(tmp_path: Path) -> None:
    def sheet(rows: int) -> Path:
        line = io.StringIO()
        for n in range(rows):
            line.write(f'<row><c t="inlineStr"><is><t>{n * 7919 % 99991}</t></is></c><c><v>{n}</v></c></row>')
        return sheet_of(tmp_path, rows_xml(line.getvalue()))

    small = peak(sheet(2_000), PLAIN)
    assert peak(sheet(20_000), PLAIN) < small * KEPT
    assert csv.field_size_limit() == 131072
