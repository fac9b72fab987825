"""Our reference: WeasyPrint's own rendering of one sheet, as every run compares its sample with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from finished import JOB, Finished, job_for, load_plates

from renderer.layout.load import load_layout
from renderer.layout.reference import reference_pdf
from renderer.mailing.sheets import fixed_of
from renderer.press.ruler import Ruler


def make(members: Sequence[Finished], out_dir: Path) -> None:
    """Print each sheet as a file of its own."""
    job = job_for(JOB.parent / "../fixtures/examples/members.csv")
    layout, fixed, ruler = load_layout(job.document), fixed_of(job), Ruler()
    plates = load_plates(out_dir.parent)
    for number, sheet in enumerate(members):
        plate = plates[tuple(sheet.variant.items())]
        pdf = reference_pdf(layout, plate, fixed, sheet.values, ruler)
        (out_dir / f"{number}.pdf").write_bytes(pdf)
