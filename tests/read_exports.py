"""An export and its column map → its own columns and standard rows, by csv, openpyxl and slices of bytes.

Written from docs/column-map.md for the maps of the exports alone, it shares no code with the program: what the program
reads can be compared with it. It believes every cell and holds nothing: a cell that is not as the map says raises.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any

import jaconv
from openpyxl import load_workbook

STANDARD = (
    *("整理番号", "記号", "番号", "枝番", "本人家族", "氏名", "フリガナ", "性別", "生年月日", "資格取得年月日"),
    *("認定年月日", "被保険者氏名", "登録年月日", "個人番号", "郵便番号", "住所", "方書", "事業所番号", "事業所名"),
    *("負担割合", "発効期日", "限度額区分", "資格喪失予定年月日", "備考"),
)
DATES = ("生年月日", "資格取得年月日", "認定年月日", "登録年月日", "発効期日", "資格喪失予定年月日")
FIRST_YEARS = {"明治": 1868, "大正": 1912, "昭和": 1926, "平成": 1989, "令和": 2019}
ERA_SIGNS = {sign: era for letter, era in zip("MTSHR", FIRST_YEARS, strict=True) for sign in (letter, era[0], era)}
"""Letter, first sign or name → the era."""
ERA_DAY = rf"({'|'.join(sorted(ERA_SIGNS, key=len, reverse=True))})(\d\d?)[.年]?(\d\d?)[.月]?(\d\d?)日?"
NARROW = str.maketrans("２３", "23")
USUAL_CODES = {str(code): era for code, era in enumerate(FIRST_YEARS, 1)}

Map = Mapping[str, Any]
"""A column map as tomllib gives it."""
Row = dict[str, str]


def read_export(files: Mapping[str, bytes], column_map: Map) -> tuple[list[str], list[Row]]:
    """Return the own columns of an export, and its people as rows with one spelling for each value."""
    tables = [own_table(name, content, column_map) for name, content in files.items()]
    own = tables[0][0]
    assert all(columns == own for columns, _ in tables)
    rows = [dict(zip(own, cells, strict=True)) for _, records in tables for cells in records]
    return own, [one_spelling(standard_row(row, column_map), column_map) for row in rows]


def meanings(own: Sequence[str], column_map: Map) -> dict[str, tuple[str, ...]]:
    """Say of each own column which standard columns it gives; none where it is ignored."""
    parts = {name: entry["into"] for name, entry in column_map.get("split", {}).items()}
    given = {
        name: standard
        for standard, names in column_map.get("columns", {}).items()
        for name in ([names] if isinstance(names, str) else names)
    }
    ignored = column_map.get("ignore", [])
    return {
        name: () if name in ignored else tuple(given.get(part, part) for part in parts.get(name, [name]))
        for name in own
    }


def own_table(name: str, content: bytes, column_map: Map) -> tuple[list[str], list[list[str]]]:
    """Divide one file into its own columns and the cells of its records."""
    form = column_map.get("file", {})
    if name.endswith(".xlsx"):
        return workbook_table(content, form)
    if form.get("format") == "fixed":
        return list(column_map["fields"]), list(fixed_records(content, column_map))
    return csv_table(content, form)


def workbook_table(content: bytes, form: Map) -> tuple[list[str], list[list[str]]]:
    book = load_workbook(BytesIO(content))
    sheet = book[form["sheet"]] if "sheet" in form else book.worksheets[0]
    assert len(book.worksheets) == 1 or "sheet" in form
    rows = [[cell_text(cell) for cell in row] for row in sheet.values][form.get("skip", 0) :]
    header, *records = without_last(rows, form)
    return header, records


def cell_text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return "" if cell is None else str(cell)


def csv_table(content: bytes, form: Map) -> tuple[list[str], list[list[str]]]:
    lines = decoded(content).splitlines(keepends=True)[form.get("skip", 0) :]
    if "comment" in form:
        lines = [line for line in lines if not line.startswith(form["comment"])]
    quote = form.get("quote", '"')
    dialect = {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE}
    rows = list(csv.reader(StringIO("".join(lines), newline=""), delimiter=form.get("delimiter", ","), **dialect))
    rows = without_last(rows, form)
    return (form["header"], rows) if "header" in form else (rows[0], rows[1:])


def without_last(rows: list[list[str]], form: Map) -> list[list[str]]:
    """Leave out the last row where it is no record; the number that it tells is right."""
    if "last" not in form:
        return rows
    *rows, last = rows
    assert last[0].startswith(form["last"]["begins"])
    assert "count" not in form["last"] or int(last[form["last"]["count"] - 1]) == len(rows) - 1
    return rows


def decoded(content: bytes) -> str:
    if content.startswith(b"\xff\xfe"):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp932")


def fixed_records(content: bytes, column_map: Map) -> Iterator[list[str]]:
    """Yield the data records; those of other kinds stand where they belong, and the count is right."""
    form, kinds = column_map["file"], column_map["records"]
    step = form["length"] + (len(b"\r\n") if form["lines"] else 0)
    assert len(content) % step == 0
    records = [content[at : at + form["length"]] for at in range(0, len(content), step)]
    of_kind = [record[kinds["at"] - 1 : kinds["at"]].decode("cp932") for record in records]
    data = [record for record, kind in zip(records, of_kind, strict=True) if kind == kinds["data"]]
    expected = [kinds.get("header", ""), *(kinds["data"] for _ in data), kinds.get("trailer", ""), kinds.get("end", "")]
    assert of_kind == [kind for kind in expected if kind]
    trailer = records[of_kind.index(kinds["trailer"])]
    assert int(sliced(trailer, kinds["count"])) == len(data)
    for record in data:
        yield [sliced(record, place) for place in column_map["fields"].values()]


def sliced(record: bytes, place: Mapping[str, int]) -> str:
    return record[place["at"] - 1 : place["at"] - 1 + place["bytes"]].decode("cp932").strip()


def standard_row(row: Row, column_map: Map) -> Row:
    """Split, rename, join, add what is the same for everybody, and translate one row."""
    cells = dict(row)
    for name, entry in column_map.get("split", {}).items():
        cells |= dict(zip(entry["into"], divided(cells.pop(name), entry), strict=True))
    columns = {name: name for name in cells if name in STANDARD} | column_map.get("columns", {})
    between = column_map.get("join", {})
    standard = {
        column: cells[names]
        if isinstance(names, str)
        else between.get(column, "").join(filter(None, (cells[name].strip() for name in names)))
        for column, names in columns.items()
    }
    standard |= column_map.get("constants", {})
    for column, table in column_map.get("values", {}).items():
        if standard[column].strip() or "" in table:
            standard[column] = table[standard[column].strip()]
    return {column: standard.get(column, "").strip() for column in STANDARD}


def divided(cell: str, entry: Map) -> Sequence[str]:
    if not cell.strip():
        return [""] * len(entry["into"])
    if entry["at"] != "postal-code":
        return cell.split(entry["at"])
    found = re.fullmatch(r"〒?\s*(\d{3}-?\d{4})\s*(.*)", cell)
    assert found
    return found.groups()


def one_spelling(row: Row, column_map: Map) -> Row:
    """Spell every value as the standard rows of the exports do."""
    for column, places in column_map.get("digits", {}).items():
        row[column] = row[column].zfill(places) if row[column] else ""
    forms, codes = column_map.get("dates", {}), column_map.get("eras", USUAL_CODES)
    days = {column: day_of(row[column], forms.get(column, "general"), codes) for column in DATES}
    own = {
        "枝番": row["枝番"].zfill(2),
        "フリガナ": jaconv.h2z(row["フリガナ"], kana=True, ascii=False, digit=False),
        "個人番号": row["個人番号"][-4:],
        "郵便番号": row["郵便番号"].replace("-", ""),
        "負担割合": row["負担割合"].removesuffix("割").translate(NARROW),
    }
    return row | days | own


def day_of(text: str, form: str, codes: Mapping[str, str]) -> str:
    return FORMS[form](text, codes).isoformat() if text else ""


def general(text: str, codes: Mapping[str, str]) -> date:
    found = re.fullmatch(ERA_DAY, text.replace("元年", "1年"))
    if not found:
        return year_first(text, codes)
    era, *numbers = found.groups()
    year, month, day = map(int, numbers)
    return date(FIRST_YEARS[ERA_SIGNS[era]] + year - 1, month, day)


def year_first(text: str, _: Mapping[str, str]) -> date:
    year, month, day = re.fullmatch(r"(\d{4})[-/.年]?(\d\d?)[-/.月]?(\d\d?)日?", text).groups()  # type: ignore[union-attr]
    return date(int(year), int(month), int(day))


def month_first(text: str, _: Mapping[str, str]) -> date:
    month, day, year = map(int, text.split("/"))
    return date(year, month, day)


def era_first(text: str, codes: Mapping[str, str]) -> date:
    era, year, month, day = re.fullmatch(r"(\d\d?)-?(\d\d)(\d\d)(\d\d)", text).groups()  # type: ignore[union-attr]
    return date(FIRST_YEARS[codes[era.lstrip("0")]] + int(year) - 1, int(month), int(day))


def serial(text: str, _: Mapping[str, str]) -> date:
    return date(1899, 12, 30) + timedelta(days=int(text))


FORMS: Mapping[str, Callable[[str, Mapping[str, str]], date]] = {
    "general": general,
    "yyyymmdd": year_first,
    "mmddyyyy": month_first,
    "eyymmdd": era_first,
    "eeyymmdd": era_first,
    "serial": serial,
}


def differences(found: Iterable[Row], means: Iterable[Row]) -> list[str]:
    """Name the columns in which rows differ, with how often, so that no value is shown."""
    counted: dict[str, int] = {}
    for one, other in zip(found, means, strict=True):
        for column in STANDARD:
            if one[column] != other[column]:
                counted[column] = counted.get(column, 0) + 1
    return [f"{column}: {count}" for column, count in counted.items()]
