"""A member file that comes in piece by piece: no full 個人番号 of it is kept, and nothing else of it is changed."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.documents.numbers import my_number_check_digit
from renderer.intake.dialect import PLAIN, Dialect
from renderer.intake.releases import HEADER as OF_RELEASES
from renderer.service.reducing import COLUMN, LONGEST_RECORD, NotReducible, Reducer, reducer_of_releases

NUMBER = "12345678901" + my_number_check_digit("12345678901")
KEPT = "*" * 8 + NUMBER[-4:]
WIDE = NUMBER.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
FORMS = (NUMBER, WIDE, f"{NUMBER[:4]} {NUMBER[4:8]} {NUMBER[8:]}", f"{NUMBER[:4]}-{NUMBER[4:8]}-{NUMBER[8:]}")
WRONG = NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10)
HEADER = ["整理番号", "氏名", COLUMN, "備考"]


def reduced(data: bytes, dialect: Dialect = PLAIN, size: int = 1 << 20) -> bytes:
    reducer = Reducer(dialect, (COLUMN,))
    return b"".join(reducer.feed(data[at : at + size]) for at in range(0, len(data), size)) + reducer.end()


def written(rows: list[list[str]], end: str = "\n", delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end, delimiter=delimiter).writerows([HEADER, *rows])
    return text.getvalue()


CELLS = st.text(alphabet="ab\",\n1２山;\t'", max_size=6) | st.sampled_from([*FORMS, WRONG, "1234", ""])


@given(
    st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=5),
    st.integers(1, 60),
    st.sampled_from(["utf-8", "utf-8-sig", "cp932", "euc_jp"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([",", "\t", ";"]),
)
def test_whatever_comes_in_is_kept_without_a_number_and_otherwise_as_it_was(
    rows: list[list[str]], size: int, encoding: str, end: str, delimiter: str
) -> None:
    data = written(rows, end, delimiter).encode(encoding)
    kept = reduced(data, replace(PLAIN, delimiter=delimiter), size).decode(encoding)
    assert not any(number in kept for number in FORMS)
    _, *found = csv.reader(io.StringIO(kept, newline=""), delimiter=delimiter, strict=True)
    _, *given_rows = csv.reader(io.StringIO(data.decode(encoding), newline=""), delimiter=delimiter, strict=True)
    for was, now in zip(given_rows, found, strict=True):
        assert now[:2] + now[3:] == [KEPT if cell in FORMS else cell for cell in was[:2] + was[3:]]
        assert now[2] == (
            KEPT if was[2] in FORMS else "********1234" if was[2] == "1234" else was[2] if not was[2].strip() else "?"
        )


def test_a_cell_that_does_not_prove_itself_becomes_what_no_reader_takes_for_a_number() -> None:
    assert reduced(written([["1", "山田", WRONG, ""]]).encode()) == written([["1", "山田", "?", ""]]).encode()


def test_the_column_is_known_behind_title_lines_remarks_and_blank_rows_and_by_its_place() -> None:
    row = f"1,山田,{WRONG},\n"
    dialect = replace(PLAIN, skip=1, comment="#")
    text = "title,x\n# remark\n,,,\n" + ",".join(HEADER) + "\n# another\n"
    assert reduced((text + row).encode(), dialect).decode() == text + "1,山田,?,\n"
    assert reduced(row.encode(), replace(PLAIN, header=tuple(HEADER))).decode() == "1,山田,?,\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_what_cannot_be_reduced_is_refused(encoding: str) -> None:
    with pytest.raises(NotReducible, match="UTF-8 or CP932"):
        reduced(written([["1", "山田", NUMBER, ""]]).encode(encoding))


def test_a_workbook_is_refused() -> None:
    with pytest.raises(NotReducible, match="save it as CSV"):
        reduced(b"PK\x03\x04" + bytes(range(1, 200)))


def test_lines_that_end_with_cr_alone_and_a_record_without_an_end_are_refused() -> None:
    with pytest.raises(NotReducible, match="CR alone"):
        reduced(written([["1", "山田", NUMBER, ""]], "\r").encode())
    with pytest.raises(NotReducible, match="does not end"):
        reduced(b'a,b\n1,"' + b"x" * (2 << 20))


HEAD = ",".join(HEADER) + "\n"
KANJI = NUMBER.translate(str.maketrans("0123456789", "〇一二三四五六七八九"))
PASSING = {
    "a title": (replace(PLAIN, skip=1), "加入者一覧 {}\n" + HEAD),
    "a remark": (replace(PLAIN, comment="#"), HEAD + "#Z1,山田,{},\n"),
    "a remark behind a mark": (replace(PLAIN, comment="#"), "\ufeff#Z1,山田,{},\n" + HEAD),
    "a remark with a quotation mark": (replace(PLAIN, comment="#"), HEAD + '#,"\nZ1,山田,9999,{}\n'),
    "a file without its header": (PLAIN, "Z1,山田,{},\n"),
    "a text": (PLAIN, HEAD + "Z1,山田,,個人番号は{}\n"),
    "a text in quotation marks": (PLAIN, HEAD + 'Z1,山田,,"同じく ""{}"",\n不明"\n'),
    "a row that is too long": (PLAIN, HEAD + "Z1,山田,,,,{}です\n"),
    "no sign that quotes": (replace(PLAIN, quote=""), HEAD + 'Z1,山田,,"{}"\n'),
    "the last line": (PLAIN, HEAD + "Z1,山田,,備考 {}"),
}


@pytest.mark.parametrize("number", [*FORMS, KANJI])
@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp"])
@pytest.mark.parametrize("where", PASSING)
def test_no_number_passes_wherever_it_stands(where: str, encoding: str, number: str) -> None:
    dialect, text = PASSING[where]
    was = text.removeprefix("" if encoding == "utf-8" else "\ufeff").format(number)
    kept = reduced(was.encode(encoding), dialect, 7).decode(encoding)
    assert kept == was.replace(number, KEPT).replace(",9999,", ",********9999,")


@pytest.mark.parametrize("number", [NUMBER, WIDE])
@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp"])
def test_no_number_passes_in_what_is_no_text(encoding: str, number: str) -> None:
    kept = reduced(b"a,b\n1,\xff\x81 " + number.encode(encoding) + b"\xff\n")
    assert kept == b"a,b\n1,\xff\x81 " + KEPT.encode() + b"\xff\n"


def records(data: bytes, comment: bytes) -> Iterator[tuple[bytes, bool]]:
    """Yield the records of a file, read sign by sign, and whether it is one: a remark is none."""
    record, is_quoted, is_begin, at = b"", False, True, 0
    while at < len(data):
        sign = data[at : at + 1]
        if not record and data.startswith(comment, at):
            end = data.find(b"\n", at) + 1 or len(data)
            yield data[at:end], False
            at = end
            continue
        if is_quoted and data.startswith(b'""', at):
            sign = b'""'
        elif sign == b'"' and (is_quoted or is_begin):
            is_quoted = not is_quoted
        is_begin = not is_quoted and sign in (b",", b"\n")
        record, at = record + sign, at + len(sign)
        if sign == b"\n" and not is_quoted:
            yield record, True
            record = b""
    if is_quoted:
        raise NotReducible
    if record:
        yield record, True


@given(
    st.text(alphabet='",\n1a#', max_size=40),
    st.lists(st.integers(0, 40), max_size=5),
)
def test_a_file_is_divided_as_when_it_is_read_sign_by_sign_whatever_the_pieces(text: str, cuts: list[int]) -> None:
    data = (HEAD + text.replace("1", WRONG)).encode()
    places = sorted(len(HEAD.encode()) + cut for cut in cuts)
    reducer = Reducer(replace(PLAIN, comment="#"), (COLUMN,))
    try:
        expected = b""
        for record, is_row in records(data.removeprefix(HEAD.encode()), b"#"):
            # A record of which nothing was before is reduced as the only one of its file.
            expected += reduced(HEAD.encode() + record).removeprefix(HEAD.encode()) if is_row else record
    except NotReducible:
        with pytest.raises(NotReducible, match="does not end"):
            _ = [reducer.feed(data[begin:end]) for begin, end in pairs(places, len(data))] + [reducer.end()]
        return
    found = [reducer.feed(data[begin:end]) for begin, end in pairs(places, len(data))]
    assert b"".join(found) + reducer.end() == expected.join((HEAD.encode(), b""))


def pairs(places: list[int], end: int) -> list[tuple[int, int]]:
    bounds = [0, *(min(place, end) for place in places), end]
    return list(pairwise(bounds))


@pytest.mark.parametrize("size", [1 << 16, 1 << 25])
@pytest.mark.parametrize("row", [b"Z2,116,1\n", b"\n", b'a"",b\n'])
def test_a_mark_that_is_not_closed_costs_moments(row: bytes, size: int) -> None:
    data = HEAD.encode() + b'Z1,"116\n' + row * (2 * LONGEST_RECORD // len(row))
    begun = time.process_time()
    with pytest.raises(NotReducible, match="does not end"):
        reduced(data, size=size)
    assert time.process_time() - begun < 30  # once more for each line, it is hours


def test_a_record_may_be_so_long_and_no_longer_whatever_the_pieces() -> None:
    for length, size in ((LONGEST_RECORD, 1 << 10), (LONGEST_RECORD, 1 << 25)):
        record = b'"' + b"x" * (length - 3) + b'"\n'
        assert reduced(HEAD.encode() + record, size=size).endswith(record)
        with pytest.raises(NotReducible, match="does not end"):
            reduced(HEAD.encode() + b'"x' + record[1:], size=size)


def test_a_file_of_releases_is_known_by_its_header() -> None:
    head = ",".join(OF_RELEASES) + "\n"
    for text in (head + f"A1,honorific-in-name,0123456789abcdef,係,{NUMBER} を見た\n", "\ufeff" + head):
        releases = reducer_of_releases()
        assert (releases.feed(text.encode()) + releases.end()).decode() == text.replace(NUMBER, KEPT)
    for other in (HEAD, head.replace(",理由", ""), head.replace("理由", "理由,x")):
        releases = reducer_of_releases()
        with pytest.raises(NotReducible, match="its header is not 整理番号,コード"):
            releases.feed(other.encode() + f"Z1,山田,{WRONG},\n".encode())
