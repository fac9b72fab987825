"""Turn the steps of a run into something a person can watch, without the run knowing who watches."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called by a run from time to time, always from the main process."""

    def __call__(self, verb: str, done: int, total: int | None) -> None:
        """Say that ``done`` of ``total`` (``None``: not yet known) have gone through ``verb``.

        That is: rows for validate, plates for compile, sheets for print, and sheets that are compared for verify.
        """


def silent(verb: str, done: int, total: int | None) -> None:
    """Watch nothing."""
