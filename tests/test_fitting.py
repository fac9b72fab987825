"""fitting: a value in a box: condensed, shrunk, broken into lines or refused, each at its floor and never past it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from renderer.model.paper import PX_PER_MM, PX_PER_PT
from renderer.press.breaking import break_lines
from renderer.press.fitting import UNITS, DoesNotFit, Fit, FitRule, Fitted, fit, pango_size
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


@pytest.mark.parametrize(
    ("text", "floor", "pt", "lines"),
    [
        ("見本イーストタウン", 9, 9.5, ["見本", "イーストタウン"]),  # seven letters of 12 pt need 84, there are 72
        ("見本イーストタウン", 11, 12, ["見本", "イーストタ", "ウン"]),  # too small: one is torn at full size
        ("見本レジデンス", 9, 12, ["見本", "レジデンス"]),
        ("Wickremasinghe Perera", 9, 9.5, ["Wickremasinghe", "Perera"]),
    ],
)
def test_a_word_is_set_smaller_before_it_is_torn(text: str, floor: float, pt: float, lines: list[str]) -> None:
    fitted = set_in(text, ems(5.6), wrap(3, floor))
    assert fitted.size == pango_size(pt * PX_PER_PT)
    assert ["".join(line) for line in fitted.lines] == lines


def test_a_box_narrower_than_a_character_is_refused_with_its_width() -> None:
    with pytest.raises(DoesNotFit, match=r"^character given=2\.0 floor=8$"):
        set_in("山田", units(2), wrap(9, 8))


# What holds for every text

ADDRESSES = st.lists(
    st.sampled_from(
        ["東京都", "港区", "赤坂１－２－３", "1-23-456", "レジデンス（東）", "「梅」", "Tower", "、", "　", " ", "棟"]
    ),
    max_size=14,
).map("".join)


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
