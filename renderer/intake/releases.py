"""The job's file of releases → what a person has freed: a doubt about a record, for its values and no others.

A CSV in UTF-8 or CP932 with the columns 整理番号, コード, 照合値, 担当者, 理由; the first three stand in held.csv.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from renderer.documents.numbers import looks_like_my_number
from renderer.intake.encodings import find_encoding
from renderer.model.errors import BadJob
from renderer.model.findings import KINDS, Release, Weight
from renderer.model.toml import advice

HEADER = ("整理番号", "コード", "照合値", "担当者", "理由")
_SUM = re.compile(r"[0-9a-f]{16}")


def load_releases(path: Path) -> tuple[Release, ...]:
    """Read a file of releases; lines without a field are passed over.

    :raises BadJob: naming the line that has no right form, frees what cannot be freed, or frees it twice.
    """
    with path.open(encoding=find_encoding(path), newline="") as text:
        rows = csv.reader(text, strict=True)
        found: dict[tuple[str, str, str], Release] = {}
        try:
            header = tuple(next(rows, ()))
            if header != HEADER:
                raise BadJob(f"{path.name} line 1: the header is not {','.join(HEADER)}; write it so")
            for cells in rows:
                if any(map(str.strip, cells)):
                    release = _release(path, rows.line_num, [cell.strip() for cell in cells])
                    key = (release.record, release.code, release.sum)
                    if key in found:
                        raise BadJob(
                            f"{path.name} line {release.line}: line {found[key].line} frees the same; take one out"
                        )
                    found[key] = release
        except csv.Error as error:
            raise BadJob(
                f"{path.name} line {rows.line_num}: cannot be divided into fields ({error}); mend it"
            ) from None
    return tuple(found.values())


def _release(path: Path, line: int, cells: Sequence[str]) -> Release:
    where = f"{path.name} line {line}"
    if len(cells) != len(HEADER):
        raise BadJob(f"{where}: {len(cells)} fields in the place of {len(HEADER)}; mend it")
    for column, text in zip(HEADER, cells, strict=True):
        if not text:
            raise BadJob(f"{where}: {column} is blank; fill it in")
        if looks_like_my_number(text):
            raise BadJob(f"{where}: {column} has twelve digits like a 個人番号; take them out")
    release = Release(line, *cells)
    doubts = [code for code, kind in KINDS.items() if kind.weight is Weight.DOUBT]
    if release.code not in doubts:
        why = "holds its record whoever asks" if release.code in KINDS else "is no code"
        raise BadJob(f"{where}: {release.code} {why}; what can be freed is a doubt{advice(release.code, doubts)}")
    if not _SUM.fullmatch(release.sum):
        raise BadJob(f"{where}: 照合値 is not the 16 digits that held.csv gives; copy them from there")
    return release
