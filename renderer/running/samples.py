"""Sheets that were tried → those compared with WeasyPrint's own rendering: the hardest of each plate in use."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from renderer.intake.store import Store
from renderer.mailing.batches import Batch, first_of, piece_with
from renderer.model.variant import Variant
from renderer.press.ruler import Strains
from renderer.running.crew import Crew, Task
from renderer.running.kept_plates import KeptPlates
from renderer.running.printing import BatchToPrint, Sample, compare_sample
from renderer.running.progress import Progress
from renderer.running.reading import Tried, try_members
from renderer.running.worker import RunBench


class Samples:
    """The samples of a run, from the first sheet that was tried to the last that was compared."""

    def __init__(self, crew: Crew[RunBench], kept: KeptPlates, progress: Progress) -> None:
        self._crew, self._kept, self._progress = crew, kept, progress
        self._tried = Tried()
        self._wanted: dict[int, list[tuple[str, Strains]]] = {}
        """Number of a batch → its sheets that are to be compared."""
        self._printing: dict[int, list[Sample]] = {}
        """Number of a batch that is being printed → what is to be compared when it is."""
        self._waiting: deque[Sample] = deque()
        self._compared = self._all = 0

    def remember(self, tried: Tried) -> None:
        """Take in sheets that were tried, as far as they are among the hardest."""
        for variant, hardest in tried.hardest.items():
            for found in hardest:
                self._tried.remember(variant, found)

    def choose(self, store: Store, batches: Sequence[Batch], variants: Iterable[Variant]) -> None:
        """Choose the hardest sheet of each plate that was not proved on one as hard."""
        for variant in variants:
            sequence, record, strains = self.hardest_in_a_piece(store, variant)
            if self._kept.is_proved(variant, strains):
                continue
            batch = next(batch for batch in batches if batch.last_piece >= sequence)
            self._wanted.setdefault(batch.number, []).append((record, strains))
            self._all += 1

    def are_in(self, batch: Batch) -> bool:
        """Whether a sheet of a batch is to be compared."""
        return batch.number in self._wanted

    def lay_out(self, printed: BatchToPrint, *, is_printed: bool) -> None:
        """Make ready what is to be compared of a batch: now where it is printed, else when it will be."""
        number = printed.batch.number
        self._printing[number] = [Sample(*found, printed) for found in self._wanted.get(number, ())]
        if is_printed:
            self.printed(number)

    def printed(self, number: int) -> None:
        """Let the samples of a batch be compared."""
        self._waiting += self._printing.pop(number)

    def tasks(self) -> Iterator[Task[RunBench, Any, Any]]:
        """Yield the comparisons that can be made by now."""
        while self._waiting:
            yield Task(compare_sample, self._waiting.popleft())

    def count(self) -> None:
        """Count one that was compared."""
        self._compared += 1
        self._progress("verify", self._compared, self._all)

    def hardest_in_a_piece(self, store: Store, variant: Variant) -> tuple[int, str, Strains]:
        """Return the piece, the record and the strains of the hardest sheet that no other row made to be held."""
        for _, record, line, strains in self._tried.hardest[variant]:
            sequence = piece_with(store, line)
            if sequence is not None:
                return sequence, record, strains
        sequence, member = first_of(store, variant)
        ((_, record, _, strains),) = self._crew.here(Task(try_members, [member])).hardest[variant]
        return sequence, record, strains
