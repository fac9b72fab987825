"""A member file → finished sheets: what every program of the bench is given to print, and the plates for ours.

    python bench/finished.py MEMBERS.csv COUNT FOLDER

Reading, validating, wording and line breaking are done here once, so that the others are spared what our whole run
does. None of the invented members needs a condensed line or a second font: this stops where one does.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from renderer.documents.postal import bars
from renderer.intake.jobfile import load_job
from renderer.intake.members import validate
from renderer.intake.rows import read_rows
from renderer.layout.load import load_layout
from renderer.mailing.pieces import make_piece
from renderer.mailing.sheets import Sheet, fixed_of, needs_of, sheets_of
from renderer.model.job import Job
from renderer.model.member import Member
from renderer.model.variant import Variant
from renderer.press import plates
from renderer.press.plates import Place, Plate
from renderer.press.ruler import Ruler

JOB = Path(__file__).with_name("notice.toml")


@dataclass(frozen=True, slots=True)
class Finished:
    """One sheet as every program prints it."""

    variant: dict[str, str]
    values: dict[str, str]
    """Slot → text, the address broken into lines."""
    bars: str
    """The 67 bars of the customer barcode, or ""."""


def job_for(members: Path) -> Job:
    """Return the job that is measured, for a member file."""
    return load_job(JOB, sources=(members,))


def read_members(job: Job, count: int) -> Iterator[Member]:
    """Yield the first members of a file, validated."""
    needs = needs_of(job)
    for row in itertools.islice(read_rows(job.sources[0]), count):
        yield validate(row, needs=needs)


def sheet_of(job: Job, member: Member, sequence: int) -> Sheet:
    """Return the one sheet of a member who has an envelope of their own."""
    piece = make_piece(sequence, (member,), job.mailing)
    return next(sheets_of(job, piece, sequence))


def load_plates(folder: Path) -> dict[Variant, Plate]:
    """Return the plates that ``main`` compiled."""
    found = (plates.read(path.read_bytes()) for path in sorted(folder.glob("*.plate")))
    return {plate.variant: plate for plate in found if plate}


def load_finished(path: Path, count: int) -> list[Finished]:
    """Return the first of the finished sheets that ``main`` wrote."""
    with path.open(encoding="utf-8") as lines:
        return [Finished(**json.loads(line)) for line in itertools.islice(lines, count)]


def main(members: Path, count: int, folder: Path) -> None:
    """Write the plates of the job and the finished sheets of the first members of a file into a folder."""
    job = job_for(members)
    _compile(job, folder)
    known, ruler = load_plates(folder), Ruler()
    with (folder / "finished.jsonl").open("w", encoding="utf-8") as lines:
        for sequence, member in enumerate(read_members(job, count), 1):
            content = sheet_of(job, member, sequence).content
            values = dict(content.values)
            for place in known[content.variant].places:
                values[place.slot] = _broken(place, values[place.slot], ruler)
            barcode = bars(values["customer_barcode"]) if values["customer_barcode"] else ""
            sheet = Finished(dict(content.variant), values, barcode)
            lines.write(json.dumps(asdict(sheet), ensure_ascii=False) + "\n")


def _compile(job: Job, folder: Path) -> None:
    # Loads WeasyPrint, which those who only read finished sheets do not need.
    from renderer.layout.compiling import compile_plate

    layout = load_layout(job.document)
    for number, variant in enumerate(layout.variants()):
        plate = compile_plate(layout, variant, fixed_of(job))
        (folder / f"{number:02}.plate").write_bytes(plates.written(plate))


def _broken(place: Place, text: str, ruler: Ruler) -> str:
    """Return a text with the line breaks it is printed with.

    :raises ValueError: when more than that is done to make it fit.
    """
    if place.kind != "text" or not text:
        return text
    fitted = ruler.fit(place, text)
    chain = ruler.chain(place)
    faces = {chain[cluster].face for line in fitted.lines for cluster in line}
    if fitted.condense != 1.0 or fitted.size != place.size or faces != {chain.faces[0]}:
        raise ValueError(f"a value of slot {place.slot} is condensed, smaller or in a second font: no peer does that")
    return "\n".join("".join(line) for line in fitted.lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
