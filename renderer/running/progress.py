"""Turn the steps of a run into something a person can watch, without the run knowing who watches."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called by a run from time to time, always from the main process."""

    def __call__(self, verb: str, done: int, total: int | None) -> None:
        """Say that ``done`` of ``total`` records (``None``: not yet known) have gone through ``verb``.

        ``verb`` is one of read, validate, gather, print, verify, report.
        """


def silent(verb: str, done: int, total: int | None) -> None:
    """Watch nothing."""
