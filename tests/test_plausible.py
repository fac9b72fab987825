"""What is well formed and can hardly be right is a doubt or a note, each for its reason; what is usual is neither."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from test_members import INSURED, NEEDS

from renderer.intake.members import Needs, validate
from renderer.intake.oddities import oddness
from renderer.intake.plausible import _TEXTS, _is_said_twice
from renderer.intake.rows import Row, read_rows
from renderer.model.findings import Finding, Held, Weight
from renderer.model.widths import HYPHENS

EXAMPLES = Path(__file__).resolve().parents[1] / "fixtures" / "examples"
SEVENTIES = {"生年月日": "1954-05-05", "負担割合": "2割", "発効期日": "2026-08-01"}


def told(changed: dict[str, str], needs: Needs = NEEDS) -> list[str]:
    found: list[Finding] = []
    is_dependant = "被保険者氏名" in changed and "本人家族" not in changed
    of_dependant = {"本人家族": "家族", "認定年月日": "2020-04-01"} if is_dependant else {}
    validate(Row(2, INSURED | of_dependant | changed), needs=needs, note=found.append)
    return [finding.code for finding in found]


LOST = ["氏名", "被保険者氏名", "住所", "方書", "事業所名"]
PRINTED = ["氏名", "フリガナ", "被保険者氏名", "住所", "方書", "事業所名", "備考"]
KEYS = ["記号", "番号", "事業所番号"]


@pytest.mark.parametrize("column", LOST)
@pytest.mark.parametrize("sign", [*"〓?？¿□▯⬜■●", "\ufffc", "ï¿½"])
def test_a_sign_for_a_lost_character_is_a_doubt(sign: str, column: str) -> None:
    assert told({column: f"架{sign}空"}) == ["lost-character"]


@pytest.mark.parametrize("sign", "○◯◎◆◇▲△▼▽★☆※")
def test_a_sign_that_an_address_may_have_is_a_lost_character_in_a_name(sign: str) -> None:
    for column in ("氏名", "被保険者氏名"):
        assert told({column: f"見本　{sign}郎"}) == ["lost-character"]
    for column in ("住所", "方書", "事業所名", "備考"):
        assert told({column: f"見本町二{sign}番"}) == []


@pytest.mark.parametrize("column", [*PRINTED, *KEYS])
@pytest.mark.parametrize("text", ["NULL", "null", " None ", "NaN", "nil", "undefined", "ＮＵＬＬ"])
def test_a_word_for_no_value_is_a_doubt_in_every_text(text: str, column: str) -> None:
    assert told({column: text}) == ["placeholder"]


@pytest.mark.parametrize("column", [column for column in (*PRINTED, *KEYS) if column != "フリガナ"])
@pytest.mark.parametrize(
    "text",
    ["#N/A", "＃Ｎ／Ａ", "#REF!", "#VALUE!", "#NAME?", "#NULL!", "#DIV/0!", "#NUM!", "#SPILL!", "#CALC!", "####", "N/A",
     "(null)", "<NULL>", "\\N", "1E+05", "1.23E+11", "-1.5e-07", "１．２３Ｅ＋１１"],
)  # fmt: skip
def test_an_error_of_a_spreadsheet_is_a_doubt_in_every_text(text: str, column: str) -> None:
    assert told({column: text}) == ["placeholder"]


@pytest.mark.parametrize("text", ["0", "000", "0.0", "０", "　0 "])
def test_noughts_alone_are_a_doubt_but_for_the_number_of_no_workplace(text: str) -> None:
    for column in ("氏名", "住所", "方書", "事業所名", "備考", "記号", "番号"):
        assert told({column: text}) == ["placeholder"]
    assert told({"事業所番号": "00000"}) == []


@pytest.mark.parametrize(
    "text",
    ["123.0", "1,234", "'0123", '="0123"', "3月20日", "20-Mar", "Mar-20", "2026/3/20", "2026/3/20 0:00", "３月２０日"],
)
def test_what_a_spreadsheet_makes_of_a_number_is_a_doubt_where_a_number_stands(text: str) -> None:
    for column in ("記号", "番号", "事業所番号", "方書"):
        assert told({column: text}) == ["placeholder"]
    assert told({"備考": f"{text}から"}) == []


@pytest.mark.parametrize(
    "text",
    ["&#39640;", "&#x9AD8;", "&amp;", "&hellip;", "&frac12;", "&#39640", "＆＃３９６４０；", "\\u9ad8", "%E9%AB%98",
     "<br>", "<br />"],
)  # fmt: skip
@pytest.mark.parametrize("column", [column for column in PRINTED if column != "フリガナ"])
def test_an_entity_or_an_escape_is_a_doubt(text: str, column: str) -> None:
    assert told({column: f"見{text}本"}) == ["character-entity"]


@pytest.mark.parametrize("column", ["氏名", "被保険者氏名", "事業所名"])
@pytest.mark.parametrize("honorific", ["様", "　殿", "御中", "さま", "(様)", "（殿）", "様 ", "樣", " 各位"])
def test_an_honorific_at_the_end_of_a_name_is_a_doubt(honorific: str, column: str) -> None:
    assert told({column: f"見本　太郎{honorific}"}) == ["honorific-in-name"]


@pytest.mark.parametrize(
    "usual",
    [
        {"氏名": "様見　殿子"},
        {"氏名": "浅間　あさま"},
        {"氏名": "MARIE O'NEIL-SATŌ"},
        {"氏名": "NATHAN NULLMAN"},
        {"方書": "見本　太郎様方"},
        {"方書": "A&B"},
        {"方書": "100%見本"},
        {"方書": "ヌル荘"},
        {"方書": "0号室"},
        {"方書": "E-101"},
        {"方書": "3-20"},
        {"方書": "3E5"},
        {"住所": "架空県見本市青山三丁目二○番五号"},
        {"番号": "12E3"},
        {"番号": "1000"},
        {"備考": "なし"},
        {"備考": "1.5"},
    ],
)
def test_what_is_usual_is_no_matter(usual: dict[str, str]) -> None:
    assert told(usual) == []


PARTS = [
    *(
        "#N/A",
        "NULL",
        "0",
        "1",
        "1E+05",
        "&amp;",
        "<br>",
        "〓",
        "○",
        "様",
        "さま",
        "3月",
        "20日",
        ".0",
        ",",
        "'",
        "-Mar",
    ),
    *("Jan-20", '="1"', "\\u9ad8", "%E9", "見本", " ", "　", "(", "ï¿½"),
]


@given(
    changed=st.dictionaries(
        st.sampled_from(["氏名", "住所", "方書", "備考", "番号", "事業所名"]),
        st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map("".join),
        min_size=1,
        max_size=3,
    )
)
def test_one_look_over_all_texts_misses_nothing_that_a_close_look_finds(changed: dict[str, str]) -> None:
    assume(not _is_said_twice(*(changed.get(column, "").strip() for column in ("住所", "方書"))))
    try:
        found = [code for code in told(changed) if code not in ("value-of-another-column", "name-or-kana-cut-off")]
    except Held:
        return
    fields = INSURED | changed
    assert found == [code for column in _TEXTS if (code := oddness(column, fields[column]))]


def test_the_columns_of_a_document_are_looked_at_too() -> None:
    needs = replace(NEEDS, adds=("世帯主氏名",))
    assert told({"世帯主氏名": "#REF!"}, needs) == ["placeholder"]
    for usual in ("見本　太郎", "0"):
        assert told({"世帯主氏名": usual}, needs) == []


@pytest.mark.parametrize(
    ("raw", "codes"),
    [("000000000000", ["my-number-of-one-digit"]), ("００００-００００-００００", ["my-number-of-one-digit"]),
     ("0000", []), ("********0000", []), ("123456789018", [])],
)  # fmt: skip
def test_a_my_number_of_one_digit_is_a_doubt(raw: str, codes: list[str]) -> None:
    assert told({"個人番号": raw}) == codes


@pytest.mark.parametrize("code", [*(digit * 7 for digit in "0123456789"), "999-9999", "123-4567", "０００－００００"])
def test_a_postal_code_that_is_typed_for_none_is_a_doubt(code: str) -> None:
    assert told({"郵便番号": code}) == ["placeholder"]
    assert told({"送付先郵便番号": code, "送付先住所": "架空県別市1-1"}) == ["placeholder"]


@pytest.mark.parametrize("written", ["〒100-0002", "１００－０００２　", "〒 1000002 ", "100−0002"])
def test_another_postal_code_in_front_of_an_address_is_a_doubt(written: str) -> None:
    address = "東京都千代田区千代田1-1"
    assert told({"住所": written + address}) == ["postal-code-not-of-address"]
    assert told({"住所": written + address, "郵便番号": "100-0002"}) == []
    forwarding = {"送付先郵便番号": "1000001", "送付先住所": written + address}
    assert told(forwarding) == ["postal-code-not-of-address"]
    assert told(forwarding | {"送付先郵便番号": "1000002"}) == []


def test_an_address_that_is_its_own_building_is_a_doubt() -> None:
    assert told({"方書": f"{INSURED['住所']}　"}) == ["not-an-address"]
    forwarding = {"送付先郵便番号": "1000001", "送付先住所": "東京都千代田区1-1", "送付先方書": "東京都千代田区1-1"}
    assert told(forwarding) == ["not-an-address"]
    assert told(forwarding | {"送付先方書": "1-1"}) == []


@pytest.mark.parametrize(
    ("address", "building", "codes"),
    [
        ("東京都千代田区架空町1-1東京都千代田区架空町1-1", "", ["not-an-address"]),
        ("東京都千代田区架空町1-1　東京都千代田区架空町1-1", "見本荘", ["not-an-address"]),
        ("東京都千代田区架空町1-1見本荘101号室", "見本荘101号室", ["not-an-address"]),
        ("東京都千代田区架空町1-1 101号室", "101号室", ["not-an-address"]),
        ("東京都千代田区架空町1-101", "101", []),
        ("東京都千代田区架空町1-101", "1-101", []),
        ("東京都千代田区架空町1-1", "架空町会館", []),
        ("東京都東京都千代田区架空町1-1", "", ["not-an-address"]),
        ("東京都　東京都千代田区架空町1-1", "", ["not-an-address"]),
        ("東京都千代田区千代田区架空町1-1", "", ["not-an-address"]),
        ("千代田区千代田1-1", "", []),
        ("京都府京都市左京区架空町1-1", "", ["postal-code-not-of-address"]),
    ],
)
def test_a_part_of_an_address_that_is_said_twice_is_a_doubt(address: str, building: str, codes: list[str]) -> None:
    assert told({"郵便番号": "1000001", "住所": address, "方書": building}) == codes


@pytest.mark.parametrize(
    ("end", "building", "codes"),
    [
        *((f"3-8{hyphen}", "", ["not-an-address"]) for hyphen in HYPHENS),
        ("３－８－　", "見本荘", ["not-an-address"]),
        ("12番地の", "", ["not-an-address"]),
        ("12ノ", "", ["not-an-address"]),
        ("三丁目", "", ["address-may-be-cut-off"]),
        ("３丁目　", "　", ["address-may-be-cut-off"]),
        ("三丁目", "2-3見本荘", []),
        ("12番", "", []),
        ("一丁目8番20号コーポー", "", []),
        ("字一ノ", "", []),
        ("", "", ["address-may-be-cut-off"]),
        ("字見本", "見本荘", ["address-may-be-cut-off"]),
        ("字見本", "１番地見本荘", []),
        ("十", "", []),
        ("字三条", "", []),
        ("①", "", []),
        ("無番地", "", []),
        ("3-8見本荘", "", []),
    ],
)
def test_an_address_that_ends_as_none_does_is_a_doubt_and_one_without_a_number_a_note(
    end: str, building: str, codes: list[str]
) -> None:
    assert told({"郵便番号": "1000001", "住所": f"東京都千代田区架空町{end}", "方書": building}) == codes
    forwarding = {"送付先郵便番号": "1000001", "送付先住所": f"東京都千代田区架空町{end}", "送付先方書": building}
    assert told(forwarding) == codes


@pytest.mark.parametrize(
    ("code", "address", "codes"),
    [
        ("8060043", "福岡県北九州市小倉北区浅野1-1", ["postal-code-of-another-city"]),
        ("8060043", "福岡県福岡市中央区天神1-1", ["postal-code-of-another-city"]),
        ("8060043", "福岡市中央区天神1-1", ["postal-code-of-another-city"]),
        ("8060043", "福岡県　田川郡川崎町1-1", ["postal-code-of-another-city"]),
        ("8060043", "福岡県川崎町1-1", ["postal-code-of-another-city"]),
        ("1000001", "東京都港区架空1-1", ["postal-code-of-another-city"]),
        ("8060043", "福岡県北九州市八幡西区青山3-8-20", []),
        ("8060043", "福岡県 北九州市　八幡西区青山3-8-20", []),
        ("8060043", "八幡西区青山3-8-20", []),
        ("8060043", "福岡県架空市青山3-8-20", []),
        ("4300929", "静岡県浜松市中区中央1-1", []),
        ("3011234", "茨城県龍ヶ崎市3710", []),
        ("1008792", "東京都港区架空1-1", []),
        ("0000001", "福岡県福岡市中央区天神1-1", []),
    ],
)
def test_a_postal_code_of_another_city_is_told_and_an_old_or_unknown_name_is_none(
    code: str, address: str, codes: list[str]
) -> None:
    assert told({"郵便番号": code, "住所": address}) == codes
    assert told({"送付先郵便番号": code, "送付先住所": address}) == codes


@pytest.mark.parametrize(
    ("code", "address", "building", "codes"),
    [
        ("8060043", "福岡県北九州市八幡西区", "", ["not-an-address"]),
        ("8060043", "北九州市　八幡西区 ", "　", ["not-an-address"]),
        ("8060043", "福岡県北九州市八幡西区", "青山3-8-20", []),
        ("8060043", "福岡県北九州市", "", ["address-may-be-cut-off"]),
        ("8060043", "福岡県北九州市八幡西区青山", "", ["address-may-be-cut-off"]),
        ("8060043", "福岡県北九州市八幡西区青山三", "", []),
        ("6028570", "京都府京都市上京区下立売通新町西入薮ノ内町", "", ["address-may-be-cut-off"]),
    ],
)
def test_an_address_that_ends_with_its_city_is_a_doubt_and_one_that_ends_with_its_town_is_told(
    code: str, address: str, building: str, codes: list[str]
) -> None:
    assert told({"郵便番号": code, "住所": address, "方書": building}) == codes
    assert told({"送付先郵便番号": code, "送付先住所": address, "送付先方書": building}) == codes


@pytest.mark.parametrize(
    ("insured", "codes"),
    [
        ("", []),
        ("　", []),
        ("髙橋　花子", []),
        ("高橋花子", []),
        ("高橋（架空）　花子", []),
        ("ﾀｶﾊｼ ﾊﾅｺ", []),
        ("高橋　太郎", ["insured-by-another"]),
        ("タカハシ　タロウ", ["insured-by-another"]),
    ],
)
def test_an_insured_person_who_names_another_as_the_insured_is_a_doubt(insured: str, codes: list[str]) -> None:
    assert (
        told({"氏名": "髙橋　花子", "フリガナ": "タカハシ　ハナコ", "被保険者氏名": insured, "本人家族": "本人"})
        == codes
    )


@pytest.mark.parametrize("code", ["1111112", "0000001", "1234568"])
def test_a_postal_code_that_only_looks_like_it_is_no_matter(code: str) -> None:
    assert told({"郵便番号": code}) == []


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({"負担割合": "3割"}, ["ratio-of-another-age"]),
        ({"負担割合": "3割", "発効期日": "2026-08-01"}, ["ratio-of-another-age", "dates-disagree"]),
        ({"生年月日": "1956-12-05", "負担割合": "2割", "発効期日": "2027-01-01"}, []),
        ({"生年月日": "1956-12-05", "負担割合": "2割"}, ["ratio-of-another-age"]),
        ({"生年月日": "1951-11-24", "負担割合": "2割", "発効期日": "2026-08-01"}, []),
        ({"生年月日": "1950-06-02", "負担割合": "3割"}, []),
        (SEVENTIES, []),
        (SEVENTIES | {"限度額区分": "ア"}, ["limit-class-of-another-age"]),
        (SEVENTIES | {"限度額区分": "現役並みⅢ"}, ["ratio-and-limit-class"]),
        (SEVENTIES | {"負担割合": "3割", "限度額区分": "一般"}, ["ratio-and-limit-class"]),
        (SEVENTIES | {"負担割合": "3割", "限度額区分": "区分Ⅰ"}, ["ratio-and-limit-class"]),
        (SEVENTIES | {"負担割合": "3割", "限度額区分": "現役並みⅠ"}, []),
        (SEVENTIES | {"限度額区分": "区分Ⅱ"}, []),
        ({"限度額区分": "一般"}, ["limit-class-of-another-age"]),
        ({"限度額区分": "ア"}, []),
    ],
)
def test_ratio_and_class_go_with_the_age_and_with_one_another(changed: dict[str, str], codes: list[str]) -> None:
    assert told(changed) == codes


def test_from_75_on_a_ratio_may_begin_with_an_insurer_that_keeps_its_members() -> None:
    old = {"生年月日": "1950-06-02", "負担割合": "2割", "発効期日": "2026-08-01"}
    assert told(old) == ["dates-disagree"]
    assert told(old, replace(NEEDS, keeps_75=True)) == []


RELATIVE = {"本人家族": "家族", "氏名": "架空　花子", "認定年月日": "2020-04-01", "被保険者氏名": "架空　太郎"}


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({"生年月日": "1906-01-01"}, []),
        ({"生年月日": "1905-12-31"}, ["dates-disagree"]),
        ({"生年月日": "1900-01-01"}, ["dates-disagree"]),
        (SEVENTIES | {"発効期日": "2099-08-01"}, ["dates-disagree"]),
        (SEVENTIES | {"発効期日": "2027-11-01"}, []),
        (SEVENTIES | {"発効期日": "2027-12-01"}, ["dates-disagree"]),
        (SEVENTIES | {"発効期日": "1950-08-01"}, ["dates-disagree"]),
        (SEVENTIES | {"発効期日": "2024-05-31"}, ["dates-disagree"]),
        (SEVENTIES | {"発効期日": "2024-06-01"}, []),
        (SEVENTIES | {"発効期日": "2026-08-17"}, ["dates-disagree"]),
        (SEVENTIES | {"発効期日": "2026-07-31"}, ["dates-disagree"]),
        (SEVENTIES | {"発効期日": "2026-08-17", "資格取得年月日": "2026-08-17"}, []),
        (RELATIVE | SEVENTIES | {"発効期日": "2026-08-17", "認定年月日": "2026-08-17"}, []),
        (RELATIVE | SEVENTIES | {"発効期日": "2026-08-17", "認定年月日": "2026-08-18"}, ["dates-disagree"]),
        (SEVENTIES | {"発効期日": "2025-08-01", "資格取得年月日": "2026-10-01"}, ["dates-disagree"]),
        (SEVENTIES | {"発効期日": "2026-08-01", "資格取得年月日": "2026-10-01"}, []),
        (SEVENTIES | {"発効期日": "2026-07-01", "資格取得年月日": "2026-08-01"}, ["dates-disagree"]),
        (SEVENTIES | {"発効期日": "2025-08-01", "資格取得年月日": "2026-07-31"}, []),
        (RELATIVE | SEVENTIES | {"発効期日": "2025-08-01", "認定年月日": "2026-10-01"}, ["dates-disagree"]),
        ({"生年月日": "1952-01-05", "負担割合": "2割", "発効期日": "2027-01-01"}, []),
        ({"生年月日": "1952-01-05", "負担割合": "2割", "発効期日": "2027-02-01"}, ["dates-disagree"]),
        ({"生年月日": "1952-02-01", "負担割合": "2割", "発効期日": "2027-02-01"}, ["dates-disagree"]),
        (SEVENTIES | {"発効期日": "2027-08-01", "資格喪失予定年月日": "2027-08-01"}, ["dates-disagree"]),
        (SEVENTIES | {"発効期日": "2027-08-01", "資格喪失予定年月日": "2027-01-01"}, ["dates-disagree"]),
        (SEVENTIES | {"発効期日": "2027-08-01", "資格喪失予定年月日": "2027-08-02"}, []),
        (RELATIVE | {"認定年月日": "2020-04-01"}, []),
        (RELATIVE | {"認定年月日": "2020-03-31"}, ["dates-disagree"]),
        (RELATIVE | {"認定年月日": "2020-03-31", "資格取得年月日": ""}, []),
        ({"登録年月日": "2010-04-01"}, []),
        ({"資格喪失予定年月日": "2020-04-01"}, ["dates-disagree"]),
        ({"資格喪失予定年月日": "2020-04-02"}, []),
        (RELATIVE | {"認定年月日": "2022-04-01", "資格喪失予定年月日": "2022-04-01"}, ["dates-disagree"]),
        (RELATIVE | {"認定年月日": "2022-04-01", "資格喪失予定年月日": "2027-04-01"}, []),
        ({"資格喪失予定年月日": "2028-11-23"}, []),
        ({"資格喪失予定年月日": "2028-11-24"}, ["loses-late"]),
        ({"資格喪失予定年月日": "2031-11-23"}, ["loses-late"]),
        ({"資格喪失予定年月日": "2031-11-24"}, ["dates-disagree"]),
        ({"資格喪失予定年月日": "9999-12-31"}, ["dates-disagree"]),
    ],
)
def test_dates_go_together(changed: dict[str, str], codes: list[str]) -> None:
    assert told(changed) == codes


@pytest.mark.parametrize("name", ["架空　太郎", "架空太郎", " 架空 太郎　"])
def test_a_dependant_insured_by_their_own_name_is_a_doubt(name: str) -> None:
    assert told(RELATIVE | {"氏名": name}) == ["insured-by-own-name"]
    assert told({"氏名": name, "被保険者氏名": "架空　太郎", "本人家族": "本人"}) == []


def test_a_ratio_that_is_not_printed_is_no_matter() -> None:
    assert told({"負担割合": "3割"}, Needs(date(2026, 11, 23), prints_ratio=False)) == []


def doubts(rows: Iterable[Row]) -> list[str]:
    found: list[Finding] = []
    for row in rows:
        try:
            validate(row, needs=NEEDS, note=found.append)
        except Held:
            continue
    return [finding.code for finding in found if finding.weight is Weight.DOUBT]


@pytest.mark.parametrize("name", ["members.csv", "hard.csv"])
def test_the_examples_are_plausible_but_for_an_entity(name: str) -> None:
    assert doubts(read_rows(EXAMPLES / name)) == (["character-entity"] if name == "hard.csv" else [])


def test_realistic_people_are_plausible() -> None:
    people = list(csv.DictReader((EXAMPLES / "realistic.csv").read_text("utf-8-sig").splitlines()))
    unlisted = {"郵便番号": "000-0001"}  # they have none of their own
    rows = [Row(line, INSURED | person | unlisted) for line, person in enumerate(people, 2)]
    assert len(rows) == 1000
    assert doubts(rows) == []


@pytest.mark.parametrize(
    ("name", "kana"),
    [
        ("グエン　ティ　フォン", "グエン　ティ　フォン　タオ"),
        ("グエン・ティ・フォン・タオ", "グエン　ティ　フォ"),
        ("マリア・ゴンザレ", "マリア　ゴンザレス"),
        ("ショーン", "シヨーンパトリツク"),
        ("田中　さくら", "タナカ　サク"),
        ("田中　さく", "タナカ　サクラ"),
        ("髙橋　ジョーン", "タカハシ　ジヨ"),
    ],
)
def test_a_name_in_kana_and_its_reading_of_which_one_goes_on_are_a_doubt(name: str, kana: str) -> None:
    assert told({"氏名": name, "フリガナ": kana}) == ["name-or-kana-cut-off"]


@pytest.mark.parametrize(
    ("name", "kana"),
    [
        ("グエン　ティ　タオ", "グエンティタオ"),
        ("マリア・ゴンザレス", "マリア　ゴンザレス"),
        ("ジョージ", "ジヨジ"),
        ("さくら　みゅう", "サクラ　ミユウ"),
        ("田中　さくら", "タナカ　サクラ"),
        ("田中　みづえ", "タナカ　ミズエ"),
        ("田中さくら", "タナカサク"),  # nobody knows where the name in kana begins
        ("田中　さくら", ""),
        ("田中　のり子", "タナカ　ノリコ"),
        ("ジョン　スミス", "スミス　ジョン"),
    ],
)
def test_a_name_and_a_reading_that_are_written_otherwise_are_no_matter(name: str, kana: str) -> None:
    assert told({"氏名": name, "フリガナ": kana}) == []


@given(st.text("アイウエオャッーンナ", min_size=4, max_size=12), st.integers(1, 3))
def test_of_any_name_in_kana_whatever_is_cut_off_is_told(kana: str, lost: int) -> None:
    """But for marks that lengthen a vowel alone, which exports leave out."""
    assume(kana[-lost:].strip("ー") and kana[:-lost].strip("ー"))
    assert ("name-or-kana-cut-off" in told({"氏名": kana[:-lost], "フリガナ": kana})) is True
    assert "name-or-kana-cut-off" in told({"氏名": kana, "フリガナ": kana[:-lost]})
    assert "name-or-kana-cut-off" not in told({"氏名": kana, "フリガナ": kana})


OF_ONE = {"氏名": "架空　太郎", "フリガナ": "カクウ　タロウ", "生年月日": "1980-01-05", "郵便番号": "100-0001"}


@pytest.mark.parametrize(
    ("column", "text", "other"),
    [
        *((column, "架空太郎", "氏名") for column in ("方書", "事業所名", "備考")),
        *((column, "カクウ　タロウ", "フリガナ") for column in ("方書", "事業所名", "備考")),
        *(("方書", day, "生年月日") for day in ("19800105", "S55.1.5", "s55/1/5", "S550105", "１９８００１０５")),
        *(("方書", code, "郵便番号") for code in ("1000001", "100-0001", "〒530-0001", "１００－０００１")),
    ],
)
def test_a_text_that_is_what_another_column_says_is_a_doubt(column: str, text: str, other: str) -> None:
    found: list[Finding] = []
    validate(Row(2, INSURED | OF_ONE | {column: text}), needs=NEEDS, note=found.append)
    assert [(one.code, dict(one.parameters)) for one in found] == [
        ("value-of-another-column", {"column": column, "other": other})
    ]


@pytest.mark.parametrize("day", ["昭和55年1月5日", "昭和５５年１月５日", "平成元年2月3日"])
@pytest.mark.parametrize(("column", "front"), [("方書", ""), ("住所", "東京都千代田区千代田1-1 ")])
def test_a_day_of_an_era_is_no_value_of_an_address(column: str, front: str, day: str) -> None:
    assert told({column: f"{front}{day}"}) == ["placeholder"]


@pytest.mark.parametrize("column", ["方書", "事業所名"])
@pytest.mark.parametrize("word", ["男", "女", "本人", "家族"])
def test_a_word_of_another_column_is_no_value(column: str, word: str) -> None:
    assert "placeholder" in told({column: word})


@pytest.mark.parametrize(
    ("symbol", "number", "branch", "wanted"),
    [
        ("1234-567", "567", "", [("記号", "番号")]),
        ("１２３４－５６７", "567", "", [("記号", "番号")]),
        ("1234・0567", "567", "", [("記号", "番号")]),
        ("1234-567", "0567", "", [("記号", "番号")]),
        ("東-1", "1", "", []),
        ("12-34", "34", "", []),
        ("1234", "567-01", "01", [("番号", "枝番")]),
        ("1234567", "567", "", []),
        ("12-34", "567", "", []),
        ("567", "567", "", []),
        ("東-1", "10", "", []),
        ("1234", "5670", "00", []),
        ("1234", "567-8", "00", []),
    ],
)
def test_a_key_that_ends_with_the_next_is_a_doubt(
    symbol: str, number: str, branch: str, wanted: list[tuple[str, str]]
) -> None:
    found: list[Finding] = []
    validate(Row(2, INSURED | {"記号": symbol, "番号": number, "枝番": branch}), needs=NEEDS, note=found.append)
    assert [(one.parameters[0][1], one.parameters[1][1]) for one in found] == wanted


@pytest.mark.parametrize(
    "usual",
    [
        {"方書": "架空太郎方"},
        {"方書": "S55-101"},
        {"方書": "101-1203"},
        {"方書": "19800106"},
        {"事業所名": "架空太郎事務所"},
        {"備考": "架空"},
        {"備考": "1980-01-05"},
        {"氏名": "王　さん", "フリガナ": "オウ　サン"},
        {"氏名": "李　さま", "フリガナ": "リ　サマ"},
    ],
)
def test_what_only_looks_like_another_column_is_no_matter(usual: dict[str, str]) -> None:
    assert told(OF_ONE | usual) == []


@pytest.mark.parametrize("kana", ["タナカ", "タナカ　イチロウ", ""])
def test_an_honorific_that_is_not_read_is_one(kana: str) -> None:
    assert told({"氏名": "田中　さん", "フリガナ": kana}) == ["honorific-in-name"]


def test_behind_a_given_name_that_looks_like_an_honorific_nothing_hides() -> None:
    assert told({"氏名": "王〓　さん", "フリガナ": "オウ　サン"}) == ["lost-character"]
    assert told({"氏名": "王様　さん", "フリガナ": "オウ　サン"}) == ["honorific-in-name"]


def test_whose_family_it_is_may_be_remarked() -> None:
    assert told({"被保険者氏名": "見本　一郎", "備考": "見本一郎"}) == []
    assert told({"被保険者氏名": "見本　一郎", "方書": "見本一郎"}) == ["value-of-another-column"]
