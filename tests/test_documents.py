"""documents: every variant, what must never be on which paper, and what the envelope adds."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.desk.choice import bend
from renderer.desk.examples import load_example
from renderer.documents.certificate import CERTIFICATE
from renderer.documents.common import NOT_GIVEN
from renderer.documents.document import Content, Document, Mailing
from renderer.documents.eras import format_wareki
from renderer.documents.expiry import EndsBy
from renderer.documents.notice import NOTICE
from renderer.documents.registry import DOCUMENTS
from renderer.model.errors import BadJob
from renderer.model.insurer import CardCorner, Expiry, HalfYearly, Insurer
from renderer.model.member import Member, Relation, Sex

ISSUED_ON = date(2026, 11, 23)
INSURED = Member(
    line=2, record="K0001", symbol="123", number="4567", branch="00", relation=Relation.INSURED,
    name="山田　太郎", kana="ヤマダ　タロウ", sex=Sex.MALE, born_on=date(1980, 5, 3),
    qualified_on=date(2010, 4, 1), certified_on=None, insured_name="", registered_on=date(2024, 9, 17),
    my_number_last4="1234", postal_code="1540023", address="東京都世田谷区若林三丁目16番4号",
    building="郵政マンション205号", workplace_code="W1", workplace="緑工業株式会社", ratio="3割",
    ratio_from=date(2026, 8, 1), limit_class="ウ", loses_on=date(2027, 3, 31), remarks="備考の文",
)  # fmt: skip
DEPENDANT = INSURED._replace(
    record="K0002", branch="01", relation=Relation.DEPENDANT, name="山田　花子", qualified_on=None,
    certified_on=date(2019, 5, 1), insured_name="山田　太郎",
)  # fmt: skip
INSURER = Insurer(
    number="06010391", name="緑健康保険組合", postal_code="1000013", address="東京都千代田区霞が関1-3-2",
    telephone="03-0000-0000", seal=None, portal_url="https://example.jp/", card_corner=CardCorner.RIGHT,
    accent="#000", prints_ratio=True, prints_my_number_until=date(2024, 9, 17), expiry=Expiry(),
    gaiji_font=None, gaiji_table=None,
)  # fmt: skip
MAILING = Mailing(
    addressee_name="山田　太郎", postal_code="1540023", address="東京都世田谷区若林三丁目16番4号",
    building="郵政マンション205号", workplace="", sheet=1, sheets=1, sequence=13, record="K0001",
    customer_barcode="15400233-16-4-205ddd", inserter_marks="none",
)  # fmt: skip
JOB = replace(load_example("eligibility_notice"), insurer=INSURER, issued_on=ISSUED_ON)


def notice(member: Member, insurer: Insurer, mailing: Mailing) -> Content:
    return NOTICE.say(member, replace(JOB, insurer=insurer), mailing)


def certificate(member: Member, insurer: Insurer, mailing: Mailing, issued_on: date) -> Content:
    return CERTIFICATE.say(member, replace(JOB, insurer=insurer, issued_on=issued_on), mailing)


BOTH = [
    lambda member: notice(member, INSURER, MAILING),
    lambda member: certificate(member, INSURER, MAILING, ISSUED_ON),
]
COMMON = {
    "postal_code", "address", "address_block", "workplace", "addressee", "customer_barcode", "record", "sheet_of",
    "symbol", "number", "branch", "name", "kana", "born_on", "qualified_on", "certified_on", "insured_name", "ratio",
    "ratio_from", "inserter_omr", "inserter_qr",
}  # fmt: skip


def expiring(boundary_day: bool) -> Expiry:
    return Expiry(HalfYearly(boundary_day=boundary_day))


texts = st.text("山田太郎緑町ヤマダ一二", min_size=1, max_size=8)
days = st.dates(date(1930, 1, 1), date(2026, 11, 1))
members = st.builds(
    Member, line=st.just(2), record=st.just("K0001"), symbol=texts, number=texts, branch=st.sampled_from(["", "00"]),
    relation=st.sampled_from(Relation), name=texts, kana=texts, sex=st.sampled_from(Sex), born_on=days,
    qualified_on=st.none() | days, certified_on=st.none() | days, insured_name=texts, registered_on=st.none() | days,
    my_number_last4=st.sampled_from(["", "8765"]), postal_code=st.just("1540023"), address=texts, building=texts,
    workplace_code=texts, workplace=texts, ratio=st.sampled_from(["", "2割", "3割"]), ratio_from=st.none() | days,
    limit_class=st.sampled_from(["", "ア", "区分Ⅱ"]), loses_on=st.none() | st.dates(date(2027, 1, 1), date(2028, 1, 1)),
    remarks=texts,
)  # fmt: skip
insurers = st.builds(
    lambda prints_ratio, boundary: replace(INSURER, prints_ratio=prints_ratio, expiry=expiring(boundary)),
    st.booleans(),
    st.booleans(),
)


def variant_of(content: Content) -> dict[str, str]:
    return dict(content.variant)


def test_a_notice_says_the_members_facts() -> None:
    assert notice(INSURED, INSURER, MAILING) == Content(
        "eligibility_notice",
        (("relation", "insured"), ("my_number", "shown"), ("ratio", "shown")),
        {
            "postal_code": "〒154-0023",
            "address": "東京都世田谷区若林三丁目16番4号\n郵政マンション205号",
            "address_block": "〒154-0023\n東京都世田谷区若林三丁目16番4号\n郵政マンション205号",
            "workplace": "",
            "addressee": "山田　太郎　様",
            "customer_barcode": "15400233-16-4-205ddd",
            "record": "K0001",
            "sheet_of": "",
            "symbol": "123",
            "number": "4567",
            "branch": "00",
            "name": "山田　太郎",
            "kana": "ヤマダ　タロウ",
            "born_on": "昭和55年5月3日",
            "qualified_on": "平成22年4月1日",
            "certified_on": "",
            "insured_name": "",
            "ratio": "3割",
            "ratio_from": "令和8年8月1日",
            "my_number": "********1234",
            "inserter_omr": "",
            "inserter_qr": "",
        },
    )


def test_a_certificate_adds_expiry_sex_class_loss_and_remarks() -> None:
    content = certificate(INSURED, INSURER, MAILING, ISSUED_ON)
    assert content.document == "eligibility_certificate"
    assert content.variant == (
        ("relation", "insured"),
        ("ratio", "shown"),
        ("limit", "shown"),
        ("loss", "shown"),
    )
    added = {slot: value for slot, value in content.values.items() if slot not in COMMON}
    assert added == {
        "sex": "男",
        "expires_on": "令和8年12月1日",
        "limit_class": "ウ",
        "loses_on": "令和9年3月31日",
        "remarks": "備考の文",
    }


@pytest.mark.parametrize("content_of", BOTH)
def test_a_dependants_paper_names_the_insured_and_the_day_of_certification(content_of) -> None:
    content = content_of(DEPENDANT)
    assert variant_of(content)["relation"] == "dependant"
    assert content.values["qualified_on"] == ""
    assert content.values["certified_on"] == "令和元年5月1日"
    assert content.values["insured_name"] == "山田　太郎"


@pytest.mark.parametrize("content_of", BOTH)
def test_an_insureds_paper_has_no_dependants_facts_even_if_the_file_has(content_of) -> None:
    content = content_of(INSURED._replace(certified_on=date(2019, 5, 1), insured_name="山田　太郎"))
    assert content.values["certified_on"] == content.values["insured_name"] == ""


@pytest.mark.parametrize(
    ("registered_on", "last4", "part", "printed"),
    [
        (date(2024, 9, 17), "1234", "shown", "********1234"),
        (date(2024, 9, 17), "", "unregistered", ""),
        (date(2024, 9, 18), "1234", "absent", ""),
        (date(2024, 9, 18), "", "absent", ""),
        (None, "1234", "absent", ""),
        (None, "", "absent", ""),
    ],
)
def test_the_day_of_registration_decides_the_my_number_part(
    registered_on: date | None, last4: str, part: str, printed: str
) -> None:
    content = notice(INSURED._replace(registered_on=registered_on, my_number_last4=last4), INSURER, MAILING)
    assert (variant_of(content)["my_number"], content.values["my_number"]) == (part, printed)


@pytest.mark.parametrize(("prints", "ratio", "shown"), [(True, "2割", True), (True, "", False), (False, "2割", False)])
def test_the_ratio_is_printed_where_the_insurer_prints_it_and_the_member_has_one(
    prints: bool, ratio: str, shown: bool
) -> None:
    insurer, member = replace(INSURER, prints_ratio=prints), INSURED._replace(ratio=ratio)
    for content in (notice(member, insurer, MAILING), certificate(member, insurer, MAILING, ISSUED_ON)):
        assert variant_of(content)["ratio"] == ("shown" if shown else "hidden")
        assert content.values["ratio"] == (ratio if shown else "")
        assert content.values["ratio_from"] == ("令和8年8月1日" if shown else "")


@pytest.mark.parametrize(
    ("limit_class", "loses_on", "limit", "loss"),
    [
        ("", None, "hidden", "hidden"),
        ("ア", None, "shown", "hidden"),
        ("", date(2027, 3, 31), "hidden", "shown"),
    ],
)
def test_class_and_loss_are_rows_only_where_given(
    limit_class: str, loses_on: date | None, limit: str, loss: str
) -> None:
    member = INSURED._replace(limit_class=limit_class, loses_on=loses_on)
    variant = variant_of(certificate(member, INSURER, MAILING, ISSUED_ON))
    assert (variant["limit"], variant["loss"]) == (limit, loss)


@pytest.mark.parametrize("content_of", BOTH)
def test_what_stands_labelled_and_is_not_given_is_a_dash_and_not_a_hole(content_of) -> None:
    member = INSURED._replace(symbol="", branch="", kana="", sex=Sex.NOT_GIVEN, ratio_from=None)
    values = content_of(member).values
    labelled = {"symbol", "branch", "kana", "ratio_from"} | ({"sex"} & values.keys())
    assert {slot for slot, value in values.items() if value == NOT_GIVEN} == labelled
    without_ratio = content_of(member._replace(ratio="")).values
    assert without_ratio["ratio_from"] == "", "its row is not there"


def test_the_insurer_decides_what_expires_on_a_boundary_day() -> None:
    later = replace(INSURER, expiry=expiring(False))
    boundary = date(2026, 6, 1)
    assert certificate(INSURED, INSURER, MAILING, boundary).values["expires_on"] == "令和8年6月1日"
    assert certificate(INSURED, later, MAILING, boundary).values["expires_on"] == "令和8年12月1日"


@pytest.mark.parametrize(
    ("changed", "printed", "by"),
    [
        ({"loses_on": None}, "令和8年12月1日", EndsBy.RULE),
        ({"loses_on": date(2026, 11, 30)}, "令和8年11月29日", EndsBy.LOSS),
        ({"born_on": date(1951, 11, 25)}, "令和8年11月24日", EndsBy.BIRTHDAY_75),
    ],
)
def test_a_certificate_says_the_persons_own_end_where_it_comes_first(
    changed: dict[str, date | None], printed: str, by: EndsBy
) -> None:
    content = certificate(INSURED._replace(**changed), INSURER, MAILING, ISSUED_ON)
    assert (content.values["expires_on"], content.ends_by) == (printed, by)


def found(member: Member, insurer: Insurer, document: Document = CERTIFICATE) -> list[tuple[str, str]]:
    job = replace(JOB, insurer=insurer)
    return [(finding.code, finding.form) for finding in document.examine(member, job)]


@pytest.mark.parametrize(
    ("born_on", "codes"),
    [
        (date(1951, 11, 24), []),
        (date(1951, 11, 23), ["aged-75-or-over"]),
        (date(1912, 7, 30), ["aged-75-or-over"]),
    ],
)
def test_who_is_75_on_the_date_of_issue_is_a_doubt_unless_the_insurer_keeps_such_members(
    born_on: date, codes: list[str]
) -> None:
    old = INSURED._replace(born_on=born_on)
    for document in (CERTIFICATE, NOTICE):
        assert found(old, INSURER, document) == [(code, "") for code in codes]
        assert found(old, replace(INSURER, expiry=Expiry(keeps_75=True)), document) == []


@pytest.mark.parametrize("document", [CERTIFICATE, NOTICE], ids=lambda document: document.name)
def test_an_insured_of_before_15_is_a_doubt_and_a_dependant_is_not(document: Document) -> None:
    young = INSURED._replace(born_on=date(2004, 2, 29))
    for since, codes in ((date(2019, 2, 28), ["dates-disagree"]), (date(2019, 3, 1), [])):
        assert found(young._replace(qualified_on=since), INSURER, document) == [(code, "") for code in codes]
        assert found(young._replace(qualified_on=since, relation=Relation.DEPENDANT), INSURER, document) == []


@pytest.mark.parametrize(("day", "codes"), [(23, ["notice-after-loss"]), (24, [])])
def test_a_notice_for_who_has_lost_the_qualification_by_the_date_of_issue_is_a_doubt(
    day: int, codes: list[str]
) -> None:
    assert found(INSURED._replace(loses_on=date(2026, 11, day)), INSURER, NOTICE) == [(c, "") for c in codes]


def test_a_paper_that_a_person_lets_through_at_75_ends_by_the_rule() -> None:
    content = certificate(INSURED._replace(born_on=date(1951, 11, 23)), INSURER, MAILING, ISSUED_ON)
    assert (content.values["expires_on"], content.ends_by) == ("令和8年12月1日", EndsBy.RULE)


@pytest.mark.parametrize(
    ("born_on", "ratio", "prints", "form"),
    [
        (date(1956, 11, 1), "", True, None),  # begun on 1 November: the row is held without one
        (date(1956, 11, 2), "", True, "missing"),
        (date(1956, 11, 2), "", False, ""),
        (date(1956, 11, 2), "2割", True, ""),
        (date(1956, 12, 1), "", True, "missing"),
        (date(1956, 12, 2), "", True, None),  # begins on 1 January, after the end
    ],
)
def test_a_ratio_that_begins_while_the_paper_is_good_is_noted(
    born_on: date, ratio: str, prints: bool, form: str | None
) -> None:
    member = INSURED._replace(born_on=born_on, ratio=ratio)
    noted = found(member, replace(INSURER, prints_ratio=prints))
    assert noted == ([] if form is None else [("ratio-begins-later", form)])


@pytest.mark.parametrize(
    ("ratio_from", "changed", "prints", "codes"),
    [
        (date(2026, 12, 1), {}, True, []),  # the last day of the paper
        (date(2026, 12, 2), {}, True, ["dates-disagree"]),
        (date(2026, 12, 2), {}, False, []),
        (date(2026, 12, 2), {"ratio": ""}, True, []),
        (date(2026, 11, 30), {"loses_on": date(2026, 12, 1)}, True, []),
        (date(2026, 12, 1), {"loses_on": date(2026, 12, 1)}, True, ["dates-disagree"]),
    ],
)
def test_a_ratio_from_a_day_after_the_paper_ends_is_a_doubt(
    ratio_from: date, changed: dict[str, Any], prints: bool, codes: list[str]
) -> None:
    member = INSURED._replace(born_on=date(1954, 5, 5), ratio_from=ratio_from, **changed)
    insurer = replace(INSURER, prints_ratio=prints)
    assert found(member, insurer) == [(code, "") for code in codes]
    assert found(member, insurer, NOTICE) == []


def test_a_ratio_that_would_begin_after_the_qualification_ends_is_not_noted() -> None:
    member = INSURED._replace(born_on=date(1956, 11, 2), ratio="", loses_on=date(2026, 12, 1))
    assert found(member, INSURER) == []


def test_a_sheet_bent_to_show_a_loss_ends_as_it_would_without() -> None:
    job = replace(load_example("eligibility_certificate"), insurer=INSURER)
    member = INSURED._replace(loses_on=None)
    bent = bend(member, {"loss": "shown"}, job)
    assert bent.loses_on == date(2026, 12, 2)
    assert CERTIFICATE.say(bent, job, MAILING).values["expires_on"] == "令和8年12月1日"


def test_there_is_no_certificate_from_before_the_law() -> None:
    with pytest.raises(BadJob):
        certificate(INSURED, INSURER, MAILING, date(2024, 12, 1))


@given(members, insurers)
def test_a_notice_never_says_an_expiry_or_a_sex(member: Member, insurer: Insurer) -> None:
    content = notice(member, insurer, MAILING)
    assert set(content.values) == COMMON | {"my_number"}
    forbidden = {
        "令和8年12月1日",
        str(member.sex),
        format_wareki(member.loses_on) if member.loses_on else "",
    } - {""}
    assert not forbidden & set(content.values.values())
    assert not any("有効期限" in value for value in content.values.values())


@given(members, insurers)
def test_a_my_number_is_in_one_slot_of_the_notice_and_nowhere_else(member: Member, insurer: Insurer) -> None:
    content = notice(member, insurer, MAILING)
    holders = [slot for slot, value in content.values.items() if "8765" in value or "*" in value]
    assert holders == (["my_number"] if variant_of(content)["my_number"] == "shown" else [])
    paper = certificate(member, insurer, MAILING, ISSUED_ON)
    assert not any("8765" in value or "*" in value for value in paper.values.values())


@given(members, insurers)
def test_variants_and_slots_come_from_the_finite_list(member: Member, insurer: Insurer) -> None:
    relation, shown = {"insured", "dependant"}, {"shown", "hidden"}
    my_number = {"shown", "unregistered", "absent"}
    first, second = notice(member, insurer, MAILING), certificate(member, insurer, MAILING, ISSUED_ON)
    for content, allowed in (
        (first, {"relation": relation, "my_number": my_number, "ratio": shown}),
        (second, {"relation": relation, "ratio": shown, "limit": shown, "loss": shown}),
    ):
        assert {key: set(values) for key, values in DOCUMENTS[content.document].facts.items()} == allowed
        assert [key for key, _ in content.variant] == list(DOCUMENTS[content.document].facts)
        assert {slot for slot, field in DOCUMENTS[content.document].fields.items() if field.kind != "text"} <= set(
            content.values
        )
        assert all(value in allowed[key] for key, value in content.variant)
    assert set(second.values) == COMMON | {"sex", "expires_on", "limit_class", "loses_on", "remarks"}


def test_the_address_block_is_the_mailings_not_the_members() -> None:
    mailing = MAILING._replace(
        addressee_name="緑　一郎",
        postal_code="1000013",
        address="霞が関1-3-2",
        building="",
        workplace="緑工業",
    )
    values = notice(INSURED, INSURER, mailing).values
    assert values["postal_code"] == "〒100-0013"
    assert values["address"] == "霞が関1-3-2"
    assert values["address_block"] == "〒100-0013\n霞が関1-3-2"
    assert values["workplace"] == "緑工業"
    assert values["addressee"] == "緑　一郎　様"
    assert values["name"] == "山田　太郎"


def test_blanks_that_fill_the_ends_of_a_value_are_not_printed_and_those_within_are() -> None:
    filled = "　 山田　 太郎" + "　" * 25
    member = DEPENDANT._replace(name=filled, insured_name=filled, remarks=filled)
    mailing = MAILING._replace(
        addressee_name=filled, address=" 港区　緑 1-2　　", building="緑ビル　3階　", workplace="緑　工業　"
    )
    for values in (notice(member, INSURER, mailing).values, certificate(member, INSURER, mailing, ISSUED_ON).values):
        assert {values[slot] for slot in ("name", "insured_name")} == {"山田　 太郎"}
        assert values["addressee"] == "山田　 太郎　様"
        assert values["address"] == "港区　緑 1-2\n緑ビル　3階"
        assert values["workplace"] == "緑　工業"
        assert values.get("remarks", "山田　 太郎") == "山田　 太郎"
    blank = mailing._replace(building="　　")
    assert notice(member, INSURER, blank).values["address"] == "港区　緑 1-2"


@pytest.mark.parametrize(("marks", "omr", "code"), [("none", "", ""), ("omr", "2/3:5", ""), ("qr", "", "K0001/2/3/13")])
def test_inserter_marks_say_piece_sheet_and_sequence(marks: str, omr: str, code: str) -> None:
    values = notice(DEPENDANT, INSURER, MAILING._replace(sheet=2, sheets=3, inserter_marks=marks)).values
    assert (values["inserter_omr"], values["inserter_qr"]) == (omr, code)
    assert (values["sheet_of"], values["record"]) == ("2/3", "K0002")


def test_a_name_is_printed_character_for_character() -> None:
    name = "\ufa19山　\u845b\U000e0101\u9ad9"
    values = notice(INSURED._replace(name=name), INSURER, MAILING._replace(addressee_name=name)).values
    assert values["name"] == name
    assert values["addressee"] == name + "　様"


def test_records_cannot_be_changed_on_the_way() -> None:
    with pytest.raises(AttributeError):
        MAILING.sheet = 2  # type: ignore[misc]


@given(members)
def test_every_slot_that_a_layout_may_place_has_a_value_and_no_other(member: Member) -> None:
    for make in BOTH:
        content = make(member)
        assert content.values.keys() == DOCUMENTS[content.document].fields.keys()
