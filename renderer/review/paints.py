"""Operands and graphics state of a PDF → the paint of a mark or a text, as the file names it.

Clauses are of ISO 32000-1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import pikepdf

from renderer.review.kept import Kept
from renderer.review.resolved import resolved

SAME_PART = 0.0015
"""Two amounts nearer than this are one: a third of a step of 255, and more than three decimals leave open."""

_SPACES = {"/DeviceGray": "grey", "/CalGray": "grey", "/DeviceRGB": "rgb", "/CalRGB": "rgb", "/DeviceCMYK": "cmyk"}
_SHORT = {"/G": "grey", "/RGB": "rgb", "/CMYK": "cmyk"}
_STANDING = {
    **{name: f"/Default{kind}" for kind in ("Gray", "RGB", "CMYK") for name in (f"/Device{kind}", f"/{kind}")},
    "/G": "/DefaultGray",
}
_PROFILED = frozenset({"/ICCBased", "/CalGray", "/CalRGB", "/Lab"})
_BY_COMPONENTS = {1: "grey", 3: "rgb", 4: "cmyk"}
_FIRST = {"grey": (0.0,), "rgb": (0.0, 0.0, 0.0), "cmyk": (0.0, 0.0, 0.0, 1.0)}
"""The colour in which a space begins (8.6.8)."""
_WHITE = {"grey": (1.0,), "rgb": (1.0, 1.0, 1.0), "cmyk": (0.0, 0.0, 0.0, 0.0)}


@dataclass(frozen=True, slots=True)
class Paint:
    """A colour as the file names it: in which inks, how much of each, and what it does to those below it."""

    space: str
    """``grey``, ``rgb``, ``cmyk``, or the names of spot colours or of another space."""
    parts: tuple[float, ...] = ()
    """From 0 to 1."""
    overprint: str = ""
    """In words; empty where it knocks out what is below."""
    opacity: float = 1.0
    blend: str = "Normal"
    """The mode, by its name in the file (11.3.5)."""
    veils: tuple[str, ...] = ()
    """The soft mask and the transparency group through which it is seen, in words (11.6.5, 11.6.6)."""
    ways: tuple[str, ...] = ()
    """What else decides how its ink comes onto the paper, in words: a halftone, an intent, a profile."""

    def __str__(self) -> str:
        effects = [
            self.overprint,
            f"{self.opacity * 100:.4g} % opaque" if self.opacity < 1 else "",
            self.blend if self.blend != "Normal" else "",
            *self.veils,
            *self.ways,
        ]
        return ", ".join(filter(None, [self._inks(), *effects]))

    def _inks(self) -> str:
        shares = [f"{part * 100:.3g}" for part in self.parts]
        if not self.parts:
            return self.space
        if self.blank:
            return "white" if self.space == "grey" else f"white of {self.space}"
        if self.space == "grey":
            return "black of 1 ink" if self.parts[0] == 0 else f"grey of {(1 - self.parts[0]) * 100:.3g} %"
        if self.space == "rgb":
            return " ".join(f"{light} {round(part * 255)}" for light, part in zip("RGB", self.parts, strict=True))
        if self.space == "cmyk":
            inks = sum(part > 0 for part in self.parts)
            full = self.parts[3] == 1 or sum(self.parts[:3]) == 3
            black = f"black of {inks} ink{'s' * (inks > 1)} " if full else ""
            return black + "({})".format(" ".join(f"{ink} {share}" for ink, share in zip("CMYK", shares, strict=True)))
        return " ".join([self.space, *(f"{share} %" for share in shares)])

    @property
    def blank(self) -> bool:
        """Whether it is the paper's white."""
        return self.parts == _WHITE.get(self.space)

    def same_ink(self, other: Paint) -> bool:
        """Whether both are the same amounts of the same inks, whatever they do to those below."""
        return (
            self.space == other.space
            and len(self.parts) == len(other.parts)
            and all(abs(a - b) < SAME_PART for a, b in zip(self.parts, other.parts, strict=True))
        )

    def same(self, other: Paint) -> bool:
        """Whether both print the same on whatever is below."""
        effects = [(paint.overprint, paint.blend, paint.veils, paint.ways) for paint in (self, other)]
        return self.same_ink(other) and effects[0] == effects[1] and abs(self.opacity - other.opacity) < SAME_PART

    def plain(self) -> Paint:
        """Leave out what it does to those below."""
        return Paint(self.space, self.parts)


BLACK = Paint("grey", (0.0,))
"""In which a page begins to draw (8.4.1)."""


def named_space(value: Any, resources: Mapping[str, Any]) -> str:
    """Name a colour space, or the name of one, by its inks (8.6)."""
    found = value if isinstance(value, pikepdf.Array) else resources.get("/ColorSpace", {}).get(str(value), value)
    family, *more = found if isinstance(found, pikepdf.Array) else [found]
    match str(family):
        case "/ICCBased":
            return _BY_COMPONENTS[int(more[0]["/N"])]
        case "/Separation" | "/DeviceN":
            inks = more[0] if isinstance(more[0], pikepdf.Array) else [more[0]]
            return ", ".join(str(ink).lstrip("/") for ink in inks)
        case "/Indexed" | "/I":
            return named_space(more[0], resources)
        case name:
            return _SPACES.get(name) or _SHORT.get(name) or name.lstrip("/")


def grouped(group: Mapping[str, Any], resources: Mapping[str, Any]) -> str:
    """Say how what is drawn together is blended first, before it is blended with what is below (11.6.6)."""
    space = group.get("/CS")
    ways = [
        "isolated" if group.get("/I") else "",
        "knocking out" if group.get("/K") else "",
        f"blended in {named_space(space, resources)}" if space is not None else "",
        resolved(space)[:8] if isinstance(space, pikepdf.Array) else "",
    ]
    said = ", ".join(filter(None, ways))
    return f"in a group ({said})" if said else "in a group"


def profiled(value: Any, resources: Mapping[str, Any], kept: Kept) -> tuple[str, ...]:
    """Say by which profile or white a colour space, or the name of one, is meant; nothing where the device decides."""
    spaces = resources.get("/ColorSpace", {})
    found = value if isinstance(value, pikepdf.Array) else spaces.get(str(value), value)
    if not isinstance(found, pikepdf.Array):
        found = spaces.get(_STANDING.get(str(found), "/"), found)  # in the place of a device's own (8.6.5.6)
    if not isinstance(found, pikepdf.Array) or str(found[0]) not in _PROFILED:
        return ()
    return (f"by the profile {kept.once('profiles', found[1], partial(resolved, found[1]))[:8]}",)


def paint(space: str, given: Iterable[Any], ways: tuple[str, ...] = ()) -> Paint:
    """Make a paint of the operands; without any, the one in which a space begins."""
    parts = tuple(float(part) for part in given if isinstance(part, int | float | Decimal))
    return Paint(space, parts or _FIRST.get(space, (1.0,) if space != "Pattern" else ()), ways=ways)


def overprinting(space: str, mode: int) -> str:
    """Say that a paint leaves the inks below it: those it does not name, or those of which it has nothing (8.6.7)."""
    return "overprinting where it has ink" if mode == 1 and space == "cmyk" else "overprinting"
