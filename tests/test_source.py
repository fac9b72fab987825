"""The member file is read a second time, by other rules in other words, and every printed page is held against it."""

from __future__ import annotations

import atexit
import csv
import io
import itertools
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from leaks import texts_of
from test_imports import MODULES, ours
from test_postal import VECTORS, symbols_of
from trial_runs import DEMO, FIXTURES, demo, rows_of, trial, write_job, write_members

from renderer.documents.document import HEADER, Content
from renderer.documents.eras import format_wareki
from renderer.documents.postal import address_number, join
from renderer.intake.homes import is_one_home, place_of_home
from renderer.intake.jobfile import load_job
from renderer.intake.members import validate
from renderer.intake.rows import Row, read_rows
from renderer.intake.store import VARIANTS, Store, coded, without_variants
from renderer.layout.load import layout_of
from renderer.mailing.pieces import gather, read_chunk, write_chunk
from renderer.mailing.sheets import Sheet, content_alone, needs_of, sheets_of
from renderer.model.errors import BadBatch
from renderer.model.findings import Finding, Held, Weight
from renderer.model.insurer import DayOfYear, Expiry, FixedDay, HalfYearly, Months, Rule
from renderer.model.job import Addressee, Apart, Envelope, Incomplete, Job, MailingRules, Route
from renderer.press.press import PrintFile
from renderer.proof import complete
from renderer.proof.cells import day, last_four, wareki, wide_kana
from renderer.proof.complete import PrintedPiece, in_order, prove_complete, prove_released
from renderer.proof.envelopes import goes_along, insured_of, is_in_address
from renderer.proof.placing import Beginning, ExpectedPage, differing_slot
from renderer.proof.readback import opened_again
from renderer.proof.restated import COLUMNS, expiry, is_from_70_to_74, told
from renderer.proof.source import SecondReader, SourceSheet, divided, second_reader
from renderer.proof.source_index import write_index
from renderer.proof.verify import expected_pages, font_files, verify
from renderer.running import printing
from renderer.running.bench import Bench
from renderer.running.manifest import printed_pieces, read_manifest

NOTICE, CERTIFICATE = (load_job(FIXTURES / f"{name}.toml") for name in ("notice", "certificate"))
INSURED: dict[str, str] = dict.fromkeys(HEADER, "") | {
    "整理番号": "S1", "記号": "１１６", "番号": "4207", "枝番": "0", "本人家族": "本人", "氏名": "渡邉\U000e010f　髙志",
    "フリガナ": "ﾜﾀﾅﾍﾞ　ﾀｶｼ", "性別": "男", "生年月日": "S30.6.7", "資格取得年月日": "平成25年5月29日",
    "登録年月日": "2013-06-01", "個人番号": "********5158", "郵便番号": "８０６－００４３",
    "住所": "架空県架空市青山3-8-20", "方書": "見本ハイツ1003号室", "事業所名": "架空電機株式会社", "負担割合": "2",
    "発効期日": "2025-08-01", "限度額区分": "一般", "資格喪失予定年月日": "R9.5.29", "備考": "備考の一行",
}  # fmt: skip
DEPENDANT = INSURED | {
    "整理番号": "S2", "枝番": "1", "本人家族": "家族", "氏名": "渡邉\U000e010f　辻子", "フリガナ": "ワタナベ　ツジコ",
    "性別": "女", "生年月日": "1989-01-08", "資格取得年月日": "", "認定年月日": "令和元年5月1日",
    "被保険者氏名": "渡邉\U000e010f　髙志", "個人番号": "0472", "負担割合": "", "発効期日": "", "限度額区分": "ウ",
    "備考": "",
}  # fmt: skip
STRANGER = DEPENDANT | {
    "整理番号": "S3", "記号": "", "番号": "99", "枝番": "", "本人家族": "本人", "氏名": "別名　太郎", "フリガナ": "",
    "性別": "", "資格取得年月日": "20200401", "認定年月日": "", "被保険者氏名": "", "個人番号": "1111",
    "郵便番号": "1000001", "住所": "架空県別市1-1-1", "方書": "", "事業所名": "", "限度額区分": "",
    "資格喪失予定年月日": "", "備考": "別の備考",
}  # fmt: skip


# What it is made of.


PARTS = [
    "source",
    "source_file",
    "source_index",
    "source_map",
    "complete",
    "restated",
    "second",
    "envelopes",
    "unfit",
    "cells",
]


@pytest.mark.parametrize("part", PARTS)
def test_the_second_reader_shares_nothing_with_the_first(part: str) -> None:
    reached, wanted = set[str](), {f"proof.{part}"}
    while wanted:
        reached |= wanted
        wanted = {name for part in wanted for name in ours(MODULES[part].read_text("utf-8"))} - reached
    assert {name.split(".")[0] for name in reached} <= {"proof", "model"}
    assert not reached & {"model.member", "model.widths"}


# Every page of what runs print.


@contextmanager
def reading(job: Job, folder: Path) -> Iterator[SecondReader]:
    index = folder / "index"
    write_index(job, index)
    with second_reader(job, index) as second:
        yield second


def differences(job: Job, folder: Path) -> list[str]:
    """The slots of every page delivered that do not say what the member file says, and pages that were not asked."""
    bench, found = Bench(job, layout_of(job)), []
    plates = {plate.variant: plate for plate in map(bench.find_plate, bench.layout.variants()) if plate}
    with reading(job, folder) as second:
        for manifest in sorted(job.folder.glob("batch-*.json")):
            _, entries = read_manifest(manifest)
            with opened_again(manifest.with_suffix(".pdf")) as file:
                pages = list(file.pages())
            for number, entry in enumerate(entries, 1):
                piece = [other.record for other in entries if other.sequence == entry.sequence]
                sheet = next(second.pieces([piece], number - entry.sheet + 1))[entry.sheet - 1]
                variant = tuple((fact, value) for fact, value in (pair.split("=") for pair in entry.variant.split()))
                plate, values = plates[variant], sheet.values(variant, "")
                for page, marks in zip(plate.pages, pages[entry.page_from - 1 : entry.page_to], strict=True):
                    found.append(differing_slot(marks, ExpectedPage(entry.record, plate, page, values)))
    return found


@pytest.mark.parametrize("fixture", ["notice", "certificate", "hard-notice", "hard-certificate"])
def test_every_page_of_the_examples_says_what_the_second_reader_reads(fixture: str, tmp_path: Path) -> None:
    job, report = demo(fixture)
    found = differences(job, tmp_path)
    assert len(found) == sum(file.pages for file in report.files) > 0
    assert set(found) == {""}


@pytest.mark.parametrize("fixture", ["notice", "certificate"])
@pytest.mark.parametrize("mailing", [
    {"envelope": "household", "route": "workplace", "inserter_marks": "qr", "customer_barcode": True},
    {"envelope": "household", "route": "home", "inserter_marks": "omr", "order": []},
    {"envelope": "member", "route": "workplace"},
])  # fmt: skip
def test_every_page_of_every_way_to_mail_says_it_too(fixture: str, mailing: dict[str, Any], tmp_path: Path) -> None:
    orphans = [row for row in rows_of(DEMO) if row["本人家族"] == "家族"][::7]
    strays = [row | {"整理番号": f"Z{n}", "番号": f"{7000 + n}"} for n, row in enumerate(orphans)]
    job, report = trial(tmp_path, [*rows_of(DEMO)[:60], *strays], fixture=fixture, **mailing)
    found = differences(job, tmp_path)
    assert len(found) == sum(file.pages for file in report.files)
    assert set(found) == {""}


# Reading.


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_row_is_read_in_every_encoding_with_its_line(tmp_path: Path, encoding: str, end: str) -> None:
    row = STRANGER | {"氏名": "髙﨑　花", "備考": f'"一行,目"{end}二行目'}
    path = write_members(tmp_path / "m.csv", [STRANGER | {"整理番号": "S0"}, row, STRANGER | {"整理番号": "S9"}])
    text = path.read_bytes().decode().replace("\r\n", "\n").replace("\n", end).replace("\r\r", "\r")
    path.write_bytes((end + text.replace(f"{end}S1", f"{end}{end}S1")).removeprefix(end).encode(encoding))
    with reading(replace(NOTICE, sources=(path,)), tmp_path) as second:
        found, last = second.row("S3"), second.row("S9")
    assert found.place == 3
    assert (found.cells["氏名"], found.cells["備考"]) == ("髙﨑　花", row["備考"])
    assert last.place == 5


def test_a_user_defined_character_of_cp932_is_read_as_its_own(tmp_path: Path) -> None:
    path = write_members(tmp_path / "m.csv", [STRANGER | {"氏名": "*　花"}])
    path.write_bytes(path.read_text("utf-8").encode("cp932").replace(b"*", b"\xf0\x40"))
    with reading(replace(NOTICE, sources=(path,)), tmp_path) as second:
        assert second.row("S3").cells["氏名"] == "\ue000　花"


def test_a_column_map_with_a_byte_order_mark_is_read_as_intake_reads_it(tmp_path: Path) -> None:
    columns = tmp_path / "columns.toml"
    columns.write_text('[file]\nencoding = "utf-8"\n', "utf-8-sig")
    with reading(
        replace(NOTICE, sources=(write_members(tmp_path / "m.csv", [STRANGER]),), columns=columns), tmp_path
    ) as it:
        assert it.row("S3").place == 2


def test_other_headers_are_read_by_the_column_map_and_named_as_the_file_names_them(tmp_path: Path) -> None:
    path = write_members(tmp_path / "m.csv", [STRANGER])
    path.write_bytes(path.read_text("utf-8").replace("フリガナ", "カナ氏名", 1).encode("cp932"))
    columns = tmp_path / "columns.toml"
    columns.write_text('[file]\nencoding = "cp932"\n[columns]\n"フリガナ" = "カナ氏名"\n', "utf-8")
    with reading(replace(NOTICE, sources=(path,), columns=columns), tmp_path) as second:
        (sheet,) = next(second.pieces([["S3"]], 1))
    assert sheet.origin("kana") == "line 2 of the member file, カナ氏名"


def test_twelve_digits_of_a_my_number_are_not_kept(tmp_path: Path) -> None:
    path = write_members(tmp_path / "m.csv", [STRANGER | {"個人番号": "1234 5678 9018"}])
    with reading(replace(NOTICE, sources=(path,)), tmp_path) as second:
        (sheet,) = next(second.pieces([["S3"]], 1))
    assert (sheet.row.cells["個人番号"], sheet.told.values["my_number"]) == ("9018", "********9018")
    assert not any(text in repr(sheet.row) for text in ("別名", "9018"))


@pytest.mark.parametrize("text", ["", "\n", '整理番号,"氏名\n', "番号\n1\n"])
def test_a_file_that_cannot_be_read_again_is_told_without_what_stands_in_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "m.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(BadBatch, match=r"m\.csv cannot be read a second time"):
        write_index(replace(NOTICE, sources=(path,)), tmp_path / "index")


def test_what_does_not_decode_is_told_without_what_stands_before_it(tmp_path: Path) -> None:
    path = write_members(tmp_path / "m.csv", [STRANGER])
    path.write_bytes(path.read_bytes() + b"\x81")
    with pytest.raises(BadBatch) as raised:
        write_index(replace(NOTICE, sources=(path,)), tmp_path / "index")
    assert not any("別名" in text or "別市" in text for text in texts_of(raised.value))


def test_all_rows_of_a_long_file_are_found_where_they_are(tmp_path: Path) -> None:
    rows = [STRANGER | {"整理番号": f"N{n}", "番号": str(n)} for n in range(3000)]
    path = write_members(tmp_path / "m.csv", rows)
    with reading(replace(NOTICE, sources=(path,)), tmp_path) as second:
        found = [second.row(f"N{n}") for n in range(3000)]
    assert [(row.place, row.cells["番号"]) for row in found] == [(n + 2, str(n)) for n in range(3000)]


# The second statement of the rules, beside the first.


def said(job: Job, row: Mapping[str, str]) -> Content:
    """What the run would print."""
    return content_alone(job, validate(Row(2, dict(row)), needs=needs_of(job)))


def assert_both_say_the_same(job: Job, row: Mapping[str, str]) -> None:
    try:
        first = said(job, row)
    except Held:
        assume(False)
    cells = row | {"個人番号": last_four(row["個人番号"])}
    second = told(job.document, job, cells, cells, 1, 1, 0)
    placed = set(layout_of(job).file.slots) - {"customer_barcode", "sheet_of"}
    for slot in placed:
        assert second.values[slot] == first.values[slot], slot
    assert {fact: second.facts[fact] for fact, _ in first.variant} == dict(first.variant)


ERAS = (
    ("令和", "R", 5, date(2019, 5, 1)),
    ("平成", "H", 4, date(1989, 1, 8)),
    ("昭和", "S", 3, date(1926, 12, 25)),
    ("大正", "T", 2, date(1912, 7, 30)),
    ("明治", "M", 1, date(1868, 1, 25)),
)


def forms(on: date) -> list[str]:
    """The ways in which a member file may write a day."""
    era, letter, number, first = next(one for one in ERAS if on >= one[3])
    year, words = on.year - first.year + 1, f"{on.month}月{on.day}日"
    in_words = f"{era}{'元' if year == 1 else year}年{words}"
    western = [f"{on}", f"{on:%Y%m%d}", f"{on:%Y/%m/%d}", f"{on.year}.{on.month}.{on.day}", f"{on.year}年{words}"]
    eras = [in_words, f"{letter}{year}.{on.month}.{on.day}", f"{letter}{year:02}/{on:%m/%d}"]
    wide = in_words.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    together = [f"{sign}{year:02}{on:%m%d}" for sign in (number, letter, in_words[:2], in_words[:1])]
    moments = [f"{on.year}/{on.month}/{on.day} 0:00", f"{on}T00:00:00", f"{in_words}　００：００"]
    return [*western, *eras, wide, in_words.replace("年", "年 "), *together, *moments]


days = st.dates(date(1873, 1, 1), date(2026, 11, 23))


@given(on=days, form=st.integers(0, 16))
@example(on=date(2019, 5, 1), form=5)
@example(on=date(1912, 7, 30), form=0)
def test_a_day_in_any_form_is_written_as_the_first_statement_writes_it(on: date, form: int) -> None:
    cell = forms(on)[form]
    assert day(cell) == on
    assert wareki(on) == format_wareki(on)
    assert_both_say_the_same(CERTIFICATE, STRANGER | {"生年月日": cell, "資格取得年月日": str(date(2026, 11, 23))})


@pytest.mark.parametrize(
    ("cell", "on"),
    [
        ("H31.5.1", date(2019, 5, 1)), ("S64.1.8", date(1989, 1, 8)), ("T15.12.25", date(1926, 12, 25)),
        ("M45.7.30", date(1912, 7, 30)), ("㋿6.12.2", date(2024, 12, 2)), ("", None), ("2026-02-30", None),
        ("不明", None),
    ],
)  # fmt: skip
def test_a_day_in_an_era_that_had_ended_is_the_day_it_must_mean(cell: str, on: date | None) -> None:
    assert day(cell) == on


@pytest.mark.parametrize("envelope", ["member", "household"])
def test_what_fills_a_code_up_is_none_of_it(tmp_path: Path, envelope: str) -> None:
    codes = ("本人家族", "性別", "負担割合", "限度額区分")
    rows = rows_of(DEMO)[:12]
    filled = [row | {column: f" {row[column]}　 " for column in codes} for row in rows]
    printed = []
    for name, people in (("plain", rows), ("filled", filled)):
        job, report = trial(tmp_path / name, people, fixture="certificate", envelope=envelope)
        printed.append([(job.folder / file.name).read_bytes() for file in report.files])
        assert report.printed == len(rows)
    assert printed[0] == printed[1]


MONTH_DAYS = st.dates(date(2025, 1, 1), date(2025, 12, 31)).map(lambda on: (on.month, on.day))
RULES = st.one_of(
    st.builds(HalfYearly, st.tuples(MONTH_DAYS, MONTH_DAYS), st.booleans()),
    st.builds(HalfYearly, boundary_day=st.booleans()),
    st.builds(DayOfYear, MONTH_DAYS, st.booleans()),
    st.builds(Months, st.integers(1, 60)),
    st.builds(FixedDay, st.dates(date(2027, 1, 1), date(2027, 6, 30))),
)


@given(
    rule=RULES,
    keeps_75=st.booleans(),
    issued_on=st.dates(date(2024, 12, 2), date(2026, 12, 31)),
    born_on=st.dates(date(1948, 1, 1), date(1957, 12, 31)),
    lasts=st.none() | st.integers(1, 800),
)
@example(HalfYearly(), False, date(2026, 6, 1), date(1990, 1, 1), None)
@example(HalfYearly(boundary_day=False), False, date(2026, 12, 1), date(1990, 1, 1), None)
@example(HalfYearly(boundary_day=False), False, date(2025, 12, 1), date(1990, 1, 1), None)
@example(HalfYearly(((8, 1), (2, 1)), False), False, date(2026, 2, 1), date(1990, 1, 1), 1)
@example(Months(1), False, date(2026, 1, 31), date(1990, 1, 1), None)
@example(Months(24), False, date(2026, 1, 1), date(1952, 2, 29), None)
@example(Months(12), False, date(2026, 2, 28), date(1951, 3, 1), None)
@example(Months(12), False, date(2026, 3, 1), date(1951, 3, 1), None)
def test_both_statements_end_a_certificate_on_the_same_day(
    rule: Rule, keeps_75: bool, issued_on: date, born_on: date, lasts: int | None
) -> None:
    insurer = replace(CERTIFICATE.insurer, prints_ratio=False, expiry=Expiry(rule, keeps_75))
    job = replace(CERTIFICATE, issued_on=issued_on, insurer=insurer)
    loss = "" if lasts is None else str(issued_on + timedelta(lasts))
    row = {"生年月日": str(born_on), "資格取得年月日": "2020-04-01", "資格喪失予定年月日": loss}
    assert_both_say_the_same(job, STRANGER | row)


@pytest.mark.parametrize(
    ("issued_on", "ends"),
    [
        ("2024-12-10", "2025-12-01"), ("2025-12-01", "2025-12-01"), ("2025-12-02", "2026-06-01"),
        ("2026-06-01", "2026-06-01"), ("2026-06-02", "2026-12-01"), ("2026-12-02", "2027-06-01"),
    ],
)  # fmt: skip
def test_a_certificate_ends_as_the_guide_says(issued_on: str, ends: str) -> None:
    assert str(expiry(HalfYearly(), date.fromisoformat(issued_on))) == ends


@given(
    born_on=st.dates(date(1940, 1, 1), date(1960, 12, 31)),
    issued_on=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    given_ratio=st.sampled_from(["", "2割", "３"]),
    prints=st.booleans(),
)
@example(born_on=date(1956, 11, 1), issued_on=date(2026, 11, 1), given_ratio="", prints=True)
def test_both_statements_ask_for_the_ratio_of_the_same_people(
    born_on: date, issued_on: date, given_ratio: str, prints: bool
) -> None:
    job = replace(NOTICE, issued_on=issued_on, insurer=replace(NOTICE.insurer, prints_ratio=prints))
    row = STRANGER | {"生年月日": str(born_on), "負担割合": given_ratio, "登録年月日": ""}
    assert_both_say_the_same(job, row)
    if prints and not given_ratio:
        with_age = is_from_70_to_74(born_on, issued_on)
        held = raised(lambda: said(job, row))
        assert with_age == held


def raised(action: Callable[[], object]) -> bool:
    try:
        action()
    except Held as held:
        return "ratio-missing" in {finding.code for finding in held.findings}
    return False


@given(
    number=st.sampled_from(
        ["", " ", "1234", "********5678", "＊＊＊＊＊＊＊＊５６７８", "123456789018", "1234 5678 9018"]
    ),
    registered_on=st.one_of(st.just(""), st.dates(date(2020, 1, 1), date(2026, 11, 23)).map(str)),
    until=st.sampled_from([date(2024, 9, 17), date(2020, 1, 1)]),
)
@example(number="1234", registered_on="2024-09-17", until=date(2024, 9, 17))
@example(number="1234", registered_on="2024-09-18", until=date(2024, 9, 17))
def test_both_statements_show_the_same_of_a_my_number(number: str, registered_on: str, until: date) -> None:
    job = replace(NOTICE, insurer=replace(NOTICE.insurer, prints_my_number_until=until))
    assert_both_say_the_same(job, STRANGER | {"個人番号": number, "登録年月日": registered_on})


@given(
    kana=st.text("ｱｲｶﾀﾊﾔｯｬｰ･アッャー・　 Aaē", max_size=8).flatmap(
        lambda text: st.sampled_from(
            [text, text + "ｶﾞ", "ﾊﾟ" + text, "ｳﾞ" + text, "か\u3099" + text, text + "ハ゜", "e\u0304" + text]
        )
    ),
    padding=st.sampled_from(["", " ", "　", " 　"]),
    symbol=st.text("１2－-Ａb甲　 ", max_size=6),
    branch=st.sampled_from(["", "1", "１", "02", "１２"]),
    postal_code=st.sampled_from(["1000001", "100-0001", "１００－０００１", "１０００００１"]),
    building=st.sampled_from(["", "　", "見本棟　2"]),
    sex=st.sampled_from(["", "男", "裏面参照"]),
    limit=st.sampled_from(["", "ア", "現役並みⅢ"]),
    loss=st.sampled_from(["", "R9.1.1"]),
    relation=st.sampled_from(["本人", "家族"]),
    route=st.sampled_from(Route),
    certificate=st.booleans(),
)
def test_both_statements_say_the_same_of_everything_else(
    kana: str, padding: str, symbol: str, branch: str, postal_code: str, building: str, sex: str, limit: str,
    loss: str, relation: str, route: Route, certificate: bool,
) -> None:  # fmt: skip
    job = CERTIFICATE if certificate else NOTICE
    job = replace(job, mailing=replace(job.mailing, route=route))
    row = (STRANGER if relation == "本人" else DEPENDANT) | {
        "フリガナ": kana, "記号": symbol, "枝番": branch, "郵便番号": postal_code, "方書": building, "性別": sex,
        "限度額区分": limit, "資格喪失予定年月日": loss, "事業所名": "架空電機株式会社",
    }  # fmt: skip
    texts = ("氏名", "被保険者氏名", "住所", "方書", "事業所名", "備考", "番号", "記号", "フリガナ")
    assert_both_say_the_same(job, row | {column: padding + row[column] + padding for column in texts})


TO = {"送付先氏名": "", "送付先郵便番号": "５３０-０００１", "送付先住所": " 架空府別市1-1", "送付先方書": "見本棟 "}
HOUSEHOLDS: dict[str, list[dict[str, str]]] = {
    "who live together": [INSURED, DEPENDANT],
    "one of whom lives elsewhere": [INSURED, DEPENDANT | {"住所": "架空県別市2-2"}, DEPENDANT | {"整理番号": "S4"}],
    "whose 本人 has no row": [DEPENDANT, DEPENDANT | {"整理番号": "S4", "枝番": "2"}],
    "of one dependant": [DEPENDANT],
    "whose 本人 is a 任意継続": [INSURED | {"資格喪失予定年月日": "R9.5.29"}, DEPENDANT],
    "with a 送付先": [INSURED | TO, DEPENDANT],
    "whose dependants have a 送付先": [
        INSURED,
        DEPENDANT | TO,
        DEPENDANT | TO | {"整理番号": "S4"},
        DEPENDANT | {"整理番号": "S5"},
        DEPENDANT | {"整理番号": "S6", "送付先氏名": "後見　花子"},
    ],
    "whose dependants have two like 送付先": [
        INSURED,
        DEPENDANT | TO | {"送付先住所": "架空府別市1-12"},
        DEPENDANT | TO | {"整理番号": "S4", "送付先住所": "架空府別市11-2"},
    ],
    "with one 後見人 in two homes": [
        INSURED,
        DEPENDANT | {"送付先氏名": "後見　花子"},
        DEPENDANT | {"整理番号": "S4", "送付先氏名": "後見　花子", "住所": "架空県別市2-2"},
    ],
    "of one in service": [INSURED | {"資格喪失予定年月日": ""}],
}


@pytest.mark.parametrize("rows", HOUSEHOLDS.values(), ids=HOUSEHOLDS)
@pytest.mark.parametrize("envelope", Envelope)
@pytest.mark.parametrize("apart", Apart)
@pytest.mark.parametrize("addressee", Addressee)
@pytest.mark.parametrize("marks", ["omr", "qr"])
def test_both_statements_write_to_the_same_people_at_the_same_places(
    rows: list[dict[str, str]], envelope: Envelope, apart: Apart, addressee: Addressee, marks: str, tmp_path: Path
) -> None:
    mailing = replace(
        NOTICE.mailing, envelope=envelope, apart=apart, addressee=addressee, route=Route.WORKPLACE,
        inserter_marks="omr" if marks == "omr" else "qr", customer_barcode=True,
    )  # fmt: skip
    job = replace(NOTICE, mailing=mailing, sources=(write_members(tmp_path / "m.csv", rows),))
    members = [validate(row, needs=needs_of(job)) for row in read_rows(job.sources[0])]
    number = 1
    with Store.create(tmp_path / "store", job.issued_on) as store, reading(job, tmp_path) as second:
        store.add(coded(member, (), is_tried=True) for member in members)
        store.settle(())
        gather(store, mailing)
        pieces = list(read_chunk(write_chunk(store, 1, len(rows)), mailing))
        assert pieces
        for piece in pieces:
            sheets = list(sheets_of(job, piece, number))
            for sheet, source in zip(
                sheets, next(second.pieces([[one.record for one in sheets]], number)), strict=True
            ):
                first = sheet.content.values
                values = source.values(sheet.content.variant, first["customer_barcode"])
                on_envelope = ("postal_code", "address", "address_block", "workplace", "addressee", "sheet_of")
                for slot in (*on_envelope, "inserter_omr", "inserter_qr", "record", "name"):
                    assert values[slot] == first[slot], slot
            number += len(sheets)


AT_HOME = dict.fromkeys(HEADER, "")
ALONE, TOGETHER = MailingRules(), MailingRules(envelope=Envelope.HOUSEHOLD)
OWN = replace(TOGETHER, apart=Apart.OWN_ENVELOPE)
NUMBERS = st.lists(st.integers(1, 2100), min_size=1, max_size=3)


def kanji(number: int) -> str:
    """A number as it is written with 十, 百 and 千."""
    written = ""
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        count, number = divmod(number, unit)
        written += ("" if count == 1 and sign else "〇一二三四五六七八九"[count]) + sign if count else ""
    return written


@pytest.mark.parametrize("building", ["見本ビル1・2号室", "見本ビル1/2号室", "見本ビル１．２号室", "見本ビル1&2号室"])
def test_signs_that_bars_take_no_notice_of_part_no_number(building: str) -> None:
    row = AT_HOME | {"郵便番号": "8060043", "住所": "福岡県北九州市八幡西区青山3-8", "方書": building}
    assert is_in_address(join("8060043", address_number("3-8\n" + building)), row)


@given(numbers=NUMBERS, form=st.sampled_from(["-", "−", "の", "丁目", "kanji"]), flat=st.integers(0, 9))
@example(numbers=[1234, 5678, 9012], form="-", flat=3)
@example(numbers=[11, 3, 2011], form="kanji", flat=0)
def test_the_bars_of_an_address_are_of_it_and_those_of_other_numbers_are_not(
    numbers: list[int], form: str, flat: int
) -> None:
    joined = f"{form}".join(map(str, numbers))
    if form == "kanji":
        joined = "".join(kanji(number) + unit for number, unit in zip(numbers, ("丁目", "番", "号"), strict=False))
    row = AT_HOME | {
        "郵便番号": "8060043",
        "住所": f"福岡県北九州市八幡西区青山{joined}",
        "方書": f"B棟{flat}０１" if flat else "",
    }
    bars = join("8060043", address_number(joined + row["方書"]))
    assert is_in_address(bars, row)
    assert not is_in_address("8060044" + bars[7:], row)
    for wrong in ([9999], [9999, *numbers], [numbers[0], 9999]):
        assert not is_in_address(join("8060043", "-".join(map(str, wrong))), row)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["zip"])
def test_the_bars_of_the_official_examples_are_of_their_addresses(vector: dict[str, str]) -> None:
    row = AT_HOME | {"郵便番号": vector["zip"], "住所": vector["address_A"] + vector["address_B"]}
    assert is_in_address(symbols_of(vector), row)


def test_both_statements_widen_every_kana_of_half_width_alike() -> None:
    compared = 0
    for kana in map(chr, range(0xFF66, 0xFF9E)):
        for mark in ("", "ﾞ", "ﾟ"):
            row = STRANGER | {"フリガナ": f"ア{kana}{mark}"}
            try:
                assert said(NOTICE, row).values["kana"] == wide_kana(row["フリガナ"])
            except Held:
                continue
            compared += 1
    assert compared >= 81  # each alone, and those that take a mark


# What was printed otherwise.


@dataclass
class Printed:
    """A household and a stranger, as they were printed; a fault changes what was."""

    sheets: list[SourceSheet]
    values: list[dict[str, str]]
    variants: list[dict[str, str]]


Fault = Callable[[Printed], None]


def says(slot: str, text: str, sheet: int = 0) -> Fault:
    def fault(printed: Printed) -> None:
        assert printed.values[sheet][slot] != text
        printed.values[sheet][slot] = text

    return fault


def replaced(slot: str, old: str, new: str, sheet: int = 0) -> Fault:
    def fault(printed: Printed) -> None:
        assert old in printed.values[sheet][slot]
        printed.values[sheet][slot] = printed.values[sheet][slot].replace(old, new)

    return fault


def of_neighbour(*slots: str, sheet: int = 0, other: int = 2) -> Fault:
    def fault(printed: Printed) -> None:
        for slot in slots:
            assert printed.values[sheet][slot] != printed.values[other][slot]
            printed.values[sheet][slot] = printed.values[other][slot]

    return fault


def exchanged(one: str, two: str, sheet: int = 0) -> Fault:
    def fault(printed: Printed) -> None:
        values = printed.values[sheet]
        values[one], values[two] = values[two], values[one]

    return fault


def a_day_late(slot: str, column: str) -> Fault:
    def fault(printed: Printed) -> None:
        on = day(printed.sheets[0].row.cells[column]) if column else expiry(HalfYearly(), CERTIFICATE.issued_on)
        assert on
        printed.values[0][slot] = wareki(on + timedelta(1))

    return fault


def building_as_workplace(printed: Printed) -> None:
    values, cells = printed.values[0], printed.sheets[0].row.cells
    values["address_block"] = values["address_block"].replace(cells["方書"], cells["事業所名"])
    values["workplace"] = cells["方書"]


def other_fact(fact: str, value: str, sheet: int = 0) -> Fault:
    def fault(printed: Printed) -> None:
        assert printed.variants[sheet][fact] != value
        printed.variants[sheet][fact] = value

    return fault


FAULTS: dict[str, tuple[str, Fault, str, int]] = {
    "the neighbour's address": ("notice", of_neighbour("address_block"), "address_block", 2),
    "the neighbour's window": ("notice", of_neighbour("address_block", "addressee"), "address_block", 2),
    "another 〒": ("notice", replaced("address_block", "〒8", "〒7"), "address_block", 2),
    "the neighbour's name": ("notice", of_neighbour("name"), "name", 2),
    "another of the household in the window": ("notice", says("addressee", "渡邉\U000e010f　辻子　様"), "addressee", 2),
    "a dependant's own name in the window of their sheet": (
        "notice", says("addressee", "渡邉\U000e010f　辻子　様", 1), "addressee", 2,
    ),
    "no 様": ("notice", replaced("addressee", "　様", ""), "addressee", 2),
    "様 twice": ("notice", replaced("addressee", "様", "様　様"), "addressee", 2),
    "the neighbour's record number": ("notice", of_neighbour("record"), "record", 2),
    "a record number on the back alone": ("certificate", of_neighbour("record", sheet=1), "record", 3),
    "方書 and 事業所名 exchanged": ("notice", building_as_workplace, "address_block", 2),
    "方書 left out": ("notice", replaced("address_block", "\n見本ハイツ1003号室", ""), "address_block", 2),
    "the last character of the address cut": ("notice", replaced("address_block", "号室", "号"), "address_block", 2),
    "記号 and 番号 exchanged": ("notice", exchanged("symbol", "number"), "symbol", 2),
    "a 枝番 of one digit": ("notice", says("branch", "0"), "branch", 2),
    "the 枝番 of another of the household": ("notice", of_neighbour("branch", other=1), "branch", 2),
    "kana and name exchanged": ("notice", exchanged("kana", "name"), "kana", 2),
    "a kana without its mark": ("notice", replaced("kana", "ベ", "ヘ"), "kana", 2),
    "a selector lost": ("notice", replaced("name", "\U000e010f", ""), "name", 2),
    "a kanji like it": ("notice", replaced("name", "髙", "高"), "name", 2),
    "和暦 a year off": ("notice", replaced("born_on", "30", "31"), "born_on", 2),
    "a day late": ("notice", a_day_late("qualified_on", "資格取得年月日"), "qualified_on", 2),
    "the old era": ("notice", replaced("born_on", "平成元", "昭和64", 1), "born_on", 3),
    "1年 for 元年": ("notice", replaced("certified_on", "元", "1", 1), "certified_on", 3),
    "認定 as birth": ("notice", exchanged("born_on", "certified_on", 1), "born_on", 3),
    "the insured's own name for another's": ("notice", replaced("insured_name", "髙志", "辻子", 1), "insured_name", 3),
    "3割 for 2割": ("notice", says("ratio", "3割"), "ratio", 2),
    "another 発効期日": ("notice", a_day_late("ratio_from", "発効期日"), "ratio_from", 2),
    "other digits in the mask": ("notice", of_neighbour("my_number", other=1), "my_number", 2),
    "a digit more than four": ("notice", says("my_number", "*******15158"), "my_number", 2),
    "the place of another sheet": ("notice", says("sheet_of", "2/2"), "sheet_of", 2),
    "a hole for a dash": ("notice", says("kana", "", 2), "kana", 4),
    "a dash for a value": ("notice", says("symbol", "―", 1), "symbol", 3),
    "有効期限 a day late": ("certificate", a_day_late("expires_on", ""), "expires_on", 2),
    "有効期限 half a year late": ("certificate", says("expires_on", "令和9年6月1日"), "expires_on", 2),
    "another 性別": ("certificate", of_neighbour("sex", other=1), "sex", 2),
    "another 限度額区分": ("certificate", of_neighbour("limit_class", other=1), "limit_class", 2),
    "資格喪失 a day late": ("certificate", a_day_late("loses_on", "資格喪失予定年月日"), "loses_on", 2),
    "the neighbour's 備考": ("certificate", of_neighbour("remarks"), "remarks", 2),
    "備考 lost": ("certificate", says("remarks", ""), "remarks", 2),
    "a 本人's form for 家族": ("notice", other_fact("relation", "insured", 1), "relation", 3),
    "no My Number part": ("notice", other_fact("my_number", "absent"), "my_number", 2),
    "a form without 負担割合": ("notice", other_fact("ratio", "hidden"), "ratio", 2),
    "a form without 限度額区分": ("certificate", other_fact("limit", "hidden"), "limit", 2),
    "a form without 資格喪失": ("certificate", other_fact("loss", "hidden"), "loss", 2),
    "the bars of another 郵便番号": ("notice", says("customer_barcode", "10000013-8-20ddddddd"), "customer_barcode", 2),
    "the bars of another house": ("notice", says("customer_barcode", "80600433-8-21ddddddd"), "customer_barcode", 2),
}  # fmt: skip
"""What is wrong → the document, the fault, the slot or fact that is told, and the line of the row that decides it."""


@cache
def household(fixture: str) -> tuple[Bench, Printed]:
    """A household and a stranger as they must be printed, by household and by way of the workplace."""
    folder = Path(tempfile.mkdtemp(prefix="household-"))
    atexit.register(shutil.rmtree, folder)
    mailing = {"envelope": "household", "route": "workplace", "customer_barcode": True, "inserter_marks": "omr"}
    job = load_job(write_job(folder, [INSURED, DEPENDANT, STRANGER], fixture=fixture, **mailing))
    bench = Bench(job, layout_of(job))
    return bench, as_read(bench, job, folder)


def as_read(bench: Bench, job: Job, folder: Path) -> Printed:
    """Read these three as they must be printed."""
    facts = [fact for fact, _ in next(iter(bench.layout.variants()))]
    with reading(job, folder) as second:
        sheets = [*next(second.pieces([["S1", "S2"]], 1)), *next(second.pieces([["S3"]], 3))]
    values = [dict(sheet.values(sheet.told.facts.items(), "")) for sheet in sheets]
    return Printed(sheets, values, [{fact: sheet.told.facts[fact] for fact in facts} for sheet in sheets])


def prove(bench: Bench, right: Printed, fault: Fault, path: Path) -> None:
    """Print these sheets with a fault in them, and prove them as a run does."""
    wrong = Printed(right.sheets, [dict(values) for values in right.values], [dict(one) for one in right.variants])
    fault(wrong)
    variants = [tuple(variant.items()) for variant in wrong.variants]
    beginnings = [Beginning("S1", "1-"), None, Beginning("S3", "2-")]
    expected: list[ExpectedPage] = []
    for sheet, variant, values, begins in zip(wrong.sheets, variants, wrong.values, beginnings, strict=True):
        must_say = sheet.values(variant, values["customer_barcode"])
        record = sheet.row.cells["整理番号"]
        expected += expected_pages(bench.compile(variant), must_say, record, begins, sheet.origin)
    plates = [bench.compile(variant) for variant in variants]
    with PrintFile(path, plates, bench.ruler) as file:
        for plate, values, begins in zip(plates, wrong.values, beginnings, strict=True):
            if begins:
                file.begin_piece(begins.bookmark, begins.label)
            file.add_sheet(plate, values)
        file.finish("proof")
    verify(path, "proof", expected, font_files(None))


@pytest.mark.parametrize("fixture", ["notice", "certificate"])
def test_what_was_printed_rightly_is_proved(fixture: str, tmp_path: Path) -> None:
    prove(*household(fixture), lambda printed: None, tmp_path / "x.pdf")


@pytest.mark.parametrize("name", FAULTS)
def test_what_was_printed_otherwise_is_told_by_slot_line_and_column_and_never_by_value(
    name: str, tmp_path: Path
) -> None:
    fixture, fault, what, line = FAULTS[name]
    with pytest.raises(BadBatch) as found:
        prove(*household(fixture), fault, tmp_path / "x.pdf")
    told = str(found.value)
    where = ", ".join((f"line {line} of the member file", *COLUMNS.get(what, ())))
    assert re.search(rf"{what}(: | is not as ){where}", told), told
    for row in (INSURED, DEPENDANT, STRANGER):
        for column in ("氏名", "フリガナ", "住所", "方書", "事業所名", "備考", "番号"):
            assert not row[column] or row[column] not in told


@pytest.mark.parametrize("marks", ["1/2:2", "2/2:1", "1/1:1", ""])
def test_marks_of_another_sheet_are_told(marks: str, tmp_path: Path) -> None:
    with pytest.raises(BadBatch, match="page 1 is not as record S1 must be: its codes"):
        prove(*household("notice"), says("inserter_omr", marks), tmp_path / "x.pdf")


# Who is in which envelope, and who was printed at all.


@pytest.mark.parametrize(
    "piece", [["S1", "S2", "S3"], ["S1", "S3"], ["S2", "S1"]], ids=["a stranger", "another household", "not 本人 first"]
)
def test_a_piece_of_other_people_is_told_by_its_lines(piece: list[str], tmp_path: Path) -> None:
    bench, _ = household("notice")
    with reading(bench.job, tmp_path) as second, pytest.raises(BadBatch, match="do not belong into one envelope"):
        next(second.pieces([piece], 1))


FOR_ONE = DEPENDANT | {"整理番号": "S4", "枝番": "2", "送付先氏名": "後見　花子"}


@pytest.mark.parametrize("piece", [["S1", "S4"], ["S2", "S4"], ["S4", "S5"], ["S1", "S2", "S4"]])
def test_who_has_a_forwarding_address_is_told_in_the_envelope_of_others(piece: list[str], tmp_path: Path) -> None:
    """And who has none in that of one who has."""
    rows = [INSURED, DEPENDANT, FOR_ONE, DEPENDANT | {"整理番号": "S5", "枝番": "3"}]
    job = load_job(write_job(tmp_path, rows, envelope="household"))
    with reading(job, tmp_path) as second:
        assert next(second.pieces([["S1", "S2", "S5"]], 1))
        with pytest.raises(BadBatch, match="do not belong into one envelope"):
            next(second.pieces([piece], 1))


def test_who_lives_elsewhere_is_told_where_the_job_gives_them_an_envelope(tmp_path: Path) -> None:
    rows = [INSURED, DEPENDANT | {"住所": "架空県別市2-2"}]
    job = load_job(write_job(tmp_path, rows, envelope="household", apart="own-envelope"))
    with reading(job, tmp_path) as second, pytest.raises(BadBatch, match="do not belong into one envelope"):
        next(second.pieces([["S1", "S2"]], 1))


KITA = "北海道札幌市北区北二十四条西4丁目1-2"


@pytest.mark.parametrize(
    ("address", "other", "is_one"),
    [
        ("福岡県北九州市八幡西区青山三丁目8番20号", "北九州市八幡西区大字青山3-8-20", True),
        ("福岡県北九州市八幡西区青山三丁目8番20号", "福岡県北九州市八幡西区青山3-8-21", False),
        ("福岡県北九州市八幡西区青山3-8-20", "福岡県北九州市八幡西区青山8-20", True),  # that is for the first to tell
        ("福岡県北九州市八幡西区青山3-8-20", "福岡県北九州市八幡西区青山", False),
        (KITA, "札幌市北区北24条西4丁目1-2", True),
        (KITA, "札幌市北区北24条西4丁目1-3", False),
    ],
)
def test_one_home_written_in_two_ways_has_one_postal_code_and_the_same_numbers(
    address: str, other: str, is_one: bool, tmp_path: Path
) -> None:
    code, of_another = ("0010024", "0600001") if address == KITA else ("8060043", "8100001")
    home = {"郵便番号": code, "方書": ""}
    rows = [INSURED | home | {"住所": address}, DEPENDANT | home | {"住所": other}]
    job = load_job(write_job(tmp_path, rows, envelope="household", apart="own-envelope"))
    elsewhere = [rows[0], rows[1] | {"郵便番号": of_another}]
    other_job = load_job(write_job(tmp_path / "other", elsewhere, envelope="household", apart="own-envelope"))
    for its, may_be_one in ((job, is_one), (other_job, False)):
        with (
            reading(its, tmp_path) as second,
            nullcontext() if may_be_one else pytest.raises(BadBatch, match="do not belong into one envelope"),
        ):
            next(second.pieces([["S1", "S2"]], 1))


HOMES = st.tuples(
    st.sampled_from(["福岡県北九州市八幡西区青山", "北九州市 八幡西区大字青山", "青山"]),
    st.sampled_from(["{}-{}", "{}ー{}", "{}丁目{}", "{}番{}号", "{}番地の{}", "{}の{}号", "{}番地 {}", "{}{}"]),
    st.sampled_from([1, 2, 3, 12, 23, 31, "二", "十二", "二十三"]),
    st.sampled_from([1, 2, 3, 12, 23, 31, "三", "二三"]),
    st.sampled_from(["", "見本荘201", "201", "201号室", "字一ノ坪", "2番館"]),
    st.booleans(),
)


@given(one=HOMES, other=HOMES)
def test_what_is_one_home_when_envelopes_are_filled_is_one_when_they_are_proved(one: Any, other: Any) -> None:
    rows = []
    for town, manner, first, last, building, is_in_line in (one, other):
        address = town + manner.format(first, last)
        parts = (address + building, "") if is_in_line else (address, building)
        rows.append(dict(zip(("郵便番号", "住所", "方書"), ("8060043", *parts), strict=True)))
    if is_one_home(*(place_of_home(*row.values()) for row in rows)):
        assert goes_along(replace(NOTICE, mailing=OWN), *(row | NOWHERE for row in rows))


NOWHERE = dict.fromkeys(("本人家族", "送付先氏名", "送付先郵便番号", "送付先住所", "送付先方書"), "")


@pytest.mark.parametrize("pieces", [[["S1"], ["S2"]], [["S2"], ["S1"]]])
def test_only_who_lives_elsewhere_has_an_envelope_apart(pieces: list[list[str]], tmp_path: Path) -> None:
    for rows, is_right in (([INSURED, DEPENDANT | {"住所": "架空県別市2-2"}], True), ([INSURED, DEPENDANT], False)):
        job = replace(NOTICE, sources=(write_members(tmp_path / "m.csv", rows),), mailing=OWN)
        write_index(job, tmp_path / "index")
        if is_right:
            prove_complete(tmp_path / "index", OWN, pieces, set())
        else:
            prove_complete(tmp_path / "index", OWN, [["S1", "S2"]], set())
            with pytest.raises(BadBatch, match="the household of record S2 is in more than one envelope"):
                prove_complete(tmp_path / "index", OWN, pieces, set())


@pytest.mark.parametrize("mailing", [TOGETHER, OWN])
def test_a_household_that_names_two_insured_is_told_in_whatever_envelopes(
    mailing: MailingRules, tmp_path: Path
) -> None:
    rows = [INSURED, DEPENDANT | {"住所": "架空県別市2-2", "被保険者氏名": "別人　甲"}]
    job = replace(NOTICE, sources=(write_members(tmp_path / "m.csv", rows),), mailing=mailing)
    write_index(job, tmp_path / "index")
    with pytest.raises(BadBatch, match="the household of record S2 names two 被保険者"):
        prove_complete(tmp_path / "index", mailing, [["S1"], ["S2"]], set())


NAMES = st.text(st.sampled_from([*"".join(VARIANTS), *"山田太郎 　ＡﾊA\ufe00\U000e0101"]), max_size=5)


@given(one=NAMES, forms=st.lists(st.integers(0, 3), min_size=5, max_size=5))
def test_an_insured_who_is_one_where_households_are_gathered_is_one_where_they_are_proved(
    one: str, forms: list[int]
) -> None:
    def written(sign: str, form: int) -> str:
        group = next((group for group in VARIANTS if sign in group), sign)
        return group[form % len(group)]

    other = "".join(map(written, one, forms))
    assert without_variants(one) == without_variants(other)
    assert insured_of({"本人家族": "本人", "氏名": one}) == insured_of({"本人家族": "家族", "被保険者氏名": other})


def test_an_envelope_of_their_own_is_no_second_one_of_the_household(tmp_path: Path) -> None:
    job = replace(NOTICE, sources=(write_members(tmp_path / "m.csv", [INSURED, DEPENDANT, FOR_ONE]),), mailing=TOGETHER)
    write_index(job, tmp_path / "index")
    prove_complete(tmp_path / "index", TOGETHER, [["S1", "S2"], ["S4"]], set())


def test_two_people_in_the_envelope_of_one_are_told(tmp_path: Path) -> None:
    job = replace(NOTICE, sources=(write_members(tmp_path / "m.csv", [INSURED, DEPENDANT]),))
    with reading(job, tmp_path) as second, pytest.raises(BadBatch, match="lines 2, 3 of the member file"):
        next(second.pieces([["S1", "S2"]], 1))


OTHERS = {
    "two 本人": ({"整理番号": "S4", "本人家族": "本人", "枝番": "2", "氏名": "別人　甲"}, {}),
    "who names another": ({"整理番号": "S4", "枝番": "2", "被保険者氏名": "別人　甲"}, {}),
    "nobody's 家族 at two addresses": ({"整理番号": "S4", "枝番": "2", "住所": "架空県別市9"}, {"本人家族": "家族"}),
}


@pytest.mark.parametrize("name", OTHERS)
def test_rows_of_one_number_that_cannot_be_one_household_are_told(name: str, tmp_path: Path) -> None:
    row, head = OTHERS[name]
    since = {"資格取得年月日": "20200401", "認定年月日": "20200401"}
    rows = [INSURED | {"被保険者氏名": INSURED["氏名"]} | since | head, DEPENDANT | since | row]
    mailing = replace(NOTICE.mailing, envelope=Envelope.HOUSEHOLD)
    job = replace(NOTICE, sources=(write_members(tmp_path / "m.csv", rows),), mailing=mailing)
    with reading(job, tmp_path) as second, pytest.raises(BadBatch, match="do not belong into one envelope"):
        next(second.pieces([["S1", "S4"]], 1))


UNFIT: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "no relation": (INSURED, {"本人家族": "子"}, "relation-unknown 本人家族"),
    "no name": (INSURED, {"氏名": "\u3000 "}, "missing 氏名"),
    "no number": (INSURED, {"番号": ""}, "missing 番号"),
    "no address": (DEPENDANT, {"住所": ""}, "missing 住所"),
    "no 被保険者氏名": (DEPENDANT, {"被保険者氏名": ""}, "missing 被保険者氏名"),
    "no day of birth": (INSURED, {"生年月日": ""}, "missing 生年月日"),
    "no day since": (INSURED, {"資格取得年月日": ""}, "missing 資格取得年月日"),
    "born tomorrow": (INSURED, {"生年月日": "2026-11-24"}, "date-after-issue 生年月日"),
    "insured tomorrow": (INSURED, {"資格取得年月日": "R8.11.24"}, "date-after-issue 資格取得年月日"),
    "insured before birth": (INSURED, {"資格取得年月日": "S30.6.6"}, "date-before-birth 資格取得年月日"),
    "registered tomorrow": (DEPENDANT, {"登録年月日": "20261124"}, "date-after-issue 登録年月日"),
    "a day that is none": (DEPENDANT, {"認定年月日": "令和元年2月30日"}, "date-not-readable 認定年月日"),
    "a birth that is no day": (INSURED, {"生年月日": "S30.6.31"}, "date-not-readable 生年月日"),
    "lost the day of issue": (INSURED, {"資格喪失予定年月日": "R8.11.23"}, "qualification-lost 資格喪失予定年月日"),
    "of 75": (INSURED, {"生年月日": "1951-11-23"}, "aged-75-or-over 生年月日"),
    "a 個人番号 in the address": (INSURED, {"方書": "２３４５ ６７８９ ０１２４"}, "looks-like-my-number 方書"),
    "a 個人番号 in the remarks": (INSURED, {"備考": "番号234567890124"}, "looks-like-my-number 備考"),
    "a sign for a lost one": (INSURED, {"氏名": "渡〓　髙志"}, "lost-character 氏名"),
    "a question mark": (DEPENDANT, {"住所": "架空県架空市？山"}, "lost-character 住所"),
    "an error of a spreadsheet": (INSURED, {"方書": "#N/A"}, "placeholder 方書"),
    "a postal code of elsewhere": (INSURED, {"住所": "東京都中央区架空町1-2"}, "postal-code-not-of-address 住所"),
    "sent elsewhere": (
        INSURED,
        {"送付先郵便番号": "103-0021", "送付先住所": "福岡県北九州市八幡西区青山3-8-20"},
        "postal-code-not-of-address 送付先住所",
    ),
    "of 75 on a notice": (INSURED, {"生年月日": "1951-11-23"}, "aged-75-or-over 生年月日"),
    "lost before the notice": (INSURED, {"資格喪失予定年月日": "R8.11.23"}, "notice-after-loss 資格喪失予定年月日"),
}  # fmt: skip


def job_of(name: str) -> Job:
    return NOTICE if "notice" in name else CERTIFICATE


@pytest.mark.parametrize("name", UNFIT)
def test_a_row_that_may_not_be_printed_is_told_by_code_and_column(name: str, tmp_path: Path) -> None:
    row, change, told = UNFIT[name]
    code, column = told.split()
    source = write_members(tmp_path / "m.csv", [row, row | {"整理番号": "S9"} | change])
    job = replace(job_of(name), sources=(source,))
    with reading(job, tmp_path) as second:
        next(second.pieces([[row["整理番号"]]], 1))
        words = rf"record S9 is printed, and may not be: {code} \(line 3 of the member file, {column}\)"
        with pytest.raises(BadBatch, match=words):
            next(second.pieces([["S9"]], 1))


@pytest.mark.parametrize("name", UNFIT)
def test_intake_lets_through_nothing_that_the_second_reader_finds_unfit(name: str, tmp_path: Path) -> None:
    row, change, _ = UNFIT[name]
    (given,) = read_rows(write_members(tmp_path / "m.csv", [row | change]))
    said: list[Finding] = []
    with suppress(Held):
        validate(given, needs=needs_of(job_of(name)), note=said.append)
        assert Weight.DOUBT in {finding.weight for finding in said}


@pytest.mark.parametrize(
    ("name", "released", "is_free"),
    [
        ("a sign for a lost one", "S9,lost-character", True),
        ("a question mark", "S9,character-entity", True),
        ("an error of a spreadsheet", "S9,placeholder", True),
        ("of 75", "S9,aged-75-or-over", True),
        ("a postal code of elsewhere", "S9,postal-code-not-of-address", True),
        ("lost before the notice", "S9,notice-after-loss", True),
        ("of 75", "S9,lost-character", False),
        ("of 75", "S1,aged-75-or-over", False),
        ("born tomorrow", "S9,date-after-issue", False),
    ],
)
def test_what_a_release_names_may_be_printed_and_what_none_can_free_may_not(
    name: str, released: str, is_free: bool, tmp_path: Path
) -> None:
    row, change, _ = UNFIT[name]
    releases = tmp_path / "releases.csv"
    releases.write_text(f"整理番号,コード,照合値,担当者,理由\n{released},0123456789abcdef,検査,台帳\n", "utf-8")
    source = write_members(tmp_path / "m.csv", [row | {"整理番号": "S9"} | change])
    with (
        reading(replace(job_of(name), sources=(source,), releases=releases), tmp_path) as second,
        nullcontext() if is_free else pytest.raises(BadBatch, match="record S9 is printed, and may not be"),
    ):
        next(second.pieces([["S9"]], 1))


def test_an_insurer_that_keeps_members_of_75_and_over_prints_them(tmp_path: Path) -> None:
    row, change, _ = UNFIT["of 75"]
    keeps = replace(CERTIFICATE.insurer, expiry=replace(CERTIFICATE.insurer.expiry, keeps_75=True))
    job = replace(CERTIFICATE, insurer=keeps, sources=(write_members(tmp_path / "m.csv", [row | change]),))
    with reading(job, tmp_path) as second:
        next(second.pieces([["S1"]], 1))


@pytest.mark.parametrize(
    ("order", "records"),
    [
        ((), ["S1", "S3", "S9"]),
        (("番号",), ["S9", "S3", "S1"]),
        (("postal_code", "整理番号"), ["S3", "S9", "S1"]),
        (("事業所番号", "番号"), ["S3", "S1", "S9"]),
    ],
)
def test_pieces_are_in_the_order_of_the_job_and_what_is_equal_in_that_of_the_file(
    order: tuple[str, ...], records: list[str], tmp_path: Path
) -> None:
    rows = [
        INSURED | {"事業所番号": "１0", "資格喪失予定年月日": ""},
        STRANGER | {"事業所番号": "9"},
        STRANGER | {"整理番号": "S9", "番号": "９", "事業所番号": "99"},
    ]
    job = replace(
        NOTICE, sources=(write_members(tmp_path / "m.csv", rows),), mailing=replace(NOTICE.mailing, order=order)
    )
    with reading(job, tmp_path) as second:
        found = [second.row(record) for record in records]
        for before, after in itertools.pairwise(found):
            second.check_order(second.standing(before), second.standing(after))
            with pytest.raises(BadBatch, match=f"{before.where} is printed behind"):
                second.check_order(second.standing(after), second.standing(before))


@pytest.mark.parametrize("record", ["S3", "nobody", ""])
def test_a_record_that_is_not_in_the_file_once_is_told(record: str, tmp_path: Path) -> None:
    job = replace(NOTICE, sources=(write_members(tmp_path / "m.csv", [INSURED, STRANGER, STRANGER]),))
    with (
        reading(job, tmp_path) as second,
        pytest.raises(BadBatch, match=f"record {record} is not once in the member file"),
    ):
        second.row(record)


PRINTED = [["S1", "S2"], ["S4"]]
INCOMPLETE: dict[str, tuple[list[list[str]], set[int], str]] = {
    "the last row is not printed": ([["S1", "S2"]], {4}, "line 5 of the member file is neither printed nor held"),
    "a row in the middle is not printed": ([["S1"], ["S4"]], {4}, "line 3 of the member file is neither"),
    "a record is printed twice": ([*PRINTED, ["S2"]], {4}, "record S2 is printed twice"),
    "a record is twice in one envelope": ([["S1", "S2", "S2"], ["S4"]], {4}, "record S2 is printed twice"),
    "somebody who is held is printed": ([["S3"], *PRINTED], {4}, "record S3 is printed, and the member file"),
    "somebody is printed who is not in the file": ([*PRINTED, ["S9"]], {4}, "record S9 is printed"),
    "nobody is printed": ([], {4}, "line . of the member file"),
    "a household is in two envelopes": ([["S1"], ["S4"], ["S2"]], {4}, "household of record S2 is in more than one"),
}


@pytest.fixture
def index(tmp_path: Path) -> Path:
    rows = [INSURED, DEPENDANT, STRANGER, STRANGER | {"整理番号": "S4", "番号": "98"}]
    job = replace(NOTICE, sources=(write_members(tmp_path / "m.csv", rows),), mailing=TOGETHER)
    write_index(job, tmp_path / "index")
    return tmp_path / "index"


def test_rows_that_were_each_printed_once_or_held_are_complete(index: Path) -> None:
    prove_complete(index, TOGETHER, reversed(PRINTED), {4})
    prove_complete(index, TOGETHER, [], {2, 3, 4, 5})
    prove_complete(index, ALONE, [["S1"], ["S4"], ["S2"]], {4})


@pytest.mark.parametrize("name", INCOMPLETE)
def test_rows_that_were_not_are_told(name: str, index: Path) -> None:
    printed, held, words = INCOMPLETE[name]
    with pytest.raises(BadBatch, match=words):
        prove_complete(index, TOGETHER, printed, held)


def test_a_household_of_whom_somebody_is_held_waits_where_the_job_says_so(tmp_path: Path) -> None:
    job = replace(
        NOTICE, sources=(write_members(tmp_path / "m.csv", [INSURED, DEPENDANT, STRANGER]),), mailing=TOGETHER
    )
    write_index(job, tmp_path / "index")
    printed, held = [["S1"], ["S3"]], {3}
    prove_complete(tmp_path / "index", ALONE, printed, held)
    prove_complete(tmp_path / "index", replace(TOGETHER, incomplete_households=Incomplete.SEND), printed, held)
    with pytest.raises(BadBatch, match="line 3 of the member file is held, and its household printed"):
        prove_complete(tmp_path / "index", TOGETHER, printed, held)


FREED = ("S1", "lost-character", "0123456789abcdef")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_whoever_is_freed_of_a_doubt_is_named_in_the_releases(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "releases.csv"
    path.write_text(f"整理番号,コード,照合値,担当者,理由\n{', '.join(FREED)},検査,台帳\n", encoding)
    prove_released(path, [FREED], 1)
    prove_released(path, [], 0)
    for other in [("S2", *FREED[1:]), (*FREED[:2], "0" * 16)]:
        with pytest.raises(BadBatch, match="was freed of lost-character, and no release says so"):
            prove_released(path, [other], 1)


@pytest.mark.parametrize("gone", [1, 2])
def test_a_doubt_that_is_gone_and_was_not_freed_is_told(gone: int) -> None:
    prove_released(None, [], 0)
    with pytest.raises(BadBatch, match=f"{gone} doubts are gone"):
        prove_released(None, [], gone)


@pytest.mark.parametrize(
    ("of_another", "is_one"),
    [
        ({}, True),
        ({"番号": "１２３", "枝番": "０"}, True),  # however they are written
        ({"枝番": "1"}, False),
        ({"番号": "124"}, False),
        ({"記号": "118"}, False),
    ],
)
def test_no_two_are_printed_under_one_branch_unless_a_release_says_of_both_that_they_are_one(
    of_another: dict[str, str], is_one: bool, tmp_path: Path
) -> None:
    keys = {"記号": "117", "番号": "123", "枝番": "00"}
    rows = [STRANGER | keys, STRANGER | keys | {"整理番号": "S4"} | of_another]
    job = replace(NOTICE, sources=(write_members(tmp_path / "m.csv", rows),))
    write_index(job, tmp_path / "index")
    prove_complete(tmp_path / "index", ALONE, [["S3"]], {3})
    releases = tmp_path / "releases.csv"
    for named, is_told in (((), is_one), (("S3",), is_one), (("S3", "S4"), False)):
        lines = [f"{record},person-twice,{'0' * 16},検査,台帳" for record in named]
        releases.write_text("\n".join(["整理番号,コード,照合値,担当者,理由", *lines]), "utf-8")
        asked = (tmp_path / "index", ALONE, [["S3"], ["S4"]], set(), (), releases if named else None)
        if is_told:
            with pytest.raises(BadBatch, match="lines 2, 3 of the member file have one 記号, 番号 and 枝番"):
                prove_complete(*asked)
        else:
            prove_complete(*asked)


def test_a_blank_branch_is_of_nobody_and_persons_are_told_whatever_their_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(complete, "_PERSONS_AT_ONCE", 5)
    blank = [STRANGER | {"整理番号": f"B{n}", "枝番": " 　"} for n in range(20)]
    own = [STRANGER | {"整理番号": f"N{n}", "番号": str(n), "枝番": "1"} for n in range(20)]
    for others, is_right in (([], True), ([STRANGER | {"整理番号": "X", "番号": "7", "枝番": "01"}], False)):
        rows = [*blank, *own, *others]
        write_index(replace(NOTICE, sources=(write_members(tmp_path / "m.csv", rows),)), tmp_path / "index")
        pieces = [[row["整理番号"]] for row in rows]
        if is_right:
            prove_complete(tmp_path / "index", ALONE, pieces, set())
        else:
            with pytest.raises(BadBatch, match="lines 29, 42 of the member file have one"):
                prove_complete(tmp_path / "index", ALONE, pieces, set())


def test_a_row_whose_number_another_has_too_may_only_be_held(tmp_path: Path) -> None:
    job = replace(NOTICE, sources=(write_members(tmp_path / "m.csv", [INSURED, STRANGER, STRANGER]),))
    write_index(job, tmp_path / "index")
    prove_complete(tmp_path / "index", ALONE, [["S1"]], {3, 4})
    with pytest.raises(BadBatch, match="record S3 is printed"):
        prove_complete(tmp_path / "index", ALONE, [["S1"], ["S3"]], set())


def test_a_number_that_thousands_share_takes_no_longer_than_others(tmp_path: Path) -> None:
    """Each row has a place of its own in the index; in one place for all, twenty thousand would take minutes."""
    rows = [STRANGER] * 20_000 + [STRANGER | {"整理番号": ""}] * 20_000
    write_index(replace(NOTICE, sources=(write_members(tmp_path / "m.csv", rows),)), tmp_path / "index")
    prove_complete(tmp_path / "index", ALONE, [], range(2, 40_002))
    with pytest.raises(BadBatch, match="line 40001 of the member file is neither"):
        prove_complete(tmp_path / "index", ALONE, [], range(2, 40_001))


def test_a_row_that_was_cut_meanwhile_is_told(tmp_path: Path) -> None:
    path = write_members(tmp_path / "m.csv", [INSURED, STRANGER])
    with reading(replace(NOTICE, sources=(path,)), tmp_path) as second:
        path.write_bytes(path.read_bytes()[:-20])
        assert second.row("S1").place == 2
        with pytest.raises(BadBatch, match="record S3 is not once in the member file"):
            second.row("S3")


def test_a_row_of_another_number_of_fields_is_a_row_all_the_same(tmp_path: Path) -> None:
    path = write_members(tmp_path / "m.csv", [INSURED, STRANGER])
    path.write_text(path.read_text("utf-8") + "S7,1\n", "utf-8")
    write_index(replace(NOTICE, sources=(path,)), tmp_path / "index")
    prove_complete(tmp_path / "index", ALONE, [["S1"], ["S3"]], {4})
    with pytest.raises(BadBatch, match="line 4 of the member file is neither"):
        prove_complete(tmp_path / "index", ALONE, [["S1"], ["S3"]], set())


@given(held=st.sets(st.integers(2, 21)), lost=st.none() | st.integers(2, 21))
def test_whoever_is_lost_is_missed(tmp_path_factory: pytest.TempPathFactory, held: set[int], lost: int | None) -> None:
    folder = tmp_path_factory.getbasetemp()
    rows = [STRANGER | {"整理番号": f"N{line}"} for line in range(2, 22)]
    write_index(replace(NOTICE, sources=(write_members(folder / "complete.csv", rows),)), folder / "complete.index")
    printed = [[f"N{line}"] for line in range(2, 22) if line not in held and line != lost]
    if lost is None or lost in held:
        prove_complete(folder / "complete.index", ALONE, printed, held)
    else:
        with pytest.raises(BadBatch, match=f"line {lost} of the member file"):
            prove_complete(folder / "complete.index", ALONE, printed, held)


def test_the_records_of_a_delivery_are_read_from_its_manifests(tmp_path: Path) -> None:
    job, report = demo("hard-notice")
    write_index(job, tmp_path / "index")
    pieces = [piece for path in sorted(job.folder.glob("batch-*.csv")) for piece in printed_pieces(path)]
    printed = {record for piece in pieces for record in piece.records}
    lines = {row.line for row in read_rows(job.sources[0]) if row.fields["整理番号"] not in printed}
    assert len(lines) == report.held > 0
    with reading(job, tmp_path) as second:
        prove_complete(tmp_path / "index", job.mailing, in_order(pieces, second), lines)


def files(*numbered: tuple[int, int, str]) -> list[PrintedPiece]:
    return [PrintedPiece(f"batch-{batch:04d}", batch, sequence, [record]) for batch, sequence, record in numbered]


@pytest.mark.parametrize(
    ("pieces", "told"),
    [
        (files((2, 1, "S1"), (3, 2, "S2")), "batch-0002 is not the next of the print files"),
        (files((1, 1, "S1"), (3, 2, "S2")), "batch-0003 is not the next of the print files"),
        (files((1, 1, "S1"), (2, 2, "S2"), (1, 3, "S3")), "batch-0001 is not the next of the print files"),
        ([replace(files((1, 1, "S1"))[0], file="batch-0002")], "batch-0002 is not the next of the print files"),
        (files((1, 2, "S1")), "piece 2 follows where piece 1 must"),
        (files((1, 1, "S1"), (2, 3, "S2")), "batch-0002: piece 3 follows where piece 2 must"),
        (files((1, 1, "S1"), (1, 1, "S2")), "piece 1 follows where piece 2 must"),
    ],
)
def test_print_files_and_pieces_are_numbered_from_1_and_none_is_left_out(pieces: list[PrintedPiece], told: str) -> None:
    with pytest.raises(BadBatch, match=told):
        list(in_order(pieces, None))


def test_pieces_keep_the_order_of_the_job_from_one_print_file_to_the_next(tmp_path: Path) -> None:
    mailing = replace(NOTICE.mailing, order=("番号",))
    job = replace(NOTICE, sources=(write_members(tmp_path / "m.csv", [INSURED, STRANGER]),), mailing=mailing)
    with reading(job, tmp_path) as second:
        assert list(in_order(files((1, 1, "S3"), (2, 2, "S1")), second)) == [["S3"], ["S1"]]
        with pytest.raises(BadBatch, match="the piece of line 3 of the member file is printed behind that of line 2"):
            list(in_order(files((1, 1, "S1"), (2, 2, "S3")), second))


# A run.


def test_a_run_whose_rules_are_wrong_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a wrong rule says is said again when it is asked again: only another statement can object."""

    def a_day_late(*asked: Any) -> Iterator[Sheet]:
        for sheet in sheets_of(*asked):
            values = {**sheet.content.values, "born_on": wareki(date(1955, 6, 8))}
            yield sheet._replace(content=sheet.content._replace(values=values))

    monkeypatch.setattr(printing, "sheets_of", a_day_late)
    where = "born_on: line 2 of the member file, 生年月日"
    with pytest.raises(BadBatch, match=rf"page 1 is not as record S1 must be: .*\({where}\)"):
        trial(tmp_path, [INSURED])


def test_a_manifest_that_counts_another_sheet_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def one_more(*asked: Any) -> Iterator[Sheet]:
        return (sheet._replace(sheets=sheet.sheets + 1) for sheet in sheets_of(*asked))

    monkeypatch.setattr(printing, "sheets_of", one_more)
    with pytest.raises(BadBatch, match="record S1 is sheet 1 of 1 in the member file, and another in the manifest"):
        trial(tmp_path, [INSURED])


def test_a_household_waits_whole_though_one_has_a_way_of_their_own(tmp_path: Path) -> None:
    """Its 家族 live at two homes and it has no 本人: the third has a 送付先, and waits for the two."""
    rows = [
        DEPENDANT,
        DEPENDANT | {"整理番号": "S4", "枝番": "2", "住所": "架空県別市2-2"},
        FOR_ONE | TO | {"枝番": "3"},
    ]
    rows[2] = rows[2] | {"整理番号": "S5", "生年月日": "2001-02-03"}
    _, report = trial(tmp_path, [*rows, STRANGER], envelope="household")
    assert (report.printed, report.held) == (1, 3)


def test_a_number_in_the_wrong_column_lets_its_household_wait(tmp_path: Path) -> None:
    rows = [INSURED, DEPENDANT | {"枝番": "123456789018"}, DEPENDANT | {"整理番号": "S4", "枝番": "2"}, STRANGER]
    _, report = trial(tmp_path, rows, envelope="household")
    assert (report.printed, report.held) == (1, 3)


@given(
    st.lists(st.text(st.sampled_from('山1a ,"\r\n\u2028\x85'), max_size=4), min_size=1),
    st.sampled_from(("\r\n", "\n", "")),
)
def test_a_row_is_divided_as_csv_divides_it(cells: list[str], end: str) -> None:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    assert divided(text.getvalue().removesuffix("\r\n") + end) == cells
