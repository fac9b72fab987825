"""The compiled form of a layout: a Plate with its Places, frozen, and kept on disk by content.

A plate is drawn by WeasyPrint from the layout (``compiling``), not by hand; the press fills it (``press``).
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from renderer.documents.document import Kind
from renderer.model.errors import BadLayout
from renderer.press import fonts
from renderer.press.fitting import PX_PER_MM, FitRule
from renderer.press.pdfobjects import Parts

_SUM = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class Place:
    """One place of one slot on the sheet. Lengths in CSS px from the top left of its page."""

    number: int
    """Which of the template's ``slot()`` calls, from 0."""
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
    places: tuple[Place, ...]


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

    @property
    def places(self) -> Iterator[Place]:
        """All places of all pages."""
        return (place for page in self.pages for place in page.places)


def kept(path: Path, make: Callable[[], Plate]) -> Plate:
    """Return the plate kept at ``path``, or make it and keep it there.

    The file is only ever written whole. It lies in the operator's outbox and is trusted like the program itself.
    """
    if is_whole(path):
        return load(path)
    plate = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}")
    content = pickle.dumps(plate)
    with half.open("wb") as file:
        file.write(hashlib.sha256(content).digest() + content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
    return plate


def is_whole(path: Path) -> bool:
    """Whether a plate is kept at ``path`` that can be used; one that was damaged is made anew."""
    return _content(path) is not None


def load(path: Path) -> Plate:
    """Return the plate kept at ``path``.

    :raises BadLayout: when it is not there or was damaged.
    """
    content = _content(path)
    if content is None:
        raise BadLayout(f"{path} is not a whole plate; start again, and it is made anew")
    plate = pickle.loads(content)  # noqa: S301 - written by ``kept`` into the operator's own outbox
    assert isinstance(plate, Plate)  # noqa: S101 - nothing else is written there
    return plate


def _content(path: Path) -> bytes | None:
    """Return what is kept at ``path`` behind its sum, if the sum is right."""
    if not path.is_file():
        return None
    data = path.read_bytes()
    found, content = data[:_SUM], data[_SUM:]
    return content if hashlib.sha256(content).digest() == found else None


def digest(*parts: bytes) -> str:
    """Return a sum over everything a plate depends on."""
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()
