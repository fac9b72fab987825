"""What a cell looks like, and what is kept of a column: counts and nothing of a person."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.documents.numbers import my_number_check_digit
from renderer.intake.shapes import MOST_CODES, ColumnShapes, Distinct, Shape

MY_NUMBER = "12345678901" + my_number_check_digit("12345678901")


def looked_at(cells: Iterable[str]) -> ColumnShapes:
    shapes = ColumnShapes()
    for cell in cells:
        shapes.add(cell)
    return shapes


@pytest.mark.parametrize(
    ("cell", "shapes"),
    [
        ("カコウ　タロウ", {Shape.KANA}),
        ("ｶｺｳ ﾀﾛｳ", {Shape.HALF_KANA}),
        ("かこう　たろう", {Shape.HIRAGANA}),
        ("架空　太郎", {Shape.NAME}),
        ("髙橋　ゆり子", {Shape.NAME}),
        ("コーポ架空 201", {Shape.TEXT}),
        ("東京都千代田区架空町1-2-3", {Shape.TEXT, Shape.ADDRESS}),
        ("〒100-0001 東京都千代田区架空町１－２", {Shape.POSTAL_ADDRESS}),
        ("1000001東京都千代田区架空町", {Shape.POSTAL_ADDRESS}),
        ("100-0001", {Shape.POSTAL_CODE, Shape.PAIR}),
        ("１００－０００１", {Shape.POSTAL_CODE, Shape.PAIR}),
        ("〒100-0001", {Shape.POSTAL_CODE}),
        ("1000001", {Shape.DIGITS, Shape.POSTAL_CODE}),
        ("116-1234-01", {Shape.TRIPLE}),
        ("116-123", {Shape.PAIR}),
        ("健保1-1234-01", {Shape.TRIPLE}),
        ("1234", {Shape.DIGITS}),
        ("１２", {Shape.DIGITS}),
        ("45628", {Shape.DIGITS, Shape.SERIAL}),
        (MY_NUMBER, {Shape.DIGITS, Shape.MY_NUMBER}),
        (f"********{MY_NUMBER[-4:]}", {Shape.OTHER, Shape.MY_NUMBER}),
        ("20241202", {Shape.DIGITS, Shape.DATE, Shape.ERA_DATE}),
        ("5061202", {Shape.DIGITS, Shape.DATE, Shape.ERA_DATE, Shape.POSTAL_CODE}),
        ("9061202", {Shape.DIGITS, Shape.ERA_DATE, Shape.POSTAL_CODE}),
        ("05061202", {Shape.DIGITS, Shape.ERA_DATE}),
        ("S550105", {Shape.CODE, Shape.DATE}),
        ("令和6年12月2日", {Shape.TEXT, Shape.DATE}),
        ("R6.12.2", {Shape.OTHER, Shape.DATE}),
        ("2024/12/2", {Shape.OTHER, Shape.DATE}),
        ("241202", {Shape.DIGITS, Shape.SHORT_DATE}),
        ("24/12/02", {Shape.OTHER, Shape.SHORT_DATE}),
        ("31/12/2024", {Shape.OTHER, Shape.DAY_FIRST}),
        ("12/31/2024", {Shape.OTHER, Shape.MONTH_FIRST}),
        ("01/02/2024", {Shape.OTHER, Shape.DAY_OR_MONTH_FIRST}),
        ("A-0001_b", {Shape.CODE}),
        ("Kakuu Taro", {Shape.LATIN}),
        ("", set()),
        ("　 ", set()),
    ],
)
def test_a_cell_has_these_shapes(cell: str, shapes: set[Shape]) -> None:
    assert set(looked_at([cell]).shapes) == shapes


def test_a_column_is_counted() -> None:
    shapes = looked_at(["1", "2", "", "2", " 12 "])
    assert (shapes.cells, shapes.filled, shapes.distinct.count) == (5, 4, 3)
    assert shapes.lengths == {1: 3, 2: 1} == shapes.digits
    assert shapes.codes == {"1": 1, "2": 2, "12": 1}
    assert not shapes.is_unique
    assert looked_at(["1", "2", ""]).is_unique


def test_cells_that_are_many_or_long_are_not_kept() -> None:
    assert looked_at(str(number) for number in range(MOST_CODES + 1)).codes is None
    assert looked_at(["架空台架空太郎左衛門"]).codes is None
    assert "架空" not in repr(looked_at(["架空"]))


def test_of_eras_the_first_and_the_last_day_are_kept() -> None:
    shapes = looked_at(["5061202", "5010501", "4010108", "3640107"])
    assert shapes.eras == {"5": (10501, 61202), "4": (10108, 10108), "3": (640107, 640107)}


@given(st.integers(0, 30_000))
def test_different_cells_are_counted_exactly_where_they_are_few_and_nearly_where_they_are_many(many: int) -> None:
    distinct = Distinct()
    for number in range(many):
        distinct.add(str(number))
        if number % 3 == 0:
            distinct.add(str(number // 2))
    assert distinct.count == many if distinct.is_exact else abs(distinct.count - many) < 0.12 * many


@given(st.text(max_size=30))
def test_any_cell_has_a_shape(cell: str) -> None:
    shapes = looked_at([cell])
    assert shapes.filled == bool(shapes.shapes)
