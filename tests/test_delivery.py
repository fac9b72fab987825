"""A delivered batch is asked again with nothing but its files, and objects to each thing that is not as it was."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from small_fonts import truetype
from small_layouts import print_sheets, small_plate
from tampering import PrintedObjects
from trial_runs import DEMO, AtOnce, rows_of, trial, write_job, write_members

from renderer.desk import delivery
from renderer.desk.delivery import prove_delivered, prove_folder
from renderer.intake.jobfile import load_job
from renderer.layout.load import LAYOUTS
from renderer.model.errors import BadBatch
from renderer.model.job import Job
from renderer.proof import pixels
from renderer.running import run as mailing_job
from renderer.running.names import manifests_in
from renderer.running.register import REGISTER

Manifest = dict[str, Any]
TEXTS = (b"5E74", b"6708")
"""年 and 月 in ToUnicode: every certificate has dates."""


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """Nine certificates: eighteen pages in one batch."""
    done, _ = trial(tmp_path_factory.mktemp("delivered"), rows_of(DEMO)[:9], fixture="certificate")
    return done


@pytest.fixture
def batch(job: Job, tmp_path: Path) -> Path:
    """A copy to be spoilt."""
    return shutil.copytree(job.folder, tmp_path / "copy") / "batch-0001.pdf"


def test_the_ten_thousandth_manifest_comes_behind_the_one_before_it(tmp_path: Path) -> None:
    for number in (10_000, 9_999, 1):
        (tmp_path / f"batch-{number:04d}.json").touch()
    assert [path.stem for path in manifests_in(tmp_path)] == ["batch-0001", "batch-9999", "batch-10000"]


def rewrite(batch: Path, change: Callable[[Manifest], None] = lambda _: None) -> None:
    """Make both manifests agree with the file and each other again, after a change of one of them."""
    path = batch.with_suffix(".json")
    manifest = json.loads(path.read_text("utf-8"))
    change(manifest)
    manifest["sha256"] = hashlib.sha256(batch.read_bytes()).hexdigest()
    path.write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
    keys = ("sequence", "sheet", "sheets", "record", "document", "variant", "page_from", "page_to")
    with batch.with_suffix(".csv").open(encoding="utf-8", newline="") as table:
        header = next(csv.reader(table))
    with batch.with_suffix(".csv").open("w", encoding="utf-8", newline="") as table:
        writer = csv.writer(table)
        writer.writerow(header)
        for entry in manifest["entries"]:
            row = {**entry, "document": manifest["document"]}
            writer.writerow([manifest["batch"], *(row[key] for key in keys), manifest["sha256"]])


def test_a_batch_as_it_was_delivered_passes(batch: Path) -> None:
    proved = prove_delivered(batch)
    assert (proved.name, proved.pieces, proved.sheets, proved.pages, proved.insert_pages) == (
        "batch-0001.pdf", 9, 9, 18, 0,
    )  # fmt: skip
    assert proved.sha256 == hashlib.sha256(batch.read_bytes()).hexdigest()


def test_the_tool_that_spoils_them_spoils_nothing_by_itself(batch: Path) -> None:
    rewrite(batch)
    assert prove_delivered(batch).sheets == 9


@pytest.mark.parametrize("suffix", [".json", ".csv"])
def test_a_batch_without_its_manifest_is_not_proved(batch: Path, suffix: str) -> None:
    batch.with_suffix(suffix).unlink()
    with pytest.raises(BadBatch, match=f"batch-0001{suffix} cannot be read"):
        prove_delivered(batch)


def test_a_manifest_without_its_batch_is_not_proved(batch: Path) -> None:
    batch.unlink()
    with pytest.raises(BadBatch, match=r"batch-0001\.pdf cannot be read \(No such file or directory\)"):
        prove_delivered(batch)


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.pop("name"),
        lambda manifest: manifest.update(entries=[]),
        lambda manifest: manifest.update(entries=7),
        lambda manifest: manifest.update(batch="1"),
        lambda manifest: manifest["entries"].append(7),
        lambda manifest: manifest["entries"][2].update(page_from="5"),
        lambda manifest: manifest["entries"][2].update(record=3),
        lambda manifest: manifest["entries"][2].update(sheet=True),
        lambda manifest: manifest["entries"][2].update(name="x"),
    ],
)
def test_a_manifest_that_is_something_else_is_refused(batch: Path, change: Callable[[Manifest], None]) -> None:
    path = batch.with_suffix(".json")
    manifest = json.loads(path.read_text("utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(BadBatch, match=r"batch-0001\.json is not a manifest"):
        prove_delivered(batch)


def test_one_changed_byte_is_noticed(batch: Path) -> None:
    data = bytearray(batch.read_bytes())
    data[len(data) // 2] ^= 1
    batch.write_bytes(data)
    with pytest.raises(BadBatch, match=r"batch-0001\.pdf is not the file its manifest is about"):
        prove_delivered(batch)


def test_a_manifest_of_another_batch_is_noticed(batch: Path) -> None:
    other = batch.with_name("batch-0002.pdf")
    for suffix in (".pdf", ".json", ".csv"):
        batch.with_suffix(suffix).rename(other.with_suffix(suffix))
    with pytest.raises(BadBatch, match=r"batch-0002\.pdf is not the file its manifest is about"):
        prove_delivered(other)


def test_two_manifests_that_differ_are_noticed(batch: Path) -> None:
    table = batch.with_suffix(".csv")
    table.write_bytes(table.read_bytes().replace(b"A000001", b"A000009", 1))
    with pytest.raises(BadBatch, match="do not say the same"):
        prove_delivered(batch)


def test_two_sheets_that_changed_places_are_noticed(batch: Path) -> None:
    def swap(manifest: Manifest) -> None:
        first, second = manifest["entries"][:2]
        first["record"], second["record"] = second["record"], first["record"]

    rewrite(batch, swap)
    with pytest.raises(BadBatch, match="page 1 does not say record"):
        prove_delivered(batch)


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest["entries"].pop(),
        lambda manifest: manifest["entries"].pop(0),
        lambda manifest: manifest["entries"][3].update(page_to=7),
        lambda manifest: manifest["entries"][-1].update(page_to=19),
        lambda manifest: (
            manifest["entries"][0].update(sheets=2, page_to=1),
            manifest["entries"][1].update(sequence=1, sheet=2, sheets=2),
        ),
    ],
    ids=["last-sheet", "first-sheet", "one-page", "too-many", "inside-a-piece"],
)
def test_a_page_that_belongs_to_nobody_is_noticed(batch: Path, change: Callable[[Manifest], None]) -> None:
    rewrite(batch, change)
    with pytest.raises(BadBatch, match="its 18 pages are not those of the manifest"):
        prove_delivered(batch)


def test_a_file_that_lost_a_page_is_noticed(batch: Path) -> None:
    with pikepdf.open(batch, allow_overwriting_input=True) as pdf:
        del pdf.pages[4]
        pdf.save(batch)
    rewrite(batch)
    with pytest.raises(BadBatch, match="its 17 pages are not those of the manifest"):
        prove_delivered(batch)


def test_a_glyph_that_is_not_its_text_is_noticed(batch: Path) -> None:
    """年 and 月 change places in the embedded font: every reader would be deceived."""
    printed = PrintedObjects(batch)
    swapped = 0
    for font in printed.fonts():
        cids = [
            re.search(rb"<(\w{4})><%b>" % text, printed.stream(printed.referred(font, b"ToUnicode"))) for text in TEXTS
        ]
        if all(cids):
            one, other = (2 * int(found[1], 16) for found in cids if found)
            descendant = printed.referred(font, b"DescendantFonts")
            mapping = bytearray(printed.stream(printed.referred(descendant, b"CIDToGIDMap")))
            mapping[one : one + 2], mapping[other : other + 2] = mapping[other : other + 2], mapping[one : one + 2]
            printed.change_stream(printed.referred(descendant, b"CIDToGIDMap"), lambda _, new=bytes(mapping): new)
            swapped += 1
    assert swapped
    printed.write(batch)
    rewrite(batch)
    with pytest.raises(BadBatch, match="has ink that is not its text"):
        prove_delivered(batch)


@pytest.mark.parametrize("record", ["A-1", "2026-0001-7", "A--"])
def test_a_record_number_with_hyphens_is_read_however_a_reader_breaks_it(
    tmp_path: Path, record: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, _ = trial(tmp_path, [rows_of(DEMO)[0] | {"整理番号": record}])
    read = pixels.Document.text
    # As PDFium joins a line that ends in a hyphen, and adds a blank at a wide gap.
    monkeypatch.setattr(
        pixels.Document, "text", lambda self, n: read(self, n).replace(record, record.replace("-", " "))
    )
    assert prove_delivered(job.folder / "batch-0001.pdf").sheets == 1


def test_a_layout_without_the_record_number_is_proved_by_its_job(tmp_path: Path) -> None:
    path = write_job(tmp_path, rows_of(DEMO)[:1])
    layouts = Path(shutil.copytree(LAYOUTS, tmp_path / "layouts"))
    layout = layouts / "eligibility_notice"
    declared = (layout / "layout.toml").read_text("utf-8").replace(' "record",', "")
    tables = re.split(r"^(?=\[)", declared, flags=re.MULTILINE)
    kept = [table for table in tables if "slots.record" not in table and "data-slot=record" not in table]
    (layout / "layout.toml").write_text("".join(kept), "utf-8")
    window = layouts / "_shared" / "window.html.j2"
    window.write_text(window.read_text("utf-8").replace('{{ slot("record") }}', ""), "utf-8")
    path.write_text(f'layout = "{layout}"\n{path.read_text("utf-8")}', "utf-8")
    job = load_job(path)
    mailing_job.run(job, workers=1, make_workers=AtOnce)
    batch = job.folder / "batch-0001.pdf"
    assert prove_delivered(batch, job).sheets == 1
    with pytest.raises(BadBatch, match=r"does not say record .*a layout without the record number, verify it"):
        prove_delivered(batch)


def test_inserts_are_proved_when_the_job_names_them(tmp_path: Path) -> None:
    leaflet = print_sheets(tmp_path / "leaflet.pdf", small_plate(tmp_path), [{"name": "同封物"}, {"name": "裏"}])
    job, _ = trial(tmp_path / "job", rows_of(DEMO)[:3], fixture="certificate", inserts=[str(leaflet)])
    batch = job.folder / "batch-0001.pdf"
    proved = prove_delivered(batch, load_job(job.path))
    assert (proved.pages, proved.insert_pages) == (12, 2)
    shorter = print_sheets(tmp_path / "leaflet.pdf", small_plate(tmp_path), [{"name": "同封物"}])
    assert shorter == leaflet
    with pytest.raises(BadBatch, match="2 pages of inserts follow each piece, and the job given has others"):
        prove_delivered(batch, load_job(job.path))


def test_a_font_that_only_the_job_knows_is_told_to_need_the_job(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595.28, 841.89))
        name = pikepdf.Name.Small
        program = pdf.make_stream(truetype())
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.TrueType, BaseFont=name)
        font.FontDescriptor = pikepdf.Dictionary(Type=pikepdf.Name.FontDescriptor, FontName=name, FontFile2=program)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = pdf.make_stream(b"BT /F1 12 Tf 50 50 Td (A) Tj ET")
        pdf.save(tmp_path / "leaflet.pdf")
    job, _ = trial(tmp_path / "job", rows_of(DEMO)[:1], inserts=[str(tmp_path / "leaflet.pdf")], inserter_marks="none")
    batch = job.folder / "batch-0001.pdf"
    prove_delivered(batch, job)
    with pytest.raises(BadBatch, match=r"inserts or characters of its own .* verify it with --job"):
        prove_delivered(batch)


# A whole delivery, and what only its job knows.


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """Four notices in two batches, and one held."""
    rows = rows_of(DEMO)[:5]
    done, _ = trial(tmp_path_factory.mktemp("several"), [*rows[:4], rows[4] | {"氏名": ""}], pieces_per_batch=2)
    return done


@pytest.fixture
def folder(several: Job, tmp_path: Path) -> Path:
    """A copy to be spoilt."""
    return Path(shutil.copytree(several.folder, tmp_path / "copy"))


def test_a_whole_delivery_passes_and_says_what_only_its_job_knows(several: Job, folder: Path) -> None:
    plain, known = prove_folder(folder), prove_folder(folder, several)
    assert [(one.name, one.sheets) for one in plain] == [("batch-0001.pdf", 2), ("batch-0002.pdf", 2)]
    assert {one.not_asked for one in plain} == {"only --job JOB.toml knows what the sheets must say"}
    assert {one.not_asked for one in known} == {""}


def doubled(folder: Path) -> None:
    for ending in ("pdf", "csv", "json"):
        shutil.copy(folder / f"batch-0001.{ending}", folder / f"batch-0003.{ending}")


def in_another_encoding(folder: Path) -> None:
    table = folder / "held.csv"
    table.write_bytes(table.read_text("utf-8-sig").encode("cp932"))


def emptied(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(b"")


def told(change: Callable[[Manifest], object]) -> Callable[[Path], object]:
    def rewrite_report(folder: Path) -> None:
        path = folder / "report.json"
        report = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps(change(report) or report), "utf-8")

    return rewrite_report


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "batch-0002.pdf").unlink(), "batch-0002.pdf is missing"),
        (lambda folder: (folder / "held.csv").unlink(), "held.csv is missing"),
        (lambda folder: (folder / "batch-0001 (1).pdf").touch(), r"batch-0001 \(1\).pdf is no file of this delivery"),
        (lambda folder: (folder / "old").mkdir(), "old is no file of this delivery"),
        (emptied("batch-0001.pdf"), "batch-0001.pdf was changed since it was delivered; do not mail it"),
        (emptied("held.csv"), "held.csv was changed"),
        (in_another_encoding, "held.csv was changed"),
        (emptied("notes.csv"), "notes.csv was changed"),
        (emptied("report.html"), "report.html was changed"),
        (emptied("batch-0002.json"), "batch-0002.json was changed"),
        (emptied("report.json"), "report.json is missing or no longer a report; do not mail it"),
        (told(lambda report: report.pop("sums") and None), "report.json is missing or no longer a report"),
        (told(lambda report: report.update(sums=[])), "report.json is missing or no longer a report"),
        (told(lambda report: report["sums"].update({"held.csv": 7})), "report.json is missing or no longer a report"),
        (told(lambda report: [report]), "report.json is missing or no longer a report"),
        (doubled, "batch-0003.csv is no file of this delivery"),
        (lambda folder: shutil.copy(folder / "batch-0001.pdf", folder / "batch-0002.pdf"),
         "batch-0002.pdf is batch-0001.pdf a second time"),
    ],
)  # fmt: skip
def test_what_is_missing_foreign_doubled_or_changed_is_named(
    folder: Path, spoil: Callable[[Path], object], said: str
) -> None:
    spoil(folder)
    with pytest.raises(BadBatch, match=f"copy: {said}"):
        prove_folder(folder)


def test_what_a_sheet_says_is_asked_as_a_run_asks_it(
    several: Job, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The register is made to say that the changed file was printed: then the sheets are wrong."""
    rows = rows_of(several.sources[0])
    rows[2]["氏名"] = "別人　太郎"
    changed = replace(several, sources=(write_members(tmp_path / "changed.csv", rows),))
    (proved, _) = prove_folder(folder, changed)
    assert proved.not_asked == "changed.csv is no longer the file that was printed"
    monkeypatch.setattr(delivery, "_unknown", lambda *_: "")
    for ask in (lambda: prove_folder(folder, changed), lambda: prove_delivered(folder / "batch-0001.pdf", changed)):
        with pytest.raises(
            BadBatch, match=r"page \d is not as record A000003 must be.*; do not mail it; run the job again$"
        ):
            ask()
    more = replace(
        several, sources=(write_members(tmp_path / "more.csv", [*rows_of(several.sources[0]), rows_of(DEMO)[9]]),)
    )
    with pytest.raises(
        BadBatch, match=r"line 7 of the member file is neither printed nor held; do not mail it; run the job again$"
    ):
        prove_folder(folder, more)


def test_a_delivery_that_no_register_knows_is_said(several: Job, folder: Path, tmp_path: Path) -> None:
    (proved, _) = prove_folder(folder, replace(several, outbox=tmp_path))
    assert proved.not_asked == "the register of the outbox does not know this delivery of demo-notices"
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]
    gone = tmp_path / "gone"
    assert prove_folder(folder, replace(several, outbox=gone)) == prove_folder(
        folder, replace(several, outbox=tmp_path)
    )
    assert not gone.exists()
    (proved, _) = prove_folder(folder, replace(several, name="other"))
    assert proved.not_asked == "the register of the outbox does not know this delivery of other"


def test_customer_barcodes_and_households_are_asked_with_the_job(tmp_path: Path) -> None:
    done, _ = trial(tmp_path, rows_of(DEMO)[:12], envelope="household", customer_barcode=True)
    assert {one.not_asked for one in prove_folder(done.folder, done)} == {""}


def test_a_job_that_is_another_now_says_what_it_does_not_know(several: Job, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "job.toml"
    path.write_text(several.path.read_text("utf-8") + "# changed\n", "utf-8")
    (proved, _) = prove_folder(folder, replace(several, path=path))
    assert proved.not_asked == "the job, another file of it, or the program is no longer what it was printed by"


def test_a_variant_that_no_sheet_is_is_a_wrong_manifest(several: Job, folder: Path) -> None:
    batch = folder / "batch-0001.pdf"
    rewrite(batch, lambda manifest: manifest["entries"][0].update(variant="part=none"))
    with pytest.raises(
        BadBatch, match=r"batch-0001\.pdf: its manifest names part=none, which no sheet is; do not mail it"
    ):
        prove_delivered(batch, several)


def test_a_record_that_is_not_in_the_member_file_is_a_wrong_manifest(
    several: Job, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = folder / "batch-0001.pdf"
    rewrite(batch, lambda manifest: manifest["entries"][0].update(record="A999999"))
    monkeypatch.setattr(delivery, "_check_records", lambda *_: None)
    with pytest.raises(BadBatch, match=r"names what cannot have been printed: .* there is no record A999999"):
        prove_delivered(batch, several)


def test_the_member_file_is_read_and_the_bench_laid_out_once_however_many_batches_there_are(
    several: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    for name in ("find_members", "Bench", "write_index"):
        real = getattr(delivery, name)
        monkeypatch.setattr(delivery, name, lambda *given, of=name, do=real: called.append(of) or do(*given))
    assert len(prove_folder(several.folder, several)) == 2
    assert sorted(called) == ["Bench", "find_members", "write_index"]


def test_where_no_plates_are_kept_none_are_left(several: Job, tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    for name in (REGISTER, several.name):
        (shutil.copytree if name == several.name else shutil.copy)(several.outbox / name, outbox / name)
    assert {one.not_asked for one in prove_folder(outbox / several.name, replace(several, outbox=outbox))} == {""}
    assert sorted(path.name for path in outbox.iterdir()) == [REGISTER, several.name]


def test_a_folder_is_named_however_one_comes_to_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "held.csv").unlink()
    monkeypatch.chdir(folder)
    with pytest.raises(BadBatch, match=r"^copy: held\.csv is missing"):
        prove_folder(Path())
