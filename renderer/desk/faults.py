"""What would go wrong with a layout, as lint tells it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that would go wrong."""

    code: str
    """A stable word for machines, such as ``boxes-overlap``."""
    where: str
    """Which slots, regions or elements."""
    sentence: str
    """What is wrong, with the numbers of the first variant that has it."""
    action: str
    variants: tuple[str, ...] = ()
    """The variants that have it; () when it does not depend on one."""
