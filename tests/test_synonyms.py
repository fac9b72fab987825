"""The names that other systems give our columns."""

from __future__ import annotations

import pytest

from renderer.documents.document import FORWARDING_COLUMNS, STANDARD_COLUMNS
from renderer.intake.synonyms import Part, Strength, known_of, near_to, number_of


@pytest.mark.parametrize("column", [*STANDARD_COLUMNS, *FORWARDING_COLUMNS])
def test_our_own_names_are_known(column: str) -> None:
    assert column in [one.column for one in known_of(column).meanings if one.strength is Strength.NAME]


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("被保険者証記号", "記号"),
        ("保険証番号", "番号"),
        ("保険証_枝番号", "枝番"),
        ("本人家族区分", "本人家族"),
        ("漢字氏名", "氏名"),
        ("氏名（全角）", "氏名"),
        ("カナ氏名", "フリガナ"),
        ("氏名(ｶﾅ)", "フリガナ"),
        ("氏名ふりがな", "フリガナ"),
        ("性別コード", "性別"),
        ("生年月日(西暦)", "生年月日"),
        ("取得日", "資格取得年月日"),
        ("資格取得\n年月日", "資格取得年月日"),
        ("扶養認定日", "認定年月日"),
        ("〒", "郵便番号"),
        ("ＺＩＰコード", "郵便番号"),
        ("住所２", "住所"),
        ("会社名", "事業所名"),
        ("事業所コード", "事業所番号"),
        ("一部負担金の割合", "負担割合"),
        ("マイナンバー(下4桁)", "個人番号"),
        ("喪失予定日", "資格喪失予定年月日"),
        ("摘要", "備考"),
    ],
)
def test_a_name_of_the_field_means_one_column(name: str, column: str) -> None:
    assert [one.column for one in known_of(name).meanings if one.strength is Strength.NAME] == [column]


def test_a_name_may_be_that_of_another_column_or_one_where_no_other_is() -> None:
    own, insured = known_of("被保険者氏名").meanings
    assert {(one.column, one.strength) for one in (own, insured)} == {
        ("被保険者氏名", Strength.NAME),
        ("氏名", Strength.INSTEAD),
    }
    assert [one.strength for one in known_of("続柄コード").meanings] == [Strength.INSTEAD]
    assert [one.strength for one in known_of("加入者生年月日").meanings] == [Strength.INSTEAD]
    assert [one.strength for one in known_of("資格喪失日").meanings] == [Strength.HINT]


@pytest.mark.parametrize("name", ["姓", "氏", "セイ", "姓（カナ）", "本人の姓"])
def test_the_first_part_of_a_name_is_known(name: str) -> None:
    assert [one.part for one in known_of(name).meanings] == [Part.FIRST]


@pytest.mark.parametrize("name", ["都道府県", "市区町村・町名", "丁目・番地", "市区町村名"])
def test_the_pieces_of_an_address_are_known_by_the_words_of_which_they_are_made(name: str) -> None:
    assert [(one.column, one.part) for one in known_of(name).meanings] == [("住所", Part.PIECE)]


@pytest.mark.parametrize(
    ("name", "column", "part"),
    [
        ("住民票住所（都道府県）", "住所", Part.PIECE),
        ("現住所(丁目・番地)", "住所", Part.PIECE),
        ("住所【郵便番号】", "郵便番号", Part.WHOLE),
        ("住民票住所（建物名・部屋番号）", "方書", Part.WHOLE),
    ],
)
def test_what_stands_in_brackets_behind_an_address_says_which_piece_of_it(name: str, column: str, part: Part) -> None:
    assert [(one.column, one.part) for one in known_of(name).meanings] == [(column, part)]


def test_what_stands_in_brackets_behind_an_address_and_is_no_piece_of_it_says_nothing() -> None:
    assert [one.column for one in known_of("住所（漢字）").meanings] == ["住所"]


@pytest.mark.parametrize("name", ["更新日時", "電話番号", "保険者番号", "標準報酬月額", "住所カナ", "予備1"])
def test_what_is_none_of_ours_is_known_as_that(name: str) -> None:
    assert known_of(name).is_other
    assert not known_of(name).meanings


def test_a_column_that_may_hold_several_is_known() -> None:
    assert known_of("保険証記号番号").is_several
    assert known_of("記号・番号").is_several
    assert not known_of("記号").is_several


def test_a_name_within_another_is_a_hint_for_a_person_only() -> None:
    assert not known_of("前回の負担割合").meanings
    assert near_to("前回の負担割合")[0] == "負担割合"
    assert near_to("内線") == ()


@pytest.mark.parametrize(
    ("name", "column"),
    [
        *(
            ("被扶養者番号", "枝番"),
            ("対象者番号", "番号"),
            ("被保険者整理番号", "番号"),
            ("被保険者整理番号", "整理番号"),
        ),
        *(("所属コード", "事業所番号"), ("所属名", "事業所名")),
    ],
)
def test_a_number_of_somebody_and_where_somebody_belongs_are_asked_about(name: str, column: str) -> None:
    known = known_of(name)
    assert {one.strength for one in known.meanings if one.column == column} == {Strength.HINT}
    assert Strength.NAME not in {one.strength for one in known.meanings}
    assert not known.is_other


def test_the_number_of_a_name_is_read_in_any_width() -> None:
    assert [number_of(name) for name in ("住所1", "住所２", "住所③", "住所")] == [1, 2, 3, 0]
