"""Read a layout folder: ``layout.toml`` and the files it names → a Layout whose promises code can check.

Every key is known; a misspelt one is an error that names the nearest right one. Lengths are in mm from the top left
of the page, font floors in pt, condensing floors in percent.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from renderer.documents.document import CODES, SLOTS, VARIANTS, Kind
from renderer.model.errors import BadLayout
from renderer.model.insurer import Insurer
from renderer.model.toml import nearest
from renderer.press.fitting import Fit, FitRule

LAYOUTS = Path(__file__).resolve().parents[2] / "layouts"
SHARED = "_shared"
PAGE_MM = (210.0, 297.0)

Variant = dict[str, str]
"""One value for each key of ``[variants]``."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """What is the same on every sheet of a job."""

    title: str
    issued_on: str
    """交付年月日 or 発行日 as printed, in 和暦."""
    customer_barcode: bool
    inserter_marks: str
    """none, omr or qr."""
    insurer: Insurer
    route: str = "home"
    """home or workplace: whether the address block has a place for the 事業所名."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class SlotRule(_Strict):
    """``[slots.<name>]``: what kind of mark a slot takes and what may be done to make it fit."""

    kind: Kind = "text"
    fit: Annotated[Fit, Field(strict=False)] = Fit.REFUSE
    floor: float = Field(default=100.0, gt=0)
    lines: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _check_numbers(self) -> SlotRule:
        if self.fit is not Fit.REFUSE and "floor" not in self.model_fields_set:
            raise ValueError(f"fit = '{self.fit}' needs a floor, in {'percent' if self.fit is Fit.CONDENSE else 'pt'}")
        if self.fit is Fit.CONDENSE and self.floor > 100:
            raise ValueError(f"floor = {self.floor:g} is above 100 percent; nothing is made wider")
        if self.lines != 1 and self.fit is not Fit.WRAP:
            raise ValueError(f"lines is for fit = 'wrap', not '{self.fit}'")
        return self

    @property
    def rule(self) -> FitRule:
        """The rule as ``fitting`` takes it."""
        return FitRule(self.fit, self.floor, self.lines)


class Region(_Strict):
    """``[regions.<name>]``: a rectangle of the page (mm) and the slots that must stay inside."""

    x: float
    y: float
    w: float = Field(gt=0)
    h: float = Field(gt=0)
    page: int = Field(default=1, ge=1)
    slots: tuple[str, ...] = Field(default=(), strict=False)
    clear_of_folds: bool = False

    @model_validator(mode="after")
    def _check_on_paper(self) -> Region:
        (width, height), slack = PAGE_MM, 0.01
        if min(self.x, self.y) < 0 or self.x + self.w > width + slack or self.y + self.h > height + slack:
            raise ValueError(f"it leaves the page of {width:g} × {height:g} mm; move it, or make it smaller")
        return self

    def contains(self, x: float, y: float, w: float, h: float, slack: float = 0.01) -> bool:
        """Whether a box (mm) lies inside, give or take ``slack`` mm."""
        return (
            x >= self.x - slack
            and y >= self.y - slack
            and x + w <= self.x + self.w + slack
            and y + h <= self.y + self.h + slack
        )


class LayoutFile(_Strict):
    """The whole of ``layout.toml``."""

    document: str
    titles: tuple[str, ...] = Field(min_length=1, strict=False)
    pages: int = Field(ge=1)
    template: str
    stylesheets: tuple[str, ...] = Field(strict=False)
    safe_margin: float = Field(default=5.0, ge=0, lt=PAGE_MM[0] / 2)
    fold_lines: tuple[Annotated[float, Field(gt=0, lt=PAGE_MM[1])], ...] = Field(default=(), strict=False)
    variants: dict[str, Annotated[tuple[str, ...], Field(min_length=1, strict=False)]]
    regions: dict[str, Region]
    slots: dict[str, SlotRule]


class Layout:
    """One folder in ``layouts/``: its files agree with each other."""

    def __init__(self, folder: Path, file: LayoutFile) -> None:
        self.folder = folder
        self.file = file

    @property
    def name(self) -> str:
        """The folder's name, which is the document's."""
        return self.folder.name

    @property
    def template(self) -> Path:
        """The Jinja template."""
        return self.folder / self.file.template

    @property
    def stylesheets(self) -> list[Path]:
        """The style sheets, in cascade order."""
        return [(self.folder / sheet).resolve() for sheet in self.file.stylesheets]

    @property
    def slots(self) -> dict[str, SlotRule]:
        """Slot name → its rule."""
        return self.file.slots

    def variants(self) -> Iterator[Variant]:
        """Yield every variant: the product of the values of ``[variants]``."""
        # In the document's own order, in which its sheets name their variant.
        keys = list(VARIANTS.get(self.file.document, self.file.variants))
        for values in itertools.product(*(self.file.variants[key] for key in keys)):
            yield dict(zip(keys, values, strict=True))

    def check_variant(self, variant: Variant) -> None:
        """Check that a variant is one of the listed ones.

        :raises BadLayout: when a key or a value is not.
        """
        for key, value in variant.items():
            if value not in self.file.variants.get(key, ()):
                raise BadLayout(f"{self.name}: no variant {key} = '{value}'; add it to [variants] in layout.toml")
        for key in self.file.variants.keys() - variant.keys():
            raise BadLayout(f"{self.name}: the variant does not say {key}; take it out of [variants] in layout.toml")

    def digest(self) -> str:
        """Return a sum over all files that can change the sheet: this folder and ``_shared``."""
        total = hashlib.sha256()
        for folder in (self.folder, self.folder.parent / SHARED):
            for path in sorted(p for p in folder.rglob("*") if p.is_file()):
                total.update(path.relative_to(self.folder.parent).as_posix().encode() + b"\0")
                total.update(hashlib.sha256(path.read_bytes()).digest())
        return total.hexdigest()


def load_layout(name_or_folder: str | Path) -> Layout:
    """Load a layout by its name in ``layouts/`` or, where there is none of that name, by its folder.

    :raises BadLayout: when it is not there, a key is wrong, or a file it names is missing.
    """
    found = (folder / "layout.toml" for folder in (LAYOUTS / name_or_folder, Path(name_or_folder)))
    toml = next((path for path in found if path.is_file()), None)
    if toml is None:
        have = sorted(p.parent.name for p in LAYOUTS.glob("*/layout.toml"))
        raise BadLayout(f"no layout '{name_or_folder}'; there are {', '.join(have)}")
    folder = toml.parent
    try:
        raw = tomllib.loads(toml.read_text(encoding="utf-8"))
        layout = Layout(folder.resolve(), LayoutFile.model_validate(raw))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadLayout(f"{folder.name}/layout.toml: {error}; mend the file") from error
    except ValidationError as error:
        raise BadLayout(f"{folder.name}/layout.toml: {_say(error)}") from error
    if layout.file.document in SLOTS:
        _check_slots(layout)
        _check_variants(layout)
    _check_files(layout)
    _check_styles(layout)
    return layout


def _say(error: ValidationError) -> str:
    """Tell the first thing wrong, an unknown key before all, with the nearest right one."""
    first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
    where = ".".join(map(str, first["loc"]))
    if first["type"] != "extra_forbidden":
        said = first["msg"].removeprefix("Value error, ")
        return f"{where}: {said[0].lower()}{said[1:]}"
    model: dict[int, type[BaseModel]] = {1: LayoutFile}
    known = model.get(len(first["loc"])) or (Region if first["loc"][0] == "regions" else SlotRule)
    right = nearest(str(first["loc"][-1]), known.model_fields)
    return f"unknown key {where}" + (f"; did you mean {right}?" if right else "")


def _check_slots(layout: Layout) -> None:
    """Check that the document has a value of its kind for every slot."""
    document = layout.file.document
    for name, slot in layout.slots.items():
        if name not in SLOTS[document]:
            raise BadLayout(
                f"{layout.name}/layout.toml: {document} has no value for slot '{name}'"
                f"{_did_you_mean(name, SLOTS[document])}"
            )
        kind = CODES.get(name, "text")
        if slot.kind != kind:
            raise BadLayout(
                f"{layout.name}/layout.toml: slots.{name}: its value is of kind '{kind}', not '{slot.kind}'; "
                f"write kind = '{kind}'"
            )


def _check_variants(layout: Layout) -> None:
    """Check that ``[variants]`` has every key and value of the document, and no other."""
    document, listed = layout.file.document, layout.file.variants
    known = VARIANTS[document]
    for key, values in listed.items():
        if key not in known:
            raise BadLayout(
                f"{layout.name}/layout.toml: variants.{key}: {document} has no such key{_did_you_mean(key, known)}"
            )
        for value in values:
            if value not in known[key]:
                raise BadLayout(
                    f"{layout.name}/layout.toml: variants.{key}: {document} has no value '{value}'"
                    f"{_did_you_mean(value, known[key])}"
                )
    for key, values in known.items():
        missing = [value for value in values if value not in listed.get(key, ())]
        if missing:
            raise BadLayout(
                f"{layout.name}/layout.toml: variants.{key} lacks '{missing[0]}', which {document} may ask for; add it"
            )


def _check_files(layout: Layout) -> None:
    for path in (layout.template, *layout.stylesheets):
        if path.parent.name == SHARED and not path.parent.is_dir():
            raise BadLayout(f"{layout.name}/layout.toml names {SHARED}/{path.name}; copy {SHARED} beside the layout")
        if not path.is_file():
            raise BadLayout(f"{layout.name}/layout.toml names {path.name}, which is not there; add the file")
        if not any(path.resolve().is_relative_to(folder) for folder in (layout.folder, layout.folder.parent / SHARED)):
            raise BadLayout(f"{layout.name}/layout.toml names {path.name}, which lies outside the folder and {SHARED}")
    for name, region in layout.file.regions.items():
        if region.page > layout.file.pages:
            raise BadLayout(
                f"{layout.name}/layout.toml: regions.{name}: there is no page {region.page}, "
                f"pages = {layout.file.pages}"
            )
        for slot in region.slots:
            if slot not in layout.slots:
                raise BadLayout(
                    f"{layout.name}/layout.toml: regions.{name} names slot '{slot}', which has no [slots.{slot}]"
                    f"{_did_you_mean(slot, layout.slots)}"
                )


_COMMENT = re.compile(r"/\*.*?\*/|\{#.*?#\}|<!--.*?-->", re.DOTALL)
_DEPENDS = re.compile(r":(?:empty|blank)\b|:has\(|\bstring-set\b|\btarget-(?:text|counters?)\(", re.IGNORECASE)
"""What a style sheet can ask about the text in a slot."""


def _check_styles(layout: Layout) -> None:
    """Refuse styles that depend on what stands in a slot: the fixed part is printed alike for everybody."""
    folders = (layout.folder, layout.folder.parent / SHARED)
    found = {path for folder in folders for path in folder.rglob("*") if path.suffix in {".css", ".j2", ".html"}}
    for path in sorted({layout.template.resolve(), *layout.stylesheets, *found}):
        # Comments say what they like; their lines are kept, so that lines can be told.
        text = _COMMENT.sub(
            lambda comment: re.sub(r"[^\n]", " ", comment[0]), path.read_text(encoding="utf-8", errors="replace")
        )
        asks = _DEPENDS.search(text)
        if asks:
            line = text.count("\n", 0, asks.start()) + 1
            raise BadLayout(
                f"{path.parent.name}/{path.name}, line {line}: {asks[0].rstrip('(')} may depend on the value of a "
                "slot, and the fixed part is the same for everybody; choose by a variant in the template"
            )


def _did_you_mean(word: str, choices: Any) -> str:
    right = nearest(word, choices)
    return f"; did you mean '{right}'?" if right else ""
