"""The ground of a sheet (地紋): a picture or tint under everything, on which texts may lie → what a plate has of it.

WeasyPrint draws a background picture in a transparency group whose colours are RGB. A ground is opaque and in one ink:
without the group it is the same to the last pixel, and its black stays black alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from hashlib import md5
from typing import Any

from PIL import Image
from pypdf.generic import DictionaryObject, NameObject

from renderer.layout.load import Layout
from renderer.model.errors import BadLayout

_PAINTS = re.compile(rb"(?:^|\s)(?:f\*?|F|S|s|B\*?|b\*?|Tj|TJ|Do|sh)\s")
_PICTURE_ALONE = re.compile(rb"(?:\s+|q|Q|EMC|/Artifact BMC|(?:-?[\d.]+ ){6}cm|/\w+ Do)*")


def check_ground_file(layout: Layout) -> None:
    """Check the picture that ``[ground]`` names.

    :raises BadLayout: when it is no PNG in grey, or in opaque colours where that is declared.
    """
    if layout.ground is None or layout.file.ground is None:
        return
    name = f"{layout.name}/layout.toml: [ground] {layout.ground.name}"
    try:
        with Image.open(layout.ground, formats=("PNG",)) as picture:
            mode, has_clear = picture.mode, "transparency" in picture.info
    except (OSError, SyntaxError, ValueError) as error:
        raise BadLayout(f"{name} is no PNG picture, or not a whole one; save it again as PNG") from error
    if has_clear or mode not in ("L", "RGB"):
        raise BadLayout(f"{name} has a palette, one bit or an alpha channel; save it in plain grey of 8 bits")
    if mode == "RGB" and not layout.file.ground.colour:
        raise BadLayout(
            f"{name} is in colours, and would not be printed in black alone; save it in grey, or write colour = true"
        )


def ground_ids(layout: Layout) -> frozenset[str]:
    """Return how WeasyPrint calls the picture of a layout's ground: by the address that a template or a style gives."""
    if layout.ground is None or layout.file.ground is None:
        return frozenset()
    paths = (layout.ground, layout.folder / layout.file.ground.file)
    return frozenset(md5(path.as_uri().encode(), usedforsecurity=False).hexdigest() for path in paths)


def is_ground(layout: Layout, address: str) -> bool:
    """Whether an address of a laid-out sheet is that of its ground."""
    return md5(address.encode(), usedforsecurity=False).hexdigest() in ground_ids(layout)


def ground_names(layout: Layout) -> frozenset[str]:
    """Return the resource names that the ground may have in a PDF by WeasyPrint, drawn smooth or not."""
    return frozenset(f"/i{found}{smooth}" for found in ground_ids(layout) for smooth in (0, 1))


def drawn_grounds(resources: Any, names: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Yield (resource name, reference to the picture) of what of a page's resources draws the ground and nothing else.

    Its groups are taken off, here and in what is in it, and resources that it does not draw.
    """
    for kind in ("/XObject", "/Pattern"):
        for name in resources.get(kind, {}):
            if picture := _ground_in(name, resources[kind].raw_get(name), names):
                yield name, picture


def _ground_in(name: str, reference: Any, names: Collection[str]) -> Any:
    drawn = reference.get_object()
    if drawn.get("/Subtype") == "/Image":
        return reference if name in names else None
    if "/Resources" not in drawn or not _PICTURE_ALONE.fullmatch(drawn.get_data()):
        return None
    inner = drawn["/Resources"].get("/XObject", {})
    found = [_ground_in(one, inner.raw_get(one), names) for one in inner]
    if len(found) != 1 or found[0] is None:
        return None
    drawn.pop("/Group", None)
    drawn[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): inner})
    return found[0]


def check_under_everything(layout: Layout, number: int, content: bytes, name: str) -> None:
    """Check that a page (``number``, from 1) draws its ground once, and before all else.

    :raises BadLayout: when it covers something.
    """
    uses = list(re.finditer(rb"%b (?:Do|scn)\s" % re.escape(name.encode()), content))
    if uses and (len(uses) > 1 or _PAINTS.search(content[: uses[0].start()])):
        raise BadLayout(
            f"{layout.name}: the ground of page {number} lies over something, or is drawn twice; make it the "
            "background of @page, or an <img> that comes first in the template, below all with z-index: -1"
        )
