"""What was printed, and where rows stand → proof that it was everybody asked for and not held, once and with whom."""

from __future__ import annotations

import csv
import mmap
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from renderer.model.errors import BadBatch
from renderer.model.job import Apart, Envelope, Incomplete, MailingRules
from renderer.proof.source_index import OF_INSURED, REDO, Entry, Index, encoding_of


def prove_complete(
    index: Path,
    mailing: MailingRules,
    pieces: Iterable[Sequence[str]],
    held: Collection[int],
    not_selected: Iterable[tuple[int, str]] = (),
) -> None:
    """Prove that each row was printed once, or is held, or gets no paper by a rule of the job, and nobody else was.

    ``pieces`` are the records of the sheets of every envelope of all print files, ``held`` the lines of all findings
    that hold a row, ``not_selected`` the lines that get no paper, each with its rule. Who may have an envelope alone by
    the job's word has one; where the job lets a household wait for who is held, nobody of it is printed.

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
        for slot, (_, household, _, _, _, _, rules, line) in enumerate(table.entries()):
            if rules or unselected.rule_of[line]:
                unselected.check(line, rules, is_printed=bool(is_printed[slot]), is_held=line in held)
            elif line and not is_printed[slot] and line not in held:
                raise BadBatch(f"line {line} of the member file is neither printed nor held; {REDO}")
            if waits and household in households.insured and line in held:
                raise BadBatch(f"line {line} of the member file is held, and its household printed; {REDO}")
        unselected.check_seen()


def _to_print(table: Index, record: str, held: Collection[int]) -> Entry:
    entry = table.find(record)
    if entry is None or entry.is_twice or entry.line in held:
        raise BadBatch(f"record {record} is printed, and the member file does not have it to print; {REDO}")
    return entry


class _NotSelected:
    """The lines of the member file that get no paper, each by a rule of the job."""

    def __init__(self, table: Index, lines: Iterable[tuple[int, str]]) -> None:
        self._stated: list[str] = table.head["rules"]
        numbers = {rule: at for at, rule in enumerate((*self._stated, *table.head["rules_by_change"]), 1)}
        self.rule_of = bytearray(table.slots + 1)
        """Line → the number of its rule, from 1; 0 where it is asked for."""
        self._unseen = 0
        for line, rule in lines:
            if not 0 < line <= table.slots or self.rule_of[line] or rule not in numbers:
                raise self._wrong(line, "is listed as not selected, and it or the rule is not there once")
            self.rule_of[line] = numbers[rule]
            self._unseen += 1

    def check(self, line: int, rules: int, *, is_printed: bool, is_held: bool) -> None:
        """Check a line that some ``rules`` of the job, as the second reader states them, or the list pass over."""
        number = self.rule_of[line]
        self._unseen -= number > 0
        if is_printed:
            raise self._wrong(line, "is printed, and the job does not ask for it")
        if number and is_held:
            raise self._wrong(line, "is held, and listed as not selected")
        if not number and not is_held:
            raise self._wrong(line, "is neither printed nor held, nor listed as not selected")
        if 0 < number <= len(self._stated) and not rules >> (number - 1) & 1:
            raise self._wrong(line, f"is listed as not selected by {self._stated[number - 1]}, and the job asks for it")

    def check_seen(self) -> None:
        """Check that every line of the list was a row."""
        if self._unseen:
            raise BadBatch(
                f"{self._unseen} lines are listed as not selected that the member file does not have; {REDO}"
            )

    @staticmethod
    def _wrong(line: int, what: str) -> BadBatch:
        return BadBatch(f"line {line} of the member file {what}; {REDO}")


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


def prove_released(releases: Path | None, freed: Iterable[tuple[str, str, str]], doubts: int) -> None:
    """Prove that whoever was freed of a doubt is named in the file of releases, and that no other doubt is gone.

    ``freed`` are record, code and sum of each finding that a release took away, ``doubts`` how many are gone at all.

    :raises BadBatch: naming the record that no release names.
    """
    named = set[tuple[str, ...]]()
    if releases:
        with releases.open(encoding=encoding_of(releases, "auto"), newline="") as file:
            named = {tuple(cell.strip().removeprefix("\ufeff") for cell in cells[:3]) for cells in csv.reader(file)}
    for finding in freed:
        doubts -= 1
        if finding not in named:
            raise BadBatch(f"record {finding[0]} was freed of {finding[1]}, and no release says so; {REDO}")
    if doubts:
        raise BadBatch(f"{doubts} doubts are gone, and no release says so; {REDO}")
