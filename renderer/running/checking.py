"""A job → what its run would print and hold, and what can be looked at before it; nothing of it stays."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from renderer.model.job import Job
from renderer.running.once import Allowed, Once
from renderer.running.outbox import alone, learn, left_as_it_is
from renderer.running.progress import Progress, silent
from renderer.running.register import copied_register
from renderer.running.report import Checked
from renderer.running.run import Run


def check(job: Job, *, workers: int | None = None, progress: Progress = silent) -> Checked:
    """Read and validate the member file of a job, try every value in its place, and gather; print nothing."""
    with tried(job, workers=workers, progress=progress) as (steps, once):
        return steps.checked(once)


@contextmanager
def tried(job: Job, *, workers: int | None = None, progress: Progress = silent) -> Iterator[tuple[Run, Once]]:
    """Do what ``check`` does, and give what there is then; all of it goes at the end."""
    with left_as_it_is(job.outbox), alone(job, job.beside("check")), copied_register(job.outbox) as register:
        learn(job.outbox, register)
        begun = Run(job, "check", register, workers, progress, None)
        once = Once(register, job, begun.begun_with, Allowed(), begun.asked.base, begun.bound)
        try:
            with begun.opened() as steps:
                steps.validate()
                steps.gather()
                yield steps, once
        finally:
            shutil.rmtree(job.beside("check"))
