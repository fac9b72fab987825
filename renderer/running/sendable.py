"""Rows as they were read → the same with no more of a 個人番号 than four digits, so that they may leave the machine."""

from __future__ import annotations

from collections.abc import Sequence

from renderer.documents.numbers import (
    APART,
    NumberRefused,
    is_of_one_digit,
    last4,
    looks_like_my_number,
    mask,
    spans_my_number,
)
from renderer.intake.cells import NEIGHBOURS
from renderer.intake.rows import Row

_MY_NUMBER = "個人番号"


def sendable(rows: Sequence[Row]) -> list[Row] | None:
    """Return rows that validate as these do; None where one has more digits of a 個人番号 that its findings go by."""
    found = []
    for row in rows:
        reduced = _reduced(row)
        if reduced is None:
            return None
        found.append(reduced)
    return found


def _reduced(row: Row) -> Row | None:
    fields = row.fields
    others = APART.join(text for column, text in fields.items() if column != _MY_NUMBER)
    torn = (
        spans_my_number(fields.get(column, ""), fields.get(following, ""), least)
        for column, following, least in NEIGHBOURS
    )
    given = fields.get(_MY_NUMBER, "")
    if looks_like_my_number(others) or any(torn) or is_of_one_digit(given):
        return None
    try:
        four = last4(given)
    except NumberRefused:
        return None
    return row._replace(fields={**fields, _MY_NUMBER: mask(four)}) if four else row
