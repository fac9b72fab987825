"""How a file is written is seen by its first lines, and what cannot be seen is said."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from openpyxl import Workbook

from renderer.intake.dialect import Dialect, FixedLength
from renderer.intake.guessing import Guess, guess
from renderer.model.errors import BadJob

HEADER = ("番号", "氏名", "生年月日", "住所")
ROWS = tuple(
    (f"{number}", "架空　太郎", f"1980/01/{number:02}", f"東京都千代田区架空町{number}-1") for number in range(1, 29)
)


def written(path: Path, text: str, encoding: str = "cp932") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def lines(delimiter: str = ",", quote: str = "", rows: tuple[tuple[str, ...], ...] = (HEADER, *ROWS)) -> str:
    return "".join(delimiter.join(f"{quote}{cell}{quote}" for cell in row) + "\r\n" for row in rows)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("quote", ["", '"', "'"])
@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig", "utf-16"])
def test_delimiter_quoting_and_encoding_are_seen(tmp_path: Path, delimiter: str, quote: str, encoding: str) -> None:
    found = guess(written(tmp_path / "a.csv", lines(delimiter, quote), encoding))
    assert found == Guess(Dialect(delimiter=delimiter, quote=quote or '"'), HEADER)


def test_a_quotation_mark_that_quotes_nothing_is_seen(tmp_path: Path) -> None:
    rows = (HEADER, *(('"' + row[0], *row[1:]) for row in ROWS))
    assert guess(written(tmp_path / "a.csv", lines("\t", rows=rows))).dialect == Dialect(delimiter="\t", quote="")


def test_titles_above_the_header_are_counted(tmp_path: Path) -> None:
    found = guess(written(tmp_path / "a.csv", "加入者一覧,,,\r\n作成日 令和8年11月20日,,,\r\n" + lines()))
    assert (found.dialect.skip, found.header) == (2, HEADER)


def test_remarks_are_seen_wherever_they_stand(tmp_path: Path) -> None:
    found = guess(written(tmp_path / "a.csv", "# 抽出条件\r\n" + lines() + "# 以上\r\n"))
    assert (found.dialect.comment, found.header) == ("#", HEADER)


def test_a_file_without_header_has_columns_by_position(tmp_path: Path) -> None:
    found = guess(written(tmp_path / "a.csv", lines(rows=ROWS)))
    assert not found.has_header
    assert found.header == found.dialect.header == ("列1", "列2", "列3", "列4")


def test_a_header_of_unknown_names_is_one(tmp_path: Path) -> None:
    unknown = ("A", "B", "C", "D")
    assert guess(written(tmp_path / "a.csv", lines(rows=(unknown, *ROWS)))) == Guess(Dialect(), unknown)


def test_lines_of_one_length_are_of_fixed_lengths(tmp_path: Path) -> None:
    text = "".join(f"{number:05}{'架空太郎':　<20}19800101\r\n" for number in range(30))
    assert guess(written(tmp_path / "a.dat", text)).dialect.fixed == FixedLength(53, {})


def test_records_without_line_ends_are_of_fixed_lengths(tmp_path: Path) -> None:
    text = "".join(f"{number:05}{'架空太郎':　<20}19800101" for number in range(30))
    assert guess(written(tmp_path / "a.dat", text)).dialect.fixed == FixedLength(0, {}, lines=False)


def test_a_text_without_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadJob, match="no delimiter divides it into columns"):
        guess(written(tmp_path / "a.csv", "ひとつ\r\nふたつめ\r\nみっつめです\r\n"))


def workbook(path: Path, **sheets: tuple[tuple[str, ...], ...]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_is_known_by_its_first_bytes_and_its_only_sheet_needs_no_name(tmp_path: Path) -> None:
    assert guess(workbook(tmp_path / "a.xlsx", 一=(HEADER, *ROWS))) == Guess(Dialect(), HEADER)
    renamed = workbook(tmp_path / "a.xlsx", 一=(HEADER, *ROWS)).rename(tmp_path / "a.dat")
    assert guess(renamed).dialect == Dialect(format="xlsx")


def test_of_several_sheets_the_one_of_the_members_is_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 説明=(("この表は",), ("加入者の",)), 空=(), 台帳=(("一覧",), HEADER, *ROWS))
    assert guess(path) == Guess(Dialect(sheet="台帳", skip=1), HEADER)


def test_a_workbook_without_members_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 説明=(("この表は",), ("加入者の",)), 空=())
    with pytest.raises(BadJob, match="none looks like members"):
        guess(path)


def test_a_file_that_is_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadJob, match="empty"):
        guess(written(tmp_path / "a.csv", codecs.BOM_UTF8.decode() * 0))
