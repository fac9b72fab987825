"""What may stand in ``layout.toml``: its tables and keys, each with what it may say.

Every key is known. Lengths are in mm from the top left of the page, font floors in pt, condensing floors in percent.
What a layout declares of its own geometry is checked by ``renderer lint``, and stands here as plain numbers.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from cssselect2 import SelectorError, compile_selector_list
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from renderer.model.paper import A4, CARD_FORMATS, PAGE, Edges
from renderer.model.toml import advice
from renderer.press.fitting import Fit, FitRule, Valign

Edge = Literal["left", "top", "right", "bottom"]
"""A side of a box."""
NEAR = 0.05
"""mm: what is declared equal may differ by this, unless it says how much."""
MOST_GROUND = 30.0
"""Percent: what is darker is no ground for a text, whatever its colour."""
_SLACK = 0.01


def _check_selector(text: str) -> str:
    try:
        compile_selector_list(text)
    except SelectorError:
        such = ".facts .label, [data-slot=name]"
        raise ValueError(f"'{text}' is no CSS selector; write it as in a style sheet: {such}") from None
    return text


Selector = Annotated[str, AfterValidator(_check_selector)]
"""A CSS selector, or several with commas."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class SlotRule(_Strict):
    """``[slots.<name>]``: what may be done to make a value fit."""

    fit: Annotated[Fit, Field(strict=False)] = Fit.REFUSE
    floor: float = Field(default=100.0, gt=0)
    lines: int = Field(default=1, ge=1)
    valign: Annotated[Valign, Field(strict=False)] = Valign.TOP
    """Where fewer lines stand than there are: on the first of them, or on the last."""

    @model_validator(mode="after")
    def _check_numbers(self) -> SlotRule:
        if self.fit is not Fit.REFUSE and "floor" not in self.model_fields_set:
            raise ValueError(f"fit = '{self.fit}' needs a floor, in {'percent' if self.fit is Fit.CONDENSE else 'pt'}")
        if self.fit is Fit.CONDENSE and self.floor > 100:
            raise ValueError(f"floor = {self.floor:g} is above 100 percent; nothing is made wider")
        if self.lines != 1 and self.fit is not Fit.WRAP:
            raise ValueError(f"lines is for fit = 'wrap', not '{self.fit}'")
        if self.valign is not Valign.TOP and self.fit is not Fit.WRAP:
            raise ValueError(f"valign is for fit = 'wrap', not '{self.fit}'; a line is centred in its line-height")
        return self

    @property
    def rule(self) -> FitRule:
        """The rule as ``fitting`` takes it."""
        return FitRule(self.fit, self.floor, self.lines, self.valign)


class _Rectangle(_Strict):
    """A rectangle of a page."""

    x: float
    y: float
    w: float = Field(gt=0)
    h: float = Field(gt=0)
    page: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _check_on_paper(self) -> Self:
        if self.edges.beyond(PAGE) > _SLACK:
            raise ValueError(f"it leaves the page of {A4[0]:g} × {A4[1]:g} mm; move it, or make it smaller")
        return self

    @property
    def edges(self) -> Edges:
        """Where it ends on each side."""
        return Edges(self.x, self.y, self.x + self.w, self.y + self.h)


class Region(_Rectangle):
    """``[regions.<name>]``: a rectangle that the layout names, and what it promises of it."""

    slots: tuple[str, ...] = Field(default=(), strict=False)
    """The slots that must stay inside."""
    clear_of_folds: bool = False
    element: Selector = ""
    """Of the element whose box it is. A sheet without the element does not have the region."""
    inner_margin: float = Field(default=0.0, ge=0)
    """No text and no slot comes nearer to its edges."""
    cut_line: bool = False
    """A line to cut along is drawn on its four edges."""
    format: str = ""
    """The format of card that it must have, such as ``ID-1``; "" is none."""

    @model_validator(mode="after")
    def _check_format(self) -> Self:
        if self.format:
            if self.format not in CARD_FORMATS:
                raise ValueError(f"format = '{self.format}' is none of {', '.join(CARD_FORMATS)}")
            width, height = CARD_FORMATS[self.format]
            if max(abs(self.w - width), abs(self.h - height)) > _SLACK:
                raise ValueError(
                    f"it is {self.w:g} × {self.h:g} mm, and a card of format {self.format} is {width:g} × {height:g} mm"
                )
        return self


class End(_Strict):
    """``from`` or ``to`` of a distance: one edge of one thing."""

    element: Selector | None = None
    region: str | None = None
    edge: Edge | None = None
    """Which edge of the element or region."""
    line: int | None = Field(default=None, ge=1)
    """Of a slot that wraps: the bottom edge is that of this line, from 1."""
    page: Edge | None = None
    """This edge of the paper."""
    fold: float | None = None
    """This fold line."""

    @model_validator(mode="after")
    def _check_one(self) -> End:
        things = [name for name in ("element", "region", "page", "fold") if getattr(self, name) is not None]
        if len(things) != 1:
            raise ValueError(f"it takes one of element, region, page and fold, not {' and '.join(things) or 'none'}")
        if (things[0] in ("element", "region")) != (self.edge is not None):
            raise ValueError(
                f"edge = 'left', 'top', 'right' or 'bottom' of the {things[0]} is missing"
                if self.edge is None
                else f"edge is for an element or a region, not for {things[0]}; take it out"
            )
        if self.line is not None and not (self.edge == "bottom" and _slots_in(self.element or "")):
            raise ValueError("line is for the bottom edge of a slot, [data-slot=…]; take it out")
        return self

    @property
    def side(self) -> Edge:
        """Which edge it is; a fold is a line across the page."""
        return self.edge or self.page or "top"

    def __str__(self) -> str:
        """Say it as a sentence takes it."""
        if self.fold is not None:
            return f"the fold at {self.fold:g} mm"
        if self.page is not None:
            return f"the {self.page} edge of the page"
        line = f"line {self.line} of " if self.line else ""
        return f"the {self.edge} edge of {line}{self.element or f'region {self.region}'}"


class Distance(_Strict):
    """``[[distances]]``: how far it is between two edges, to the right or downwards."""

    start: End = Field(alias="from")
    end: End = Field(alias="to")
    exactly: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    tolerance: float = Field(default=NEAR, ge=0)

    @model_validator(mode="after")
    def _check_bounds(self) -> Distance:
        upright = [end.side in ("left", "right") for end in (self.start, self.end)]
        if upright[0] != upright[1]:
            raise ValueError(
                f"from is a {self.start.side} edge and to a {self.end.side} edge; "
                "take two of left and right, or two of top and bottom (a fold is one of these)"
            )
        bounds = (self.at_least, self.at_most)
        if (self.exactly is None) == (bounds == (None, None)):
            raise ValueError("it takes exactly, or else at_least, at_most or both, in mm")
        if None not in bounds and self.least > self.most:
            raise ValueError(f"at_least = {self.least:g} is more than at_most = {self.most:g}")
        return self

    @property
    def least(self) -> float:
        """The least it may be, mm."""
        bound = self.at_least if self.exactly is None else self.exactly
        return float("-inf") if bound is None else bound

    @property
    def most(self) -> float:
        """The most it may be, mm."""
        bound = self.at_most if self.exactly is None else self.exactly
        return float("inf") if bound is None else bound


class Aligned(_Strict):
    """``[[aligned]]``: elements that stand on one baseline, or end on one line."""

    on: Literal["baseline", "left", "top", "right", "bottom"]
    of: tuple[Selector, ...] = Field(min_length=1, strict=False)
    in_each: Selector = ""
    """Within each such element, what is aligned is aligned with one another and with nothing else."""
    tolerance: float = Field(default=NEAR, ge=0)


class Ink(_Rectangle):
    """``[[ink]]``: a rectangle in which ink stands inside some regions alone."""

    regions: tuple[str, ...] = Field(strict=False)


class Ground(_Strict):
    """``[ground]``: a picture under everything (地紋), on which texts may lie."""

    file: str
    """A PNG of the layout's folder, or a common part."""
    most_ink: float = Field(gt=0, le=MOST_GROUND)
    """Percent: no square millimetre of it is darker."""
    colour: bool = False
    """Whether it is in colours; else in grey, which black ink prints alone."""


def _title(title: str) -> str:
    if not title.strip():
        raise ValueError("a title says something; write it, or take it out")
    return title


class LayoutFile(_Strict):
    """The whole of ``layout.toml``."""

    document: str
    titles: tuple[Annotated[str, AfterValidator(_title)], ...] = Field(min_length=1, strict=False)
    pages: int = Field(ge=1)
    template: str
    stylesheets: tuple[str, ...] = Field(strict=False)
    safe_margin: float = Field(default=5.0, ge=0, lt=A4[0] / 2)
    fold_lines: tuple[Annotated[float, Field(gt=0, lt=A4[1])], ...] = Field(default=(), strict=False)
    fold_clearance: float = Field(default=0.0, ge=0)
    regions: dict[str, Region]
    slots: dict[str, SlotRule]
    distances: tuple[Distance, ...] = Field(default=(), strict=False)
    aligned: tuple[Aligned, ...] = Field(default=(), strict=False)
    ink: tuple[Ink, ...] = Field(default=(), strict=False)
    ground: Ground | None = None

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        for wrong in itertools.chain(self._wrong_pages(), self._wrong_slots(), self._wrong_regions_and_folds()):
            raise ValueError(wrong)
        return self

    def _wrong_pages(self) -> Iterator[str]:
        rectangles = {f"regions.{name}": region for name, region in self.regions.items()}
        for where, found in (rectangles | {f"ink.{n}": ink for n, ink in enumerate(self.ink)}).items():
            if found.page > self.pages:
                yield f"{where}: there is no page {found.page}, pages = {self.pages}"

    def _wrong_slots(self) -> Iterator[str]:
        for where, slot in self._slots_named():
            if slot not in self.slots:
                hint = advice(slot, self.slots, "'")
                yield f"{where} names slot '{slot}', which has no [slots.{slot}]{hint}"

    def _slots_named(self) -> Iterator[tuple[str, str]]:
        """Yield (where, slot) of every slot that something else than ``[slots]`` names."""
        for name, region in self.regions.items():
            yield from ((f"regions.{name}", slot) for slot in (*region.slots, *_slots_in(region.element)))
        for n, distance in enumerate(self.distances):
            for end in (distance.start, distance.end):
                yield from ((f"distances.{n}", slot) for slot in _slots_in(end.element or ""))
        for n, aligned in enumerate(self.aligned):
            yield from ((f"aligned.{n}", slot) for selector in aligned.of for slot in _slots_in(selector))

    def _wrong_regions_and_folds(self) -> Iterator[str]:
        named = [(f"ink.{n}", name) for n, ink in enumerate(self.ink) for name in ink.regions]
        for n, distance in enumerate(self.distances):
            ends = (distance.start, distance.end)
            named += [(f"distances.{n}", end.region) for end in ends if end.region is not None]
            for fold in (end.fold for end in ends if end.fold is not None):
                if fold not in self.fold_lines:
                    said = ", ".join(f"{line:g}" for line in self.fold_lines)
                    yield f"distances.{n}: {fold:g} is no fold line; fold_lines = [{said}]"
        for where, name in named:
            if name not in self.regions:
                hint = advice(name, self.regions, "'")
                yield f"{where} names region '{name}', which has no [regions.{name}]{hint}"


_DATA_SLOT = re.compile(r"""\[data-slot=["']?([^"'\]]*)""")


def _slots_in(selector: str) -> list[str]:
    """Return the slots that a CSS selector names."""
    return _DATA_SLOT.findall(selector)


_TABLES: Mapping[str, type[BaseModel]] = {
    "regions": Region,
    "slots": SlotRule,
    "distances": Distance,
    "aligned": Aligned,
    "ink": Ink,
    "ground": Ground,
}


def keys_beside(location: tuple[str | int, ...]) -> list[str]:
    """Return the keys that are known where an unknown one stands, by its way from the top of the file."""
    if len(location) == 1:
        model: type[BaseModel] = LayoutFile
    else:
        # In a distance, its ends are tables of their own: distances, 0, from, …
        model = End if location[0] == "distances" and len(location) == 4 else _TABLES[str(location[0])]
    return [field.alias or name for name, field in model.model_fields.items()]
