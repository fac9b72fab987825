"""``[select]`` of a job and the lists it names → which rows of the member file get no paper, and by which rule.

Asked of cells as they stand in the file, so that a row is passed over whatever else is wrong with it. Of a row that may
not be printed, a cell that is blank or cannot be understood passes nobody over: the row is held, and somebody looks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, create_model

from renderer.documents.document import FORWARDING_COLUMNS, STANDARD_COLUMNS
from renderer.documents.eras import DateRefused, parse_date
from renderer.intake.cells import seven_digits, two_digits
from renderer.intake.keys import ExistingFile, is_record_number, narrow_key
from renderer.intake.lists import read_list
from renderer.model.errors import BadJob
from renderer.model.job import Days, Listed, Selection
from renderer.model.member import LIMIT_CLASSES, RATIOS, Relation, Sex
from renderer.model.toml import Strict, advice
from renderer.model.widths import NARROW

RECORD, REASON = "整理番号", "理由"
ONLY, EXCEPT, CHANGED, NEW = "only", "except", "changed", "new"
"""Keys of ``[select]`` that are rules beside the columns, as lists and reports name them."""
DATES = ("生年月日", "資格取得年月日", "認定年月日", "登録年月日", "発効期日", "資格喪失予定年月日")
MAY_CHANGE = tuple(column for column in (*STANDARD_COLUMNS, *FORWARDING_COLUMNS) if column != RECORD)
"""Columns of which it may be asked whether they have changed."""

Reading = Callable[[str], str | None]
"""A cell → the value that a member has of it; None where it has none."""


def _one_of(known: Sequence[str]) -> Reading:
    return lambda cell: cell if cell in known else None


def _postal_code(cell: str) -> str | None:
    return seven_digits(cell) if cell.strip() else ""


VALUES: Mapping[str, Reading] = {
    "記号": narrow_key,
    "枝番": two_digits,
    "本人家族": _one_of(tuple(Relation)),
    "性別": _one_of(tuple(Sex)),
    "郵便番号": _postal_code,
    "事業所番号": narrow_key,
    "負担割合": lambda cell: RATIOS.get(cell.translate(NARROW)),
    "限度額区分": _one_of(LIMIT_CLASSES),
}
"""Columns that may be asked for a value: none of them names a person, and a job file is no place for one."""
_FORMS = {"枝番": 'one or two digits, such as "01"', "郵便番号": 'seven digits, such as "100-0001"'}
"""What a value is of columns that have no closed list."""


# The table of the job file.


def _values_of(column: str) -> Callable[[object], tuple[str, ...]]:
    def values(given: object) -> tuple[str, ...]:
        listed = [given] if isinstance(given, str) else given
        if not isinstance(listed, list) or not listed or not all(isinstance(value, str) for value in listed):
            raise ValueError('must be text in quotes, or a list of such: "a" or ["a", "b"]')
        return tuple(_value(column, value) for value in listed)

    return values


def _value(column: str, given: str) -> str:
    value = VALUES[column](given)
    if value is None and column in _FORMS:
        raise ValueError(f"{column} is {_FORMS[column]}")
    if value is None:
        known = [*RATIOS] if column == "負担割合" else [*Relation, *Sex, *LIMIT_CLASSES]
        right = [f'"{one}"' for one in dict.fromkeys(known) if VALUES[column](one) is not None]
        raise ValueError(f"{column} is {' or '.join(right)}{advice(given, [one[1:-1] for one in right])}")
    return value


def _days(given: object) -> Days:
    first, dots, last = given.partition("..") if isinstance(given, str) else ("", "", "")
    if not dots or not (first or last):
        raise ValueError('must be a span of days such as "2026-10-01..2026-10-31", "2026-10-01.." or "..2026-10-31"')
    days = Days(_day(first) if first else date.min, _day(last) if last else date.max)
    if days.first > days.last:
        raise ValueError("ends before it begins; exchange the two days")
    return days


def _day(text: str) -> date:
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise ValueError(f'"{text}" is no day of the calendar such as 2026-10-01')


def _changing(given: list[str]) -> list[str]:
    for column in given:
        if column not in MAY_CHANGE:
            raise ValueError(f'"{column}" is no column that may change{advice(column, MAY_CHANGE)}')
    return given


_KEYS: dict[str, Any] = {
    ONLY: (ExistingFile | None, None),
    EXCEPT: (ExistingFile | None, None),
    CHANGED: (Annotated[list[str], AfterValidator(_changing)], []),
    NEW: (bool, False),
    **{column: (Annotated[Any, BeforeValidator(_values_of(column))], None) for column in VALUES},
    **{column: (Annotated[Any, BeforeValidator(_days)], None) for column in DATES},
}
SelectTable: type[Strict] = create_model("SelectTable", __base__=Strict, **_KEYS)
"""``[select]`` of a job file: not written as a class, for ``except`` names no attribute."""


def selection_of(checked: Strict) -> Selection | None:
    """Return what a checked ``SelectTable`` asks for, its columns in the order of the member file; None for nothing."""
    given = {key: getattr(checked, key) for key in checked.model_fields_set}
    columns = tuple((column, given[column]) for column in STANDARD_COLUMNS if column in given)
    selection = Selection(
        columns, given.get(ONLY), given.get(EXCEPT), tuple(given.get(CHANGED, ())), given.get(NEW, False)
    )
    return selection if selection != Selection() else None


# The lists.


@dataclass(frozen=True, slots=True)
class RecordList:
    """A list of 整理番号."""

    path: Path
    lines: Mapping[str, int]
    """整理番号 → its line, from 1."""
    reasons: Mapping[str, str]
    """整理番号 → why it is listed, in a list of those who get no paper."""


def load_list(path: Path, *, with_reason: bool) -> RecordList:
    """Read a list: a CSV in UTF-8, UTF-16 or CP932 with the column 整理番号, and 理由 ``with_reason``.

    :raises BadJob: naming the line that has no right form, or a 整理番号 a second time.
    """
    header = [RECORD, REASON] if with_reason else [RECORD]
    lines: dict[str, int] = {}
    reasons: dict[str, str] = {}
    for line, cells in read_list(path, header):
        record = narrow_key(cells[0])
        if not is_record_number(record):
            raise BadJob(
                f"{path.name} line {line}: the 整理番号 has other signs than digits, letters, - and _, or over 20, "
                "and is of nobody in any member file; correct it"
            )
        if record in lines:
            raise BadJob(f"{path.name} line {line}: line {lines[record]} has the same 整理番号; take one out")
        lines[record] = line
        reasons[record] = cells[1] if with_reason else ""
    return RecordList(path, lines, reasons)


# The rows.


class Selector:
    """What a job asks of each row, its lists read."""

    def __init__(self, selection: Selection) -> None:
        """Read the lists.

        :raises BadJob: naming the line of a list that has no right form.
        """
        self.only = load_list(selection.only, with_reason=False) if selection.only else None
        self.stopped = load_list(selection.stopped, with_reason=True) if selection.stopped else None
        self.selection = selection

    def passes_over(self, cells: Mapping[str, str], *, is_member: bool) -> str:
        """Name the first rule by which a row gets no paper, "" for none; ``is_member`` when nothing holds the row.

        The rules by change are asked elsewhere, of members only.
        """
        if not cells:
            return ""
        record = narrow_key(cells[RECORD])
        if self.stopped and record in self.stopped.lines:
            return EXCEPT
        if self.only and record not in self.only.lines and (is_member or record):
            return ONLY
        others = (name for name, asked in self.selection.columns if _is_other(name, cells[name], asked, is_member))
        return next(others, "")

    def is_listed(self, record: str) -> bool:
        """Whether a list names a record."""
        return any(record in named.lines for named in self._lists())

    def strangers(self, found: set[str]) -> Iterator[Listed]:
        """Name the lines of the lists whose records are none of those found in the member file."""
        for named in self._lists():
            for record, line in named.lines.items():
                if record not in found:
                    yield Listed(named.path.name, line, record)

    def _lists(self) -> Iterator[RecordList]:
        return (named for named in (self.stopped, self.only) if named)


def _is_other(column: str, cell: str, asked: tuple[str, ...] | Days, is_member: bool) -> bool:
    """Whether a cell says for certain something else than is asked for."""
    if not is_member and not cell.strip():
        return False
    if isinstance(asked, Days):
        try:
            return not cell.strip() or not asked.first <= parse_date(cell).date <= asked.last
        except DateRefused:
            return False
    value = VALUES[column](cell)
    return value is not None and value not in asked
