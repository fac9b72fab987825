"""Numbers are moved in decimals, as they were written: there and back, in steps or at once, to the same signs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.model.paper import MM_PER_INCH, MM_PER_PT, PX_PER_MM
from renderer.studio.lengths import PER_MM, Length, in_steps, respelled

NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,4})?", fullmatch=True).filter(lambda text: float(text) != 0)
LENGTHS = st.builds(Length, NUMBERS, st.sampled_from(["mm", "cm", "q", "in", "pt", "pc", "px", "MM", "Pt"]))
STEPS = st.integers(-3000, 3000).map(lambda tenths: Decimal(tenths) / 10)


@pytest.mark.parametrize(
    ("before", "mm", "after"),
    [
        (("233", "mm"), "2", "235mm"), (("0.6", "mm"), "0.1", "0.7mm"), (("0.2", "mm"), "0.1", "0.3mm"),
        (("12.50", "mm"), "0.1", "12.60mm"), ((".5", "mm"), "0.1", ".6mm"), (("0", ""), "0.1", "0.1mm"),
        (("0.1", "mm"), "-0.1", "0"), (("0.1", "mm"), "-0.2", "-0.1mm"), (("1", "cm"), "0.1", "1.01cm"),
        (("12", "pt"), "0.1", "12.28346pt"), (("10", "px"), "0.1", "10.37795px"), (("1.0", "MM"), "1", "2.0MM"),
        (("1", "pt"), "0", "1pt"), (("99.9", "mm"), "0.1", "100mm"), (("100", "mm"), "100", "200mm"),
    ],
)  # fmt: skip
def test_a_length_is_moved_in_its_unit(before: tuple[str, str], mm: str, after: str) -> None:
    assert str(Length(*before).moved(Decimal(mm))) == after


@given(LENGTHS, STEPS)
def test_there_and_back_ends_at_the_same_signs(length: Length, mm: Decimal) -> None:
    assert length.moved(mm).moved(-mm) == length


@given(LENGTHS, STEPS, STEPS)
def test_a_move_in_pieces_is_the_move_at_once(length: Length, one: Decimal, other: Decimal) -> None:
    assert length.moved(one).moved(other) == length.moved(one + other)


@given(LENGTHS, STEPS)
def test_it_moves_by_what_was_asked(length: Length, mm: Decimal) -> None:
    assert abs(length.moved(mm).mm - length.mm - mm) < Decimal("0.01")


@given(LENGTHS, STEPS)
def test_only_the_number_changes(length: Length, mm: Decimal) -> None:
    moved = length.moved(mm)
    assert moved.unit == length.unit or (str(moved) == "0" and length.unit.lower() == "mm")
    assert Decimal(moved.number) == Decimal(length.number) + mm * PER_MM[length.unit.lower()]
    assert "e" not in moved.number.lower()


def test_a_unit_is_as_long_as_elsewhere() -> None:
    assert float(1 / PER_MM["pt"]) == pytest.approx(MM_PER_PT, rel=2e-5)
    assert float(1 / PER_MM["pc"]) == pytest.approx(12 * MM_PER_PT, rel=2e-5)
    assert float(1 / PER_MM["in"]) == pytest.approx(MM_PER_INCH, rel=2e-5)
    assert float(PER_MM["px"]) == pytest.approx(PX_PER_MM, rel=2e-5)


def test_a_float_is_taken_as_a_person_means_it() -> None:
    assert in_steps(0.1 + 0.2) == Decimal("0.3")
    assert in_steps(-2.0) == Decimal(-2)
    assert in_steps(0.0004) == 0
    assert respelled("1", Decimal("1E+2")) == "100"
