"""A layout that would take hours or gigabytes to lay out → BadLayout after seconds.

A template is a program, and a picture or a page of a few lines can ask for billions of boxes. What is too much is found
by what it takes, not by how it is written.
"""

from __future__ import annotations

import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, Self

from renderer.model.errors import BadLayout

SECONDS = 5.0
"""Of processor time, for one variant, on however busy a machine: ten times what a sheet takes."""
MEMORY = 350_000_000
"""Bytes, besides what the process has already."""
_AGAIN = 0.5
"""Seconds until the clock rings again."""


class _TooLong(BaseException):
    """Nothing that mends errors catches it."""


@contextmanager
def bounded(name: str) -> Iterator[None]:
    """Lay a layout out within bounds; the outermost of several counts.

    Only the main thread of a process hears a clock, and the threads of a process share its memory: in any other thread
    there are no bounds but that of nesting. Workers and commands lay out in their main thread.

    :raises BadLayout: when it takes too long or too much memory, or stands in one another too deeply.
    """
    clock = _Clock()
    hears = threading.current_thread() is threading.main_thread() and not signal.getitimer(signal.ITIMER_PROF)[0]
    try:
        if not hears:
            yield
            return
        with clock, _in_memory():
            yield
    except MemoryError:
        raise BadLayout(
            f"{name}: it takes more than {MEMORY // 10**6} MB to lay out; make its pictures smaller"
        ) from None
    except RecursionError:
        raise BadLayout(f"{name}: its elements or rules stand in one another too deeply; take some out") from None
    except (_TooLong, BadLayout):
        if clock.rang:
            raise _too_long(name) from None
        raise
    if clock.rang:  # and nobody let it out
        raise _too_long(name)


def _too_long(name: str) -> BadLayout:
    return BadLayout(
        f"{name}: it takes more than {SECONDS:g} seconds to lay out; look for loops, and for pictures that repeat "
        "themselves"
    )


class _Clock:
    """Rings when the time is over, and again as long as it is not heard: much catches whatever happens in it."""

    def __init__(self) -> None:
        self.rang = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGPROF, self._ring)
        signal.setitimer(signal.ITIMER_PROF, SECONDS, _AGAIN)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, self._before)

    def _ring(self, *_: object) -> NoReturn:
        self.rang = True
        raise _TooLong


@contextmanager
def _in_memory() -> Iterator[None]:
    """Let the process have so much memory of its own, files that are mapped apart (``man 2 getrlimit``)."""
    before = resource.getrlimit(resource.RLIMIT_DATA)
    least = min(bound for bound in (_data() + MEMORY, *before) if bound != resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_DATA, (least, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _data() -> int:
    """Return how much memory of its own the process has now, in bytes (``man 5 proc``, statm)."""
    return int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
