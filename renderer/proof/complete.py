"""What was printed, and where rows stand → proof that it was everybody asked for and not held, once and with whom."""

from __future__ import annotations

import mmap
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from renderer.model.errors import BadBatch
from renderer.model.job import Apart, Envelope, Incomplete, MailingRules
from renderer.proof.source import SecondReader
from renderer.proof.source_index import OF_INSURED, REDO, Entry, Index
from renderer.proof.unfit import releases_of

_PERSONS_AT_ONCE = 1 << 21
"""Slots of an index whose persons are in memory together, half of them free."""


@dataclass(frozen=True, slots=True)
class PrintedPiece:
    """One envelope, as a manifest has it."""

    file: str
    """Name of the manifest, without its ending."""
    batch: int
    """Number of the batch that the manifest is of, from 1."""
    sequence: int
    """Number of the piece in the job, from 1."""
    records: Sequence[str]
    """Of its sheets, in their order."""


def in_order(pieces: Iterable[PrintedPiece], second: SecondReader | None) -> Iterator[Sequence[str]]:
    """Pass on the records of each piece, and prove that files and pieces are numbered from 1 and none is left out.

    ``pieces`` are those of all print files, in their order. Where one file ends and the next begins, the order is that
    of the job, too; within a file ``second`` is asked when that is proved. It is None where nobody knows the document.

    :raises BadBatch: naming the file that is not as it must be.
    """
    before: PrintedPiece | None = None
    for piece in pieces:
        batch, sequence = (before.batch, before.sequence + 1) if before else (0, 1)
        if piece.batch not in (batch or 1, batch + 1) or piece.file != f"batch-{piece.batch:04d}":
            raise BadBatch(f"{piece.file} is not the next of the print files, which are numbered from 1; {REDO}")
        if piece.sequence != sequence:
            raise BadBatch(f"{piece.file}: piece {piece.sequence} follows where piece {sequence} must; {REDO}")
        if before and second and piece.batch > before.batch:
            second.check_order(
                *(second.standing(second.row(records[0])) for records in (before.records, piece.records))
            )
        before = piece
        yield piece.records


def prove_complete(
    index: Path,
    mailing: MailingRules,
    pieces: Iterable[Sequence[str]],
    held: Collection[int],
    not_selected: Iterable[tuple[int, str]] = (),
    releases: Path | None = None,
) -> None:
    """Prove that each row was printed once, or is held, or gets no paper by a rule of the job, and nobody else was.

    ``pieces`` are the records of the sheets of every envelope of all print files, ``held`` the places (``model.lines``)
    of all findings that hold a row, ``not_selected`` those that get no paper, each with its rule. Two papers of one
    記号, 番号 and 枝番 are there only where ``releases`` says of both that it is one person. Who may have an envelope
    alone by the job's word has one; where the job lets a household wait for who is held, nobody of it is
    printed.

    :raises BadBatch: naming the record or the line that is not as it must be.
    """
    by_household = mailing.envelope is Envelope.HOUSEHOLD
    waits = by_household and mailing.incomplete_households is Incomplete.HOLD
    with index.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        table = Index(data)
        is_printed, households = bytearray(table.slots), _Households(mailing.apart)
        for piece in pieces:
            entries = [_to_print(table, record, held) for record in piece]
            for entry, record in zip(entries, piece, strict=True):
                if is_printed[entry.slot]:
                    raise BadBatch(f"record {record} is printed twice; {REDO}")
                is_printed[entry.slot] = True
            if by_household:
                households.take(piece[0], entries)
        households.check()
        unselected = _NotSelected(table, not_selected)
        for slot, (_, household, *_, rules, place) in enumerate(table.entries()):
            if rules or place in unselected.rule_of:
                unselected.check(place, rules, is_printed=bool(is_printed[slot]), is_held=place in held)
            elif place and not is_printed[slot] and place not in held:
                raise BadBatch(f"{table.where(place)} is neither printed nor held; {REDO}")
            if waits and household in households.insured and place in held:
                raise BadBatch(f"{table.where(place)} is held, and its household printed; {REDO}")
        unselected.check_seen()
        _check_persons(table, is_printed, releases)


def _check_persons(table: Index, is_printed: Sequence[int], releases: Path | None) -> None:
    """Check that no two were printed under one 記号, 番号 and 枝番, some of them at a time."""
    released = (table.find(record) for record, code, *_ in releases_of(releases) if code == "person-twice")
    twice = {entry.place for entry in released if entry}
    parts = 1 + table.slots // _PERSONS_AT_ONCE
    for part in range(parts):
        known: dict[int, int] = {}
        for slot, (*_, person, _, _, _, place) in enumerate(table.entries()):
            if person and person % parts == part and is_printed[slot]:
                other = known.setdefault(person, place)
                if other != place and not {other, place} <= twice:
                    raise BadBatch(
                        f"{table.where(*sorted((other, place)))} have one 記号, 番号 and 枝番, and are printed; {REDO}"
                    )


def _to_print(table: Index, record: str, held: Collection[int]) -> Entry:
    entry = table.find(record)
    if entry is None or entry.is_twice or entry.place in held:
        raise BadBatch(f"record {record} is printed, and the member file does not have it to print; {REDO}")
    return entry


class _NotSelected:
    """The rows of the member file that get no paper, each by a rule of the job."""

    def __init__(self, table: Index, listed: Iterable[tuple[int, str]]) -> None:
        self._table, self._stated = table, table.head.rules
        numbers = {rule: at for at, rule in enumerate((*self._stated, *table.head.rules_by_change), 1)}
        self.rule_of: dict[int, int] = {}
        """Place of a row → the number of its rule, from 1."""
        for place, rule in listed:
            if place in self.rule_of or rule not in numbers:
                raise self._wrong(place, "is listed as not selected, and it or the rule is not there once")
            self.rule_of[place] = numbers[rule]
        self._unseen = len(self.rule_of)

    def check(self, place: int, rules: int, *, is_printed: bool, is_held: bool) -> None:
        """Check a row that some ``rules`` of the job, as the second reader states them, or the list pass over."""
        number = self.rule_of.get(place, 0)
        self._unseen -= number > 0
        if is_printed:
            raise self._wrong(place, "is printed, and the job does not ask for it")
        if number and is_held:
            raise self._wrong(place, "is held, and listed as not selected")
        if not number and not is_held:
            raise self._wrong(place, "is neither printed nor held, nor listed as not selected")
        if 0 < number <= len(self._stated) and not rules >> (number - 1) & 1:
            rule = self._stated[number - 1]
            raise self._wrong(place, f"is listed as not selected by {rule}, and the job asks for it")

    def check_seen(self) -> None:
        """Check that all that is listed was a row."""
        if self._unseen:
            raise BadBatch(
                f"{self._unseen} lines are listed as not selected that the member file does not have; {REDO}"
            )

    def _wrong(self, place: int, what: str) -> BadBatch:
        return BadBatch(f"{self._table.where(place)} {what}; {REDO}")


class _Households:
    """The households of all pieces: each names one 被保険者, and who belongs together is in one envelope."""

    def __init__(self, apart: Apart) -> None:
        self._together = apart is Apart.WITH_INSURED
        self.insured: dict[int, int] = {}
        """Household → whom it names."""
        self._envelopes = set[int]()
        self._alone: dict[int, str] = {}
        """Envelope without a 本人 → a record of it."""

    def take(self, record: str, entries: Sequence[Entry]) -> None:
        """Take in a piece; ``record`` is its first."""
        for entry in entries:
            if self.insured.setdefault(entry.household, entry.insured) != entry.insured:
                raise BadBatch(f"the household of record {record} names two 被保険者; {REDO}")
        if self._together:
            of_piece = {entry.envelope | OF_INSURED for entry in entries}
            if not self._envelopes.isdisjoint(of_piece):
                raise self._split(record)
            self._envelopes |= of_piece
        elif any(entry.envelope & OF_INSURED for entry in entries):
            self._envelopes.update(entry.envelope for entry in entries)
        else:
            self._alone |= dict.fromkeys((entry.envelope | OF_INSURED for entry in entries), record)

    def check(self) -> None:
        """Check that nobody has an envelope apart who lives with the 本人."""
        for envelope in self._alone.keys() & self._envelopes:
            raise self._split(self._alone[envelope])

    @staticmethod
    def _split(record: str) -> BadBatch:
        return BadBatch(f"the household of record {record} is in more than one envelope; {REDO}")


def prove_not_outlasting(second: SecondReader, not_printed: Container[int]) -> None:
    """Prove that the certificate of no 家族 outlasts the qualification of their 本人.

    ``not_printed`` are the places of those who are held or get no paper.

    :raises BadBatch: naming the record and its line.
    """
    for row in second.outlasting(not_printed):
        raise BadBatch(
            f"record {row.cells['整理番号']} is printed, and its certificate outlasts the qualification of its "
            f"被保険者 ({row.where}); {REDO}"
        )


def prove_released(releases: Path | None, freed: Iterable[tuple[str, str, str]], doubts: int) -> None:
    """Prove that whoever was freed of a doubt is named in the file of releases, and that no other doubt is gone.

    ``freed`` are record, code and sum of each finding that a release took away, ``doubts`` how many are gone at all.

    :raises BadBatch: naming the record that no release names.
    """
    named = releases_of(releases)
    for finding in freed:
        doubts -= 1
        if finding not in named:
            raise BadBatch(f"record {finding[0]} was freed of {finding[1]}, and no release says so; {REDO}")
    if doubts:
        raise BadBatch(f"{doubts} doubts are gone, and no release says so; {REDO}")
