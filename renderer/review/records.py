"""One change between two PDFs, as fields: what the answer for machines, the report and the tolerance read."""

from __future__ import annotations

from dataclasses import dataclass

from renderer.proof.pixels import Box


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """One thing that changed."""

    kind: str
    """A stable word, such as ``text-moved``."""
    page: int | None
    """In the new file, from 1; None where the page is gone or the file as a whole is meant."""
    golden_page: int | None
    record: str | None
    """整理番号, where a manifest says so."""
    box: Box | None
    """In mm from the top left corner of the upright page of the new file; of the golden where it is gone."""
    before: str | None
    """In words: the text, the paint, the length."""
    after: str | None
    vector: tuple[float, float] | None
    """In mm, to the right and down."""
    region: str | None
    """Of the layout, where the file is ours."""
    slot: str | None
    group: int | None
    """Changes of one number are told as one."""
    ignored_by: str | None
    """The rule that passes it over; None where it counts."""
    sentence: str
    """In English, whole."""
    ink: float | None = None
    """Of ``ink-changed`` and ``pixels``: by how much an ink or a channel differs at the most, in parts of 1; None where
    the inks are others, and of all other kinds."""
