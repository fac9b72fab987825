"""A record under the columns of its file → its cells under ours, as the column map says, and where they come from.

Stated once more, from docs/column-map.md and from nothing that intake goes by. A record that intake has to hold comes
out without its 整理番号: it is a row of the file, and nobody may have printed it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from itertools import chain

from renderer.proof.cells import NUMBER, day_of_form, last_four, narrow
from renderer.proof.source_file import Number, Table

STANDARD = (
    "整理番号", "記号", "番号", "枝番", "本人家族", "氏名", "フリガナ", "性別", "生年月日", "資格取得年月日",
    "認定年月日", "被保険者氏名", "登録年月日", "個人番号", "郵便番号", "住所", "方書", "事業所番号", "事業所名",
    "負担割合", "発効期日", "限度額区分", "資格喪失予定年月日", "備考", "送付先氏名", "送付先郵便番号", "送付先住所",
    "送付先方書",
)  # fmt: skip
"""The columns of docs/member-file.md."""
_Step = Callable[[str], str | None]
"""A cell → what becomes of it, None where its record has to be held."""
_POSTAL_CODE = re.compile(r"\s*+〒?\s*+([0-9]{3})[-‐‑–—―−ー]?([0-9]{4})(?![0-9])(.*)", re.DOTALL)
_MY_NUMBER = re.compile(r"(?<!\d)\d{4}[-－\s]?\d{4}[-－\s]?\d{4}(?!\d)")
_NOT_PRINTED = STANDARD.index("事業所番号")
_KEPT = 15
"""Digits that a spreadsheet keeps of a number."""
_ERAS = {"1": "明治", "2": "大正", "3": "昭和", "4": "平成", "5": "令和"}


class ColumnMap:
    """What becomes of the records of one file."""

    def __init__(self, given: Table, own: Sequence[str], standard: Sequence[str] = STANDARD) -> None:
        """Take in a column map, for a file with these own columns; KeyError or ValueError where it does not fit.

        ``standard`` are the columns that come of them, with those that a pack's document adds.
        """
        self._own, self._standard = own, standard
        stands_in = {column: column for column in own}
        self._splits = [(column, split["into"], split["at"]) for column, split in given.get("split", {}).items()]
        for column, into, _ in self._splits:
            stands_in |= dict.fromkeys(into, stands_in.pop(column))
        named = {
            column: [parts] if isinstance(parts, str) else parts for column, parts in given.get("columns", {}).items()
        }
        constants: Table = given.get("constants", {})
        ignored = given.get("ignore", "others")
        taken = {*named, *chain(*named.values()), *constants, *(() if ignored == "others" else ignored)}
        named |= {column: [column] for column in standard if column in stands_in and column not in taken}
        used = list(chain(*named.values()))
        self.origins = {column: list(dict.fromkeys(stands_in[part] for part in named[column])) for column in named}
        """Standard column → the own columns, as they stand in the file, that it comes from; for a constant the map."""
        self.origins |= {column: [f"{column} of the column map"] for column in constants}
        if len(set(used)) < len(used) or any(own.count(stands_in[part]) > 1 for part in used):
            raise ValueError("an own column is there or used twice")
        steps = {column: _steps(given, column) for column in (*named, *constants)}
        between = given.get("join", {})
        self._columns = [(column, parts, between.get(column, ""), steps[column]) for column, parts in named.items()]
        self._constants = {column: _through(steps[column], cell) for column, cell in constants.items()}
        self._used, self._my_number = used, named.get("個人番号", ())

    def row(self, record: Sequence[str]) -> list[str]:
        """Return the cells of the standard columns, of a 個人番号 no more than the last four digits."""
        own = dict(zip(self._own, record, strict=True))
        is_held = False
        for column, into, at in self._splits:
            parts = _divided(own.pop(column), at, len(into))
            is_held |= parts is None
            own |= zip(into, parts or [""] * len(into), strict=True)
        is_held |= any(type(own[part]) is Number and self._is_rounded(part, own[part]) for part in self._used)
        cells: dict[str, str | None] = dict(self._constants)
        for column, parts, between, steps in self._columns:
            cell = own[parts[0]] if len(parts) == 1 else _joined([own[part] for part in parts], between)
            cells[column] = _through(steps, cell) if steps else cell
        if is_held or None in cells.values():
            cells["整理番号"] = ""
        cells["個人番号"] = last_four(cells.get("個人番号") or "")
        return _without_my_number([cells.get(column) or "" for column in self._standard])

    def _is_rounded(self, column: str, number: str) -> bool:
        is_my_number = column in self._my_number and len(number) == 12 and number.endswith("000")
        return is_my_number or len(number.lstrip("-")) > _KEPT


def _divided(cell: str, at: str, number: int) -> Sequence[str] | None:
    if not cell.strip():
        return [""] * number
    if at == "postal-code":
        found = _POSTAL_CODE.fullmatch(narrow(cell))
        return found and [found[1] + found[2], cell[found.start(3) :].strip()]
    parts = cell.split(at)
    return parts if len(parts) == number else None


def _joined(parts: Sequence[str], between: str) -> str:
    return between.join(filter(None, (part.strip() for part in parts)))


def _without_my_number(cells: list[str]) -> list[str]:
    """Blank what looks like a whole 個人番号: intake has held its record, and it may lie nowhere."""
    if _MY_NUMBER.search("\n\n".join(cells)):
        for at, cell in enumerate(cells):
            if at != _NOT_PRINTED and _MY_NUMBER.search(cell):
                cells[at] = ""
    return cells


def _through(steps: Sequence[_Step], cell: str) -> str | None:
    for step in steps:
        changed = step(cell)
        if changed is None:
            return None
        cell = changed
    return cell


def _steps(given: Table, column: str) -> list[_Step]:
    """Return what is done to the cells of a standard column, in this order."""
    steps: list[_Step] = []
    if table := given.get("values", {}).get(column):
        steps.append(lambda cell: table.get(cell.strip(), None if cell.strip() else ""))
    if length := given.get("digits", {}).get(column):
        steps.append(lambda cell: _filled(cell, length))
    form = given.get("dates", {}).get(column, "general")
    if form != "general":
        eras = {int(code): era for code, era in given.get("eras", _ERAS).items()}
        steps.append(lambda cell: _written(day_of_form(cell, form, eras)) if cell.strip() else "")
    return steps


def _written(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


def _filled(cell: str, length: int) -> str | None:
    number = narrow(cell).strip()
    if not NUMBER.fullmatch(number):
        return cell
    return number.zfill(length) if len(number) <= length else None
