"""A delivered folder → what is wrong with it as a whole, by the sums that its report.json has of its other files.

What the pages say is not asked here: ``desk.delivery`` asks that of each batch.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from renderer.model.errors import BadBatch
from renderer.model.sums import sum_of_file
from renderer.running.manifest import REDO, Entry, PrintedFile, check_same
from renderer.running.names import REPORT
from renderer.running.words import Said


def faults_of(folder: Path) -> Iterator[Said]:
    """Name each file of a delivery that is missing, changed, a copy of another or foreign to it."""
    try:
        sums = _sums_of(folder)
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


def _sums_of(folder: Path) -> Mapping[str, str]:
    try:
        sums = json.loads((folder / REPORT).read_text("utf-8"))["sums"]
        if all(type(total) is str for total in sums.values()):
            return dict(sums)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    raise BadBatch(f"{REPORT} is missing or no longer a report; {REDO}")


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
