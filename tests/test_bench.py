"""The bench measures all processes of a program, compares the right numbers, and sees when a sheet is another sheet."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pydyf
import pytest

ROOT = Path(__file__).resolve().parents[1]
BENCH = ROOT / "bench"
MB = 1_000_000

CHILDREN = """
import multiprocessing, os, time
{before}
both = multiprocessing.get_context("fork").Barrier(2)
children = []
for _ in range(2):
    child = os.fork()
    if not child:
        {inside}
        both.wait()
        time.sleep(2)  # many samples' time, on a busy machine too
        os._exit(0)
    children.append(child)
for child in children:
    os.waitpid(child, 0)
"""
ORPHAN = """
import os, time
parent = os.getpid()
if os.fork():
    time.sleep(2)  # until the child has been seen
else:
    while os.getppid() == parent:
        time.sleep(0.01)
    end = time.process_time() + 0.4
    while time.process_time() < end:
        pass
"""
TAKE = "taken = bytearray(60_000_000); taken[::4096] = b'x' * len(taken[::4096])"
SHARE = TAKE.replace("60_000_000", "200_000_000")


@pytest.fixture(scope="module", autouse=True)
def bench_on_the_path() -> Iterator[None]:
    sys.path.insert(0, str(BENCH))
    yield
    sys.path.remove(str(BENCH))


def cost_of(program: str) -> dict[str, float]:
    """Measure from a small process of its own: a child's largest memory begins with that of its parent."""
    command = [sys.executable, BENCH / "measure.py", sys.executable, "-c", program]
    cost: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return cost


def test_memory_of_all_processes_is_added_up() -> None:
    cost = cost_of(CHILDREN.format(before="pass", inside=TAKE))
    assert 120 * MB < cost["peak"] < 150 * MB
    assert 60 * MB < cost["largest"] < 90 * MB


def test_memory_that_processes_share_counts_once() -> None:
    # Counted twice it would be 400 MB and more; a busy machine lets time pass between the looks at two processes.
    assert 200 * MB < cost_of(CHILDREN.format(before=SHARE, inside="pass"))["peak"] < 390 * MB


def test_cpu_time_of_children_counts_and_waiting_does_not() -> None:
    spin = "end = time.process_time() + 0.3\n        while time.process_time() < end: pass"
    cost = cost_of(CHILDREN.format(before="pass", inside=spin))
    assert 0.6 < cost["cpu"] < 2 < cost["seconds"]


def test_cpu_time_of_a_process_that_outlives_its_parent_counts() -> None:
    assert cost_of(ORPHAN)["cpu"] > 0.4


def test_program_that_fails_is_not_measured() -> None:
    from measure import Failed, measured

    with pytest.raises(Failed, match="exit code 3"):
        measured([sys.executable, "-c", "raise SystemExit(3)"])


@pytest.fixture
def results() -> object:
    from results import Line, Results

    def line(label: str, sheets: int, rate: float, size: int = 1000) -> Line:
        return Line(label, sheets, sheets / rate, 1.0, 100 * MB, 50 * MB, sheets * size)

    return Results(
        others=[line("usual", 60, 10), line("fast", 20_000, 1_500)],
        steps=[line("fill", 20_000, 8_000)],
        one_worker=[line("one", 20_000, 1_100)],
        two_workers=[line("two", 20_000, 2_000), line("two", 100_000, 3_300)],
        growth=[line("two", 100_000, 3_300), line("two", 1_000_000, 3_400)],
        facts={"Python": "3"},
        proof="all do.",
    )


def test_ratios_are_ours_by_theirs_for_each_size(results: object) -> None:
    from results import report

    text = report(results)
    assert "20,000 notices, 2 workers: 2,000 sheets a second. **200 times** usual; **1.33 times** fast." in text
    assert "100,000 notices, 2 workers: 3,300 sheets a second. **330 times** usual; **2.20 times** fast." in text
    assert "| usual | 200 | 330 | 10.0 |" in text
    assert "**NO**" not in text


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        ({"others": 0}, "a run of 20,000 is at least 200 times as fast as usual"),
        ({"others": 1}, "ahead of every other"),
        ({"steps": 0}, "the fill step prints 8,000 a second on one core"),
        ({"growth": 1, "size": 1_501_000_000}, "at most 1,500 bytes a sheet"),
        ({"growth": 1, "peak": 121 * MB}, "memory of 1,000,000 within 20% of 100,000 and under 500 MB"),
    ],
)
def test_promise_that_is_not_kept_is_said(results: object, changed: dict[str, int], broken: str) -> None:
    from results import Results, report

    assert isinstance(results, Results)
    (group, place), *rest = changed.items()
    lines = list(getattr(results, group))
    slower = lines[place].seconds * (1.01 if group == "steps" else 0.4)
    lines[place] = replace(lines[place], **(dict(rest) or {"seconds": slower}))
    told = [row for row in report(replace(results, **{group: lines})).splitlines() if "**NO**" in row]
    assert any(broken in row for row in told), told


@pytest.mark.parametrize(
    ("sheets", "first", "kept", "said"),
    [
        (5, 4.0, 0.5, "| 5 | 0.12 | 1.00 | 4.00 | 0.5 | 0.5 | yes |"),
        (5, 4.0, 0.51, "| **NO** |"),
        (150, 3.0, 1.5, "| 150 | 5.00 | 10.0 | 3.00 | 1.50 | 15.0 | yes |"),
        (150, 3.1, 1.5, "| **NO** |"),
        (150, 3.0, 1.6, "| **NO** |"),
    ],
)
def test_small_runs_are_told_against_the_usual_way(
    results: object, sheets: int, first: float, kept: float, said: str
) -> None:
    from results import Line, Results, Small, report

    assert isinstance(results, Results)
    lines = [Line("x", sheets, seconds, 1.0, MB, MB, 1000) for seconds in (first, kept)]
    small = Small(sheets, results.others[0], *lines)
    table = report(replace(results, small=[small])).partition("## Small runs")[2].partition("## ")[0]
    assert said in table


def test_growth_is_told_against_the_size_it_has_to_stay_flat_from(results: object) -> None:
    from results import Results, report

    assert isinstance(results, Results)
    grown = replace(results.growth[1], peak=115 * MB)
    assert "| 1,000,000 | +15% |" in report(replace(results, growth=[results.growth[0], grown]))


def test_memory_over_the_room_is_a_broken_promise_even_if_it_is_flat(results: object) -> None:
    from results import Results, report

    assert isinstance(results, Results)
    roomy = [replace(line, peak=501 * MB) for line in results.growth]
    assert "| +0%, 501 MB | **NO** |" in report(replace(results, growth=roomy))


def drawn(path: Path, *operators: bytes) -> Path:
    """Write an A4 page of a few operators, with Helvetica as /F."""
    pdf = pydyf.PDF()
    content = pydyf.Stream([b"BT /F 12 Tf 100 700 Td (Sheet) Tj ET", *operators])
    font = pydyf.Dictionary({"Type": "/Font", "Subtype": "/Type1", "BaseFont": "/Helvetica"})
    for item in (content, font):
        pdf.add_object(item)
    resources = pydyf.Dictionary({"Font": pydyf.Dictionary({"F": font.reference})})
    box = pydyf.Array([0, 0, 595.28, 841.89])
    page = {"Type": "/Page", "Parent": pdf.pages.reference, "MediaBox": box, "Resources": resources}
    pdf.add_page(pydyf.Dictionary({**page, "Contents": content.reference}))
    with path.open("wb") as file:
        pdf.write(file)
    return path


RULE = b"100 600 300 1 re f"
CODE = b"100 300 40 40 re f"


def test_same_sheet_is_accepted(tmp_path: Path) -> None:
    from same_sheet import compare

    ours, theirs = drawn(tmp_path / "ours.pdf", RULE, CODE), drawn(tmp_path / "theirs.pdf", CODE, RULE)
    assert compare(ours, theirs, "peer") == (0.0, 0.0)


@pytest.mark.parametrize(
    "operators",
    [
        (RULE,),
        (CODE,),
        (RULE, CODE, b"BT /F 12 Tf 100 650 Td (e) Tj ET"),
        (RULE, b"1 0 0 1 0 9 cm", CODE),
    ],
    ids=["code is missing", "rule is missing", "one letter more", "code is elsewhere"],
)
def test_other_sheet_is_refused(tmp_path: Path, operators: tuple[bytes, ...]) -> None:
    from same_sheet import Different, compare

    ours = drawn(tmp_path / "ours.pdf", RULE, CODE)
    with pytest.raises(Different):
        compare(ours, drawn(tmp_path / "theirs.pdf", *operators), "peer")


def test_letter_that_is_another_is_refused(tmp_path: Path) -> None:
    from same_sheet import Different, compare

    ours, theirs = drawn(tmp_path / "ours.pdf"), drawn(tmp_path / "theirs.pdf")
    theirs.write_bytes(theirs.read_bytes().replace(b"(Sheet)", b"(Sheat)"))
    with pytest.raises(Different):
        compare(ours, theirs, "peer")


def test_text_that_stands_a_little_off_is_refused(tmp_path: Path) -> None:
    from same_sheet import Different, compare

    ours, theirs = drawn(tmp_path / "ours.pdf"), drawn(tmp_path / "theirs.pdf")
    theirs.write_bytes(theirs.read_bytes().replace(b"100 700 Td", b"100 701 Td"))
    with pytest.raises(Different, match=r"0\.35 mm"):
        compare(ours, theirs, "peer")


def test_press_and_plain_weasyprint_print_the_same_finished_sheets(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, ROOT / "fixtures/generate.py", "--members", "3", "--out", tmp_path / "members.csv"], check=True
    )
    subprocess.run([sys.executable, BENCH / "finished.py", tmp_path / "members.csv", "3", tmp_path], check=True)
    command = [sys.executable, BENCH / "same_sheet.py", tmp_path, "weasyprint_each"]
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    assert found["sheets"] == 2
    assert found["apart"] < 0.01
    assert found["shade"] == 0.0


def test_more_workers_than_one_run_keeps_busy_want_more_runs_until_the_scheduler_is_the_slowest() -> None:
    from many import NOTICES, Paper

    paper = Paper(worker=1e-3, own=1e-4, scheduler=1e-5)
    hours = NOTICES / 3600
    assert paper.kept_busy == pytest.approx(10)
    assert paper.line(5) == f"| 5 | {hours * 2e-4:.1f} | workers | 1 | {hours * 2e-4:.1f} | workers |"
    assert paper.line(20) == f"| 20 | {hours * 1e-4:.1f} | the run itself | 2 | {hours * 5e-5:.1f} | workers |"
    assert paper.line(200) == f"| 200 | {hours * 1e-4:.1f} | the run itself | 20 | {hours * 1e-5:.1f} | the scheduler |"
