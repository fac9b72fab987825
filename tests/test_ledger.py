"""A run that was stopped at any byte finds what it had done, and another run finds nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.model.errors import BadBatch
from renderer.model.sums import sum_of_bytes
from renderer.running.ledger import ENTRIES, Ledger
from renderer.running.report import FileReport
from renderer.running.workspace import Folder

FILES = {f"batch-{n:04}.{ending}": f"{n} {ending}".encode() for n in (1, 3) for ending in ("pdf", "csv", "json")}
DONE = {
    n: FileReport(f"batch-{n:04}.pdf", 3, 3, 2, 3, 999, sum_of_bytes(FILES[f"batch-{n:04}.pdf"]), {"rule": 3})
    for n in (1, 3)
}


def entered(root: Path) -> Folder:
    workspace = Folder(root)
    for name in workspace.names(""):
        workspace.delete(name)
    ledger = Ledger(workspace, "f1", "out")
    for name, content in FILES.items():
        workspace.put(f"out/{name}", content)
    for number, file in DONE.items():
        ledger.enter(number, file)
    return workspace


def test_what_was_done_is_found_again(tmp_path: Path) -> None:
    workspace = entered(tmp_path)
    assert Ledger(workspace, "f1", "out").done == DONE
    assert Ledger(workspace, "f1", "out").done == DONE


def test_a_run_of_other_things_begins_anew_and_finds_no_file(tmp_path: Path) -> None:
    workspace = entered(tmp_path)
    assert Ledger(workspace, "f2", "out").done == {}
    assert workspace.names("") == []
    assert Ledger(workspace, "f1", "out").done == {}


def test_files_that_no_entry_names_go(tmp_path: Path) -> None:
    workspace = entered(tmp_path)
    workspace.put("out/batch-0002.pdf", b"half a run")
    assert Ledger(workspace, "f1", "out").done == DONE
    assert workspace.names("out/") == sorted(f"out/{name}" for name in FILES)


@given(cut=st.integers(0, 10_000))
def test_an_entry_cut_off_at_any_byte_counts_as_not_written(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    workspace = entered(tmp_path_factory.getbasetemp() / "ledger")
    name = f"{ENTRIES}/0003.json"
    content = workspace.get(name)
    assert content
    workspace.delete(name)
    workspace.put(name, content[: cut % len(content)])
    assert Ledger(workspace, "f1", "out").done == {1: DONE[1]}


@pytest.mark.parametrize("entry", [b"\0\0\0", b"", b"{}", b"[1]", b'{"begun_with": "f1", "file": {}}', b"\xff\xfe"])
def test_an_entry_that_cannot_be_read_stops_no_run(tmp_path: Path, entry: bytes) -> None:
    workspace = entered(tmp_path)
    workspace.delete(f"{ENTRIES}/0001.json")
    workspace.put(f"{ENTRIES}/0001.json", entry)
    assert Ledger(workspace, "f1", "out").done == {3: DONE[3]}


@pytest.mark.parametrize("name", [name for name in FILES if "0003" in name])
@pytest.mark.parametrize("changed", [None, b"other"])
def test_a_batch_of_which_a_file_is_not_what_it_was_is_not_done(
    tmp_path: Path, name: str, changed: bytes | None
) -> None:
    workspace = entered(tmp_path)
    workspace.delete(f"out/{name}")
    if changed:
        workspace.put(f"out/{name}", changed)
    assert Ledger(workspace, "f1", "out").done == {1: DONE[1]}


def test_a_print_file_that_is_not_the_one_that_was_proved_is_not_entered(tmp_path: Path) -> None:
    workspace = Folder(tmp_path)
    ledger = Ledger(workspace, "f1", "out")
    workspace.put("out/batch-0001.pdf", b"another")
    with pytest.raises(BadBatch, match=r"batch-0001\.pdf was changed after its proof"):
        ledger.enter(1, DONE[1])
    assert Ledger(workspace, "f1", "out").done == {}


@pytest.mark.parametrize("changed", [None, b"another"])
def test_a_print_file_that_is_changed_before_it_is_delivered_is_noticed(tmp_path: Path, changed: bytes | None) -> None:
    workspace = entered(tmp_path)
    ledger = Ledger(workspace, "f1", "out")
    ledger.check_proved()
    workspace.delete("out/batch-0003.pdf")
    if changed:
        workspace.put("out/batch-0003.pdf", changed)
    with pytest.raises(BadBatch, match=r"batch-0003\.pdf was changed after its proof"):
        ledger.check_proved()


def test_what_is_forgotten_is_not_taken_up_again(tmp_path: Path) -> None:
    workspace = entered(tmp_path)
    Ledger(workspace, "f1", "out").forget()
    assert Ledger(workspace, "f1", "out").done == {}
