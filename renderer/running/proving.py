"""A print file, its sheets and what they must say → proof; the same for a run and for what it delivered long ago."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from renderer.model.blocks import blocks
from renderer.model.errors import BadBatch
from renderer.model.job import Job
from renderer.model.variant import Variant
from renderer.proof.placing import Beginning, ExpectedPage, Origin
from renderer.proof.source import SecondReader
from renderer.proof.verify import expected_pages, insert_pages, verify
from renderer.running.bench import Bench
from renderer.running.manifest import Entry


class PrintedSheet(NamedTuple):
    """What is known of a sheet when it has been printed: nothing that it says, but for its bars."""

    entry: Entry
    variant: Variant
    bars: str
    """What its customer barcode says, "" where it has none."""
    ends_by: str
    """What its last day rests on, "" where it has none."""


Said = tuple[Mapping[str, str], Origin | None]
"""What every slot of a sheet must say, and who knows where in the member file that stands."""


def said_by_source(second: SecondReader, sheets: Sequence[PrintedSheet]) -> Iterator[Said]:
    """Say what the sheets of a batch must say, as the second reader finds it in the member file."""
    number, before = 1, None
    for pieces in blocks(list(piece) for _, piece in groupby(sheets, key=lambda one: one.entry.sequence)):
        records = [[one.entry.record for one in piece] for piece in pieces]
        for piece, sources in zip(pieces, second.pieces(records, number), strict=True):
            number += len(piece)
            standing = second.standing(sources[0].addressee)
            if before:
                second.check_order(before, standing)
            before = standing
            for place, (one, source) in enumerate(zip(piece, sources, strict=True), 1):
                if (one.entry.sheet, one.entry.sheets) != (place, len(piece)):
                    raise BadBatch(
                        f"record {one.entry.record} is sheet {place} of {len(piece)} in the member file, and another "
                        "in the manifest; it is not delivered, start the run again"
                    )
                yield source.values(one.variant, one.bars), source.origin


def prove(bench: Bench, path: Path, number: int, sheets: Sequence[PrintedSheet], said: Iterable[Said]) -> list[str]:
    """Prove the print file of a batch, the fixed parts of its sheets too; ``number`` is that of the batch.

    Return the record of each of its pages, "" of an insert's.

    :raises BadBatch: naming what is not as it must be.
    """
    for variant in dict.fromkeys(one.variant for one in sheets):
        bench.fixed_words.check(bench.plate(variant), variant)
    apart = {name for insert in bench.inserts for name in insert.fonts}
    return verify(path, title_of(bench.job, number), _expected_pages(bench, sheets, said), bench.fonts, apart)


def title_of(job: Job, number: int) -> str:
    """Return the title of the print file of a batch."""
    return f"{job.name} {number}"


def _expected_pages(bench: Bench, sheets: Sequence[PrintedSheet], said: Iterable[Said]) -> Iterator[ExpectedPage]:
    """Say what every page of a batch must be."""
    inserts = insert_pages(bench.inserts, bench.job.mailing.inserts)
    for sheet, (values, origin) in zip(sheets, said, strict=True):
        entry = sheet.entry
        begins = Beginning(entry.record, f"{entry.sequence}-") if entry.sheet == 1 else None
        plate, offset = bench.plate(sheet.variant), bench.fixed_words.offset
        yield from expected_pages(plate, values, entry.record, begins, origin, offset)
        if entry.sheet == entry.sheets:
            yield from inserts
