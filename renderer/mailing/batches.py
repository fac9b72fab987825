"""Pieces in mailing order → Batches: what is printed into one file, told in four numbers."""

from __future__ import annotations

from dataclasses import dataclass

from renderer.intake.store import Store, variant_text
from renderer.model.variant import Variant


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive pieces that become one print file and one manifest, in the same order."""

    number: int
    """From 1, in mailing order."""
    first_piece: int
    """Sequence number of its first piece."""
    pieces: int
    """How many pieces it has; at least one."""
    sheets: int
    """How many members its pieces have together."""

    @property
    def stem(self) -> str:
        """Name of its files, without the ending."""
        return f"batch-{self.number:04d}"

    @property
    def last_piece(self) -> int:
        """Sequence number of its last piece."""
        return self.first_piece + self.pieces - 1


def split(store: Store, pieces_per_batch: int) -> tuple[Batch, ...]:
    """Cut the pieces of a gathered store into batches; only the last has fewer than ``pieces_per_batch``."""
    rows = store.database.execute(
        "SELECT min(sequence), count(DISTINCT sequence), count(*) FROM piece JOIN place USING (head)"
        " GROUP BY (sequence - 1) / ? ORDER BY 1",
        (pieces_per_batch,),
    )
    return tuple(Batch(number, *row) for number, row in enumerate(rows, start=1))


def piece_with(store: Store, line: int) -> int | None:
    """Tell the sequence number of the piece that holds the sheet of the member at a ``line`` of the source, if any."""
    found = store.database.execute(
        "SELECT sequence FROM place JOIN piece USING (head) WHERE line = ?", (line,)
    ).fetchone()
    return None if found is None else int(found[0])


def sheets_before(store: Store, batch: Batch, sequence: int) -> int:
    """Count the sheets of a batch that come before one of its pieces."""
    found = store.database.execute(
        "SELECT count(*) FROM place JOIN piece USING (head) WHERE sequence >= ? AND sequence < ?",
        (batch.first_piece, sequence),
    ).fetchone()
    return int(found[0])


def records_of(store: Store, variant: Variant) -> int:
    """Count the members of a gathered store whose sheet is of a variant."""
    found = store.database.execute(
        "SELECT count(*) FROM member JOIN place USING (line) WHERE variant = ?", (variant_text(variant),)
    ).fetchone()
    return int(found[0])


def first_of(store: Store, variant: Variant) -> tuple[int, bytes]:
    """Tell the piece of the first member of the source whose sheet is of a variant in use, and the member, packed."""
    sequence, member = store.database.execute(
        "SELECT sequence, member FROM member JOIN place USING (line) JOIN piece USING (head) WHERE variant = ?"
        " ORDER BY line LIMIT 1",
        (variant_text(variant),),
    ).fetchone()
    return int(sequence), bytes(member)
