"""What a program may import of the package: these names, each when it is asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from trial_runs import DEMO, rows_of, write_job

import renderer

ROOT = Path(__file__).resolve().parents[1]


def test_the_public_names_are_these() -> None:
    assert renderer.__all__ == [
        "BadBatch", "BadJob", "BadLayout", "Checked", "Cluster", "DeliveredAlready", "Drawn", "FileReport", "Finding",
        "Held", "Insurer", "Job", "Layout", "Member", "Proved", "Report", "RunStopped", "check", "draw_sheet",
        "find_members", "load_insurer", "load_job", "load_layout", "load_member", "reprint", "run", "verify",
        "verify_folder",
    ]  # fmt: skip


def test_every_public_name_is_what_the_type_checker_takes_it_for() -> None:
    tree = ast.parse((ROOT / "renderer" / "__init__.py").read_text("utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    promised = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert sorted(promised) == sorted(renderer.__all__)
    for name, (module, there) in promised.items():
        found = getattr(renderer, name)
        assert (found.__module__, found.__name__) == (module, there), name


def test_another_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'prnt'"):
        renderer.prnt  # noqa: B018 - asking is the test


@pytest.mark.parametrize("asked", ["None", "renderer.load_job", "renderer.BadJob, renderer.Report"])
def test_importing_the_package_loads_neither_the_engine_nor_the_command_line(asked: str) -> None:
    program = f"import renderer, sys; {asked}; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = {name.split(".")[0] for name in ended.stdout.split()}
    assert "renderer" in loaded
    assert not loaded & {"weasyprint", "typer", "rich", "jinja2"}
    assert "load_job" in asked or "pydantic" not in loaded


def test_a_program_prints_checks_and_verifies_a_job(tmp_path: Path) -> None:
    path = write_job(tmp_path, rows_of(DEMO)[:3])
    job = renderer.load_job(path)
    assert renderer.check(job).valid == 3
    report = renderer.run(job, workers=1)
    assert (report.read, report.printed) == (3, 3)
    assert renderer.verify(job.folder / report.files[0].name, job).sheets == 3


def test_a_program_draws_one_sheet(tmp_path: Path) -> None:
    job = renderer.load_job(write_job(tmp_path, rows_of(DEMO)[:3]))
    record = rows_of(DEMO)[1]["整理番号"]
    member = renderer.find_members(job, [record])[record]
    drawn = renderer.draw_sheet(job, renderer.load_layout(job.document), member, tmp_path / "sheet.pdf")
    assert (drawn.record, drawn.pages) == (record, 1)
    assert drawn.path.read_bytes().startswith(b"%PDF-")
