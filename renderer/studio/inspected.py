"""The boxes of a sheet, and the rules that place them → boxes as messages tell them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from renderer.layout.elements import upwards, written_at
from renderer.layout.load import Layout
from renderer.model.toml import line_of
from renderer.studio.boxes import Placed, Sheet
from renderer.studio.deciding import Cascade
from renderer.studio.parts import Box, Rule, Side, Source

_KEYS: dict[str, Side] = {"x": "left", "y": "top", "w": "width", "h": "height"}


def inspected(sheet: Sheet, cascade: Cascade) -> tuple[Box, ...]:
    """Return the boxes of a sheet with where they are written and by which rules they stand; none has a ``fit`` yet."""
    layout = sheet.layout
    toml = (layout.folder / "layout.toml").read_text(encoding="utf-8")
    return tuple(_told(layout, toml, cascade, one) for one in sheet.placed)


def _told(layout: Layout, toml: str, cascade: Cascade, one: Placed) -> Box:
    left, top, right, bottom = (round(mm, 3) for mm in one.edges)
    region = _region(layout, toml, one.id.name) if one.id.kind == "region" else None
    rules = cascade.rules(one.node) if one.node is not None else _rules_of_rectangle(layout, one.id.name, region)
    return Box(
        id=one.id, label=one.label, x=left, y=top, w=round(right - left, 3), h=round(bottom - top, 3),
        baseline=one.baseline, line_height=one.line_height, parent=one.parent,
        template=region or _in_template(cascade, one.node), rules=rules,
        fit_rule=_fit_rule(layout, toml, one.id.name) if one.id.kind == "slot" else None,
    )  # fmt: skip


def _in_template(cascade: Cascade, node: Any) -> Source | None:
    """Say where an element is written; what the program puts there, such as a code, where the element around it is."""
    where = next(filter(None, map(written_at, upwards(node))), None)
    if where is None or where[0] not in cascade.files:
        return None
    return Source(file=where[0], line=where[1], path=str(cascade.files[where[0]]))


def _region(layout: Layout, toml: str, name: str) -> Source:
    """Say where ``layout.toml`` has a region: at its table, or at the top where it is written in an unusual way."""
    table = re.search(rf"^[ \t]*\[\s*regions\s*\.\s*[\"']?{re.escape(name)}[\"']?\s*\]", toml, re.MULTILINE)
    path: Path = layout.folder / "layout.toml"
    line = toml.count("\n", 0, table.start()) + 1 if table else 1
    return Source(file=f"{layout.name}/layout.toml", line=line, path=str(path))


def _fit_rule(layout: Layout, toml: str, slot: str) -> Source:
    """Say where ``layout.toml`` has a slot, and its fit rule."""
    line = line_of(toml, ("slots", slot))
    return Source(file=f"{layout.name}/layout.toml", line=line, path=str(layout.folder / "layout.toml"))


def _rules_of_rectangle(layout: Layout, name: str, source: Source | None) -> tuple[Rule, ...]:
    """Return what places a region without an element: its own numbers."""
    region = layout.file.regions[name]
    if source is None:
        return ()
    numbers = {key: f"{getattr(region, key):g}" for key in _KEYS}
    return tuple(
        Rule(source=source, selector=f"[regions.{name}]", name=key, value=value, decides=(_KEYS[key],))
        for key, value in numbers.items()
    )
