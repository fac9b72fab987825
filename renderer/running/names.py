"""A job's folder in the outbox, and the one it is made in → what stands there under which name."""

from __future__ import annotations

import re
from pathlib import Path

PLATES = ".plates"
"""The folder of an outbox that keeps its plates."""
DELIVERY = "delivery"
"""The folder of a work folder whose files are delivered."""
REPORT, PAGE, HELD, NOTES = "report.json", "report.html", "held.csv", "notes.csv"
LISTS = (REPORT, PAGE, HELD, NOTES)
"""What lies in a delivery besides its batches."""
PROOF = "proof.json"
"""What lies beside the sheets of a proof, and in no delivery."""
NOT_SELECTED = "not-selected.csv"
"""What lies there besides, where a job does not ask for everybody."""

_OF_BATCH = re.compile(r"batch-[0-9]{4,9}\.(pdf|csv|json)")


def manifests_in(folder: Path) -> list[Path]:
    """Return the JSON manifests of a delivery in the order of their batches: 10000 comes behind 9999."""
    return sorted(folder.glob("batch-*.json"), key=lambda path: (len(path.name), path.name))


def files_of(stem: str) -> tuple[str, ...]:
    """Return the files of one batch: print file and both manifests."""
    return tuple(f"{stem}.{ending}" for ending in ("pdf", "csv", "json"))


def is_of_delivery(name: str) -> bool:
    """Whether a file of a delivery can be called so."""
    return name in (*LISTS, NOT_SELECTED) or _OF_BATCH.fullmatch(name) is not None
