"""Two jobs in one process, one after the other or at once: each is printed as if it were alone.

Two insurers have an own character of the same code, U+E000, drawn by fonts of the same name, and a third has none.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import pytest
from own_fonts import make_gaiji, make_table
from small_layouts import FIXED, INSURER, print_sheets, rules, small_layout
from trial_runs import DEMO, FIXTURES, AtOnce, ended, files_of, renderer, rows_of, write_job

from renderer.cli.exits import ExitCode
from renderer.desk import lint, value_moves
from renderer.intake.jobfile import load_job
from renderer.layout import compiling, drawn
from renderer.layout import reference as reference_module
from renderer.layout.compiling import compile_plate
from renderer.layout.engine import one_thread, silence_promised
from renderer.layout.load import Layout
from renderer.layout.reference import reference_pdf
from renderer.model.errors import BadLayout
from renderer.model.job import Job
from renderer.model.sums import sum_of_bytes
from renderer.press.fonts import load_gaiji
from renderer.press.plates import written
from renderer.press.ruler import Ruler
from renderer.proof import pixels
from renderer.proof.placing import Beginning
from renderer.proof.verify import compare_with_reference, expected_pages, font_files, verify
from renderer.running.run import run

OWN = "\ue000"
INSURERS = {"one": "崎", "other": "邉", "none": ""}
"""Insurer → the kanji that its own character looks like."""
NAME = {"one": f"山{OWN}一郎", "other": f"山{OWN}一郎", "none": "山崎一郎"}


@cache
def made_font(looks_like: str) -> bytes:
    """A font of one insurer: the same bytes, however often it is given."""
    with TemporaryDirectory() as folder:
        return make_gaiji(Path(folder), {OWN: looks_like}).read_bytes()


def printed_apart(tmp_path: Path, work: str) -> Any:
    """Do a piece of work in a process of its own; return what it says in JSON."""
    program = f"import json, sys; sys.path[:0] = {sys.path!r}; import conftest, test_one_process as here\n"
    program += f"from pathlib import Path; print(json.dumps(here.{work}))"
    words = [sys.executable, "-c", program, str(tmp_path)]
    ended = subprocess.run(words, capture_output=True, text=True, check=True, cwd=Path(__file__).parent)
    return json.loads(ended.stdout)


# A sheet: plate, print file, proof, and WeasyPrint's own rendering


def printed(layout: Layout, folder: Path, insurer: str, values: str) -> list[str]:
    """Compile, print, prove and compare one sheet; return the sums of plate, print file and reference."""
    own = (folder / "gaiji.ttf", folder / "gaiji.csv") if INSURERS[insurer] else (None, None)
    fixed = replace(FIXED, insurer=replace(INSURER, gaiji_font=own[0], gaiji_table=own[1]))
    gaiji = load_gaiji(*own) if own[0] and own[1] else None
    plate = compile_plate(layout, next(layout.variants()), fixed)
    with TemporaryDirectory(dir=folder) as place:
        path = print_sheets(Path(place) / "batch.pdf", plate, [{"name": values}], gaiji)
        expected = expected_pages(plate, {"name": values}, "1", Beginning("0", "0-"))
        verify(path, "見本", expected, font_files(gaiji))
        reference = Path(place) / "reference.pdf"
        reference.write_bytes(reference_pdf(layout, plate, fixed, {"name": values}, Ruler(gaiji)))
        compare_with_reference(path, 0, reference, Path(place))
        return [sum_of_bytes(found) for found in (written(plate), path.read_bytes(), reference.read_bytes())]


def printed_by(folder: Path, insurer: str) -> list[str]:
    """Print a sheet of an insurer whose files and layout lie in ``folder``."""
    folder.mkdir(exist_ok=True)
    if INSURERS[insurer]:
        make_table(folder, "U+E000")
        (folder / "gaiji.ttf").write_bytes(made_font(INSURERS[insurer]))
        os.utime(folder / "gaiji.ttf", (0, 0))
    layout = small_layout(folder, css=rules("name", font_family='"BIZ UDMincho"'))
    return printed(layout, folder, insurer, NAME[insurer])


@cache
def alone(insurer: str) -> list[str]:
    """What ``printed_by`` returns in a process that never printed for anybody else."""
    with TemporaryDirectory() as folder:
        found: list[str] = printed_apart(Path(folder), f"printed_by(Path(sys.argv[1]), {insurer!r})")
        return found


def test_the_sheets_of_these_insurers_are_different() -> None:
    plates, files, references = zip(*map(alone, INSURERS), strict=True)
    assert len(set(plates)) == 1
    assert len(set(files)) == len(set(references)) == 3


@pytest.mark.parametrize("order", [("one", "other", "none", "one"), ("other", "one", "other", "none")])
def test_one_after_the_other_each_is_printed_as_alone(tmp_path: Path, order: Sequence[str]) -> None:
    assert [printed_by(tmp_path / insurer, insurer) for insurer in order] == [alone(insurer) for insurer in order]


def test_a_font_that_was_changed_in_its_place_is_another(tmp_path: Path) -> None:
    # The same path, the same time; only the bytes are others.
    order = ["one", "other", "one"]
    assert [printed_by(tmp_path, insurer) for insurer in order] == [alone(insurer) for insurer in order]


def test_at_once_each_is_printed_as_alone(tmp_path: Path) -> None:
    start = threading.Barrier(4)

    def print_some(number: int) -> bool:
        start.wait()
        order = [list(INSURERS)[(number + turn) % 3] for turn in range(4)]
        folder = tmp_path / str(number)
        folder.mkdir()
        return all(printed_by(folder / insurer, insurer) == alone(insurer) for insurer in order)

    for insurer in INSURERS:
        alone(insurer)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(print_some, range(4))) == [True] * 4


# What is kept from sheet to sheet


def compiled(layout: Layout) -> bytes:
    return written(compile_plate(layout, next(layout.variants()), FIXED))


@pytest.mark.parametrize(
    ("file", "more"),
    [
        ("sheet.html.j2", "<p>別の文"),
        ("_shared/part.html.j2", "<p>別の文"),
        ("sheet.css", "p { margin-left: 5mm }"),
        ("more.css", "p { margin-left: 5mm }"),
    ],
)
def test_a_file_of_a_layout_that_was_changed_in_its_place_is_another(tmp_path: Path, file: str, more: str) -> None:
    body = '{{ slot("name") }}{% include "_shared/part.html.j2" %}'
    files = {"more.css": "p { font-family: BIZ UDGothic }", "_shared/part.html.j2": "<p>部品"}
    layout = small_layout(tmp_path, body, '@import "more.css";\n' + rules("name"), files=files)
    path = layout.folder / file
    before, time, old = path.read_text("utf-8"), path.stat().st_mtime_ns, compiled(layout)
    for text, is_old in ((before + more, False), (before, True)):
        path.write_text(text, "utf-8")
        os.utime(path, ns=(time, time))
        assert (compiled(layout) == old) is is_old


# One thread at a time


def comes_in(enter: Callable[[], AbstractContextManager[object]], patience: float = 600) -> bool:
    """Whether another thread can enter what this one may be in, within some seconds from when it stands there."""

    def enters() -> None:
        stands.set()
        with enter():
            entered.set()

    stands, entered = threading.Event(), threading.Event()
    thread = threading.Thread(target=enters)
    thread.start()
    stands.wait()
    found = entered.wait(patience)
    _WAITING.append(thread)
    return found


def stays_out(enter: Callable[[], AbstractContextManager[object]]) -> bool:
    """Whether another thread waits before what this one is in."""
    return not comes_in(enter, 0.3)


_WAITING: list[threading.Thread] = []


@pytest.fixture(autouse=True)
def _nobody_waits_for_ever() -> Iterator[None]:
    yield
    while _WAITING:
        _WAITING.pop().join(60)


def test_one_thread_at_a_time_has_files_open_in_pdfium() -> None:
    golden = next((Path(__file__).parent / "goldens").rglob("*.pdf"))
    with pixels.opened(golden):
        assert stays_out(lambda: pixels.opened(golden))
    assert comes_in(lambda: pixels.opened(golden))


def test_a_warning_is_heard_in_the_thread_that_lays_out_and_in_no_other() -> None:
    with silence_promised("layout"):
        other = threading.Thread(target=logging.getLogger("fontTools.subset").warning, args=["of another thread"])
        other.start()
        other.join()
    with pytest.raises(BadLayout, match="layout: of this one"), silence_promised("layout"):
        logging.getLogger("fontTools.subset").warning("of this one")


def test_one_thread_at_a_time_is_in_weasyprint(tmp_path: Path) -> None:
    with silence_promised("layout"):
        assert stays_out(lambda: silence_promised("other"))
    assert comes_in(one_thread)


def reference(layout: Layout) -> object:
    plate = compile_plate(layout, next(layout.variants()), FIXED)
    return reference_pdf(layout, plate, FIXED, {"name": "国"}, Ruler())


def moves(layout: Layout) -> object:
    return list(value_moves.changed_by_long_values(layout, next(layout.variants()), FIXED, {}))


def linted(layout: Layout) -> object:
    return lint.lint(layout, FIXED, {})


@pytest.mark.parametrize(
    ("work", "module", "step"),
    [
        (compiled, compiling, "check_fixed_part"),
        (compiled, drawn, "_plate_page"),
        (reference, reference_module, "write_pdf"),
        (moves, value_moves, "slot_boxes"),
        (linted, lint, "Boxes"),
    ],
)
def test_nobody_else_lays_out_or_collects_while_a_document_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: Callable[[Layout], object], module: ModuleType, step: str
) -> None:
    original, found = getattr(module, step), []

    def noted(*words: Any) -> Any:
        found.append((stays_out(one_thread), gc.isenabled()))
        return original(*words)

    monkeypatch.setattr(module, step, noted)
    work(small_layout(tmp_path))
    assert set(found) == {(True, False)}
    assert comes_in(one_thread)
    assert gc.isenabled()


# Whole runs


def job_of(folder: Path, insurer: str) -> Job:
    """A job of an insurer with a member of that name, a plain one, and one whose character nobody vouches for."""
    alike = [row for row in rows_of(DEMO) if row["本人家族"] == "本人" and not row["負担割合"]]
    names = [f"山{OWN}一郎", "山田一郎", "山\ue001一郎"]
    usual = {"登録年月日": "2026-04-01", "個人番号": ""}
    rows = [row | usual | {"氏名": name} for row, name in zip(alike, names, strict=False)]
    path = write_job(folder, rows)
    (folder / "outbox" / ".plates").unlink()  # those of other tests: here everything is to be made, and compared
    shutil.copy(FIXTURES / "examples" / "seal.png", folder)
    about = (FIXTURES / "examples" / "insurer.toml").read_text("utf-8")
    if INSURERS[insurer]:
        make_table(folder, "U+E000")
        (folder / "gaiji.ttf").write_bytes(made_font(INSURERS[insurer]))
        about = 'gaiji_font = "gaiji.ttf"\ngaiji_table = "gaiji.csv"\n' + about
    (folder / "insurer.toml").write_text(about, "utf-8")
    job = path.read_text("utf-8").replace(f'"{FIXTURES / "examples" / "insurer.toml"}"', '"insurer.toml"')
    path.write_text(job, "utf-8")
    return load_job(path)


@pytest.fixture(scope="module")
def delivered_alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """What each job delivers when it is run in a process of its own."""
    found = {}
    for insurer in INSURERS:
        job = job_of(tmp_path_factory.mktemp("alone") / insurer, insurer)
        assert ended(renderer("run", job.folder.parents[1] / "job.toml"))[0] == ExitCode.SOME_HELD
        found[insurer] = files_of(job.folder)
    return found


def delivered(folder: Path, insurer: str) -> dict[str, bytes]:
    job = job_of(folder, insurer)
    report = run(job, workers=1, make_workers=AtOnce)
    assert (report.read, report.printed) == (3, 2 if INSURERS[insurer] else 1)
    return files_of(job.folder)


def test_jobs_run_one_after_the_other_deliver_what_they_deliver_alone(
    tmp_path: Path, delivered_alone: dict[str, dict[str, bytes]]
) -> None:
    assert len({files["batch-0001.pdf"] for files in delivered_alone.values()}) == 3
    for insurer in ("one", "other", "none"):
        assert delivered(tmp_path / insurer, insurer) == delivered_alone[insurer]


def test_jobs_run_at_once_deliver_what_they_deliver_alone(
    tmp_path: Path, delivered_alone: dict[str, dict[str, bytes]]
) -> None:
    with ThreadPoolExecutor(3) as pool:
        runs = {insurer: pool.submit(delivered, tmp_path / insurer, insurer) for insurer in INSURERS}
        assert {insurer: begun.result() for insurer, begun in runs.items()} == delivered_alone
