"""Print-ready A4 sheets for Japanese health insurers: from a member file to verified print files.

    from renderer import load_job, run
    report = run(load_job(Path("job.toml")))

cli ─▶ desk ─▶ running ─▶ review ─▶ proof ─▶ mailing ─▶ layout ─▶ press ─▶ intake ─▶ documents ─▶ model
(imports go down only; ARCHITECTURE.md)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from renderer.desk.choice import find_members, load_member
    from renderer.desk.delivery import Proved
    from renderer.desk.delivery import prove_delivered as verify
    from renderer.desk.delivery import prove_folder as verify_folder
    from renderer.desk.draw import Drawn, draw_sheet
    from renderer.desk.reprint import reprint
    from renderer.intake.insurerfile import load_insurer
    from renderer.intake.jobfile import load_job
    from renderer.layout.load import Layout, load_layout
    from renderer.model.errors import BadBatch, BadJob, BadLayout, RunStopped
    from renderer.model.findings import Finding, Held
    from renderer.model.insurer import Insurer
    from renderer.model.job import Job
    from renderer.model.member import Member
    from renderer.running.checking import check
    from renderer.running.machines import Cluster
    from renderer.running.once import DeliveredAlready
    from renderer.running.report import Checked, FileReport, Report
    from renderer.running.run import run

__all__ = [
    "BadBatch",
    "BadJob",
    "BadLayout",
    "Checked",
    "Cluster",
    "DeliveredAlready",
    "Drawn",
    "FileReport",
    "Finding",
    "Held",
    "Insurer",
    "Job",
    "Layout",
    "Member",
    "Proved",
    "Report",
    "RunStopped",
    "check",
    "draw_sheet",
    "find_members",
    "load_insurer",
    "load_job",
    "load_layout",
    "load_member",
    "reprint",
    "run",
    "verify",
    "verify_folder",
]

# Each comes when it is first asked for: the program itself is imported with this package, and must not bring all along.
_MODULES = {
    "desk.choice": ("find_members", "load_member"),
    "desk.delivery": ("Proved", "verify", "verify_folder"),
    "desk.draw": ("Drawn", "draw_sheet"),
    "desk.reprint": ("reprint",),
    "intake.insurerfile": ("load_insurer",),
    "intake.jobfile": ("load_job",),
    "layout.load": ("Layout", "load_layout"),
    "model.errors": ("BadBatch", "BadJob", "BadLayout", "RunStopped"),
    "model.findings": ("Finding", "Held"),
    "model.insurer": ("Insurer",),
    "model.job": ("Job",),
    "model.member": ("Member",),
    "running.machines": ("Cluster",),
    "running.once": ("DeliveredAlready",),
    "running.report": ("Checked", "FileReport", "Report"),
    "running.checking": ("check",),
    "running.run": ("run",),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}
_CALLED_THERE = {"verify": "prove_delivered", "verify_folder": "prove_folder"}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'renderer' has no attribute '{name}'")
    return getattr(import_module(f"renderer.{_HOME[name]}"), _CALLED_THERE.get(name, name))
