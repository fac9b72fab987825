"""What the studio and its page say to one another on ``/live``: one JSON object a message, known by its ``kind``.

What they are made of, with their units, is in ``parts``. Who has a snapshot gets changes: a field that a change leaves
out is as it was, one that it has is the whole new value, but for ``pages``, which are those that changed. Pictures
travel by HTTP, named by content: ``/pictures/{picture}.png?dpi=&x=&y=&w=&h=``, x to h in mm; without them it is the
whole page. The cookie that came with the page lets it in; no message carries the token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from renderer.review.verdicts import Review
from renderer.studio.parts import (
    Box,
    BoxKind,
    Cell,
    Edit,
    Fact,
    LayoutFacts,
    MemberChoice,
    Narrowest,
    Page,
    Part,
    Problem,
    Reach,
    Reason,
    Rule,
    Shape,
    Variant,
    Words,
)


class Held(Part):
    """差し止め見込み: what would become of the realistic people."""

    kind: Literal["held"] = "held"
    revision: int
    of: int
    count: int
    seconds: float
    reasons: tuple[Reason, ...] = ()
    narrowest: Narrowest | None = None


class Snapshot(Part):
    """All that there is to see."""

    kind: Literal["snapshot"] = "snapshot"
    revision: int
    """The one that is shown, the last good; 0 where none could be compiled yet."""
    seconds: float = 0.0
    """From the save to its picture."""
    saved: float | None = None
    """When the file was saved whose revision is shown, s since 1970."""
    layout: LayoutFacts
    facts: tuple[Fact, ...]
    variants: tuple[Variant, ...]
    members: tuple[MemberChoice, ...]
    member: str
    """Key of the member that is shown."""
    job: tuple[Fact, ...]
    pages: tuple[Page, ...]
    boxes: tuple[Box, ...]
    shapes: tuple[Shape, ...]
    problems: tuple[Problem, ...]
    linted: bool = False
    """Whether lint has looked at every variant, and its findings are among the problems."""
    held: Held | None = None
    failing: int | None = None
    """The newer revision that could not be compiled: the problems are its own, the sheet is that of ``revision``."""
    reference: bool = False
    """Whether WeasyPrint drew the pages, and not the press."""
    uncommitted: tuple[str, ...] = ()
    """Files of the layout that Git has not got like this."""


class Change(Part):
    """What a newer revision, or another choice of what is shown, changes of the last that was told."""

    kind: Literal["change"] = "change"
    base: int
    """The revision that it changes: who has another asks for a snapshot by ``hello``."""
    revision: int
    seconds: float
    saved: float | None = None
    layout: LayoutFacts | None = None
    facts: tuple[Fact, ...] | None = None
    variants: tuple[Variant, ...] | None = None
    member: str | None = None
    job: tuple[Fact, ...] | None = None
    pages: tuple[Page, ...] = ()
    boxes: tuple[Box, ...] | None = None
    shapes: tuple[Shape, ...] | None = None
    problems: tuple[Problem, ...] | None = None
    linted: bool | None = None
    reference: bool | None = None
    uncommitted: tuple[str, ...] | None = None


class Compiling(Part):
    """作成中: a save was seen."""

    kind: Literal["compiling"] = "compiling"
    revision: int
    last_good: int


class Failed(Part):
    """組めません: all that is wrong; the last good stands."""

    kind: Literal["failed"] = "failed"
    revision: int
    last_good: int
    problems: tuple[Problem, ...]
    uncommitted: tuple[str, ...] = ()


class Built(Part):
    """A variant in the background has another state."""

    kind: Literal["variant"] = "variant"
    variant: Variant


class Found(Part):
    """Slow findings of a revision came in, lint's: all problems of it."""

    kind: Literal["problems"] = "problems"
    revision: int
    problems: tuple[Problem, ...]
    linted: bool
    """Whether these are all; False: lint has looked at one variant."""


class Inked(Part):
    """Where the sheet that is shown has another ink than K: in the place of what was known of that."""

    kind: Literal["inks"] = "inks"
    revision: int
    shapes: tuple[Shape, ...]


class NotShown(Part):
    """What was asked for cannot be shown: no such record, a value that no variant has."""

    kind: Literal["not_shown"] = "not_shown"
    why: Words


class Planned(Part):
    """書き込み before it is written: what a move would write. Nothing was written."""

    kind: Literal["planned"] = "planned"
    move: int
    edits: tuple[Edit, ...]
    reach: Reach = Reach()
    """Where it reaches other boxes or layouts, ``confirmed_reach`` must be true for it to be written."""


class Wrote(Part):
    """書き込み: all of it was written."""

    kind: Literal["wrote"] = "wrote"
    move: int
    write_id: int
    edits: tuple[Edit, ...]
    reach: Reach = Reach()


class Undone(Part):
    """元に戻す: the files are as before the write."""

    kind: Literal["undone"] = "undone"
    write_id: int
    edits: tuple[Edit, ...]


class Refused(Part):
    """Nothing was written, and why."""

    kind: Literal["refused"] = "refused"
    move: int | None = None
    write_id: int | None = None
    why: Words
    rules: tuple[Rule, ...] = ()
    """Which rules decide the box where no plain number does."""
    edits: tuple[Edit, ...] = ()
    reach: Reach = Reach()


class Wall(Part):
    """The wall, as far as it is drawn; cells that come later come by ``cells``."""

    kind: Literal["wall"] = "wall"
    revision: int
    members: tuple[MemberChoice, ...]
    cells: tuple[Cell, ...]


class Cells(Part):
    """The cells of a variant that were drawn; it has no others."""

    kind: Literal["cells"] = "cells"
    revision: int
    variant: str
    cells: tuple[Cell, ...]


class Goldens(Part):
    """The goldens of the layout beside what its sheets are now, as far as they are drawn."""

    kind: Literal["goldens"] = "goldens"
    revision: int = 0
    """Of what is shown, when it was asked for."""
    done: int = 0
    of: int = 0
    """Cases that were drawn, and that there are."""
    report: Mapping[str, Any] | None = None
    """As ``review.viewer_page.report_facts`` gives it; pictures by their addresses."""
    signatures: int = 1
    """How many people must approve each sheet."""
    command: str = ""
    """What makes the first goldens, where there are none."""
    why: Words | None = None
    """Why they could not be drawn."""


class Listed(Part):
    """What a commit would write: asked for before it is confirmed."""

    kind: Literal["listed"] = "listed"
    files: tuple[str, ...]
    left: tuple[str, ...]
    """Sentences about verdicts that write nothing."""


class Committed(Part):
    """The verdicts were written."""

    kind: Literal["committed"] = "committed"
    cases: tuple[str, ...]
    """Whose verdicts they were: they are no drafts any more."""


class NotCommitted(Part):
    """Nothing was written, and why."""

    kind: Literal["not_committed"] = "not_committed"
    why: Words


ToPage = Annotated[
    Snapshot
    | Change
    | Compiling
    | Failed
    | Built
    | Found
    | Inked
    | NotShown
    | Held
    | Planned
    | Wrote
    | Undone
    | Refused
    | Wall
    | Cells
    | Goldens
    | Listed
    | Committed
    | NotCommitted,
    Field(discriminator="kind"),
]


class Asked(Part):
    """What a page asks: nothing is taken that is not meant."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Hello(Asked):
    """The first message: who has that revision of this studio gets what changed since, else a snapshot."""

    kind: Literal["hello"]
    have: int | None = None


class Show(Asked):
    """Show another variant, another member, another job; what is left out stays."""

    kind: Literal["show"]
    variant: str | None = None
    """Spelled, the whole of it or the facts to change."""
    member: str | None = None
    """A key of ``members``, ``record:整理番号`` of the job's member file, or ``realistic:整理番号``."""
    job: dict[str, str] | None = None
    """Switches to change."""
    reference: bool | None = None
    """Let WeasyPrint draw it."""


class AskedBox(Asked):
    """A ``BoxId`` as a page gives it."""

    page: int
    kind: BoxKind
    name: str
    ordinal: int = 0


class Move(Asked):
    """Move a box by mm, or say what it would write."""

    kind: Literal["move"]
    move: int
    """A number that the answer has, too."""
    base: int
    """The revision that the page saw: another one is refused."""
    box: AskedBox
    dx: float = 0.0
    dy: float = 0.0
    dw: float = 0.0
    dh: float = 0.0
    confirmed_reach: bool = False
    write: bool = False
    """False: only plan it."""


class Undo(Asked):
    """Take a write of this studio back, the last first."""

    kind: Literal["undo"]
    write_id: int


class AskWall(Asked):
    """Hang the wall, and tell of its cells from now on."""

    kind: Literal["wall"]
    visible: tuple[str, ...] = Field(default=(), strict=False)
    """Variants on the screen: they come first."""


class AskGoldens(Asked):
    """Compare the goldens with what the sheets are now."""

    kind: Literal["goldens"]


class Commit(Asked):
    """Write what was judged, or list what would be written."""

    kind: Literal["commit"]
    review: Review
    """As the page of a report saves it."""
    confirmed: bool = False
    """False: only list it."""


Message = Hello | Show | Move | Undo | AskWall | AskGoldens | Commit
"""What a page may ask."""
FROM_PAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="kind")])
"""Reads what a page says.

:raises ValidationError: (pydantic's) for what is no message.
"""
