"""A report adds up or is not made; its page can be read by a supervisor and needs no other file."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from renderer.cli.exits import ExitCode, of_records, of_stop
from renderer.documents.expiry import EndsBy
from renderer.model.errors import BadBatch
from renderer.model.findings import LANGUAGES, Finding, Language, Reason, Release
from renderer.model.sums import sum_of_bytes, sum_of_file
from renderer.running.report import FileReport, Released, Report, Stage, draw_page, facts, write_report
from renderer.running.words import words

FILES = (
    FileReport("batch-0001.pdf", 3200, 1200, 1000, 6400, 1_234_567, "ab" * 32, {"rule": 1198, "qualification-ends": 2}),
    FileReport("batch-0002.pdf", 94, 34, 30, 188, 98_765, "cd" * 32, {"75th-birthday": 1, "rule": 33}),
)
REASON = Reason(2, Finding.of("date-missing", 17, "A000016", column="<認定年月日>"), ("A000016", 20))
NOTE = Reason(1, Finding.of("lives-apart", 30, "A000030"), ("A000030",))
REPORT = Report(
    job="2026-11-notices", document="eligibility_certificate", title="健康保険資格確認書",
    issued_on=date(2026, 11, 23), number=2, inputs="a1" * 32, again=False, replaced=True, source_sum="b2" * 32,
    row_sums="b3" * 32,
    instead_of=1, compares=False, base="",
    remembers=False, newest="2026-11-01", older=None, not_selected=0, unselected=(), strangers=(),
    insurer="06139992 架空電機健康保険組合", sources=("members.csv",), read=1236,
    passed_lines={"empty": 3}, ignored_columns=("更新日時",),
    notes=(NOTE,), releases=(Released("A000020", "person-twice", "見本", "二人とも別人です"),),
    unused_releases=(Release(3, "A000021", "person-twice", "0123456789abcdef", "見本", "同上"),),
    printed=1234, printed_now=1234, held=2, pieces=1030, inserts=("leaflet.pdf",), files=FILES, reasons=(REASON,),
    versions=(("WeasyPrint", "70.0"),), fonts=(("BIZUDMincho-Regular.ttf", "ef" * 32),),
    stages=(Stage("validate", 0.25), Stage("print", 0.5)),
)  # fmt: skip
ALL_PRINTED = replace(REPORT, read=1234, held=0, reasons=())


class Reader(HTMLParser):
    """Collects the texts and checks that every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.links: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [pair for pair in attrs if pair[0] in {"src", "href"}]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)


def read_page(report: Report, language: Language = "ja") -> Reader:
    reader = Reader()
    reader.feed(draw_page(report, language))
    reader.close()
    assert reader.open == []
    return reader


@given(
    read=st.integers(0, 9), printed=st.integers(0, 9), held=st.integers(0, 9), in_files=st.integers(0, 9),
    pieces=st.integers(0, 9), pieces_in_files=st.integers(0, 9),
)  # fmt: skip
def test_a_report_that_does_not_add_up_cannot_be_made(
    read: int, printed: int, held: int, in_files: int, pieces: int, pieces_in_files: int
) -> None:
    assume(read != printed + held or printed != in_files or pieces != pieces_in_files)
    files = (FileReport("batch-0001.pdf", in_files, in_files, pieces_in_files, in_files, 1, ""),)
    with pytest.raises(BadBatch, match="are not the same") as refused:
        replace(REPORT, read=read, printed=printed, held=held, pieces=pieces, files=files)
    assert of_stop(refused.value) is ExitCode.BAD_BATCH


def test_held_records_are_in_the_exit_code() -> None:
    assert of_records(REPORT.held) is ExitCode.SOME_HELD
    assert of_records(ALL_PRINTED.held) is ExitCode.ALL_PRINTED


def test_sheets_per_second_are_those_that_this_run_printed() -> None:
    assert REPORT.sheets_per_second == 1234 / 0.5
    assert replace(REPORT, printed_now=34).sheets_per_second == 34 / 0.5
    assert replace(REPORT, printed_now=0).sheets_per_second is None
    assert replace(REPORT, stages=()).sheets_per_second is None


def test_the_json_tells_every_fact(tmp_path: Path) -> None:
    (tmp_path / "held.csv").write_bytes(b"held")
    write_report(REPORT, "ja", tmp_path)
    told: dict[str, Any] = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert told.pop("sums") == {"held.csv": sum_of_bytes(b"held"), "report.html": sum_of_file(tmp_path / "report.html")}
    assert told == json.loads(json.dumps(facts(REPORT, "ja")))
    assert (told["read"], told["printed"], told["held"]) == (1236, 1234, 2)
    assert told["issued_on"] == "2026-11-23"
    assert told["files"][1]["sha256"] == "cd" * 32
    assert told["reasons"][0]["examples"] == ["A000016", 20]
    assert told["reasons"][0]["parameters"] == {"column": "<認定年月日>"}
    assert told["reasons"][0]["sentence"] == "<認定年月日>がありません"
    assert facts(REPORT, "en")["reasons"][0]["sentence"] == "<認定年月日> is missing"
    assert told["stages"] == {"validate": 0.25, "print": 0.5}
    assert told["versions"] == {"WeasyPrint": "70.0"}
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == draw_page(REPORT, "ja")


def test_papers_are_counted_by_what_their_last_day_rests_on() -> None:
    told = facts(REPORT, "ja")
    assert told["ends"] == {"rule": 1231, "qualification-ends": 2, "75th-birthday": 1}
    assert told["files"][1]["ends"] == {"75th-birthday": 1, "rule": 33}
    texts = read_page(REPORT).texts
    for text in ("有効期限の決め方", "保険者の規則", "1,231", "資格喪失予定年月日の前日", "75歳の誕生日の前日"):
        assert text in texts
    assert "What the last days rest on" in read_page(REPORT, "en").texts
    assert "the day before the 75th birthday" in read_page(REPORT, "en").texts
    notices = replace(REPORT, files=tuple(replace(file, ends={}) for file in FILES))
    assert facts(notices, "ja")["ends"] == {}
    assert "有効期限の決め方" not in read_page(notices).texts


def test_everything_that_a_last_day_may_rest_on_has_its_words() -> None:
    for language in LANGUAGES:
        assert list(words(language).ends) == [end.value for end in EndsBy]


def test_the_page_says_how_the_counts_add_up() -> None:
    texts = read_page(REPORT).texts
    assert "2 件を保留しました" in texts
    assert "1,236 件 ＝ 印刷 1,234 件 ＋ 保留 2 件" in texts
    assert "1,030 通" in texts
    assert "令和8年11月23日" in texts


def test_the_page_names_files_reasons_fonts_and_seconds() -> None:
    texts = read_page(REPORT).texts
    for text in ("batch-0002.pdf", "98,765", "cd" * 32, "date-missing", "A000016、20 行目", "WeasyPrint", "0.2 秒",
                 "BIZUDMincho-Regular.ttf", "ef" * 32, "毎秒 2,468 枚", "leaflet.pdf"):  # fmt: skip
        assert text in texts


def test_the_page_counts_the_leaves_of_paper_and_those_of_the_inserts_among_them() -> None:
    texts = read_page(REPORT).texts
    place = texts.index("batch-0001.pdf")
    assert [text for text in texts[place + 1 : place + 9] if text.strip()][:3] == ["3,200", "2,000", "1,000"]


def test_the_page_counts_the_records_it_does_not_name() -> None:
    many = replace(REPORT, reasons=(replace(REASON, records=1500),))
    assert "A000016、20 行目 ほか 1,498 件" in read_page(many).texts


def test_the_page_speaks_the_language_of_the_job_and_no_other() -> None:
    page = read_page(REPORT, "en").texts
    for text in ("2 records were held", "1,236 = printed 1,234 + held 2", "2026-11-23", "A000016, line 20", "0.2 s"):
        assert text in page
    own = {
        REPORT.title,
        REPORT.insurer,
        "such as: <認定年月日> is missing → fill in <認定年月日>",
        f"{REPORT.title}　{REPORT.job}",
        *REPORT.ignored_columns,
        *(text for release in (*REPORT.releases, *REPORT.unused_releases) for text in (release.who, release.why)),
    }
    japanese = re.compile("[ぁ-ヿ一-鿿]")
    assert [text for text in page if japanese.search(text) and text not in own and "apart" not in text] == []
    assert '<html lang="en">' in draw_page(REPORT, "en")


def test_a_page_of_a_clean_run_has_no_part_about_held_records() -> None:
    texts = read_page(ALL_PRINTED).texts
    assert "全件を印刷しました" in texts
    assert "保留の理由" not in texts
    assert not any("held.csv" in text for text in texts)


def test_texts_of_the_job_are_escaped() -> None:
    page = draw_page(replace(REPORT, title="<script>alert(1)</script>", sources=('"&.csv',)), "ja")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "例：<認定年月日>がありません → <認定年月日>を記入してください" in read_page(REPORT).texts


def test_what_is_said_of_one_of_several_records_is_said_to_be_of_one() -> None:
    """A character or a width is that of the first."""
    alone = replace(REPORT, read=1235, held=1, reasons=(replace(REASON, records=1),))
    assert "<認定年月日>がありません → <認定年月日>を記入してください" in read_page(alone).texts


def test_the_page_needs_no_other_file() -> None:
    assert read_page(REPORT).links == []
    assert not re.search(r"url\(|@import|<script|<link", draw_page(REPORT, "ja"))
