"""fitting: a value in a box: condensed, shrunk, broken into lines or refused, each at its floor and never past it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from renderer.model.paper import PX_PER_MM, PX_PER_PT
from renderer.press.fitting import (
    UNITS,
    DoesNotFit,
    Fit,
    FitRule,
    Fitted,
    break_lines,
    fit,
    pango_size,
)
from renderer.press.fonts import Chain, clusters

REFUSE = FitRule(Fit.REFUSE, 100, 1)
SIZE = pango_size(12 * PX_PER_PT)


def condense(floor: float) -> FitRule:
    return FitRule(Fit.CONDENSE, floor, 1)


def shrink(floor: float) -> FitRule:
    return FitRule(Fit.SHRINK, floor, 1)


def wrap(lines: int, floor: float) -> FitRule:
    return FitRule(Fit.WRAP, floor, lines)


def em(size: int) -> Callable[[str], int]:
    """Every cluster an em wide, half an em where it is ASCII."""
    return lambda cluster: size // 2 if cluster[0].isascii() else size


def ems(count: float, size: int = SIZE) -> int:
    return int(count * size)


def units(mm: float) -> int:
    return int(mm * PX_PER_MM * UNITS)


def set_in(text: str, width: int, rule: FitRule, size: int = SIZE) -> Fitted:
    return fit(clusters(text), width, size, rule, em)


# One line


@pytest.mark.parametrize("rule", [REFUSE, condense(60), shrink(6), wrap(3, 8)])
def test_what_fits_to_the_last_unit_is_set_as_it_is(rule: FitRule) -> None:
    fitted = set_in("山田太郎", ems(4), rule)
    assert fitted == Fitted((("山", "田", "太", "郎"),), SIZE, 1.0)


def test_refuse_gives_what_is_needed_and_what_there_is() -> None:
    with pytest.raises(DoesNotFit) as refused:
        fit(list("山田太郎"), units(78), SIZE, REFUSE, lambda _: lambda _: units(23.025))
    assert str(refused.value) == "plain needed=92.1 given=78.0"


@pytest.mark.parametrize("over", [1, 7, 100])
def test_one_unit_too_much_does_not_read_as_if_it_fitted(over: int) -> None:
    with pytest.raises(DoesNotFit, match=r"^plain needed=78\.1 given=78\.0$"):
        fit(["山"], units(78), SIZE, REFUSE, lambda _: lambda _: units(78) + over)


@pytest.mark.parametrize("floor", [29, 35, 50, 57, 58, 60, 62.5, 70, 80, 99, 100])
def test_condense_goes_to_its_floor_and_not_below(floor: float) -> None:
    natural = 100_000

    def tried(width: int) -> Fitted:
        return fit(["山"], width, SIZE, condense(floor), lambda _: lambda _: natural)

    width = int(natural * floor / 100)
    assert tried(width) == Fitted((("山",),), SIZE, floor / 100)
    with pytest.raises(DoesNotFit, match=f"^condensed needed=.* given=.* floor={floor:g}$"):
        tried(width - 1)


def test_condense_message_gives_the_numbers_at_the_floor() -> None:
    with pytest.raises(DoesNotFit) as refused:
        fit(["山"], units(78), SIZE, condense(60), lambda _: lambda _: units(153.5))
    assert str(refused.value) == "condensed needed=92.1 given=78.0 floor=60"


@given(natural=st.integers(1, 10**7), width=st.integers(1, 10**7), floor=st.integers(1, 100))
def test_condensed_is_the_widest_thousandth_that_fits(natural: int, width: int, floor: int) -> None:
    try:
        fitted = fit(["山"], width, SIZE, condense(floor), lambda _: lambda _: natural)
    except DoesNotFit:
        assert width * 1000 // natural < floor * 10
        return
    thousandths = round(fitted.condense * 1000)
    assert fitted.condense == thousandths / 1000
    assert natural * thousandths <= width * 1000 or natural <= width
    assert thousandths == 1000 or natural * (thousandths + 1) > width * 1000
    assert thousandths >= floor * 10
    assert fitted.size == SIZE
    assert fitted.lines == (("山",),)


@given(count=st.integers(1, 80), width=st.floats(1, 60), start=st.floats(6, 20), floor=st.floats(4, 24))
def test_shrunk_is_the_largest_quarter_of_a_point_that_fits(
    count: int, width: float, start: float, floor: float
) -> None:
    size, text = pango_size(start * PX_PER_PT), "山" * count
    assume(count * size > ems(width))
    rule = shrink(floor)
    try:
        fitted = set_in(text, ems(width), rule, size)
    except DoesNotFit:
        smallest = min(size, pango_size(floor * PX_PER_PT))
        assert count * smallest > ems(width)
        return
    assert count * fitted.size <= ems(width)
    assert fitted.size >= pango_size(floor * PX_PER_PT)
    assert (fitted.lines, fitted.condense) == ((tuple(text),), 1.0)
    steps = (size - fitted.size) / (0.25 * PX_PER_PT * UNITS)
    at_floor = fitted.size == pango_size(floor * PX_PER_PT)
    assert at_floor or steps == pytest.approx(round(steps), abs=0.01)
    larger = size - (round(steps + 0.49) - 1) * 0.25 * PX_PER_PT * UNITS
    assert count * int(larger + 1) > ems(width), "a quarter of a point more would not have fitted"


@pytest.mark.parametrize(
    ("floor", "said"),
    [(8, "shrunk needed=84.7 given=80.0 floor=8"), (12, "shrunk needed=127.0 given=80.0 floor=12")],
)
def test_shrink_message_gives_the_numbers_at_the_floor(floor: float, said: str) -> None:
    with pytest.raises(DoesNotFit) as refused:
        set_in("山" * 30, units(80), shrink(floor))
    assert str(refused.value) == said


def test_a_floor_above_the_size_of_the_slot_refuses_and_does_not_enlarge() -> None:
    for rule in (shrink(20), wrap(1, 20)):
        assert set_in("山", ems(1), rule).size == SIZE
        with pytest.raises(DoesNotFit, match="floor=20"):
            set_in("山田", ems(1), rule)


# Lines


def lines_of(text: str, width: float, rule: FitRule | None = None) -> list[str]:
    fitted = set_in(text, ems(width), rule or wrap(9, 12))
    return ["".join(line) for line in fitted.lines]


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
        ("港区丸の内8の倉", 4, ["港区丸の", "内8の倉"]),  # a の that joins no digits
        ("港区緑の丘8の倉", 6.5, ["港区緑の丘8", "の倉"]),
        ("Nguyễn Thị Minh Khai", 6, ["Nguyễn Thị", "Minh Khai"]),
        ("山田　東京都千代田", 2.5, ["山田", "東京", "都千", "代田"]),
        ("山田 東京都千代田", 2.5, ["山田", "東京", "都千", "代田"]),
        ("山田\u3000\u3000\u3000太郎", 3, ["山田", "太郎"]),
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


def test_wrap_shrinks_only_when_the_lines_are_used_up_and_says_how_many_are_needed() -> None:
    text = "山" * 30
    assert set_in(text, ems(10), wrap(3, 8)).size == SIZE
    smaller = set_in(text + "田" * 10, ems(10), wrap(3, 8))  # 14 to a line: 120 pt / 14 = 8.57 pt
    assert smaller.size == pango_size(8.5 * PX_PER_PT)
    assert list(map(len, smaller.lines)) == [14, 14, 12]
    with pytest.raises(DoesNotFit) as refused:
        set_in("山" * 46, ems(10), wrap(3, 8))
    assert str(refused.value) == "lines needed=4 given=3 floor=8"
    with pytest.raises(DoesNotFit, match=r"^lines needed=4 given=3 floor=8$"):
        set_in("山\n田\n太\n郎", ems(10), wrap(3, 8))


def test_a_box_narrower_than_a_character_is_refused_with_its_width() -> None:
    with pytest.raises(DoesNotFit, match=r"^character given=2\.0 floor=8$"):
        set_in("山田", units(2), wrap(9, 8))


# What holds for every text, with a rule book of the test's own (JIS X 4051, 4.1 and 4.2)

NOT_FIRST = (
    "、。，．・：；？！）］｝」』】〕〉》ー々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;?!)]}゛゜｣､｡ｰﾞﾟ"
)
NOT_LAST = "（［｛「『【〔〈《([{｢"
KANJI = "山田東京都港区丁目番号"
TEXTS = st.text(st.sampled_from(KANJI * 3 + NOT_FIRST + NOT_LAST + "0123456789ABcdefé-０１９Ａ \u3000"), max_size=60)
ADDRESSES = st.lists(
    st.sampled_from(
        ["東京都", "港区", "赤坂１－２－３", "1-23-456", "レジデンス（東）", "「梅」", "Tower", "、", "　", " ", "棟"]
    ),
    max_size=14,
).map("".join)


def in_word(cluster: str) -> bool:
    return re.match(r"[0-9A-Za-zé０-９Ａ-Ｚ\-－.,]", cluster) is not None  # 1,000.5 too


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
    return not (in_word(text[at - 1]) and in_word(text[at])) and at not in insides_of_numbers(text)


def insides_of_numbers(text: Sequence[str]) -> set[int]:
    """Where a break would tear a house number."""
    digit = "[0-9０-９]"
    joined = re.finditer(f"{digit}+([-－‐‑‒–—―−ーｰのノ]{digit}+)*", "".join(cluster[0] for cluster in text))
    return {at for number in joined for at in range(number.start() + 1, number.end())}


@given(text=st.one_of(TEXTS, ADDRESSES), width=st.integers(2, 24))
def test_lines_are_in_the_box_whole_and_in_order(text: str, width: int) -> None:
    advance = em(SIZE)
    lines = break_lines(clusters(text), ems(width), advance)
    assert lines is not None
    assert all(sum(map(advance, line)) <= ems(width) for line in lines)
    blanks_at_breaks = r"[ \u3000]*".join(re.escape("".join(line)) for line in lines)
    assert re.fullmatch(rf"{blanks_at_breaks}[ \u3000]*", text), "only blanks at a break fall away"


@given(text=st.one_of(TEXTS, ADDRESSES), width=st.integers(2, 24))
def test_the_rules_of_line_ends_are_broken_only_where_the_line_has_no_other(text: str, width: int) -> None:
    cut = clusters(text)
    advance = em(SIZE)
    lines = break_lines(cut, ems(width), advance)
    assert lines is not None
    starts = list(starts_of(cut, lines))
    for begin, end in pairwise(starts):
        if not may_break(cut, end):
            fits = [at for at in range(begin + 1, end + 1) if sum(map(advance, cut[begin:at])) <= ems(width)]
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
    lines = break_lines(cut, ems(width), em(SIZE))
    assert lines is not None
    for begin, end in pairwise(starts_of(cut, lines)):
        if end in insides_of_numbers(cut):
            assert not any(may_break(cut, at) for at in range(begin + 1, end + 1)), (text[begin:end], text[end:])


def starts_of(text: Sequence[str], lines: Sequence[Sequence[str]]) -> list[int]:
    """Find where in the text each line begins."""
    starts, at = [], 0
    for number, line in enumerate(lines):
        while number and at < len(text) and text[at].isspace():
            at += 1
        starts.append(at)
        assert tuple(text[at : at + len(line)]) == tuple(line)
        at += len(line)
    return starts


@given(text=st.one_of(TEXTS, ADDRESSES), width=st.integers(2, 24))
def test_no_line_is_shorter_than_it_must_be(text: str, width: int) -> None:
    cut = clusters(text)
    advance = em(SIZE)
    lines = break_lines(cut, ems(width), advance)
    assert lines is not None
    starts = starts_of(cut, lines)
    last_is_company = len(lines) > 1 and len(lines[-1]) > 1  # the line before may have given up its end
    for begin, end in list(pairwise(starts))[: -1 if last_is_company else None]:
        longer = [
            at
            for at in range(end + 1, len(cut) + 1)
            if sum(map(advance, "".join(cut[begin:at]).rstrip())) <= ems(width) and may_break(cut, at)
        ]
        assert not longer, (text[begin:end], text[end:])


@given(text=ADDRESSES, width=st.integers(3, 20), lines=st.integers(1, 4), floor=st.sampled_from([6, 8, 10.5, 12]))
def test_wrapped_is_never_more_lines_nor_smaller_than_promised(text: str, width: int, lines: int, floor: float) -> None:
    def tried() -> Fitted | str:
        try:
            return set_in(text, ems(width), wrap(lines, floor))
        except DoesNotFit as refused:
            return str(refused)

    fitted = tried()
    assert fitted == tried()
    if isinstance(fitted, str):
        assert re.fullmatch(rf"lines needed=\d+ given={lines} floor={floor:g}", fitted)
        needed = int(fitted.split()[1].partition("=")[2])
        at_floor = break_lines(clusters(text), ems(width), em(pango_size(floor * PX_PER_PT)))
        assert at_floor is not None
        assert needed == len(at_floor) > lines
        return
    assert len(fitted.lines) <= lines
    assert pango_size(floor * PX_PER_PT) <= fitted.size <= SIZE
    assert fitted.condense == 1.0
    assert all(sum(map(em(fitted.size), line)) <= ems(width) for line in fitted.lines)
    inked = "".join(cluster for line in fitted.lines for cluster in line if not cluster.isspace())
    assert inked == "".join(text.split())


# The hard cases of issue 3, in the fonts they are printed in

MINCHO = Chain(["BIZ UDMincho", "IPAmjMincho"])


def in_mincho(text: str, mm: float, pt: float, rule: FitRule) -> Fitted:
    def advances(size: int) -> Callable[[str], int]:
        return lambda cluster: MINCHO[cluster].room(size)

    return fit(clusters(text), units(mm), pango_size(pt * PX_PER_PT), rule, advances)


def test_sixty_latin_letters_fit_a_name_of_the_row_condensed() -> None:
    name = "Wickremasinghe Arachchilage Don Maximilian Bartholomew Perera"
    assert len(name) > 60
    fitted = in_mincho(name, 99, 14, condense(60))
    assert fitted.condense == pytest.approx(99 / (len(name) * 7 * 25.4 / 72), abs=0.001)
    assert "".join(fitted.lines[0]) == name


def test_eleven_kanji_fit_the_card_condensed() -> None:
    name = "勘解由小路𠮷左衛門三郎"
    assert len(name) == 11
    fitted = in_mincho(name, 40, 12, condense(60))
    assert fitted.condense == pytest.approx(40 / (11 * 12 * 25.4 / 72), abs=0.001)


def test_forty_characters_of_a_workplace_stand_on_two_lines() -> None:
    fitted = in_mincho(
        "独立行政法人見本地域医療推進機構東日本統括本部附属総合健康管理センター（仮称）事務局", 92, 10, wrap(2, 8)
    )
    assert len(fitted.lines) == 2
    assert fitted.size >= pango_size(8 * PX_PER_PT)


def test_a_long_address_stands_on_four_lines_and_a_longer_one_is_refused() -> None:
    street = "北海道上川郡見本町字見本台東二条南三丁目１２３番地の４５６"
    address = f"{street}\nグランドレジデンス見本の杜イーストタワー（東棟）Ｂ－１２０３号室"
    fitted = in_mincho(address, 92, 10.5, wrap(4, 8))
    assert 2 < len(fitted.lines) <= 4
    with pytest.raises(DoesNotFit, match=r"^lines needed=\d+ given=4 floor=8$"):
        in_mincho(address * 3, 92, 10.5, wrap(4, 8))
