"""A compiled variant → what would become of a thousand realistic people: who is held, why, and who is the hardest."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from renderer.intake.packs import document_of
from renderer.mailing.sheets import examine
from renderer.model.findings import Finding
from renderer.model.job import Job
from renderer.model.member import Member
from renderer.press.plates import Place, Plate
from renderer.press.ruler import Ruler, Strains
from renderer.studio.messages import Held
from renderer.studio.parts import Narrowest, Reason, Words
from renderer.studio.people import said_on
from renderer.studio.setting import fit_of

_Hardest = tuple[float, int, str]
"""Strain, person, slot."""


def forecast(
    revision: int,
    job: Job,
    plate: Plate,
    typical: tuple[Member, Mapping[str, str]],
    people: Sequence[Mapping[str, str]],
    ruler: Ruler,
) -> Held:
    """Try the sheet of each of the people: ``typical`` with what they say instead."""
    begun = time.perf_counter()
    member, values = typical
    found: dict[tuple[str, str], list[tuple[int, Finding]]] = {}
    hardest: _Hardest = (0.0, 0, "")
    held: set[int] = set()
    for number, says in enumerate(people, 1):
        findings, strains = examine(job, ruler, plate, member, said_on(plate, values, says))
        for finding in findings:
            held.add(number)
            found.setdefault((finding.code, _slot_of(finding)), []).append((number, finding))
        if not findings:
            hardest = max(hardest, _hardest(strains, says, number))
    return Held(
        revision=revision,
        of=len(people),
        count=len(held),
        seconds=round(time.perf_counter() - begun, 3),
        reasons=tuple(_reason(each) for each in sorted(found.values(), key=len, reverse=True)),
        narrowest=_narrowest(hardest, job, plate, {**values, **people[hardest[1] - 1]}, ruler) if hardest[1] else None,
    )


def _hardest(strains: Strains, says: Mapping[str, str], number: int) -> _Hardest:
    return max(((strain, number, slot) for slot, strain in strains.items() if slot in says), default=(0.0, 0, ""))


def _slot_of(finding: Finding) -> str:
    return str(dict(finding.parameters).get("slot", ""))


def _reason(each: Sequence[tuple[int, Finding]]) -> Reason:
    number, finding = each[0]
    said = Words(ja=finding.sentence("ja"), en=finding.sentence("en"))
    return Reason(code=finding.code, sentence=said, count=len(each), record=str(number))


def _narrowest(hardest: _Hardest, job: Job, plate: Plate, values: Mapping[str, str], ruler: Ruler) -> Narrowest | None:
    """Say how the hardest value is set, in that of its places where it is set the narrowest or smallest."""
    _, number, slot = hardest
    places = [place for place in plate.places if place.slot == slot]
    fits = [(_share(place, values[slot], ruler), place) for place in places]
    _, place = min(fits, key=lambda one: one[0])
    fit = fit_of(place, values[slot], ruler)
    label = document_of(job).fields[slot].label or slot
    return Narrowest(label=label, condense=fit.condense, size=fit.size, floor=fit.floor, record=str(number))


def _share(place: Place, text: str, ruler: Ruler) -> float:
    how = ruler.fit(place, text)
    return how.condense * how.size / place.size
