"""What changed between two pages → a record of each change, with the region and the slot where it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from renderer.review.changes import AnyChange, Change, Group, Repaint
from renderer.review.content import Content
from renderer.review.places import NamedPlace, region_of, slot_of
from renderer.review.records import ChangeRecord
from renderer.review.sameness import Thing
from renderer.review.wording import around, by, counted, inks, measured, named

MOST = 0.75
"""Of what moved stands in the region that moved; the rest reaches over its edge, such as scissors at a cut line."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Records what changed between two pages."""

    page: int
    """In the new file, from 1."""
    golden_page: int
    golden: Content
    """What the page of the golden says and draws: it tells whether all of a region moved."""
    places: Sequence[NamedPlace] = ()
    """Of that page; empty where the file is not ours."""

    def records(self, told: Iterable[AnyChange], groups: Iterator[int]) -> Iterator[ChangeRecord]:
        """Record every change; those that are told as one have the next number of ``groups``."""
        for change in told:
            group = next(groups) if len(change.members) > 1 else None
            sentence = f"page {self.page}: {self._sentence(change)}"
            for member in change.members:
                yield self._record(change, member, group, sentence)

    def _record(self, change: AnyChange, member: Change, group: int | None, sentence: str) -> ChangeRecord:
        region, slot = region_of(member.was.box, self.places), slot_of(member.was, self.places)
        repaint = change if isinstance(change, Repaint) else None
        before, after = measured(member.before, member.after)
        return ChangeRecord(
            kind=repaint.kind if repaint else member.kind,
            page=self.page,
            golden_page=self.golden_page,
            record=None,
            box=member.now.box,
            before=inks(repaint.before) if repaint else before,
            after=inks(repaint.after) if repaint else after,
            vector=member.vector if member.before and member.after else None,
            region=region.name if region else None,
            slot=slot.name if slot else None,
            group=group,
            ignored_by=None,
            sentence=sentence,
            ink=repaint.difference if repaint else None,
        )

    def _sentence(self, change: AnyChange) -> str:
        if isinstance(change, Group) and (whole := self._whole_region(change)):
            now = around(member.now.box for member in change.members)
            what = f"{counted(change.things)}, now {now}{named(change.things)}"
            return f"the {whole.name} moved {by(change.members[0].vector)}: {what}"
        region = region_of(around(member.was.box for member in change.members), self.places)
        slots = {slot_of(member.was, self.places) for member in change.members}
        found = (region, *(slots if len(slots) == 1 else ()))
        names = ": ".join(place.name for place in found if place)
        return f"{change} ({names})" if names else str(change)

    def _whole_region(self, group: Group) -> NamedPlace | None:
        """Find the region of which everything moved, and which is nearly all that moved: not one of many on a page."""
        moved = {member.before for member in group.members}
        things: tuple[Thing, ...] = (*self.golden.texts, *self.golden.marks)
        regions = (place for place in self.places if not place.is_slot)
        inside = {region: {thing for thing in things if region.holds(thing.box)} for region in regions}
        whole = [region for region in inside if inside[region] <= moved and len(inside[region]) >= MOST * len(moved)]
        return max(whole, key=lambda region: len(inside[region]), default=None)
