"""A scene and a variant → its plate and its boxes, laid out once and kept as long as they are true; names of pages."""

from __future__ import annotations

import hmac
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from renderer.desk.declared import Declared
from renderer.layout.boxes import Boxes
from renderer.layout.compiling import compile_sheet
from renderer.layout.engine import one_thread
from renderer.layout.schema import Region
from renderer.model.errors import BadLayout
from renderer.model.sums import sum_of_all, sum_of_bytes
from renderer.model.variant import Variant, spelled
from renderer.press.plates import Plate, PlatePage
from renderer.studio.boxes import boxes_of
from renderer.studio.inspected import inspected
from renderer.studio.moves import Planner
from renderer.studio.parts import Box
from renderer.studio.scenes import Scene

MOST = 64
"""Variants that are kept: all of a layout's, and those of the switches before."""
_LETTERS = 32
Value = TypeVar("Value")


Key = tuple[str, str, Variant]
"""Sums of all that decides a plate: of the layout, and of what the job says; the variant."""


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A variant, laid out."""

    plate: Plate
    sums: tuple[str, ...]
    """Of what is the same on each page."""


@dataclass(frozen=True, slots=True, eq=False)
class Boxed:
    """What can be selected on its sheets."""

    planner: Planner
    """Of what moves of its boxes would write."""
    boxes: tuple[Box, ...]
    """Without how their values are set."""
    regions: Mapping[str, Region]
    """Those that its sheets have."""


class CompiledVariants:
    """Lays out what is not laid out yet. Boxes are found when they are asked for: the sheet can be drawn before."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Compiled] = OrderedDict()
        self._boxed: OrderedDict[Key, Boxed] = OrderedDict()
        self._pages: tuple[Key, list[Any]] | None = None
        """WeasyPrint's boxes of the last one that was laid out, as long as nobody has asked for ours."""

    def compile(self, scene: Scene, variant: Variant) -> Compiled:
        """Return a variant as it is compiled.

        :raises BadLayout: when it cannot be.
        """
        return self._kept.get(_key(scene, variant)) or self._compile(scene, variant)

    def kept(self, scene: Scene, variant: Variant) -> Compiled:
        """Return a variant that was compiled before, and its boxes found: its files may be others by now.

        :raises BadLayout: when it was not.
        """
        key = _key(scene, variant)
        if key not in self._kept or key not in self._boxed:
            raise BadLayout(f"{scene.layout.name}: {spelled(variant)} was not laid out before; mend the files")
        return self._kept[key]

    def boxes(self, scene: Scene, variant: Variant) -> Boxed:
        """Return the boxes of a variant.

        :raises BadLayout: when it cannot be compiled.
        """
        key = _key(scene, variant)
        if key not in self._boxed:
            if self._pages is None or self._pages[0] != key:
                self._compile(scene, variant)
            _keep(self._boxed, key, self._find_boxes(scene, variant))
        return self._boxed[key]

    @one_thread()
    def _compile(self, scene: Scene, variant: Variant) -> Compiled:
        self._pages = None
        plate, pages = compile_sheet(scene.layout, variant, scene.fixed)
        objects = sum_of_bytes(repr(plate.objects).encode())
        compiled = Compiled(plate, tuple(_sum(page, objects) for page in plate.pages))
        self._pages = _key(scene, variant), pages
        _keep(self._kept, _key(scene, variant), compiled)
        return compiled

    @one_thread()
    def _find_boxes(self, scene: Scene, variant: Variant) -> Boxed:
        assert self._pages is not None  # noqa: S101 - ``boxes`` has seen to it
        _, pages = self._pages
        plate = self._kept[_key(scene, variant)].plate
        self._pages = None
        regions = Declared(scene.layout.file).regions_of(Boxes(pages, plate.calls))
        planner = Planner(boxes_of(scene.layout, scene.made_of, variant, scene.fixed, (plate, pages)))
        return Boxed(planner, inspected(planner.sheet, planner.cascade), regions)


def _key(scene: Scene, variant: Variant) -> Key:
    return scene.made_of, scene.fixed_sum, variant


def _keep(kept: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    kept[key] = value
    while len(kept) > MOST:
        kept.popitem(last=False)


def _sum(page: PlatePage, objects: str) -> str:
    fixed = (page.media_box, page.fonts, page.states, page.images, page.calls)
    return sum_of_all([sum_of_bytes(page.content), objects if page.images else "", repr(fixed)])


def page_name(key: bytes, compiled: Compiled, number: int, values: Mapping[str, str], how: str) -> str:
    """Name a page (from 0) by all that is on it; under a key, for values are a person's, and names are addresses."""
    said = [values[place.slot] for place in compiled.plate.pages[number].places]
    what = sum_of_all([how, str(number), compiled.sums[number], *said])
    return hmac.new(key, what.encode(), "sha256").hexdigest()[:_LETTERS]
