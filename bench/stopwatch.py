"""A step → its wall time and its CPU time."""

from __future__ import annotations

import resource
import time
from types import TracebackType
from typing import Self


class Stopwatch:
    """Times what is done inside ``with``."""

    seconds = 0.0
    """Wall time."""
    cpu = 0.0
    """User and system seconds of this process and of those it has waited for."""

    def __enter__(self) -> Self:
        self._begun, self._busy = time.perf_counter(), _cpu()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.seconds, self.cpu = time.perf_counter() - self._begun, _cpu() - self._busy


def _cpu() -> float:
    usages = (resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
