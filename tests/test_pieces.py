"""Every member is in exactly one piece, with its household and nobody else, in the order the job asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.intake.store import Store, coded
from renderer.mailing.pieces import Piece, gather, mailings, read_chunk, write_chunk
from renderer.model.job import ORDER_KEYS, Envelope, MailingRules, Route
from renderer.model.member import Member, Relation, Sex

PLAIN = Member(
    line=2, record="A000001", symbol="12", number="345", branch="00", relation=Relation.INSURED,
    name="見本　太郎", kana="ミホン　タロウ", sex=Sex.MALE, born_on=date(1980, 1, 7),
    qualified_on=date(2010, 4, 1), certified_on=None, insured_name="", registered_on=date(2024, 9, 17),
    my_number_last4="0018", postal_code="1000001", address="架空県見本市一丁目2番3号", building="",
    workplace_code="001", workplace="見本工場", ratio="", ratio_from=None, limit_class="", loses_on=None,
    remarks="",
)  # fmt: skip

ISSUED_ON = date(2026, 11, 23)
HOUSEHOLD = MailingRules(envelope=Envelope.HOUSEHOLD)
SHORT = st.text("0189国", max_size=3)
"""Few values, so that keys tie, and of different lengths, so that 9 meets 10."""


@st.composite
def populations(draw: st.DrawFn) -> list[Member]:
    """Members in the order of a source: at most one 本人 under each 記号 + 番号."""
    insured: set[tuple[str, str]] = set()
    members = []
    for line in range(2, 2 + draw(st.integers(0, 14))):
        symbol, number = draw(st.sampled_from(["", "1", "国"])), draw(st.sampled_from(["1", "9", "10"]))
        first = (symbol, number) not in insured and draw(st.booleans())
        if first:
            insured.add((symbol, number))
        person = PLAIN._replace(
            line=line, record=f"{draw(SHORT)}-{line}", symbol=symbol, number=number,
            branch=draw(st.sampled_from(["", "00", "01", "02"])), postal_code=f"{symbol}{number}",
            workplace_code=draw(SHORT), relation=Relation.INSURED if first else Relation.DEPENDANT,
            name="見本　本人" if first else f"見本　{line}", insured_name="" if first else "見本本人",
        )  # fmt: skip
        members.append(person)
    return members


def gathered(
    path: Path,
    members: Sequence[Member],
    envelope: Envelope,
    order: Sequence[str] = (),
    route: Route = Route.HOME,
) -> list[Piece]:
    rules = MailingRules(envelope=envelope, order=tuple(order), route=route)
    with Store.create(path, ISSUED_ON) as store:
        for member in members:
            store.add([coded(member, (), is_tried=True)])
        store.settle(())
        gather(store, rules)
        pieces = list(read_chunk(write_chunk(store, 1, len(members)), rules))
    assert [piece.sequence for piece in pieces] == list(range(1, len(pieces) + 1))
    return pieces


def expected_pieces(members: Sequence[Member], envelope: Envelope, order: Sequence[str]) -> list[list[Member]]:
    """The same by plain sorting of lists."""
    groups: dict[object, list[Member]] = {}
    for member in members:
        key = member.line if envelope is Envelope.MEMBER else (member.symbol, member.number)
        groups.setdefault(key, []).append(member)
    pieces = [
        sorted(group, key=lambda m: (m.relation is not Relation.INSURED, m.branch, m.line)) for group in groups.values()
    ]

    def key_of(piece: list[Member]) -> tuple[object, ...]:
        values = [str(getattr(piece[0], ORDER_KEYS[key])) for key in order]
        return (*((len(value), value) for value in values), piece[0].line)

    return sorted(pieces, key=key_of)


@pytest.mark.parametrize("envelope", Envelope)
@given(
    members=populations(),
    order=st.lists(st.sampled_from(sorted(ORDER_KEYS)), unique_by=ORDER_KEYS.__getitem__, max_size=3),
)
def test_everybody_is_in_one_piece_with_their_household_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, envelope: Envelope, members: list[Member], order: list[str]
) -> None:
    pieces = gathered(tmp_path_factory.getbasetemp() / "pieces.sqlite", members, envelope, order)
    assert [list(piece.members) for piece in pieces] == expected_pieces(members, envelope, order)


def test_without_an_order_pieces_come_as_in_the_source(tmp_path: Path) -> None:
    members = [PLAIN._replace(line=line, record=f"R{9 - line}", postal_code=str(9 - line)) for line in (2, 3, 4)]
    pieces = gathered(tmp_path / "s.sqlite", members, Envelope.MEMBER)
    assert [piece.head.line for piece in pieces] == [2, 3, 4]


def test_number_9_comes_before_number_10(tmp_path: Path) -> None:
    members = [
        PLAIN._replace(line=line, record=f"R{line}", number=number) for line, number in enumerate(["10", "9", "100"])
    ]
    pieces = gathered(tmp_path / "s.sqlite", members, Envelope.MEMBER, ["番号"])
    assert [piece.head.number for piece in pieces] == ["9", "10", "100"]


def household(*relations: Relation) -> list[Member]:
    return [
        PLAIN._replace(line=line, record=f"R{line}", branch=f"{line:02}", relation=relation,
                name="見本　太郎" if relation is Relation.INSURED else f"見本　{line}",
                insured_name="" if relation is Relation.INSURED else "見本 太郎")
        for line, relation in enumerate(relations, start=1)
    ]  # fmt: skip


def test_the_insured_comes_first_and_is_the_addressee_of_the_household(tmp_path: Path) -> None:
    members = household(Relation.DEPENDANT, Relation.INSURED, Relation.DEPENDANT)
    (piece,) = gathered(tmp_path / "s.sqlite", members, Envelope.HOUSEHOLD)
    assert [member.line for member in piece.members] == [2, 1, 3]
    assert piece.addressee_name == "見本　太郎"


def test_a_household_whose_insured_has_no_sheet_is_addressed_to_the_insured(tmp_path: Path) -> None:
    members = household(Relation.DEPENDANT, Relation.DEPENDANT)
    (piece,) = gathered(tmp_path / "s.sqlite", members, Envelope.HOUSEHOLD)
    assert piece.addressee_name == "見本 太郎"


def test_a_dependant_with_an_envelope_of_their_own_is_its_addressee(tmp_path: Path) -> None:
    pieces = gathered(tmp_path / "s.sqlite", household(Relation.DEPENDANT), Envelope.MEMBER)
    assert pieces[0].addressee_name == "見本　1"


def test_two_insured_under_one_number_are_held_and_not_put_into_one_envelope(tmp_path: Path) -> None:
    strangers = household(Relation.INSURED, Relation.DEPENDANT, Relation.INSURED)
    other = PLAIN._replace(line=9, record="R9", number="777")
    with Store.create(tmp_path / "s.sqlite", ISSUED_ON) as store:
        for member in [*strangers, other]:
            store.add([coded(member, (), is_tried=True)])
        store.settle(())
        gather(store, HOUSEHOLD)
        assert [piece.members for piece in read_chunk(write_chunk(store, 1, 9), HOUSEHOLD)] == [(other,)]
        assert [(f.line, f.record, f.code) for f in store.findings()] == [
            (line, f"R{line}", "household-with-two-insured") for line in (1, 2, 3)
        ]
        assert (store.members(), store.held()) == (1, 3)


@pytest.mark.parametrize("first", Relation)
@pytest.mark.parametrize("stranger", ["別人　太郎", "見本　次郎", "髙本　太郎"])
def test_sheets_of_two_families_under_one_number_are_held_and_not_put_into_one_envelope(
    tmp_path: Path, first: Relation, stranger: str
) -> None:
    members = household(first, Relation.DEPENDANT, Relation.DEPENDANT)
    members[2] = members[2]._replace(insured_name=stranger)
    other = PLAIN._replace(line=9, record="R9", number="777")
    with Store.create(tmp_path / "s.sqlite", ISSUED_ON) as store:
        store.add(coded(member, (), is_tried=True) for member in [*members, other])
        store.settle(())
        gather(store, HOUSEHOLD)
        assert [piece.members for piece in read_chunk(write_chunk(store, 1, 9), HOUSEHOLD)] == [(other,)]
        assert [(f.line, f.code) for f in store.findings()] == [(n, "household-names-differ") for n in (1, 2, 3)]
        assert not any(name in str(f) for f in store.findings() for name in (stranger, "見本"))
        assert (store.members(), store.held()) == (1, 3)


def test_two_insured_under_one_number_have_an_envelope_each_when_members_do(tmp_path: Path) -> None:
    pieces = gathered(tmp_path / "s.sqlite", household(Relation.INSURED, Relation.INSURED), Envelope.MEMBER)
    assert len(pieces) == 2


@pytest.mark.parametrize(
    ("route", "workplace", "printed"),
    [
        (Route.WORKPLACE, "見本工場", "見本工場"),
        (Route.WORKPLACE, "", ""),
        (Route.HOME, "見本工場", ""),
    ],
)
def test_the_address_block_carries_the_workplace_only_on_that_route(
    tmp_path: Path, route: Route, workplace: str, printed: str
) -> None:
    member = PLAIN._replace(workplace=workplace)
    (piece,) = gathered(tmp_path / "s.sqlite", [member], Envelope.MEMBER, route=route)
    assert piece.workplace == printed


def test_every_sheet_of_a_piece_carries_the_address_of_its_addressee(tmp_path: Path) -> None:
    child, parent = household(Relation.DEPENDANT, Relation.INSURED)
    child = child._replace(
        postal_code="9999999", address="架空県別市一丁目1番1号", building="別館", customer_barcode="9"
    )
    parent = parent._replace(customer_barcode="1")
    (piece,) = gathered(tmp_path / "s.sqlite", [child, parent], Envelope.HOUSEHOLD, route=Route.WORKPLACE)
    sheets = list(mailings(piece, 41, MailingRules(customer_barcode=True, inserter_marks="omr")))
    (_, silent), *_ = mailings(piece, 41, MailingRules(inserter_marks="omr"))
    assert [member for member, _ in sheets] == [parent, child]
    first, second = (mailing for _, mailing in sheets)
    assert (first.addressee_name, first.postal_code, first.address) == ("見本　太郎", "1000001", parent.address)
    assert (first.building, first.workplace, first.record) == ("", "見本工場", "R2")
    assert (first.sheet, first.sheets, first.sequence) == (1, 2, 41)
    assert (first.customer_barcode, silent.customer_barcode, first.inserter_marks) == ("1", "", "omr")
    assert second == first._replace(sheet=2, sequence=42)
