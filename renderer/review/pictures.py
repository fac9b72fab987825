"""The pages of an item → pictures of both, of where they differ, and of each change at 600 dpi."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

from renderer.model.paper import MM_PER_INCH
from renderer.proof.pixels import Box, Document
from renderer.review.judged import Item, around

CROP_DPI = 600
MOST_CROP_PX = 2200
"""Of the longer side of a crop: a larger place is drawn in fewer dots an inch, and the report says so."""
CROP_MARGIN = 2.0
"""mm of the page that a crop shows around a change."""
INK_MARGIN = 0.5
"""mm by which ink and its grey edges may reach over the box that is told of a change."""
MOST_CROPS = 12
"""Changes of an item that are shown in crops; those beyond are told, and seen on the page."""
_STEPS = 85
"""Shades of each colour of the picture of differences."""
_LEAST = 0.35
"""How strong a difference of one shade of 256 is shown: no difference is too faint to be seen."""
_MORE_INK, _LESS_INK, _OTHER_COLOUR = (11, 92, 173), (143, 16, 48), (154, 98, 0)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the report's folder."""

    file: str
    """Its path below the folder, with slashes."""
    box: Box
    """What it shows, in mm on its page."""
    dpi: int


@dataclass(frozen=True, slots=True)
class Crop:
    """The place of a change in both files; None where one has no such page."""

    golden: Picture | None
    new: Picture | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """The pictures of an item."""

    golden: Picture | None
    new: Picture | None
    heat: Picture | None
    """Where the two differ; None where no pixel does, or there is only one."""
    crops: tuple[Crop | None, ...]
    """One for each of the item's changes, in their order; None where it has no place, or is one of too many."""
    outside: int
    """Pixels that differ where no change is told; in a group nobody would see them."""


def draw(item: Item, golden: Document | None, new: Document, dpi: int, folder: Path, stem: str) -> Drawn:
    """Draw the pictures of an item into ``folder/pictures``, each named from ``stem``; whole pages in ``dpi``."""
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    pages = dict(_pages(item, golden, new))
    images = {name: document.pixels(page, dpi, colour=True) for name, (document, page) in pages.items()}
    whole = {name: Box(0, 0, *document.size(page)) for name, (document, page) in pages.items()}
    shown = {name: _saved(image, folder, f"{stem}-{name}", whole[name], dpi) for name, image in images.items()}
    heat = heat_of(images["golden"], images["new"]) if len(images) == 2 else None
    crops: list[Crop | None] = []
    for number, told in enumerate(item.told):
        if not told.box or number >= MOST_CROPS:
            crops.append(None)
            continue
        cut = {
            name: _crop(document, page, told.box, whole[name], folder, f"{stem}-{number + 1}-{name}")
            for name, (document, page) in pages.items()
        }
        crops.append(Crop(cut.get("golden"), cut.get("new")))
    return Drawn(
        shown.get("golden"),
        shown.get("new"),
        _saved(heat, folder, f"{stem}-heat", around(list(whole.values())), dpi) if heat else None,
        tuple(crops),
        _outside(heat, item, dpi) if heat else 0,
    )


def _outside(heat: Image.Image, item: Item, dpi: int) -> int:
    """Count the pixels that differ beyond the places of the changes."""
    rest = heat.copy()
    for told in item.told:
        for box in told.boxes:
            left, top = (round((start - INK_MARGIN) * dpi / MM_PER_INCH) for start in (box.x, box.y))
            right, bottom = (round((end + INK_MARGIN) * dpi / MM_PER_INCH) for end in (box.x + box.w, box.y + box.h))
            rest.paste(0, (left, top, right, bottom))
    return sum(rest.histogram()[1:])


def _pages(item: Item, golden: Document | None, new: Document) -> Iterator[tuple[str, tuple[Document, int]]]:
    """Name the pages that an item shows, counted from 0: the first of each file where it means none of them."""
    is_file = item.kind == "file"
    for name, document, page in (("golden", golden, item.golden_page), ("new", new, item.page)):
        if document and (page or is_file):
            yield name, (document, (page or 1) - 1)


def heat_of(golden: Image.Image, new: Image.Image) -> Image.Image | None:
    """Draw where two RGB images differ, the stronger the more, on nothing; None where no pixel differs.

    Blue has more ink in the new one, red less, ochre as much of another colour. What lies beyond the smaller of the two
    counts as paper.
    """
    size = max(golden.width, new.width), max(golden.height, new.height)
    before, after = (_on_paper(image, size) for image in (golden, new))
    much = reduce(ImageChops.lighter, ImageChops.difference(before, after).split())
    if not much.getbbox():
        return None
    light_before, light_after = before.convert("L"), after.convert("L")
    more = ImageChops.subtract(light_before, light_after).point([0] + [255] * 255)
    less = ImageChops.subtract(light_after, light_before).point([0] + [255] * 255)
    # Palette: 0 is the same, then the shades of more ink, of less, and of another colour.
    shades = [0] + [1 + (amount - 1) * _STEPS // 255 for amount in range(1, 256)]
    heat = much.point([0] + [2 * _STEPS + shade for shade in shades[1:]])
    heat.paste(much.point([0] + [_STEPS + shade for shade in shades[1:]]), mask=less)
    heat.paste(much.point(shades), mask=more)
    heat.putpalette(list(chain((255, 255, 255), *(_shades(ink) for ink in (_MORE_INK, _LESS_INK, _OTHER_COLOUR)))))
    heat.info["transparency"] = 0
    return heat


def _shades(ink: tuple[int, int, int]) -> list[int]:
    strengths = [_LEAST + (1 - _LEAST) * step / (_STEPS - 1) for step in range(_STEPS)]
    return [round(255 - (255 - channel) * strength) for strength in strengths for channel in ink]


def _on_paper(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    paper = Image.new("RGB", size, "white")
    paper.paste(image, (0, 0))
    return paper


def _crop(document: Document, page: int, box: Box, whole: Box, folder: Path, stem: str) -> Picture:
    """Draw the place of a change with a little around it, as far as the page goes."""
    dpi = min(CROP_DPI, int(MOST_CROP_PX * MM_PER_INCH / (max(box.w, box.h) + 2 * CROP_MARGIN)))
    (left, right), (top, bottom) = (
        _dots(start - CROP_MARGIN, start + length + CROP_MARGIN, most, dpi)
        for start, length, most in ((box.x, box.w, whole.w), (box.y, box.h, whole.h))
    )
    part = Box(left, top, right - left, bottom - top)
    return _saved(document.pixels(page, dpi, colour=True, part=part), folder, stem, part, dpi)


def _dots(start: float, end: float, most: float, dpi: int) -> tuple[float, float]:
    """Widen a stretch to whole dots, in mm, and keep it on the page: what lies off it is shown by the nearest dot."""
    dot = MM_PER_INCH / dpi
    last = math.floor(most / dot)
    first = min(max(math.floor(start / dot), 0), last - 1)
    return first * dot, max(min(math.ceil(end / dot), last), first + 1) * dot


def _saved(image: Image.Image, folder: Path, stem: str, box: Box, dpi: int) -> Picture:
    """Write a PNG without any loss, in greys where the picture has no colour."""
    file = f"pictures/{stem}.png"
    _smallest(image).save(folder / file, compress_level=1)
    return Picture(file, box, dpi)


def _smallest(image: Image.Image) -> Image.Image:
    colours: Any = image.getcolors(256) if image.mode == "RGB" else None
    is_grey = colours and all(len(set(colour)) == 1 for _, colour in colours)
    return image.convert("L") if is_grey else image
