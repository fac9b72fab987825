"""Of the member file, the rows of a batch go to another machine: its second reader says there what it says here."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from trial_runs import DEMO, FIXTURES, Row, rows_of, write_members

from renderer.intake.jobfile import load_job
from renderer.model.errors import BadBatch
from renderer.model.job import Job
from renderer.proof.source import SourceSheet, second_reader
from renderer.proof.source_index import write_index

NOTICE = load_job(FIXTURES / "notice.toml")
PEOPLE = rows_of(DEMO)[:100]
HARD = rows_of(FIXTURES / "examples" / "hard.csv")
FULL = PEOPLE[0] | {"整理番号": "FULL", "個人番号": "123456789018", "方書": '二行\nに"なる"、方書'}
ASKED = [row["整理番号"] for row in (*PEOPLE[3:60:7], FULL)]
PACK = Path(__file__).parent / "data" / "kokuho"
OF_PACK = ["K001", "K002"]
RARE = [row["整理番号"] for row in HARD[:5]]


def of_one_file(folder: Path) -> Job:
    return replace(NOTICE, sources=(write_members(folder / "m.csv", [*PEOPLE, FULL, *HARD]),))


def of_two_files(folder: Path) -> Job:
    first = write_members(folder / "a.csv", PEOPLE)
    return replace(NOTICE, sources=(first, write_members(folder / "b.csv", [FULL, *HARD])))


def in_cp932(folder: Path) -> Job:
    path = write_members(folder / "m.csv", [*PEOPLE, FULL])
    path.write_bytes(path.read_text("utf-8").encode("cp932", "replace"))
    return replace(NOTICE, sources=(path,))


def of_a_pack(folder: Path) -> Job:
    members = Path(shutil.copy(PACK / "examples" / "members.csv", folder))
    return replace(load_job(PACK / "examples" / "kokuho_certificate.toml"), sources=(members,))


def cut_out(job: Job, records: list[str], folder: Path) -> Path:
    """Write the rows of some records."""
    write_index(job, folder / "index")
    with second_reader(job, folder / "index") as second:
        second.write_rows(records, folder / "rows")
    return folder / "rows"


def sheets(job: Job, index: Path, records: list[str]) -> list[tuple[object, ...]]:
    with second_reader(job, index) as second:
        found: list[SourceSheet] = [
            next(second.pieces([[record]], number))[0] for number, record in enumerate(records, 1)
        ]
        orders = [second.standing(sheet.addressee) for sheet in found]
        return [
            (sheet.told, dict(sheet.row.cells), sheet.row.where, sheet.origin("name"), order)
            for sheet, order in zip(found, orders, strict=True)
        ]


@pytest.mark.parametrize(
    ("job_of", "asked"),
    [(of_one_file, ASKED + RARE), (of_two_files, ASKED + RARE), (in_cp932, ASKED), (of_a_pack, OF_PACK)],
)
def test_the_rows_alone_say_what_the_whole_file_says(
    job_of: Callable[[Path], Job], asked: list[str], tmp_path: Path
) -> None:
    job = job_of(tmp_path)
    rows = cut_out(job, asked, tmp_path)
    here = sheets(job, tmp_path / "index", asked)
    for source in job.sources:
        source.unlink()
    assert sheets(job, rows, asked) == here


def test_nobody_else_and_no_full_number_stands_in_them(tmp_path: Path) -> None:
    data = cut_out(of_one_file(tmp_path), ["FULL"], tmp_path).read_bytes()
    assert FULL["氏名"].encode() in data
    assert not any(row["整理番号"].encode() in data for row in PEOPLE)
    assert not re.search(rb"[0-9]{12}", data)


@pytest.mark.parametrize("record", ["TWICE", "NOBODY", "A-NEIGHBOUR"])
def test_a_record_that_is_not_once_in_them_is_told(record: str, tmp_path: Path) -> None:
    rows: list[Row] = [*PEOPLE[:20], *[PEOPLE[0] | {"整理番号": "TWICE"}] * 2]
    job = replace(NOTICE, sources=(write_members(tmp_path / "m.csv", rows),))
    alone = cut_out(job, [PEOPLE[0]["整理番号"], "TWICE", "NOBODY"], tmp_path)
    with (
        second_reader(job, alone) as second,
        pytest.raises(BadBatch, match=f"record {record} is not once in the member"),
    ):
        next(second.pieces([[record]], 1))
