"""Rows → a member file as another system exports it, and the column map that goes with it; nothing of the program."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from renderer.model.job import Job

Sheet = Sequence[Sequence[Any]]
"""Rows of cells; in a workbook a text is a text, a number a number, a pair the attributes and the value of a cell."""


def toml(value: Any) -> str:
    """Write a value as TOML has it."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{toml(key)} = {toml(one)}' for key, one in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def with_file(job: Job, path: Path, data: bytes, columns: Mapping[str, Any]) -> Job:
    """Write a member file and its column map; return the job that reads them."""
    path.write_bytes(data)
    named = path.with_suffix(".toml")
    named.write_text("".join(f"{key} = {toml(value)}\n" for key, value in columns.items()), "utf-8")
    return replace(job, sources=(path,), columns=named)


def csv_of(rows: Sheet, delimiter: str = ",", quote: str = '"', end: str = "\n") -> str:
    """Write rows as CSV, every cell in quotes, or none where nothing quotes."""
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if quote else csv.QUOTE_NONE
    csv.writer(text, delimiter=delimiter, quotechar=quote or None, quoting=quoting, lineterminator=end).writerows(rows)
    return text.getvalue()


def fixed_of(rows: Sheet, lengths: Sequence[int], encoding: str, end: str = "\n", pad: str = " ") -> bytes:
    """Write rows as records of fixed length, each cell in so many bytes."""
    blank = pad.encode(encoding)
    data = b""
    for row in rows:
        for cell, length in zip(row, lengths, strict=True):
            text = cell.encode(encoding)
            assert len(text) <= length
            data += (text + blank * ((length - len(text)) // len(blank))).ljust(length)
        data += end.encode(encoding)
    return data


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.{}+xml"
_STYLES = f"""<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill>
</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="58"/></cellXfs></styleSheet>"""
"""Of the styles the second is a date of any country, the third one of the Japanese edition."""


def workbook_of(sheets: Mapping[str, Sheet], hidden: Collection[str] = ()) -> bytes:
    """Write rows as the sheets of a workbook, with no more than one must have; what it says of their size is wrong."""
    kinds = {"workbook": "sheet.main", "styles": "styles"} | {str(at): "worksheet" for at in range(len(sheets))}
    targets = {"styles": "styles"} | {f"worksheet{at}": str(at) for at in range(len(sheets))}
    names = "".join(
        f'<sheet name="{name}" sheetId="{at + 1}" r:id="worksheet{at}"{_state(name in hidden)}/>'
        for at, name in enumerate(sheets)
    )
    parts = {
        "[Content_Types].xml": _types(kinds),
        "_rels/.rels": _relations({"officeDocument": "xl/workbook"}),
        "xl/_rels/workbook.xml.rels": _relations(targets),
        "xl/styles.xml": _STYLES,
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>',
    }
    for at, rows in enumerate(sheets.values()):
        lines = "".join(f'<row r="{line}">{_cells(line, row)}</row>' for line, row in enumerate(rows, 1) if row)
        content = f'<dimension ref="A1"/><sheetData>{lines}</sheetData>'
        parts[f"xl/{at}.xml"] = f'<worksheet xmlns="{_MAIN}">{content}</worksheet>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def _state(is_hidden: bool) -> str:
    return ' state="hidden"' if is_hidden else ""


def _types(kinds: Mapping[str, str]) -> str:
    relations = 'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"'
    each = (f'<Override PartName="/xl/{name}.xml" ContentType="{_KIND.format(kind)}"/>' for name, kind in kinds.items())
    return f'<Types xmlns="{_PACKAGE}/content-types"><Default {relations}/>{"".join(each)}</Types>'


def _relations(targets: Mapping[str, str]) -> str:
    each = (
        f'<Relationship Id="{name}" Type="{_OFFICE}/{name.rstrip("0123456789")}" Target="{target}.xml"/>'
        for name, target in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(each)}</Relationships>'


def _cells(line: int, row: Sequence[Any]) -> str:
    return "".join(f'<c r="{_letters(at)}{line}" {_cell(cell)}</c>' for at, cell in enumerate(row) if cell != "")


def _cell(cell: Any) -> str:
    if isinstance(cell, str):
        return f't="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is>'
    attributes, value = cell if isinstance(cell, tuple) else ("", cell)
    return f"{attributes}><v>{value}</v>"


def _letters(at: int) -> str:
    return ("" if at < 26 else chr(64 + at // 26)) + chr(65 + at % 26)
