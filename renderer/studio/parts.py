"""What messages of the studio are made of: words, lines of files, boxes, shapes, problems, choices, edits.

Lengths are mm from the top left corner of their page, sizes pt, condensing a share of the width (1.0 is not
condensed); pages count from 1.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Side = Literal["left", "top", "right", "bottom", "width", "height"]
"""What a declaration decides of a box."""
BoxKind = Literal["region", "slot", "fixed"]
VariantState = Literal["fresh", "building", "stale", "refused", "held"]
"""最新, 作成中, 古い (the last good stands), 組めません, 差し止め (compiled; this member's sheet is not printed)."""
Severity = Literal["refused", "held", "advice"]
"""組めない, 差し止め, 注意."""


class Part(BaseModel):
    """A part of messages."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Words(Part):
    """A sentence in both languages; what is known in one alone stands in both."""

    ja: str
    en: str


class Source(Part):
    """A line of a file."""

    file: str
    """As messages name it, with its folder: ``eligibility_notice/sheet.css``."""
    line: int = Field(ge=1)
    path: str
    """The whole path, for an editor's link."""


class BoxId(Part):
    """A box, the same from compile to compile."""

    page: int
    kind: BoxKind
    name: str
    """Of a region or slot; of a fixed box how a style sheet calls it: ``p.name``."""
    ordinal: int = 0
    """Which of those of the same name on the page, in reading order, from 0."""


class Rule(Part):
    """A declaration that places a box."""

    source: Source
    selector: str
    name: str
    """``top``."""
    value: str
    """``231mm``."""
    decides: tuple[Side, ...] = ()
    """The sides that it decides; () where a stronger one does."""


class Fit(Part):
    """How a value is set in its slot."""

    look: Literal["full-size", "condensed", "shrunk", "held"]
    rule: Literal["refuse", "condense", "shrink", "wrap"]
    floor: float
    """The least share of the width (condense), 0 to 1, or size in pt (shrink, wrap)."""
    condense: float = 1.0
    size: float
    """pt, as set."""
    full_size: float
    """pt, of the style sheet."""
    lines: int = 1
    most_lines: int = 1
    needed: float | None = None
    """mm that the value takes at its floor, where it is held for its length."""
    full_width: float | None = None
    """mm that a condensed value takes at its full width."""


class Box(Part):
    """What can be selected on the sheet."""

    id: BoxId
    label: str
    """What people call it: 氏名; of a fixed box its first words."""
    x: float
    y: float
    w: float
    h: float
    fit: Fit | None = None
    """Of a slot with a value."""
    baseline: float | None = None
    """Of its first line."""
    line_height: float = 0.0
    parent: BoxId | None = None
    template: Source | None = None
    """Where the template has it; of a region, where ``layout.toml`` has it."""
    fit_rule: Source | None = None
    """Of a slot, where ``layout.toml`` says how its values may be set."""
    rules: tuple[Rule, ...] = ()
    """The declarations that place it, the strongest first."""


INK = "ink"
"""The overlay that comes later than the others: it is read from the printed sheet."""


class Shape(Part):
    """One shape of an overlay; a line where it has no width or no height."""

    overlay: Literal["regions", "slots", "window", "folds", "margin", "cut", "grid", "ink"]
    look: str
    """As ``desk.overlays.Look``; of the grid ``baseline`` or ``column``, of ink ``other-ink``."""
    page: int
    x: float
    y: float
    w: float
    h: float
    name: str
    """Of a region; of a slot its label; the envelope; mm of a fold or margin; of ink how the file has it."""
    condense: float | None = None
    size: float | None = None
    lines: int | None = None
    """How a slot's value is set."""


class Problem(Part):
    """One thing that is wrong or to be thought of."""

    severity: Severity
    code: str
    sentence: Words
    source: Source | None = None
    selector: str = ""
    write: str = ""
    """What to write there, to be copied; "" where it takes thought."""
    page: int | None = None
    box: BoxId | None = None
    record: str | None = None
    """整理番号 of whom it holds; of the sheet that is shown or of the realistic ones (then ``show`` takes it)."""
    variants: tuple[str, ...] = ()
    """Spelled; () where it is so for all, or for none alone."""


class Page(Part):
    """One page of the sheet that is shown."""

    number: int
    picture: str
    """Names its picture; another picture has another name."""
    width: float
    height: float


class Choice(Part):
    """One of the values that may be chosen."""

    value: str
    label: Words


class Fact(Part):
    """A fact that chooses the variant, or a switch of the job."""

    name: str
    label: Words
    choices: tuple[Choice, ...]
    value: str
    """The one that is shown."""


class Variant(Part):
    """One of the variants 版."""

    key: str
    """Spelled: ``relation=insured my_number=shown``; "" where there is only one."""
    label: Words
    state: VariantState
    revision: int | None = None
    """Of what it shows."""
    pictures: tuple[str, ...] = ()
    """Of its pages, for thumbs."""


class MemberChoice(Part):
    """One of the people whose sheet can be shown without being looked for."""

    key: str
    """What ``show`` takes: ``typical``, ``hard:000217``."""
    label: Words
    hard: bool = False
    """Of the hard members; the others are 標準, 最長, 最短, 稀字."""


class LayoutFacts(Part):
    """What is worked at."""

    name: str
    title: str
    document: str
    folder: str
    envelope: str
    """What the window's travel is worked out for: ``長3``."""
    travel: tuple[float, float]
    """By how much the sheet slides from the middle of its envelope, across and down."""


class Reason(Part):
    """Why some of the realistic people would be held."""

    code: str
    sentence: Words
    count: int
    record: str
    """One of them; ``show`` takes it as ``realistic:RECORD``."""


class Narrowest(Part):
    """The hardest of the values that are printed."""

    label: str
    """Of its slot."""
    condense: float
    size: float
    floor: float
    record: str


class Edit(Part):
    """One line that is written, or would be."""

    source: Source
    name: str
    """What of it: ``top``, ``card.y``, ``distances.3.exactly``."""
    before: str
    """The value: ``233mm``."""
    after: str


class Reach(Part):
    """What else a move would move."""

    boxes: tuple[BoxId, ...] = ()
    """Other boxes, of this sheet or of another of the layout: the card in its other corner."""
    variants: tuple[str, ...] = ()
    """Other variants in which something moves, the same box as a rule: spelled. They need no confirmation."""
    layouts: tuple[str, ...] = ()
    """Other layouts in which something moves."""


class Cell(Part):
    """One sheet of the wall 一覧."""

    variant: str
    member: str
    state: VariantState
    revision: int | None = None
    pictures: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    """Of the findings that hold it."""
