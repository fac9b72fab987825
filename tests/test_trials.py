"""The table of faults holds, its record is of it, and a sample of the long trials (``make trials``) ends as they do."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from fault_trials import DELIVERED, HELD, NOT_IN_PLATES, PROOFS, SAME, Attempt, FaultTrials, faults, outcome_of
from kill_trials import TARGETS, Killing
from trial_runs import ROOT

TABLE = faults()
PROGRAM = ROOT / "renderer"
NAMED = (
    "neighbour's address", "有効期限 a day late", "和暦 a year off", "mask of other digits",
    "kana and name exchanged", "方書 and 事業所名 exchanged", "the last row of the member file is never read",
    "a record joined twice and one lost", "batch ranges shifted", "later font", "insert missing",
    "a row that is held is printed", "the title on the form", "the sum of a print file", "manifest",
)  # fmt: skip
"""Kinds of which there must be one, as the table words them."""


def test_there_are_more_than_sixty_faults_and_twenty_are_in_what_print_and_proof_share() -> None:
    assert len(TABLE) >= 60
    assert sum(fault.shared for fault in TABLE.values()) >= 20


@pytest.mark.parametrize("named", NAMED)
def test_every_kind_of_fault_is_there(named: str) -> None:
    assert any(named in fault.wrong for fault in TABLE.values())


@pytest.mark.parametrize("name", TABLE)
def test_a_fault_changes_one_text_of_its_module_and_says_what_becomes_of_it(name: str) -> None:
    fault = TABLE[name]
    module = PROGRAM / fault.module
    source = module.read_text("utf-8")
    assert source.count(fault.old) == 1
    assert fault.put_into(source) != source
    if module.suffix == ".py":
        ast.parse(fault.put_into(source))
    assert fault.told_by in {*PROOFS, HELD, "the tests", ""}
    assert bool(fault.reason) == (not fault.told_by)
    assert bool(fault.test) == (fault.told_by == "the tests")


def test_no_fault_of_the_table_that_changes_what_is_printed_or_for_whom_is_delivered() -> None:
    changing = [fault for fault in TABLE.values() if fault.changes in ("printed value", "set of records")]
    assert len(changing) >= 60
    assert [fault.name for fault in changing if not fault.told_by] == []


def test_the_record_is_of_this_table() -> None:
    record = (ROOT / "docs" / "trials.md").read_text("utf-8")
    assert [fault.wrong for fault in TABLE.values() if f"| {fault.wrong} |" not in record] == []
    assert f"\n{len(TABLE)} faults, " in record
    assert "**NO" not in record
    found = re.search(r"\n## (\d+) kills\n", record)
    assert found is not None
    assert int(found[1]) >= 100


def done(files: Mapping[str, bytes] | None, sheets: Mapping[str, str], held: set[str], told: str = "") -> Attempt:
    return Attempt(0, told, files, sheets, frozenset(held))


RIGHT = done({"x.pdf": b"1"}, {"A": "a", "B": "b"}, {"C"})


@pytest.mark.parametrize(
    ("attempt", "outcome"),
    [
        (done(RIGHT.files, RIGHT.sheets, {"C"}), SAME),
        (done({"x.pdf": b"2"}, {"A": "a"}, {"B", "C"}), HELD),
        (done({"x.pdf": b"2"}, {"A": "a"}, {"C"}), DELIVERED),
        (done({"x.pdf": b"2"}, {"A": "z"}, {"B", "C"}), DELIVERED),
        (done({"x.pdf": b"2"}, {"A": "a", "B": "b"}, set()), DELIVERED),
        (done(None, {}, set(), "renderer: b.pdf: PDFium says nothing"), "renderer: b.pdf: PDFium says nothing"),
        (done(None, {}, set(), "renderer: record A is printed twice; stop"), "completeness"),
    ],
)
def test_what_was_delivered_is_told_from_what_was_refused(attempt: Attempt, outcome: str) -> None:
    assert outcome_of(attempt, RIGHT) == outcome


# A sample.


@pytest.fixture(scope="module")
def notices(tmp_path_factory: pytest.TempPathFactory) -> FaultTrials:
    return FaultTrials(tmp_path_factory.mktemp("faults"), ["notices"])


def test_the_installed_program_without_a_fault_delivers(notices: FaultTrials) -> None:
    right = notices.right["notices"]
    assert (right.told, right.held) == ("", {f"F{number}" for number in (107, 110, 115, 116, *range(118, 123))})
    assert len(right.sheets) == 15


COMPILE = """
import pathlib, sys
from renderer.intake.jobfile import load_job
from renderer.layout.compiling import compile_plate
from renderer.layout.load import layout_of
from renderer.mailing.sheets import fixed_of
from renderer.running.kept_plates import kept_plates
ran = set()
sys.setprofile(lambda frame, *_: ran.add(frame.f_code.co_filename))
job = load_job(pathlib.Path(sys.argv[1]))
layout = layout_of(job)
compile_plate(layout, next(iter(layout.variants())), fixed_of(job))
kept_plates(job.outbox, fixed_of(job), layout)
sys.setprofile(None)
print(*ran, sep="\\n")
"""


def test_what_is_said_to_have_no_part_in_plates_has_none(notices: FaultTrials) -> None:
    words = [sys.executable, "-c", COMPILE, str(notices.jobs["notices"])]
    told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    ran = {path.rpartition("/renderer/")[2] for path in told.splitlines() if "/renderer/" in path}
    assert "layout/compiling.py" in ran
    assert ran & NOT_IN_PLATES == set()


@pytest.mark.parametrize(
    "name",
    [
        "wareki-a-year-off",
        "last-row-never-read",
        "selector-ignored",
        "number-for-telephone",
        "places-exchanged",
        "check-digit-of-the-bars",
        "a-rule-of-intake-lost",
    ],
)
def test_a_fault_in_the_program_is_objected_to_by_whom_the_table_names(name: str, notices: FaultTrials) -> None:
    (trial,) = notices.run(TABLE[name])
    assert trial.outcome == TABLE[name].told_by, trial.told


def test_a_run_of_which_a_process_is_killed_at_a_random_instant_delivers_the_same(tmp_path: Path) -> None:
    killing = Killing(tmp_path, "notices", rows=60)
    assert {killing.kill(seed).target for seed in range(2)} <= set(TARGETS)
