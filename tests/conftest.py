"""What every test starts from: the project's fonts and no others, no time limit; and which tests take long, and why."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import settings

# Before anything imports WeasyPrint: fontconfig reads it once.
FONTS = Path(__file__).resolve().parents[1] / "fonts"
os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")
# Where plates of the examples are kept: nothing of the tests lies in anybody's home.
os.environ["XDG_CACHE_HOME"] = str(FONTS.parent / "build" / "cache")
# What makes a pipe a terminal for those who draw progress: no test depends on how its shell was started.
for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
    os.environ.pop(name, None)
# A busy machine is no fault: no property has a time limit.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

SLOW = {
    "test_job_approvals.py": "runs jobs that wait, and others",
    "test_batches.py::test_memory_does_not_grow_with_the_members": "gathers many members",
    "test_bench.py": "measures whole programs",
    "test_cli_proofs.py": "draws whole sheets by the command line, a process each",
    "test_cli_goldens.py": "draws a sheet by the command line, a process each",
    "test_compare.py": "draws and compares whole sheets",
    "test_compiling.py": "lays out every variant of both documents",
    "test_declared.py": "lays layouts out and draws them, several times each",
    "test_delivery.py": "delivers both documents",
    "test_draw.py": "delivers both documents",
    "test_embedding.py": "makes subsets of large fonts, and reads them back",
    "test_exact_names.py": "prints thousands of characters",
    "test_examples.py": "prints the examples",
    "test_exports.py": "writes and checks sixteen member files",
    "test_fixtures.py": "makes the fixtures anew",
    "test_geometry.py": "compiles and draws every variant of both documents",
    "test_goldens_of_sheets.py": "draws every golden",
    "test_layouts.py": "lays both documents out, changed here and there",
    "test_library.py": "prints and verifies a job",
    "test_limits.py": "waits for clocks to ring",
    "test_lint.py": "lays layouts out and draws them, several times each",
    "test_map.py::test_a_plain_export_is_checked_by_its_draft_without_a_persons_help": "tries whole jobs",
    "test_marks.py::test_every_fit_family_alignment_and_spacing_is_drawn_as_weasyprint_draws_it": "draws hundreds",
    "test_one_process.py": "prints whole jobs, one after the other and at once",
    "test_packs.py": "prints, lints and approves a pack",
    "test_pytest_plugin.py": "draws the sheets of a pack by pytest, a process each",
    "test_profile.py::test_a_file_with_exchanged_columns_is_told_beside_the_last_delivery": "prints a job",
    "test_proofing.py": "prints jobs and their proofs",
    "test_press.py": "draws every variant by press and WeasyPrint",
    "test_releases.py::test_a_doubt_is_printed_when_it_is_released_for_these_values_and_this_issue_only": "runs jobs",
    "test_review_codes.py": "draws pages and reads their codes",
    "test_review_silent.py": "writes the files of four programs in many ways",
    "test_run.py": "runs whole jobs, a process each, and stops them",
    "test_setup.py::test_the_quick_tests_are_all_but_those_that_are_named_as_slow_with_a_reason": "collects all tests",
    "test_scans.py": "draws, scans and compares whole pages",
    "test_select.py": "runs jobs, one after the other",
    "test_source.py": "prints both documents by every way to mail, and with many faults",
    "test_source_map.py::test_a_map_that_was_applied_wrongly_is_told_by_line_and_own_columns": "prints many faults",
    "test_trials.py": "installs the wheel, and prints by copies of it with faults, and kills runs",
    "test_comparison_report.py": "draws and compares sheets",
    "test_viewer.py": "asks a browser, again and again",
    "test_wall.py": "draws whole sheets, and looks at them in a browser",
    "test_wheel.py": "builds and installs the wheel, and prints by it",
    "test_wrong_runs.py": "runs jobs",
}
"""What ``make quick`` leaves out: files, or tests in files that are quick otherwise, and what takes long there."""


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Mark what is slow."""
    for item in items:
        function = f"{item.path.name}::{getattr(item, 'originalname', item.name)}"
        if item.path.name in SLOW or function in SLOW:
            item.add_marker(pytest.mark.slow)
