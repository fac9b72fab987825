"""Two pages → what changed of what stands upon their contents: links, remarks, form fields.

Clauses are of ISO 32000-1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from renderer.proof.pixels import Box
from renderer.review.records import ChangeRecord
from renderer.review.resolved import UPWARDS, resolved
from renderer.review.shown import Line
from renderer.review.targets import NOWHERE, Target, Targets
from renderer.review.told import Both, exactly, near, placed
from renderer.review.view import View, view

ON_ITS_WORDS = 0.05
"""mm; a link that moved by so much otherwise than its words is told for itself."""
_FIELD = {"/Tx": "text", "/Btn": "button", "/Ch": "choice", "/Sig": "signature"}
_PASSED = UPWARDS | {"/M", "/CreationDate", "/NM", "/Popup", "/Rect", "/Kids", "/T", "/V", "/Contents"}
"""Keys of an annotation that are told in words, lead elsewhere, or say nothing."""


@dataclass(frozen=True, slots=True)
class Upon:
    """A link, a remark, a form field: an annotation (12.5)."""

    kind: str
    """``link``, ``field`` or ``annotation``."""
    name: str
    """What it is to a person: its kind and, of a field, its name."""
    box: Box
    says: str
    """In words: where it leads, what it holds."""
    target: Target = NOWHERE
    rest: str = ""
    """The sum of all else of it."""

    def same(self, other: Upon) -> bool:
        """Whether nothing of it is otherwise, its place included."""
        return self.like(other) and self.near(other)

    def like(self, other: Upon) -> bool:
        """Whether nothing but its place is otherwise."""
        mine, its = ((each.kind, each.name, each.rest) for each in (self, other))
        if mine != its or not self.target.same(other.target):
            return False
        return self.kind == "link" or self.says == other.says

    def near(self, other: Upon) -> bool:
        """Whether both stand in one place."""
        return near(self.box, other.box)


def upon_changed(
    both: Both, golden_targets: Targets, new_targets: Targets, before: Collection[Line], after: Collection[Line]
) -> Iterator[ChangeRecord]:
    """Tell links, fields and remarks that lead elsewhere, hold something else, moved, went or came.

    One that moved with the words on which it stands is told with them, by others.
    """
    olds, news = _upon(both.golden, golden_targets), _upon(both.new, new_targets)
    for same in (Upon.same, Upon.like, Upon.near):
        for new in news.copy():
            if old := next((old for old in olds if old.kind == new.kind and same(old, new)), None):
                olds.remove(old)
                news.remove(new)
                if same is Upon.like and not _stand_alike(_beneath(old.box, before), _beneath(new.box, after)):
                    sentence = f"{new.name} {new.says} moved from {exactly(old.box)}"
                    yield both.told(f"{new.kind}-moved", sentence, exactly(old.box), exactly(new.box), new.box)
                elif same is Upon.near:
                    what = "looks or does otherwise" if old.says == new.says else f"was {old.says} and is {new.says}"
                    sentence = f"{new.name} {what}"
                    yield both.told(f"{new.kind}-changed", sentence, old.says, new.says, new.box)
    for old in olds:
        sentence = f"{old.name} {old.says} is gone"
        yield both.told(f"{old.kind}-gone", sentence, old.says, None, old.box)
    for new in news:
        sentence = f"{new.name} {new.says} is new"
        yield both.told(f"{new.kind}-new", sentence, None, new.says, new.box)


def _beneath(box: Box, lines: Iterable[Line]) -> list[tuple[str, float, float]]:
    """List the texts whose middle is in a box, each with its place in it."""
    found = []
    for line in lines:
        for cluster in line.clusters:
            inner = line.box_of(cluster)
            x, y = inner.x + inner.w / 2 - box.x, inner.y + inner.h / 2 - box.y
            if 0 < x < box.w and 0 < y < box.h:
                found.append((cluster.text, x, y))
    return found


def _stand_alike(olds: list[tuple[str, float, float]], news: list[tuple[str, float, float]]) -> bool:
    """Whether the same words stand beneath, in the same places."""
    if not olds or [text for text, _, _ in olds] != [text for text, _, _ in news]:
        return False
    shifts = [max(abs(x - new_x), abs(y - new_y)) for (_, x, y), (_, new_x, new_y) in zip(olds, news, strict=True)]
    return max(shifts) < ON_ITS_WORDS


def _upon(page: Any, targets: Targets) -> list[Upon]:
    """Read what stands upon a page, in mm on it before it is turned."""
    if "/Annots" not in page.obj:
        return []
    seen = view(page, 0)
    return [_read(annotation, seen, targets) for annotation in page.obj["/Annots"] if "/Rect" in annotation]


def _read(annotation: Any, seen: View, targets: Targets) -> Upon:
    kind, box = str(annotation.get("/Subtype")), placed(annotation["/Rect"], seen)
    if kind == "/Link":
        target = targets.of(annotation)
        return Upon("link", "the link", box, str(target), target)
    rest = resolved(annotation, _PASSED)
    if kind == "/Widget":
        names = [str(field["/T"]) for field in _lineage(annotation) if "/T" in field]
        value = next((field["/V"] for field in _lineage(annotation) if "/V" in field), "")
        kind = _FIELD.get(str(next((field["/FT"] for field in _lineage(annotation) if "/FT" in field), "")), "form")
        return Upon("field", f"the {kind} field {'.'.join(reversed(names))}", box, f"「{value}」", rest=rest)
    return Upon(
        "annotation", f"the {kind.lstrip('/')} remark", box, f"「{annotation.get('/Contents', '')}」", rest=rest
    )


def _lineage(field: Any) -> Iterator[Any]:
    """Yield a field and those it is a part of, which say what it does not (12.7.3.1)."""
    for _ in range(16):
        yield field
        if "/Parent" not in field:
            return
        field = field["/Parent"]
