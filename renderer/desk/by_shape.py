"""The columns of a file without a header → those that can be only one of ours, by their cells alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from renderer.desk.agreement import ALWAYS_FILLED, NEARLY_ALL, Households, agrees, day_of, is_like
from renderer.desk.value_tables import table_of
from renderer.intake.shapes import ColumnShapes, Shape
from renderer.intake.survey import OwnColumn, Survey
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


def by_rows(columns: Sequence[OwnColumn], seen: Survey, homes: Households) -> Iterator[tuple[str, OwnColumn]]:
    """Yield what rows tell: 生年月日 lies before all other dates, 本人家族 has one code once in each household."""
    dated = [own for own in columns if is_like("資格取得年月日", own)]
    births = [own for own in dated if is_like("生年月日", own) and _is_first(own, dated, seen)]
    if len(births) == 1 and len(dated) > 1:
        yield "生年月日", births[0]
    coded = [own for own in columns if own.shapes.codes and len(own.shapes.codes) == len(Relation)]
    relations = [own for own in coded if agrees("本人家族", own) and homes.one_in_each(own.at)]
    if len(relations) == 1:
        yield "本人家族", relations[0]


def _is_first(own: OwnColumn, dated: Sequence[OwnColumn], seen: Survey) -> bool:
    others = [other.at for other in dated if other is not own]
    days = [(day_of(cells[own.at]), [day_of(cells[at]) for at in others]) for cells in seen.sample]
    late = sum(bool(born and any(day and day < born for day in rest)) for born, rest in days)
    return any(born for born, _ in days) and late <= (1 - NEARLY_ALL) * len(days)


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
    return shapes.share(*asked) >= NEARLY_ALL and not _is_dated(shapes) and not shapes.codes


def _is_dated(shapes: ColumnShapes) -> bool:
    return shapes.share(Shape.DATE) >= NEARLY_ALL or shapes.share(Shape.ERA_DATE) >= NEARLY_ALL
