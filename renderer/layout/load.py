"""Read a layout folder: ``layout.toml`` and the files it names → a Layout whose promises code can check.

Every key is known; a misspelt one is an error that names the nearest right one. Lengths are in mm from the top left
of the page, font floors in pt, condensing floors in percent.
"""

from __future__ import annotations

import itertools
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from renderer.documents.document import Document, Kind
from renderer.intake.packs import code_of, documents_of, layout_folders
from renderer.layout.declarations import COMMENT, Sources
from renderer.layout.limits import bounded
from renderer.layout.refusing import refusal
from renderer.layout.schema import LayoutFile, SlotRule, keys_beside
from renderer.model.errors import BadJob, BadLayout
from renderer.model.insurer import Insurer
from renderer.model.job import Job
from renderer.model.packaged import packaged
from renderer.model.sums import sum_of_all, sum_of_file
from renderer.model.toml import advice, line_of, sentence_of
from renderer.model.variant import Variant
from renderer.press.own_fonts import OwnFonts, own_fonts

LAYOUTS = packaged("layouts")
SHARED = "_shared"


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


DECIDED = {
    "variants": "the document decides which variants there are",
    "kind": "the document decides what kind of mark a slot takes",
}
"""What a layout does not say because its document does."""


class Layout:
    """One folder in ``layouts/``: its files agree with each other."""

    def __init__(self, folder: Path, file: LayoutFile, document: Document, pack: Path | None = None) -> None:
        self.folder = folder
        self.file = file
        self.document = document
        self.pack = pack
        self.own_fonts = own_fonts(pack) if pack else OwnFonts()
        places = (folder / SHARED, folder.parent / SHARED, *(found / SHARED for found in layout_folders(pack)))
        self.parts = tuple(dict.fromkeys(place.resolve() for place in places if place.is_dir()))
        """Folders of common parts; the first that has a part is asked: its own, one beside it, the pack's, ours."""

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def template(self) -> Path:
        """The Jinja template."""
        return self.path(self.file.template)

    @property
    def stylesheets(self) -> list[Path]:
        """The style sheets, in cascade order."""
        return [self.path(name) for name in self.file.stylesheets]

    @property
    def ground(self) -> Path | None:
        """The picture under everything, if there is one."""
        return self.path(self.file.ground.file).resolve() if self.file.ground else None

    def path(self, name: str) -> Path:
        """Return a file of this folder, or one of the common parts, from the first folder of parts that has it."""
        prefix, _, rest = name.partition("/")
        if prefix != SHARED:
            return self.folder / name
        found = (folder / rest for folder in self.parts if (folder / rest).is_file())
        return next(found, self.parts[-1] / rest)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where its files may lie: this folder, and those of the parts."""
        return (self.folder, *self.parts)

    @property
    def sources(self) -> Sources:
        """Its files, where they are asked who sets a style."""
        return Sources((*self.stylesheets, self.template), self.folders)

    @property
    def slots(self) -> dict[str, SlotRule]:
        """Slot name → its rule."""
        return self.file.slots

    def kind(self, slot: str) -> Kind:
        """Return what kind of mark a slot takes: that of its value."""
        return self.document.fields[slot].kind

    def variants(self) -> Iterator[Variant]:
        """Yield every variant: the product of the values of the document's facts."""
        facts = self.document.facts
        for values in itertools.product(*facts.values()):
            yield tuple(zip(facts, values, strict=True))

    def digest(self) -> str:
        """Return a sum over all files that can change the sheet: those of this folder and of the parts."""
        words: list[str] = []
        for folder in self.folders:
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                words += [path.relative_to(folder).as_posix(), sum_of_file(path)]
            words.append("")
        words += map(sum_of_file, (*code_of(self.pack), *self.own_fonts.files))
        return sum_of_all(words)


def load_layout(name_or_folder: str | Path, pack: Path | None = None, *, here: bool = True) -> Layout:
    """Load a layout by its name, in the pack or among ours, or by its folder.

    A name may be of a folder ``here``, where somebody stands, unless what it means must be the same everywhere.

    :raises BadLayout: when it is not there or there are two, its document is not, a key is wrong, or a file it names is
        missing.
    """
    is_path = len(Path(name_or_folder).parts) > 1 or os.sep in str(name_or_folder)
    named = [] if is_path else [folder / name_or_folder for folder in layout_folders(pack)]
    place = Path(name_or_folder)
    folders = [path for path in (*named, *([place] if here or is_path else [])) if (path / "layout.toml").is_file()]
    folder = folders[0] if folders else None
    if folder and here and folder is not place and place in folders and not folder.samefile(place):
        raise BadLayout(
            f"'{name_or_folder}' is the name of a layout, and a folder here is called so, too; "
            f"write ./{name_or_folder} for the folder, or stand in another one"
        )
    if folder is None:
        have = sorted({path.parent.name for place in layout_folders(pack) for path in place.glob("*/layout.toml")})
        raise BadLayout(f"no layout '{name_or_folder}'; there are {', '.join(have)}")
    return read_layout(folder.resolve(), documents_of(pack), pack)


def layout_of(job: Job) -> Layout:
    """Load the layout that a job names, or the one of its document's name.

    :raises BadLayout: as ``load_layout``; BadJob for a layout of another document.
    """
    layout = load_layout(job.layout, job.pack, here=False)
    check_document(job, layout)
    return layout


def check_document(job: Job, layout: Layout) -> None:
    """Check that a job prints the document of a layout, and moves nothing of it over the edge of the paper.

    :raises BadJob: when it prints another, or moves it further than its margin is wide.
    """
    moved = max(abs(mm) for side in job.insurer.offset for mm in side)
    if moved > layout.file.safe_margin:
        raise BadJob(
            f'{job.insurer_file.name}: key "print.offset": {moved:g} mm is more than the margin that {layout.name} '
            f"keeps clear, {layout.file.safe_margin:g} mm; adjust the printer, or give the layout a wider margin"
        )
    if job.document != layout.document.name:
        raise BadJob(
            f'{job.path.name}: key "document": {layout.name} is a layout of {layout.document.name}, and this job '
            f"prints {job.document}; give --job one that prints it"
        )


def read_layout(folder: Path, documents: Mapping[str, Document], pack: Path | None = None) -> Layout:
    """Read the layout in a folder; ``documents`` are those that it may be of.

    :raises BadLayout: as ``load_layout``.
    """
    toml = folder / "layout.toml"
    if foreign := _no_utf8(toml):
        raise BadLayout(foreign)
    text = toml.read_text(encoding="utf-8")
    try:
        file = LayoutFile.model_validate(tomllib.loads(text))
    except RecursionError:
        raise BadLayout(
            f"{folder.name}/layout.toml: its brackets stand in one another too deeply; mend the file"
        ) from None
    except ValidationError as error:
        raise refusal(f"{folder.name}/layout.toml{said}" for said in _say(error, text)) from error
    except ValueError as error:  # no TOML, a number of thousands of digits
        raise BadLayout(f"{folder.name}/layout.toml: {error}; mend the file") from error
    if file.document not in documents:
        known = ", ".join(documents)
        raise BadLayout(
            f"{folder.name}/layout.toml: document '{file.document}' is none of {known}"
            + advice(file.document, documents, "'")
        )
    layout = Layout(folder, file, documents[file.document], pack)
    if wrong := [*_wrong_slots(layout), *_wrong_files(layout)]:
        raise refusal(wrong)
    with bounded(layout.name):
        if wrong := list(_wrong_styles(layout)):
            raise refusal(wrong)
    return layout


def _say(error: ValidationError, text: str) -> Iterator[str]:
    """Tell in which line what is wrong, unknown keys before all, with the nearest right ones."""
    for found in sorted(error.errors(), key=lambda found: found["type"] != "extra_forbidden"):
        keys, where = found["loc"], ".".join(map(str, found["loc"]))
        line = f", line {line_of(text, keys)}: " if keys and found["type"] != "missing" else ": "
        if found["type"] != "extra_forbidden":
            yield line + (f"{where}: " if where else "") + sentence_of(found)
        elif keys[-1] in DECIDED:
            yield f"{line}{where}: {DECIDED[keys[-1]]}; take it out"
        else:
            yield f"{line}unknown key {where}{advice(str(keys[-1]), keys_beside(keys), '')}"


def _wrong_slots(layout: Layout) -> Iterator[str]:
    """Yield the slots that the document has no value for."""
    fields = layout.document.fields
    for name in layout.slots:
        if name not in fields:
            hint = advice(name, fields, "'")
            yield f"{layout.name}/layout.toml: {layout.document.name} has no value for slot '{name}'{hint}"


def _wrong_files(layout: Layout) -> Iterator[str]:
    """Yield the files that are not where they may be."""
    for path in filter(None, (layout.template, *layout.stylesheets, layout.ground)):
        if not path.is_file():
            yield f"{layout.name}/layout.toml names {path.name}, which is not there; add the file"
        elif not any(path.resolve().is_relative_to(folder) for folder in layout.folders):
            yield f"{layout.name}/layout.toml names {path.name}, which lies outside the folder and {SHARED}"


def _no_utf8(path: Path) -> str:
    """Say in which line a file is not UTF-8; "" where all of it is."""
    data = path.read_bytes()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return f"{path.parent.name}/{path.name}, line {line}: is not UTF-8; save it as UTF-8"
    return ""


_REFUSED = {
    # What a style sheet can ask about the text in a slot.
    r":(?:empty|blank)\b|:has\(|\bstring-set\b|\btarget-(?:text|counters?)\(": (
        "may depend on the value of a slot, and the fixed part is the same for everybody; choose by a variant in the "
        "template"
    ),
    # What WeasyPrint draws otherwise than it is written, and says nothing.
    r"<(?:ruby|rt)\b": "stands behind its characters and not above them; place the reading as a text of its own",
    r"<(?:script|template|iframe|object|embed|video|audio|canvas)\b": (
        "is not printed; write its texts into the template, and place a picture as <img>"
    ),
    r"\bignore\s+missing\b": "leaves a part out in silence where its name is misspelt; name one that there is",
    r"\brunning\(": "takes a text off the sheet; place it with position: absolute",
    r"@counter-style\b": "is not known where a list is drawn, its signs would be lost; write them as text",
}


def _wrong_styles(layout: Layout) -> Iterator[str]:
    """Yield what depends on the text in a slot, or would not be drawn as it is written, with file and line."""
    files = {path for folder in layout.folders for path in folder.rglob("*") if path.suffix in {".css", ".j2", ".html"}}
    for path in sorted({layout.template.resolve(), *layout.stylesheets, *files}):
        # Comments say what they like; their lines are kept, so that lines can be told.
        if foreign := _no_utf8(path):
            yield foreign
            continue
        text = COMMENT.sub(lambda comment: re.sub(r"[^\n]", " ", comment[0]), path.read_text(encoding="utf-8"))
        for pattern, why in _REFUSED.items():
            for found in re.finditer(pattern, text, re.IGNORECASE):
                line, said = text.count("\n", 0, found.start()) + 1, found[0].rstrip("(").lstrip("<")
                yield f"{path.parent.name}/{path.name}, line {line}: {said} {why}"
