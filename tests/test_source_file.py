"""However a member file is written, the second reader finds each of its rows, its line and its cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from own_files import csv_of, fixed_of, with_file, workbook_of
from test_source import ALONE, NOTICE, STRANGER, reading
from trial_runs import write_members

from renderer.model.errors import BadBatch
from renderer.model.job import Job
from renderer.model.lines import number_of
from renderer.proof.complete import prove_complete
from renderer.proof.source_file import encoding_of
from renderer.proof.source_index import write_index
from renderer.proof.source_map import STANDARD

HEADER = ["整理番号", "氏名", "備考"]
ROWS = [["S1", "髙﨑　花", "一行,目\n二行目"], ["S2", "別名　太郎", ""], ["S3", "三　郎", "#備考"]]
TITLES = "整理番号,氏名,備考\n"
FLAT = [[cell.replace("\n", "") for cell in row] for row in ROWS]


def read(job: Job, folder: Path, records: list[str] | None = None) -> list[tuple[str, list[str]]]:
    """Where the rows stand, and what they say under the columns above."""
    with reading(job, folder) as second:
        rows = [second.row(record) for record in records or ["S1", "S2", "S3"]]
    return [(row.where, [row.cells[column] for column in HEADER]) for row in rows]


def at_lines(*lines: int, rows: list[list[str]] = ROWS) -> list[tuple[str, list[str]]]:
    return [(f"line {line} of the member file", row) for line, row in zip(lines, rows, strict=True)]


# Text.


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("named", ["auto", "as it is"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_text_is_read_in_every_encoding(encoding: str, named: str, end: str, tmp_path: Path) -> None:
    how = {"encoding": "auto" if named == "auto" else encoding.removesuffix("-sig"), "delimiter": "\t"}
    data = csv_of([HEADER, *ROWS], "\t", end=end).encode(encoding)
    job = with_file(NOTICE, tmp_path / "m.txt", data, {"file": how})
    assert read(job, tmp_path) == at_lines(2, 4, 5)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_standard_file_of_sixteen_bits_is_read_by_its_mark(encoding: str, tmp_path: Path) -> None:
    path = write_members(tmp_path / "m.csv", [STRANGER])
    path.write_bytes(("\ufeff" + path.read_text("utf-8")).encode(encoding))
    assert encoding_of(path) == (encoding, 2)
    with reading(replace(NOTICE, sources=(path,)), tmp_path) as second:
        assert second.row("S3").cells["氏名"] == "別名　太郎"


def test_utf8_that_is_cut_off_is_cp932(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes("花".encode()[:2])
    assert encoding_of(tmp_path / "x") == ("cp932", 0)
    assert encoding_of(tmp_path / "x", "utf-8") == ("utf-8", 0)


DIALECTS: dict[str, tuple[str, dict[str, Any], list[tuple[str, list[str]]]]] = {
    "tabs": (csv_of([HEADER, *ROWS], "\t"), {"delimiter": "\t"}, at_lines(2, 4, 5)),
    "another sign quotes": (csv_of([HEADER, *ROWS], ";", "'"), {"delimiter": ";", "quote": "'"}, at_lines(2, 4, 5)),
    "nothing quotes": (
        csv_of([HEADER, *FLAT], "|", "").replace("太", '"'),
        {"delimiter": "|", "quote": ""},
        at_lines(2, 3, 4, rows=[FLAT[0], ["S2", '別名　"郎', ""], FLAT[2]]),
    ),
    "lines above the header": ('一覧"\n#\n' + csv_of([HEADER, *ROWS]), {"skip": 2}, at_lines(4, 6, 7)),
    "comments": (
        "#一覧\n" + csv_of([HEADER, *ROWS]).replace('"S2', '# "\n"S2').replace("\n二", "\n#"),
        {"comment": "#"},
        at_lines(3, 6, 7, rows=[["S1", ROWS[0][1], "一行,目\n#行目"], *ROWS[1:]]),
    ),
    "no header": (csv_of(ROWS), {"header": HEADER}, at_lines(1, 3, 4)),
    "a last row that counts": (
        csv_of([HEADER, *ROWS, ["合計　人数", "3件"]]), {"last": {"begins": "合計", "count": 2}}, at_lines(2, 4, 5),
    ),
    "a last row that does not": (
        csv_of([HEADER, *ROWS, ["3", "以上", ""]]), {"last": {"begins": "3"}}, at_lines(2, 4, 5),
    ),
    "the mark of the end behind the last row": (
        csv_of([HEADER, *ROWS]).rstrip("\n") + "\x1a", {}, at_lines(2, 4, 5),
    ),
    "blank rows and the mark of the end": (
        csv_of([HEADER, ROWS[0], ["", "　", ""], *ROWS[1:]]) + "\n\x1a", {}, at_lines(2, 5, 6),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DIALECTS)
def test_a_csv_file_of_every_dialect_is_read_with_its_lines(name: str, tmp_path: Path) -> None:
    text, how, expected = DIALECTS[name]
    assert read(with_file(NOTICE, tmp_path / "m.csv", text.encode(), {"file": how}), tmp_path) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16"])
@pytest.mark.parametrize("quote", ["", '"'], ids=["plain", "quoted"])
def test_the_mark_of_the_end_behind_the_last_row_of_a_plain_file_is_passed_over(
    encoding: str, quote: str, tmp_path: Path
) -> None:
    rows = [[f"{column}{at}" for column in STANDARD] for at in range(2)]
    lines = (",".join(f"{quote}{cell}{quote}" for cell in cells) for cells in (STANDARD, *rows))
    path = tmp_path / "m.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding) + "\x1a\x1a".encode(encoding.replace("utf-16", "utf-16-le")))
    with reading(replace(NOTICE, sources=(path,)), tmp_path) as second:
        assert [second.row(f"整理番号{at}").cells["送付先方書"] for at in range(2)] == ["送付先方書0", "送付先方書1"]


# Fixed lengths.

FIELDS = {
    "区分": {"at": 1, "bytes": 1}, "整理番号": {"at": 2, "bytes": 4}, "氏名": {"at": 6, "bytes": 20},
    "備考": {"at": 26, "bytes": 20},
}  # fmt: skip
LENGTHS = [1, 4, 20, 20]
MEMBERS = [["2", *row] for row in FLAT]
KINDS = {"at": 1, "header": "1", "data": "2", "trailer": "8", "end": "9", "count": {"at": 2, "bytes": 4}}
AROUND = [["1", "頭", "", ""], *MEMBERS, ["8", "0003", "", ""], ["9", "", "", ""]]


def fixed(encoding: str, *, lines: bool) -> dict[str, Any]:
    file = {"format": "fixed", "encoding": encoding, "length": 45, "lines": lines}
    return {"ignore": "others", "file": file, "fields": FIELDS}


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
@pytest.mark.parametrize("pad", [" ", "　"])
@pytest.mark.parametrize("finish", [b"", b"\x1a", b"\r\n"])
def test_records_of_fixed_length_are_read_with_and_without_line_ends(
    end: str, pad: str, finish: bytes, tmp_path: Path
) -> None:
    data = fixed_of([["2", row[0] + "  ", *row[1:]] for row in FLAT], LENGTHS, "cp932", end, pad)
    job = with_file(NOTICE, tmp_path / "m.dat", data + finish, fixed("cp932", lines=bool(end)))
    assert read(job, tmp_path) == at_lines(1, 2, 3, rows=FLAT)


@pytest.mark.parametrize("end", ["\n", ""])
def test_kinds_of_records_stand_around_the_members(end: str, tmp_path: Path) -> None:
    data = fixed_of(AROUND, LENGTHS, "cp932", end)
    job = with_file(NOTICE, tmp_path / "m.dat", data, fixed("cp932", lines=bool(end)) | {"records": KINDS})
    assert read(job, tmp_path) == at_lines(2, 3, 4, rows=FLAT)


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_lengths_are_counted_behind_the_mark_and_in_the_bytes_of_the_encoding(
    end: str, mark: str, tmp_path: Path
) -> None:
    rows = [["2", "S1", "ऊ花", ""], ["2", "S2", "太", "ਊ"]]
    data = mark.encode() + fixed_of(rows, [1, 4, 20, 20], "utf-8", end)
    job = with_file(NOTICE, tmp_path / "m.dat", data, fixed("utf-8", lines=bool(end)))
    assert read(job, tmp_path, ["S1", "S2"]) == at_lines(1, 2, rows=[row[1:] for row in rows])


# Workbooks.

XLSX: dict[str, tuple[dict[str, Any], list[tuple[str, list[str]]]]] = {
    "the only sheet that is shown": ({}, at_lines(2, 3, 5)),
    "a sheet by its name": ({"sheet": "旧"}, at_lines(3, 4, 6, rows=[[row[0], "旧", row[2]] for row in ROWS])),
}


@pytest.mark.parametrize("name", XLSX)
def test_a_sheet_is_read_with_its_rows_as_lines(name: str, tmp_path: Path) -> None:
    how, expected = XLSX[name]
    rows = [HEADER, *ROWS[:2], [], ROWS[2]]
    old = [["旧"], *([row[0], "旧", row[2]] if row and row[0] != HEADER[0] else row for row in rows)]
    data = workbook_of({"旧": old, "新": rows}, hidden=["旧"])
    how = how | ({"skip": 1} if how else {})
    assert read(with_file(NOTICE, tmp_path / "m.XLSX", data, {"file": how}), tmp_path) == expected


def test_blank_cells_behind_the_columns_and_comments_are_no_part_of_a_sheet(tmp_path: Path) -> None:
    blank = ('s="1"', "")
    rows = [["# 表題"], [*HEADER, blank], [*ROWS[0], blank, blank], ["# 係"], ROWS[1], [*ROWS[2], blank], [blank]]
    job = with_file(NOTICE, tmp_path / "m.xlsx", workbook_of({"名簿": rows}), {"file": {"comment": "#"}})
    assert read(job, tmp_path) == at_lines(3, 5, 6)


def test_a_workbook_with_the_standard_header_needs_no_map(tmp_path: Path) -> None:
    path = tmp_path / "m.xlsx"
    path.write_bytes(workbook_of({"名簿": [[*STRANGER], [*STRANGER.values()]]}))
    with reading(replace(NOTICE, sources=(path,)), tmp_path) as second:
        row = second.row("S3")
    assert {**row.cells} == STRANGER


CELLS: dict[str, tuple[Any, str]] = {
    "text": (" ００1 ", " ００1 "),
    "text with signs that XML does not have": ("一_x000A_二", "一\n二"),
    "a whole number": (42.0, "42"),
    "a whole number with an exponent": (("", "1.2E+3"), "1200"),
    "another number": (1.5, "1.5"),
    "a date": (('s="1"', 45628), "2024-12-02"),
    "a date of the Japanese edition": (('s="2"', 45628), "2024-12-02"),
    "a date with a time, which is none": (('s="1"', 45628.75), "2024-12-02 18:00:00"),
    "a truth value": (('t="b"', 1), "TRUE"),
    "an error": (('t="e"', "#N/A"), "#N/A"),
    "a formula": (('t="str"', "値</v><f>A1&amp;B1</f><v>値"), "値"),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_of_a_sheet_says_what_the_spreadsheet_shows_of_it(name: str, tmp_path: Path) -> None:
    cell, expected = CELLS[name]
    if name == "a formula":
        cell = ('t="str"><f>A1&amp;A1</f', "値")
    data = workbook_of({"名簿": [HEADER, ["S1", "甲", cell]]})
    job = with_file(NOTICE, tmp_path / "m.xlsx", data, {})
    assert read(job, tmp_path, ["S1"])[0][1][2] == expected


@pytest.mark.parametrize(
    ("column", "number"), [("備考", "12345678901234567"), ("備考", "1.2345678901234E+18"), ("個人番号", "123456789000")]
)
def test_nobody_may_have_printed_a_number_that_was_rounded(column: str, number: str, tmp_path: Path) -> None:
    for cell in (number, ("", number)):
        data = workbook_of({"名簿": [["整理番号", column], ["S1", cell], ["S2", "x"]]})
        job = with_file(NOTICE, tmp_path / "m.xlsx", data, {})
        write_index(job, tmp_path / "index")
        if isinstance(cell, str):
            prove_complete(tmp_path / "index", ALONE, [["S1"], ["S2"]], set())
        else:
            prove_complete(tmp_path / "index", ALONE, [["S2"]], {2})
            with pytest.raises(BadBatch, match="record S1 is printed, and the member file does not have it"):
                prove_complete(tmp_path / "index", ALONE, [["S1"], ["S2"]], set())


# Several files.


@pytest.fixture
def several(tmp_path: Path) -> Job:
    """Two files that are one, the second with another header and two rows at the same lines."""
    first = with_file(NOTICE, tmp_path / "honsha.csv", csv_of([HEADER, *ROWS[:2]]).encode(), {"ignore": "others"})
    (tmp_path / "kojo.csv").write_bytes(csv_of([["部署", *HEADER[::-1]], ["", *ROWS[2][::-1]]]).encode("cp932"))
    return replace(first, sources=(*first.sources, tmp_path / "kojo.csv"))


def test_several_files_are_one_and_a_line_is_named_with_its_file(several: Job, tmp_path: Path) -> None:
    places = ["line 2 of honsha.csv", "line 4 of honsha.csv", "line 2 of kojo.csv"]
    assert read(several, tmp_path) == list(zip(places, ROWS, strict=True))


def test_a_line_of_one_file_is_not_that_of_another(several: Job, tmp_path: Path) -> None:
    write_index(several, tmp_path / "index")
    prove_complete(tmp_path / "index", ALONE, [["S1"], ["S2"]], {number_of(2, 1)})
    with pytest.raises(BadBatch, match=r"line 2 of kojo\.csv is neither printed nor held"):
        prove_complete(tmp_path / "index", ALONE, [["S2"]], {number_of(2, 0)})


def test_the_files_follow_one_another_in_the_order_of_the_job(several: Job, tmp_path: Path) -> None:
    with reading(several, tmp_path) as second:
        before, after = second.row("S2"), second.row("S3")
        second.check_order(second.standing(before), second.standing(after))
        with pytest.raises(BadBatch, match=r"piece of line 4 of honsha\.csv is printed behind that of line 2 of kojo"):
            second.check_order(second.standing(after), second.standing(before))


def test_rows_of_two_files_that_do_not_belong_together_are_named_with_their_files(several: Job, tmp_path: Path) -> None:
    for name, record in (("honsha", "S1"), ("kojo", "S3")):
        write_members(tmp_path / f"{name}.csv", [STRANGER | {"整理番号": record}])
    with (
        reading(several, tmp_path) as second,
        pytest.raises(BadBatch, match=r"line 2 of honsha\.csv, line 2 of kojo\.csv do not belong into one"),
    ):
        next(second.pieces([["S1", "S3"]], 1))


# What cannot be read.

LAST = {"last": {"begins": "合計", "count": 2}}
UNREADABLE: dict[str, tuple[bytes, Mapping[str, Any]]] = {
    "a last row that counts another number": (csv_of([HEADER, *ROWS, ["合計", "4"]]).encode(), {"file": LAST}),
    "no row but the header": (csv_of([HEADER]).encode(), {"file": LAST}),
    "no last row": (csv_of([HEADER, *ROWS]).encode(), {"file": LAST}),
    "a last row of another kind": (csv_of([HEADER, *ROWS, ["総計", "3"]]).encode(), {"file": LAST}),
    "more rows than there may be": (csv_of([HEADER, *ROWS]).encode(), {"max_rows": 2}),
    "a column that is not there": (csv_of([HEADER, *ROWS]).encode(), {"columns": {"番号": "証番号"}}),
    "a column that is there twice": (csv_of([[*HEADER, "備考"]]).encode(), {}),
    "a column that is used twice": (csv_of([HEADER, *ROWS]).encode(), {"columns": {"番号": "氏名", "記号": "氏名"}}),
    "a column to split that is not there": (
        csv_of([HEADER, *ROWS]).encode(), {"split": {"x": {"into": ["記号", "番号"], "at": "-"}}},
    ),
    "a record that is too short": (
        fixed_of(MEMBERS, LENGTHS, "cp932", "")[:-1], fixed("cp932", lines=False),
    ),
    "a character that a field tears": (
        fixed_of([["2", "S1", "一" * 10, ""]], LENGTHS, "cp932"),
        fixed("cp932", lines=True) | {"fields": FIELDS | {"氏名": {"at": 6, "bytes": 3}}},
    ),
    "the mark of another encoding": (
        b"\xef\xbb\xbf" + fixed_of(MEMBERS, LENGTHS, "cp932"), fixed("cp932", lines=True),
    ),
    "a kind without a name": (
        fixed_of([["7", "", "", ""], *AROUND], LENGTHS, "cp932", ""), fixed("cp932", lines=False) | {"records": KINDS},
    ),
    "a header behind a member": (
        fixed_of([AROUND[1], AROUND[0], *AROUND[2:]], LENGTHS, "cp932", ""),
        fixed("cp932", lines=False) | {"records": KINDS},
    ),
    "a member behind the trailer": (
        fixed_of([*AROUND[:3], AROUND[4], AROUND[3], AROUND[5]], LENGTHS, "cp932", ""),
        fixed("cp932", lines=False) | {"records": KINDS},
    ),
    "no trailer": (
        fixed_of([*AROUND[:4], AROUND[5]], LENGTHS, "cp932", ""), fixed("cp932", lines=False) | {"records": KINDS},
    ),
    "no end": (fixed_of(AROUND[:-1], LENGTHS, "cp932", ""), fixed("cp932", lines=False) | {"records": KINDS}),
    "a trailer that counts one more": (
        fixed_of([*AROUND[:4], ["8", "0004", "", ""], AROUND[5]], LENGTHS, "cp932", ""),
        fixed("cp932", lines=False) | {"records": KINDS},
    ),
    "two sheets that are shown": (workbook_of({"一": [HEADER, *ROWS], "二": []}), {"file": {"format": "xlsx"}}),
    "no such sheet": (workbook_of({"一": [HEADER, *ROWS]}), {"file": {"format": "xlsx", "sheet": "二"}}),
    "no workbook": (b"PK", {"file": {"format": "xlsx"}}),
    "a broken sheet": (workbook_of({"一": [HEADER, [("", "<")]]}), {"file": {"format": "xlsx"}}),
    "a quotation mark that is not closed": (b'\xef\xbb\xbf\xe6\x95\xb4,"', {}),
    "a quotation mark that swallowed a row": (f'{TITLES}S1,太,"要\nS2,太,急"\n'.encode(), {"file": {}}),
    "one in a file without a header": ('S1,"太,\nS2,太",\n'.encode(), {"file": {"header": HEADER}}),
    "one that swallowed a row in other columns": (f'{TITLES}"S1,太,要\nS2,太",急\n'.encode(), {"file": {}}),
    "another format": (b"", {"file": {"format": "dbf"}}),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_does_not_fit_its_map_cannot_be_read_a_second_time(name: str, tmp_path: Path) -> None:
    data, columns = UNREADABLE[name]
    job = with_file(NOTICE, tmp_path / "m.dat", data, columns)
    with pytest.raises(BadBatch, match=r"m\.dat cannot be read a second time") as raised:
        write_index(job, tmp_path / "index")
    assert raised.value.__context__ is None


def test_rows_that_a_quotation_mark_swallowed_are_read_by_nobody(tmp_path: Path) -> None:
    path = write_members(tmp_path / "m.csv", [STRANGER, STRANGER | {"整理番号": "S8"}])
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([lines[0], lines[1] + '"要', lines[2] + '急"', ""]), "utf-8")
    with pytest.raises(BadBatch, match="cannot be read a second time"):
        write_index(replace(NOTICE, sources=(path,)), tmp_path / "index")


def test_a_row_of_another_number_of_cells_is_a_row_all_the_same(tmp_path: Path) -> None:
    job = with_file(NOTICE, tmp_path / "m.csv", csv_of([HEADER, *ROWS[:2], ["S7", "1"]]).encode(), {"file": {}})
    write_index(job, tmp_path / "index")
    prove_complete(tmp_path / "index", ALONE, [["S1"], ["S2"]], {5})
    with pytest.raises(BadBatch, match="line 5 of the member file is neither"):
        prove_complete(tmp_path / "index", ALONE, [["S1"], ["S2"]], set())


def test_nobody_may_have_been_printed_of_a_file_without_rows(tmp_path: Path) -> None:
    write_index(with_file(NOTICE, tmp_path / "m.csv", csv_of([HEADER]).encode(), {}), tmp_path / "index")
    prove_complete(tmp_path / "index", ALONE, [], set())
    with pytest.raises(BadBatch, match="record S1 is printed"):
        prove_complete(tmp_path / "index", ALONE, [["S1"]], set())


# Whatever stands in it.

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8).map(str.strip)
IN_CP932 = st.text("髙花太 -,;\"'1１#\ue000", max_size=6).map(str.strip)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, bytes, dict[str, Any], list[list[str]], list[int]]:
    """A file in any dialect, its map, its rows and their lines."""
    form = draw(st.sampled_from(["csv", "fixed", "xlsx"]))
    texts = IN_CP932 if form == "fixed" else TEXTS
    rows = [[f"S{at}", draw(texts), draw(texts)] for at in range(draw(st.integers(1, 4)))]
    skip = draw(st.integers(0, 2))
    if form == "xlsx":
        cells = [[cell.replace("_x", "x") for cell in row] for row in rows]
        data = workbook_of({"甲": [["表題"]] * skip + [HEADER, *cells]})
        return "m.xlsx", data, {"file": {"skip": skip}}, cells, [skip + 2 + at for at in range(len(rows))]
    if form == "fixed":
        lines = draw(st.booleans())
        data = fixed_of([["2", *row] for row in rows], LENGTHS, "cp932", "\r\n" if lines else "")
        return "m.dat", data, fixed("cp932", lines=lines), rows, [1 + at for at in range(len(rows))]
    delimiter, quote = draw(st.sampled_from([(",", '"'), ("\t", "'"), (";", '"'), ("|", "~")]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = f'表"題{end}' * skip + csv_of([HEADER, *rows], delimiter, quote, end)
    how = {"delimiter": delimiter, "quote": quote, "skip": skip}
    return "m.csv", text.encode(encoding), {"file": how}, rows, [skip + 2 + at for at in range(len(rows))]


@given(file=written())
def test_every_row_of_a_file_in_any_dialect_is_read_as_it_was_written(
    file: tuple[str, bytes, dict[str, Any], list[list[str]], list[int]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    name, data, columns, rows, lines = file
    folder = tmp_path_factory.getbasetemp()
    job = with_file(NOTICE, folder / name, data, columns)
    assert read(job, folder, [row[0] for row in rows]) == at_lines(*lines, rows=rows)
