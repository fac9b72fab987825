"""The dates of a file → the form by which all of a column are read, and the codes of eras, where they are certain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from renderer.documents.eras import ERAS, Era
from renderer.intake.shapes import ColumnShapes, Shape

_NEARLY_ALL = 0.98
CALENDAR = (
    (Shape.DATE,),
    (Shape.ERA_DATE,),
    (Shape.SHORT_DATE,),
    (Shape.DAY_FIRST, Shape.MONTH_FIRST, Shape.DAY_OR_MONTH_FIRST),
)
"""Shapes of which a column of dates has one all over, or one of several."""


@dataclass(frozen=True, slots=True)
class DateForm:
    """How the dates of a column are to be read."""

    form: str
    """As in a column map; "" for what the general reader takes."""
    is_sure: bool = True


def form_of_dates(shapes: ColumnShapes, eras: Mapping[int, str] | None, order: Shape | None) -> DateForm:
    """Return how a column of dates is to be read.

    ``eras`` are the codes of eras in the file, and ``order`` is whether its days or its months come first; None where
    that is not clear.
    """

    def all_are(*asked: Shape) -> bool:
        return sum(shapes.shapes[shape] for shape in asked) >= _NEARLY_ALL * shapes.filled

    if has_era_codes(shapes):
        if eras == STANDARD_ERAS and all_are(Shape.DATE):
            return DateForm("")
        return DateForm("e" * min(map(len, shapes.eras)) + "yymmdd", eras is not None)
    if all_are(Shape.DATE):
        return DateForm("")
    if all_are(Shape.DAY_FIRST, Shape.MONTH_FIRST, Shape.DAY_OR_MONTH_FIRST):
        return DateForm("ddmmyyyy" if order is Shape.DAY_FIRST else "mmddyyyy", order is not None)
    if all_are(Shape.SHORT_DATE):
        return DateForm("19yymmdd", is_sure=False)
    return (
        DateForm("serial") if all_are(Shape.SERIAL) and set(shapes.lengths) <= {4, 5} else DateForm("", is_sure=False)
    )


def has_era_codes(shapes: ColumnShapes) -> bool:
    """Whether the cells of a column are digits with the code of an era in front, and no years of four digits."""
    are_years = 8 in shapes.digits and shapes.share(Shape.DATE) >= _NEARLY_ALL
    return shapes.share(Shape.ERA_DATE) >= _NEARLY_ALL and not are_years


def order_of(columns: Iterable[ColumnShapes]) -> Shape | None:
    """Return whether in all dates of a file the day comes first, or the month; None where that is not clear."""
    found = {shape for shapes in columns for shape in (Shape.DAY_FIRST, Shape.MONTH_FIRST) if shapes.shapes[shape]}
    return found.pop() if len(found) == 1 else None


STANDARD_ERAS = {int(era.code): era.name for era in ERAS}
"""Codes of eras as the general reader knows them."""
_CODINGS = (STANDARD_ERAS, {2 * place + 1: era.name for place, era in enumerate(ERAS)})
"""What systems write for the eras in front of yymmdd: 1 to 5, or 1 3 5 7 9."""
_BY_NAME = {era.name: era for era in ERAS}


def eras_of(columns: Iterable[ColumnShapes]) -> Mapping[int, str] | None:
    """Return the coding of eras by which all dates of a file are in their eras; None where none is, or several are."""
    ranges: dict[str, tuple[int, int]] = {}
    for shapes in columns:
        for code, (first, last) in shapes.eras.items():
            before = ranges.get(code, (first, last))
            ranges[code] = min(before[0], first), max(before[1], last)
    fitting = [coding for coding in _CODINGS if all(_fits(coding, code, *found) for code, found in ranges.items())]
    return fitting[0] if len(fitting) == 1 and ranges else None


def _fits(coding: Mapping[int, str], code: str, first: int, last: int) -> bool:
    if not code.isdecimal() or int(code) not in coding:
        return False
    era = _BY_NAME[coding[int(code)]]
    begins, ends = _number_of(era.first_day, era), _number_of(_last_day(era), era)
    return begins <= first and last <= ends


def _last_day(era: Era) -> date:
    """Return the last day that is written in an era: the end of the year in which it ended; the present one goes on."""
    following = next((other for other in ERAS if other.first_day > era.first_day), None)
    return date(following.first_year, 12, 31) if following else era.first_day + timedelta(days=36500)


def _number_of(day: date, era: Era) -> int:
    return (day.year - era.first_year + 1) * 10000 + day.month * 100 + day.day
