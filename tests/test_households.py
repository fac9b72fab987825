"""Who shares an envelope and who waits: a household is printed whole, to one address that somebody knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_store import ISSUED_ON, PLAIN

from renderer.intake.homes import is_one_home, place_of_home
from renderer.intake.store import AbsentRow, Store, coded
from renderer.mailing.households import doubt_shared, look_at_workplace
from renderer.mailing.pieces import gather, mailings, read_chunk, write_chunk
from renderer.model.job import Addressee, Apart, Envelope, Incomplete, MailingRules, Route
from renderer.model.member import Forwarding, Member, Relation

HOUSEHOLD = MailingRules(envelope=Envelope.HOUSEHOLD)
ELSEWHERE = {"postal_code": "5300001", "address": "架空府別市九丁目9番9号", "building": "学生寮201"}
Outcome = tuple[list[tuple[str, list[int]]], dict[str, set[int]]]


def insured(line: int = 1, **changed: Any) -> Member:
    plain = {"name": "見本　太郎", "insured_name": "", "relation": Relation.INSURED, "branch": "00"}
    return PLAIN._replace(line=line, record=f"A{line}", **(plain | changed))


def dependant(line: int, **changed: Any) -> Member:
    plain = {
        "name": f"見本　{line}子",
        "insured_name": "見本　太郎",
        "relation": Relation.DEPENDANT,
        "branch": f"0{line}",
    }
    return PLAIN._replace(line=line, record=f"A{line}", **(plain | changed))


def sent(path: Path, members: Sequence[Member], rules: MailingRules, absent: Sequence[AbsentRow] = ()) -> Outcome:
    """Return each piece's addressee with the lines of its sheets, and of whom each code is said."""
    with Store.create(path / "s.sqlite", ISSUED_ON) as store:
        store.add(coded(member, (), is_tried=True) for member in members)
        store.add_absent(absent)
        doubt_shared(store, rules)
        store.settle(())
        gather(store, rules)
        pieces = list(read_chunk(write_chunk(store, 1, len(members)), rules))
        said: dict[str, set[int]] = {}
        for finding in (*store.findings(), *store.notes()):
            said.setdefault(finding.code, set()).add(finding.line)
    return [(piece.addressee_name, [member.line for member in piece.members]) for piece in pieces], said


STRANGER = insured(9)._replace(number="777", name="別人　一郎")
ALONE = ("別人　一郎", [9])


def test_a_household_waits_for_a_member_who_is_held(tmp_path: Path) -> None:
    family = [dependant(2), dependant(3, **ELSEWHERE), STRANGER]
    held: AbsentRow = (1, "A1", PLAIN.symbol, PLAIN.number, "00", None, None)
    assert sent(tmp_path, family, HOUSEHOLD, [held]) == ([ALONE], {"household-incomplete": {2, 3}})


def test_a_job_may_send_the_others_and_they_are_noted(tmp_path: Path) -> None:
    rules = replace(HOUSEHOLD, incomplete_households=Incomplete.SEND)
    held: AbsentRow = (3, "A3", PLAIN.symbol, PLAIN.number, "03", None, None)
    pieces, said = sent(tmp_path, [insured(), dependant(2)], rules, [held])
    assert (pieces, said) == ([("見本　太郎", [1, 2])], {"household-sent-incomplete": {1, 2}})
    head: AbsentRow = (1, "A1", PLAIN.symbol, PLAIN.number, "00", None, None)
    pieces, said = sent(tmp_path, [dependant(2), dependant(3, **ELSEWHERE)], rules, [head])
    assert (pieces, said) == ([], {"household-without-insured": {2, 3}})


def test_envelopes_of_one_member_wait_for_nobody(tmp_path: Path) -> None:
    held: AbsentRow = (1, "A1", PLAIN.symbol, PLAIN.number, "00", None, None)
    pieces, said = sent(tmp_path, [dependant(2), dependant(3, **ELSEWHERE)], MailingRules(), [held])
    assert (pieces, said) == ([("見本　2子", [2]), ("見本　3子", [3])], {})


def test_an_insured_whose_row_is_held_is_not_said_to_have_none(tmp_path: Path) -> None:
    rules = replace(HOUSEHOLD, incomplete_households=Incomplete.SEND)
    for born_on, form in ((ISSUED_ON.toordinal() - 20_000, "held"), (None, "")):  # None: a 家族, or nobody can tell
        with Store.create(tmp_path / f"{form}.sqlite", ISSUED_ON) as store:
            store.add(coded(member, (), is_tried=True) for member in (dependant(2), dependant(3)))
            store.add_absent([(1, "A1", PLAIN.symbol, PLAIN.number, "00", born_on, None)])
            store.settle(())
            gather(store, rules)
            said = {(note.code, note.form) for note in store.notes()}
        assert said == {("insured-has-no-row", form), ("household-sent-incomplete", "")}


def test_a_household_without_its_insured_goes_to_the_one_address_that_all_share(tmp_path: Path) -> None:
    one = [dependant(2), dependant(3, address=f"{PLAIN.address}　")]
    assert sent(tmp_path, one, HOUSEHOLD) == ([("見本　太郎", [2, 3])], {"insured-has-no-row": {2, 3}})
    two = [dependant(2), dependant(3, **ELSEWHERE), STRANGER]
    assert sent(tmp_path, two, HOUSEHOLD) == ([ALONE], {"household-without-insured": {2, 3}})


@pytest.mark.parametrize("what", ELSEWHERE)
def test_who_lives_apart_goes_by_the_rule_of_the_job_and_is_noted(tmp_path: Path, what: str) -> None:
    family = [insured(), dependant(2, **{what: ELSEWHERE[what]}), dependant(3)]
    together, said = sent(tmp_path, family, HOUSEHOLD)
    assert (together, said) == ([("見本　太郎", [1, 2, 3])], {"lives-apart": {2}})
    own, said = sent(tmp_path, family, replace(HOUSEHOLD, apart=Apart.OWN_ENVELOPE))
    assert (own, said) == ([("見本　太郎", [1, 3]), ("見本　2子", [2])], {"lives-apart": {2}})
    rules = replace(HOUSEHOLD, apart=Apart.OWN_ENVELOPE, addressee=Addressee.INSURED)
    assert sent(tmp_path, family, rules)[0] == [("見本　太郎", [1, 3]), ("見本　太郎", [2])]


def test_the_way_an_address_is_written_makes_nobody_live_apart(tmp_path: Path) -> None:
    home = {"address": "架空県見本市1-2-3", "building": "見本荘201"}
    wide = {"address": "架空県見本市１－２－３", "building": "見本荘　２０１ "}
    assert sent(tmp_path, [insured(**home), dependant(2, **wide)], HOUSEHOLD)[1] == {}


TOWN = "福岡県北九州市八幡西区青山"
"""What the postal code 806-0043 stands for, and nothing else."""
ONE_HOME: list[tuple[str, str, str, str]] = [
    (f"{TOWN}三丁目8番20号", "", f"{TOWN}３－８－２０", ""),
    (f"{TOWN}3丁目8番地20", "見本荘201", f"{TOWN}3-8-20", "見本荘２０１"),
    (f"{TOWN}3丁目8番20号見本荘201", "", f"{TOWN}3-8-20", "見本荘201"),
    (f"{TOWN}3丁目8番20号", "201", f"{TOWN}3-8-20", "201"),
    (f"{TOWN}12番地の5", "", f"{TOWN}12の5", ""),
    (f"{TOWN}12番", "", f"{TOWN}12番地", ""),
    (f"{TOWN}3-8-20", "", "北九州市 八幡西区大字青山3ー8ー20", ""),
    (f"{TOWN}字岡1", "", f"{TOWN}岡1", ""),
    (f"{TOWN}3-8", "ひばりヶ丘荘", f"{TOWN}3-8", "ひばりケ丘荘"),
    ("架空県見本市架空町三丁目4番5号", "", "架空県見本市架空町3-4-5", ""),
]
TWO_HOMES: list[tuple[str, str, str, str]] = [
    (f"{TOWN}3-8-20", "", f"{TOWN}3-8-2", ""),
    (f"{TOWN}3-8-20", "", f"{TOWN}3-82-0", ""),
    (f"{TOWN}3丁目", "", f"{TOWN}3", ""),
    (f"{TOWN}3丁目8", "", f"{TOWN}38", ""),
    (f"{TOWN}3・8", "", f"{TOWN}38", ""),
    (f"{TOWN}3-8", "20", f"{TOWN}3-82", "0"),
    (f"{TOWN}3-8", "20", f"{TOWN}3-820", ""),
    (f"{TOWN}3-8", "見本荘201", f"{TOWN}3-8", "見本荘202"),
    (f"{TOWN}3-8", "見本荘201", f"{TOWN}3-8", "別荘201"),
    (f"{TOWN}3-8", "見本荘201", f"{TOWN}3-8", ""),
    (f"{TOWN}3-8", "コーポタカ", f"{TOWN}3-8", "コーポタケ"),
    (f"{TOWN}三番町1", "", f"{TOWN}三町1", ""),
    (f"{TOWN}3-8-20", "", "福岡県北九州市八幡東区青山3-8-20", ""),
]


def homes_of(one: tuple[str, str, str, str]) -> list[Member]:
    """A 本人 and a 家族 of two addresses and 方書."""
    home = {"postal_code": "8060043", "address": one[0], "building": one[1]}
    return [insured(**home), dependant(2, **home | {"address": one[2], "building": one[3]})]


@pytest.mark.parametrize("homes", ONE_HOME)
def test_one_home_that_is_written_in_two_ways_is_one(tmp_path: Path, homes: tuple[str, str, str, str]) -> None:
    family = homes_of(homes)
    for rules in (HOUSEHOLD, replace(HOUSEHOLD, apart=Apart.OWN_ENVELOPE)):
        assert sent(tmp_path, family, rules) == ([("見本　太郎", [1, 2])], {})
    without = [dependant(3)._replace(**{key: getattr(family[0], key) for key in ELSEWHERE}), family[1]]
    assert sent(tmp_path, without, HOUSEHOLD)[1] == {"insured-has-no-row": {2, 3}}


@pytest.mark.parametrize("homes", TWO_HOMES)
def test_two_homes_that_are_written_alike_are_two(tmp_path: Path, homes: tuple[str, str, str, str]) -> None:
    family = homes_of(homes)
    assert sent(tmp_path, family, HOUSEHOLD)[1] == {"lives-apart": {2}}
    without = [dependant(3)._replace(**{key: getattr(family[0], key) for key in ELSEWHERE}), family[1]]
    assert sent(tmp_path, without, HOUSEHOLD)[1] == {"household-without-insured": {2, 3}}


@given(numbers=st.tuples(*[st.integers(1, 120)] * 4), manners=st.tuples(*[st.sampled_from("-ーの目地番")] * 2))
def test_no_two_house_numbers_are_one_however_they_are_written(
    numbers: tuple[int, int, int, int], manners: tuple[str, str]
) -> None:
    joints = {"目": "丁目", "地": "番地"}
    one, other = (
        place_of_home("8060043", f"{TOWN}{first}{joints.get(manner, manner)}{last}", "")
        for first, last, manner in zip(numbers[::2], numbers[1::2], manners, strict=True)
    )
    assert is_one_home(one, other) == (numbers[:2] == numbers[2:])
    assert is_one_home(one, one)


def test_an_infant_gets_no_letter_of_its_own_where_the_job_says_so(tmp_path: Path) -> None:
    family = [insured(), dependant(2)]
    assert sent(tmp_path, family, MailingRules())[0] == [("見本　太郎", [1]), ("見本　2子", [2])]
    to_insured = MailingRules(addressee=Addressee.INSURED)
    assert sent(tmp_path, family, to_insured)[0] == [("見本　太郎", [1]), ("見本　太郎", [2])]


WORKPLACE = MailingRules(route=Route.WORKPLACE)


def test_a_dependant_whose_letter_would_be_handed_out_at_anothers_workplace_is_a_doubt(tmp_path: Path) -> None:
    head = insured(1, workplace_code="10", workplace="甲工場")
    other = {"workplace_code": "11", "workplace": "乙工場"}
    assert sent(tmp_path, [head, dependant(2, **other)], WORKPLACE)[1] == {"workplace-of-another": {2}}
    assert sent(tmp_path, [head, dependant(2, **other, number="9")], WORKPLACE)[1] == {}
    for plain in ({"workplace_code": ""}, {"workplace_code": "10"}, other | {"loses_on": ISSUED_ON}):
        assert "workplace-of-another" not in sent(tmp_path, [head, dependant(2, **plain)], WORKPLACE)[1]
    for rules in (MailingRules(), replace(WORKPLACE, envelope=Envelope.HOUSEHOLD)):
        assert sent(tmp_path, [head, dependant(2, **other)], rules)[1] == {}


@pytest.mark.parametrize(
    ("rows", "changed"),
    [
        (("甲工場", "乙工場"), ("甲工場", "丙工場")),
        (("甲工場", "乙工場"), ("甲工場", "乙工場", "丙工場")),
    ],
)
def test_a_doubt_about_a_workplace_is_freed_for_these_names_only(
    tmp_path: Path, rows: tuple[str, ...], changed: tuple[str, ...]
) -> None:
    def sums(names: tuple[str, ...]) -> dict[int, str]:
        with Store.create(tmp_path / "s.sqlite", ISSUED_ON) as store:
            people = (insured(n, number=str(n), workplace_code="10", workplace=name) for n, name in enumerate(names, 1))
            store.add(coded(one, (), is_tried=True) for one in people)
            doubt_shared(store, WORKPLACE)
            return {finding.line: finding.sum for finding in store.findings()}

    assert sums(rows)[1] == sums((*rows, rows[1]))[1]
    assert sums(rows)[1] != sums(changed)[1]


def test_a_doubt_about_the_names_of_the_insured_is_freed_for_these_names_only(tmp_path: Path) -> None:
    def summed(name: str) -> str:
        with Store.create(tmp_path / "s.sqlite", ISSUED_ON) as store:
            store.add(coded(one, (), is_tried=True) for one in (insured(1, name=name), dependant(2)))
            doubt_shared(store, MailingRules())
            return {finding.line: finding.sum for finding in store.findings()}[2]

    assert len({summed("別人　甲"), summed("別人　乙")}) == 2


def test_one_code_of_two_workplaces_is_a_doubt_for_all_its_rows(tmp_path: Path) -> None:
    rows = [
        insured(1, number="1", workplace_code="10", workplace="甲　工場"),
        insured(2, number="2", workplace_code="10", workplace="甲工場"),
        insured(3, number="3", workplace_code="10", workplace="乙工場"),
        insured(4, number="4", workplace_code="11", workplace="乙工場"),
    ]
    assert sent(tmp_path, rows, WORKPLACE)[1] == {"workplace-names-differ": {1, 2, 3}}
    assert sent(tmp_path, rows[:2], WORKPLACE)[1] == {}
    assert sent(tmp_path, rows, MailingRules())[1] == {}


@pytest.mark.parametrize(
    ("codes", "noted"),
    [
        (("10016", "0010016", "10017"), {1, 2}),
        (("10016", "010016", "0010016"), {1, 2, 3}),
        (("甲1", "0甲1"), {1, 2}),
        (("10016", "10016", "100160"), set()),
        (("0", "000", ""), set()),
    ],
)
def test_a_workplace_with_and_without_noughts_in_front_is_noted(
    tmp_path: Path, codes: Sequence[str], noted: set[int]
) -> None:
    rows = [
        insured(line, number=f"{line}", workplace_code=code, workplace="甲工場") for line, code in enumerate(codes, 1)
    ]
    code = "workplace-with-and-without-zeros"
    assert sent(tmp_path, rows, WORKPLACE)[1].get(code, set()) == noted
    assert code not in sent(tmp_path, rows, MailingRules())[1]


@pytest.mark.parametrize(
    ("code", "name", "loses_on", "said"),
    [
        ("10", "甲工場", None, []),
        ("10", "", None, ["workplace-name-missing"]),
        ("10", "　", None, ["workplace-name-missing"]),
        ("", "", None, ["workplace-name-missing"]),
        ("", "甲工場", None, []),
        ("", "　", None, ["workplace-name-missing"]),
        ("-", "　-", None, ["workplace-name-missing"]),
        ("10", "ー", None, ["workplace-name-missing"]),
        ("10", "・", None, ["workplace-name-missing"]),
        ("", "", date(2027, 4, 1), []),
        ("10", "甲工場", date(2027, 4, 1), ["workplace-left-over"]),
        ("10", "", date(2027, 4, 1), []),
    ],
)
def test_who_has_no_workplace_goes_home_and_who_must_have_one_is_doubted(
    tmp_path: Path, code: str, name: str, loses_on: date | None, said: list[str]
) -> None:
    member = insured(workplace_code=code, workplace=name, loses_on=loses_on)
    assert [finding.code for finding in look_at_workplace(member, WORKPLACE)] == said
    assert list(look_at_workplace(member, MailingRules())) == []


def test_a_dependant_without_a_workplace_goes_with_the_insured_in_envelopes_of_households(tmp_path: Path) -> None:
    by_household = replace(WORKPLACE, envelope=Envelope.HOUSEHOLD)
    blank = {"workplace_code": "", "workplace": ""}
    for rules, said in ((WORKPLACE, ["workplace-name-missing"]), (by_household, [])):
        assert [finding.code for finding in look_at_workplace(dependant(2, **blank), rules)] == said
        assert len(list(look_at_workplace(insured(1, **blank), rules))) == 1


def test_a_left_over_workplace_hands_nothing_out_and_is_in_nobodys_stack(tmp_path: Path) -> None:
    rules = replace(WORKPLACE, order=("事業所番号",))
    rows = [
        insured(1, number="1", workplace_code="10", workplace="甲工場"),
        insured(2, number="2", workplace_code="10", workplace="甲工場", loses_on=date(2027, 4, 1)),
    ]
    with Store.create(tmp_path / "s.sqlite", ISSUED_ON) as store:
        store.add(coded(member, (), is_tried=True) for member in rows)
        store.settle(())
        gather(store, rules)
        pieces = list(read_chunk(write_chunk(store, 1, 2), rules))
    assert [(piece.members[0].line, piece.workplace) for piece in pieces] == [(2, ""), (1, "甲工場")]


def named(rows: Sequence[Member], rules: MailingRules, path: Path) -> dict[str, set[int]]:
    return sent(path, rows, rules)[1]


def test_a_dependant_who_names_another_insured_is_a_doubt_where_envelopes_do_not_hold_them(tmp_path: Path) -> None:
    rows = [insured(1), dependant(2), dependant(3, insured_name="別人　一郎"), STRANGER]
    assert named(rows, MailingRules(), tmp_path) == {"insured-names-differ": {1, 2, 3}}
    assert named(rows[:2], MailingRules(), tmp_path) == {}
    assert named(rows, HOUSEHOLD, tmp_path) == {"household-names-differ": {1, 2, 3}}


@pytest.mark.parametrize("rules", [MailingRules(), HOUSEHOLD])
def test_an_insured_who_is_written_in_two_forms_is_a_doubt_that_can_be_released(
    rules: MailingRules, tmp_path: Path
) -> None:
    rows = [insured(1, name="見本　髙志"), dependant(2, insured_name="見本 高志"), STRANGER]
    assert named(rows, rules, tmp_path) == {"insured-names-differ": {1, 2}}
    assert named([rows[0], rows[1]._replace(insured_name="見本髙志")], rules, tmp_path) == {}


@pytest.mark.parametrize("branches", [("", ""), ("00", "01")])
def test_two_insured_of_one_number_are_told_where_envelopes_do_not_hold_them(
    branches: tuple[str, str], tmp_path: Path
) -> None:
    two = [
        insured(line, name=name, branch=branch)
        for line, name, branch in zip((1, 2), ("見本　太郎", "別人　花子"), branches, strict=True)
    ]
    assert named([*two, dependant(3)], MailingRules(), tmp_path) == {"two-insured": {1, 2}}
    assert named([two[0], two[1]._replace(number="8")], MailingRules(), tmp_path) == {}
    assert named([two[0], dependant(2), dependant(3)], MailingRules(), tmp_path) == {}
    assert named(two, HOUSEHOLD, tmp_path) == {"household-with-two-insured": {1, 2}}


# 送付先

SHELTER = Forwarding("", "5300001", "架空府別市九丁目9番9号", "")
GUARDIAN = Forwarding("後見　花子", "5300001", "架空府別市九丁目9番9号", "後見事務所")
NAME_ONLY = Forwarding("後見　花子", "", "", "")


def windows(path: Path, members: Sequence[Member], rules: MailingRules) -> list[tuple[str, str, str, list[int]]]:
    """Of each piece: name, 郵便番号 and workplace in its window, and the lines of its sheets."""
    with Store.create(path / "s.sqlite", ISSUED_ON) as store:
        store.add(coded(member, (), is_tried=True) for member in members)
        store.settle(())
        gather(store, rules)
        pieces = list(read_chunk(write_chunk(store, 1, len(members)), rules))
    found = []
    for piece in pieces:
        mailing = [mailing for _, mailing in mailings(piece, 1, rules)]
        assert len({(one.addressee_name, one.postal_code, one.address, one.building) for one in mailing}) == 1
        assert (mailing[0].address, mailing[0].building) == (piece.head.place.address, piece.head.place.building)
        window = (mailing[0].addressee_name, mailing[0].postal_code, mailing[0].workplace)
        found.append((*window, [member.line for member in piece.members]))
    return found


OWN = replace(HOUSEHOLD, apart=Apart.OWN_ENVELOPE)
HOME = PLAIN.postal_code
FORWARDED: dict[str, tuple[list[Member], MailingRules, list[tuple[str, str, str, list[int]]]]] = {
    "a member's goes there": ([insured(forwarding=GUARDIAN)], MailingRules(), [("後見　花子", "5300001", "", [1])]),
    "a blank name is the member's own": ([insured(forwarding=SHELTER)], MailingRules(), [
        ("見本　太郎", "5300001", "", [1])]),
    "a name alone goes home": ([insured(forwarding=NAME_ONLY)], MailingRules(), [("後見　花子", HOME, "", [1])]),
    "a dependant's is not written to the 本人": (
        [dependant(2, forwarding=SHELTER)], MailingRules(addressee=Addressee.INSURED), [
            ("見本　2子", "5300001", "", [2])]),
    "not by way of the workplace": (
        [insured(workplace="甲工場", forwarding=GUARDIAN), insured(2, number="2", workplace="甲工場")],
        MailingRules(route=Route.WORKPLACE), [("後見　花子", "5300001", "", [1]), ("見本　太郎", HOME, "甲工場", [2])]),
    "that of the 本人 takes the household along": (
        [insured(forwarding=GUARDIAN), dependant(2), dependant(3, **ELSEWHERE)], HOUSEHOLD, [
            ("後見　花子", "5300001", "", [1, 2, 3])]),
    "but not who lives elsewhere, where they have their own": (
        [insured(forwarding=GUARDIAN), dependant(2), dependant(3, **ELSEWHERE)], OWN, [
            ("後見　花子", "5300001", "", [1, 2]), ("見本　3子", "5300001", "", [3])]),
    "a dependant's own goes apart, whatever the job says": (
        [insured(), dependant(2), dependant(3, forwarding=SHELTER)], HOUSEHOLD, [
            ("見本　太郎", HOME, "", [1, 2]), ("見本　3子", "5300001", "", [3])]),
    "two with the same go together": (
        [insured(), dependant(2, forwarding=GUARDIAN), dependant(3, forwarding=GUARDIAN)], HOUSEHOLD, [
            ("見本　太郎", HOME, "", [1]), ("後見　花子", "5300001", "", [2, 3])]),
    "the same as the 本人's goes along": (
        [insured(forwarding=GUARDIAN), dependant(2, forwarding=GUARDIAN)], OWN, [
            ("後見　花子", "5300001", "", [1, 2])]),
    "one name in two homes goes to both": (
        [insured(forwarding=NAME_ONLY), dependant(2, forwarding=NAME_ONLY),
         dependant(3, forwarding=NAME_ONLY, **ELSEWHERE)], HOUSEHOLD, [
            ("後見　花子", HOME, "", [1, 2]), ("後見　花子", "5300001", "", [3])]),
    "in the order of where it goes": (
        [insured(number="1", forwarding=GUARDIAN, workplace_code="1"), insured(2, number="2", workplace_code="1")],
        MailingRules(order=("郵便番号",)), [("見本　太郎", HOME, "", [2]), ("後見　花子", "5300001", "", [1])]),
    "in no workplace's stack": (
        [insured(number="1", forwarding=GUARDIAN, workplace_code="10"), insured(2, number="2", workplace_code="10")],
        MailingRules(order=("事業所番号", "番号")), [
            ("後見　花子", "5300001", "", [1]), ("見本　太郎", HOME, "", [2])]),
    "without 本人, each goes where it says": (
        [dependant(2, forwarding=SHELTER), dependant(3, **ELSEWHERE)], HOUSEHOLD, [
            ("見本　2子", "5300001", "", [2]), ("見本　太郎", "5300001", "", [3])]),
}  # fmt: skip


@pytest.mark.parametrize("name", FORWARDED)
def test_a_forwarding_address_overrules_the_rules_of_the_job(name: str, tmp_path: Path) -> None:
    rows, rules, found = FORWARDED[name]
    assert windows(tmp_path, rows, rules) == found


def test_a_forwarding_address_makes_nobody_live_apart_and_needs_no_workplace(tmp_path: Path) -> None:
    said = sent(tmp_path, [insured(), dependant(2, forwarding=SHELTER)], HOUSEHOLD)[1]
    assert said == {}
    assert list(look_at_workplace(insured(workplace_code="1", workplace="", forwarding=SHELTER), WORKPLACE)) == []


def test_who_has_a_forwarding_address_needs_no_insured_and_no_home_that_others_share(tmp_path: Path) -> None:
    family = [dependant(2), dependant(3), dependant(4, forwarding=SHELTER)]
    assert sent(tmp_path, family, HOUSEHOLD)[1] == {"insured-has-no-row": {2, 3}}
    family[1] = dependant(3, **ELSEWHERE)
    held = {"household-without-insured": {2, 3}}
    assert sent(tmp_path, family, HOUSEHOLD)[1] == held | {"household-incomplete": {4}}
    rules = replace(HOUSEHOLD, incomplete_households=Incomplete.SEND)
    assert sent(tmp_path, family, rules)[1] == held
