"""A run of which one part is wrong is refused by the proof that is there for it: nothing is delivered."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from test_source import INSURED, STRANGER
from trial_runs import trial

from renderer.intake.store import Store
from renderer.layout.load import Fixed
from renderer.mailing import pieces
from renderer.mailing.sheets import fixed_of
from renderer.model.errors import BadBatch
from renderer.model.findings import Release
from renderer.model.job import Job
from renderer.running import bench, printing
from renderer.running import run as mailing_job
from renderer.running.manifest import Entry, PrintedFile, write_held, write_manifest


def test_a_run_that_loses_the_order_of_its_pieces_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_the_order_of_the_file = pieces._number_pieces(())
    monkeypatch.setattr(pieces, "_number_pieces", lambda _: in_the_order_of_the_file)
    with pytest.raises(BadBatch, match="the piece of line 3 of the member file is printed behind that of line 2"):
        trial(tmp_path, [INSURED, STRANGER], order=["郵便番号"])


def test_a_run_whose_manifest_is_another_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def shifted(table: Path, document: Path, file: PrintedFile, entries: Iterable[Entry]) -> None:
        first, second = entries
        named = [first._replace(record=second.record), second._replace(record=first.record)]
        write_manifest(table, document, file, named)

    monkeypatch.setattr(printing, "write_manifest", shifted)
    with pytest.raises(BadBatch, match="its manifest names other pages than were proved"):
        trial(tmp_path, [INSURED, STRANGER])


def test_a_run_that_does_not_list_whom_it_holds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing_job, "write_held", lambda path, _, job, origin: write_held(path, (), job, origin))
    with pytest.raises(BadBatch, match="line 3 of the member file is neither printed nor held"):
        trial(tmp_path, [INSURED, STRANGER | {"生年月日": "2026-02-30"}])


def test_a_run_that_forgets_a_doubt_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def settle_and_forget(self: Store, releases: Collection[Release]) -> tuple[Release, ...]:
        self.run("DELETE FROM finding")
        return settle(self, releases)

    settle = Store.settle
    monkeypatch.setattr(Store, "settle", settle_and_forget)
    with pytest.raises(BadBatch, match="1 doubts are gone, and no release says so"):
        trial(tmp_path, [INSURED, STRANGER | {"氏名": "別名　太郎様"}])


def test_a_run_whose_forms_say_something_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def a_year_late(job: Job) -> Fixed:
        return replace(fixed_of(job), issued_on="令和9年11月23日")

    for module in (bench, mailing_job):
        monkeypatch.setattr(module, "fixed_of", a_year_late)
    with pytest.raises(BadBatch, match=r"the fixed part does not say job\.issued_on"):
        trial(tmp_path, [INSURED])
