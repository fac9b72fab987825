"""A job, its inputs and the register → whether it may be delivered: nobody is mailed twice, nothing replaced unsaid.

Asked before anything is printed, and once more as the delivery takes its name: another job may have come first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any

from renderer.intake.encodings import sum_of_rows
from renderer.model.errors import BadJob
from renderer.model.job import Job
from renderer.model.sums import sum_of_file, sum_of_files
from renderer.running.approval import Approval, Bound
from renderer.running.outbox import highest_aside, in_place, is_aside, is_begun, is_in
from renderer.running.register import Delivery, Register, day_of
from renderer.running.remembered import base_of, sum_of_key
from renderer.running.whole import faults_of, profile_in, read_report
from renderer.running.words import Said


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a person has allowed for one run."""

    again: bool = False
    """To print a member file that was printed already."""
    replace: bool = False
    """To put the delivery in the place of an earlier one."""


class DeliveredAlready(Exception):  # noqa: N818 - an outcome, not an error of the program
    """The very job was delivered of the very inputs, and the delivery is whole: there is nothing to do."""

    def __init__(self, delivery: Delivery) -> None:
        super().__init__(f"{delivery.job} is delivered already")
        self.delivery = delivery


class NotAllowed(BadJob):
    """Nobody has allowed what a run would do: mail people twice, or replace a delivery."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.told("en"))
        self.said = said


class Once:
    """What a job would deliver, and what its outbox knows."""

    def __init__(
        self,
        register: Register,
        job: Job,
        inputs: str,
        allowed: Allowed,
        base: str = "",
        bound: Bound | None = None,
    ) -> None:
        """Take what the job is made of (``inputs``), and the deliveries that it is compared with (``base``).

        ``bound`` is what its approval must bind to, None where the job waits for nobody's.
        """
        self._register, self._job, self._inputs, self._allowed = register, job, inputs, allowed
        self._bound = bound
        self._base, self._insurer = base, f"{job.insurer.number} {job.insurer.name}"
        self._source = sum_of_files(job.sources)
        self._row_sums = [sum_of_rows(path) for path in job.sources]

    def profile_before(self) -> Mapping[str, Any]:
        """Return what the member file of the last delivery of this document looked like, if it still lies here."""
        for delivery in reversed(self._register.of_document(self._job.document)):
            folder = self._job.outbox / delivery.job
            if is_in(folder, delivery):
                return profile_in(folder)
        return {}

    def check(self) -> None:
        """Refuse what may not be delivered.

        :raises DeliveredAlready: when that was done.
        :raises NotAllowed: when it would replace a delivery or mail a member file again, and nobody has allowed it, or
            when nobody has approved its proof.
        """
        earlier = in_place(self._job, self._register.of_job(self._job.name))
        if self._job.folder.exists():
            self._check_replaced(earlier)
        self._check_doubled()
        if self._bound:
            self._check_approved(self._bound)

    @property
    def approval(self) -> Approval | None:
        """The approval that the delivery rests on, None where the job waits for nobody's."""
        return self._register.approval_of(self._job.name) if self._bound else None

    def refusal(self) -> Said | None:
        """Say why a run would be refused, None where it would not."""
        try:
            self.check()
        except NotAllowed as refused:
            return refused.said
        except DeliveredAlready:
            pass
        return None

    def older(self, newest: date, rows: int) -> Said | None:
        """Say where a member file looks older than that of an earlier delivery of the document; None where not.

        Old is a file whose newest month (資格取得, 認定, 登録) is before that of the earlier. A file of less than half
        as many rows is a part, such as what was held and is corrected, and need not have the newest.
        """
        comparable = [
            line
            for line in self._register.of_document(self._job.document)
            if line.insurer == self._insurer and line.inputs != self._inputs and line.read <= 2 * rows
        ]
        last = max(comparable, key=lambda line: line.newest, default=None)
        here = _month(newest)
        if last is None or here >= last.newest:
            return None
        return Said(
            "older",
            {
                "source": self._job.said_sources,
                "here": here or "―",
                "job": last.job,
                "day": last.day,
                "there": last.newest,
            },
        )

    def next(self, *, printed: int, held: int, not_selected: int = 0, newest: date = date.min) -> Delivery:
        """Return the line of the delivery that the job would make now, but for the sum of its report."""
        job = self._job
        lines = self._register.of_job(job.name)
        there, replaced = job.folder.exists(), in_place(job, lines)
        # A delivery that no line knows has had a number, too.
        latest = max((line.number for line in lines), default=0) + (there and replaced is None)
        return Delivery(
            job=job.name,
            number=1 + max(latest, highest_aside(job) + there),
            document=job.document,
            inputs=self._inputs,
            source=self._source,
            report="",
            printed=printed,
            held=held,
            again=self._allowed.again,
            replaced=self._allowed.replace,
            insurer=self._insurer,
            not_selected=not_selected,
            newest=_month(newest),
            base=self._base,
            instead_of=replaced.number if replaced else 0,
            approved_by=approval.by if (approval := self.approval) else "",
            row_sums=" ".join(sorted(self._row_sums)),
        )

    def begin(self, finished: Path, papers: Iterable[tuple[bytes, bytes]] = (), key: bytes | None = None) -> Delivery:
        """Write into the register that what is finished is about to take its name; return its line.

        Where there is a ``key``, the ``papers`` that were summed up with it are remembered with the line.

        :raises NotAllowed: when another job has delivered the same meanwhile.
        """
        delivery, _ = read_report(finished)
        with self._register.alone():
            self.check()
            self._check_compared()
            self._register.enter(delivery)
            if key is not None:
                self._register.remember(delivery, papers, sum_of_key(key))
        return delivery

    def _check_compared(self) -> None:
        """Refuse what was compared with other deliveries than there are now: another job was delivered meanwhile."""
        select, lines = self._job.select, self._register.of_job(self._job.name)
        if not (select and select.by_change) or any(line.inputs == self._inputs for line in lines):
            return
        others = (line for line in self._register.begun() if line.job != self._job.name)
        if other := next((line for line in others if line.document == self._job.document), None):
            raise NotAllowed(Said("refused_beside", {"job": self._job.name, "other": other.job}))
        if self._base != base_of(self._job, self._register):
            raise NotAllowed(Said("refused_compared", {"job": self._job.name}))

    def _check_replaced(self, earlier: Delivery | None) -> None:
        fault = None
        if earlier and earlier.inputs == self._inputs:
            fault = next(faults_of(self._job.folder), None)
            if fault is None:
                raise DeliveredAlready(earlier)
        if not self._allowed.replace:
            key = "refused_damaged" if fault else "refused_otherwise" if earlier else "refused_unknown"
            raise NotAllowed(Said(key, {"job": self._job.name, "fault": fault or ""}))

    def _check_doubled(self) -> None:
        if self._allowed.again:
            return
        known = {self._source, *map(sum_of_file, self._job.sources), *self._row_sums}
        for line in self._register.of_sources(known, self._job.document):
            if line.job == self._job.name and self._is_nobodys_yet(line):
                continue
            key = "refused_printed" if line.delivered_at else "refused_begun"
            raise NotAllowed(Said(key, {"source": self._job.said_sources, "job": line.job, "day": line.day}))

    def _check_approved(self, bound: Bound) -> None:
        approval, named = self.approval, {"job": self._job.name, "file": self._job.path.name}
        if approval is None:
            raise NotAllowed(Said("refused_unapproved", named))
        if changed := bound.changed_since(approval.bound):
            by = {"by": approval.by, "day": day_of(approval.approved_at)}
            raise NotAllowed(Said("refused_approved_otherwise", {**named, **by, "changed": _listed(changed)}))

    def _is_nobodys_yet(self, line: Delivery) -> bool:
        """Whether a delivery of the job itself was never taken away, to be mailed."""
        if line.delivered_at is None and is_begun(self._job, line):
            return True
        # Where somebody allows it to be replaced, they say that nobody mails what lies here.
        here = in_place(self._job, self._register.of_job(self._job.name))
        return self._allowed.replace and (line == here or is_aside(self._job, line))


def _listed(bound: Iterable[str]) -> Said:
    """Name in one line what an approval binds to."""
    named = (Said(f"bound_{name}", {}) for name in bound)
    return reduce(lambda some, other: Said("listed", {"some": some, "other": other}), named)


def _month(day: date) -> str:
    """Return the month of a day, which says less of a person than the day, "" for none."""
    return f"{day:%Y-%m}" if day > date.min else ""
