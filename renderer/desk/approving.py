"""A job and who has approved its proof → the approval in the register of its outbox, which a run waits for."""

from __future__ import annotations

from renderer.intake.jobfile import check_title
from renderer.layout.load import layout_of
from renderer.model.errors import BadJob
from renderer.model.job import Job
from renderer.press.fonts import check_fonts
from renderer.running.approval import Approval, Bound, bound_of, check_said
from renderer.running.register import opened_register


def bound_now(job: Job) -> Bound:
    """Sum up what an approval of a job binds to, as its files are now.

    :raises BadJob, BadLayout: when the job, its layout or a font cannot be used.
    """
    layout = layout_of(job)
    check_title(job, layout.file.titles)
    return bound_of(job, layout.digest(), check_fonts().values())


def approve(job: Job, by: str, proof: str, reason: str = "") -> Approval:
    """Write that somebody has approved the proof of a job; ``proof`` is the sum (照合値) that stands on it.

    Without it nothing says that there was a proof, or that it shows what there is now. So no refusal tells the sum.

    :raises BadJob: when nobody is named, no proof is, or the job is no longer what its proof shows.
    """
    check_said(by, reason)
    if not proof.strip():
        raise BadJob(
            f"{job.name}: no proof is named, and only what somebody has seen can be approved; make one with renderer "
            "proof, let the insurer look at it, and say with --proof the sum (照合値) of its sign-off page"
        )
    bound = bound_now(job)
    if proof.strip() != bound.short:
        raise BadJob(
            f"{job.name}: the proof with the sum {proof} shows another job, layout, insurer or program than there is "
            "now; make a new proof and let the insurer look at it"
        )
    job.outbox.mkdir(exist_ok=True)
    with opened_register(job.outbox) as register:
        return register.approve(job.name, by.strip(), reason.strip(), bound)
