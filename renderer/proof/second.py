"""``restated.py`` of a pack → what its documents add to what a sheet must say, stated a second time.

Ours are stated in ``restated``. A pack's document is proved from the member file where the pack states its rules once
more, by functions of a row alone that share nothing with its ``documents.py``; else its own ``say`` is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from renderer.model.errors import BadJob
from renderer.model.job import Job
from renderer.model.pack_code import loaded_from
from renderer.proof.cells import Row
from renderer.proof.restated import DOCUMENTS, Told


@dataclass(frozen=True, slots=True)
class SecondStatement:
    """The rules of one document of a pack."""

    tell: Callable[[Row, Job], Told]
    """A row → its facts, and the values of slots that ``restated`` does not say, or says otherwise."""
    like: str = ""
    """One of our documents, all of whose values it says too; "" where it says none but those that all papers have."""
    adds: Sequence[str] = ()
    """Columns of the member file that no document of ours has."""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Slot or fact → the columns that decide it, to be told where a sheet is otherwise."""


def is_stated_again(job: Job) -> bool:
    """Whether the second reader knows what the sheets of a job must say."""
    return job.document in DOCUMENTS or own_statement(job) is not None


def own_statement(job: Job) -> SecondStatement | None:
    """Return how the pack of a job states its document again; None where it does not, or where it is one of ours.

    :raises BadJob: when its ``restated.py`` cannot be used.
    """
    return _statements(job.pack).get(job.document) if job.pack and job.document not in DOCUMENTS else None


@lru_cache(maxsize=16)
def _statements(pack: Path) -> Mapping[str, SecondStatement]:
    found: Mapping[str, SecondStatement] = loaded_from(pack, "restated.py", "RESTATED") or {}
    for name, statement in found.items():
        if not isinstance(statement, SecondStatement) or statement.like not in {"", *DOCUMENTS}:
            raise BadJob(
                f"pack {pack.name}: RESTATED holds '{name}', which is no SecondStatement, or like none of "
                f"{', '.join(sorted(DOCUMENTS))}"
            )
    return found
