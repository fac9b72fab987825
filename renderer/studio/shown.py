"""What is shown → the messages that tell it: a snapshot of all, or a change from what was told before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from renderer.studio.messages import Change, Held, Snapshot
from renderer.studio.parts import INK, LayoutFacts, MemberChoice, Page, Problem, Shape, Variant
from renderer.studio.scenes import Wish
from renderer.studio.stage import Drawn, Sheet

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page has before it."""

    revision: int
    sheet: Sheet
    content: str
    """Sum of the files that it was made of."""
    switches: tuple[tuple[str, str], ...]
    member: str
    reference: bool
    seconds: float
    """From the save, or the wish, to the picture."""
    saved: float | None
    variants: tuple[Variant, ...]
    slow: tuple[Problem, ...] = ()
    """What lint found in the background."""
    linted: bool = False
    """Whether it has looked at every variant."""
    held: Held | None = None
    failing: int | None = None
    """The newer revision that cannot be compiled."""
    wrong: tuple[Problem, ...] = ()
    """All that is wrong with that."""
    uncommitted: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, the gravest first."""
        return (*self.wrong, *self.sheet.problems, *self.slow)

    def snapshot(self, members: tuple[MemberChoice, ...]) -> Snapshot:
        """Tell all of it."""
        sheet = self.sheet
        return Snapshot(
            revision=self.revision,
            seconds=self.seconds,
            saved=self.saved,
            layout=sheet.layout,
            facts=sheet.facts,
            variants=self.variants,
            members=members,
            member=self.member,
            job=sheet.job,
            pages=sheet.drawn.pages,
            boxes=sheet.boxes,
            shapes=sheet.shapes,
            problems=self.problems,
            linted=self.linted,
            held=self.held,
            failing=self.failing,
            reference=self.reference,
            uncommitted=self.uncommitted,
        )

    def change_from(self, before: Shown) -> Change:
        """Tell what is otherwise than before."""
        new, old = self.sheet, before.sheet
        return Change(
            base=before.revision,
            revision=self.revision,
            seconds=self.seconds,
            saved=self.saved,
            layout=_other(new.layout, old.layout),
            facts=_other(new.facts, old.facts),
            variants=_other(self.variants, before.variants),
            member=_other(self.member, before.member),
            job=_other(new.job, old.job),
            pages=changed_pages(new.drawn.pages, old.drawn.pages),
            boxes=_other(new.boxes, old.boxes),
            shapes=_other(new.shapes, old.shapes),
            problems=_other(self.problems, before.problems),
            linted=_other(self.linted, before.linted),
            reference=_other(self.reference, before.reference),
            uncommitted=_other(self.uncommitted, before.uncommitted),
        )


def _other(new: Value, old: Value) -> Value | None:
    return None if new == old else new


def changed_pages(new: Sequence[Page], old: Sequence[Page]) -> tuple[Page, ...]:
    """Return the pages that are not as they were."""
    return tuple(page for page in new if page not in old)


def kept_inks(new: Sheet, old: Sheet) -> Iterator[Shape]:
    """Yield the inks of pages that are as they were: those of the others come later."""
    changed = {page.number for page in changed_pages(new.drawn.pages, old.drawn.pages)}
    return (shape for shape in old.shapes if shape.overlay == INK and shape.page not in changed)


def nothing(wish: Wish) -> Shown:
    """Return what there is to see before anything could be made."""
    facts = LayoutFacts(
        name=wish.layout.name,
        title="",
        document="",
        folder=str(wish.layout),
        envelope="",
        travel=(0.0, 0.0),
    )
    sheet = Sheet(Drawn(b"", (), False), "", (), facts, (), (), (), (), (), (), 0.0)
    return Shown(0, sheet, "", wish.switches, wish.member, wish.reference, 0.0, None, ())
