"""Rows → Members, or everything that is wrong with them, and no 個人番号 on the way."""

import csv
import unicodedata
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leaks import texts_in, texts_of
from stdnum.jp import in_

from renderer.documents.document import HEADER
from renderer.documents.numbers import without_my_numbers
from renderer.intake.members import Needs, judge, validate
from renderer.intake.rows import Row, read_rows
from renderer.model.findings import Finding, Held
from renderer.model.member import LIMIT_CLASSES, Forwarding, Member, Relation, Sex

NEEDS = Needs(issued_on=date(2026, 11, 23), prints_ratio=True)
INSURED = {name: "" for name in HEADER} | {
    "整理番号": "A000001",
    "番号": "123",
    "本人家族": "本人",
    "氏名": "架空　太郎",
    "生年月日": "昭和55年4月1日",
    "資格取得年月日": "2020-04-01",
    "郵便番号": "100-0001",
    "住所": "東京都千代田区千代田１－１",
}
DEPENDANT = INSURED | {
    "本人家族": "家族",
    "氏名": "架空　花子",
    "資格取得年月日": "",
    "認定年月日": "R2.4.1",
    "被保険者氏名": "架空　太郎",
}
PRINTED_TEXTS = ["記号", "番号", "氏名", "被保険者氏名", "住所", "方書", "事業所番号", "事業所名", "備考"]


def member(fields: dict[str, str], needs: Needs = NEEDS) -> Member:
    return validate(Row(2, fields), needs=needs)


def findings(fields: dict[str, str], needs: Needs = NEEDS) -> tuple[Finding, ...]:
    with pytest.raises(Held) as caught:
        validate(Row(2, fields), needs=needs)
    return caught.value.findings


def codes(fields: dict[str, str], needs: Needs = NEEDS) -> list[str]:
    return [finding.code for finding in findings(fields, needs)]


def test_a_full_row_becomes_a_member_with_every_field_normalised() -> None:
    fields = DEPENDANT | {
        "記号": "１２－Ａ",
        "番号": "０１２３",
        "枝番": "３",
        "氏名": "渡邊󠄂　花子",
        "フリガナ": "ﾜﾀﾅﾍﾞ　ﾊﾅｺ",
        "性別": "裏面参照",
        "生年月日": "3290501",
        "資格取得年月日": "令和2年4月1日",
        "登録年月日": "２０２４／９／１７",
        "個人番号": "1234-5678-9018",
        "郵便番号": "１０００００１",
        "方書": "架空ﾊｲﾂ１０５",
        "事業所番号": "00123",
        "事業所名": "架空電機㈱",
        "負担割合": "２",
        "発効期日": "R6.8.1",
        "限度額区分": "現役並みⅠ",
        "資格喪失予定年月日": "2027-04-01",
        "備考": "　ｶﾅはそのまま　",
    }
    assert validate(Row(9, fields), needs=NEEDS) == Member(
        line=9,
        record="A000001",
        symbol="12-A",
        number="0123",
        branch="03",
        relation=Relation.DEPENDANT,
        name="渡邊󠄂　花子",
        kana="ワタナベ　ハナコ",
        sex=Sex.SEE_BACK,
        born_on=date(1954, 5, 1),
        qualified_on=date(2020, 4, 1),
        certified_on=date(2020, 4, 1),
        insured_name="架空　太郎",
        registered_on=date(2024, 9, 17),
        my_number_last4="9018",
        postal_code="1000001",
        address="東京都千代田区千代田１－１",
        building="架空ﾊｲﾂ１０５",
        workplace_code="00123",
        workplace="架空電機㈱",
        ratio="2割",
        ratio_from=date(2024, 8, 1),
        limit_class="現役並みⅠ",
        loses_on=date(2027, 4, 1),
        remarks="　ｶﾅはそのまま　",
    )


@pytest.mark.parametrize("fields", [INSURED, DEPENDANT])
def test_a_row_with_only_what_is_required_is_enough(fields: dict[str, str]) -> None:
    made = member(fields)
    assert (made.symbol, made.branch, made.kana, made.my_number_last4) == ("", "", "", "")
    assert made.sex is Sex.NOT_GIVEN


@pytest.mark.parametrize(
    ("column", "code"),
    [
        ("整理番号", "record-number-not-allowed"),
        ("番号", "number-missing"),
        ("本人家族", "relation-unknown"),
        ("氏名", "name-missing"),
        ("生年月日", "date-missing"),
        ("資格取得年月日", "date-missing"),
        ("郵便番号", "postal-code-missing"),
        ("住所", "address-missing"),
    ],
)
def test_an_insured_row_without_a_required_field_is_held(column: str, code: str) -> None:
    assert codes(INSURED | {column: ""}) == [code]


@pytest.mark.parametrize(("column", "code"), [("認定年月日", "date-missing"), ("被保険者氏名", "insured-name-missing")])
def test_a_dependant_row_without_a_required_field_is_held(column: str, code: str) -> None:
    assert codes(DEPENDANT | {column: ""}) == [code]


@pytest.mark.parametrize("column", ["番号", "氏名", "住所", "生年月日", "資格取得年月日"])
def test_a_required_field_of_blanks_only_is_missing(column: str) -> None:
    assert [finding.sentence("en") for finding in findings(INSURED | {column: " 　"})] == [f"{column} is missing"]


def test_all_findings_of_a_row_come_at_once_with_line_and_record_and_action() -> None:
    found = findings(INSURED | {"氏名": "", "生年月日": "2月", "郵便番号": "1", "性別": "？", "枝番": "123"})
    assert sorted(finding.code for finding in found) == [
        "branch-not-readable",
        "date-not-readable",
        "name-missing",
        "postal-code-not-readable",
        "sex-unknown",
    ]
    for finding in found:
        assert (finding.stage, finding.line, finding.record) == ("validate", 2, "A000001")
        assert finding.action("ja")


def test_a_row_that_could_not_be_divided_is_held_with_that_finding() -> None:
    finding = Finding.of("row-wrong-number-of-fields", 5, "", found=3, expected=24)
    with pytest.raises(Held) as caught:
        validate(Row(5, {}, (finding,)), needs=NEEDS)
    assert caught.value.findings == (finding,)


@pytest.mark.parametrize("record", ["A 1", "Ａ１", "架空　太郎", "A" * 21, "A1\n", "a/b"])
def test_a_record_number_that_could_be_a_name_is_held_and_not_repeated(record: str) -> None:
    (finding,) = findings(INSURED | {"整理番号": record})
    assert finding.code == "record-number-not-allowed"
    assert finding.record == ""
    assert record not in str(finding)


@pytest.mark.parametrize("column", ["氏名", "住所", "備考"])
def test_a_text_of_which_a_number_was_taken_out_is_held(column: str) -> None:
    taken_out = INSURED | {column: without_my_numbers("架空 123456789018")}
    assert "looks-like-my-number" in [finding.code for finding in findings(taken_out)]


@pytest.mark.parametrize(
    "record", ["123456789018", "123456789012", "1234-5678-9018", "A123456789018", "1234_5678_9018"]
)
def test_a_record_number_of_twelve_digits_is_held_and_not_repeated(record: str) -> None:
    (finding,) = findings(INSURED | {"整理番号": record})
    assert finding.code == "looks-like-my-number"
    assert finding.record == ""
    assert record not in str(finding)


@pytest.mark.parametrize("record", ["1", "A-1_b", "12345678901", "20261123000001", "A" * 20])
def test_other_record_numbers_are_taken_as_they_are(record: str) -> None:
    assert member(INSURED | {"整理番号": record}).record == record


@pytest.mark.parametrize(
    "sign", [*"\0\a\t\n\r\x85\u200b\u200d\u200e\u200f\u202a\u202e\u2066\u2069\u2028\ufeff\ufffd\xad"]
)
@pytest.mark.parametrize("column", ["氏名", "住所", "備考"])
def test_a_sign_that_no_sheet_can_show_is_held_with_its_code_point_and_place(sign: str, column: str) -> None:
    (finding,) = findings(INSURED | {column: f"架{sign}空"})
    assert finding.code == "character-not-printable"
    assert f"{column} holds" in finding.sentence("en")
    assert f"U+{ord(sign):04X} (2)" in finding.sentence("en")
    assert "架" not in str(finding)


@pytest.mark.parametrize("sign", ["\ud800", "\ufffe", "\U0001ffff", "\ufdd0", "\u0378", "\u3164", "\u115f", "\u180e"])
@pytest.mark.parametrize("column", PRINTED_TEXTS)
def test_no_printed_text_may_hold_what_is_no_character_or_has_no_ink(sign: str, column: str) -> None:
    assert codes(INSURED | {column: f"1{sign}"}) == ["character-not-printable"]


@pytest.mark.parametrize(
    "name",
    [
        "渡邊󠄂　太郎",
        "神\ufa19　𠮷子",
        "\ue000\ue757",
        "MARIE  O'NEIL-SATŌ",
        "　前後の空白　",
        "が\u3099",
        "辻︀",
        "a\xa0b",
    ],
)
def test_a_name_is_printed_character_for_character(name: str) -> None:
    made = member(DEPENDANT | {"氏名": name, "被保険者氏名": name})
    assert (made.name, made.insured_name) == (name, name)


@given(
    name=st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cn", "Zl", "Zp"]),
        min_size=1,
        max_size=12,
    )
)
def test_a_name_is_either_untouched_or_held(name: str) -> None:
    fields = INSURED | {"氏名": name}
    try:
        made = member(fields)
    except Held:
        assert name.isspace() or codes(fields) in (["character-not-printable"], ["looks-like-my-number"])
    else:
        assert made.name == name


@pytest.mark.parametrize(
    ("kana", "printed"),
    [
        ("ｷﾖｳｺ ｶﾞｰﾙ", "キヨウコ ガール"),
        ("ｷｮｳｺ･ｯｧ", "キョウコ・ッァ"),
        ("ヴァヮヰヱヵヶ・ー", "ヴァヮヰヱヵヶ・ー"),
        ("わたなべ　はなこ", "わたなべ　はなこ"),
        ("MARIE ｱﾝ Ｏ", "MARIE アン Ｏ"),
    ],
)
def test_kana_is_widened_and_nothing_else(kana: str, printed: str) -> None:
    assert member(INSURED | {"フリガナ": kana}).kana == printed


@pytest.mark.parametrize(
    "kana",
    [
        "O'NEIL",
        "O’Neil",
        "オニール-サトウ",
        "スミス－ジョーンズ",
        "ジャン＝ポール",
        "J. R.",
        "サトウ（ケン）",
        "SATŌ",
        "José",
        "Nguyễn",
    ],
)
def test_kana_may_have_the_signs_of_foreign_names(kana: str) -> None:
    assert member(INSURED | {"フリガナ": kana}).kana == kana


@pytest.mark.parametrize(
    ("kana", "printed"),
    [
        ("カ\u3099ール", "ガール"),
        ("は\u309aん", "ぱん"),
        ("カ゛ール", "ガール"),
        ("ハ゜ン", "パン"),
        ("SATO\u0304", "SATŌ"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("ｶﾞ ウ\u3099ｧ", "ガ ヴァ"),
    ],
)
def test_a_mark_is_joined_to_the_kana_or_letter_before_it(kana: str, printed: str) -> None:
    assert member(INSURED | {"フリガナ": kana}).kana == printed


@given(kana=st.text("あかがハパウー゛゜\u3099\u309aoe\u0304\u0302 ", max_size=8))
def test_kana_that_is_taken_has_no_mark_of_its_own(kana: str) -> None:
    try:
        printed = member(INSURED | {"フリガナ": kana}).kana
    except Held as held:
        (finding,) = held.findings
        assert finding.code == "kana-not-allowed"
        assert kana[int(dict(finding.parameters)["first"]) - 1] in "゛゜\u3099\u309a\u0304\u0302"
    else:
        assert not set(printed) & set("゛゜\u3099\u309a\u0304\u0302")
        combining = kana.replace("゛", "\u3099").replace("゜", "\u309a").strip()
        assert unicodedata.normalize("NFD", printed) == unicodedata.normalize("NFD", combining)


@pytest.mark.parametrize("kana", ["渡邊", "ｱ｡", "ア1", "ア、", "ｱﾞ", "ア゛", "カ ゛", "\u3099カ", "ア&イ", "ア/イ"])
def test_kana_of_anything_else_is_held(kana: str) -> None:
    assert codes(INSURED | {"フリガナ": kana}) == ["kana-not-allowed"]


def test_what_stands_in_the_place_of_kana_cannot_be_read_from_the_finding() -> None:
    (found,) = findings(INSURED | {"フリガナ": "ヤマ山田9太郎"})
    assert "5 of its 7 characters, the first is character 3" in found.sentence("en")
    for sign in "山田9太郎":
        assert sign not in str(found)
        assert f"{ord(sign):04X}" not in str(found)


@pytest.mark.parametrize(("branch", "read"), [("", ""), ("　", ""), ("1", "01"), ("０１ ", "01"), ("00", "00")])
def test_a_row_that_is_held_says_its_keys_as_a_member_has_them(branch: str, read: str) -> None:
    fields = INSURED | {"記号": " １１６", "番号": "１ ", "枝番": branch}
    with pytest.raises(Held) as caught:
        validate(Row(2, fields | {"氏名": ""}), needs=NEEDS)
    right = member(fields)
    assert caught.value.known[:3] == (right.symbol, right.number, right.branch) == ("116", "1", read)


def test_a_number_that_is_torn_over_two_fields_is_held_whatever_stands_beside_it() -> None:
    fields = INSURED | {"住所": "架空県見本市青山123456", "方書": "789018", "事業所番号": "10016"}
    (finding,) = findings(fields)
    assert (finding.code, finding.form) == ("looks-like-my-number", "split")
    assert finding.parameters == (("column", "住所"), ("following", "方書"))


@pytest.mark.parametrize(
    ("torn", "is_found"),
    [
        ({"住所": "架空県見本市青山１２３４５６　", "方書": "７８９０１８"}, True),
        ({"住所": "架空県見本市青山1234-5678-", "方書": "9018"}, True),
        ({"住所": "架空県見本市青山1234-56", "方書": "78-9018号室"}, True),
        ({"住所": "架空県見本市青山1", "方書": "23456789018"}, True),
        ({"方書": "見本荘123456", "事業所番号": "789018"}, True),
        ({"事業所番号": "1234567", "事業所名": "89018架空電機"}, True),
        ({"送付先郵便番号": "530-0001", "送付先住所": "架空府別市1234-5678", "送付先方書": "9018"}, True),
        ({"方書": "見本荘1234", "事業所番号": "56789018"}, False),
        ({"住所": "架空県見本市青山123456番", "方書": "789018"}, False),
        ({"記号": "12345", "番号": "6789018"}, False),
        ({"番号": "1234567890", "枝番": "18"}, False),
    ],
)
def test_a_number_is_torn_where_free_text_stands_beside_it(torn: dict[str, str], is_found: bool) -> None:
    """A room before a 事業所番号, and 記号, 番号 and 枝番, are digits by right."""
    if is_found:
        assert codes(INSURED | torn) == ["looks-like-my-number"]
    else:
        assert member(INSURED | torn)


@pytest.mark.parametrize("blanks", ["　", "  ", " 　"])
def test_kana_of_blanks_is_none(blanks: str) -> None:
    assert member(INSURED | {"フリガナ": blanks}).kana == ""


def test_the_place_of_what_is_no_kana_is_that_in_the_file() -> None:
    (found,) = findings(INSURED | {"フリガナ": "ｶﾞｷﾞ1"})
    assert "1 of its 5 characters, the first is character 5" in found.sentence("en")


def test_a_text_that_swallowed_the_next_row_is_held_with_the_lines_of_both() -> None:
    fields = INSURED | {"備考": "終\r\nA000002,12,345"}
    with pytest.raises(Held, match=r"U\+000A .*; the record covers lines 2 to 3; take it out of 備考"):
        validate(Row(2, fields, last_line=3), needs=NEEDS)
    assert "covers" not in findings(fields)[0].sentence("en")


@pytest.mark.parametrize(("days", "found"), [(-1, ["qualification-lost"]), (0, ["qualification-lost"]), (1, [])])
def test_nobody_who_has_lost_the_qualification_gets_a_certificate(days: int, found: list[str]) -> None:
    fields = INSURED | {"資格喪失予定年月日": (NEEDS.issued_on + timedelta(days=days)).isoformat()}
    certificate = replace(NEEDS, certifies=True)
    assert (codes(fields, certificate) if found else []) == found
    assert found or member(fields, certificate).loses_on
    assert member(fields).loses_on, "a notice says nothing of it"


@pytest.mark.parametrize(
    ("text", "branch"), [("", ""), ("0", "00"), ("1", "01"), ("01", "01"), ("１", "01"), ("９９", "99")]
)
def test_a_branch_is_two_half_width_digits(text: str, branch: str) -> None:
    assert member(INSURED | {"枝番": text}).branch == branch


@pytest.mark.parametrize("text", ["123", "a", "-1", "1 1", "①"])
def test_another_branch_is_held(text: str) -> None:
    assert codes(INSURED | {"枝番": text}) == ["branch-not-readable"]


@pytest.mark.parametrize("text", ["1000001", "100-0001", "１００－０００１", "１０００００１"])
def test_a_postal_code_is_seven_half_width_digits(text: str) -> None:
    assert member(INSURED | {"郵便番号": text}).postal_code == "1000001"


@pytest.mark.parametrize("text", ["100001", "10000011", "1000-001", "〒100-0001", "100 0001", "abc-defg", "100--0001"])
def test_another_postal_code_is_held(text: str) -> None:
    assert codes(INSURED | {"郵便番号": text}) == ["postal-code-not-readable"]


@pytest.mark.parametrize("column", ["本人家族", "性別"])
@pytest.mark.parametrize("text", ["1", "本人 ", "女性", "不明"])
def test_a_word_that_is_not_on_the_list_is_held_and_not_repeated(column: str, text: str) -> None:
    found = findings(INSURED | {column: text})
    assert [finding.code.removesuffix("-unknown") for finding in found] == [
        {"本人家族": "relation", "性別": "sex"}[column]
    ]
    assert f" {text} is" not in str(found)


@pytest.mark.parametrize("limit_class", LIMIT_CLASSES)
def test_every_known_limit_class_is_taken(limit_class: str) -> None:
    assert member(INSURED | {"限度額区分": limit_class}).limit_class == limit_class


@pytest.mark.parametrize("text", ["カ", "ｱ", "現役並みIII", "区分2"])
def test_another_limit_class_is_held(text: str) -> None:
    assert codes(INSURED | {"限度額区分": text}) == ["limit-class-unknown"]


DATE_COLUMNS = ["生年月日", "資格取得年月日", "認定年月日", "登録年月日", "発効期日", "資格喪失予定年月日"]


@pytest.mark.parametrize("column", DATE_COLUMNS)
def test_a_day_that_no_calendar_has_is_held_with_its_column(column: str) -> None:
    (finding,) = findings(INSURED | {column: "令和7年2月30日"})
    assert finding.code == "date-not-in-calendar"
    assert finding.action("en") == f"correct {column} by the registration"
    assert finding.sentence("en").startswith(column)
    assert "30" not in str(finding)


@pytest.mark.parametrize("column", ["資格取得年月日", "認定年月日", "登録年月日"])
def test_a_day_before_birth_or_after_the_issue_is_held(column: str) -> None:
    born, issued = date(1980, 4, 1), NEEDS.issued_on
    for day in (born, issued):
        assert member(INSURED | {column: day.isoformat()})
    assert codes(INSURED | {column: (born - timedelta(days=1)).isoformat()}) == ["date-before-birth"]
    assert codes(INSURED | {column: (issued + timedelta(days=1)).isoformat()}) == ["date-after-issue"]


def test_a_birth_after_the_issue_is_held() -> None:
    assert "date-after-issue" in codes(INSURED | {"生年月日": "2026-11-24", "資格取得年月日": "2026-11-24"})


@pytest.mark.parametrize("column", ["発効期日", "資格喪失予定年月日"])
def test_a_day_that_is_yet_to_come_may_lie_after_the_issue(column: str) -> None:
    assert member(INSURED | {column: "2027-04-01"})


def test_an_era_written_past_its_end_is_noted_and_not_held() -> None:
    notes: list[Finding] = []
    fields = INSURED | {"資格取得年月日": "H31.5.1"}
    made = validate(Row(2, fields), needs=NEEDS, note=notes.append)
    assert made.qualified_on == date(2019, 5, 1)
    (told,) = notes
    assert (told.code, told.line, told.record) == ("date-era-had-ended", 2, "A000001")
    assert told.parameters == (("column", "資格取得年月日"), ("era", "平成"), ("printed_in", "令和"))
    assert member(fields) == made


def test_what_the_document_finds_holds_a_member_or_is_told_as_its_weight_says() -> None:
    found = [Finding.of(code, 2, "A000001") for code in ("qualification-lost", "aged-75-or-over", "ratio-begins-later")]
    told: list[Finding] = []
    with pytest.raises(Held) as caught:
        validate(Row(2, INSURED), needs=replace(NEEDS, examine=lambda _: found), note=told.append)
    assert caught.value.findings == tuple(found[:1])
    assert told == found[1:]
    told.clear()
    made = validate(Row(2, INSURED), needs=replace(NEEDS, examine=lambda _: found[1:]), note=told.append)
    assert (made, told) == (member(INSURED), found[1:])


@pytest.mark.parametrize(
    ("postal_code", "address", "told"),
    [
        ("100-0001", "京都府京都市上京区元四丁目12", ["postal-code-not-of-address"]),
        ("100-0001", "　神奈川県横浜市緑区1-2", ["postal-code-not-of-address"]),
        ("100-8792", "大阪府大阪市北区梅田1-2", ["postal-code-not-of-address"]),
        ("100-0001", "東京都港区赤坂1-2", ["postal-code-of-another-city"]),
        ("100-0001", "横浜市緑区1-2", []),
        ("498-0000", "三重県桑名郡木曽岬町見本1", []),
        ("000-0001", "京都府京都市上京区元四丁目12", []),
    ],
)
def test_a_postal_code_is_doubted_only_where_the_address_names_another_prefecture(
    postal_code: str, address: str, told: list[str]
) -> None:
    notes: list[Finding] = []
    validate(Row(2, INSURED | {"郵便番号": postal_code, "住所": address}), needs=NEEDS, note=notes.append)
    assert [finding.code for finding in notes] == told


def test_a_member_has_a_customer_barcode_or_a_note_says_why_not_where_the_job_prints_them() -> None:
    needs, notes = replace(NEEDS, barcode=True), list[Finding]()
    right, wrong = INSURED | {"住所": "東京都千代田区千代田1-1"}, INSURED | {"住所": "東京都千代田区千代田1-①"}
    assert validate(Row(2, right), needs=needs, note=notes.append).customer_barcode == "10000011-1dddddddddd"
    assert notes == []
    assert validate(Row(3, wrong), needs=needs, note=notes.append).customer_barcode == ""
    assert notes == [Finding.of("no-customer-barcode", 3, "A000001", "numeral")]
    for fields in (right, wrong):
        assert validate(Row(4, fields), needs=NEEDS, note=notes.append).customer_barcode == ""
    assert len(notes) == 1


def test_a_ratio_is_required_at_70_only_where_the_insurer_prints_it() -> None:
    old = INSURED | {"生年月日": "1954-05-05"}
    assert codes(old) == ["ratio-missing"]
    assert member(old | {"負担割合": "2割"}).ratio == "2割"
    assert member(old, Needs(NEEDS.issued_on, prints_ratio=False)).ratio == ""


@pytest.mark.parametrize(("text", "ratio"), [("2", "2割"), ("３", "3割"), ("２割", "2割"), ("3割", "3割"), ("", "")])
def test_a_ratio_is_written_in_one_way(text: str, ratio: str) -> None:
    assert member(INSURED | {"負担割合": text}).ratio == ratio


@pytest.mark.parametrize("text", ["1割", "20", "二割", "2 割"])
def test_another_ratio_is_held(text: str) -> None:
    assert codes(INSURED | {"負担割合": text}) == ["ratio-unknown"]


@pytest.mark.parametrize("column", [*PRINTED_TEXTS, "フリガナ"])
@pytest.mark.parametrize("digits", ["123456789018", "123456789012", "１２３４　５６７８　９０１８", "1234-5678-9018"])
def test_twelve_digits_in_a_printed_text_are_held_and_not_repeated(column: str, digits: str) -> None:
    found = findings(INSURED | {column: f"あ{digits}い"})
    assert "looks-like-my-number" in [finding.code for finding in found]
    assert digits not in str(found)


@settings(max_examples=150)
@given(
    digits=st.from_regex(r"[0-9]{11}", fullmatch=True),
    right=st.booleans(),
    between=st.sampled_from(["", "-", " ", "　"]),
    column=st.sampled_from(HEADER),
    also_wrong=st.sampled_from(["", "氏名", "住所", "性別"]),
)
def test_a_full_number_in_any_field_is_in_nothing_returned_or_raised(
    tmp_path_factory: pytest.TempPathFactory,
    digits: str,
    right: bool,
    between: str,
    column: str,
    also_wrong: str,
) -> None:
    number = digits + str((int(in_.calc_check_digit(digits)) + (0 if right else 1)) % 10)
    written = between.join((number[:4], number[4:8], number[8:]))
    fields = INSURED | ({also_wrong: "\a"} if also_wrong else {}) | {column: written}
    path = tmp_path_factory.getbasetemp() / "number.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerow(fields)
    (row,) = read_rows(path)
    assert written not in repr(row)
    try:
        left = list(texts_in(validate(row, needs=NEEDS)))
        assert column == "個人番号"
        assert number[-4:] in left
    except Held as held:
        left = list(texts_of(held))
        assert len(left) > 2
    assert not any(number in text or written in text for text in left)


def test_twelve_digits_in_a_column_that_is_not_printed_as_text_are_held() -> None:
    for column in ("枝番", "本人家族", "性別", *DATE_COLUMNS, "郵便番号", "負担割合", "限度額区分"):
        assert codes(INSURED | {column: "123456789018"})


def test_no_other_value_of_a_held_row_is_in_what_is_raised() -> None:
    with pytest.raises(Held) as caught:
        member(INSURED | {"氏名": "架空　秘密\a", "住所": "秘密町", "備考": "秘密\a"})
    assert len(caught.value.findings) == 2
    assert not any("秘密" in text for text in texts_of(caught.value))


TO = {
    "送付先氏名": " 後見　花子 ",
    "送付先郵便番号": "５３０-０００１",
    "送付先住所": "架空府別市1-1",
    "送付先方書": "見本棟",
}


def test_a_forwarding_address_is_read_as_it_stands() -> None:
    found = validate(Row(2, INSURED | TO), needs=NEEDS).forwarding
    assert found == Forwarding("後見　花子", "5300001", "架空府別市1-1", "見本棟")
    assert validate(Row(2, INSURED | dict.fromkeys(TO, " 　")), needs=NEEDS).forwarding is None
    for blank in ("", " ", "　　"):
        name = dict.fromkeys(TO, blank) | {"送付先氏名": "後見　花子"}
        assert validate(Row(2, INSURED | name), needs=NEEDS).forwarding == Forwarding("後見　花子", "", "", "")


@pytest.mark.parametrize("without", ["送付先郵便番号", "送付先住所"])
def test_half_a_forwarding_address_is_held(without: str) -> None:
    assert codes(INSURED | TO | {without: " "}) == ["forwarding-incomplete"]
    assert codes(INSURED | {without: TO[without]}) == ["forwarding-incomplete"]
    assert codes(INSURED | TO | {"送付先郵便番号": "530-001"}) == ["forwarding-incomplete"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"送付先氏名": "後見〓子"}, "lost-character"),
        ({"送付先氏名": "後見　花子様"}, "honorific-in-name"),
        ({"送付先住所": "#N/A"}, "placeholder"),
        ({"送付先方書": "Jan-20"}, "placeholder"),
        ({"送付先住所": "京都府架空市1-1"}, "postal-code-not-of-address"),
    ],
)
def test_a_forwarding_address_is_looked_at_like_any(changed: dict[str, str], code: str) -> None:
    notes: list[Finding] = []
    validate(Row(2, INSURED | TO | changed), needs=NEEDS, note=notes.append)
    assert [finding.code for finding in notes] == [code]


@pytest.mark.parametrize("column", ["送付先氏名", "送付先住所", "送付先方書"])
def test_what_no_sheet_can_show_is_held_in_a_forwarding_address_too(column: str) -> None:
    assert codes(INSURED | TO | {column: "架空\a"}) == ["character-not-printable"]
    assert codes(INSURED | TO | {column: "123456789018"}) == ["looks-like-my-number"]


def test_the_barcode_is_of_where_the_letter_goes() -> None:
    needs = replace(NEEDS, barcode=True)
    to = TO | {"送付先郵便番号": "1000001", "送付先住所": "東京都千代田区千代田3-4", "送付先方書": ""}
    assert validate(Row(2, INSURED | to), needs=needs).customer_barcode.startswith("10000013-4d")
    assert validate(Row(2, INSURED | {"送付先氏名": "後見　花子"}), needs=needs).customer_barcode == (
        validate(Row(2, INSURED), needs=needs).customer_barcode
    )


CHANGES: tuple[dict[str, str], ...] = (
    {},
    {"氏名": "山田　〓"},
    {"氏名": "山田\u200b太郎"},
    {"備考": "1234-5678-9018"},
    {"住所": "東京都千代田区千代田1-1", "方書": "ハイツ1234", "郵便番号": "1000001"},
    {"方書": "1234", "事業所番号": "56789018"},
    {"生年月日": "2026-02-30"},
    {"事業所名": "NULL"},
    {"住所": "電話番号"},
    {"被保険者氏名": "別人　甲"},
    {"郵便番号": "9999999"},
    {"整理番号": "山田"},
    {"送付先氏名": "様", "送付先郵便番号": "1000001", "送付先住所": "大阪府", "送付先方書": "-"},
    {"枝番": "123", "番号": ""},
    {"資格喪失予定年月日": "2031-01-01"},
    {"負担割合": "2", "限度額区分": "ア"},
)


@given(picked=st.lists(st.tuples(st.booleans(), st.sampled_from(CHANGES)), min_size=2, max_size=12))
def test_rows_that_are_judged_together_are_judged_as_each_alone(picked: list[tuple[bool, dict[str, str]]]) -> None:
    rows = [
        Row(line, (DEPENDANT if is_dependant else INSURED) | {"整理番号": f"A{line}"} | changed)
        for line, (is_dependant, changed) in enumerate(picked, 2)
    ]
    needs = replace(NEEDS, barcode=True)
    alone = [verdict for row in rows for verdict in judge([row], needs)]
    assert judge(rows, needs) == alone
