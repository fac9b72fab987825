"""A sheet is drawn as a run would print it, and a delivered one is printed again as it was or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from small_layouts import print_sheets, small_plate
from trial_runs import DEMO, FIXTURES, rows_of, share_plates, trial, write_members

from renderer.desk.choice import load_member
from renderer.desk.draw import draw_sheet
from renderer.desk.examples import example_path
from renderer.desk.reprint import reprint
from renderer.intake.jobfile import load_job
from renderer.layout.load import LAYOUTS, load_layout
from renderer.model.errors import BadBatch, BadJob, BadLayout
from renderer.model.findings import Held
from renderer.model.job import Job
from renderer.proof import pixels
from renderer.running.manifest import Entry, read_manifest

LONGEST = FIXTURES / "examples" / "members" / "longest.toml"
DPI = 100


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    return load_job(FIXTURES / "notice.toml", outbox=share_plates(tmp_path_factory.mktemp("sheets") / "outbox"))


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """Households of several sheets in two batches, with two pages of inserts."""
    folder = tmp_path_factory.mktemp("delivered")
    leaflet = print_sheets(folder / "leaflet.pdf", small_plate(folder), [{"name": "同封"}, {"name": "物"}])
    rows = [row for row in rows_of(DEMO) if row["番号"].translate(str.maketrans("１２３４", "1234")) in set("1234")]
    mailing = {"envelope": "household", "pieces_per_batch": 3, "inserts": [str(leaflet)]}
    done, report = trial(folder, rows, order=["記号", "番号"], **mailing)
    assert (report.pieces, report.held) == (4, 0)
    return done


def entries_of(job: Job, batch: int) -> tuple[Entry, ...]:
    return read_manifest(job.folder / f"batch-{batch:04d}.json")[1]


def several(job: Job) -> tuple[int, tuple[Entry, ...]]:
    """A batch and the sheets of a piece in it that has several and is not the first."""
    for batch in (1, 2):
        entries = entries_of(job, batch)
        for entry in entries:
            if entry.sheets > 1 and entry.page_from > 1 and entry.sheet == 1:
                return batch, tuple(other for other in entries if other.sequence == entry.sequence)
    raise AssertionError("no such piece in the fixtures")


def same_pixels(one: Path, page: int, other: Path, other_page: int) -> bool:
    with pixels.opened(one) as left, pixels.opened(other) as right:
        images = left.pixels(page, DPI), right.pixels(other_page, DPI)
        return pixels.difference(*images, DPI) is None


# One sheet.


def test_press_and_reference_draw_the_same_sheet(job: Job, tmp_path: Path) -> None:
    layout, member = load_layout(job.document), load_member(LONGEST, job)
    press = draw_sheet(job, layout, member, tmp_path / "press.pdf")
    reference = draw_sheet(job, layout, member, tmp_path / "reference.pdf", reference=True)
    assert same_pixels(press.path, 0, reference.path, 0)
    assert press.path.read_bytes() != reference.path.read_bytes()
    assert (press.record, press.sheets, press.pages) == ("LONGEST-OF-EVERY-ONE", 1, 1)
    assert press.variant == reference.variant == (("relation", "dependant"), ("my_number", "shown"), ("ratio", "shown"))


def test_a_variant_is_drawn_when_it_is_wanted(job: Job, tmp_path: Path) -> None:
    wanted = {"relation": "insured", "ratio": "hidden"}
    drawn = draw_sheet(job, load_layout(job.document), load_member(LONGEST, job), tmp_path / "x.pdf", wanted=wanted)
    assert dict(drawn.variant) == {"relation": "insured", "my_number": "shown", "ratio": "hidden"}
    with pixels.opened(drawn.path) as document:
        assert "本人（被保険者）" in document.text(0)


def test_a_variant_the_layout_has_not_is_refused_with_the_nearest(job: Job, tmp_path: Path) -> None:
    with pytest.raises(BadLayout, match="no variant ratio=show; did you mean ratio=shown"):
        draw_sheet(
            job, load_layout(job.document), load_member(LONGEST, job), tmp_path / "x.pdf", wanted={"ratio": "show"}
        )


def test_a_variant_the_insurer_does_not_print_is_refused(job: Job, tmp_path: Path) -> None:
    without = replace(job, insurer=replace(job.insurer, prints_ratio=False))
    with pytest.raises(BadJob, match="no sheet of this job has ratio=shown"):
        draw_sheet(
            without, load_layout(job.document), load_member(LONGEST, job), tmp_path / "x.pdf", wanted={"ratio": "shown"}
        )


def test_a_value_that_cannot_be_printed_holds_the_sheet_and_leaves_no_file(job: Job, tmp_path: Path) -> None:
    member = load_member(LONGEST, job)._replace(name="\U00030ede　太郎")
    with pytest.raises(Held) as held:
        draw_sheet(job, load_layout(job.document), member, tmp_path / "x.pdf")
    assert {finding.code for finding in held.value.findings} == {"no-glyph"}
    assert list(tmp_path.iterdir()) == []


def test_a_designers_copy_is_drawn_from_where_it_lies(job: Job, tmp_path: Path) -> None:
    shutil.copytree(LAYOUTS, tmp_path / "layouts")
    style = tmp_path / "layouts" / job.document / "sheet.css"
    style.write_text(style.read_text("utf-8") + ".greeting { color: #333 }\n", "utf-8")
    member = load_member(LONGEST, job)
    ours = draw_sheet(job, load_layout(job.document), member, tmp_path / "ours.pdf")
    copy = draw_sheet(job, load_layout(style.parent), member, tmp_path / "copy.pdf")
    assert not same_pixels(ours.path, 0, copy.path, 0)


def test_every_document_has_a_job_to_be_shown_with(tmp_path: Path) -> None:
    for document in ("eligibility_notice", "eligibility_certificate"):
        assert load_job(example_path(document)).document == document
    with pytest.raises(BadLayout, match="document 'specimen' has no example job"):
        example_path("specimen")


# A delivered sheet or piece again.


def test_a_whole_piece_is_printed_again_with_its_inserts(delivered: Job) -> None:
    batch, entries = several(delivered)
    again = reprint(delivered, piece=entries[0].sequence)
    original = delivered.folder / f"batch-{batch:04d}.pdf"
    assert again.path == delivered.outbox / f"{delivered.name}-reprint-piece-{entries[0].sequence}.pdf"
    assert (again.sheets, again.pages) == (len(entries), len(entries) + 2)
    for page in range(again.pages):
        assert same_pixels(again.path, page, original, entries[0].page_from - 1 + page)


def test_one_sheet_of_a_piece_is_printed_again_alone(delivered: Job) -> None:
    batch, entries = several(delivered)
    second = entries[1]
    again = reprint(delivered, records=[second.record])
    assert again.path == delivered.outbox / f"{delivered.name}-reprint-{second.record}.pdf"
    assert (again.record, again.sheets, again.pages) == (second.record, 1, 1)
    assert same_pixels(again.path, 0, delivered.folder / f"batch-{batch:04d}.pdf", second.page_from - 1)
    reader = pypdf.PdfReader(again.path)
    assert reader.page_labels == [f"{second.sequence}-1"], "the piece keeps its number"
    text = reader.pages[0].extract_text()
    assert f"2/{second.sheets}" in text, "the sheet still says which of its piece it is"


def test_several_sheets_are_printed_again_in_mailing_order(delivered: Job) -> None:
    every = [(n, entry) for n in (1, 2) if (delivered.folder / f"batch-{n:04d}.json").exists()
             for entry in entries_of(delivered, n)]  # fmt: skip
    picked = [every[0], every[2], every[-1]]
    records = [entry.record for _, entry in picked]
    again = reprint(delivered, records=records[::-1])
    assert again.path.name == f"{delivered.name}-reprint-{'+'.join(records)}.pdf"
    assert (again.record, again.sheets, again.pages) == (records[0], 3, 3)
    for page, (batch, entry) in enumerate(picked):
        original = delivered.folder / f"batch-{batch:04d}.pdf"
        assert same_pixels(again.path, page, original, entry.page_from - 1)
    many = reprint(delivered, records=[entry.record for _, entry in every] * 2)
    assert many.sheets == len(every)
    assert len(many.path.name) < 150


def test_a_reprint_made_twice_is_the_same_file(delivered: Job) -> None:
    record = entries_of(delivered, 1)[0].record
    first = reprint(delivered, records=[record]).path.read_bytes()
    assert reprint(delivered, records=[record]).path.read_bytes() == first


@pytest.mark.parametrize(
    ("name", "number"), [("record B999999", {"records": ["A000001", "B999999"]}), ("piece 9", {"piece": 9})]
)
def test_what_was_not_delivered_cannot_be_printed_again(delivered: Job, name: str, number: dict[str, object]) -> None:
    with pytest.raises(BadJob, match=f": {name} is in none of the manifests"):
        reprint(delivered, **number)  # type: ignore[arg-type]


def test_a_job_that_was_not_run_cannot_be_printed_again(job: Job) -> None:
    with pytest.raises(BadJob, match="no delivery lies in"):
        reprint(job, records=["A000001"])


def changed(job: Job, folder: Path, record: str, change: Callable[[dict[str, str]], None]) -> Job:
    rows = rows_of(job.sources[0])
    change(next(row for row in rows if row["整理番号"] == record))
    return replace(job, sources=(write_members(folder / "changed.csv", rows),))


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("氏名", "別人　太郎", "page 1 of batch-0001.pdf differs: "),
        ("個人番号", "", "it was delivered as .* and is .*my_number=unregistered"),
    ],
)
def test_data_that_have_changed_since_are_not_printed_as_if_delivered(
    delivered: Job, tmp_path: Path, column: str, value: str, said: str
) -> None:
    first = next(e for e in entries_of(delivered, 1) if e.page_from == 1)
    row = next(row for row in rows_of(delivered.sources[0]) if row["整理番号"] == first.record)
    if column == "個人番号" and (not row[column] or "my_number=shown" not in first.variant):
        raise AssertionError("the first of the demo must have a My Number for this test")
    before = set(delivered.outbox.iterdir())
    with pytest.raises(BadBatch, match=f"record {first.record} cannot be printed again as it was delivered: {said}"):
        reprint(
            changed(delivered, tmp_path, first.record, lambda row: row.update({column: value})), records=[first.record]
        )
    assert set(delivered.outbox.iterdir()) == before, "nothing is left behind"


@pytest.mark.parametrize(("name", "code"), [("\U00030ede　太郎", "no-glyph"), ("長" * 60, "does-not-fit")])
def test_a_value_that_can_no_longer_be_printed_is_told_as_it_is_for_a_run(
    delivered: Job, tmp_path: Path, name: str, code: str
) -> None:
    record = next(e for e in entries_of(delivered, 1) if "relation=insured" in e.variant).record
    before = set(delivered.outbox.iterdir())
    with pytest.raises(Held) as held:
        reprint(changed(delivered, tmp_path, record, lambda row: row.update({"氏名": name})), records=[record])
    assert {(finding.code, finding.record) for finding in held.value.findings} == {(code, record)}
    assert set(delivered.outbox.iterdir()) == before, "nothing is left behind"


def test_a_batch_that_was_changed_since_is_no_witness(delivered: Job, tmp_path: Path) -> None:
    shutil.copytree(delivered.folder, tmp_path / delivered.name)
    batch = tmp_path / delivered.name / "batch-0001.pdf"
    batch.write_bytes(batch.read_bytes() + b"\n")
    with pytest.raises(BadBatch, match=r"batch-0001\.pdf is not the file its manifest is about"):
        reprint(replace(delivered, outbox=tmp_path), records=[entries_of(delivered, 1)[0].record])


def test_what_is_printed_again_is_for_nobody_elses_eyes_and_a_kill_leaves_nobody(delivered: Job) -> None:
    left = delivered.outbox / f".{delivered.name}-reprint-piece-1.999999999.pdf"
    left.write_bytes(b"somebody")
    (other := left.with_name(f".{delivered.name}-reprint-piece-1.notes.pdf")).write_bytes(b"of somebody")
    again = reprint(delivered, piece=1)
    assert again.path.stat().st_mode & 0o777 == 0o600
    assert not left.exists()
    assert other.exists(), "it is none of ours"
