"""[print.offset] of the insurer file: a whole side is moved by exactly so much, and the proof accepts nothing else."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from PIL import Image, ImageChops
from readers import complaints
from trial_runs import DEMO, FIXTURES, AtOnce, demo_plates, rows_of, write_job

from renderer import verify_folder
from renderer.desk.golden_cases import golden_cases
from renderer.intake.jobfile import load_job
from renderer.layout.load import check_document, layout_of
from renderer.model.errors import BadBatch, BadJob
from renderer.model.insurer import UNMOVED, Offset
from renderer.model.job import Job
from renderer.press.plates import Plate
from renderer.press.press import PrintFile
from renderer.proof.fixed_words import FixedWords
from renderer.proof.placing import Beginning
from renderer.proof.verify import expected_pages, font_files, verify
from renderer.running import run as mailing_job

OFFSET = Offset(front=(0.3, -0.5), back=(-1.2, 2.0))
TABLE = "[print.offset]\nfront = [0.3, -0.5]\nback = [-1.2, 2]\n"
MM = 25.4 / 72
"""In a pt."""

Thing = tuple[str, float, float]
"""A character, or what else is drawn, and where, in mm from the upper left corner of the paper."""


def things(path: Path) -> Iterator[list[Thing]]:
    """All that PDFium finds on each page: a character at its origin, anything else at its corner."""
    document = pypdfium2.PdfDocument(path)
    for page in document:
        (left_edge, _, _, top_edge), reader = page.get_bbox(), page.get_textpage()
        x, y = ctypes.c_double(), ctypes.c_double()
        found = []
        for index in range(reader.count_chars()):
            pdfium.FPDFText_GetCharOrigin(reader, index, x, y)
            found.append((chr(pdfium.FPDFText_GetUnicode(reader, index)), x.value, y.value))
        for thing in page.get_objects(max_depth=9):
            left, _, _, top = thing.get_bounds()
            found.append((str(thing.type), left, top))
        yield [(what, (x - left_edge) * MM, (top_edge - y) * MM) for what, x, y in found]
        reader.close()
        page.close()
    document.close()


@pytest.fixture(scope="module")
def plate() -> Plate:
    _, _, plates = demo_plates("eligibility_certificate")
    return next(iter(plates.values()))


def values_of(plate: Plate) -> dict[str, str]:
    said = {"name": "辻\U000e0102　\U00020bb7子", "address": "架空県架空市\n見本棟", "customer_barcode": "1" * 20}
    return {place.slot: said.get(place.slot, "") for place in plate.places}


def printed(path: Path, plate: Plate, offset: Offset) -> Path:
    with PrintFile(path, [plate], offset=offset) as file:
        file.begin_piece("1", "1-")
        file.add_sheet(plate, values_of(plate))
        file.finish("見本")
    return path


def test_everything_on_a_side_is_moved_by_exactly_so_much(tmp_path: Path, plate: Plate) -> None:
    files = (printed(tmp_path / f"{n}.pdf", plate, offset) for n, offset in enumerate((UNMOVED, OFFSET)))
    sheets = zip(*map(things, files), strict=True)
    for page, (before, after) in enumerate(sheets):
        assert len(before) > 300
        right, down = OFFSET.of_page(page)
        for (what, x, y), (same, new_x, new_y) in zip(before, after, strict=True):
            assert same == what
            assert (new_x - x, new_y - y) == pytest.approx((right, down), abs=1e-4), what
    assert complaints(tmp_path / "1.pdf") == []


@pytest.mark.parametrize("page", [0, 1])
def test_ghostscript_draws_each_dot_so_much_elsewhere(tmp_path: Path, plate: Plate, page: int) -> None:
    """At 254 dpi a dot is 0.1 mm; Ghostscript is none of ours, and what many printers run."""
    margin, dots = 40, []
    for name, offset in (("straight", UNMOVED), ("moved", OFFSET)):
        picture = tmp_path / f"{name}.pgm"
        into = ["-sDEVICE=pgmraw", "-r254", f"-sPageList={page + 1}", f"-sOutputFile={picture}"]
        subprocess.run(
            ["gs", "-q", "-dBATCH", "-dNOPAUSE", *into, printed(tmp_path / "x.pdf", plate, offset)], check=True
        )
        right, down = (round(mm * 10) for mm in offset.of_page(page))
        whole = Image.open(picture)
        width, height = whole.size
        dots.append(whole.crop((margin + right, margin + down, width - margin + right, height - margin + down)))
    assert dots[0].getextrema()[0] == 0
    assert ImageChops.difference(*dots).getbbox() is None


def proved(path: Path, plate: Plate, offset: Offset) -> None:
    expected = expected_pages(plate, values_of(plate), "1", Beginning("1", "1-"), offset=offset)
    verify(path, "見本", expected, font_files(None))


@pytest.mark.parametrize(
    ("said", "page"),
    [
        (UNMOVED, 1),
        (OFFSET._replace(front=(0.3, 0.5)), 1),
        (OFFSET._replace(front=(0.31, -0.5)), 1),
        (OFFSET._replace(back=OFFSET.front), 2),
        (Offset(OFFSET.back, OFFSET.front), 1),
    ],
)
def test_a_side_that_is_moved_otherwise_is_told(tmp_path: Path, plate: Plate, said: Offset, page: int) -> None:
    path = printed(tmp_path / "x.pdf", plate, OFFSET)
    proved(path, plate, OFFSET)
    with pytest.raises(BadBatch, match=rf"page {page} .* moved otherwise than \[print\.offset\] says"):
        proved(path, plate, said)


def replace_in(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def job_with(folder: Path, table: str, fixture: str = "certificate") -> Job:
    """A job of a few members whose insurer file ends with a table."""
    path = write_job(folder, rows_of(DEMO)[:3], fixture=fixture)
    insurer = (FIXTURES / "examples" / "insurer.toml").read_text("utf-8")
    (folder / "insurer.toml").write_text(f"{insurer}\n{table}", "utf-8")
    (folder / "seal.png").write_bytes((FIXTURES / "examples" / "seal.png").read_bytes())
    text = path.read_text("utf-8")
    path.write_text(text.replace(f'"{FIXTURES / "examples" / "insurer.toml"}"', '"insurer.toml"'), "utf-8")
    return load_job(path)


def test_a_run_moves_both_sides_and_is_proved_against_weasyprint_and_again(tmp_path: Path) -> None:
    moved, straight = (job_with(tmp_path / name, table) for name, table in (("moved", TABLE), ("straight", "")))
    for job in (moved, straight):
        mailing_job.run(job, workers=1, make_workers=AtOnce)
    sheets = zip(*(things(job.folder / "batch-0001.pdf") for job in (straight, moved)), strict=True)
    for page, (before, after) in enumerate(sheets):
        right, down = OFFSET.of_page(page)
        moves = {(round(new[1] - old[1], 3), round(new[2] - old[2], 3)) for old, new in zip(before, after, strict=True)}
        assert moves == {(right, down)}
    assert [proved.not_asked for proved in verify_folder(moved.folder, moved)] == [""]


def test_an_offset_that_was_read_otherwise_than_the_file_says_is_told(tmp_path: Path) -> None:
    job = job_with(tmp_path, TABLE)
    assert job.insurer.offset == FixedWords(job, layout_of(job)).offset == OFFSET
    replace_in(job.insurer_file, "0.3", "0.4")
    with pytest.raises(BadBatch, match=r"print\.offset of the job is not as insurer\.toml says"):
        FixedWords(job, layout_of(job))


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ("front = [0.3]", 'key "print.offset.front": must be two numbers, mm to the right and down, each at most 3'),
        ("back = [0.3, -3.1]", 'key "print.offset.back": must be two numbers'),
        ("front = 0.3", 'key "print.offset.front": must be a list in square brackets'),
        ("frnt = [0, 0]", 'did you mean "front"?'),
    ],
)
def test_an_offset_that_cannot_be_is_refused_with_its_key(tmp_path: Path, table: str, complaint: str) -> None:
    with pytest.raises(BadJob) as refused:
        job_with(tmp_path, f"[print.offset]\n{table}\n")
    assert complaint in str(refused.value)


def test_a_golden_does_not_follow_the_printer(tmp_path: Path) -> None:
    sums = set()
    for name, table in (("moved", TABLE), ("straight", "")):
        pack = shutil.copytree(Path(__file__).parent / "data" / "kokuho", tmp_path / name)
        with (pack / "examples" / "city.toml").open("a", encoding="utf-8") as insurer:
            insurer.write(table)
        case = next(golden_cases(tmp_path / f"outbox-{name}", pack))
        case.make(tmp_path / f"{name}.pdf")
        sums.add((tmp_path / f"{name}.pdf").read_bytes())
    assert len(sums) == 1


def test_a_sheet_is_not_moved_further_than_its_margin(tmp_path: Path) -> None:
    job = job_with(tmp_path, TABLE)
    layout = layout_of(job)
    layout.file = layout.file.model_copy(update={"safe_margin": 1.9})
    with pytest.raises(BadJob, match=r'insurer\.toml: key "print\.offset": 2 mm is more than the margin'):
        check_document(job, layout)


def test_without_an_offset_nothing_is_moved(tmp_path: Path) -> None:
    assert job_with(tmp_path / "none", "").insurer.offset == UNMOVED
    assert job_with(tmp_path / "one", "[print.offset]\nback = [0, 1]").insurer.offset == Offset(back=(0.0, 1.0))
