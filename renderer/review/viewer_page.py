"""Items and their pictures → the page in a browser that shows them: template, script, style, words and data in one.

From a file a browser neither fetches nor imports another file: the modules of the script stand in the page as an import
map of ``data:`` addresses, and what they show as JSON.
"""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

import jinja2
from markupsafe import Markup

from renderer.proof.pixels import Box
from renderer.review.judged import FilePair, Item, Told, around, before_box, groups
from renderer.review.pictures import Crop, Drawn, Picture

LANGUAGES = ("ja", "en")
MODULES = ("elements", "keys", "review", "view", "list", "stage", "changes", "dialogs", "reviewer")
"""Of the script, by the names under which they import one another; ``viewer`` opens the page."""
STYLES = ("base.css", "viewer.css", "report.css")

MOST_WORDS = 5
"""Texts, paints or lengths of a change that are quoted; the others are counted."""
MOST_BOXES = 6
"""Places of a change that have a line each; of more, there is one around all of them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An item and its pictures."""

    item: Item
    drawn: Drawn | None
    """None where it is one of too many."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a report says besides the items that a person judges."""

    title: str
    looked_at: int
    """All that was compared, what is the same included."""
    of: Literal["pages", "cases"]
    """What is counted."""
    notes: tuple[str, ...] = ()
    """Sentences that belong to no item: tools that are others, strays."""
    is_single: bool = False
    """Whether each item has to be approved by itself, none with others of its group."""


def viewer_page(shown: Sequence[Shown], pairs: Sequence[FilePair], of: Summary) -> str:
    """Return the page as HTML."""
    modules = {name: _module(f"{name}.js") for name in MODULES}
    return _template().render(
        title=of.title,
        style=Markup("".join(map(_data, STYLES))),  # noqa: S704 - our own files
        review=Markup(_data("review.html")),  # noqa: S704 - our own file
        script=Markup(_data("viewer.js")),  # noqa: S704 - our own file
        imports={"imports": modules},
        words={language: tomllib.loads(_data(f"words.{language}.toml")) for language in LANGUAGES},
        report=report_facts(shown, pairs, of),
    )


def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    return environment.from_string(_data("template.html"))


def _data(name: str) -> str:
    return files("renderer.review").joinpath("viewer", name).read_text(encoding="utf-8")


def _module(name: str) -> str:
    return "data:text/javascript;base64," + base64.b64encode(_data(name).encode()).decode()


def report_facts(shown: Sequence[Shown], pairs: Sequence[FilePair], of: Summary) -> Mapping[str, Any]:
    """Give what the page knows of a report, as JSON has it; the smallest group first."""
    alone = {at for at, each in enumerate(shown) if each.drawn and each.drawn.outside}
    numbers = {id(pair): number for number, pair in enumerate(pairs)}
    return {
        "title": of.title,
        "looked_at": of.looked_at,
        "same": of.looked_at - _otherwise(shown, of.of),
        "of": of.of,
        "notes": of.notes,
        "is_single": of.is_single,
        "pairs": [_pair(pair) for pair in pairs],
        "items": [_item(each, numbers[id(each.item.pair)]) for each in shown],
        "groups": groups([each.item for each in shown], alone),
    }


def _otherwise(shown: Sequence[Shown], of: Literal["pages", "cases"]) -> int:
    """How many of what was looked at are not as approved."""
    found = [each.item for each in shown]
    return sum(item.page is not None for item in found) if of == "pages" else len({item.pair.name for item in found})


def _pair(pair: FilePair) -> Mapping[str, Any]:
    """Name the files by their sums, to which a verdict binds."""
    passed: dict[str, int] = {}
    for record in pair.records:
        if record.ignored_by:
            passed[record.ignored_by] = passed.get(record.ignored_by, 0) + 1
    golden, new = pair.sums()
    approved_by = list(pair.approved_by)
    return {"name": pair.name, "golden": golden, "new": new, "ignored": passed, "approved_by": approved_by}


def _item(shown: Shown, pair: int) -> Mapping[str, Any]:
    item, drawn = shown.item, shown.drawn
    crops = drawn.crops if drawn else (None,) * len(item.told)
    return {
        "pair": pair,
        "kind": item.kind,
        "page": item.page,
        "golden_page": item.golden_page,
        "record": item.record,
        "golden": _picture(drawn.golden) if drawn else None,
        "new": _picture(drawn.new) if drawn else None,
        "heat": _picture(drawn.heat) if drawn else None,
        "outside": drawn.outside if drawn else None,
        "changes": [_change(told, crop) for told, crop in zip(item.told, crops, strict=True)],
    }


def _change(told: Told, crop: Crop | None) -> Mapping[str, Any]:
    first = told.records[0]
    said = dict.fromkeys((record.before, record.after) for record in told.records if record.before or record.after)
    return {
        "kinds": told.kinds,
        "words": list(said)[:MOST_WORDS],
        "more": max(len(said) - MOST_WORDS, 0),
        "vector": first.vector,
        "region": first.region,
        "slot": first.slot,
        "ignored_by": first.ignored_by if told.is_ignored else None,
        "sentences": list(dict.fromkeys(record.sentence for record in told.records)),
        "boxes": {
            "golden": _boxes([box for record in told.records if (box := before_box(record))]),
            "new": _boxes([record.box for record in told.records if record.box and not record.kind.endswith("-gone")]),
        },
        "box": _box(told.box) if told.box else None,
        "crop": {"golden": _picture(crop.golden), "new": _picture(crop.new)} if crop else None,
    }


def _boxes(boxes: Sequence[Box]) -> list[list[float]]:
    return [_box(box) for box in (boxes if len(boxes) <= MOST_BOXES else [around(boxes)])]


def _picture(picture: Picture | None) -> Mapping[str, Any] | None:
    return {"file": picture.file, "box": _box(picture.box), "dpi": picture.dpi} if picture else None


def _box(box: Box) -> list[float]:
    return [round(length, 3) for length in (box.x, box.y, box.w, box.h)]
