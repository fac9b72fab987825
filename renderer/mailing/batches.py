"""Pieces in mailing order → Batches: what is printed into one file, told in four numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from renderer.intake.store import Store
from renderer.mailing.pieces import Piece, read_pieces
from renderer.model.job import Envelope, Route


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


def read_batch(path: Path, batch: Batch, *, envelope: Envelope, route: Route) -> Iterator[Piece]:
    """Read the pieces of ``batch`` from the store at ``path``, one after the other.

    Opens the store by itself, so a worker process needs only these arguments.
    """
    with Store.open(path) as store:
        yield from read_pieces(store, batch.first_piece, batch.last_piece, envelope=envelope, route=route)


def piece_with(store: Store, record: str) -> int | None:
    """Tell the sequence number of the piece that holds the sheet of 整理番号 ``record``, for a reprint."""
    found = store.database.execute(
        "SELECT sequence FROM member JOIN place USING (line) JOIN piece USING (head) WHERE record = ?",
        (record,),
    ).fetchone()
    return None if found is None else int(found[0])
