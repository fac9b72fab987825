"""Member files of every encoding and every damage → Rows, or the place and the remedy."""

import codecs
import csv
import io
import re
import tracemalloc
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leaks import texts_of

from renderer.documents.document import HEADER, STANDARD_COLUMNS
from renderer.documents.document import Columns as Asked
from renderer.intake.columnmap import STANDARD, ColumnMap
from renderer.intake.dialect import Dialect, Encoding, Last
from renderer.intake.encodings import find_encoding
from renderer.intake.rows import PassedOver, Row, read_rows
from renderer.model.errors import BadJob
from renderer.model.toml import NEAR, advice, nearest

Write = Callable[..., Path]
NOTHING = dict.fromkeys(HEADER, "")
PLAIN = NOTHING | {"整理番号": "A1", "氏名": "髙橋　﨑子", "備考": "終"}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(data: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / "members.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
        return path

    return to_file


def as_csv(*rows: dict[str, str], end: str = "\r\n", quoted: bool = False) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerow(STANDARD_COLUMNS)
    writer.writerows([row[name] for name in STANDARD_COLUMNS] for row in rows)
    return text.getvalue()


def encoded(encoding: Encoding) -> ColumnMap:
    return ColumnMap(Dialect(encoding=encoding))


def refusal(path: Path, columns: ColumnMap = STANDARD) -> str:
    with pytest.raises(BadJob) as caught:
        list(read_rows(path, columns))
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_file_of_any_encoding_and_line_end_is_read(write: Write, encoding: str, end: str) -> None:
    path = write(as_csv(PLAIN, PLAIN | {"整理番号": "A2"}, end=end), encoding)
    assert list(read_rows(path)) == [Row(2, PLAIN), Row(3, PLAIN | {"整理番号": "A2"})]


def test_the_user_defined_area_of_cp932_becomes_the_private_use_area(write: Write) -> None:
    data = as_csv(PLAIN | {"氏名": "XXYY"}).encode("cp932").replace(b"XXYY", b"\xf0\x40\xf9\xfc")
    (row,) = read_rows(write(data))
    assert row.fields["氏名"] == "\ue000\ue757"


def test_both_cp932_codes_of_one_character_are_read_as_it(write: Write) -> None:
    data = as_csv(PLAIN | {"氏名": "XXYY"}).encode("cp932").replace(b"XXYY", b"\xee\xe0\xfb\xfc")
    (row,) = read_rows(write(data))
    assert row.fields["氏名"] == "髙髙"


def test_nothing_is_made_of_a_column_that_the_document_does_not_ask_for(write: Write) -> None:
    path = write(as_csv(PLAIN | {"備考": "終", "方書": "見本荘"}))
    needs = tuple(name for name in STANDARD_COLUMNS if name not in ("備考", "方書"))
    (row,) = read_rows(path, asked=Asked(needs, may_have=("方書",)))
    assert (row.fields["備考"], row.fields["方書"], row.fields["氏名"]) == ("", "見本荘", PLAIN["氏名"])


def test_columns_may_stand_in_any_order(write: Write) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, sorted(HEADER))
    writer.writeheader()
    writer.writerow(PLAIN)
    (row,) = read_rows(write(text.getvalue()))
    assert row.fields == PLAIN


def test_a_row_begins_at_the_line_an_editor_shows(write: Write) -> None:
    two_lines = PLAIN | {"備考": "一\r\n二"}
    rows = list(read_rows(write(as_csv(two_lines, PLAIN, two_lines, PLAIN) + "\r\n\r\n")))
    assert [row.line for row in rows] == [2, 4, 5, 7]
    assert rows[0].fields["備考"] == "一\r\n二"


def test_empty_lines_are_passed_over_and_counted(write: Write) -> None:
    text = as_csv(PLAIN, PLAIN).replace("終\r\n", "終\r\n\r\n")
    assert [row.line for row in read_rows(write(text))] == [2, 4]


# Those left out are written by Python's cp932 as the codes of their full-width likes (domain 5.2).
fields = st.text(
    st.characters(codec="cp932", exclude_characters="\0¢£¬‖−〜") | st.sampled_from('",\r\n 、"'), max_size=8
)


@settings(max_examples=60)
@given(
    cells=st.lists(st.lists(fields, min_size=24, max_size=24), min_size=1, max_size=4),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp932"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_written_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]], encoding: str, end: str
) -> None:
    rows = [NOTHING | dict(zip(STANDARD_COLUMNS, [f"A{row[0]}", *row[1:]], strict=True)) for row in cells]
    data = as_csv(*rows, end=end, quoted=True).encode(encoding)
    path = tmp_path_factory.getbasetemp() / "round_trip.csv"
    path.write_bytes(data)
    begin, expected = 2, []
    for row in rows:
        last = begin + sum(text.count("\n") for text in row.values())
        whole = row | {column: row[column].strip() for column in ("本人家族", "性別", "負担割合", "限度額区分")}
        expected.append(Row(begin, whole, last_line=last if last > begin else 0))
        begin = last + 1
    assert list(read_rows(path)) == expected


@pytest.mark.parametrize("cells", ["A1", "A1,,,", "," * 23 + "x,", "x" + "," * 30])
def test_a_row_of_another_number_of_fields_has_a_finding_and_the_next_is_read(write: Write, cells: str) -> None:
    first, second = read_rows(write(as_csv(PLAIN).replace("A1,", f"{cells}\r\nA1,", 1)))
    (finding,) = first.findings
    assert (finding.code, finding.line, finding.stage) == (
        "row-wrong-number-of-fields",
        2,
        "read",
    )
    assert first.fields == {}
    assert second == Row(3, PLAIN)


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\n", as_csv().encode()])
def test_a_file_without_rows_is_refused(write: Write, data: bytes) -> None:
    assert re.search("(export it|export the members) again", refusal(write(data)))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-32"])
def test_utf_16_without_its_mark_and_utf_32_are_refused_with_the_remedy(write: Write, encoding: str) -> None:
    message = refusal(write(as_csv(PLAIN), encoding))
    assert encoding.upper()[:6] in message
    assert "save it as UTF-8" in message


def test_a_nul_is_refused_with_its_place(write: Write) -> None:
    message = refusal(write(as_csv(PLAIN, PLAIN | {"整理番号": "A\0"})))
    assert "line 3, byte 2" in message


@pytest.mark.parametrize(
    ("encoding", "broken", "place"),
    [
        ("utf-8", b"\xff", "line 3, character 2 (byte 4 of the line, 0xFF): this is no character of UTF-8"),
        ("utf-8", b"\x82", "line 3, character 2 (byte 4 of the line, 0x82): this is no character of UTF-8"),
        (
            "cp932",
            b"\x81\x20",
            "line 3, character 2 (byte 3 of the line, 0x81): this is no character of CP932",
        ),
    ],
)
def test_a_wrong_byte_is_refused_with_its_place_and_the_encoding(
    write: Write, encoding: str, broken: bytes, place: str
) -> None:
    data = as_csv(PLAIN, PLAIN | {"整理番号": "山？"}).encode(encoding).replace("？".encode(encoding), broken)
    assert place in refusal(write(data))


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_a_file_that_was_cut_inside_its_last_character_is_refused(write: Write, encoding: str) -> None:
    cut = as_csv(PLAIN).rstrip().encode(encoding)[:-1]
    assert f"this is no character of {encoding.upper()}" in refusal(write(cut))


@pytest.mark.parametrize("wanted", ["utf-8", "cp932"])
def test_a_file_in_the_named_encoding_is_read(write: Write, wanted: Encoding) -> None:
    path = write(as_csv(PLAIN), wanted)
    assert [row.fields for row in read_rows(path, encoded(wanted))] == [PLAIN]


def test_a_file_that_is_not_in_the_named_encoding_is_refused(write: Write) -> None:
    message = refusal(write(as_csv(PLAIN), "cp932"), encoded("utf-8"))
    assert "line 1, character 1 (byte 1 of the line, 0x90): this is no character of UTF-8" in message


def test_a_byte_order_mark_goes_before_a_named_encoding(write: Write) -> None:
    assert find_encoding(write(as_csv(PLAIN), "utf-8-sig"), "cp932") == "utf-8-sig"


def test_a_character_across_two_chunks_is_no_wrong_byte(write: Write) -> None:
    row = as_csv(PLAIN).splitlines(keepends=True)[1]
    for shift in range(3):
        path = write(as_csv(PLAIN | {"整理番号": "A" * (1 + shift)}) + row * 20_000)
        assert find_encoding(path) == "utf-8-sig"


def test_a_file_in_one_endless_line_is_refused(write: Write) -> None:
    assert "more than 262144 bytes" in refusal(write(as_csv(PLAIN, end="\r") * 12_000))


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (b"", "more than 262144 bytes"),
        (as_csv(PLAIN).encode(), "line 3, byte 1: a NUL"),
        (as_csv(PLAIN).encode() + b"A1,\xff", "line 3, byte 5: a NUL"),
    ],
)
def test_a_line_of_a_gigabyte_is_refused_without_being_read(write: Write, start: bytes, said: str) -> None:
    path = write(start)
    with path.open("ab") as file:
        file.truncate(1 << 30)
    tracemalloc.start()
    assert said in refusal(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10_000_000


def test_a_wrong_byte_in_a_line_of_a_gigabyte_is_told_without_reading_the_line(write: Write) -> None:
    path = write(as_csv(PLAIN).encode() + b"A" * (1 << 17) + b"\xff" + b"A" * (1 << 18))
    with path.open("ab") as file:
        file.truncate(1 << 30)
    tracemalloc.start()
    assert f"line 3, character {(1 << 17) + 1}" in refusal(path, encoded("utf-8"))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10_000_000


@pytest.mark.parametrize(
    ("damage", "line"),
    [(("A1", '"A1'), 2), (("A1", '"A1"x'), 2), (("終\r\n", '"終\r\n'), 2)],
)
def test_a_stray_quotation_mark_is_refused_where_it_begins(write: Write, damage: tuple[str, str], line: int) -> None:
    message = refusal(write(as_csv(PLAIN).replace(*damage)))
    assert f"begins at line {line} " in message


@pytest.mark.parametrize(
    ("text", "line"), [(as_csv(PLAIN, PLAIN, end="\r"), 1), (as_csv(PLAIN).replace("A1,", "A1\r,"), 2)]
)
def test_lines_that_end_with_cr_alone_are_refused_as_such(write: Write, text: str, line: int) -> None:
    assert refusal(write(text)) == (f"members.csv: line {line} has a CR without LF; let every line end with LF or CRLF")


def test_a_record_of_several_lines_and_too_few_fields_says_which_lines_it_covers(write: Write) -> None:
    text = as_csv(PLAIN | {"備考": "一行目\r\n二行目"}, PLAIN | {"整理番号": "A4"}).replace("A1,", "A1", 1)
    first, second = read_rows(write(text))
    assert (first.line, first.last_line) == (2, 3)
    (finding,) = first.findings
    assert finding.sentence("en").endswith("; the record covers lines 2 to 3")
    assert second == Row(4, PLAIN | {"整理番号": "A4"})


WITH_MEMO = (*STANDARD_COLUMNS, "メモ")
IGNORED = ColumnMap(ignored=frozenset({"メモ"}))


def unquoted(rows: list[list[str]]) -> str:
    """Write rows as an exporter that never quotes."""
    return "".join(",".join(row) + "\r\n" for row in rows)


@pytest.mark.parametrize("opened", ["整理番号", "氏名", "備考", "メモ"])
@pytest.mark.parametrize("closed", ["整理番号", "氏名", "備考", "メモ"])
@pytest.mark.parametrize("lines", [1, 2, 3])
def test_a_quotation_mark_that_swallowed_rows_is_refused_with_its_lines(
    write: Write, opened: str, closed: str, lines: int
) -> None:
    rows = [[f"A{at}", *["見本"] * 24] for at in range(6)]
    rows[1][WITH_MEMO.index(opened)] = '"要確認'
    rows[1 + lines][WITH_MEMO.index(closed)] = '至急"'
    message = refusal(write(unquoted([list(WITH_MEMO), *rows]), "cp932"), IGNORED)
    assert message.startswith(f"members.csv: lines 3 to {3 + lines} are one record by their quotation marks")


def test_a_header_or_a_last_row_that_swallowed_rows_is_refused(write: Write) -> None:
    rows = [[f"A{at}", *["見本"] * 24] for at in range(3)]
    header = [*STANDARD_COLUMNS, '"メモ']
    rows[0][-1] = '至急"'
    assert "lines 1 to 2 are" in refusal(write(unquoted([header, *rows])), ColumnMap(ignores_others=True))
    total = ["合計", "2", *[""] * 22, '"']
    counted = ColumnMap(Dialect(last=Last("合計", 2)), ignored=frozenset({"メモ"}))
    text = unquoted([list(WITH_MEMO), *rows[1:], total, ["A7", *[""] * 23, '"']])
    assert "lines 4 to 5 are" in refusal(write(text), counted)


MARKS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 24), st.sampled_from(['"{}', '{}"', '"{}"', '""{}'])), max_size=4
)


@settings(max_examples=200)
@given(
    cells=st.lists(st.lists(st.sampled_from(["", "見本", "1-2"]), min_size=24, max_size=24), min_size=6, max_size=6),
    marks=MARKS,
    last=st.sampled_from(["メモ", "備考"]),
)
def test_a_stray_quotation_mark_in_any_cell_makes_no_row_vanish(
    tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]], marks: list[tuple[int, int, str]], last: str
) -> None:
    rows = [[f"A{at}", *row] for at, row in enumerate(cells)]
    for at, column, mark in marks:
        rows[at][column] = mark.format(rows[at][column])
    header = [name for name in WITH_MEMO if name != last] + [last]
    path = tmp_path_factory.getbasetemp() / "stray.csv"
    path.write_text(unquoted([header, *rows]), newline="")
    try:
        read = list(read_rows(path, IGNORED))
    except BadJob:
        return
    assert [row.line for row in read] == [2, 3, 4, 5, 6, 7]


@settings(max_examples=50)
@given(lines=st.lists(st.text("一、,.済 ", max_size=5), min_size=2, max_size=3))
def test_a_remark_on_several_lines_is_a_cell(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "remark.csv"
    path.write_text(as_csv(PLAIN | {"備考": "\n".join(lines)[:12]}, PLAIN), newline="")
    assert len(list(read_rows(path))) == 2


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (("生年月日", "生年月曰"), ['"生年月曰" is unknown', 'nearest is "生年月日"', "生年月日 is missing"]),
        (("方書,", ""), ["column 方書 is missing"]),
        (("方書", "住所"), ["住所 is there 2 times", "方書 is missing"]),
        (("備考", "備考,住所２"), ['column 25 "住所２" is unknown']),
        (("備考", "備考,123456789018"), ["column 25 is unknown"]),
    ],
)
def test_a_wrong_header_is_refused_with_everything_wrong_and_the_nearest_name(
    write: Write, damage: tuple[str, str], expected: list[str]
) -> None:
    message = refusal(write(as_csv(PLAIN).replace(*damage, 1)))
    assert message.startswith("members.csv: ")
    for part in expected:
        assert part in message
    assert "123456789018" not in message


def test_a_file_without_header_is_refused_without_repeating_its_first_record(write: Write) -> None:
    text = as_csv(PLAIN | {"個人番号": "123456789018"}, PLAIN)
    with pytest.raises(BadJob, match="first line is not the header") as caught:
        list(read_rows(write(text[text.index("A1") :])))
    assert not any("123456789018" in found or "髙橋" in found for found in texts_of(caught.value))


def test_a_file_that_breaks_after_a_record_does_not_show_the_record(write: Write) -> None:
    text = as_csv(PLAIN | {"個人番号": "123456789018"})
    with pytest.raises(BadJob) as caught:
        list(read_rows(write(text + '"A2"x' + "," * 23)))
    assert not any("123456789018" in found or "髙橋" in found for found in texts_of(caught.value))


def test_the_repr_of_a_row_shows_no_field() -> None:
    assert repr(Row(7, PLAIN)) == "Row(line=7, findings=())"


def test_nearest_gives_the_word_meant_and_nothing_where_there_is_no_choice() -> None:
    assert nearest("isued_on", ["insurer", "issued_on", "source"]) == "issued_on"
    assert nearest("x", []) == ""


KEYS = ("member", "household", "insurer", "issued_on", "source", "outbox", "postal_code")


@given(st.text(max_size=20))
def test_what_shares_too_little_with_every_choice_is_advised_nothing(word: str) -> None:
    meant = nearest(word, KEYS)
    alike = {key: SequenceMatcher(None, key, word).ratio() for key in KEYS}
    if meant:
        assert alike[meant] == max(alike.values()) >= NEAR
    else:
        assert max(alike.values()) < NEAR
    assert advice(word, KEYS) == (f'; did you mean "{meant}"?' if meant else "")


@given(st.text(st.characters(min_codepoint=0x3040, max_codepoint=0x9FFF), min_size=1))
def test_a_japanese_word_is_not_taken_for_an_english_one(word: str) -> None:
    assert nearest(word, KEYS) == ""


@given(st.sampled_from(KEYS), st.integers(0, 20))
def test_one_letter_left_out_is_still_understood(key: str, at: int) -> None:
    left_out = at % len(key)
    assert nearest(key[:left_out] + key[left_out + 1 :], KEYS) == key


def peak_of_reading(path: Path) -> int:
    tracemalloc.start()
    for _ in read_rows(path):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_file(write: Write) -> None:
    row = as_csv(PLAIN | {"備考": "長" * 300}).splitlines(keepends=True)[1]
    small = peak_of_reading(write(as_csv(PLAIN) + row * 1_000))
    large = peak_of_reading(write(as_csv(PLAIN) + row * 10_000))
    assert large < small * 1.05


@pytest.mark.parametrize("end", ["\x1a", "\x1a\r\n", ",,,\r\n", " ,　,\t,\r\n\x1a", "\r\n\r\n"])
def test_rows_with_nothing_in_them_are_no_rows_and_are_counted(write: Write, end: str) -> None:
    passed = PassedOver()
    assert len(list(read_rows(write(as_csv(PLAIN) + end), passed=passed))) == 1
    assert passed.lines["empty"] == sum(bool(line) for line in end.split("\r\n"))


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16"])
@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("marks", ["\x1a", "\x1a\x1a"])
def test_the_mark_of_the_end_is_none_of_the_last_row(write: Write, encoding: str, quoted: bool, marks: str) -> None:
    text = as_csv(PLAIN, PLAIN | {"整理番号": "A2"}, quoted=quoted).rstrip("\r\n")
    first, last = read_rows(write(text + marks, encoding))
    assert (dict(last.fields), first.fields["備考"]) == (PLAIN | {"整理番号": "A2"}, PLAIN["備考"])


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_such_a_mark_within_the_file_is_a_character_of_its_row(write: Write, end: str) -> None:
    (first, last) = read_rows(write(as_csv(PLAIN | {"備考": "終\x1a"}, PLAIN | {"整理番号": "A2"}, end=end)))
    assert (first.fields["備考"], last.fields["備考"]) == ("終\x1a", "終")


def test_a_mark_of_utf8_before_cp932_is_told_with_what_helps(write: Write) -> None:
    content = as_csv(PLAIN).encode("cp932")
    said = refusal(write(codecs.BOM_UTF8 + content))
    assert "if it is CP932 behind them, take these bytes off" in said
    assert f"line 1, character 2 (byte 4 of the line, 0x{content[0]:02X})" in said
    assert len(list(read_rows(write(content)))) == 1
