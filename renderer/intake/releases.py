"""The job's file of releases → what a person has freed: a doubt about a record, for its values and no others.

A CSV in UTF-8, UTF-16 or CP932 with the columns 整理番号, コード, 照合値, 担当者, 理由; the first three stand in
held.csv.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from renderer.intake.lists import read_list
from renderer.model.errors import BadJob
from renderer.model.findings import KINDS, Release, Weight
from renderer.model.toml import advice

HEADER = ("整理番号", "コード", "照合値", "担当者", "理由")
_SUM = re.compile(r"[0-9a-f]{16}")


def load_releases(path: Path) -> tuple[Release, ...]:
    """Read a file of releases; lines without a field are passed over.

    :raises BadJob: naming the line that has no right form, frees what cannot be freed, or frees it twice.
    """
    found: dict[tuple[str, str, str], Release] = {}
    for line, cells in read_list(path, HEADER):
        where = f"{path.name} line {line}"
        release = _release(where, line, cells)
        key = (release.record, release.code, release.sum)
        if key in found:
            raise BadJob(f"{where}: line {found[key].line} frees the same; take one out")
        found[key] = release
    return tuple(found.values())


def _release(where: str, line: int, cells: Sequence[str]) -> Release:
    release = Release(line, *cells)
    doubts = [code for code, kind in KINDS.items() if kind.weight is Weight.DOUBT]
    if release.code not in doubts:
        why = "holds its record whoever asks" if release.code in KINDS else "is no code"
        raise BadJob(f"{where}: {release.code} {why}; what can be freed is a doubt{advice(release.code, doubts)}")
    if not _SUM.fullmatch(release.sum):
        raise BadJob(f"{where}: 照合値 is not the 16 digits that held.csv gives; copy them from there")
    return release
