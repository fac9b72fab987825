"""The variants of a layout → which of them is looked at under which job, and on which of them sheets are drawn.

To lay a sheet out is what takes time, and a layout has a variant for each combination of its facts. Every variant is
looked at. The job it is looked at under changes with each of its facts: whatever values all facts but one have, they
are seen under both jobs. Drawn are as few as have each value of a fact together with each of another, and both jobs.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from renderer.model.variant import Variant

JobLike = Literal["usual", "turned", "bare"]
"""A job that shows what most show; one that has everything otherwise; one that shows as little as it may."""
FEW = 4
"""So many variants are looked at under both of the first two jobs."""


@dataclass(frozen=True, slots=True)
class Look:
    """One sheet that is laid out."""

    variant: Variant
    job: JobLike
    is_drawn: bool
    """Whether it is filled, drawn by the press and by WeasyPrint, and compared."""


def looks(variants: Sequence[Variant]) -> list[Look]:
    """Choose what is looked at, in the order of the variants."""
    chosen = list(_under_two_jobs(variants))
    drawn = _cover(chosen)
    found = [Look(variant, job, (variant, job) in drawn) for variant, job in chosen]
    # A bare job is looked at where variants differ most.
    return [*found, *(Look(variant, "bare", False) for variant in dict.fromkeys((variants[0], variants[-1])))]


def part_of(looks: Sequence[Look], part: int, parts: int) -> list[Look]:
    """Choose one part of so many, from 0: what follows one another has most in common, and all parts take as long."""
    times = [2 if look.is_drawn else 1 for look in looks]
    begun = itertools.accumulate(times, initial=0)
    return [look for look, at in zip(looks, begun, strict=False) if at * parts // sum(times) == part]


def _under_two_jobs(variants: Sequence[Variant]) -> Iterator[tuple[Variant, JobLike]]:
    jobs: tuple[JobLike, JobLike] = ("usual", "turned")
    numbers: dict[tuple[str, str], int] = {}
    for fact, value in dict.fromkeys(itertools.chain.from_iterable(variants)):
        numbers[fact, value] = sum(known == fact for known, _ in numbers)
    for variant in variants:
        turn = sum(numbers[fact] for fact in variant) % 2
        yield from ((variant, job) for job in (jobs if len(variants) <= FEW else jobs[turn : turn + 1]))


def _cover(chosen: Sequence[tuple[Variant, JobLike]]) -> set[tuple[Variant, JobLike]]:
    """Take the sheet that shows most of what none before it has shown together, until nothing is left."""
    shown = {sheet: _together(*sheet) for sheet in chosen}
    missing = set[Hashable]().union(*shown.values())
    taken: set[tuple[Variant, JobLike]] = set()
    while missing:
        best = max(chosen, key=lambda sheet: len(shown[sheet] & missing))
        taken.add(best)
        missing -= shown[best]
    return taken


def _together(variant: Variant, job: JobLike) -> set[Hashable]:
    """Return the values of a sheet's facts, each two of them, and its job."""
    return {job, *variant, *itertools.combinations(variant, 2)}
