"""Checks that refuse → one refusal that says all that they found, each thing once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from renderer.model.errors import BadLayout


def refusal(sentences: Iterable[str]) -> BadLayout:
    """Make one refusal of at least one sentence."""
    first, *rest = dict.fromkeys(sentences)
    refused = BadLayout(first)
    refused.also = tuple(rest)
    return refused


class Refusals:
    """What several checks found."""

    def __init__(self) -> None:
        self._sentences: list[str] = []

    @contextmanager
    def collected(self) -> Iterator[None]:
        """Go on behind a check that refuses."""
        try:
            yield
        except BadLayout as refused:
            self._sentences += refused.sentences

    def end(self) -> None:
        """Refuse, where anything was found.

        :raises BadLayout: with all of it.
        """
        if self._sentences:
            raise refusal(self._sentences)
