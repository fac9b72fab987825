"""However the pieces are cut, each is in exactly one batch, in order, and read from its chunk alone."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.intake.store import Store, coded, decoded
from renderer.mailing.batches import Batch, first_of, piece_with, split
from renderer.mailing.pieces import gather, read_chunk, write_chunk
from renderer.model.job import Envelope, MailingRules
from renderer.model.member import Member, Relation, Sex
from renderer.model.variant import Variant

PLAIN = Member(
    line=2, record="A000001", symbol="12", number="345", branch="00", relation=Relation.DEPENDANT,
    name="見本　太郎", kana="ミホン　タロウ", sex=Sex.MALE, born_on=date(2001, 1, 7), qualified_on=None,
    certified_on=date(2010, 4, 1), insured_name="見本　花子", registered_on=date(2024, 9, 17),
    my_number_last4="0018", postal_code="1000001", address="架空県見本市一丁目2番3号", building="",
    workplace_code="001", workplace="見本工場", ratio="", ratio_from=None, limit_class="", loses_on=None,
    remarks="",
)  # fmt: skip


def person(line: int, number: int) -> Member:
    return PLAIN._replace(line=line, record=f"R{line}", number=str(number))


def gathered(path: Path, members: Iterable[Member], envelope: Envelope) -> Store:
    store = Store.create(path, date(2026, 11, 23))
    for member in members:
        store.add([coded(member, variant_of(member), is_tried=True)])
    store.settle(())
    gather(store, MailingRules(envelope=envelope, order=("番号",)))
    return store


def variant_of(member: Member) -> Variant:
    return (("number", "even" if int(member.number) % 2 == 0 else "odd"),)


def lines_of(store: Store, batch: Batch, envelope: Envelope) -> list[tuple[int, list[int]]]:
    chunk = write_chunk(store, batch.first_piece, batch.last_piece)
    pieces = read_chunk(chunk, MailingRules(envelope=envelope))
    return [(piece.sequence, [member.line for member in piece.members]) for piece in pieces]


@pytest.mark.parametrize("envelope", Envelope)
@given(numbers=st.lists(st.integers(0, 12), max_size=20), size=st.integers(1, 8))
def test_any_split_keeps_everybody_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, envelope: Envelope, numbers: list[int], size: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "batches.sqlite"
    with gathered(path, (person(*numbered) for numbered in enumerate(numbers)), envelope) as store:
        batches = split(store, size)
        read = [lines_of(store, batch, envelope) for batch in batches]
    pieces = [piece for batch in read for piece in batch]
    assert [sequence for sequence, _ in pieces] == list(range(1, len(pieces) + 1))
    assert sorted(line for _, lines in pieces for line in lines) == list(range(len(numbers)))
    assert [batch.number for batch in batches] == list(range(1, len(batches) + 1))
    assert [batch.pieces for batch in batches] == [len(batch) for batch in read]
    assert [batch.sheets for batch in batches] == [sum(len(lines) for _, lines in batch) for batch in read]
    assert all(before.pieces == size for before, _ in pairwise(batches))
    assert all(batch.pieces <= size for batch in batches)


def test_a_batch_ends_at_its_last_piece(tmp_path: Path) -> None:
    with gathered(tmp_path / "s.sqlite", (person(n, n) for n in range(5)), Envelope.MEMBER) as store:
        assert [(batch.first_piece, batch.last_piece) for batch in split(store, 3)] == [(1, 3), (4, 5)]


def test_a_household_is_not_cut_by_the_end_of_a_batch(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    members = [person(line, number) for line, number in enumerate([1, 2, 2, 2, 3])]
    with gathered(path, members, Envelope.HOUSEHOLD) as store:
        first, last = split(store, 2)
        assert lines_of(store, first, Envelope.HOUSEHOLD) == [(1, [0]), (2, [1, 2, 3])]
        assert lines_of(store, last, Envelope.HOUSEHOLD) == [(3, [4])]


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\x85", "\t", "\n", "\r", "\x1c", '"', "\\"])
def test_no_character_of_a_name_ends_a_line_of_the_chunk(tmp_path: Path, odd: str) -> None:
    members = [person(n, n)._replace(name=f"見{odd}本", address=odd) for n in range(3)]
    with gathered(tmp_path / "s.sqlite", members, Envelope.MEMBER) as store:
        pieces = list(read_chunk(write_chunk(store, 1, 3), MailingRules()))
    assert [member for piece in pieces for member in piece.members] == members


def test_a_sheet_of_every_variant_is_found(tmp_path: Path) -> None:
    with gathered(tmp_path / "s.sqlite", [person(1, 8), person(2, 7), person(3, 6)], Envelope.MEMBER) as store:
        found = {variant: first_of(store, variant) for variant in store.variants()}
        assert {variant: (piece, decoded(member).record) for variant, (piece, member) in found.items()} == {
            (("number", "even"),): (3, "R1"),
            (("number", "odd"),): (2, "R2"),
        }


def test_the_piece_of_a_record_is_found(tmp_path: Path) -> None:
    with gathered(tmp_path / "s.sqlite", [person(1, 8), person(2, 7), person(3, 7)], Envelope.HOUSEHOLD) as store:
        assert [piece_with(store, line) for line in (1, 2, 3)] == [2, 1, 1]
        assert piece_with(store, 4) is None


def test_memory_does_not_grow_with_the_members(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"

    def peak(members: int) -> int:
        tracemalloc.start()
        with gathered(path, (person(n, n // 3) for n in range(members)), Envelope.HOUSEHOLD) as store:
            batches = split(store, 500)
            read = sum(len(lines) for b in batches for _, lines in lines_of(store, b, Envelope.HOUSEHOLD))
        assert read == members
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    few = peak(3_000)
    assert peak(12_000) < few + 100_000
