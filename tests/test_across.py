"""Rows of a file that speak against one another are held or doubted, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_store import ISSUED_ON, PLAIN

from renderer.intake.across import compare_rows
from renderer.intake.numbersums import NumberSums
from renderer.intake.rows import Row
from renderer.intake.store import AbsentRow, Store, coded
from renderer.model.member import Forwarding, Member, Relation


def person(line: int, **changed: str) -> Member:
    """Somebody whom no other row speaks against, but for what is changed."""
    plain = {"record": f"A{line}", "number": f"{line}00", "name": f"見本　{line}", "kana": "", "branch": "00"}
    plain["my_number_last4"] = f"{line:04}"
    born_on = date(1954, 1 + line // 4 % 12, 7)
    return PLAIN._replace(line=line, born_on=born_on, **(plain | changed))


def found(path: Path, members: Sequence[Member], absent: Sequence[AbsentRow] = ()) -> dict[str, set[int]]:
    """Code → the lines of which it is said."""
    with Store.create(path / "s.sqlite", ISSUED_ON) as store:
        store.add(coded(member, (), is_tried=True) for member in members)
        store.add_absent(absent)
        compare_rows(store)
        said: dict[str, set[int]] = {}
        for finding in (*store.findings(), *store.notes()):
            said.setdefault(finding.code, set()).add(finding.line)
            assert bool(finding.sum) is (finding.weight == "doubt")
    return said


def test_rows_of_one_key_are_held_and_a_blank_branch_is_no_key(tmp_path: Path) -> None:
    two = [person(1, number="7", branch="01"), person(2, number="7", branch="01"), person(3, number="7", branch="02")]
    blank = [person(4, number="8", branch=""), person(5, number="8", branch="")]
    assert found(tmp_path, [*two, *blank]) == {"key-twice": {1, 2}, "blank-unlike-others": {4, 5}}


def test_one_person_twice_under_one_key_is_a_doubt_and_no_more(tmp_path: Path) -> None:
    assert found(tmp_path, [person(1, number="7", name="見本"), person(2, number="7", name="見本")]) == {
        "person-twice": {1, 2}
    }


def test_a_row_that_is_held_for_something_else_takes_part(tmp_path: Path) -> None:
    held = [(2, "A2", PLAIN.symbol, "7", "00", None, None), (3, "A1", "", "", "", None, None)]
    said = found(tmp_path, [person(1, number="7")], held)
    assert said == {"key-twice": {1, 2}, "record-number-twice": {1, 3}}


def test_two_people_of_one_my_number_are_held_however_it_is_written_and_one_person_is_not(tmp_path: Path) -> None:
    people = [person(line, number="7", branch=f"0{line}") for line in (1, 2, 3)]
    people.append(people[2]._replace(line=4, record="A4", number="9", my_number_last4="", address="東京都見本区1-1"))
    written = ["123456789018", "１２３４－５６７８ 9018", "012345678903", "0123-4567-8903", "9018", "", "123456789018"]
    written += ["9" * 12] * 2
    with Store.create(tmp_path / "s.sqlite", ISSUED_ON) as store:
        store.add(coded(member, (), is_tried=True) for member in people)
        store.add_absent([(line, f"A{line}", "", "", "", None, None) for line in range(5, 10)])
        store.add_numbers(NumberSums().of([Row(line, {"個人番号": cell}) for line, cell in enumerate(written, 1)]))
        compare_rows(store)
        said = [(finding.code, finding.line, dict(finding.parameters)["other_line"]) for finding in store.findings()]
        kept = (tmp_path / "s.sqlite").read_bytes()
    assert said == [("my-number-of-another", 1, 7), ("my-number-of-another", 2, 1), ("my-number-of-another", 7, 1)]
    assert b"123456789018" not in kept


def test_what_numbers_are_compared_by_is_of_one_run_and_one_number() -> None:
    rows = [Row(1, {"個人番号": "123456789018"}), Row(2, {"個人番号": "012345678903"}), Row(3, {})]
    one, other = dict(NumberSums().of(rows)), dict(NumberSums().of(rows))
    assert set(one) == {1, 2}
    assert len({*one.values(), *other.values()}) == 4


LONG = [f"東京都千代田区架空町{kanji}丁目{at}番地{at}号" for at, kanji in enumerate("一二三四五六七", 1)]


def cut_at(width: int, addresses: Sequence[str]) -> list[Member]:
    """People at these addresses, in a file whose column has room for so many signs."""
    return [person(line, address=address[:width]) for line, address in enumerate(addresses, 1)]


@pytest.mark.parametrize(
    ("addresses", "width"), [(LONG, 12), ([f"東京都千代田区架空{at}の見本町{at}-1" for at in range(7)], 13)]
)
def test_addresses_of_the_longest_that_end_in_the_middle_are_told_and_all_of_their_length(
    tmp_path: Path, addresses: Sequence[str], width: int
) -> None:
    others = ["東京都見本区1-1", "東京都別区見本", "東京都千代田区架空町12-34567890"]
    told = found(tmp_path, cut_at(width, [*addresses, *others]))
    assert told == {"address-may-be-cut-off": {1, 2, 3, 4, 5, 6, 7, 10}}
    assert found(tmp_path, cut_at(99, [*addresses, *others])) == {}


@pytest.mark.parametrize(
    "addresses",
    [
        LONG,
        [address[:12] for address in LONG[:4]],  # too few
        [address[:12] for address in LONG[:1] * 7],  # one address
        [*(address[:12] for address in LONG), *(address[:10] + address[-2:] + "荘見本" for address in LONG)],
        [*(address[:12] for address in LONG), *(f"東京都千代田区{at}荘" for at in range(8))],
        [*(address[:12] for address in LONG), f"{LONG[0]}-2"],
    ],
)
def test_of_addresses_that_may_end_so_nothing_is_told(tmp_path: Path, addresses: Sequence[str]) -> None:
    assert "address-may-be-cut-off" not in found(tmp_path, cut_at(99, addresses))


LONG_NAMES = [
    f"グエン　ティ　フォン　{given}" for given in ("タオ", "ハイン", "リンダ", "ミンハ", "フエン", "ランファ")
]


def named(width: int, names: Sequence[str]) -> list[Member]:
    """People of these names among others, in a file whose column has room for so many signs."""
    short = [f"見本　{chr(ord('一') + at)}" for at in range(20)]
    return [person(line, name=name[:width], symbol=str(line)) for line, name in enumerate([*names, *short], 1)]


def test_names_of_the_longest_where_many_end_are_told(tmp_path: Path) -> None:
    names = [f"{sign}{name}" for sign, name in zip("甲乙丙丁戊己", LONG_NAMES, strict=True)]
    assert found(tmp_path, named(12, names)) == {"name-may-be-cut-off": {1, 2, 3, 4, 5, 6}}


@pytest.mark.parametrize(
    ("width", "names"),
    [
        (99, LONG_NAMES),  # whole, two of a kind
        (12, ["甲グエン　ティ　フォン　タオ"] * 6),  # one name
        (12, [f"{sign}グエン　ティ　フォン　タオ" for sign in "甲乙丙丁"]),  # too few
        (7, [f"{sign}グエン　ティ　フォン　タオ" for sign in "甲乙丙丁戊己"]),  # as long as many are
        (12, [f"{sign}グエン　ティ　フォ{'ン' * (at % 3)}" for at, sign in enumerate("甲乙丙丁戊己庚辛壬癸")]),
    ],
)
def test_of_long_names_of_which_the_longer_are_fewer_nothing_is_told(
    tmp_path: Path, width: int, names: Sequence[str]
) -> None:
    assert "name-may-be-cut-off" not in found(tmp_path, named(width, names))


SINCE = date(2020, 4, 1)


@pytest.mark.parametrize(
    ("since", "others", "is_told"),
    [
        (SINCE - timedelta(1), [SINCE], True),
        (SINCE, [SINCE], False),
        (SINCE + timedelta(1), [SINCE], False),
        (None, [SINCE], False),
        (SINCE - timedelta(1), [], False),
        (SINCE - timedelta(1), [SINCE, SINCE - timedelta(9)], False),
    ],
)
def test_a_dependant_who_was_recognised_before_the_insured_came_is_told(
    tmp_path: Path, since: date | None, others: Sequence[date], is_told: bool
) -> None:
    own = person(1, number="7", branch="01")
    family = own._replace(relation=Relation.DEPENDANT, certified_on=since, qualified_on=None, name="見本　花子")
    heads = [
        person(line, number="7", branch=f"{line:02}")._replace(qualified_on=day) for line, day in enumerate(others, 2)
    ]
    strangers = [person(9)._replace(qualified_on=SINCE)]
    assert found(tmp_path, [family, *heads, *strangers]) == ({"certified-before-insured": {1}} if is_told else {})


@pytest.mark.parametrize("name", ["見本　太郎", "見本太郎", "見本 太郎"])
def test_one_person_under_two_branches_is_a_doubt(tmp_path: Path, name: str) -> None:
    rows = [person(1, number="7", name="見本　太郎"), person(2, number="7", branch="01", name=name)]
    assert found(tmp_path, rows) == {"person-twice": {1, 2}}
    assert found(tmp_path, [rows[0], rows[1]._replace(born_on=ISSUED_ON)]) == {}
    assert found(tmp_path, [rows[0], rows[1]._replace(number="8")]) == {"person-under-two-numbers": {1, 2}}
    moved = rows[1]._replace(number="8", address="東京都見本区1-1")
    assert found(tmp_path, [rows[0], moved]) == {}


@pytest.mark.parametrize("column", ["symbol", "branch"])
def test_a_blank_symbol_or_branch_is_told_where_half_of_the_others_have_one(tmp_path: Path, column: str) -> None:
    for blank, of, said in ((1, 4, {1}), (2, 4, {1, 2}), (3, 4, set()), (4, 4, set()), (0, 4, set())):
        rows = [person(line, **({column: ""} if line <= blank else {})) for line in range(1, of + 1)]
        assert found(tmp_path, rows) == ({"blank-unlike-others": said} if said else {})


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (("9018", "9018"), {"person-under-two-numbers": {1, 3}}),
        (("9018", "9019"), {}),
        (("9018", ""), {"person-at-two-addresses": {1, 3}}),
        (("", ""), {"person-at-two-addresses": {1, 3}}),
        (("9018", "9018", "9018"), {"person-under-two-numbers": {1, 3, 5}}),
        (("9018", "9018", ""), {"person-under-two-numbers": {1, 3}, "person-at-two-addresses": {5}}),
        (("9018", "9019", ""), {"person-at-two-addresses": {1, 3, 5}}),
    ],
)
def test_one_person_at_two_addresses_is_known_by_the_end_of_the_my_number(
    tmp_path: Path, ends: tuple[str, ...], said: dict[str, set[int]]
) -> None:
    rows = [
        person(
            line, name="髙見　花" if line == 1 else "高見花", address=f"東京都見本区{line}", my_number_last4=end
        )._replace(born_on=date(1960, 1, 1))
        for line, end in zip(range(1, 6, 2), ends, strict=False)
    ]
    between = [person(2), person(4)]
    assert found(tmp_path, [*rows, *between]) == said
    elsewhere = [row._replace(born_on=date(1961, 1, row.line)) for row in rows]
    assert found(tmp_path, [*elsewhere, *between]) == {}
    of_one_number = [row._replace(number="7", branch=f"0{row.line}") for row in rows]
    assert set(found(tmp_path, [*of_one_number, *between])) == {"person-twice"}


@pytest.mark.parametrize(
    ("one", "other", "is_doubt"),
    [
        (("1", "7"), ("1", "07"), True),
        (("1", "7"), ("01", "7"), True),
        (("001", "7"), ("1", "007"), True),
        (("1", "7"), ("1", "70"), False),
        (("", "7"), ("1", "7"), False),
        (("国", "7"), ("国", "0007"), True),
    ],
)
def test_a_number_with_and_without_noughts_in_front_is_a_doubt(
    tmp_path: Path, one: tuple[str, str], other: tuple[str, str], is_doubt: bool
) -> None:
    rows = [person(n, symbol=symbol, number=number, branch=f"0{n}") for n, (symbol, number) in enumerate((one, other))]
    doubted = found(tmp_path, rows).get("number-with-and-without-zeros", set())
    assert doubted == ({0, 1} if is_doubt else set())


def test_one_name_on_three_rows_with_unlike_numbers_is_a_doubt_for_all_of_them(tmp_path: Path) -> None:
    rows = [
        person(line, name="見本　太郎" if 2 <= line <= 6 else f"見本　{line}", address=f"東京都見本区{line}")
        for line in range(1, 9)
    ]
    assert found(tmp_path, rows) == {"same-name-in-a-row": {2, 3, 4, 5, 6}}
    assert found(tmp_path, rows[:3]) == {}
    assert found(tmp_path, [row._replace(number="7", branch=f"0{row.line}") for row in rows[6:]]) == {}


def test_one_my_number_on_three_rows_of_unlike_numbers_and_names_is_noted(tmp_path: Path) -> None:
    filled = [person(line, my_number_last4="0472" if 2 <= line <= 6 else f"{line:04}") for line in range(1, 9)]
    assert found(tmp_path, filled) == {"filled-downwards": {2, 3, 4, 5, 6}}
    assert found(tmp_path, filled[:3]) == {}
    assert found(tmp_path, [row._replace(my_number_last4="") for row in filled]) == {}
    family = [row._replace(number="7", branch=f"0{row.line}") for row in filled]
    assert found(tmp_path, family) == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [("高橋　一", "髙橋 一"), ("渡辺　斎", "渡邉󠄂　齋"), ("𠮷﨑　徳", "吉崎　德"), ("見本\ufa19", "見本神")],
)
def test_one_person_written_with_other_characters_is_a_doubt(tmp_path: Path, one: str, other: str) -> None:
    rows = [person(1, number="7", branch="", name=one), person(2, number="7", branch="", name=other)]
    assert found(tmp_path, rows) == {"person-twice": {1, 2}}


def test_siblings_of_one_birthday_are_two_though_a_file_has_one_reading_for_all(tmp_path: Path) -> None:
    rows = [person(line, number="7", branch="", name=name, kana="ミホン　タロウ")
            for line, name in ((1, "見本　一子"), (2, "見本　次郎"))]  # fmt: skip
    assert found(tmp_path, rows) == {}


def sums(path: Path, members: Sequence[Member]) -> dict[int, str]:
    """Line → the sum of its doubt."""
    with Store.create(path / "s.sqlite", ISSUED_ON) as store:
        store.add(coded(member, (), is_tried=True) for member in members)
        compare_rows(store)
        return {finding.line: finding.sum for finding in store.findings()}


def test_a_doubt_about_one_person_twice_is_freed_for_these_rows_only_in_whatever_order(tmp_path: Path) -> None:
    one, other = person(1, number="7", name="見本"), person(2, number="7", branch="01", name="見本")
    before = sums(tmp_path, [one, other])
    assert sums(tmp_path, [other._replace(line=1), one._replace(line=2)]) == {1: before[2], 2: before[1]}
    third = person(3, number="7", branch="02", name="見本")
    for changed in ([one, other, third], [one, other._replace(kana="ミホン")], [one, other._replace(number="8")]):
        assert sums(tmp_path, changed)[1] != before[1]
    assert sums(tmp_path, [one, other, person(4)]) == before


def alike(column: str, lines: range, value: Any) -> list[Member]:
    """Eleven people of whom some have one value in a column."""
    return [
        row._replace(**{column: value}) if row.line in lines else row
        for row in (person(line, kana=f"ミホン{'アカサタナハマヤラワン'[-line * 5 % 11]}") for line in range(1, 12))
    ]


@pytest.mark.parametrize(
    ("column", "value", "fewest"), [("kana", "ミホン　タロウ", 3), ("born_on", date(1980, 4, 2), 5)]
)
def test_a_reading_or_a_birthday_on_rows_of_unlike_people_is_told(
    tmp_path: Path, column: str, value: Any, fewest: int
) -> None:
    assert found(tmp_path, alike(column, range(3, 3 + fewest), value)) == {
        "filled-downwards": set(range(3, 3 + fewest))
    }
    assert found(tmp_path, alike(column, range(3, 9), value)) == {"filled-downwards": set(range(3, 9))}
    assert found(tmp_path, alike(column, range(3, 2 + fewest), value)) == {}
    of_one_household = [row._replace(number="7", branch=f"{row.line:02}") for row in alike(column, range(3, 9), value)]
    assert "filled-downwards" not in found(tmp_path, of_one_household)


def test_one_forwarding_address_on_rows_of_unlike_homes_is_told(tmp_path: Path) -> None:
    to = Forwarding("見本施設", "1000001", "東京都見本区1-1", "")
    rows = [person(line, address=f"東京都見本区{line}-1")._replace(forwarding=to) for line in range(1, 4)]
    assert found(tmp_path, rows) == {"filled-downwards": {1, 2, 3}}
    assert found(tmp_path, rows[:2]) == {}
    assert found(tmp_path, [row._replace(address="東京都見本区1-1") for row in rows]) == {}


def test_a_file_that_is_sorted_by_a_column_has_those_who_share_a_value_together(tmp_path: Path) -> None:
    rows = [
        person(line)._replace(
            kana=f"ミホン　{chr(0x30A2 + line // 6)}", born_on=date(1950, 1, 1) + timedelta(line // 6)
        )
        for line in range(1, 200)
    ]
    assert found(tmp_path, rows) == {}
    assert found(tmp_path, rows[::-1]) == {}
    mixed = [row._replace(line=line) for line, row in enumerate(rows[100:] + rows[:100], 1)]
    assert found(tmp_path, mixed) == {}


@given(numbers=st.lists(st.integers(0, 5), max_size=9))
def test_whatever_the_numbers_exactly_the_rows_that_share_a_key_are_held(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[int]
) -> None:
    rows = [person(line, number=str(number)) for line, number in enumerate(numbers)]
    shared = {line for line, number in enumerate(numbers) if numbers.count(number) > 1}
    assert found(tmp_path_factory.getbasetemp(), rows).get("key-twice", set()) == shared


def families(*sizes: int) -> list[Member]:
    """Households of so many rows each, every one at an address of its own."""
    rows: list[Member] = []
    for number, size in enumerate(sizes, 1):
        for branch in range(size):
            home = {"address": f"架空県見本市{number}丁目", "number": str(number), "branch": f"{branch:02}"}
            rows.append(person(len(rows) + 2, **home))
    return rows


def slipped(rows: list[Member], by: int, begin: int = 0) -> list[Member]:
    """The same with the addresses of the rows from ``begin`` (from 0) in the rows below (1) or above (-1)."""
    others = [rows[max(min(at - by, len(rows) - 1), begin)].address for at in range(len(rows))]
    return [row._replace(address=others[at] if at >= begin else row.address) for at, row in enumerate(rows)]


@pytest.mark.parametrize("by", [1, -1])
def test_addresses_that_slipped_by_a_row_are_a_doubt_from_where_that_is_seen(tmp_path: Path, by: int) -> None:
    whole = families(2, 3, 1, 2, 4, 2, 2, 3)
    assert found(tmp_path, whole) == {}
    said = found(tmp_path, slipped(whole, by))
    assert said == {"addresses-slipped": {row.line for row in whole if row.line >= 4}}
    late = found(tmp_path, slipped(whole, by, begin=8))
    assert late == {"addresses-slipped": {row.line for row in whole if row.line >= 14}}


def test_a_slip_is_seen_behind_relatives_who_share_a_house(tmp_path: Path) -> None:
    whole = families(*[2] * 40)
    whole[4] = whole[4]._replace(address=whole[3].address)
    assert found(tmp_path, whole) == {}
    said = found(tmp_path, slipped(whole, 1, begin=60))
    assert said == {"addresses-slipped": {row.line for row in whole if row.line >= 64}}


def test_many_households_of_one_large_house_are_none(tmp_path: Path) -> None:
    """Of ten in a company's flats, some have somebody who lives elsewhere."""
    whole = [row._replace(address="架空県見本市社宅") for row in families(*[2] * 10)]
    for at in (1, 2, 5, 9, 13, 14, 17):
        whole[at] = whole[at]._replace(address=f"架空県別市{at}")
    assert found(tmp_path, whole) == {}


def test_a_few_borders_among_many_are_none(tmp_path: Path) -> None:
    whole = families(*[2] * 40)
    for at in range(4, 80, 16):
        whole[at] = whole[at]._replace(address=whole[at - 1].address)
    assert found(tmp_path, whole) == {}


def test_relatives_who_share_a_house_are_none(tmp_path: Path) -> None:
    whole = families(2, 2, 2, 2, 2, 2, 2, 2, 2, 2)
    for at in (2, 6):  # their first rows live where the row above does, and their dependants do not
        whole[at] = whole[at]._replace(address=whole[at - 1].address)
    assert found(tmp_path, whole) == {}


def test_of_people_who_live_alone_nothing_is_seen(tmp_path: Path) -> None:
    """What cannot be seen: no row of such a file says anything of another."""
    whole = families(*[1] * 12)
    assert found(tmp_path, slipped(whole, 1)) == {}
