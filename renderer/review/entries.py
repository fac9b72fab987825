"""Two pages → what changed of what their dictionaries say beside boxes, turn, content and what stands upon it.

A page may run a script when it is opened, bring files or be prepared for another press: nobody sees that of it.
Clauses are of ISO 32000-1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pikepdf

from renderer.review.file_changes import differences
from renderer.review.file_facts import Facts
from renderer.review.records import ChangeRecord
from renderer.review.resolved import UPWARDS, resolved
from renderer.review.told import Both

_TOLD = frozenset(
    {
        *("/Type", "/Parent", "/Contents", "/Resources", "/Annots", "/Rotate", "/UserUnit"),
        *("/MediaBox", "/CropBox", "/TrimBox", "/BleedBox", "/ArtBox"),
    }
)
"""What is compared by others (table 30)."""
_OF_PROGRAMS = frozenset({"/LastModified", "/PieceInfo", "/Thumb", "/StructParents", "/ID", "/Metadata", "/B", "/PZ"})
"""What programs keep for themselves, or changes nothing of what is read or printed."""
_LEADING_AWAY = UPWARDS | {"/D", "/Dest", "/Params"}
"""Keys that may lead to every other page, or are dates."""
_WORDS = {
    "/AA": "what is done when it is opened or closed",
    "/AF": "what is attached to it",
    "/BoxColorInfo": "how its boxes are shown",
    "/Dur": "how many seconds it is shown",
    "/Group": "how its colours are blended",
    "/OutputIntents": "what it is prepared to be printed on",
    "/SeparationInfo": "of which ink it is the plate",
    "/Tabs": "the order of what stands upon it",
    "/Trans": "how it comes onto a screen",
}


def entries_changed(both: Both) -> Iterator[ChangeRecord]:
    """Tell entries that went, came or say something else."""
    olds, news = (_entries(page.obj) for page in (both.golden, both.new))
    for sentence, old, new in differences(olds, news):
        yield both.told("page-changed", sentence, old, new)


def _entries(page: Mapping[str, Any]) -> Facts:
    kept = sorted(set(page.keys()) - _TOLD - _OF_PROGRAMS)
    return {_WORDS.get(key, f"the entry {key[1:]}"): _said(page[key]) for key in kept}


def _said(value: Any) -> str:
    """Say what an entry says: a name, a number or a text as it is, all else by its sum."""
    plain = isinstance(value, pikepdf.Name | pikepdf.String | bool | int | float)
    return str(value).lstrip("/") if plain else resolved(value, _LEADING_AWAY)[:8]
