"""Decisions → how the cells of each column are to be read: value tables, forms of dates, digits that were lost."""

from __future__ import annotations

from collections.abc import Mapping

from renderer.desk.date_forms import DateForm, form_of_dates, order_of
from renderer.desk.decisions import DATES, Decision, Decisions
from renderer.desk.value_tables import table_of
from renderer.intake.survey import OwnColumn

_DIGITS = {"郵便番号": (7, 5), "送付先郵便番号": (7, 5), "個人番号": (12, 9)}
"""Standard column → how many digits it has, and how many a spreadsheet leaves at the least."""


def read_codes_and_dates(decided: Decisions, eras: Mapping[int, str] | None) -> None:
    """Say of each column how its codes, dates and digits are read; where that is not certain, it is a doubt.

    ``eras`` are the codes of eras in the file; None where they are not clear.
    """
    order = order_of(one.own[0].shapes for one in decided.made if one.ours[:1] and one.ours[0] in DATES)
    for one in decided.made:
        if len(one.ours) != 1 or len(one.own) != 1 or not one.own[0].shapes.filled:
            continue
        column, shapes = one.ours[0], one.own[0].shapes
        if column in DATES:
            _read_dates(one, form_of_dates(shapes, eras, order))
        elif column in ("性別", "負担割合", "限度額区分"):
            table = table_of(column, shapes.codes)
            one.table = table or {}
            if table is None and one.is_sure:
                one.is_sure, one.why = False, "codes"
        elif column in _DIGITS:
            one.digits = _eaten(column, one.own[0])


def _read_dates(one: Decision, form: DateForm) -> None:
    one.form = form.form
    if not form.is_sure and one.is_sure:
        one.is_sure, one.why = False, "dates"


def _eaten(column: str, own: OwnColumn) -> int:
    """Return how many digits a column must have whose cells have lost noughts; 0 where none has."""
    most, least = _DIGITS[column]
    lengths = own.shapes.digits
    if column == "個人番号" and lengths and max(lengths) <= 4:
        most, least = 4, 1
    return most if lengths and max(lengths) == most and least <= min(lengths) < most else 0
