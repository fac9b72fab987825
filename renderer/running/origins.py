"""A finding → the columns that stand in the member file of a job, where a person has it before him."""

from __future__ import annotations

from collections.abc import Callable

from renderer.documents.document import Document
from renderer.intake.rows import column_map_of
from renderer.model.findings import Finding
from renderer.model.job import Job

Origin = Callable[[Finding], tuple[str, ...]]


def origins_of(job: Job, document: Document) -> Origin:
    """Return what names the columns of the file that a finding is about."""
    column_map = column_map_of(job, document.columns)

    def origin(finding: Finding) -> tuple[str, ...]:
        slot = str(dict(finding.parameters).get("slot", ""))
        columns = document.fields[slot].columns if slot in document.fields else finding.columns
        return tuple(dict.fromkeys(own for column in columns for own in column_map.origin(column)))

    return origin
