"""breaking: where a line ends, after JIS X 4051, and never inside a word where it has another end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.press.breaking import break_lines
from renderer.press.fonts import clusters

EM = 1000


def em(cluster: str) -> int:
    """Every cluster an em wide, half an em where it is ASCII."""
    return EM // 2 if cluster[0].isascii() else EM


def lines_of(text: str, width: float) -> list[str]:
    lines = break_lines(clusters(text), int(width * EM), em)
    assert lines is not None
    return ["".join(line) for line in lines]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("東京都千代田区千代田", 6, ["東京都千代田", "区千代田"]),
        ("東京都\n千代田区", 9, ["東京都", "千代田区"]),
        ("東京都\n\n千代田区", 9, ["東京都", "", "千代田区"]),
        ("あいうえ、かき", 4, ["あいう", "え、かき"]),  # 行頭禁則
        ("あいうえ」。かき", 4, ["あいう", "え」。", "かき"]),
        ("あいう（えおか", 4, ["あいう", "（えおか"]),  # 行末禁則
        ("あいう「『えお", 5, ["あいう", "「『えお"]),
        ("あいうッえ", 3, ["あい", "うッえ"]),
        ("ＡＢコーポ", 3, ["ＡＢ", "コーポ"]),
        ("東京千代田1-2-3-4", 6, ["東京千代田", "1-2-3-4"]),
        ("東京千代田１－２－３", 7, ["東京千代田", "１－２－３"]),
        ("12345678901234567890", 5, ["1234567890", "1234567890"]),  # no other break in the line
        ("架空ケ丘南中央通り3-8-1235", 12, ["架空ケ丘南中央通り", "3-8-1235"]),
        ("架空ケ丘南中央通り3‐8‐1235", 12, ["架空ケ丘南中央通り", "3‐8‐1235"]),
        ("架空ケ丘南中央通り3の8の1235", 12, ["架空ケ丘南中央通り", "3の8の1235"]),
        ("架空ケ丘南中央通り３ノ８ー１２", 12, ["架空ケ丘南中央通り", "３ノ８ー１２"]),
        ("３の８の１２３５", 5, ["３の８の１", "２３５"]),  # no other break in the line
        ("字見本原東イーストタウン", 8, ["字見本原東", "イーストタウン"]),
        ("架空ﾚｼﾞﾃﾞﾝｽ", 8, ["架空", "ﾚｼﾞﾃﾞﾝｽ"]),
        ("レジデンス・イースト", 7, ["レジデンス・", "イースト"]),
        ("霞ケ丘三ノ輪", 5, ["霞ケ丘三", "ノ輪"]),  # a ノ that joins no digits
        ("東二条南三丁目", 6, ["東二条南", "三丁目"]),
        ("東二条南", 2, ["東", "二条", "南"]),
        ("架空町二十三番四十五号", 9, ["架空町二十三番", "四十五号"]),
        ("南三丁目123番地の456", 7, ["南三丁目", "123番地の456"]),
        ("見本荘１０２号室", 6, ["見本荘", "１０２号室"]),
        ("見本館12階", 4, ["見本館", "12階"]),
        ("ナナホシテントウ", 5, ["ナナホシテ", "ントウ"]),  # no other break in the line
        ("港区丸の内8の倉", 4, ["港区丸の", "内8の倉"]),  # a の that joins no digits
        ("港区緑の丘8の倉", 6.5, ["港区緑の丘8", "の倉"]),
        ("Nguyễn Thị Minh Khai", 6, ["Nguyễn Thị", "Minh Khai"]),
        ("山田　東京都千代田", 2.5, ["山田", "東京", "都千", "代田"]),
        ("山田 東京都千代田", 2.5, ["山田", "東京", "都千", "代田"]),
        ("山田\u3000\u3000\u3000太郎", 3, ["山田", "太郎"]),
        ("山田\n\u3000Nguyen", 3, ["山田", "Nguyen"]),  # the line that the blank would have alone is none
        ("葛\U000e0100城葛\U000e0100城", 3, ["葛\U000e0100城", "葛\U000e0100城"]),
    ],
)
def test_lines_end_where_a_reader_expects(text: str, width: float, lines: list[str]) -> None:
    assert lines_of(text, width) == lines


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        # The blank at a break is not set: what stands beside it decides.
        ("あいう（　えおか", 5, ["あいう", "（　えおか"]),
        ("あいうえ　、かき", 5, ["あいう", "え　、かき"]),
        ("あいう（ えおか", 5, ["あいう", "（ えおか"]),
    ],
)
def test_no_line_begins_or_ends_wrongly_beside_a_blank(text: str, width: float, lines: list[str]) -> None:
    assert lines_of(text, width) == lines


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("山田太郎様", 4, ["山田太", "郎様"]),
        ("東京都港区\u3000様", 5, ["東京都港", "区\u3000様"]),
        ("Sato Taro Yamada Ｘ", 8, ["Sato Taro", "Yamada Ｘ"]),
        ("山田様", 2, ["山田", "様"]),  # two stay above: a shorter line would look no better
        ("aaaaaaaab", 4, ["aaaaaaaa", "b"]),  # a word is not broken for it
        ("山田太郎\n様", 4, ["山田太郎", "様"]),  # a line of its own as it was given
    ],
)
def test_a_lone_last_character_takes_company_and_loses_no_blank(text: str, width: float, lines: list[str]) -> None:
    assert lines_of(text, width) == lines


def test_a_lone_last_character_stays_alone_where_its_company_would_not_fit() -> None:
    rooms = {"@": 100, "山": 1000} | dict.fromkeys("123", 1000)
    assert break_lines(list("@@123山"), 3200, rooms.__getitem__) == (("@", "@", "1", "2", "3"), ("山",))
    assert break_lines(list("@@123山"), 4000, rooms.__getitem__) == (("@", "@"), ("1", "2", "3", "山"))


# What holds for every text, with a rule book of the test's own (JIS X 4051, 4.1 and 4.2)

NOT_FIRST = (
    "、。，．・：；？！）］｝」』】〕〉》ー々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;?!)]}゛゜｣､｡ｰﾞﾟ"
)
NOT_LAST = "（［｛「『【〔〈《([{｢"
KANJI = "山田東京都港区丁目番号"
KATAKANA = "アイスタワー"
TEXTS = st.text(
    st.sampled_from(KANJI * 3 + KATAKANA * 2 + NOT_FIRST + NOT_LAST + "0123456789ABcdefé-０１９Ａ \u3000"), max_size=60
)
ADDRESSES = st.lists(
    st.sampled_from(
        ["東京都", "港区", "赤坂１－２－３", "1-23-456", "レジデンス（東）", "「梅」", "Tower", "、", "　", " ", "棟"]
    ),
    max_size=14,
).map("".join)


def may_break(text: Sequence[str], at: int) -> bool:
    """Whether a line may end before ``text[at]``, blanks there falling away."""
    before = [c for c in text[:at] if not c.isspace()]
    after = [c for c in text[at:] if not c.isspace()]
    if not before or not after:
        return True
    if after[0][0] in NOT_FIRST or before[-1][0] in NOT_LAST:
        return False
    if text[at].isspace() or text[at - 1].isspace():
        return True
    pair = text[at - 1][0] + text[at][0]
    return not any(kind.fullmatch(pair) for kind in IN_WORD) and at not in insides_of_numbers(text)


IN_WORD = (re.compile(r"[0-9A-Za-zé０-９Ａ-Ｚａ-ｚ\-－.,/&]{2}"), re.compile("[ァ-ヺーヽヾｦ-ﾟ]{2}"))  # 1,000.5 too


def insides_of_numbers(text: Sequence[str]) -> set[int]:
    """Where a break would tear a house number, or a numeral from what it counts."""
    digit, numeral = "[0-9０-９]", "[0-9０-９〇一二三四五六七八九十百千]"
    said = "".join(cluster[0] for cluster in text)
    joined = re.finditer(f"{digit}+([-－‐‑‒–—―−ーｰのノ]{digit}+)*", said)
    counted = re.finditer(f"{numeral}+(丁目|番地?|号[室棟館]?|階|条|線)([のノ]{numeral}+)?", said)
    return {at for number in (*joined, *counted) for at in range(number.start() + 1, number.end())}


@given(text=st.one_of(TEXTS, ADDRESSES), width=st.integers(2, 24))
def test_lines_are_in_the_box_whole_and_in_order(text: str, width: int) -> None:
    lines = break_lines(clusters(text), width * EM, em)
    assert lines is not None
    assert all(sum(map(em, line)) <= width * EM for line in lines)
    blanks_at_breaks = r"[ \u3000]*".join(re.escape("".join(line)) for line in lines)
    assert re.fullmatch(rf"[ \u3000]*{blanks_at_breaks}[ \u3000]*", text), "only blanks at a break fall away"
    assert all(lines) or not text.strip(), "no line has blanks alone"


@given(text=st.one_of(TEXTS, ADDRESSES), width=st.integers(2, 24))
def test_the_rules_of_line_ends_are_broken_only_where_the_line_has_no_other(text: str, width: int) -> None:
    cut = clusters(text)
    lines = break_lines(cut, width * EM, em)
    assert lines is not None
    starts = list(starts_of(cut, lines))
    for begin, end in pairwise(starts):
        if not may_break(cut, end):
            fits = [at for at in range(begin + 1, end + 1) if sum(map(em, cut[begin:at])) <= width * EM]
            assert not any(may_break(cut, at) for at in fits), (text[begin:end], text[end:])


HOUSE_NUMBERS = st.lists(st.sampled_from(["3", "8", "12", "1235", "１０", "９"]), min_size=1, max_size=4).flatmap(
    lambda parts: st.sampled_from("-－‐‑‒–—―−ーｰのノ").map(lambda joint: joint.join(parts))
)
STREETS = st.lists(
    st.sampled_from(["架空ケ丘", "丸の内", "字", "三ノ輪", "丁目", "号", "　", " ", "ビル", "（東）"]) | HOUSE_NUMBERS,
    max_size=9,
).map("".join)


@given(text=STREETS, width=st.integers(2, 24))
def test_a_house_number_is_torn_only_where_its_line_has_no_other_break(text: str, width: int) -> None:
    cut = clusters(text)
    lines = break_lines(cut, width * EM, em)
    assert lines is not None
    for begin, end in pairwise(starts_of(cut, lines)):
        if end in insides_of_numbers(cut):
            assert not any(may_break(cut, at) for at in range(begin + 1, end + 1)), (text[begin:end], text[end:])


def starts_of(text: Sequence[str], lines: Sequence[Sequence[str]]) -> list[int]:
    """Find where in the text each line begins."""
    starts, at = [], 0
    for number, line in enumerate(lines):
        while tuple(text[at : at + len(line)]) != tuple(line):
            assert text[at].isspace(), f"line {number} is not there"
            at += 1
        starts.append(at)
        at += len(line)
    return starts


@given(text=st.one_of(TEXTS, ADDRESSES), width=st.integers(2, 24))
def test_no_line_is_shorter_than_it_must_be(text: str, width: int) -> None:
    cut = clusters(text)
    lines = break_lines(cut, width * EM, em)
    assert lines is not None
    starts = starts_of(cut, lines)
    last_is_company = len(lines) > 1 and len(lines[-1]) > 1  # the line before may have given up its end
    for begin, end in list(pairwise(starts))[: -1 if last_is_company else None]:
        longer = [
            at
            for at in range(end + 1, len(cut) + 1)
            if sum(map(em, "".join(cut[begin:at]).rstrip())) <= width * EM and may_break(cut, at)
        ]
        assert not longer, (text[begin:end], text[end:])


@given(text=st.one_of(TEXTS, ADDRESSES, STREETS), width=st.integers(2, 24))
def test_words_are_whole_or_there_are_no_such_lines(text: str, width: int) -> None:
    cut = clusters(text)
    torn, whole = (break_lines(cut, width * EM, em, whole=whole) for whole in (False, True))
    assert torn is not None
    is_torn = any(not may_break(cut, end) for end in starts_of(cut, torn)[1:])
    assert whole == (None if is_torn else torn)
