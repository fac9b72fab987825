"""A whole run, from member file to outbox: nobody lost or twice, nothing half, nothing told; always the same."""

from __future__ import annotations

import atexit
import csv
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import pypdf
import pytest
import weasyprint
from leaks import texts_of
from processes import descendants
from readers import text_by_poppler
from stdnum.jp import in_
from tampering import PrintedObjects
from trial_runs import (
    DEMO,
    FIXTURES,
    AtOnce,
    Row,
    alike,
    demo,
    ended,
    files_of,
    nothing_proved,
    renderer,
    rows_of,
    trial,
    write_job,
    write_members,
)

from renderer.cli.exits import ExitCode, of_stop
from renderer.desk.reprint import reprint
from renderer.documents.document import HEADER
from renderer.intake.jobfile import load_job
from renderer.layout.load import load_layout
from renderer.mailing.sheets import fixed_of
from renderer.model.errors import BadBatch, BadJob
from renderer.model.job import Job, Route
from renderer.press.fitting import DoesNotFit
from renderer.press.fonts import Unprintable
from renderer.proof import pixels
from renderer.running import checking, printing, samples
from renderer.running import run as mailing_job
from renderer.running.kept_plates import kept_plates
from renderer.running.made_of import made_of
from renderer.running.manifest import MANIFEST_HEADER
from renderer.running.names import DELIVERY
from renderer.running.once import DeliveredAlready
from renderer.running.register import REGISTER, opened_register
from renderer.running.report import Report

BAD = FIXTURES / "bad"
HARD = tomllib.loads((FIXTURES / "hard.toml").read_text("utf-8"))
CATALOGUE = tomllib.loads((BAD / "catalogue.toml").read_text("utf-8"))
USUAL = {"本人家族": "本人", "負担割合": "", "資格喪失予定年月日": ""}


@pytest.fixture(autouse=True)
def comparing() -> Iterator[None]:
    """Let every run compare, for what a run does is what these tests are about."""
    with nothing_proved():
        yield


def table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def manifest(folder: Path) -> list[Row]:
    return [row for path in sorted(folder.glob("batch-*.csv")) for row in table(path)]


def held(folder: Path) -> list[Row]:
    return table(folder / "held.csv")


def work_of(job: Job) -> Path:
    return job.outbox / f".{job.name}.work"


def printed_in(job: Job) -> Path:
    return work_of(job) / DELIVERY


# Nobody's certificate outlives the insurance.


@cache
def certificates_that_end() -> tuple[Job, Report]:
    """Five certificates issued on 2026-11-23; by the rule they end on 2026-12-01."""
    changes = [
        {"整理番号": "RULE"},
        {"整理番号": "LOSS", "事業所名": "", "資格喪失予定年月日": "2026-11-30"},
        {"整理番号": "AT75", "生年月日": "1951-11-25", "負担割合": "2割", "発効期日": "2021-12-01"},
        {"整理番号": "OVER", "生年月日": "1951-11-23"},
        {"整理番号": "AT70", "生年月日": "1956-11-25"},
    ]
    usual = alike(1)[0] | {"生年月日": "1980-04-02", "フリガナ": "", "限度額区分": "", "資格喪失予定年月日": ""}
    folder = Path(tempfile.mkdtemp(prefix="ends-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    rows = [
        usual | {"番号": f"70{n}", "氏名": f"見本　{'一二三四五'[n]}"} | change for n, change in enumerate(changes)
    ]  # whom no other row speaks against
    return trial(folder, rows, fixture="certificate")


def test_each_certificate_says_the_end_that_comes_first_and_one_at_75_is_held() -> None:
    job, report = certificates_that_end()
    assert [(row["整理番号"], row["コード"]) for row in held(job.folder)] == [("OVER", "aged-75-or-over")]
    assert [(row["整理番号"], row["コード"]) for row in table(job.folder / "notes.csv")] == [
        ("AT70", "ratio-begins-later")
    ]
    said = {
        row["record"]: text_by_poppler(job.folder / "batch-0001.pdf")[int(row["page_from"]) - 1].replace(" ", "")
        for row in manifest(job.folder)
    }
    ends = {"RULE": "令和8年12月1日", "LOSS": "令和8年11月29日", "AT75": "令和8年11月24日", "AT70": "令和8年12月1日"}
    assert said.keys() == ends.keys()
    for record, end in ends.items():
        others = set(ends.values()) - {end}
        assert end in said[record], record
        assert not [other for other in others if other in said[record]], record
    assert report.read == report.printed + report.held == 5


def test_the_report_counts_the_certificates_by_what_ends_them() -> None:
    job, report = certificates_that_end()
    told = json.loads((job.folder / "report.json").read_text("utf-8"))
    assert told["ends"] == {"rule": 2, "qualification-ends": 1, "75th-birthday": 1}
    assert sum(told["ends"].values()) == report.printed
    assert "75歳の誕生日の前日" in (job.folder / "report.html").read_text("utf-8")
    assert demo("notice")[1].ends == {}


# Nobody is lost, nobody is printed twice.


@pytest.mark.parametrize("fixture", ["notice", "hard-notice", "certificate", "hard-certificate"])
def test_every_row_is_printed_once_or_held_and_never_both(fixture: str) -> None:
    job, report = demo(fixture)
    records = [row["整理番号"] for row in rows_of(job.sources[0])]
    printed = [row["record"] for row in manifest(job.folder)]
    kept_back = {row["整理番号"] for row in held(job.folder)}
    assert Counter(printed).most_common(1)[0][1] == 1
    assert set(printed) | kept_back == set(records)
    assert set(printed) & kept_back == set()
    assert (report.read, report.printed, report.held) == (len(records), len(printed), len(kept_back))
    assert bool(report.held) == bool(kept_back)


@pytest.mark.parametrize("fixture", ["hard-notice", "hard-certificate"])
def test_each_hard_member_ends_as_its_catalogue_says(fixture: str) -> None:
    job, _ = demo(fixture)
    outcomes: dict[str, dict[str, str]] = {row["record"]: {"outcome": "printed"} for row in manifest(job.folder)}
    for row in held(job.folder):
        assert outcomes.get(row["整理番号"], {}).get("code", row["コード"]) == row["コード"]
        outcomes[row["整理番号"]] = {"outcome": "held", "code": row["コード"]}
    assert outcomes == HARD


@pytest.mark.parametrize("fixture", ["notice", "certificate"])
def test_the_manifest_names_page_sheet_and_sum_of_every_record_in_mailing_order(fixture: str) -> None:
    job, report = demo(fixture)
    sources = {row["整理番号"]: row for row in rows_of(job.sources[0])}
    rows = manifest(job.folder)
    assert tuple(rows[0]) == MANIFEST_HEADER
    assert [int(row["sequence"]) for row in rows] == list(range(1, len(rows) + 1))
    keys = [(sources[row["record"]]["郵便番号"].replace("-", ""), row["record"]) for row in rows]
    assert keys == sorted(keys)
    pages = {"notice": 1, "certificate": 2}[fixture]
    for file in report.files:
        of_file = [row for row in rows if f"batch-{int(row['batch']):04d}.pdf" == file.name]
        assert {row["sha256"] for row in of_file} == {file.sha256}
        spans = [(int(row["page_from"]), int(row["page_to"])) for row in of_file]
        assert spans == [(n * pages + 1, (n + 1) * pages) for n in range(file.sheets)]
        told = json.loads((job.folder / file.name).with_suffix(".json").read_text("utf-8"))
        assert [entry["record"] for entry in told["entries"]] == [row["record"] for row in of_file]


def test_a_file_in_which_nobody_can_be_printed_ends_with_held_records_and_no_print_file(tmp_path: Path) -> None:
    job, report = trial(tmp_path, [row | {"氏名": ""} for row in alike(3)])
    assert (report.read, report.printed, report.held) == (3, 0, 3)
    assert list(job.folder.glob("*.pdf")) == []
    assert len(held(job.folder)) == 3


@pytest.mark.parametrize(
    "name",
    [
        "\u3099太郎",
        "山田　\U000e0102太郎",
        "\ufe00",
        "山\U000e0102\U000e0101",
        "\U000e0101　一",
        "a\u0300\u0301",
        "\u0e33",
    ],
)
def test_no_name_can_stop_the_run_of_the_others(tmp_path: Path, name: str) -> None:
    first, second = alike(2)
    job, report = trial(tmp_path, [first | {"氏名": name}, second])
    assert (report.printed, report.held) == (1, 1)
    assert manifest(job.folder)[0]["record"] == second["整理番号"]


def test_a_household_of_any_size_is_printed_or_held_and_does_not_stop_the_run(tmp_path: Path) -> None:
    (insured,) = alike(1)
    dependants = [
        insured | {"整理番号": f"D{n}", "本人家族": "家族", "資格取得年月日": "", "認定年月日": "2020-04-01",
                   "氏名": "見本　次郎", "被保険者氏名": insured["氏名"]} for n in range(104)
    ]  # fmt: skip
    other = alike(1)[0] | {"整理番号": "other", "番号": "77", "氏名": "別人　花"}
    job, report = trial(tmp_path, [insured, *dependants, other], envelope="household")
    assert report.read == report.printed + report.held == 106
    assert "other" in {row["record"] for row in manifest(job.folder)}


@pytest.mark.parametrize("remark", [" ", "　", "\u00a0"])
def test_a_remark_of_a_blank_alone_stops_no_run(tmp_path: Path, remark: str) -> None:
    rows = [row | {"備考": remark} for row in alike(2)]
    _, report = trial(tmp_path, rows, fixture="certificate")
    assert (report.printed, report.held) == (2, 0)


def test_check_holds_what_a_run_would_hold(tmp_path: Path) -> None:
    first, second, third = alike(3)
    rows = [first, second | {"記号": first["記号"], "番号": first["番号"]}, third, third | {"氏名": ""}]
    job, report = trial(tmp_path, rows, envelope="household")
    checked = checking.check(job, workers=1)
    assert (checked.read, checked.valid, checked.held) == (report.read, report.printed, report.held) == (4, 0, 4)
    assert checked.reasons == report.reasons


def test_a_file_that_nobody_can_read_to_its_end_is_told_by_its_line_in_a_run_as_in_a_check(tmp_path: Path) -> None:
    """The second reader is long done with it when the first comes to the line."""
    path = write_job(tmp_path, alike(6500))
    with (tmp_path / "members.csv").open("a", encoding="utf-8") as file:
        file.write('"')
    for command in (mailing_job.run, checking.check):
        with pytest.raises(BadJob, match=r"line 6502.*quotation mark"):
            command(load_job(path), workers=1)


def test_a_check_that_is_refused_leaves_nothing_either(tmp_path: Path) -> None:
    job = load_job(write_job(tmp_path, alike(1)))
    job.sources[0].write_text("no member file\n")
    with pytest.raises(BadJob, match="is not the header"):
        checking.check(job, workers=1)
    assert not job.beside("check").exists()


def test_notes_are_of_those_who_are_printed(tmp_path: Path) -> None:
    noted = [row | {"生年月日": "S64.1.8"} for row in alike(5)]
    noted[1]["氏名"] = ""
    noted[2]["整理番号"] = noted[3]["整理番号"] = "twin"
    job, report = trial(tmp_path, noted, envelope="household")
    assert report.printed == 2
    assert [row["整理番号"] for row in table(job.folder / "notes.csv")] == [noted[0]["整理番号"], noted[4]["整理番号"]]


def test_a_piece_without_a_customer_barcode_is_noted_once_and_only_where_the_job_prints_them(tmp_path: Path) -> None:
    insured, other = alike(2)
    insured = insured | {"住所": insured["住所"] + "①"}
    names = {"被保険者氏名": insured["氏名"], "氏名": "見本　次郎", "フリガナ": "ミホン　ジロウ"}
    child = {"本人家族": "家族", "認定年月日": "2020-04-01"} | names
    rows = [insured | child | {"整理番号": "child", "枝番": "01"}, insured, other]
    for barcode, noted in ((True, [insured["整理番号"]]), (False, [])):
        job, report = trial(tmp_path / str(barcode), rows, envelope="household", customer_barcode=barcode)
        assert (report.printed, report.pieces) == (3, 2)
        assert [row["整理番号"] for row in table(job.folder / "notes.csv")] == noted


# Pieces.


def leaflet(path: Path, *words: str) -> Path:
    pages = "<p style='break-before: page'>".join(words)
    html = f"<style>@page {{ size: A4 }} body {{ font: 20pt 'BIZ UDGothic' }}</style><p>{pages}"
    weasyprint.HTML(string=html).write_pdf(path)
    return path


@cache
def household_run() -> tuple[Job, list[Row], list[str]]:
    """Households with two inserts, by way of the workplace; rows of the source and the text of each page."""
    folder = demo("notice")[0].outbox / "households"
    folder.mkdir()
    inserts = [str(leaflet(folder / "a.pdf", "案内甲")), str(leaflet(folder / "b.pdf", "案内乙の一", "案内乙の二"))]
    rows = rows_of(DEMO)[:40]
    job, report = trial(folder, rows, envelope="household", route="workplace", order=["事業所番号", "記号", "番号"],
                        pieces_per_batch=7, inserts=inserts)  # fmt: skip
    assert report.held == 0
    texts = [page for path in sorted(job.folder.glob("*.pdf")) for page in text_by_poppler(path)]
    return job, rows, ["".join(text.split()) for text in texts]


def narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def test_a_household_shares_one_envelope_the_insured_first_each_sheet_numbered() -> None:
    job, rows, _ = household_run()
    sources = {row["整理番号"]: row for row in rows}
    pieces: dict[str, list[Row]] = {}
    for row in manifest(job.folder):
        pieces.setdefault(row["sequence"], []).append(row)
    assert sum(map(len, pieces.values())) == len(rows)
    assert len(pieces) == len({(narrow(row["記号"]), narrow(row["番号"])) for row in rows})
    for piece in pieces.values():
        members = [sources[sheet["record"]] for sheet in piece]
        assert len({(narrow(row["記号"]), narrow(row["番号"])) for row in members}) == 1
        assert members[0]["本人家族"] == "本人"
        branches = [narrow(row["枝番"]) for row in members]
        assert branches == sorted(branches)
        assert [(row["sheet"], row["sheets"]) for row in piece] == [
            (str(n), str(len(piece))) for n in range(1, len(piece) + 1)
        ]


def test_the_sheets_of_a_piece_go_to_the_insured_and_the_inserts_follow_the_last() -> None:
    job, rows, texts = household_run()
    sources = {row["整理番号"]: row for row in rows}
    rest = iter(texts)
    entries = manifest(job.folder)
    for entry in entries:
        said, row = next(rest), sources[entry["record"]]
        head = next(sources[other["record"]] for other in entries if other["sequence"] == entry["sequence"])
        assert entry["record"] in said
        assert f"{''.join(head['氏名'].split())}様" in said
        assert "".join(row["氏名"].split()) in said
        assert "".join(head["事業所名"].split()) in said
        if int(entry["sheets"]) > 1:
            assert f"{entry['sheet']}/{entry['sheets']}" in said
        if entry["sheet"] == entry["sheets"]:
            assert [next(rest), next(rest), next(rest)] == ["案内甲", "案内乙の一", "案内乙の二"]
    assert next(rest, None) is None


def test_a_member_by_way_of_the_home_does_not_show_the_workplace() -> None:
    job, _ = demo("notice")
    workplaces = {row["事業所名"] for row in rows_of(job.sources[0])} - {""}
    assert not any(
        word in page for path in job.folder.glob("*.pdf") for page in text_by_poppler(path) for word in workplaces
    )


def test_the_plates_of_the_other_route_are_others() -> None:
    job, _ = demo("notice")
    by_workplace = replace(job, mailing=replace(job.mailing, route=Route.WORKPLACE))
    layout = load_layout(job.document)
    one, other = (kept_plates(job.outbox, fixed_of(each), layout) for each in (job, by_workplace))
    assert one.made_of != other.made_of


# The same every time.


@cache
def undisturbed() -> dict[str, bytes]:
    """What the job of the tests below delivers when nothing happens to it."""
    folder = demo("notice")[0].outbox / "undisturbed"
    job, report = trial(folder, alike(400), pieces_per_batch=40)
    assert len(report.files) == 10
    return files_of(job.folder)


def rerun(job_file: Path, **env: str) -> subprocess.Popen[str]:
    return renderer("run", job_file, "--workers", "2", env=env)


def test_another_folder_time_zone_hash_seed_and_number_of_workers_give_the_same_bytes(tmp_path: Path) -> None:
    rows = alike(30)
    job, _ = trial(tmp_path / "here", rows, pieces_per_batch=4)
    there = tmp_path / "出力 箱's #1% (a)"
    shutil.copytree(FIXTURES, there, ignore=shutil.ignore_patterns("bad", "outbox", "*.py", "__pycache__"))
    path = write_job(there, rows, pieces_per_batch=4)
    path.write_text(
        path.read_text("utf-8").replace(str(FIXTURES / "examples" / "insurer.toml"), "examples/insurer.toml"), "utf-8"
    )
    (there / "outbox" / ".plates").unlink()  # compiled there again, with the seal at another place
    environment = {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "4711", "LC_ALL": "ja_JP.UTF-8", "FC_LANG": "ja"}
    code, out, err = ended(renderer("run", path, "--workers", "3", env=environment, cwd=tmp_path))
    assert (code, err) == (0, "")
    assert f"{job.name}：読込 30 件、印刷 30 件、保留 0 件" in out
    assert files_of(there / "outbox" / job.name) == files_of(job.folder)


def test_a_second_run_replaces_the_first_when_it_is_told_to_and_keeps_it_aside(tmp_path: Path) -> None:
    job, _ = trial(tmp_path, alike(5), pieces_per_batch=2)
    assert len(list(job.folder.glob("*.pdf"))) == 3
    first = files_of(job.folder)
    path = tmp_path / "again"
    other, _ = trial(path, alike(2), pieces_per_batch=2)
    again = load_job(job.path, sources=(other.sources[0],))
    with pytest.raises(BadJob, match="--replace"):
        mailing_job.run(again, workers=1, make_workers=AtOnce)
    assert files_of(job.folder) == first
    mailing_job.run(again, workers=1, make_workers=AtOnce, replace=True)
    assert files_of(job.folder) == files_of(other.folder) != first
    aside = f"{job.name}@replaced-1"
    assert files_of(job.outbox / aside) == first
    assert sorted(entry.name for entry in job.outbox.iterdir()) == [".plates", REGISTER, job.name, aside]


def test_the_command_line_says_what_is_delivered_already_and_what_would_be_printed_again(tmp_path: Path) -> None:
    job, _ = trial(tmp_path, alike(2))
    before = {path: path.stat().st_mtime_ns for path in job.folder.iterdir()}
    with opened_register(job.outbox) as register:
        today = register.of_job(job.name)[0].day
    for language, said in (
        ("en", f"delivered already, on {today}, in {job.folder}: read 2, printed 2, held 0"),
        ("ja", f"{today} に {job.folder} へ出力済みです。読込 2 件、印刷 2 件"),
    ):
        code, out, err = ended(renderer("run", job.path, "--lang", language))
        assert (code, err, out.count("\n")) == (0, "", 1)
        assert said in out
    code, out, _ = ended(renderer("run", job.path, "--json"))
    told = json.loads(out)
    assert [told[key] for key in ("already", "number", "read", "printed", "held")] == [True, 1, 2, 2, 0]
    text = job.path.read_text("utf-8")
    job.path.write_text(text.replace(f'"{job.name}"', '"other"'), "utf-8")
    code, out, err = ended(renderer("run", job.path))
    assert (code, out) == (4, "")
    assert f"members.csv: was printed as {job.name} on " in err
    assert err.count("\n") == 1
    code, out, _ = ended(renderer("check", job.path, "--lang", "ja"))
    assert code == 4
    assert "このままでは run は実行できません：members.csv は 20" in out
    assert f"に {job.name} で印刷済みです" in out
    assert {path: path.stat().st_mtime_ns for path in job.folder.iterdir()} == before
    assert sorted(entry.name for entry in job.outbox.iterdir()) == [".plates", REGISTER, job.name]
    code, out, err = ended(renderer("run", job.path, "--again", "--workers", "1"))
    assert (code, err) == (0, "")
    job.path.write_text(text + "# another\n", "utf-8")
    assert ended(renderer("run", job.path, "--workers", "1"))[0] == 4
    assert ended(renderer("run", job.path, "--replace", "--again", "--workers", "1"))[0] == 0
    assert (job.outbox / f"{job.name}@replaced-1").is_dir()


def test_a_delivery_with_held_records_says_so_whenever_it_is_asked(tmp_path: Path) -> None:
    rows = alike(2)
    job, _ = trial(tmp_path, [rows[0], rows[1] | {"氏名": ""}])
    for language, see in (("en", "are in held.csv"), ("ja", "held.csv にあります")):
        code, out, _ = ended(renderer("run", job.path, "--lang", language))
        assert code == ExitCode.SOME_HELD
        assert see in out
    code, out, _ = ended(renderer("run", job.path, "--json"))
    assert (code, json.loads(out)["held"], json.loads(out)["exit_code"]) == (3, 1, 3)


def test_notices_and_certificates_of_one_member_file_are_no_doubling(tmp_path: Path) -> None:
    job, _ = trial(tmp_path, alike(2))
    certificates = load_job(write_job(tmp_path / "other", alike(2), fixture="certificate"), outbox=job.outbox)
    mailing_job.run(replace(certificates, sources=(job.sources[0],)), workers=1, make_workers=AtOnce)
    assert certificates.folder.is_dir()


def test_a_register_that_cannot_be_read_stops_the_run_before_anything_is_printed(tmp_path: Path) -> None:
    job = load_job(write_job(tmp_path, alike(2)))
    (job.outbox / REGISTER).write_bytes(b"no database" * 99)
    code, out, err = ended(renderer("run", job.path))
    assert (code, out) == (4, "")
    assert "the register cannot be used (file is not a database)" in err
    assert sorted(entry.name for entry in job.outbox.iterdir()) == [".plates", REGISTER]


def test_the_register_says_nothing_of_a_person(tmp_path: Path) -> None:
    job, _ = trial(tmp_path, alike(3))
    said = (job.outbox / REGISTER).read_bytes()
    for row in rows_of(job.sources[0]):
        for value in row.values():
            may_be_in_a_sum = set(value) <= set("0123456789abcdef")
            assert len(value) < 3 or may_be_in_a_sum or value.encode() not in said


@pytest.mark.parametrize(
    ("language", "terminal", "record", "said"),
    [
        (
            "ja",
            "en",
            "整理番号",
            ["A1", "members.csv", "2", "氏名", "name-missing", "氏名がありません", "氏名を記入してください"],
        ),
        ("en", "ja", "record", ["A1", "members.csv", "2", "氏名", "name-missing", "氏名 is missing", "fill in 氏名"]),
    ],
)
def test_a_job_says_the_language_of_its_files_and_the_command_line_its_own(
    tmp_path: Path, language: str, terminal: str, record: str, said: list[str]
) -> None:
    first, second = alike(2)
    path = write_job(tmp_path, [first | {"整理番号": "A1", "氏名": ""}, second | {"生年月日": "S64.1.8"}])
    if language != "ja":
        path.write_text(f'language = "{language}"\n{path.read_text("utf-8")}', "utf-8")
    code, out, err = ended(renderer("run", path, "--workers", "1", "--lang", terminal))
    assert (code, err) == (3, "")
    folder = load_job(path).folder
    assert ("保留 1 件" in out) == (terminal == "ja")
    (line,) = table(folder / "held.csv")
    assert list(line.values()) == [*said, ""]
    (note,) = table(folder / "notes.csv")
    assert next(iter(note)) == next(iter(line)) == record
    assert json.loads((folder / "report.json").read_text("utf-8"))["reasons"][0]["sentence"] == said[5]
    assert f'<html lang="{language}">' in (folder / "report.html").read_text("utf-8")


def test_a_run_leaves_no_working_file_and_check_leaves_nothing(tmp_path: Path) -> None:
    job, _ = trial(tmp_path, alike(2))
    assert sorted(entry.name for entry in job.outbox.iterdir()) == [".plates", REGISTER, job.name]
    names = {"batch-0001.pdf", "batch-0001.csv", "batch-0001.json", "held.csv", "report.json", "report.html"}
    assert names <= {entry.name for entry in job.folder.iterdir()} <= names | {"notes.csv"}
    code, out, _ = ended(renderer("check", job.path))
    assert (code, out) == (0, f"{job.name}: read 2, valid 2, held 0\n")
    assert sorted(entry.name for entry in job.outbox.iterdir()) == [".plates", REGISTER, job.name]


def test_a_check_makes_nothing_that_was_not_there(tmp_path: Path) -> None:
    path = write_job(tmp_path, alike(2))
    shutil.rmtree(tmp_path / "outbox")
    job = load_job(path, outbox=tmp_path / "gone")
    before = sorted(tmp_path.iterdir())
    for _ in range(2):
        assert checking.check(job, workers=1).valid == 2
        assert sorted(tmp_path.iterdir()) == before
    job.outbox.mkdir()
    assert checking.check(job, workers=1).refused is None
    assert list(job.outbox.iterdir()) == []


def test_a_check_knows_what_lies_in_an_outbox_without_a_register(tmp_path: Path) -> None:
    job, _ = trial(tmp_path, alike(2))
    (job.outbox / REGISTER).unlink()
    assert checking.check(replace(job, name="other"), workers=1).refused
    assert sorted(entry.name for entry in job.outbox.iterdir()) == [".plates", job.name]


# A run that is stopped, a worker that dies.


class Stopped(Exception):  # noqa: N818
    """What the tests stop a run with."""


def stop_at(verb: str, done: int) -> Callable[[str, int, int | None], None]:
    def watch(said: str, so_far: int, _: int | None) -> None:
        if said == verb and so_far >= done:
            raise Stopped

    return watch


def test_a_run_that_was_stopped_goes_on_and_prints_nothing_again(tmp_path: Path) -> None:
    rows = alike(12)
    whole, _ = trial(tmp_path / "whole", rows, pieces_per_batch=2)
    job = load_job(write_job(tmp_path / "stopped", rows, pieces_per_batch=2))
    with pytest.raises(Stopped):
        mailing_job.run(job, workers=1, make_workers=AtOnce, progress=stop_at("print", 4))
    assert not job.folder.exists()
    first = printed_in(job) / "batch-0001.pdf"
    printed_at = first.stat().st_mtime_ns
    mailing_job.run(job, workers=1, make_workers=AtOnce)
    assert (job.folder / first.name).stat().st_mtime_ns == printed_at
    assert files_of(job.folder) == files_of(whole.folder)


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def one_byte(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"/TrimBox", b"/TrimBix", 1))


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("batch-0001.pdf", cut_off),
        ("batch-0001.pdf", emptied),
        ("batch-0001.pdf", one_byte),
        ("batch-0001.pdf", Path.unlink),
        ("batch-0001.csv", cut_off),
        ("batch-0001.json", Path.unlink),
    ],
)
def test_what_was_damaged_while_the_run_stood_still_is_printed_again(
    tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    rows = alike(4)
    job = load_job(write_job(tmp_path, rows, pieces_per_batch=2))
    with pytest.raises(Stopped):
        mailing_job.run(job, workers=1, make_workers=AtOnce, progress=stop_at("verify", 1))
    before = {path.name: path.read_bytes() for path in printed_in(job).glob("batch-*")}
    damage(printed_in(job) / name)
    mailing_job.run(job, workers=1, make_workers=AtOnce)
    delivered = files_of(job.folder)
    assert {file: delivered[file] for file in before} == before


def renamed(job: Job, name: str) -> Job:
    """The same job under another name."""
    path = job.path.with_name(f"{name}.toml")
    path.write_text(job.path.read_text("utf-8").replace(f'name = "{job.name}"', f'name = "{name}"'), "utf-8")
    return load_job(path)


def test_a_damaged_plate_is_made_anew_before_anything_is_printed(tmp_path: Path) -> None:
    job, _ = trial(tmp_path, alike(2))
    plates = job.outbox / ".plates"
    shared = plates.resolve()
    plates.unlink()
    shutil.copytree(shared, plates)
    whole = {path: path.read_bytes() for path in plates.glob("*.plate")}
    for path in whole:
        path.write_bytes(path.read_bytes()[:100])
    mailing_job.run(renamed(job, "again"), workers=1, make_workers=AtOnce, again=True)
    made_anew = [path for path in plates.glob("*.plate") if path.read_bytes() == whole[path]]
    assert len(made_anew) == 1


def test_a_stopped_run_of_another_member_file_is_begun_anew(tmp_path: Path) -> None:
    job = load_job(write_job(tmp_path, alike(6), pieces_per_batch=2))
    with pytest.raises(Stopped):
        mailing_job.run(job, workers=1, make_workers=AtOnce, progress=stop_at("print", 4))
    other = load_job(write_job(tmp_path / "other", alike(9)[3:], pieces_per_batch=2))
    changed = load_job(job.path, sources=(other.sources[0],))
    mailing_job.run(changed, workers=1, make_workers=AtOnce)
    mailing_job.run(other, workers=1, make_workers=AtOnce)
    assert files_of(changed.folder) == files_of(other.folder)


@pytest.mark.parametrize("verb", ["validate", "verify"])
def test_a_member_file_that_changes_while_it_is_printed_is_printed_by_no_run(tmp_path: Path, verb: str) -> None:
    """What was printed from it is not taken up again either, when the first file is back."""
    job = load_job(write_job(tmp_path, alike(6), pieces_per_batch=2))
    first, other = job.sources[0].read_bytes(), write_members(tmp_path / "other.csv", alike(9)[3:]).read_bytes()

    def change(said: str, _: int, __: int | None) -> None:
        if said == verb:
            job.sources[0].write_bytes(other)

    with pytest.raises(BadJob, match="was changed while it was printed"):
        mailing_job.run(job, workers=1, make_workers=AtOnce, progress=change)
    assert not job.folder.exists()
    job.sources[0].write_bytes(first)
    with pytest.raises(Stopped):
        mailing_job.run(job, workers=1, make_workers=AtOnce, progress=stop_at("print", 2))
    again, _ = trial(tmp_path / "again", alike(6), pieces_per_batch=2)
    mailing_job.run(job, workers=1, make_workers=AtOnce)
    assert files_of(job.folder) == files_of(again.folder)


@pytest.mark.parametrize("name", ["path", "insurer_file"])
def test_a_job_or_insurer_file_that_changes_while_it_is_printed_is_printed_by_no_run(tmp_path: Path, name: str) -> None:
    job = load_job(write_job(tmp_path, alike(2)))
    changed: Path = getattr(job, name)
    copy = tmp_path / f"copy-{changed.name}"
    copy.write_bytes(changed.read_bytes())

    def change(said: str, _: int, __: int | None) -> None:
        if said == "print":
            copy.write_text(copy.read_text("utf-8") + "# changed\n", "utf-8")

    with pytest.raises(BadJob, match="was changed while it was printed"):
        mailing_job.run(replace(job, **{name: copy}), workers=1, make_workers=AtOnce, progress=change)
    assert not job.folder.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda job: replace(job, name="other"),
        lambda job: replace(job, path=FIXTURES / "notice.toml"),
        lambda job: replace(job, insurer_file=FIXTURES / "notice.toml"),
        lambda job: replace(job, title="資格情報のお知らせ"),
        lambda job: replace(job, issued_on=job.issued_on + timedelta(1)),
        lambda job: replace(job, sources=(FIXTURES / "examples" / "realistic.csv",)),
        lambda job: replace(job, columns=FIXTURES / "notice.toml"),
        lambda job: replace(job, insurer=replace(job.insurer, telephone="03-9999-9999")),
        lambda job: replace(job, insurer=replace(job.insurer, seal=FIXTURES / "notice.toml")),
        lambda job: replace(job, insurer=replace(job.insurer, gaiji_font=FIXTURES / "notice.toml")),
        lambda job: replace(job, insurer=replace(job.insurer, gaiji_table=FIXTURES / "notice.toml")),
        lambda job: replace(job, mailing=replace(job.mailing, order=("番号",))),
        lambda job: replace(job, mailing=replace(job.mailing, inserts=(FIXTURES / "notice.toml",))),
    ],
)
def test_a_stopped_run_is_not_continued_by_a_job_that_is_another_in_anything(
    tmp_path: Path, change: Callable[[Job], Job]
) -> None:
    job = load_job(write_job(tmp_path, alike(1)))
    assert made_of(job, "", []) == made_of(job, "", [])
    assert made_of(change(job), "", []) != made_of(job, "", [])


def moved(path: Path, to: Path) -> Job:
    """Move a job with all that is its own, and load it there."""
    return load_job(Path(shutil.move(path.parent, to)) / path.name)


def job_with_its_own_files(folder: Path) -> Path:
    path = write_job(folder, alike(1), inserts=["leaflet.pdf"])
    leaflet(folder / "leaflet.pdf", "leaflet")
    for name in ("insurer.toml", "seal.png"):
        shutil.copy(FIXTURES / "examples" / name, folder)
    path.write_text(re.sub(r"insurer = .*", 'insurer = "insurer.toml"', path.read_text("utf-8")), "utf-8")
    return path


def test_a_job_that_was_moved_with_its_outbox_is_delivered_already(tmp_path: Path) -> None:
    path = job_with_its_own_files(tmp_path / "job")
    job = load_job(path)
    mailing_job.run(job, workers=1, make_workers=AtOnce)
    plates = [kept_plates(job.outbox, fixed_of(job), load_layout(job.layout))]
    there = moved(path, tmp_path / "elsewhere")
    with pytest.raises(DeliveredAlready):
        mailing_job.run(there, workers=1, make_workers=AtOnce)
    plates.append(kept_plates(job.outbox, fixed_of(there), load_layout(job.layout)))
    assert plates[0] == plates[1]


def test_a_stopped_run_that_was_moved_goes_on(tmp_path: Path) -> None:
    path = job_with_its_own_files(tmp_path / "job")
    with pytest.raises(Stopped):
        mailing_job.run(load_job(path), workers=1, make_workers=AtOnce, progress=stop_at("print", 1))
    report = mailing_job.run(moved(path, tmp_path / "elsewhere"), workers=1, make_workers=AtOnce)
    assert (report.printed, report.printed_now) == (1, 0)


def test_no_file_counts_as_another_that_may_be_missing(tmp_path: Path) -> None:
    job = load_job(write_job(tmp_path, alike(1)))
    one = FIXTURES / "notice.toml"
    insurers = [replace(job.insurer, **{"seal": None, name: one}) for name in ("seal", "gaiji_font", "gaiji_table")]
    jobs = [replace(job, columns=one), replace(job, releases=one), *(replace(job, insurer=of) for of in insurers)]
    assert len({made_of(job, "", []) for job in jobs}) == len(jobs)


def test_a_stopped_run_is_not_continued_with_another_layout_font_library_or_list_of_towns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = load_job(write_job(tmp_path, alike(1)))
    sums = [made_of(job, layout, fonts) for layout, fonts in (("a", ["b"]), ("c", ["b"]), ("a", ["d"]))]
    monkeypatch.setattr("renderer.running.made_of.versions", lambda: {"pango": "1.99"})
    sums.append(made_of(job, "a", ["b"]))
    monkeypatch.setattr("renderer.running.made_of.edition", lambda: "1999.1")
    sums.append(made_of(job, "a", ["b"]))
    assert len(set(sums)) == 5


def compared_by(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, float]]]:
    """The records that runs compare from now on, and where they are said to be hard to set."""
    compared: list[tuple[str, dict[str, float]]] = []
    compare = printing.compare_sample

    def watched(bench: printing.RunBench, sample: printing.Sample) -> None:
        compared.append((sample.record, dict(sample.strains)))
        compare(bench, sample)

    monkeypatch.setattr(samples, "compare_sample", watched)
    return compared


def test_the_sheet_that_is_compared_is_the_hardest_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = alike(5)
    rare = plain[1] | {"氏名": "辻\U000e0102　一郎"}
    long = plain[2] | {"氏名": "辻\U000e0102勘解由小路左衛門佐吉麻呂　一郎左衛門勘解由小路"}
    compared = compared_by(monkeypatch)
    for rows in (plain[:1], [plain[0], rare, plain[3]], [rare, long, plain[4]]):
        trial(tmp_path / str(len(compared)), rows)
    assert [record for record, _ in compared] == [plain[0]["整理番号"], rare["整理番号"], long["整理番号"]]


def test_check_does_not_take_what_a_stopped_run_has_done(tmp_path: Path) -> None:
    job = load_job(write_job(tmp_path, alike(4), pieces_per_batch=2))
    with pytest.raises(Stopped):
        mailing_job.run(job, workers=1, make_workers=AtOnce, progress=stop_at("print", 2))
    before = {path: path.read_bytes() for path in work_of(job).rglob("*") if path.is_file()}
    assert len(before) > 3
    code, _, err = ended(renderer("check", job.path))
    assert (code, err) == (0, "")
    assert {path: path.read_bytes() for path in work_of(job).rglob("*") if path.is_file()} == before


def until(reached: Callable[[], Any], process: subprocess.Popen[str], seconds: float = 600) -> None:
    """Wait for something a run does, and fail if it ends before."""
    limit = time.monotonic() + seconds
    while not reached():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < limit
        time.sleep(0.005)


def test_a_run_killed_at_any_point_is_started_again_and_ends_with_the_same_bytes(tmp_path: Path) -> None:
    path = write_job(tmp_path, alike(400), pieces_per_batch=40)
    job = load_job(path)
    work = work_of(job)
    stages: list[Callable[[], Any]] = [
        lambda: (work / "members.sqlite").exists(),
        lambda: (work / DELIVERY / "batch-0003.pdf").exists(),
        lambda: glob.glob(f"{work}/.scratch/*/reference-*"),  # noqa: PTH207 -- a folder may go while it is looked into
    ]
    for reached in stages:
        process = rerun(path)
        until(reached, process)
        process.kill()
        process.communicate()
        assert not job.folder.exists()
        assert {entry.name for entry in job.outbox.iterdir()} == {".plates", REGISTER, work.name}
    code, out, err = ended(rerun(path))
    assert (code, err) == (0, "")
    assert "read 400, printed 400, held 0" in out
    assert files_of(job.folder) == undisturbed()
    assert not work.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("reached", ["members.sqlite", "delivery/batch-0002.pdf"])
def test_whoever_ends_a_run_gets_one_sentence_and_leaves_no_store_and_the_same_command_goes_on(
    tmp_path: Path, number: signal.Signals, reached: str
) -> None:
    path = write_job(tmp_path, alike(400), pieces_per_batch=40)
    job = load_job(path)
    process = rerun(path)
    until((work_of(job) / reached).exists, process)
    os.killpg(process.pid, number)  # as a terminal does: to every process of the run
    code, out, err = ended(process)
    assert (code, out) == (ExitCode.INTERRUPTED, "")
    assert err == "renderer: stopped; a run that is started again with the same command goes on where it was\n"
    assert not (work_of(job) / "members.sqlite").exists()
    assert not job.folder.exists()
    if number is signal.SIGINT:
        assert ended(rerun(path))[0] == 0
        assert files_of(job.folder) == undisturbed()


def works(pid: int) -> bool:
    """Whether a process has one of the program's fonts or the store open: a worker, not a server of the library."""
    try:
        return "/fonts/BIZUD" in (Path("/proc") / str(pid) / "maps").read_text()
    except OSError:
        return False


def test_a_worker_killed_while_it_prints_is_noticed_and_its_batch_is_done_again(tmp_path: Path) -> None:
    path = write_job(tmp_path, alike(400), pieces_per_batch=40)
    job = load_job(path)
    process = rerun(path)
    killed = set()
    for batch in (1, 4):
        until(lambda n=batch: (printed_in(job) / f"batch-{n:04d}.pdf").exists(), process)  # type: ignore[misc]
        worker = next(pid for pid in descendants(process.pid) if works(pid) and pid not in killed)
        os.kill(worker, signal.SIGKILL)
        killed.add(worker)
    code, _, err = ended(process)
    assert (code, err) == (0, "")
    assert len(killed) == 2
    assert files_of(job.folder) == undisturbed()


def test_a_print_file_that_is_not_what_weasyprint_draws_is_not_delivered(tmp_path: Path) -> None:
    """Between printing and comparing, somebody swaps two characters of the name."""
    job = load_job(write_job(tmp_path, alike(1)))
    path = printed_in(job) / "batch-0001.pdf"

    def tamper(verb: str, _: int, __: int | None) -> None:
        if verb == "print":
            objects = PrintedObjects(path)
            swapped = re.compile(rb"Tm<(....)(....)")
            objects.change_stream(objects.content(0), lambda data: swapped.sub(rb"Tm<\2\1", data, count=3))
            objects.write(path)

    with pytest.raises(BadBatch, match=r"is not what WeasyPrint draws.* pictures lie in .*/differences$") as refused:
        mailing_job.run(job, workers=1, make_workers=AtOnce, progress=tamper)
    assert of_stop(refused.value) == ExitCode.BAD_BATCH
    assert not job.folder.exists()
    assert len(list((work_of(job) / "differences").glob("*.png"))) == 3
    mailing_job.run(job, workers=1, make_workers=AtOnce)
    with pixels.opened(job.folder / "batch-0001.pdf") as document:
        assert "".join(alike(1)[0]["氏名"].split()) in "".join(document.text(0).split())


@pytest.mark.parametrize("fault", ["twice", "crowded"])
def test_a_plate_in_use_is_compared_even_when_its_hardest_record_is_held_after_all(tmp_path: Path, fault: str) -> None:
    rows = alike(3)
    hardest = rows[0] | {"氏名": "辻\U000e0102　一郎左衛門" * 3, "番号": "77"}
    second = hardest | ({} if fault == "twice" else {"整理番号": "other"})
    said: list[tuple[str, int, int | None]] = []
    job = load_job(write_job(tmp_path, [hardest, second, *rows[1:]], envelope="household"))
    report = mailing_job.run(job, workers=1, make_workers=AtOnce, progress=lambda *told: said.append(told))
    assert (report.printed, report.held) == (2, 2)
    assert ("verify", 1, 1) in said


def with_hard_twins(hard: int) -> list[Row]:
    """Two plain sheets, one that is a little hard to set, and harder ones that a twin's number holds."""
    rows = alike(4)
    rows[2]["氏名"] = "辻\U000e0102　一郎"
    hardest = rows[3] | {"氏名": "辻\U000e0102　一郎左衛門" * 3}
    twins = [hardest | {"整理番号": f"H{n}"} for n in range(hard)]
    return [*rows[:3], *twins, *twins]


def test_the_next_in_hardness_is_compared_where_the_hardest_is_held_after_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = compared_by(monkeypatch)
    rows = with_hard_twins(1)
    _, report = trial(tmp_path, rows)
    assert (report.printed, report.held) == (3, 2)
    assert [record for record, _ in compared] == [rows[2]["整理番号"]]


def test_a_sheet_that_stands_for_many_held_ones_is_compared_once_and_proves_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = compared_by(monkeypatch)
    rows = with_hard_twins(4)
    rows[0], rows[2] = rows[2], rows[0]  # the first of the source is the hard one
    job, _ = trial(tmp_path, rows)
    ((record, strains),) = compared
    assert record == rows[0]["整理番号"]
    assert sum(strains.values()) > 0
    mailing_job.run(renamed(job, "again"), workers=1, make_workers=AtOnce, again=True)
    assert len(compared) == 1


def test_the_speed_of_a_run_that_goes_on_counts_what_it_printed_itself(tmp_path: Path) -> None:
    job = load_job(write_job(tmp_path, alike(6), pieces_per_batch=2))
    with pytest.raises(Stopped):
        mailing_job.run(job, workers=1, make_workers=AtOnce, progress=stop_at("print", 4))
    report = mailing_job.run(job, workers=1, make_workers=AtOnce)
    assert (report.printed, report.printed_now) == (6, 2)


@pytest.mark.parametrize("refused", [Unprintable("山\U000e0100", ()), DoesNotFit("plain", needed="9.0", given="8.0")])
def test_a_value_that_the_press_refuses_after_all_stops_the_run_and_names_the_record(
    tmp_path: Path, refused: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = alike(1)
    job = load_job(write_job(tmp_path, rows))

    def add_sheet(*_: object) -> None:
        raise refused

    monkeypatch.setattr(printing.PrintFile, "add_sheet", add_sheet)
    with pytest.raises(
        BadBatch, match=f"record {rows[0]['整理番号']} cannot be printed .*, though its sheet was tried"
    ):
        mailing_job.run(job, workers=1, make_workers=AtOnce)
    assert not job.folder.exists()


@pytest.mark.parametrize("fixture", ["notice", "certificate"])
def test_one_sheet_of_every_plate_in_use_is_compared(tmp_path: Path, fixture: str) -> None:
    job, _ = demo(fixture)
    picked = {row["variant"]: row["record"] for row in manifest(job.folder)}
    said: list[tuple[str, int, int | None]] = []
    rows = [row for row in rows_of(job.sources[0]) if row["整理番号"] in picked.values()]
    again = load_job(write_job(tmp_path, rows, fixture=fixture))
    mailing_job.run(again, workers=1, make_workers=AtOnce, progress=lambda *told: said.append(told))
    assert len(rows) == len(picked) > 5
    assert ("verify", len(picked), len(picked)) in said


# Bad files.


def test_every_bad_file_ends_with_its_exit_code_and_a_sentence(tmp_path: Path) -> None:
    started = {}
    for name in CATALOGUE:
        job = write_job(tmp_path / name, [])
        started[name] = renderer("run", job, "--source", BAD / name, "--workers", "1")
    for name, process in started.items():
        code, out, err = ended(process)
        delivered = tmp_path / name / "outbox" / "demo-notices"
        assert code == CATALOGUE[name]["exit_code"], f"{name}: {err}"
        assert "Traceback" not in err
        if code == ExitCode.BAD_JOB:
            assert err.startswith(f"renderer: {name}: ")
            assert err.count("\n") == 1
            assert not delivered.exists()
        else:
            assert "held" in out
            told = [(int(row["行"]), row["整理番号"], row["コード"]) for row in held(delivered)]
            assert told == [(row["line"], row["record"], row["code"]) for row in CATALOGUE[name]["held"]]
            assert len(manifest(delivered)) == 1


def test_an_insert_that_is_no_pdf_ends_before_anything_is_printed(tmp_path: Path) -> None:
    (tmp_path / "leaflet.pdf").write_bytes(b"%PDF-1.7\nnothing")
    job = load_job(write_job(tmp_path / "job", alike(1), inserts=[str(tmp_path / "leaflet.pdf")]))
    with pytest.raises(BadJob, match=r"leaflet\.pdf"):
        mailing_job.run(job, workers=1, make_workers=AtOnce)
    assert not job.folder.exists()


@pytest.mark.parametrize(
    "go", [partial(mailing_job.run, replace=True), checking.check, lambda job: reprint(job, piece=1)]
)
def test_an_insert_that_ends_on_a_front_is_refused_where_sheets_are_printed_on_both_sides(
    tmp_path: Path, go: Callable[[Job], Any]
) -> None:
    path = leaflet(tmp_path / "leaflet.pdf", "一", "二")
    job, report = trial(tmp_path / "job", alike(2), fixture="certificate", inserts=[str(path)])
    assert [(file.leaves, file.sheets, file.pages) for file in report.files] == [(4, 2, 8)]
    before = files_of(job.folder)
    leaflet(path, "一")
    with pytest.raises(BadJob, match=r"insert leaflet\.pdf has 1 pages, .* add a blank page at its end"):
        go(job)
    assert files_of(job.folder) == before


# Nothing is told.


def full_number(last4: str, row: int) -> str:
    """A twelve-digit number with the right check digit; the eleven before are counted."""
    return next(
        number for number in (f"{row:07}{n:04}" for n in range(10**4))
        if in_.is_valid(number + in_.calc_check_digit(number)) and last4 in number
    )  # fmt: skip


FORMS: Mapping[str, Callable[[str], str]] = {
    "plain": lambda number: number,
    "wide": lambda number: number.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}),
    "grouped": lambda number: "-".join(re.findall("....", number)),
    "spaced": lambda number: " ".join(re.findall("....", number)),
    "in words": lambda number: f"番号{number}です",
}


def rows_with_numbers() -> tuple[list[Row], set[str]]:
    """Valid rows with whole numbers in their column, and invalid ones with a number in every other column."""
    rows, numbers = [], set()

    def number() -> str:
        eleven = f"2{len(numbers):05}98765"
        numbers.add(eleven + in_.calc_check_digit(eleven))
        return eleven + in_.calc_check_digit(eleven)

    for n, usual in enumerate(alike(4)):
        form = list(FORMS.values())[n]
        rows.append(usual | {"登録年月日": "2020-04-01", "個人番号": form(number())})
    for column in HEADER:
        for form in FORMS.values():
            at = len(rows)
            name = "誤記　" + "".join("〇一二三四五六七八九"[int(digit)] for digit in str(at))
            somebody = {"整理番号": f"N{at:04}", "番号": f"9{at}", "氏名": name, "フリガナ": ""}
            row = alike(1)[0] | somebody | {"生年月日": f"{1960 + at % 30}-04-02"}
            rows.append(row | {column: form(number())})
    wrong = number()
    wrong_digit = wrong[:-1] + str((int(wrong[-1]) + 1) % 10)
    numbers.add(wrong_digit)
    rows.append(alike(1)[0] | {"整理番号": "N9999", "番号": "99999", "個人番号": wrong_digit})
    return rows, numbers


ROWS, NUMBERS = rows_with_numbers()


def told_numbers(text: str) -> list[str]:
    """Full numbers of the member file that a text holds, in whatever width and grouping."""
    digits = re.sub(r"[\s\-‐－ー・.]", "", unicodedata.normalize("NFKC", text))
    return [number for number in re.findall(r"(?=(\d{12}))", digits) if number in NUMBERS]


def everything_in(folder: Path) -> Iterator[tuple[str, str]]:
    """All files below a folder as text; of a PDF also what its streams hold and what its pages say."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and ".plates" not in path.parts and path.name not in ("members.csv", "job.toml"):
            data = path.read_bytes()
            yield path.name, path.name + data.decode("utf-8", "ignore") + data.decode("utf-16-le", "ignore")
            if data.startswith(b"%PDF") and data.rstrip().endswith(b"%%EOF"):
                yield f"{path.name} read", "\n".join(text_by_poppler(path))
                reader = pypdf.PdfReader(path)
                for number in range(1, len(reader.xref[0]) + 1):
                    found = pypdf.generic.IndirectObject(number, 0, reader).get_object()
                    if isinstance(found, pypdf.generic.StreamObject):
                        yield f"{path.name} stream", found.get_data().decode("latin-1")


def test_the_search_finds_a_number_in_any_spelling() -> None:
    number = next(iter(NUMBERS))
    for form in FORMS.values():
        assert told_numbers(form(number)) == [number]
    assert told_numbers("123456789018") == []


def test_no_full_number_is_found_in_any_output_or_message(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    path = write_job(tmp_path / "job", ROWS, pieces_per_batch=2)
    process = renderer("run", path, "--workers", "1", "--json", env={"TMPDIR": str(temporary)})
    code, out, err = ended(process)
    assert code == ExitCode.SOME_HELD
    assert told_numbers(out) == told_numbers(err) == []
    job = load_job(path)
    assert len(manifest(job.folder)) >= 4
    found = {name: told_numbers(text) for name, text in everything_in(job.outbox)}
    assert {name: numbers for name, numbers in found.items() if numbers} == {}
    assert any(name.endswith("read") for name in found)
    assert {name: told_numbers(text) for name, text in everything_in(temporary)} == {}


@pytest.mark.parametrize(("fixture", "verb"), [("notice", "validate"), ("certificate", "print"), ("notice", "verify")])
def test_no_full_number_is_found_while_a_run_works_nor_in_what_it_leaves_when_it_fails(
    tmp_path: Path, fixture: str, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    job = load_job(write_job(tmp_path / "job", ROWS, fixture=fixture, pieces_per_batch=2))
    seen: dict[str, list[str]] = {}

    def look() -> None:
        for folder in (job.outbox, temporary):
            for name, text in everything_in(folder):
                seen.setdefault(name, []).extend(told_numbers(text))

    def watch(said: str, _: int, __: int | None) -> None:
        look()
        if said == verb:
            raise Stopped

    with pytest.raises(Stopped) as stopped:
        mailing_job.run(job, workers=1, make_workers=AtOnce, progress=watch)
    look()
    assert not job.folder.exists()
    assert "members.sqlite" in seen
    assert {name: numbers for name, numbers in seen.items() if numbers} == {}
    if verb != "validate":  # while rows are read, they are in the frames that read them
        assert [told for text in texts_of(stopped.value) for told in told_numbers(text)] == []


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_no_full_number_is_found_in_what_a_refused_file_leaves(tmp_path: Path, name: str) -> None:
    number = sorted(NUMBERS)[0]
    encoding = "utf-16-le" if name == "utf16.csv" else "utf-8"
    bad = tmp_path / name
    bad.write_bytes((BAD / name).read_bytes() + "".join(f"\nZ{n},{number},{number}" for n in range(3)).encode(encoding))
    job = load_job(write_job(tmp_path, []), sources=(bad,))
    try:
        mailing_job.run(job, workers=1, make_workers=AtOnce)
    except BadJob as refused:
        said = list(texts_of(refused))
    else:
        said = []
    said += [found for _, found in everything_in(job.outbox)]
    assert said
    assert not [found for found in said if number in found]


def test_names_and_addresses_are_found_in_print_files_only() -> None:
    for fixture in ("notice", "hard-notice"):
        job, _ = demo(fixture)
        words = {row[column] for row in rows_of(job.sources[0]) for column in ("氏名", "フリガナ", "住所", "方書")} - {
            ""
        }
        for path in job.folder.iterdir():
            if path.suffix != ".pdf":
                text = path.read_text("utf-8")
                assert [word for word in words if len(word) > 3 and word in text] == [], path.name
