"""What was asked of a service, by whom and how it went: rows of its database, read and written whole.

queued ─▶ running ─▶ delivered         its print files are in the outbox
▲         │ └──▶  refused           it cannot be begun or a proof failed: nothing of it is delivered
└─────────┘ └──▶  failed            the program broke, more often than is tried
service ended ├──▶  cancelled         somebody said so
              └─ cancelling ─▶ cancelled: its run is being ended; or delivered, where that was done already
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, RowMapping, case, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from renderer.service.library import Named
from renderer.service.tables import ACT, AWAY, JOB, KEY, NOTICE
from renderer.service.tokens import Caller


class State(StrEnum):
    """How far a job has come."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DELIVERED = "delivered"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_end(self) -> bool:
        """Whether nothing follows."""
        return self not in (State.QUEUED, State.RUNNING, State.CANCELLING)


class KeyTaken(Exception):  # noqa: N818
    """A caller has given this key to a request already; ``job`` came of it if that was the same."""

    def __init__(self, job: JobRow | None) -> None:
        """Take that job, or None where the request was another."""
        super().__init__("the key is taken")
        self.job = job


class NameTaken(Exception):  # noqa: N818
    """There was a job of this name before."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job that was asked for."""

    number: int
    name: str
    library: str
    version: int
    state: State
    asked_by: str
    options: Mapping[str, Any]
    progress: Mapping[str, Sequence[int | None]]
    """Verb → how many are done, of how many."""
    outcome: Mapping[str, Any]
    """Of a job that has ended: its report, or ``detail``, why there is none."""
    attempts: int
    """How often it was begun; that it was ended with the service counts for nothing."""
    asked_at: str
    begun_at: str
    ended_at: str


@dataclass(frozen=True, slots=True)
class Due:
    """An end that is to be told."""

    url: str
    attempts: int
    """How often that was tried."""
    job: JobRow


def now() -> str:
    """Return day and time in UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


class States:
    """The rows of a database."""

    def __init__(self, engine: Engine) -> None:
        """Take an open database."""
        self._engine = engine

    def close(self) -> None:
        """Let the database go."""
        self._engine.dispose()

    def is_there(self) -> bool:
        """Ask whether the database answers."""
        try:
            with self._engine.connect() as connection:
                return connection.execute(select(1)).scalar() == 1
        except AWAY:
            return False

    def enter(
        self,
        name: str,
        named: Named,
        caller: Caller,
        options: Mapping[str, Any],
        key: str,
        request: str,
        url: str,
        place: Callable[[], None],
    ) -> JobRow:
        """Enter a job, to be printed in its turn.

        ``key`` is what the caller calls the request, "" for nothing; ``request`` the sum of the request; ``url`` to
        whom its end is told, "" for nobody. ``place`` puts what is to be printed in its place, where nobody else of
        this name can do so: there is no job without it, however this is cut off.

        :raises KeyTaken: when the caller has called a request so before.
        :raises NameTaken: when there was a job of this name before.
        """
        values = {
            **{"name": name, "library": named.name, "version": named.version, "state": State.QUEUED},
            **{"asked_by": caller.name, "options": dict(options), "progress": {}, "outcome": {}, "attempts": 0},
            **{"asked_at": now(), "begun_at": "", "ended_at": ""},
        }
        self.check_key(caller, key, request)
        try:
            with self._engine.begin() as connection:
                inserted = connection.execute(insert(JOB).values(values))
                (number,) = inserted.inserted_primary_key or (0,)
                if key:
                    connection.execute(insert(KEY).values(caller=caller.name, key=key, request=request, job=number))
                if url:
                    waiting = {"job": number, "url": url, "attempts": 0, "next_at": 0, "status": "waiting"}
                    connection.execute(insert(NOTICE).values(waiting))
                place()
        except IntegrityError:
            self.check_key(caller, key, request)
            raise NameTaken(name) from None
        return self.job(name)

    def check_key(self, caller: Caller, key: str, request: str) -> None:
        """Ask whether a caller has called a request so before. Raises KeyTaken."""
        if not key:
            return
        joined = select(JOB, KEY.c.request).join(KEY, KEY.c.job == JOB.c.number)
        with self._engine.connect() as connection:
            found = connection.execute(joined.where(KEY.c.caller == caller.name, KEY.c.key == key)).mappings().first()
        if found:
            raise KeyTaken(_job(found) if found["request"] == request else None)

    def job(self, name: str) -> JobRow:
        """Return a job. Raises KeyError when there is none."""
        with self._engine.connect() as connection:
            found = connection.execute(select(JOB).where(JOB.c.name == name)).mappings().first()
        if found is None:
            raise KeyError(name)
        return _job(found)

    def jobs(self, *, before: int | None = None, state: State | None = None, most: int = 50) -> list[JobRow]:
        """Return jobs, the newest first; ``before`` is the number that a page ended with."""
        query = select(JOB).order_by(JOB.c.number.desc()).limit(most)
        query = query if before is None else query.where(JOB.c.number < before)
        query = query if state is None else query.where(JOB.c.state == state)
        with self._engine.connect() as connection:
            return [_job(row) for row in connection.execute(query).mappings()]

    def counts(self) -> dict[State, int]:
        """Return how many jobs there are in each state."""
        with self._engine.connect() as connection:
            found = connection.execute(select(JOB.c.state, func.count()).group_by(JOB.c.state)).all()
        return dict.fromkeys(State, 0) | {State(state): count for state, count in found}

    def take_next(self, at_work: Collection[str] = ()) -> JobRow | None:
        """Begin the job that has waited longest; None where none waits.

        What is running by its row, and not ``at_work``, waits again: its process died, or the service did.
        """
        left = update(JOB).where(JOB.c.state == State.RUNNING, JOB.c.name.not_in(at_work)).values(state=State.QUEUED)
        first = select(func.min(JOB.c.number)).where(JOB.c.state == State.QUEUED).scalar_subquery()
        begun = {"state": State.RUNNING, "begun_at": now(), "attempts": JOB.c.attempts + 1, "progress": {}}
        with self._engine.begin() as connection:
            connection.execute(left)
            statement = update(JOB).where(JOB.c.number == first, JOB.c.state == State.QUEUED).values(begun)
            found = connection.execute(statement.returning(JOB)).mappings().first()
        return _job(found) if found else None

    def progress(self, name: str, progress: Mapping[str, Sequence[int | None]]) -> None:
        """Write how far a job has come."""
        self._change(name, State.RUNNING, progress=dict(progress))

    def end(self, name: str, state: State, outcome: Mapping[str, Any]) -> bool:
        """Write how a job has ended; return False where it had ended already."""
        was = (state for state in State if not state.is_end)
        return self._change(name, *was, state=state, outcome=dict(outcome), ended_at=now())

    def cancel(self, name: str) -> State | None:
        """Cancel a job that waits, or write that the run of it is to be ended; None where it had ended already."""
        is_waiting = JOB.c.state == State.QUEUED
        values = {
            "state": case((is_waiting, State.CANCELLED), else_=State.CANCELLING),
            "ended_at": case((is_waiting, now()), else_=JOB.c.ended_at),
        }
        was = [state for state in State if not state.is_end]
        statement = update(JOB).where(JOB.c.name == name, JOB.c.state.in_(was)).values(values).returning(JOB.c.state)
        with self._engine.begin() as connection:
            found = connection.execute(statement).scalar()
        return State(found) if found else None

    def wait_again(self, name: str) -> None:
        """Let a job that was to be cancelled be begun: it was delivered already, which its run will find."""
        self._change(name, State.CANCELLING, state=State.QUEUED)

    def take_back(self, name: str) -> None:
        """Do not count that a job was begun: its process did not die."""
        self._change(name, State.RUNNING, attempts=JOB.c.attempts - 1)

    def states_by_name(self) -> dict[str, State]:
        """Return how far each job has come."""
        with self._engine.connect() as connection:
            return {name: State(state) for name, state in connection.execute(select(JOB.c.name, JOB.c.state))}

    def _change(self, name: str, *was: State, **values: Any) -> bool:
        with self._engine.begin() as connection:
            changed = connection.execute(update(JOB).where(JOB.c.name == name, JOB.c.state.in_(was)).values(values))
        return changed.rowcount == 1

    def remember(self, request: str, caller: Caller, act: str, subject: str) -> None:
        """Write what somebody did, and to what."""
        values = {"at": now(), "request": request, "caller": caller.name, "role": caller.role}
        with self._engine.begin() as connection:
            connection.execute(insert(ACT).values(**values, act=act, subject=subject))

    def acts(self, most: int = 100) -> list[Mapping[str, Any]]:
        """Return what was done, the newest first."""
        with self._engine.connect() as connection:
            found = connection.execute(select(ACT).order_by(ACT.c.id.desc()).limit(most)).mappings()
            return [dict(row) for row in found]

    def due(self, at: int) -> list[Due]:
        """Return to whom the end of which job is to be told now."""
        ended = [state for state in State if state.is_end]
        query = select(NOTICE.c.url, NOTICE.c.attempts.label("tried"), JOB).join(JOB, JOB.c.number == NOTICE.c.job)
        query = query.where(NOTICE.c.status == "waiting", NOTICE.c.next_at <= at, JOB.c.state.in_(ended))
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(NOTICE.c.job)).mappings().all()
        return [Due(row["url"], row["tried"], _job(row)) for row in rows]

    def told(self, number: int, *, status: str, attempts: int, next_at: int) -> None:
        """Write what came of telling the end of a job."""
        values = {"status": status, "attempts": attempts, "next_at": next_at}
        with self._engine.begin() as connection:
            connection.execute(update(NOTICE).where(NOTICE.c.job == number).values(values))


def _job(row: RowMapping) -> JobRow:
    values = {name: row[name] for name in JobRow.__slots__}
    return JobRow(**{**values, "state": State(values["state"])})
