"""The store gives back what was put in, holds what shares a number, and keeps everything in its own folder."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.intake.across import compare_rows
from renderer.intake.store import ROWS_AT_ONCE, Store, coded, decoded, sum_of_values
from renderer.model.findings import Finding
from renderer.model.member import Forwarding, Member, Relation, Sex

ISSUED_ON = date(2026, 11, 23)
VARIANT = (("relation", "insured"), ("ratio", "shown"))
DAYS = st.dates(date(1868, 1, 25), date(2100, 12, 31))
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
PLAIN = Member(
    line=2, record="A000001", symbol="12", number="345", branch="00", relation=Relation.INSURED,
    name="渡邊󠄂　𠮷郎", kana="ワタナベ　キチロウ", sex=Sex.SEE_BACK, born_on=date(1954, 1, 7),
    qualified_on=date(1990, 4, 1), certified_on=None, insured_name="", registered_on=date(2024, 9, 17),
    my_number_last4="0018", postal_code="1000001", address="架空県見本市一丁目2番3号", building="",
    workplace_code="001", workplace="見本工場", ratio="2割", ratio_from=date(2026, 8, 1), limit_class="",
    loses_on=None, remarks="",
)  # fmt: skip
FORWARDED = st.builds(Forwarding, name=TEXT.filter(bool), postal_code=TEXT, address=TEXT, building=TEXT)
MEMBERS = st.builds(
    Member, line=st.integers(1, 2**40), record=TEXT, symbol=TEXT, number=TEXT, branch=TEXT,
    relation=st.sampled_from(Relation), name=TEXT, kana=TEXT, sex=st.sampled_from(Sex), born_on=DAYS,
    qualified_on=st.none() | DAYS, certified_on=st.none() | DAYS, insured_name=TEXT,
    registered_on=st.none() | DAYS, my_number_last4=TEXT, postal_code=TEXT, address=TEXT, building=TEXT,
    workplace_code=TEXT, workplace=TEXT, ratio=TEXT, ratio_from=st.none() | DAYS, limit_class=TEXT,
    loses_on=st.none() | DAYS, remarks=TEXT, forwarding=st.none() | FORWARDED,
    added=st.just(()), customer_barcode=st.sampled_from(["", "80600433-8-20ddddddd"]),
)  # fmt: skip


def finding(line: int, record: str, code: str = "date-not-in-calendar") -> Finding:
    return Finding(code, line, record, "", (("column", "生年月日"),))


def person(line: int, record: str) -> Member:
    """Somebody whom no other row speaks against."""
    born_on = date.fromordinal(PLAIN.born_on.toordinal() + line)
    own = {"number": str(line), "name": f"見本　{line}", "my_number_last4": f"{line % 10_000:04}"}
    return PLAIN._replace(line=line, record=record, kana="", born_on=born_on, **own)


def filled(path: Path, members: Iterable[Member] = (), findings: Iterable[Finding] = ()) -> Store:
    store = Store.create(path, ISSUED_ON)
    for member in members:
        store.add([coded(member, VARIANT, is_tried=True)])
    findings = list(findings)
    store.hold(findings)
    store.add_absent({(found.line, found.record, "", "", "", None, None) for found in findings})
    compare_rows(store)
    store.settle(())
    return store


def lines_left(store: Store) -> list[int]:
    return [line for (line,) in store.database.execute("SELECT line FROM member ORDER BY line")]


@given(member=MEMBERS)
def test_a_member_comes_back_field_for_field(tmp_path_factory: pytest.TempPathFactory, member: Member) -> None:
    with filled(tmp_path_factory.getbasetemp() / "members.sqlite", [member]) as store:
        ((text,),) = store.database.execute("SELECT member FROM member")
    back = decoded(text)
    assert back == member
    assert type(back.relation) is Relation
    assert type(back.sex) is Sex


def test_the_sum_of_a_record_is_of_what_its_row_says_and_not_of_its_line_or_barcode() -> None:
    def summed(**changed: object) -> str:
        return sum_of_values(coded(PLAIN._replace(**changed), VARIANT, is_tried=True)[-1], ISSUED_ON)

    assert summed(line=9, customer_barcode="80600433-8-20ddddddd") == summed()
    assert summed(record="A000002") != summed()
    assert summed(address="架空県見本市一丁目2番4号") != summed()


def test_members_beyond_one_write_are_all_kept(tmp_path: Path) -> None:
    many = [person(line, f"A{line}") for line in range(1, 2 * ROWS_AT_ONCE + 8)]
    with filled(tmp_path / "members.sqlite", many) as store:
        assert store.members() == len(many)
        assert store.held() == 0


def test_every_row_that_shares_a_record_number_is_held(tmp_path: Path) -> None:
    members = [person(line, record) for line, record in enumerate("ABACADB", start=2)]
    with filled(tmp_path / "members.sqlite", members) as store:
        assert lines_left(store) == [5, 7]
        found = [(f.line, f.record, f.code, f.sentence("en")) for f in store.findings()]
    assert found == [
        (2, "A", "record-number-twice", "整理番号 stands on line 6 too"),
        (3, "B", "record-number-twice", "整理番号 stands on line 8 too"),
        (4, "A", "record-number-twice", "整理番号 stands on line 2 too"),
        (6, "A", "record-number-twice", "整理番号 stands on line 2 too"),
        (8, "B", "record-number-twice", "整理番号 stands on line 3 too"),
    ]


def test_a_valid_row_is_not_trusted_when_a_held_row_has_its_record_number(tmp_path: Path) -> None:
    with filled(tmp_path / "members.sqlite", [PLAIN._replace(line=9)], [finding(3, PLAIN.record)]) as store:
        assert store.members() == 0
        assert store.held() == 2
        assert [(f.line, f.code) for f in store.findings()] == [
            (3, "date-not-in-calendar"),
            (3, "record-number-twice"),
            (9, "record-number-twice"),
        ]


def test_rows_without_a_readable_record_number_are_not_each_others_twins(tmp_path: Path) -> None:
    with filled(tmp_path / "members.sqlite", findings=[finding(3, ""), finding(4, "")]) as store:
        assert {f.code for f in store.findings()} == {"date-not-in-calendar"}


def test_two_findings_of_one_row_hold_one_record(tmp_path: Path) -> None:
    with filled(tmp_path / "members.sqlite", findings=[finding(3, "A"), finding(3, "A", "date-missing")]) as store:
        assert store.held() == 1


def test_reasons_are_counted_in_records_the_most_frequent_first(tmp_path: Path) -> None:
    late = replace(finding(8, "C", "date-missing"), parameters=(("column", "認定年月日"),))
    with filled(
        tmp_path / "members.sqlite",
        findings=[late, finding(7, "B", "date-missing"), finding(3, "A"), finding(7, "B", "date-missing")],
    ) as store:
        reasons = store.reasons()
    assert [(r.first.code, r.records, r.first.line) for r in reasons] == [
        ("date-missing", 2, 7),
        ("date-not-in-calendar", 1, 3),
    ]
    assert reasons[0].first == finding(7, "B", "date-missing")
    assert reasons[0].examples == ("B", "C")


def test_a_reason_names_its_first_ten_records_or_their_lines(tmp_path: Path) -> None:
    findings = [finding(line, "" if line == 2 else f"R{line}") for line in range(1, 14)]
    with filled(tmp_path / "members.sqlite", findings=findings) as store:
        (reason,) = store.reasons()
    assert reason.records == 13
    assert reason.examples == ("R1", 2, *(f"R{line}" for line in range(3, 11)))


def test_what_a_stopped_run_left_is_thrown_away(tmp_path: Path) -> None:
    path = tmp_path / "members.sqlite"
    filled(path, [PLAIN]).close()
    with filled(path) as store:
        assert store.members() == 0


def test_findings_that_come_late_are_kept_too(tmp_path: Path) -> None:
    path = tmp_path / "members.sqlite"
    with filled(path, [PLAIN]) as store:
        store.hold([finding(PLAIN.line, PLAIN.record, "date-unknown-era")])
        assert [f.code for f in store.findings()] == ["date-unknown-era"]


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    with (
        pytest.raises(OSError, match="the working file of the members") as failed,
        filled(tmp_path / "s.sqlite") as store,
    ):
        store.run("PRAGMA max_page_count = 9", *["INSERT INTO note VALUES (0, 0, 0, 0, zeroblob(99999), 0)"] * 9)
    assert failed.value.errno == errno.ENOSPC


def test_a_wrong_statement_is_no_full_disk(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError), filled(tmp_path / "s.sqlite") as store:
        store.run("nonsense")


def test_nobody_else_may_read_the_store(tmp_path: Path) -> None:
    filled(tmp_path / "s.sqlite").close()
    assert (tmp_path / "s.sqlite").stat().st_mode & 0o777 == 0o600


def test_members_that_were_not_tried_come_some_at_once_even_while_others_are_held(tmp_path: Path) -> None:
    members = [PLAIN._replace(line=line, record=f"A{line}") for line in range(1, 8)]
    with Store.create(tmp_path / "s.sqlite", ISSUED_ON) as store:
        store.add(coded(member, VARIANT, is_tried=member.line == 3) for member in members)
        seen = []
        for chunk in store.untried(2):
            seen.append([decoded(text).line for text in chunk])
            store.hold([finding(seen[-1][0], "A")])
            store.take_out_held()
        assert seen == [[1, 2], [4, 5], [6, 7]]
        assert lines_left(store) == [2, 3, 5, 7]
        assert store.held() == 3


def test_the_variants_of_those_who_may_be_printed_are_named_once(tmp_path: Path) -> None:
    other = (("relation", "dependant"), ("ratio", "shown"))
    with Store.create(tmp_path / "s.sqlite", ISSUED_ON) as store:
        for line, variant in enumerate((VARIANT, other, VARIANT)):
            store.add([coded(PLAIN._replace(line=line), variant, is_tried=False)])
        assert store.variants() == (other, VARIANT)


def test_sorts_spill_into_the_folder_of_the_store_and_nowhere_else(tmp_path: Path) -> None:
    folder = tmp_path / "work 'quoted'"
    folder.mkdir()
    with filled(folder / "members.sqlite", [PLAIN]) as store:
        (where,) = store.database.execute("PRAGMA temp_store_directory").fetchone()
        (kind,) = store.database.execute("PRAGMA temp_store").fetchone()
    assert Path(where) == folder.resolve()
    assert kind == 1
    assert [path.name for path in folder.iterdir()] == ["members.sqlite"]
