"""Where a plate is kept: under another name as soon as anything that it depends on is another."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from small_layouts import small_layout

from renderer.intake.jobfile import load_job
from renderer.model.job import Job
from renderer.running import worker

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A job whose seal is a file of its own."""
    loaded = load_job(FIXTURES / "notice.toml")
    assert loaded.insurer.seal
    seal = Path(shutil.copy(loaded.insurer.seal, tmp_path / "seal.png"))
    return replace(loaded, insurer=replace(loaded.insurer, seal=seal), outbox=tmp_path)


def names(job: Job) -> set[str]:
    return {path.name for path in worker.Desk(job, job.outbox).plate_paths().values()}


def test_every_variant_has_a_plate_of_its_own_and_the_same_one_again(job: Job) -> None:
    assert len(names(job)) == len(list(worker.Desk(job, job.outbox).layout.variants()))
    assert names(job) == names(job)


def test_what_no_plate_shows_changes_no_name(job: Job) -> None:
    assert names(replace(job, name="other", source=FIXTURES / "realistic.csv")) == names(job)


@pytest.mark.parametrize(
    "change",
    [
        lambda job: replace(job, title="資格情報のお知らせ"),
        lambda job: replace(job, issued_on=date(2026, 12, 1)),
        lambda job: replace(job, mailing=replace(job.mailing, customer_barcode=not job.mailing.customer_barcode)),
        lambda job: replace(job, insurer=replace(job.insurer, name="別の健康保険組合")),
        lambda job: replace(job, insurer=replace(job.insurer, accent="#123456")),
    ],
)
def test_what_a_plate_shows_changes_every_name(job: Job, change: Callable[[Job], Job]) -> None:
    assert not names(job) & names(change(job))


def test_another_picture_under_the_same_name_changes_every_name(job: Job) -> None:
    before = names(job)
    assert job.insurer.seal
    job.insurer.seal.write_bytes(job.insurer.seal.read_bytes() + b" ")
    assert not before & names(job)


def test_another_version_of_a_library_changes_every_name(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    before = names(job)
    monkeypatch.setattr(worker, "versions", lambda: {"pango": "1.99"})
    assert not before & names(job)


def test_another_style_sheet_changes_every_name(job: Job, tmp_path: Path) -> None:
    desk = worker.Desk(job, tmp_path)
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    one = small_layout(tmp_path / "one", css="p { color: #000 }")
    other = small_layout(tmp_path / "other", css="p { color: #111 }")
    found = []
    for desk.layout in (one, other):
        found.append({path.name for path in desk.plate_paths().values()})
    assert not found[0] & found[1]
