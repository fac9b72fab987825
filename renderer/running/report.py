"""Counts, files, findings and seconds of a run → report.json for machines, report.html for the supervisor.

The report is the only place where seconds are written, so that print files and manifests stay the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from renderer.documents.eras import format_wareki
from renderer.intake.store import Reason
from renderer.model.errors import BadBatch

VERBS = {
    "compile": "製版",
    "read": "読込",
    "validate": "検査",
    "gather": "名寄せ",
    "print": "印刷",
    "verify": "検証",
    "report": "報告",
}
"""The verbs of the way of a record, and how the page writes them."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """One print file in the outbox."""

    name: str
    """File name, without a folder."""
    leaves: int
    """Leaves of paper that it prints: those of the members, and those of the inserts."""
    sheets: int
    """Members printed in it."""
    pieces: int
    """Envelopes it fills."""
    pages: int
    """Printed sides, those of the inserts included."""
    size: int
    """Bytes."""
    sha256: str
    """Sum of the whole file, in hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Stage:
    """How long one verb took."""

    verb: str
    """One of ``VERBS``."""
    seconds: float
    """Wall time."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did. It cannot be made unless its counts add up."""

    job: str
    """Name of the job."""
    document: str
    """Name of the layout."""
    title: str
    """Title printed on the sheets."""
    issued_on: date
    """交付年月日."""
    insurer: str
    """保険者番号 and name."""
    source: str
    """File name of the member file, without a folder."""
    read: int
    """Rows of the member file."""
    printed: int
    """Rows with a sheet in one of the files."""
    held: int
    """Rows that are in held.csv instead."""
    pieces: int
    """Envelopes."""
    inserts: tuple[str, ...]
    """File names of what goes into every envelope besides the sheets."""
    files: tuple[FileReport, ...]
    """The print files in mailing order."""
    reasons: tuple[Reason, ...]
    """Why records are held; a record may have more than one reason."""
    versions: tuple[tuple[str, str], ...]
    """Programs that took part, and their versions."""
    fonts: tuple[tuple[str, str], ...]
    """Font files and their SHA-256."""
    stages: tuple[Stage, ...]
    """Seconds of each verb."""

    def __post_init__(self) -> None:
        sums = (
            ("rows read", self.read, "printed + held", self.printed + self.held),
            ("rows printed", self.printed, "sheets in the files", sum(file.sheets for file in self.files)),
            ("pieces", self.pieces, "pieces in the files", sum(file.pieces for file in self.files)),
        )
        for name, count, other, other_count in sums:
            if count != other_count:
                raise BadBatch(
                    f"{self.job}: {name} ({count}) and {other} ({other_count}) are not the same, so somebody is"
                    " lost or printed twice; do not mail this job, keep its work folder and report it"
                )

    @property
    def sheets_per_second(self) -> float | None:
        """Sheets for each second of the verb ``print``; None when nothing was measured."""
        seconds = sum(stage.seconds for stage in self.stages if stage.verb == "print")
        return self.printed / seconds if seconds else None


@dataclass(frozen=True, slots=True)
class Checked:
    """What ``renderer check`` found in a member file; nothing was printed."""

    job: str
    """Name of the job."""
    read: int
    """Rows of the member file."""
    valid: int
    """Rows that would be printed."""
    held: int
    """Rows that would be held."""
    reasons: tuple[Reason, ...]
    """Why records would be held."""


def facts(report: Report | Checked) -> dict[str, Any]:
    """Give a report as plain values in a fixed order, for JSON."""
    values = asdict(report)
    if isinstance(report, Report):
        values["issued_on"] = report.issued_on.isoformat()
        values["versions"] = dict(report.versions)
        values["fonts"] = dict(report.fonts)
        values["stages"] = {stage.verb: stage.seconds for stage in report.stages}
        values["sheets_per_second"] = report.sheets_per_second
    return values


def write_report(report: Report, json_path: Path, html_path: Path) -> None:
    """Write both reports."""
    json_path.write_text(json.dumps(facts(report), ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")
    html_path.write_text(draw_page(report), encoding="utf-8", newline="\n")


def draw_page(report: Report) -> str:
    """Draw the report as one HTML page that needs no other file and prints on A4."""
    heading = escape(f"{report.title}　{report.job}")
    sections = (
        _verdict(report),
        _section("印刷ファイル", _files(report.files)),
        _section("保留の理由", _reasons(report.reasons)) if report.reasons else "",
        _section("所要時間", _seconds(report)),
        _section("使用したもの", _table(("名称", "版"), report.versions)),
        _section("使用したフォント", _table(("ファイル", "SHA-256"), report.fonts)),
    )
    return (
        f'<!DOCTYPE html>\n<html lang="ja">\n<head>\n<meta charset="utf-8">\n<title>{heading}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{heading}</h1>\n{''.join(sections)}</body>\n</html>\n"
    )


_STYLE = """
@page { size: A4; margin: 15mm }
body { max-width: 180mm; margin: 10mm auto; font: 10.5pt/1.6 "BIZ UDPGothic", "Yu Gothic", sans-serif; color: #111 }
h1 { font-size: 15pt; margin: 0 0 6mm } h2 { font-size: 12pt; margin: 8mm 0 2mm; break-after: avoid }
table { border-collapse: collapse; width: 100%; margin: 2mm 0 } tr { break-inside: avoid }
th, td { border-bottom: 0.2mm solid #999; padding: 1mm 2mm; text-align: left; vertical-align: top }
th { border-bottom: 0.4mm solid #111; font-weight: 700; white-space: nowrap }
td.count { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.verdict { border: 0.4mm solid #111; padding: 3mm 4mm } .verdict strong { font-size: 14pt }
.sum { font-size: 9pt; overflow-wrap: anywhere }
"""


def _verdict(report: Report) -> str:
    said = f"{report.held:,} 件を保留しました" if report.held else "全件を印刷しました"
    facts_of_job = (
        ("読込", f"{report.read:,} 件 ＝ 印刷 {report.printed:,} 件 ＋ 保留 {report.held:,} 件"),
        ("郵便物", f"{report.pieces:,} 通"),
        ("同封物", "、".join(report.inserts) or "なし"),
        ("交付年月日", format_wareki(report.issued_on)),
        ("保険者", report.insurer),
        ("加入者ファイル", report.source),
    )
    note = (
        "<p>保留の一覧は held.csv にあります。訂正して、その分だけをもう一度出力してください。</p>"
        if report.held
        else ""
    )
    lines = "".join(f"<tr><td>{escape(name)}</td><td>{escape(fact)}</td></tr>" for name, fact in facts_of_job)
    return f'<div class="verdict"><strong>{said}</strong><table>{lines}</table>{note}</div>\n'


def _files(files: Sequence[FileReport]) -> str:
    return _table(
        ("ファイル", "枚数", "うち同封物", "通数", "ページ", "バイト", "SHA-256"),
        (
            (file.name, file.leaves, file.leaves - file.sheets, file.pieces, file.pages, file.size, file.sha256)
            for file in files
        ),
    )


def _reasons(reasons: Sequence[Reason]) -> str:
    rows = ((reason.records, reason.code, f"{reason.sentence} → {reason.action}", _named(reason)) for reason in reasons)
    return _table(("件数", "コード", "内容と対応", "整理番号"), rows)


def _named(reason: Reason) -> str:
    rest = reason.records - len(reason.examples)
    return "、".join(reason.examples) + (f" ほか {rest:,} 件" if rest > 0 else "")


def _seconds(report: Report) -> str:
    rows = [(VERBS[stage.verb], f"{stage.seconds:.1f} 秒") for stage in report.stages]
    if report.sheets_per_second is not None:
        rows.append(("印刷の速さ", f"毎秒 {report.sheets_per_second:,.0f} 枚"))
    return _table(("工程", "時間"), rows)


def _section(heading: str, table: str) -> str:
    return f"<h2>{heading}</h2>\n{table}"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>\n" for row in rows)
    return f"<table>\n<tr>{head}</tr>\n{body}</table>\n"


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return f'<td class="count">{value:,}</td>'
    is_sum = len(value) == 64 and " " not in value
    return f'<td class="sum">{escape(value)}</td>' if is_sum else f"<td>{escape(value)}</td>"
