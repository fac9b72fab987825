"""A standard column and an own one → whether the cells of the one are what the other holds.

By themselves cells seldom say what they are; beside a name they say whether it is true. Where the rows of a household
are known, they tell more: a name that all of a family have is that of the insured.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from renderer.desk.date_forms import CALENDAR
from renderer.desk.value_tables import table_of
from renderer.documents.eras import DateRefused, parse_date
from renderer.intake.shapes import ColumnShapes, Shape
from renderer.intake.survey import OwnColumn, Survey

NEARLY_ALL = 0.98
"""Share of cells that must look right: a file may have some that are wrong."""
MOST = 0.9
_HALF = 0.5
_NAMED = (Shape.NAME, Shape.KANA, Shape.HALF_KANA, Shape.HIRAGANA, Shape.LATIN)
_WRITTEN = (*_NAMED, Shape.TEXT, Shape.CODE, Shape.DIGITS)
_LONGEST_KEY = 12
_FEW_HOUSEHOLDS = 3


def agrees(column: str, own: OwnColumn) -> bool:
    """Whether the cells of an own column may be those of a standard one."""
    shapes = own.shapes
    if not shapes.filled:  # it may be any that may be blank
        return column not in ALWAYS_FILLED
    return _AGREES[column](shapes) and (column not in ALWAYS_FILLED or shapes.filled > MOST * shapes.cells)


ALWAYS_FILLED = frozenset(("整理番号", "番号", "本人家族", "氏名", "生年月日", "郵便番号", "住所"))
"""Standard columns in which no row may be blank."""


def _record(shapes: ColumnShapes) -> bool:
    return (
        shapes.is_unique
        and shapes.share(Shape.DIGITS, Shape.CODE, Shape.PAIR, Shape.TRIPLE) == 1
        and max(shapes.lengths) <= 20
        and not shapes.shapes[Shape.MY_NUMBER]
    )


def _key(shapes: ColumnShapes) -> bool:
    return max(shapes.lengths) <= _LONGEST_KEY and not _is_calendar(shapes) and not shapes.shapes[Shape.ADDRESS]


def _number(shapes: ColumnShapes) -> bool:
    return shapes.share(Shape.DIGITS) >= NEARLY_ALL and max(shapes.lengths) <= 11 and shapes.distinct.count > 1


def _branch(shapes: ColumnShapes) -> bool:
    return shapes.share(Shape.DIGITS) == 1 and max(shapes.lengths) <= 2


def _name(shapes: ColumnShapes) -> bool:
    return shapes.share(*_NAMED) >= NEARLY_ALL and shapes.distinct.count > 1 and not _is_calendar(shapes)


def _kana(shapes: ColumnShapes) -> bool:
    return shapes.share(Shape.KANA, Shape.HALF_KANA, Shape.HIRAGANA, Shape.LATIN) >= NEARLY_ALL


def _is_dated(shapes: ColumnShapes) -> bool:
    return _is_calendar(shapes) or shapes.share(Shape.SERIAL) >= NEARLY_ALL


def _is_calendar(shapes: ColumnShapes) -> bool:
    """Whether the cells are dates beyond doubt: short digits may be days of a spreadsheet, or anything else."""
    return max(shapes.share(*kind) for kind in CALENDAR) >= NEARLY_ALL


def _my_number(shapes: ColumnShapes) -> bool:
    """Whether cells are whole numbers, or their last four digits; a spreadsheet eats the noughts of both."""
    last_four = sum(count for length, count in shapes.digits.items() if length <= 4)
    return last_four + shapes.shapes[Shape.MY_NUMBER] >= NEARLY_ALL * shapes.filled


def _postal_code(shapes: ColumnShapes) -> bool:
    eaten = shapes.share(Shape.DIGITS) == 1 and set(shapes.lengths) <= {5, 6, 7} and 7 in shapes.lengths
    return shapes.share(Shape.POSTAL_CODE) >= NEARLY_ALL or eaten


def _address(shapes: ColumnShapes) -> bool:
    """Most addresses have a number; some systems leave the prefecture out."""
    return shapes.share(Shape.TEXT) + shapes.share(Shape.NAME) >= MOST and shapes.distinct.count > 1


def begins_an_address(own: OwnColumn) -> bool:
    """Whether nearly all cells begin with a prefecture."""
    return bool(own.shapes.filled) and _has_prefectures(own.shapes)


def _has_prefectures(shapes: ColumnShapes) -> bool:
    return shapes.share(Shape.ADDRESS) >= MOST


def _forwarded(shapes: ColumnShapes) -> bool:
    return shapes.share(*_WRITTEN) >= MOST and not _is_calendar(shapes)


def _building(shapes: ColumnShapes) -> bool:
    """Most name a room or a floor; what has no digits may be a remark."""
    return _plain_text(shapes) and shapes.share(Shape.TEXT, Shape.CODE, Shape.DIGITS, Shape.PAIR) >= _HALF


def _plain_text(shapes: ColumnShapes) -> bool:
    return _forwarded(shapes) and not _has_prefectures(shapes)


def _workplace(shapes: ColumnShapes) -> bool:
    return _plain_text(shapes) and shapes.share(Shape.DIGITS, Shape.CODE) < MOST


def _workplace_code(shapes: ColumnShapes) -> bool:
    return shapes.share(Shape.DIGITS, Shape.CODE, Shape.PAIR) >= MOST and max(shapes.lengths) <= 20


def _coded(column: str) -> Callable[[ColumnShapes], bool]:
    return lambda shapes: table_of(column, shapes.codes) is not None


def _relation(shapes: ColumnShapes) -> bool:
    return shapes.codes is not None and shapes.distinct.count > 1 and not _is_calendar(shapes)


_AGREES: Mapping[str, Callable[[ColumnShapes], bool]] = {
    "整理番号": _record,
    "記号": _key,
    "番号": _number,
    "枝番": _branch,
    "本人家族": _relation,
    "氏名": _name,
    "フリガナ": _kana,
    "性別": _coded("性別"),
    "生年月日": _is_dated,
    "資格取得年月日": _is_dated,
    "認定年月日": _is_dated,
    "被保険者氏名": _name,
    "登録年月日": _is_dated,
    "個人番号": _my_number,
    "郵便番号": _postal_code,
    "住所": _address,
    "方書": _building,
    "事業所番号": _workplace_code,
    "事業所名": _workplace,
    "負担割合": _coded("負担割合"),
    "発効期日": _is_dated,
    "限度額区分": _coded("限度額区分"),
    "資格喪失予定年月日": _is_dated,
    "備考": _forwarded,
    "送付先氏名": _name,
    "送付先郵便番号": _postal_code,
    "送付先住所": _address,
    "送付先方書": _building,
}


_DATES = ("生年月日", "資格取得年月日", "認定年月日", "資格喪失予定年月日", "登録年月日", "発効期日")
MOST_TELLING = (
    *("個人番号", "フリガナ", "氏名", "被保険者氏名", *_DATES, "郵便番号", "住所", "性別", "限度額区分", "負担割合"),
    *("枝番", "本人家族", "整理番号", "番号", "記号", "事業所番号", "方書", "事業所名", "備考"),
)
"""Standard columns, those first whose cells say most."""
_MAY_BE_CONSTANT = ("個人番号", "記号", "事業所番号", "事業所名")
"""Standard columns in which everybody may have the same; sums of whole 個人番号 are not kept."""
_LIKE = {
    "フリガナ": (Shape.KANA, Shape.HALF_KANA, Shape.HIRAGANA),
    "整理番号": (Shape.DIGITS, Shape.CODE),
    "氏名": (Shape.NAME,),
    "住所": (Shape.ADDRESS, Shape.POSTAL_ADDRESS),
    **dict.fromkeys(("方書", "事業所名", "備考"), (Shape.NAME, Shape.TEXT, Shape.KANA)),
}
"""Standard column → of the shapes that it may have, those that are a reason to ask a person."""


def is_like(column: str, own: OwnColumn) -> bool:
    """Whether the cells of a column whose name says nothing are a reason to ask a person."""
    shapes = own.shapes
    if not agrees(column, own) or (column in _DATES and not _is_calendar(shapes)):
        return False
    if column == "フリガナ" and shapes.codes is not None:  # ア to オ of 限度額区分
        return False
    if column == "個人番号" and not (shapes.shapes[Shape.MY_NUMBER] or set(shapes.digits) == {4}):
        return False
    if shapes.distinct.count < 2 and column not in _MAY_BE_CONSTANT:
        return False
    return column not in _LIKE or shapes.share(*_LIKE[column]) >= MOST


def day_of(text: str) -> date | None:
    """Read a date as the general reader does; None where it is none."""
    try:
        return parse_date(text).date
    except DateRefused:
        return None


class Households:
    """The rows of the sample, household by household, as far as some columns say who belongs together."""

    def __init__(self, seen: Survey, keys: Sequence[Callable[[Sequence[str]], str]]) -> None:
        groups: dict[tuple[str, ...], list[Sequence[str]]] = defaultdict(list)
        for cells in seen.sample if keys else ():
            groups[tuple(key(cells) for key in keys)].append(cells)
        self.all = list(groups.values())
        self.families = [rows for rows in self.all if 1 < len(rows) < 12]
        """Those of several rows."""

    @property
    def say_something(self) -> bool:
        """Whether there are enough of them to say anything."""
        return len(self.families) >= _FEW_HOUSEHOLDS

    def differ(self, at: Iterable[int]) -> bool:
        """Whether a column, or several taken together, differ from row to row within households."""
        places = tuple(at)
        apart = sum(len({_at(cells, places) for cells in rows}) == len(rows) for rows in self.families)
        return self.say_something and apart >= MOST * len(self.families)

    def agree(self, at: Iterable[int]) -> bool:
        """Whether all rows of a household have the same there, or nothing."""
        places = tuple(at)
        same = sum(len({_at(cells, places) for cells in rows} - {()}) < 2 for rows in self.families)
        return self.say_something and same >= MOST * len(self.families)

    def one_in_each(self, at: int) -> str:
        """Return the code that one row of nearly every household has, and no two; "" where there is not just one."""
        counts = [[cells[at] for cells in rows] for rows in self.all if len(rows) < 12]
        codes = {code for cells in counts for code in cells if code}
        alone = [
            code
            for code in codes
            if max(cells.count(code) for cells in counts) == 1
            and sum(code in cells for cells in counts) >= MOST * len(counts)
        ]
        return alone[0] if len(alone) == 1 and self.say_something else ""


def _at(cells: Sequence[str], places: tuple[int, ...]) -> tuple[str, ...]:
    found = tuple(cells[at] for at in places)
    return found if any(found) else ()
