"""A delivered folder → what it says of itself, and what is wrong with it by the sums that it has of its files.

What the pages say is not asked here: ``desk.delivery`` asks that of each batch.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from renderer.model.errors import BadBatch
from renderer.model.sums import sum_of_bytes, sum_of_file
from renderer.running.manifest import REDO, Entry, PrintedFile, check_same
from renderer.running.names import REPORT
from renderer.running.register import Delivery
from renderer.running.words import Said

_TYPES = {
    **dict.fromkeys(("job", "document", "inputs", "source_sum"), str),
    **dict.fromkeys(("number", "printed", "held"), int),
    **dict.fromkeys(("again", "replaced"), bool),
}
_LATER = {
    **dict.fromkeys(("insurer", "newest", "base", "approved_by", "row_sums"), str),
    **dict.fromkeys(("not_selected", "instead_of"), int),
}
"""What reports did not say from the beginning."""


def faults_of(folder: Path) -> Iterator[Said]:
    """Name each file of a delivery that is missing, changed, a copy of another or foreign to it."""
    try:
        _, sums = read_report(folder)
    except BadBatch:
        yield Said("fault_report", {"name": REPORT})
        return
    names = {total: name for name, total in sums.items()}
    there = {path.name: path for path in folder.iterdir() if path.name != REPORT}
    for name in sorted(there.keys() | sums.keys()):
        if name not in there:
            yield Said("fault_missing", {"name": name})
        elif name not in sums:
            yield Said("fault_foreign", {"name": name})
        elif (found := sum_of_file(there[name]) if there[name].is_file() else "") != sums[name]:
            of = names.get(found)
            yield Said("fault_copy", {"name": name, "of": of}) if of else Said("fault_changed", {"name": name})


def read_sources(folder: Path) -> list[str]:
    """Read of the report.json of a delivery, which is whole, the names of its member files."""
    sources: list[str] = json.loads((folder / REPORT).read_bytes())["sources"]
    return sources


def read_report(folder: Path) -> tuple[Delivery, Mapping[str, str]]:
    """Read of a delivery's report.json its line in the register, as one that is begun, and the sums of its other files.

    :raises BadBatch: when it is not there or is no such report.
    """
    try:
        data = (folder / REPORT).read_bytes()
        told = json.loads(data)
        sums, line = told["sums"], {name: told[name] for name in _TYPES}
        line |= {name: told.get(name, kind()) for name, kind in _LATER.items()}
        right = [type(line[name]) is kind for name, kind in (_TYPES | _LATER).items()]
        if all(right) and all(type(total) is str for total in sums.values()):
            return Delivery(source=line.pop("source_sum"), report=sum_of_bytes(data), **line), sums
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    raise BadBatch(f"{REPORT} is missing or no longer a report; {REDO}")


def remembers_papers(folder: Path) -> bool:
    """Whether the papers of a delivery were remembered, by its report.json, which is whole."""
    return json.loads((folder / REPORT).read_bytes()).get("remembers") is True


def profile_in(folder: Path) -> Mapping[str, Any]:
    """Read what the member file of a delivery looked like, of its report.json, which is whole."""
    profile: Mapping[str, Any] = json.loads((folder / REPORT).read_bytes()).get("profile", {})
    return profile


def check_unchanged(batch: Path, about: PrintedFile, entries: Collection[Entry]) -> None:
    """Check that a batch is the file that its manifest is about, and that both manifests say the same.

    :raises BadBatch: when it is not so.
    """
    try:
        found = sum_of_file(batch)
    except OSError as error:
        raise BadBatch(f"{batch.name} cannot be read ({error.strerror}), and its manifest is there; {REDO}") from None
    if (about.name, about.sha256) != (batch.name, found):
        raise BadBatch(f"{batch.name} is not the file its manifest is about; {REDO}")
    check_same(batch.with_suffix(".csv"), about, entries)
