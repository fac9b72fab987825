"""A plate is kept under another name as soon as anything it depends on is another, and so is what it was proved on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from small_layouts import FIXED, small_layout, small_plate

from renderer.intake.jobfile import load_job
from renderer.layout.load import load_layout
from renderer.mailing.sheets import fixed_of
from renderer.model.job import Job
from renderer.press.plates import written
from renderer.running import kept_plates as module
from renderer.running.kept_plates import KeptPlates, kept_plates

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A job whose seal is a file of its own."""
    loaded = load_job(FIXTURES / "notice.toml")
    assert loaded.insurer.seal
    seal = Path(shutil.copy(loaded.insurer.seal, tmp_path / "seal.png"))
    return replace(loaded, insurer=replace(loaded.insurer, seal=seal), outbox=tmp_path)


def made_of(job: Job) -> str:
    return kept_plates(job.outbox, fixed_of(job), load_layout(job.document)).made_of


def test_what_no_plate_shows_changes_no_name(job: Job) -> None:
    assert made_of(replace(job, name="other", sources=(FIXTURES / "examples" / "realistic.csv",))) == made_of(job)


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
def test_what_a_plate_shows_changes_the_name(job: Job, change: Callable[[Job], Job]) -> None:
    assert made_of(job) != made_of(change(job))


def test_another_picture_under_the_same_name_changes_the_name(job: Job) -> None:
    before = made_of(job)
    assert job.insurer.seal
    job.insurer.seal.write_bytes(job.insurer.seal.read_bytes() + b" ")
    assert before != made_of(job)


def test_another_version_of_a_library_changes_the_name(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    before = made_of(job)
    monkeypatch.setattr(module, "versions", lambda: {"pango": "1.99"})
    assert before != made_of(job)


def test_another_program_changes_the_name(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    before = made_of(job)
    monkeypatch.setattr(module, "program_sum", lambda: "another")
    assert before != made_of(job)


def test_another_style_sheet_changes_the_name(job: Job, tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    one = small_layout(tmp_path / "one", css="p { color: #000 }")
    other = small_layout(tmp_path / "other", css="p { color: #111 }")
    assert kept_plates(tmp_path, FIXED, one).made_of != kept_plates(tmp_path, FIXED, other).made_of


@pytest.fixture
def kept(tmp_path: Path) -> KeptPlates:
    return KeptPlates(tmp_path / "plates", "made of this")


A, B = (("ratio", "shown"),), (("ratio", "hidden"),)


def test_a_plate_that_is_kept_is_found_again_under_its_variant_only(kept: KeptPlates, tmp_path: Path) -> None:
    plate = small_plate(tmp_path)
    kept.keep(A, plate)
    found = kept.find(A)
    assert found is not None
    assert written(found) == written(plate)
    assert kept.find(B) is None
    assert KeptPlates(kept.folder, "made of that").find(A) is None


@pytest.mark.parametrize("damage", [lambda data: data[:100], lambda data: b"", lambda data: data[:-1] + b"x"])
def test_a_damaged_plate_is_not_used_and_makes_room_for_a_whole_one(
    kept: KeptPlates, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    plate = small_plate(tmp_path)
    kept.keep(A, plate)
    (path,) = kept.folder.glob("*.plate")
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert not kept.has(A)
    kept.keep(A, plate)
    assert path.read_bytes() == whole


@pytest.mark.parametrize("damage", [b"", b"[", b"7", b"{}"])
def test_a_damaged_proof_proves_nothing_stops_no_run_and_makes_room_for_a_whole_one(
    kept: KeptPlates, damage: bytes
) -> None:
    kept.prove(A, {"name": 0.1})
    (path,) = kept.folder.glob("*.proofs/*")
    path.write_bytes(damage)
    assert not kept.is_proved(A, {})
    kept.prove(A, {"name": 0.1})
    assert kept.is_proved(A, {"name": 0.1})


@pytest.mark.parametrize(
    ("proofs", "strains", "is_proved"),
    [
        ([], {}, False),
        ([{}], {}, True),
        ([{}], {"name": 0.1}, False),
        ([{"name": 0.1}], {"name": 0.1}, True),
        ([{"name": 0.1}], {"name": 0.2}, False),
        ([{"name": 0.1}], {"address": 0.1}, False),
        ([{"name": 0.1}, {"address": 0.1}], {"name": 0.1, "address": 0.1}, False),
        ([{"name": 0.3, "address": 0.1}], {"name": 0.2, "address": 0.1}, True),
    ],
)
def test_a_sheet_is_proved_by_one_that_was_as_hard_in_every_slot(
    kept: KeptPlates, proofs: list[dict[str, float]], strains: dict[str, float], is_proved: bool
) -> None:
    for proof in proofs:
        kept.prove(A, proof)
    assert kept.is_proved(A, strains) is is_proved
    assert not kept.is_proved(B, strains)
    assert not KeptPlates(kept.folder, "made of that").is_proved(A, strains)
