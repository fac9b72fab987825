"""A run that was stopped at any byte finds what it had delivered, and another run finds nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.model.errors import BadBatch
from renderer.running.ledger import Delivered, Ledger, fingerprint
from renderer.running.report import FileReport

FILES = {"batch-0001.pdf": b"one", "batch-0003.pdf": b"three", "batch-0003.csv": b"its manifest"}
SUMS = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
BATCHES = [
    Delivered(1, FileReport("batch-0001.pdf", 3, 3, 2, 3, 999, SUMS["batch-0001.pdf"])),
    Delivered(3, FileReport("batch-0003.pdf", 1, 1, 1, 1, 333, SUMS["batch-0003.pdf"])),
]


def entered(path: Path) -> Path:
    path.unlink(missing_ok=True)
    for name, content in FILES.items():
        path.with_name(name).write_bytes(content)
    ledger = Ledger(path, "f1")
    for batch in BATCHES:
        ledger.enter(batch)
    return path


def test_what_was_delivered_is_found_again(tmp_path: Path) -> None:
    path = entered(tmp_path / "ledger.jsonl")
    assert Ledger(path, "f1").delivered == {1: BATCHES[0], 3: BATCHES[1]}
    assert Ledger(path, "f1").delivered == {1: BATCHES[0], 3: BATCHES[1]}


def test_a_run_of_other_things_begins_anew(tmp_path: Path) -> None:
    path = entered(tmp_path / "ledger.jsonl")
    assert Ledger(path, "f2").delivered == {}
    assert Ledger(path, "f1").delivered == {}


@given(cut=st.integers(0, 10_000))
def test_a_ledger_cut_off_at_any_byte_keeps_its_whole_lines(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = entered(tmp_path_factory.getbasetemp() / "ledger.jsonl")
    content = path.read_bytes()
    kept = content[: cut % (len(content) + 1)]
    path.write_bytes(kept)
    whole = kept.count(b"\n")
    ledger = Ledger(path, "f1")
    assert list(ledger.delivered.values()) == BATCHES[: max(0, whole - 1)]
    ledger.enter(BATCHES[1])
    assert Ledger(path, "f1").delivered[3] == BATCHES[1]


@pytest.mark.parametrize("line", [b"\0\0\0\n", b"\n", b"{}\n", b"[1]\n", b'{"batch": 9, "file": {}}\n', b"\xff\xfe\n"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_line_that_cannot_be_read_ends_the_list_and_stops_no_run(tmp_path: Path, line: bytes, place: int) -> None:
    path = entered(tmp_path / "ledger.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:place], line, *lines[place:]]))
    ledger = Ledger(path, "f1")
    assert list(ledger.delivered.values()) == BATCHES[: max(0, place - 1)]
    ledger.enter(BATCHES[1])
    assert Ledger(path, "f1").delivered[3] == BATCHES[1]


def test_a_print_file_that_is_not_the_one_that_was_proved_is_not_entered(tmp_path: Path) -> None:
    path = entered(tmp_path / "ledger.jsonl")
    before = path.read_bytes()
    (tmp_path / "batch-0003.pdf").write_bytes(b"threE")
    ledger = Ledger(path, "f1")
    with pytest.raises(BadBatch, match=r"batch-0003\.pdf was changed after its proof"):
        ledger.enter(BATCHES[1])
    assert path.read_bytes() == before.partition(b'{"batch": 3')[0]


@pytest.mark.parametrize("change", [lambda path: path.write_bytes(b"onE"), Path.unlink])
def test_a_print_file_that_is_changed_before_it_is_delivered_is_noticed(
    tmp_path: Path, change: Callable[[Path], object]
) -> None:
    ledger = Ledger(entered(tmp_path / "ledger.jsonl"), "f1")
    ledger.check_proved()
    change(tmp_path / "batch-0001.pdf")
    with pytest.raises(BadBatch, match=r"batch-0001\.pdf was changed after its proof"):
        ledger.check_proved()


def test_the_fingerprint_changes_with_a_byte_a_word_and_the_order(tmp_path: Path) -> None:
    one, two, same = tmp_path / "one", tmp_path / "two", tmp_path / "same"
    for path, content in ((one, b"1"), (two, b"2"), (same, b"1")):
        path.write_bytes(content)
    sums = [
        fingerprint([one, two], ["weasyprint 70.0"]),
        fingerprint([two, one], ["weasyprint 70.0"]),
        fingerprint([one], ["weasyprint 70.0"]),
        fingerprint([one, two], ["weasyprint 70.1"]),
        fingerprint([one, two], ["weasyprint", "70.0"]),
    ]
    assert len(set(sums)) == len(sums)
    assert fingerprint([one], []) == fingerprint([same], [])
