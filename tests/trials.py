"""The long trials (``make trials``): every fault of the table, and a hundred kills → docs/trials.md.

It is committed as it was written: which proof objects to which fault is the same on every machine, how many kills hit
which stage is not.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from functools import cache
from pathlib import Path
from typing import TypeVar

import conftest  # noqa: F401 - the project's fonts and no others, before anything imports WeasyPrint
from fault_trials import DELIVERED, JOBS, SAME, Fault, FaultTrials, Trial, faults
from kill_trials import WAYS, Kill, Killing
from trial_runs import ROOT

from renderer.model.sums import sum_of_all, sum_of_file

RECORD = ROOT / "docs" / "trials.md"
KNOWN = ROOT / "build" / "trials"
"""What came of trials so far: half an hour is not spent again where one fault is added to the table."""
SOURCES = {".py", ".toml", ".j2", ".css"}
KILLS = 100

Outcome = TypeVar("Outcome", Trial, Kill)


def known(what: Sequence[str], find: Callable[[], Iterable[Outcome]], make: Callable[..., Outcome]) -> list[Outcome]:
    """Find out what comes of a trial, or look it up where the same was tried before with the same program."""
    path = KNOWN / f"{sum_of_all([*made_of(), *what])}.json"
    if not path.exists():
        found = [astuple(one) for one in find()]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found), "utf-8")
    return [make(*values) for values in json.loads(path.read_text("utf-8"))]


@cache
def made_of() -> tuple[str, ...]:
    """Sum up the program and how it is tried."""
    program = [path for path in sorted((ROOT / "renderer").rglob("*")) if path.suffix in SOURCES]
    layouts = [path for path in sorted((ROOT / "layouts").rglob("*")) if path.suffix in SOURCES]
    trials = [Path(__file__).with_name(name) for name in ("fault_trials.py", "kill_trials.py", "trial_runs.py")]
    return tuple(map(sum_of_file, [*program, *layouts, *trials]))


def try_faults(wanted: Sequence[Fault], folder: Path, at_once: int) -> list[Trial]:
    """Try faults, some at a time; of a broken proof, whether its test notices."""
    trials = FaultTrials(folder)

    def of(fault: Fault) -> list[Trial]:
        def find() -> Iterable[Trial]:
            if fault.test:
                return [Trial(fault.name, "", fault.told_by if trials.is_noticed(fault) else SAME, "")]
            return trials.run(fault)

        tried = known([fault.module, fault.old, fault.new, fault.test], find, Trial)
        print(fault.name, *(trial.outcome for trial in tried), sep="  ", file=sys.stderr, flush=True)
        return tried

    with ThreadPoolExecutor(at_once) as several:
        return [trial for tried in several.map(of, wanted) for trial in tried]


def kill_at_random(folder: Path, kills: int) -> list[Kill]:
    """Kill, at random instants, runs of each job in turn."""
    killing = cache(lambda name: Killing(folder / name, name))
    names = list(WAYS)
    found = []
    for seed in range(kills):
        name = names[seed % len(names)]
        found += known(["kill", name, str(seed)], lambda name=name, seed=seed: [killing(name).kill(seed)], Kill)
        print(seed, *astuple(found[-1]), sep="  ", file=sys.stderr, flush=True)
    return found


def is_as_told(fault: Fault, outcomes: Collection[str]) -> bool:
    """Whether a fault ended as the table says: objected to by whom it names, or delivered for its reason."""
    if not fault.told_by:
        return DELIVERED in outcomes
    return fault.told_by in outcomes and DELIVERED not in outcomes


# The record.


ABOUT = """\
# Trials

Written by `make trials`. `tests/program_faults.toml` has each fault as a change in a text of the code. It is put,
alone, into a copy of the installed program, and five small jobs are run with it by the command line: notices by
member and by household, both by way of the workplace, with customer barcode and OMR marks; certificates by member
and by household (apart), with QR marks, where those who live elsewhere have envelopes of their own; and one notice
with an insert, asked for by a span of days that the other row is not in. Plates are compiled anew by each copy, but
where its fault is in a module that has no part in them.

A cell says who refused the job, so that nothing was delivered; “the same bytes”, where the fault touches nothing in
that job; “holds more”, where the sheets delivered are the same and all others stand in held.csv; or **DELIVERED**,
where something else was. “An end by itself” is an exception that no proof raised: nothing was delivered, so it counts
as refused.
"""
ABOUT_PROOFS = """\
## A proof that asks nothing

It refuses nothing that is right, so no run notices: a test fails.

| what is wrong | where | test | noticed |
|---|---|---|---|
"""
ABOUT_KILLS = """\
Runs of notices by member and by household in turn, of which one process was killed (SIGKILL) at a random instant, seven
in ten with kept plates; then the same command until it ended well. Each delivered the same bytes as the run that nobody
disturbed, and left nothing else. How many hit what, and how many of these ended well without being started again
(“gather”: everybody is in a piece, and no batch is proved yet):

| killed | begun by then | kills | went on |
|---|---|--:|--:|
"""


def record(table: Mapping[str, Fault], trials: Sequence[Trial], kills: Sequence[Kill]) -> str:
    """Write what came of all trials."""
    shared = sum(fault.shared for fault in table.values())
    of = {name: [trial for trial in trials if trial.fault == name] for name in table}
    delivered = [name for name in table if any(trial.outcome == DELIVERED for trial in of[name])]
    told = Counter(DELIVERED if name in delivered else fault.told_by for name, fault in table.items())
    return "\n".join((
        ABOUT,
        f"{len(table)} faults, {shared} of them in what print and proof both go by.\n",
        "| who objected | faults |\n|---|--:|",
        *(f"| {who} | {count} |" for who, count in told.most_common()),
        "\n## What was delivered all the same\n",
        *([f"- {table[name].wrong}: {table[name].reason or '**NO REASON**'}." for name in delivered] or ["Nothing."]),
        "\n## Each fault\n",
        f"| what is wrong | where | changes | shared | {' | '.join(JOBS)} | in its words |",
        "|---" * (len(JOBS) + 5) + "|",
        *(_row(fault, of[name]) for name, fault in table.items() if not fault.test),
        "\n" + ABOUT_PROOFS.rstrip(),
        *(_row_of_proof(fault, of[name]) for name, fault in table.items() if fault.test),
        f"\n## {len(kills)} kills\n",
        ABOUT_KILLS.rstrip(),
        *_hits(kills),
        "",
    ))  # fmt: skip


def _row(fault: Fault, trials: Sequence[Trial]) -> str:
    cells = [f"**{trial.outcome}**" if trial.outcome == DELIVERED else trial.outcome for trial in trials]
    words = next((_shortened(trial.told) for trial in trials if trial.outcome == fault.told_by), "")
    shared = "yes" if fault.shared else ""
    return f"| {fault.wrong} | `{fault.module}` | {fault.changes} | {shared} | {' | '.join(cells)} | {words} |"


def _row_of_proof(fault: Fault, trials: Sequence[Trial]) -> str:
    noticed = "yes" if trials[0].outcome == fault.told_by else "**NO**"
    return f"| {fault.wrong} | `{fault.module}` | `tests/{fault.test}` | {noticed} |"


def _shortened(told: str) -> str:
    words = re.sub(r"^renderer: |; (?:it is|nothing|start|print|where the) .*", "", told, flags=re.DOTALL)
    return words.replace("|", "\\|").replace(str(ROOT), "")


def _hits(kills: Sequence[Kill]) -> list[str]:
    counts = Counter((kill.target, kill.stage) for kill in kills)
    went_on = Counter((kill.target, kill.stage) for kill in kills if kill.went_on)
    return [f"| {' | '.join(hit)} | {count} | {went_on[hit]} |" for hit, count in sorted(counts.items())]


def main() -> int:
    """Try everything and write the record; 1 where something did not end as the table says."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--at-once", type=int, default=2, help="faults tried at a time")
    words.add_argument("names", nargs="*", help="faults to try, and nothing recorded; without any, all")
    asked = words.parse_args()
    table = faults()
    with tempfile.TemporaryDirectory(prefix="long-trials-") as folder:
        wanted = [table[name] for name in asked.names] or list(table.values())
        trials = try_faults(wanted, Path(folder), asked.at_once)
        outcomes = {fault.name: {trial.outcome for trial in trials if trial.fault == fault.name} for fault in wanted}
        wrong = [fault for fault in wanted if not is_as_told(fault, outcomes[fault.name])]
        for fault in wrong:
            print(
                f"{fault.name}: {', '.join(sorted(outcomes[fault.name]))}; the table says {fault.told_by or DELIVERED}"
            )
        if not asked.names and not wrong:
            kills = kill_at_random(Path(folder) / "kills", KILLS)
            RECORD.write_text(record(table, trials, kills), "utf-8")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
