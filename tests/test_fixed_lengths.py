"""A file of fixed lengths, however it is written: both readers read the same records, or neither reads any."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leaks import texts_of
from own_files import with_file
from test_source import NOTICE

from renderer.documents.document import HEADER, Columns
from renderer.intake.mapfile import load_column_map
from renderer.intake.rows import PassedOver, rows_of
from renderer.intake.tables import open_table
from renderer.model.errors import BadJob
from renderer.model.job import Job
from renderer.proof import source_file

NAME = "架空　太一郎"
LENGTH = 40
FIELDS = {"整理番号": (2, 4), "氏名": (8, 20), "備考": (28, 9)}
KINDS = {"at": 1, "header": "1", "data": "2", "trailer": "8", "end": "9", "count": {"at": 2, "bytes": 9}}
Records = list[tuple[int, list[str]]]


def given_map(
    fields: dict[str, tuple[int, int]] = FIELDS, kinds: dict[str, Any] | None = KINDS, **file: object
) -> dict[str, Any]:
    """A column map that ignores other columns than ours; where nothing shows a kind, the first byte is one."""
    named = fields if kinds else {"区分": (1, 1)} | fields
    columns: dict[str, Any] = {
        "file": {"format": "fixed", "encoding": "cp932", "length": LENGTH} | file,
        "fields": {name: {"at": at, "bytes": size} for name, (at, size) in named.items()},
    }
    return {"ignore": "others"} | columns | ({"records": kinds} if kinds else {})


def record(kind: str, *cells: str, encoding: str = "cp932", length: int = LENGTH) -> bytes:
    """Write a record in the fields above."""
    data = kind.encode()
    for cell, (at, _) in zip(cells, FIELDS.values(), strict=False):
        data = data.ljust(at - 1) + cell.encode(encoding)
    return data.ljust(length)


FIRST, SECOND = record("2", "S1", NAME), record("2", "S2", "次美", "x")
HEAD, END = record("1", "頭"), record("9")
READ: Records = [(2, ["S1", NAME, ""]), (3, ["S2", "次美", "x"])]


def trailer(count: str) -> bytes:
    return f"8{count}".encode("cp932").ljust(LENGTH)


def lines(*records: bytes, end: bytes = b"\r\n") -> bytes:
    return b"".join(record + end for record in records)


def first_reader(job: Job) -> Records:
    """What is printed of."""
    assert job.columns is not None
    with open_table(job.sources[0], load_column_map(job.columns, HEADER).dialect) as table:
        return [(one.line, one.cells) for one in table.records]


def second_reader(job: Job) -> Records:
    """What is proved by."""
    assert job.columns is not None
    _, found = source_file.records(job.sources[0], tomllib.loads(job.columns.read_text("utf-8")))
    return list(found)


def read(folder: Path, data: bytes, columns: dict[str, Any]) -> Records:
    """Read a file twice."""
    job = with_file(NOTICE, folder / "m.dat", data, columns)
    first = first_reader(job)
    assert second_reader(job) == first
    return first


def refusal(folder: Path, data: bytes, columns: dict[str, Any]) -> str:
    """What intake says of a file that nobody reads; nothing of a person stands in it."""
    job = with_file(NOTICE, folder / "m.dat", data, columns)
    with pytest.raises(BadJob) as caught:
        first_reader(job)
    assert not any(name in text for text in texts_of(caught.value) for name in ("太一郎", "次美"))
    with pytest.raises(ValueError):  # noqa: PT011 - which of them, nobody is told
        second_reader(job)
    return str(caught.value)


# Every byte of a record is somebody's.

LOST: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "the end of a name": (FIRST, given_map(FIELDS | {"氏名": (8, 6)}), "bytes 14-27"),
    "the beginning of a name": (FIRST, given_map(FIELDS | {"氏名": (10, 18)}), "bytes 6-9"),
    "a field of which nobody has told": (SECOND, given_map({"整理番号": (2, 4), "氏名": (8, 20)}), "bytes 28-40"),
    "what stands behind all fields": (SECOND[:-1] + b"y", given_map(), "bytes 37-40"),
    "what stands in front of all fields": (
        SECOND, given_map({"氏名": (8, 20), "備考": (28, 9)}, {"at": 28, "data": "x"}), "bytes 1-7",
    ),
    "several": (
        record("2", "S1x", NAME), given_map({"整理番号": (2, 2), "氏名": (8, 8)}, {"at": 1, "data": "2"}),
        "bytes 4-7, 16-40",
    ),
    "what stands beside the sign of a kind": (
        record("2", "S1", NAME), given_map({"氏名": (8, 20)}, {"at": 1, "data": "2S"}), "bytes 3-7",
    ),
    "the sign of a kind that is not told": (
        FIRST, given_map(kinds=None) | {"fields": given_map()["fields"]}, "bytes 1-1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("has_lines", [True, False])
@pytest.mark.parametrize("name", LOST)
def test_what_stands_in_no_field_stops_the_reading_with_its_place(
    name: str, tmp_path: Path, *, has_lines: bool
) -> None:
    """A map that says 10 bytes of a name where the file has 20 would print half of it."""
    data, columns, where = LOST[name]
    columns["file"]["lines"] = has_lines
    kinds = columns.get("records")
    if kinds and "header" in kinds:
        columns["records"] = {"at": 1, "data": "2"}
    said = refusal(tmp_path, lines(data, end=b"\n" if has_lines else b""), columns)
    assert f"m.dat {'line' if has_lines else 'record'} 1: something stands in {where}, and no field does" in said
    assert "name these bytes under [fields], and where nobody needs them under ignore, too" in said


def test_what_somebody_has_named_and_ignores_stands_in_a_field(tmp_path: Path) -> None:
    columns = given_map(FIELDS | {"余白": (37, 4)}, {"at": 1, "data": "2"})
    assert read(tmp_path, SECOND[:-1] + b"y", columns) == [(1, ["S2", "次美", "x", "y"])]


@pytest.mark.parametrize("filled", [b" " * 4, "　　".encode("cp932"), b"\0" * 4, "　 ".encode("cp932") + b"\0"])
def test_what_fills_a_record_up_stands_in_no_field_and_is_lost_by_nobody(filled: bytes, tmp_path: Path) -> None:
    assert read(tmp_path, SECOND[:-4] + filled, given_map(kinds={"at": 1, "data": "2"})) == [(1, ["S2", "次美", "x"])]


# What is no member, and what fills a field up.

WIDE = "　".encode("cp932")


def full(said: bytes, pad: bytes, size: int) -> bytes:
    """Fill up to a size, with blanks where what pads does not go in once more."""
    return (said + pad * ((size - len(said)) // len(pad))).ljust(size)


BETWEEN: dict[str, bytes] = {
    "blanks": b"   ",
    "a tab": b"\t",
    "as many blanks as a record": b" " * LENGTH,
    "more blanks than a record": b" " * 3 * LENGTH,
    "wide blanks": WIDE * (LENGTH // 2),
    "an odd number of them": WIDE * 3 + b" ",
    "NUL": b"\0" * LENGTH,
    "the mark of an end": b"\x1a",
    "nothing": b"",
}


@pytest.mark.parametrize("name", BETWEEN)
@pytest.mark.parametrize("kinds", [None, KINDS], ids=["members alone", "kinds"])
def test_a_line_with_nothing_in_it_is_no_record_wherever_it_stands(
    kinds: dict[str, Any] | None, name: str, tmp_path: Path
) -> None:
    blank = BETWEEN[name]
    around = [HEAD, trailer("000000002"), END] if kinds else []
    data = lines(*around[:1], FIRST, blank, SECOND, *around[1:], blank) + blank
    own = [] if kinds else ["2"]
    assert read(tmp_path, data, given_map(kinds=kinds)) == [
        (len(around[:1]) + 1, [*own, "S1", NAME, ""]),
        (len(around[:1]) + 3, [*own, "S2", "次美", "x"]),
    ]


@pytest.mark.parametrize("filled", [b" ", b"\0", b"\x1a", WIDE], ids=["blanks", "NUL", "ends", "wide blanks"])
def test_blank_records_fill_the_last_block_behind_the_end(filled: bytes, tmp_path: Path) -> None:
    data = b"".join((HEAD, FIRST, SECOND, trailer("2"), END)) + (filled * 3 * LENGTH)[: 3 * LENGTH - 6]
    assert read(tmp_path, data, given_map(lines=False)) == READ


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_line_end_that_the_length_counts_is_padding(end: bytes, tmp_path: Path) -> None:
    data = lines(HEAD, FIRST, SECOND, trailer("2"), END, end=end)
    assert read(tmp_path, data, given_map(lines=False, length=LENGTH + len(end))) == READ
    torn = data.replace(b"S2", b"\n2")
    assert "write lines = true" in refusal(tmp_path, torn, given_map(lines=False, length=LENGTH + len(end)))


def test_the_mark_of_the_end_of_a_file_is_no_part_of_its_last_record(tmp_path: Path) -> None:
    for mark in (b"\x1a", b"\x1a\r\n", b"\r\n\x1a"):
        data = lines(HEAD, FIRST, SECOND, trailer("2")) + END + mark
        assert read(tmp_path, data, given_map()) == READ


@pytest.mark.parametrize("pad", [b" ", WIDE, b"\0"], ids=["blanks", "wide blanks", "NUL"])
@pytest.mark.parametrize("at", [1, 2, LENGTH])
def test_a_record_with_nothing_but_the_sign_of_its_kind_is_no_member_and_is_counted(
    at: int, pad: bytes, tmp_path: Path
) -> None:
    """Wide blanks, too, of which the sign leaves an odd number of bytes."""
    kinds = {"at": at, "data": "2", "trailer": "8", "count": {"at": 5, "bytes": 3}}

    def signed(sign: bytes, text: bytes, pad: bytes = b" ") -> bytes:
        blank = full(b"", pad, at - 1) + sign + full(b"", pad, LENGTH - at)
        return blank[:4] + text + blank[4 + len(text) :]

    records = signed(b"2", b"", pad), signed(b"2", NAME.encode("cp932")), signed(b"8", b"002")
    assert read(tmp_path, lines(*records), given_map({"氏名": (5, 12)}, kinds)) == [(2, [NAME])]


@pytest.mark.parametrize("pad", ["　", "\0", " \0", "　 ", "\0 "])
def test_blanks_of_either_width_and_nul_behind_it_pad_a_field(pad: str, tmp_path: Path) -> None:
    data = FIRST[:7] + full("太郎".encode("cp932"), pad.encode("cp932"), 20) + FIRST[27:]
    assert read(tmp_path, data, given_map(kinds={"at": 1, "data": "2"})) == [(1, ["S1", "太郎", ""])]


@pytest.mark.parametrize("sign", ["\t", "\v", "\f", "\x1c", "\x85", "\xa0"])
def test_no_other_sign_pads_a_field(sign: str, tmp_path: Path) -> None:
    """It is a character of the cell: where that is printed, it holds the record."""
    data = record("2", "S1", f"{sign}太{sign}", encoding="utf-8")
    columns = given_map(kinds={"at": 1, "data": "2"}, encoding="utf-8")
    assert read(tmp_path, data, columns) == [(1, ["S1", f"{sign}太{sign}", ""])]


@pytest.mark.parametrize("cell", [b"\0\0\0\x31", b"1\x002", b"\x001\0\0", b" \x001"])
def test_a_nul_in_front_of_what_a_field_says_is_no_text(cell: bytes, tmp_path: Path) -> None:
    """A number in binary would be read as a text of other digits."""
    said = refusal(tmp_path, FIRST[:1] + cell.ljust(4) + FIRST[5:], given_map(kinds={"at": 1, "data": "2"}))
    assert "m.dat line 1: a NUL that is no padding stands in bytes 2-5; export texts" in said


# Counts and marks.


@pytest.mark.parametrize("count", ["000000002", "2", "        2", "0,000,002", "０００２", "2\0\0\0"])
def test_a_trailer_counts_as_people_write_numbers(count: str, tmp_path: Path) -> None:
    assert read(tmp_path, lines(HEAD, FIRST, SECOND, trailer(count), END), given_map()) == READ


@pytest.mark.parametrize("count", ["000000003", "+00000002", "-2", "2.0", "2件", "", ",", "①②", "\x002"])
def test_a_trailer_that_counts_otherwise_stops_the_reading(count: str, tmp_path: Path) -> None:
    count = count.replace("①②", "〇二")
    assert "m.dat line 4: " in refusal(tmp_path, lines(HEAD, FIRST, SECOND, trailer(count), END), given_map())


def in_utf_8(name: str) -> bytes:
    return record("2", "S1", name, encoding="utf-8")


def told(folder: Path, data: bytes, columns: dict[str, Any]) -> list[tuple[str, dict[str, str | int]]]:
    """What was found while the file was read."""
    job = with_file(NOTICE, folder / "m.dat", data, columns)
    rows = rows_of(job, Columns(needs=("整理番号", "氏名"), may_have=("備考", "住所", "フリガナ")), PassedOver())
    return [(finding.code, dict(finding.parameters)) for row in rows for finding in row.findings]


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
@pytest.mark.parametrize("room", [18, 19, 20])
def test_a_name_that_fills_its_field_is_a_doubt_and_another_text_is_told(
    room: int, encoding: str, tmp_path: Path
) -> None:
    fields = {"整理番号": (2, 4), "氏名": (8, room), "フリガナ": (28, 9)}
    size = len("架".encode(encoding))
    most = room // size
    for signs in range(1, most + 1):
        name = "架" * signs
        data = record("2", "S1", name, "ﾀﾛｳ", encoding=encoding)
        columns = given_map(fields, None, encoding=encoding)
        found = told(tmp_path, data + b"\n", columns)
        wanted = ("name-fills-field", {"column": "氏名", "bytes": room})
        assert found == ([wanted] if signs == most else []) + (
            [("text-fills-field", {"column": "フリガナ", "bytes": 9})] if encoding == "utf-8" else []
        )


def test_a_text_that_goes_on_in_the_next_field_fills_the_first_by_right(tmp_path: Path) -> None:
    fields = {"整理番号": (2, 4), "一": (8, 6), "二": (14, 6), "備考": (28, 9)}
    both, second = "架空県".encode("cp932"), "見本市".encode("cp932")
    for joined_by, parts, wanted in (
        ("", both + second, ["二"]),
        ("", both + second[:4], []),
        ("", both, ["一"]),
        ("　", both + second[:4], ["一"]),
        ("　", both + second, ["一", "二"]),
    ):
        columns = (
            given_map(fields, None)
            | {"columns": {"氏名": ["一", "二"]}}
            | ({"join": {"氏名": joined_by}} if joined_by else {})
        )
        found = told(tmp_path, (b"2S1   " + b" " + parts).ljust(LENGTH) + b"\n", columns)
        assert [(code, said["column"]) for code, said in found] == [("name-fills-field", name) for name in wanted]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_lengths_are_counted_behind_the_mark_of_utf_8(end: bytes, tmp_path: Path) -> None:
    columns = given_map(kinds={"at": 1, "data": "2"}, encoding="utf-8", lines=bool(end))
    data = b"\xef\xbb\xbf" + lines(in_utf_8("太郎"), in_utf_8("次美"), end=end)
    assert read(tmp_path, data, columns) == [(1, ["S1", "太郎", ""]), (2, ["S1", "次美", ""])]


@pytest.mark.parametrize("end", [b"\n", b""])
def test_a_record_that_the_mark_would_fill_up_is_too_short(end: bytes, tmp_path: Path) -> None:
    columns = given_map(kinds={"at": 1, "data": "2"}, encoding="utf-8", lines=bool(end))
    data = b"\xef\xbb\xbf" + in_utf_8("太郎")[: -3 if end else None] + end + in_utf_8("次美")[: None if end else -3]
    said = refusal(tmp_path, data, columns)
    assert f"{'line 1' if end else 'record 2'}: the record has 37 bytes, not 40" in said


def test_a_mark_of_another_encoding_than_places_are_counted_in_stops_the_reading(tmp_path: Path) -> None:
    said = refusal(tmp_path, b"\xef\xbb\xbf" + FIRST, given_map(kinds={"at": 1, "data": "2"}))
    assert "m.dat: it has the mark of UTF-8 (its first three bytes, EF BB BF)" in said
    assert "places in bytes of CP932" in said


# Kinds.

OUT_OF_ORDER: dict[str, Sequence[bytes]] = {
    "no header": (FIRST, trailer("1"), END),
    "no end": (HEAD, FIRST, trailer("1")),
    "no trailer": (HEAD, FIRST, END),
    "no trailer and no end": (HEAD, FIRST),
    "two trailers": (HEAD, FIRST, trailer("1"), trailer("1"), END),
    "a member behind the trailer": (HEAD, FIRST, trailer("1"), SECOND, END),
    "a member behind the end": (HEAD, FIRST, trailer("1"), END, SECOND),
    "a header behind a member": (HEAD, FIRST, HEAD, trailer("1"), END),
    "an end at once": (HEAD, END),
    "members that are not there": (HEAD, trailer("1"), END),
    "no other kind": (HEAD, FIRST, record("3"), trailer("1"), END),
}


@pytest.mark.parametrize("name", OUT_OF_ORDER)
def test_kinds_that_are_missing_or_out_of_order_stop_the_reading(name: str, tmp_path: Path) -> None:
    refusal(tmp_path, lines(*OUT_OF_ORDER[name]), given_map())


ASKED = Columns((), HEADER)


@pytest.mark.parametrize("kinds", [KINDS, {name: KINDS[name] for name in ("at", "data", "trailer", "count")}])
def test_one_of_several_files_may_count_no_members(kinds: dict[str, Any], tmp_path: Path) -> None:
    """A branch office without members sends its file all the same."""
    names = [name for name in ("header", "trailer", "end") if name in kinds]
    around = {"header": HEAD, "trailer": trailer("000000000"), "end": END}
    empty = lines(*(around[name] for name in names))
    assert read(tmp_path, empty, given_map(kinds=kinds)) == []
    whole = lines(
        *(around[name] for name in names if name == "header"), FIRST, trailer("1"), *([END] * ("end" in kinds))
    )
    job = with_file(NOTICE, tmp_path / "m.dat", whole, given_map(kinds=kinds))
    (tmp_path / "branch.dat").write_bytes(empty)
    both = replace(job, sources=(tmp_path / "branch.dat", *job.sources, tmp_path / "branch.dat"))
    assert [row.fields["整理番号"] for row in rows_of(both, ASKED, PassedOver())] == ["S1"]
    with pytest.raises(BadJob, match=r"branch\.dat: there are no records"):
        next(rows_of(replace(job, sources=(tmp_path / "branch.dat",)), ASKED, PassedOver()))


def test_a_file_without_members_says_so_by_a_count_or_is_not_whole(tmp_path: Path) -> None:
    kinds = {name: sign for name, sign in KINDS.items() if name != "count"}
    refusal(tmp_path, lines(HEAD, trailer("0"), END), given_map(kinds=kinds))


# However it is written.


def mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([usual] * 12 * len(others) + list(others))


@st.composite
def member(draw: st.DrawFn, encoding: str) -> bytes:
    """A record of a member that is right or nearly so."""
    data = draw(mostly(b"2", b"3"))
    between = draw(mostly(" ", "　", "\0", "y", "\t", "\n")).encode(encoding)
    for text, (at, size) in zip((st.just("S1"), TEXTS, TEXTS), FIELDS.values(), strict=True):
        said = draw(mostly("", " ", "　", "\0", "\t")) + draw(text)
        pad = draw(mostly(" ", "　", "\0", "\t", "\v", "\f", "\xa0" if encoding == "utf-8" else "\x1a"))
        data = full(data, between, at - 1) + full(said.encode(encoding), pad.encode(encoding), size)
    return full(data, between, LENGTH)


TEXTS = st.text("花太x　 ", max_size=2)


@st.composite
def written(draw: st.DrawFn) -> tuple[bytes, dict[str, Any]]:
    """A file that is right or nearly so, and its map."""
    encoding = draw(st.sampled_from(["cp932", "utf-8"]))
    wide = full(b"", "　".encode(encoding), LENGTH)
    blank = st.sampled_from([b"", b"  ", b"\t", b"\x1a", b" " * LENGTH, b"\0" * LENGTH, wide, b"2".ljust(LENGTH)])
    members = draw(st.lists(member(encoding) | member(encoding) | blank, max_size=4))
    number = sum(one.startswith(b"2") for one in members)
    count = draw(
        mostly(f"{number:09}", f"{number}", f"0,{number:03}", f"+{number}", f"{number + 1}", "", f"{number}\0")
    )
    kinds = draw(st.sampled_from([None, KINDS]))
    records = [HEAD, *members, trailer(count), END] if kinds else members
    for _ in range(draw(mostly(0, 1)) if records else 0):
        records.pop(draw(st.integers(0, len(records) - 1)))
    end = draw(st.sampled_from([b"\n", b"\r\n", b"\r\r\n", b"", b""]))
    data = lines(*records, *draw(st.lists(blank, max_size=2)), end=end)
    data = draw(mostly(b"", b"\xef\xbb\xbf")) + data[: len(data) - draw(mostly(0, 1, 2, 3))]
    data += draw(mostly(b"", b"\x1a", b"\t", b"\r\n", b"\0\0", b"x"))
    fields = FIELDS | {"備考": draw(mostly((28, 9), (28, 2), (29, 8), (28, 13)))}
    return data, given_map(fields, kinds, encoding=encoding, lines=draw(mostly(end != b"", end == b"")))


def outcome(reader: Callable[[Job], Records], job: Job) -> Records | None:
    """What is read of a file; None where it is refused, or nothing is in it that could be printed."""
    try:
        return reader(job) or None
    except (BadJob, ValueError):
        return None


@settings(max_examples=300)
@given(file=written())
def test_both_readers_read_the_same_records_of_any_file_or_none(
    file: tuple[bytes, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    job = with_file(NOTICE, tmp_path_factory.getbasetemp() / "either.dat", *file)
    assert outcome(second_reader, job) == outcome(first_reader, job)
