"""The lists say who is on which page, the same way every time, and nothing a spreadsheet could run."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.desk.examples import load_example
from renderer.documents.notice import NOTICE
from renderer.model.errors import BadBatch
from renderer.model.findings import Finding, Language
from renderer.model.lines import number_of
from renderer.running.manifest import Entry, PrintedFile, check_manifest, held_lines, write_held, write_manifest
from renderer.running.origins import origins_of

FILE = PrintedFile(batch=2, document="eligibility_certificate", name="batch-0002.pdf", sha256="ab" * 32)
ENTRIES = [
    Entry(101, 1, 2, "A000001", "relation=insured ratio=shown", 1, 2),
    Entry(101, 2, 2, "A000002", "relation=dependant ratio=hidden", 3, 4),
    Entry(102, 1, 1, "A000007", "relation=insured ratio=hidden", 5, 6),
]


def written(folder: Path, entries: list[Entry]) -> tuple[bytes, bytes]:
    write_manifest(folder / "m.csv", folder / "m.json", FILE, iter(entries))
    return (folder / "m.csv").read_bytes(), (folder / "m.json").read_bytes()


def test_the_manifest_reads_as_it_is_documented(tmp_path: Path) -> None:
    table, document = written(tmp_path, ENTRIES[1:])
    assert table.decode() == (
        "batch,sequence,sheet,sheets,record,document,variant,page_from,page_to,sha256\r\n"
        f"2,101,2,2,A000002,eligibility_certificate,relation=dependant ratio=hidden,3,4,{'ab' * 32}\r\n"
        f"2,102,1,1,A000007,eligibility_certificate,relation=insured ratio=hidden,5,6,{'ab' * 32}\r\n"
    )
    facts = json.loads(document)
    assert (facts["batch"], facts["document"], facts["name"]) == (
        2,
        "eligibility_certificate",
        "batch-0002.pdf",
    )
    assert (facts["sha256"], len(facts["entries"])) == ("ab" * 32, 2)
    assert facts["entries"][1] == {
        "sequence": 102, "sheet": 1, "sheets": 1, "record": "A000007",
        "variant": "relation=insured ratio=hidden", "page_from": 5, "page_to": 6,
    }  # fmt: skip


WHOSE = ["A000001", "A000001", "A000002", "A000002", "A000007", "A000007"]


def test_manifests_name_whose_each_page_is_and_no_page_of_an_insert(tmp_path: Path) -> None:
    written(tmp_path, ENTRIES)
    check_manifest(tmp_path / "m.csv", tmp_path / "m.json", FILE, [*WHOSE, "", ""])


@pytest.mark.parametrize(
    "entries",
    [
        [ENTRIES[0]._replace(record="A000002"), ENTRIES[1]._replace(record="A000001"), ENTRIES[2]],
        [*ENTRIES[:2], ENTRIES[2]._replace(page_from=6, page_to=7)],
        [*ENTRIES[:2], ENTRIES[2]._replace(page_from=5, page_to=5)],
        ENTRIES[:2],
    ],
    ids=["two change places", "a page too far", "a page too few", "one is not there"],
)
def test_a_manifest_that_names_other_pages_is_told(entries: list[Entry], tmp_path: Path) -> None:
    written(tmp_path, entries)
    with pytest.raises(BadBatch, match="its manifest names other pages"):
        check_manifest(tmp_path / "m.csv", tmp_path / "m.json", FILE, WHOSE)


def test_two_manifests_that_do_not_say_the_same_are_told(tmp_path: Path) -> None:
    table, _ = written(tmp_path, ENTRIES)
    (tmp_path / "m.csv").write_bytes(table.replace(b"insured", b"dependant"))
    with pytest.raises(BadBatch, match=r"m\.csv and m\.json do not say the same"):
        check_manifest(tmp_path / "m.csv", tmp_path / "m.json", FILE, WHOSE)


@pytest.mark.parametrize(
    "other", [replace(FILE, sha256="cd" * 32), replace(FILE, batch=3), replace(FILE, name="x.pdf")]
)
def test_a_manifest_that_is_about_another_file_is_told(other: PrintedFile, tmp_path: Path) -> None:
    write_manifest(tmp_path / "m.csv", tmp_path / "x.json", FILE, ENTRIES)
    write_manifest(tmp_path / "x.csv", tmp_path / "m.json", other, ENTRIES)
    with pytest.raises(BadBatch, match="its manifest is about another file"):
        check_manifest(tmp_path / "m.csv", tmp_path / "m.json", FILE, WHOSE)
    if other.name == FILE.name:
        with pytest.raises(BadBatch, match="do not say the same"):
            check_manifest(tmp_path / "x.csv", tmp_path / "m.json", FILE, WHOSE)


def test_the_json_counts_pieces_sheets_and_pages(tmp_path: Path) -> None:
    facts = json.loads(written(tmp_path, ENTRIES)[1])
    assert (facts["pieces"], facts["sheets"], facts["pages"]) == (2, 3, 6)


def test_an_empty_manifest_is_still_json(tmp_path: Path) -> None:
    facts = json.loads(written(tmp_path, [])[1])
    assert (facts["entries"], facts["pieces"], facts["sheets"], facts["pages"]) == ([], 0, 0, 0)


def test_the_same_sheets_give_the_same_bytes(tmp_path: Path) -> None:
    assert written(tmp_path, ENTRIES) == written(tmp_path, list(ENTRIES))


RECORDS = st.from_regex(r"[0-9A-Za-z_-]{1,20}", fullmatch=True)


@given(records=st.lists(RECORDS, max_size=8))
def test_csv_and_json_say_the_same(tmp_path_factory: pytest.TempPathFactory, records: list[str]) -> None:
    entries = [Entry(n, 1, 1, record, "relation=insured", n, n) for n, record in enumerate(records, start=1)]
    table, document = written(tmp_path_factory.getbasetemp(), entries)
    rows = list(csv.DictReader(table.decode().splitlines()))
    listed = json.loads(document)["entries"]
    assert [row["record"] for row in rows] == [entry["record"] for entry in listed] == records
    assert [int(row["page_from"]) for row in rows] == [entry["page_from"] for entry in listed]


JOB = replace(load_example("eligibility_notice"), sources=(Path("honsha.csv"), Path("kojo.csv")))


def held(folder: Path, *findings: Finding, language: Language = "ja") -> list[list[str]]:
    path = folder / "held.csv"
    write_held(path, findings, replace(JOB, language=language), origins_of(JOB, NOTICE))
    with path.open(encoding="utf-8-sig", newline="") as table:
        return list(csv.reader(table))


def test_the_held_list_names_record_line_and_what_to_do(tmp_path: Path) -> None:
    finding = Finding.of("date-missing", 7, "A000001", column="生年月日")
    assert held(tmp_path, finding) == [
        ["整理番号", "ファイル", "行", "列", "コード", "内容", "対応", "照合値"],
        [
            "A000001",
            "honsha.csv",
            "7",
            "生年月日",
            "date-missing",
            "生年月日がありません",
            "生年月日を記入してください",
            "",
        ],
    ]
    assert held(tmp_path, finding, language="en") == [
        ["record", "file", "line", "columns", "code", "what is wrong", "what to do", "sum"],
        ["A000001", "honsha.csv", "7", "生年月日", "date-missing", "生年月日 is missing", "fill in 生年月日", ""],
    ]


def test_a_doubt_is_listed_with_the_sum_that_a_release_names(tmp_path: Path) -> None:
    finding = replace(Finding.of("person-twice", 7, "A000001", other_line=8), sum="0123456789abcdef")
    assert held(tmp_path, finding)[1][-1] == "0123456789abcdef"


def test_the_held_list_opens_in_a_spreadsheet_with_its_japanese(tmp_path: Path) -> None:
    held(tmp_path)
    assert (
        tmp_path / "held.csv"
    ).read_bytes() == b"\xef\xbb\xbf" + "整理番号,ファイル,行,列,コード,内容,対応,照合値\r\n".encode()


def test_a_finding_without_a_line_has_no_line_0(tmp_path: Path) -> None:
    assert held(tmp_path, Finding.of("name-missing", 0, "A1"))[1][2] == ""


@pytest.mark.parametrize("record", ["=1+2", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_record_number_is_never_a_formula(tmp_path: Path, record: str) -> None:
    finding = Finding.of("name-missing", 7, record)
    assert held(tmp_path, finding)[1][0] == "'" + record


def test_the_lines_of_those_who_are_held_are_read_back(tmp_path: Path) -> None:
    place = number_of(12, 1)
    rows = held(tmp_path, Finding.of("record-number-not-allowed", 7, ""), Finding.of("sex-unknown", place, "A000001"))
    assert [row[1:4] for row in rows[1:]] == [["honsha.csv", "7", "整理番号"], ["kojo.csv", "12", "性別"]]
    assert held_lines(tmp_path / "held.csv", ["honsha.csv", "kojo.csv"]) == {7, place}
