"""Signs for something lost, words for no value, what a spreadsheet makes of a number: kinds of them, in each column."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_members import INSURED, NEEDS

from renderer.desk.examples import load_example
from renderer.intake import oddities
from renderer.intake.columnmap import ColumnMap
from renderer.intake.keys import narrow_key
from renderer.intake.members import validate
from renderer.intake.oddities import is_no_part, oddness, texts_that_may_be_odd
from renderer.intake.rows import Row, read_rows
from renderer.model.findings import Finding
from renderer.proof.cells import key_of
from renderer.proof.envelopes import household
from renderer.proof.unfit import unfit

NAMES = ("氏名", "被保険者氏名")
PRINTED = (*NAMES, "住所", "方書", "事業所名")
KEYS = ("記号", "番号", "事業所番号")


def told(changed: dict[str, str]) -> list[str]:
    found: list[Finding] = []
    is_dependant = "被保険者氏名" in changed and "本人家族" not in changed
    of_dependant = {"本人家族": "家族", "認定年月日": "2020-04-01"} if is_dependant else {}
    validate(Row(2, INSURED | of_dependant | changed), needs=NEEDS, note=found.append)
    return [finding.code for finding in found]


@pytest.mark.parametrize("column", ["記号", "番号", "事業所番号", "備考"])
@pytest.mark.parametrize("text", ["〓", "?", "？橋", "見〓", "12□", "\ufffc3", "⁇", "▢1", "☒"])
def test_a_lost_character_is_a_doubt_in_keys_and_remarks_too(text: str, column: str) -> None:
    assert told({column: text}) == ["lost-character"]


@pytest.mark.parametrize("column", NAMES)
@pytest.mark.parametrize(
    "name",
    ["・田　一", "･田　一", "見・田　一", "見本　・郎", "_田　一", "見本　太＿", "=田", "＝田　一", "-田　一",
     "見本　一-",
     "*田　一", "見＊　一", "。田　一", "、田", "♦田　一", "×　一", "見✕　一", "⿱木木田　一", "⿰木高　一",
     "[森]田　一",
     "見【森】　一", "〔外〕田", "(外)田　一", "（外字）田　一", "(森)田　一", "()田", "#田", "~田　一", "見～　一",
     "^田",
     "佐藤&花子", "佐藤　＆　花子", "佐藤（鈴木　花子", "佐藤）花子", "佐藤, 花子", "佐藤／花子",
     "佐藤<花子>", "佐藤{花}子", "佐藤＼花子",
     "佐藤`花子", '"佐藤"花子', "佐藤:花子", "高橋（ハシゴ高）　一",
     "高橋(はしごだか)一", "崎田（立つ崎）", "吉田（つちよし）一",
     "辺（旧字）見",
     "健ー　一", "見本　ー", "ー田　一", "№田", "§　一", "←田", "見本　一；"],
)  # fmt: skip
def test_a_sign_that_no_name_has_is_a_lost_character(name: str, column: str) -> None:
    assert told({column: name}) == ["lost-character"]


@pytest.mark.parametrize("column", NAMES)
@pytest.mark.parametrize(
    "name",
    ["マリア・サントス", "ﾏﾘｱ･ｻﾝﾄｽ", "マリア ・ サントス", "ジャン＝ポール　サルトル", "オニール-サトウ　花",
     "ANNE-MARIE O'NEIL",
     "J.-P. SARTRE", "SMITH, JOHN JR.", "D’ANGELO　一", "見本（旧姓架空）　花子", "佐々木　すゞ", "八ツ橋　一",
     "見本　ローラ",
     "みーこ", "〆木　一", "か゛く　一", "辻︀　一", "\ue000田　\ue757", "JOSÉ NÚÑEZ", "Nguyễn　Thị",
     "架空・スミス　花",
     "不破　太郎", "無量　寺子", "同前　一", "本人　太郎", "THUN NAN", "JOHN NULL", "NAN AYE", "様木　一",
     "鵜殿　太郎",
     "佐藤（鈴木）　花子", "佐藤 (鈴木) 花子", "O'BRIEN", "SMITH JOHN F.", "JEAN-LUC", "MARY ANN", "MARY (ANN) 花子",
     "外山　一",
     "他田　二名", "会社　一", "男女ノ川　一", "女部田　一", "家族　一郎", "字　一",
     "JOHN \"JACK\" SMITH", "JOSÉ, MARIA",
     "浅間　あさま", "オサマ　ビン", "ラニア　サマ", "莉子", "莉田　莉子",
     "長男　一", "妻木　頼子", "子安　太郎", "本田　本人", "故郷　太郎", "テストーニ　マリア", "TESTA MARIO",
     "サンプルナ　タマン", "ダミーア　一", "林　林", "LI LI", "WEI WEI LI", "佐藤　佐藤子",
     "山田　ロミ", "ロミ　山田", "見本　ニコ", "ニコラス　一", "金ロメオ", "クニ子", "三ツ二　一", "一ノ瀬　カ二",
     "八ツ橋　二ノ",
     "ΑΝΝΑ　一", "АННА　一", "マリア　一"],
)  # fmt: skip
def test_the_signs_and_words_of_real_names_are_no_matter(name: str, column: str) -> None:
    assert told({column: name}) == []


@pytest.mark.parametrize("column", NAMES)
@pytest.mark.parametrize(
    "name",
    ["佐藤1　花子", "佐藤　花子２", "٣佐藤", "佐藤①", "佐藤　太郎（死亡）", "佐藤（世帯主）太郎", "佐藤　太郎　外1名",
     "佐藤　太郎外一名",
     "佐藤　太郎　他二名",
     "株式会社架空電子", "架空電子株式会社", "架空　有限会社",
     "佐藤　花子（長女）", "佐藤　花子(養子)", "佐藤　花子（被扶養者）", "佐藤（未命名）", "佐藤　未命名",
     "佐藤　花子　世帯主", "故　佐藤　花子", "亡 佐藤",
     "佐藤　花子　佐藤　花子", "佐藤　花子佐藤　花子", "ANNA LEE ANNA LEE",
     "テスト　太郎", "テスト太郎", "ダミー　太郎", "サンプル花子", "TEST TARO", "dummy　一"],
)  # fmt: skip
def test_what_no_name_of_one_person_has_is_a_doubt(name: str, column: str) -> None:
    assert told({column: name}) == ["not-a-name"]


@pytest.mark.parametrize("column", NAMES)
@pytest.mark.parametrize(
    "name",
    ["田ロ　太郎", "ロ田　太郎", "見本　ニ郎", "見本　健ニ", "マイケル・ジョ一ダン", "ロバ一ト　一", "見本　マ力ロ",
     "M\u0410RY SMITH", "\u0410NN", "MARI\u0391"],
)  # fmt: skip
def test_a_character_that_only_looks_like_the_right_one_is_a_doubt(name: str, column: str) -> None:
    assert told({column: name}) == ["look-alike-character"]


@pytest.mark.parametrize(
    "reached",
    ["093-000-0000", "TEL0930000000", "（電話０９０－０００１－０００２）", "(03)0000-0000", "070 0000 0000",
     "０３‐００００‐００００", "name@example.jp", "ｎａｍｅ＠ｅｘａｍｐｌｅ．ｊｐ"],
)  # fmt: skip
def test_a_telephone_number_or_an_e_mail_address_is_a_doubt_where_nobody_is_called(reached: str) -> None:
    for column in ("事業所名", "送付先氏名"):
        assert told({column: f"見本 {reached}"}) == ["telephone-or-mail"]
    assert told({"住所": f"東京都千代田区千代田1番見本荘 {reached}"}) == ["telephone-or-mail"]
    assert told({"住所": "東京都千代田区千代田1番", "方書": reached}) == ["telephone-or-mail"]
    assert told({"備考": f"見本 {reached}"}) == []


@pytest.mark.parametrize(
    "number",
    ["-05", "-0101", "-01-0203", " 01棟0203号室", " 0-1-2-3-4", " A棟01-0203-01", " @101", " 第01架空寮0123456号"],
)
def test_a_number_of_a_house_or_a_room_is_no_telephone_number(number: str) -> None:
    assert [code for code in told({"住所": f"{INSURED['住所']}{number}"}) if code != "address-may-be-cut-off"] == []
    assert told({"方書": f"見本荘{number}"}) == []


@pytest.mark.parametrize("address", ["090-0000-0000", "架空　太郎", "架空電子株式会社", "青山3-8-20", "TEL 03"])
def test_an_address_without_a_municipality_is_a_doubt(address: str) -> None:
    assert told({"住所": address}) == ["not-an-address"]
    assert told({"送付先郵便番号": "1000001", "送付先住所": address}) == ["not-an-address"]


@pytest.mark.parametrize(
    "address", ["札幌市北区北7条", "架空町1", "架空村", "青ヶ島村無番地", "架空郡", "北海道架空", "東京都"]
)
def test_an_address_with_a_municipality_is_no_matter(address: str) -> None:
    assert oddness("住所", f"{address}1-1") == ""


@pytest.mark.parametrize(
    "workplace",
    [
        "10016",
        "１００１６",
        "10-016",
        "東京都千代田区千代田1-1",
        "大阪府大阪市北区梅田三丁目",
        "福岡県架空市青山３番",
        "北海道架空町５－６",
    ],
)
def test_a_workplace_that_is_a_number_or_an_address_is_a_doubt(workplace: str) -> None:
    assert told({"事業所名": workplace}) == ["not-a-workplace"]


@pytest.mark.parametrize(
    "workplace",
    [
        "東京都千代田区役所",
        "大阪府堺市立第1小学校",
        "北海道札幌市農業協同組合",
        "3M架空",
        "架空7-11",
        "108架空銀行",
        "東京都庁",
    ],
)
def test_a_workplace_with_a_place_or_a_number_in_its_name_is_no_matter(workplace: str) -> None:
    assert told({"事業所名": workplace}) == []


@pytest.mark.parametrize("column", ["記号", "番号"])
@pytest.mark.parametrize("word", ["本人", "家族", "男", "女"])
def test_a_word_of_another_column_is_no_key(word: str, column: str) -> None:
    assert told({column: word}) == ["placeholder"]


TEXTS = [
    "見本",
    "高橋　花子",
    "みほん　たろう",
    "東京都千代田区",
    "架空荘",
    "ミホン　タロウ",
    "見本町三丁目",
    "本田",
    "青山3-8-20",
]


def read_wrongly(texts: Sequence[str]) -> Iterator[str]:
    """Yield what other encodings make of texts in UTF-8, each byte as a sign that can be shown."""
    for text in texts:
        for encoding in ("cp932", "cp1252", "latin-1"):
            misread = text.encode().decode(encoding, "ignore")
            if misread.encode(encoding) == text.encode() and misread.isprintable():
                yield misread


@pytest.mark.parametrize("column", [*PRINTED, "備考"])
@pytest.mark.parametrize("text", [*read_wrongly(TEXTS), "縺ｿ隕九", "隕区悽縲"])
def test_japanese_that_was_read_in_another_encoding_is_lost(text: str, column: str) -> None:
    assert told({column: text}) == ["lost-character"]


@pytest.mark.parametrize("column", [*PRINTED, "備考"])
@pytest.mark.parametrize(
    "text",
    ["U+68EEか", "u+68eeか", "0x68EEか", "\\x68か", "\\x{68EE}か", "&nbspか", "&ensp", "か&amp", "_x68EE_か",
     "=E6=A3=AEか"],
)  # fmt: skip
def test_a_code_point_or_an_entity_without_its_end_is_a_doubt(text: str, column: str) -> None:
    assert told({column: text}) == ["character-entity"]


@pytest.mark.parametrize("column", [*PRINTED, *KEYS])
@pytest.mark.parametrize(
    "text",
    ["#BUSY!", "#ERROR!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#PYTHON!", "#GETTING_DATA", "#参照!",
     "#値!",
     "#名前?", "＃ＲＥＦ！", "#N/A N/A", "#REF", "Err:502", "Err:508", "TRUE", "false", "不明", "同上", "同　上",
     "(なし)",
     "未登録", "該当なし", "〃", "-", "－", "ー", "―", "・", "***", "＊", "...", "()", "=", "／"],
)  # fmt: skip
def test_a_word_for_no_value_and_signs_alone_are_a_doubt(text: str, column: str) -> None:
    assert told({column: text}) == ["placeholder"]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        *((column, column) for column in (*PRINTED, *KEYS, "フリガナ", "備考")),
        *(("氏名", text) for text in ("{氏名}", "【氏名】", "＜お名前＞", "${name}", "テスト", "氏名不詳", "本人")),
        *(("氏名", text) for text in ("妻", "長男", "（次女）", "サンプル", "未命名", "新生児", "要確認", "姓　名")),
        *(
            (column, text)
            for column in NAMES
            for text in ("世帯主", "家族", "男", "女性", "削除", "死亡", "仝上", "々")
        ),
        *(("住所", text) for text in ("東京都", "宛先不明", "転居先不明", "住所不定", "現住所")),
        *(("フリガナ", text) for text in ("-", "=", "()", "・", "ー", "ふりがな", "ナシ", "フメイ")),
        *(("事業所名", text) for text in ("なし", "退職", "(退職)", "任意継続", "任継", "無職", "会社名")),
        *(("備考", text) for text in ("同上", "TRUE", "備考欄")),
    ],
)
def test_what_is_no_value_of_its_column_is_a_doubt(column: str, text: str) -> None:
    assert told({column: text}) == ["placeholder"]


@pytest.mark.parametrize(
    "usual",
    [{"備考": "なし"}, {"備考": "-"}, {"住所": "東京都見本町1"}, {"住所": "架空町大字無田100"}, {"方書": "#101"},
     {"方書": "A-1"},
     {"事業所名": "無限会社"}, {"事業所名": "退職金機構"}, {"事業所名": "R&D・センター"}, {"方書": "Johnson&Johnson棟"},
     {"備考": "3月20日から"}, {"記号": "ま"}, {"記号": "国13・1"}, {"方書": "メゾン・ド・見本"}],
)  # fmt: skip
def test_what_only_looks_like_it_is_no_matter(usual: dict[str, str]) -> None:
    assert told(usual) == []


def test_who_has_no_workplace_by_right_may_have_the_word_for_it() -> None:
    """Of whoever has a 資格喪失予定年月日 the 事業所名 is not printed."""
    assert told({"事業所名": "任意継続", "資格喪失予定年月日": "2027-04-01"}) == []
    assert told({"事業所名": "不明", "資格喪失予定年月日": "2027-04-01"}) == ["placeholder"]


@pytest.mark.parametrize(
    ("column", "end"),
    [
        *((column, end) for column in PRINTED for end in ("NULL", " null", "#N/A", "#REF!", "None", "\\N")),
        *(
            ("住所", end)
            for end in ("3月8日", "１２月１日", "2022/3/8", "2022-03-08", "8-Mar", "Mar-08", "2022/3/8 0:00")
        ),
    ],
)
def test_no_value_at_the_end_of_a_text_is_a_doubt(column: str, end: str) -> None:
    assert told({column: f"架空市青山{end}"}) == ["placeholder"]


@pytest.mark.parametrize("prefecture", ["福岡県", "大阪府", "北海道"])
def test_a_prefecture_alone_is_no_address(prefecture: str) -> None:
    assert told({"住所": prefecture}) == ["placeholder", "postal-code-not-of-address"]


def test_an_address_may_end_with_a_number_like_a_year() -> None:
    assert told({"住所": "架空市青山2026-3-20"}) == told({"住所": "架空市青山3-8"}) == []


NO_PARTS = ["NULL", "#N/A", "3月8日", "8-Mar", "0", "０", "44628", "#REF!", "不明", "nan", "2022-03-08", "3.0"]


@pytest.mark.parametrize("part", NO_PARTS)
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_part_of_a_joined_column_that_is_none_is_a_doubt_wherever_it_stands(
    part: str, at: int, tmp_path: Path
) -> None:
    mapped = ColumnMap(columns={"住所": ("一", "二", "三")}, joined_by={})
    cells = ["架空市青山", "本町二丁目", "3-8"]
    cells[at] = part
    (row,) = read(tmp_path, dict(zip("一二三", cells, strict=True)), mapped)
    found: list[Finding] = []
    validate(row, needs=NEEDS, note=found.append)
    assert [(finding.code, dict(finding.parameters)["column"]) for finding in found] == [("placeholder", "住所")]


@pytest.mark.parametrize("column", ["記号", "郵便番号", "生年月日"])
def test_noughts_are_a_part_of_a_number(column: str) -> None:
    assert not is_no_part(column, "0")
    assert not is_no_part("住所", "8")
    assert not is_no_part("氏名", "44628")


def read(folder: Path, own: dict[str, str], mapped: ColumnMap) -> Sequence[Row]:
    path = folder / "members.csv"
    fields = {name: cell for name, cell in INSURED.items() if name not in mapped.columns} | own
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([fields, fields.values()])
    return list(read_rows(path, mapped))


@pytest.mark.parametrize("column", KEYS)
@pytest.mark.parametrize(
    "text",
    ["1.5", "1E5", "1.0E5", "2e+07", "-5", "−5", "△5", "+5", "=1000", "=A1", "1000.", ".5", "#", "-", "***", "3/20",
     "12/31",
     "12:30", "0:00", "00:00:00", "2025-03-20", "1899-12-31", "1899-12-31T00:00:00", "2025/3/20", "TRUE", "１．５",
     "12,345"],
)  # fmt: skip
def test_what_a_spreadsheet_makes_of_a_key_is_a_doubt(text: str, column: str) -> None:
    assert told({column: text}) == ["placeholder"]


@pytest.mark.parametrize("column", ["記号", "番号"])
@pytest.mark.parametrize(
    "text",
    ["ア-1", "ま1", "国13・1", "千代田", "1-5", "1‐5", "12E3", "0123", "A1", "A-12", "3-20-1", "13/20", "サーバー"],
)
def test_usual_keys_are_no_matter(text: str, column: str) -> None:
    assert told({column: text}) == []


@pytest.mark.parametrize(
    ("column", "name"),
    [
        *(
            (column, f"見本　太郎{honorific}")
            for column in ("氏名", "被保険者氏名")
            for honorific in (
                *(
                    "　様（本人）",
                    "様。",
                    "様．",
                    "　様 （世帯主）",
                    "　サマ",
                    "サマ",
                    "　ｻﾏ",
                    "御中様方",
                    "様方",
                    "　様分",
                    "殿(本人)",
                ),
                *("さん", "　先生", "　様宛"),
            )
        ),
        ("事業所名", "架空電子（株）御中 人事部"),
        ("事業所名", "架空電子　御中（総務課）"),
        ("事業所名", "架空電子人事部　各位。"),
    ],
)
def test_an_honorific_with_something_behind_it_is_a_doubt(column: str, name: str) -> None:
    assert told({column: name}) == ["honorific-in-name"]


PARTS = [
    "〓",
    "・",
    "-",
    "ー",
    "=",
    "*",
    "_",
    "[",
    "(外)",
    "NULL",
    "#N/A",
    "#REF!",
    "TRUE",
    "不明",
    "同上",
    "氏名",
    "U+68EE",
]
PARTS += [
    "0x68EE",
    "&nbsp",
    "3月8日",
    "1E5",
    "12:30",
    "2025-03-20",
    "様",
    "サマ",
    "御中",
    "先生",
    "見本",
    "架空",
    "A",
    "1",
    ".",
]
PARTS += [
    " ",
    "　",
    "。",
    "縺ｿ",
    "è¦‹",
    "Err:502",
    "北海道",
    "京都府",
    "無",
    "退職",
    "\\x68",
    "=E6=A3=AE",
    "\ue000",
    "さん",
    "u",
    "n",
]


def texts() -> Iterator[st.SearchStrategy[str]]:
    yield st.lists(st.sampled_from(PARTS), max_size=4).map("".join)
    yield st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@given(
    column=st.sampled_from([*PRINTED, *KEYS, "フリガナ", "備考"]),
    text=st.one_of(*texts()),
    others=st.lists(st.one_of(*texts()), max_size=3),
)
def test_one_look_over_all_texts_misses_nothing(column: str, text: str, others: list[str]) -> None:
    if "\x1f" not in "".join((text, *others)) and oddness(column, text):
        named, placed, worked = (
            [text, *others] if column in columns else [] for columns in (NAMES, ("住所",), ("事業所名",))
        )
        all_texts = ["1", *others, text, ""]
        assert text in texts_that_may_be_odd(all_texts, names=named, addresses=placed, workplaces=worked)


@given(st.lists(st.one_of(*texts(), st.sampled_from(["大阪府", " ", "-", "府 ", "様", "　", "0"])), max_size=6))
def test_a_look_over_many_texts_sees_what_a_look_at_each_sees(looked_at: list[str]) -> None:
    several = [text for text in looked_at if "\x1f" not in text]
    for glance in (oddities._GLANCE, oddities._GLANCE_AT_NAMES):
        alone = {text for text in several if list(oddities._seen(glance, [text]))}
        assert set(oddities._seen(glance, several)) == alone


def test_keys_are_the_same_whatever_is_written_for_a_hyphen() -> None:
    for hyphen in "-－‐‑‒–—―−ーｰ":
        made = validate(Row(2, INSURED | {"記号": f"1{hyphen}5", "番号": f"ア{hyphen}１"}), needs=NEEDS)
        assert made.symbol == "1-5"
        assert made.number == ("ア-1" if hyphen not in "ーｰ" else f"ア{hyphen}1")
    assert validate(Row(2, INSURED | {"記号": "サーバー"}), needs=NEEDS).symbol == "サーバー"


@given(text=st.text(st.sampled_from("-－‐‑‒–—―−ーｰ 　015１５AＡアｱサ国"), max_size=8))
def test_both_readers_make_the_same_of_a_key(text: str) -> None:
    assert key_of(text) == narrow_key(text)
    assert household(dict.fromkeys(("記号", "番号"), text)) == (narrow_key(text),) * 2


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"住所": "架空市青山#REF!"}, "placeholder"),
        ({"事業所名": "不明"}, "placeholder"),
        ({"方書": "-"}, "placeholder"),
        ({"番号": "1〓"}, "lost-character"),
        ({"記号": "□"}, "lost-character"),
        ({"備考": "見〓"}, "lost-character"),
    ],
)
def test_the_gravest_are_unfit_to_the_second_reader_too(changed: dict[str, str], code: str) -> None:
    job = load_example("eligibility_certificate")
    assert list(unfit(INSURED | changed, job)) == [(code, *changed)]
    assert told(changed) == [code]


def test_a_document_s_own_column_is_asked_for_errors_alone() -> None:
    needs = replace(NEEDS, adds=("世帯主氏名",))
    for text, codes in (("#BUSY!", ["placeholder"]), ("-", []), ("不明", []), ("・見本", [])):
        found: list[Finding] = []
        validate(Row(2, INSURED | {"世帯主氏名": text}), needs=needs, note=found.append)
        assert [finding.code for finding in found] == codes
