"""The columns of a file without a header → those that can be only one of ours, by their cells alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from renderer.desk.agreement import ALWAYS_FILLED, NEARLY_ALL, agrees
from renderer.desk.value_tables import table_of
from renderer.intake.shapes import ColumnShapes, Shape
from renderer.intake.survey import OwnColumn
from renderer.model.member import Relation, Sex

_ONLY = {
    "フリガナ": (Shape.KANA, Shape.HALF_KANA),
    "郵便番号": (Shape.POSTAL_CODE,),
    "住所": (Shape.ADDRESS,),
    "個人番号": (Shape.MY_NUMBER,),
}
"""Standard column → shapes that no other standard column has, where the file has them once."""


def only_by_shape(columns: Sequence[OwnColumn]) -> Iterator[tuple[str, OwnColumn]]:
    """Yield standard columns, each with the only own column that has its cells."""
    for column, shapes in _ONLY.items():
        found = [own for own in columns if _is_only(own.shapes, shapes)]
        if len(found) == 1 and (agrees(column, found[0]) or column not in ALWAYS_FILLED):
            yield column, found[0]


def words_only(columns: Sequence[OwnColumn]) -> Iterator[tuple[str, OwnColumn]]:
    """Yield 性別 and 本人家族 with the only own column that has words for what they say."""
    for column, words in (("性別", {*Sex}), ("本人家族", {*Relation})):
        found = [own for own in columns if _has_words(column, own.shapes, {word.value for word in words})]
        if len(found) == 1:
            yield column, found[0]


def _has_words(column: str, shapes: ColumnShapes, words: set[str]) -> bool:
    """Whether all cells are words for what a column may say: a code of a digit could be that of any column."""
    if not shapes.codes or any(code.isascii() for code in shapes.codes):
        return False
    table = table_of(column, shapes.codes)
    return table is not None and len(set(table.values() or shapes.codes)) > 1 and words.issuperset(table.values())


def _is_only(shapes: ColumnShapes, asked: tuple[Shape, ...]) -> bool:
    """Whether a column has these shapes, and is neither one of dates nor one of codes, such as ア to オ."""
    return shapes.share(*asked) >= NEARLY_ALL and not _is_dated(shapes) and shapes.codes is None


def _is_dated(shapes: ColumnShapes) -> bool:
    return shapes.share(Shape.DATE) >= NEARLY_ALL or shapes.share(Shape.ERA_DATE) >= NEARLY_ALL
