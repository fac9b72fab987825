"""line_ends: an insurer's name and address on lines that tear no word, tried on 200 invented ones of each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from small_layouts import FIXED, SLOT, rules, small_layout

from renderer.intake.insurerfile import load_insurer
from renderer.layout.line_ends import Breakable, lines
from renderer.layout.templates import filled

TEXTS = [line.split("|") for line in (Path(__file__).parent / "data/insurer_texts.txt").read_text("utf-8").splitlines()]
NAMES, ADDRESSES = TEXTS[:200], TEXTS[200:]


def length(text: str) -> float:
    return sum(0.5 if sign.isascii() else 1 for sign in text)


def breaks_of(words: list[str]) -> tuple[int, ...]:
    return tuple(len("".join(words[:n])) for n in range(1, len(words)))


def torn(words: list[str], most: float, breaks: tuple[int, ...] = ()) -> bool:
    """Whether a line ends inside a word."""
    text, at = "".join(words), 0
    for line in lines(Breakable(text, breaks), most, 9):
        at = text.index(line, at)
        if at and len(text[:at].rstrip()) not in {len("".join(words[:n]).rstrip()) for n in range(len(words))}:
            return True
        at += len(line)
    return False


@pytest.mark.parametrize(
    ("texts", "most", "parted", "wrong"),
    [(NAMES, 20, 68, 8), (NAMES, 24, 24, 1), (ADDRESSES, 22, 176, 3), (ADDRESSES, 26, 164, 0)],
)
def test_of_two_hundred_so_few_have_a_torn_word(texts: list[list[str]], most: float, parted: int, wrong: int) -> None:
    assert sum(length("".join(words)) > most for words in texts) == parted
    assert sum(torn(words, most) for words in texts) == wrong


@pytest.mark.parametrize(("texts", "most"), [(NAMES, 14), (NAMES, 20), (ADDRESSES, 18)])
def test_with_a_bar_between_all_words_none_is_torn(texts: list[list[str]], most: float) -> None:
    assert not any(torn(words, most, breaks_of(words)) for words in texts)


@pytest.mark.parametrize(
    ("text", "most", "count", "parted"),
    [
        ("架空電機健康保険組合", 16, 9, ["架空電機健康保険組合"]),
        ("架空デバイス健康保険組合", 8, 9, ["架空デバイス", "健康保険組合"]),
        ("全国土木建築国民健康保険組合", 10, 9, ["全国土木建築", "国民健康保険組合"]),
        ("見本電機エレクトロニックデバイス健康保険組合", 18, 9, ["見本電機エレクトロニックデバイス", "健康保険組合"]),
        ("架空エレクトロニックデバイスソリューションズ", 20, 9, ["架空", "エレクトロニックデバイスソリューションズ"]),
        ("架空グループの健康保険組合", 7, 9, ["架空グループの", "健康保険組合"]),
        ("若葉台ＩＴ＆プロダクツ健康保険組合", 8, 9, ["若葉台ＩＴ＆", "プロダクツ", "健康保険組合"]),
        ("東京都千代田区架空町一丁目2番3号　架空電機本社ビル5階", 20, 9,
         ["東京都千代田区架空町一丁目2番3号", "架空電機本社ビル5階"]),
        ("東京都千代田区みどり野十二丁目", 12, 9, ["東京都千代田区", "みどり野十二丁目"]),
        ("千葉県架空市霞ケ丘南三ノ輪町", 10, 9, ["千葉県架空市", "霞ケ丘南三ノ輪町"]),
        ("東京都架空区一丁目23番4号　架空センタービルアネックス", 16, 2,
         ["東京都架空区一丁目23番4号", "架空センタービルアネックス"]),
        ("アイウエオカキクケコ　サシスセソ", 6, 9, ["アイウエオ", "カキクケコ", "サシスセソ"]),  # no word is shorter
        ("東京都架空区アイウエオ棟カキクケコ棟", 8, 9, ["東京都架空区", "アイウエオ棟", "カキクケコ棟"]),
        ("東京都架空区アイウエオ棟カキクケコ棟", 9, 2, ["東京都架空区アイウ", "エオ棟カキクケコ棟"]),  # two, even torn
        ("", 9, 9, []),
    ],
)  # fmt: skip
def test_lines_end_where_a_reader_pauses(text: str, most: float, count: int, parted: list[str]) -> None:
    assert lines(text, most, count) == parted


def test_a_bar_is_the_place_to_part_at_also_inside_a_word() -> None:
    text, most = "エレクトロニックデバイスソリューションズ健康保険組合", 16
    assert lines(text, most, 9) == ["エレクトロニックデバイスソ", "リューションズ健康保険組合"]
    assert lines(Breakable(text, (12,)), most, 9) == ["エレクトロニックデバイス", "ソリューションズ健康保険組合"]
    assert lines(Breakable("見本町架空町東架空　見本館", (3, 6)), 8, 9) == ["見本町架空町", "東架空　見本館"]
    assert lines("見本町架空町東架空　見本館", 9, 9) == ["見本町架空町東架空", "見本館"]
    assert lines(Breakable("見本町架空町東架空　見本館", (3,)), 8, 9) == ["見本町", "架空町東架空", "見本館"]


@given(
    text=st.text(st.sampled_from("架空町アイー、（）12A 　一丁目の"), max_size=40),
    most=st.integers(3, 20),
    count=st.integers(1, 4),
)
def test_nothing_is_lost_and_no_line_is_too_long(text: str, most: int, count: int) -> None:
    parted = lines(text, most, count)
    assert "".join("".join(parted).split()) == "".join(text.split())
    for line in parted:
        assert length(line) <= most or not any(part_may_end(line, at) for at in range(1, len(line)))


def part_may_end(line: str, at: int) -> bool:
    return line[at:].lstrip()[0] not in "、）ー" and line[:at].rstrip()[-1] != "（"


def test_a_bar_of_the_insurer_file_is_not_printed_and_parts_the_name_in_a_template(tmp_path: Path) -> None:
    name = "エレクトロニックデバイス|ソリューションズ健康保険組合"
    path = tmp_path / "insurer.toml"
    path.write_text(
        f'number = "06139992"\nname = "{name}"\npostal_code = "1000000"\naddress = "東京都架|空区"\n'
        'telephone = "03-0000-0000"\nprints_ratio = true\n',
        "utf-8",
    )
    insurer = load_insurer(path)
    assert (insurer.name, insurer.name_breaks) == (name.replace("|", ""), (12,))
    assert (insurer.address, insurer.address_breaks) == ("東京都架空区", (4,))
    body = "{% for line in lines(insurer.name, 16, 2) %}<p>{{ line }}</p>{% endfor %}"
    layout = small_layout(tmp_path, body + SLOT, "p { font-family: 'BIZ UDGothic' }" + rules("name"))
    html = filled(layout, (), replace(FIXED, insurer=insurer), lambda *_: Markup("山"))
    assert "<p>エレクトロニックデバイス</p><p>ソリューションズ健康保険組合</p>" in html
