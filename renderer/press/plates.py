"""The compiled form of a layout: a Plate with its Places, frozen, and kept on disk by content.

A plate is drawn by WeasyPrint from the layout (``compiling``), not by hand; the press fills it (``press``).
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator
from dataclasses import dataclass, replace

from renderer.documents.document import Kind
from renderer.model.paper import PX_PER_MM, Edges
from renderer.press import fonts
from renderer.press.fitting import FitRule
from renderer.press.pdfobjects import Parts

_SUM = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class Place:
    """How one slot is set in one place of the sheet. Lengths in CSS px from the top left of its page.

    Places of several variants that are set alike are equal, and so what was measured in one holds in all.
    """

    slot: str
    kind: Kind
    rule: FitRule
    page: int
    """Page of the sheet, from 0."""
    x: float
    y: float
    width: float
    height: float
    baseline: float
    """Of the first line, from the top of the page."""
    line_height: float
    size: int
    """Font size in Pango units (1/1024 px)."""
    families: tuple[str, ...]
    bold: bool
    align: str
    """left, center or right."""
    color: bytes
    """PDF operator that sets the fill colour, such as ``0 g``."""
    letter_spacing: float

    @property
    def edges(self) -> Edges:
        """Where its box ends, in mm."""
        x, y, w, h = self.millimetres
        return Edges(x, y, x + w, y + h)

    @property
    def millimetres(self) -> tuple[float, float, float, float]:
        """X, y, width and height in mm."""
        return (self.x / PX_PER_MM, self.y / PX_PER_MM, self.width / PX_PER_MM, self.height / PX_PER_MM)


@dataclass(frozen=True, slots=True)
class PlatePage:
    """The fixed part of one page, as a PDF form's parts."""

    media_box: tuple[float, float, float, float]
    """In pt, as WeasyPrint wrote it."""
    content: bytes
    """Content stream, uncompressed."""
    fonts: tuple[tuple[str, fonts.Face], ...]
    """(resource name, face) of the fonts the content names."""
    states: bytes
    """The /ExtGState dictionary."""
    images: tuple[tuple[str, int], ...]
    """(resource name, index in ``Plate.objects``)."""
    patterns: tuple[tuple[str, int], ...]
    """(resource name, index in ``Plate.objects``) of what repeats the ground."""
    calls: dict[int, Place]
    """Which of the template's ``slot()`` calls, from 0 → its place; in the order they are drawn."""

    @property
    def places(self) -> tuple[Place, ...]:
        """All places of the page, in the order they are drawn."""
        return tuple(self.calls.values())


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """版: everything of a sheet that is the same for every member of a variant. Two plates are never the same one."""

    layout: str
    variant: tuple[tuple[str, str], ...]
    pages: tuple[PlatePage, ...]
    glyphs: tuple[tuple[fonts.Face, tuple[tuple[int, str], ...]], ...]
    """For each face of the fixed text: (glyph, the text it stands for)."""
    objects: tuple[Parts, ...]
    """The pictures' objects."""
    ground: int | None = None
    """Which of them is the picture under everything; None where there is none."""
    left_out: tuple[str, ...] = ()
    """Slots of its layout that have no place in this variant: nobody may have a value there."""

    @property
    def calls(self) -> dict[int, Place]:
        """Which of the template's ``slot()`` calls, from 0 → its place, on all pages."""
        return {call: place for page in self.pages for call, place in page.calls.items()}

    @property
    def places(self) -> Iterator[Place]:
        """All places of all pages."""
        return (place for page in self.pages for place in page.calls.values())


_WHITE = (
    b"<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>"
    b"\nstream\n\xff\nendstream",
)


def without_ground(plate: Plate) -> Plate:
    """Return a plate with white in the place of its ground, to see what stands on it."""
    objects = tuple(_WHITE if at == plate.ground else parts for at, parts in enumerate(plate.objects))
    return replace(plate, objects=objects)


def written(plate: Plate) -> bytes:
    """Write a plate to be kept: behind a sum that tells whether it is whole."""
    content = pickle.dumps(plate)
    return hashlib.sha256(content).digest() + content


def read(data: bytes) -> Plate | None:
    """Read a plate that was kept; None when it was damaged. Only what ``written`` gave may be read."""
    found, content = data[:_SUM], data[_SUM:]
    if hashlib.sha256(content).digest() != found:
        return None
    plate = pickle.loads(content)  # noqa: S301 - written by ``written`` into the operator's own outbox
    assert isinstance(plate, Plate)  # noqa: S101 - nothing else is written there
    return plate
