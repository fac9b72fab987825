"""Two deliveries are compared piece by piece: who is gone, whose sheet changed, and how many are as they were."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from trial_runs import DEMO, Row, ended, renderer, rows_of, trial

from renderer.desk.comparing import compare_by_workers
from renderer.review.compare import Comparison, compare

COUNT = 90
"""Sheets: enough for several processes, in files of 40."""
GONE, CHANGED, ODD = 4, 60, 41
"""Rows, counted from 0."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A delivery, and the one after it: a person left, one has another number, one came."""
    rows = rows_of(DEMO)[: COUNT + 1]
    later: list[Row] = [
        {**row, "番号": str(int(row["番号"]) + 1)} if at == CHANGED else row for at, row in enumerate(rows)
    ]
    found = []
    for name, members in (("old", rows[:COUNT]), ("new", [row for at, row in enumerate(later) if at != GONE])):
        job, _ = trial(tmp_path_factory.mktemp(name), members, pieces_per_batch=40, order=[])
        found.append(job.folder)
    return found[0], found[1]


def numbers(folder: Path) -> list[str]:
    manifests = (json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("batch-*.json")))
    return [entry["record"] for manifest in manifests for entry in manifest["entries"]]


@pytest.fixture(scope="module")
def comparison(folders: tuple[Path, Path]) -> Comparison:
    return compare_by_workers(*folders)


def test_who_is_gone_new_or_has_another_sheet_is_told_by_number(
    folders: tuple[Path, Path], comparison: Comparison
) -> None:
    old, new = map(numbers, folders)
    (gone,), (came,) = set(old) - set(new), set(new) - set(old)
    assert str(comparison.counts).startswith(f"{gone} is gone, {came} is new, 1 sheet changed, ")
    assert comparison.counts.same == len(set(old) & set(new)) - 1
    kinds = {record.kind: record for record in comparison.records}
    assert kinds["page-gone"].record == gone
    assert kinds["page-new"].record == came
    assert kinds["text-changed"].record in set(old) & set(new)
    sentences = list(comparison.sentences())
    assert any(sentence.startswith(f"{gone}, batch-0001.pdf page ") for sentence in sentences)
    assert any(sentence.startswith(f"{kinds['text-changed'].record}, batch-") for sentence in sentences)


def test_pages_that_went_into_another_file_as_they_were_are_not_told(comparison: Comparison) -> None:
    assert {(part.golden.name, part.new.name) for part in comparison.parts} >= {("batch-0002.pdf", "batch-0001.pdf")}
    assert not {"page-moved", "page-swapped", "font-renamed"} & {record.kind for record in comparison.records}


def test_several_processes_say_what_one_says(folders: tuple[Path, Path], comparison: Comparison) -> None:
    assert compare(*folders) == comparison


def test_a_sheet_of_one_under_the_number_of_another_is_told(folders: tuple[Path, Path], tmp_path: Path) -> None:
    new = shutil.copytree(folders[0], tmp_path / "new")
    manifest = new / "batch-0001.json"
    told: dict[str, Any] = json.loads(manifest.read_text("utf-8"))
    one, other = told["entries"][:2]
    one["record"], other["record"] = other["record"], one["record"]
    manifest.write_text(json.dumps(told), "utf-8")
    found = compare(folders[0], new)
    assert {record.record for record in found.records if record.kind == "text-changed"} == {
        one["record"],
        other["record"],
    }
    assert f"{one['record']} and {other['record']}, " in next(s for s in found.sentences() if "changed places" in s)


def test_the_same_delivery_is_the_same_and_a_folder_without_files_is_refused(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    code, out, _ = ended(renderer("compare", folders[0], folders[0]))
    assert (code, out) == (0, f"nothing changed: {len(numbers(folders[0]))} sheets\n")
    (tmp_path / "empty").mkdir()
    code, out, err = ended(renderer("compare", folders[0], tmp_path / "empty"))
    assert (code, out) == (6, "")
    assert err == "renderer: there is no PDF in empty; name the folder of a delivery, or a PDF\n"


def test_without_its_manifest_a_file_is_matched_by_what_it_says(folders: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = (shutil.copytree(folder, tmp_path / name) for folder, name in zip(folders, "ab", strict=True))
    for folder in (old, new):
        for manifest in folder.glob("batch-*.json"):
            manifest.unlink()
    found = compare(old, new)
    assert found.counts.unit == "page"
    assert (len(found.counts.gone), len(found.counts.new), found.counts.changed) == (1, 1, 1)
