"""A proof shows real sheets as the run prints them, stamped, for nobody else's eyes; and it can never be delivered."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont
from trial_runs import DEMO, AtOnce, ended, renderer, rows_of, trial, write_job

from renderer.cli.exits import ExitCode
from renderer.desk.approving import bound_now
from renderer.desk.delivery import prove_delivered, prove_folder
from renderer.desk.proofing import FILES, make_proof
from renderer.desk.sign_off import BEGINNING
from renderer.intake.jobfile import load_job
from renderer.model.errors import BadBatch, BadJob
from renderer.model.job import Job
from renderer.model.sums import sum_of_file
from renderer.press.fonts import face
from renderer.proof import pixels
from renderer.running.manifest import Entry, PrintedFile, read_manifest, write_manifest
from renderer.running.names import manifests_in
from renderer.running.run import run

ROWS = rows_of(DEMO)[:40]
LONG = "寿限無寿限無五劫の擦り切れ海砂利水魚の水行末雲来末風来末"
"""A name that is hard to set."""
DPI = 60


def rows() -> list[dict[str, str]]:
    changed = [dict(row) for row in ROWS]
    changed[10]["氏名"] = LONG
    changed[11]["氏名"] = ""
    return changed


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Job, Path]:
    """Print households into small files with marks for the machine, and the proof of the same job."""
    folder = tmp_path_factory.mktemp("proof")
    ways: dict[str, Any] = {"envelope": "household", "pieces_per_batch": 4, "inserter_marks": "omr"}
    job, _ = trial(folder / "job", rows(), order=["郵便番号"], incomplete_households="send", **ways)
    make_proof(job, folder / "proof", workers=1)
    return job, folder / "proof"


def facts(proof: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((proof / "proof.json").read_text("utf-8"))
    return found


def delivered(job: Job) -> Mapping[str, tuple[Path, Entry]]:
    """Record → the file it was delivered in, and its place there."""
    found = {}
    for manifest in manifests_in(job.folder):
        _, entries = read_manifest(manifest)
        found |= {entry.record: (manifest.with_suffix(".pdf"), entry) for entry in entries}
    return found


def test_a_proof_is_whole_and_for_nobody_elses_eyes(printed: tuple[Job, Path]) -> None:
    _, proof = printed
    assert sorted(path.name for path in proof.iterdir()) == sorted(FILES)
    assert stat.S_IMODE(proof.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in proof.iterdir()} == {0o600}
    assert [path.name for path in proof.parent.iterdir() if path.name.startswith(".")] == []
    told = facts(proof)
    assert told["sums"] == {name: sum_of_file(proof / name) for name in ("proof.pdf", "sign-off.pdf")}


def test_each_variant_is_there_by_its_hardest_and_its_first_sheet_and_the_first_pieces_are(
    printed: tuple[Job, Path],
) -> None:
    job, proof = printed
    told = facts(proof)
    of_runs = delivered(job)
    in_use = {entry.variant for _, entry in of_runs.values()}
    assert {" ".join(f"{k}={v}" for k, v in one["variant"].items()) for one in told["variants"]} == in_use
    assert sum(one["records"] for one in told["variants"]) == len(of_runs) == told["printable"]
    assert told["read"] == 40 == told["printable"] + told["held"]
    assert told["findings"]["name-missing"] == 1
    for one in told["variants"]:
        why = [why for sheet in told["sheets"] if sheet["variant"] == one["variant"] for why in sheet["why"]]
        assert (why.count("hardest"), why.count("first")) == (1, 1)
        records = (row["整理番号"] for row in rows())
        first = next(record for record in records if record in of_runs and variant_of(record, of_runs) == one)
        (shown,) = (s for s in told["sheets"] if "first" in s["why"] and s["variant"] == one["variant"])
        assert shown["record"] == first
    (hard,) = (sheet for sheet in told["sheets"] if sheet["record"] == ROWS[10]["整理番号"])
    assert "hardest" in hard["why"]
    begins = [sheet["record"] for sheet in told["sheets"] if "begins" in sheet["why"]]
    assert begins == [record for record, (_, entry) in of_runs.items() if entry.sequence <= BEGINNING]


def variant_of(record: str, of_runs: Mapping[str, tuple[Path, Entry]]) -> dict[str, Any]:
    spelled = of_runs[record][1].variant
    records = sum(entry.variant == spelled for _, entry in of_runs.values())
    return {"variant": dict(part.split("=") for part in spelled.split()), "records": records}


def test_every_page_is_that_of_the_run_with_the_stamp_over_it(printed: tuple[Job, Path]) -> None:
    job, proof = printed
    of_runs = delivered(job)
    with pixels.opened(proof / "proof.pdf") as shown:
        assert shown.page_count == len(facts(proof)["sheets"])
        for sheet in facts(proof)["sheets"]:
            batch, entry = of_runs[sheet["record"]]
            assert sheet["piece"] == entry.sequence
            with pixels.opened(batch) as file:
                real, real_text = file.pixels(entry.page_from - 1, DPI), file.text(entry.page_from - 1)
            stamped = shown.pixels(sheet["page"] - 1, DPI)
            assert shown.text(sheet["page"] - 1) == real_text
            assert ImageChops.lighter(real, stamped).tobytes() == real.tobytes(), "the stamp only darkens"
            assert within(real, stamped), "what is not under the stamp is as in the run"


def within(real: Image.Image, stamped: Image.Image) -> bool:
    """Whether the stamp is on a good part of the page, pale, and everything else is as it was."""
    darker = ImageChops.difference(real, stamped)
    histogram = darker.histogram()
    touched = 1 - histogram[0] / (real.width * real.height)
    return 0.1 < touched < 0.4 and sum(histogram[150:]) == 0


def test_the_stamp_is_the_word_for_a_sample(printed: tuple[Job, Path]) -> None:
    """Turned upright, what the stamp covers is what the font draws, character by character."""
    _, proof = printed
    with pikepdf.open(proof / "proof.pdf") as file, pikepdf.new() as alone:
        page = alone.add_blank_page(page_size=(595.28, 841.89))
        page.add_resource(
            alone.copy_foreign(file.pages[0].resources.XObject.Stamp), pikepdf.Name.XObject, pikepdf.Name.Stamp
        )
        page.contents_add(b"/Stamp Do")
        alone.save(proof.parent / "stamp.pdf")
    with pixels.opened(proof.parent / "stamp.pdf") as file:
        turned = file.pixels(0, DPI).rotate(-54.74, expand=True, fillcolor=255)
    ink = turned.point(lambda grey: 255 * (grey < 250))
    ink = ink.crop(ink.getbbox())
    font = ImageFont.truetype(str(face("BIZ UDPGothic", bold=True).path), 400)
    drawn = Image.new("L", (1000, 600))
    ImageDraw.Draw(drawn).text((50, 50), "見本", fill=255, font=font)
    drawn = drawn.crop(drawn.getbbox()).resize(ink.size)
    apart = ImageChops.difference(ink, drawn).point(lambda grey: 255 * (grey > 128))
    assert sum(apart.histogram()[255:]) / sum(ink.histogram()[255:]) < 0.12


def test_the_same_job_gives_the_same_bytes_and_an_earlier_proof_makes_room(
    printed: tuple[Job, Path], tmp_path: Path
) -> None:
    job, proof = printed
    again = tmp_path / "again"
    again.mkdir()
    (again / "proof.pdf").write_bytes(b"of before")
    make_proof(job, again, workers=2)
    assert {name: sum_of_file(again / name) for name in FILES} == {name: sum_of_file(proof / name) for name in FILES}


def text_of(pdf: Path) -> str:
    ran = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True)
    return ran.stdout


def test_the_page_to_sign_says_what_is_to_be_signed_and_names_no_member(printed: tuple[Job, Path]) -> None:
    job, proof = printed
    told, text = facts(proof), text_of(proof / "sign-off.pdf")
    assert told["sum"] == bound_now(job).short
    for said in (
        told["sum"],
        job.insurer.name,
        job.insurer.number,
        job.title,
        "令和8年11月23日",
        "name-missing",
        job.name,
    ):
        assert said in text
    assert f"40 件 ＝ 印刷 {told['printable']} 件 ＋ 保留 {told['held']} 件" in text
    squeezed = "".join(text.split())
    for row in rows():
        for column in ("氏名", "住所", "フリガナ"):
            value = "".join(row[column].split())
            assert not value or value not in squeezed
    for record in (row["整理番号"] for row in rows()):
        assert record not in text


def test_a_proof_is_no_delivery_and_verify_says_so(printed: tuple[Job, Path]) -> None:
    _, proof = printed
    for refused in (prove_folder, lambda folder: prove_delivered(folder / "proof.pdf")):
        with pytest.raises(BadBatch, match=r"proof: is a proof, stamped 見本, and no delivery"):
            refused(proof)
    code, _, err = ended(renderer("verify", proof))
    assert code == ExitCode.BAD_BATCH
    assert "is a proof" in err


def test_a_proof_given_the_manifest_of_a_delivery_passes_no_proof(printed: tuple[Job, Path], tmp_path: Path) -> None:
    job, proof = printed
    sheets = facts(proof)["sheets"]
    entries = []
    for n, sheet in enumerate(sheets, 1):
        spelled = " ".join(f"{fact}={value}" for fact, value in sheet["variant"].items())
        entries.append(Entry(n, 1, 1, sheet["record"], spelled, n, n))
    batch = tmp_path / "batch-0001.pdf"
    shutil.copyfile(proof / "proof.pdf", batch)
    about = PrintedFile(1, job.document, batch.name, sum_of_file(batch))
    write_manifest(batch.with_suffix(".csv"), batch.with_suffix(".json"), about, entries)
    for known in (None, job):
        with pytest.raises(BadBatch, match=r"batch-0001"):
            prove_delivered(batch, known)


def test_a_proof_takes_no_other_place(printed: tuple[Job, Path], tmp_path: Path) -> None:
    job, _ = printed
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for taken in (tmp_path / "mine", tmp_path / "file", job.folder):
        with pytest.raises(BadJob, match=r"something else than a proof; give another with -o"):
            make_proof(job, taken, workers=1)
    with pytest.raises(BadJob, match=r"there is no folder"):
        make_proof(job, tmp_path / "nowhere" / "proof", workers=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "mine"]


def test_a_run_does_not_take_a_proof_for_an_earlier_delivery(tmp_path: Path) -> None:
    job = load_job(write_job(tmp_path / "job", ROWS[:2]))
    make_proof(job, job.outbox / "proof", workers=1)
    (job.outbox / "proof").rename(job.folder)
    with pytest.raises(BadJob, match=r"is there and is no delivery"):
        run(job, workers=1, make_workers=AtOnce, replace=True)


def test_where_nobody_can_be_printed_there_is_no_proof(tmp_path: Path) -> None:
    job = load_job(write_job(tmp_path / "job", [{**ROWS[0], "氏名": ""}]))
    with pytest.raises(BadJob, match=r"no record can be printed, so there is no proof"):
        make_proof(job, tmp_path / "proof", workers=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["job"]


def test_on_the_command_line_a_certificate_is_proofed_on_both_sides_and_says_how_to_approve(tmp_path: Path) -> None:
    path = write_job(tmp_path / "job", ROWS[:3], fixture="certificate")
    code, out, err = ended(renderer("proof", path, "-o", tmp_path / "proof", "--workers", "1", "--lang", "en"))
    assert (code, err) == (ExitCode.ALL_PRINTED, "")
    short = facts(tmp_path / "proof")["sum"]
    assert f"renderer approve {path} --by NAME --proof {short}" in out
    with pikepdf.open(tmp_path / "proof" / "proof.pdf") as file:
        assert len(file.pages) == 2 * len(facts(tmp_path / "proof")["sheets"])
        assert all("/Stamp" in page.resources.XObject for page in file.pages)
        assert str(file.docinfo["/Title"]).startswith("見本")
    assert ended(renderer("approve", path, "--by", "架空　花子", "--proof", short))[0] == ExitCode.ALL_PRINTED
