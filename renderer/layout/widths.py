"""Realistic values → how many of the widest would be set narrower, smaller or not at all, slot by slot.

The values are invented but as wide as real ones: names, addresses and workplaces from the examples' realistic.csv, and
for every other text slot the widest that its rule allows (the longest date, two digits of 枝番, and so on).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from renderer.documents.document import Document
from renderer.layout.compiling import PAYLOADS, PROBE
from renderer.model.paper import PX_PER_PT
from renderer.press.fitting import UNITS, DoesNotFit, Fitted
from renderer.press.fonts import Chain, Unprintable, clusters
from renderer.press.plates import Place, Plate
from renderer.press.ruler import Ruler

WIDEST = 0.01
"""The share of the values that is measured: the widest 1 %."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The widest realistic values of a slot, tried in one of its places."""

    slot: str
    width: float
    """Of the place, mm."""
    size: float
    """Font size, pt."""
    fit: str
    """The rule and its floor: ``condense to 60 %``."""
    values: int
    """How many were tried."""
    as_is: int
    """At full size; a wrapped value counts here as long as it is not made smaller."""
    condensed: int
    shrunk: int
    held: int
    """Too long even at the floor, or without a glyph."""
    least: str
    """The narrowest or smallest of those set: ``71.3 %``, ``9.25 pt``, "" when all are as they are."""


def load_realistic(path: Path, document: Document) -> dict[str, Sequence[str]]:
    """Say for each slot of a document what realistic people have there, or the widest values that its rule allows."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        slot: tuple(field.realistic(row) for row in rows) if field.realistic else field.widest
        for slot, field in document.fields.items()
        if field.realistic or field.widest
    }


def measure(places: Iterable[Place], values: Mapping[str, Sequence[str]]) -> tuple[Measured, ...]:
    """Try the widest values in each place that is not like another; slots without values are passed over."""
    ruler = Ruler()
    different = {
        (place.slot, place.width, place.size, place.families, place.bold, place.letter_spacing): place
        for place in places
        if place.kind == "text" and place.slot in values
    }
    ordered = sorted(different.values(), key=lambda place: (place.slot, place.width, place.size))
    return tuple(_measured(ruler, place, _widest(ruler, place, values[place.slot])) for place in ordered)


def longest(plate: Plate, values: Mapping[str, Sequence[str]], ruler: Ruler) -> dict[str, str]:
    """Return a value for each slot of a plate: the widest that fits all its places, a probe where none is known."""
    places: dict[str, list[Place]] = {}
    for place in plate.places:
        places.setdefault(place.slot, []).append(place)
    found = {}
    for slot, where in places.items():
        kind = where[0].kind
        if kind != "text":
            found[slot] = PAYLOADS[kind]
            continue
        tried = (*_widest(ruler, where[0], values.get(slot, ())), PROBE)
        found[slot] = next((value for value in tried if all(_fits(ruler, place, value) for place in where)), "")
    return found


def _fits(ruler: Ruler, place: Place, value: str) -> bool:
    try:
        ruler.fit(place, value)
    except (DoesNotFit, Unprintable):
        return False
    return True


def _widest(ruler: Ruler, place: Place, values: Sequence[str]) -> Sequence[str]:
    return _widest_of(ruler.chain(place), place.size, tuple(values))


# The places of all variants are of a few styles, and a thousand values are measured in each.
@lru_cache(maxsize=256)
def _widest_of(chain: Chain, size: int, values: tuple[str, ...]) -> Sequence[str]:
    count = math.ceil(len(values) * WIDEST)
    return sorted(values, key=lambda value: (-_width(chain, size, value), value))[:count]


def _width(chain: Chain, size: int, value: str) -> float:
    """Return the width of a value on one line at full size; one without a glyph is the widest of all."""
    try:
        return sum(chain[cluster].room(size) for cluster in clusters(value) if cluster != "\n")
    except Unprintable:
        return math.inf


def _measured(ruler: Ruler, place: Place, values: Sequence[str]) -> Measured:
    fitted: list[Fitted] = []
    for value in values:
        try:
            fitted.append(ruler.fit(place, value))
        except (DoesNotFit, Unprintable):
            continue
    narrow = [found.condense for found in fitted if found.condense < 1]
    small = [points(found.size) for found in fitted if found.size < place.size]
    least = f"{min(narrow) * 100:.1f} %" if narrow else f"{min(small):.2f} pt" if small else ""
    return Measured(
        slot=place.slot,
        width=round(place.millimetres[2], 2),
        size=round(points(place.size), 2),
        fit=rule_in_words(place),
        values=len(values),
        as_is=len(fitted) - len(narrow) - len(small),
        condensed=len(narrow),
        shrunk=len(small),
        held=len(values) - len(fitted),
        least=least,
    )


def points(size: int) -> float:
    """Return a font size in pt."""
    return size / UNITS / PX_PER_PT


def rule_in_words(place: Place) -> str:
    """Say a place's fit rule with its floor."""
    rule = place.rule
    if rule.kind == "refuse":
        return "refuse"
    unit = "%" if rule.kind == "condense" else "pt"
    lines = f", {rule.lines} lines" if rule.kind == "wrap" else ""
    return f"{rule.kind} to {rule.floor:g} {unit}{lines}"
