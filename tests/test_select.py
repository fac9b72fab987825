"""Who gets a paper this time: by value, day, list, and by what has changed since the last paper; as a user sees it."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from trial_runs import DEMO, Row, ended, renderer, rows_of, write_job, write_members

from renderer.intake.jobfile import load_job
from renderer.running.register import REGISTER

ROWS = [row for row in rows_of(DEMO) if row["整理番号"]][:12]
CHANGES = {"changed": ["氏名", "負担割合", "住所"], "new": True}


def job_of(folder: Path, rows: Iterable[Row] = ROWS, select: Mapping[str, Any] | None = None, **mailing: Any) -> Path:
    """Write a job that asks for some rows only, its key beside its outbox."""
    job = write_job(folder, list(rows), **mailing)
    job.write_text(f'key = "papers.key"\n{job.read_text("utf-8")}', "utf-8")
    ask(job, select or {})
    return job


def ask(job: Path, select: Mapping[str, Any]) -> None:
    """Let a job ask for other rows than before."""
    head = job.read_text("utf-8").split("[select]")[0]
    lines = [f'"{key}" = {json.dumps(asked, ensure_ascii=False)}\n' for key, asked in select.items()]
    job.write_text(f"{head}[select]\n{''.join(lines)}", "utf-8")


def call(job: Path, month: str = "", *words: str) -> str:
    """Give a job another name, as every month has its own."""
    text = re.sub('^name = .*$', f'name = "{month}"', job.read_text("utf-8"), flags=re.MULTILINE)
    job.write_text(text, "utf-8")
    return month


def run(job: Path, *words: str, code: int = 0, verb: str = "run") -> dict[str, Any]:
    ended_with, out, err = ended(renderer(verb, job, "--json", *words))
    assert ended_with == code, err
    facts: dict[str, Any] = json.loads(out) if out else {"error": err}
    return facts


def printed(job: Path) -> set[str]:
    folder = load_job(job).folder
    return {row["record"] for path in folder.glob("*.csv") if path.name.startswith("batch") for row in table(path)}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def not_selected(job: Path) -> dict[str, str]:
    return {row["整理番号"]: row["規則"] for row in table(load_job(job).folder / "not-selected.csv")}


def rules(facts: Mapping[str, Any]) -> dict[str, int]:
    return {one["rule"]: one["records"] for one in facts["unselected"]}


def test_by_value_and_day(tmp_path: Path) -> None:
    insured = [row for row in ROWS if row["本人家族"] == "本人"]
    days = sorted({row["資格取得年月日"] for row in insured})
    print(days, [r["整理番号"] for r in ROWS])
    job = job_of(tmp_path, select={"本人家族": "本人"})
    facts = run(job)
    assert (facts["read"], facts["printed"], facts["not_selected"]) == (12, len(insured), 12 - len(insured))
    assert rules(facts) == {"本人家族": 12 - len(insured)}
    assert printed(job) == {row["整理番号"] for row in insured}
    assert not_selected(job) == {row["整理番号"]: "本人家族" for row in ROWS if row not in insured}


def test_change(tmp_path: Path) -> None:
    job = job_of(tmp_path)
    facts = run(job)
    assert facts["printed"] == 12
    call(job, "december")
    first, second, *rest = ROWS
    write_members(tmp_path / "members.csv", [first | {"氏名": "見本　花子"}, second | {"備考": "別"}, *rest[:-1], rest[-1] | {"整理番号": "NEW1"}])
    ask(job, CHANGES)
    checked = run(job, verb="check")
    facts = run(job)
    print(json.dumps(facts, ensure_ascii=False, indent=1))
    assert printed(job) == {first["整理番号"], "NEW1"}
    again = run(job)
    assert again["already"]
