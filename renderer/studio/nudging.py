"""What a page asks of a box (to move it, to take a write back) → the answer: planned, wrote, undone or refused."""

from __future__ import annotations

from collections.abc import Mapping

from renderer.layout.load import Layout
from renderer.studio.messages import Move, Planned, Refused, Undo, Undone, Wrote
from renderer.studio.moves import Plan, Planner
from renderer.studio.parts import BoxId, Edit, Reach, Side
from renderer.studio.refusals import Refusal, Why
from renderer.studio.writes import Writes


class Nudging:
    """The moves of one sitting at a layout."""

    def __init__(self, layout: Layout) -> None:
        self._writes = Writes(layout)
        self._edits: dict[int, tuple[Edit, ...]] = {}
        """Of each write that can be taken back."""

    def move(self, planner: Planner, asked: Move, revision: int, *, failing: bool) -> Planned | Wrote | Refused:
        """Plan or write a move; ``revision`` is that of the planner's sheet, ``failing`` whether a newer one fails."""
        plan: Plan | None = None
        try:
            if failing:
                raise Refusal(Why.FAILING)
            if asked.base != revision:
                raise Refusal(Why.CHANGED, file=planner.sheet.layout.name)
            plan = planner.plan(BoxId(**asked.box.model_dump()), _by(asked))
            if not asked.write:
                return Planned(move=asked.move, edits=plan.edits, reach=plan.reach)
            if plan.needs_confirmation and not asked.confirmed_reach:
                raise Refusal(Why.REACH)
            written = self._writes.write(plan.read, plan.written)
        except Refusal as refused:
            rules = tuple(planner.cascade.rule(found) for found in refused.rules)
            edits, reach = (plan.edits, plan.reach) if plan else ((), Reach())
            return Refused(move=asked.move, why=refused.words, rules=rules, edits=edits, reach=reach)
        self._edits[written.write_id] = plan.edits
        return Wrote(move=asked.move, write_id=written.write_id, edits=plan.edits, reach=plan.reach)

    def undo(self, asked: Undo) -> Undone | Refused:
        """Take a write back."""
        try:
            self._writes.undo(asked.write_id)
        except Refusal as refused:
            return Refused(write_id=asked.write_id, why=refused.words)
        edits = self._edits.pop(asked.write_id)
        return Undone(write_id=asked.write_id, edits=tuple(map(_back, edits)))


def _by(asked: Move) -> Mapping[Side, float]:
    return {"left": asked.dx, "top": asked.dy, "width": asked.dw, "height": asked.dh}


def _back(edit: Edit) -> Edit:
    return edit.model_copy(update={"before": edit.after, "after": edit.before})
