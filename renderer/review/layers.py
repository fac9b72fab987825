"""The layers of a PDF and marked content → whether what is drawn is shown (ISO 32000-1, 8.11)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pikepdf


class Layers:
    """Which layers of a file are off as it opens."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        """Read the default configuration."""
        properties: Any = pdf.Root.get("/OCProperties", {})
        default: Any = properties.get("/D", {})
        on = _objects(default.get("/ON", ()))
        off = _objects(properties.get("/OCGs", ())) - on if default.get("/BaseState") == "/OFF" else set()
        self._off = off | _objects(default.get("/OFF", ()))

    def hides(self, content: Any) -> bool:
        """Whether a group, or a membership of several groups, hides what belongs to it; an expression is not asked."""
        if content is None:
            return False
        if content.get("/Type") != "/OCMD":
            return content.objgen in self._off
        groups = content.get("/OCGs", ())
        off = [group.objgen in self._off for group in (groups if isinstance(groups, pikepdf.Array) else [groups])]
        match content.get("/P", "/AnyOn"):
            case _ if not off:
                return False
            case "/AllOn":
                return any(off)
            case "/AnyOff":
                return not any(off)
            case "/AllOff":
                return not all(off)
        return all(off)


def _objects(groups: Iterable[Any]) -> set[tuple[int, int]]:
    return {group.objgen for group in groups}
